/* SPDX-License-Identifier: MIT */
#include "sim/vote.h"

#include "base/alloc.h"
#include "sim/inner.h"

void sim_votes_deinit(struct sim_world *w)
{
	MAP_EACH (slot, &w->votes)
		ARRAY_DEINIT(&((struct sim_votes *)slot->value)->items);
	map_deinit(&w->votes);
}

const struct sim_votes *sim_votes(const struct sim_world *w, int64_t poll_id)
{
	return map_get(&w->votes, (uint64_t)poll_id);
}

static struct sim_vote *find(const struct sim_votes *votes, int64_t peer)
{
	if (votes)
		ARRAY_EACH (v, &votes->items)
			if (v->peer == peer)
				return v;
	return NULL;
}

const struct sim_vote *sim_vote(const struct sim_world *w, int64_t poll_id, int64_t peer)
{
	return find(sim_votes(w, poll_id), peer);
}

int sim_vote_set(struct sim_world *w, int64_t poll_id, const struct sim_vote *vote)
{
	struct sim_votes *votes = map_get(&w->votes, (uint64_t)poll_id);
	struct sim_vote *have = find(votes, vote->peer);

	if (!votes) {
		votes = TOBS_ARENA_NEW(&w->arena, struct sim_votes);
		if (!votes || map_put(&w->votes, (uint64_t)poll_id, votes))
			return TOBS_ENOMEM;
	}
	if (!have)
		return vote->chosen && ARRAY_PUSH(&votes->items, *vote) ? TOBS_ENOMEM : TOBS_OK;
	if (vote->chosen)
		*have = *vote;
	else
		ARRAY_REMOVE(&votes->items, (size_t)(have - votes->items.items));
	return TOBS_OK;
}
