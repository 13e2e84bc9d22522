/* SPDX-License-Identifier: MIT */
/* The client through proxies, and without memory. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/log.h"
#include "net/http_client.h"
#include "support/child.h"
#include "support/failmem.h"
#include "support/fibers.h"
#include "support/http_peer.h"

#define PROXY_TEST(name)                                 \
	static int name##_fiber(void *test_arg);         \
	static void name(void **state)                   \
	{                                                \
		(void)state;                             \
		assert_ok(tobs_run(name##_fiber, NULL)); \
	}                                                \
	static int name##_fiber(void *test_arg ATTR_UNUSED)

#define OK "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

/* Nobody but the proxy could look this name up. */
#define URL "http://nowhere.invalid:81/bot1:SECRET/getMe"

static int call_through(const char *proxy, struct http_answer *answer, struct tobs_err *err)
{
	const struct http_client_options opt = { .proxy = proxy };
	const struct http_call call = { .url = tobs_str(URL) };
	struct http_client *client;
	int r;

	assert_ok(http_client_new(&opt, &client, NULL));
	r = http_client_call(client, &call, answer, err);
	if (!r)
		r = http_client_call(client, &call, answer, err);
	http_client_free(client);
	return r;
}

PROXY_TEST(goes_through_an_http_proxy)
{
	static const struct http_peer_step steps[] = {
		{ .send = "HTTP/1.1 200 Connection established\r\nVia: x\r\n\r\n" },
		{ .send = OK },
	};
	struct http_answer answer;
	struct http_peer proxy;
	struct tobs_view value;
	char url[100];

	http_answer_init(&answer, 100);
	http_peer_start(&proxy, NULL, steps, 2);
	snprintf(url, sizeof url, "http://user:pass%%20word@127.0.0.1:%u", proxy.port);
	assert_ok(call_through(url, &answer, NULL));
	assert_int_equal(answer.status, 200);
	assert_false(http_answer_header(&answer, "Via", &value));
	assert_int_equal(proxy.connections, 1);
	assert_int_equal(proxy.asked, 3);
	assert_true(tobs_view_starts(
		tobs_buf_view(&proxy.request[0]), "CONNECT nowhere.invalid:81 HTTP/1.1\r\n"));
	/* "user:pass word" */
	assert_true(
		http_header_find(tobs_buf_view(&proxy.request[0]), "Proxy-Authorization", &value));
	assert_view(value, "Basic dXNlcjpwYXNzIHdvcmQ=");
	/* What goes through is none of the proxy's business. */
	assert_true(tobs_view_starts(
		tobs_buf_view(&proxy.request[1]), "GET /bot1:SECRET/getMe HTTP/1.1\r\n"));
	assert_false(
		http_header_find(tobs_buf_view(&proxy.request[1]), "Proxy-Authorization", &value));
	http_peer_stop(&proxy);
	http_answer_deinit(&answer);
	tobs_log_forget();
	return TOBS_OK;
}

PROXY_TEST(tells_that_a_proxy_refuses)
{
	static const struct http_peer_step steps[] = {
		{ .send = "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n" },
		{ .send = "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n" },
		{ .send = "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n" },
	};
	static const int codes[] = { TOBS_EPERM, TOBS_EPERM, TOBS_ENET };
	struct http_answer answer;
	struct http_peer proxy;
	struct tobs_err err;
	char url[100];

	http_answer_init(&answer, 100);
	http_peer_start(&proxy, NULL, steps, 3);
	snprintf(url, sizeof url, "http://user:PASSWORD@127.0.0.1:%u", proxy.port);
	for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
		assert_code(call_through(url, &answer, &err), codes[i]);
		assert_code(err.code, codes[i]);
		assert_true(tobs_view_starts(tobs_str(err.message), "http://nowhere.invalid:81: "));
		assert_null(strstr(err.message, "SECRET"));
		assert_null(strstr(err.message, "PASSWORD"));
		assert_false(answer.status);
	}
	http_peer_stop(&proxy);
	/* Nobody there. */
	assert_code(call_through(url, &answer, &err), TOBS_ENET);
	assert_false(answer.sent);
	http_answer_deinit(&answer);
	tobs_log_forget();
	return TOBS_OK;
}

/* A SOCKS5 server without users (RFC 1928) that is the target as well. */
static char socks_target[300];

static int serve_socks(struct net_stream *s, const struct addr *peer, void *arg)
{
	static const uint8_t welcome[] = { 5, 0 };
	static const uint8_t connected[] = { 5, 0, 0, 1, 127, 0, 0, 1, 0, 80 };
	uint8_t in[300];
	size_t n;

	(void)peer;
	(void)arg;
	if (net_read_all(s, in, 2, NULL) || net_read_all(s, in, in[1], NULL) ||
		net_write_all(s, welcome, sizeof welcome, NULL) || net_read_all(s, in, 5, NULL) ||
		in[3] != 3 || net_read_all(s, in + 5, in[4] + 2u, NULL) ||
		net_write_all(s, connected, sizeof connected, NULL))
		return TOBS_EPROTO;
	snprintf(socks_target, sizeof socks_target, "%.*s:%u", in[4], (char *)in + 5,
		in[5 + in[4]] << 8 | in[6 + in[4]]);
	while (!net_read(s, in, sizeof in, &n, NULL) && n)
		if (net_write_all(s, OK, strlen(OK), NULL))
			break;
	return TOBS_OK;
}

