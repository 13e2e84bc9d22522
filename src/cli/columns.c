/* SPDX-License-Identifier: MIT */
#include "cli/columns.h"

#include <tobs/err.h>

#include "base/attr.h"
#include "base/utf.h"
#include "cli/text.h"

void columns_init(struct columns *c, const char *titles)
{
	struct tobs_view rest = tobs_str(titles), title;

	*c = (struct columns){ .count = 0 };
	tobs_buf_init(&c->text, COLUMNS_BYTES);
	while (tobs_view_split(&rest, ' ', &title)) {
		unsigned i = c->count;

		if (!title.len)
			continue;
		assert(i < COLUMNS_MAX);
		c->right[i] = tobs_view_ends(title, ">");
		c->shrinks[i] = tobs_view_ends(title, "~");
		c->titles[i] = tobs_view_sub(title, 0, title.len - (c->right[i] || c->shrinks[i]));
		c->count++;
	}
}

void columns_deinit(struct columns *c)
{
	tobs_buf_deinit(&c->text);
	ARRAY_DEINIT(&c->ends);
}

static struct tobs_view cell(const struct columns *c, size_t i)
{
	size_t start = i ? c->ends.items[i - 1] : 0;

	return tobs_view_sub(tobs_buf_view(&c->text), start, c->ends.items[i] - start);
}

void columns_put(struct columns *c, struct tobs_view text)
{
	size_t column = c->ends.count % c->count;

	if (text_clean(&c->text, text))
		return;
	if (ARRAY_PUSH(&c->ends, c->text.len)) {
		c->text.err = TOBS_ENOMEM;
		return;
	}
	c->widths[column] = MAX(c->widths[column], utf8_width(cell(c, c->ends.count - 1)));
}

void columns_put_i64(struct columns *c, int64_t n)
{
	struct tobs_buf digits;

	tobs_buf_init(&digits, 32);
	tobs_buf_put_i64(&digits, n);
	columns_put(c, tobs_buf_view(&digits));
	tobs_buf_deinit(&digits);
}

/* Room for the titles of columns that have something in them. */
static void fit_titles(struct columns *c)
{
	for (unsigned i = 0; i < c->count; i++)
		if (c->widths[i])
			c->widths[i] = MAX(c->widths[i], utf8_width(c->titles[i]));
}

/* Takes from the widest column that may shrink, one by one, until it fits or none may any more. */
static void shrink(struct columns *c, size_t width)
{
	size_t total = 0;

	for (unsigned i = 0; i < c->count; i++)
		if (c->widths[i])
			total += c->widths[i] + (total ? COLUMNS_GAP : 0);
	while (total > width) {
		unsigned widest = c->count;

		for (unsigned i = 0; i < c->count; i++)
			if (c->shrinks[i] && c->widths[i] > COLUMNS_LEAST &&
				(widest == c->count || c->widths[i] > c->widths[widest]))
				widest = i;
		if (widest == c->count)
			return;
		c->widths[widest]--;
		total--;
	}
}

static void print_cell(
	const struct columns *c, unsigned i, struct tobs_view text, struct tobs_buf *out)
{
	size_t start = out->len, used;

	if (!c->widths[i])
		return;
	text_fit(out, text, c->widths[i]);
	used = utf8_width(tobs_view_sub(tobs_buf_view(out), start, SIZE_MAX));
	used = MIN(used, c->widths[i]);
	if (c->right[i]) {
		tobs_buf_truncate(out, start);
		tobs_buf_fill(out, ' ', c->widths[i] - used);
		text_fit(out, text, c->widths[i]);
	} else {
		tobs_buf_fill(out, ' ', c->widths[i] - used);
	}
	tobs_buf_fill(out, ' ', COLUMNS_GAP);
}

/* Blanks at the end of a line are nothing. */
static void end_line(struct tobs_buf *out)
{
	while (out->len && out->ptr[out->len - 1] == ' ')
		tobs_buf_truncate(out, out->len - 1);
	tobs_buf_putc(out, '\n');
}

int columns_print(struct columns *c, size_t width, struct tobs_buf *out)
{
	if (tobs_buf_err(&c->text))
		return tobs_buf_err(&c->text);
	assert(c->ends.count % c->count == 0);
	if (!c->ends.count)
		return TOBS_OK;
	fit_titles(c);
	shrink(c, width);
	for (unsigned i = 0; i < c->count; i++)
		print_cell(c, i, c->titles[i], out);
	end_line(out);
	for (size_t k = 0; k < c->ends.count; k++) {
		print_cell(c, (unsigned)(k % c->count), cell(c, k), out);
		if (k % c->count == c->count - 1)
			end_line(out);
	}
	return tobs_buf_err(out);
}
