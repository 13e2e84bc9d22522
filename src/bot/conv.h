/* SPDX-License-Identifier: MIT */
/*
 * Conversations (<tobs/conversation.h>) from inside.
 *
 *     conv/at/<name>/<chat>/<user>/<message>          where one stands: {"due":…,"order":…,
 *                                                     "chat":…,"user":…,"stack":[["name","state"],…],
 *                                                     "data":{…}}
 *     conv/due/<ms, 16 digits>/<name>/<chat>/…        when it times out: "order chat user"
 *
 * Both are written in the transaction that notes an update as finished. The timer
 * (conv_timer.c) looks at the earliest of the latter; what it does is put behind
 * the updates of the chat, and looks again there whether the time is still the one.
 */
#ifndef BOT_CONV_H
#define BOT_CONV_H

#include <tobs/conversation.h>

#include "bot/bot.h"
#include "bot/data.h"

#define CONV_AT  "conv/at/"
#define CONV_DUE "conv/due/"

enum {
	CONV_KEY_MAX = 112,   /* name/chat/user/message */
	CONV_STORE_MAX = 160, /* the same with what stands in front of it in the store */
	CONV_DUE_DIGITS = 16,
	CONV_GRACE_MS =
		2000, /* after the start, for what people have sent meanwhile to be fetched */
	CONV_CHECK_MS = 60000, /* the clock on the wall may have been set */
	CONV_RETRY_MS = 5000,  /* when the store cannot be read */
};

struct conv_step {
	struct tobs_filter *filter;
	tobs_handler fn;
	void *user;
};

typedef ARRAY_OF(struct conv_step) conv_steps;

struct conv_return {
	char *result; /* NULL: of tobs_conv_end() */
	char *state;  /* NULL: it ends too */
};

struct conv_state {
	char name[TOBS_CONV_NAME + 1];
	conv_steps steps;
	struct tobs_conv *inner;
	ARRAY_OF(struct conv_return) map;
};

struct tobs_conv {
	struct conv_set *set;
	struct tobs_conv *outer; /* the one it is nested in */
	char name[TOBS_CONV_NAME + 1];
	struct tobs_conv_options opt;
	conv_steps entries, fallbacks;
	ARRAY_OF(struct conv_state *) states;
	uint32_t kinds; /* of updates that it, or what is in it, can take */
};

/* Whose turn it is with a conversation. */
struct conv_lock {
	struct tobs_sem sem;
	size_t refs;
};

/* A time-out on its way to its chat. */
struct conv_fire {
	struct conv_set *set;
	int64_t due;
	char key[CONV_KEY_MAX]; /* behind CONV_AT */
};

struct conv_set {
	struct tobs_bot *bot;
	struct bot_part part;
	ARRAY_OF(struct tobs_conv *) convs;
	struct smap locks;  /* by the key behind CONV_AT */
	struct smap flying; /* struct conv_fire, by its key in the index */
	struct tobs_group timer;
	struct tobs_cond earlier; /* `fresh` has become less */
	int64_t next;  /* ms since 1970: when the earliest is due that the timer has seen, */
	int64_t fresh; /* and of those that were written since it looked */
};

struct conv_frame {
	struct tobs_conv *conv;
	const struct conv_state *state;
};

enum conv_wish { CONV_STAY, CONV_GO, CONV_END };

/* A conversation while an update of it is handled; in the arena of the update. */
struct conv_run {
	struct conv_run *next;
	struct conv_set *set;
	struct tobs_conv *conv; /* the outermost; NULL: of that name there is none any more */
	struct conv_lock *lock;
	struct conv_fire *fire; /* it was called by a time-out */
	char key[CONV_KEY_MAX];
	int64_t order, chat, user; /* for a time-out */

	/* As it is in the store. */
	bool stored;
	bool known; /* its states are there in the program, too */
	int64_t due;

	/* As it is to be. */
	struct conv_frame stack[TOBS_CONV_NESTED];
	size_t depth;
	struct tobs_data data;
	bool changed;
	bool over; /* also if the handler fails: its time has passed */
	int result;
	int64_t new_due;

	/* What the handler that runs wants. */
	struct conv_frame at; /* its conversation; state NULL: in an entry */
	size_t level;         /* of that */
	enum conv_wish wish;
	const struct conv_state *to;       /* CONV_GO */
	const struct conv_state *to_inner; /* and on to this one of to->inner; NULL: no */
	const char *end_result;            /* CONV_END */
	int64_t timeout_ms;                /* -1: that of the options */
	bool wrong;
};

/* ms since 1970. */
int64_t conv_now(void);

struct conv_state *conv_find_state(const struct tobs_conv *c, struct tobs_view name);

/* The outermost conversation of that name. */
struct tobs_conv *conv_find(const struct conv_set *set, struct tobs_view name);

/* ---- conv_store.c --------------------------------------------------------------------- */

/*
 * Waits for its turn with the conversation of that key, and reads what is in the
 * store: run->depth is 0 when nothing is. Fills in *run, which then belongs to the
 * update: its turn ends with the update, or with conv_leave().
 */
int conv_enter(struct tobs_ctx *ctx, struct conv_set *set, struct tobs_conv *conv, const char *key,
	struct conv_run **ret);

/* It was not for this one after all. */
void conv_leave(struct tobs_ctx *ctx, struct conv_run *run);

/* Stages what has changed. */
int conv_stage(struct tobs_ctx *ctx, struct conv_run *run);

/* Takes away an entry of the index. */
int conv_stage_due_gone(struct tobs_ctx *ctx, int64_t due, const char *key);

/* The key of the index, in `out` of CONV_STORE_MAX bytes. */
struct tobs_view conv_due_key(char *out, int64_t due, const char *key);

/* ---- conv_run.c -------------------------------------------------------------------------- */

/* The part's: asks each conversation. */
int conv_route(struct tobs_ctx *ctx, void *set);

/* Its time has passed: the handler for that, and its end unless that wants otherwise. */
int conv_expire(struct tobs_ctx *ctx, struct conv_run *run);

/* ---- conv_move.c --------------------------------------------------------------------------- */

/* Conversations of the chat `from` are from now on those of `to`. Waits. */
int conv_move(struct conv_set *set, int64_t from, int64_t to);

/* ---- conv_timer.c -------------------------------------------------------------------------- */

int conv_timer(void *set);

#endif
