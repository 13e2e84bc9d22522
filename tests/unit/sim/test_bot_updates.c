/* SPDX-License-Identifier: MIT */
/* getUpdates: what happens in the world, and when a bot hears of it. */
#include <tobs/rt.h>

#include "base/clock.h"
#include "sim/change.h"
#include "sim/inner.h"
#include "support/sim_bots.h"

#define IVY "{'id':1,'is_bot':false,'first_name':'Ivy'}"

BOT_TEST(hears_what_is_said)
{
	command("{'do':'say','by':'ivy','chat':'bot','text':'/start now'}");
	api_is("getUpdates", "{}",
		"[{'update_id':0,'message':{'message_id':2,'from':" IVY
		",'date':0,'chat':{'id':1,'type':'private','first_name':'Ivy'},'text':'/start now',"
		"'entities':[{'type':'bot_command','offset':0,'length':6}]}}]");
	return TOBS_OK;
}

static long long last_id(const char *answer)
{
	const char *at = strstr(answer, "\"update_id\":");

	assert_non_null(at);
	return strtoll(at + strlen("\"update_id\":"), NULL, 10);
}

static const char *poll_raw(const char *args)
{
	return api_raw("POST", "/bot100:secret/getUpdates", "application/json", tobs_str(args));
}

BOT_TEST(offsets_confirm)
{
	char args[64];
	long long id;

	for (int i = 0; i < 3; i++)
		command("{'do':'say','by':'ivy','chat':'bot','text':'x'}");
	id = last_id(poll_raw("{\"limit\":1}"));
	assert_null(strstr(poll_raw("{\"limit\":1}"), "},{"));
	snprintf(args, sizeof args, "{\"offset\":%lld}", id + 1);
	assert_int_equal(last_id(poll_raw(args)), id + 1);
	/* The newest; all older ones are forgotten. */
	assert_int_equal(last_id(poll_raw("{\"offset\":-1}")), id + 2);
	snprintf(args, sizeof args, "{\"offset\":%lld}", id);
	assert_int_equal(last_id(poll_raw(args)), id + 2);
	snprintf(args, sizeof args, "{\"offset\":%lld}", id + 3);
	assert_string_equal(poll_raw(args), "{\"ok\":true,\"result\":[]}");
	return TOBS_OK;
}

/* Who asks for the same again at once gets one update at a time. */
BOT_TEST(busy_loops_are_slowed)
{
	bool slowed = false;

	for (int i = 0; i < 3; i++)
		command("{'do':'say','by':'ivy','chat':'bot','text':'x'}");
	assert_non_null(strstr(poll_raw("{\"offset\":5}"), "},{"));
	/* At once is within half a second, which a busy machine may miss. */
	for (int i = 0; i < 20 && !slowed; i++)
		slowed = !strstr(poll_raw("{\"offset\":5}"), "},{");
	assert_true(slowed);
	assert_non_null(strstr(poll_raw("{\"offset\":6}"), "},{"));
	return TOBS_OK;
}

/* And waits three seconds where there is nothing. */
BOT_TEST(busy_loops_wait)
{
	struct tobs_deadline limit;
	int64_t began = tobs_now();

	assert_string_equal(poll_raw("{\"offset\":5}"), "{\"ok\":true,\"result\":[]}");
	tobs_deadline_push(&limit, 60000);
	assert_string_equal(poll_raw("{\"offset\":5}"), "{\"ok\":true,\"result\":[]}");
	tobs_deadline_pop(&limit);
	assert_true(tobs_now() - began >= 2900000);
	return TOBS_OK;
}

BOT_TEST(waits_for_the_next)
{
	api_call_begin("getUpdates", "{'timeout':50}");
	command("{'do':'say','by':'ivy','chat':'bot','text':'late'}");
	assert_non_null(strstr(api_call_end(), "\"text\":\"late\""));
	return TOBS_OK;
}

