/* SPDX-License-Identifier: MIT */
#include "base/json_check.h"

#include <tobs/err.h>

#include "base/json.h"
#include "base/utf.h"

struct checker {
	struct tobs_view text;
	size_t pos;
	unsigned depth, max_depth;
	bool lenient;
	uint8_t objects[JSON_DEPTH_MAX / 8]; /* bit d: container d is an object */
	struct json_fault *fault;
};

static int fault_at(struct checker *c, size_t offset, const char *what)
{
	c->fault->offset = offset;
	c->fault->what = offset >= c->text.len ? "the text ends too early" : what;
	return TOBS_EMALFORMED;
}

static int fault(struct checker *c, const char *what)
{
	return fault_at(c, c->pos, what);
}

/* The byte at the position; -1 at the end. */
static int peek(const struct checker *c)
{
	return c->pos < c->text.len ? c->text.ptr[c->pos] : -1;
}

static void skip_space(struct checker *c)
{
	for (;; c->pos++) {
		int b = peek(c);

		if (b != ' ' && b != '\n' && b != '\r' && b != '\t')
			return;
	}
}

static bool is_digit(int b)
{
	return b >= '0' && b <= '9';
}

static int hex_value(int b)
{
	if (is_digit(b))
		return b - '0';
	b |= 0x20;
	return b >= 'a' && b <= 'f' ? b - 'a' + 10 : -1;
}

static int check_hex(struct checker *c, int digits, uint32_t *ret)
{
	*ret = 0;
	for (; digits; digits--, c->pos++) {
		int digit = hex_value(peek(c));

		if (digit < 0)
			return fault(c, "a hexadecimal digit should stand here");
		*ret = *ret << 4 | (uint32_t)digit;
	}
	return TOBS_OK;
}

static bool is_surrogate(uint32_t unit)
{
	return unit >= 0xd800 && unit <= 0xdfff;
}

static int check_literal(struct checker *c, const char *bytes)
{
	for (; *bytes; bytes++, c->pos++)
		if (peek(c) != *bytes)
			return fault(c, "not a JSON value");
	return TOBS_OK;
}

/* An escape, from its backslash on. */
static int check_escape(struct checker *c)
{
	size_t start = c->pos++;
	uint32_t unit, low;
	int b = peek(c);

	if (b == 'x' && c->lenient) {
		c->pos++;
		return check_hex(c, 2, &unit);
	}
	if (b <= 0 || !strchr("\"\\/bfnrtu", b))
		return fault(c, "not an escape");
	c->pos++;
	if (b != 'u')
		return TOBS_OK;
	if (check_hex(c, 4, &unit))
		return TOBS_EMALFORMED;
	if (!is_surrogate(unit) || c->lenient)
		return TOBS_OK;
	/* A high half; its low one must follow. */
	if (unit >= 0xdc00 || check_literal(c, "\\u"))
		return fault_at(c, peek(c) < 0 ? c->pos : start, "half a surrogate pair");
	if (check_hex(c, 4, &low))
		return TOBS_EMALFORMED;
	if (low < 0xdc00 || low > 0xdfff)
		return fault_at(c, start, "half a surrogate pair");
	return TOBS_OK;
}

/* A string, from its opening quote on. */
static int check_string(struct checker *c)
{
	for (c->pos++;;) {
		int b = peek(c);
		uint32_t cp;
		size_t n;

		if (b == '"') {
			c->pos++;
			return TOBS_OK;
		}
		if (b < 0x20)
			return fault(c, "a control character in a string");
		if (b == '\\') {
			if (check_escape(c))
				return TOBS_EMALFORMED;
			continue;
		}
		n = utf8_decode(c->text.ptr + c->pos, c->text.len - c->pos, &cp);
		if (n == 0 && !c->lenient)
			return fault(c, "not UTF-8");
		c->pos += n ? n : 1;
	}
}

