/* SPDX-License-Identifier: MIT */
#include "net/http_reply.h"

#include "net/http.h"
#include "support/failmem.h"
#include "support/test.h"

enum { HEAD_MAX_BYTES = 4096, BODY_MAX = 1 << 16 };

struct read {
	struct http_reply reply;
	struct tobs_buf head, body;
	struct tobs_err err;
	size_t left; /* bytes not taken */
};

/* Feeds `len` bytes in pieces of `each`, then the end of the stream if asked to. */
static int read_all(
	struct read *x, const char *text, size_t len, size_t each, bool bodiless, bool ends)
{
	int r = TOBS_OK;

	*x = (struct read){ .err = { 0 } };
	tobs_buf_init(&x->head, HEAD_MAX_BYTES);
	tobs_buf_init(&x->body, BODY_MAX);
	http_reply_init(&x->reply, &x->head, bodiless);
	for (size_t at = 0; at < len && !http_reply_done(&x->reply) && !r; at += each) {
		size_t n = each < len - at ? each : len - at;
		uint8_t *copy = exact_copy(text + at, n);
		struct tobs_view in = tobs_view(copy, n), piece;

		while (!r && in.len && !http_reply_done(&x->reply)) {
			r = http_reply_feed(&x->reply, &in, &piece, &x->err);
			if (!r)
				tobs_buf_putv(&x->body, piece);
		}
		x->left = len - at - n + in.len;
		free(copy);
	}
	if (!r && ends && !http_reply_done(&x->reply))
		r = http_reply_end(&x->reply, &x->err);
	return r;
}

static void done(struct read *x)
{
	tobs_buf_deinit(&x->head);
	tobs_buf_deinit(&x->body);
}

/* Reads it whole and byte by byte; both give the same. */
static void expect(const char *text, int status, const char *body, bool keep)
{
	for (size_t each = 1; each < 4096; each = each == 1 ? 7 : each == 7 ? 4095 : 4096) {
		struct read x;

		assert_ok(read_all(&x, text, strlen(text), each, false, true));
		assert_true(http_reply_done(&x.reply));
		assert_int_equal(x.reply.status, status);
		assert_string_equal(tobs_buf_str(&x.body), body);
		assert_int_equal(x.reply.keep, keep);
		assert_int_equal(x.left, 0);
		done(&x);
	}
}

static void expect_bad(const char *text, const char *message)
{
	for (size_t each = 1; each < 4096; each += 4094) {
		struct read x;

		assert_code(read_all(&x, text, strlen(text), each, false, true), TOBS_EPROTO);
		assert_string_equal(x.err.message, message);
		done(&x);
	}
}

