/* SPDX-License-Identifier: MIT */
#include "sim/history.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/attr.h"
#include "sim/inner.h"

struct sim_history *sim_history_new(
	struct sim_world *w, struct sim_box *box, int64_t peer, struct sim_chat *chat)
{
	struct sim_history *h = TOBS_ARENA_NEW(&w->arena, struct sim_history);

	if (!h)
		return NULL;
	h->world = w;
	h->box = box;
	h->peer = peer;
	h->chat = chat;
	h->tl_peer = sim_tl_peer(w, peer);
	return h->tl_peer ? h : NULL;
}

void sim_history_free(struct sim_history *h)
{
	if (!h)
		return;
	MAP_EACH (slot, &h->threads)
		sim_list_deinit(&((struct sim_thread *)slot->value)->list);
	map_deinit(&h->threads);
	map_deinit(&h->changed);
	map_deinit(&h->posts);
	sim_list_deinit(&h->list);
	ARRAY_DEINIT(&h->stored);
	ARRAY_DEINIT(&h->pinned);
}

int32_t sim_history_count(const struct sim_history *h)
{
	return sim_list_count(&h->list);
}

int32_t sim_history_top(const struct sim_history *h)
{
	int32_t n = sim_list_count(&h->list);

	return n ? sim_list_id(&h->list, n - 1) : 0;
}

int32_t sim_history_date_at(const struct sim_history *h, int32_t index)
{
	int32_t made = sim_list_made(&h->list);

	if (index >= made)
		return sim_message_date(h->stored.items[index - made]);
	return h->list.source->ops->date(h->list.source, sim_list_source_index(&h->list, index));
}

int32_t sim_history_since(const struct sim_history *h, int32_t date)
{
	int32_t n = sim_history_count(h), low = 0, high = n;

	while (low < high) {
		int32_t mid = low + (high - low) / 2;

		if (sim_history_date_at(h, mid) < date)
			low = mid + 1;
		else
			high = mid;
	}
	return n - low;
}

const union tl_Message *sim_history_at(
	const struct sim_history *h, int32_t index, struct tobs_arena *arena)
{
	int32_t made = sim_list_made(&h->list);
	const union tl_Message *m = NULL;

	if (index >= made)
		return h->stored.items[index - made];
	if (h->changed.count)
		m = map_get(&h->changed, (uint64_t)sim_list_id(&h->list, index));
	if (m)
		return m;
	return h->list.source->ops->message(
		h->list.source, sim_list_source_index(&h->list, index), arena);
}

const union tl_Message *sim_history_get(
	const struct sim_history *h, int32_t id, struct tobs_arena *arena)
{
	int32_t index = sim_list_rank(&h->list, id);

	if (index >= sim_history_count(h) || sim_list_id(&h->list, index) != id)
		return NULL;
	return sim_history_at(h, index, arena);
}

union tl_Message *sim_history_edit(struct sim_history *h, int32_t id)
{
	struct tobs_arena *arena = &h->world->arena;
	const union tl_Message *m = sim_history_get(h, id, arena);

	switch (m ? m->ctor : 0) {
	case TL_message: return (void *)SIM_COPY(arena, message, &m->message);
	case TL_messageService: return (void *)SIM_COPY(arena, messageService, &m->messageService);
	default: return NULL;
	}
}

/* ---- threads ---- */

static bool is_forum(const struct sim_history *h)
{
	return h->chat && h->chat->kind == SIM_CHAT_SUPERGROUP && h->chat->tl.channel->forum;
}

static bool has_threads(const struct sim_history *h)
{
	return h->chat && h->chat->kind == SIM_CHAT_SUPERGROUP;
}

int32_t sim_message_top(const struct sim_history *h, const union tl_Message *m)
{
	const union tl_MessageReplyHeader *any = sim_message_reply(m);
	const struct tl_messageReplyHeader *r = NULL;

	if (!has_threads(h))
		return 0;
	if (any && any->ctor == TL_messageReplyHeader)
		r = &any->messageReplyHeader;
	if (!is_forum(h)) {
		/* What a service message answers is what it is about: "pinned this". */
		if (!r || r->reply_to_peer_id || m->ctor == TL_messageService)
			return 0;
		return r->reply_to_top_id ? r->reply_to_top_id : r->reply_to_msg_id;
	}
	if (r && r->forum_topic)
		return r->reply_to_top_id ? r->reply_to_top_id : r->reply_to_msg_id;
	if (m->ctor == TL_messageService && m->messageService.action &&
		m->messageService.action->ctor == TL_messageActionTopicCreate)
		return m->messageService.id;
	return SIM_GENERAL_TOPIC;
}

