/* SPDX-License-Identifier: MIT */
/*
 * The other side of the bot benchmarks: a Bot API that knows just enough for an
 * echo bot, and gives it updates by polling or webhook.
 *
 *     bot_load UPDATES CHATS [latency=MS] [rate=PER_S]
 *
 * Prints a line of JSON when it serves ({"root": …}), one when a tenth of the
 * updates were answered ({"warm": …}), and one when all were, with what it saw:
 * updates a second, since the warm line; the median and the 99th percentile of the
 * time from an update's delivery to its echo, in ms; echoes that came twice, and
 * those that overtook another of their chat; its own CPU, in µs an update. Ends then.
 * Each update is a text "upd-00000123", which the bot is to send back.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <tobs/rt.h>

#include "base/attr.h"
#include "base/clock.h"
#include "net/http_client.h"
#include "net/http_server.h"

enum {
	BATCH = 100,
	WEBHOOK_CONNECTIONS = 40, /* as many as Telegram opens by default */
	POLL_MS = 30000,
	UPDATE_BYTES = 512,
};

struct load {
	int updates, chats, latency, rate;
	int given, answered, twice, overtaken, warm;
	int64_t began, warm_at, warm_cpu;
	int64_t *sent_at;  /* µs, by update; 0: not yet */
	float *took;       /* ms, by update; 0: no echo yet */
	int *last_of_chat; /* the newest that was echoed */
	char hook[512], secret[300];
	struct http_client *client;
	struct tobs_event hooked, done;
};

static int64_t now(void)
{
	return clock_mono(clock_system());
}

static int64_t cpu_us(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (u.ru_utime.tv_sec + u.ru_stime.tv_sec) * INT64_C(1000000) + u.ru_utime.tv_usec +
		u.ru_stime.tv_usec;
}

/* ---- updates ---- */

/* How many may be given by now. */
static int due(const struct load *l)
{
	int64_t n = l->updates;

	if (l->rate)
		n = (now() - l->began) * l->rate / 1000000 + 1;
	return n < l->updates ? (int)n : l->updates;
}

static void put_update(struct load *l, struct tobs_buf *out, int i)
{
	int chat = i % l->chats + 1;

	l->sent_at[i] = now();
	tobs_buf_printf(out,
		"{\"update_id\":%d,\"message\":{\"message_id\":%d,\"from\":{\"id\":%d,\"is_bot\":false,"
		"\"first_name\":\"Ada\",\"username\":\"ada%d\",\"language_code\":\"en\"},\"chat\":{\"id\":%d,"
		"\"first_name\":\"Ada\",\"username\":\"ada%d\",\"type\":\"private\"},\"date\":1760000000,"
		"\"text\":\"upd-%08d\"}}",
		i + 1, i + 1, chat, chat, chat, chat, i);
}

static int get_updates(struct load *l, struct http_request *req, struct tobs_buf *out)
{
	int first = l->given, last;
	int64_t until = now() + POLL_MS * INT64_C(1000);

	while (due(l) <= first && now() < until) {
		int r = tobs_sleep(1);

		if (r)
			return r;
	}
	last = MIN(due(l), first + BATCH);
	tobs_buf_puts(out, "{\"ok\":true,\"result\":[");
	for (int i = first; i < last; i++) {
		if (i > first)
			tobs_buf_puts(out, ",");
		put_update(l, out, i);
	}
	tobs_buf_puts(out, "]}");
	l->given = last;
	return http_request_gone(req) ? TOBS_ECLOSED : TOBS_OK;
}

/* One connection of Telegram's: an update after the other. */
static int push(void *arg)
{
	static const struct http_header type = { { (const uint8_t *)"Content-Type", 12 },
		{ (const uint8_t *)"application/json", 16 } };
	struct load *l = arg;
	struct http_header headers[2] = { type,
		{ tobs_str("X-Telegram-Bot-Api-Secret-Token"), tobs_str(l->secret) } };
	struct http_answer answer;
	struct tobs_buf body;
	int r = TOBS_OK;

	http_answer_init(&answer, 1 << 16);
	tobs_buf_init(&body, 1 << 16);
	while (!r && l->given < l->updates) {
		if (due(l) <= l->given) {
			r = tobs_sleep(1);
			continue;
		}
		tobs_buf_clear(&body);
		put_update(l, &body, l->given++);
		do {
			r = http_client_call(l->client,
				&(struct http_call){ .url = tobs_str(l->hook),
					.headers = headers,
					.header_count = l->secret[0] ? 2 : 1,
					.body = tobs_buf_view(&body) },
				&answer, NULL);
			if (!r && answer.status == 429)
				r = tobs_sleep(20);
		} while (!r && answer.status == 429);
	}
	if (r) {
		fprintf(stderr, "bot_load: the webhook: %s\n", tobs_error_name(r));
		exit(1);
	}
	tobs_buf_deinit(&body);
	http_answer_deinit(&answer);
	return r;
}

