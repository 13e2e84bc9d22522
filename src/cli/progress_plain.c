/* SPDX-License-Identifier: MIT */
/* Progress as text that only grows: for terminals that cannot move the cursor, and CI's logs. */
#include "cli/progress_model.h"
#include "cli/text.h"

enum { EVERY_US = 10 * SECOND_US }; /* how often it says that it is alive */

static void end_line(struct progress *p)
{
	tobs_buf_putc(&p->out, '\n');
	progress_flush(p);
	p->said_at = clock_mono(p->o.clock);
}

static void say_where(struct progress *p)
{
	text_count(&p->out, p->fetched);
	tobs_buf_printf(&p->out, " messages, %zu of %zu chats done", p->ended, p->chats.count);
	end_line(p);
}

static void on_event(struct progress *p, const struct export_event *e)
{
	if (e->kind == EXPORT_START) {
		tobs_buf_printf(
			&p->out, "Exporting %zu chat%s", e->chats, e->chats == 1 ? "" : "s");
		end_line(p);
	} else if (e->kind == EXPORT_NOTE) {
		if (e->chat)
			text_clean(&p->out, tobs_str(e->chat->title));
		tobs_buf_puts(&p->out, e->chat ? ": " : "");
		text_clean(&p->out, tobs_str(e->text));
		end_line(p);
	} else if (e->kind == EXPORT_CHAT_END) {
		progress_put_result(p, e->chat, &p->out);
		if (p->out.len)
			end_line(p);
	}
}

static void on_wait(struct progress *p, const struct tobs_wait *wait)
{
	tobs_buf_printf(&p->out, "waiting %lld s: Telegram asks for it (%s)",
		(long long)wait->seconds, wait->name);
	end_line(p);
}

static void on_line(struct progress *p, const char *line)
{
	tobs_buf_puts(&p->out, line);
	end_line(p);
}

static void on_tick(struct progress *p)
{
	if (p->chats.count && clock_mono(p->o.clock) - p->said_at >= EVERY_US)
		say_where(p);
}

static void on_end(struct progress *p, const struct export_report *report, enum status status,
	int code, const struct tobs_err *err)
{
	(void)p;
	(void)report;
	(void)status;
	(void)code;
	(void)err;
}

const struct progress_style progress_plain = { on_event, on_wait, on_line, on_tick, on_end };
