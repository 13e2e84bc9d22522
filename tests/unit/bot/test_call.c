/* SPDX-License-Identifier: MIT */
/* What becomes of calls that fail. */
#include "support/bot_run.h"

#include "bot/policy.h"

#define REFUSAL(code, text) "{\"ok\":false,\"error_code\":" #code ",\"description\":\"" text "\"}"

static struct tobs_err last;
static int result;

/* Opens the bot without taking updates; the first call is number 1. */
static void open_bot(void)
{
	bot_make();
	assert_ok(tobs_bot_open(bot, NULL));
}

static void close_bot(void)
{
	tobs_bot_free(bot);
	bot_peer_stop(&peer);
	tobs_log_forget();
	bot_options = (struct tobs_bot_options){ NULL };
}

static int send_to(int64_t chat)
{
	const struct tobs_message *m = NULL;
	struct tobs_scope scope;

	tobs_scope_begin(&scope);
	result = tobs_send_message(
		bot, &(struct tobs_send_message){ .chat_id = chat, .text = "x" }, &m);
	last = *tobs_last_err();
	if (!result)
		assert_non_null(m);
	tobs_scope_end(&scope);
	return result;
}

FIBER_TEST(the_last_error_is_told)
{
	open_bot();
	bot_peer_answer(&peer, "sendMessage", 400, REFUSAL(400, "Bad Request: chat not found"));
	assert_code(send_to(5), TOBS_EINVAL);
	assert_string_equal(last.message, "sendMessage: 400 Bad Request: chat not found");
	assert_int_equal(last.status, 400);
	assert_code(tobs_send_message(bot, &(struct tobs_send_message){ .text = "x" }, NULL),
		TOBS_EINVAL);
	/* A result needs a place to lie in. */
	const struct tobs_message *m;
	assert_code(tobs_send_message(
			    bot, &(struct tobs_send_message){ .chat_id = 1, .text = "x" }, &m),
		TOBS_EINVAL);
	assert_int_equal(peer.call_count, 1);
	close_bot();
	return TOBS_OK;
}

static int send_one(void *arg)
{
	return send_to(*(int64_t *)arg);
}

/* As long as Telegram says, to the millisecond, and for everybody. */
FIBER_TEST(a_429_is_waited_out)
{
	struct tobs_group group;
	int64_t chats[] = { 5, 6 };

	open_bot();
	bot_peer_answer(&peer, "sendMessage", 429,
		"{\"ok\":false,\"error_code\":429,\"description\":\"Too Many Requests: retry after 7\","
		"\"parameters\":{\"retry_after\":7}}");
	tobs_group_init(&group, 0);
	assert_ok(tobs_group_spawn(&group, send_one, &chats[0], NULL));
	bot_peer_call(&peer, 1);
	assert_ok(tobs_sleep(50));
	assert_ok(tobs_group_spawn(&group, send_one, &chats[1], NULL));
	assert_ok(tobs_group_wait(&group));
	assert_int_equal(peer.call_count, 3);
	assert_true(peer.called_at[1] - peer.called_at[0] >= 7000);
	assert_true(peer.called_at[2] - peer.called_at[0] >= 7000);
	assert_true(peer.called_at[2] - peer.called_at[0] < 7100);
	close_bot();
	return TOBS_OK;
}

/* How long it takes to send a message to each of `count` chats, ms. */
static int64_t send_many(int count)
{
	size_t first = peer.call_count;

	for (int i = 0; i < count; i++)
		assert_ok(send_to(100 + i));
	return peer.called_at[peer.call_count - 1] - peer.called_at[first];
}

static void refuse_for_a_second(const char *method)
{
	bot_peer_answer(&peer, method, 429,
		"{\"ok\":false,\"error_code\":429,\"parameters\":{\"retry_after\":1}}");
}

/* Only one for a message means that messages were too many: setWebhook has a limit of its own. */
FIBER_TEST(a_429_makes_careful)
{
	bot_options.pace = TOBS_PACE_NONE;
	open_bot();
	refuse_for_a_second("deleteWebhook");
	assert_ok(tobs_delete_webhook(bot, NULL));
	assert_in_range(send_many(90), 0, 900);
	refuse_for_a_second("sendMessage");
	assert_ok(send_to(5));
	assert_in_range(send_many(90), 1900, 60000);
	close_bot();
	return TOBS_OK;
}

