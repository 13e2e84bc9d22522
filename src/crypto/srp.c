/* SPDX-License-Identifier: MIT */
#include "crypto/srp.h"

#include <tobs/err.h>

#include "base/rand.h"
#include "base/wipe.h"
#include "crypto/bn.h"
#include "crypto/dh.h"
#include "crypto/sha.h"

#define ITERATIONS 100000 /* it is in the algorithm's name */
/* A number out of range comes once in 2^63 times; then rather the rng is broken. */
#define TRIES 4

/* SH(data, salt) := H(salt | data | salt) */
static void salted_hash(uint8_t ret[SRP_HASH], struct tobs_view data, struct tobs_view salt)
{
	SHA256_OF(ret, salt, data, salt);
}

int srp_hash_password(
	const struct srp_algo *algo, struct tobs_view password, uint8_t ret_x[SRP_HASH])
{
	uint8_t ph[SRP_HASH], slow[SHA512_BYTES];
	int r;

	/* PH1(password, salt1, salt2) := SH(SH(password, salt1), salt2) */
	salted_hash(ph, password, algo->salt1);
	salted_hash(ph, tobs_view(ph, sizeof ph), algo->salt2);
	/* PH2(password, salt1, salt2) := SH(pbkdf2(sha512, PH1(…), salt1, 100000), salt2) */
	r = pbkdf2_sha512(tobs_view(ph, sizeof ph), algo->salt1, ITERATIONS, slow, sizeof slow);
	if (!r)
		salted_hash(ret_x, tobs_view(slow, sizeof slow), algo->salt2);
	mem_wipe(ph, sizeof ph);
	mem_wipe(slow, sizeof slow);
	return r;
}

/* The numbers both sides have in common, temporary ones of a BN_CTX. */
struct common {
	BN_CTX *ctx;
	BIGNUM *p, *g;
	uint8_t g_bytes[SRP_BYTES]; /* g as it is hashed */
	struct tobs_view p_view, g_view;
};

/* The group must have been checked. common_end() also after a failure. */
static int common_begin(struct common *c, const struct srp_algo *algo)
{
	*c = (struct common){ .ctx = bn_begin() };
	if (!c->ctx)
		return TOBS_ENOMEM;
	c->g_bytes[SRP_BYTES - 1] = (uint8_t)algo->g;
	c->g_view = tobs_view(c->g_bytes, SRP_BYTES);
	c->p_view = algo->p;
	c->p = bn_from(c->ctx, algo->p);
	c->g = bn_from(c->ctx, c->g_view);
	return c->p && c->g ? TOBS_OK : TOBS_ENOMEM;
}

static void common_end(struct common *c)
{
	bn_end(c->ctx);
}

/* k * v mod p with k := H(p | g) */
static BIGNUM *k_times(struct common *c, const BIGNUM *v)
{
	uint8_t hash[SRP_HASH];
	BIGNUM *k, *kv;

	SHA256_OF(hash, c->p_view, c->g_view);
	k = bn_from(c->ctx, tobs_view(hash, sizeof hash));
	kv = BN_CTX_get(c->ctx);
	return k && kv && BN_mod_mul(kv, k, v, c->p, c->ctx) ? kv : NULL;
}

/* u := H(A | B). Zero, which would take the password out of the proof, has a chance of 2^-256. */
static BIGNUM *scrambler(struct common *c, const uint8_t a[SRP_BYTES], const uint8_t b[SRP_BYTES])
{
	uint8_t hash[SRP_HASH];

	SHA256_OF(hash, tobs_view(a, SRP_BYTES), tobs_view(b, SRP_BYTES));
	return bn_from(c->ctx, tobs_view(hash, sizeof hash));
}

