/* SPDX-License-Identifier: MIT */
#include <tobs/buf.h>

#include "support/failmem.h"
#include "support/test.h"

static void grows_and_stays_terminated(void **state)
{
	struct tobs_buf b;

	(void)state;
	tobs_buf_init(&b, 100000);
	assert_string_equal(tobs_buf_str(&b), "");
	for (int i = 0; i < 10000; i++) {
		assert_ok(tobs_buf_putc(&b, (char)('a' + i % 26)));
		assert_int_equal(b.ptr[b.len], 0);
		assert_true(b.cap <= b.max && b.len <= b.cap);
	}
	assert_int_equal(b.len, 10000);
	assert_int_equal(b.ptr[9999], 'a' + 9999 % 26);
	tobs_buf_deinit(&b);
	assert_int_equal(b.max, 100000);
	tobs_buf_deinit(NULL);
}

static void the_maximum_holds_and_the_error_sticks(void **state)
{
	struct tobs_buf b;

	(void)state;
	tobs_buf_init(&b, 10);
	assert_ok(tobs_buf_puts(&b, "0123456789"));
	assert_code(tobs_buf_putc(&b, 'x'), TOBS_ETOOBIG);
	assert_code(tobs_buf_put(&b, "", 0), TOBS_ETOOBIG);
	tobs_buf_truncate(&b, 3);
	assert_code(tobs_buf_puts(&b, "y"), TOBS_ETOOBIG);
	assert_string_equal(tobs_buf_str(&b), "012");
	tobs_buf_clear(&b);
	assert_ok(tobs_buf_err(&b));
	assert_ok(tobs_buf_puts(&b, "z"));
	assert_code(tobs_buf_reserve(&b, SIZE_MAX), TOBS_ETOOBIG);
	tobs_buf_deinit(&b);
}

static void formats_and_numbers(void **state)
{
	static const int64_t numbers[] = { 0, 7, -1, 10, INT64_MAX, INT64_MIN, -1234567890123 };
	struct tobs_buf b;
	char want[32];

	(void)state;
	tobs_buf_init(&b, 1000);
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		tobs_buf_clear(&b);
		assert_ok(tobs_buf_put_i64(&b, numbers[i]));
		snprintf(want, sizeof want, "%lld", (long long)numbers[i]);
		assert_string_equal(tobs_buf_str(&b), want);
	}
	tobs_buf_clear(&b);
	assert_ok(tobs_buf_printf(&b, "%s=%d", "key", 42));
	assert_ok(tobs_buf_fill(&b, '.', 3));
	assert_string_equal(tobs_buf_str(&b), "key=42...");
	tobs_buf_deinit(&b);
}

static void consumes_from_the_front(void **state)
{
	struct tobs_buf b;

	(void)state;
	tobs_buf_init(&b, 100);
	tobs_buf_consume(&b, 5);
	assert_ok(tobs_buf_puts(&b, "hello world"));
	tobs_buf_consume(&b, 6);
	assert_string_equal(tobs_buf_str(&b), "world");
	tobs_buf_consume(&b, 99);
	assert_int_equal(b.len, 0);
	tobs_buf_wipe(&b);
	assert_null(b.ptr);
}

static int use_it(void *user)
{
	struct tobs_buf b;
	int r;

	(void)user;
	tobs_buf_init(&b, 10000);
	tobs_buf_puts(&b, "some text");
	tobs_buf_fill(&b, 'x', 5000);
	tobs_buf_printf(&b, "%d", 5);
	r = tobs_buf_err(&b);
	tobs_buf_deinit(&b);
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
		cmocka_unit_test(grows_and_stays_terminated),
		cmocka_unit_test(the_maximum_holds_and_the_error_sticks),
		cmocka_unit_test(formats_and_numbers),
		cmocka_unit_test(consumes_from_the_front),
		cmocka_unit_test(survives_failing_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
