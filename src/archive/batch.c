/* SPDX-License-Identifier: MIT */
#include "archive/impl.h"

void archive_batch_init(struct archive_batch *b, size_t max_bytes)
{
	*b = (struct archive_batch){ 0 };
	tobs_arena_init(&b->arena, max_bytes);
}

void archive_batch_clear(struct archive_batch *b)
{
	tobs_arena_reset(&b->arena);
	b->seen = 0;
	b->messages.count = b->peers.count = b->files.count = b->intervals.count = 0;
}

void archive_batch_deinit(struct archive_batch *b)
{
	if (!b)
		return;
	ARRAY_DEINIT(&b->messages);
	ARRAY_DEINIT(&b->peers);
	ARRAY_DEINIT(&b->files);
	ARRAY_DEINIT(&b->intervals);
	tobs_arena_deinit(&b->arena);
}
