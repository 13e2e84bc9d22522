/* SPDX-License-Identifier: MIT */
#include <tobs/arena.h>

#include "support/failmem.h"
#include "support/test.h"

static void aligned_zeroed_and_apart(void **state)
{
	struct tobs_arena a;
	uint8_t *last = NULL;

	(void)state;
	tobs_arena_init(&a, 1 << 20);
	for (size_t n = 0; n < 300; n++) {
		uint8_t *p = tobs_arena_zalloc(&a, n);

		assert_non_null(p);
		assert_int_equal((uintptr_t)p % 8, 0);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xee, n);
		assert_ptr_not_equal(p, last);
		if (n)
			last = p;
	}
	tobs_arena_deinit(&a);
}

static void stops_at_its_maximum(void **state)
{
	struct tobs_arena a;

	(void)state;
	tobs_arena_init(&a, 4096);
	assert_null(tobs_arena_alloc(&a, 4096)); /* the chunk header counts too */
	assert_non_null(tobs_arena_alloc(&a, 4000));
	assert_null(tobs_arena_alloc(&a, 200));
	assert_true(a.used <= 4096);
	assert_null(tobs_arena_alloc(&a, SIZE_MAX));
	assert_null(tobs_arena_alloc(&a, SIZE_MAX - 20));
	assert_null(tobs_arena_array(&a, SIZE_MAX / 2, 3));
	assert_null(tobs_arena_dup(&a, "", SIZE_MAX));
	tobs_arena_deinit(&a);
}

static void reset_keeps_the_largest_chunk(void **state)
{
	struct tobs_arena a;
	size_t used;

	(void)state;
	tobs_arena_init(&a, 1 << 20);
	for (int i = 0; i < 100; i++)
		assert_non_null(tobs_arena_alloc(&a, 1000));
	tobs_arena_reset(&a);
	used = a.used;
	assert_true(used >= 32768);
	for (int i = 0; i < 32; i++)
		assert_non_null(tobs_arena_alloc(&a, 1000));
	assert_int_equal(a.used, used);
	tobs_arena_deinit(&a);
	assert_int_equal(a.used, 0);
	tobs_arena_reset(&a);
	assert_non_null(tobs_arena_alloc(&a, 1));
	tobs_arena_deinit(&a);
	tobs_arena_deinit(NULL);
}

static void copies_end_in_zero(void **state)
{
	struct tobs_arena a;
	struct tobs_view v = { 0 };

	(void)state;
	tobs_arena_init(&a, 1 << 20);
	assert_string_equal(tobs_arena_strdup(&a, "abcdefgh"), "abcdefgh");
	assert_string_equal(tobs_arena_printf(&a, "%d-%s", 7, "x"), "7-x");
	assert_ok(tobs_arena_view(&a, tobs_str("12345678"), &v));
	assert_view(v, "12345678");
	assert_int_equal(v.ptr[8], 0);
	tobs_arena_deinit(&a);
}

static int use_it(void *user)
{
	struct tobs_arena a;
	int r = TOBS_OK;

	(void)user;
	tobs_arena_init(&a, 1 << 20);
	for (int i = 0; i < 10 && !r; i++)
		if (!tobs_arena_alloc(&a, 3000))
			r = TOBS_ENOMEM;
	tobs_arena_deinit(&a);
	return r;
}

static void survives_failing_memory(void **state)
{
	(void)state;
	fail_each_allocation(use_it, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(aligned_zeroed_and_apart),
		cmocka_unit_test(stops_at_its_maximum),
		cmocka_unit_test(reset_keeps_the_largest_chunk),
		cmocka_unit_test(copies_end_in_zero),
		cmocka_unit_test(survives_failing_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
