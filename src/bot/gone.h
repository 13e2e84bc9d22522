/* SPDX-License-Identifier: MIT */
/* Chats that take no messages from us: "bot/gone/<chat id>" in the store. */
#ifndef BOT_GONE_H
#define BOT_GONE_H

#include "bot/bot.h"

/* Whether a failure says that the chat is out of our reach until its people change that. */
bool gone_says(const struct tobs_err *err);

/* Marks the chat. A store that fails is logged: the call has failed already. Waits. */
void gone_mark(struct tobs_bot *bot, int64_t chat_id);

/* Stages that the chat is not marked any more when the update says that we may write to it. */
int gone_look(struct tobs_ctx *ctx);

#endif
