/* SPDX-License-Identifier: MIT */
/* Webhooks: a bot that listens, and hears. */
#include "base/file.h"
#include "net/http_server.h"
#include "support/sim_bots.h"
#include "support/tls_cert.h"
#include "support/tmpdir.h"

enum { HEARD_MAX = 16, WAIT_MS = 5000 };

/* A bot's server: what it heard, and what it answers. */
static struct http_server *server;
static struct tobs_buf heard[HEARD_MAX];
static size_t heard_count;
static char secret[64];
static int answer_status;
static const char *retry_after, *answer_body;
static struct tobs_event *hold; /* requests wait for it; NULL: none do */
static struct tobs_cond more;

static int hear(struct http_request *req, void *user)
{
	struct tobs_view header = { NULL, 0 };
	struct http_header headers[2] = { HTTP_HEADER("Content-Type", "application/json") };
	size_t n = 1;

	(void)user;
	(void)http_request_header(req, "X-Telegram-Bot-Api-Secret-Token", &header);
	snprintf(secret, sizeof secret, "%.*s", TOBS_VIEW_FMT(header));
	if (heard_count < HEARD_MAX)
		(void)tobs_buf_putv(&heard[heard_count++], req->body);
	tobs_cond_broadcast(&more);
	if (hold && tobs_event_wait(hold, NULL))
		return TOBS_ECANCELED;
	if (retry_after)
		headers[n++] = (struct http_header){ TOBS_LIT("Retry-After"),
			tobs_str(retry_after) };
	return http_respond(req, answer_status, headers, n, tobs_str(answer_body));
}

static void listen_with(const char *cert, const char *key)
{
	const struct http_server_options options = {
		.handle = hear, .tls_cert_file = cert, .tls_key_file = key
	};

	assert_ok(http_server_start(&options, &server, NULL));
	tobs_cond_init(&more);
	heard_count = 0;
	answer_status = 200;
	retry_after = NULL;
	answer_body = "";
	hold = NULL;
	for (size_t i = 0; i < HEARD_MAX; i++)
		tobs_buf_init(&heard[i], 1 << 20);
}

static void listen_up(void)
{
	listen_with(NULL, NULL);
}

static void hang_up(void)
{
	api("deleteWebhook", "{}");
	http_server_stop(server, 0);
	for (size_t i = 0; i < HEARD_MAX; i++)
		tobs_buf_deinit(&heard[i]);
}

static void set(const char *more_args)
{
	char args[512];

	snprintf(args, sizeof args, "{'url':'http://127.0.0.1:%u/hook'%s}",
		(unsigned)addr_port(http_server_addr(server)), more_args);
	api_has("setWebhook", args, "'result':true,'description':'Webhook ");
}

/* Until so many requests have come. */
static void await(size_t count)
{
	struct tobs_deadline limit;

	tobs_deadline_push(&limit, WAIT_MS);
	while (heard_count < count)
		assert_ok(tobs_cond_wait(&more));
	tobs_deadline_pop(&limit);
}

static void await_pending(const char *want)
{
	for (int i = 0; i < WAIT_MS && !strstr(api("getWebhookInfo", "{}"), want); i++)
		assert_ok(tobs_sleep(1));
	assert_non_null(strstr(api("getWebhookInfo", "{}"), want));
}

static void say(const char *chat, const char *text)
{
	char line[256];

	snprintf(line, sizeof line, "{'do':'say','by':'ivy','chat':'%s','text':'%s'}", chat, text);
	command(line);
}

BOT_TEST(hears)
{
	listen_up();
	set(",'secret_token':'s-1_Z'");
	say("bot", "one");
	await(1);
	assert_non_null(strstr(tobs_buf_str(&heard[0]), "\"text\":\"one\""));
	assert_string_equal(secret, "s-1_Z");
	await_pending("\"pending_update_count\":0");
	api_fails("getUpdates", "{}", 409,
		"Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to "
		"delete the webhook first");
	api_has("deleteWebhook", "{}", "'description':'Webhook was deleted'");
	api_has("deleteWebhook", "{}", "'description':'Webhook is already deleted'");
	api_is("getWebhookInfo", "{}",
		"{'url':'','has_custom_certificate':false,'pending_update_count':0}");
	hang_up();
	return TOBS_OK;
}

