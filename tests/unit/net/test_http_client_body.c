/* SPDX-License-Identifier: MIT */
/*
 * Bodies in pieces, up and down, against a scripted server; the answers' once on
 * our own way and once through libcurl, which makes all uploads.
 */
#include <fcntl.h>
#include <unistd.h>

#include "base/alloc.h"
#include "net/http_client.h"
#include "support/fibers.h"
#include "support/http_peer.h"
#include "support/tmpdir.h"

enum { BIG = 3 << 20 };

static enum http_engine engine;

static void body_test_run(int (*fn)(void *arg))
{
	int64_t before = mem_live();

	assert_ok(tobs_run(fn, NULL));
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

#define OK_HEAD "HTTP/1.1 200 OK\r\n"

/* A byte that tells where it stands. */
static uint8_t byte_at(int64_t i)
{
	return (uint8_t)(i * 7 + i / 256);
}

struct scene {
	struct http_client *client;
	struct http_peer peer;
	struct http_answer answer;
	struct tobs_err err;
};

static void open_scene(struct scene *x, const struct http_peer_step *steps, size_t count)
{
	const struct http_client_options opt = { .engine = engine };

	*x = (struct scene){ .err = { 0 } };
	assert_ok(http_client_new(&opt, &x->client, NULL));
	http_peer_start(&x->peer, NULL, steps, count);
	http_answer_init(&x->answer, 1 << 10);
}

static void close_scene(struct scene *x)
{
	http_client_free(x->client);
	http_peer_stop(&x->peer);
	http_answer_deinit(&x->answer);
}

static int make(struct scene *x, struct http_call call)
{
	call.url = tobs_str(x->peer.url);
	return http_client_call(x->client, &call, &x->answer, &x->err);
}

/* ---- Down ---------------------------------------------------------------------- */

/* Takes what comes, checks it, and can dawdle, fail, and be waited for. */
struct taker {
	int64_t at;
	size_t pieces;
	size_t largest;
	bool wrong;
	bool dawdles;
	bool cancels;    /* its own fiber, then waits */
	int64_t fail_at; /* bytes; 0: never */
	int fail_with;
};

static int cancel_and_wait(void)
{
	tobs_cancel(tobs_self());
	return tobs_sleep(1000);
}

static int take(void *user, struct tobs_view data, struct tobs_err *err)
{
	struct taker *t = user;

	for (size_t i = 0; i < data.len; i++)
		t->wrong = t->wrong || data.ptr[i] != byte_at(t->at + (int64_t)i);
	t->at += (int64_t)data.len;
	t->largest = MAX(t->largest, data.len);
	t->pieces++;
	if (t->fail_at && t->at >= t->fail_at)
		return tobs_fail(err, t->fail_with, "the disk is full");
	if (t->cancels)
		return cancel_and_wait();
	if (!t->dawdles)
		return TOBS_OK;
	/* What was given stays as it is while others run. */
	for (int i = 0; i < 3; i++)
		if (tobs_sleep(1))
			return TOBS_ECANCELED;
	for (size_t i = 0; i < data.len; i++)
		t->wrong = t->wrong || data.ptr[i] != byte_at(t->at - (int64_t)(data.len - i));
	return TOBS_OK;
}

/* An answer with BIG bytes; free() it. */
static char *big_answer(size_t *ret_len)
{
	char *text = malloc(BIG + 200);
	int n;

	if (!text)
		abort();
	n = snprintf(text, 200, OK_HEAD "Content-Length: %d\r\n\r\n", BIG);
	for (int i = 0; i < BIG; i++)
		text[n + i] = (char)byte_at(i);
	*ret_len = (size_t)n + BIG;
	return text;
}

BODY_TEST(streams_to_a_sink)
{
	size_t len;
	char *big = big_answer(&len);
	const struct http_peer_step steps[] = { { .send = big, .len = len } };
	struct taker fast = { 0 }, slow = { .dawdles = true };
	const struct http_sink to_fast = { take, &fast }, to_slow = { take, &slow };
	struct scene x;

	open_scene(&x, steps, 1);
	assert_ok(make(&x, (struct http_call){ .sink = &to_fast }));
	assert_int_equal(fast.at, BIG);
	assert_false(fast.wrong);
	assert_int_equal(x.answer.body.len, 0);
	assert_ok(make(&x, (struct http_call){ .sink = &to_slow }));
	assert_int_equal(slow.at, BIG);
	assert_false(slow.wrong);
	/* It is not all kept for the one that dawdles. */
	assert_true(slow.largest <= 512 << 10);
	assert_int_equal(x.peer.connections, 1);
	close_scene(&x);
	free(big);
	return TOBS_OK;
}

BODY_TEST(a_sink_can_fail)
{
	static const int codes[] = { TOBS_ENOSPC, TOBS_ECLOSED, TOBS_ETRUNCATED };
	size_t len;
	char *big = big_answer(&len);
	const struct http_peer_step steps[] = { { .send = big, .len = len } };
	struct scene x;

	open_scene(&x, steps, 1);
	for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
		struct taker taker = { .fail_at = 100000, .fail_with = codes[i] };
		const struct http_sink sink = { take, &taker };

		assert_code(make(&x, (struct http_call){ .sink = &sink }), codes[i]);
		assert_non_null(strstr(x.err.message, "the disk is full"));
		assert_true(taker.at < BIG);
	}
	/* The connection with the rest of the body is of no more use. */
	assert_int_equal(x.peer.connections, 3);
	close_scene(&x);
	free(big);
	return TOBS_OK;
}

