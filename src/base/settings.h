/* SPDX-License-Identifier: MIT */
/*
 * All settings of a program, with their values and where each came from.
 *
 * A value may be given in several places; the strongest counts, whatever the
 * order in which they are read:
 *
 *     command line  >  environment  >  .env files  >  profile  >  default
 *
 * In one place the later value counts (of .env files, the one read later), but
 * a key beats its older names. Every value is checked, also one that does not
 * count. An empty value in the environment or a .env file counts as not given,
 * so KEY= in a template changes nothing.
 *
 *     settings_init(&s, &table, getenv("HOME"), &err);
 *     options_parse(&s, …);                  (options.h)
 *     settings_environ(&s, environ, &err);
 *     settings_file(&s, &env, ".env", &err);
 *     settings_profile(&s, &profiles[settings_enum(&s, SET_PROFILE)], &err);
 *     n = settings_int(&s, SET_CONCURRENCY);
 *
 * Nothing here looks at the world: the environment is passed in, files are read
 * by env_load(). Not for two threads at once; reading is.
 */
#ifndef BASE_SETTINGS_H
#define BASE_SETTINGS_H

#include "base/env.h"
#include "base/setting.h"

struct settings_table {
	const struct setting *rows;
	unsigned count;
	const char *
		prefix; /* "TOBS_": of every key; an unknown key with it is an error. Never empty */
};

/* Weaker to stronger. */
enum setting_layer {
	SETTING_UNSET,
	SETTING_FROM_DEFAULT,
	SETTING_FROM_PROFILE,
	SETTING_FROM_FILE,
	SETTING_FROM_ENVIRON,
	SETTING_FROM_OPTION,
};

/* Where a value stands. */
struct setting_origin {
	enum setting_layer layer;
	const char
		*name; /* the key, older key, option or profile, as it was spelled; may be NULL */
	const char *file; /* of a .env file */
	unsigned line;
};

struct setting_slot {
	struct setting_value value;
	char *text; /* as it was typed; owned */
	size_t len;
	struct setting_origin origin; /* its strings are the table's or in `names` */
	bool alias;                   /* given by an older name */
};

/* A named set of values: .presets ends with a NULL value. */
struct setting_preset {
	unsigned index;
	const char *value;
};

struct setting_profile {
	const char *name;
	const struct setting_preset *presets;
};

struct settings {
	const struct settings_table *table;
	struct setting_slot *slots; /* one a row */
	char *home;
	ARRAY_OF(char *) names;   /* copies of file names and keys */
	struct tobs_buf problems; /* one line each */
};

enum { SETTINGS_PROBLEMS_MAX = 16384 }; /* bytes of problems kept */

/*
 * All rows at their defaults. `home` is what "~" in paths stands for and may be
 * NULL. The table, which must outlive *s, is asserted to be sound: names, words,
 * defaults. TOBS_ENOMEM.
 */
int settings_init(struct settings *s, const struct settings_table *table, const char *home,
	struct tobs_err *err);
void settings_deinit(struct settings *s);

/*
 * Gives row `index` a value. TOBS_EINVAL when it is not allowed: the message
 * names where, what (secrets hidden) and what is allowed. The row keeps its
 * value then, and the message is added to the problems. TOBS_ENOMEM.
 *
 * A list that was given on the command line before grows.
 */
int settings_set(struct settings *s, unsigned index, struct tobs_view text,
	const struct setting_origin *origin, struct tobs_err *err);

/*
 * Takes what concerns us from the environment ("KEY=value" strings up to a
 * NULL), or from a .env file. Goes on past bad values and unknown keys, so that
 * all problems are known; the first one is returned: TOBS_EINVAL, TOBS_ENOMEM.
 */
int settings_environ(struct settings *s, const char *const *environ, struct tobs_err *err);
int settings_file(
	struct settings *s, const struct env *env, const char *name, struct tobs_err *err);

/* The values of a profile; a bad one is a mistake in the program. TOBS_ENOMEM. */
int settings_profile(
	struct settings *s, const struct setting_profile *profile, struct tobs_err *err);

/* Every message settings_set(), _environ() and _file() failed with, a line each; "" when there is none. */
const char *settings_problems(const struct settings *s);

/* Whether there is a value, if only the default. */
bool settings_given(const struct settings *s, unsigned index);

/* Where the value came from; SETTING_UNSET when there is none. */
const struct setting_origin *settings_origin(const struct settings *s, unsigned index);

/*
 * Values by row; the row must have that type. Not set: 0, "", false, the first
 * word, no words, year 0.
 */
int64_t settings_int(const struct settings *s, unsigned index);
int64_t settings_size(const struct settings *s, unsigned index); /* bytes */
int64_t settings_ms(const struct settings *s, unsigned index);
bool settings_bool(const struct settings *s, unsigned index);
unsigned settings_enum(const struct settings *s, unsigned index); /* which of .words */
struct setting_date settings_date(const struct settings *s, unsigned index);
uint64_t settings_words(const struct settings *s, unsigned index); /* bit i: word i of .words */

/* Strings, paths and lists as text, with a zero behind it. Walk a list with setting_list_next(). */
struct tobs_view settings_text(const struct settings *s, unsigned index);

/*
 * For people: appends the value as it was typed, "[hidden]" for a secret,
 * nothing when not set; and where it came from: "--out", "environment
 * (EXPORT_PATH)", ".env:12", "profile fast", "default".
 */
int settings_show(const struct settings *s, unsigned index, struct tobs_buf *out);
int settings_show_origin(const struct settings *s, unsigned index, struct tobs_buf *out);

#endif
