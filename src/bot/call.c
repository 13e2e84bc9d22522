/* SPDX-License-Identifier: MIT */
/* A call on its way out, and what is done when it fails. */
#include "bot/gone.h"
#include "botapi/method.h"
#include "botapi/scope.h"

int bot_call(struct tobs_bot *bot, enum tobs_method method, const void *args, void *ret,
	struct tobs_err *err)
{
	struct api_request *rq = api_begin(bot->api);
	int r;

	if (!rq)
		return tobs_fail(err, TOBS_ENOMEM, "%s: no memory", tobs_method_name(method));
	bot->stats.calls++;
	bot->stats.calling++;
	r = api_send(bot->api, rq, method, args, err);
	if (!r)
		r = api_result(bot->api, rq, method, tobs_scope_arena(), ret, err);
	bot->stats.calling--;
	api_end(bot->api, rq);
	bot->stats.refused += r != 0;
	if (r == TOBS_EAUTH)
		bot_give_up(bot, err);
	else if (r && gone_says(err))
		gone_mark(bot, method_chat_id(method, args));
	return r;
}

int tobs_call_next(struct tobs_call *call)
{
	struct tobs_bot *bot = call->bot;
	struct tobs_err err;
	size_t i = call->next;
	int r;

	if (i == bot->call_steps.count) {
		r = bot_call(bot, call->method, call->args, call->ret, &err);
		if (r)
			scope_note(&err);
		return r;
	}
	call->next = i + 1;
	r = bot->call_steps.items[i].fn(call, bot->call_steps.items[i].user);
	call->next = i;
	return r;
}

static int refuse(int code, const char *why)
{
	struct tobs_err err;

	tobs_fail(&err, code, "%s", why);
	scope_note(&err);
	return code;
}

int tobs_bot_call(struct tobs_bot *bot, enum tobs_method method, const void *args, void *ret)
{
	struct tobs_call call = { .bot = bot, .method = method, .args = args, .ret = ret };

	if (!bot || !bot->open || !bot->api)
		return refuse(TOBS_EINVAL, "the bot is not open");
	if (ret && !scope_current())
		return TOBS_EINVAL;
	call.ctx = ctx_current();
	return tobs_call_next(&call);
}
