/* SPDX-License-Identifier: MIT */
/* Changing messages that are there: editing, deleting, pinning, counting views. */
#include <stdlib.h>

#include "base/attr.h"
#include "sim/change.h"
#include "sim/copies.h"
#include "sim/inner.h"

static bool is_admin(const struct sim_chat *c, int64_t user)
{
	const struct sim_member *m = c ? sim_member(c, user) : NULL;

	return m && (m->role == SIM_ADMIN || m->role == SIM_CREATOR);
}

bool sim_is_admin(const struct sim_chat *c, int64_t user)
{
	return is_admin(c, user);
}

static int no_memory(struct tobs_err *err)
{
	return tobs_fail(err, TOBS_ENOMEM, "no memory for a change");
}

/* ---- editing ---- */

/* Posts may be edited by admins, other messages by who wrote them. */
static bool may_edit(const struct sim_history *h, const union tl_Message *m, int64_t actor)
{
	if (h->chat && h->chat->kind == SIM_CHAT_CHANNEL)
		return is_admin(h->chat, actor);
	if (sim_message_from(m) == actor || m->message.via_bot_id == actor)
		return true;
	return sim_message_from(m) == h->peer && is_admin(h->chat, actor);
}

static bool same(const struct tl_message *a, const struct tl_message *b)
{
	struct tobs_buf left, right;
	bool equal = false;

	tobs_buf_init(&left, 1 << 24);
	tobs_buf_init(&right, 1 << 24);
	if (!tl_encode(&left, a, NULL) && !tl_encode(&right, b, NULL))
		equal = tobs_view_eq(tobs_buf_view(&left), tobs_buf_view(&right));
	tobs_buf_deinit(&left);
	tobs_buf_deinit(&right);
	return equal;
}

static void put_in(
	struct tl_message *m, const struct tl_message *draft, const struct sim_edit *edit)
{
	if (edit->text) {
		m->message = draft->message;
		m->entities = draft->entities;
		m->has_entities = draft->entities.count > 0;
		m->rich_message = draft->rich_message;
		m->has_rich_message = draft->rich_message != NULL;
	}
	if (edit->media) {
		m->media = draft->media;
		m->has_media = draft->media != NULL;
	}
	if (edit->markup) {
		m->reply_markup = draft->reply_markup;
		m->has_reply_markup = draft->reply_markup != NULL;
	}
}

static const struct tl_message *own_draft(struct sim_history *h, const struct tl_message *draft)
{
	struct tl_message whole = *draft;
	const void *copy = NULL;

	whole.ctor = TL_message;
	whole.peer_id = h->tl_peer;
	return tl_copy(&whole, &h->world->arena, &copy, NULL) ? NULL : copy;
}

static int edit_copy(
	const struct sim_copy *c, const struct tl_message *draft, const struct sim_edit *edit)
{
	union tl_Message *m = sim_history_edit(c->history, c->id);
	int r;

	if (!m)
		return TOBS_ENOMEM;
	put_in(&m->message, draft, edit);
	if (!edit->quietly) {
		m->message.has_edit_date = 1;
		m->message.edit_date = sim_now(c->history->world);
	}
	r = sim_history_replace(c->history, m);
	return r ? r : sim_tell_message(c->history, m, true);
}

static int check_edit(
	struct sim_history *h, int32_t id, const struct sim_edit *edit, struct tobs_err *err)
{
	union tl_Message *m = sim_history_edit(h, id);
	struct tl_message after;

	if (!m || m->ctor != TL_message)
		return sim_refuse(err, 400, "MESSAGE_ID_INVALID");
	if (!may_edit(h, m, edit->actor))
		return sim_refuse(err, 403, "MESSAGE_AUTHOR_REQUIRED");
	after = m->message;
	put_in(&after, edit->draft, edit);
	if (!after.media && !after.rich_message && !after.message.len)
		return sim_refuse(err, 400, "MESSAGE_EMPTY");
	if (same(&m->message, &after))
		return sim_refuse(err, 400, "MESSAGE_NOT_MODIFIED");
	return TOBS_OK;
}

