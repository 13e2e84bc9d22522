/* SPDX-License-Identifier: MIT */
#include "rt/watch.h"

#include "base/alloc.h"
#include "rt/sched.h"

struct fd_watch {
	uv_poll_t poll;
	int events;
	bool background;
	fd_watch_fn fn;
	void *arg;
};

TOBS_STATIC_ASSERT((int)TOBS_READABLE == (int)UV_READABLE && (int)TOBS_WRITABLE == (int)UV_WRITABLE,
	"no translation");

static void note(struct fd_watch *w, int events)
{
	if (!w->background)
		rt_self->watching += (size_t)(events != 0) - (size_t)(w->events != 0);
	rt_self->watch_changes++;
	w->events = events;
}

static void ready(uv_poll_t *poll, int status, int events)
{
	struct fd_watch *w = CONTAINER_OF(poll, struct fd_watch, poll);

	rt_self->watch_changes++;
	if (status < 0) { /* libuv has stopped it */
		note(w, 0);
		events = TOBS_READABLE | TOBS_WRITABLE;
	}
	w->fn(w->arg, events);
}

static void closed(uv_handle_t *handle)
{
	mem_free(CONTAINER_OF(handle, struct fd_watch, poll));
}

int fd_watch_new(int fd, fd_watch_fn fn, void *arg, struct fd_watch **ret)
{
	struct fd_watch *w;
	int r;

	if (!rt_self)
		return TOBS_EINVAL;
	w = MEM_NEW(struct fd_watch);
	if (!w)
		return TOBS_ENOMEM;
	w->fn = fn;
	w->arg = arg;
	r = uv_poll_init(&rt_self->uv, &w->poll, fd);
	if (r) { /* then the handle is not known to the loop */
		mem_free(w);
		return loop_error(r);
	}
	*ret = w;
	return TOBS_OK;
}

int fd_watch_set(struct fd_watch *w, int events)
{
	int r;

	if (events == w->events)
		return TOBS_OK;
	r = events ? uv_poll_start(&w->poll, events, ready) : uv_poll_stop(&w->poll);
	if (r)
		return loop_error(r);
	note(w, events);
	return TOBS_OK;
}

int fd_watch_get(const struct fd_watch *w)
{
	return w->events;
}

void fd_watch_background(struct fd_watch *w)
{
	w->background = true;
}

void fd_watch_free(struct fd_watch *w)
{
	if (!w)
		return;
	note(w, 0);
	uv_close((uv_handle_t *)&w->poll, closed);
}

/* One fiber that waits for one descriptor, once. */
struct once {
	struct tobs_fiber *fiber;
	int events;
};

static void once_ready(void *arg, int events)
{
	struct once *o = arg;

	o->events |= events;
	fiber_wake(o->fiber, TOBS_OK);
}

int tobs_fd_wait(int fd, int events, int *ret_events)
{
	struct once o = { .fiber = fiber_self() };
	struct fd_watch *w = NULL;
	int r = fiber_checkpoint();

	if (r)
		return r;
	if (!events || events & ~(TOBS_READABLE | TOBS_WRITABLE))
		return TOBS_EINVAL;
	r = fd_watch_new(fd, once_ready, &o, &w);
	if (!r)
		r = fd_watch_set(w, events);
	if (!r)
		r = fiber_park("a descriptor", (void *)(intptr_t)fd, WAIT_FOREVER);
	fd_watch_free(w);
	if (!r && ret_events)
		*ret_events = o.events & events;
	return r;
}
