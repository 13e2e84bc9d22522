/* SPDX-License-Identifier: MIT */
/*
 * How a layer makes something that waits.
 *
 * What is waited for holds a `struct tobs_waiters`; fibers stand in it in the
 * order they came. A callback of libuv, libcurl or another library notes what
 * happened and wakes them; it never runs anything else.
 *
 *     while (!thing->ready)
 *             if ((r = waiters_wait(&thing->waiters, "thing")))
 *                     return r;
 *
 * A wake decides a wait: a fiber that was woken and has not run yet is not
 * reached by its deadline or by tobs_cancel() any more, so what is handed over
 * with a wake is never lost. Everything here is for the loop's thread only.
 */
#ifndef RT_WAIT_H
#define RT_WAIT_H

#include <stdbool.h>
#include <stdint.h>
#include <tobs/rt.h>

#define WAIT_FOREVER INT64_MAX

void waiters_init(struct tobs_waiters *q);

/* Fibers that were woken by something else may still be counted. */
bool waiters_empty(const struct tobs_waiters *q);

/*
 * Waits at the end of the queue: the code it is woken with, TOBS_ECANCELED,
 * TOBS_ETIMEDOUT. `what` says in dumps what is waited for ("channel receive");
 * it must be a literal.
 */
int waiters_wait(struct tobs_waiters *q, const char *what);

/* The same up to `until` (µs as in tobs_now()) at the latest, then TOBS_ETIMEDOUT. */
int waiters_wait_until(struct tobs_waiters *q, const char *what, int64_t until);

/* Wakes the first; false when nobody waits. */
bool waiters_wake_one(struct tobs_waiters *q, int code);
void waiters_wake_all(struct tobs_waiters *q, int code);

/*
 * For queues that carry more than a wake: puts a waiter in that the caller has
 * set up (fiber, elem, chosen), takes the first out whose fiber waits (or NULL),
 * and wakes that one.
 */
void waiters_push(struct tobs_waiters *q, struct tobs_waiter *w);
struct tobs_waiter *waiters_pop(struct tobs_waiters *q);
void waiter_remove(struct tobs_waiter *w); /* harmless when it is in no queue */
void waiter_wake(struct tobs_waiter *w, int code);

/*
 * Stops the running fiber until fiber_wake(), `until`, its deadline, or
 * tobs_cancel(). `what` and `on` are shown in dumps.
 */
int fiber_park(const char *what, const void *on, int64_t until);

/* Wakes a fiber that is parked, with what fiber_park() returns; else does nothing. */
void fiber_wake(struct tobs_fiber *f, int code);

/*
 * Called first by everything that may wait: TOBS_EINVAL outside of fibers,
 * TOBS_ECANCELED, TOBS_ETIMEDOUT. Lets others run when this fiber has gone on
 * without waiting for long.
 */
int fiber_checkpoint(void);

/*
 * One pointer a fiber, NULL at first, for the layer that knows what a fiber works
 * for: the Bot API keeps the innermost scope there. NULL outside of fibers, where
 * it cannot be set either.
 */
void *fiber_local(void);
void fiber_set_local(void *p);

/* µs now, from the clock itself; for what is timed from this moment. */
int64_t rt_clock(void);

/* `ms` from this moment, as in tobs_now(); WAIT_FOREVER when negative or too far. */
int64_t rt_after(int64_t ms);

#endif
