/* SPDX-License-Identifier: MIT */
#include "page.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/attr.h"

static TOBS_PRINTF(3, 4) void complain(struct page *p, cmark_node *at, const char *fmt, ...)
{
	size_t line = (size_t)cmark_node_get_start_line(at);
	struct tobs_view source = { 0 };
	char what[128];
	va_list ap;

	if (p->error[0])
		return;
	va_start(ap, fmt);
	vsnprintf(what, sizeof what, fmt, ap);
	va_end(ap);
	if (line > 0 && line <= p->lines.count)
		source = p->lines.items[line - 1];
	snprintf(p->error, sizeof p->error, "%s: %.*s", what, TOBS_VIEW_FMT(source));
}

static bool is_html(cmark_node *n, const char *tag)
{
	return n && cmark_node_get_type(n) == CMARK_NODE_HTML_INLINE &&
		strncmp(cmark_node_get_literal(n), tag, strlen(tag)) == 0;
}

static bool is_text(cmark_node *n)
{
	return cmark_node_get_type(n) == CMARK_NODE_TEXT;
}

static bool is_break(cmark_node *n)
{
	return cmark_node_get_type(n) == CMARK_NODE_SOFTBREAK ||
		cmark_node_get_type(n) == CMARK_NODE_LINEBREAK;
}

static void drop(cmark_node *n)
{
	cmark_node_unlink(n);
	cmark_node_free(n);
}

/* ---- anchors ---- */

static bool number(const char *s, size_t len, char *letter, int32_t *id)
{
	int64_t n;

	if (len < 2 || s[0] < 'a' || s[0] > 'z' ||
		tobs_view_int(tobs_view(s + 1, len - 1), 1, INT32_MAX, &n))
		return false;
	*letter = s[0];
	*id = (int32_t)n;
	return true;
}

/* <a id="m9"></a> at the start of a paragraph; taken out of it. */
static bool take_html_anchor(cmark_node *paragraph, char *letter, int32_t *id)
{
	static const char start[] = "<a id=\"";
	cmark_node *first = cmark_node_first_child(paragraph), *next;
	const char *name, *end;

	if (!is_html(first, start))
		return false;
	name = cmark_node_get_literal(first) + strlen(start);
	end = strchr(name, '"');
	next = cmark_node_next(first);
	if (!end || !number(name, (size_t)(end - name), letter, id) || !is_html(next, "</a>"))
		return false;
	drop(first);
	drop(next);
	return true;
}

/*
 * " ^m9" at the end of a paragraph. The parser does not know it, and an escaped
 * one looks the same in its tree, so as for Obsidian the source decides.
 */
static bool take_block_id(struct page *p, cmark_node *paragraph, char *letter, int32_t *id)
{
	size_t end = (size_t)cmark_node_get_end_line(paragraph), at, literal;
	cmark_node *last = cmark_node_last_child(paragraph);
	struct tobs_view line;
	char *rest;

	if (end == 0 || end > p->lines.count)
		return false;
	line = p->lines.items[end - 1];
	for (at = line.len; at > 0 && line.ptr[at - 1] != '^'; at--)
		;
	if (at < 2 || line.ptr[at - 2] != ' ' ||
		!number((const char *)line.ptr + at, line.len - at, letter, id))
		return false;
	literal = line.len - at + 2;
	if (!last || !is_text(last) || strlen(cmark_node_get_literal(last)) < literal) {
		complain(p, paragraph, "the block id is not text at its end");
		return false;
	}
	rest = strdup(cmark_node_get_literal(last));
	if (!rest)
		abort();
	rest[strlen(rest) - literal] = 0;
	if (*rest)
		cmark_node_set_literal(last, rest);
	else
		drop(last);
	free(rest);
	return true;
}

/* ---- the lines of a paragraph ---- */

/* How many <small> are in the nodes [from, to); each is closed in its line and holds no other. */
static int count_small(struct page *p, cmark_node *from, cmark_node *to)
{
	int count = 0;
	bool open = false;

	for (cmark_node *n = from; n && n != to; n = cmark_node_next(n)) {
		if (is_html(n, "<small>")) {
			if (open)
				complain(p, cmark_node_parent(n), "<small> in <small>");
			open = true;
			count++;
		} else if (is_html(n, "</small>")) {
			if (!open)
				complain(p, cmark_node_parent(n), "</small> alone");
			open = false;
		}
	}
	if (open)
		complain(p, cmark_node_parent(from), "a <small> is open at the end of its line");
	return count;
}

/* Takes [from, to) out of the tree. */
static void drop_nodes(cmark_node *from, cmark_node *to)
{
	while (from && from != to) {
		cmark_node *next = cmark_node_next(from);

		drop(from);
		from = next;
	}
}

/* Whether the source of a paragraph says ** at its start. */
static bool begins_bold(const struct page *p, cmark_node *paragraph)
{
	size_t line = (size_t)cmark_node_get_start_line(paragraph), at = 0;
	struct tobs_view v;

	if (line == 0 || line > p->lines.count)
		return false;
	v = p->lines.items[line - 1];
	if (tobs_view_starts(v, "<a ")) {
		at = tobs_view_find(v, 0, tobs_str("</a>"));
		at = at == SIZE_MAX ? 0 : at + 4;
	}
	return tobs_view_starts(tobs_view_sub(v, at, v.len), "**");
}

