/* SPDX-License-Identifier: MIT */
/*
 * Which handlers an update goes to (<tobs/bot.h>, "Handlers").
 *
 * Those that ask for a command, a button's data or an exact text are found by it,
 * whatever their number; the others of a group are asked one after the other.
 */
#ifndef BOT_ROUTER_H
#define BOT_ROUTER_H

#include <tobs/bot.h>

#include "base/array.h"
#include "base/map.h"

struct route {
	unsigned seq; /* in the order in which they were added */
	struct tobs_filter *filter;
	tobs_handler fn;
	void *user;
	char name[40]; /* for people: "/start" */
};

struct route_list {
	ARRAY_OF(struct route *) routes; /* by seq */
};

struct route_group {
	int number;
	struct route_list rest; /* that no key leads to */
	struct smap keys;       /* "/start", ":data", "=text" to a struct route_list */
	uint64_t data_lengths;  /* bit n: some route asks for n bytes of data */
	bool texts;
};

struct router {
	ARRAY_OF(struct route_group *) groups; /* lowest number first */
	ARRAY_OF(struct route *) all;
	uint32_t kinds; /* that some route takes */
	bool any;       /* one takes all kinds */
};

void router_init(struct router *r);
void router_deinit(struct router *r);

/* Owns the filter, also when it fails: TOBS_EINVAL for NULL, TOBS_ENOMEM. */
int router_add(
	struct router *r, int group, struct tobs_filter *filter, tobs_handler fn, void *user);

/* 0 or TOBS_STOP: handled; TOBS_NEXT: by nobody; or how it failed. */
int router_run(struct router *r, struct tobs_ctx *ctx);

#endif
