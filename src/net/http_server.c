/* SPDX-License-Identifier: MIT */
#include "net/http_server.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/attr.h"
#include "base/log.h"
#include "net/http_server_impl.h"
#include "rt/resolve.h"
#include "rt/wait.h"

enum {
	/* MHD's memory for a connection: the head as it came, its index, the answer's head. */
	POOL_PER_HEAD = 2,
	PEM_MAX = 1 << 20,
	/* For the clients to take what cancelled handlers answered. */
	LAST_MS = 1000,
	DRIVER_STACK = 128 << 10, /* TLS handshakes run on it */
};

/* ---- The driver ------------------------------------------------------------ */

void server_kick(struct http_server *s)
{
	s->kicked = true;
	waiters_wake_all(&s->idle, TOBS_OK);
}

static void epoll_ready(void *arg, int events)
{
	(void)events;
	server_kick(arg);
}

/* Hangs up on those whose time is up. */
static void expire(struct http_server *s)
{
	struct alarm *first;
	int64_t now;

	if (!timers_first(&s->timers))
		return;
	now = rt_clock();
	while ((first = timers_first(&s->timers)) && first->at <= now) {
		timers_clear(&s->timers, first);
		s->dropped++;
		conn_hang_up(CONTAINER_OF(first, struct server_conn, alarm));
	}
}

static int drive(void *arg)
{
	struct http_server *s = arg;

	while (!s->stopping) {
		MHD_UNSIGNED_LONG_LONG ms;
		const struct alarm *first;

		s->kicked = false;
		expire(s);
		s->runs++;
		MHD_run(s->daemon);
		if (s->kicked || (MHD_get_timeout(s->daemon, &ms) == MHD_YES && !ms)) {
			tobs_yield(); /* lets the handlers answer */
			continue;
		}
		first = timers_first(&s->timers);
		waiters_wait_until(&s->idle, "HTTP requests", first ? first->at : WAIT_FOREVER);
	}
	return TOBS_OK;
}

/* ---- Handlers -------------------------------------------------------------- */

static int run_handler(void *arg)
{
	struct server_request *r = arg;
	struct http_server *s = r->server;
	int result = s->opt.handle(&r->pub, s->opt.user);

	answer_finish(r, result);
	r->handling = false;
	s->running--;
	request_let_go(r);
	return TOBS_OK;
}

void server_handle(struct server_request *r)
{
	struct http_server *s = r->server;
	const struct tobs_fiber_options options = { s->name, s->opt.stack_size };

	if (tobs_group_spawn(&s->handlers, run_handler, r, &options)) {
		answer_plain(r, 503);
		return;
	}
	r->handling = true;
	s->running++;
	s->handled++;
}

/* ---- Starting -------------------------------------------------------------- */

static void log_mhd(void *cls, const char *fmt, va_list ap) TOBS_PRINTF(2, 0);

static void log_mhd(void *cls, const char *fmt, va_list ap)
{
	struct tobs_buf line;

	(void)cls;
	if (!log_wants(TOBS_LOG_DEBUG))
		return;
	tobs_buf_init(&line, 1000);
	tobs_buf_vprintf(&line, fmt, ap);
	log_debug("http", "%.*s", TOBS_VIEW_FMT(tobs_view_trim(tobs_buf_view(&line))));
	tobs_buf_deinit(&line);
}

static void panic(void *cls, const char *file, unsigned int line, const char *reason)
{
	(void)cls;
	log_error("http", "libmicrohttpd gave up in %s:%u: %s", file, line, reason ? reason : "");
	abort();
}

/* MHD would undo %XX where it lies. */
static size_t leave_escaped(void *cls, struct MHD_Connection *mhd, char *text)
{
	(void)cls;
	(void)mhd;
	return strlen(text);
}

static int read_pem(const char *path, struct tobs_buf *ret, struct tobs_err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	ssize_t n = -1;

	tobs_buf_init(ret, PEM_MAX);
	while (fd >= 0 && !tobs_buf_reserve(ret, 4096)) {
		n = read(fd, ret->ptr + ret->len, 4096);
		if (n <= 0)
			break;
		ret->len += (size_t)n;
		ret->ptr[ret->len] = 0;
	}
	if (n < 0)
		tobs_fail_sys(err, TOBS_EIO, errno, "%s", path);
	if (fd >= 0)
		close(fd);
	if (n < 0)
		return TOBS_EIO;
	return ret->err ? tobs_fail(err, ret->err, "%s: too large", path) : TOBS_OK;
}

