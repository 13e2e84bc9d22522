/* SPDX-License-Identifier: MIT */
/* The kit for testing bots: what it says of failures, and how a test ends. */
#include "scene.h"

static void says_what_was_there_instead(void **state ATTR_UNUSED)
{
	tobs_test_say(ada, "/start");
	assert_says(tobs_test_expect_text(ada, "Hello, ada"),
		"expected the message \"Hello, ada\", but the bot said \"Hello, Ada\"\n"
		"  in the chat with Ada:\n"
		"    Ada: /start\n"
		"    bot: Hello, Ada\n");
	assert_says(tobs_test_expect_text(ada, "more"), "but the bot did nothing");
	assert_says(tobs_test_expect_edit(ada, "more"), "expected an edit to \"more\"");
	assert_says(tobs_test_expect_answer(ada, "x"),
		"expected the note \"x\", but the bot did nothing");
	assert_says(tobs_test_expect_deleted(ada), "expected a deletion, but the bot did nothing");
	tobs_test_say(ada, "a\nb");
	assert_says(
		tobs_test_expect_nothing(ada), "expected nothing more, but the bot said \"a\nb\"");
	assert_says(tobs_test_expect_deleted(ada), "test_failure.c:");
	assert_says(tobs_test_expect_like(ada, "a*c"), "expected a message like \"a*c\"");
	assert_says(
		tobs_test_expect_keyboard(ada, "x"), "expected the keyboard\nx\nbut it is\n(none)");
	tobs_test_say(ada, "/ask");
	assert_says(tobs_test_expect_media(ada, "photo"), "expected a message with \"photo\"");
	assert_says(tobs_test_expect_keyboard(ada, "Yes\nNo"), "but it is\nYes|No\nLater");
	tobs_test_press(ada, "Yes");
	assert_says(tobs_test_expect_answer(ada, "x"), "the bot answered with the note \"Noted\"");
	assert_says(tobs_test_expect_text(ada, "x"), "but the bot changed a message to \"q:y\"");
	tobs_test_skip(ada);
	assert_int_equal(tobs_test_expect_nothing(ada), 0);
	assert_int_equal(tobs_test_free(t), 1);
}

static void says_what_was_refused(void **state ATTR_UNUSED)
{
	tobs_test_fault(t,
		&(struct tobs_test_fault){
			.method = "sendMessage", .status = 400, .description = "not today" });
	tobs_test_say(ada, "one");
	assert_says(tobs_test_expect_text(ada, "one"),
		"    bot is refused: sendMessage: 400 Bad Request: not today\n"
		"  the bot's log:\n");
	/* What was told once is not told again, and buttons that are answered are no news. */
	tobs_test_say(ada, "/ask");
	tobs_test_press(ada, "Later");
	tobs_test_skip(ada);
	assert_int_equal(tobs_test_expect_text(ada, "x"), -1);
	assert_null(strstr(said, "the bot's log"));
	assert_null(strstr(said, "bot notes"));
	assert_non_null(strstr(said, "    Ada: (presses) Later\n    bot edits: q:l\n"));
}

static void finds_calls(void **state ATTR_UNUSED)
{
	char wanted[128];

	tobs_test_say(ada, "/ask");
	snprintf(wanted, sizeof wanted, "{'chat_id':%lld,'text':'Well?'}",
		(long long)tobs_test_user_id(ada));
	tobs_test_expect_call(t, "getMe", NULL);
	tobs_test_expect_call(t, "sendMessage", wanted);
	assert_fine();
	assert_says(tobs_test_expect_call(t, "sendMessage", wanted), "but there was none");
	tobs_test_say(ada, "/ask");
	assert_says(tobs_test_expect_call(t, "sendMessage", "{'text':'Well'}"),
		"expected the call sendMessage {'text':'Well'}, but there was\n    sendMessage {");
	assert_says(tobs_test_expect_call(t, "sendMessage", "{'text'"), "is no object of JSON");
	assert_says(tobs_test_expect_call(t, "sendMassage", NULL), "no method \"sendMassage\"");
	tobs_test_expect_call(t, "sendMessage",
		"{'reply_markup':{'inline_keyboard':[[{'text':'Yes'},{'text':'No'}],[{}]]}}");
	assert_fine();
	tobs_test_say(ada, "/ask");
	assert_says(tobs_test_expect_call(
			    t, "sendMessage", "{'reply_markup':{'inline_keyboard':[[{}]]}}"),
		"but there was");
	assert_int_equal(tobs_test_calls(t, "sendMessage"), 3);
}

