/* SPDX-License-Identifier: MIT */
/*
 * A simulator with bots over a small world, and a client that calls its Bot API
 * over HTTP. Texts have ' for " (but in can't).
 *
 * People: Ivy (1), Bo (2, @bobo). Bots: Bot (100, @tellbot, privacy off), Other
 * (200, @otherbot, privacy on). Chats: G (-9, a group of all four), S
 * (-1000000000006, a supergroup of Ivy; Bot is an admin, Bo and Other members),
 * C (-1000000000007, @chan, a channel of Ivy and Bot), F (-1000000000008, a forum).
 * Ivy and Bot have talked: "hi" is message 1 for both.
 */
#ifndef SUPPORT_SIM_BOTS_H
#define SUPPORT_SIM_BOTS_H

#include "sim/sim.h"
#include "support/test.h"

#define BOT_TEST(name)                 \
	static int name##_bots(void);  \
	static void name(void **state) \
	{                              \
		(void)state;           \
		bots_run(name##_bots); \
	}                              \
	static int name##_bots(void)

/* The simulator of the running test. */
extern struct sim *bots_sim;

/* Runs a test's body on a fiber with all of it around. */
void bots_run(int (*body)(void));

/* A POST with JSON by Bot; the body of the answer with all dates, and update ids, as 0. */
const char *api(const char *method, const char *args);

/* The same by the bot with that token. */
const char *api_as(const char *token, const char *method, const char *args);

/* The status of the last answer. */
int api_status(void);

/* Any request: "GET", "/path", with this type and body; both may be NULL. */
const char *api_raw(const char *verb, const char *path, const char *type, struct tobs_view body);

/* The answer is {"ok":true,"result":WANT}. */
void api_is(const char *method, const char *args, const char *want);

/* It has this in it, or has not. */
void api_has(const char *method, const char *args, const char *part);
void api_lacks(const char *method, const char *args, const char *part);

/* It is refused with this status and description, written as it is. */
void api_fails(const char *method, const char *args, int status, const char *description);

/* A command; its answer must be ok. */
const char *command(const char *line);

/* Calls on a fiber of its own: begin, then end, which gives the answer. */
void api_call_begin(const char *method, const char *args);
const char *api_call_end(void);

#endif
