/* SPDX-License-Identifier: MIT */
#include "cli/manual.h"

#include "base/attr.h"
#include "base/options.h"
#include "cli/command.h"
#include "tobs_config.h"

/* ---- roff ---- */

/* Text as roff takes it literally: no escapes, no requests, hyphens that are minus signs. */
static void put_roff(struct tobs_buf *out, struct tobs_view text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = (char)text.ptr[i];

		if (i == 0 && (c == '.' || c == '\''))
			tobs_buf_puts(out, "\\&");
		if (c == '\\')
			tobs_buf_puts(out, "\\e");
		else if (c == '-')
			tobs_buf_puts(out, "\\-");
		else
			tobs_buf_putc(out, c);
	}
}

/* Paragraphs separated by newlines; the request `between` stands between them. */
static void put_roff_paragraphs(struct tobs_buf *out, const char *text, const char *between)
{
	struct tobs_view rest = tobs_str(text), line;

	while (tobs_view_split(&rest, '\n', &line)) {
		put_roff(out, line);
		tobs_buf_printf(out, "\n%s", rest.ptr ? between : "");
	}
}

static void put_roff_setting(struct tobs_buf *out, const struct setting *set)
{
	struct tobs_buf text;
	char key[2 * SETTING_NAME_MAX];

	tobs_buf_init(&text, 4096);
	tobs_buf_puts(out, ".TP\n.B ");
	if (set->flags & SETTING_NO_OPTION)
		tobs_buf_puts(&text, setting_key(set, cli_settings.prefix, key));
	else
		options_term(set, &text);
	put_roff(out, tobs_buf_view(&text));
	tobs_buf_putc(out, '\n');
	tobs_buf_clear(&text);
	options_about(set, &text);
	put_roff(out, tobs_buf_view(&text));
	tobs_buf_putc(out, '\n');
	tobs_buf_deinit(&text);
}

static void put_roff_group(struct tobs_buf *out, const struct option_group *g)
{
	for (unsigned i = 0; i < g->count; i++)
		put_roff_setting(out, &cli_settings.rows[g->rows[i]]);
}

static void put_roff_examples(struct tobs_buf *out, const char *examples)
{
	struct tobs_view rest = tobs_str(examples), line, command;

	while (tobs_view_split(&rest, '\n', &line)) {
		tobs_view_split(&line, '#', &command);
		tobs_buf_puts(out, ".TP\n.B ");
		put_roff(out, tobs_view_trim(command));
		tobs_buf_putc(out, '\n');
		put_roff(out, tobs_view_trim(line));
		tobs_buf_putc(out, '\n');
	}
}

static void put_roff_command(struct tobs_buf *out, const struct command *c)
{
	tobs_buf_printf(out, ".SS \"tobs %s%s%s\"\n", c->name, c->arguments ? " " : "",
		c->arguments ? c->arguments : "");
	put_roff(out, tobs_str(c->summary));
	tobs_buf_puts(out, ".\n.PP\n");
	put_roff_paragraphs(out, c->about, ".PP\n");
	for (unsigned g = 0; g < COMMAND_GROUPS && c->groups[g]; g++)
		if (!c->groups[g]->shared)
			put_roff_group(out, c->groups[g]);
	if (c->examples)
		put_roff_examples(out, c->examples);
}

static const char man_head[] =
	".\\\" Made by: tobs manual man\n"
	".TH TOBS 1 \"\" \"tobs " TOBS_VERSION "\" \"User Commands\"\n"
	".SH NAME\n"
	"tobs \\- your Telegram chats as files you own\n"
	".SH SYNOPSIS\n"
	".B tobs\n"
	".I command\n"
	".RI [ option ]...\n"
	".RI [ argument ]...\n"
	".SH DESCRIPTION\n"
	"tobs logs in to a Telegram account, fetches chats into an archive on your disk, and writes\n"
	"them as Markdown. It fetches what is new only, can be stopped at any time, and goes on\n"
	"where it stopped.\n"
	".SH COMMANDS\n";

static const char man_tail[] =
	".SH \"EXIT STATUS\"\n"
	".TP\n.B 0\nAll was done.\n"
	".TP\n.B 1\nIt failed.\n"
	".TP\n.B 2\nThe command line or a setting is wrong.\n"
	".TP\n.B 3\nFinished, but some chats or files failed; they are listed.\n"
	".TP\n.B 4\nNot logged in.\n"
	".TP\n.B 130\nInterrupted; what was done is kept.\n"
	".SH FILES\n"
	".TP\n.I .env\nSettings, read from the current folder.\n"
	".TP\n.I $XDG_STATE_HOME/tobs/NAME.session\n"
	"Logins, else in ~/.local/state/tobs. Whoever has such a file has the account: keep it to\n"
	"yourself.\n"
	".TP\n.I DIR/.tobs/archive.db\nThe archive of an output folder, an SQLite database.\n";

