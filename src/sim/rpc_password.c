/* SPDX-License-Identifier: MIT */
#include "sim/rpc_password.h"

#include "crypto/dh.h"

enum { GENERATOR = 3 };

static struct srp_algo algo_of(const struct sim_password *p)
{
	return (struct srp_algo){ tobs_view(p->salt1, sizeof p->salt1),
		tobs_view(p->salt2, sizeof p->salt2), tobs_view(dh_known_prime, DH_BYTES),
		GENERATOR };
}

static struct sim_password *record_of(struct sim_call *c, struct sim_account *a)
{
	struct sim_password *p;

	ARRAY_EACH (it, &c->rpc->passwords)
		if ((*it)->account == a)
			return *it;
	p = MEM_NEW(struct sim_password);
	if (!p)
		return NULL;
	p->account = a;
	rng_fill(c->rpc->rng, p->salt1, sizeof p->salt1);
	rng_fill(c->rpc->rng, p->salt2, sizeof p->salt2);
	if (ARRAY_PUSH(&c->rpc->passwords, p)) {
		mem_free(p);
		return NULL;
	}
	return p;
}

/* Done once an account, as it takes a twentieth of a second. */
static int make_verifier(struct sim_password *p)
{
	struct srp_algo algo = algo_of(p);
	uint8_t x[SRP_HASH];
	int r;

	if (p->has_verifier)
		return TOBS_OK;
	r = srp_hash_password(&algo, p->account->password, x);
	if (!r)
		r = srp_verifier(&algo, x, p->verifier);
	p->has_verifier = r == TOBS_OK;
	return r;
}

static const union tl_PasswordKdfAlgo *algo_object(struct sim_call *c, const struct sim_password *p)
{
	struct tl_passwordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow *o = RPC_NEW(
		c, tl_passwordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow);
	struct srp_algo algo = algo_of(p);

	if (!o)
		return NULL;
	o->ctor = TL_passwordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow;
	o->salt1 = algo.salt1;
	o->salt2 = algo.salt2;
	o->g = GENERATOR;
	o->p = algo.p;
	return (const void *)o;
}

/* A fresh B and srp_id for every attempt. */
static bool begin_attempt(struct sim_call *c, struct sim_password *p)
{
	struct srp_algo algo = algo_of(p);

	if (make_verifier(p) || srp_server_start(&p->attempt, &algo, p->verifier, c->rpc->rng))
		return rpc_no_memory(c);
	p->srp_id = (int64_t)(rng_u64(c->rpc->rng) >> 1);
	p->has_attempt = true;
	return true;
}

bool rpc_password_get(struct sim_call *c)
{
	struct sim_account *a = c->account ? c->account : c->login->half;
	struct tl_account_password *ret = RPC_NEW(c, tl_account_password);
	struct tl_securePasswordKdfAlgoUnknown *secure = RPC_NEW(
		c, tl_securePasswordKdfAlgoUnknown);
	struct sim_password *p;

	if (!a)
		return rpc_refuse(c, 401, "AUTH_KEY_UNREGISTERED");
	p = record_of(c, a);
	if (!ret || !secure || !p)
		return rpc_no_memory(c);
	secure->ctor = TL_securePasswordKdfAlgoUnknown;
	ret->ctor = TL_account_password;
	ret->new_algo = algo_object(c, p);
	ret->new_secure_algo = (const void *)secure;
	ret->secure_random = tobs_view(p->salt1, 32);
	if (a->password.len) {
		if (!begin_attempt(c, p))
			return false;
		ret->has_password = 1;
		ret->current_algo = ret->new_algo;
		ret->srp_B = tobs_view(p->attempt.b, SRP_BYTES);
		ret->srp_id = p->srp_id;
		if (a->hint.len)
			ret->hint = a->hint;
	}
	return ret->new_algo ? rpc_ok(c, ret) : rpc_no_memory(c);
}

bool rpc_password_check(
	struct sim_call *c, struct sim_account *a, const struct tl_inputCheckPasswordSRP *proof)
{
	struct sim_password *p = record_of(c, a);
	struct srp_algo algo;

	if (!p)
		return rpc_no_memory(c);
	if (!p->has_attempt || proof->srp_id != p->srp_id)
		return rpc_refuse(c, 400, "SRP_ID_INVALID");
	p->has_attempt = false;
	algo = algo_of(p);
	if (srp_server_check(&p->attempt, &algo, proof->A, proof->M1))
		return rpc_refuse(c, 400, "PASSWORD_HASH_INVALID");
	return true;
}
