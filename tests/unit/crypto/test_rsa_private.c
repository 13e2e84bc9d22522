/* SPDX-License-Identifier: MIT */
#include "crypto/rsa_private.h"

#include <pty.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/wipe.h"
#include "crypto/sha.h"
#include "support/bytes.h"
#include "unit/crypto/pem.h"

static void assert_same(const struct rsa_public *a, const struct rsa_public *b)
{
	assert_memory_equal(a->n, b->n, RSA_BYTES);
	assert_int_equal(a->e, b->e);
	assert_true(a->fingerprint == b->fingerprint);
}

static struct rsa_private *the_key(void)
{
	struct rsa_private *k = NULL;

	assert_ok(rsa_private_from_pem(tobs_str(PEM_KEY), &k));
	return k;
}

static void from_pem(void **state)
{
	static const char *const forms[] = { PEM_KEY, PEM_KEY_PKCS1, "text\n" PEM_KEY };
	struct rsa_public want;

	(void)state;
	assert_ok(rsa_public_from_pem(&want, tobs_str(PEM_KEY_PUBLIC)));
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		struct rsa_private *k = NULL;

		assert_ok(rsa_private_from_pem(tobs_str(forms[i]), &k));
		assert_same(rsa_private_public(k), &want);
		rsa_private_free(k);
	}
	rsa_private_free(NULL);
	assert_int_equal(mem_live(), 0);
}

static void refuses_pem(void **state)
{
	static const struct {
		const char *pem;
		int code;
	} cases[] = {
		{ "", TOBS_EMALFORMED },
		{ PEM_KEY_PUBLIC, TOBS_EMALFORMED },
		{ PEM_KEY_PUBLIC_PKCS1, TOBS_EMALFORMED },
		/* It must not ask for the password. */
		{ PEM_KEY_PKCS1_ENCRYPTED, TOBS_EMALFORMED },
		{ PEM_KEY_ENCRYPTED, TOBS_EMALFORMED },
		{ PEM_EC, TOBS_EINVAL },
		{ PEM_1024_PRIVATE, TOBS_EINVAL },
	};
	struct rsa_private *k = NULL;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_code(rsa_private_from_pem(tobs_str(cases[i].pem), &k), cases[i].code);
	assert_null(k);
	assert_int_equal(mem_live(), 0);
}

/*
 * On a terminal, libcrypto's way to get a password is to ask for it there. The
 * child has one of its own; if anything is written to it, that is the question.
 */
static void never_asks_on_the_terminal(void **state)
{
	char question[100];
	int terminal, status;
	ssize_t n;
	pid_t child = forkpty(&terminal, NULL, NULL, NULL);

	(void)state;
	assert_true(child >= 0);
	if (child == 0) {
		struct rsa_private *k;

		_exit(rsa_private_from_pem(tobs_str(PEM_KEY_ENCRYPTED), &k) == TOBS_EMALFORMED ? 0
											       : 1);
	}
	n = read(terminal, question, sizeof question);
	if (n > 0)
		kill(child, SIGKILL);
	assert_int_equal(waitpid(child, &status, 0), child);
	close(terminal);
	assert_true(n <= 0);
	assert_int_equal(status, 0);
}

static void to_pem(void **state)
{
	struct rsa_private *k = the_key();
	struct tobs_buf out;

	(void)state;
	tobs_buf_init(&out, 4000);
	assert_ok(rsa_private_to_pem(k, &out));
	assert_view(tobs_buf_view(&out), PEM_KEY);
	tobs_buf_wipe(&out);
	tobs_buf_init(&out, 100);
	assert_code(rsa_private_to_pem(k, &out), TOBS_ETOOBIG);
	tobs_buf_wipe(&out);
	rsa_private_free(k);
}

/* The same rng gives the same key, another one another; it works and goes through PEM. */
static void generates(void **state)
{
	struct rsa_private *keys[3], *back;
	uint64_t seeds[3] = { 61, 61, 62 };
	struct tobs_buf pem;

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct prng p = { seeds[i] };
		struct rng r = prng_rng(&p);

		assert_ok(rsa_private_generate(&r, &keys[i]));
		assert_int_equal(rsa_private_public(keys[i])->e, 65537);
		assert_true(rsa_private_public(keys[i])->n[0] & 0x80);
	}
	assert_same(rsa_private_public(keys[0]), rsa_private_public(keys[1]));
	assert_memory_not_equal(
		rsa_private_public(keys[0])->n, rsa_private_public(keys[2])->n, RSA_BYTES);
	tobs_buf_init(&pem, 4000);
	assert_ok(rsa_private_to_pem(keys[0], &pem));
	assert_ok(rsa_private_from_pem(tobs_buf_view(&pem), &back));
	assert_same(rsa_private_public(back), rsa_private_public(keys[0]));
	for (int i = 0; i < 4; i++) {
		uint8_t block[RSA_BYTES], plain[RSA_PAD_PLAIN];
		struct rsa_private *k = i < 3 ? keys[i] : back;

		assert_ok(rsa_encrypt_pad(
			rsa_private_public(k), rng_system(), tobs_str("hello"), block));
		assert_ok(rsa_decrypt_pad(k, block, plain));
		assert_memory_equal(plain, "hello", 5);
		rsa_private_free(k);
	}
	tobs_buf_wipe(&pem);
	assert_int_equal(mem_live(), 0);
}

