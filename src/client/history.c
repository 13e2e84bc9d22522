/* SPDX-License-Identifier: MIT */
/*
 * A chat's messages, page by page (core.telegram.org/api/offsets).
 *
 * Downwards a page is what is older than offset_id. Upwards add_offset moves the
 * window by its own length to the newer side, so that a page is what is
 * offset_id or newer. A page may hold less than was asked for though there is
 * more: only one without anything new ends the walk.
 */
#include "client/call.h"
#include "client/page.h"

enum { PAGE = 100 }; /* messages; the server gives no more */

static int begin(struct tobs_client *c, struct tobs_history *h)
{
	h->reply = (struct tobs_reply)TOBS_REPLY_INIT;
	h->next_id = h->from_id;
	/* Without a limit upwards begins at the first id there can be. */
	if (h->ascending && !h->from_id && !h->from_date)
		h->next_id = 1;
	if (h->peer.access_hash == 0)
		(void)tobs_peer_complete(c, &h->peer);
	h->started = true;
	return TOBS_OK;
}

static int call(struct tobs_client *c, struct tobs_history *h, uint32_t method, const void *query,
	struct tobs_err *err)
{
	const struct tl_invokeWithTakeout takeout = { TL_invokeWithTakeout, h->takeout, query };

	if (h->takeout)
		return tobs_call(c, TL_invokeWithTakeout, &takeout, &h->reply, &h->page, err);
	return tobs_call(c, method, query, &h->reply, &h->page, err);
}

static int ask(struct tobs_client *c, struct tobs_history *h, struct tobs_err *err)
{
	struct tobs_peer_input room;
	struct tl_messages_getHistory all = { .ctor = TL_messages_getHistory,
		.peer = tobs_peer_input(&h->peer, &room),
		.offset_id = h->next_id,
		.offset_date = h->next_id ? 0 : h->from_date,
		.add_offset = h->ascending ? -PAGE : 0,
		.limit = PAGE };
	const struct tl_messages_getReplies some = { .ctor = TL_messages_getReplies,
		.peer = all.peer,
		.msg_id = h->topic,
		.offset_id = all.offset_id,
		.offset_date = all.offset_date,
		.add_offset = all.add_offset,
		.limit = PAGE };

	if (h->topic)
		return call(c, h, TL_messages_getReplies, &some, err);
	return call(c, h, TL_messages_getHistory, &all, err);
}

/* Moves past what was asked for before, and to where the next page begins. */
static void take_page(struct tobs_history *h, const struct message_page *p)
{
	const union tl_Message *const *items = p->messages.items;
	int64_t last = (int64_t)p->messages.count - 1;
	bool from_start = h->next_id == 0 && !h->from_date;

	h->total = p->total;
	if (h->ascending) {
		h->at = last;
		while (h->at >= 0 && message_id(items[h->at]) < h->next_id)
			h->at--;
		h->ended = h->at < 0;
		if (!h->ended)
			h->next_id = message_id(items[0]) + 1;
		return;
	}
	h->at = 0;
	while (h->next_id && h->at <= last && message_id(items[h->at]) >= h->next_id)
		h->at++;
	h->ended = h->at > last || (p->is_all && from_start);
	if (h->at <= last)
		h->next_id = message_id(items[last]);
}

static int fetch(struct tobs_client *c, struct tobs_history *h, struct tobs_err *err)
{
	struct message_page page;
	int r = h->started ? TOBS_OK : begin(c, h);

	h->page = NULL;
	if (!r)
		r = ask(c, h, err);
	if (r) {
		h->page = NULL;
		return r;
	}
	if (!message_page_of(h->page, &page)) {
		h->page = NULL;
		return tobs_fail(err, TOBS_EPROTO, "the server gives no page of the history");
	}
	take_page(h, &page);
	return TOBS_OK;
}

/* The next message of the page that is there; NULL when it is used up. */
static const union tl_Message *next_of_page(struct tobs_history *h)
{
	struct message_page page;

	if (!h->page || !message_page_of(h->page, &page))
		return NULL;
	while (h->at >= 0 && h->at < (int64_t)page.messages.count) {
		const union tl_Message *m = page.messages.items[h->at];

		h->at += h->ascending ? -1 : 1;
		if (m->ctor != TL_messageEmpty)
			return m;
	}
	return NULL;
}

int tobs_history_next(struct tobs_client *c, struct tobs_history *h, const union tl_Message **ret,
	struct tobs_err *err)
{
	const union tl_Message *m;

	while (!(m = next_of_page(h))) {
		int r;

		if (h->ended)
			return tobs_fail(err, TOBS_ENOTFOUND, "there are no more messages");
		r = fetch(c, h, err);
		if (r)
			return r;
	}
	*ret = m;
	return TOBS_OK;
}

void tobs_history_deinit(struct tobs_history *h)
{
	if (!h)
		return;
	tobs_reply_deinit(&h->reply);
	h->page = NULL;
	h->started = h->ended = false;
	h->next_id = h->total = 0;
}

const union tl_User *tobs_history_user(const struct tobs_history *h, int64_t id)
{
	struct message_page page;

	return h->page && message_page_of(h->page, &page) ? page_user(&page.users, id) : NULL;
}

const union tl_Chat *tobs_history_chat(const struct tobs_history *h, int64_t id)
{
	struct message_page page;

	return h->page && message_page_of(h->page, &page) ? page_chat(&page.chats, id) : NULL;
}

int32_t tobs_history_total(const struct tobs_history *h)
{
	return h->total;
}
