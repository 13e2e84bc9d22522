/* SPDX-License-Identifier: MIT */
/*
 * What a person, or a program, sees of an export while it runs.
 *
 *     export_run ── events ──► progress ──► terminal: lines that are drawn anew
 *     the server ── waits ───►          ──► plain:    a line when something is done
 *     log, said ── lines ────►          ──► JSON:     docs/progress.md
 *
 * On a terminal the lines at the bottom belong to the progress, and what else is
 * said scrolls by above them:
 *
 *     Old Friends: 312 new messages
 *     Exporting: 1 of 3 chats, 1,846 messages, 812/s, about 12 s left
 *       Film Club  [=========>          ]  46%  1,534 of 3,300
 *       waiting 4 s: Telegram asks for it (FLOOD_WAIT)
 *
 * The cursor stands below the last line, visible, whenever nothing is being
 * written: however the process ends, by SIGKILL even, the terminal is fit for use.
 *
 * No I/O of its own: time, size and writing are passed in. Not for two threads at once.
 */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <tobs/client.h>

#include "base/clock.h"
#include "cli/status.h"
#include "export/export.h"

enum progress_mode {
	PROGRESS_TERMINAL,
	PROGRESS_PLAIN, /* text of which nothing is taken back: no terminal that could */
	PROGRESS_JSON,
	PROGRESS_NONE,
};

struct progress_size {
	unsigned columns, rows;
};

struct progress_options {
	enum progress_mode mode;
	const char *dir; /* where the files go: for export_start */
	bool dry_run;
	const struct clock *clock;
	struct progress_size (*size)(void *user); /* of the terminal, now */
	void (*write)(void *user, struct tobs_view bytes);
	void *user;
};

struct progress;

/* *options is copied, what it points to is not. TOBS_ENOMEM. */
int progress_new(struct progress **ret, const struct progress_options *options);
void progress_free(struct progress *p); /* NULL is fine */

/* As export_options.event and tobs_client_options.waiting are told. */
void progress_event(struct progress *p, const struct export_event *e);
void progress_wait(struct progress *p, const struct tobs_wait *wait);

/* Prints a line that somebody else has to say, clean and without newline, above the others. */
void progress_line(struct progress *p, const char *line);

/* To be called a few times a second: clocks run, sizes change. */
void progress_tick(struct progress *p);

/*
 * The run is over: takes the lines away, or writes export_finish. With a code
 * other than TOBS_OK, *err says why the run as a whole failed.
 */
void progress_end(struct progress *p, const struct export_report *report, enum status status,
	int code, const struct tobs_err *err);

#endif
