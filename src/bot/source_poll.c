/* SPDX-License-Identifier: MIT */
/*
 * Long polling. The offset moves when all updates below it are finished or in the
 * ledger's inbox, and with the next question Telegram is told of it.
 *
 *     ask ▸ take each update ▸ keep what is not finished ▸ ask …
 */
#include "base/json_write.h"
#include "base/log.h"
#include "base/rand.h"
#include "bot/source.h"
#include "botapi/decode.h"
#include "flow/backoff.h"

enum { LIMIT = 100, GOODBYE_MS = 5000 };

static const struct backoff_policy patience = { .base_ms = 500, .max_ms = 30000 };

/* What to tell people of a failure that they can do something about. */
static const char *advice(const struct tobs_err *err)
{
	if (err->code != TOBS_EEXISTS)
		return "";
	if (strstr(err->message, "webhook"))
		return ": a webhook was set meanwhile; polling goes on when it is deleted";
	return ": another instance of this bot takes updates with the same token; only one may";
}

static int ask(struct tobs_bot *bot, struct api_request *rq, int64_t offset, int64_t limit,
	int64_t timeout, struct tobs_err *err)
{
	const char *names[32];
	struct tobs_get_updates args = {
		.offset = offset,
		.limit = limit,
		.timeout = timeout,
		.has_offset = offset != 0,
		.has_timeout = true,
	};

	args.allowed_updates.count = bot_kind_names(bot_kinds(bot), names);
	args.allowed_updates.items =
		names; /* none: Telegram's choice, and not the one of last time */
	rq->attempts = 0;
	return api_send(bot->api, rq, TOBS_METHOD_GET_UPDATES, &args, err);
}

static bool is_finished(const struct tobs_bot *bot, const struct batch *batch)
{
	for (size_t i = 0; i < batch->count; i++)
		if (!ledger_has(&bot->ledger, batch->updates[i]->update_id))
			return false;
	return true;
}

/* More than a value of the store can be: each update by itself, the offset with the last. */
static int keep_each(struct tobs_bot *bot, struct api_request *rq, struct batch *batch,
	int64_t offset, struct tobs_err *err)
{
	struct json_parser parser;
	struct json_doc doc = { 0 };
	struct tobs_buf text;
	int r;

	tobs_buf_init(&text, KV_VALUE_MAX);
	json_parser_init(&parser, ANSWER_MAX, BOTAPI_JSON_DEPTH);
	r = json_parse(&parser, &doc, tobs_buf_view(&rq->http.body), err);
	batch->inbox_each = true;
	JSON_EACH (it, json_field(json_root(&doc), "result")) {
		struct json_writer w;
		int64_t id;

		if (r || json_get_i64(json_field(it.value, "update_id"), &id))
			continue;
		tobs_buf_clear(&text);
		json_writer_init(&w, &text, 0);
		jsonw_value(&w, it.value);
		r = tobs_buf_err(&text);
		if (r)
			r = tobs_fail(err, r, "update %lld is too large", (long long)id);
		else
			r = ledger_keep(&bot->ledger, id, tobs_buf_view(&text), 0, err);
	}
	json_doc_deinit(&doc);
	json_parser_deinit(&parser);
	tobs_buf_deinit(&text);
	return r ? r : ledger_set_offset(&bot->ledger, offset, err);
}

/*
 * Telegram may forget what is below `offset`. While the store fails we do not ask
 * for more: nothing would be lost but by our asking.
 */
static int confirm(struct tobs_bot *bot, struct api_request *rq, struct batch *batch,
	int64_t offset, struct tobs_err *err)
{
	struct tobs_view body = tobs_buf_view(&rq->http.body);
	int64_t id = batch->updates[0]->update_id;
	int r;

	if (is_finished(bot, batch))
		return ledger_set_offset(&bot->ledger, offset, err);
	/* It is noted first, so that whoever finishes last takes it out again. */
	batch->inbox_id = bot->ledger.durable ? id : -1;
	if (body.len > KV_VALUE_MAX && bot->ledger.durable)
		r = keep_each(bot, rq, batch, offset, err);
	else
		r = ledger_keep(&bot->ledger, id, body, offset, err);
	if (r)
		batch->inbox_id = -1;
	return r;
}

/* Our own time is up, or we are not wanted any more. */
static bool is_over(int r)
{
	return r == TOBS_ECANCELED || r == TOBS_ETIMEDOUT;
}

static int confirm_patiently(
	struct tobs_bot *bot, struct api_request *rq, struct batch *batch, int64_t offset)
{
	struct backoff backoff;
	struct tobs_err err;
	int r;

	backoff_init(&backoff, &patience, rng_system());
	while ((r = confirm(bot, rq, batch, offset, &err))) {
		if (is_over(r))
			return r;
		log_error("bot", "no more updates are taken until these are finished or kept: %s",
			err.message);
		r = tobs_sleep(backoff_next(&backoff));
		if (r)
			return r;
	}
	return TOBS_OK;
}

