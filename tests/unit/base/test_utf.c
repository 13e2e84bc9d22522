/* SPDX-License-Identifier: MIT */
#include "base/utf.h"

#include "base/rand.h"
#include "support/test.h"

static void every_code_point_there_and_back(void **state)
{
	(void)state;
	for (uint32_t cp = 0; cp <= 0x110010; cp++) {
		bool ok = cp <= 0x10ffff && (cp < 0xd800 || cp > 0xdfff);
		uint8_t bytes[4];
		size_t n = utf8_encode(cp, bytes);
		uint32_t back = 0;

		assert_int_equal(n > 0, ok);
		if (!ok)
			continue;
		assert_int_equal(utf8_decode(bytes, n, &back), n);
		assert_int_equal(back, cp);
		for (size_t cut = 1; cut < n; cut++)
			assert_int_equal(utf8_decode(bytes, cut, &back), 0);
		assert_int_equal(utf16_len(tobs_view(bytes, n)), cp > 0xffff ? 2 : 1);
	}
}

static void refuses_what_is_not_utf8(void **state)
{
	static const char *const bad[] = { "\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80",
		"\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf",
		"\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xc3", "\xc3(", "\xe2\x82",
		"\xe2\x82(" };
	struct tobs_buf b;

	(void)state;
	tobs_buf_init(&b, 100);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_false(utf8_valid(tobs_str(bad[i])));
		tobs_buf_clear(&b);
		assert_ok(utf8_repair(&b, tobs_str(bad[i])));
		assert_true(utf8_valid(tobs_buf_view(&b)));
	}
	tobs_buf_clear(&b);
	assert_ok(utf8_repair(&b,
		tobs_str("a\xff"
			 "b\xc3")));
	assert_string_equal(tobs_buf_str(&b),
		"a\xef\xbf\xbd"
		"b\xef\xbf\xbd");
	assert_int_equal(utf8_valid_prefix(tobs_str("aaaaaaaaaa\xd7\xa9\xff")), 12);
	tobs_buf_deinit(&b);
}

/* The quick look says what the slow one says, of texts of all lengths with a fault or none. */
static void the_quick_look_is_right(void **state)
{
	struct prng p = { 1 };
	int faulty = 0;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		uint8_t text[512], *exact;
		size_t len = 0, want = prng_below(&p, 300);
		bool valid;

		while (len < want)
			len += utf8_encode((uint32_t)prng_below(&p, 1u << (6 + prng_below(&p, 15))),
				text + len);
		if (len && prng_below(&p, 2))
			text[prng_below(&p, len)] = (uint8_t)prng_next(&p);
		if (len && prng_below(&p, 4) == 0)
			len -= 1;
		exact = exact_copy(text, len);
		valid = utf8_valid_prefix(tobs_view(exact, len)) == len;
		assert_int_equal(utf8_valid(tobs_view(exact, len)), valid);
		faulty += !valid;
		free(exact);
	}
	assert_in_range(faulty, 5000, 15000);
}

/* "a\u00e9\u05d0\u4e2d\U0001F600b": bytes 1 2 2 3 4 1, units 1 1 1 1 2 1. */
static void counts_in_utf16(void **state)
{
	static const char text[] = "a\xc3\xa9\xd7\x90\xe4\xb8\xad\xf0\x9f\x98\x80"
				   "b";
	static const size_t at[] = { 0, 1, 3, 5, 8, 8, 12, 13, 13 };
	struct tobs_view v = tobs_str(text);

	(void)state;
	assert_int_equal(utf16_len(v), 7);
	for (size_t units = 0; units < ARRAY_LEN(at); units++)
		assert_int_equal(utf16_to_byte(v, 0, units), at[units]);
	assert_int_equal(utf16_to_byte(v, 5, 3), 12);
	assert_int_equal(utf16_to_byte(tobs_view(NULL, 0), 0, 3), 0);
}

static void widths(void **state)
{
	static const struct {
		const char *text;
		size_t width;
	} cases[] = {
		{ "abc", 3 },
		{ "", 0 },
		{ "\u4e2d\u6587", 4 },
		{ "e\u0301", 1 },
		{ "\u05e9\u05b8", 1 },
		{ "\U0001F600", 2 },
		{ "\x1b[0m", 3 },
		{ "\xff", 1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_int_equal(utf8_width(tobs_str(cases[i].text)), cases[i].width);
	assert_int_equal(utf8_fit(tobs_str("\u4e2d\u6587"), 3), 3);
	assert_int_equal(utf8_fit(tobs_str("abc"), 2), 2);
	assert_int_equal(utf8_fit(tobs_str("e\u0301x"), 1), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_code_point_there_and_back),
		cmocka_unit_test(refuses_what_is_not_utf8),
		cmocka_unit_test(the_quick_look_is_right),
		cmocka_unit_test(counts_in_utf16),
		cmocka_unit_test(widths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
