/* SPDX-License-Identifier: MIT */
/* From a request to a call, and from what came of it to an answer. */
#include <stdio.h>

#include "base/attr.h"
#include "base/json_write.h"
#include "sim/bot_faults.h"
#include "sim/bot_send.h"
#include "sim/bot_server.h"

enum { ANSWER_MAX = 4096, TOKEN_MAX = 80, GONE_LOOK_MS = 50, SLOW_STEP_MS = 100 };

static const struct http_header json_header = HTTP_HEADER("Content-Type", "application/json");

/* {"ok":false,"error_code":…,"description":…} */
static int respond_failure(struct http_request *req, int status, const char *description,
	int64_t retry_after, int64_t migrate_to)
{
	char seconds[24];
	struct http_header headers[2] = { json_header };
	struct json_writer w;
	struct tobs_buf out;
	size_t n = 1;

	tobs_buf_init(&out, ANSWER_MAX);
	json_writer_init(&w, &out, 0);
	jsonw_object(&w);
	jsonw_key(&w, "ok");
	jsonw_bool(&w, false);
	jsonw_key(&w, "error_code");
	jsonw_i64(&w, status);
	jsonw_key(&w, "description");
	jsonw_str(&w, description);
	if (retry_after || migrate_to) {
		jsonw_key(&w, "parameters");
		jsonw_object(&w);
		jsonw_key(&w, retry_after ? "retry_after" : "migrate_to_chat_id");
		jsonw_i64(&w, retry_after ? retry_after : migrate_to);
		jsonw_end(&w);
	}
	jsonw_end(&w);
	if (retry_after) {
		snprintf(seconds, sizeof seconds, "%lld", (long long)retry_after);
		headers[n++] = (struct http_header){ TOBS_LIT("Retry-After"), tobs_str(seconds) };
	}
	return http_respond_take(req, status, headers, n, &out);
}

static int respond(struct bot_call *c)
{
	if (c->status)
		return respond_failure(
			c->req, c->status, c->description, c->retry_after, c->migrate_to);
	/* Notes are the server's own words, and need no escaping. */
	if (c->note)
		tobs_buf_printf(&c->out, ",\"description\":\"%s\"", c->note);
	tobs_buf_putc(&c->out, '}');
	if (tobs_buf_err(&c->out))
		return respond_failure(c->req, 500, "Internal Server Error: out of memory", 0, 0);
	return http_respond_take(c->req, 200, &json_header, 1, &c->out);
}

/* ---- what goes wrong on purpose ---- */

/* The answer of a proxy in front, when the server behind it is not there. */
static int respond_gateway(struct http_request *req, int status)
{
	char html[ANSWER_MAX];

	snprintf(html, sizeof html,
		"<html>\r\n<head><title>%d %s</title></head>\r\n<body>\r\n<center><h1>%d %s</h1>"
		"</center>\r\n<hr><center>nginx/1.18.0</center>\r\n</body>\r\n</html>\r\n",
		status, http_status_text(status), status, http_status_text(status));
	return http_respond_text(req, status, "text/html", html);
}

static int break_off(struct http_request *req)
{
	http_request_break(req);
	(void)http_respond_text(req, 500, "text/plain", "");
	return TOBS_OK;
}

/* Says nothing until the client has had enough. */
static int stay_silent(struct bot_call *c)
{
	while (!http_request_gone(c->req) && !bot_stopping(c->server))
		if (tobs_sleep(GONE_LOOK_MS))
			break;
	return break_off(c->req);
}

static const char *usual_text(int status)
{
	switch (status) {
	case 401: return "Unauthorized";
	case 403: return "Forbidden: bot was blocked by the user";
	case 404: return "Not Found";
	case 409:
		return "Conflict: terminated by other getUpdates request; make sure that only one bot "
		       "instance is running";
	case 413: return "Request Entity Too Large";
	case 429: return "Too Many Requests: retry after 1";
	case 500: return "Internal Server Error: restart";
	default: return http_status_text(status);
	}
}

