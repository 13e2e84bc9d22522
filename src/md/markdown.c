/* SPDX-License-Identifier: MIT */
#include "md/markdown.h"

#include <tobs/err.h>

#include "base/attr.h"
#include "base/utf.h"
#include "md/char.h"
#include "md/emit.h"
#include "md/escape.h"
#include "md/prose.h"
#include "md/style.h"

/* What stands before a place, and what comes next, in the document or in a quote. */
enum part {
	EDGE, /* its start, or its end */
	TEXT,
	QUOTE,
	PRE,
};

struct writer {
	struct tobs_buf *out;
	const struct md_options *options;
	struct tobs_view text;
	const struct entity *entities;
	const struct span *next, *end; /* spans not yet reached */
	const struct span *block;      /* the first quote or pre among them, or end */
	struct prose prose;

	/* Inline spans open here, outermost first. Those from `written` on are not in the output. */
	struct style stack[STYLES];
	size_t depth, written;

	const struct span *quote; /* the one we are in, or NULL */
	enum part last;           /* what was written last, in this quote or outside */
	enum part last_outside;   /* while in a quote: what it was outside */
	size_t newlines;          /* line feeds read and not yet written */
	size_t line_end; /* of the line being written: a line feed, or the edge of a block */
	bool starts_line, starts_block, starts_quote; /* for struct run */
};

static struct tobs_view text_of(const struct writer *w, size_t from, size_t to)
{
	return tobs_view(w->text.ptr + from, to - from);
}

/* ---- lines and blocks ---- */

static void put_prefix(struct writer *w)
{
	emit_view(w->out, w->options->prefix);
	if (w->quote)
		emit(w->out, "> ", 2);
	w->starts_line = w->starts_block = true;
	w->starts_quote = false;
}

/* A prefix on a line with nothing else. */
static void put_bare_prefix(struct writer *w)
{
	struct tobs_view v = w->options->prefix;

	if (w->quote) {
		emit_view(w->out, v);
		emit_char(w->out, '>');
		return;
	}
	while (v.len && v.ptr[v.len - 1] == ' ')
		v.len--;
	emit_view(w->out, v);
}

/* Ends the block, leaves a line empty, and stands at the start of the next. */
static void new_block(struct writer *w)
{
	emit_char(w->out, '\n');
	put_bare_prefix(w);
	emit_char(w->out, '\n');
	put_prefix(w);
}

/*
 * Two spaces are what Obsidian's help teaches, and its editor shows nothing of
 * them; lost to an editor that trims lines, the line feed left behind still
 * shows as a break there. Elsewhere it would not, so gfm has the backslash.
 * Read back, both are a line feed, and so is the line feed alone.
 */
static void break_line(struct writer *w)
{
	emit_str(w->out, w->options->flavour == MD_OBSIDIAN ? "  \n" : "\\\n");
	put_prefix(w);
}

/* Marks for line feeds more, or fewer, than the blocks around imply. */
static void put_difference(struct writer *w, size_t have, size_t implied)
{
	for (; have > implied; have--)
		emit_str(w->out, "<br>");
	for (; have < implied; have++)
		emit_str(w->out, "<wbr>");
}

/* The line feeds that reading the output gives between two neighbours. */
static size_t implied_between(enum part a, enum part b)
{
	if (a == EDGE || b == EDGE)
		return 0;
	return a == PRE || b == PRE ? 1 : 2;
}

/* Writes what separates the last part from the next, which then stands at its place. */
static void separate(struct writer *w, enum part next)
{
	size_t have = w->newlines, implied = implied_between(w->last, next);

	w->newlines = 0;
	if (w->last == TEXT && next == TEXT && have < 2) {
		if (have)
			break_line(w);
		return;
	}
	if (w->last == TEXT && have < implied) {
		put_difference(w, have, implied);
		have = implied;
	}
	if (next == EDGE) {
		if (have && w->last != TEXT && w->last != EDGE)
			new_block(w);
		put_difference(w, have, 0);
		return;
	}
	if (w->last != EDGE || (w->options->mid_line && !w->quote && next != TEXT))
		new_block(w);
	if (have == implied)
		return;
	put_difference(w, have, implied);
	if (next == TEXT)
		w->starts_line = w->starts_block = w->starts_quote = false;
	else
		new_block(w);
}

