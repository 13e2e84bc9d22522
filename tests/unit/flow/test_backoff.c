/* SPDX-License-Identifier: MIT */
#include "flow/backoff.h"

#include "support/test.h"

/* Draws the smallest or the largest number there is. */
static void fill_with(void *user, void *buf, size_t len)
{
	memset(buf, *(int *)user, len);
}

static void doubles_up_to_the_maximum(void **state)
{
	static const int64_t whole[] = { 500, 1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000,
		60000 };
	int byte = 0;
	const struct rng low = { fill_with, &byte };
	struct backoff b;

	(void)state;
	backoff_init(&b, &backoff_reconnect, &low);
	for (size_t i = 0; i < ARRAY_LEN(whole); i++)
		assert_int_equal(backoff_next(&b), whole[i]);
	backoff_reset(&b);
	assert_int_equal(backoff_next(&b), 500);
	for (int i = 0; i < 100000; i++)
		assert_true(backoff_next(&b) <= 60000);
}

static void is_never_less_than_half(void **state)
{
	struct prng p = { 3 };
	const struct rng rng = prng_rng(&p);
	const struct backoff_policy policy = { .base_ms = 1000, .max_ms = 1000 };
	struct backoff b;
	int64_t sum = 0, least = INT64_MAX, most = 0;

	(void)state;
	backoff_init(&b, &policy, &rng);
	for (int i = 0; i < 10000; i++) {
		int64_t ms = backoff_next(&b);

		sum += ms;
		least = MIN(least, ms);
		most = MAX(most, ms);
	}
	assert_int_equal(least, 500);
	assert_int_equal(most, 1000);
	assert_in_range(sum / 10000, 740, 760); /* evenly */
}

static void what_worked_long_starts_again(void **state)
{
	int byte = 0;
	const struct rng low = { fill_with, &byte };
	struct backoff b;

	(void)state;
	backoff_init(&b, &backoff_reconnect, &low);
	assert_int_equal(backoff_next_after(&b, 0), 500);
	assert_int_equal(backoff_next_after(&b, 59999), 1000);
	assert_int_equal(backoff_next_after(&b, 10), 2000);
	assert_int_equal(backoff_next_after(&b, 60000), 500);
	assert_int_equal(backoff_next_after(&b, 0), 1000);
}

static void extremes(void **state)
{
	const struct backoff_policy tiny = { .base_ms = 1, .max_ms = 1 },
				    huge = { .base_ms = INT64_MAX / 2 + 1, .max_ms = INT64_MAX };
	int byte = 0;
	const struct rng low = { fill_with, &byte };
	struct backoff b;

	(void)state;
	backoff_init(&b, &tiny, &low);
	for (int i = 0; i < 5; i++)
		assert_int_equal(backoff_next(&b), 1);
	backoff_init(&b, &huge, &low);
	assert_true(backoff_next(&b) == INT64_MAX / 2 + 1);
	for (int i = 0; i < 5; i++)
		assert_true(backoff_next(&b) == INT64_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(doubles_up_to_the_maximum),
		cmocka_unit_test(is_never_less_than_half),
		cmocka_unit_test(what_worked_long_starts_again),
		cmocka_unit_test(extremes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
