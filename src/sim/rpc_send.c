/* SPDX-License-Identifier: MIT */
/* What people do from their clients: write, edit, delete, react, start bots. */
#include <tobs/rt.h>

#include "base/attr.h"
#include "base/json.h"
#include "sim/change.h"
#include "sim/inner.h"
#include "sim/press.h"
#include "sim/rpc.h"
#include "sim/text.h"

enum { CALLBACK_MS = 10000, IDS_MAX = 100, REACTIONS_MAX = 16, START_MAX = 64 };

/* The result of a change of the world; true when it was made. */
static bool done(struct sim_call *c, int r, const struct tobs_err *err)
{
	if (!r)
		return true;
	return r == TOBS_ERPC ? rpc_refuse(c, err->status, err->name) : rpc_no_memory(c);
}

/* The updates that tell the caller what came of it. */
static bool answer(struct sim_call *c, const union tl_Update **list, uint32_t count)
{
	struct tl_updates *out = SIM_NEW(c->arena, updates);
	struct sim_refs refs;
	int r;

	if (!out)
		return rpc_no_memory(c);
	out->updates = (struct tl_vec_Update){ count, list };
	out->date = sim_now(c->rpc->world);
	sim_refs_begin(&refs, c->rpc->world, c->account, c->arena);
	for (uint32_t i = 0; i < count; i++)
		sim_refs_add(&refs, list[i]);
	r = sim_refs_end(&refs, &out->users, &out->chats);
	return r ? rpc_no_memory(c) : rpc_ok(c, out);
}

/* A message as it is now, in the update that brings it. */
static const union tl_Update *told(
	struct sim_call *c, struct sim_history *h, int32_t id, int32_t pts, bool edited)
{
	static const uint32_t ctors[2][2] = {
		{ TL_updateNewMessage, TL_updateEditMessage },
		{ TL_updateNewChannelMessage, TL_updateEditChannelMessage },
	};
	/* The four have the same fields. */
	struct tl_updateNewMessage *u = SIM_NEW(c->arena, updateNewMessage);
	const union tl_Message *m = sim_history_get(h, id, c->arena);

	if (!u || !m)
		return NULL;
	u->ctor = ctors[h->box->channel != NULL][edited];
	u->message = sim_view_message(c->account, h, m, c->arena);
	u->pts = pts;
	u->pts_count = 1;
	return u->message ? (const void *)u : NULL;
}

/* ---- writing ---- */

/* People in entities are named by InputUser when they are sent. */
static bool read_entities(struct sim_call *c, const struct tl_vec_MessageEntity *from,
	struct tobs_view text, struct tl_vec_MessageEntity *ret)
{
	const union tl_MessageEntity **items = TOBS_ARENA_ARRAY(
		c->arena, from->count + 1, const union tl_MessageEntity *);

	for (uint32_t i = 0; items && i < from->count; i++) {
		const struct tl_inputMessageEntityMentionName *in =
			&from->items[i]->inputMessageEntityMentionName;
		struct tl_messageEntityMentionName *m;

		items[i] = from->items[i];
		if (in->ctor != TL_inputMessageEntityMentionName)
			continue;
		m = SIM_NEW(c->arena, messageEntityMentionName);
		if (!m)
			return rpc_no_memory(c);
		m->offset = in->offset;
		m->length = in->length;
		m->user_id = rpc_input_user(c, in->user_id);
		if (!m->user_id)
			return false;
		items[i] = (const void *)m;
	}
	*ret = (struct tl_vec_MessageEntity){ from->count, items };
	if (!items || sim_text_find(text, ret, c->arena))
		return rpc_no_memory(c);
	return true;
}

static bool read_reply(struct sim_call *c, const union tl_InputReplyTo *from,
	const union tl_MessageReplyHeader **ret)
{
	struct tl_messageReplyHeader *out;

	*ret = NULL;
	if (!from || from->ctor != TL_inputReplyToMessage)
		return true;
	out = SIM_NEW(c->arena, messageReplyHeader);
	if (!out)
		return rpc_no_memory(c);
	out->has_reply_to_msg_id = 1;
	out->reply_to_msg_id = from->inputReplyToMessage.reply_to_msg_id;
	out->quote_text = from->inputReplyToMessage.quote_text;
	out->quote = out->quote_text.len > 0;
	*ret = (const void *)out;
	return true;
}