/* M1 := H(H(p) xor H(g) | H(salt1) | H(salt2) | A | B | H(s)) */
static bool proof_of(const struct common *c, const struct srp_algo *algo,
	const uint8_t a[SRP_BYTES], const uint8_t b[SRP_BYTES], const BIGNUM *s,
	uint8_t ret[SRP_HASH])
{
	uint8_t hp[SRP_HASH], hg[SRP_HASH], h1[SRP_HASH], h2[SRP_HASH], key[SRP_HASH];
	uint8_t shared[SRP_BYTES];
	bool ok = bn_to(s, shared, sizeof shared);

	if (ok) {
		SHA256_OF(hp, c->p_view);
		SHA256_OF(hg, c->g_view);
		for (int i = 0; i < SRP_HASH; i++)
			hp[i] ^= hg[i];
		SHA256_OF(h1, algo->salt1);
		SHA256_OF(h2, algo->salt2);
		SHA256_OF(key, tobs_view(shared, sizeof shared));
		SHA256_OF(ret, tobs_view(hp, SRP_HASH), tobs_view(h1, SRP_HASH),
			tobs_view(h2, SRP_HASH), tobs_view(a, SRP_BYTES), tobs_view(b, SRP_BYTES),
			tobs_view(key, SRP_HASH));
		mem_wipe(key, sizeof key);
	}
	mem_wipe(shared, sizeof shared);
	return ok;
}

int srp_verifier(const struct srp_algo *algo, const uint8_t x[SRP_HASH], uint8_t ret_v[SRP_BYTES])
{
	int r = dh_check_group(algo->p, algo->g);
	BIGNUM *exponent, *v;
	struct common c;

	if (r)
		return r;
	r = common_begin(&c, algo);
	if (r)
		goto out;
	exponent = bn_from(c.ctx, tobs_view(x, SRP_HASH));
	v = BN_CTX_get(c.ctx);
	if (!exponent || !v || !bn_pow(v, c.g, exponent, c.p, c.ctx) || !bn_to(v, ret_v, SRP_BYTES))
		r = TOBS_ENOMEM;
out:
	common_end(&c);
	return r;
}

/* s_a := pow(t, a + u * x) mod p with t := (B - k * v) mod p; NULL when memory ran out. */
static BIGNUM *client_secret(struct common *c, const uint8_t x[SRP_HASH],
	const uint8_t a[SRP_BYTES], const uint8_t a_public[SRP_BYTES],
	const uint8_t b_public[SRP_BYTES])
{
	BIGNUM *bx = bn_from(c->ctx, tobs_view(x, SRP_HASH));
	BIGNUM *e = bn_from(c->ctx, tobs_view(a, SRP_BYTES));
	BIGNUM *b = bn_from(c->ctx, tobs_view(b_public, SRP_BYTES));
	BIGNUM *u = scrambler(c, a_public, b_public);
	BIGNUM *v = BN_CTX_get(c->ctx), *ux = BN_CTX_get(c->ctx), *t = BN_CTX_get(c->ctx);
	BIGNUM *s = BN_CTX_get(c->ctx), *kv;

	if (!bx || !e || !b || !u || !s || !bn_pow(v, c->g, bx, c->p, c->ctx))
		return NULL;
	kv = k_times(c, v);
	if (!kv || !BN_mod_sub(t, b, kv, c->p, c->ctx) || !BN_mul(ux, u, bx, c->ctx) ||
		!BN_add(e, e, ux) || !bn_pow(s, t, e, c->p, c->ctx))
		return NULL;
	return s;
}

int srp_prove(const struct srp_algo *algo, const uint8_t x[SRP_HASH], struct tobs_view srp_b,
	const struct rng *rng, struct srp_proof *ret)
{
	uint8_t a[SRP_BYTES], b_public[SRP_BYTES];
	struct srp_proof proof;
	struct common c;
	BIGNUM *s;
	int r = dh_check_group(algo->p, algo->g);

	if (!r)
		r = dh_check_public(algo->p.ptr, srp_b, b_public);
	if (!r)
		r = dh_generate(algo->p.ptr, algo->g, rng, a, proof.a);
	if (r)
		return r;
	r = common_begin(&c, algo);
	if (r)
		goto out;
	s = client_secret(&c, x, a, proof.a, b_public);
	if (s && proof_of(&c, algo, proof.a, b_public, s, proof.m1))
		*ret = proof;
	else
		r = TOBS_ENOMEM;
out:
	common_end(&c);
	mem_wipe(a, sizeof a);
	return r;
}

