/* SPDX-License-Identifier: MIT */
#include "botapi/api.h"

#include <fcntl.h>
#include <tobs/botapi_methods.h>
#include <tobs/log.h>
#include <unistd.h>

#include "support/fibers.h"
#include "support/http_peer.h"
#include "support/tmpdir.h"

#define TOKEN "123456:secret-Token_x"

static struct http_peer peer;
static struct api *api;
static struct tobs_arena arena;
static struct tobs_err err;
static struct api_options options;

static char texts[PEER_STEPS_MAX][512];
static struct http_peer_step steps[PEER_STEPS_MAX];
static size_t count;

/* The next answer of the peer; without any it never answers. */
static struct http_peer_step *reply(const char *status, const char *body)
{
	snprintf(texts[count], sizeof texts[count], "HTTP/1.1 %s\r\nContent-Length: %zu\r\n\r\n%s",
		status, strlen(body), body);
	steps[count] = (struct http_peer_step){ .send = texts[count] };
	return &steps[count++];
}

#define OK_TRUE "{\"ok\":true,\"result\":true}"

static void start(void)
{
	if (!count)
		steps[count++] = (struct http_peer_step){ .end = PEER_HOLD };
	http_peer_start(&peer, NULL, steps, count);
	options.token = tobs_str(TOKEN);
	options.root = peer.url;
	assert_ok(api_new(&options, &api, &err));
	tobs_arena_init(&arena, 1 << 20);
}

static void done(void)
{
	api_free(api);
	http_peer_stop(&peer);
	tobs_arena_deinit(&arena);
	options = (struct api_options){ 0 };
	count = 0;
}

static int call(enum tobs_method m, const void *args, void *ret)
{
	struct api_request *rq = api_begin(api);
	int r = api_send(api, rq, m, args, &err);

	if (!r)
		r = api_result(api, rq, m, &arena, ret, &err);
	api_end(api, rq);
	return r;
}

/* Whether the n-th request had this in it. */
static bool asked_has(size_t n, const char *text)
{
	return tobs_view_find(tobs_buf_view(&peer.request[n]), 0, tobs_str(text)) != SIZE_MAX;
}

FIBER_TEST(a_call)
{
	const struct tobs_message *m = NULL;

	reply("200 OK",
		"{\"ok\":true,\"result\":{\"message_id\":5,\"date\":1,\"text\":\"hi\","
		"\"chat\":{\"id\":77,\"type\":\"private\"}}}");
	start();
	assert_ok(call(TOBS_METHOD_SEND_MESSAGE,
		&(struct tobs_send_message){ .chat_id = 77, .text = "hi" }, &m));
	assert_int_equal(m->message_id, 5);
	assert_int_equal(m->chat->id, 77);
	assert_true(tobs_view_starts(
		tobs_buf_view(&peer.request[0]), "POST /bot" TOKEN "/sendMessage HTTP/1.1\r\n"));
	assert_true(asked_has(0, "Content-Type: application/json\r\n"));
	assert_true(asked_has(0, "\r\n\r\n{\"chat_id\":77,\"text\":\"hi\"}"));
	/* The buffers serve the next call too. */
	assert_ok(call(TOBS_METHOD_GET_ME, NULL, NULL));
	assert_true(asked_has(1, "/getMe HTTP/1.1\r\n"));
	assert_int_equal(peer.connections, 1);
	assert_int_equal(api_bot_id(api), 123456);
	done();
	return TOBS_OK;
}

/* Whatever goes wrong, the token is not told. */
FIBER_TEST(no_token_in_errors)
{
	reply("404 x", "{\"ok\":false,\"error_code\":404,\"description\":\"\"}");
	steps[count++] = (struct http_peer_step){ .send = "nonsense\r\n\r\n", .end = PEER_CLOSE };
	steps[count++] = (struct http_peer_step){
		.send = "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{\"ok\"",
		.end = PEER_CLOSE,
	};
	start();
	assert_code(call(TOBS_METHOD_GET_ME, NULL, NULL), TOBS_ENOTFOUND);
	assert_null(strstr(err.message, "secret"));
	assert_code(call(TOBS_METHOD_GET_ME, NULL, NULL), TOBS_EPROTO);
	assert_null(strstr(err.message, "secret"));
	assert_code(call(TOBS_METHOD_GET_ME, NULL, NULL), TOBS_ENET);
	assert_null(strstr(err.message, "secret"));
	assert_non_null(strstr(err.message, "getMe: http://127.0.0.1"));
	done();
	return TOBS_OK;
}

