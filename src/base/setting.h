/* SPDX-License-Identifier: MIT */
/*
 * One setting: what it is called, what it may be, and reading a value for it.
 *
 * A program writes all its settings down in one table. From it come the command
 * line, the environment, .env files, checks, messages and help; see settings.h
 * and options.h.
 *
 *     enum { SET_OUT, SET_CONCURRENCY, SET_PROFILE, SET_COUNT };
 *     static const struct setting rows[SET_COUNT] = {
 *             [SET_OUT] = { "out", 'o', SETTING_PATH, .def = "export", .aliases = { { "EXPORT_PATH" } },
 *                     .value = "DIR", .help = "Where the files go." },
 *             [SET_CONCURRENCY] = { "concurrency", .type = SETTING_INT, .min = 1, .max = 32, … },
 *             [SET_PROFILE] = { "profile", .type = SETTING_ENUM, .words = "slow balanced fast", … },
 *     };
 *
 * The name gives the option (--max-file-size) and, behind the table's prefix,
 * the key in the environment (TOBS_MAX_FILE_SIZE).
 */
#ifndef BASE_SETTING_H
#define BASE_SETTING_H

#include <tobs/buf.h>
#include <tobs/err.h>

#include "base/clock.h"

enum setting_type {
	SETTING_STRING,
	SETTING_PATH, /* "~/…" is below the home folder */
	SETTING_INT,  /* decimal */
	SETTING_SIZE, /* bytes: 4096, 500K, 1.5G; K, M, G, T are powers of 1024, with or without B or iB */
	SETTING_DURATION, /* ms: 250ms, 30s, 5m, 2h, 1d, 1.5h, 1h30m */
	SETTING_BOOL,     /* yes no, true false, on off, y n, 1 0 */
	SETTING_ENUM,     /* one of .words */
	SETTING_LIST,     /* separated by commas; each one of .words, if there are */
	SETTING_DATE,     /* 2024-05-01, 2024-05-01T18:30[:00][Z|+03:00] */
};

enum setting_flags {
	SETTING_SECRET = 1,    /* never shown, registered with the log, wiped */
	SETTING_NO_ENV = 2,    /* an option only */
	SETTING_NO_OPTION = 4, /* a key only */
	SETTING_HIDDEN = 8,    /* not in help */
};

enum {
	SETTING_ALIASES = 3,
	SETTING_NAME_MAX = 40, /* bytes of a name, and of a prefix */
	SETTING_WORDS_MAX = 64,
};

/* An older key that still counts, whole, without the prefix. */
struct setting_alias {
	const char *key;
	const char *unit; /* what a bare number under this key counts; NULL: as under the new one */
	/*
	 * What words that are called otherwise now meant under this key:
	 * "warning=warn critical=error". NULL: all are called the same.
	 */
	const char *words;
};

struct setting {
	const char *name; /* lower-case words with '-' between them */
	char letter;      /* 'o' for -o; 0: none */
	enum setting_type type;
	unsigned flags;    /* setting_flags */
	const char *def;   /* the default, as it would be typed; NULL: not set */
	int64_t min, max;  /* of a number, bytes, ms; both 0: any */
	const char *words; /* with a blank between each; at most SETTING_WORDS_MAX */
	const char *unit;  /* what a bare number counts: "s", "m", "M"; NULL: bytes, ms */
	const char *value; /* what help calls the value: "DIR"; NULL: by its type */
	const char *help;  /* a sentence or two */
	const char *also;  /* other spellings of the option, with a blank between each */
	struct setting_alias aliases[SETTING_ALIASES];
};

/* A date as it was typed; what is missing is for the reader to decide. */
struct setting_date {
	struct civil civil; /* midnight without a time */
	bool has_time, has_zone;
	int offset; /* seconds east of UTC */
};

/* What the text of a value means. */
struct setting_value {
	int64_t number; /* the number, bytes, ms, 0 or 1, the index of the word */
	uint64_t words; /* of a list with .words: bit i is word i */
	struct setting_date date;
};

/*
 * Reads a value. `unit` replaces the setting's own when not NULL. TOBS_EINVAL
 * with what would be allowed as the message ("a number from 1 to 32"); it names
 * neither setting nor value. Strings and paths are always fine.
 */
int setting_parse(const struct setting *set, struct tobs_view text, const char *unit,
	struct setting_value *ret, struct tobs_err *err);

/* Appends what setting_parse() would allow: "a number from 1 to 32". */
int setting_allowed(const struct setting *set, struct tobs_buf *out);

/* Word i of a list of words; empty behind the last. */
struct tobs_view setting_word(const char *words, size_t i);

/*
 * What a value under an older key is called today: the word itself, unless the
 * alias has another for it.
 */
struct tobs_view setting_renamed(const struct setting_alias *alias, struct tobs_view value);

/* The key: prefix, then the name in capitals with '_'. Returns out. */
char *setting_key(const struct setting *set, const char *prefix, char out[2 * SETTING_NAME_MAX]);

/* Seconds since 1970; `offset` seconds east of UTC where the date has no zone of its own. */
int64_t setting_date_unix(const struct setting_date *date, int offset);

/*
 * The next element of a comma separated list, without blanks around it; false
 * when *rest is used up. Empty elements are passed over.
 */
bool setting_list_next(struct tobs_view *rest, struct tobs_view *ret);

#endif
