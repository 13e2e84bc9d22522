/* SPDX-License-Identifier: MIT */
#include "cells.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/attr.h"
#include "base/utf.h"

void cells_init(struct cells *c)
{
	memset(&c->row, 0, sizeof c->row);
	c->string_count = 1;
	c->error[0] = 0;
}

void cells_deinit(struct cells *c)
{
	ARRAY_DEINIT(&c->row);
}

/* What does not fit is told apart by a sum of it (FNV-1a). */
static size_t shorten(const char *s, size_t len, char *out, size_t room)
{
	uint64_t sum = 0xcbf29ce484222325;
	size_t head = room - 17;

	for (size_t i = 0; i < len; i++)
		sum = (sum ^ (uint8_t)s[i]) * 0x100000001b3;
	memcpy(out, s, head);
	snprintf(out + head, room - head, "%016" PRIx64, sum);
	return room - 1;
}

uint16_t cells_string(struct cells *c, const char *s, size_t len)
{
	char short_form[sizeof c->strings[0]];

	if (len >= sizeof short_form) {
		len = shorten(s, len, short_form, sizeof short_form);
		s = short_form;
	}
	for (uint16_t i = 1; i < c->string_count; i++)
		if (strlen(c->strings[i]) == len && memcmp(c->strings[i], s, len) == 0)
			return i;
	if (c->string_count == ARRAY_LEN(c->strings))
		abort();
	memcpy(c->strings[c->string_count], s, len);
	c->strings[c->string_count][len] = 0;
	return c->string_count++;
}

/* ---- the model: the rules of entity.h, one character at a time ---- */

struct piece {
	size_t start, end;
	const struct entity *e;
};

/* The byte where unit `unit` is; `up`: the end of its character when it is inside one. */
static size_t byte_of(struct tobs_view text, uint64_t unit, bool up)
{
	size_t i = 0, at = 0;

	while (i < text.len && at < unit) {
		uint32_t cp = 0;
		size_t n = utf8_decode(text.ptr + i, text.len - i, &cp);
		size_t units = cp > 0xffff ? 2 : 1;

		if (n == 0)
			n = 1;
		if (at + units > unit)
			return up ? i + n : i;
		at += units;
		i += n;
	}
	return i;
}

static int by_place(const void *a, const void *b)
{
	const struct piece *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	if (x->end != y->end)
		return x->end > y->end ? -1 : 1;
	return x->e < y->e ? -1 : 1;
}

static bool is_block(const struct piece *p)
{
	return p->e->kind == ENTITY_PRE || p->e->kind == ENTITY_BLOCKQUOTE;
}

static bool is_edge(const struct piece *p, uint8_t byte, bool trim)
{
	if (is_block(p))
		return false;
	if (trim && p->e->kind >= ENTITY_BOLD && p->e->kind <= ENTITY_SPOILER)
		return byte == ' ' || (byte >= '\t' && byte <= '\r');
	return byte == '\n';
}

static size_t take(struct tobs_view text, const struct entity *entities, size_t count, bool trim,
	struct piece *out)
{
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		struct piece p = { .e = &entities[i] };

		if (entities[i].length > INT32_MAX)
			continue;
		p.start = byte_of(text, entities[i].offset, false);
		p.end = byte_of(text, (uint64_t)entities[i].offset + entities[i].length, true);
		if (entities[i].length == 0 || p.start >= text.len)
			continue;
		while (p.start < p.end && is_edge(&p, text.ptr[p.start], trim))
			p.start++;
		while (p.start < p.end && is_edge(&p, text.ptr[p.end - 1], trim))
			p.end--;
		if (p.start < p.end)
			out[n++] = p;
	}
	qsort(out, n, sizeof *out, by_place);
	return n;
}

static void put_pres(struct cells *c, const struct piece *p, size_t n)
{
	size_t busy = 0;

	for (size_t i = 0; i < n; i++) {
		size_t start = MAX(p[i].start, busy);
		struct tobs_view language = tobs_view_trim(p[i].e->arg);

		if (p[i].e->kind != ENTITY_PRE || start >= p[i].end)
			continue;
		for (size_t k = start; k < p[i].end; k++)
			c->row.items[k].pre = cells_string(
				c, language.ptr ? (const char *)language.ptr : "", language.len);
		c->row.items[start].first_pre = true;
		busy = p[i].end;
	}
}

/* Whether the pre that covers cell `at` reaches over both sides of the edge in front of it. */
static bool inside_pre(const struct cells *c, size_t at)
{
	return at > 0 && at < c->row.count && c->row.items[at - 1].pre && c->row.items[at].pre &&
		!c->row.items[at].first_pre;
}

static void put_quotes(struct cells *c, const struct piece *p, size_t n)
{
	size_t busy = 0;

	for (size_t i = 0; i < n; i++) {
		size_t start = MAX(p[i].start, busy), end = p[i].end;
		struct cell *row = c->row.items;

		if (p[i].e->kind != ENTITY_BLOCKQUOTE || start >= end)
			continue;
		busy = end;
		while (start < end && inside_pre(c, start))
			start++;
		while (end > start && inside_pre(c, end))
			end--;
		while (start < end && row[start].byte == '\n' && !row[start].pre)
			start++;
		while (start < end && row[end - 1].byte == '\n' && !row[end - 1].pre)
			end--;
		for (size_t k = start; k < end; k++)
			row[k].quote = p[i].e->collapsed ? cells_string(c, "folded", 6)
							 : cells_string(c, "open", 4);
		if (start < end)
			row[start].first_quote = true;
	}
}

