/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <sys/socket.h>

#include "base/alloc.h"
#include "base/attr.h"
#include "net/http_server_impl.h"
#include "rt/wait.h"

/* ---- Connections ----------------------------------------------------------- */

void conn_deadline(struct server_conn *c, int64_t ms)
{
	struct http_server *s = c->server;

	if (ms < 0)
		timers_clear(&s->timers, &c->alarm);
	else
		timers_set(&s->timers, &c->alarm, rt_after(ms), ++s->tickets);
}

void conn_hang_up(struct server_conn *c)
{
	/* MHD owns the descriptor, and closes it when it sees the end. */
	shutdown(c->fd, SHUT_RDWR);
	c->lost = true;
	if (c->req)
		request_resume(c->req);
}

static void note_peer(struct server_conn *c, const struct sockaddr *sa)
{
	c->peer.sa.sa_family = AF_UNSPEC;
	if (!sa)
		return;
	if (sa->sa_family == AF_INET)
		c->peer.len = sizeof c->peer.in;
	else if (sa->sa_family == AF_INET6)
		c->peer.len = sizeof c->peer.in6;
	else
		c->peer.len = sizeof sa->sa_family; /* of a Unix socket: it has no name */
	memcpy(&c->peer.sa, sa, c->peer.len);
}

static struct server_conn *conn_new(struct http_server *s, struct MHD_Connection *mhd)
{
	const union MHD_ConnectionInfo *info;
	struct server_conn *c = MEM_NEW(struct server_conn);

	if (!c)
		return NULL;
	if (timers_reserve(&s->timers, s->conn_count + 1)) {
		mem_free(c);
		return NULL;
	}
	c->server = s;
	info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
	c->fd = info ? info->connect_fd : -1;
	info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	note_peer(c, info ? info->client_addr : NULL);
	list_push(&s->conns, &c->link);
	s->conn_count++;
	conn_deadline(c, s->opt.head_ms);
	return c;
}

void conn_changed(void *cls, struct MHD_Connection *mhd, void **conn_cls,
	enum MHD_ConnectionNotificationCode how)
{
	struct http_server *s = cls;
	struct server_conn *c = *conn_cls;
	const union MHD_ConnectionInfo *info;

	if (how == MHD_CONNECTION_NOTIFY_STARTED) {
		*conn_cls = c = conn_new(s, mhd);
		if (c)
			return;
		info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
		if (info)
			shutdown(info->connect_fd, SHUT_RDWR);
		return;
	}
	if (!c)
		return;
	timers_clear(&s->timers, &c->alarm);
	list_remove(&c->link);
	s->conn_count--;
	mem_free(c);
}

static struct server_conn *conn_of(struct MHD_Connection *mhd)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
		mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return info ? info->socket_context : NULL;
}

/* ---- The head -------------------------------------------------------------- */

/* The request line is there: a request begins. */
void *conn_request_line(void *cls, const char *uri, struct MHD_Connection *mhd)
{
	struct server_conn *c = conn_of(mhd);
	struct server_request *r = c ? request_new(c) : NULL;
	size_t question;

	(void)cls;
	if (!r)
		return NULL;
	r->mhd = mhd;
	if (tobs_arena_view(&r->arena, tobs_str(uri), &r->pub.target)) {
		request_let_go(r);
		return NULL;
	}
	question = tobs_view_find(r->pub.target, 0, tobs_str("?"));
	r->pub.path = tobs_view_sub(r->pub.target, 0, question);
	if (question != SIZE_MAX)
		r->pub.query = tobs_view_sub(r->pub.target, question + 1, SIZE_MAX);
	r->pub.peer = &c->peer;
	r->conn = c;
	r->held = true;
	c->req = r;
	conn_deadline(c, c->server->opt.head_ms);
	return r;
}

struct copying {
	struct server_request *r;
	struct http_header *headers;
	size_t count;
	bool failed;
};

static enum MHD_Result copy_header(void *cls, enum MHD_ValueKind kind, const char *name,
	size_t name_len, const char *value, size_t value_len)
{
	struct copying *c = cls;
	struct http_header *h = &c->headers[c->count++];

	(void)kind;
	c->failed = tobs_arena_view(&c->r->arena, tobs_view(name, name_len), &h->name) ||
		tobs_arena_view(
			&c->r->arena, tobs_view_trim(tobs_view(value, value_len)), &h->value);
	return c->failed ? MHD_NO : MHD_YES;
}

/* MHD's memory goes with the connection, ours with the handler. */
static int copy_head(struct server_request *r, const char *method)
{
	int count = MHD_get_connection_values_n(r->mhd, MHD_HEADER_KIND, NULL, NULL);
	struct copying c = { .r = r };

	r->is_head = !strcmp(method, "HEAD");
	if (tobs_arena_view(&r->arena, tobs_str(method), &r->pub.method))
		return TOBS_ENOMEM;
	if (count <= 0)
		return TOBS_OK;
	c.headers = TOBS_ARENA_ARRAY(&r->arena, (size_t)count, struct http_header);
	if (!c.headers)
		return TOBS_ENOMEM;
	MHD_get_connection_values_n(r->mhd, MHD_HEADER_KIND, copy_header, &c);
	r->pub.headers = c.headers;
	r->pub.header_count = c.count;
	return c.failed ? TOBS_ENOMEM : TOBS_OK;
}

