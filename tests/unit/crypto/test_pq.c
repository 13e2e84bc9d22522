/* SPDX-License-Identifier: MIT */
#include "crypto/pq.h"

#include "base/endian.h"
#include "support/bytes.h"

static void known_products(void **state)
{
	static const struct {
		uint64_t p, q;
	} cases[] = {
		/* core.telegram.org/mtproto/samples-auth_key: the current page, and the one before */
		{ 1008949199, 1455403679 },
		{ 0x494c553b, 0x53911073 },
		/* from the tests of mtcute */
		{ 0x494c5c99, 0x494c778d },
		/* from the tests of grammers-crypto */
		{ 1206429347, 1218991343 },
		{ 1518968219, 1556064227 },
		{ 1555252417, 1803100129 },
		/* small ones, even ones, very unequal ones */
		{ 2, 3 },
		{ 2, 4611686018427387847 },
		{ 3, 5 },
		{ 3, 3074457345618258599 },
		{ 5, 7 },
		{ 251, 257 },
		{ 257, 263 },
		{ 257, 35888607147294757 },
		{ 65521, 65537 },
		{ 1000003, 9223344366799 },
		{ 65537, 140735340904441 },
		/* as large and as near to each other as they come */
		{ 3037000453, 3037000493 },
	};
	struct prng prng = { 31 };
	struct rng r = prng_rng(&prng);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		uint64_t p = 0, q = 0;

		assert_true(pq_is_prime(cases[i].p) && pq_is_prime(cases[i].q));
		for (int again = 0; again < 20; again++) {
			assert_ok(pq_factor(cases[i].p * cases[i].q, &r, &p, &q));
			assert_true(p == cases[i].p && q == cases[i].q);
		}
	}
}

static void generated_products(void **state)
{
	struct prng prng = { 32 };
	struct rng r = prng_rng(&prng);

	(void)state;
	for (int i = 0; i < 100; i++) {
		uint64_t pq = pq_generate(&r), p, q;

		assert_true(pq >> 60 && !(pq >> 62));
		assert_ok(pq_factor(pq, &r, &p, &q));
		assert_true(p < q && p * q == pq && p >> 30 == 1 && q >> 30 == 1);
	}
}

/* All products of two different primes below 100, and nothing else, below 10000. */
static void every_small_number(void **state)
{
	struct prng prng = { 33 };
	struct rng r = prng_rng(&prng);
	static uint8_t smallest[10000]; /* prime factor, 0 for primes */

	(void)state;
	for (unsigned p = 2; p < 100; p++) {
		for (unsigned n = 2 * p; smallest[p] == 0 && n < ARRAY_LEN(smallest); n += p) {
			if (smallest[n] == 0)
				smallest[n] = (uint8_t)p;
		}
	}
	for (unsigned n = 0; n < ARRAY_LEN(smallest); n++) {
		unsigned p = smallest[n];
		bool two = p && smallest[n / p] == 0 && n / p != p;
		uint64_t a = 77, b = 77;

		assert_int_equal(pq_is_prime(n), n >= 2 && p == 0);
		if (two) {
			assert_ok(pq_factor(n, &r, &a, &b));
			assert_true(a == p && b == n / p);
		} else {
			assert_code(pq_factor(n, &r, &a, &b), TOBS_EMALFORMED);
			assert_true(a == 77 && b == 77);
		}
	}
}

static void not_products_of_two(void **state)
{
	static const uint64_t cases[] = {
		/* primes, up to the largest below 2^63 */
		2147483647,
		2305843009213693951,
		9223372036854775783,
		/* squares and a cube of primes */
		66049,
		16974593,
		4611686014132420609,
		9223371994482243049,
		/* three primes and more: 65537 * 65539 * 65543, the same twice, 2 * 3 * large */
		281522223382549,
		(uint64_t)65537 * 65537 * 65539,
		6u * 1537228672809129233,
		(uint64_t)1 << 62,
		/* not below 2^63, though a product of two */
		(uint64_t)1 << 63,
		(uint64_t)4294967291 * 4294967279,
		UINT64_MAX,
	};
	struct prng prng = { 34 };
	struct rng r = prng_rng(&prng);
	uint64_t p = 77, q = 77;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_code(pq_factor(cases[i], &r, &p, &q), TOBS_EMALFORMED);
	assert_true(p == 77 && q == 77);
}

/* Numbers that fool weaker tests: strong pseudoprimes to the first bases, Carmichael numbers. */
static void primality(void **state)
{
	static const uint64_t composite[] = { 2047, 1373653, 25326001, 3215031751, 2152302898747,
		3474749660383, 341550071728321, 3825123056546413051, 561, 41041, 825265, 321197185,
		(uint64_t)4294967291 * 4294967291, UINT64_MAX };
	static const uint64_t prime[] = { 2, 37, 41, 4294967291, 4294967311, 9223372036854775783,
		18446744073709551557u };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(composite); i++)
		assert_false(pq_is_prime(composite[i]));
	for (size_t i = 0; i < ARRAY_LEN(prime); i++)
		assert_true(pq_is_prime(prime[i]));
}

/*
 * y*y - 2 stays at 2 for ever, so from there no walk finds anything. (The walk
 * multiplies as Montgomery did: its 2 is 2 * 2^64 mod pq.) It ends nevertheless.
 */
static void a_stuck_rng_ends(void **state)
{
	struct dealt d = { .len = 16, .again = true };
	struct rng r = { dealt_fill, &d };
	uint64_t p = 77, q = 77, pq = (uint64_t)3037000453 * 3037000493;
	uint64_t two = (uint64_t)(((unsigned __int128)1 << 65) % pq);

	(void)state;
	put_le64(d.bytes, two);
	put_le64(d.bytes + 8, pq - two - 1);
	assert_code(pq_factor(pq, &r, &p, &q), TOBS_ECRYPTO);
	assert_true(p == 77 && q == 77);
	r = dealt_rng(&d, "00");
	assert_true(pq_generate(&r) == (uint64_t)1073741827 * 1073741831);
}

static void numbers_as_bytes(void **state)
{
	static const struct {
		const char *hex;
		uint64_t n;
	} cases[] = {
		{ "00", 0 },
		{ "01", 1 },
		{ "ff", 255 },
		{ "0100", 256 },
		{ "494c553b", 0x494c553b },
		{ "17ed48941a08f981", 0x17ed48941a08f981 },
		{ "ffffffffffffffff", UINT64_MAX },
	};
	uint64_t n;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		uint8_t bytes[9] = { 0 };
		size_t len = unhex(bytes + 1, 8, cases[i].hex);

		assert_ok(pq_read(tobs_view(bytes + 1, len), &n));
		assert_true(n == cases[i].n);
		if (len < 8) {
			assert_ok(pq_read(tobs_view(bytes, len + 1), &n));
			assert_true(n == cases[i].n);
		}
		assert_int_equal(pq_write(cases[i].n, bytes), len);
		assert_hex(bytes, len, cases[i].hex);
	}
	n = 77;
	assert_code(pq_read(tobs_view("", 0), &n), TOBS_EMALFORMED);
	assert_code(pq_read(tobs_view("\0\0\0\0\0\0\0\0\1", 9), &n), TOBS_EMALFORMED);
	assert_true(n == 77);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_products),
		cmocka_unit_test(generated_products),
		cmocka_unit_test(every_small_number),
		cmocka_unit_test(not_products_of_two),
		cmocka_unit_test(primality),
		cmocka_unit_test(a_stuck_rng_ends),
		cmocka_unit_test(numbers_as_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
