/* SPDX-License-Identifier: MIT */
/*
 * The reading rules of docs/markdown.md over the tree a parser makes. Compiled
 * twice: against libcmark, which knows CommonMark only, and with ORACLE_GFM
 * against libcmark-gfm with its extensions. The two libraries share their
 * names, so a program has one of them.
 */
#include "cells_tree.h"
#include "oracle.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/attr.h"
#include "base/utf.h"

#ifdef ORACLE_GFM
#include <cmark-gfm-core-extensions.h>
#endif

enum part {
	EDGE,
	TEXT,
	QUOTE,
	PRE,
};

enum {
	OPEN_SPANS = 32,
};

struct reader {
	struct cells *c;
	enum part last;
	bool new_block; /* a block began since the last content */
	int more;       /* line feeds read since then, besides those that blocks imply */
	int styles[6];  /* how many of each are open */
	uint16_t emoji; /* the one we are in */
	bool new_emoji;
	uint16_t quote;
	bool new_quote;
	char spans[OPEN_SPANS]; /* what each open <span> was */
	int span_count;
};

static TOBS_PRINTF(2, 3) void complain(struct reader *r, const char *fmt, ...)
{
	va_list ap;

	if (r->c->error[0])
		return;
	va_start(ap, fmt);
	vsnprintf(r->c->error, sizeof r->c->error, fmt, ap);
	va_end(ap);
}

static void put(struct reader *r, uint8_t byte, uint16_t pre, bool first_pre)
{
	struct cell cell = { .byte = byte, .pre = pre, .first_pre = first_pre, .quote = r->quote };

	cell.first_quote = r->new_quote;
	r->new_quote = false;
	if (!pre && byte != '\n') {
		for (int i = 0; i < 6; i++)
			cell.styles |= (uint8_t)((r->styles[i] > 0) << i);
		cell.emoji = r->emoji;
		cell.first_emoji = r->emoji && r->new_emoji;
		r->new_emoji = false;
	}
	if (ARRAY_PUSH(&r->c->row, cell))
		abort();
}

/* Rule: between two parts lie the line feeds they imply, one more for each <br>, one less for each <wbr>. */
static void begin_part(struct reader *r, enum part next)
{
	int n = r->more;

	if (r->new_block && r->last != EDGE && next != EDGE)
		n += r->last == PRE || next == PRE ? 1 : 2;
	if (n < 0)
		complain(r, "%d line feeds", n);
	for (; n > 0; n--)
		put(r, '\n', 0, false);
	r->more = 0;
	r->new_block = false;
	r->last = next;
}

static void put_string(struct reader *r, const char *s)
{
	if (!*s)
		return;
	begin_part(r, TEXT);
	for (; *s; s++)
		put(r, (uint8_t)*s, 0, false);
}

/* Rule: "&lt;" and so on in attributes and in <pre>. */
static size_t unescape_html(const char *s, size_t len, char *out, size_t room)
{
	static const struct {
		const char *name;
		char c;
	} names[] = { { "&amp;", '&' }, { "&lt;", '<' }, { "&gt;", '>' }, { "&quot;", '"' } };
	size_t n = 0;

	for (size_t i = 0; i < len && n + 5 < room;) {
		bool found = false;

		for (size_t k = 0; k < ARRAY_LEN(names); k++) {
			size_t l = strlen(names[k].name);

			if (len - i < l || memcmp(s + i, names[k].name, l) != 0)
				continue;
			out[n++] = names[k].c;
			i += l;
			found = true;
		}
		if (!found && s[i] == '&' && i + 1 < len && s[i + 1] == '#') {
			char *end;

			n += utf8_encode(
				(uint32_t)strtoul(s + i + 2, &end, 10), (uint8_t *)out + n);
			i = (size_t)(end - s) + 1;
		} else if (!found) {
			out[n++] = s[i++];
		}
	}
	return n;
}

static void open_emoji(struct reader *r, const char *tag, const char *name)
{
	const char *value = tag + strlen(name), *end = strchr(value, '"');
	char buf[128];
	size_t n;

	if (!end) {
		complain(r, "%s", tag);
		return;
	}
	n = unescape_html(value, (size_t)(end - value), buf, sizeof buf);
	r->emoji = cells_string(r->c, buf, n);
	r->new_emoji = true;
}

