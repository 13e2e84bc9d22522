/* SPDX-License-Identifier: MIT */
#include "bot/token.h"

#include <stdio.h>

#include "base/rand.h"
#include "bot/bot.h"

struct expired {
	tobs_handler fn;
	void *user;
};

bool token_is(struct tobs_view data)
{
	return data.len == TOKEN_LEN && tobs_view_starts(data, TOKEN_MARK);
}

bool token_needed(struct tobs_view data)
{
	return data.len > TOKEN_DATA_MAX || token_is(data);
}

void token_make(char *out)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	uint8_t bytes[TOKEN_BYTES];
	size_t n = strlen(TOKEN_MARK);

	rand_system(bytes, sizeof bytes);
	memcpy(out, TOKEN_MARK, n);
	for (size_t bit = 0; bit < 8 * sizeof bytes; bit += 6) {
		size_t i = bit / 8;
		unsigned two = (unsigned)bytes[i] << 8 | (i + 1 < sizeof bytes ? bytes[i + 1] : 0);

		out[n++] = digits[two >> (10 - bit % 8) & 63];
	}
	out[n] = '\0';
}

struct tobs_view token_key(char *out, const char *token)
{
	return tobs_view(
		out, (size_t)snprintf(out, TOKEN_LEN + 8, "button/%s", token + strlen(TOKEN_MARK)));
}

/* ---- When it is pressed ----------------------------------------------------------- */

/* The update as it would be if Telegram's buttons were larger. */
static int put_data(struct tobs_ctx *ctx, struct tobs_view data)
{
	struct tobs_arena *arena = tobs_ctx_arena(ctx);
	struct tobs_callback_query *q = TOBS_ARENA_NEW(arena, struct tobs_callback_query);
	struct tobs_update *u = TOBS_ARENA_NEW(arena, struct tobs_update);

	if (!q || !u)
		return TOBS_ENOMEM;
	*q = *ctx->update->callback_query;
	q->data = tobs_arena_dup(arena, data.ptr, data.len);
	if (!q->data)
		return TOBS_ENOMEM;
	*u = *ctx->update;
	u->callback_query = q;
	ctx->update = u;
	ctx->facts.text = q->data;
	return TOBS_OK;
}

static int say_expired(struct tobs_ctx *ctx, const struct expired *e)
{
	int r;

	ctx->facts.text = "";
	r = e->fn ? e->fn(ctx, e->user) : tobs_answer(ctx, "This button no longer works.");
	return r < 0 ? r : TOBS_STOP;
}

static int prepare(struct tobs_ctx *ctx, void *user)
{
	const struct tobs_callback_query *q = ctx->update->callback_query;
	char key[TOKEN_LEN + 8];
	struct tobs_view data;
	struct tobs_err err;
	int r;

	if (!q || !token_is(tobs_str(q->data)))
		return TOBS_OK;
	r = kv_get(bot_store(ctx->bot), token_key(key, q->data), tobs_ctx_arena(ctx), &data, &err);
	if (r == TOBS_ENOTFOUND)
		return say_expired(ctx, user);
	return r ? r : put_data(ctx, data);
}

static void token_free(void *user)
{
	mem_free(user);
}

static const struct bot_part part = { .name = "button", .prepare = prepare, .free = token_free };

int token_attach(struct tobs_bot *bot)
{
	struct expired *e = MEM_NEW(struct expired);

	if (!e)
		return bot_misuse(bot, TOBS_ENOMEM, "no memory for a bot");
	return bot_add_part(bot, &part, e);
}

int tobs_on_expired(struct tobs_bot *bot, tobs_handler fn, void *user)
{
	struct expired *e = bot_find_part(bot, &part);

	if (!e)
		return TOBS_EINVAL;
	e->fn = fn;
	e->user = user;
	return TOBS_OK;
}
