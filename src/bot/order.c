/* SPDX-License-Identifier: MIT */
#include "bot/order.h"

#include "base/alloc.h"

struct lane {
	struct list link;  /* in `active` or `spare` */
	struct list ready; /* in `ready` */
	struct list jobs;  /* that have not begun */
	struct order_job *current;
	int64_t key;
	struct order *order;
};

void order_init(struct order *o, size_t max_jobs, size_t max_running)
{
	*o = (struct order){ .max_jobs = max_jobs, .max_running = max_running };
	list_init(&o->active);
	list_init(&o->ready);
	list_init(&o->spare);
	tobs_group_init(&o->fibers, 0);
	tobs_cond_init(&o->room);
}

void order_deinit(struct order *o)
{
	LIST_EACH (l, &o->spare) {
		list_remove(l);
		mem_free(LIST_ITEM(l, struct lane, link));
	}
	map_deinit(&o->lanes);
}

size_t order_room(const struct order *o)
{
	return o->jobs < o->max_jobs ? o->max_jobs - o->jobs : 0;
}

/* The lane of that key, made if need be; NULL without memory. */
static struct lane *lane_of(struct order *o, int64_t key)
{
	struct lane *lane = key ? map_get(&o->lanes, (uint64_t)key) : NULL;

	if (lane)
		return lane;
	if (!list_empty(&o->spare)) {
		lane = LIST_ITEM(o->spare.next, struct lane, link);
		list_remove(&lane->link);
	} else {
		lane = MEM_NEW(struct lane);
		if (!lane)
			return NULL;
		list_init(&lane->link);
		list_init(&lane->ready);
		list_init(&lane->jobs);
		lane->order = o;
	}
	lane->key = key;
	if (key && map_put(&o->lanes, (uint64_t)key, lane)) {
		list_push(&o->spare, &lane->link);
		return NULL;
	}
	list_push(&o->active, &lane->link);
	return lane;
}

static void lane_done(struct order *o, struct lane *lane)
{
	if (lane->key)
		map_remove(&o->lanes, (uint64_t)lane->key);
	list_remove(&lane->link);
	list_push_front(&o->spare, &lane->link);
}

static void start_ready(struct order *o);

/* The job is out of the way, run or dropped. */
static void job_gone(struct order *o)
{
	o->jobs--;
	tobs_cond_signal(&o->room);
}

static int lane_run(void *arg)
{
	struct lane *lane = arg;
	struct order *o = lane->order;

	lane->current->run(lane->current);
	lane->current = NULL;
	o->running--;
	job_gone(o);
	if (list_empty(&lane->jobs))
		lane_done(o, lane);
	else
		list_push(&o->ready, &lane->ready);
	start_ready(o);
	return TOBS_OK;
}

/* A fiber for the lane's next job. */
static int lane_start(struct order *o, struct lane *lane)
{
	static const struct tobs_fiber_options options = { .name = "update" };
	struct list *first = lane->jobs.next;
	int r = tobs_group_spawn(&o->fibers, lane_run, lane, &options);

	if (r)
		return r;
	list_remove(first);
	lane->current = LIST_ITEM(first, struct order_job, link);
	o->running++;
	return TOBS_OK;
}

/* Without memory for a fiber the lane stays where it is; the next job that ends tries again. */
static void start_ready(struct order *o)
{
	while (o->running < o->max_running && !list_empty(&o->ready)) {
		struct lane *lane = LIST_ITEM(o->ready.next, struct lane, ready);

		list_remove(&lane->ready);
		if (lane_start(o, lane)) {
			list_push_front(&o->ready, &lane->ready);
			return;
		}
	}
}

static int put(struct order *o, struct order_job *job)
{
	struct lane *lane = lane_of(o, job->key);
	bool first;
	int r = TOBS_OK;

	if (!lane)
		return TOBS_ENOMEM;
	first = list_empty(&lane->jobs) && !lane->current;
	list_push(&lane->jobs, &job->link);
	o->jobs++;
	if (!first)
		return TOBS_OK;
	if (o->running < o->max_running && list_empty(&o->ready)) {
		r = lane_start(o, lane);
		if (!r)
			return TOBS_OK;
	}
	if (!r || o->running) { /* one that ends starts it */
		list_push(&o->ready, &lane->ready);
		return TOBS_OK;
	}
	list_remove(&job->link);
	o->jobs--;
	lane_done(o, lane);
	return r;
}

int order_submit(struct order *o, struct order_job *job, bool wait)
{
	list_init(&job->link);
	while (!o->closed && !order_room(o)) {
		int r = wait ? tobs_cond_wait(&o->room) : TOBS_EAGAIN;

		if (r)
			return r;
	}
	return o->closed ? TOBS_ECLOSED : put(o, job);
}

void order_close(struct order *o)
{
	o->closed = true;
	tobs_cond_broadcast(&o->room);
}

static void drop_waiting(struct order *o, void (*drop)(struct order_job *job))
{
	LIST_EACH (l, &o->active) {
		struct lane *lane = LIST_ITEM(l, struct lane, link);

		LIST_EACH (j, &lane->jobs) {
			list_remove(j);
			drop(LIST_ITEM(j, struct order_job, link));
			job_gone(o);
		}
		list_remove(&lane->ready);
		if (!lane->current)
			lane_done(o, lane);
	}
}

bool order_drain(struct order *o, int64_t ms, void (*drop)(struct order_job *job))
{
	struct tobs_shield shield;
	struct tobs_deadline d;
	bool clean = true;

	tobs_shield_begin(&shield);
	order_close(o);
	tobs_deadline_push(&d, ms);
	while (o->jobs && !tobs_cond_wait(&o->room))
		;
	tobs_deadline_pop(&d);
	if (o->jobs) {
		clean = false;
		drop_waiting(o, drop);
		tobs_group_cancel(&o->fibers);
	}
	(void)tobs_group_wait(&o->fibers);
	tobs_shield_end(&shield);
	return clean;
}
