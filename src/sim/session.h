/* SPDX-License-Identifier: MIT */
/*
 * The server's end of an MTProto session, as strict as the real one.
 *
 * Messages of a packet are judged one by one: what is wrong gets the server's
 * own answer (bad_server_salt, bad_msg_notification with its code), service
 * messages are answered here, and queries go to the owner, who answers them now
 * or later, in any order. What was sent and not acknowledged is kept and sent
 * again over the next connection.
 *
 * No I/O: packets go in, messages to send collect until sim_session_take().
 */
#ifndef SIM_SESSION_H
#define SIM_SESSION_H

#include <tobs/buf.h>
#include <tobs/err.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/map.h"
#include "mtproto/ids.h"
#include "mtproto/link.h"
#include "mtproto/message.h"
#include "sim/keys.h"

struct sim_session;

struct sim_session_events {
	/*
	 * A query. `body` is valid during the call. The answer comes with
	 * sim_session_answer(), in the call or later.
	 */
	void (*query)(void *user, struct sim_session *s, uint64_t msg_id, struct tobs_view body);
	/* The client does not want the answer any more (rpc_drop_answer); true when it was under way. */
	bool (*drop)(void *user, struct sim_session *s, uint64_t msg_id);
	/* Something waits to be sent. May be NULL. */
	void (*ready)(void *user, struct sim_session *s);
	void *user;
};

/* Counted for tests: what clients did that is not quite right but is let pass. */
struct sim_session_stats {
	uint64_t messages, queries, containers, packed;
	uint64_t refused[65]; /* by bad_msg code */
	uint64_t odd_acks;    /* acknowledgements with an odd seq_no */
	uint64_t resent;
	uint64_t dropped; /* queries whose answers were no longer wanted */
};

/* A message on its way to the client. */
struct sim_outgoing {
	uint64_t msg_id;
	uint64_t answers; /* msg_id of the query it answers; 0: none */
	uint32_t seq_no;
	bool content; /* kept until it is acknowledged */
	bool sent;
	bool known; /* was sent at least once, over whatever connection */
	size_t len;
	uint8_t *body; /* owned */
};

struct sim_session {
	uint64_t id;
	struct sim_keys *keys;
	struct sim_key *key;
	const struct sim_session_events *events;
	void *conn; /* the connection that serves it now; its owner's business */
	struct mt_ids ids;
	uint32_t seq; /* content-related messages sent */
	struct mt_seen seen;
	uint64_t first_msg_id;
	uint64_t last_msg_id; /* of the client's, and its number: to judge those that follow */
	uint32_t last_seq;
	bool greeted;                      /* new_session_created was sent */
	int64_t disconnect_at;             /* µs monotonic, from ping_delay_disconnect; 0: none */
	ARRAY_OF(struct sim_outgoing) out; /* in the order of their ids */
	size_t kept_bytes;
	ARRAY_OF(uint64_t) acks; /* for the client */
	struct map answered;     /* msg_id of a query → index hint; remembers what was answered */
	ARRAY_OF(uint64_t) answered_order;
	struct map running; /* msg_id of queries not answered yet */
	struct sim_session_stats *stats;
	bool pack; /* answers are sent as gzip_packed when that is shorter */
};

/* A session that is not there yet is made, without a connection; TOBS_ENOMEM. */
int sim_session_get(struct sim_keys *keys, struct sim_key *key, uint64_t id,
	struct sim_session_stats *stats, struct sim_session **ret);
void sim_session_free(struct sim_session *s);

/*
 * A message that was decrypted with the session's key. TOBS_EPROTO: break the
 * connection. TOBS_ENOMEM likewise.
 */
int sim_session_receive(struct sim_session *s, const struct mt_message *m);

/* The answer to a query: the result's bytes. Ignored when it was dropped. */
int sim_session_answer(struct sim_session *s, uint64_t msg_id, struct tobs_view result);
int sim_session_refuse(struct sim_session *s, uint64_t msg_id, int32_t code, const char *name);

/* Whether a query is still waiting for its answer. */
bool sim_session_is_running(const struct sim_session *s, uint64_t msg_id);

/* An update, or anything else that answers nothing. */
int sim_session_push(struct sim_session *s, struct tobs_view body);

/* Another connection serves the session: what was not acknowledged goes out again. */
void sim_session_attached(
	struct sim_session *s, void *conn, const struct sim_session_events *events);

/* Its connection is gone: what is queued waits for the next one. */
void sim_session_detached(struct sim_session *s);

/* Whether sim_session_take() would give something. */
bool sim_session_has_output(const struct sim_session *s);

/*
 * Puts what waits (at most about `bytes_max`, at least one message) into one
 * message to be sealed: the body goes into `body`. TOBS_EAGAIN when nothing
 * waits; TOBS_ENOMEM.
 */
int sim_session_take(
	struct sim_session *s, size_t bytes_max, struct tobs_buf *body, struct mt_message *ret);

#endif
