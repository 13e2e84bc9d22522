/* SPDX-License-Identifier: MIT */
/*
 * Says what it hears, whatever it is, edits included: BOT_TOKEN=… example_echo
 * Without an account: examples/talk.py build/release/examples/example_echo
 */
#include <tobs/bot.h>

static int on_start(struct tobs_ctx *ctx, void *user)
{
	return tobs_reply(
		ctx, "Say something, %s. I remember %s.", tobs_sender(ctx)->first_name, "nothing");
}

/* A copy is a message of our own: text, pictures, stickers, places, formatting and all. */
static int on_message(struct tobs_ctx *ctx, void *user)
{
	return tobs_copy_message(tobs_ctx_bot(ctx),
		&(struct tobs_copy_message){
			.chat_id = tobs_chat_id(ctx),
			.from_chat_id = tobs_chat_id(ctx),
			.message_id = tobs_ctx_message(ctx)->message_id,
		},
		NULL);
}

static int on_edit(struct tobs_ctx *ctx, void *user)
{
	return tobs_reply(ctx, "You mean: %s", tobs_text(ctx));
}

int main(void)
{
	struct tobs_bot *bot = tobs_bot_new(&(struct tobs_bot_options){ .token_env = "BOT_TOKEN" });

	tobs_on_command(bot, "start help", on_start, NULL);
	tobs_on_kind(bot, TOBS_UPDATE_MESSAGE, on_message, NULL);
	tobs_on_kind(bot, TOBS_UPDATE_EDITED_MESSAGE, on_edit, NULL);
	return tobs_bot_run(bot);
}
