/* SPDX-License-Identifier: MIT */
/* The kit for testing bots: what people do, what it sees of the bot, and what it lets happen. */
#include "scene.h"

/* ---- what people do ---- */

static void talks(void **state ATTR_UNUSED)
{
	struct tobs_test_user *bo = tobs_test_user(t, "Bo");

	tobs_test_say(ada, "/start");
	tobs_test_say(bo, "/start");
	tobs_test_expect_text(ada, "Hello, Ada");
	assert_non_null(tobs_test_message(ada));
	assert_int_equal(tobs_test_message(ada)->chat->id, tobs_test_user_id(ada));
	tobs_test_expect_text(bo, "Hello, Bo");
	tobs_test_expect_nothing(ada);
	tobs_test_say(ada, "it's \"quoted\"\n%s 'so'");
	tobs_test_expect_text(ada, "it's \"quoted\"\n%s 'so'");
	tobs_test_say(ada, "/language");
	tobs_test_expect_text(ada, "(none)");
	tobs_test_language(ada, "pt-br");
	tobs_test_say(ada, "/language");
	tobs_test_expect_text(ada, "pt-br");
	tobs_test_say(ada, "one two three");
	tobs_test_expect_like(ada, "one*three");
	tobs_test_expect_nothing(ada);
	tobs_test_expect_nothing(bo);
	assert_fine();
}

static void presses_buttons(void **state ATTR_UNUSED)
{
	tobs_test_say(ada, "/ask");
	tobs_test_expect_text(ada, "Well?");
	tobs_test_expect_keyboard(ada, "Yes|No\nLater");
	tobs_test_press(ada, "No");
	tobs_test_expect_answer(ada, "Noted");
	tobs_test_expect_edit(ada, "q:n");
	tobs_test_expect_keyboard(ada, "");
	tobs_test_say(ada, "/ask");
	tobs_test_expect_text(ada, "Well?");
	tobs_test_press(ada, "Later");
	tobs_test_expect_answer(ada, "");
	tobs_test_expect_edit(ada, "q:l");
	/* A note is found also behind an answer that had none. */
	tobs_test_say(ada, "/ask");
	tobs_test_press(ada, "Later");
	tobs_test_say(ada, "/ask");
	tobs_test_press(ada, "Yes");
	tobs_test_expect_answer(ada, "Noted");
	tobs_test_skip(ada);
	tobs_test_say(ada, "/menu");
	tobs_test_expect_text(ada, "Drink");
	tobs_test_expect_keyboard(ada, "Tea|Milk");
	tobs_test_press(ada, "Milk");
	tobs_test_expect_text(ada, "Milk");
	tobs_test_expect_nothing(ada);
	assert_fine();
	assert_says(tobs_test_press(ada, "Beer"), "there is no button \"Beer\"");
}

static void chooses_inline_results(void **state ATTR_UNUSED)
{
	tobs_test_inline(ada, "Milk");
	tobs_test_expect_inline(ada, "Tea|Milk");
	tobs_test_choose(ada, "Tea");
	tobs_test_expect_text(ada, "a cup of tea");
	tobs_test_expect_nothing(ada);
	tobs_test_inline(ada, "Beer");
	assert_fine();
	assert_says(tobs_test_expect_nothing(ada), "the bot offered \"Tea|Beer\"");
	assert_says(tobs_test_choose(ada, "Milk"), "there is no result \"Milk\"");
	assert_says(tobs_test_expect_inline(ada, "Tea|Milk"), "the bot offered \"Tea|Beer\"");
	assert_says(tobs_test_expect_inline(ada, "Tea"), "the bot did nothing");
}

static void pays(void **state ATTR_UNUSED)
{
	int64_t before;

	tobs_test_say(ada, "/sell");
	tobs_test_expect_media(ada, "invoice");
	assert_string_equal(tobs_test_pay(ada, NULL), "gone");
	before = tobs_test_time(t);
	assert_non_null(tobs_test_pay(ada, NULL)); /* after ten seconds without an answer */
	assert_int_equal(tobs_test_time(t) - before, 10000);
	tobs_test_advance(t, 60000); /* the handler that slept comes to its end */
	assert_null(tobs_test_pay(ada, NULL));
	tobs_test_expect_text(ada, "paid");
	tobs_test_expect_nothing(ada);
	assert_fine();
	assert_non_null(tobs_test_pay(tobs_test_user(t, "Bo"), NULL));
	assert_non_null(strstr(said, "in the chat with Bo"));
}

