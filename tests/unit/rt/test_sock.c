/* SPDX-License-Identifier: MIT */
#include "rt/sock.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/rand.h"
#include "rt/sched.h"
#include "support/failmem.h"
#include "support/fibers.h"

static char unix_path[64];

static struct addr parsed(const char *text)
{
	struct addr a;

	assert_ok(addr_parse(tobs_str(text), 0, &a));
	return a;
}

static struct sock *listen_on(const char *text, struct addr *ret_at)
{
	struct addr at = parsed(text);
	struct sock *s;

	assert_ok(sock_listen(&at, NULL, &s, NULL));
	assert_ok(sock_local(s, ret_at));
	return s;
}

/* Both ends of a connection over loopback. */
static void make_pair(struct sock **a, struct sock **b)
{
	struct addr at;
	struct sock *l = listen_on("127.0.0.1", &at);

	assert_ok(sock_connect(&at, a, NULL));
	assert_ok(sock_accept(l, b, NULL, NULL));
	sock_close(l);
}

static int write_str(struct sock *s, const char *text)
{
	const struct tobs_view part = tobs_str(text);

	return sock_write(s, &part, 1, NULL);
}

static void assert_reads(struct sock *s, const char *want)
{
	char have[64] = "";
	size_t n = 0, total = 0;

	do {
		assert_ok(sock_read(s, have + total, strlen(want) - total, &n, NULL));
		total += n;
	} while (n && total < strlen(want));
	assert_string_equal(have, want);
}

static int echo(void *arg)
{
	struct sock *listener = arg, *s = NULL;
	char buf[4096];
	size_t n;
	int r = sock_accept(listener, &s, NULL, NULL);

	while (!r && !(r = sock_read(s, buf, sizeof buf, &n, NULL)) && n) {
		const struct tobs_view part = tobs_view(buf, n);

		r = sock_write(s, &part, 1, NULL);
	}
	sock_close(s);
	return r;
}

FIBER_TEST(echo_over_every_kind)
{
	const char *kinds[] = { "127.0.0.1", "::1", unix_path, "unix:@tobs-test-sock" };

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		struct addr at = parsed(kinds[i]), local, peer;
		struct tobs_fiber *f;
		struct sock *l, *s;
		int r = 1;

		if (sock_listen(&at, NULL, &l, NULL)) {
			printf("# no %s here\n", kinds[i]); /* IPv6 may be switched off */
			assert_int_equal(i, 1);
			continue;
		}
		assert_ok(sock_local(l, &at));
		assert_true(at.sa.sa_family == AF_UNIX || addr_port(&at) != 0);
		assert_ok(tobs_spawn(&f, echo, l, NULL));
		assert_ok(sock_connect(&at, &s, NULL));
		assert_ok(sock_local(s, &local));
		assert_ok(sock_peer(s, &peer));
		assert_true(addr_eq(&peer, &at));
		assert_true(addr_is_local(&local));
		for (int k = 0; k < 10; k++) {
			assert_ok(write_str(s, "hello"));
			assert_reads(s, "hello");
		}
		sock_close(s);
		assert_ok(tobs_join(f, &r));
		assert_ok(r);
		sock_close(l);
	}
	assert_int_not_equal(access(unix_path + 5, F_OK), 0); /* its file is gone */
	return TOBS_OK;
}

/* ---- Much data, in odd pieces ---------------------------------------------- */

enum { BULK = 3 << 20 };

static uint8_t *bulk(void)
{
	static uint8_t bytes[BULK];
	struct prng p = { 11 };
	const struct rng rng = prng_rng(&p);

	if (!bytes[0] && !bytes[1])
		rng_fill(&rng, bytes, sizeof bytes);
	return bytes;
}

