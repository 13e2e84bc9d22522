/* SPDX-License-Identifier: MIT */
#include "crypto/rsa.h"

#include "crypto/telegram_keys.h"
#include "support/bytes.h"
#include "unit/crypto/pem.h"

/* Another, older key of Telegram's, with its fingerprint in the tests of mtcute. */
static const char old_telegram[] =
	"-----BEGIN RSA PUBLIC KEY-----\n"
	"MIIBCgKCAQEAruw2yP/BCcsJliRoW5eBVBVle9dtjJw+OYED160Wybum9SXtBBLX\n"
	"riwt4rROd9csv0t0OHCaTmRqBcQ0J8fxhN6/cpR1GWgOZRUAiQxoMnlt0R93LCX/\n"
	"j1dnVa/gVbCjdSxpbrfY2g2L4frzjJvdl84Kd9ORYjDEAyFnEA7dD556OptgLQQ2\n"
	"e2iVNq8NZLYTzLp5YpOdO1doK+ttrltggTCy5SrKeLoCPPbOgGsdxJxyz5KKcZnS\n"
	"Lj16yE5HvJQn0CNpRdENvRUXe6tBP78O39oJ8BTHp9oIjd6XWXAsp2CvK45Ol8wF\n"
	"XGF710w9lwCGNbmNxNYhtIkdqfsEcwR5JwIDAQAB\n"
	"-----END RSA PUBLIC KEY-----\n";

static void assert_same(const struct rsa_public *a, const struct rsa_public *b)
{
	assert_memory_equal(a->n, b->n, RSA_BYTES);
	assert_int_equal(a->e, b->e);
	assert_true(a->fingerprint == b->fingerprint);
}

static void from_pem(void **state)
{
	static const char *const forms[] = { PEM_KEY_PUBLIC_PKCS1, PEM_KEY_PUBLIC,
		"some text in front\n" PEM_KEY_PUBLIC_PKCS1 "and behind",
		PEM_KEY_PUBLIC PEM_EC_PUBLIC };
	struct rsa_public k, again;
	uint8_t n[RSA_BYTES];

	(void)state;
	UNHEX(n, PEM_KEY_N);
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		memset(&k, 0, sizeof k);
		assert_ok(rsa_public_from_pem(&k, tobs_str(forms[i])));
		assert_memory_equal(k.n, n, sizeof n);
		assert_int_equal(k.e, 65537);
	}
	assert_ok(rsa_public_set(&again, tobs_view(n, sizeof n), tobs_view("\1\0\1", 3)));
	assert_same(&again, &k);
	assert_ok(rsa_public_from_pem(&k, tobs_str(old_telegram)));
	assert_true(k.fingerprint == 0x0bc35f3509f7b7a5u);
}

static void refuses_pem(void **state)
{
	static const struct {
		const char *pem;
		int code;
	} cases[] = {
		{ "", TOBS_EMALFORMED },
		{ "hello", TOBS_EMALFORMED },
		{ "-----BEGIN RSA PUBLIC KEY-----\n-----END RSA PUBLIC KEY-----\n",
			TOBS_EMALFORMED },
		{ PEM_1024, TOBS_EINVAL },
		{ PEM_3072, TOBS_EINVAL },
		{ PEM_EC_PUBLIC, TOBS_EINVAL },
	};
	struct rsa_public k, before;
	uint8_t *big;

	(void)state;
	memset(&k, 0x33, sizeof k);
	before = k;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_code(rsa_public_from_pem(&k, tobs_str(cases[i].pem)), cases[i].code);
	assert_code(rsa_public_from_pem(&k, tobs_view(NULL, 0)), TOBS_EMALFORMED);
	big = malloc(RSA_PEM_MAX + 1);
	memset(big, '\n', RSA_PEM_MAX + 1);
	assert_code(rsa_public_from_pem(&k, tobs_view(big, RSA_PEM_MAX)), TOBS_EMALFORMED);
	assert_code(rsa_public_from_pem(&k, tobs_view(big, RSA_PEM_MAX + 1)), TOBS_ETOOBIG);
	free(big);
	assert_memory_equal(&k, &before, sizeof k);
}

/* Cut anywhere but at its last newline it is refused; with any bit flipped nothing breaks. */
static void damaged_pem(void **state)
{
	static const char pem[] = PEM_KEY_PUBLIC_PKCS1;
	struct rsa_public k;

	(void)state;
	for (size_t len = 0; len < sizeof pem - 2; len++) {
		uint8_t *cut = exact_copy(pem, len);

		assert_int_not_equal(rsa_public_from_pem(&k, tobs_view(cut, len)), TOBS_OK);
		free(cut);
	}
	for (size_t i = 0; i < sizeof pem - 1; i++) {
		uint8_t *flipped = exact_copy(pem, sizeof pem - 1);
		int r;

		flipped[i] ^= (uint8_t)(1 << i % 8);
		r = rsa_public_from_pem(&k, tobs_view(flipped, sizeof pem - 1));
		assert_true(r == TOBS_OK || r == TOBS_EMALFORMED || r == TOBS_EINVAL);
		free(flipped);
	}
}

