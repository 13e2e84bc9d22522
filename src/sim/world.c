/* SPDX-License-Identifier: MIT */
#include "sim/world.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/attr.h"
#include "sim/file.h"
#include "sim/history.h"
#include "sim/inner.h"

enum { NAME_MAX_BYTES = 64, PHONE_MAX = 32 };

int64_t sim_peer_of(const union tl_Peer *p)
{
	switch (p ? p->ctor : 0) {
	case TL_peerUser: return p->peerUser.user_id;
	case TL_peerChat: return sim_group_peer(p->peerChat.chat_id);
	case TL_peerChannel: return sim_channel_peer(p->peerChannel.channel_id);
	default: return 0;
	}
}

/* The finaliser of splitmix64: every input bit moves every output bit. */
uint64_t sim_mix(uint64_t n)
{
	n = (n ^ n >> 30) * 0xbf58476d1ce4e5b9;
	n = (n ^ n >> 27) * 0x94d049bb133111eb;
	return n ^ n >> 31;
}

int64_t sim_hash(const struct sim_world *w, const char *kind, int64_t n)
{
	uint64_t h = sim_mix(w->options.seed + 0x9e3779b97f4a7c15);

	for (; *kind; kind++)
		h = (h ^ (uint8_t)*kind) * 0x100000001b3;
	h = sim_mix(h ^ (uint64_t)n * 0x9e3779b97f4a7c15) & INT64_MAX;
	return h ? (int64_t)h : 1;
}

int64_t sim_access_hash(const struct sim_world *w, int64_t peer)
{
	return sim_hash(w, "access", peer);
}

int sim_world_new(
	const struct sim_world_options *options, struct sim_world **ret, struct tobs_err *err)
{
	struct sim_world *w;
	struct sim_world_options o = options ? *options : (struct sim_world_options){ 0 };

	if (!o.clock)
		o.clock = clock_system();
	if (!o.memory_max)
		o.memory_max = (size_t)64 << 30;
	if (!o.dc_count)
		o.dc_count = 5;
	if (!o.home_dc)
		o.home_dc = MIN(2, o.dc_count);
	if (o.dc_count < 1 || o.dc_count > 16 || o.home_dc < 1 || o.home_dc > o.dc_count)
		return tobs_fail(err, TOBS_EINVAL,
			"data centre %d of %d: allowed are 1 to 16, and one of them as home",
			o.home_dc, o.dc_count);
	w = MEM_NEW(struct sim_world);
	if (!w)
		return tobs_fail(err, TOBS_ENOMEM, "no memory for a world");
	w->options = o;
	tobs_arena_init(&w->arena, o.memory_max);
	*ret = w;
	return TOBS_OK;
}

void sim_world_free(struct sim_world *w)
{
	if (!w)
		return;
	ARRAY_EACH (account, &w->accounts)
		sim_account_deinit(*account);
	ARRAY_EACH (chat, &w->chat_list)
		sim_chat_deinit(*chat);
	MAP_EACH (slot, &w->users)
		ARRAY_DEINIT(&((struct sim_user *)slot->value)->photos);
	ARRAY_EACH (source, &w->sources)
		(*source)->ops->free(*source);
	sim_votes_deinit(w);
	sim_twins_deinit(w);
	sim_search_free(w->search);
	map_deinit(&w->queries);
	map_deinit(&w->inline_sent);
	map_deinit(&w->users);
	map_deinit(&w->chats);
	smap_deinit(&w->names);
	smap_deinit(&w->phones);
	smap_deinit(&w->links);
	smap_deinit(&w->keys);
	smap_deinit(&w->labels);
	map_deinit(&w->tl_peers);
	map_deinit(&w->files);
	ARRAY_DEINIT(&w->accounts);
	ARRAY_DEINIT(&w->chat_list);
	ARRAY_DEINIT(&w->sources);
	ARRAY_DEINIT(&w->sticker_sets);
	ARRAY_DEINIT(&w->apps);
	ARRAY_DEINIT(&w->listeners);
	tobs_arena_deinit(&w->arena);
	mem_free(w);
}