static int send_bulk(void *arg)
{
	struct prng p = { 5 };
	struct tobs_view parts[40];
	size_t at = 0;

	while (at < BULK) {
		size_t n = 1 + prng_below(&p, ARRAY_LEN(parts)), limit = 1u << prng_below(&p, 18);

		for (size_t i = 0; i < n; i++) {
			size_t len = MIN(prng_below(&p, limit), BULK - at);

			parts[i] = tobs_view(bulk() + at, len);
			at += len;
		}
		if (sock_write(arg, parts, n, NULL))
			return TOBS_EIO;
	}
	return sock_shutdown(arg, NULL);
}

FIBER_TEST(every_byte_arrives_in_order)
{
	struct prng p = { 6 };
	static uint8_t have[BULK];
	struct sock *a, *b;
	struct tobs_fiber *f;
	size_t total = 0, n = 1;
	int r = 1;

	make_pair(&a, &b);
	sock_buffers(a, 0, 300000);
	assert_ok(tobs_spawn(&f, send_bulk, a, NULL));
	while (n) {
		size_t ask = MIN(1 + prng_below(&p, 100000), BULK - total);

		assert_ok(sock_read(b, have + total, ask ? ask : 1, &n, NULL));
		total += n;
		assert_true(total <= BULK);
	}
	assert_int_equal(total, BULK);
	assert_memory_equal(have, bulk(), BULK);
	assert_ok(sock_read(b, have, 1, &n, NULL)); /* the end remains the end */
	assert_int_equal(n, 0);
	assert_ok(tobs_join(f, &r));
	assert_ok(r);
	/* The other direction is still open. */
	assert_ok(write_str(b, "still"));
	assert_reads(a, "still");
	sock_close(a);
	sock_close(b);
	return TOBS_OK;
}

static size_t written;

static int write_for_ever(void *arg)
{
	const struct tobs_view part = tobs_view(bulk(), 10000);
	int r;

	while (!(r = sock_write(arg, &part, 1, NULL)))
		written += part.len;
	return r;
}

FIBER_TEST(a_slow_reader_holds_the_writer)
{
	struct tobs_deadline d;
	struct tobs_fiber *f;
	struct sock *a, *b;
	size_t before, n;
	static char bytes[50000];
	int r = 1;

	make_pair(&a, &b);
	/* Not much smaller than a packet on loopback (64 KiB), or TCP dawdles. */
	sock_buffers(a, 0, 200000);
	sock_buffers(b, 200000, 0);
	written = 0;
	assert_ok(tobs_spawn(&f, write_for_ever, a, NULL));
	assert_ok(tobs_sleep(1000)); /* time goes on when nobody can do anything */
	before = written;
	assert_true(before < BULK);
	assert_ok(tobs_sleep(1000));
	assert_int_equal(written, before);
	while (written < before + BULK)
		assert_ok(sock_read(b, bytes, sizeof bytes, &n, NULL));
	tobs_cancel(f);
	assert_ok(tobs_join(f, &r));
	assert_code(r, TOBS_ECANCELED);
	tobs_deadline_push(&d, 100);
	assert_code(write_for_ever(a), TOBS_ETIMEDOUT);
	tobs_deadline_pop(&d);
	sock_close(a);
	sock_close(b);
	return TOBS_OK;
}

static bool others_ran;

static int run_once(void *arg)
{
	(void)arg;
	others_ran = true;
	return tobs_yield();
}

/* A socket that always has something does not keep its fiber running for ever. */
FIBER_TEST(a_busy_socket_lets_others_run)
{
	struct sock *a, *b;
	size_t n;
	char byte;

	make_pair(&a, &b);
	for (int i = 0; i < 20; i++)
		assert_ok(write_str(a, "0123456789012345678901234567890123456789"));
	others_ran = false;
	assert_ok(tobs_spawn(NULL, run_once, NULL, NULL));
	for (int i = 0; i < 800 && !others_ran; i++)
		assert_ok(sock_read(b, &byte, 1, &n, NULL));
	assert_true(others_ran);
	sock_close(a);
	sock_close(b);
	return TOBS_OK;
}

