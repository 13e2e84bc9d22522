/* SPDX-License-Identifier: MIT */
/* The client and the server with each other, over TLS and without memory. */
#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/alloc.h"
#include "net/http_client.h"
#include "net/http_server.h"
#include "support/child.h"
#include "support/failmem.h"
#include "support/fibers.h"
#include "support/http_raw.h"
#include "support/tls_cert.h"
#include "support/tmpdir.h"

static struct tmpdir dir;
static char cert[200], key[200];

static int setup(void **state)
{
	(void)state;
	tmpdir_init(&dir);
	snprintf(cert, sizeof cert, "%s", tmpdir_file(&dir, "cert.pem"));
	snprintf(key, sizeof key, "%s", tmpdir_file(&dir, "key.pem"));
	tls_cert_make(cert, key, 30);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	tmpdir_deinit(&dir);
	return 0;
}

#define TLS_TEST(name)                                   \
	static int name##_fiber(void *test_arg);         \
	static void name(void **state)                   \
	{                                                \
		(void)state;                             \
		assert_ok(tobs_run(name##_fiber, NULL)); \
	}                                                \
	static int name##_fiber(void *test_arg ATTR_UNUSED)

static int echo(struct http_request *req, void *user)
{
	(void)user;
	return http_respond(req, 200, NULL, 0, req->body);
}

struct scene {
	struct http_server *server;
	struct http_client *client;
	struct http_answer answer;
	struct tobs_err err;
	char url[100];
};

static void open_scene(struct scene *x, const char *host, const char *ca)
{
	const struct http_server_options server = { .handle = echo,
		.host = host,
		.tls_cert_file = cert,
		.tls_key_file = key,
		.max_body = 32 << 20 };
	const struct http_client_options client = { .ca_file = ca };

	assert_ok(http_server_start(&server, &x->server, NULL));
	assert_ok(http_client_new(&client, &x->client, NULL));
	http_answer_init(&x->answer, 32 << 20);
	snprintf(x->url, sizeof x->url, "https://%s:%u/bot1:SECRET/x", host,
		addr_port(http_server_addr(x->server)));
}

static void close_scene(struct scene *x)
{
	http_client_free(x->client);
	http_server_stop(x->server, 100);
	http_answer_deinit(&x->answer);
}

static int post(struct scene *x, struct tobs_view body)
{
	const struct http_call call = { .url = tobs_str(x->url), .body = body };

	return http_client_call(x->client, &call, &x->answer, &x->err);
}

TLS_TEST(talks_over_tls)
{
	struct http_server_stats stats;
	struct tobs_buf big;
	struct scene x;

	open_scene(&x, "127.0.0.1", cert);
	for (int i = 0; i < 5; i++) {
		assert_ok(post(&x, tobs_str("hello")));
		assert_int_equal(x.answer.status, 200);
		assert_string_equal(tobs_buf_str(&x.answer.body), "hello");
	}
	http_server_stats(x.server, &stats);
	assert_int_equal(stats.connections, 1);
	tobs_buf_init(&big, 20 << 20);
	for (int i = 0; i < 20 << 18; i++)
		tobs_buf_put(&big, &i, sizeof i);
	assert_ok(tobs_buf_err(&big));
	assert_ok(post(&x, tobs_buf_view(&big)));
	assert_true(tobs_view_eq(tobs_buf_view(&x.answer.body), tobs_buf_view(&big)));
	tobs_buf_deinit(&big);
	close_scene(&x);
	return TOBS_OK;
}

struct talker {
	struct scene *x;
	char text[64];
	int result;
	bool same;
};

static int talk(void *arg)
{
	struct talker *t = arg;
	const struct http_call call = { .url = tobs_str(t->x->url), .body = tobs_str(t->text) };
	struct http_answer answer;

	http_answer_init(&answer, 100);
	t->result = http_client_call(t->x->client, &call, &answer, NULL);
	t->same = !strcmp(tobs_buf_str(&answer.body), t->text);
	http_answer_deinit(&answer);
	return TOBS_OK;
}

TLS_TEST(many_talk_at_once)
{
	struct talker talkers[100];
	struct tobs_group group;
	struct scene x;

	open_scene(&x, "localhost", cert);
	tobs_group_init(&group, 0);
	for (size_t i = 0; i < ARRAY_LEN(talkers); i++) {
		talkers[i] = (struct talker){ .x = &x };
		snprintf(talkers[i].text, sizeof talkers[i].text, "this is number %d", (int)i);
		assert_ok(tobs_group_spawn(&group, talk, &talkers[i], NULL));
	}
	assert_ok(tobs_group_wait(&group));
	for (size_t i = 0; i < ARRAY_LEN(talkers); i++) {
		assert_ok(talkers[i].result);
		assert_true(talkers[i].same);
	}
	close_scene(&x);
	return TOBS_OK;
}

static void expect_distrust(const char *host, const char *ca, const char *says)
{
	struct scene x;

	open_scene(&x, host, ca);
	assert_code(post(&x, tobs_str("hello")), TOBS_ECRYPTO);
	assert_false(x.answer.sent);
	assert_null(strstr(x.err.message, "SECRET"));
	if (!strstr(x.err.message, says))
		fail_msg("\"%s\" does not say \"%s\"", x.err.message, says);
	close_scene(&x);
}

TLS_TEST(trusts_nobody_without_reason)
{
	char other[200], other_key[200];

	expect_distrust("127.0.0.1", NULL, "self-signed certificate");
	expect_distrust("127.0.0.1", "/no/such/file", "/no/such/file");
	snprintf(other, sizeof other, "%s", tmpdir_file(&dir, "other.pem"));
	snprintf(other_key, sizeof other_key, "%s", tmpdir_file(&dir, "other-key.pem"));
	tls_cert_make(other, other_key, 30);
	expect_distrust("127.0.0.1", other, "certificate");
	/* Trusted, and another's. */
	expect_distrust("127.0.0.2", cert, "127.0.0.2");
	/* Out of date. */
	tls_cert_make(cert, key, -1);
	expect_distrust("127.0.0.1", cert, "expired");
	tls_cert_make(cert, key, 30);
	return TOBS_OK;
}

/* Plain HTTP to a port with TLS, and TLS to a port without. */
TLS_TEST(notices_the_wrong_language)
{
	const struct http_server_options plain = { .handle = echo };
	struct http_server *server;
	struct scene x;
	struct raw c;

	open_scene(&x, "127.0.0.1", cert);
	raw_open(&c, http_server_addr(x.server));
	assert_ok(raw_send(&c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
	while (!raw_read(&c, false))
		;
	raw_close(&c);
	assert_ok(post(&x, tobs_str("still there")));
	assert_ok(http_server_start(&plain, &server, NULL));
	snprintf(x.url, sizeof x.url, "https://127.0.0.1:%u/", addr_port(http_server_addr(server)));
	assert_code(post(&x, tobs_str("hello")), TOBS_ECRYPTO);
	http_server_stop(server, 0);
	close_scene(&x);
	return TOBS_OK;
}

/* ---- Without memory -------------------------------------------------------------- */

struct hunger {
	int go[2];   /* the port is told through it */
	int done[2]; /* and that the asking is over */
};

/* Asks twice, in a process of its own, whose memory does not fail. */
static int ask_always(void *user)
{
	const struct hunger *h = user;
	uint16_t port;
	char in[4096];

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (read(h->go[0], &port, sizeof port) == sizeof port) {
		struct sockaddr_in to = { .sin_family = AF_INET,
			.sin_port = htons(port),
			.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
		int fd = socket(AF_INET, SOCK_STREAM, 0);

		if (!connect(fd, (struct sockaddr *)&to, sizeof to)) {
			for (int i = 0; i < 2; i++) {
				static const char text[] = "POST /a?b HTTP/1.1\r\nHost: x\r\n"
							   "Content-Length: 2\r\n\r\nab";

				if (write(fd, text, sizeof text - 1) < 0 ||
					read(fd, in, sizeof in) <= 0)
					break;
			}
		}
		close(fd);
		if (write(h->done[1], "", 1) < 0)
			break;
	}
	return 0;
}

static int handled;

static int count(struct http_request *req, void *user)
{
	(void)user;
	handled++;
	return echo(req, NULL);
}

static int serve_two(void *arg)
{
	const struct hunger *h = arg;
	const struct http_server_options opt = { .handle = count };
	struct http_server *server;
	uint16_t port;
	char byte;
	int r = http_server_start(&opt, &server, NULL);

	if (r)
		return r;
	handled = 0;
	port = addr_port(http_server_addr(server));
	if (write(h->go[1], &port, sizeof port) < 0)
		return TOBS_EIO;
	/* It has its answers, or was hung up on. */
	r = tobs_fd_wait(h->done[0], TOBS_READABLE, NULL);
	http_server_stop(server, 0);
	fcntl(h->done[0], F_SETFL, 0);
	return read(h->done[0], &byte, 1) == 1 ? r : TOBS_EIO;
}

static int run_hungry(void *user)
{
	return tobs_run(serve_two, user);
}

static void survives_without_memory(void **state)
{
	struct hunger h;
	pid_t pid;

	(void)state;
	assert_int_equal(pipe(h.go), 0);
	assert_int_equal(pipe(h.done), 0);
	pid = child_start(ask_always, &h);
	fail_each_allocation(run_hungry, &h);
	assert_int_equal(handled, 2);
	kill(pid, SIGKILL);
	child_wait(pid);
	close(h.go[0]);
	close(h.go[1]);
	close(h.done[0]);
	close(h.done[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(talks_over_tls),
		cmocka_unit_test(many_talk_at_once),
		cmocka_unit_test(trusts_nobody_without_reason),
		cmocka_unit_test(notices_the_wrong_language),
		cmocka_unit_test(survives_without_memory),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
