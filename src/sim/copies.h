/* SPDX-License-Identifier: MIT */
/* Which messages in different boxes are copies of one. */
#ifndef SIM_COPIES_H
#define SIM_COPIES_H

#include "sim/world.h"

struct sim_copy {
	struct sim_history *history;
	int32_t id;
};

/* All copies of a message, itself among them; *self is filled when there is no other. */
const struct sim_copy *sim_copies(
	struct sim_history *h, int32_t id, struct sim_copy *self, size_t *ret_count);

/* The id of the copy in another history; 0: there is none. */
int32_t sim_copy_in(struct sim_history *h, int32_t id, const struct sim_history *other);

/* Says that these belong together. Nothing to do for one. TOBS_ENOMEM. */
int sim_copies_set(struct sim_world *w, const struct sim_copy *copies, size_t count);

/* One of them was deleted. */
void sim_copies_drop(struct sim_history *h, int32_t id);

#endif