/* Where the line that holds byte `at` ends. */
static size_t find_line_end(struct writer *w, size_t at)
{
	size_t limit = w->quote ? w->quote->end : w->text.len;
	const uint8_t *lf;

	while (w->block < w->end &&
		(w->block < w->next ||
			(w->block->kind != ENTITY_BLOCKQUOTE && w->block->kind != ENTITY_PRE)))
		w->block++;
	if (w->block < w->end)
		limit = MIN(limit, w->block->start);
	lf = memchr(w->text.ptr + at, '\n', limit - at);
	return lf ? (size_t)(lf - w->text.ptr) : limit;
}

/* ---- inline spans ---- */

static void close_written(struct writer *w, size_t keep)
{
	while (w->written > keep) {
		const struct style *s = &w->stack[--w->written];

		style_close(w->out, w->options->flavour, s, &w->entities[s->span->entity], w->text);
	}
}

static uint8_t last_byte(const struct writer *w)
{
	return w->out->len && w->out->ptr ? w->out->ptr[w->out->len - 1] : '\n';
}

/* Opens what is open in the text and not in the output; text follows at once. */
static void open_pending(struct writer *w, size_t at)
{
	struct opening o = { .text = w->text,
		.stack = w->stack,
		.depth = w->depth,
		.next = w->next,
		.end = w->end,
		.at = at,
		.line_end = w->line_end };

	if (w->written == w->depth)
		return;
	o.last = last_byte(w);
	o.before = o.last == '\n' ? CHAR_SPACE
				  : char_class_before(tobs_buf_view(w->out), w->out->len);
	if (o.last == '~')
		o.before = CHAR_PUNCT | CHAR_WORD; /* libcmark-gfm looks through it */
	for (; w->written < w->depth; w->written++) {
		struct style *s = &w->stack[w->written];
		size_t length = w->out->len;

		o.written = w->written;
		s->form = style_form(&o);
		style_open(w->out, w->options->flavour, s, &w->entities[s->span->entity]);
		if (w->out->len == length)
			continue;
		w->starts_line = w->starts_block = w->starts_quote = false;
		o.last = last_byte(w);
		/* In front of a run of `*` is what was in front of its first. */
		o.run = s->form == FORM_MARK ? o.last : 0;
		if (o.run == '~')
			o.before |= CHAR_PUNCT;
		else if (o.run == 0)
			o.before = CHAR_PUNCT;
	}
}

/* Whether a span of this sort starts at `at`. */
static bool follows(const struct writer *w, size_t at, bool link)
{
	for (const struct span *t = w->next; t < w->end && t->start <= at; t++) {
		bool is_link = t->kind >= ENTITY_TEXT_LINK && t->kind <= ENTITY_EMAIL;

		if (t->start == at && (link ? is_link : t->kind == ENTITY_CODE))
			return true;
	}
	return false;
}

/* Whether a block begins at `at` without a line feed, so that <wbr> will stand there. */
static bool mark_follows(const struct writer *w, size_t at)
{
	return at < w->text.len && w->text.ptr[at] != '\n' && !(w->quote && w->quote->end == at);
}

/* Text of one line, all of it with the same formatting. */
static void put_run(struct writer *w, size_t from, size_t to)
{
	enum form form = w->depth ? w->stack[w->depth - 1].form : FORM_HTML;
	struct run r = { .from = from, .to = to };

	if (form == FORM_AUTOLINK) {
		emit_view(w->out, text_of(w, from, to));
	} else if (form == FORM_CODE) {
		style_code(w->out, text_of(w, from, to));
	} else {
		r.starts_line = w->starts_line;
		r.starts_block = w->starts_block;
		r.starts_quote = w->starts_quote;
		r.ends_line = to == w->line_end && w->written == 0 && !mark_follows(w, to);
		for (size_t i = 0; i < w->depth; i++)
			r.in_link |= w->stack[i].form == FORM_LINK;
		if (to < w->line_end) {
			r.link_follows = follows(w, to, true);
			r.code_follows = follows(w, to, false);
		}
		prose_run(&w->prose, r);
	}
	w->starts_line = w->starts_block = w->starts_quote = false;
}

