/* SPDX-License-Identifier: MIT */
/*
 * Finding every user and chat a TL object mentions.
 *
 * The schema says where: fields of type Peer, and numbers whose names say that
 * they are ids. From its tables we make, once, a short list for each
 * constructor of the fields that matter: those, and objects that may hold some
 * further down. Everything else is never looked at.
 */
#include "base/attr.h"
#include "sim/inner.h"
#include "sim/view.h"
#include "tl/tables.h"

enum what {
	NOTHING,
	PEER,
	USER_ID,
	GROUP_ID,
	CHANNEL_ID,
	OBJECT,
};

struct ref {
	uint16_t offset;
	uint8_t what;
	uint8_t vector;
};

struct sim_ref_table {
	struct ref *refs;
	uint16_t
		*first; /* by constructor: where its refs start; the next one's is where they end */
};

struct any_vec {
	uint32_t count;
	const void *items;
};

static const struct {
	const char *name;
	enum what what;
} id_fields[] = {
	{ "auto_setting_from", USER_ID },
	{ "bot_id", USER_ID },
	{ "channel_id", CHANNEL_ID },
	{ "channels", CHANNEL_ID },
	{ "chat_id", GROUP_ID },
	{ "inviter_id", USER_ID },
	{ "linked_chat_id", CHANNEL_ID },
	{ "new_creator_id", USER_ID },
	{ "user_id", USER_ID },
	{ "users", USER_ID },
	{ "via_bot_id", USER_ID },
	{ "via_business_bot_id", USER_ID },
	{ "winners", USER_ID },
};

static enum what id_field(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(id_fields); i++)
		if (strcmp(name, id_fields[i].name) == 0)
			return id_fields[i].what;
	return NOTHING;
}

static enum what what_is(const struct tl_field *f, const uint8_t *reaches)
{
	int kind = f->kind == TL_VECTOR || f->kind == TL_BARE_VECTOR ? f->elem : f->kind;

	if (f->offset == TL_NO_OFFSET)
		return NOTHING;
	if (kind == TL_LONG)
		return id_field(tl_names + f->name);
	if (kind != TL_BOXED)
		return NOTHING;
	if (strcmp(tl_names + tl_types[f->type], "Peer") == 0)
		return PEER;
	return reaches[f->type] ? OBJECT : NOTHING;
}

/* Which types may hold a peer, however deep: what they hold is added until nothing changes. */
static void find_reach(uint8_t *reaches)
{
	bool changed = true;

	while (changed) {
		changed = false;
		for (uint32_t i = 0; i < tl_current_count; i++) {
			const struct tl_ctor *c = &tl_ctors[i];

			if (reaches[c->type] || c->traits & TL_TRAIT_FUNCTION)
				continue;
			for (int k = 0; k < c->count; k++)
				if (what_is(&tl_fields[c->first + k], reaches))
					reaches[c->type] = changed = true;
		}
	}
}

static const struct sim_ref_table *make_table(struct sim_world *w)
{
	struct sim_ref_table *t = TOBS_ARENA_NEW(&w->arena, struct sim_ref_table);
	uint8_t *reaches = tobs_arena_zalloc(&w->arena, tl_type_count);
	size_t rows = 0;

	if (!t || !reaches)
		return NULL;
	find_reach(reaches);
	for (uint32_t i = 0; i < tl_current_count; i++)
		rows += tl_ctors[i].count;
	t->refs = TOBS_ARENA_ARRAY(&w->arena, rows, struct ref);
	t->first = TOBS_ARENA_ARRAY(&w->arena, tl_current_count + 1, uint16_t);
	if (!t->refs || !t->first)
		return NULL;
	rows = 0;
	for (uint32_t i = 0; i < tl_current_count; i++) {
		t->first[i] = (uint16_t)rows;
		for (int k = 0; k < tl_ctors[i].count; k++) {
			const struct tl_field *f = &tl_fields[tl_ctors[i].first + k];
			enum what what = what_is(f, reaches);

			if (what && !(tl_ctors[i].traits & TL_TRAIT_FUNCTION))
				t->refs[rows++] = (struct ref){ f->offset, (uint8_t)what,
					f->kind == TL_VECTOR || f->kind == TL_BARE_VECTOR };
		}
	}
	t->first[tl_current_count] = (uint16_t)rows;
	return t;
}

