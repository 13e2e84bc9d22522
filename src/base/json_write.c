/* SPDX-License-Identifier: MIT */
#include "base/json_write.h"

#include <math.h>
#include <stdio.h>

#include "base/endian.h"
#include "base/json_shim.h"
#include "base/utf.h"

void json_writer_init(struct json_writer *w, struct tobs_buf *out, unsigned flags)
{
	*w = (struct json_writer){ .out = out, .flags = flags };
}

static bool failed(const struct json_writer *w)
{
	return tobs_buf_err(w->out) != TOBS_OK;
}

static bool in_object(const struct json_writer *w)
{
	unsigned d = w->depth - 1;

	return w->depth && (w->object[d / 64] >> d % 64 & 1);
}

/*
 * `len` bytes at the end of the buffer, with what separates them from the
 * element or member before in front. NULL on failure.
 */
static uint8_t *separated(struct json_writer *w, size_t len)
{
	size_t comma = !w->fresh, indent = w->depth + w->margin;
	size_t newline = w->flags & JSONW_INDENT ? 1 + indent : 0;
	uint8_t *at = tobs_buf_extend(w->out, comma + newline + len);

	if (!at)
		return NULL;
	w->fresh = false;
	if (comma)
		*at++ = ',';
	if (newline) {
		*at++ = '\n';
		memset(at, ' ', indent);
		at += indent;
	}
	return at;
}

/* `len` bytes for a value, or for its beginning, where one may stand. NULL on failure. */
static uint8_t *value(struct json_writer *w, size_t len)
{
	assert(!w->done);
	if (w->keyed) {
		w->keyed = false;
		return tobs_buf_extend(w->out, len);
	}
	assert(!in_object(w));
	w->done = w->depth == 0;
	return w->depth ? separated(w, len) : tobs_buf_extend(w->out, len);
}

static void value_bytes(struct json_writer *w, const void *bytes, size_t len)
{
	uint8_t *at;

	if (failed(w))
		return;
	at = value(w, len);
	if (at)
		memcpy(at, bytes, len);
}

static void open(struct json_writer *w, char bracket)
{
	uint64_t bit = (uint64_t)1 << w->depth % 64, *word;

	if (failed(w))
		return;
	if (w->depth == JSON_DEPTH_MAX) {
		w->out->err = TOBS_ETOOBIG;
		return;
	}
	value_bytes(w, &bracket, 1);
	w->done = false;
	word = &w->object[w->depth / 64];
	*word = bracket == '{' ? *word | bit : *word & ~bit;
	w->depth++;
	w->fresh = true;
}

void jsonw_object(struct json_writer *w)
{
	open(w, '{');
}

void jsonw_array(struct json_writer *w)
{
	open(w, '[');
}

void jsonw_end(struct json_writer *w)
{
	bool object = in_object(w);

	if (failed(w))
		return;
	assert(w->depth && !w->keyed);
	w->depth--;
	if (!w->fresh && w->flags & JSONW_INDENT) {
		tobs_buf_putc(w->out, '\n');
		tobs_buf_fill(w->out, ' ', w->depth + w->margin);
	}
	tobs_buf_putc(w->out, object ? '}' : ']');
	w->fresh = false;
	w->done = w->depth == 0;
}

#define EACH_BYTE(c) ((c)*0x0101010101010101u)

/* 0x80 in each byte below 0x80 of `word` that is zero; bytes above may be marked too. */
static inline uint64_t zero_bytes(uint64_t word)
{
	return (word - EACH_BYTE(1u)) & ~word;
}

/* Marks, by 0x80, the lowest byte that has to be looked at, and perhaps bytes above it. */
static inline uint64_t special_bytes(uint64_t word, bool slash, bool ascii)
{
	uint64_t marks = word | (word - EACH_BYTE(0x20u)) | zero_bytes(word ^ EACH_BYTE('"')) |
		zero_bytes(word ^ EACH_BYTE('\\'));

	if (slash)
		marks |= zero_bytes(word ^ EACH_BYTE('/'));
	if (ascii)
		marks |= zero_bytes(word ^ EACH_BYTE(0x7fu));
	return marks & EACH_BYTE(0x80u);
}

static inline bool is_tail(uint8_t c)
{
	return (c & 0xc0) == 0x80;
}

/*
 * The length of the character above 0x7f at `p`; 0 when it is none. Those of
 * two and three bytes whose tails may be anything are looked at in place: they
 * are most of what is written.
 */
