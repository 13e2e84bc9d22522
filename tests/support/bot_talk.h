/* SPDX-License-Identifier: MIT */
/*
 * A bot at work on fibers of the test, over a peer that plays Telegram (bot_peer.h)
 * and a store that can be made to fail.
 *
 *     bot_run_make();
 *     tobs_on_text(bot, …);
 *     bot_run_start();
 *     assert_string_equal(said(5, "hello"), "…");
 *     assert_ok(bot_run_stop());
 */
#ifndef SUPPORT_BOT_TALK_H
#define SUPPORT_BOT_TALK_H

#include <tobs/bot.h>
#include <tobs/log.h>

#include "base/alloc.h"
#include "bot/bot.h"
#include "store/kv_faulty.h"
#include "support/bot_peer.h"
#include "support/fibers.h"

static struct bot_peer peer;
static struct tobs_bot *bot;
static struct kv_faults faults; /* of the store in memory */
static struct kv *own_store, *bots_store;
static struct tobs_fiber *bot_fiber;
static size_t bot_calls_seen;
static int bot_failures, bot_failure;

static inline void note_failure(
	struct tobs_ctx *ctx, int code, const struct tobs_err *err, void *user)
{
	(void)ctx;
	(void)err;
	(void)user;
	bot_failures++;
	bot_failure = code;
}

/* store: NULL for one in memory. */
static inline void bot_run_make(const char *store)
{
	bot = tobs_bot_new(&(struct tobs_bot_options){ .token = BOT_PEER_TOKEN,
		.api_root = peer.url,
		.store = store ? store : "memory:",
		.pace = TOBS_PACE_NONE });
	assert_non_null(bot);
	tobs_on_error(bot, note_failure, NULL);
	bot_failures = bot_failure = 0;
	own_store = bots_store = NULL;
}

static inline int bot_run_fiber(void *arg)
{
	return tobs_bot_run(arg);
}

static inline void bot_run_start(void)
{
	size_t calls = peer.call_count;

	assert_ok(tobs_spawn(&bot_fiber, bot_run_fiber, bot, NULL));
	/* deleteWebhook is the last thing before it takes updates. */
	(void)bot_peer_call(&peer, calls + 1);
	bot_calls_seen = peer.call_count;
}

/* From now on what is kept in memory can fail. */
static inline void bot_run_faulty(void)
{
	struct kv_driver *memory, *faulty;

	faults = (struct kv_faults){ 0 };
	assert_ok(kv_memory_new(NULL, &memory, NULL));
	assert_ok(kv_faulty_new(memory, &faults, &faulty, NULL));
	assert_ok(kv_open(faulty, &own_store, NULL));
	bots_store = bot->store;
	bot->store = bot->ledger.store = own_store;
}

/* Everything that came has been handled, and is committed; but for so many. */
static inline void idle_but(size_t jobs)
{
	while (bot->order.jobs > jobs)
		assert_ok(tobs_sleep(1));
}

static inline void idle(void)
{
	idle_but(0);
}

static inline int bot_run_stop(void)
{
	int result = 0;

	idle();
	tobs_bot_stop(bot);
	if (own_store) {
		bot->store = bot->ledger.store = bots_store;
		kv_close(own_store);
		own_store = NULL;
	}
	assert_ok(tobs_join(bot_fiber, &result));
	tobs_log_forget();
	return result;
}

static uint64_t bot_fail_nth, bot_allocations;

static inline bool bot_gate(uint64_t n, void *user)
{
	(void)n;
	(void)user;
	if (!tobs_self() || strcmp(tobs_fiber_name(tobs_self()), "update") != 0)
		return true;
	return ++bot_allocations != bot_fail_nth;
}

/* From now on the n-th allocation on the fiber of an update fails; 0: none does. */
static inline void fail_handlers(uint64_t n)
{
	if (n)
		bot_allocations = 0;
	bot_fail_nth = n;
	mem_set_gate(n ? bot_gate : NULL, NULL);
}

/* The text of the next call: "sendMessage {…}". */
static inline const char *next_call(void)
{
	return bot_peer_call(&peer, ++bot_calls_seen);
}

/* What the bot says next: the text it sends, as it stands in the JSON. */
static inline const char *next_said(void)
{
	static char text[8192];
	const char *call = next_call(), *from = strstr(call, "\"text\":\""), *end;

	if (!from)
		fail_msg("not said but: %s", call);
	from += strlen("\"text\":\"");
	end = strchr(from, '"');
	snprintf(text, sizeof text, "%.*s", (int)(end - from), from);
	return text;
}

/* What the bot answers to that. */
static inline const char *said(int64_t user, const char *text)
{
	bot_peer_say(&peer, user, text);
	return next_said();
}

/* A message in a group. */
static inline void say_in(int64_t chat, int64_t user, const char *text)
{
	bot_peer_push(&peer,
		"\"message\":{\"message_id\":7,\"date\":%lld,\"chat\":{\"id\":%lld,\"type\":"
		"\"group\",\"title\":\"G\"},\"from\":{\"id\":%lld,\"is_bot\":false,"
		"\"first_name\":\"User\"},\"text\":\"%s\"}",
		(long long)(tobs_now() / 1000000), (long long)chat, (long long)user, text);
}

/* A button of message `id` is pressed. */
static inline void press(int64_t user, int64_t id, const char *data)
{
	bot_peer_push(&peer,
		"\"callback_query\":{\"id\":\"9\",\"chat_instance\":\"1\",\"from\":{\"id\":%lld,"
		"\"is_bot\":false,\"first_name\":\"User\"},\"data\":\"%s\",\"message\":{"
		"\"message_id\":%lld,\"date\":1,\"text\":\"q\",\"chat\":{\"id\":%lld,\"type\":"
		"\"private\",\"first_name\":\"User\"}}}",
		(long long)user, data, (long long)id, (long long)user);
}

#endif
