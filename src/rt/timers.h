/* SPDX-License-Identifier: MIT */
/*
 * Alarms, the earliest first, and of equal ones the one with the smaller ticket:
 * a heap with four children a node. Room is made ahead (when a fiber is
 * spawned), so setting an alarm cannot fail.
 */
#ifndef RT_TIMERS_H
#define RT_TIMERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Lives in what wants to be woken; {0} is one that is not set. */
struct alarm {
	int64_t at; /* µs */
	uint64_t ticket;
	size_t slot; /* its place in the heap + 1; 0 when it is not set */
};

/* {0} has no room. */
struct timers {
	struct alarm **heap;
	size_t count;
	size_t cap;
};

void timers_deinit(struct timers *t);

/* Room for `count` alarms in all. TOBS_ENOMEM. */
int timers_reserve(struct timers *t, size_t count);

/* Sets the alarm, or moves it when it is set. */
void timers_set(struct timers *t, struct alarm *a, int64_t at, uint64_t ticket);

/* No-op when it is not set. */
void timers_clear(struct timers *t, struct alarm *a);

/* The earliest, or NULL. */
static inline struct alarm *timers_first(const struct timers *t)
{
	return t->count ? t->heap[0] : NULL;
}

static inline bool alarm_is_set(const struct alarm *a)
{
	return a->slot != 0;
}

#endif
