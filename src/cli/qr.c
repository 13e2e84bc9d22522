/* SPDX-License-Identifier: MIT */
#include "cli/qr.h"

#include <errno.h>
#include <qrencode.h>

/* ISO/IEC 18004 wants four modules around; scanners do with two, and a terminal is small. */
enum { QUIET = 2 };

/* Outside of the code everything is light. */
static bool is_dark(const QRcode *code, int x, int y)
{
	if (x < 0 || y < 0 || x >= code->width || y >= code->width)
		return false;
	return code->data[y * code->width + x] & 1;
}

/* The character whose upper and lower halves are inked so. */
static const char *halves(bool upper, bool lower)
{
	if (upper)
		return lower ? "\xe2\x96\x88" : "\xe2\x96\x80"; /* █ ▀ */
	return lower ? "\xe2\x96\x84" : " ";                    /* ▄ */
}

static void draw_line(const QRcode *code, int y, bool colors, struct tobs_buf *out)
{
	if (colors)
		tobs_buf_puts(out, "\x1b[30;107m");
	for (int x = -QUIET; x < code->width + QUIET; x++) {
		bool upper = is_dark(code, x, y), lower = is_dark(code, x, y + 1);

		/* With colours the ink is black, without it is what the terminal writes with: light. */
		tobs_buf_puts(out, colors ? halves(upper, lower) : halves(!upper, !lower));
	}
	tobs_buf_puts(out, colors ? "\x1b[0m\n" : "\n");
}

int qr_draw(const char *text, bool colors, struct tobs_buf *out, unsigned *ret_lines,
	struct tobs_err *err)
{
	QRcode *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_L);
	unsigned lines = 0;

	if (!code)
		return errno == ENOMEM ? tobs_fail(err, TOBS_ENOMEM, "no memory for a QR code")
				       : tobs_fail(err, TOBS_ETOOBIG, "too long for a QR code");
	for (int y = -QUIET; y < code->width + QUIET; y += 2, lines++)
		draw_line(code, y, colors, out);
	QRcode_free(code);
	*ret_lines = lines;
	return tobs_buf_err(out) ? tobs_fail(err, TOBS_ENOMEM, "no memory for a QR code") : TOBS_OK;
}
