/* SPDX-License-Identifier: MIT */
/* What the words of `tobs bot` share: the bot's token, and calls with it. */
#ifndef CLI_BOT_TOOL_H
#define CLI_BOT_TOOL_H

#include <tobs/botapi_methods.h>

#include "base/json_write.h"
#include "botapi/api.h"
#include "cli/app.h"

struct bot_tool {
	const struct app *app;
	struct api *api;
	struct api_request *rq; /* its answer is good until the next call */
	struct tobs_arena arena;
};

enum { BOT_OUT_MAX = 64 << 20 };

/* Reads the token and gets ready to make calls. What is wrong is said. On a fiber. */
enum status bot_tool_open(struct bot_tool *t, const struct app *app);
void bot_tool_close(struct bot_tool *t);

/*
 * Makes a call, and waits when Telegram says how long (429). Errors of
 * tobs_bot_call(), for bot_tool_fail(). Waits.
 */
int bot_tool_call(
	struct bot_tool *t, enum tobs_method method, const void *args, struct tobs_err *err);

/* What came back: in t->arena as tobs_bot_call() says, … */
int bot_tool_result(struct bot_tool *t, enum tobs_method method, void *ret, struct tobs_err *err);

/* … or as Telegram wrote it. */
int bot_tool_json(
	struct bot_tool *t, enum tobs_method method, struct json_value *ret, struct tobs_err *err);

/* Both: the call, and its result. */
int bot_tool_ask(struct bot_tool *t, enum tobs_method method, const void *args, void *ret,
	struct tobs_err *err);

/* Says what went wrong, and what can be done about it. */
enum status bot_tool_fail(const struct bot_tool *t, int code, const struct tobs_err *err);

/* ---- the words ---- */

enum status bot_word_webhook(struct bot_tool *t); /* cmd_bot_webhook.c */
enum status bot_word_send(struct bot_tool *t);    /* cmd_bot_send.c */
enum status bot_word_updates(struct bot_tool *t); /* cmd_bot_updates.c */

/* "webhook       https://…": a line of what `tobs bot me` and others print. */
void bot_tool_put(struct tobs_buf *out, const char *name, const char *fmt, ...) TOBS_PRINTF(3, 4);

/* The webhook and what waits for it: shared by `webhook info` and `check`. */
void bot_tool_put_webhook(struct tobs_buf *out, const struct tobs_webhook_info *info);

/* Prints the answer's result as JSON. */
enum status bot_tool_print_json(struct bot_tool *t, enum tobs_method method);

#endif
