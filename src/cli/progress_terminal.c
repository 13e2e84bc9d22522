/* SPDX-License-Identifier: MIT */
/* Progress as lines at the bottom of a terminal, drawn anew in their place. */
#include "base/attr.h"
#include "base/utf.h"
#include "cli/progress_model.h"
#include "cli/text.h"

enum {
	FRAME_US = 100000, /* at most ten drawings a second */
	BAR_COLUMNS = 20,
	BAR_FROM = 60, /* columns of a terminal that has room for bars */
	TITLE_LEAST = 8,
	LINES_AROUND = 4, /* the first, a wait, how many more, and the one with the cursor */
};

/* ---- the block ---- */

/* A line is cut to leave the last column free: some terminals wrap there at once. */
static void end_line(struct progress *p, struct tobs_buf *block, size_t start, unsigned columns)
{
	struct tobs_view line = tobs_view_sub(tobs_buf_view(block), start, SIZE_MAX);
	size_t fits = utf8_fit(line, columns > 1 ? columns - 1 : 1);

	tobs_buf_truncate(block, start + fits);
	line = tobs_view_sub(tobs_buf_view(block), start, SIZE_MAX);
	/* Without memory for its width the line counts as one row, as it nearly always is. */
	(void)!ARRAY_PUSH(&p->widths, utf8_width(line));
	tobs_buf_puts(block, "\x1b[K\n");
}

static void put_first(struct progress *p, struct tobs_buf *block, unsigned columns)
{
	size_t start = block->len;
	double rate = progress_rate(p);
	int64_t eta = progress_eta(p);

	tobs_buf_printf(block, "%s: %zu of %zu chats, ", p->o.dry_run ? "Counting" : "Exporting",
		p->ended, p->chats.count);
	text_count(block, p->fetched);
	tobs_buf_puts(block, " messages");
	if (rate >= 1) {
		tobs_buf_puts(block, ", ");
		text_count(block, (int64_t)rate);
		tobs_buf_puts(block, "/s");
	}
	if (eta > 0) {
		tobs_buf_puts(block, ", about ");
		text_duration(block, eta * 1000);
		tobs_buf_puts(block, " left");
	}
	if (p->failed)
		tobs_buf_printf(block, ", %zu failed", p->failed);
	end_line(p, block, start, columns);
}

/* "[====>     ]" */
static void put_bar(struct tobs_buf *block, int64_t done, int64_t total)
{
	int64_t full = total > 0 ? MIN(done, total) * BAR_COLUMNS / total : 0;

	tobs_buf_putc(block, '[');
	for (int64_t i = 0; i < BAR_COLUMNS; i++)
		tobs_buf_putc(block, i < full ? '=' : i == full && done ? '>' : ' ');
	tobs_buf_putc(block, ']');
}

static void put_chat(struct progress *p, const struct chat_progress *c, unsigned title_columns,
	struct tobs_buf *block, unsigned columns)
{
	const struct export_chat_report *r = c->report;
	size_t start = block->len, at;

	tobs_buf_puts(block, "  ");
	at = block->len;
	text_fit(block, tobs_str(*r->title ? r->title : r->target), title_columns);
	at = utf8_width(tobs_view_sub(tobs_buf_view(block), at, SIZE_MAX));
	tobs_buf_fill(block, ' ', title_columns > at ? title_columns - at : 0);
	tobs_buf_puts(block, "  ");
	if (c->state == CHAT_WRITING) {
		tobs_buf_puts(block, "writing files");
	} else {
		if (columns >= BAR_FROM) {
			put_bar(block, r->fetched, r->total);
			tobs_buf_puts(block, "  ");
		}
		if (r->total > 0)
			tobs_buf_printf(block, "%3d%%  ",
				(int)(MIN(r->fetched, r->total) * 100 / r->total));
		text_count(block, r->fetched);
		if (r->total > 0) {
			tobs_buf_puts(block, " of ");
			text_count(block, r->total);
		}
	}
	end_line(p, block, start, columns);
}

static bool is_active(const struct chat_progress *c)
{
	return c->state == CHAT_FETCHING || c->state == CHAT_WRITING;
}

static unsigned widest_title(const struct progress *p, unsigned columns)
{
	size_t widest = TITLE_LEAST;
	struct tobs_buf title;

	tobs_buf_init(&title, MESSAGE_BYTES);
	ARRAY_EACH (c, &p->chats) {
		if (!is_active(c))
			continue;
		tobs_buf_clear(&title);
		text_clean(
			&title, tobs_str(*c->report->title ? c->report->title : c->report->target));
		widest = MAX(widest, utf8_width(tobs_buf_view(&title)));
	}
	tobs_buf_deinit(&title);
	return (unsigned)MIN(widest, (size_t)MAX(columns / 3, (unsigned)TITLE_LEAST));
}

