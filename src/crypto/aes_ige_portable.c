/* SPDX-License-Identifier: MIT */
/*
 * One block after the other through libcrypto's AES_encrypt. EVP would cost
 * more than the block itself; the deprecated functions take plain memory.
 */
#define OPENSSL_API_COMPAT 10100

#include <openssl/aes.h>
#include <string.h>

#include "base/attr.h"
#include "base/wipe.h"
#include "crypto/aes_ige_engine.h"

TOBS_STATIC_ASSERT(sizeof(AES_KEY) <= sizeof((struct aes_ige_key){ 0 }.schedule), "room for a key");

static bool usable(void)
{
	return true;
}

static void expand(uint8_t *schedule, const uint8_t *key, bool decrypts)
{
	AES_KEY k;

	/* Can't fail: neither pointer is NULL, and 256 is a size AES has. */
	if (decrypts)
		AES_set_decrypt_key(key, 256, &k);
	else
		AES_set_encrypt_key(key, 256, &k);
	memcpy(schedule, &k, sizeof k);
	mem_wipe(&k, sizeof k);
}

static void xor_block(uint8_t *to, const uint8_t *a, const uint8_t *b)
{
	for (size_t i = 0; i < AES_IGE_BLOCK; i++)
		to[i] = a[i] ^ b[i];
}

static void run_lane(struct aes_ige_lane *lane, const AES_KEY *k, size_t blocks, bool decrypts)
{
	uint8_t x[AES_IGE_BLOCK], t[AES_IGE_BLOCK];

	for (; blocks; blocks--) {
		/* A copy, because `out` may be `in`. */
		memcpy(x, lane->in, AES_IGE_BLOCK);
		xor_block(t, x, lane->y);
		if (decrypts)
			AES_decrypt(t, t, k);
		else
			AES_encrypt(t, t, k);
		xor_block(lane->y, t, lane->x);
		memcpy(lane->out, lane->y, AES_IGE_BLOCK);
		memcpy(lane->x, x, AES_IGE_BLOCK);
		lane->in += AES_IGE_BLOCK;
		lane->out += AES_IGE_BLOCK;
	}
}

static void run(struct aes_ige_lane *lane, unsigned lanes, size_t blocks, bool decrypts)
{
	AES_KEY k;

	for (unsigned i = 0; i < lanes; i++) {
		memcpy(&k, lane[i].schedule, sizeof k);
		run_lane(&lane[i], &k, blocks, decrypts);
	}
	mem_wipe(&k, sizeof k);
}

const struct aes_ige_engine aes_ige_portable = { "portable", usable, expand, run };
