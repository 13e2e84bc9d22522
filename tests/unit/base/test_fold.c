/* SPDX-License-Identifier: MIT */
#include "base/fold.h"

#include "base/utf.h"
#include "support/failmem.h"
#include "support/test.h"

static void is(const char *s, const char *want)
{
	struct tobs_buf out;

	tobs_buf_init(&out, 1000);
	assert_ok(utf8_fold(&out, tobs_str(s)));
	assert_view(tobs_buf_view(&out), want);
	tobs_buf_deinit(&out);
}

static void words(void **state)
{
	(void)state;
	is("", "");
	is("AZ az @[`{ 09", "az az @[`{ 09");
	is("ÀÖ×ØÞ ß ÿŸ", "àö×øþ ß ÿÿ");
	is("ΣΑΣ σας ΆΏ", "σασ σασ άώ");
	is("ПРИВЕТ ЁЂ ёђ", "привет ёђ ёђ");
	is("ĀāĂă Ĺ Ŋ", "āāăă ĺ ŋ");
	is("ԱՖ Ⴀ Ꭰ Ｚ 𐐀", "աֆ ⴀ ꭰ ｚ 𐐨");
	is("中文 😀 ابجد", "中文 😀 ابجد");
	is("ſ K Å", "s k å");
	is("A\xff\xc3Z", "a\xff\xc3z");
}

static void folding_twice_changes_nothing(void **state)
{
	uint32_t changed = 0;

	(void)state;
	for (uint32_t c = 0; c < 0x110000; c++) {
		uint32_t folded = utf8_fold_char(c);

		changed += folded != c;
		if (utf8_fold_char(folded) != folded)
			fail_msg("U+%04X → U+%04X → U+%04X", c, folded, utf8_fold_char(folded));
	}
	assert_int_equal(changed, 1455); /* Unicode 14.0 */
}

static int fold_one(void *user)
{
	struct tobs_buf out;
	int r;

	(void)user;
	tobs_buf_init(&out, 100);
	r = utf8_fold(&out, tobs_str("Some Text"));
	tobs_buf_deinit(&out);
	return r;
}

static void limits(void **state)
{
	struct tobs_buf out;

	(void)state;
	tobs_buf_init(&out, 3);
	assert_code(utf8_fold(&out, tobs_str("abcd")), TOBS_ETOOBIG);
	tobs_buf_deinit(&out);
	fail_each_allocation(fold_one, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words),
		cmocka_unit_test(folding_twice_changes_nothing),
		cmocka_unit_test(limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
