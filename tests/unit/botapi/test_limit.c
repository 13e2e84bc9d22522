/* SPDX-License-Identifier: MIT */
#include <tobs/botapi_methods.h>

#include "botapi/encode.h"
#include "botapi/limit.h"
#include "support/test.h"

static size_t count(const char *text, enum tobs_parse_mode mode)
{
	return botapi_text_length(tobs_str(text), mode);
}

static void plain_text(void **state)
{
	(void)state;
	assert_int_equal(count("", TOBS_PARSE_MODE_NONE), 0);
	assert_int_equal(count("abc", TOBS_PARSE_MODE_NONE), 3);
	/* Characters, neither bytes nor UTF-16 units. */
	assert_int_equal(count("\xd0\xbf\xe2\x9c\x93\xf0\x9f\x98\x80", TOBS_PARSE_MODE_NONE), 3);
	assert_int_equal(count(" \n\ta b\r\n ", TOBS_PARSE_MODE_NONE), 3);
	assert_int_equal(count("<b>&amp;*", TOBS_PARSE_MODE_NONE), 9);
}

static void html(void **state)
{
	const enum tobs_parse_mode mode = TOBS_PARSE_MODE_HTML;

	(void)state;
	assert_int_equal(count("<b>bold</b> <a href=\"http://e.org/?a>\">x</a>", mode), 8);
	assert_int_equal(count("a &lt; b &amp; c", mode), 9);
	assert_int_equal(count("&#128512;&#x1f600;", mode), 2);
	assert_int_equal(count("AT&T & co;", mode), 6); /* "& co;" may be one */
	assert_int_equal(count("a & b", mode), 5);
	assert_int_equal(count("&&&", mode), 3);
	assert_int_equal(count("<b", mode), 0);
}

static void markdown_v2(void **state)
{
	const enum tobs_parse_mode mode = TOBS_PARSE_MODE_MARKDOWN_V2;

	(void)state;
	assert_int_equal(count("*bold* _it_ __u__ ~s~ ||sp||", mode), 14);
	assert_int_equal(count("1\\. a\\*b", mode), 6);
	assert_int_equal(count("[text](http://e.org/a_b\\)c) end", mode), 8);
	assert_int_equal(count("![x](tg://emoji?id=5)", mode), 1);
	assert_int_equal(count("```python\nx = 1\n```", mode), 7);
	assert_int_equal(count("`code`", mode), 4);
	assert_int_equal(count("\\", mode), 1);
	assert_int_equal(count("\\\xd0\xbf", mode), 1);
	assert_int_equal(count("[a](", mode), 1);
}

static void markdown(void **state)
{
	const enum tobs_parse_mode mode = TOBS_PARSE_MODE_MARKDOWN;

	(void)state;
	assert_int_equal(count("*b* _i_ [t](u) `c` 1.2~|", mode), 13);
	assert_int_equal(count("\\_a", mode), 2);
}

static struct botapi_body body;
static struct tobs_err err;

static int setup(void **state)
{
	(void)state;
	botapi_body_init(&body, 1 << 20);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	botapi_body_deinit(&body);
	return 0;
}

static int send_text(size_t characters, const char *each, enum tobs_parse_mode mode, unsigned flags)
{
	size_t len = strlen(each);
	char *text = malloc(characters * len + 1);
	int r;

	for (size_t i = 0; i < characters; i++)
		memcpy(text + i * len, each, len);
	text[characters * len] = 0;
	r = botapi_encode(TOBS_METHOD_SEND_MESSAGE,
		&(struct tobs_send_message){ .chat_id = 1, .text = text, .parse_mode = mode },
		flags, &body, &err);
	free(text);
	return r;
}

