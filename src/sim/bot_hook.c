/* SPDX-License-Identifier: MIT */
#include "sim/bot_hook.h"

#include <stdio.h>
#include <unistd.h>

#include "base/attr.h"
#include "base/log.h"
#include "net/http_client.h"
#include "sim/bot_form.h"
#include "sim/bot_server.h"

enum {
	SECOND_US = 1000000,
	DELAY_MAX_S = 60,
	RETRY_AFTER_MAX_S = 3600,
	BODY_MAX = 1 << 20,
	PATH_BYTES = 32,
	GONE = 410,
	REDIRECTS = 300,
};

/* What belongs together, and waits because it is under way, or has failed. */
struct hook_lane {
	int64_t not_before; /* tobs_now(), µs; 0: at once */
	int64_t delay_s;    /* of the last wait; 0: none yet */
	bool busy;
};

struct delivery {
	struct bot_hook *hook;
	struct http_client *client;
	int64_t id, order;
	char *json;
	size_t len;
};

struct bot_hook *bot_hook_new(struct sim_bot *b)
{
	struct bot_hook *h = MEM_NEW(struct bot_hook);

	if (h) {
		h->bot = b;
		h->certificate = -1;
		h->connections = BOT_HOOK_CONNECTIONS;
	}
	return h;
}

void bot_hook_free(struct bot_hook *h)
{
	if (!h)
		return;
	MAP_EACH (slot, &h->lanes)
		mem_free(slot->value);
	map_deinit(&h->lanes);
	if (h->certificate >= 0)
		close(h->certificate);
	mem_free(h->url);
	mem_free(h->secret);
	mem_free(h);
}

/* ---- an answer may hold a call ---- */

/* Not these, whose answer nobody would see (S). */
static bool may_be_called(enum tobs_method m)
{
	const char *name = m == TOBS_METHOD_END ? "get" : tobs_method_name(m);

	return m != TOBS_METHOD_SET_WEBHOOK && m != TOBS_METHOD_DELETE_WEBHOOK &&
		m != TOBS_METHOD_API_CLOSE && m != TOBS_METHOD_API_LOG_OUT &&
		strncmp(name, "get", 3) != 0;
}

static enum tobs_method method_in_form(
	struct bot_call *c, struct tobs_view type, struct tobs_view body)
{
	struct bot_form form = { .arena = &c->arena };
	enum tobs_method m = TOBS_METHOD_END;

	(void)bot_form_body(&form, type, body);
	ARRAY_EACH (p, &form.pairs)
		if (tobs_view_is(p->name, "method"))
			m = bot_method(c->server, p->value);
	bot_form_deinit(&form);
	return m;
}

static enum tobs_method method_in_json(struct bot_call *c, struct tobs_view body)
{
	struct tobs_view name = { NULL, 0 };

	if (json_parse(&c->parser, &c->doc, body, NULL) ||
		json_get_str(json_field(json_root(&c->doc), "method"), &name))
		return TOBS_METHOD_END;
	return bot_method(c->server, name);
}

static void run_answer(struct sim_bot *b, const struct http_answer *a)
{
	struct tobs_view type = { NULL, 0 }, body = tobs_buf_view(&a->body);
	struct bot_call *c;

	if (!body.len || !http_answer_header(a, "Content-Type", &type))
		return;
	c = bot_call_open(b->server, b);
	if (!c)
		return;
	c->method = tobs_view_starts(type, "application/json") ? method_in_json(c, body)
							       : method_in_form(c, type, body);
	if (may_be_called(c->method) &&
		!bot_args_read(c, (struct tobs_view){ NULL, 0 }, type, body))
		(void)bot_call_run(c);
	if (c->status)
		log_info("sim", "a call in the answer of a webhook: %s", c->description);
	bot_call_close(c);
}

/* ---- a delivery ---- */

