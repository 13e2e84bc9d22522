/* SPDX-License-Identifier: MIT */
/* TL: decode, skip and encode of a page of 100 messages. Prints one line a case. */
#include <stdio.h>
#include <tobs/tl.h>

#include "base/attr.h"
#include "base/clock.h"
#include "sample.h"

enum { MESSAGES = 100, ROUNDS = 20000, TRIES = 5 };

enum work { DECODE, SKIP, ENCODE };

static double run(enum work work, struct tobs_view wire, const void *page)
{
	struct tobs_arena arena;
	struct tobs_buf out;
	int64_t start = clock_mono(clock_system());
	const void *got;
	size_t used;

	tobs_arena_init(&arena, 1 << 24);
	tobs_buf_init(&out, 1 << 24);
	for (int i = 0; i < ROUNDS; i++) {
		int r = 0;

		switch (work) {
		case DECODE:
			tobs_arena_reset(&arena);
			r = tl_decode(wire, &arena, &got, NULL, NULL);
			break;
		case SKIP: r = tl_skip(wire, &used, NULL); break;
		case ENCODE:
			tobs_buf_clear(&out);
			r = tl_encode(&out, page, NULL);
			break;
		}
		if (r)
			return 0;
	}
	tobs_arena_deinit(&arena);
	tobs_buf_deinit(&out);
	return (double)(clock_mono(clock_system()) - start) / 1e6;
}

int main(void)
{
	static const char *const names[] = { "decode", "skip", "encode" };

	for (int mixed = 0; mixed < 2; mixed++) {
		struct tobs_arena arena;
		struct tobs_buf wire;
		const void *page;

		tobs_arena_init(&arena, 1 << 24);
		tobs_buf_init(&wire, 1 << 24);
		page = sample_page(&arena, 1000, MESSAGES, mixed);
		if (!page || tl_encode(&wire, page, NULL))
			return 1;
		for (enum work w = DECODE; w <= ENCODE; w++) {
			double best = 1e9;

			for (int t = 0; t < TRIES; t++) {
				double s = run(w, tobs_buf_view(&wire), page);

				best = MIN(best, s);
			}
			printf("tl %-6s %-5s %6zu bytes %8.2f M msg/s %8.0f MiB/s\n", names[w],
				mixed ? "mixed" : "plain", wire.len, MESSAGES * ROUNDS / best / 1e6,
				(double)wire.len * ROUNDS / best / (1 << 20));
		}
		tobs_buf_deinit(&wire);
		tobs_arena_deinit(&arena);
	}
	return 0;
}
