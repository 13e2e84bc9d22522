/* SPDX-License-Identifier: MIT */
/* Chats: basic groups, supergroups, forums and channels, with who and what is in them. */
#include "base/alloc.h"
#include "base/attr.h"
#include "sim/history.h"
#include "sim/inner.h"
#include "sim/world.h"

void sim_chat_deinit(struct sim_chat *c)
{
	ARRAY_DEINIT(&c->members);
	ARRAY_DEINIT(&c->topics);
	ARRAY_DEINIT(&c->requests);
	map_deinit(&c->by_user);
	sim_history_free(c->history);
	sim_box_deinit(&c->box);
}

static int check_chat(
	struct sim_world *w, int64_t peer, const struct sim_chat_args *args, struct tobs_err *err)
{
	if (sim_peer_id(peer) <= 0 || sim_peer_id(peer) >= SIM_CHANNEL_BASE)
		return tobs_fail(err, TOBS_EINVAL, "chat id %lld is out of range",
			(long long)sim_peer_id(peer));
	if (sim_chat(w, peer))
		return tobs_fail(
			err, TOBS_EEXISTS, "chat id %lld is taken", (long long)sim_peer_id(peer));
	if (args->kind == SIM_CHAT_GROUP && (args->username.len || args->forum))
		return tobs_fail(err, TOBS_EINVAL,
			"a basic group has neither a username nor topics; make it a supergroup");
	if (args->kind == SIM_CHAT_CHANNEL && args->forum)
		return tobs_fail(err, TOBS_EINVAL, "a channel has no topics");
	return TOBS_OK;
}

static bool fill_group(struct sim_world *w, struct sim_chat *c, const struct sim_chat_args *args)
{
	struct tl_chat *t = SIM_NEW(&w->arena, chat);

	c->tl.group = t;
	if (!t)
		return false;
	t->id = sim_peer_id(c->peer);
	t->title = sim_keep(w, args->title);
	t->date = args->date;
	t->version = 1;
	t->photo = (const void *)SIM_NEW(&w->arena, chatPhotoEmpty);
	return t->photo != NULL;
}

static bool fill_channel(struct sim_world *w, struct sim_chat *c, const struct sim_chat_args *args)
{
	struct tl_channel *t = SIM_NEW(&w->arena, channel);

	c->tl.channel = t;
	if (!t)
		return false;
	t->id = sim_peer_id(c->peer);
	t->has_access_hash = 1;
	t->access_hash = sim_access_hash(w, c->peer);
	t->title = sim_keep(w, args->title);
	t->date = args->date;
	t->broadcast = args->kind == SIM_CHAT_CHANNEL;
	t->megagroup = args->kind == SIM_CHAT_SUPERGROUP;
	t->forum = args->forum;
	t->photo = (const void *)SIM_NEW(&w->arena, chatPhotoEmpty);
	c->box.channel = c;
	c->box.pts = c->box.log_pts = 1;
	c->history = sim_history_new(w, &c->box, c->peer, c);
	return t->photo && c->history;
}

static int add_general_topic(struct sim_chat *c)
{
	static const int32_t grey_blue = 0x6fb9f0; /* the first of the colours Telegram offers */
	struct sim_topic general = { .id = SIM_GENERAL_TOPIC,
		.date = c->tl.channel->date,
		.icon_color = grey_blue,
		.title = TOBS_LIT("General") };

	return sim_topic_set(c, &general);
}

static int make_link(struct sim_world *w, struct sim_chat *c)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
	char hash[16];

	for (size_t i = 0; i < sizeof hash; i++)
		hash[i] = digits[(size_t)sim_hash(w, "link", c->peer ^ (int64_t)i << 48) %
			(sizeof digits - 1)];
	c->link = sim_keep(w, tobs_view(hash, sizeof hash));
	return smap_put(&w->links, c->link, c);
}

int sim_chat_add(struct sim_world *w, const struct sim_chat_args *args, struct sim_chat **ret,
	struct tobs_err *err)
{
	int64_t id = args->id ? args->id : sim_make_up_id(w);
	int64_t peer = args->kind == SIM_CHAT_GROUP ? sim_group_peer(id) : sim_channel_peer(id);
	struct sim_chat *c;
	int r = check_chat(w, peer, args, err);