static int read_tls(
	struct http_server *s, const struct http_server_options *opt, struct tobs_err *err)
{
	struct tobs_buf key;
	int r;

	if (!opt->tls_cert_file && !opt->tls_key_file)
		return TOBS_OK;
	if (!opt->tls_cert_file || !opt->tls_key_file)
		return tobs_fail(err, TOBS_EINVAL,
			"a certificate needs its key, and a key its "
			"certificate");
	r = read_pem(opt->tls_cert_file, &s->cert, err);
	if (r)
		return r;
	r = read_pem(opt->tls_key_file, &key, err);
	if (!r && secret_set(&s->key, tobs_buf_view(&key)))
		r = tobs_fail(err, TOBS_ENOMEM, "reading a key");
	tobs_buf_wipe(&key);
	return r;
}

static int listen_on(
	struct http_server *s, const struct http_server_options *opt, struct tobs_err *err)
{
	const struct sock_listen_options how = { .reuse_port = opt->reuse_port };
	struct addr addrs[RESOLVE_MAX];
	size_t count;
	int r = resolve(
		tobs_str(opt->host ? opt->host : "127.0.0.1"), opt->port, addrs, &count, err);

	if (!r)
		r = sock_listen(&addrs[0], &how, &s->listener, err);
	if (!r && sock_local(s->listener, &s->addr))
		r = tobs_fail(err, TOBS_ENET, "listening: the system does not say where");
	return r;
}

static int start_mhd(struct http_server *s, struct tobs_err *err)
{
	unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
	struct MHD_OptionItem tls[] = {
		{ MHD_OPTION_HTTPS_MEM_CERT, 0, s->cert.ptr },
		{ MHD_OPTION_HTTPS_MEM_KEY, 0, s->key.ptr },
		{ MHD_OPTION_END, 0, NULL },
	};
	int fd = fcntl(sock_fd(s->listener), F_DUPFD_CLOEXEC, 0);

	if (fd < 0)
		return tobs_fail_sys(err, TOBS_EIO, errno, "starting the HTTP server");
	if (s->key.ptr)
		flags |= MHD_USE_TLS;
	else
		tls[0].option = MHD_OPTION_END;
	MHD_set_panic_func(panic, NULL);
	/* The logger comes first, or MHD would print what it has to say about the rest. */
	s->daemon = MHD_start_daemon(flags, 0, NULL, NULL, conn_access, s,
		MHD_OPTION_EXTERNAL_LOGGER, log_mhd, NULL, MHD_OPTION_LISTEN_SOCKET, fd,
		MHD_OPTION_URI_LOG_CALLBACK, conn_request_line, s, MHD_OPTION_UNESCAPE_CALLBACK,
		leave_escaped, NULL, MHD_OPTION_NOTIFY_COMPLETED, conn_completed, s,
		MHD_OPTION_NOTIFY_CONNECTION, conn_changed, s, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
		s->opt.max_head * POOL_PER_HEAD, MHD_OPTION_CONNECTION_LIMIT,
		(unsigned)s->opt.connections, MHD_OPTION_CONNECTION_TIMEOUT, 0u,
		MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1,
		MHD_OPTION_ARRAY, tls, MHD_OPTION_END);
	if (s->daemon)
		return TOBS_OK;
	close(fd);
	return s->key.ptr ? tobs_fail(err, TOBS_EINVAL, "the certificate or its key cannot be used")
			  : tobs_fail(err, TOBS_ENOMEM, "starting the HTTP server");
}

static void set_options(struct http_server *s, const struct http_server_options *opt)
{
	s->opt = *opt;
	s->opt.host = s->opt.tls_cert_file = s->opt.tls_key_file = s->opt.name = NULL;
	snprintf(s->name, sizeof s->name, "%s", opt->name ? opt->name : "http request");
	s->opt.max_head = opt->max_head ? opt->max_head : HTTP_SERVER_HEAD;
	s->opt.max_body = opt->max_body ? opt->max_body : HTTP_SERVER_BODY;
	s->opt.connections = opt->connections ? opt->connections : HTTP_SERVER_CONNECTIONS;
	s->opt.head_ms = opt->head_ms ? opt->head_ms : HTTP_SERVER_HEAD_MS;
	s->opt.body_ms = opt->body_ms ? opt->body_ms : HTTP_SERVER_BODY_MS;
	s->opt.idle_ms = opt->idle_ms ? opt->idle_ms : HTTP_SERVER_IDLE_MS;
	s->opt.answer_ms = opt->answer_ms ? opt->answer_ms : HTTP_SERVER_ANSWER_MS;
}

