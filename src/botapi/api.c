/* SPDX-License-Identifier: MIT */
#include "botapi/api.h"

#include <assert.h>
#include <tobs/botapi_methods.h>
#include <tobs/rt.h>

#include "base/wipe.h"
#include "botapi/api_impl.h"
#include "botapi/decode.h"
#include "botapi/method.h"
#include "botapi/upload.h"

enum {
	TOKEN_MAX = 256,
	ROOT_MAX = 1024,
	BODY_MAX = 16 << 20,
	/* Requests kept for reuse, and how much memory each may keep. */
	SPARE_MAX = 64,
	SPARE_BYTES = 64 << 10,
};

/* Digits, a colon, and letters that need no escaping in a URL. */
static bool is_token(struct tobs_view token)
{
	size_t i = 0, colon;

	while (i < token.len && token.ptr[i] >= '0' && token.ptr[i] <= '9')
		i++;
	colon = i;
	if (!i || i > 18 || token.len > TOKEN_MAX || i == token.len || token.ptr[i] != ':')
		return false;
	for (i++; i < token.len; i++) {
		uint8_t c = token.ptr[i], low = c | 0x20;

		if (!(c >= '0' && c <= '9') && !(low >= 'a' && low <= 'z') && c != '-' && c != '_')
			return false;
	}
	return i > colon + 1;
}

/* "http://host:8081", without a slash at its end. */
static int set_root(struct api *api, const struct api_options *opt, struct tobs_err *err)
{
	struct tobs_view root = tobs_view_trim(tobs_str(opt->root ? opt->root : BOTAPI_ROOT));
	struct http_url url;
	int r = http_url_parse(root, &url, err);

	if (r) {
		tobs_err_context(err, "the address of the Bot API server");
		return r;
	}
	while (root.len && root.ptr[root.len - 1] == '/')
		root.len--;
	tobs_buf_putv(&api->root, root);
	tobs_buf_putv(&api->prefix, root);
	tobs_buf_puts(&api->prefix, "/bot");
	tobs_buf_putv(&api->prefix, opt->token);
	tobs_buf_puts(&api->prefix, opt->test_dc ? "/test/" : "/");
	tobs_buf_putv(&api->files, root);
	tobs_buf_puts(&api->files, "/file/bot");
	tobs_buf_putv(&api->files, opt->token);
	r = tobs_buf_puts(&api->files, opt->test_dc ? "/test/" : "/");
	r = r ? r : tobs_buf_err(&api->prefix);
	return r ? tobs_fail(err, r, "the address of the Bot API server is too long") : TOBS_OK;
}

static int open_pools(struct api *api, const struct api_options *opt, struct tobs_err *err)
{
	struct http_client_options http = {
		.name = "sending",
		.connections = opt->connections ? opt->connections : API_CONNECTIONS,
		.proxy = opt->proxy,
		.ca_file = opt->ca_file,
	};
	int r = http_client_new(&http, &api->sending, err);

	if (r)
		return r;
	http.name = "polling";
	http.connections = 2; /* one to be waited on, and one for whoever looks in between */
	return http_client_new(&http, &api->polling, err);
}

int api_new(const struct api_options *opt, struct api **ret, struct tobs_err *err)
{
	struct api *api;
	int r;

	if (!is_token(opt->token))
		return tobs_fail(err, TOBS_EINVAL,
			"this is no bot token: it looks like 123456789:AbC…, as @BotFather wrote it");
	api = MEM_NEW(struct api);
	if (!api)
		return tobs_fail(err, TOBS_ENOMEM, "opening the Bot API");
	tobs_buf_init(&api->root, ROOT_MAX);
	tobs_buf_init(&api->prefix, ROOT_MAX + TOKEN_MAX + 16);
	tobs_buf_init(&api->files, ROOT_MAX + TOKEN_MAX + 32);
	answer_reader_init(&api->reader);
	api->call_ms = opt->call_ms ? opt->call_ms : API_CALL_MS;
	api->transfer_ms = opt->transfer_ms ? opt->transfer_ms : API_TRANSFER_MS;
	api->flags = opt->flags | (opt->local ? BOTAPI_LOCAL : 0);
	(void)tobs_view_int(
		tobs_view_sub(opt->token, 0, tobs_view_find(opt->token, 0, tobs_str(":"))), 0,
		INT64_MAX, &api->bot_id);
	r = set_root(api, opt, err);
	if (!r)
		r = open_pools(api, opt, err);
	if (r) {
		api_free(api);
		return r;
	}
	*ret = api;
	return TOBS_OK;
}

