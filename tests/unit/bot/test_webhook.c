/* SPDX-License-Identifier: MIT */
/* Updates that are brought to us. */
#include <unistd.h>

#include "bot/allow.h"
#include "bot/inline_answer.h"
#include "net/http_client.h"
#include "net/tcp.h"
#include "store/kv.h"
#include "support/bot_run.h"
#include "support/tls_cert.h"
#include "support/tmpdir.h"

static struct tobs_webhook webhook;
static struct http_client *client;
static struct http_answer got;
static char socket_path[96], health_url[160], hook_url[160];

/* A bot behind a Unix socket, whose name is known before it listens. */
static void make_hooked(void)
{
	static int n;

	snprintf(socket_path, sizeof socket_path, "unix:@tobs-hook-%d-%d", (int)getpid(), n++);
	snprintf(hook_url, sizeof hook_url, "http://%s:/hook/x?y=1", socket_path);
	snprintf(health_url, sizeof health_url, "http://%s:/health", socket_path);
	webhook.url = "https://bot.example.org/hook/x";
	webhook.host = socket_path;
	if (!webhook.secret)
		webhook.secret = "open-Sesame";
	bot_options.webhook = &webhook;
	bot_make();
	assert_ok(http_client_new(NULL, &client, NULL));
	http_answer_init(&got, 1 << 16);
}

/* Until Telegram has been told. */
static void start_hooked(void)
{
	bot_start();
	assert_non_null(strstr(bot_peer_call(&peer, 1), "setWebhook {"));
}

static int end_hooked(void)
{
	int r;

	http_client_free(client);
	http_answer_deinit(&got);
	r = bot_stop();
	webhook = (struct tobs_webhook){ NULL };
	return r;
}

static int post_with(const char *secret, const char *body)
{
	const struct http_header headers[] = { { TOBS_LIT("X-Telegram-Bot-Api-Secret-Token"),
		tobs_str(secret) } };
	const struct http_call call = { .url = tobs_str(hook_url),
		.headers = headers,
		.header_count = 1,
		.body = tobs_str(body) };

	assert_ok(http_client_call(client, &call, &got, NULL));
	return got.status;
}

static int post_update(int id, int64_t chat, const char *text)
{
	char body[512];

	snprintf(body, sizeof body,
		"{\"update_id\":%d,\"message\":{\"message_id\":1,\"date\":1,\"text\":\"%s\",\"chat\":"
		"{\"id\":%lld,\"type\":\"private\"}}}",
		id, text, (long long)chat);
	return post_with(webhook.secret, body);
}

static int echo(struct tobs_ctx *ctx, void *user)
{
	(void)user;
	return tobs_reply(ctx, "%s", tobs_text(ctx));
}

static int slow_echo(struct tobs_ctx *ctx, void *user)
{
	int r = tobs_sleep(1000);

	return r ? r : echo(ctx, user);
}

FIBER_TEST(updates_come_and_are_answered)
{
	make_hooked();
	tobs_on_text(bot, echo, NULL);
	start_hooked();
	assert_string_equal(bot_peer_call(&peer, 1),
		"setWebhook {\"url\":\"https://bot.example.org/hook/x\",\"allowed_updates\":"
		"[\"message\",\"channel_post\",\"business_message\",\"guest_message\","
		"\"my_chat_member\"],\"secret_token\":\"open-Sesame\"}");
	assert_int_equal(post_update(10, 5, "hi"), 200);
	assert_string_equal(bot_peer_call(&peer, 2), "sendMessage {\"chat_id\":5,\"text\":\"hi\"}");
	/* Telegram brings it again when our answer was lost: it is known. */
	assert_int_equal(post_update(10, 5, "hi"), 200);
	assert_int_equal(post_update(11, 5, "more"), 200);
	assert_string_equal(
		bot_peer_call(&peer, 3), "sendMessage {\"chat_id\":5,\"text\":\"more\"}");
	assert_int_equal(peer.call_count, 3);
	assert_ok(end_hooked());
	return TOBS_OK;
}

