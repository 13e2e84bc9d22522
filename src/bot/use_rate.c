/* SPDX-License-Identifier: MIT */
/*
 * Middleware against floods. Of each user (or chat) one time is kept: when the
 * last update would have been due at an even pace. One that comes more than a
 * whole allowance early is refused (the generic cell rate algorithm).
 */
#include "base/alloc.h"
#include "base/attr.h"
#include "base/list.h"
#include "base/map.h"
#include "bot/guard.h"

enum { PEOPLE_MAX = 100000 };

struct person {
	struct list link;
	int64_t id;
	int64_t due; /* µs */
	bool told;   /* and has not been slow enough since */
};

struct rate {
	struct guard guard;
	int64_t step;  /* µs between two at an even pace */
	int64_t early; /* µs that one may come early */
	bool per_chat;
	struct map people;
	struct list recent; /* the longest unseen first */
};

static void forget(struct rate *x, struct person *p)
{
	list_remove(&p->link);
	map_remove(&x->people, (uint64_t)p->id);
	mem_free(p);
}

static void rate_deinit(struct guard *g)
{
	struct rate *x = (struct rate *)(void *)g;

	LIST_EACH (l, &x->recent)
		forget(x, LIST_ITEM(l, struct person, link));
	map_deinit(&x->people);
}

static struct person *person_of(struct rate *x, int64_t id, int64_t now)
{
	struct person *p = map_get(&x->people, (uint64_t)id), *oldest;

	if (p) {
		list_remove(&p->link);
		list_push(&x->recent, &p->link);
		return p;
	}
	while (!list_empty(&x->recent)) {
		oldest = LIST_ITEM(x->recent.next, struct person, link);
		if (oldest->due > now && x->people.count < PEOPLE_MAX)
			break;
		forget(x, oldest);
	}
	p = MEM_NEW(struct person);
	if (!p || map_put(&x->people, (uint64_t)id, p)) {
		mem_free(p);
		return NULL;
	}
	p->id = id;
	list_init(&p->link);
	list_push(&x->recent, &p->link);
	return p;
}

static int limit_rate(struct tobs_ctx *ctx, void *user)
{
	struct rate *x = user;
	int64_t id = x->per_chat ? tobs_chat_id(ctx) : tobs_sender(ctx)->id, now = tobs_now();
	struct person *p;

	if (!id || guard_passes(&x->guard, ctx))
		return tobs_next(ctx);
	p = person_of(x, id, now);
	if (!p)
		return TOBS_ENOMEM;
	if (p->due - now > x->early) {
		if (p->told)
			return TOBS_STOP;
		p->told = true;
		return guard_refuse(&x->guard, ctx);
	}
	if (p->due <= now)
		p->told = false;
	p->due = MAX(p->due, now) + x->step;
	return tobs_next(ctx);
}

int tobs_use_rate(struct tobs_bot *bot, struct tobs_filter *only, const struct tobs_rate *rate)
{
	struct rate *x;

	if (!rate->count || rate->per_ms <= 0) {
		tobs_filter_free(only);
		return bot_misuse(bot, TOBS_EINVAL, "a rate has a count and a time");
	}
	x = MEM_NEW(struct rate);
	if (x) {
		x->step = rate->per_ms * 1000 / (int64_t)rate->count;
		x->early = x->step * ((int64_t)rate->count - 1);
		x->per_chat = rate->per_chat;
		list_init(&x->recent);
		x->guard.deinit = rate_deinit;
	}
	return guard_use(bot, x ? &x->guard : NULL, only, rate->text, limit_rate);
}
