/* SPDX-License-Identifier: MIT */
#include "archive/filename.h"

#include <stdio.h>
#include <tobs/err.h>

#include "base/attr.h"
#include "base/nfc.h"
#include "base/utf.h"

enum { SUFFIX_BYTES = 16, TITLE_BYTES_MAX = 1024 /* Telegram allows 255 characters */ };

struct range {
	uint32_t first, last;
};

/* Spaces of every width, and separators of lines. */
static const struct range spaces[] = { { 0x09, 0x0d }, { 0x20, 0x20 }, { 0x85, 0x85 },
	{ 0xa0, 0xa0 }, { 0x1680, 0x1680 }, { 0x2000, 0x200a }, { 0x2028, 0x2029 },
	{ 0x202f, 0x202f }, { 0x205f, 0x205f }, { 0x3000, 0x3000 } };

/*
 * What nobody sees: controls, fillers, marks of direction, joiners of words,
 * tags, characters that are none. The joiner of emoji (U+200D) stays.
 */
static const struct range invisible[] = { { 0x00, 0x1f }, { 0x7f, 0x9f }, { 0xad, 0xad },
	{ 0x34f, 0x34f }, { 0x61c, 0x61c }, { 0x115f, 0x1160 }, { 0x17b4, 0x17b5 },
	{ 0x180b, 0x180f }, { 0x200b, 0x200c }, { 0x200e, 0x200f }, { 0x202a, 0x202e },
	{ 0x2060, 0x206f }, { 0x2800, 0x2800 }, { 0x3164, 0x3164 }, { 0xfdd0, 0xfdef },
	{ 0xfeff, 0xfeff }, { 0xffa0, 0xffa0 }, { 0xfff0, 0xfffb }, { 0xe0000, 0xe0fff } };

/* What belongs to the character before it. */
static const struct range attached[] = { { 0x300, 0x36f }, { 0x200d, 0x200d }, { 0x20d0, 0x20ff },
	{ 0xfe00, 0xfe0f }, { 0xfe20, 0xfe2f }, { 0x1f3fb, 0x1f3ff } };

static bool in(const struct range *ranges, size_t n, uint32_t cp)
{
	for (size_t i = 0; i < n; i++)
		if (cp >= ranges[i].first && cp <= ranges[i].last)
			return true;
	return false;
}

#define IN(ranges, cp) in(ranges, ARRAY_LEN(ranges), cp)

static bool is_nothing(uint32_t cp)
{
	return IN(invisible, cp) || (cp & 0xfffe) == 0xfffe;
}

/* What stands for an ASCII character that names cannot have: one character, or 0 for nothing. */
static char substitute(uint8_t c, uint8_t next)
{
	switch (c) {
	case '/':
	case '\\':
	case '|': return '-';
	case ':': return next == ' ' || !next ? 0 : '-';
	case '"': return '\'';
	case '<':
	case '[': return '(';
	case '>':
	case ']': return ')';
	case '*':
	case '?':
	case '#':
	case '^': return 0;
	default: return (char)c;
	}
}

static bool ends_with(const struct tobs_buf *out, char c)
{
	return out->len && out->ptr[out->len - 1] == (uint8_t)c;
}

/* One space, and none at the start. */
static void put_space(struct tobs_buf *out)
{
	if (out->len && !ends_with(out, ' '))
		tobs_buf_putc(out, ' ');
}

static void put_clean(struct tobs_buf *out, struct tobs_view s)
{
	for (size_t i = 0, n; i < s.len; i += n) {
		uint32_t cp;
		uint8_t next;
		char c;

		n = utf8_decode(s.ptr + i, s.len - i, &cp);
		next = i + n < s.len ? s.ptr[i + n] : 0;
		if (IN(spaces, cp)) {
			put_space(out);
		} else if (is_nothing(cp)) {
			continue;
		} else if (cp >= 0x80) {
			tobs_buf_put(out, s.ptr + i, n);
		} else {
			c = substitute((uint8_t)cp, next);
			/* Dots in front hide a file, or are a way up; two percent signs begin a comment. */
			if (!c || (c == '.' && !out->len) || (c == '%' && ends_with(out, '%')))
				continue;
			tobs_buf_putc(out, c);
		}
	}
}

static uint32_t last_char(const struct tobs_buf *out, size_t *ret_start)
{
	size_t i = out->len;
	uint32_t cp = 0;

	while (i && (out->ptr[i - 1] & 0xc0) == 0x80)
		i--;
	*ret_start = i ? i - 1 : 0;
	if (i)
		utf8_decode(out->ptr + *ret_start, out->len - *ret_start, &cp);
	return cp;
}