FIBER_TEST(a_429_that_is_too_long)
{
	bot_options.wait_ms = 5000;
	open_bot();
	bot_peer_answer(&peer, "sendMessage", 429,
		"{\"ok\":false,\"error_code\":429,\"parameters\":{\"retry_after\":6}}");
	assert_code(send_to(5), TOBS_EFLOOD);
	assert_int_equal(last.seconds, 6);
	close_bot();
	return TOBS_OK;
}

FIBER_TEST(the_group_has_moved)
{
	open_bot();
	bot_peer_answer(&peer, "sendMessage", 400,
		"{\"ok\":false,\"error_code\":400,\"description\":\"Bad Request: group chat was upgraded "
		"to a supergroup chat\",\"parameters\":{\"migrate_to_chat_id\":-1009}}");
	assert_ok(send_to(-9));
	assert_string_equal(bot_peer_call(&peer, 1), "sendMessage {\"chat_id\":-9,\"text\":\"x\"}");
	assert_string_equal(
		bot_peer_call(&peer, 2), "sendMessage {\"chat_id\":-1009,\"text\":\"x\"}");
	/* Once: a server that goes on like that is not followed for ever. */
	for (int i = 0; i < 2; i++)
		bot_peer_answer(&peer, "sendMessage", 400,
			"{\"ok\":false,\"error_code\":400,\"parameters\":{\"migrate_to_chat_id\":-1009}}");
	assert_code(send_to(-9), TOBS_EINVAL);
	assert_int_equal(peer.call_count, 4);
	close_bot();
	return TOBS_OK;
}

FIBER_TEST(not_modified_is_fine)
{
	const struct tobs_message *m = NULL;
	struct tobs_scope scope;

	open_bot();
	tobs_scope_begin(&scope);
	bot_peer_answer(&peer, "editMessageText", 400,
		REFUSAL(400,
			"Bad Request: message is not modified: specified new message content"));
	m = (const void *)&scope;
	assert_ok(tobs_edit_message_text(bot,
		&(struct tobs_edit_message_text){ .chat_id = 1, .message_id = 2, .text = "x" },
		&m));
	assert_null(m);
	tobs_scope_end(&scope);
	close_bot();
	return TOBS_OK;
}

FIBER_TEST(blocked_marks_the_chat)
{
	bool gone = true;

	open_bot();
	assert_ok(tobs_chat_gone(bot, 5, &gone));
	assert_false(gone);
	bot_peer_answer(
		&peer, "sendMessage", 403, REFUSAL(403, "Forbidden: bot was blocked by the user"));
	assert_code(send_to(5), TOBS_EPERM);
	assert_ok(tobs_chat_gone(bot, 5, &gone));
	assert_true(gone);
	bot_peer_answer(&peer, "sendMessage", 403,
		REFUSAL(403, "Forbidden: not enough rights to send text messages to the chat"));
	assert_code(send_to(6), TOBS_EPERM);
	assert_ok(tobs_chat_gone(bot, 6, &gone));
	assert_false(gone);
	close_bot();
	return TOBS_OK;
}

FIBER_TEST(trouble_is_tried_again)
{
	open_bot();
	bot_peer_answer(&peer, "sendMessage", 502, "<html>Bad Gateway</html>");
	bot_peer_answer(&peer, "sendMessage", 500, REFUSAL(500, "Internal Server Error: restart"));
	assert_ok(send_to(5));
	assert_int_equal(peer.call_count, 3);
	assert_true(peer.called_at[1] - peer.called_at[0] >= 250);
	assert_true(peer.called_at[2] - peer.called_at[1] >= 500);
	/* Whether that was sent nobody knows: not twice. */
	bot_peer_answer(&peer, "sendMessage", 504, "<html>Gateway Timeout</html>");
	assert_code(send_to(5), TOBS_EAGAIN);
	assert_int_equal(peer.call_count, 4);
	/* What can be done twice is. */
	bot_peer_answer(&peer, "deleteMessage", 504, "<html>Gateway Timeout</html>");
	assert_ok(tobs_delete_message(
		bot, &(struct tobs_delete_message){ .chat_id = 1, .message_id = 2 }));
	assert_int_equal(peer.call_count, 6);
	close_bot();
	return TOBS_OK;
}

