/* SPDX-License-Identifier: MIT */
#include "bot/webhook.h"

#include <stdio.h>

#include "base/hex.h"
#include "base/log.h"
#include "base/rand.h"
#include "bot/inline_answer.h"
#include "botapi/decode.h"
#include "net/http_url.h"

enum { SECRET_BYTES = 24, PATH_MAX_BYTES = 2048 };

#define SECRET_KEY "bot/webhook-secret"

/* ---- Updates ------------------------------------------------------------------- */

static int answer(struct http_request *req, int status)
{
	return http_respond(req, status, NULL, 0, tobs_view(NULL, 0));
}

/* Compared in a time that tells nothing of what is right about it. */
static bool has_secret(const struct webhook *w, const struct http_request *req)
{
	struct tobs_view given;

	return http_request_header(req, "X-Telegram-Bot-Api-Secret-Token", &given) &&
		given.len == w->secret.len && mem_eq_const(given.ptr, w->secret.ptr, given.len);
}

static int push_back(struct http_request *req)
{
	char text[16];
	struct http_header later = { TOBS_LIT("Retry-After"),
		tobs_view(text, (size_t)snprintf(text, sizeof text, "%d", WEBHOOK_RETRY_S)) };

	return http_respond(req, 429, &later, 1, tobs_view(NULL, 0));
}

static int respond_inline(struct http_request *req, struct inline_answer *a)
{
	static const struct http_header json[] = { HTTP_HEADER(
		"Content-Type", "application/json") };
	struct tobs_deadline d;
	int r;

	tobs_deadline_push(&d, WEBHOOK_INLINE_MS);
	(void)tobs_event_wait(&a->done, NULL);
	tobs_deadline_pop(&d);
	if (a->state == INLINE_TAKEN)
		r = http_respond_take(req, 200, json, 1, &a->json);
	else
		r = answer(req, 200);
	inline_close(a);
	if (r && a->state == INLINE_TAKEN)
		log_warn("bot", "a call went with an answer to Telegram that could not be given");
	return r;
}

/* In the inbox first: with our answer Telegram forgets it. */
static int keep(struct webhook *w, struct batch *batch, struct tobs_view body, struct tobs_err *err)
{
	int64_t id = batch->updates[0]->update_id;
	int r = ledger_keep(&w->bot->ledger, id, body, 0, err);

	if (!r && w->bot->ledger.durable)
		batch->inbox_id = id;
	return r;
}

static int take(struct webhook *w, struct http_request *req, struct batch *batch)
{
	struct tobs_bot *bot = w->bot;
	struct inline_answer *inlined = NULL;
	struct tobs_err err;
	int r;

	if (!order_room(&bot->order))
		return push_back(req);
	r = keep(w, batch, req->body, &err);
	if (r) {
		log_error("bot", "an update is left to Telegram until the store works: %s",
			err.message);
		return push_back(req);
	}
	if (bot->webhook.inline_reply)
		inlined = TOBS_ARENA_NEW(&batch->arena, struct inline_answer);
	if (inlined)
		inline_init(inlined);
	r = bot_take(bot, batch, batch->updates[0], inlined, true);
	if (r == TOBS_EEXISTS) /* who has it takes it out of the inbox */
		batch->inbox_id = -1;
	if (r && r != TOBS_EEXISTS)
		r = push_back(req);
	else if (inlined && !r)
		r = respond_inline(req, inlined);
	else
		r = answer(req, 200);
	if (inlined)
		tobs_buf_deinit(&inlined->json);
	return r;
}

static int decode(struct webhook *w, struct tobs_view body, struct batch *batch)
{
	struct tobs_err err;
	int r = json_parse(&w->parser, &w->doc, body, &err);

	if (!r)
		r = batch_decode(batch, json_root(&w->doc), &err);
	if (!r && batch->count != 1)
		r = tobs_fail(&err, TOBS_EPROTO, "not one update");
	if (r)
		log_warn("bot", "what came to the webhook is no update: %s", err.message);
	return r;
}

