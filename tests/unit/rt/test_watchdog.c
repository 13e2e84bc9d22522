/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>
#include <tobs/log.h>

#include "rt/sched.h"
#include "support/fibers.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char last[8192];
static atomic_int lines;

static void keep(const struct tobs_log_line *line, void *user)
{
	(void)user;
	pthread_mutex_lock(&lock);
	snprintf(last, sizeof last, "%s", line->text);
	pthread_mutex_unlock(&lock);
	atomic_fetch_add(&lines, 1);
}

static int setup(void **state)
{
	(void)state;
	atomic_store(&lines, 0);
	tobs_log_to(keep, NULL);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	tobs_log_to(NULL, NULL);
	return 0;
}

/* Until somebody complains; a minute is forever. */
static int hold_the_loop(void *arg)
{
	time_t start = time(NULL);

	(void)arg;
	while (!atomic_load(&lines))
		if (time(NULL) - start > 60)
			return TOBS_ETIMEDOUT;
	return TOBS_OK;
}

static int start_hog(void *arg)
{
	const struct tobs_fiber_options hog = { .name = "hog" };
	struct tobs_fiber *f;
	int result = 0, r = tobs_spawn(&f, hold_the_loop, arg, &hog);

	if (!r)
		r = tobs_join(f, &result);
	return r ? r : result;
}

static void names_who_holds_the_loop(void **state)
{
	const struct tobs_run_options strict = { .hold_ms = 5 };

	(void)state;
	if (!RT_DEBUG)
		return;
	assert_ok(tobs_run_with(&strict, start_hog, NULL));
	pthread_mutex_lock(&lock);
	assert_non_null(strstr(last, "fiber \"hog\" holds the loop for more than 5 ms, in "));
	assert_non_null(strstr(last, "test_rt_watchdog"));
	pthread_mutex_unlock(&lock);
}

static int hold_in_turns(void *arg)
{
	int64_t start = rt_clock();

	(void)arg;
	/* Longer than is allowed, but in small portions. */
	while (rt_clock() - start < 1000000)
		if (tobs_yield())
			return TOBS_EINTERNAL;
	return TOBS_OK;
}

static void says_nothing_of_small_turns(void **state)
{
	const struct tobs_run_options generous = { .hold_ms = 400 };

	(void)state;
	if (!RT_DEBUG)
		return;
	assert_ok(tobs_run_with(&generous, hold_in_turns, NULL));
	assert_int_equal(atomic_load(&lines), 0);
}

static int has_no_watchdog(void *arg)
{
	(void)arg;
	return rt_self->watchdog ? TOBS_EINTERNAL : TOBS_OK;
}

static void can_be_switched_off(void **state)
{
	const struct tobs_run_options off = { .hold_ms = -1 };

	(void)state;
	assert_ok(tobs_run_with(&off, has_no_watchdog, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(names_who_holds_the_loop, setup, teardown),
		cmocka_unit_test_setup_teardown(says_nothing_of_small_turns, setup, teardown),
		cmocka_unit_test(can_be_switched_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
