/* SPDX-License-Identifier: MIT */
#include <sys/socket.h>

#include "base/alloc.h"
#include "base/attr.h"
#include "net/http_server_impl.h"
#include "rt/wait.h"

enum {
	/* Of a head's strings and their index, for a head of so many bytes. */
	ARENA_PER_HEAD = 16,
};

struct server_request *request_new(struct server_conn *c)
{
	struct http_server *s = c->server;
	struct server_request *r;

	if (!list_empty(&s->spare)) {
		r = LIST_ITEM(s->spare.next, struct server_request, link);
		list_remove(&r->link);
		s->spares--;
	} else {
		r = MEM_NEW(struct server_request);
		if (!r)
			return NULL;
		list_init(&r->link);
		waiters_init(&r->waiters);
		tobs_arena_init(&r->arena, s->opt.max_head * ARENA_PER_HEAD);
		tobs_buf_init(&r->body, MAX(s->opt.max_body, WINDOW));
		tobs_buf_init(&r->out, SIZE_MAX);
	}
	r->server = s;
	s->requests++;
	return r;
}

void request_free(struct server_request *r)
{
	list_remove(&r->link);
	tobs_arena_deinit(&r->arena);
	tobs_buf_deinit(&r->body);
	tobs_buf_deinit(&r->out);
	mem_free(r);
}

static void forget_large(struct tobs_buf *b)
{
	if (b->cap > SPARE_BYTES)
		tobs_buf_deinit(b);
	tobs_buf_clear(b);
}

/* As a new one, but for the memory it has. */
static void recycle(struct server_request *r)
{
	struct server_request fresh = { .arena = r->arena, .body = r->body, .out = r->out };

	if (fresh.arena.used > SPARE_BYTES)
		tobs_arena_deinit(&fresh.arena);
	else
		tobs_arena_reset(&fresh.arena);
	forget_large(&fresh.body);
	forget_large(&fresh.out);
	*r = fresh;
	list_init(&r->link);
	waiters_init(&r->waiters);
}

void request_let_go(struct server_request *r)
{
	struct http_server *s = r->server;

	if (r->handling || r->held)
		return;
	if (r->response)
		MHD_destroy_response(r->response);
	r->response = NULL;
	s->requests--;
	waiters_wake_all(&s->changed, TOBS_OK);
	if (s->spares >= SPARE_MAX) {
		request_free(r);
		return;
	}
	recycle(r);
	list_push_front(&s->spare, &r->link);
	s->spares++;
}

void request_resume(struct server_request *r)
{
	if (!r->suspended || !r->mhd)
		return;
	r->suspended = false;
	MHD_resume_connection(r->mhd);
	server_kick(r->server);
}

bool http_request_header(const struct http_request *req, const char *name, struct tobs_view *ret)
{
	for (size_t i = 0; i < req->header_count; i++) {
		if (!tobs_view_eq_nocase(req->headers[i].name, tobs_str(name)))
			continue;
		*ret = req->headers[i].value;
		return true;
	}
	return false;
}

int http_request_read(
	struct http_request *req, void *buf, size_t len, size_t *ret_n, struct tobs_err *err)
{
	struct server_request *r = request_of(req);
	size_t n;

	assert(len);
	while (!r->body.len) {
		int wait;

		if (r->too_big)
			return tobs_fail(err, TOBS_ETOOBIG, "the body is larger than %zu bytes",
				r->server->opt.max_body);
		if (r->complete) {
			*ret_n = 0;
			return TOBS_OK;
		}
		if (!r->mhd)
			return tobs_fail(err, TOBS_ECLOSED, "the client hung up");
		request_resume(r);
		wait = waiters_wait(&r->waiters, "a request's body");
		if (wait)
			return tobs_fail(err, wait, "reading a request's body");
	}
	n = MIN(len, r->body.len);
	memcpy(buf, r->body.ptr, n);
	tobs_buf_consume(&r->body, n);
	*ret_n = n;
	return TOBS_OK;
}

int http_request_drain(struct http_request *req, const struct http_sink *sink, struct tobs_err *err)
{
	uint8_t *buf = mem_alloc(WINDOW);
	size_t n = 1;
	int r = TOBS_OK;

	if (!buf)
		return tobs_fail(err, TOBS_ENOMEM, "reading a request's body");
	while (!r && n) {
		r = http_request_read(req, buf, WINDOW, &n, err);
		if (!r && n)
			r = sink->write(sink->user, tobs_view(buf, n), err);
	}
	mem_free(buf);
	return r;
}

bool http_request_gone(const struct http_request *req)
{
	const struct server_request *r = CONTAINER_OF(
		(struct http_request *)(uintptr_t)req, struct server_request, pub);
	uint8_t byte;

	return !r->conn || recv(r->conn->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

void http_request_break(struct http_request *req)
{
	const struct linger at_once = { .l_onoff = 1, .l_linger = 0 };
	struct server_request *r = CONTAINER_OF(req, struct server_request, pub);

	if (!r->conn)
		return;
	/* So it is reset when it is closed; where that fails it merely ends. */
	(void)setsockopt(r->conn->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
	conn_hang_up(r->conn);
}