static void server_free(struct http_server *s)
{
	fd_watch_free(s->watch);
	if (s->daemon)
		MHD_stop_daemon(s->daemon);
	sock_close(s->listener);
	LIST_EACH (l, &s->spare)
		request_free(LIST_ITEM(l, struct server_request, link));
	timers_deinit(&s->timers);
	secret_deinit(&s->key);
	tobs_buf_deinit(&s->cert);
	mem_free(s);
}

static int start(struct http_server *s, const struct http_server_options *opt, struct tobs_err *err)
{
	static const struct tobs_fiber_options options = { "http server", DRIVER_STACK };
	const union MHD_DaemonInfo *info;
	int r = read_tls(s, opt, err);

	if (!r)
		r = listen_on(s, opt, err);
	if (!r)
		r = start_mhd(s, err);
	if (r)
		return r;
	info = MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	r = info ? fd_watch_new(info->epoll_fd, epoll_ready, s, &s->watch) : TOBS_EIO;
	if (!r)
		r = fd_watch_set(s->watch, TOBS_READABLE);
	if (!r)
		r = tobs_group_spawn(&s->driver, drive, s, &options);
	return r ? tobs_fail(err, r, "starting the HTTP server") : TOBS_OK;
}

int http_server_start(
	const struct http_server_options *opt, struct http_server **ret, struct tobs_err *err)
{
	struct http_server *s;
	int r;

	if (!tobs_self())
		return tobs_fail(err, TOBS_EINVAL, "an HTTP server is started on a fiber");
	s = MEM_NEW(struct http_server);
	if (!s)
		return tobs_fail(err, TOBS_ENOMEM, "starting the HTTP server");
	set_options(s, opt);
	waiters_init(&s->idle);
	waiters_init(&s->changed);
	list_init(&s->conns);
	list_init(&s->spare);
	tobs_group_init(&s->driver, 0);
	tobs_group_init(&s->handlers, 0);
	r = start(s, opt, err);
	if (r)
		server_free(s);
	else
		*ret = s;
	return r;
}

const struct addr *http_server_addr(const struct http_server *s)
{
	return &s->addr;
}

void http_server_stats(const struct http_server *s, struct http_server_stats *ret)
{
	*ret = (struct http_server_stats){
		.connections = s->conn_count,
		.requests = s->running,
		.handled = s->handled,
		.dropped = s->dropped,
	};
}

/* ---- Stopping -------------------------------------------------------------- */

/* Lets MHD read what has arrived already, so that it is answered. */
static void read_the_rest(struct http_server *s)
{
	uint64_t runs = s->runs + 2;

	while (s->runs < runs) {
		server_kick(s);
		if (tobs_yield())
			break;
	}
}

static void close_idle(struct http_server *s)
{
	LIST_EACH (l, &s->conns) {
		struct server_conn *c = LIST_ITEM(l, struct server_conn, link);

		if (!c->req)
			conn_hang_up(c);
	}
	server_kick(s);
}

static void wait_for_requests(struct http_server *s, int64_t ms)
{
	struct tobs_deadline d;

	tobs_deadline_push(&d, ms);
	while (s->requests && !waiters_wait(&s->changed, "HTTP requests to end"))
		;
	tobs_deadline_pop(&d);
}

static void stop_listening(struct http_server *s)
{
	MHD_socket fd = MHD_quiesce_daemon(s->daemon);

	if (fd != MHD_INVALID_SOCKET)
		close(fd);
	sock_close(s->listener);
	s->listener = NULL;
}

void http_server_stop(struct http_server *s, int64_t ms)
{
	struct tobs_shield shield;

	if (!s)
		return;
	tobs_shield_begin(&shield);
	read_the_rest(s);
	s->draining = true;
	stop_listening(s);
	close_idle(s);
	wait_for_requests(s, ms);
	tobs_group_cancel(&s->handlers);
	tobs_group_wait(&s->handlers);
	wait_for_requests(s, LAST_MS);
	s->stopping = true;
	server_kick(s);
	tobs_group_wait(&s->driver);
	/* MHD does not stop while it leaves a connection alone. */
	LIST_EACH (l, &s->conns) {
		struct server_conn *c = LIST_ITEM(l, struct server_conn, link);

		if (c->req)
			request_resume(c->req);
	}
	server_free(s);
	tobs_shield_end(&shield);
}
