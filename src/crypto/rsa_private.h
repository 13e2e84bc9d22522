/* SPDX-License-Identifier: MIT */
/*
 * The owner's side of rsa.h, for the simulated server: making 2048-bit keys,
 * keeping them as PEM, and undoing both ways of encryption with every check.
 */
#ifndef CRYPTO_RSA_PRIVATE_H
#define CRYPTO_RSA_PRIVATE_H

#include "crypto/rsa.h"

/* Several threads may use one. */
struct rsa_private;

/*
 * A new key with e = 65537, drawn from `rng` alone: the same numbers give the
 * same key, so a simulation can be repeated. Takes about 0.1 s. TOBS_ENOMEM;
 * TOBS_ECRYPTO when rng repeats itself. *ret is freed with rsa_private_free().
 */
TOBS_CHECK int rsa_private_generate(const struct rng *rng, struct rsa_private **ret);

/*
 * From PEM, "RSA PRIVATE KEY" or "PRIVATE KEY", not encrypted (it never asks for
 * a password). Errors as rsa_public_from_pem().
 */
TOBS_CHECK int rsa_private_from_pem(struct tobs_view pem, struct rsa_private **ret);

/* Appends "-----BEGIN PRIVATE KEY-----…" (PKCS #8). The buffer wants tobs_buf_wipe(). */
TOBS_CHECK int rsa_private_to_pem(const struct rsa_private *k, struct tobs_buf *out);

/* Wipes and frees; NULL is fine. */
void rsa_private_free(struct rsa_private *k);

/* The public half; lives as long as the key. */
const struct rsa_public *rsa_private_public(const struct rsa_private *k);

/*
 * Undoes RSA_PAD: data and its padding, 192 bytes; the data is TL and knows its
 * own length. TOBS_ECRYPTO when the block is not below n or the hash in it is
 * wrong; TOBS_ENOMEM.
 */
TOBS_CHECK int rsa_decrypt_pad(
	const struct rsa_private *k, const uint8_t block[RSA_BYTES], uint8_t ret[RSA_PAD_PLAIN]);

/*
 * Undoes the SHA1 scheme up to the hash: 20 bytes of SHA-1, data, padding. The
 * hash covers the data without the padding, so the caller looks how long the TL
 * in it is and then asks rsa_sha1_check(). TOBS_ECRYPTO when the block is not
 * below n or doesn't come to 255 bytes, which is so for 255 of 256 blocks that
 * were encrypted with the other scheme.
 */
TOBS_CHECK int rsa_decrypt_sha1(
	const struct rsa_private *k, const uint8_t block[RSA_BYTES], uint8_t ret[RSA_SHA1_PLAIN]);

/* Whether the hash in front matches the `data_len` bytes behind it. TOBS_ECRYPTO when not. */
TOBS_CHECK int rsa_sha1_check(const uint8_t plain[RSA_SHA1_PLAIN], size_t data_len);

#endif