void sim_message_thread(struct sim_history *h, union tl_Message *m)
{
	const union tl_MessageReplyHeader *any = sim_message_reply(m);
	struct tl_messageReplyHeader *r;
	const union tl_Message *target;
	struct tobs_arena scratch;
	int32_t top;

	if (!has_threads(h) || !any || any->ctor != TL_messageReplyHeader ||
		any->messageReplyHeader.has_reply_to_top_id ||
		any->messageReplyHeader.reply_to_peer_id)
		return;
	tobs_arena_init(&scratch, 1 << 20);
	target = sim_history_get(h, any->messageReplyHeader.reply_to_msg_id, &scratch);
	top = target ? sim_message_top(h, target) : 0;
	tobs_arena_deinit(&scratch);
	/* Replies in the General topic look like those of any group. */
	if (!top || (is_forum(h) && top == SIM_GENERAL_TOPIC))
		return;
	r = SIM_COPY(&h->world->arena, messageReplyHeader, &any->messageReplyHeader);
	if (!r)
		return;
	r->forum_topic = is_forum(h);
	if (top != r->reply_to_msg_id) {
		r->has_reply_to_top_id = 1;
		r->reply_to_top_id = top;
	}
	if (m->ctor == TL_message)
		m->message.reply_to = (const void *)r;
	else
		m->messageService.reply_to = (const void *)r;
}

const struct sim_list *sim_thread(
	const struct sim_history *h, int32_t top, struct sim_list *scratch)
{
	const struct sim_thread *t = map_get(&h->threads, (uint64_t)top);
	const struct sim_source *s = h->list.source;

	if (t)
		return &t->list;
	if (!s || top <= 0 || s->ops->count(s, top) == 0)
		return NULL;
	*scratch = (struct sim_list){ .source = s, .top = top };
	return scratch;
}

int32_t sim_thread_count(const struct sim_history *h, int32_t top)
{
	struct sim_list scratch;
	const struct sim_list *l = sim_thread(h, top, &scratch);

	return l ? sim_list_count(l) : 0;
}

static struct sim_thread *open_thread(struct sim_history *h, int32_t top)
{
	struct sim_thread *t = map_get(&h->threads, (uint64_t)top);

	if (t)
		return t;
	t = TOBS_ARENA_NEW(&h->world->arena, struct sim_thread);
	if (!t || map_put(&h->threads, (uint64_t)top, t))
		return NULL;
	t->list.source = h->list.source;
	t->list.top = top;
	return t;
}

static int thread_add(struct sim_history *h, const union tl_Message *m)
{
	int32_t top = sim_message_top(h, m);
	struct sim_thread *t;

	if (top <= 0)
		return TOBS_OK;
	t = open_thread(h, top);
	return t ? sim_list_add(&t->list, sim_message_id(m)) : TOBS_ENOMEM;
}

static int thread_remove(struct sim_history *h, const union tl_Message *m)
{
	int32_t top = sim_message_top(h, m);
	struct sim_thread *t;
	int r;

	if (top <= 0)
		return TOBS_OK;
	t = open_thread(h, top);
	r = t ? sim_list_remove(&t->list, sim_message_id(m)) : TOBS_ENOMEM;
	return r == TOBS_ENOTFOUND ? TOBS_OK : r;
}

/* ---- pinned messages, comments ---- */

static bool is_pinned(const union tl_Message *m)
{
	return m->ctor == TL_message && m->message.pinned;
}

static int pinned_set(struct sim_history *h, int32_t id, bool on)
{
	size_t slot = 0;

	while (slot < h->pinned.count && h->pinned.items[slot] < id)
		slot++;
	if ((slot < h->pinned.count && h->pinned.items[slot] == id) == on)
		return TOBS_OK;
	if (!on) {
		ARRAY_REMOVE(&h->pinned, slot);
		return TOBS_OK;
	}
	if (ARRAY_PUSH(&h->pinned, id))
		return TOBS_ENOMEM;
	memmove(h->pinned.items + slot + 1, h->pinned.items + slot,
		(h->pinned.count - 1 - slot) * sizeof id);
	h->pinned.items[slot] = id;
	return TOBS_OK;
}

/* The post of a linked channel that this message of its discussion group is the copy of; 0: none. */
static int32_t copied_post(const union tl_Message *m)
{
	const struct tl_messageFwdHeader *f = m->ctor == TL_message ? m->message.fwd_from : NULL;

	if (!f || !f->saved_from_peer || f->saved_from_peer->ctor != TL_peerChannel ||
		sim_peer_of(f->saved_from_peer) != sim_message_from(m))
		return 0;
	return f->saved_from_msg_id;
}

int32_t sim_discussion_of(const struct sim_chat *channel, int32_t post_id)
{
	const struct sim_history *h = channel->linked ? channel->linked->history : NULL;
	const struct sim_source *s = h ? h->list.source : NULL;
	int32_t id;

	if (!h)
		return 0;
	id = (int32_t)(intptr_t)map_get(&h->posts, (uint64_t)post_id);
	if (!id && s && s->ops->copy_of)
		id = s->ops->copy_of(s, post_id);
	return id && sim_list_has(&h->list, id) ? id : 0;
}

static int index_message(struct sim_history *h, const union tl_Message *m)
{
	int32_t post = copied_post(m);

	if (post && map_put(&h->posts, (uint64_t)post, (void *)(intptr_t)sim_message_id(m)))
		return TOBS_ENOMEM;
	if (is_pinned(m) && pinned_set(h, sim_message_id(m), true))
		return TOBS_ENOMEM;
	return thread_add(h, m);
}

