/* SPDX-License-Identifier: MIT */
/* Progress as lines of JSON, for programs: docs/progress.md. */
#include "base/attr.h"
#include "base/json_write.h"
#include "cli/progress_model.h"

enum {
	VERSION = 1,
	EVERY_US = SECOND_US / 2, /* how often it tells of one chat */
};

static const char *const states[] = { [CHAT_NOT_BEGUN] = "not begun",
	[CHAT_FETCHING] = "fetching",
	[CHAT_WRITING] = "writing",
	[CHAT_ENDED] = "done" };

static void begin(struct progress *p, struct json_writer *w, const char *type)
{
	char time[CIVIL_ISO_MAX];

	json_writer_init(w, &p->out, 0);
	jsonw_object(w);
	jsonw_key(w, "v");
	jsonw_i64(w, VERSION);
	jsonw_key(w, "time");
	jsonw_str(w, civil_iso(clock_wall(p->o.clock) / SECOND_US, 0, time));
	jsonw_key(w, "type");
	jsonw_str(w, type);
}

static void end(struct progress *p, struct json_writer *w)
{
	jsonw_end(w);
	tobs_buf_putc(&p->out, '\n');
	progress_flush(p);
}

static void put_str(struct json_writer *w, const char *key, const char *text)
{
	jsonw_key(w, key);
	jsonw_str(w, text);
}

static void put_i64(struct json_writer *w, const char *key, int64_t n)
{
	jsonw_key(w, key);
	jsonw_i64(w, n);
}

static void put_chat(struct json_writer *w, const struct export_chat_report *c)
{
	jsonw_key(w, "chat");
	jsonw_object(w);
	put_str(w, "target", c->target);
	if (c->peer)
		put_i64(w, "id", c->peer);
	if (*c->title)
		put_str(w, "title", c->title);
	jsonw_end(w);
}

/* ---- the lines ---- */

static void say_start(struct progress *p, const struct export_event *e)
{
	struct json_writer w;

	begin(p, &w, "export_start");
	put_str(&w, "dir", p->o.dir);
	put_i64(&w, "chats", (int64_t)e->chats);
	jsonw_key(&w, "dry_run");
	jsonw_bool(&w, p->o.dry_run);
	end(p, &w);
}

static void put_totals(struct progress *p, struct json_writer *w)
{
	int64_t eta = progress_eta(p);

	put_i64(w, "messages", p->fetched);
	put_i64(w, "chats_done", (int64_t)p->ended);
	put_i64(w, "chats", (int64_t)p->chats.count);
	put_i64(w, "rate", (int64_t)progress_rate(p));
	if (eta >= 0)
		put_i64(w, "eta_s", eta);
}

static void say_progress(struct progress *p, struct chat_progress *c)
{
	const struct export_chat_report *r = c->report;
	struct json_writer w;

	begin(p, &w, "progress");
	put_chat(&w, r);
	put_str(&w, "state", r->code ? "failed" : states[c->state]);
	put_i64(&w, "fetched", r->fetched);
	if (r->total > 0)
		put_i64(&w, "total", r->total);
	if (c->state == CHAT_ENDED) {
		put_i64(&w, "added", r->added);
		put_i64(&w, "edited", r->edited);
		put_i64(&w, "deleted", r->deleted);
		put_i64(&w, "files", r->files);
	}
	put_totals(p, &w);
	end(p, &w);
	c->told_at = clock_mono(p->o.clock);
}

static void say_error(
	struct progress *p, const struct export_chat_report *c, int code, const char *text)
{
	struct json_writer w;

	begin(p, &w, "error");
	if (c)
		put_chat(&w, c);
	put_str(&w, "code", tobs_error_name(code));
	put_str(&w, "text", text);
	if (c) {
		jsonw_key(&w, "skipped");
		jsonw_bool(&w, c->skipped);
	}
	end(p, &w);
}

static void say_message(struct progress *p, const struct export_chat_report *c, const char *level,
	const char *text, int64_t wait_s)
{
	struct json_writer w;

	begin(p, &w, "message");
	put_str(&w, "level", level);
	if (c)
		put_chat(&w, c);
	put_str(&w, "text", text);
	if (wait_s)
		put_i64(&w, "wait_s", wait_s);
	end(p, &w);
}

/* ---- the style ---- */

static void on_event(struct progress *p, const struct export_event *e)
{
	struct chat_progress *c = e->index < p->chats.count ? &p->chats.items[e->index] : NULL;

	switch (e->kind) {
	case EXPORT_START: say_start(p, e); return;
	case EXPORT_NOTE: say_message(p, e->chat, "info", e->text, 0); return;
	case EXPORT_PROGRESS:
		if (c && clock_mono(p->o.clock) - c->told_at >= EVERY_US)
			say_progress(p, c);
		return;
	case EXPORT_CHAT_END:
		if (e->chat->code && e->chat->code != TOBS_ECANCELED)
			say_error(p, e->chat, e->chat->code, e->chat->message);
		ATTR_FALLTHROUGH;
	default:
		if (c && c->report)
			say_progress(p, c);
	}
}

static void on_wait(struct progress *p, const struct tobs_wait *wait)
{
	struct tobs_buf text;

	tobs_buf_init(&text, 1024);
	tobs_buf_printf(
		&text, "Telegram asks to wait %lld s (%s)", (long long)wait->seconds, wait->name);
	say_message(p, NULL, "warn", tobs_buf_str(&text), wait->seconds);
	tobs_buf_deinit(&text);
}

/* What else is said goes to standard error; nothing but JSON comes here. */
static void on_line(struct progress *p, const char *line)
{
	(void)p;
	(void)line;
}

static void on_tick(struct progress *p)
{
	(void)p;
}

static const char *result_word(enum status status)
{
	switch (status) {
	case STATUS_DONE: return "done";
	case STATUS_PARTLY: return "partly";
	case STATUS_INTERRUPTED: return "interrupted";
	default: return "failed";
	}
}

static void on_end(struct progress *p, const struct export_report *report, enum status status,
	int code, const struct tobs_err *err)
{
	struct json_writer w;

	if (code && code != TOBS_ECANCELED)
		say_error(p, NULL, code, *err->message ? err->message : tobs_error_text(code));
	begin(p, &w, "export_finish");
	put_str(&w, "result", result_word(status));
	put_i64(&w, "exit", status);
	put_str(&w, "dir", p->o.dir);
	put_i64(&w, "chats", (int64_t)report->chats.count);
	put_i64(&w, "failed", (int64_t)report->failed);
	put_i64(&w, "fetched", report->fetched);
	put_i64(&w, "added", report->added);
	put_i64(&w, "edited", report->edited);
	put_i64(&w, "deleted", report->deleted);
	put_i64(&w, "wall_ms", report->wall_ms);
	put_i64(&w, "wait_ms", report->wait_ms);
	put_i64(&w, "cpu_ms", report->cpu_ms);
	end(p, &w);
}

const struct progress_style progress_json = { on_event, on_wait, on_line, on_tick, on_end };
