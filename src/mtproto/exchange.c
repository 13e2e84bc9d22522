/* SPDX-License-Identifier: MIT */
/* The client's end of the key exchange. */
#include "mtproto/exchange.h"

#include <tobs/tl.h>

#include "base/wipe.h"
#include "crypto/aes_ige.h"
#include "crypto/pq.h"
#include "crypto/sha.h"
#include "mtproto/message.h"
#include "tl/wire.h"

enum {
	ARENA_MAX = 1 << 16,
	BODY_MAX = 4096,
	RETRIES_MAX = 5,
	SECOND = 1000000,
};

static int send(struct mt_exchange *x, const void *query, struct tobs_buf *out)
{
	struct tobs_buf body;
	int r;

	tobs_buf_init(&body, BODY_MAX);
	r = tl_encode(&body, query, NULL);
	if (!r)
		r = mt_seal_plain(out, mt_ids_next(&x->ids), tobs_buf_view(&body));
	tobs_buf_wipe(&body);
	return r;
}

int mt_exchange_start(
	struct mt_exchange *x, const struct mt_exchange_options *options, struct tobs_buf *out)
{
	struct tl_req_pq_multi query = { .ctor = TL_req_pq_multi };

	*x = (struct mt_exchange){ .options = *options };
	mt_ids_init(&x->ids, options->clock, 0);
	rng_fill(options->rng, x->nonce, sizeof x->nonce);
	memcpy(query.nonce, x->nonce, sizeof query.nonce);
	return send(x, &query, out);
}

void mt_exchange_deinit(struct mt_exchange *x)
{
	if (x)
		mem_wipe(x, sizeof *x);
}

static bool nonces_match(
	const struct mt_exchange *x, const uint8_t *nonce, const uint8_t *server_nonce)
{
	return memcmp(nonce, x->nonce, NONCE_BYTES) == 0 &&
		memcmp(server_nonce, x->server_nonce, NONCE_BYTES) == 0;
}

static const struct rsa_public *choose_key(
	const struct mt_exchange *x, const struct tl_vec_long *fingerprints)
{
	for (uint32_t i = 0; i < fingerprints->count; i++)
		for (size_t k = 0; k < x->options.key_count; k++)
			if (x->options.keys[k].fingerprint == (uint64_t)fingerprints->items[i])
				return &x->options.keys[k];
	return NULL;
}

/* Everything that stands in all three forms of p_q_inner_data, which share their first fields. */
#define FILL_INNER(data)                                                   \
	do {                                                               \
		(data).pq = pq;                                            \
		(data).p = p;                                              \
		(data).q = q;                                              \
		memcpy((data).nonce, x->nonce, NONCE_BYTES);               \
		memcpy((data).server_nonce, x->server_nonce, NONCE_BYTES); \
		memcpy((data).new_nonce, x->new_nonce, NEW_NONCE_BYTES);   \
	} while (0)

static int encode_inner(struct mt_exchange *x, struct tobs_view pq, struct tobs_view p,
	struct tobs_view q, struct tobs_buf *out)
{
	struct tl_p_q_inner_data_dc dc = { .ctor = TL_p_q_inner_data_dc, .dc = x->options.dc };
	struct tl_p_q_inner_data_temp_dc temp = { .ctor = TL_p_q_inner_data_temp_dc,
		.dc = x->options.dc,
		.expires_in = x->options.expires_in };
	struct tl_p_q_inner_data old = { .ctor = TL_p_q_inner_data };
	const void *chosen = x->options.sha1_scheme ? (const void *)&old
		: x->options.expires_in             ? (const void *)&temp
						    : (const void *)&dc;
	int r;

	FILL_INNER(dc);
	FILL_INNER(temp);
	FILL_INNER(old);
	r = tl_encode(out, chosen, NULL);
	mem_wipe(&dc, sizeof dc);
	mem_wipe(&temp, sizeof temp);
	mem_wipe(&old, sizeof old);
	return r;
}

