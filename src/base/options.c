/* SPDX-License-Identifier: MIT */
#include "base/options.h"

#include <stdio.h>

#include "base/suggest.h"
#include "base/utf.h"

/* A walk along the command line. */
struct walk {
	struct settings *s;
	const struct option_scope *scope;
	char *const *argv;
	int argc, at; /* `at` is the next one to look at */
	struct tobs_err *err;
};

static const struct setting *row(const struct settings_table *table, unsigned index)
{
	assert(index < table->count);
	return &table->rows[index];
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_option(const char *arg)
{
	return arg[0] == '-' && (arg[1] == '-' || is_letter(arg[1]));
}

/* Whether the option is spelled so: by its name or one of its other spellings. */
static bool is_spelled(const struct setting *set, struct tobs_view name)
{
	struct tobs_view also;

	if (set->flags & SETTING_NO_OPTION)
		return false;
	if (tobs_view_is(name, set->name))
		return true;
	for (size_t i = 0; set->also && (also = setting_word(set->also, i)).len; i++)
		if (tobs_view_eq(also, name))
			return true;
	return false;
}

/* The row in the scope with this spelling; -1 when there is none. */
static int find_long(const struct walk *w, struct tobs_view name)
{
	for (unsigned i = 0; i < w->scope->count; i++)
		if (is_spelled(row(w->s->table, w->scope->rows[i]), name))
			return (int)w->scope->rows[i];
	return -1;
}

static int find_letter(const struct walk *w, char letter)
{
	for (unsigned i = 0; i < w->scope->count; i++) {
		const struct setting *set = row(w->s->table, w->scope->rows[i]);

		if (set->letter == letter && !(set->flags & SETTING_NO_OPTION))
			return (int)w->scope->rows[i];
	}
	return -1;
}

static int unknown_long(const struct walk *w, struct tobs_view name)
{
	struct suggest like = { .wanted = name };
	int shown = (int)MIN(name.len, (size_t)SETTING_NAME_MAX);

	for (unsigned i = 0; i < w->s->table->count; i++)
		if (is_spelled(row(w->s->table, i), name))
			return tobs_fail(w->err, TOBS_EINVAL, "--%.*s is not an option of %s",
				shown, (const char *)name.ptr,
				w->scope->command ? w->scope->command : "the program itself");
	for (unsigned i = 0; i < w->scope->count; i++) {
		const struct setting *set = row(w->s->table, w->scope->rows[i]);

		if (!(set->flags & (SETTING_NO_OPTION | SETTING_HIDDEN)))
			suggest_try(&like, set->name);
	}
	return tobs_fail(w->err, TOBS_EINVAL, "--%.*s: there is no such option%s%s%s", shown,
		(const char *)name.ptr, like.best ? "; did you mean --" : "",
		like.best ? like.best : "", like.best ? "?" : "");
}

static int give(struct walk *w, int index, struct tobs_view value, const char *spelled)
{
	const struct setting_origin origin = { SETTING_FROM_OPTION, .name = spelled };

	return settings_set(w->s, (unsigned)index, value, &origin, w->err);
}

/* The value of an option that had none behind '=': the next word of the command line. */
static int next_value(struct walk *w, const char *spelled, struct tobs_view *ret)
{
	if (w->at == w->argc || is_option(w->argv[w->at]))
		return tobs_fail(
			w->err, TOBS_EINVAL, "%s: a value should stand behind it", spelled);
	*ret = tobs_str(w->argv[w->at++]);
	return TOBS_OK;
}

/* "--name", "--name=value", "--no-name". */
static int take_long(struct walk *w, const char *arg)
{
	struct tobs_view value = tobs_str(arg + 2), name, positive;
	bool valued = strchr(arg, '=') != NULL;
	char spelled[SETTING_NAME_MAX + 8];
	int index, r;

	tobs_view_split(&value, '=', &name);
	snprintf(spelled, sizeof spelled, "--%.*s", (int)MIN(name.len, (size_t)SETTING_NAME_MAX),
		(const char *)name.ptr);
	index = find_long(w, name);
	if (index < 0 && tobs_view_starts(name, "no-")) {
		positive = tobs_view_sub(name, 3, SIZE_MAX);
		index = find_long(w, positive);
		if (index >= 0 && row(w->s->table, (unsigned)index)->type != SETTING_BOOL)
			index = -1;
		if (index >= 0 && valued)
			return tobs_fail(w->err, TOBS_EINVAL, "%s takes no value", spelled);
		if (index >= 0)
			return give(w, index, tobs_str("no"), spelled);
	}
	if (index < 0)
		return unknown_long(w, name);
	if (!valued && row(w->s->table, (unsigned)index)->type == SETTING_BOOL)
		return give(w, index, tobs_str("yes"), spelled);
	r = valued ? TOBS_OK : next_value(w, spelled, &value);
	return r ? r : give(w, index, value, spelled);
}

/* "-o value", "-ovalue", "-ab". */
static int take_letters(struct walk *w, const char *arg)
{
	for (const char *c = arg + 1; *c; c++) {
		const char spelled[] = { '-', *c, 0 };
		struct tobs_view value = tobs_str(c + 1);
		int index = find_letter(w, *c), r = TOBS_OK;

		if (index < 0)
			return tobs_fail(w->err, TOBS_EINVAL, "-%c%s: there is no such option",
				is_letter(*c) ? *c : '?', arg[2] ? " (in a row of letters)" : "");
		if (row(w->s->table, (unsigned)index)->type == SETTING_BOOL) {
			r = give(w, index, tobs_str("yes"), spelled);
			if (r)
				return r;
			continue;
		}
		if (!value.len)
			r = next_value(w, spelled, &value);
		return r ? r : give(w, index, value, spelled);
	}
	return TOBS_OK;
}

int options_parse(struct settings *s, const struct option_scope *scope, unsigned flags, int argc,
	char *const *argv, const char **args, unsigned *ret_count, struct tobs_err *err)
{
	struct walk w = { s, scope, argv, argc, 0, err };
	bool only_args = false;
	unsigned count = 0;

	while (w.at < argc) {
		const char *arg = argv[w.at++];
		int r = TOBS_OK;

		if (only_args || !is_option(arg)) {
			args[count++] = arg;
			only_args |= (flags & OPTIONS_STOP) != 0;
		} else if (strcmp(arg, "--") == 0) {
			only_args = true;
		} else if (arg[1] == '-') {
			r = take_long(&w, arg);
		} else {
			r = take_letters(&w, arg);
		}
		if (r)
			return r;
	}
	*ret_count = count;
	return TOBS_OK;
}

enum { LEFT_COLUMNS = 30, NARROWEST = 40, SHORT_WORDS = 24 };

int options_value_name(const struct setting *set, struct tobs_buf *out)
{
	static const char *const by_type[] = { [SETTING_STRING] = "TEXT",
		[SETTING_PATH] = "PATH",
		[SETTING_INT] = "N",
		[SETTING_SIZE] = "SIZE",
		[SETTING_DURATION] = "TIME",
		[SETTING_ENUM] = "WORD",
		[SETTING_LIST] = "LIST",
		[SETTING_DATE] = "DATE" };

	if (set->type == SETTING_BOOL)
		return tobs_buf_err(out);
	if (set->value) {
		tobs_buf_puts(out, set->value);
	} else if (set->type == SETTING_ENUM && strlen(set->words) <= SHORT_WORDS) {
		for (const char *c = set->words; *c; c++)
			tobs_buf_putc(out, *c == ' ' ? '|' : *c);
	} else {
		tobs_buf_puts(out, by_type[set->type]);
	}
	return tobs_buf_err(out);
}

int options_term(const struct setting *set, struct tobs_buf *out)
{
	if (set->letter)
		tobs_buf_printf(out, "-%c, ", set->letter);
	tobs_buf_puts(out, "--");
	if (set->type == SETTING_BOOL && !(set->flags & SETTING_NO_ENV))
		tobs_buf_puts(out, "[no-]");
	tobs_buf_puts(out, set->name);
	if (set->type != SETTING_BOOL)
		tobs_buf_putc(out, ' ');
	return options_value_name(set, out);
}

/* "  -o, --out DIR", the names below each other. */
static void put_left(const struct setting *set, struct tobs_buf *out)
{
	tobs_buf_puts(out, set->letter ? "  " : "      ");
	options_term(set, out);
}

int options_about(const struct setting *set, struct tobs_buf *out)
{
	struct tobs_view word;
	bool listed = set->type == SETTING_LIST ||
		(set->type == SETTING_ENUM && (set->value || strlen(set->words) > SHORT_WORDS));

	tobs_buf_puts(out, set->help ? set->help : "");
	if (set->words && listed) {
		tobs_buf_puts(out, set->type == SETTING_LIST ? " Any of" : " One of");
		for (size_t i = 0; (word = setting_word(set->words, i)).len; i++)
			tobs_buf_printf(out, "%s %.*s", i ? "," : "", TOBS_VIEW_FMT(word));
		tobs_buf_putc(out, '.');
	}
	if (set->def && *set->def && !(set->flags & SETTING_SECRET) &&
		!(set->type == SETTING_BOOL && set->flags & SETTING_NO_ENV))
		tobs_buf_printf(out, " Default: %s.", set->def);
	return tobs_buf_err(out);
}

int options_wrap(struct tobs_buf *out, struct tobs_view text, unsigned column, unsigned indent,
	unsigned width)
{
	struct tobs_view word;
	bool first = true;

	while (tobs_view_split(&text, ' ', &word)) {
		unsigned columns = (unsigned)utf8_width(word);

		if (!word.len)
			continue;
		if (!first && column + 1 + columns > width) {
			tobs_buf_putc(out, '\n');
			tobs_buf_fill(out, ' ', indent);
			column = indent;
			first = true;
		}
		if (!first)
			tobs_buf_putc(out, ' ');
		tobs_buf_putv(out, word);
		column += columns + !first;
		first = false;
	}
	return tobs_buf_putc(out, '\n');
}

static bool is_shown(const struct setting *set)
{
	return !(set->flags & (SETTING_NO_OPTION | SETTING_HIDDEN));
}

/* The widest left side that is not too wide decides where the right one begins. */
static unsigned right_column(const struct settings_table *table, const struct option_scope *scope,
	unsigned width, struct tobs_buf *scratch)
{
	unsigned column = 8, widest = MIN(LEFT_COLUMNS, width / 2);

	for (unsigned i = 0; i < scope->count; i++) {
		const struct setting *set = row(table, scope->rows[i]);
		unsigned need;

		tobs_buf_clear(scratch);
		put_left(set, scratch);
		need = (unsigned)utf8_width(tobs_buf_view(scratch)) + 2;
		if (is_shown(set) && need <= widest)
			column = MAX(column, need);
	}
	return column;
}

int options_help(const struct settings_table *table, const struct option_scope *scope,
	unsigned width, struct tobs_buf *out)
{
	struct tobs_buf text;
	unsigned column;
	int r = TOBS_OK;

	width = MAX(width, (unsigned)NARROWEST);
	tobs_buf_init(&text, 10000);
	column = right_column(table, scope, width, &text);
	for (unsigned i = 0; i < scope->count && !r; i++) {
		const struct setting *set = row(table, scope->rows[i]);
		unsigned used;

		if (!is_shown(set))
			continue;
		tobs_buf_clear(&text);
		put_left(set, &text);
		used = (unsigned)utf8_width(tobs_buf_view(&text));
		tobs_buf_putv(out, tobs_buf_view(&text));
		if (used + 2 > column) {
			tobs_buf_putc(out, '\n');
			used = 0;
		}
		tobs_buf_fill(out, ' ', column - used);
		r = tobs_buf_err(&text);
		tobs_buf_clear(&text);
		options_about(set, &text);
		options_wrap(out, tobs_buf_view(&text), column, column, width);
		r = r ? r : tobs_buf_err(&text);
	}
	tobs_buf_deinit(&text);
	return r ? r : tobs_buf_err(out);
}
