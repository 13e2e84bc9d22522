/* SPDX-License-Identifier: MIT */
#include "crypto/dh.h"

#include "support/bytes.h"
#include "unit/crypto/sample.h"

/* RFC 3526, group 14: another safe prime, for which 2 to 7 are all squares. */
static const char modp14[] = "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74"
			     "020bbea63b139b22514a08798e3404ddef9519b3cd3a431b302b0a6df25f1437"
			     "4fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7ed"
			     "ee386bfb5a899fa5ae9f24117c4b1fe649286651ece45b3dc2007cb8a163bf05"
			     "98da48361c55d39a69163fa8fd24cf5f83655d23dca3ad961c62f356208552bb"
			     "9ed529077096966d670c354e4abc9804f1746c08ca18217c32905e462e36ce3b"
			     "e39e772c180e86039b2783a2ec07a28fb5c55df06f4c52c9de2bcbf695581718"
			     "3995497cea956ae515d2261898fa051015728e5a8aacaa68ffffffffffffffff";

/* A prime p with (p - 1) / 2 composite. */
static const char prime_not_safe[] =
	"fdba79e81515a038bbbc455b864d3e6962692c630a744ad2c13b6e78e01f95fb"
	"1e338e910b6a48a0806a00eb4f39a0df7d1b782a95513097fe1af55aa66c4d59"
	"d1bb7bdd130a4035668d615d89c3045353956c1996d31d2149399ecc79860d3e"
	"59c43ba03b87eb7c75a4a641026c76383da493e43391ec298ab394f5dbbdfc98"
	"65562a38403565b00e7a53a4a97568107c1a584d70fad36cfae256504636d242"
	"cabf4303913ad2699805a1b6f34499f33c856c9e8d16db116b6f0b65faf873dc"
	"89dfd93defd0159fc8baff5508cc991c2fef2114ee5ebc5fbf55fc549157a0d4"
	"3285b11c8594a2e6c9b33ea4c34d78300743adcea0c2e4ac7cca670ac8324151";

/* The other way round: p is composite (3 divides it), (p - 1) / 2 is prime. */
static const char only_half_prime[] =
	"f4be0a39b0fcbb0998ffe838d772130c2770a0290f66018a2b9e442e74cf6086"
	"e41d8d88883928489db86b0de3f1138a0336fb546c0e8356018c0d68926f9db5"
	"9643fbfb94fbe203537aa32f6b8fca334cac84fec2f033e5c0485b8df3fcc29e"
	"eb312f9984a937dfa2ae970e5af72c7fc849adc3a4cafed1e5e75ce9443e7539"
	"d9faf03669a06f72c09a6c2a7cf1b5f108d068ec0934b26a214cba9878a5a52f"
	"6a4419ef426b49fb49f913f17e5c036e4a2984721b7fd8d2d09c42dd2c366136"
	"594d7abd191cee829650667133d21c7a519e132dd870bfb72844494066c2871f"
	"61bfdba72d9e56f17580c36cf2ce4d9db9896b120c901a92178acd38a72df13f";

/* A safe prime of 2047 bits. */
static const char too_short[] = "76a91f57532ef54b789ddae049ad3a5c35b9d7c8edc288f65323fa568697ad59"
				"02b463f36e903fd1dbdc09ea3d95d31b9001ad452a6e9c8e7de52425f6f21f40"
				"6120a4eef9257a75bcc5854eed3af48ead8621293df96df98b1bcedaa8cafbcd"
				"91e32342991ef116a313c76a5f68c843f0f724c6784249030ba101b1607c00ce"
				"2195149c6cec1c188e1f2591a850068dc0bd69a042462089c44ca612fbbe38a3"
				"0c9caa348f709689abb5234635e1c8b023286123186cc530efe21b78567ccebe"
				"d103abdb1fafab1f05ff924c19d28b80cc1c07f8bff6040880473a5c9c2eec07"
				"dd905497954617fffd5fb37cb5e6dcd5d73375c9f1dab6e0fa079b8a4d9a361f";

static void known_prime_is_that_of_the_sample(void **state)
{
	uint8_t answer[592];

	(void)state;
	/* SHA-1, constructor, nonces and g are in front of it, and 4 bytes of TL length. */
	UNHEX(answer, SAMPLE_ANSWER_WITH_HASH);
	assert_memory_equal(dh_known_prime, answer + 20 + 4 + 16 + 16 + 4 + 4, DH_BYTES);
}

