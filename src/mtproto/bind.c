/* SPDX-License-Identifier: MIT */
#include "mtproto/bind.h"

#include <tobs/tl.h>

#include "base/attr.h"
#include "base/endian.h"
#include "base/wipe.h"
#include "crypto/aes_ige.h"

/*
 *     auth_key_id 8 | msg_key 16 | AES-IGE of
 *     [ random 16 | msg_id 8 | seq_no 4 = 0 | length 4 = 40 | bind_auth_key_inner 40 | padding 8 ]
 *
 * msg_key is the SHA-1 of the part without padding.
 */
enum {
	OUTER = 24,
	PLAIN = 72,
	PADDED = 80,
	INNER_AT = 32,
	INNER = 40,
};

TOBS_STATIC_ASSERT(OUTER + PADDED == MT_BIND_BYTES, "the layout above");

int mt_bind_seal(const struct mt_bind *b, const struct auth_key *perm, uint64_t msg_id,
	const struct rng *rng, uint8_t ret[MT_BIND_BYTES])
{
	uint8_t plain[PADDED];
	struct kdf_aes aes;
	int r;

	rng_fill(rng, plain, sizeof plain);
	put_le64(plain + 16, msg_id);
	put_le32(plain + 24, 0);
	put_le32(plain + 28, INNER);
	put_le32(plain + INNER_AT, TL_bind_auth_key_inner);
	put_le64(plain + INNER_AT + 4, b->nonce);
	put_le64(plain + INNER_AT + 12, b->temp_key_id);
	put_le64(plain + INNER_AT + 20, b->perm_key_id);
	put_le64(plain + INNER_AT + 28, b->session_id);
	put_le32(plain + INNER_AT + 36, (uint32_t)b->expires_at);
	put_le64(ret, perm->id);
	kdf_msg_key_v1(tobs_view(plain, PLAIN), ret + 8);
	kdf_msg_aes_v1(perm, MSG_BY_CLIENT, ret + 8, &aes);
	r = aes_ige_encrypt(aes.key, aes.iv, plain, ret + OUTER, PADDED);
	kdf_aes_wipe(&aes);
	mem_wipe(plain, sizeof plain);
	return r;
}

int mt_bind_open(struct tobs_view encrypted, const struct auth_key *perm, uint64_t msg_id,
	struct mt_bind *ret)
{
	uint8_t plain[PADDED], msg_key[MSG_KEY_BYTES];
	struct kdf_aes aes;
	int r;

	if (encrypted.len != MT_BIND_BYTES || get_le64(encrypted.ptr) != perm->id)
		return TOBS_ECRYPTO;
	kdf_msg_aes_v1(perm, MSG_BY_CLIENT, encrypted.ptr + 8, &aes);
	r = aes_ige_decrypt(aes.key, aes.iv, encrypted.ptr + OUTER, plain, PADDED);
	kdf_aes_wipe(&aes);
	if (r)
		return r;
	kdf_msg_key_v1(tobs_view(plain, PLAIN), msg_key);
	if (!mem_eq_const(msg_key, encrypted.ptr + 8, sizeof msg_key) ||
		get_le64(plain + 16) != msg_id || get_le32(plain + 24) != 0 ||
		get_le32(plain + 28) != INNER ||
		get_le32(plain + INNER_AT) != TL_bind_auth_key_inner ||
		get_le64(plain + INNER_AT + 20) != perm->id)
		return TOBS_ECRYPTO;
	*ret = (struct mt_bind){ .nonce = get_le64(plain + INNER_AT + 4),
		.temp_key_id = get_le64(plain + INNER_AT + 12),
		.perm_key_id = get_le64(plain + INNER_AT + 20),
		.session_id = get_le64(plain + INNER_AT + 28),
		.expires_at = (int32_t)get_le32(plain + INNER_AT + 36) };
	return TOBS_OK;
}
