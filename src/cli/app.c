/* SPDX-License-Identifier: MIT */
#include "cli/app.h"

#include <stdio.h>
#include <string.h>
#include <tobs/rt.h>

#include "base/alloc.h"
#include "base/attr.h"
#include "base/options.h"
#include "cli/command.h"
#include "cli/help.h"
#include "cli/logging.h"
#include "cli/prompt.h"
#include "cli/text.h"

enum { MESSAGE_MAX = 4096 };

const char *app_env(const struct app *app, const char *name)
{
	size_t n = strlen(name);

	for (const char *const *e = app->environ; *e; e++)
		if (strncmp(*e, name, n) == 0 && (*e)[n] == '=' && (*e)[n + 1])
			return *e + n + 1;
	return NULL;
}

const char *app_text(const struct app *app, unsigned index)
{
	struct tobs_view text = settings_text(&app->settings, index);

	return text.len ? (const char *)text.ptr : NULL;
}

TOBS_PRINTF(1, 0) static void say_v(const char *fmt, va_list ap)
{
	struct tobs_buf raw, line;

	tobs_buf_init(&raw, MESSAGE_MAX);
	tobs_buf_init(&line, 2 * MESSAGE_MAX);
	tobs_buf_vprintf(&raw, fmt, ap);
	tobs_buf_puts(&line, "tobs: ");
	text_clean(&line, tobs_buf_view(&raw));
	logging_print(tobs_buf_str(&line));
	tobs_buf_deinit(&raw);
	tobs_buf_deinit(&line);
}

void app_say(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say_v(fmt, ap);
	va_end(ap);
}

enum status app_usage(const struct app *app, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say_v(fmt, ap);
	va_end(ap);
	if (app->command)
		app_say("how it is used: tobs help %s", app->command->name);
	else
		app_say("what there is: tobs help");
	return STATUS_USAGE;
}

/* What a person can do about it; NULL when the message says all there is. */
static const char *advice(int code, const struct tobs_err *err)
{
	if (code == TOBS_ERPC && strncmp(err->name, "API_ID", 6) == 0)
		return "check API_ID and API_HASH: both are at https://my.telegram.org";
	switch (code) {
	case TOBS_EAUTH: return "log in with: tobs login";
	case TOBS_ENOSPC: return "make room and run it again: what was done is kept";
	case TOBS_ENET: return "tobs doctor looks at the connection";
	default: return NULL;
	}
}

static enum status status_of(int code, const struct tobs_err *err)
{
	if (code == TOBS_EAUTH)
		return STATUS_NO_LOGIN;
	if (code == TOBS_ECANCELED && tobs_shutdown_requested())
		return STATUS_INTERRUPTED;
	if (code == TOBS_ERPC && strncmp(err->name, "API_ID", 6) == 0)
		return STATUS_USAGE;
	return STATUS_FAILED;
}

enum status app_fail(const struct app *app, int code, const struct tobs_err *err)
{
	static const struct tobs_err none = { .code = 0 };
	const struct tobs_err *e = err && err->code == code ? err : &none;
	enum status status = status_of(code, e);
	const char *what = *e->message ? e->message : tobs_error_text(code);

	(void)app;
	if (status == STATUS_INTERRUPTED) {
		app_say("interrupted");
		return status;
	}
	app_say("%s", what);
	if (*e->name && !strstr(what, e->name))
		app_say("Telegram's name for it: %s", e->name);
	if (advice(code, e))
		app_say("%s", advice(code, e));
	return status;
}

enum status app_print(struct tobs_buf *text)
{
	enum status status = STATUS_DONE;

	if (tobs_buf_err(text)) {
		app_say("%s", tobs_error_text(tobs_buf_err(text)));
		status = STATUS_FAILED;
	} else {
		fwrite(tobs_buf_str(text), 1, text->len, stdout);
	}
	tobs_buf_deinit(text);
	return status;
}

/* A full disk shows itself here, or it would look as if all had been written. */
static enum status finish_output(enum status status)
{
	bool failed = ferror(stdout);

	if (fflush(stdout) == 0 && !failed)
		return status;
	app_say("standard output: could not write");
	return status == STATUS_DONE ? STATUS_FAILED : status;
}

/* ---- settings ---- */