static void texts(void **state)
{
	(void)state;
	assert_ok(send_text(4096, "a", TOBS_PARSE_MODE_NONE, 0));
	assert_code(send_text(4097, "a", TOBS_PARSE_MODE_NONE, 0), TOBS_EINVAL);
	assert_string_equal(
		err.message, "sendMessage: text: 4097 characters, allowed are 1 to 4096");
	assert_ok(send_text(4097, "a", TOBS_PARSE_MODE_NONE, BOTAPI_UNCHECKED));
	assert_ok(send_text(4096, "\xf0\x9f\x98\x80", TOBS_PARSE_MODE_NONE, 0));
	assert_ok(send_text(4096, "<i>\xd0\xbf</i>", TOBS_PARSE_MODE_HTML, 0));
	assert_code(send_text(4097, "<i>\xd0\xbf</i>", TOBS_PARSE_MODE_HTML, 0), TOBS_EINVAL);
	assert_ok(send_text(4096, "\\.", TOBS_PARSE_MODE_MARKDOWN_V2, 0));
	assert_code(send_text(4097, "\\.", TOBS_PARSE_MODE_MARKDOWN_V2, 0), TOBS_EINVAL);
	assert_code(send_text(0, "", TOBS_PARSE_MODE_NONE, 0), TOBS_EINVAL);
	assert_string_equal(
		err.message, "sendMessage: text: empty, allowed are 1 to 4096 characters");
	/* All of it is markup or space, as far as we can tell: the server decides. */
	assert_ok(send_text(1, "<b>", TOBS_PARSE_MODE_HTML, 0));
	assert_ok(send_text(1, " ", TOBS_PARSE_MODE_NONE, 0));
}

static int one_button(const char *data)
{
	return botapi_encode(TOBS_METHOD_SEND_MESSAGE,
		&(struct tobs_send_message){
			.chat_id = 1,
			.text = "x",
			.reply_markup.inline_keyboard =
				&(struct tobs_inline_keyboard_markup){
					.inline_keyboard = TOBS_ARRAY(
						struct tobs_inline_keyboard_button_array,
						TOBS_ARRAY(struct tobs_inline_keyboard_button,
							{ .text = "a", .callback_data = "b" },
							{ .text = "c", .callback_data = data })) },
		},
		0, &body, &err);
}

static void bytes(void **state)
{
	char data[66];

	(void)state;
	memset(data, 'x', sizeof data);
	data[64] = 0;
	assert_ok(one_button(data));
	memcpy(data + 62, "\xd0\xbf\xd0", 4);
	data[64] = 'y';
	data[65] = 0;
	assert_code(one_button(data), TOBS_EINVAL);
	assert_string_equal(err.message,
		"sendMessage: reply_markup.inline_keyboard[0][1].callback_data: 65 bytes, allowed are 1 to 64");
	assert_code(one_button(""), TOBS_EINVAL);
}

static void items_and_ranges(void **state)
{
	static const int64_t ids[101] = { 1 };
	struct tobs_delete_messages d = { .chat_id = 1, .message_ids = { ids, 100 } };
	struct tobs_get_updates u = { .limit = 100 };

	(void)state;
	assert_ok(botapi_encode(TOBS_METHOD_DELETE_MESSAGES, &d, 0, &body, &err));
	d.message_ids.count = 101;
	assert_code(botapi_encode(TOBS_METHOD_DELETE_MESSAGES, &d, 0, &body, &err), TOBS_EINVAL);
	assert_string_equal(
		err.message, "deleteMessages: message_ids: 101 items, allowed are 1 to 100");
	d.message_ids.count = 0;
	assert_code(botapi_encode(TOBS_METHOD_DELETE_MESSAGES, &d, 0, &body, &err), TOBS_EINVAL);
	assert_ok(botapi_encode(TOBS_METHOD_GET_UPDATES, &u, 0, &body, &err));
	u.limit = 101;
	assert_code(botapi_encode(TOBS_METHOD_GET_UPDATES, &u, 0, &body, &err), TOBS_EINVAL);
	assert_string_equal(err.message, "getUpdates: limit: 101, allowed are 1 to 100");
	u.limit = -1;
	assert_code(botapi_encode(TOBS_METHOD_GET_UPDATES, &u, 0, &body, &err), TOBS_EINVAL);
	u.limit = 0; /* left out */
	assert_ok(botapi_encode(TOBS_METHOD_GET_UPDATES, &u, 0, &body, &err));
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(plain_text),
		TEST(html),
		TEST(markdown_v2),
		TEST(markdown),
		TEST(texts),
		TEST(bytes),
		TEST(items_and_ranges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
