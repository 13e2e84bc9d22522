/* SPDX-License-Identifier: MIT */
/* Topics of forums. */
#include "base/attr.h"
#include "base/utf.h"
#include "sim/bot_member.h"

enum { NAME_MAX_CHARS = 128 };

static int find_forum(struct bot_call *c, struct sim_chat **ret)
{
	int r = bot_managed(c, BOT_MANAGE_TOPICS, ret);

	if (!r && ((*ret)->kind != SIM_CHAT_SUPERGROUP || !(*ret)->tl.channel->forum))
		r = bot_fail(c, 400, "the chat is not a forum");
	return r;
}

static int read_icon(struct bot_call *c, const char *id, int64_t *ret)
{
	if (!id || !*id || !tobs_view_int(tobs_str(id), INT64_MIN, INT64_MAX, ret))
		return TOBS_OK;
	return bot_fail(c, 400, "invalid custom emoji identifier specified");
}

static int check_name(struct bot_call *c, const char *name)
{
	size_t n = utf16_len(tobs_str(name));

	if (n == 0)
		return bot_fail(c, 400, "topic name must be non-empty");
	return n > NAME_MAX_CHARS ? bot_fail(c, 400, "TOPIC_TITLE_INVALID") : TOBS_OK;
}

static int run_create(struct bot_call *c)
{
	const struct tobs_create_forum_topic *a = c->args;
	struct sim_topic topic = { .icon_color = (int32_t)a->icon_color,
		.title = tobs_str(a->name) };
	struct bot_show s = bot_show_of(c);
	struct tobs_forum_topic out;
	const struct sim_topic *made;
	struct tobs_err err;
	struct sim_chat *g;
	int32_t id;
	int r = find_forum(c, &g);

	if (!r)
		r = check_name(c, a->name);
	if (!r)
		r = read_icon(c, a->icon_custom_emoji_id, &topic.icon_emoji_id);
	if (r)
		return r;
	r = sim_topic_open(g, c->bot->account->user->peer, &topic, &id, &err);
	if (r)
		return bot_refused(c, r, &err);
	made = sim_topic(g, id);
	out = (struct tobs_forum_topic){ .message_thread_id = id,
		.name = a->name,
		.icon_color = made->icon_color,
		.icon_custom_emoji_id = made->icon_emoji_id ? show_number(&s, made->icon_emoji_id)
							    : NULL };
	return bot_result(c, TOBS_TYPE_FORUM_TOPIC, &out);
}

/* The topic of message_thread_id, or the general one. */
static int find_topic(
	struct bot_call *c, bool general, struct sim_chat **ret_chat, struct sim_topic *ret)
{
	int64_t id = general ? SIM_GENERAL_TOPIC : bot_arg_int(c, "message_thread_id");
	const struct sim_topic *t;
	int r = find_forum(c, ret_chat);

	if (r)
		return r;
	t = id > 0 && id <= INT32_MAX ? sim_topic(*ret_chat, (int32_t)id) : NULL;
	if (!t && !general)
		return bot_fail(c, 400, "message thread not found");
	*ret = t ? *t : (struct sim_topic){ .id = SIM_GENERAL_TOPIC, .title = TOBS_LIT("General") };
	return TOBS_OK;
}

static int change(struct bot_call *c, struct sim_chat *g, const struct sim_topic *t)
{
	struct tobs_err err;
	int r;

	c->bot->quiet = true;
	r = sim_topic_change(g, c->bot->account->user->peer, t, &err);
	c->bot->quiet = false;
	return r ? bot_refused(c, r, &err) : bot_true(c);
}

static int run_edit(struct bot_call *c)
{
	bool general = c->method == TOBS_METHOD_EDIT_GENERAL_FORUM_TOPIC;
	const char *name = bot_arg_str(c, "name"), *icon = bot_arg_str(c, "icon_custom_emoji_id");
	struct sim_topic t;
	struct sim_chat *g;
	int r = find_topic(c, general, &g, &t);

	if (!r && name && *name)
		r = check_name(c, name);
	if (r)
		return r;
	if (name && *name)
		t.title = sim_keep(c->world, tobs_str(name));
	if (icon) {
		t.icon_emoji_id = 0;
		r = read_icon(c, icon, &t.icon_emoji_id);
	}
	return r ? r : change(c, g, &t);
}

