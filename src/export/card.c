/* SPDX-License-Identifier: MIT */
#include "export/card.h"

#include "client/page.h"
#include "export/from_tl.h"

/* People and chats without messages. */
static int put_peers(struct sink *sink, const struct tl_vec_User *users,
	const struct tl_vec_Chat *chats, struct tobs_err *err)
{
	static const struct tl_vec_Message none;

	return sink_put(sink,
		&(struct sink_page){
			.messages = &none, .users = users, .chats = chats, .first = 1, .last = 0 },
		err);
}

static int keep(struct tobs_arena *arena, struct archive_chat *chat, const struct archive_peer *p)
{
	chat->id = p->id;
	chat->kind = p->kind;
	return tobs_arena_view(arena, p->name, &chat->title) ||
			tobs_arena_view(arena, p->username, &chat->username)
		? TOBS_ENOMEM
		: TOBS_OK;
}

static int find_chat(const struct tl_vec_Chat *chats, int64_t marked, struct tobs_arena *arena,
	struct archive_chat *ret)
{
	struct archive_peer p;

	for (uint32_t i = 0; i < chats->count; i++)
		if (!from_tl_chat(chats->items[i], &p) && p.id == marked)
			return keep(arena, ret, &p);
	return TOBS_ENOTFOUND;
}

static int find_user(const struct tl_vec_User *users, int64_t id, struct tobs_arena *arena,
	struct archive_chat *ret)
{
	struct archive_peer p;

	for (uint32_t i = 0; i < users->count; i++)
		if (!from_tl_user(users->items[i], arena, &p) && p.id == id)
			return keep(arena, ret, &p);
	return TOBS_ENOTFOUND;
}

static int64_t channel_mark(int64_t id)
{
	return tobs_peer_mark(&(struct tobs_peer){ TOBS_PEER_CHANNEL, id, 0 });
}

/* What the full form says beside the title. */
static int take_full(const union tl_ChatFull *full, struct tobs_arena *arena, struct card *card)
{
	struct archive_chat *chat = &card->chat;

	if (full->ctor == TL_channelFull) {
		const struct tl_channelFull *f = &full->channelFull;

		chat->members = f->participants_count;
		if (f->linked_chat_id)
			chat->linked = channel_mark(f->linked_chat_id);
		if (f->migrated_from_chat_id)
			chat->migrated = -f->migrated_from_chat_id;
		card->migrated_top = f->migrated_from_max_id;
		return tobs_arena_view(arena, f->about, &chat->about);
	}
	if (full->ctor == TL_chatFull) {
		const struct tl_chatFull *f = &full->chatFull;

		if (f->participants && f->participants->ctor == TL_chatParticipants)
			chat->members =
				(int32_t)f->participants->chatParticipants.participants.count;
		return tobs_arena_view(arena, f->about, &chat->about);
	}
	return TOBS_OK;
}

static int fetch_user(struct tobs_client *c, const struct tobs_peer_input *room,
	struct tobs_reply *reply, struct sink *sink, struct tobs_arena *arena, struct card *ret,
	struct tobs_err *err)
{
	const struct tl_users_getFullUser query = { .ctor = TL_users_getFullUser,
		.id = (const void *)&room->as_user };
	const struct tl_users_userFull *full;
	int r = tobs_call(c, TL_users_getFullUser, &query, reply, &full, err);

	if (!r)
		r = put_peers(sink, &full->users, &full->chats, err);
	if (!r)
		r = find_user(&full->users, room->as_user.user_id, arena, &ret->chat);
	if (!r)
		r = tobs_arena_view(arena, full->full_user->about, &ret->chat.about);
	return r;
}

static int fetch_chat(struct tobs_client *c, const struct tobs_peer *peer,
	const struct tobs_peer_input *room, struct tobs_reply *reply, struct sink *sink,
	struct tobs_arena *arena, struct card *ret, struct tobs_err *err)
{
	const struct tl_messages_getFullChat of_group = { .ctor = TL_messages_getFullChat,
		.chat_id = peer->id };
	const struct tl_channels_getFullChannel of_channel = { .ctor = TL_channels_getFullChannel,
		.channel = (const void *)&room->as_channel };
	const struct tl_messages_chatFull *full;
	int r;

