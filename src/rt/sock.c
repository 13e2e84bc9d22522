/* SPDX-License-Identifier: MIT */
#include "rt/sock.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/alloc.h"
#include "rt/sched.h"
#include "rt/unix_path.h"
#include "rt/watch.h"

enum {
	/* As many parts as one system call takes; messages have a header, a body, a trailer. */
	IOV_BATCH = 16,
	KEEPALIVE_PROBES = 3,
	/*
	 * The loop tells at every turn what is ready. Changing what it watches costs
	 * more than hearing it once too often, but it must not go round for nothing
	 * while a fiber is busy with something else.
	 */
	IGNORED_MAX = 2,
};

struct direction {
	/* Whether trying is worth it: false after the kernel had less than was asked for. */
	bool ready;
	unsigned char ignored; /* times the loop said so, and nobody was there to hear it */
	unsigned calls;        /* in progress; those of either direction keep the socket alive */
	struct tobs_waiters waiters;
};

struct sock {
	int fd;
	bool closed;
	bool unlink;            /* `local` is a file of ours */
	struct fd_watch *watch; /* made when it is first needed */
	struct direction in, out;
	struct addr local;
};

static int sock_error(int sys)
{
	switch (sys) {
	case ECONNRESET:
	case EPIPE: return TOBS_ECLOSED;
	case ENOMEM:
	case ENOBUFS: return TOBS_ENOMEM;
	case EMFILE:
	case ENFILE: return TOBS_EIO;
	case EADDRINUSE: return TOBS_EEXISTS;
	case EACCES:
	case EPERM: return TOBS_EPERM;
	default: return TOBS_ENET;
	}
}

static int fail(struct tobs_err *err, int sys, const char *doing, const struct addr *a)
{
	char text[ADDR_TEXT_MAX] = "";

	return tobs_fail_sys(err, sock_error(sys), sys, "%s%s%s", doing, a ? " " : "",
		a ? addr_format(a, text) : "");
}

/* A call begins, before it may let others run: sock_close() leaves the memory until it ends. */
static int enter(struct sock *s, struct direction *d)
{
	int r;

	d->calls++;
	r = fiber_checkpoint();
	return !r && s->closed ? TOBS_ECLOSED : r;
}

static void leave(struct sock *s, struct direction *d)
{
	d->calls--;
	if (s->closed && !s->in.calls && !s->out.calls)
		mem_free(s);
}

int sock_adopt(int fd, struct sock **ret)
{
	struct sock *s = MEM_NEW(struct sock);

	if (!s)
		return TOBS_ENOMEM;
	s->fd = fd;
	s->in.ready = s->out.ready = true;
	waiters_init(&s->in.waiters);
	waiters_init(&s->out.waiters);
	*ret = s;
	return TOBS_OK;
}

/* One direction is ready. Whether the loop had better stop watching it. */
static bool direction_ready(struct direction *d)
{
	d->ready = true;
	waiters_wake_all(&d->waiters, TOBS_OK);
	if (d->calls) {
		d->ignored = 0;
		return false;
	}
	return ++d->ignored >= IGNORED_MAX;
}

static void sock_ready(void *arg, int events)
{
	struct sock *s = arg;
	int unwanted = 0;

	if (events & TOBS_READABLE && direction_ready(&s->in))
		unwanted |= TOBS_READABLE;
	if (events & TOBS_WRITABLE && direction_ready(&s->out))
		unwanted |= TOBS_WRITABLE;
	if (unwanted)
		fd_watch_set(s->watch, fd_watch_get(s->watch) & ~unwanted);
}

/* Waits until the kernel says that trying is worth it. */
static int sock_wait(struct sock *s, int event, const char *what)
{
	int r = TOBS_OK;

	if (!s->watch)
		r = fd_watch_new(s->fd, sock_ready, s, &s->watch);
	if (!r)
		r = fd_watch_set(s->watch, fd_watch_get(s->watch) | event);
	if (!r)
		r = waiters_wait(event == TOBS_READABLE ? &s->in.waiters : &s->out.waiters, what);
	return !r && s->closed ? TOBS_ECLOSED : r;
}

