/* SPDX-License-Identifier: MIT */
/* setWebhook, deleteWebhook, getWebhookInfo. */
#include <sys/mman.h>
#include <unistd.h>

#include "base/attr.h"
#include "net/http_url.h"
#include "sim/bot_hook.h"
#include "sim/bot_send.h"
#include "sim/bot_server.h"

enum { SECRET_MAX = 256, CERTIFICATE_MAX = 3 << 20, SECOND_US = 1000000 };

/* At most once a second; deleting is free (S: process_set_webhook_query). */
static int check_rate(struct bot_call *c)
{
	int64_t now = tobs_now();

	if (bot_conflict_ms(c->server) > 0 && c->bot->last_hook &&
		now < c->bot->last_hook + SECOND_US) {
		c->retry_after = 1;
		return bot_fail(c, 429, "retry after 1");
	}
	c->bot->last_hook = now;
	return TOBS_OK;
}

static int check_secret(struct bot_call *c, const char *secret)
{
	size_t n = secret ? strlen(secret) : 0;

	if (n > SECRET_MAX)
		return bot_fail(c, 400, "secret token is too long");
	for (size_t i = 0; i < n; i++) {
		char k = secret[i];

		if (!(k >= 'a' && k <= 'z') && !(k >= 'A' && k <= 'Z') && !(k >= '0' && k <= '9') &&
			k != '_' && k != '-')
			return bot_fail(c, 400, "secret token contains unallowed characters");
	}
	return TOBS_OK;
}

static int take_certificate(struct bot_call *c, struct bot_hook *h)
{
	const struct bot_upload *file = NULL;
	size_t done = 0;

	ARRAY_EACH (u, &c->uploads)
		if (tobs_view_is(u->field, "certificate"))
			file = u;
	if (!file)
		return TOBS_OK;
	if (file->data.len > CERTIFICATE_MAX)
		return bot_fail(c, 400, "certificate file is too big");
	h->certificate = memfd_create("certificate", MFD_CLOEXEC);
	while (h->certificate >= 0 && done < file->data.len) {
		ssize_t n = write(h->certificate, file->data.ptr + done, file->data.len - done);

		if (n <= 0)
			return bot_no_memory(c);
		done += (size_t)n;
	}
	return h->certificate >= 0 ? TOBS_OK : bot_no_memory(c);
}

static void drop_pending(struct bot_call *c, bool all)
{
	if (all)
		bot_queue_keep(&c->bot->queue, 0);
}

/* What was on its way to an earlier webhook goes again. */
static void begin_again(struct bot_queue *q)
{
	for (size_t i = q->head; i < q->items.count; i++)
		q->items.items[i].sent = false;
}

static int remove_hook(struct bot_call *c, bool drop)
{
	bool had = c->bot->hook != NULL;

	bot_hook_stop(c->bot->hook);
	begin_again(&c->bot->queue);
	drop_pending(c, drop);
	c->note = had ? "Webhook was deleted" : "Webhook is already deleted";
	return bot_true(c);
}

static int make_hook(struct bot_call *c, const struct tobs_set_webhook *a, struct bot_hook **ret)
{
	struct bot_hook *h = bot_hook_new(c->bot);

	*ret = h;
	if (!h)
		return bot_no_memory(c);
	h->url = mem_strdup(a->url);
	h->secret = a->secret_token && a->secret_token[0] ? mem_strdup(a->secret_token) : NULL;
	if (a->max_connections > 0)
		h->connections = (size_t)MIN(a->max_connections, (int64_t)BOT_HOOK_CONNECTIONS_MAX);
	return h->url ? take_certificate(c, h) : bot_no_memory(c);
}

static bool same_hook(const struct bot_hook *h, const struct tobs_set_webhook *a)
{
	const char *secret = a->secret_token && a->secret_token[0] ? a->secret_token : NULL;

	return h && strcmp(h->url, a->url) == 0 && !h->secret == !secret &&
		(!secret || strcmp(h->secret, secret) == 0) && !a->max_connections;
}

static int run_set(struct bot_call *c)
{
	const struct tobs_set_webhook *a = c->args;
	struct bot_hook *h = NULL;
	struct http_url url;
	int r;

	if (!a->url[0])
		return remove_hook(c, a->drop_pending_updates);
	r = check_rate(c);
	if (r)
		return r;
	if (http_url_parse(tobs_str(a->url), &url, NULL) || !url.host.len)
		return bot_fail(c, 400, "bad webhook: invalid webhook URL specified");
	r = check_secret(c, a->secret_token);
	if (r)
		return r;
	bot_allow(c->bot, &a->allowed_updates);
	if (same_hook(c->bot->hook, a) && !c->uploads.count) {
		drop_pending(c, a->drop_pending_updates);
		c->note = "Webhook is already set";
		return bot_true(c);
	}
	r = make_hook(c, a, &h);
	if (r) {
		bot_hook_free(h);
		return r;
	}
	bot_hook_stop(c->bot->hook);
	begin_again(&c->bot->queue);
	drop_pending(c, a->drop_pending_updates);
	c->bot->hook = h;
	bot_end_polls(c->bot);
	if (bot_hook_start(h)) {
		c->bot->hook = NULL;
		return bot_no_memory(c);
	}
	c->note = "Webhook was set";
	return bot_true(c);
}

static int run_delete(struct bot_call *c)
{
	const struct tobs_delete_webhook *a = c->args;

	return remove_hook(c, a->drop_pending_updates);
}

/* Those that are wanted, unless they are the usual ones. */
static int list_allowed(struct bot_call *c, struct tobs_string_array *ret)
{
	const char **items = TOBS_ARENA_ARRAY(&c->arena, 32, const char *);
	size_t n = 0;

	if (!items)
		return bot_no_memory(c);
	for (int k = TOBS_UPDATE_UNKNOWN + 1; k <= TOBS_UPDATE_STOPPED_MESSAGE_GENERATION; k++)
		if (c->bot->allowed >> k & 1)
			items[n++] = bot_update_name((enum tobs_update_kind)k);
	if (c->bot->allowed != c->bot->usual)
		*ret = (struct tobs_string_array){ items, n };
	return TOBS_OK;
}

static int run_info(struct bot_call *c)
{
	const struct bot_hook *h = c->bot->hook;
	struct tobs_webhook_info info = { .url = h ? h->url : "" };
	int r;

	bot_queue_age(&c->bot->queue, sim_now(c->world));
	info.pending_update_count = (int64_t)c->bot->queue.waiting;
	r = list_allowed(c, &info.allowed_updates);
	if (r)
		return r;
	if (h) {
		info.has_custom_certificate = h->certificate >= 0;
		info.max_connections = (int64_t)h->connections;
		if (h->last_error_date) {
			info.last_error_date = h->last_error_date;
			info.last_error_message = h->last_error;
		}
	}
	return bot_result(c, TOBS_TYPE_WEBHOOK_INFO, &info);
}

const struct bot_row bot_rows_webhook[] = {
	{ TOBS_METHOD_SET_WEBHOOK, run_set },
	{ TOBS_METHOD_DELETE_WEBHOOK, run_delete },
	{ TOBS_METHOD_GET_WEBHOOK_INFO, run_info },
	{ 0, NULL },
};
