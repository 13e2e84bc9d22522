/* SPDX-License-Identifier: MIT */
/*
 * The account's list of chats, page by page. A page goes on where the last one
 * ended: after the date, id and chat of its last message. As the list is sorted
 * by what changes, a chat may come twice; it is given once.
 */
#include "base/alloc.h"
#include "base/map.h"
#include "client/call.h"
#include "client/page.h"

enum { PAGE = 100 };

/* Both forms of messages.Dialogs as one. */
struct dialog_page {
	struct tl_vec_Dialog dialogs;
	struct tl_vec_Message messages;
	struct tl_vec_Chat chats;
	struct tl_vec_User users;
	int32_t total;
	bool is_all;
};

static bool page_of(const union tl_messages_Dialogs *d, struct dialog_page *ret)
{
	if (d->ctor == TL_messages_dialogs) {
		const struct tl_messages_dialogs *p = &d->messages_dialogs;

		*ret = (struct dialog_page){ p->dialogs, p->messages, p->chats, p->users,
			(int32_t)p->dialogs.count, true };
		return true;
	}
	if (d->ctor == TL_messages_dialogsSlice) {
		const struct tl_messages_dialogsSlice *p = &d->messages_dialogsSlice;

		*ret = (struct dialog_page){ p->dialogs, p->messages, p->chats, p->users, p->count,
			false };
		return true;
	}
	return false;
}

void tobs_dialogs_init(struct tobs_dialogs *d, int folder)
{
	*d = (struct tobs_dialogs){ .reply = TOBS_REPLY_INIT, .folder = folder };
}

void tobs_dialogs_deinit(struct tobs_dialogs *d)
{
	if (!d)
		return;
	tobs_reply_deinit(&d->reply);
	if (d->seen)
		map_deinit(d->seen);
	mem_free(d->seen);
	*d = (struct tobs_dialogs){ .folder = d->folder, .reply = TOBS_REPLY_INIT };
}

/* ---- paging ---- */

static const struct tobs_peer *complete(
	const struct dialog_page *p, struct tobs_client *c, struct tobs_peer *peer)
{
	const union tl_Chat *chat;
	const union tl_User *user;

	if (peer->kind == TOBS_PEER_USER) {
		user = page_user(&p->users, peer->id);
		if (user && user->ctor == TL_user)
			peer->access_hash = user->user.access_hash;
	} else if (peer->kind == TOBS_PEER_CHANNEL) {
		chat = page_chat(&p->chats, peer->id);
		if (chat && chat->ctor == TL_channel)
			peer->access_hash = chat->channel.access_hash;
		if (chat && chat->ctor == TL_channelForbidden)
			peer->access_hash = chat->channelForbidden.access_hash;
	}
	if (!peer->access_hash)
		(void)tobs_peer_complete(c, peer);
	return peer;
}

/* The date of the message `id` of the dialog with `peer`; 0 when it did not come along. */
static int32_t date_of(const struct dialog_page *p, const struct tobs_peer *peer, int32_t id)
{
	for (uint32_t i = 0; i < p->messages.count; i++) {
		const union tl_Message *m = p->messages.items[i];
		struct tobs_peer in = m->ctor == TL_message ? tobs_peer_of(m->message.peer_id)
			: m->ctor == TL_messageService ? tobs_peer_of(m->messageService.peer_id)
						       : (struct tobs_peer){ 0 };

		if (message_id(m) == id && in.kind == peer->kind && in.id == peer->id)
			return message_date(m);
	}
	return 0;
}

/* Where the next page begins; false when that is where this one did. */
static bool advance(struct tobs_client *c, struct tobs_dialogs *d, const struct dialog_page *p)
{
	for (uint32_t i = p->dialogs.count; i-- > 0;) {
		const struct tl_dialog *g = &p->dialogs.items[i]->dialog;
		struct tobs_peer peer;
		int32_t date;

		if (g->ctor != TL_dialog || g->pinned)
			continue;
		peer = tobs_peer_of(g->peer);
		date = date_of(p, &peer, g->top_message);
		if (!date)
			continue;
		if (d->offset_date == date && d->offset_id == g->top_message &&
			d->offset_peer.kind == peer.kind && d->offset_peer.id == peer.id)
			return false;
		d->offset_date = date;
		d->offset_id = g->top_message;
		d->offset_peer = *complete(p, c, &peer);
		return true;
	}
	return false;
}

