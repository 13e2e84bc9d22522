/* SPDX-License-Identifier: MIT */
/*
 * The atoms of TL on the wire: little-endian numbers, strings padded to four
 * bytes. For the service layer, which is read by hand, and for the codec.
 *
 * A reader is a cursor over bytes it does not own. The first failure sticks:
 * later reads return it and leave their out-parameter alone, so a whole record
 * can be read and checked once.
 */
#ifndef TL_WIRE_H
#define TL_WIRE_H

#include <tobs/buf.h>
#include <tobs/err.h>

#include "base/endian.h"

enum { TL_VECTOR_ID = 0x1cb5c415, TL_BOOL_TRUE = (int)0x997275b5, TL_BOOL_FALSE = (int)0xbc799737 };

struct tl_reader {
	const uint8_t *start, *pos, *end;
	int err; /* 0 or the first failure */
};

static inline void tl_reader_init(struct tl_reader *r, struct tobs_view data)
{
	r->start = r->pos = data.ptr;
	r->end = data.ptr ? data.ptr + data.len : NULL;
	r->err = TOBS_OK;
}

static inline size_t tl_left(const struct tl_reader *r)
{
	return (size_t)(r->end - r->pos);
}

static inline size_t tl_offset(const struct tl_reader *r)
{
	return (size_t)(r->pos - r->start);
}

static inline int tl_read_u32(struct tl_reader *r, uint32_t *ret)
{
	if (r->err)
		return r->err;
	if (tl_left(r) < 4)
		return r->err = TOBS_ETRUNCATED;
	*ret = get_le32(r->pos);
	r->pos += 4;
	return TOBS_OK;
}

static inline int tl_read_u64(struct tl_reader *r, uint64_t *ret)
{
	if (r->err)
		return r->err;
	if (tl_left(r) < 8)
		return r->err = TOBS_ETRUNCATED;
	*ret = get_le64(r->pos);
	r->pos += 8;
	return TOBS_OK;
}

static inline int tl_read_i32(struct tl_reader *r, int32_t *ret)
{
	uint32_t n;
	int err = tl_read_u32(r, &n);

	if (!err)
		*ret = (int32_t)n;
	return err;
}

static inline int tl_read_i64(struct tl_reader *r, int64_t *ret)
{
	uint64_t n;
	int err = tl_read_u64(r, &n);

	if (!err)
		*ret = (int64_t)n;
	return err;
}

/* `n` bytes as they are; *ret points into the input. */
static inline int tl_read_raw(struct tl_reader *r, size_t n, const uint8_t **ret)
{
	if (r->err)
		return r->err;
	if (tl_left(r) < n)
		return r->err = TOBS_ETRUNCATED;
	*ret = r->pos;
	r->pos += n;
	return TOBS_OK;
}

/*
 * A string or bytes; *ret points into the input.
 *
 *     len < 254   [len][data][pad to 4]
 *     otherwise   [254][len, 3 bytes][data][pad to 4]
 *
 * 255 starts nothing, and the long form may not be used for a short string:
 * one value has one encoding. Padding is not looked at, as servers differ.
 */
static inline int tl_read_bytes(struct tl_reader *r, struct tobs_view *ret)
{
	size_t head = 1, len, total;

	if (r->err)
		return r->err;
	if (tl_left(r) < 4)
		return r->err = TOBS_ETRUNCATED;
	len = r->pos[0];
	if (len >= 254) {
		head = 4;
		if (len == 255)
			return r->err = TOBS_EMALFORMED;
		len = get_le32(r->pos) >> 8;
		if (len < 254)
			return r->err = TOBS_EMALFORMED;
	}
	total = (head + len + 3) & ~(size_t)3;
	if (tl_left(r) < total)
		return r->err = TOBS_ETRUNCATED;
	*ret = tobs_view(r->pos + head, len);
	r->pos += total;
	return TOBS_OK;
}

/* Appending; each returns 0 or the buffer's sticking error. */
static inline int tl_put_u32(struct tobs_buf *out, uint32_t n)
{
	uint8_t *at = tobs_buf_extend(out, 4);

	if (!at)
		return out->err;
	put_le32(at, n);
	return TOBS_OK;
}

static inline int tl_put_u64(struct tobs_buf *out, uint64_t n)
{
	uint8_t *at = tobs_buf_extend(out, 8);

	if (!at)
		return out->err;
	put_le64(at, n);
	return TOBS_OK;
}

/* TOBS_ETOOBIG also for 16 MiB and more, which the wire cannot say. */
int tl_put_bytes(struct tobs_buf *out, struct tobs_view v);

#endif
