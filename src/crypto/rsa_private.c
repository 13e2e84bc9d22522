/* SPDX-License-Identifier: MIT */
#include "crypto/rsa_private.h"

#include <openssl/core_names.h>
#include <openssl/rsa.h>
#include <tobs/err.h>

#include "base/alloc.h"
#include "base/rand.h"
#include "base/wipe.h"
#include "crypto/aes_ige.h"
#include "crypto/bn.h"
#include "crypto/rsa_pkey.h"
#include "crypto/sha.h"

#define PRIME_BYTES (RSA_BYTES / 2)
/* One odd number in 355 of this size is prime; 20000 misses have a chance of 2^-81. */
#define PRIME_TRIES 20000
#define EXPONENT    65537

struct rsa_private {
	EVP_PKEY *pkey;
	struct rsa_public pub;
};

/* Takes pkey over, also when it fails. */
static int private_new(EVP_PKEY *pkey, struct rsa_private **ret)
{
	struct rsa_private *k = MEM_NEW(struct rsa_private);
	int r = TOBS_ENOMEM;

	if (k) {
		k->pkey = pkey;
		r = rsa_pkey_public(pkey, &k->pub);
	} else {
		EVP_PKEY_free(pkey);
	}
	if (r) {
		rsa_private_free(k);
		return r;
	}
	*ret = k;
	return TOBS_OK;
}

void rsa_private_free(struct rsa_private *k)
{
	if (!k)
		return;
	EVP_PKEY_free(k->pkey); /* wipes */
	mem_free(k);
}

const struct rsa_public *rsa_private_public(const struct rsa_private *k)
{
	return &k->pub;
}

int rsa_private_from_pem(struct tobs_view pem, struct rsa_private **ret)
{
	EVP_PKEY *pkey;
	int r = rsa_pkey_read(pem, EVP_PKEY_KEYPAIR, &pkey);

	if (r)
		return r;
	ERR_set_mark();
	r = private_new(pkey, ret);
	ERR_pop_to_mark();
	return r;
}

int rsa_private_to_pem(const struct rsa_private *k, struct tobs_buf *out)
{
	int r;

	ERR_set_mark();
	r = rsa_pkey_write(k->pkey, EVP_PKEY_KEYPAIR, "PrivateKeyInfo", out);
	ERR_pop_to_mark();
	return r;
}

/* A prime of 1024 bits with the top two set, so that a product has 2048, and p mod e != 1. */
static int make_prime(const struct rng *rng, BIGNUM *p, BN_CTX *ctx)
{
	uint8_t bytes[PRIME_BYTES];
	int found = 0;

	for (int i = 0; found == 0 && i < PRIME_TRIES; i++) {
		rng_fill(rng, bytes, sizeof bytes);
		bytes[0] |= 0xc0;
		bytes[PRIME_BYTES - 1] |= 1;
		if (!BN_bin2bn(bytes, PRIME_BYTES, p))
			found = -1;
		else if (BN_mod_word(p, EXPONENT) != 1)
			found = BN_check_prime(p, ctx, NULL);
	}
	mem_wipe(bytes, sizeof bytes);
	if (found < 0)
		return TOBS_ENOMEM;
	return found ? TOBS_OK : TOBS_ECRYPTO;
}

/* The numbers of a key, temporary ones of a BN_CTX. */
struct numbers {
	BIGNUM *n, *e, *d, *p, *q, *dp, *dq, *qinv;
};

/* The rest from p and q (RFC 8017, 3.2), named for libcrypto. */
static bool derive(struct numbers *k, OSSL_PARAM_BLD *out, BN_CTX *ctx)
{
	BIGNUM *p1 = BN_CTX_get(ctx), *q1 = BN_CTX_get(ctx), *phi = BN_CTX_get(ctx);

	return phi && BN_mul(k->n, k->p, k->q, ctx) && BN_set_word(k->e, EXPONENT) &&
		BN_sub(p1, k->p, BN_value_one()) && BN_sub(q1, k->q, BN_value_one()) &&
		BN_mul(phi, p1, q1, ctx) && BN_mod_inverse(k->d, k->e, phi, ctx) &&
		BN_mod(k->dp, k->d, p1, ctx) && BN_mod(k->dq, k->d, q1, ctx) &&
		BN_mod_inverse(k->qinv, k->q, k->p, ctx) &&
		OSSL_PARAM_BLD_push_BN(out, OSSL_PKEY_PARAM_RSA_N, k->n) &&
		OSSL_PARAM_BLD_push_BN(out, OSSL_PKEY_PARAM_RSA_E, k->e) &&
		OSSL_PARAM_BLD_push_BN(out, OSSL_PKEY_PARAM_RSA_D, k->d) &&
		OSSL_PARAM_BLD_push_BN(out, OSSL_PKEY_PARAM_RSA_FACTOR1, k->p) &&
		OSSL_PARAM_BLD_push_BN(out, OSSL_PKEY_PARAM_RSA_FACTOR2, k->q) &&
		OSSL_PARAM_BLD_push_BN(out, OSSL_PKEY_PARAM_RSA_EXPONENT1, k->dp) &&
		OSSL_PARAM_BLD_push_BN(out, OSSL_PKEY_PARAM_RSA_EXPONENT2, k->dq) &&
		OSSL_PARAM_BLD_push_BN(out, OSSL_PKEY_PARAM_RSA_COEFFICIENT1, k->qinv);
}

