/* SPDX-License-Identifier: MIT */
#include "mtproto/link.h"

#include "base/attr.h"
#include "base/crc32.h"
#include "base/endian.h"
#include "base/wipe.h"
#include "crypto/sha.h"

enum {
	TAG_ABRIDGED = 0xef,
	HEADER_BYTES = 64, /* of the obfuscation */
	KEY_AT = 8,
	IV_AT = 40,
	TAG_AT = 56,
	DC_AT = 60,
	FULL_OVERHEAD = 12, /* length, sequence number, CRC */
	PAD_MAX = 15,
	QUICK_ACK_BIT = 0x80,
};

static const uint32_t TAG_INTERMEDIATE = 0xeeeeeeee, TAG_PADDED = 0xdddddddd;
static const uint32_t QUICK_ACK_FLAG = 0x80000000;

static uint32_t tag_of(enum mt_framing framing)
{
	switch (framing) {
	case MT_ABRIDGED: return 0xefefefef;
	case MT_INTERMEDIATE: return TAG_INTERMEDIATE;
	default: return TAG_PADDED;
	}
}

/*
 * Keys of one direction from the 64-byte header (forwards for what the client
 * sends, reversed for what the server sends); a proxy's secret is mixed in.
 */
static int start_stream(
	struct aes_ctr *c, const uint8_t header[HEADER_BYTES], const uint8_t *secret)
{
	uint8_t key[AES_CTR_KEY];
	int r;

	memcpy(key, header + KEY_AT, sizeof key);
	if (secret)
		SHA256_OF(key, tobs_view(key, sizeof key), tobs_view(secret, MT_SECRET_BYTES));
	r = aes_ctr_init(c, key, header + IV_AT);
	mem_wipe(key, sizeof key);
	return r;
}

static void reverse(uint8_t out[HEADER_BYTES], const uint8_t in[HEADER_BYTES])
{
	for (size_t i = 0; i < HEADER_BYTES; i++)
		out[i] = in[HEADER_BYTES - 1 - i];
}

/* Whether a random header could be taken for another transport, or for HTTP or TLS. */
static bool is_ambiguous(const uint8_t header[HEADER_BYTES])
{
	static const char *const taken[] = { "HEAD", "POST", "GET ", "OPTI", "\x16\x03\x01\x02" };
	uint32_t first = get_le32(header);

	if (header[0] == TAG_ABRIDGED || first == TAG_INTERMEDIATE || first == TAG_PADDED)
		return true;
	for (size_t i = 0; i < ARRAY_LEN(taken); i++)
		if (memcmp(header, taken[i], 4) == 0)
			return true;
	return get_le32(header + 4) == 0; /* the sequence number of a full packet */
}

/* header[0..55] as it is, the rest encrypted with the stream that begins with it. */
static int send_header(struct mt_link *l, int16_t dc, const struct rng *rng, struct tobs_buf *out)
{
	uint8_t header[HEADER_BYTES], reversed[HEADER_BYTES], encrypted[HEADER_BYTES];
	const uint8_t *secret = l->has_secret ? l->secret : NULL;
	int r;

	do
		rng_fill(rng, header, sizeof header);
	while (is_ambiguous(header));
	put_le32(header + TAG_AT, tag_of(l->framing));
	header[DC_AT] = (uint8_t)dc;
	header[DC_AT + 1] = (uint8_t)(dc >> 8);
	reverse(reversed, header);
	r = start_stream(&l->encrypt, header, secret);
	if (!r)
		r = start_stream(&l->decrypt, reversed, secret);
	if (!r)
		r = aes_ctr_run(&l->encrypt, header, encrypted, sizeof header);
	if (!r) {
		tobs_buf_put(out, header, TAG_AT);
		r = tobs_buf_put(out, encrypted + TAG_AT, HEADER_BYTES - TAG_AT);
	}
	mem_wipe(header, sizeof header);
	mem_wipe(reversed, sizeof reversed);
	return r;
}

int mt_link_connect(struct mt_link *l, const struct mt_link_options *options, const struct rng *rng,
	struct tobs_buf *out)
{
	uint32_t tag = tag_of(options->framing);

