/* SPDX-License-Identifier: MIT */
/*
 * A stream of bytes in both directions, whatever carries it. Filters stack:
 * each has the same face and owns the one below, so closing the uppermost closes
 * all.
 *
 *     mtproto ▸ obfuscation ▸ TCP       https ▸ TLS ▸ proxy ▸ TCP
 *
 * One fiber may read while another writes. net_close() may come at any time;
 * calls in progress then return TOBS_ECLOSED. Every call but net_close() can be
 * cut short by the fiber's deadline and by cancellation.
 */
#ifndef NET_STREAM_H
#define NET_STREAM_H

#include <stddef.h>
#include <tobs/err.h>
#include <tobs/view.h>

struct net_stream;

/* What each kind of stream does; the functions below say what is asked of them. */
struct net_stream_ops {
	int (*read)(
		struct net_stream *s, void *buf, size_t len, size_t *ret_n, struct tobs_err *err);
	int (*write)(struct net_stream *s, const struct tobs_view *parts, size_t count,
		struct tobs_err *err);
	int (*shutdown)(struct net_stream *s, struct tobs_err *err);
	void (*close)(struct net_stream *s);
};

/* The first member of each kind of stream. */
struct net_stream {
	const struct net_stream_ops *ops;
};

/*
 * What is there, at least one byte and up to `len` (which is not 0); *ret_n is 0
 * when the other side has ended its stream. TOBS_ECLOSED when the connection was
 * reset, TOBS_ENET when it broke. Waits.
 */
int net_read(struct net_stream *s, void *buf, size_t len, size_t *ret_n, struct tobs_err *err);

/* Exactly `len` bytes; TOBS_ETRUNCATED when the stream ends before. Waits. */
int net_read_all(struct net_stream *s, void *buf, size_t len, struct tobs_err *err);

/*
 * All parts, one after the other. After any failure an unknown part of them was
 * sent, and all that can be done is net_close(). TOBS_ECLOSED, TOBS_ENET. Waits.
 */
int net_write(
	struct net_stream *s, const struct tobs_view *parts, size_t count, struct tobs_err *err);
int net_write_all(struct net_stream *s, const void *data, size_t len, struct tobs_err *err);

/* Ends our stream; the other side's may go on. */
int net_shutdown(struct net_stream *s, struct tobs_err *err);

/* Closes and frees; NULL is fine. */
void net_close(struct net_stream *s);

#endif
