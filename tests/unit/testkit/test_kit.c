/* SPDX-License-Identifier: MIT */
/* The kit for testing bots: what it sees, what it lets happen, and what it says of failures. */
#include <tobs/bot.h>
#include <tobs/test.h>

#include "support/tmpdir.h"

/* ---- the bot under test ---- */

static unsigned handled;

static int on_start(struct tobs_ctx *ctx, void *user ATTR_UNUSED)
{
	return tobs_reply(ctx, "Hello, %s", tobs_sender(ctx)->first_name);
}

static int on_echo(struct tobs_ctx *ctx, void *user ATTR_UNUSED)
{
	handled++;
	return tobs_reply(ctx, "%s", tobs_text(ctx));
}

static int on_ask(struct tobs_ctx *ctx, void *user ATTR_UNUSED)
{
	const struct tobs_inline_keyboard_markup keyboard = {
		.inline_keyboard = TOBS_ARRAY(struct tobs_inline_keyboard_button_array,
			TOBS_ARRAY(struct tobs_inline_keyboard_button,
				{ .text = "Yes", .callback_data = "q:y" },
				{ .text = "No", .callback_data = "q:n" }),
			TOBS_ARRAY(struct tobs_inline_keyboard_button,
				{ .text = "Later", .callback_data = "q:l" })),
	};

	return tobs_reply_with(ctx,
		&(struct tobs_send_message){
			.text = "Well?", .reply_markup.inline_keyboard = &keyboard },
		NULL);
}

static int on_pressed(struct tobs_ctx *ctx, void *user ATTR_UNUSED)
{
	int r = tobs_answer(ctx, strcmp(tobs_text(ctx), "q:l") ? "Noted" : NULL);

	return r ? r : tobs_edit(ctx, tobs_text(ctx), NULL);
}

static int on_menu(struct tobs_ctx *ctx, void *user ATTR_UNUSED)
{
	const struct tobs_reply_keyboard_markup keyboard = {
		.keyboard = TOBS_ARRAY(struct tobs_keyboard_button_array,
			TOBS_ARRAY(struct tobs_keyboard_button, { .text = "Tea" },
				{ .text = "Milk" })),
	};

	return tobs_reply_with(ctx,
		&(struct tobs_send_message){ .text = "Drink", .reply_markup.keyboard = &keyboard },
		NULL);
}

static int on_slow(struct tobs_ctx *ctx, void *user ATTR_UNUSED)
{
	int r = tobs_sleep(3600 * 1000);

	return r ? r : tobs_reply(ctx, "an hour later");
}

static int on_gone(struct tobs_ctx *ctx, void *user ATTR_UNUSED)
{
	const struct tobs_message *sent;
	int r = tobs_reply_with(ctx, &(struct tobs_send_message){ .text = "oops" }, &sent);

	return r ? r
		 : tobs_delete_message(tobs_ctx_bot(ctx),
			   &(struct tobs_delete_message){
				   .chat_id = tobs_chat_id(ctx), .message_id = sent->message_id });
}

static int on_thing(struct tobs_ctx *ctx, void *user)
{
	return tobs_reply(ctx, "a %s", (const char *)user);
}

static int on_file(struct tobs_ctx *ctx, void *user ATTR_UNUSED)
{
	const struct tobs_document *d = tobs_ctx_message(ctx)->document;
	struct tobs_buf data;
	int r;

	tobs_buf_init(&data, 1000);
	r = tobs_bot_download_buf(tobs_ctx_bot(ctx), d->file_id, &data);
	if (!r)
		r = tobs_reply(
			ctx, "%s: %s (%s)", d->file_name, tobs_buf_str(&data), tobs_text(ctx));
	tobs_buf_deinit(&data);
	return r;
}

static int on_edited(struct tobs_ctx *ctx, void *user ATTR_UNUSED)
{
	return tobs_reply(ctx, "now %s", tobs_ctx_message(ctx)->text);
}

static int on_reply(struct tobs_ctx *ctx, void *user ATTR_UNUSED)
{
	return tobs_reply(ctx, "to %s", tobs_ctx_message(ctx)->reply_to_message->text);
}

static int on_member(struct tobs_ctx *ctx, void *user)
{
	return tobs_reply(ctx, "%s %s",
		tobs_ctx_update(ctx)->chat_member->new_chat_member->user->first_name,
		(const char *)user);
}

static int on_query(struct tobs_ctx *ctx, void *user ATTR_UNUSED)
{
	const struct tobs_inline_query *q = tobs_ctx_update(ctx)->inline_query;
	const struct tobs_input_message_content tea = { .kind = TOBS_INPUT_MESSAGE_CONTENT_TEXT,
		.text = { .message_text = "a cup of tea" } };
	const struct tobs_inline_query_result results[] = {
		{ .kind = TOBS_INLINE_QUERY_RESULT_ARTICLE,
			.article = { .id = "1", .title = "Tea", .input_message_content = &tea } },
		{ .kind = TOBS_INLINE_QUERY_RESULT_ARTICLE,
			.article = { .id = "2",
				.title = q->query,
				.input_message_content = &tea } },
	};

	return tobs_answer_inline_query(tobs_ctx_bot(ctx),
		&(struct tobs_answer_inline_query){
			.inline_query_id = q->id, .results = { results, 2 } });
}

