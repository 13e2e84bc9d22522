/* SPDX-License-Identifier: MIT */
/*
 * The server's session against ours: the client session of mtproto/ talks to it
 * through two links, so both are judged; and against hand-made messages for what
 * our client never does wrong.
 */
#include "sim/session.h"

#include <tobs/tl.h>

#include "mtproto/session.h"
#include "support/failmem.h"
#include "support/test.h"
#include "tl/wire.h"

static struct fake_clock clk;
static struct prng prng;
static struct rng rng;
static struct sim_keys keys;
static struct sim_key *key;
static struct sim_session *server;
static struct sim_session_stats stats;
static struct mt_session *client;
static struct mt_link up, down; /* the client's end, the server's end */
static struct tobs_buf wire_up, wire_down, scratch;

static int answered, refused, renewed, dropped;
static uint64_t held[16]; /* queries the server has not answered */
static size_t held_count;
static bool hold;

static void on_query(void *user, struct sim_session *s, uint64_t msg_id, struct tobs_view body)
{
	(void)user;
	if (hold) {
		held[held_count++] = msg_id;
		return;
	}
	assert_ok(sim_session_answer(s, msg_id, body));
}

static bool on_drop(void *user, struct sim_session *s, uint64_t msg_id)
{
	(void)user;
	(void)s;
	(void)msg_id;
	dropped++;
	return true;
}

static const struct sim_session_events server_events = { .query = on_query, .drop = on_drop };

static void on_answered(void *user, struct mt_query *q, struct tobs_view result)
{
	(void)user;
	assert_true(tobs_view_eq(result, q->body));
	answered++;
}

static void on_refused(void *user, struct mt_query *q, int32_t code, struct tobs_view name)
{
	(void)user;
	(void)q;
	assert_int_equal(code, 400);
	assert_view(name, "NO_GOOD");
	refused++;
}

static void on_update(void *user, struct tobs_view body)
{
	(void)user;
	(void)body;
}

static void on_renewed(void *user)
{
	(void)user;
	renewed++;
}

static const struct mt_session_events client_events = { on_answered, on_refused, on_update,
	on_renewed, NULL };

static void connect_links(void)
{
	const struct mt_link_options way = { .framing = MT_ABRIDGED };

	tobs_buf_clear(&wire_up);
	tobs_buf_clear(&wire_down);
	assert_ok(mt_link_connect(&up, &way, &rng, &wire_up));
	mt_link_accept(&down, NULL);
}

static void attach(uint64_t session_id)
{
	assert_ok(sim_session_get(&keys, key, session_id, &stats, &server));
	sim_session_attached(server, &down, &server_events);
}

static int setup(void **state)
{
	struct mt_session_options options = {
		.salt = 5, .clock = &clk.clock, .rng = &rng, .events = &client_events
	};
	uint8_t bytes[AUTH_KEY_BYTES];
	struct auth_key k;

	(void)state;
	prng.state = 99;
	rng = prng_rng(&prng);
	fake_clock_init(&clk, 1700000000ll * 1000000);
	rng_fill(&rng, bytes, sizeof bytes);
	auth_key_set(&k, bytes);
	sim_keys_init(&keys, &clk.clock, &rng);
	assert_ok(sim_keys_add(&keys, &k, 2, 5, 0, &key));
	options.key = &k;
	assert_ok(mt_session_new(&client, &options));
	tobs_buf_init(&wire_up, 1 << 24);
	tobs_buf_init(&wire_down, 1 << 24);
	tobs_buf_init(&scratch, 1 << 24);
	memset(&stats, 0, sizeof stats);
	answered = refused = renewed = dropped = 0;
	held_count = 0;
	hold = false;
	attach(mt_session_id(client));
	connect_links();
	mt_session_connected(client);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	mt_session_free(client);
	sim_keys_deinit(&keys);
	mt_link_deinit(&up);
	mt_link_deinit(&down);
	tobs_buf_deinit(&wire_up);
	tobs_buf_deinit(&wire_down);
	tobs_buf_deinit(&scratch);
	return 0;
}