FIBER_TEST(strangers_are_refused)
{
	make_hooked();
	tobs_on_text(bot, echo, NULL);
	start_hooked();
	assert_int_equal(post_with("wrong", "{\"update_id\":1}"), 401);
	assert_int_equal(post_with("open-Sesamf", "{\"update_id\":1}"), 401);
	assert_int_equal(post_with("open-Sesame1", "{\"update_id\":1}"), 401);
	assert_int_equal(post_with("", "{\"update_id\":1}"), 401);
	/* Nothing that is no update makes Telegram try for a day. */
	assert_int_equal(post_with("open-Sesame", "nonsense"), 200);
	assert_int_equal(post_with("open-Sesame", "[]"), 200);
	assert_int_equal(post_with("open-Sesame", "{\"update_id\":\"x\"}"), 200);
	assert_ok(http_client_call(
		client, &(struct http_call){ .url = tobs_str(hook_url) }, &got, NULL));
	assert_int_equal(got.status, 405);
	assert_int_equal(peer.call_count, 1);
	assert_ok(end_hooked());
	return TOBS_OK;
}

FIBER_TEST(it_tells_how_it_is)
{
	make_hooked();
	start_hooked();
	assert_ok(http_client_call(
		client, &(struct http_call){ .url = tobs_str(health_url) }, &got, NULL));
	assert_int_equal(got.status, 200);
	assert_string_equal(tobs_buf_str(&got.body),
		"{\"ok\":true,\"updates\":0,\"handling\":0,\"waiting\":0}\n");
	assert_ok(end_hooked());
	return TOBS_OK;
}

/* No room: Telegram is asked to come again. */
FIBER_TEST(full_is_said)
{
	struct tobs_view value;

	bot_options.queue = 2;
	make_hooked();
	tobs_on_text(bot, slow_echo, NULL);
	start_hooked();
	assert_int_equal(post_update(1, 5, "a"), 200);
	assert_int_equal(post_update(2, 6, "b"), 200);
	assert_int_equal(post_update(3, 7, "c"), 429);
	assert_true(http_answer_header(&got, "Retry-After", &value));
	assert_view(value, "1");
	bot_peer_call(&peer, 3);
	assert_ok(tobs_sleep(10));
	assert_int_equal(post_update(3, 7, "c"), 200);
	bot_peer_call(&peer, 4);
	assert_ok(end_hooked());
	return TOBS_OK;
}

FIBER_TEST(a_call_goes_back_with_the_answer)
{
	webhook.inline_reply = true;
	make_hooked();
	tobs_on_text(bot, echo, NULL);
	start_hooked();
	assert_int_equal(post_update(1, 5, "hi"), 200);
	assert_string_equal(tobs_buf_str(&got.body),
		"{\"method\":\"sendMessage\",\"chat_id\":5,\"text\":\"hi\"}");
	assert_int_equal(peer.call_count, 1);
	assert_ok(end_hooked());
	return TOBS_OK;
}

static int two_replies(struct tobs_ctx *ctx, void *user)
{
	const struct tobs_message *m;
	int r = tobs_reply_with(ctx, &(struct tobs_send_message){ .text = "result wanted" }, &m);

	(void)user;
	r = r ? r : tobs_reply(ctx, "first");
	return r ? r : tobs_reply(ctx, "second");
}

FIBER_TEST(only_one_call_goes_back)
{
	webhook.inline_reply = true;
	make_hooked();
	tobs_on_text(bot, two_replies, NULL);
	start_hooked();
	assert_int_equal(post_update(1, 5, "hi"), 200);
	assert_non_null(strstr(tobs_buf_str(&got.body), "\"first\""));
	assert_non_null(strstr(bot_peer_call(&peer, 2), "result wanted"));
	assert_non_null(strstr(bot_peer_call(&peer, 3), "second"));
	assert_ok(end_hooked());
	return TOBS_OK;
}

static int silent(struct tobs_ctx *ctx, void *user)
{
	(void)ctx;
	return user ? tobs_sleep(20000) : TOBS_OK;
}

FIBER_TEST(a_handler_that_says_nothing)
{
	webhook.inline_reply = true;
	make_hooked();
	tobs_on_command(bot, "slow", silent, bot);
	tobs_on_text(bot, silent, NULL);
	start_hooked();
	assert_int_equal(post_update(1, 5, "hi"), 200);
	assert_int_equal(got.body.len, 0);
	assert_int_equal(post_update(2, 5, "/slow"), 200);
	assert_int_equal(got.body.len, 0);
	assert_ok(end_hooked());
	return TOBS_OK;
}

