/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/attr.h"
#include "base/log.h"
#include "net/http_server_impl.h"
#include "rt/wait.h"

enum { VALUE_MAX = 16 << 10 }; /* of a header of an answer */

/* ---- Giving it to MHD ------------------------------------------------------ */

bool answer_queue(struct server_request *r)
{
	enum MHD_Result ok;

	if (!r->response)
		return false;
	ok = MHD_queue_response(r->mhd, (unsigned)r->status, r->response);
	MHD_destroy_response(r->response); /* it has a reference of its own */
	r->response = NULL;
	r->queued = true;
	conn_deadline(r->conn, r->server->opt.answer_ms);
	return ok == MHD_YES;
}

/* The answer stands: sends it as soon as MHD can take it. */
static int submit(struct server_request *r)
{
	if (!r->mhd)
		return TOBS_ECLOSED;
	if (r->complete) {
		if (!answer_queue(r)) {
			conn_hang_up(r->conn);
			return TOBS_ENOMEM;
		}
	} else {
		r->dropping = true; /* the rest of the body, then MHD asks */
		tobs_buf_clear(&r->body);
	}
	request_resume(r);
	server_kick(r->server);
	return TOBS_OK;
}

/* ---- Making it ------------------------------------------------------------- */

/* Headers the server itself writes. */
static bool is_ours(struct tobs_view name)
{
	static const char *const ours[] = { "Content-Length", "Transfer-Encoding", "Connection",
		"Date" };

	for (size_t i = 0; i < ARRAY_LEN(ours); i++)
		if (tobs_view_eq_nocase(name, tobs_str(ours[i])))
			return true;
	return false;
}

static int check_headers(const struct http_header *headers, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!http_is_token(headers[i].name) || is_ours(headers[i].name) ||
			!http_is_value(headers[i].value) || headers[i].value.len >= VALUE_MAX)
			return TOBS_EINVAL;
	return TOBS_OK;
}

static int add_header(struct server_request *r, const struct http_header *h)
{
	struct tobs_buf name, value;
	int result = TOBS_ENOMEM;

	/* MHD has no use for an empty value. */
	if (!h->value.len)
		return TOBS_OK;
	tobs_buf_init(&name, VALUE_MAX);
	tobs_buf_init(&value, VALUE_MAX);
	if (!tobs_buf_putv(&name, h->name) && !tobs_buf_putv(&value, h->value) &&
		MHD_add_response_header(r->response, tobs_buf_str(&name), tobs_buf_str(&value)) ==
			MHD_YES)
		result = TOBS_OK;
	tobs_buf_deinit(&name);
	tobs_buf_deinit(&value);
	return result;
}

static int add_headers(struct server_request *r, const struct http_header *headers, size_t count)
{
	int result = TOBS_OK;

	for (size_t i = 0; i < count && !result; i++)
		result = add_header(r, &headers[i]);
	if (!result && r->server->draining &&
		MHD_add_response_header(r->response, "Connection", "close") != MHD_YES)
		result = TOBS_ENOMEM;
	if (result) {
		MHD_destroy_response(r->response);
		r->response = NULL;
	}
	return result;
}

/* What is in r->out. */
static int make_whole(
	struct server_request *r, int status, const struct http_header *headers, size_t count)
{
	int result;

	r->response = MHD_create_response_from_buffer(
		r->out.len, r->out.ptr, MHD_RESPMEM_PERSISTENT);
	if (!r->response)
		return TOBS_ENOMEM;
	result = add_headers(r, headers, count);
	if (result)
		return result;
	r->status = status;
	r->kind = ANSWER_WHOLE;
	return TOBS_OK;
}

int answer_plain(struct server_request *r, int status)
{
	static const struct http_header plain[] = { HTTP_HEADER("Content-Type", "text/plain") };

	tobs_buf_clear(&r->out);
	if (tobs_buf_printf(&r->out, "%d %s\n", status, http_status_text(status)))
		return TOBS_ENOMEM;
	return make_whole(r, status, plain, 1);
}

