/* SPDX-License-Identifier: MIT */
#include "base/rand.h"

#include "support/test.h"

static void below_stays_below(void **state)
{
	int counts[10] = { 0 };

	(void)state;
	for (int i = 0; i < 10000; i++) {
		counts[rng_below(rng_system(), 10)]++;
		assert_int_equal(rng_below(rng_system(), 1), 0);
	}
	for (int i = 0; i < 10; i++)
		assert_in_range(counts[i], 700, 1300);
}

/* The first outputs of splitmix64 from seed 1234567, as published with the algorithm. */
static void prng_is_splitmix64(void **state)
{
	static const uint64_t want[] = { 6457827717110365317u, 3203168211198807973u,
		9817491932198370423u, 4593380528125082431u, 16408922859458223821u };
	struct prng p = { 1234567 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(want); i++)
		assert_true(prng_next(&p) == want[i]);
}

static void fills_any_length(void **state)
{
	struct prng a = { 5 }, b = { 5 };
	struct rng r = prng_rng(&a), s = prng_rng(&b);
	uint8_t x[37], y[37];

	(void)state;
	rng_fill(&r, x, sizeof x);
	rng_fill(&s, y, sizeof y);
	assert_memory_equal(x, y, sizeof x);
	for (int i = 0; i < 1000; i++)
		assert_in_range(prng_below(&a, 7), 0, 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(below_stays_below),
		cmocka_unit_test(prng_is_splitmix64),
		cmocka_unit_test(fills_any_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
