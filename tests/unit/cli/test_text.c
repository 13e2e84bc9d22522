/* SPDX-License-Identifier: MIT */
#include "cli/text.h"

#include "support/test.h"

static struct tobs_buf out;

static int setup(void **state)
{
	(void)state;
	tobs_buf_init(&out, 10000);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	tobs_buf_deinit(&out);
	return 0;
}

static const char *clean(const char *text)
{
	tobs_buf_clear(&out);
	assert_ok(text_clean(&out, tobs_str(text)));
	return tobs_buf_str(&out);
}

static void test_plain_text_stays(void **state)
{
	(void)state;
	assert_string_equal(clean(""), "");
	assert_string_equal(clean("Chat 1, \"so\""), "Chat 1, \"so\"");
	assert_string_equal(clean("Привет 家族 👩‍👩‍👧"),
		"Привет 家族 👩‍👩‍👧");
	assert_string_equal(clean("שלום"), "שלום");
}

static void test_nothing_moves_the_cursor(void **state)
{
	(void)state;
	assert_string_equal(clean("a\x1b[2Jb"), "a?[2Jb");
	assert_string_equal(clean("a\rb\nc\td"), "a b c d");
	assert_string_equal(clean("\a\b\x7f"), "???");
	/* U+009B is an escape sequence's beginning too, U+0085 and U+2028 end lines. */
	assert_string_equal(clean("\xc2\x9b"
				  "31m"),
		"?31m");
	assert_string_equal(clean("a\xc2\x85z\xe2\x80\xa8z"), "a z z");
}

static void test_nothing_turns_the_direction(void **state)
{
	(void)state;
	assert_string_equal(clean("a\xe2\x80\xae"
				  "b\xe2\x81\xa6"
				  "c\xe2\x80\x8f"
				  "d"),
		"abcd");
	/* U+200D joins emoji; it stays. */
	assert_string_equal(clean("\xe2\x80\x8d"), "\xe2\x80\x8d");
}

static void test_bytes_that_are_no_text(void **state)
{
	(void)state;
	assert_string_equal(clean("a\xff\xc3z"), "a??z");
}

static const char *fit(const char *text, size_t columns)
{
	tobs_buf_clear(&out);
	assert_ok(text_fit(&out, tobs_str(text), columns));
	return tobs_buf_str(&out);
}

static void test_fit_cuts_by_columns(void **state)
{
	(void)state;
	assert_string_equal(fit("abcdef", 6), "abcdef");
	assert_string_equal(fit("abcdef", 5), "abc..");
	assert_string_equal(fit("abcdef", 2), "ab");
	assert_string_equal(fit("abcdef", 0), "");
	/* Each of these takes two columns. */
	assert_string_equal(fit("家族会議", 8), "家族会議");
	assert_string_equal(fit("家族会議", 7), "家族..");
	assert_string_equal(fit("家族会議", 5), "家..");
}

static void test_fit_appends(void **state)
{
	(void)state;
	tobs_buf_puts(&out, "long before: ");
	assert_ok(text_fit(&out, tobs_str("abcdef"), 4));
	assert_string_equal(tobs_buf_str(&out), "long before: ab..");
}

static void test_a_full_buffer_is_told(void **state)
{
	struct tobs_buf tiny;

	(void)state;
	tobs_buf_init(&tiny, 3);
	assert_code(text_clean(&tiny, tobs_str("abcd")), TOBS_ETOOBIG);
	assert_code(text_fit(&tiny, tobs_str("abcd"), 2), TOBS_ETOOBIG);
	tobs_buf_deinit(&tiny);
}

static const char *number(int (*put)(struct tobs_buf *, int64_t), int64_t n)
{
	tobs_buf_clear(&out);
	assert_ok(put(&out, n));
	return tobs_buf_str(&out);
}

static void test_counts(void **state)
{
	(void)state;
	assert_string_equal(number(text_count, 0), "0");
	assert_string_equal(number(text_count, 999), "999");
	assert_string_equal(number(text_count, 1000), "1,000");
	assert_string_equal(number(text_count, 1002003), "1,002,003");
}

static void test_bytes(void **state)
{
	(void)state;
	assert_string_equal(number(text_bytes, 0), "0 B");
	assert_string_equal(number(text_bytes, 9999), "9999 B");
	assert_string_equal(number(text_bytes, 10240), "10 KiB");
	assert_string_equal(number(text_bytes, 3 << 19), "1.5 MiB");
	assert_string_equal(number(text_bytes, (int64_t)5 << 40), "5.0 TiB");
}

static void test_durations(void **state)
{
	(void)state;
	assert_string_equal(number(text_duration, 0), "0.0 s");
	assert_string_equal(number(text_duration, 1449), "1.4 s");
	assert_string_equal(number(text_duration, 9949), "9.9 s");
	assert_string_equal(number(text_duration, 9950), "10 s");
	assert_string_equal(number(text_duration, 59499), "59 s");
	assert_string_equal(number(text_duration, 59500), "1 min 00 s");
	assert_string_equal(number(text_duration, 185000), "3 min 05 s");
	assert_string_equal(number(text_duration, 7800000), "2 h 10 min");
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_plain_text_stays),
		TEST(test_nothing_moves_the_cursor),
		TEST(test_nothing_turns_the_direction),
		TEST(test_bytes_that_are_no_text),
		TEST(test_fit_cuts_by_columns),
		TEST(test_fit_appends),
		TEST(test_a_full_buffer_is_told),
		TEST(test_counts),
		TEST(test_bytes),
		TEST(test_durations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
