/* SPDX-License-Identifier: MIT */
/* Conversations: steps, keys, nesting, states that are not known; how they are put together. */
#include "base/alloc.h"
#include "support/conv_kit.h"
#include "support/failmem.h"

/* ---- Steps -------------------------------------------------------------------------- */

FIBER_TEST(walks)
{
	begin();
	assert_string_equal(said(5, "hello"), "else 0");
	assert_string_equal(said(5, "/register"), "name?");
	assert_string_equal(dumped(), "register chat 5 user 5: name, {}\n");
	assert_string_equal(said(5, "Ada"), "age, Ada?");
	assert_string_equal(dumped(), "register chat 5 user 5: age, {\"name\":\"Ada\"}\n");
	/* Somebody else is not in it, and what nobody takes goes on. */
	assert_string_equal(said(6, "Bo"), "else 0");
	assert_string_equal(said(5, "/other"), "else 1");
	assert_string_equal(said(5, "/register"), "else 1");
	assert_string_equal(said(5, "stay"), "staying");
	assert_string_equal(said(5, "note"), "noted");
	assert_string_equal(said(5, "36"), "Ada is 36, noted");
	assert_string_equal(dumped(), "");
	assert_nothing("conv/");
	assert_string_equal(said(5, "36"), "else 1");
	assert_string_equal(said(5, "/register"), "name?");
	assert_string_equal(said(5, "/cancel"), "cancelled at name");
	assert_string_equal(said(5, "/cancel"), "else 1");
	end();
	return TOBS_OK;
}

/* A handler that fails changes nothing, neither here nor in the data of the user. */
FIBER_TEST(failures_change_nothing)
{
	begin();
	assert_string_equal(said(5, "/register"), "name?");
	assert_string_equal(said(5, "bad"), "bad");
	assert_string_equal(dumped(), "register chat 5 user 5: name, {}\n");
	assert_int_equal(bot_failures, 1);
	/* A state that there is not fails the update, whatever the handler returns. */
	assert_string_equal(said(5, "lost"), "age, lost?");
	assert_string_equal(dumped(), "register chat 5 user 5: name, {}\n");
	assert_int_equal(bot_failures, 2);
	assert_int_equal(bot_failure, TOBS_EINVAL);
	assert_string_equal(said(5, "/x"), "else 0");
	/* A handler that passes it on. */
	assert_string_equal(said(5, "next"), "else 1");
	assert_string_equal(said(5, "Ada"), "age, Ada?");
	end();
	return TOBS_OK;
}

static int on_zed(struct tobs_ctx *ctx, void *user)
{
	int r = tobs_next(ctx);

	(void)user;
	return strcmp(tobs_text(ctx), "Zed") ? r : TOBS_EIO;
}

/* Neither does a handler around which something else fails. */
FIBER_TEST(failing_middleware)
{
	begin();
	assert_ok(tobs_use(bot, on_zed, NULL));
	assert_string_equal(said(5, "/register"), "name?");
	assert_string_equal(said(5, "Zed"), "age, Zed?");
	assert_string_equal(dumped(), "register chat 5 user 5: name, {}\n");
	assert_string_equal(said(5, "/x"), "else 0");
	end();
	return TOBS_OK;
}

FIBER_TEST(reentry)
{
	options.allow_reentry = true;
	begin();
	assert_string_equal(said(5, "/register"), "name?");
	assert_string_equal(said(5, "Ada"), "age, Ada?");
	assert_string_equal(said(5, "/register"), "name?");
	assert_string_equal(dumped(), "register chat 5 user 5: name, {}\n");
	end();
	return TOBS_OK;
}

static int on_idle_entry(struct tobs_ctx *ctx, void *user)
{
	(void)user;
	tobs_data_set_int(tobs_conv_data(ctx), "x", 1);
	return tobs_reply(ctx, "not begun");
}

