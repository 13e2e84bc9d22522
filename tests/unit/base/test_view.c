/* SPDX-License-Identifier: MIT */
#include <tobs/view.h>

#include "support/test.h"

static void numbers(void **state)
{
	static const struct {
		const char *text;
		int code;
		int64_t n;
	} cases[] = {
		{ "0", 0, 0 },
		{ "-0", 0, 0 },
		{ "42", 0, 42 },
		{ "-7", 0, -7 },
		{ "9223372036854775807", 0, INT64_MAX },
		{ "-9223372036854775808", 0, INT64_MIN },
		{ "9223372036854775808", TOBS_ETOOBIG, 1 },
		{ "-9223372036854775809", TOBS_ETOOBIG, 1 },
		{ "99999999999999999999x", TOBS_EMALFORMED, 1 },
		{ "", TOBS_EMALFORMED, 1 },
		{ "-", TOBS_EMALFORMED, 1 },
		{ "+1", TOBS_EMALFORMED, 1 },
		{ " 1", TOBS_EMALFORMED, 1 },
		{ "1 ", TOBS_EMALFORMED, 1 },
		{ "1e3", TOBS_EMALFORMED, 1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int64_t n = 1;

		assert_code(tobs_view_int(tobs_str(cases[i].text), INT64_MIN, INT64_MAX, &n),
			cases[i].code);
		assert_true(n == cases[i].n);
	}
	assert_code(tobs_view_int(tobs_str("8"), 1, 7, &(int64_t){ 0 }), TOBS_ETOOBIG);
	assert_code(tobs_view_int(tobs_str("0"), 1, 7, &(int64_t){ 0 }), TOBS_ETOOBIG);
}

static void finding_and_comparing(void **state)
{
	struct tobs_view v = tobs_str("abcabd");

	(void)state;
	assert_int_equal(tobs_view_find(v, 0, tobs_str("abd")), 3);
	assert_int_equal(tobs_view_find(v, 1, tobs_str("ab")), 3);
	assert_true(tobs_view_find(v, 4, tobs_str("ab")) == SIZE_MAX);
	assert_true(tobs_view_find(v, 0, tobs_str("abcabde")) == SIZE_MAX);
	assert_int_equal(tobs_view_find(v, 6, tobs_str("")), 6);
	assert_true(tobs_view_find(v, 7, tobs_str("")) == SIZE_MAX);
	assert_true(tobs_view_cmp(tobs_str("ab"), tobs_str("abc")) < 0);
	assert_true(tobs_view_cmp(tobs_str("b"), tobs_str("abc")) > 0);
	assert_int_equal(tobs_view_cmp(tobs_str(""), tobs_view(NULL, 0)), 0);
	assert_true(tobs_view_eq_nocase(tobs_str("AbC"), tobs_str("aBc")));
	assert_false(tobs_view_eq_nocase(tobs_str("A["), tobs_str("a{")));
	assert_true(tobs_view_starts(v, "abc") && tobs_view_ends(v, "abd"));
	assert_false(tobs_view_starts(v, "abcabda") || tobs_view_ends(v, "xabcabd"));
	assert_view(tobs_view_sub(v, 4, 99), "bd");
	assert_view(tobs_view_sub(v, 99, 1), "");
	assert_view(tobs_view_trim(tobs_str(" \t x y\r\n")), "x y");
	assert_view(tobs_view_trim(tobs_str(" \n")), "");
}

static void splitting(void **state)
{
	struct tobs_view rest = tobs_str("a,,b,"), part;

	(void)state;
	assert_true(tobs_view_split(&rest, ',', &part));
	assert_view(part, "a");
	assert_true(tobs_view_split(&rest, ',', &part));
	assert_view(part, "");
	assert_true(tobs_view_split(&rest, ',', &part));
	assert_view(part, "b");
	assert_true(tobs_view_split(&rest, ',', &part));
	assert_view(part, "");
	assert_false(tobs_view_split(&rest, ',', &part));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers),
		cmocka_unit_test(finding_and_comparing),
		cmocka_unit_test(splitting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