	*l = (struct mt_link){
		.framing = options->framing, .detected = true, .obfuscated = options->obfuscated
	};
	tobs_buf_init(&l->in, MT_PACKET_MAX + 2 * HEADER_BYTES);
	if (options->secret) {
		l->has_secret = true;
		memcpy(l->secret, options->secret, sizeof l->secret);
	}
	if (options->framing == MT_FULL)
		return options->obfuscated ? TOBS_EINVAL : TOBS_OK;
	if (options->obfuscated)
		return send_header(l, options->dc, rng, out);
	return tobs_buf_put(out, &tag, options->framing == MT_ABRIDGED ? 1 : sizeof tag);
}

void mt_link_accept(struct mt_link *l, const uint8_t *secret)
{
	*l = (struct mt_link){ .server = true };
	tobs_buf_init(&l->in, MT_PACKET_MAX + 2 * HEADER_BYTES);
	if (secret) {
		l->has_secret = true;
		memcpy(l->secret, secret, sizeof l->secret);
	}
}

void mt_link_deinit(struct mt_link *l)
{
	if (!l)
		return;
	tobs_buf_wipe(&l->in);
	aes_ctr_deinit(&l->encrypt);
	aes_ctr_deinit(&l->decrypt);
	mem_wipe(l->secret, sizeof l->secret);
}

int mt_link_room(struct mt_link *l, size_t want, uint8_t **ret_ptr, size_t *ret_room)
{
	/* Given-out bytes are moved away when that is cheap or makes the room. */
	if (l->pos == l->in.len || l->in.cap - l->in.len < want) {
		tobs_buf_consume(&l->in, l->pos);
		l->pos = 0;
	}
	if (tobs_buf_reserve(&l->in, want))
		return l->in.err;
	*ret_ptr = l->in.ptr + l->in.len;
	*ret_room = l->in.cap - l->in.len;
	return TOBS_OK;
}

int mt_link_received(struct mt_link *l, size_t n)
{
	uint8_t *fresh = l->in.ptr + l->in.len;

	assert(n <= l->in.cap - l->in.len);
	l->in.len += n;
	l->in.ptr[l->in.len] = 0;
	if (l->obfuscated && l->detected)
		return aes_ctr_run(&l->decrypt, fresh, fresh, n);
	return TOBS_OK;
}

/* The server got a whole obfuscation header: it says the framing, and the rest decrypts. */
static int accept_header(struct mt_link *l, uint8_t *data, size_t len)
{
	const uint8_t *secret = l->has_secret ? l->secret : NULL;
	uint8_t reversed[HEADER_BYTES], plain[HEADER_BYTES];
	uint32_t tag;
	int r;

	reverse(reversed, data);
	r = start_stream(&l->decrypt, data, secret);
	if (!r)
		r = start_stream(&l->encrypt, reversed, secret);
	if (!r)
		r = aes_ctr_run(&l->decrypt, data, plain, HEADER_BYTES);
	if (r)
		return r;
	tag = get_le32(plain + TAG_AT);
	if (tag == tag_of(MT_ABRIDGED))
		l->framing = MT_ABRIDGED;
	else if (tag == TAG_INTERMEDIATE)
		l->framing = MT_INTERMEDIATE;
	else if (tag == TAG_PADDED)
		l->framing = MT_PADDED;
	else
		return TOBS_EPROTO;
	l->obfuscated = l->detected = true;
	l->pos += HEADER_BYTES;
	return aes_ctr_run(
		&l->decrypt, data + HEADER_BYTES, data + HEADER_BYTES, len - HEADER_BYTES);
}