static int on_update(struct webhook *w, struct http_request *req)
{
	struct batch *batch;
	int r;

	if (!http_request_allow(req, "POST"))
		return TOBS_OK;
	if (!has_secret(w, req))
		return answer(req, 401);
	batch = batch_new(&w->bot->batches);
	if (!batch)
		return push_back(req);
	w->last = tobs_now();
	r = decode(w, req->body, batch);
	/* What cannot be read now cannot be read later: Telegram need not bring it again. */
	r = r == TOBS_ENOMEM ? push_back(req) : r ? answer(req, 200) : take(w, req, batch);
	bot_release(w->bot, batch);
	return r;
}

static int on_health(struct webhook *w, struct http_request *req)
{
	const struct tobs_bot *bot = w->bot;
	bool stopping = tobs_event_is_set(&bot->stop);
	char text[160];

	if (!http_request_allow(req, "GET, HEAD"))
		return TOBS_OK;
	snprintf(text, sizeof text,
		"{\"ok\":%s,\"updates\":%llu,\"handling\":%zu,\"waiting\":%zu}\n",
		stopping ? "false" : "true", (unsigned long long)bot->stats.updates,
		bot->order.running, bot->order.jobs - bot->order.running);
	return http_respond_text(req, stopping ? 503 : 200, "application/json", text);
}

static int handle(struct http_request *req, void *user)
{
	struct webhook *w = user;

	if (tobs_view_is(req->path, "/health"))
		return on_health(w, req);
	if (!tobs_view_eq(req->path, tobs_buf_view(&w->path)))
		return answer(req, 404);
	if (!allow_has(&w->allow, req->peer)) {
		log_warn("bot", "somebody who is not in .allow has called the webhook");
		return answer(req, 403);
	}
	return on_update(w, req);
}

/* ---- Open and closed ------------------------------------------------------------- */

static bool is_secret(struct tobs_view s)
{
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.ptr[i], low = c | 0x20;

		if (!(c >= '0' && c <= '9') && !(low >= 'a' && low <= 'z') && c != '_' && c != '-')
			return false;
	}
	return s.len > 0 && s.len <= WEBHOOK_SECRET_MAX;
}

/* The one we made up the last time, or a new one. */
static int stored_secret(struct webhook *w, struct tobs_err *err)
{
	uint8_t bytes[SECRET_BYTES];
	struct tobs_buf text;
	struct tobs_arena arena;
	struct tobs_view value;
	int r;

	tobs_buf_init(&text, 2 * SECRET_BYTES);
	tobs_arena_init(&arena, 4096);
	r = kv_get(w->bot->store, tobs_str(SECRET_KEY), &arena, &value, err);
	if (r == TOBS_ENOTFOUND) {
		rand_system(bytes, sizeof bytes);
		r = hex_encode(&text, tobs_view(bytes, sizeof bytes));
		value = tobs_buf_view(&text);
		r = r ? tobs_fail(err, r, "no memory for a secret")
		      : kv_put(w->bot->store, tobs_str(SECRET_KEY), value, 0, err);
	}
	if (!r && secret_set(&w->secret, value))
		r = tobs_fail(err, TOBS_ENOMEM, "no memory for a secret");
	mem_wipe(bytes, sizeof bytes);
	tobs_buf_wipe(&text);
	tobs_arena_deinit(&arena);
	return r;
}

static int set_secret(struct webhook *w, struct tobs_err *err)
{
	struct tobs_view given = tobs_str(w->bot->webhook.secret);
	int r;

	if (!w->bot->webhook.secret)
		r = stored_secret(w, err);
	else if (!is_secret(given))
		r = tobs_fail(err, TOBS_EINVAL,
			"the webhook's secret: 1 to 256 of A-Z, a-z, 0-9, _ and - are allowed");
	else
		r = secret_set(&w->secret, given)
			? tobs_fail(err, TOBS_ENOMEM, "no memory for a secret")
			: TOBS_OK;
	if (!r && tobs_log_secret(secret_view(&w->secret)))
		r = tobs_fail(err, TOBS_ENOMEM, "no memory for a secret");
	return r;
}

