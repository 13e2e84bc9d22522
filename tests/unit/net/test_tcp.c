/* SPDX-License-Identifier: MIT */
#include "net/tcp.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <tobs/log.h>
#include <unistd.h>

#include "base/alloc.h"
#include "rt/resolve.h"
#include "rt/sock.h"
#include "support/failmem.h"
#include "support/fibers.h"

/* ---- Names ------------------------------------------------------------------ */

/* "lists" has these addresses, whose ports belong to nobody but one. */
static struct addr listed[4];
static size_t listed_count;

static int answer(const char *host, struct addr *ret, size_t *ret_count)
{
	if (strcmp(host, "lists") != 0)
		return EAI_NONAME;
	memcpy(ret, listed, listed_count * sizeof *ret);
	*ret_count = listed_count;
	return 0;
}

static int setup(void **state)
{
	(void)state;
	resolve_use(answer);
	listed_count = 0;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	resolve_use(NULL);
	return 0;
}

static void list(const char *numeric)
{
	assert_ok(addr_parse(tobs_str(numeric), 0, &listed[listed_count++]));
}

static struct tcp_listener *listen_at(const char *host, uint16_t *ret_port)
{
	struct tcp_listener *l;

	assert_ok(tcp_listen(tobs_str(host), 0, NULL, &l, NULL));
	*ret_port = addr_port(tcp_listener_addr(l));
	return l;
}

/* Both ends of a connection. */
static void make_pair(struct net_stream **a, struct net_stream **b)
{
	uint16_t port;
	struct tcp_listener *l = listen_at("127.0.0.1", &port);
	struct addr peer;

	assert_ok(tcp_connect(tobs_str("127.0.0.1"), port, NULL, a, NULL));
	assert_ok(tcp_accept(l, b, &peer, NULL));
	assert_true(addr_is_local(&peer));
	tcp_listener_close(l);
}

FIBER_TEST(connects_and_talks)
{
	const struct tobs_view parts[] = { TOBS_LIT("one "), TOBS_LIT(""), TOBS_LIT("two") };
	struct net_stream *a, *b;
	struct tobs_err err = { 0 };
	char buf[16] = "";
	size_t n = 7;

	make_pair(&a, &b);
	assert_ok(net_write(a, parts, 3, NULL));
	assert_ok(net_read_all(b, buf, 7, NULL));
	assert_string_equal(buf, "one two");
	assert_ok(net_write_all(a, "end", 3, NULL));
	assert_ok(net_shutdown(a, NULL));
	assert_code(net_read_all(b, buf, 4, &err), TOBS_ETRUNCATED);
	assert_string_equal(err.message, "the other side hung up after 3 of 4 bytes");
	assert_ok(net_read(b, buf, sizeof buf, &n, NULL));
	assert_int_equal(n, 0);
	/* Half closed: the other half still works. */
	assert_ok(net_write_all(b, "back", 4, NULL));
	assert_ok(net_read_all(a, buf, 4, NULL));
	net_close(a);
	net_close(b);
	net_close(NULL);
	tcp_listener_close(NULL);
	return TOBS_OK;
}

FIBER_TEST(tries_every_address)
{
	uint16_t port;
	struct tcp_listener *l = listen_at("127.0.0.3", &port);
	struct net_stream *a, *b;
	struct addr peer;

	list("127.0.0.1"); /* refuse */
	list("127.0.0.2");
	list("127.0.0.3");
	assert_ok(tcp_connect(tobs_str("lists"), port, NULL, &a, NULL));
	assert_ok(tcp_accept(l, &b, &peer, NULL));
	net_close(a);
	net_close(b);
	tcp_listener_close(l);
	return TOBS_OK;
}

FIBER_TEST(tells_why_none_answered)
{
	struct net_stream *s = NULL;
	struct tobs_err err = { 0 };
	uint16_t port;
	char want[100];

	tcp_listener_close(listen_at("127.0.0.1", &port));
	list("127.0.0.1");
	list("127.0.0.2");
	assert_code(tcp_connect(tobs_str("lists"), port, NULL, &s, &err), TOBS_ENET);
	snprintf(want, sizeof want, "connecting to 127.0.0.2:%u: Connection refused", port);
	assert_string_equal(err.message, want);
	assert_int_equal(err.sys, ECONNREFUSED);
	assert_code(tcp_connect(tobs_str("nobody"), port, NULL, &s, &err), TOBS_ENOTFOUND);
	assert_string_equal(err.message, "no host is called \"nobody\"");
	assert_null(s);
	return TOBS_OK;
}

/* A listener on `host` that takes connections and never answers: its queue is full. */
struct deaf {
	struct sock *listener;
	struct sock *held[16];
	size_t count;
	uint16_t port;
};

