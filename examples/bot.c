/* SPDX-License-Identifier: MIT */
/* A bot in ten lines: BOT_TOKEN=… example_bot */
#include <tobs/bot.h>

static int on_start(struct tobs_ctx *ctx, void *user)
{
	return tobs_reply(ctx, "Hello, %s", tobs_sender(ctx)->first_name);
}

int main(void)
{
	struct tobs_bot *bot = tobs_bot_new(&(struct tobs_bot_options){ .token_env = "BOT_TOKEN" });

	tobs_on_command(bot, "start", on_start, NULL);
	return tobs_bot_run(bot);
}
