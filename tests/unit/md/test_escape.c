/* SPDX-License-Identifier: MIT */
#include "md/escape.h"

#include "base/rand.h"
#include "base/utf.h"
#include "cases.h"
#include "cells.h"
#include "oracle.h"
#include "support/failmem.h"
#include "support/test.h"

static struct tobs_buf md, text, title;

/* `head`, the string in its context, `tail`. */
static void build(enum md_flavour f, enum md_context context, const char *head, struct tobs_view s,
	const char *tail)
{
	tobs_buf_clear(&md);
	tobs_buf_clear(&text);
	tobs_buf_clear(&title);
	tobs_buf_puts(&md, head);
	assert_ok(md_escape(&md, f, context, s));
	tobs_buf_puts(&md, tail);
}

static void assert_same(struct tobs_view have, struct tobs_view want, bool ok)
{
	if (ok && tobs_view_eq(have, want))
		return;
	fail_msg("\"%.*s\" is written as\n%s\nand read as \"%.*s\"", TOBS_VIEW_FMT(want),
		tobs_buf_str(&md), TOBS_VIEW_FMT(have));
}

/* Everywhere on a line: the string is the text of that node, between head and tail. */
static void text_survives(enum md_flavour f, struct tobs_view s)
{
	static const struct {
		const char *head, *tail, *type, *before, *behind;
	} places[] = {
		{ "", "\n", "paragraph", "", "" },
		{ "a ", " b\n", "paragraph", "a ", " b" },
		{ "a", "b\n", "paragraph", "a", "b" },
		{ "# ", "\n", "heading", "", "" },
		{ "- ", "\n", "item", "", "" },
		{ "1. a: ", "\n", "item", "a: ", "" },
	};

	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		struct tobs_buf want;
		bool ok;

		tobs_buf_init(&want, 1 << 20);
		tobs_buf_puts(&want, places[i].before);
		tobs_buf_putv(&want, s);
		tobs_buf_puts(&want, places[i].behind);
		build(f, MD_TEXT, places[i].head, s, places[i].tail);
		ok = oracle_text(tobs_buf_view(&md), places[i].type, &text);
		assert_same(tobs_buf_view(&text), tobs_buf_view(&want), ok);
		assert_int_equal(oracle_blocks(tobs_buf_view(&md)), 1);
		tobs_buf_deinit(&want);
	}
}

static void link_survives(enum md_flavour f, struct tobs_view s)
{
	build(f, MD_LINK_TEXT, "[", s, "](/u)\n");
	assert_same(tobs_buf_view(&text), s,
		oracle_text(tobs_buf_view(&md), "link", &text) &&
			tobs_view_eq(tobs_buf_view(&text), s));
	build(f, MD_LINK_DEST, "[a](", s, ")\n");
	assert_same(s, s, oracle_link(tobs_buf_view(&md), &text, &title));
	assert_same(tobs_buf_view(&text), s, true);
	build(f, MD_LINK_TITLE, "[a](/u \"", s, "\")\n");
	assert_same(s, s, oracle_link(tobs_buf_view(&md), &text, &title));
	assert_same(tobs_buf_view(&title), s, true);
}

/* Tables are GFM's. Cells of an empty string, and those trimmed to one, have no text. */
static void cell_survives(enum md_flavour f, struct tobs_view s)
{
	if (!cells_parser_knows_strike())
		return;
	build(f, MD_TABLE_CELL, "| ", s, " | b |\n|-|-|\n");
	assert_same(tobs_buf_view(&text), s,
		oracle_text(tobs_buf_view(&md), "table_cell", &text) &&
			tobs_view_eq(tobs_buf_view(&text), s));
}

static void survives_all(struct tobs_view s)
{
	for (int f = MD_OBSIDIAN; f <= MD_GFM; f++) {
		text_survives((enum md_flavour)f, s);
		link_survives((enum md_flavour)f, s);
		cell_survives((enum md_flavour)f, s);
	}
}

