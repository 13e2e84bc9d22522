/* SPDX-License-Identifier: MIT */
#include "mtproto/link.h"

#include "base/endian.h"
#include "support/failmem.h"
#include "support/test.h"

static const uint8_t proxy_secret[MT_SECRET_BYTES] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13,
	14, 15, 16 };

/* Every way to connect. */
static const struct mt_link_options ways[] = {
	{ .framing = MT_ABRIDGED },
	{ .framing = MT_INTERMEDIATE },
	{ .framing = MT_PADDED },
	{ .framing = MT_FULL },
	{ .framing = MT_ABRIDGED, .obfuscated = true },
	{ .framing = MT_INTERMEDIATE, .obfuscated = true },
	{ .framing = MT_PADDED, .obfuscated = true },
	{ .framing = MT_PADDED, .obfuscated = true, .dc = -2, .secret = proxy_secret },
};

static const size_t lengths[] = { 20, 24, 40, 88, 4 * 0x7e, 4 * 0x7f, 4 * 0x80, 4096, 100000 };

struct pair {
	struct mt_link client, server;
	struct tobs_buf up, down; /* on the wire */
	struct prng prng;
	struct rng rng;
};

static void pair_init(struct pair *p, const struct mt_link_options *way)
{
	p->prng.state = 99;
	p->rng = prng_rng(&p->prng);
	tobs_buf_init(&p->up, 1 << 24);
	tobs_buf_init(&p->down, 1 << 24);
	assert_ok(mt_link_connect(&p->client, way, &p->rng, &p->up));
	mt_link_accept(&p->server, way->secret);
}

static void pair_deinit(struct pair *p)
{
	mt_link_deinit(&p->client);
	mt_link_deinit(&p->server);
	tobs_buf_deinit(&p->up);
	tobs_buf_deinit(&p->down);
}

static int feed(struct mt_link *l, struct tobs_view bytes)
{
	uint8_t *at;
	size_t room;
	int r = mt_link_room(l, bytes.len, &at, &room);

	if (r)
		return r;
	assert_true(room >= bytes.len);
	memcpy(at, bytes.ptr, bytes.len);
	return mt_link_received(l, bytes.len);
}

static void fill(uint8_t *data, size_t len)
{
	for (size_t i = 0; i < len; i++)
		data[i] = (uint8_t)(i * 7 + len);
}

static void expect_packet(struct mt_link *l, const uint8_t *data, size_t len)
{
	struct mt_packet p;

	assert_ok(mt_link_next(l, &p));
	assert_int_equal(p.kind, MT_PACKET_MESSAGE);
	assert_in_range(p.len, len, l->framing == MT_PADDED ? len + 15 : len);
	assert_memory_equal(p.data, data, len);
}

/* Both ways, all lengths, the bytes arriving in pieces of `step`. */
static void exchange(const struct mt_link_options *way, size_t step)
{
	static uint8_t data[100000];
	struct pair p;
	struct mt_packet none;

	pair_init(&p, way);
	for (size_t i = 0; i < ARRAY_LEN(lengths); i++) {
		size_t len = lengths[i], done = 0;

		fill(data, len);
		assert_ok(mt_link_send(&p.client, tobs_view(data, len), &p.rng, &p.up));
		for (; done < p.up.len; done += step) {
			assert_code(mt_link_next(&p.server, &none), TOBS_EAGAIN);
			assert_ok(feed(&p.server, tobs_view_sub(tobs_buf_view(&p.up), done, step)));
		}
		expect_packet(&p.server, data, len);
		tobs_buf_clear(&p.up);
		assert_ok(mt_link_send(&p.server, tobs_view(data, len), &p.rng, &p.down));
		for (done = 0; done < p.down.len; done += step) {
			assert_code(mt_link_next(&p.client, &none), TOBS_EAGAIN);
			assert_ok(
				feed(&p.client, tobs_view_sub(tobs_buf_view(&p.down), done, step)));
		}
		expect_packet(&p.client, data, len);
		tobs_buf_clear(&p.down);
	}
	assert_int_equal(p.server.framing, way->framing);
	pair_deinit(&p);
}

static void every_way_in_any_pieces(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		exchange(&ways[i], 1 << 20);
		exchange(&ways[i], 1000);
		exchange(&ways[i], 7);
	}
	exchange(&ways[0], 1);
	exchange(&ways[3], 1);
	exchange(&ways[6], 1);
}

