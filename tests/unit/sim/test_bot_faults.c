/* SPDX-License-Identifier: MIT */
/* What the Bot API server does wrong on purpose. */
#include "sim/bot_faults.h"

#include "sim/faults.h"
#include "support/http_raw.h"
#include "support/sim_bots.h"

enum { SECOND = 1000000 };

/* ---- by themselves ---- */

static struct tobs_err err;

static int set(struct sim_bot_faults *f, const char *name, const char *value)
{
	return bot_faults_set(f, tobs_str(name), tobs_str(value), &err);
}

static void reads(void **state)
{
	struct sim_faults all;

	(void)state;
	sim_faults_init(&all, 1);
	assert_ok(sim_faults_parse(&all,
		tobs_str(
			"latency=5,bot.latency=100,bot.error=getMe:500:50:Oh: no,bot.flood=send*:2/10"),
		&err));
	assert_int_equal(all.bots.numbers[BOT_LATENCY], 100);
	assert_int_equal(all.bots.rules.count, 2);
	assert_string_equal(all.bots.rules.items[0].text, "Oh: no");
	assert_int_equal(all.bots.rules.items[0].percent, 50);
	assert_ok(sim_faults_parse(&all, tobs_str("bot.error="), &err));
	assert_int_equal(all.bots.rules.count, 1);
	assert_code(set(&all.bots, "error", "getMe"), TOBS_EINVAL);
	assert_string_equal(err.message,
		"fault bot.error: \"getMe\" is not of the form METHOD:STATUS[:PERCENT[:TEXT]]");
	assert_code(set(&all.bots, "error", "getMe:200"), TOBS_EINVAL);
	assert_code(set(&all.bots, "reset", "getMe:0"), TOBS_EINVAL);
	assert_code(set(&all.bots, "reset", "getMe:5:x"), TOBS_EINVAL);
	assert_code(set(&all.bots, "flood", "getMe:5"), TOBS_EINVAL);
	assert_code(set(&all.bots, "flood", ":1/2"), TOBS_EINVAL);
	assert_code(set(&all.bots, "limits", "2"), TOBS_EINVAL);
	assert_code(set(&all.bots, "gravity", "1"), TOBS_EINVAL);
	sim_faults_deinit(&all);
}

static void floods(void **state)
{
	struct sim_bot_faults f;
	int64_t now = 1000 * (int64_t)SECOND;

	(void)state;
	bot_faults_init(&f, 1);
	assert_ok(set(&f, "flood", "send*:2/10"));
	assert_int_equal(bot_fault_flood(&f, "sendPhoto", now), 0);
	assert_int_equal(bot_fault_flood(&f, "getMe", now), 0);
	assert_int_equal(bot_fault_flood(&f, "sendMessage", now + SECOND), 0);
	assert_int_equal(bot_fault_flood(&f, "sendMessage", now + SECOND + 1), 9);
	assert_int_equal(bot_fault_flood(&f, "sendMessage", now + 9 * SECOND), 1);
	assert_int_equal(bot_fault_flood(&f, "sendMessage", now + 10 * SECOND), 0);
	assert_int_equal(f.rules.items[0].hits, 2);
	bot_faults_deinit(&f);
}

/* 5 at once to a person, then one a second; 20 a minute to a group; 30 a second in all. */
static void limits(void **state)
{
	struct sim_bot_faults f;
	int64_t now = 1000 * (int64_t)SECOND;

	(void)state;
	bot_faults_init(&f, 1);
	assert_int_equal(bot_fault_limit(&f, 1, 5, 100, false, now), 0);
	assert_ok(set(&f, "limits", "1"));
	for (int i = 0; i < 5; i++)
		assert_int_equal(bot_fault_limit(&f, 1, 5, 1, false, now), 0);
	assert_int_equal(bot_fault_limit(&f, 1, 5, 1, false, now), 1);
	assert_int_equal(bot_fault_limit(&f, 1, 6, 1, false, now), 0);
	assert_int_equal(bot_fault_limit(&f, 2, 5, 1, false, now), 0);
	assert_int_equal(bot_fault_limit(&f, 1, 5, 1, false, now + SECOND), 0);
	for (int i = 0; i < 20; i++)
		assert_int_equal(bot_fault_limit(&f, 1, -5, 1, false, now + SECOND), 0);
	assert_int_equal(bot_fault_limit(&f, 1, -5, 1, false, now + SECOND), 3);
	/* All chats of the bot together. */
	for (int i = 0; i < 9; i++)
		assert_int_equal(bot_fault_limit(&f, 1, 100 + i, 1, false, now + SECOND), 0);
	assert_int_equal(bot_fault_limit(&f, 1, 200, 1, false, now + SECOND), 1);
	assert_int_equal(f.hits[BOT_LIMITS], 3);
	bot_faults_deinit(&f);
}

/* ---- over HTTP ---- */

static void fault(const char *name, const char *value)
{
	char line[256];

	snprintf(line, sizeof line, "{'do':'faults','set':{'%s':'%s'}}", name, value);
	command(line);
}

BOT_TEST(refuses)
{
	fault("bot.error", "getMe:500");
	fault("bot.error", "getChat:403:100:Forbidden: as you like");
	api_fails("getMe", "{}", 500, "Internal Server Error: restart");
	api_fails("getChat", "{'chat_id':1}", 403, "Forbidden: as you like");
	fault("bot.error", "");
	api_has("getMe", "{}", "'ok':true");
	fault("bot.gateway", "getMe:502");
	assert_non_null(strstr(api("getMe", "{}"), "<center><h1>502 Bad Gateway</h1></center>"));
	assert_int_equal(api_status(), 502);
	return TOBS_OK;
}

