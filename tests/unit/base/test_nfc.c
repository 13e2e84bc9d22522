/* SPDX-License-Identifier: MIT */
#include "base/nfc.h"

#include "base/nfc_pairs.h"
#include "base/utf.h"
#include "support/test.h"

static void becomes(struct tobs_view from, struct tobs_view to)
{
	struct tobs_buf out;

	tobs_buf_init(&out, 1000);
	assert_ok(utf8_compose(&out, from));
	if (!tobs_view_eq(tobs_buf_view(&out), to))
		fail_msg("%.*s: %.*s", TOBS_VIEW_FMT(from), TOBS_VIEW_FMT(tobs_buf_view(&out)));
	tobs_buf_deinit(&out);
}

static void known_texts(void **state)
{
	static const char *const cases[][2] = {
		{ "", "" },
		{ "plain", "plain" },
		{ "cafe\u0301", "caf\u00e9" },
		{ "caf\u00e9", "caf\u00e9" },
		{ "\u0301a", "\u0301a" },
		{ "a\u0301\u0301", "\u00e1\u0301" },
		/* Vietnamese: two marks, one after the other. */
		{ "Vie\u0323\u0302t", "Vi\u1ec7t" },
		/* Cyrillic й and ё, Japanese が, Greek ΐ. */
		{ "и\u0306е\u0308", "й\u0451" },
		{ "か\u3099", "が" },
		{ "ι\u0308\u0301", "\u0390" },
		/* Hangul: 각 and 가 of jamo, and a trailing one that finds no place. */
		{ "\u1100\u1161\u11a8", "\uac01" },
		{ "\u1100\u1161", "\uac00" },
		{ "\uac01\u11a8", "\uac01\u11a8" },
		{ "\u1161\u11a8", "\u1161\u11a8" },
		{ "\uac00\u11a7", "\uac00\u11a7" },
		/* U+0958 decomposes and is never composed. */
		{ "\u0915\u093c", "\u0915\u093c" },
		{ "😀\u0301", "😀\u0301" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		becomes(tobs_str(cases[i][0]), tobs_str(cases[i][1]));
	becomes(tobs_view("a\0e\xcc\x81\0", 6), tobs_view("a\0\xc3\xa9\0", 5));
}

static void every_pair(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(nfc_pairs); i++) {
		const struct nfc_pair *p = &nfc_pairs[i];
		uint8_t from[8], to[4];
		size_t n = utf8_encode(p->base, from);

		if (i)
			assert_true(p[-1].mark < p->mark ||
				(p[-1].mark == p->mark && p[-1].base < p->base));
		n += utf8_encode(p->mark, from + n);
		becomes(tobs_view(from, n), tobs_view(to, utf8_encode(p->composed, to)));
	}
}

static void what_is_not_utf8(void **state)
{
	struct tobs_buf out;

	(void)state;
	tobs_buf_init(&out, 1000);
	assert_code(utf8_compose(&out, tobs_str("a\xff")), TOBS_EMALFORMED);
	tobs_buf_deinit(&out);
	tobs_buf_init(&out, 2);
	assert_code(utf8_compose(&out, tobs_str("abc")), TOBS_ETOOBIG);
	tobs_buf_deinit(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_texts),
		cmocka_unit_test(every_pair),
		cmocka_unit_test(what_is_not_utf8),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
