/* SPDX-License-Identifier: MIT */
/* The server's bodies in pieces, in and out, with time by hand. */
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/alloc.h"
#include "net/http_server.h"
#include "support/fibers.h"
#include "support/http_raw.h"
#include "support/tmpdir.h"

enum {
	BIG = 1 << 20,
	HUGE_SIZE = 16 << 20, /* more than the kernel keeps for a connection */
};

static struct http_server *server;

/* What the last handler found. */
static int result;
static int64_t taken;
static struct tobs_err failure;
static struct tobs_event release;
static struct tmpdir dir;
static int file = -1;

static uint8_t byte_at(int64_t i)
{
	return (uint8_t)(i * 7 + i / 256);
}

static int take(void *user, struct tobs_view data, struct tobs_err *err)
{
	(void)user;
	for (size_t i = 0; i < data.len; i++)
		if (data.ptr[i] != byte_at(taken + (int64_t)i))
			return tobs_fail(err, TOBS_EINTERNAL, "another byte");
	taken += (int64_t)data.len;
	return TOBS_OK;
}

/* Takes the body, to the sink or by bytes. */
static int upload(struct http_request *req)
{
	static const struct http_sink sink = { take, NULL };
	char text[64];

	taken = 0;
	if (tobs_view_is(req->query, "late"))
		result = tobs_sleep(20000);
	else if (tobs_view_is(req->query, "wait"))
		result = tobs_event_wait(&release, NULL);
	else
		result = TOBS_OK;
	if (!result)
		result = http_request_drain(req, &sink, &failure);
	if (result)
		return result;
	snprintf(text, sizeof text, "%lld", (long long)taken);
	return http_respond_text(req, 200, "text/plain", text);
}

/* Writes BIG bytes, announced or not, or fewer or more, or many. */
static int download(struct http_request *req)
{
	int64_t all = tobs_view_is(req->query, "huge") ? HUGE_SIZE : BIG;
	int64_t size = tobs_view_is(req->query, "chunked") ? -1 : all;
	int64_t give = tobs_view_is(req->query, "short") ? all / 2 : all;
	uint8_t piece[1000];

	result = http_respond_begin(req, 200, NULL, 0, size);
	for (taken = 0; taken < give && !result;) {
		int64_t n = MIN(give - taken, (int64_t)sizeof piece);

		for (int64_t i = 0; i < n; i++)
			piece[i] = byte_at(taken + i);
		result = http_respond_write(req, tobs_view(piece, (size_t)n), &failure);
		taken += n;
	}
	if (!result && tobs_view_is(req->query, "more") &&
		http_respond_write(req, tobs_str("x"), NULL) != TOBS_EINVAL)
		result = TOBS_EINTERNAL;
	if (!result && tobs_view_is(req->query, "fail"))
		return TOBS_EIO;
	return result;
}

/* An answer long before the body has come. */
static int refuse(struct http_request *req)
{
	int r = http_respond_text(req, 403, "text/plain", "no");

	return r ? r : tobs_event_wait(&release, NULL);
}

static int handle(struct http_request *req, void *user)
{
	static const struct http_header headers[] = { HTTP_HEADER("Content-Type", "image/png") };

	(void)user;
	if (tobs_view_is(req->path, "/download"))
		return download(req);
	if (tobs_view_is(req->path, "/file"))
		return result = http_respond_file(req, file, BIG, headers, 1, &failure);
	if (tobs_view_is(req->path, "/refuse"))
		return refuse(req);
	if (tobs_view_is(req->path, "/gone")) {
		while (!http_request_gone(req) && !(result = tobs_sleep(10)))
			;
		return http_respond_text(req, 200, "text/plain", "nobody hears this");
	}
	return upload(req);
}

static void server_start(struct http_server_options opt)
{
	opt.handle = handle;
	opt.stream = true;
	tobs_event_init(&release);
	assert_ok(http_server_start(&opt, &server, NULL));
}

static void body_test_run(int (*fn)(void *arg))
{
	int64_t before = mem_live();

	failure = (struct tobs_err){ 0 };
	fiber_test_run(fn);
	assert_int_equal(mem_live(), before);
}