static void sample_exchange(void **state)
{
	struct dealt d = { 0 };
	struct rng r = dealt_rng(&d, SAMPLE_B);
	uint8_t secret[DH_BYTES], ours[DH_BYTES], theirs[DH_BYTES], key[DH_BYTES];

	(void)state;
	UNHEX(theirs, SAMPLE_G_A);
	assert_ok(dh_check_group(tobs_view(dh_known_prime, DH_BYTES), 3));
	assert_ok(dh_generate(dh_known_prime, 3, &r, secret, ours));
	assert_hex(secret, sizeof secret, SAMPLE_B);
	assert_hex(ours, sizeof ours, SAMPLE_G_B);
	assert_ok(dh_shared(dh_known_prime, tobs_view(theirs, sizeof theirs), secret, key));
	assert_hex(key, sizeof key, SAMPLE_AUTH_KEY);
}

/* Both sides come to the same number, also when it begins with zeros and loses them on the wire. */
static void both_sides_agree(void **state)
{
	uint8_t a[DH_BYTES], b[DH_BYTES], ga[DH_BYTES], gb[DH_BYTES], x[DH_BYTES], y[DH_BYTES];
	struct prng p = { 41 };
	struct rng r = prng_rng(&p);
	bool stripped = false;

	(void)state;
	for (int i = 0; i < 400 && !stripped; i++) {
		struct tobs_view wire = tobs_view(ga, DH_BYTES);

		assert_ok(dh_generate(dh_known_prime, 3, &r, a, ga));
		stripped = ga[0] == 0;
		if (i > 3 && !stripped)
			continue;
		while (wire.len && *wire.ptr == 0)
			wire = tobs_view_sub(wire, 1, SIZE_MAX);
		assert_ok(dh_generate(dh_known_prime, 3, &r, b, gb));
		assert_ok(dh_shared(dh_known_prime, wire, b, x));
		assert_ok(dh_shared(dh_known_prime, tobs_view(gb, DH_BYTES), a, y));
		assert_memory_equal(x, y, DH_BYTES);
	}
	assert_true(stripped);
}

static void group_of_the_known_prime(void **state)
{
	/* p mod 8 = 3, mod 3 = 2, mod 5 = 3, mod 24 = 11, mod 7 = 6 */
	static const bool good[] = { [3] = true, [4] = true, [7] = true, [8] = false };
	struct tobs_view p = tobs_view(dh_known_prime, DH_BYTES);

	(void)state;
	for (int32_t g = 0; g < (int32_t)ARRAY_LEN(good); g++)
		assert_code(dh_check_group(p, g), good[g] ? TOBS_OK : TOBS_ECRYPTO);
	assert_code(dh_check_group(p, -1), TOBS_ECRYPTO);
	assert_code(dh_check_group(p, INT32_MIN), TOBS_ECRYPTO);
	assert_code(dh_check_group(p, INT32_MAX), TOBS_ECRYPTO);
	assert_code(dh_check_group(tobs_view_sub(p, 0, 255), 3), TOBS_ECRYPTO);
	assert_code(dh_check_group(tobs_view_sub(p, 1, 255), 3), TOBS_ECRYPTO);
	assert_code(dh_check_group(tobs_view(NULL, 0), 3), TOBS_ECRYPTO);
}

static void other_primes(void **state)
{
	uint8_t p[DH_BYTES + 1];
	struct tobs_view v = tobs_view(p, DH_BYTES);

	(void)state;
	unhex(p, DH_BYTES, modp14);
	for (int32_t g = 2; g <= 7; g++)
		assert_ok(dh_check_group(v, g));
	assert_code(dh_check_group(tobs_view(p, DH_BYTES + 1), 2), TOBS_ECRYPTO);
	unhex(p, DH_BYTES, prime_not_safe);
	assert_code(dh_check_group(v, 4), TOBS_ECRYPTO);
	unhex(p, DH_BYTES, only_half_prime);
	assert_code(dh_check_group(v, 4), TOBS_ECRYPTO);
	unhex(p, DH_BYTES, too_short);
	assert_code(dh_check_group(v, 4), TOBS_ECRYPTO);
	/* Nearly the known prime: composite, even. */
	memcpy(p, dh_known_prime, DH_BYTES);
	p[DH_BYTES - 1] ^= 2;
	assert_code(dh_check_group(v, 4), TOBS_ECRYPTO);
	p[DH_BYTES - 1] ^= 3;
	assert_code(dh_check_group(v, 4), TOBS_ECRYPTO);
}

/*
 * Which g are squares depends on what the prime leaves mod 8, 24, 5 and 7. Safe
 * primes made with `openssl prime -generate -safe`, so that each remainder that
 * one can leave is there; whether g is a square was computed by Euler's
 * criterion, g^((p-1)/2) mod p.
 */