static void many_packets_in_one_read(void **state)
{
	uint8_t data[200];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		struct pair p;
		struct mt_packet none;

		pair_init(&p, &ways[i]);
		for (size_t len = 20; len < sizeof data; len += 4) {
			fill(data, len);
			assert_ok(mt_link_send(&p.client, tobs_view(data, len), &p.rng, &p.up));
		}
		assert_ok(feed(&p.server, tobs_buf_view(&p.up)));
		for (size_t len = 20; len < sizeof data; len += 4) {
			fill(data, len);
			expect_packet(&p.server, data, len);
		}
		assert_code(mt_link_next(&p.server, &none), TOBS_EAGAIN);
		pair_deinit(&p);
	}
}

static void errors_and_quick_acks_reach_the_client(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		uint8_t data[24] = { 9 };
		struct pair p;
		struct mt_packet got;

		pair_init(&p, &ways[i]);
		assert_ok(mt_link_send(&p.client, tobs_view(data, sizeof data), &p.rng, &p.up));
		assert_ok(feed(&p.server, tobs_buf_view(&p.up)));
		assert_ok(mt_link_next(&p.server, &got));
		assert_ok(mt_link_send_error(&p.server, -404, &p.rng, &p.down));
		if (ways[i].framing != MT_FULL)
			assert_ok(mt_link_send_quick_ack(&p.server, 0x81020304, &p.down));
		assert_ok(feed(&p.client, tobs_buf_view(&p.down)));
		assert_ok(mt_link_next(&p.client, &got));
		assert_int_equal(got.kind, MT_PACKET_ERROR);
		assert_int_equal(got.number, -404);
		if (ways[i].framing != MT_FULL) {
			assert_ok(mt_link_next(&p.client, &got));
			assert_int_equal(got.kind, MT_PACKET_QUICK_ACK);
			assert_int_equal((uint32_t)got.number, 0x81020304);
		}
		assert_code(mt_link_next(&p.client, &got), TOBS_EAGAIN);
		pair_deinit(&p);
	}
}

static void a_client_may_ask_for_a_quick_ack(void **state)
{
	uint8_t abridged[1 + 1 + 24] = { 0xef, 0x86 }, intermediate[4 + 4 + 24];
	struct mt_link l;
	struct mt_packet p;

	(void)state;
	put_le32(intermediate, 0xeeeeeeee);
	put_le32(intermediate + 4, 0x80000018);
	memset(intermediate + 8, 1, 24);
	for (int i = 0; i < 2; i++) {
		mt_link_accept(&l, NULL);
		assert_ok(feed(&l,
			i ? tobs_view(intermediate, sizeof intermediate)
			  : tobs_view(abridged, sizeof abridged)));
		assert_ok(mt_link_next(&l, &p));
		assert_true(p.wants_quick_ack);
		assert_int_equal(p.len, 24);
		mt_link_deinit(&l);
	}
}

static void what_is_no_mtproto_is_refused(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
	} cases[] = {
		{ "\xee\xee\xee\xee\x05\0\0\0abcde", 13 }, /* not a multiple of 4 */
		{ "\xee\xee\xee\xee\xff\xff\xff\x7f", 8 }, /* larger than any packet */
		{ "\xef\x7f\xff\xff\xff", 5 },             /* the same, abridged */
		{ "\x0b\0\0\0\0\0\0\0abcd", 12 },          /* full: too short to be one */
		{ "\x10\0\0\0\0\0\0\0abcd\0\0\0\0", 16 },  /* full: wrong checksum */
		{ "GET / HTTP/1.1\r\nHost: example.org\r\nUser-Agent: a-browser/1.0 (of some kind)\r\n",
			77 },
		{ "\xef\0", 2 }, /* an empty packet */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct mt_link l;
		struct mt_packet p;

		mt_link_accept(&l, NULL);
		assert_ok(feed(&l, tobs_view(cases[i].bytes, cases[i].len)));
		assert_code(mt_link_next(&l, &p), TOBS_EPROTO);
		mt_link_deinit(&l);
	}
}

