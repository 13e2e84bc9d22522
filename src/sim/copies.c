/* SPDX-License-Identifier: MIT */
/*
 * Copies of one message. In private chats and basic groups each account has its
 * own, with an id of its own; here is which belong together.
 */
#include "sim/copies.h"

#include "base/alloc.h"
#include "sim/inner.h"

struct sim_copies {
	ARRAY_OF(struct sim_copy) items;
	size_t users; /* keys in the map that point here */
};

static uint64_t key_of(const struct sim_history *h, int32_t id)
{
	return (uint64_t)h->box->account->number << 32 | (uint32_t)id;
}

const struct sim_copy *sim_copies(
	struct sim_history *h, int32_t id, struct sim_copy *self, size_t *ret_count)
{
	const struct sim_copies *all = NULL;

	if (h->box->account)
		all = map_get(&h->world->twins, key_of(h, id));
	if (all) {
		*ret_count = all->items.count;
		return all->items.items;
	}
	*self = (struct sim_copy){ h, id };
	*ret_count = 1;
	return self;
}

int32_t sim_copy_in(struct sim_history *h, int32_t id, const struct sim_history *other)
{
	struct sim_copy self;
	size_t n;
	const struct sim_copy *all = sim_copies(h, id, &self, &n);

	for (size_t i = 0; i < n; i++)
		if (all[i].history == other)
			return all[i].id;
	return 0;
}

int sim_copies_set(struct sim_world *w, const struct sim_copy *copies, size_t count)
{
	struct sim_copies *all;

	if (count < 2)
		return TOBS_OK;
	all = TOBS_ARENA_NEW(&w->arena, struct sim_copies);
	if (!all)
		return TOBS_ENOMEM;
	for (size_t i = 0; i < count; i++)
		if (ARRAY_PUSH(&all->items, copies[i]))
			goto fail;
	for (size_t i = 0; i < count; i++) {
		if (map_put(&w->twins, key_of(copies[i].history, copies[i].id), all))
			goto fail;
		all->users++;
	}
	return TOBS_OK;
fail:
	/* With users the map frees it. */
	if (!all->users)
		ARRAY_DEINIT(&all->items);
	return TOBS_ENOMEM;
}

void sim_copies_drop(struct sim_history *h, int32_t id)
{
	struct sim_copies *all;

	if (!h->box->account)
		return;
	all = map_remove(&h->world->twins, key_of(h, id));
	if (!all)
		return;
	for (size_t i = 0; i < all->items.count; i++)
		if (all->items.items[i].history == h && all->items.items[i].id == id) {
			ARRAY_REMOVE(&all->items, i);
			break;
		}
	if (--all->users == 0)
		ARRAY_DEINIT(&all->items);
}

void sim_twins_deinit(struct sim_world *w)
{
	MAP_EACH (slot, &w->twins) {
		struct sim_copies *all = slot->value;

		if (--all->users == 0)
			ARRAY_DEINIT(&all->items);
	}
	map_deinit(&w->twins);
}
