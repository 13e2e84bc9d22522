/* SPDX-License-Identifier: MIT */
#include "rt/sched.h"

static void put_fiber(struct tobs_buf *out, const struct rt *rt, const struct tobs_fiber *f)
{
	tobs_buf_printf(out, "#%-6llu %-24s ", (unsigned long long)f->id, f->name);
	if (f->state == FIBER_WAITING) {
		tobs_buf_printf(out, "waits for %s", f->what);
		if (f->on)
			tobs_buf_printf(out, " %p", f->on);
		if (f->until != WAIT_FOREVER)
			tobs_buf_printf(out, ", at most %lld ms",
				(long long)MAX((f->until - rt->now + 999) / 1000, 0));
	} else {
		tobs_buf_puts(out, f == rt->current ? "runs" : "can run");
	}
	if (f->cancelled)
		tobs_buf_puts(out, ", cancelled");
	if (f->shields)
		tobs_buf_puts(out, ", shielded");
	if (f->finishing)
		tobs_buf_puts(out, ", its function has returned");
	tobs_buf_putc(out, '\n');
}

int tobs_rt_dump(struct tobs_buf *out)
{
	const struct rt *rt = rt_self;
	size_t waiting = 0, timed = 0, signals = 0;

	if (!rt)
		return tobs_buf_puts(out, "no loop runs on this thread\n");
	LIST_EACH (it, &rt->all) {
		const struct tobs_fiber *f = LIST_ITEM(it, struct tobs_fiber, all);

		waiting += f->state == FIBER_WAITING;
		timed += f->state == FIBER_WAITING && f->until != WAIT_FOREVER;
	}
	for (int i = 0; i < NSIG; i++)
		signals += rt->signals[i] != NULL;
	tobs_buf_printf(out,
		"%zu fibers, %zu wait, %zu of them for a limited time; %zu jobs, %zu descriptors, "
		"%zu signals, %zu KiB of stacks mapped\n",
		rt->live + 1, waiting, timed, rt->jobs, rt->watching, signals,
		rt->stacks.mapped >> 10);
	if (waiting == rt->live + 1 && !timed && !rt->jobs && !rt->watching && !signals)
		tobs_buf_puts(out, "only a posted call or a stop can wake any of them\n");
	LIST_EACH (it, &rt->all)
		put_fiber(out, rt, LIST_ITEM(it, struct tobs_fiber, all));
	return tobs_buf_err(out);
}
