/* SPDX-License-Identifier: MIT */
/*
 * Questions that people ask bots by doing something, and the answers: a button
 * was pressed, an inline query typed, an order is about to be paid. Who asked
 * waits for the answer for a while; later ones come too late.
 */
#ifndef SIM_QUESTION_H
#define SIM_QUESTION_H

#include <tobs/rt.h>

#include "sim/world.h"

enum sim_question_kind {
	SIM_QUESTION_CALLBACK,
	SIM_QUESTION_INLINE,
	SIM_QUESTION_SHIPPING,
	SIM_QUESTION_CHECKOUT
};

struct sim_question {
	int64_t id; /* as the bot is told */
	enum sim_question_kind kind;
	int64_t bot, user;
	int32_t until;              /* Unix time, s: no answer is taken any more */
	struct tobs_view text;      /* an inline query's */
	struct tobs_view answer;    /* arguments of the method that answered, as JSON */
	struct tobs_event answered; /* set when it is there */
};

/* A new one, to be answered within `seconds`; the world owns it. NULL: no memory. */
struct sim_question *sim_question_new(struct sim_world *w, enum sim_question_kind kind, int64_t bot,
	int64_t user, int32_t seconds);

/* NULL when there is none of that kind for that bot, or it is too old, or was answered. */
struct sim_question *sim_question_open(
	const struct sim_world *w, int64_t id, enum sim_question_kind kind, int64_t bot);

/* One that is or was there, whatever became of it. */
struct sim_question *sim_question(const struct sim_world *w, int64_t id);

/* Keeps the answer and wakes who waits. TOBS_ENOMEM. */
int sim_question_answer(struct sim_world *w, struct sim_question *q, struct tobs_view answer);

/*
 * How a bot knows a message that was sent via it: an id made up for that message,
 * the same whenever it is asked for. NULL: no memory.
 */
const union tl_InputBotInlineMessageID *sim_inline_id(
	struct sim_world *w, struct sim_history *h, int32_t message_id);

/* The message an id was made up for. *ret_id is 0 when it is none. */
struct sim_history *sim_inline_message(const struct sim_world *w, int64_t id, int32_t *ret_id);

#endif
