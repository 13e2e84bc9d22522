/* SPDX-License-Identifier: MIT */
/*
 * A bot from inside: what the files of src/bot/ share, and what a part (a thing
 * that sees every update: conversations, context data, statistics) is built on.
 */
#ifndef BOT_BOT_H
#define BOT_BOT_H

#include <tobs/bot.h>

#include "base/array.h"
#include "base/list.h"
#include "base/wipe.h"
#include "bot/batch.h"
#include "bot/ctx.h"
#include "bot/ledger.h"
#include "bot/order.h"
#include "bot/router.h"
#include "bot/throttle.h"
#include "botapi/api.h"
#include "flow/breaker.h"
#include "store/kv.h"

/*
 * A part. Every function may be NULL; all but free() run on fibers and may wait.
 * Parts are asked in the order in which they were added.
 */
struct bot_part {
	const char *name;
	uint32_t kinds; /* of updates that it wants to be asked for, a bit each */
	/*
	 * The bot has its store and has spoken with Telegram; no update has come.
	 * Fibers that are to run as long as the bot go into a group of the part's own,
	 * which close() cancels and waits for.
	 */
	int (*open)(struct tobs_bot *bot, void *user, struct tobs_err *err);
	/* No handler runs any more; store and calls still work. Only after open() returned 0. */
	void (*close)(struct tobs_bot *bot, void *user);
	/*
	 * Before the middleware: may put other facts in. Anything but 0 ends the update
	 * there, as if a handler had returned it.
	 */
	int (*prepare)(struct tobs_ctx *ctx, void *user);
	/* Before the router, inside the middleware: TOBS_NEXT: not mine. */
	int (*route)(struct tobs_ctx *ctx, void *user);
	/*
	 * The update has been handled, `result` says how: what has changed is staged
	 * with ctx_stage(), and committed with the note that the update is finished.
	 */
	int (*commit)(struct tobs_ctx *ctx, int result, void *user);
	/* After that, whatever came of it: 0, or why what was staged is not in the store. */
	void (*done)(struct tobs_ctx *ctx, int kept, void *user);
	void (*free)(void *user);
};

/* `user` belongs to the bot from here on, also when it fails (TOBS_ENOMEM). bot may be NULL. */
int bot_add_part(struct tobs_bot *bot, const struct bot_part *part, void *user);

/* The `user` of the part; NULL when it was not added. */
void *bot_find_part(struct tobs_bot *bot, const struct bot_part *part);

/* From the moment the bot is open. Keys of others begin with their part's name and '/'. */
struct kv *bot_store(struct tobs_bot *bot);

/* Notes that something added to the bot could not be: tobs_bot_run() says it. Returns `code`. */
int bot_misuse(struct tobs_bot *bot, int code, const char *fmt, ...) TOBS_PRINTF(3, 4);

/* The bot cannot go on: it stops, and tobs_bot_run() returns err->code. The first failure counts. */
void bot_give_up(struct tobs_bot *bot, const struct tobs_err *err);

/* ---- For the files of this folder -------------------------------------------- */

struct conv_set;
struct data_set;

struct bot_step {
	tobs_handler fn;
	void *user;
};

struct bot_call_step {
	tobs_call_handler fn;
	void *user;
};

struct bot_hook {
	void (*fn)(void *user);
	void *user;
};

struct bot_slot {
	const struct bot_part *part;
	void *user;
	bool open;
};

/* A scope that waits for its next update. */
struct bot_scope {
	struct tobs_scope scope;
	struct bot_scope *next;
};

struct tobs_bot {
	struct tobs_bot_options opt; /* its strings are in `strings` */
	struct tobs_webhook webhook;
	struct tobs_arena strings;
	struct secret token;
	struct tobs_err wrong; /* with how it was set up */

	struct router router;
	ARRAY_OF(struct bot_step) middleware;
	ARRAY_OF(struct bot_call_step) call_steps;
	ARRAY_OF(struct bot_hook) hooks;
	ARRAY_OF(struct bot_slot) parts;
	tobs_error_handler on_error;
	void *on_error_user;

	struct api *api;
	struct kv *store;
	struct ledger ledger;
	struct order order;
	struct throttle throttle;
	struct breaker breaker;
	struct batch_pool batches;
	struct data_set *data;  /* data.h */
	struct conv_set *convs; /* conv.h; NULL: it has none */
	struct bot_scope *scopes;
	size_t scope_count;
	struct tobs_user me;
	bool open;

	struct tobs_event stop;
	struct tobs_err why;  /* it stopped; code 0: it was asked to */
	struct list handling; /* struct tobs_ctx, the one that has run longest first */
	struct tobs_bot_stats stats;
};

enum {
	BOT_HANDLERS = 256,
	BOT_QUEUE = 512,
	BOT_SLOW_MS = 30000,
	BOT_STOP_MS = 30000,
	BOT_POLL_S = 50,
	BOT_RETRIES = 5,
};

/* The kinds of updates to ask for, a bit each; 0: Telegram's own choice. */
uint32_t bot_kinds(const struct tobs_bot *bot);

/* Their names, for allowed_updates: in `names`, of 32. */
size_t bot_kind_names(uint32_t kinds, const char **names);

/*
 * process.c: a job of an update; the batch holds it, and `inlined`, which may be
 * NULL. TOBS_EEXISTS for one that is handled or was; what order_submit() returns.
 * Waits.
 */
int bot_take(struct tobs_bot *bot, struct batch *batch, const struct tobs_update *update,
	struct inline_answer *inlined, bool wait);

/* Gives up a reference; the last one takes the batch out of the inbox. Waits. */
void bot_release(struct tobs_bot *bot, struct batch *batch);

/*
 * tobs_in_chat() behind the updates of `key`, with a user (0: none), who has
 * nothing but an id.
 */
int bot_in_chat(struct tobs_bot *bot, int64_t key, int64_t chat_id, int64_t user_id,
	tobs_handler fn, void *user);

/* For order_drain(). */
void bot_drop_job(struct order_job *job);

/* Handlers that take their time are named in the log. A fiber's function. */
int bot_watch(void *bot);

/* call.c: a call without middleware. */
int bot_call(struct tobs_bot *bot, enum tobs_method method, const void *args, void *ret,
	struct tobs_err *err);

/* run.c: what tobs_bot_open() opened. Waits, whatever the deadline. */
void bot_close(struct tobs_bot *bot);

#endif
