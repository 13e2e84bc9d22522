/* SPDX-License-Identifier: MIT */
/* An update on its fiber: middleware, parts, router; then what is to be kept of it. */
#include "base/alloc.h"
#include "base/log.h"
#include "bot/gone.h"
#include "bot/inline_answer.h"
#include "botapi/scope.h"

enum { SCOPES_MAX = 64, SCOPE_BYTES = 64 << 10, WATCH_MS = 1000, NAMED_MAX = 5 };

struct update_job {
	struct order_job job;
	struct tobs_bot *bot;
	struct batch *batch;
	const struct tobs_update *update;
	struct facts facts;
	struct inline_answer *inlined;
};

struct chat_job {
	struct order_job job;
	struct tobs_bot *bot;
	struct tobs_chat chat;
	struct tobs_user sender;
	tobs_handler fn;
	void *user;
};

/* ---- Scopes ------------------------------------------------------------------ */

static struct bot_scope *take_scope(struct tobs_bot *bot)
{
	struct bot_scope *s = bot->scopes;

	if (s) {
		bot->scopes = s->next;
		bot->scope_count--;
		return s;
	}
	s = MEM_NEW(struct bot_scope);
	if (s)
		tobs_arena_init(&s->scope.arena, TOBS_SCOPE_MAX);
	return s;
}

static void give_scope(struct tobs_bot *bot, struct bot_scope *s)
{
	if (bot->scope_count == SCOPES_MAX || s->scope.arena.used > SCOPE_BYTES) {
		tobs_arena_deinit(&s->scope.arena);
		mem_free(s);
		return;
	}
	s->next = bot->scopes;
	bot->scopes = s;
	bot->scope_count++;
}

/* ---- Through the house --------------------------------------------------------- */

static int run_parts(struct tobs_ctx *ctx)
{
	struct tobs_bot *bot = ctx->bot;

	ARRAY_EACH (slot, &bot->parts) {
		int r = slot->part->route ? slot->part->route(ctx, slot->user) : TOBS_NEXT;

		if (r != TOBS_NEXT)
			return r;
	}
	return router_run(&bot->router, ctx);
}

static int prepare(struct tobs_ctx *ctx)
{
	ARRAY_EACH (slot, &ctx->bot->parts) {
		int r = slot->part->prepare ? slot->part->prepare(ctx, slot->user) : TOBS_OK;

		if (r)
			return r;
	}
	return TOBS_OK;
}

int tobs_next(struct tobs_ctx *ctx)
{
	size_t i = ctx->middleware;
	struct bot_step *step;
	int r;

	if (i == ctx->bot->middleware.count)
		return ctx->inner = run_parts(ctx);
	step = &ctx->bot->middleware.items[i];
	ctx->middleware = i + 1;
	r = step->fn(ctx, step->user);
	ctx->middleware = i;
	return r;
}

static int stage_parts(struct tobs_ctx *ctx, int result, struct tobs_err *err)
{
	ARRAY_EACH (slot, &ctx->bot->parts) {
		int r = slot->part->commit ? slot->part->commit(ctx, result, slot->user) : TOBS_OK;

		if (r)
			return tobs_fail(
				err, r, "%s: what has changed cannot be kept", slot->part->name);
	}
	return gone_look(ctx) ? tobs_fail(err, TOBS_ENOMEM, "no memory") : TOBS_OK;
}

static void tell_done(struct tobs_ctx *ctx, int kept)
{
	ARRAY_EACH (slot, &ctx->bot->parts)
		if (slot->part->done)
			slot->part->done(ctx, kept, slot->user);
}

/* The last update of a batch takes it out of the inbox in the same transaction. */
static bool stage_drop(struct tobs_ctx *ctx)
{
	struct batch *batch = ctx->batch;
	char key[LEDGER_KEY];
	struct kv_op op;

	if (!batch || batch->refs != 1 || batch->inbox_id < 0 || batch->inbox_each)
		return false;
	op = ledger_drop_op(batch->inbox_id, key);
	return ctx_stage(ctx, &op) == TOBS_OK;
}

/*
 * What was changed is written together with the note that the update is finished.
 * If that cannot be, the update is finished all the same: it has failed.
 */
