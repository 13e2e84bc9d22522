/* SPDX-License-Identifier: MIT */
/*
 * Ways to use libcrypto's big numbers, for the files of this layer only.
 *
 * Temporary numbers come from a BN_CTX, which wipes them when it is freed (being
 * a secure one also what OSSL_PARAM_BLD copies from them), and
 * once it could not give one gives NULL from then on, so looking at the last is
 * enough. Functions return false when memory ran out or the arithmetic can't be
 * done, and leave nothing in libcrypto's queue of errors.
 */
#ifndef CRYPTO_BN_H
#define CRYPTO_BN_H

#include <openssl/bn.h>
#include <openssl/err.h>
#include <stdbool.h>
#include <tobs/view.h>

enum { BN_WIDE = 256 }; /* bytes of the numbers of DH, RSA and SRP */

/*
 * A context to take numbers from, or NULL. What fails until bn_end() leaves no
 * trace in the queue, where it would be blamed on the next TLS call.
 */
static inline BN_CTX *bn_begin(void)
{
	BN_CTX *ctx;

	ERR_set_mark();
	ctx = BN_CTX_secure_new();
	if (ctx)
		BN_CTX_start(ctx);
	else
		ERR_pop_to_mark();
	return ctx;
}

static inline void bn_end(BN_CTX *ctx)
{
	if (!ctx)
		return;
	BN_CTX_end(ctx);
	BN_CTX_free(ctx);
	ERR_pop_to_mark();
}

/* A temporary number with this big-endian value, or NULL. */
static inline BIGNUM *bn_from(BN_CTX *ctx, struct tobs_view v)
{
	BIGNUM *n = BN_CTX_get(ctx);

	return n && BN_bin2bn(v.ptr, (int)v.len, n) ? n : NULL;
}

/* n as exactly `len` bytes; false when it is larger or NULL. */
static inline bool bn_to(const BIGNUM *n, uint8_t *ret, size_t len)
{
	return n && BN_bn2binpad(n, ret, (int)len) == (int)len;
}

/* base^exponent mod odd m, in time that depends on the lengths only. */
static inline bool bn_pow(
	BIGNUM *ret, const BIGNUM *base, const BIGNUM *exponent, const BIGNUM *m, BN_CTX *ctx)
{
	return BN_mod_exp_mont_consttime(ret, base, exponent, m, ctx, NULL) == 1;
}

#endif
