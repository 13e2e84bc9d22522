/* SPDX-License-Identifier: MIT */
/* The session against strangers, broken peers, and failing memory. */
#include "mtproto/session.h"

#include <tobs/tl.h>

#include "base/alloc.h"
#include "base/gzip.h"
#include "support/failmem.h"
#include "support/mt_peer.h"
#include "support/test.h"
#include "tl/wire.h"

static struct mt_peer peer;
static struct mt_peer *const p = &peer;
static uint32_t words[8][4];
static struct mt_query queries[8];

static int setup(void **state)
{
	(void)state;
	peer_init(p);
	for (size_t i = 0; i < ARRAY_LEN(queries); i++)
		peer_query(&queries[i], words[i], 3);
	mt_session_connected(p->session);
	peer_take(p); /* the first ping */
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(queries); i++)
		mt_session_forget(p->session, &queries[i], false);
	peer_deinit(p);
	return 0;
}

static void send_queries(size_t n)
{
	for (size_t i = 0; i < n; i++)
		mt_session_send(p->session, &queries[i]);
	peer_take(p);
	assert_int_equal(peer_count(p, TL_help_getConfig), n);
}

static void strangers_are_not_believed(void **state)
{
	const uint32_t update = TL_updatesTooLong;
	struct tobs_view body = tobs_view(&update, 4);
	struct mt_message m = {
		.session_id = mt_session_id(p->session), .seq_no = 1, .body = body
	};
	struct tobs_buf packet, broken;

	(void)state;
	assert_ok(peer_say_tl(p, TL0(updatesTooLong), true));
	assert_code(
		peer_say_as(p, mt_ids_next_server(&p->ids, true) + 1, body, true), TOBS_ECRYPTO);
	/* Five minutes old, and less than what was seen: a replay. */
	assert_ok(peer_say_as(p, ((uint64_t)(PEER_START_S - 301) << 32) | 1, body, true));
	assert_int_equal(p->updates, 1);

	tobs_buf_init(&packet, 1000);
	tobs_buf_init(&broken, 1000);
	m.msg_id = mt_ids_next_server(&p->ids, false);
	assert_ok(mt_seal(&packet, &p->key, MSG_BY_SERVER, &m, &p->rng, NULL));
	for (size_t i = 0; i < packet.len; i++) {
		tobs_buf_clear(&broken);
		tobs_buf_putv(&broken, tobs_buf_view(&packet));
		broken.ptr[i] ^= 0x10;
		assert_code(mt_session_receive(p->session, broken.ptr, broken.len), TOBS_ECRYPTO);
	}
	for (size_t cut = 0; cut < packet.len; cut++) {
		uint8_t *exact = exact_copy(packet.ptr, cut);

		assert_code(mt_session_receive(p->session, exact, cut), TOBS_ECRYPTO);
		free(exact);
	}
	/* What a client wrote is not taken for a server's word. */
	tobs_buf_clear(&packet);
	assert_ok(mt_seal(&packet, &p->key, MSG_BY_CLIENT, &m, &p->rng, NULL));
	assert_code(mt_session_receive(p->session, packet.ptr, packet.len), TOBS_ECRYPTO);
	/* Another session's message is not ours. */
	tobs_buf_clear(&packet);
	m.session_id++;
	assert_ok(mt_seal(&packet, &p->key, MSG_BY_SERVER, &m, &p->rng, NULL));
	assert_ok(mt_session_receive(p->session, packet.ptr, packet.len));
	assert_int_equal(p->updates, 1);
	tobs_buf_deinit(&packet);
	tobs_buf_deinit(&broken);
}

static void put_packed(struct tobs_buf *out, struct tobs_view plain)
{
	struct tobs_buf packed;

	tobs_buf_init(&packed, 1 << 20);
	assert_ok(gzip_pack(&packed, plain));
	tl_put_u32(out, 0x3072cfa1);
	assert_ok(tl_put_bytes(out, tobs_buf_view(&packed)));
	tobs_buf_deinit(&packed);
}

