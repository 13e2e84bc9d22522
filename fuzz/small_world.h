/* SPDX-License-Identifier: MIT */
/* A world of a few people, chats and messages, for targets that act in one. */
#ifndef FUZZ_SMALL_WORLD_H
#define FUZZ_SMALL_WORLD_H

#include <stdlib.h>
#include <string.h>

#include "sim/load.h"
#include "sim/world.h"
#include "take.h"

enum { SMALL_WORLD_MAX = 32 << 20, SMALL_WORLD_S = 1714564800 };

static const char small_world_text[] =
	"{\"tobs_world\":1,\"files\":[{\"key\":\"pic\",\"kind\":\"photo\",\"size\":9,\"width\":90,"
	"\"height\":90}],\"users\":[{\"key\":\"ivy\",\"id\":1,\"first_name\":\"Ivy\",\"account\":{}},"
	"{\"key\":\"bo\",\"id\":2,\"first_name\":\"Bo\",\"account\":{}},"
	"{\"key\":\"bot\",\"id\":4,\"first_name\":\"Bot\",\"bot\":true,\"account\":{}}],"
	"\"chats\":[{\"key\":\"s\",\"kind\":\"supergroup\",\"id\":6,\"title\":\"S\",\"members\":"
	"[{\"user\":\"ivy\",\"role\":\"creator\"},\"bo\"]},{\"key\":\"f\",\"kind\":\"forum\",\"id\":8,"
	"\"title\":\"F\",\"members\":[{\"user\":\"ivy\",\"role\":\"creator\"}]},{\"key\":\"g\","
	"\"kind\":\"group\",\"id\":9,\"title\":\"G\",\"members\":[{\"user\":\"ivy\",\"role\":"
	"\"creator\"},\"bo\"]}],\"histories\":[{\"chat\":\"s\",\"messages\":[{\"from\":\"ivy\","
	"\"date\":\"2024-01-01\",\"text\":\"one\",\"label\":\"one\"},{\"from\":\"ivy\",\"poll\":"
	"{\"question\":\"q\",\"answers\":[\"a\",\"b\"]},\"label\":\"poll\"}]},{\"chat\":\"g\","
	"\"messages\":[{\"from\":\"bo\",\"date\":\"2024-01-02\",\"text\":\"two\"}]}]}";

static int read_world(void *user, void *buf, size_t cap, size_t *ret_n)
{
	struct tobs_view *rest = user, piece = take(rest, cap);

	if (piece.len)
		memcpy(buf, piece.ptr, piece.len);
	*ret_n = piece.len;
	return TOBS_OK;
}

/* Its clock stands at SMALL_WORLD_S. Free with sim_world_free(). */
static struct sim_world *small_world(struct fake_clock *clock)
{
	const struct sim_world_options options = { .memory_max = SMALL_WORLD_MAX,
		.clock = &clock->clock };
	struct tobs_view text = tobs_str(small_world_text);
	struct sim_world *w;

	fake_clock_init(clock, (int64_t)SMALL_WORLD_S * 1000000);
	if (sim_world_new(&options, &w, NULL) ||
		sim_load_stream(w, read_world, &text, NULL, "world", NULL))
		abort();
	return w;
}

#endif
