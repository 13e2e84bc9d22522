/* SPDX-License-Identifier: MIT */
#include "cli/show.h"

#include <errno.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/attr.h"
#include "cli/logging.h"
#include "cli/settings_table.h"
#include "cli/summary.h"
#include "cli/term.h"

enum { TICK_MS = 200, ROWS = 24 };

/* ---- what progress needs ---- */

static struct progress_size size(void *user)
{
	const struct show *s = user;
	struct progress_size size = { term_columns(s->app), ROWS };
	struct winsize w;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_row)
		size.rows = w.ws_row;
	return size;
}

/* A reader that has gone away must not end the export; it is told at the end. */
static void write_out(void *user, struct tobs_view bytes)
{
	struct show *s = user;

	while (bytes.len && !s->write_error) {
		ssize_t n = write(STDOUT_FILENO, bytes.ptr, bytes.len);

		if (n >= 0)
			bytes = tobs_view_sub(bytes, (size_t)n, SIZE_MAX);
		else if (errno != EINTR)
			s->write_error = errno;
	}
}

/* The progress is told from this fiber's loop, and of lines from any thread. */
static void on_event(void *user, const struct export_event *e)
{
	struct show *s = user;

	logging_lock();
	progress_event(s->progress, e);
	logging_unlock();
}

void show_wait(void *user, const struct tobs_wait *wait)
{
	struct show *s = user;

	if (!s->progress) {
		app_say("Telegram asks to wait %lld s (%s)", (long long)wait->seconds, wait->name);
		return;
	}
	logging_lock();
	progress_wait(s->progress, wait);
	logging_unlock();
}

static void on_line(void *user, const char *line)
{
	const struct show *s = user;

	progress_line(s->progress, line);
}

static int tick(void *arg)
{
	struct show *s = arg;

	while (!tobs_sleep(TICK_MS)) {
		logging_lock();
		progress_tick(s->progress);
		logging_unlock();
	}
	return TOBS_OK;
}

static void on_shutdown(void *arg)
{
	(void)arg;
	app_say("stopping: what was fetched is kept (once more: stops at once)");
}

/* ---- beginning and end ---- */

static enum progress_mode mode_of(const struct app *app)
{
	struct term term = term_look(app);

	switch (settings_enum(&app->settings, SET_PROGRESS)) {
	case 0:
		return !term.terminal ? PROGRESS_JSON
			: term.moves  ? PROGRESS_TERMINAL
				      : PROGRESS_PLAIN;
	case 1: return PROGRESS_TERMINAL;
	case 2: return PROGRESS_JSON;
	default: return PROGRESS_NONE;
	}
}

int show_open(
	struct show *s, const struct app *app, struct export_options *options, struct tobs_err *err)
{
	const struct progress_options progress = { .mode = mode_of(app),
		.dir = options->dir,
		.dry_run = options->dry_run,
		.clock = clock_system(),
		.size = size,
		.write = write_out,
		.user = s };
	int r;

	*s = (struct show){
		.app = app, .mode = progress.mode, .dir = options->dir, .dry_run = options->dry_run
	};
	/* What was printed before comes before. */
	fflush(stdout);
	r = progress_new(&s->progress, &progress);
	if (!r)
		r = tobs_spawn(&s->ticker, tick, s, &(struct tobs_fiber_options){ "progress", 0 });
	if (!r)
		r = tobs_on_shutdown(&s->hook, on_shutdown, s);
	s->hooked = !r;
	options->event = on_event;
	options->user = s;
	if (s->mode == PROGRESS_TERMINAL && isatty(STDOUT_FILENO) && isatty(STDERR_FILENO))
		logging_through(on_line, s);
	return r ? tobs_fail(err, r, "%s", tobs_error_text(r)) : TOBS_OK;
}

int show_close(struct show *s, const struct export_report *report, enum status status, int code,
	const struct tobs_err *err)
{
	struct tobs_shield shield;

	tobs_shield_begin(&shield);
	if (s->ticker) {
		tobs_cancel(s->ticker);
		tobs_join(s->ticker, NULL);
	}
	tobs_shield_end(&shield);
	if (s->hooked)
		tobs_off_shutdown(&s->hook);
	logging_through(NULL, NULL);
	if (s->progress)
		progress_end(s->progress, report, status, code, err);
	if (code)
		app_fail(s->app, code, err);
	if (s->mode != PROGRESS_JSON)
		summary_print(report, s->dir, s->dry_run, status);
	progress_free(s->progress);
	s->progress = NULL;
	if (!s->write_error)
		return TOBS_OK;
	app_say("standard output: %s", strerror(s->write_error));
	return TOBS_EIO;
}
