/* SPDX-License-Identifier: MIT */
#include "sim/synth_ids.h"

#include "base/attr.h"
#include "sim/inner.h"

/* How the blocks of a pattern differ; the sum is 0. */
static const int8_t waves[SYNTH_PATTERN] = { 0, 3, -2, 5, -4, 1, -6, 7, -7, 6, -1, 4, -5, 2, -3,
	0 };

enum { LARGEST_WAVE = 7 };

void synth_ids_init(struct synth_ids *s, uint64_t seed, uint32_t density, int32_t count,
	int32_t first, int32_t stride)
{
	/* Messages in a whole pattern, and in a block; what does not divide is spread. */
	int32_t all = (int32_t)(((uint64_t)density * SYNTH_BLOCK * SYNTH_PATTERN + 32768) / 65536);
	int32_t mean = MAX(all / SYNTH_PATTERN, 1), rest = all % SYNTH_PATTERN;
	int32_t room = MIN(mean - 1, SYNTH_BLOCK - mean - (rest > 0));
	int32_t scale = MIN(room / LARGEST_WAVE, 4);

	*s = (struct synth_ids){ .seed = seed, .first = first, .stride = stride, .count = count };
	for (int i = 0; i < SYNTH_PATTERN; i++)
		s->before[i + 1] = s->before[i] + mean + waves[i] * scale +
			(rest * (i + 1) / SYNTH_PATTERN - rest * i / SYNTH_PATTERN);
}

static const struct synth_block *block(struct synth_ids *s, uint64_t number)
{
	struct synth_block *b = &s->cache[number % SYNTH_CACHE];
	int pattern = (int)(number % SYNTH_PATTERN);
	uint32_t live = (uint32_t)(s->before[pattern + 1] - s->before[pattern]);
	uint64_t key;
	uint8_t times, plus, again;

	if (b->number == number + 1)
		return b;
	key = sim_mix(s->seed ^ number * 0x9e3779b97f4a7c15);
	times = (uint8_t)(key | 1);
	plus = (uint8_t)(key >> 8);
	again = (uint8_t)(key >> 16 | 1);
	b->number = number + 1;
	for (uint32_t word = 0; word < SYNTH_BLOCK / 64; word++) {
		uint64_t bits = 0;

		for (uint32_t i = 0; i < 64; i++) {
			/* Each step is a permutation of the 256 values: so is all of it. */
			uint8_t v = (uint8_t)((word * 64 + i) * times + plus);

			v = (uint8_t)((v ^ v >> 4) * again);
			v ^= (uint8_t)(v >> 5);
			bits |= (uint64_t)(v < live) << i;
		}
		b->bits[word] = bits;
	}
	return b;
}

/* The place of the n-th bit that is set, from 0. */
static uint32_t select_bit(const uint64_t *bits, uint32_t n)
{
	uint32_t word = 0;
	uint64_t left;

	for (;; word++) {
		uint32_t here = (uint32_t)__builtin_popcountll(bits[word]);

		if (n < here)
			break;
		n -= here;
	}
	for (left = bits[word]; n > 0; n--)
		left &= left - 1;
	return word * 64 + (uint32_t)__builtin_ctzll(left);
}

int64_t synth_id(struct synth_ids *s, int32_t index)
{
	int32_t each = s->before[SYNTH_PATTERN], rest = index % each, i = 0;
	uint64_t number = (uint64_t)(index / each) * SYNTH_PATTERN;
	uint64_t place;

	while (rest >= s->before[i + 1])
		i++;
	number += (uint64_t)i;
	place = number * SYNTH_BLOCK +
		select_bit(block(s, number)->bits, (uint32_t)(rest - s->before[i]));
	return s->first + (int64_t)s->stride * (int64_t)place;
}

int32_t synth_rank(struct synth_ids *s, int32_t id)
{
	const struct synth_block *b;
	uint64_t place, number;
	uint32_t within, n = 0;
	int64_t rank;

	if (id <= s->first)
		return 0;
	place = (uint64_t)(((int64_t)id - s->first + s->stride - 1) / s->stride);
	number = place / SYNTH_BLOCK;
	within = (uint32_t)(place % SYNTH_BLOCK);
	rank = (int64_t)(number / SYNTH_PATTERN) * s->before[SYNTH_PATTERN] +
		s->before[number % SYNTH_PATTERN];
	if (within && rank < s->count) {
		b = block(s, number);
		for (uint32_t word = 0; word < within / 64; word++)
			n += (uint32_t)__builtin_popcountll(b->bits[word]);
		if (within % 64)
			n += (uint32_t)__builtin_popcountll(
				b->bits[within / 64] & ((1ull << within % 64) - 1));
	}
	return (int32_t)MIN(rank + n, s->count);
}