static void reads_each_kind_of_body(void **state)
{
	(void)state;
	expect("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, "hello", true);
	expect("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 200, "", true);
	expect("HTTP/1.1 200\r\ncontent-length:5 \r\n\r\nhello", 200, "hello", true);
	expect("HTTP/1.1 404 Not Found\nContent-Length: 2\n\nno", 404, "no", true);
	expect("HTTP/1.1 502 Bad Gateway\r\n\r\n<html>", 502, "<html>", false);
	expect("HTTP/1.1 204 No Content\r\nContent-Length: 10\r\n\r\n", 204, "", true);
	expect("HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n", 304, "", true);
	expect("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	       "5\r\nhello\r\n00b;x=\"y\"\r\n, and more \r\n0\r\n\r\n",
		200, "hello, and more ", true);
	expect("HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n"
	       "1\na\nA\r\n0123456789\r\n0\r\nTrailer: x\r\nAnother: y\r\n\r\n",
		200, "a0123456789", true);
	expect("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
	       "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
		200, "ok", true);
}

static void knows_when_the_connection_stays(void **state)
{
	(void)state;
	expect("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx", 200, "x",
		false);
	expect("HTTP/1.1 200 OK\r\nconnection: foo , CLOSE\r\nContent-Length: 1\r\n\r\nx", 200, "x",
		false);
	expect("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx", 200, "x", false);
	expect("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\nx", 200, "x",
		true);
	/* Both a length and chunks: the chunks count, and the connection is spoilt. */
	expect("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
	       "1\r\nx\r\n0\r\n\r\n",
		200, "x", false);
}

static void refuses_what_is_no_http(void **state)
{
	(void)state;
	expect_bad(
		"SSH-2.0-OpenSSH_9.2\r\n", "the server's answer is no HTTP: it begins otherwise");
	expect_bad("\r\nHTTP/1.1 200 OK\r\n\r\n",
		"the server's answer is no HTTP: it begins otherwise");
	expect_bad("HTTP/1.1 20 OK\r\n\r\n", "the server's answer is no HTTP: it begins otherwise");
	expect_bad("HTTP/1.1 2000\r\n\r\n", "the server's answer is no HTTP: it begins otherwise");
	expect_bad(
		"HTTP/2.0 200 OK\r\n\r\n", "the server's answer is no HTTP: it begins otherwise");
	expect_bad("HTTP/1.1 101 Switching Protocols\r\n\r\n",
		"the server's answer is no HTTP: it changes the protocol");
	expect_bad("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
		"the server's answer is no HTTP: it has two lengths");
	expect_bad("HTTP/1.1 200 OK\r\nContent-Length: 1x\r\n\r\n",
		"the server's answer is no HTTP: its length is no number");
	expect_bad("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
		"the server's answer is no HTTP: its length is no number");
	expect_bad("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
		"the server's answer is no HTTP: its transfer coding is unknown");
	expect_bad("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
		"the server's answer is no HTTP: a chunk has no size");
	expect_bad("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nxy\r\n",
		"the server's answer is no HTTP: a chunk is longer than it says");
	expect_bad("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1234567890abcdef\r\n",
		"the server's answer is no HTTP: a chunk is too large");
}

static void bounds_the_head_and_what_is_between(void **state)
{
	static char text[64 << 10];
	struct read x;
	int n = snprintf(text, sizeof text, "HTTP/1.1 200 OK\r\nX: ");

	(void)state;
	memset(text + n, 'x', sizeof text - (size_t)n);
	assert_code(read_all(&x, text, sizeof text, 1000, false, false), TOBS_EPROTO);
	assert_string_equal(x.err.message, "the server's answer is no HTTP: its head does not end");
	done(&x);
	n = snprintf(text, sizeof text, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;");
	memset(text + n, 'x', sizeof text - (size_t)n);
	assert_code(read_all(&x, text, sizeof text, 1000, false, false), TOBS_EPROTO);
	assert_string_equal(x.err.message,
		"the server's answer is no HTTP: too much stands between its chunks");
	done(&x);
	n = snprintf(
		text, sizeof text, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n");
	memset(text + n, 'x', sizeof text - (size_t)n);
	assert_code(read_all(&x, text, sizeof text, 1000, false, false), TOBS_EPROTO);
	done(&x);
}

static void many_small_chunks_are_not_too_much(void **state)
{
	static char text[120 << 10];
	struct read x;
	size_t n = (size_t)snprintf(
		text, sizeof text, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");

	(void)state;
	for (int i = 0; i < 10000; i++, n += 6)
		memcpy(text + n, "1\r\nx\r\n", 6);
	memcpy(text + n, "0\r\n\r\n", 5);
	assert_ok(read_all(&x, text, n + 5, 999, false, false));
	assert_true(http_reply_done(&x.reply));
	assert_int_equal(x.body.len, 10000);
	done(&x);
}

/* Cut off anywhere, an answer is never taken for a whole one. */
static void notices_every_cut(void **state)
{
	static const char *const texts[] = {
		"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nA: b\r\n\r\n",
	};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		for (size_t cut = 0; cut < strlen(texts[i]); cut++) {
			struct read x;

			assert_code(read_all(&x, texts[i], cut, 3, false, true), TOBS_ETRUNCATED);
			assert_string_equal(x.err.message,
				x.reply.status ? "the server hung up in the middle of its answer"
					       : "the server hung up without an answer");
			done(&x);
		}
	}
}

static void leaves_the_next_answer(void **state)
{
	static const char text[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 ";
	struct read x;

	(void)state;
	assert_ok(read_all(&x, text, sizeof text - 1, sizeof text, false, false));
	assert_true(http_reply_done(&x.reply));
	assert_int_equal(x.left, strlen("HTTP/1.1 "));
	done(&x);
}

static void an_answer_to_head_has_no_body(void **state)
{
	static const char text[] = "HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n";
	struct tobs_view value;
	struct read x;

	(void)state;
	assert_ok(read_all(&x, text, sizeof text - 1, 5, true, false));
	assert_true(http_reply_done(&x.reply));
	assert_true(x.reply.keep);
	assert_true(http_header_find(tobs_buf_view(&x.head), "content-LENGTH", &value));
	assert_view(value, "2000");
	assert_false(http_header_find(tobs_buf_view(&x.head), "Content-Lengt", &value));
	assert_false(http_header_find(tobs_buf_view(&x.head), "Content-Length:", &value));
	done(&x);
}

static void counts_what_is_read_elsewhere(void **state)
{
	static const char text[] = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc";
	struct tobs_view in = tobs_view(text, sizeof text - 1), piece;
	struct http_reply reply;
	struct tobs_buf head;

	(void)state;
	tobs_buf_init(&head, 4096);
	http_reply_init(&reply, &head, false);
	assert_int_equal(http_reply_left(&reply), 0);
	assert_ok(http_reply_feed(&reply, &in, &piece, NULL));
	assert_int_equal(http_reply_left(&reply), 10);
	assert_ok(http_reply_feed(&reply, &in, &piece, NULL));
	assert_view(piece, "abc");
	assert_int_equal(http_reply_left(&reply), 7);
	http_reply_skip(&reply, 4);
	assert_false(http_reply_done(&reply));
	http_reply_skip(&reply, 3);
	assert_true(http_reply_done(&reply));
	tobs_buf_deinit(&head);
}

/* Without memory for the head the answer fails; it is never one with another head. */
static int read_in_pieces(void *user)
{
	static const char text[] = "HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nContent-Length: 5\r\n"
				   "X-Long: 0123456789012345678901234567890123456789\r\n\r\nhello";
	struct http_reply reply;
	struct tobs_buf head;
	struct tobs_view value;
	int r = TOBS_OK;

	(void)user;
	tobs_buf_init(&head, HEAD_MAX_BYTES);
	http_reply_init(&reply, &head, false);
	for (size_t at = 0; !r && at < sizeof text - 1; at++) {
		struct tobs_view in = tobs_view(text + at, 1), piece;

		while (!r && in.len)
			r = http_reply_feed(&reply, &in, &piece, NULL);
	}
	if (!r) {
		assert_true(http_reply_done(&reply));
		assert_true(http_header_find(tobs_buf_view(&head), "x-long", &value));
		assert_int_equal(value.len, 40);
	}
	tobs_buf_deinit(&head);
	return r;
}

static void survives_failing_memory(void **state)
{
	(void)state;
	fail_each_allocation(read_in_pieces, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_each_kind_of_body),
		cmocka_unit_test(knows_when_the_connection_stays),
		cmocka_unit_test(refuses_what_is_no_http),
		cmocka_unit_test(bounds_the_head_and_what_is_between),
		cmocka_unit_test(many_small_chunks_are_not_too_much),
		cmocka_unit_test(notices_every_cut),
		cmocka_unit_test(leaves_the_next_answer),
		cmocka_unit_test(an_answer_to_head_has_no_body),
		cmocka_unit_test(counts_what_is_read_elsewhere),
		cmocka_unit_test(survives_failing_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