int rsa_private_generate(const struct rng *rng, struct rsa_private **ret)
{
	BN_CTX *ctx = bn_begin();
	OSSL_PARAM_BLD *params = OSSL_PARAM_BLD_new();
	EVP_PKEY *pkey = NULL;
	struct numbers k;
	int r = TOBS_ENOMEM;

	if (!ctx || !params)
		goto out;
	k = (struct numbers){ BN_CTX_get(ctx), BN_CTX_get(ctx), BN_CTX_get(ctx), BN_CTX_get(ctx),
		BN_CTX_get(ctx), BN_CTX_get(ctx), BN_CTX_get(ctx), BN_CTX_get(ctx) };
	if (!k.n || !k.e || !k.d || !k.p || !k.q || !k.dp || !k.dq || !k.qinv)
		goto out;
	r = make_prime(rng, k.p, ctx);
	if (!r)
		r = make_prime(rng, k.q, ctx);
	if (!r && BN_cmp(k.p, k.q) == 0)
		r = TOBS_ECRYPTO;
	if (r)
		goto out;
	if (derive(&k, params, ctx))
		pkey = rsa_pkey_from(params, EVP_PKEY_KEYPAIR);
	r = pkey ? private_new(pkey, ret) : TOBS_ENOMEM;
out:
	OSSL_PARAM_BLD_free(params);
	bn_end(ctx);
	return r;
}

/* block^d mod n */
static int private_power(
	const struct rsa_private *k, const uint8_t block[RSA_BYTES], uint8_t ret[RSA_BYTES])
{
	size_t len = RSA_BYTES;
	EVP_PKEY_CTX *ctx;
	int r = TOBS_ENOMEM;

	if (memcmp(block, k->pub.n, RSA_BYTES) >= 0)
		return TOBS_ECRYPTO;
	ERR_set_mark();
	ctx = EVP_PKEY_CTX_new_from_pkey(NULL, k->pkey, NULL);
	if (ctx && EVP_PKEY_decrypt_init(ctx) == 1 &&
		EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING) == 1 &&
		EVP_PKEY_decrypt(ctx, ret, &len, block, RSA_BYTES) == 1 && len == RSA_BYTES)
		r = TOBS_OK;
	EVP_PKEY_CTX_free(ctx);
	ERR_pop_to_mark();
	return r;
}

int rsa_decrypt_pad(
	const struct rsa_private *k, const uint8_t block[RSA_BYTES], uint8_t ret[RSA_PAD_PLAIN])
{
	static const uint8_t zero_iv[AES_IGE_IV];
	uint8_t x[RSA_BYTES], *temp_key = x, *with_hash = x + RSA_PAD_TEMP_KEY;
	uint8_t plain[RSA_PAD_PLAIN], hash[SHA256_BYTES];
	int r = private_power(k, block, x);

	if (r)
		goto out;
	SHA256_OF(hash, tobs_view(with_hash, RSA_PAD_ENCRYPTED));
	for (int i = 0; i < RSA_PAD_TEMP_KEY; i++)
		temp_key[i] ^= hash[i];
	r = aes_ige_decrypt(temp_key, zero_iv, with_hash, with_hash, RSA_PAD_ENCRYPTED);
	if (r)
		goto out;
	for (size_t i = 0; i < RSA_PAD_PLAIN; i++)
		plain[i] = with_hash[RSA_PAD_PLAIN - 1 - i];
	SHA256_OF(hash, tobs_view(temp_key, RSA_PAD_TEMP_KEY), tobs_view(plain, RSA_PAD_PLAIN));
	if (mem_eq_const(hash, with_hash + RSA_PAD_PLAIN, SHA256_BYTES))
		memcpy(ret, plain, RSA_PAD_PLAIN);
	else
		r = TOBS_ECRYPTO;
	mem_wipe(plain, sizeof plain);
out:
	mem_wipe(x, sizeof x);
	return r;
}

int rsa_decrypt_sha1(
	const struct rsa_private *k, const uint8_t block[RSA_BYTES], uint8_t ret[RSA_SHA1_PLAIN])
{
	uint8_t x[RSA_BYTES];
	int r = private_power(k, block, x);

	if (!r && x[0] != 0)
		r = TOBS_ECRYPTO;
	if (!r)
		memcpy(ret, x + 1, RSA_SHA1_PLAIN);
	mem_wipe(x, sizeof x);
	return r;
}

int rsa_sha1_check(const uint8_t plain[RSA_SHA1_PLAIN], size_t data_len)
{
	uint8_t hash[SHA1_BYTES];

	if (data_len > RSA_SHA1_DATA_MAX)
		return TOBS_ECRYPTO;
	SHA1_OF(hash, tobs_view(plain + SHA1_BYTES, data_len));
	return mem_eq_const(hash, plain, SHA1_BYTES) ? TOBS_OK : TOBS_ECRYPTO;
}
