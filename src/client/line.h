/* SPDX-License-Identifier: MIT */
/*
 * A line to a data centre: a stream of bytes, through a proxy or straight, and a
 * transport link on it.
 */
#ifndef CLIENT_LINE_H
#define CLIENT_LINE_H

#include "client/setup.h"
#include "mtproto/link.h"
#include "net/stream.h"

struct line {
	const struct rng *rng;
	struct net_stream *stream; /* NULL when closed or hung up */
	struct mt_link link;
	struct tobs_buf out; /* what is to be sent next */
};

enum {
	LINE_READ = 64 << 10, /* bytes asked for at a time, at least */

	/* Transport errors: core.telegram.org/mtproto/mtproto-transports#transport-errors */
	LINE_KEY_UNKNOWN = -404,
	LINE_TOO_MANY = -429,
	LINE_WRONG_DC = -444,
};

/*
 * Opens one to `to`. Errors of proxy_connect(). The fiber's deadline limits it;
 * without one that passes, each address has setup->connect_timeout_ms. Waits.
 */
int line_open(struct line *l, const struct setup *setup, const struct dc_address *to,
	const struct rng *rng, struct tobs_err *err);

/* Ends the stream: whoever waits on it gets TOBS_ECLOSED. May be repeated. */
void line_hang_up(struct line *l);

/* Frees it, when nobody uses it any more; a line of zeros is fine, and doing it twice. */
void line_close(struct line *l);

/* Sends what is in l->out. Waits. */
int line_flush(struct line *l, struct tobs_err *err);

/* Frames and sends a packet. Waits. */
int line_send(struct line *l, struct tobs_view packet, struct tobs_err *err);

/*
 * The next packet; valid until the next call. TOBS_ECLOSED when the server hung
 * up, TOBS_EPROTO for what is no MTProto, TOBS_ENET. Waits.
 */
int line_receive(struct line *l, struct mt_packet *ret, struct tobs_err *err);

/* Reads more of the stream into the link; errors as line_receive(). Waits. */
int line_read(struct line *l, struct tobs_err *err);

/* "the server does not know our key" for -404, and so on; a TOBS_E… with err->status. */
int line_refused(int32_t code, struct tobs_err *err);

#endif
