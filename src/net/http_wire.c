/* SPDX-License-Identifier: MIT */
/*
 * The client's own way: HTTP/1.1 (RFC 9112) over a TCP or Unix socket. A call is
 * one write and, mostly, one read.
 */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/attr.h"
#include "net/http_client_impl.h"
#include "net/http_reply.h"
#include "net/tcp.h"
#include "rt/sock.h"
#include "rt/wait.h"

enum {
	IN_BYTES = 8 << 10, /* read at once, but for bodies of a known length */
	REQUEST_HEAD_MAX = 64 << 10,
	/* Room for a body of a known length is made in steps: the length may be a lie. */
	BODY_STEP = 1 << 20,
	KEEPALIVE_S = 60, /* a server that has vanished is noticed, if no deadline comes first */
};

struct wire {
	struct list link; /* in the client's idle ones */
	struct net_stream *stream;
	struct tobs_buf origin; /* which server it leads to */
	struct tobs_buf out;    /* the request's head */
	int64_t since;          /* it is idle, µs */
	uint8_t in[IN_BYTES];
};

bool wire_takes(const struct http_job *job)
{
	return !job->url.tls && !job->source.read && job->client->engine == HTTP_ENGINE_AUTO &&
		job->client->proxy.kind == PROXY_NONE;
}

static void wire_free(struct http_client *c, struct wire *w)
{
	list_remove(&w->link);
	net_close(w->stream);
	tobs_buf_deinit(&w->origin);
	tobs_buf_wipe(&w->out); /* a path with a token in it */
	mem_free(w);
	c->open--;
}

void wire_close(struct http_client *c)
{
	LIST_EACH (l, &c->idle)
		wire_free(c, LIST_ITEM(l, struct wire, link));
}

/* Closes what has been idle for too long, the oldest first. */
static void prune(struct http_client *c)
{
	while (!list_empty(&c->idle)) {
		struct wire *w = LIST_ITEM(c->idle.prev, struct wire, link);

		if (tobs_now() - w->since < c->idle_ms * 1000)
			break;
		wire_free(c, w);
	}
}

/* An idle connection to that server, or NULL. */
static struct wire *take_idle(struct http_client *c, struct tobs_view origin)
{
	prune(c);
	LIST_EACH (l, &c->idle) {
		struct wire *w = LIST_ITEM(l, struct wire, link);

		if (!tobs_view_eq(tobs_buf_view(&w->origin), origin))
			continue;
		list_remove(&w->link);
		/* The server has neither hung up nor said anything that nobody asked for. */
		if (sock_silent(tcp_sock(w->stream)))
			return w;
		wire_free(c, w);
	}
	return NULL;
}

static void give_back(struct http_client *c, struct wire *w)
{
	w->since = tobs_now();
	list_push_front(&c->idle, &w->link);
}

static int connect_to(
	struct http_client *c, const struct http_url *url, struct wire *w, struct tobs_err *err)
{
	const struct tcp_options options = { .keepalive_s = KEEPALIVE_S };
	char path[sizeof "unix:" + sizeof(struct addr)];
	struct tobs_view host = url->host;
	struct tobs_deadline d;
	int r;

	if (url->unix_path.len) {
		if (url->unix_path.len > sizeof path - sizeof "unix:")
			return tobs_fail(err, TOBS_EINVAL, "the socket's path is too long");
		snprintf(path, sizeof path, "unix:%.*s", TOBS_VIEW_FMT(url->unix_path));
		host = tobs_str(path);
	}
	tobs_deadline_push(&d, c->connect_ms);
	r = tcp_connect(host, url->port, &options, &w->stream, err);
	tobs_deadline_pop(&d);
	/* It was the server that took too long, not the fiber. */
	if (r == TOBS_ETIMEDOUT && tobs_deadline_passed(&d) && tobs_deadline_left())
		r = tobs_fail(
			err, TOBS_ENET, "no connection within %lld ms", (long long)c->connect_ms);
	return r;
}

static int open_new(
	struct http_client *c, const struct http_url *url, struct wire **ret, struct tobs_err *err)
{
	struct wire *w;
	int r;

	/* Those to other servers make room. */
	while (c->open >= c->connections && !list_empty(&c->idle))
		wire_free(c, LIST_ITEM(c->idle.prev, struct wire, link));
	w = mem_alloc(sizeof *w);
	if (!w)
		return tobs_fail(err, TOBS_ENOMEM, "opening a connection");
	memset(w, 0, offsetof(struct wire, in));
	list_init(&w->link);
	tobs_buf_init(&w->origin, SIZE_MAX);
	tobs_buf_init(&w->out, REQUEST_HEAD_MAX);
	c->open++;
	r = tobs_buf_putv(&w->origin, url->origin);
	r = r ? tobs_fail(err, r, "opening a connection") : connect_to(c, url, w, err);
	if (r) {
		wire_free(c, w);
		return r;
	}
	c->made++;
	*ret = w;
	return TOBS_OK;
}

static void put_header(struct tobs_buf *out, struct tobs_view name, struct tobs_view value)
{
	tobs_buf_putv(out, name);
	tobs_buf_put(out, ": ", 2);
	tobs_buf_putv(out, value);
	tobs_buf_put(out, "\r\n", 2);
}