BOT_TEST(one_at_a_time)
{
	api_call_begin("getUpdates", "{'timeout':50,'offset':5}");
	api_is("getUpdates", "{'timeout':0,'offset':6}", "[]");
	assert_non_null(strstr(api_call_end(),
		"{\"ok\":false,\"error_code\":409,\"description\":\"Conflict: terminated by other "
		"getUpdates request; make sure that only one bot instance is running\"}"));
	return TOBS_OK;
}

BOT_TEST(hears_only_what_it_asked_for)
{
	api_is("getUpdates", "{'allowed_updates':['callback_query']}", "[]");
	command("{'do':'say','by':'ivy','chat':'bot','text':'x'}");
	api_is("getUpdates", "{'offset':1}", "[]");
	/* An empty list stands for the usual ones. */
	api_is("getUpdates", "{'allowed_updates':[],'offset':2}", "[]");
	command("{'do':'say','by':'ivy','chat':'bot','text':'y'}");
	api_has("getUpdates", "{}", "'text':'y'");
	return TOBS_OK;
}

/* A server over a world whose clock stands still, in place of the test's own. */
BOT_TEST(updates_die)
{
	struct sim *own = bots_sim, by_hand = { 0 };
	struct tl_updateBotInlineQuery *query;
	struct fake_clock now;
	struct sim_user *user;
	struct sim_account *bot;

	fake_clock_init(&now, INT64_C(1714564800) * 1000000);
	assert_ok(sim_world_new(
		&(struct sim_world_options){ .clock = &now.clock }, &by_hand.world, NULL));
	assert_ok(sim_user_add(by_hand.world,
		&(struct sim_user_args){ .id = 100, .first_name = TOBS_LIT("Bot"), .bot = true },
		&user, NULL));
	assert_ok(sim_account_add(by_hand.world, user,
		&(struct sim_account_args){ .token = TOBS_LIT("100:secret") }, &bot, NULL));
	assert_ok(sim_bots_start(
		&by_hand.bots, &(struct sim_bots_options){ .world = by_hand.world }, NULL));
	bots_sim = &by_hand;
	query = SIM_NEW(&by_hand.world->arena, updateBotInlineQuery);
	query->query_id = 7;
	query->user_id = 100;
	assert_ok(sim_push(bot, (void *)query, false));
	now.now += INT64_C(29) * 1000000;
	api_has("getUpdates", "{'offset':1}", "'inline_query':{'id':'7'");
	now.now += INT64_C(1) * 1000000;
	api_is("getUpdates", "{'offset':2}", "[]");
	bots_sim = own;
	sim_bots_stop(by_hand.bots);
	sim_world_free(by_hand.world);
	return TOBS_OK;
}

BOT_TEST(inline_queries)
{
	command("{'do':'tell','user':'bot','counts':true,'update':{'_':'updateBotInlineQuery',"
		"'query_id':7,'user_id':'ivy','query':'cats','offset':''}}");
	api_is("getUpdates", "{}",
		"[{'update_id':0,'inline_query':{'id':'7','from':" IVY
		",'query':'cats','offset':''}}]");
	return TOBS_OK;
}

/* In groups a bot with privacy mode hears commands, mentions and answers. */
BOT_TEST(privacy)
{
	command("{'do':'say','by':'ivy','chat':'s','text':'to nobody'}");
	command("{'do':'say','by':'ivy','chat':'s','text':'/for_bots'}");
	command("{'do':'say','by':'ivy','chat':'g','text':'secret'}");
	command("{'do':'say','by':'ivy','chat':'g','text':'hey @otherbot'}");
	api_has("getUpdates", "{'offset':5}", "'text':'to nobody'");
	api_has("getUpdates", "{'offset':6}", "'text':'secret'");
	assert_non_null(strstr(api_as("200:secret", "getUpdates", "{'offset':1}"), "for_bots"));
	assert_null(strstr(api_as("200:secret", "getUpdates", "{'offset':2}"), "nobody"));
	assert_null(strstr(api_as("200:secret", "getUpdates", "{'offset':3}"), "secret"));
	assert_non_null(
		strstr(api_as("200:secret", "getUpdates", "{'offset':4}"), "hey @otherbot"));
	return TOBS_OK;
}