/* Reads .env, or the file that --env-file names and that has to be there then. */
static int read_env_file(struct app *app, struct tobs_err *err)
{
	const char *given = app_text(app, SET_ENV_FILE);
	struct env env = { 0 };
	int r;

	app->env_file = mem_strdup(given ? given : ".env");
	if (!app->env_file)
		return tobs_fail(err, TOBS_ENOMEM, "%s", tobs_error_text(TOBS_ENOMEM));
	r = env_load(&env, app->env_file, err);
	if (r == TOBS_ENOTFOUND && !given) {
		mem_free(app->env_file);
		app->env_file = NULL;
		return TOBS_OK;
	}
	if (!r)
		r = settings_file(&app->settings, &env, app->env_file, err);
	env_deinit(&env);
	return r;
}

/* Everything but the command line, which was read before. All problems are found; the first is returned. */
static int read_settings(struct app *app, struct tobs_err *err)
{
	struct tobs_err second;
	int first = settings_environ(&app->settings, app->environ, err), r;

	r = read_env_file(app, first ? &second : err);
	if (r && r != TOBS_EINVAL)
		/* Not a value that is not allowed: those are among the problems already. */
		tobs_buf_printf(
			&app->settings.problems, "%s\n", first ? second.message : err->message);
	r = first ? first : r;
	if (!r)
		r = settings_profile(&app->settings,
			&cli_profiles[settings_enum(&app->settings, SET_PROFILE)], err);
	return r;
}

static enum status say_problems(const struct app *app)
{
	struct tobs_view rest = tobs_str(settings_problems(&app->settings)), line;

	while (tobs_view_split(&rest, '\n', &line))
		if (line.len)
			app_say("%.*s", TOBS_VIEW_FMT(line));
	return STATUS_USAGE;
}

/* ---- the command line ---- */

static enum status no_such_command(struct app *app, const char *name)
{
	struct tobs_buf text;

	tobs_buf_init(&text, MESSAGE_MAX);
	text_clean(&text, tobs_str(name));
	tobs_buf_puts(&text, ": there is no such command");
	help_suggest(&text, tobs_str(name));
	app_usage(app, "%s", tobs_buf_str(&text));
	tobs_buf_deinit(&text);
	return STATUS_USAGE;
}

static enum status check_args(struct app *app)
{
	const struct command *c = app->command;
	struct tobs_view word;
	struct tobs_buf allowed;

	if (app->arg_count < c->min_args)
		return app_usage(app, "%s: %s is missing", c->name, c->arguments);
	if (app->arg_count > c->max_args)
		return app_usage(app, "%s: \"%s\" is too much", c->name, app->args[c->max_args]);
	if (!c->words || !app->arg_count)
		return STATUS_DONE;
	tobs_buf_init(&allowed, MESSAGE_MAX);
	for (size_t i = 0; (word = setting_word(c->words, i)).len; i++) {
		if (tobs_view_is(word, app->args[0])) {
			tobs_buf_deinit(&allowed);
			return STATUS_DONE;
		}
		tobs_buf_printf(&allowed, "%s%.*s", i ? ", " : "", TOBS_VIEW_FMT(word));
	}
	app_usage(
		app, "%s %s: allowed is one of %s", c->name, app->args[0], tobs_buf_str(&allowed));
	tobs_buf_deinit(&allowed);
	return STATUS_USAGE;
}

/* Whether help was asked for on the command line, and how: 'h' for -h, 'H' for --help, else 0. */
static char help_asked(const struct app *app)
{
	const struct setting_origin *o = settings_origin(&app->settings, SET_HELP);

	if (o->layer == SETTING_UNSET || !settings_bool(&app->settings, SET_HELP))
		return 0;
	return o->name && strcmp(o->name, "-h") == 0 ? 'h' : 'H';
}

/* The options before the command, and which command it is; NULL when there is none. */
static enum status parse_front(struct app *app, int argc, char *const *argv)
{
	const struct option_scope scope = { options_front.rows, options_front.count, NULL };
	struct tobs_err err;

	if (options_parse(&app->settings, &scope, OPTIONS_STOP, argc, argv, app->args,
		    &app->arg_count, &err))
		return app_usage(app, "%s", err.message);
	if (settings_bool(&app->settings, SET_VERSION)) {
		app->command = &cmd_version;
		app->arg_count = 0;
		return STATUS_DONE;
	}
	if (!app->arg_count)
		return STATUS_DONE;
	app->command = command_find(tobs_str(app->args[0]));
	return app->command ? STATUS_DONE : no_such_command(app, app->args[0]);
}

static enum status parse_rest(struct app *app, int argc, char *const *argv)
{
	unsigned rows[SET_COUNT];
	const struct option_scope scope = { rows, command_rows(app->command, rows),
		app->command->name };
	struct tobs_err err;

