/* SPDX-License-Identifier: MIT */
/* sendMessage, and other messages without files. */
#include "sim/bot_send.h"

#include "base/attr.h"

static int run_send_message(struct bot_call *c)
{
	const struct tobs_send_message *args = c->args;
	struct tl_message draft = { 0 };
	struct bot_target t;
	struct bot_text text;
	int r;

	if (!args->text[0])
		return bot_fail(c, 400, "message text is empty");
	r = bot_target_read(c, &t);
	if (!r)
		r = bot_text_read(c, args->text, args->parse_mode, &args->entities, &text);
	if (r)
		return r;
	if (!text.text.len)
		return bot_fail(c, 400, "text must be non-empty");
	draft.message = text.text;
	draft.entities = text.entities;
	return bot_send(c, &t, &draft);
}

const struct bot_row bot_rows_send[] = {
	{ TOBS_METHOD_SEND_MESSAGE, run_send_message },
	{ 0, NULL },
};
