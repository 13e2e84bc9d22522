/* SPDX-License-Identifier: MIT */
/*
 * Stream sockets for fibers.
 *
 * Each call tries the system call first and waits only when the kernel has
 * nothing to give, so a busy connection costs one read and one write a message
 * and no call into the loop.
 *
 * One fiber may read while another writes. Calls from several fibers in one
 * direction are the caller's to order, but for sock_accept(). sock_close() may
 * come at any time: those who wait return TOBS_ECLOSED.
 *
 * Where a call fails, *err tells the errno (err->sys).
 */
#ifndef RT_SOCK_H
#define RT_SOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <tobs/err.h>
#include <tobs/view.h>

#include "rt/addr.h"

struct sock;

/*
 * A connection to `to`. TOBS_ENET when it is refused or the host cannot be
 * reached, TOBS_ENOMEM, TOBS_EIO when there are no descriptors left. Nagle's
 * delay is off. Waits.
 */
int sock_connect(const struct addr *to, struct sock **ret, struct tobs_err *err);

struct sock_listen_options {
	int backlog;     /* connections not yet accepted; 0: as many as the system allows */
	bool reuse_port; /* several processes share the port, and the kernel deals connections out */
};

/*
 * A listening socket. Port 0 takes a free one, see sock_local(). The file of a
 * Unix address is removed when its last owner is gone and when this is closed.
 * opt may be NULL. TOBS_EEXISTS when the address is in use, TOBS_EPERM,
 * TOBS_ENET for an address that is not this machine's, TOBS_ENOMEM, TOBS_EIO.
 */
int sock_listen(const struct addr *at, const struct sock_listen_options *opt, struct sock **ret,
	struct tobs_err *err);

/*
 * The next connection, and who it is (ret_peer may be NULL). TOBS_EIO when there
 * are no descriptors left: waiting a moment is all one can do. Waits.
 */
int sock_accept(
	struct sock *listener, struct sock **ret, struct addr *ret_peer, struct tobs_err *err);

/* A connected stream socket made elsewhere; it owns the descriptor when it succeeds. TOBS_ENOMEM. */
int sock_adopt(int fd, struct sock **ret);

/*
 * What is there, at least one byte and up to `len` (which is not 0); *ret_n is 0 when the other
 * side has ended its stream. TOBS_ECLOSED when the connection was reset;
 * TOBS_ENET when it broke. Waits.
 */
int sock_read(struct sock *s, void *buf, size_t len, size_t *ret_n, struct tobs_err *err);

/*
 * All of it, one part after the other. TOBS_ECLOSED when nobody reads any more.
 * After any failure, a cancelled or timed out wait included, an unknown part was
 * sent, and all that can be done is sock_close(). Waits.
 */
int sock_write(struct sock *s, const struct tobs_view *parts, size_t count, struct tobs_err *err);

/*
 * Whether nothing can be read now: no bytes, no end, no error. For a connection
 * that was put aside: one where something can is of no more use. Costs a system
 * call only when the loop has not watched it meanwhile, and does not wait.
 */
bool sock_silent(struct sock *s);

/* Ends our stream; the other side's may go on. */
int sock_shutdown(struct sock *s, struct tobs_err *err);

/* NULL is fine. */
void sock_close(struct sock *s);

/* To sock_close() with a reset instead of an orderly end; what was not sent is lost. */
void sock_reset_on_close(struct sock *s);

/* Notices within about `seconds` that the other side has vanished. 0: never. */
void sock_keepalive(struct sock *s, int seconds);

/* Whether small writes wait for company (Nagle); they do not, unless asked for here. */
void sock_delay(struct sock *s, bool delay);

/* Sizes of the kernel's buffers, for tests; 0 leaves one as it is. */
void sock_buffers(struct sock *s, int receive, int send);

/* The descriptor, still owned by the socket. */
int sock_fd(const struct sock *s);

int sock_local(const struct sock *s, struct addr *ret);
int sock_peer(const struct sock *s, struct addr *ret);

#endif
