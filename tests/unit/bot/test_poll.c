/* SPDX-License-Identifier: MIT */
/* Long polling, and what becomes of updates at the end and at the start. */
#include "base/alloc.h"
#include "base/rand.h"
#include "support/bot_run.h"
#include "support/tmpdir.h"

#define UPDATE(id, chat, text)                                                             \
	"{\"update_id\":" #id ",\"message\":{\"message_id\":1,\"date\":1,\"text\":\"" text \
	"\",\"chat\":{\"id\":" #chat ",\"type\":\"private\"}}}"
#define UPDATES(list) "{\"ok\":true,\"result\":[" list "]}"

static int echo(struct tobs_ctx *ctx, void *user)
{
	(void)user;
	return tobs_reply(ctx, "%s", tobs_text(ctx));
}

/* "5000 word": answers "word" after so many ms. */
static int patient(struct tobs_ctx *ctx, void *user)
{
	int64_t ms;
	const char *word;
	struct tobs_err err;
	int r = tobs_args_parse(tobs_str(tobs_text(ctx)),
		(struct tobs_arg[]){
			{ "ms", TOBS_ARG_INT, &ms }, { "word", TOBS_ARG_WORD, &word } },
		2, tobs_ctx_arena(ctx), &err);

	(void)user;
	r = r ? r : tobs_sleep(ms);
	return r ? r : tobs_reply(ctx, "%s", word);
}

#define assert_call(n, text) assert_non_null(strstr(bot_peer_call(&peer, (n)), (text)))

FIBER_TEST(failures_are_waited_out)
{
	bot_make();
	tobs_on_text(bot, echo, NULL);
	bot_peer_answer(&peer, "getUpdates", 409,
		"{\"ok\":false,\"error_code\":409,\"description\":\"Conflict: terminated by other "
		"getUpdates request\"}");
	bot_peer_answer(&peer, "getUpdates", 502, "<html>Bad Gateway</html>");
	bot_peer_answer(&peer, "getUpdates", 200, "{\"ok\":true,\"result\":7}");
	bot_peer_answer(&peer, "getUpdates", 429,
		"{\"ok\":false,\"error_code\":429,\"parameters\":{\"retry_after\":100}}");
	bot_peer_say(&peer, 5, "at last");
	bot_start();
	assert_call(2, "at last");
	assert_true(elapsed() >= 100000 && elapsed() < 110000);
	assert_ok(bot_stop());
	return TOBS_OK;
}

/* What has worked once fails for a first time again. */
FIBER_TEST(patience_comes_back)
{
	bot_make();
	tobs_on_text(bot, echo, NULL);
	for (int i = 0; i < 7; i++)
		bot_peer_answer(&peer, "getUpdates", 502, "<html>");
	bot_peer_answer(&peer, "getUpdates", 200, UPDATES(UPDATE(7, 5, "a")));
	bot_peer_answer(&peer, "getUpdates", 502, "<html>");
	bot_start();
	bot_peer_call(&peer, 2);
	assert_true(elapsed() >= 30000);
	while (!tobs_buf_str(&peer.last_poll)[0])
		assert_ok(tobs_sleep(10));
	assert_true(peer.asked_at[0] - peer.asked_at[1] <= 600);
	assert_ok(bot_stop());
	return TOBS_OK;
}

FIBER_TEST(a_token_that_is_revoked)
{
	bot_make();
	bot_peer_answer(&peer, "getUpdates", 401,
		"{\"ok\":false,\"error_code\":401,\"description\":\"Unauthorized\"}");
	bot_start();
	assert_code(bot_end(), TOBS_EAUTH);
	return TOBS_OK;
}

/* Each once, whatever the server says how often. */
FIBER_TEST(duplicates_are_dropped)
{
	struct tobs_bot_stats stats;

	bot_make();
	tobs_on_text(bot, echo, NULL);
	bot_peer_answer(&peer, "getUpdates", 200,
		UPDATES(UPDATE(7, 5, "a") "," UPDATE(8, 5, "b") "," UPDATE(7, 5, "a")));
	bot_peer_answer(&peer, "getUpdates", 200, UPDATES(UPDATE(8, 5, "b") "," UPDATE(9, 5, "c")));
	bot_start();
	assert_call(4, "\"c\"");
	tobs_bot_stats(bot, &stats);
	assert_int_equal(stats.updates, 3);
	assert_int_equal(stats.duplicates, 2);
	assert_int_equal(peer.call_count, 4);
	assert_ok(bot_stop());
	return TOBS_OK;
}

