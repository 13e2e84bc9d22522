/* SPDX-License-Identifier: MIT */
/* messages.*: history, threads, search, messages by id. */
#include "sim/file.h"
#include "sim/rpc.h"

enum { LIMIT_DEFAULT = 20, LIMIT_MAX = 100, IDS_MAX = 200, EMOJI_MAX = 200 };

static int32_t bounded(int32_t limit)
{
	return limit <= 0 ? LIMIT_DEFAULT : MIN(limit, LIMIT_MAX);
}

static bool empty_page(struct sim_call *c, int64_t peer)
{
	const struct sim_page none = { .total = 0 };

	return rpc_page(c, NULL, peer, &none);
}

static bool get_history(struct sim_call *c)
{
	const struct tl_messages_getHistory *q = c->query;
	const struct sim_slice slice = { q->offset_id, q->offset_date, q->add_offset,
		bounded(q->limit), q->max_id, q->min_id, c->first, c->last };
	int64_t peer = rpc_input_peer(c, q->peer);
	struct sim_history *h = peer ? rpc_history(c, peer) : NULL;
	struct sim_page page;

	if (!h)
		return c->code ? false : empty_page(c, peer);
	if (sim_history_page(c->account, h, &slice, c->arena, &page))
		return rpc_no_memory(c);
	return rpc_page(c, h, peer, &page);
}

static bool get_replies(struct sim_call *c)
{
	const struct tl_messages_getReplies *q = c->query;
	const struct sim_slice slice = { q->offset_id, q->offset_date, q->add_offset,
		bounded(q->limit), q->max_id, q->min_id, c->first, c->last };
	int64_t peer = rpc_input_peer(c, q->peer);
	struct sim_chat *chat = sim_chat(c->rpc->world, peer);
	struct sim_history *h = peer ? rpc_history(c, peer) : NULL;
	int32_t top = q->msg_id;
	struct sim_page page;

	if (!h)
		return c->code ? false : rpc_refuse(c, 400, "PEER_ID_INVALID");
	/* Of a channel's post: its comments, in the discussion group. */
	if (chat && chat->kind == SIM_CHAT_CHANNEL) {
		top = sim_discussion_of(chat, q->msg_id);
		if (!chat->linked || !top)
			return rpc_refuse(c, 400, "MSG_ID_INVALID");
		peer = chat->linked->peer;
		h = rpc_history(c, peer);
		if (!h)
			return false;
	}
	if (sim_thread_page(c->account, h, top, &slice, c->arena, &page))
		return rpc_no_memory(c);
	return rpc_page(c, h, peer, &page);
}

static bool search(struct sim_call *c)
{
	const struct tl_messages_search *q = c->query;
	const struct sim_slice slice = { q->offset_id, 0, q->add_offset, bounded(q->limit),
		q->max_id, q->min_id, c->first, c->last };
	int64_t peer = rpc_input_peer(c, q->peer);
	struct sim_history *h = peer ? rpc_history(c, peer) : NULL;
	struct sim_query what = {
		.text = q->q, .min_date = q->min_date, .max_date = q->max_date, .top = q->top_msg_id
	};
	struct sim_page page;
	bool known;

	if (!h)
		return c->code ? false : empty_page(c, peer);
	what.classes = sim_filter_classes(q->filter, &known);
	if (!known)
		return rpc_refuse(c, 400, "FILTER_INVALID");
	if (q->from_id) {
		what.from = rpc_input_peer(c, q->from_id);
		if (!what.from)
			return false;
	}
	if (sim_search_page(c->account, h, &what, &slice, c->arena, &page))
		return rpc_no_memory(c);
	return rpc_page(c, h, peer, &page);
}

/* Those that were asked for, in that order; messageEmpty for what there is not. */
static bool by_ids(struct sim_call *c, int64_t peer, struct sim_history *channel,
	const struct tl_vec_InputMessage *ids)
{
	const union tl_Message **items = TOBS_ARENA_ARRAY(
		c->arena, ids->count + 1, const union tl_Message *);
	struct sim_page page = { 0 };

	if (ids->count > IDS_MAX)
		return rpc_refuse(c, 400, "LIMIT_INVALID");
	if (!items)
		return rpc_no_memory(c);
	for (uint32_t i = 0; i < ids->count; i++) {
		const union tl_InputMessage *in = ids->items[i];
		int32_t id = in->ctor == TL_inputMessageID   ? in->inputMessageID.id
			: in->ctor == TL_inputMessageReplyTo ? in->inputMessageReplyTo.id
							     : 0;
		struct sim_history *h = channel ? channel : sim_box_find(&c->account->box, id);
		const union tl_Message *m = h ? sim_history_get(h, id, c->arena) : NULL;
		struct tl_messageEmpty *none;

		if (m && in->ctor == TL_inputMessageReplyTo) {
			const union tl_MessageReplyHeader *r = sim_message_reply(m);

			m = r && r->ctor == TL_messageReplyHeader
				? sim_history_get(
					  h, r->messageReplyHeader.reply_to_msg_id, c->arena)
				: NULL;
		}
		if (m) {
			items[i] = sim_view_message(c->account, h, m, c->arena);
		} else {
			none = RPC_NEW(c, tl_messageEmpty);
			if (none)
				*none = (struct tl_messageEmpty){ .ctor = TL_messageEmpty,
					.id = id };
			items[i] = (const void *)none;
		}
		if (!items[i])
			return rpc_no_memory(c);
	}
	page.messages = (struct tl_vec_Message){ ids->count, items };
	page.total = (int32_t)ids->count;
	return rpc_page(c, channel, peer, &page);
}

