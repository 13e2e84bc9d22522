/* SPDX-License-Identifier: MIT */
/*
 * How many pages are in flight: one number for the whole run, however many
 * chats are fetched at once.
 *
 * It begins small, doubles with every round of answers (each answer allows one
 * more) and stops growing at the maximum. When the server asks to wait, it is
 * halved, and from then on grows by one a round: the way TCP finds the capacity
 * of a path. The waiting itself is the client's (one brake for an account and
 * method); this only sees to it that there are fewer to wait the next time.
 */
#ifndef EXPORT_PACE_H
#define EXPORT_PACE_H

#include <tobs/rt.h>

struct pace {
	int max;         /* pages, at most */
	int in_flight;   /* pages */
	int64_t window;  /* in 1/PACE_UNIT pages: how many are allowed now */
	bool steady;     /* the server has asked to wait: grow slowly */
	int64_t floods;  /* how often it did */
	int64_t flooded; /* tobs_now() of the last time that counted */
	struct tobs_sem permits;
	int owed; /* permits that are to vanish when they come back */
};

enum {
	PACE_UNIT = 256,
	PACE_START = 4, /* pages; or the maximum, when it is less */
};

void pace_init(struct pace *p, int max);

/* Waits until one more page may be under way, fairly. Waits. */
int pace_enter(struct pace *p);

/* A page is there (ok) or was given up. */
void pace_leave(struct pace *p, bool ok);

/* The server asked to wait: several within one second count as one. */
void pace_flood(struct pace *p);

/* Pages allowed now. */
int pace_window(const struct pace *p);

#endif