/* ---- What goes wrong ------------------------------------------------------- */

FIBER_TEST(refused)
{
	const char *nowhere[] = { "127.0.0.1", "unix:@tobs-test-nobody", "unix:/no/such/file" };
	struct tobs_err err = { 0 };
	struct addr at;
	struct sock *s = NULL;
	char text[ADDR_TEXT_MAX], want[300];

	sock_close(listen_on("127.0.0.1", &at)); /* a port that was free a moment ago */
	for (size_t i = 0; i < ARRAY_LEN(nowhere); i++) {
		if (i)
			at = parsed(nowhere[i]);
		assert_code(sock_connect(&at, &s, &err), TOBS_ENET);
		assert_code(err.code, TOBS_ENET);
		assert_int_equal(err.sys, i == 2 ? ENOENT : ECONNREFUSED);
		snprintf(want, sizeof want, "connecting to %s: %s", addr_format(&at, text),
			strerror(err.sys));
		assert_string_equal(err.message, want);
		assert_null(s);
	}
	return TOBS_OK;
}

FIBER_TEST(reset)
{
	struct tobs_err err = { 0 };
	struct sock *a, *b;
	size_t n = 77;
	char byte;

	make_pair(&a, &b);
	sock_reset_on_close(b);
	sock_close(b);
	assert_code(sock_read(a, &byte, 1, &n, &err), TOBS_ECLOSED);
	assert_int_equal(err.sys, ECONNRESET);
	assert_string_equal(err.message, "reading: Connection reset by peer");
	assert_int_equal(n, 77);
	assert_code(write_str(a, "x"), TOBS_ECLOSED); /* and no SIGPIPE */
	sock_close(a);

	/* A writer that waits for room learns of it as well. */
	make_pair(&a, &b);
	sock_reset_on_close(b);
	{
		struct tobs_fiber *f;
		int r = 1;

		assert_ok(tobs_spawn(&f, write_for_ever, a, NULL));
		assert_ok(tobs_sleep(10));
		sock_close(b);
		assert_ok(tobs_join(f, &r));
		assert_code(r, TOBS_ECLOSED);
	}
	sock_close(a);
	return TOBS_OK;
}

static int read_one(void *arg)
{
	size_t n;
	char byte;

	return sock_read(arg, &byte, 1, &n, NULL);
}

static int accept_one(void *arg)
{
	struct sock *s = NULL;
	int r = sock_accept(arg, &s, NULL, NULL);

	sock_close(s);
	return r;
}

/* A listener whose queue is full: who connects then waits. Fills it with *ret_held. */
static struct sock *listen_full(struct addr *ret_at, struct sock **held, size_t *count)
{
	const struct sock_listen_options tiny = { .backlog = 1 };
	struct addr at = parsed("127.0.0.1");
	struct tobs_deadline d;
	struct sock *l;
	int r = 0;

	assert_ok(sock_listen(&at, &tiny, &l, NULL));
	assert_ok(sock_local(l, ret_at));
	for (*count = 0; !r && *count < 16; *count += !r) {
		tobs_deadline_push(&d, 50);
		r = sock_connect(ret_at, &held[*count], NULL);
		tobs_deadline_pop(&d);
	}
	assert_code(r, TOBS_ETIMEDOUT); /* a wait for a connection ends in time, too */
	return l;
}

static struct addr full_at;

static int connect_full(void *arg)
{
	struct sock *s = NULL;
	int r = sock_connect(&full_at, &s, NULL);

	(void)arg;
	sock_close(s);
	return r;
}