static void read_span(struct reader *r, const char *tag)
{
	static const char id[] = "<span class=\"tg-emoji\" data-id=\"";
	static const char file[] = "<span class=\"tg-emoji\" data-file=\"";
	char what = 'e';

	if (strcmp(tag, "<span class=\"tg-spoiler\">") == 0) {
		what = 's';
		r->styles[4]++;
	} else if (strncmp(tag, id, strlen(id)) == 0) {
		open_emoji(r, tag, id);
	} else if (strncmp(tag, file, strlen(file)) == 0) {
		open_emoji(r, tag, file);
	} else {
		complain(r, "tag %s", tag);
	}
	if (r->span_count < OPEN_SPANS)
		r->spans[r->span_count++] = what;
}

static void close_span(struct reader *r)
{
	if (r->span_count == 0) {
		complain(r, "</span> alone");
		return;
	}
	if (r->spans[--r->span_count] == 's')
		r->styles[4]--;
	else
		r->emoji = 0;
}

static void read_tag(struct reader *r, const char *tag)
{
	static const struct {
		const char *open, *close;
		int style;
	} tags[] = { { "<b>", "</b>", 0 }, { "<i>", "</i>", 1 }, { "<u>", "</u>", 2 },
		{ "<ins>", "</ins>", 2 }, { "<s>", "</s>", 3 }, { "<code>", "</code>", 5 } };

	for (size_t i = 0; i < ARRAY_LEN(tags); i++) {
		if (strcmp(tag, tags[i].open) == 0)
			r->styles[tags[i].style]++;
		else if (strcmp(tag, tags[i].close) == 0)
			r->styles[tags[i].style]--;
		else
			continue;
		return;
	}
	if (strcmp(tag, "<br>") == 0)
		r->more++;
	else if (strcmp(tag, "<wbr>") == 0)
		r->more--;
	else if (strcmp(tag, "</span>") == 0)
		close_span(r);
	else if (strncmp(tag, "<span", 5) == 0)
		read_span(r, tag);
	else if (strncmp(tag, "<!--", 4) != 0)
		complain(r, "tag %s", tag);
}

static void read_inlines(struct reader *r, cmark_node *parent);

/* Whether s is the text of row[from..); a parser that knows no ~~ leaves them in, so ~ does not count. */
static bool is_text_of(const struct reader *r, size_t from, const char *s)
{
	bool all = cells_parser_knows_strike();

	for (size_t i = from; i < r->c->row.count; i++) {
		if (!all && r->c->row.items[i].byte == '~')
			continue;
		while (!all && *s == '~')
			s++;
		if ((uint8_t)*s != r->c->row.items[i].byte)
			return false;
		s++;
	}
	while (!all && *s == '~')
		s++;
	return !*s;
}

/* Rule: a link to its own text is an address Telegram found, and no formatting. */
static void read_link(struct reader *r, cmark_node *node)
{
	static const char *const prefixes[] = { "", "http://", "mailto:" };
	const char *url = cmark_node_get_url(node);
	size_t from;

	begin_part(r, TEXT);
	from = r->c->row.count;
	read_inlines(r, node);
	for (size_t i = 0; i < ARRAY_LEN(prefixes); i++)
		if (strncmp(url, prefixes[i], strlen(prefixes[i])) == 0 &&
			is_text_of(r, from, url + strlen(prefixes[i]))) {
			for (size_t k = from; k < r->c->row.count; k++)
				r->c->row.items[k].address = true;
			return;
		}
	for (size_t i = from; i < r->c->row.count; i++)
		r->c->row.items[i].link = cells_string(r->c, url, strlen(url));
}

static void read_styled(struct reader *r, cmark_node *node, int style)
{
	r->styles[style]++;
	read_inlines(r, node);
	r->styles[style]--;
}

static void read_inline(struct reader *r, cmark_node *node)
{
	cmark_node_type type = cmark_node_get_type(node);

	if (type == CMARK_NODE_TEXT) {
		put_string(r, cmark_node_get_literal(node));
	} else if (type == CMARK_NODE_CODE) {
		r->styles[5]++;
		put_string(r, cmark_node_get_literal(node));
		r->styles[5]--;
	} else if (type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK) {
		r->more++;
	} else if (type == CMARK_NODE_STRONG) {
		read_styled(r, node, 0);
	} else if (type == CMARK_NODE_EMPH) {
		read_styled(r, node, 1);
	} else if (strcmp(cmark_node_get_type_string(node), "strikethrough") == 0) {
		read_styled(r, node, 3);
	} else if (type == CMARK_NODE_LINK) {
		read_link(r, node);
	} else if (type == CMARK_NODE_HTML_INLINE) {
		read_tag(r, cmark_node_get_literal(node));
	} else {
		complain(r, "inline node %s", cmark_node_get_type_string(node));
	}
}

