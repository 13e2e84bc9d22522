/* SPDX-License-Identifier: MIT */
/*
 * A bot that notes each text in a file before it answers "heard <text>": for tests
 * that kill it. BOT_TOKEN, BOT_API_ROOT, BOT_STORE, BOT_RECORD; BOT_WORK_MS: how
 * long it thinks; BOT_MARK: notes which may have come before; BOT_HOOK_PORT: where its webhook listens (none: it polls);
 * BOT_INLINE: its calls go back with the webhook's answers; BOT_PACE: it keeps to
 * Telegram's rates in all it says.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <tobs/bot.h>
#include <unistd.h>

static int record = -1;
static int64_t work_ms;
static bool mark;

static int on_text(struct tobs_ctx *ctx, void *user)
{
	char line[256];
	int n = snprintf(line, sizeof line, "%lld %s%s\n", (long long)tobs_chat_id(ctx),
		tobs_text(ctx), mark && tobs_ctx_repeated(ctx) ? " again" : "");
	int r;

	(void)user;
	if (write(record, line, (size_t)n) != n)
		return TOBS_EIO;
	r = tobs_sleep(work_ms);
	return r ? r : tobs_reply(ctx, "heard %s", tobs_text(ctx));
}

static void stopped(void *user)
{
	(void)user;
	if (write(record, "stopped\n", 8) != 8)
		abort();
}

int main(void)
{
	const char *ms = getenv("BOT_WORK_MS"), *hook = getenv("BOT_HOOK_PORT");
	const char *file = getenv("BOT_RECORD");
	char url[64];
	struct tobs_webhook webhook = { .url = url, .inline_reply = getenv("BOT_INLINE") != NULL };
	int64_t port = 0;
	struct tobs_bot *bot;

	if (hook && tobs_view_int(tobs_str(hook), 1, UINT16_MAX, &port))
		return 2;
	snprintf(url, sizeof url, "http://127.0.0.1:%d/hook", (int)port);
	webhook.port = (uint16_t)port;
	bot = tobs_bot_new(&(struct tobs_bot_options){
		.token_env = "BOT_TOKEN",
		.api_root = getenv("BOT_API_ROOT"),
		.store = getenv("BOT_STORE"),
		.webhook = hook ? &webhook : NULL,
		.poll_s = 5,
		.pace = getenv("BOT_PACE") ? TOBS_PACE_ALL : TOBS_PACE_BULK,
	});
	mark = getenv("BOT_MARK") != NULL;
	record = file ? open(file, O_WRONLY | O_CREAT | O_APPEND, 0600) : -1;
	if (record < 0 || (ms && tobs_view_int(tobs_str(ms), 0, 100000, &work_ms)))
		return 2;
	tobs_on_text(bot, on_text, NULL);
	tobs_on_stop(bot, stopped, NULL);
	return tobs_bot_run(bot);
}