FIBER_TEST(every_wait_can_be_cut_short)
{
	static int (*const waits[])(
		void *) = { read_one, write_for_ever, accept_one, connect_full };
	struct sock *a, *b, *held[16], *full, *listener;
	struct addr at;
	size_t count;

	make_pair(&a, &b);
	listener = listen_on("127.0.0.1", &at);
	full = listen_full(&full_at, held, &count);
	for (size_t i = 0; i < ARRAY_LEN(waits); i++) {
		struct sock *on = i < 2 ? a : listener;
		struct tobs_deadline d;
		struct tobs_fiber *f;
		int r = 1;

		assert_ok(tobs_spawn(&f, waits[i], on, NULL));
		assert_ok(tobs_sleep(10));
		tobs_cancel(f);
		assert_ok(tobs_join(f, &r));
		assert_code(r, TOBS_ECANCELED);
		assert_ok(tobs_spawn(&f, waits[i], on, NULL));
		tobs_cancel(f);
		assert_ok(tobs_join(f, &r));
		assert_code(r, TOBS_ECANCELED);
		tobs_deadline_push(&d, 20);
		assert_code(waits[i](on), TOBS_ETIMEDOUT);
		assert_code(waits[i](on), TOBS_ETIMEDOUT);
		tobs_deadline_pop(&d);
	}
	for (size_t i = 0; i < count; i++)
		sock_close(held[i]);
	sock_close(full);
	sock_close(listener);
	sock_close(a);
	sock_close(b);
	sock_close(NULL);
	return TOBS_OK;
}

FIBER_TEST(closing_ends_every_wait)
{
	static int (*const waits[])(void *) = { read_one, write_for_ever, accept_one };

	for (size_t i = 0; i < ARRAY_LEN(waits); i++) {
		struct sock *a, *b, *on;
		struct tobs_fiber *f[2];
		struct addr at;
		int r = 1;

		make_pair(&a, &b);
		on = i < 2 ? a : listen_on("127.0.0.1", &at);
		/* One that waits, and one that has not begun. */
		assert_ok(tobs_spawn(&f[0], waits[i], on, NULL));
		if (i == 2)
			assert_ok(tobs_spawn(&f[1], waits[i], on, NULL));
		assert_ok(tobs_sleep(10));
		sock_close(on);
		for (int k = 0; k < (i == 2 ? 2 : 1); k++) {
			assert_ok(tobs_join(f[k], &r));
			assert_code(r, TOBS_ECLOSED);
		}
		if (i == 2)
			sock_close(a);
		sock_close(b);
	}
	return TOBS_OK;
}

FIBER_TEST(listening_where_one_cannot)
{
	struct tobs_err err = { 0 };
	struct addr at, foreign = parsed("192.0.2.1"); /* RFC 5737: nobody's */
	struct sock *l = listen_on("127.0.0.1", &at), *s = NULL;
	const struct sock_listen_options shared = { .reuse_port = true };
	struct sock *one, *two;

	assert_code(sock_listen(&at, NULL, &s, &err), TOBS_EEXISTS);
	assert_int_equal(err.sys, EADDRINUSE);
	assert_code(sock_listen(&foreign, NULL, &s, &err), TOBS_ENET);
	assert_null(s);
	sock_close(l);
	assert_ok(sock_listen(&at, &shared, &one, NULL)); /* at once again */
	assert_ok(sock_listen(&at, &shared, &two, NULL));
	sock_close(one);
	sock_close(two);
	return TOBS_OK;
}

FIBER_TEST(files_of_unix_sockets)
{
	struct addr at = parsed(unix_path);
	struct sock *l, *s = NULL;
	FILE *f;
	int fd;

	l = listen_on(unix_path, &at);
	assert_code(sock_listen(&at, NULL, &s, NULL), TOBS_EEXISTS); /* somebody is there */
	assert_int_equal(access(unix_path + 5, F_OK), 0);
	sock_close(l);
	assert_int_not_equal(access(unix_path + 5, F_OK), 0);
	/* Left over by one that died. */
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(fd, &at.sa, at.len), 0);
	close(fd);
	assert_int_equal(access(unix_path + 5, F_OK), 0);
	sock_close(listen_on(unix_path, &at));
	/* A file that is no socket is not ours to remove. */
	f = fopen(unix_path + 5, "w");
	assert_non_null(f);
	fclose(f);
	assert_code(sock_listen(&at, NULL, &s, NULL), TOBS_EEXISTS);
	assert_int_equal(access(unix_path + 5, F_OK), 0);
	unlink(unix_path + 5);
	return TOBS_OK;
}

