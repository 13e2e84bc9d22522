/* SPDX-License-Identifier: MIT */
/*
 * The password of two-step verification, proved by SRP 6a without being sent
 * (core.telegram.org/api/srp). Algorithm:
 * passwordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow.
 *
 *     client                                          server
 *     x = PH2(password, salt1, salt2)                 v = g^x, from when it was set
 *                                            srp_B    B = k*v + g^b
 *     A = g^a                               <-------
 *     K = H((B - k*v)^(a + u*x))             A, M1    K = H((A * v^u)^b)
 *     M1 = H(H(p)^H(g), H(salt1), H(salt2), A, B, K)  compares M1
 *                                           ------->
 *
 * Hashing a password takes 0.05 s on purpose, and a group that is not the
 * well-known one another quarter of a second to check: work for a worker thread.
 */
#ifndef CRYPTO_SRP_H
#define CRYPTO_SRP_H

#include <stdint.h>
#include <tobs/attr.h>
#include <tobs/view.h>

struct rng;

enum {
	SRP_BYTES = 256, /* A, B and v */
	SRP_HASH = 32,   /* x and M1 */
};

/* The algorithm's parameters as account.getPassword gives them; all borrowed. */
struct srp_algo {
	struct tobs_view salt1;
	struct tobs_view salt2;
	struct tobs_view p; /* 256 bytes, big-endian */
	int32_t g;
};

/*
 * x, the password's hash: a secret as good as the password. TOBS_EINVAL for a salt
 * beyond INT_MAX; TOBS_ENOMEM.
 */
TOBS_CHECK int srp_hash_password(
	const struct srp_algo *algo, struct tobs_view password, uint8_t ret_x[SRP_HASH]);

/*
 * v = g^x, what the server keeps: new_password_hash of
 * account.updatePasswordSettings (with 32 random bytes appended to salt1 first).
 * TOBS_ECRYPTO when p and g are no good, see dh_check_group(); TOBS_ENOMEM.
 */
TOBS_CHECK int srp_verifier(
	const struct srp_algo *algo, const uint8_t x[SRP_HASH], uint8_t ret_v[SRP_BYTES]);

/* What inputCheckPasswordSRP carries, besides srp_id. */
struct srp_proof {
	uint8_t a[SRP_BYTES];
	uint8_t m1[SRP_HASH];
};

/*
 * The client's answer to srp_B. TOBS_ECRYPTO when p, g or srp_B are not what an
 * honest server would send, or rng repeats itself; TOBS_ENOMEM.
 */
TOBS_CHECK int srp_prove(const struct srp_algo *algo, const uint8_t x[SRP_HASH],
	struct tobs_view srp_b, const struct rng *rng, struct srp_proof *ret);

/* The server's side of one attempt; srp_server_wipe() it. */
struct srp_server {
	uint8_t v[SRP_BYTES];
	uint8_t secret[SRP_BYTES]; /* b */
	uint8_t b[SRP_BYTES];      /* B, to be sent as srp_B */
};

/*
 * Draws b and computes B. TOBS_ECRYPTO when p and g are no good or rng repeats
 * itself; TOBS_ENOMEM.
 */
TOBS_CHECK int srp_server_start(struct srp_server *s, const struct srp_algo *algo,
	const uint8_t v[SRP_BYTES], const struct rng *rng);

/* TOBS_OK when the password was right; TOBS_ECRYPTO when not or A is out of range; TOBS_ENOMEM. */
TOBS_CHECK int srp_server_check(const struct srp_server *s, const struct srp_algo *algo,
	struct tobs_view a, struct tobs_view m1);

void srp_server_wipe(struct srp_server *s);

#endif