static void edits_answers_and_sends(void **state ATTR_UNUSED)
{
	struct tobs_scope scope;
	struct tobs_buf data;
	int64_t start;
	struct tmpdir dir;

	tobs_test_say(ada, "won");
	tobs_test_expect_text(ada, "won");
	tobs_test_edit(ada, "one");
	tobs_test_expect_text(ada, "now one");
	tobs_test_answer(ada, "why?");
	tobs_test_expect_text(ada, "to now one");
	tobs_test_send(ada, "photo", NULL, 5000, "me");
	tobs_test_expect_text(ada, "a photo");
	tmpdir_init(&dir);
	write_file(tmpdir_file(&dir, "notes.txt"), "one two", 7);
	tobs_test_send(ada, "file", tmpdir_file(&dir, "notes.txt"), 0, "three");
	tmpdir_deinit(&dir);
	tobs_test_expect_text(ada, "notes.txt: one two (three)");
	start = tobs_test_time(t);
	tobs_scope_begin(&scope);
	assert_ok(tobs_send_document(tobs_test_bot(t),
		&(struct tobs_send_document){ .chat_id = tobs_test_chat_id(ada),
			.document = tobs_file_memory("back", 4, "back.txt") },
		NULL));
	tobs_test_expect_media(ada, "document");
	tobs_buf_init(&data, 100);
	assert_ok(tobs_bot_download_buf(
		tobs_test_bot(t), tobs_test_message(ada)->document->file_id, &data));
	assert_string_equal(tobs_buf_str(&data), "back");
	tobs_buf_deinit(&data);
	tobs_scope_end(&scope);
	assert_int_equal(tobs_test_time(t), start); /* what takes no time lets none pass */
	tobs_test_send_location(ada, 52.5, 13.4);
	tobs_test_expect_text(ada, "a place");
	tobs_test_send_contact(ada, "+491234");
	tobs_test_expect_text(ada, "a contact");
	tobs_test_say(ada, "/gone");
	tobs_test_expect_text(ada, "oops");
	tobs_test_expect_deleted(ada);
	tobs_test_expect_nothing(ada);
	assert_fine();
}

static void meets_in_groups(void **state ATTR_UNUSED)
{
	struct tobs_test_user *bo = tobs_test_user(t, "Bo"), *here, *there;

	here = tobs_test_found(ada, "supergroup", "Garden");
	tobs_test_do(here,
		"{'do':'member','by':$me,'chat':$chat,'member':{'user':$bot,'role':'admin'}}");
	there = tobs_test_join(bo, here);
	assert_fine();
	assert_int_equal(tobs_test_chat_id(here), tobs_test_chat_id(there));
	assert_true(tobs_test_chat_id(here) < 0);
	tobs_test_expect_text(here, "Bo came");
	tobs_test_say(there, "/start");
	tobs_test_expect_text(here, "Hello, Bo");
	tobs_test_answer(there, "thanks");
	tobs_test_expect_text(there, "to Hello, Bo");
	tobs_test_leave(there);
	tobs_test_expect_text(here, "Bo went");
	tobs_test_expect_nothing(here);
	tobs_test_expect_nothing(ada);
	assert_fine();
}

/* In privacy mode a bot in a group hears commands, answers to it, and nothing else. */
static void has_privacy_mode(void **state ATTR_UNUSED)
{
	struct tobs_test_user *here;

	options.privacy = true;
	options.username = "shy_bot";
	t = tobs_test_new(&options);
	ada = tobs_test_user(t, "Ada");
	here = tobs_test_found(ada, "group", "Garden");
	tobs_test_say(here, "hello");
	tobs_test_expect_nothing(here);
	tobs_test_say(here, "/start@shy_bot");
	tobs_test_expect_text(here, "Hello, Ada");
	tobs_test_answer(here, "thanks");
	tobs_test_expect_text(here, "to Hello, Ada");
	assert_fine();
}

/* Private messages and those of basic groups have another number for each who sees them. */
static void answers_by_its_own_numbers(void **state ATTR_UNUSED)
{
	struct tobs_test_user *bo = tobs_test_user(t, "Bo");
	char say[128];

	tobs_test_say(bo, "hello");
	snprintf(say, sizeof say, "{'do':'say','by':$me,'chat':%lld,'text':'psst'}",
		(long long)tobs_test_user_id(bo));
	for (int i = 0; i < 3; i++)
		assert_non_null(tobs_test_do(ada, say));
	tobs_test_say(ada, "one");
	tobs_test_say(ada, "two");
	tobs_test_answer(ada, "why?");
	tobs_test_skip(bo);
	tobs_test_expect_text(ada, "one");
	tobs_test_expect_text(ada, "two");
	tobs_test_expect_text(ada, "to two");
	assert_fine();
}

