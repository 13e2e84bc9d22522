/* SPDX-License-Identifier: MIT */
#include "crypto/dh.h"

#include <tobs/err.h>

#include "base/rand.h"
#include "base/wipe.h"
#include "crypto/bn.h"

/* dh_prime of the example at core.telegram.org/mtproto/samples-auth_key. */
const uint8_t dh_known_prime[DH_BYTES] = {
	0xc7,
	0x1c,
	0xae,
	0xb9,
	0xc6,
	0xb1,
	0xc9,
	0x04,
	0x8e,
	0x6c,
	0x52,
	0x2f,
	0x70,
	0xf1,
	0x3f,
	0x73,
	0x98,
	0x0d,
	0x40,
	0x23,
	0x8e,
	0x3e,
	0x21,
	0xc1,
	0x49,
	0x34,
	0xd0,
	0x37,
	0x56,
	0x3d,
	0x93,
	0x0f,
	0x48,
	0x19,
	0x8a,
	0x0a,
	0xa7,
	0xc1,
	0x40,
	0x58,
	0x22,
	0x94,
	0x93,
	0xd2,
	0x25,
	0x30,
	0xf4,
	0xdb,
	0xfa,
	0x33,
	0x6f,
	0x6e,
	0x0a,
	0xc9,
	0x25,
	0x13,
	0x95,
	0x43,
	0xae,
	0xd4,
	0x4c,
	0xce,
	0x7c,
	0x37,
	0x20,
	0xfd,
	0x51,
	0xf6,
	0x94,
	0x58,
	0x70,
	0x5a,
	0xc6,
	0x8c,
	0xd4,
	0xfe,
	0x6b,
	0x6b,
	0x13,
	0xab,
	0xdc,
	0x97,
	0x46,
	0x51,
	0x29,
	0x69,
	0x32,
	0x84,
	0x54,
	0xf1,
	0x8f,
	0xaf,
	0x8c,
	0x59,
	0x5f,
	0x64,
	0x24,
	0x77,
	0xfe,
	0x96,
	0xbb,
	0x2a,
	0x94,
	0x1d,
	0x5b,
	0xcd,
	0x1d,
	0x4a,
	0xc8,
	0xcc,
	0x49,
	0x88,
	0x07,
	0x08,
	0xfa,
	0x9b,
	0x37,
	0x8e,
	0x3c,
	0x4f,
	0x3a,
	0x90,
	0x60,
	0xbe,
	0xe6,
	0x7c,
	0xf9,
	0xa4,
	0xa4,
	0xa6,
	0x95,
	0x81,
	0x10,
	0x51,
	0x90,
	0x7e,
	0x16,
	0x27,
	0x53,
	0xb5,
	0x6b,
	0x0f,
	0x6b,
	0x41,
	0x0d,
	0xba,
	0x74,
	0xd8,
	0xa8,
	0x4b,
	0x2a,
	0x14,
	0xb3,
	0x14,
	0x4e,
	0x0e,
	0xf1,
	0x28,
	0x47,
	0x54,
	0xfd,
	0x17,
	0xed,
	0x95,
	0x0d,
	0x59,
	0x65,
	0xb4,
	0xb9,
	0xdd,
	0x46,
	0x58,
	0x2d,
	0xb1,
	0x17,
	0x8d,
	0x16,
	0x9c,
	0x6b,
	0xc4,
	0x65,
	0xb0,
	0xd6,
	0xff,
	0x9c,
	0xa3,
	0x92,
	0x8f,
	0xef,
	0x5b,
	0x9a,
	0xe4,
	0xe4,
	0x18,
	0xfc,
	0x15,
	0xe8,
	0x3e,
	0xbe,
	0xa0,
	0xf8,
	0x7f,
	0xa9,
	0xff,
	0x5e,
	0xed,
	0x70,
	0x05,
	0x0d,
	0xed,
	0x28,
	0x49,
	0xf4,
	0x7b,
	0xf9,
	0x59,
	0xd9,
	0x56,
	0x85,
	0x0c,
	0xe9,
	0x29,
	0x85,
	0x1f,
	0x0d,
	0x81,
	0x15,
	0xf6,
	0x35,
	0xb1,
	0x05,
	0xee,
	0x2e,
	0x4e,
	0x15,
	0xd0,
	0x4b,
	0x24,
	0x54,
	0xbf,
	0x6f,
	0x4f,
	0xad,
	0xf0,
	0x34,
	0xb1,
	0x04,
	0x03,
	0x11,
	0x9c,
	0xd8,
	0xe3,
	0xb9,
	0x2f,
	0xcc,
	0x5b,
};

/* Bytes that must not all be zero for a number to be at least 2^(2048-64). */
#define MARGIN 8

/*
 * g is a square modulo a safe prime p exactly when (by quadratic reciprocity)
 * p leaves one of these remainders.
 */
static const struct {
	uint8_t modulus;
	uint32_t remainders; /* bit r set: p mod modulus may be r */
} squares[] = {
	[2] = { 8, 1u << 7 },
	[3] = { 3, 1u << 2 },
	[4] = { 1, 1u << 0 }, /* always */
	[5] = { 5, 1u << 1 | 1u << 4 },
	[6] = { 24, 1u << 19 | 1u << 23 },
	[7] = { 7, 1u << 3 | 1u << 5 | 1u << 6 },
};

