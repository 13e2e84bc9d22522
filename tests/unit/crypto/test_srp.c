/* SPDX-License-Identifier: MIT */
#include "crypto/srp.h"

#include "crypto/dh.h"
#include "crypto/sha.h"
#include "support/bytes.h"

/* The algorithm with the well-known group and salts given as text. */
struct salted {
	struct srp_algo algo;
	uint8_t salt1[80], salt2[16];
};

static const struct srp_algo *with_salts(struct salted *s, const char *salt1, const char *salt2)
{
	s->algo.salt1 = tobs_view(s->salt1, unhex(s->salt1, sizeof s->salt1, salt1));
	s->algo.salt2 = tobs_view(s->salt2, unhex(s->salt2, sizeof s->salt2, salt2));
	s->algo.p = tobs_view(dh_known_prime, DH_BYTES);
	s->algo.g = 3;
	return &s->algo;
}

/* From the tests of mtcute (password.test.ts): a real account whose password was "qwe123". */
#define MTCUTE_SALT1 \
	"9b3accc457c0d5288e8cff31eb21094048bc11902f6614dbb9afb839ee7641c37619537d8ebe749e"
/* What its test of a new password appends there, and its next test then finds there. */
#define MTCUTE_APPENDED "29afd26df40fb8ed10b6b4ad6d56ef5df9453f88e6ee6adb6e0544ba635dc6a8"
#define MTCUTE_SALT2    "6c619bb0786dc4ed1bf211d23f6e4065"
#define MTCUTE_X        "750f1fe282965e63ce17b98427b35549fb864465211840f6a7c1f2fb657cc33b"

static void mtcute(void **state)
{
	static const char a[] = "29afd26df40fb8ed10b6b4ad6d56ef5df9453f88e6ee6adb6e0544ba635dc6a8"
				"a990c9b8b980c343936b33fa7f97bae025102532233abb269c489920ef99021b"
				"259ce3a2c964c5c8972b4a84ff96f3375a94b535a9468f2896e2080ac7a32ed5"
				"8e910474a4b02415e07671cbb5bdd58a5dd26fd137c4c98b8c346571fae6ead3"
				"9dfd612bd6b480b6723433f5218e9d6e271591153fb3ffefc089f7e848d3f463"
				"3459fff66b33cf939e5655813149fa34be8625f9bc4814d1ee6cf40e4d0de229"
				"1aa22e68c8ad8cc698103734f9aaf79f2bdc052a787a7a9b3629d1ed38750f88"
				"cb0481c0ba30a9c611672f9a4d1dc02637abb4e98913ee810a3b152d3d75f25d";
	static const char srp_b[] =
		"1476a7b5991d7f028bbee33b3455cad3f2cd0eb3737409fcce92fa7d4cd5c733"
		"ec6d2cb3454e587d4c17eda2fd7ef9a57327215f38292cc8bd5dc77d3e1d31cd"
		"dae2652f8347c4b0093f7c78242f70e6cc13137ee7acc257a49855a63113db8f"
		"163992b9101551f3b6f7eb5d196cee3647c359553b1bcbe82ba8933c0fb1ac35"
		"0243c535b8e634613e1f626ba8a6d141ef957c859e71a117b557c0298bfbb107"
		"c91f71f5b4275fded58289aa1e87c612f44b7aa0b5e0de7def4458f58db80019"
		"d2e7b181eb66dc270374af2d160dd0c53edd677b2701694d71ea8718c49df6a9"
		"dbe2cbae051ffc1986336cd26f11a8ab426dfe0813d7b3f4eedf4e34182ccc3a";
	static const char want_a[] =
		"363976f55edb57cc5cc0c4aaca9b7539eff98a43a93fa84be34860d18ac3a80f"
		"ffd57c4617896ff667677d0552a079eb189d25d147ec96edd4495c946a18652d"
		"31d78eede40a8b29da340c19b32ccac78f8482406e392102c03d850d1db87223"
		"2c144bfacadb58856971aafb70ca3aac4efa7f73977ddc50dfc0a2c76c0ac950"
		"728d58b8480fa89c701703855148fadd885aaf1ca313ae3a3b2942de58a9a6fb"
		"9e3e65c7ac7a1b7f4e6aa4742b957f81927bd8cc761b76f90229dec34d6f15d3"
		"4fa454aa69d9219d9c5fa3625f5c6f1ac03892a70aa17269c76cd9bf2949a961"
		"fad2a71e5fa961824b32db037130c7e9aad4c1e9f02ebc5b832622f98b59597e";
	struct salted s;
	const struct srp_algo *algo = with_salts(&s, MTCUTE_SALT1, MTCUTE_SALT2);
	struct dealt d = { 0 };
	struct rng r = dealt_rng(&d, a);
	struct srp_proof proof;
	uint8_t x[SRP_HASH], b[SRP_BYTES];

	(void)state;
	UNHEX(b, srp_b);
	assert_ok(srp_hash_password(algo, tobs_str("qwe123"), x));
	assert_hex(x, sizeof x, MTCUTE_X);
	with_salts(&s, MTCUTE_SALT1 MTCUTE_APPENDED, MTCUTE_SALT2);
	assert_ok(srp_hash_password(algo, tobs_str("qwe123"), x));
	assert_ok(srp_prove(algo, x, tobs_view(b, sizeof b), &r, &proof));
	assert_hex(proof.a, sizeof proof.a, want_a);
	assert_hex(proof.m1, sizeof proof.m1,
		"25a91b21c634ad670a144165a9829192d152e131a716f676abc48cd817f508c6");
}

