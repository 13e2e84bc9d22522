/* SPDX-License-Identifier: MIT */
/*
 * The updates a bot has not confirmed, oldest first, as JSON.
 *
 *     confirmed │ 71 72 73 74 │ next_id 75
 *               └ items[head]
 *
 * Ids of a bot are sequential. An update dies when its time is over (24 hours
 * for most, 30 seconds for an inline query …); dead ones are passed over and
 * dropped when they come to the front. A queue holds BOT_QUEUE_MAX updates;
 * beyond that the oldest go.
 */
#ifndef SIM_BOT_QUEUE_H
#define SIM_BOT_QUEUE_H

#include <tobs/botapi.h>
#include <tobs/rt.h>

#include "base/array.h"

enum { BOT_QUEUE_MAX = 1 << 20 };

struct bot_queued {
	int64_t id;
	int64_t order; /* updates with the same number are delivered one after the other */
	int32_t until; /* Unix time, s: dead from then on */
	enum tobs_update_kind kind;
	char *json; /* owned: {"update_id":71,…}; NULL: was delivered, or died */
	size_t len;
	bool sent; /* is on its way to a webhook */
};

struct bot_queue {
	ARRAY_OF(struct bot_queued) items;
	size_t head;     /* of the first that is not confirmed */
	size_t waiting;  /* of them that are not dead, as far as is known */
	int64_t next_id; /* of the update that comes next */
	struct tobs_cond changed;
};

void bot_queue_init(struct bot_queue *q, int64_t first_id);
void bot_queue_deinit(struct bot_queue *q);

/* Adds an update, whose id is q->next_id; takes `json` in any case. TOBS_ENOMEM. Wakes who waits. */
int bot_queue_push(struct bot_queue *q, const struct bot_queued *u);

/* Forgets everything below `id`. */
void bot_queue_confirm(struct bot_queue *q, int64_t id);

/* Forgets all but the newest `count`. */
void bot_queue_keep(struct bot_queue *q, size_t count);

/* Forgets one that is done, wherever it stands. */
void bot_queue_done(struct bot_queue *q, struct bot_queued *u);

/* Lets those die whose time is over, at the front. */
void bot_queue_age(struct bot_queue *q, int32_t now);

/* The index of the first with an id of at least `id`; q->items.count when there is none. */
size_t bot_queue_find(const struct bot_queue *q, int64_t id);

#endif
