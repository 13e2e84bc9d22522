/* SPDX-License-Identifier: MIT */
#include "sim/kept.h"

#include "support/failmem.h"
#include "support/test.h"

static void given_again(void **state)
{
	struct sim_kept k = { .bytes_max = 1000 };
	struct tobs_view got;

	(void)state;
	assert_false(sim_kept_find(&k, 1, 228, tobs_str("page 1"), &got));
	sim_kept_add(&k, 1, 228, tobs_str("page 1"), tobs_str("hello"));
	assert_true(sim_kept_find(&k, 1, 228, tobs_str("page 1"), &got));
	assert_view(got, "hello");
	/* To this account, in this layer, for this query. */
	assert_false(sim_kept_find(&k, 2, 228, tobs_str("page 1"), &got));
	assert_false(sim_kept_find(&k, 1, 227, tobs_str("page 1"), &got));
	assert_false(sim_kept_find(&k, 1, 228, tobs_str("page 2"), &got));
	sim_kept_deinit(&k);
}

static void up_to_a_limit(void **state)
{
	struct sim_kept k = { .bytes_max = 8 };
	static char long_query[1000];
	struct tobs_view got;

	(void)state;
	sim_kept_add(&k, 1, 228, tobs_str("a"), tobs_str("12345"));
	sim_kept_add(&k, 1, 228, tobs_str("b"), tobs_str("12345"));
	assert_false(sim_kept_find(&k, 1, 228, tobs_str("b"), &got));
	sim_kept_add(&k, 1, 228, tobs_view(long_query, sizeof long_query), tobs_str("1"));
	assert_false(sim_kept_find(&k, 1, 228, tobs_view(long_query, sizeof long_query), &got));
	sim_kept_deinit(&k);
	/* Without one nothing is kept. */
	k = (struct sim_kept){ 0 };
	sim_kept_add(&k, 1, 228, tobs_str("a"), tobs_str(""));
	assert_false(sim_kept_find(&k, 1, 228, tobs_str("a"), &got));
	sim_kept_deinit(&k);
}

static int keep_one(void *user)
{
	struct sim_kept k = { .bytes_max = 100 };

	(void)user;
	sim_kept_add(&k, 1, 228, tobs_str("a"), tobs_str("12345"));
	sim_kept_deinit(&k);
	return TOBS_OK;
}

static void without_memory_nothing_is_kept(void **state)
{
	(void)state;
	fail_each_allocation(keep_one, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(given_again),
		cmocka_unit_test(up_to_a_limit),
		cmocka_unit_test(without_memory_nothing_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
