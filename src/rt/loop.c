/* SPDX-License-Identifier: MIT */
/* The libuv side: one loop, one timer for all alarms, one async for all posts. */
#include "rt/post.h"
#include "rt/sched.h"
#include "rt/testing.h"

enum { PATIENCE_MS = 2000 }; /* for bytes that are on their way in a test */

int loop_error(int uv_code)
{
	switch (uv_code) {
	case 0: return TOBS_OK;
	case UV_ENOMEM: return TOBS_ENOMEM;
	case UV_EEXIST: return TOBS_EEXISTS;
	case UV_EINVAL:
	case UV_EBADF:
	case UV_EPERM: return TOBS_EINVAL; /* epoll says so of files that cannot be polled */
	default: return TOBS_EIO;
	}
}

static void timer_fired(uv_timer_t *timer)
{
	CONTAINER_OF(timer, struct rt, timer)->timer_at = WAIT_FOREVER;
	/* uv_run() looks at timers before it waits too, and would then wait without an end. */
	uv_stop(timer->loop);
}

static void posted(uv_async_t *async)
{
	(void)async;
	post_drain();
}

int loop_open(struct rt *rt)
{
	int r = uv_loop_init(&rt->uv);

	if (r)
		return loop_error(r);
	uv_timer_init(&rt->uv, &rt->timer);
	rt->timer_at = WAIT_FOREVER;
	r = uv_async_init(&rt->uv, &rt->async, posted);
	if (r) {
		loop_close(rt);
		return loop_error(r);
	}
	return TOBS_OK;
}

static void close_handle(uv_handle_t *handle, void *user)
{
	(void)user;
	if (!uv_is_closing(handle))
		uv_close(handle, NULL);
}

void loop_close(struct rt *rt)
{
	int r;

	uv_walk(&rt->uv, close_handle, NULL);
	uv_run(&rt->uv, UV_RUN_DEFAULT);
	r = uv_loop_close(&rt->uv);
	assert(!r);
	(void)r;
}

/* Sets the timer to end a wait at `at`, unless it is set so. */
static void feed_timer(struct rt *rt, int64_t at)
{
	int64_t left;

	if (at == rt->timer_at)
		return;
	rt->timer_at = at;
	if (at == WAIT_FOREVER) {
		uv_timer_stop(&rt->timer);
		return;
	}
	left = at - rt_clock();
	uv_update_time(&rt->uv);
	uv_timer_start(&rt->timer, timer_fired, left > 0 ? (uint64_t)(left + 999) / 1000 : 0, 0);
}

/* Nothing can run: what was sent on a socket may take a moment to arrive. */
static void grace(struct rt *rt)
{
	rt->timer_at = 0;
	uv_update_time(&rt->uv);
	uv_timer_start(&rt->timer, timer_fired, 1, 0);
	uv_run(&rt->uv, UV_RUN_ONCE);
	uv_timer_stop(&rt->timer);
}

/* A test knows that something is on its way. */
static bool is_busy(struct rt *rt)
{
	return rt->test.busy && rt->test.patience-- > 0 && rt->test.busy(rt->test.user);
}

/* Nothing came when we waited the last time, and nothing was sent since: fibers that only sleep. */
static bool is_quiet(const struct rt *rt)
{
	return rt->test.busy && rt->test.quiet == rt->watch_changes &&
		!rt->test.busy(rt->test.user);
}

/* Time jumps, to the next alarm or to where a test wants it. */
static void jump(struct rt *rt, int64_t next)
{
	if (rt->test.fiber && next > rt->test.until) {
		next = rt->test.until;
		fiber_wake(rt->test.fiber, TOBS_OK);
	}
	if (next > rt->fake->now)
		rt->fake->now = next;
	rt->test.patience = PATIENCE_MS;
}

/* Time stands still while anything else can happen. */
static void poll_fake(struct rt *rt, bool block)
{
	int64_t next;

	uv_run(&rt->uv, UV_RUN_NOWAIT);
	if (!block || rt->ready)
		return;
	next = alarms_next(rt);
	if ((next == WAIT_FOREVER && !rt->test.fiber) || rt->jobs) {
		uv_run(&rt->uv, UV_RUN_ONCE);
		return;
	}
	if (rt->watching && !is_quiet(rt)) {
		grace(rt);
		if (rt->ready || rt->jobs || is_busy(rt))
			return;
		rt->test.quiet = rt->watch_changes;
	}
	jump(rt, next);
}

int rt_run_until(int64_t until, bool (*busy)(void *user), void *user)
{
	struct rt *rt = rt_self;
	int r = fiber_checkpoint();

	if (r)
		return r;
	if (!rt->fake || rt->test.fiber)
		return TOBS_EINVAL;
	rt->test.fiber = rt->current;
	rt->test.until = until;
	rt->test.busy = busy;
	rt->test.user = user;
	rt->test.patience = PATIENCE_MS;
	r = fiber_park("time", NULL, WAIT_FOREVER);
	rt->test.fiber = NULL;
	return r;
}

void loop_poll(struct rt *rt, bool block)
{
	watchdog_idle(rt);
	if (rt->fake) {
		poll_fake(rt, block);
	} else if (block) {
		feed_timer(rt, alarms_next(rt));
		uv_run(&rt->uv, UV_RUN_ONCE);
	} else {
		uv_run(&rt->uv, UV_RUN_NOWAIT);
	}
	rt->polled = rt_clock();
	rt->polls++;
}
