/* SPDX-License-Identifier: MIT */
/*
 * The key exchange, either end, one packet after an honest beginning. The first
 * byte says whose and which packet, and what of it is made right, so that what
 * is behind nonces, hashes and encryption is reached.
 */
#include "crypto/aes_ige.h"
#include "crypto/pq.h"
#include "crypto/sha.h"
#include "exchange_steps.h"
#include "fuzz.h"
#include "take.h"
#include "tl/wire.h"

static struct exchange_steps steps;

/* In every packet they follow the constructor. */
static void put_nonces(struct tobs_buf *b)
{
	if (b->len >= 4 + NONCE_BYTES)
		memcpy(b->ptr + 4, steps.client[1].nonce, NONCE_BYTES);
	if (b->len >= 4 + 2 * NONCE_BYTES)
		memcpy(b->ptr + 4 + NONCE_BYTES, steps.client[1].server_nonce, NONCE_BYTES);
}

/* dh_gen_ok and its like: the hash that only who has the key can make. */
static void put_proof(struct tobs_buf *b)
{
	uint32_t id = b->len >= 4 ? get_le32(b->ptr) : 0;
	uint8_t number = id == TL_dh_gen_ok ? 1 : id == TL_dh_gen_retry ? 2 : 3;

	if (b->len >= 4 + 3 * NONCE_BYTES)
		auth_key_nonce_hash(&steps.client[2].agreed.key, steps.client[2].new_nonce, number,
			b->ptr + 4 + 2 * NONCE_BYTES);
}

/* AES-IGE of SHA1(object) ‖ object ‖ zeros */
static void seal(struct tobs_view object, struct tobs_buf *out)
{
	uint8_t hash[SHA1_BYTES];
	struct kdf_aes aes;
	size_t used;

	/* As long as what is decoded, so that the hash is the right one. */
	if (tl_skip(object, &used, NULL))
		used = object.len;
	SHA1_OF(hash, tobs_view(object.ptr, used));
	tobs_buf_put(out, hash, sizeof hash);
	tobs_buf_putv(out, object);
	tobs_buf_fill(out, 0, (AES_IGE_BLOCK - out->len % AES_IGE_BLOCK) % AES_IGE_BLOCK);
	if (out->err)
		return;
	steps_aes(&steps, &aes);
	steps_must(!aes_ige_encrypt(aes.key, aes.iv, out->ptr, out->ptr, out->len));
}

/* The packet that holds `inner` encrypted; false where there is none. */
static bool wrap(uint8_t how, struct tobs_view inner, struct tobs_buf *body)
{
	const struct mt_exchange_server *x = &steps.server[1];
	const struct rsa_public *key = rsa_private_public(steps.key);
	uint8_t block[RSA_BYTES], p[8], q[8];
	struct tobs_buf sealed;
	bool server = how & STEP_SERVER;

	if ((how & STEP_MASK) != (server ? 2 : 1)) {
		if (!server || (how & STEP_MASK) != 1)
			return false;
		if (how & STEP_OLD ? rsa_encrypt_sha1(key, &steps.rng, inner, block)
				   : rsa_encrypt_pad(key, &steps.rng, inner, block))
			return false;
		tl_put_u32(body, TL_req_DH_params);
		tobs_buf_fill(body, 0, (size_t)2 * NONCE_BYTES);
		tl_put_bytes(body, tobs_view(p, pq_write(x->p, p)));
		tl_put_bytes(body, tobs_view(q, pq_write(x->q, q)));
		tl_put_u64(body, key->fingerprint);
		tl_put_bytes(body, tobs_view(block, sizeof block));
	} else {
		tobs_buf_init(&sealed, PACKET_MAX);
		seal(inner, &sealed);
		tl_put_u32(body, server ? TL_set_client_DH_params : TL_server_DH_params_ok);
		tobs_buf_fill(body, 0, (size_t)2 * NONCE_BYTES);
		if (sealed.err)
			body->err = sealed.err;
		tl_put_bytes(body, tobs_buf_view(&sealed));
		tobs_buf_deinit(&sealed);
	}
	put_nonces(body);
	return !body->err;
}

static bool make_packet(uint8_t how, struct tobs_view in, struct tobs_buf *packet)
{
	struct tobs_buf body, given;
	bool ok = true;

	tobs_buf_init(&body, PACKET_MAX);
	tobs_buf_init(&given, PACKET_MAX);
	tobs_buf_putv(&given, in);
	if (how & STEP_NONCES)
		put_nonces(&given);
	if (how & STEP_PROVEN && !(how & STEP_SEALED))
		put_proof(&given);
	if (how & STEP_SEALED)
		ok = wrap(how, tobs_buf_view(&given), &body);
	else
		tobs_buf_putv(&body, tobs_buf_view(&given));
	/* A message is whole words. */
	tobs_buf_truncate(&body, how & STEP_RAW ? SIZE_MAX : body.len & ~(size_t)3);
	if (ok)
		ok = how & STEP_RAW ? !tobs_buf_putv(packet, tobs_buf_view(&body))
				    : !mt_seal_plain(packet, 5, tobs_buf_view(&body));
	tobs_buf_deinit(&body);
	tobs_buf_deinit(&given);
	return ok;
}

static void check_client(int step, struct tobs_view packet, struct tobs_buf *out)
{
	struct mt_exchange x = steps.client[step];
	struct tobs_err err = { 0 };
	int r = mt_exchange_receive(&x, packet, out, &err);

	FUZZ_CHECK(r != TOBS_OK || (x.state == MT_EXCHANGE_DONE && x.agreed.key.id));
	FUZZ_CHECK(r != TOBS_EAGAIN || (out->len && x.state != MT_EXCHANGE_DONE));
	FUZZ_CHECK(r == TOBS_OK || r == TOBS_EAGAIN || (err.code == r && err.message[0]));
	/* Whoever does not have the key proves nothing. */
	FUZZ_CHECK(r != TOBS_OK || step == STEPS - 1);
	mt_exchange_deinit(&x);
}

static void check_server(int step, struct tobs_view packet, struct tobs_buf *out)
{
	struct mt_exchange_server x = steps.server[step];
	int r = mt_exchange_server_receive(&x, packet, out);

	FUZZ_CHECK(r != TOBS_OK || (x.state == MT_EXCHANGE_DONE && x.agreed.key.id));
	FUZZ_CHECK((r != TOBS_EAGAIN && r != TOBS_OK) || out->len);
	FUZZ_CHECK(r != TOBS_EINTERNAL && r != TOBS_ENOMEM);
	mt_exchange_server_deinit(&x);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tobs_view in = tobs_view(data, size);
	struct tobs_buf packet, out;
	uint8_t how = take_byte(&in);
	int step = (how & STEP_MASK) % STEPS;

	if (!steps.key)
		steps_init(&steps);
	steps.prng.state = 23;
	tobs_buf_init(&packet, 2 * PACKET_MAX);
	tobs_buf_init(&out, 2 * PACKET_MAX);
	if (make_packet(how, in, &packet)) {
		if (how & STEP_SERVER)
			check_server(step, tobs_buf_view(&packet), &out);
		else
			check_client(step, tobs_buf_view(&packet), &out);
	}
	tobs_buf_deinit(&packet);
	tobs_buf_deinit(&out);
	return 0;
}
