/* SPDX-License-Identifier: MIT */
/*
 * A whole file of messages read back, by the rules of docs/output.md, through a
 * CommonMark parser: which messages are in it, and what each of them says. What
 * does not belong where it stands (an anchor out of order, text in front of
 * the first message, a heading that is none of ours, a line whose <small> is not
 * closed, a comment of Obsidian, a link to a message that is not there) is an
 * error of the page.
 */
#ifndef UNIT_MD_PAGE_H
#define UNIT_MD_PAGE_H

#include "cells_tree.h"
#include "md/flavour.h"

struct page_message {
	char letter; /* of its anchor */
	int32_t id;
	cmark_node *text; /* its blocks, without what tobs adds */
	bool taken;
};

struct page {
	enum md_flavour flavour;
	ARRAY_OF(struct page_message) messages;
	ARRAY_OF(struct tobs_view) lines; /* of the source behind the properties */
	struct cells title;
	int days, months;
	int links;   /* from message to message in it */
	size_t next; /* where page_take() looks first */
	char error[512];
};

/* `markdown` outlives the page. */
void page_read(struct page *p, struct tobs_view markdown, enum md_flavour flavour);
void page_deinit(struct page *p);

/* Appends the text of a message; false when the page has none of that anchor. */
bool page_take(struct page *p, char letter, int32_t id, struct cells *text);

#endif