static int new_socket(int family, struct tobs_err *err)
{
	int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	return fd < 0 ? fail(err, errno, "making a socket", NULL) : fd;
}

static void set_option(int fd, int level, int name, int value)
{
	/* Not every kind of socket has every option, and none of ours decides over success. */
	if (setsockopt(fd, level, name, &value, sizeof value) < 0)
		return;
}

static int fail_connect(struct tobs_err *err, int sys, const struct addr *to)
{
	int r = fail(err, sys, "connecting to", to);

	if (r != TOBS_ECLOSED)
		return r;
	/* "Closed by the other side" is for what was open. */
	if (err)
		err->code = TOBS_ENET;
	return TOBS_ENET;
}

static int finish_connect(struct sock *s, const struct addr *to, struct tobs_err *err)
{
	char text[ADDR_TEXT_MAX];
	socklen_t len = sizeof(int);
	int sys = 0, r;

	s->out.ready = false;
	r = sock_wait(s, TOBS_WRITABLE, "a connection");
	if (r)
		return tobs_fail(err, r, "connecting to %s", addr_format(to, text));
	if (getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &sys, &len) < 0)
		sys = errno;
	return sys ? fail_connect(err, sys, to) : TOBS_OK;
}

int sock_connect(const struct addr *to, struct sock **ret, struct tobs_err *err)
{
	struct sock *s = NULL;
	int fd, r = fiber_checkpoint();
	char text[ADDR_TEXT_MAX];

	if (r)
		return tobs_fail(err, r, "connecting to %s", addr_format(to, text));
	fd = new_socket(to->sa.sa_family, err);
	if (fd < 0)
		return fd;
	r = sock_adopt(fd, &s);
	if (r) {
		close(fd);
		return tobs_fail(err, r, "connecting to %s", addr_format(to, text));
	}
	if (to->sa.sa_family != AF_UNIX)
		set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
	if (connect(fd, &to->sa, to->len) == 0)
		r = TOBS_OK;
	else if (errno == EINPROGRESS || errno == EINTR)
		r = finish_connect(s, to, err);
	else /* a full queue of a Unix socket (EAGAIN) is a refusal too */
		r = fail_connect(err, errno, to);
	if (r) {
		sock_close(s);
		return r;
	}
	*ret = s;
	return TOBS_OK;
}

int sock_listen(const struct addr *at, const struct sock_listen_options *opt, struct sock **ret,
	struct tobs_err *err)
{
	struct sock *s;
	int fd, r, sys;

	fd = new_socket(at->sa.sa_family, err);
	if (fd < 0)
		return fd;
	set_option(fd, SOL_SOCKET, SO_REUSEADDR, at->sa.sa_family != AF_UNIX);
	if (opt && opt->reuse_port)
		set_option(fd, SOL_SOCKET, SO_REUSEPORT, 1);
	if (unix_path_bind(fd, at) < 0 ||
		listen(fd, opt && opt->backlog ? opt->backlog : SOMAXCONN) < 0) {
		sys = errno;
		close(fd);
		return fail(err, sys, "listening on", at);
	}
	r = sock_adopt(fd, &s);
	if (r) {
		close(fd);
		return tobs_fail(err, r, "listening");
	}
	if (at->sa.sa_family != AF_UNIX)
		set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1); /* inherited by what is accepted */
	s->local = *at;
	s->unlink = at->sa.sa_family == AF_UNIX && at->un.sun_path[0];
	*ret = s;
	return TOBS_OK;
}

/* Errors of a connection that came and went before it was accepted; see accept(2). */
static bool accept_again(int sys)
{
	switch (sys) {
	case EINTR:
	case ECONNABORTED:
	case EPROTO:
	case ENETDOWN:
	case ENOPROTOOPT:
	case EHOSTDOWN:
	case EHOSTUNREACH:
	case ENETUNREACH: return true;
	default: return false;
	}
}

