/* SPDX-License-Identifier: MIT */
/* Context data: read, changed, saved with the update. */
#include <tobs/data.h>
#include <tobs/middleware.h>

#include "bot/data.h"
#include "support/bot_talk.h"
#include "support/failmem.h"
#include "support/tmpdir.h"

/* ---- Values, without any bot ------------------------------------------------------ */

static struct tobs_arena arena;

static void fresh(struct tobs_data *d, const char *json)
{
	struct tree *root;

	assert_ok(tree_read(&arena, tobs_str(json), TOBS_DATA_DEPTH, &root));
	data_init(d, &arena, root);
}

static const char *printed(const struct tobs_data *d, const char *path)
{
	static char text[1024];
	struct tobs_buf out;

	tobs_buf_init(&out, sizeof text - 1);
	assert_ok(tobs_data_print(d, path, &out));
	snprintf(text, sizeof text, "%s", tobs_buf_str(&out));
	tobs_buf_deinit(&out);
	return text;
}

static int set_up(void **state)
{
	(void)state;
	tobs_arena_init(&arena, 64 << 20);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	tobs_arena_deinit(&arena);
	return 0;
}

static void finds(void **state)
{
	struct tobs_data d;

	(void)state;
	fresh(&d,
		"{\"i\":-5,\"d\":0.5,\"b\":true,\"s\":\"x\\u0000y\",\"n\":null,\"o\":{\"k\":{\"z\":1}},"
		"\"a\":[1,\"two\",[3]],\"u\":18446744073709551615}");
	assert_int_equal(tobs_data_int(&d, "i", 1), -5);
	assert_int_equal(tobs_data_int(&d, "d", 1), 1);
	assert_int_equal(tobs_data_int(&d, "none", 7), 7);
	assert_true(tobs_data_number(&d, "d", 0) == 0.5);
	assert_true(tobs_data_number(&d, "i", 0) == -5);
	assert_true(tobs_data_number(&d, "u", 0) > 1e19);
	assert_true(tobs_data_bool(&d, "b", false));
	assert_true(tobs_data_bool(&d, "i", true));
	assert_string_equal(tobs_data_str(&d, "s", ""), "x");
	assert_string_equal(tobs_data_str(&d, "a.1", ""), "two");
	assert_null(tobs_data_str(&d, "a.0", NULL));
	assert_int_equal(tobs_data_int(&d, "o.k.z", 0), 1);
	assert_int_equal(tobs_data_int(&d, "a.2.0", 0), 3);
	assert_true(tobs_data_has(&d, "n"));
	assert_false(tobs_data_has(&d, "o.k.y"));
	assert_false(tobs_data_has(&d, "i.k"));
	assert_false(tobs_data_has(&d, "a.3"));
	assert_false(tobs_data_has(&d, "a.x"));
	assert_int_equal(tobs_data_count(&d, ""), 8);
	assert_int_equal(tobs_data_count(&d, "a"), 3);
	assert_int_equal(tobs_data_count(&d, "s"), 0);
	assert_string_equal(printed(&d, "a"), "[1,\"two\",[3]]");
	assert_string_equal(printed(&d, "zz"), "null");
}