/* As MHD understands it, which knows the word without spaces around it only. */
static bool is_chunked(const struct server_request *r)
{
	const char *value = MHD_lookup_connection_value(
		r->mhd, MHD_HEADER_KIND, MHD_HTTP_HEADER_TRANSFER_ENCODING);

	return tobs_view_eq_nocase(tobs_str(value), tobs_str("chunked"));
}

/*
 * What MHD lets pass although two readers may understand it differently, such
 * as a proxy before us and we (RFC 9112, sections 6.1 and 6.3). 0, or the status
 * to refuse it with.
 */
static int check_framing(const struct server_request *r, bool *ret_body)
{
	size_t lengths = 0, codings = 0;
	int64_t length = 0;

	for (size_t i = 0; i < r->pub.header_count; i++) {
		const struct http_header *h = &r->pub.headers[i];

		if (tobs_view_eq_nocase(h->name, tobs_str("Content-Length"))) {
			lengths++;
			if (tobs_view_int(h->value, 0, INT64_MAX, &length))
				return 400;
		} else if (tobs_view_eq_nocase(h->name, tobs_str("Transfer-Encoding"))) {
			codings++;
		}
	}
	if (lengths + codings > 1)
		return 400;
	if (codings && !is_chunked(r))
		return 501;
	*ret_body = length || codings;
	return (uint64_t)length > r->server->opt.max_body ? 413 : 0;
}

static enum MHD_Result begin(struct server_request *r, const char *method)
{
	bool has_body = false;
	int refusal;

	r->begun = true;
	if (copy_head(r, method))
		return MHD_NO;
	refusal = check_framing(r, &has_body);
	if (refusal) {
		/* MHD takes this as a refusal of the body, and closes. */
		answer_plain(r, refusal);
		return answer_queue(r) ? MHD_YES : MHD_NO;
	}
	conn_deadline(r->conn, has_body ? r->server->opt.body_ms : -1);
	if (!r->server->opt.stream)
		return MHD_YES;
	server_handle(r);
	return r->handling || answer_queue(r) ? MHD_YES : MHD_NO;
}

/* ---- The body -------------------------------------------------------------- */

static void suspend(struct server_request *r)
{
	MHD_suspend_connection(r->mhd);
	r->suspended = true;
}

static enum MHD_Result drop(struct server_request *r, size_t *size)
{
	r->dropped += *size;
	*size = 0;
	return r->dropped > DROP_MAX ? MHD_NO : MHD_YES;
}

static enum MHD_Result take_body(struct server_request *r, const char *data, size_t *size)
{
	size_t n = *size;

	if (r->dropping)
		return drop(r, size);
	if (r->received + (int64_t)n > (int64_t)r->server->opt.max_body) {
		r->too_big = r->dropping = true;
		waiters_wake_all(&r->waiters, TOBS_OK);
		return drop(r, size);
	}
	if (r->server->opt.stream)
		n = MIN(n, WINDOW - r->body.len);
	if (tobs_buf_put(&r->body, data, n))
		return MHD_NO;
	r->received += (int64_t)n;
	*size -= n;
	if (!r->server->opt.stream)
		return MHD_YES;
	waiters_wake_all(&r->waiters, TOBS_OK);
	if (*size)
		suspend(r);
	/* While it is the handler that is slow, the client has time. */
	conn_deadline(r->conn, *size ? -1 : r->server->opt.body_ms);
	return MHD_YES;
}

static void complete(struct server_request *r)
{
	r->complete = true;
	r->asked_run = r->server->runs;
	conn_deadline(r->conn, -1);
	waiters_wake_all(&r->waiters, TOBS_OK);
	if (r->too_big && !r->handling && !r->kind)
		answer_plain(r, 413);
	if (r->handling || r->kind)
		return;
	r->pub.body = tobs_buf_view(&r->body);
	server_handle(r);
}

/* Everything has come, and MHD asks for the answer: once, and once more in its next run. */
static enum MHD_Result want_answer(struct server_request *r)
{
	if (!r->complete)
		complete(r);
	if (r->queued)
		return MHD_YES;
	if (r->kind)
		return answer_queue(r) ? MHD_YES : MHD_NO;
	if (r->asked_run != r->server->runs)
		suspend(r);
	return MHD_YES;
}

enum MHD_Result conn_access(void *cls, struct MHD_Connection *mhd, const char *url,
	const char *method, const char *version, const char *data, size_t *size, void **req_cls)
{
	struct server_request *r = *req_cls;

	(void)cls;
	(void)mhd;
	(void)url;
	(void)version;
	if (!r || r->conn->lost)
		return MHD_NO;
	if (!r->begun)
		return begin(r, method);
	if (*size)
		return take_body(r, data, size);
	return want_answer(r);
}

void conn_completed(
	void *cls, struct MHD_Connection *mhd, void **req_cls, enum MHD_RequestTerminationCode how)
{
	struct server_request *r = *req_cls;
	struct server_conn *c;

	(void)cls;
	(void)mhd;
	if (!r)
		return;
	c = r->conn;
	c->req = NULL;
	r->conn = NULL;
	r->mhd = NULL;
	r->pub.peer = NULL;
	conn_deadline(c, c->server->opt.idle_ms);
	if (how == MHD_REQUEST_TERMINATED_COMPLETED_OK && c->server->draining)
		conn_hang_up(c);
	waiters_wake_all(&r->waiters, TOBS_OK);
	*req_cls = NULL;
	r->held = false;
	request_let_go(r);
}
