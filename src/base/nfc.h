/* SPDX-License-Identifier: MIT */
/*
 * Composed characters: "é" as one character instead of "e" and an accent. Some
 * file systems take the two for the same name and some for different ones, so
 * names are made in one form only.
 */
#ifndef BASE_NFC_H
#define BASE_NFC_H

#include <tobs/buf.h>

/*
 * Appends valid UTF-8 text with marks joined to the character right before them
 * where Unicode has the two as one (its Normalization Form C, but that marks in
 * an unusual order stay in it). TOBS_EMALFORMED, or the buffer's error.
 */
int utf8_compose(struct tobs_buf *out, struct tobs_view s);

#endif
