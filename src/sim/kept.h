/* SPDX-License-Identifier: MIT */
/*
 * Answers that are given again without being made again: for benchmarks of
 * clients over a world that does not change, where the server must not be what
 * is measured.
 */
#ifndef SIM_KEPT_H
#define SIM_KEPT_H

#include <stdbool.h>
#include <tobs/buf.h>

#include "base/map.h"

struct sim_kept {
	size_t bytes_max; /* 0: nothing is kept */
	size_t bytes;
	struct smap by_query; /* of struct sim_kept_answer, owned */
};

void sim_kept_deinit(struct sim_kept *k);

/* The answer to the query of this account, told in this layer; false when it was not kept. */
bool sim_kept_find(const struct sim_kept *k, int64_t account, int layer, struct tobs_view query,
	struct tobs_view *ret);

/* Keeps a copy, as long as there is room. */
void sim_kept_add(struct sim_kept *k, int64_t account, int layer, struct tobs_view query,
	struct tobs_view answer);

#endif
