/* SPDX-License-Identifier: MIT */
/*
 * The key exchange: client and server agree on an authorization key over a
 * connection that nobody has encrypted yet (core.telegram.org/mtproto/auth_key).
 *
 *     client                              server
 *     req_pq_multi ────────────────────►
 *                  ◄──────────────────── resPQ             pq, its key's fingerprint
 *     req_DH_params ───────────────────►                   p, q, new_nonce under RSA
 *                  ◄──────────────────── server_DH_params_ok
 *     set_client_DH_params ────────────►
 *                  ◄──────────────────── dh_gen_ok | dh_gen_retry | dh_gen_fail
 *
 * No I/O: packets go in, packets come out. A fresh key costs each side some
 * milliseconds of computing.
 */
#ifndef MTPROTO_EXCHANGE_H
#define MTPROTO_EXCHANGE_H

#include <tobs/buf.h>
#include <tobs/err.h>

#include "base/rand.h"
#include "crypto/dh.h"
#include "crypto/kdf.h"
#include "crypto/rsa.h"
#include "crypto/rsa_private.h"
#include "mtproto/ids.h"

/* What both sides have in the end. */
struct mt_agreed {
	struct auth_key key;
	uint64_t salt;       /* the first one */
	int64_t time_offset; /* client: µs, server's time minus ours */
	int64_t expires_at;  /* s, server's time, of a temporary key; 0 for one without end */
	int32_t dc;          /* server: what the client asked for; 0 with old clients */
};

/* ---- the client's end ---- */

struct mt_exchange_options {
	const struct rsa_public *keys; /* those we trust, borrowed */
	size_t key_count;
	int32_t dc;         /* negative for a media DC, +10000 on test servers */
	int32_t expires_in; /* s, for a temporary key; 0 for one without end */
	bool sha1_scheme;   /* the older RSA scheme and p_q_inner_data, for tests */
	const struct clock *clock;
	const struct rng *rng;
};

enum mt_exchange_state {
	MT_EXCHANGE_PQ,     /* waits for resPQ */
	MT_EXCHANGE_PARAMS, /* waits for server_DH_params_ok */
	MT_EXCHANGE_ANSWER, /* waits for dh_gen_… */
	MT_EXCHANGE_DONE,
	MT_EXCHANGE_FAILED,
};

struct mt_exchange {
	struct mt_exchange_options options;
	enum mt_exchange_state state;
	struct mt_ids ids;
	uint8_t nonce[NONCE_BYTES], server_nonce[NONCE_BYTES], new_nonce[NEW_NONCE_BYTES];
	struct kdf_aes aes;
	uint8_t prime[DH_BYTES], theirs[DH_BYTES];
	int32_t g;
	uint64_t retry_id;
	int retries;
	struct mt_agreed agreed; /* valid when DONE */
};

/* Writes the first packet to `out`. */
int mt_exchange_start(
	struct mt_exchange *x, const struct mt_exchange_options *options, struct tobs_buf *out);

/*
 * Takes a plain packet from the server.
 * TOBS_OK      the key is there: x->agreed; nothing to send
 * TOBS_EAGAIN  the next packet is in `out`; send it and wait
 * TOBS_ECRYPTO the other side is not who it should be, or offers bad numbers
 * TOBS_EPROTO  not what the exchange expects here
 * TOBS_ENOTFOUND  the server has none of our RSA keys
 * TOBS_EAUTH   the server gave up (dh_gen_fail)
 */
int mt_exchange_receive(
	struct mt_exchange *x, struct tobs_view packet, struct tobs_buf *out, struct tobs_err *err);

/* Wipes every secret; NULL is fine. */
void mt_exchange_deinit(struct mt_exchange *x);

/* ---- the server's end ---- */

struct mt_exchange_server {
	const struct rsa_private *key; /* borrowed */
	const struct clock *clock;
	const struct rng *rng;
	enum mt_exchange_state state;
	struct mt_ids ids;
	uint64_t p, q;
	uint8_t nonce[NONCE_BYTES], server_nonce[NONCE_BYTES], new_nonce[NEW_NONCE_BYTES];
	struct kdf_aes aes;
	uint8_t secret[DH_BYTES], public_number[DH_BYTES];
	int force_retries; /* tests: answer dh_gen_retry so many times first */
	bool force_fail;   /* tests: answer dh_gen_fail */
	struct mt_agreed agreed;
};

void mt_exchange_server_init(struct mt_exchange_server *x, const struct rsa_private *key,
	const struct clock *clock, const struct rng *rng);

/*
 * Takes a plain packet from a client; the answer is in `out`.
 * TOBS_OK      the answer ends the exchange: x->agreed is the new key
 * TOBS_EAGAIN  it goes on
 * TOBS_ECRYPTO, TOBS_EPROTO  answer with transport error -404
 */
int mt_exchange_server_receive(
	struct mt_exchange_server *x, struct tobs_view packet, struct tobs_buf *out);

void mt_exchange_server_deinit(struct mt_exchange_server *x);

#endif