static void containers_are_bounded(void **state)
{
	struct tobs_buf body;

	(void)state;
	tobs_buf_init(&body, 1 << 20);
	tl_put_u32(&body, 0x73f1f8dc);
	tl_put_u32(&body, 1);
	tl_put_u64(&body, mt_ids_next_server(&p->ids, false));
	tl_put_u32(&body, 0);
	tl_put_u32(&body, 8);
	tl_put_u32(&body, 0x73f1f8dc); /* a container in a container */
	tl_put_u32(&body, 0);
	assert_code(peer_say(p, tobs_buf_view(&body), false), TOBS_EPROTO);
	put_le32(body.ptr + 4, 2000); /* more messages than allowed */
	assert_code(peer_say(p, tobs_buf_view(&body), false), TOBS_EPROTO);
	put_le32(body.ptr + 4, 2); /* more than there are */
	put_le32(body.ptr + 24, TL_updatesTooLong);
	assert_code(peer_say(p, tobs_buf_view(&body), false), TOBS_EPROTO);
	put_le32(body.ptr + 4, 1);
	put_le32(body.ptr + 20, 12); /* longer than it is */
	assert_code(peer_say(p, tobs_buf_view(&body), false), TOBS_EPROTO);
	tobs_buf_deinit(&body);
}

static void put_copy(struct tobs_buf *out, size_t len)
{
	tl_put_u32(out, 0xe06046b2);
	tl_put_u64(out, mt_ids_next_server(&p->ids, false));
	tl_put_u32(out, 1);
	tl_put_u32(out, (uint32_t)len);
}

/* What is unpacked lies where the next would be unpacked to. */
static void packed_in_packed_is_refused(void **state)
{
	static const uint8_t zeros[50000];
	struct tobs_buf inner, copy, body;

	(void)state;
	send_queries(1);
	tobs_buf_init(&inner, 1 << 20);
	tobs_buf_init(&copy, 1 << 20);
	tobs_buf_init(&body, 1 << 20);
	put_packed(&inner, tobs_view(zeros, sizeof zeros));
	/* gzip_packed(msg_copy(gzip_packed(…))) */
	put_copy(&copy, inner.len);
	tobs_buf_putv(&copy, tobs_buf_view(&inner));
	put_packed(&body, tobs_buf_view(&copy));
	assert_code(peer_say(p, tobs_buf_view(&body), true), TOBS_EPROTO);
	assert_int_equal(p->updates, 0);
	/* gzip_packed(rpc_result(gzip_packed(…))) */
	tobs_buf_clear(&copy);
	tobs_buf_clear(&body);
	tl_put_u32(&copy, 0xf35c6d01);
	tl_put_u64(&copy, queries[0].msg_id);
	tobs_buf_putv(&copy, tobs_buf_view(&inner));
	put_packed(&body, tobs_buf_view(&copy));
	assert_ok(peer_say(p, tobs_buf_view(&body), true));
	assert_int_equal(p->answers, 0);
	assert_int_equal(p->refusals, 1);
	assert_string_equal(p->refusal, "RESPONSE_UNREADABLE");
	/* Once is what servers do. */
	tobs_buf_clear(&body);
	put_packed(&body, tobs_view(zeros, sizeof zeros));
	assert_ok(peer_say(p, tobs_buf_view(&body), true));
	assert_int_equal(p->updates, 1);
	tobs_buf_deinit(&inner);
	tobs_buf_deinit(&copy);
	tobs_buf_deinit(&body);
}

/* As deep as a packet has room for, which no stack has. */
static void copies_do_not_nest(void **state)
{
	enum { HEAD = 20, DEPTH = 150000 };
	struct tobs_buf body;

	(void)state;
	tobs_buf_init(&body, 1 << 22);
	for (size_t i = DEPTH; i-- > 0;)
		put_copy(&body, i * HEAD + 4);
	tl_put_u32(&body, TL_updatesTooLong);
	assert_code(peer_say(p, tobs_buf_view(&body), true), TOBS_EPROTO);
	assert_int_equal(p->updates, 0);
	/* The innermost alone is a message. */
	assert_ok(peer_say(p, tobs_view(body.ptr + body.len - HEAD - 4, HEAD + 4), true));
	assert_int_equal(p->updates, 1);
	tobs_buf_deinit(&body);
}

