/* SPDX-License-Identifier: MIT */
#include "base/array.h"

#include <tobs/err.h>

int array_reserve(void **items, size_t *cap, size_t count, size_t more, size_t size)
{
	size_t need, room;
	void *grown;

	if (LIKELY(more <= *cap - count))
		return TOBS_OK;
	if (__builtin_add_overflow(count, more, &need))
		return TOBS_ENOMEM;
	room = *cap < 8 ? 8 : *cap + *cap / 2;
	if (room < need)
		room = need;
	grown = mem_array_resize(*items, room, size);
	if (!grown)
		return TOBS_ENOMEM;
	*items = grown;
	*cap = room;
	return TOBS_OK;
}

void array_remove(void *items, size_t *count, size_t i, size_t size)
{
	uint8_t *at = (uint8_t *)items + i * size;

	assert(i < *count);
	memmove(at, at + size, (*count - i - 1) * size);
	--*count;
}

void array_shift(void *items, size_t *count, size_t n, size_t size)
{
	assert(n <= *count);
	*count -= n;
	if (*count)
		memmove(items, (uint8_t *)items + n * size, *count * size);
}
