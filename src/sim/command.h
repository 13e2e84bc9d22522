/* SPDX-License-Identifier: MIT */
/* One command under way; for the files that carry commands out. */
#ifndef SIM_COMMAND_H
#define SIM_COMMAND_H

#include "base/json_write.h"
#include "sim/loader.h"
#include "sim/sim.h"

struct command {
	struct sim *sim;
	struct loader l; /* values are read as in world files */
	struct json_value v;
	struct json_writer *w; /* members of the answer */
	struct tobs_err *err;
};

/* Fails saying what a command lacks. */
int command_needs(struct command *c, const char *key);

/* The result of a change: its failure is the command's. */
int command_done(struct command *c, int r);

struct command_row {
	const char *name;
	int (*run)(struct command *c);
};

/* The tables; each ends with a NULL name. */
extern const struct command_row command_server[]; /* command_server.c: faults, stats … */
extern const struct command_row command_acts[];   /* command_act.c: people doing things */
extern const struct command_row command_bots[];   /* command_bot.c: people and bots */
extern const struct command_row command_chats[];  /* command_chat.c: chats and members */

#endif
