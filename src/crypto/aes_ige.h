/* SPDX-License-Identifier: MIT */
/*
 * AES-256 in IGE mode, which MTProto encrypts its messages with:
 *
 *     c[i] = E(p[i] ^ c[i-1]) ^ p[i-1]        c[0], p[0] = the two halves of the IV
 *
 * Both directions are one serial chain: a block can't start before the one in
 * front of it is done. So a message runs at the latency of the AES instructions
 * (about 1000 MiB/s), and what is left to win lies between messages:
 * aes_ige_run_many() works on up to four at a time, at three to four times that.
 *
 * The fastest engine the processor has is chosen at run time: AES-NI on x86, the
 * cryptographic extension on 64-bit ARM, otherwise libcrypto's portable AES.
 * The portable one uses tables, so its timing depends on key and data as far as
 * the processor's caches show it to others on the machine; the other two don't.
 *
 * Input and output are the same memory or don't overlap at all; neither needs
 * to be aligned. Nothing here allocates.
 */
#ifndef CRYPTO_AES_IGE_H
#define CRYPTO_AES_IGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tobs/attr.h>

enum {
	AES_IGE_BLOCK = 16,
	AES_IGE_KEY = 32,
	AES_IGE_IV = 32, /* c[0] and p[0], in this order in both directions */
};

/*
 * A message with a key of its own, which is the common case. TOBS_EINVAL, with
 * the output untouched, when `len` is not a multiple of 16. `iv` is not changed.
 */
TOBS_CHECK int aes_ige_encrypt(const uint8_t key[AES_IGE_KEY], const uint8_t iv[AES_IGE_IV],
	const void *in, void *out, size_t len);
TOBS_CHECK int aes_ige_decrypt(const uint8_t key[AES_IGE_KEY], const uint8_t iv[AES_IGE_IV],
	const void *in, void *out, size_t len);

struct aes_ige_engine;

/*
 * An expanded key for one direction, for a key that is used again or a stream
 * that comes in pieces. Plain memory, may be copied; wipe it when done. It wants
 * an address that 16 divides, so don't put it into an arena.
 */
struct aes_ige_key {
	_Alignas(16) uint8_t schedule[256];
	const struct aes_ige_engine *engine;
	bool decrypts;
};

void aes_ige_key_encrypt(struct aes_ige_key *k, const uint8_t key[AES_IGE_KEY]);
void aes_ige_key_decrypt(struct aes_ige_key *k, const uint8_t key[AES_IGE_KEY]);
void aes_ige_key_wipe(struct aes_ige_key *k);

/*
 * Encrypts or decrypts as the key says. `iv` is moved on, so that the next call
 * continues where this one ended. TOBS_EINVAL, with nothing changed, when `len`
 * is not a multiple of 16.
 */
TOBS_CHECK int aes_ige_run(
	const struct aes_ige_key *k, uint8_t iv[AES_IGE_IV], const void *in, void *out, size_t len);

/* One of several independent messages; each in and out as above. */
struct aes_ige_job {
	const struct aes_ige_key *key;
	uint8_t *iv; /* AES_IGE_IV bytes, moved on */
	const void *in;
	void *out;
	size_t len;
};

/*
 * Does `n` jobs of any lengths, at best when the long ones come together. All
 * keys must be for the same direction and of the same engine. TOBS_EINVAL, with
 * nothing changed, when they are not or a length is not a multiple of 16.
 */
TOBS_CHECK int aes_ige_run_many(const struct aes_ige_job *jobs, size_t n);

/* For tests and benchmarks: a key bound to a certain engine. */
enum aes_ige_engine_id {
	AES_IGE_PORTABLE,
	AES_IGE_X86,
	AES_IGE_ARM,
};

/* TOBS_EUNSUPPORTED when this build or this processor does not have the engine. */
TOBS_CHECK int aes_ige_key_for(struct aes_ige_key *k, enum aes_ige_engine_id id,
	const uint8_t key[AES_IGE_KEY], bool decrypts);

/* "portable", "x86 AES-NI", "ARMv8": what aes_ige_key_encrypt() would use. Static storage. */
const char *aes_ige_engine_name(void);

#endif
