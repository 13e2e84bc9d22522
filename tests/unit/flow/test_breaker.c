/* SPDX-License-Identifier: MIT */
#include "flow/breaker.h"

#include "support/test.h"

static const struct breaker_policy policy = { .failures = 3, .first_ms = 1000, .max_ms = 3000 };

static void opens_and_closes(void **state)
{
	struct breaker b;
	int64_t wait = 0;

	(void)state;
	breaker_init(&b, &policy);
	for (int i = 0; i < 2; i++) {
		assert_true(breaker_may(&b, 0, &wait));
		breaker_failed(&b, 0);
	}
	assert_true(breaker_may(&b, 0, NULL));
	breaker_failed(&b, 500000);
	assert_false(breaker_may(&b, 500000, &wait));
	assert_int_equal(wait, 1001);
	assert_false(breaker_may(&b, 1499999, &wait));
	assert_int_equal(wait, 1);
	/* One is let through, and nobody else until it is back. */
	assert_true(breaker_may(&b, 1500000, &wait));
	assert_false(breaker_may(&b, 1500000, &wait));
	assert_true(wait > 0);
	breaker_worked(&b);
	assert_true(breaker_may(&b, 1500000, NULL));
	assert_int_equal(b.state, BREAKER_CLOSED);
}

static void success_forgives(void **state)
{
	struct breaker b;

	(void)state;
	breaker_init(&b, &policy);
	for (int i = 0; i < 20; i++) {
		breaker_failed(&b, i);
		breaker_failed(&b, i);
		breaker_worked(&b);
	}
	assert_true(breaker_may(&b, 100, NULL));
}

static void stays_open_for_longer(void **state)
{
	static const int64_t ms[] = { 1000, 2000, 3000, 3000 };
	struct breaker b;
	int64_t now = 0;

	(void)state;
	breaker_init(&b, &policy);
	for (int i = 0; i < 3; i++)
		breaker_failed(&b, now);
	for (size_t i = 0; i < ARRAY_LEN(ms); i++) {
		/* What comes back late from before says nothing. */
		breaker_failed(&b, now + 1);
		assert_false(breaker_may(&b, now + ms[i] * 1000 - 1, NULL));
		now += ms[i] * 1000;
		assert_true(breaker_may(&b, now, NULL));
		breaker_failed(&b, now);
	}
	now += 3000000;
	assert_true(breaker_may(&b, now, NULL));
	breaker_worked(&b);
	for (int i = 0; i < 3; i++)
		breaker_failed(&b, now);
	assert_false(breaker_may(&b, now + 999999, NULL));
	assert_true(breaker_may(&b, now + 1000000, NULL)); /* a first time again */
}

static void a_trial_that_is_given_up(void **state)
{
	struct breaker b;

	(void)state;
	breaker_init(&b, &policy);
	breaker_unknown(&b, 0);
	assert_true(breaker_may(&b, 0, NULL));
	for (int i = 0; i < 3; i++)
		breaker_failed(&b, 0);
	assert_true(breaker_may(&b, 1000000, NULL));
	breaker_unknown(&b, 1000000);
	assert_true(breaker_may(&b, 1000000, NULL));
	assert_false(breaker_may(&b, 1000000, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(opens_and_closes),
		cmocka_unit_test(success_forgives),
		cmocka_unit_test(stays_open_for_longer),
		cmocka_unit_test(a_trial_that_is_given_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
