/* SPDX-License-Identifier: MIT */
/* What the files of the session share; nobody else includes this. */
#ifndef MTPROTO_SESSION_PRIV_H
#define MTPROTO_SESSION_PRIV_H

#include "base/array.h"
#include "mtproto/ids.h"
#include "mtproto/salts.h"
#include "mtproto/session.h"

/* Acknowledgements that may have been lost with a connection, and are made again. */
enum { MT_ACKED_KEPT = 256 };

/* A message of the service layer that waits for the next flush. */
struct mt_note {
	size_t start, len; /* of its body in mt_session.note_bodies */
	bool content;      /* wants an acknowledgement: its seq_no is odd */
};

struct mt_session {
	struct auth_key key;
	uint64_t id;
	uint32_t seq; /* content-related messages sent so far */
	struct mt_ids ids;
	struct mt_salts salts;
	struct mt_seen seen;
	const struct clock *clock;
	const struct rng *rng;
	const struct mt_session_events *events;
	void *user;

	struct list queued; /* of struct mt_query */
	struct list sent;   /* SENT, ACKED and UNSURE, in the order they were sent */
	struct map by_id;   /* msg_id → query in `sent` */
	size_t pending;

	ARRAY_OF(uint64_t) acks;       /* received, not yet acknowledged */
	uint64_t acked[MT_ACKED_KEPT]; /* acknowledged over this connection, the last of them */
	size_t acked_count;            /* since the server has proved that it got some */
	uint64_t acked_by;             /* msg_id of the last message that carried some */
	int64_t acks_since;            /* when the first of them came */
	ARRAY_OF(struct mt_note) notes;
	struct tobs_buf note_bodies;

	bool connected;
	bool time_known;    /* the server has answered in this session: its clock is known */
	int64_t last_heard; /* µs monotonic, of the last good packet */
	int64_t next_ping;
	int64_t probe_sent;          /* 0 or when a ping was sent because of silence */
	int64_t next_salts;          /* when salts may be asked for again */
	int64_t inquiry_ends;        /* 0 or when unanswered inquiries turn into repeats */
	uint64_t inquiry_id;         /* msg_id of the msgs_state_req */
	ARRAY_OF(uint64_t) inquired; /* the ids it asked about, in order */
	struct tobs_buf unpacked, scratch;
	bool unpacking; /* a message that lies in `unpacked` is being handled */
};

int64_t session_now(const struct mt_session *s);

/* Adds a service message; what cannot be remembered is dropped, as it will be asked for again. */
void session_note(struct mt_session *s, struct tobs_view body, bool content);

/* Back to the queue with a new id to come. */
void session_requeue(struct mt_session *s, struct mt_query *q);

/* The same when the server wants it so, which fails the query after MT_RESENDS_MAX times. */
void session_repeat(struct mt_session *s, struct mt_query *q);

/* What the server is not known to have is sent again: it said so, was not asked, or did not answer. */
void session_end_inquiry(struct mt_session *s);

/* Another session id: for when ids or sequence numbers got out of step. */
void session_restart(struct mt_session *s);

/* Removes the query from the lists and the map. */
void session_detach(struct mt_session *s, struct mt_query *q);

/* Handles one message of a packet or container; see session_in.c. */
int session_message(struct mt_session *s, uint64_t msg_id, uint32_t seq_no, struct tobs_view body,
	bool in_container);

#endif