static int commit(struct tobs_ctx *ctx, int result, struct tobs_err *err)
{
	int64_t id = ctx->update ? ctx->update->update_id : -1;
	struct ledger *ledger = &ctx->bot->ledger;
	struct tobs_shield shield;
	bool drops = false;
	int r;

	/* Cancelled or not, what has been done has been done. */
	tobs_shield_begin(&shield);
	r = stage_parts(ctx, ctx->inner < 0 ? ctx->inner : result, err);
	if (!r) {
		drops = stage_drop(ctx);
		r = ledger_finish(ledger, id, ctx->ops, ctx->op_count, err);
	}
	if (r)
		(void)ledger_finish(ledger, id, NULL, 0, NULL);
	else if (drops)
		ctx->batch->inbox_id = -1;
	tell_done(ctx, r);
	tobs_shield_end(&shield);
	return r;
}

static void complain(struct tobs_ctx *ctx, int code, const struct tobs_err *err)
{
	static const struct tobs_err none;
	struct tobs_bot *bot = ctx->bot;

	bot->stats.failed++;
	if (bot->on_error) {
		bot->on_error(ctx, code, err ? err : &none, bot->on_error_user);
		return;
	}
	log_error("bot", "update %lld, chat %lld, %s: %s",
		ctx->update ? (long long)ctx->update->update_id : 0, (long long)tobs_chat_id(ctx),
		ctx->route ? ctx->route : "no handler", err ? err->message : tobs_error_text(code));
}

/* Runs `fn` (NULL: the bot's way of an update) with everything around it. */
static void run(struct tobs_ctx *ctx, tobs_handler fn, void *user)
{
	struct tobs_err err;
	int r = fn ? fn(ctx, user) : prepare(ctx), kept;

	if (!fn && !r)
		r = tobs_next(ctx);
	/* Cut short by the end of the bot: it is handled again at the next start. */
	if (r < 0 && tobs_cancelled()) {
		ctx->unfinished = true;
		tell_done(ctx, TOBS_ECANCELED);
		return;
	}
	/* What failed last may be told: that of another call would only mislead. */
	if (r < 0)
		complain(ctx, r, ctx->scope->err.code == r ? &ctx->scope->err : NULL);
	kept = commit(ctx, r, &err);
	if (kept)
		complain(ctx, kept, &err);
}

static void with_scope(struct tobs_bot *bot, struct tobs_ctx *ctx, const struct tobs_update *update,
	tobs_handler fn, void *user)
{
	struct bot_scope *s = take_scope(bot);
	int r = TOBS_ENOMEM;

	if (s) {
		scope_enter(&s->scope);
		r = ctx_init(ctx, bot, update, &s->scope);
		list_push(&bot->handling, &ctx->link);
		bot->stats.handling++;
		if (!r)
			run(ctx, fn, user);
		bot->stats.handling--;
		list_remove(&ctx->link);
		scope_leave(&s->scope);
		give_scope(bot, s);
	}
	if (r) {
		bot->stats.failed++;
		log_error("bot", "no memory to handle an update");
	}
}

/* ---- Jobs ---------------------------------------------------------------------- */

static void empty_inbox(struct tobs_bot *bot, const struct batch *batch)
{
	struct tobs_shield shield;
	struct tobs_err err;
	int r = TOBS_OK;

	tobs_shield_begin(&shield);
	if (!batch->inbox_each)
		r = ledger_drop(&bot->ledger, batch->inbox_id, &err);
	else
		for (size_t i = 0; i < batch->count && !r; i++)
			r = ledger_drop(&bot->ledger, batch->updates[i]->update_id, &err);
	if (r)
		log_warn("bot", "updates that are finished stay in the inbox: %s", err.message);
	tobs_shield_end(&shield);
}

/* Whoever was the last to need the batch takes it out of the inbox. */
void bot_release(struct tobs_bot *bot, struct batch *batch)
{
	if (--batch->refs)
		return;
	if (batch->inbox_id >= 0)
		empty_inbox(bot, batch);
	batch_free(&bot->batches, batch);
}

static void run_update(struct order_job *job)
{
	struct update_job *u = CONTAINER_OF(job, struct update_job, job);
	struct tobs_ctx ctx = {
		.facts = u->facts, .batch = u->batch, .key = job->key, .inline_answer = u->inlined
	};
	struct batch *batch = u->batch;

	list_init(&ctx.link);
	with_scope(u->bot, &ctx, u->update, NULL, NULL);
	inline_close(u->inlined);
	if (ctx.unfinished)
		batch->inbox_id = -1; /* it stays in the inbox */
	bot_release(u->bot, batch);
}

