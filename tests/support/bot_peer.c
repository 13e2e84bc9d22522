/* SPDX-License-Identifier: MIT */
#include "support/bot_peer.h"

#include "base/json.h"
#include "base/json_write.h"
#include "support/test.h"

enum { TEXT_MAX = 8 << 20, CALL_WAIT_MS = 3600000 };

static void put_updates(struct bot_peer *p, int64_t offset, int64_t limit, struct tobs_buf *out)
{
	bool first = true;

	tobs_buf_puts(out, "{\"ok\":true,\"result\":[");
	for (size_t i = 0; i < p->count && limit > 0; i++) {
		if (p->first + (int64_t)i < p->confirmed || p->first + (int64_t)i < offset)
			continue;
		if (!first)
			tobs_buf_putc(out, ',');
		first = false;
		tobs_buf_printf(out, "{\"update_id\":%lld,%s}", (long long)p->first + (long long)i,
			tobs_buf_str(&p->updates[i]));
		limit--;
	}
	tobs_buf_puts(out, "]}");
}

static void answer_poll(struct bot_peer *p, struct json_value args, struct tobs_buf *out)
{
	int64_t offset = 0, limit = 100, timeout = 0;
	struct tobs_deadline d;

	p->polls++;
	json_get_i64(json_field(args, "offset"), &offset);
	json_get_i64(json_field(args, "limit"), &limit);
	json_get_i64(json_field(args, "timeout"), &timeout);
	if (p->limit && limit > (int64_t)p->limit)
		limit = (int64_t)p->limit;
	if (offset > p->confirmed)
		p->confirmed = offset;
	tobs_deadline_push(&d, timeout * 1000);
	while ((!p->count || p->first + (int64_t)p->count <= p->confirmed) &&
		!tobs_cond_wait(&p->news))
		;
	tobs_deadline_pop(&d);
	put_updates(p, offset, limit, out);
}

static void note_call(struct bot_peer *p, struct tobs_view method, struct tobs_view body)
{
	struct tobs_buf *call;

	if (p->call_count == BOT_PEER_MAX)
		return;
	call = &p->calls[p->call_count];
	tobs_buf_init(call, TEXT_MAX);
	tobs_buf_printf(call, "%.*s %.*s", TOBS_VIEW_FMT(method), TOBS_VIEW_FMT(body));
	p->called_at[p->call_count++] = tobs_now() / 1000;
	tobs_cond_broadcast(&p->called);
}

/* What the test has to say to this; false: nothing. */
static bool answer_script(struct bot_peer *p, struct tobs_view method, struct tobs_buf *out,
	int *status, bool *silent)
{
	for (size_t i = 0; i < p->scripted; i++) {
		struct bot_peer_script *s = &p->script[i];

		if (!s->method || !tobs_view_is(method, s->method))
			continue;
		*status = s->status;
		*silent = !s->body;
		if (s->body)
			tobs_buf_puts(out, s->body);
		s->method = NULL;
		p->used++;
		return true;
	}
	return false;
}

static void answer_call(struct bot_peer *p, struct tobs_view method, struct tobs_buf *out)
{
	if (tobs_view_is(method, "getMe"))
		tobs_buf_puts(out,
			"{\"ok\":true,\"result\":{\"id\":777000,\"is_bot\":true,"
			"\"first_name\":\"Peer\",\"username\":\"peer_bot\"}}");
	else if (tobs_view_starts(method, "send"))
		tobs_buf_printf(out,
			"{\"ok\":true,\"result\":{\"message_id\":%zu,\"date\":1,\"chat\":{\"id\":1,"
			"\"type\":\"private\"}}}",
			p->call_count);
	else
		tobs_buf_puts(out, "{\"ok\":true,\"result\":true}");
}