static void put_chats(struct progress *p, struct tobs_buf *block, struct progress_size size)
{
	unsigned title = widest_title(p, size.columns), shown = 0, more = 0;
	unsigned room = size.rows > LINES_AROUND + 1 ? size.rows - LINES_AROUND : 1;
	size_t start;

	ARRAY_EACH (c, &p->chats) {
		if (!is_active(c))
			continue;
		if (shown == room) {
			more++;
			continue;
		}
		put_chat(p, c, title, block, size.columns);
		shown++;
	}
	if (!more)
		return;
	start = block->len;
	tobs_buf_printf(block, "  and %u more", more);
	end_line(p, block, start, size.columns);
}

static void put_wait(struct progress *p, struct tobs_buf *block, unsigned columns)
{
	size_t start = block->len;
	int64_t seconds = progress_waits(p);

	if (!seconds)
		return;
	tobs_buf_printf(block, "  waiting %lld s: Telegram asks for it (%s)", (long long)seconds,
		p->wait_name);
	end_line(p, block, start, columns);
}

/* ---- drawing ---- */

/* Back to where the block begins. A terminal that became narrower has wrapped its lines. */
static void put_back(struct progress *p, unsigned columns)
{
	size_t rows = 0;

	ARRAY_EACH (width, &p->widths)
		rows += *width ? (*width + columns - 1) / columns : 1;
	if (rows)
		tobs_buf_printf(&p->out, "\x1b[%zuA", rows);
	tobs_buf_putc(&p->out, '\r');
	p->widths.count = 0;
}

/* Writes `above`, which scrolls away, then the block. One write, so that nothing flickers. */
static void draw(struct progress *p, struct tobs_view above)
{
	struct progress_size size = p->o.size(p->o.user);
	bool drawn = p->widths.count > 0;

	if (drawn)
		put_back(p, MAX(size.columns, 1u));
	if (above.len) {
		tobs_buf_putv(&p->out, above);
		tobs_buf_puts(&p->out, "\x1b[K\n");
	}
	tobs_buf_clear(&p->block);
	if (p->chats.count) {
		put_first(p, &p->block, size.columns);
		put_chats(p, &p->block, size);
		put_wait(p, &p->block, size.columns);
	}
	tobs_buf_putv(&p->out, tobs_buf_view(&p->block));
	if (drawn)
		tobs_buf_puts(&p->out, "\x1b[J");
	progress_flush(p);
	p->drawn_at = clock_mono(p->o.clock);
}

static void draw_if_due(struct progress *p)
{
	if (clock_mono(p->o.clock) - p->drawn_at >= FRAME_US || !p->widths.count)
		draw(p, tobs_str(""));
}

static void on_event(struct progress *p, const struct export_event *e)
{
	struct tobs_buf above;

	tobs_buf_init(&above, MESSAGE_BYTES);
	if (e->kind == EXPORT_CHAT_END)
		progress_put_result(p, e->chat, &above);
	if (e->kind == EXPORT_NOTE) {
		if (e->chat)
			text_clean(&above, tobs_str(e->chat->title));
		tobs_buf_puts(&above, e->chat ? ": " : "");
		text_clean(&above, tobs_str(e->text));
	}
	if (above.len)
		draw(p, tobs_buf_view(&above));
	else
		draw_if_due(p);
	tobs_buf_deinit(&above);
}

static void on_wait(struct progress *p, const struct tobs_wait *wait)
{
	(void)wait;
	draw(p, tobs_str(""));
}

static void on_line(struct progress *p, const char *line)
{
	draw(p, tobs_str(line));
}

static void on_tick(struct progress *p)
{
	if (p->chats.count)
		draw_if_due(p);
}

static void on_end(struct progress *p, const struct export_report *report, enum status status,
	int code, const struct tobs_err *err)
{
	(void)report;
	(void)status;
	(void)code;
	(void)err;
	if (!p->widths.count)
		return;
	put_back(p, MAX(p->o.size(p->o.user).columns, 1u));
	tobs_buf_puts(&p->out, "\x1b[J");
	progress_flush(p);
	/* Nothing is drawn from here on. */
	p->chats.count = 0;
}

const struct progress_style progress_terminal = { on_event, on_wait, on_line, on_tick, on_end };
