/* SPDX-License-Identifier: MIT */
#include "cli/completion.h"

#include "base/attr.h"
#include "base/options.h"
#include "cli/command.h"

static bool is_offered(const struct setting *set)
{
	return !(set->flags & (SETTING_NO_OPTION | SETTING_HIDDEN));
}

/* What the first argument of a command may be: its words; of help, all commands. */
static void put_words(struct tobs_buf *out, const struct command *c)
{
	if (c == &cmd_help) {
		for (const struct command *const *k = commands; *k; k++)
			tobs_buf_printf(out, "%s ", (*k)->name);
		tobs_buf_puts(out, "settings");
	} else if (c->words) {
		tobs_buf_puts(out, c->words);
	}
}

/* ---- bash ---- */

/* "--name -n" of each option of a command. */
static void put_bash_options(struct tobs_buf *out, const struct command *c)
{
	unsigned rows[SET_COUNT], count = command_rows(c, rows);

	for (unsigned i = 0; i < count; i++) {
		const struct setting *set = &cli_settings.rows[rows[i]];

		if (!is_offered(set))
			continue;
		tobs_buf_printf(out, " --%s", set->name);
		if (set->type == SETTING_BOOL && !(set->flags & SETTING_NO_ENV))
			tobs_buf_printf(out, " --no-%s", set->name);
	}
}

/* A case for an option that takes a value: words, files, or nothing that could be offered. */
static void put_bash_value(struct tobs_buf *out, const struct setting *set)
{
	if (set->letter)
		tobs_buf_printf(out, "\t-%c|", set->letter);
	else
		tobs_buf_putc(out, '\t');
	tobs_buf_printf(out, "--%s) ", set->name);
	if (set->words)
		tobs_buf_printf(out, "COMPREPLY=($(compgen -W '%s' -- \"$cur\")); ", set->words);
	else if (set->type == SETTING_PATH)
		tobs_buf_puts(out, "compopt -o default; ");
	tobs_buf_puts(out, "return ;;\n");
}

static const char bash_head[] =
	"# bash completion for tobs, made by: tobs completion bash\n"
	"_tobs()\n"
	"{\n"
	"\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} command= i\n"
	"\n"
	"\tCOMPREPLY=()\n"
	"\t# --name=value arrives as three words.\n"
	"\tif [[ $cur == = ]]; then\n"
	"\t\tcur=\n"
	"\telif [[ $prev == = ]]; then\n"
	"\t\tprev=${COMP_WORDS[COMP_CWORD - 2]}\n"
	"\tfi\n"
	"\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
	"\t\tcase ${COMP_WORDS[i]} in\n"
	"\t\t";

int completion_bash(struct tobs_buf *out)
{
	tobs_buf_puts(out, bash_head);
	for (const struct command *const *c = commands; *c; c++)
		tobs_buf_printf(out, "%s%s", c == commands ? "" : "|", (*c)->name);
	tobs_buf_puts(out,
		") command=${COMP_WORDS[i]}; break ;;\n"
		"\t\tesac\n\tdone\n\tcase $prev in\n");
	for (unsigned i = 0; i < SET_COUNT; i++)
		if (is_offered(&cli_settings.rows[i]) && cli_settings.rows[i].type != SETTING_BOOL)
			put_bash_value(out, &cli_settings.rows[i]);
	tobs_buf_puts(out, "\tesac\n\tcase $command in\n\t'') set -- '");
	for (const struct command *const *c = commands; *c; c++)
		tobs_buf_printf(out, "%s ", (*c)->name);
	tobs_buf_puts(out, "' '--help --version' ;;\n");
	for (const struct command *const *c = commands; *c; c++) {
		tobs_buf_printf(out, "\t%s) set -- '", (*c)->name);
		put_words(out, *c);
		tobs_buf_puts(out, "' '");
		put_bash_options(out, *c);
		tobs_buf_puts(out, "' ;;\n");
	}
	return tobs_buf_puts(out,
		"\tesac\n"
		"\tif [[ $cur == -* ]]; then\n"
		"\t\tCOMPREPLY=($(compgen -W \"$2\" -- \"$cur\"))\n"
		"\telse\n"
		"\t\tCOMPREPLY=($(compgen -W \"$1\" -- \"$cur\"))\n"
		"\tfi\n"
		"}\n"
		"complete -F _tobs tobs\n");
}

