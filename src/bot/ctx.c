/* SPDX-License-Identifier: MIT */
#include "bot/ctx.h"

#include "base/attr.h"
#include "bot/bot.h"
#include "botapi/scope.h"

int ctx_init(struct tobs_ctx *ctx, struct tobs_bot *bot, const struct tobs_update *update,
	struct tobs_scope *scope)
{
	const struct tobs_message *m = ctx->facts.message;
	struct tobs_arena *arena = &scope->arena;

	ctx->bot = bot;
	ctx->update = update;
	ctx->scope = scope;
	ctx->started = tobs_now();
	scope->owner = ctx;
	if (!ctx->facts.fresh || !m->text || m->text[0] != '/' ||
		!command_parse(tobs_str(m->text), &ctx->command) ||
		!command_is_for(&ctx->command, bot->me.username))
		return TOBS_OK;
	ctx->has_command = true;
	command_fold(ctx->command.name, ctx->command_name);
	ctx->command_args = tobs_arena_dup(arena, ctx->command.args.ptr, ctx->command.args.len);
	return ctx->command_args ? TOBS_OK : TOBS_ENOMEM;
}

struct tobs_ctx *ctx_current(void)
{
	return scope_owner();
}

struct tobs_bot *tobs_ctx_bot(struct tobs_ctx *ctx)
{
	return ctx->bot;
}

bool tobs_ctx_repeated(struct tobs_ctx *ctx)
{
	return ctx->batch && ctx->batch->repeated;
}

const struct tobs_update *tobs_ctx_update(struct tobs_ctx *ctx)
{
	return ctx->update;
}

const struct tobs_message *tobs_ctx_message(struct tobs_ctx *ctx)
{
	return ctx->facts.message;
}

const struct tobs_user *tobs_sender(struct tobs_ctx *ctx)
{
	static const struct tobs_user nobody = { .first_name = "" };

	return ctx->facts.user ? ctx->facts.user : &nobody;
}

const struct tobs_chat *tobs_ctx_chat(struct tobs_ctx *ctx)
{
	static const struct tobs_chat nowhere;

	return ctx->facts.chat ? ctx->facts.chat : &nowhere;
}

int64_t tobs_chat_id(struct tobs_ctx *ctx)
{
	return tobs_ctx_chat(ctx)->id;
}

const char *tobs_text(struct tobs_ctx *ctx)
{
	return ctx->facts.text ? ctx->facts.text : "";
}

const char *tobs_command(struct tobs_ctx *ctx)
{
	return ctx->has_command ? ctx->command_name : NULL;
}

const char *tobs_command_args(struct tobs_ctx *ctx)
{
	return ctx->has_command ? ctx->command_args : NULL;
}

const char *tobs_match(struct tobs_ctx *ctx, size_t i)
{
	return i < ctx->group_count ? ctx->groups[i] : NULL;
}

struct tobs_arena *tobs_ctx_arena(struct tobs_ctx *ctx)
{
	return &ctx->scope->arena;
}

int tobs_ctx_set(struct tobs_ctx *ctx, const void *key, void *value)
{
	struct ctx_value *v = ctx->values;

	while (v && v->key != key)
		v = v->next;
	if (!v) {
		v = TOBS_ARENA_NEW(&ctx->scope->arena, struct ctx_value);
		if (!v)
			return TOBS_ENOMEM;
		v->key = key;
		v->next = ctx->values;
		ctx->values = v;
	}
	v->value = value;
	return TOBS_OK;
}

void *tobs_ctx_get(struct tobs_ctx *ctx, const void *key)
{
	for (struct ctx_value *v = ctx->values; v; v = v->next)
		if (v->key == key)
			return v->value;
	return NULL;
}

/* Room for one op more: the array moves to a larger one of the arena. */
static int grow(struct tobs_ctx *ctx)
{
	size_t cap = ctx->op_cap ? 2 * ctx->op_cap : 8;
	struct kv_op *ops;

	if (ctx->op_count < ctx->op_cap)
		return TOBS_OK;
	if (ctx->op_count >= CTX_OPS_MAX)
		return TOBS_ETOOBIG;
	ops = tobs_arena_array(&ctx->scope->arena, cap, sizeof *ops);
	if (!ops)
		return TOBS_ENOMEM;
	if (ctx->op_count)
		memcpy(ops, ctx->ops, ctx->op_count * sizeof *ops);
	ctx->ops = ops;
	ctx->op_cap = cap;
	return TOBS_OK;
}

int ctx_stage(struct tobs_ctx *ctx, const struct kv_op *op)
{
	struct kv_op copy = *op;
	size_t i = 0;
	int r = grow(ctx);

	if (!r)
		r = tobs_arena_view(&ctx->scope->arena, op->key, &copy.key);
	if (!r)
		r = tobs_arena_view(&ctx->scope->arena, op->value, &copy.value);
	if (r)
		return r;
	while (i < ctx->op_count && !tobs_view_eq(ctx->ops[i].key, copy.key))
		i++;
	ctx->ops[i] = copy;
	ctx->op_count += i == ctx->op_count;
	return TOBS_OK;
}
