/* SPDX-License-Identifier: MIT */
/* What is said of a failure. */
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "base/attr.h"
#include "testkit/kit.h"

enum { LINES = 12, MESSAGE_MAX = 64 << 10 };

static char place[256];

void tobs_test_here(const char *file, int line)
{
	const char *name = strrchr(file, '/');

	snprintf(place, sizeof place, "%s:%d: ", name ? name + 1 : file, line);
}

const char *kit_here(void)
{
	return place;
}

void kit_log(const struct tobs_log_line *line, void *test)
{
	struct tobs_test *t = test;

	if (line->level <= TOBS_LOG_WARN)
		snprintf(t->log[t->logged++ % KIT_LOG_LINES], KIT_LINE_BYTES, "%s: %s",
			line->module, line->text);
}

/* Texts of several lines stay under one another. */
static void put_text(struct tobs_buf *out, const char *text)
{
	for (; *text; text++) {
		tobs_buf_putc(out, *text);
		if (*text == '\n')
			tobs_buf_puts(out, "         ");
	}
	tobs_buf_putc(out, '\n');
}

/* What it is that has no text. */
static const char *thing(const struct tobs_message *m)
{
	if (!m)
		return "(a message)";
	return m->photo.count   ? "(photo)"
		: m->animation  ? "(animation)"
		: m->document   ? "(document)"
		: m->video      ? "(video)"
		: m->video_note ? "(video note)"
		: m->audio      ? "(audio)"
		: m->voice      ? "(voice)"
		: m->sticker    ? "(sticker)"
		: m->invoice    ? "(invoice)"
		: m->venue      ? "(venue)"
		: m->location   ? "(location)"
		: m->contact    ? "(contact)"
		: m->poll       ? "(poll)"
		: m->dice       ? "(dice)"
				: "(no text)";
}

static void put_event(struct tobs_buf *out, const struct kit_event *e)
{
	static const char *const what[] = { "", "bot: ", "bot edits: ", "bot deletes a message",
		"bot notes: ", "bot is refused: ", "bot offers: " };

	tobs_buf_printf(out, "    %s%s", e->kind == KIT_SAID ? e->who : what[e->kind],
		e->kind == KIT_SAID ? ": " : "");
	if (!e->text[0] && (e->kind == KIT_MESSAGE || e->kind == KIT_EDIT))
		put_text(out, thing(e->what));
	else
		put_text(out, e->text);
}

static bool concerns(const struct kit_event *e, const struct tobs_test_user *u)
{
	/* That a button need not wait any longer nobody sees. */
	if (e->kind == KIT_ANSWER && !e->text[0])
		return false;
	return e->chat == (e->kind == KIT_ANSWER || e->kind == KIT_RESULTS ? u->id : u->chat);
}

static void put_chat(
	struct tobs_buf *out, const struct tobs_test *t, const struct tobs_test_user *u)
{
	size_t first = t->events.count, lines = 0;

	while (first > 0 && lines < LINES)
		lines += concerns(&t->events.items[--first], u);
	tobs_buf_printf(out, "\n  in the chat with %s:%s\n", u->name, lines ? "" : " nothing yet");
	for (; first < t->events.count; first++)
		if (concerns(&t->events.items[first], u))
			put_event(out, &t->events.items[first]);
}

/* What was said since the last failure. */
static void put_log(struct tobs_buf *out, struct tobs_test *t)
{
	size_t first = t->logged > KIT_LOG_LINES ? t->logged - KIT_LOG_LINES : 0;

	if (t->logged)
		tobs_buf_puts(out, "  the bot's log:\n");
	for (size_t i = first; i < t->logged; i++)
		tobs_buf_printf(out, "    %s\n", t->log[i % KIT_LOG_LINES]);
	t->logged = 0;
}

static TOBS_PRINTF(3, 0) int fail(
	struct tobs_test *t, const struct tobs_test_user *u, const char *fmt, va_list ap)
{
	struct tobs_buf out;
	const char *text;

	tobs_buf_init(&out, MESSAGE_MAX);
	tobs_buf_puts(&out, place);
	tobs_buf_vprintf(&out, fmt, ap);
	if (u)
		put_chat(&out, t, u);
	else
		tobs_buf_putc(&out, '\n');
	put_log(&out, t);
	/* .fail may not return. */
	text = tobs_arena_strdup(&t->arena, tobs_buf_str(&out));
	tobs_buf_deinit(&out);
	t->failures++;
	if (t->options.fail)
		t->options.fail(text ? text : "no memory\n", t->options.user);
	else /* where nobody reads there is nothing to be done */
		(void)dprintf(STDERR_FILENO, "%s", text ? text : "no memory\n");
	return -1;
}

int kit_fail(struct tobs_test *t, const struct tobs_test_user *u, const char *fmt, ...)
{
	va_list ap;
	int r;

	va_start(ap, fmt);
	r = fail(t, u, fmt, ap);
	va_end(ap);
	return r;
}

int tobs_test_failed(struct tobs_test *t, const char *fmt, ...)
{
	va_list ap;
	int r;

	if (!t)
		return -1;
	va_start(ap, fmt);
	r = fail(t, NULL, fmt, ap);
	va_end(ap);
	return r;
}