static int send_params(struct mt_exchange *x, const struct rsa_public *key, struct tobs_view pq,
	uint64_t p, uint64_t q, struct tobs_buf *out)
{
	uint8_t p_bytes[8], q_bytes[8], encrypted[RSA_BYTES];
	struct tobs_view p_view = tobs_view(p_bytes, pq_write(p, p_bytes));
	struct tobs_view q_view = tobs_view(q_bytes, pq_write(q, q_bytes));
	struct tl_req_DH_params query = { .ctor = TL_req_DH_params, .p = p_view, .q = q_view };
	struct tobs_buf inner;
	int r;

	tobs_buf_init(&inner, BODY_MAX);
	rng_fill(x->options.rng, x->new_nonce, sizeof x->new_nonce);
	r = encode_inner(x, pq, p_view, q_view, &inner);
	if (!r && x->options.sha1_scheme)
		r = rsa_encrypt_sha1(key, x->options.rng, tobs_buf_view(&inner), encrypted);
	else if (!r)
		r = rsa_encrypt_pad(key, x->options.rng, tobs_buf_view(&inner), encrypted);
	tobs_buf_wipe(&inner);
	if (r)
		return r;
	memcpy(query.nonce, x->nonce, NONCE_BYTES);
	memcpy(query.server_nonce, x->server_nonce, NONCE_BYTES);
	query.public_key_fingerprint = (int64_t)key->fingerprint;
	query.encrypted_data = tobs_view(encrypted, sizeof encrypted);
	return send(x, &query, out);
}

/* Our packet could not be made. */
static int not_sent(int r, struct tobs_err *err)
{
	return r ? tobs_fail(err, r, "key exchange: %s", tobs_error_text(r)) : TOBS_OK;
}

static int on_res_pq(
	struct mt_exchange *x, const void *answer, struct tobs_buf *out, struct tobs_err *err)
{
	const struct tl_resPQ *res = answer;
	const struct rsa_public *key;
	uint64_t pq, p, q;
	int r;

	if (res->ctor != TL_resPQ)
		return tobs_fail(
			err, TOBS_EPROTO, "key exchange: unexpected %s", tl_name(res->ctor));
	if (memcmp(res->nonce, x->nonce, NONCE_BYTES))
		return tobs_fail(err, TOBS_ECRYPTO, "key exchange: another nonce came back");
	memcpy(x->server_nonce, res->server_nonce, NONCE_BYTES);
	key = choose_key(x, &res->server_public_key_fingerprints);
	if (!key)
		return tobs_fail(err, TOBS_ENOTFOUND,
			"key exchange: the server has none of the public keys we know; is it the right server?");
	r = pq_read(res->pq, &pq);
	if (!r)
		r = pq_factor(pq, x->options.rng, &p, &q);
	if (r)
		return tobs_fail(
			err, TOBS_ECRYPTO, "key exchange: pq is not the product of two primes");
	x->state = MT_EXCHANGE_PARAMS;
	return not_sent(send_params(x, key, res->pq, p, q, out), err);
}

/* answer_with_hash = SHA1(answer) ‖ answer ‖ 0–15 random bytes */
static int decrypt_answer(struct mt_exchange *x, struct tobs_view encrypted,
	struct tobs_arena *arena, const struct tl_server_DH_inner_data **ret)
{
	uint8_t *plain = tobs_arena_dup(arena, encrypted.ptr, encrypted.len);
	uint8_t hash[SHA1_BYTES];
	const void *inner;
	size_t used;

	if (!plain)
		return TOBS_ENOMEM;
	if (encrypted.len % AES_IGE_BLOCK || encrypted.len < SHA1_BYTES)
		return TOBS_ECRYPTO;
	kdf_exchange_aes(x->new_nonce, x->server_nonce, &x->aes);
	if (aes_ige_decrypt(x->aes.key, x->aes.iv, plain, plain, encrypted.len))
		return TOBS_ECRYPTO;
	if (tl_decode(tobs_view(plain + SHA1_BYTES, encrypted.len - SHA1_BYTES), arena, &inner,
		    &used, NULL))
		return TOBS_ECRYPTO;
	SHA1_OF(hash, tobs_view(plain + SHA1_BYTES, used));
	if (!mem_eq_const(hash, plain, SHA1_BYTES) || tl_id(inner) != TL_server_DH_inner_data)
		return TOBS_ECRYPTO;
	if (encrypted.len - SHA1_BYTES - used >= AES_IGE_BLOCK)
		return TOBS_ECRYPTO;
	*ret = inner;
	return TOBS_OK;
}

