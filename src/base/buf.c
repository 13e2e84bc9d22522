/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <tobs/buf.h>
#include <tobs/err.h>

#include "base/alloc.h"
#include "base/wipe.h"

void tobs_buf_init(struct tobs_buf *b, size_t max)
{
	*b = (struct tobs_buf){ .max = max };
}

void tobs_buf_deinit(struct tobs_buf *b)
{
	if (!b)
		return;
	mem_free(b->ptr);
	tobs_buf_init(b, b->max);
}

void tobs_buf_clear(struct tobs_buf *b)
{
	b->len = 0;
	b->err = TOBS_OK;
	if (b->ptr)
		b->ptr[0] = 0;
}

/* The slow path of reserve: grows by half at least, so appends cost O(1). */
static ATTR_NOINLINE int grow(struct tobs_buf *b, size_t more)
{
	size_t need, cap;
	uint8_t *p;

	if (__builtin_add_overflow(b->len, more, &need) || need > b->max || need == SIZE_MAX)
		return b->err = TOBS_ETOOBIG;
	cap = b->cap < 48 ? 48 : b->cap + b->cap / 2;
	if (cap < need)
		cap = need;
	if (cap > b->max)
		cap = b->max;
	p = mem_realloc(b->ptr, cap + 1);
	if (!p)
		return b->err = TOBS_ENOMEM;
	p[b->len] = 0;
	b->ptr = p;
	b->cap = cap;
	return TOBS_OK;
}

int tobs_buf_reserve(struct tobs_buf *b, size_t more)
{
	if (UNLIKELY(b->err))
		return b->err;
	if (LIKELY(more <= b->cap - b->len && b->ptr))
		return TOBS_OK;
	return grow(b, more);
}

uint8_t *tobs_buf_extend(struct tobs_buf *b, size_t n)
{
	uint8_t *at;

	if (tobs_buf_reserve(b, n))
		return NULL;
	at = b->ptr + b->len;
	b->len += n;
	b->ptr[b->len] = 0;
	return at;
}

int tobs_buf_put(struct tobs_buf *b, const void *data, size_t n)
{
	uint8_t *at;

	if (n == 0)
		return b->err;
	at = tobs_buf_extend(b, n);
	if (!at)
		return b->err;
	memcpy(at, data, n);
	return TOBS_OK;
}

int tobs_buf_puts(struct tobs_buf *b, const char *s)
{
	return tobs_buf_put(b, s, strlen(s));
}

int tobs_buf_putv(struct tobs_buf *b, struct tobs_view v)
{
	return tobs_buf_put(b, v.ptr, v.len);
}

int tobs_buf_putc(struct tobs_buf *b, char c)
{
	return tobs_buf_put(b, &c, 1);
}

int tobs_buf_fill(struct tobs_buf *b, char c, size_t n)
{
	uint8_t *at = tobs_buf_extend(b, n);

	if (!at)
		return b->err;
	memset(at, c, n);
	return TOBS_OK;
}

int tobs_buf_vprintf(struct tobs_buf *b, const char *fmt, va_list ap)
{
	va_list again;
	uint8_t *at;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (n < 0)
		return b->err ? b->err : (b->err = TOBS_EINVAL);
	at = tobs_buf_extend(b, (size_t)n);
	if (!at)
		return b->err;
	vsnprintf((char *)at, (size_t)n + 1, fmt, ap);
	return TOBS_OK;
}

int tobs_buf_printf(struct tobs_buf *b, const char *fmt, ...)
{
	va_list ap;
	int r;

	va_start(ap, fmt);
	r = tobs_buf_vprintf(b, fmt, ap);
	va_end(ap);
	return r;
}

int tobs_buf_put_i64(struct tobs_buf *b, int64_t n)
{
	uint64_t u = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
	char digits[20];
	size_t i = sizeof digits;

	do {
		digits[--i] = (char)('0' + u % 10);
		u /= 10;
	} while (u);
	if (n < 0)
		digits[--i] = '-';
	return tobs_buf_put(b, digits + i, sizeof digits - i);
}

void tobs_buf_consume(struct tobs_buf *b, size_t n)
{
	if (n > b->len)
		n = b->len;
	if (n == 0)
		return;
	b->len -= n;
	memmove(b->ptr, b->ptr + n, b->len);
	b->ptr[b->len] = 0;
}

void tobs_buf_truncate(struct tobs_buf *b, size_t len)
{
	if (len >= b->len)
		return;
	b->len = len;
	b->ptr[len] = 0;
}

void tobs_buf_wipe(struct tobs_buf *b)
{
	if (!b)
		return;
	if (b->ptr)
		mem_wipe(b->ptr, b->cap);
	tobs_buf_deinit(b);
}
