/* SPDX-License-Identifier: MIT */
#include "cli/help.h"

#include <sys/stat.h>

#include "base/alloc.h"
#include "base/attr.h"
#include "base/options.h"
#include "base/suggest.h"
#include "base/utf.h"
#include "cli/command.h"
#include "cli/session_path.h"
#include "cli/term.h"
#include "tobs_config.h"

enum {
	HELP_MAX = 1 << 20,
	WIDEST = 100, /* longer lines are hard to read */
};

static unsigned width_of(const struct app *app)
{
	return MIN(term_columns(app), (unsigned)WIDEST);
}

/* Paragraphs, each behind `indent` blanks. */
static void put_paragraphs(struct tobs_buf *out, const char *text, unsigned indent, unsigned width)
{
	struct tobs_view rest = tobs_str(text), line;

	while (tobs_view_split(&rest, '\n', &line)) {
		tobs_buf_fill(out, ' ', indent);
		options_wrap(out, line, indent, indent, width);
		if (rest.ptr)
			tobs_buf_putc(out, '\n');
	}
}

static void put_usage(struct tobs_buf *out, const struct command *c)
{
	tobs_buf_printf(out, "Usage: tobs %s [OPTION]...%s%s\n", c->name, c->arguments ? " " : "",
		c->arguments ? c->arguments : "");
}

static bool has_options(const struct option_group *g)
{
	for (unsigned i = 0; i < g->count; i++)
		if (!(cli_settings.rows[g->rows[i]].flags & SETTING_NO_OPTION))
			return true;
	return false;
}

static void put_group(struct tobs_buf *out, const struct option_group *g, unsigned width)
{
	const struct option_scope scope = { g->rows, g->count, NULL };

	if (!has_options(g))
		return;
	tobs_buf_printf(out, "\n%s:\n", g->title);
	options_help(&cli_settings, &scope, width, out);
}

/* "Connection: --server, --proxy-type, …" */
static void put_group_names(struct tobs_buf *out, const struct option_group *g, unsigned width)
{
	struct tobs_buf line;

	tobs_buf_init(&line, 4096);
	for (unsigned i = 0; i < g->count; i++) {
		const struct setting *set = &cli_settings.rows[g->rows[i]];

		if (!(set->flags & (SETTING_NO_OPTION | SETTING_HIDDEN)))
			tobs_buf_printf(&line, "%s --%s", line.len ? "," : "", set->name);
	}
	tobs_buf_printf(out, "\n%s:", g->title);
	options_wrap(out, tobs_buf_view(&line), (unsigned)strlen(g->title) + 1, 4, width);
	tobs_buf_deinit(&line);
}

/* Settings of the command that have a key only. */
static void put_keys(struct tobs_buf *out, const struct command *c, unsigned width)
{
	unsigned rows[SET_COUNT], count = command_rows(c, rows);
	char key[2 * SETTING_NAME_MAX];
	bool any = false;

	for (unsigned i = 0; i < count; i++) {
		const struct setting *set = &cli_settings.rows[rows[i]];

		if (!(set->flags & SETTING_NO_OPTION))
			continue;
		if (!any)
			tobs_buf_puts(out, "\nOnly in the environment or .env:\n");
		any = true;
		tobs_buf_printf(
			out, "  %s\n          ", setting_key(set, cli_settings.prefix, key));
		options_wrap(out, tobs_str(set->help), 10, 10, width);
	}
}

static void put_examples(struct tobs_buf *out, const char *examples, unsigned width)
{
	struct tobs_view rest = tobs_str(examples), line, command;

	tobs_buf_puts(out, "\nExamples:\n");
	while (tobs_view_split(&rest, '\n', &line)) {
		tobs_view_split(&line, '#', &command);
		tobs_buf_printf(out, "  %.*s\n      ", TOBS_VIEW_FMT(tobs_view_trim(command)));
		options_wrap(out, tobs_view_trim(line), 6, 6, width);
	}
}

enum status help_command(const struct app *app, const struct command *c, bool full)
{
	unsigned width = width_of(app);
	struct tobs_buf out;

	tobs_buf_init(&out, HELP_MAX);
	tobs_buf_printf(&out, "tobs %s - %s\n\n", c->name, c->summary);
	put_usage(&out, c);
	if (full && c->about) {
		tobs_buf_putc(&out, '\n');
		put_paragraphs(&out, c->about, 0, width);
	}
	for (unsigned g = 0; g < COMMAND_GROUPS && c->groups[g]; g++)
		if (full || !c->groups[g]->shared)
			put_group(&out, c->groups[g], width);
		else
			put_group_names(&out, c->groups[g], width);
	if (full) {
		put_keys(&out, c, width);
		if (c->examples)
			put_examples(&out, c->examples, width);
		tobs_buf_puts(&out, "\nOptions are settings as well: tobs help settings\n");
	} else {
		tobs_buf_printf(&out, "\nMore: tobs help %s\n", c->name);
	}
	return app_print(&out);
}