static void remember_error(struct bot_hook *h, int status, int r)
{
	h->last_error_date = sim_now(h->bot->account->world);
	if (status)
		snprintf(h->last_error, sizeof h->last_error,
			"Wrong response from the webhook: %d %s", status, http_status_text(status));
	else
		snprintf(h->last_error, sizeof h->last_error, "%s",
			r == TOBS_ETIMEDOUT         ? "Read timeout expired"
				: r == TOBS_ECRYPTO ? "SSL error {certificate verify failed}"
				: r == TOBS_ENET    ? "Connection refused"
						    : tobs_error_text(r));
}

/* When the next try may be. */
static void put_off(struct hook_lane *lane, const struct http_answer *a, bool answered)
{
	struct tobs_view after;
	int64_t s = MIN(MAX(lane->delay_s * 2, 1), DELAY_MAX_S);

	lane->delay_s = s;
	if (answered && a->status == GONE)
		s = BOT_HOOK_GONE_S;
	else if (answered && http_answer_header(a, "Retry-After", &after))
		(void)tobs_view_int(after, 0, RETRY_AFTER_MAX_S, &s);
	lane->not_before = tobs_now() + s * SECOND_US;
}

static void done(struct delivery *d)
{
	struct bot_queue *q = &d->hook->bot->queue;
	size_t i = bot_queue_find(q, d->id);

	if (i < q->items.count && q->items.items[i].id == d->id)
		bot_queue_done(q, &q->items.items[i]);
	mem_free(map_remove(&d->hook->lanes, (uint64_t)d->order));
}

static void failed(struct delivery *d)
{
	struct bot_queue *q = &d->hook->bot->queue;
	size_t i = bot_queue_find(q, d->id);

	if (i < q->items.count && q->items.items[i].id == d->id)
		q->items.items[i].sent = false;
}

static int post(struct delivery *d, struct http_answer *a)
{
	struct bot_hook *h = d->hook;
	struct http_header headers[2] = { HTTP_HEADER("Content-Type", "application/json") };
	struct http_call call = { .url = tobs_str(h->url),
		.body = tobs_view(d->json, d->len),
		.headers = headers,
		.header_count = 1 };
	struct tobs_deadline limit;
	int r;

	if (h->secret)
		headers[call.header_count++] = (struct http_header){
			TOBS_LIT("X-Telegram-Bot-Api-Secret-Token"), tobs_str(h->secret)
		};
	tobs_deadline_push(&limit, BOT_HOOK_ANSWER_MS);
	r = http_client_call(d->client, &call, a, NULL);
	tobs_deadline_pop(&limit);
	return r;
}

static int deliver(void *arg)
{
	struct delivery *d = arg;
	struct bot_hook *h = d->hook;
	struct hook_lane *lane = map_get(&h->lanes, (uint64_t)d->order);
	struct http_answer a;
	bool answered;
	int r;

	http_answer_init(&a, BODY_MAX);
	r = post(d, &a);
	answered = !r;
	lane->busy = false;
	if (answered && a.status >= 200 && a.status < REDIRECTS) {
		done(d);
		if (!h->stop)
			run_answer(h->bot, &a);
	} else {
		failed(d);
		if (!h->stop)
			remember_error(h, answered ? a.status : 0, r);
		put_off(lane, &a, answered);
	}
	h->busy--;
	tobs_cond_broadcast(&h->bot->queue.changed);
	http_answer_deinit(&a);
	mem_free(d->json);
	mem_free(d);
	return TOBS_OK;
}

/* ---- which is next ---- */

/*
 * The first update that may go now; NULL: none. *ret_wait is how long until
 * one may, µs; INT64_MAX: until something happens.
 */
static struct bot_queued *next_update(struct bot_hook *h, int64_t *ret_wait)
{
	struct bot_queue *q = &h->bot->queue;
	int32_t now = sim_now(h->bot->account->world);
	int64_t clock = tobs_now();

