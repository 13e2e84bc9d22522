/* SPDX-License-Identifier: MIT */
#include "export/slots.h"

#include <tobs/err.h>

#include "base/alloc.h"

enum {
	/*
	 * Messages a slot should have. A little less than a page where ids have
	 * gaps: a slot with one message too many costs a page, one with some too few
	 * costs those few.
	 */
	AIM = 93,
	PIECES_MAX = 32, /* of a slot that turned out to be much denser than thought */
};

static const double DENSITY_MIN = 1e-6, NEARLY_FULL = 0.99, LEARNING = 0.2;

void slots_init(
	struct slots *s, const struct slot_range *ranges, size_t count, double density, int window)
{
	*s = (struct slots){ .ranges = ranges, .range_count = count, .window = MAX(window, 1) };
	s->density = density > 0 ? MAX(MIN(density, 1), DENSITY_MIN) : 1;
	s->next = count ? ranges[0].first : 0;
	list_init(&s->list);
}

void slots_deinit(struct slots *s)
{
	LIST_EACH (l, &s->list)
		mem_free(LIST_ITEM(l, struct slot, link));
	list_init(&s->list);
}

/* Ids that hold about a page of messages. */
static int32_t span(double density)
{
	double ids = density >= NEARLY_FULL ? SLOT_PAGE : AIM / MAX(density, DENSITY_MIN);

	return (int32_t)MIN(ids, 1e9);
}

static struct slot *add_before(struct list *at, int32_t first, int32_t last)
{
	struct slot *slot = MEM_NEW(struct slot);

	if (!slot)
		return NULL;
	slot->first = first;
	slot->last = last;
	slot->state = SLOT_FREE;
	list_insert_before(at, &slot->link);
	return slot;
}

/* The frontier moves to the id behind `last`. */
static void advance(struct slots *s, int32_t last)
{
	const struct slot_range *r = &s->ranges[s->range];

	if (last < r->last) {
		s->next = last + 1;
	} else if (++s->range < s->range_count) {
		s->next = s->ranges[s->range].first;
	}
}

static int cut(struct slots *s, struct slot **ret)
{
	int64_t last;

	*ret = NULL;
	if (s->range == s->range_count)
		return TOBS_OK;
	last = MIN((int64_t)s->next + span(s->density) - 1, s->ranges[s->range].last);
	*ret = add_before(&s->list, s->next, (int32_t)last);
	if (!*ret)
		return TOBS_ENOMEM;
	advance(s, (int32_t)last);
	return TOBS_OK;
}

int slots_take(struct slots *s, struct slot **ret)
{
	struct slot *slot = NULL;
	int r;

	*ret = NULL;
	if (s->busy >= s->window)
		return TOBS_OK;
	/* A free one holds back those behind it that are done: it is never made to wait for them. */
	LIST_EACH (l, &s->list) {
		slot = LIST_ITEM(l, struct slot, link);
		if (slot->state == SLOT_FREE)
			break;
		slot = NULL;
	}
	if (!slot && s->busy + s->done < s->window) {
		r = cut(s, &slot);
		if (r)
			return r;
	}
	if (!slot)
		return TOBS_OK;
	slot->state = SLOT_BUSY;
	s->busy++;
	*ret = slot;
	return TOBS_OK;
}

/* The page reached beyond the slot: nobody need ask for that again, unless somebody does already. */
static void extend(struct slots *s, struct slot *slot, int32_t highest)
{
	while (slot->last < highest) {
		struct list *l = slot->link.next;
		struct slot *next = l == &s->list ? NULL : LIST_ITEM(l, struct slot, link);

		if (!next) {
			const struct slot_range *r = &s->ranges[s->range];

			if (s->range == s->range_count || s->next != slot->last + 1)
				return;
			slot->last = MIN(highest, r->last);
			advance(s, slot->last);
			return;
		}
		if (next->state != SLOT_FREE || next->first != slot->last + 1)
			return;
		if (next->last > highest) {
			next->first = highest + 1;
			slot->last = highest;
			return;
		}
		slot->last = next->last;
		list_remove(l);
		mem_free(next);
	}
}

/* The page ended inside: the rest is to be asked for, in parts when it is large. */
static int divide(struct slot *slot, int count, int32_t highest)
{
	double density = (double)count / ((double)highest - slot->first + 1);
	int64_t first = (int64_t)highest + 1, rest = slot->last - highest, pieces, size;
	struct list *at = slot->link.next;

	pieces = MAX(1, MIN((rest + span(density) - 1) / span(density), PIECES_MAX));
	size = (rest + pieces - 1) / pieces;
	for (; first <= slot->last; first += size) {
		int64_t last = MIN(first + size - 1, slot->last);

		if (add_before(at, (int32_t)first, (int32_t)last))
			continue;
		/* What could not be added stays part of what was. */
		if (slot->link.next != at) {
			struct slot *before = LIST_ITEM(at->prev, struct slot, link);

			before->last = slot->last;
			break;
		}
		return TOBS_ENOMEM;
	}
	slot->last = highest;
	return TOBS_OK;
}

int slots_done(struct slots *s, struct slot *slot, int count, int32_t highest)
{
	int r = TOBS_OK;

	if (count > 0 && highest < slot->first)
		return TOBS_EPROTO;
	if (count > 0) {
		double here = (double)count / ((double)highest - slot->first + 1);

		s->density += (MIN(here, 1) - s->density) * LEARNING * count / SLOT_PAGE;
		s->density = MAX(s->density, DENSITY_MIN);
		if (highest < slot->last)
			r = divide(slot, count, highest);
		else
			extend(s, slot, highest);
		if (r)
			return r;
	}
	slot->state = SLOT_DONE;
	s->busy--;
	s->done++;
	return TOBS_OK;
}

void slots_give_back(struct slots *s, struct slot *slot)
{
	slot->state = SLOT_FREE;
	s->busy--;
}

struct slot *slots_head(const struct slots *s)
{
	struct slot *slot = list_empty(&s->list) ? NULL
						 : LIST_ITEM(s->list.next, struct slot, link);

	return slot && slot->state == SLOT_DONE ? slot : NULL;
}

void slots_pop(struct slots *s)
{
	struct slot *slot = slots_head(s);

	if (!slot)
		return;
	list_remove(&slot->link);
	s->done--;
	mem_free(slot);
}

bool slots_finished(const struct slots *s)
{
	return s->range == s->range_count && list_empty(&s->list);
}
