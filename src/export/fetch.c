/* SPDX-License-Identifier: MIT */
#include "export/fetch.h"

#include "base/alloc.h"
#include "client/page.h"

/* A page that is there, and waits for its turn. */
struct page {
	struct tobs_reply reply;
	struct message_page messages;
	struct page *next_free;
};

struct work {
	const struct fetch *fetch;
	struct slots slots;
	struct tobs_group fibers;
	struct tobs_cond changed;
	struct page *free; /* their memory is used again */
	int idle;          /* fibers that wait for a slot */
	bool delivering;   /* one fiber at a time hands pages on */
	int failure;
	struct tobs_err err;
};

int fetch_page(const struct fetch *f, const struct fetch_offset *offset, int32_t limit,
	struct tobs_reply *reply, const union tl_messages_Messages **ret, struct tobs_err *err)
{
	struct tobs_peer_input room;
	const struct tl_messages_getHistory query = {
		.ctor = TL_messages_getHistory,
		.peer = tobs_peer_input(&f->peer, &room),
		.offset_id = offset->id,
		.offset_date = offset->date,
		.add_offset = offset->add,
		.limit = limit,
	};
	const struct tl_invokeWithMessagesRange within = {
		.ctor = TL_invokeWithMessagesRange,
		.range = f->split,
		.query = &query,
	};
	const struct tl_invokeWithTakeout takeout = {
		.ctor = TL_invokeWithTakeout,
		.takeout_id = f->takeout,
		.query = f->split ? (const void *)&within : &query,
	};

	if (f->takeout)
		return tobs_call(f->client, TL_invokeWithTakeout, &takeout, reply, ret, err);
	return tobs_call(f->client, TL_messages_getHistory, &query, reply, ret, err);
}

static void fail(struct work *w, int code, const struct tobs_err *err)
{
	if (!w->failure) {
		w->failure = code;
		w->err = *err;
	}
	tobs_cond_broadcast(&w->changed);
}

static struct page *take_page(struct work *w)
{
	struct page *p = w->free;

	if (p) {
		w->free = p->next_free;
		return p;
	}
	p = MEM_NEW(struct page);
	if (p)
		p->reply = (struct tobs_reply)TOBS_REPLY_INIT;
	return p;
}

static void give_page(struct work *w, struct page *p)
{
	p->next_free = w->free;
	w->free = p;
}

static void free_page(struct page *p)
{
	if (p)
		tobs_reply_deinit(&p->reply);
	mem_free(p);
}

/* Hands on what is next in order; others may come by meanwhile, they leave it to this one. */
static void deliver(struct work *w)
{
	const struct fetch *f = w->fetch;
	struct tobs_err err = { 0 };
	struct slot *slot;
	int r = TOBS_OK;

	if (w->delivering)
		return;
	w->delivering = true;
	while (!w->failure && !r && (slot = slots_head(&w->slots))) {
		struct page *p = slot->page;

		r = sink_put(f->sink,
			&(struct sink_page){ .chat = f->chat,
				.messages = &p->messages.messages,
				.users = &p->messages.users,
				.chats = &p->messages.chats,
				.first = slot->first,
				.last = slot->last,
				.again = f->again,
				.counts = f->counts },
			&err);
		if (r)
			break;
		slots_pop(&w->slots);
		give_page(w, p);
		tobs_cond_broadcast(&w->changed);
	}
	w->delivering = false;
	if (r)
		fail(w, r, &err);
}

