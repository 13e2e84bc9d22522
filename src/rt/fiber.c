/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>
#include <tobs/err.h>

#include "base/alloc.h"
#include "rt/context.h"
#include "rt/sched.h"

/* Nothing refers to it any more. */
static void fiber_free(struct tobs_fiber *f)
{
	list_remove(&f->sibling);
	mem_free(f);
}

static void cancel_children(struct tobs_fiber *f)
{
	LIST_EACH (it, &f->children)
		tobs_cancel(LIST_ITEM(it, struct tobs_fiber, sibling));
}

void fiber_finish(struct tobs_fiber *f)
{
	bool stopped = f->result || f->cancelled;

	/* What the function pushed and put up it also took down again. */
	assert(!f->deadline && !f->shields);
	f->deadline = NULL;
	f->finishing = true;
	f->shields = stopped;
	if (stopped)
		cancel_children(f);
	while (f->live_children) {
		if (fiber_park("its children", NULL, WAIT_FOREVER) == TOBS_ECANCELED) {
			f->shields = 1;
			cancel_children(f);
		}
	}
	fiber_forget(f);
}

void fiber_forget(struct tobs_fiber *f)
{
	LIST_EACH (it, &f->children)
		fiber_free(LIST_ITEM(it, struct tobs_fiber, sibling));
}

/* Tells whoever waits for the end of f. */
static void announce(struct rt *rt, struct tobs_fiber *f)
{
	struct tobs_fiber *parent = f->parent;

	if (f->group) {
		group_left(f->group, f);
	} else if (parent) {
		parent->live_children--;
		if (parent->finishing && !parent->live_children)
			fiber_wake(parent, TOBS_OK);
	}
	if (f->joiner) {
		*f->joiner_result = f->result;
		*f->joiner_done = true;
		f->has_handle = false;
		fiber_wake(f->joiner, TOBS_OK);
	}
	list_remove(&f->all);
	timers_clear(&rt->timers, &f->alarm);
	rt->live--;
	if (rt->ending && !rt->live)
		fiber_wake(&rt->main, TOBS_OK);
}

static void fiber_main(void *arg)
{
	struct tobs_fiber *f = arg;
	struct rt *rt = rt_self;

	fiber_arrived(rt);
	f->result = f->fn(f->arg);
	fiber_finish(f);
	announce(rt, f);
	f->state = FIBER_ENDED;
	rt->dead = f;
	fiber_leave(rt);
	__builtin_unreachable();
}

void fiber_bury(struct rt *rt)
{
	struct tobs_fiber *f = rt->dead;

	rt->dead = NULL;
	stack_release(&rt->stacks, &f->stack);
	if (!f->has_handle)
		fiber_free(f);
}

int fiber_new(struct rt *rt, int (*fn)(void *), void *arg, const struct tobs_fiber_options *opt,
	struct tobs_fiber **ret)
{
	size_t size = opt && opt->stack_size ? opt->stack_size : STACK_DEFAULT;
	struct tobs_fiber *f = MEM_NEW(struct tobs_fiber);
	int r;

	if (!f)
		return TOBS_ENOMEM;
	/* Alarms of all, the main one, and this one. */
	r = timers_reserve(&rt->timers, rt->live + 2);
	if (!r)
		r = stack_take(&rt->stacks, size, &f->stack);
	if (r) {
		mem_free(f);
		return r;
	}
	f->fn = fn;
	f->arg = arg;
	f->context = context_make(f->stack.low, f->stack.size, fiber_main, f);
	list_init(&f->sibling);
	list_init(&f->children);
	list_init(&f->all);
	snprintf(f->name, sizeof f->name, "%s", opt && opt->name ? opt->name : "fiber");
	*ret = f;
	return TOBS_OK;
}

void fiber_start(struct rt *rt, struct tobs_fiber *f)
{
	f->id = ++rt->next_id;
	list_push(&rt->all, &f->all);
	rt->live++;
	ready_push(rt, f);
}

int tobs_spawn(struct tobs_fiber **ret, int (*fn)(void *arg), void *arg,
	const struct tobs_fiber_options *opt)
{
	struct rt *rt = rt_self;
	struct tobs_fiber *f, *parent;
	int r;

	if (!rt || rt->closing)
		return TOBS_EINVAL;
	r = fiber_new(rt, fn, arg, opt, &f);
	if (r)
		return r;
	parent = rt->current == &rt->sched ? &rt->main : rt->current;
	f->parent = parent;
	list_push(&parent->children, &f->sibling);
	parent->live_children++;
	f->has_handle = ret != NULL;
	fiber_start(rt, f);
	if (ret)
		*ret = f;
	return TOBS_OK;
}

/* Waits for the end of f whatever happens; what happened is returned. */
static int await(struct tobs_fiber *f, int *result)
{
	struct tobs_shield shield;
	bool done = false;
	int r;

	assert(!f->joiner);
	f->joiner = fiber_self();
	f->joiner_result = result;
	f->joiner_done = &done;
	r = fiber_park("the end of a fiber", f, WAIT_FOREVER);
	if (done)
		return TOBS_OK;
	tobs_cancel(f);
	tobs_shield_begin(&shield);
	while (!done)
		fiber_park("the end of a fiber", f, WAIT_FOREVER);
	tobs_shield_end(&shield);
	return r;
}

int tobs_join(struct tobs_fiber *fiber, int *ret_result)
{
	int r, result = 0;

	if (!fiber_self())
		return TOBS_EINVAL;
	if (fiber->state == FIBER_ENDED) {
		result = fiber->result;
		fiber_free(fiber);
		r = TOBS_OK;
	} else {
		r = await(fiber, &result);
	}
	if (!r && ret_result)
		*ret_result = result;
	return r;
}

void tobs_cancel(struct tobs_fiber *fiber)
{
	if (!fiber || fiber->cancelled)
		return;
	fiber->cancelled = true;
	if (!fiber->shields)
		fiber_wake(fiber, TOBS_ECANCELED);
}

const char *tobs_fiber_name(const struct tobs_fiber *fiber)
{
	return fiber->name;
}

void *fiber_local(void)
{
	struct tobs_fiber *f = fiber_self();

	return f ? f->local : NULL;
}

void fiber_set_local(void *p)
{
	struct tobs_fiber *f = fiber_self();

	assert(f);
	f->local = p;
}