/* ---- calls ---- */

static void warm_up(struct load *l)
{
	if (l->warm || l->answered < l->updates / 10)
		return;
	l->warm = l->answered;
	l->warm_at = now();
	l->warm_cpu = cpu_us();
	printf("{\"warm\": %d}\n", l->warm);
	fflush(stdout);
}

/* The echo of update i is here. */
static void note(struct load *l, int i)
{
	int chat = i % l->chats;

	if (i < 0 || i >= l->updates || !l->sent_at[i])
		return;
	if (l->took[i] > 0) {
		l->twice++;
		return;
	}
	l->took[i] = (float)(now() - l->sent_at[i]) / 1e3f;
	if (i < l->last_of_chat[chat])
		l->overtaken++;
	l->last_of_chat[chat] = i;
	l->answered++;
	warm_up(l);
	if (l->answered == l->updates)
		tobs_event_set(&l->done, 0);
}

static int find_number(struct tobs_view body)
{
	const uint8_t *at = memmem(body.ptr, body.len, "upd-", 4);

	int64_t n = -1;

	if (!at || at + 12 > body.ptr + body.len ||
		tobs_view_int(tobs_view(at + 4, 8), 0, INT32_MAX, &n))
		return -1;
	return (int)n;
}

/* A string of a JSON object, or of a form's part, that needs no unescaping. */
static void find_string(struct tobs_view body, const char *name, char *ret, size_t size)
{
	const uint8_t *at = memmem(body.ptr, body.len, name, strlen(name)), *end;

	ret[0] = 0;
	if (!at)
		return;
	at += strlen(name);
	for (end = body.ptr + body.len; at < end && strchr("\" :=\r\n", *at); at++)
		;
	for (size_t i = 0; at < end && i + 1 < size && !strchr("\",&\r\n", *at); at++) {
		ret[i++] = (char)*at;
		ret[i] = 0;
	}
}

static int serve(struct http_request *req, void *user)
{
	static const char me[] =
		"{\"ok\":true,\"result\":{\"id\":42,\"is_bot\":true,\"first_name\":\"Echo\","
		"\"username\":\"echo_bot\",\"can_join_groups\":true,"
		"\"can_read_all_group_messages\":false,\"supports_inline_queries\":false}}";
	static const char sent[] =
		"{\"ok\":true,\"result\":{\"message_id\":7,\"date\":1760000000,\"chat\":{"
		"\"id\":1,\"first_name\":\"Ada\",\"type\":\"private\"},\"text\":\"upd\"}}";
	struct load *l = user;
	const char *name;
	struct tobs_buf out;
	char path[256];
	int r = TOBS_OK;

	snprintf(path, sizeof path, "%.*s", (int)req->path.len, (const char *)req->path.ptr);
	name = strrchr(path, '/');
	name = name ? name + 1 : path;
	tobs_buf_init(&out, BATCH * UPDATE_BYTES);
	if (strcasecmp(name, "getUpdates") == 0) {
		r = get_updates(l, req, &out);
	} else if (strcasecmp(name, "sendMessage") == 0) {
		if (l->latency)
			r = tobs_sleep(l->latency);
		note(l, find_number(req->body));
		tobs_buf_puts(&out, sent);
	} else if (strcasecmp(name, "getMe") == 0) {
		tobs_buf_puts(&out, me);
	} else if (strcasecmp(name, "getWebhookInfo") == 0) {
		tobs_buf_puts(&out,
			"{\"ok\":true,\"result\":{\"url\":\"\",\"has_custom_certificate\":false,"
			"\"pending_update_count\":0}}");
	} else {
		find_string(req->body, "secret_token", l->secret, sizeof l->secret);
		if (strcasecmp(name, "setWebhook") == 0) {
			find_string(req->body, "\"url\"", l->hook, sizeof l->hook);
			/* What would speak TLS in front of the bot is not measured. */
			if (strncmp(l->hook, "https:", 6) == 0)
				memmove(l->hook + 4, l->hook + 5, strlen(l->hook + 4));
			tobs_event_set(&l->hooked, 0);
		}
		tobs_buf_puts(&out, "{\"ok\":true,\"result\":true}");
	}
	if (!r)
		r = http_respond(req, 200,
			&(struct http_header){
				tobs_str("Content-Type"), tobs_str("application/json") },
			1, tobs_buf_view(&out));
	tobs_buf_deinit(&out);
	return r;
}