static void sets(void **state)
{
	struct tobs_data d;

	(void)state;
	fresh(&d, "{}");
	assert_ok(tobs_data_set_int(&d, "a.b.c", 1));
	assert_ok(tobs_data_set_str(&d, "a.s", "é\"\n"));
	assert_ok(tobs_data_set_bool(&d, "t", true));
	assert_ok(tobs_data_set_number(&d, "f", 1.5));
	assert_ok(tobs_data_push(&d, "list", "one"));
	assert_ok(tobs_data_push(&d, "list", "two"));
	assert_ok(tobs_data_set_int(&d, "list.2", 3));
	assert_ok(tobs_data_set_int(&d, "list.0", 0));
	assert_ok(tobs_data_add(&d, "n", 5));
	assert_ok(tobs_data_add(&d, "n", -7));
	assert_ok(tobs_data_set_json(&d, "j", tobs_str("[{\"x\":[]}]")));
	assert_ok(tobs_data_set_bool(&d, "a.b.c", false));
	assert_string_equal(printed(&d, ""),
		"{\"a\":{\"b\":{\"c\":false},\"s\":\"é\\\"\\n\"},\"t\":true,\"f\":1.5,"
		"\"list\":[0,\"two\",3],\"n\":-2,\"j\":[{\"x\":[]}]}");
	assert_ok(tobs_data_unset(&d, "list.1"));
	assert_ok(tobs_data_unset(&d, "a.b"));
	assert_ok(tobs_data_unset(&d, "nothing.here"));
	assert_ok(tobs_data_unset(&d, "j"));
	assert_string_equal(printed(&d, ""),
		"{\"a\":{\"s\":\"é\\\"\\n\"},\"t\":true,\"f\":1.5,\"list\":[0,3],\"n\":-2}");
	assert_ok(tobs_data_set_json(&d, "", tobs_str("{\"new\":1}")));
	assert_string_equal(printed(&d, ""), "{\"new\":1}");
	assert_ok(tobs_data_unset(&d, ""));
	assert_string_equal(printed(&d, ""), "{}");
	assert_ok(tobs_data_err(&d));
}

static void refuses(void **state)
{
	static const char deep[] =
		"a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a";
	struct tobs_data d;

	(void)state;
	/* The first failure sticks. */
#define REFUSED(call, code)                                                                    \
	do {                                                                                   \
		fresh(&d, "{\"s\":\"x\",\"l\":[1],\"i\":9223372036854775807}");                \
		assert_code(call, code);                                                       \
		assert_code(tobs_data_err(&d), code);                                          \
		assert_code(tobs_data_set_int(&d, "fine", 1), code);                           \
		assert_string_equal(                                                           \
			printed(&d, ""), "{\"s\":\"x\",\"l\":[1],\"i\":9223372036854775807}"); \
	} while (0)
	REFUSED(tobs_data_set_int(&d, "s.x", 1), TOBS_EINVAL);
	REFUSED(tobs_data_set_int(&d, "l.2", 1), TOBS_EINVAL);
	REFUSED(tobs_data_set_int(&d, "l.x", 1), TOBS_EINVAL);
	REFUSED(tobs_data_set_int(&d, "", 1), TOBS_EINVAL);
	REFUSED(tobs_data_set_int(&d, "a..b", 1), TOBS_EINVAL);
	REFUSED(tobs_data_set_int(&d, "a.", 1), TOBS_EINVAL);
	REFUSED(tobs_data_set_int(&d, ".a", 1), TOBS_EINVAL);
	REFUSED(tobs_data_set_int(&d, deep, 1), TOBS_ETOOBIG);
	REFUSED(tobs_data_set_str(&d, "", "x"), TOBS_EINVAL);
	REFUSED(tobs_data_set_number(&d, "n", 0.0 / 0.0), TOBS_EINVAL);
	REFUSED(tobs_data_set_number(&d, "n", 1.0 / 0.0), TOBS_EINVAL);
	REFUSED(tobs_data_set_json(&d, "n", tobs_str("{")), TOBS_EMALFORMED);
	REFUSED(tobs_data_set_json(&d, "", tobs_str("[]")), TOBS_EINVAL);
	REFUSED(tobs_data_add(&d, "s", 1), TOBS_EINVAL);
	REFUSED(tobs_data_add(&d, "i", 1), TOBS_EINVAL);
	REFUSED(tobs_data_add(&d, "", 1), TOBS_EINVAL);
	REFUSED(tobs_data_push(&d, "s", "x"), TOBS_EINVAL);
	REFUSED(tobs_data_push(&d, "", "x"), TOBS_EINVAL);
}