static void request_free(struct api_request *rq)
{
	botapi_body_deinit(&rq->body);
	http_answer_deinit(&rq->http);
	tobs_buf_wipe(&rq->url);
	ARRAY_DEINIT(&rq->parts);
	mem_free(rq);
}

void api_free(struct api *api)
{
	if (!api)
		return;
	while (api->spare) {
		struct api_request *rq = api->spare;

		api->spare = rq->next;
		request_free(rq);
	}
	http_client_free(api->sending);
	http_client_free(api->polling);
	answer_reader_deinit(&api->reader);
	tobs_buf_deinit(&api->root);
	tobs_buf_wipe(&api->prefix);
	tobs_buf_wipe(&api->files);
	mem_free(api);
}

const char *api_root(const struct api *api)
{
	return tobs_buf_str(&api->root);
}

int64_t api_bot_id(const struct api *api)
{
	return api->bot_id;
}

void api_stats(const struct api *api, struct http_client_stats *ret)
{
	http_client_stats(api->sending, ret);
}

size_t api_calling(const struct api *api)
{
	struct http_client_stats sending, polling;

	http_client_stats(api->sending, &sending);
	http_client_stats(api->polling, &polling);
	return sending.calls + polling.calls;
}

/* ---- Requests --------------------------------------------------------------- */

struct api_request *api_begin(struct api *api)
{
	struct api_request *rq = api->spare;

	if (rq) {
		api->spare = rq->next;
		api->spares--;
		rq->attempts = 0;
		return rq;
	}
	rq = MEM_NEW(struct api_request);
	if (!rq)
		return NULL;
	botapi_body_init(&rq->body, BODY_MAX);
	http_answer_init(&rq->http, ANSWER_MAX);
	tobs_buf_init(&rq->url, ROOT_MAX + 2 * TOKEN_MAX);
	return rq;
}

void api_end(struct api *api, struct api_request *rq)
{
	if (!rq)
		return;
	if (api->spares == SPARE_MAX ||
		rq->body.text.cap + rq->http.body.cap + rq->http.head.cap > SPARE_BYTES) {
		request_free(rq);
		return;
	}
	rq->next = api->spare;
	api->spare = rq;
	api->spares++;
}

static int make_url(struct api *api, struct api_request *rq, enum tobs_method method)
{
	tobs_buf_clear(&rq->url);
	tobs_buf_putv(&rq->url, tobs_buf_view(&api->prefix));
	return tobs_buf_puts(&rq->url, tobs_method_name(method));
}

/*
 * Makes the call within `ms`. That the server took longer than that is its
 * failure, and not the end of the fiber's own time.
 */
int api_http(struct api *api, struct http_client *client, const struct http_call *call, int64_t ms,
	struct http_answer *ret, struct tobs_err *err)
{
	struct tobs_deadline d;
	int r;

	tobs_deadline_push(&d, ms);
	r = http_client_call(client, call, ret, err);
	tobs_deadline_pop(&d);
	if (r == TOBS_ETIMEDOUT && tobs_deadline_passed(&d) && tobs_deadline_left())
		r = tobs_fail(err, TOBS_ENET, "%s: no answer within %lld s", api_root(api),
			(long long)ms / 1000);
	return r;
}

static int send_json(struct api *api, struct api_request *rq, enum tobs_method method,
	const void *args, struct tobs_err *err)
{
	static const struct http_header json[] = { HTTP_HEADER(
		"Content-Type", "application/json") };
	const struct http_call call = {
		.method = "POST",
		.url = tobs_buf_view(&rq->url),
		.headers = json,
		.header_count = 1,
		.body = tobs_buf_view(&rq->body.text),
		.repeatable = method_info(method)->repeatable,
	};

	if (method == TOBS_METHOD_GET_UPDATES) {
		const struct tobs_get_updates *u = args;
		int64_t wait = u && u->timeout > 0 && u->timeout < 3600 ? u->timeout : 0;

		return api_http(
			api, api->polling, &call, wait * 1000 + API_POLL_EXTRA_MS, &rq->http, err);
	}
	return api_http(api, api->sending, &call, api->call_ms, &rq->http, err);
}