static void follows_a_group(void **state ATTR_UNUSED)
{
	struct tobs_test_user *old = tobs_test_found(ada, "group", "Old");
	struct tobs_test_user *new = tobs_test_found(ada, "supergroup", "New");

	tobs_test_fault(t,
		&(struct tobs_test_fault){ .method = "sendMessage",
			.status = 400,
			.migrate_to = tobs_test_chat_id(new) });
	tobs_test_say(old, "/start");
	tobs_test_expect_text(new, "Hello, Ada");
	tobs_test_expect_nothing(old);
	assert_fine();
}

static void knows_people_of_a_world(void **state ATTR_UNUSED)
{
	static const char world[] =
		"{\"tobs_world\":1,\"users\":[{\"key\":\"ivy\",\"id\":77,\"first_name\":\"Ivy\","
		"\"account\":{}}]}";
	struct tobs_test_user *ivy;
	struct tmpdir dir;

	tmpdir_init(&dir);
	write_file(tmpdir_file(&dir, "world.json"), world, sizeof world - 1);
	options.world = tmpdir_file(&dir, "world.json");
	t = tobs_test_new(&options); /* in place of the one that was left */
	tmpdir_deinit(&dir);
	ivy = tobs_test_known(t, "ivy");
	tobs_test_say(ivy, "/start");
	tobs_test_expect_text(ivy, "Hello, Ivy");
	assert_fine();
	assert_int_equal(tobs_test_user_id(ivy), 77);
	assert_null(tobs_test_known(t, "bo"));
	assert_non_null(strstr(said, "the world has nobody \"bo\""));
	assert_int_equal(tobs_test_free(t), 1);
}

/* ---- time, faults, restarts ---- */

static void passes_time_when_told(void **state ATTR_UNUSED)
{
	int64_t start = tobs_test_time(t);

	assert_int_equal(start, INT64_C(1767614400000));
	tobs_test_say(ada, "/slow");
	tobs_test_expect_nothing(ada);
	assert_int_equal(tobs_test_time(t), start);
	tobs_test_advance(t, 3599 * 1000);
	tobs_test_expect_nothing(ada);
	tobs_test_advance(t, 1000);
	tobs_test_expect_text(ada, "an hour later");
	assert_int_equal(tobs_test_message(ada)->date, start / 1000 + 3600);
	assert_fine();
	assert_int_equal(tobs_test_time(t), start + 3600 * 1000);
	assert_says(tobs_test_advance(t, -1), "time goes forward only");
}

static void refuses_when_told(void **state ATTR_UNUSED)
{
	tobs_test_fault(t,
		&(struct tobs_test_fault){
			.method = "sendMessage", .status = 429, .retry_after = 5 });
	tobs_test_say(ada, "one");
	tobs_test_expect_nothing(ada);
	assert_int_equal(tobs_test_calls(t, "sendMessage"), 1);
	tobs_test_advance(t, 4999);
	tobs_test_expect_nothing(ada);
	tobs_test_advance(t, 1001);
	tobs_test_expect_text(ada, "one");
	assert_int_equal(tobs_test_calls(t, "sendMessage"), 2);
	tobs_test_fault(t, &(struct tobs_test_fault){ .status = 429, .method = "sendMessage" });
	tobs_test_say(ada, "one");
	tobs_test_advance(t, 900); /* a second, when nothing else is said */
	tobs_test_expect_nothing(ada);
	tobs_test_advance(t, 1100);
	tobs_test_expect_text(ada, "one");
	tobs_test_fault(t, &(struct tobs_test_fault){ .status = 403, .method = "sendMessage" });
	tobs_test_say(ada, "two");
	tobs_test_expect_nothing(ada);
	tobs_test_say(ada, "three");
	tobs_test_expect_text(ada, "three");
	assert_fine();
	assert_says(tobs_test_fault(t, &(struct tobs_test_fault){ .status = 200 }), "400 to 599");
	assert_says(
		tobs_test_fault(t, &(struct tobs_test_fault){ .status = 500, .method = "send" }),
		"no method \"send\"");
}