static int broken(void)
{
	return 7;
}

static void says_when_the_bot_ends(void **state ATTR_UNUSED)
{
	char why[128];

	options.program = broken;
	assert_null(tobs_test_new(&options));
	assert_non_null(strstr(said, "the bot has ended and returned 7"));
	options.program = NULL;
	said[0] = 0;
	t = tobs_test_new(&options);
	ada = tobs_test_user(t, "Ada");
	tobs_test_fault(t, &(struct tobs_test_fault){ .method = "sendMessage", .status = 401 });
	snprintf(why, sizeof why, "and returned %d: sendMessage: 401 Unauthorized", TOBS_EAUTH);
	assert_says(tobs_test_say(ada, "one"), why);
}

static jmp_buf out;

static void leave(const char *message ATTR_UNUSED, void *user ATTR_UNUSED)
{
	longjmp(out, 1);
}

/* As test frameworks do. */
static void may_be_left_by_longjmp(void **state)
{
	volatile int left = 0;

	options.fail = leave;
	t = tobs_test_new(&options);
	ada = tobs_test_user(t, "Ada");
	tobs_test_say(ada, "/slow");
	if (setjmp(out))
		left = 1;
	else
		tobs_test_expect_text(ada, "x");
	assert_int_equal(left, 1);
	assert_int_equal(begin(state), 0);
	tobs_test_say(ada, "/start");
	tobs_test_expect_text(ada, "Hello, Ada");
	assert_fine();
	assert_int_equal(tobs_test_free(t), 0);
	assert_int_equal(tobs_test_free(NULL), 1);
}

static void does_what_it_is_told(void **state ATTR_UNUSED)
{
	tobs_test_say(ada, "hm");
	assert_non_null(tobs_test_do(ada,
		"{'do':'react','by':$me,'chat':$chat,'id':$message,'reactions':"
		"[{'_':'reactionEmoji','emoticon':'👍'}]}"));
	assert_fine();
	assert_null(tobs_test_do(ada, "{'do':'react','by':$me,'chat':$bot,'id':99}"));
	assert_non_null(strstr(said, "in the chat with Ada:"));
	assert_null(tobs_test_do(ada, "{'do':'stats'}"));
	assert_non_null(strstr(said, "no MTProto servers"));
}

static void leaves_nothing_behind(void **state ATTR_UNUSED)
{
	struct tmpdir dir;

	tmpdir_init(&dir);
	setenv("TMPDIR", dir.path, 1);
	t = tobs_test_new(&options);
	ada = tobs_test_user(t, "Ada");
	tobs_test_say(ada, "/start");
	assert_int_not_equal(rmdir(dir.path), 0); /* the bot's store is in it */
	assert_int_equal(tobs_test_free(t), 0);
	unsetenv("TMPDIR");
	assert_int_equal(rmdir(dir.path), 0);
}

static void takes_nothing(void **state ATTR_UNUSED)
{
	assert_int_equal(tobs_test_say(NULL, "x"), -1);
	assert_int_equal(tobs_test_expect_text(NULL, "x"), -1);
	assert_int_equal(tobs_test_expect_nothing(NULL), -1);
	assert_int_equal(tobs_test_advance(NULL, 1), -1);
	assert_null(tobs_test_user(NULL, "x"));
	assert_null(tobs_test_message(NULL));
	tobs_test_skip(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		KIT_TEST(says_what_was_there_instead),
		KIT_TEST(says_what_was_refused),
		KIT_TEST(finds_calls),
		KIT_TEST(says_when_the_bot_ends),
		KIT_TEST(may_be_left_by_longjmp),
		KIT_TEST(does_what_it_is_told),
		KIT_TEST(leaves_nothing_behind),
		KIT_TEST(takes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
