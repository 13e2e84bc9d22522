/* SPDX-License-Identifier: MIT */
/* What is to be done about a call that failed. A pure function. */
#ifndef BOT_POLICY_H
#define BOT_POLICY_H

#include <tobs/botapi.h>

enum policy {
	POLICY_FAIL,    /* the caller is told */
	POLICY_SUCCESS, /* what was wanted is so already */
	POLICY_WAIT,    /* everybody waits err->seconds, then it is made again */
	POLICY_AGAIN,   /* after a while: neither done nor refused */
	POLICY_MIGRATE, /* made again for the chat err->chat_id */
	POLICY_GONE,    /* the chat is marked, the caller told */
	POLICY_STOP,    /* the bot cannot go on */
};

/*
 * `sent`: the server may have seen the call. One that came to nobody knows what
 * end is made again only if that is as good as once.
 */
enum policy policy_of(enum tobs_method method, const struct tobs_err *err, bool sent);

/* Whether a failure speaks of the server, or the way there, rather than of the call. */
bool policy_is_trouble(const struct tobs_err *err);

#endif
