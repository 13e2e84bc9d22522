/* SPDX-License-Identifier: MIT */
#include "botapi/limit.h"

#include "base/json_path.h"
#include "base/utf.h"

/* Behind the first `stop` at or after `i` that has no backslash before it, or at the end. */
static size_t past(struct tobs_view s, size_t i, uint8_t stop)
{
	for (; i < s.len; i++) {
		if (s.ptr[i] == '\\' && i + 1 < s.len)
			i++;
		else if (s.ptr[i] == stop)
			return i + 1;
	}
	return s.len;
}

/* Whether a byte begins a character: the others of UTF-8 are 10xxxxxx. */
static size_t begins(uint8_t byte)
{
	return (byte & 0xc0) != 0x80;
}

static size_t html_length(struct tobs_view s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] == '<') {
			while (i < s.len && s.ptr[i] != '>')
				i++;
			continue;
		}
		n += begins(s.ptr[i]);
		if (s.ptr[i] == '&') {
			size_t end = i + 1;

			while (end < s.len && end - i < 12 && s.ptr[end] != ';' &&
				s.ptr[end] != '&')
				end++;
			if (end < s.len && s.ptr[end] == ';')
				i = end;
		}
	}
	return n;
}

/* Both kinds of Markdown: markers count nothing, nor do a link's target and a code block's language. */
static size_t markdown_length(struct tobs_view s, const char *markers)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.ptr[i];

		if (c == '\\' && i + 1 < s.len) {
			i++;
			n += begins(s.ptr[i]);
		} else if (c == ']' && i + 1 < s.len && s.ptr[i + 1] == '(') {
			i = past(s, i + 2, ')') - 1;
		} else if (c == '`' && tobs_view_starts(tobs_view_sub(s, i, 3), "```")) {
			i += 2;
			/* Whether this is the beginning of a block or its end, the word is skipped. */
			while (i + 1 < s.len && s.ptr[i + 1] > ' ' && s.ptr[i + 1] != '`')
				i++;
		} else if (!strchr(markers, c) || c == 0) {
			n += begins(c);
		}
	}
	return n;
}

size_t botapi_text_length(struct tobs_view text, enum tobs_parse_mode mode)
{
	struct tobs_view s = tobs_view_trim(text);
	size_t n = 0;

	switch (mode) {
	case TOBS_PARSE_MODE_HTML: return html_length(s);
	case TOBS_PARSE_MODE_MARKDOWN_V2: return markdown_length(s, "*_~|`[]>!");
	case TOBS_PARSE_MODE_MARKDOWN: return markdown_length(s, "*_`[]");
	case TOBS_PARSE_MODE_NONE: break;
	}
	for (size_t i = 0; i < s.len; i++)
		n += begins(s.ptr[i]);
	return n;
}

static int outside(struct tobs_err *err, const struct botapi_limit *l, int64_t have)
{
	static const char *const units[] = {
		[BOTAPI_LIMIT_NONE] = "",
		[BOTAPI_LIMIT_CHARS] = " characters",
		[BOTAPI_LIMIT_BYTES] = " bytes",
		[BOTAPI_LIMIT_ITEMS] = " items",
		[BOTAPI_LIMIT_RANGE] = "",
	};

	if (have == 0 && l->unit == BOTAPI_LIMIT_CHARS)
		return json_fail(err, TOBS_EINVAL, "empty, allowed are %d to %d characters",
			l->least, l->most);
	return json_fail(err, TOBS_EINVAL, "%lld%s, allowed are %d to %d", (long long)have,
		units[l->unit], l->least, l->most);
}

/* What is counted, for this unit. */
static int64_t measure(const struct botapi_field *f, enum botapi_unit unit, const uint8_t *base)
{
	const void *at = base + f->offset;
	enum tobs_parse_mode mode = TOBS_PARSE_MODE_NONE;
	struct tobs_view text;

	if (unit == BOTAPI_LIMIT_RANGE)
		return *(const int64_t *)at;
	if (unit == BOTAPI_LIMIT_ITEMS)
		return (int64_t)((const struct tobs_int_array *)at)->count;
	text = tobs_str(*(const char *const *)at);
	/* Markup and spaces alone may still be something. */
	if (text.len == 0 || unit == BOTAPI_LIMIT_BYTES)
		return (int64_t)text.len;
	if (f->mode != BOTAPI_NO_OFFSET)
		memcpy(&mode, base + f->mode, sizeof mode);
	return (int64_t)botapi_text_length(text, mode);
}

int botapi_limit_check(const struct botapi_field *f, const uint8_t *base, struct tobs_err *err)
{
	const struct botapi_limit *l = &botapi_limits[f->limit];
	int64_t have;

	if (l->unit == BOTAPI_LIMIT_NONE)
		return TOBS_OK;
	have = measure(f, (enum botapi_unit)l->unit, base);
	if (have > l->most || have < l->least) {
		/* The count is a lower bound, so only an empty text is known to be too short. */
		if (have > l->most || l->unit != BOTAPI_LIMIT_CHARS ||
			!**(const char *const *)(const void *)(base + f->offset))
			return outside(err, l, have);
	}
	return TOBS_OK;
}
