/* SPDX-License-Identifier: MIT */
#include "cases.h"

#include "base/attr.h"
#include "base/utf.h"
#include "support/test.h"

/* clang-format off */
static const char *const words[] = {
	"a", "b", "one", "two", "word", "x", "7", "42", "Anna", "snake_case", "\u0434\u0430", "\u043c\u0438\u0440",
	"\u05e9\u05dc\u05d5\u05dd", "\u0645\u0631\u062d\u0628\u0627", "\u4e2d\u6587", "\u5b57", "\ud55c\uad6d\uc5b4", "e\u0301",
	"\U0001F600", "\U0001F468\u200d\U0001F469\u200d\U0001F467", "\u2764\ufe0f", "\U0001F1E9\U0001F1EA",
	"\u300a", "\u300b", "\u201c", "\u201d", "\uff0c", "\u3002", "\u00ab", "\u00bb", "\u2014", "\u20ac", "\u00a9", "\u2192",
};
static const char *const gaps[] = {
	" ", " ", " ", " ", "  ", "\t", "\n", "\n", "\n", "\n\n", "\n\n\n", "\n\n\n\n\n", " \n", "\n ", "\u00a0",
	"\u3000", "\u200b", "\ufeff", "\u2028", "\u200f", "\u180e", "\r", "\r\n", "\v", "\f", "   \n   \n",
};
static const char *const nasty[] = {
	"*", "**", "***", "_", "__", "~", "~~", "~~~", "`", "``", "```", "[", "]", "(", ")", "](", "]:", "[[", "]]", "![",
	"<", ">", "|", "||", "#", "##", "-", "--", "---", "+", "=", "==", "===", "!", "&", "\\", "\\\\", "$", "$$", "^",
	"%", "%%", "{", "}", ":", "://", "@", "\"", "'", ".", ",", ";", "/", "?", "1.", "1)", "123456789.", "0)",
	"- ", "* ", "+ ", "# ", "> ", "1. ", "    ", "- [ ] x", "[x](y)", "![x](y)", "[x]: y", "[^1]", "[^1]: z", "**a**", "*a*",
	"_a_", "~~a~~", "~a~", "`a`", "==a==", "%%a%%", "$a$", "$5 and $6", "[[a]]", "[[a|b]]", "#tag", "#a/b", "#1", "C#",
	" ^id", "^[a]", "[!quote]-", "[!note]", "<!-- -->", "<b>", "</b>", "<br>", "<wbr>", "<div>", "<pre>", "<?a?>",
	"<!A>", "<a@b.cd>", "<http://a.b>", "&amp;", "&lt", "&#35;", "&#x23;", "&copy;", "AT&T", "http://a.bc/d_e_f", "https://a.bc",
	"ftp://a.bc", "www.a.bc", "a@b.cd", "mailto:a@b.cd", "|-|", "|a|b|", ":-:", "-|-", "a|b", "```c", "***a", "_ _ _", "\\*",
	"a*b", "a_b", "a~b", "\x1b", "\x7f", "<!-- collapsed -->",
};
static const char *const languages[] = { "", "c", "c++", "obj`c", "a b", " x", "&amp;", "\\*", "{.r}", "\u0421" };
static const char *const urls[] = {
	"https://e.org/", "http://e.org/a_b*c?x=1&y=2", "e.org", "tg://user?id=7", "https://e.org/a(b)c", "a(b", "a)b", "a b", "",
	"<x>", "https://e.org/&copy;", "\\*x\\", " x ", "https://\u043f\u0440.\u0440\u0444/\u4e2d", "#frag", "a\"b'c", "a\nb", "javascript:1",
	"((((x))))", "/a|b",
};
/* clang-format on */

static const char *pick(struct prng *p, const char *const *from, size_t n)
{
	return from[prng_below(p, n)];
}

#define PICK(p, list) pick(p, list, ARRAY_LEN(list))

void case_init(struct test_case *c)
{
	tobs_buf_init(&c->text, 1 << 20);
	c->count = 0;
}

void case_deinit(struct test_case *c)
{
	tobs_buf_deinit(&c->text);
}

