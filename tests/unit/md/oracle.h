/* SPDX-License-Identifier: MIT */
/* What a CommonMark parser makes of a piece of Markdown, for single strings; see cells.h for whole messages. */
#ifndef UNIT_MD_ORACLE_H
#define UNIT_MD_ORACLE_H

#include <tobs/buf.h>

/*
 * Appends the text of the first node of that type ("heading", "paragraph",
 * "item", "link", "table_cell"). False when there is none, or when there is
 * anything in it but text, <br> and a link around.
 */
bool oracle_text(struct tobs_view markdown, const char *type, struct tobs_buf *text);

/* Appends destination and title of the first link; false when there is none. */
bool oracle_link(struct tobs_view markdown, struct tobs_buf *url, struct tobs_buf *title);

/* How many of the document's blocks there are at the top. */
int oracle_blocks(struct tobs_view markdown);

#endif
