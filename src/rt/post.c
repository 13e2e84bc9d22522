/* SPDX-License-Identifier: MIT */
#include "rt/post.h"

#include <pthread.h>

#include "base/alloc.h"
#include "rt/sched.h"

enum { PENDING_MAX = 1000000 };

static struct {
	pthread_mutex_t lock;
	struct rt *rt; /* NULL: closed */
	struct post *first;
	struct post **end;
	size_t count;
} box = { .lock = PTHREAD_MUTEX_INITIALIZER };

static int put(struct post *p, size_t max)
{
	int r = TOBS_OK;

	pthread_mutex_lock(&box.lock);
	if (!box.rt) {
		r = TOBS_ECLOSED;
	} else if (box.count >= max) {
		r = TOBS_EAGAIN;
	} else {
		p->next = NULL;
		*box.end = p;
		box.end = &p->next;
		if (!box.count++)
			uv_async_send(&box.rt->async);
	}
	pthread_mutex_unlock(&box.lock);
	return r;
}

int post_send(struct post *p)
{
	return put(p, SIZE_MAX);
}

void post_open(struct rt *rt)
{
	pthread_mutex_lock(&box.lock);
	box.rt = rt;
	box.first = NULL;
	box.end = &box.first;
	box.count = 0;
	pthread_mutex_unlock(&box.lock);
}

void post_drain(void)
{
	struct post *p;

	pthread_mutex_lock(&box.lock);
	p = box.first;
	box.first = NULL;
	box.end = &box.first;
	box.count = 0;
	pthread_mutex_unlock(&box.lock);
	while (p) {
		struct post *next = p->next; /* p is gone after its call */

		p->fn(p);
		p = next;
	}
}

bool post_close(void)
{
	bool idle;

	pthread_mutex_lock(&box.lock);
	idle = !box.count;
	if (idle)
		box.rt = NULL;
	pthread_mutex_unlock(&box.lock);
	return idle;
}

struct call {
	struct post post;
	void (*fn)(void *arg);
	void *arg;
};

static void make_call(struct post *p)
{
	struct call *call = CONTAINER_OF(p, struct call, post);
	struct call copy = *call;

	mem_free(call);
	copy.fn(copy.arg);
}

int tobs_post(void (*fn)(void *arg), void *arg)
{
	struct call *call = mem_alloc(sizeof *call);
	int r;

	if (!call)
		return TOBS_ENOMEM;
	*call = (struct call){ { NULL, make_call }, fn, arg };
	r = put(&call->post, PENDING_MAX);
	if (r)
		mem_free(call);
	return r;
}