/* What waits goes first, and is dropped when that is asked for. */
BOT_TEST(begins_with_what_waits)
{
	listen_up();
	say("bot", "old");
	set(",'drop_pending_updates':true");
	say("bot", "new");
	await(1);
	assert_non_null(strstr(tobs_buf_str(&heard[0]), "\"text\":\"new\""));
	hang_up();
	return TOBS_OK;
}

BOT_TEST(keeps_the_order_of_a_chat)
{
	struct tobs_event gate;

	listen_up();
	tobs_event_init(&gate);
	hold = &gate;
	set("");
	say("bot", "1");
	say("bot", "2");
	say("g", "3");
	/* That of another chat does not wait. */
	await(2);
	assert_ok(tobs_sleep(50));
	assert_int_equal(heard_count, 2);
	assert_non_null(strstr(tobs_buf_str(&heard[0]), "\"text\":\"1\""));
	assert_non_null(strstr(tobs_buf_str(&heard[1]), "\"text\":\"3\""));
	tobs_event_set(&gate, TOBS_OK);
	await(3);
	assert_non_null(strstr(tobs_buf_str(&heard[2]), "\"text\":\"2\""));
	hang_up();
	return TOBS_OK;
}

/* What was on its way when the webhook was set anew goes again. */
BOT_TEST(set_anew)
{
	struct tobs_event gate;

	listen_up();
	tobs_event_init(&gate);
	hold = &gate;
	set("");
	say("bot", "1");
	await(1);
	hold = NULL;
	set(",'secret_token':'other'");
	await(2);
	assert_string_equal(secret, "other");
	await_pending("\"pending_update_count\":0");
	tobs_event_set(&gate, TOBS_OK);
	hang_up();
	return TOBS_OK;
}

BOT_TEST(one_connection)
{
	struct tobs_event gate;

	listen_up();
	tobs_event_init(&gate);
	hold = &gate;
	set(",'max_connections':1");
	say("bot", "1");
	say("g", "2");
	await(1);
	assert_ok(tobs_sleep(50));
	assert_int_equal(heard_count, 1);
	tobs_event_set(&gate, TOBS_OK);
	await(2);
	hang_up();
	return TOBS_OK;
}

BOT_TEST(tries_again)
{
	listen_up();
	answer_status = 503;
	retry_after = "0";
	set("");
	say("bot", "x");
	await(2);
	assert_string_equal(tobs_buf_str(&heard[0]), tobs_buf_str(&heard[1]));
	await_pending("\"last_error_message\":\"Wrong response from the webhook: 503 Service "
		      "Unavailable\"");
	api_has("getWebhookInfo", "{}", "'pending_update_count':1");
	answer_status = 200;
	await_pending("\"pending_update_count\":0");
	hang_up();
	return TOBS_OK;
}

BOT_TEST(calls_in_the_answer)
{
	listen_up();
	answer_body = "{\"method\":\"sendMessage\",\"chat_id\":1,\"text\":\"in the answer\"}";
	set("");
	say("bot", "x");
	await(1);
	await_pending("\"pending_update_count\":0");
	api_has("forwardMessage", "{'chat_id':1,'from_chat_id':1,'message_id':3}",
		"'text':'in the answer'");
	/* Not these. */
	answer_body = "{\"method\":\"deleteWebhook\"}";
	say("bot", "y");
	await(2);
	await_pending("\"pending_update_count\":0");
	api_has("getWebhookInfo", "{}", "'url':'http");
	hang_up();
	return TOBS_OK;
}

