/* SPDX-License-Identifier: MIT */
#include <tobs/middleware.h>

#include "support/bot_run.h"

static int order[16];
static size_t orders;

static int mark(struct tobs_ctx *ctx, void *user)
{
	int r;

	order[orders++] = *(int *)user;
	r = tobs_next(ctx);
	order[orders++] = -*(int *)user;
	return r;
}

static int echo(struct tobs_ctx *ctx, void *user)
{
	(void)user;
	return tobs_reply(ctx, "%s", tobs_text(ctx));
}

static int refuse(struct tobs_ctx *ctx, void *user)
{
	(void)ctx;
	(void)user;
	return TOBS_EPERM;
}

static int hang(struct tobs_ctx *ctx, void *user)
{
	(void)user;
	(void)tobs_sleep(TOBS_FOREVER);
	return tobs_reply(ctx, "never");
}

#define assert_call(n, text) assert_non_null(strstr(bot_peer_call(&peer, (n)), (text)))

FIBER_TEST(one_around_the_other)
{
	static int one = 1, two = 2;
	static const int want[] = { 1, 2, -2, -1 };

	orders = 0;
	tobs_use(bot_make(), mark, &one);
	tobs_use(bot, mark, &two);
	tobs_on_text(bot, echo, NULL);
	bot_peer_say(&peer, 5, "x");
	bot_start();
	bot_peer_call(&peer, 2);
	assert_ok(bot_stop());
	assert_int_equal(orders, 4);
	assert_memory_equal(order, want, sizeof want);
	return TOBS_OK;
}

FIBER_TEST(a_rate_is_kept)
{
	bot_make();
	assert_ok(tobs_use_rate(bot, NULL,
		&(struct tobs_rate){ .count = 3, .per_ms = 30000, .text = "Not so fast" }));
	tobs_on_text(bot, echo, NULL);
	for (int i = 0; i < 6; i++)
		bot_peer_say(&peer, 5, "fast");
	bot_peer_say(&peer, 6, "somebody else");
	bot_start();
	/* deleteWebhook, three echoes, one warning, the other's echo. */
	bot_peer_call(&peer, 6);
	assert_ok(tobs_sleep(1000));
	assert_int_equal(peer.call_count, 6);
	size_t warned = 0, echoed = 0;
	for (size_t i = 1; i <= 6; i++) {
		warned += strstr(bot_peer_call(&peer, i), "Not so fast") != NULL;
		echoed += strstr(bot_peer_call(&peer, i), "\"fast\"") != NULL;
	}
	assert_int_equal(warned, 1);
	assert_int_equal(echoed, 3);
	assert_ok(tobs_sleep(10000));
	bot_peer_say(&peer, 5, "later");
	assert_call(7, "later");
	assert_ok(bot_stop());
	return TOBS_OK;
}

FIBER_TEST(time_is_limited)
{
	bot_make();
	assert_ok(tobs_use_recover(bot, NULL, "Sorry"));
	assert_ok(tobs_use_timeout(bot, NULL, 5000));
	tobs_on_text(bot, hang, NULL);
	bot_peer_say(&peer, 5, "x");
	bot_start();
	assert_call(2, "Sorry");
	assert_true(peer.called_at[1] >= 5000 && peer.called_at[1] < 6000);
	assert_ok(bot_stop());
	return TOBS_OK;
}

static bool is_seven(struct tobs_ctx *ctx, void *user)
{
	(void)user;
	return tobs_sender(ctx)->id == 7;
}

static uint32_t roles(struct tobs_ctx *ctx, void *user)
{
	(void)user;
	return tobs_sender(ctx)->id == 7 ? 4 : 1;
}