/* Text with the spans that are open now. */
static void put_text(struct writer *w, size_t from, size_t to)
{
	while (from < to) {
		size_t stop;

		if (w->text.ptr[from] == '\n') {
			close_written(w, 0);
			w->newlines++;
			from++;
			continue;
		}
		if (w->newlines || w->last != TEXT) {
			separate(w, TEXT);
			w->last = TEXT;
			w->line_end = find_line_end(w, from);
		}
		stop = MIN(to, w->line_end);
		open_pending(w, from);
		put_run(w, from, stop);
		from = stop;
	}
}

/* ---- quotes and code blocks ---- */

static void open_quote(struct writer *w, const struct span *span)
{
	separate(w, QUOTE);
	w->last_outside = w->last;
	w->last = EDGE;
	w->quote = span;
	emit(w->out, "> ", 2);
	if (w->entities[span->entity].collapsed) {
		emit_str(w->out,
			w->options->flavour == MD_OBSIDIAN ? "[!quote]-\n"
							   : "<!-- collapsed -->\n");
		put_prefix(w);
		return;
	}
	w->starts_line = w->starts_block = w->starts_quote = true;
}

static void close_quote(struct writer *w)
{
	close_written(w, 0);
	separate(w, EDGE);
	w->quote = NULL;
	w->last = QUOTE;
}

/*
 * An info string: no backtick, no line end, and nothing that reads as an escape.
 * Parsers take white space off its ends even when it is escaped.
 */
static void put_info(struct writer *w, struct tobs_view language)
{
	for (size_t i = 0; i < language.len; i++) {
		uint8_t c = language.ptr[i];

		if (c == 0)
			utf8_put(w->out, 0xfffd);
		else if (c <= ' ' || c == '`' || c == 0x7f || c == '&')
			prose_reference(w->out, c);
		else if (c == '\\')
			emit_str(w->out, "\\\\");
		else
			emit_char(w->out, (char)c);
	}
}

/* One line of a code block: as it is, or as HTML. */
static void put_code_line(struct writer *w, struct tobs_view line, bool html)
{
	const uint8_t *nul;

	if (html) {
		md_escape(w->out, w->options->flavour, MD_HTML, line);
		return;
	}
	while (line.len && (nul = memchr(line.ptr, 0, line.len))) {
		size_t n = (size_t)(nul - line.ptr);

		emit(w->out, line.ptr, n);
		utf8_put(w->out, 0xfffd);
		line = tobs_view_sub(line, n + 1, SIZE_MAX);
	}
	emit_view(w->out, line);
}

static void put_code_lines(struct writer *w, struct tobs_view code, bool html)
{
	struct tobs_view line;

	for (bool first = true; tobs_view_split(&code, '\n', &line); first = false) {
		if (!first) {
			emit_char(w->out, '\n');
			if (line.len)
				put_prefix(w);
			else
				put_bare_prefix(w);
		}
		put_code_line(w, line, html);
	}
}

static size_t longest_run(struct tobs_view s, uint8_t c)
{
	size_t longest = 0, n = 0;

	for (size_t i = 0; i < s.len; i++) {
		n = s.ptr[i] == c ? n + 1 : 0;
		longest = MAX(longest, n);
	}
	return longest;
}

/* A fence cannot tell a carriage return from a line feed; HTML can. */
static void put_html_pre(struct writer *w, struct tobs_view code, struct tobs_view language)
{
	emit_str(w->out, "<pre><code");
	if (language.len) {
		emit_str(w->out, " class=\"language-");
		md_escape(w->out, w->options->flavour, MD_HTML, language);
		emit_char(w->out, '"');
	}
	emit_char(w->out, '>');
	put_code_lines(w, code, true);
	emit_str(w->out, "</code></pre>");
}

