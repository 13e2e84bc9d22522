/* SPDX-License-Identifier: MIT */
#include "export/link.h"

#include <tobs/err.h>

#include "base/attr.h"
#include "base/utf.h"
#include "md/char.h"
#include "md/emit.h"
#include "md/escape.h"

/* The bytes the two have in common, up to and with the last slash. */
static size_t common_folder(struct tobs_view a, struct tobs_view b)
{
	size_t common = 0;

	for (size_t i = 0; i < a.len && i < b.len && a.ptr[i] == b.ptr[i]; i++)
		if (a.ptr[i] == '/')
			common = i + 1;
	return common;
}

/* All that means something in an address, or where a Markdown link has one. */
static void put_path(struct tobs_buf *out, struct tobs_view path)
{
	for (size_t i = 0; i < path.len; i++) {
		uint8_t c = path.ptr[i];

		if (c <= ' ' || c == 0x7f || strchr("%?#()<>&\\", c))
			tobs_buf_printf(out, "%%%02X", c);
		else
			emit_char(out, (char)c);
	}
}

/* How one gets from a file to another: ../ for each folder up, then down. */
static void put_relative(struct tobs_buf *out, struct tobs_view from, struct tobs_view to)
{
	size_t common = common_folder(from, to);

	for (size_t i = common; i < from.len; i++)
		if (from.ptr[i] == '/')
			emit_str(out, "../");
	put_path(out, tobs_view_sub(to, common, to.len));
}

/* The destination of a Markdown link; anchors are names that we made. */
static void put_destination(
	struct tobs_buf *out, struct tobs_view from, struct tobs_view to, struct tobs_view anchor)
{
	if (!tobs_view_eq(from, to))
		put_relative(out, from, to);
	if (anchor.len) {
		emit_char(out, '#');
		emit_view(out, tobs_view_sub(anchor, anchor.ptr[0] == '^', anchor.len));
	}
}

static void put_markdown(struct tobs_buf *out, enum md_flavour flavour, struct tobs_view from,
	struct tobs_view to, struct tobs_view anchor, struct tobs_view label)
{
	emit_char(out, '[');
	md_escape(out, flavour, MD_LINK_TEXT, label);
	emit_str(out, "](");
	put_destination(out, from, to, anchor);
	emit_char(out, ')');
}

/* Whether s[i] could mean something in an alias. */
static bool means_something(struct tobs_view s, size_t i)
{
	uint8_t c = s.ptr[i], next = i + 1 < s.len ? s.ptr[i + 1] : 0;

	switch (c) {
	case '=':
	case '%': return next == c;
	case '_': return i == 0 || !char_is_alnum(s.ptr[i - 1]) || !char_is_alnum(next);
	case '&': return next == '#' || char_is_alnum(next);
	case '<': return next == '/' || next == '!' || next == '?' || char_is_alnum(next);
	case '`':
	case '*':
	case '~':
	case '\\':
	case '$': return true;
	default: return false;
	}
}

/*
 * There are no escapes between [[ and ]]: what could mean something there, to
 * Obsidian or to another parser, is written as its fullwidth look-alike (which
 * lies 0xfee0 above it).
 */
static void put_alias(struct tobs_buf *out, struct tobs_view s)
{
	size_t done = 0;

	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.ptr[i];

		if (!means_something(s, i))
			continue;
		md_escape(out, MD_OBSIDIAN, MD_WIKI_ALIAS, tobs_view_sub(s, done, i - done));
		utf8_put(out, c + 0xfee0u);
		done = i + 1;
	}
	md_escape(out, MD_OBSIDIAN, MD_WIKI_ALIAS, tobs_view_sub(s, done, s.len));
}

/* [[target#anchor|label]]; false, and nothing written, when the target cannot stand there. */
static bool put_wiki(struct tobs_buf *out, struct tobs_view from, struct tobs_view to,
	struct tobs_view anchor, struct tobs_view label)
{
	size_t start = out->len;

	emit_str(out, "[[");
	if (!tobs_view_eq(from, to)) {
		if (tobs_view_ends(to, ".md"))
			to.len -= 3;
		if (md_escape(out, MD_OBSIDIAN, MD_WIKI_TARGET, to) == TOBS_EINVAL) {
			tobs_buf_truncate(out, start);
			return false;
		}
	}
	if (anchor.len) {
		emit_char(out, '#');
		emit_view(out, anchor);
	}
	if (label.len) {
		emit_char(out, '|');
		put_alias(out, label);
	}
	emit_str(out, "]]");
	return true;
}

void link_put(struct tobs_buf *out, enum md_flavour flavour, struct tobs_view from,
	struct tobs_view to, struct tobs_view anchor, struct tobs_view label)
{
	if (!label.len)
		return;
	if (flavour == MD_OBSIDIAN && put_wiki(out, from, to, anchor, label))
		return;
	put_markdown(out, flavour, from, to, anchor, label);
}

void link_put_embed(struct tobs_buf *out, enum md_flavour flavour, struct tobs_view from,
	struct tobs_view to, struct tobs_view label)
{
	struct tobs_view none = { 0 };

	emit_char(out, '!');
	if (flavour == MD_OBSIDIAN && put_wiki(out, from, to, none, none))
		return;
	put_markdown(out, flavour, from, to, none, label);
}

void link_put_url(
	struct tobs_buf *out, enum md_flavour flavour, struct tobs_view url, struct tobs_view label)
{
	emit_char(out, '[');
	md_escape(out, flavour, MD_LINK_TEXT, label);
	emit_str(out, "](");
	md_put_destination(out, "", url);
	emit_char(out, ')');
}