static void deaf_start(struct deaf *d, const char *host, uint16_t port)
{
	const struct sock_listen_options tiny = { .backlog = 1 };
	struct addr at;
	int r = 0;

	assert_ok(addr_parse(tobs_str(host), port, &at));
	assert_ok(sock_listen(&at, &tiny, &d->listener, NULL));
	assert_ok(sock_local(d->listener, &at));
	d->port = addr_port(&at);
	for (d->count = 0; !r && d->count < 16; d->count += !r) {
		struct tobs_deadline soon;

		tobs_deadline_push(&soon, 20);
		r = sock_connect(&at, &d->held[d->count], NULL);
		tobs_deadline_pop(&soon);
	}
	assert_code(r, TOBS_ETIMEDOUT);
}

static void deaf_stop(struct deaf *d)
{
	for (size_t i = 0; i < d->count; i++)
		sock_close(d->held[i]);
	sock_close(d->listener);
}

FIBER_TEST(does_not_stay_with_a_deaf_one)
{
	struct tcp_options quick = { .address_ms = 300 };
	struct tobs_err err = { 0 };
	struct tcp_listener *l;
	struct net_stream *a = NULL;
	struct tobs_deadline d;
	struct deaf deaf;
	uint16_t port;
	int64_t start;

	l = listen_at("127.0.0.2", &port);
	deaf_start(&deaf, "127.0.0.1", port);
	list("127.0.0.1");
	start = elapsed();
	assert_code(tcp_connect(tobs_str("lists"), port, &quick, &a, &err), TOBS_ENET);
	assert_int_equal(elapsed() - start, 300);
	assert_code(err.code, TOBS_ENET);
	start = elapsed();
	assert_code(tcp_connect(tobs_str("lists"), port, NULL, &a, &err), TOBS_ENET);
	assert_int_equal(elapsed() - start, TCP_ADDRESS_MS);
	/* The fiber's own deadline is told as what it is. */
	tobs_deadline_push(&d, 100);
	assert_code(tcp_connect(tobs_str("lists"), port, NULL, &a, &err), TOBS_ETIMEDOUT);
	tobs_deadline_pop(&d);
	assert_code(err.code, TOBS_ETIMEDOUT);
	/* What is left is shared: the second one gets its turn. */
	list("127.0.0.2");
	start = elapsed();
	tobs_deadline_push(&d, 6000);
	assert_ok(tcp_connect(tobs_str("lists"), port, NULL, &a, NULL));
	tobs_deadline_pop(&d);
	assert_int_equal(elapsed() - start, 3000);
	net_close(a);
	deaf_stop(&deaf);
	tcp_listener_close(l);
	return TOBS_OK;
}

static struct deaf cancel_deaf;

static int connect_deaf(void *arg)
{
	struct net_stream *s = NULL;
	int r = tcp_connect(tobs_str("127.0.0.1"), cancel_deaf.port, NULL, &s, NULL);

	(void)arg;
	net_close(s);
	return r;
}

static int accept_nobody(void *arg)
{
	struct net_stream *s = NULL;
	int r = tcp_accept(arg, &s, NULL, NULL);

	net_close(s);
	return r;
}

static int read_nothing(void *arg)
{
	char c;

	return net_read_all(arg, &c, 1, NULL);
}

static int write_too_much(void *arg)
{
	static const char big[1 << 16];
	int r;

	while (!(r = net_write_all(arg, big, sizeof big, NULL)))
		;
	return r;
}

static int run_and_cancel(int (*fn)(void *), void *arg)
{
	struct tobs_fiber *f;
	int r = 1;

	assert_ok(tobs_spawn(&f, fn, arg, NULL));
	assert_ok(tobs_sleep(5));
	tobs_cancel(f);
	assert_ok(tobs_join(f, &r));
	return r;
}

FIBER_TEST(every_wait_can_be_cancelled)
{
	uint16_t port;
	struct tcp_listener *l = listen_at("127.0.0.1", &port);
	struct net_stream *a, *b;

	make_pair(&a, &b);
	deaf_start(&cancel_deaf, "127.0.0.1", 0);
	assert_code(run_and_cancel(connect_deaf, NULL), TOBS_ECANCELED);
	assert_code(run_and_cancel(accept_nobody, l), TOBS_ECANCELED);
	assert_code(run_and_cancel(read_nothing, a), TOBS_ECANCELED);
	assert_code(run_and_cancel(write_too_much, a), TOBS_ECANCELED);
	deaf_stop(&cancel_deaf);
	net_close(a);
	net_close(b);
	tcp_listener_close(l);
	return TOBS_OK;
}

static int close_soon(void *arg)
{
	tobs_sleep(5);
	net_close(arg);
	return TOBS_OK;
}