static void deliver(struct mt_link *l, struct tobs_buf *wire)
{
	uint8_t *at;
	size_t room;

	assert_ok(mt_link_room(l, wire->len, &at, &room));
	if (wire->len)
		memcpy(at, wire->ptr, wire->len);
	assert_ok(mt_link_received(l, wire->len));
	tobs_buf_clear(wire);
}

static void to_server(void)
{
	struct mt_packet packet;
	struct mt_message m;

	assert_ok(mt_session_flush(client, &up, &wire_up));
	deliver(&down, &wire_up);
	while (mt_link_next(&down, &packet) == TOBS_OK) {
		assert_ok(mt_open(packet.data, packet.len, &key->key, MSG_BY_CLIENT, &m, NULL));
		if (m.session_id != server->id)
			attach(m.session_id);
		assert_ok(sim_session_receive(server, &m));
	}
}

static void to_client(void)
{
	struct mt_packet packet;
	struct mt_message m;

	while (sim_session_take(server, 1 << 16, &scratch, &m) == TOBS_OK) {
		assert_ok(mt_link_begin(&down, mt_sealed_len(m.body.len), &wire_down));
		assert_ok(mt_seal(&wire_down, &key->key, MSG_BY_SERVER, &m, &rng, NULL));
		assert_ok(mt_link_end(&down, &rng, &wire_down));
	}
	deliver(&up, &wire_down);
	while (mt_link_next(&up, &packet) == TOBS_OK)
		assert_ok(mt_session_receive(client, packet.data, packet.len));
}

static void talk(void)
{
	for (int i = 0; i < 20; i++) {
		to_server();
		to_client();
		clk.now += 1000;
	}
}

static void query(struct mt_query *q, uint32_t *words)
{
	words[0] = TL_help_getConfig;
	*q = (struct mt_query){ .body = tobs_view(words, 16) };
	mt_session_send(client, q);
}

static void thousands_of_calls(void **state)
{
	static struct mt_query q[2000];
	static uint32_t words[2000][4];

	(void)state;
	for (int i = 0; i < 2000; i++) {
		query(&q[i], words[i]);
		if (i % 50 == 0)
			talk();
	}
	talk();
	assert_int_equal(answered, 2000);
	assert_int_equal(mt_session_pending(client), 0);
	for (int i = 0; i < 65; i++)
		assert_int_equal(stats.refused[i], 0);
	/* All was acknowledged: nothing is kept. */
	clk.now += 30 * 1000000;
	assert_ok(mt_session_tick(client));
	talk();
	assert_int_equal(server->kept_bytes, 0);
	assert_int_equal(renewed, 1); /* the session was new to the server */
}

static void salts_change_unnoticed(void **state)
{
	struct mt_query q[3];
	uint32_t words[3][4];

	(void)state;
	query(&q[0], words[0]);
	talk();
	sim_key_rotate(&keys, key, true); /* as after a restart: the old one is unknown */
	query(&q[1], words[1]);
	talk();
	assert_int_equal(stats.refused[48], 1);
	assert_int_equal(answered, 2);
	/* With salts fetched ahead a change by the clock is not even noticed. */
	assert_ok(mt_session_tick(client));
	talk();
	for (int hour = 0; hour < 20; hour++) {
		clk.now += 1000ll * 1000000;
		query(&q[2], words[2]);
		talk();
		assert_ok(mt_session_tick(client));
		talk();
	}
	assert_int_equal(answered, 22);
	assert_true(stats.refused[48] <= 2);
}

static void a_lost_connection_loses_nothing(void **state)
{
	static struct mt_query q[40];
	static uint32_t words[40][4];

	(void)state;
	for (int round = 0; round < 4; round++) {
		for (int i = 0; i < 10; i++)
			query(&q[round * 10 + i], words[round * 10 + i]);
		/* Lost before it arrives, after it arrived, with half the answers. */
		if (round > 0)
			to_server();
		if (round > 1)
			to_client();
		if (round == 3)
			to_server();
		mt_session_disconnected(client);
		mt_link_deinit(&up);
		mt_link_deinit(&down);
		connect_links();
		mt_session_connected(client);
		sim_session_attached(server, &down, &server_events);
		talk();
		assert_int_equal(answered, 10 * (round + 1));
	}
	assert_int_equal(mt_session_pending(client), 0);
	assert_int_equal(stats.queries, 40); /* each was carried out once */
}

