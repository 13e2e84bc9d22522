/* SPDX-License-Identifier: MIT */
#include "botapi/answer.h"

#include <tobs/log.h>

#include "support/failmem.h"
#include "support/test.h"

static struct answer_reader reader;
static struct tobs_buf body;
static struct tobs_err err;

static int setup(void **state)
{
	(void)state;
	answer_reader_init(&reader);
	tobs_buf_init(&body, 1 << 20);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	answer_reader_deinit(&reader);
	tobs_buf_deinit(&body);
	return 0;
}

static int read_head(int status, const char *head, const char *text, struct json_value *ret)
{
	const struct answer in = { status, tobs_str(head), &body };

	tobs_buf_clear(&body);
	assert_ok(tobs_buf_puts(&body, text));
	err = (struct tobs_err){ 0 };
	return answer_read(&reader, TOBS_METHOD_SEND_MESSAGE, &in, ret, &err);
}

static int read_text(int status, const char *text)
{
	struct json_value v;

	return read_head(status, "", text, &v);
}

static void results(void **state)
{
	struct json_value v;
	int64_t id;

	(void)state;
	assert_ok(read_head(200, "", "{\"ok\":true,\"result\":{\"message_id\":7}}", &v));
	assert_ok(json_get_i64(json_field(v, "message_id"), &id));
	assert_int_equal(id, 7);
	assert_ok(read_text(
		200, "{\"ok\":true,\"result\":true,\"description\":\"Webhook was set\"}"));
	assert_ok(read_text(200, "{\"ok\":true,\"result\":null}"));
}

struct refusal {
	int status;
	const char *body;
	int code;
	const char *message;
};

/* What the server says, and what becomes of it. */
static const struct refusal refusals[] = {
	{ 400, "{\"ok\":false,\"error_code\":400,\"description\":\"Bad Request: chat not found\"}",
		TOBS_EINVAL, "sendMessage: 400 Bad Request: chat not found" },
	{ 401, "{\"ok\":false,\"error_code\":401,\"description\":\"Unauthorized\"}", TOBS_EAUTH,
		"sendMessage: 401 Unauthorized" },
	{ 403,
		"{\"ok\":false,\"error_code\":403,\"description\":\"Forbidden: bot was blocked by the "
		"user\"}",
		TOBS_EPERM, "sendMessage: 403 Forbidden: bot was blocked by the user" },
	{ 404, "{\"ok\":false,\"error_code\":404,\"description\":\"Not Found\"}", TOBS_EAUTH,
		"sendMessage: 404 Not Found" },
	{ 404, "{\"ok\":false,\"error_code\":404,\"description\":\"Not Found: method not found\"}",
		TOBS_ENOTFOUND, "sendMessage: 404 Not Found: method not found" },
	{ 409, "{\"ok\":false,\"error_code\":409,\"description\":\"Conflict: terminated\"}",
		TOBS_EEXISTS, "sendMessage: 409 Conflict: terminated" },
	{ 413, "{\"ok\":false,\"error_code\":413,\"description\":\"Request Entity Too Large\"}",
		TOBS_EINVAL, "sendMessage: 413 Request Entity Too Large" },
	{ 500, "{\"ok\":false,\"error_code\":500,\"description\":\"Internal Server Error: restart\"}",
		TOBS_EAGAIN, "sendMessage: 500 Internal Server Error: restart" },
	{ 418, "{\"ok\":false,\"error_code\":418,\"description\":\"I'm a teapot\"}", TOBS_ERPC,
		"sendMessage: 418 I'm a teapot" },
	/* Without a code, or with one that is none, that of HTTP counts. */
	{ 403, "{\"ok\":false}", TOBS_EPERM, "sendMessage: 403 " },
	{ 403, "{\"ok\":false,\"error_code\":-7,\"description\":4}", TOBS_EPERM,
		"sendMessage: 403 " },
	/* Whoever stands in front. */
	{ 502, "<html><h1>502 Bad Gateway</h1></html>", TOBS_EAGAIN,
		"sendMessage: 502 Bad Gateway, from what stands before the Bot API server" },
	{ 504, "", TOBS_EAGAIN,
		"sendMessage: 504 Gateway Timeout, from what stands before the Bot API server" },
	{ 413, "<html>", TOBS_EINVAL, "sendMessage: 413 Content Too Large" },
	{ 404, "<html>", TOBS_EPROTO,
		"sendMessage: 404 Not Found, and it is not JSON: is the address that of a Bot API "
		"server?" },
	{ 200, "<html>", TOBS_EPROTO,
		"sendMessage: the answer is none of a Bot API server: it is not JSON" },
	{ 200, "{\"ok\":true,\"resu", TOBS_EPROTO,
		"sendMessage: the answer is none of a Bot API server: it is not JSON" },
	{ 200, "{\"ok\":true}", TOBS_EPROTO,
		"sendMessage: the answer is none of a Bot API server: it has no \"result\"" },
	{ 200, "[]", TOBS_EPROTO,
		"sendMessage: the answer is none of a Bot API server: it has no \"ok\"" },
};