static int detect(struct mt_link *l)
{
	uint8_t *data = l->in.ptr + l->pos;
	size_t len = l->in.len - l->pos;

	if (data[0] == TAG_ABRIDGED && !l->has_secret) {
		l->framing = MT_ABRIDGED;
		l->pos += 1;
	} else if (len < 8) {
		return TOBS_EAGAIN;
	} else if (get_le32(data) == TAG_INTERMEDIATE && !l->has_secret) {
		l->framing = MT_INTERMEDIATE;
		l->pos += 4;
	} else if (get_le32(data) == TAG_PADDED && !l->has_secret) {
		l->framing = MT_PADDED;
		l->pos += 4;
	} else if (get_le32(data + 4) == 0 && !l->has_secret) {
		l->framing =
			MT_FULL; /* its first sequence number is 0; a header's second word never is */
	} else if (len < HEADER_BYTES) {
		return TOBS_EAGAIN;
	} else {
		return accept_header(l, data, len);
	}
	l->detected = true;
	return TOBS_OK;
}

/* What the length field of a framing says. */
struct frame {
	size_t head; /* bytes before the packet */
	size_t len;  /* of the packet */
	size_t tail; /* bytes behind it */
	bool quick_ack;
};

static int read_abridged(const uint8_t *data, size_t len, struct frame *f, struct mt_packet *ret)
{
	if (len < 1)
		return TOBS_EAGAIN;
	f->quick_ack = data[0] & QUICK_ACK_BIT;
	if (f->quick_ack && !ret->wants_quick_ack) {
		/* To a client: four bytes of token, most significant first. */
		if (len < 4)
			return TOBS_EAGAIN;
		*f = (struct frame){ .head = 4 };
		ret->kind = MT_PACKET_QUICK_ACK;
		ret->number = (int32_t)get_be32(data);
		return TOBS_OK;
	}
	f->head = 1;
	f->len = (size_t)(data[0] & 0x7f) * 4;
	if ((data[0] & 0x7f) != 0x7f)
		return TOBS_OK;
	if (len < 4)
		return TOBS_EAGAIN;
	f->head = 4;
	f->len = (size_t)(get_le32(data) >> 8) * 4;
	return TOBS_OK;
}

static int read_intermediate(
	const uint8_t *data, size_t len, struct frame *f, struct mt_packet *ret)
{
	uint32_t word;

	if (len < 4)
		return TOBS_EAGAIN;
	word = get_le32(data);
	f->head = 4;
	if (word & QUICK_ACK_FLAG && !ret->wants_quick_ack) {
		ret->kind = MT_PACKET_QUICK_ACK;
		ret->number = (int32_t)word;
		return TOBS_OK;
	}
	f->quick_ack = word & QUICK_ACK_FLAG;
	f->len = word & ~QUICK_ACK_FLAG;
	return TOBS_OK;
}

static int read_full(const uint8_t *data, size_t len, struct frame *f)
{
	uint32_t total;

	if (len < 8)
		return TOBS_EAGAIN;
	total = get_le32(data);
	if (total < FULL_OVERHEAD || total > MT_PACKET_MAX)
		return TOBS_EPROTO;
	*f = (struct frame){ .head = 8, .len = total - FULL_OVERHEAD, .tail = 4 };
	return TOBS_OK;
}

static int check_full(struct mt_link *l, const uint8_t *data, const struct frame *f)
{
	uint32_t seq = get_le32(data + 4);

	if (seq != l->seq_in++)
		return TOBS_EPROTO;
	if (crc32_of(data, f->head + f->len) != get_le32(data + f->head + f->len))
		return TOBS_EPROTO;
	return TOBS_OK;
}