/* ---- zsh ---- */

/* Inside '…' and a specification of _arguments: quotes, brackets and colons stand for themselves. */
static void put_zsh(struct tobs_buf *out, struct tobs_view text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = (char)text.ptr[i];

		if (c == '\'')
			tobs_buf_puts(out, "'\\''");
		else if (strchr("[]:\\", c))
			tobs_buf_printf(out, "\\%c", c);
		else
			tobs_buf_putc(out, c);
	}
}

/* The first sentence is enough for a menu. */
static struct tobs_view first_sentence(const char *text)
{
	struct tobs_view all = tobs_str(text);
	size_t dot = tobs_view_find(all, 0, tobs_str(". "));

	if (dot != SIZE_MAX)
		return tobs_view_sub(all, 0, dot);
	return tobs_view_sub(all, 0, all.len - (all.len && all.ptr[all.len - 1] == '.'));
}

static void put_zsh_option(struct tobs_buf *out, const struct setting *set, const char *negated)
{
	if (set->letter && !*negated)
		tobs_buf_printf(out, "\t\t\t'(-%c --%s)'{-%c,--%s", set->letter, set->name,
			set->letter, set->name);
	else
		tobs_buf_printf(out, "\t\t\t'--%s%s", negated, set->name);
	if (set->letter && !*negated)
		tobs_buf_printf(out, "%s}'[", set->type == SETTING_BOOL ? "" : "=");
	else
		tobs_buf_puts(out, set->type == SETTING_BOOL ? "[" : "=[");
	if (*negated)
		tobs_buf_puts(out, "not: ");
	put_zsh(out, first_sentence(set->help));
	tobs_buf_putc(out, ']');
	if (set->type != SETTING_BOOL) {
		tobs_buf_putc(out, ':');
		options_value_name(set, out);
		tobs_buf_putc(out, ':');
		if (set->words)
			tobs_buf_printf(out,
				set->type == SETTING_LIST ? "_values -s , word %s" : "(%s)",
				set->words);
		else if (set->type == SETTING_PATH)
			tobs_buf_puts(out, "_files");
		else
			tobs_buf_putc(out, ' ');
	}
	tobs_buf_puts(out, "' \\\n");
}

static void put_zsh_command(struct tobs_buf *out, const struct command *c)
{
	unsigned rows[SET_COUNT], count = command_rows(c, rows);

	tobs_buf_printf(out, "\t\t%s) _arguments -S \\\n", c->name);
	for (unsigned i = 0; i < count; i++) {
		const struct setting *set = &cli_settings.rows[rows[i]];

		if (!is_offered(set))
			continue;
		put_zsh_option(out, set, "");
		if (set->type == SETTING_BOOL && !(set->flags & SETTING_NO_ENV))
			put_zsh_option(out, set, "no-");
	}
	if (c->words || c == &cmd_help) {
		tobs_buf_puts(out, "\t\t\t'1:word:(");
		put_words(out, c);
		tobs_buf_puts(out, ")' \\\n");
	} else if (c->arguments) {
		tobs_buf_puts(out, "\t\t\t'*:argument: ' \\\n");
	}
	tobs_buf_puts(out, "\t\t\t;;\n");
}

int completion_zsh(struct tobs_buf *out)
{
	tobs_buf_puts(out,
		"#compdef tobs\n"
		"# zsh completion for tobs, made by: tobs completion zsh\n"
		"_tobs() {\n"
		"\tlocal curcontext=$curcontext state line\n"
		"\tlocal -a commands\n"
		"\tcommands=(\n");
	for (const struct command *const *c = commands; *c; c++) {
		tobs_buf_printf(out, "\t\t'%s:", (*c)->name);
		put_zsh(out, tobs_str((*c)->summary));
		tobs_buf_puts(out, "'\n");
	}
	tobs_buf_puts(out,
		"\t)\n"
		"\t_arguments -C '--help[what commands there are]' "
		"'--version[the version]' '1: :->command' '*:: :->rest'\n"
		"\tcase $state in\n"
		"\tcommand) _describe command commands ;;\n"
		"\trest)\n"
		"\t\tcase $words[1] in\n");
	for (const struct command *const *c = commands; *c; c++)
		put_zsh_command(out, *c);
	return tobs_buf_puts(out, "\t\tesac\n\t\t;;\n\tesac\n}\n_tobs \"$@\"\n");
}
