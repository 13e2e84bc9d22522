/* SPDX-License-Identifier: MIT */
/*
 * Which ids of a synthetic chat exist.
 *
 * Ids fall into blocks of 256. Which of a block exist is decided by a
 * permutation of its 256 places that the block's number picks: the first K of
 * it do. K differs from block to block in a pattern that repeats every 16
 * blocks, so the number of messages in front of a block is known without
 * looking at any other, and rank and select look at one block only.
 */
#ifndef SIM_SYNTH_IDS_H
#define SIM_SYNTH_IDS_H

#include <stdint.h>

enum {
	SYNTH_BLOCK = 256,
	SYNTH_PATTERN = 16,
	SYNTH_CACHE = 16,
};

struct synth_block {
	uint64_t number; /* + 1; 0: free */
	uint64_t bits[SYNTH_BLOCK / 64];
};

struct synth_ids {
	uint64_t seed;
	int32_t first, stride;             /* id = first + stride * place */
	int32_t count;                     /* messages */
	int32_t before[SYNTH_PATTERN + 1]; /* messages in front of each block of the pattern */
	struct synth_block cache[SYNTH_CACHE];
};

/* `density` is out of 65536. */
void synth_ids_init(struct synth_ids *s, uint64_t seed, uint32_t density, int32_t count,
	int32_t first, int32_t stride);

/* The id of message `index`, as a number that may be too large for one. */
int64_t synth_id(struct synth_ids *s, int32_t index);

/* How many messages have a smaller id. */
int32_t synth_rank(struct synth_ids *s, int32_t id);

#endif
