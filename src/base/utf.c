/* SPDX-License-Identifier: MIT */
#include "base/utf.h"

#include <string.h>
#include <tobs/err.h>

#include "base/attr.h"
#include "base/json_shim.h"
#include "base/utf_width.h"

enum { VECTOR_MIN = 24 /* bytes */ };

static bool is_tail(uint8_t c)
{
	return (c & 0xc0) == 0x80;
}

size_t utf8_decode(const uint8_t *s, size_t len, uint32_t *ret_cp)
{
	uint8_t c = s[0];
	uint32_t cp;

	if (c < 0x80) {
		*ret_cp = c;
		return 1;
	}
	if (c < 0xc2 || c > 0xf4)
		return 0;
	if (len < 2 || !is_tail(s[1]))
		return 0;
	if (c < 0xe0) {
		*ret_cp = (uint32_t)(c & 0x1f) << 6 | (s[1] & 0x3f);
		return 2;
	}
	if (len < 3 || !is_tail(s[2]))
		return 0;
	if (c < 0xf0) {
		cp = (uint32_t)(c & 0x0f) << 12 | (uint32_t)(s[1] & 0x3f) << 6 | (s[2] & 0x3f);
		if (cp < 0x800 || (cp >= 0xd800 && cp <= 0xdfff))
			return 0;
		*ret_cp = cp;
		return 3;
	}
	if (len < 4 || !is_tail(s[3]))
		return 0;
	cp = (uint32_t)(c & 0x07) << 18 | (uint32_t)(s[1] & 0x3f) << 12 |
		(uint32_t)(s[2] & 0x3f) << 6 | (s[3] & 0x3f);
	if (cp < 0x10000 || cp > 0x10ffff)
		return 0;
	*ret_cp = cp;
	return 4;
}

size_t utf8_encode(uint32_t cp, uint8_t out[4])
{
	if (cp < 0x80) {
		out[0] = (uint8_t)cp;
		return 1;
	}
	if (cp < 0x800) {
		out[0] = (uint8_t)(0xc0 | cp >> 6);
		out[1] = (uint8_t)(0x80 | (cp & 0x3f));
		return 2;
	}
	if (cp >= 0xd800 && cp <= 0xdfff)
		return 0;
	if (cp < 0x10000) {
		out[0] = (uint8_t)(0xe0 | cp >> 12);
		out[1] = (uint8_t)(0x80 | (cp >> 6 & 0x3f));
		out[2] = (uint8_t)(0x80 | (cp & 0x3f));
		return 3;
	}
	if (cp > 0x10ffff)
		return 0;
	out[0] = (uint8_t)(0xf0 | cp >> 18);
	out[1] = (uint8_t)(0x80 | (cp >> 12 & 0x3f));
	out[2] = (uint8_t)(0x80 | (cp >> 6 & 0x3f));
	out[3] = (uint8_t)(0x80 | (cp & 0x3f));
	return 4;
}

/* Eight bytes at a time while they are ASCII; most text is, or is followed by long runs of it. */
static size_t ascii_run(const uint8_t *s, size_t len)
{
	size_t i = 0;

	for (; len - i >= 8; i += 8) {
		uint64_t word;

		memcpy(&word, s + i, 8);
		if (word & 0x8080808080808080u)
			break;
	}
	while (i < len && s[i] < 0x80)
		i++;
	return i;
}

size_t utf8_valid_prefix(struct tobs_view s)
{
	size_t i = 0;

	while (i < s.len) {
		uint32_t cp;
		size_t n;

		if (s.ptr[i] < 0x80) {
			i += ascii_run(s.ptr + i, s.len - i);
			continue;
		}
		n = utf8_decode(s.ptr + i, s.len - i, &cp);
		if (n == 0)
			return i;
		i += n;
	}
	return i;
}

bool utf8_valid(struct tobs_view s)
{
	s = tobs_view_sub(s, ascii_run(s.ptr, s.len), s.len);
	/* From here on vectors are faster, by ten times in long texts. */
	return s.len >= VECTOR_MIN ? json_shim_utf8_valid(s.ptr, s.len)
				   : utf8_valid_prefix(s) == s.len;
}

int utf8_repair(struct tobs_buf *out, struct tobs_view s)
{
	for (;;) {
		size_t good = utf8_valid_prefix(s);

		tobs_buf_put(out, s.ptr, good);
		if (good == s.len)
			return out->err;
		utf8_put(out, 0xfffd);
		s = tobs_view_sub(s, good + 1, SIZE_MAX);
	}
}

int utf8_put(struct tobs_buf *out, uint32_t cp)
{
	uint8_t bytes[4];

	return tobs_buf_put(out, bytes, utf8_encode(cp, bytes));
}

/* Every byte but a continuation starts a character; one of four bytes has two units. */
static size_t units_of(uint8_t c)
{
	return (size_t)!is_tail(c) + (c >= 0xf0);
}

size_t utf16_len(struct tobs_view s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += units_of(s.ptr[i]);
	return n;
}

size_t utf16_to_byte(struct tobs_view s, size_t from, size_t units)
{
	size_t i = from;

	while (i < s.len && units) {
		size_t u = units_of(s.ptr[i]);

		if (u > units)
			return i;
		units -= u;
		i++;
		while (i < s.len && is_tail(s.ptr[i]))
			i++;
	}
	return MIN(i, s.len);
}

static bool in_ranges(uint32_t cp, const struct utf_range *ranges, size_t n)
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

static size_t char_width(uint32_t cp)
{
	if (cp < 0x20 || (cp >= 0x7f && cp < 0xa0))
		return 0;
	if (cp < 0x300)
		return 1;
	if (in_ranges(cp, utf_zero_width, ARRAY_LEN(utf_zero_width)))
		return 0;
	return in_ranges(cp, utf_wide, ARRAY_LEN(utf_wide)) ? 2 : 1;
}

/* Walks characters until the columns are used up; invalid bytes take one column each. */
static size_t walk(struct tobs_view s, size_t columns, size_t *ret_used)
{
	size_t i = 0, used = 0;

	while (i < s.len) {
		uint32_t cp = 0xfffd;
		size_t n = utf8_decode(s.ptr + i, s.len - i, &cp), w = char_width(cp);

		if (w > columns - used)
			break;
		used += w;
		i += n ? n : 1;
	}
	*ret_used = used;
	return i;
}

size_t utf8_width(struct tobs_view s)
{
	size_t used;

	walk(s, SIZE_MAX, &used);
	return used;
}

size_t utf8_fit(struct tobs_view s, size_t columns)
{
	size_t used;

	return walk(s, columns, &used);
}