/* With p = 1 mod e there would be no d; such a prime is passed over. */
static void no_prime_that_e_divides(void **state)
{
	struct dealt d = { .len = 3 * 128 };
	struct rng r = { dealt_fill, &d };
	struct rsa_private *k = NULL;

	(void)state;
	/* 2^1024 - 0x970097, which is 1 mod 65537; 2^1024 - 105; 2^1024 - 179: all primes */
	memset(d.bytes, 0xff, d.len);
	memcpy(d.bytes + 125, "\x68\xff\x69", 3);
	d.bytes[255] = 0x97;
	d.bytes[383] = 0x4d;
	assert_ok(rsa_private_generate(&r, &k));
	assert_int_equal(d.pos, d.len);
	rsa_private_free(k);
}

static void a_stuck_rng_gives_no_key(void **state)
{
	struct rsa_private *k = NULL;
	struct dealt d = { .again = true };
	struct rng r = dealt_rng(&d, "55");

	(void)state;
	/* A number that isn't prime, again and again. */
	assert_code(rsa_private_generate(&r, &k), TOBS_ECRYPTO);
	/* A prime, 2^1024 - 105, again and again: p and q must differ. */
	memset(d.bytes, 0xff, 128);
	d.bytes[127] = 0x97;
	d.len = 128;
	d.pos = 0;
	assert_code(rsa_private_generate(&r, &k), TOBS_ECRYPTO);
	assert_null(k);
}

static void pad_round_trips(void **state)
{
	struct rsa_private *k = the_key();
	struct prng p = { 64 };
	struct rng r = prng_rng(&p);

	(void)state;
	for (size_t len = 0; len <= RSA_PAD_DATA_MAX; len += len < 4 || len > 139 ? 1 : 9) {
		uint8_t data[RSA_PAD_DATA_MAX], block[RSA_BYTES], plain[RSA_PAD_PLAIN];

		rng_fill(&r, data, len);
		assert_ok(rsa_encrypt_pad(rsa_private_public(k), &r, tobs_view(data, len), block));
		assert_ok(rsa_decrypt_pad(k, block, plain));
		assert_memory_equal(plain, data, len);
	}
	rsa_private_free(k);
}

/* What follows the data is what the rng gave, in order: padding first, then temp_key. */
static void pad_uses_all_randomness(void **state)
{
	struct rsa_private *k = the_key();
	struct dealt d = { 0 };
	struct rng r = { dealt_fill, &d };
	uint8_t block[RSA_BYTES], plain[RSA_PAD_PLAIN];

	(void)state;
	for (size_t i = 0; i < sizeof d.bytes; i++)
		d.bytes[i] = (uint8_t)(i * 7 + 1);
	d.len = sizeof d.bytes;
	assert_ok(rsa_encrypt_pad(rsa_private_public(k), &r, tobs_str("data"), block));
	assert_ok(rsa_decrypt_pad(k, block, plain));
	assert_memory_equal(plain, "data", 4);
	assert_memory_equal(plain + 4, d.bytes, RSA_PAD_PLAIN - 4);
	assert_int_equal((d.pos - (RSA_PAD_PLAIN - 4)) % 32, 0);
	rsa_private_free(k);
}

/* Any byte of a block changed: refused, and nothing given back. */
static void pad_tampered(void **state)
{
	struct rsa_private *k = the_key();
	uint8_t block[RSA_BYTES], plain[RSA_PAD_PLAIN], before[RSA_PAD_PLAIN];
	struct prng p = { 65 };
	struct rng r = prng_rng(&p);

	(void)state;
	assert_ok(rsa_encrypt_pad(rsa_private_public(k), &r, tobs_str("data"), block));
	memset(plain, 0x44, sizeof plain);
	memcpy(before, plain, sizeof plain);
	for (size_t i = 0; i < RSA_BYTES; i++) {
		uint8_t bit = (uint8_t)(1 << i % 8);

		block[i] ^= bit;
		assert_code(rsa_decrypt_pad(k, block, plain), TOBS_ECRYPTO);
		block[i] ^= bit;
	}
	assert_memory_equal(plain, before, sizeof plain);
	assert_ok(rsa_decrypt_pad(k, block, plain));
	rsa_private_free(k);
}

