/* SPDX-License-Identifier: MIT */
/*
 * Randomness. Protocol cores take a `struct rng` so a test can give them known
 * numbers; everything else uses rng_system().
 */
#ifndef BASE_RAND_H
#define BASE_RAND_H

#include <stddef.h>
#include <stdint.h>

struct rng {
	void (*fill)(void *user, void *buf, size_t len);
	void *user;
};

/* The operating system's generator, fit for keys. Ends the process if there is none. */
void rand_system(void *buf, size_t len);

/* rand_system() as an rng; thread-safe. */
const struct rng *rng_system(void);

static inline void rng_fill(const struct rng *r, void *buf, size_t len)
{
	r->fill(r->user, buf, len);
}

uint64_t rng_u64(const struct rng *r);

/* Evenly spread over 0 … bound-1; bound > 0. */
uint64_t rng_below(const struct rng *r, uint64_t bound);

/*
 * A small repeatable generator (splitmix64) for tests, jitter and synthetic
 * worlds: the same seed gives the same numbers on every machine. Not for keys.
 */
struct prng {
	uint64_t state;
};

uint64_t prng_next(struct prng *p);
uint64_t prng_below(struct prng *p, uint64_t bound);
struct rng prng_rng(struct prng *p); /* *p must outlive it */

#endif
