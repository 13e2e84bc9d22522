/* SPDX-License-Identifier: MIT */
/* Keyboards, and buttons whose data does not fit into them. */
#include <tobs/keyboard.h>

#include "bot/token.h"
#include "support/bot_talk.h"
#include "support/failmem.h"
#include "support/tmpdir.h"

static struct tobs_arena arena;

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

static const char *shown(const struct tobs_reply_markup *m)
{
	static char text[4096];
	struct tobs_buf out;

	tobs_buf_init(&out, sizeof text - 1);
	if (m->keyboard)
		assert_ok(tobs_botapi_print(&out, TOBS_TYPE_REPLY_KEYBOARD_MARKUP, m->keyboard));
	else if (m->inline_keyboard)
		assert_ok(tobs_botapi_print(
			&out, TOBS_TYPE_INLINE_KEYBOARD_MARKUP, m->inline_keyboard));
	snprintf(text, sizeof text, "%s", tobs_buf_str(&out));
	tobs_buf_deinit(&out);
	return text;
}

static void inline_buttons(void **state)
{
	struct tobs_inline_builder k;
	struct tobs_reply_markup m;

	(void)state;
	tobs_inline_init_in(&k, NULL, &arena);
	assert_code(tobs_inline_done(&k, &m), TOBS_EINVAL);
	tobs_inline_callback(&k, "A", "a:%d", 1);
	tobs_inline_url(&k, "U", "https://e.org/");
	tobs_inline_row(&k);
	tobs_inline_row(&k);
	tobs_inline_web_app(&k, "W", "https://w.org/");
	tobs_inline_login(&k, "L", "https://l.org/");
	tobs_inline_switch(&k, "S", "");
	tobs_inline_row(&k);
	tobs_inline_switch_here(&k, "H", "q");
	tobs_inline_copy(&k, "C", "text");
	tobs_inline_pay(&k, "P");
	assert_ok(tobs_inline_done(&k, &m));
	assert_string_equal(shown(&m),
		"{\"inline_keyboard\":[[{\"text\":\"A\",\"callback_data\":\"a:1\"},"
		"{\"text\":\"U\",\"url\":\"https://e.org/\"}],"
		"[{\"text\":\"W\",\"web_app\":{\"url\":\"https://w.org/\"}},"
		"{\"text\":\"L\",\"login_url\":{\"url\":\"https://l.org/\"}},"
		"{\"text\":\"S\",\"switch_inline_query\":\"\"}],"
		"[{\"text\":\"H\",\"switch_inline_query_current_chat\":\"q\"},"
		"{\"text\":\"C\",\"copy_text\":{\"text\":\"text\"}},"
		"{\"text\":\"P\",\"pay\":true}]]}");
}

static void grids(void **state)
{
	struct tobs_inline_builder k;
	struct tobs_reply_markup m;

	(void)state;
	tobs_inline_init_in(&k, NULL, &arena);
	tobs_inline_columns(&k, 3);
	for (int i = 0; i < 7; i++)
		tobs_inline_callback(&k, "x", "%d", i);
	assert_ok(tobs_inline_done(&k, &m));
	assert_int_equal(m.inline_keyboard->inline_keyboard.count, 3);
	assert_int_equal(m.inline_keyboard->inline_keyboard.items[1].count, 3);
	assert_int_equal(m.inline_keyboard->inline_keyboard.items[2].count, 1);
	assert_string_equal(
		m.inline_keyboard->inline_keyboard.items[2].items[0].callback_data, "6");
	for (int i = 7; i < TOBS_BUTTONS_MAX; i++)
		tobs_inline_callback(&k, "x", "%d", i);
	assert_ok(tobs_inline_done(&k, &m));
	assert_int_equal(m.inline_keyboard->inline_keyboard.count, TOBS_BUTTONS_MAX / 3);
	tobs_inline_callback(&k, "x", "x");
	assert_code(tobs_inline_done(&k, &m), TOBS_ETOOBIG);
}

