/* SPDX-License-Identifier: MIT */
/* Random values of every constructor of the schema, for round trips. */
#ifndef SUPPORT_TL_RANDOM_H
#define SUPPORT_TL_RANDOM_H

#include <tobs/arena.h>

#include "base/rand.h"
#include "tl/tables.h"

/*
 * A value of constructor or method `c` with random fields: numbers, strings of
 * up to 300 bytes, vectors of up to 3, any constructor where a type is wanted,
 * conditional fields there or not. Ends the test when memory runs out.
 */
const void *tl_random(const struct tl_ctor *c, struct tobs_arena *arena, struct prng *p);

#endif
