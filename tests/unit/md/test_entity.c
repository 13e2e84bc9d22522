/* SPDX-License-Identifier: MIT */
#include "md/entity.h"

#include "base/utf.h"
#include "cases.h"
#include "cells.h"
#include "support/failmem.h"
#include "support/test.h"

#define MANY 400

/* "bold[0,5) code[1,2)" */
static void describe(struct tobs_buf *out, const struct spans *spans)
{
	tobs_buf_clear(out);
	for (size_t i = 0; i < spans->count; i++)
		tobs_buf_printf(out, "%s%s[%u,%u)", i ? " " : "",
			entity_kind_name(spans->items[i].kind), spans->items[i].start,
			spans->items[i].end);
}

static void assert_spans(const char *text, const struct entity *entities, size_t count,
	unsigned flags, const char *want)
{
	struct spans spans;
	struct tobs_buf have;

	tobs_buf_init(&have, 1 << 20);
	assert_ok(entity_spans(&spans, tobs_str(text), entities, count, flags));
	describe(&have, &spans);
	assert_string_equal(tobs_buf_str(&have), want);
	spans_deinit(&spans);
	tobs_buf_deinit(&have);
}

#define E(k, from, len)                                               \
	{                                                             \
		.kind = ENTITY_##k, .offset = (from), .length = (len) \
	}
#define LINK(from, len, url)                                                                      \
	{                                                                                         \
		.kind = ENTITY_TEXT_LINK, .offset = (from), .length = (len), .arg = TOBS_LIT(url) \
	}