static void reply_buttons(void **state)
{
	struct tobs_keyboard_builder k;
	struct tobs_reply_markup m;

	(void)state;
	tobs_keyboard_init(&k, &arena, TOBS_KEYBOARD_RESIZE | TOBS_KEYBOARD_ONE_TIME);
	assert_code(tobs_keyboard_done(&k, &m), TOBS_EINVAL);
	tobs_keyboard_columns(&k, 2);
	tobs_keyboard_text(&k, "%d", 1);
	tobs_keyboard_contact(&k, "Phone");
	tobs_keyboard_location(&k, "Here");
	tobs_keyboard_poll(&k, "Quiz", "quiz");
	tobs_keyboard_poll(&k, "Poll", NULL);
	tobs_keyboard_row(&k);
	tobs_keyboard_web_app(&k, "App", "https://e.org/");
	tobs_keyboard_placeholder(&k, "Say");
	assert_ok(tobs_keyboard_done(&k, &m));
	assert_string_equal(shown(&m),
		"{\"keyboard\":[[{\"text\":\"1\"},{\"text\":\"Phone\",\"request_contact\":true}],"
		"[{\"text\":\"Here\",\"request_location\":true},"
		"{\"text\":\"Quiz\",\"request_poll\":{\"type\":\"quiz\"}}],"
		"[{\"text\":\"Poll\",\"request_poll\":{}}],"
		"[{\"text\":\"App\",\"web_app\":{\"url\":\"https://e.org/\"}}]],"
		"\"resize_keyboard\":true,\"one_time_keyboard\":true,"
		"\"input_field_placeholder\":\"Say\"}");
	tobs_keyboard_init(&k, &arena, TOBS_KEYBOARD_PERSISTENT | TOBS_KEYBOARD_SELECTIVE);
	tobs_keyboard_text(&k, "x");
	assert_ok(tobs_keyboard_done(&k, &m));
	assert_string_equal(shown(&m),
		"{\"keyboard\":[[{\"text\":\"x\"}]],\"is_persistent\":true,\"selective\":true}");
	tobs_keyboard_text(&k, "%s", "");
	assert_code(tobs_keyboard_done(&k, &m), TOBS_EINVAL);
	assert_non_null(tobs_keyboard_none().remove_keyboard);
	assert_non_null(tobs_keyboard_reply().force_reply);
}

static const char *pages(int64_t page, int64_t count)
{
	struct tobs_inline_builder k;
	struct tobs_reply_markup m;
	char *s = tobs_arena_strdup(&arena, "");

	tobs_inline_init_in(&k, NULL, &arena);
	tobs_inline_columns(&k, 2);
	tobs_inline_callback(&k, "x", "x");
	tobs_inline_pages(&k, "p", page, count);
	tobs_inline_callback(&k, "y", "y");
	tobs_inline_callback(&k, "z", "z");
	tobs_inline_callback(&k, "w", "w");
	assert_ok(tobs_inline_done(&k, &m));
	for (size_t i = 0; i < m.inline_keyboard->inline_keyboard.count; i++) {
		const struct tobs_inline_keyboard_button_array *row =
			&m.inline_keyboard->inline_keyboard.items[i];

		for (size_t j = 0; j < row->count; j++)
			s = tobs_arena_printf(&arena, "%s%s%s=%s", s,
				j           ? " "
					: i ? "|"
					    : "",
				row->items[j].text, row->items[j].callback_data);
	}
	return s;
}

static void turns_pages(void **state)
{
	(void)state;
	assert_string_equal(pages(1, 1), "x=x y=y|z=z w=w");
	assert_string_equal(pages(1, 2), "x=x|1/2=p:1 ▶=p:2|y=y z=z|w=w");
	assert_string_equal(pages(2, 7), "x=x|◀=p:1 2/7=p:2 ▶=p:3|y=y z=z|w=w");
	assert_string_equal(pages(9, 7), "x=x|◀=p:6 7/7=p:7|y=y z=z|w=w");
	assert_string_equal(pages(-1, 7), "x=x|1/7=p:1 ▶=p:2|y=y z=z|w=w");
}

static void tokens(void **state)
{
	char a[TOKEN_LEN + 1], b[TOKEN_LEN + 1];

	(void)state;
	token_make(a);
	token_make(b);
	assert_int_equal(strlen(a), TOKEN_LEN);
	assert_string_not_equal(a, b);
	assert_true(token_is(tobs_str(a)));
	assert_true(token_needed(tobs_str(a)));
	assert_false(token_is(tobs_str("~t:short")));
	assert_false(token_needed(
		tobs_str("1234567890123456789012345678901234567890123456789012345678901234")));
}

