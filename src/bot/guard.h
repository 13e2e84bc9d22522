/* SPDX-License-Identifier: MIT */
/* What the ready-made middleware (<tobs/middleware.h>) has in common. */
#ifndef BOT_GUARD_H
#define BOT_GUARD_H

#include <tobs/middleware.h>

#include "bot/bot.h"

/* The first member of what a middleware keeps. */
struct guard {
	struct tobs_filter *only;
	char *text;
	void (*deinit)(struct guard *g); /* of the rest; may be NULL */
};

/*
 * `g` (of mem_zalloc(), or NULL, which is no memory) becomes the `user` of a
 * middleware, and is freed with the bot, or at once when this fails.
 */
int guard_use(struct tobs_bot *bot, struct guard *g, struct tobs_filter *only, const char *text,
	tobs_handler fn);

/* Whether the update is none of its business. */
bool guard_passes(const struct guard *g, struct tobs_ctx *ctx);

/* Says the text, if there is one; the update goes no further. */
int guard_refuse(const struct guard *g, struct tobs_ctx *ctx);

#endif