static bool get_messages(struct sim_call *c)
{
	const struct tl_messages_getMessages *q = c->query;

	return by_ids(c, c->account->user->peer, NULL, &q->id);
}

static bool get_channel_messages(struct sim_call *c)
{
	const struct tl_channels_getMessages *q = c->query;
	struct sim_chat *chat = rpc_input_channel(c, q->channel);
	struct sim_history *h = chat ? rpc_history(c, chat->peer) : NULL;

	return h ? by_ids(c, chat->peer, h, &q->id) : false;
}

static bool get_discussion_message(struct sim_call *c)
{
	const struct tl_messages_getDiscussionMessage *q = c->query;
	int64_t peer = rpc_input_peer(c, q->peer);
	struct sim_chat *chat = sim_chat(c->rpc->world, peer);
	struct tl_messages_discussionMessage *ret = RPC_NEW(c, tl_messages_discussionMessage);
	const union tl_Message **items = TOBS_ARENA_ARRAY(c->arena, 1, const union tl_Message *);
	struct sim_history *h;
	struct sim_refs refs;
	int32_t top;

	if (!peer)
		return false;
	if (!ret || !items)
		return rpc_no_memory(c);
	top = chat && chat->linked ? sim_discussion_of(chat, q->msg_id) : 0;
	h = top ? rpc_history(c, chat->linked->peer) : NULL;
	if (!h)
		return rpc_refuse(c, 400, "MSG_ID_INVALID");
	items[0] = sim_history_get(h, top, c->arena);
	if (!items[0])
		return rpc_refuse(c, 400, "MSG_ID_INVALID");
	items[0] = sim_view_message(c->account, h, items[0], c->arena);
	if (!items[0])
		return rpc_no_memory(c);
	ret->ctor = TL_messages_discussionMessage;
	ret->messages = (struct tl_vec_Message){ 1, items };
	sim_refs_begin(&refs, c->rpc->world, c->account, c->arena);
	sim_refs_messages(&refs, &ret->messages);
	return sim_refs_end(&refs, &ret->users, &ret->chats) ? rpc_no_memory(c) : rpc_ok(c, ret);
}

static bool get_split_ranges(struct sim_call *c)
{
	struct tl_messageRange *range = RPC_NEW(c, tl_messageRange);
	const struct tl_messageRange **items = TOBS_ARENA_ARRAY(
		c->arena, 1, const struct tl_messageRange *);
	struct tl_vec_MessageRange *ret = RPC_NEW(c, tl_vec_MessageRange);

	if (!range || !items || !ret)
		return rpc_no_memory(c);
	*range = (struct tl_messageRange){ TL_messageRange, 1, INT32_MAX };
	items[0] = range;
	*ret = (struct tl_vec_MessageRange){ 1, items };
	return rpc_ok(c, ret);
}

static bool get_custom_emoji(struct sim_call *c)
{
	const struct tl_messages_getCustomEmojiDocuments *q = c->query;
	struct tl_vec_Document *ret = RPC_NEW(c, tl_vec_Document);
	const union tl_Document **items;
	uint32_t n = 0;

	if (q->document_id.count > EMOJI_MAX)
		return rpc_refuse(c, 400, "LIMIT_INVALID");
	items = TOBS_ARENA_ARRAY(c->arena, q->document_id.count + 1, const union tl_Document *);
	if (!ret || !items)
		return rpc_no_memory(c);
	for (uint32_t i = 0; i < q->document_id.count; i++) {
		struct sim_file f;

		if (sim_file_find(c->rpc->world, q->document_id.items[i], c->arena, &f) ==
				TOBS_OK &&
			!f.photo)
			items[n++] = f.tl;
	}
	*ret = (struct tl_vec_Document){ n, items };
	return rpc_ok(c, ret);
}

const struct sim_method rpc_messages[] = {
	{ TL_messages_getHistory, get_history, 0 },
	{ TL_messages_getReplies, get_replies, 0 },
	{ TL_messages_search, search, 0 },
	{ TL_messages_getMessages, get_messages, RPC_BOTS },
	{ TL_channels_getMessages, get_channel_messages, RPC_BOTS },
	{ TL_messages_getDiscussionMessage, get_discussion_message, 0 },
	{ TL_messages_getSplitRanges, get_split_ranges, 0 },
	{ TL_messages_getCustomEmojiDocuments, get_custom_emoji, RPC_BOTS },
	{ 0 },
};
