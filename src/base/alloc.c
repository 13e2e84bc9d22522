/* SPDX-License-Identifier: MIT */
#include "base/alloc.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static mem_gate_fn gate_fn;
static void *gate_user;
static atomic_uint_fast64_t gate_count;
static atomic_int_fast64_t live;

static bool admitted(void)
{
	if (LIKELY(!gate_fn))
		return true;
	return gate_fn(atomic_fetch_add(&gate_count, 1), gate_user);
}

void *mem_alloc(size_t size)
{
	void *p;

	if (!admitted())
		return NULL;
	p = malloc(size ? size : 1);
	if (p)
		atomic_fetch_add_explicit(&live, 1, memory_order_relaxed);
	return p;
}

void *mem_zalloc(size_t size)
{
	void *p;

	if (!admitted())
		return NULL;
	p = calloc(1, size ? size : 1);
	if (p)
		atomic_fetch_add_explicit(&live, 1, memory_order_relaxed);
	return p;
}

void *mem_realloc(void *ptr, size_t size)
{
	if (!ptr)
		return mem_alloc(size);
	if (!admitted())
		return NULL;
	return realloc(ptr, size ? size : 1);
}

void *mem_array(size_t count, size_t size)
{
	size_t total;

	if (__builtin_mul_overflow(count, size, &total))
		return NULL;
	return mem_zalloc(total);
}

void *mem_array_resize(void *ptr, size_t count, size_t size)
{
	size_t total;

	if (__builtin_mul_overflow(count, size, &total))
		return NULL;
	return mem_realloc(ptr, total);
}

void *mem_dup(const void *data, size_t len)
{
	uint8_t *p = len < SIZE_MAX ? mem_alloc(len + 1) : NULL;

	if (!p)
		return NULL;
	if (len)
		memcpy(p, data, len);
	p[len] = 0;
	return p;
}

char *mem_strdup(const char *s)
{
	return mem_dup(s, strlen(s));
}

void mem_free(void *ptr)
{
	if (!ptr)
		return;
	atomic_fetch_sub_explicit(&live, 1, memory_order_relaxed);
	free(ptr);
}

void mem_set_gate(mem_gate_fn gate, void *user)
{
	atomic_store(&gate_count, 0);
	gate_user = user;
	gate_fn = gate;
}

int64_t mem_live(void)
{
	return atomic_load(&live);
}
