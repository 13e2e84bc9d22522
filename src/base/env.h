/* SPDX-License-Identifier: MIT */
/*
 * .env files: a list of keys and values.
 *
 *     # a comment                        PLAIN=value        # and one behind a value
 *     export SHELL_TOO = value           EMPTY=
 *     LITERAL='no $escapes \n here'      QUOTED="a \"b\"\n\tc \\ \$5"
 *     HASH=a#b is a value                KEY="-----BEGIN KEY-----
 *                                        …
 *                                        -----END KEY-----"
 *
 * Docker, shells and the dotenv libraries disagree about these files; where they
 * do, this is what holds here:
 *
 *  - Nothing is expanded: $HOME and ${HOME} stay as they are written. A password
 *    may hold a '$', and a value means the same whatever the environment holds.
 *  - Without quotes a value goes to the end of the line, without blanks at its
 *    ends; a comment begins at a '#' with a blank before it.
 *  - In double quotes \n \r \t \" \\ \$ are escapes; any other backslash is a
 *    backslash. In single quotes everything is literal. Both may span lines;
 *    CRLF inside them becomes LF.
 *  - Of equal keys the last one counts.
 *  - A key is a letter or '_', then letters, digits, '_', '.' and '-'.
 *
 * Whatever else stands in a line is an error. Error texts name file and line,
 * never what stands there: it may be a secret.
 */
#ifndef BASE_ENV_H
#define BASE_ENV_H

#include <tobs/err.h>
#include <tobs/view.h>

#include "base/array.h"

enum {
	ENV_SIZE_MAX = 1 << 20, /* bytes of a file */
	ENV_KEYS_MAX = 4096,
};

struct env_entry {
	struct tobs_view key, value; /* each with a zero behind it */
	unsigned line;               /* of the key; the first is 1 */
};

/* { 0 } is the empty one. */
struct env {
	ARRAY_OF(struct env_entry) entries; /* in the order of the file, equal keys included */
	uint8_t *text;                      /* what the views show */
	size_t text_len;
};

/*
 * Parses the content of a file into *env, which must be empty; `name` is the
 * file's name for messages. On failure *env stays empty: TOBS_EMALFORMED with
 * "name:line: what is wrong" and the byte in err->offset, TOBS_ETOOBIG,
 * TOBS_ENOMEM.
 */
int env_parse(struct env *env, struct tobs_view text, const char *name, struct tobs_err *err);

/* Reads the file and parses it. Also TOBS_ENOTFOUND, TOBS_EPERM and TOBS_EIO. */
int env_load(struct env *env, const char *path, struct tobs_err *err);

/* Wipes and frees; NULL is fine. */
void env_deinit(struct env *env);

/* The value of the last entry with this key, as a C string; NULL when there is none. */
const char *env_get(const struct env *env, const char *key);

#endif