static void read_inlines(struct reader *r, cmark_node *parent)
{
	for (cmark_node *n = cmark_node_first_child(parent); n; n = cmark_node_next(n))
		read_inline(r, n);
}

static void read_pre(struct reader *r, const char *code, size_t len, const char *language)
{
	uint16_t pre = cells_string(r->c, language, strlen(language));

	begin_part(r, PRE);
	for (size_t i = 0; i < len; i++)
		put(r, (uint8_t)code[i], pre, i == 0);
}

/* <pre><code class="language-x">…</code></pre> */
static void read_html_pre(struct reader *r, const char *html)
{
	static const char start[] = "<pre><code", attribute[] = " class=\"language-";
	const char *p = html + strlen(start), *end;
	char language[128] = "", *code = malloc(strlen(html) + 8);
	size_t n;

	if (!code)
		abort();
	if (strncmp(p, attribute, strlen(attribute)) == 0) {
		p += strlen(attribute);
		end = strchr(p, '"');
		if (end) {
			n = unescape_html(p, (size_t)(end - p), language, sizeof language);
			language[n] = 0;
			p = end + 1;
		}
	}
	end = strstr(p, "</code></pre>");
	if (*p != '>' || !end) {
		complain(r, "html %s", html);
	} else {
		n = unescape_html(p + 1, (size_t)(end - p - 1), code, strlen(html) + 8);
		read_pre(r, code, n, language);
	}
	free(code);
}

static void read_html_block(struct reader *r, const char *html)
{
	if (strcmp(html, "<!-- collapsed -->\n") == 0)
		return;
	if (strncmp(html, "<pre><code", 10) == 0)
		read_html_pre(r, html);
	else if (strcmp(html, "<br>\n") == 0)
		r->more++;
	else if (strcmp(html, "<wbr>\n") == 0)
		r->more--;
	else
		complain(r, "html %s", html);
}

static void read_blocks(struct reader *r, cmark_node *parent);

/* Rule: a quote is folded when it begins with the line [!quote]- or with the comment. */
static bool is_folded(cmark_node *quote)
{
	cmark_node *first = cmark_node_first_child(quote), *n;
	char text[32] = "";

	if (!first)
		return false;
	if (cmark_node_get_type(first) == CMARK_NODE_HTML_BLOCK)
		return strcmp(cmark_node_get_literal(first), "<!-- collapsed -->\n") == 0;
	if (cmark_node_get_type(first) != CMARK_NODE_PARAGRAPH)
		return false;
	n = cmark_node_first_child(first);
	for (; n && cmark_node_get_type(n) == CMARK_NODE_TEXT; n = cmark_node_next(n))
		if (strlen(text) + strlen(cmark_node_get_literal(n)) < sizeof text)
			memcpy(text + strlen(text), cmark_node_get_literal(n),
				strlen(cmark_node_get_literal(n)) + 1);
	if (strcmp(text, "[!quote]-") != 0 || (n && cmark_node_get_type(n) != CMARK_NODE_SOFTBREAK))
		return false;
	/* The marker is not text: take it out, with the end of its line. */
	if (!n) {
		cmark_node_unlink(first);
		cmark_node_free(first);
		return true;
	}
	while (cmark_node_first_child(first) != n) {
		cmark_node *child = cmark_node_first_child(first);

		cmark_node_unlink(child);
		cmark_node_free(child);
	}
	cmark_node_unlink(n);
	cmark_node_free(n);
	return true;
}

static void read_quote(struct reader *r, cmark_node *node)
{
	bool folded = is_folded(node);
	struct reader inner = { .c = r->c };

	begin_part(r, QUOTE);
	inner.quote = cells_string(r->c, folded ? "folded" : "open", folded ? 6 : 4);
	inner.new_quote = true;
	if (r->quote)
		complain(r, "a quote in a quote");
	read_blocks(&inner, node);
	begin_part(&inner, EDGE);
}

static void read_block(struct reader *r, cmark_node *node)
{
	cmark_node_type type = cmark_node_get_type(node);
	const char *literal;

	r->new_block = true;
	if (type == CMARK_NODE_PARAGRAPH) {
		read_inlines(r, node);
	} else if (type == CMARK_NODE_BLOCK_QUOTE) {
		read_quote(r, node);
	} else if (type == CMARK_NODE_CODE_BLOCK) {
		literal = cmark_node_get_literal(node);
		if (!*literal)
			complain(r, "empty code block");
		else
			read_pre(r, literal, strlen(literal) - 1, cmark_node_get_fence_info(node));
	} else if (type == CMARK_NODE_HTML_BLOCK) {
		read_html_block(r, cmark_node_get_literal(node));
	} else {
		complain(r, "block node %s", cmark_node_get_type_string(node));
	}
}

