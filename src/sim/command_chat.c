/* SPDX-License-Identifier: MIT */
/* Commands about users, chats and who is in them. */
#include "base/attr.h"
#include "sim/change.h"
#include "sim/command.h"

enum { USERS_MAX = 200 };

/* Who does it, in which group or channel. */
static int read_chat(
	struct command *c, const char *const *known, int64_t *ret_by, struct sim_chat **ret)
{
	int r = loader_only(c->v, known, c->err);

	*ret_by = 0;
	*ret = NULL;
	if (!r)
		r = loader_peer(&c->l, c->v, "by", ret_by, c->err);
	if (!r)
		r = loader_chat_of(&c->l, c->v, "chat", ret, c->err);
	if (!r && (!*ret_by || !*ret))
		r = command_needs(c, *ret_by ? "chat" : "by");
	return r;
}

/* ---- coming and going ---- */

static int run_join(struct command *c)
{
	static const char *const known[] = { "do", "chat", "by", "user", "way", NULL };
	struct tobs_view way = { 0 };
	struct sim_chat *chat;
	int64_t by, user;
	int r = read_chat(c, known, &by, &chat);

	user = by;
	if (!r)
		r = loader_peer(&c->l, c->v, "user", &user, c->err);
	if (!r)
		r = loader_str(&c->l, c->v, "way", &way, c->err);
	if (r)
		return r;
	if (way.len && !tobs_view_is(way, "link") && !tobs_view_is(way, "request"))
		return json_at_key(c->err, tobs_str("way"),
			json_fail(c->err, TOBS_EUNKNOWN, "must be link or request"));
	return command_done(c,
		sim_join(chat, by, user,
			tobs_view_is(way, "link")              ? SIM_BY_LINK
				: tobs_view_is(way, "request") ? SIM_BY_REQUEST
							       : SIM_CAME,
			c->err));
}

/* {"chat", "by", "about"}: asks to be let in. */
static int run_ask(struct command *c)
{
	static const char *const known[] = { "do", "chat", "by", "about", NULL };
	struct tobs_view about = { 0 };
	struct sim_chat *chat;
	int64_t by;
	int r = read_chat(c, known, &by, &chat);

	if (!r)
		r = loader_str(&c->l, c->v, "about", &about, c->err);
	return r ? r : command_done(c, sim_ask_in(chat, by, about, c->err));
}

/* {"chat", "by", "member": {"user", "role", …}}, the member as in world files. */
static int run_member(struct command *c)
{
	static const char *const known[] = { "do", "chat", "by", "member", NULL };
	struct sim_member m = { .role = SIM_MEMBER, .date = sim_now(c->sim->world) };
	struct sim_chat *chat;
	int64_t by;
	int r = read_chat(c, known, &by, &chat);

	if (r)
		return r;
	r = loader_member(&c->l, json_field(c->v, "member"), &m, c->err);
	if (!r && !m.user_id)
		r = command_needs(c, "user");
	if (r)
		return json_at_key(c->err, tobs_str("member"), r);
	return command_done(c, sim_member_change(chat, by, &m, c->err));
}

/* ---- chats ---- */

static int run_title(struct command *c)
{
	static const char *const known[] = { "do", "chat", "by", "title", NULL };
	struct tobs_view title = { 0 };
	struct sim_chat *chat;
	int64_t by;
	int r = read_chat(c, known, &by, &chat);

	if (!r)
		r = loader_str(&c->l, c->v, "title", &title, c->err);
	return r ? r : command_done(c, sim_set_title(chat, by, title, c->err));
}

static int run_about(struct command *c)
{
	static const char *const known[] = { "do", "chat", "by", "about", NULL };
	struct tobs_view about = { 0 };
	struct sim_chat *chat;
	int64_t by;
	int r = read_chat(c, known, &by, &chat);

	if (!r)
		r = loader_str(&c->l, c->v, "about", &about, c->err);
	return r ? r : command_done(c, sim_set_about(chat, by, about, c->err));
}

static int run_photo(struct command *c)
{
	static const char *const known[] = { "do", "chat", "by", "photo", NULL };
	struct json_value v = json_field(c->v, "photo");
	const struct loader_thing *t = NULL;
	struct sim_chat *chat;
	int64_t by;
	int r = read_chat(c, known, &by, &chat);

	if (!r && !json_is_null(v) && !json_is_missing(v)) {
		r = loader_file_value(&c->l, v, LOADER_PHOTO, &t, c->err);
		if (r)
			json_at_key(c->err, tobs_str("photo"), r);
	}
	return r ? r : command_done(c, sim_set_photo(chat, by, t ? t->tl : NULL, c->err));
}

