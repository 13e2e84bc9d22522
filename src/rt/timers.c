/* SPDX-License-Identifier: MIT */
#include "rt/timers.h"

#include <tobs/err.h>

#include "base/alloc.h"
#include "base/array.h"

enum { FANOUT = 4 }; /* four children's pointers are in one cache line */

void timers_deinit(struct timers *t)
{
	mem_free(t->heap);
	*t = (struct timers){ 0 };
}

int timers_reserve(struct timers *t, size_t count)
{
	if (count <= t->cap)
		return TOBS_OK;
	return array_reserve(
		(void **)&t->heap, &t->cap, t->count, count - t->count, sizeof(struct alarm *));
}

static bool before(const struct alarm *a, const struct alarm *b)
{
	return a->at != b->at ? a->at < b->at : a->ticket < b->ticket;
}

static void place(struct timers *t, size_t i, struct alarm *a)
{
	t->heap[i] = a;
	a->slot = i + 1;
}

/* Moves `a` from the hole at i towards the root. */
static void sift_up(struct timers *t, size_t i, struct alarm *a)
{
	while (i > 0) {
		size_t parent = (i - 1) / FANOUT;

		if (before(t->heap[parent], a))
			break;
		place(t, i, t->heap[parent]);
		i = parent;
	}
	place(t, i, a);
}

/* Moves `a` from the hole at i towards the leaves. */
static void sift_down(struct timers *t, size_t i, struct alarm *a)
{
	for (;;) {
		size_t first = i * FANOUT + 1, best = first;

		if (first >= t->count)
			break;
		for (size_t c = first + 1; c < first + FANOUT && c < t->count; c++)
			if (before(t->heap[c], t->heap[best]))
				best = c;
		if (before(a, t->heap[best]))
			break;
		place(t, i, t->heap[best]);
		i = best;
	}
	place(t, i, a);
}

static void sift(struct timers *t, size_t i, struct alarm *a)
{
	if (i > 0 && before(a, t->heap[(i - 1) / FANOUT]))
		sift_up(t, i, a);
	else
		sift_down(t, i, a);
}

void timers_set(struct timers *t, struct alarm *a, int64_t at, uint64_t ticket)
{
	size_t i = a->slot ? a->slot - 1 : t->count;

	assert(a->slot || t->count < t->cap);
	a->at = at;
	a->ticket = ticket;
	if (!a->slot)
		t->count++;
	sift(t, i, a);
}

void timers_clear(struct timers *t, struct alarm *a)
{
	size_t i = a->slot;
	struct alarm *last;

	if (!i)
		return;
	a->slot = 0;
	last = t->heap[--t->count];
	if (last != a)
		sift(t, i - 1, last);
}
