/* SPDX-License-Identifier: MIT */
/*
 * The server that Telegram brings updates to.
 *
 *     POST /<path of the URL>   an update; 200 when it is taken, 429 with
 *                               Retry-After when there is no room for it
 *     GET /health               200, and how much there is to do
 *
 * An update is answered as soon as it is in the ledger's inbox, or with the
 * handler's first call (tobs_webhook.inline_reply). Anything that does not come
 * with the secret is refused.
 */
#ifndef BOT_WEBHOOK_H
#define BOT_WEBHOOK_H

#include "bot/allow.h"
#include "bot/bot.h"
#include "net/http_server.h"

enum {
	WEBHOOK_BODY = 4 << 20, /* bytes of an update; they are below 100 KB */
	WEBHOOK_SECRET_MAX = 256,
	WEBHOOK_RETRY_S = 1,      /* when to come again if there is no room */
	WEBHOOK_INLINE_MS = 5000, /* a handler's first call is waited for; Telegram waits 60 s */
	WEBHOOK_STOP_MS = 5000,
};

struct webhook {
	struct tobs_bot *bot;
	struct http_server *server;
	struct tobs_buf path;
	struct secret secret;
	struct allow allow;
	struct json_parser parser; /* used between two waits only */
	struct json_doc doc;
	int64_t last; /* µs when an update came */
};

void webhook_init(struct webhook *w, struct tobs_bot *bot);

/* Listens. TOBS_EINVAL for the options, what http_server_start() returns. Waits. */
int webhook_open(struct webhook *w, struct tobs_err *err);

/* Stops listening; requests under way have a little time. Waits, whatever the deadline. */
void webhook_close(struct webhook *w);

/* Tells Telegram to use it. Waits. */
int webhook_set(struct webhook *w, struct tobs_err *err);

#endif