/* Opens a topic, or with "id" changes one. */
static int run_topic(struct command *c)
{
	static const char *const known[] = { "do", "chat", "by", "id", "title", "icon_color",
		"closed", "hidden", NULL };
	struct sim_topic topic = { 0 };
	struct sim_chat *chat;
	int64_t by, id = 0, colour = 0;
	int32_t made = 0;
	int r = read_chat(c, known, &by, &chat);

	if (!r)
		r = loader_int(c->v, "id", 1, INT32_MAX, &id, c->err);
	if (r)
		return r;
	if (id) {
		if (!sim_topic(chat, (int32_t)id))
			return json_at_key(c->err, tobs_str("id"),
				json_fail(c->err, TOBS_ENOTFOUND, "is no topic"));
		topic = *sim_topic(chat, (int32_t)id);
	}
	r = loader_str(&c->l, c->v, "title", &topic.title, c->err);
	if (!r)
		r = loader_int(c->v, "icon_color", 0, 0xffffff, &colour, c->err);
	if (!r)
		r = loader_bool(c->v, "closed", &topic.closed, c->err);
	if (!r)
		r = loader_bool(c->v, "hidden", &topic.hidden, c->err);
	if (r)
		return r;
	if (id)
		return command_done(c, sim_topic_change(chat, by, &topic, c->err));
	topic.icon_color = (int32_t)colour;
	r = command_done(c, sim_topic_open(chat, by, &topic, &made, c->err));
	if (!r) {
		jsonw_key(c->w, "id");
		jsonw_i64(c->w, made);
	}
	return r;
}

static int run_migrate(struct command *c)
{
	static const char *const known[] = { "do", "chat", "by", NULL };
	struct sim_chat *chat, *made;
	int64_t by;
	int r = read_chat(c, known, &by, &chat);

	if (!r)
		r = command_done(c, sim_migrate(chat, by, &made, c->err));
	if (!r) {
		jsonw_key(c->w, "chat");
		jsonw_i64(c->w, made->peer);
	}
	return r;
}

static int read_users(struct command *c, int64_t *users, size_t *count)
{
	JSON_EACH (it, json_field(c->v, "users")) {
		int r = *count < USERS_MAX
			? loader_peer_value(&c->l, it.value, &users[*count], c->err)
			: json_fail(c->err, TOBS_ETOOBIG, "at most %d", (int)USERS_MAX);

		if (r)
			return json_at_key(
				c->err, tobs_str("users"), json_at_index(c->err, *count, r));
		++*count;
	}
	return TOBS_OK;
}

/* A new chat, founded by somebody: {"by", "kind", "title", "users": [], "key"}. */
static int run_found(struct command *c)
{
	static const char *const known[] = { "do", "by", "kind", "title", "about", "users", "key",
		NULL };
	static const char *const kinds[] = { "group", "supergroup", "channel", "forum" };
	struct sim_chat_args args = { .date = sim_now(c->sim->world) };
	struct tobs_view kind = TOBS_LIT("group"), key = { 0 };
	int64_t users[USERS_MAX], by = 0;
	struct sim_chat *chat;
	size_t count = 0, k = 0;
	int r = loader_only(c->v, known, c->err);

	if (!r)
		r = loader_peer(&c->l, c->v, "by", &by, c->err);
	if (!r)
		r = loader_str(&c->l, c->v, "kind", &kind, c->err);
	if (!r)
		r = loader_str(&c->l, c->v, "title", &args.title, c->err);
	if (!r)
		r = loader_str(&c->l, c->v, "about", &args.about, c->err);
	if (!r)
		r = loader_str(&c->l, c->v, "key", &key, c->err);
	if (!r)
		r = read_users(c, users, &count);
	if (r)
		return r;
	while (k < ARRAY_LEN(kinds) && !tobs_view_is(kind, kinds[k]))
		k++;
	if (k == ARRAY_LEN(kinds) || !by)
		return json_fail(c->err, TOBS_EMALFORMED,
			"needs \"by\", and a \"kind\": group, supergroup, channel or forum");
	args.forum = k == 3;
	args.kind = args.forum ? SIM_CHAT_SUPERGROUP : (enum sim_chat_kind)k;
	r = command_done(c, sim_chat_found(c->sim->world, by, &args, users, count, &chat, c->err));
	if (!r)
		r = loader_add(&c->l, key, LOADER_CHAT, chat->peer, NULL, c->err);
	if (!r) {
		jsonw_key(c->w, "chat");
		jsonw_i64(c->w, chat->peer);
	}
	return r;
}

/* ---- things, as in world files ---- */

static int run_user(struct command *c)
{
	struct json_value v = json_field(c->v, "user");
	int r = json_is_missing(v) ? command_needs(c, "user") : loader_user(&c->l, v, c->err);

	return r && !json_is_missing(v) ? json_at_key(c->err, tobs_str("user"), r) : r;
}

static int run_file(struct command *c)
{
	struct json_value v = json_field(c->v, "file");
	int r;

	/* Paths are from where the simulator runs. */
	c->l.folder = ".";
	r = json_is_missing(v) ? command_needs(c, "file") : loader_file(&c->l, v, c->err);
	return r && !json_is_missing(v) ? json_at_key(c->err, tobs_str("file"), r) : r;
}

const struct command_row command_chats[] = {
	{ "ask", run_ask },
	{ "about", run_about },
	{ "file", run_file },
	{ "found", run_found },
	{ "join", run_join },
	{ "member", run_member },
	{ "migrate", run_migrate },
	{ "photo", run_photo },
	{ "title", run_title },
	{ "topic", run_topic },
	{ "user", run_user },
	{ NULL, NULL },
};
