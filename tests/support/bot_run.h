/* SPDX-License-Identifier: MIT */
/* A bot under test, beside the server it asks, in a run of fibers. */
#ifndef SUPPORT_BOT_RUN_H
#define SUPPORT_BOT_RUN_H

#include <tobs/bot.h>
#include <tobs/log.h>

#include "support/bot_peer.h"
#include "support/fibers.h"

static struct bot_peer peer;
static struct tobs_bot *bot;
static struct tobs_fiber *running;
static struct tobs_bot_options bot_options; /* the test's; reset by bot_stop() */

/* With a store in memory unless the options say otherwise. */
static inline struct tobs_bot *bot_make(void)
{
	bot_peer_start(&peer);
	bot_options.token = BOT_PEER_TOKEN;
	bot_options.api_root = peer.url;
	if (!bot_options.store)
		bot_options.store = "memory:";
	bot = tobs_bot_new(&bot_options);
	assert_non_null(bot);
	return bot;
}

static inline int bot_run_fiber(void *arg)
{
	return tobs_bot_run(arg);
}

static inline void bot_start(void)
{
	tobs_log_level(TOBS_LOG_ERROR);
	assert_ok(tobs_spawn(&running, bot_run_fiber, bot, NULL));
}

/* Waits until it has ended; what it returned. */
static inline int bot_end(void)
{
	int result = 0;

	assert_ok(tobs_join(running, &result));
	bot_peer_stop(&peer);
	tobs_log_forget();
	bot_options = (struct tobs_bot_options){ NULL };
	return result;
}

static inline int bot_stop(void)
{
	tobs_bot_stop(bot);
	return bot_end();
}

#endif
