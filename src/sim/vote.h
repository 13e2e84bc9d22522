/* SPDX-License-Identifier: MIT */
/* Who voted for what. The counts stand in the messages; this is who made them. */
#ifndef SIM_VOTE_H
#define SIM_VOTE_H

#include "sim/world.h"

enum { SIM_OPTIONS_MAX = 64 };

struct sim_vote {
	int64_t peer;
	uint64_t chosen; /* bit i: the i-th answer */
	int32_t date;
};

struct sim_votes {
	ARRAY_OF(struct sim_vote) items;
};

/* NULL: nobody has voted. */
const struct sim_votes *sim_votes(const struct sim_world *w, int64_t poll_id);

/* The vote of a peer; NULL: none. */
const struct sim_vote *sim_vote(const struct sim_world *w, int64_t poll_id, int64_t peer);

/* Records a vote in place of an earlier one; nothing chosen takes it back. TOBS_ENOMEM. */
int sim_vote_set(struct sim_world *w, int64_t poll_id, const struct sim_vote *vote);

#endif
