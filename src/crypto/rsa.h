/* SPDX-License-Identifier: MIT */
/*
 * RSA as the key exchange uses it: a client hides its new_nonce from everybody
 * but the owner of a known 2048-bit key. The owner's side is in rsa_private.h,
 * Telegram's keys in telegram_keys.h.
 *
 *     RSA_PAD      data up to 144 bytes, padded, reversed, hashed and encrypted
 *                  with a random AES key that is itself masked by the result;
 *                  what every current client does
 *     SHA1 scheme  SHA1(data) + data + random, 255 bytes; what older ones did
 *
 * Both are defined at core.telegram.org/mtproto/auth_key. Numbers are
 * big-endian; blocks are 256 bytes. libcrypto, which does the arithmetic, takes
 * memory from its own heap.
 */
#ifndef CRYPTO_RSA_H
#define CRYPTO_RSA_H

#include <stdint.h>
#include <tobs/attr.h>
#include <tobs/buf.h>
#include <tobs/view.h>

struct rng;

enum {
	RSA_BYTES = 256,        /* of the modulus and of every encrypted block */
	RSA_PAD_DATA_MAX = 144, /* data RSA_PAD takes */
	RSA_PAD_PLAIN = 192,    /* the same with its padding: what decryption gives */
	RSA_PAD_TEMP_KEY = 32,  /* in front of every block of RSA_PAD */
	RSA_PAD_ENCRYPTED = RSA_BYTES - RSA_PAD_TEMP_KEY,
	RSA_SHA1_DATA_MAX = 235, /* data the SHA1 scheme takes */
	RSA_SHA1_PLAIN = 255,    /* hash, data and padding: what decryption gives */
	RSA_PEM_MAX = 16384,     /* longer texts are refused */
};

/* A public key: plain memory, nothing to free. */
struct rsa_public {
	uint8_t n[RSA_BYTES];
	uint32_t e;
	uint64_t
		fingerprint; /* the last 8 bytes of SHA1(n and e as TL bytes): what Telegram calls it */
};

/*
 * A key from its numbers, leading zeros or not. TOBS_EINVAL unless n is odd with
 * exactly 2048 bits and e is odd, from 3 up to 2^32 - 1.
 */
TOBS_CHECK int rsa_public_set(struct rsa_public *ret, struct tobs_view n, struct tobs_view e);

/*
 * The first key in a PEM text: "RSA PUBLIC KEY" (PKCS #1) or "PUBLIC KEY"
 * (SubjectPublicKeyInfo). TOBS_EMALFORMED when there is none (or, as libcrypto's
 * decoders don't tell, when memory ran out in them), TOBS_EINVAL when it isn't RSA
 * or not as above, TOBS_ETOOBIG, TOBS_ENOMEM.
 */
TOBS_CHECK int rsa_public_from_pem(struct rsa_public *ret, struct tobs_view pem);

/*
 * Appends "-----BEGIN RSA PUBLIC KEY-----…" with a newline at the end. TOBS_ENOMEM,
 * or out's error.
 */
TOBS_CHECK int rsa_public_to_pem(const struct rsa_public *k, struct tobs_buf *out);

/*
 * RSA_PAD. TOBS_EINVAL for more than RSA_PAD_DATA_MAX bytes; TOBS_ENOMEM;
 * TOBS_ECRYPTO when rng repeats itself, so that no block below n comes out.
 */
TOBS_CHECK int rsa_encrypt_pad(const struct rsa_public *k, const struct rng *rng,
	struct tobs_view data, uint8_t ret[RSA_BYTES]);

/* The SHA1 scheme. TOBS_EINVAL for more than RSA_SHA1_DATA_MAX bytes; TOBS_ENOMEM. */
TOBS_CHECK int rsa_encrypt_sha1(const struct rsa_public *k, const struct rng *rng,
	struct tobs_view data, uint8_t ret[RSA_BYTES]);

#endif
