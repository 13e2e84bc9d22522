/* SPDX-License-Identifier: MIT */
/* The server against raw bytes, good and bad; see test_http_server_time.c for time. */
#include "net/http_server.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "support/failmem.h"
#include "support/fibers.h"
#include "support/http_raw.h"
#include "support/tmpdir.h"

static struct http_server *server;
static int handled;
static struct tobs_event release; /* "/wait" waits for it */

/* Tells what it was asked. */
static int tell(struct http_request *req)
{
	struct tobs_buf out;
	int r;

	tobs_buf_init(&out, 1 << 20);
	tobs_buf_printf(&out, "%.*s|%.*s|%.*s|%zu|%.*s", TOBS_VIEW_FMT(req->method),
		TOBS_VIEW_FMT(req->path), TOBS_VIEW_FMT(req->query), req->header_count,
		TOBS_VIEW_FMT(req->body));
	r = http_respond_take(req, 200, NULL, 0, &out);
	tobs_buf_deinit(&out);
	return r;
}

static int say_header(struct http_request *req)
{
	const struct http_header none[] = { HTTP_HEADER("X-Found", "no") };
	struct tobs_view value;

	if (!http_request_header(req, "x-secret", &value))
		return http_respond(req, 401, none, 1, tobs_str(""));
	return http_respond(req, 200, NULL, 0, value);
}

static int misuse(struct http_request *req)
{
	static const struct http_header bad[] = {
		HTTP_HEADER("A B", "x"),
		HTTP_HEADER("A", "x\r\ny"),
		HTTP_HEADER("Content-Length", "1"),
	};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (http_respond(req, 200, &bad[i], 1, tobs_str("")) != TOBS_EINVAL)
			return http_respond_text(req, 200, "text/plain", "taken");
	if (http_respond(req, 99, NULL, 0, tobs_str("")) != TOBS_EINVAL ||
		http_respond_write(req, tobs_str("x"), NULL) != TOBS_EINVAL ||
		http_respond_text(req, 200, "text/plain", "once") ||
		http_respond_text(req, 200, "text/plain", "twice") != TOBS_EINVAL)
		return TOBS_EINTERNAL;
	return TOBS_OK;
}

static int handle(struct http_request *req, void *user)
{
	(void)user;
	handled++;
	if (tobs_view_is(req->path, "/header"))
		return say_header(req);
	if (tobs_view_is(req->path, "/fail"))
		return TOBS_EIO;
	if (tobs_view_is(req->path, "/silent"))
		return TOBS_OK;
	if (tobs_view_is(req->path, "/misuse"))
		return misuse(req);
	if (tobs_view_is(req->path, "/post"))
		return http_request_allow(req, "POST, PUT") ? tell(req) : TOBS_OK;
	if (tobs_view_is(req->path, "/wait")) {
		int r = tobs_event_wait(&release, NULL);

		return r ? r : tell(req);
	}
	if (tobs_view_is(req->path, "/then-wait")) {
		int r = tell(req);

		return r ? r : tobs_event_wait(&release, NULL);
	}
	return tell(req);
}

static void server_start(struct http_server_options opt)
{
	handled = 0;
	tobs_event_init(&release);
	if (!opt.handle)
		opt.handle = handle;
	assert_ok(http_server_start(&opt, &server, NULL));
}

static void server_stop(void)
{
	http_server_stop(server, 1000);
	server = NULL;
}

static void open_raw(struct raw *c)
{
	raw_open(c, http_server_addr(server));
}

static struct http_server_stats stats(void)
{
	struct http_server_stats s;

	http_server_stats(server, &s);
	return s;
}

static void server_test_run(int (*fn)(void *arg))
{
	int64_t before = mem_live();

	fiber_test_run(fn);
	assert_int_equal(mem_live(), before);
}

