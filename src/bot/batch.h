/* SPDX-License-Identifier: MIT */
/*
 * Updates that came together, decoded into one arena, which lives until the last
 * of them is finished.
 */
#ifndef BOT_BATCH_H
#define BOT_BATCH_H

#include <tobs/botapi.h>

#include "base/json.h"

enum {
	BATCH_BYTES = 256 << 20, /* of an arena, at most */
	BATCH_SPARE = 4,         /* kept for the next ones */
	BATCH_KEEP = 1 << 20,    /* bytes that each of those may hold */
};

struct batch {
	struct tobs_arena arena;
	const struct tobs_update **updates;
	size_t count;
	size_t refs;      /* whoever still needs it */
	int64_t inbox_id; /* it is in the ledger's inbox under this number; -1: it is not */
	bool inbox_each;  /* and each update by itself, under its own */
	bool repeated;    /* handlers may have seen its updates before */
	struct batch *next;
};

struct batch_pool {
	struct batch *spare;
	size_t count;
};

void batch_pool_deinit(struct batch_pool *p);

/* An empty one with one reference; NULL without memory. */
struct batch *batch_new(struct batch_pool *p);

/*
 * Decodes an array of updates, or a single one. One that is not as the Bot API
 * says has kind TOBS_UPDATE_UNKNOWN, which is logged; what is no update at all is
 * left out. TOBS_EPROTO when it is neither; TOBS_ENOMEM, TOBS_ETOOBIG.
 */
int batch_decode(struct batch *b, struct json_value v, struct tobs_err *err);

/* Back to the pool. */
void batch_free(struct batch_pool *p, struct batch *b);

#endif
