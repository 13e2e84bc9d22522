/* SPDX-License-Identifier: MIT */
/*
 * A transport link: packets in a byte stream, in four framings, with or without
 * obfuscation. It does no I/O: bytes that arrived go in, packets come out; what
 * is to be sent is appended to a buffer.
 *
 *     socket ⇄ [ obfuscation: AES-256-CTR, both ways ] ⇄ [ framing ] ⇄ packets
 *
 *     abridged      0xef once; then len/4 in one byte, or 0x7f and three bytes
 *     intermediate  0xeeeeeeee once; then len in four bytes
 *     padded        0xdddddddd once; as intermediate, 0–15 random bytes behind
 *     full          len, sequence number, packet, CRC-32; no tag
 *
 * (core.telegram.org/mtproto/mtproto-transports). A packet is a multiple of 4
 * bytes but in the padded framing, where the reader cannot tell the padding; the
 * layers above know the length of what they read.
 */
#ifndef MTPROTO_LINK_H
#define MTPROTO_LINK_H

#include <stdbool.h>
#include <tobs/buf.h>
#include <tobs/err.h>

#include "base/rand.h"
#include "crypto/aes_ctr.h"

enum mt_framing {
	MT_ABRIDGED,
	MT_INTERMEDIATE,
	MT_PADDED,
	MT_FULL,
};

enum {
	MT_PACKET_MAX = 4 << 20, /* bytes; a file part of 1 MiB with room to spare */
	MT_SECRET_BYTES = 16,    /* of a proxy */
};

struct mt_link_options {
	enum mt_framing framing;
	bool obfuscated;       /* not with MT_FULL */
	int16_t dc;            /* told to a proxy; 0 otherwise */
	const uint8_t *secret; /* MT_SECRET_BYTES of a proxy, or NULL */
};

struct mt_link {
	enum mt_framing framing;
	bool server;
	bool detected; /* server: the framing is known */
	bool obfuscated;
	bool has_secret;
	uint8_t secret[MT_SECRET_BYTES];
	struct tobs_buf in; /* what arrived; decrypted up to its end */
	size_t pos;         /* of it, given out */
	struct aes_ctr encrypt, decrypt;
	uint32_t seq_in, seq_out; /* of the full framing */
	size_t frame_start;       /* of the frame being sent, in the out buffer */
	size_t frame_body;
};

enum mt_packet_kind {
	MT_PACKET_MESSAGE,   /* a plain or encrypted message */
	MT_PACKET_ERROR,     /* a transport error, `number` is its code: -404, -429, -444, … */
	MT_PACKET_QUICK_ACK, /* `number` is the token */
};

struct mt_packet {
	enum mt_packet_kind kind;
	int32_t number;
	uint8_t *
		data; /* in the link's buffer, may be changed in place; valid until the next call */
	size_t len;
	bool wants_quick_ack; /* server: the client asked for one */
};

/*
 * The client's end. Appends what must go first (tag or obfuscation header) to
 * `out`. TOBS_EINVAL for obfuscation with the full framing; TOBS_ENOMEM.
 */
int mt_link_connect(struct mt_link *l, const struct mt_link_options *options, const struct rng *rng,
	struct tobs_buf *out);

/* The server's end: finds out framing and obfuscation from the first bytes. `secret` may be NULL. */
void mt_link_accept(struct mt_link *l, const uint8_t *secret);

/* Frees and wipes; NULL is fine. */
void mt_link_deinit(struct mt_link *l);

/*
 * Memory for at least `want` bytes that arrive; tell how many did with
 * mt_link_received(). Views of packets end here. TOBS_ENOMEM, TOBS_ETOOBIG when
 * more is waiting than a packet may have.
 */
int mt_link_room(struct mt_link *l, size_t want, uint8_t **ret_ptr, size_t *ret_room);
int mt_link_received(struct mt_link *l, size_t n);

/*
 * The next whole packet. TOBS_EAGAIN when more bytes are needed; TOBS_EPROTO
 * when this is no MTProto (bad tag, length, checksum, or sequence): close.
 */
int mt_link_next(struct mt_link *l, struct mt_packet *ret);

/*
 * Sending a packet of exactly `len` bytes, a multiple of 4: begin, append the
 * bytes to `out`, end. Between the two nothing else may touch `out`.
 */
int mt_link_begin(struct mt_link *l, size_t len, struct tobs_buf *out);
int mt_link_end(struct mt_link *l, const struct rng *rng, struct tobs_buf *out);

/* The same for a packet that is there already. */
int mt_link_send(
	struct mt_link *l, struct tobs_view packet, const struct rng *rng, struct tobs_buf *out);

/* The server's transport error (a negative code), and a quick ack with its token. */
int mt_link_send_error(
	struct mt_link *l, int32_t code, const struct rng *rng, struct tobs_buf *out);
int mt_link_send_quick_ack(struct mt_link *l, uint32_t token, struct tobs_buf *out);

#endif