FIBER_TEST(without_descriptors)
{
	struct rlimit old, now;
	struct tobs_err err = { 0 };
	struct addr at, peer;
	struct sock *l = listen_on("127.0.0.1", &at), *a, *b = NULL, *c = NULL;
	int spare = dup(0);

	assert_ok(sock_connect(&at, &a, NULL));
	getrlimit(RLIMIT_NOFILE, &old);
	now = old;
	now.rlim_cur = (rlim_t)spare;
	close(spare);
	setrlimit(RLIMIT_NOFILE, &now);
	assert_code(sock_accept(l, &b, NULL, &err), TOBS_EIO);
	assert_int_equal(err.sys, EMFILE);
	assert_code(sock_connect(&at, &c, NULL), TOBS_EIO);
	assert_code(sock_listen(&at, NULL, &c, NULL), TOBS_EIO);
	setrlimit(RLIMIT_NOFILE, &old);
	assert_ok(sock_accept(l, &b, &peer, NULL)); /* it was not lost */
	assert_int_equal(peer.sa.sa_family, AF_INET);
	sock_close(a);
	sock_close(b);
	sock_close(l);
	return TOBS_OK;
}

static int option(struct sock *s, int level, int name)
{
	int value = -1;
	socklen_t len = sizeof value;

	assert_int_equal(getsockopt(sock_fd(s), level, name, &value, &len), 0);
	return value;
}

FIBER_TEST(options)
{
	struct sock *a, *b;

	make_pair(&a, &b);
	assert_int_not_equal(option(a, IPPROTO_TCP, TCP_NODELAY), 0);
	assert_int_not_equal(option(b, IPPROTO_TCP, TCP_NODELAY), 0);
	sock_delay(a, true);
	assert_int_equal(option(a, IPPROTO_TCP, TCP_NODELAY), 0);
	sock_keepalive(a, 60);
	assert_int_not_equal(option(a, SOL_SOCKET, SO_KEEPALIVE), 0);
	assert_int_equal(option(a, IPPROTO_TCP, TCP_KEEPIDLE) +
			option(a, IPPROTO_TCP, TCP_KEEPINTVL) * option(a, IPPROTO_TCP, TCP_KEEPCNT),
		60);
	assert_int_equal(option(a, IPPROTO_TCP, TCP_USER_TIMEOUT), 60000);
	sock_keepalive(a, 0);
	assert_int_equal(option(a, SOL_SOCKET, SO_KEEPALIVE), 0);
	sock_close(a);
	sock_close(b);
	return TOBS_OK;
}

static uint64_t polls;

static int write_soon(void *arg)
{
	int r = tobs_sleep(1);

	return r ? r : write_str(arg, "z");
}

static int ignore_for_a_while(void *arg)
{
	struct sock *a, *b;
	size_t n;
	char byte;

	(void)arg;
	make_pair(&a, &b);
	assert_ok(tobs_spawn(NULL, read_one, b, NULL));
	assert_ok(tobs_sleep(1)); /* it waits, so the loop watches */
	assert_ok(write_str(a, "xy"));
	assert_ok(tobs_sleep(1)); /* it has taken one byte and gone */
	polls = rt_self->polls;
	assert_ok(tobs_sleep(20));
	polls = rt_self->polls - polls;
	/* Whoever comes back finds the rest, and is woken for more. */
	assert_ok(sock_read(b, &byte, 1, &n, NULL));
	assert_int_equal(byte, 'y');
	assert_ok(tobs_spawn(NULL, write_soon, a, NULL));
	assert_ok(sock_read(b, &byte, 1, &n, NULL));
	sock_close(a);
	sock_close(b);
	return TOBS_OK;
}

