/* SPDX-License-Identifier: MIT */
#include "base/gzip.h"

#define ZLIB_CONST /* next_in points to const bytes */
#include <zlib.h>

#include "base/alloc.h"

enum {
	ANY_HEADER = 15 + 32, /* window bits, and "gzip or zlib" */
	GZIP_HEADER = 15 + 16,
	MEM_LEVEL = 8, /* zlib's default */
};

static voidpf zalloc_seam(voidpf user, uInt items, uInt size)
{
	(void)user;
	return mem_array(items, size);
}

static void zfree_seam(voidpf user, voidpf p)
{
	(void)user;
	mem_free(p);
}

static int explain(int z)
{
	switch (z) {
	case Z_STREAM_END: return TOBS_OK;
	case Z_MEM_ERROR: return TOBS_ENOMEM;
	case Z_OK:
	case Z_BUF_ERROR: return TOBS_ETRUNCATED;
	default: return TOBS_EMALFORMED;
	}
}

/* Gives zlib whatever room is left in `out`, growing it step by step up to its maximum. */
static int more_room(struct tobs_buf *out, z_stream *z, size_t step)
{
	size_t left = out->max - out->len;

	if (left == 0)
		return TOBS_ETOOBIG;
	if (tobs_buf_reserve(out, left < step ? left : step))
		return out->err;
	z->next_out = out->ptr + out->len;
	z->avail_out = (uInt)(out->cap - out->len);
	return TOBS_OK;
}

static void keep_output(struct tobs_buf *out, const z_stream *z)
{
	out->len = (size_t)(z->next_out - out->ptr);
	out->ptr[out->len] = 0;
}

int gzip_unpack(struct tobs_buf *out, struct tobs_view packed)
{
	z_stream z = { .zalloc = zalloc_seam, .zfree = zfree_seam };
	size_t before = out->len;
	int r, code = Z_OK;

	if (out->err)
		return out->err;
	if (packed.len > UINT32_MAX)
		return TOBS_ETOOBIG;
	z.next_in = packed.ptr;
	z.avail_in = (uInt)packed.len;
	if (inflateInit2(&z, ANY_HEADER) != Z_OK)
		return TOBS_ENOMEM;
	do {
		r = more_room(out, &z, packed.len * 4 + 256);
		if (r)
			break;
		code = inflate(&z, Z_NO_FLUSH);
		keep_output(out, &z);
	} while (code == Z_OK && (z.avail_in || !z.avail_out));
	inflateEnd(&z);
	/* Full to the brim and not at the end: more would have come. */
	if (!r)
		r = explain(code);
	if (r)
		tobs_buf_truncate(out, before);
	return r;
}

int gzip_pack(struct tobs_buf *out, struct tobs_view plain)
{
	z_stream z = { .zalloc = zalloc_seam, .zfree = zfree_seam };
	size_t before = out->len;
	int r, code = Z_OK;

	if (out->err)
		return out->err;
	if (plain.len > UINT32_MAX)
		return TOBS_ETOOBIG;
	z.next_in = plain.ptr;
	z.avail_in = (uInt)plain.len;
	if (deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, GZIP_HEADER, MEM_LEVEL,
		    Z_DEFAULT_STRATEGY) != Z_OK)
		return TOBS_ENOMEM;
	do {
		r = more_room(out, &z, plain.len / 2 + 64);
		if (r)
			break;
		code = deflate(&z, Z_FINISH);
		keep_output(out, &z);
	} while (code == Z_OK);
	deflateEnd(&z);
	if (!r)
		r = explain(code);
	if (r)
		tobs_buf_truncate(out, before);
	return r;
}
