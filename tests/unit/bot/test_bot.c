/* SPDX-License-Identifier: MIT */
/* A bot from the outside: what it does with updates, told by a server. */
#include <tobs/bot.h>
#include <tobs/log.h>

#include "support/bot_peer.h"
#include "support/fibers.h"

static struct bot_peer peer;
static struct tobs_bot *bot;
static struct tobs_fiber *running;

static struct tobs_bot *make(void)
{
	bot_peer_start(&peer);
	bot = tobs_bot_new(&(struct tobs_bot_options){
		.token = BOT_PEER_TOKEN, .api_root = peer.url, .store = "memory:" });
	assert_non_null(bot);
	return bot;
}

static int run_bot(void *arg)
{
	return tobs_bot_run(arg);
}

static void start(void)
{
	assert_ok(tobs_spawn(&running, run_bot, bot, NULL));
}

static int stop(void)
{
	int result = 0;

	tobs_bot_stop(bot);
	assert_ok(tobs_join(running, &result));
	bot_peer_stop(&peer);
	tobs_log_forget();
	return result;
}

static int hello(struct tobs_ctx *ctx, void *user)
{
	(void)user;
	return tobs_reply(ctx, "Hello, %s", tobs_sender(ctx)->first_name);
}

static int echo(struct tobs_ctx *ctx, void *user)
{
	(void)user;
	return tobs_reply(ctx, "%s", tobs_text(ctx));
}

FIBER_TEST(says_hello)
{
	tobs_on_command(make(), "start", hello, NULL);
	tobs_on_text(bot, echo, NULL);
	bot_peer_say(&peer, 5, "/start");
	start();
	assert_string_equal(bot_peer_call(&peer, 1), "deleteWebhook {}");
	assert_string_equal(
		bot_peer_call(&peer, 2), "sendMessage {\"chat_id\":5,\"text\":\"Hello, User\"}");
	bot_peer_say(&peer, 6, "what?");
	assert_string_equal(
		bot_peer_call(&peer, 3), "sendMessage {\"chat_id\":6,\"text\":\"what?\"}");
	assert_int_equal(tobs_bot_me(bot)->id, 777000);
	assert_ok(stop());
	assert_int_equal(peer.confirmed, 1002);
	return TOBS_OK;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fiber_unit_test(says_hello),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
