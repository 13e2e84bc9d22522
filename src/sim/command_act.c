/* SPDX-License-Identifier: MIT */
/* Commands by which people of the world do things with messages. */
#include <stdio.h>

#include "base/attr.h"
#include "sim/change.h"
#include "sim/command.h"
#include "sim/copies.h"
#include "sim/vote.h"

enum { IDS_MAX = 1000, REACTIONS_MAX = 16 };

/* The history in which `by` acts: the channel's, their own, or that of the other one. */
static struct sim_history *history_of(struct command *c, int64_t by, int64_t chat)
{
	struct sim_world *w = c->sim->world;
	const struct sim_chat *group = sim_chat(w, chat);
	struct sim_account *a = sim_account(w, by);
	struct sim_history *h = NULL;

	if (group && group->kind != SIM_CHAT_GROUP)
		return group->history;
	if (a)
		h = sim_history(a, chat);
	if (!h && !group) {
		a = sim_account(w, chat);
		h = a ? sim_history(a, by) : NULL;
	}
	for (size_t i = 0; group && !h && i < group->members.count; i++) {
		a = sim_account(w, group->members.items[i].user_id);
		h = a ? sim_history(a, chat) : NULL;
	}
	return h;
}

int command_find_history(struct command *c, struct command_act *a)
{
	a->history = history_of(c, a->by, a->chat);
	return a->history ? TOBS_OK
			  : json_at_key(c->err, tobs_str("chat"),
				    json_fail(c->err, TOBS_ENOTFOUND, "nothing was said there"));
}

int command_read_act(struct command *c, const char *const *known, struct command_act *ret)
{
	int r = loader_only(c->v, known, c->err);

	*ret = (struct command_act){ 0 };
	if (!r)
		r = loader_peer(&c->l, c->v, "by", &ret->by, c->err);
	if (!r)
		r = loader_peer(&c->l, c->v, "chat", &ret->chat, c->err);
	if (r)
		return r;
	if (!ret->by || !ret->chat)
		return command_needs(c, ret->by ? "chat" : "by");
	return command_find_history(c, ret);
}

/* A label or id, in the history of the act. */
static int id_value(
	struct command *c, const struct command_act *a, struct json_value v, int32_t *ret)
{
	struct tobs_view name;
	int64_t n;

	if (!json_get_i64(v, &n) && n > 0 && n <= INT32_MAX) {
		*ret = (int32_t)n;
		return TOBS_OK;
	}
	if (json_get_str(v, &name))
		return loader_wrong(v, "the label or id of a message", c->err);
	*ret = loader_message_id(&c->l, name, a->history, c->err);
	return *ret ? TOBS_OK : TOBS_ENOTFOUND;
}

int command_read_id(struct command *c, const struct command_act *a, int32_t *ret)
{
	struct json_value v = json_field(c->v, "id");
	int r = json_is_missing(v) ? command_needs(c, "id") : id_value(c, a, v, ret);

	return r && !json_is_missing(v) ? json_at_key(c->err, tobs_str("id"), r) : r;
}

void command_put_id(struct command *c, int32_t id)
{
	jsonw_key(c->w, "id");
	jsonw_i64(c->w, id);
}

/* ---- posting ---- */

static int read_where(struct command *c, struct json_value message)
{
	int64_t chat = 0, from = 0;
	int r = loader_peer(&c->l, c->v, "chat", &chat, c->err);

	if (!r && !chat)
		r = command_needs(c, "chat");
	if (!r)
		r = loader_peer(&c->l, message, "from", &from, c->err);
	if (r)
		return r;
	c->l.chat = sim_chat(c->sim->world, chat);
	c->l.one = from;
	c->l.two = chat;
	return TOBS_OK;
}

static int run_post(struct command *c)
{
	static const char *const known[] = { "do", "chat", "message", NULL };
	struct json_value message = json_field(c->v, "message");
	struct sim_sent sent;
	int r = loader_only(c->v, known, c->err);

	if (!r)
		r = read_where(c, message);
	if (!r)
		r = loader_message(&c->l, message, c->err);
	if (!r)
		r = loader_post(&c->l, ARRAY_LAST(&c->l.messages), &sent, c->err);
	if (r)
		return json_at_key(c->err, tobs_str("message"), r);
	command_put_id(c, sent.id);
	return TOBS_OK;
}

