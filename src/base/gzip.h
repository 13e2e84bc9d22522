/* SPDX-License-Identifier: MIT */
/* gzip and zlib data, in memory and with a limit on what comes out. */
#ifndef BASE_GZIP_H
#define BASE_GZIP_H

#include <tobs/buf.h>
#include <tobs/err.h>

/*
 * Appends the unpacked form of gzip or zlib data (told apart by its header; some
 * clients send the latter where the protocol says gzip). TOBS_ETOOBIG when `out`
 * is full, which is the defence against bombs: give it a maximum that fits the
 * use. TOBS_EMALFORMED, TOBS_ETRUNCATED, TOBS_ENOMEM. On failure `out` is as before
 * but for its memory.
 */
int gzip_unpack(struct tobs_buf *out, struct tobs_view packed);

/* Appends the gzip form. TOBS_ENOMEM, TOBS_ETOOBIG. */
int gzip_pack(struct tobs_buf *out, struct tobs_view plain);

#endif
