/* SPDX-License-Identifier: MIT */
/*
 * The inside of the runtime; for src/rt/ only.
 *
 * One `struct rt` exists while tobs_run() runs. Fibers that can run stand in the
 * ready queue; one that stops running switches straight to the next of it, and
 * to the scheduler's context when there is none, or when it is time to look at
 * descriptors, timers and posted calls again. The scheduler has a stack of its
 * own, the main fiber has the thread's.
 *
 *     RUNNING ──park──▸ WAITING ──wake──▸ READY ──▸ RUNNING ──▸ ENDED
 */
#ifndef RT_SCHED_H
#define RT_SCHED_H

#include <signal.h>
#include <stdbool.h>
#include <tobs/rt.h>
#include <uv.h>

#include "base/clock.h"
#include "base/list.h"
#include "rt/sanitize.h"
#include "rt/stack.h"
#include "rt/timers.h"
#include "rt/wait.h"

enum {
	NAME_MAX_BYTES = 32,
	/* Switches between two looks at the outside, at most; and the time (µs). */
	TURNS_MAX = 128,
	TURNS_TIME = 1000,
	TURNS_CLOCK = 16, /* how often the time is looked at */
	/* Calls that need not wait a fiber may make in a row. */
	OPS_MAX = 64,
	STACK_DEFAULT = RT_ASAN ? 256 << 10 : 64 << 10, /* red zones take room */
	STACK_SCHED = 256 << 10,
};

#ifdef NDEBUG
#define RT_DEBUG 0
#else
#define RT_DEBUG 1
#endif

enum fiber_state { FIBER_READY, FIBER_RUNNING, FIBER_WAITING, FIBER_ENDED };

struct tobs_fiber {
	void *context; /* while it does not run */
	enum fiber_state state;
	bool cancelled;
	bool has_handle; /* somebody may join it: outlives its end */
	bool finishing;  /* its function returned; it waits for its children */
	unsigned shields;
	int code; /* it was woken with */
	int result;
	struct tobs_fiber *next; /* in the ready queue */

	struct tobs_deadline *deadline; /* the innermost */
	int64_t until;                  /* the end of the present wait */
	uint64_t ticket;                /* of the present wait, orders equal ends */
	/*
	 * May be set for earlier than `until`, left over from a wait that ended
	 * before its time: then it is moved when it goes off. Most waits do end
	 * early, and deadlines mostly move forward, so this saves nearly all work.
	 */
	struct alarm alarm;
	const char *what; /* it waits for */
	const void *on;

	void *local; /* fiber_local() */

	int (*fn)(void *arg);
	void *arg;
	struct stack stack;
	void *fake_stack; /* ASan's */

	struct tobs_fiber *parent; /* NULL in a group */
	struct tobs_group *group;
	struct list sibling; /* in the parent's children, or the group's members */
	struct list children;
	size_t live_children;
	struct tobs_fiber *joiner;
	int *joiner_result;
	bool *joiner_done;

	struct list all;
	uint64_t id;
	char name[NAME_MAX_BYTES];
};

struct signal_watch;
struct watchdog;

struct rt {
	struct tobs_fiber *current;
	struct tobs_fiber *ready;
	struct tobs_fiber **ready_end;
	int turns; /* left until the scheduler */
	int ops;   /* left to the current fiber */
	int64_t now;
	int64_t polled; /* µs when the outside was looked at */
	uint64_t polls; /* how often */
	const struct clock *clock;
	struct fake_clock *fake;          /* a test's, or NULL */
	struct {                          /* rt_run_until() */
		struct tobs_fiber *fiber; /* NULL: nobody runs it */
		int64_t until;
		bool (*busy)(void *user);
		void *user;
		int patience;   /* ms left for what is on its way */
		uint64_t quiet; /* watch_changes when nothing came for a while */
	} test;
	struct timers timers;
	uint64_t tickets;

	struct tobs_fiber main;
	struct tobs_fiber sched;
	struct tobs_fiber *dead; /* ended, and its stack not yet left */
	struct list all;
	uint64_t next_id;
	size_t live; /* fibers that have not ended, without the main one */
	bool ending; /* the main fiber waits for live to be 0 */
	bool closing;
	struct stack_pool stacks;
	uint64_t dice;

	uv_loop_t uv;
	uv_timer_t timer;
	int64_t timer_at; /* what the timer is set to, WAIT_FOREVER when it is not */
	uv_async_t async;
	size_t jobs;             /* offloaded or looked up, not yet back */
	uint64_t run;            /* the number of this run */
	struct tobs_sem lookups; /* of names, at once */
	size_t watching;         /* descriptors somebody waits for */
	uint64_t watch_changes;  /* counts whatever happened with them */

	struct tobs_event shutdown;
	struct list hooks;
	struct tobs_waiters hooks_wait; /* where their fiber waits for its time */
	bool hooks_fiber;               /* there is one */
	bool hooks_due;
	bool hooks_done;
	struct signal_watch *signals[NSIG];
	struct fd_watch *stop_watch;
	bool catching; /* SIGINT and SIGTERM */

	struct watchdog *watchdog;
};

/* The loop of this thread, or NULL. */
extern _Thread_local struct rt *rt_self;

/* The running fiber, or NULL in the scheduler and without a loop. */
static inline struct tobs_fiber *fiber_self(void)
{
	struct rt *rt = rt_self;

	return LIKELY(rt && rt->current != &rt->sched) ? rt->current : NULL;
}

static inline struct list *as_list(struct tobs_waiters *w)
{
	return (struct list *)(void *)w;
}

TOBS_STATIC_ASSERT(sizeof(struct tobs_waiters) == sizeof(struct list), "the same two links");

/* sched.c */
void ready_push(struct rt *rt, struct tobs_fiber *f);
struct tobs_fiber *ready_pop(struct rt *rt);
void fiber_switch(struct rt *rt, struct tobs_fiber *to, bool for_good);
void fiber_arrived(struct rt *rt);  /* the first thing on a new stack */
void fiber_leave(struct rt *rt);    /* gives the loop to whoever is next, as it stands */
void alarms_fire(struct rt *rt);    /* wakes those whose time is up at rt->now */
int64_t alarms_next(struct rt *rt); /* when the next one's is; WAIT_FOREVER */

/* fiber.c */
int fiber_new(struct rt *rt, int (*fn)(void *), void *arg, const struct tobs_fiber_options *opt,
	struct tobs_fiber **ret);
void fiber_start(struct rt *rt, struct tobs_fiber *f); /* a new one */
void fiber_bury(struct rt *rt);                        /* frees rt->dead */
void fiber_finish(struct tobs_fiber *f); /* its function has returned: waits for its children */
void fiber_forget(struct tobs_fiber *f); /* frees its children, which have all ended */
void group_left(struct tobs_group *g, struct tobs_fiber *f);

/* loop.c */
int loop_open(struct rt *rt);
void loop_close(struct rt *rt);
void loop_poll(struct rt *rt, bool block);
int loop_error(int uv_code);

/* signal.c */
int signals_open(struct rt *rt, const struct tobs_run_options *opt);
void signals_close(struct rt *rt);
void hooks_run(struct rt *rt);

/* watchdog.c; empty in release builds */
int watchdog_open(struct rt *rt, int64_t hold_ms);
void watchdog_close(struct rt *rt);
void watchdog_turn(struct rt *rt); /* somebody else runs now */
void watchdog_idle(struct rt *rt); /* nobody does */

/* crash.c; empty in release builds */
void crash_open(struct rt *rt);
void crash_close(struct rt *rt);

#endif
