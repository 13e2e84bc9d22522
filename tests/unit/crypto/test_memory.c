/* SPDX-License-Identifier: MIT */
/*
 * Everything that calculates with libcrypto's heap, with every allocation of it
 * failed in turn: libcrypto is told to allocate through base/alloc.h first.
 */
#include <openssl/crypto.h>
#include <openssl/err.h>

#include "base/alloc.h"
#include "crypto/aes_ctr.h"
#include "crypto/dh.h"
#include "crypto/rsa_private.h"
#include "crypto/sha.h"
#include "crypto/srp.h"
#include "crypto/telegram_keys.h"
#include "support/bytes.h"
#include "unit/crypto/pem.h"

static void *hook_malloc(size_t n, const char *file, int line)
{
	(void)file;
	(void)line;
	return mem_alloc(n);
}

static void *hook_realloc(void *p, size_t n, const char *file, int line)
{
	(void)file;
	(void)line;
	return mem_realloc(p, n);
}

static void hook_free(void *p, const char *file, int line)
{
	(void)file;
	(void)line;
	mem_free(p);
}

static struct rsa_private *key;

/* What a job computed; it may not come out otherwise when it says that it went well. */
static uint8_t result[4096], right[4096];

static int stream(void)
{
	const uint8_t secret[32] = { 1 }, iv[16] = { 2 };
	struct aes_ctr c;
	int r = aes_ctr_init(&c, secret, iv);

	if (r)
		return r;
	r = aes_ctr_run(&c, result, result, 40);
	if (!r)
		r = aes_ctr_seek_cdn(&c, 5);
	aes_ctr_deinit(&c);
	return r;
}

static int slow_hash(void)
{
	return pbkdf2_sha512(tobs_str("a"), tobs_str("b"), 2, result, 64);
}

static int exchange(void)
{
	struct prng p = { 81 };
	struct rng r = prng_rng(&p);
	uint8_t *secret = result, *ours = result + DH_BYTES, *shared = result + 2 * DH_BYTES;
	int code = dh_generate(dh_known_prime, 3, &r, secret, ours);

	return code ? code : dh_shared(dh_known_prime, tobs_view(ours, DH_BYTES), secret, shared);
}

/* Not the known prime, and found composite at once, so it can be repeated. */
static int group(void)
{
	uint8_t p[DH_BYTES];
	int r;

	memcpy(p, dh_known_prime, DH_BYTES);
	p[DH_BYTES - 1] ^= 2;
	r = dh_check_group(tobs_view(p, DH_BYTES), 4);
	return r == TOBS_ECRYPTO ? TOBS_OK : r ? r : TOBS_EINTERNAL;
}

static int encrypt(void)
{
	struct prng p = { 82 };
	struct rng r = prng_rng(&p);
	int code = rsa_encrypt_pad(&telegram_key_test, &r, tobs_str("data"), result);

	return code
		? code
		: rsa_encrypt_sha1(&telegram_key_test, &r, tobs_str("data"), result + RSA_BYTES);
}

static int decrypt(void)
{
	uint8_t block[RSA_BYTES] = { 0 };

	block[RSA_BYTES - 1] = 1;
	return rsa_decrypt_sha1(key, block, result);
}

static int verifier(void)
{
	const struct srp_algo algo = { tobs_str("a"), tobs_str("b"),
		tobs_view(dh_known_prime, DH_BYTES), 3 };
	const uint8_t x[SRP_HASH] = { 9 };
	struct prng p = { 83 };
	struct rng r = prng_rng(&p);
	struct srp_server server;
	struct srp_proof proof;
	int code = srp_verifier(&algo, x, result);

	if (!code)
		code = srp_server_start(&server, &algo, result, &r);
	if (!code)
		code = srp_prove(&algo, x, tobs_view(server.b, SRP_BYTES), &r, &proof);
	if (!code)
		code = srp_server_check(&server, &algo, tobs_view(proof.a, SRP_BYTES),
			tobs_view(proof.m1, SRP_HASH));
	if (!code)
		memcpy(result + SRP_BYTES, &proof, sizeof proof);
	return code;
}