/* What can be written can be read. */
static void deepest(void **state)
{
	struct tobs_buf path, json, out;
	struct tobs_data d;
	struct tree *root;

	(void)state;
	tobs_buf_init(&path, 4096);
	tobs_buf_init(&json, 4096);
	for (int i = 0; i < TOBS_DATA_DEPTH - 2; i++)
		tobs_buf_puts(&path, i ? ".a" : "a");
	tobs_buf_fill(&json, '[', TOBS_DATA_DEPTH - 4);
	tobs_buf_fill(&json, ']', TOBS_DATA_DEPTH - 4);
	for (int with_json = 0; with_json < 2; with_json++) {
		fresh(&d, "{}");
		if (with_json)
			assert_ok(tobs_data_set_json(&d, "x.y.z.w", tobs_buf_view(&json)));
		else
			assert_ok(tobs_data_push(&d, tobs_buf_str(&path), "x"));
		tobs_buf_init(&out, 4096);
		assert_ok(tobs_data_print(&d, "", &out));
		assert_ok(tree_read(&arena, tobs_buf_view(&out), TOBS_DATA_DEPTH, &root));
		tobs_buf_deinit(&out);
	}
	fresh(&d, "{}");
	assert_code(tobs_data_set_json(&d, "x.y.z.w.v", tobs_buf_view(&json)), TOBS_ETOOBIG);
	tobs_buf_deinit(&path);
	tobs_buf_deinit(&json);
}

static int all_of_it(void *user)
{
	struct tobs_arena own;
	struct tobs_data d = { .err = TOBS_ENOMEM };
	struct tree *root;
	int r;

	(void)user;
	tobs_arena_init(&own, 1 << 20);
	r = tree_read(&own, tobs_str("{\"a\":[1,\"x\",{\"b\":null}]}"), 10, &root);
	if (!r) {
		data_init(&d, &own, root);
		tobs_data_set_str(&d, "a.3", "s");
		tobs_data_push(&d, "l", "s");
		tobs_data_add(&d, "n", 1);
		tobs_data_set_json(&d, "j", tobs_str("{\"k\":[]}"));
		r = tobs_data_err(&d);
	}
	tobs_arena_deinit(&own);
	return r;
}

static void without_memory(void **state)
{
	(void)state;
	fail_each_allocation(all_of_it, NULL);
}

/* ---- With a bot -------------------------------------------------------------------- */

static struct tobs_event gate;

/* "+": counts; "hold": counts, and waits at the gate; "fail", "?"; "set x"; "drop". */
static int on_text(struct tobs_ctx *ctx, void *user)
{
	struct tobs_data *u = tobs_data_user(ctx), *c = tobs_data_chat(ctx),
			 *b = tobs_data_bot(ctx);
	const char *text = tobs_text(ctx);

	(void)user;
	assert_ptr_equal(u, tobs_data_user(ctx));
	if (!strcmp(text, "+") || !strcmp(text, "hold") || !strcmp(text, "fail")) {
		tobs_data_add(u, "n", 1);
		tobs_data_add(c, "n", 1);
		tobs_data_add(b, "n", 1);
		tobs_data_set_str(b, "last", text);
		tobs_data_push(b, "all", text);
	}
	if (!strncmp(text, "set ", 4))
		tobs_data_set_str(u, "n", text + 4);
	if (!strcmp(text, "drop")) {
		tobs_data_unset(u, "");
		tobs_data_unset(b, "");
		tobs_data_unset(c, "");
	}
	if (!strcmp(text, "hold"))
		assert_ok(tobs_event_wait(&gate, NULL));
	if (!strcmp(text, "fail"))
		return TOBS_EPERM;
	return tobs_reply(ctx, "%d %d %d %s", (int)tobs_data_int(u, "n", -1),
		(int)tobs_data_int(c, "n", -1), (int)tobs_data_int(b, "n", -1),
		tobs_data_str(b, "last", "-"));
}

static void begin(const char *store)
{
	bot_run_make(store);
	tobs_on_text(bot, on_text, NULL);
	bot_run_start();
}

