/* SPDX-License-Identifier: MIT */
/* Where a message goes, what it answers, and posting it. */
#include "base/attr.h"
#include "botapi/tables.h"
#include "sim/bot_send.h"

/* ---- arguments by name ---- */

static const struct botapi_field *field_of(const struct bot_call *c, const char *name)
{
	const struct botapi_type *t = &botapi_types[c->method];

	for (unsigned i = 0; i < t->count; i++)
		if (strcmp(botapi_name(botapi_fields[t->first + i].name), name) == 0)
			return &botapi_fields[t->first + i];
	return NULL;
}

const void *bot_arg(const struct bot_call *c, const char *name)
{
	const struct botapi_field *f = field_of(c, name);

	return f ? (const uint8_t *)c->args + f->offset : NULL;
}

int64_t bot_arg_int(const struct bot_call *c, const char *name)
{
	int64_t n = 0;

	(void)json_get_i64(json_field(c->json, name), &n);
	return n;
}

bool bot_arg_bool(const struct bot_call *c, const char *name)
{
	bool b = false;

	(void)json_get_bool(json_field(c->json, name), &b);
	return b;
}

const char *bot_arg_str(const struct bot_call *c, const char *name)
{
	struct tobs_view v;

	/* A zero byte stands behind each string of a document. */
	return json_get_str(json_field(c->json, name), &v) ? NULL : (const char *)v.ptr;
}

/* ---- what it answers ---- */

static int read_quote(struct bot_call *c, const struct tobs_reply_parameters *p,
	struct tl_messageReplyHeader *out)
{
	struct bot_text text;
	int r;

	if (!p->quote)
		return TOBS_OK;
	r = bot_text_read(c, p->quote, p->quote_parse_mode, &p->quote_entities, &text);
	if (r)
		return r;
	out->quote = 1;
	out->quote_text = text.text;
	out->quote_entities = text.entities;
	out->has_quote_offset = p->has_quote_position;
	out->quote_offset = (int32_t)p->quote_position;
	return TOBS_OK;
}

/* In another chat. */
static int reply_there(struct bot_call *c, const struct tobs_reply_parameters *p,
	struct tl_messageReplyHeader *out, struct sim_history **ret)
{
	int64_t peer;
	int r = bot_find_history(c, p->chat_id, p->chat_username, &peer, ret);

	if (!r && *ret)
		out->reply_to_peer_id = sim_tl_peer(c->world, peer);
	return r;
}

static int read_reply(struct bot_call *c, const struct tobs_reply_parameters *p,
	struct bot_target *t, struct tl_messageReplyHeader **ret)
{
	struct tl_messageReplyHeader *out = SIM_NEW(&c->arena, messageReplyHeader);
	struct sim_history *h = t->history;
	int r = TOBS_OK;

	*ret = NULL;
	if (!out)
		return bot_no_memory(c);
	if ((p->chat_id && p->chat_id != t->peer) || p->chat_username)
		r = reply_there(c, p, out, &h);
	if (r)
		return r;
	if (!h || p->message_id <= 0 || p->message_id > INT32_MAX ||
		!sim_history_get(h, (int32_t)p->message_id, &c->arena))
		return p->allow_sending_without_reply
			? TOBS_OK
			: bot_fail(c, 400, "message to be replied not found");
	out->has_reply_to_msg_id = 1;
	out->reply_to_msg_id = (int32_t)p->message_id;
	*ret = out;
	return read_quote(c, p, out);
}

static int read_topic(
	struct bot_call *c, struct bot_target *t, int64_t id, struct tl_messageReplyHeader **ret)
{
	const struct sim_chat *g = sim_chat(c->world, t->peer);
	struct tl_messageReplyHeader *out = *ret;

	if (!g || g->kind != SIM_CHAT_SUPERGROUP || !g->tl.channel->forum)
		return bot_fail(c, 400, "message thread not found");
	if (id == SIM_GENERAL_TOPIC)
		return TOBS_OK;
	if (id > INT32_MAX || !sim_topic(g, (int32_t)id))
		return bot_fail(c, 400, "message thread not found");
	if (!out) {
		*ret = out = SIM_NEW(&c->arena, messageReplyHeader);
		if (!out)
			return bot_no_memory(c);
		out->reply_to_msg_id = (int32_t)id;
		out->has_reply_to_msg_id = 1;
	} else {
		out->has_reply_to_top_id = 1;
		out->reply_to_top_id = (int32_t)id;
	}
	out->forum_topic = 1;
	return TOBS_OK;
}

int bot_target_read(struct bot_call *c, struct bot_target *ret)
{
	const struct tobs_reply_parameters *const *reply = bot_arg(c, "reply_parameters");
	const struct tobs_reply_markup *markup = bot_arg(c, "reply_markup");
	const struct botapi_field *f = field_of(c, "reply_markup");
	struct tl_messageReplyHeader *header = NULL;
	int64_t thread = bot_arg_int(c, "message_thread_id");
	const char *effect = bot_arg_str(c, "message_effect_id");
	int r;

	*ret = (struct bot_target){ .silent = bot_arg_bool(c, "disable_notification"),
		.protect = bot_arg_bool(c, "protect_content") };
	if (bot_arg_str(c, "business_connection_id"))
		return bot_fail(c, 400, "business connection not found");
	r = bot_find_writable(c, bot_arg_int(c, "chat_id"), bot_arg_str(c, "chat_id"), &ret->peer);
	if (r)
		return r;
	ret->history = sim_history(c->bot->account, ret->peer);
	if (effect)
		(void)tobs_view_int(tobs_str(effect), INT64_MIN, INT64_MAX, &ret->effect);
	if (reply && *reply)
		r = read_reply(c, *reply, ret, &header);
	if (!r && thread)
		r = read_topic(c, ret, thread, &header);
	ret->reply = (const void *)header;
	if (r || !f)
		return r;
	if (f->kind == BOTAPI_CHOICE)
		return bot_markup_read(c, markup, &ret->markup);
	return bot_inline_markup_read(c,
		*(const struct tobs_inline_keyboard_markup *const *)(const void *)markup,
		&ret->markup);
}

/* ---- posting ---- */

int bot_post(struct bot_call *c, const struct bot_target *t, struct tl_message *draft,
	struct sim_sent *ret)
{
	struct sim_post post = {
		.from = c->bot->account->user->peer, .to = t->peer, .draft = draft
	};
	struct tobs_err err;
	int r;

	draft->ctor = TL_message;
	draft->reply_to = t->reply;
	draft->has_reply_to = t->reply != NULL;
	draft->reply_markup = t->markup;
	draft->has_reply_markup = t->markup != NULL;
	draft->has_entities = draft->entities.count > 0;
	draft->silent = t->silent;
	draft->noforwards = t->protect;
	draft->effect = t->effect;
	draft->has_effect = t->effect != 0;
	c->bot->quiet = true;
	r = sim_post(c->world, &post, ret, &err);
	c->bot->quiet = false;
	return r ? bot_refused(c, r, &err) : TOBS_OK;
}

int bot_result_message(struct bot_call *c, struct sim_history *h, int32_t id)
{
	struct bot_show s = bot_show_of(c);
	const union tl_Message *m = sim_history_get(h, id, &c->arena);

	return m ? bot_result(c, TOBS_TYPE_MESSAGE, show_message(&s, h, m, true))
		 : bot_fail(c, 400, "message not found");
}

int bot_send(struct bot_call *c, const struct bot_target *t, struct tl_message *draft)
{
	struct sim_sent sent;
	int r = bot_post(c, t, draft, &sent);

	return r ? r : bot_result_message(c, sent.history, sent.id);
}
