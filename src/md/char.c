/* SPDX-License-Identifier: MIT */
#include "md/char.h"

#include "base/attr.h"
#include "base/utf.h"
#include "md/char_ranges.h"

static bool in_ranges(uint32_t cp, const struct char_range *ranges, size_t n)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (cp > ranges[mid].last)
			low = mid + 1;
		else if (cp < ranges[mid].first)
			high = mid;
		else
			return true;
	}
	return false;
}

/* Category Zs, which is what CommonMark calls white space besides tab, LF, FF and CR. */
static bool is_wide_space(uint32_t cp)
{
	return cp == 0xa0 || cp == 0x1680 || (cp >= 0x2000 && cp <= 0x200a) || cp == 0x202f ||
		cp == 0x205f || cp == 0x3000;
}

/* White space to some: NEL, Mongolian vowel separator, zero width space, LS, PS, BOM. */
static bool is_maybe_space(uint32_t cp)
{
	return cp == 0x85 || cp == 0x180e || cp == 0x200b || cp == 0x2028 || cp == 0x2029 ||
		cp == 0xfeff;
}

static unsigned ascii_class(uint8_t c)
{
	if (c == '\v')
		return CHAR_SPACE | CHAR_WORD; /* left out by CommonMark, not by isspace() */
	if (c == ' ' || (c >= '\t' && c <= '\r'))
		return CHAR_SPACE;
	return char_is_ascii_punct(c) ? CHAR_PUNCT : CHAR_WORD;
}

unsigned char_class(uint32_t cp)
{
	if (cp < 0x80)
		return ascii_class((uint8_t)cp);
	if (is_wide_space(cp))
		return CHAR_SPACE;
	if (is_maybe_space(cp))
		return CHAR_SPACE | CHAR_WORD;
	/* Han, kana and hangul, by far the most of what comes here. */
	if ((cp >= 0x3400 && cp <= 0x4dbf) || (cp >= 0x4e00 && cp <= 0x9fff) ||
		(cp >= 0xac00 && cp <= 0xd7a3))
		return CHAR_WORD;
	if (in_ranges(cp, punct, ARRAY_LEN(punct)))
		return CHAR_PUNCT;
	if (in_ranges(cp, symbol, ARRAY_LEN(symbol)))
		return CHAR_PUNCT | CHAR_WORD;
	return CHAR_WORD;
}

unsigned char_class_at(struct tobs_view s, size_t i)
{
	uint32_t cp;

	if (s.ptr[i] < 0x80)
		return ascii_class(s.ptr[i]);
	if (!utf8_decode(s.ptr + i, s.len - i, &cp))
		return CHAR_SPACE | CHAR_PUNCT | CHAR_WORD;
	return char_class(cp);
}

unsigned char_class_before(struct tobs_view s, size_t i)
{
	size_t start = i - 1;

	while (start > 0 && i - start < 4 && (s.ptr[start] & 0xc0) == 0x80)
		start--;
	return char_class_at(tobs_view_sub(s, 0, i), start);
}

bool char_is_stripped(uint32_t cp)
{
	if (cp < 0x80)
		return ascii_class((uint8_t)cp) & CHAR_SPACE;
	return is_wide_space(cp) || is_maybe_space(cp);
}
