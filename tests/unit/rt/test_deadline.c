/* SPDX-License-Identifier: MIT */
#include "rt/sched.h"
#include "support/fibers.h"

FIBER_TEST(sleep_takes_its_time)
{
	assert_ok(tobs_sleep(0));
	assert_int_equal(elapsed(), 0);
	assert_ok(tobs_sleep(1));
	assert_int_equal(elapsed(), 1);
	assert_ok(tobs_sleep(86400000ll * 365)); /* a year */
	assert_int_equal(elapsed(), 1 + 86400000ll * 365);
	return TOBS_OK;
}

static char order[16];

static int sleep_and_note(void *arg)
{
	const char *what = arg; /* "<letter><tens of ms>" */
	int r = tobs_sleep((what[1] - '0') * 10);
	size_t n = strlen(order);

	order[n] = what[0];
	order[n + 1] = 0;
	return r;
}

FIBER_TEST(sleepers_wake_in_order)
{
	static const char *const who[] = { "c5", "a2", "d5", "b2", "e9", "z0" };

	order[0] = 0;
	for (size_t i = 0; i < ARRAY_LEN(who); i++)
		assert_ok(tobs_spawn(NULL, sleep_and_note, (void *)(uintptr_t)who[i], NULL));
	assert_ok(tobs_sleep(100));
	assert_string_equal(order, "zabcde");
	return TOBS_OK;
}

FIBER_TEST(the_earliest_counts)
{
	struct tobs_deadline outer, inner;

	assert_int_equal(tobs_deadline_left(), INT64_MAX);
	tobs_deadline_push(&outer, 100);
	assert_int_equal(tobs_deadline_left(), 100000);
	/* A later one inside changes nothing. */
	tobs_deadline_push(&inner, 5000);
	assert_int_equal(tobs_deadline_left(), 100000);
	assert_code(tobs_sleep(200), TOBS_ETIMEDOUT);
	assert_int_equal(elapsed(), 100);
	assert_true(tobs_deadline_passed(&outer));
	assert_false(tobs_deadline_passed(&inner));
	tobs_deadline_pop(&inner);
	assert_code(tobs_sleep(1), TOBS_ETIMEDOUT);
	tobs_deadline_pop(&outer);
	assert_ok(tobs_sleep(1));
	/* An earlier one inside ends alone. */
	tobs_deadline_push(&outer, 1000);
	tobs_deadline_push(&inner, 10);
	assert_code(tobs_sleep(500), TOBS_ETIMEDOUT);
	assert_true(tobs_deadline_passed(&inner));
	assert_false(tobs_deadline_passed(&outer));
	tobs_deadline_pop(&inner);
	assert_int_equal(elapsed(), 111);
	assert_ok(tobs_sleep(500));
	assert_code(tobs_sleep(500), TOBS_ETIMEDOUT);
	assert_int_equal(elapsed(), 101 + 1000);
	tobs_deadline_pop(&outer);
	return TOBS_OK;
}

FIBER_TEST(no_limit)
{
	struct tobs_deadline none, outer;

	tobs_deadline_push(&none, TOBS_FOREVER);
	assert_int_equal(tobs_deadline_left(), INT64_MAX);
	assert_ok(tobs_sleep(1000));
	tobs_deadline_pop(&none);
	assert_false(tobs_deadline_passed(&none));
	tobs_deadline_push(&none, INT64_MAX); /* too far to count */
	assert_int_equal(tobs_deadline_left(), INT64_MAX);
	tobs_deadline_pop(&none);
	tobs_deadline_push(&outer, 10);
	tobs_deadline_push(&none, TOBS_FOREVER);
	assert_int_equal(tobs_deadline_left(), 10000);
	tobs_deadline_pop(&none);
	tobs_deadline_pop(&outer);
	return TOBS_OK;
}

/* A sleep that ends exactly at the deadline was slept. */
FIBER_TEST(a_sleep_as_long_as_the_deadline)
{
	struct tobs_deadline d;

	tobs_deadline_push(&d, 50);
	assert_ok(tobs_sleep(50));
	assert_code(tobs_sleep(0), TOBS_ETIMEDOUT);
	tobs_deadline_pop(&d);
	return TOBS_OK;
}

static int use_deadlines(void *arg)
{
	struct tobs_deadline d;
	int r;

	for (int i = 0; i < 20; i++) {
		tobs_deadline_push(&d, *(int *)arg);
		r = tobs_sleep(7);
		tobs_deadline_pop(&d);
		if (r)
			return r;
	}
	return TOBS_OK;
}