static void follows_the_rules(void **state)
{
	static const struct {
		const char *text;
		struct entity entities[5];
		const char *want;
	} cases[] = {
		/* order, merging, nesting */
		{ "abcdef", { E(ITALIC, 4, 2), E(BOLD, 0, 2) }, "bold[0,2) italic[4,6)" },
		{ "abcdef", { E(BOLD, 0, 2), E(BOLD, 2, 2) }, "bold[0,4)" },
		{ "abcdef", { E(BOLD, 0, 4), E(BOLD, 2, 4) }, "bold[0,6)" },
		{ "abcdef", { E(BOLD, 1, 2), E(BOLD, 0, 6), E(BOLD, 2, 1) }, "bold[0,6)" },
		{ "abcdef", { E(ITALIC, 0, 3), E(BOLD, 0, 6) }, "bold[0,6) italic[0,3)" },
		{ "abcdef",
			{ E(SPOILER, 0, 3), E(STRIKETHROUGH, 0, 3), E(ITALIC, 0, 3),
				E(BOLD, 0, 3) },
			"bold[0,3) italic[0,3) strikethrough[0,3) spoiler[0,3)" },
		/* overlapping by halves */
		{ "abcdef", { E(BOLD, 0, 4), E(ITALIC, 2, 4) },
			"bold[0,4) italic[2,4) italic[4,6)" },
		{ "abcdef", { E(BOLD, 0, 4), LINK(2, 4, "u") },
			"bold[0,2) text_link[2,6) bold[2,4)" },
		{ "abcdef", { LINK(0, 4, "u"), E(BOLD, 2, 4) },
			"text_link[0,4) bold[2,4) bold[4,6)" },
		{ "abcdef", { E(CODE, 0, 6), E(BOLD, 2, 2) },
			"code[0,2) bold[2,4) code[2,4) code[4,6)" },
		{ "abcdef", { E(BOLD, 0, 5), E(ITALIC, 1, 3), E(UNDERLINE, 2, 4) },
			"bold[0,5) italic[1,4) underline[2,4) underline[4,5) underline[5,6)" },
		/* links */
		{ "abcdef", { LINK(0, 4, "u"), LINK(2, 4, "v") }, "text_link[0,4) text_link[4,6)" },
		{ "abcdef", { LINK(0, 3, "u"), LINK(3, 3, "u") }, "text_link[0,6)" },
		{ "abcdef", { LINK(0, 3, "u"), LINK(3, 3, "v") }, "text_link[0,3) text_link[3,6)" },
		{ "abcdef", { LINK(0, 6, "u"), LINK(2, 2, "v") }, "text_link[0,6)" },
		{ "abcdef", { LINK(0, 3, "u"), E(MENTION_NAME, 3, 3) },
			"text_link[0,3) mention_name[3,6)" },
		{ "abcdef", { LINK(0, 3, "tg://user?id=0"), E(MENTION_NAME, 3, 3) },
			"text_link[0,6)" },
		{ "abcdef", { LINK(0, 3, "tg://user?id=x"), E(MENTION_NAME, 3, 3) },
			"text_link[0,3) mention_name[3,6)" },
		/* what is found automatically gives way */
		{ "abcdef", { E(URL, 0, 4), LINK(2, 4, "v") }, "text_link[2,6)" },
		{ "abcdef", { LINK(0, 6, "v"), E(URL, 1, 2) }, "text_link[0,6)" },
		{ "abcdef", { E(URL, 0, 4), E(CODE, 2, 1) }, "code[2,3)" },
		{ "abcdef", { E(URL, 0, 3), E(EMAIL, 2, 3) }, "link[0,3)" },
		{ "abcdef", { E(HASHTAG, 0, 4), E(BOLD, 2, 4) }, "bold[2,6)" },
		{ "abcdef", { E(BOLD, 0, 4), E(HASHTAG, 2, 4) }, "bold[0,4)" },
		{ "abcdef", { E(BOLD, 0, 6), E(HASHTAG, 2, 4) }, "bold[0,6) hashtag[2,6)" },
		{ "abcdef", { E(URL, 0, 4), E(BOLD, 2, 4) }, "link[0,4) bold[2,4) bold[4,6)" },
		{ "abcdef", { E(BOLD, 0, 4), E(URL, 2, 4) }, "bold[0,2) link[2,6) bold[2,4)" },
		{ "abcdef", { E(BLOCKQUOTE, 0, 3), E(URL, 2, 3) }, "blockquote[0,3)" },
		{ "abcdef", { E(URL, 0, 4), E(BLOCKQUOTE, 2, 4) }, "blockquote[2,6)" },
		{ "ab\ndef", { E(URL, 0, 5) }, "" },
		/* custom emoji are whole or not at all */
		{ "abcdef", { E(CUSTOM_EMOJI, 0, 2), E(CUSTOM_EMOJI, 2, 2) },
			"custom_emoji[0,2) custom_emoji[2,4)" },
		{ "abcdef", { E(CUSTOM_EMOJI, 0, 3), E(CUSTOM_EMOJI, 2, 2) }, "custom_emoji[0,3)" },
		{ "abcdef", { E(CUSTOM_EMOJI, 0, 3), E(CODE, 2, 2) }, "code[2,4)" },
		{ "abcdef", { E(CUSTOM_EMOJI, 0, 3), LINK(2, 3, "u") }, "text_link[2,5)" },
		{ "abcdef", { LINK(0, 3, "u"), E(CUSTOM_EMOJI, 2, 3) }, "text_link[0,3)" },
		{ "abcdef", { E(BOLD, 0, 3), E(CUSTOM_EMOJI, 2, 2) },
			"bold[0,2) custom_emoji[2,4) bold[2,3)" },
		{ "abcdef", { E(BLOCKQUOTE, 0, 3), E(CUSTOM_EMOJI, 2, 3) }, "blockquote[0,3)" },
		/* pre */
		{ "abcdef", { E(BOLD, 0, 6), E(PRE, 2, 2) }, "bold[0,2) pre[2,4) bold[4,6)" },
		{ "abcdef", { E(PRE, 2, 2), E(BOLD, 2, 2), E(CODE, 3, 3), E(URL, 3, 1) },
			"pre[2,4) code[4,6)" },
		{ "abcdef", { E(PRE, 0, 3), E(PRE, 3, 3) }, "pre[0,3) pre[3,6)" },
		{ "abcdef", { E(PRE, 0, 4), E(PRE, 2, 4) }, "pre[0,4) pre[4,6)" },
		{ "ab\ncd\n", { E(PRE, 0, 6) }, "pre[0,6)" },
		/* quotes */
		{ "abcdef", { E(BLOCKQUOTE, 0, 3), E(BLOCKQUOTE, 3, 3) },
			"blockquote[0,3) blockquote[3,6)" },
		{ "abcdef", { E(BLOCKQUOTE, 0, 6), E(BLOCKQUOTE, 2, 2) }, "blockquote[0,6)" },
		{ "abcdef", { E(BLOCKQUOTE, 0, 4), E(BLOCKQUOTE, 2, 4) },
			"blockquote[0,4) blockquote[4,6)" },
		{ "abcdef", { E(BOLD, 0, 6), E(BLOCKQUOTE, 2, 2) },
			"bold[0,2) blockquote[2,4) bold[2,4) bold[4,6)" },
		{ "abcdef", { E(BLOCKQUOTE, 0, 4), E(PRE, 2, 4) }, "blockquote[0,2) pre[2,6)" },
		{ "abcdef", { E(PRE, 0, 4), E(BLOCKQUOTE, 2, 4) }, "pre[0,4) blockquote[4,6)" },
		{ "abcdef", { E(PRE, 0, 6), E(BLOCKQUOTE, 2, 2) }, "pre[0,6)" },
		{ "abcdef", { E(PRE, 1, 2), E(BLOCKQUOTE, 1, 2) }, "blockquote[1,3) pre[1,3)" },
		{ "\nab\n\n", { E(BLOCKQUOTE, 0, 5) }, "blockquote[1,3)" },
		{ "\na\nb\n", { E(BLOCKQUOTE, 0, 5), E(PRE, 3, 2) }, "blockquote[1,5) pre[3,5)" },
		{ "\n\n\n", { E(BLOCKQUOTE, 0, 3) }, "" },
		{ "abcd", { E(BLOCKQUOTE, 0, 3), E(BLOCKQUOTE, 1, 3), E(PRE, 2, 2) },
			"blockquote[0,2) pre[2,4)" },
		/* line feeds, and places outside */
		{ "a\nb\n", { E(BOLD, 0, 4) }, "bold[0,3)" },
		{ "\n\nb", { E(BOLD, 0, 2), E(ITALIC, 1, 2) }, "italic[2,3)" },
		{ "abc", { E(BOLD, 1, 100) }, "bold[1,3)" },
		{ "abc", { E(BOLD, 3, 1), E(BOLD, 100, 1), E(BOLD, 1, 0) }, "" },
		{ "abc", { E(BOLD, UINT32_MAX, 1), E(BOLD, 1, UINT32_MAX), E(BOLD, 2, INT32_MAX) },
			"bold[2,3)" },
		{ "abc", { E(UNKNOWN, 0, 3), { .kind = (enum entity_kind)99, .length = 3 } }, "" },
		{ "", { E(BOLD, 0, 3) }, "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_spans(cases[i].text, cases[i].entities, ARRAY_LEN(cases[i].entities), 0,
			cases[i].want);
}

/* a é א 中 😀 b: bytes 1 2 2 3 4 1, units 1 1 1 1 2 1. */
static void counts_utf16(void **state)
{
	static const char text[] = "a\u00e9\u05d0\u4e2d\U0001F600b";
	static const uint32_t start[] = { 0, 1, 3, 5, 8, 8, 12, 13 };
	static const uint32_t end[] = { 0, 1, 3, 5, 8, 12, 12, 13 }; /* inside a pair: behind it */

	(void)state;
	for (uint32_t from = 0; from < 8; from++)
		for (uint32_t to = from + 1; to < 8; to++) {
			struct entity e = {
				.kind = ENTITY_BOLD, .offset = from, .length = to - from
			};
			char want[40] = "";

			if (start[from] < end[to])
				snprintf(want, sizeof want, "bold[%u,%u)", start[from], end[to]);
			assert_spans(text, &e, 1, 0, want);
		}
}

/* Eight ASCII bytes are taken at once; every length around that has to be right. */
static void counts_long_texts(void **state)
{
	struct tobs_buf b;

	(void)state;
	tobs_buf_init(&b, 1000);
	for (size_t n = 0; n < 40; n++) {
		char want[60];
		struct entity e[] = { E(BOLD, (uint32_t)n, 3), E(ITALIC, (uint32_t)n + 20, 2) };

		tobs_buf_clear(&b);
		tobs_buf_fill(&b, 'x', n);
		tobs_buf_puts(&b, "\u4e2d\U0001F600");
		tobs_buf_fill(&b, 'y', 40);
		snprintf(want, sizeof want, "bold[%zu,%zu) italic[%zu,%zu)", n, n + 7, n + 24,
			n + 26);
		assert_spans(tobs_buf_str(&b), e, 2, 0, want);
	}
	tobs_buf_deinit(&b);
}

static void trims_styles(void **state)
{
	static const struct entity e[] = { E(BOLD, 0, 4), E(CODE, 4, 3), E(UNDERLINE, 7, 1) };

	(void)state;
	assert_spans(" a\t  c   ", e, 3, ENTITY_TRIM, "bold[1,2) code[4,7)");
	assert_spans(" a\t  c   ", e, 3, 0, "bold[0,4) code[4,7) underline[7,8)");
}

static void names_kinds(void **state)
{
	(void)state;
	assert_string_equal(entity_kind_name(ENTITY_URL), "link");
	assert_string_equal(entity_kind_name((enum entity_kind)1000), "unknown");
	for (int k = 0; k < ENTITY_KINDS; k++)
		assert_int_equal(
			entity_kind_of(tobs_str(entity_kind_name((enum entity_kind)k))), k);
	assert_int_equal(entity_kind_of(tobs_str("plain")), ENTITY_UNKNOWN);
	assert_int_equal(entity_kind_of(tobs_str("bol")), ENTITY_UNKNOWN);
}

static void assert_nested(const struct spans *spans, size_t len)
{
	uint32_t ends[64];
	size_t depth = 0;

	for (size_t i = 0; i < spans->count; i++) {
		const struct span *s = &spans->items[i];

		assert_true(s->start < s->end && s->end <= len);
		assert_true(i == 0 || s->start >= s[-1].start);
		while (depth && ends[depth - 1] <= s->start)
			depth--;
		assert_true(depth == 0 || s->end <= ends[depth - 1]);
		assert_true(depth < ARRAY_LEN(ends));
		ends[depth++] = s->end;
	}
}

/* What the spans say of every byte, to be compared with the model. */
static void paint(struct cells *c, const struct spans *spans, const struct entity *entities,
	struct tobs_view text)
{
	static const uint8_t styles[ENTITY_KINDS] = {
		[ENTITY_BOLD] = CELL_BOLD,
		[ENTITY_ITALIC] = CELL_ITALIC,
		[ENTITY_UNDERLINE] = CELL_UNDERLINE,
		[ENTITY_STRIKETHROUGH] = CELL_STRIKE,
		[ENTITY_SPOILER] = CELL_SPOILER,
		[ENTITY_CODE] = CELL_CODE,
	};

	for (size_t i = 0; i < text.len; i++)
		assert_int_equal(ARRAY_PUSH(&c->row, (struct cell){ .byte = text.ptr[i] }), 0);
	for (size_t i = 0; i < spans->count; i++) {
		const struct span *s = &spans->items[i];
		const struct entity *e = &entities[s->entity];

		for (size_t k = s->start; k < s->end; k++) {
			struct cell *cell = &c->row.items[k];
			char id[40];

			cell->styles |= styles[s->kind];
			switch (s->kind) {
			case ENTITY_BLOCKQUOTE:
				cell->quote = cells_string(
					c, e->collapsed ? "folded" : "open", e->collapsed ? 6 : 4);
				cell->first_quote |= k == s->start;
				break;
			case ENTITY_PRE:
				e = &entities[s->entity];
				cell->pre = cells_string(c,
					(const char *)tobs_view_trim(e->arg).ptr,
					tobs_view_trim(e->arg).len);
				cell->first_pre |= k == s->start;
				break;
			case ENTITY_TEXT_LINK:
				cell->link = cells_string(c, (const char *)e->arg.ptr, e->arg.len);
				break;
			case ENTITY_MENTION_NAME:
				snprintf(id, sizeof id, "tg://user?id=%d", (int)e->id);
				cell->link = cells_string(c, id, strlen(id));
				break;
			case ENTITY_CUSTOM_EMOJI:
				snprintf(id, sizeof id, "%d", (int)e->id);
				cell->emoji = e->id || !e->arg.len
					? cells_string(c, id, strlen(id))
					: cells_string(c, (const char *)e->arg.ptr, e->arg.len);
				cell->first_emoji |= k == s->start || cell[-1].byte == '\n';
				break;
			default: break;
			}
		}
	}
}

static void random_cases_follow_the_model(void **state)
{
	struct prng p = { 77 };
	struct test_case c;

	(void)state;
	case_init(&c);
	for (int i = 0; i < 20000; i++) {
		struct cells want, have;
		struct spans spans;
		const char *why;
		bool trim = i % 4 == 0;

		case_random(&c, &p);
		cells_init(&want);
		cells_init(&have);
		assert_ok(entity_spans(&spans, tobs_buf_view(&c.text), c.entities, c.count,
			trim ? ENTITY_TRIM : 0));
		assert_nested(&spans, c.text.len);
		assert_true(spans.count <= 22 * c.count);
		paint(&have, &spans, c.entities, tobs_buf_view(&c.text));
		cells_expected(&want, tobs_buf_view(&c.text), c.entities, c.count, trim);
		if (cells_differ(&want, &have, &why) >= 0) {
			struct tobs_buf b;

			tobs_buf_init(&b, 1 << 16);
			describe(&b, &spans);
			case_print(&c);
			fail_msg("%s at %d: %s", why, (int)cells_differ(&want, &have, &why),
				tobs_buf_str(&b));
		}
		spans_deinit(&spans);
		cells_deinit(&want);
		cells_deinit(&have);
	}
	case_deinit(&c);
}

/* A pyramid of every kind, far deeper than anything real. */
static void bears_hostile_depth(void **state)
{
	static struct entity e[MANY];
	struct tobs_buf text;
	struct spans spans;

	(void)state;
	tobs_buf_init(&text, 10000);
	tobs_buf_fill(&text, 'x', 4096);
	for (uint32_t i = 0; i < MANY; i++)
		e[i] = (struct entity){ .kind = (enum entity_kind)(1 + i % (ENTITY_KINDS - 1)),
			.offset = i,
			.length = 4096 - 2 * i };
	assert_ok(entity_spans(&spans, tobs_buf_view(&text), e, MANY, 0));
	assert_nested(&spans, text.len);
	assert_true(spans.count > 0 && spans.count <= 22 * MANY);
	spans_deinit(&spans);
	tobs_buf_deinit(&text);
}

static int spans_of_many(void *user)
{
	struct test_case *c = user;
	struct spans spans;
	int r = entity_spans(&spans, tobs_buf_view(&c->text), c->entities, c->count, 0);

	if (r == TOBS_OK)
		spans_deinit(&spans);
	return r;
}

static void survives_failing_allocations(void **state)
{
	struct test_case c;

	(void)state;
	case_init(&c);
	tobs_buf_fill(&c.text, 'x', 1000);
	for (uint32_t i = 0; i < CASE_ENTITIES; i++)
		c.entities[c.count++] = (struct entity){
			.kind = i & 1 ? ENTITY_BOLD : ENTITY_ITALIC, .offset = i * 3, .length = 2
		};
	fail_each_allocation(spans_of_many, &c);
	case_deinit(&c);
}

static void refuses_what_is_too_large(void **state)
{
	struct spans spans;

	(void)state;
	assert_code(entity_spans(&spans, tobs_view("", (size_t)INT32_MAX + 1), NULL, 0, 0),
		TOBS_ETOOBIG);
	assert_code(entity_spans(&spans, tobs_str("a"), NULL, (size_t)INT32_MAX, 0), TOBS_ETOOBIG);
	spans_deinit(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(follows_the_rules),
		cmocka_unit_test(counts_utf16),
		cmocka_unit_test(counts_long_texts),
		cmocka_unit_test(trims_styles),
		cmocka_unit_test(names_kinds),
		cmocka_unit_test(random_cases_follow_the_model),
		cmocka_unit_test(bears_hostile_depth),
		cmocka_unit_test(survives_failing_allocations),
		cmocka_unit_test(refuses_what_is_too_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