FIBER_TEST(closing_ends_calls_in_progress)
{
	struct net_stream *a, *b;
	struct tobs_err err = { 0 };
	char c;

	make_pair(&a, &b);
	assert_ok(tobs_spawn(NULL, close_soon, a, NULL));
	assert_code(net_read_all(a, &c, 1, &err), TOBS_ECLOSED);
	assert_code(err.code, TOBS_ECLOSED);
	net_close(b);
	return TOBS_OK;
}

/* The other side says nothing any more, and its end is never seen. */
FIBER_TEST(a_silent_peer_is_noticed_by_the_deadline)
{
	struct net_stream *a, *b;
	struct tobs_deadline d;
	char c;

	make_pair(&a, &b);
	tobs_deadline_push(&d, 90000);
	assert_code(net_read_all(a, &c, 1, NULL), TOBS_ETIMEDOUT);
	tobs_deadline_pop(&d);
	assert_int_equal(elapsed(), 90000);
	net_close(a);
	net_close(b);
	return TOBS_OK;
}

/* ---- Servers ------------------------------------------------------------------ */

static struct {
	struct tcp_listener *listener;
	uint16_t port;
	struct tobs_fiber *fiber;
	struct tcp_server server;
	int now, most, served, cancelled;
} srv;

static int echo(struct net_stream *s, const struct addr *peer, void *arg)
{
	char buf[256];
	size_t n;
	int r;

	if (arg != &srv || !addr_is_local(peer))
		return TOBS_EINTERNAL;
	srv.now++;
	srv.most = MAX(srv.most, srv.now);
	while (!(r = net_read(s, buf, sizeof buf, &n, NULL)) && n)
		if ((r = net_write_all(s, buf, n, NULL)))
			break;
	srv.now--;
	srv.served++;
	srv.cancelled += r == TOBS_ECANCELED;
	return TOBS_EIO; /* what it returns concerns nobody else */
}

static int serve(void *arg)
{
	(void)arg;
	return tcp_serve(srv.listener, &srv.server);
}

static void server_start(size_t max)
{
	memset(&srv, 0, sizeof srv);
	srv.server = (struct tcp_server){ .serve = echo, .arg = &srv, .max = max };
	srv.listener = listen_at("127.0.0.1", &srv.port);
	assert_ok(tobs_spawn(&srv.fiber, serve, NULL, NULL));
}

static struct net_stream *client(void)
{
	struct net_stream *s;

	assert_ok(tcp_connect(tobs_str("127.0.0.1"), srv.port, NULL, &s, NULL));
	return s;
}

static void talk(struct net_stream *s)
{
	char buf[5] = "";

	assert_ok(net_write_all(s, "ping", 4, NULL));
	assert_ok(net_read_all(s, buf, 4, NULL));
	assert_string_equal(buf, "ping");
}

FIBER_TEST(serves_many_and_drains_when_closed)
{
	struct net_stream *s[20];
	char c;
	size_t n = 1;
	int r = 1;

	server_start(0);
	for (size_t i = 0; i < ARRAY_LEN(s); i++)
		s[i] = client();
	for (size_t i = 0; i < ARRAY_LEN(s); i++)
		talk(s[i]);
	assert_int_equal(srv.now, 20);
	net_close(s[0]);
	tcp_listener_close(srv.listener);
	assert_ok(tobs_sleep(10));
	assert_int_equal(srv.now, 19); /* those that are open go on */
	for (size_t i = 1; i < ARRAY_LEN(s); i++) {
		talk(s[i]);
		assert_ok(net_shutdown(s[i], NULL));
		assert_ok(net_read(s[i], &c, 1, &n, NULL)); /* it closes when the handler returns */
		assert_int_equal(n, 0);
		net_close(s[i]);
	}
	assert_ok(tobs_join(srv.fiber, &r));
	assert_ok(r);
	assert_int_equal(srv.served, 20);
	assert_int_equal(srv.cancelled, 0);
	return TOBS_OK;
}

FIBER_TEST(a_cancelled_server_cancels_its_connections)
{
	struct net_stream *s[3];
	int r = 1;

	server_start(0);
	for (size_t i = 0; i < ARRAY_LEN(s); i++) {
		s[i] = client();
		talk(s[i]);
	}
	tobs_cancel(srv.fiber);
	assert_ok(tobs_join(srv.fiber, &r));
	assert_code(r, TOBS_ECANCELED);
	assert_int_equal(srv.cancelled, 3);
	for (size_t i = 0; i < ARRAY_LEN(s); i++)
		net_close(s[i]);
	tcp_listener_close(srv.listener);
	return TOBS_OK;
}