static int fetch(struct tobs_client *c, struct tobs_dialogs *d, struct tobs_err *err)
{
	struct tobs_peer_input room;
	struct tl_messages_getDialogs query = { .ctor = TL_messages_getDialogs,
		.exclude_pinned = d->started,
		.has_folder_id = 1,
		.folder_id = d->folder,
		.offset_date = d->offset_date,
		.offset_id = d->offset_id,
		.offset_peer = tobs_peer_input(&d->offset_peer, &room),
		.limit = PAGE };
	struct dialog_page page;
	bool first = !d->started, advanced;
	int r = tobs_call(c, TL_messages_getDialogs, &query, &d->reply, &d->page, err);

	if (r) {
		d->page = NULL;
		return r;
	}
	if (!page_of(d->page, &page)) {
		d->page = NULL;
		return tobs_fail(err, TOBS_EPROTO, "the server gives no page of the list");
	}
	d->started = true;
	d->at = 0;
	if (first)
		d->total = page.total;
	advanced = advance(c, d, &page);
	/* A first page of pinned chats alone says nothing about the others. */
	d->ended = page.is_all || page.dialogs.count == 0 || (!advanced && !first);
	return TOBS_OK;
}

/* ---- one chat ---- */

static bool seen_before(struct tobs_dialogs *d, const struct tobs_peer *peer, int *ret_err)
{
	uint64_t key = (uint64_t)tobs_peer_mark(peer);

	*ret_err = TOBS_OK;
	if (!d->seen)
		d->seen = MEM_NEW(struct map);
	if (!d->seen) {
		*ret_err = TOBS_ENOMEM;
		return false;
	}
	if (map_get(d->seen, key))
		return true;
	*ret_err = map_put(d->seen, key, d);
	return false;
}

static struct tobs_view active_username(struct tobs_view plain, const struct tl_vec_Username *all)
{
	if (plain.len)
		return plain;
	for (uint32_t i = 0; i < all->count; i++)
		if (all->items[i]->active)
			return all->items[i]->username;
	return plain;
}

static void name_user(struct tobs_dialogs *d, const struct tl_user *u, struct tobs_dialog *ret)
{
	char *both;

	ret->username = active_username(u->username, &u->usernames);
	ret->title = u->first_name.len ? u->first_name : u->last_name;
	if (!u->first_name.len || !u->last_name.len)
		return;
	both = tobs_arena_printf(&d->reply.arena, "%.*s %.*s", TOBS_VIEW_FMT(u->first_name),
		TOBS_VIEW_FMT(u->last_name));
	if (both)
		ret->title = tobs_str(both);
}

static void name_chat(const union tl_Chat *chat, struct tobs_dialog *ret)
{
	switch (chat->ctor) {
	case TL_chat: ret->title = chat->chat.title; break;
	case TL_chatForbidden: ret->title = chat->chatForbidden.title; break;
	case TL_channelForbidden: ret->title = chat->channelForbidden.title; break;
	case TL_channel:
		ret->title = chat->channel.title;
		ret->username = active_username(chat->channel.username, &chat->channel.usernames);
		break;
	default: break;
	}
}

static void describe(struct tobs_client *c, struct tobs_dialogs *d, const struct dialog_page *p,
	const struct tl_dialog *g, struct tobs_dialog *ret)
{
	*ret = (struct tobs_dialog){ .peer = tobs_peer_of(g->peer),
		.top_message = g->top_message,
		.unread = g->unread_count,
		.folder = g->folder_id,
		.pinned = g->pinned };
	complete(p, c, &ret->peer);
	if (ret->peer.kind == TOBS_PEER_USER) {
		ret->user = page_user(&p->users, ret->peer.id);
		if (ret->user && ret->user->ctor == TL_user)
			name_user(d, &ret->user->user, ret);
	} else {
		ret->chat = page_chat(&p->chats, ret->peer.id);
		if (ret->chat)
			name_chat(ret->chat, ret);
	}
}

/* The next chat of the page that is there; TOBS_EAGAIN when it is used up. */
static int next_of_page(struct tobs_client *c, struct tobs_dialogs *d, struct tobs_dialog *ret)
{
	struct dialog_page page;

	if (!d->page || !page_of(d->page, &page))
		return TOBS_EAGAIN;
	while (d->at < page.dialogs.count) {
		const struct tl_dialog *g = &page.dialogs.items[d->at++]->dialog;
		struct tobs_peer peer;
		int r;

		/* dialogFolder: the archive, which is asked for by itself. */
		if (g->ctor != TL_dialog)
			continue;
		peer = tobs_peer_of(g->peer);
		if (seen_before(d, &peer, &r))
			continue;
		if (r)
			return r;
		describe(c, d, &page, g, ret);
		return TOBS_OK;
	}
	return TOBS_EAGAIN;
}

int tobs_dialogs_next(struct tobs_client *c, struct tobs_dialogs *d, struct tobs_dialog *ret,
	struct tobs_err *err)
{
	for (;;) {
		int r = next_of_page(c, d, ret);

		if (r == TOBS_ENOMEM)
			return tobs_fail(err, r, "no memory for the list of chats");
		if (!r)
			return r;
		if (d->ended)
			return tobs_fail(err, TOBS_ENOTFOUND, "there are no more chats");
		r = fetch(c, d, err);
		if (r)
			return r;
	}
}