static void put_commands(struct tobs_buf *out, bool plumbing, unsigned width)
{
	size_t column = 0;

	for (const struct command *const *c = commands; *c; c++)
		column = MAX(column, strlen((*c)->name) + 4);
	for (const struct command *const *c = commands; *c; c++) {
		if (plumbing != !!((*c)->flags & COMMAND_PLUMBING))
			continue;
		tobs_buf_printf(out, "  %-*s", (int)column - 2, (*c)->name);
		options_wrap(
			out, tobs_str((*c)->summary), (unsigned)column, (unsigned)column, width);
	}
}

static void put_overview(struct tobs_buf *out, unsigned width)
{
	tobs_buf_puts(out,
		"tobs - your Telegram chats as files you own\n\n"
		"Usage: tobs COMMAND [OPTION]... [ARGUMENT]...\n\nCommands:\n");
	put_commands(out, false, width);
	tobs_buf_puts(out, "\nFor scripts and packages:\n");
	put_commands(out, true, width);
	put_group(out, &options_front, width);
	tobs_buf_putc(out, '\n');
	options_wrap(out,
		tobs_str("tobs help COMMAND tells more about a command, tobs help settings lists "
			 "what can be set in the environment and in a .env file."),
		0, 0, width);
	tobs_buf_puts(out,
		"\nExit status: 0 done, 1 failed, 2 wrong usage or settings, "
		"3 some chats or files\nfailed, 4 not logged in, 130 interrupted.\n");
}

enum status help_commands(const struct app *app)
{
	struct tobs_buf out;

	tobs_buf_init(&out, HELP_MAX);
	put_overview(&out, width_of(app));
	return app_print(&out);
}

static void put_setting(struct tobs_buf *out, const struct setting *set, unsigned width)
{
	char key[2 * SETTING_NAME_MAX];

	tobs_buf_printf(out, "\n  %s", setting_key(set, cli_settings.prefix, key));
	for (size_t i = 0; i < SETTING_ALIASES && set->aliases[i].key; i++)
		tobs_buf_printf(out, ", %s", set->aliases[i].key);
	tobs_buf_puts(out, "\n      ");
	options_wrap(out, tobs_str(set->help), 6, 6, width);
	tobs_buf_puts(out, "      Allowed: ");
	setting_allowed(set, out);
	if (set->def && *set->def)
		tobs_buf_printf(out, ". Default: %s", set->def);
	tobs_buf_puts(out, ".\n");
}

enum status help_settings(const struct app *app)
{
	unsigned width = width_of(app);
	struct tobs_buf out;

	tobs_buf_init(&out, HELP_MAX);
	options_wrap(&out,
		tobs_str("Each option of a command can be set for good, in the environment or in a "
			 "file called .env in the current folder, a line KEY=value each. The "
			 "command line counts most, then the environment, .env, the profile, the "
			 "default. The names without TOBS_ are those of an earlier program."),
		0, 0, width);
	for (unsigned i = 0; i < SET_COUNT; i++)
		if (!(cli_settings.rows[i].flags & (SETTING_NO_ENV | SETTING_HIDDEN)))
			put_setting(&out, &cli_settings.rows[i], width);
	return app_print(&out);
}

static bool has_session(const struct app *app)
{
	struct tobs_buf path;
	struct stat st;
	bool has;

	tobs_buf_init(&path, SESSION_PATH_MAX);
	has = session_path(app, settings_text(&app->settings, SET_SESSION), &path, NULL) ==
			TOBS_OK &&
		stat(tobs_buf_str(&path), &st) == 0;
	tobs_buf_deinit(&path);
	return has;
}

enum status help_greet(const struct app *app)
{
	unsigned width = width_of(app);
	struct tobs_buf out;

	tobs_buf_init(&out, HELP_MAX);
	if (!term_look(app).terminal) {
		put_overview(&out, width);
		app_print(&out);
		return STATUS_USAGE;
	}
	tobs_buf_puts(&out, "tobs " TOBS_VERSION " - your Telegram chats as files you own\n\n");
	if (!has_session(app))
		tobs_buf_puts(
			&out, "  tobs login           first of all: log in to your account\n");
	tobs_buf_puts(&out,
		"  tobs chats           what there is to export\n"
		"  tobs export @name    fetch a chat and write it as Markdown\n"
		"  tobs export --all    fetch every chat; again: what is new\n"
		"  tobs doctor          is everything in order?\n"
		"  tobs help            all commands\n");
	return app_print(&out);
}

void help_suggest(struct tobs_buf *out, struct tobs_view name)
{
	struct suggest like = { .wanted = name };

	for (const struct command *const *c = commands; *c; c++)
		suggest_try(&like, (*c)->name);
	if (like.best)
		tobs_buf_printf(out, "; did you mean %s?", like.best);
}
