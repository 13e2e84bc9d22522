/* SPDX-License-Identifier: MIT */
#include "crypto/aes_ige.h"

#include "support/bytes.h"
#include "unit/crypto/sample.h"

#define MAX_BLOCKS 64

static const enum aes_ige_engine_id engines[] = { AES_IGE_PORTABLE, AES_IGE_X86, AES_IGE_ARM };

static bool has_engine(enum aes_ige_engine_id id)
{
	struct aes_ige_key k;
	const uint8_t key[32] = { 0 };

	return aes_ige_key_for(&k, id, key, false) == TOBS_OK;
}

/* One block of AES, got from IGE with a zero IV; FIPS 197, appendix C.3, proves it right below. */
static void aes_block(const uint8_t *key, const uint8_t *in, uint8_t *out, bool decrypts)
{
	uint8_t iv[32] = { 0 };
	struct aes_ige_key k;

	assert_ok(aes_ige_key_for(&k, AES_IGE_PORTABLE, key, decrypts));
	assert_ok(aes_ige_run(&k, iv, in, out, 16));
}

/* The definition, block by block. */
static void ige_by_definition(const uint8_t *key, const uint8_t *iv, const uint8_t *in,
	uint8_t *out, size_t len, bool decrypts)
{
	uint8_t x[16], y[16], t[16];

	memcpy(decrypts ? x : y, iv, 16);
	memcpy(decrypts ? y : x, iv + 16, 16);
	for (size_t at = 0; at < len; at += 16) {
		for (int i = 0; i < 16; i++)
			t[i] = in[at + i] ^ y[i];
		aes_block(key, t, t, decrypts);
		for (int i = 0; i < 16; i++)
			out[at + i] = t[i] ^ x[i];
		memcpy(x, in + at, 16);
		memcpy(y, out + at, 16);
	}
}