FIBER_TEST(remembers)
{
	struct tmpdir dir;

	tmpdir_init(&dir);
	bot_peer_start(&peer);
	begin(tmpdir_file(&dir, "bot.db"));
	assert_string_equal(said(5, "+"), "1 1 1 +");
	assert_string_equal(said(5, "+"), "2 2 2 +");
	idle();
	say_in(-9, 5, "+");
	assert_string_equal(next_said(), "3 1 3 +");
	idle();
	say_in(-9, 6, "?");
	assert_string_equal(next_said(), "-1 1 3 +");
	/* A handler that fails saves nothing. */
	idle();
	bot_peer_say(&peer, 5, "fail");
	assert_string_equal(said(5, "?"), "3 2 3 +");
	assert_int_equal(bot_failures, 1);
	assert_ok(bot_run_stop());
	/* All of it is there after a restart. */
	begin(tmpdir_file(&dir, "bot.db"));
	assert_string_equal(said(5, "?"), "3 2 3 +");
	assert_string_equal(said(5, "drop"), "-1 -1 -1 -");
	assert_string_equal(said(5, "?"), "-1 -1 -1 -");
	assert_ok(bot_run_stop());
	bot_peer_stop(&peer);
	tmpdir_deinit(&dir);
	return TOBS_OK;
}

/* Middleware that makes something else of a failure does not make it succeed. */
FIBER_TEST(recovered)
{
	bot_peer_start(&peer);
	bot_run_make(NULL);
	tobs_use_recover(bot, NULL, "sorry");
	tobs_on_text(bot, on_text, NULL);
	bot_run_start();
	assert_string_equal(said(5, "+"), "1 1 1 +");
	assert_string_equal(said(5, "fail"), "sorry");
	assert_string_equal(said(5, "?"), "1 1 1 +");
	assert_ok(bot_run_stop());
	bot_peer_stop(&peer);
	return TOBS_OK;
}

/* Updates of two chats change the bot's object at the same time: both count. */
FIBER_TEST(merges)
{
	bot_peer_start(&peer);
	begin(NULL);
	tobs_event_init(&gate);
	bot_peer_say(&peer, 5, "hold");
	assert_string_equal(said(6, "+"), "1 1 1 +");
	assert_string_equal(said(6, "+"), "2 2 2 +");
	idle_but(1);
	tobs_event_set(&gate, 0);
	assert_string_equal(next_said(), "1 1 1 hold");
	idle();
	/* The one that began first ended last: what it set stands. */
	assert_string_equal(said(5, "?"), "1 1 3 hold");
	/* What cannot be merged fails the update, and leaves the rest as it was. */
	tobs_event_init(&gate);
	say_in(-9, 5, "hold");
	assert_string_equal(said(5, "set x"), "-1 1 3 hold");
	assert_int_equal(bot_failures, 0);
	idle_but(1);
	tobs_event_set(&gate, 0);
	assert_string_equal(next_said(), "2 1 4 hold");
	idle();
	assert_string_equal(said(5, "?"), "-1 1 3 hold");
	assert_int_equal(bot_failures, 1);
	assert_int_equal(bot_failure, TOBS_EINVAL);
	assert_ok(bot_run_stop());
	bot_peer_stop(&peer);
	return TOBS_OK;
}

static void migrate(int64_t from, int64_t to)
{
	bot_peer_push(&peer,
		"\"message\":{\"message_id\":1,\"date\":1,\"migrate_from_chat_id\":%lld,\"chat\":{\"id\":"
		"%lld,\"type\":\"supergroup\",\"title\":\"G\"},\"from\":{\"id\":1087968824,\"is_bot\":"
		"true,\"first_name\":\"Group\"}}",
		(long long)from, (long long)to);
}

/* A group's object goes with it when it becomes a supergroup; what is there already stays. */
FIBER_TEST(migrates)
{
	bot_peer_start(&peer);
	begin(NULL);
	say_in(-9, 5, "+");
	assert_string_equal(next_said(), "1 1 1 +");
	idle();
	migrate(-9, -1009);
	say_in(-1009, 5, "+");
	assert_string_equal(next_said(), "2 2 2 +");
	idle();
	say_in(-9, 5, "+");
	assert_string_equal(next_said(), "3 1 3 +");
	idle();
	migrate(-9, -1009);
	migrate(-8, -1009);
	say_in(-1009, 5, "+");
	assert_string_equal(next_said(), "4 3 4 +");
	assert_ok(bot_run_stop());
	bot_peer_stop(&peer);
	return TOBS_OK;
}

