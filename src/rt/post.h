/* SPDX-License-Identifier: MIT */
/*
 * Calls from other threads: a queue under a lock, emptied by the loop.
 */
#ifndef RT_POST_H
#define RT_POST_H

#include <stdbool.h>

struct rt;

/* One pending call; lives in what is posted. */
struct post {
	struct post *next;
	void (*fn)(struct post *p);
};

/* From any thread. TOBS_ECLOSED when no loop takes calls; then fn is not called. */
int post_send(struct post *p);

/* The loop takes calls from now on. */
void post_open(struct rt *rt);

/* Makes the calls that are pending. */
void post_drain(void);

/* The loop takes no more calls; false, and nothing done, while some are pending. */
bool post_close(void);

#endif
