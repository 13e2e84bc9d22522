/* SPDX-License-Identifier: MIT */
#include "net/tcp.h"

#include <tobs/rt.h>

#include "base/alloc.h"
#include "rt/resolve.h"
#include "rt/sock.h"

struct tcp_stream {
	struct net_stream stream;
	struct sock *sock;
};

static struct sock *sock_of(struct net_stream *s)
{
	return ((struct tcp_stream *)s)->sock;
}

/* None of these touches the stream after its wait: net_close() may have come meanwhile. */
static int stream_read(
	struct net_stream *s, void *buf, size_t len, size_t *ret_n, struct tobs_err *err)
{
	return sock_read(sock_of(s), buf, len, ret_n, err);
}

static int stream_write(
	struct net_stream *s, const struct tobs_view *parts, size_t count, struct tobs_err *err)
{
	return sock_write(sock_of(s), parts, count, err);
}

static int stream_shutdown(struct net_stream *s, struct tobs_err *err)
{
	return sock_shutdown(sock_of(s), err);
}

static void stream_close(struct net_stream *s)
{
	sock_close(sock_of(s));
	mem_free(s);
}

struct sock *tcp_sock(struct net_stream *s)
{
	return sock_of(s);
}

static const struct net_stream_ops tcp_ops = {
	.read = stream_read,
	.write = stream_write,
	.shutdown = stream_shutdown,
	.close = stream_close,
};

/* Takes the socket over, whatever happens. */
static int wrap(struct sock *sock, int keepalive_s, struct net_stream **ret, struct tobs_err *err)
{
	struct tcp_stream *s = MEM_NEW(struct tcp_stream);

	if (!s) {
		sock_close(sock);
		return tobs_fail(err, TOBS_ENOMEM, "opening a connection");
	}
	if (keepalive_s)
		sock_keepalive(sock, keepalive_s);
	s->stream.ops = &tcp_ops;
	s->sock = sock;
	*ret = &s->stream;
	return TOBS_OK;
}

/* What one of `count` addresses that are left to try may take. */
static int64_t share_ms(int64_t most, size_t count)
{
	int64_t left = tobs_deadline_left();

	if (left == INT64_MAX)
		return most;
	left = left / 1000 / (int64_t)count;
	return MIN(most, MAX(left, TCP_ADDRESS_MIN_MS));
}

static int connect_any(const struct addr *addrs, size_t count, const struct tcp_options *opt,
	struct sock **ret, struct tobs_err *err)
{
	int64_t most = opt && opt->address_ms ? opt->address_ms : TCP_ADDRESS_MS;
	int r = TOBS_ENOTFOUND;

	for (size_t i = 0; i < count; i++) {
		struct tobs_deadline d;

		tobs_deadline_push(&d, share_ms(most, count - i));
		r = sock_connect(&addrs[i], ret, err);
		tobs_deadline_pop(&d);
		if (!r || r == TOBS_ECANCELED || r == TOBS_ENOMEM)
			return r;
		if (r == TOBS_ETIMEDOUT) {
			if (!tobs_deadline_left())
				return r;
			/* It was the address that took too long, not the fiber. */
			r = TOBS_ENET;
			if (err)
				err->code = r;
		}
	}
	return r;
}

int tcp_connect(struct tobs_view host, uint16_t port, const struct tcp_options *opt,
	struct net_stream **ret, struct tobs_err *err)
{
	struct addr addrs[RESOLVE_MAX];
	struct sock *sock;
	size_t count;
	int r;

	r = resolve(host, port, addrs, &count, err);
	if (!r)
		r = connect_any(addrs, count, opt, &sock, err);
	if (!r)
		r = wrap(sock, opt ? opt->keepalive_s : 0, ret, err);
	return r;
}

struct tcp_listener {
	struct sock *sock;
	struct addr at;
	int keepalive_s;
	unsigned users; /* calls in progress, which keep it alive */
	bool closed;
};

int tcp_listen(struct tobs_view host, uint16_t port, const struct tcp_listen_options *opt,
	struct tcp_listener **ret, struct tobs_err *err)
{
	struct sock_listen_options how = { 0 };
	struct addr addrs[RESOLVE_MAX];
	struct tcp_listener *l;
	size_t count;
	int r;

	if (opt)
		how = (struct sock_listen_options){ opt->backlog, opt->reuse_port };
	r = resolve(host, port, addrs, &count, err);
	if (r)
		return r;
	l = MEM_NEW(struct tcp_listener);
	if (!l)
		return tobs_fail(err, TOBS_ENOMEM, "listening");
	r = sock_listen(&addrs[0], &how, &l->sock, err);
	if (!r && sock_local(l->sock, &l->at)) {
		sock_close(l->sock);
		r = tobs_fail(err, TOBS_ENET, "listening: the system does not say where");
	}
	if (r) {
		mem_free(l);
		return r;
	}
	l->keepalive_s = opt ? opt->keepalive_s : 0;
	*ret = l;
	return TOBS_OK;
}

const struct addr *tcp_listener_addr(const struct tcp_listener *l)
{
	return &l->at;
}

void tcp_listener_enter(struct tcp_listener *l)
{
	l->users++;
}

void tcp_listener_leave(struct tcp_listener *l)
{
	if (!--l->users && l->closed)
		mem_free(l);
}

int tcp_accept(struct tcp_listener *l, struct net_stream **ret, struct addr *ret_peer,
	struct tobs_err *err)
{
	struct sock *sock;
	int r;

	if (l->closed)
		return tobs_fail(err, TOBS_ECLOSED, "accepting a connection");
	tcp_listener_enter(l);
	r = sock_accept(l->sock, &sock, ret_peer, err);
	if (!r)
		r = wrap(sock, l->keepalive_s, ret, err);
	tcp_listener_leave(l);
	return r;
}

void tcp_listener_close(struct tcp_listener *l)
{
	if (!l || l->closed)
		return;
	l->closed = true;
	sock_close(l->sock);
	tcp_listener_enter(l);
	tcp_listener_leave(l);
}