	if (r)
		return r;
	c = TOBS_ARENA_NEW(&w->arena, struct sim_chat);
	/* In the list first: it owns what follows. */
	if (!c || ARRAY_PUSH(&w->chat_list, c))
		return tobs_fail(err, TOBS_ENOMEM, "no memory for a chat");
	c->peer = peer;
	c->world = w;
	c->kind = args->kind;
	c->about = sim_keep(w, args->about);
	if (!(args->kind == SIM_CHAT_GROUP ? fill_group(w, c, args) : fill_channel(w, c, args)) ||
		(args->forum && add_general_topic(c)) || make_link(w, c) ||
		map_put(&w->chats, (uint64_t)peer, c))
		return tobs_fail(err, TOBS_ENOMEM, "no memory for a chat");
	if (args->username.len) {
		r = sim_username_set(w, peer, args->username, err);
		if (r) {
			map_remove(&w->chats, (uint64_t)peer);
			return r;
		}
	}
	if (ret)
		*ret = c;
	return TOBS_OK;
}

static struct sim_member *find_member(const struct sim_chat *c, int64_t user_id)
{
	uintptr_t slot = (uintptr_t)map_get(&c->by_user, (uint64_t)user_id);

	return slot ? &c->members.items[slot - 1] : NULL;
}

const struct sim_member *sim_member(const struct sim_chat *c, int64_t user_id)
{
	return find_member(c, user_id);
}

static bool belongs(const struct sim_member *m)
{
	return m && m->role != SIM_LEFT && m->role != SIM_BANNED;
}

bool sim_is_member(const struct sim_chat *c, int64_t user_id)
{
	return belongs(find_member(c, user_id));
}

int32_t sim_member_count(const struct sim_chat *c)
{
	return c->present + c->more_members;
}

/* Who is in has it in the chat list; who left a basic group keeps it there, with what was said. */
static int update_dialog(struct sim_chat *c, const struct sim_member *m)
{
	struct sim_account *a = sim_account(c->world, m->user_id);
	struct sim_dialog *d;

	if (!a)
		return TOBS_OK;
	if (belongs(m))
		return sim_dialog_open(a, c->peer, &d);
	if (c->kind != SIM_CHAT_GROUP)
		map_remove(&a->dialogs, (uint64_t)c->peer);
	return TOBS_OK;
}

int sim_member_set(struct sim_chat *c, const struct sim_member *m)
{
	struct sim_member *have = find_member(c, m->user_id);
	bool before = belongs(have);

	if (have) {
		*have = *m;
	} else {
		if (ARRAY_PUSH(&c->members, *m))
			return TOBS_ENOMEM;
		if (map_put(&c->by_user, (uint64_t)m->user_id,
			    (void *)(uintptr_t)c->members.count)) {
			c->members.count--;
			return TOBS_ENOMEM;
		}
	}
	c->present += belongs(m) - before;
	if (c->kind == SIM_CHAT_GROUP)
		c->tl.group->version++;
	return update_dialog(c, m);
}

bool sim_can_read(const struct sim_account *a, const struct sim_chat *c)
{
	const struct sim_member *m = sim_member(c, a->user->peer);

	return belongs(m) || (c->open && !(m && m->role == SIM_BANNED));
}

struct sim_topic *sim_topic(const struct sim_chat *c, int32_t id)
{
	ARRAY_EACH (t, &c->topics)
		if (t->id == id)
			return t;
	return NULL;
}

int sim_topic_set(struct sim_chat *c, const struct sim_topic *topic)
{
	struct sim_topic *have = sim_topic(c, topic->id), t = *topic;

	t.title = sim_keep(c->world, topic->title);
	if (!have)
		return ARRAY_PUSH(&c->topics, t);
	*have = t;
	return TOBS_OK;
}

int sim_chat_photo_set(struct sim_chat *c, const union tl_Photo *photo)
{
	const union tl_ChatPhoto **field = c->kind == SIM_CHAT_GROUP ? &c->tl.group->photo
								     : &c->tl.channel->photo;
	struct tobs_arena *arena = &c->world->arena;
	struct tl_chatPhoto *small;

	c->photo = photo;
	if (!photo || photo->ctor != TL_photo) {
		*field = (const void *)SIM_NEW(arena, chatPhotoEmpty);
		return *field ? TOBS_OK : TOBS_ENOMEM;
	}
	small = SIM_NEW(arena, chatPhoto);
	if (!small)
		return TOBS_ENOMEM;
	small->photo_id = photo->photo.id;
	small->dc_id = photo->photo.dc_id;
	*field = (const void *)small;
	return TOBS_OK;
}

void sim_link(struct sim_chat *channel, struct sim_chat *group)
{
	channel->linked = group;
	group->linked = channel;
	channel->tl.channel->has_link = 1;
	group->tl.channel->has_link = 1;
}