static int set_path(struct webhook *w, struct tobs_err *err)
{
	struct http_url url;
	struct tobs_view path, query;
	int r = http_url_parse(tobs_str(w->bot->webhook.url), &url, err);

	if (r) {
		tobs_err_context(err, "the webhook's .url");
		return r;
	}
	query = url.target;
	tobs_view_split(&query, '?', &path);
	if (!tobs_view_starts(path, "/"))
		tobs_buf_putc(&w->path, '/');
	r = tobs_buf_putv(&w->path, path);
	return r ? tobs_fail(err, r, "the webhook's .url is too long") : TOBS_OK;
}

void webhook_init(struct webhook *w, struct tobs_bot *bot)
{
	*w = (struct webhook){ .bot = bot };
	tobs_buf_init(&w->path, PATH_MAX_BYTES);
	json_parser_init(&w->parser, WEBHOOK_BODY, BOTAPI_JSON_DEPTH);
}

int webhook_open(struct webhook *w, struct tobs_err *err)
{
	const struct tobs_webhook *o = &w->bot->webhook;
	const struct http_server_options options = {
		.host = o->host,
		.port = o->port,
		.tls_cert_file = o->tls_cert_file,
		.tls_key_file = o->tls_key_file,
		.max_body = WEBHOOK_BODY,
		.handle = handle,
		.user = w,
		.name = "webhook",
	};
	char where[ADDR_TEXT_MAX];
	int r = set_path(w, err);

	if (!r)
		r = allow_parse(&w->allow, tobs_str(o->allow), err);
	if (!r)
		r = set_secret(w, err);
	if (!r)
		r = http_server_start(&options, &w->server, err);
	if (r) {
		tobs_err_context(err, "the webhook");
		return r;
	}
	log_info("bot", "the webhook listens at %s",
		addr_format(http_server_addr(w->server), where));
	return TOBS_OK;
}

void webhook_close(struct webhook *w)
{
	http_server_stop(w->server, WEBHOOK_STOP_MS);
	w->server = NULL;
	allow_deinit(&w->allow);
	secret_deinit(&w->secret);
	tobs_buf_deinit(&w->path);
	json_doc_deinit(&w->doc);
	json_parser_deinit(&w->parser);
}

/* Whether Telegram has this URL already. */
static bool is_set(struct webhook *w)
{
	const struct tobs_webhook_info *info;
	struct tobs_scope scope;
	struct tobs_err err;
	bool same = false;

	tobs_scope_begin(&scope);
	if (!bot_call(w->bot, TOBS_METHOD_GET_WEBHOOK_INFO, NULL, &info, &err))
		same = !strcmp(info->url, w->bot->webhook.url);
	tobs_scope_end(&scope);
	return same;
}

int webhook_set(struct webhook *w, struct tobs_err *err)
{
	const struct tobs_webhook *o = &w->bot->webhook;
	const char *names[32];
	int r;
	struct tobs_set_webhook args = {
		.url = o->url,
		.secret_token = (const char *)w->secret.ptr,
		.max_connections = o->max_connections,
		.drop_pending_updates = w->bot->opt.drop_pending,
	};

	if (o->keep && is_set(w))
		return TOBS_OK;
	if (o->send_cert && o->tls_cert_file)
		args.certificate = tobs_file_path(o->tls_cert_file);
	args.allowed_updates.count = bot_kind_names(bot_kinds(w->bot), names);
	args.allowed_updates.items = names;
	r = bot_call(w->bot, TOBS_METHOD_SET_WEBHOOK, &args, NULL, err);
	if (!r) /* once: what comes from here on is wanted */
		w->bot->opt.drop_pending = false;
	return r;
}