int sim_edit(struct sim_history *h, int32_t id, const struct sim_edit *edit, struct tobs_err *err)
{
	struct sim_copy self;
	size_t n;
	const struct sim_copy *copies = sim_copies(h, id, &self, &n);
	const struct tl_message *draft;
	int32_t talk;
	int r = check_edit(h, id, edit, err);

	if (r)
		return r;
	draft = own_draft(h, edit->draft);
	if (!draft)
		return no_memory(err);
	for (size_t i = 0; i < n && !r; i++)
		r = edit_copy(&copies[i], draft, edit);
	talk = h->chat && h->chat->kind == SIM_CHAT_CHANNEL ? sim_discussion_of(h->chat, id) : 0;
	if (!r && talk) {
		struct sim_copy there = { h->chat->linked->history, talk };

		r = edit_copy(&there, draft, edit);
	}
	return r ? no_memory(err) : TOBS_OK;
}

/* ---- deleting ---- */

/* Everybody may delete in their own chats; in channels, one's own messages, and admins all. */
static bool may_delete(struct sim_history *h, int64_t actor, int32_t id, bool revoke)
{
	struct tobs_arena scratch;
	const union tl_Message *m;
	bool own;

	if (!h->box->channel && !(revoke && h->chat))
		return true;
	if (is_admin(h->chat, actor))
		return true;
	tobs_arena_init(&scratch, 1 << 20);
	m = sim_history_get(h, id, &scratch);
	own = !m || sim_message_from(m) == actor;
	tobs_arena_deinit(&scratch);
	return own;
}

static int tell_deleted(struct sim_history *h, const int32_t *ids, size_t count)
{
	struct tobs_arena *arena = &h->world->arena;
	struct tl_updateDeleteMessages *u;
	struct tl_updateDeleteChannelMessages *v;
	struct tl_vec_int list = { (uint32_t)count,
		tobs_arena_dup(arena, ids, count * sizeof *ids) };

	if (!list.items)
		return TOBS_ENOMEM;
	if (!h->box->channel) {
		u = SIM_NEW(arena, updateDeleteMessages);
		if (u)
			u->messages = list;
		return sim_tell(h->box, (void *)u, (int32_t)count, h, 0);
	}
	v = SIM_NEW(arena, updateDeleteChannelMessages);
	if (v) {
		v->channel_id = sim_peer_id(h->peer);
		v->messages = list;
	}
	return sim_tell(h->box, (void *)v, (int32_t)count, h, 0);
}

static int take_out(struct sim_history *h, int32_t id)
{
	struct sim_account *a = h->box->account;
	struct sim_dialog *d = a ? sim_dialog(a, h->peer) : NULL;
	int r = sim_history_remove(h, id);

	if (r)
		return r;
	sim_copies_drop(h, id);
	if (d && d->unread > 0 && id > d->read_inbox_max_id)
		d->unread--;
	return TOBS_OK;
}

typedef ARRAY_OF(struct sim_copy) copy_list;

static int by_history(const void *left, const void *right)
{
	const struct sim_copy *a = left, *b = right;

	if (a->history != b->history)
		return a->history < b->history ? -1 : 1;
	return (a->id > b->id) - (a->id < b->id);
}

/* All that go, of all boxes; each once. */
static int collect(
	struct sim_history *h, const int32_t *ids, size_t count, bool revoke, copy_list *ret)
{
	for (size_t i = 0; i < count; i++) {
		struct sim_copy self;
		size_t n;
		const struct sim_copy *copies = sim_copies(h, ids[i], &self, &n);

		for (size_t k = 0; k < n; k++)
			if ((revoke || copies[k].history == h) &&
				sim_list_has(&copies[k].history->list, copies[k].id) &&
				ARRAY_PUSH(ret, copies[k]))
				return TOBS_ENOMEM;
	}
	qsort(ret->items, ret->count, sizeof *ret->items, by_history);
	return TOBS_OK;
}

/* One event for each box, about all that it lost. */
static int delete_runs(copy_list *all, const struct sim_history *own, size_t *ret_deleted)
{
	ARRAY_OF(int32_t) ids = { 0 };
	int r = TOBS_OK;

	for (size_t i = 0; i < all->count && !r;) {
		struct sim_history *h = all->items[i].history;

		ids.count = 0;
		for (; i < all->count && all->items[i].history == h && !r; i++) {
			if (i && all->items[i - 1].history == h &&
				all->items[i - 1].id == all->items[i].id)
				continue;
			r = take_out(h, all->items[i].id);
			if (!r)
				r = ARRAY_PUSH(&ids, all->items[i].id);
		}
		if (!r && ids.count)
			r = tell_deleted(h, ids.items, ids.count);
		if (h == own)
			*ret_deleted = ids.count;
	}
	ARRAY_DEINIT(&ids);
	return r;
}