static void to_pem(void **state)
{
	struct rsa_public k, back;
	struct tobs_buf out;

	(void)state;
	tobs_buf_init(&out, 1000);
	assert_ok(rsa_public_from_pem(&k, tobs_str(PEM_KEY_PUBLIC)));
	assert_ok(tobs_buf_puts(&out, "# "));
	assert_ok(rsa_public_to_pem(&k, &out));
	assert_view(tobs_buf_view(&out), "# " PEM_KEY_PUBLIC_PKCS1);
	tobs_buf_clear(&out);
	assert_ok(rsa_public_to_pem(&telegram_key_production, &out));
	assert_ok(rsa_public_from_pem(&back, tobs_buf_view(&out)));
	assert_same(&back, &telegram_key_production);
	tobs_buf_deinit(&out);
	tobs_buf_init(&out, 100);
	assert_code(rsa_public_to_pem(&k, &out), TOBS_ETOOBIG);
	tobs_buf_deinit(&out);
}

static void from_numbers(void **state)
{
	const struct rsa_public *known = &telegram_key_production;
	uint8_t n[RSA_BYTES + 1] = { 0 }, zeros[9] = { 0 };
	struct tobs_view v = tobs_view(n + 1, RSA_BYTES), e = tobs_view("\1\0\1", 3);
	struct rsa_public k, before;

	(void)state;
	memcpy(n + 1, known->n, RSA_BYTES);
	memset(&k, 0, sizeof k);
	assert_ok(rsa_public_set(&k, v, e));
	assert_same(&k, known);
	memset(&k, 0, sizeof k);
	assert_ok(rsa_public_set(&k, tobs_view(n, RSA_BYTES + 1), tobs_view("\0\0\1\0\1", 5)));
	assert_same(&k, known);
	before = k;
	assert_code(rsa_public_set(&k, tobs_view_sub(v, 0, 255), e), TOBS_EINVAL);
	assert_code(rsa_public_set(&k, tobs_view_sub(v, 1, 255), e), TOBS_EINVAL);
	assert_code(rsa_public_set(&k, tobs_view(NULL, 0), e), TOBS_EINVAL);
	assert_code(rsa_public_set(&k, v, tobs_view(NULL, 0)), TOBS_EINVAL);
	assert_code(rsa_public_set(&k, v, tobs_view(zeros, 9)), TOBS_EINVAL);
	assert_code(rsa_public_set(&k, v, tobs_view("\1", 1)), TOBS_EINVAL);
	assert_code(rsa_public_set(&k, v, tobs_view("\1\0\0", 3)), TOBS_EINVAL);
	assert_code(rsa_public_set(&k, v, tobs_view("\1\0\1\0\1", 5)), TOBS_EINVAL);
	n[0] = 1;
	assert_code(rsa_public_set(&k, tobs_view(n, RSA_BYTES + 1), e), TOBS_EINVAL);
	n[1] &= 0x7f;
	assert_code(rsa_public_set(&k, v, e), TOBS_EINVAL);
	n[1] |= 0x80;
	n[RSA_BYTES] ^= 1;
	assert_code(rsa_public_set(&k, v, e), TOBS_EINVAL);
	assert_memory_equal(&k, &before, sizeof k);
}

/* The fingerprint hashes e as TL bytes, which are padded: every length. Computed with Python. */
static void fingerprints(void **state)
{
	static const struct {
		const char *e;
		uint64_t fingerprint;
	} cases[] = {
		{ "03", 0xad6fd314482435ebu },
		{ "0101", 0x4afd12dc2fff687du },
		{ "010001", 0xd09d1d85de64fd85u },
		{ "01000001", 0x13d6754204040f6eu },
	};
	struct rsa_public k;
	uint8_t e[4];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		size_t len = unhex(e, sizeof e, cases[i].e);

		assert_ok(rsa_public_set(
			&k, tobs_view(telegram_key_production.n, RSA_BYTES), tobs_view(e, len)));
		assert_true(k.fingerprint == cases[i].fingerprint);
	}
}

