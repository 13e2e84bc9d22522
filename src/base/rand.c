/* SPDX-License-Identifier: MIT */
#include "base/rand.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/attr.h"

void rand_system(void *buf, size_t len)
{
	uint8_t *p = buf;

	while (len) {
		ssize_t n = getrandom(p, len, 0);

		if (n < 0 && errno == EINTR)
			continue;
		/* Without randomness every key would be guessable: nothing may go on. */
		if (n <= 0)
			abort();
		p += n;
		len -= (size_t)n;
	}
}

static void fill_system(void *user, void *buf, size_t len)
{
	(void)user;
	rand_system(buf, len);
}

const struct rng *rng_system(void)
{
	static const struct rng system_rng = { fill_system, NULL };

	return &system_rng;
}

uint64_t rng_u64(const struct rng *r)
{
	uint64_t n;

	rng_fill(r, &n, sizeof n);
	return n;
}

uint64_t rng_below(const struct rng *r, uint64_t bound)
{
	/* Numbers below 2^64 mod bound would make small results likelier. */
	uint64_t unfair = (0 - bound) % bound, n;

	do
		n = rng_u64(r);
	while (n < unfair);
	return n % bound;
}

uint64_t prng_next(struct prng *p)
{
	uint64_t z = p->state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

uint64_t prng_below(struct prng *p, uint64_t bound)
{
	/* The high half of a 128-bit product: no division, bias below 2^-32 for small bounds. */
	return (uint64_t)((unsigned __int128)prng_next(p) * bound >> 64);
}

static void fill_prng(void *user, void *buf, size_t len)
{
	uint8_t *p = buf;

	while (len) {
		uint64_t n = prng_next(user);
		size_t part = MIN(len, sizeof n);

		memcpy(p, &n, part);
		p += part;
		len -= part;
	}
}

struct rng prng_rng(struct prng *p)
{
	return (struct rng){ fill_prng, p };
}
