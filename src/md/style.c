/* SPDX-License-Identifier: MIT */
#include "md/style.h"

#include "base/attr.h"
#include "md/char.h"
#include "md/emit.h"
#include "md/escape.h"

static const char *mark_of(enum entity_kind kind)
{
	switch (kind) {
	case ENTITY_BOLD: return "**";
	case ENTITY_ITALIC: return "*";
	case ENTITY_STRIKETHROUGH: return "~~";
	default: return NULL;
	}
}

static const char *element_of(enum entity_kind kind, enum md_flavour flavour)
{
	switch (kind) {
	case ENTITY_BOLD: return "b";
	case ENTITY_ITALIC: return "i";
	case ENTITY_STRIKETHROUGH: return "s";
	case ENTITY_UNDERLINE:
		/* GitHub takes <u> out and documents <ins> for underlining. */
		return flavour == MD_GFM ? "ins" : "u";
	case ENTITY_CODE: return "code";
	default: return "span";
	}
}

/* ---- emphasis: can `*` say it? ---- */

/* What the character classes around a pair of marks are; see CommonMark 6.2 for their names. */
struct flanks {
	unsigned before, first, last, after;
};

/*
 * The first and last character inside and the one behind, for the span that is
 * to be opened. Where there is other markup, it is punctuation; but libcmark-gfm
 * looks through `~` at what is behind, so next to one it may be either.
 */
static struct flanks find_flanks(const struct opening *o)
{
	const struct span *self = o->stack[o->written].span, *t = o->next;
	size_t end = MIN(self->end, o->line_end);
	struct flanks f = { .before = o->before };
	bool inner_ends = false, borders = false, tilde = false;

	for (size_t i = 0; i < o->depth; i++) {
		if (i < o->written && o->stack[i].span->end == end) {
			borders = true;
			tilde |= o->stack[i].span->kind == ENTITY_STRIKETHROUGH;
		}
		if (i > o->written && o->stack[i].span->end >= end)
			inner_ends = true;
	}
	for (; t < o->end && t->start <= end; t++) {
		if (entity_is_tag(t->kind))
			continue;
		if (t->start == end) {
			borders = true;
			tilde |= t->kind == ENTITY_STRIKETHROUGH;
		} else if (t->end >= end) {
			inner_ends = true;
		}
	}
	f.first = o->written + 1 < o->depth ? CHAR_PUNCT : char_class_at(o->text, o->at);
	f.last = inner_ends ? CHAR_PUNCT : char_class_before(o->text, end);
	if (end == o->line_end || borders)
		f.after = tilde ? CHAR_PUNCT | CHAR_WORD : CHAR_PUNCT;
	else
		f.after = char_class_at(o->text, end);
	return f;
}

/*
 * CommonMark 6.2, rules 1 to 12, read so that the answer is the same for every
 * parser. An opening `*` inside of open `*` must not be able to close them, so
 * that no counting of run lengths by threes is needed.
 */
static bool mark_fits(const struct opening *o)
{
	const char *mark = mark_of(o->stack[o->written].span->kind);
	struct flanks f = find_flanks(o);
	bool nested = false;

	if (o->last == (uint8_t)mark[0] && o->run != o->last)
		return false; /* would join the closing marks, or an escaped character, in front */
	if ((f.first | f.last) & CHAR_SPACE)
		return false;
	if ((f.first & CHAR_PUNCT) && (f.before & CHAR_WORD))
		return false;
	if ((f.last & CHAR_PUNCT) && (f.after & CHAR_WORD))
		return false;
	for (size_t i = 0; i < o->written && o->run != '*'; i++)
		if (o->stack[i].form == FORM_MARK && mark_of(o->stack[i].span->kind)[0] == mark[0])
			nested = true;
	if (nested && (f.before & CHAR_WORD))
		return false;
	return !nested || !(f.before & CHAR_PUNCT) || f.first == CHAR_WORD;
}

/* ---- links ---- */

/* Shown as it is, whole, on one line and without formatting in it. */
static bool is_bare(const struct opening *o)
{
	const struct span *self = o->stack[o->written].span;

	return o->written + 1 == o->depth && o->at == self->start && self->end <= o->line_end &&
		(o->next == o->end || o->next->start >= self->end);
}

static enum form link_form(const struct opening *o)
{
	const struct span *self = o->stack[o->written].span;
	struct tobs_view text;

	if (!is_bare(o))
		return FORM_LINK;
	text = tobs_view_sub(o->text, self->start, self->end - self->start);
	if (self->kind == ENTITY_EMAIL)
		return md_is_autolink_email(text) ? FORM_AUTOLINK : FORM_LINK;
	return md_is_autolink_url(text) ? FORM_AUTOLINK : FORM_LINK;
}