/* A secret that nobody gave is made up, and is the same the next time. */
FIBER_TEST(a_secret_is_made_up)
{
	struct tmpdir dir;
	char first[600];

	tmpdir_init(&dir);
	for (int i = 0; i < 2; i++) {
		bot_options.store = tmpdir_file(&dir, "bot.db");
		webhook.secret = "x";
		make_hooked();
		tobs_bot_free(bot);
		webhook.secret = NULL;
		bot = tobs_bot_new(&bot_options);
		start_hooked();
		assert_non_null(strstr(bot_peer_call(&peer, 1), "\"secret_token\":\""));
		if (i == 0)
			snprintf(first, sizeof first, "%s", bot_peer_call(&peer, 1));
		else
			assert_string_equal(bot_peer_call(&peer, 1), first);
		assert_ok(end_hooked());
	}
	tmpdir_deinit(&dir);
	return TOBS_OK;
}

static size_t in_inbox(const char *file)
{
	struct kv_driver *driver;
	struct tobs_arena arena;
	struct kv_page page;
	struct kv *kv;

	tobs_arena_init(&arena, 1 << 16);
	assert_ok(kv_sqlite_new(file, NULL, &driver, NULL));
	assert_ok(kv_open(driver, &kv, NULL));
	assert_ok(
		kv_scan(kv, tobs_str("bot/inbox/"), tobs_view(NULL, 0), 100, &arena, &page, NULL));
	kv_close(kv);
	tobs_arena_deinit(&arena);
	return page.count;
}

/* What is under way lies in the inbox until it is finished, however often it comes. */
FIBER_TEST(the_inbox_is_emptied)
{
	struct tmpdir dir;
	char file[128];

	tmpdir_init(&dir);
	snprintf(file, sizeof file, "%s", tmpdir_file(&dir, "bot.db"));
	bot_options.store = file;
	make_hooked();
	tobs_on_text(bot, slow_echo, NULL);
	start_hooked();
	assert_int_equal(in_inbox(file), 0);
	assert_int_equal(post_update(1, 5, "a"), 200);
	assert_int_equal(in_inbox(file), 1);
	assert_int_equal(post_update(1, 5, "a"), 200);
	assert_int_equal(in_inbox(file), 1);
	bot_peer_call(&peer, 2);
	assert_ok(end_hooked());
	assert_int_equal(in_inbox(file), 0);
	tmpdir_deinit(&dir);
	return TOBS_OK;
}

/* A certificate of one's own is shown to Telegram, and to whoever calls. */
FIBER_TEST(behind_tls)
{
	struct tmpdir dir;
	char cert[128], key[128], url[64];
	struct tcp_listener *listener;
	struct http_client *tls;

	tmpdir_init(&dir);
	snprintf(cert, sizeof cert, "%s", tmpdir_file(&dir, "cert.pem"));
	snprintf(key, sizeof key, "%s", tmpdir_file(&dir, "key.pem"));
	tls_cert_make(cert, key, 30);
	/* A port that was free a moment ago. */
	assert_ok(tcp_listen(tobs_str("127.0.0.1"), 0, NULL, &listener, NULL));
	webhook.port = addr_port(tcp_listener_addr(listener));
	tcp_listener_close(listener);
	webhook.tls_cert_file = cert;
	webhook.tls_key_file = key;
	webhook.send_cert = true;
	make_hooked();
	tobs_bot_free(bot);
	webhook.host = NULL;
	bot = tobs_bot_new(&bot_options);
	tobs_on_text(bot, echo, NULL);
	bot_start();
	assert_non_null(strstr(bot_peer_call(&peer, 1), "-----BEGIN CERTIFICATE-----"));
	assert_null(strstr(bot_peer_call(&peer, 1), "PRIVATE"));
	assert_ok(http_client_new(&(struct http_client_options){ .ca_file = cert }, &tls, NULL));
	snprintf(url, sizeof url, "https://127.0.0.1:%u/hook/x", webhook.port);
	snprintf(hook_url, sizeof hook_url, "%s", url);
	http_client_free(client);
	client = tls;
	assert_int_equal(post_update(1, 5, "secretly"), 200);
	assert_non_null(strstr(bot_peer_call(&peer, 2), "secretly"));
	assert_ok(end_hooked());
	tmpdir_deinit(&dir);
	return TOBS_OK;
}

