/* SPDX-License-Identifier: MIT */
/*
 * The Bot API side of the simulated Telegram: an HTTP server as bots know it,
 * over the same world as the MTProto servers.
 *
 *     GET, POST /bot<token>/<method>      JSON, urlencoded or multipart; any case of letters
 *     GET       /file/bot<token>/<path>   what getFile told
 *
 *     request ── bot_http.c ── bot_args.c ── bot_check.c ── a handler ── change.h ── world
 *                (token,       (one JSON     (the schema)   (bot_send.c,
 *                 method)       object)                      bot_edit.c …)
 *     world ── event ── bot_event.c ── bot_show*.c ── bot_queue.c ── getUpdates
 *                       (which kind)   (TL → Bot API)             └─ bot_hook.c (webhook)
 *
 * What else there is: bot_text.h (HTML, Markdown), bot_file.h (file_id), bot_media.h
 * (uploads), bot_faults.h (what goes wrong on purpose), bot_call.h (a call under
 * way, and the tables of handlers), question.h (queries that wait for an answer).
 *
 * Bots are accounts of the world that have a token. Whatever happens to one
 * becomes an update at once, and stays in its queue until the bot confirms it
 * or it is too old by the world's clock.
 *
 * It is strict: arguments of all 185 methods are read by the API's schema
 * (schema/botapi-10.3.json), and what the server refuses is refused in its
 * words. Methods without a handler of their own answer with the smallest result
 * of their type (bot_plain.c). Numbers are those of Bot API 10.3's
 * documentation, or of the server's source (tdlib/telegram-bot-api), marked S.
 *
 * Runs on fibers of the loop it was started in.
 */
#ifndef SIM_BOT_H
#define SIM_BOT_H

#include <tobs/buf.h>
#include <tobs/err.h>

#include "base/json.h"
#include "sim/world.h"

struct sim_bots;
struct sim_bot_faults;

struct bot_call; /* sim/bot_call.h */

/* Somebody who looks at all calls, for kits that test bots. */
struct sim_bots_watch {
	/* Arguments were read and checked. True: failed the call (bot_fail()), which is not carried out. */
	bool (*before)(struct bot_call *c, void *user);
	/* It was carried out, or failed. */
	void (*after)(struct bot_call *c, void *user);
	void *user;
};

struct sim_bots_options {
	struct sim_world *world;       /* borrowed */
	const char *host;              /* numeric; NULL: 127.0.0.1 */
	uint16_t port;                 /* 0: any that is free */
	struct sim_bot_faults *faults; /* borrowed; NULL: none */
	/*
	 * How long an answer 409 is held back, ms. 0: 3000, as the server does (S);
	 * negative: not at all, and webhooks may be set as often as one likes.
	 */
	int64_t conflict_ms;
	const struct sim_bots_watch *watch; /* borrowed; NULL: nobody */
};

/*
 * Starts listening. TOBS_EEXISTS for a port that is taken, TOBS_EINVAL for a bad
 * host, TOBS_ENOMEM. Called on a fiber; its fibers end with sim_bots_stop(),
 * which must come before the calling fiber's end.
 */
int sim_bots_start(
	struct sim_bots **ret, const struct sim_bots_options *options, struct tobs_err *err);

/* Ends all polls and requests, closes everything and frees. NULL is fine. Waits. */
void sim_bots_stop(struct sim_bots *s);

uint16_t sim_bots_port(const struct sim_bots *s);

/* Requests that have come and are not answered yet. */
size_t sim_bots_requests(const struct sim_bots *s);

/*
 * An update as the Bot API writes it, {"chat_boost": {…}}: for kinds that nobody
 * in the world can cause. TOBS_ENOTFOUND: no such bot; TOBS_EMALFORMED: it is
 * not what the schema says.
 */
int sim_bots_tell(struct sim_bots *s, int64_t bot, struct json_value update, struct tobs_err *err);

struct sim_question;
struct sim_sent;

/*
 * Whoever asked inline query `q` picks the result with that id: it is sent to
 * `chat` via the bot, which is told. TOBS_EINVAL: there is no such result, or
 * it cannot be sent; errors of sim_post().
 */
int sim_bots_choose(struct sim_bots *s, const struct sim_question *q, struct tobs_view id,
	int64_t chat, struct sim_sent *ret, struct tobs_err *err);

#endif
