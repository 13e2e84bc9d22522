/* SPDX-License-Identifier: MIT */
/*
 * A stack that overflows hits the guard below it and nothing else. Each case in
 * a child, whose handler looks where the fault was.
 */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rt/sched.h"
#include "support/fibers.h"

enum { IN_GUARD = 42, ELSEWHERE = 43, NO_FAULT = 44 };

static enum stack_guard guard_kind;
static int (*overflow)(void *arg);

static void look(int signo, siginfo_t *info, void *context)
{
	(void)signo, (void)context;
	_exit(stack_guards(&rt_self->current->stack, info->si_addr) ? IN_GUARD : ELSEWHERE);
}

static int depth(int n)
{
	volatile char frame[300];

	frame[n % 300] = (char)n;
	return n < 0 ? n : depth(n + 1) + frame[n % 300];
}

static int by_depth(void *arg)
{
	(void)arg;
	return depth(1);
}

/* Larger than the guard, and only its far end is used. */
static int by_one_frame(void *arg)
{
	volatile char frame[STACK_DEFAULT + 4 * STACK_GUARD];

	(void)arg;
	frame[0] = 1;
	return frame[0];
}

static int do_nothing(void *arg)
{
	(void)arg;
	return tobs_yield();
}

/* Between two others, the middle one of three overflows. */
static int start_three(void *arg)
{
	const struct tobs_fiber_options greedy = { .name = "greedy" };
	int r;

	(void)arg;
	if (guard_kind == STACK_GUARD_PROTECT)
		rt_self->stacks.guard = guard_kind;
	r = tobs_spawn(NULL, do_nothing, NULL, NULL);
	if (!r)
		r = tobs_spawn(NULL, overflow, NULL, &greedy);
	if (!r)
		r = tobs_spawn(NULL, do_nothing, NULL, NULL);
	if (!r && guard_kind == STACK_GUARD_MARKER && rt_self->stacks.guard != guard_kind)
		_exit(IN_GUARD); /* not on this kernel */
	return r;
}

static char said[500];

static int overflow_in_child(enum stack_guard kind, int (*how)(void *))
{
	static uint8_t alt[64 << 10];
	struct sigaction sa = { .sa_sigaction = look, .sa_flags = SA_SIGINFO | SA_ONSTACK };
	const stack_t on = { .ss_sp = alt, .ss_size = sizeof alt };
	int fds[2], status = 0;
	size_t n = 0;
	ssize_t got;
	pid_t child;

	guard_kind = kind;
	overflow = how;
	assert_int_equal(pipe(fds), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		sigaltstack(&on, NULL);
		sigaction(SIGSEGV, &sa, NULL);
		dup2(fds[1], STDERR_FILENO);
		tobs_run(start_three, NULL);
		_exit(NO_FAULT);
	}
	close(fds[1]);
	while ((got = read(fds[0], said + n, sizeof said - 1 - n)) > 0)
		n += (size_t)got;
	said[n] = 0;
	close(fds[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static void hits_a_protected_guard(void **state)
{
	(void)state;
	assert_int_equal(overflow_in_child(STACK_GUARD_PROTECT, by_depth), IN_GUARD);
}

static void hits_a_marked_guard(void **state)
{
	(void)state;
	assert_int_equal(overflow_in_child(STACK_GUARD_MARKER, by_depth), IN_GUARD);
}

static void does_not_step_over_it(void **state)
{
	(void)state;
	assert_int_equal(overflow_in_child(STACK_GUARD_AUTO, by_one_frame), IN_GUARD);
}

static void debug_builds_name_the_fiber(void **state)
{
	(void)state;
	if (!RT_DEBUG)
		return;
	overflow_in_child(STACK_GUARD_AUTO, by_depth);
	assert_non_null(strstr(said,
		"tobs: the stack of fiber \"greedy\" overflowed; give it more "
		"(tobs_fiber_options.stack_size) or call tobs_offload()\n"));
}

static int *volatile nowhere = (int *)16;

static int read_nowhere(void *arg)
{
	(void)arg;
	return *nowhere;
}

static void other_faults_are_not_ours(void **state)
{
	(void)state;
	assert_int_equal(overflow_in_child(STACK_GUARD_AUTO, read_nowhere), ELSEWHERE);
	assert_null(strstr(said, "tobs:"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hits_a_protected_guard),
		cmocka_unit_test(hits_a_marked_guard),
		cmocka_unit_test(does_not_step_over_it),
		cmocka_unit_test(debug_builds_name_the_fiber),
		cmocka_unit_test(other_faults_are_not_ours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