static int accept_one(struct sock *l, struct sock **ret, struct addr *peer, struct tobs_err *err)
{
	for (;;) {
		int fd, r;

		peer->len = sizeof peer->un;
		fd = accept4(l->fd, &peer->sa, &peer->len, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd >= 0) {
			r = sock_adopt(fd, ret);
			if (r)
				close(fd);
			return r ? tobs_fail(err, r, "accepting a connection") : TOBS_OK;
		}
		if (accept_again(errno))
			continue;
		if (errno != EAGAIN)
			return fail(err, errno, "accepting a connection", NULL);
		r = sock_wait(l, TOBS_READABLE, "connections");
		if (r)
			return tobs_fail(err, r, "accepting a connection");
	}
}

int sock_accept(
	struct sock *listener, struct sock **ret, struct addr *ret_peer, struct tobs_err *err)
{
	struct addr peer = { .len = 0 };
	int r = enter(listener, &listener->in);

	r = r ? tobs_fail(err, r, "accepting a connection") : accept_one(listener, ret, &peer, err);
	leave(listener, &listener->in);
	if (!r && ret_peer)
		*ret_peer = peer;
	return r;
}

static int read_some(struct sock *s, void *buf, size_t len, size_t *ret_n, struct tobs_err *err)
{
	int r;

	for (;;) {
		if (s->in.ready) {
			ssize_t n = recv(s->fd, buf, len, 0);

			if (n >= 0) {
				/* The end stays readable for ever. */
				s->in.ready = n == 0 || (size_t)n == len;
				*ret_n = (size_t)n;
				return TOBS_OK;
			}
			if (errno == EINTR)
				continue;
			if (errno != EAGAIN)
				return fail(err, errno, "reading", NULL);
			s->in.ready = false;
		}
		r = sock_wait(s, TOBS_READABLE, "bytes from a socket");
		if (r)
			return tobs_fail(err, r, "reading");
	}
}

int sock_read(struct sock *s, void *buf, size_t len, size_t *ret_n, struct tobs_err *err)
{
	int r = enter(s, &s->in);

	assert(len); /* 0 bytes would look like the end */
	r = r ? tobs_fail(err, r, "reading") : read_some(s, buf, len, ret_n, err);
	leave(s, &s->in);
	return r;
}

bool sock_silent(struct sock *s)
{
	uint8_t byte;

	if (!s->in.ready && s->watch && fd_watch_get(s->watch) & TOBS_READABLE)
		return true;
	s->in.ready = recv(s->fd, &byte, 1, MSG_PEEK) >= 0 || errno != EAGAIN;
	return !s->in.ready;
}

/* Where a write stands: the part, and what of it is sent. */
struct progress {
	const struct tobs_view *parts;
	size_t count;
	size_t sent;
};

static size_t fill_iov(const struct progress *p, struct iovec *iov)
{
	size_t n = 0;

	for (size_t i = 0; i < p->count && n < IOV_BATCH; i++) {
		size_t skip = i ? 0 : p->sent;

		if (p->parts[i].len == skip)
			continue;
		iov[n++] = (struct iovec){ (void *)(uintptr_t)(p->parts[i].ptr + skip),
			p->parts[i].len - skip };
	}
	return n;
}

static void advance(struct progress *p, size_t n)
{
	while (p->count && n >= p->parts->len - p->sent) {
		n -= p->parts->len - p->sent;
		p->parts++;
		p->count--;
		p->sent = 0;
	}
	p->sent += n;
}