static void every_pair_and_triple(void **state)
{
	static const char set[] = "*_~`[]<>|#-+=!&\\$^%().:;1 \n\ta@\"'/w";

	(void)state;
	for (const char *a = set; *a; a++)
		for (const char *b = set; *b; b++) {
			char s[3] = { *a, *b };

			survives_all(tobs_view(s, 1));
			survives_all(tobs_view(s, 2));
			for (const char *c = set; *c; c++) {
				s[2] = *c;
				text_survives(MD_OBSIDIAN, tobs_view(s, 3));
				cell_survives(MD_GFM, tobs_view(s, 3));
			}
		}
}

static void random_strings(void **state)
{
	struct prng p = { 5 };
	struct test_case c;

	(void)state;
	case_init(&c);
	for (int i = 0; i < 6000; i++) {
		case_random(&c, &p);
		survives_all(tobs_buf_view(&c.text));
	}
	case_deinit(&c);
}

static void reads_as_prose(void **state)
{
	static const char *const plain[] = { "snake_case", "3 * 4 = 12", "a-b, a - b", "(see 1.)",
		"C# and F#b", "email@x.com", "50% of 100%", "AT&T & co", "a < b > c <3",
		"it's \"so\"", "x^2", "a == b", "[sic] x", "C:\\new", "wow!", "@name", "a | b",
		"{x}", "see [a] and (b)", "12:30, www", "https", "+7 495", "1.5 or 2)",
		"well... -- no" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(plain); i++) {
		build(MD_OBSIDIAN, MD_TEXT, "", tobs_str(plain[i]), "");
		assert_string_equal(tobs_buf_str(&md), plain[i]);
	}
}

static void assert_escape(enum md_context context, const char *s, const char *want)
{
	build(MD_OBSIDIAN, context, "", tobs_str(s), "");
	assert_string_equal(tobs_buf_str(&md), want);
}

static void other_contexts(void **state)
{
	(void)state;
	assert_escape(MD_YAML, "a\"b\\c\nd\te\x01\x7f\xc2\x85\u2028\ufeff\u00e9\U0001F600",
		"a\\\"b\\\\c\\nd\\te\\u0001\\u007F\\u0085\\u2028\\uFEFF\u00e9\U0001F600");
	assert_escape(MD_YAML, "- [x]: #{&*!|>'%@`", "- [x]: #{&*!|>'%@`");
	assert_escape(MD_HTML, "<a href=\"x\" b='y'>&amp;|\n[]",
		"&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;amp;&#124;&#10;&#91;&#93;");
	assert_escape(MD_WIKI_TARGET, "Chat/2024 (a), b & c's", "Chat/2024 (a), b & c's");
	assert_escape(MD_WIKI_ALIAS, "a|b [c]\nd", "a\uff5cb \uff3bc\uff3d d");
	/* spaces are fine in <>, unless they are last */
	assert_escape(MD_LINK_DEST, "media/a b (1).jpg", "<media/a b (1).jpg>");
	assert_escape(MD_LINK_DEST, "https://e.org/a_(b)?c=1&d=2", "https://e.org/a_(b)?c=1&d=2");
	assert_escape(MD_LINK_DEST, "", "<>");
	assert_escape(MD_TEXT, "Chapter #", "Chapter \\#");
	assert_escape(MD_TEXT, "- x", "\\- x");
	assert_escape(MD_LINK_TEXT, "- [x]", "- \\[x\\]");
	assert_escape(MD_TABLE_CELL, "- a|b\nc", "- a\\|b<br>c");
}

static void zero_bytes(void **state)
{
	(void)state;
	for (int context = MD_TEXT; context <= MD_WIKI_ALIAS; context++) {
		if (context == MD_WIKI_TARGET)
			continue;
		build(MD_GFM, (enum md_context)context, "", tobs_view("a\0b", 3), "");
		assert_string_equal(
			tobs_buf_str(&md), context == MD_YAML ? "a\ufffdb" : "a\ufffdb");
		assert_int_equal(md.len, 5);
	}
}

