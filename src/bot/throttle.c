/* SPDX-License-Identifier: MIT */
#include "bot/throttle.h"

#include "base/attr.h"
#include "bot/ctx.h"
#include "botapi/method.h"
#include "rt/wait.h"

void throttle_init(struct throttle *t, enum tobs_pace mode)
{
	*t = (struct throttle){ .mode = mode };
	limiter_init(&t->limiter);
}

void throttle_deinit(struct throttle *t)
{
	limiter_deinit(&t->limiter);
}

void throttle_brake(struct throttle *t, enum tobs_method method, int64_t seconds)
{
	int64_t until = rt_clock() + seconds * 1000000;

	t->until = MAX(t->until, until);
	if (method_info(method)->pace != METHOD_FREE)
		t->careful = MAX(t->careful, t->until + THROTTLE_CAREFUL_MS * 1000);
}

/* Not a moment before `until` (µs): a timer of whole milliseconds is rounded up. */
static int sleep_until(int64_t until)
{
	int64_t left = until - rt_clock();

	return left > 0 ? tobs_sleep((left + 999) / 1000) : TOBS_OK;
}

static int wait_for_brake(struct throttle *t)
{
	int r = TOBS_OK;

	/* It may be put on again meanwhile. */
	while (!r && t->until > rt_clock())
		r = sleep_until(t->until);
	return r;
}

static bool is_bulk(int64_t chat, struct tobs_ctx *ctx)
{
	return !ctx || (chat != tobs_chat_id(ctx) && chat != tobs_sender(ctx)->id);
}

static bool keeps(const struct throttle *t, int64_t chat, struct tobs_ctx *ctx)
{
	if (t->careful && rt_clock() < t->careful)
		return true;
	return t->mode == TOBS_PACE_ALL || (t->mode == TOBS_PACE_BULK && is_bulk(chat, ctx));
}

static int wait_for_turn(struct throttle *t, const struct method_info *info,
	enum tobs_method method, const void *args)
{
	int64_t chat = method_chat_id(method, args), when;
	size_t weight = method_weight(method, args);
	int r = TOBS_OK;

	if (chat) {
		r = limiter_chat(&t->limiter, chat,
			info->pace == METHOD_EDIT ? LIMITER_EDITS : LIMITER_MESSAGES, weight,
			rt_clock(), &when);
		r = r ? r : sleep_until(when);
	}
	if (r || info->pace == METHOD_EDIT || method_is_paid(method, args))
		return r;
	return sleep_until(limiter_all(&t->limiter, weight, rt_clock()));
}

int throttle_wait(
	struct throttle *t, enum tobs_method method, const void *args, struct tobs_ctx *ctx)
{
	const struct method_info *info = method_info(method);
	int r = wait_for_brake(t);

	if (r || info->pace == METHOD_FREE || !keeps(t, method_chat_id(method, args), ctx))
		return r;
	r = wait_for_turn(t, info, method, args);
	return r ? r : wait_for_brake(t);
}
