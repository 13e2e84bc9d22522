/* SPDX-License-Identifier: MIT */
#include "crypto/sha.h"

#include <limits.h>

#include "support/bytes.h"

static const char two_blocks[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
static const char two_long_blocks[] = "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
				      "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu";

/* The examples of FIPS 180-4 (NIST, "Examples with intermediate values"). */
static void fips_examples(void **state)
{
	static char million[1000000];
	uint8_t hash[SHA512_BYTES];

	(void)state;
	SHA1_OF(hash, tobs_str("abc"));
	assert_hex(hash, 20, "a9993e364706816aba3e25717850c26c9cd0d89d");
	SHA1_OF(hash, tobs_str(two_blocks));
	assert_hex(hash, 20, "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
	SHA1_OF(hash, tobs_str(""));
	assert_hex(hash, 20, "da39a3ee5e6b4b0d3255bfef95601890afd80709");
	SHA256_OF(hash, tobs_str("abc"));
	assert_hex(hash, 32, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	SHA256_OF(hash, tobs_str(two_blocks));
	assert_hex(hash, 32, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
	SHA512_OF(hash, tobs_str("abc"));
	assert_hex(hash, 64,
		"ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
		"2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
	SHA512_OF(hash, tobs_str(two_long_blocks));
	assert_hex(hash, 64,
		"8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018"
		"501d289e4900f7e4331b99dec4b5433ac7d329eeb6dd26545e96e55b874be909");
	memset(million, 'a', sizeof million);
	SHA1_OF(hash, tobs_view(million, sizeof million));
	assert_hex(hash, 20, "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
	SHA256_OF(hash, tobs_view(million, sizeof million));
	assert_hex(hash, 32, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
	SHA512_OF(hash, tobs_view(million, sizeof million));
	assert_hex(hash, 64,
		"e718483d0ce769644e2e42c7bc15b4638e1f98b13b2044285632a803afa973eb"
		"de0ff244877ea60a4cb0432ce577c31beb009c5c2c49aa2e4eadb217ad8cc09b");
}

/* However a text is cut, into parts or updates, the hash is the same. */
static void pieces_make_the_whole(void **state)
{
	const char *text = two_long_blocks;
	size_t len = strlen(text);
	uint8_t want1[20], want256[32], want512[64], have[64];

	(void)state;
	SHA1_OF(want1, tobs_str(text));
	SHA256_OF(want256, tobs_str(text));
	SHA512_OF(want512, tobs_str(text));
	for (size_t cut = 0; cut <= len; cut++) {
		struct tobs_view a = tobs_view(text, cut), b = tobs_view(text + cut, len - cut);
		struct sha1 s1;
		struct sha256 s256, branch;
		struct sha512 s512;

		SHA1_OF(have, a, b);
		assert_memory_equal(have, want1, sizeof want1);
		SHA256_OF(have, a, tobs_view(NULL, 0), b);
		assert_memory_equal(have, want256, sizeof want256);
		SHA512_OF(have, a, b);
		assert_memory_equal(have, want512, sizeof want512);
		sha1_init(&s1);
		sha256_init(&s256);
		sha512_init(&s512);
		sha1_update(&s1, a.ptr, a.len);
		sha256_update(&s256, a.ptr, a.len);
		sha512_update(&s512, a.ptr, a.len);
		branch = s256;
		sha256_update(&s256, "something else", 14);
		sha1_update(&s1, b.ptr, b.len);
		sha256_update(&branch, b.ptr, b.len);
		sha512_update(&s512, b.ptr, b.len);
		sha1_final(&s1, have);
		assert_memory_equal(have, want1, sizeof want1);
		sha256_final(&branch, have);
		assert_memory_equal(have, want256, sizeof want256);
		sha512_final(&s512, have);
		assert_memory_equal(have, want512, sizeof want512);
	}
}

static void final_wipes(void **state)
{
	static const struct sha1 zero1;
	static const struct sha256 zero256;
	static const struct sha512 zero512;
	struct sha1 s1;
	struct sha256 s256;
	struct sha512 s512;
	uint8_t hash[64];

	(void)state;
	sha1_init(&s1);
	sha256_init(&s256);
	sha512_init(&s512);
	sha1_update(&s1, "secret", 6);
	sha256_update(&s256, "secret", 6);
	sha512_update(&s512, "secret", 6);
	sha1_final(&s1, hash);
	sha256_final(&s256, hash);
	sha512_final(&s512, hash);
	assert_memory_equal(&s1, &zero1, sizeof s1);
	assert_memory_equal(&s256, &zero256, sizeof s256);
	assert_memory_equal(&s512, &zero512, sizeof s512);
}

static void result_may_overwrite_a_part(void **state)
{
	uint8_t data[64] = "abc", key[64] = "Jefe";

	(void)state;
	SHA256_OF(data, tobs_view(data, 3));
	assert_hex(data, 32, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	HMAC_SHA256_OF(key, tobs_view(key, 4), tobs_str("what do ya want for nothing?"));
	assert_hex(key, 32, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

/* RFC 4231, test cases 1 to 4, 6 and 7: keys shorter than, and longer than, a block. */
static void rfc4231(void **state)
{
	static const struct {
		const char *key, *data, *sha256, *sha512;
	} cases[] = {
		{ "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "4869205468657265",
			"b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
			"87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde"
			"daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854" },
		{ "4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
			"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
			"164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
			"9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737" },
		{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
			"dddddddddddddddddddddddddddddddddddddddddddddddddd"
			"dddddddddddddddddddddddddddddddddddddddddddddddddd",
			"773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
			"fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39"
			"bf3e848279a722c806b485a47e67c807b946a337bee8942674278859e13292fb" },
		{ "0102030405060708090a0b0c0d0e0f10111213141516171819",
			"cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd"
			"cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd",
			"82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
			"b0ba465637458c6990e5a8c5f61d4af7e576d97ff94b872de76f8050361ee3db"
			"a91ca5c11aa25eb4d679275cc5788063a5f19741120c4f2de2adebeb10a298dd" },
	};
	static const char *const long_data[] = {
		"Test Using Larger Than Block-Size Key - Hash Key First",
		"This is a test using a larger than block-size key and a larger than block-size "
		"data. The key needs to be hashed before being used by the HMAC algorithm.",
	};
	static const char *const long_256[] = {
		"60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
		"9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
	};
	static const char *const long_512[] = {
		"80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352"
		"6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598",
		"e37b6a775dc87dbaa4dfa9f96e5e3ffddebd71f8867289865df5a32d20cdc944"
		"b6022cac3c4982b10d5eeb55c3e4de15134676fb6de0446065c97440fa8c6a58",
	};
	uint8_t key[131], data[64], hash[64];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct tobs_view k = tobs_view(key, unhex(key, sizeof key, cases[i].key));
		struct tobs_view d = tobs_view(data, unhex(data, sizeof data, cases[i].data));

		HMAC_SHA256_OF(hash, k, d);
		assert_hex(hash, 32, cases[i].sha256);
		HMAC_SHA512_OF(hash, k, tobs_view_sub(d, 0, 3), tobs_view_sub(d, 3, SIZE_MAX));
		assert_hex(hash, 64, cases[i].sha512);
	}
	memset(key, 0xaa, sizeof key);
	for (size_t i = 0; i < ARRAY_LEN(long_data); i++) {
		HMAC_SHA256_OF(hash, tobs_view(key, sizeof key), tobs_str(long_data[i]));
		assert_hex(hash, 32, long_256[i]);
		HMAC_SHA512_OF(hash, tobs_view(key, sizeof key), tobs_str(long_data[i]));
		assert_hex(hash, 64, long_512[i]);
	}
	/* From mtcute's tests: an empty text. */
	HMAC_SHA256_OF(hash, tobs_view("\xaa\xee\xff", 3), tobs_str(""));
	assert_hex(hash, 32, "642711307c9e4437df09d6ebaa6bdc1b3a810c7f15c50fd1d0f8d7d5490f44dd");
}

/* Keys of exactly a block, and a byte to each side, against the definition. */
static void hmac_around_the_block(void **state)
{
	uint8_t key[129], pad[128], inner[64], want[64], have[64];

	(void)state;
	for (size_t len = 63; len <= 129; len++) {
		size_t block = len < 66 ? 64 : 128;

		for (size_t i = 0; i < len; i++)
			key[i] = (uint8_t)(i + 1);
		memset(pad, 0, sizeof pad);
		if (len > block && block == 64)
			SHA256_OF(pad, tobs_view(key, len));
		else if (len > block)
			SHA512_OF(pad, tobs_view(key, len));
		else
			memcpy(pad, key, len);
		for (int i = 0; i < 128; i++)
			pad[i] ^= 0x36;
		if (block == 64)
			SHA256_OF(inner, tobs_view(pad, 64), tobs_str("text"));
		else
			SHA512_OF(inner, tobs_view(pad, 128), tobs_str("text"));
		for (int i = 0; i < 128; i++)
			pad[i] ^= 0x36 ^ 0x5c;
		if (block == 64) {
			SHA256_OF(want, tobs_view(pad, 64), tobs_view(inner, 32));
			HMAC_SHA256_OF(have, tobs_view(key, len), tobs_str("text"));
			assert_memory_equal(have, want, 32);
		} else {
			SHA512_OF(want, tobs_view(pad, 128), tobs_view(inner, 64));
			HMAC_SHA512_OF(have, tobs_view(key, len), tobs_str("text"));
			assert_memory_equal(have, want, 64);
		}
	}
}

static void pbkdf2(void **state)
{
	uint8_t out[64];

	(void)state;
	/* The inputs of RFC 6070 with SHA-512, as published in many places. */
	assert_ok(pbkdf2_sha512(tobs_str("password"), tobs_str("salt"), 1, out, 64));
	assert_hex(out, 64,
		"867f70cf1ade02cff3752599a3a53dc4af34c7a669815ae5d513554e1c8cf252"
		"c02d470a285a0501bad999bfe943c08f050235d7d68b1da55e63f73b60a57fce");
	assert_ok(pbkdf2_sha512(tobs_str("password"), tobs_str("salt"), 4096, out, 64));
	assert_hex(out, 64,
		"d197b1b33db0143e018b12f3d1d1479e6cdebdcc97c5c0f87f6902e072f457b5"
		"143f30602641b3d55cd335988cb36b84376060ecd532e039b742a239434af2d5");
	/* From mtcute's tests. */
	assert_ok(pbkdf2_sha512(tobs_str("pbkdf2 test"), tobs_str("some salt"), 10, out, 64));
	assert_hex(out, 64,
		"e43276cfa27f135f261cec8ddcf593fd74ec251038e459c165461f2308f3a723"
		"5e0744ee1aed9710b00db28d1a2112e20fea3601c60e770ac57ffe6b33ca8be1");
	assert_ok(pbkdf2_sha512(tobs_view(NULL, 0), tobs_view(NULL, 0), 1, out, 1));
}

static void pbkdf2_refuses(void **state)
{
	uint8_t out[64];
	size_t huge = (size_t)INT_MAX + 1;

	(void)state;
	assert_code(pbkdf2_sha512(tobs_str("a"), tobs_str("b"), 0, out, 64), TOBS_EINVAL);
	assert_code(pbkdf2_sha512(tobs_str("a"), tobs_str("b"), UINT32_MAX, out, 64), TOBS_EINVAL);
	assert_code(pbkdf2_sha512(tobs_str("a"), tobs_str("b"), 1, out, 0), TOBS_EINVAL);
	assert_code(pbkdf2_sha512(tobs_str("a"), tobs_str("b"), 1, out, huge), TOBS_EINVAL);
	assert_code(pbkdf2_sha512(tobs_view("a", huge), tobs_str("b"), 1, out, 64), TOBS_EINVAL);
	assert_code(pbkdf2_sha512(tobs_str("a"), tobs_view("b", huge), 1, out, 64), TOBS_EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fips_examples),
		cmocka_unit_test(pieces_make_the_whole),
		cmocka_unit_test(final_wipes),
		cmocka_unit_test(result_may_overwrite_a_part),
		cmocka_unit_test(rfc4231),
		cmocka_unit_test(hmac_around_the_block),
		cmocka_unit_test(pbkdf2),
		cmocka_unit_test(pbkdf2_refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