static void answers_later_in_any_order(void **state)
{
	struct mt_query q[4];
	uint32_t words[4][4];

	(void)state;
	hold = true;
	for (int i = 0; i < 4; i++)
		query(&q[i], words[i]);
	talk();
	assert_int_equal(held_count, 4);
	assert_int_equal(answered, 0);
	assert_true(sim_session_is_running(server, held[2]));
	assert_ok(sim_session_answer(server, held[2], q[2].body));
	assert_ok(sim_session_refuse(server, held[0], 400, "NO_GOOD"));
	assert_ok(sim_session_answer(server, held[2], q[2].body)); /* only once */
	talk();
	assert_int_equal(answered, 1);
	assert_int_equal(refused, 1);
	mt_session_forget(client, &q[1], true);
	talk();
	assert_int_equal(dropped, 1);
	assert_false(sim_session_is_running(server, held[1]));
	assert_ok(sim_session_answer(server, held[1], q[1].body));
	assert_ok(sim_session_answer(server, held[3], q[3].body));
	talk();
	assert_int_equal(answered, 2);
}

static void packed_both_ways(void **state)
{
	static uint32_t words[4000];
	struct mt_query q = { .body = tobs_view(words, sizeof words), .compress = true };

	(void)state;
	words[0] = TL_help_getConfig;
	server->pack = true;
	mt_session_send(client, &q);
	talk();
	assert_int_equal(answered, 1);
	assert_int_equal(stats.packed, 1);
}

static void clocks_that_differ(void **state)
{
	struct mt_query q[2];
	uint32_t words[2][4];

	(void)state;
	/* The client's clock is wrong by an hour in each direction. */
	mt_session_free(client);
	for (int side = 0; side < 2; side++) {
		struct mt_session_options options = { .key = &key->key,
			.salt = 5,
			.clock = &clk.clock,
			.rng = &rng,
			.events = &client_events,
			.time_offset = (side ? 1 : -1) * 3600ll * 1000000 };

		assert_ok(mt_session_new(&client, &options));
		attach(mt_session_id(client));
		mt_session_connected(client);
		query(&q[side], words[side]);
		talk();
		assert_int_equal(answered, side + 1);
		assert_in_range(mt_session_time_offset(client) + 10000000, 9000000, 11000000);
		if (side == 0)
			mt_session_free(client);
	}
	assert_true(stats.refused[16] > 0 && stats.refused[17] > 0);
}

/* What our client never does: the answers the documentation demands. */
static uint32_t say(uint64_t msg_id, uint32_t seq_no, const void *body, size_t len)
{
	struct mt_message m = { .salt = sim_key_salt(&keys, key),
		.session_id = server->id,
		.msg_id = msg_id,
		.seq_no = seq_no,
		.body = tobs_view(body, len) };
	struct mt_message out;

	while (sim_session_take(server, 1 << 16, &scratch, &out) == TOBS_OK)
		;
	if (sim_session_receive(server, &m))
		return 1;
	if (sim_session_take(server, 1 << 16, &scratch, &out))
		return 0;
	for (size_t at = 0; at + 20 <= scratch.len; at += 4)
		if (get_le32(scratch.ptr + at) == TL_bad_msg_notification)
			return get_le32(scratch.ptr + at + 16);
	return 0;
}

static uint64_t id_at(int64_t seconds, uint64_t low)
{
	return (uint64_t)(1700000000 + seconds) << 32 | low;
}