/* From the tests of gotd (rsa_pad_test.go): the production key, 144 times 'a', no randomness. */
static void pad_of_gotd(void **state)
{
	static const char want[] =
		"bf68719e836806b040cd261ecaf66eb3c4ba19f3bbea3031b2e6cf29167bab64"
		"7201d101b291dc5b716a42e789a38d947fe59e9bcce8f30ef46a946743ea8b6b"
		"abbce7fc0afc46b802aa453e83471d82a4dfad83f971f350b4b4fb474cd1c48f"
		"df427e4b5fecce9ec3178ae7dac3985856fdefa21d6fdc5e0e0fd8a57bc4f515"
		"80d637d372be8d87c9aa3fde8e6f8287bcb3be846aadcdd59465375479e248f6"
		"2ed438f9804fbe36d41ca906243a5f740f3937949aa149ba8a8b8e68b3f3e1e3"
		"cd3f946387520e21eee55845e1f015a919a22f6a72bfaecd2cae946c91983b41"
		"f9ffabe97963bbde8f30eaf5fd3c5b8cecab8711bd269e441b6084f385726ff0";
	struct dealt d = { .again = true };
	struct rng r = dealt_rng(&d, "00");
	uint8_t data[RSA_PAD_DATA_MAX + 1], out[RSA_BYTES];

	(void)state;
	memset(data, 'a', sizeof data);
	assert_ok(rsa_encrypt_pad(
		&telegram_key_production, &r, tobs_view(data, RSA_PAD_DATA_MAX), out));
	assert_hex(out, sizeof out, want);
	assert_code(
		rsa_encrypt_pad(&telegram_key_production, &r, tobs_view(data, sizeof data), out),
		TOBS_EINVAL);
	assert_hex(out, sizeof out, want);
}

/*
 * From the tests of grammers-crypto (rsa.rs): the test key, and the padding and temp_key
 * it drew. The first one gives a block that is too large, then grammers takes the next number.
 */
static void pad_of_grammers(void **state)
{
	static const char want[] =
		"b610642a828b4a61fe32931815cae318d311660580f1e0df768f3140f4d37dfc"
		"fcac0c2870318de4ff2d2e0e9669bcfdc0bad06cadb1b59d9726b427368a9c7b"
		"4fc0d5e7b2e99fc571968705c03acf5341fd7021bef653fa77b3776ae430e366"
		"fc46d232459ebe128b08d80e049ae579a48b56ca93b520709468587c81af9666"
		"6046e9ea85091d729e921e8d8a36f57b27644052dae7387c7f4131701d59cda7"
		"5251dac66c94276280ef950d3c44c21e5a2454f7da7a6818cf23ae9c490b72b2"
		"170d7cbc24f8a93db739d76f2d241c78b80123faaff3e664f074d6375d794dbf"
		"2800a0b5bb48d54eceafedfb355bfbebd287d9023264e3b53627888250787a9e";
	struct dealt d = { 0 };
	struct rng r = dealt_rng(&d,
		"12270000635593b03fee033d0672f9afddf9124de9e77df6251806cba93482e4"
		"c9e6e06e7d44e4c4baae821aff91af44789689faaee9bdfc7b2df8c08709afe5"
		"7396c4638ceaa0dc30114f82447e81d3b53edc423b32660c43a5b8ad057b6450"
		"7dada0920c4973913229e0f881aec7b9db0c392d34f52fb0995ea493ecb4c09d"
		"7dada0920c4973913229e0f881aec7b9db0c392d34f52fb0995ea493ecb4c09e");
	uint8_t data[96], out[RSA_BYTES];

	(void)state;
	UNHEX(data,
		"955ff5a9081a8e635f5743de9b00000004453dc27100000004622f1fcb000000"
		"f7a81627bbf511fa4afef71e94a0937474586c1add9198dda81a5df8393871c8"
		"293623c5fb968894af1be7dfe9c7be813f9307789242fd0cb0c16a5cb39a8d3e");
	assert_ok(rsa_encrypt_pad(&telegram_key_test, &r, tobs_view(data, sizeof data), out));
	assert_hex(out, sizeof out, want);
	assert_int_equal(d.pos, d.len);
}

/* With a modulus as small as they come every second block is too large. */
static void tries_other_keys(void **state)
{
	struct rsa_public k = telegram_key_production;
	struct dealt d = { .again = true };
	struct rng stuck = { dealt_fill, &d }, r;
	struct prng p = { 51 };
	uint8_t out[RSA_BYTES];
	int gave_up = 0;

	(void)state;
	memset(k.n, 0, RSA_BYTES);
	k.n[0] = 0x80;
	k.n[RSA_BYTES - 1] = 1;
	r = prng_rng(&p);
	for (int i = 0; i < 40; i++) {
		int code;

		assert_ok(rsa_encrypt_pad(&k, &r, tobs_str("data"), out));
		assert_true(memcmp(out, k.n, RSA_BYTES) < 0);
		/* An rng that goes in circles of 32 bytes gives the same temp_key each time. */
		rng_fill(&r, d.bytes, 32);
		d.len = 32;
		code = rsa_encrypt_pad(&k, &stuck, tobs_str("data"), out);
		assert_true(code == TOBS_OK || code == TOBS_ECRYPTO);
		gave_up += code == TOBS_ECRYPTO;
	}
	assert_in_range(gave_up, 1, 39);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(from_pem),
		cmocka_unit_test(refuses_pem),
		cmocka_unit_test(damaged_pem),
		cmocka_unit_test(to_pem),
		cmocka_unit_test(from_numbers),
		cmocka_unit_test(fingerprints),
		cmocka_unit_test(pad_of_gotd),
		cmocka_unit_test(pad_of_grammers),
		cmocka_unit_test(tries_other_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
