/* SPDX-License-Identifier: MIT */
/* What session.c and session_in.c share. */
#ifndef SIM_SESSION_IN_H
#define SIM_SESSION_IN_H

#include "sim/session.h"

/* Queues a message for the client; `answers` is the query it answers, or 0. */
int session_queue(struct sim_session *s, struct tobs_view body, bool content, uint64_t answers);

/* The client has it. */
void session_acknowledged(struct sim_session *s, uint64_t msg_id);

/* What is kept: by its own id, or by the query it answers; NULL when it is not. */
struct sim_outgoing *session_outgoing(struct sim_session *s, uint64_t msg_id);
struct sim_outgoing *session_answer_to(struct sim_session *s, uint64_t query);

#endif
