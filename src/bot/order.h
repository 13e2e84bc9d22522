/* SPDX-License-Identifier: MIT */
/*
 * Work in order: jobs with the same key run one after the other, each on a fiber
 * of its own; those with different keys at the same time, up to a number of them.
 * The number of jobs that wait or run is bounded: who brings one more waits.
 *
 *     lane 5: [job] job job      runs its first one
 *     lane 7: job                waits for a fiber, in `ready`
 *
 * A job without key (0) has a lane of its own.
 */
#ifndef BOT_ORDER_H
#define BOT_ORDER_H

#include <tobs/rt.h>

#include "base/list.h"
#include "base/map.h"

struct order_job {
	struct list link;
	int64_t key;
	void (*run)(struct order_job *job); /* on a fiber; owns the job */
};

struct order {
	struct map lanes;   /* by key */
	struct list active; /* lanes with jobs */
	struct list spare;  /* without */
	struct list ready;  /* those of the active ones that wait for a fiber */
	struct tobs_group fibers;
	struct tobs_cond room;
	size_t jobs, running;
	size_t max_jobs, max_running;
	bool closed;
};

void order_init(struct order *o, size_t max_jobs, size_t max_running);

/* Nothing runs any more (order_drain()). Frees what it kept. */
void order_deinit(struct order *o);

/*
 * Puts the job behind those of its key. Waits for room, when `wait`; otherwise
 * TOBS_EAGAIN without any. TOBS_ECLOSED after order_close(), TOBS_ENOMEM; the job
 * is still the caller's then. Waits.
 */
int order_submit(struct order *o, struct order_job *job, bool wait);

/* How many jobs more there is room for. */
size_t order_room(const struct order *o);

/* No more jobs; those that wait to be submitted get TOBS_ECLOSED. */
void order_close(struct order *o);

/*
 * Waits until all jobs have run, for `ms` at most, cancels then those that have
 * not ended, drops those that have not begun by drop(), and waits for the rest.
 * True when nothing had to be cancelled or dropped. Waits, whatever the deadline.
 */
bool order_drain(struct order *o, int64_t ms, void (*drop)(struct order_job *job));

#endif
