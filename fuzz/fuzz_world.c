/* SPDX-License-Identifier: MIT */
/*
 * Worlds, in Telegram Desktop's JSON and in our own: what loads can be sent, in
 * histories whose messages are found where their ids say.
 */
#include "base/attr.h"
#include "fuzz.h"
#include "sim/history.h"
#include "sim/load.h"
#include "sim/view.h"

enum { KEPT_MAX = 16 << 20, WIRE_MAX = 1 << 22 };

struct source {
	struct tobs_view rest;
};

static int read_source(void *user, void *buf, size_t cap, size_t *ret_n)
{
	struct source *src = user;
	size_t n = MIN(MIN(cap, (size_t)100), src->rest.len);

	if (n)
		memcpy(buf, src->rest.ptr, n);
	src->rest = tobs_view_sub(src->rest, n, src->rest.len);
	*ret_n = n;
	return TOBS_OK;
}

static void check_history(struct sim_account *viewer, struct sim_history *h, struct tobs_buf *wire)
{
	struct tobs_arena arena;

	tobs_arena_init(&arena, KEPT_MAX);
	for (int32_t i = 0; h && i < sim_history_count(h); i++) {
		int32_t id = sim_list_id(&h->list, i);
		const union tl_Message *m = sim_history_get(h, id, &arena);
		struct tobs_err err;
		const void *back;
		int r;

		FUZZ_CHECK(m && sim_message_id(m) == id);
		m = sim_view_message(viewer, h, m, &arena);
		FUZZ_CHECK(m);
		tobs_buf_clear(wire);
		r = tl_encode(wire, m, &err);
		FUZZ_CHECK(r == TOBS_OK || r == TOBS_ETOOBIG);
		if (!r)
			FUZZ_CHECK(tl_decode(tobs_buf_view(wire), &arena, &back, NULL, &err) ==
				TOBS_OK);
	}
	tobs_arena_deinit(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct source src = { tobs_view(data, size) };
	struct sim_world_options options = { .memory_max = KEPT_MAX };
	struct sim_world *w;
	struct tobs_err err = { 0 };
	struct tobs_buf wire;
	int r;

	if (sim_world_new(&options, &w, NULL))
		abort();
	tobs_buf_init(&wire, WIRE_MAX);
	r = sim_load_stream(w, read_source, &src, NULL, "world", &err);
	if (r) {
		FUZZ_CHECK(err.code == r && err.message[0]);
	} else {
		ARRAY_EACH (a, &w->accounts)
			MAP_EACH (slot, &(*a)->histories)
				check_history(*a, slot->value, &wire);
		ARRAY_EACH (c, &w->chat_list)
			check_history(w->accounts.items[0], (*c)->history, &wire);
	}
	tobs_buf_deinit(&wire);
	sim_world_free(w);
	return 0;
}
