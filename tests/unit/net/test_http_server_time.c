/* SPDX-License-Identifier: MIT */
/* How long the server bears with its clients, and how it stops; with time by hand. */
#include "base/alloc.h"
#include "net/http_server.h"
#include "support/fibers.h"
#include "support/http_raw.h"

static struct http_server *server;
static struct tobs_event release; /* "/wait" waits for it */

static int handle(struct http_request *req, void *user)
{
	int r = TOBS_OK;

	(void)user;
	if (tobs_view_is(req->path, "/wait"))
		r = tobs_event_wait(&release, NULL);
	if (!r)
		r = http_respond_text(req, 200, "text/plain", "done");
	if (!r && tobs_view_is(req->path, "/then-wait"))
		r = tobs_event_wait(&release, NULL);
	return r;
}

static void server_start(void)
{
	const struct http_server_options opt = { .handle = handle };

	tobs_event_init(&release);
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

/* ---- Time ------------------------------------------------------------------------------ */

SERVER_TEST(hangs_up_on_who_dawdles)
{
	static const struct {
		const char *first, *each; /* bytes, and what follows every second */
		int64_t from, to;         /* ms, when it is hung up on */
	} cases[] = {
		{ "", NULL, 9900, 10100 },
		{ "G", NULL, 9900, 10100 },
		{ "GET / HTTP/1.1\r\n", "X: y\r\n", 9900, 10200 },
		{ "GET / HTTP/1.1\r\nX: ", "y", 9900, 10200 },
		{ "POST / HTTP/1.1\r\n" HOST "Content-Length: 100\r\n\r\n", NULL, 29900, 30100 },
		{ "POST / HTTP/1.1\r\n" HOST "Content-Length: 100\r\n\r\n", "x", 29900, 30200 },
		{ GET("/"), NULL, 74900, 75100 },
		{ GET("/") GET("/") "GET / HT", NULL, 74900, 75100 },
	};

	server_start();
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int64_t start = elapsed(), took;
		struct raw c;
		size_t n = 1;

		open_raw(&c);
		assert_ok(raw_send(&c, cases[i].first));
		while (n && cases[i].each && elapsed() - start < 100000) {
			assert_ok(tobs_sleep(1000));
			if (raw_send(&c, cases[i].each))
				break;
			n = !sock_silent(tcp_sock(c.s)) ? 0 : 1;
		}
		do {
			uint8_t in[4096];

			if (net_read(c.s, in, sizeof in, &n, NULL))
				break;
		} while (n);
		took = elapsed() - start;
		if (took < cases[i].from || took > cases[i].to + (cases[i].each ? 1000 : 0))
			fail_msg("case %d took %d ms", (int)i, (int)took);
		raw_close(&c);
	}
	assert_int_equal(stats().dropped, ARRAY_LEN(cases));
	assert_int_equal(stats().connections, 0);
	server_stop();
	return TOBS_OK;
}

/* The connection was idle; the new head has its own time. */
SERVER_TEST(a_second_head_may_take_no_longer)
{
	struct raw c;
	int64_t start;

	server_start();
	open_raw(&c);
	assert_answer(&c, GET("/"), 200);
	assert_ok(tobs_sleep(60000));
	start = elapsed();
	assert_ok(raw_send(&c, "GET / HTTP/1.1\r\n"));
	assert_hung_up(&c);
	assert_in_range(elapsed() - start, 9900, 10200);
	raw_close(&c);
	server_stop();
	return TOBS_OK;
}

SERVER_TEST(handlers_have_all_the_time)
{
	struct raw c;

	server_start();
	open_raw(&c);
	assert_ok(raw_send(&c, GET("/wait")));
	assert_ok(tobs_sleep(1000000));
	tobs_event_set(&release, 0);
	assert_ok(raw_read(&c, false));
	assert_int_equal(c.status, 200);
	assert_int_equal(stats().dropped, 0);
	raw_close(&c);
	server_stop();
	return TOBS_OK;
}

/* ---- Stopping ----------------------------------------------------------------------------- */

static int stop_server(void *ms)
{
	http_server_stop(server, *(int64_t *)ms);
	return TOBS_OK;
}

SERVER_TEST(drains)
{
	struct raw idle, busy, late;
	struct tobs_fiber *f;
	int64_t ms = 30000;
	struct addr at;

	server_start();
	at = *http_server_addr(server);
	open_raw(&idle);
	open_raw(&busy);
	assert_answer(&idle, GET("/"), 200);
	assert_ok(raw_send(&busy, GET("/wait")));
	assert_ok(tobs_sleep(10));
	/* Sent before the stop, not yet read. */
	open_raw(&late);
	assert_ok(raw_send(&late, GET("/late")));
	assert_ok(tobs_spawn(&f, stop_server, &ms, NULL));
	assert_hung_up(&idle);
	assert_ok(raw_read(&late, false));
	assert_int_equal(late.status, 200);
	assert_code(
		tcp_connect(tobs_str("127.0.0.1"), addr_port(&at), NULL, &late.s, NULL), TOBS_ENET);
	assert_ok(tobs_sleep(5000));
	tobs_event_set(&release, 0);
	assert_ok(raw_read(&busy, false));
	assert_int_equal(busy.status, 200);
	assert_false(busy.keep); /* "Connection: close" */
	assert_hung_up(&busy);
	assert_ok(tobs_join(f, NULL));
	assert_in_range(elapsed(), 5000, 6000);
	raw_close(&idle);
	raw_close(&busy);
	raw_close(&late);
	return TOBS_OK;
}

SERVER_TEST(cancels_what_does_not_end)
{
	struct raw c;
	int64_t start;

	server_start();
	open_raw(&c);
	assert_ok(raw_send(&c, GET("/wait")));
	assert_ok(tobs_sleep(10));
	start = elapsed();
	http_server_stop(server, 2000);
	assert_in_range(elapsed() - start, 2000, 2100);
	assert_ok(raw_read(&c, false));
	assert_int_equal(c.status, 503);
	assert_hung_up(&c);
	raw_close(&c);
	return TOBS_OK;
}

SERVER_TEST(can_be_stopped_in_any_state)
{
	static const char *const texts[] = {
		"",
		"GET ",
		"GET / HTTP/1.1\r\nX",
		"POST / HTTP/1.1\r\n" HOST "Content-Length: 10\r\n\r\nabc",
		GET("/wait"),
		GET("/then-wait") "GE",
		GET("/wait") GET("/"),
	};

	for (int64_t ms = 0; ms < 3; ms++) {
		for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
			struct raw c;

			server_start();
			open_raw(&c);
			assert_ok(raw_send(&c, texts[i]));
			if (ms)
				assert_ok(tobs_sleep(ms));
			http_server_stop(server, ms);
			raw_close(&c);
		}
	}
	http_server_stop(NULL, 0);
	return TOBS_OK;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hangs_up_on_who_dawdles),
		cmocka_unit_test(a_second_head_may_take_no_longer),
		cmocka_unit_test(handlers_have_all_the_time),
		cmocka_unit_test(drains),
		cmocka_unit_test(cancels_what_does_not_end),
		cmocka_unit_test(can_be_stopped_in_any_state),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
