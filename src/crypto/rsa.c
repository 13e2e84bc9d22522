/* SPDX-License-Identifier: MIT */
#include "crypto/rsa.h"

#include <openssl/core_names.h>
#include <tobs/err.h>

#include "base/attr.h"
#include "base/endian.h"
#include "base/rand.h"
#include "base/wipe.h"
#include "crypto/aes_ige.h"
#include "crypto/bn.h"
#include "crypto/rsa_pkey.h"
#include "crypto/sha.h"

/* At most every second block is not below n, so this many mean that rng is stuck. */
#define PAD_TRIES 128

TOBS_STATIC_ASSERT(RSA_PAD_ENCRYPTED == RSA_PAD_PLAIN + SHA256_BYTES, "what RSA_PAD encrypts");

/* fingerprint: the 64 lower-order bits of SHA1(n:bytes e:bytes), serialised as TL */
static uint64_t fingerprint_of(const struct rsa_public *k)
{
	/* TL bytes: fe and three bytes of length for n; one byte of length for e, padded to four. */
	const uint8_t n_head[] = { 0xfe, RSA_BYTES & 255, RSA_BYTES >> 8, 0 };
	uint8_t e[4], e_bytes[8] = { 0 }, hash[SHA1_BYTES];
	size_t skip = 0;

	put_be32(e, k->e);
	while (e[skip] == 0)
		skip++;
	e_bytes[0] = (uint8_t)(4 - skip);
	memcpy(e_bytes + 1, e + skip, 4 - skip);
	SHA1_OF(hash, tobs_view(n_head, sizeof n_head), tobs_view(k->n, RSA_BYTES),
		tobs_view(e_bytes, skip ? 4 : 8));
	return get_le64(hash + 12);
}

static struct tobs_view without_zeros(struct tobs_view v)
{
	while (v.len && *v.ptr == 0)
		v = tobs_view_sub(v, 1, SIZE_MAX);
	return v;
}

int rsa_public_set(struct rsa_public *ret, struct tobs_view n, struct tobs_view e)
{
	uint32_t exponent = 0;

	n = without_zeros(n);
	e = without_zeros(e);
	if (n.len != RSA_BYTES || !(n.ptr[0] & 0x80) || !(n.ptr[RSA_BYTES - 1] & 1) || e.len > 4)
		return TOBS_EINVAL;
	for (size_t i = 0; i < e.len; i++)
		exponent = exponent << 8 | e.ptr[i];
	if (exponent < 3 || exponent % 2 == 0)
		return TOBS_EINVAL;
	memmove(ret->n, n.ptr, RSA_BYTES);
	ret->e = exponent;
	ret->fingerprint = fingerprint_of(ret);
	return TOBS_OK;
}

/* x^e mod n; x is below n. */
static int public_power(
	const struct rsa_public *k, const uint8_t x[RSA_BYTES], uint8_t ret[RSA_BYTES])
{
	BN_CTX *ctx = bn_begin();
	BIGNUM *n, *base, *e, *result;
	int r = TOBS_ENOMEM;

	if (!ctx)
		return TOBS_ENOMEM;
	n = bn_from(ctx, tobs_view(k->n, RSA_BYTES));
	base = bn_from(ctx, tobs_view(x, RSA_BYTES));
	e = BN_CTX_get(ctx);
	result = BN_CTX_get(ctx);
	if (n && base && e && result && BN_set_word(e, k->e) &&
		BN_mod_exp_mont(result, base, e, n, ctx, NULL) && bn_to(result, ret, RSA_BYTES))
		r = TOBS_OK;
	bn_end(ctx);
	return r;
}

