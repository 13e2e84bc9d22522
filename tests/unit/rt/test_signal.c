/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rt/sched.h"
#include "support/failmem.h"
#include "support/fibers.h"

static char order[32];

static void note(void *arg)
{
	size_t n = strlen(order);

	assert(n + 1 < sizeof order);
	order[n] = *(const char *)arg;
	order[n + 1] = 0;
}

static void *letter(const char *s)
{
	return (void *)(uintptr_t)s;
}

static int wait_for_usr1(void *arg)
{
	int r = tobs_signal_wait(SIGUSR1);

	++*(int *)arg;
	return r;
}

FIBER_TEST(signals_wake_who_waits)
{
	struct tobs_fiber *a, *b;
	int count = 0, r = 1;

	assert_ok(tobs_spawn(&a, wait_for_usr1, &count, NULL));
	assert_ok(tobs_spawn(&b, wait_for_usr1, &count, NULL));
	settle();
	raise(SIGUSR1);
	assert_ok(tobs_join(a, &r));
	assert_ok(r);
	assert_ok(tobs_join(b, &r));
	assert_ok(r);
	assert_int_equal(count, 2);
	return TOBS_OK;
}

FIBER_TEST(signals_are_kept_once_they_are_watched)
{
	struct tobs_deadline d;

	assert_ok(tobs_signal_watch(SIGUSR2));
	assert_ok(tobs_signal_watch(SIGUSR2));
	raise(SIGUSR2);
	raise(SIGUSR2);
	assert_ok(tobs_sleep(1)); /* the loop has looked */
	assert_ok(tobs_signal_wait(SIGUSR2));
	assert_int_equal(elapsed(), 1);
	/* Several count as one. */
	tobs_deadline_push(&d, 1);
	assert_code(tobs_signal_wait(SIGUSR2), TOBS_ETIMEDOUT);
	tobs_deadline_pop(&d);
	return TOBS_OK;
}

FIBER_TEST(not_every_signal)
{
	assert_code(tobs_signal_watch(0), TOBS_EINVAL);
	assert_code(tobs_signal_watch(-1), TOBS_EINVAL);
	assert_code(tobs_signal_watch(10000), TOBS_EINVAL);
	assert_code(tobs_signal_watch(SIGKILL), TOBS_EINVAL);
	assert_code(tobs_signal_watch(SIGPIPE), TOBS_EINVAL);
	return TOBS_OK;
}

/* ---- Hooks --------------------------------------------------------------- */

static void slow_note(void *arg)
{
	tobs_sleep(10);
	note(arg);
}

static struct tobs_hook hook_a, hook_b, hook_c;

static int register_hooks(void *arg)
{
	int r;

	(void)arg;
	r = tobs_on_shutdown(&hook_a, note, letter("a"));
	if (!r)
		r = tobs_on_shutdown(&hook_b, slow_note, letter("b"));
	if (!r)
		r = tobs_on_shutdown(&hook_c, note, letter("c"));
	if (!r)
		note(letter("-"));
	return r;
}

static void hooks_run_when_main_returns(void **state)
{
	(void)state;
	order[0] = 0;
	fiber_test_run(register_hooks);
	assert_string_equal(order, "-cba");
}

FIBER_TEST(hooks_run_when_a_stop_is_asked_for)
{
	struct tobs_hook late;
	int r = 1;

	order[0] = 0;
	assert_ok(register_hooks(NULL));
	tobs_off_shutdown(&hook_c);
	assert_false(tobs_shutdown_requested());
	tobs_shutdown();
	tobs_shutdown();
	assert_true(tobs_shutdown_requested());
	assert_string_equal(order, "-"); /* on a fiber of their own */
	assert_ok(tobs_event_wait(tobs_shutdown_event(), &r));
	assert_ok(r);
	assert_ok(tobs_sleep(20));
	assert_string_equal(order, "-ba");
	tobs_off_shutdown(&hook_a); /* it has run: nothing happens */
	assert_code(tobs_on_shutdown(&late, note, letter("x")), TOBS_ECLOSED);
	return TOBS_OK;
}

static void hooks_run_once(void **state)
{
	(void)state;
	hooks_run_when_a_stop_is_asked_for(state);
	assert_string_equal(order, "-ba");
}

static void register_more(void *arg)
{
	note(arg);
	if (tobs_on_shutdown(&hook_b, note, letter("m")))
		note(letter("!"));
}

static int register_one(void *arg)
{
	(void)arg;
	return tobs_on_shutdown(&hook_a, register_more, letter("o"));
}

static void a_hook_may_register_another(void **state)
{
	(void)state;
	order[0] = 0;
	fiber_test_run(register_one);
	assert_string_equal(order, "om");
}

