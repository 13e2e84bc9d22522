/* SPDX-License-Identifier: MIT */
/*
 * The proof of work of the key exchange: the server names pq, the product of
 * two primes of about 31 bits, and the client finds them.
 */
#ifndef CRYPTO_PQ_H
#define CRYPTO_PQ_H

#include <stdbool.h>
#include <stdint.h>
#include <tobs/attr.h>
#include <tobs/view.h>

struct rng;

/*
 * The primes p < q with pq = p * q, for any pq below 2^63: half a millisecond
 * when both have 31 bits. `rng` only decides where the search begins.
 * TOBS_EMALFORMED when there are none: 0, 1, a prime, the square of one, a
 * product of more than two, or 2^63 and above. TOBS_ECRYPTO when the search,
 * which ends after 4 million steps (about 30 ms), found nothing; with a fair
 * rng that doesn't happen.
 */
TOBS_CHECK int pq_factor(uint64_t pq, const struct rng *rng, uint64_t *ret_p, uint64_t *ret_q);

/* For the server: the product of two different primes of 31 bits. */
uint64_t pq_generate(const struct rng *rng);

/* Whether `n` is prime; certain for all 64-bit numbers. */
bool pq_is_prime(uint64_t n);

/*
 * Numbers as the exchange carries them: big-endian, without leading zeros.
 * pq_read() takes 1 to 8 bytes and forgives leading zeros, otherwise
 * TOBS_EMALFORMED; pq_write() returns how many bytes it wrote, 1 to 8.
 */
TOBS_CHECK int pq_read(struct tobs_view bytes, uint64_t *ret);
size_t pq_write(uint64_t n, uint8_t ret[8]);

#endif