/* ---- adding and taking out ---- */

static int insert(struct sim_history *h, size_t slot, union tl_Message *m)
{
	if (ARRAY_PUSH(&h->stored, m))
		return TOBS_ENOMEM;
	memmove(h->stored.items + slot + 1, h->stored.items + slot,
		(h->stored.count - 1 - slot) * sizeof m);
	h->stored.items[slot] = m;
	return TOBS_OK;
}

static int place(struct sim_history *h, int32_t id)
{
	struct sim_box *box = h->box;
	struct sim_place p = { id, h };

	if (box->account) {
		if (ARRAY_PUSH(&box->places, p))
			return TOBS_ENOMEM;
		box->unsorted |= id < box->last_id;
	}
	box->last_id = MAX(box->last_id, id);
	return TOBS_OK;
}

int sim_history_add(struct sim_history *h, union tl_Message *m)
{
	int32_t id = sim_message_id(m);
	size_t slot = sim_list_slot(&h->list, id);
	int r;

	if (id <= 0)
		return TOBS_EINVAL;
	r = sim_list_add(&h->list, id);
	if (r)
		return r;
	r = insert(h, slot, m);
	if (r) {
		sim_list_remove(&h->list, id);
		return r;
	}
	h->version++;
	r = place(h, id);
	return r ? r : index_message(h, m);
}

int sim_history_remove(struct sim_history *h, int32_t id)
{
	struct tobs_arena scratch;
	const union tl_Message *m;
	int32_t index, made, post;
	int r = TOBS_OK;

	tobs_arena_init(&scratch, 1 << 20);
	m = sim_history_get(h, id, &scratch);
	if (!m) {
		r = TOBS_ENOTFOUND;
		goto out;
	}
	r = thread_remove(h, m);
	if (r)
		goto out;
	post = copied_post(m);
	if (post)
		map_remove(&h->posts, (uint64_t)post);
	pinned_set(h, id, false);
	map_remove(&h->changed, (uint64_t)id);
	index = sim_list_rank(&h->list, id);
	made = sim_list_made(&h->list);
	r = sim_list_remove(&h->list, id);
	if (!r && index >= made)
		ARRAY_REMOVE(&h->stored, (size_t)(index - made));
	h->version++;
out:
	tobs_arena_deinit(&scratch);
	return r;
}

int sim_history_replace(struct sim_history *h, union tl_Message *m)
{
	int32_t id = sim_message_id(m), index = sim_list_rank(&h->list, id);
	int32_t made = sim_list_made(&h->list);

	if (!sim_list_has(&h->list, id))
		return TOBS_ENOTFOUND;
	if (pinned_set(h, id, is_pinned(m)))
		return TOBS_ENOMEM;
	if (index >= made)
		h->stored.items[index - made] = m;
	else if (map_put(&h->changed, (uint64_t)id, m))
		return TOBS_ENOMEM;
	h->version++;
	return TOBS_OK;
}

int sim_history_source(struct sim_history *h, const struct sim_source *s)
{
	assert(sim_history_count(h) == 0 && !h->list.source);
	if (h->box->account && ARRAY_PUSH(&h->box->made, h))
		return TOBS_ENOMEM;
	h->list.source = s;
	h->box->last_id = MAX(h->box->last_id, s->last_id);
	h->version++;
	return TOBS_OK;
}

/* ---- id spaces ---- */

void sim_box_deinit(struct sim_box *box)
{
	ARRAY_DEINIT(&box->log);
	ARRAY_DEINIT(&box->places);
	ARRAY_DEINIT(&box->made);
}

static int by_id(const void *left, const void *right)
{
	const struct sim_place *a = left, *b = right;

	return (a->id > b->id) - (a->id < b->id);
}

struct sim_history *sim_box_find(struct sim_box *box, int32_t id)
{
	size_t low = 0, high = box->places.count;

	if (box->channel)
		return sim_list_has(&box->channel->history->list, id) ? box->channel->history
								      : NULL;
	if (box->unsorted)
		qsort(box->places.items, box->places.count, sizeof *box->places.items, by_id);
	box->unsorted = false;
	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (box->places.items[mid].id < id)
			low = mid + 1;
		else
			high = mid;
	}
	for (; low < box->places.count && box->places.items[low].id == id; low++)
		if (sim_list_has(&box->places.items[low].history->list, id))
			return box->places.items[low].history;
	ARRAY_EACH (h, &box->made)
		if (id <= (*h)->list.source->last_id && sim_list_has(&(*h)->list, id))
			return *h;
	return NULL;
}

bool sim_box_taken(struct sim_box *box, int32_t id)
{
	return sim_box_find(box, id) != NULL;
}

int sim_box_next(struct sim_box *box, int32_t least, int32_t *ret)
{
	if (box->last_id == INT32_MAX)
		return TOBS_ETOOBIG;
	*ret = MAX(box->last_id + 1, least);
	return TOBS_OK;
}
