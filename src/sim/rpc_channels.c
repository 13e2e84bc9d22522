/* SPDX-License-Identifier: MIT */
/* channels.* and messages.*: what groups and channels are, their members and topics. */
#include "sim/rpc.h"

enum { CHATS_MAX = 200, TOPICS_MAX = 100, PARTICIPANTS_MAX = 200 };

static bool chats_object(struct sim_call *c, const union tl_Chat **items, uint32_t n)
{
	struct tl_messages_chats *ret = RPC_NEW(c, tl_messages_chats);

	if (!ret)
		return rpc_no_memory(c);
	ret->ctor = TL_messages_chats;
	ret->chats = (struct tl_vec_Chat){ n, items };
	return rpc_ok(c, ret);
}

static bool get_channels(struct sim_call *c)
{
	const struct tl_channels_getChannels *q = c->query;
	const union tl_Chat **items;
	uint32_t n = 0;

	if (q->id.count > CHATS_MAX)
		return rpc_refuse(c, 400, "LIMIT_INVALID");
	items = TOBS_ARENA_ARRAY(c->arena, q->id.count + 1, const union tl_Chat *);
	if (!items)
		return rpc_no_memory(c);
	for (uint32_t i = 0; i < q->id.count; i++) {
		struct sim_chat *chat = rpc_input_channel(c, q->id.items[i]);

		if (!chat)
			return false;
		items[n] = sim_view_chat(c->account, chat, c->arena);
		if (!items[n++])
			return rpc_no_memory(c);
	}
	return chats_object(c, items, n);
}

static bool get_chats(struct sim_call *c)
{
	const struct tl_messages_getChats *q = c->query;
	const union tl_Chat **items;
	uint32_t n = 0;

	if (q->id.count > CHATS_MAX)
		return rpc_refuse(c, 400, "LIMIT_INVALID");
	items = TOBS_ARENA_ARRAY(c->arena, q->id.count + 1, const union tl_Chat *);
	if (!items)
		return rpc_no_memory(c);
	for (uint32_t i = 0; i < q->id.count; i++) {
		struct sim_chat *chat = sim_chat(c->rpc->world, sim_group_peer(q->id.items[i]));

		if (!chat)
			return rpc_refuse(c, 400, "CHAT_ID_INVALID");
		items[n] = sim_view_chat(c->account, chat, c->arena);
		if (!items[n++])
			return rpc_no_memory(c);
	}
	return chats_object(c, items, n);
}

/* What channelFull and chatFull share with each other, and the people in them. */
static bool finish_full(struct sim_call *c, const void *full, const struct sim_chat *chat)
{
	struct tl_messages_chatFull *ret = RPC_NEW(c, tl_messages_chatFull);
	struct sim_refs refs;

	if (!ret)
		return rpc_no_memory(c);
	ret->ctor = TL_messages_chatFull;
	ret->full_chat = full;
	sim_refs_begin(&refs, c->rpc->world, c->account, c->arena);
	sim_refs_peer(&refs, chat->peer);
	if (chat->linked)
		sim_refs_peer(&refs, chat->linked->peer);
	sim_refs_add(&refs, full);
	return sim_refs_end(&refs, &ret->users, &ret->chats) ? rpc_no_memory(c) : rpc_ok(c, ret);
}

static const union tl_Photo *photo_or_empty(struct sim_call *c, const union tl_Photo *photo)
{
	struct tl_photoEmpty *none;

	if (photo)
		return photo;
	none = RPC_NEW(c, tl_photoEmpty);
	if (none)
		none->ctor = TL_photoEmpty;
	return (const void *)none;
}

static bool get_full_channel(struct sim_call *c)
{
	const struct tl_channels_getFullChannel *q = c->query;
	struct sim_chat *chat = rpc_input_channel(c, q->channel);
	struct tl_channelFull *full = RPC_NEW(c, tl_channelFull);
	struct tl_peerNotifySettings *notify = RPC_NEW(c, tl_peerNotifySettings);
	struct sim_dialog *d;

	if (!chat)
		return false;
	if (!full || !notify)
		return rpc_no_memory(c);
	if (!sim_can_read(c->account, chat))
		return rpc_refuse(c, 400, "CHANNEL_PRIVATE");
	notify->ctor = TL_peerNotifySettings;
	d = sim_dialog(c->account, chat->peer);
	full->ctor = TL_channelFull;
	full->id = sim_peer_id(chat->peer);
	full->about = chat->about;
	full->has_participants_count = 1;
	full->participants_count = sim_member_count(chat);
	full->can_view_participants = !chat->hidden_members && chat->kind != SIM_CHAT_CHANNEL;
	full->read_inbox_max_id = d ? d->read_inbox_max_id : 0;
	full->read_outbox_max_id = d ? d->read_outbox_max_id : 0;
	full->unread_count = d ? d->unread : 0;
	full->chat_photo = photo_or_empty(c, chat->photo);
	full->notify_settings = notify;
	full->pts = chat->box.pts;
	if (chat->linked) {
		full->has_linked_chat_id = 1;
		full->linked_chat_id = sim_peer_id(chat->linked->peer);
	}
	if (chat->origin) {
		full->has_migrated_from_chat_id = 1;
		full->migrated_from_chat_id = sim_peer_id(chat->origin->peer);
		full->migrated_from_max_id = chat->origin_max_id;
	}
	if (chat->history && chat->history->pinned.count) {
		full->has_pinned_msg_id = 1;
		full->pinned_msg_id = *ARRAY_LAST(&chat->history->pinned);
	}
	if (chat->slowmode) {
		full->has_slowmode_seconds = 1;
		full->slowmode_seconds = chat->slowmode;
	}
	return full->chat_photo ? finish_full(c, full, chat) : rpc_no_memory(c);
}