static void wiki_targets_that_cannot_be(void **state)
{
	static const char *const bad[] = { "", "a[b", "a]b", "a|b", "a#b", "a^b", "a\\b", "a%%b",
		"a\nb", "a\x7f" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		tobs_buf_clear(&md);
		assert_code(
			md_escape(&md, MD_OBSIDIAN, MD_WIKI_TARGET, tobs_str(bad[i])), TOBS_EINVAL);
		assert_int_equal(md.len, 0);
	}
	assert_code(md_escape(&md, MD_GFM, (enum md_context)99, tobs_str("a")), TOBS_EINVAL);
}

static void autolinks(void **state)
{
	static const char *const urls[] = { "https://e.org", "tg://x", "a1+.-://\u4e2d_*" };
	static const char *const no_urls[] = { "", "e.org", "a://x", "1a://x", "https:/x",
		"https://a b", "https://a<b", "https://a>b", "https://a&amp;b", "https://a\x7f",
		"mailto:a@b", "abcdefghijklmnopqrstuvwxyzabcdefg://x" };
	static const char *const mails[] = { "a@b", "a.b+c@d-e.fg", "'*`|~@x.y" };
	static const char *const no_mails[] = { "", "a", "@b", "a@", "a@b.", "a@.b", "a@-b", "a@b-",
		"a@b c", "a b@c", "a(@b", "\u00e9@b",
		"a@aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" };
	char s[200];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(urls); i++)
		assert_true(md_is_autolink_url(tobs_str(urls[i])));
	for (size_t i = 0; i < ARRAY_LEN(no_urls); i++)
		assert_false(md_is_autolink_url(tobs_str(no_urls[i])));
	for (size_t i = 0; i < ARRAY_LEN(mails); i++)
		assert_true(md_is_autolink_email(tobs_str(mails[i])));
	for (size_t i = 0; i < ARRAY_LEN(no_mails); i++)
		assert_false(md_is_autolink_email(tobs_str(no_mails[i])));
	/* The parser agrees. */
	for (size_t i = 0; i < ARRAY_LEN(mails); i++) {
		snprintf(s, sizeof s, "<%s>\n", mails[i]);
		tobs_buf_clear(&text);
		tobs_buf_clear(&title);
		assert_true(oracle_link(tobs_str(s), &text, &title));
	}
}

static int escape_all(void *user)
{
	struct tobs_buf out;
	int r = 0;

	(void)user;
	tobs_buf_init(&out, 1 << 20);
	for (int context = MD_TEXT; context <= MD_WIKI_ALIAS && r == 0; context++)
		r = md_escape(&out, MD_OBSIDIAN, (enum md_context)context,
			tobs_str("some text of no great length, but longer than a first buffer"));
	tobs_buf_deinit(&out);
	return r;
}

static void failing_allocations_and_full_buffers(void **state)
{
	struct tobs_buf small;

	(void)state;
	fail_each_allocation(escape_all, NULL);
	tobs_buf_init(&small, 3);
	assert_code(md_escape(&small, MD_GFM, MD_TEXT, tobs_str("a # b #")), TOBS_ETOOBIG);
	tobs_buf_deinit(&small);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_pair_and_triple),
		cmocka_unit_test(random_strings),
		cmocka_unit_test(reads_as_prose),
		cmocka_unit_test(other_contexts),
		cmocka_unit_test(zero_bytes),
		cmocka_unit_test(wiki_targets_that_cannot_be),
		cmocka_unit_test(autolinks),
		cmocka_unit_test(failing_allocations_and_full_buffers),
	};
	int failed;

	tobs_buf_init(&md, 1 << 20);
	tobs_buf_init(&text, 1 << 20);
	tobs_buf_init(&title, 1 << 20);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	tobs_buf_deinit(&md);
	tobs_buf_deinit(&text);
	tobs_buf_deinit(&title);
	return failed;
}