/* ---- editing, deleting, pinning ---- */

static int read_edit(struct command *c, struct sim_edit *edit, struct tl_message *draft)
{
	struct json_value text = json_field(c->v, "text"), media = json_field(c->v, "media");
	struct json_value markup = json_field(c->v, "reply_markup");
	int r = TOBS_OK;

	edit->text = !json_is_missing(text);
	edit->media = !json_is_missing(media);
	edit->markup = !json_is_missing(markup);
	if (edit->text) {
		r = loader_text(&c->l, text, &draft->message, &draft->entities, c->err);
		if (r)
			return json_at_key(c->err, tobs_str("text"), r);
	}
	/* null takes them away. */
	if (edit->media && !json_is_null(media))
		r = loader_object(
			&c->l, media, "MessageMedia", (const void **)&draft->media, c->err);
	if (r)
		return json_at_key(c->err, tobs_str("media"), r);
	if (edit->markup && !json_is_null(markup))
		r = loader_object(
			&c->l, markup, "ReplyMarkup", (const void **)&draft->reply_markup, c->err);
	return r ? json_at_key(c->err, tobs_str("reply_markup"), r) : r;
}

static int run_edit(struct command *c)
{
	static const char *const known[] = { "do", "chat", "by", "id", "text", "media",
		"reply_markup", NULL };
	struct tl_message *draft = SIM_NEW(&c->sim->world->arena, message);
	struct sim_edit edit = { .draft = draft };
	struct command_act a;
	int32_t id;
	int r = draft ? command_read_act(c, known, &a) : loader_no_memory(c->err);

	if (!r)
		r = command_read_id(c, &a, &id);
	if (!r)
		r = read_edit(c, &edit, draft);
	if (r)
		return r;
	edit.actor = a.by;
	return command_done(c, sim_edit(a.history, id, &edit, c->err));
}

static int run_delete(struct command *c)
{
	static const char *const known[] = { "do", "chat", "by", "ids", "revoke", NULL };
	struct json_value list = json_field(c->v, "ids");
	int32_t ids[IDS_MAX];
	struct command_act a;
	bool revoke = true;
	size_t n = 0, deleted = 0;
	int r = command_read_act(c, known, &a);

	if (!r)
		r = loader_bool(c->v, "revoke", &revoke, c->err);
	if (!r && (!json_is_array(list) || json_count(list) > IDS_MAX))
		r = json_at_key(c->err, tobs_str("ids"),
			json_fail(c->err, TOBS_EMALFORMED, "must be an array of labels and ids"));
	if (r)
		return r;
	JSON_EACH (it, list) {
		r = id_value(c, &a, it.value, &ids[n]);
		if (r)
			return json_at_key(c->err, tobs_str("ids"), json_at_index(c->err, n, r));
		n++;
	}
	r = command_done(c, sim_delete(a.history, a.by, ids, n, revoke, &deleted, c->err));
	if (!r) {
		jsonw_key(c->w, "deleted");
		jsonw_u64(c->w, deleted);
	}
	return r;
}

static int run_pin(struct command *c)
{
	static const char *const known[] = { "do", "chat", "by", "id", "on", "tell", NULL };
	struct command_act a;
	bool on = true, tell = true;
	int32_t id;
	int r = command_read_act(c, known, &a);

	if (!r)
		r = command_read_id(c, &a, &id);
	if (!r)
		r = loader_bool(c->v, "on", &on, c->err);
	if (!r)
		r = loader_bool(c->v, "tell", &tell, c->err);
	return r ? r : command_done(c, sim_pin(a.history, a.by, id, on, tell, c->err));
}

/* ---- reacting, voting ---- */

static int run_react(struct command *c)
{
	static const char *const known[] = { "do", "chat", "by", "id", "reactions", NULL };
	const union tl_Reaction *list[REACTIONS_MAX];
	struct json_value v = json_field(c->v, "reactions");
	struct command_act a;
	size_t n = 0;
	int32_t id;
	int r = command_read_act(c, known, &a);

	if (!r)
		r = command_read_id(c, &a, &id);
	if (!r && (!json_is_array(v) || json_count(v) > REACTIONS_MAX))
		r = json_at_key(c->err, tobs_str("reactions"),
			json_fail(c->err, TOBS_EMALFORMED, "must be an array of at most %d",
				(int)REACTIONS_MAX));
	if (r)
		return r;
	JSON_EACH (it, v) {
		r = loader_object(&c->l, it.value, "Reaction", (const void **)&list[n], c->err);
		if (r)
			return json_at_key(
				c->err, tobs_str("reactions"), json_at_index(c->err, n, r));
		n++;
	}
	return command_done(c, sim_react(a.history, a.by, id, list, n, c->err));
}

