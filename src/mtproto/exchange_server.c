/* SPDX-License-Identifier: MIT */
/* The server's end of the key exchange, as strict as the real one. */
#include <tobs/tl.h>

#include "base/wipe.h"
#include "crypto/aes_ige.h"
#include "crypto/pq.h"
#include "crypto/sha.h"
#include "mtproto/exchange.h"
#include "mtproto/message.h"
#include "tl/wire.h"

enum {
	ARENA_MAX = 1 << 16,
	BODY_MAX = 4096,
	SECOND = 1000000,
	GENERATOR = 3, /* of the well-known prime */
};

void mt_exchange_server_init(struct mt_exchange_server *x, const struct rsa_private *key,
	const struct clock *clock, const struct rng *rng)
{
	*x = (struct mt_exchange_server){ .key = key, .clock = clock, .rng = rng };
	mt_ids_init(&x->ids, clock, 0);
}

void mt_exchange_server_deinit(struct mt_exchange_server *x)
{
	if (x)
		mem_wipe(x, sizeof *x);
}

static int answer(struct mt_exchange_server *x, const void *object, struct tobs_buf *out)
{
	struct tobs_buf body;
	int r;

	tobs_buf_init(&body, BODY_MAX);
	r = tl_encode(&body, object, NULL);
	if (!r)
		r = mt_seal_plain(out, mt_ids_next_server(&x->ids, true), tobs_buf_view(&body));
	tobs_buf_deinit(&body);
	return r;
}

/* A new exchange may begin at any time: a client wants a second key over the same connection. */
static int on_req_pq(
	struct mt_exchange_server *x, const struct tl_req_pq_multi *q, struct tobs_buf *out)
{
	int64_t fingerprint = (int64_t)rsa_private_public(x->key)->fingerprint;
	struct tl_resPQ res = { .ctor = TL_resPQ,
		.server_public_key_fingerprints = { 1, &fingerprint } };
	uint8_t pq_bytes[8];
	uint64_t pq = pq_generate(x->rng);

	if (pq_factor(pq, x->rng, &x->p, &x->q))
		return TOBS_EINTERNAL;
	memcpy(x->nonce, q->nonce, NONCE_BYTES);
	rng_fill(x->rng, x->server_nonce, NONCE_BYTES);
	memcpy(res.nonce, x->nonce, NONCE_BYTES);
	memcpy(res.server_nonce, x->server_nonce, NONCE_BYTES);
	res.pq = tobs_view(pq_bytes, pq_write(pq, pq_bytes));
	x->state = MT_EXCHANGE_PARAMS;
	return answer(x, &res, out);
}

static bool nonces_match(
	const struct mt_exchange_server *x, const uint8_t *nonce, const uint8_t *server_nonce)
{
	return memcmp(nonce, x->nonce, NONCE_BYTES) == 0 &&
		memcmp(server_nonce, x->server_nonce, NONCE_BYTES) == 0;
}

static bool same_number(struct tobs_view bytes, uint64_t n)
{
	uint64_t got;

	return pq_read(bytes, &got) == TOBS_OK && got == n;
}

/* All forms begin with the same fields; only what follows new_nonce differs. */
static int take_inner(struct mt_exchange_server *x, const union tl_P_Q_inner_data *d)
{
	const struct tl_p_q_inner_data *common = &d->p_q_inner_data;

	if (!nonces_match(x, common->nonce, common->server_nonce) ||
		!same_number(common->p, x->p) || !same_number(common->q, x->q) ||
		!same_number(common->pq, x->p * x->q))
		return TOBS_ECRYPTO;
	memcpy(x->new_nonce, common->new_nonce, NEW_NONCE_BYTES);
	x->agreed = (struct mt_agreed){ 0 };
	if (d->ctor == TL_p_q_inner_data_dc)
		x->agreed.dc = d->p_q_inner_data_dc.dc;
	if (d->ctor == TL_p_q_inner_data_temp_dc) {
		const struct tl_p_q_inner_data_temp_dc *t = &d->p_q_inner_data_temp_dc;

		if (t->expires_in <= 0)
			return TOBS_ECRYPTO;
		x->agreed.dc = t->dc;
		x->agreed.expires_at = clock_wall(x->clock) / SECOND + t->expires_in;
	}
	return TOBS_OK;
}

static int decode_inner(struct mt_exchange_server *x, struct tobs_view plain,
	struct tobs_arena *arena, size_t *ret_used)
{
	const void *object;
	int r = tl_decode(plain, arena, &object, ret_used, NULL);

