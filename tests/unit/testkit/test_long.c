/* SPDX-License-Identifier: MIT */
/* Tests of bots that remember: conversations, limits, data, over days and restarts. */
#include <tobs/bot.h>
#include <tobs/conversation.h>
#include <tobs/middleware.h>
#include <tobs/test.h>

#include "support/test.h"

enum { MINUTE = 60 * 1000, HOUR = 60 * MINUTE, DAY = 24 * HOUR };

/* ---- the bot ---- */

static int on_register(struct tobs_ctx *ctx, void *user ATTR_UNUSED)
{
	tobs_conv_go(ctx, "name");
	return tobs_reply(ctx, "Your name?");
}

static int on_name(struct tobs_ctx *ctx, void *user ATTR_UNUSED)
{
	tobs_data_set_str(tobs_conv_data(ctx), "name", tobs_text(ctx));
	tobs_conv_go(ctx, "town");
	return tobs_reply(ctx, "And where, %s?", tobs_text(ctx));
}

static int on_town(struct tobs_ctx *ctx, void *user ATTR_UNUSED)
{
	tobs_conv_end(ctx);
	return tobs_reply(
		ctx, "%s of %s", tobs_data_str(tobs_conv_data(ctx), "name", "?"), tobs_text(ctx));
}

static int on_silence(struct tobs_ctx *ctx, void *user ATTR_UNUSED)
{
	return tobs_reply(ctx, "Still there?");
}

static int on_visit(struct tobs_ctx *ctx, void *user ATTR_UNUSED)
{
	struct tobs_data *d = tobs_data_user(ctx);

	tobs_data_add(d, "visits", 1);
	return tobs_reply(ctx, "visit %d", (int)tobs_data_int(d, "visits", 0));
}

static void handlers(struct tobs_bot *bot, void *user ATTR_UNUSED)
{
	struct tobs_conv *c = tobs_conv_new(bot, "register",
		&(struct tobs_conv_options){ .timeout_ms = 10 * MINUTE, .on_timeout = on_silence });

	tobs_use_rate(bot, tobs_f_command_is("visit"),
		&(struct tobs_rate){ .count = 3, .per_ms = HOUR, .text = "Slow down" });
	tobs_conv_entry(c, tobs_f_command_is("register"), on_register, NULL);
	tobs_conv_state(c, "name", tobs_f_text(), on_name, NULL);
	tobs_conv_state(c, "town", tobs_f_text(), on_town, NULL);
	tobs_on_command(bot, "visit", on_visit, NULL);
}

/* ---- the tests' own ---- */

static void failed(const char *message, void *user ATTR_UNUSED)
{
	fail_msg("%s", message);
}

static struct tobs_test *t;
static struct tobs_test_user *ada, *bo;

static int begin(void **state ATTR_UNUSED)
{
	t = tobs_test_new(&(struct tobs_test_options){ .setup = handlers, .fail = failed });
	ada = tobs_test_user(t, "Ada");
	bo = tobs_test_user(t, "Bo");
	return 0;
}

static int end(void **state ATTR_UNUSED)
{
	tobs_test_free(NULL);
	return 0;
}

/* ---- conversations ---- */

static void a_conversation(void **state ATTR_UNUSED)
{
	tobs_test_say(ada, "/register");
	tobs_test_expect_text(ada, "Your name?");
	tobs_test_say(bo, "/register");
	tobs_test_expect_text(bo, "Your name?");
	tobs_test_say(ada, "Ada");
	tobs_test_expect_text(ada, "And where, Ada?");
	tobs_test_say(bo, "Bo");
	tobs_test_expect_text(bo, "And where, Bo?");
	tobs_test_say(ada, "Bremen");
	tobs_test_expect_text(ada, "Ada of Bremen");
	tobs_test_say(ada, "Bremen");
	tobs_test_expect_nothing(ada);
}

static void a_conversation_across_restarts(void **state ATTR_UNUSED)
{
	tobs_test_say(ada, "/register");
	tobs_test_restart(t);
	tobs_test_say(ada, "Ada");
	tobs_test_stop(t);
	tobs_test_say(ada, "Bremen");
	tobs_test_advance(t, 5 * MINUTE);
	tobs_test_start(t);
	tobs_test_expect_text(ada, "Your name?");
	tobs_test_expect_text(ada, "And where, Ada?");
	tobs_test_expect_text(ada, "Ada of Bremen");
	tobs_test_expect_nothing(ada);
}