/* ---- Forms ------------------------------------------------------------------ */

static struct http_part value_part(const struct api_request *rq, const struct botapi_part *p)
{
	return (struct http_part){
		.name = tobs_str(botapi_part_name(p)),
		.value = tobs_view_sub(tobs_buf_view(&rq->body.text), p->at, p->len),
	};
}

static struct http_part file_part(const struct botapi_part *p, const struct upload *u)
{
	const struct tobs_input_file *f = p->file;
	struct http_part part = {
		.name = tobs_str(botapi_part_name(p)),
		.filename = tobs_str(botapi_file_name(f)),
		.type = tobs_str(f->type ? f->type : "application/octet-stream"),
	};

	if (u->source.read)
		part.source = &u->source;
	else
		part.value = tobs_view(f->from.data, (size_t)f->size);
	return part;
}

static int make_parts(
	struct api_request *rq, struct upload *uploads, bool again, struct tobs_err *err)
{
	size_t n = 0;

	rq->parts.count = 0;
	ARRAY_EACH (p, &rq->body.parts) {
		int r = TOBS_OK;

		if (p->file)
			r = upload_open(&uploads[n], p->file, again, err);
		if (!r &&
			ARRAY_PUSH(&rq->parts,
				p->file ? file_part(p, &uploads[n]) : value_part(rq, p)))
			r = tobs_fail(err, TOBS_ENOMEM, "no memory for a form");
		n += p->file != NULL;
		if (r)
			return r;
	}
	return TOBS_OK;
}

static int send_form(struct api *api, struct api_request *rq, bool again, struct tobs_err *err)
{
	struct upload *uploads = mem_array(rq->body.parts.count, sizeof *uploads);
	struct http_call call = { .method = "POST", .url = tobs_buf_view(&rq->url) };
	int r;

	if (!uploads)
		return tobs_fail(err, TOBS_ENOMEM, "no memory for a form");
	memset(uploads, 0, rq->body.parts.count * sizeof *uploads);
	r = make_parts(rq, uploads, again, err);
	if (!r) {
		call.parts = rq->parts.items;
		call.part_count = rq->parts.count;
		r = api_http(api, api->sending, &call, api->transfer_ms, &rq->http, err);
	}
	for (size_t i = 0; i < rq->body.parts.count; i++)
		upload_close(&uploads[i]);
	mem_free(uploads);
	return r;
}

int api_send(struct api *api, struct api_request *rq, enum tobs_method method, const void *args,
	struct tobs_err *err)
{
	bool again = rq->attempts++ > 0;
	int r = botapi_encode(method, args, api->flags, &rq->body, err);

	rq->http.sent = false;
	if (r)
		return r;
	if (make_url(api, rq, method))
		return tobs_fail(err, TOBS_ENOMEM, "no memory for a request");
	r = rq->body.parts.count ? send_form(api, rq, again, err)
				 : send_json(api, rq, method, args, err);
	if (r)
		tobs_err_context(err, "%s", tobs_method_name(method));
	return r;
}

/* ---- Answers ---------------------------------------------------------------- */

int api_answer(struct api *api, struct api_request *rq, enum tobs_method method,
	struct json_value *ret, struct tobs_err *err)
{
	const struct answer in = { rq->http.status, tobs_buf_view(&rq->http.head), &rq->http.body };

	return answer_read(&api->reader, method, &in, ret, err);
}

int api_result(struct api *api, struct api_request *rq, enum tobs_method method,
	struct tobs_arena *arena, void *ret, struct tobs_err *err)
{
	struct json_value result;
	int r;

	if (!ret && answer_is_ok(rq->http.status, tobs_buf_view(&rq->http.body)))
		return TOBS_OK;
	r = api_answer(api, rq, method, &result, err);
	if (!r && ret) {
		r = botapi_decode_result(method, result, arena, ret, err);
		if (r == TOBS_EMALFORMED)
			r = tobs_fail(err, TOBS_EPROTO, "%s: what came is not what Bot API %s says",
				tobs_method_name(method), TOBS_BOTAPI_VERSION);
	}
	return r;
}
