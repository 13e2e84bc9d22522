/* SPDX-License-Identifier: MIT */
#include "mtproto/message.h"

#include "base/attr.h"
#include "base/endian.h"
#include "base/wipe.h"
#include "crypto/aes_ige.h"
#include "tl/wire.h"

enum {
	OUTER = 24, /* auth_key_id and msg_key */
	INNER = 32, /* salt, session_id, msg_id, seq_no, length */
	PAD_MIN = 12,
	PAD_MAX = 1024,
	PLAIN_HEAD = 20,
	ALL_MAX = 1 << 24,
};

int mt_packet_key_id(struct tobs_view packet, uint64_t *ret)
{
	if (packet.len < PLAIN_HEAD)
		return TOBS_EPROTO;
	*ret = get_le64(packet.ptr);
	return TOBS_OK;
}

static size_t padding_of(size_t body)
{
	size_t pad = PAD_MIN + (16 - (INNER + body + PAD_MIN) % 16) % 16;

	return pad;
}

size_t mt_sealed_len(size_t len)
{
	return OUTER + INNER + len + padding_of(len);
}

int mt_seal(struct tobs_buf *out, const struct auth_key *key, enum msg_side side,
	const struct mt_message *m, const struct rng *rng, uint32_t *ret_quick_ack)
{
	size_t pad = padding_of(m->body.len), inner = INNER + m->body.len + pad;
	struct kdf_aes aes;
	uint8_t *p, *plain;
	int r;

	assert(m->body.len % 4 == 0 && m->body.len < ALL_MAX);
	p = tobs_buf_extend(out, OUTER + inner);
	if (!p)
		return out->err;
	plain = p + OUTER;
	put_le64(p, key->id);
	put_le64(plain, m->salt);
	put_le64(plain + 8, m->session_id);
	put_le64(plain + 16, m->msg_id);
	put_le32(plain + 24, m->seq_no);
	put_le32(plain + 28, (uint32_t)m->body.len);
	if (m->body.len)
		memcpy(plain + INNER, m->body.ptr, m->body.len);
	rng_fill(rng, plain + INNER + m->body.len, pad);
	kdf_msg_key(key, side, tobs_view(plain, inner), p + 8, ret_quick_ack);
	kdf_msg_aes(key, side, p + 8, &aes);
	r = aes_ige_encrypt(aes.key, aes.iv, plain, plain, inner);
	kdf_aes_wipe(&aes);
	return r;
}

int mt_open(uint8_t *packet, size_t len, const struct auth_key *key, enum msg_side side,
	struct mt_message *ret, uint32_t *ret_quick_ack)
{
	size_t inner = len >= OUTER ? (len - OUTER) & ~(size_t)15 : 0, pad;
	uint8_t *plain = packet + OUTER, msg_key[MSG_KEY_BYTES];
	struct kdf_aes aes;
	uint32_t body;
	int r;

	if (inner < INNER + PAD_MIN || get_le64(packet) != key->id)
		return TOBS_ECRYPTO;
	kdf_msg_aes(key, side, packet + 8, &aes);
	r = aes_ige_decrypt(aes.key, aes.iv, plain, plain, inner);
	kdf_aes_wipe(&aes);
	if (r)
		return r;
	kdf_msg_key(key, side, tobs_view(plain, inner), msg_key, ret_quick_ack);
	/* Before anything that was decrypted is looked at. */
	if (!mem_eq_const(msg_key, packet + 8, sizeof msg_key))
		return TOBS_ECRYPTO;
	body = get_le32(plain + 28);
	if (body % 4 || body > inner - INNER)
		return TOBS_ECRYPTO;
	pad = inner - INNER - body;
	if (pad < PAD_MIN || pad > PAD_MAX)
		return TOBS_ECRYPTO;
	*ret = (struct mt_message){ .salt = get_le64(plain),
		.session_id = get_le64(plain + 8),
		.msg_id = get_le64(plain + 16),
		.seq_no = get_le32(plain + 24),
		.body = tobs_view(plain + INNER, body) };
	return TOBS_OK;
}

int mt_seal_plain(struct tobs_buf *out, uint64_t msg_id, struct tobs_view body)
{
	assert(body.len % 4 == 0);
	tl_put_u64(out, 0);
	tl_put_u64(out, msg_id);
	tl_put_u32(out, (uint32_t)body.len);
	return tobs_buf_putv(out, body);
}

int mt_open_plain(struct tobs_view packet, struct mt_message *ret)
{
	uint32_t body;

	if (packet.len < PLAIN_HEAD || get_le64(packet.ptr) != 0)
		return TOBS_EPROTO;
	body = get_le32(packet.ptr + 16);
	if (body % 4 || body > packet.len - PLAIN_HEAD)
		return TOBS_EPROTO;
	*ret = (struct mt_message){ .msg_id = get_le64(packet.ptr + 8),
		.body = tobs_view(packet.ptr + PLAIN_HEAD, body) };
	return TOBS_OK;
}
