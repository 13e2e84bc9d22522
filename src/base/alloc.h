/* SPDX-License-Identifier: MIT */
/*
 * The one door to the heap. Everything the library allocates itself goes
 * through here, so a test can make the n-th allocation fail and count what is
 * still held (see tests/support/failmem.h).
 *
 * Thread-safe. A size of 0 is treated as 1.
 */
#ifndef BASE_ALLOC_H
#define BASE_ALLOC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

/* NULL when there is no memory. */
void *mem_alloc(size_t size);
void *mem_zalloc(size_t size);
void *mem_realloc(void *ptr, size_t size);

/* `count` times `size` bytes; NULL also when the product overflows. */
void *mem_array(size_t count, size_t size);
void *mem_array_resize(void *ptr, size_t count, size_t size);

/* A copy of `len` bytes with a zero byte behind. */
void *mem_dup(const void *data, size_t len);
char *mem_strdup(const char *s);

/* NULL is fine. */
void mem_free(void *ptr);

#define MEM_NEW(type)      ((type *)mem_zalloc(sizeof(type)))
#define MEM_ARRAY(n, type) ((type *)mem_array((n), sizeof(type)))

/*
 * For tests: called before each allocation with the number of allocations so
 * far; false makes that allocation fail. NULL switches it off. Set it only
 * while one thread runs.
 */
typedef bool (*mem_gate_fn)(uint64_t nth, void *user);
void mem_set_gate(mem_gate_fn gate, void *user);

/* Allocations not yet freed. */
int64_t mem_live(void);

#endif
