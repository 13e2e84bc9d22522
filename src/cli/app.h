/* SPDX-License-Identifier: MIT */
/*
 * One run of the program: its command line, its settings, what it says.
 *
 *     argv ─► command ─► options ─► environment ─► .env ─► profile ─► command->run()
 *
 * Results go to standard output, everything else to standard error. What comes
 * from outside (titles, names, file names) is cleaned of control characters
 * before a person sees it; see text.h.
 */
#ifndef CLI_APP_H
#define CLI_APP_H

#include <stdbool.h>
#include <tobs/err.h>

#include "base/settings.h"
#include "cli/status.h"

struct command;

struct app {
	const struct command *command;
	const char *const *environ;
	struct settings settings;
	const char **args; /* of the command, without options */
	unsigned arg_count;
	char *env_file;      /* the .env file that was read, or could not be; NULL: there is none */
	int problem;         /* for COMMAND_LENIENT: what was wrong with the settings, … */
	struct tobs_err why; /* … and the first message */
};

/*
 * The whole program, for a main() to call. `environ` is a list of "KEY=value" up
 * to a NULL. Returns the exit status.
 */
int app_main(int argc, char *const *argv, const char *const *environ);

/* A variable of the environment; NULL when it is not set or empty. */
const char *app_env(const struct app *app, const char *name);

/* A setting of type string, path or list as a C string; NULL when it is empty. */
const char *app_text(const struct app *app, unsigned index);

/*
 * Says on standard error what went wrong and, where it is known, what to do about
 * it. `code` is what a function returned and *err what it filled in. Returns the
 * exit status for it.
 */
enum status app_fail(const struct app *app, int code, const struct tobs_err *err);

/* "tobs: …" on standard error, cleaned of control characters. */
void app_say(const char *fmt, ...) TOBS_PRINTF(1, 2);

/*
 * Something is wrong with how the command was called: says it, where to read
 * about it, and returns STATUS_USAGE.
 */
enum status app_usage(const struct app *app, const char *fmt, ...) TOBS_PRINTF(2, 3);

/*
 * Writes what `text` holds to standard output and frees it. STATUS_DONE; or
 * STATUS_FAILED, said, when it cannot be written or was never complete.
 */
enum status app_print(struct tobs_buf *text);

#endif
