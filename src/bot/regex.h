/* SPDX-License-Identifier: MIT */
/* Regular expressions with a limit on the work a text can cause: PCRE2. */
#ifndef BOT_REGEX_H
#define BOT_REGEX_H

#include <stdbool.h>
#include <tobs/arena.h>
#include <tobs/err.h>

enum {
	/*
	 * Steps of matching, and bytes for its backtracking: a text of 4,096 letters
	 * needs a few thousand steps with a sane expression.
	 */
	REGEX_STEPS = 200000,
	REGEX_HEAP_KIB = 256,
	REGEX_PATTERN_MAX = 4096, /* bytes */
};

struct regex;

/* TOBS_EINVAL with the place of the fault; TOBS_ENOMEM. */
int regex_new(const char *pattern, struct regex **ret, struct tobs_err *err);
void regex_free(struct regex *x); /* NULL is fine */

/*
 * Looks for it in `text`: 1 when it is there, with its groups in the arena as
 * strings (NULL for those that took no part), 0 when not, TOBS_ETOOBIG when that
 * would take too long, TOBS_ENOMEM.
 */
int regex_find(struct regex *x, struct tobs_view text, struct tobs_arena *arena,
	const char *const **ret_groups, size_t *ret_count);

#endif