static enum form code_form(const struct opening *o, struct tobs_view code)
{
	/* A carriage return would end the line even there. */
	if (memchr(code.ptr, '\r', code.len))
		return FORM_HTML;
	/* At the start of a paragraph "[`]:`](…)" defines a link: blocks come before spans. */
	for (size_t i = 0; i < o->written; i++)
		if (o->stack[i].form == FORM_LINK &&
			tobs_view_find(code, 0, tobs_str("]:")) != SIZE_MAX)
			return FORM_HTML;
	return FORM_CODE;
}

enum form style_form(const struct opening *o)
{
	const struct span *self = o->stack[o->written].span;
	size_t end = MIN(self->end, o->line_end);

	switch (self->kind) {
	case ENTITY_BOLD:
	case ENTITY_ITALIC:
	case ENTITY_STRIKETHROUGH: return mark_fits(o) ? FORM_MARK : FORM_HTML;
	case ENTITY_URL:
	case ENTITY_EMAIL: return link_form(o);
	case ENTITY_TEXT_LINK:
	case ENTITY_MENTION_NAME: return FORM_LINK;
	case ENTITY_CODE: return code_form(o, tobs_view_sub(o->text, o->at, end - o->at));
	default: return FORM_HTML;
	}
}

/* ---- writing ---- */

static void put_span_tag(struct tobs_buf *out, enum md_flavour flavour, const struct entity *e)
{
	if (e->kind == ENTITY_SPOILER) {
		emit_str(out, "<span class=\"tg-spoiler\">");
		return;
	}
	emit_str(out, "<span class=\"tg-emoji\" data-");
	if (e->id || e->arg.len == 0) {
		emit_str(out, "id=\"");
		tobs_buf_put_i64(out, e->id);
	} else {
		emit_str(out, "file=\"");
		md_escape(out, flavour, MD_HTML, e->arg);
	}
	emit_str(out, "\">");
}

void style_open(struct tobs_buf *out, enum md_flavour flavour, const struct style *s,
	const struct entity *entity)
{
	switch (s->form) {
	case FORM_MARK: emit_str(out, mark_of(s->span->kind)); break;
	case FORM_LINK: emit_char(out, '['); break;
	case FORM_AUTOLINK: emit_char(out, '<'); break;
	case FORM_CODE: break; /* its fence depends on what is in it */
	case FORM_HTML:
		if (entity->kind == ENTITY_SPOILER || entity->kind == ENTITY_CUSTOM_EMOJI) {
			put_span_tag(out, flavour, entity);
		} else {
			emit_char(out, '<');
			emit_str(out, element_of(s->span->kind, flavour));
			emit_char(out, '>');
		}
		break;
	}
}

/* What a link points at; of an automatic one it is its whole text that says it. */
static void put_destination(struct tobs_buf *out, const struct style *s,
	const struct entity *entity, struct tobs_view text)
{
	struct tobs_view self = tobs_view_sub(text, s->span->start, s->span->end - s->span->start);
	const char *prefix = "";

	switch (s->span->kind) {
	case ENTITY_MENTION_NAME:
		emit_str(out, "tg://user?id=");
		tobs_buf_put_i64(out, entity->id);
		return;
	case ENTITY_TEXT_LINK: self = entity->arg; break;
	case ENTITY_EMAIL: prefix = "mailto:"; break;
	default: prefix = md_has_scheme(self) ? "" : "http://";
	}
	md_put_destination(out, prefix, self);
}

void style_close(struct tobs_buf *out, enum md_flavour flavour, const struct style *s,
	const struct entity *entity, struct tobs_view text)
{
	switch (s->form) {
	case FORM_MARK: emit_str(out, mark_of(s->span->kind)); break;
	case FORM_LINK:
		emit_str(out, "](");
		put_destination(out, s, entity, text);
		emit_char(out, ')');
		break;
	case FORM_AUTOLINK: emit_char(out, '>'); break;
	case FORM_CODE: break;
	case FORM_HTML:
		emit_str(out, "</");
		emit_str(out, element_of(s->span->kind, flavour));
		emit_char(out, '>');
		break;
	}
}

void style_code(struct tobs_buf *out, struct tobs_view code)
{
	size_t longest = 0, n = 0, spaces = 0;
	bool pad;

	for (size_t i = 0; i < code.len; i++) {
		n = code.ptr[i] == '`' ? n + 1 : 0;
		longest = MAX(longest, n);
		spaces += code.ptr[i] == ' ';
	}
	/* One space is taken off both ends when both have one and something else is between. */
	pad = code.ptr[0] == '`' || code.ptr[code.len - 1] == '`' ||
		(code.ptr[0] == ' ' && code.ptr[code.len - 1] == ' ' && spaces < code.len);
	tobs_buf_fill(out, '`', longest + 1);
	if (pad)
		emit_char(out, ' ');
	for (size_t i = 0, from = 0; i <= code.len; i++) {
		if (i < code.len && code.ptr[i])
			continue;
		emit(out, code.ptr + from, i - from);
		if (i < code.len)
			emit_str(out, "\xef\xbf\xbd");
		from = i + 1;
	}
	if (pad)
		emit_char(out, ' ');
	tobs_buf_fill(out, '`', longest + 1);
}