FIBER_TEST(only_some_may)
{
	struct tobs_passage passage = { 0 };

	bot_make();
	assert_ok(tobs_use_log(bot, NULL));
	assert_ok(tobs_use_slow(bot, NULL, 1));
	assert_ok(tobs_use_stats(bot, NULL, &passage));
	assert_ok(tobs_use_auth(bot, tobs_f_prefix("auth"), is_seven, NULL, "log in first"));
	assert_ok(tobs_use_roles(bot, tobs_f_prefix("role"), 6, roles, NULL, "no such role"));
	assert_ok(tobs_use_chat_types(bot, tobs_f_prefix("group"),
		1u << TOBS_CHAT_TYPE_GROUP | 1u << TOBS_CHAT_TYPE_SUPERGROUP, "in groups only"));
	tobs_on_text(bot, echo, NULL);
	bot_start();
	bot_peer_say(&peer, 5, "auth a");
	assert_call(2, "log in first");
	bot_peer_say(&peer, 7, "auth b");
	assert_call(3, "auth b");
	bot_peer_say(&peer, 5, "role a");
	assert_call(4, "no such role");
	bot_peer_say(&peer, 7, "role b");
	assert_call(5, "role b");
	bot_peer_say(&peer, 5, "group a");
	assert_call(6, "in groups only");
	bot_peer_say(&peer, -100, "group b");
	assert_call(7, "group b");
	bot_peer_say(&peer, 5, "free");
	assert_call(8, "free");
	assert_ok(bot_stop());
	assert_int_equal(passage.updates, 7);
	assert_int_equal(passage.failed, 0);
	assert_int_equal(passage.kinds[TOBS_UPDATE_MESSAGE], 7);
	return TOBS_OK;
}

#define MEMBER(status)                                  \
	"{\"ok\":true,\"result\":{\"status\":\"" status \
	"\",\"user\":{\"id\":1,\"is_bot\":false,\"first_name\":\"A\"}}}"

FIBER_TEST(administrators_only)
{
	bot_make();
	assert_ok(tobs_use_admins(bot, tobs_f_command_is("ban"), "administrators only"));
	tobs_on_command(bot, "ban", echo, NULL);
	tobs_on_text(bot, echo, NULL);
	bot_peer_answer(&peer, "getChatMember", 200, MEMBER("member"));
	bot_peer_answer(&peer, "getChatMember", 200, MEMBER("administrator"));
	bot_start();
	bot_peer_say(&peer, -100, "/ban");
	assert_call(2, "getChatMember {\"chat_id\":-100,\"user_id\":1}");
	assert_call(3, "administrators only");
	/* Believed for a while. */
	bot_peer_say(&peer, -100, "/ban");
	assert_call(4, "administrators only");
	bot_peer_say(&peer, -100, "hello");
	assert_call(5, "hello");
	assert_ok(tobs_sleep(301000));
	bot_peer_say(&peer, -100, "/ban");
	assert_call(6, "getChatMember");
	assert_call(7, "/ban");
	bot_peer_push(&peer,
		"\"chat_member\":{\"date\":1,\"chat\":{\"id\":-100,\"type\":\"supergroup\"},\"from\":"
		"{\"id\":2,\"is_bot\":false,\"first_name\":\"B\"},\"old_chat_member\":{\"status\":"
		"\"administrator\",\"user\":{\"id\":1,\"is_bot\":false,\"first_name\":\"A\"}},"
		"\"new_chat_member\":{\"status\":\"member\",\"user\":{\"id\":1,\"is_bot\":false,"
		"\"first_name\":\"A\"}}}");
	bot_peer_say(&peer, -100, "/ban");
	assert_call(8, "administrators only");
	/* In private there is nobody to be protected. */
	bot_peer_say(&peer, 5, "/ban");
	assert_call(9, "/ban");
	assert_ok(bot_stop());
	return TOBS_OK;
}

static struct tobs_err told;
static int told_code;

static void on_error(struct tobs_ctx *ctx, int code, const struct tobs_err *err, void *user)
{
	(void)user;
	told = *err;
	told_code = code;
	(void)tobs_reply(ctx, "failed: %s", tobs_text(ctx));
}

FIBER_TEST(errors_are_told)
{
	bot_make();
	tobs_on_error(bot, on_error, NULL);
	tobs_on_text(bot, refuse, NULL);
	bot_peer_say(&peer, 5, "x");
	bot_start();
	assert_call(2, "failed: x");
	assert_code(told_code, TOBS_EPERM);
	assert_int_equal(told.code, 0);
	bot_peer_say(&peer, 5, "y"); /* and life goes on */
	assert_call(3, "failed: y");
	assert_ok(bot_stop());
	return TOBS_OK;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fiber_unit_test(one_around_the_other),
		fiber_unit_test(a_rate_is_kept),
		fiber_unit_test(time_is_limited),
		fiber_unit_test(only_some_may),
		fiber_unit_test(administrators_only),
		fiber_unit_test(errors_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