static void put_pre(struct writer *w, const struct span *span)
{
	struct tobs_view code = text_of(w, span->start, span->end);
	struct tobs_view language = tobs_view_trim(w->entities[span->entity].arg);
	size_t fence;

	close_written(w, 0);
	separate(w, PRE);
	w->last = PRE;
	if (memchr(code.ptr, '\r', code.len)) {
		put_html_pre(w, code, language);
		return;
	}
	fence = MAX(longest_run(code, '`') + 1, 3);
	tobs_buf_fill(w->out, '`', fence);
	put_info(w, language);
	emit_char(w->out, '\n');
	if (code.ptr[0] == '\n')
		put_bare_prefix(w);
	else
		put_prefix(w);
	put_code_lines(w, code, false);
	emit_char(w->out, '\n');
	put_prefix(w);
	tobs_buf_fill(w->out, '`', fence);
}

/* ---- the walk ---- */

/* Ends every span that ends at `at`. */
static void leave_spans(struct writer *w, size_t at)
{
	while (w->depth && w->stack[w->depth - 1].span->end == at) {
		if (w->written == w->depth)
			close_written(w, w->depth - 1);
		w->depth--;
	}
	if (w->quote && w->quote->end == at)
		close_quote(w);
}

/* Begins the spans that start at `at`; a code block is dealt with whole. Returns where to go on. */
static size_t enter_spans(struct writer *w, size_t at)
{
	while (w->next < w->end && w->next->start <= at) {
		const struct span *s = w->next++;

		switch (s->kind) {
		case ENTITY_BLOCKQUOTE: open_quote(w, s); break;
		case ENTITY_PRE: put_pre(w, s); return s->end;
		default:
			if (!entity_is_tag(s->kind) && w->depth < STYLES)
				w->stack[w->depth++].span = s;
		}
	}
	return at;
}

/* The next place where a span starts or ends. */
static size_t next_stop(const struct writer *w)
{
	size_t stop = w->quote ? w->quote->end : w->text.len;

	if (w->depth)
		stop = MIN(stop, w->stack[w->depth - 1].span->end);
	if (w->next < w->end)
		stop = MIN(stop, w->next->start);
	return stop;
}

static void walk(struct writer *w)
{
	size_t at = 0;

	while (at < w->text.len) {
		size_t entered = enter_spans(w, at), stop;

		if (entered > at) {
			at = entered;
			leave_spans(w, at);
			continue;
		}
		/* Spans that nothing is written for do not divide the text. */
		while (w->next < w->end && entity_is_tag(w->next->kind))
			w->next++;
		stop = next_stop(w);
		put_text(w, at, stop);
		at = stop;
		leave_spans(w, at);
	}
	separate(w, EDGE);
}

/* What the text as a whole has to know about its spans. */
static void look_ahead(struct writer *w)
{
	for (const struct span *s = w->next; s < w->end; s++) {
		w->prose.emphasis |= s->kind == ENTITY_BOLD || s->kind == ENTITY_ITALIC;
		w->prose.strike |= s->kind == ENTITY_STRIKETHROUGH;
	}
}

int md_write(struct tobs_buf *out, const struct md_options *options, struct tobs_view text,
	const struct entity *entities, size_t count)
{
	struct writer w = { .out = out, .options = options, .text = text, .entities = entities };
	struct spans spans;
	int r;

	if (text.len == 0)
		return tobs_buf_err(out);
	r = entity_spans(&spans, text, entities, count, options->trim_styles ? ENTITY_TRIM : 0);
	if (r)
		return r;
	w.next = w.block = spans.items;
	w.end = spans.items + spans.count;
	w.prose = (struct prose){ .out = out,
		.s = text,
		.flavour = options->flavour,
		.alone = !options->mid_line && !options->shared,
		.tags = spans.items,
		.tags_end = w.end };
	look_ahead(&w);
	if (!options->mid_line)
		put_prefix(&w);
	walk(&w);
	spans_deinit(&spans);
	return tobs_buf_err(out);
}
