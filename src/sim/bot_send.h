/* SPDX-License-Identifier: MIT */
/* What all methods that send messages have in common. */
#ifndef SIM_BOT_SEND_H
#define SIM_BOT_SEND_H

#include "sim/bot_call.h"
#include "sim/bot_show.h"
#include "sim/bot_text.h"

/* Where to, and how: chat_id, message_thread_id, reply_parameters, reply_markup … of any method. */
struct bot_target {
	int64_t peer;
	struct sim_history *history; /* as the bot sees it; NULL: nothing was said there yet */
	const union tl_MessageReplyHeader *reply;
	const union tl_ReplyMarkup *markup;
	int64_t effect;
	bool silent, protect;
};

/* The argument of that name, in the struct of the call; NULL when the method has none. */
const void *bot_arg(const struct bot_call *c, const char *name);

/* Numbers and words of the call's JSON; 0, NULL and false when they are not there. */
int64_t bot_arg_int(const struct bot_call *c, const char *name);
const char *bot_arg_str(const struct bot_call *c, const char *name);
bool bot_arg_bool(const struct bot_call *c, const char *name);

int bot_target_read(struct bot_call *c, struct bot_target *ret);

/*
 * Posts what `draft` says with what the target adds. The draft may point to
 * memory of the call.
 */
int bot_post(struct bot_call *c, const struct bot_target *t, struct tl_message *draft,
	struct sim_sent *ret);

/* The same, and the message is the result. */
int bot_send(struct bot_call *c, const struct bot_target *t, struct tl_message *draft);

/* The call's eyes. */
static inline struct bot_show bot_show_of(struct bot_call *c)
{
	return (struct bot_show){ c->world, c->bot->account, &c->arena };
}

/* A message as the result. */
int bot_result_message(struct bot_call *c, struct sim_history *h, int32_t id);

/* ---- messages that are there (bot_edit.c) ---- */

/* A message that a call names by chat_id and message_id, or by inline_message_id. */
struct bot_edited {
	struct sim_history *history;
	int32_t id;
	const struct tl_message *message;
	bool inline_sent; /* the bot knows no more than its inline_message_id */
};

/* `what` was to be done with it: "message to edit not found". */
int bot_edited_find(struct bot_call *c, const char *what, struct bot_edited *ret);

/* Edits as the bot, and answers with the message, or with True. */
int bot_edit(struct bot_call *c, const struct bot_edited *e, struct sim_edit *edit);

/* The message behind an inline_message_id (bot_inline.c). */
int bot_inline_find(struct bot_call *c, const char *id, struct bot_edited *ret);

/* ---- keyboards ---- */

/* An inline keyboard, or any other markup, as TL; *ret is NULL for none (bot_markup.c). */
int bot_markup_read(
	struct bot_call *c, const struct tobs_reply_markup *m, const union tl_ReplyMarkup **ret);
int bot_inline_markup_read(struct bot_call *c, const struct tobs_inline_keyboard_markup *m,
	const union tl_ReplyMarkup **ret);

#endif