static int run_socks(void *listener)
{
	const struct tcp_server server = { .serve = serve_socks };

	return tcp_serve(listener, &server);
}

PROXY_TEST(goes_through_socks5)
{
	struct http_answer answer;
	struct tcp_listener *l;
	struct tobs_fiber *f;
	char url[100];

	http_answer_init(&answer, 100);
	assert_ok(tcp_listen(tobs_str("127.0.0.1"), 0, NULL, &l, NULL));
	assert_ok(tobs_spawn(&f, run_socks, l, NULL));
	snprintf(url, sizeof url, "socks5://127.0.0.1:%u", addr_port(tcp_listener_addr(l)));
	assert_ok(call_through(url, &answer, NULL));
	assert_string_equal(tobs_buf_str(&answer.body), "ok");
	assert_string_equal(socks_target, "nowhere.invalid:81");
	tobs_cancel(f);
	tobs_join(f, NULL);
	tcp_listener_close(l);
	http_answer_deinit(&answer);
	return TOBS_OK;
}

PROXY_TEST(does_not_look_at_the_environment)
{
	static const struct http_peer_step steps[] = { { .send = OK } };
	const struct http_client_options opt = { .engine = HTTP_ENGINE_CURL };
	struct http_client *client;
	struct http_answer answer;
	struct http_peer peer;

	setenv("http_proxy", "http://127.0.0.1:1", 1);
	setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
	http_answer_init(&answer, 100);
	http_peer_start(&peer, NULL, steps, 1);
	assert_ok(http_client_new(&opt, &client, NULL));
	const struct http_call call = { .url = tobs_str(peer.url) };
	assert_ok(http_client_call(client, &call, &answer, NULL));
	http_client_free(client);
	http_peer_stop(&peer);
	http_answer_deinit(&answer);
	unsetenv("http_proxy");
	unsetenv("ALL_PROXY");
	return TOBS_OK;
}

PROXY_TEST(refuses_options_that_cannot_be)
{
	const struct http_client_options bad[] = {
		{ .proxy = "ftp://127.0.0.1" },
		{ .user_agent = "x\r\ny" },
	};
	struct http_client *client = NULL;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_code(http_client_new(&bad[i], &client, NULL), TOBS_EINVAL);
	assert_null(client);
	http_client_free(NULL);
	return TOBS_OK;
}

static void needs_a_fiber(void **state)
{
	struct http_client *client = NULL;

	(void)state;
	assert_code(http_client_new(NULL, &client, NULL), TOBS_EINVAL);
}

/* ---- Without memory -------------------------------------------------------------- */

/* In a process of its own, so that its memory is not what fails. */
static int answer_all(void *user)
{
	int listener = *(int *)user, fd;
	char in[4096];

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		fd = accept(listener, NULL, NULL);
		while (read(fd, in, sizeof in) > 0)
			if (write(fd, OK, strlen(OK)) < 0)
				break;
		close(fd);
	}
	return 0;
}

struct hunger {
	enum http_engine engine;
	char url[64];
};

static int call_twice(void *arg)
{
	const struct hunger *h = arg;
	const struct http_client_options opt = { .engine = h->engine };
	const struct http_call call = { .url = tobs_str(h->url), .body = TOBS_LIT("x") };
	struct http_client *client = NULL;
	struct http_answer answer;
	struct tobs_err err;
	int r;

	http_answer_init(&answer, 100);
	r = http_client_new(&opt, &client, &err);
	for (int i = 0; i < 2 && !r; i++)
		r = http_client_call(client, &call, &answer, &err);
	http_client_free(client);
	http_answer_deinit(&answer);
	return r;
}

static int run_hungry(void *user)
{
	return tobs_run(call_twice, user);
}

static void survives_without_memory(void **state)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof at;
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	struct hunger h = { .engine = HTTP_ENGINE_AUTO };
	pid_t pid;

	(void)state;
	assert_int_equal(bind(listener, (struct sockaddr *)&at, len), 0);
	assert_int_equal(listen(listener, 5), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&at, &len), 0);
	snprintf(h.url, sizeof h.url, "http://127.0.0.1:%u/", ntohs(at.sin_port));
	pid = child_start(answer_all, &listener);
	fail_each_allocation(run_hungry, &h);
	h.engine = HTTP_ENGINE_CURL;
	fail_each_allocation(run_hungry, &h);
	kill(pid, SIGKILL);
	child_wait(pid);
	close(listener);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(goes_through_an_http_proxy),
		cmocka_unit_test(tells_that_a_proxy_refuses),
		cmocka_unit_test(goes_through_socks5),
		cmocka_unit_test(does_not_look_at_the_environment),
		cmocka_unit_test(refuses_options_that_cannot_be),
		cmocka_unit_test(needs_a_fiber),
		cmocka_unit_test(survives_without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