int32_t sim_now(const struct sim_world *w)
{
	return (int32_t)(clock_wall(w->options.clock) / 1000000);
}

struct tobs_view sim_keep(struct sim_world *w, struct tobs_view v)
{
	struct tobs_view kept = { 0 };

	if (v.len)
		(void)!tobs_arena_view(&w->arena, v, &kept);
	return kept;
}

static union tl_Peer *new_peer(struct sim_world *w, int64_t peer)
{
	/* All three hold their id at the same place. */
	struct tl_peerUser *p = TOBS_ARENA_NEW(&w->arena, struct tl_peerUser);
	static const uint32_t ctors[] = { 0, TL_peerUser, TL_peerChat, TL_peerChannel };

	TOBS_STATIC_ASSERT(sizeof *p == sizeof(struct tl_peerChat) &&
			sizeof *p == sizeof(struct tl_peerChannel),
		"the peers are alike");
	if (!p)
		return NULL;
	p->ctor = ctors[sim_peer_kind(peer)];
	p->user_id = sim_peer_id(peer);
	return (union tl_Peer *)(void *)p;
}

const union tl_Peer *sim_tl_peer(struct sim_world *w, int64_t peer)
{
	union tl_Peer *p;

	if (!peer)
		return NULL;
	p = map_get(&w->tl_peers, (uint64_t)peer);
	if (p)
		return p;
	p = new_peer(w, peer);
	if (!p || map_put(&w->tl_peers, (uint64_t)peer, p))
		return NULL;
	return p;
}

struct sim_user *sim_user(const struct sim_world *w, int64_t id)
{
	return map_get(&w->users, (uint64_t)id);
}

struct sim_chat *sim_chat(const struct sim_world *w, int64_t peer)
{
	return map_get(&w->chats, (uint64_t)peer);
}

/* The key of a username: without '@', in lower case. Usernames are ASCII. */
static struct tobs_view name_key(struct tobs_view name, char out[NAME_MAX_BYTES])
{
	size_t n = 0;

	if (tobs_view_starts(name, "@"))
		name = tobs_view_sub(name, 1, name.len);
	if (name.len > NAME_MAX_BYTES)
		return tobs_str("");
	for (; n < name.len; n++)
		out[n] = (char)(name.ptr[n] >= 'A' && name.ptr[n] <= 'Z' ? name.ptr[n] | 32
									 : name.ptr[n]);
	return tobs_view(out, n);
}

int64_t sim_peer_by_name(const struct sim_world *w, struct tobs_view name)
{
	char key[NAME_MAX_BYTES];
	const int64_t *peer = smap_get(&w->names, name_key(name, key));

	return peer ? *peer : 0;
}

static struct tobs_view phone_key(struct tobs_view phone, char out[PHONE_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < phone.len && n < PHONE_MAX; i++)
		if (phone.ptr[i] >= '0' && phone.ptr[i] <= '9')
			out[n++] = (char)phone.ptr[i];
	return tobs_view(out, n);
}

struct sim_user *sim_user_by_phone(const struct sim_world *w, struct tobs_view phone)
{
	char key[PHONE_MAX];

	return smap_get(&w->phones, phone_key(phone, key));
}

struct sim_chat *sim_chat_by_link(const struct sim_world *w, struct tobs_view hash)
{
	return smap_get(&w->links, hash);
}

struct sim_account *sim_account(const struct sim_world *w, int64_t user_id)
{
	struct sim_user *u = sim_user(w, user_id);

	return u ? u->account : NULL;
}

struct sim_account *sim_bot_by_token(const struct sim_world *w, struct tobs_view token)
{
	ARRAY_EACH (a, &w->accounts)
		if ((*a)->token.len && tobs_view_eq((*a)->token, token))
			return *a;
	return NULL;
}

static bool is_hash(struct tobs_view v)
{
	if (v.len != 32)
		return false;
	for (size_t i = 0; i < v.len; i++)
		if (!((v.ptr[i] >= '0' && v.ptr[i] <= '9') ||
			    ((v.ptr[i] | 32) >= 'a' && (v.ptr[i] | 32) <= 'f')))
			return false;
	return true;
}