/* No space or dot at the end (Windows drops them), and nothing that waits for what was cut off. */
static void trim_end(struct tobs_buf *out)
{
	while (out->len) {
		size_t start;
		uint32_t cp = last_char(out, &start);

		if (cp != ' ' && cp != '.' && cp != 0x200d)
			break;
		tobs_buf_truncate(out, start);
	}
}

/* To at most `max` bytes, without taking a character from the marks that belong to it. */
static void cut(struct tobs_buf *out, size_t max)
{
	size_t at = max;
	uint32_t next;

	if (out->len <= max)
		return;
	for (;;) {
		while (at && (out->ptr[at] & 0xc0) == 0x80)
			at--;
		if (!at)
			break;
		utf8_decode(out->ptr + at, out->len - at, &next);
		if (!IN(attached, next))
			break;
		at--;
	}
	/* All of it marks: then between any two. */
	if (!at)
		for (at = max; (out->ptr[at] & 0xc0) == 0x80; at--)
			;
	tobs_buf_truncate(out, at);
}

/*
 * Whether the part before the first dot, where Windows stops reading, names a
 * device: CON, COM1, LPT¹ … (learn.microsoft.com, "Naming Files").
 */
static bool is_device(struct tobs_view stem)
{
	static const char *const names[] = { "con", "prn", "aux", "nul", "conin$", "conout$" };
	static const char *const ports[] = { "com", "lpt" };
	static const char *const digits[] = { "\xc2\xb9", "\xc2\xb2", "\xc2\xb3" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (tobs_view_eq_nocase(stem, tobs_str(names[i])))
			return true;
	for (size_t i = 0; i < ARRAY_LEN(ports); i++) {
		struct tobs_view end = tobs_view_sub(stem, 3, stem.len);

		if (!tobs_view_eq_nocase(tobs_view_sub(stem, 0, 3), tobs_str(ports[i])))
			continue;
		if (end.len == 1 && end.ptr[0] >= '0' && end.ptr[0] <= '9')
			return true;
		for (size_t k = 0; k < ARRAY_LEN(digits); k++)
			if (tobs_view_is(end, digits[k]))
				return true;
	}
	return false;
}

/* Puts "_" behind the part of a name that would be taken for something else. */
static void mend_reserved(struct tobs_buf *out)
{
	char rest[FILENAME_BYTES + 1];
	struct tobs_view name = tobs_buf_view(out), stem;
	size_t dot = tobs_view_find(name, 0, tobs_str(".")), n;

	stem = tobs_view_trim(tobs_view_sub(name, 0, dot == SIZE_MAX ? name.len : dot));
	if (!is_device(stem) && !tobs_view_eq_nocase(name, tobs_str("index")) &&
		!tobs_view_eq_nocase(name, tobs_str("index.md")))
		return;
	n = name.len - stem.len;
	memcpy(rest, name.ptr + stem.len, n);
	tobs_buf_truncate(out, stem.len);
	tobs_buf_putc(out, '_');
	tobs_buf_put(out, rest, n);
}

/* The start of a title without what names cannot have, then composed: what was removed may have stood between. */
static int clean(struct tobs_buf *out, struct tobs_view title)
{
	struct tobs_buf repaired, safe;
	int r;

	tobs_buf_init(&repaired, TITLE_BYTES_MAX * 3);
	tobs_buf_init(&safe, TITLE_BYTES_MAX * 3);
	r = utf8_repair(&repaired, tobs_view_sub(title, 0, TITLE_BYTES_MAX));
	if (!r) {
		put_clean(&safe, tobs_buf_view(&repaired));
		r = tobs_buf_err(&safe);
	}
	if (!r)
		r = utf8_compose(out, tobs_buf_view(&safe));
	tobs_buf_deinit(&repaired);
	tobs_buf_deinit(&safe);
	return r;
}

int filename_make(
	struct tobs_buf *out, struct tobs_view title, const char *fallback, unsigned attempt)
{
	char suffix[SUFFIX_BYTES] = "";
	struct tobs_buf name;
	int r;

	if (attempt)
		snprintf(suffix, sizeof suffix, " (%u)", attempt + 1);
	tobs_buf_init(&name, TITLE_BYTES_MAX * 3);
	r = clean(&name, title);
	if (!r) {
		/* One byte is left for the "_" of reserved names. */
		cut(&name, FILENAME_BYTES - 1 - strlen(suffix));
		trim_end(&name);
		if (!name.len)
			tobs_buf_puts(&name, fallback);
		mend_reserved(&name);
		tobs_buf_puts(&name, suffix);
		r = tobs_buf_err(&name);
	}
	tobs_buf_clear(out);
	if (!r)
		r = tobs_buf_putv(out, tobs_buf_view(&name));
	tobs_buf_deinit(&name);
	return r;
}
