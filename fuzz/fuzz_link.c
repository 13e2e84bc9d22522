/* SPDX-License-Identifier: MIT */
/*
 * Transport links. The first byte chooses framing, obfuscation, secret and which
 * end reads; the second seeds the sizes of the pieces. The rest is a stream, as
 * it is behind the obfuscation: the other end encrypts it first. What comes of
 * the pieces is what comes of the whole. Then every packet is sent, and arrives.
 */
#include <string.h>

#include "fuzz.h"
#include "mtproto/link.h"
#include "take.h"

enum { STREAM_MAX = 1 << 20, SERVER = 8, OBFUSCATED = 4, SECRET = 16, BARE = 32 };

static const uint8_t secret[MT_SECRET_BYTES] = "0123456789abcde";

struct pair {
	struct mt_link client, server;
	struct prng prng;
	struct rng rng;
};

/* Both ends, introduced to each other; `pieces` of the introduction in one. */
static void feed(struct mt_link *l, struct tobs_view bytes)
{
	uint8_t *at;
	size_t room;

	if (!bytes.len)
		return;
	FUZZ_CHECK(!mt_link_room(l, bytes.len, &at, &room) && room >= bytes.len);
	memcpy(at, bytes.ptr, bytes.len);
	FUZZ_CHECK(!mt_link_received(l, bytes.len));
}

static void pair_init(struct pair *p, uint8_t how)
{
	struct mt_link_options options = { .framing = (enum mt_framing)(how & 3),
		.obfuscated = (how & 3) != MT_FULL && how & OBFUSCATED,
		.dc = 2,
		.secret = how & SECRET && how & OBFUSCATED && (how & 3) != MT_FULL ? secret
										   : NULL };
	struct mt_packet packet;
	struct tobs_buf out;

	p->prng.state = 99;
	p->rng = prng_rng(&p->prng);
	tobs_buf_init(&out, STREAM_MAX);
	mt_link_accept(&p->server, options.secret);
	FUZZ_CHECK(!mt_link_connect(&p->client, &options, &p->rng, &out));
	/* Without it the stream begins with what the bytes say. */
	if (!(how & BARE) || options.obfuscated) {
		feed(&p->server, tobs_buf_view(&out));
		FUZZ_CHECK(mt_link_next(&p->server, &packet) == TOBS_EAGAIN);
	}
	tobs_buf_deinit(&out);
}

static void pair_deinit(struct pair *p)
{
	mt_link_deinit(&p->client);
	mt_link_deinit(&p->server);
}

/* Appends all packets that are there, in a form that can be compared. */
static int drain(struct mt_link *l, struct tobs_buf *seen)
{
	struct mt_packet packet;
	int r;

	while (!(r = mt_link_next(l, &packet))) {
		tobs_buf_printf(seen, "%d %d %d %zu:", packet.kind, (int)packet.number,
			packet.wants_quick_ack, packet.len);
		FUZZ_CHECK(packet.kind != MT_PACKET_MESSAGE || packet.len >= 4);
		tobs_buf_put(
			seen, packet.data, packet.kind == MT_PACKET_QUICK_ACK ? 0 : packet.len);
	}
	FUZZ_CHECK(r == TOBS_EAGAIN || r == TOBS_EPROTO);
	return r;
}

/* Reads the stream, in pieces of up to `each` bytes; what came goes to `seen`. */
static int read_all(uint8_t how, struct tobs_view stream, size_t each, struct tobs_buf *seen)
{
	uint8_t bytes[4096];
	struct pair p;
	struct mt_link *reader, *writer;
	int r = TOBS_EAGAIN;

	pair_init(&p, how);
	reader = how & SERVER ? &p.server : &p.client;
	writer = how & SERVER ? &p.client : &p.server;
	while (stream.len && r == TOBS_EAGAIN) {
		struct tobs_view piece = take(&stream, MIN(each, sizeof bytes));

		memcpy(bytes, piece.ptr, piece.len);
		if (writer->obfuscated)
			FUZZ_CHECK(!aes_ctr_run(&writer->encrypt, bytes, bytes, piece.len));
		feed(reader, tobs_view(bytes, piece.len));
		r = drain(reader, seen);
	}
	pair_deinit(&p);
	return r;
}

/* Packets of the bytes' sizes, there and back. */
static void check_sending(uint8_t how, struct tobs_view in)
{
	struct tobs_buf out;
	struct pair p;

	pair_init(&p, how & ~BARE);
	tobs_buf_init(&out, STREAM_MAX);
	for (int i = 0; in.len && i < 16; i++) {
		struct mt_link *from = i & 1 ? &p.server : &p.client;
		struct mt_link *to = i & 1 ? &p.client : &p.server;
		size_t len = take_byte(&in) * 4u;
		struct tobs_view body = take(&in, len);
		struct mt_packet packet;

		body.len &= ~(size_t)3;
		/* Shorter ones are errors; the server does not know the framing before it has read. */
		if (body.len < 20 || !from->detected)
			continue;
		tobs_buf_clear(&out);
		FUZZ_CHECK(!mt_link_send(from, body, &p.rng, &out));
		feed(to, tobs_buf_view(&out));
		FUZZ_CHECK(!mt_link_next(to, &packet) && packet.kind == MT_PACKET_MESSAGE);
		FUZZ_CHECK(packet.len >= body.len && packet.len < body.len + 16);
		FUZZ_CHECK(memcmp(packet.data, body.ptr, body.len) == 0);
		FUZZ_CHECK(mt_link_next(to, &packet) == TOBS_EAGAIN);
	}
	tobs_buf_deinit(&out);
	pair_deinit(&p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tobs_view in = tobs_view(data, size);
	uint8_t how = take_byte(&in), each = take_byte(&in);
	struct tobs_buf whole, pieces;
	int r;

	tobs_buf_init(&whole, STREAM_MAX);
	tobs_buf_init(&pieces, STREAM_MAX);
	r = read_all(how, in, SIZE_MAX, &whole);
	FUZZ_CHECK(r == read_all(how, in, each + 1u, &pieces));
	FUZZ_CHECK(tobs_view_eq(tobs_buf_view(&whole), tobs_buf_view(&pieces)));
	tobs_buf_deinit(&whole);
	tobs_buf_deinit(&pieces);
	check_sending(how, in);
	return 0;
}
