/* SPDX-License-Identifier: MIT */
/*
 * The brake: until when calls of a method have to wait, because the server said
 * so (FLOOD_WAIT_X and relatives). One for the account, shared by all fibers.
 * A policy: it neither waits nor looks at a clock. Times are µs, monotonic.
 */
#ifndef CLIENT_BRAKE_H
#define CLIENT_BRAKE_H

#include <stdbool.h>

#include "base/map.h"

/* {0} is free of any. */
struct brakes {
	struct map by_method; /* id → struct brake, owned */
};

void brakes_deinit(struct brakes *b);

/*
 * Calls of `method` wait until `until`; a wait that ends later stays. True when
 * the method was free before. Without memory there is no brake, and the server
 * asks again.
 */
bool brakes_set(struct brakes *b, uint32_t method, int64_t now, int64_t until);

/* Until when to wait; 0 when free at `now`. */
int64_t brakes_until(const struct brakes *b, uint32_t method, int64_t now);

#endif
