/* SPDX-License-Identifier: MIT */
/*
 * UTF-8 and the UTF-16 code units in which Telegram counts.
 *
 * Entity offsets and text limits on the wire are UTF-16 code units: a character
 * up to U+FFFF counts 1, one above counts 2. Text itself travels as UTF-8.
 */
#ifndef BASE_UTF_H
#define BASE_UTF_H

#include <stdbool.h>
#include <tobs/buf.h>

/*
 * Decodes the character at s[0], of which `len` > 0 bytes are there. Returns
 * its length in bytes (1–4) and stores the code point, or 0 when the bytes are
 * not valid UTF-8 (overlong, surrogate, above U+10FFFF, cut off).
 */
size_t utf8_decode(const uint8_t *s, size_t len, uint32_t *ret_cp);

/* Writes the UTF-8 form (1–4 bytes) of a code point to `out`; returns its length, 0 if not encodable. */
size_t utf8_encode(uint32_t cp, uint8_t out[4]);

bool utf8_valid(struct tobs_view s);

/* The first byte that is not part of valid UTF-8; s.len when all of it is valid. */
size_t utf8_valid_prefix(struct tobs_view s);

/* Appends `s` with U+FFFD in place of each invalid byte. */
int utf8_repair(struct tobs_buf *out, struct tobs_view s);

/* Appends one character. */
int utf8_put(struct tobs_buf *out, uint32_t cp);

/* How many UTF-16 code units the valid UTF-8 text has. */
size_t utf16_len(struct tobs_view s);

/*
 * The byte offset of UTF-16 offset `units` in valid UTF-8, starting the count
 * at byte `from` (units before it are not counted). An offset inside a
 * surrogate pair gives the start of its character; one past the end, s.len.
 */
size_t utf16_to_byte(struct tobs_view s, size_t from, size_t units);

/* Columns the text takes in a terminal: 2 for wide, 0 for combining and control characters. */
size_t utf8_width(struct tobs_view s);

/* The longest prefix of at most `columns` columns, cut between characters; bytes. */
size_t utf8_fit(struct tobs_view s, size_t columns);

#endif
