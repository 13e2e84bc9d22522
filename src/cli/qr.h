/* SPDX-License-Identifier: MIT */
/* A QR code drawn with characters, two modules high and one wide each. */
#ifndef CLI_QR_H
#define CLI_QR_H

#include <stdbool.h>
#include <tobs/buf.h>
#include <tobs/err.h>

/*
 * Appends the code of `text` with a quiet zone of two modules, in lines, and how
 * many lines these are to *ret_lines. With `colors` it is black on white whatever
 * the terminal's colours are; without, light modules are drawn and dark ones
 * left out, which is right on a dark terminal. TOBS_ETOOBIG when the text is too
 * long for a QR code, TOBS_ENOMEM.
 */
int qr_draw(const char *text, bool colors, struct tobs_buf *out, unsigned *ret_lines,
	struct tobs_err *err);

#endif