/* From the tests of grammers-crypto (check_calculations_2). */
static void grammers(void **state)
{
	static const char a[] = "bf31574f34fce1e53891c59b7f62468a0ca682da8585df8de0a18873359755fb"
				"b1818878a9ee919bb1e94d20c5f0607e02a33176199bf3220256c9ea1a69f395"
				"a515d20539d88cda750a5252fb864f573f2b032f3b467d08b34fd9c89d1c5d06"
				"278e113e51d4e893c1c027455af4653f096607a4156d94fb8e1dc7cee5bfe328"
				"50982f941ae4414e83bf22df56270b43b7ccc44c26d40886464da8e344a85407"
				"95b8f69b8f508552a723cd6931e1d69204e8e9dc056f0a2a10a0d7951e355f3e"
				"def5a5e18a9091295a51eb9db10b8b0d30489c8d29bc0cd86e97781f5e30c5b6"
				"bfe7caf4aae81b282e653ac48aa1a8fde789722bc04f4320cd9f86849fe05ca4";
	static const char srp_b[] =
		"93f70ebd50f6426aca2568769599f91f24d01284cc51a449e62dcc1527dfe501"
		"26b2aa44238e4fb2331419ed4aebf1a0ae15e03abd18bfc52ca6baec564c13b5"
		"a1d2e357799897757bb736fdc2ceb1b56aacf19ab3548d6d922a522f0b51f401"
		"24c3bc9936aff3e1dcfbea39ac9ad2addc6af0ad30783278bbb84cab0ed8464b"
		"0ffeb2b0c93a39a5d97dba0105672ca5475373d8d23e54a6ac9bed9519e8bef4"
		"f00719f5ad56151be5537648df2f8e3e7265cb57fb94a054ce2a82b8cc664ad0"
		"60e0d6c6df1879345440eb977fa0f2d36f31a253d8917732f133d40033a34b61"
		"52969b600d59cdabfea2ab2393ad659e56d66e13605b1f61e48e3cd65c0f58ac";
	static const char want_a[] =
		"0fa12bc655b1187a28296a69ae565d682782e0ceb05a089c0c41c1dce983dc7f"
		"4a53434ea78e065d9e1cb60e427b4468a4780609feba2f55654ee2efe0aeb72e"
		"dafde2652e26ed5b4d4baad9d2a381806af63416bf6263df45a43d85be5401bc"
		"223ebfac09421caddd7e260bd6b86542133c048d6cd54b38d8e2ccdf6b550e87"
		"5b1353a4acfe3292ffb56a0f58b2a39027c9bfdd91fd4c531d23c77d6e8f7d58"
		"3eaeea316dedded69935296ce7ea34e9be6ef2fbd829eac4c9bd646dc1563e47"
		"f77b91431ca002cf79fc149d968272835c15ca1c6b2c5e03712a2e1b5d52f5e4"
		"faa1c16cb177fafd96a6aa5b4b3f4c649915644b63855cfb38561ff17fedfb8a";
	struct salted s;
	const struct srp_algo *algo = with_salts(&s,
		"5f483c38bd0986e7cdc95ae138ef4f49b951c1f81c713fecdef3af692cec4b4716ac9b770a195ebe",
		"b616fc6bbedf511119c5ed34629527f1");
	struct dealt d = { 0 };
	struct rng r = dealt_rng(&d, a);
	struct srp_proof proof;
	uint8_t x[SRP_HASH], b[SRP_BYTES];

	(void)state;
	UNHEX(b, srp_b);
	assert_ok(srp_hash_password(algo, tobs_str("234567"), x));
	assert_ok(srp_prove(algo, x, tobs_view(b, sizeof b), &r, &proof));
	assert_hex(proof.a, sizeof proof.a, want_a);
	assert_hex(proof.m1, sizeof proof.m1,
		"4d7af412c5a2e7b15467376bd118b853604e687b31f51c4980c4d7c1876613e3");
}

