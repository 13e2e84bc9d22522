/* SPDX-License-Identifier: MIT */
#include "crypto/aes_ctr.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <string.h>
#include <tobs/err.h>

#include "base/attr.h"
#include "base/endian.h"
#include "base/wipe.h"

/* EVP counts in int. */
#define PIECE_MAX ((size_t)1 << 30)

/* Sets the counter, and the key unless it is NULL. */
static int start(EVP_CIPHER_CTX *cipher, const uint8_t *key, const uint8_t *iv)
{
	bool ok;

	/* Ours to report; left in the queue it would be blamed on the next TLS call. */
	ERR_set_mark();
	ok = EVP_EncryptInit_ex(cipher, key ? EVP_aes_256_ctr() : NULL, NULL, key, iv) == 1;
	ERR_pop_to_mark();
	return ok ? TOBS_OK : TOBS_ENOMEM;
}

int aes_ctr_init(struct aes_ctr *c, const uint8_t key[AES_CTR_KEY], const uint8_t iv[AES_CTR_IV])
{
	int r;

	*c = (struct aes_ctr){ .cipher = EVP_CIPHER_CTX_new() };
	if (!c->cipher)
		return TOBS_ENOMEM;
	memcpy(c->iv, iv, sizeof c->iv);
	r = start(c->cipher, key, iv);
	if (r)
		aes_ctr_deinit(c);
	return r;
}

void aes_ctr_deinit(struct aes_ctr *c)
{
	if (!c)
		return;
	EVP_CIPHER_CTX_free(c->cipher); /* wipes its key */
	mem_wipe(c, sizeof *c);
}

int aes_ctr_run(struct aes_ctr *c, const void *in, void *out, size_t len)
{
	const uint8_t *from = in;
	uint8_t *to = out;

	if (!c->cipher)
		return TOBS_EINVAL;
	while (len) {
		int piece = (int)MIN(len, PIECE_MAX), done;

		if (EVP_EncryptUpdate(c->cipher, to, &done, from, piece) != 1)
			return TOBS_ECRYPTO;
		from += piece;
		to += piece;
		len -= (size_t)piece;
	}
	return TOBS_OK;
}

int aes_ctr_seek_cdn(struct aes_ctr *c, uint64_t offset)
{
	uint8_t iv[AES_CTR_IV], skip[16];
	int r;

	if (!c->cipher)
		return TOBS_EINVAL;
	if (offset / 16 > UINT32_MAX)
		return TOBS_ETOOBIG;
	memcpy(iv, c->iv, sizeof iv);
	put_be32(iv + 12, (uint32_t)(offset / 16));
	r = start(c->cipher, NULL, iv);
	if (r)
		return r;
	/* What is left of the block in front. */
	memset(skip, 0, sizeof skip);
	r = aes_ctr_run(c, skip, skip, offset % 16);
	mem_wipe(skip, sizeof skip);
	return r;
}