BOT_TEST(ends_a_poll)
{
	listen_up();
	api_call_begin("getUpdates", "{'timeout':50}");
	set(",'allowed_updates':['message']");
	assert_non_null(strstr(api_call_end(), "Conflict: terminated by setWebhook request"));
	api_has("getWebhookInfo", "{}", "'max_connections':40,'allowed_updates':['message']}");
	hang_up();
	return TOBS_OK;
}

/* With a certificate that the bot made itself, and sends along. */
BOT_TEST(own_certificate)
{
	struct tobs_buf form, cert;
	struct tmpdir dir;
	char cert_file[256], key_file[256];

	tmpdir_init(&dir);
	snprintf(cert_file, sizeof cert_file, "%s", tmpdir_file(&dir, "cert.pem"));
	snprintf(key_file, sizeof key_file, "%s", tmpdir_file(&dir, "key.pem"));
	tls_cert_make(cert_file, key_file, 30);
	tobs_buf_init(&cert, 1 << 20);
	tobs_buf_init(&form, 1 << 20);
	assert_ok(file_read(cert_file, &cert, NULL));
	listen_with(cert_file, key_file);
	tobs_buf_printf(&form,
		"--b\r\nContent-Disposition: form-data; name=\"url\"\r\n\r\nhttps://127.0.0.1:%u/"
		"\r\n--b\r\nContent-Disposition: form-data; name=\"certificate\"; filename=\"c.pem\""
		"\r\n\r\n%s\r\n--b--\r\n",
		(unsigned)addr_port(http_server_addr(server)), tobs_buf_str(&cert));
	assert_non_null(strstr(api_raw("POST", "/bot100:secret/setWebhook",
				       "multipart/form-data; boundary=b", tobs_buf_view(&form)),
		"Webhook was set"));
	api_has("getWebhookInfo", "{}", "'has_custom_certificate':true");
	say("bot", "secretly");
	await(1);
	assert_non_null(strstr(tobs_buf_str(&heard[0]), "\"text\":\"secretly\""));
	/* Without it, the server is not to be trusted. */
	tobs_buf_clear(&form);
	tobs_buf_printf(&form, "{'url':'https://127.0.0.1:%u/again'}",
		(unsigned)addr_port(http_server_addr(server)));
	api_has("setWebhook", tobs_buf_str(&form), "Webhook was set");
	say("bot", "nobody hears");
	await_pending("\"last_error_message\":\"SSL error {certificate verify failed}\"");
	assert_int_equal(heard_count, 1);
	hang_up();
	tobs_buf_deinit(&form);
	tobs_buf_deinit(&cert);
	tmpdir_deinit(&dir);
	return TOBS_OK;
}

BOT_TEST(refuses)
{
	api_fails("setWebhook", "{'url':'nonsense'}", 400,
		"Bad Request: bad webhook: invalid webhook URL specified");
	api_fails("setWebhook", "{'url':'http://127.0.0.1:1/','secret_token':'a b'}", 400,
		"Bad Request: secret token contains unallowed characters");
	api_has("setWebhook", "{'url':''}", "'description':'Webhook is already deleted'");
	return TOBS_OK;
}

/* Nobody listens: it says so, and what waits can be fetched when the webhook is gone. */
BOT_TEST(nobody_listens)
{
	api_has("setWebhook", "{'url':'http://127.0.0.1:9/'}", "'description':'Webhook was set'");
	say("bot", "x");
	await_pending("\"last_error_message\":\"Connection refused\"");
	api("deleteWebhook", "{}");
	api_has("getUpdates", "{}", "'text':'x'");
	return TOBS_OK;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hears),
		cmocka_unit_test(begins_with_what_waits),
		cmocka_unit_test(keeps_the_order_of_a_chat),
		cmocka_unit_test(set_anew),
		cmocka_unit_test(one_connection),
		cmocka_unit_test(tries_again),
		cmocka_unit_test(calls_in_the_answer),
		cmocka_unit_test(ends_a_poll),
		cmocka_unit_test(own_certificate),
		cmocka_unit_test(refuses),
		cmocka_unit_test(nobody_listens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
