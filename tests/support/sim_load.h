/* SPDX-License-Identifier: MIT */
/* Worlds from JSON that stands in a test, with ' for ". */
#ifndef SUPPORT_SIM_LOAD_H
#define SUPPORT_SIM_LOAD_H

#include "base/attr.h"
#include "sim/history.h"
#include "sim/load.h"
#include "support/sim_world.h"
#include "support/test.h"

struct loading {
	struct tobs_view rest;
	size_t chunk; /* bytes given at once */
};

static inline int loading_read(void *user, void *buf, size_t cap, size_t *ret_n)
{
	struct loading *l = user;
	size_t n = MIN(MIN(cap, l->chunk), l->rest.len);

	if (n)
		memcpy(buf, l->rest.ptr, n);
	l->rest = tobs_view_sub(l->rest, n, l->rest.len);
	*ret_n = n;
	return TOBS_OK;
}

/* Bytes as they are. */
static inline int load_bytes(
	struct sim_world *w, struct tobs_view bytes, const char *folder, struct tobs_err *err)
{
	struct loading l = { bytes, 4096 };

	return sim_load_stream(w, loading_read, &l, folder, "test.json", err);
}

/* A text with ' for ", on the heap. */
static inline char *quoted(const char *text)
{
	char *copy = strdup(text);

	if (!copy)
		abort();
	for (char *c = copy; *c; c++)
		if (*c == '\'')
			*c = '"';
	return copy;
}

static inline int load_text(
	struct sim_world *w, const char *text, const char *folder, struct tobs_err *err)
{
	char *copy = quoted(text);
	int r = load_bytes(w, tobs_str(copy), folder, err);

	free(copy);
	return r;
}

/* A new world with it, which must be fine. */
static inline struct sim_world *loaded(const char *text)
{
	struct sim_world *w = test_world();
	struct tobs_err err = { 0 };

	if (load_text(w, text, NULL, &err))
		fail_msg("%s (byte %d)", err.message, (int)err.offset);
	return w;
}

/* A message of a history, which must be there. */
static inline const union tl_Message *message_of(struct sim_history *h, int32_t id)
{
	const union tl_Message *m;

	assert_non_null(h);
	m = sim_history_get(h, id, &h->world->arena);
	if (!m)
		fail_msg("there is no message %d", (int)id);
	return m;
}

/* Where an entity begins, and its length; flags come first in some. */
static inline int32_t place_of(const union tl_MessageEntity *e, int32_t *ret_length)
{
	bool flags = e->ctor == TL_messageEntityBlockquote;

	*ret_length = flags ? e->messageEntityBlockquote.length : e->messageEntityBold.length;
	return flags ? e->messageEntityBlockquote.offset : e->messageEntityBold.offset;
}

/* Every message of every history of every account can be encoded; how many they are. */
static inline int assert_all_encode(struct sim_world *w)
{
	int n = 0;

	ARRAY_EACH (a, &w->accounts) {
		MAP_EACH (slot, &(*a)->histories) {
			struct sim_history *h = slot->value;

			for (int32_t i = 0; i < sim_history_count(h); i++, n++)
				assert_encodes(sim_history_at(h, i, &w->arena));
		}
	}
	ARRAY_EACH (c, &w->chat_list) {
		struct sim_history *h = (*c)->history;

		for (int32_t i = 0; h && i < sim_history_count(h); i++, n++)
			assert_encodes(sim_history_at(h, i, &w->arena));
	}
	return n;
}

/*
 * A document cut at every byte, and with each of its bits flipped in turn at
 * every `step`-th byte, either loads or fails with a message; nothing else.
 */
static inline void break_everywhere(const char *text, size_t step)
{
	char *copy = quoted(text);
	size_t len = strlen(copy);

	for (size_t i = 0; i < len; i++) {
		struct sim_world *w = test_world();
		struct tobs_err err = { 0 };
		uint8_t *part = exact_copy(copy, i);
		int r = load_bytes(w, tobs_view(part, i), NULL, &err);

		if (!r)
			fail_msg("the first %zu bytes load", i);
		assert_int_equal(err.code, r);
		assert_int_not_equal(err.message[0], 0);
		sim_world_free(w);
		free(part);
	}
	for (size_t i = 0; i < len; i += step) {
		struct sim_world *w = test_world();
		struct tobs_err err = { 0 };

		copy[i] ^= (char)(1 << i / step % 8);
		if (load_bytes(w, tobs_str(copy), NULL, &err))
			assert_int_not_equal(err.message[0], 0);
		else
			assert_all_encode(w);
		copy[i] ^= (char)(1 << i / step % 8);
		sim_world_free(w);
	}
	free(copy);
}

#endif
