/* SPDX-License-Identifier: MIT */
#include "base/wipe.h"

#include <string.h>
#include <tobs/err.h>

#include "base/alloc.h"

void mem_wipe(void *p, size_t n)
{
	if (n == 0)
		return;
	memset(p, 0, n);
	/* The compiler must assume that this reads *p. */
	__asm__ __volatile__("" : : "r"(p) : "memory");
}

bool mem_eq_const(const void *a, const void *b, size_t n)
{
	const volatile uint8_t *x = a, *y = b;
	uint8_t diff = 0;

	for (size_t i = 0; i < n; i++)
		diff |= (uint8_t)(x[i] ^ y[i]);
	return diff == 0;
}

int secret_set(struct secret *s, struct tobs_view v)
{
	uint8_t *copy = mem_dup(v.ptr, v.len);

	if (!copy)
		return TOBS_ENOMEM;
	secret_deinit(s);
	s->ptr = copy;
	s->len = v.len;
	return TOBS_OK;
}

void secret_deinit(struct secret *s)
{
	if (!s || !s->ptr)
		return;
	mem_wipe(s->ptr, s->len);
	mem_free(s->ptr);
	*s = (struct secret){ 0 };
}