static int put_head(const struct http_job *job, struct tobs_buf *out, struct tobs_err *err)
{
	const struct http_call *call = job->call;
	const struct http_url *url = &job->url;
	int r;

	tobs_buf_clear(out);
	tobs_buf_puts(out, job->method);
	tobs_buf_putc(out, ' ');
	if (!tobs_view_starts(url->target, "/"))
		tobs_buf_putc(out, '/');
	tobs_buf_putv(out, url->target);
	tobs_buf_puts(out, " HTTP/1.1\r\n");
	put_header(out, tobs_str("Host"), url->authority);
	put_header(out, tobs_str("User-Agent"), tobs_str(job->client->user_agent));
	for (size_t i = 0; i < call->header_count; i++)
		put_header(out, call->headers[i].name, call->headers[i].value);
	if (job->has_body) {
		tobs_buf_puts(out, "Content-Length: ");
		tobs_buf_put_i64(out, (int64_t)call->body.len);
		tobs_buf_puts(out, "\r\n");
	}
	r = tobs_buf_puts(out, "\r\n");
	if (r == TOBS_ETOOBIG)
		return tobs_fail(err, TOBS_EINVAL, "the URL and the headers are too long");
	return r ? tobs_fail(err, r, "writing the request") : TOBS_OK;
}

static int write_request(struct http_job *job, struct wire *w, struct tobs_err *err)
{
	struct tobs_view parts[2];
	int r = put_head(job, &w->out, err);

	if (r)
		return r;
	parts[0] = tobs_buf_view(&w->out);
	parts[1] = job->call->body;
	job->answer->sent = true;
	return net_write(w->stream, parts, 2, err);
}

/* However the connection ended, to the caller it is one failure: it is lost. */
static int lost(int r, struct tobs_err *err)
{
	if (r != TOBS_ECLOSED && r != TOBS_ETRUNCATED)
		return r;
	if (err)
		err->code = TOBS_ENET;
	return TOBS_ENET;
}

/* The body straight to where it is kept, without a stop in between. */
static int read_body(
	struct http_job *job, struct wire *w, struct http_reply *reply, struct tobs_err *err)
{
	struct tobs_buf *body = &job->answer->body;
	int64_t left = http_reply_left(reply);
	size_t room = (size_t)MIN(left, BODY_STEP), n;
	int r;

	if ((uint64_t)left > body->max - body->len)
		return job_too_big(job, err);
	r = tobs_buf_reserve(body, room);
	if (r)
		return tobs_fail(err, r, "reading the answer");
	r = net_read(w->stream, body->ptr + body->len, room, &n, err);
	if (!r && !n)
		r = http_reply_end(reply, err);
	if (r)
		return lost(r, err);
	body->len += n;
	body->ptr[body->len] = 0;
	http_reply_skip(reply, n);
	return TOBS_OK;
}

static int feed(
	struct http_job *job, struct http_reply *reply, struct tobs_view *in, struct tobs_err *err)
{
	int r = TOBS_OK;

	while (!r && in->len && !http_reply_done(reply)) {
		struct tobs_view piece;

		r = http_reply_feed(reply, in, &piece, err);
		job->answer->status = reply->status;
		if (!r)
			r = job_take(job, piece, err);
	}
	return r;
}

/* *ret_any tells, also after a failure, whether anything came. */
static int read_reply(
	struct http_job *job, struct wire *w, bool *ret_keep, bool *ret_any, struct tobs_err *err)
{
	struct http_reply reply;
	struct tobs_view in = { 0 };
	size_t n;
	int r = TOBS_OK;

	http_reply_init(&reply, &job->answer->head, job->bodiless);
	while (!r && !http_reply_done(&reply)) {
		if (http_reply_left(&reply) >= IN_BYTES && !job_sinks(job)) {
			r = read_body(job, w, &reply, err);
			continue;
		}
		r = net_read(w->stream, w->in, sizeof w->in, &n, err);
		if (!r && !n)
			r = http_reply_end(&reply, err);
		if (r)
			return lost(r, err);
		*ret_any = *ret_any || n;
		in = tobs_view(w->in, n);
		r = feed(job, &reply, &in, err);
	}
	/* Bytes behind the answer belong to nothing that was asked. */
	*ret_keep = !r && reply.keep && !in.len;
	return r;
}

/* Through this connection, which is closed or given back. */
static int call_through(struct http_job *job, struct wire *w, bool *ret_any, struct tobs_err *err)
{
	struct tobs_err write_err = { 0 };
	bool keep = false;
	int written = write_request(job, w, &write_err), r = written;

	if (!written) {
		r = read_reply(job, w, &keep, ret_any, err);
	} else {
		/* Who refuses a large body may have answered, and not read it to its end. */
		if (written == TOBS_ECLOSED && !read_reply(job, w, &keep, ret_any, NULL))
			r = TOBS_OK;
		keep = false;
		if (r && err)
			*err = write_err;
		r = lost(r, err);
	}
	if (keep)
		give_back(job->client, w);
	else
		wire_free(job->client, w);
	return r;
}

int wire_call(struct http_job *job, struct tobs_err *err)
{
	for (;;) {
		struct wire *w = take_idle(job->client, job->url.origin);
		bool used = w, any = false;
		int r = TOBS_OK;

		if (!w)
			r = open_new(job->client, &job->url, &w, err);
		if (r)
			return r;
		r = call_through(job, w, &any, err);
		if (r != TOBS_ENET || !used || any || !job->repeatable)
			return r;
		/* The server closed it just before; the next may be of that age too. */
		tobs_buf_clear(&job->answer->body);
	}
}