static void squares(void **state)
{
	static const struct {
		const char *prime;
		bool square[8];
	} cases[] = {
		{ "d302738db3b426b1b4c978579d32c76385739995e995eedbb8fe72f9a9b53045"
		  "ef29bf615cb5187502e2fe3be86e06d403cde23c6e83580a6f578fbef88261bc"
		  "0a0b079b58114ed83b05069aa424f2fc4ecf37bce7fcb4196e6a3a7c251521f4"
		  "ca2a580d72d16e027b9af3e38c2460f27cd6995121b7576f9cc78052389a472a"
		  "6442da63fb87db783569a4617398c8d4f4927c351043d7bc89bfc9d5fc072a3a"
		  "2e49a9a7ceab6f0721b439f2a3c91a71792338384af341e04b837b153c8ece77"
		  "2f222f017e04ca960c0ff4f8866199b485adb78c1aa2590f6ef38ea45090e53e"
		  "2a03bdf26c4d4117b16750bcebc6951d7ba9edd851aebaf8ebe9839660f50503",
			{ [3] = true, [4] = true, [7] = true } },
		{ "c7117d7cae3142272d8a23968a8a24b59c41a339b543d0420c998f3391701a8d"
		  "71b52560adf212ea6d5b0661104c60a081ba6d515e18f9bdbdd32e4b8f0a3eb4"
		  "459db40cb9dd21e75ce4b7ead9771e49793c5009fc671b0381853eb53bbd2fd9"
		  "33e7cf14810dc708460c62ac9a5117d0901fa0711dc1095c9173d70b299e4646"
		  "a36a0a512386bb0ad86b455fc826800a00cf327c7daa0da351e625b644b35ae0"
		  "af0a8786c57025f1502f84dbe3fa253d4d2c40229bddef740975f119efac094e"
		  "10472903d72b10129aefffef3f593fda834536f5a1c57dd05907c28901b5c456"
		  "f29d3da393d50e87088db5c8310c8d401b941880ecf14c6d027ebaa07ccc9d2f",
			{ [2] = true, [3] = true, [4] = true, [6] = true } },
		{ "c87a21ba363b5f53e20a027191bd193f4556d1e358d98604018d4909977a8d87"
		  "099e3292b62c74ba36b6f0c811f970a4824bc1e8577092859f41eb7d6a6c3289"
		  "06ac345033dbf99b70951ce2e8e5e237e3e07b949b5303e326d740bfc167077c"
		  "e6ea165f84c4b08c2e2a2848e2be6ecf208a74b12b636957f822caf608212bc3"
		  "6892811705ffec5ba6d66f263b7dd3e29e1f8fbe2ab52c5f00882ab78077cfe4"
		  "db749b3d98e5674298179407e1aa3e7dc10e75f44bc208e7332d31f06579e234"
		  "37dec82665d520ad1d86f51a970b2de6fc7301b5b2fd54e634b4eff4ab6a5e88"
		  "5301bb1d90dd8906853014cda416c2b1e0d7c88b997113812697290391ad3ef7",
			{ [2] = true, [3] = true, [4] = true, [6] = true } },
		{ "e0ede96714dc5da6c1047698bf69fb00b83f152eb69a2722751cce6ec8015290"
		  "be60242091d6ceec4221341f6b6bc0cdb5280844e0e2b5c829aac75273026ec5"
		  "1c050e2a6d03307a324400185da081cc092358bc5a50799ef5991b6650cf8fce"
		  "0662023ddd4e1ee88379dbe989e5894fde3faba2acea193da35835d965d70c68"
		  "774596361b00fb4543554df16d0e9c4d81929c85dec0daa05ff9eb64f12dfee0"
		  "751cf63e16aa5b5aa128d499f9244f6d303e8b4c56b2b680e1576722640241fd"
		  "1c810136285040636adab26a20b04e1674ca9f5836b723ed30a74b0df4127b52"
		  "e546a9d8daad55a497747fd559b645988585f12d286f8c2fbb8baed45f5619b3",
			{ [3] = true, [4] = true, [7] = true } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		uint8_t p[DH_BYTES];

		UNHEX(p, cases[i].prime);
		for (int32_t g = 2; g <= 7; g++) {
			/* Saying yes takes long; 3 and 4 are squares modulo every safe prime. */
			if (g == 3 || g == 4)
				continue;
			assert_code(dh_check_group(tobs_view(p, sizeof p), g),
				cases[i].square[g] ? TOBS_OK : TOBS_ECRYPTO);
		}
	}
}

/* n + d for a number of 256 bytes; d is small. */
static void add(uint8_t n[DH_BYTES], int d)
{
	for (int i = DH_BYTES - 1; i >= 0 && d != 0; i--) {
		d += n[i];
		n[i] = (uint8_t)d;
		d >>= 8;
	}
}

/* Around each bound of 2^1984 <= n <= p - 2^1984, and beyond. */
static void hostile_numbers(void **state)
{
	static const struct {
		const char *what;
		bool from_p; /* start with p, otherwise with 0 */
		int margin;  /* add this many times 2^1984 */
		int plus;    /* and this */
		bool good;
	} cases[] = {
		{ "0", false, 0, 0, false },
		{ "1", false, 0, 1, false },
		{ "2", false, 0, 2, false },
		{ "2^1984 - 1", false, 1, -1, false },
		{ "2^1984", false, 1, 0, true },
		{ "2^1984 + 1", false, 1, 1, true },
		{ "p - 2^1984 - 1", true, -1, -1, true },
		{ "p - 2^1984", true, -1, 0, true },
		{ "p - 2^1984 + 1", true, -1, 1, false },
		{ "p - 2", true, 0, -2, false },
		{ "p - 1", true, 0, -1, false },
		{ "p", true, 0, 0, false },
		{ "p + 1", true, 0, 1, false },
		{ "p + 2^1984", true, 1, 0, false },
		{ "2^2048 - 1", false, 0, -1, false },
	};
	uint8_t secret[DH_BYTES] = { 1 }, shared[DH_BYTES], wide[DH_BYTES + 2], read[DH_BYTES];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		uint8_t n[DH_BYTES] = { 0 };
		struct tobs_view v = tobs_view(n, DH_BYTES);
		int want = cases[i].good ? TOBS_OK : TOBS_ECRYPTO;

		if (cases[i].from_p)
			memcpy(n, dh_known_prime, DH_BYTES);
		/* 2^1984 is byte 7 from the left. */
		for (int at = 7, carry = cases[i].margin; at >= 0; at--) {
			carry += n[at];
			n[at] = (uint8_t)carry;
			carry >>= 8;
		}
		add(n, cases[i].plus);
		if (dh_check_public(dh_known_prime, v, NULL) != want)
			fail_msg("%s is taken for %s", cases[i].what, want ? "good" : "bad");
		assert_code(dh_shared(dh_known_prime, v, secret, shared), want);
		/* The same with zeros in front, and without those it has. */
		memset(wide, 0, 2);
		memcpy(wide + 2, n, DH_BYTES);
		assert_code(
			dh_check_public(dh_known_prime, tobs_view(wide, sizeof wide), read), want);
		while (v.len && *v.ptr == 0)
			v = tobs_view_sub(v, 1, SIZE_MAX);
		assert_code(dh_check_public(dh_known_prime, v, read), want);
		if (cases[i].good)
			assert_memory_equal(read, n, DH_BYTES);
		/* And with something in front. */
		wide[0] = 1;
		assert_code(dh_check_public(dh_known_prime, tobs_view(wide, sizeof wide), read),
			TOBS_ECRYPTO);
	}
	assert_code(dh_check_public(dh_known_prime, tobs_view(NULL, 0), NULL), TOBS_ECRYPTO);
}

