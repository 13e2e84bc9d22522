/* SPDX-License-Identifier: MIT */
/*
 * An update on its way through the bot. It lives on the stack of its fiber, in a
 * scope whose memory the bot uses again for the next one.
 */
#ifndef BOT_CTX_H
#define BOT_CTX_H

#include <tobs/bot.h>

#include "base/list.h"
#include "bot/command.h"
#include "bot/facts.h"
#include "store/kv.h"

struct conv_run;
struct tobs_data;

struct batch;

struct ctx_value {
	const void *key;
	void *value;
	struct ctx_value *next;
};

enum { CTX_OPS_MAX = KV_BATCH_MAX - 8 }; /* writes that an update can stage */

struct tobs_ctx {
	struct tobs_bot *bot;
	const struct tobs_update *update;
	struct batch *batch; /* that holds the update; NULL without one */
	struct facts facts;
	int64_t key;      /* what keeps it in order; the chat of tobs_in_chat() */
	int64_t started;  /* µs */
	int64_t named;    /* µs when the log spoke of it last; 0: never */
	struct list link; /* in bot->handling */
	struct tobs_scope *scope;

	struct command command;
	bool has_command;                   /* and it is for this bot */
	char command_name[COMMAND_MAX + 1]; /* folded */
	const char *command_args;

	const char *const *groups; /* of the regular expression that took it */
	size_t group_count;

	struct ctx_value *values;
	struct tobs_data *data; /* what was opened of it, one linked to the next */
	bool data_failed;       /* some of it could not even be opened */
	bool unfinished;        /* cut short, to be handled again */
	struct conv_run *convs; /* conversations that it has to do with */
	struct conv_run *conv;  /* the one whose handler runs; NULL: none */
	int inner;              /* what handlers returned, whatever middleware has made of it */
	size_t middleware;      /* the next one to run */
	const char *route;      /* the handler that has it, for people: "/start"; NULL: none yet */

	/* Written with the note that the update is finished, or not at all. */
	struct kv_op *ops; /* in the scope's arena */
	size_t op_count, op_cap;

	/* The first call that wants no result may go back with the webhook's answer; NULL: it may not. */
	struct inline_answer *inline_answer;
};

/* The facts are there already; the scope has been entered. TOBS_ENOMEM. */
int ctx_init(struct tobs_ctx *ctx, struct tobs_bot *bot, const struct tobs_update *update,
	struct tobs_scope *scope);

/* The update that the running fiber handles; NULL on other fibers. */
struct tobs_ctx *ctx_current(void);

/*
 * Writes `op` in the transaction that notes the update as finished; key and value
 * are copied. TOBS_ETOOBIG for more than CTX_OPS_MAX, TOBS_ENOMEM. Two ops for one
 * key: the later one counts.
 */
int ctx_stage(struct tobs_ctx *ctx, const struct kv_op *op);

#endif
