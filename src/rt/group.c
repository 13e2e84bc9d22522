/* SPDX-License-Identifier: MIT */
#include "rt/sched.h"

void tobs_group_init(struct tobs_group *g, unsigned flags)
{
	*g = (struct tobs_group){ .flags = flags };
	waiters_init(&g->members);
	waiters_init(&g->waiters);
}

int tobs_group_spawn(
	struct tobs_group *g, int (*fn)(void *arg), void *arg, const struct tobs_fiber_options *opt)
{
	struct rt *rt = rt_self;
	struct tobs_fiber *f;
	int r;

	if (!rt || rt->closing)
		return TOBS_EINVAL;
	if (g->cancelled)
		return TOBS_ECANCELED;
	r = fiber_new(rt, fn, arg, opt, &f);
	if (r)
		return r;
	f->group = g;
	list_push(as_list(&g->members), &f->sibling);
	g->count++;
	fiber_start(rt, f);
	return TOBS_OK;
}

void tobs_group_cancel(struct tobs_group *g)
{
	g->cancelled = true;
	LIST_EACH (it, as_list(&g->members))
		tobs_cancel(LIST_ITEM(it, struct tobs_fiber, sibling));
}

/* A member has ended. */
void group_left(struct tobs_group *g, struct tobs_fiber *f)
{
	list_remove(&f->sibling);
	g->count--;
	if (f->result && !g->result && !(g->cancelled && f->result == TOBS_ECANCELED)) {
		g->result = f->result;
		if (g->flags & TOBS_GROUP_FAIL_FAST)
			tobs_group_cancel(g);
	}
	/* The last to be touched: whoever is woken may free the group. */
	if (!g->count)
		waiters_wake_all(&g->waiters, TOBS_OK);
}

int tobs_group_wait(struct tobs_group *g)
{
	struct tobs_shield shield;
	int r = TOBS_OK;

	if (!fiber_self())
		return TOBS_EINVAL;
	if (g->count)
		r = waiters_wait(&g->waiters, "a group");
	if (g->count)
		tobs_group_cancel(g);
	else
		r = TOBS_OK;
	tobs_shield_begin(&shield);
	while (g->count)
		waiters_wait(&g->waiters, "a cancelled group");
	tobs_shield_end(&shield);
	if (!r)
		r = g->result;
	g->result = 0;
	g->cancelled = false;
	return r;
}

size_t tobs_group_count(const struct tobs_group *g)
{
	return g->count;
}