	if (peer->kind == TOBS_PEER_CHANNEL)
		r = tobs_call(c, TL_channels_getFullChannel, &of_channel, reply, &full, err);
	else
		r = tobs_call(c, TL_messages_getFullChat, &of_group, reply, &full, err);
	if (!r)
		r = put_peers(sink, &full->users, &full->chats, err);
	if (!r)
		r = find_chat(&full->chats, tobs_peer_mark(peer), arena, &ret->chat);
	if (!r)
		r = take_full(full->full_chat, arena, ret);
	return r;
}

int card_fetch(struct tobs_client *c, const struct tobs_peer *peer, struct sink *sink,
	struct tobs_arena *arena, struct card *ret, struct tobs_err *err)
{
	struct tobs_reply reply = TOBS_REPLY_INIT;
	struct tobs_err local = { 0 };
	struct tobs_peer_input room;
	int r;

	*ret = (struct card){ 0 };
	tobs_peer_input(peer, &room);
	r = peer->kind == TOBS_PEER_USER
		? fetch_user(c, &room, &reply, sink, arena, ret, &local)
		: fetch_chat(c, peer, &room, &reply, sink, arena, ret, &local);
	tobs_reply_deinit(&reply);
	if (r && !local.code)
		tobs_fail(&local, r,
			r == TOBS_ENOTFOUND ? "the server says nothing about this chat"
					    : "out of memory");
	if (r && err)
		*err = local;
	return r;
}

/* ---- topics ---- */

enum { TOPICS_A_PAGE = 100 }; /* messages.getForumTopics gives no more */

struct topics {
	ARRAY_OF(struct archive_topic) list;
	struct tobs_arena *arena;
	int32_t pinned;
	/* Where the next page begins: the last topic of this one, and its newest message. */
	struct tl_messages_getForumTopics next;
};

static bool have(const struct topics *t, int32_t id)
{
	ARRAY_EACH (it, &t->list)
		if (it->id == id)
			return true;
	return false;
}

static int32_t date_of(const struct tl_vec_Message *messages, int32_t id)
{
	for (uint32_t i = 0; i < messages->count; i++)
		if (message_id(messages->items[i]) == id)
			return messages->items[i]->ctor == TL_message
				? messages->items[i]->message.date
				: messages->items[i]->ctor == TL_messageService
				? messages->items[i]->messageService.date
				: 0;
	return 0;
}

/* *ret_new: how many topics were not known before. */
static int take_topics(
	struct topics *t, const struct tl_messages_forumTopics *page, uint32_t *ret_new)
{
	*ret_new = 0;
	for (uint32_t i = 0; i < page->topics.count; i++) {
		const union tl_ForumTopic *topic = page->topics.items[i];
		struct archive_topic row;

		if (from_tl_topic(topic, &row) || have(t, row.id))
			continue;
		if (topic->forumTopic.pinned)
			row.position = ++t->pinned;
		if (tobs_arena_view(t->arena, row.title, &row.title) || ARRAY_PUSH(&t->list, row))
			return TOBS_ENOMEM;
		++*ret_new;
		t->next.offset_topic = row.id;
		t->next.offset_id = topic->forumTopic.top_message;
		t->next.offset_date = page->order_by_create_date
			? topic->forumTopic.date
			: date_of(&page->messages, topic->forumTopic.top_message);
	}
	return TOBS_OK;
}

int card_topics(struct tobs_client *c, const struct tobs_peer *peer, struct sink *sink,
	struct tobs_arena *arena, struct archive_topic **ret, size_t *ret_count,
	struct tobs_err *err)
{
	struct tobs_reply reply = TOBS_REPLY_INIT;
	struct tobs_peer_input room;
	struct topics t = { .arena = arena,
		.next = { .ctor = TL_messages_getForumTopics,
			.peer = tobs_peer_input(peer, &room),
			.limit = TOPICS_A_PAGE } };
	const struct tl_messages_forumTopics *page;
	uint32_t fresh;
	int r;

	do {
		fresh = 0;
		r = tobs_call(c, TL_messages_getForumTopics, &t.next, &reply, &page, err);
		if (!r)
			r = put_peers(sink, &page->users, &page->chats, err);
		if (!r && (r = take_topics(&t, page, &fresh)))
			tobs_fail(err, r, "out of memory");
	} while (!r && fresh && (int64_t)t.list.count < page->count);
	tobs_reply_deinit(&reply);
	if (!r && t.list.count) {
		*ret = tobs_arena_dup(arena, t.list.items, t.list.count * sizeof *t.list.items);
		if (!*ret)
			r = tobs_fail(err, TOBS_ENOMEM, "out of memory");
	}
	if (!r)
		*ret_count = t.list.count;
	ARRAY_DEINIT(&t.list);
	return r;
}