FIBER_TEST(in_the_end_it_is_told)
{
	bot_options.retries = 2;
	open_bot();
	for (int i = 0; i < 3; i++)
		bot_peer_answer(&peer, "sendMessage", 500, REFUSAL(500, "Internal Server Error"));
	assert_code(send_to(5), TOBS_EAGAIN);
	assert_int_equal(peer.call_count, 3);
	assert_int_equal(last.status, 500);
	close_bot();
	return TOBS_OK;
}

/* After five failures the server is asked a call at a time. */
FIBER_TEST(the_breaker_spares_the_server)
{
	bot_options.retries = -1;
	bot_options.pace = TOBS_PACE_NONE;
	open_bot();
	for (int i = 0; i < 6; i++)
		bot_peer_answer(&peer, "sendMessage", 500, REFUSAL(500, "Internal Server Error"));
	for (int i = 0; i < 5; i++)
		assert_code(send_to(5), TOBS_EAGAIN);
	assert_code(send_to(5), TOBS_EAGAIN);
	assert_non_null(strstr(last.message, "not asked"));
	assert_int_equal(peer.call_count, 5);
	assert_ok(tobs_sleep(1000));
	assert_code(send_to(5), TOBS_EAGAIN);
	assert_int_equal(peer.call_count, 6);
	assert_ok(tobs_sleep(2000));
	assert_ok(send_to(5));
	assert_ok(send_to(5));
	close_bot();
	return TOBS_OK;
}

/* A call that is not let through comes back when it is worth it. */
FIBER_TEST(the_breaker_says_when)
{
	bot_options.retries = 1;
	bot_options.pace = TOBS_PACE_NONE;
	open_bot();
	for (int i = 0; i < 5; i++)
		bot_peer_answer(&peer, "sendMessage", 500, REFUSAL(500, "Internal Server Error"));
	for (int i = 0; i < 3; i++)
		assert_code(send_to(5), TOBS_EAGAIN);
	assert_int_equal(peer.call_count, 5);
	assert_ok(send_to(5));
	assert_true(peer.called_at[5] - peer.called_at[4] >= 1000);
	close_bot();
	return TOBS_OK;
}

FIBER_TEST(a_bad_token_stops_the_bot)
{
	bot_make();
	bot_peer_answer(&peer, "getMe", 401, REFUSAL(401, "Unauthorized"));
	bot_start();
	assert_code(bot_end(), TOBS_EAUTH);
	return TOBS_OK;
}

/* Thirty at once, thirty a second: bulk is kept to Telegram's rates. */
FIBER_TEST(bulk_is_paced)
{
	struct tobs_group group;
	static int64_t chats[60];

	open_bot();
	tobs_group_init(&group, 0);
	for (size_t i = 0; i < ARRAY_LEN(chats); i++) {
		chats[i] = (int64_t)i + 1;
		assert_ok(tobs_group_spawn(&group, send_one, &chats[i], NULL));
	}
	assert_ok(tobs_group_wait(&group));
	assert_int_equal(peer.call_count, 60);
	for (size_t i = 30; i < 60; i++)
		assert_true(peer.called_at[i] - peer.called_at[i - 30] >= 950);
	assert_true(peer.called_at[59] - peer.called_at[0] < 1500);
	close_bot();
	return TOBS_OK;
}

/* Those that wait for their turn when it is put on feel the brake as well. */
FIBER_TEST(the_brake_is_for_all)
{
	struct tobs_group group;
	static int64_t chats[60];

	open_bot();
	bot_peer_answer(&peer, "sendMessage", 429,
		"{\"ok\":false,\"error_code\":429,\"parameters\":{\"retry_after\":5}}");
	tobs_group_init(&group, 0);
	for (size_t i = 0; i < ARRAY_LEN(chats); i++) {
		chats[i] = (int64_t)i + 1;
		assert_ok(tobs_group_spawn(&group, send_one, &chats[i], NULL));
	}
	assert_ok(tobs_group_wait(&group));
	assert_int_equal(peer.call_count, 61);
	for (size_t i = 30; i < 61; i++)
		assert_true(peer.called_at[i] - peer.called_at[0] >= 4990);
	close_bot();
	return TOBS_OK;
}

/* What is paid for need not wait for the thirty a second. */
FIBER_TEST(paid_broadcasts)
{
	open_bot();
	for (int i = 1; i <= 100; i++)
		assert_ok(tobs_send_message(bot,
			&(struct tobs_send_message){
				.chat_id = i, .text = "x", .allow_paid_broadcast = true },
			NULL));
	assert_true(peer.called_at[99] - peer.called_at[0] < 900);
	close_bot();
	return TOBS_OK;
}