static int check_answer(
	struct server_request *r, int status, const struct http_header *headers, size_t count)
{
	if (r->kind || status < 200 || status > 599)
		return TOBS_EINVAL;
	if (!r->mhd)
		return TOBS_ECLOSED;
	return check_headers(headers, count);
}

int http_respond_take(struct http_request *req, int status, const struct http_header *headers,
	size_t header_count, struct tobs_buf *body)
{
	struct server_request *r = request_of(req);
	int result = check_answer(r, status, headers, header_count);

	if (result)
		return result;
	tobs_buf_deinit(&r->out);
	r->out.ptr = body->ptr;
	r->out.len = body->len;
	r->out.cap = body->cap;
	*body = (struct tobs_buf){ .max = body->max };
	result = make_whole(r, status, headers, header_count);
	return result ? result : submit(r);
}

int http_respond(struct http_request *req, int status, const struct http_header *headers,
	size_t header_count, struct tobs_view body)
{
	struct server_request *r = request_of(req);
	int result = check_answer(r, status, headers, header_count);

	if (result)
		return result;
	tobs_buf_clear(&r->out);
	result = tobs_buf_putv(&r->out, body);
	if (!result)
		result = make_whole(r, status, headers, header_count);
	return result ? result : submit(r);
}

int http_respond_text(struct http_request *req, int status, const char *type, const char *text)
{
	const struct http_header headers[] = { { TOBS_LIT("Content-Type"), tobs_str(type) } };

	return http_respond(req, status, headers, 1, tobs_str(text));
}

bool http_request_allow(struct http_request *req, const char *methods)
{
	const struct http_header headers[] = { { TOBS_LIT("Allow"), tobs_str(methods) } };
	struct tobs_view rest = tobs_str(methods), method;

	while (tobs_view_split(&rest, ',', &method))
		if (tobs_view_eq(tobs_view_trim(method), req->method))
			return true;
	http_respond(req, 405, headers, 1, tobs_str("405 Method Not Allowed\n"));
	return false;
}

/* ---- In pieces ------------------------------------------------------------- */

/* MHD asks for more to send. */
static ssize_t give_piece(void *cls, uint64_t at, char *buf, size_t max)
{
	struct server_request *r = cls;
	size_t n = MIN(max, r->out.len);

	(void)at;
	if (r->out_broken || r->conn->lost)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	if (n) {
		memcpy(buf, r->out.ptr, n);
		tobs_buf_consume(&r->out, n);
		conn_deadline(r->conn, r->server->opt.answer_ms);
		waiters_wake_all(&r->waiters, TOBS_OK);
		return (ssize_t)n;
	}
	if (r->out_end)
		return MHD_CONTENT_READER_END_OF_STREAM;
	MHD_suspend_connection(r->mhd);
	r->suspended = true;
	conn_deadline(r->conn, -1); /* it is the handler that is slow */
	return 0;
}

int http_respond_begin(struct http_request *req, int status, const struct http_header *headers,
	size_t header_count, int64_t size)
{
	struct server_request *r = request_of(req);
	int result = check_answer(r, status, headers, header_count);

	if (result)
		return result;
	tobs_buf_clear(&r->out);
	r->response = MHD_create_response_from_callback(
		size < 0 ? MHD_SIZE_UNKNOWN : (uint64_t)size, WINDOW, give_piece, r, NULL);
	if (!r->response)
		return TOBS_ENOMEM;
	result = add_headers(r, headers, header_count);
	if (result)
		return result;
	r->status = status;
	r->out_left = size;
	r->kind = ANSWER_PIECES;
	return submit(r);
}

static int count_out(struct server_request *r, size_t len)
{
	if (r->kind != ANSWER_PIECES || (r->out_left >= 0 && (int64_t)len > r->out_left))
		return TOBS_EINVAL;
	if (r->out_left >= 0)
		r->out_left -= (int64_t)len;
	return TOBS_OK;
}

