/* SPDX-License-Identifier: MIT */
/*
 * Reading an HTTP/1 answer (RFC 9112). Does no I/O: takes bytes as they come, in
 * pieces of any size, and gives the head and the pieces of the body.
 *
 *     while (in.len && !http_reply_done(&reply)) {
 *             r = http_reply_feed(&reply, &in, &piece, err);
 *             if (r)
 *                     return r;
 *             use(piece);
 *     }
 *
 * Interim answers (100 to 199) are passed over. What two readers could
 * understand differently is refused: two lengths, an unknown transfer coding.
 */
#ifndef NET_HTTP_REPLY_H
#define NET_HTTP_REPLY_H

#include "net/http.h"

struct http_reply {
	struct tobs_buf *head; /* gets the status line and the header lines */
	int status;            /* once the head is read; 0 before */
	bool bodiless;         /* it answers a HEAD request */
	bool keep;             /* once it is done: the connection can carry another request */

	/* Private. */
	int state;
	size_t line;       /* where in head the unfinished line begins */
	int64_t left;      /* of the body or the chunk; -1: to the end of the stream */
	int digits;        /* of the chunk's size that were read */
	size_t extra;      /* bytes of the chunk's extensions, or of the trailers */
	bool line_has_any; /* in a trailer: more than a CR */
};

/*
 * What is in *head is dropped; its maximum bounds the head. It must stay until
 * the reply is done.
 */
void http_reply_init(struct http_reply *p, struct tobs_buf *head, bool bodiless);

/*
 * Takes bytes off *in, up to the end of the head, of a piece of the body, or of
 * the answer; what is left belongs to the next call, or to the next answer.
 * *ret_piece is the piece, a view into what was given, or empty. TOBS_EPROTO;
 * TOBS_ENOMEM.
 */
int http_reply_feed(struct http_reply *p, struct tobs_view *in, struct tobs_view *ret_piece,
	struct tobs_err *err);

/*
 * The stream has ended: 0 when that is how the answer ends, TOBS_ETRUNCATED
 * otherwise.
 */
int http_reply_end(struct http_reply *p, struct tobs_err *err);

bool http_reply_done(const struct http_reply *p);

/* Bytes of the body that must still come; -1 when that is not known, 0 before the head is read. */
int64_t http_reply_left(const struct http_reply *p);

/* For who reads them by other ways: `n` of those bytes, at most http_reply_left(), have come. */
void http_reply_skip(struct http_reply *p, size_t n);

#endif
