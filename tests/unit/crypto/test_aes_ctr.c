/* SPDX-License-Identifier: MIT */
#include "crypto/aes_ctr.h"

#include "base/endian.h"
#include "crypto/aes_ige.h"
#include "support/bytes.h"

/* SP 800-38A, F.5.5 and F.5.6. */
static const char nist_key[] = "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4";
static const char nist_iv[] = "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff";
static const char nist_plain[] = "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
				 "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710";
static const char nist_cipher[] =
	"601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c5"
	"2b0930daa23de94ce87017ba2d84988ddfc9c58db67aada613c2dd08457941a6";

static void nist(void **state)
{
	uint8_t key[32], iv[16], plain[64], out[64];
	struct aes_ctr c;

	(void)state;
	UNHEX(key, nist_key);
	UNHEX(iv, nist_iv);
	UNHEX(plain, nist_plain);
	assert_ok(aes_ctr_init(&c, key, iv));
	assert_ok(aes_ctr_run(&c, plain, out, 64));
	assert_hex(out, 64, nist_cipher);
	aes_ctr_deinit(&c);
	assert_ok(aes_ctr_init(&c, key, iv));
	assert_ok(aes_ctr_run(&c, out, out, 64));
	assert_memory_equal(out, plain, 64);
	aes_ctr_deinit(&c);
}

/* From the tests of mtcute: the same block again and again. */
static void mtcute(void **state)
{
	static const char *const want[] = { "df5647dbb70bc393f2fb05b72f42286f",
		"3917147082672516b3177150129bc579", "2a7a9089270a5de45d5e3dd399cac725",
		"56d085217771398ac13583de4d677dd8", "cc639b488126cf36e79c4515e8012b92",
		"01384d100646cd562cc5586ec3f8f8c4" };
	uint8_t key[32], iv[16], data[16], out[16];
	struct aes_ctr c;

	(void)state;
	UNHEX(key, "d450aae0bf0060a4af1044886b42a13f7c506b35255d134a7e87ab3f23a9493b");
	UNHEX(iv, "0182de2bd789c295c3c6c875c5e9e190");
	UNHEX(data, "7baae571e4c2f4cfadb1931d5923aca7");
	assert_ok(aes_ctr_init(&c, key, iv));
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		assert_ok(aes_ctr_run(&c, data, out, 16));
		assert_hex(out, 16, want[i]);
	}
	aes_ctr_deinit(&c);
}

/* The counter is one big-endian number of 128 bits, and wraps. */
static void counts_over_every_byte(void **state)
{
	uint8_t key[32], iv[16], stream[32], want[16], counter[16] = { 0 }, zero_iv[32] = { 0 };
	const uint8_t zeros[32] = { 0 };
	struct prng p = { 21 };
	struct rng r = prng_rng(&p);

	(void)state;
	rng_fill(&r, key, sizeof key);
	for (int carries = 0; carries <= 16; carries++) {
		struct aes_ctr c;

		memset(iv, 0x5a, sizeof iv);
		memset(iv + 16 - carries, 0xff, (size_t)carries);
		memcpy(counter, iv, 16);
		for (int i = 15; i >= 0 && ++counter[i] == 0;)
			i--;
		/* One block of IGE with a zero IV is the bare cipher. */
		assert_ok(aes_ige_encrypt(key, zero_iv, counter, want, 16));
		assert_ok(aes_ctr_init(&c, key, iv));
		assert_ok(aes_ctr_run(&c, zeros, stream, 32));
		assert_memory_equal(stream + 16, want, 16);
		aes_ctr_deinit(&c);
	}
}

static void any_pieces(void **state)
{
	uint8_t key[32], iv[16], data[700], whole[700], pieces[700];
	struct prng p = { 22 };
	struct rng r = prng_rng(&p);
	struct aes_ctr c;

	(void)state;
	rng_fill(&r, key, sizeof key);
	rng_fill(&r, iv, sizeof iv);
	rng_fill(&r, data, sizeof data);
	assert_ok(aes_ctr_init(&c, key, iv));
	assert_ok(aes_ctr_run(&c, data, whole, sizeof data));
	aes_ctr_deinit(&c);
	for (size_t piece = 1; piece < 70; piece++) {
		assert_ok(aes_ctr_init(&c, key, iv));
		for (size_t at = 0; at < sizeof data; at += piece) {
			size_t len = MIN(piece, sizeof data - at);

			assert_ok(aes_ctr_run(&c, data + at, pieces + at, len));
			assert_ok(aes_ctr_run(&c, NULL, NULL, 0));
		}
		assert_memory_equal(pieces, whole, sizeof whole);
		aes_ctr_deinit(&c);
	}
}

/* A CDN file: its IV ends in zeros, so the stream from 0 on is also what any place in it needs. */
static void seeks_in_a_file(void **state)
{
	uint8_t key[32], iv[16], data[300] = { 0 }, stream[300], part[16];
	struct prng p = { 23 };
	struct rng r = prng_rng(&p);
	struct aes_ctr c, far;

	(void)state;
	rng_fill(&r, key, sizeof key);
	rng_fill(&r, iv, sizeof iv);
	put_be32(iv + 12, 0);
	assert_ok(aes_ctr_init(&c, key, iv));
	assert_ok(aes_ctr_run(&c, data, stream, sizeof stream));
	for (size_t at = sizeof stream - sizeof part; at-- > 0;) {
		assert_ok(aes_ctr_seek_cdn(&c, at));
		assert_ok(aes_ctr_run(&c, data, part, 7));
		assert_ok(aes_ctr_run(&c, data, part + 7, sizeof part - 7));
		assert_memory_equal(part, stream + at, sizeof part);
	}
	/* Replaced, not added: what the IV ended in doesn't matter. */
	memset(iv + 12, 0xee, 4);
	assert_ok(aes_ctr_init(&far, key, iv));
	assert_ok(aes_ctr_seek_cdn(&far, 32));
	assert_ok(aes_ctr_run(&far, data, part, sizeof part));
	assert_memory_equal(part, stream + 32, sizeof part);
	/* The last block there is, and the first there isn't. */
	assert_ok(aes_ctr_seek_cdn(&far, (uint64_t)UINT32_MAX * 16 + 15));
	assert_ok(aes_ctr_run(&far, data, part, 1));
	memset(iv + 12, 0xff, 4);
	aes_ctr_deinit(&c);
	assert_ok(aes_ctr_init(&c, key, iv));
	assert_ok(aes_ctr_run(&c, data, stream, 16));
	assert_int_equal(part[0], stream[15]);
	assert_code(aes_ctr_seek_cdn(&far, (uint64_t)1 << 36), TOBS_ETOOBIG);
	aes_ctr_deinit(&c);
	aes_ctr_deinit(&far);
}

static void not_begun(void **state)
{
	struct aes_ctr c = { 0 };
	uint8_t byte = 0;

	(void)state;
	assert_code(aes_ctr_run(&c, &byte, &byte, 1), TOBS_EINVAL);
	assert_code(aes_ctr_seek_cdn(&c, 0), TOBS_EINVAL);
	aes_ctr_deinit(&c);
	aes_ctr_deinit(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nist),
		cmocka_unit_test(mtcute),
		cmocka_unit_test(counts_over_every_byte),
		cmocka_unit_test(any_pieces),
		cmocka_unit_test(seeks_in_a_file),
		cmocka_unit_test(not_begun),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