FIBER_TEST(each_fiber_has_its_own)
{
	struct tobs_fiber *slow, *quick;
	int ten = 10, five = 5, r = 1;

	assert_ok(tobs_spawn(&slow, use_deadlines, &ten, NULL));
	assert_ok(tobs_spawn(&quick, use_deadlines, &five, NULL));
	assert_ok(tobs_join(quick, &r));
	assert_code(r, TOBS_ETIMEDOUT);
	assert_int_equal(elapsed(), 5);
	assert_ok(tobs_join(slow, &r));
	assert_ok(r);
	assert_int_equal(elapsed(), 140);
	return TOBS_OK;
}

/*
 * Alarms may stay behind when waits end early. They must neither wake anybody
 * nor make anybody late, and there is at most one a fiber.
 */
FIBER_TEST(alarms_left_behind_do_no_harm)
{
	struct tobs_deadline d;
	struct tobs_event e;

	tobs_event_init(&e);
	for (int i = 0; i < 100; i++) {
		tobs_deadline_push(&d, 1000);
		assert_ok(tobs_sleep(10)); /* ends before the deadline */
		tobs_deadline_pop(&d);
		assert_true(rt_self->timers.count <= 1);
	}
	assert_int_equal(elapsed(), 1000);
	tobs_deadline_push(&d, 30);
	tobs_event_set(&e, 0);
	assert_ok(tobs_event_wait(&e, NULL)); /* does not wait at all */
	tobs_deadline_pop(&d);
	tobs_deadline_push(&d, 10);
	assert_code(tobs_sleep(20), TOBS_ETIMEDOUT);
	tobs_deadline_pop(&d);
	assert_int_equal(elapsed(), 1010);
	assert_ok(tobs_sleep(500)); /* later than any that were set */
	assert_int_equal(elapsed(), 1510);
	return TOBS_OK;
}

FIBER_TEST(shields_nest)
{
	struct tobs_deadline outer, inner;
	struct tobs_shield a, b;

	tobs_deadline_push(&outer, 0);
	tobs_shield_begin(&a);
	assert_int_equal(tobs_deadline_left(), INT64_MAX);
	assert_ok(tobs_sleep(10));
	tobs_deadline_push(&inner, 0);
	tobs_shield_begin(&b);
	assert_ok(tobs_sleep(10));
	tobs_shield_end(&b);
	assert_code(tobs_sleep(10), TOBS_ETIMEDOUT);
	tobs_deadline_pop(&inner);
	assert_ok(tobs_sleep(10));
	tobs_shield_end(&a);
	assert_code(tobs_sleep(10), TOBS_ETIMEDOUT);
	tobs_deadline_pop(&outer);
	assert_int_equal(elapsed(), 30);
	return TOBS_OK;
}

/* A fiber that never has to wait is told too. */
FIBER_TEST(work_without_waits_ends_as_well)
{
	struct tobs_deadline d;
	struct tobs_chan *c;
	int n = 0, rounds = 0, r = 0;

	assert_ok(tobs_chan_new(sizeof n, 1, &c));
	tobs_deadline_push(&d, 100);
	while (!r && rounds++ < 100000) {
		fiber_clock.now += 1000;
		r = rounds % 2 ? tobs_chan_send(c, &n) : tobs_chan_recv(c, &n);
	}
	tobs_deadline_pop(&d);
	assert_code(r, TOBS_ETIMEDOUT);
	assert_true(rounds >= 100 && rounds < 10000);
	tobs_chan_free(c);
	return TOBS_OK;
}

static int64_t real_elapsed;

static int sleep_really(void *arg)
{
	int64_t start = rt_clock();
	struct tobs_deadline d;

	(void)arg;
	for (int i = 0; i < 5; i++)
		assert_ok(tobs_sleep(2));
	real_elapsed = rt_clock() - start;
	tobs_deadline_push(&d, 3);
	assert_code(tobs_sleep(60000), TOBS_ETIMEDOUT);
	tobs_deadline_pop(&d);
	return TOBS_OK;
}

static void with_the_real_clock(void **state)
{
	(void)state;
	assert_ok(tobs_run(sleep_really, NULL));
	assert_true(real_elapsed >= 10000); /* never early */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fiber_unit_test(sleep_takes_its_time),
		fiber_unit_test(sleepers_wake_in_order),
		fiber_unit_test(the_earliest_counts),
		fiber_unit_test(no_limit),
		fiber_unit_test(a_sleep_as_long_as_the_deadline),
		fiber_unit_test(each_fiber_has_its_own),
		fiber_unit_test(alarms_left_behind_do_no_harm),
		fiber_unit_test(shields_nest),
		fiber_unit_test(work_without_waits_ends_as_well),
		cmocka_unit_test(with_the_real_clock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