static int public_pem(void)
{
	struct rsa_public k;
	struct tobs_buf out;
	int r = rsa_public_from_pem(&k, tobs_str(PEM_KEY_PUBLIC));

	tobs_buf_init(&out, sizeof result);
	if (!r)
		r = rsa_public_to_pem(&k, &out);
	if (!r)
		memcpy(result, out.ptr, out.len);
	tobs_buf_deinit(&out);
	return r;
}

static int private_pem(void)
{
	struct rsa_private *k = NULL;
	struct tobs_buf out;
	int r = rsa_private_from_pem(tobs_str(PEM_KEY), &k);

	tobs_buf_init(&out, sizeof result);
	if (!r)
		r = rsa_private_to_pem(k, &out);
	if (!r)
		memcpy(result, out.ptr, out.len);
	tobs_buf_wipe(&out);
	rsa_private_free(k);
	return r;
}

/* Two primes are dealt, so that it is quick. */
static int generate(void)
{
	struct dealt d = { .len = 256 };
	struct rng r = { dealt_fill, &d };
	struct rsa_private *k = NULL;
	int code;

	/* 2^1024 - 105 and 2^1024 - 179 */
	memset(d.bytes, 0xff, d.len);
	d.bytes[127] = 0x97;
	d.bytes[255] = 0x4d;
	code = rsa_private_generate(&r, &k);
	if (!code)
		memcpy(result, rsa_private_public(k)->n, RSA_BYTES);
	rsa_private_free(k);
	return code;
}

struct gate {
	uint64_t fail_at, calls;
};

static bool gate(uint64_t nth, void *user)
{
	struct gate *g = user;

	g->calls = nth + 1;
	return nth != g->fail_at;
}

static int run(int (*fn)(void), struct gate *g)
{
	int r;

	memset(result, 0, sizeof result);
	mem_set_gate(gate, g);
	r = fn();
	mem_set_gate(NULL, NULL);
	assert_int_equal(ERR_peek_error(), 0);
	if (r == TOBS_OK)
		assert_memory_equal(result, right, sizeof right);
	return r;
}

/*
 * Runs it twice, for what libcrypto keeps for itself and to count, and then with
 * one allocation failing after the other. Where there are thousands, some in the
 * middle are passed over.
 *
 * libcrypto's coders of PEM fill caches as they go, so what is left after a run
 * says nothing there (a real leak ASan sees at the end), and their way to say
 * that memory ran out is to find nothing.
 */
static void starve(int (*fn)(void), bool coders)
{
	struct gate g = { UINT64_MAX, 0 };
	uint64_t total;

	memset(result, 0, sizeof result);
	assert_ok(fn());
	memcpy(right, result, sizeof right);
	assert_ok(run(fn, &g));
	total = g.calls;
	assert_true(total > 0);
	for (g.fail_at = 0; g.fail_at < total;
		g.fail_at += g.fail_at < 30 || g.fail_at + 30 > total ? 1 : total / 50 + 1) {
		int64_t before = mem_live();
		int r = run(fn, &g);

		if (r != TOBS_OK && r != TOBS_ENOMEM && !(coders && r == TOBS_EMALFORMED))
			fail_msg("failing allocation %d gives %s", (int)g.fail_at,
				tobs_error_name(r));
		if (!coders)
			assert_int_equal(mem_live(), before);
	}
}

static void out_of_memory(void **state)
{
	(void)state;
	starve(stream, false);
	starve(slow_hash, false);
	starve(exchange, false);
	starve(group, false);
	starve(encrypt, false);
	starve(decrypt, false);
	starve(verifier, false);
	starve(generate, false);
	starve(public_pem, true);
	starve(private_pem, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(out_of_memory),
	};
	int r;

	/* Before libcrypto allocates anything. */
	if (!CRYPTO_set_mem_functions(hook_malloc, hook_realloc, hook_free))
		return 1;
	if (rsa_private_from_pem(tobs_str(PEM_KEY), &key))
		return 1;
	r = cmocka_run_group_tests(tests, NULL, NULL);
	rsa_private_free(key);
	return r;
}
