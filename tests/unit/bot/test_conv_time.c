/* SPDX-License-Identifier: MIT */
/* Conversations: time-outs, restarts, and what fails on the way. */
#include "base/alloc.h"
#include "support/conv_kit.h"
#include "support/tmpdir.h"

static struct tmpdir dir;

/* ---- Time -------------------------------------------------------------------------------- */

static void timed(void)
{
	options.timeout_ms = 60000;
	options.on_timeout = on_timeout;
}

FIBER_TEST(times_out)
{
	int64_t from;

	timed();
	begin();
	assert_string_equal(said(5, "/register"), "name?");
	assert_string_equal(dumped(), "register chat 5 user 5: name, 59 s left, {}\n");
	from = elapsed();
	assert_ok(tobs_sleep(40000));
	assert_string_equal(said(5, "Ada"), "age, Ada?");
	assert_ok(tobs_sleep(40000));
	assert_string_equal(said(5, "stay"), "staying");
	assert_string_equal(next_said(), "too late at age for 5");
	assert_in_range(elapsed() - from, 140000, 145000);
	assert_string_equal(dumped(), "");
	assert_nothing("conv/");
	assert_string_equal(said(5, "stay"), "else 101");
	end();
	return TOBS_OK;
}

FIBER_TEST(times_of_handlers)
{
	int64_t from;

	timed();
	begin();
	(void)said(5, "/register");
	from = elapsed();
	assert_string_equal(said(5, "short"), "age, short?");
	assert_string_equal(next_said(), "too late at age for 5");
	assert_in_range(elapsed() - from, 5000, 7500);
	(void)said(5, "/register");
	assert_string_equal(said(5, "never"), "age, never?");
	assert_string_equal(dumped(), "register chat 5 user 5: age, {\"name\":\"never\"}\n");
	assert_nothing("conv/due/");
	/* A time-out that goes on is one of many. */
	assert_string_equal(said(6, "/register"), "name?");
	assert_string_equal(said(6, "go"), "age, go?");
	from = elapsed();
	assert_string_equal(next_said(), "too late at age for 6");
	assert_string_equal(next_said(), "too late at name for 6");
	assert_in_range(elapsed() - from, 119000, 125000);
	/* One that fails is over all the same. */
	(void)said(7, "/register");
	assert_string_equal(said(7, "gofail"), "age, gofail?");
	assert_string_equal(next_said(), "too late at age for 7");
	idle();
	assert_int_equal(bot_failures, 1);
	assert_string_equal(said(7, "x"), "else 1");
	assert_nothing("conv/due/");
	end();
	return TOBS_OK;
}

/* Many at once, and one that is earlier than what the timer waits for. */
FIBER_TEST(many_time_out)
{
	int64_t from;

	timed();
	begin();
	assert_ok(tobs_sleep(CONV_GRACE_MS + 100));
	for (int i = 0; i < 150; i++)
		(void)said(1000 + i, "/register");
	from = elapsed();
	(void)said(5, "/register");
	(void)said(5, "short");
	assert_string_equal(next_said(), "too late at age for 5");
	assert_in_range(elapsed() - from, 5000, 8000);
	for (int i = 0; i < 150; i++)
		assert_non_null(strstr(next_said(), "too late at name for 1"));
	assert_string_equal(dumped(), "");
	assert_nothing("conv/");
	end();
	return TOBS_OK;
}

/* One that takes its time is not called twice, and holds up nobody else. */
FIBER_TEST(slow_timeouts)
{
	timed();
	tobs_event_init(&gate);
	begin();
	(void)said(5, "/register");
	(void)said(5, "slow");
	assert_ok(tobs_sleep(20000));
	(void)said(6, "/register");
	assert_ok(tobs_sleep(20000));
	(void)said(7, "/register");
	assert_string_equal(next_said(), "too late at name for 6");
	assert_string_equal(next_said(), "too late at name for 7");
	assert_ok(tobs_sleep(1000));
	assert_int_equal(bot->order.jobs, 1);
	tobs_event_set(&gate, 0);
	assert_string_equal(next_said(), "too late at age for 5");
	assert_string_equal(said(5, "x"), "else 101");
	assert_nothing("conv/");
	end();
	return TOBS_OK;
}

FIBER_TEST(survives_restarts)
{
	const char *path;
	int64_t from;

	tmpdir_init(&dir);
	path = tmpdir_file(&dir, "bot.db");
	timed();
	bot_peer_start(&peer);
	make(path);
	assert_string_equal(said(5, "/register"), "name?");
	assert_string_equal(said(6, "/register"), "name?");
	assert_string_equal(said(6, "never"), "age, never?");
	assert_string_equal(said(5, "Ada"), "age, Ada?");
	from = elapsed();
	assert_ok(bot_run_stop());
	assert_ok(tobs_sleep(30000));
	/* Not yet due. */
	make(path);
	assert_string_equal(said(6, "33"), "never is 33");
	assert_string_equal(next_said(), "too late at age for 5");
	assert_in_range(elapsed() - from, 60000, 62000);
	(void)said(5, "/register");
	(void)said(5, "Bo");
	assert_ok(bot_run_stop());
	/* Due while nobody runs. */
	assert_ok(tobs_sleep(3600 * 1000));
	from = elapsed();
	make(path);
	assert_string_equal(next_said(), "too late at age for 5");
	assert_in_range(elapsed() - from, CONV_GRACE_MS, CONV_GRACE_MS + 1000);
	assert_string_equal(said(5, "x"), "else 202");
	end();
	tmpdir_deinit(&dir);
	return TOBS_OK;
}