FIBER_TEST(a_wrong_result)
{
	const struct tobs_user *me = NULL;

	reply("200 OK", "{\"ok\":true,\"result\":{\"id\":\"x\"}}");
	reply("200 OK", OK_TRUE);
	reply("200 OK", OK_TRUE);
	start();
	assert_code(call(TOBS_METHOD_GET_ME, NULL, &me), TOBS_EPROTO);
	assert_null(me);
	/* An object is one, but where an inline message was edited. */
	assert_code(call(TOBS_METHOD_GET_ME, NULL, &me), TOBS_EPROTO);
	const struct tobs_message *m = (const void *)&me;
	assert_ok(call(TOBS_METHOD_EDIT_MESSAGE_TEXT,
		&(struct tobs_edit_message_text){ .inline_message_id = "x", .text = "y" }, &m));
	assert_null(m);
	done();
	return TOBS_OK;
}

/* The server's own time is up, not the fiber's. */
FIBER_TEST(no_answer)
{
	int64_t before = elapsed();

	start();
	assert_code(call(TOBS_METHOD_GET_ME, NULL, NULL), TOBS_ENET);
	assert_non_null(strstr(err.message, "no answer within 60 s"));
	assert_true(elapsed() - before >= API_CALL_MS && elapsed() - before < API_CALL_MS + 100);
	done();
	return TOBS_OK;
}

FIBER_TEST(a_long_poll_has_its_time)
{
	struct tobs_update_array updates = { NULL, 0 };

	reply("200 OK", "{\"ok\":true,\"result\":[]}")->wait = 100000;
	start();
	assert_ok(call(
		TOBS_METHOD_GET_UPDATES, &(struct tobs_get_updates){ .timeout = 100 }, &updates));
	assert_int_equal(updates.count, 0);
	done();
	return TOBS_OK;
}

static int read_letters(void *user, void *buf, size_t cap, size_t *ret_n)
{
	int *left = user;

	*ret_n = 0;
	if (*left > 0 && cap) {
		*(char *)buf = (char)('a' + *left);
		*ret_n = 1;
		--*left;
	}
	return TOBS_OK;
}

static int rewind_letters(void *user)
{
	*(int *)user = 3;
	return TOBS_OK;
}

FIBER_TEST(files_are_sent_along)
{
	struct tmpdir dir;
	const char *path;
	int fd;

	reply("200 OK", OK_TRUE);
	start();
	tmpdir_init(&dir);
	path = tmpdir_file(&dir, "cat.jpg");
	write_file(path, "miaow", 5);
	fd = open(path, O_RDONLY);
	assert_true(fd >= 0);
	assert_ok(call(TOBS_METHOD_SEND_PHOTO,
		&(struct tobs_send_photo){
			.chat_id = 1, .caption = "a cat", .photo = tobs_file_path(path) },
		NULL));
	assert_true(asked_has(0, "Content-Type: multipart/form-data; boundary="));
	assert_true(asked_has(0, "name=\"chat_id\"\r\n\r\n1\r\n"));
	assert_true(asked_has(0, "name=\"caption\"\r\n\r\na cat\r\n"));
	assert_true(asked_has(0, "filename=\"cat.jpg\""));
	assert_true(asked_has(0, "\r\n\r\nmiaow\r\n"));
	assert_ok(call(TOBS_METHOD_SEND_DOCUMENT,
		&(struct tobs_send_document){ .chat_id = 1, .document = tobs_file_fd(fd, "x.bin") },
		NULL));
	assert_true(asked_has(1, "filename=\"x.bin\"") && asked_has(1, "\r\n\r\nmiaow\r\n"));
	assert_ok(call(TOBS_METHOD_SEND_DOCUMENT,
		&(struct tobs_send_document){
			.chat_id = 1, .document = tobs_file_memory("bytes", 5, "m.txt") },
		NULL));
	assert_true(asked_has(2, "filename=\"m.txt\"") && asked_has(2, "\r\n\r\nbytes\r\n"));
	/* What Telegram has already, or fetches, is a name. */
	assert_ok(call(TOBS_METHOD_SEND_PHOTO,
		&(struct tobs_send_photo){
			.chat_id = 1, .photo = tobs_file_url("https://x/y.jpg") },
		NULL));
	assert_true(asked_has(3, "\"photo\":\"https://x/y.jpg\""));
	close(fd);
	tmpdir_deinit(&dir);
	done();
	return TOBS_OK;
}