/* Bytes that nobody fetches must not keep the loop busy. */
static void ignored_bytes_cost_nothing(void **state)
{
	(void)state;
	assert_ok(tobs_run(ignore_for_a_while, NULL));
	assert_true(polls < 20);
}

/* ---- Without memory --------------------------------------------------------- */

static int echo_once(void *arg)
{
	struct addr at = parsed("127.0.0.1");
	struct sock *l = NULL, *s = NULL;
	struct tobs_fiber *f = NULL;
	struct tobs_err err = { 0 };
	size_t n;
	char byte;
	int r, r2 = 0;

	(void)arg;
	r = sock_listen(&at, NULL, &l, &err);
	if (!r)
		r = sock_local(l, &at);
	if (!r)
		r = tobs_spawn(&f, echo, l, NULL);
	if (!r)
		r = sock_connect(&at, &s, &err);
	if (!r)
		r = write_str(s, "x");
	if (!r)
		r = sock_read(s, &byte, 1, &n, &err);
	sock_close(s);
	if (r)
		tobs_cancel(f);
	if (f)
		tobs_join(f, &r2);
	sock_close(l);
	/* When the other side had no memory, it hung up. */
	return r2 == TOBS_ENOMEM ? r2 : r;
}

static int run_echo_once(void *user)
{
	(void)user;
	return tobs_run(echo_once, NULL);
}

static void without_memory(void **state)
{
	(void)state;
	fail_each_allocation(run_echo_once, NULL);
}

/* Whether anything has come, asked of the kernel and of what the loop has seen. */
FIBER_TEST(knows_whether_it_is_silent)
{
	struct sock *a, *b;

	make_pair(&a, &b);
	assert_true(sock_silent(b)); /* nobody has waited for it yet */
	assert_ok(write_str(a, "x"));
	assert_false(sock_silent(b));
	assert_false(sock_silent(b));
	assert_reads(b, "x");
	assert_true(sock_silent(b));
	/* Watched by the loop. */
	for (int i = 0; i < 5; i++) {
		struct tobs_deadline d;
		char buf[4];
		size_t n;

		tobs_deadline_push(&d, 1);
		assert_code(sock_read(b, buf, sizeof buf, &n, NULL), TOBS_ETIMEDOUT);
		tobs_deadline_pop(&d);
		assert_true(sock_silent(b));
		assert_ok(write_str(a, "x"));
		assert_ok(tobs_sleep(i));
		settle();
		assert_false(sock_silent(b));
		assert_reads(b, "x");
	}
	sock_close(a);
	settle();
	assert_ok(tobs_sleep(5));
	assert_false(sock_silent(b));
	sock_close(b);
	return TOBS_OK;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fiber_unit_test(knows_whether_it_is_silent),
		fiber_unit_test(echo_over_every_kind),
		fiber_unit_test(every_byte_arrives_in_order),
		fiber_unit_test(a_slow_reader_holds_the_writer),
		fiber_unit_test(a_busy_socket_lets_others_run),
		fiber_unit_test(refused),
		fiber_unit_test(reset),
		fiber_unit_test(every_wait_can_be_cut_short),
		fiber_unit_test(closing_ends_every_wait),
		fiber_unit_test(listening_where_one_cannot),
		fiber_unit_test(files_of_unix_sockets),
		fiber_unit_test(without_descriptors),
		fiber_unit_test(options),
		cmocka_unit_test(ignored_bytes_cost_nothing),
		cmocka_unit_test(without_memory),
	};

	snprintf(unix_path, sizeof unix_path, "unix:/tmp/tobs-test-sock-%d", (int)getpid());
	return cmocka_run_group_tests(tests, NULL, NULL);
}