/* A step that is cut short by the end of the bot is made at the next start. */
FIBER_TEST(cut_short)
{
	const char *path;

	tmpdir_init(&dir);
	path = tmpdir_file(&dir, "bot.db");
	tobs_event_init(&gate);
	timed();
	bot_peer_start(&peer);
	make(path);
	(void)said(5, "/register");
	idle();
	bot_peer_say(&peer, 5, "hold");
	bot_peer_say(&peer, 5, "36");
	while (!bot->order.running)
		assert_ok(tobs_sleep(1));
	tobs_bot_stop(bot);
	assert_ok(tobs_join(bot_fiber, NULL));
	tobs_log_forget();
	tobs_event_set(&gate, 0);
	make(path);
	assert_string_equal(next_said(), "age, hold?");
	assert_string_equal(next_said(), "hold is 36");
	assert_nothing("conv/");
	end();
	tmpdir_deinit(&dir);
	return TOBS_OK;
}

/* Conversations of a group that becomes a supergroup go on there, time-outs included. */
FIBER_TEST(migrates)
{
	int64_t from;

	timed();
	begin();
	say_in(-9, 5, "/register");
	assert_string_equal(next_said(), "name?");
	say_in(-9, 6, "/register");
	assert_string_equal(next_said(), "name?");
	say_in(-9, 6, "never");
	assert_string_equal(next_said(), "age, never?");
	say_in(-1009, 7, "/register");
	assert_string_equal(next_said(), "name?");
	say_in(-9, 7, "/register");
	assert_string_equal(next_said(), "name?");
	from = elapsed();
	idle();
	put("conv/at/register/-9/8/0", "damaged");
	bot_peer_push(&peer,
		"\"message\":{\"message_id\":1,\"date\":1,\"migrate_from_chat_id\":-9,"
		"\"chat\":{\"id\":-1009,\"type\":\"supergroup\",\"title\":\"G\"}}");
	assert_string_equal(next_said(), "else 0");
	idle();
	assert_ok(kv_delete(bot->store, tobs_str("conv/at/register/-9/8/0"), NULL));
	assert_ok(tobs_sleep(30000));
	say_in(-1009, 5, "Ada");
	assert_string_equal(next_said(), "age, Ada?");
	say_in(-1009, 6, "33");
	assert_string_equal(next_said(), "never is 33");
	/* What is in the way stays: 7 has two, in the group and in the supergroup. */
	assert_string_equal(next_said(), "too late at name for 7");
	assert_string_equal(next_said(), "too late at name for 7");
	assert_in_range(elapsed() - from, 55000, 65000);
	assert_string_equal(next_said(), "too late at age for 5");
	assert_non_null(strstr(bot_peer_call(&peer, peer.call_count), "\"chat_id\":-1009"));
	assert_nothing("conv/");
	end();
	return TOBS_OK;
}

/* A message with a date. */
static void say_at(int64_t user, const char *text, int64_t ms)
{
	bot_peer_push(&peer,
		"\"message\":{\"message_id\":1,\"date\":%lld,\"text\":\"%s\",\"from\":{\"id\":%lld,"
		"\"is_bot\":false,\"first_name\":\"User\"},\"chat\":{\"id\":%lld,\"type\":"
		"\"private\"}}",
		(long long)ms / 1000, text, (long long)user, (long long)user);
}

/* What was said while the bot was away: in time, or late. */
FIBER_TEST(late_and_in_time)
{
	const char *path;

	tmpdir_init(&dir);
	path = tmpdir_file(&dir, "bot.db");
	timed();
	bot_peer_start(&peer);
	make(path);
	(void)said(5, "/register");
	(void)said(6, "/register");
	assert_ok(bot_run_stop());
	say_at(5, "Ada", elapsed() + 30000);
	say_at(6, "Bo", elapsed() + 600000);
	assert_ok(tobs_sleep(3600 * 1000));
	make(path);
	while (bot->stats.updates < 2)
		assert_ok(tobs_sleep(1));
	idle();
	/* In either order: two chats. */
	assert_string_equal(
		dumped(), "register chat 5 user 5: age, 59 s left, {\"name\":\"Ada\"}\n");
	bool late = false, other = false, age = false;

	for (int i = 0; i < 3; i++) {
		const char *text = next_said();

		late = late || !strcmp(text, "too late at name for 6");
		other = other || !strcmp(text, "else 100");
		age = age || !strcmp(text, "age, Ada?");
	}
	assert_true(late && other && age);
	end();
	tmpdir_deinit(&dir);
	return TOBS_OK;
}

