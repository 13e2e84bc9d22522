/* SPDX-License-Identifier: MIT */
/* Answers to the update at hand. */
#include <stdio.h>

#include "bot/bot.h"

enum { TEXT_MAX = 64 << 10 };

int tobs_reply_with(
	struct tobs_ctx *ctx, const struct tobs_send_message *m, const struct tobs_message **ret)
{
	const struct tobs_message *to = ctx->facts.message;
	struct tobs_send_message copy = *m;

	if (!copy.chat_id && !copy.chat_username) {
		copy.chat_id = tobs_chat_id(ctx);
		/* A query has no chat: its user is one. */
		if (!copy.chat_id)
			copy.chat_id = tobs_sender(ctx)->id;
		if (to && to->is_topic_message && !copy.message_thread_id)
			copy.message_thread_id = to->message_thread_id;
		if (to && !copy.business_connection_id)
			copy.business_connection_id = to->business_connection_id;
		if (to && to->direct_messages_topic && !copy.direct_messages_topic_id)
			copy.direct_messages_topic_id = to->direct_messages_topic->topic_id;
	}
	return tobs_send_message(ctx->bot, &copy, ret);
}

int tobs_reply(struct tobs_ctx *ctx, const char *fmt, ...)
{
	struct tobs_buf text;
	va_list ap;
	int r;

	tobs_buf_init(&text, TEXT_MAX);
	va_start(ap, fmt);
	r = tobs_buf_vprintf(&text, fmt, ap);
	va_end(ap);
	if (!r)
		r = tobs_reply_with(
			ctx, &(struct tobs_send_message){ .text = tobs_buf_str(&text) }, NULL);
	tobs_buf_deinit(&text);
	return r;
}

int tobs_answer(struct tobs_ctx *ctx, const char *text)
{
	const struct tobs_callback_query *q = ctx->update ? ctx->update->callback_query : NULL;

	if (!q)
		return TOBS_OK;
	return tobs_answer_callback_query(ctx->bot,
		&(struct tobs_answer_callback_query){ .callback_query_id = q->id, .text = text });
}

int tobs_edit(
	struct tobs_ctx *ctx, const char *text, const struct tobs_inline_keyboard_markup *keyboard)
{
	const struct tobs_callback_query *q = ctx->update ? ctx->update->callback_query : NULL;
	struct tobs_edit_message_text args = { .text = text, .reply_markup = keyboard };

	if (q && q->inline_message_id) {
		args.inline_message_id = q->inline_message_id;
	} else if (ctx->facts.message) {
		args.chat_id = tobs_chat_id(ctx);
		args.message_id = ctx->facts.message->message_id;
		args.business_connection_id = ctx->facts.message->business_connection_id;
	} else {
		return TOBS_EINVAL;
	}
	return tobs_edit_message_text(ctx->bot, &args, NULL);
}

int tobs_show_action(struct tobs_ctx *ctx, enum tobs_chat_action action)
{
	const struct tobs_message *to = ctx->facts.message;

	return tobs_send_chat_action(ctx->bot,
		&(struct tobs_send_chat_action){
			.chat_id = tobs_chat_id(ctx),
			.action = action,
			.message_thread_id = to && to->is_topic_message ? to->message_thread_id : 0,
			.business_connection_id = to ? to->business_connection_id : NULL,
		});
}

int tobs_args(struct tobs_ctx *ctx, const struct tobs_arg *args, size_t count)
{
	const char *text = tobs_command_args(ctx);
	struct tobs_err err;
	struct tobs_buf usage;
	int r = tobs_args_parse(tobs_str(text), args, count, &ctx->scope->arena, &err);

	if (r != TOBS_EINVAL)
		return r;
	tobs_buf_init(&usage, TEXT_MAX);
	r = tobs_args_usage(&usage, ctx->has_command ? ctx->command_name : "", args, count);
	if (!r)
		r = tobs_reply(ctx, "%s\n%s", err.message, tobs_buf_str(&usage));
	tobs_buf_deinit(&usage);
	return r ? r : TOBS_STOP;
}
