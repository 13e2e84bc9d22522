/* SPDX-License-Identifier: MIT */
/* What commands that ask bots something have in common. */
#ifndef SIM_COMMAND_QUERY_H
#define SIM_COMMAND_QUERY_H

#include "sim/command.h"
#include "sim/question.h"

/* "wait": how long an answer is waited for, ms; 0 when it is not said. */
int command_read_wait(struct command *c, int64_t *ret);

/* Waits that long, or until there is one. TOBS_ECANCELED, TOBS_ETIMEDOUT. */
int command_await(struct sim_question *q, int64_t ms);

/* Writes "query", and "answer" if there is one. */
void command_put_query(struct command *c, const struct sim_question *q);

#endif
