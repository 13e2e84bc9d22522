/* SPDX-License-Identifier: MIT */
#include "flow/limiter.h"

#include <tobs/err.h>

#include "base/alloc.h"
#include "base/attr.h"

/* What has gone to a group, in each lane. */
struct window {
	int64_t at[LIMITER_GROUP]; /* as limiter.ring */
	size_t next;
};

struct chat {
	struct list link;
	int64_t id;
	enum limiter_lane lane;
	int64_t due;  /* of a private chat: when the next one would be on time */
	int64_t last; /* turn given */
	struct window window;
};

void limiter_init(struct limiter *l)
{
	*l = (struct limiter){ .at = 0 };
	for (size_t i = 0; i < LIMITER_BURST; i++)
		l->ring[i] = INT64_MIN / 2;
	list_init(&l->recent);
}

static void forget(struct limiter *l, struct chat *c)
{
	list_remove(&c->link);
	map_remove(&l->chats, (uint64_t)c->id * 2 + c->lane);
	mem_free(c);
}

void limiter_deinit(struct limiter *l)
{
	LIST_EACH (it, &l->recent)
		forget(l, LIST_ITEM(it, struct chat, link));
	map_deinit(&l->chats);
}

size_t limiter_chats(const struct limiter *l)
{
	return l->chats.count;
}

/* One that has had no turn for a minute is as one that never had. */
static void prune(struct limiter *l, int64_t now)
{
	while (!list_empty(&l->recent)) {
		struct chat *c = LIST_ITEM(l->recent.next, struct chat, link);

		if (c->last > now - LIMITER_GROUP_US)
			return;
		forget(l, c);
	}
}

static struct chat *chat_of(struct limiter *l, int64_t id, enum limiter_lane lane)
{
	uint64_t key = (uint64_t)id * 2 + lane;
	struct chat *c = map_get(&l->chats, key);

	if (c) {
		list_remove(&c->link);
		list_push(&l->recent, &c->link);
		return c;
	}
	c = MEM_NEW(struct chat);
	if (!c || map_put(&l->chats, key, c)) {
		mem_free(c);
		return NULL;
	}
	c->id = id;
	c->lane = lane;
	c->due = INT64_MIN / 2;
	for (size_t i = 0; i < LIMITER_GROUP; i++)
		c->window.at[i] = INT64_MIN / 2;
	list_init(&c->link);
	list_push(&l->recent, &c->link);
	return c;
}

/* The turn of `weight` of which at most `n` may stand in any `span`. */
static int64_t take(int64_t *ring, size_t n, size_t *next, size_t weight, int64_t span, int64_t t)
{
	weight = MIN(weight, n);
	/* The oldest of those that have to be out of sight is the last one we overwrite. */
	t = MAX(t, ring[(*next + weight - 1) % n] + span);
	for (size_t i = 0; i < weight; i++) {
		ring[*next] = t;
		*next = (*next + 1) % n;
	}
	return t;
}

int limiter_chat(struct limiter *l, int64_t id, enum limiter_lane lane, size_t weight, int64_t now,
	int64_t *ret)
{
	int64_t t = now;
	struct chat *c;

	prune(l, now);
	c = chat_of(l, id, lane);
	if (!c)
		return TOBS_ENOMEM;
	if (lane == LIMITER_MESSAGES) {
		t = MAX(t, c->due - (LIMITER_CHAT_BURST - 1) * LIMITER_CHAT_US);
		c->due = MAX(c->due, t) + (int64_t)weight * LIMITER_CHAT_US;
	}
	if (id < 0)
		t = take(c->window.at, LIMITER_GROUP, &c->window.next, weight, LIMITER_GROUP_US, t);
	c->last = MAX(c->last, MAX(t, c->due));
	*ret = t;
	return TOBS_OK;
}

int64_t limiter_all(struct limiter *l, size_t weight, int64_t now)
{
	return take(l->ring, LIMITER_BURST, &l->at, weight, LIMITER_SECOND_US, now);
}