static const union tl_ChatParticipants *participants_of(
	struct sim_call *c, const struct sim_chat *chat)
{
	struct tl_chatParticipants *ret = RPC_NEW(c, tl_chatParticipants);
	const union tl_ChatParticipant **items = TOBS_ARENA_ARRAY(
		c->arena, chat->members.count + 1, const union tl_ChatParticipant *);
	uint32_t n = 0;

	if (!ret || !items)
		return NULL;
	ARRAY_EACH (m, &chat->members) {
		struct tl_chatParticipant *p = RPC_NEW(c, tl_chatParticipant);
		struct tl_chatParticipantCreator *creator = (void *)p;

		if (!p)
			return NULL;
		if (m->role == SIM_LEFT || m->role == SIM_BANNED)
			continue;
		if (m->role == SIM_CREATOR)
			*creator = (struct tl_chatParticipantCreator){
				.ctor = TL_chatParticipantCreator, .user_id = m->user_id
			};
		else
			*p = (struct tl_chatParticipant){ .ctor = m->role == SIM_ADMIN
					? TL_chatParticipantAdmin
					: TL_chatParticipant,
				.user_id = m->user_id,
				.inviter_id = m->inviter_id,
				.date = m->date };
		items[n++] = (const void *)p;
	}
	*ret = (struct tl_chatParticipants){ TL_chatParticipants, sim_peer_id(chat->peer),
		{ n, items }, 1 };
	return (const void *)ret;
}

static bool get_full_chat(struct sim_call *c)
{
	const struct tl_messages_getFullChat *q = c->query;
	struct sim_chat *chat = sim_chat(c->rpc->world, sim_group_peer(q->chat_id));
	struct tl_chatFull *full = RPC_NEW(c, tl_chatFull);
	struct tl_peerNotifySettings *notify = RPC_NEW(c, tl_peerNotifySettings);

	if (!chat)
		return rpc_refuse(c, 400, "CHAT_ID_INVALID");
	if (!full || !notify)
		return rpc_no_memory(c);
	notify->ctor = TL_peerNotifySettings;
	full->ctor = TL_chatFull;
	full->id = q->chat_id;
	full->about = chat->about;
	full->participants = participants_of(c, chat);
	full->chat_photo = photo_or_empty(c, chat->photo);
	full->notify_settings = notify;
	return full->participants && full->chat_photo ? finish_full(c, full, chat)
						      : rpc_no_memory(c);
}

static bool check_invite(struct sim_call *c)
{
	const struct tl_messages_checkChatInvite *q = c->query;
	struct sim_chat *chat = sim_chat_by_link(c->rpc->world, q->hash);

	if (!chat)
		return rpc_refuse(c, 400, "INVITE_HASH_INVALID");
	if (sim_is_member(chat, c->account->user->peer)) {
		struct tl_chatInviteAlready *ret = RPC_NEW(c, tl_chatInviteAlready);

		if (!ret)
			return rpc_no_memory(c);
		ret->ctor = TL_chatInviteAlready;
		ret->chat = sim_view_chat(c->account, chat, c->arena);
		return ret->chat ? rpc_ok(c, ret) : rpc_no_memory(c);
	}
	{
		struct tl_chatInvite *ret = RPC_NEW(c, tl_chatInvite);
		bool channel = chat->kind != SIM_CHAT_GROUP;

		if (!ret)
			return rpc_no_memory(c);
		ret->ctor = TL_chatInvite;
		ret->channel = channel;
		ret->broadcast = chat->kind == SIM_CHAT_CHANNEL;
		ret->megagroup = chat->kind == SIM_CHAT_SUPERGROUP;
		ret->title = channel ? chat->tl.channel->title : chat->tl.group->title;
		if (chat->about.len)
			ret->about = chat->about;
		ret->photo = photo_or_empty(c, chat->photo);
		ret->participants_count = sim_member_count(chat);
		return ret->photo ? rpc_ok(c, ret) : rpc_no_memory(c);
	}
}

/* ---- topics ---- */

