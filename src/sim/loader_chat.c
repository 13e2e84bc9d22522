/* SPDX-License-Identifier: MIT */
/* Chats and who is in them. */
#include "base/attr.h"
#include "sim/loader.h"

static const struct {
	const char *name;
	enum sim_chat_kind kind;
	bool forum;
} kinds[] = {
	{ "group", SIM_CHAT_GROUP, false },
	{ "supergroup", SIM_CHAT_SUPERGROUP, false },
	{ "forum", SIM_CHAT_SUPERGROUP, true },
	{ "channel", SIM_CHAT_CHANNEL, false },
};

static int read_kind(
	struct loader *l, struct json_value v, struct sim_chat_args *args, struct tobs_err *err)
{
	struct tobs_view name = { 0 };
	int r = loader_str(l, v, "kind", &name, err);

	for (size_t i = 0; !r && i < ARRAY_LEN(kinds); i++) {
		if (!tobs_view_is(name, kinds[i].name))
			continue;
		args->kind = kinds[i].kind;
		args->forum = kinds[i].forum;
		return TOBS_OK;
	}
	return r ? r
		 : json_at_key(err, tobs_str("kind"),
			   json_fail(err, TOBS_EUNKNOWN,
				   "must be group, supergroup, forum or channel"));
}

/* ---- members ---- */

static int read_role(
	struct loader *l, struct json_value v, enum sim_role *ret, struct tobs_err *err)
{
	static const char *const names[] = {
		[SIM_LEFT] = "left",
		[SIM_MEMBER] = "member",
		[SIM_RESTRICTED] = "restricted",
		[SIM_ADMIN] = "admin",
		[SIM_CREATOR] = "creator",
		[SIM_BANNED] = "banned",
	};
	struct tobs_view name = { 0 };
	int r = loader_str(l, v, "role", &name, err);

	if (r || !name.len)
		return r;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (!tobs_view_is(name, names[i]))
			continue;
		*ret = (enum sim_role)i;
		return TOBS_OK;
	}
	return json_at_key(err, tobs_str("role"),
		json_fail(err, TOBS_EUNKNOWN,
			"must be member, admin, creator, restricted, banned or left"));
}

static int read_rights(struct loader *l, struct json_value v, const char *key, const char *type,
	const void **ret, struct tobs_err *err)
{
	struct json_value rights = json_field(v, key);
	int r = json_is_missing(rights) ? TOBS_OK : loader_object(l, rights, type, ret, err);

	return r ? json_at_key(err, tobs_str(key), r) : r;
}

int loader_member(
	struct loader *l, struct json_value v, struct sim_member *ret, struct tobs_err *err)
{
	static const char *const known[] = { "user", "role", "rank", "rights", "banned", "inviter",
		"date", "until", NULL };
	int r = loader_only(v, known, err);

	if (!r)
		r = loader_peer(l, v, "user", &ret->user_id, err);
	if (!r)
		r = loader_peer(l, v, "inviter", &ret->inviter_id, err);
	if (!r)
		r = read_role(l, v, &ret->role, err);
	if (!r)
		r = loader_str(l, v, "rank", &ret->rank, err);
	if (!r)
		r = loader_date(l, v, "date", &ret->date, err);
	if (!r)
		r = loader_date(l, v, "until", &ret->until, err);
	if (!r)
		r = read_rights(
			l, v, "rights", "ChatAdminRights", (const void **)&ret->admin_rights, err);
	if (!r)
		r = read_rights(l, v, "banned", "ChatBannedRights",
			(const void **)&ret->banned_rights, err);
	return r;
}

/* A key alone, or an object with a role. */
static int read_member(
	struct loader *l, struct json_value v, struct sim_chat *c, struct tobs_err *err)
{
	struct sim_member m = { .role = SIM_MEMBER, .date = l->date };
	int r = json_is_object(v) ? loader_member(l, v, &m, err)
				  : loader_peer_value(l, v, &m.user_id, err);

	if (!r && !sim_user(l->w, m.user_id))
		r = json_fail(err, TOBS_EINVAL, "only users can be members");
	if (!r && sim_member_set(c, &m))
		r = loader_no_memory(err);
	return r;
}

static int read_members(
	struct loader *l, struct json_value v, struct sim_chat *c, struct tobs_err *err)
{
	size_t i = 0;

	if (!json_is_array(v))
		return loader_wrong(v, "an array", err);
	JSON_EACH (it, v) {
		int r = read_member(l, it.value, c, err);

		if (r)
			return json_at_index(err, i, r);
		i++;
	}
	return TOBS_OK;
}

/* ---- what else a chat has ---- */

static int read_more(
	struct loader *l, struct json_value v, struct sim_chat *c, struct tobs_err *err)
{
	int64_t n;

	(void)l;
	if (json_get_i64(v, &n) || n < 0 || n > INT32_MAX / 2)
		return loader_wrong(v, "a number of people", err);
	c->more_members = (int32_t)n;
	return TOBS_OK;
}

static int read_photo(
	struct loader *l, struct json_value v, struct sim_chat *c, struct tobs_err *err)
{
	const struct loader_thing *t;
	int r = loader_file_value(l, v, LOADER_PHOTO, &t, err);

	if (!r && sim_chat_photo_set(c, t->tl))
		r = loader_no_memory(err);
	return r;
}

static int other_chat(
	struct loader *l, struct json_value v, struct sim_chat **ret, struct tobs_err *err)
{
	int64_t peer;
	int r = loader_peer_value(l, v, &peer, err);

	if (r)
		return r;
	*ret = sim_chat(l->w, peer);
	return *ret ? TOBS_OK : json_fail(err, TOBS_EINVAL, "is a user, must be a chat");
}