static int handle(struct http_request *req, void *user)
{
	struct bot_peer *p = user;
	struct tobs_view path = req->path, method;
	struct json_parser parser;
	struct json_doc doc = { 0 };
	struct tobs_buf out;
	bool silent = false, form = tobs_view_starts(req->body, "--");
	int status = 200, r = TOBS_OK;

	while (tobs_view_split(&path, '/', &method))
		;
	tobs_buf_init(&out, TEXT_MAX);
	json_parser_init(&parser, TEXT_MAX, 64);
	if (!form)
		json_parse(&parser, &doc, req->body, NULL);
	if (!tobs_view_is(method, "getUpdates") && !tobs_view_is(method, "getMe"))
		note_call(p, method, req->body);
	if (tobs_view_is(method, "getUpdates")) {
		p->asked_at[1] = p->asked_at[0];
		p->asked_at[0] = tobs_now() / 1000;
	}
	if (!answer_script(p, method, &out, &status, &silent)) {
		if (tobs_view_is(method, "getUpdates")) {
			tobs_buf_clear(&p->last_poll);
			tobs_buf_putv(&p->last_poll, req->body);
			answer_poll(p, json_root(&doc), &out);
		} else {
			answer_call(p, method, &out);
		}
	}
	if (p->delay_ms && !tobs_view_is(method, "getUpdates"))
		r = tobs_sleep(p->delay_ms);
	if (silent)
		r = tobs_sleep(TOBS_FOREVER);
	if (!r)
		r = http_respond_take(req, status, NULL, 0, &out);
	json_doc_deinit(&doc);
	json_parser_deinit(&parser);
	tobs_buf_deinit(&out);
	return r == TOBS_ECLOSED ? TOBS_OK : r;
}

void bot_peer_start(struct bot_peer *p)
{
	const struct http_server_options options = { .handle = handle, .user = p };

	*p = (struct bot_peer){ .first = 1000, .confirmed = 0 };
	tobs_cond_init(&p->news);
	tobs_cond_init(&p->called);
	tobs_buf_init(&p->last_poll, TEXT_MAX);
	assert_ok(http_server_start(&options, &p->server, NULL));
	snprintf(p->url, sizeof p->url, "http://127.0.0.1:%u",
		addr_port(http_server_addr(p->server)));
}

void bot_peer_stop(struct bot_peer *p)
{
	http_server_stop(p->server, 0);
	for (size_t i = 0; i < p->count; i++)
		tobs_buf_deinit(&p->updates[i]);
	for (size_t i = 0; i < p->call_count; i++)
		tobs_buf_deinit(&p->calls[i]);
	tobs_buf_deinit(&p->last_poll);
}

void bot_peer_push(struct bot_peer *p, const char *fmt, ...)
{
	struct tobs_buf *u = &p->updates[p->count];
	va_list ap;

	assert_true(p->count < BOT_PEER_MAX);
	tobs_buf_init(u, TEXT_MAX);
	va_start(ap, fmt);
	assert_ok(tobs_buf_vprintf(u, fmt, ap));
	va_end(ap);
	p->count++;
	tobs_cond_broadcast(&p->news);
}

void bot_peer_say(struct bot_peer *p, int64_t user, const char *text)
{
	struct tobs_buf json;
	struct json_writer w;

	tobs_buf_init(&json, TEXT_MAX);
	json_writer_init(&w, &json, 0);
	jsonw_str(&w, text);
	bot_peer_push(p,
		"\"message\":{\"message_id\":1,\"date\":1,\"text\":%s,\"from\":{\"id\":%lld,"
		"\"is_bot\":false,\"first_name\":\"User\"},\"chat\":{\"id\":%lld,\"type\":\"%s\"}}",
		tobs_buf_str(&json), (long long)(user > 0 ? user : 1), (long long)user,
		user > 0 ? "private" : "supergroup");
	tobs_buf_deinit(&json);
}

void bot_peer_answer(struct bot_peer *p, const char *method, int status, const char *body)
{
	assert_true(p->scripted < BOT_PEER_MAX);
	p->script[p->scripted++] = (struct bot_peer_script){ method, status, body };
}

const char *bot_peer_call(struct bot_peer *p, size_t n)
{
	struct tobs_deadline d;

	tobs_deadline_push(&d, CALL_WAIT_MS);
	while (p->call_count < n && !tobs_cond_wait(&p->called))
		;
	tobs_deadline_pop(&d);
	if (p->call_count < n)
		fail_msg("there were %zu calls, not %zu", p->call_count, n);
	return tobs_buf_str(&p->calls[n - 1]);
}
