/* SPDX-License-Identifier: MIT */
/*
 * A bot for scenarios, with handlers that do what handlers should not. What people
 * write it sends back; and
 *
 *     /tell CHAT TEXT   sends a message somewhere, and says what came of it
 *     /gone CHAT        whether that chat takes messages
 *     /fail             returns an error
 *     /block MS         computes, and lets nobody else run
 *     /hang             never returns
 *
 * BOT_TOKEN, BOT_API_ROOT, BOT_STORE, and BOT_WEBHOOK_PORT for a webhook, whose
 * secret is BOT_SECRET; BOT_POLL, BOT_STOP_MS and BOT_CALL_MS are poll_s, stop_ms, call_ms.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <tobs/bot.h>

static int64_t number(const char *name)
{
	const char *text = getenv(name);
	int64_t n = 0;

	return text && !tobs_view_int(tobs_str(text), 0, INT32_MAX, &n) ? n : 0;
}

static int echo(struct tobs_ctx *ctx, void *user)
{
	(void)user;
	return tobs_reply(ctx, "echo: %s", tobs_text(ctx));
}

static int tell(struct tobs_ctx *ctx, void *user)
{
	const char *text = NULL;
	int64_t chat = 0;
	int r = tobs_args(ctx,
		(struct tobs_arg[]){
			{ "chat", TOBS_ARG_INT, &chat },
			{ "text", TOBS_ARG_REST, &text },
		},
		2);

	(void)user;
	if (r)
		return r;
	r = tobs_send_message(tobs_ctx_bot(ctx),
		&(struct tobs_send_message){ .chat_id = chat, .text = text }, NULL);
	return tobs_reply(ctx, "%s", r ? tobs_error_name(r) : "told");
}

static int gone(struct tobs_ctx *ctx, void *user)
{
	int64_t chat = 0;
	bool is = false;
	int r = tobs_args(ctx, &(struct tobs_arg){ "chat", TOBS_ARG_INT, &chat }, 1);

	(void)user;
	if (!r)
		r = tobs_chat_gone(tobs_ctx_bot(ctx), chat, &is);
	return r ? r : tobs_reply(ctx, is ? "gone" : "there");
}

static int fail(struct tobs_ctx *ctx, void *user)
{
	(void)ctx;
	(void)user;
	return TOBS_EIO;
}

static int block(struct tobs_ctx *ctx, void *user)
{
	struct timespec t;
	int64_t ms = 0, until;
	int r = tobs_args(ctx, &(struct tobs_arg){ "ms", TOBS_ARG_INT, &ms }, 1);

	(void)user;
	if (r)
		return r;
	clock_gettime(CLOCK_MONOTONIC, &t);
	until = t.tv_sec * INT64_C(1000) + t.tv_nsec / 1000000 + ms;
	do
		clock_gettime(CLOCK_MONOTONIC, &t);
	while (t.tv_sec * INT64_C(1000) + t.tv_nsec / 1000000 < until);
	return tobs_reply(ctx, "blocked");
}

static int hang(struct tobs_ctx *ctx, void *user)
{
	(void)ctx;
	(void)user;
	return tobs_sleep(INT64_MAX / 2000);
}

int main(void)
{
	char url[64];
	int64_t port = number("BOT_WEBHOOK_PORT");
	struct tobs_webhook webhook = {
		.url = url, .port = (uint16_t)port, .secret = getenv("BOT_SECRET")
	};
	struct tobs_bot *bot;

	snprintf(url, sizeof url, "http://127.0.0.1:%d/hook", (int)port);
	bot = tobs_bot_new(&(struct tobs_bot_options){
		.token_env = "BOT_TOKEN",
		.api_root = getenv("BOT_API_ROOT"),
		.store = getenv("BOT_STORE"),
		.webhook = port ? &webhook : NULL,
		.poll_s = number("BOT_POLL"),
		.stop_ms = number("BOT_STOP_MS"),
		.call_ms = number("BOT_CALL_MS"),
		.slow_ms = 500,
	});
	tobs_on_command(bot, "tell", tell, NULL);
	tobs_on_command(bot, "gone", gone, NULL);
	tobs_on_command(bot, "fail", fail, NULL);
	tobs_on_command(bot, "block", block, NULL);
	tobs_on_command(bot, "hang", hang, NULL);
	tobs_on_text(bot, echo, NULL);
	return tobs_bot_run(bot) ? 1 : 0;
}
