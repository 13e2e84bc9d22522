/* SPDX-License-Identifier: MIT */
#include "survive.h"

#include "base/utf.h"
#include "cells.h"
#include "support/test.h"

void forget_strike(struct cells *c)
{
	size_t kept = 0;

	if (cells_parser_knows_strike())
		return;
	for (size_t i = 0; i < c->row.count; i++) {
		struct cell *cell = &c->row.items[i];

		if (cell->byte == '~') {
			if (i + 1 < c->row.count) {
				cell[1].first_emoji |= cell->first_emoji;
				cell[1].first_quote |= cell->first_quote;
			}
			continue;
		}
		c->row.items[kept] = *cell;
		c->row.items[kept++].styles &= (uint8_t)~CELL_STRIKE;
	}
	c->row.count = kept;
}

/* Strike and ~ cannot both be there where the parser does not know ~~. */
void avoid_tilde(struct test_case *c)
{
	bool strike = false;

	for (size_t i = 0; i < c->count; i++)
		strike |= c->entities[i].kind == ENTITY_STRIKETHROUGH;
	for (size_t i = 0; strike && !cells_parser_knows_strike() && i < c->text.len; i++)
		if (c->text.ptr[i] == '~')
			c->text.ptr[i] = 'x';
}

/* NULL when the case survives, else what differs; with `show`, says it. */
static const char *differs(const struct test_case *c, const struct setting *s, bool show)
{
	static char reason[300];
	struct cells want, have;
	struct tobs_buf out;
	const char *why = NULL;
	ptrdiff_t at;

	cells_init(&want);
	cells_init(&have);
	tobs_buf_init(&out, 1 << 24);
	tobs_buf_puts(&out, s->lead ? s->lead : "");
	assert_ok(md_write(&out, &s->options, tobs_buf_view(&c->text), c->entities, c->count));
	cells_expected(
		&want, tobs_buf_view(&c->text), c->entities, c->count, s->options.trim_styles);
	cells_read(&have, tobs_buf_view(&out), s->quoted);
	for (const char *p = s->lead; p && *p; p++)
		if (have.row.count && have.row.items[0].byte == (uint8_t)*p)
			ARRAY_REMOVE(&have.row, 0);
	forget_strike(&want);
	forget_strike(&have);
	at = cells_differ(&want, &have, &why);
	if (at >= 0) {
		snprintf(reason, sizeof reason, "%s", why);
		if (show) {
			print_error("differs at byte %d: %s\n", (int)at, why);
			case_print(c);
			print_error("markdown:\n%s\n----\nread: ", tobs_buf_str(&out));
			ARRAY_EACH (cell, &have.row)
				print_error(cell->byte == '\n' ? "\\n" : "%c", cell->byte);
			print_error("\n");
		}
	}
	cells_deinit(&want);
	cells_deinit(&have);
	tobs_buf_deinit(&out);
	return at >= 0 ? reason : NULL;
}

/* Drops entities and bits of text as long as the case still fails. */
static void minimise(struct test_case *c, const struct setting *s)
{
	struct test_case smaller;
	bool again = true;

	case_init(&smaller);
	while (again) {
		again = false;
		for (size_t i = 0; i < c->count; i++) {
			case_copy(&smaller, c);
			memmove(&smaller.entities[i], &smaller.entities[i + 1],
				(smaller.count - i - 1) * sizeof smaller.entities[0]);
			smaller.count--;
			if (!differs(&smaller, s, false))
				continue;
			case_copy(c, &smaller);
			again = true;
			i--;
		}
		for (size_t i = 0, n; i < c->text.len; i += n) {
			uint32_t cp;

			n = utf8_decode(c->text.ptr + i, c->text.len - i, &cp);
			n = n ? n : 1;
			case_copy(&smaller, c);
			case_cut(&smaller, i, i + n);
			if (!differs(&smaller, s, false))
				continue;
			case_copy(c, &smaller);
			again = true;
			n = 0;
		}
	}
	case_deinit(&smaller);
}

void survives(struct test_case *c, const struct setting *s)
{
	if (!differs(c, s, false))
		return;
	minimise(c, s);
	differs(c, s, true);
	fail_msg("the text did not survive (%s%s%s)",
		s->options.flavour == MD_GFM ? "gfm" : "obsidian", s->quoted ? ", quoted" : "",
		s->lead ? ", in a line" : "");
}