bool sim_app_accepted(const struct sim_world *w, int32_t api_id, struct tobs_view api_hash)
{
	bool only = false;

	if (api_id <= 0 || !is_hash(api_hash))
		return false;
	ARRAY_EACH (app, &w->apps) {
		bool same = app->api_id == api_id &&
			(!app->api_hash[0] ||
				tobs_view_eq_nocase(api_hash, tobs_str(app->api_hash)));

		if (same)
			return !app->refused;
		only |= !app->refused;
	}
	return !only;
}

int sim_app_add(struct sim_world *w, int32_t api_id, struct tobs_view api_hash, bool refused)
{
	struct sim_app app = { .api_id = api_id, .refused = refused };

	if (api_hash.len && !is_hash(api_hash))
		return TOBS_EINVAL;
	if (api_hash.len)
		memcpy(app.api_hash, api_hash.ptr, 32);
	return ARRAY_PUSH(&w->apps, app);
}

static bool valid_name(struct tobs_view key)
{
	for (size_t i = 0; i < key.len; i++)
		if (!((key.ptr[i] >= 'a' && key.ptr[i] <= 'z') || key.ptr[i] == '_' ||
			    (key.ptr[i] >= '0' && key.ptr[i] <= '9' && i > 0)))
			return false;
	return key.len >= 2 && key.len <= 32;
}

static int claim_name(struct sim_world *w, struct tobs_view name, void *owner, struct tobs_err *err)
{
	char buf[NAME_MAX_BYTES];
	struct tobs_view key = name_key(name, buf);

	if (!valid_name(key))
		return tobs_fail(err, TOBS_EINVAL,
			"username \"%.*s\": allowed are 2 to 32 Latin letters, digits and "
			"underscores, not beginning with a digit",
			TOBS_VIEW_FMT(name));
	if (smap_get(&w->names, key))
		return tobs_fail(
			err, TOBS_EEXISTS, "username \"%.*s\" is taken", TOBS_VIEW_FMT(name));
	if (smap_put(&w->names, key, owner))
		return tobs_fail(err, TOBS_ENOMEM, "no memory");
	return TOBS_OK;
}

static struct tobs_view bare_name(struct tobs_view name)
{
	return tobs_view_starts(name, "@") ? tobs_view_sub(name, 1, name.len) : name;
}

int sim_username_set(struct sim_world *w, int64_t peer, struct tobs_view name, struct tobs_err *err)
{
	struct sim_user *u = sim_user(w, peer);
	struct sim_chat *c = sim_chat(w, peer);
	struct tobs_view *field, kept = { 0 };
	char buf[NAME_MAX_BYTES];
	int r;

	if (!u && (!c || c->kind == SIM_CHAT_GROUP))
		return tobs_fail(err, TOBS_EINVAL, "only users and channels have usernames");
	field = u ? &u->tl->username : &c->tl.channel->username;
	if (name.len) {
		r = claim_name(w, name, u ? (void *)u : (void *)c, err);
		if (r)
			return r;
		kept = sim_keep(w, bare_name(name));
	}
	if (field->len)
		smap_remove(&w->names, name_key(*field, buf));
	*field = kept;
	if (u) {
		u->tl->has_username = name.len > 0;
	} else {
		c->tl.channel->has_username = name.len > 0;
		c->open = name.len > 0;
	}
	return TOBS_OK;
}

int64_t sim_make_up_id(struct sim_world *w)
{
	for (;;) {
		/* Of the size that is given out today, and far below SIM_CHANNEL_BASE. */
		int64_t id = 5000000000 + sim_hash(w, "id", (int64_t)w->made_up++) % 3000000000;

		if (!sim_user(w, id) && !sim_chat(w, sim_group_peer(id)) &&
			!sim_chat(w, sim_channel_peer(id)))
			return id;
	}
}

