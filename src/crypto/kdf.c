/* SPDX-License-Identifier: MIT */
#include "crypto/kdf.h"

#include <string.h>

#include "base/attr.h"
#include "base/endian.h"
#include "base/wipe.h"
#include "crypto/sha.h"

void auth_key_set(struct auth_key *k, const uint8_t bytes[AUTH_KEY_BYTES])
{
	uint8_t hash[SHA1_BYTES];

	memmove(k->bytes, bytes, AUTH_KEY_BYTES);
	SHA1_OF(hash, tobs_view(k->bytes, AUTH_KEY_BYTES));
	k->aux_hash = get_le64(hash);
	k->id = get_le64(hash + 12);
}

void auth_key_wipe(struct auth_key *k)
{
	mem_wipe(k, sizeof *k);
}

void auth_key_nonce_hash(const struct auth_key *k, const uint8_t new_nonce[NEW_NONCE_BYTES],
	uint8_t number, uint8_t ret[NONCE_BYTES])
{
	uint8_t tail[9], hash[SHA1_BYTES];

	/* SHA1(new_nonce + number as one byte + auth_key_aux_hash), the last 16 bytes */
	tail[0] = number;
	put_le64(tail + 1, k->aux_hash);
	SHA1_OF(hash, tobs_view(new_nonce, NEW_NONCE_BYTES), tobs_view(tail, sizeof tail));
	memcpy(ret, hash + 4, NONCE_BYTES);
}

uint64_t kdf_first_salt(
	const uint8_t new_nonce[NEW_NONCE_BYTES], const uint8_t server_nonce[NONCE_BYTES])
{
	return get_le64(new_nonce) ^ get_le64(server_nonce);
}

void kdf_aes_wipe(struct kdf_aes *a)
{
	mem_wipe(a, sizeof *a);
}

void kdf_exchange_aes(const uint8_t new_nonce[NEW_NONCE_BYTES],
	const uint8_t server_nonce[NONCE_BYTES], struct kdf_aes *ret)
{
	struct tobs_view fresh = tobs_view(new_nonce, NEW_NONCE_BYTES);
	struct tobs_view server = tobs_view(server_nonce, NONCE_BYTES);
	uint8_t ns[SHA1_BYTES], sn[SHA1_BYTES], nn[SHA1_BYTES];

	SHA1_OF(ns, fresh, server);
	SHA1_OF(sn, server, fresh);
	SHA1_OF(nn, fresh, fresh);
	/* tmp_aes_key := SHA1(new + server) + substr(SHA1(server + new), 0, 12) */
	memcpy(ret->key, ns, 20);
	memcpy(ret->key + 20, sn, 12);
	/* tmp_aes_iv := substr(SHA1(server + new), 12, 8) + SHA1(new + new) + substr(new, 0, 4) */
	memcpy(ret->iv, sn + 12, 8);
	memcpy(ret->iv + 8, nn, 20);
	memcpy(ret->iv + 28, new_nonce, 4);
	mem_wipe(ns, sizeof ns);
	mem_wipe(sn, sizeof sn);
	mem_wipe(nn, sizeof nn);
}

void kdf_msg_key(const struct auth_key *k, enum msg_side side, struct tobs_view plain,
	uint8_t ret[MSG_KEY_BYTES], uint32_t *ret_quick_ack)
{
	uint8_t large[SHA256_BYTES];

	/* msg_key_large = SHA256(substr(auth_key, 88 + x, 32) + plaintext + random_padding) */
	SHA256_OF(large, tobs_view(k->bytes + 88 + side, 32), plain);
	/* msg_key = substr(msg_key_large, 8, 16) */
	memcpy(ret, large + 8, MSG_KEY_BYTES);
	if (ret_quick_ack)
		*ret_quick_ack = get_le32(large) | 0x80000000u;
}

void kdf_msg_aes(const struct auth_key *k, enum msg_side side, const uint8_t msg_key[MSG_KEY_BYTES],
	struct kdf_aes *ret)
{
	struct tobs_view msg = tobs_view(msg_key, MSG_KEY_BYTES);
	uint8_t a[SHA256_BYTES], b[SHA256_BYTES];

	/* sha256_a = SHA256(msg_key + substr(auth_key, x, 36)) */
	SHA256_OF(a, msg, tobs_view(k->bytes + side, 36));
	/* sha256_b = SHA256(substr(auth_key, 40 + x, 36) + msg_key) */
	SHA256_OF(b, tobs_view(k->bytes + 40 + side, 36), msg);
	/* aes_key = substr(sha256_a, 0, 8) + substr(sha256_b, 8, 16) + substr(sha256_a, 24, 8) */
	memcpy(ret->key, a, 8);
	memcpy(ret->key + 8, b + 8, 16);
	memcpy(ret->key + 24, a + 24, 8);
	/* aes_iv = substr(sha256_b, 0, 8) + substr(sha256_a, 8, 16) + substr(sha256_b, 24, 8) */
	memcpy(ret->iv, b, 8);
	memcpy(ret->iv + 8, a + 8, 16);
	memcpy(ret->iv + 24, b + 24, 8);
	mem_wipe(a, sizeof a);
	mem_wipe(b, sizeof b);
}

void kdf_msg_key_v1(struct tobs_view plain, uint8_t ret[MSG_KEY_BYTES])
{
	uint8_t hash[SHA1_BYTES];

	SHA1_OF(hash, plain);
	memcpy(ret, hash + 4, MSG_KEY_BYTES);
}

void kdf_msg_aes_v1(const struct auth_key *k, enum msg_side side,
	const uint8_t msg_key[MSG_KEY_BYTES], struct kdf_aes *ret)
{
	const uint8_t *key = k->bytes + side;
	struct tobs_view msg = tobs_view(msg_key, MSG_KEY_BYTES);
	uint8_t a[SHA1_BYTES], b[SHA1_BYTES], c[SHA1_BYTES], d[SHA1_BYTES];

	/* sha1_a = SHA1(msg_key + substr(auth_key, x, 32)) */
	SHA1_OF(a, msg, tobs_view(key, 32));
	/* sha1_b = SHA1(substr(auth_key, 32 + x, 16) + msg_key + substr(auth_key, 48 + x, 16)) */
	SHA1_OF(b, tobs_view(key + 32, 16), msg, tobs_view(key + 48, 16));
	/* sha1_c = SHA1(substr(auth_key, 64 + x, 32) + msg_key) */
	SHA1_OF(c, tobs_view(key + 64, 32), msg);
	/* sha1_d = SHA1(msg_key + substr(auth_key, 96 + x, 32)) */
	SHA1_OF(d, msg, tobs_view(key + 96, 32));
	/* aes_key = substr(sha1_a, 0, 8) + substr(sha1_b, 8, 12) + substr(sha1_c, 4, 12) */
	memcpy(ret->key, a, 8);
	memcpy(ret->key + 8, b + 8, 12);
	memcpy(ret->key + 20, c + 4, 12);
	/*
	 * aes_iv = substr(sha1_a, 8, 12) + substr(sha1_b, 0, 8) + substr(sha1_c, 16, 4) +
	 *          substr(sha1_d, 0, 8)
	 */
	memcpy(ret->iv, a + 8, 12);
	memcpy(ret->iv + 12, b, 8);
	memcpy(ret->iv + 20, c + 16, 4);
	memcpy(ret->iv + 24, d, 8);
	mem_wipe(a, sizeof a);
	mem_wipe(b, sizeof b);
	mem_wipe(c, sizeof c);
	mem_wipe(d, sizeof d);
}