FIBER_TEST(serves_so_many_at_once)
{
	struct net_stream *s[5];
	int r = 1;

	server_start(2);
	for (size_t i = 0; i < ARRAY_LEN(s); i++)
		s[i] = client(); /* the kernel takes the connection */
	for (size_t i = 0; i < ARRAY_LEN(s); i++) {
		talk(s[i]);
		if (i >= 1)
			net_close(s[i - 1]); /* makes room for another */
	}
	assert_int_equal(srv.most, 2);
	/* Closed while the server waits for room. */
	s[0] = client();
	talk(s[0]);
	tcp_listener_close(srv.listener);
	net_close(s[0]);
	net_close(s[4]);
	assert_ok(tobs_join(srv.fiber, &r));
	assert_ok(r);
	assert_int_equal(srv.served, 6);
	return TOBS_OK;
}

static struct tobs_buf log_text;

static void keep_log(const struct tobs_log_line *line, void *user)
{
	(void)user;
	tobs_buf_printf(&log_text, "%s: %s\n", line->module, line->text);
}

FIBER_TEST(survives_a_lack_of_descriptors)
{
	struct rlimit old, now;
	struct net_stream *s;
	int spare, r = 1;

	tobs_buf_init(&log_text, 10000);
	tobs_log_to(keep_log, NULL);
	server_start(0);
	s = client();
	talk(s);
	net_close(s);
	assert_ok(tobs_sleep(5));
	getrlimit(RLIMIT_NOFILE, &old);
	now = old;
	spare = dup(0);
	close(spare);
	now.rlim_cur = (rlim_t)spare + 1; /* one for us, none for the server */
	setrlimit(RLIMIT_NOFILE, &now);
	s = client();
	assert_ok(tobs_sleep(1000));
	assert_int_equal(srv.served, 1);
	setrlimit(RLIMIT_NOFILE, &old);
	talk(s); /* its turn comes */
	assert_string_equal(tobs_buf_str(&log_text),
		"net: connections have to wait: accepting a connection: Too many open files\n");
	net_close(s);
	tcp_listener_close(srv.listener);
	assert_ok(tobs_join(srv.fiber, &r));
	assert_ok(r);
	tobs_log_to(NULL, NULL);
	tobs_buf_deinit(&log_text);
	return TOBS_OK;
}

FIBER_TEST(listening_where_one_cannot)
{
	struct tcp_listener *l, *other = NULL;
	struct tobs_err err = { 0 };
	uint16_t port;

	l = listen_at("127.0.0.1", &port);
	assert_code(tcp_listen(tobs_str("127.0.0.1"), port, NULL, &other, &err), TOBS_EEXISTS);
	assert_code(tcp_listen(tobs_str("nobody"), port, NULL, &other, &err), TOBS_ENOTFOUND);
	assert_null(other);
	tcp_listener_close(l);
	assert_code(tcp_listen(tobs_str("192.0.2.1"), 0, NULL, &other, &err), TOBS_ENET);
	return TOBS_OK;
}

/* ---- Without memory ------------------------------------------------------------ */

static int talk_once(void *arg)
{
	struct tcp_listener *l = NULL;
	struct net_stream *a = NULL, *b = NULL;
	char c;
	int r;

	(void)arg;
	r = tcp_listen(tobs_str("127.0.0.1"), 0, NULL, &l, NULL);
	if (!r)
		r = tcp_connect(
			tobs_str("127.0.0.1"), addr_port(tcp_listener_addr(l)), NULL, &a, NULL);
	if (!r)
		r = tcp_accept(l, &b, NULL, NULL);
	if (!r)
		r = net_write_all(a, "x", 1, NULL);
	if (!r)
		r = net_read_all(b, &c, 1, NULL);
	net_close(a);
	net_close(b);
	tcp_listener_close(l);
	return r;
}

static int run_talk_once(void *user)
{
	(void)user;
	return tobs_run(talk_once, NULL);
}

static void without_memory(void **state)
{
	(void)state;
	fail_each_allocation(run_talk_once, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fiber_unit_test(connects_and_talks),
		cmocka_unit_test_setup_teardown(tries_every_address, setup, teardown),
		cmocka_unit_test_setup_teardown(tells_why_none_answered, setup, teardown),
		cmocka_unit_test_setup_teardown(does_not_stay_with_a_deaf_one, setup, teardown),
		fiber_unit_test(every_wait_can_be_cancelled),
		fiber_unit_test(closing_ends_calls_in_progress),
		fiber_unit_test(a_silent_peer_is_noticed_by_the_deadline),
		fiber_unit_test(serves_many_and_drains_when_closed),
		fiber_unit_test(a_cancelled_server_cancels_its_connections),
		fiber_unit_test(serves_so_many_at_once),
		fiber_unit_test(survives_a_lack_of_descriptors),
		cmocka_unit_test_setup_teardown(listening_where_one_cannot, setup, teardown),
		cmocka_unit_test(without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
