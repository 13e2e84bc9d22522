/* SPDX-License-Identifier: MIT */
/*
 * A bot's webhook: its updates, sent to its URL one after the other where they
 * belong together, otherwise at once.
 *
 *     queue ── the first that may go ──► delivery (a fiber) ──► POST
 *       ▲                                      │ 2xx: done; its body may hold a call
 *       └────────── later, if it failed ◄──────┘
 *
 * Updates of one chat (of one user, for queries) wait for each other; others
 * go in parallel, up to max_connections. What is answered with anything but 2xx,
 * or not within a minute, is sent again: after what Retry-After says (up to an
 * hour), otherwise after a second, two, four … up to a minute or two (S). After
 * 410 the webhook is not called for 23 hours (S).
 *
 * As on a server of one's own (--local), the URL may be one of http, with any port.
 */
#ifndef SIM_BOT_HOOK_H
#define SIM_BOT_HOOK_H

#include "sim/bot_call.h"

enum {
	BOT_HOOK_CONNECTIONS = 40, /* max_connections when it is not said */
	BOT_HOOK_CONNECTIONS_MAX = 100,
	BOT_HOOK_ANSWER_MS = 60000, /* S */
	BOT_HOOK_GONE_S = 23 * 3600,
};

struct bot_hook {
	struct sim_bot *bot;
	char *url;
	char *secret;    /* NULL: none */
	int certificate; /* a file in memory that holds it; -1: none */
	size_t connections;
	size_t busy;             /* deliveries under way */
	struct map lanes;        /* order → struct hook_lane, of those that wait or are busy */
	int32_t last_error_date; /* Unix time, s; 0: none */
	char last_error[256];
	bool stop;
};

/* Starts calling. TOBS_ENOMEM. Takes the hook in any case. */
int bot_hook_start(struct bot_hook *h);

/* Stops calling and lets go of it; soon it is freed. Does not wait. NULL is fine. */
void bot_hook_stop(struct bot_hook *h);

/* One that was not started. */
struct bot_hook *bot_hook_new(struct sim_bot *b);
void bot_hook_free(struct bot_hook *h);

#endif
