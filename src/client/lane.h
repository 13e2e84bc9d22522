/* SPDX-License-Identifier: MIT */
/*
 * A lane: one session with a data centre, the connection it has at the moment,
 * and the fibers that keep both going.
 *
 *     lane fiber   idle ─► connecting ─► keying ─► ready ──┐
 *                   ▲  ▲       │            │        │     │ reads; decrypts; wakes callers
 *                   │  └───────┴─ paused ◄──┴────────┘     │
 *                   └────────────────────◄─────────────────┘
 *     writer       of a connection: sends what the session has, and when time has passed
 *
 * A connection is opened when there is something to send, and again when it is
 * lost while calls wait; the session goes on over the next one, so that nothing
 * is lost and nothing done twice.
 */
#ifndef CLIENT_LANE_H
#define CLIENT_LANE_H

#include "client/client.h"
#include "client/dc.h"
#include "client/refusal.h"
#include "flow/backoff.h"
#include "mtproto/session.h"

enum lane_state {
	LANE_IDLE,       /* nothing to do */
	LANE_CONNECTING, /* opens a connection */
	LANE_KEYING,     /* makes or binds keys over it */
	LANE_READY,      /* moves queries and answers */
	LANE_PAUSED,     /* waits before the next try */
	LANE_CLOSED,     /* for good */
	LANE_STATES,
};

/* A query under way. On the stack of its caller. */
struct lane_call {
	/* Set by the caller: */
	struct tobs_view body;
	struct tobs_buf *answer; /* gets the result; kept when the call fails */
	bool compress;

	/* After TOBS_ERPC: */
	struct refusal refusal;

	/* The lane's: */
	struct mt_query query;
	struct list link;
	struct tobs_event done;
	struct tobs_err *err;
};

/* Asks the server to bind the temporary key. */
struct lane_bind {
	struct mt_query query;
	struct tobs_buf body;
	uint64_t nonce;
	bool pending, refused;
	char why[64];
};

struct lane {
	struct tobs_client *client;
	struct dc *dc;
	enum tobs_route route;
	int number;
	enum lane_state state;
	bool inited;     /* the server has heard initConnection in this session */
	bool accepts;    /* the session takes queries */
	bool runs;       /* its fiber does */
	bool wanted;     /* keep a connection even with nothing to ask: for updates */
	bool makes_keys; /* holds dc->making */
	struct list calls;
	struct tobs_cond work; /* for the lane's fiber: something to do */

	struct line line;
	struct mt_session *session;
	uint64_t session_key;    /* id of the key it uses */
	struct tobs_cond output; /* for the writer: something to send */
	int64_t idle_since;      /* µs monotonic, when a call was last under way */
	int64_t renew_at;   /* µs monotonic, when the temporary key is to be replaced; 0: never */
	int64_t drained_by; /* … and until when queries under way are waited for */
	struct lane_bind bind;
	struct tobs_arena arena; /* of updates */

	struct backoff backoff;
	int failures; /* to get an answer, in a row */
	int unknown;  /* times in a row the server did not know the permanent key */
	int ended;    /* why the writer ended the connection, if it did */
	struct tobs_err ended_why;
	struct tobs_err why; /* the last failure */
};

/* The lane that goes there; made when there is none. Errors: TOBS_ENOMEM. */
int lane_get(struct tobs_client *c, enum tobs_route route, int dc, int number, struct lane **ret,
	struct tobs_err *err);
void lane_free(struct lane *l);

/*
 * Sends a query and waits for what comes back.
 * TOBS_OK     call->answer holds the result
 * TOBS_ERPC   refused: call->refusal
 * TOBS_ENET   no connection after several attempts
 * TOBS_EAUTH  the key of this session is not known any more
 * TOBS_ECLOSED, TOBS_ECANCELED, TOBS_ETIMEDOUT, TOBS_ENOMEM, TOBS_ETOOBIG
 */
int lane_call(struct lane *l, struct lane_call *call, struct tobs_err *err);

/* Ends the connection; the next one begins with whatever keys there are then. */
void lane_break(struct lane *l);

/* Whether a connection is to be kept up; called when that may have changed. */
void lane_keep(struct lane *l, bool wanted);

/* ---- between lane.c and lane_io.c ---- */

/* Changes the state, along legal edges only. */
void lane_enter(struct lane *l, enum lane_state to);

/* Moves queries and answers over the open line until it ends; why it did. Waits. */
int lane_serve(struct lane *l, struct tobs_err *err);

/* A session with the present key, unless there is one; queries under way move into it. */
int lane_renew_session(struct lane *l);

/* Other lanes may make keys again. No-op when this one does not. */
void lane_keys_made(struct lane *l);

/* Ends a call. */
void lane_finish(struct lane *l, struct lane_call *call, int result);

/* What the session tells. */
extern const struct mt_session_events lane_events;

#endif