/* Setting a new password: from the tests of gotd (new_hash_test.go) and mtcute. */
static void verifiers(void **state)
{
	static const char gotd[] =
		"186ac18dcc5790bf6bba21bd958d375ee5481af0029e9bd7a9c68ec926bd5196"
		"d81f8cd8b58ee06c8a10adeacc7f56e819ff514825deb15b1fadec6aae17a244"
		"cb23488d17349cd4261a8ba4da7b9c2ce5c40014dd9e362750acf3ac89b8b8f5"
		"c618f0b6a572c38fff3a554d8818a0b8e7b6015e1836128a1e4e2d5cf9971d1d"
		"d048aa181d861152eae71553962680632387b89ac1865fded7c8c3daa64ed38d"
		"c25036663fa0cf7748c52ea19c187e70a752a8053e409d4894218a429393d033"
		"82e41e50b7415b3b8ad092fd0790f88d894e84dca78f47f4218937d7aa99d88c"
		"87c09bcb8da890e535026623cea6fc8b3d25db70cb42aaa48323927d87a8fcf1";
	static const char mtcute_want[] =
		"2540539ceeffd4543cd845bf319b8392e6b17bf7cf26bafcf6282ce9ae795368"
		"4ff49469c2863b17e6d65ddb16ae6f60bc07cc254c00e5ba389292f6cea0b3aa"
		"c459d1d08984d65319df8c5d124042169bbe2ab8c0c93bc7178827f2ea84e7c3"
		"a4f2660099fb6a4c38984c914283d3015278369521a4b81ecf927669b8c89746"
		"ef49ec7b019af7f3addc746362f298d96409bef4677b9c3d8e5b5afe7a44c0bc"
		"130ebc7a79b5d5980966d88d3d9eba511b101b0703abd86df7410cd120edad12"
		"2a7a3ccad92d906dbf6f43bba13555bafb626b45551275f3626a4ae26a14908d"
		"38d640680e501f52bd08a0e3ff9d9185eebdae890c167459449b2c205b3ecde4";
	uint8_t x[SRP_HASH], v[SRP_BYTES];
	const struct srp_algo *algo;
	struct salted s;

	(void)state;
	algo = with_salts(&s,
		"e6c8957ddf988d48"
		"0000000000000000000000000000000000000000000000000000000000000000",
		"9f6344822b096cff87efa426f57857b6");
	assert_ok(srp_hash_password(algo, tobs_str("newPassword"), x));
	assert_ok(srp_verifier(algo, x, v));
	assert_hex(v, sizeof v, gotd);
	algo = with_salts(&s, MTCUTE_SALT1 MTCUTE_APPENDED, MTCUTE_SALT2);
	assert_ok(srp_hash_password(algo, tobs_str("123qwe"), x));
	assert_ok(srp_verifier(algo, x, v));
	assert_hex(v, sizeof v, mtcute_want);
}

