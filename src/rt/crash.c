/* SPDX-License-Identifier: MIT */
/*
 * Names the fiber whose stack overflowed. In debug builds only: a handler for
 * SIGSEGV on a stack of its own compares the address with the guard of the
 * running fiber, writes one line, and lets the signal do what it would have done.
 */
#include "rt/sched.h"

#ifdef NDEBUG

void crash_open(struct rt *rt)
{
	(void)rt;
}

void crash_close(struct rt *rt)
{
	(void)rt;
}

#else

#include <string.h>
#include <unistd.h>

#include "base/alloc.h"

/* Room for the frame the kernel pushes (with AVX-512 more than MINSIGSTKSZ) and for backtrace(). */
enum { ALT_STACK = 64 << 10 };

static struct sigaction old_segv;
static void *alt_stack; /* ours, or NULL when the thread has one already */

static void say(const char *text)
{
	/* Nothing can be done when it fails. */
	if (write(STDERR_FILENO, text, strlen(text)) < 0)
		return;
}

static void on_segv(int signo, siginfo_t *info, void *context)
{
	const struct rt *rt = rt_self;

	(void)context;
	if (rt && stack_guards(&rt->current->stack, info->si_addr)) {
		say("tobs: the stack of fiber \"");
		say(rt->current->name);
		say("\" overflowed; give it more (tobs_fiber_options.stack_size) or call "
		    "tobs_offload()\n");
	}
	/* The access happens again, and meets whoever was there before us. */
	sigaction(signo, &old_segv, NULL);
}

void crash_open(struct rt *rt)
{
	struct sigaction sa = { .sa_sigaction = on_segv, .sa_flags = SA_SIGINFO | SA_ONSTACK };
	stack_t have, want = { .ss_size = ALT_STACK };

	(void)rt;
	if (sigaltstack(NULL, &have) == 0 && have.ss_flags & SS_DISABLE) {
		alt_stack = mem_alloc(ALT_STACK);
		want.ss_sp = alt_stack;
		if (alt_stack)
			sigaltstack(&want, NULL);
	}
	sigemptyset(&sa.sa_mask);
	sigaction(SIGSEGV, &sa, &old_segv);
}

void crash_close(struct rt *rt)
{
	const stack_t off = { .ss_flags = SS_DISABLE };

	(void)rt;
	sigaction(SIGSEGV, &old_segv, NULL);
	if (alt_stack) {
		sigaltstack(&off, NULL);
		mem_free(alt_stack);
		alt_stack = NULL;
	}
}

#endif