/* An entry that begins nothing leaves what is under way as it is. */
FIBER_TEST(idle_entry)
{
	struct tobs_conv *c;

	bot_peer_start(&peer);
	bot_run_make(NULL);
	c = tobs_conv_new(bot, "r", &(struct tobs_conv_options){ .allow_reentry = true });
	tobs_conv_entry(c, tobs_f_command_is("register"), on_start, NULL);
	tobs_conv_entry(c, tobs_f_command_is("idle"), on_idle_entry, NULL);
	tobs_conv_state(c, "name", words(), on_name, NULL);
	tobs_conv_state(c, "age", words(), on_age, NULL);
	bot_run_start();
	assert_string_equal(said(5, "/idle"), "not begun");
	assert_string_equal(dumped(), "");
	assert_string_equal(said(5, "/register"), "name?");
	assert_string_equal(said(5, "Ada"), "age, Ada?");
	assert_string_equal(said(5, "/idle"), "not begun");
	assert_string_equal(dumped(), "r chat 5 user 5: age, {\"name\":\"Ada\"}\n");
	assert_string_equal(said(5, "note"), "noted");
	assert_string_equal(dumped(), "r chat 5 user 5: age, {\"name\":\"Ada\",\"noted\":true}\n");
	end();
	return TOBS_OK;
}

/* ---- Keys ------------------------------------------------------------------------------ */

static const char *said_in(int64_t chat, int64_t user, const char *text)
{
	say_in(chat, user, text);
	return next_said();
}

FIBER_TEST(keys_by_chat_and_user)
{
	begin();
	assert_string_equal(said_in(-9, 5, "/register"), "name?");
	assert_string_equal(said_in(-9, 6, "/register"), "name?");
	assert_string_equal(said_in(-9, 5, "Ada"), "age, Ada?");
	assert_string_equal(said_in(-8, 5, "Bo"), "else 1");
	assert_string_equal(said_in(-9, 6, "Bo"), "age, Bo?");
	assert_string_equal(dumped(),
		"register chat -9 user 5: age, {\"name\":\"Ada\"}\n"
		"register chat -9 user 6: age, {\"name\":\"Bo\"}\n");
	end();
	return TOBS_OK;
}

FIBER_TEST(keys_by_chat)
{
	options.key = TOBS_CONV_CHAT;
	begin();
	assert_string_equal(said_in(-9, 5, "/register"), "name?");
	assert_string_equal(said_in(-9, 6, "Bo"), "age, Bo?");
	assert_string_equal(dumped(), "register chat -9: age, {\"name\":\"Bo\"}\n");
	end();
	return TOBS_OK;
}

/* One in two chats, whose updates come at the same time: they take turns. */
FIBER_TEST(keys_by_user)
{
	options.key = TOBS_CONV_USER;
	tobs_event_init(&gate);
	begin();
	assert_string_equal(said_in(-9, 5, "/register"), "name?");
	assert_string_equal(said_in(-8, 5, "/x"), "else 0");
	idle();
	say_in(-9, 5, "hold");
	say_in(-8, 5, "36");
	assert_ok(tobs_sleep(1000));
	assert_int_equal(bot->stats.handling, 2);
	tobs_event_set(&gate, 0);
	assert_string_equal(next_said(), "age, hold?");
	assert_string_equal(next_said(), "hold is 36");
	assert_string_equal(dumped(), "");
	/* One that is not for it is not waited for. */
	tobs_event_init(&gate);
	say_in(-9, 5, "hold");
	assert_string_equal(said_in(-8, 5, "/register"), "name?");
	tobs_event_set(&gate, 0);
	assert_string_equal(next_said(), "else 1");
	end();
	return TOBS_OK;
}

static int on_press(struct tobs_ctx *ctx, void *user)
{
	(void)user;
	tobs_data_add(tobs_conv_data(ctx), "n", 1);
	tobs_conv_go(ctx, "on");
	return tobs_reply(
		ctx, "%s %d", tobs_text(ctx), (int)tobs_data_int(tobs_conv_data(ctx), "n", 0));
}