BODY_TEST(a_refusal_is_no_file)
{
	static const struct http_peer_step steps[] = {
		{ .send = "HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\n\r\nnot there" },
	};
	struct taker taker = { 0 };
	const struct http_sink sink = { take, &taker };
	struct scene x;

	open_scene(&x, steps, 1);
	assert_ok(make(&x, (struct http_call){ .sink = &sink }));
	assert_int_equal(x.answer.status, 404);
	assert_int_equal(taker.pieces, 0);
	assert_string_equal(tobs_buf_str(&x.answer.body), "not there");
	close_scene(&x);
	return TOBS_OK;
}

/* A call on a fiber of its own. */
struct making {
	struct scene *x;
	struct http_call call;
	int result;
};

static int run_making(void *arg)
{
	struct making *m = arg;

	m->result = make(m->x, m->call);
	return TOBS_OK;
}

static void assert_cancelled(struct scene *x, struct http_call call)
{
	struct making m = { .x = x, .call = call };
	struct tobs_fiber *f;

	assert_ok(tobs_spawn(&f, run_making, &m, NULL));
	assert_ok(tobs_join(f, NULL));
	assert_code(m.result, TOBS_ECANCELED);
}

BODY_TEST(a_sink_that_waits_can_be_cut_short)
{
	size_t len;
	char *big = big_answer(&len);
	const struct http_peer_step steps[] = { { .send = big, .len = len } };
	struct taker taker = { .cancels = true };
	const struct http_sink sink = { take, &taker };
	struct scene x;

	open_scene(&x, steps, 1);
	assert_cancelled(&x, (struct http_call){ .sink = &sink });
	assert_int_equal(taker.pieces, 1);
	close_scene(&x);
	free(big);
	return TOBS_OK;
}

/* ---- Up ------------------------------------------------------------------------ */

/* Gives `size` bytes, in pieces, and can dawdle, fail, and end too early. */
struct giver {
	int64_t at, size;
	int64_t piece;
	bool dawdles, cancels;
	int64_t fail_at; /* bytes; 0: never */
};

