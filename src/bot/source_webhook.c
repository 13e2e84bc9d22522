/* SPDX-License-Identifier: MIT */
/*
 * Updates by webhook, and by webhook with polling behind it.
 *
 *     WEBHOOK ──Telegram cannot reach us──▸ POLLING
 *        ▲                                     │
 *        └──────── after a while ──────────────┘
 *
 * Whether it can is asked of Telegram itself: getWebhookInfo tells of the last
 * failure.
 */
#include "base/attr.h"
#include "base/log.h"
#include "bot/source.h"
#include "bot/webhook.h"
#include "flow/backoff.h"
#include "rt/clock.h"

enum {
	LOOK_MS = 60000,    /* between two looks at getWebhookInfo */
	RECENT_S = 600,     /* a failure older than this is history */
	RETURN_MS = 300000, /* polling, before the webhook is tried again */
	RETURN_MAX_MS = 3600000,
};

static const struct backoff_policy patience = { .base_ms = 1000, .max_ms = 60000 };

/* Until Telegram has it; only a URL or certificate that it refuses ends that. */
static int set_patiently(struct webhook *w, struct tobs_err *err)
{
	struct backoff backoff;
	int r;

	backoff_init(&backoff, &patience, rng_system());
	while ((r = webhook_set(w, err))) {
		if (r == TOBS_EINVAL || r == TOBS_EAUTH || r == TOBS_ECANCELED)
			return r;
		log_warn("bot", "%s", err->message);
		r = tobs_sleep(backoff_next(&backoff));
		if (r)
			return tobs_fail(err, r, "setting the webhook");
	}
	return TOBS_OK;
}

static int open_webhook(struct webhook *w, struct tobs_err *err)
{
	int r = webhook_open(w, err);

	return r ? r : set_patiently(w, err);
}

int source_webhook(struct tobs_bot *bot, struct tobs_err *err)
{
	struct webhook w;
	int r;

	webhook_init(&w, bot);
	r = open_webhook(&w, err);
	if (!r)
		r = tobs_sleep(TOBS_FOREVER);
	webhook_close(&w);
	return r;
}

/* ---- Hybrid ------------------------------------------------------------------------ */

/* Whether Telegram has failed to reach us since `since` (s since 1970), and not long ago. */
static int look(struct webhook *w, int64_t since, bool *ret_failing, struct tobs_err *err)
{
	const struct tobs_webhook_info *info;
	struct tobs_scope scope;
	int64_t now = clock_wall(rt_clock_source()) / 1000000;
	int r;

	tobs_scope_begin(&scope);
	r = bot_call(w->bot, TOBS_METHOD_GET_WEBHOOK_INFO, NULL, &info, err);
	*ret_failing = !r && info->pending_update_count > 0 && info->last_error_date >= since &&
		now - info->last_error_date < RECENT_S;
	if (*ret_failing)
		log_warn("bot", "Telegram cannot reach the webhook (%s): polling meanwhile",
			info->last_error_message ? info->last_error_message : "no reason given");
	tobs_scope_end(&scope);
	return r;
}

/* Returns when the webhook fails. */
static int watch(struct webhook *w, struct tobs_err *err)
{
	int64_t since = clock_wall(rt_clock_source()) / 1000000;
	bool failing = false;
	int r;

	while (!failing) {
		r = tobs_sleep(LOOK_MS);
		if (r)
			return tobs_fail(err, r, "watching the webhook");
		r = look(w, since, &failing, err);
		if (r == TOBS_EAUTH || r == TOBS_ECANCELED)
			return r;
		if (r)
			log_warn("bot", "%s", err->message);
	}
	return TOBS_OK;
}

static int poll_for(struct tobs_bot *bot, int64_t ms, struct tobs_err *err)
{
	struct tobs_deadline d;
	int r;

	tobs_deadline_push(&d, ms);
	r = source_poll(bot, err);
	tobs_deadline_pop(&d);
	return r == TOBS_ETIMEDOUT && tobs_deadline_passed(&d) ? TOBS_OK : r;
}

/* A webhook that Telegram does not take, now, is one that fails. */
static int try_webhook(struct webhook *w, struct tobs_err *err)
{
	int r = webhook_set(w, err);

	if (!r)
		return watch(w, err);
	if (r == TOBS_EAUTH || r == TOBS_ECANCELED || r == TOBS_ETIMEDOUT)
		return r;
	log_warn("bot", "%s: polling meanwhile", err->message);
	return TOBS_OK;
}

int source_hybrid(struct tobs_bot *bot, struct tobs_err *err)
{
	int64_t pause = RETURN_MS;
	struct webhook w;
	int r;

	webhook_init(&w, bot);
	r = webhook_open(&w, err);
	while (!r) {
		int64_t start = tobs_now();

		r = try_webhook(&w, err);
		/* One that had worked for long is soon tried again. */
		if (tobs_now() - start > 4 * pause * 1000)
			pause = RETURN_MS;
		if (!r)
			r = poll_for(bot, pause, err);
		pause = MIN(2 * pause, RETURN_MAX_MS);
		if (!r)
			log_info("bot", "the webhook is tried again");
	}
	webhook_close(&w);
	return r;
}