/* Many at once, all of which count. */
FIBER_TEST(counts_all)
{
	bot_peer_start(&peer);
	begin(NULL);
	for (int i = 0; i < 100; i++)
		bot_peer_say(&peer, 5 + i % 10, "+");
	for (int i = 0; i < 100; i++)
		(void)next_said();
	idle();
	assert_string_equal(said(5, "?"), "10 10 100 +");
	assert_ok(bot_run_stop());
	bot_peer_stop(&peer);
	return TOBS_OK;
}

/* Each request to the store fails once: the update fails, or did all of it. */
FIBER_TEST(failing_store)
{
	for (uint64_t at = 1; at <= 8; at++) {
		bot_peer_start(&peer);
		begin(NULL);
		bot_run_faulty();
		assert_string_equal(said(5, "+"), "1 1 1 +");
		idle();
		faults.fail_at = faults.requests + at;
		faults.fail_count = 1;
		faults.code = TOBS_EIO;
		(void)said(5, "+");
		idle();
		faults.fail_at = 0;
		assert_int_equal(bot_failures, at <= 4);
		assert_string_equal(said(5, "?"), at <= 4 ? "1 1 1 +" : "2 2 2 +");
		assert_ok(bot_run_stop());
		bot_peer_stop(&peer);
	}
	return TOBS_OK;
}

/* Each allocation fails once: the update counts, or it does not, in all three objects. */
FIBER_TEST(updates_without_memory)
{
	uint64_t n = 1;
	int count = 1;

	bot_peer_start(&peer);
	begin(NULL);
	assert_string_equal(said(5, "+"), "1 1 1 +");
	idle();
	for (;; n++) {
		uint64_t failed = bot->stats.failed;
		char want[64];

		fail_handlers(n);
		bot_peer_say(&peer, 5, "+");
		assert_ok(tobs_sleep(100));
		fail_handlers(0);
		idle();
		bot_calls_seen = peer.call_count;
		count += bot->stats.failed == failed;
		snprintf(want, sizeof want, "%d %d %d +", count, count, count);
		assert_string_equal(said(5, "?"), want);
		idle();
		if (bot_allocations < n)
			break;
	}
	assert_in_range(n, 5, 250);
	assert_ok(bot_run_stop());
	bot_peer_stop(&peer);
	return TOBS_OK;
}

static int on_post(struct tobs_ctx *ctx, void *user)
{
	struct tobs_data *d = tobs_data_user(ctx);

	(void)user;
	assert_int_equal(tobs_data_int(d, "n", 3), 3);
	assert_code(tobs_data_set_int(d, "n", 1), TOBS_EINVAL);
	assert_ok(tobs_data_set_int(tobs_data(ctx, TOBS_DATA_USER, 5), "n", 77));
	return tobs_reply(ctx, "posted");
}

/* Without a user there is nothing to be kept of one. */
FIBER_TEST(nobody)
{
	bot_peer_start(&peer);
	bot_run_make(NULL);
	tobs_on_kind(bot, TOBS_UPDATE_CHANNEL_POST, on_post, NULL);
	tobs_on_text(bot, on_text, NULL);
	bot_run_start();
	bot_peer_push(&peer,
		"\"channel_post\":{\"message_id\":1,\"date\":1,\"text\":\"x\","
		"\"chat\":{\"id\":-5,\"type\":\"channel\",\"title\":\"C\"}}");
	assert_string_equal(next_said(), "posted");
	idle();
	assert_string_equal(said(5, "?"), "-1 -1 -1 -");
	assert_int_equal(bot_failures, 1);
	assert_ok(bot_run_stop());
	bot_peer_stop(&peer);
	return TOBS_OK;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds),
		cmocka_unit_test(sets),
		cmocka_unit_test(refuses),
		cmocka_unit_test(deepest),
		cmocka_unit_test(without_memory),
		fiber_unit_test(remembers),
		fiber_unit_test(recovered),
		fiber_unit_test(merges),
		fiber_unit_test(migrates),
		fiber_unit_test(counts_all),
		fiber_unit_test(failing_store),
		fiber_unit_test(updates_without_memory),
		fiber_unit_test(nobody),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
