/* SPDX-License-Identifier: MIT */
/* A call on its way out, and what is done when it fails. */
#include "base/alloc.h"
#include "base/log.h"
#include "bot/gone.h"
#include "bot/inline_answer.h"
#include "bot/policy.h"
#include "botapi/method.h"
#include "botapi/scope.h"
#include "flow/backoff.h"
#include "rt/wait.h"

/* Tries of one call that failed for want of a server; a 429 is none. */
static const struct backoff_policy again = { .base_ms = 500, .max_ms = 30000 };

/* A call with what its attempts have in common. */
struct attempt {
	struct tobs_bot *bot;
	struct api_request *rq;
	enum tobs_method method;
	const void *args;
	void *moved; /* args for the chat's new id */
	void *ret;
	struct tobs_err *err;
	struct backoff backoff;
	int left; /* tries after this one */
};

/* Asks once, unless the breaker is open. */
static int ask(struct attempt *a, int64_t *ret_wait)
{
	struct tobs_bot *bot = a->bot;
	int r;

	a->rq->http.sent = false;
	*ret_wait = 0;
	if (!breaker_may(&bot->breaker, rt_clock(), ret_wait))
		return tobs_fail(a->err, TOBS_EAGAIN,
			"%s: not asked: %s has failed %u times in a row",
			tobs_method_name(a->method), api_root(bot->api), bot->breaker.failures);
	r = api_send(bot->api, a->rq, a->method, a->args, a->err);
	if (!r)
		r = api_result(bot->api, a->rq, a->method, tobs_scope_arena(), a->ret, a->err);
	if (r && policy_is_trouble(a->err))
		breaker_failed(&bot->breaker, rt_clock());
	else if (r == TOBS_ECANCELED || r == TOBS_ETIMEDOUT)
		breaker_unknown(&bot->breaker, rt_clock());
	else
		breaker_worked(&bot->breaker);
	return r;
}

/* The same arguments for the chat's new id. */
static int move(struct attempt *a)
{
	const struct botapi_field *chat = method_info(a->method)->chat;
	size_t size = botapi_types[a->method].size;

	if (!chat || !a->args || a->moved)
		return a->err->code;
	a->moved = mem_dup(a->args, size);
	if (!a->moved)
		return tobs_fail(a->err, TOBS_ENOMEM, "no memory for a call");
	memcpy((uint8_t *)a->moved + chat->offset, &a->err->chat_id, sizeof a->err->chat_id);
	log_info("bot", "the group %lld has become the supergroup %lld",
		(long long)method_chat_id(a->method, a->args), (long long)a->err->chat_id);
	a->args = a->moved;
	return TOBS_OK;
}

static int wait_out(struct attempt *a)
{
	struct tobs_bot *bot = a->bot;
	int64_t limit = bot->opt.wait_ms;

	if (!a->err->seconds)
		return tobs_sleep(backoff_next(&a->backoff));
	throttle_brake(&bot->throttle, a->method, a->err->seconds);
	if (limit > 0 && a->err->seconds * 1000 > limit)
		return TOBS_EFLOOD;
	log_warn("bot", "%s: every call waits %lld s", a->err->message, (long long)a->err->seconds);
	return TOBS_OK;
}

static int try_later(struct attempt *a, int64_t wait)
{
	int64_t pause = backoff_next(&a->backoff);
	int r = a->err->code;

	if (a->left-- <= 0)
		return r;
	log_info("bot", "%s; once more in %lld ms", a->err->message,
		(long long)(wait > pause ? wait : pause));
	return tobs_sleep(wait > pause ? wait : pause);
}

/* What is done about a failure: 0 to ask again, or what the caller gets. */
static int recover(struct attempt *a, int64_t wait, bool *ret_done)
{
	enum policy policy = policy_of(a->method, a->err, a->rq->http.sent);
	int r = a->err->code;

	switch (policy) {
	case POLICY_SUCCESS:
		*ret_done = true;
		/* As where the API says True. */
		if (a->ret && botapi_types[a->method].result_kind == BOTAPI_OBJECT)
			memset(a->ret, 0, sizeof(void *));
		return TOBS_OK;
	case POLICY_WAIT: return wait_out(a);
	case POLICY_AGAIN: return try_later(a, wait);
	case POLICY_MIGRATE: return move(a);
	case POLICY_GONE: gone_mark(a->bot, method_chat_id(a->method, a->args)); break;
	case POLICY_STOP: bot_give_up(a->bot, a->err); break;
	case POLICY_FAIL: break;
	}
	return r;
}

static int attempts(struct attempt *a)
{
	struct tobs_bot *bot = a->bot;
	bool done = false;
	int64_t wait;
	int r;

	do {
		r = throttle_wait(&bot->throttle, a->method, a->args, ctx_current());
		if (r)
			return tobs_fail(a->err, r, "%s: waiting for its turn: %s",
				tobs_method_name(a->method), tobs_error_text(r));
		r = ask(a, &wait);
		if (!r)
			return TOBS_OK;
		r = recover(a, wait, &done);
		bot->stats.retries += !r && !done;
	} while (!r && !done);
	/* The wait that was to come between two tries has ended it. */
	if (r && r != a->err->code)
		tobs_fail(a->err, r, "%s: waiting to try again: %s", tobs_method_name(a->method),
			tobs_error_text(r));
	return r;
}

int bot_call(struct tobs_bot *bot, enum tobs_method method, const void *args, void *ret,
	struct tobs_err *err)
{
	struct attempt a = { .bot = bot,
		.method = method,
		.args = args,
		.ret = ret,
		.err = err,
		.left = bot->opt.retries };
	int r;

	a.rq = api_begin(bot->api);
	if (!a.rq)
		return tobs_fail(err, TOBS_ENOMEM, "%s: no memory", tobs_method_name(method));
	backoff_init(&a.backoff, &again, rng_system());
	bot->stats.calls++;
	bot->stats.calling++;
	r = attempts(&a);
	bot->stats.calling--;
	bot->stats.refused += r != 0;
	api_end(bot->api, a.rq);
	mem_free(a.moved);
	return r;
}

int tobs_call_next(struct tobs_call *call)
{
	struct tobs_bot *bot = call->bot;
	struct tobs_err err;
	size_t i = call->next;
	int r;

	if (i == bot->call_steps.count && !call->ret && call->ctx &&
		inline_take(call->ctx->inline_answer, call->method, call->args)) {
		bot->stats.calls++;
		return TOBS_OK;
	}
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