FIBER_TEST(a_hook_registered_too_late_for_main_runs_at_once)
{
	order[0] = 0;
	tobs_shutdown();
	assert_ok(tobs_on_shutdown(&hook_a, note, letter("l")));
	settle();
	assert_string_equal(order, "l");
	return TOBS_OK;
}

static int run_hooks(void *user)
{
	(void)user;
	order[0] = 0;
	return tobs_run(register_hooks, NULL);
}

static void without_memory(void **state)
{
	(void)state;
	fail_each_allocation(run_hooks, NULL);
}

/* ---- SIGINT and SIGTERM, in a process of their own ------------------------ */

static void leave(int signo)
{
	_exit(100 + signo);
}

static const struct tobs_run_options catching = { .catch_signals = true, .hurry = leave };
static const struct tobs_run_options patient = { .catch_signals = true };

static int wait_for_a_stop(void *arg)
{
	int r = tobs_on_shutdown(&hook_a, note, letter("h"));

	raise(*(int *)arg);
	if (!r)
		r = tobs_event_wait(tobs_shutdown_event(), NULL);
	return r ? r : tobs_shutdown_requested() ? 33 : 0;
}

static int never_give_back(void *arg)
{
	raise(SIGTERM);
	raise(*(int *)arg);
	for (volatile bool stop = false; !stop;)
		;
	return 0;
}

static int two_and_go_on(void *arg)
{
	raise(SIGINT);
	raise(SIGINT);
	raise(SIGTERM);
	return wait_for_a_stop(arg);
}

static int run_in_child(const struct tobs_run_options *opt, int (*fn)(void *), int signo)
{
	int status = 0;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		order[0] = 0;
		status = tobs_run_with(opt, fn, &signo);
		_exit(status == 33 && strcmp(order, "h") == 0 ? 33 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static void the_first_one_asks_for_a_stop(void **state)
{
	(void)state;
	assert_int_equal(run_in_child(&catching, wait_for_a_stop, SIGINT), 33);
	assert_int_equal(run_in_child(&catching, wait_for_a_stop, SIGTERM), 33);
}

static void the_second_one_leaves_at_once(void **state)
{
	(void)state;
	assert_int_equal(run_in_child(&catching, never_give_back, SIGINT), 100 + SIGINT);
	assert_int_equal(run_in_child(&catching, never_give_back, SIGTERM), 100 + SIGTERM);
	/* Without a function for it, it is ignored. */
	assert_int_equal(run_in_child(&patient, two_and_go_on, SIGINT), 33);
}

static void without_the_option_they_keep_their_meaning(void **state)
{
	(void)state;
	assert_int_equal(run_in_child(NULL, wait_for_a_stop, SIGTERM), -SIGTERM);
}

static int nothing(void *arg)
{
	(void)arg;
	return tobs_signal_watch(SIGTERM) == TOBS_EINVAL ? TOBS_OK : TOBS_EINTERNAL;
}

static int not_stopped(void *arg)
{
	int r = tobs_yield();

	(void)arg;
	return r ? r : tobs_shutdown_requested() ? TOBS_EINTERNAL : TOBS_OK;
}

static int stop_and_end(void *arg)
{
	(void)arg;
	raise(SIGTERM);
	return TOBS_OK;
}

static void handlers_are_put_back(void **state)
{
	struct sigaction before, after;

	(void)state;
	sigaction(SIGTERM, NULL, &before);
	assert_ok(tobs_run_with(&catching, nothing, NULL));
	sigaction(SIGTERM, NULL, &after);
	assert_ptr_equal(before.sa_handler, after.sa_handler);
	/* A stop that the last run did not see is not one for the next. */
	assert_ok(tobs_run_with(&catching, stop_and_end, NULL));
	assert_ok(tobs_run_with(&catching, not_stopped, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fiber_unit_test(signals_wake_who_waits),
		fiber_unit_test(signals_are_kept_once_they_are_watched),
		fiber_unit_test(not_every_signal),
		cmocka_unit_test(hooks_run_when_main_returns),
		fiber_unit_test(hooks_run_when_a_stop_is_asked_for),
		cmocka_unit_test(hooks_run_once),
		cmocka_unit_test(a_hook_may_register_another),
		fiber_unit_test(a_hook_registered_too_late_for_main_runs_at_once),
		cmocka_unit_test(without_memory),
		cmocka_unit_test(the_first_one_asks_for_a_stop),
		cmocka_unit_test(the_second_one_leaves_at_once),
		cmocka_unit_test(without_the_option_they_keep_their_meaning),
		cmocka_unit_test(handlers_are_put_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