static int give(void *user, void *buf, size_t len, size_t *ret_n, struct tobs_err *err)
{
	struct giver *g = user;
	int64_t n = MIN((int64_t)len, MIN(g->piece, g->size - g->at));

	if (g->fail_at && g->at >= g->fail_at)
		return tobs_fail(err, TOBS_EIO, "the disk is broken");
	if (g->cancels && g->at > 100000)
		return cancel_and_wait();
	if (g->dawdles && tobs_sleep(1))
		return TOBS_ECANCELED;
	for (int64_t i = 0; i < n; i++)
		((uint8_t *)buf)[i] = byte_at(g->at + i);
	g->at += n;
	*ret_n = (size_t)n;
	return TOBS_OK;
}

static const struct http_peer_step takes_it[] = {
	{ .send = OK_HEAD "Content-Length: 2\r\n\r\nok" },
};

static void assert_body(const struct http_peer *p, size_t i, int64_t size)
{
	struct tobs_view request = tobs_buf_view(&p->request[i]);
	size_t head = tobs_view_find(request, 0, tobs_str("\r\n\r\n")) + 4;

	assert_int_equal(request.len - head, size);
	for (int64_t at = 0; at < size; at++)
		if (request.ptr[head + (size_t)at] != byte_at(at))
			fail_msg("byte %d is another", (int)at);
}

BODY_TEST(streams_from_a_source)
{
	struct giver givers[] = {
		{ .size = BIG, .piece = BIG },
		{ .size = 100000, .piece = 999, .dawdles = true },
		{ .size = 0, .piece = 10 },
		{ .size = 1, .piece = 10 },
	};
	struct scene x;

	open_scene(&x, takes_it, 1);
	for (size_t i = 0; i < ARRAY_LEN(givers); i++) {
		const struct http_source source = { give, &givers[i], givers[i].size };

		assert_ok(make(&x, (struct http_call){ .source = &source }));
		assert_int_equal(x.answer.status, 200);
		assert_body(&x.peer, i, givers[i].size);
	}
	assert_int_equal(x.peer.connections, 1);
	close_scene(&x);
	return TOBS_OK;
}

BODY_TEST(streams_what_has_no_known_size)
{
	struct giver giver = { .size = 10, .piece = 3 };
	const struct http_source source = { give, &giver, -1 };
	struct tobs_view request, value;
	struct scene x;

	open_scene(&x, takes_it, 1);
	assert_ok(make(&x, (struct http_call){ .source = &source, .method = "PUT" }));
	request = tobs_buf_view(&x.peer.request[0]);
	assert_true(tobs_view_starts(request, "PUT / HTTP/1.1\r\n"));
	assert_true(http_header_find(request, "Transfer-Encoding", &value));
	assert_view(value, "chunked");
	assert_false(http_header_find(request, "Content-Length", &value));
	assert_true(tobs_view_ends(request, "\r\n0\r\n\r\n"));
	assert_int_equal(giver.at, 10);
	close_scene(&x);
	return TOBS_OK;
}

BODY_TEST(a_source_can_fail)
{
	struct giver broken = { .size = BIG, .piece = 5000, .fail_at = 200000 };
	struct giver shorter = { .size = 1000, .piece = 300 };
	const struct http_source from_broken = { give, &broken, BIG },
				 from_shorter = { give, &shorter, 1001 };
	struct scene x;

	open_scene(&x, takes_it, 1);
	assert_code(make(&x, (struct http_call){ .source = &from_broken }), TOBS_EIO);
	assert_non_null(strstr(x.err.message, "the disk is broken"));
	assert_true(x.answer.sent);
	assert_code(make(&x, (struct http_call){ .source = &from_shorter }), TOBS_ETRUNCATED);
	assert_non_null(strstr(x.err.message, "the body is shorter than was said"));
	close_scene(&x);
	return TOBS_OK;
}

