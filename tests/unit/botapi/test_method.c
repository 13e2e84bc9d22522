/* SPDX-License-Identifier: MIT */
#include "botapi/method.h"

#include <tobs/botapi_methods.h>

#include "support/test.h"

struct row {
	enum tobs_method method;
	enum method_pace pace;
	bool repeatable, chat;
};

static void what_is_known(void **state)
{
	static const struct row rows[] = {
		{ TOBS_METHOD_SEND_MESSAGE, METHOD_MESSAGE, false, true },
		{ TOBS_METHOD_SEND_MEDIA_GROUP, METHOD_MESSAGE, false, true },
		{ TOBS_METHOD_FORWARD_MESSAGE, METHOD_MESSAGE, false, true },
		{ TOBS_METHOD_COPY_MESSAGES, METHOD_MESSAGE, false, true },
		{ TOBS_METHOD_SEND_CHAT_ACTION, METHOD_FREE, true, true },
		{ TOBS_METHOD_EDIT_MESSAGE_TEXT, METHOD_EDIT, true, true },
		{ TOBS_METHOD_EDIT_MESSAGE_REPLY_MARKUP, METHOD_EDIT, true, true },
		{ TOBS_METHOD_DELETE_MESSAGE, METHOD_FREE, true, true },
		{ TOBS_METHOD_ANSWER_CALLBACK_QUERY, METHOD_FREE, true, false },
		{ TOBS_METHOD_GET_ME, METHOD_FREE, true, false },
		{ TOBS_METHOD_GET_UPDATES, METHOD_FREE, true, false },
		{ TOBS_METHOD_SET_WEBHOOK, METHOD_FREE, true, false },
		{ TOBS_METHOD_CREATE_CHAT_INVITE_LINK, METHOD_FREE, false, true },
		{ TOBS_METHOD_SEND_GIFT, METHOD_MESSAGE, false, true },
		{ TOBS_METHOD_REFUND_STAR_PAYMENT, METHOD_FREE, false, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct method_info *info = method_info(rows[i].method);

		assert_int_equal(info->pace, rows[i].pace);
		assert_int_equal(info->repeatable, rows[i].repeatable);
		assert_int_equal(info->chat != NULL, rows[i].chat);
	}
}

static void of_arguments(void **state)
{
	const struct tobs_send_message m = { .chat_id = -7, .allow_paid_broadcast = true };
	const struct tobs_send_message named = { .chat_username = "@x" };
	const struct tobs_forward_messages many = {
		.chat_id = 5,
		.message_ids = TOBS_ARRAY(int64_t, 1, 2, 3),
	};
	const struct tobs_delete_messages deleted = { .message_ids = TOBS_ARRAY(int64_t, 1, 2, 3) };

	(void)state;
	assert_int_equal(method_chat_id(TOBS_METHOD_SEND_MESSAGE, &m), -7);
	assert_int_equal(method_chat_id(TOBS_METHOD_SEND_MESSAGE, &named), 0);
	assert_int_equal(method_chat_id(TOBS_METHOD_SEND_MESSAGE, NULL), 0);
	assert_int_equal(method_chat_id(TOBS_METHOD_GET_ME, NULL), 0);
	assert_int_equal(method_weight(TOBS_METHOD_SEND_MESSAGE, &m), 1);
	assert_int_equal(method_weight(TOBS_METHOD_FORWARD_MESSAGES, &many), 3);
	assert_int_equal(
		method_weight(TOBS_METHOD_FORWARD_MESSAGES, &(struct tobs_forward_messages){ 0 }),
		1);
	assert_int_equal(method_weight(TOBS_METHOD_DELETE_MESSAGES, &deleted), 1);
	assert_true(method_is_paid(TOBS_METHOD_SEND_MESSAGE, &m));
	assert_false(method_is_paid(TOBS_METHOD_SEND_MESSAGE, &named));
	assert_false(method_is_paid(TOBS_METHOD_GET_ME, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_known),
		cmocka_unit_test(of_arguments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
