/* SPDX-License-Identifier: MIT */
/* From a request to a call, and from what came of it to an answer. */
#include <stdio.h>

#include "base/attr.h"
#include "base/json_write.h"
#include "sim/bot_server.h"

enum { ANSWER_MAX = 4096, TOKEN_MAX = 80 };

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
	(void)http_request_header(req, "Content-Type", &type);
	if (!bot_args_read(c, req->query, type, req->body))
		(void)bot_call_run(c);
	r = respond(c);
	bot_call_close(c);
	/* A client that has gone needs no answer. */
	return r == TOBS_ECLOSED ? TOBS_OK : r;
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

int bot_http(struct http_request *req, void *user)
{
	struct tobs_buf path;
	int r;

	if (!http_request_allow(req, "GET, POST"))
		return TOBS_OK;
	if (!memchr(req->path.ptr, '%', req->path.len))
		return route(user, req, req->path);
	tobs_buf_init(&path, req->path.len + 1);
	r = http_unescape(&path, req->path, false);
	r = r ? respond_failure(req, 404, "Not Found", 0, 0)
	      : route(user, req, tobs_buf_view(&path));
	tobs_buf_deinit(&path);
	return r;
}