/* B := (k * v + g^b) mod p */
static int server_public(struct srp_server *s, const struct srp_algo *algo)
{
	BIGNUM *v, *e, *b, *kv = NULL;
	struct common c;
	int r = common_begin(&c, algo);

	if (r)
		goto out;
	v = bn_from(c.ctx, tobs_view(s->v, SRP_BYTES));
	e = bn_from(c.ctx, tobs_view(s->secret, SRP_BYTES));
	b = BN_CTX_get(c.ctx);
	if (v && e && b)
		kv = k_times(&c, v);
	if (!kv || !bn_pow(b, c.g, e, c.p, c.ctx) || !BN_mod_add(b, b, kv, c.p, c.ctx) ||
		!bn_to(b, s->b, SRP_BYTES))
		r = TOBS_ENOMEM;
out:
	common_end(&c);
	return r;
}

int srp_server_start(struct srp_server *s, const struct srp_algo *algo, const uint8_t v[SRP_BYTES],
	const struct rng *rng)
{
	int r = dh_check_group(algo->p, algo->g);

	if (r)
		return r;
	memcpy(s->v, v, SRP_BYTES);
	r = TOBS_ECRYPTO;
	for (int i = 0; r == TOBS_ECRYPTO && i < TRIES; i++) {
		rng_fill(rng, s->secret, sizeof s->secret);
		r = server_public(s, algo);
		if (!r)
			r = dh_check_public(algo->p.ptr, tobs_view(s->b, SRP_BYTES), NULL);
	}
	if (r)
		srp_server_wipe(s);
	return r;
}

/* s_b := pow(A * pow(v, u), b) mod p; NULL when memory ran out. */
static BIGNUM *server_secret(
	struct common *c, const struct srp_server *server, const uint8_t a_public[SRP_BYTES])
{
	BIGNUM *v = bn_from(c->ctx, tobs_view(server->v, SRP_BYTES));
	BIGNUM *e = bn_from(c->ctx, tobs_view(server->secret, SRP_BYTES));
	BIGNUM *a = bn_from(c->ctx, tobs_view(a_public, SRP_BYTES));
	BIGNUM *u = scrambler(c, a_public, server->b);
	BIGNUM *t = BN_CTX_get(c->ctx), *s = BN_CTX_get(c->ctx);

	if (!v || !e || !a || !u || !s || !bn_pow(t, v, u, c->p, c->ctx) ||
		!BN_mod_mul(t, a, t, c->p, c->ctx) || !bn_pow(s, t, e, c->p, c->ctx))
		return NULL;
	return s;
}

int srp_server_check(const struct srp_server *s, const struct srp_algo *algo, struct tobs_view a,
	struct tobs_view m1)
{
	uint8_t a_public[SRP_BYTES], want[SRP_HASH];
	struct common c;
	BIGNUM *shared;
	int r;

	if (m1.len != SRP_HASH || algo->p.len != SRP_BYTES)
		return TOBS_ECRYPTO;
	r = dh_check_public(algo->p.ptr, a, a_public);
	if (r)
		return r;
	r = common_begin(&c, algo);
	if (r)
		goto out;
	shared = server_secret(&c, s, a_public);
	if (!shared || !proof_of(&c, algo, a_public, s->b, shared, want))
		r = TOBS_ENOMEM;
	else if (!mem_eq_const(want, m1.ptr, SRP_HASH))
		r = TOBS_ECRYPTO;
out:
	common_end(&c);
	mem_wipe(want, sizeof want);
	return r;
}

void srp_server_wipe(struct srp_server *s)
{
	mem_wipe(s, sizeof *s);
}
