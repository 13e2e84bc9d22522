/* SPDX-License-Identifier: MIT */
/*
 * The command line over a table of settings, and its help.
 *
 *     --name VALUE   --name=VALUE   -n VALUE   -nVALUE
 *     --switch       --no-switch    --switch=yes          for SETTING_BOOL
 *     -ab            two switches   -an VALUE
 *     --             what follows are arguments, whatever they look like
 *
 * Everything else is an argument. So is "-" alone, and anything that begins
 * with '-' and a digit: "-1001234567890" is a chat, and letters only are options.
 *
 * An option's value may be anything but another option: "--out --force" is more
 * likely a forgotten value, and "--out=--force" says otherwise.
 */
#ifndef BASE_OPTIONS_H
#define BASE_OPTIONS_H

#include "base/settings.h"

/* Which rows of the table a command takes, by index. */
struct option_scope {
	const unsigned *rows;
	unsigned count;
	const char *command; /* "export": for messages; NULL: the program itself */
};

enum options_flags {
	OPTIONS_STOP = 1, /* the first argument ends the options: what follows is a command's */
};

/*
 * Gives the settings what argv[0 … argc-1] says (leave out the program's name)
 * and collects the arguments in `args`, which has room for argc pointers; they
 * point into argv. With OPTIONS_STOP everything from the first argument on is one.
 *
 * TOBS_EINVAL names what is wrong: an unknown option (with a suggestion), one
 * this command does not take, a value that is missing, not allowed, or not
 * wanted. It stops there. TOBS_ENOMEM.
 */
int options_parse(struct settings *s, const struct option_scope *scope, unsigned flags, int argc,
	char *const *argv, const char **args, unsigned *ret_count, struct tobs_err *err);

/*
 * Appends a line or more for each option of the scope, in its order:
 *
 *       -o, --out DIR           Where the files go. Default: export.
 *           --[no-]comments     …
 *
 * in at most `width` columns (at least 40), wrapped between words. That each
 * option is a key as well is for the caller to say, once.
 */
int options_help(const struct settings_table *table, const struct option_scope *scope,
	unsigned width, struct tobs_buf *out);

/* The two sides of such a line: "-o, --out DIR", and the help with what is allowed and the default. */
int options_term(const struct setting *set, struct tobs_buf *out);
int options_about(const struct setting *set, struct tobs_buf *out);

/* What help calls the option's value: "DIR"; nothing for a switch. */
int options_value_name(const struct setting *set, struct tobs_buf *out);

/*
 * Appends text in lines of at most `width` columns, broken between words. The
 * first begins at `column`, the others behind `indent` blanks; a newline ends it.
 */
int options_wrap(struct tobs_buf *out, struct tobs_view text, unsigned column, unsigned indent,
	unsigned width);

#endif
