/* SPDX-License-Identifier: MIT */
#include <tobs/rt.h>

#include "base/attr.h"
#include "cli/command.h"
#include "cli/connect.h"
#include "cli/rendering.h"
#include "cli/show.h"
#include "cli/words.h"
#include "cli/zone_time.h"
#include "export/export.h"

enum { WORDS_MAX = 4 << 20, ARGUMENTS_MAX = 1 << 20 };

/* A run, and what its options point to. */
struct job {
	const struct app *app;
	struct export_options options;
	struct export_report report;
	struct rendering rendering;
	struct tobs_arena arena;
	struct tobs_buf arguments;
	struct show show;
};

/* ---- from settings to options ---- */

/* Bits of enum chat_type to those of enum export_type. */
static unsigned read_types(const struct app *app)
{
	static const unsigned types[] = { [CHAT_PRIVATE] = EXPORT_PRIVATE,
		[CHAT_BOT] = EXPORT_BOT,
		[CHAT_GROUP] = EXPORT_GROUP,
		[CHAT_FORUM] = EXPORT_FORUM,
		[CHAT_CHANNEL] = EXPORT_CHANNEL };
	uint64_t words = settings_words(&app->settings, SET_TYPE);
	unsigned all = 0;

	for (unsigned i = 0; i < ARRAY_LEN(types); i++)
		if (words & 1u << i)
			all |= types[i];
	return all;
}

/* The command line; what is set for good counts only where it names nothing. */
static enum status read_targets(struct job *j)
{
	const struct app *app = j->app;
	struct export_options *o = &j->options;
	const struct settings *s = &app->settings;
	bool all = settings_bool(s, SET_ALL);
	int r = words_split(
		&j->arena, settings_text(s, SET_EXCLUDE), ',', &o->exclude, &o->exclude_count);

	o->types = read_types(app);
	if (app->arg_count) {
		o->targets = app->args;
		o->target_count = app->arg_count;
		o->all = all && settings_origin(s, SET_ALL)->layer == SETTING_FROM_OPTION;
	} else {
		o->all = all;
		if (!r && !all)
			r = words_split(&j->arena, settings_text(s, SET_TARGETS), ',', &o->targets,
				&o->target_count);
	}
	if (r)
		return app_fail(app, r, NULL);
	if (!o->all && !o->target_count)
		return app_usage(app,
			"export: which chats? Name them as tobs chats lists them, or "
			"say --all");
	if (!o->all && (o->types || o->exclude_count) &&
		settings_origin(s, o->types ? SET_TYPE : SET_EXCLUDE)->layer == SETTING_FROM_OPTION)
		return app_usage(app, "export: --type and --exclude choose among --all");
	return STATUS_DONE;
}

static enum status read_range(struct job *j)
{
	const struct settings *s = &j->app->settings;
	struct setting_date since = settings_date(s, SET_SINCE),
			    until = settings_date(s, SET_UNTIL);
	struct export_options *o = &j->options;
	struct tobs_err err;
	struct zone *zone;

	if (zone_load(&zone, app_text(j->app, SET_TIMEZONE), &err))
		return app_usage(j->app, "timezone: %s", err.message);
	if (settings_given(s, SET_SINCE))
		o->since = zone_time(zone, &since, false);
	if (settings_given(s, SET_UNTIL))
		o->until = zone_time(zone, &until, true);
	zone_free(zone);
	o->last = (int32_t)settings_int(s, SET_LAST);
	o->from_id = (int32_t)settings_int(s, SET_FROM_ID);
	o->to_id = (int32_t)settings_int(s, SET_TO_ID);
	if ((o->until && o->until <= o->since) || (o->to_id && o->to_id < o->from_id))
		return app_usage(j->app, "export: the range ends before it begins");
	return STATUS_DONE;
}

/* What this run was told, to be kept with it: targets and options, no secrets. */
static void put_arguments(struct job *j)
{
	const struct app *app = j->app;

	for (unsigned i = 0; i < SET_COUNT; i++) {
		const struct setting *set = &cli_settings.rows[i];

		if (settings_origin(&app->settings, i)->layer != SETTING_FROM_OPTION ||
			set->flags & SETTING_SECRET)
			continue;
		tobs_buf_printf(&j->arguments, "--%s=", set->name);
		settings_show(&app->settings, i, &j->arguments);
		tobs_buf_putc(&j->arguments, ' ');
	}
	for (unsigned i = 0; i < app->arg_count; i++)
		tobs_buf_printf(&j->arguments, "%s ", app->args[i]);
	if (j->arguments.len)
		tobs_buf_truncate(&j->arguments, j->arguments.len - 1);
}