/* ---- */

static int compare(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;

	return (x > y) - (x < y);
}

static void report(struct load *l)
{
	int counted = l->updates - l->warm;
	double seconds = (double)(now() - l->warm_at) / 1e6;
	int64_t cpu = cpu_us() - l->warm_cpu;

	qsort(l->took + l->warm, (size_t)counted, sizeof *l->took, compare);
	printf("{\"updates_s\": %.0f, \"p50_ms\": %.2f, \"p99_ms\": %.2f, \"twice\": %d, \"overtaken\": %d, "
	       "\"server_us\": %.2f}\n",
		counted / seconds, (double)l->took[l->warm + counted / 2],
		(double)l->took[l->warm + (int)(counted * 0.99)], l->twice, l->overtaken,
		(double)cpu / counted);
	fflush(stdout);
}

/* Webhooks begin when the bot has set one. */
static int push_all(void *arg)
{
	struct load *l = arg;
	int r = tobs_event_wait(&l->hooked, NULL);

	l->began = now();
	for (int i = 0; !r && i < WEBHOOK_CONNECTIONS; i++)
		r = tobs_spawn(NULL, push, l, NULL);
	return r;
}

static int run(void *arg)
{
	struct load *l = arg;
	struct http_server *server;
	struct tobs_err err = { 0 };
	int r;

	tobs_event_init(&l->hooked);
	tobs_event_init(&l->done);
	r = http_client_new(&(struct http_client_options){ .connections = WEBHOOK_CONNECTIONS },
		&l->client, &err);

	if (!r)
		r = http_server_start(
			&(struct http_server_options){ .handle = serve, .user = l }, &server, &err);
	if (!r)
		r = tobs_spawn(NULL, push_all, l, NULL);
	if (r) {
		fprintf(stderr, "bot_load: %s\n", err.message);
		return r;
	}
	printf("{\"root\": \"http://127.0.0.1:%u\"}\n", addr_port(http_server_addr(server)));
	fflush(stdout);
	l->began = now();
	r = tobs_event_wait(&l->done, NULL);
	report(l);
	(void)tobs_sleep(l->latency + 200); /* the last answers are on their way */
	exit(0); /* connections and fibers that wait are of no more use */
}

/* "latency=50" */
static bool option(const char *arg, const char *name, int *ret)
{
	size_t len = strlen(name);
	int64_t n;

	if (strncmp(arg, name, len) != 0 || tobs_view_int(tobs_str(arg + len), 0, 1000000, &n))
		return false;
	*ret = (int)n;
	return true;
}

static bool read_args(struct load *l, int argc, char **argv)
{
	if (argc < 3 || !option(argv[1], "", &l->updates) || !option(argv[2], "", &l->chats))
		return false;
	for (int i = 3; i < argc; i++)
		if (!option(argv[i], "latency=", &l->latency) &&
			!option(argv[i], "rate=", &l->rate))
			return false;
	return l->updates >= 10 && l->chats >= 1;
}

int main(int argc, char **argv)
{
	struct load l = { 0 };

	if (!read_args(&l, argc, argv)) {
		fputs("bot_load UPDATES CHATS [latency=MS] [rate=PER_S]\n", stderr);
		return 2;
	}
	l.sent_at = calloc((size_t)l.updates, sizeof *l.sent_at);
	l.took = calloc((size_t)l.updates, sizeof *l.took);
	l.last_of_chat = calloc((size_t)l.chats, sizeof *l.last_of_chat);
	return !l.sent_at || !l.took || !l.last_of_chat || tobs_run(run, &l) ? 1 : 0;
}
