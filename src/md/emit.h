/* SPDX-License-Identifier: MIT */
/* Appending the many small pieces that Markdown is made of: tobs_buf_put() with its usual case inline. */
#ifndef MD_EMIT_H
#define MD_EMIT_H

#include <tobs/buf.h>

#include "base/attr.h"

static inline void emit(struct tobs_buf *b, const void *data, size_t n)
{
	if (UNLIKELY(b->err || n > b->cap - b->len || !b->ptr)) {
		tobs_buf_put(b, data, n);
		return;
	}
	memcpy(b->ptr + b->len, data, n);
	b->len += n;
	b->ptr[b->len] = 0;
}

static inline void emit_char(struct tobs_buf *b, char c)
{
	emit(b, &c, 1);
}

static inline void emit_str(struct tobs_buf *b, const char *s)
{
	emit(b, s, strlen(s));
}

static inline void emit_view(struct tobs_buf *b, struct tobs_view v)
{
	if (v.len)
		emit(b, v.ptr, v.len);
}

#endif
