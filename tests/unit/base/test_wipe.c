/* SPDX-License-Identifier: MIT */
#include "base/wipe.h"

#include "base/alloc.h"
#include "support/test.h"

static void wipes(void **state)
{
	char text[] = "secret";

	(void)state;
	mem_wipe(text, sizeof text);
	for (size_t i = 0; i < sizeof text; i++)
		assert_int_equal(text[i], 0);
	mem_wipe(NULL, 0);
}

static void compares_every_byte(void **state)
{
	uint8_t a[33] = { 0 }, b[33] = { 0 };

	(void)state;
	assert_true(mem_eq_const(a, b, sizeof a));
	for (size_t i = 0; i < sizeof a; i++) {
		for (int bit = 0; bit < 8; bit++) {
			b[i] ^= (uint8_t)(1 << bit);
			assert_false(mem_eq_const(a, b, sizeof a));
			b[i] ^= (uint8_t)(1 << bit);
		}
	}
	assert_true(mem_eq_const(a, NULL, 0));
}

static void owns_a_secret(void **state)
{
	struct secret s = { 0 };

	(void)state;
	assert_ok(secret_set(&s, tobs_str("one")));
	assert_ok(secret_set(&s, tobs_str("another")));
	assert_view(secret_view(&s), "another");
	assert_string_equal((char *)s.ptr, "another");
	secret_deinit(&s);
	secret_deinit(&s);
	secret_deinit(NULL);
	assert_int_equal(mem_live(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wipes),
		cmocka_unit_test(compares_every_byte),
		cmocka_unit_test(owns_a_secret),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
