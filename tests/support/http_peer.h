/* SPDX-License-Identifier: MIT */
/*
 * A server that answers what it was told to, byte for byte, right or wrong: one
 * step a request, in order, over however many connections. It notes what it was
 * asked. Runs on fibers of the test.
 */
#ifndef SUPPORT_HTTP_PEER_H
#define SUPPORT_HTTP_PEER_H

#include <tobs/buf.h>
#include <tobs/rt.h>

#include "net/tcp.h"

enum http_peer_end {
	PEER_KEEP,  /* waits for the next request */
	PEER_CLOSE, /* hangs up */
	PEER_RESET, /* breaks off */
	PEER_HOLD,  /* says no more, and keeps the connection until the peer is stopped */
};

struct http_peer_step {
	const char *send; /* NULL: nothing */
	size_t len;       /* 0: of the text */
	enum http_peer_end end;
	bool slow;    /* byte by byte */
	bool early;   /* answers when the head is there, and does not read the body */
	int64_t wait; /* ms before it answers */
};

enum { PEER_STEPS_MAX = 16 };

struct http_peer {
	const struct http_peer_step *steps; /* after the last one comes the last one */
	size_t count;
	struct tcp_listener *listener;
	struct tobs_fiber *fiber;
	uint16_t port;
	size_t connections;
	size_t step;                             /* the next one */
	size_t asked;                            /* requests */
	struct tobs_buf request[PEER_STEPS_MAX]; /* each as it came, chunks and all */
	char url[64];                            /* "http://127.0.0.1:port" */
};

/* On 127.0.0.1, or at `host`. The steps must stay. */
void http_peer_start(
	struct http_peer *p, const char *host, const struct http_peer_step *steps, size_t count);
void http_peer_stop(struct http_peer *p);

#endif
