/* SPDX-License-Identifier: MIT */
/* Buttons under messages, and people who press them. */
#ifndef SIM_PRESS_H
#define SIM_PRESS_H

#include "sim/history.h"
#include "sim/question.h"

/* The button of an inline keyboard with this on it, or with this data; NULL: none. */
const union tl_KeyboardButton *sim_button(const struct tl_message *m, struct tobs_view name);

/*
 * `by` presses a button that asks a bot: of message `id` in `h`, as `by` sees it.
 * The bot is who wrote the message, or through whom it was sent; in a channel
 * the first bot among the admins. *ret waits for its answer.
 *
 * 400 MESSAGE_ID_INVALID: there is no such message; 400 DATA_INVALID: a button
 * that asks nothing; 400 BOT_INVALID: no bot hears of it. TOBS_ENOMEM.
 */
int sim_press(struct sim_world *w, int64_t by, struct sim_history *h, int32_t id,
	const union tl_KeyboardButton *button, struct sim_question **ret, struct tobs_err *err);

#endif
