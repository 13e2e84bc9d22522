/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>

#include "base/alloc.h"
#include "rt/context.h"
#include "rt/post.h"
#include "rt/resolve.h"
#include "rt/sched.h"
#include "rt/testing.h"

static atomic_bool running; /* in this process */
static uint64_t runs;
static struct fake_clock *fake_clock;

void rt_use_clock(struct fake_clock *clock)
{
	fake_clock = clock;
}

/* The scheduler's context. */
static void schedule(void *arg)
{
	struct rt *rt = arg;

	fiber_arrived(rt);
	while (!rt->closing) {
		struct tobs_fiber *next;

		loop_poll(rt, !rt->ready);
		alarms_fire(rt);
		rt->turns = TURNS_MAX;
		next = ready_pop(rt);
		if (next)
			fiber_switch(rt, next, false);
	}
	fiber_switch(rt, &rt->main, true);
}

static void init_fiber(struct tobs_fiber *f, const char *name)
{
	list_init(&f->sibling);
	list_init(&f->children);
	list_init(&f->all);
	snprintf(f->name, sizeof f->name, "%s", name);
	f->state = FIBER_RUNNING;
}

static void rt_init(struct rt *rt)
{
	rt->ready_end = &rt->ready;
	rt->turns = TURNS_MAX;
	rt->ops = OPS_MAX;
	rt->fake = fake_clock;
	rt->clock = fake_clock ? &fake_clock->clock : clock_system();
	rt->now = rt->polled = clock_mono(rt->clock);
	list_init(&rt->all);
	list_init(&rt->hooks);
	waiters_init(&rt->hooks_wait);
	tobs_event_init(&rt->shutdown);
	tobs_sem_init(&rt->lookups, RESOLVE_THREADS);
	rt->run = ++runs;
	stack_pool_init(&rt->stacks, STACK_GUARD_AUTO);
	init_fiber(&rt->sched, "scheduler");
	init_fiber(&rt->main, "main");
	rt->main.id = ++rt->next_id;
	list_push(&rt->all, &rt->main.all);
	rt->current = &rt->main;
}

static void rt_free(struct rt *rt)
{
	fiber_forget(&rt->main); /* started by posted calls, and never joined */
	if (rt->sched.stack.low)
		stack_release(&rt->stacks, &rt->sched.stack);
	stack_pool_deinit(&rt->stacks);
	timers_deinit(&rt->timers);
	mem_free(rt);
	rt_self = NULL;
}

static int rt_new(const struct tobs_run_options *opt, struct rt **ret)
{
	struct rt *rt = MEM_NEW(struct rt);
	int r;

	if (!rt)
		return TOBS_ENOMEM;
	rt_init(rt);
	rt_self = rt;
	r = timers_reserve(&rt->timers, 1);
	if (!r)
		r = stack_take(&rt->stacks, STACK_SCHED, &rt->sched.stack);
	if (!r)
		r = loop_open(rt);
	if (r) {
		rt_free(rt);
		return r;
	}
	rt->sched.context = context_make(rt->sched.stack.low, rt->sched.stack.size, schedule, rt);
	crash_open(rt);
	r = signals_open(rt, opt);
	if (!r)
		r = watchdog_open(rt, opt->hold_ms);
	if (r) {
		signals_close(rt);
		crash_close(rt);
		loop_close(rt);
		rt_free(rt);
		return r;
	}
	post_open(rt);
	*ret = rt;
	return TOBS_OK;
}

/* The main function has returned: waits for everything else. */
static void wait_for_all(struct rt *rt)
{
	hooks_run(rt);
	fiber_finish(&rt->main);
	rt->main.shields = 1;
	rt->ending = true;
	for (;;) {
		if (rt->live)
			fiber_park("the other fibers", NULL, WAIT_FOREVER);
		else if (post_close())
			break;
		else
			tobs_yield(); /* the calls are made when the loop looks */
	}
}

int rt_begin(const struct tobs_run_options *opt)
{
	static const struct tobs_run_options defaults;
	struct rt *rt = NULL;
	int r;

	if (atomic_exchange(&running, true))
		return TOBS_EINVAL;
	r = rt_new(opt ? opt : &defaults, &rt);
	if (r)
		atomic_store(&running, false);
	return r;
}

int rt_end(int result)
{
	struct rt *rt = rt_self;

	rt->main.result = result;
	wait_for_all(rt);
	result = rt->main.result;
	rt->closing = true;
	fiber_switch(rt, &rt->sched, false);
	watchdog_close(rt);
	signals_close(rt);
	loop_close(rt);
	crash_close(rt);
	rt_free(rt);
	atomic_store(&running, false);
	return result;
}

int tobs_run_with(const struct tobs_run_options *opt, int (*fn)(void *arg), void *arg)
{
	int r = rt_begin(opt);

	return r ? r : rt_end(fn(arg));
}

int tobs_run(int (*fn)(void *arg), void *arg)
{
	return tobs_run_with(NULL, fn, arg);
}
