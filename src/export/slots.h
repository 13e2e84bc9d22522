/* SPDX-License-Identifier: MIT */
/*
 * Which pages of a history to ask for, when several are in flight.
 *
 * What is wanted is every message of some ranges of ids. A page is "up to 100
 * messages from id F on, ascending". How many ids that covers is known only
 * when it is there, so ranges are cut into slots of about a page each, by the
 * density seen so far (messages an id), and mended as the answers come:
 *
 *     wanted   |----------------------------------------------…
 *     slots    [ done ][ busy ][ busy ][ free ][ free ]· frontier
 *
 *     the page ended inside its slot     the rest becomes free slots behind it
 *     it went beyond, and what follows   that is shortened: nothing is asked
 *     is free, or not cut yet            for twice
 *
 * A page proves what it covers: from F to its last message nothing is missing.
 * So a page may be of any length, and only an empty one says that there is
 * nothing from F on. Slots come out in ascending order, whatever the order in
 * which their pages came.
 *
 * Pure: no I/O, no clock.
 */
#ifndef EXPORT_SLOTS_H
#define EXPORT_SLOTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"

enum {
	SLOT_PAGE = 100, /* messages the server gives at most; messages.getHistory */
};

enum slot_state { SLOT_FREE, SLOT_BUSY, SLOT_DONE };

struct slot {
	struct list link;
	int32_t first, last; /* ids, both included */
	enum slot_state state;
	void *page; /* the caller's */
};

struct slot_range {
	int32_t first, last;
};

struct slots {
	struct list list;                /* ascending */
	const struct slot_range *ranges; /* borrowed; ascending and disjoint */
	size_t range_count, range;
	int32_t next;   /* the first id of ranges[range] that is not in a slot */
	double density; /* messages an id, 0 < density <= 1 */
	int window;     /* slots that are asked for ahead of the lowest that is not done */
	int busy, done;
};

/*
 * `density` is a first guess; 0 when there is none. The window is how far pages
 * that came early may be ahead of one that is late.
 */
void slots_init(
	struct slots *s, const struct slot_range *ranges, size_t count, double density, int window);
void slots_deinit(struct slots *s); /* pages must have been taken away */

/*
 * The next slot to ask for, now busy: messages from slot->first on. *ret is NULL
 * when there is none now: the window is full, or all is under way. TOBS_ENOMEM.
 */
int slots_take(struct slots *s, struct slot **ret);

/*
 * The page is there: `count` messages, the highest id among them is `highest`.
 * Afterwards slot->last says what the slot covers: what lies beyond is covered
 * by others. TOBS_EPROTO for ids outside of what was asked for; TOBS_ENOMEM.
 */
int slots_done(struct slots *s, struct slot *slot, int count, int32_t highest);

/* It was given up: free again. */
void slots_give_back(struct slots *s, struct slot *slot);

/* The lowest slot, when it is done; NULL otherwise. */
struct slot *slots_head(const struct slots *s);

/* Takes the head out and frees it. */
void slots_pop(struct slots *s);

/* Everything was taken, done and popped. */
bool slots_finished(const struct slots *s);

#endif