static void generates_only_good_numbers(void **state)
{
	uint8_t zeros[DH_BYTES] = { 0 }, secret[DH_BYTES], ours[DH_BYTES], before[DH_BYTES];
	uint8_t even[DH_BYTES];
	struct dealt d = { .again = true };
	struct rng r;

	(void)state;
	/* g^0 = 1, for ever. */
	r = dealt_rng(&d, "00");
	memset(ours, 0x77, sizeof ours);
	memcpy(before, ours, sizeof ours);
	assert_code(dh_generate(dh_known_prime, 3, &r, secret, ours), TOBS_ECRYPTO);
	assert_memory_equal(ours, before, sizeof ours);
	/* g^0 once, and then something better. */
	memset(d.bytes, 0, DH_BYTES);
	memset(d.bytes + DH_BYTES, 0x5a, DH_BYTES);
	d.len = 2 * DH_BYTES;
	d.pos = 0;
	assert_ok(dh_generate(dh_known_prime, 3, &r, secret, ours));
	assert_memory_equal(secret, d.bytes + DH_BYTES, DH_BYTES);
	for (int32_t g = -1; g < 10; g++) {
		if (g < 2 || g > 7)
			assert_code(dh_generate(dh_known_prime, g, &r, secret, ours), TOBS_ECRYPTO);
	}
	/* A modulus that arithmetic can't do with. */
	memcpy(even, dh_known_prime, DH_BYTES);
	even[DH_BYTES - 1]--;
	assert_code(dh_generate(even, 3, &r, secret, ours), TOBS_ECRYPTO);
	assert_code(dh_shared(even, tobs_view(before, DH_BYTES), secret, ours), TOBS_ECRYPTO);
	assert_code(dh_generate(zeros, 3, &r, secret, ours), TOBS_ECRYPTO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_prime_is_that_of_the_sample),
		cmocka_unit_test(sample_exchange),
		cmocka_unit_test(both_sides_agree),
		cmocka_unit_test(group_of_the_known_prime),
		cmocka_unit_test(other_primes),
		cmocka_unit_test(squares),
		cmocka_unit_test(hostile_numbers),
		cmocka_unit_test(generates_only_good_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
