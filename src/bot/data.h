/* SPDX-License-Identifier: MIT */
/* Context data (<tobs/data.h>) from inside. */
#ifndef BOT_DATA_H
#define BOT_DATA_H

#include <tobs/data.h>

#include "bot/tree.h"

enum { DATA_KEY_MAX = 40 };

enum data_change { DATA_SET, DATA_ADD, DATA_PUSH, DATA_UNSET };

/* What was done to an object: done again to what others have made of it. */
struct data_op {
	enum data_change change;
	const char *path;
	struct tree value; /* DATA_SET, DATA_PUSH */
	int64_t delta;     /* DATA_ADD */
	struct data_op *next;
};

struct data_live;

struct tobs_data {
	struct tobs_data *next; /* of the same update, by key */
	char key[DATA_KEY_MAX];
	struct tobs_arena *arena;
	struct tree *root;
	struct data_op *ops, **end;
	struct data_live *live; /* NULL: nobody else can have it */
	uint64_t version;       /* of `live`, when it was read */
	bool nobody;            /* there is no such user or chat: nothing can be set */
	bool locked;
	int err;
};

/* An object that has nothing to do with the store. */
void data_init(struct tobs_data *d, struct tobs_arena *arena, struct tree *root);

/* An object that is empty and stays so: setting something fails, and the update with it. */
struct tobs_data *data_nobody(struct tobs_ctx *ctx);

/* Does to the object what was done. */
int data_apply(struct tree *root, struct tobs_arena *a, const struct data_op *op);

/* Adds the part to a bot. TOBS_ENOMEM. */
int data_attach(struct tobs_bot *bot);

#endif
