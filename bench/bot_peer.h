/* SPDX-License-Identifier: MIT */
/*
 * A Bot API server for benchmarks, in a process of its own: it has updates without
 * end and answers everything at once, or after a while.
 */
#ifndef BENCH_BOT_PEER_H
#define BENCH_BOT_PEER_H

#include <stdint.h>
#include <sys/types.h>

struct bot_peer_load {
	int updates;  /* to hand out in all; then getUpdates gets no answer */
	int chats;    /* that they are spread over */
	int delay_ms; /* of the answers to everything but getUpdates */
};

/* Serves until it is killed; *ret_port is its port. */
pid_t bot_peer_serve(const struct bot_peer_load *load, uint16_t *ret_port);

#endif