FIBER_TEST(keys_by_message)
{
	struct tobs_conv *c;

	bot_peer_start(&peer);
	bot_run_make(NULL);
	c = tobs_conv_new(bot, "vote", &(struct tobs_conv_options){ .key = TOBS_CONV_MESSAGE });
	tobs_conv_entry(c, tobs_f_any(), on_press, NULL);
	tobs_conv_state(c, "on", tobs_f_callback("v"), on_press, NULL);
	tobs_on(bot, tobs_f_any(), on_else, NULL);
	bot_run_start();
	press(5, 11, "v1");
	assert_string_equal(next_said(), "v1 1");
	press(5, 12, "v2");
	assert_string_equal(next_said(), "v2 1");
	press(5, 11, "v3");
	assert_string_equal(next_said(), "v3 2");
	assert_string_equal(said(5, "text"), "else 0");
	assert_string_equal(dumped(),
		"vote chat 5 message 11: on, {\"n\":2}\n"
		"vote chat 5 message 12: on, {\"n\":1}\n");
	end();
	return TOBS_OK;
}

/* However many there are, the store is asked once whether one is under way. */
FIBER_TEST(many_conversations)
{
	static char names[20][16];
	struct tobs_conv *c = NULL;
	uint64_t before;

	bot_peer_start(&peer);
	bot_run_make(NULL);
	for (int i = 0; i < 20; i++) {
		snprintf(names[i], sizeof names[i], "c%d", i);
		c = tobs_conv_new(bot, names[i], NULL);
		tobs_conv_entry(c, tobs_f_command_is(names[i]), on_start, names[i]);
		tobs_conv_state(c, "name", words(), on_name, NULL);
		tobs_conv_state(c, "age", words(), on_age, NULL);
	}
	tobs_on(bot, tobs_f_kind(TOBS_UPDATE_MESSAGE), on_else, NULL);
	bot_run_start();
	bot_run_faulty();
	/* One for the conversations, one for the data of the user. */
	assert_string_equal(said(5, "hello"), "else 0");
	idle();
	before = faults.requests;
	assert_string_equal(said(5, "hello"), "else 0");
	idle();
	assert_int_equal(faults.requests - before, 2);
	assert_string_equal(said(5, "/c7"), "name?c7");
	assert_string_equal(said(5, "/c3"), "name?c3");
	/* Both are under way: the one that was made first takes it. */
	assert_string_equal(said(5, "Ada"), "age, Ada?");
	assert_string_equal(dumped(),
		"c3 chat 5 user 5: age, {\"name\":\"Ada\"}\n"
		"c7 chat 5 user 5: name, {}\n");
	end();
	return TOBS_OK;
}

static int on_anything(struct tobs_ctx *ctx, void *user)
{
	(void)user;
	return tobs_reply(ctx, "taken");
}

/* Filters that take everything mean messages and buttons, whatever else is asked for. */
FIBER_TEST(anything)
{
	struct tobs_conv *c;

	bot_peer_start(&peer);
	bot_run_make(NULL);
	c = tobs_conv_new(bot, "any", NULL);
	tobs_conv_entry(c, tobs_f_any(), on_anything, NULL);
	tobs_conv_fallback(c, tobs_f_kind(TOBS_UPDATE_EDITED_MESSAGE), on_anything, NULL);
	tobs_on_kind(bot, TOBS_UPDATE_EDITED_MESSAGE, on_else, NULL);
	bot_run_start();
	assert_string_equal(said(5, "x"), "taken");
	press(5, 1, "x");
	assert_string_equal(next_said(), "taken");
	bot_peer_push(&peer,
		"\"edited_message\":{\"message_id\":1,\"date\":1,\"text\":\"x\",\"from\":{\"id\":5,"
		"\"is_bot\":false,\"first_name\":\"U\"},\"chat\":{\"id\":5,\"type\":\"private\"}}");
	assert_string_equal(next_said(), "else 0");
	end();
	return TOBS_OK;
}