static uint32_t remainder_of(const uint8_t n[DH_BYTES], uint32_t modulus)
{
	uint32_t r = 0;

	for (int i = 0; i < DH_BYTES; i++)
		r = (r << 8 | n[i]) % modulus;
	return r;
}

/* 1 when n and (n - 1) / 2 are prime, 0 when not, -1 when memory ran out. */
static int is_safe_prime(struct tobs_view prime)
{
	BN_CTX *ctx = bn_begin();
	BIGNUM *n, *half;
	int r = -1;

	if (!ctx)
		return -1;
	n = bn_from(ctx, prime);
	half = BN_CTX_get(ctx);
	if (n && half && BN_rshift1(half, n)) {
		r = BN_check_prime(n, ctx, NULL);
		if (r == 1)
			r = BN_check_prime(half, ctx, NULL);
	}
	bn_end(ctx);
	return r;
}

int dh_check_group(struct tobs_view prime, int32_t g)
{
	int safe;

	if (prime.len != DH_BYTES || !(prime.ptr[0] & 0x80) || !(prime.ptr[DH_BYTES - 1] & 1))
		return TOBS_ECRYPTO;
	if (g < 2 || g > 7)
		return TOBS_ECRYPTO;
	if (!(squares[g].remainders >> remainder_of(prime.ptr, squares[g].modulus) & 1))
		return TOBS_ECRYPTO;
	if (memcmp(prime.ptr, dh_known_prime, DH_BYTES) == 0)
		return TOBS_OK;
	safe = is_safe_prime(prime);
	if (safe < 0)
		return TOBS_ENOMEM;
	return safe ? TOBS_OK : TOBS_ECRYPTO;
}

static bool has_margin(const uint8_t n[DH_BYTES])
{
	uint8_t any = 0;

	for (int i = 0; i < MARGIN; i++)
		any |= n[i];
	return any != 0;
}

int dh_check_public(const uint8_t prime[DH_BYTES], struct tobs_view public_number, uint8_t *ret)
{
	uint8_t n[DH_BYTES] = { 0 }, rest[DH_BYTES];
	int borrow = 0;

	while (public_number.len > DH_BYTES && *public_number.ptr == 0)
		public_number = tobs_view_sub(public_number, 1, SIZE_MAX);
	if (public_number.len > DH_BYTES)
		return TOBS_ECRYPTO;
	if (public_number.len)
		memcpy(n + DH_BYTES - public_number.len, public_number.ptr, public_number.len);
	for (int i = DH_BYTES - 1; i >= 0; i--) {
		int d = prime[i] - n[i] - borrow;

		borrow = d < 0;
		rest[i] = (uint8_t)d;
	}
	if (borrow || !has_margin(n) || !has_margin(rest))
		return TOBS_ECRYPTO;
	if (ret)
		memcpy(ret, n, DH_BYTES);
	return TOBS_OK;
}

static int power(const uint8_t prime[DH_BYTES], const uint8_t base[DH_BYTES],
	const uint8_t exponent[DH_BYTES], uint8_t ret[DH_BYTES])
{
	BN_CTX *ctx = bn_begin();
	BIGNUM *p, *b, *e, *result;
	int r = TOBS_ENOMEM;

	if (!ctx)
		return TOBS_ENOMEM;
	p = bn_from(ctx, tobs_view(prime, DH_BYTES));
	b = bn_from(ctx, tobs_view(base, DH_BYTES));
	e = bn_from(ctx, tobs_view(exponent, DH_BYTES));
	result = BN_CTX_get(ctx);
	if (p && b && e && result && bn_pow(result, b, e, p, ctx) && bn_to(result, ret, DH_BYTES))
		r = TOBS_OK;
	bn_end(ctx);
	return r;
}

int dh_generate(const uint8_t prime[DH_BYTES], int32_t g, const struct rng *rng,
	uint8_t ret_secret[DH_BYTES], uint8_t ret_public[DH_BYTES])
{
	uint8_t secret[DH_BYTES], public_number[DH_BYTES], base[DH_BYTES] = { 0 };
	int r = TOBS_ECRYPTO;

	if (!(prime[DH_BYTES - 1] & 1) || g < 2 || g > 7)
		return TOBS_ECRYPTO;
	base[DH_BYTES - 1] = (uint8_t)g;
	/* A number out of range comes once in 2^63 times; then rather the rng is broken. */
	for (int i = 0; r == TOBS_ECRYPTO && i < 4; i++) {
		rng_fill(rng, secret, sizeof secret);
		r = power(prime, base, secret, public_number);
		if (!r)
			r = dh_check_public(prime, tobs_view(public_number, DH_BYTES), NULL);
	}
	if (!r) {
		memcpy(ret_secret, secret, DH_BYTES);
		memcpy(ret_public, public_number, DH_BYTES);
	}
	mem_wipe(secret, sizeof secret);
	return r;
}

int dh_shared(const uint8_t prime[DH_BYTES], struct tobs_view theirs,
	const uint8_t secret[DH_BYTES], uint8_t ret[DH_BYTES])
{
	uint8_t base[DH_BYTES];

	if (!(prime[DH_BYTES - 1] & 1) || dh_check_public(prime, theirs, base))
		return TOBS_ECRYPTO;
	return power(prime, base, secret, ret);
}