static void what_can_go_back(void **state)
{
	const struct tobs_send_message m = { .chat_id = 1, .text = "x" };
	const struct tobs_send_photo file = { .chat_id = 1, .photo = tobs_file_path("/x") };
	const struct tobs_send_photo name = { .chat_id = 1, .photo = tobs_file_id("x") };
	struct inline_answer a;

	(void)state;
	inline_init(&a);
	assert_false(inline_take(NULL, TOBS_METHOD_SEND_MESSAGE, &m));
	assert_false(inline_take(&a, TOBS_METHOD_GET_ME, NULL));
	assert_false(
		inline_take(&a, TOBS_METHOD_DELETE_WEBHOOK, &(struct tobs_delete_webhook){ 0 }));
	assert_false(inline_take(&a, TOBS_METHOD_API_CLOSE, NULL));
	assert_false(inline_take(&a, TOBS_METHOD_SEND_PHOTO, &file));
	assert_false(inline_take(
		&a, TOBS_METHOD_SEND_MESSAGE, &(struct tobs_send_message){ .chat_id = 1 }));
	assert_int_equal(a.state, INLINE_OPEN);
	assert_true(inline_take(&a, TOBS_METHOD_SEND_PHOTO, &name));
	assert_string_equal(
		tobs_buf_str(&a.json), "{\"method\":\"sendPhoto\",\"chat_id\":1,\"photo\":\"x\"}");
	assert_false(inline_take(&a, TOBS_METHOD_SEND_MESSAGE, &m));
	tobs_buf_deinit(&a.json);
	inline_init(&a);
	assert_true(inline_take(&a, TOBS_METHOD_UNPIN_ALL_CHAT_MESSAGES,
		&(struct tobs_unpin_all_chat_messages){ .chat_id = 1 }));
	tobs_buf_deinit(&a.json);
	inline_init(&a);
	inline_close(&a);
	assert_false(inline_take(&a, TOBS_METHOD_SEND_MESSAGE, &m));
}

static void failing_at(char *out, size_t cap, int64_t date)
{
	snprintf(out, cap,
		"{\"ok\":true,\"result\":{\"url\":\"u\",\"has_custom_certificate\":false,"
		"\"pending_update_count\":3,\"last_error_date\":%lld,\"last_error_message\":"
		"\"Connection refused\"}}",
		(long long)date);
}

/* Telegram cannot reach us: we ask, for a while, and are brought updates again. */
FIBER_TEST(hybrid_falls_back_and_returns)
{
	static char info[3][256];

	bot_options.source = TOBS_SOURCE_HYBRID;
	make_hooked();
	tobs_on_text(bot, echo, NULL);
	failing_at(info[0], sizeof info[0], -1); /* before our time */
	failing_at(info[1], sizeof info[1], 10); /* eleven minutes ago, by then */
	failing_at(info[2], sizeof info[2], 700);
	for (int i = 0; i < 10; i++)
		bot_peer_answer(&peer, "getWebhookInfo", 200, info[0]);
	bot_peer_answer(&peer, "getWebhookInfo", 200, info[1]);
	bot_peer_answer(&peer, "getWebhookInfo", 200, info[2]);
	bot_peer_say(&peer, 5, "by polling");
	start_hooked();
	assert_string_equal(bot_peer_call(&peer, 13), "getWebhookInfo {}");
	assert_true(elapsed() >= 720000 && elapsed() < 730000);
	assert_string_equal(bot_peer_call(&peer, 14), "deleteWebhook {}");
	assert_non_null(strstr(bot_peer_call(&peer, 15), "by polling"));
	assert_non_null(strstr(bot_peer_call(&peer, 16), "setWebhook {"));
	assert_true(elapsed() >= 1020000 && elapsed() < 1030000);
	assert_int_equal(post_update(70, 5, "by webhook"), 200);
	assert_non_null(strstr(bot_peer_call(&peer, 17), "by webhook"));
	assert_ok(end_hooked());
	return TOBS_OK;
}

static int long_echo(struct tobs_ctx *ctx, void *user)
{
	int r = tobs_sleep(400000);

	return r ? r : echo(ctx, user);
}

/* Also when there is no room for what was polled, the webhook gets its turn again. */
FIBER_TEST(hybrid_with_a_full_queue)
{
	static char info[256];

	bot_options.source = TOBS_SOURCE_HYBRID;
	bot_options.queue = 1;
	make_hooked();
	tobs_on_text(bot, long_echo, NULL);
	failing_at(info, sizeof info, 10);
	bot_peer_answer(&peer, "getWebhookInfo", 200, info);
	bot_peer_say(&peer, 5, "first");
	bot_peer_say(&peer, 6, "second");
	start_hooked();
	assert_string_equal(bot_peer_call(&peer, 3), "deleteWebhook {}");
	assert_non_null(strstr(bot_peer_call(&peer, 4), "setWebhook {"));
	assert_true(elapsed() >= 360000 && elapsed() < 370000);
	while (peer.call_count < 7)
		assert_ok(tobs_sleep(1000));
	assert_ok(end_hooked());
	return TOBS_OK;
}

