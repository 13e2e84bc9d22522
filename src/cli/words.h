/* SPDX-License-Identifier: MIT */
/* A text cut into C strings. */
#ifndef CLI_WORDS_H
#define CLI_WORDS_H

#include <tobs/arena.h>

/*
 * The parts of `text` between separators, trimmed, empty ones left out, each as a
 * C string in the arena. TOBS_ENOMEM, TOBS_ETOOBIG.
 */
int words_split(struct tobs_arena *arena, struct tobs_view text, char separator,
	const char *const **ret, size_t *ret_count);

#endif