/* How many messages to a chat, by the one name and the other, until it is too many. */
static int until_refused(const char *one, const char *other)
{
	char args[64];
	int n = 0;

	/* On a slow machine a place becomes free now and then: one in three seconds. */
	for (; n < 40 && (n == 0 || api_status() == 200); n++) {
		snprintf(args, sizeof args, "{'chat_id':%s,'text':'x'}", n % 2 ? one : other);
		api("sendMessage", args);
	}
	assert_int_equal(api_status(), 429);
	return n - 1;
}

BOT_TEST(too_many)
{
	fault("bot.flood", "sendMessage:1/100:7");
	api_has("sendMessage", "{'chat_id':1,'text':'x'}", "'ok':true");
	api_has("sendMessage", "{'chat_id':1,'text':'x'}",
		"{'ok':false,'error_code':429,'description':'Too Many Requests: retry after 7',"
		"'parameters':{'retry_after':7}}");
	fault("bot.flood", "");
	fault("bot.limits", "1");
	assert_in_range(until_refused("-9", "-9"), 20, 30);
	api_has("sendChatAction", "{'chat_id':-9,'action':'typing'}", "'ok':true");
	assert_null(strstr(command("{'do':'faults'}"), "\"limits\":0"));
	return TOBS_OK;
}

/* By name it is the same chat. */
BOT_TEST(too_many_by_name)
{
	fault("bot.limits", "1");
	assert_in_range(until_refused("'@chan'", "-1000000000007"), 20, 30);
	return TOBS_OK;
}

/* What one call of its own gets: the status, or 0 when the connection broke. */
static int once(const char *method, const char *args, struct tobs_buf *body)
{
	struct addr to;
	struct raw raw;
	char request[512];
	int status;

	assert_ok(addr_parse(tobs_str("127.0.0.1"), sim_bots_port(bots_sim->bots), &to));
	raw_open(&raw, &to);
	snprintf(request, sizeof request, "GET /bot100:secret/%s?%s HTTP/1.1\r\nHost: x\r\n\r\n",
		method, args);
	assert_ok(raw_send(&raw, request));
	status = raw_read(&raw, false) ? 0 : raw.status;
	if (body)
		assert_ok(tobs_buf_putv(body, tobs_buf_view(&raw.body)));
	raw_close(&raw);
	return status;
}

BOT_TEST(breaks)
{
	fault("bot.reset", "sendMessage");
	assert_int_equal(once("sendMessage", "chat_id=1&text=a", NULL), 0);
	fault("bot.reset", "");
	/* It was not done: the next message is the second one. */
	api_has("sendMessage", "{'chat_id':1,'text':'b'}", "'message_id':2");
	fault("bot.lost", "sendMessage");
	assert_int_equal(once("sendMessage", "chat_id=1&text=c", NULL), 0);
	fault("bot.lost", "");
	/* This one was. */
	api_has("sendMessage", "{'chat_id':1,'text':'d'}", "'message_id':4");
	return TOBS_OK;
}

BOT_TEST(stops_in_the_middle)
{
	struct tobs_buf body;

	fault("bot.short", "getMe");
	tobs_buf_init(&body, 4096);
	assert_int_equal(once("getMe", "", &body), 0);
	assert_true(tobs_view_starts(tobs_buf_view(&body), "{\"ok\":true,"));
	assert_false(tobs_view_ends(tobs_buf_view(&body), "}}"));
	tobs_buf_deinit(&body);
	fault("bot.short", "");
	fault("bot.slow", "2000");
	api_has("getMe", "{}", "'has_topics_enabled':false}}");
	assert_non_null(strstr(command("{'do':'faults'}"), "\"slow\":1"));
	return TOBS_OK;
}

BOT_TEST(says_nothing)
{
	struct tobs_deadline limit;
	struct addr to;
	struct raw raw;

	fault("bot.silent", "getMe");
	assert_ok(addr_parse(tobs_str("127.0.0.1"), sim_bots_port(bots_sim->bots), &to));
	raw_open(&raw, &to);
	assert_ok(raw_send(&raw, "GET /bot100:secret/getMe HTTP/1.1\r\nHost: x\r\n\r\n"));
	tobs_deadline_push(&limit, 100);
	assert_code(raw_read(&raw, false), TOBS_ETIMEDOUT);
	tobs_deadline_pop(&limit);
	raw_close(&raw);
	return TOBS_OK;
}

BOT_TEST(a_revoked_token)
{
	const char *answer = command("{'do':'revoke','bot':'bot'}");

	api_fails("getMe", "{}", 401, "Unauthorized");
	assert_non_null(strstr(answer, "\"token\":\"100:"));
	return TOBS_OK;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads),
		cmocka_unit_test(floods),
		cmocka_unit_test(limits),
		cmocka_unit_test(refuses),
		cmocka_unit_test(too_many),
		cmocka_unit_test(too_many_by_name),
		cmocka_unit_test(breaks),
		cmocka_unit_test(stops_in_the_middle),
		cmocka_unit_test(says_nothing),
		cmocka_unit_test(a_revoked_token),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