static void every_refusal(void **state)
{
	const uint32_t q[] = { TL_help_getConfig }, ack[] = { TL_msgs_ack, 0x1cb5c415, 0 };
	uint32_t nested[8] = { 0x73f1f8dc, 1 };
	uint32_t many[2] = { 0x73f1f8dc, 1021 };

	(void)state;
	assert_int_equal(say(id_at(0, 4), 1, q, 4), 0);
	assert_int_equal(say(id_at(0, 9), 3, q, 4), 18);
	assert_int_equal(say(id_at(-301, 4), 3, q, 4), 16);
	assert_int_equal(say(id_at(31, 4), 3, q, 4), 17);
	assert_int_equal(say(id_at(0, 12), 2, q, 4), 35);
	assert_int_equal(say(id_at(0, 12), 1, q, 4), 32); /* not above the last */
	assert_int_equal(say(id_at(0, 16), 3, q, 4), 0);
	assert_int_equal(say(id_at(0, 8), 5, q, 4), 33); /* an older id with a higher number */
	assert_int_equal(say(id_at(0, 20), 5, ack, 12), 0);
	assert_int_equal(stats.odd_acks, 1);
	assert_int_equal(say(id_at(0, 24), 6, many, 8), 64);
	put_le64(nested + 2, id_at(0, 28));
	nested[4] = 6;
	nested[5] = 8;
	nested[6] = 0x73f1f8dc;
	assert_int_equal(say(id_at(0, 32), 6, nested, 32), 64);
	nested[6] = TL_msgs_ack; /* inside, but with a later id than the container's */
	put_le64(nested + 2, id_at(0, 100));
	assert_int_equal(say(id_at(0, 36), 6, nested, 32), 64);
	assert_int_equal(say(id_at(0, 40), 6, nested, 8), 64); /* cut short */
	assert_int_equal(say(id_at(0, 40), 6, nested, 8), 19); /* the same container again */
	assert_int_equal(say(id_at(0, 44), 7, "\1\2", 2), 1);
}

static void a_repeated_query_gets_its_answer_again(void **state)
{
	const uint32_t q[] = { TL_help_getConfig };
	struct mt_message out;

	(void)state;
	assert_int_equal(say(id_at(0, 4), 1, q, 4), 0);
	assert_int_equal(stats.queries, 1);
	assert_int_equal(say(id_at(0, 4), 1, q, 4), 0);
	assert_int_equal(stats.queries, 1);
	assert_int_equal(stats.resent, 1);
	assert_code(sim_session_take(server, 1 << 16, &scratch, &out), TOBS_EAGAIN);
}

static void hostile_messages_do_no_harm(void **state)
{
	static const uint32_t kinds[] = { 0x73f1f8dc, 0x3072cfa1, TL_msgs_ack, TL_ping,
		TL_ping_delay_disconnect, TL_get_future_salts, TL_msgs_state_req, TL_msg_resend_req,
		TL_rpc_drop_answer, TL_destroy_session, 0x1cb5c415, TL_help_getConfig };
	uint32_t body[24];
	struct mt_message out;

	(void)state;
	for (uint32_t i = 0; i < 20000; i++) {
		struct mt_message m = { .salt = sim_key_salt(&keys, key),
			.session_id = server->id,
			.msg_id = id_at(0, 4 * (uint64_t)i + 4),
			.seq_no = 2 * i + 1 };
		size_t n = 1 + prng_below(&prng, ARRAY_LEN(body) - 1);
		int r;

		for (size_t k = 0; k < n; k++)
			body[k] = prng_below(&prng, 2) ? kinds[prng_below(&prng, ARRAY_LEN(kinds))]
						       : (uint32_t)prng_below(&prng, 6);
		m.body = tobs_view(body, n * 4);
		r = sim_session_receive(server, &m);
		assert_true(r == TOBS_OK || r == TOBS_EPROTO);
		if (i % 16 == 0)
			while (sim_session_take(server, 1 << 16, &scratch, &out) == TOBS_OK)
				;
	}
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(thousands_of_calls),
		T(salts_change_unnoticed),
		T(a_lost_connection_loses_nothing),
		T(answers_later_in_any_order),
		T(packed_both_ways),
		T(clocks_that_differ),
		T(every_refusal),
		T(a_repeated_query_gets_its_answer_again),
		T(hostile_messages_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
