/* SPDX-License-Identifier: MIT */
#include "rt/sched.h"

#include <errno.h>

#include "rt/clock.h"
#include "rt/context.h"

_Thread_local struct rt *rt_self;

void ready_push(struct rt *rt, struct tobs_fiber *f)
{
	f->state = FIBER_READY;
	f->next = NULL;
	*rt->ready_end = f;
	rt->ready_end = &f->next;
}

struct tobs_fiber *ready_pop(struct rt *rt)
{
	struct tobs_fiber *f = rt->ready;

	if (!f)
		return NULL;
	rt->ready = f->next;
	if (!rt->ready)
		rt->ready_end = &rt->ready;
	f->state = FIBER_RUNNING;
	return f;
}

void fiber_arrived(struct rt *rt)
{
	const void *low = NULL;
	size_t size = 0;

	SANITIZE_ARRIVE(rt->current->fake_stack, &low, &size);
#if RT_ASAN
	/* The main fiber's stack is the thread's; the first switch comes from there. */
	if (!rt->main.stack.low) {
		rt->main.stack.low = (uint8_t *)(uintptr_t)low;
		rt->main.stack.size = size;
	}
#endif
	rt->ops = OPS_MAX;
	watchdog_turn(rt);
	if (UNLIKELY(rt->dead != NULL))
		fiber_bury(rt);
}

void fiber_switch(struct rt *rt, struct tobs_fiber *to, bool for_good)
{
	struct tobs_fiber *from = rt->current;

	SANITIZE_LEAVE(for_good ? NULL : &from->fake_stack, to->stack.low, to->stack.size);
	rt->current = to;
	context_switch(&from->context, to->context);
	fiber_arrived(rt);
}

void fiber_leave(struct rt *rt)
{
	struct tobs_fiber *next = NULL;

	rt->turns--;
	if (rt->turns % TURNS_CLOCK == 0 && rt_clock() - rt->polled > TURNS_TIME)
		rt->turns = 0;
	if (LIKELY(rt->turns > 0))
		next = ready_pop(rt);
	if (!next)
		next = &rt->sched;
	if (next != rt->current)
		fiber_switch(rt, next, rt->current->state == FIBER_ENDED);
}

static int check(const struct rt *rt)
{
	const struct tobs_fiber *f = fiber_self();

	if (UNLIKELY(!f))
		return TOBS_EINVAL;
	if (UNLIKELY(f->cancelled && !f->shields))
		return TOBS_ECANCELED;
	if (UNLIKELY(f->deadline && f->deadline->at <= rt->now))
		return TOBS_ETIMEDOUT;
	return TOBS_OK;
}

int fiber_park(const char *what, const void *on, int64_t until)
{
	struct rt *rt = rt_self;
	int r = check(rt), saved = errno;
	struct tobs_fiber *f;

	if (r)
		return r;
	f = rt->current;
	if (f->deadline && f->deadline->at < until)
		until = f->deadline->at;
	f->what = what;
	f->on = on;
	f->until = until;
	if (until != WAIT_FOREVER) {
		f->ticket = ++rt->tickets;
		if (!alarm_is_set(&f->alarm) || f->alarm.at > until)
			timers_set(&rt->timers, &f->alarm, until, f->ticket);
	}
	f->state = FIBER_WAITING;
	fiber_leave(rt);
	errno = saved;
	return f->code;
}

void fiber_wake(struct tobs_fiber *f, int code)
{
	if (f->state != FIBER_WAITING)
		return;
	f->code = code;
	ready_push(rt_self, f);
}

int64_t alarms_next(struct rt *rt)
{
	struct alarm *a;

	while ((a = timers_first(&rt->timers))) {
		struct tobs_fiber *f = CONTAINER_OF(a, struct tobs_fiber, alarm);

		if (f->state != FIBER_WAITING || f->until == WAIT_FOREVER)
			timers_clear(&rt->timers, a);
		else if (f->until != a->at)
			timers_set(&rt->timers, a, f->until, f->ticket);
		else
			return a->at;
	}
	return WAIT_FOREVER;
}

