/* SPDX-License-Identifier: MIT */
/*
 * Formatted text byte by byte, the form in which what was written and what was
 * read back are compared. Two ways lead to it: cells_expected() from text and
 * entities, by the rules in md/entity.h and without its code; cells_read() from
 * Markdown through a CommonMark parser, by the rules in docs/markdown.md.
 */
#ifndef UNIT_MD_CELLS_H
#define UNIT_MD_CELLS_H

#include <tobs/buf.h>

#include "base/array.h"
#include "md/entity.h"

enum {
	CELL_BOLD = 1,
	CELL_ITALIC = 2,
	CELL_UNDERLINE = 4,
	CELL_STRIKE = 8,
	CELL_SPOILER = 16,
	CELL_CODE = 32,
};

struct cell {
	uint8_t byte;
	uint8_t styles;
	/* Numbers of strings in `strings`; 0 is none. */
	uint16_t link;  /* destination */
	uint16_t emoji; /* id, or file */
	uint16_t pre;   /* language */
	uint16_t quote; /* "open" or "folded" */
	/* The first cell of one, so that two next to each other stay two. */
	bool first_emoji, first_pre, first_quote;
	bool first_link; /* of the model only: readers cannot tell */
	bool address;    /* of readers only: a link to its own text */
};

struct cells {
	ARRAY_OF(struct cell) row;
	char strings[1024][128];
	uint16_t string_count;
	char error[256]; /* what in the Markdown has no reading */
};

void cells_init(struct cells *c);
void cells_deinit(struct cells *c);
uint16_t cells_string(struct cells *c, const char *s, size_t len);

/* `trim`: with ENTITY_TRIM. */
void cells_expected(struct cells *c, struct tobs_view text, const struct entity *entities,
	size_t count, bool trim);

/* `quoted`: the whole was written with the prefix "> ". */
void cells_read(struct cells *c, struct tobs_view markdown, bool quoted);

/* Whether the parser knows ~~; without it, the marks are taken for text. */
bool cells_parser_knows_strike(void);

/* The place of the first difference, or -1; *why says what differs. */
ptrdiff_t cells_differ(const struct cells *want, const struct cells *have, const char **why);

#endif
