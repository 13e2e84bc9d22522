/* SPDX-License-Identifier: MIT */
/*
 * The least of a Bot API server that a bot can be tested with: it hands out the
 * updates it is given, notes every call, and answers as it is told. On fibers of
 * the test.
 */
#ifndef SUPPORT_BOT_PEER_H
#define SUPPORT_BOT_PEER_H

#include <tobs/bot.h>

#include "net/http_server.h"

#define BOT_PEER_TOKEN "777000:peer-Token"

enum { BOT_PEER_MAX = 512 };

struct bot_peer_script {
	const char *method;
	int status;
	const char *body; /* NULL: never answers */
};

struct bot_peer {
	struct http_server *server;
	char url[64];
	struct tobs_buf updates[BOT_PEER_MAX]; /* JSON; the i-th has update_id first + i */
	size_t count;
	int64_t first;
	int64_t confirmed; /* updates below are forgotten */
	size_t limit;      /* updates an answer holds at most; 0: as asked for */
	struct tobs_cond news, called;

	struct bot_peer_script script[BOT_PEER_MAX]; /* each serves one call, in this order */
	size_t scripted, used;
	int64_t delay_ms;                    /* of each answer but those to getUpdates */
	struct tobs_buf calls[BOT_PEER_MAX]; /* "sendMessage {…}" but getUpdates and getMe */
	int64_t called_at[BOT_PEER_MAX];     /* ms */
	size_t call_count;
	size_t polls;
	int64_t asked_at[2]; /* ms of the last getUpdates, and of the one before */
	struct tobs_buf last_poll;
};

void bot_peer_start(struct bot_peer *p);
void bot_peer_stop(struct bot_peer *p);

/* An update: what stands between "update_id":…, and }. */
void bot_peer_push(struct bot_peer *p, const char *fmt, ...) TOBS_PRINTF(2, 3);

/* A private message to the bot. */
void bot_peer_say(struct bot_peer *p, int64_t user, const char *text);

/* The next call of that method is answered like this. */
void bot_peer_answer(struct bot_peer *p, const char *method, int status, const char *body);

/* Waits until there were so many calls, and gives the text of the last of them. */
const char *bot_peer_call(struct bot_peer *p, size_t n);

#endif