FIBER_TEST(no_pace_when_none_is_wanted)
{
	bot_options.pace = TOBS_PACE_NONE;
	open_bot();
	for (int i = 0; i < 100; i++)
		assert_ok(send_to(5));
	assert_true(peer.called_at[99] - peer.called_at[0] < 900);
	close_bot();
	return TOBS_OK;
}

static int shout(struct tobs_call *call, void *user)
{
	const struct tobs_send_message *m = call->args;
	struct tobs_send_message loud;

	(void)user;
	if (call->method != TOBS_METHOD_SEND_MESSAGE)
		return tobs_call_next(call);
	if (m->chat_id == 13)
		return TOBS_EPERM;
	loud = *m;
	loud.text = "X";
	call->args = &loud;
	return tobs_call_next(call);
}

FIBER_TEST(middleware_around_calls)
{
	bot_make();
	assert_ok(tobs_use_call(bot, shout, NULL));
	assert_ok(tobs_bot_open(bot, NULL));
	assert_ok(send_to(5));
	assert_string_equal(bot_peer_call(&peer, 1), "sendMessage {\"chat_id\":5,\"text\":\"X\"}");
	assert_code(send_to(13), TOBS_EPERM);
	assert_int_equal(peer.call_count, 1);
	close_bot();
	return TOBS_OK;
}

static enum policy policy(enum tobs_method m, int code, int status, const char *name, bool sent)
{
	struct tobs_err e = { .code = code, .status = status };

	snprintf(e.name, sizeof e.name, "%s", name);
	snprintf(e.message, sizeof e.message, "x: %d %s", status, name);
	return policy_of(m, &e, sent);
}

static void policies(void **state)
{
	const enum tobs_method send = TOBS_METHOD_SEND_PHOTO, get = TOBS_METHOD_GET_CHAT;

	(void)state;
	assert_int_equal(policy(send, TOBS_ENET, 0, "", false), POLICY_AGAIN);
	assert_int_equal(policy(send, TOBS_ENET, 0, "", true), POLICY_FAIL);
	assert_int_equal(policy(get, TOBS_ENET, 0, "", true), POLICY_AGAIN);
	assert_int_equal(
		policy(send, TOBS_ENOTFOUND, 0, "", false), POLICY_AGAIN); /* no such host, now */
	assert_int_equal(policy(send, TOBS_ENOTFOUND, 404, "Not Found: method not found", true),
		POLICY_FAIL);
	assert_int_equal(policy(get, TOBS_EAUTH, 401, "Unauthorized", true), POLICY_STOP);
	assert_int_equal(policy(send, TOBS_EFLOOD, 429, "Too Many Requests", true), POLICY_WAIT);
	assert_int_equal(
		policy(send, TOBS_EPERM, 403, "Forbidden: user is deactivated", true), POLICY_GONE);
	assert_int_equal(
		policy(send, TOBS_EINVAL, 400, "Bad Request: wrong file", true), POLICY_FAIL);
	assert_int_equal(policy(send, TOBS_EPROTO, 200, "", true), POLICY_FAIL);
	assert_int_equal(policy(send, TOBS_ECANCELED, 0, "", true), POLICY_FAIL);
	assert_int_equal(policy(send, TOBS_EAGAIN, 500, "", true), POLICY_AGAIN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fiber_unit_test(the_last_error_is_told),
		fiber_unit_test(a_429_is_waited_out),
		fiber_unit_test(a_429_makes_careful),
		fiber_unit_test(a_429_that_is_too_long),
		fiber_unit_test(the_group_has_moved),
		fiber_unit_test(not_modified_is_fine),
		fiber_unit_test(blocked_marks_the_chat),
		fiber_unit_test(trouble_is_tried_again),
		fiber_unit_test(in_the_end_it_is_told),
		fiber_unit_test(the_breaker_spares_the_server),
		fiber_unit_test(the_breaker_says_when),
		fiber_unit_test(a_bad_token_stops_the_bot),
		fiber_unit_test(bulk_is_paced),
		fiber_unit_test(the_brake_is_for_all),
		fiber_unit_test(paid_broadcasts),
		fiber_unit_test(no_pace_when_none_is_wanted),
		fiber_unit_test(middleware_around_calls),
		cmocka_unit_test(policies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