static void refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
		const struct refusal *t = &refusals[i];

		assert_code(read_text(t->status, t->body), t->code);
		assert_string_equal(err.message, t->message);
		assert_int_equal(err.code, t->code);
		assert_int_equal(err.status, t->status);
	}
}

static void parameters(void **state)
{
	struct json_value v;

	(void)state;
	assert_code(read_text(429,
			    "{\"ok\":false,\"error_code\":429,\"description\":\"Too Many "
			    "Requests: retry after 5\",\"parameters\":{\"retry_after\":5}}"),
		TOBS_EFLOOD);
	assert_int_equal(err.seconds, 5);
	assert_string_equal(err.name, "Too Many Requests: retry after 5");
	assert_code(read_text(400,
			    "{\"ok\":false,\"error_code\":400,\"description\":\"Bad Request: "
			    "group chat was upgraded to a supergroup chat\",\"parameters\":"
			    "{\"migrate_to_chat_id\":-1001234567890}}"),
		TOBS_EINVAL);
	assert_true(err.chat_id == -1001234567890);
	assert_int_equal(err.seconds, 0);
	/* The header says it too, for those who send no JSON. */
	assert_code(read_head(429, "HTTP/1.1 429 x\r\nretry-after: 17\r\n\r\n", "<html>", &v),
		TOBS_EFLOOD);
	assert_int_equal(err.seconds, 17);
	assert_code(read_head(429, "Retry-After: soon\r\n",
			    "{\"ok\":false,\"error_code\":429,\"parameters\":{\"retry_after\":-3}}",
			    &v),
		TOBS_EFLOOD);
	assert_int_equal(err.seconds, 0);
}

static void texts_are_cleaned(void **state)
{
	static char text[6000];
	int n;

	(void)state;
	assert_code(read_text(400,
			    "{\"ok\":false,\"error_code\":400,\"description\":\"a\\n"
			    "123456789:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr b\"}"),
		TOBS_EINVAL);
	assert_string_equal(err.message, "sendMessage: 400 a?[hidden] b");
	n = snprintf(text, sizeof text, "{\"ok\":false,\"error_code\":400,\"description\":\"");
	for (; n < 5000; n += 2)
		snprintf(text + n, sizeof text - (size_t)n, "\xc3\xa4");
	snprintf(text + n, sizeof text - (size_t)n, "\"}");
	assert_code(read_text(400, text), TOBS_EINVAL);
	assert_int_equal(strlen(err.name), 62); /* no half of a character */
}

static void looks_ok(void **state)
{
	(void)state;
	assert_true(answer_is_ok(200, tobs_str("{\"ok\":true,\"result\":true}")));
	assert_false(answer_is_ok(500, tobs_str("{\"ok\":true,\"result\":true}")));
	assert_false(answer_is_ok(200, tobs_str("{\"ok\":true,\"result\":tr")));
	assert_false(answer_is_ok(200, tobs_str("{\"ok\":false,\"result\":true}")));
}

/* Cut anywhere and with any bit turned it is read or refused, no more. */
static void hostile(void **state)
{
	static const char whole[] =
		"{\"ok\":false,\"error_code\":429,\"description\":\"Too Many Requests: retry after "
		"5\",\"parameters\":{\"retry_after\":5,\"migrate_to_chat_id\":-100}}";
	char text[sizeof whole];

	(void)state;
	for (size_t i = 0; i < sizeof whole - 1; i++) {
		memcpy(text, whole, sizeof whole);
		text[i] = 0;
		assert_int_not_equal(read_text(429, text), TOBS_OK);
		for (int bit = 0; bit < 8; bit++) {
			memcpy(text, whole, sizeof whole);
			text[i] = (char)(text[i] ^ 1 << bit);
			read_text(429, text);
		}
	}
}

static int once(void *user)
{
	struct answer_reader a;
	struct tobs_buf b;
	struct json_value v;
	struct answer in = { 400, tobs_str(""), &b };
	int r;

	(void)user;
	answer_reader_init(&a);
	tobs_buf_init(&b, 1 << 16);
	r = tobs_buf_puts(&b, "{\"ok\":true,\"result\":[1,2]}");
	if (!r)
		r = answer_read(&a, TOBS_METHOD_GET_ME, &in, &v, &err);
	answer_reader_deinit(&a);
	tobs_buf_deinit(&b);
	return r;
}

static void without_memory(void **state)
{
	(void)state;
	fail_each_allocation(once, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(results, setup, teardown),
		cmocka_unit_test_setup_teardown(refused, setup, teardown),
		cmocka_unit_test_setup_teardown(parameters, setup, teardown),
		cmocka_unit_test_setup_teardown(texts_are_cleaned, setup, teardown),
		cmocka_unit_test(looks_ok),
		cmocka_unit_test_setup_teardown(hostile, setup, teardown),
		cmocka_unit_test(without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