static int run_vote(struct command *c)
{
	static const char *const known[] = { "do", "chat", "by", "id", "answers", NULL };
	uint64_t chosen = 0;
	struct command_act a;
	int32_t id;
	int r = command_read_act(c, known, &a);

	if (!r)
		r = command_read_id(c, &a, &id);
	if (r)
		return r;
	JSON_EACH (it, json_field(c->v, "answers")) {
		int64_t n;

		if (json_get_i64(it.value, &n) || n < 0 || n >= SIM_OPTIONS_MAX)
			return json_at_key(c->err, tobs_str("answers"),
				json_fail(c->err, TOBS_EMALFORMED,
					"must be numbers of answers, the first is 0"));
		chosen |= UINT64_C(1) << n;
	}
	return command_done(c, sim_vote_for(a.history, a.by, id, chosen, c->err));
}

/* ---- reading, blocking, and whatever else is told ---- */

static int run_read(struct command *c)
{
	static const char *const known[] = { "do", "chat", "by", "id", NULL };
	struct sim_account *account;
	struct command_act a;
	int32_t id;
	int r = command_read_act(c, known, &a);

	if (r)
		return r;
	account = sim_account(c->sim->world, a.by);
	if (!account)
		return json_at_key(c->err, tobs_str("by"),
			json_fail(c->err, TOBS_ENOTFOUND, "must be somebody with an account"));
	id = sim_history_top(a.history);
	if (!json_is_missing(json_field(c->v, "id")))
		r = command_read_id(c, &a, &id);
	return r ? r : command_done(c, sim_read(account, a.chat, id));
}

static int run_block(struct command *c)
{
	static const char *const known[] = { "do", "by", "who", "on", NULL };
	struct sim_account *account;
	int64_t by = 0, who = 0;
	bool on = true;
	int r = loader_only(c->v, known, c->err);

	if (!r)
		r = loader_peer(&c->l, c->v, "by", &by, c->err);
	if (!r)
		r = loader_peer(&c->l, c->v, "who", &who, c->err);
	if (!r)
		r = loader_bool(c->v, "on", &on, c->err);
	if (r)
		return r;
	account = sim_account(c->sim->world, by);
	if (!account || !who)
		return json_fail(
			c->err, TOBS_EMALFORMED, "needs \"by\", with an account, and \"who\"");
	return command_done(c, sim_block(account, who, on, c->err));
}

/* Any Update to one account: a pressed button, somebody typing. */
static int run_tell(struct command *c)
{
	static const char *const known[] = { "do", "user", "update", "counts", NULL };
	const void *update = NULL;
	union {
		const void *in;
		union tl_Update *out;
	} u;
	struct sim_account *account;
	int64_t user = 0;
	bool counts = false;
	int r = loader_only(c->v, known, c->err);

	if (!r)
		r = loader_peer(&c->l, c->v, "user", &user, c->err);
	if (!r)
		r = loader_bool(c->v, "counts", &counts, c->err);
	if (!r) {
		r = loader_object(&c->l, json_field(c->v, "update"), "Update", &update, c->err);
		if (r)
			json_at_key(c->err, tobs_str("update"), r);
	}
	if (r)
		return r;
	account = sim_account(c->sim->world, user);
	if (!account)
		return json_at_key(c->err, tobs_str("user"),
			json_fail(c->err, TOBS_ENOTFOUND, "must be somebody with an account"));
	u.in = update; /* just made, in memory of the world */
	return command_done(c, sim_push(account, u.out, counts));
}

const struct command_row command_acts[] = {
	{ "block", run_block },
	{ "delete", run_delete },
	{ "edit", run_edit },
	{ "pin", run_pin },
	{ "post", run_post },
	{ "react", run_react },
	{ "read", run_read },
	{ "tell", run_tell },
	{ "vote", run_vote },
	{ NULL, NULL },
};
