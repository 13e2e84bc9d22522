/* SPDX-License-Identifier: MIT */
/* Where updates come from. */
#ifndef BOT_SOURCE_H
#define BOT_SOURCE_H

#include "bot/bot.h"

/*
 * Takes updates until the fiber is cancelled or the bot cannot go on; first those
 * that were left in the inbox. Waits.
 */
int source_run(struct tobs_bot *bot, struct tobs_err *err);

/* No handler runs any more: tells Telegram what has been handled. Waits. */
void source_close(struct tobs_bot *bot);

/* Long polling. */
int source_poll(struct tobs_bot *bot, struct tobs_err *err);

/* A webhook; and one that is watched, with polling while it fails. */
int source_webhook(struct tobs_bot *bot, struct tobs_err *err);
int source_hybrid(struct tobs_bot *bot, struct tobs_err *err);

#endif