	if (r)
		return TOBS_ECRYPTO;
	switch (tl_id(object)) {
	case TL_p_q_inner_data:
	case TL_p_q_inner_data_dc:
	case TL_p_q_inner_data_temp_dc: return take_inner(x, object);
	default: return TOBS_ECRYPTO;
	}
}

/* First as current clients do it, then the older way. */
static int decrypt_inner(
	struct mt_exchange_server *x, struct tobs_view block, struct tobs_arena *arena)
{
	uint8_t *plain = tobs_arena_alloc(arena, RSA_SHA1_PLAIN);
	size_t used;
	int r;

	if (!plain)
		return TOBS_ENOMEM;
	if (block.len != RSA_BYTES)
		return TOBS_ECRYPTO;
	r = rsa_decrypt_pad(x->key, block.ptr, plain);
	if (!r)
		return decode_inner(x, tobs_view(plain, RSA_PAD_PLAIN), arena, &used);
	r = rsa_decrypt_sha1(x->key, block.ptr, plain);
	if (!r)
		r = decode_inner(x, tobs_view(plain + SHA1_BYTES, RSA_SHA1_PLAIN - SHA1_BYTES),
			arena, &used);
	if (!r)
		r = rsa_sha1_check(plain, used);
	return r;
}

static int encrypt_answer(struct mt_exchange_server *x, const void *inner, struct tobs_buf *out)
{
	uint8_t hash[SHA1_BYTES], *at;
	size_t pad;
	int r;

	/* The hash comes first but is known last: its place is kept. */
	tobs_buf_fill(out, 0, SHA1_BYTES);
	r = tl_encode(out, inner, NULL);
	if (r)
		return r;
	SHA1_OF(hash, tobs_view_sub(tobs_buf_view(out), SHA1_BYTES, SIZE_MAX));
	memcpy(out->ptr, hash, sizeof hash);
	pad = (AES_IGE_BLOCK - out->len % AES_IGE_BLOCK) % AES_IGE_BLOCK;
	at = tobs_buf_extend(out, pad);
	if (!at)
		return out->err;
	rng_fill(x->rng, at, pad);
	kdf_exchange_aes(x->new_nonce, x->server_nonce, &x->aes);
	return aes_ige_encrypt(x->aes.key, x->aes.iv, out->ptr, out->ptr, out->len);
}

static int on_req_params(struct mt_exchange_server *x, const struct tl_req_DH_params *q,
	struct tobs_arena *arena, struct tobs_buf *out)
{
	struct tl_server_DH_inner_data inner = { .ctor = TL_server_DH_inner_data,
		.g = GENERATOR,
		.dh_prime = tobs_view(dh_known_prime, DH_BYTES),
		.g_a = tobs_view(x->public_number, DH_BYTES),
		.server_time = (int32_t)(clock_wall(x->clock) / SECOND) };
	struct tl_server_DH_params_ok ok = { .ctor = TL_server_DH_params_ok };
	struct tobs_buf encrypted;
	int r;

	if (x->state != MT_EXCHANGE_PARAMS || !nonces_match(x, q->nonce, q->server_nonce))
		return TOBS_EPROTO;
	if (!same_number(q->p, x->p) || !same_number(q->q, x->q) ||
		(uint64_t)q->public_key_fingerprint != rsa_private_public(x->key)->fingerprint)
		return TOBS_ECRYPTO;
	r = decrypt_inner(x, q->encrypted_data, arena);
	if (!r)
		r = dh_generate(dh_known_prime, GENERATOR, x->rng, x->secret, x->public_number);
	if (r)
		return r;
	tobs_buf_init(&encrypted, BODY_MAX);
	memcpy(inner.nonce, x->nonce, NONCE_BYTES);
	memcpy(inner.server_nonce, x->server_nonce, NONCE_BYTES);
	memcpy(ok.nonce, x->nonce, NONCE_BYTES);
	memcpy(ok.server_nonce, x->server_nonce, NONCE_BYTES);
	r = encrypt_answer(x, &inner, &encrypted);
	if (!r) {
		ok.encrypted_answer = tobs_buf_view(&encrypted);
		r = answer(x, &ok, out);
	}
	tobs_buf_deinit(&encrypted);
	x->state = MT_EXCHANGE_ANSWER;
	return r;
}

