/* SPDX-License-Identifier: MIT */
#include "client/brake.h"

#include "support/failmem.h"
#include "support/test.h"

enum { SEND = 1, READ = 2 };

static void one_method_at_a_time(void **state)
{
	struct brakes b = { 0 };

	(void)state;
	assert_int_equal(brakes_until(&b, SEND, 0), 0);
	assert_true(brakes_set(&b, SEND, 100, 500));
	assert_int_equal(brakes_until(&b, SEND, 100), 500);
	assert_int_equal(brakes_until(&b, SEND, 499), 500);
	assert_int_equal(brakes_until(&b, SEND, 500), 0);
	assert_int_equal(brakes_until(&b, READ, 100), 0);
	brakes_deinit(&b);
}

static void the_longest_wait_counts(void **state)
{
	struct brakes b = { 0 };

	(void)state;
	assert_true(brakes_set(&b, SEND, 100, 500));
	assert_false(brakes_set(&b, SEND, 110, 300));
	assert_int_equal(brakes_until(&b, SEND, 110), 500);
	assert_false(brakes_set(&b, SEND, 120, 900));
	assert_int_equal(brakes_until(&b, SEND, 120), 900);
	/* When it was over, the next one is a new one. */
	assert_true(brakes_set(&b, SEND, 900, 1000));
	brakes_deinit(&b);
}

static int set_some(void *user)
{
	struct brakes b = { 0 };

	(void)user;
	for (uint32_t method = 1; method < 20; method++)
		(void)brakes_set(&b, method, 0, 10);
	brakes_deinit(&b);
	return TOBS_OK;
}

static void without_memory_there_is_no_brake(void **state)
{
	(void)state;
	fail_each_allocation(set_some, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_method_at_a_time),
		cmocka_unit_test(the_longest_wait_counts),
		cmocka_unit_test(without_memory_there_is_no_brake),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
