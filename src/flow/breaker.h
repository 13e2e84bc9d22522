/* SPDX-License-Identifier: MIT */
/*
 * A circuit breaker: who has failed several times in a row is left alone for a
 * while, and then asked once before all others may ask again.
 *
 *     CLOSED ──failures──▸ OPEN ──time──▸ HALF_OPEN ──worked──▸ CLOSED
 *                           ▲                │
 *                           └────failed──────┘  for twice as long
 *
 * A policy: it neither waits nor looks at a clock. Times are µs.
 */
#ifndef FLOW_BREAKER_H
#define FLOW_BREAKER_H

#include <stdbool.h>
#include <stdint.h>

enum breaker_state { BREAKER_CLOSED, BREAKER_OPEN, BREAKER_HALF_OPEN };

struct breaker_policy {
	unsigned failures; /* in a row that open it */
	int64_t first_ms;  /* it stays open at first */
	int64_t max_ms;    /* and at most */
};

/* A server: five failures, a second at first, a minute at most. */
extern const struct breaker_policy breaker_server;

struct breaker {
	struct breaker_policy policy;
	enum breaker_state state;
	unsigned failures;
	int64_t open_ms; /* how long it stays open this time */
	int64_t until;   /* µs when it is to be tried */
};

void breaker_init(struct breaker *b, const struct breaker_policy *policy);

/*
 * Whether one may ask now. In HALF_OPEN the one who was let through has to say
 * how it went with one of the three calls below. If not, *ret_wait (may be NULL)
 * is how many ms it is worth to wait before asking again, at least 1.
 */
bool breaker_may(struct breaker *b, int64_t now, int64_t *ret_wait);

void breaker_worked(struct breaker *b);
void breaker_failed(struct breaker *b, int64_t now);

/* Nobody knows how it went: it was cancelled. */
void breaker_unknown(struct breaker *b, int64_t now);

#endif