/* Telegram does not take the webhook at all: polling, and nothing is dropped but once. */
FIBER_TEST(hybrid_without_a_webhook)
{
	bot_options.source = TOBS_SOURCE_HYBRID;
	bot_options.drop_pending = true;
	make_hooked();
	tobs_on_text(bot, echo, NULL);
	for (int i = 0; i < 2; i++)
		bot_peer_answer(&peer, "setWebhook", 400,
			"{\"ok\":false,\"error_code\":400,\"description\":\"Bad Request: bad webhook: "
			"Failed to resolve host\"}");
	bot_peer_say(&peer, 5, "by polling");
	start_hooked();
	assert_string_equal(
		bot_peer_call(&peer, 2), "deleteWebhook {\"drop_pending_updates\":true}");
	assert_non_null(strstr(bot_peer_call(&peer, 3), "by polling"));
	assert_non_null(strstr(bot_peer_call(&peer, 4), "setWebhook {"));
	assert_null(strstr(bot_peer_call(&peer, 4), "drop"));
	assert_true(elapsed() >= 300000 && elapsed() < 310000);
	assert_string_equal(bot_peer_call(&peer, 5), "deleteWebhook {}");
	assert_non_null(strstr(bot_peer_call(&peer, 6), "setWebhook {"));
	assert_true(elapsed() >= 900000 && elapsed() < 910000);
	assert_ok(end_hooked());
	return TOBS_OK;
}

static bool allowed(struct allow *a, const char *text)
{
	struct addr addr;

	assert_ok(addr_parse(tobs_str(text), 1, &addr));
	return allow_has(a, &addr);
}

static void networks(void **state)
{
	static const char *const bad[] = { "x", "1.2.3", "1.2.3.4/33", "1.2.3.4/x", "1.2.3.4/-1",
		"::/129", "1.2.3.4/", "unix:/x" };
	struct allow a = { .nets = { NULL, 0, 0 } };

	(void)state;
	assert_true(allowed(&a, "8.8.8.8"));
	assert_ok(allow_parse(
		&a, tobs_str("149.154.160.0/20,  91.108.4.0/22 2001:67c:4e8::/48 10.0.0.1"), NULL));
	assert_true(allowed(&a, "149.154.160.0"));
	assert_true(allowed(&a, "149.154.175.255"));
	assert_false(allowed(&a, "149.154.176.0"));
	assert_false(allowed(&a, "149.154.159.255"));
	assert_true(allowed(&a, "91.108.7.9"));
	assert_false(allowed(&a, "91.108.8.0"));
	assert_true(allowed(&a, "::ffff:91.108.7.9"));
	assert_true(allowed(&a, "2001:67c:4e8:1::1"));
	assert_false(allowed(&a, "2001:67c:4e9::1"));
	assert_true(allowed(&a, "10.0.0.1"));
	assert_false(allowed(&a, "10.0.0.2"));
	assert_true(allowed(&a, "unix:/run/x"));
	allow_deinit(&a);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_code(allow_parse(&a, tobs_str(bad[i]), NULL), TOBS_EINVAL);
		allow_deinit(&a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fiber_unit_test(updates_come_and_are_answered),
		fiber_unit_test(strangers_are_refused),
		fiber_unit_test(it_tells_how_it_is),
		fiber_unit_test(full_is_said),
		fiber_unit_test(a_call_goes_back_with_the_answer),
		fiber_unit_test(only_one_call_goes_back),
		fiber_unit_test(a_handler_that_says_nothing),
		fiber_unit_test(a_secret_is_made_up),
		fiber_unit_test(hybrid_falls_back_and_returns),
		fiber_unit_test(hybrid_with_a_full_queue),
		fiber_unit_test(hybrid_without_a_webhook),
		fiber_unit_test(the_inbox_is_emptied),
		fiber_unit_test(behind_tls),
		cmocka_unit_test(what_can_go_back),
		cmocka_unit_test(networks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
