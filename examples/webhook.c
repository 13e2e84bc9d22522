/* SPDX-License-Identifier: MIT */
/*
 * A bot that Telegram calls, instead of asking all the time: answers come sooner,
 * and a bot that nobody talks to does nothing at all.
 *
 * Alone, with TLS of its own on a port that Telegram calls (443, 80, 88, 8443);
 * the certificate may be of your own making, SEND_CERT=1 tells Telegram of it:
 *
 *     BOT_TOKEN=… WEBHOOK_URL=https://203.0.113.7:8443/hook HOST=0.0.0.0 PORT=8443 \
 *             TLS_CERT=cert.pem TLS_KEY=key.pem SEND_CERT=1 example_webhook
 *
 * Behind nginx, which speaks TLS and hands on what comes for it:
 *
 *     BOT_TOKEN=… WEBHOOK_URL=https://bot.example.org/hook PORT=8080 example_webhook
 *
 *     server {
 *             listen 443 ssl;
 *             server_name bot.example.org;
 *             ssl_certificate /etc/ssl/bot.pem;
 *             ssl_certificate_key /etc/ssl/bot.key;
 *             location = /hook { proxy_pass http://127.0.0.1:8080; }
 *     }
 *
 * HYBRID=1 polls when Telegram cannot reach the URL, until it can again. Nobody
 * but Telegram is believed: it sends a secret along that is made up at the first
 * start and kept in the bot's store.
 */
#include <stdlib.h>
#include <tobs/bot.h>

/* NULL for what is not set, or empty. */
static const char *setting(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

static int on_start(struct tobs_ctx *ctx, void *user)
{
	return tobs_reply(ctx, "Hello, %s. You have called me at %s", tobs_sender(ctx)->first_name,
		setting("WEBHOOK_URL"));
}

static int on_ping(struct tobs_ctx *ctx, void *user)
{
	return tobs_reply(ctx, "pong %s", tobs_command_args(ctx));
}

int main(void)
{
	const char *port = setting("PORT");
	const struct tobs_webhook webhook = {
		.url = setting("WEBHOOK_URL"),
		.host = setting("HOST"),
		.port = (uint16_t)(port ? strtoul(port, NULL, 10) : 8080),
		.tls_cert_file = setting("TLS_CERT"),
		.tls_key_file = setting("TLS_KEY"),
		.send_cert = setting("SEND_CERT") != NULL,
		/* What needs no result goes back with the answer to Telegram's call. */
		.inline_reply = true,
	};
	struct tobs_bot *bot = tobs_bot_new(&(struct tobs_bot_options){
		.token_env = "BOT_TOKEN",
		.webhook = &webhook,
		.source = setting("HYBRID") ? TOBS_SOURCE_HYBRID : TOBS_SOURCE_WEBHOOK,
	});

	tobs_on_command(bot, "start", on_start, NULL);
	tobs_on_command(bot, "ping", on_ping, NULL);
	return tobs_bot_run(bot);
}
