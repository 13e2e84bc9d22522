/* SPDX-License-Identifier: MIT */
/* Middleware that looks at the clock: log, timeout, slow handlers, statistics; and recovery. */
#include "base/alloc.h"
#include "base/attr.h"
#include "base/log.h"
#include "bot/guard.h"

struct timed {
	struct guard guard;
	int64_t ms;
};

static struct guard *new_timed(int64_t ms)
{
	struct timed *t = MEM_NEW(struct timed);

	if (!t)
		return NULL;
	t->ms = ms;
	return &t->guard;
}

static const char *kind_name(const struct tobs_update *u)
{
	const char *name = "update";

	if (u->kind != TOBS_UPDATE_UNKNOWN)
		bot_kind_names((uint32_t)1 << u->kind, &name);
	return name;
}

static const char *outcome(int r)
{
	return r < 0 ? tobs_error_text(r) : r == TOBS_NEXT ? "nobody took it" : "done";
}

static int log_update(struct tobs_ctx *ctx, void *user)
{
	int64_t start = tobs_now();
	int r;

	if (guard_passes(user, ctx))
		return tobs_next(ctx);
	r = tobs_next(ctx);
	log_write(r < 0 ? TOBS_LOG_WARN : TOBS_LOG_INFO, "bot",
		"update %lld, %s, %s, user %lld, chat %lld: %s, %lld ms",
		(long long)tobs_ctx_update(ctx)->update_id, kind_name(tobs_ctx_update(ctx)),
		ctx->route ? ctx->route : "-", (long long)tobs_sender(ctx)->id,
		(long long)tobs_chat_id(ctx), outcome(r), (long long)(tobs_now() - start) / 1000);
	return r;
}

int tobs_use_log(struct tobs_bot *bot, struct tobs_filter *only)
{
	return guard_use(bot, new_timed(0), only, NULL, log_update);
}

static int limit_time(struct tobs_ctx *ctx, void *user)
{
	struct timed *t = user;
	struct tobs_deadline d;
	int r;

	if (guard_passes(&t->guard, ctx))
		return tobs_next(ctx);
	tobs_deadline_push(&d, t->ms);
	r = tobs_next(ctx);
	tobs_deadline_pop(&d);
	return r;
}

int tobs_use_timeout(struct tobs_bot *bot, struct tobs_filter *only, int64_t ms)
{
	return guard_use(bot, new_timed(ms), only, NULL, limit_time);
}

static int warn_slow(struct tobs_ctx *ctx, void *user)
{
	struct timed *t = user;
	int64_t start = tobs_now(), took;
	int r;

	if (guard_passes(&t->guard, ctx))
		return tobs_next(ctx);
	r = tobs_next(ctx);
	took = (tobs_now() - start) / 1000;
	if (took > t->ms)
		log_warn("bot", "%s of chat %lld took %lld ms",
			ctx->route ? ctx->route : "an update", (long long)tobs_chat_id(ctx),
			(long long)took);
	return r;
}

int tobs_use_slow(struct tobs_bot *bot, struct tobs_filter *only, int64_t ms)
{
	return guard_use(bot, new_timed(ms), only, NULL, warn_slow);
}

static int recover(struct tobs_ctx *ctx, void *user)
{
	struct guard *g = user;
	int r = tobs_next(ctx);

	if (r >= 0 || r == TOBS_ECANCELED || guard_passes(g, ctx))
		return r;
	log_error("bot", "update %lld, chat %lld, %s: %s",
		(long long)tobs_ctx_update(ctx)->update_id, (long long)tobs_chat_id(ctx),
		ctx->route ? ctx->route : "-",
		ctx->scope->err.code == r ? ctx->scope->err.message : tobs_error_text(r));
	ctx->bot->stats.failed++;
	return guard_refuse(g, ctx);
}

int tobs_use_recover(struct tobs_bot *bot, struct tobs_filter *only, const char *text)
{
	return guard_use(bot, new_timed(0), only, text, recover);
}

struct counting {
	struct guard guard;
	struct tobs_passage *count;
};

static int count_update(struct tobs_ctx *ctx, void *user)
{
	struct counting *c = user;
	struct tobs_passage *p = c->count;
	int64_t start = tobs_now();
	uint64_t took;
	int r;

	if (guard_passes(&c->guard, ctx))
		return tobs_next(ctx);
	r = tobs_next(ctx);
	took = (uint64_t)(tobs_now() - start);
	p->updates++;
	p->failed += r < 0;
	p->us += took;
	p->longest_us = MAX(p->longest_us, took);
	p->kinds[tobs_ctx_update(ctx)->kind % ARRAY_LEN(p->kinds)]++;
	return r;
}

int tobs_use_stats(struct tobs_bot *bot, struct tobs_filter *only, struct tobs_passage *count)
{
	struct counting *c = MEM_NEW(struct counting);

	if (c)
		c->count = count;
	return guard_use(bot, c ? &c->guard : NULL, only, NULL, count_update);
}