static bool post(struct sim_call *c, int64_t to, const struct tl_message *draft, int64_t random_id)
{
	const union tl_Update **list = TOBS_ARENA_ARRAY(c->arena, 2, const union tl_Update *);
	struct tl_updateMessageID *id = SIM_NEW(c->arena, updateMessageID);
	const struct sim_post what = { .from = c->account->user->peer, .to = to, .draft = draft };
	struct sim_sent sent;
	struct tobs_err err;

	if (!list || !id)
		return rpc_no_memory(c);
	if (!done(c, sim_post(c->rpc->world, &what, &sent, &err), &err))
		return false;
	id->id = sent.id;
	id->random_id = random_id;
	list[0] = (const void *)id;
	list[1] = told(c, sent.history, sent.id, sent.pts, false);
	return list[1] ? answer(c, list, 2) : rpc_no_memory(c);
}

static bool send_message(struct sim_call *c)
{
	const struct tl_messages_sendMessage *q = c->query;
	struct tl_message draft = { .ctor = TL_message, .message = q->message };
	int64_t to = rpc_input_peer(c, q->peer);

	if (!to || !read_entities(c, &q->entities, q->message, &draft.entities) ||
		!read_reply(c, q->reply_to, &draft.reply_to))
		return false;
	draft.has_entities = draft.entities.count > 0;
	draft.has_reply_to = draft.reply_to != NULL;
	draft.silent = q->silent;
	return post(c, to, &draft, q->random_id);
}

/* "/start", with what a link t.me/bot?start=… says. */
static bool start_bot(struct sim_call *c)
{
	const struct tl_messages_startBot *q = c->query;
	struct tl_message draft = { .ctor = TL_message, .has_entities = 1 };
	int64_t bot = rpc_input_user(c, q->bot), to = bot ? rpc_input_peer(c, q->peer) : 0;
	const struct sim_user *u = sim_user(c->rpc->world, bot);

	if (!to)
		return false;
	if (!u || !u->tl->bot)
		return rpc_refuse(c, 400, "BOT_INVALID");
	if (q->start_param.len > START_MAX)
		return rpc_refuse(c, 400, "START_PARAM_TOO_LONG");
	draft.message = tobs_str(tobs_arena_printf(c->arena, "/start%s%.*s",
		q->start_param.len ? " " : "", TOBS_VIEW_FMT(q->start_param)));
	if (!draft.message.len || sim_text_find(draft.message, &draft.entities, c->arena))
		return rpc_no_memory(c);
	return post(c, to, &draft, q->random_id);
}

/* ---- changing ---- */

static bool edit_message(struct sim_call *c)
{
	const struct tl_messages_editMessage *q = c->query;
	const union tl_Update **list = TOBS_ARENA_ARRAY(c->arena, 1, const union tl_Update *);
	struct tl_message draft = { .ctor = TL_message, .message = q->message };
	struct sim_edit edit = {
		.actor = c->account->user->peer, .draft = &draft, .text = q->has_message
	};
	int64_t peer = rpc_input_peer(c, q->peer);
	struct sim_history *h = peer ? rpc_history(c, peer) : NULL;
	struct tobs_err err;

	if (!h)
		return c->code ? false : rpc_refuse(c, 400, "MESSAGE_ID_INVALID");
	if (!read_entities(c, &q->entities, q->message, &draft.entities) ||
		!done(c, sim_edit(h, q->id, &edit, &err), &err))
		return false;
	if (!list)
		return rpc_no_memory(c);
	list[0] = told(c, h, q->id, h->box->pts, true);
	return list[0] ? answer(c, list, 1) : rpc_no_memory(c);
}

static bool affected(struct sim_call *c, const struct sim_box *box, size_t count)
{
	struct tl_messages_affectedMessages *out = SIM_NEW(c->arena, messages_affectedMessages);

	if (!out)
		return rpc_no_memory(c);
	out->pts = box->pts;
	out->pts_count = (int32_t)count;
	return rpc_ok(c, out);
}

/* Ids of one's own box may be those of several chats. */
static bool delete_messages(struct sim_call *c)
{
	const struct tl_messages_deleteMessages *q = c->query;
	struct sim_box *box = &c->account->box;
	size_t all = 0;

	if (q->id.count > IDS_MAX)
		return rpc_refuse(c, 400, "LIMIT_INVALID");
	for (uint32_t i = 0; i < q->id.count; i++) {
		struct sim_history *h = sim_box_find(box, q->id.items[i]);
		struct tobs_err err;
		size_t n = 0;
		int r = h ? sim_delete(h, c->account->user->peer, &q->id.items[i], 1, q->revoke, &n,
				    &err)
			  : TOBS_OK;

		if (!done(c, r, &err))
			return false;
		all += n;
	}
	return affected(c, box, all);
}

