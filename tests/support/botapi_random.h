/* SPDX-License-Identifier: MIT */
/* Random values of every type and method of the Bot API, for round trips. */
#ifndef SUPPORT_BOTAPI_RANDOM_H
#define SUPPORT_BOTAPI_RANDOM_H

#include <tobs/arena.h>
#include <tobs/botapi_methods.h>

#include "base/rand.h"

/* How random values are made. */
struct botapi_random {
	struct prng *prng;
	struct tobs_arena *arena;
	bool files; /* also files that are sent along; else names only */
	bool all;   /* every field is there, as deep as `deep` allows */
	int deep;   /* optional objects and arrays stay empty below; 0: 4 */
};

/*
 * A value of type or method `type`: numbers, text that keeps the limits, arrays
 * of up to 3, any kind where there are several, optional fields there or not.
 * Ends the test when memory runs out. NULL for a method without arguments.
 */
const void *botapi_random(const struct botapi_random *r, int type);

#endif