static void read_blocks(struct reader *r, cmark_node *parent)
{
	for (cmark_node *n = cmark_node_first_child(parent); n; n = cmark_node_next(n))
		read_block(r, n);
}

#ifdef ORACLE_GFM
cmark_node *cells_parse(struct tobs_view markdown)
{
	static const char *const names[] = { "strikethrough", "autolink", "table", "tasklist" };
	cmark_parser *parser;
	cmark_node *doc;

	cmark_gfm_core_extensions_ensure_registered();
	parser = cmark_parser_new(CMARK_OPT_DEFAULT | CMARK_OPT_FOOTNOTES);
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		cmark_parser_attach_syntax_extension(parser, cmark_find_syntax_extension(names[i]));
	cmark_parser_feed(parser, (const char *)markdown.ptr, markdown.len);
	doc = cmark_parser_finish(parser);
	cmark_parser_free(parser);
	return doc;
}
#else
cmark_node *cells_parse(struct tobs_view markdown)
{
	return cmark_parse_document((const char *)markdown.ptr, markdown.len, CMARK_OPT_DEFAULT);
}
#endif

bool cells_parser_knows_strike(void)
{
#ifdef ORACLE_GFM
	return true;
#else
	return false;
#endif
}

void cells_read_tree(struct cells *c, cmark_node *doc)
{
	struct reader r = { .c = c };

	read_blocks(&r, doc);
	begin_part(&r, EDGE);
}

void cells_read(struct cells *c, struct tobs_view markdown, bool quoted)
{
	cmark_node *doc = cells_parse(markdown), *from = doc;
	struct reader r = { .c = c };

	if (quoted) {
		from = cmark_node_first_child(doc);
		if (!from || cmark_node_get_type(from) != CMARK_NODE_BLOCK_QUOTE ||
			cmark_node_next(from)) {
			if (markdown.len > 2)
				complain(&r, "the prefix does not make one quote");
			cmark_node_free(doc);
			return;
		}
	}
	cells_read_tree(c, from);
	cmark_node_free(doc);
}

/* ---- single strings ---- */

static cmark_node *find(cmark_node *node, const char *type)
{
	if (strcmp(cmark_node_get_type_string(node), type) == 0)
		return node;
	for (cmark_node *n = cmark_node_first_child(node); n; n = cmark_node_next(n)) {
		cmark_node *found = find(n, type);

		if (found)
			return found;
	}
	return NULL;
}

static bool collect(cmark_node *node, struct tobs_buf *text)
{
	for (cmark_node *n = cmark_node_first_child(node); n; n = cmark_node_next(n)) {
		cmark_node_type type = cmark_node_get_type(n);
		const char *literal = cmark_node_get_literal(n);

		if (type == CMARK_NODE_TEXT)
			tobs_buf_puts(text, literal);
		else if (type == CMARK_NODE_HTML_INLINE && strcmp(literal, "<br>") == 0)
			tobs_buf_putc(text, '\n');
		else if (type == CMARK_NODE_HTML_INLINE && strncmp(literal, "<!--", 4) == 0)
			continue;
		else if (type != CMARK_NODE_LINK && type != CMARK_NODE_PARAGRAPH)
			return false;
		else if (!collect(n, text))
			return false;
	}
	return true;
}

bool oracle_text(struct tobs_view markdown, const char *type, struct tobs_buf *text)
{
	cmark_node *doc = cells_parse(markdown), *node = find(doc, type);
	bool ok = node && collect(node, text);

	cmark_node_free(doc);
	return ok;
}

bool oracle_link(struct tobs_view markdown, struct tobs_buf *url, struct tobs_buf *title)
{
	cmark_node *doc = cells_parse(markdown), *node = find(doc, "link");

	if (node) {
		tobs_buf_puts(url, cmark_node_get_url(node));
		tobs_buf_puts(title, cmark_node_get_title(node));
	}
	cmark_node_free(doc);
	return node != NULL;
}

int oracle_blocks(struct tobs_view markdown)
{
	cmark_node *doc = cells_parse(markdown);
	int n = 0;

	for (cmark_node *c = cmark_node_first_child(doc); c; c = cmark_node_next(c))
		n++;
	cmark_node_free(doc);
	return n;
}
