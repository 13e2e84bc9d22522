/* SPDX-License-Identifier: MIT */
/*
 * Typed growable arrays.
 *
 *     ARRAY_OF(int64_t) ids = { 0 };
 *     if (ARRAY_PUSH(&ids, 7))
 *             goto nomem;
 *     ARRAY_EACH (id, &ids)
 *             use(*id);
 *     ARRAY_DEINIT(&ids);
 *
 * The size of an element comes from its type, never from the caller. An array
 * that is filled from outside data is checked against its limit by the caller
 * before each push (ids.count < LIMIT).
 */
#ifndef BASE_ARRAY_H
#define BASE_ARRAY_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/alloc.h"

#define ARRAY_OF(type)        \
	struct {              \
		type *items;  \
		size_t count; \
		size_t cap;   \
	}

/* Room for `more` elements after the last; TOBS_ENOMEM or 0. */
#define ARRAY_RESERVE(a, more) \
	array_reserve((void **)&(a)->items, &(a)->cap, (a)->count, (more), sizeof *(a)->items)

/* Appends one element; TOBS_ENOMEM or 0. */
#define ARRAY_PUSH(a, ...) \
	(ARRAY_RESERVE(a, 1) ? -1 /* TOBS_ENOMEM */ : ((a)->items[(a)->count++] = __VA_ARGS__, 0))

#define ARRAY_LAST(a) (&(a)->items[(a)->count - 1])

/* Removes element i, keeping the order of the others. */
#define ARRAY_REMOVE(a, i) array_remove((a)->items, &(a)->count, (i), sizeof *(a)->items)

/* Removes the first n elements. */
#define ARRAY_SHIFT(a, n) array_shift((a)->items, &(a)->count, (n), sizeof *(a)->items)

#define ARRAY_DEINIT(a) (mem_free((a)->items), memset((a), 0, sizeof *(a)), (void)0)

#define ARRAY_EACH(it, a) \
	for (__typeof__(&*(a)->items) it = (a)->items; it && it < (a)->items + (a)->count; it++)

int array_reserve(void **items, size_t *cap, size_t count, size_t more, size_t size);
void array_remove(void *items, size_t *count, size_t i, size_t size);
void array_shift(void *items, size_t *count, size_t n, size_t size);

#endif