static void put_roff_keys(struct tobs_buf *out, const struct setting *set)
{
	char key[2 * SETTING_NAME_MAX];
	struct tobs_buf text;

	tobs_buf_init(&text, 4096);
	tobs_buf_puts(out, ".TP\n.B ");
	tobs_buf_puts(&text, setting_key(set, cli_settings.prefix, key));
	for (size_t i = 0; i < SETTING_ALIASES && set->aliases[i].key; i++)
		tobs_buf_printf(&text, ", %s", set->aliases[i].key);
	tobs_buf_putc(&text, '\n');
	put_roff(out, tobs_buf_view(&text));
	tobs_buf_clear(&text);
	if (set->flags & SETTING_NO_OPTION)
		tobs_buf_puts(&text, set->help);
	else
		tobs_buf_printf(&text, "As --%s.", set->name);
	tobs_buf_puts(&text, " Allowed: ");
	setting_allowed(set, &text);
	tobs_buf_puts(&text, ".\n");
	put_roff(out, tobs_buf_view(&text));
	tobs_buf_deinit(&text);
}

int manual_man(struct tobs_buf *out)
{
	tobs_buf_puts(out, man_head);
	for (const struct command *const *c = commands; *c; c++)
		put_roff_command(out, *c);
	tobs_buf_puts(out, ".SH OPTIONS OF MANY COMMANDS\n");
	put_roff_group(out, &options_account);
	put_roff_group(out, &options_connection);
	put_roff_group(out, &options_general);
	tobs_buf_puts(out,
		".SH SETTINGS\n"
		"Options can be set for good in the environment, or in a file\n"
		".I .env\n"
		"of lines KEY=value. The command line counts most, then the environment,\n"
		".IR .env ,\n"
		"the profile, the default. Keys without TOBS_ are those of an earlier program.\n");
	for (unsigned i = 0; i < SET_COUNT; i++)
		if (!(cli_settings.rows[i].flags & (SETTING_NO_ENV | SETTING_HIDDEN)))
			put_roff_keys(out, &cli_settings.rows[i]);
	return tobs_buf_puts(out, man_tail);
}

/* ---- Markdown ---- */

/* In a cell of a table: '|' ends it, '<' and '*' may mean something. */
static void put_cell(struct tobs_buf *out, struct tobs_view text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (strchr("|<*_", text.ptr[i]))
			tobs_buf_putc(out, '\\');
		tobs_buf_putc(out, (char)text.ptr[i]);
	}
}

static void put_row(struct tobs_buf *out, const struct setting *set)
{
	char key[2 * SETTING_NAME_MAX];
	struct tobs_buf text;

	tobs_buf_init(&text, 4096);
	tobs_buf_printf(out, "| `%s`", setting_key(set, cli_settings.prefix, key));
	for (size_t i = 0; i < SETTING_ALIASES && set->aliases[i].key; i++)
		tobs_buf_printf(out, "<br>`%s`", set->aliases[i].key);
	tobs_buf_puts(out, " | ");
	if (!(set->flags & SETTING_NO_OPTION)) {
		options_term(set, &text);
		tobs_buf_puts(out, "`");
		for (size_t i = 0; i < text.len; i++)
			tobs_buf_puts(
				out, text.ptr[i] == '|' ? "\\|" : (char[]){ (char)text.ptr[i], 0 });
		tobs_buf_puts(out, "`");
	}
	tobs_buf_puts(out, " | ");
	put_cell(out, tobs_str(set->help));
	tobs_buf_puts(out, " | ");
	tobs_buf_clear(&text);
	setting_allowed(set, &text);
	put_cell(out, tobs_buf_view(&text));
	tobs_buf_puts(out, " | ");
	if (set->def && *set->def)
		tobs_buf_printf(out, "`%s`", set->def);
	tobs_buf_puts(out, " |\n");
	tobs_buf_deinit(&text);
}

int manual_settings(struct tobs_buf *out)
{
	tobs_buf_puts(out,
		"<!-- Made by: tobs manual settings > docs/settings.md -->\n"
		"# Settings\n\n"
		"Each option of a command can be set for good: in the environment, or in a file\n"
		"called `.env` in the folder where `tobs` is started (`--env-file` names another), a\n"
		"line `KEY=value` each. The strongest place counts:\n\n"
		"    command line  >  environment  >  .env  >  profile  >  default\n\n"
		"An empty value counts as not given. A key that begins with `TOBS_` and is not\n"
		"listed here, or a value that is not allowed, is an error that names the key, the\n"
		"value and what is allowed; nothing is done then, and the exit status is 2.\n"
		"`tobs doctor` shows each setting's value and where it came from, secrets hidden.\n\n"
		"The names without `TOBS_` are those of an earlier program; `TOBS_` beats them in\n"
		"the same place. Sizes are `4096`, `500K`, `1.5G` (powers of 1024), times `250ms`,\n"
		"`30s`, `5m`, `1h30m`, dates `2024-05-01` or `2024-05-01T18:30+03:00`.\n\n"
		"| key | option | what it is | allowed | default |\n"
		"|---|---|---|---|---|\n");
	for (unsigned i = 0; i < SET_COUNT; i++)
		if (!(cli_settings.rows[i].flags & (SETTING_NO_ENV | SETTING_HIDDEN)))
			put_row(out, &cli_settings.rows[i]);
	return tobs_buf_err(out);
}
