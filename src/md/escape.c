/* SPDX-License-Identifier: MIT */
#include "md/escape.h"

#include <tobs/err.h>

#include "base/attr.h"
#include "base/utf.h"
#include "md/char.h"
#include "md/emit.h"
#include "md/prose.h"

/* ---- text: what prose.h does, line by line ---- */

/* A '#' behind white space at the end of a heading would close it. */
static void guard_last_hash(struct tobs_buf *out, size_t start)
{
	size_t i = out->len;

	while (i > start && out->ptr[i - 1] == '#')
		i--;
	if (i == out->len || (i > start && out->ptr[i - 1] != ' ' && out->ptr[i - 1] != '\t'))
		return;
	tobs_buf_truncate(out, out->len - 1);
	emit(out, "\\#", 2);
}

static void put_text(
	struct tobs_buf *out, enum md_flavour flavour, enum md_context context, struct tobs_view s)
{
	struct prose p = { .out = out, .s = s, .flavour = flavour };
	size_t start = out->len;
	bool cell = context == MD_TABLE_CELL;
	struct run r = { .in_link = context == MD_LINK_TEXT };

	r.starts_block = context == MD_TEXT;
	r.starts_line = !r.in_link;
	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] != '\n' && !(cell && s.ptr[i] == '|'))
			continue;
		r.to = i;
		if (r.from < r.to)
			prose_run(&p, r);
		emit_str(out, s.ptr[i] == '|' ? "\\|" : cell ? "<br>" : "&#10;");
		r.from = i + 1;
		r.starts_line = false;
	}
	r.to = s.len;
	r.ends_line = !r.in_link;
	if (r.from < r.to)
		prose_run(&p, r);
	if (context == MD_TEXT && !out->err)
		guard_last_hash(out, start);
}

/* ---- contexts where single characters are replaced ---- */

/* Whether s[i], an '&', begins what could be read as "&name;" or "&#1;". */
static bool is_reference(struct tobs_view s, size_t i)
{
	size_t k = i + 1;

	while (k < s.len && (char_is_alnum(s.ptr[k]) || (s.ptr[k] == '#' && k == i + 1)))
		k++;
	return k > i + 1 && k < s.len && s.ptr[k] == ';';
}

/*
 * Destinations and titles: backslashes before the two in `special`, before what
 * a backslash would escape and in what Obsidian would take for its own,
 * references for the ends of lines. References are decoded there before
 * backslashes are (libcmark), so a backslash would not protect an '&'.
 */
static void put_escaped(struct tobs_buf *out, struct tobs_view s, const char *special)
{
	size_t done = 0;

	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.ptr[i];
		bool slash = c == '\\' && (i + 1 == s.len || char_is_ascii_punct(s.ptr[i + 1]));
		bool name = c == '&' && is_reference(s, i);
		bool line = c == '\n' || c == '\r';
		/* %% begins a comment of Obsidian and $$ a formula, also in a destination. */
		bool twice = (c == '%' || c == '$') && i > 0 && s.ptr[i - 1] == c;

		if (c && !slash && !name && !line && !twice && c != special[0] && c != special[1])
			continue;
		emit(out, s.ptr + done, i - done);
		done = i + 1;
		if (c == 0)
			utf8_put(out, 0xfffd);
		else if (name)
			emit_str(out, "&amp;");
		else if (line)
			prose_reference(out, c);
		else
			emit(out, (const char[]){ '\\', (char)c }, 2);
	}
	emit(out, s.ptr + done, s.len - done);
}

static bool has_balanced_parens(struct tobs_view s)
{
	int depth = 0, deepest = 0;

	for (size_t i = 0; i < s.len && depth >= 0; i++) {
		depth += (s.ptr[i] == '(') - (s.ptr[i] == ')');
		deepest = MAX(deepest, depth);
	}
	/* Parsers stop counting somewhere; CommonMark asks for three at least. */
	return depth == 0 && deepest <= 3;
}

