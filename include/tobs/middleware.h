/* SPDX-License-Identifier: MIT */
/*
 * Middleware that is ready for use (<tobs/bot.h> says what middleware is). Each
 * stands where it is added: what comes first is outermost.
 *
 *     tobs_use_log(bot, NULL);
 *     tobs_use_recover(bot, NULL, "Something went wrong. Please try again.");
 *     tobs_use_rate(bot, NULL, &(struct tobs_rate){ .count = 20, .per_ms = 60000,
 *             .text = "Not so fast, please." });
 *     tobs_use_admins(bot, tobs_f_command_is("ban kick mute"), "That is for administrators.");
 *
 * `only`: the updates it is for; others pass by. It belongs to the bot from then
 * on; NULL stands for all. Texts are copied; NULL says nothing. To a button a
 * text is a note that goes away, to everything else a message.
 *
 * All return 0, TOBS_EINVAL or TOBS_ENOMEM, and leave saying so to tobs_bot_run().
 */
#ifndef TOBS_MIDDLEWARE_H
#define TOBS_MIDDLEWARE_H

#include <tobs/bot.h>

TOBS_BEGIN_DECLS

/*
 * A line in the log for each update: its kind, the command or button, user, chat,
 * how long it took, and what came of it. No texts: those are people's own.
 */
int tobs_use_log(struct tobs_bot *bot, struct tobs_filter *only);

struct tobs_rate {
	size_t count;     /* updates that somebody may send … */
	int64_t per_ms;   /* … in so long; after a pause that many at once */
	bool per_chat;    /* counts chats instead of users */
	const char *text; /* what is said to one who is too fast, once until he is slower */
};

/* Updates of those who send too many go no further. */
int tobs_use_rate(struct tobs_bot *bot, struct tobs_filter *only, const struct tobs_rate *rate);

/* What is inside has so many ms: then it is cancelled where it waits, with TOBS_ETIMEDOUT. */
int tobs_use_timeout(struct tobs_bot *bot, struct tobs_filter *only, int64_t ms);

/* A line in the log when what is inside has taken longer than ms. */
int tobs_use_slow(struct tobs_bot *bot, struct tobs_filter *only, int64_t ms);

/* Only updates for which may(ctx, user) is true go on: who is logged in, who has paid, … */
int tobs_use_auth(struct tobs_bot *bot, struct tobs_filter *only,
	bool (*may)(struct tobs_ctx *ctx, void *user), void *user, const char *text);

/* Only those whose roles(ctx, user), a bit each, have one of `need`. */
int tobs_use_roles(struct tobs_bot *bot, struct tobs_filter *only, uint32_t need,
	uint32_t (*roles)(struct tobs_ctx *ctx, void *user), void *user, const char *text);

/*
 * Only administrators and the owner of the chat, also anonymous ones; in private
 * chats everybody. Telegram is asked (getChatMember), and its answer believed for
 * five minutes, or until an update says otherwise.
 */
int tobs_use_admins(struct tobs_bot *bot, struct tobs_filter *only, const char *text);

/* Only chats of these types, a bit (1u << TOBS_CHAT_TYPE_…) each. */
int tobs_use_chat_types(
	struct tobs_bot *bot, struct tobs_filter *only, uint32_t types, const char *text);

/* When what is inside fails, that is logged and `text` said: the update counts as handled. */
int tobs_use_recover(struct tobs_bot *bot, struct tobs_filter *only, const char *text);

/* What has passed here. */
struct tobs_passage {
	uint64_t updates, failed;
	uint64_t us; /* that they took together */
	uint64_t longest_us;
	uint64_t kinds[32]; /* updates, by enum tobs_update_kind */
};

/* Counts into *count, which must outlive the bot. */
int tobs_use_stats(struct tobs_bot *bot, struct tobs_filter *only, struct tobs_passage *count);

TOBS_END_DECLS

#endif