static inline size_t char_len(const uint8_t *p, size_t len)
{
	uint32_t cp;

	if (p[0] >= 0xc2 && p[0] < 0xe0 && len >= 2 && is_tail(p[1]))
		return 2;
	if (p[0] > 0xe0 && p[0] < 0xed && len >= 3 && is_tail(p[1]) && is_tail(p[2]))
		return 3;
	return utf8_decode(p, len, &cp);
}

/* How many bytes from `from` on go into a string as they are. */
static size_t plain_run(struct tobs_view s, size_t from, unsigned flags)
{
	bool slash = flags & JSONW_SLASH, ascii = flags & JSONW_ASCII;
	size_t i = from;

	while (i < s.len) {
		uint8_t c;

		if (s.len - i >= 8) {
			uint64_t marks = special_bytes(get_le64(s.ptr + i), slash, ascii);

			if (!marks) {
				i += 8;
				continue;
			}
			i += (size_t)__builtin_ctzll(marks) / 8;
		}
		c = s.ptr[i];
		if (c < 0x20 || c == '"' || c == '\\' || (c == '/' && slash) ||
			(c >= 0x7f && ascii))
			break;
		if (c < 0x80) {
			i++;
			continue;
		}
		while (i < s.len && s.ptr[i] >= 0x80) {
			size_t n = char_len(s.ptr + i, s.len - i);

			if (!n)
				return i - from;
			i += n;
		}
	}
	return i - from;
}

static void put_unit(struct tobs_buf *out, uint32_t unit)
{
	static const char digits[] = "0123456789abcdef";
	char escape[6] = { '\\', 'u', digits[unit >> 12 & 15], digits[unit >> 8 & 15],
		digits[unit >> 4 & 15], digits[unit & 15] };

	tobs_buf_put(out, escape, sizeof escape);
}