BODY_TEST(a_source_that_waits_can_be_cut_short)
{
	struct giver giver = { .size = BIG, .piece = 1000, .cancels = true };
	const struct http_source source = { give, &giver, BIG };
	struct scene x;

	open_scene(&x, takes_it, 1);
	assert_cancelled(&x, (struct http_call){ .source = &source });
	assert_true(giver.at < BIG);
	close_scene(&x);
	return TOBS_OK;
}

/* Who is refused in the middle of it hears why. */
BODY_TEST(hears_a_refusal_while_it_sends)
{
	static const struct http_peer_step steps[] = {
		{ .send = "HTTP/1.1 413 Content Too Large\r\nContent-Length: 4\r\n"
			  "Connection: close\r\n\r\nmuch",
			.early = true,
			.end = PEER_HOLD },
	};
	struct giver giver = { .size = 256 << 20, .piece = 1 << 20 };
	const struct http_source source = { give, &giver, giver.size };
	struct scene x;

	open_scene(&x, steps, 1);
	assert_ok(make(&x, (struct http_call){ .source = &source }));
	assert_int_equal(x.answer.status, 413);
	assert_string_equal(tobs_buf_str(&x.answer.body), "much");
	assert_true(giver.at < giver.size);
	close_scene(&x);
	return TOBS_OK;
}

BODY_TEST(sends_forms_with_files)
{
	static const char content[] = "the content of the file";
	struct http_file file;
	struct http_source source;
	struct tobs_view request, type, length;
	struct tobs_buf end;
	struct scene x;
	struct tmpdir dir;
	const char *path;
	int fd;

	tmpdir_init(&dir);
	path = tmpdir_file(&dir, "file");
	write_file(path, content, sizeof content - 1);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	source = http_file_source(&file, fd, 4, 7);
	const struct http_part parts[] = {
		{ .name = TOBS_LIT("chat_id"), .value = TOBS_LIT("5") },
		{ .name = TOBS_LIT("document"), .source = &source, .filename = TOBS_LIT("a.txt") },
	};
	open_scene(&x, takes_it, 1);
	assert_ok(make(&x, (struct http_call){ .parts = parts, .part_count = 2 }));
	request = tobs_buf_view(&x.peer.request[0]);
	assert_true(http_header_find(request, "Content-Type", &type));
	assert_true(tobs_view_starts(type, "multipart/form-data; boundary="));
	assert_true(http_header_find(request, "Content-Length", &length));
	assert_true(tobs_view_find(request, 0, tobs_str("name=\"chat_id\"\r\n\r\n5\r\n--")) !=
		SIZE_MAX);
	tobs_buf_init(&end, 1000);
	tobs_buf_printf(&end, "filename=\"a.txt\"\r\n\r\ncontent\r\n--%.*s--\r\n",
		TOBS_VIEW_FMT(
			tobs_view_sub(type, strlen("multipart/form-data; boundary="), SIZE_MAX)));
	assert_true(tobs_view_ends(request, tobs_buf_str(&end)));
	tobs_buf_deinit(&end);
	close_scene(&x);
	close(fd);
	tmpdir_deinit(&dir);
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
	const struct CMUnitTest down[] = {
		cmocka_unit_test(streams_to_a_sink),
		cmocka_unit_test(a_sink_can_fail),
		cmocka_unit_test(a_refusal_is_no_file),
		cmocka_unit_test(a_sink_that_waits_can_be_cut_short),
	};
	const struct CMUnitTest up[] = {
		cmocka_unit_test(streams_from_a_source),
		cmocka_unit_test(streams_what_has_no_known_size),
		cmocka_unit_test(a_source_can_fail),
		cmocka_unit_test(a_source_that_waits_can_be_cut_short),
		cmocka_unit_test(hears_a_refusal_while_it_sends),
		cmocka_unit_test(sends_forms_with_files),
	};

	return cmocka_run_group_tests_name("own, down", down, use_own, NULL) +
		cmocka_run_group_tests_name("libcurl, down", down, use_curl, NULL) +
		cmocka_run_group_tests_name("up", up, use_own, NULL);
}