/* One try of RSA_PAD's middle steps. */
static void pad_block(const uint8_t plain[RSA_PAD_PLAIN], const uint8_t temp_key[RSA_PAD_TEMP_KEY],
	uint8_t ret[RSA_BYTES])
{
	static const uint8_t zero_iv[AES_IGE_IV];
	uint8_t with_hash[RSA_PAD_ENCRYPTED], *encrypted = ret + RSA_PAD_TEMP_KEY,
					      hash[SHA256_BYTES];
	int r;

	/* data_with_hash := BYTE_REVERSE(data_with_padding) + SHA256(temp_key + data_with_padding) */
	for (size_t i = 0; i < RSA_PAD_PLAIN; i++)
		with_hash[i] = plain[RSA_PAD_PLAIN - 1 - i];
	SHA256_OF(with_hash + RSA_PAD_PLAIN, tobs_view(temp_key, RSA_PAD_TEMP_KEY),
		tobs_view(plain, RSA_PAD_PLAIN));
	/* aes_encrypted := AES256_IGE(data_with_hash, temp_key, 0) */
	r = aes_ige_encrypt(temp_key, zero_iv, with_hash, encrypted, RSA_PAD_ENCRYPTED);
	assert(r == TOBS_OK);
	(void)r;
	/* temp_key_xor := temp_key XOR SHA256(aes_encrypted) */
	SHA256_OF(hash, tobs_view(encrypted, RSA_PAD_ENCRYPTED));
	for (int i = 0; i < RSA_PAD_TEMP_KEY; i++)
		ret[i] = temp_key[i] ^ hash[i];
	mem_wipe(with_hash, sizeof with_hash);
}

int rsa_encrypt_pad(const struct rsa_public *k, const struct rng *rng, struct tobs_view data,
	uint8_t ret[RSA_BYTES])
{
	uint8_t plain[RSA_PAD_PLAIN], temp_key[RSA_PAD_TEMP_KEY], block[RSA_BYTES];
	int tries = PAD_TRIES, r;

	if (data.len > RSA_PAD_DATA_MAX)
		return TOBS_EINVAL;
	if (data.len)
		memcpy(plain, data.ptr, data.len);
	rng_fill(rng, plain + data.len, RSA_PAD_PLAIN - data.len);
	/* A block that, as a number, isn't below n gets another temp_key. */
	do {
		rng_fill(rng, temp_key, sizeof temp_key);
		pad_block(plain, temp_key, block);
	} while (memcmp(block, k->n, RSA_BYTES) >= 0 && --tries);
	r = tries ? public_power(k, block, ret) : TOBS_ECRYPTO;
	mem_wipe(plain, sizeof plain);
	mem_wipe(temp_key, sizeof temp_key);
	mem_wipe(block, sizeof block);
	return r;
}

int rsa_encrypt_sha1(const struct rsa_public *k, const struct rng *rng, struct tobs_view data,
	uint8_t ret[RSA_BYTES])
{
	uint8_t block[RSA_BYTES] = { 0 }, *at = block + RSA_BYTES - RSA_SHA1_PLAIN;
	int r;

	if (data.len > RSA_SHA1_DATA_MAX)
		return TOBS_EINVAL;
	/* data_with_hash := SHA1(data) + data + (any random bytes), 255 bytes: below n in any case */
	SHA1_OF(at, data);
	at += SHA1_BYTES;
	if (data.len)
		memcpy(at, data.ptr, data.len);
	rng_fill(rng, at + data.len, RSA_SHA1_DATA_MAX - data.len);
	r = public_power(k, block, ret);
	mem_wipe(block, sizeof block);
	return r;
}

int rsa_public_from_pem(struct rsa_public *ret, struct tobs_view pem)
{
	EVP_PKEY *pkey;
	int r = rsa_pkey_read(pem, EVP_PKEY_PUBLIC_KEY, &pkey);

	if (r)
		return r;
	ERR_set_mark();
	r = rsa_pkey_public(pkey, ret);
	EVP_PKEY_free(pkey);
	ERR_pop_to_mark();
	return r;
}

int rsa_public_to_pem(const struct rsa_public *k, struct tobs_buf *out)
{
	BN_CTX *ctx = bn_begin();
	OSSL_PARAM_BLD *numbers = NULL;
	EVP_PKEY *pkey = NULL;
	BIGNUM *n;
	int r = TOBS_ENOMEM;

	if (!ctx)
		return TOBS_ENOMEM;
	n = bn_from(ctx, tobs_view(k->n, RSA_BYTES));
	numbers = OSSL_PARAM_BLD_new();
	if (n && numbers && OSSL_PARAM_BLD_push_BN(numbers, OSSL_PKEY_PARAM_RSA_N, n) &&
		OSSL_PARAM_BLD_push_uint32(numbers, OSSL_PKEY_PARAM_RSA_E, k->e))
		pkey = rsa_pkey_from(numbers, EVP_PKEY_PUBLIC_KEY);
	if (pkey)
		r = rsa_pkey_write(pkey, EVP_PKEY_PUBLIC_KEY, "type-specific", out);
	EVP_PKEY_free(pkey);
	OSSL_PARAM_BLD_free(numbers);
	bn_end(ctx);
	return r;
}
