/* SPDX-License-Identifier: MIT */
/* Bytes as hexadecimal and as base64 text, into and out of bounded buffers. */
#ifndef BASE_HEX_H
#define BASE_HEX_H

#include <stdbool.h>
#include <tobs/buf.h>

/* Appends two lower-case digits a byte. */
int hex_encode(struct tobs_buf *out, struct tobs_view bytes);

/* Appends the bytes; TOBS_EMALFORMED for an odd length or another character. */
int hex_decode(struct tobs_buf *out, struct tobs_view text);

enum base64_alphabet {
	BASE64_STD, /* + and /, padded with '=' (RFC 4648 section 4) */
	BASE64_URL, /* - and _, without padding (RFC 4648 section 5) */
};

int base64_encode(struct tobs_buf *out, struct tobs_view bytes, enum base64_alphabet alphabet);

/*
 * Appends the bytes. Padding may be present or not in either alphabet; any
 * other character, and bits that are not zero behind the last byte, give
 * TOBS_EMALFORMED.
 */
int base64_decode(struct tobs_buf *out, struct tobs_view text, enum base64_alphabet alphabet);

#endif