/* ---- Nesting ----------------------------------------------------------------------------- */

static int go_to(struct tobs_ctx *ctx, void *user)
{
	assert_ok(tobs_conv_go(ctx, user));
	return tobs_reply(ctx, "%s", (const char *)user);
}

static int end_with(struct tobs_ctx *ctx, void *user)
{
	tobs_data_push(tobs_conv_data(ctx), "ends", user ? user : "-");
	tobs_conv_end_with(ctx, user);
	return tobs_reply(ctx, "end %s", user ? (const char *)user : "-");
}

static int enter(struct tobs_ctx *ctx, void *user)
{
	(void)user;
	assert_ok(tobs_conv_enter(ctx, "extras", "add"));
	return tobs_reply(ctx, "entered");
}

static struct tobs_conv *nested(void)
{
	static const struct tobs_conv_return map[] = { { "done", "pay" }, { "abort", NULL },
		{ NULL, "size" } };
	struct tobs_conv *outer, *inner;

	bot_run_make(NULL);
	outer = tobs_conv_new(bot, "order", NULL);
	inner = tobs_conv_new(bot, "extras", NULL);
	tobs_conv_entry(outer, tobs_f_command_is("order"), go_to, (void *)(uintptr_t) "size");
	tobs_conv_state(outer, "size", tobs_f_text_is("big"), go_to, (void *)(uintptr_t) "extras");
	tobs_conv_state(outer, "size", tobs_f_text_is("enter"), enter, NULL);
	tobs_conv_state(
		outer, "extras", tobs_f_text_is("outer"), go_to, (void *)(uintptr_t) "size");
	tobs_conv_state(outer, "pay", tobs_f_text_is("paid"), end_with, NULL);
	tobs_conv_fallback(outer, tobs_f_command_is("cancel"), end_with, NULL);
	tobs_conv_entry(inner, tobs_f_text_is("extras"), go_to, (void *)(uintptr_t) "add");
	tobs_conv_entry(inner, tobs_f_text_is("none"), end_with, (void *)(uintptr_t) "done");
	tobs_conv_state(
		inner, "add", tobs_f_text_is("olives"), end_with, (void *)(uintptr_t) "other");
	tobs_conv_state(inner, "add", tobs_f_text_is("done"), end_with, (void *)(uintptr_t) "done");
	tobs_conv_state(
		inner, "add", tobs_f_text_is("abort"), end_with, (void *)(uintptr_t) "abort");
	tobs_conv_state(inner, "add", tobs_f_text_is("plain"), end_with, NULL);
	tobs_conv_fallback(inner, tobs_f_text_is("help"), go_to, (void *)(uintptr_t) "add");
	assert_ok(tobs_conv_nest(outer, "extras", inner, map, 3));
	tobs_on(bot, tobs_f_kind(TOBS_UPDATE_MESSAGE), on_else, NULL);
	return inner;
}

