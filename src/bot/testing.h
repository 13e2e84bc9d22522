/* SPDX-License-Identifier: MIT */
/* Bots of a program that is being tested, as it stands. */
#ifndef BOT_TESTING_H
#define BOT_TESTING_H

#include <tobs/bot.h>

struct bot_testing {
	/* Which each bot that is made gets instead of its own; borrowed. */
	const char *token, *api_root, *store;
	struct tobs_bot *bot; /* the one that was made last; NULL: none, or it was freed */
	struct tobs_err why;  /* what it stopped with, at last */
};

/* From now on; NULL: no longer. */
void bot_test(struct bot_testing *t);

/* Stops it as if it were killed: handlers are cancelled where they wait, and no hook runs. */
void bot_test_kill(struct bot_testing *t);

/* HTTP calls under way: how many answers it waits for. */
size_t bot_test_calls(const struct bot_testing *t);

/* For setup.c: a bot is being made, and freed. */
void bot_under_test(struct tobs_bot *bot);
void bot_tested(struct tobs_bot *bot);

#endif