static int on_sell(struct tobs_ctx *ctx, void *user ATTR_UNUSED)
{
	return tobs_send_invoice(tobs_ctx_bot(ctx),
		&(struct tobs_send_invoice){ .chat_id = tobs_chat_id(ctx),
			.title = "Hen",
			.description = "A hen",
			.payload = "hen",
			.currency = "XTR",
			.prices = TOBS_ARRAY(struct tobs_labeled_price, { "Hen", 7 }) },
		NULL);
}

/* The first buyer is refused, the second one is not answered. */
static int on_checkout(struct tobs_ctx *ctx, void *user ATTR_UNUSED)
{
	const char *id = tobs_ctx_update(ctx)->pre_checkout_query->id;
	int r = ++handled == 2 ? tobs_sleep(60000) : TOBS_OK;

	return r ? r
		 : tobs_answer_pre_checkout_query(tobs_ctx_bot(ctx),
			   &(struct tobs_answer_pre_checkout_query){ .pre_checkout_query_id = id,
				   .ok = handled > 2,
				   .error_message = handled > 2 ? NULL : "gone" });
}

static bool is_paid(struct tobs_ctx *ctx, void *user ATTR_UNUSED)
{
	return tobs_ctx_message(ctx) && tobs_ctx_message(ctx)->successful_payment;
}

static int on_paid(struct tobs_ctx *ctx, void *user ATTR_UNUSED)
{
	return tobs_reply(ctx, "paid");
}

static char photo[] = "photo", place[] = "place", contact[] = "contact", came[] = "came",
	    went[] = "went";

static void handlers(struct tobs_bot *bot, void *user ATTR_UNUSED)
{
	tobs_on_command(bot, "start", on_start, NULL);
	tobs_on_command(bot, "ask", on_ask, NULL);
	tobs_on_command(bot, "menu", on_menu, NULL);
	tobs_on_command(bot, "slow", on_slow, NULL);
	tobs_on_command(bot, "gone", on_gone, NULL);
	tobs_on_command(bot, "sell", on_sell, NULL);
	tobs_on_callback(bot, "q:", on_pressed, NULL);
	tobs_on_kind(bot, TOBS_UPDATE_INLINE_QUERY, on_query, NULL);
	tobs_on_kind(bot, TOBS_UPDATE_PRE_CHECKOUT_QUERY, on_checkout, NULL);
	tobs_on(bot, tobs_f_fn(is_paid, NULL), on_paid, NULL);
	tobs_on(bot, tobs_f_media(TOBS_MEDIA_PHOTO), on_thing, photo);
	tobs_on(bot, tobs_f_media(TOBS_MEDIA_LOCATION), on_thing, place);
	tobs_on(bot, tobs_f_media(TOBS_MEDIA_CONTACT), on_thing, contact);
	tobs_on(bot, tobs_f_media(TOBS_MEDIA_DOCUMENT), on_file, NULL);
	tobs_on(bot, tobs_f_reply(), on_reply, NULL);
	tobs_on_kind(bot, TOBS_UPDATE_EDITED_MESSAGE, on_edited, NULL);
	tobs_on(bot, tobs_f_member(TOBS_MEMBER_JOINED), on_member, came);
	tobs_on(bot, tobs_f_member(TOBS_MEMBER_LEFT), on_member, went);
	tobs_on_text(bot, on_echo, NULL);
}

/* ---- the tests' own ---- */

static char said[16384];

static void note(const char *message, void *user ATTR_UNUSED)
{
	snprintf(said, sizeof said, "%s", message);
}

static struct tobs_test *t;
static struct tobs_test_user *ada;
static struct tobs_test_options options;

static int begin(void **state ATTR_UNUSED)
{
	said[0] = 0;
	handled = 0;
	options = (struct tobs_test_options){ .setup = handlers, .fail = note };
	t = tobs_test_new(&options);
	ada = tobs_test_user(t, "Ada Lovelace @ada");
	return t && ada ? 0 : -1;
}

static int end(void **state ATTR_UNUSED)
{
	tobs_test_free(NULL);
	return 0;
}

/* What came before was as it should be. */
#define assert_fine()                         \
	do {                                  \
		if (said[0])                  \
			fail_msg("%s", said); \
	} while (0)

/* The call failed, and this is said. */
#define assert_says(call, part)                                   \
	do {                                                      \
		said[0] = 0;                                      \
		assert_int_equal(call, -1);                       \
		if (!strstr(said, part))                          \
			fail_msg("no \"%s\" in\n%s", part, said); \
		said[0] = 0;                                      \
	} while (0)

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

/* ---- what is said of failures ---- */

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
	assert_says(tobs_test_expect_deleted(ada), "test_kit.c:");
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

#define KIT_TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

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