/* Killed after each step: it goes on where it was, and says nothing twice. */
static void a_conversation_that_is_killed(void **state ATTR_UNUSED)
{
	static const char *const steps[] = { "/register", "Ada", "Bremen" };
	static const char *const answers[] = { "Your name?", "And where, Ada?", "Ada of Bremen" };

	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		tobs_test_say(ada, steps[i]);
		tobs_test_expect_text(ada, answers[i]);
		tobs_test_kill(t);
		tobs_test_start(t);
		tobs_test_expect_nothing(ada);
	}
}

static void a_conversation_that_times_out(void **state ATTR_UNUSED)
{
	tobs_test_say(ada, "/register");
	tobs_test_expect_text(ada, "Your name?");
	tobs_test_advance(t, 10 * MINUTE - 1000);
	tobs_test_expect_nothing(ada);
	tobs_test_advance(t, 2000);
	tobs_test_expect_text(ada, "Still there?");
	tobs_test_say(ada, "Ada");
	tobs_test_advance(t, HOUR);
	tobs_test_expect_nothing(ada);
}

static void a_conversation_that_times_out_while_nobody_is_there(void **state ATTR_UNUSED)
{
	tobs_test_say(ada, "/register");
	tobs_test_expect_text(ada, "Your name?");
	tobs_test_stop(t);
	tobs_test_advance(t, 20 * MINUTE);
	tobs_test_expect_nothing(ada);
	tobs_test_start(t);
	tobs_test_advance(t, MINUTE);
	tobs_test_expect_text(ada, "Still there?");
}

/* ---- limits and data ---- */

static void limits_end_with_time(void **state ATTR_UNUSED)
{
	for (int i = 0; i < 4; i++)
		tobs_test_say(ada, "/visit");
	tobs_test_expect_text(ada, "visit 1");
	tobs_test_expect_text(ada, "visit 2");
	tobs_test_expect_text(ada, "visit 3");
	tobs_test_expect_text(ada, "Slow down");
	tobs_test_expect_nothing(ada);
	tobs_test_say(bo, "/visit");
	tobs_test_expect_text(bo, "visit 1");
	tobs_test_advance(t, HOUR);
	tobs_test_say(ada, "/visit");
	tobs_test_expect_text(ada, "visit 4");
}

/* A bot that runs for a week and a bot that is started each day remember the same. */
static void a_week(void **state ATTR_UNUSED)
{
	char text[32];

	for (int day = 1; day <= 7; day++) {
		tobs_test_say(ada, "/visit");
		snprintf(text, sizeof text, "visit %d", day);
		tobs_test_expect_text(ada, text);
		if (day % 2)
			tobs_test_restart(t);
		tobs_test_stop(t);
		tobs_test_advance(t, DAY);
		tobs_test_start(t);
	}
	tobs_test_expect_nothing(ada);
}

/* What was said yesterday is gone: Telegram keeps updates for a day. */
static void updates_do_not_wait_forever(void **state ATTR_UNUSED)
{
	tobs_test_stop(t);
	tobs_test_say(ada, "/visit");
	tobs_test_advance(t, DAY + 1000);
	tobs_test_say(ada, "/visit");
	tobs_test_start(t);
	tobs_test_expect_text(ada, "visit 1");
	tobs_test_expect_nothing(ada);
}

/* Telegram's own limits: 30 messages to one chat take their time, and none is lost. */
static void telegrams_limits(void **state ATTR_UNUSED)
{
	tobs_test_network(t, "limits=1");
	for (int i = 0; i < 10; i++) {
		tobs_test_say(ada, "/register");
		tobs_test_say(ada, "Ada");
		tobs_test_say(ada, "Bremen");
	}
	assert_true(tobs_test_calls(t, "sendMessage") < 10);
	tobs_test_advance(t, 2 * MINUTE);
	for (int i = 0; i < 10; i++) {
		tobs_test_expect_text(ada, "Your name?");
		tobs_test_expect_text(ada, "And where, Ada?");
		tobs_test_expect_text(ada, "Ada of Bremen");
	}
	tobs_test_expect_nothing(ada);
}

#define LONG_TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LONG_TEST(a_conversation),
		LONG_TEST(a_conversation_across_restarts),
		LONG_TEST(a_conversation_that_is_killed),
		LONG_TEST(a_conversation_that_times_out),
		LONG_TEST(a_conversation_that_times_out_while_nobody_is_there),
		LONG_TEST(limits_end_with_time),
		LONG_TEST(a_week),
		LONG_TEST(updates_do_not_wait_forever),
		LONG_TEST(telegrams_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
