/* SPDX-License-Identifier: MIT */
/* The Bot API server's own things; for the files that make it up. */
#ifndef SIM_BOT_SERVER_H
#define SIM_BOT_SERVER_H

#include "sim/bot_call.h"

struct sim_bots {
	struct sim_bots_options options;
	struct sim_world *world;
	struct http_server *http;
	struct map bots; /* user id → struct sim_bot */
	ARRAY_OF(struct sim_bot *) list;
	size_t accounts_seen;             /* of the world's, that were looked at */
	struct smap methods;              /* name in small letters → a place in `places` */
	const char *places;               /* one for each number of a method */
	ARRAY_OF(struct bot_call *) idle; /* contexts for calls */
	struct tobs_arena arena;          /* for making updates; empty between them */
	struct tobs_group hooks;          /* fibers of webhooks */
	size_t requests;                  /* that are not answered yet */
	bool stopping;
};

/* The method of this name, in any case; TOBS_METHOD_END: none. */
enum tobs_method bot_method(const struct sim_bots *s, struct tobs_view name);

/* Accounts that came since the last look become bots. TOBS_ENOMEM. */
int bot_sync(struct sim_bots *s);

#endif