int mt_link_next(struct mt_link *l, struct mt_packet *ret)
{
	struct frame f = { 0 };
	struct mt_packet p = { .wants_quick_ack = l->server };
	uint8_t *data;
	size_t len;
	int r;

	if (l->pos == l->in.len)
		return TOBS_EAGAIN;
	r = l->detected ? TOBS_OK : detect(l);
	if (r)
		return r;
	data = l->in.ptr + l->pos;
	len = l->in.len - l->pos;
	switch (l->framing) {
	case MT_ABRIDGED: r = read_abridged(data, len, &f, &p); break;
	case MT_FULL: r = read_full(data, len, &f); break;
	default: r = read_intermediate(data, len, &f, &p); break;
	}
	if (r)
		return r;
	if (f.len > MT_PACKET_MAX - FULL_OVERHEAD || (l->framing != MT_PADDED && f.len % 4))
		return TOBS_EPROTO;
	if (len < f.head + f.len + f.tail)
		return TOBS_EAGAIN;
	if (l->framing == MT_FULL && check_full(l, data, &f))
		return TOBS_EPROTO;
	l->pos += f.head + f.len + f.tail;
	if (p.kind == MT_PACKET_MESSAGE) {
		p.data = data + f.head;
		p.len = f.len;
		p.wants_quick_ack = f.quick_ack;
		if (f.len < 4)
			return TOBS_EPROTO;
		/* No message is as short as an error with its padding. */
		if (f.len < 4 + PAD_MAX + 1 && (l->framing == MT_PADDED || f.len == 4)) {
			p.kind = MT_PACKET_ERROR;
			p.number = (int32_t)get_le32(p.data);
		}
	}
	*ret = p;
	return TOBS_OK;
}

int mt_link_begin(struct mt_link *l, size_t len, struct tobs_buf *out)
{
	uint8_t head[8];

	assert(len % 4 == 0 && len <= MT_PACKET_MAX - FULL_OVERHEAD);
	l->frame_start = out->len;
	switch (l->framing) {
	case MT_ABRIDGED:
		head[0] = (uint8_t)(len / 4);
		if (len / 4 >= 0x7f)
			put_le32(head, (uint32_t)(len / 4) << 8 | 0x7f);
		tobs_buf_put(out, head, len / 4 >= 0x7f ? 4 : 1);
		break;
	case MT_FULL:
		put_le32(head, (uint32_t)(len + FULL_OVERHEAD));
		put_le32(head + 4, l->seq_out++);
		tobs_buf_put(out, head, 8);
		break;
	default:
		put_le32(head, (uint32_t)len);
		tobs_buf_put(out, head, 4);
		break;
	}
	l->frame_body = out->len;
	return out->err;
}

int mt_link_end(struct mt_link *l, const struct rng *rng, struct tobs_buf *out)
{
	uint8_t tail[PAD_MAX + 1];

	if (out->err)
		return out->err;
	if (l->framing == MT_FULL) {
		put_le32(tail, crc32_of(out->ptr + l->frame_start, out->len - l->frame_start));
		tobs_buf_put(out, tail, 4);
	} else if (l->framing == MT_PADDED) {
		size_t pad;

		rng_fill(rng, tail, sizeof tail);
		/* Some clients can trim three bytes only, so a server never pads more. */
		pad = tail[PAD_MAX] % (l->server ? 4 : PAD_MAX + 1);
		tobs_buf_put(out, tail, pad);
		if (!out->err)
			put_le32(out->ptr + l->frame_start, (uint32_t)(out->len - l->frame_body));
	}
	if (out->err || !l->obfuscated)
		return out->err;
	return aes_ctr_run(&l->encrypt, out->ptr + l->frame_start, out->ptr + l->frame_start,
		out->len - l->frame_start);
}

int mt_link_send(
	struct mt_link *l, struct tobs_view packet, const struct rng *rng, struct tobs_buf *out)
{
	mt_link_begin(l, packet.len, out);
	tobs_buf_putv(out, packet);
	return mt_link_end(l, rng, out);
}

int mt_link_send_error(struct mt_link *l, int32_t code, const struct rng *rng, struct tobs_buf *out)
{
	uint8_t bytes[4];

	put_le32(bytes, (uint32_t)code);
	return mt_link_send(l, tobs_view(bytes, sizeof bytes), rng, out);
}

int mt_link_send_quick_ack(struct mt_link *l, uint32_t token, struct tobs_buf *out)
{
	uint8_t bytes[4];
	size_t at = out->len;

	if (l->framing == MT_ABRIDGED)
		put_be32(bytes, token);
	else
		put_le32(bytes, token);
	if (tobs_buf_put(out, bytes, sizeof bytes) || !l->obfuscated)
		return out->err;
	return aes_ctr_run(&l->encrypt, out->ptr + at, out->ptr + at, sizeof bytes);
}
