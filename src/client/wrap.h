/* SPDX-License-Identifier: MIT */
/* Queries inside queries: invokeWith…, initConnection, and what they call. */
#ifndef CLIENT_WRAP_H
#define CLIENT_WRAP_H

#include <tobs/tl.h>

#include "client/setup.h"

/*
 * The method that is called in the end, which says what the result is. `method`
 * itself when it wraps nothing; 0 for a wrapper without a query.
 */
uint32_t wrap_innermost(uint32_t method, const void *query);

/*
 * Appends what comes before the first query of a session: invokeWithLayer and
 * initConnection without their query, which is the last field of both.
 */
int wrap_first(struct tobs_buf *out, const struct setup *setup, struct tobs_err *err);

#endif