void alarms_fire(struct rt *rt)
{
	while (alarms_next(rt) <= rt->now) {
		struct alarm *a = timers_first(&rt->timers);

		timers_clear(&rt->timers, a);
		fiber_wake(CONTAINER_OF(a, struct tobs_fiber, alarm), TOBS_ETIMEDOUT);
	}
}

/* To the end of the ready queue. */
static void step_back(struct rt *rt)
{
	int saved = errno;

	ready_push(rt, rt->current);
	fiber_leave(rt);
	errno = saved;
}

int fiber_checkpoint(void)
{
	struct rt *rt = rt_self;
	int r = check(rt);

	if (UNLIKELY(r))
		return r;
	if (LIKELY(rt->ops-- > 0))
		return TOBS_OK;
	step_back(rt);
	return check(rt);
}

int tobs_yield(void)
{
	struct rt *rt = rt_self;
	int r = check(rt);

	if (r)
		return r;
	step_back(rt);
	return check(rt);
}

int tobs_sleep(int64_t ms)
{
	struct rt *rt = rt_self;
	int r = check(rt);
	int64_t until;

	if (r)
		return r;
	until = rt_after(ms);
	r = fiber_park("sleep", NULL, until);
	if (r == TOBS_ETIMEDOUT && (!rt->current->deadline || until <= rt->current->deadline->at))
		return TOBS_OK;
	return r;
}

struct tobs_fiber *tobs_self(void)
{
	return fiber_self();
}

bool tobs_cancelled(void)
{
	const struct tobs_fiber *f = fiber_self();

	return f && f->cancelled;
}

int64_t tobs_now(void)
{
	return rt_self ? rt_self->now : clock_mono(clock_system());
}

int64_t rt_clock(void)
{
	struct rt *rt = rt_self;

	if (!rt)
		return clock_mono(clock_system());
	rt->now = clock_mono(rt->clock);
	return rt->now;
}

const struct clock *rt_clock_source(void)
{
	return rt_self ? rt_self->clock : clock_system();
}

int64_t rt_after(int64_t ms)
{
	int64_t at;

	if (ms < 0 || __builtin_mul_overflow(ms, 1000, &at) ||
		__builtin_add_overflow(at, rt_clock(), &at))
		return WAIT_FOREVER;
	return at;
}

void tobs_deadline_push(struct tobs_deadline *d, int64_t ms)
{
	struct tobs_fiber *f = fiber_self();

	d->own = rt_after(ms);
	d->outer = f ? f->deadline : NULL;
	d->at = d->outer && d->outer->at < d->own ? d->outer->at : d->own;
	if (f)
		f->deadline = d;
}

void tobs_deadline_pop(struct tobs_deadline *d)
{
	struct tobs_fiber *f = fiber_self();

	if (!f)
		return;
	assert(f->deadline == d); /* popped in the order they were pushed */
	f->deadline = d->outer;
}

bool tobs_deadline_passed(const struct tobs_deadline *d)
{
	return d->own <= tobs_now();
}

int64_t tobs_deadline_left(void)
{
	const struct tobs_fiber *f = fiber_self();
	int64_t now;

	if (!f || !f->deadline || f->deadline->at == WAIT_FOREVER)
		return INT64_MAX;
	now = rt_clock();
	return f->deadline->at > now ? f->deadline->at - now : 0;
}

void tobs_shield_begin(struct tobs_shield *s)
{
	struct tobs_fiber *f = fiber_self();

	s->outer = f ? f->deadline : NULL;
	if (!f)
		return;
	f->deadline = NULL;
	f->shields++;
}

void tobs_shield_end(struct tobs_shield *s)
{
	struct tobs_fiber *f = fiber_self();

	if (!f)
		return;
	assert(f->shields > 0 && !f->deadline);
	f->deadline = s->outer;
	f->shields--;
}
