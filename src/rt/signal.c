/* SPDX-License-Identifier: MIT */
/*
 * Signals and the end of the process.
 *
 * SIGINT and SIGTERM have a handler of our own: the second one must get through
 * even when a fiber never gives the loop back, and libuv's handlers only tell
 * the loop.
 */
#include <errno.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/alloc.h"
#include "rt/sched.h"
#include "rt/watch.h"

struct signal_watch {
	uv_signal_t handle;
	bool pending; /* came since the last wait */
	struct tobs_waiters waiters;
};

/* What the handler touches. The descriptor stays open to the end of the process: a
   handler may be running on another thread when the run ends. */
static struct {
	int fd;
	atomic_uint count;
	_Atomic(void (*)(int)) hurry;
} stop = { .fd = -1 };

static struct sigaction old_int, old_term, old_pipe;

static void on_stop(int signo)
{
	void (*hurry)(int) = atomic_load(&stop.hurry);
	uint64_t one = 1;
	int saved = errno;

	if (atomic_fetch_add(&stop.count, 1)) {
		if (hurry)
			hurry(signo);
	} else if (write(stop.fd, &one, sizeof one) < 0) {
		/* Impossible: the counter is far from full, and there is nobody to tell. */
	}
	errno = saved;
}

static void stop_readable(void *arg, int events)
{
	uint64_t count;

	(void)arg;
	(void)events;
	if (read(stop.fd, &count, sizeof count) == sizeof count)
		tobs_shutdown();
}

static int catch_stops(struct rt *rt, const struct tobs_run_options *opt)
{
	struct sigaction sa = { .sa_handler = on_stop, .sa_flags = SA_RESTART };
	uint64_t stale;
	int r;

	if (stop.fd < 0)
		stop.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (stop.fd < 0)
		return TOBS_EIO;
	/* The last run may have ended before it looked. */
	if (read(stop.fd, &stale, sizeof stale) < 0)
		stale = 0;
	atomic_store(&stop.count, 0);
	atomic_store(&stop.hurry, opt->hurry);
	r = fd_watch_new(stop.fd, stop_readable, NULL, &rt->stop_watch);
	if (r)
		return r;
	fd_watch_background(rt->stop_watch);
	r = fd_watch_set(rt->stop_watch, TOBS_READABLE);
	if (r)
		return r;
	sigemptyset(&sa.sa_mask);
	sigaction(SIGINT, &sa, &old_int);
	sigaction(SIGTERM, &sa, &old_term);
	rt->catching = true;
	return TOBS_OK;
}

int signals_open(struct rt *rt, const struct tobs_run_options *opt)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	sigaction(SIGPIPE, &ignore, &old_pipe);
	return opt->catch_signals ? catch_stops(rt, opt) : TOBS_OK;
}

static void watch_closed(uv_handle_t *handle)
{
	mem_free(CONTAINER_OF((uv_signal_t *)handle, struct signal_watch, handle));
}

void signals_close(struct rt *rt)
{
	if (rt->catching) {
		sigaction(SIGINT, &old_int, NULL);
		sigaction(SIGTERM, &old_term, NULL);
	}
	fd_watch_free(rt->stop_watch);
	for (int i = 0; i < NSIG; i++)
		if (rt->signals[i])
			uv_close((uv_handle_t *)&rt->signals[i]->handle, watch_closed);
	sigaction(SIGPIPE, &old_pipe, NULL);
}

static void on_signal(uv_signal_t *handle, int signo)
{
	struct signal_watch *w = CONTAINER_OF(handle, struct signal_watch, handle);

	(void)signo;
	w->pending = waiters_empty(&w->waiters);
	waiters_wake_all(&w->waiters, TOBS_OK);
}

int tobs_signal_watch(int signo)
{
	struct rt *rt = rt_self;
	struct signal_watch *w;
	int r;

	if (!rt || signo <= 0 || signo >= NSIG || signo == SIGPIPE)
		return TOBS_EINVAL;
	if (rt->catching && (signo == SIGINT || signo == SIGTERM))
		return TOBS_EINVAL;
	if (rt->signals[signo])
		return TOBS_OK;
	w = MEM_NEW(struct signal_watch);
	if (!w)
		return TOBS_ENOMEM;
	waiters_init(&w->waiters);
	r = uv_signal_init(&rt->uv, &w->handle);
	if (r) {
		mem_free(w);
		return loop_error(r);
	}
	r = uv_signal_start(&w->handle, on_signal, signo);
	if (r) {
		uv_close((uv_handle_t *)&w->handle, watch_closed);
		return loop_error(r);
	}
	rt->signals[signo] = w;
	return TOBS_OK;
}

int tobs_signal_wait(int signo)
{
	struct signal_watch *w;
	int r = fiber_checkpoint();

	if (!r)
		r = tobs_signal_watch(signo);
	if (r)
		return r;
	w = rt_self->signals[signo];
	if (w->pending) {
		w->pending = false;
		return TOBS_OK;
	}
	return waiters_wait(&w->waiters, "a signal");
}

/* ---- Hooks --------------------------------------------------------------- */

static int hooks_main(void *arg)
{
	struct rt *rt = arg;

	while (!rt->hooks_due)
		waiters_wait(&rt->hooks_wait, "the end of the process");
	while (!list_empty(&rt->hooks)) {
		struct tobs_hook *hook = CONTAINER_OF(
			(struct tobs_waiters *)(void *)rt->hooks.prev, struct tobs_hook, link);

		list_remove(as_list(&hook->link));
		hook->fn(hook->arg);
	}
	rt->hooks_done = true;
	return TOBS_OK;
}

void hooks_run(struct rt *rt)
{
	rt->hooks_due = true;
	if (!rt->hooks_fiber)
		return;
	waiters_wake_all(&rt->hooks_wait, TOBS_OK);
}

int tobs_on_shutdown(struct tobs_hook *hook, void (*fn)(void *arg), void *arg)
{
	static const struct tobs_fiber_options options = { .name = "shutdown hooks" };
	struct rt *rt = rt_self;
	struct tobs_fiber *f;
	int r;

	if (!rt)
		return TOBS_EINVAL;
	if (rt->hooks_done || (rt->ending && !rt->hooks_fiber))
		return TOBS_ECLOSED;
	/* Made ahead, so that running the hooks cannot fail for want of memory. */
	if (!rt->hooks_fiber) {
		r = fiber_new(rt, hooks_main, rt, &options, &f);
		if (r)
			return r;
		fiber_start(rt, f);
		rt->hooks_fiber = true;
	}
	hook->fn = fn;
	hook->arg = arg;
	list_push(&rt->hooks, as_list(&hook->link));
	return TOBS_OK;
}

void tobs_off_shutdown(struct tobs_hook *hook)
{
	list_remove(as_list(&hook->link));
}

void tobs_shutdown(void)
{
	struct rt *rt = rt_self;

	if (!rt)
		return;
	tobs_event_set(&rt->shutdown, TOBS_OK);
	hooks_run(rt);
}

bool tobs_shutdown_requested(void)
{
	return rt_self && rt_self->shutdown.set;
}

struct tobs_event *tobs_shutdown_event(void)
{
	return rt_self ? &rt_self->shutdown : NULL;
}