static int check_user(
	struct sim_world *w, int64_t id, const struct sim_user_args *args, struct tobs_err *err)
{
	if (id <= 0)
		return tobs_fail(err, TOBS_EINVAL, "user id %lld is not positive", (long long)id);
	if (sim_user(w, id))
		return tobs_fail(err, TOBS_EEXISTS, "user id %lld is taken", (long long)id);
	if (args->phone.len && sim_user_by_phone(w, args->phone))
		return tobs_fail(err, TOBS_EEXISTS, "phone number %.*s is taken",
			TOBS_VIEW_FMT(args->phone));
	return TOBS_OK;
}

int sim_phone_set(
	struct sim_world *w, struct sim_user *u, struct tobs_view phone, struct tobs_err *err)
{
	char digits[PHONE_MAX];
	struct tobs_view kept = sim_keep(w, phone_key(phone, digits));

	if (sim_user_by_phone(w, phone))
		return tobs_fail(
			err, TOBS_EEXISTS, "phone number %.*s is taken", TOBS_VIEW_FMT(phone));
	if (!kept.len || smap_put(&w->phones, kept, u))
		return tobs_fail(err, TOBS_ENOMEM, "no memory for a phone number");
	u->phone = kept;
	return TOBS_OK;
}

static void fill_user(struct sim_world *w, struct sim_user *u, const struct sim_user_args *args)
{
	char phone[PHONE_MAX];

	u->tl->ctor = TL_user;
	u->tl->id = u->peer;
	u->tl->has_access_hash = 1;
	u->tl->access_hash = sim_access_hash(w, u->peer);
	u->tl->first_name = sim_keep(w, args->first_name);
	u->tl->last_name = sim_keep(w, args->last_name);
	u->tl->bot = args->bot;
	if (args->bot)
		u->tl->bot_info_version = 1;
	u->about = sim_keep(w, args->about);
	u->phone = sim_keep(w, phone_key(args->phone, phone));
}

int sim_user_add(struct sim_world *w, const struct sim_user_args *args, struct sim_user **ret,
	struct tobs_err *err)
{
	int64_t id = args->id ? args->id : sim_make_up_id(w);
	struct sim_user *u;
	int r = check_user(w, id, args, err);

	if (r)
		return r;
	u = TOBS_ARENA_NEW(&w->arena, struct sim_user);
	if (u)
		u->tl = TOBS_ARENA_NEW(&w->arena, struct tl_user);
	if (!u || !u->tl)
		return tobs_fail(err, TOBS_ENOMEM, "no memory for a user");
	u->peer = id;
	fill_user(w, u, args);
	if (map_put(&w->users, (uint64_t)id, u) ||
		(u->phone.len && smap_put(&w->phones, u->phone, u)))
		return tobs_fail(err, TOBS_ENOMEM, "no memory for a user");
	if (args->username.len) {
		r = sim_username_set(w, id, args->username, err);
		if (r) {
			map_remove(&w->users, (uint64_t)id);
			if (u->phone.len)
				smap_remove(&w->phones, u->phone);
			return r;
		}
	}
	if (ret)
		*ret = u;
	return TOBS_OK;
}

int sim_user_photo_set(struct sim_user *u, struct sim_world *w, const union tl_Photo *photo)
{
	struct tl_userProfilePhoto *small;

	if (!photo || photo->ctor != TL_photo) {
		u->photos.count = 0;
		u->tl->photo = NULL;
		u->tl->has_photo = 0;
		return TOBS_OK;
	}
	small = SIM_NEW(&w->arena, userProfilePhoto);
	if (!small || ARRAY_PUSH(&u->photos, photo))
		return TOBS_ENOMEM;
	/* The current one stands first. */
	memmove(u->photos.items + 1, u->photos.items,
		(u->photos.count - 1) * sizeof *u->photos.items);
	u->photos.items[0] = photo;
	small->photo_id = photo->photo.id;
	small->dc_id = photo->photo.dc_id;
	u->tl->photo = (const void *)small;
	return TOBS_OK;
}

int sim_source_own(struct sim_world *w, struct sim_source *s)
{
	return ARRAY_PUSH(&w->sources, s);
}
