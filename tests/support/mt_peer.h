/* SPDX-License-Identifier: MIT */
/*
 * The server's end of an encrypted session, played by hand: it shows what the
 * client sent message by message, and says whatever the test wants it to say.
 */
#ifndef SUPPORT_MT_PEER_H
#define SUPPORT_MT_PEER_H

#include <tobs/buf.h>

#include "base/clock.h"
#include "base/rand.h"
#include "mtproto/ids.h"
#include "mtproto/message.h"
#include "mtproto/session.h"

enum { PEER_MESSAGES_MAX = 2000 };

struct peer_message {
	uint64_t msg_id;
	uint32_t seq_no;
	uint32_t id; /* constructor of the body */
	struct tobs_view body;
};

struct mt_peer {
	struct auth_key key;
	struct fake_clock clock; /* of both sides */
	struct prng prng;
	struct rng rng;
	struct mt_ids ids;
	struct mt_link client_link, server_link;
	struct mt_session *session;
	struct tobs_buf wire;

	/* What the client sent in the last peer_take(), containers taken apart. */
	struct peer_message got[PEER_MESSAGES_MAX];
	size_t count;
	struct mt_message outer[64]; /* the packets themselves */
	size_t packets;
	struct tobs_buf bodies;

	/* What the session told. */
	struct mt_query *answered[64];
	size_t answers;
	struct tobs_buf result; /* of the last answer */
	struct mt_query *refused[64];
	size_t refusals;
	int32_t refusal_code;
	char refusal[64];
	int updates, renewals, lessons;
	uint32_t last_update;
};

enum { PEER_SALT = 777, PEER_START_S = 1700000000 };

void peer_init(struct mt_peer *p);
void peer_deinit(struct mt_peer *p);

/* Moves both clocks. */
void peer_wait(struct mt_peer *p, int64_t seconds);

/* Flushes the session and takes apart what it sent: p->got, p->count. */
void peer_take(struct mt_peer *p);

/* The only message of constructor `id` in p->got; fails the test when there is none. */
const struct peer_message *peer_find(const struct mt_peer *p, uint32_t id);
size_t peer_count(const struct mt_peer *p, uint32_t id);

/* Says one message; returns what the session made of it. */
int peer_say(struct mt_peer *p, struct tobs_view body, bool content);
int peer_say_as(struct mt_peer *p, uint64_t msg_id, struct tobs_view body, bool content);

/* Says a TL object, or an answer to query `req_msg_id`. */
int peer_say_tl(struct mt_peer *p, const void *object, bool content);
int peer_answer(struct mt_peer *p, uint64_t req_msg_id, const void *object);
int peer_answer_raw(struct mt_peer *p, uint64_t req_msg_id, struct tobs_view result);

/* A query whose body is help.getConfig followed by `extra` words. */
void peer_query(struct mt_query *q, uint32_t *words, size_t extra);

#endif