#define BODY_TEST(name)                          \
	static int name##_fiber(void *test_arg); \
	static void name(void **state)           \
	{                                        \
		(void)state;                     \
		body_test_run(name##_fiber);     \
	}                                        \
	static int name##_fiber(void *test_arg ATTR_UNUSED)

#define HOST "Host: x\r\n"

static int send_bytes(struct raw *c, int64_t from, int64_t to)
{
	int r = TOBS_OK;

	while (from < to && !r) {
		uint8_t piece[4096];
		size_t n = (size_t)MIN(to - from, (int64_t)sizeof piece);

		for (size_t i = 0; i < n; i++)
			piece[i] = byte_at(from + (int64_t)i);
		r = net_write_all(c->s, piece, n, NULL);
		from += (int64_t)n;
	}
	return r;
}

static void assert_bytes(const struct raw *c, int64_t from, int64_t to)
{
	assert_int_equal(c->body.len, to - from);
	for (int64_t i = from; i < to; i++)
		if (c->body.ptr[i - from] != byte_at(i))
			fail_msg("byte %d is another", (int)i);
}

/* ---- In ---------------------------------------------------------------------- */

BODY_TEST(reads_bodies_in_pieces)
{
	struct raw c;

	server_start((struct http_server_options){ 0 });
	raw_open(&c, http_server_addr(server));
	assert_ok(raw_send(&c, "POST / HTTP/1.1\r\n" HOST "Content-Length: 1000000\r\n\r\n"));
	assert_ok(send_bytes(&c, 0, 1000000));
	assert_ok(raw_read(&c, false));
	assert_string_equal(tobs_buf_str(&c.body), "1000000");
	/* Without one, and in chunks with pauses. */
	assert_answer(&c, "GET / HTTP/1.1\r\n" HOST "\r\n", 200);
	assert_string_equal(tobs_buf_str(&c.body), "0");
	assert_ok(raw_send(&c, "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n"));
	for (int i = 0; i < 100; i++) {
		assert_ok(raw_send(&c, "80\r\n"));
		assert_ok(send_bytes(&c, i * 128, (i + 1) * 128));
		assert_ok(raw_send(&c, "\r\n"));
		assert_ok(tobs_sleep(1000)); /* longer in all than for one piece */
	}
	assert_ok(raw_send(&c, "0\r\n\r\n"));
	assert_ok(raw_read(&c, false));
	assert_string_equal(tobs_buf_str(&c.body), "12800");
	raw_close(&c);
	http_server_stop(server, 0);
	return TOBS_OK;
}

/* While it is the handler that is slow, its client is not hung up on. */
BODY_TEST(a_slow_handler_is_not_its_clients_fault)
{
	struct raw c;

	server_start((struct http_server_options){ .body_ms = 5000 });
	raw_open(&c, http_server_addr(server));
	assert_ok(raw_send(&c, "POST /?late HTTP/1.1\r\n" HOST "Content-Length: 1000000\r\n\r\n"));
	assert_ok(send_bytes(&c, 0, 1000000));
	assert_ok(raw_read(&c, false));
	assert_string_equal(tobs_buf_str(&c.body), "1000000");
	assert_in_range(elapsed(), 20000, 21000);
	raw_close(&c);
	http_server_stop(server, 0);
	return TOBS_OK;
}

struct sender {
	struct raw *c;
	bool done;
};

static int send_much(void *arg)
{
	struct sender *s = arg;
	int r = send_bytes(s->c, 0, 64 << 20);

	s->done = true;
	return r;
}

/* A handler that does not read holds its client back. The kernel's clock cannot be set by hand. */
static int hold_back(void *arg ATTR_UNUSED)
{
	struct tobs_fiber *f;
	struct sender s;
	struct raw c;

	server_start((struct http_server_options){ .max_body = 64 << 20 });
	raw_open(&c, http_server_addr(server));
	assert_ok(raw_send(&c, "POST /?wait HTTP/1.1\r\n" HOST "Content-Length: 67108864\r\n\r\n"));
	s = (struct sender){ .c = &c };
	assert_ok(tobs_spawn(&f, send_much, &s, NULL));
	assert_ok(tobs_sleep(100));
	assert_false(s.done);
	tobs_event_set(&release, 0);
	assert_ok(raw_read(&c, false));
	assert_string_equal(tobs_buf_str(&c.body), "67108864");
	assert_ok(tobs_join(f, NULL));
	assert_true(s.done);
	raw_close(&c);
	http_server_stop(server, 0);
	return TOBS_OK;
}

static void a_slow_handler_holds_its_client_back(void **state)
{
	(void)state;
	assert_ok(tobs_run(hold_back, NULL));
}

BODY_TEST(tells_the_handler_how_a_body_broke)
{
	struct raw c;

	server_start((struct http_server_options){ .max_body = 1000 });
	/* Hung up. */
	raw_open(&c, http_server_addr(server));
	assert_ok(raw_send(&c, "POST / HTTP/1.1\r\n" HOST "Content-Length: 100\r\n\r\n"));
	assert_ok(send_bytes(&c, 0, 50));
	assert_ok(tobs_sleep(10));
	raw_close(&c);
	assert_ok(tobs_sleep(10));
	assert_code(result, TOBS_ECLOSED);
	assert_string_equal(failure.message, "the client hung up");
	/* Too slow. */
	raw_open(&c, http_server_addr(server));
	assert_ok(raw_send(&c, "POST / HTTP/1.1\r\n" HOST "Content-Length: 100\r\n\r\n"));
	result = 0;
	assert_hung_up(&c);
	assert_ok(tobs_sleep(10));
	assert_code(result, TOBS_ECLOSED);
	raw_close(&c);
	/* Too large. */
	raw_open(&c, http_server_addr(server));
	assert_ok(raw_send(
		&c, "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n3e9\r\n"));
	assert_ok(send_bytes(&c, 0, 1001));
	assert_ok(raw_send(&c, "\r\n0\r\n\r\n"));
	assert_ok(raw_read(&c, false));
	assert_int_equal(c.status, 500);
	assert_code(result, TOBS_ETOOBIG);
	assert_string_equal(failure.message, "the body is larger than 1000 bytes");
	raw_close(&c);
	/* Known to be before it begins. */
	raw_open(&c, http_server_addr(server));
	assert_answer(&c, "POST / HTTP/1.1\r\n" HOST "Content-Length: 1001\r\n\r\n", 413);
	raw_close(&c);
	http_server_stop(server, 0);
	return TOBS_OK;
}

BODY_TEST(an_early_answer_comes_after_the_body)
{
	struct raw c;

	server_start((struct http_server_options){ .max_body = 64 << 20 });
	raw_open(&c, http_server_addr(server));
	assert_ok(raw_send(&c, "POST /refuse HTTP/1.1\r\n" HOST "Content-Length: 500000\r\n\r\n"));
	assert_ok(send_bytes(&c, 0, 500000));
	assert_ok(raw_read(&c, false));
	assert_int_equal(c.status, 403);
	/* The connection is still good. */
	tobs_event_set(&release, 0);
	assert_answer(&c, "GET / HTTP/1.1\r\n" HOST "\r\n", 200);
	/* Unless there is much more of it. */
	assert_ok(
		raw_send(&c, "POST /refuse HTTP/1.1\r\n" HOST "Content-Length: 60000000\r\n\r\n"));
	assert_true(send_bytes(&c, 0, 60000000) != TOBS_OK);
	raw_close(&c);
	http_server_stop(server, 0);
	return TOBS_OK;
}

/* ---- Out --------------------------------------------------------------------- */

BODY_TEST(writes_answers_in_pieces)
{
	static const char *const queries[] = { "", "?chunked", "?more" };
	struct tobs_view value;
	char text[100];
	struct raw c;

	server_start((struct http_server_options){ 0 });
	raw_open(&c, http_server_addr(server));
	for (size_t i = 0; i < ARRAY_LEN(queries); i++) {
		snprintf(text, sizeof text, "GET /download%s HTTP/1.1\r\n" HOST "\r\n", queries[i]);
		assert_answer(&c, text, 200);
		assert_bytes(&c, 0, BIG);
		assert_ok(result);
		assert_true(c.keep);
		assert_int_equal(raw_header(&c, "Content-Length", &value), i != 1);
	}
	assert_ok(raw_send(&c, "HEAD /download HTTP/1.1\r\n" HOST "\r\n"));
	assert_ok(raw_read(&c, true));
	assert_true(raw_header(&c, "Content-Length", &value));
	assert_view(value, "1048576");
	assert_int_equal(c.in.len, 0);
	/* HTTP/1.0 knows no chunks. */
	assert_answer(&c, "GET /download?chunked HTTP/1.0\r\n\r\n", 200);
	assert_bytes(&c, 0, BIG);
	assert_hung_up(&c);
	raw_close(&c);
	http_server_stop(server, 0);
	return TOBS_OK;
}

/* An answer that was begun and cannot be ended must not look like a whole one. */
BODY_TEST(breaks_off_what_goes_wrong)
{
	static const char *const queries[] = { "short", "fail" };
	char text[100];
	struct raw c;

	server_start((struct http_server_options){ 0 });
	for (size_t i = 0; i < ARRAY_LEN(queries); i++) {
		raw_open(&c, http_server_addr(server));
		snprintf(
			text, sizeof text, "GET /download?%s HTTP/1.1\r\n" HOST "\r\n", queries[i]);
		assert_ok(raw_send(&c, text));
		assert_code(raw_read(&c, false), TOBS_ETRUNCATED);
		assert_hung_up(&c);
		raw_close(&c);
	}
	http_server_stop(server, 0);
	return TOBS_OK;
}

/* As above, with the kernel's clock. */
static int be_held_back(void *arg ATTR_UNUSED)
{
	struct raw c;

	server_start((struct http_server_options){ 0 });
	raw_open(&c, http_server_addr(server));
	assert_ok(raw_send(&c, "GET /download?huge HTTP/1.1\r\n" HOST "\r\n"));
	assert_ok(tobs_sleep(100));
	assert_true(taken < HUGE_SIZE);
	assert_ok(raw_read(&c, false));
	assert_bytes(&c, 0, HUGE_SIZE);
	raw_close(&c);
	http_server_stop(server, 0);
	return TOBS_OK;
}

static void a_slow_client_holds_its_handler_back(void **state)
{
	(void)state;
	assert_ok(tobs_run(be_held_back, NULL));
}

BODY_TEST(a_client_that_takes_nothing_is_hung_up_on)
{
	struct raw c;

	server_start((struct http_server_options){ 0 });
	raw_open(&c, http_server_addr(server));
	assert_ok(raw_send(&c, "GET /download?huge HTTP/1.1\r\n" HOST "\r\n"));
	assert_ok(tobs_sleep(HTTP_SERVER_ANSWER_MS - 1000));
	assert_ok(result);
	assert_true(taken < HUGE_SIZE);
	assert_ok(tobs_sleep(2000));
	assert_code(result, TOBS_ECLOSED);
	assert_string_equal(failure.message, "the client hung up");
	raw_close(&c);
	http_server_stop(server, 0);
	return TOBS_OK;
}

BODY_TEST(notices_that_a_client_has_gone)
{
	struct http_server_stats stats;
	struct raw c;

	server_start((struct http_server_options){ 0 });
	raw_open(&c, http_server_addr(server));
	assert_ok(raw_send(&c, "GET /gone HTTP/1.1\r\n" HOST "\r\n"));
	assert_ok(tobs_sleep(1000));
	raw_close(&c);
	assert_ok(tobs_sleep(100));
	http_server_stats(server, &stats);
	assert_int_equal(stats.requests, 0);
	http_server_stop(server, 0);
	return TOBS_OK;
}

static void expect_part(struct raw *c, const char *range, int status, int64_t from, int64_t to,
	const char *content_range)
{
	struct tobs_view value = { 0 };
	char text[200];

	snprintf(text, sizeof text, "GET /file HTTP/1.1\r\n" HOST "Range: %s\r\n\r\n", range);
	assert_answer(c, text, status);
	assert_bytes(c, from, to);
	assert_true(raw_header(c, "Accept-Ranges", &value));
	assert_int_equal(raw_header(c, "Content-Range", &value), content_range != NULL);
	if (content_range)
		assert_view(value, content_range);
	assert_true(raw_header(c, "Content-Type", &value));
	assert_view(value, "image/png");
}

BODY_TEST(answers_with_files)
{
	uint8_t *bytes = malloc(BIG);
	struct tobs_view value;
	const char *path;
	struct raw c;

	tmpdir_init(&dir);
	path = tmpdir_file(&dir, "file");
	for (int i = 0; i < BIG; i++)
		bytes[i] = byte_at(i);
	write_file(path, bytes, BIG);
	file = open(path, O_RDWR | O_CLOEXEC);
	server_start((struct http_server_options){ 0 });
	raw_open(&c, http_server_addr(server));
	assert_answer(&c, "GET /file HTTP/1.1\r\n" HOST "\r\n", 200);
	assert_bytes(&c, 0, BIG);
	expect_part(&c, "bytes=0-9", 206, 0, 10, "bytes 0-9/1048576");
	expect_part(&c, "bytes=1000000-", 206, 1000000, BIG, "bytes 1000000-1048575/1048576");
	expect_part(&c, "bytes=-1", 206, BIG - 1, BIG, "bytes 1048575-1048575/1048576");
	expect_part(&c, "bytes=1048576-", 416, 0, 0, "bytes */1048576");
	expect_part(&c, "bytes=0-1,5-6", 200, 0, BIG, NULL);
	expect_part(&c, "lines=1-2", 200, 0, BIG, NULL);
	assert_ok(raw_send(&c, "HEAD /file HTTP/1.1\r\n" HOST "\r\n"));
	assert_ok(raw_read(&c, true));
	assert_true(raw_header(&c, "Content-Length", &value));
	assert_view(value, "1048576");
	/* It has become shorter: no whole answer comes of it. */
	assert_int_equal(ftruncate(file, 1000), 0);
	assert_ok(raw_send(&c, "GET /file HTTP/1.1\r\n" HOST "\r\n"));
	assert_code(raw_read(&c, false), TOBS_ETRUNCATED);
	assert_code(result, TOBS_ETRUNCATED);
	raw_close(&c);
	http_server_stop(server, 0);
	close(file);
	free(bytes);
	tmpdir_deinit(&dir);
	return TOBS_OK;
}

BODY_TEST(can_be_stopped_in_any_state)
{
	static const char *const texts[] = {
		"POST / HTTP/1.1\r\n" HOST "Content-Length: 10\r\n\r\nabc",
		"POST /?late HTTP/1.1\r\n" HOST "Content-Length: 10\r\n\r\nabc",
		"GET /download HTTP/1.1\r\n" HOST "\r\n",
		"GET /refuse HTTP/1.1\r\n" HOST "\r\n",
		"POST /refuse HTTP/1.1\r\n" HOST "Content-Length: 10\r\n\r\nabc",
		"GET /gone HTTP/1.1\r\n" HOST "\r\n",
	};

	for (int64_t ms = 0; ms < 3; ms++) {
		for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
			struct raw c;

			server_start((struct http_server_options){ 0 });
			raw_open(&c, http_server_addr(server));
			assert_ok(raw_send(&c, texts[i]));
			if (ms)
				assert_ok(tobs_sleep(ms));
			http_server_stop(server, ms);
			raw_close(&c);
		}
	}
	return TOBS_OK;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_bodies_in_pieces),
		cmocka_unit_test(a_slow_handler_is_not_its_clients_fault),
		cmocka_unit_test(a_slow_handler_holds_its_client_back),
		cmocka_unit_test(tells_the_handler_how_a_body_broke),
		cmocka_unit_test(an_early_answer_comes_after_the_body),
		cmocka_unit_test(writes_answers_in_pieces),
		cmocka_unit_test(breaks_off_what_goes_wrong),
		cmocka_unit_test(a_slow_client_holds_its_handler_back),
		cmocka_unit_test(a_client_that_takes_nothing_is_hung_up_on),
		cmocka_unit_test(notices_that_a_client_has_gone),
		cmocka_unit_test(answers_with_files),
		cmocka_unit_test(can_be_stopped_in_any_state),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