/* A date ahead of our clock is in time; and a time-out that fails does not stand in the way of what is said. */
FIBER_TEST(odd_times)
{
	timed();
	begin();
	(void)said(5, "/register");
	say_at(5, "Ada", elapsed() + 600000);
	assert_string_equal(next_said(), "age, Ada?");
	end();
	timed();
	begin();
	(void)said(5, "/register");
	(void)said(5, "fail");
	idle();
	/* The timer has not looked yet. */
	put("conv/at/register/5/5/0",
		"{\"due\":1,\"order\":5,\"chat\":5,\"user\":5,\"stack\":[[\"register\",\"age\"]],"
		"\"data\":{\"name\":\"fail\"}}");
	say_at(5, "/register", elapsed() + 5000);
	assert_string_equal(next_said(), "too late at age for 5");
	assert_string_equal(next_said(), "name?");
	assert_non_null(strstr(dumped(), ": name, "));
	end();
	return TOBS_OK;
}

/* Time-outs of what there is no more, and entries that are none, go away by themselves. */
FIBER_TEST(unknown_timeouts)
{
	timed();
	begin();
	put("conv/at/removed/5/5/0",
		"{\"due\":10,\"order\":5,\"chat\":5,\"user\":5,\"stack\":[[\"removed\",\"x\"]],\"data\":{}}");
	put("conv/due/000000000000000a/removed/5/5/0", "5 5 5");
	put("conv/at/register/6/6/0",
		"{\"due\":10,\"order\":6,\"chat\":6,\"user\":6,\"stack\":[[\"register\",\"gone\"]],\"data\":{}}");
	put("conv/due/000000000000000a/register/6/6/0", "6 6 6");
	put("conv/due/000000000000000b/register/7/7/0", "7 7 7");
	put("conv/due/000000000000000c/register/8/8/0", "nonsense");
	put("conv/due/zz", "");
	assert_ok(tobs_sleep(CONV_CHECK_MS + 5000));
	assert_nothing("conv/");
	assert_int_equal(bot_failures, 0);
	end();
	return TOBS_OK;
}

/* ---- Failures -------------------------------------------------------------------------------- */

/* Each request to the store fails once, done or not: the step was made, whole, or it was not. */
FIBER_TEST(failing_store)
{
	for (uint64_t at = 1; at <= 5; at++) {
		timed();
		begin();
		bot_run_faulty();
		(void)said(5, "/register");
		idle();
		faults.fail_at = faults.requests + at;
		faults.fail_count = 1;
		faults.code = TOBS_EIO;
		bot_peer_say(&peer, 5, "Ada");
		assert_ok(tobs_sleep(1000));
		idle();
		bot_calls_seen = peer.call_count;
		faults.fail_at = 0;
		if (bot_failures) {
			assert_non_null(strstr(dumped(), ": name, 5"));
			assert_string_equal(said(5, "/x"), "else 0");
		} else {
			assert_non_null(strstr(dumped(), ": age, 5"));
			assert_string_equal(said(5, "/x"), "else 1");
		}
		assert_int_equal(bot_failures, at <= 3);
		end();
	}
	return TOBS_OK;
}

/* The timer's store fails: it is tried again. */
FIBER_TEST(failing_timer)
{
	for (uint64_t at = 1; at <= 6; at++) {
		timed();
		begin();
		bot_run_faulty();
		assert_ok(tobs_sleep(CONV_GRACE_MS + 100));
		(void)said(5, "/register");
		assert_ok(tobs_sleep(30000));
		faults.fail_at = faults.requests + at;
		faults.fail_count = 2;
		faults.code = TOBS_EIO;
		assert_ok(tobs_sleep(CONV_CHECK_MS * 4));
		assert_nothing("conv/");
		end();
	}
	return TOBS_OK;
}

/* Each allocation of a step fails once. */
FIBER_TEST(without_memory)
{
	uint64_t fail_nth;

	for (fail_nth = 1;; fail_nth++) {
		bool failed;

		timed();
		begin();
		(void)said(5, "/register");
		idle();
		fail_handlers(fail_nth);
		bot_peer_say(&peer, 5, "Ada");
		assert_ok(tobs_sleep(1000));
		fail_handlers(0);
		idle();
		bot_calls_seen = peer.call_count;
		failed = bot->stats.failed > 0;
		if (failed) {
			assert_non_null(strstr(dumped(), ": name, 5"));
			assert_string_equal(said(5, "/x"), "else 0");
		} else {
			assert_non_null(strstr(dumped(), ": age, 5"));
			assert_string_equal(said(5, "/x"), "else 1");
		}
		end();
		if (bot_allocations < fail_nth)
			break;
	}
	assert_in_range(fail_nth, 10, 1000);
	return TOBS_OK;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fiber_unit_test(times_out),
		fiber_unit_test(times_of_handlers),
		fiber_unit_test(many_time_out),
		fiber_unit_test(slow_timeouts),
		fiber_unit_test(survives_restarts),
		fiber_unit_test(cut_short),
		fiber_unit_test(migrates),
		fiber_unit_test(late_and_in_time),
		fiber_unit_test(odd_times),
		fiber_unit_test(unknown_timeouts),
		fiber_unit_test(failing_store),
		fiber_unit_test(failing_timer),
		fiber_unit_test(without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