/* One that cannot be read is no reason not to read the others, nor to be asked for it for ever. */
FIBER_TEST(updates_from_the_future)
{
	bot_make();
	tobs_on_text(bot, echo, NULL);
	bot_peer_answer(&peer, "getUpdates", 200,
		UPDATES("{\"update_id\":7,\"message\":{\"message_id\":\"x\"}},"
			"{\"update_id\":8,\"news\":{\"x\":[1,2]}},5," UPDATE(9, 5, "good")));
	bot_start();
	assert_call(2, "good");
	while (!strstr(tobs_buf_str(&peer.last_poll), "\"offset\":10"))
		assert_ok(tobs_sleep(10));
	assert_ok(bot_stop());
	return TOBS_OK;
}

FIBER_TEST(a_slow_chat_holds_nobody_up)
{
	bot_options.slow_ms = 1000;
	bot_make();
	tobs_on_text(bot, patient, NULL);
	bot_peer_say(&peer, 5, "20000 slow");
	bot_peer_say(&peer, 5, "0 behind");
	for (int i = 10; i < 30; i++)
		bot_peer_say(&peer, i, "0 quick");
	bot_start();
	bot_peer_call(&peer, 21);
	assert_true(elapsed() < 5000);
	assert_call(22, "slow");
	assert_call(23, "behind");
	assert_ok(bot_stop());
	return TOBS_OK;
}

FIBER_TEST(a_handler_that_never_returns)
{
	bot_options.stop_ms = 2000;
	bot_make();
	tobs_on_text(bot, patient, NULL);
	bot_peer_say(&peer, 5, "100000000 never");
	bot_peer_say(&peer, 6, "0 other");
	bot_start();
	assert_call(2, "other");
	assert_ok(bot_stop());
	assert_true(elapsed() >= 2000 && elapsed() < 5000);
	assert_int_equal(peer.call_count, 2);
	return TOBS_OK;
}

/* What was cut short at the end is handled at the next start, and what was finished is not. */
FIBER_TEST(cut_short_and_taken_up)
{
	struct tmpdir dir;
	struct tobs_bot_options options = { .stop_ms = 1000 };

	tmpdir_init(&dir);
	options.store = tmpdir_file(&dir, "bot.db");
	bot_options = options;
	bot_make();
	tobs_on_text(bot, patient, NULL);
	bot_peer_say(&peer, 5, "0 done");
	bot_peer_say(&peer, 6, "60000 long");
	bot_peer_say(&peer, 6, "0 behind");
	bot_start();
	assert_call(2, "done");
	while (!strstr(tobs_buf_str(&peer.last_poll), "\"offset\":1003"))
		assert_ok(tobs_sleep(10));
	assert_ok(bot_stop());
	assert_int_equal(peer.call_count, 2);

	bot_options = options;
	bot_make();
	tobs_on_text(bot, patient, NULL);
	bot_start();
	/* Telegram has forgotten them: they come from the store. */
	assert_call(2, "long");
	assert_call(3, "behind");
	assert_int_equal(peer.call_count, 3);
	assert_ok(bot_stop());

	bot_options = options;
	bot_make();
	tobs_on_text(bot, patient, NULL);
	bot_peer_say(&peer, 7, "0 new");
	peer.first = 2000;
	bot_start();
	assert_call(2, "new");
	assert_int_equal(peer.call_count, 2);
	assert_ok(bot_stop());
	tmpdir_deinit(&dir);
	return TOBS_OK;
}

/* More than fits into one value of the store: kept update by update. */
FIBER_TEST(large_updates)
{
	enum { COUNT = 30, SIZE = 60000 };
	static char text[SIZE + 32];
	struct tobs_bot_options options = { .stop_ms = 1000 };
	struct tmpdir dir;

	tmpdir_init(&dir);
	options.store = tmpdir_file(&dir, "bot.db");
	bot_options = options;
	bot_make();
	tobs_on_text(bot, patient, NULL);
	for (int i = 0; i < COUNT; i++) {
		/* One of them is finished at once. */
		int n = snprintf(text, sizeof text, "%d word%d ", i == 7 ? 0 : 50000, i);

		memset(text + n, ' ', SIZE);
		text[n + SIZE] = 0;
		bot_peer_say(&peer, 100 + i, text);
	}
	bot_start();
	assert_call(2, "word7");
	while (!strstr(tobs_buf_str(&peer.last_poll), "\"offset\":1030"))
		assert_ok(tobs_sleep(10));
	assert_true(elapsed() < 10000);
	assert_ok(bot_stop());
	assert_int_equal(peer.call_count, 2);
	/* Once more at the next start, but for the one, and then never again. */
	for (int i = 0; i < 2; i++) {
		bot_options = options;
		bot_make();
		tobs_on_text(bot, patient, NULL);
		bot_start();
		bot_peer_call(&peer, i ? 1 : COUNT);
		assert_ok(tobs_sleep(100000));
		assert_int_equal(peer.call_count, i ? 1 : COUNT);
		for (size_t c = 1; c <= peer.call_count; c++)
			assert_null(strstr(bot_peer_call(&peer, c), "word7\""));
		assert_ok(bot_stop());
	}
	tmpdir_deinit(&dir);
	return TOBS_OK;
}

