/* SPDX-License-Identifier: MIT */
#include "rt/sched.h"

/* On the stack of the fiber, which does not leave before `done`. */
struct job {
	uv_work_t work;
	int (*fn)(void *arg);
	void *arg;
	struct tobs_fiber *fiber;
	int result;
	bool dropped;
	bool done;
};

static void work(uv_work_t *work)
{
	struct job *job = CONTAINER_OF(work, struct job, work);

	job->result = job->fn(job->arg);
}

static void after(uv_work_t *work, int status)
{
	struct job *job = CONTAINER_OF(work, struct job, work);

	job->dropped = status == UV_ECANCELED;
	job->done = true;
	fiber_wake(job->fiber, TOBS_OK);
}

int tobs_offload(int (*fn)(void *arg), void *arg)
{
	struct rt *rt = rt_self;
	struct job job = { .fn = fn, .arg = arg };
	struct tobs_shield shield;
	int r = fiber_checkpoint();

	if (r)
		return r;
	job.fiber = rt->current;
	r = uv_queue_work(&rt->uv, &job.work, work, after);
	if (r)
		return loop_error(r);
	rt->jobs++;
	r = fiber_park("an offloaded job", &job, WAIT_FOREVER);
	if (!job.done) {
		/* Works when no thread has taken it yet; after() is called either way. */
		uv_cancel((uv_req_t *)&job.work);
		tobs_shield_begin(&shield);
		while (!job.done)
			fiber_park("an offloaded job, to be dropped", &job, WAIT_FOREVER);
		tobs_shield_end(&shield);
	}
	rt->jobs--;
	return job.dropped ? r : job.result;
}