static bool delete_channel_messages(struct sim_call *c)
{
	const struct tl_channels_deleteMessages *q = c->query;
	struct sim_chat *chat = rpc_input_channel(c, q->channel);
	struct tobs_err err;
	size_t n = 0;

	if (!chat)
		return false;
	if (q->id.count > IDS_MAX)
		return rpc_refuse(c, 400, "LIMIT_INVALID");
	if (!done(c,
		    sim_delete(chat->history, c->account->user->peer, q->id.items, q->id.count,
			    true, &n, &err),
		    &err))
		return false;
	return affected(c, &chat->box, n);
}

static bool send_reaction(struct sim_call *c)
{
	const struct tl_messages_sendReaction *q = c->query;
	const union tl_Reaction *kept[REACTIONS_MAX];
	int64_t peer = rpc_input_peer(c, q->peer);
	struct sim_history *h = peer ? rpc_history(c, peer) : NULL;
	struct tobs_err err;

	if (!h)
		return c->code ? false : rpc_refuse(c, 400, "MESSAGE_ID_INVALID");
	if (q->reaction.count > REACTIONS_MAX)
		return rpc_refuse(c, 400, "REACTIONS_TOO_MANY");
	for (uint32_t i = 0; i < q->reaction.count; i++)
		if (tl_copy(q->reaction.items[i], &c->rpc->world->arena, (const void **)&kept[i],
			    NULL))
			return rpc_no_memory(c);
	if (!done(c, sim_react(h, c->account->user->peer, q->msg_id, kept, q->reaction.count, &err),
		    &err))
		return false;
	return answer(c, NULL, 0);
}

/* ---- buttons ---- */

/* The arguments of answerCallbackQuery as the schema says them. */
static bool callback_answer(struct sim_call *c, struct tobs_view json)
{
	struct tl_messages_botCallbackAnswer *out = SIM_NEW(c->arena, messages_botCallbackAnswer);
	struct tobs_view text = { NULL, 0 }, url = { NULL, 0 };
	struct json_parser parser;
	struct json_doc doc = { 0 };
	bool alert = false, ok;

	json_parser_init(&parser, 1 << 20, 64);
	ok = out && !json_parse(&parser, &doc, json, NULL);
	if (ok) {
		(void)json_get_str(json_field(json_root(&doc), "text"), &text);
		(void)json_get_str(json_field(json_root(&doc), "url"), &url);
		(void)json_get_bool(json_field(json_root(&doc), "show_alert"), &alert);
		ok = !tobs_arena_view(c->arena, text, &out->message) &&
			!tobs_arena_view(c->arena, url, &out->url);
		out->has_message = text.len > 0;
		out->has_url = out->has_url_ = url.len > 0;
		out->alert = alert;
	}
	json_doc_deinit(&doc);
	json_parser_deinit(&parser);
	return ok ? rpc_ok(c, out) : rpc_no_memory(c);
}

/* Waits for the bot: the connection answers nothing else meanwhile. */
static bool press_button(struct sim_call *c)
{
	const struct tl_messages_getBotCallbackAnswer *q = c->query;
	int64_t peer = rpc_input_peer(c, q->peer);
	struct sim_history *h = peer ? rpc_history(c, peer) : NULL;
	const union tl_Message *m = h ? sim_history_get(h, q->msg_id, c->arena) : NULL;
	struct sim_question *question;
	struct tobs_deadline limit;
	struct tobs_err err;
	int r;

	if (!m || m->ctor != TL_message)
		return c->code ? false : rpc_refuse(c, 400, "MESSAGE_ID_INVALID");
	if (!done(c,
		    sim_press(c->rpc->world, c->account->user->peer, h, q->msg_id,
			    sim_button(&m->message, q->data), &question, &err),
		    &err))
		return false;
	if (tobs_event_is_set(&question->answered))
		return callback_answer(c, question->answer);
	tobs_deadline_push(&limit, CALLBACK_MS);
	r = tobs_event_wait(&question->answered, NULL);
	tobs_deadline_pop(&limit);
	return r ? rpc_refuse(c, 502, "BOT_RESPONSE_TIMEOUT")
		 : callback_answer(c, question->answer);
}

const struct sim_method rpc_send[] = {
	{ TL_messages_getBotCallbackAnswer, press_button, 0 },
	{ TL_messages_sendMessage, send_message, RPC_BOTS },
	{ TL_messages_startBot, start_bot, 0 },
	{ TL_messages_editMessage, edit_message, RPC_BOTS },
	{ TL_messages_deleteMessages, delete_messages, RPC_BOTS },
	{ TL_channels_deleteMessages, delete_channel_messages, RPC_BOTS },
	{ TL_messages_sendReaction, send_reaction, RPC_BOTS },
	{ 0 },
};