FIBER_TEST(what_came_before_can_be_dropped)
{
	bot_options.drop_pending = true;
	bot_make();
	bot_start();
	assert_string_equal(
		bot_peer_call(&peer, 1), "deleteWebhook {\"drop_pending_updates\":true}");
	assert_ok(bot_stop());
	return TOBS_OK;
}

static char said[32];

static void say(void *user)
{
	snprintf(said + strlen(said), sizeof said - strlen(said), "%c", *(char *)user);
}

static int say_in_chat(struct tobs_ctx *ctx, void *user)
{
	(void)user;
	return tobs_reply(ctx, "as promised");
}

static int promise(struct tobs_ctx *ctx, void *user)
{
	(void)user;
	return tobs_in_chat(tobs_ctx_bot(ctx), 77, say_in_chat, NULL);
}

FIBER_TEST(hooks_and_promises)
{
	char letters[] = "abc";

	said[0] = 0;
	bot_make();
	tobs_on_text(bot, promise, NULL);
	for (int i = 0; i < 3; i++)
		assert_ok(tobs_on_stop(bot, say, &letters[i]));
	bot_peer_say(&peer, 5, "x");
	bot_start();
	assert_string_equal(
		bot_peer_call(&peer, 2), "sendMessage {\"chat_id\":77,\"text\":\"as promised\"}");
	assert_ok(bot_stop());
	assert_string_equal(said, "cba");
	return TOBS_OK;
}

static void my_member(const char *status)
{
	bot_peer_push(&peer,
		"\"my_chat_member\":{\"date\":1,\"chat\":{\"id\":5,\"type\":\"private\"},\"from\":"
		"{\"id\":5,\"is_bot\":false,\"first_name\":\"B\"},\"old_chat_member\":{\"status\":"
		"\"left\",\"user\":{\"id\":1,\"is_bot\":true,\"first_name\":\"A\"}},"
		"\"new_chat_member\":{\"status\":\"%s\",\"until_date\":0,\"user\":{\"id\":1,"
		"\"is_bot\":true,\"first_name\":\"A\"}}}",
		status);
}

/* Marked when Telegram refuses, and until it says that we may write again. */
FIBER_TEST(gone_and_back)
{
	bool gone = false;

	bot_make();
	tobs_on_text(bot, echo, NULL);
	bot_peer_answer(&peer, "sendMessage", 403,
		"{\"ok\":false,\"error_code\":403,\"description\":\"Forbidden: bot was blocked by the "
		"user\"}");
	bot_peer_say(&peer, 5, "x");
	bot_start();
	bot_peer_call(&peer, 2);
	my_member("kicked");
	bot_peer_say(&peer, 6, "y");
	bot_peer_call(&peer, 3);
	assert_ok(tobs_chat_gone(bot, 5, &gone));
	assert_true(gone);
	my_member("member");
	bot_peer_say(&peer, 5, "z"); /* behind it */
	bot_peer_call(&peer, 4);
	assert_ok(tobs_chat_gone(bot, 5, &gone));
	assert_false(gone);
	assert_ok(bot_stop());
	return TOBS_OK;
}

/* One allocation in so many fails, whosever it is. */
static bool now_and_then(uint64_t nth, void *user)
{
	(void)nth;
	return prng_below(user, 12) != 0;
}

