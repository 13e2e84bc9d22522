/* SPDX-License-Identifier: MIT */
#include "sim/bot_queue.h"

#include "base/attr.h"

enum { COMPACT_MIN = 256 };

void bot_queue_init(struct bot_queue *q, int64_t first_id)
{
	*q = (struct bot_queue){ .next_id = first_id };
	tobs_cond_init(&q->changed);
}

void bot_queue_deinit(struct bot_queue *q)
{
	ARRAY_EACH (u, &q->items)
		mem_free(u->json);
	ARRAY_DEINIT(&q->items);
}

static void forget(struct bot_queue *q, struct bot_queued *u)
{
	if (!u->json)
		return;
	mem_free(u->json);
	u->json = NULL;
	q->waiting--;
}

/* Dead ones at the front go; when most of the array is dead, the rest moves down. */
static void trim(struct bot_queue *q)
{
	while (q->head < q->items.count && !q->items.items[q->head].json)
		q->head++;
	if (q->head < COMPACT_MIN || q->head < q->items.count / 2)
		return;
	ARRAY_SHIFT(&q->items, q->head);
	q->head = 0;
}

int bot_queue_push(struct bot_queue *q, const struct bot_queued *u)
{
	if (ARRAY_RESERVE(&q->items, 1)) {
		mem_free(u->json);
		return TOBS_ENOMEM;
	}
	if (q->items.count - q->head >= BOT_QUEUE_MAX) {
		forget(q, &q->items.items[q->head]);
		trim(q);
	}
	q->items.items[q->items.count] = *u;
	q->items.items[q->items.count++].id = q->next_id++;
	q->waiting++;
	tobs_cond_broadcast(&q->changed);
	return TOBS_OK;
}

size_t bot_queue_find(const struct bot_queue *q, int64_t id)
{
	size_t first = q->items.count;
	int64_t oldest = q->next_id - (int64_t)q->items.count;

	/* Ids are sequential, so the place follows from the id. */
	if (id <= oldest)
		return q->head;
	if (id < q->next_id)
		first = (size_t)(id - oldest);
	return MAX(first, q->head);
}

void bot_queue_confirm(struct bot_queue *q, int64_t id)
{
	size_t end = bot_queue_find(q, id);

	for (size_t i = q->head; i < end; i++)
		forget(q, &q->items.items[i]);
	trim(q);
}

void bot_queue_keep(struct bot_queue *q, size_t count)
{
	for (size_t i = q->head; i < q->items.count && q->waiting > count; i++)
		forget(q, &q->items.items[i]);
	trim(q);
}

void bot_queue_done(struct bot_queue *q, struct bot_queued *u)
{
	forget(q, u);
	trim(q);
}

void bot_queue_age(struct bot_queue *q, int32_t now)
{
	for (size_t i = q->head; i < q->items.count; i++) {
		struct bot_queued *u = &q->items.items[i];

		/* Most live equally long, so the first that lives ends the search. */
		if (u->json && u->until > now)
			break;
		forget(q, u);
	}
	trim(q);
}
