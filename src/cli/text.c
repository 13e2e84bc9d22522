/* SPDX-License-Identifier: MIT */
#include "cli/text.h"

#include <tobs/err.h>

#include "base/attr.h"
#include "base/utf.h"

static bool turns_direction(uint32_t cp)
{
	return cp == 0x200e || cp == 0x200f || (cp >= 0x202a && cp <= 0x202e) ||
		(cp >= 0x2066 && cp <= 0x2069);
}

static bool is_control(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7f && cp <= 0x9f);
}

static bool is_space(uint32_t cp)
{
	return cp == '\t' || cp == '\n' || cp == '\r' || cp == 0x85 || cp == 0x2028 || cp == 0x2029;
}

int text_clean(struct tobs_buf *out, struct tobs_view text)
{
	while (text.len) {
		uint32_t cp = 0;
		size_t n = utf8_decode(text.ptr, text.len, &cp);

		if (!n)
			tobs_buf_putc(out, '?');
		else if (is_space(cp))
			tobs_buf_putc(out, ' ');
		else if (is_control(cp))
			tobs_buf_putc(out, '?');
		else if (!turns_direction(cp))
			tobs_buf_put(out, text.ptr, n);
		text = tobs_view_sub(text, n ? n : 1, SIZE_MAX);
	}
	return tobs_buf_err(out);
}

int text_fit(struct tobs_buf *out, struct tobs_view text, size_t columns)
{
	size_t start = out->len;
	struct tobs_view all;

	if (text_clean(out, text))
		return tobs_buf_err(out);
	all = tobs_view_sub(tobs_buf_view(out), start, SIZE_MAX);
	if (utf8_width(all) <= columns)
		return TOBS_OK;
	tobs_buf_truncate(out, start + utf8_fit(all, columns > 2 ? columns - 2 : columns));
	return columns > 2 ? tobs_buf_puts(out, "..") : TOBS_OK;
}

int text_count(struct tobs_buf *out, int64_t n)
{
	if (n < 1000)
		return tobs_buf_put_i64(out, n);
	text_count(out, n / 1000);
	return tobs_buf_printf(out, ",%03d", (int)(n % 1000));
}

int text_bytes(struct tobs_buf *out, int64_t n)
{
	static const char *const units[] = { "KiB", "MiB", "GiB", "TiB" };
	double size = (double)n / 1024;
	size_t u = 0;

	if (n < 10000)
		return tobs_buf_printf(out, "%lld B", (long long)n);
	while (size >= 1000 && u + 1 < ARRAY_LEN(units)) {
		size /= 1024;
		u++;
	}
	return tobs_buf_printf(out, "%.*f %s", size < 10 ? 1 : 0, size, units[u]);
}

int text_duration(struct tobs_buf *out, int64_t ms)
{
	int64_t s = (ms + 500) / 1000;

	if (ms < 9950)
		return tobs_buf_printf(out, "%.1f s", (double)ms / 1000);
	if (s < 60)
		return tobs_buf_printf(out, "%lld s", (long long)s);
	if (s < 3600)
		return tobs_buf_printf(
			out, "%lld min %02lld s", (long long)(s / 60), (long long)(s % 60));
	return tobs_buf_printf(
		out, "%lld h %02lld min", (long long)(s / 3600), (long long)(s / 60 % 60));
}
