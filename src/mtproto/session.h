/* SPDX-License-Identifier: MIT */
/*
 * An MTProto session, the client's end: queries go in, packets come out;
 * packets go in, answers come out. No I/O: whoever owns it moves packets between
 * it and a connection, and calls it when time has passed.
 *
 *      queries ──► queued ──► sent ──► answered (or failed)
 *                    ▲          │
 *                    └──────────┘  bad_msg, bad_server_salt, new_session_created,
 *                                  a lost connection
 *
 * The session keeps ids, sequence numbers, salts, time, acknowledgements and
 * pings, packs several messages into one container, repeats what the server did
 * not get, and asks the server which queries it knows after a connection was
 * lost, so that nothing is lost and nothing is done twice without need.
 */
#ifndef MTPROTO_SESSION_H
#define MTPROTO_SESSION_H

#include <tobs/err.h>
#include <tobs/view.h>

#include "base/clock.h"
#include "base/list.h"
#include "base/rand.h"
#include "crypto/kdf.h"
#include "mtproto/link.h"
#include "mtproto/message.h"

struct mt_session;

enum mt_query_state {
	MT_QUERY_IDLE,   /* not in a session */
	MT_QUERY_QUEUED, /* waits for the next flush */
	MT_QUERY_SENT,
	MT_QUERY_ACKED,  /* the server has it */
	MT_QUERY_UNSURE, /* sent over a connection that was lost */
};

/*
 * A query, in the caller's memory; it must stay there, with its body, until it
 * was answered or taken back. Set body and user, leave the rest zero.
 */
struct mt_query {
	struct tobs_view body; /* TL, boxed; borrowed */
	void *user;
	bool compress; /* worth a try at gzip when it is long */
	/*
	 * May be NULL. Called when the query gets a msg_id, before it is sent and each
	 * time it is sent again: may rewrite the bytes of the body, not their number.
	 */
	void (*prepare)(struct mt_query *q, uint64_t session_id, uint64_t msg_id);

	/* The session's own. */
	struct list link;
	enum mt_query_state state;
	uint64_t msg_id;
	uint64_t container_id;
	uint32_t seq_no;
	int64_t sent_at; /* µs, monotonic */
	int resends;
};

/*
 * Called from within mt_session_receive() and mt_session_tick(); they may send
 * queries, but neither take queries back nor free the session.
 */
struct mt_session_events {
	/* The answer, unpacked; the view is valid during the call. The query is IDLE again. */
	void (*answered)(void *user, struct mt_query *q, struct tobs_view result);
	/*
	 * The server refused: rpc_error. `name` is its text, "FLOOD_WAIT_30". With
	 * code MT_LOCAL_FAILURE it did not: RESPONSE_UNREADABLE (a broken or too
	 * large gzip_packed), MSG_RESEND_LIMIT.
	 */
	void (*refused)(void *user, struct mt_query *q, int32_t code, struct tobs_view name);
	/* Updates, or anything else that is no answer. */
	void (*update)(void *user, struct tobs_view body);
	/* The server lost what it knew of this session: updates may have been missed. */
	void (*renewed)(void *user);
	/* Salts or time changed: a good moment to store them. May be NULL. */
	void (*learned)(void *user);
};

struct mt_session_options {
	const struct auth_key *key; /* copied */
	uint64_t salt;
	int64_t time_offset; /* µs, server's time minus ours */
	const struct clock *clock;
	const struct rng *rng;
	const struct mt_session_events *events;
	void *user;
};

enum {
	MT_PING_EVERY_S = 60,
	MT_DISCONNECT_DELAY_S = 75, /* the server closes when no ping comes for so long */
	MT_SILENCE_S = 10, /* an answer is due and nothing comes: ask; after twice that, give up */
	MT_ACK_WITHIN_S = 20,       /* acknowledgements wait so long for company … */
	MT_ACK_COUNT = 16,          /* … or until there are so many */
	MT_UNPACKED_MAX = 16 << 20, /* bytes that a gzip_packed may become */
	MT_RESENDS_MAX = 10,        /* then a query that the server keeps sending back fails */
	MT_LOCAL_FAILURE = 0,
};

/* TOBS_ENOMEM. */
int mt_session_new(struct mt_session **ret, const struct mt_session_options *options);

/* All queries must have been taken back or answered. NULL is fine. */
void mt_session_free(struct mt_session *s);

/* Puts the query into the queue; it goes out with the next flush. */
void mt_session_send(struct mt_session *s, struct mt_query *q);

/*
 * Takes a query back: its memory is the caller's again, its answer will be
 * ignored. When it was sent already, `drop` tells the server not to answer.
 */
void mt_session_forget(struct mt_session *s, struct mt_query *q, bool drop);

/* A new connection is there: repeats or inquires what was under way, pings. */
void mt_session_connected(struct mt_session *s);

/* The connection is gone. */
void mt_session_disconnected(struct mt_session *s);

/*
 * Appends what is to be sent now, framed for `link`, to `out`; nothing when
 * there is nothing. TOBS_ENOMEM, TOBS_ETOOBIG: nothing of it was sent.
 */
int mt_session_flush(struct mt_session *s, struct mt_link *link, struct tobs_buf *out);

/* Whether a flush would send something now. */
bool mt_session_has_output(const struct mt_session *s);

/*
 * A packet from the connection; decrypted in place.
 * TOBS_ECRYPTO or TOBS_EPROTO: not from our server; close the connection.
 * TOBS_ENOMEM: close it too, what was not acknowledged comes again.
 */
int mt_session_receive(struct mt_session *s, uint8_t *packet, size_t len);

/*
 * The same in two halves, for long packets: decrypting touches nothing of the
 * session but its key, so it may run on another thread while the session is used.
 */
int mt_session_decrypt(
	const struct mt_session *s, uint8_t *packet, size_t len, struct mt_message *ret);
int mt_session_accept(struct mt_session *s, const struct mt_message *m);

/*
 * Time has passed: pings, acknowledgements and inquiries that are due are made
 * ready for the next flush. TOBS_ETIMEDOUT when the other side has been silent
 * for too long: close the connection.
 */
int mt_session_tick(struct mt_session *s);

/* When mt_session_tick() wants to be called next, µs monotonic. */
int64_t mt_session_due(const struct mt_session *s);

uint64_t mt_session_id(const struct mt_session *s);
uint64_t mt_session_salt(const struct mt_session *s);
int64_t mt_session_time_offset(const struct mt_session *s); /* µs */
size_t mt_session_pending(const struct mt_session *s);      /* queries not yet answered */

#endif