/* The head: its <small> ends what tobs says, and one space parts it from the text, if any. */
static void drop_head(struct page *p, cmark_node *from, cmark_node *to)
{
	cmark_node *small_end = NULL, *rest;
	const char *literal;

	if (begins_bold(p, cmark_node_parent(from)) &&
		cmark_node_get_type(from) != CMARK_NODE_STRONG)
		complain(p, cmark_node_parent(from), "a name that is not bold");
	for (cmark_node *n = from; n && n != to; n = cmark_node_next(n))
		if (is_html(n, "</small>"))
			small_end = n;
	rest = small_end ? cmark_node_next(small_end) : from;
	drop_nodes(from, rest);
	/* Of the spaces in front of a hard break the parser leaves an empty node. */
	if (rest && rest != to && is_text(rest) && !*cmark_node_get_literal(rest)) {
		cmark_node *next = cmark_node_next(rest);

		drop(rest);
		rest = next;
	}
	if (!rest || rest == to)
		return;
	literal = cmark_node_get_literal(rest);
	if (!is_text(rest) || literal[0] != ' ') {
		complain(p, cmark_node_parent(rest), "no space behind the head");
		return;
	}
	if (literal[1]) {
		char *copy = strdup(literal + 1);

		if (!copy)
			abort();
		cmark_node_set_literal(rest, copy);
		free(copy);
	} else {
		drop(rest);
	}
}

/* Leaves the lines of the message's own text. */
static void drop_our_lines(struct page *p, cmark_node *paragraph, bool head)
{
	cmark_node *from = cmark_node_first_child(paragraph), *end;

	for (bool first = true; from; first = false) {
		cmark_node *before = cmark_node_previous(from), *next;

		for (end = from; end && !is_break(end); end = cmark_node_next(end))
			;
		next = end ? cmark_node_next(end) : NULL;
		if (count_small(p, from, end) == 0) {
			from = next;
			continue;
		}
		if (first && head) {
			drop_head(p, from, end);
			if (end && !cmark_node_previous(end))
				drop(end);
		} else {
			drop_nodes(from, end);
			/* The break in front of it, or, when it was the first, the one behind. */
			if (before)
				drop(before);
			else if (end)
				drop(end);
		}
		from = next;
	}
}

/* ---- blocks ---- */

static void begin_message(struct page *p, cmark_node *at, char letter, int32_t id)
{
	struct page_message m = { .letter = letter, .id = id };

	if (p->messages.count && ARRAY_LAST(&p->messages)->letter == letter &&
		ARRAY_LAST(&p->messages)->id >= id)
		complain(p, at, "^%c%d stands behind ^%c%d", letter, (int)id, letter,
			(int)ARRAY_LAST(&p->messages)->id);
	m.text = cmark_node_new(CMARK_NODE_DOCUMENT);
	if (!m.text || ARRAY_PUSH(&p->messages, m))
		abort();
}

static void add_block(struct page *p, cmark_node *block)
{
	if (p->messages.count == 0) {
		complain(p, block, "text in front of the first message");
		return;
	}
	cmark_node_unlink(block);
	if (!cmark_node_append_child(ARRAY_LAST(&p->messages)->text, block))
		abort();
}

static void read_paragraph(struct page *p, cmark_node *block)
{
	bool head;
	char letter;
	int32_t id;

	head = p->flavour == MD_GFM ? take_html_anchor(block, &letter, &id)
				    : take_block_id(p, block, &letter, &id);
	if (head)
		begin_message(p, block, letter, id);
	drop_our_lines(p, block, head);
	if (cmark_node_first_child(block))
		add_block(p, block);
	else
		drop(block);
}

static void read_title(struct page *p, cmark_node *heading)
{
	cmark_node *doc = cmark_node_new(CMARK_NODE_DOCUMENT), *child;
	cmark_node *paragraph = cmark_node_new(CMARK_NODE_PARAGRAPH);

	if (!doc || !paragraph || !cmark_node_append_child(doc, paragraph))
		abort();
	while ((child = cmark_node_first_child(heading))) {
		cmark_node_unlink(child);
		if (!cmark_node_append_child(paragraph, child))
			abort();
	}
	cells_read_tree(&p->title, doc);
	cmark_node_free(doc);
}

/* One title, then months and their days. */
static void read_heading(struct page *p, cmark_node *block)
{
	int level = cmark_node_get_heading_level(block);

	if (level == 1 && (p->months || p->messages.count || p->title.row.count))
		complain(p, block, "a second title");
	else if (level == 1)
		read_title(p, block);
	p->months += level == 2;
	p->days += level == 3;
	if (level > 3 || (level == 3 && !p->months) || (level == 2 && p->months > p->days + 1))
		complain(p, block, "a heading of level %d", level);
}

/* ---- what no CommonMark parser knows ---- */

