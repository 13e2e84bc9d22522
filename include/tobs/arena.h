/* SPDX-License-Identifier: MIT */
/*
 * Memory for one job: allocate piece by piece, free all at once.
 *
 * An arena hands out zeroed or plain memory from chunks that double in size,
 * up to a maximum given at creation. Single pieces are never freed.
 * Every pointer is aligned to 8 bytes.
 */
#ifndef TOBS_ARENA_H
#define TOBS_ARENA_H

#include <tobs/view.h>

TOBS_BEGIN_DECLS

struct tobs_arena_chunk;

struct tobs_arena {
	struct tobs_arena_chunk *chunk; /* the newest; older ones hang behind it */
	uint8_t *pos;                   /* next free byte in it */
	uint8_t *end;
	size_t used; /* bytes taken from the system, chunk headers included */
	size_t max;  /* bytes it may ever take */
};

/* An empty arena that may take up to `max` bytes. Allocates nothing. */
void tobs_arena_init(struct tobs_arena *a, size_t max);

/* Frees everything that was handed out; NULL is fine. The arena can be used again. */
void tobs_arena_deinit(struct tobs_arena *a);

/*
 * Everything handed out becomes free for reuse; the largest chunk is kept, so
 * an arena that is reset between jobs soon stops allocating.
 */
void tobs_arena_reset(struct tobs_arena *a);

/* `size` bytes, zeroed; NULL when memory or the maximum is used up. */
void *tobs_arena_zalloc(struct tobs_arena *a, size_t size);

/* The same without zeroing. */
void *tobs_arena_alloc(struct tobs_arena *a, size_t size);

/* `count` objects of `size` bytes, zeroed; NULL also when the product overflows. */
void *tobs_arena_array(struct tobs_arena *a, size_t count, size_t size);

/* A copy, with a zero byte behind it that does not count. */
void *tobs_arena_dup(struct tobs_arena *a, const void *data, size_t len);
char *tobs_arena_strdup(struct tobs_arena *a, const char *s);

/* A copied view; *ret is untouched and TOBS_ENOMEM returned on failure. */
int tobs_arena_view(struct tobs_arena *a, struct tobs_view v, struct tobs_view *ret);

/* A formatted, zero-terminated string; NULL on failure. */
char *tobs_arena_printf(struct tobs_arena *a, const char *fmt, ...) TOBS_PRINTF(2, 3);

#define TOBS_ARENA_NEW(a, type)      ((type *)tobs_arena_zalloc((a), sizeof(type)))
#define TOBS_ARENA_ARRAY(a, n, type) ((type *)tobs_arena_array((a), (n), sizeof(type)))

TOBS_END_DECLS

#endif