void case_copy(struct test_case *to, const struct test_case *from)
{
	tobs_buf_clear(&to->text);
	assert_ok(tobs_buf_putv(&to->text, tobs_buf_view(&from->text)));
	memcpy(to->entities, from->entities, from->count * sizeof from->entities[0]);
	to->count = from->count;
}

static void random_entity(struct entity *e, struct prng *p, size_t units)
{
	size_t from = prng_below(p, units + 1), to = prng_below(p, units + 1);

	memset(e, 0, sizeof *e);
	e->kind = (enum entity_kind)prng_below(p, ENTITY_KINDS);
	e->offset = (uint32_t)MIN(from, to);
	e->length = (uint32_t)(MAX(from, to) - MIN(from, to));
	if (prng_below(p, 3) == 0)
		e->length = (uint32_t)MIN(e->length, prng_below(p, 6));
	if (prng_below(p, 12) == 0) {
		e->offset = 0;
		e->length = (uint32_t)units;
	}
	if (prng_below(p, 50) == 0)
		e->length += 3; /* perhaps over the end */
	e->collapsed = prng_below(p, 2);
	e->id = prng_below(p, 5) == 0 ? 0 : (int64_t)prng_below(p, 3) + 536;
	if (e->kind == ENTITY_TEXT_LINK)
		e->arg = tobs_str(PICK(p, urls));
	else if (e->kind == ENTITY_PRE)
		e->arg = tobs_str(PICK(p, languages));
	else if (e->kind == ENTITY_CUSTOM_EMOJI && prng_below(p, 4) == 0)
		e->arg = tobs_str("stickers/\"a\" & <b>.webp");
}

void case_random(struct test_case *c, struct prng *p)
{
	size_t pieces = 1 + prng_below(p, prng_below(p, 10) == 0 ? 40 : 10);
	unsigned taste = (unsigned)prng_below(p, 4);

	tobs_buf_clear(&c->text);
	c->count = prng_below(p, 2) ? prng_below(p, 5) : prng_below(p, 17);
	for (size_t i = 0; i < pieces; i++) {
		unsigned roll = (unsigned)prng_below(p, 8);

		if (roll < 2 + taste)
			tobs_buf_puts(&c->text, PICK(p, nasty));
		else if (roll < 4 + taste)
			tobs_buf_puts(&c->text, PICK(p, gaps));
		else
			tobs_buf_puts(&c->text, PICK(p, words));
	}
	for (size_t i = 0; i < c->count; i++)
		random_entity(&c->entities[i], p, utf16_len(tobs_buf_view(&c->text)));
	assert_ok(tobs_buf_err(&c->text));
}

/* Where a unit lands when units [from, to) are taken out. */
static uint32_t moved(uint64_t unit, size_t from, size_t to)
{
	return (uint32_t)(unit <= from ? unit : unit >= to ? unit - (to - from) : from);
}

void case_cut(struct test_case *c, size_t from, size_t to)
{
	struct tobs_view v = tobs_buf_view(&c->text);
	size_t low = utf16_len(tobs_view_sub(v, 0, from)),
	       high = utf16_len(tobs_view_sub(v, 0, to));

	for (size_t i = 0; i < c->count; i++) {
		struct entity *e = &c->entities[i];
		uint32_t end = moved((uint64_t)e->offset + e->length, low, high);

		e->offset = moved(e->offset, low, high);
		e->length = end - e->offset;
	}
	memmove(c->text.ptr + from, c->text.ptr + to, c->text.len - to);
	tobs_buf_truncate(&c->text, c->text.len - (to - from));
}

void case_print(const struct test_case *c)
{
	print_error("text: \"");
	for (size_t i = 0; i < c->text.len; i++) {
		uint8_t b = c->text.ptr[i];

		if (b < ' ' || b == 0x7f || b == '"' || b == '\\')
			print_error(b == '\n' ? "\\n" : "\\x%02x", b);
		else
			print_error("%c", b);
	}
	print_error("\"\n");
	for (size_t i = 0; i < c->count; i++) {
		const struct entity *e = &c->entities[i];

		print_error("  %s %u+%u id %lld%s arg \"%.*s\"\n", entity_kind_name(e->kind),
			e->offset, e->length, (long long)e->id, e->collapsed ? " collapsed" : "",
			TOBS_VIEW_FMT(e->arg));
	}
}