/* How often s is in v, where nothing is escaped or everything may be. */
static int count_in(struct tobs_view v, const char *s, bool escapes)
{
	int n = 0;

	for (size_t at = 0; at < v.len;) {
		bool found = tobs_view_starts(tobs_view_sub(v, at, v.len), s);

		n += found;
		at += found ? strlen(s) : escapes && v.ptr[at] == '\\' ? 2 : 1;
	}
	return n;
}

/* How often s is in code, where it means nothing. */
static int count_in_code(cmark_node *node, const char *s)
{
	cmark_node_type type = cmark_node_get_type(node);
	int n = 0;

	if (type == CMARK_NODE_CODE || type == CMARK_NODE_CODE_BLOCK ||
		type == CMARK_NODE_HTML_BLOCK)
		return count_in(tobs_str(cmark_node_get_literal(node)), s, false);
	for (cmark_node *c = cmark_node_first_child(node); c; c = cmark_node_next(c))
		n += count_in_code(c, s);
	return n;
}

/* A comment or a formula of Obsidian goes on until it is closed, be it in another message. */
static void find_comments(struct page *p, cmark_node *doc)
{
	static const char *const marks[] = { "%%", "$$" };

	for (size_t i = 0; i < ARRAY_LEN(marks); i++)
		for (cmark_node *n = cmark_node_first_child(doc); n; n = cmark_node_next(n)) {
			/* Of some blocks the parser says that they end before they begin. */
			int from = cmark_node_get_start_line(n), end = cmark_node_get_end_line(n);
			struct tobs_view v = p->lines.items[from - 1];
			struct tobs_view last = p->lines.items[MAX(end, from) - 1];

			v.len = (size_t)(last.ptr - v.ptr) + last.len;
			if (count_in(v, marks[i], true) > count_in_code(n, marks[i]))
				complain(p, n, "%s in a text", marks[i]);
		}
}

/* Links to messages of the same file: [[#^m8|…]] or [ … ](#m8). */
static void follow_links(struct page *p, struct tobs_view markdown)
{
	const char *start = p->flavour == MD_OBSIDIAN ? "[[#^" : "](#";
	char end = p->flavour == MD_OBSIDIAN ? '|' : ')', letter;
	int32_t id;

	for (size_t at = 0; (at = tobs_view_find(markdown, at, tobs_str(start))) != SIZE_MAX;) {
		size_t stop = at += strlen(start);
		bool found = false;

		while (stop < markdown.len && markdown.ptr[stop] != (uint8_t)end)
			stop++;
		if (!number((const char *)markdown.ptr + at, stop - at, &letter, &id))
			continue;
		ARRAY_EACH (m, &p->messages)
			found |= m->letter == letter && m->id == id;
		if (!found && !p->error[0])
			snprintf(p->error, sizeof p->error, "a link to %c%d, which is not there",
				letter, (int)id);
		p->links++;
	}
}

static struct tobs_view without_properties(struct tobs_view markdown, enum md_flavour flavour)
{
	size_t end;

	if (flavour != MD_OBSIDIAN || !tobs_view_starts(markdown, "---\n"))
		return markdown;
	end = tobs_view_find(markdown, 3, tobs_str("\n---\n"));
	return end == SIZE_MAX ? markdown : tobs_view_sub(markdown, end + 5, markdown.len);
}

void page_read(struct page *p, struct tobs_view markdown, enum md_flavour flavour)
{
	struct tobs_view rest, line;
	cmark_node *doc, *next;

	memset(p, 0, sizeof *p);
	cells_init(&p->title);
	p->flavour = flavour;
	markdown = rest = without_properties(markdown, flavour);
	while (rest.len) {
		tobs_view_split(&rest, '\n', &line);
		if (ARRAY_PUSH(&p->lines, line))
			abort();
	}
	doc = cells_parse(markdown);
	cmark_consolidate_text_nodes(doc);
	if (flavour == MD_OBSIDIAN)
		find_comments(p, doc);
	for (cmark_node *n = cmark_node_first_child(doc); n; n = next) {
		next = cmark_node_next(n);
		if (cmark_node_get_type(n) == CMARK_NODE_HEADING)
			read_heading(p, n);
		else if (cmark_node_get_type(n) == CMARK_NODE_PARAGRAPH)
			read_paragraph(p, n);
		else
			add_block(p, n);
	}
	cmark_node_free(doc);
	follow_links(p, markdown);
}

void page_deinit(struct page *p)
{
	ARRAY_EACH (m, &p->messages)
		cmark_node_free(m->text);
	ARRAY_DEINIT(&p->messages);
	cells_deinit(&p->title);
	ARRAY_DEINIT(&p->lines);
}

bool page_take(struct page *p, char letter, int32_t id, struct cells *text)
{
	for (size_t i = 0; i < p->messages.count; i++) {
		size_t at = (p->next + i) % p->messages.count;
		struct page_message *m = &p->messages.items[at];

		if (m->letter != letter || m->id != id || m->taken)
			continue;
		cells_read_tree(text, m->text);
		m->taken = true;
		p->next = at + 1;
		return true;
	}
	return false;
}