/* What characters of a destination call for. */
enum {
	LOOK = 1,     /* perhaps an escape */
	BRACKETS = 2, /* CommonMark 6.3: without <>, no space and no control character */
	PAREN = 4,    /* and only balanced parentheses */
};

/* clang-format off */
static const uint8_t in_destination[256] = {
	[0] = LOOK, [1 ... '\t'] = BRACKETS, ['\n'] = LOOK | BRACKETS, ['\v' ... '\f'] = BRACKETS,
	['\r'] = LOOK | BRACKETS, ['\r' + 1 ... ' '] = BRACKETS, [0x7f] = BRACKETS,
	['<'] = LOOK, ['>'] = LOOK, ['&'] = LOOK, ['\\'] = LOOK, ['('] = PAREN, [')'] = PAREN,
	['%'] = LOOK, ['$'] = LOOK,
};
/* clang-format on */

/* White space, which is taken off the ends of a destination unless it is encoded. */
static bool is_trimmed(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\v' || c == '\f';
}

void md_put_destination(struct tobs_buf *out, const char *prefix, struct tobs_view s)
{
	bool first = s.len > 1 && !*prefix && is_trimmed(s.ptr[0]), brackets;
	bool last = s.len && is_trimmed(s.ptr[s.len - 1]);
	struct tobs_view middle = tobs_view_sub(s, first, s.len - first - last);
	unsigned has = 0;

	for (size_t i = 0; i < s.len; i++)
		has |= in_destination[s.ptr[i]];
	brackets = (has & BRACKETS) || (!*prefix && (s.len == 0 || s.ptr[0] == '<')) ||
		((has & PAREN) && !has_balanced_parens(s));
	if (brackets)
		emit_char(out, '<');
	emit_str(out, prefix);
	if (first)
		prose_reference(out, s.ptr[0]);
	if (has & LOOK)
		put_escaped(out, middle, "<>");
	else
		emit_view(out, middle);
	if (last)
		prose_reference(out, s.ptr[s.len - 1]);
	if (brackets)
		emit_char(out, '>');
}

static void put_html(struct tobs_buf *out, struct tobs_view s)
{
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.ptr[i];

		switch (c) {
		case 0: utf8_put(out, 0xfffd); break;
		case '&': emit_str(out, "&amp;"); break;
		case '<': emit_str(out, "&lt;"); break;
		case '>': emit_str(out, "&gt;"); break;
		case '"': emit_str(out, "&quot;"); break;
		case '\'':
		case '|': /* would end a cell, and these a link */
		case '[':
		case ']':
		case '\t':
		case '\n':
		case '\r': prose_reference(out, c); break;
		default: emit_char(out, (char)c);
		}
	}
}

/* YAML 1.2, 5.7; what is not printable there (5.1) is written as \u. */
static void put_yaml(struct tobs_buf *out, struct tobs_view s)
{
	for (size_t i = 0, n; i < s.len; i += n) {
		uint32_t cp = 0xfffd;

		n = utf8_decode(s.ptr + i, s.len - i, &cp);
		if (n == 0)
			n = 1;
		if (cp == 0)
			cp = 0xfffd;
		if (cp == '"' || cp == '\\')
			tobs_buf_printf(out, "\\%c", (int)cp);
		else if (cp == '\n')
			emit_str(out, "\\n");
		else if (cp == '\t')
			emit_str(out, "\\t");
		else if (cp < ' ' || (cp >= 0x7f && cp < 0xa0) || cp == 0x2028 || cp == 0x2029 ||
			cp == 0xfeff || cp == 0xfffe || cp == 0xffff)
			tobs_buf_printf(out, "\\u%04X", (unsigned)cp);
		else
			utf8_put(out, cp);
	}
}

/* ---- wiki links ---- */

