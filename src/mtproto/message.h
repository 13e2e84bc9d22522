/* SPDX-License-Identifier: MIT */
/*
 * One message on the wire: plain (during the key exchange) or encrypted with an
 * authorization key.
 *
 *     plain       auth_key_id = 0 (8) | msg_id (8) | length (4) | body
 *     encrypted   auth_key_id (8) | msg_key (16) | AES-256-IGE of
 *                 [ salt 8 | session_id 8 | msg_id 8 | seq_no 4 | length 4 | body | padding ]
 *
 * The padding is 12 to 1024 random bytes that make the encrypted part a multiple
 * of 16 (core.telegram.org/mtproto/description).
 */
#ifndef MTPROTO_MESSAGE_H
#define MTPROTO_MESSAGE_H

#include <tobs/buf.h>
#include <tobs/err.h>

#include "base/rand.h"
#include "crypto/kdf.h"

struct mt_message {
	uint64_t salt;
	uint64_t session_id;
	uint64_t msg_id;
	uint32_t seq_no;
	struct tobs_view body; /* a multiple of 4 bytes */
};

/* auth_key_id of a packet; 0 is a plain message. TOBS_EPROTO when it is too short. */
int mt_packet_key_id(struct tobs_view packet, uint64_t *ret);

/* Bytes that mt_seal() appends for a body of `len` bytes. */
size_t mt_sealed_len(size_t len);

/*
 * Appends the encrypted form, padded as little as allowed.
 * *ret_quick_ack (may be NULL) gets the token a quick ack of it would carry.
 */
int mt_seal(struct tobs_buf *out, const struct auth_key *key, enum msg_side side,
	const struct mt_message *m, const struct rng *rng, uint32_t *ret_quick_ack);

/*
 * Decrypts a packet in place; ret->body points into it. Checks what a receiver
 * must check of the message by itself: msg_key over everything decrypted, the
 * length, the padding. Bytes that a padded transport left behind are ignored.
 * TOBS_ECRYPTO for whatever is wrong: which check failed must not be told to the
 * other side, and the connection is closed.
 */
int mt_open(uint8_t *packet, size_t len, const struct auth_key *key, enum msg_side side,
	struct mt_message *ret, uint32_t *ret_quick_ack);

/* Plain messages: only msg_id and body are used. */
int mt_seal_plain(struct tobs_buf *out, uint64_t msg_id, struct tobs_view body);
int mt_open_plain(struct tobs_view packet, struct mt_message *ret);

#endif
