/* SPDX-License-Identifier: MIT */
/*
 * Keeping to Telegram's rates: the one brake that a 429 puts on for all calls, and
 * the turns that messages take.
 */
#ifndef BOT_THROTTLE_H
#define BOT_THROTTLE_H

#include <tobs/bot.h>

#include "flow/limiter.h"

/* After a 429 for a message the rates of messages are kept, whatever .pace says. */
enum { THROTTLE_CAREFUL_MS = 60000 };

struct throttle {
	enum tobs_pace mode;
	struct limiter limiter;
	int64_t until;   /* µs: nobody asks before */
	int64_t careful; /* µs: up to here */
};

void throttle_init(struct throttle *t, enum tobs_pace mode);
void throttle_deinit(struct throttle *t);

/*
 * Telegram has said to wait so many seconds, from now on. Other methods have limits
 * of their own (setWebhook once a second) that say nothing about messages.
 */
void throttle_brake(struct throttle *t, enum tobs_method method, int64_t seconds);

/*
 * Waits until the call may go. ctx (NULL: none) is the update being handled: an
 * answer to it is no bulk. TOBS_ENOMEM, and what waits return. Waits.
 */
int throttle_wait(
	struct throttle *t, enum tobs_method method, const void *args, struct tobs_ctx *ctx);

#endif