/* x without the slow hash, for the tests that are about the rest. */
static void some_x(uint8_t x[SRP_HASH])
{
	unhex(x, SRP_HASH, MTCUTE_X);
}

static void both_sides_agree(void **state)
{
	struct salted s;
	const struct srp_algo *algo = with_salts(&s, "01", "02");
	uint8_t x[SRP_HASH], wrong_x[SRP_HASH], v[SRP_BYTES];
	struct prng p = { 71 };
	struct rng r = prng_rng(&p);

	(void)state;
	some_x(x);
	memcpy(wrong_x, x, sizeof x);
	wrong_x[31] ^= 1;
	assert_ok(srp_verifier(algo, x, v));
	for (int i = 0; i < 5; i++) {
		struct srp_proof proof, wrong;
		struct srp_server server, other;
		struct tobs_view a = tobs_view(proof.a, SRP_BYTES),
				 m1 = tobs_view(proof.m1, SRP_HASH);

		assert_ok(srp_server_start(&server, algo, v, &r));
		assert_ok(srp_prove(algo, x, tobs_view(server.b, SRP_BYTES), &r, &proof));
		assert_ok(srp_server_check(&server, algo, a, m1));
		/* The wrong password, the proof for another attempt, a changed bit anywhere. */
		assert_ok(srp_prove(algo, wrong_x, tobs_view(server.b, SRP_BYTES), &r, &wrong));
		assert_code(srp_server_check(&server, algo, tobs_view(wrong.a, SRP_BYTES),
				    tobs_view(wrong.m1, SRP_HASH)),
			TOBS_ECRYPTO);
		assert_ok(srp_server_start(&other, algo, v, &r));
		assert_code(srp_server_check(&other, algo, a, m1), TOBS_ECRYPTO);
		assert_code(
			srp_server_check(&server, algo, a, tobs_view(proof.m1, 31)), TOBS_ECRYPTO);
		assert_code(srp_server_check(&server, algo, a, tobs_view(NULL, 0)), TOBS_ECRYPTO);
		for (int bit = 0; bit < SRP_HASH * 8; bit += 37) {
			proof.m1[bit / 8] ^= (uint8_t)(1 << bit % 8);
			assert_code(srp_server_check(&server, algo, a, m1), TOBS_ECRYPTO);
			proof.m1[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
		proof.a[100] ^= 1;
		assert_code(srp_server_check(&server, algo, a, m1), TOBS_ECRYPTO);
	}
}

/* Everything the proof is made of counts: other salts give another one, though x is the same. */
static void salts_are_part_of_the_proof(void **state)
{
	struct salted s, other;
	const struct srp_algo *algo = with_salts(&s, "01", "02");
	uint8_t x[SRP_HASH], v[SRP_BYTES];
	struct prng p = { 72 };
	struct rng r = prng_rng(&p);
	struct srp_proof proof;
	struct srp_server server;

	(void)state;
	some_x(x);
	assert_ok(srp_verifier(algo, x, v));
	assert_ok(srp_server_start(&server, algo, v, &r));
	assert_ok(srp_prove(algo, x, tobs_view(server.b, SRP_BYTES), &r, &proof));
	with_salts(&other, "03", "02");
	assert_code(srp_server_check(&server, &other.algo, tobs_view(proof.a, SRP_BYTES),
			    tobs_view(proof.m1, SRP_HASH)),
		TOBS_ECRYPTO);
	with_salts(&other, "01", "03");
	assert_code(srp_server_check(&server, &other.algo, tobs_view(proof.a, SRP_BYTES),
			    tobs_view(proof.m1, SRP_HASH)),
		TOBS_ECRYPTO);
}

/* B and A may come without the zeros in front. */
static void numbers_without_zeros(void **state)
{
	struct salted s;
	const struct srp_algo *algo = with_salts(&s, "01", "02");
	uint8_t x[SRP_HASH], v[SRP_BYTES];
	struct prng p = { 73 };
	struct rng r = prng_rng(&p);
	struct srp_proof proof;
	struct srp_server server;
	bool short_a = false, short_b = false;

	(void)state;
	some_x(x);
	assert_ok(srp_verifier(algo, x, v));
	for (int i = 0; i < 3000 && !short_b; i++) {
		assert_ok(srp_server_start(&server, algo, v, &r));
		short_b = server.b[0] == 0;
	}
	assert_true(short_b && server.b[1] != 0);
	for (int i = 0; i < 3000 && !short_a; i++) {
		assert_ok(srp_prove(algo, x, tobs_view(server.b + 1, SRP_BYTES - 1), &r, &proof));
		short_a = proof.a[0] == 0;
	}
	assert_true(short_a && proof.a[1] != 0);
	assert_ok(srp_server_check(&server, algo, tobs_view(proof.a + 1, SRP_BYTES - 1),
		tobs_view(proof.m1, SRP_HASH)));
	assert_ok(srp_server_check(
		&server, algo, tobs_view(proof.a, SRP_BYTES), tobs_view(proof.m1, SRP_HASH)));
}

static void hostile_numbers(void **state)
{
	struct salted s;
	const struct srp_algo *algo = with_salts(&s, "01", "02");
	uint8_t x[SRP_HASH], v[SRP_BYTES], number[SRP_BYTES + 1];
	struct prng p = { 74 };
	struct rng r = prng_rng(&p);
	struct srp_proof proof, before;
	struct srp_server server;

	(void)state;
	some_x(x);
	memset(&proof, 0x66, sizeof proof);
	before = proof;
	assert_ok(srp_verifier(algo, x, v));
	assert_ok(srp_server_start(&server, algo, v, &r));
	/* 0, 1, p - 1, p, 2^2048 - 1, and one that is too long */
	for (int i = 0; i < 6; i++) {
		struct tobs_view n = tobs_view(number, SRP_BYTES + (i == 5));

		memset(number, i < 4 ? 0 : 0xff, sizeof number);
		if (i == 1)
			number[SRP_BYTES - 1] = 1;
		if (i == 2 || i == 3)
			memcpy(number, dh_known_prime, SRP_BYTES);
		if (i == 2)
			number[SRP_BYTES - 1]--;
		assert_code(srp_prove(algo, x, n, &r, &proof), TOBS_ECRYPTO);
		assert_code(
			srp_server_check(&server, algo, n, tobs_view(x, SRP_HASH)), TOBS_ECRYPTO);
	}
	assert_code(srp_prove(algo, x, tobs_view(NULL, 0), &r, &proof), TOBS_ECRYPTO);
	assert_memory_equal(&proof, &before, sizeof proof);
}

/*
 * With A = 0 (or p) the shared number is 0 whatever the password, so anybody
 * could compute M1. This one is right but for that, and must be refused.
 */
static void nobody_gets_in_with_zero(void **state)
{
	struct salted s;
	const struct srp_algo *algo = with_salts(&s, "01", "02");
	uint8_t hp[32], hg[32], h1[32], h2[32], key[32], m1[32], v[SRP_BYTES], x[SRP_HASH];
	uint8_t g[SRP_BYTES] = { [SRP_BYTES - 1] = 3 }, zero[SRP_BYTES] = { 0 };
	struct prng p = { 76 };
	struct rng r = prng_rng(&p);
	struct srp_server server;

	(void)state;
	some_x(x);
	assert_ok(srp_verifier(algo, x, v));
	assert_ok(srp_server_start(&server, algo, v, &r));
	SHA256_OF(hp, algo->p);
	SHA256_OF(hg, tobs_view(g, sizeof g));
	for (int i = 0; i < 32; i++)
		hp[i] ^= hg[i];
	SHA256_OF(h1, algo->salt1);
	SHA256_OF(h2, algo->salt2);
	SHA256_OF(key, tobs_view(zero, sizeof zero));
	for (int with_p = 0; with_p < 2; with_p++) {
		struct tobs_view a = with_p ? algo->p : tobs_view(zero, sizeof zero);

		SHA256_OF(m1, tobs_view(hp, 32), tobs_view(h1, 32), tobs_view(h2, 32), a,
			tobs_view(server.b, SRP_BYTES), tobs_view(key, 32));
		assert_code(srp_server_check(&server, algo, a, tobs_view(m1, 32)), TOBS_ECRYPTO);
	}
}

static void bad_groups(void **state)
{
	struct salted s;
	struct srp_algo algo = *with_salts(&s, "01", "02");
	uint8_t x[SRP_HASH], v[SRP_BYTES], composite[SRP_BYTES];
	struct tobs_view good = algo.p;
	struct prng p = { 75 };
	struct rng r = prng_rng(&p);
	struct srp_proof proof;
	struct srp_server server;

	(void)state;
	some_x(x);
	assert_ok(srp_verifier(&algo, x, v));
	assert_ok(srp_server_start(&server, &algo, v, &r));
	for (int i = 0; i < 3; i++) {
		struct srp_server unused;

		algo.g = i == 0 ? 2 : 3;
		memcpy(composite, dh_known_prime, SRP_BYTES);
		composite[10] ^= 1;
		algo.p = i == 1 ? tobs_view(composite, SRP_BYTES) : good;
		if (i == 2)
			algo.p.len = 255;
		assert_code(srp_verifier(&algo, x, v), TOBS_ECRYPTO);
		assert_code(srp_prove(&algo, x, tobs_view(server.b, SRP_BYTES), &r, &proof),
			TOBS_ECRYPTO);
		assert_code(srp_server_start(&unused, &algo, v, &r), TOBS_ECRYPTO);
	}
	assert_code(srp_server_check(
			    &server, &algo, tobs_view(server.b, SRP_BYTES), tobs_view(x, SRP_HASH)),
		TOBS_ECRYPTO);
}

/* A server that draws 0 for ever sends k*v + 1, and v = 0, which no password gives, makes that 1. */
static void a_stuck_rng(void **state)
{
	static const struct srp_server zero;
	struct salted s;
	const struct srp_algo *algo = with_salts(&s, "01", "02");
	uint8_t x[SRP_HASH], v[SRP_BYTES] = { 0 };
	struct dealt d = { .again = true };
	struct rng r = dealt_rng(&d, "00");
	struct srp_proof proof;
	struct srp_server server;

	(void)state;
	some_x(x);
	assert_code(srp_server_start(&server, algo, v, &r), TOBS_ECRYPTO);
	assert_memory_equal(&server, &zero, sizeof zero);
	assert_code(
		srp_prove(algo, x, tobs_view(dh_known_prime + 1, 255), &r, &proof), TOBS_ECRYPTO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mtcute),
		cmocka_unit_test(grammers),
		cmocka_unit_test(verifiers),
		cmocka_unit_test(both_sides_agree),
		cmocka_unit_test(salts_are_part_of_the_proof),
		cmocka_unit_test(numbers_without_zeros),
		cmocka_unit_test(hostile_numbers),
		cmocka_unit_test(nobody_gets_in_with_zero),
		cmocka_unit_test(bad_groups),
		cmocka_unit_test(a_stuck_rng),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