static void put_styles(struct cells *c, const struct piece *p, size_t n)
{
	static const uint8_t styles[ENTITY_KINDS] = {
		[ENTITY_BOLD] = CELL_BOLD,
		[ENTITY_ITALIC] = CELL_ITALIC,
		[ENTITY_UNDERLINE] = CELL_UNDERLINE,
		[ENTITY_STRIKETHROUGH] = CELL_STRIKE,
		[ENTITY_SPOILER] = CELL_SPOILER,
		[ENTITY_CODE] = CELL_CODE,
	};

	for (size_t i = 0; i < n; i++)
		for (size_t k = p[i].start; k < p[i].end && !is_block(&p[i]); k++)
			c->row.items[k].styles |= styles[p[i].e->kind];
}

static uint16_t target(struct cells *c, const struct entity *e)
{
	char buf[64];
	int n = snprintf(buf, sizeof buf, "tg://user?id=%lld", (long long)e->id);

	if (e->kind == ENTITY_MENTION_NAME)
		return cells_string(c, buf, (size_t)n);
	return cells_string(c, e->arg.ptr ? (const char *)e->arg.ptr : "", e->arg.len);
}

static void put_links(struct cells *c, const struct piece *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (p[i].e->kind != ENTITY_TEXT_LINK && p[i].e->kind != ENTITY_MENTION_NAME)
			continue;
		for (size_t k = p[i].start, first = 1; k < p[i].end; k++) {
			struct cell *cell = &c->row.items[k];
			uint16_t to = target(c, p[i].e);

			if (cell->link)
				continue;
			/* Touching links to the same target are one. */
			cell->first_link = first && (k == 0 || cell[-1].link != to);
			cell->link = to;
			first = 0;
		}
	}
}

static bool emoji_stays(const struct cells *c, const struct piece *p)
{
	const struct cell *row = c->row.items;

	for (size_t k = p->start; k < p->end; k++)
		if ((row[k].styles & CELL_CODE) || row[k].pre ||
			row[k].quote != row[p->start].quote || row[k].link != row[p->start].link ||
			(k > p->start && (row[k].first_quote || row[k].first_link)))
			return false;
	return true;
}

static void put_emoji(struct cells *c, const struct piece *p, size_t n)
{
	size_t busy = 0;

	for (size_t i = 0; i < n; i++) {
		bool first = true;
		char id[32];
		int len = snprintf(id, sizeof id, "%lld", (long long)p[i].e->id);

		if (p[i].e->kind != ENTITY_CUSTOM_EMOJI || p[i].start < busy)
			continue;
		busy = p[i].end;
		if (!emoji_stays(c, &p[i]))
			continue;
		for (size_t k = p[i].start; k < p[i].end; k++) {
			struct cell *cell = &c->row.items[k];

			if (p[i].e->id || p[i].e->arg.len == 0)
				cell->emoji = cells_string(c, id, (size_t)len);
			else
				cell->emoji = cells_string(
					c, (const char *)p[i].e->arg.ptr, p[i].e->arg.len);
			cell->first_emoji = first && cell->byte != '\n';
			/* Lines are written one by one, so an emoji does not go over them. */
			first = cell->byte == '\n';
		}
	}
}

void cells_expected(struct cells *c, struct tobs_view text, const struct entity *entities,
	size_t count, bool trim)
{
	struct piece *pieces = calloc(count + 1, sizeof *pieces);
	size_t n;

	if (!pieces)
		abort();
	for (size_t i = 0; i < text.len; i++)
		if (ARRAY_PUSH(&c->row, (struct cell){ .byte = text.ptr[i] }))
			abort();
	n = take(text, entities, count, trim, pieces);
	put_pres(c, pieces, n);
	put_quotes(c, pieces, n);
	put_styles(c, pieces, n);
	put_links(c, pieces, n);
	put_emoji(c, pieces, n);
	free(pieces);
	ARRAY_EACH (cell, &c->row) {
		if (cell->pre)
			cell->styles = 0, cell->link = cell->emoji = 0, cell->first_emoji = false;
	}
}

/* ---- comparing ---- */

static bool same_string(const struct cells *a, uint16_t x, const struct cells *b, uint16_t y)
{
	if (!x || !y)
		return x == y;
	return strcmp(a->strings[x], b->strings[y]) == 0;
}

static const char *difference(
	const struct cells *a, const struct cell *x, const struct cells *b, const struct cell *y)
{
	if (x->byte != y->byte)
		return "text";
	if (!same_string(a, x->pre, b, y->pre) || x->first_pre != y->first_pre)
		return "pre";
	if (!same_string(a, x->quote, b, y->quote) || x->first_quote != y->first_quote)
		return "quote";
	if (x->byte == '\n')
		return NULL; /* formatting of line feeds is not kept */
	if (x->styles != y->styles)
		return "styles";
	if (!same_string(a, x->link, b, y->link))
		return "link";
	if (!same_string(a, x->emoji, b, y->emoji) || x->first_emoji != y->first_emoji)
		return "emoji";
	return NULL;
}

ptrdiff_t cells_differ(const struct cells *want, const struct cells *have, const char **why)
{
	size_t n = MIN(want->row.count, have->row.count);

	if (have->error[0]) {
		*why = have->error;
		return 0;
	}
	for (size_t i = 0; i < n; i++) {
		*why = difference(want, &want->row.items[i], have, &have->row.items[i]);
		if (*why)
			return (ptrdiff_t)i;
	}
	*why = "length";
	return want->row.count == have->row.count ? -1 : (ptrdiff_t)n;
}
