/* SPDX-License-Identifier: MIT */
/*
 * Channels and select. Invariants: receivers wait only while the channel is
 * empty, senders only while it is full; an element goes from hand to hand when
 * both are there.
 */
#include <string.h>

#include "base/alloc.h"
#include "base/rand.h"
#include "rt/sched.h"

struct tobs_chan {
	size_t elem_size;
	size_t capacity;
	size_t first; /* the oldest element */
	size_t count;
	bool closed;
	struct tobs_waiters senders;
	struct tobs_waiters receivers;
	uint8_t ring[];
};

int tobs_chan_new(size_t elem_size, size_t capacity, struct tobs_chan **ret)
{
	struct tobs_chan *c;
	size_t bytes;

	if (__builtin_mul_overflow(elem_size, capacity, &bytes) ||
		__builtin_add_overflow(bytes, sizeof *c, &bytes))
		return TOBS_ETOOBIG;
	c = mem_alloc(bytes);
	if (!c)
		return TOBS_ENOMEM;
	*c = (struct tobs_chan){ .elem_size = elem_size, .capacity = capacity };
	waiters_init(&c->senders);
	waiters_init(&c->receivers);
	*ret = c;
	return TOBS_OK;
}

void tobs_chan_free(struct tobs_chan *c)
{
	if (!c)
		return;
	assert(waiters_empty(&c->senders) && waiters_empty(&c->receivers));
	mem_free(c);
}

/* A channel of nothing, only of signals, may get NULL for its elements. */
static void copy(const struct tobs_chan *c, void *to, const void *from)
{
	if (c->elem_size)
		memcpy(to, from, c->elem_size);
}

static uint8_t *ring_at(struct tobs_chan *c, size_t i)
{
	size_t at = c->first + i;

	return c->ring + (at < c->capacity ? at : at - c->capacity) * c->elem_size;
}

static void ring_push(struct tobs_chan *c, const void *elem)
{
	copy(c, ring_at(c, c->count), elem);
	c->count++;
}

static void ring_pop(struct tobs_chan *c, void *elem)
{
	copy(c, elem, ring_at(c, 0));
	c->first = c->first + 1 < c->capacity ? c->first + 1 : 0;
	c->count--;
}

int tobs_chan_try_send(struct tobs_chan *c, const void *elem)
{
	struct tobs_waiter *receiver;

	if (c->closed)
		return TOBS_ECLOSED;
	receiver = waiters_pop(&c->receivers);
	if (receiver) {
		copy(c, receiver->elem, elem);
		waiter_wake(receiver, TOBS_OK);
		return TOBS_OK;
	}
	if (c->count == c->capacity)
		return TOBS_EAGAIN;
	ring_push(c, elem);
	return TOBS_OK;
}

int tobs_chan_try_recv(struct tobs_chan *c, void *elem)
{
	struct tobs_waiter *sender;

	if (!c->count) {
		sender = waiters_pop(&c->senders);
		if (!sender)
			return c->closed ? TOBS_ECLOSED : TOBS_EAGAIN;
		copy(c, elem, sender->elem);
		waiter_wake(sender, TOBS_OK);
		return TOBS_OK;
	}
	ring_pop(c, elem);
	sender = waiters_pop(&c->senders);
	if (sender) {
		ring_push(c, sender->elem);
		waiter_wake(sender, TOBS_OK);
	}
	return TOBS_OK;
}

/* Waits in a queue of the channel until somebody has dealt with the element. */
static int chan_wait(struct tobs_waiters *q, const char *what, void *elem)
{
	struct tobs_waiter w = { .fiber = fiber_self(), .elem = elem };
	int r;

	waiters_push(q, &w);
	r = fiber_park(what, q, WAIT_FOREVER);
	waiter_remove(&w);
	return r;
}

int tobs_chan_send(struct tobs_chan *c, const void *elem)
{
	int r = fiber_checkpoint();

	if (!r)
		r = tobs_chan_try_send(c, elem);
	/* The element is only read from a queue of senders. */
	return r == TOBS_EAGAIN
		? chan_wait(&c->senders, "sending on a channel", (void *)(uintptr_t)elem)
		: r;
}

int tobs_chan_recv(struct tobs_chan *c, void *elem)
{
	int r = fiber_checkpoint();

	if (!r)
		r = tobs_chan_try_recv(c, elem);
	return r == TOBS_EAGAIN ? chan_wait(&c->receivers, "receiving on a channel", elem) : r;
}

void tobs_chan_close(struct tobs_chan *c)
{
	if (c->closed)
		return;
	c->closed = true;
	waiters_wake_all(&c->senders, TOBS_ECLOSED);
	waiters_wake_all(&c->receivers, TOBS_ECLOSED);
}

size_t tobs_chan_count(const struct tobs_chan *c)
{
	return c->count;
}

/* TOBS_EAGAIN, or the case was done and its result is set. */
static int case_try(struct tobs_case *k)
{
	int r = TOBS_EAGAIN;

	if (k->chan && k->op == TOBS_CASE_SEND)
		r = tobs_chan_try_send(k->chan, k->waiter.elem);
	else if (k->chan && k->op == TOBS_CASE_RECV)
		r = tobs_chan_try_recv(k->chan, k->waiter.elem);
	else if (k->event && k->event->set)
		r = TOBS_OK;
	if (r == TOBS_EAGAIN)
		return r;
	k->result = k->op == TOBS_CASE_EVENT ? k->event->result : r;
	return TOBS_OK;
}

static void case_enlist(struct tobs_case *k, struct tobs_fiber *self, struct tobs_waiter **chosen)
{
	k->waiter.fiber = self;
	k->waiter.chosen = chosen;
	if (k->chan && k->op == TOBS_CASE_SEND)
		waiters_push(&k->chan->senders, &k->waiter);
	else if (k->chan && k->op == TOBS_CASE_RECV)
		waiters_push(&k->chan->receivers, &k->waiter);
	else if (k->event)
		waiters_push(&k->event->waiters, &k->waiter);
	else
		list_init(as_list(&k->waiter.link));
}

int tobs_select(struct tobs_case *cases, size_t count, int64_t ms, size_t *ret_which)
{
	struct tobs_waiter *chosen = NULL;
	struct rt *rt = rt_self;
	size_t start;
	int r = fiber_checkpoint();

	if (r)
		return r;
	start = count ? prng_below(&(struct prng){ ++rt->dice }, count) : 0;
	for (size_t i = 0; i < count; i++) {
		size_t which = (start + i) % count;

		if (case_try(&cases[which]) == TOBS_OK) {
			*ret_which = which;
			return TOBS_OK;
		}
	}
	if (ms == 0)
		return TOBS_EAGAIN;
	for (size_t i = 0; i < count; i++)
		case_enlist(&cases[i], rt->current, &chosen);
	r = fiber_park("one of several", cases, rt_after(ms));
	for (size_t i = 0; i < count; i++)
		waiter_remove(&cases[i].waiter);
	if (!chosen)
		return r;
	for (size_t i = 0; i < count; i++)
		if (chosen == &cases[i].waiter) {
			cases[i].result = cases[i].op == TOBS_CASE_EVENT ? cases[i].event->result
									 : r;
			*ret_which = i;
		}
	return TOBS_OK;
}
