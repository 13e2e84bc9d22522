/* SPDX-License-Identifier: MIT */
/* Editing and deleting messages. A message is named by chat and id, or by an inline_message_id. */
#include "base/attr.h"
#include "sim/bot_send.h"

enum { DELETE_S = 48 * 3600 };

/* ---- which message ---- */

int bot_edited_find(struct bot_call *c, const char *what, struct bot_edited *ret)
{
	const char *inline_id = bot_arg_str(c, "inline_message_id");
	int64_t id = bot_arg_int(c, "message_id"), peer;
	const union tl_Message *m;
	int r;

	*ret = (struct bot_edited){ .inline_sent = inline_id != NULL };
	if (inline_id)
		return bot_inline_find(c, inline_id, ret);
	if (!bot_arg_str(c, "chat_id") && !bot_arg_int(c, "chat_id"))
		return bot_fail(c, 400, "chat_id is empty");
	if (!id)
		return bot_fail(c, 400, "message identifier is not specified");
	r = bot_find_history(
		c, bot_arg_int(c, "chat_id"), bot_arg_str(c, "chat_id"), &peer, &ret->history);
	if (r)
		return r;
	m = ret->history && id > 0 && id <= INT32_MAX
		? sim_history_get(ret->history, (int32_t)id, &c->arena)
		: NULL;
	if (!m || m->ctor != TL_message)
		return bot_fail(c, 400, "message to %s not found", what);
	ret->id = (int32_t)id;
	ret->message = &m->message;
	return TOBS_OK;
}

/* Applies, and answers with the message, or True for one that was sent inline. */
int bot_edit(struct bot_call *c, const struct bot_edited *e, struct sim_edit *edit)
{
	struct tobs_err err;
	int r;

	edit->actor = c->bot->account->user->peer;
	c->bot->quiet = true;
	r = sim_edit(e->history, e->id, edit, &err);
	c->bot->quiet = false;
	if (r)
		return bot_refused(c, r, &err);
	return e->inline_sent ? bot_true(c) : bot_result_message(c, e->history, e->id);
}

static bool has_caption(const struct tl_message *m)
{
	return m->media && m->media->ctor != TL_messageMediaWebPage;
}

/* ---- text, caption, keyboard ---- */

static int run_edit_text(struct bot_call *c)
{
	const struct tobs_edit_message_text *args = c->args;
	struct tl_message draft = { .ctor = TL_message };
	struct sim_edit edit = { .draft = &draft, .text = true, .markup = true };
	struct bot_edited e;
	struct bot_text text;
	int r = bot_edited_find(c, "edit", &e);

	if (r)
		return r;
	if (!args->text || !args->text[0])
		return bot_fail(c, 400, "message text is empty");
	if (has_caption(e.message))
		return bot_fail(c, 400, "there is no text in the message to edit");
	r = bot_text_read(c, args->text, args->parse_mode, &args->entities, &text);
	if (!r)
		r = bot_inline_markup_read(c, args->reply_markup, &draft.reply_markup);
	if (r)
		return r;
	if (!text.text.len)
		return bot_fail(c, 400, "text must be non-empty");
	if (bot_text_too_long(text.text, false))
		return bot_fail(c, 400, "MESSAGE_TOO_LONG");
	draft.message = text.text;
	draft.entities = text.entities;
	return bot_edit(c, &e, &edit);
}

static int run_edit_caption(struct bot_call *c)
{
	const struct tobs_edit_message_caption *args = c->args;
	struct tl_message draft = { .ctor = TL_message };
	struct sim_edit edit = { .draft = &draft, .text = true, .markup = true };
	struct bot_edited e;
	struct bot_text text;
	int r = bot_edited_find(c, "edit", &e);

	if (r)
		return r;
	if (!has_caption(e.message))
		return bot_fail(c, 400, "there is no caption in the message to edit");
	r = bot_text_read(c, args->caption, args->parse_mode, &args->caption_entities, &text);
	if (!r)
		r = bot_inline_markup_read(c, args->reply_markup, &draft.reply_markup);
	if (r)
		return r;
	if (bot_text_too_long(text.text, true))
		return bot_fail(c, 400, "message caption is too long");
	draft.message = text.text;
	draft.entities = text.entities;
	return bot_edit(c, &e, &edit);
}

static int run_edit_markup(struct bot_call *c)
{
	const struct tobs_edit_message_reply_markup *args = c->args;
	struct tl_message draft = { .ctor = TL_message };
	struct sim_edit edit = { .draft = &draft, .markup = true };
	struct bot_edited e;
	int r = bot_edited_find(c, "edit", &e);

	if (!r)
		r = bot_inline_markup_read(c, args->reply_markup, &draft.reply_markup);
	return r ? r : bot_edit(c, &e, &edit);
}

/* ---- deleting ---- */

/* 400 "message can't be deleted …": others' where the bot is no admin, old ones of its own. */
static int check_delete(struct bot_call *c, struct sim_history *h, const union tl_Message *m)
{
	bool admin = sim_is_admin(h->chat, c->bot->account->user->peer);
	bool own = sim_message_from(m) == c->bot->account->user->peer;

	if (!admin && h->chat && !own)
		return bot_fail(c, 400, "message can't be deleted");
	if (!admin && sim_message_date(m) < sim_now(c->world) - DELETE_S)
		return bot_fail(c, 400, "message can't be deleted for everyone");
	return TOBS_OK;
}

static int delete_all(struct bot_call *c, const int64_t *ids, size_t count, bool all)
{
	int32_t *found = TOBS_ARENA_ARRAY(&c->arena, count + 1, int32_t);
	struct sim_history *h;
	struct tobs_err err;
	size_t n = 0;
	int64_t peer;
	int r = bot_find_history(
		c, bot_arg_int(c, "chat_id"), bot_arg_str(c, "chat_id"), &peer, &h);

	if (r)
		return r;
	if (!found)
		return bot_no_memory(c);
	for (size_t i = 0; i < count && !r; i++) {
		const union tl_Message *m = h && ids[i] > 0 && ids[i] <= INT32_MAX
			? sim_history_get(h, (int32_t)ids[i], &c->arena)
			: NULL;

		if (!m && all)
			return bot_fail(c, 400, "message to delete not found");
		if (!m)
			continue;
		found[n++] = (int32_t)ids[i];
		r = check_delete(c, h, m);
	}
	if (!r && n) {
		r = sim_delete(h, c->bot->account->user->peer, found, n, true, NULL, &err);
		if (r)
			r = bot_refused(c, r, &err);
	}
	return r ? r : bot_true(c);
}

static int run_delete(struct bot_call *c)
{
	const struct tobs_delete_message *args = c->args;

	return delete_all(c, &args->message_id, 1, true);
}

static int run_delete_many(struct bot_call *c)
{
	const struct tobs_delete_messages *args = c->args;

	if (!args->message_ids.count)
		return bot_fail(c, 400, "message identifiers are not specified");
	if (args->message_ids.count > 100)
		return bot_fail(c, 400, "too many message identifiers specified");
	return delete_all(c, args->message_ids.items, args->message_ids.count, false);
}

const struct bot_row bot_rows_edit[] = {
	{ TOBS_METHOD_EDIT_MESSAGE_TEXT, run_edit_text },
	{ TOBS_METHOD_EDIT_MESSAGE_CAPTION, run_edit_caption },
	{ TOBS_METHOD_EDIT_MESSAGE_REPLY_MARKUP, run_edit_markup },
	{ TOBS_METHOD_DELETE_MESSAGE, run_delete },
	{ TOBS_METHOD_DELETE_MESSAGES, run_delete_many },
	{ 0, NULL },
};
