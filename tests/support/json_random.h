/* SPDX-License-Identifier: MIT */
/* Random JSON for tests, and comparison of what was read. */
#ifndef SUPPORT_JSON_RANDOM_H
#define SUPPORT_JSON_RANDOM_H

#include "base/json_write.h"
#include "base/rand.h"
#include "base/utf.h"

/*
 * Appends a random document of at most `depth` levels: all kinds of values,
 * strings with every sort of escape and character, odd white space.
 */
void json_random_text(struct tobs_buf *out, struct prng *p, int depth);

/* Writes a random value; json_random_check() with a generator in the same state knows what to read. */
void json_random_write(struct json_writer *w, struct prng *p, int depth);
bool json_random_check(struct json_value v, struct prng *p, int depth);

/* The same kinds, values, keys and order. */
bool json_equal(struct json_value a, struct json_value b);

#endif