/* Service messages of every kind, cut and flipped inside a valid envelope. */
static void hostile_bodies_do_no_harm(void **state)
{
	static const uint32_t kinds[] = { 0xf35c6d01, 0x73f1f8dc, 0xe06046b2, 0x3072cfa1,
		TL_msgs_ack, TL_pong, TL_new_session_created, TL_bad_server_salt,
		TL_bad_msg_notification, TL_future_salts, TL_msgs_state_info, TL_msgs_state_req,
		TL_msg_detailed_info, TL_msg_new_detailed_info, TL_msg_resend_req, TL_rpc_error };
	uint32_t body[32];

	(void)state;
	send_queries(8);
	for (int i = 0; i < 30000; i++) {
		size_t n = 1 + prng_below(&p->prng, ARRAY_LEN(body) - 1);
		int r;

		rng_fill(&p->rng, body, sizeof body);
		for (size_t k = 0; k < n; k++)
			switch (prng_below(&p->prng, 4)) {
			case 0: body[k] = kinds[prng_below(&p->prng, ARRAY_LEN(kinds))]; break;
			case 1: body[k] = (uint32_t)prng_below(&p->prng, 5); break;
			case 2: body[k] = 0x1cb5c415; break;
			default: break;
			}
		body[0] = kinds[prng_below(&p->prng, ARRAY_LEN(kinds))];
		p->answers = p->refusals = 0;
		r = peer_say(p, tobs_view(body, n * 4), i & 1);
		assert_true(r == TOBS_OK || r == TOBS_EPROTO || r == TOBS_ECRYPTO);
		if (i % 100 == 0)
			peer_take(p);
	}
}

static int a_scenario(void *user)
{
	const struct mt_session_options *options = user;
	const struct mt_link_options way = { .framing = MT_ABRIDGED };
	struct mt_session *s = NULL;
	struct mt_link link = { 0 };
	struct mt_query local[3];
	struct tobs_buf out;
	int r;

	memset(local, 0, sizeof local);
	tobs_buf_init(&out, 1 << 20);
	r = mt_link_connect(&link, &way, &p->rng, &out);
	if (!r)
		r = mt_session_new(&s, options);
	if (!r) {
		mt_session_connected(s);
		for (size_t i = 0; i < ARRAY_LEN(local); i++) {
			peer_query(&local[i], words[i], 3);
			mt_session_send(s, &local[i]);
		}
		r = mt_session_flush(s, &link, &out);
		for (size_t i = 0; i < ARRAY_LEN(local); i++)
			mt_session_forget(s, &local[i], true);
		if (!r)
			r = mt_session_flush(s, &link, &out);
	}
	mt_session_free(s);
	mt_link_deinit(&link);
	tobs_buf_deinit(&out);
	return r;
}

static void survives_failing_memory(void **state)
{
	static const struct mt_session_events none = { 0 };
	struct mt_session_options options = {
		.key = &p->key, .clock = &p->clock.clock, .rng = &p->rng, .events = &none
	};

	(void)state;
	fail_each_allocation(a_scenario, &options);
}

/* ---- messages for which there is no memory ---- */

struct gate {
	uint64_t fail_at;
	bool hit;
};

static bool gate(uint64_t nth, void *user)
{
	struct gate *g = user;

	g->hit |= nth == g->fail_at;
	return nth != g->fail_at;
}

/* The packet once more, as it comes. */
static int receive(const struct tobs_buf *packet)
{
	uint8_t *copy = exact_copy(packet->ptr, packet->len);
	int r = mt_session_receive(p->session, copy, packet->len);

	free(copy);
	return r;
}

static int receive_without(const struct tobs_buf *packet, struct gate *g)
{
	int r;

	mem_set_gate(gate, g);
	r = receive(packet);
	mem_set_gate(NULL, NULL);
	return r;
}

/* The answer to the first query, packed. */
static void put_answer(struct tobs_buf *out)
{
	static const uint8_t zeros[5000];

	tl_put_u32(out, 0xf35c6d01);
	tl_put_u64(out, queries[0].msg_id);
	put_packed(out, tobs_view(zeros, sizeof zeros));
}

/* A container: the answer, and an update that is packed; both content. */
static void put_both(struct tobs_buf *out)
{
	static const uint8_t zeros[6000];
	struct tobs_buf each;

	tobs_buf_init(&each, 1 << 20);
	tl_put_u32(out, 0x73f1f8dc);
	tl_put_u32(out, 2);
	for (int i = 0; i < 2; i++) {
		tobs_buf_clear(&each);
		if (i == 0)
			put_answer(&each);
		else
			put_packed(&each, tobs_view(zeros, sizeof zeros));
		tl_put_u64(out, mt_ids_next_server(&p->ids, i == 0));
		tl_put_u32(out, 1);
		tl_put_u32(out, (uint32_t)each.len);
		tobs_buf_putv(out, tobs_buf_view(&each));
	}
	tobs_buf_deinit(&each);
}

