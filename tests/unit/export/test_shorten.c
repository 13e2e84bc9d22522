/* SPDX-License-Identifier: MIT */
#include "export/block_impl.h"
#include "support/test.h"

static void shortens_to(const char *text, size_t max, const char *wanted)
{
	struct tobs_buf out;

	tobs_buf_init(&out, 4096);
	tobs_buf_puts(&out, ">");
	block_shorten(&out, tobs_str(text), max);
	assert_string_equal(tobs_buf_str(&out) + 1, wanted);
	tobs_buf_deinit(&out);
}

static void becomes_one_line(void **state)
{
	(void)state;
	shortens_to("", 10, "");
	shortens_to(" \n\t ", 10, "");
	shortens_to("one", 10, "one");
	shortens_to("  one \n\n two\tthree ", 40, "one two three");
}

static void is_cut_between_characters(void **state)
{
	(void)state;
	shortens_to("one two", 7, "one two");
	shortens_to("one two ", 7, "one two");
	shortens_to("one two x", 7, "one two…");
	shortens_to("one two", 6, "one tw…");
	shortens_to("one two", 4, "one…");
	shortens_to("one two", 3, "one…");
	shortens_to("one two", 0, "…");
	shortens_to("ночь улица", 8, "ночь…");
	shortens_to("ночь улица", 11, "ночь у…");
	shortens_to("ночь улица", 12, "ночь у…");
	shortens_to("тт", 3, "т…");
	/* What is no character counts as what it takes. */
	shortens_to("a\xff\xff", 2, "a\xff…");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(becomes_one_line),
		cmocka_unit_test(is_cut_between_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