/* encrypted_data = AES-IGE(SHA1(inner) ‖ inner ‖ padding) */
static int encrypt_inner(struct mt_exchange *x, const void *inner, struct tobs_buf *out)
{
	uint8_t hash[SHA1_BYTES], *at;
	struct tobs_buf body;
	size_t len, pad;
	int r;

	tobs_buf_init(&body, BODY_MAX);
	r = tl_encode(&body, inner, NULL);
	if (!r) {
		SHA1_OF(hash, tobs_buf_view(&body));
		tobs_buf_put(out, hash, sizeof hash);
		tobs_buf_putv(out, tobs_buf_view(&body));
		len = out->len;
		pad = (AES_IGE_BLOCK - len % AES_IGE_BLOCK) % AES_IGE_BLOCK;
		at = tobs_buf_extend(out, pad);
		if (at)
			rng_fill(x->options.rng, at, pad);
		r = out->err;
	}
	if (!r)
		r = aes_ige_encrypt(x->aes.key, x->aes.iv, out->ptr, out->ptr, out->len);
	tobs_buf_deinit(&body);
	return r;
}

/* Our half of Diffie-Hellman; the key is computed before the server confirms it. */
static int send_client_params(struct mt_exchange *x, struct tobs_buf *out)
{
	uint8_t secret[DH_BYTES], ours[DH_BYTES], shared[DH_BYTES];
	struct tl_client_DH_inner_data inner = { .ctor = TL_client_DH_inner_data,
		.retry_id = (int64_t)x->retry_id,
		.g_b = tobs_view(ours, sizeof ours) };
	struct tl_set_client_DH_params query = { .ctor = TL_set_client_DH_params };
	struct tobs_buf encrypted;
	int r;

	tobs_buf_init(&encrypted, BODY_MAX);
	memcpy(inner.nonce, x->nonce, NONCE_BYTES);
	memcpy(inner.server_nonce, x->server_nonce, NONCE_BYTES);
	r = dh_generate(x->prime, x->g, x->options.rng, secret, ours);
	if (!r)
		r = dh_shared(x->prime, tobs_view(x->theirs, DH_BYTES), secret, shared);
	if (!r) {
		auth_key_set(&x->agreed.key, shared);
		r = encrypt_inner(x, &inner, &encrypted);
	}
	if (!r) {
		memcpy(query.nonce, x->nonce, NONCE_BYTES);
		memcpy(query.server_nonce, x->server_nonce, NONCE_BYTES);
		query.encrypted_data = tobs_buf_view(&encrypted);
		r = send(x, &query, out);
	}
	mem_wipe(secret, sizeof secret);
	mem_wipe(shared, sizeof shared);
	tobs_buf_wipe(&encrypted);
	return r;
}

static int on_params(struct mt_exchange *x, const void *answer, struct tobs_arena *arena,
	struct tobs_buf *out, struct tobs_err *err)
{
	const struct tl_server_DH_params_ok *ok = answer;
	const struct tl_server_DH_inner_data *inner = NULL;
	int r;

