/* SPDX-License-Identifier: MIT */
#include "rt/resolve.h"

#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "base/alloc.h"
#include "rt/post.h"
#include "rt/sched.h"

enum { HOST_MAX = 255 }; /* RFC 1035, section 2.3.4 */

/*
 * Owned by its thread until it is posted back, then by the loop. Only the loop
 * looks at `fiber`, so a fiber that goes takes its name off and that is all.
 */
struct lookup {
	struct post post;
	struct tobs_fiber *fiber; /* NULL: nobody waits any more */
	bool *done;
	uint64_t run; /* the run it belongs to; a late one may come back to another */
	resolve_fn fn;
	char host[HOST_MAX + 1];
	int code; /* EAI_… */
	int sys;
	size_t count;
	struct addr found[RESOLVE_MAX];
};

static _Atomic(resolve_fn) test_fn;

void resolve_use(resolve_fn fn)
{
	atomic_store(&test_fn, fn);
}

static int system_resolve(const char *host, struct addr *ret, size_t *ret_count)
{
	static const struct addrinfo hints = {
		.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG
	};
	struct addrinfo *list = NULL;
	size_t n = 0;
	int code = getaddrinfo(host, NULL, &hints, &list);

	if (code)
		return code;
	for (struct addrinfo *it = list; it && n < RESOLVE_MAX; it = it->ai_next) {
		if (it->ai_family != AF_INET && it->ai_family != AF_INET6)
			continue;
		ret[n] = (struct addr){ .len = it->ai_addrlen };
		memcpy(&ret[n].sa, it->ai_addr, it->ai_addrlen);
		n++;
	}
	freeaddrinfo(list);
	*ret_count = n;
	return n ? 0 : EAI_NONAME;
}

/* On the loop. */
static void came_back(struct post *p)
{
	struct lookup *l = CONTAINER_OF(p, struct lookup, post);

	if (l->run == rt_self->run)
		tobs_sem_post(&rt_self->lookups);
	if (!l->fiber) {
		mem_free(l);
		return;
	}
	*l->done = true;
	fiber_wake(l->fiber, TOBS_OK);
}

static void *look_up(void *arg)
{
	struct lookup *l = arg;

	l->code = l->fn(l->host, l->found, &l->count);
	l->sys = errno;
	if (post_send(&l->post)) /* the run is over, and so is the fiber */
		mem_free(l);
	return NULL;
}

static int start_thread(struct lookup *l)
{
	pthread_attr_t attr;
	sigset_t all, old;
	pthread_t thread;
	int r;

	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	r = pthread_create(&thread, &attr, look_up, l);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	pthread_attr_destroy(&attr);
	return r ? TOBS_ENOMEM : TOBS_OK;
}

/* Families take turns, beginning with the first one's. */
static void take_turns(struct addr *a, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		size_t other = i;
		struct addr moved;

		while (other < n && a[other].sa.sa_family == a[i - 1].sa.sa_family)
			other++;
		if (other == n)
			return;
		moved = a[other];
		memmove(&a[i + 1], &a[i], (other - i) * sizeof *a);
		a[i] = moved;
	}
}

static int explain(const struct lookup *l, struct tobs_err *err)
{
	switch (l->code) {
	case 0: return TOBS_OK;
	case EAI_NONAME:
#ifdef EAI_NODATA
	case EAI_NODATA:
#endif
		return tobs_fail(err, TOBS_ENOTFOUND, "no host is called \"%s\"", l->host);
	case EAI_MEMORY: return tobs_fail(err, TOBS_ENOMEM, "looking up \"%s\"", l->host);
	case EAI_SYSTEM: return tobs_fail_sys(err, TOBS_ENET, l->sys, "looking up \"%s\"", l->host);
	default:
		return tobs_fail(
			err, TOBS_ENET, "looking up \"%s\": %s", l->host, gai_strerror(l->code));
	}
}

/* Waits for the thread; on failure it is left alone, and frees the lookup. */
static int look_up_and_wait(struct rt *rt, struct lookup *l)
{
	bool done = false;
	int r;

	l->fiber = rt->current;
	l->done = &done;
	r = start_thread(l);
	if (r) {
		tobs_sem_post(&rt->lookups);
		mem_free(l);
		return r;
	}
	rt->jobs++;
	r = fiber_park("the address of a host", NULL, WAIT_FOREVER);
	rt->jobs--;
	if (done)
		return TOBS_OK;
	l->fiber = NULL;
	return r;
}

int resolve(struct tobs_view host, uint16_t port, struct addr *ret, size_t *ret_count,
	struct tobs_err *err)
{
	struct rt *rt = rt_self;
	struct lookup *l;
	int r = fiber_checkpoint();

	if (r)
		return tobs_fail(err, r, "looking up a host");
	r = addr_parse(host, port, &ret[0]);
	if (r == TOBS_OK) {
		*ret_count = 1;
		return r;
	}
	if (!host.len || host.len > HOST_MAX || memchr(host.ptr, 0, host.len) || r == TOBS_ETOOBIG)
		return tobs_fail(err, TOBS_EINVAL, "this cannot be the name of a host");
	r = tobs_sem_wait(&rt->lookups);
	if (r)
		return tobs_fail(err, r, "looking up \"%.*s\"", TOBS_VIEW_FMT(host));
	l = MEM_NEW(struct lookup);
	if (!l) {
		tobs_sem_post(&rt->lookups);
		return tobs_fail(err, TOBS_ENOMEM, "looking up \"%.*s\"", TOBS_VIEW_FMT(host));
	}
	l->post.fn = came_back;
	l->run = rt->run;
	l->fn = atomic_load(&test_fn);
	if (!l->fn)
		l->fn = system_resolve;
	memcpy(l->host, host.ptr, host.len);
	r = look_up_and_wait(rt, l);
	if (r)
		return tobs_fail(err, r, "looking up \"%.*s\"", TOBS_VIEW_FMT(host));
	r = explain(l, err);
	if (!r) {
		take_turns(l->found, l->count);
		memcpy(ret, l->found, l->count * sizeof *ret);
		for (size_t i = 0; i < l->count; i++)
			addr_set_port(&ret[i], port);
		*ret_count = l->count;
	}
	mem_free(l);
	return r;
}