int sim_delete(struct sim_history *h, int64_t actor, const int32_t *ids, size_t count, bool revoke,
	size_t *ret_deleted, struct tobs_err *err)
{
	copy_list all = { 0 };
	size_t deleted = 0;
	int r;

	for (size_t i = 0; i < count; i++)
		if (!may_delete(h, actor, ids[i], revoke))
			return sim_refuse(err, 403, "MESSAGE_DELETE_FORBIDDEN");
	r = collect(h, ids, count, revoke || h->box->channel, &all);
	if (!r)
		r = delete_runs(&all, h, &deleted);
	ARRAY_DEINIT(&all);
	if (r)
		return no_memory(err);
	if (ret_deleted)
		*ret_deleted = deleted;
	return TOBS_OK;
}

/* ---- pinning ---- */

static int tell_pinned(struct sim_history *h, int32_t id, bool on)
{
	struct tobs_arena *arena = &h->world->arena;
	struct tl_updatePinnedMessages *u;
	struct tl_updatePinnedChannelMessages *v;
	struct tl_vec_int list = { 1, tobs_arena_dup(arena, &id, sizeof id) };

	if (!list.items)
		return TOBS_ENOMEM;
	if (!h->box->channel) {
		u = SIM_NEW(arena, updatePinnedMessages);
		if (u) {
			u->pinned = on;
			u->peer = h->tl_peer;
			u->messages = list;
		}
		return sim_tell(h->box, (void *)u, 1, h, id);
	}
	v = SIM_NEW(arena, updatePinnedChannelMessages);
	if (v) {
		v->pinned = on;
		v->channel_id = sim_peer_id(h->peer);
		v->messages = list;
	}
	return sim_tell(h->box, (void *)v, 1, h, id);
}

static int pin_copy(const struct sim_copy *c, bool on)
{
	union tl_Message *m = sim_history_edit(c->history, c->id);
	int r;

	if (!m)
		return TOBS_ENOMEM;
	m->message.pinned = on;
	r = sim_history_replace(c->history, m);
	return r ? r : tell_pinned(c->history, c->id, on);
}

static int tell_who_pinned(struct sim_history *h, int64_t actor, int32_t id, struct tobs_err *err)
{
	struct tl_messageActionPinMessage action = { .ctor = TL_messageActionPinMessage };
	struct tl_messageReplyHeader to = {
		.ctor = TL_messageReplyHeader, .has_reply_to_msg_id = 1, .reply_to_msg_id = id
	};

	return sim_post(h->world,
		&(struct sim_post){ .from = actor,
			.to = h->peer,
			.action = (const void *)&action,
			.reply_to = (const void *)&to },
		NULL, err);
}

int sim_pin(
	struct sim_history *h, int64_t actor, int32_t id, bool on, bool tell, struct tobs_err *err)
{
	struct sim_copy self;
	size_t n;
	const struct sim_copy *copies = sim_copies(h, id, &self, &n);
	struct tobs_arena scratch;
	const union tl_Message *m;
	bool pinnable;
	int r = TOBS_OK;

	if (h->chat && !is_admin(h->chat, actor))
		return sim_refuse(err, 400, "CHAT_ADMIN_REQUIRED");
	tobs_arena_init(&scratch, 1 << 20);
	m = sim_history_get(h, id, &scratch);
	pinnable = m && m->ctor == TL_message;
	tobs_arena_deinit(&scratch);
	if (!pinnable)
		return sim_refuse(err, 400, "MESSAGE_ID_INVALID");
	for (size_t i = 0; i < n && !r; i++)
		r = pin_copy(&copies[i], on);
	if (r)
		return no_memory(err);
	return on && tell ? tell_who_pinned(h, actor, id, err) : TOBS_OK;
}

/* ---- views ---- */

static int count_view(struct sim_history *h, int32_t id)
{
	union tl_Message *m = sim_history_edit(h, id);
	struct tl_updateChannelMessageViews *u;
	int r;

	if (!m || m->ctor != TL_message || !m->message.has_views)
		return TOBS_OK;
	m->message.views++;
	r = sim_history_replace(h, m);
	if (r || !h->box->channel)
		return r;
	u = SIM_NEW(&h->world->arena, updateChannelMessageViews);
	if (u) {
		u->channel_id = sim_peer_id(h->peer);
		u->id = id;
		u->views = m->message.views;
	}
	return sim_tell(h->box, (void *)u, 0, h, id);
}

int sim_count_views(struct sim_history *h, const int32_t *ids, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int r = count_view(h, ids[i]);

		if (r)
			return r;
	}
	return TOBS_OK;
}
