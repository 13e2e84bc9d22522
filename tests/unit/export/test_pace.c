/* SPDX-License-Identifier: MIT */
#include "export/pace.h"

#include "support/fibers.h"

FIBER_TEST(begins_small_and_doubles_with_each_round)
{
	struct pace p;

	pace_init(&p, 24);
	assert_int_equal(pace_window(&p), PACE_START);
	for (int round = 0; round < 2; round++) {
		int n = pace_window(&p);

		for (int i = 0; i < n; i++)
			assert_ok(pace_enter(&p));
		for (int i = 0; i < n; i++)
			pace_leave(&p, true);
		assert_int_equal(pace_window(&p), 2 * n);
	}
	for (int i = 0; i < 100; i++) {
		assert_ok(pace_enter(&p));
		pace_leave(&p, true);
	}
	assert_int_equal(pace_window(&p), 24);
	return TOBS_OK;
}

FIBER_TEST(never_more_in_flight_than_the_window)
{
	struct tobs_deadline d;
	struct pace p;

	pace_init(&p, 3);
	for (int i = 0; i < 3; i++)
		assert_ok(pace_enter(&p));
	tobs_deadline_push(&d, 10);
	assert_code(pace_enter(&p), TOBS_ETIMEDOUT);
	tobs_deadline_pop(&d);
	assert_int_equal(p.in_flight, 3);
	pace_leave(&p, false);
	assert_ok(pace_enter(&p));
	return TOBS_OK;
}

FIBER_TEST(a_flood_halves_it_and_then_it_grows_by_one_a_round)
{
	struct tobs_deadline d;
	struct pace p;
	int n;

	pace_init(&p, 24);
	for (int i = 0; i < 100; i++) {
		assert_ok(pace_enter(&p));
		pace_leave(&p, true);
	}
	for (int i = 0; i < 24; i++)
		assert_ok(pace_enter(&p));
	pace_flood(&p);
	pace_flood(&p); /* the others that were refused in the same moment */
	assert_int_equal(pace_window(&p), 12);
	assert_int_equal(p.floods, 2);
	/* Twelve come back without making room for others. */
	for (int i = 0; i < 12; i++)
		pace_leave(&p, false);
	tobs_deadline_push(&d, 10);
	assert_code(pace_enter(&p), TOBS_ETIMEDOUT);
	tobs_deadline_pop(&d);
	pace_leave(&p, false);
	assert_ok(pace_enter(&p));
	for (int i = 0; i < 12; i++)
		pace_leave(&p, false);
	n = pace_window(&p);
	for (int i = 0; i < n; i++) {
		assert_ok(pace_enter(&p));
		pace_leave(&p, true);
	}
	assert_in_range(pace_window(&p), n, n + 1);
	/* A second later it counts again, down to one. */
	for (int i = 0; i < 10; i++) {
		assert_ok(tobs_sleep(1500));
		pace_flood(&p);
	}
	assert_int_equal(pace_window(&p), 1);
	return TOBS_OK;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fiber_unit_test(begins_small_and_doubles_with_each_round),
		fiber_unit_test(never_more_in_flight_than_the_window),
		fiber_unit_test(a_flood_halves_it_and_then_it_grows_by_one_a_round),
	};

	return cmocka_run_group_tests_name("pace", tests, NULL, NULL);
}