void sim_refs_begin(struct sim_refs *refs, struct sim_world *w, struct sim_account *viewer,
	struct tobs_arena *arena)
{
	*refs = (struct sim_refs){ .world = w, .viewer = viewer, .arena = arena };
	refs->mark = ++w->mark;
	if (!w->refs)
		w->refs = make_table(w);
	if (!w->refs)
		refs->err = TOBS_ENOMEM;
}

void sim_refs_peer(struct sim_refs *refs, int64_t peer)
{
	struct sim_user *u;
	struct sim_chat *c;

	if (peer > 0) {
		u = sim_user(refs->world, peer);
		if (!u || u->mark == refs->mark)
			return;
		u->mark = refs->mark;
		if (ARRAY_PUSH(&refs->users, u))
			refs->err = TOBS_ENOMEM;
	} else if (peer) {
		c = sim_chat(refs->world, peer);
		if (!c || c->mark == refs->mark)
			return;
		c->mark = refs->mark;
		if (ARRAY_PUSH(&refs->chats, c))
			refs->err = TOBS_ENOMEM;
	}
}

static void add_one(struct sim_refs *refs, enum what what, const void *at)
{
	const void *object;
	int64_t id;

	if (what == PEER || what == OBJECT) {
		memcpy(&object, at, sizeof object);
		if (what == OBJECT)
			sim_refs_add(refs, object);
		else
			sim_refs_peer(refs, sim_peer_of(object));
		return;
	}
	memcpy(&id, at, sizeof id);
	if (id > 0)
		sim_refs_peer(refs,
			what == USER_ID            ? id
				: what == GROUP_ID ? sim_group_peer(id)
						   : sim_channel_peer(id));
}

void sim_refs_add(struct sim_refs *refs, const void *object)
{
	const struct tl_ctor *c = object ? tl_find(tl_id(object)) : NULL;
	const struct sim_ref_table *t = refs->world->refs;
	const uint8_t *base = object;
	size_t index;

	if (!c || refs->err)
		return;
	index = (size_t)(c - tl_ctors);
	for (size_t i = t->first[index]; i < t->first[index + 1]; i++) {
		const struct ref *r = &t->refs[i];
		const struct any_vec *v = (const void *)(base + r->offset);

		if (!r->vector) {
			add_one(refs, r->what, base + r->offset);
			continue;
		}
		/* Ids and pointers are eight bytes each. */
		for (uint32_t k = 0; k < v->count; k++)
			add_one(refs, r->what, (const uint8_t *)v->items + k * sizeof(int64_t));
	}
}

void sim_refs_messages(struct sim_refs *refs, const struct tl_vec_Message *messages)
{
	for (uint32_t i = 0; i < messages->count; i++)
		sim_refs_add(refs, messages->items[i]);
}

static int collect_users(struct sim_refs *refs, struct tl_vec_User *ret)
{
	const union tl_User **items = TOBS_ARENA_ARRAY(
		refs->arena, refs->users.count + 1, const union tl_User *);

	for (size_t i = 0; items && i < refs->users.count; i++) {
		items[i] = sim_view_user(refs->viewer, refs->users.items[i], refs->arena);
		if (!items[i])
			return TOBS_ENOMEM;
	}
	*ret = (struct tl_vec_User){ (uint32_t)refs->users.count, items };
	return items ? TOBS_OK : TOBS_ENOMEM;
}

static int collect_chats(struct sim_refs *refs, struct tl_vec_Chat *ret)
{
	const union tl_Chat **items = TOBS_ARENA_ARRAY(
		refs->arena, refs->chats.count + 1, const union tl_Chat *);

	for (size_t i = 0; items && i < refs->chats.count; i++) {
		items[i] = sim_view_chat(refs->viewer, refs->chats.items[i], refs->arena);
		if (!items[i])
			return TOBS_ENOMEM;
	}
	*ret = (struct tl_vec_Chat){ (uint32_t)refs->chats.count, items };
	return items ? TOBS_OK : TOBS_ENOMEM;
}

int sim_refs_end(
	struct sim_refs *refs, struct tl_vec_User *ret_users, struct tl_vec_Chat *ret_chats)
{
	int r = refs->err;

	if (!r && ret_users)
		r = collect_users(refs, ret_users);
	if (!r && ret_chats)
		r = collect_chats(refs, ret_chats);
	ARRAY_DEINIT(&refs->users);
	ARRAY_DEINIT(&refs->chats);
	return r;
}