static int check_digits(struct checker *c)
{
	if (!is_digit(peek(c)))
		return fault(c, "a digit should stand here");
	while (is_digit(peek(c)))
		c->pos++;
	return TOBS_OK;
}

static int check_number(struct checker *c)
{
	if (peek(c) == '-')
		c->pos++;
	if (peek(c) == '0') {
		c->pos++;
		if (is_digit(peek(c)))
			return fault(c, "a number may not begin with 0");
	} else if (check_digits(c)) {
		return TOBS_EMALFORMED;
	}
	if (peek(c) == '.') {
		c->pos++;
		if (check_digits(c))
			return TOBS_EMALFORMED;
	}
	if (peek(c) == 'e' || peek(c) == 'E') {
		c->pos++;
		if (peek(c) == '+' || peek(c) == '-')
			c->pos++;
		return check_digits(c);
	}
	return TOBS_OK;
}

static int push(struct checker *c, bool object)
{
	uint8_t bit = (uint8_t)(1u << c->depth % 8);

	if (c->depth == c->max_depth) {
		fault(c, "nested too deep");
		return TOBS_ETOOBIG;
	}
	if (object)
		c->objects[c->depth / 8] |= bit;
	else
		c->objects[c->depth / 8] &= (uint8_t)~bit;
	c->depth++;
	c->pos++;
	return TOBS_OK;
}

static bool in_object(const struct checker *c)
{
	return c->depth && c->objects[(c->depth - 1) / 8] >> (c->depth - 1) % 8 & 1;
}

static int check_key(struct checker *c)
{
	skip_space(c);
	if (peek(c) != '"')
		return fault(c, "a key should stand here");
	if (check_string(c))
		return TOBS_EMALFORMED;
	skip_space(c);
	if (peek(c) != ':')
		return fault(c, "':' should stand here");
	c->pos++;
	return TOBS_OK;
}

/*
 * The start of a value: all of a scalar, the bracket of a container (and its
 * first key). *ret_open says that a container was opened that is not empty.
 */
static int check_value(struct checker *c, bool *ret_open)
{
	int b, r;

	*ret_open = false;
	skip_space(c);
	b = peek(c);
	switch (b) {
	case '"': return check_string(c);
	case 't': return check_literal(c, "true");
	case 'f': return check_literal(c, "false");
	case 'n': return check_literal(c, "null");
	case '{':
	case '[': break;
	default:
		if (b == '-' || is_digit(b))
			return check_number(c);
		return fault(c, "not a JSON value");
	}
	r = push(c, b == '{');
	if (r)
		return r;
	skip_space(c);
	if (peek(c) == (b == '{' ? '}' : ']'))
		return TOBS_OK;
	*ret_open = true;
	return b == '{' ? check_key(c) : TOBS_OK;
}

int json_check(
	struct tobs_view text, unsigned depth, enum json_check_mode mode, struct json_fault *ret)
{
	struct checker c = { .text = text,
		.max_depth = depth,
		.lenient = mode == JSON_CHECK_LENIENT,
		.fault = ret };

	assert(depth <= JSON_DEPTH_MAX);
	for (;;) {
		bool open;
		int r = check_value(&c, &open);

		if (r)
			return r;
		if (open)
			continue;
		/* Behind a value, or at the end of an empty container: close what closes here. */
		for (;;) {
			skip_space(&c);
			if (c.depth == 0)
				return c.pos == text.len
					? TOBS_OK
					: fault(&c, "something stands behind the document");
			if (peek(&c) != (in_object(&c) ? '}' : ']'))
				break;
			c.pos++;
			c.depth--;
		}
		if (peek(&c) != ',')
			return fault(&c,
				in_object(&c) ? "',' or '}' should stand here"
					      : "',' or ']' should stand here");
		c.pos++;
		if (in_object(&c) && check_key(&c))
			return TOBS_EMALFORMED;
	}
}

