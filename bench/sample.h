/* SPDX-License-Identifier: MIT */
/* What the benchmarks work on: pages of history like a busy group's. */
#ifndef BENCH_SAMPLE_H
#define BENCH_SAMPLE_H

#include <stdbool.h>
#include <tobs/arena.h>
#include <tobs/tl.h>

/*
 * A messages.channelMessages with `count` messages: plain texts (about 280
 * bytes each on the wire), or mixed with entities, replies, photos and
 * reactions (about 350). The same for the same arguments. NULL without memory.
 */
const struct tl_messages_channelMessages *sample_page(
	struct tobs_arena *arena, int first_id, int count, bool mixed);

#endif
