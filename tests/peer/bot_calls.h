/* SPDX-License-Identifier: MIT */
/* The calls that botapi_judge.py writes down. */
#ifndef PEER_BOT_CALLS_H
#define PEER_BOT_CALLS_H

#include <tobs/bot.h>

struct bot_case {
	const char *method;
	int (*call)(struct tobs_bot *bot);
};

extern const struct bot_case bot_cases[];
extern const int bot_case_count;

#endif