static int decrypt_client(struct mt_exchange_server *x, struct tobs_view encrypted,
	struct tobs_arena *arena, const struct tl_client_DH_inner_data **ret)
{
	uint8_t *plain = tobs_arena_dup(arena, encrypted.ptr, encrypted.len), hash[SHA1_BYTES];
	const void *inner;
	size_t used;

	if (!plain)
		return TOBS_ENOMEM;
	if (encrypted.len < SHA1_BYTES || encrypted.len % AES_IGE_BLOCK)
		return TOBS_ECRYPTO;
	if (aes_ige_decrypt(x->aes.key, x->aes.iv, plain, plain, encrypted.len) ||
		tl_decode(tobs_view(plain + SHA1_BYTES, encrypted.len - SHA1_BYTES), arena, &inner,
			&used, NULL))
		return TOBS_ECRYPTO;
	SHA1_OF(hash, tobs_view(plain + SHA1_BYTES, used));
	if (!mem_eq_const(hash, plain, sizeof hash) || tl_id(inner) != TL_client_DH_inner_data)
		return TOBS_ECRYPTO;
	*ret = inner;
	return TOBS_OK;
}

static int conclude(struct mt_exchange_server *x, struct tobs_buf *out)
{
	/* dh_gen_retry and dh_gen_fail have the same layout under other ids. */
	struct tl_dh_gen_ok a = { .ctor = TL_dh_gen_ok };
	uint8_t number = 1;
	int r;

	if (x->force_fail) {
		a.ctor = TL_dh_gen_fail;
		number = 3;
	} else if (x->force_retries > 0) {
		x->force_retries--;
		a.ctor = TL_dh_gen_retry;
		number = 2;
	}
	memcpy(a.nonce, x->nonce, NONCE_BYTES);
	memcpy(a.server_nonce, x->server_nonce, NONCE_BYTES);
	auth_key_nonce_hash(&x->agreed.key, x->new_nonce, number, a.new_nonce_hash1);
	r = answer(x, &a, out);
	if (r || number != 1)
		return r ? r : TOBS_EAGAIN;
	x->agreed.salt = kdf_first_salt(x->new_nonce, x->server_nonce);
	x->state = MT_EXCHANGE_DONE;
	return TOBS_OK;
}

static int on_set_client(struct mt_exchange_server *x, const struct tl_set_client_DH_params *q,
	struct tobs_arena *arena, struct tobs_buf *out)
{
	const struct tl_client_DH_inner_data *inner = NULL;
	uint8_t shared[DH_BYTES];
	int r;

	if (x->state != MT_EXCHANGE_ANSWER || !nonces_match(x, q->nonce, q->server_nonce))
		return TOBS_EPROTO;
	r = decrypt_client(x, q->encrypted_data, arena, &inner);
	if (!r && !nonces_match(x, inner->nonce, inner->server_nonce))
		r = TOBS_ECRYPTO;
	if (!r && (uint64_t)inner->retry_id != x->agreed.key.aux_hash)
		r = TOBS_ECRYPTO;
	if (!r)
		r = dh_check_public(dh_known_prime, inner->g_b, NULL);
	if (!r)
		r = dh_shared(dh_known_prime, inner->g_b, x->secret, shared);
	if (r)
		return r;
	auth_key_set(&x->agreed.key, shared);
	mem_wipe(shared, sizeof shared);
	return conclude(x, out);
}

int mt_exchange_server_receive(
	struct mt_exchange_server *x, struct tobs_view packet, struct tobs_buf *out)
{
	struct tobs_arena arena;
	struct mt_message m;
	const void *query;
	bool done = false;
	int r = mt_open_plain(packet, &m);

	if (r)
		return r;
	tobs_arena_init(&arena, ARENA_MAX);
	r = tl_decode(m.body, &arena, &query, NULL, NULL);
	if (r) {
		r = TOBS_EPROTO;
		goto out;
	}
	switch (tl_id(query)) {
	case TL_req_pq_multi: r = on_req_pq(x, query, out); break;
	case TL_req_DH_params: r = on_req_params(x, query, &arena, out); break;
	case TL_set_client_DH_params:
		r = on_set_client(x, query, &arena, out);
		done = r == TOBS_OK;
		break;
	default: r = TOBS_EPROTO; break;
	}
	if (!r && !done)
		r = TOBS_EAGAIN;

out:
	if (r && r != TOBS_EAGAIN)
		x->state = MT_EXCHANGE_FAILED;
	tobs_arena_deinit(&arena);
	return r;
}
