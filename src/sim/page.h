/* SPDX-License-Identifier: MIT */
/* What pages of lists and of search results have in common. */
#ifndef SIM_PAGE_H
#define SIM_PAGE_H

#include "sim/history.h"

/* An ascending sequence of messages, of which those from `from` up to `to` count. */
struct sim_sequence {
	int32_t from, to;
	int32_t (*rank)(const struct sim_sequence *q, int32_t id); /* ids below `id` */
	int32_t (*index)(const struct sim_sequence *q, int32_t i); /* in the whole history */
	int32_t (*date)(const struct sim_sequence *q, int32_t i);
};

struct sim_window {
	int32_t newest; /* the first message, which is the newest; then downwards */
	int32_t count;
	int32_t offset; /* messages newer than where the slice begins */
	int32_t total;
};

/* Confines the sequence to slice->first … slice->last and finds what the slice takes from it. */
struct sim_window sim_window(struct sim_sequence *q, const struct sim_slice *slice);

int sim_fill_page(struct sim_account *viewer, struct sim_history *h, struct sim_sequence *q,
	const struct sim_slice *slice, struct tobs_arena *arena, struct sim_page *ret);

#endif