static int set_state(struct bot_call *c, bool general, int closed, int hidden)
{
	struct sim_topic t;
	struct sim_chat *g;
	int r = find_topic(c, general, &g, &t);

	if (r)
		return r;
	if (closed >= 0 && t.closed == (closed != 0))
		return bot_fail(c, 400, "TOPIC_NOT_MODIFIED");
	if (closed >= 0)
		t.closed = closed != 0;
	if (hidden >= 0)
		t.hidden = hidden != 0;
	return change(c, g, &t);
}

static int run_state(struct bot_call *c)
{
	switch (c->method) {
	case TOBS_METHOD_CLOSE_FORUM_TOPIC: return set_state(c, false, 1, -1);
	case TOBS_METHOD_REOPEN_FORUM_TOPIC: return set_state(c, false, 0, -1);
	case TOBS_METHOD_CLOSE_GENERAL_FORUM_TOPIC: return set_state(c, true, 1, -1);
	case TOBS_METHOD_REOPEN_GENERAL_FORUM_TOPIC: return set_state(c, true, 0, -1);
	case TOBS_METHOD_HIDE_GENERAL_FORUM_TOPIC: return set_state(c, true, -1, 1);
	default: return set_state(c, true, -1, 0);
	}
}

/* ---- what is in it ---- */

/* With all its messages. */
static int run_delete(struct bot_call *c)
{
	struct sim_list scratch = { 0 };
	const struct sim_list *list;
	struct tobs_err err;
	struct sim_topic t;
	struct sim_chat *g;
	int r = find_topic(c, false, &g, &t);

	while (!r && (list = sim_thread(g->history, t.id, &scratch)) && sim_list_count(list)) {
		int32_t id = sim_list_id(list, sim_list_count(list) - 1);

		r = sim_delete(g->history, c->bot->account->user->peer, &id, 1, true, NULL, &err);
		if (r)
			return bot_refused(c, r, &err);
	}
	if (r)
		return r;
	for (size_t i = 0; i < g->topics.count; i++)
		if (g->topics.items[i].id == t.id)
			ARRAY_REMOVE(&g->topics, i);
	return bot_true(c);
}

static int run_unpin_all(struct bot_call *c)
{
	bool general = c->method == TOBS_METHOD_UNPIN_ALL_GENERAL_FORUM_TOPIC_MESSAGES;
	struct tobs_err err;
	struct sim_topic t;
	struct sim_chat *g;
	int r = find_topic(c, general, &g, &t);

	/* From the end, as each takes itself out of the list. */
	for (size_t i = r ? 0 : g->history->pinned.count; i-- > 0;) {
		int32_t id = g->history->pinned.items[i];
		const union tl_Message *m = sim_history_get(g->history, id, &c->arena);

		if (!m || sim_message_top(g->history, m) != t.id)
			continue;
		r = sim_pin(g->history, c->bot->account->user->peer, id, false, false, &err);
		if (r)
			return bot_refused(c, r, &err);
	}
	return r ? r : bot_true(c);
}

const struct bot_row bot_rows_topic[] = {
	{ TOBS_METHOD_DELETE_FORUM_TOPIC, run_delete },
	{ TOBS_METHOD_UNPIN_ALL_FORUM_TOPIC_MESSAGES, run_unpin_all },
	{ TOBS_METHOD_UNPIN_ALL_GENERAL_FORUM_TOPIC_MESSAGES, run_unpin_all },
	{ TOBS_METHOD_CREATE_FORUM_TOPIC, run_create },
	{ TOBS_METHOD_EDIT_FORUM_TOPIC, run_edit },
	{ TOBS_METHOD_EDIT_GENERAL_FORUM_TOPIC, run_edit },
	{ TOBS_METHOD_CLOSE_FORUM_TOPIC, run_state },
	{ TOBS_METHOD_REOPEN_FORUM_TOPIC, run_state },
	{ TOBS_METHOD_CLOSE_GENERAL_FORUM_TOPIC, run_state },
	{ TOBS_METHOD_REOPEN_GENERAL_FORUM_TOPIC, run_state },
	{ TOBS_METHOD_HIDE_GENERAL_FORUM_TOPIC, run_state },
	{ TOBS_METHOD_UNHIDE_GENERAL_FORUM_TOPIC, run_state },
	{ 0, NULL },
};
