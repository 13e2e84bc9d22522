/* SPDX-License-Identifier: MIT */
/*
 * Plain strings (chat titles, names, file names, URLs) in every place of a
 * Markdown file where one can stand. Strings are UTF-8 without formatting; for
 * message text with entities see markdown.h.
 */
#ifndef MD_ESCAPE_H
#define MD_ESCAPE_H

#include <tobs/buf.h>

#include "md/flavour.h"

enum md_context {
	/*
	 * Text on one line: in a paragraph, heading or list item, at its start, in
	 * the middle or at its end. Line feeds become "&#10;": read back they are
	 * line feeds, but no line ends there.
	 */
	MD_TEXT,
	/* The same between the brackets of [text](…). */
	MD_LINK_TEXT,
	/* The same in a cell of a table; line feeds become <br>. */
	MD_TABLE_CELL,
	/* The destination between the parentheses of […](…), put in <> when it needs that. */
	MD_LINK_DEST,
	/* Between the double quotes of […](… "title"). */
	MD_LINK_TITLE,
	/* Between the double quotes of a YAML string. */
	MD_YAML,
	/* HTML text, and attributes in double or single quotes. */
	MD_HTML,
	/*
	 * What is before the | in Obsidian's [[target|alias]]. It knows no escapes:
	 * TOBS_EINVAL, and nothing written, for [ ] | # ^ \ %% and control
	 * characters. Give such files other names, or link them with […](<…>).
	 */
	MD_WIKI_TARGET,
	/* What is behind the |: [ ] | become their fullwidth look-alikes, line feeds spaces. */
	MD_WIKI_ALIAS,
};

/*
 * Appends `s` so that a reader of that context gets `s` back, but for what is
 * said above and for U+0000, which becomes U+FFFD. TOBS_EINVAL (see above), or
 * the buffer's error.
 */
int md_escape(
	struct tobs_buf *out, enum md_flavour flavour, enum md_context context, struct tobs_view s);

/* MD_LINK_DEST for `prefix` and `s` together; the prefix needs no escaping. */
void md_put_destination(struct tobs_buf *out, const char *prefix, struct tobs_view s);

/* Whether `text` begins with a scheme and "://". */
bool md_has_scheme(struct tobs_view text);

/* Whether `text` may be written as <text>: an absolute URL with "://", or an e-mail address. */
bool md_is_autolink_url(struct tobs_view text);
bool md_is_autolink_email(struct tobs_view text);

#endif
