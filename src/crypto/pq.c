/* SPDX-License-Identifier: MIT */
#include "crypto/pq.h"

#include <tobs/err.h>

#include "base/attr.h"
#include "base/endian.h"
#include "base/rand.h"

/* Steps before giving up; sqrt(p) = 2^15.5 is about what it takes for the largest pq. */
#define BUDGET (1u << 22)
/* Differences multiplied together before a gcd, which costs about as much as 40 steps. */
#define BATCH 128

static uint64_t mul_mod(uint64_t a, uint64_t b, uint64_t n)
{
	return (uint64_t)((unsigned __int128)a * b % n);
}

static uint64_t pow_mod(uint64_t base, uint64_t e, uint64_t n)
{
	uint64_t r = 1;

	for (; e; e >>= 1) {
		if (e & 1)
			r = mul_mod(r, base, n);
		base = mul_mod(base, base, n);
	}
	return r;
}

/* Miller-Rabin: whether odd n = d * 2^s + 1 passes for this base. */
static bool passes(uint64_t n, uint64_t base, uint64_t d, int s)
{
	uint64_t x = pow_mod(base, d, n);

	if (x == 1 || x == n - 1)
		return true;
	while (--s > 0) {
		x = mul_mod(x, x, n);
		if (x == n - 1)
			return true;
	}
	return false;
}

bool pq_is_prime(uint64_t n)
{
	/* Together these bases leave no composite below 2^64 (Sorenson and Webster, 2015). */
	static const uint8_t bases[] = { 2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37 };
	uint64_t d = n - 1;
	int s = 0;

	if (n < 2)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(bases); i++) {
		if (n % bases[i] == 0)
			return n == bases[i];
	}
	for (; d % 2 == 0; d /= 2)
		s++;
	for (size_t i = 0; i < ARRAY_LEN(bases); i++) {
		if (!passes(n, bases[i], d, s))
			return false;
	}
	return true;
}

/*
 * Montgomery's multiplication for odd n: a * b / 2^64 mod n, without a
 * division. The walk below doesn't care about the factor 1 / 2^64.
 */
struct mont {
	uint64_t n;
	uint64_t inv; /* -1 / n mod 2^64 */
};

static struct mont mont_for(uint64_t n)
{
	uint64_t inv = n; /* right in the lowest 3 bits; each step doubles them */

	for (int i = 0; i < 5; i++)
		inv *= 2 - n * inv;
	return (struct mont){ n, 0 - inv };
}

static inline uint64_t mont_mul(const struct mont *m, uint64_t a, uint64_t b)
{
	unsigned __int128 t = (unsigned __int128)a * b;
	/* n < 2^63, so the sum stays below 2^128. */
	uint64_t r = (uint64_t)((t + (unsigned __int128)((uint64_t)t * m->inv) * m->n) >> 64);

	return r >= m->n ? r - m->n : r;
}

static inline uint64_t step(const struct mont *m, uint64_t y, uint64_t c)
{
	y = mont_mul(m, y, y) + c;
	return y >= m->n ? y - m->n : y;
}

static inline uint64_t distance(uint64_t a, uint64_t b)
{
	return a > b ? a - b : b - a;
}

static uint64_t gcd(uint64_t a, uint64_t b)
{
	while (b) {
		uint64_t t = a % b;

		a = b;
		b = t;
	}
	return a;
}

/*
 * Brent's variant of Pollard's rho: y walks y*y + c mod n; modulo a prime factor
 * p it runs in a circle after about sqrt(p) steps, which shows as a common
 * factor of n and y - x for an x passed before. x is renewed at every power of
 * two. Returns a factor other than 1 and n, or 0 when there are no more steps,
 * or when all factors showed in the same batch; then another walk is due.
 */
static uint64_t walk(uint64_t n, uint64_t y, uint64_t c, uint32_t *budget)
{
	struct mont m = mont_for(n);
	uint64_t g = 1;

	for (uint32_t length = 1; g == 1; length *= 2) {
		uint32_t cost = 2 * length + BATCH; /* the last for what isn't steps */
		uint64_t x = y;

		if (cost > *budget) {
			*budget = 0;
			return 0;
		}
		*budget -= cost;
		for (uint32_t i = 0; i < length; i++)
			y = step(&m, y, c);
		for (uint32_t done = 0; done < length && g == 1; done += BATCH) {
			uint64_t product = 1;

			for (uint32_t i = 0; i < MIN(BATCH, length - done); i++) {
				y = step(&m, y, c);
				product = mont_mul(&m, product, distance(x, y));
			}
			g = gcd(product, n);
		}
	}
	return g == n ? 0 : g;
}

/* A factor of n, or 0. n is composite and below 2^63. */
static uint64_t find_factor(uint64_t n, const struct rng *rng)
{
	uint32_t budget = BUDGET;
	uint64_t p = 0;

	if (n % 2 == 0)
		return 2;
	while (p == 0 && budget > 0) {
		uint64_t y = rng_u64(rng) % n, c = 1 + rng_u64(rng) % (n - 1);

		p = walk(n, y, c, &budget);
	}
	return p;
}

int pq_factor(uint64_t pq, const struct rng *rng, uint64_t *ret_p, uint64_t *ret_q)
{
	uint64_t p, q;

	if (pq < 2 || pq >> 63 || pq_is_prime(pq))
		return TOBS_EMALFORMED;
	p = find_factor(pq, rng);
	if (p == 0)
		return TOBS_ECRYPTO;
	q = pq / p;
	if (p == q || !pq_is_prime(p) || !pq_is_prime(q))
		return TOBS_EMALFORMED;
	*ret_p = MIN(p, q);
	*ret_q = MAX(p, q);
	return TOBS_OK;
}

/* The first prime of 31 bits at or after a random place; `not_this` is skipped. */
static uint64_t prime_of_31_bits(const struct rng *rng, uint64_t not_this)
{
	uint64_t n = rng_u64(rng);

	for (;; n += 2) {
		n = (n & 0x3fffffffu) | 0x40000001u;
		if (n != not_this && pq_is_prime(n))
			return n;
	}
}

uint64_t pq_generate(const struct rng *rng)
{
	uint64_t p = prime_of_31_bits(rng, 0);

	return p * prime_of_31_bits(rng, p);
}

int pq_read(struct tobs_view bytes, uint64_t *ret)
{
	uint64_t n = 0;

	if (bytes.len < 1 || bytes.len > 8)
		return TOBS_EMALFORMED;
	for (size_t i = 0; i < bytes.len; i++)
		n = n << 8 | bytes.ptr[i];
	*ret = n;
	return TOBS_OK;
}

size_t pq_write(uint64_t n, uint8_t ret[8])
{
	uint8_t all[8];
	size_t zeros = 0;

	put_be64(all, n);
	while (zeros < 7 && all[zeros] == 0)
		zeros++;
	memcpy(ret, all + zeros, 8 - zeros);
	return 8 - zeros;
}