/* Without memory much goes wrong, and afterwards all is well. */
FIBER_TEST(memory_runs_out_now_and_then)
{
	for (uint64_t seed = 1; seed <= 10; seed++) {
		struct prng prng = { seed };
		size_t before;

		bot_options.retries = 1;
		bot_make();
		tobs_on_text(bot, echo, NULL);
		bot_start();
		bot_peer_call(&peer, 1);
		mem_set_gate(now_and_then, &prng);
		for (int i = 0; i < 40; i++) {
			mem_set_gate(NULL, NULL);
			bot_peer_say(&peer, 5 + i % 7, "storm");
			mem_set_gate(now_and_then, &prng);
			assert_ok(tobs_sleep(20));
		}
		mem_set_gate(NULL, NULL);
		assert_ok(tobs_sleep(120000));
		before = peer.call_count;
		bot_peer_say(&peer, 99, "calm");
		assert_call(before + 1, "calm");
		assert_ok(bot_stop());
	}
	return TOBS_OK;
}

static int64_t one_key(const struct tobs_update *u, void *user)
{
	(void)u;
	(void)user;
	return 1;
}

FIBER_TEST(a_key_of_ones_own)
{
	bot_options.key = one_key;
	bot_make();
	tobs_on_text(bot, patient, NULL);
	bot_peer_say(&peer, 5, "3000 first");
	bot_peer_say(&peer, 6, "0 second");
	bot_start();
	assert_call(2, "first");
	assert_call(3, "second");
	assert_ok(bot_stop());
	return TOBS_OK;
}

FIBER_TEST(what_is_wrong_is_said_at_the_start)
{
	bot_make();
	tobs_bot_free(bot);
	bot = tobs_bot_new(&(struct tobs_bot_options){ .token_env = "TOBS_TEST_NO_SUCH_VARIABLE" });
	bot_start();
	assert_code(bot_end(), TOBS_EINVAL);
	bot_make();
	tobs_on_command(bot, "", echo, NULL);
	bot_start();
	assert_code(bot_end(), TOBS_EINVAL);
	assert_code(tobs_on_text(NULL, echo, NULL), TOBS_EINVAL);
	assert_code(tobs_bot_run(NULL), TOBS_ENOMEM);
	return TOBS_OK;
}

FIBER_TEST(downloads)
{
	struct tmpdir dir;
	struct tobs_buf got;
	const char *path;

	bot_make();
	assert_ok(tobs_bot_open(bot, NULL));
	tmpdir_init(&dir);
	path = tmpdir_file(&dir, "cat.jpg");
	for (int i = 0; i < 3; i++)
		bot_peer_answer(&peer, "getFile", 200,
			"{\"ok\":true,\"result\":{\"file_id\":\"f\",\"file_unique_id\":\"u\",\"file_path\":"
			"\"photos/cat\"}}");
	for (int i = 0; i < 2; i++)
		bot_peer_answer(&peer, "cat", 200, "miaow");
	bot_peer_answer(&peer, "cat", 404, "");
	assert_ok(tobs_bot_download(bot, "f", path, 0));
	assert_int_equal(file_size(path), 5);
	tobs_buf_init(&got, 4);
	assert_code(tobs_bot_download_buf(bot, "f", &got), TOBS_ETOOBIG);
	tobs_buf_deinit(&got);
	assert_code(tobs_bot_download(bot, "f", path, 0), TOBS_ENOTFOUND);
	assert_int_equal(file_size(path), 5);
	assert_code(tobs_bot_download(bot, "f", "/nowhere/x", 0), TOBS_ENOTFOUND);
	unlink(path);
	assert_int_equal(rmdir(dir.path), 0); /* nothing else was left there */
	tobs_bot_free(bot);
	bot_peer_stop(&peer);
	tobs_log_forget();
	bot_options = (struct tobs_bot_options){ NULL };
	return TOBS_OK;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fiber_unit_test(failures_are_waited_out),
		fiber_unit_test(patience_comes_back),
		fiber_unit_test(a_token_that_is_revoked),
		fiber_unit_test(duplicates_are_dropped),
		fiber_unit_test(updates_from_the_future),
		fiber_unit_test(a_slow_chat_holds_nobody_up),
		fiber_unit_test(a_handler_that_never_returns),
		fiber_unit_test(cut_short_and_taken_up),
		fiber_unit_test(large_updates),
		fiber_unit_test(what_came_before_can_be_dropped),
		fiber_unit_test(hooks_and_promises),
		fiber_unit_test(gone_and_back),
		fiber_unit_test(memory_runs_out_now_and_then),
		fiber_unit_test(a_key_of_ones_own),
		fiber_unit_test(what_is_wrong_is_said_at_the_start),
		fiber_unit_test(downloads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
