/* SPDX-License-Identifier: MIT */
#include "bot/guard.h"

#include "base/alloc.h"
#include "base/log.h"
#include "bot/filter.h"

static void guard_free(void *user)
{
	struct guard *g = user;

	if (g->deinit)
		g->deinit(g);
	tobs_filter_free(g->only);
	mem_free(g->text);
	mem_free(g);
}

static const struct bot_part part = { .name = "middleware", .free = guard_free };

int guard_use(struct tobs_bot *bot, struct guard *g, struct tobs_filter *only, const char *text,
	tobs_handler fn)
{
	int r;

	if (!g || !bot) {
		tobs_filter_free(only);
		if (g)
			guard_free(g);
		return bot_misuse(bot, TOBS_ENOMEM, "no memory for middleware");
	}
	g->only = only;
	g->text = text ? mem_strdup(text) : NULL;
	r = bot_add_part(bot, &part, g);
	if (!r && text && !g->text)
		r = bot_misuse(bot, TOBS_ENOMEM, "no memory for middleware");
	return r ? r : tobs_use(bot, fn, g);
}

bool guard_passes(const struct guard *g, struct tobs_ctx *ctx)
{
	return g->only && !filter_takes(g->only, ctx);
}

int guard_refuse(const struct guard *g, struct tobs_ctx *ctx)
{
	const struct tobs_update *u = tobs_ctx_update(ctx);
	int r = TOBS_OK;

	if (u->callback_query)
		r = tobs_answer(ctx, g->text); /* without a text, the button stops waiting */
	else if (g->text && tobs_chat_id(ctx))
		r = tobs_reply(ctx, "%s", g->text);
	/* That it could not be said is no failure of the update. */
	if (r)
		log_warn("bot", "a refusal could not be told: %s", tobs_error_text(r));
	return TOBS_STOP;
}