FIBER_TEST(nests)
{
	bot_peer_start(&peer);
	nested();
	bot_run_start();
	/* The inner one has no beginning outside. */
	assert_string_equal(said(5, "extras"), "else 0");
	assert_string_equal(said(5, "/order"), "size");
	assert_string_equal(said(5, "big"), "extras");
	/* Its state's own handlers, while the inner one has not begun. */
	assert_string_equal(said(5, "outer"), "size");
	assert_string_equal(said(5, "big"), "extras");
	assert_string_equal(said(5, "extras"), "add");
	assert_string_equal(dumped(), "order chat 5 user 5: extras > extras add, {}\n");
	assert_string_equal(said(5, "outer"), "else 0");
	assert_string_equal(said(5, "help"), "add");
	/* A result that is not in the map: back to the state. */
	assert_string_equal(said(5, "olives"), "end other");
	assert_string_equal(dumped(), "order chat 5 user 5: extras, {\"ends\":[\"other\"]}\n");
	assert_string_equal(said(5, "extras"), "add");
	assert_string_equal(said(5, "plain"), "end -");
	assert_string_equal(dumped(), "order chat 5 user 5: size, {\"ends\":[\"other\",\"-\"]}\n");
	assert_string_equal(said(5, "enter"), "entered");
	assert_string_equal(said(5, "done"), "end done");
	assert_string_equal(said(5, "paid"), "end -");
	assert_string_equal(dumped(), "");
	/* One that ends at once, one that ends both, one that is cancelled from outside. */
	(void)said(5, "/order");
	(void)said(5, "big");
	assert_string_equal(said(5, "none"), "end done");
	assert_string_equal(dumped(), "order chat 5 user 5: pay, {\"ends\":[\"done\"]}\n");
	assert_string_equal(said(5, "/cancel"), "end -");
	(void)said(5, "/order");
	assert_string_equal(said(5, "enter"), "entered");
	assert_string_equal(said(5, "abort"), "end abort");
	assert_string_equal(dumped(), "");
	(void)said(5, "/order");
	assert_string_equal(said(5, "enter"), "entered");
	assert_string_equal(said(5, "/cancel"), "end -");
	assert_nothing("conv/");
	end();
	return TOBS_OK;
}

/* ---- Upgrades ------------------------------------------------------------------------------ */

static int on_unknown(struct tobs_ctx *ctx, void *user)
{
	assert_non_null(tobs_ctx_update(ctx));
	if (user)
		tobs_conv_go(ctx, "name");
	return tobs_reply(ctx, "unknown %s", tobs_data_str(tobs_conv_data(ctx), "name", "-"));
}

FIBER_TEST(unknown_states)
{
	static const char *const records[] = {
		"{\"due\":0,\"stack\":[[\"register\",\"gone\"]],\"data\":{\"name\":\"Ada\"}}",
		"{\"due\":0,\"stack\":[[\"register\",\"age\"],[\"inner\",\"x\"]],\"data\":{}}",
		"{\"due\":0,\"stack\":[[\"other\",\"age\"]]}",
		"{\"due\":0,\"stack\":[]}",
		"{\"due\":0}",
		"[1]",
		"{\"due\":",
		"7",
	};

	begin();
	for (size_t i = 0; i < ARRAY_LEN(records); i++) {
		put("conv/at/register/5/5/0", records[i]);
		/* It is over, and this is for others. */
		assert_string_equal(said(5, "36"), "else 0");
		assert_nothing("conv/");
		put("conv/at/register/5/5/0", records[i]);
		assert_string_equal(said(5, "/register"), "name?");
		assert_string_equal(dumped(), "register chat 5 user 5: name, {}\n");
	}
	end();
	for (int go = 0; go < 2; go++) {
		options.on_unknown = on_unknown;
		options.user = go ? &options : NULL;
		begin();
		put("conv/at/register/5/5/0", records[0]);
		assert_string_equal(said(5, "36"), "unknown Ada");
		if (go) {
			assert_string_equal(
				dumped(), "register chat 5 user 5: name, {\"name\":\"Ada\"}\n");
		} else {
			assert_string_equal(next_said(), "else 0");
			assert_nothing("conv/");
		}
		end();
	}
	return TOBS_OK;
}

/* ---- Putting together -------------------------------------------------------- */

