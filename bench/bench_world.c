/* SPDX-License-Identifier: MIT */
/*
 * The simulated world: what a page of 100 messages of a synthetic chat costs to
 * make, to make as a page for an account, with the users and chats it mentions,
 * and to encode. Pages follow one another as an exporter asks for them. One
 * line a case; ns a message.
 */
#include <stdio.h>
#include <tobs/tl.h>

#include "base/attr.h"
#include "base/clock.h"
#include "sim/history.h"
#include "sim/synthetic.h"
#include "sim/view.h"

enum { PAGE = 100, PAGES = 4000, TRIES = 3 };

enum work { MAKE, VIEW, REFS, ENCODE };

struct bench {
	struct sim_world *world;
	struct sim_account *me;
	struct sim_history *history;
	struct tobs_arena arena;
	struct tobs_buf out;
	size_t bytes;
};

static int one_page(struct bench *b, enum work work, int32_t offset_id)
{
	struct sim_slice slice = { .offset_id = offset_id, .limit = PAGE };
	struct tl_messages_channelMessages answer = { .ctor = TL_messages_channelMessages };
	struct sim_page page;
	struct sim_refs refs;
	int r;

	tobs_arena_reset(&b->arena);
	tobs_buf_clear(&b->out);
	if (work == MAKE) {
		int32_t first = sim_list_rank(&b->history->list, offset_id) - PAGE;
		const struct sim_source *s = b->history->list.source;

		for (int32_t i = 0; i < PAGE; i++)
			if (!s->ops->message(s, first + i, &b->arena))
				return -1;
		return 0;
	}
	r = sim_history_page(b->me, b->history, &slice, &b->arena, &page);
	if (r || work == VIEW)
		return r;
	answer.messages = page.messages;
	sim_refs_begin(&refs, b->world, b->me, &b->arena);
	sim_refs_messages(&refs, &page.messages);
	r = sim_refs_end(&refs, &answer.users, &answer.chats);
	if (r || work == REFS)
		return r;
	r = tl_encode(&b->out, &answer, NULL);
	b->bytes += b->out.len;
	return r;
}

static double run(struct bench *b, enum work work)
{
	int64_t start = clock_mono(clock_system());

	b->bytes = 0;
	for (int i = 0; i < PAGES; i++) {
		int32_t at = sim_list_id(&b->history->list, 10000 + i * PAGE);

		if (one_page(b, work, at))
			return 0;
	}
	return (double)(clock_mono(clock_system()) - start) * 1000 / PAGES / PAGE;
}

int main(void)
{
	static const char *const names[] = { "make", "page", "page, users", "page, users, encode" };
	static const struct {
		const char *name, *spec;
	} cases[] = {
		{ "plain", "plain,messages=1000000" },
		{ "mixed", "mixed,messages=1000000" },
		{ "sparse", "mixed,messages=1000000,density=0.5" },
		{ "forum", "mixed,kind=forum,messages=1000000" },
		{ "busy",
			"messages=1000000,media=40%,reply=30%,reactions=30%,edits=10%,"
			"forwards=10%,entities=50%,service=2%,density=0.9,"
			"scripts=latin+cyrillic+hebrew+cjk+emoji" },
	};

	for (size_t c = 0; c < ARRAY_LEN(cases); c++) {
		struct bench b = { 0 };
		struct sim_spec spec;
		const int64_t *peers;

		tobs_arena_init(&b.arena, 1 << 24);
		tobs_buf_init(&b.out, 1 << 24);
		if (sim_world_new(NULL, &b.world, NULL) ||
			sim_spec_parse(tobs_str(cases[c].spec), &spec, NULL) ||
			sim_synthetic_add(b.world, NULL, &spec, &peers, NULL))
			return 1;
		b.me = sim_default_account(b.world);
		b.history = sim_history(b.me, peers[0]);
		for (enum work w = MAKE; w <= ENCODE; w++) {
			double best = 1e9;

			for (int t = 0; t < TRIES; t++) {
				double ns = run(&b, w);

				best = MIN(best, ns);
			}
			printf("world %-6s %-20s %6.0f ns/msg", cases[c].name, names[w], best);
			if (w == ENCODE)
				printf("  %4zu bytes/msg", b.bytes / PAGES / PAGE);
			printf("\n");
		}
		tobs_buf_deinit(&b.out);
		tobs_arena_deinit(&b.arena);
		sim_world_free(b.world);
	}
	return 0;
}
