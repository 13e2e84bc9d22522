/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <tobs/arena.h>
#include <tobs/err.h>

#include "base/alloc.h"

enum {
	FIRST_CHUNK = 1024,
	LARGEST_STEP = 1 << 20, /* chunks double up to here */
	ALIGN = 8,
};

struct tobs_arena_chunk {
	struct tobs_arena_chunk *older;
	size_t size; /* of the whole block, this header included */
	uint8_t data[];
};

TOBS_STATIC_ASSERT(sizeof(struct tobs_arena_chunk) % ALIGN == 0, "data starts aligned");

void tobs_arena_init(struct tobs_arena *a, size_t max)
{
	*a = (struct tobs_arena){ .max = max };
}

void tobs_arena_deinit(struct tobs_arena *a)
{
	struct tobs_arena_chunk *c, *older;

	if (!a)
		return;
	for (c = a->chunk; c; c = older) {
		older = c->older;
		mem_free(c);
	}
	tobs_arena_init(a, a->max);
}

static void use_chunk(struct tobs_arena *a, struct tobs_arena_chunk *c)
{
	a->chunk = c;
	a->pos = c->data;
	a->end = (uint8_t *)c + c->size;
}

void tobs_arena_reset(struct tobs_arena *a)
{
	struct tobs_arena_chunk *largest = NULL, *c, *older;

	for (c = a->chunk; c; c = c->older)
		if (!largest || c->size > largest->size)
			largest = c;
	if (!largest)
		return;
	for (c = a->chunk; c; c = older) {
		older = c->older;
		if (c != largest)
			mem_free(c);
	}
	largest->older = NULL;
	a->used = largest->size;
	use_chunk(a, largest);
}

/* A new chunk with room for `size` bytes at least. */
static ATTR_NOINLINE bool add_chunk(struct tobs_arena *a, size_t size)
{
	size_t want = a->chunk ? a->chunk->size * 2 : FIRST_CHUNK;
	size_t need = size + sizeof(struct tobs_arena_chunk);
	struct tobs_arena_chunk *c;

	if (need < size || need > a->max - a->used)
		return false;
	if (want > LARGEST_STEP)
		want = LARGEST_STEP;
	if (want > a->max - a->used)
		want = a->max - a->used;
	if (want < need)
		want = need;
	c = mem_alloc(want);
	if (!c)
		return false;
	c->older = a->chunk;
	c->size = want;
	a->used += want;
	use_chunk(a, c);
	return true;
}

static inline void *take(struct tobs_arena *a, size_t size)
{
	void *p;

	/* A larger `max` than the address space still cannot overflow here. */
	if (UNLIKELY(size > SIZE_MAX - ALIGN))
		return NULL;
	size = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	if (UNLIKELY((size_t)(a->end - a->pos) < size || !a->pos) && !add_chunk(a, size))
		return NULL;
	p = a->pos;
	a->pos += size;
	return p;
}

void *tobs_arena_alloc(struct tobs_arena *a, size_t size)
{
	return take(a, size);
}

void *tobs_arena_zalloc(struct tobs_arena *a, size_t size)
{
	void *p = take(a, size);

	if (LIKELY(p))
		memset(p, 0, size);
	return p;
}

void *tobs_arena_array(struct tobs_arena *a, size_t count, size_t size)
{
	size_t total;

	if (__builtin_mul_overflow(count, size, &total))
		return NULL;
	return tobs_arena_zalloc(a, total);
}

void *tobs_arena_dup(struct tobs_arena *a, const void *data, size_t len)
{
	uint8_t *p = len < SIZE_MAX ? take(a, len + 1) : NULL;

	if (!p)
		return NULL;
	if (len)
		memcpy(p, data, len);
	p[len] = 0;
	return p;
}

char *tobs_arena_strdup(struct tobs_arena *a, const char *s)
{
	return tobs_arena_dup(a, s, strlen(s));
}

int tobs_arena_view(struct tobs_arena *a, struct tobs_view v, struct tobs_view *ret)
{
	void *p = tobs_arena_dup(a, v.ptr, v.len);

	if (!p)
		return TOBS_ENOMEM;
	*ret = tobs_view(p, v.len);
	return TOBS_OK;
}

char *tobs_arena_printf(struct tobs_arena *a, const char *fmt, ...)
{
	va_list ap;
	char *p;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		return NULL;
	p = take(a, (size_t)n + 1);
	if (!p)
		return NULL;
	va_start(ap, fmt);
	vsnprintf(p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return p;
}
