/* SPDX-License-Identifier: MIT */
/*
 * The client against a scripted server: every test once on our own way, with
 * time by hand, and once through libcurl, which has a clock of its own.
 */
#include "net/http_client.h"

#include <unistd.h>

#include "base/alloc.h"
#include "support/fibers.h"
#include "support/http_peer.h"
#include "support/tmpdir.h"

static enum http_engine engine;

static void client_test_run(int (*fn)(void *arg))
{
	int64_t before = mem_live();

	if (engine == HTTP_ENGINE_AUTO)
		fiber_test_run(fn);
	else
		assert_ok(tobs_run(fn, NULL));
	assert_int_equal(mem_live(), before);
}

#define CLIENT_TEST(name)                        \
	static int name##_fiber(void *test_arg); \
	static void name(void **state)           \
	{                                        \
		(void)state;                     \
		client_test_run(name##_fiber);   \
	}                                        \
	static int name##_fiber(void *test_arg ATTR_UNUSED)

#define OK_HEAD "HTTP/1.1 200 OK\r\n"

/* A client, a server with steps, and an answer. */
struct scene {
	struct http_client *client;
	struct http_peer peer;
	struct http_answer answer;
	struct tobs_err err;
	char url[128];
};

static void open_with(struct scene *x, const struct http_peer_step *steps, size_t count,
	struct http_client_options opt)
{
	*x = (struct scene){ .err = { 0 } };
	opt.engine = engine;
	assert_ok(http_client_new(&opt, &x->client, NULL));
	http_peer_start(&x->peer, NULL, steps, count);
	http_answer_init(&x->answer, 1 << 20);
	snprintf(x->url, sizeof x->url, "%s/bot1:SECRET/getMe", x->peer.url);
}

static void open_scene(struct scene *x, const struct http_peer_step *steps, size_t count)
{
	open_with(x, steps, count, (struct http_client_options){ 0 });
}

#define OPEN(x, ...)                                                         \
	static const struct http_peer_step steps_of_##x[] = { __VA_ARGS__ }; \
	open_scene(&x, steps_of_##x, ARRAY_LEN(steps_of_##x))

static void close_scene(struct scene *x)
{
	http_client_free(x->client);
	http_peer_stop(&x->peer);
	http_answer_deinit(&x->answer);
}

static int get(struct scene *x)
{
	const struct http_call call = { .url = tobs_str(x->url) };

	return http_client_call(x->client, &call, &x->answer, &x->err);
}

static int post(struct scene *x, const char *body)
{
	const struct http_call call = { .url = tobs_str(x->url), .body = tobs_str(body) };

	return http_client_call(x->client, &call, &x->answer, &x->err);
}

/* A call that fails, and says nothing of the path. */
static void assert_fails(struct scene *x, int r, int code, const char *says)
{
	assert_code(r, code);
	assert_code(x->err.code, code);
	assert_null(strstr(x->err.message, "SECRET"));
	if (!strstr(x->err.message, says))
		fail_msg("\"%s\" does not say \"%s\"", x->err.message, says);
	assert_true(strstr(x->err.message, "http") == x->err.message);
}

static bool asked(const struct scene *x, size_t i, const char *text)
{
	return tobs_view_find(tobs_buf_view(&x->peer.request[i]), 0, tobs_str(text)) != SIZE_MAX;
}

/* ---- Asking ------------------------------------------------------------------ */

CLIENT_TEST(gets)
{
	struct tobs_view value;
	struct scene x;

	OPEN(x, { .send = OK_HEAD "Content-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello" });
	assert_ok(get(&x));
	assert_int_equal(x.answer.status, 200);
	assert_true(x.answer.sent);
	assert_string_equal(tobs_buf_str(&x.answer.body), "hello");
	assert_true(http_answer_header(&x.answer, "content-type", &value));
	assert_view(value, "text/plain");
	assert_false(http_answer_header(&x.answer, "X-None", &value));
	assert_true(asked(&x, 0, "GET /bot1:SECRET/getMe HTTP/1.1\r\nHost: 127.0.0.1:"));
	assert_true(asked(&x, 0, "\r\nUser-Agent: tobs/0.1.0\r\n"));
	assert_false(asked(&x, 0, "Content-"));
	assert_false(asked(&x, 0, "Accept"));
	close_scene(&x);
	return TOBS_OK;
}

CLIENT_TEST(posts_with_headers)
{
	static const struct http_header headers[] = {
		HTTP_HEADER("Content-Type", "application/json"),
		HTTP_HEADER("X-Empty", ""),
	};
	struct scene x;

	OPEN(x, { .send = OK_HEAD "Content-Length: 2\r\n\r\n{}" });
	const struct http_call call = { .url = tobs_str(x.url),
		.headers = headers,
		.header_count = 2,
		.body = TOBS_LIT("{\"a\":1}") };
	assert_ok(http_client_call(x.client, &call, &x.answer, &x.err));
	assert_true(asked(&x, 0, "POST /bot1:SECRET/getMe HTTP/1.1\r\n"));
	assert_true(asked(&x, 0, "\r\nContent-Type: application/json\r\n"));
	assert_true(asked(&x, 0, "\r\nX-Empty:"));
	assert_true(asked(&x, 0, "\r\nContent-Length: 7\r\n"));
	assert_true(asked(&x, 0, "\r\n\r\n{\"a\":1}"));
	assert_false(asked(&x, 0, "Expect"));
	/* Without a type none is made up. */
	assert_ok(post(&x, "x"));
	assert_false(asked(&x, 1, "Content-Type"));
	close_scene(&x);
	return TOBS_OK;
}

CLIENT_TEST(knows_other_methods)
{
	static const char *const methods[] = { "HEAD", "DELETE", "PUT", "OPTIONS" };
	struct scene x;

	OPEN(x, { .send = OK_HEAD "Content-Length: 0\r\n\r\n" });
	snprintf(x.url, sizeof x.url, "%s?q=1", x.peer.url);
	for (size_t i = 0; i < ARRAY_LEN(methods); i++) {
		const struct http_call call = { .method = methods[i], .url = tobs_str(x.url) };
		char line[64];

		assert_ok(http_client_call(x.client, &call, &x.answer, &x.err));
		snprintf(line, sizeof line, "%s /?q=1 HTTP/1.1\r\n", methods[i]);
		assert_true(asked(&x, i, line));
		assert_int_equal(asked(&x, i, "Content-Length: 0\r\n"), i > 0);
	}
	assert_int_equal(x.peer.connections, 1);
	close_scene(&x);
	return TOBS_OK;
}

CLIENT_TEST(head_has_no_body)
{
	struct scene x;

	OPEN(x, { .send = OK_HEAD "Content-Length: 1000\r\n\r\n" });
	const struct http_call call = { .method = "HEAD", .url = tobs_str(x.url) };
	for (int i = 0; i < 3; i++) {
		assert_ok(http_client_call(x.client, &call, &x.answer, &x.err));
		assert_int_equal(x.answer.body.len, 0);
	}
	assert_int_equal(x.peer.connections, 1);
	close_scene(&x);
	return TOBS_OK;
}

CLIENT_TEST(refuses_what_cannot_be_sent)
{
	static const struct http_header bad[] = {
		HTTP_HEADER("Bad Name", "x"),
		HTTP_HEADER("", "x"),
		HTTP_HEADER("Name", "x\r\nInjected: y"),
		HTTP_HEADER("Content-Length", "5"),
		HTTP_HEADER("host", "elsewhere"),
		HTTP_HEADER("Transfer-Encoding", "chunked"),
	};
	struct scene x;

	OPEN(x, { .send = OK_HEAD "Content-Length: 0\r\n\r\n" });
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		const struct http_call call = {
			.url = tobs_str(x.url), .headers = &bad[i], .header_count = 1
		};

		assert_code(http_client_call(x.client, &call, &x.answer, &x.err), TOBS_EINVAL);
	}
	const struct http_call method = { .url = tobs_str(x.url), .method = "GET /x" };
	assert_code(http_client_call(x.client, &method, &x.answer, &x.err), TOBS_EINVAL);
	const struct http_call url = { .url = TOBS_LIT("gopher://SECRET/") };
	assert_code(http_client_call(x.client, &url, &x.answer, &x.err), TOBS_EINVAL);
	assert_null(strstr(x.err.message, "SECRET"));
	assert_int_equal(x.peer.asked, 0);
	assert_false(x.answer.sent);
	close_scene(&x);
	return TOBS_OK;
}

/* ---- Answers right and wrong ------------------------------------------------- */

CLIENT_TEST(reads_bodies_of_each_kind)
{
	struct scene x;

	OPEN(x,
		{ .send = OK_HEAD
			"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n" },
		{ .send = OK_HEAD "Content-Length: 5\r\n\r\nabcde", .slow = true },
		{ .send = OK_HEAD "Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n",
			.slow = true },
		{ .send = "HTTP/1.1 100 Continue\r\n\r\n" OK_HEAD
			  "Content-Length: 5\r\n\r\nabcde" },
		{ .send = OK_HEAD "\r\nabcde", .end = PEER_CLOSE },
		{ .send = "HTTP/1.0 200 OK\r\n\r\nabcde", .end = PEER_CLOSE });
	for (size_t i = 0; i < ARRAY_LEN(steps_of_x); i++) {
		assert_ok(get(&x));
		assert_int_equal(x.answer.status, 200);
		assert_string_equal(tobs_buf_str(&x.answer.body), "abcde");
	}
	assert_int_equal(x.peer.connections, 2);
	close_scene(&x);
	return TOBS_OK;
}

CLIENT_TEST(an_answer_is_an_answer_whatever_its_status)
{
	struct tobs_view where;
	struct scene x;

	OPEN(x,
		{ .send = "HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nContent-Length: 13\r\n"
			  "\r\n<html></html>" },
		{ .send = "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/x\r\n"
			  "Content-Length: 0\r\n\r\n" },
		{ .send = "HTTP/1.1 204 No Content\r\n\r\n" });
	assert_ok(get(&x));
	assert_int_equal(x.answer.status, 502);
	assert_string_equal(tobs_buf_str(&x.answer.body), "<html></html>");
	assert_ok(get(&x)); /* redirects are not followed */
	assert_int_equal(x.answer.status, 302);
	assert_true(http_answer_header(&x.answer, "Location", &where));
	assert_view(where, "http://127.0.0.1:1/x");
	assert_ok(get(&x));
	assert_int_equal(x.answer.status, 204);
	assert_int_equal(x.answer.body.len, 0);
	assert_int_equal(x.peer.connections, 1);
	close_scene(&x);
	return TOBS_OK;
}

CLIENT_TEST(tells_how_an_answer_broke)
{
	struct scene x;

	OPEN(x, { .send = OK_HEAD "Content-Length: 50\r\n\r\nabcde", .end = PEER_CLOSE },
		{ .send = OK_HEAD "Transfer-Encoding: chunked\r\n\r\n5\r\nab", .end = PEER_CLOSE },
		{ .end = PEER_CLOSE }, { .end = PEER_RESET },
		{ .send = OK_HEAD "Content-Length: 50\r\n\r\nab", .end = PEER_RESET },
		{ .send = OK_HEAD "Content-Le", .end = PEER_CLOSE });
	assert_fails(
		&x, post(&x, "x"), TOBS_ENET, "the server hung up in the middle of its answer");
	assert_true(x.answer.sent);
	for (size_t i = 1; i < ARRAY_LEN(steps_of_x); i++) {
		assert_fails(&x, post(&x, "x"), TOBS_ENET, "");
		assert_true(x.answer.sent);
	}
	/* Each was made once. */
	assert_int_equal(x.peer.asked, ARRAY_LEN(steps_of_x));
	close_scene(&x);
	return TOBS_OK;
}

CLIENT_TEST(refuses_garbage)
{
	static char endless[200 << 10];
	struct scene x;
	int n = snprintf(endless, sizeof endless, OK_HEAD "X-Long: ");

	memset(endless + n, 'x', sizeof endless - (size_t)n);
	OPEN(x, { .send = "SSH-2.0-OpenSSH_9.2\r\n", .end = PEER_CLOSE },
		{ .send = OK_HEAD "Transfer-Encoding: chunked\r\n\r\nnonsense\r\n",
			.end = PEER_CLOSE },
		{ .send = OK_HEAD "Content-Length: nonsense\r\n\r\n", .end = PEER_CLOSE },
		{ .send = endless, .len = sizeof endless, .end = PEER_CLOSE });
	assert_fails(&x, get(&x), TOBS_EPROTO, "");
	for (size_t i = 1; i < ARRAY_LEN(steps_of_x); i++)
		assert_fails(&x, get(&x), i == 1 && engine ? TOBS_ENET : TOBS_EPROTO, "");
	close_scene(&x);
	return TOBS_OK;
}

CLIENT_TEST(bounds_the_body)
{
	static char big[100000 + 200];
	struct scene x;

	memset(big, 'x', sizeof big);
	memcpy(big, OK_HEAD "Content-Length: 100000\r\n\r\n", 43);
	OPEN(x, { .send = big, .len = 100000 + 43 },
		{ .send = OK_HEAD "\r\n123456", .end = PEER_CLOSE });
	assert_ok(get(&x));
	assert_int_equal(x.answer.body.len, 100000);
	http_answer_deinit(&x.answer);
	http_answer_init(&x.answer, 99999);
	x.peer.step = 0;
	assert_fails(&x, get(&x), TOBS_ETOOBIG, "larger than 99999 bytes");
	http_answer_deinit(&x.answer);
	http_answer_init(&x.answer, 5);
	assert_fails(&x, get(&x), TOBS_ETOOBIG, "larger than 5 bytes");
	close_scene(&x);
	return TOBS_OK;
}

/* ---- Connections --------------------------------------------------------------- */

CLIENT_TEST(keeps_connections)
{
	struct http_client_stats stats;
	struct scene x;

	OPEN(x, { .send = OK_HEAD "Content-Length: 2\r\n\r\nok" },
		{ .send = OK_HEAD "Content-Length: 2\r\nConnection: close\r\n\r\nok",
			.end = PEER_CLOSE },
		{ .send = OK_HEAD "Content-Length: 2\r\n\r\nok" });
	for (int i = 0; i < 5; i++)
		assert_ok(get(&x));
	assert_int_equal(x.peer.connections, 2);
	http_client_stats(x.client, &stats);
	assert_int_equal(stats.calls, 0);
	if (engine == HTTP_ENGINE_AUTO) {
		assert_int_equal(stats.connections, 1);
		assert_int_equal(stats.made, 2);
	}
	close_scene(&x);
	return TOBS_OK;
}

/* More than was asked for: nobody knows what the next bytes belong to. */
CLIENT_TEST(drops_a_connection_that_says_too_much)
{
	struct scene x;

	OPEN(x,
		{ .send = OK_HEAD "Content-Length: 2\r\n\r\nok" OK_HEAD
				  "Content-Length: 3\r\n\r\nbad" },
		{ .send = OK_HEAD "Content-Length: 4\r\n\r\ngood" });
	assert_ok(get(&x));
	assert_string_equal(tobs_buf_str(&x.answer.body), "ok");
	assert_ok(get(&x));
	assert_string_equal(tobs_buf_str(&x.answer.body), "good");
	assert_int_equal(x.peer.connections, 2);
	close_scene(&x);
	return TOBS_OK;
}

/* The server hangs up while a connection is idle. */
CLIENT_TEST(notices_that_a_kept_one_is_gone)
{
	struct scene x;

	OPEN(x, { .send = OK_HEAD "Content-Length: 2\r\n\r\nok", .end = PEER_CLOSE });
	for (int i = 0; i < 5; i++) {
		assert_ok(post(&x, "x"));
		assert_ok(tobs_sleep(20));
	}
	assert_int_equal(x.peer.connections, 5);
	assert_int_equal(x.peer.asked, 5);
	close_scene(&x);
	return TOBS_OK;
}

/*
 * It hangs up just when the next call comes: one that may be made twice is made
 * again, on another connection, and one that may not is not.
 */
CLIENT_TEST(repeats_only_what_may_be_repeated)
{
	struct scene x;

	OPEN(x, { .send = OK_HEAD "Content-Length: 2\r\n\r\nok" }, { .end = PEER_CLOSE },
		{ .send = OK_HEAD "Content-Length: 2\r\n\r\nok" }, { .end = PEER_CLOSE },
		{ .send = OK_HEAD "Content-Length: 2\r\n\r\nok" });
	assert_ok(get(&x));
	assert_ok(get(&x));
	assert_int_equal(x.peer.asked, 3);
	assert_int_equal(x.peer.connections, 2);
	assert_fails(&x, post(&x, "x"), TOBS_ENET, "hung up without an answer");
	assert_true(x.answer.sent);
	assert_int_equal(x.peer.asked, 4);
	assert_ok(post(&x, "x"));
	assert_int_equal(x.peer.asked, 5);
	/* libcurl has the second connection ready before it asks whether it may. */
	assert_int_equal(x.peer.connections, engine == HTTP_ENGINE_AUTO ? 3 : 4);
	/* A POST that may be. */
	x.peer.step = 3;
	const struct http_call call = {
		.url = tobs_str(x.url), .body = TOBS_LIT("x"), .repeatable = true
	};
	assert_ok(http_client_call(x.client, &call, &x.answer, &x.err));
	assert_int_equal(x.peer.asked, 7);
	close_scene(&x);
	return TOBS_OK;
}

/* A first connection that breaks is no reason to repeat. */
CLIENT_TEST(does_not_insist)
{
	struct scene x;

	OPEN(x, { .end = PEER_CLOSE });
	assert_fails(&x, get(&x), TOBS_ENET, "hung up without an answer");
	assert_int_equal(x.peer.asked, 1);
	close_scene(&x);
	return TOBS_OK;
}

CLIENT_TEST(tells_that_nobody_is_there)
{
	struct scene x;

	OPEN(x, { .end = PEER_CLOSE });
	assert_ok(tobs_yield());
	tcp_listener_close(x.peer.listener);
	x.peer.listener = NULL;
	assert_fails(&x, post(&x, "x"), TOBS_ENET, "Connection refused");
	assert_int_equal(x.err.sys, 111); /* ECONNREFUSED */
	assert_false(x.answer.sent);
	snprintf(x.url, sizeof x.url, "http://no-such-host.invalid/SECRET");
	assert_fails(&x, post(&x, "x"), TOBS_ENOTFOUND, "no-such-host.invalid");
	assert_false(x.answer.sent);
	close_scene(&x);
	return TOBS_OK;
}

struct worker {
	struct scene *x;
	struct http_answer answer;
	int result;
};

static int work(void *arg)
{
	struct worker *w = arg;
	const struct http_call call = { .url = tobs_str(w->x->url) };

	http_answer_init(&w->answer, 100);
	w->result = http_client_call(w->x->client, &call, &w->answer, NULL);
	http_answer_deinit(&w->answer);
	return TOBS_OK;
}

CLIENT_TEST(makes_so_many_calls_at_once)
{
	static const struct http_peer_step steps[] = {
		{ .send = OK_HEAD "Content-Length: 2\r\n\r\nok", .wait = 5 },
	};
	struct worker workers[20];
	struct http_client_stats stats;
	struct tobs_group group;
	struct scene x;

	open_with(&x, steps, 1, (struct http_client_options){ .connections = 3 });
	tobs_group_init(&group, 0);
	for (size_t i = 0; i < ARRAY_LEN(workers); i++) {
		workers[i] = (struct worker){ .x = &x };
		assert_ok(tobs_group_spawn(&group, work, &workers[i], NULL));
	}
	assert_ok(tobs_yield());
	http_client_stats(x.client, &stats);
	assert_int_equal(stats.calls, 3);
	assert_int_equal(stats.waiting, 17);
	assert_ok(tobs_group_wait(&group));
	for (size_t i = 0; i < ARRAY_LEN(workers); i++)
		assert_ok(workers[i].result);
	assert_int_equal(x.peer.asked, 20);
	assert_int_equal(x.peer.connections, 3);
	close_scene(&x);
	return TOBS_OK;
}

CLIENT_TEST(speaks_to_unix_sockets)
{
	static const struct http_peer_step steps[] = {
		{ .send = OK_HEAD "Content-Length: 2\r\n\r\nok" },
	};
	const struct http_client_options opt = { .engine = engine };
	char host[200], url[300];
	struct http_answer answer;
	struct http_client *client;
	struct http_peer peer;
	struct tmpdir dir;

	tmpdir_init(&dir);
	snprintf(host, sizeof host, "unix:%s", tmpdir_file(&dir, "socket"));
	snprintf(url, sizeof url, "http://%s:/bot1:SECRET/getMe?x=1", host);
	http_answer_init(&answer, 100);
	http_peer_start(&peer, host, steps, 1);
	assert_ok(http_client_new(&opt, &client, NULL));
	const struct http_call call = { .url = tobs_str(url) };
	for (int i = 0; i < 3; i++)
		assert_ok(http_client_call(client, &call, &answer, NULL));
	assert_string_equal(tobs_buf_str(&answer.body), "ok");
	assert_int_equal(peer.connections, 1);
	assert_true(tobs_view_starts(tobs_buf_view(&peer.request[0]),
		"GET /bot1:SECRET/getMe?x=1 HTTP/1.1\r\nHost: localhost\r\n"));
	http_peer_stop(&peer);
	http_client_free(client);
	http_answer_deinit(&answer);
	tmpdir_deinit(&dir);
	return TOBS_OK;
}

/* ---- Time and cancelling ---------------------------------------------------------- */

CLIENT_TEST(keeps_to_the_deadline)
{
	struct tobs_deadline d;
	struct scene x;

	OPEN(x, { .end = PEER_HOLD },
		{ .send = OK_HEAD "Content-Length: 100\r\n\r\nhalf", .end = PEER_HOLD },
		{ .send = OK_HEAD "Content-Length: 2\r\n\r\nok" });
	for (int i = 0; i < 2; i++) {
		tobs_deadline_push(&d, 500);
		assert_fails(&x, post(&x, "x"), TOBS_ETIMEDOUT, "");
		tobs_deadline_pop(&d);
		assert_true(x.answer.sent);
	}
	/* What was under way is not mistaken for the next answer. */
	assert_ok(post(&x, "x"));
	assert_string_equal(tobs_buf_str(&x.answer.body), "ok");
	assert_int_equal(x.peer.connections, 3);
	/* A deadline that has passed already. */
	tobs_deadline_push(&d, 0);
	assert_code(post(&x, "x"), TOBS_ETIMEDOUT);
	tobs_deadline_pop(&d);
	assert_false(x.answer.sent);
	assert_int_equal(x.peer.asked, 3);
	close_scene(&x);
	return TOBS_OK;
}

CLIENT_TEST(can_be_cancelled_anywhere)
{
	struct tobs_fiber *f;
	struct worker w;
	struct scene x;

	OPEN(x,
		{ .send = OK_HEAD "Content-Length: 60\r\n\r\nhello",
			.end = PEER_HOLD,
			.slow = true });
	/* After so many turns: before it began, connecting, sending, reading. */
	for (int turns = 0; turns < 60; turns++) {
		w = (struct worker){ .x = &x };
		assert_ok(tobs_spawn(&f, work, &w, NULL));
		for (int i = 0; i < turns; i++)
			assert_ok(tobs_yield());
		tobs_cancel(f);
		assert_ok(tobs_join(f, NULL));
		assert_code(w.result, TOBS_ECANCELED);
	}
	close_scene(&x);
	return TOBS_OK;
}

CLIENT_TEST(can_be_cancelled_while_it_waits_its_turn)
{
	static const struct http_peer_step steps[] = { { .end = PEER_HOLD } };
	struct tobs_fiber *first, *second;
	struct worker w[2];
	struct scene x;

	open_with(&x, steps, 1, (struct http_client_options){ .connections = 1 });
	w[0] = w[1] = (struct worker){ .x = &x };
	assert_ok(tobs_spawn(&first, work, &w[0], NULL));
	assert_ok(tobs_spawn(&second, work, &w[1], NULL));
	while (!x.peer.asked)
		assert_ok(tobs_sleep(1));
	tobs_cancel(second);
	assert_ok(tobs_join(second, NULL));
	assert_code(w[1].result, TOBS_ECANCELED);
	tobs_cancel(first);
	assert_ok(tobs_join(first, NULL));
	assert_code(w[0].result, TOBS_ECANCELED);
	assert_int_equal(x.peer.asked, 1);
	close_scene(&x);
	return TOBS_OK;
}

/* Only our own way takes its time from the runtime. */
FIBER_TEST(drops_what_has_been_idle_for_long)
{
	struct http_client_stats stats;
	struct scene x;

	OPEN(x, { .send = OK_HEAD "Content-Length: 2\r\n\r\nok" });
	assert_ok(get(&x));
	assert_ok(tobs_sleep(HTTP_IDLE_MS - 1000));
	assert_ok(get(&x));
	assert_int_equal(x.peer.connections, 1);
	assert_ok(tobs_sleep(HTTP_IDLE_MS + 1000));
	assert_ok(get(&x));
	assert_int_equal(x.peer.connections, 2);
	http_client_stats(x.client, &stats);
	assert_int_equal(stats.connections, 1);
	close_scene(&x);
	return TOBS_OK;
}

FIBER_TEST(idle_ones_make_room)
{
	static const struct http_peer_step steps[] = {
		{ .send = OK_HEAD "Content-Length: 2\r\n\r\nok" },
	};
	struct http_client_stats stats;
	struct http_peer others[3];
	struct scene x;

	open_with(&x, steps, 1, (struct http_client_options){ .connections = 2 });
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		http_peer_start(&others[i], NULL, steps, 1);
	for (size_t i = 0; i < 2 * ARRAY_LEN(others); i++) {
		snprintf(x.url, sizeof x.url, "%s/", others[i / 2].url);
		assert_ok(get(&x));
		http_client_stats(x.client, &stats);
		assert_true(stats.connections <= 2);
	}
	assert_int_equal(stats.made, 3);
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		http_peer_stop(&others[i]);
	close_scene(&x);
	return TOBS_OK;
}

static int use_own(void **state)
{
	(void)state;
	engine = HTTP_ENGINE_AUTO;
	return 0;
}

static int use_curl(void **state)
{
	(void)state;
	engine = HTTP_ENGINE_CURL;
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gets),
		cmocka_unit_test(posts_with_headers),
		cmocka_unit_test(knows_other_methods),
		cmocka_unit_test(head_has_no_body),
		cmocka_unit_test(refuses_what_cannot_be_sent),
		cmocka_unit_test(reads_bodies_of_each_kind),
		cmocka_unit_test(an_answer_is_an_answer_whatever_its_status),
		cmocka_unit_test(tells_how_an_answer_broke),
		cmocka_unit_test(refuses_garbage),
		cmocka_unit_test(bounds_the_body),
		cmocka_unit_test(keeps_connections),
		cmocka_unit_test(drops_a_connection_that_says_too_much),
		cmocka_unit_test(notices_that_a_kept_one_is_gone),
		cmocka_unit_test(repeats_only_what_may_be_repeated),
		cmocka_unit_test(does_not_insist),
		cmocka_unit_test(tells_that_nobody_is_there),
		cmocka_unit_test(makes_so_many_calls_at_once),
		cmocka_unit_test(speaks_to_unix_sockets),
		cmocka_unit_test(keeps_to_the_deadline),
		cmocka_unit_test(can_be_cancelled_anywhere),
		cmocka_unit_test(can_be_cancelled_while_it_waits_its_turn),
	};
	const struct CMUnitTest own_tests[] = {
		fiber_unit_test(drops_what_has_been_idle_for_long),
		fiber_unit_test(idle_ones_make_room),
	};

	return cmocka_run_group_tests_name("own", tests, use_own, NULL) +
		cmocka_run_group_tests_name("own, time", own_tests, use_own, NULL) +
		cmocka_run_group_tests_name("libcurl", tests, use_curl, NULL);
}
