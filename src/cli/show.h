/* SPDX-License-Identifier: MIT */
/*
 * An export on standard output: progress while it runs (progress.h), a summary at
 * the end. Lines of the log and what else is said meanwhile come out above the
 * progress when both go to the same terminal.
 */
#ifndef CLI_SHOW_H
#define CLI_SHOW_H

#include <tobs/rt.h>

#include "cli/app.h"
#include "cli/progress.h"

/* Zero it; what it shows must outlive it. */
struct show {
	const struct app *app;
	struct progress *progress; /* NULL: not opened */
	enum progress_mode mode;
	bool dry_run;
	const char *dir;
	struct tobs_fiber *ticker;
	struct tobs_hook hook; /* of the shutdown */
	bool hooked;
	int write_error; /* errno; 0: all was written */
};

/* Begins, and sets options->event and ->user. TOBS_ENOMEM. On a fiber, which must show_close(). */
int show_open(struct show *s, const struct app *app, struct export_options *options,
	struct tobs_err *err);

/* For tobs_client_options.waiting, with the show as `user`; also before show_open(). */
void show_wait(void *user, const struct tobs_wait *wait);

/*
 * Ends: takes the progress away and says how it went, from the report and, with a
 * code other than TOBS_OK, *err. TOBS_EIO when standard output could not be
 * written to. Waits.
 */
int show_close(struct show *s, const struct export_report *report, enum status status, int code,
	const struct tobs_err *err);

#endif
