/* SPDX-License-Identifier: MIT */
/*
 * Conversations: exchanges in several steps that are remembered.
 *
 *     static int on_register(struct tobs_ctx *ctx, void *user)
 *     {
 *             tobs_conv_go(ctx, "name");
 *             return tobs_reply(ctx, "What is your name?");
 *     }
 *
 *     static int on_name(struct tobs_ctx *ctx, void *user)
 *     {
 *             tobs_data_set_str(tobs_conv_data(ctx), "name", tobs_text(ctx));
 *             tobs_conv_go(ctx, "age");
 *             return tobs_reply(ctx, "How old are you?");
 *     }
 *     …
 *     struct tobs_conv *c = tobs_conv_new(bot, "register",
 *             &(struct tobs_conv_options){ .timeout_ms = 10 * 60 * 1000 });
 *
 *     tobs_conv_entry(c, tobs_f_command_is("register"), on_register, NULL);
 *     tobs_conv_state(c, "name", plain_text(), on_name, NULL);
 *     tobs_conv_state(c, "age", plain_text(), on_age, NULL);
 *     tobs_conv_fallback(c, tobs_f_command_is("cancel"), on_cancel, NULL);
 *
 * Which conversation an update belongs to is said by its key: the chat and the
 * user, unless the options want it otherwise. Where none is under way, the entries
 * are tried; otherwise the handlers of its state, then the fallbacks. An update
 * that no handler takes goes on to other conversations, in the order in which they
 * were made, and then to the bot's own handlers.
 *
 * A handler says where the conversation goes with tobs_conv_go() or
 * tobs_conv_end() and returns what handlers return. One that says nothing leaves
 * it in its state; an entry that says nothing begins no conversation.
 *
 * Where a conversation stands and what it has gathered is saved in the transaction
 * that notes the update as finished, and only then: a process that is killed at
 * any moment goes on where it was, at worst handling its last update again. When a
 * handler returns an error the conversation stays as it was. Updates of one
 * conversation are never handled at the same time.
 *
 * Time-outs are kept as moments in time: they pass while the bot is not running,
 * too, and are then handled soon after its start. What was sent in time and is
 * only handled late is in time.
 */
#ifndef TOBS_CONVERSATION_H
#define TOBS_CONVERSATION_H

#include <tobs/bot.h>
#include <tobs/data.h>

TOBS_BEGIN_DECLS

struct tobs_conv;

enum tobs_conv_key {
	TOBS_CONV_CHAT_USER, /* each user has his own in each chat */
	TOBS_CONV_USER,      /* one a user, in whatever chat he writes */
	TOBS_CONV_CHAT,      /* one a chat, whoever writes */
	TOBS_CONV_MESSAGE,   /* one a message with buttons, whoever presses them */
};

enum {
	TOBS_CONV_NAME = 32,  /* bytes of a name of a conversation, or of a state */
	TOBS_CONV_NESTED = 8, /* conversations inside one another */
};

struct tobs_conv_options {
	enum tobs_conv_key key;
	/* After so long without an update of it a conversation is over. 0: never. */
	int64_t timeout_ms;
	/*
	 * Called then, in the chat, for the user; there is no update (tobs_ctx_update()
	 * is NULL). It may speak, and may go on with tobs_conv_go(). May be NULL.
	 */
	tobs_handler on_timeout;
	/* Entries are tried also while it is under way, before its state, and begin it anew. */
	bool allow_reentry;
	/*
	 * Called for an update of a conversation whose stored state is not known (any
	 * more: the bot has been changed). It may go on with tobs_conv_go(); otherwise
	 * the conversation is over, and the update is handled as if it had not been.
	 * NULL: just that. The log is told.
	 */
	tobs_handler on_unknown;
	void *user; /* for these two */
};

/*
 * A conversation of the bot, which owns it; opt may be NULL. `name` stands in the
 * store: a–z, 0–9, '_' and '-', and no other conversation of the bot has it. As
 * with everything that is added to a bot, NULL is returned for what cannot be,
 * taken as `c` below, and said by tobs_bot_run().
 */
struct tobs_conv *tobs_conv_new(
	struct tobs_bot *bot, const char *name, const struct tobs_conv_options *opt);

/*
 * Handlers, tried in the order in which they were added; TOBS_NEXT is "not for
 * me". Filters belong to the conversation from here on; one that takes any kind
 * of update means messages and buttons. TOBS_EINVAL, TOBS_ENOMEM.
 */
int tobs_conv_entry(struct tobs_conv *c, struct tobs_filter *filter, tobs_handler fn, void *user);
int tobs_conv_state(struct tobs_conv *c, const char *state, struct tobs_filter *filter,
	tobs_handler fn, void *user);
int tobs_conv_fallback(
	struct tobs_conv *c, struct tobs_filter *filter, tobs_handler fn, void *user);

/* ---- Conversations inside conversations ----------------------------------------- */

/* What the inner one's end means to the outer one. */
struct tobs_conv_return {
	const char *result; /* of tobs_conv_end_with(); NULL: of tobs_conv_end() */
	const char *state;  /* where the outer one goes; NULL: it ends too */
};

/*
 * While `c` is in `state`, the entries of `inner` are tried before the handlers of
 * the state; once one has begun it, updates go to `inner` first, and those it does
 * not take to the fallbacks of `c`. When it ends, `c` goes where `map` says, and
 * stays in `state` for a result that is not in it. The map is copied. Both share
 * the data of the outermost one, whose key and time-outs count. A conversation is
 * inside of one other at most, and cannot be begun from outside then.
 */
int tobs_conv_nest(struct tobs_conv *c, const char *state, struct tobs_conv *inner,
	const struct tobs_conv_return *map, size_t count);

/* ---- For handlers ------------------------------------------------------------------- */

/*
 * All of these return TOBS_EINVAL in a handler that belongs to no conversation,
 * and for a state that it does not have. They take effect when the handler
 * returns; the last one counts.
 */
int tobs_conv_go(struct tobs_ctx *ctx, const char *state);
int tobs_conv_end(struct tobs_ctx *ctx);

/* Ends the innermost conversation; the one around it is told how. */
int tobs_conv_end_with(struct tobs_ctx *ctx, const char *result);

/* Goes to `state`, and straight on to a state of the conversation that is nested there. */
int tobs_conv_enter(struct tobs_ctx *ctx, const char *state, const char *inner_state);

/* Until the next update: another time-out than that of the options; 0: none. */
int tobs_conv_timeout(struct tobs_ctx *ctx, int64_t ms);

/* Where it stands, before this update; NULL in an entry, and outside of conversations. */
const char *tobs_conv_at(struct tobs_ctx *ctx);

/*
 * What it has gathered: an object that is empty when it begins and goes away when
 * it ends. Outside of conversations an object that nothing can be put into.
 */
struct tobs_data *tobs_conv_data(struct tobs_ctx *ctx);

/* ---- For people ----------------------------------------------------------------------- */

/*
 * Appends a line for each conversation under way:
 *
 *     register chat 5 user 7: age, 8 m 20 s left, {"name":"Ada"}
 *
 * TOBS_ETOOBIG when `out` is full; what the store fails with. On a fiber, while
 * the bot is open. Waits.
 */
int tobs_conv_dump(struct tobs_bot *bot, struct tobs_buf *out);

TOBS_END_DECLS

#endif