/* Pinned ones in their order, then by their newest message; the General topic is one of them. */
static int topic_before(
	const struct sim_chat *chat, const struct sim_topic *a, const struct sim_topic *b)
{
	struct sim_list sa, sb;
	const struct sim_list *la, *lb;
	int32_t ta, tb;

	if (a->pin != b->pin) {
		if (a->pin && b->pin)
			return a->pin < b->pin ? -1 : 1;
		return a->pin ? -1 : 1;
	}
	la = sim_thread(chat->history, a->id, &sa);
	lb = sim_thread(chat->history, b->id, &sb);
	ta = la && sim_list_count(la) ? sim_list_id(la, sim_list_count(la) - 1) : a->id;
	tb = lb && sim_list_count(lb) ? sim_list_id(lb, sim_list_count(lb) - 1) : b->id;
	return ta > tb ? -1 : ta < tb;
}

static const struct sim_topic **sorted_topics(
	struct sim_call *c, const struct sim_chat *chat, struct tobs_view wanted, size_t *ret_n)
{
	const struct sim_topic **all = TOBS_ARENA_ARRAY(
		c->arena, chat->topics.count + 1, const struct sim_topic *);
	size_t n = 0;

	if (!all)
		return NULL;
	ARRAY_EACH (t, &chat->topics) {
		size_t at = n;

		if (wanted.len && tobs_view_find(t->title, 0, wanted) == SIZE_MAX)
			continue;
		for (; at > 0 && topic_before(chat, t, all[at - 1]) < 0; at--)
			all[at] = all[at - 1];
		all[at] = t;
		n++;
	}
	*ret_n = n;
	return all;
}

static bool topics_object(struct sim_call *c, const struct sim_chat *chat,
	const struct sim_topic **topics, size_t n, int32_t total)
{
	struct tl_messages_forumTopics *ret = RPC_NEW(c, tl_messages_forumTopics);
	const union tl_ForumTopic **items = TOBS_ARENA_ARRAY(
		c->arena, n + 1, const union tl_ForumTopic *);
	const union tl_Message **messages = TOBS_ARENA_ARRAY(
		c->arena, n + 1, const union tl_Message *);
	struct sim_refs refs;
	uint32_t m = 0;

	if (!ret || !items || !messages)
		return rpc_no_memory(c);
	sim_refs_begin(&refs, c->rpc->world, c->account, c->arena);
	for (size_t i = 0; i < n; i++) {
		const struct tl_forumTopic *t = sim_view_topic(
			c->account, chat, topics[i], c->arena);
		const union tl_Message *top = t
			? sim_history_get(chat->history, t->top_message, c->arena)
			: NULL;

		items[i] = (const void *)t;
		if (!t)
			refs.err = TOBS_ENOMEM;
		else
			sim_refs_add(&refs, t);
		if (top)
			messages[m++] = sim_view_message(c->account, chat->history, top, c->arena);
	}
	ret->ctor = TL_messages_forumTopics;
	ret->count = total;
	ret->topics = (struct tl_vec_ForumTopic){ (uint32_t)n, items };
	ret->messages = (struct tl_vec_Message){ m, messages };
	ret->pts = chat->box.pts;
	if (!refs.err)
		sim_refs_messages(&refs, &ret->messages);
	return sim_refs_end(&refs, &ret->users, &ret->chats) ? rpc_no_memory(c) : rpc_ok(c, ret);
}

static bool get_topics(struct sim_call *c)
{
	const struct tl_messages_getForumTopics *q = c->query;
	int64_t peer = rpc_input_peer(c, q->peer);
	struct sim_chat *chat = sim_chat(c->rpc->world, peer);
	const struct sim_topic **all;
	size_t n = 0, from = 0, count;

	if (!peer)
		return false;
	if (!chat || chat->kind != SIM_CHAT_SUPERGROUP || !chat->tl.channel->forum)
		return rpc_refuse(c, 400, "CHANNEL_FORUM_MISSING");
	if (!rpc_history(c, peer))
		return false;
	all = sorted_topics(c, chat, q->q, &n);
	if (!all)
		return rpc_no_memory(c);
	/* The page begins behind the topic that the last one ended with. */
	if (q->offset_topic)
		for (from = 0; from < n; from++)
			if (all[from]->id == q->offset_topic) {
				from++;
				break;
			}
	count = MIN((size_t)(q->limit <= 0 ? 20 : MIN(q->limit, TOPICS_MAX)), n - MIN(from, n));
	return topics_object(c, chat, all + MIN(from, n), count, (int32_t)n);
}

const struct sim_method rpc_channels[] = {
	{ TL_channels_getChannels, get_channels, RPC_BOTS },
	{ TL_messages_getChats, get_chats, RPC_BOTS },
	{ TL_channels_getFullChannel, get_full_channel, RPC_BOTS },
	{ TL_messages_getFullChat, get_full_chat, RPC_BOTS },
	{ TL_messages_checkChatInvite, check_invite, 0 },
	{ TL_messages_getForumTopics, get_topics, 0 },
	{ 0 },
};