static enum status read_options(struct job *j)
{
	const struct settings *s = &j->app->settings;
	struct export_options *o = &j->options;
	enum status status = read_targets(j);

	if (!status)
		status = read_range(j);
	if (!status)
		status = rendering_init(&j->rendering, j->app);
	o->render = &j->rendering.options;
	o->dir = app_text(j->app, SET_OUT);
	o->refresh_days = settings_int(s, SET_REFRESH) ? (int)settings_int(s, SET_REFRESH) : -1;
	o->concurrency = (int)settings_int(s, SET_CONCURRENCY);
	o->takeout = settings_bool(s, SET_TAKEOUT);
	o->dry_run = settings_bool(s, SET_DRY_RUN);
	put_arguments(j);
	o->arguments = tobs_buf_str(&j->arguments);
	return status;
}

/* ---- the run ---- */

static enum status status_of(const struct job *j, int r)
{
	if (r == TOBS_ECANCELED && tobs_shutdown_requested())
		return STATUS_INTERRUPTED;
	if (r)
		return r == TOBS_EAUTH ? STATUS_NO_LOGIN : STATUS_FAILED;
	return j->report.failed ? STATUS_PARTLY : STATUS_DONE;
}

static enum status export_and_show(struct job *j)
{
	struct tobs_client *client;
	struct tobs_err err = { .code = 0 };
	enum status status = connect_open(j->app, 0, show_wait, &j->show, &client);
	int r;

	if (status)
		return status;
	r = show_open(&j->show, j->app, &j->options, &err);
	if (!r)
		r = export_run(client, &j->options, &j->report, &err);
	status = status_of(j, r);
	if (show_close(&j->show, &j->report, status, r, &err) && !status)
		status = STATUS_FAILED;
	tobs_client_free(client);
	return status;
}

static enum status run(struct app *app)
{
	struct job j = { .app = app };
	enum status status;

	export_report_init(&j.report);
	tobs_arena_init(&j.arena, WORDS_MAX);
	tobs_buf_init(&j.arguments, ARGUMENTS_MAX);
	status = read_options(&j);
	if (!status)
		status = export_and_show(&j);
	rendering_deinit(&j.rendering);
	tobs_buf_deinit(&j.arguments);
	tobs_arena_deinit(&j.arena);
	export_report_deinit(&j.report);
	return status;
}

static const unsigned what[] = { SET_ALL, SET_TYPE, SET_EXCLUDE, SET_TARGETS, SET_SINCE, SET_UNTIL,
	SET_LAST, SET_FROM_ID, SET_TO_ID, SET_REFRESH };
static const unsigned how[] = { SET_OUT, SET_FLAVOR, SET_LANG, SET_TIMEZONE, SET_TAKEOUT,
	SET_PROFILE, SET_CONCURRENCY, SET_DRY_RUN, SET_PROGRESS };
static const struct option_group own_what = OPTION_GROUP("What", what);
static const struct option_group own_how = OPTION_GROUP("How", how);

const struct command cmd_export = {
	.name = "export",
	.summary = "fetches chats and writes them as files",
	.arguments = "[TARGET]...",
	.about =
		"Fetches what is new in these chats into the archive of the output folder, and "
		"writes the files of those that changed. Run it again for what is new since. It can "
		"be interrupted (Ctrl-C) or killed at any instant: nothing is lost, and the next run "
		"goes on from there.\n"
		"A TARGET is @name, a t.me link of any kind, me, a phone number of a contact, an id "
		"(-1001234567890 or 1234567890), or a title that only one chat has.\n"
		"Exit status: 0 all done, 3 some chats failed (they are listed; the others are "
		"done), 4 not logged in, 130 interrupted.",
	.examples =
		"tobs export @telegram  # one channel\n"
		"tobs export --all --type private,group  # all chats with people\n"
		"tobs export --since 2024-01-01 \"Film Club\"  # a chat by its title, from a date on\n"
		"tobs export --all --dry-run  # how much would it be?",
	.max_args = 10000,
	.flags = COMMAND_FIBER,
	.groups = { &own_what, &own_how, &options_account, &options_connection, &options_general },
	.run = run,
};