/* Before anything is done. True: that was the answer, *ret says how it went. */
static bool fails_first(struct bot_call *c, int *ret)
{
	enum { KINDS = 1 << BOT_ERROR | 1 << BOT_GATEWAY | 1 << BOT_RESET | 1 << BOT_SILENT };
	struct sim_bot_faults *f = c->server->options.faults;
	const char *method = tobs_method_name(c->method);
	const struct bot_fault_rule *rule;

	if (!f || !f->rules.count)
		return false;
	c->retry_after = bot_fault_flood(f, method, tobs_now());
	if (c->retry_after) {
		bot_fail(c, 429, "retry after %lld", (long long)c->retry_after);
		*ret = respond(c);
		return true;
	}
	rule = bot_fault_meets(f, KINDS, method);
	switch (rule ? rule->kind : BOT_FAULT_KINDS) {
	case BOT_ERROR:
		*ret = respond_failure(c->req, rule->status,
			rule->text[0] ? rule->text : usual_text(rule->status), rule->status == 429,
			0);
		return true;
	case BOT_GATEWAY: *ret = respond_gateway(c->req, rule->status); return true;
	case BOT_RESET: *ret = break_off(c->req); return true;
	case BOT_SILENT: *ret = stay_silent(c); return true;
	default: return false;
	}
}

static int64_t chat_of(const struct bot_call *c)
{
	const char *name = bot_arg_str(c, "chat_id");

	return name ? sim_peer_by_name(c->world, tobs_str(name)) : bot_arg_int(c, "chat_id");
}

/* Whether it sends messages, and how many; editing counts in groups. */
static int64_t messages_in(const struct bot_call *c)
{
	const char *name = tobs_method_name(c->method);

	if (c->method == TOBS_METHOD_SEND_CHAT_ACTION)
		return 0;
	if (c->method == TOBS_METHOD_SEND_MEDIA_GROUP)
		return (int64_t)json_count(json_field(c->json, "media"));
	if (strncmp(name, "editMessage", strlen("editMessage")) == 0)
		return chat_of(c) < 0;
	if (strncmp(name, "send", 4) == 0 || strncmp(name, "copy", 4) == 0 ||
		strncmp(name, "forward", strlen("forward")) == 0)
		return MAX((int64_t)json_count(json_field(c->json, "message_ids")), 1);
	return 0;
}

static bool over_limit(struct bot_call *c)
{
	struct sim_bot_faults *f = c->server->options.faults;
	int64_t count;

	if (!f || !f->numbers[BOT_LIMITS])
		return false;
	count = messages_in(c);
	if (count)
		c->retry_after = bot_fault_limit(f, c->bot->account->user->peer, chat_of(c), count,
			bot_arg_bool(c, "allow_paid_broadcast"), tobs_now());
	if (c->retry_after)
		bot_fail(c, 429, "retry after %lld", (long long)c->retry_after);
	return c->retry_after != 0;
}

/* A piece every tenth of a second; `upto` bytes, then the connection breaks. */
static int respond_slowly(struct bot_call *c, int64_t rate, size_t upto)
{
	size_t piece = rate ? (size_t)MAX(rate / 10, 1) : upto;
	struct tobs_view body = tobs_buf_view(&c->out);
	int r = http_respond_begin(c->req, 200, &json_header, 1, (int64_t)body.len);

	for (size_t at = 0; !r && at < upto; at += piece) {
		r = http_respond_write(
			c->req, tobs_view_sub(body, at, MIN(piece, upto - at)), NULL);
		if (!r && rate)
			r = tobs_sleep(SLOW_STEP_MS);
	}
	if (!r && upto < body.len) {
		r = tobs_sleep(SLOW_STEP_MS); /* so that what there is arrives */
		http_request_break(c->req);
		return TOBS_ENET;
	}
	return r;
}

