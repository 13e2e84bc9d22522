/* SPDX-License-Identifier: MIT */
/*
 * How long to wait before trying again: longer each time, never the same for
 * two who failed together. A policy: it neither waits nor looks at a clock.
 *
 * The n-th delay is drawn evenly between half of and the whole of
 * min(max, base * 2^n). The upper half only, so that the first try after a
 * short break is neither at once nor needlessly late.
 *
 *     struct backoff b;
 *
 *     backoff_init(&b, &backoff_reconnect, rng_system());
 *     do
 *             worked_ms = connect_and_work(server);
 *     while (tobs_sleep(backoff_next_after(&b, worked_ms)) == 0);
 */
#ifndef FLOW_BACKOFF_H
#define FLOW_BACKOFF_H

#include <stdint.h>

#include "base/rand.h"

struct backoff_policy {
	int64_t base_ms; /* > 0 */
	int64_t max_ms;  /* >= base_ms */
	/* What worked for this long (ms) has worked: its failure is a first one again. */
	int64_t steady_ms;
};

/* Connections to a server: 0.5 s at first, a minute at most. */
extern const struct backoff_policy backoff_reconnect;

struct backoff {
	struct backoff_policy policy;
	const struct rng *rng;
	unsigned failures; /* in a row */
};

/* *rng must outlive it. */
void backoff_init(struct backoff *b, const struct backoff_policy *policy, const struct rng *rng);

/* It failed: how many ms to wait. */
int64_t backoff_next(struct backoff *b);

/* It failed after it had worked for `worked_ms`. */
int64_t backoff_next_after(struct backoff *b, int64_t worked_ms);

/* It worked. */
void backoff_reset(struct backoff *b);

#endif