/* Hands the updates on, each once. */
static int take_all(struct tobs_bot *bot, struct batch *batch, struct tobs_err *err)
{
	for (size_t i = 0; i < batch->count; i++) {
		const struct tobs_update *u = batch->updates[i];
		int r;

		while ((r = bot_take(bot, batch, u, NULL, true)) == TOBS_ENOMEM) {
			log_error("bot", "no memory for an update; once more in a second");
			r = tobs_sleep(1000);
			if (r)
				return r;
		}
		if (r && r != TOBS_EEXISTS)
			return tobs_fail(err, r, "handing on an update");
	}
	return TOBS_OK;
}

/*
 * After a life that was cut short: what its last answer held, a hundred at most,
 * may have been handled, and Telegram gives it again. Not in one answer, maybe:
 * who asks for the same again soon gets one update only.
 */
static void suspect(struct ledger *l, struct batch *batch)
{
	if (!l->cut_short)
		return;
	if (!l->suspect)
		l->suspect = batch->updates[0]->update_id + LIMIT;
	batch->repeated = batch->updates[0]->update_id < l->suspect;
}

/* They are finished or kept, and those behind them are new, if nothing was waiting or that was all. */
static void clear(struct ledger *l, const struct batch *batch)
{
	if (!batch->count || batch->updates[batch->count - 1]->update_id + 1 >= l->suspect)
		l->cut_short = false;
}

/* What one question brought; *ret_count updates. */
static int handle(
	struct tobs_bot *bot, struct api_request *rq, size_t *ret_count, struct tobs_err *err)
{
	struct batch *batch;
	struct json_value v;
	int r = api_answer(bot->api, rq, TOBS_METHOD_GET_UPDATES, &v, err);

	*ret_count = 0;
	if (r)
		return r;
	batch = batch_new(&bot->batches);
	if (!batch)
		return tobs_fail(err, TOBS_ENOMEM, "reading updates");
	r = batch_decode(batch, v, err);
	if (!r && batch->count) {
		*ret_count = batch->count;
		suspect(&bot->ledger, batch);
		r = take_all(bot, batch, err);
		if (!r)
			r = confirm_patiently(
				bot, rq, batch, batch->updates[batch->count - 1]->update_id + 1);
	}
	if (!r)
		clear(&bot->ledger, batch);
	bot_release(bot, batch);
	return r;
}

/* A failure: how long to wait; -1 when there is no use. */
static int64_t wait_for(struct backoff *backoff, const struct tobs_err *err)
{
	if (err->code == TOBS_EAUTH)
		return -1;
	if (err->code == TOBS_EFLOOD && err->seconds > 0)
		return err->seconds * 1000;
	return backoff_next(backoff);
}

static int poll_on(struct tobs_bot *bot, struct api_request *rq, struct tobs_err *err)
{
	struct backoff backoff;
	size_t count;

	backoff_init(&backoff, &patience, rng_system());
	for (;;) {
		int64_t wait;
		int r = ask(bot, rq, bot->ledger.offset, LIMIT, bot->opt.poll_s, err);

		if (!r)
			r = handle(bot, rq, &count, err);
		if (!r) {
			backoff_reset(&backoff);
			continue;
		}
		if (is_over(r))
			return r;
		wait = wait_for(&backoff, err);
		if (wait < 0)
			return r;
		log_warn("bot", "%s%s; once more in %lld ms", err->message, advice(err),
			(long long)wait);
		r = tobs_sleep(wait);
		if (r)
			return tobs_fail(err, r, "waiting to poll");
	}
}

int source_poll(struct tobs_bot *bot, struct tobs_err *err)
{
	struct tobs_delete_webhook args = { .drop_pending_updates = bot->opt.drop_pending };
	struct api_request *rq;
	int r = bot_call(bot, TOBS_METHOD_DELETE_WEBHOOK, &args, NULL, err);

	if (is_over(r) || r == TOBS_EAUTH)
		return r;
	if (r)
		log_warn("bot", "%s", err->message);
	else /* once: what comes from here on is wanted */
		bot->opt.drop_pending = false;
	rq = api_begin(bot->api);
	if (!rq)
		return tobs_fail(err, TOBS_ENOMEM, "polling");
	r = poll_on(bot, rq, err);
	api_end(bot->api, rq);
	return r;
}

void source_close(struct tobs_bot *bot)
{
	struct tobs_deadline d;
	struct tobs_shield shield;
	struct api_request *rq;
	struct tobs_err err;

	int64_t offset = bot->ledger.offset;

	/* With a store that lasts the next start says it. */
	if (!bot->open || !offset || bot->ledger.durable || bot->opt.source != TOBS_SOURCE_POLLING)
		return;
	rq = api_begin(bot->api);
	if (!rq)
		return;
	tobs_shield_begin(&shield);
	tobs_deadline_push(&d, GOODBYE_MS);
	if (ask(bot, rq, offset, 1, 0, &err))
		log_warn(
			"bot", "Telegram was not told which updates were handled: %s", err.message);
	tobs_deadline_pop(&d);
	tobs_shield_end(&shield);
	api_end(bot->api, rq);
}
