/* SPDX-License-Identifier: MIT */
/*
 * Crypto: what a message costs (AES-IGE, hashes, key derivation), what a stream
 * costs (AES-CTR), and what a login costs (the pieces of the key exchange,
 * SRP). Prints one line a case: the best of some tries, because everything that
 * disturbs a measurement makes it longer.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/attr.h"
#include "base/clock.h"
#include "base/rand.h"
#include "crypto/aes_ctr.h"
#include "crypto/aes_ige.h"
#include "crypto/dh.h"
#include "crypto/kdf.h"
#include "crypto/pq.h"
#include "crypto/rsa_private.h"
#include "crypto/sha.h"
#include "crypto/srp.h"
#include "crypto/telegram_keys.h"

enum { PART = 1 << 20, LANES = 4 };

static uint8_t part[LANES][PART];
static int failures;

/* A piece of work, done `times` times. */
typedef void (*work_fn)(int times);

/* The least nanoseconds one piece took. */
static double best_ns(work_fn work, int times, int tries)
{
	double best = 1e18;

	for (int i = 0; i < tries; i++) {
		int64_t start = clock_mono(clock_system());
		double ns;

		work(times);
		ns = (double)(clock_mono(clock_system()) - start) * 1e3 / times;
		best = MIN(best, ns);
	}
	return best;
}

static void show_rate(const char *what, double ns, double bytes)
{
	printf("%-44s %8.0f MiB/s\n", what, bytes / ns * 1e9 / (1 << 20));
}

static void show_time(const char *what, double ns)
{
	if (ns < 1e4)
		printf("%-44s %8.0f ns\n", what, ns);
	else
		printf("%-44s %8.0f us\n", what, ns / 1e3);
}

static void check(int r)
{
	failures += r != 0;
}

/* -- AES-IGE -- */

static struct aes_ige_key ige_key;
static int ige_lanes;

static void run_ige(int times)
{
	static uint8_t iv[LANES][AES_IGE_IV];
	struct aes_ige_job jobs[LANES];

	for (int i = 0; i < LANES; i++)
		jobs[i] = (struct aes_ige_job){ &ige_key, iv[i], part[i], part[i], PART };
	while (times--)
		check(aes_ige_run_many(jobs, (size_t)ige_lanes));
}

static void bench_ige(void)
{
	static const struct {
		enum aes_ige_engine_id id;
		const char *name;
	} engines[] = { { AES_IGE_PORTABLE, "portable" }, { AES_IGE_X86, "AES-NI" },
		{ AES_IGE_ARM, "ARMv8" } };
	const uint8_t key[AES_IGE_KEY] = { 1 };
	char what[80];

	for (size_t e = 0; e < ARRAY_LEN(engines); e++) {
		for (int decrypts = 0; decrypts < 2; decrypts++) {
			if (aes_ige_key_for(&ige_key, engines[e].id, key, decrypts))
				continue;
			for (ige_lanes = 1; ige_lanes <= LANES; ige_lanes *= 2) {
				snprintf(what, sizeof what, "AES-IGE %s, %s, %d at once",
					decrypts ? "decrypt" : "encrypt", engines[e].name,
					ige_lanes);
				show_rate(what, best_ns(run_ige, 2, 10), (double)PART * ige_lanes);
			}
		}
	}
}

static void run_ige_message(int times)
{
	const uint8_t key[AES_IGE_KEY] = { 1 }, iv[AES_IGE_IV] = { 2 };

	while (times--)
		check(aes_ige_encrypt(key, iv, part[0], part[0], 112));
}

static void run_ctr(int times)
{
	const uint8_t key[AES_CTR_KEY] = { 1 }, iv[AES_CTR_IV] = { 2 };
	struct aes_ctr c;

	check(aes_ctr_init(&c, key, iv));
	while (times--)
		check(aes_ctr_run(&c, part[0], part[0], PART));
	aes_ctr_deinit(&c);
}

static void run_ctr_small(int times)
{
	const uint8_t key[AES_CTR_KEY] = { 1 }, iv[AES_CTR_IV] = { 2 };
	struct aes_ctr c;

	check(aes_ctr_init(&c, key, iv));
	while (times--)
		check(aes_ctr_run(&c, part[0], part[0], 128));
	aes_ctr_deinit(&c);
}

/* -- hashes and keys -- */