	if (ok->ctor != TL_server_DH_params_ok)
		return tobs_fail(
			err, TOBS_EPROTO, "key exchange: unexpected %s", tl_name(ok->ctor));
	if (!nonces_match(x, ok->nonce, ok->server_nonce))
		return tobs_fail(err, TOBS_ECRYPTO, "key exchange: another nonce came back");
	r = decrypt_answer(x, ok->encrypted_answer, arena, &inner);
	if (!r && !nonces_match(x, inner->nonce, inner->server_nonce))
		r = TOBS_ECRYPTO;
	if (!r)
		r = dh_check_group(inner->dh_prime, inner->g);
	if (!r && inner->dh_prime.len != DH_BYTES)
		r = TOBS_ECRYPTO;
	if (!r) {
		memcpy(x->prime, inner->dh_prime.ptr, DH_BYTES);
		r = dh_check_public(x->prime, inner->g_a, x->theirs);
	}
	if (r)
		return tobs_fail(
			err, r, "key exchange: the server's numbers do not pass the checks");
	x->g = inner->g;
	mt_ids_sync(&x->ids, (int64_t)inner->server_time * SECOND);
	x->agreed.time_offset = x->ids.offset;
	if (x->options.expires_in)
		x->agreed.expires_at = inner->server_time + x->options.expires_in;
	x->state = MT_EXCHANGE_ANSWER;
	return not_sent(send_client_params(x, out), err);
}

static int finish(struct mt_exchange *x)
{
	x->agreed.salt = kdf_first_salt(x->new_nonce, x->server_nonce);
	x->state = MT_EXCHANGE_DONE;
	return TOBS_OK;
}

/* The three answers have the same layout; the hash proves that the server has the same key. */
static int on_answer(
	struct mt_exchange *x, const void *answer, struct tobs_buf *out, struct tobs_err *err)
{
	const struct tl_dh_gen_ok *a = answer;
	uint8_t number = a->ctor == TL_dh_gen_ok ? 1
		: a->ctor == TL_dh_gen_retry     ? 2
		: a->ctor == TL_dh_gen_fail      ? 3
						 : 0;
	uint8_t hash[NONCE_BYTES];
	int r;

	if (!number)
		return tobs_fail(err, TOBS_EPROTO, "key exchange: unexpected %s", tl_name(a->ctor));
	auth_key_nonce_hash(&x->agreed.key, x->new_nonce, number, hash);
	if (!nonces_match(x, a->nonce, a->server_nonce) ||
		!mem_eq_const(hash, a->new_nonce_hash1, sizeof hash))
		return tobs_fail(err, TOBS_ECRYPTO, "key exchange: the server's proof is wrong");
	if (number == 1)
		return finish(x);
	if (number == 3 || ++x->retries > RETRIES_MAX)
		return tobs_fail(err, TOBS_EAUTH, "key exchange: the server gave up");
	x->retry_id = x->agreed.key.aux_hash;
	r = not_sent(send_client_params(x, out), err);
	return r ? r : TOBS_EAGAIN;
}

int mt_exchange_receive(
	struct mt_exchange *x, struct tobs_view packet, struct tobs_buf *out, struct tobs_err *err)
{
	struct tobs_arena arena;
	struct mt_message m;
	const void *answer;
	int r = mt_open_plain(packet, &m);

	if (r)
		return tobs_fail(err, r, "key exchange: not a plain message");
	tobs_arena_init(&arena, ARENA_MAX);
	r = tl_decode(m.body, &arena, &answer, NULL, err);
	if (r) {
		tobs_err_context(err, "key exchange");
		r = TOBS_EPROTO;
		if (err)
			err->code = r;
		goto out;
	}
	switch (x->state) {
	case MT_EXCHANGE_PQ: r = on_res_pq(x, answer, out, err); break;
	case MT_EXCHANGE_PARAMS: r = on_params(x, answer, &arena, out, err); break;
	case MT_EXCHANGE_ANSWER:
		r = on_answer(x, answer, out, err);
		if (r == TOBS_OK)
			goto out;
		break;
	default: r = tobs_fail(err, TOBS_EPROTO, "key exchange: it is over"); break;
	}
	if (r == TOBS_OK)
		r = TOBS_EAGAIN;

out:
	if (r != TOBS_OK && r != TOBS_EAGAIN)
		x->state = MT_EXCHANGE_FAILED;
	tobs_arena_deinit(&arena);
	return r;
}
