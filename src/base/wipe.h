/* SPDX-License-Identifier: MIT */
/*
 * Secrets in memory: overwriting that the compiler does not drop, comparison
 * that takes the same time wherever the bytes differ, and a fixed-size owner
 * that wipes itself.
 */
#ifndef BASE_WIPE_H
#define BASE_WIPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tobs/view.h>

/* Zeroes `n` bytes, even when they are never read again. */
void mem_wipe(void *p, size_t n);

/* Whether `n` bytes are equal, in time that depends on `n` only. */
bool mem_eq_const(const void *a, const void *b, size_t n);

/* A secret on the heap. {0} is the empty one. */
struct secret {
	uint8_t *ptr; /* zero-terminated, so a password is a C string too */
	size_t len;
};

/* Replaces the content with a copy of `v`; TOBS_ENOMEM leaves the old one. */
int secret_set(struct secret *s, struct tobs_view v);

/* Wipes and frees; NULL is fine. */
void secret_deinit(struct secret *s);

static inline struct tobs_view secret_view(const struct secret *s)
{
	return tobs_view(s->ptr, s->len);
}

#endif
