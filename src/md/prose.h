/* SPDX-License-Identifier: MIT */
/*
 * Running text as Markdown: what is special is escaped, what is not stays as
 * it is, so that prose reads as prose.
 *
 * A character is escaped when some place it may stand in could make it mean
 * something, judged from its neighbours. docs/markdown.md has the list:
 *
 *     \        before ASCII punctuation and before markup
 *     `        always
 *     * ~      unless white space is on both sides
 *     _        the same, and not between two letters or digits
 *     [ ]      `](` and `[^`; `[[` in obsidian; all in link text
 *     < &      when what follows looks like a tag, or like `&name;`
 *     ! ^      in front of a link; ` ^id` in obsidian
 *     == %%    pairs, in obsidian
 *     $        when two of them could enclose a formula
 *     #        obsidian: what would be a tag and is not a hashtag entity
 *     :// www. outside of links
 *     at the start of a line: # > - + = | : 1. 1) [name]: and white space
 *     at the end of a line: white space
 *
 * `* _ ~ == $` stay bare also when the whole text has just one: alone they mean
 * nothing.
 */
#ifndef MD_PROSE_H
#define MD_PROSE_H

#include <tobs/buf.h>

#include "md/entity.h"
#include "md/flavour.h"

/* What is known about a whole text, and found out about it on the way. */
struct prose {
	struct tobs_buf *out;
	struct tobs_view s;
	enum md_flavour flavour;
	bool alone;              /* no other text shares a paragraph with it */
	bool emphasis;           /* `*` is written as markup */
	bool strike;             /* `~~` is */
	const struct span *tags; /* spans not yet passed, hashtags among them */
	const struct span *tags_end;
	/* Found when asked for: which of * _ ~ = $ are in more than one place; the next ] that ends a name. */
	uint8_t seen[5];
	size_t name_end;
};

/* A stretch of a line with the same formatting, and what stands around it. */
struct run {
	size_t from, to;
	bool starts_line;  /* nothing is on this line yet: white space would be lost */
	bool starts_block; /* and what begins a list, a heading, … would begin one */
	bool starts_quote; /* and it is the first line of a quote */
	bool ends_line;    /* nothing comes after it on the line */
	bool in_link;      /* inside the brackets of a link */
	bool link_follows; /* what comes next opens with `[` */
	bool code_follows; /* what comes next opens with a backtick */
};

/* Appends the run. The text between from and to has no line feed. */
void prose_run(struct prose *p, struct run r);

/* Appends "&#…;" for a character. */
void prose_reference(struct tobs_buf *out, uint32_t cp);

#endif