static bool is_wiki_target(struct tobs_view s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] < ' ' || s.ptr[i] == 0x7f || strchr("[]|#^\\", s.ptr[i]) ||
			(s.ptr[i] == '%' && i + 1 < s.len && s.ptr[i + 1] == '%'))
			return false;
	return s.len > 0;
}

static void put_wiki_alias(struct tobs_buf *out, struct tobs_view s)
{
	for (size_t i = 0; i < s.len; i++) {
		switch (s.ptr[i]) {
		case 0: utf8_put(out, 0xfffd); break;
		case '[': utf8_put(out, 0xff3b); break;
		case ']': utf8_put(out, 0xff3d); break;
		case '|': utf8_put(out, 0xff5c); break;
		case '\r':
		case '\n': emit_char(out, ' '); break;
		default: emit_char(out, (char)s.ptr[i]);
		}
	}
}

int md_escape(
	struct tobs_buf *out, enum md_flavour flavour, enum md_context context, struct tobs_view s)
{
	switch (context) {
	case MD_TEXT:
	case MD_LINK_TEXT:
	case MD_TABLE_CELL: put_text(out, flavour, context, s); break;
	case MD_LINK_DEST: md_put_destination(out, "", s); break;
	case MD_LINK_TITLE: put_escaped(out, s, "\"\""); break;
	case MD_YAML: put_yaml(out, s); break;
	case MD_HTML: put_html(out, s); break;
	case MD_WIKI_TARGET:
		if (!is_wiki_target(s))
			return TOBS_EINVAL;
		emit_view(out, s);
		break;
	case MD_WIKI_ALIAS: put_wiki_alias(out, s); break;
	default: return TOBS_EINVAL;
	}
	return tobs_buf_err(out);
}

/* ---- autolinks ---- */

/* Bytes of the scheme in front of a "://": 2 to 32 (CommonMark 6.5), or 0. */
static size_t scheme_length(struct tobs_view s)
{
	size_t i = 0;

	if (s.len == 0 || !char_is_alpha(s.ptr[0]))
		return 0;
	while (i < s.len && i < 33 &&
		(char_is_alnum(s.ptr[i]) || s.ptr[i] == '+' || s.ptr[i] == '.' || s.ptr[i] == '-'))
		i++;
	if (i < 2 || i > 32 || !tobs_view_starts(tobs_view_sub(s, i, SIZE_MAX), "://"))
		return 0;
	return i;
}

bool md_has_scheme(struct tobs_view text)
{
	return scheme_length(text) > 0;
}

bool md_is_autolink_url(struct tobs_view text)
{
	size_t i = scheme_length(text);

	if (i == 0)
		return false;
	for (; i < text.len; i++)
		if (text.ptr[i] <= ' ' || text.ptr[i] == 0x7f || text.ptr[i] == '<' ||
			text.ptr[i] == '>' || (text.ptr[i] == '&' && is_reference(text, i)))
			return false;
	return true;
}

/* One part of a domain: letters, digits and inner hyphens, 63 at most. Returns its length. */
static size_t domain_label(struct tobs_view s, size_t i)
{
	size_t n = 0;

	while (i + n < s.len && (char_is_alnum(s.ptr[i + n]) || s.ptr[i + n] == '-'))
		n++;
	return n > 63 || n == 0 || s.ptr[i] == '-' || s.ptr[i + n - 1] == '-' ? 0 : n;
}

bool md_is_autolink_email(struct tobs_view text)
{
	size_t i = 0, n;

	while (i < text.len && text.ptr[i] &&
		(char_is_alnum(text.ptr[i]) || strchr(".!#$%&'*+/=?^_`{|}~-", text.ptr[i])))
		i++;
	if (i == 0 || i == text.len || text.ptr[i] != '@')
		return false;
	do {
		i++;
		n = domain_label(text, i);
		i += n;
	} while (n && i < text.len && text.ptr[i] == '.');
	return n && i == text.len;
}
