/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <tobs/bot.h>

#include "base/attr.h"

static bool is_space(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void skip_spaces(struct tobs_view *text)
{
	while (text->len && is_space(text->ptr[0]))
		*text = tobs_view_sub(*text, 1, SIZE_MAX);
}

/* The next word, or what stands in "quotes"; a quote that is never closed is a letter. */
static struct tobs_view next_word(struct tobs_view *text)
{
	struct tobs_view word;
	size_t n = 0;

	if (text->ptr[0] == '"') {
		n = tobs_view_find(*text, 1, tobs_str("\""));
		if (n != SIZE_MAX) {
			word = tobs_view_sub(*text, 1, n - 1);
			*text = tobs_view_sub(*text, n + 1, SIZE_MAX);
			return word;
		}
		n = 0;
	}
	while (n < text->len && !is_space(text->ptr[n]))
		n++;
	word = tobs_view_sub(*text, 0, n);
	*text = tobs_view_sub(*text, n, SIZE_MAX);
	return word;
}

static int out_of_range(const struct tobs_arg *a, struct tobs_err *err)
{
	return tobs_fail(err, TOBS_EINVAL, "from %lld to %lld%s",
		(long long)(a->kind == TOBS_ARG_DURATION ? a->min / 1000 : a->min),
		(long long)(a->kind == TOBS_ARG_DURATION ? a->max / 1000 : a->max),
		a->kind == TOBS_ARG_DURATION ? " seconds" : "");
}

static int put_number(const struct tobs_arg *a, int64_t n, struct tobs_err *err)
{
	if (a->min < a->max && (n < a->min || n > a->max))
		return out_of_range(a, err);
	*(int64_t *)a->to = n;
	return TOBS_OK;
}

static int read_int(const struct tobs_arg *a, struct tobs_view word, struct tobs_err *err)
{
	int64_t n;

	if (word.len > 1 && word.ptr[0] == '+')
		word = tobs_view_sub(word, 1, SIZE_MAX);
	if (tobs_view_int(word, INT64_MIN, INT64_MAX, &n))
		return tobs_fail(err, TOBS_EINVAL, "not a whole number");
	return put_number(a, n, err);
}

static int read_double(const struct tobs_arg *a, struct tobs_view word, struct tobs_err *err)
{
	char text[64], *end;
	double d;

	if (word.len && word.len < sizeof text && !memchr(word.ptr, 'x', word.len)) {
		memcpy(text, word.ptr, word.len);
		text[word.len] = 0;
		d = strtod(text, &end);
		if (!*end && isfinite(d)) {
			*(double *)a->to = d;
			return TOBS_OK;
		}
	}
	return tobs_fail(err, TOBS_EINVAL, "not a number");
}

/* "1h30m" */
static int read_duration(const struct tobs_arg *a, struct tobs_view word, struct tobs_err *err)
{
	static const struct {
		char letter;
		int64_t ms;
	} units[] = { { 's', 1000 }, { 'm', 60000 }, { 'h', 3600000 }, { 'd', 86400000 },
		{ 'w', 604800000 } };
	int64_t total = 0, n = 0;
	bool digits = false, ok = word.len > 0;

	for (size_t i = 0; i <= word.len && ok; i++) {
		char c = i < word.len ? (char)(word.ptr[i] | 0x20) : 's';
		int64_t ms = 0;

		if (i < word.len && word.ptr[i] >= '0' && word.ptr[i] <= '9') {
			digits = true;
			ok = !__builtin_mul_overflow(n, 10, &n) &&
				!__builtin_add_overflow(n, word.ptr[i] - '0', &n);
			continue;
		}
		if (i == word.len && !digits)
			break;
		for (size_t u = 0; u < ARRAY_LEN(units); u++)
			if (units[u].letter == c)
				ms = units[u].ms;
		ok = ok && digits && ms && !__builtin_mul_overflow(n, ms, &n) &&
			!__builtin_add_overflow(total, n, &total);
		n = 0;
		digits = false;
	}
	if (!ok)
		return tobs_fail(err, TOBS_EINVAL, "not a time like 90s, 10m, 2h or 1d");
	return put_number(a, total, err);
}

static int read_bool(const struct tobs_arg *a, struct tobs_view word, struct tobs_err *err)
{
	static const char *const words[] = { "no", "yes", "off", "on", "false", "true", "0", "1" };

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (tobs_view_eq_nocase(word, tobs_str(words[i]))) {
			*(bool *)a->to = i % 2;
			return TOBS_OK;
		}
	return tobs_fail(err, TOBS_EINVAL, "neither yes nor no");
}

static int read_choice(const struct tobs_arg *a, struct tobs_view word, struct tobs_err *err)
{
	struct tobs_view words = tobs_str(a->words), one;
	int i = 0;

	while (tobs_view_split(&words, ' ', &one)) {
		if (tobs_view_eq_nocase(word, one)) {
			*(int *)a->to = i;
			return TOBS_OK;
		}
		i++;
	}
	return tobs_fail(err, TOBS_EINVAL, "one of: %s", a->words);
}

static int read_text(const struct tobs_arg *a, struct tobs_view text, struct tobs_arena *arena,
	struct tobs_err *err)
{
	const char *copy = tobs_arena_dup(arena, text.ptr, text.len);

	if (!copy)
		return tobs_fail(err, TOBS_ENOMEM, "no memory");
	*(const char **)a->to = copy;
	return TOBS_OK;
}

static int read_arg(const struct tobs_arg *a, struct tobs_view *text, struct tobs_arena *arena,
	struct tobs_err *err)
{
	struct tobs_view word;

	if (a->kind == TOBS_ARG_REST) {
		word = tobs_view_trim(*text);
		*text = tobs_view(NULL, 0);
		return read_text(a, word, arena, err);
	}
	word = next_word(text);
	switch (a->kind) {
	case TOBS_ARG_INT: return read_int(a, word, err);
	case TOBS_ARG_NUMBER: return read_double(a, word, err);
	case TOBS_ARG_BOOL: return read_bool(a, word, err);
	case TOBS_ARG_DURATION: return read_duration(a, word, err);
	case TOBS_ARG_CHOICE: return read_choice(a, word, err);
	default: return read_text(a, word, arena, err);
	}
}

int tobs_args_parse(struct tobs_view text, const struct tobs_arg *args, size_t count,
	struct tobs_arena *arena, struct tobs_err *err)
{
	for (size_t i = 0; i < count; i++) {
		int r = TOBS_OK;

		skip_spaces(&text);
		if (text.len)
			r = read_arg(&args[i], &text, arena, err);
		else if (args[i].optional)
			return TOBS_OK;
		else
			r = tobs_fail(err, TOBS_EINVAL, "missing");
		if (r) {
			tobs_err_context(err, "%s", args[i].name);
			return r;
		}
	}
	skip_spaces(&text);
	if (text.len)
		return tobs_fail(err, TOBS_EINVAL, "too much: \"%.*s\"",
			(int)MIN(text.len, (size_t)40), (const char *)text.ptr);
	return TOBS_OK;
}

int tobs_args_usage(
	struct tobs_buf *out, const char *command, const struct tobs_arg *args, size_t count)
{
	tobs_buf_printf(out, "/%s", command);
	for (size_t i = 0; i < count; i++) {
		bool optional = args[i].optional;

		tobs_buf_puts(out, optional ? " [" : " <");
		tobs_buf_puts(out, args[i].name);
		if (args[i].kind == TOBS_ARG_REST)
			tobs_buf_puts(out, "…");
		tobs_buf_putc(out, optional ? ']' : '>');
	}
	return tobs_buf_err(out);
}
