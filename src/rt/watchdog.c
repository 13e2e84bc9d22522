/* SPDX-License-Identifier: MIT */
/*
 * Names a fiber that holds the loop, while it does. A thread looks a few times
 * in the time allowed whether the same turn still lasts; if so it interrupts the
 * loop's thread, whose handler notes the fiber's name and its stack.
 *
 * SIGURG is used because it is ignored where nobody handles it, so one that
 * comes too late does no harm.
 */
#include "rt/sched.h"

#ifdef NDEBUG

int watchdog_open(struct rt *rt, int64_t hold_ms)
{
	(void)rt, (void)hold_ms;
	return TOBS_OK;
}

void watchdog_close(struct rt *rt)
{
	(void)rt;
}

void watchdog_turn(struct rt *rt)
{
	(void)rt;
}

void watchdog_idle(struct rt *rt)
{
	(void)rt;
}

#else

#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <string.h>

#include "base/alloc.h"
#include "base/log.h"

enum {
	HOLD_DEFAULT_MS = 50,
	LOOKS = 4, /* in that time */
	FRAMES_MAX = 24,
	ANSWER_MS = 1000, /* for the handler to run; it does at once, but for a stopped process */
};

struct watchdog {
	pthread_t thread;
	pthread_t loop;
	struct rt *rt;
	int64_t hold_ms;
	struct sigaction old;
	atomic_uint_fast64_t turn; /* 0 while nobody runs */
	uint64_t turns;
	atomic_bool stop;
	sem_t wake; /* the thread, to make it stop */

	/* What the handler is asked and answers. */
	atomic_uint_fast64_t asked; /* the turn, or 0 */
	sem_t answer;
	bool caught; /* the turn was still the same */
	char name[NAME_MAX_BYTES];
	void *frames[FRAMES_MAX];
	int frame_count;
};

static struct watchdog *_Atomic the_watchdog; /* for the handler */

static void note_stack(int signo)
{
	struct watchdog *d = atomic_load(&the_watchdog);
	int saved = errno;
	uint64_t turn;

	(void)signo;
	if (!d || !rt_self || rt_self != d->rt)
		return;
	turn = atomic_exchange(&d->asked, 0);
	if (!turn)
		return;
	d->caught = atomic_load(&d->turn) == turn;
	if (d->caught) {
		memcpy(d->name, d->rt->current->name, sizeof d->name);
		d->frame_count = backtrace(d->frames, FRAMES_MAX);
	}
	sem_post(&d->answer);
	errno = saved;
}

/* "program(function+0x12)" or "program(+0x1234)", which addr2line understands. */
static void put_frame(struct tobs_buf *out, void *addr)
{
	Dl_info at;
	const char *file;

	if (!dladdr(addr, &at) || !at.dli_fname) {
		tobs_buf_printf(out, " %p", addr);
		return;
	}
	file = strrchr(at.dli_fname, '/');
	file = file ? file + 1 : at.dli_fname;
	if (at.dli_sname)
		tobs_buf_printf(out, " %s(%s+0x%zx)", file, at.dli_sname,
			(size_t)((char *)addr - (char *)at.dli_saddr));
	else
		tobs_buf_printf(
			out, " %s(+0x%zx)", file, (size_t)((char *)addr - (char *)at.dli_fbase));
}

static void report(const struct watchdog *d)
{
	/* The first two frames are the handler and the kernel's way into it. */
	enum { OWN_FRAMES = 2 };
	struct tobs_buf stack;

	tobs_buf_init(&stack, 4096);
	for (int i = OWN_FRAMES; i < d->frame_count; i++)
		put_frame(&stack, d->frames[i]);
	log_warn("rt", "fiber \"%s\" holds the loop for more than %lld ms, in%s", d->name,
		(long long)d->hold_ms, tobs_buf_str(&stack));
	tobs_buf_deinit(&stack);
}

/* Waits for the semaphore for so many milliseconds; false when it was not posted. */
static bool sem_wait_ms(sem_t *sem, int64_t ms)
{
	struct timespec until;
	int r;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += ms / 1000;
	until.tv_nsec += ms % 1000 * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	do
		r = sem_clockwait(sem, CLOCK_MONOTONIC, &until);
	while (r && errno == EINTR);
	return r == 0;
}

static void *watch(void *arg)
{
	struct watchdog *d = arg;
	uint64_t seen = 0;
	int looks = 0;

	while (!atomic_load(&d->stop)) {
		uint64_t turn;

		sem_wait_ms(&d->wake, MAX(d->hold_ms / LOOKS, 1));
		turn = atomic_load(&d->turn);
		looks = turn && turn == seen ? looks + 1 : 0;
		seen = turn;
		if (looks != LOOKS)
			continue;
		atomic_store(&d->asked, turn);
		if (pthread_kill(d->loop, SIGURG) == 0 && sem_wait_ms(&d->answer, ANSWER_MS) &&
			d->caught)
			report(d);
	}
	return NULL;
}

int watchdog_open(struct rt *rt, int64_t hold_ms)
{
	struct sigaction sa = { .sa_handler = note_stack, .sa_flags = SA_RESTART | SA_ONSTACK };
	sigset_t all, old;
	struct watchdog *d;
	int r;

	if (hold_ms < 0)
		return TOBS_OK;
	d = MEM_NEW(struct watchdog);
	if (!d)
		return TOBS_ENOMEM;
	d->rt = rt;
	d->loop = pthread_self();
	d->hold_ms = hold_ms ? hold_ms : HOLD_DEFAULT_MS;
	sem_init(&d->wake, 0, 0);
	sem_init(&d->answer, 0, 0);
	/* The first call loads a library, which a signal handler may not. */
	backtrace(d->frames, 1);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	r = pthread_create(&d->thread, NULL, watch, d);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (r) {
		mem_free(d);
		return TOBS_ENOMEM;
	}
	rt->watchdog = d;
	atomic_store(&the_watchdog, d);
	sigemptyset(&sa.sa_mask);
	sigaction(SIGURG, &sa, &d->old);
	watchdog_turn(rt);
	return TOBS_OK;
}

void watchdog_close(struct rt *rt)
{
	struct watchdog *d = rt->watchdog;

	if (!d)
		return;
	rt->watchdog = NULL;
	atomic_store(&d->stop, true);
	sem_post(&d->wake);
	pthread_join(d->thread, NULL);
	/* The thread is gone, and its signals reach this one before pthread_kill() returned. */
	atomic_store(&the_watchdog, NULL);
	sigaction(SIGURG, &d->old, NULL);
	sem_destroy(&d->wake);
	sem_destroy(&d->answer);
	mem_free(d);
}

void watchdog_turn(struct rt *rt)
{
	struct watchdog *d = rt->watchdog;

	if (d)
		atomic_store_explicit(&d->turn, ++d->turns, memory_order_relaxed);
}

void watchdog_idle(struct rt *rt)
{
	struct watchdog *d = rt->watchdog;

	if (d)
		atomic_store_explicit(&d->turn, 0, memory_order_relaxed);
}

#endif
