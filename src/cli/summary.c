/* SPDX-License-Identifier: MIT */
#include "cli/summary.h"

#include "base/attr.h"
#include "cli/app.h"
#include "cli/text.h"

enum {
	SUMMARY_MAX = 64 << 20,
	TITLE_COLUMNS = 50,
	FAILURES_MAX = 50, /* listed; more are in last-run.json */
};

static void put_amount(struct tobs_buf *out, int64_t n, const char *one, const char *many)
{
	text_count(out, n);
	tobs_buf_printf(out, " %s", n == 1 ? one : many);
}

static void put_more(struct tobs_buf *out, int64_t n, const char *word)
{
	if (n)
		put_amount((tobs_buf_puts(out, ", "), out), n, word, word);
}

static void put_times(const struct export_report *r, struct tobs_buf *out)
{
	tobs_buf_puts(out, " in ");
	text_duration(out, r->wall_ms);
	if (r->wait_ms >= 1000) {
		tobs_buf_puts(out, " (");
		text_duration(out, r->wait_ms);
		tobs_buf_puts(out, " of it waiting because Telegram asked to)");
	}
	tobs_buf_puts(out, ".\n");
}

static size_t chats_done(const struct export_report *r)
{
	size_t n = 0;

	ARRAY_EACH (c, &r->chats)
		n += (*c)->done;
	return n;
}

static int64_t files_written(const struct export_report *r)
{
	int64_t n = 0;

	ARRAY_EACH (c, &r->chats)
		n += (*c)->files;
	return n;
}

static void put_done(const struct export_report *r, struct tobs_buf *out)
{
	size_t done = chats_done(r);
	int64_t files = files_written(r);

	if (!(r->added | r->edited | r->deleted)) {
		tobs_buf_puts(out, "Nothing new in ");
		put_amount(out, (int64_t)done, "chat", "chats");
	} else {
		put_amount(out, r->added, "new message", "new messages");
		put_more(out, r->edited, "edited");
		put_more(out, r->deleted, "deleted");
		tobs_buf_puts(out, ", from ");
		put_amount(out, (int64_t)done, "chat", "chats");
	}
	if (files) {
		tobs_buf_puts(out, "; ");
		put_amount(out, files, "file written", "files written");
	}
	put_times(r, out);
}

static void put_dry(const struct export_report *r, struct tobs_buf *out)
{
	int64_t total = 0;

	ARRAY_EACH (c, &r->chats) {
		if ((*c)->code)
			continue;
		total += (*c)->total;
		tobs_buf_puts(out, "  ");
		text_fit(out, tobs_str(*(*c)->title ? (*c)->title : (*c)->target), TITLE_COLUMNS);
		tobs_buf_puts(out, ": ");
		put_amount(out, (*c)->total, "message", "messages");
		tobs_buf_putc(out, '\n');
	}
	tobs_buf_puts(out, "Nothing was fetched. There are ");
	put_amount(out, total, "message", "messages");
	tobs_buf_puts(out, " in ");
	put_amount(out, (int64_t)chats_done(r), "chat", "chats");
	tobs_buf_puts(out, ".\n");
}

static void put_failures(const struct export_report *r, struct tobs_buf *out)
{
	size_t listed = 0;

	if (!r->failed)
		return;
	put_amount(out, (int64_t)r->failed, "chat", "chats");
	tobs_buf_puts(out, " failed:\n");
	ARRAY_EACH (c, &r->chats) {
		if (!(*c)->code || (*c)->code == TOBS_ECANCELED || listed++ >= FAILURES_MAX)
			continue;
		tobs_buf_puts(out, "  ");
		text_fit(out, tobs_str(*(*c)->title ? (*c)->title : (*c)->target), TITLE_COLUMNS);
		tobs_buf_puts(out, ": ");
		text_clean(out, tobs_str((*c)->message));
		tobs_buf_putc(out, '\n');
	}
	if (listed > FAILURES_MAX)
		tobs_buf_printf(out, "  and %zu more\n", listed - FAILURES_MAX);
}

int summary_put(const struct export_report *r, const char *dir, bool dry_run, enum status status,
	struct tobs_buf *out)
{
	if (dry_run && status != STATUS_FAILED && status != STATUS_NO_LOGIN) {
		put_dry(r, out);
	} else if (status == STATUS_DONE || status == STATUS_PARTLY) {
		put_done(r, out);
		tobs_buf_puts(out, "The files are in ");
		text_clean(out, tobs_str(dir));
		tobs_buf_puts(out, "\n");
	} else if (status == STATUS_INTERRUPTED) {
		tobs_buf_puts(out, "Stopped after ");
		put_amount(out, r->added, "new message", "new messages");
		tobs_buf_puts(out, ". The same command goes on from there.\n");
	}
	put_failures(r, out);
	return tobs_buf_err(out);
}

void summary_print(const struct export_report *r, const char *dir, bool dry_run, enum status status)
{
	struct tobs_buf out;

	tobs_buf_init(&out, SUMMARY_MAX);
	summary_put(r, dir, dry_run, status, &out);
	app_print(&out);
}