static int all_buttons(void *user)
{
	struct tobs_arena own;
	struct tobs_inline_builder k;
	struct tobs_keyboard_builder r;
	struct tobs_reply_markup m;
	int code;

	(void)user;
	tobs_arena_init(&own, 1 << 20);
	tobs_inline_init_in(&k, NULL, &own);
	tobs_inline_callback(&k, "A", "a:%d", 1);
	tobs_inline_url(&k, "U", "https://e.org/");
	tobs_inline_web_app(&k, "W", "https://w.org/");
	tobs_inline_login(&k, "L", "https://l.org/");
	tobs_inline_switch(&k, "S", "s");
	tobs_inline_copy(&k, "C", "text");
	code = tobs_inline_done(&k, &m);
	tobs_keyboard_init(&r, &own, 0);
	tobs_keyboard_text(&r, "x");
	tobs_keyboard_poll(&r, "x", "quiz");
	tobs_keyboard_web_app(&r, "x", "https://e.org/");
	if (!code)
		code = tobs_keyboard_done(&r, &m);
	tobs_arena_deinit(&own);
	return code;
}

static void without_memory(void **state)
{
	(void)state;
	fail_each_allocation(all_buttons, NULL);
}

/* ---- Pressed -------------------------------------------------------------------------- */

static char long_data[1200];

static int on_ask(struct tobs_ctx *ctx, void *user)
{
	struct tobs_inline_builder k;
	struct tobs_send_message m = { .text = "?" };
	int r;

	(void)user;
	tobs_inline_init(&k, ctx);
	tobs_inline_keep(&k, 0);
	tobs_inline_callback(&k, "short", "item:1");
	tobs_inline_callback(&k, "long", "item:%s", long_data);
	tobs_inline_callback(&k, "odd", "~t:aaaaaaaaaaaaaaaaaaaaaa");
	r = tobs_inline_done(&k, &m.reply_markup);
	return r ? r : tobs_reply_with(ctx, &m, NULL);
}

static int on_item(struct tobs_ctx *ctx, void *user)
{
	const char *data = tobs_text(ctx);

	(void)user;
	assert_string_equal(tobs_ctx_update(ctx)->callback_query->data, data);
	return tobs_reply(
		ctx, "%zu %.10s %d", strlen(data), data, (int)tobs_page(ctx, "item", 5, -1));
}

static int on_odd(struct tobs_ctx *ctx, void *user)
{
	(void)user;
	return tobs_reply(ctx, "odd %s", tobs_text(ctx));
}

static int on_gone(struct tobs_ctx *ctx, void *user)
{
	(void)user;
	return tobs_reply(ctx, "gone%s", tobs_text(ctx));
}

static void begin(const char *store)
{
	memset(long_data, 'x', sizeof long_data - 1);
	bot_run_make(store);
	tobs_on_text(bot, on_ask, NULL);
	tobs_on_callback(bot, "item:", on_item, NULL);
	tobs_on_callback(bot, "~t:", on_odd, NULL);
}

/* The data of button i of the last message. */
static const char *button(const char *call, int i)
{
	static char data[128];

	for (; i >= 0; i--)
		call = strstr(call, "\"callback_data\":\"") + strlen("\"callback_data\":\"");
	snprintf(data, sizeof data, "%.*s", (int)strcspn(call, "\""), call);
	return data;
}

FIBER_TEST(long_data_comes_back)
{
	struct tmpdir dir;
	char token[64], odd[64];
	const char *call;

	tmpdir_init(&dir);
	bot_peer_start(&peer);
	begin(tmpdir_file(&dir, "bot.db"));
	bot_run_start();
	bot_peer_say(&peer, 5, "?");
	call = next_call();
	assert_string_equal(button(call, 0), "item:1");
	snprintf(token, sizeof token, "%s", button(call, 1));
	snprintf(odd, sizeof odd, "%s", button(call, 2));
	assert_true(token_is(tobs_str(token)));
	press(5, 1, "item:1");
	assert_string_equal(next_said(), "6 item:1 1");
	press(5, 1, token);
	assert_string_equal(next_said(), "1204 item:xxxxx -1");
	press(5, 1, odd);
	assert_string_equal(next_said(), "odd ~t:aaaaaaaaaaaaaaaaaaaaaa");
	assert_ok(bot_run_stop());
	/* Also after a restart, and more than once. */
	begin(tmpdir_file(&dir, "bot.db"));
	bot_run_start();
	press(5, 1, token);
	assert_string_equal(next_said(), "1204 item:xxxxx -1");
	assert_ok(bot_run_stop());
	bot_peer_stop(&peer);
	tmpdir_deinit(&dir);
	return TOBS_OK;
}

