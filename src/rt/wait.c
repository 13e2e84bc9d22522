/* SPDX-License-Identifier: MIT */
#include "rt/wait.h"

#include "rt/sched.h"

void waiters_init(struct tobs_waiters *q)
{
	list_init(as_list(q));
}

bool waiters_empty(const struct tobs_waiters *q)
{
	return q->next == q;
}

void waiters_push(struct tobs_waiters *q, struct tobs_waiter *w)
{
	list_push(as_list(q), as_list(&w->link));
}

void waiter_remove(struct tobs_waiter *w)
{
	list_remove(as_list(&w->link));
}

struct tobs_waiter *waiters_pop(struct tobs_waiters *q)
{
	while (!waiters_empty(q)) {
		struct tobs_waiter *w = CONTAINER_OF(q->next, struct tobs_waiter, link);

		waiter_remove(w);
		if (w->fiber->state == FIBER_WAITING)
			return w;
	}
	return NULL;
}

void waiter_wake(struct tobs_waiter *w, int code)
{
	if (w->chosen)
		*w->chosen = w;
	fiber_wake(w->fiber, code);
}

int waiters_wait_until(struct tobs_waiters *q, const char *what, int64_t until)
{
	struct tobs_waiter w = { .fiber = fiber_self() };
	int r;

	waiters_push(q, &w);
	r = fiber_park(what, q, until);
	waiter_remove(&w);
	return r;
}

int waiters_wait(struct tobs_waiters *q, const char *what)
{
	return waiters_wait_until(q, what, WAIT_FOREVER);
}

bool waiters_wake_one(struct tobs_waiters *q, int code)
{
	struct tobs_waiter *w = waiters_pop(q);

	if (!w)
		return false;
	waiter_wake(w, code);
	return true;
}

void waiters_wake_all(struct tobs_waiters *q, int code)
{
	while (waiters_wake_one(q, code))
		;
}