#define SERVER_TEST(name)                        \
	static int name##_fiber(void *test_arg); \
	static void name(void **state)           \
	{                                        \
		(void)state;                     \
		server_test_run(name##_fiber);   \
	}                                        \
	static int name##_fiber(void *test_arg ATTR_UNUSED)

#define HOST      "Host: x\r\n"
#define GET(path) "GET " path " HTTP/1.1\r\n" HOST "\r\n"

/* ---- Requests ------------------------------------------------------------------ */

SERVER_TEST(hands_requests_over)
{
	struct tobs_view value;
	struct raw c;

	server_start((struct http_server_options){ 0 });
	open_raw(&c);
	assert_answer(&c, GET("/a%20b?x=1&y=%2F"), 200);
	assert_string_equal(tobs_buf_str(&c.body), "GET|/a%20b|x=1&y=%2F|1|");
	assert_true(raw_header(&c, "Date", &value));
	assert_answer(
		&c, "POST /p HTTP/1.1\r\n" HOST "Content-Length: 5\r\nX-Empty:\r\n\r\nhello", 200);
	assert_string_equal(tobs_buf_str(&c.body), "POST|/p||3|hello");
	assert_answer(&c,
		"PUT / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n"
		"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nTrailer: x\r\n\r\n",
		200);
	assert_string_equal(tobs_buf_str(&c.body), "PUT|/||2|abcde");
	assert_answer(&c, "GET /header HTTP/1.1\r\n" HOST "X-SECRET:  the word \r\n\r\n", 200);
	assert_string_equal(tobs_buf_str(&c.body), "the word");
	assert_answer(&c, GET("/header"), 401);
	assert_true(raw_header(&c, "X-Found", &value));
	assert_view(value, "no");
	assert_answer(&c, "OPTIONS * HTTP/1.1\r\n" HOST "\r\n", 200);
	assert_string_equal(tobs_buf_str(&c.body), "OPTIONS|*||1|");
	assert_int_equal(stats().connections, 1);
	assert_int_equal(stats().handled, 6);
	assert_int_equal(stats().requests, 0);
	raw_close(&c);
	server_stop();
	return TOBS_OK;
}

SERVER_TEST(knows_methods)
{
	struct tobs_view value;
	struct raw c;

	server_start((struct http_server_options){ 0 });
	open_raw(&c);
	assert_answer(&c, GET("/post"), 405);
	assert_true(raw_header(&c, "Allow", &value));
	assert_view(value, "POST, PUT");
	assert_answer(&c, "PUT /post HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n", 200);
	assert_ok(raw_send(&c, "HEAD /x HTTP/1.1\r\n" HOST "\r\n"));
	assert_ok(raw_read(&c, true));
	assert_int_equal(c.status, 200);
	assert_true(raw_header(&c, "Content-Length", &value));
	assert_view(value, "11"); /* HEAD|/x||1| */
	assert_answer(&c, GET("/"), 200);
	raw_close(&c);
	server_stop();
	return TOBS_OK;
}

SERVER_TEST(takes_requests_byte_by_byte)
{
	static const char text[] = "POST /p?q HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\nabc"
				   "PUT / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n"
				   "3\r\nabc\r\n0\r\n\r\n";
	struct raw c;

	server_start((struct http_server_options){ 0 });
	open_raw(&c);
	for (size_t i = 0; i < sizeof text - 1; i++) {
		assert_ok(net_write_all(c.s, text + i, 1, NULL));
		assert_ok(tobs_sleep(1));
	}
	assert_ok(raw_read(&c, false));
	assert_string_equal(tobs_buf_str(&c.body), "POST|/p|q|2|abc");
	assert_ok(raw_read(&c, false));
	assert_string_equal(tobs_buf_str(&c.body), "PUT|/||2|abc");
	raw_close(&c);
	server_stop();
	return TOBS_OK;
}

SERVER_TEST(handles_pipelined_requests_in_turn)
{
	struct raw c;

	server_start((struct http_server_options){ 0 });
	open_raw(&c);
	assert_ok(raw_send(&c,
		GET("/wait") "POST /2 HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\nab" GET("/fail")
			GET("/4")));
	assert_ok(tobs_sleep(10));
	assert_int_equal(handled, 1);
	tobs_event_set(&release, 0);
	assert_ok(raw_read(&c, false));
	assert_string_equal(tobs_buf_str(&c.body), "GET|/wait||1|");
	assert_ok(raw_read(&c, false));
	assert_string_equal(tobs_buf_str(&c.body), "POST|/2||2|ab");
	assert_ok(raw_read(&c, false));
	assert_int_equal(c.status, 500);
	assert_ok(raw_read(&c, false));
	assert_string_equal(tobs_buf_str(&c.body), "GET|/4||1|");
	raw_close(&c);
	server_stop();
	return TOBS_OK;
}

SERVER_TEST(ends_connections_when_asked)
{
	struct raw c;

	server_start((struct http_server_options){ 0 });
	open_raw(&c);
	assert_answer(&c, "GET / HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n", 200);
	assert_false(c.keep);
	assert_hung_up(&c);
	raw_close(&c);
	open_raw(&c);
	assert_answer(&c, "GET / HTTP/1.0\r\n\r\n", 200);
	assert_hung_up(&c);
	raw_close(&c);
	open_raw(&c);
	assert_answer(&c, "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", 200);
	assert_answer(&c, "GET / HTTP/1.0\r\n\r\n", 200);
	raw_close(&c);
	server_stop();
	return TOBS_OK;
}

/* ---- Bad ones ---------------------------------------------------------------------- */

/* It is refused with this status, or without a word (0), and not handled. */
static void expect_refusal(const char *text, int status)
{
	int before = handled;
	struct raw c;

	open_raw(&c);
	assert_ok(raw_send(&c, text));
	if (status) {
		assert_ok(raw_read(&c, false));
		if (c.status != status)
			fail_msg("%d instead of %d for \"%.60s\"", c.status, status, text);
	}
	assert_hung_up(&c);
	assert_int_equal(handled, before);
	raw_close(&c);
}

SERVER_TEST(refuses_bad_requests)
{
	struct raw c;

	server_start((struct http_server_options){ 0 });
	expect_refusal("\x16\x03\x01\x02\r\n\r\n", 0); /* TLS to a port without */
	expect_refusal("nonsense\r\n\r\n", 0);
	expect_refusal("GET / HTTP/3.0\r\n" HOST "\r\n", 505);
	expect_refusal("GET / HTTP/1.1\r\n\r\n", 400); /* no Host */
	expect_refusal("GET / HTTP/1.1\r\nHost\r\n\r\n", 400);
	expect_refusal("POST / HTTP/1.1\r\n" HOST "Content-Length: x\r\n\r\n", 400);
	expect_refusal("POST / HTTP/1.1\r\n" HOST "Content-Length: -1\r\n\r\n", 400);
	expect_refusal(
		"POST / HTTP/1.1\r\n" HOST "Content-Length: 99999999999999999999\r\n\r\n", 413);
	/* What a proxy and we could understand differently. */
	expect_refusal(
		"POST / HTTP/1.1\r\n" HOST "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400);
	expect_refusal("POST / HTTP/1.1\r\n" HOST
		       "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n"
		       "\r\n0\r\n\r\n",
		400);
	expect_refusal("POST / HTTP/1.1\r\n" HOST
		       "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
		501);
	expect_refusal(
		"POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\nnonsense\r\n", 400);
	open_raw(&c);
	assert_answer(&c, GET("/"), 200);
	raw_close(&c);
	server_stop();
	return TOBS_OK;
}

/* "GET /xxx… HTTP/1.1", or with an X header of that length; free() it. */
static char *long_request(const char *before, size_t len, const char *after)
{
	char *text = malloc(len + 200), *at = text;

	if (!text)
		abort();
	at += snprintf(at, 100, "%s", before);
	memset(at, 'x', len);
	snprintf(at + len, 100, "%s", after);
	return text;
}

SERVER_TEST(bounds_the_head)
{
	struct raw c;
	char *text;

	server_start((struct http_server_options){ .max_head = 2000 });
	open_raw(&c);
	text = long_request("GET / HTTP/1.1\r\n" HOST "X: ", 1900, "\r\n\r\n");
	assert_answer(&c, text, 200);
	free(text);
	text = long_request("GET /", 1900, " HTTP/1.1\r\n" HOST "\r\n");
	assert_answer(&c, text, 200);
	free(text);
	raw_close(&c);
	text = long_request("GET / HTTP/1.1\r\n" HOST "X: ", 20000, "\r\n\r\n");
	expect_refusal(text, 431);
	free(text);
	text = long_request("GET /", 20000, " HTTP/1.1\r\n" HOST "\r\n");
	expect_refusal(text, 414);
	free(text);
	text = long_request("", 20000, "");
	expect_refusal(text, 414);
	free(text);
	server_stop();
	return TOBS_OK;
}

SERVER_TEST(bounds_the_body)
{
	struct raw c;
	char *text;

	server_start((struct http_server_options){ .max_body = 1000 });
	open_raw(&c);
	text = long_request("POST / HTTP/1.1\r\n" HOST "Content-Length: 1000\r\n\r\n", 1000, "");
	assert_answer(&c, text, 200);
	free(text);
	raw_close(&c);
	expect_refusal("POST / HTTP/1.1\r\n" HOST "Content-Length: 1001\r\n\r\n", 413);
	/* Who asks first is told first, and need not send it. */
	open_raw(&c);
	assert_answer(&c,
		"POST / HTTP/1.1\r\n" HOST "Expect: 100-continue\r\nContent-Length: 1001\r\n\r\n",
		413);
	raw_close(&c);
	/* In chunks, the size shows on the way. */
	open_raw(&c);
	text = long_request("POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n3e9\r\n",
		1001, "\r\n0\r\n\r\n");
	assert_answer(&c, text, 413);
	free(text);
	raw_close(&c);
	/* Who does not stop is hung up on. */
	open_raw(&c);
	assert_ok(raw_send(
		&c, "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\nffffff\r\n"));
	text = long_request("", 16384, "");
	for (int i = 0; i < 10000; i++)
		if (raw_send(&c, text))
			break;
	assert_hung_up(&c);
	free(text);
	raw_close(&c);
	assert_int_equal(handled, 1);
	server_stop();
	return TOBS_OK;
}

SERVER_TEST(says_continue)
{
	struct raw c;
	char in[64] = "";

	server_start((struct http_server_options){ 0 });
	open_raw(&c);
	assert_ok(raw_send(&c,
		"POST / HTTP/1.1\r\n" HOST "Expect: 100-continue\r\nContent-Length: 3\r\n\r\n"));
	assert_ok(net_read_all(c.s, in, strlen("HTTP/1.1 100 Continue\r\n\r\n"), NULL));
	assert_string_equal(in, "HTTP/1.1 100 Continue\r\n\r\n");
	assert_answer(&c, "abc", 200);
	assert_string_equal(tobs_buf_str(&c.body), "POST|/||3|abc");
	raw_close(&c);
	server_stop();
	return TOBS_OK;
}

/* ---- Handlers ------------------------------------------------------------------------ */

SERVER_TEST(handlers_can_fail_and_wait)
{
	struct raw c, other;

	server_start((struct http_server_options){ 0 });
	open_raw(&c);
	open_raw(&other);
	assert_answer(&c, GET("/fail"), 500);
	assert_string_equal(tobs_buf_str(&c.body), "500 Internal Server Error\n");
	assert_answer(&c, GET("/silent"), 500);
	assert_answer(&c, GET("/misuse"), 200);
	assert_string_equal(tobs_buf_str(&c.body), "once");
	/* One that waits holds nobody up. */
	assert_ok(raw_send(&c, GET("/wait")));
	assert_ok(tobs_sleep(100));
	for (int i = 0; i < 3; i++)
		assert_answer(&other, GET("/"), 200);
	assert_int_equal(stats().requests, 1);
	tobs_event_set(&release, 0);
	assert_ok(raw_read(&c, false));
	assert_string_equal(tobs_buf_str(&c.body), "GET|/wait||1|");
	raw_close(&c);
	raw_close(&other);
	server_stop();
	return TOBS_OK;
}

SERVER_TEST(handlers_can_go_on_after_the_answer)
{
	struct raw c;

	server_start((struct http_server_options){ 0 });
	open_raw(&c);
	for (int i = 0; i < 3; i++)
		assert_answer(&c, GET("/then-wait"), 200);
	assert_int_equal(stats().requests, 3);
	raw_close(&c);
	assert_ok(tobs_sleep(10));
	assert_int_equal(stats().connections, 0);
	tobs_event_set(&release, 0);
	assert_ok(tobs_yield());
	assert_ok(tobs_yield());
	assert_int_equal(stats().requests, 0);
	server_stop();
	return TOBS_OK;
}

SERVER_TEST(clients_can_go_before_their_answer)
{
	struct raw c;

	server_start((struct http_server_options){ 0 });
	for (int i = 0; i < 5; i++) {
		open_raw(&c);
		assert_ok(raw_send(&c, GET("/wait")));
		assert_ok(tobs_sleep(1));
		if (i % 2)
			sock_reset_on_close(tcp_sock(c.s));
		raw_close(&c);
	}
	assert_ok(tobs_sleep(10));
	assert_int_equal(handled, 5);
	tobs_event_set(&release, 0);
	assert_ok(tobs_sleep(10));
	assert_int_equal(stats().connections, 0);
	assert_int_equal(stats().requests, 0);
	server_stop();
	return TOBS_OK;
}

/* ---- Places ---------------------------------------------------------------------------------- */

SERVER_TEST(listens_on_unix_sockets)
{
	char host[200];
	struct tmpdir dir;
	struct raw c;

	tmpdir_init(&dir);
	snprintf(host, sizeof host, "unix:%s", tmpdir_file(&dir, "socket"));
	server_start((struct http_server_options){ .host = host });
	open_raw(&c);
	assert_answer(&c, GET("/"), 200);
	assert_answer(&c, GET("/"), 200);
	raw_close(&c);
	server_stop();
	assert_int_equal(access(tmpdir_file(&dir, "socket"), F_OK), -1);
	tmpdir_deinit(&dir);
	return TOBS_OK;
}

SERVER_TEST(tells_why_it_does_not_start)
{
	struct http_server_options opt = { .handle = handle };
	struct http_server *second = NULL;
	struct tobs_err err;

	server_start((struct http_server_options){ 0 });
	opt.port = addr_port(http_server_addr(server));
	assert_code(http_server_start(&opt, &second, &err), TOBS_EEXISTS);
	opt = (struct http_server_options){ .handle = handle, .tls_cert_file = "/dev/null" };
	assert_code(http_server_start(&opt, &second, &err), TOBS_EINVAL);
	opt.tls_key_file = "/no/such/file";
	assert_code(http_server_start(&opt, &second, &err), TOBS_EIO);
	assert_string_equal(err.message, "/no/such/file: No such file or directory");
	opt.tls_key_file = "/dev/null";
	assert_code(http_server_start(&opt, &second, &err), TOBS_EINVAL);
	opt = (struct http_server_options){ .handle = handle, .host = "no-such-host.invalid" };
	assert_code(http_server_start(&opt, &second, &err), TOBS_ENOTFOUND);
	assert_null(second);
	server_stop();
	return TOBS_OK;
}

SERVER_TEST(shares_a_port)
{
	struct http_server_options opt = { .handle = handle, .reuse_port = true };
	struct http_server *second;

	server_start(opt);
	opt.port = addr_port(http_server_addr(server));
	assert_ok(http_server_start(&opt, &second, NULL));
	http_server_stop(second, 0);
	server_stop();
	return TOBS_OK;
}

SERVER_TEST(takes_so_many_connections)
{
	struct raw c[5];
	struct raw late;

	server_start((struct http_server_options){ .connections = 5 });
	for (size_t i = 0; i < ARRAY_LEN(c); i++) {
		open_raw(&c[i]);
		assert_answer(&c[i], GET("/"), 200);
	}
	open_raw(&late); /* the kernel takes it, and keeps it */
	assert_ok(raw_send(&late, GET("/")));
	assert_ok(tobs_sleep(100));
	assert_int_equal(handled, 5);
	raw_close(&c[0]);
	assert_ok(raw_read(&late, false));
	assert_int_equal(late.status, 200);
	for (size_t i = 1; i < ARRAY_LEN(c); i++)
		raw_close(&c[i]);
	raw_close(&late);
	server_stop();
	return TOBS_OK;
}

/* With nobody asking anything, nothing runs. */
SERVER_TEST(rests)
{
	struct raw c[50];
	int64_t start;

	server_start((struct http_server_options){ 0 });
	for (size_t i = 0; i < ARRAY_LEN(c); i++) {
		open_raw(&c[i]);
		assert_answer(&c[i], GET("/"), 200);
	}
	assert_ok(raw_send(&c[0], GET("/wait")));
	assert_ok(tobs_sleep(10));
	/* The clock would stand still if a fiber were busy all the time. */
	start = elapsed();
	assert_ok(tobs_sleep(60000));
	assert_int_equal(elapsed() - start, 60000);
	tobs_event_set(&release, 0);
	for (size_t i = 0; i < ARRAY_LEN(c); i++)
		raw_close(&c[i]);
	server_stop();
	return TOBS_OK;
}

static void needs_a_fiber(void **state)
{
	const struct http_server_options opt = { .handle = handle };
	struct http_server *s = NULL;

	(void)state;
	assert_code(http_server_start(&opt, &s, NULL), TOBS_EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hands_requests_over),
		cmocka_unit_test(knows_methods),
		cmocka_unit_test(takes_requests_byte_by_byte),
		cmocka_unit_test(handles_pipelined_requests_in_turn),
		cmocka_unit_test(ends_connections_when_asked),
		cmocka_unit_test(refuses_bad_requests),
		cmocka_unit_test(bounds_the_head),
		cmocka_unit_test(bounds_the_body),
		cmocka_unit_test(says_continue),
		cmocka_unit_test(handlers_can_fail_and_wait),
		cmocka_unit_test(handlers_can_go_on_after_the_answer),
		cmocka_unit_test(clients_can_go_before_their_answer),
		cmocka_unit_test(listens_on_unix_sockets),
		cmocka_unit_test(tells_why_it_does_not_start),
		cmocka_unit_test(shares_a_port),
		cmocka_unit_test(takes_so_many_connections),
		cmocka_unit_test(rests),
		cmocka_unit_test(needs_a_fiber),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