/* The character at `i` in a form that may stand in a string; returns how many bytes it had. */
static size_t put_escaped(struct json_writer *w, struct tobs_view s, size_t i)
{
	static const char letters[32] = {
		['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'
	};
	uint8_t c = s.ptr[i];
	uint32_t cp = 0xfffd;
	size_t n;

	if (c >= 0x20 && c < 0x7f) {
		tobs_buf_putc(w->out, '\\');
		tobs_buf_putc(w->out, (char)c);
		return 1;
	}
	if (c < 0x20) {
		if (letters[c]) {
			tobs_buf_putc(w->out, '\\');
			tobs_buf_putc(w->out, letters[c]);
		} else {
			put_unit(w->out, c);
		}
		return 1;
	}
	n = utf8_decode(s.ptr + i, s.len - i, &cp);
	if (!(w->flags & JSONW_ASCII)) {
		utf8_put(w->out, cp);
	} else if (cp < 0x10000) {
		put_unit(w->out, cp);
	} else {
		put_unit(w->out, 0xd800 + ((cp - 0x10000) >> 10));
		put_unit(w->out, 0xdc00 + (cp & 0x3ff));
	}
	return n ? n : 1;
}

/* A string from its `plain` first bytes on, which were looked at already. */
static void put_rest(struct json_writer *w, struct tobs_view s, size_t plain)
{
	size_t i = 0;

	tobs_buf_putc(w->out, '"');
	for (;;) {
		tobs_buf_put(w->out, s.ptr + i, plain);
		i += plain;
		if (i == s.len)
			break;
		i += put_escaped(w, s, i);
		plain = plain_run(s, i, w->flags);
	}
	tobs_buf_putc(w->out, '"');
}

/* Most strings and nearly all keys need no escapes: those are one copy. */
static uint8_t *quote(uint8_t *at, struct tobs_view s)
{
	*at++ = '"';
	if (s.len)
		memcpy(at, s.ptr, s.len);
	at[s.len] = '"';
	return at + s.len + 1;
}

void jsonw_key_v(struct json_writer *w, struct tobs_view key)
{
	size_t plain = plain_run(key, 0, w->flags), colon = w->flags & JSONW_INDENT ? 2 : 1;
	uint8_t *at;

	if (failed(w))
		return;
	assert(in_object(w) && !w->keyed);
	w->keyed = true;
	if (plain == key.len) {
		at = separated(w, key.len + 2 + colon);
		if (at)
			memcpy(quote(at, key), ": ", colon);
		return;
	}
	separated(w, 0);
	put_rest(w, key, plain);
	tobs_buf_put(w->out, ": ", colon);
}

void jsonw_key(struct json_writer *w, const char *key)
{
	jsonw_key_v(w, tobs_str(key));
}

void jsonw_str_v(struct json_writer *w, struct tobs_view s)
{
	size_t plain = plain_run(s, 0, w->flags);
	uint8_t *at;

	if (failed(w))
		return;
	if (plain == s.len) {
		at = value(w, s.len + 2);
		if (at)
			quote(at, s);
		return;
	}
	value(w, 0);
	put_rest(w, s, plain);
}

void jsonw_str(struct json_writer *w, const char *s)
{
	jsonw_str_v(w, tobs_str(s));
}

static void put_number(struct json_writer *w, uint64_t n, bool negative)
{
	char digits[24];
	size_t i = sizeof digits;

	do {
		digits[--i] = (char)('0' + n % 10);
		n /= 10;
	} while (n);
	if (negative)
		digits[--i] = '-';
	value_bytes(w, digits + i, sizeof digits - i);
}

void jsonw_i64(struct json_writer *w, int64_t n)
{
	put_number(w, n < 0 ? 0 - (uint64_t)n : (uint64_t)n, n < 0);
}

void jsonw_u64(struct json_writer *w, uint64_t n)
{
	put_number(w, n, false);
}

void jsonw_bool(struct json_writer *w, bool b)
{
	value_bytes(w, b ? "true" : "false", b ? 4 : 5);
}

void jsonw_null(struct json_writer *w)
{
	value_bytes(w, "null", 4);
}

/* digits[0].digits[1…] times ten to `exp`, with a point or an exponent; `out` has room for all. */
static size_t layout(char *out, const char *digits, size_t n, int exp)
{
	char *at = out;

	/* The bounds of Python's repr(): beyond them an exponent is shorter or clearer. */
	if (exp < -4 || exp >= 16) {
		*at++ = digits[0];
		if (n > 1) {
			*at++ = '.';
			memcpy(at, digits + 1, n - 1);
			at += n - 1;
		}
		at += snprintf(at, 8, "e%c%02d", exp < 0 ? '-' : '+', exp < 0 ? -exp : exp);
		return (size_t)(at - out);
	}
	if (exp < 0) {
		at += snprintf(at, 8, "0.%.*s", -exp - 1, "000");
		memcpy(at, digits, n);
		return (size_t)(at - out) + n;
	}
	for (size_t i = 0; i <= (size_t)exp || i < n; i++) {
		if (i == (size_t)exp + 1)
			*at++ = '.';
		*at++ = i < n ? digits[i] : '0';
	}
	if (n <= (size_t)exp + 1) {
		*at++ = '.';
		*at++ = '0';
	}
	return (size_t)(at - out);
}

void jsonw_double(struct json_writer *w, double d)
{
	char text[48] = "-", digits[24] = "0";
	size_t sign = signbit(d) ? 1 : 0, n = 1;
	int exp = 0;

	if (failed(w))
		return;
	if (!isfinite(d)) {
		w->out->err = TOBS_EINVAL;
		return;
	}
	if (d != 0)
		n = json_shim_digits(fabs(d), digits, &exp);
	n = layout(text + sign, digits, n, exp);
	value_bytes(w, text, sign + n);
}

void jsonw_raw(struct json_writer *w, struct tobs_view json)
{
	assert(json.len);
	value_bytes(w, json.ptr, json.len);
}

void jsonw_value(struct json_writer *w, struct json_value v)
{
	const uint64_t *end;
	double d;

	assert(!json_is_missing(v));
	/* Word by word: no recursion, however deep it is nested. */
	for (end = json_after(v.doc, v.at); v.at < end && !failed(w);) {
		char tag = json_tag(v);

		switch (tag) {
		case '{': jsonw_object(w); break;
		case '[': jsonw_array(w); break;
		case '}':
		case ']': jsonw_end(w); break;
		case 'l': jsonw_i64(w, (int64_t)v.at[1]); break;
		case 'u': jsonw_u64(w, v.at[1]); break;
		case 'd':
			memcpy(&d, &v.at[1], sizeof d);
			jsonw_double(w, d);
			break;
		case 'n': jsonw_null(w); break;
		case '"':
			if (in_object(w) && !w->keyed)
				jsonw_key_v(w, json_word_str(v.doc, *v.at));
			else
				jsonw_str_v(w, json_word_str(v.doc, *v.at));
			break;
		default: jsonw_bool(w, tag == 't'); break;
		}
		v.at += tag == 'l' || tag == 'u' || tag == 'd' ? 2 : 1;
	}
}
