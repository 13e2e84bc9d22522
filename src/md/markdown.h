/* SPDX-License-Identifier: MIT */
/*
 * Message text with its entities as Markdown.
 *
 * The text survives: a CommonMark parser gives back exactly the text and its
 * formatting, by the reading rules in docs/markdown.md. In short:
 *
 *     bold italic strike   **b**  *i*  ~~s~~, or <b> <i> <s> where flanking forbids
 *     underline, spoiler   <u> (<ins> in gfm), <span class="tg-spoiler">
 *     code, pre            `c`, a fenced block
 *     links                [text](url), <url>, [name](tg://user?id=1)
 *     custom emoji         <span class="tg-emoji" data-id="1">👍</span>
 *     quote                > lines; folded: > [!quote]- or > <!-- collapsed -->
 *     line feed            a hard break: two spaces (obsidian) or a backslash (gfm)
 *     two line feeds       a new paragraph; each <br> at its start is one more
 *
 * Formatting of line feeds is not kept (it is not visible); entity.h says what
 * happens to entities that Markdown, or Telegram, does not know.
 *
 * Pure: no I/O, no state. Time and memory are linear in text and entities but
 * for sorting entities that come unsorted.
 */
#ifndef MD_MARKDOWN_H
#define MD_MARKDOWN_H

#include <tobs/buf.h>

#include "md/entity.h"
#include "md/flavour.h"

struct md_options {
	enum md_flavour flavour;
	/*
	 * Begins every line, the first too unless mid_line: "> " puts the whole
	 * text in a quote, "  " in a list item. Its trailing spaces are left out
	 * on empty lines.
	 */
	struct tobs_view prefix;
	/*
	 * False: *out is at the start of a line where a new block may begin. True:
	 * the caller has begun the paragraph ("**Anna:** "), and the text goes on
	 * in it; what is in *out tells what is before.
	 */
	bool mid_line;
	/*
	 * Other lines of the paragraph have formatting too: marks are escaped that
	 * would mean nothing were the text alone. Implied by mid_line.
	 */
	bool shared;
	/* Styles lose the white space at their edges: `**word** ` instead of `<b>word </b>`. */
	bool trim_styles;
};

/*
 * Appends the text, without a line feed at the end; nothing for an empty text.
 * `text` is UTF-8; U+0000 is written as U+FFFD. TOBS_ENOMEM, TOBS_ETOOBIG.
 */
int md_write(struct tobs_buf *out, const struct md_options *options, struct tobs_view text,
	const struct entity *entities, size_t count);

#endif
