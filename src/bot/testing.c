/* SPDX-License-Identifier: MIT */
#include "bot/testing.h"

#include "bot/bot.h"

static struct bot_testing *testing;

void bot_test(struct bot_testing *t)
{
	testing = t;
}

void bot_under_test(struct tobs_bot *bot)
{
	struct tobs_bot_options *o = &bot->opt;

	if (!testing)
		return;
	o->token = testing->token;
	o->api_root = testing->api_root;
	o->store = testing->store;
	o->proxy = o->ca_file = NULL;
	o->local = o->test_dc = false;
	/* Whatever brings them: the bot gets the same updates. */
	o->source = TOBS_SOURCE_POLLING;
	o->webhook = NULL;
	testing->bot = bot;
}

void bot_tested(struct tobs_bot *bot)
{
	if (!testing || testing->bot != bot)
		return;
	testing->why = bot->wrong.code ? bot->wrong : bot->why;
	testing->bot = NULL;
}

void bot_test_kill(struct bot_testing *t)
{
	if (!t->bot)
		return;
	t->bot->opt.stop_ms = 0;
	t->bot->hooks.count = 0;
	tobs_bot_stop(t->bot);
}

size_t bot_test_calls(const struct bot_testing *t)
{
	return t->bot && t->bot->api ? api_calling(t->bot->api) : 0;
}
