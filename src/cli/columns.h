/* SPDX-License-Identifier: MIT */
/*
 * A table for a terminal: cells of text in columns that are as wide as they need
 * to be. Where the terminal is narrower, the widest column that may shrink does.
 *
 *     columns_init(&c, "ID>  TYPE  TITLE~");     '>' to the right, '~' may shrink
 *     columns_put(&c, tobs_str("…"));            row by row
 *     columns_print(&c, width, &out);
 *
 * Cells are cleaned (text.h). A column whose cells are all empty is left out, so a
 * table without rows prints nothing.
 */
#ifndef CLI_COLUMNS_H
#define CLI_COLUMNS_H

#include <tobs/buf.h>

#include "base/array.h"

enum {
	COLUMNS_MAX = 12,
	COLUMNS_GAP = 2,    /* blanks between them */
	COLUMNS_LEAST = 12, /* a column does not shrink below */
	COLUMNS_BYTES = 64 << 20,
};

struct columns {
	unsigned count;
	struct tobs_view titles[COLUMNS_MAX];
	bool right[COLUMNS_MAX], shrinks[COLUMNS_MAX];
	size_t widths
		[COLUMNS_MAX]; /* of the cells alone, 0 when all are empty, until it is printed */
	struct tobs_buf text;  /* of all cells */
	ARRAY_OF(size_t) ends; /* in text, of each cell */
};

/* `titles` with blanks between them; it must live as long as *c. */
void columns_init(struct columns *c, const char *titles);
void columns_deinit(struct columns *c);

/* The next cell; failures stick and are returned by columns_print(). */
void columns_put(struct columns *c, struct tobs_view cell);
void columns_put_i64(struct columns *c, int64_t n);

/* Appends the table; TOBS_ENOMEM, TOBS_ETOOBIG. The last row must be complete. */
int columns_print(struct columns *c, size_t width, struct tobs_buf *out);

#endif
