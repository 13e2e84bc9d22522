/* SPDX-License-Identifier: MIT */
/*
 * The echo bot that is measured: the router and five middlewares around every
 * update. The environment says where it works: BOT_TOKEN, BOT_API_ROOT, BOT_STORE
 * ("memory:", a file), BOT_WEBHOOK_PORT (none: polling).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tobs/bot.h>

enum { MIDDLEWARES = 5 };

static uint64_t passed[MIDDLEWARES];

static int count(struct tobs_ctx *ctx, void *user)
{
	int r = tobs_next(ctx);

	++*(uint64_t *)user;
	return r;
}

static int echo(struct tobs_ctx *ctx, void *user)
{
	(void)user;
	return tobs_reply(ctx, "%s", tobs_text(ctx));
}

static int greet(struct tobs_ctx *ctx, void *user)
{
	(void)user;
	return tobs_reply(ctx, "Send me anything.");
}

int main(void)
{
	char url[64];
	const char *port = getenv("BOT_WEBHOOK_PORT");
	struct tobs_webhook webhook = { .url = url };
	int64_t number = 0;
	struct tobs_bot *bot;

	if (port && tobs_view_int(tobs_str(port), 1, UINT16_MAX, &number))
		return 2;
	snprintf(url, sizeof url, "http://127.0.0.1:%s/hook", port ? port : "");
	webhook.port = (uint16_t)number;
	bot = tobs_bot_new(&(struct tobs_bot_options){
		.token_env = "BOT_TOKEN",
		.api_root = getenv("BOT_API_ROOT"),
		.store = getenv("BOT_STORE"),
		.webhook = port ? &webhook : NULL,
		.pace = TOBS_PACE_NONE,
	});

	for (int i = 0; i < MIDDLEWARES; i++)
		tobs_use(bot, count, &passed[i]);
	tobs_on_command(bot, "start help", greet, NULL);
	tobs_on_command(bot, "stop", greet, NULL);
	tobs_on_text(bot, echo, NULL);
	return tobs_bot_run(bot);
}