FIBER_TEST(a_reader_is_read_again)
{
	int left = 3;
	struct tobs_input_file file = tobs_file_reader(read_letters, &left, 3, "letters");
	struct tobs_send_document args = { .chat_id = 1 };
	struct api_request *rq;

	reply("200 OK", OK_TRUE);
	start();
	args.document = file;
	rq = api_begin(api);
	assert_ok(api_send(api, rq, TOBS_METHOD_SEND_DOCUMENT, &args, &err));
	assert_true(asked_has(0, "\r\n\r\ndcb\r\n"));
	assert_code(api_send(api, rq, TOBS_METHOD_SEND_DOCUMENT, &args, &err), TOBS_EINVAL);
	args.document.rewind = rewind_letters;
	assert_ok(api_send(api, rq, TOBS_METHOD_SEND_DOCUMENT, &args, &err));
	assert_true(asked_has(1, "\r\n\r\ndcb\r\n"));
	api_end(api, rq);
	done();
	return TOBS_OK;
}

FIBER_TEST(files_that_are_none)
{
	start();
	assert_code(call(TOBS_METHOD_SEND_PHOTO,
			    &(struct tobs_send_photo){
				    .chat_id = 1, .photo = tobs_file_path("/nowhere/at/all") },
			    NULL),
		TOBS_ENOTFOUND);
	assert_non_null(strstr(err.message, "sendPhoto: /nowhere/at/all"));
	assert_code(call(TOBS_METHOD_SEND_PHOTO,
			    &(struct tobs_send_photo){ .chat_id = 1, .photo = tobs_file_path("/") },
			    NULL),
		TOBS_EINVAL);
	assert_int_equal(peer.asked, 0);
	done();
	return TOBS_OK;
}

FIBER_TEST(a_local_server_gets_paths)
{
	options.local = true;
	reply("200 OK", OK_TRUE);
	start();
	assert_ok(call(TOBS_METHOD_SEND_PHOTO,
		&(struct tobs_send_photo){
			.chat_id = 1, .photo = tobs_file_path("/a b/\xc3\xa4.jpg") },
		NULL));
	assert_true(asked_has(0, "\"photo\":\"file:///a%20b/%C3%A4.jpg\""));
	done();
	return TOBS_OK;
}

static int collect(void *user, struct tobs_view data, struct tobs_err *e)
{
	(void)e;
	return tobs_buf_putv(user, data);
}

FIBER_TEST(downloads)
{
	struct tobs_buf got;
	struct http_sink sink = { collect, &got };

	reply("200 OK", "miaow");
	reply("200 OK", "miaow");
	reply("404 Not Found", "{}");
	start();
	tobs_buf_init(&got, 100);
	assert_ok(api_download(api, "photos/a b.jpg", 5, &sink, &err));
	assert_string_equal(tobs_buf_str(&got), "miaow");
	assert_true(tobs_view_starts(tobs_buf_view(&peer.request[0]),
		"GET /file/bot" TOKEN "/photos/a%20b.jpg HTTP/1.1\r\n"));
	assert_code(api_download(api, "photos/a.jpg", 4, &sink, &err), TOBS_ETOOBIG);
	assert_code(api_download(api, "photos/a.jpg", 9, &sink, &err), TOBS_ENOTFOUND);
	assert_non_null(strstr(err.message, "getFile gives a new one"));
	/* A path of the server's machine means something with --local only. */
	assert_code(api_download(api, "/etc/hostname", 9, &sink, &err), TOBS_EINVAL);
	tobs_buf_deinit(&got);
	done();
	return TOBS_OK;
}

FIBER_TEST(what_is_no_token)
{
	static const char *const bad[] = { "", "abc", "123", "123:", ":abc", "12a:abc", "123:a/b",
		"123:a b", "123:a\n", "1234567890123456789:abc" };
	struct api_options opt = { .root = "http://127.0.0.1:1" };

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		opt.token = tobs_str(bad[i]);
		assert_code(api_new(&opt, &api, &err), TOBS_EINVAL);
		assert_null(strchr(bad[i], '/') ? strstr(err.message, bad[i]) : NULL);
	}
	opt.token = tobs_str("1:a");
	opt.root = "ftp://x";
	assert_code(api_new(&opt, &api, &err), TOBS_EINVAL);
	return TOBS_OK;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fiber_unit_test(a_call),
		fiber_unit_test(no_token_in_errors),
		fiber_unit_test(a_wrong_result),
		fiber_unit_test(no_answer),
		fiber_unit_test(a_long_poll_has_its_time),
		fiber_unit_test(files_are_sent_along),
		fiber_unit_test(a_reader_is_read_again),
		fiber_unit_test(files_that_are_none),
		fiber_unit_test(a_local_server_gets_paths),
		fiber_unit_test(downloads),
		fiber_unit_test(what_is_no_token),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