FIBER_TEST(expired_buttons)
{
	bot_peer_start(&peer);
	begin(NULL);
	bot_run_start();
	press(5, 1, "~t:bbbbbbbbbbbbbbbbbbbbbb");
	assert_string_equal(next_call(),
		"answerCallbackQuery {\"callback_query_id\":\"9\",\"text\":\"This button no longer "
		"works.\"}");
	/* What only looks like one goes to the handlers. */
	press(5, 1, "~t:short");
	assert_string_equal(next_said(), "odd ~t:short");
	assert_ok(bot_run_stop());
	begin(NULL);
	tobs_on_expired(bot, on_gone, NULL);
	bot_run_start();
	press(5, 1, "~t:bbbbbbbbbbbbbbbbbbbbbb");
	assert_string_equal(next_said(), "gone");
	assert_int_equal(bot_failures, 0);
	assert_ok(bot_run_stop());
	bot_peer_stop(&peer);
	return TOBS_OK;
}

/* The store fails: the keyboard is not sent, or the update fails; nothing is said to be gone. */
FIBER_TEST(failing_store)
{
	const char *call;
	char token[64];

	bot_peer_start(&peer);
	begin(NULL);
	bot_run_start();
	bot_run_faulty();
	faults.code = TOBS_EIO;
	faults.fail_at = 1;
	faults.fail_count = 1;
	bot_peer_say(&peer, 5, "?");
	while (!bot_failures)
		assert_ok(tobs_sleep(1));
	idle();
	assert_int_equal(bot_failures, 1);
	bot_peer_say(&peer, 5, "?");
	call = next_call();
	snprintf(token, sizeof token, "%s", button(call, 1));
	idle();
	faults.fail_at = faults.requests + 1;
	press(5, 1, token);
	while (bot_failures < 2)
		assert_ok(tobs_sleep(1));
	idle();
	press(5, 1, token);
	assert_string_equal(next_said(), "1204 item:xxxxx -1");
	assert_ok(bot_run_stop());
	bot_peer_stop(&peer);
	return TOBS_OK;
}

/* Each allocation fails once, while a keyboard is made and while its button is pressed. */
FIBER_TEST(pressed_without_memory)
{
	uint64_t n = 1;
	char token[64];

	bot_peer_start(&peer);
	begin(NULL);
	bot_run_start();
	for (;; n++) {
		uint64_t failed = bot->stats.failed;

		fail_handlers(n);
		bot_peer_say(&peer, 5, "?");
		assert_ok(tobs_sleep(100));
		fail_handlers(0);
		idle();
		if (bot->stats.failed == failed)
			break;
		bot_calls_seen = peer.call_count;
	}
	assert_in_range(n, 5, 200);
	snprintf(token, sizeof token, "%s", button(next_call(), 1));
	for (n = 1;; n++) {
		uint64_t failed = bot->stats.failed;

		fail_handlers(n);
		press(5, 1, token);
		assert_ok(tobs_sleep(100));
		fail_handlers(0);
		idle();
		if (bot->stats.failed == failed)
			break;
		bot_calls_seen = peer.call_count;
	}
	assert_in_range(n, 2, 200);
	assert_string_equal(next_said(), "1204 item:xxxxx -1");
	assert_ok(bot_run_stop());
	bot_peer_stop(&peer);
	return TOBS_OK;
}

static void too_long(void **state)
{
	static char data[TOBS_BUTTON_DATA + 2];
	struct tobs_inline_builder k;
	struct tobs_reply_markup m;

	(void)state;
	memset(data, 'x', sizeof data - 1);
	tobs_inline_init_in(&k, NULL, &arena);
	tobs_inline_callback(&k, "x", "%s", data);
	assert_code(tobs_inline_done(&k, &m), TOBS_ETOOBIG);
	tobs_inline_init_in(&k, NULL, &arena);
	tobs_inline_button(
		&k, &(struct tobs_inline_keyboard_button){ .text = "x", .callback_data = data });
	assert_code(tobs_inline_done(&k, &m), TOBS_ETOOBIG);
	/* Nowhere to keep it. */
	data[100] = '\0';
	tobs_inline_init_in(&k, NULL, &arena);
	tobs_inline_callback(&k, "x", "%s", data);
	assert_code(tobs_inline_done(&k, &m), TOBS_EINVAL);
	tobs_inline_init_in(&k, NULL, &arena);
	tobs_inline_callback(&k, "x", "%s", "");
	assert_code(tobs_inline_done(&k, &m), TOBS_EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(inline_buttons),
		cmocka_unit_test(grids),
		cmocka_unit_test(reply_buttons),
		cmocka_unit_test(turns_pages),
		cmocka_unit_test(tokens),
		cmocka_unit_test(without_memory),
		cmocka_unit_test(too_long),
		fiber_unit_test(long_data_comes_back),
		fiber_unit_test(expired_buttons),
		fiber_unit_test(failing_store),
		fiber_unit_test(pressed_without_memory),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