/* The call was carried out; whether the client learns what came of it. */
static int respond_badly(struct bot_call *c)
{
	enum { KINDS = 1 << BOT_LOST | 1 << BOT_SHORT };
	struct sim_bot_faults *f = c->server->options.faults;
	const struct bot_fault_rule *rule;
	int64_t ms;

	if (!f)
		return respond(c);
	ms = bot_fault_delay(f);
	if (ms && tobs_sleep(ms))
		return break_off(c->req);
	rule = f->rules.count ? bot_fault_meets(f, KINDS, tobs_method_name(c->method)) : NULL;
	if (rule && rule->kind == BOT_LOST)
		return break_off(c->req);
	if (c->status || (!rule && !f->numbers[BOT_SLOW]))
		return respond(c);
	f->hits[BOT_SLOW] += f->numbers[BOT_SLOW] != 0;
	tobs_buf_putc(&c->out, '}');
	return respond_slowly(c, f->numbers[BOT_SLOW], rule ? c->out.len / 2 : c->out.len);
}

static int run_method(
	struct sim_bots *s, struct sim_bot *bot, enum tobs_method method, struct http_request *req)
{
	struct bot_call *c = bot_call_open(s, bot);
	struct tobs_view type = { NULL, 0 };
	int r;

	if (!c)
		return TOBS_ENOMEM;
	c->req = req;
	c->method = method;
	if (!fails_first(c, &r)) {
		(void)http_request_header(req, "Content-Type", &type);
		if (!bot_args_read(c, req->query, type, req->body) && !over_limit(c))
			(void)bot_call_run(c);
		r = respond_badly(c);
	}
	bot_call_close(c);
	/* A client that has gone needs no answer. */
	return r == TOBS_ECLOSED || r == TOBS_ENET ? TOBS_OK : r;
}

/* "<id>:<secret>" with an id that does not begin with 0 (S). */
static bool is_token(struct tobs_view token)
{
	size_t colon = tobs_view_find(token, 0, tobs_str(":"));
	int64_t id;

	return token.len <= TOKEN_MAX && colon != SIZE_MAX && colon + 1 < token.len &&
		token.ptr[0] != '0' &&
		!tobs_view_int(tobs_view_sub(token, 0, colon), 1, INT64_MAX, &id);
}

static int route(struct sim_bots *s, struct http_request *req, struct tobs_view path)
{
	bool file = tobs_view_starts(path, "/file/bot");
	struct tobs_view token, rest;
	enum tobs_method method;
	struct sim_bot *bot;

	if (!file && !tobs_view_starts(path, "/bot"))
		return respond_failure(req, 404, "Not Found", 0, 0);
	rest = tobs_view_sub(path, strlen(file ? "/file/bot" : "/bot"), SIZE_MAX);
	if (!tobs_view_split(&rest, '/', &token) || !rest.ptr)
		return respond_failure(req, 404, "Not Found", 0, 0);
	if (!is_token(token))
		return respond_failure(req, 401, "Unauthorized: invalid token specified", 0, 0);
	bot = bot_by_token(s, token);
	if (!bot)
		return respond_failure(req, 401, "Unauthorized", 0, 0);
	if (file)
		return bot_download(bot, req, rest);
	method = bot_method(s, rest);
	if (method == TOBS_METHOD_END)
		return respond_failure(req, 404, "Not Found: method not found", 0, 0);
	return run_method(s, bot, method, req);
}

static int answer(struct sim_bots *s, struct http_request *req)
{
	struct tobs_buf path;
	int r;

	if (!http_request_allow(req, "GET, POST"))
		return TOBS_OK;
	if (!memchr(req->path.ptr, '%', req->path.len))
		return route(s, req, req->path);
	tobs_buf_init(&path, req->path.len + 1);
	r = http_unescape(&path, req->path, false);
	r = r ? respond_failure(req, 404, "Not Found", 0, 0) : route(s, req, tobs_buf_view(&path));
	tobs_buf_deinit(&path);
	return r;
}

int bot_http(struct http_request *req, void *user)
{
	struct sim_bots *s = user;
	int r;

	s->requests++;
	r = answer(s, req);
	s->requests--;
	return r;
}