static void blocks_not_below_n(void **state)
{
	struct rsa_private *k = the_key();
	uint8_t block[RSA_BYTES], plain[RSA_SHA1_PLAIN];

	(void)state;
	memcpy(block, rsa_private_public(k)->n, RSA_BYTES);
	assert_code(rsa_decrypt_pad(k, block, plain), TOBS_ECRYPTO);
	assert_code(rsa_decrypt_sha1(k, block, plain), TOBS_ECRYPTO);
	memset(block, 0xff, sizeof block);
	assert_code(rsa_decrypt_pad(k, block, plain), TOBS_ECRYPTO);
	assert_code(rsa_decrypt_sha1(k, block, plain), TOBS_ECRYPTO);
	/* 0 is below n and decrypts to 0: 255 bytes, whose hash is wrong. */
	memset(block, 0, sizeof block);
	assert_code(rsa_decrypt_pad(k, block, plain), TOBS_ECRYPTO);
	assert_ok(rsa_decrypt_sha1(k, block, plain));
	for (size_t len = 0; len <= RSA_SHA1_DATA_MAX; len++)
		assert_code(rsa_sha1_check(plain, len), TOBS_ECRYPTO);
	rsa_private_free(k);
}

static void sha1_round_trips(void **state)
{
	struct rsa_private *k = the_key();
	struct prng p = { 66 };
	struct rng r = prng_rng(&p);
	uint8_t data[RSA_SHA1_DATA_MAX + 1], block[RSA_BYTES], plain[RSA_SHA1_PLAIN], hash[20];

	(void)state;
	for (size_t len = 0; len <= RSA_SHA1_DATA_MAX; len += len < 4 || len > 230 ? 1 : 25) {
		rng_fill(&r, data, len);
		assert_ok(rsa_encrypt_sha1(rsa_private_public(k), &r, tobs_view(data, len), block));
		assert_ok(rsa_decrypt_sha1(k, block, plain));
		SHA1_OF(hash, tobs_view(data, len));
		assert_memory_equal(plain, hash, sizeof hash);
		assert_memory_equal(plain + 20, data, len);
		assert_ok(rsa_sha1_check(plain, len));
		/* The length is part of what is checked, and so is every byte up to it. */
		assert_code(rsa_sha1_check(plain, len + 1), TOBS_ECRYPTO);
		if (len)
			assert_code(rsa_sha1_check(plain, len - 1), TOBS_ECRYPTO);
		for (size_t i = 0; i < 20 + len; i++) {
			plain[i] ^= 0x10;
			assert_code(rsa_sha1_check(plain, len), TOBS_ECRYPTO);
			plain[i] ^= 0x10;
		}
	}
	assert_code(rsa_sha1_check(plain, SIZE_MAX), TOBS_ECRYPTO);
	assert_code(
		rsa_encrypt_sha1(rsa_private_public(k), &r, tobs_view(data, sizeof data), block),
		TOBS_EINVAL);
	rsa_private_free(k);
}

static void sha1_padding_is_random(void **state)
{
	struct rsa_private *k = the_key();
	struct dealt d = { 0 };
	struct rng r = { dealt_fill, &d };
	uint8_t block[RSA_BYTES], plain[RSA_SHA1_PLAIN];

	(void)state;
	for (size_t i = 0; i < sizeof d.bytes; i++)
		d.bytes[i] = (uint8_t)(i * 5 + 3);
	d.len = RSA_SHA1_DATA_MAX - 4;
	assert_ok(rsa_encrypt_sha1(rsa_private_public(k), &r, tobs_str("data"), block));
	assert_ok(rsa_decrypt_sha1(k, block, plain));
	assert_memory_equal(plain + 24, d.bytes, d.len);
	assert_int_equal(d.pos, d.len);
	rsa_private_free(k);
}

/* A block of one scheme is not taken for one of the other. */
static void schemes_keep_apart(void **state)
{
	struct rsa_private *k = the_key();
	struct prng p = { 67 };
	struct rng r = prng_rng(&p);
	uint8_t block[RSA_BYTES], plain[RSA_SHA1_PLAIN];
	int too_long = 0;

	(void)state;
	for (int i = 0; i < 20; i++) {
		assert_ok(rsa_encrypt_sha1(rsa_private_public(k), &r, tobs_str("data"), block));
		assert_code(rsa_decrypt_pad(k, block, plain), TOBS_ECRYPTO);
		assert_ok(rsa_encrypt_pad(rsa_private_public(k), &r, tobs_str("data"), block));
		if (rsa_decrypt_sha1(k, block, plain) == TOBS_OK)
			assert_code(rsa_sha1_check(plain, 4), TOBS_ECRYPTO);
		else
			too_long++;
	}
	/* One in 256 begins with a zero byte, and these don't. */
	assert_int_equal(too_long, 20);
	rsa_private_free(k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(from_pem),
		cmocka_unit_test(refuses_pem),
		cmocka_unit_test(never_asks_on_the_terminal),
		cmocka_unit_test(to_pem),
		cmocka_unit_test(generates),
		cmocka_unit_test(no_prime_that_e_divides),
		cmocka_unit_test(a_stuck_rng_gives_no_key),
		cmocka_unit_test(pad_round_trips),
		cmocka_unit_test(pad_uses_all_randomness),
		cmocka_unit_test(pad_tampered),
		cmocka_unit_test(blocks_not_below_n),
		cmocka_unit_test(sha1_round_trips),
		cmocka_unit_test(sha1_padding_is_random),
		cmocka_unit_test(schemes_keep_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
