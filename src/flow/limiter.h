/* SPDX-License-Identifier: MIT */
/*
 * When a message may go without Telegram minding. A policy: it neither waits nor
 * looks at a clock; who asks for a turn gets a time, and has to keep to it.
 *
 * The numbers are those of the Bot API's FAQ ("My bot is hitting limits"): about
 * 30 messages a second in all, one a second to a chat with bursts, 20 a minute to a
 * group. "A minute" is every minute: of any 60 s at most 20 are used. (A bucket
 * that refills lets up to 39 through in its first minute, and is punished for it.)
 */
#ifndef FLOW_LIMITER_H
#define FLOW_LIMITER_H

#include <stddef.h>
#include <stdint.h>

#include "base/list.h"
#include "base/map.h"

enum {
	LIMITER_BURST = 30,     /* in all, a second */
	LIMITER_CHAT_BURST = 3, /* to a chat at once, before it is one a second */
	LIMITER_GROUP = 20,     /* to a group, a minute; also edits */
};

#define LIMITER_CHAT_US   ((int64_t)1000000)
#define LIMITER_SECOND_US ((int64_t)1000000)
#define LIMITER_GROUP_US  ((int64_t)60000000)

struct limiter {
	int64_t ring[LIMITER_BURST]; /* when the last ones went or will go; the oldest at `at` */
	size_t at;
	struct map chats;   /* those that went something lately */
	struct list recent; /* the longest unused first */
};

void limiter_init(struct limiter *l);
void limiter_deinit(struct limiter *l);

enum limiter_lane { LIMITER_MESSAGES, LIMITER_EDITS };

/*
 * Takes a turn for `weight` messages into the chat (a group has a negative id):
 * *ret is when, in µs, not before now. TOBS_ENOMEM.
 */
int limiter_chat(struct limiter *l, int64_t chat, enum limiter_lane lane, size_t weight,
	int64_t now, int64_t *ret);

/* The same for all chats together; to be asked at the moment that limiter_chat() gave. */
int64_t limiter_all(struct limiter *l, size_t weight, int64_t now);

/* Chats that it remembers. */
size_t limiter_chats(const struct limiter *l);

#endif