int bot_take(struct tobs_bot *bot, struct batch *batch, const struct tobs_update *update,
	struct inline_answer *inlined, bool wait)
{
	struct update_job *u = TOBS_ARENA_NEW(&batch->arena, struct update_job);
	int r;

	if (!u)
		return TOBS_ENOMEM;
	r = ledger_take(&bot->ledger, update->update_id);
	if (r) {
		bot->stats.duplicates += r == TOBS_EEXISTS;
		return r;
	}
	u->job.run = run_update;
	u->bot = bot;
	u->batch = batch;
	u->update = update;
	u->inlined = inlined;
	facts_of(update, &u->facts);
	u->job.key = bot->opt.key ? bot->opt.key(update, bot->opt.key_user)
				  : facts_key(update, &u->facts);
	batch->refs++;
	r = order_submit(&bot->order, &u->job, wait);
	if (r) {
		batch->refs--;
		ledger_give_back(&bot->ledger, update->update_id);
	} else {
		bot->stats.updates++;
	}
	return r;
}

static void run_in_chat(struct order_job *job)
{
	struct chat_job *c = CONTAINER_OF(job, struct chat_job, job);
	struct tobs_ctx ctx = { .facts = { .chat = &c->chat }, .key = job->key };

	if (c->sender.id)
		ctx.facts.user = &c->sender;

	list_init(&ctx.link);
	with_scope(c->bot, &ctx, NULL, c->fn, c->user);
	mem_free(c);
}

int bot_in_chat(struct tobs_bot *bot, int64_t key, int64_t chat_id, int64_t user_id,
	tobs_handler fn, void *user)
{
	struct chat_job *c = MEM_NEW(struct chat_job);
	int r;

	if (!c)
		return TOBS_ENOMEM;
	c->job.key = key;
	c->job.run = run_in_chat;
	c->bot = bot;
	c->chat.id = chat_id;
	c->sender.id = user_id;
	c->sender.first_name = "";
	c->fn = fn;
	c->user = user;
	r = order_submit(&bot->order, &c->job, true);
	if (r)
		mem_free(c);
	return r;
}

int tobs_in_chat(struct tobs_bot *bot, int64_t chat_id, tobs_handler fn, void *user)
{
	return bot_in_chat(bot, chat_id, chat_id, 0, fn, user);
}

void bot_drop_job(struct order_job *job)
{
	if (job->run == run_in_chat) {
		mem_free(CONTAINER_OF(job, struct chat_job, job));
	} else {
		struct update_job *u = CONTAINER_OF(job, struct update_job, job);

		/* It is not finished: what is in the inbox stays there. */
		inline_close(u->inlined);
		u->batch->inbox_id = -1;
		bot_release(u->bot, u->batch);
	}
}

/* ---- Handlers that take their time ----------------------------------------------- */

/* Whether it is to be named now: again when it has taken twice as long. */
static bool is_due(const struct tobs_ctx *ctx, int64_t now)
{
	return !ctx->named || now - ctx->named >= ctx->named - ctx->started;
}

/* When many hang, it is one thing that they wait for: a few stand for all. */
static void look_at_slow(struct tobs_bot *bot, int64_t slow_us)
{
	int64_t now = tobs_now();
	size_t due = 0;

	LIST_EACH (l, &bot->handling) {
		struct tobs_ctx *ctx = LIST_ITEM(l, struct tobs_ctx, link);

		if (now - ctx->started < slow_us)
			break;
		if (!is_due(ctx, now))
			continue;
		ctx->named = now;
		if (++due <= NAMED_MAX)
			log_warn("bot", "%s of chat %lld has run for %.1f s",
				ctx->route ? ctx->route : "a handler", (long long)tobs_chat_id(ctx),
				(double)(now - ctx->started) / 1e6);
	}
	if (due > NAMED_MAX)
		log_warn("bot", "and so have %zu other handlers", due - NAMED_MAX);
}

int bot_watch(void *arg)
{
	struct tobs_bot *bot = arg;
	int64_t slow = bot->opt.slow_ms * 1000;
	int r;

	while (!(r = tobs_sleep(WATCH_MS)))
		look_at_slow(bot, slow);
	return r;
}