static void loses_what_it_is_told_to(void **state ATTR_UNUSED)
{
	/* Done, but the bot does not hear of it, and does not do it twice. */
	tobs_test_network(t, "lost=sendMessage");
	tobs_test_say(ada, "one");
	tobs_test_advance(t, 60000);
	tobs_test_expect_text(ada, "one");
	tobs_test_expect_nothing(ada);
	tobs_test_network(t, "lost=");
	/* Not done, and done then. */
	tobs_test_network(t, "gateway=sendMessage:502");
	tobs_test_say(ada, "two");
	tobs_test_expect_nothing(ada);
	tobs_test_network(t, "gateway=");
	tobs_test_advance(t, 60000);
	tobs_test_expect_text(ada, "two");
	tobs_test_network(t, "latency=2000");
	tobs_test_say(ada, "three");
	tobs_test_advance(t, 10000);
	tobs_test_expect_text(ada, "three");
	assert_fine();
	assert_says(tobs_test_network(t, "mice=1"), "mice=1: ");
}

static void is_blocked(void **state ATTR_UNUSED)
{
	bool gone = false;

	tobs_test_say(ada, "/slow");
	tobs_test_block(ada, true);
	tobs_test_advance(t, 3600 * 1000);
	tobs_test_expect_nothing(ada);
	assert_ok(tobs_chat_gone(tobs_test_bot(t), tobs_test_user_id(ada), &gone));
	assert_true(gone);
	tobs_test_block(ada, false);
	tobs_test_say(ada, "/start");
	tobs_test_expect_text(ada, "Hello, Ada");
	assert_fine();
}

static void restarts(void **state ATTR_UNUSED)
{
	tobs_test_say(ada, "one");
	tobs_test_restart(t);
	tobs_test_say(ada, "two");
	tobs_test_stop(t);
	tobs_test_say(ada, "three");
	assert_int_equal(handled, 2);
	tobs_test_start(t);
	tobs_test_expect_text(ada, "one");
	tobs_test_expect_text(ada, "two");
	tobs_test_expect_text(ada, "three");
	tobs_test_expect_nothing(ada);
	assert_fine();
	assert_int_equal(handled, 3);
	assert_says(tobs_test_start(t), "the bot runs already");
}

static bool stopped;

static void on_stop(void *user ATTR_UNUSED)
{
	stopped = true;
}

static void with_hook(struct tobs_bot *bot, void *user)
{
	handlers(bot, user);
	tobs_on_stop(bot, on_stop, NULL);
}

static void is_killed(void **state ATTR_UNUSED)
{
	int64_t before;

	stopped = false;
	options.setup = with_hook;
	t = tobs_test_new(&options);
	ada = tobs_test_user(t, "Ada");
	tobs_test_say(ada, "one");
	tobs_test_say(ada, "/slow");
	before = tobs_test_time(t);
	tobs_test_kill(t);
	assert_int_equal(tobs_test_time(t), before);
	assert_false(stopped);
	tobs_test_advance(t, 2 * 3600 * 1000);
	tobs_test_say(ada, "two");
	tobs_test_expect_text(ada, "one");
	tobs_test_expect_nothing(ada);
	tobs_test_start(t);
	/* What was finished is not done again, what was not is. */
	tobs_test_expect_nothing(ada);
	tobs_test_advance(t, 3600 * 1000);
	tobs_test_expect_text(ada, "an hour later");
	tobs_test_expect_text(ada, "two");
	tobs_test_expect_nothing(ada);
	assert_int_equal(handled, 2);
	tobs_test_kill(t);
	assert_fine();
	assert_says(tobs_test_kill(t), "the bot does not run");
	tobs_test_start(t);
	tobs_test_say(ada, "three");
	tobs_test_expect_text(ada, "three");
	assert_fine();
	assert_int_equal(tobs_test_free(t), 1);
	assert_true(stopped);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		KIT_TEST(talks),
		KIT_TEST(presses_buttons),
		KIT_TEST(chooses_inline_results),
		KIT_TEST(pays),
		KIT_TEST(edits_answers_and_sends),
		KIT_TEST(meets_in_groups),
		KIT_TEST(has_privacy_mode),
		KIT_TEST(answers_by_its_own_numbers),
		KIT_TEST(follows_a_group),
		KIT_TEST(knows_people_of_a_world),
		KIT_TEST(passes_time_when_told),
		KIT_TEST(refuses_when_told),
		KIT_TEST(loses_what_it_is_told_to),
		KIT_TEST(is_blocked),
		KIT_TEST(restarts),
		KIT_TEST(is_killed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