static void before_the_first_byte_there_is_nothing(void **state)
{
	const struct mt_link_options full = { .framing = MT_FULL };
	struct mt_packet packet;
	struct mt_link l;
	struct tobs_buf out;

	(void)state;
	mt_link_accept(&l, NULL);
	assert_code(mt_link_next(&l, &packet), TOBS_EAGAIN);
	mt_link_deinit(&l);
	tobs_buf_init(&out, 100);
	assert_ok(mt_link_connect(&l, &full, rng_system(), &out));
	assert_code(mt_link_next(&l, &packet), TOBS_EAGAIN);
	mt_link_deinit(&l);
	tobs_buf_deinit(&out);
}

static void full_packets_are_numbered(void **state)
{
	uint8_t data[20] = { 1 };
	struct mt_packet got;
	struct pair p;
	size_t first;

	(void)state;
	pair_init(&p, &ways[3]);
	assert_ok(mt_link_send(&p.client, tobs_view(data, sizeof data), &p.rng, &p.up));
	first = p.up.len;
	assert_ok(feed(&p.server, tobs_buf_view(&p.up)));
	assert_ok(mt_link_next(&p.server, &got));
	/* The same packet again: its number is 0, expected is 1. */
	assert_ok(feed(&p.server, tobs_view(p.up.ptr, first)));
	assert_code(mt_link_next(&p.server, &got), TOBS_EPROTO);
	pair_deinit(&p);
}

static void a_proxy_secret_must_match(void **state)
{
	uint8_t other[MT_SECRET_BYTES] = { 0 }, data[64] = { 1 };
	struct mt_packet got;
	struct pair p;

	(void)state;
	pair_init(&p, &ways[7]);
	mt_link_accept(&p.server, other);
	assert_ok(mt_link_send(&p.client, tobs_view(data, sizeof data), &p.rng, &p.up));
	assert_ok(feed(&p.server, tobs_buf_view(&p.up)));
	assert_code(mt_link_next(&p.server, &got), TOBS_EPROTO);
	pair_deinit(&p);
}

static void the_header_looks_like_nothing_else(void **state)
{
	struct prng prng = { 1 };
	struct rng rng = prng_rng(&prng);

	(void)state;
	for (int i = 0; i < 5000; i++) {
		struct tobs_buf out;
		struct mt_link l;

		tobs_buf_init(&out, 100);
		assert_ok(mt_link_connect(&l, &ways[4], &rng, &out));
		assert_int_equal(out.len, 64);
		assert_int_not_equal(out.ptr[0], 0xef);
		assert_true(get_le32(out.ptr) != 0xeeeeeeee && get_le32(out.ptr + 4) != 0);
		mt_link_deinit(&l);
		tobs_buf_deinit(&out);
	}
}

static void full_framing_cannot_be_obfuscated(void **state)
{
	const struct mt_link_options way = { .framing = MT_FULL, .obfuscated = true };
	struct tobs_buf out;
	struct mt_link l;

	(void)state;
	tobs_buf_init(&out, 100);
	assert_code(mt_link_connect(&l, &way, rng_system(), &out), TOBS_EINVAL);
	mt_link_deinit(&l);
	tobs_buf_deinit(&out);
}

static int connect_and_send(void *user)
{
	uint8_t data[5000] = { 0 };
	struct tobs_buf out;
	struct mt_link l;
	uint8_t *at;
	size_t room;
	int r;

	tobs_buf_init(&out, 1 << 20);
	r = mt_link_connect(&l, user, rng_system(), &out);
	if (!r)
		r = mt_link_send(&l, tobs_view(data, sizeof data), rng_system(), &out);
	if (!r)
		r = mt_link_room(&l, 100000, &at, &room);
	mt_link_deinit(&l);
	tobs_buf_deinit(&out);
	return r;
}

static void survives_failing_memory(void **state)
{
	struct mt_link_options way = { .framing = MT_PADDED, .obfuscated = true };

	(void)state;
	fail_each_allocation(connect_and_send, &way);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_way_in_any_pieces),
		cmocka_unit_test(many_packets_in_one_read),
		cmocka_unit_test(errors_and_quick_acks_reach_the_client),
		cmocka_unit_test(a_client_may_ask_for_a_quick_ack),
		cmocka_unit_test(what_is_no_mtproto_is_refused),
		cmocka_unit_test(before_the_first_byte_there_is_nothing),
		cmocka_unit_test(full_packets_are_numbered),
		cmocka_unit_test(a_proxy_secret_must_match),
		cmocka_unit_test(the_header_looks_like_nothing_else),
		cmocka_unit_test(full_framing_cannot_be_obfuscated),
		cmocka_unit_test(survives_failing_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