static void run_sha1(int times)
{
	uint8_t hash[SHA1_BYTES];

	while (times--)
		SHA1_OF(hash, tobs_view(part[0], 64));
}

static void run_sha256(int times)
{
	uint8_t hash[SHA256_BYTES];

	while (times--)
		SHA256_OF(hash, tobs_view(part[0], 64));
}

static void run_sha256_large(int times)
{
	uint8_t hash[SHA256_BYTES];

	while (times--)
		SHA256_OF(hash, tobs_view(part[0], PART));
}

static void run_kdf(int times)
{
	static struct auth_key key;
	uint8_t msg_key[MSG_KEY_BYTES];
	struct kdf_aes aes;

	while (times--) {
		kdf_msg_key(&key, MSG_BY_CLIENT, tobs_view(part[0], 112), msg_key, NULL);
		kdf_msg_aes(&key, MSG_BY_CLIENT, msg_key, &aes);
	}
}

/* -- key exchange and login -- */

static struct rsa_private *server_key;

static void run_pq(int times)
{
	struct prng p = { 5 };
	struct rng r = prng_rng(&p);

	while (times--) {
		uint64_t a, b;

		check(pq_factor(pq_generate(&r), &r, &a, &b));
	}
}

static void run_rsa_encrypt(int times)
{
	uint8_t block[RSA_BYTES];

	while (times--)
		check(rsa_encrypt_pad(
			&telegram_key_production, rng_system(), tobs_str("data"), block));
}

static void run_rsa_decrypt(int times)
{
	uint8_t block[RSA_BYTES] = { 0 }, plain[RSA_SHA1_PLAIN];

	while (times--)
		check(rsa_decrypt_sha1(server_key, block, plain));
}

static void run_rsa_generate(int times)
{
	struct prng p = { 7 };
	struct rng r = prng_rng(&p);

	while (times--) {
		struct rsa_private *k = NULL;

		check(rsa_private_generate(&r, &k));
		rsa_private_free(k);
	}
}

static void run_dh(int times)
{
	uint8_t secret[DH_BYTES], ours[DH_BYTES], shared[DH_BYTES];

	while (times--) {
		check(dh_generate(dh_known_prime, 3, rng_system(), secret, ours));
		check(dh_shared(dh_known_prime, tobs_view(ours, DH_BYTES), secret, shared));
	}
}

static void run_srp(int times)
{
	const struct srp_algo algo = { tobs_str("salt1"), tobs_str("salt2"),
		tobs_view(dh_known_prime, DH_BYTES), 3 };
	struct srp_proof proof;
	uint8_t x[SRP_HASH];

	while (times--) {
		check(srp_hash_password(&algo, tobs_str("password"), x));
		check(srp_prove(&algo, x, tobs_view(telegram_key_production.n + 1, 255),
			rng_system(), &proof));
	}
}

int main(void)
{
	struct prng p = { 3 };
	struct rng r = prng_rng(&p);

	if (rsa_private_generate(&r, &server_key))
		return 1;
	rng_fill(&r, part, sizeof part);
	printf("AES-IGE uses %s\n", aes_ige_engine_name());
	bench_ige();
	show_time("AES-IGE, 112 bytes with a new key", best_ns(run_ige_message, 100000, 5));
	show_rate("AES-CTR", best_ns(run_ctr, 8, 5), PART);
	show_time("AES-CTR, 128 bytes", best_ns(run_ctr_small, 100000, 5));
	show_time("SHA-1, 64 bytes", best_ns(run_sha1, 100000, 5));
	show_time("SHA-256, 64 bytes", best_ns(run_sha256, 100000, 5));
	show_rate("SHA-256", best_ns(run_sha256_large, 8, 5), PART);
	show_time("keys of a message of 112 bytes", best_ns(run_kdf, 100000, 5));
	show_time("pq into primes", best_ns(run_pq, 50, 3));
	show_time("RSA_PAD", best_ns(run_rsa_encrypt, 50, 3));
	show_time("RSA with the private key", best_ns(run_rsa_decrypt, 20, 3));
	show_time("RSA key of 2048 bits", best_ns(run_rsa_generate, 3, 1));
	show_time("DH, both powers", best_ns(run_dh, 10, 3));
	show_time("SRP, hash and proof", best_ns(run_srp, 1, 3));
	rsa_private_free(server_key);
	if (failures)
		printf("%d calls failed: the numbers above mean nothing\n", failures);
	return failures != 0;
}