/* FIPS 197, appendix C.3. */
static void fips197(void **state)
{
	uint8_t key[32], plain[16], out[16];

	(void)state;
	UNHEX(key, "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
	UNHEX(plain, "00112233445566778899aabbccddeeff");
	aes_block(key, plain, out, false);
	assert_hex(out, 16, "8ea2b7ca516745bfeafc49904b496089");
	aes_block(key, out, out, true);
	assert_memory_equal(out, plain, 16);
}

static void check_vector(
	const char *key_hex, const char *iv_hex, const char *plain_hex, const char *cipher_hex)
{
	uint8_t key[32], iv[32], moving[32], plain[592], cipher[592], out[592];
	size_t len = unhex(plain, sizeof plain, plain_hex);

	UNHEX(key, key_hex);
	UNHEX(iv, iv_hex);
	assert_int_equal(unhex(cipher, sizeof cipher, cipher_hex), len);
	assert_ok(aes_ige_encrypt(key, iv, plain, out, len));
	assert_memory_equal(out, cipher, len);
	assert_ok(aes_ige_decrypt(key, iv, cipher, out, len));
	assert_memory_equal(out, plain, len);
	for (size_t i = 0; i < ARRAY_LEN(engines); i++) {
		struct aes_ige_key k;

		if (!has_engine(engines[i]))
			continue;
		assert_ok(aes_ige_key_for(&k, engines[i], key, false));
		memcpy(moving, iv, 32);
		assert_ok(aes_ige_run(&k, moving, plain, out, len));
		assert_memory_equal(out, cipher, len);
		assert_ok(aes_ige_key_for(&k, engines[i], key, true));
		memcpy(moving, iv, 32);
		assert_ok(aes_ige_run(&k, moving, cipher, out, len));
		assert_memory_equal(out, plain, len);
	}
}

static void vectors(void **state)
{
	const char *count = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

	(void)state;
	/* From the tests of grammers-crypto (verify_ige_encryption, verify_ige_decryption). */
	check_vector(count, count, count,
		"e28112a53e5c89c7b1ea8071c133699fd4e86b26c4bac9fc5af1ab8ce27a44a4");
	check_vector(count, count,
		"e5777afacd7b2c16f7ac40cae61ef603fee6098fb8a8860ab9ee672cd7e5bacc", count);
	/* From the tests of mtcute. */
	check_vector("5468697320697320616e20696d706c655468697320697320616e20696d706c65",
		"6d656e746174696f6e206f6620494745206d6f646520666f72204f70656e5353",
		"99706487a1cde613bc6de0b6f24b1c7aa448c8b9c3403e3467a8cad89340f53b",
		"792ea8ae577b1a66cb3bd92679b8030ca54ee631976bd3a04547fdcb4639fa69");
	check_vector(SAMPLE_TMP_AES_KEY, SAMPLE_TMP_AES_IV, SAMPLE_ANSWER_WITH_HASH,
		SAMPLE_ENCRYPTED_ANSWER);
}

/* Every engine, direction and length, in place and not, at odd addresses. */
static void every_engine_as_defined(void **state)
{
	struct prng p = { 11 };
	struct rng r = prng_rng(&p);
	uint8_t key[32], iv[32], in[16 * MAX_BLOCKS + 1], want[16 * MAX_BLOCKS], moved[32];
	int engines_run = 0;

	(void)state;
	for (size_t e = 0; e < ARRAY_LEN(engines); e++) {
		if (!has_engine(engines[e]))
			continue;
		engines_run++;
		for (size_t i = 0; i < 2 * (MAX_BLOCKS + 1); i++) {
			size_t len = i / 2 * 16;
			bool decrypts = i % 2;
			struct aes_ige_key k;
			uint8_t *out;

			rng_fill(&r, key, sizeof key);
			rng_fill(&r, iv, sizeof iv);
			rng_fill(&r, in, sizeof in);
			ige_by_definition(key, iv, in + 1, want, len, decrypts);
			assert_ok(aes_ige_key_for(&k, engines[e], key, decrypts));
			/* Exactly as long as needed, so ASan sees a byte too many. */
			out = exact_copy(in, len);
			memcpy(moved, iv, 32);
			assert_ok(aes_ige_run(&k, moved, in + 1, out, len));
			assert_memory_equal(out, want, len);
			/* The IV has moved to the last block of each side. */
			if (len) {
				const uint8_t *x = in + 1 + len - 16, *y = want + len - 16;

				assert_memory_equal(moved, decrypts ? x : y, 16);
				assert_memory_equal(moved + 16, decrypts ? y : x, 16);
			} else {
				assert_memory_equal(moved, iv, 32);
			}
			free(out);
			out = exact_copy(in + 1, len);
			memcpy(moved, iv, 32);
			assert_ok(aes_ige_run(&k, moved, out, out, len));
			assert_memory_equal(out, want, len);
			free(out);
		}
	}
	assert_true(engines_run >= 1);
}

/* A message in pieces gives what it gives in one. */
static void continues_where_it_ended(void **state)
{
	struct prng p = { 12 };
	struct rng r = prng_rng(&p);
	uint8_t key[32], iv[32], moving[32], data[1024], whole[1024], pieces[1024];

	(void)state;
	rng_fill(&r, key, sizeof key);
	rng_fill(&r, iv, sizeof iv);
	rng_fill(&r, data, sizeof data);
	for (int decrypts = 0; decrypts < 2; decrypts++) {
		struct aes_ige_key k;
		size_t len;

		if (decrypts)
			aes_ige_key_decrypt(&k, key);
		else
			aes_ige_key_encrypt(&k, key);
		memcpy(moving, iv, 32);
		assert_ok(aes_ige_run(&k, moving, data, whole, sizeof data));
		memcpy(moving, iv, 32);
		for (size_t at = 0; at < sizeof data; at += len) {
			len = 16 * prng_below(&p, 9);
			len = MIN(len, sizeof data - at);
			assert_ok(aes_ige_run(&k, moving, data + at, pieces + at, len));
		}
		assert_memory_equal(pieces, whole, sizeof whole);
		aes_ige_key_wipe(&k);
	}
}

/* Any number of jobs of any lengths: each comes out as if alone. */
static void many_as_if_alone(void **state)
{
	static uint8_t data[9][512], want[9][512];
	struct prng p = { 13 };
	struct rng r = prng_rng(&p);
	uint8_t key[9][32], iv[9][32], iv_want[9][32];
	struct aes_ige_key k[9];
	struct aes_ige_job jobs[9];

	(void)state;
	assert_ok(aes_ige_run_many(NULL, 0));
	for (int round = 0; round < 3000; round++) {
		enum aes_ige_engine_id id = engines[round % 3];
		bool decrypts = round % 2;
		size_t n = 1 + prng_below(&p, 9);

		if (!has_engine(id))
			continue;
		for (size_t i = 0; i < n; i++) {
			size_t len = 16 * prng_below(&p, round % 7 ? 33 : 3);

			rng_fill(&r, key[i], 32);
			rng_fill(&r, iv[i], 32);
			rng_fill(&r, data[i], 512);
			memcpy(want[i], data[i], 512);
			memcpy(iv_want[i], iv[i], 32);
			assert_ok(aes_ige_key_for(&k[i], id, key[i], decrypts));
			assert_ok(aes_ige_run(&k[i], iv_want[i], want[i], want[i], len));
			jobs[i] = (struct aes_ige_job){ &k[i], iv[i], data[i], data[i], len };
		}
		assert_ok(aes_ige_run_many(jobs, n));
		assert_memory_equal(iv, iv_want, 32 * n);
		assert_memory_equal(data, want, 512 * n);
	}
}

static void refuses(void **state)
{
	const uint8_t key[32] = { 1 };
	uint8_t iv[32] = { 2 }, iv_before[32] = { 2 }, data[64] = { 3 }, before[64] = { 3 };
	struct aes_ige_key enc, dec, portable;
	struct aes_ige_job jobs[2] = { { &enc, iv, data, data, 32 },
		{ &enc, iv, data + 32, data + 32, 31 } };

	(void)state;
	aes_ige_key_encrypt(&enc, key);
	aes_ige_key_decrypt(&dec, key);
	for (size_t len = 1; len < 64; len++) {
		if (len % 16 == 0)
			continue;
		assert_code(aes_ige_encrypt(key, iv, data, data, len), TOBS_EINVAL);
		assert_code(aes_ige_decrypt(key, iv, data, data, len), TOBS_EINVAL);
		assert_code(aes_ige_run(&enc, iv, data, data, len), TOBS_EINVAL);
	}
	/* A bad length, direction or engine anywhere stops the whole batch before it begins. */
	assert_code(aes_ige_run_many(jobs, 2), TOBS_EINVAL);
	jobs[1].len = 32;
	jobs[1].key = &dec;
	assert_code(aes_ige_run_many(jobs, 2), TOBS_EINVAL);
	assert_ok(aes_ige_key_for(&portable, AES_IGE_PORTABLE, key, false));
	if (portable.engine != enc.engine) {
		jobs[1].key = &portable;
		assert_code(aes_ige_run_many(jobs, 2), TOBS_EINVAL);
	}
	assert_memory_equal(data, before, sizeof data);
	assert_memory_equal(iv, iv_before, sizeof iv);
	assert_code(
		aes_ige_key_for(&enc, (enum aes_ige_engine_id)99, key, false), TOBS_EUNSUPPORTED);
}

static void one_shot_leaves_the_iv(void **state)
{
	const uint8_t key[32] = { 1 };
	uint8_t iv[32] = { 2 }, before[32] = { 2 }, data[32] = { 3 };

	(void)state;
	assert_ok(aes_ige_encrypt(key, iv, data, data, sizeof data));
	assert_memory_equal(iv, before, sizeof iv);
	assert_ok(aes_ige_decrypt(key, iv, data, data, sizeof data));
	assert_memory_equal(iv, before, sizeof iv);
	assert_int_equal(data[0], 3);
}

static void picks_the_best_engine(void **state)
{
	static const char *const names[] = { "portable", "x86 AES-NI", "ARMv8" };
	const uint8_t key[32] = { 0 };
	struct aes_ige_key best, k;

	(void)state;
	aes_ige_key_encrypt(&best, key);
	for (size_t i = 0; i < ARRAY_LEN(engines); i++) {
		if (aes_ige_key_for(&k, engines[i], key, false) == TOBS_OK &&
			k.engine == best.engine)
			assert_string_equal(aes_ige_engine_name(), names[i]);
		/* No engine after the chosen one is there. */
		if (!strcmp(aes_ige_engine_name(), names[0]) && i > 0)
			assert_false(has_engine(engines[i]));
	}
}

static void wipes_the_key(void **state)
{
	static const struct aes_ige_key zero;
	const uint8_t key[32] = { 1 };
	struct aes_ige_key k;

	(void)state;
	memset(&k, 0, sizeof k);
	aes_ige_key_encrypt(&k, key);
	aes_ige_key_wipe(&k);
	assert_memory_equal(&k, &zero, sizeof k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fips197),
		cmocka_unit_test(vectors),
		cmocka_unit_test(every_engine_as_defined),
		cmocka_unit_test(continues_where_it_ended),
		cmocka_unit_test(many_as_if_alone),
		cmocka_unit_test(refuses),
		cmocka_unit_test(one_shot_leaves_the_iv),
		cmocka_unit_test(picks_the_best_engine),
		cmocka_unit_test(wipes_the_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
