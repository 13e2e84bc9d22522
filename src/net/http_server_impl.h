/* SPDX-License-Identifier: MIT */
/*
 * The inside of the HTTP server.
 *
 * One fiber, the driver, alone calls libmicrohttpd (MHD below), whose descriptor
 * the loop watches. MHD's callbacks note what came and start or wake handlers'
 * fibers; what handlers answer is queued and sent when the driver runs next.
 *
 *     loop ──ready──▸ driver ──MHD_run──▸ callbacks ──spawn──▸ handler
 *                       ▴──────────────────────── answer ────────┘
 *
 * A request belongs to its connection and to its handler, and goes when both have
 * let go of it. A handler that answers at once, in the same turn of the loop,
 * costs nothing extra; only one that waits has its connection suspended, which
 * takes MHD three system calls.
 */
#ifndef NET_HTTP_SERVER_IMPL_H
#define NET_HTTP_SERVER_IMPL_H

#include <microhttpd.h>
#include <tobs/arena.h>
#include <tobs/rt.h>

#include "base/list.h"
#include "base/wipe.h"
#include "net/http_server.h"
#include "rt/sock.h"
#include "rt/timers.h"
#include "rt/watch.h"

enum {
	/* Of a body on its way, in either direction. */
	WINDOW = 64 << 10,
	/* Of a body nobody wants, before its sender is hung up on. */
	DROP_MAX = 1 << 20,
	SPARE_MAX = 256,        /* requests kept for reuse */
	SPARE_BYTES = 16 << 10, /* and of each buffer of theirs */
};

struct http_server {
	struct http_server_options opt; /* without what it points at */
	char name[32];
	struct MHD_Daemon *daemon;
	struct sock *listener;
	struct addr addr;
	struct fd_watch *watch; /* of MHD's descriptor */
	struct secret key;
	struct tobs_buf cert;

	struct tobs_group driver, handlers;
	struct tobs_waiters idle;    /* where the driver waits */
	struct tobs_waiters changed; /* where the end is waited for */
	bool kicked;
	bool draining; /* answers end their connections */
	bool stopping;
	uint64_t runs; /* of MHD */
	bool again;    /* MHD has more to do at once */
	struct timers timers;
	uint64_t tickets;

	struct list conns;
	size_t conn_count;
	size_t requests; /* not yet let go of by both */
	size_t running;  /* handlers */
	struct list spare;
	size_t spares;
	uint64_t handled, dropped;
};

struct server_conn {
	struct list link;
	struct http_server *server;
	struct server_request *req; /* under way, or NULL */
	struct alarm alarm;         /* until when the client must have done something */
	int fd;
	bool lost; /* hung up on: MHD is told so when it next asks */
	struct addr peer;
};

enum answer_kind {
	ANSWER_NONE,
	ANSWER_WHOLE,
	ANSWER_PIECES,
};

struct server_request {
	struct http_request pub;
	struct list link; /* among the spare ones */
	struct http_server *server;
	struct server_conn *conn; /* NULL: the connection has let go of it */
	struct MHD_Connection *mhd;
	bool handling; /* a handler has it */
	bool held;     /* by the connection */

	struct tobs_arena arena; /* the head */
	struct tobs_buf body;
	int64_t received; /* bytes of the body */
	size_t dropped;
	bool begun;    /* the head is there */
	bool complete; /* so is the body */
	bool too_big;
	bool dropping;               /* nobody wants the rest of the body */
	bool suspended;              /* MHD leaves the connection alone */
	uint64_t asked_run;          /* in which MHD first asked for the answer */
	struct tobs_waiters waiters; /* its handler, for bytes or for room */

	enum answer_kind kind;
	struct MHD_Response *response;
	int status;
	bool queued;  /* MHD has it */
	bool is_head; /* the request; then no body is sent */
	struct tobs_buf out;
	int64_t out_left; /* bytes that must still be written; -1: unknown */
	bool out_end, out_broken;
};

static inline struct server_request *request_of(struct http_request *req)
{
	return CONTAINER_OF(req, struct server_request, pub);
}

/* http_server.c */
void server_kick(struct http_server *s);
void server_handle(struct server_request *r); /* starts its handler */

/* http_server_conn.c: MHD's callbacks, and connections. */
void *conn_request_line(void *cls, const char *uri, struct MHD_Connection *mhd);
enum MHD_Result conn_access(void *cls, struct MHD_Connection *mhd, const char *url,
	const char *method, const char *version, const char *data, size_t *size, void **req_cls);
void conn_completed(
	void *cls, struct MHD_Connection *mhd, void **req_cls, enum MHD_RequestTerminationCode how);
void conn_changed(void *cls, struct MHD_Connection *mhd, void **conn_cls,
	enum MHD_ConnectionNotificationCode how);
void conn_deadline(struct server_conn *c, int64_t ms); /* counted from now; negative: none */
void conn_hang_up(struct server_conn *c);

/* http_server_request.c */
struct server_request *request_new(struct server_conn *c);
void request_let_go(struct server_request *r); /* by the connection or the handler */
void request_free(struct server_request *r);
void request_resume(struct server_request *r);

/* http_respond.c */
int answer_plain(struct server_request *r, int status); /* its text is the status's */
bool answer_queue(struct server_request *r); /* gives it to MHD, which must want it now */
void answer_finish(struct server_request *r, int result); /* the handler has returned */

#endif