static int define(void *user)
{
	static const struct tobs_conv_return map[] = { { "a", "b" }, { "b", NULL } };
	struct tobs_bot *b = tobs_bot_new(&(struct tobs_bot_options){ .token = "1:x" });
	struct tobs_conv *c, *d;
	int r;

	(void)user;
	if (!b)
		return TOBS_ENOMEM;
	c = tobs_conv_new(b, "c", NULL);
	d = tobs_conv_new(b, "d", NULL);
	tobs_conv_entry(c, tobs_f_any(), on_start, NULL);
	tobs_conv_fallback(c, tobs_f_text(), on_start, NULL);
	tobs_conv_state(c, "b", tobs_f_text(), on_name, NULL);
	tobs_conv_nest(c, "s", d, map, 2);
	/* A filter without memory is none, which is EINVAL. */
	r = b->wrong.code == TOBS_EINVAL ? TOBS_ENOMEM : b->wrong.code;
	tobs_bot_free(b);
	tobs_log_forget();
	return r;
}

static void definitions_without_memory(void **state)
{
	(void)state;
	fail_each_allocation(define, NULL);
}

static void wrong_definitions(void **state)
{
	static const char long_name[] = "a12345678901234567890123456789012";
	struct tobs_bot *b;
	struct tobs_conv *c, *d;

	(void)state;
#define WRONG(expr)                                                             \
	do {                                                                    \
		b = tobs_bot_new(&(struct tobs_bot_options){ .token = "1:x" }); \
		c = tobs_conv_new(b, "c", NULL);                                \
		d = tobs_conv_new(b, "d", NULL);                                \
		assert_ok(b->wrong.code);                                       \
		assert_true(expr);                                              \
		assert_code(b->wrong.code, TOBS_EINVAL);                        \
		assert_non_null(strstr(b->wrong.message, "conversation"));      \
		tobs_bot_free(b);                                               \
		tobs_log_forget();                                              \
	} while (0)
	WRONG(!tobs_conv_new(b, "c", NULL));
	WRONG(!tobs_conv_new(b, "", NULL));
	WRONG(!tobs_conv_new(b, NULL, NULL));
	WRONG(!tobs_conv_new(b, "a/b", NULL));
	WRONG(!tobs_conv_new(b, long_name, NULL));
	WRONG(tobs_conv_entry(c, NULL, on_start, NULL));
	WRONG(tobs_conv_entry(c, tobs_f_any(), NULL, NULL));
	WRONG(tobs_conv_state(c, "", tobs_f_any(), on_start, NULL));
	WRONG(tobs_conv_state(c, NULL, tobs_f_any(), on_start, NULL));
	WRONG(tobs_conv_state(c, long_name, tobs_f_any(), on_start, NULL));
	WRONG(tobs_conv_nest(c, "s", c, NULL, 0));
	WRONG(tobs_conv_nest(c, "s", d, NULL, 0) == 0 && tobs_conv_nest(d, "s", c, NULL, 0));
	WRONG(tobs_conv_nest(c, "s", d, NULL, 0) == 0 && tobs_conv_nest(c, "t", d, NULL, 0));
	assert_code(tobs_conv_entry(NULL, tobs_f_any(), on_start, NULL), TOBS_EINVAL);
	assert_code(tobs_conv_state(NULL, "s", tobs_f_any(), on_start, NULL), TOBS_EINVAL);
	assert_code(tobs_conv_fallback(NULL, tobs_f_any(), on_start, NULL), TOBS_EINVAL);
	assert_code(tobs_conv_nest(NULL, "s", NULL, NULL, 0), TOBS_EINVAL);
	assert_null(tobs_conv_new(NULL, "c", NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fiber_unit_test(walks),
		fiber_unit_test(failures_change_nothing),
		fiber_unit_test(failing_middleware),
		fiber_unit_test(reentry),
		fiber_unit_test(idle_entry),
		fiber_unit_test(keys_by_chat_and_user),
		fiber_unit_test(keys_by_chat),
		fiber_unit_test(keys_by_user),
		fiber_unit_test(keys_by_message),
		fiber_unit_test(many_conversations),
		fiber_unit_test(anything),
		fiber_unit_test(nests),
		fiber_unit_test(unknown_states),
		cmocka_unit_test(definitions_without_memory),
		cmocka_unit_test(wrong_definitions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
