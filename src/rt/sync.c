/* SPDX-License-Identifier: MIT */
/* Events, semaphores, conditions: each a queue of waiting fibers and a few words. */
#include "rt/sched.h"

void tobs_event_init(struct tobs_event *e)
{
	*e = (struct tobs_event){ 0 };
	waiters_init(&e->waiters);
}

void tobs_event_set(struct tobs_event *e, int result)
{
	if (e->set)
		return;
	e->set = true;
	e->result = result;
	waiters_wake_all(&e->waiters, TOBS_OK);
}

bool tobs_event_is_set(const struct tobs_event *e)
{
	return e->set;
}

int tobs_event_wait(struct tobs_event *e, int *ret_result)
{
	int r = fiber_checkpoint();

	if (!r && !e->set)
		r = waiters_wait(&e->waiters, "an event");
	if (!r && ret_result)
		*ret_result = e->result;
	return r;
}

void tobs_sem_init(struct tobs_sem *s, size_t permits)
{
	waiters_init(&s->waiters);
	s->permits = permits;
}

int tobs_sem_try(struct tobs_sem *s)
{
	/* Those who wait are given theirs directly, so a free permit is nobody's. */
	if (!s->permits)
		return TOBS_EAGAIN;
	s->permits--;
	return TOBS_OK;
}

int tobs_sem_wait(struct tobs_sem *s)
{
	int r = fiber_checkpoint();

	if (r || tobs_sem_try(s) == TOBS_OK)
		return r;
	return waiters_wait(&s->waiters, "a semaphore");
}

void tobs_sem_post(struct tobs_sem *s)
{
	if (!waiters_wake_one(&s->waiters, TOBS_OK))
		s->permits++;
}

void tobs_cond_init(struct tobs_cond *c)
{
	waiters_init(&c->waiters);
}

int tobs_cond_wait(struct tobs_cond *c)
{
	return waiters_wait(&c->waiters, "a condition");
}

void tobs_cond_signal(struct tobs_cond *c)
{
	waiters_wake_one(&c->waiters, TOBS_OK);
}

void tobs_cond_broadcast(struct tobs_cond *c)
{
	waiters_wake_all(&c->waiters, TOBS_OK);
}