/* The four digits of a \u escape whose backslash is at `at`; UINT32_MAX when there is none. */
static uint32_t unit_at(struct tobs_view text, size_t at)
{
	uint32_t unit = 0;

	if (!tobs_view_starts(tobs_view_sub(text, at, 2), "\\u") || text.len - at < 6)
		return UINT32_MAX;
	for (size_t i = at + 2; i < at + 6; i++)
		unit = unit << 4 | (uint32_t)hex_value(text.ptr[i]);
	return unit;
}

/* Appends the escape at `at` in its strict form; returns its length in the text. */
static size_t mend_escape(struct tobs_buf *out, struct tobs_view text, size_t at)
{
	uint32_t unit = unit_at(text, at), low;

	if (text.ptr[at + 1] == 'x') {
		tobs_buf_puts(out, "\\u00");
		tobs_buf_put(out, text.ptr + at + 2, 2);
		return 4;
	}
	if (unit == UINT32_MAX) {
		tobs_buf_put(out, text.ptr + at, 2);
		return 2;
	}
	if (!is_surrogate(unit)) {
		tobs_buf_put(out, text.ptr + at, 6);
		return 6;
	}
	low = unit < 0xdc00 ? unit_at(text, at + 6) : 0;
	if (low >= 0xdc00 && low <= 0xdfff) {
		tobs_buf_put(out, text.ptr + at, 12);
		return 12;
	}
	utf8_put(out, 0xfffd);
	return 6;
}

/* Half a surrogate pair written as three bytes, as if it were a character. */
static bool is_raw_surrogate(struct tobs_view text, size_t at)
{
	return text.len - at >= 3 && text.ptr[at] == 0xed && text.ptr[at + 1] >= 0xa0 &&
		text.ptr[at + 1] < 0xc0 && (text.ptr[at + 2] & 0xc0) == 0x80;
}

int json_mend(struct tobs_buf *out, struct tobs_view text)
{
	size_t i = 0;

	/* Outside strings a text that passed the check has neither backslashes nor bytes above 0x7f. */
	while (i < text.len) {
		uint32_t cp;
		size_t n;

		if (text.ptr[i] == '\\') {
			i += mend_escape(out, text, i);
			continue;
		}
		n = utf8_decode(text.ptr + i, text.len - i, &cp);
		if (n) {
			tobs_buf_put(out, text.ptr + i, n);
			i += n;
			continue;
		}
		utf8_put(out, 0xfffd);
		i += is_raw_surrogate(text, i) ? 3 : 1;
	}
	return tobs_buf_err(out);
}

/* Whether the digits, with a '-' before them, are within 64 bits. */
static bool fits(struct tobs_view digits, bool negative)
{
	uint64_t n = 0;

	for (size_t i = 0; i < digits.len; i++)
		if (__builtin_mul_overflow(n, 10, &n) ||
			__builtin_add_overflow(n, digits.ptr[i] - '0', &n))
			return false;
	return !negative || n <= (uint64_t)INT64_MAX + 1;
}

bool json_next_number(struct tobs_view text, struct json_number *n)
{
	size_t i = n->end, digits, point;
	bool in_string = false;

	for (;; i++) {
		if (i >= text.len)
			return false;
		if (in_string && text.ptr[i] == '\\')
			i++;
		else if (text.ptr[i] == '"')
			in_string = !in_string;
		else if (!in_string && (text.ptr[i] == '-' || is_digit(text.ptr[i])))
			break;
	}
	*n = (struct json_number){ .start = i, .is_integer = true };
	digits = i += text.ptr[i] == '-';
	while (i < text.len && is_digit(text.ptr[i]))
		i++;
	point = i;
	n->fits = fits(tobs_view_sub(text, digits, point - digits), digits > n->start);
	n->may_overflow = point - digits >= 309;
	for (; i < text.len && (is_digit(text.ptr[i]) || memchr(".eE+-", text.ptr[i], 5)); i++) {
		n->is_integer = false;
		n->may_overflow |= (text.ptr[i] | 0x20) == 'e';
	}
	n->end = i;
	return true;
}