/* Bots hear neither themselves nor other bots. */
BOT_TEST(bots_are_quiet)
{
	api("sendMessage", "{'chat_id':-1000000000006,'text':'x'}");
	api("sendMessage", "{'chat_id':-1000000000007,'text':'x'}");
	api_is("getUpdates", "{}", "[]");
	assert_string_equal(
		api_as("200:secret", "getUpdates", "{}"), "{\"ok\":true,\"result\":[]}");
	command("{'do':'post','chat':'c','message':{'from':'ivy','text':'news'}}");
	api_has("getUpdates", "{'offset':1}", "'channel_post':{'message_id':2,");
	return TOBS_OK;
}

BOT_TEST(kinds)
{
	command("{'do':'edit','chat':'bot','by':'ivy','id':1,'text':'better'}");
	api_has("getUpdates", "{'offset':-1}", "'edited_message':{'message_id':1,");
	command("{'do':'block','by':'ivy','who':'bot'}");
	api_has("getUpdates", "{'offset':-1}",
		"'my_chat_member':{'chat':{'id':1,'type':'private','first_name':'Ivy'},'from':" IVY
		",'date':0,'old_chat_member':{'status':'member','user':{'id':100");
	command("{'do':'member','chat':'g','by':'ivy','member':{'user':'bot','role':'left'}}");
	api_has("getUpdates", "{'offset':-2}", "'new_chat_member':{'status':'left'");
	return TOBS_OK;
}

BOT_TEST(reactions_and_members)
{
	api("getUpdates", "{'allowed_updates':['message_reaction','chat_member']}");
	command("{'do':'say','by':'ivy','chat':'s','text':'x'}");
	command("{'do':'react','chat':'s','by':'bo','id':1,'reactions':[{'_':'reactionEmoji',"
		"'emoticon':'👍'}]}");
	api_has("getUpdates", "{'offset':1}",
		"'message_reaction':{'chat':{'id':-1000000000006,'type':'supergroup','title':'S'},"
		"'message_id':1,'user':{'id':2,'is_bot':false,'first_name':'Bo','username':'bobo'},"
		"'date':0,'old_reaction':[],'new_reaction':[{'type':'emoji','emoji':'👍'}]}");
	command("{'do':'member','chat':'s','by':'ivy','member':{'user':'bo','role':'admin'}}");
	api_has("getUpdates", "{'offset':-1}",
		"'old_chat_member':{'status':'member','user':{'id':2,'is_bot':false,'first_name':'Bo',"
		"'username':'bobo'}},'new_chat_member':{'status':'administrator',");
	return TOBS_OK;
}

/* Kinds that nobody in the world can cause. */
BOT_TEST(any_kind)
{
	command("{'do':'update','bot':'bot','update':{'business_connection':{'id':'b','user':{'id':1,"
		"'is_bot':false,'first_name':'Ivy'},'user_chat_id':1,'date':5,'is_enabled':true}}}");
	api_has("getUpdates", "{}", "'business_connection':{'id':'b','user':" IVY ",");
	return TOBS_OK;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hears_what_is_said),
		cmocka_unit_test(offsets_confirm),
		cmocka_unit_test(busy_loops_are_slowed),
		cmocka_unit_test(busy_loops_wait),
		cmocka_unit_test(waits_for_the_next),
		cmocka_unit_test(one_at_a_time),
		cmocka_unit_test(hears_only_what_it_asked_for),
		cmocka_unit_test(updates_die),
		cmocka_unit_test(inline_queries),
		cmocka_unit_test(privacy),
		cmocka_unit_test(bots_are_quiet),
		cmocka_unit_test(kinds),
		cmocka_unit_test(reactions_and_members),
		cmocka_unit_test(any_kind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