	*ret_wait = INT64_MAX;
	bot_queue_age(q, now);
	for (size_t i = q->head; i < q->items.count && h->busy < h->connections; i++) {
		struct bot_queued *u = &q->items.items[i];
		struct hook_lane *lane;

		if (!u->json || u->sent || u->until <= now)
			continue;
		lane = map_get(&h->lanes, (uint64_t)u->order);
		if (lane && lane->busy)
			continue;
		if (!lane || lane->not_before <= clock)
			return u;
		*ret_wait = MIN(*ret_wait, lane->not_before - clock);
	}
	return NULL;
}

static int begin(struct bot_hook *h, struct http_client *client, struct tobs_group *group,
	struct bot_queued *u)
{
	const struct tobs_fiber_options options = { .name = "sim webhook delivery" };
	struct hook_lane *lane = map_get(&h->lanes, (uint64_t)u->order);
	struct delivery *d = MEM_NEW(struct delivery);
	char *json = mem_dup(u->json, u->len);

	if (!lane) {
		lane = MEM_NEW(struct hook_lane);
		if (lane && map_put(&h->lanes, (uint64_t)u->order, lane)) {
			mem_free(lane);
			lane = NULL;
		}
	}
	if (!lane || !d || !json) {
		mem_free(d);
		mem_free(json);
		return TOBS_ENOMEM;
	}
	*d = (struct delivery){ h, client, u->id, u->order, json, u->len };
	lane->busy = true;
	u->sent = true;
	h->busy++;
	if (!tobs_group_spawn(group, deliver, d, &options))
		return TOBS_OK;
	lane->busy = false;
	u->sent = false;
	h->busy--;
	mem_free(json);
	mem_free(d);
	return TOBS_ENOMEM;
}

static int wait_for(struct bot_hook *h, int64_t us)
{
	struct tobs_deadline limit;
	int r;

	tobs_deadline_push(&limit, us == INT64_MAX ? TOBS_FOREVER : us / 1000 + 1);
	r = tobs_cond_wait(&h->bot->queue.changed);
	tobs_deadline_pop(&limit);
	return r == TOBS_ETIMEDOUT && tobs_deadline_passed(&limit) ? TOBS_OK : r;
}

static int hook_main(void *arg)
{
	struct bot_hook *h = arg;
	char ca[PATH_BYTES];
	struct http_client_options options = {
		.name = "sim webhook", .connections = h->connections, .idle_ms = BOT_HOOK_ANSWER_MS
	};
	struct http_client *client = NULL;
	struct tobs_group group;
	struct tobs_shield shield;
	int r;

	snprintf(ca, sizeof ca, "/proc/self/fd/%d", h->certificate);
	if (h->certificate >= 0)
		options.ca_file = ca;
	tobs_group_init(&group, 0);
	r = http_client_new(&options, &client, NULL);
	while (!r && !h->stop) {
		int64_t us;
		struct bot_queued *u = next_update(h, &us);

		r = u ? begin(h, client, &group, u) : wait_for(h, us);
	}
	if (r && r != TOBS_ECANCELED)
		log_error("sim", "a webhook has ended: %s", tobs_error_text(r));
	tobs_shield_begin(&shield);
	tobs_group_cancel(&group);
	(void)tobs_group_wait(&group);
	http_client_free(client);
	tobs_shield_end(&shield);
	if (h->bot->hook == h)
		h->bot->hook = NULL;
	bot_hook_free(h);
	return TOBS_OK;
}

int bot_hook_start(struct bot_hook *h)
{
	const struct tobs_fiber_options options = { .name = "sim webhook" };
	int r = tobs_group_spawn(&h->bot->server->hooks, hook_main, h, &options);

	if (r)
		bot_hook_free(h);
	return r;
}

void bot_hook_stop(struct bot_hook *h)
{
	if (!h)
		return;
	h->stop = true;
	if (h->bot->hook == h)
		h->bot->hook = NULL;
	tobs_cond_broadcast(&h->bot->queue.changed);
}
