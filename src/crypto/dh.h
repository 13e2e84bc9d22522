/* SPDX-License-Identifier: MIT */
/*
 * Diffie-Hellman over a 2048-bit prime, with the checks Telegram asks for
 * (core.telegram.org/mtproto/auth_key and /mtproto/security_guidelines).
 *
 * Numbers are 256 bytes, big-endian, with leading zeros. A power takes about
 * 2 ms, in time that doesn't depend on the exponent. The numbers of libcrypto,
 * which does the arithmetic, come from its own heap; they are wiped before they
 * are freed.
 */
#ifndef CRYPTO_DH_H
#define CRYPTO_DH_H

#include <stdint.h>
#include <tobs/attr.h>
#include <tobs/view.h>

struct rng;

enum { DH_BYTES = 256 };

/*
 * The prime that Telegram's servers use. It is safe, and with it g may be 3, 4 or 7.
 */
extern const uint8_t dh_known_prime[DH_BYTES];

/*
 * Whether prime and g are a group one may use: `prime` has exactly 2048 bits,
 * prime and (prime - 1) / 2 are prime, g is 2 to 7 and a square modulo prime, so
 * that it generates the large subgroup. TOBS_ECRYPTO when not; TOBS_ENOMEM.
 *
 * Costs nothing for dh_known_prime and a quarter of a second for another prime,
 * so keep the answer; a number that isn't prime is found out in milliseconds.
 */
TOBS_CHECK int dh_check_group(struct tobs_view prime, int32_t g);

/*
 * Whether a public number of the other side may be used: 2^(2048-64) <= public
 * <= prime - 2^(2048-64), which is narrower than 1 < public < prime - 1. It may
 * come with leading zeros or without; `ret`, unless NULL, gets it as 256 bytes.
 * TOBS_ECRYPTO when not.
 */
TOBS_CHECK int dh_check_public(
	const uint8_t prime[DH_BYTES], struct tobs_view public_number, uint8_t *ret);

/*
 * A secret of 2048 random bits and g^secret mod prime, which passes
 * dh_check_public(). Wipe the secret when done. TOBS_ENOMEM; TOBS_ECRYPTO when
 * prime is even, or when rng gives the same numbers again and again.
 */
TOBS_CHECK int dh_generate(const uint8_t prime[DH_BYTES], int32_t g, const struct rng *rng,
	uint8_t ret_secret[DH_BYTES], uint8_t ret_public[DH_BYTES]);

/*
 * The number both sides share, theirs^secret mod prime, after
 * dh_check_public(theirs). TOBS_ECRYPTO, TOBS_ENOMEM.
 */
TOBS_CHECK int dh_shared(const uint8_t prime[DH_BYTES], struct tobs_view theirs,
	const uint8_t secret[DH_BYTES], uint8_t ret[DH_BYTES]);

#endif