	if (options_parse(&app->settings, &scope, 0, argc, argv, app->args, &app->arg_count, &err))
		return app_usage(app, "%s", err.message);
	return STATUS_DONE;
}

/* ---- running ---- */

enum {
	COMMAND_STACK = 1 << 20, /* bytes; mapped as it is used */
	STOP_MS = 5000,          /* how long a command has to end after the first signal */
};

struct command_run {
	struct app *app;
	struct tobs_event ended;
};

static int command_fiber(void *arg)
{
	struct command_run *c = arg;

	tobs_event_set(&c->ended, (int)c->app->command->run(c->app));
	return TOBS_OK;
}

/*
 * The command runs on a fiber of its own, so that a signal can cancel it
 * wherever it waits. One that does not end then is left behind: whatever it
 * writes stands even a kill.
 */
static int run_on_fiber(void *arg)
{
	struct command_run c = { .app = arg };
	struct tobs_case cases[2];
	struct tobs_fiber *fiber;
	struct tobs_deadline limit;
	int r, status = STATUS_FAILED;
	size_t which;

	tobs_event_init(&c.ended);
	r = tobs_spawn(&fiber, command_fiber, &c,
		&(struct tobs_fiber_options){ c.app->command->name, COMMAND_STACK });
	if (r)
		return (int)app_fail(c.app, r, NULL);
	cases[0] = tobs_case_event(&c.ended);
	cases[1] = tobs_case_event(tobs_shutdown_event());
	if (!tobs_select(cases, ARRAY_LEN(cases), TOBS_FOREVER, &which) && which == 1)
		tobs_cancel(fiber);
	tobs_deadline_push(&limit, tobs_shutdown_requested() ? STOP_MS : TOBS_FOREVER);
	if (tobs_event_wait(&c.ended, &status))
		prompt_hurry(0);
	tobs_deadline_pop(&limit);
	tobs_join(fiber, NULL);
	return status;
}

static enum status run(struct app *app)
{
	struct tobs_run_options options = { .catch_signals = true, .hurry = prompt_hurry };
	int r;

	/* Who holds the loop is of interest to those who work on tobs. */
	if (settings_enum(&app->settings, SET_LOG_LEVEL) < TOBS_LOG_DEBUG)
		options.hold_ms = -1;
	if (!(app->command->flags & COMMAND_FIBER))
		return app->command->run(app);
	r = tobs_run_with(&options, run_on_fiber, app);
	return r < 0 ? app_fail(app, r, NULL) : (enum status)r;
}

static enum status run_command(struct app *app)
{
	unsigned flags = app->command->flags;
	enum status status;
	int r;

	if (help_asked(app))
		return help_command(app, app->command, help_asked(app) == 'H');
	r = flags & COMMAND_NO_SETTINGS ? TOBS_OK : read_settings(app, &app->why);
	if (r == TOBS_ENOMEM)
		return app_fail(app, r, &app->why);
	if (r && !(flags & COMMAND_LENIENT))
		return say_problems(app);
	app->problem = r;
	status = check_args(app);
	if (status)
		return status;
	logging_level((enum tobs_log_level)settings_enum(&app->settings, SET_LOG_LEVEL));
	return run(app);
}

static enum status with_settings(struct app *app, int argc, char *const *argv)
{
	enum status status = parse_front(app, argc, argv);
	int used;

	if (status)
		return status;
	if (!app->command)
		return help_asked(app) ? help_commands(app) : help_greet(app);
	/* What follows the command's name; with OPTIONS_STOP all of that is in args. */
	used = argc - (int)app->arg_count + 1;
	if (app->arg_count)
		status = parse_rest(app, argc - used, argv + used);
	return status ? status : run_command(app);
}

int app_main(int argc, char *const *argv, const char *const *environ)
{
	struct app app = { .environ = environ };
	struct tobs_err err;
	enum status status;
	int r;

	logging_open();
	argc -= argc > 0;
	app.args = MEM_ARRAY((size_t)argc + 1, const char *);
	r = settings_init(&app.settings, &cli_settings, app_env(&app, "HOME"), &err);
	if (!r && !app.args)
		r = tobs_fail(&err, TOBS_ENOMEM, "%s", tobs_error_text(TOBS_ENOMEM));
	status = r ? app_fail(&app, r, &err) : with_settings(&app, argc, argv + 1);
	status = finish_output(status);
	mem_free(app.env_file);
	mem_free(app.args);
	settings_deinit(&app.settings);
	logging_close();
	return (int)status;
}