static void seal_message(bool container, struct tobs_buf *packet)
{
	struct mt_message m = { .salt = PEER_SALT, .session_id = mt_session_id(p->session) };
	struct tobs_buf body;

	tobs_buf_init(&body, 1 << 20);
	if (container)
		put_both(&body);
	else
		put_answer(&body);
	m.msg_id = mt_ids_next_server(&p->ids, true);
	m.seq_no = !container;
	m.body = tobs_buf_view(&body);
	assert_ok(mt_seal(packet, &p->key, MSG_BY_SERVER, &m, &p->rng, NULL));
	tobs_buf_deinit(&body);
}

/*
 * The connection is closed then, and over the next one the server sends again
 * what was not acknowledged: nothing may be lost, nor come twice.
 */
static bool comes_again(bool container, uint64_t fail_at)
{
	struct gate g = { .fail_at = fail_at };
	struct tobs_buf packet;
	int r;

	send_queries(1);
	tobs_buf_init(&packet, 1 << 20);
	seal_message(container, &packet);
	r = receive_without(&packet, &g);
	if (r) {
		assert_code(r, TOBS_ENOMEM);
		mt_session_disconnected(p->session);
		mt_session_connected(p->session);
		peer_take(p);
		if (!container)
			assert_int_equal(peer_count(p, TL_msgs_ack), 0);
		assert_ok(receive(&packet));
	}
	assert_int_equal(p->answers, 1);
	assert_int_equal(p->updates, container);
	peer_wait(p, MT_ACK_WITHIN_S + 1);
	assert_ok(mt_session_tick(p->session));
	peer_take(p);
	if (!g.hit)
		assert_int_equal(peer_count(p, TL_msgs_ack), 1);
	tobs_buf_deinit(&packet);
	return g.hit;
}

static void what_found_no_memory_comes_again(void **state)
{
	for (int container = 0; container < 2; container++) {
		bool failed = true;

		for (uint64_t i = 0; failed; i++) {
			failed = comes_again(container, i);
			teardown(state);
			setup(state);
		}
	}
}

/* What the server says when asked: it got nothing. */
static void say_nothing_came(void)
{
	const struct peer_message *asked = peer_find(p, TL_msgs_state_req);
	uint32_t count = get_le32(asked->body.ptr + 8);
	uint8_t states[64];

	assert_true(count <= sizeof states);
	memset(states, 1, sizeof states);
	assert_ok(peer_say_tl(p,
		TL(msgs_state_info, .req_msg_id = (int64_t)asked->msg_id,
			.info = tobs_view(states, count)),
		false));
}

/* Nothing of it went out, and the connection is closed: the next one carries every query, once. */
static bool is_sent_over_the_next(uint64_t fail_at)
{
	struct gate g = { .fail_at = fail_at };
	size_t before = p->wire.len;
	int r;

	for (size_t i = 0; i < 3; i++)
		mt_session_send(p->session, &queries[i]);
	mem_set_gate(gate, &g);
	r = mt_session_flush(p->session, &p->client_link, &p->wire);
	mem_set_gate(NULL, NULL);
	if (r) {
		size_t sent;

		assert_code(r, TOBS_ENOMEM);
		assert_int_equal(p->wire.len, before);
		mt_session_disconnected(p->session);
		mt_session_connected(p->session);
		peer_take(p);
		sent = peer_count(p, TL_help_getConfig);
		if (peer_count(p, TL_msgs_state_req)) {
			say_nothing_came();
			peer_take(p);
			sent += peer_count(p, TL_help_getConfig);
		}
		assert_int_equal(sent, 3);
	} else {
		peer_take(p);
		assert_int_equal(peer_count(p, TL_help_getConfig), 3);
	}
	for (size_t i = 0; i < 3; i++) {
		p->answers = 0;
		assert_ok(peer_answer(p, queries[i].msg_id, TL0(updatesTooLong)));
		assert_int_equal(p->answers, 1);
	}
	assert_int_equal(mt_session_pending(p->session), 0);
	return g.hit;
}

static void what_could_not_be_sent_goes_over_the_next(void **state)
{
	for (uint64_t i = 0; is_sent_over_the_next(i); i++) {
		teardown(state);
		setup(state);
	}
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(strangers_are_not_believed),
		T(containers_are_bounded),
		T(packed_in_packed_is_refused),
		T(copies_do_not_nest),
		T(hostile_bodies_do_no_harm),
		T(survives_failing_memory),
		T(what_found_no_memory_comes_again),
		T(what_could_not_be_sent_goes_over_the_next),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
