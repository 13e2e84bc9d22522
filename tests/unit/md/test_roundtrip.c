/* SPDX-License-Identifier: MIT */
/*
 * The promise of md/: what is written is read back by a CommonMark parser as
 * exactly the same text and formatting. Built twice, with a CommonMark and with
 * a GFM parser.
 *
 * TOBS_SEED and TOBS_CASES choose other random cases than those of every run.
 */
#include "md/markdown.h"

#include "base/rand.h"
#include "base/utf.h"
#include "support/test.h"
#include "survive.h"

enum {
	CASES = 20000, /* in each flavour */
};

/* A block behind other text on the line is the caller's to separate. */
static void without_blocks(struct test_case *c)
{
	for (size_t i = 0; i < c->count; i++)
		if (c->entities[i].kind == ENTITY_PRE || c->entities[i].kind == ENTITY_BLOCKQUOTE)
			c->entities[i].kind = ENTITY_BOLD;
}

static uint64_t number(const char *name, uint64_t otherwise)
{
	int64_t n;

	if (!getenv(name) || tobs_view_int(tobs_str(getenv(name)), 0, INT64_MAX, &n))
		return otherwise;
	return (uint64_t)n;
}

static void random_cases(enum md_flavour flavour)
{
	struct prng p = { number("TOBS_SEED", 20240501) + flavour };
	struct test_case c;

	case_init(&c);
	for (uint64_t i = number("TOBS_CASES", CASES); i > 0; i--) {
		struct setting s = { .options.flavour = flavour };

		case_random(&c, &p);
		s.options.trim_styles = prng_below(&p, 8) == 0;
		switch (prng_below(&p, 8)) {
		case 0:
			s.options.prefix = tobs_str("> ");
			s.quoted = true;
			break;
		case 1:
			s.options.mid_line = true;
			s.lead = prng_below(&p, 2) ? "Anna: " : "a";
			without_blocks(&c);
			break;
		default: break;
		}
		avoid_tilde(&c);
		survives(&c, &s);
	}
	case_deinit(&c);
}

static void random_obsidian(void **state)
{
	(void)state;
	random_cases(MD_OBSIDIAN);
}

static void random_gfm(void **state)
{
	(void)state;
	random_cases(MD_GFM);
}

/* ---- every special, alone and in company, everywhere ---- */

static const enum entity_kind around[] = { ENTITY_UNKNOWN, ENTITY_BOLD, ENTITY_ITALIC,
	ENTITY_STRIKETHROUGH, ENTITY_UNDERLINE, ENTITY_CODE, ENTITY_PRE, ENTITY_TEXT_LINK,
	ENTITY_BLOCKQUOTE, ENTITY_SPOILER };

/* `head`, the specials, `tail`; formatting around them, or around all. */
static void place(struct test_case *c, const char *head, const char *middle, size_t n,
	const char *tail, enum entity_kind kind)
{
	struct entity e = { .kind = kind, .length = (uint32_t)n };

	tobs_buf_clear(&c->text);
	tobs_buf_puts(&c->text, head);
	tobs_buf_put(&c->text, middle, n);
	tobs_buf_puts(&c->text, tail);
	e.offset = (uint32_t)strlen(head);
	if (kind == ENTITY_TEXT_LINK)
		e.arg = tobs_str("/u");
	c->entities[0] = e;
	c->count = 1;
	avoid_tilde(c);
}

static void everywhere(struct test_case *c, const char *middle, size_t n)
{
	static const char *const heads[] = { "", "a", "a ", "a\n", "a\n\n", "*" };
	static const char *const tails[] = { "", "b", " b", "\nb", "b*" };

	for (size_t k = 0; k < ARRAY_LEN(around); k++)
		for (size_t h = 0; h < ARRAY_LEN(heads); h++)
			for (size_t t = 0; t < ARRAY_LEN(tails); t++)
				for (int f = MD_OBSIDIAN; f <= MD_GFM; f++) {
					struct setting s = {
						.options.flavour = (enum md_flavour)f
					};

					place(c, heads[h], middle, n, tails[t], around[k]);
					survives(c, &s);
				}
}

static void every_ascii_character(void **state)
{
	struct test_case c;

	(void)state;
	case_init(&c);
	for (int i = 1; i < 128; i++) {
		char s[1] = { (char)i };

		everywhere(&c, s, 1);
	}
	case_deinit(&c);
}

static const char specials[] = "*_~`[]<>|#-+=!&\\$^%().:1 \n\ta";

static void every_pair(void **state)
{
	struct test_case c;

	(void)state;
	case_init(&c);
	for (const char *a = specials; *a; a++)
		for (const char *b = specials; *b; b++) {
			char s[2] = { *a, *b };

			everywhere(&c, s, 2);
		}
	case_deinit(&c);
}

static void every_triple(void **state)
{
	struct setting s = { 0 };
	struct test_case c;

	(void)state;
	case_init(&c);
	for (const char *a = specials; *a; a++)
		for (const char *b = specials; *b; b++)
			for (const char *d = specials; *d; d++)
				for (int f = MD_OBSIDIAN; f <= MD_GFM; f++) {
					char t[3] = { *a, *b, *d };

					s.options.flavour = (enum md_flavour)f;
					place(&c, "", t, 3, "", ENTITY_UNKNOWN);
					survives(&c, &s);
					place(&c, "a\n", t, 3, "\na", ENTITY_ITALIC);
					survives(&c, &s);
				}
	case_deinit(&c);
}

/* Each character in front of, first in, last in and behind something bold. */
static void every_neighbour(void **state)
{
	static const struct {
		const char *front, *back;
		bool inside; /* the character is bold, with `back` or `front` */
	} places[] = { { "", "\"b", false }, { "", "b", true }, { "a", "", true },
		{ "a\"", "", false } };
	struct setting s = { .options.flavour = MD_GFM };
	struct test_case c;

	(void)state;
	case_init(&c);
	c.count = 1;
	for (uint32_t cp = 0x80; cp < 0x20000; cp += cp < 0x3400 || cp >= 0x1f000 ? 1 : 7) {
		uint8_t u[4];
		size_t n = utf8_encode(cp, u);

		if (n == 0)
			continue;
		for (size_t i = 0; i < ARRAY_LEN(places); i++) {
			size_t before = strlen(places[i].front), behind = strlen(places[i].back);
			uint32_t units = cp > 0xffff ? 2 : 1;

			tobs_buf_clear(&c.text);
			tobs_buf_puts(&c.text, "x");
			tobs_buf_puts(&c.text, places[i].front);
			tobs_buf_put(&c.text, u, n);
			tobs_buf_puts(&c.text, places[i].back);
			tobs_buf_puts(&c.text, "y");
			c.entities[0] = (struct entity){ .kind = ENTITY_BOLD };
			c.entities[0].offset = 1 + (before || places[i].inside ? 0 : units);
			c.entities[0].length = (uint32_t)(before + behind) +
				(places[i].inside ? units : 0);
			survives(&c, &s);
		}
	}
	case_deinit(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_ascii_character),
		cmocka_unit_test(every_pair),
		cmocka_unit_test(every_triple),
		cmocka_unit_test(every_neighbour),
		cmocka_unit_test(random_obsidian),
		cmocka_unit_test(random_gfm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
