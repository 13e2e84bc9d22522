/* SPDX-License-Identifier: MIT */
/*
 * A growable run of bytes that owns its memory and knows its maximum.
 *
 * The maximum is given at creation, so nothing from outside can make it eat
 * the machine. The first failure (no memory, too big) sticks: later appends
 * return the same code and change nothing, so a writer may append a whole
 * record and check once, with tobs_buf_err().
 *
 * Invariants: len <= cap <= max; when ptr is not NULL, ptr[len] is 0, so text
 * in a buffer is a C string.
 */
#ifndef TOBS_BUF_H
#define TOBS_BUF_H

#include <stdarg.h>
#include <tobs/view.h>

TOBS_BEGIN_DECLS

struct tobs_buf {
	uint8_t *ptr;
	size_t len; /* bytes used */
	size_t cap; /* bytes owned, without the final zero */
	size_t max; /* bytes it may ever hold */
	int err;    /* 0 or the first failure */
};

/* An empty buffer that may hold up to `max` bytes. Allocates nothing. */
void tobs_buf_init(struct tobs_buf *b, size_t max);

/* Frees the memory and leaves an empty buffer with the same maximum. NULL is fine. */
void tobs_buf_deinit(struct tobs_buf *b);

/* Empties the buffer and forgets its error; keeps the memory for reuse. */
void tobs_buf_clear(struct tobs_buf *b);

/* Makes room for `more` bytes after len. TOBS_ENOMEM, TOBS_ETOOBIG, or the sticking error. */
int tobs_buf_reserve(struct tobs_buf *b, size_t more);

/*
 * Grows by `n` bytes of unspecified content and returns where they start,
 * or NULL on failure. The pointer is valid until the next append.
 */
uint8_t *tobs_buf_extend(struct tobs_buf *b, size_t n);

/* Appends; each returns 0 or the sticking error. */
int tobs_buf_put(struct tobs_buf *b, const void *data, size_t n);
int tobs_buf_puts(struct tobs_buf *b, const char *s);
int tobs_buf_putv(struct tobs_buf *b, struct tobs_view v);
int tobs_buf_putc(struct tobs_buf *b, char c);
int tobs_buf_fill(struct tobs_buf *b, char c, size_t n);
int tobs_buf_printf(struct tobs_buf *b, const char *fmt, ...) TOBS_PRINTF(2, 3);
int tobs_buf_vprintf(struct tobs_buf *b, const char *fmt, va_list ap) TOBS_PRINTF(2, 0);
int tobs_buf_put_i64(struct tobs_buf *b, int64_t n); /* decimal; faster than printf */

/* Removes `n` bytes at the front (all of them when n > len). */
void tobs_buf_consume(struct tobs_buf *b, size_t n);

/* Cuts to `len` bytes; no-op when it is not longer. */
void tobs_buf_truncate(struct tobs_buf *b, size_t len);

/* Overwrites the content with zeros, then frees it: for secrets. */
void tobs_buf_wipe(struct tobs_buf *b);

/* 0, or the first failure. */
static inline int tobs_buf_err(const struct tobs_buf *b)
{
	return b->err;
}

/* What is in it now; valid until the next change. */
static inline struct tobs_view tobs_buf_view(const struct tobs_buf *b)
{
	return tobs_view(b->ptr, b->len);
}

/* The content as a C string, "" when empty; valid until the next change. */
static inline const char *tobs_buf_str(const struct tobs_buf *b)
{
	return b->ptr ? (const char *)b->ptr : "";
}

TOBS_END_DECLS

#endif