static int write_all(struct sock *s, struct progress *p, struct tobs_err *err)
{
	struct iovec iov[IOV_BATCH];
	int r;

	for (;;) {
		struct msghdr msg = { .msg_iov = iov, .msg_iovlen = fill_iov(p, iov) };
		size_t asked = 0;
		ssize_t n;

		if (!msg.msg_iovlen)
			return TOBS_OK;
		if (!s->out.ready) {
			r = sock_wait(s, TOBS_WRITABLE, "room in a socket");
			if (r)
				return tobs_fail(err, r, "writing");
			s->out.ready = true;
		}
		for (size_t i = 0; i < msg.msg_iovlen; i++)
			asked += iov[i].iov_len;
		n = sendmsg(s->fd, &msg, MSG_NOSIGNAL);
		if (n < 0 && errno != EINTR && errno != EAGAIN)
			return fail(err, errno, "writing", NULL);
		if (n >= 0)
			advance(p, (size_t)n);
		s->out.ready = n < 0 ? errno == EINTR : (size_t)n == asked;
	}
}

int sock_write(struct sock *s, const struct tobs_view *parts, size_t count, struct tobs_err *err)
{
	struct progress p = { parts, count, 0 };
	int r = enter(s, &s->out);

	r = r ? tobs_fail(err, r, "writing") : write_all(s, &p, err);
	leave(s, &s->out);
	return r;
}

int sock_shutdown(struct sock *s, struct tobs_err *err)
{
	if (s->closed)
		return tobs_fail(err, TOBS_ECLOSED, "ending a stream");
	return shutdown(s->fd, SHUT_WR) < 0 ? fail(err, errno, "ending a stream", NULL) : TOBS_OK;
}

void sock_close(struct sock *s)
{
	if (!s || s->closed)
		return;
	s->closed = true;
	fd_watch_free(s->watch);
	close(s->fd);
	if (s->unlink)
		unlink(s->local.un.sun_path);
	waiters_wake_all(&s->in.waiters, TOBS_ECLOSED);
	waiters_wake_all(&s->out.waiters, TOBS_ECLOSED);
	s->in.calls++;
	leave(s, &s->in);
}

void sock_reset_on_close(struct sock *s)
{
	const struct linger now = { .l_onoff = 1, .l_linger = 0 };

	if (setsockopt(s->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now) < 0)
		return; /* not that kind of socket */
}

void sock_keepalive(struct sock *s, int seconds)
{
	int each = MAX(seconds / (KEEPALIVE_PROBES + 1), 1);

	set_option(s->fd, SOL_SOCKET, SO_KEEPALIVE, seconds > 0);
	if (seconds <= 0)
		return;
	set_option(s->fd, IPPROTO_TCP, TCP_KEEPIDLE, each);
	set_option(s->fd, IPPROTO_TCP, TCP_KEEPINTVL, each);
	set_option(s->fd, IPPROTO_TCP, TCP_KEEPCNT, KEEPALIVE_PROBES);
	/* Keep-alive is silent while something unsent waits; this is not (RFC 5482). */
	set_option(s->fd, IPPROTO_TCP, TCP_USER_TIMEOUT, seconds * 1000);
}

void sock_delay(struct sock *s, bool delay)
{
	set_option(s->fd, IPPROTO_TCP, TCP_NODELAY, !delay);
}

void sock_buffers(struct sock *s, int receive, int send)
{
	if (receive)
		set_option(s->fd, SOL_SOCKET, SO_RCVBUF, receive);
	if (send)
		set_option(s->fd, SOL_SOCKET, SO_SNDBUF, send);
}

int sock_fd(const struct sock *s)
{
	return s->fd;
}

int sock_local(const struct sock *s, struct addr *ret)
{
	struct addr a = { .len = sizeof a.un };

	if (getsockname(s->fd, &a.sa, &a.len) < 0)
		return sock_error(errno);
	*ret = a;
	return TOBS_OK;
}

int sock_peer(const struct sock *s, struct addr *ret)
{
	struct addr a = { .len = sizeof a.un };

	if (getpeername(s->fd, &a.sa, &a.len) < 0)
		return sock_error(errno);
	*ret = a;
	return TOBS_OK;
}
