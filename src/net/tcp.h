/* SPDX-License-Identifier: MIT */
/*
 * Connections over TCP and Unix sockets, and waiting for them.
 *
 * A host is a name, a numeric address, or "unix:" and a path ("unix:@name" for
 * the abstract namespace); then the port does not count.
 */
#ifndef NET_TCP_H
#define NET_TCP_H

#include <stdbool.h>

#include "net/stream.h"
#include "rt/addr.h"

struct sock;

struct tcp_options {
	/* At most so long for each address of the host, in ms; 0: TCP_ADDRESS_MS. */
	int64_t address_ms;
	/* Notice within about so many seconds that the other side has vanished; 0: never. */
	int keepalive_s;
};

enum {
	TCP_ADDRESS_MS = 10000,
	TCP_ADDRESS_MIN_MS = 2000, /* even when the time left is shared by many addresses */
};

/*
 * Looks the host up and tries its addresses in turn until one answers. Each gets
 * an equal share of the time the fiber has left, so that one that swallows
 * everything does not hide the others.
 *
 * TOBS_ENOTFOUND: no such host. TOBS_ENET: none of the addresses answered; the
 * message tells what the last one did. TOBS_EINVAL, TOBS_ENOMEM, TOBS_EIO. opt
 * may be NULL. Waits.
 */
int tcp_connect(struct tobs_view host, uint16_t port, const struct tcp_options *opt,
	struct net_stream **ret, struct tobs_err *err);

/* The socket of a stream that tcp_connect() or tcp_accept() made; the stream's still. */
struct sock *tcp_sock(struct net_stream *s);

/* ---- Servers ------------------------------------------------------------- */

struct tcp_listener;

struct tcp_listen_options {
	int backlog;     /* connections not yet accepted; 0: what the system allows */
	bool reuse_port; /* several processes share the port */
	int keepalive_s; /* for what is accepted, as in tcp_options */
};

/*
 * Listens on the first address of `host` ("0.0.0.0" or "::" for all of this
 * machine). Port 0 takes a free one. The file of a Unix socket is removed when
 * its last owner is gone, and by tcp_listener_close(). opt may be NULL.
 * TOBS_EEXISTS when the address is in use; TOBS_EPERM; TOBS_ENOTFOUND,
 * TOBS_ENET, TOBS_EINVAL, TOBS_ENOMEM, TOBS_EIO. Waits when the host is a name.
 */
int tcp_listen(struct tobs_view host, uint16_t port, const struct tcp_listen_options *opt,
	struct tcp_listener **ret, struct tobs_err *err);

/* Where it listens, with the port it took. */
const struct addr *tcp_listener_addr(const struct tcp_listener *l);

/* The next connection, and who it is (ret_peer may be NULL). TOBS_EIO without descriptors. Waits. */
int tcp_accept(struct tcp_listener *l, struct net_stream **ret, struct addr *ret_peer,
	struct tobs_err *err);

/* Those who wait in tcp_accept() get TOBS_ECLOSED. NULL is fine. */
void tcp_listener_close(struct tcp_listener *l);

/* For calls that use the listener over several waits: between them it may be closed, not freed. */
void tcp_listener_enter(struct tcp_listener *l);
void tcp_listener_leave(struct tcp_listener *l);

struct tcp_server {
	/*
	 * What to do with a connection, on a fiber of its own; the stream is closed
	 * when it returns. A failure concerns that connection only.
	 */
	int (*serve)(struct net_stream *s, const struct addr *peer, void *arg);
	void *arg;
	const char *name; /* of the fibers; NULL: "connection" */
	/* Connections at once; more wait until the kernel's backlog is full. 0: 1000. */
	size_t max;
	size_t stack_size; /* of the fibers; 0: the usual */
};

/*
 * Serves every connection until the listener is closed; then waits for those
 * that are open and returns 0. When the fiber is cancelled or its time is up,
 * the open ones are cancelled, awaited, and TOBS_ECANCELED or TOBS_ETIMEDOUT
 * returned. A lack of descriptors or memory is logged, and survived. Waits.
 */
int tcp_serve(struct tcp_listener *l, const struct tcp_server *server);

#endif