/* A channel names its discussion group. */
static int read_linked(
	struct loader *l, struct json_value v, struct sim_chat *c, struct tobs_err *err)
{
	struct sim_chat *group;
	int r = other_chat(l, v, &group, err);

	if (r)
		return r;
	if (c->kind != SIM_CHAT_CHANNEL || group->kind != SIM_CHAT_SUPERGROUP)
		return json_fail(
			err, TOBS_EINVAL, "only a channel has one, and it is a supergroup");
	sim_link(c, group);
	return TOBS_OK;
}

/* A supergroup names the basic group it was. */
static int read_origin(
	struct loader *l, struct json_value v, struct sim_chat *c, struct tobs_err *err)
{
	struct sim_chat *group;
	int r = other_chat(l, v, &group, err);

	if (r)
		return r;
	if (c->kind != SIM_CHAT_SUPERGROUP || group->kind != SIM_CHAT_GROUP)
		return json_fail(err, TOBS_EINVAL, "only a supergroup was one, a basic group");
	c->origin = group;
	group->successor = c;
	return TOBS_OK;
}

static int read_open(
	struct loader *l, struct json_value v, struct sim_chat *c, struct tobs_err *err)
{
	(void)l;
	return json_get_bool(v, &c->open) ? loader_wrong(v, "true or false", err) : TOBS_OK;
}

static int read_hidden(
	struct loader *l, struct json_value v, struct sim_chat *c, struct tobs_err *err)
{
	(void)l;
	return json_get_bool(v, &c->hidden_members) ? loader_wrong(v, "true or false", err)
						    : TOBS_OK;
}

static int seconds(struct json_value v, int32_t *ret, struct tobs_err *err)
{
	int64_t n;

	if (json_get_i64(v, &n) || n < 0 || n > INT32_MAX)
		return loader_wrong(v, "a number of seconds", err);
	*ret = (int32_t)n;
	return TOBS_OK;
}

static int read_ttl(struct loader *l, struct json_value v, struct sim_chat *c, struct tobs_err *err)
{
	(void)l;
	return seconds(v, &c->ttl_period, err);
}

static int read_slowmode(
	struct loader *l, struct json_value v, struct sim_chat *c, struct tobs_err *err)
{
	int r = seconds(v, &c->slowmode, err);

	(void)l;
	if (!r && c->kind != SIM_CHAT_GROUP)
		c->tl.channel->slowmode_enabled = c->slowmode != 0;
	return r;
}

static int read_reactions(
	struct loader *l, struct json_value v, struct sim_chat *c, struct tobs_err *err)
{
	return loader_object(l, v, "ChatReactions", (const void **)&c->reactions, err);
}

static int read_link(
	struct loader *l, struct json_value v, struct sim_chat *c, struct tobs_err *err)
{
	struct tobs_view hash;

	if (json_get_str(v, &hash) || !hash.len)
		return loader_wrong(v, "the part of the link behind t.me/+", err);
	if (sim_chat_by_link(l->w, hash))
		return json_fail(err, TOBS_EEXISTS, "is taken");
	smap_remove(&l->w->links, c->link);
	c->link = sim_keep(l->w, hash);
	return !c->link.len || smap_put(&l->w->links, c->link, c) ? loader_no_memory(err) : TOBS_OK;
}

/* What a chat has besides its identity; all else are fields of the schema's chat or channel. */
static int chat_member(struct loader *l, struct tobs_view key, struct json_value v,
	struct sim_chat *c, struct tobs_err *err)
{
	static const char *const done[] = { "key", "kind", "id", "title", "username", "about",
		"date" };
	static const struct {
		const char *key;
		int (*read)(struct loader *l, struct json_value v, struct sim_chat *c,
			struct tobs_err *err);
	} more[] = {
		{ "members", read_members },
		{ "more_members", read_more },
		{ "photo", read_photo },
		{ "discussion", read_linked },
		{ "was", read_origin },
		{ "open", read_open },
		{ "hidden_members", read_hidden },
		{ "ttl", read_ttl },
		{ "slowmode", read_slowmode },
		{ "reactions", read_reactions },
		{ "link", read_link },
	};

	for (size_t i = 0; i < ARRAY_LEN(done); i++)
		if (tobs_view_is(key, done[i]))
			return TOBS_OK;
	for (size_t i = 0; i < ARRAY_LEN(more); i++) {
		int r;

		if (!tobs_view_is(key, more[i].key))
			continue;
		r = more[i].read(l, v, c, err);
		return r ? json_at_key(err, key, r) : r;
	}
	return loader_set(l, c->tl.ctor, key, v, err);
}

int loader_read_chat(struct loader *l, struct json_value v, struct tobs_err *err)
{
	struct sim_chat_args args = { 0 };
	struct tobs_view key = { 0 };
	struct sim_chat *c;
	int r = json_is_object(v) ? loader_str(l, v, "key", &key, err)
				  : loader_wrong(v, "an object", err);

	if (!r)
		r = read_kind(l, v, &args, err);
	if (!r)
		r = loader_int(v, "id", 1, SIM_CHANNEL_BASE - 1, &args.id, err);
	if (!r)
		r = loader_str(l, v, "title", &args.title, err);
	if (!r)
		r = loader_str(l, v, "username", &args.username, err);
	if (!r)
		r = loader_str(l, v, "about", &args.about, err);
	if (!r)
		r = loader_date(l, v, "date", &args.date, err);
	if (r)
		return r;
	l->date = args.date; /* members came then unless it is said otherwise */
	r = sim_chat_add(l->w, &args, &c, err);
	if (r)
		return json_failed(err, r);
	r = loader_add(l, key, LOADER_CHAT, c->peer, NULL, err);
	JSON_EACH (it, v) {
		if (!r)
			r = chat_member(l, it.key, it.value, c, err);
	}
	return r;
}
