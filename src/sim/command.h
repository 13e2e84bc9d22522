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

/* What commands about messages have: who does it, and where. */
struct command_act {
	int64_t by, chat;
	struct sim_history *history; /* as `by` sees it, or whoever else does */
};

/* "by" and "chat", where something was said before; no other members than `known`. */
int command_read_act(struct command *c, const char *const *known, struct command_act *ret);

/* The history of an act whose `by` and `chat` are known. */
int command_find_history(struct command *c, struct command_act *a);

/* "id": a label, or a number in the history of the act. */
int command_read_id(struct command *c, const struct command_act *a, int32_t *ret);

void command_put_id(struct command *c, int32_t id);

struct command_row {
	const char *name;
	int (*run)(struct command *c);
};

/* The tables; each ends with a NULL name. */
extern const struct command_row command_server[];  /* command_server.c: faults, stats … */
extern const struct command_row command_acts[];    /* command_act.c: people doing things */
extern const struct command_row command_bots[];    /* command_bot.c: people and bots */
extern const struct command_row command_queries[]; /* command_query.c: what bots are asked */
extern const struct command_row command_hears[];   /* command_hear.c: what is said */
extern const struct command_row command_chats[];   /* command_chat.c: chats and members */

#endif