/* Asks for the slot's page, and finds out what it covers. */
static int fetch_slot(struct work *w, struct slot *slot, struct page *p, struct tobs_err *err)
{
	const struct fetch *f = w->fetch;
	const struct fetch_offset from = { slot->first, 0, -SLOT_PAGE };
	const union tl_messages_Messages *answer;
	int32_t highest = 0;
	int r = fetch_page(f, &from, SLOT_PAGE, &p->reply, &answer, err);

	if (r)
		return r;
	if (!message_page_of(answer, &p->messages))
		return tobs_fail(err, TOBS_EPROTO,
			"the server says that nothing changed, which it was not asked");
	for (uint32_t i = 0; i < p->messages.messages.count; i++)
		highest = MAX(highest, message_id(p->messages.messages.items[i]));
	r = slots_done(&w->slots, slot, (int)p->messages.messages.count, highest);
	if (r == TOBS_EPROTO)
		return tobs_fail(
			err, r, "asked for messages from %d on, got %d", slot->first, highest);
	if (r)
		return tobs_fail(err, r, "out of memory");
	slot->page = p;
	if (f->arrived)
		f->arrived(f->user, p->messages.messages.count);
	return TOBS_OK;
}

/* A slot when there is one to be had, under a permit of the pace. */
static int next_slot(struct work *w, struct slot **ret)
{
	int r;

	for (;;) {
		*ret = NULL;
		if (w->failure || slots_finished(&w->slots))
			return TOBS_ECLOSED;
		r = pace_enter(w->fetch->pace);
		if (r)
			return r;
		r = w->failure ? TOBS_ECLOSED : slots_take(&w->slots, ret);
		if (r || *ret)
			break;
		pace_leave(w->fetch->pace, false);
		/* The last may have come in while this one waited for its permit. */
		if (slots_finished(&w->slots))
			continue;
		w->idle++;
		r = tobs_cond_wait(&w->changed);
		w->idle--;
		if (r)
			return r;
	}
	if (r)
		pace_leave(w->fetch->pace, false);
	return r;
}

static int run(void *arg);

/* As long as there are slots and permits to be had, one fiber more each time. */
static void grow(struct work *w)
{
	const struct pace *pace = w->fetch->pace;

	if (!w->idle && !w->failure && (int)tobs_group_count(&w->fibers) < pace->max &&
		!slots_finished(&w->slots))
		tobs_group_spawn(
			&w->fibers, run, w, &(struct tobs_fiber_options){ .name = "history" });
}

static int run(void *arg)
{
	struct work *w = arg;
	struct tobs_err err = { 0 };
	struct slot *slot;
	int r;

	while (!(r = next_slot(w, &slot))) {
		struct page *p = take_page(w);

		grow(w);
		r = p ? fetch_slot(w, slot, p, &err)
		      : tobs_fail(&err, TOBS_ENOMEM, "out of memory");
		pace_leave(w->fetch->pace, !r);
		if (r) {
			if (slot->state == SLOT_BUSY)
				slots_give_back(&w->slots, slot);
			free_page(p);
			break;
		}
		deliver(w);
		tobs_cond_broadcast(&w->changed);
	}
	if (r && r != TOBS_ECLOSED) {
		if (!err.code)
			tobs_fail(&err, r, "stopped while messages were fetched");
		fail(w, r, &err);
	}
	return TOBS_OK;
}

int fetch_ranges(
	const struct fetch *f, const struct slot_range *ranges, size_t count, struct tobs_err *err)
{
	struct work w = { .fetch = f };
	int r;

	slots_init(&w.slots, ranges, count, f->density, f->pace->max + f->pace->max / 2);
	tobs_cond_init(&w.changed);
	tobs_group_init(&w.fibers, 0);
	grow(&w);
	r = tobs_group_wait(&w.fibers);
	if (w.failure) {
		r = w.failure;
		if (err)
			*err = w.err;
	} else if (r) {
		tobs_fail(err, r, "stopped while messages were fetched");
	} else if (!slots_finished(&w.slots)) {
		r = tobs_fail(err, TOBS_ENOMEM, "out of memory");
	}
	LIST_EACH (l, &w.slots.list)
		free_page(LIST_ITEM(l, struct slot, link)->page);
	slots_deinit(&w.slots);
	while (w.free) {
		struct page *p = w.free;

		w.free = p->next_free;
		free_page(p);
	}
	return r;
}