int http_respond_write(struct http_request *req, struct tobs_view data, struct tobs_err *err)
{
	struct server_request *r = request_of(req);
	int result = count_out(r, data.len);

	if (result)
		return tobs_fail(err, result, "an answer with more bytes than were announced");
	while (data.len && !r->is_head) {
		size_t n = MIN(data.len, WINDOW - r->out.len);

		if (!r->mhd)
			return tobs_fail(err, TOBS_ECLOSED, "the client hung up");
		if (n) {
			result = tobs_buf_put(&r->out, data.ptr, n);
			if (result)
				return tobs_fail(err, result, "answering");
			data = tobs_view_sub(data, n, SIZE_MAX);
			request_resume(r);
			continue;
		}
		result = waiters_wait(&r->waiters, "the client to take an answer");
		if (result)
			return tobs_fail(err, result, "answering");
	}
	return TOBS_OK;
}

static int write_file(
	struct http_request *req, int fd, const struct http_range *part, struct tobs_err *err)
{
	struct http_file file;
	struct http_source source = http_file_source(&file, fd, part->first, part->len);
	uint8_t *buf = mem_alloc(WINDOW);
	size_t n = 1;
	int r = TOBS_OK;

	if (!buf)
		return tobs_fail(err, TOBS_ENOMEM, "answering with a file");
	while (!r && n) {
		r = source.read(source.user, buf, WINDOW, &n, err);
		if (!r)
			r = http_respond_write(req, tobs_view(buf, n), err);
	}
	mem_free(buf);
	return r;
}

/* The caller's headers and ours. */
static struct http_header *more_headers(
	const struct http_header *headers, size_t count, struct tobs_view range)
{
	struct http_header *all = MEM_ARRAY(count + 2, struct http_header);

	if (!all)
		return NULL;
	if (count)
		memcpy(all, headers, count * sizeof *headers);
	all[count] = (struct http_header)HTTP_HEADER("Accept-Ranges", "bytes");
	all[count + 1] = (struct http_header){ TOBS_LIT("Content-Range"), range };
	return all;
}

int http_respond_file(struct http_request *req, int fd, int64_t size,
	const struct http_header *headers, size_t header_count, struct tobs_err *err)
{
	struct http_range part = { 0, size };
	struct tobs_view value = { 0 };
	struct http_header *all;
	char range[80] = "";
	int r, status = 200;

	if (http_request_header(req, "Range", &value)) {
		r = http_range(value, size, &part);
		status = r == TOBS_ETOOBIG ? 416 : r ? 200 : 206;
	}
	if (status == 206)
		snprintf(range, sizeof range, "bytes %lld-%lld/%lld", (long long)part.first,
			(long long)(part.first + part.len - 1), (long long)size);
	else if (status == 416)
		snprintf(range, sizeof range, "bytes */%lld", (long long)size);
	all = more_headers(headers, header_count, tobs_str(range));
	if (!all)
		return tobs_fail(err, TOBS_ENOMEM, "answering with a file");
	header_count += 1 + (range[0] != 0);
	r = status == 416 ? http_respond(req, status, all, header_count, tobs_view(NULL, 0))
			  : http_respond_begin(req, status, all, header_count, part.len);
	mem_free(all);
	if (r)
		return tobs_fail(err, r, "answering with a file");
	return status == 416 || request_of(req)->is_head ? TOBS_OK
							 : write_file(req, fd, &part, err);
}

/* ---- The handler has returned ---------------------------------------------- */

void answer_finish(struct server_request *r, int result)
{
	if (result && result != TOBS_ECANCELED && result != TOBS_ECLOSED)
		log_warn("http", "a handler failed: %s", tobs_error_name(result));
	if (r->kind == ANSWER_PIECES) {
		r->out_end = !result && (r->out_left <= 0 || r->is_head);
		r->out_broken = !r->out_end;
		request_resume(r);
		return;
	}
	if (r->kind || !r->mhd)
		return;
	if (!result)
		log_warn("http", "a handler made no answer");
	if (answer_plain(r, result == TOBS_ECANCELED ? 503 : 500))
		conn_hang_up(r->conn);
	else
		submit(r);
}
