/* SPDX-License-Identifier: MIT */
#include "mtproto/session.h"

#include <tobs/tl.h>

#include "base/gzip.h"
#include "support/mt_peer.h"
#include "support/test.h"
#include "tl/wire.h"

static struct mt_peer peer;
static struct mt_peer *const p = &peer;
static uint32_t words[64][4];
static struct mt_query queries[64];

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

static void one_query_one_answer(void **state)
{
	(void)state;
	send_queries(1);
	assert_int_equal(p->packets, 1);
	assert_int_equal(p->outer[0].salt, PEER_SALT);
	assert_int_equal(p->outer[0].session_id, mt_session_id(p->session));
	assert_int_equal(p->outer[0].msg_id % 4, 0);
	assert_int_equal(p->outer[0].msg_id >> 32, PEER_START_S);
	assert_int_equal(p->got[0].seq_no & 1, 1);
	assert_int_equal(mt_session_pending(p->session), 1);
	assert_ok(peer_answer(p, p->got[0].msg_id, TL(pong, .ping_id = 5)));
	assert_int_equal(p->answers, 1);
	assert_ptr_equal(p->answered[0], &queries[0]);
	assert_int_equal(get_le32(p->result.ptr), TL_pong);
	assert_int_equal(queries[0].state, MT_QUERY_IDLE);
	assert_int_equal(mt_session_pending(p->session), 0);
	assert_false(mt_session_has_output(p->session));
}

static void several_share_a_container(void **state)
{
	(void)state;
	send_queries(5);
	assert_int_equal(p->packets, 1);
	assert_int_equal(get_le32(p->outer[0].body.ptr), 0x73f1f8dc);
	assert_int_equal(p->outer[0].seq_no & 1, 0);
	for (size_t i = 1; i < p->count; i++) {
		assert_true(p->got[i].msg_id > p->got[i - 1].msg_id);
		assert_int_equal(p->got[i].seq_no, p->got[i - 1].seq_no + 2);
	}
	/* Answers may come in any order. */
	assert_ok(peer_answer(p, queries[3].msg_id, TL(pong, .ping_id = 1)));
	assert_ok(peer_answer(p, queries[0].msg_id, TL(pong, .ping_id = 2)));
	assert_ptr_equal(p->answered[0], &queries[3]);
	assert_ptr_equal(p->answered[1], &queries[0]);
}

static void a_long_query_travels_alone(void **state)
{
	static uint32_t big[200000 / 4];
	struct mt_query q = { .body = tobs_view(big, sizeof big) };

	(void)state;
	big[0] = TL_help_getConfig;
	mt_session_send(p->session, &queries[0]);
	mt_session_send(p->session, &q);
	mt_session_send(p->session, &queries[1]);
	peer_take(p);
	assert_int_equal(p->packets, 3);
	mt_session_forget(p->session, &q, false);
}

static void acknowledgements_wait_for_company(void **state)
{
	(void)state;
	assert_ok(peer_say_tl(p, TL0(updatesTooLong), true));
	assert_int_equal(p->updates, 1);
	assert_false(mt_session_has_output(p->session));
	send_queries(1);
	assert_int_equal(peer_count(p, TL_msgs_ack), 1);
	assert_int_equal(peer_find(p, TL_msgs_ack)->seq_no & 1, 0);
	for (int i = 0; i < MT_ACK_COUNT; i++) {
		assert_false(mt_session_has_output(p->session));
		assert_ok(peer_say_tl(p, TL0(updatesTooLong), true));
	}
	assert_true(mt_session_has_output(p->session));
	peer_take(p);
	assert_int_equal(peer_find(p, TL_msgs_ack)->body.len, 12 + 8 * MT_ACK_COUNT);
	assert_ok(peer_say_tl(p, TL0(updatesTooLong), true));
	assert_true(mt_session_due(p->session) <= p->clock.now + MT_ACK_WITHIN_S * 1000000ll);
	peer_wait(p, MT_ACK_WITHIN_S);
	peer_take(p);
	assert_int_equal(peer_count(p, TL_msgs_ack), 1);
	/* What needs no acknowledgement gets none. */
	assert_ok(peer_say_tl(p, TL0(updatesTooLong), false));
	peer_wait(p, MT_ACK_WITHIN_S);
	assert_false(mt_session_has_output(p->session));
}

static int say_bad(uint64_t msg_id, uint32_t code)
{
	return peer_say_tl(p,
		TL(bad_msg_notification, .bad_msg_id = (int64_t)msg_id,
			.error_code = (int32_t)code),
		false);
}

static void a_bad_salt_is_replaced(void **state)
{
	uint64_t before;

	(void)state;
	send_queries(3);
	before = p->got[0].msg_id;
	assert_ok(peer_say_tl(p,
		TL(bad_server_salt, .bad_msg_id = (int64_t)p->outer[0].msg_id, .error_code = 48,
			.new_server_salt = 999),
		false));
	assert_int_equal(mt_session_salt(p->session), 999);
	assert_int_equal(p->lessons > 0, 1);
	peer_take(p);
	assert_int_equal(peer_count(p, TL_help_getConfig), 3);
	assert_int_equal(p->outer[0].salt, 999);
	assert_true(p->got[0].msg_id > before);
	for (int i = 0; i < 3; i++)
		assert_ok(peer_answer(p, queries[i].msg_id, TL(pong, .ping_id = 1)));
	/* The order of sending was kept. */
	assert_true(queries[0].msg_id < queries[1].msg_id && queries[1].msg_id < queries[2].msg_id);
	assert_int_equal(p->answers, 3);
}

static void a_slow_clock_is_set(void **state)
{
	(void)state;
	send_queries(1);
	p->ids.offset = 5000 * 1000000ll; /* the server is ahead */
	assert_ok(say_bad(p->got[0].msg_id, 16));
	assert_in_range(mt_session_time_offset(p->session), 4999999999ll, 5000000001ll);
	peer_take(p);
	assert_int_equal(peer_find(p, TL_help_getConfig)->msg_id >> 32, PEER_START_S + 5000);
}

static void a_fast_clock_needs_a_new_session(void **state)
{
	uint64_t session = mt_session_id(p->session);

	(void)state;
	send_queries(2);
	p->ids.offset = -5000 * 1000000ll;
	p->ids.last = 0;
	assert_ok(say_bad(p->outer[0].msg_id, 17));
	assert_int_not_equal(mt_session_id(p->session), session);
	peer_take(p);
	assert_int_equal(peer_count(p, TL_help_getConfig), 2);
	assert_int_equal(p->got[0].msg_id >> 32, PEER_START_S - 5000);
	assert_int_equal(peer_count(p, TL_destroy_session), 1);
	assert_true(p->got[0].seq_no <= 1);
}

static void a_wrong_number_needs_a_new_session(void **state)
{
	uint64_t session = mt_session_id(p->session);

	(void)state;
	send_queries(1);
	assert_ok(say_bad(p->got[0].msg_id, 32));
	assert_int_not_equal(mt_session_id(p->session), session);
	peer_take(p);
	assert_int_equal(peer_count(p, TL_help_getConfig), 1);
}

static void other_refusals_repeat_a_few_times(void **state)
{
	(void)state;
	send_queries(1);
	for (int i = 0; i < MT_RESENDS_MAX; i++) {
		assert_ok(say_bad(queries[0].msg_id, 64));
		assert_int_equal(p->refusals, 0);
		peer_take(p);
		assert_int_equal(peer_count(p, TL_help_getConfig), 1);
	}
	assert_ok(say_bad(queries[0].msg_id, 64));
	assert_int_equal(p->refusals, 1);
	assert_int_equal(p->refusal_code, MT_LOCAL_FAILURE);
	assert_string_equal(p->refusal, "MSG_RESEND_LIMIT");
	assert_int_equal(queries[0].state, MT_QUERY_IDLE);
}

static void a_new_server_session_gets_the_old_queries_again(void **state)
{
	uint64_t first;

	(void)state;
	send_queries(2);
	peer_wait(p, 1);
	mt_session_send(p->session, &queries[2]);
	peer_take(p);
	first = queries[2].msg_id;
	assert_ok(peer_say_tl(p,
		TL(new_session_created, .first_msg_id = (int64_t)first, .unique_id = 1,
			.server_salt = 31),
		true));
	assert_int_equal(p->renewals, 1);
	assert_int_equal(mt_session_salt(p->session), 31);
	peer_take(p);
	assert_int_equal(peer_count(p, TL_help_getConfig), 2);
	assert_int_equal(queries[2].msg_id, first);
}

static void refusals_have_a_code_and_a_name(void **state)
{
	(void)state;
	send_queries(1);
	assert_ok(peer_answer(p, queries[0].msg_id,
		TL(rpc_error, .error_code = 420, .error_message = tobs_str("FLOOD_WAIT_30"))));
	assert_int_equal(p->refusals, 1);
	assert_ptr_equal(p->refused[0], &queries[0]);
	assert_int_equal(p->refusal_code, 420);
	assert_string_equal(p->refusal, "FLOOD_WAIT_30");
}

static struct tobs_view gzip_object(struct tobs_buf *out, struct tobs_view plain)
{
	struct tobs_buf packed;

	tobs_buf_init(&packed, 1 << 24);
	assert_ok(gzip_pack(&packed, plain));
	tl_put_u32(out, 0x3072cfa1);
	assert_ok(tl_put_bytes(out, tobs_buf_view(&packed)));
	tobs_buf_deinit(&packed);
	return tobs_buf_view(out);
}

static void packed_answers_are_unpacked(void **state)
{
	static uint8_t zeros[MT_UNPACKED_MAX + 4];
	struct tobs_buf body;
	uint32_t pong[5] = { TL_pong, 1, 2, 3, 4 };

	(void)state;
	tobs_buf_init(&body, 1 << 24);
	send_queries(4);
	assert_ok(peer_answer_raw(
		p, queries[0].msg_id, gzip_object(&body, tobs_view(pong, sizeof pong))));
	assert_int_equal(p->answers, 1);
	assert_int_equal(p->result.len, sizeof pong);
	assert_memory_equal(p->result.ptr, pong, sizeof pong);

	/* An error inside is an error. */
	tobs_buf_clear(&body);
	pong[0] = TL_rpc_error;
	pong[1] = 400;
	memcpy(&pong[2], "\5ABCDE\0", 8);
	assert_ok(peer_answer_raw(p, queries[1].msg_id, gzip_object(&body, tobs_view(pong, 16))));
	assert_string_equal(p->refusal, "ABCDE");

	/* A bomb and broken data fail that query only. */
	tobs_buf_clear(&body);
	assert_ok(peer_answer_raw(
		p, queries[2].msg_id, gzip_object(&body, tobs_view(zeros, sizeof zeros))));
	assert_string_equal(p->refusal, "RESPONSE_UNREADABLE");
	body.ptr[20] ^= 0xff;
	assert_ok(peer_answer_raw(p, queries[3].msg_id, tobs_buf_view(&body)));
	assert_int_equal(p->refusals, 3);
	tobs_buf_deinit(&body);
}

static void packed_updates_too(void **state)
{
	const uint32_t update = TL_updatesTooLong;
	struct tobs_buf body;

	(void)state;
	tobs_buf_init(&body, 1000);
	assert_ok(peer_say(p, gzip_object(&body, tobs_view(&update, 4)), true));
	assert_int_equal(p->last_update, TL_updatesTooLong);
	tobs_buf_deinit(&body);
}

static void repeats_are_acknowledged_not_handled(void **state)
{
	const uint32_t update = TL_updatesTooLong;
	uint64_t id = mt_ids_next_server(&p->ids, false);

	(void)state;
	assert_ok(peer_say_as(p, id, tobs_view(&update, 4), true));
	assert_ok(peer_say_as(p, id, tobs_view(&update, 4), true));
	assert_int_equal(p->updates, 1);
	send_queries(1);
	assert_int_equal(peer_find(p, TL_msgs_ack)->body.len, 12 + 16);
}

static void a_clock_that_jumped_is_set_by_fresh_messages(void **state)
{
	(void)state;
	assert_ok(peer_say_tl(p, TL0(updatesTooLong), true));
	p->ids.offset = 7200 * 1000000ll; /* ours stood still for two hours */
	assert_ok(peer_say_tl(p, TL0(updatesTooLong), true));
	assert_int_equal(p->updates, 2);
	assert_in_range(mt_session_time_offset(p->session), 7199999999ll, 7200000001ll);
}

static void reconnect(void)
{
	mt_session_disconnected(p->session);
	assert_false(mt_session_has_output(p->session));
	mt_session_connected(p->session);
	peer_take(p);
}

static void after_a_lost_connection_the_server_is_asked(void **state)
{
	struct tobs_view info = { (const uint8_t *)"\x04\x01\x02", 3 };
	const struct peer_message *req;

	(void)state;
	send_queries(3);
	assert_ok(peer_say_tl(p, TL0(updatesTooLong), true));
	reconnect();
	assert_int_equal(peer_count(p, TL_help_getConfig), 0);
	req = peer_find(p, TL_msgs_state_req);
	assert_int_equal(get_le64(req->body.ptr + 12), queries[0].msg_id);
	assert_int_equal(get_le64(req->body.ptr + 28), queries[2].msg_id);
	assert_ok(peer_say_tl(
		p, TL(msgs_state_info, .req_msg_id = (int64_t)req->msg_id, .info = info), false));
	peer_take(p);
	assert_int_equal(peer_count(p, TL_help_getConfig), 2);
	assert_true(queries[1].msg_id < queries[2].msg_id);
	/* The one it knew is answered under its old id. */
	assert_ok(peer_answer(p, queries[0].msg_id, TL(pong, .ping_id = 1)));
	assert_int_equal(p->answers, 1);
}

static void acknowledgements_are_made_again(void **state)
{
	const struct peer_message *ack;

	(void)state;
	assert_ok(peer_say_tl(p, TL0(updatesTooLong), true));
	send_queries(1);
	ack = peer_find(p, TL_msgs_ack); /* goes along, and is lost on its way */
	assert_int_equal(get_le32(ack->body.ptr + 8), 1);
	assert_ok(peer_say_tl(p, TL0(updatesTooLong), true)); /* has to wait for company */
	reconnect();
	ack = peer_find(p, TL_msgs_ack);
	assert_int_equal(get_le32(ack->body.ptr + 8), 2);
	reconnect();
	assert_int_equal(peer_count(p, TL_msgs_ack), 1);
	/* Once something that was sent after them is answered, they have arrived. */
	peer_wait(p, MT_PING_EVERY_S);
	assert_ok(mt_session_tick(p->session));
	peer_take(p);
	assert_ok(peer_say_tl(p,
		TL(pong, .msg_id = (int64_t)peer_find(p, TL_ping_delay_disconnect)->msg_id),
		false));
	reconnect();
	assert_int_equal(peer_count(p, TL_msgs_ack), 0);
}

static void a_lost_connection_is_not_the_querys_fault(void **state)
{
	(void)state;
	send_queries(1);
	for (int i = 0; i < 3 * MT_RESENDS_MAX; i++) {
		reconnect();
		assert_ok(peer_say_tl(p,
			TL(msgs_state_info,
				.req_msg_id = (int64_t)peer_find(p, TL_msgs_state_req)->msg_id,
				.info = tobs_str("\1")),
			false));
		peer_take(p);
		assert_int_equal(peer_count(p, TL_help_getConfig), 1);
	}
	assert_int_equal(p->refusals, 0);
}

static void without_a_reply_everything_is_sent_again(void **state)
{
	(void)state;
	send_queries(3);
	reconnect();
	peer_wait(p, 5);
	assert_ok(mt_session_tick(p->session));
	peer_take(p);
	assert_int_equal(peer_count(p, TL_help_getConfig), 0);
	assert_ok(peer_say_tl(p, TL0(updatesTooLong), false)); /* alive, but silent about it */
	peer_wait(p, 5);
	assert_ok(mt_session_tick(p->session));
	peer_take(p);
	assert_int_equal(peer_count(p, TL_help_getConfig), 3);
}

static void an_inquiry_with_a_bad_salt_is_repeated(void **state)
{
	(void)state;
	send_queries(1);
	reconnect();
	assert_ok(peer_say_tl(p,
		TL(bad_server_salt, .bad_msg_id = (int64_t)p->outer[0].msg_id, .error_code = 48,
			.new_server_salt = 5),
		false));
	peer_take(p);
	assert_int_equal(peer_count(p, TL_msgs_state_req), 1);
}

static void a_reply_of_the_wrong_length_is_an_error(void **state)
{
	(void)state;
	send_queries(3);
	reconnect();
	assert_code(peer_say_tl(p,
			    TL(msgs_state_info,
				    .req_msg_id = (int64_t)peer_find(p, TL_msgs_state_req)->msg_id,
				    .info = tobs_str("\4\4")),
			    false),
		TOBS_EPROTO);
}

static void after_a_long_absence_a_new_session_begins(void **state)
{
	uint64_t session = mt_session_id(p->session);

	(void)state;
	send_queries(1);
	mt_session_disconnected(p->session);
	peer_wait(p, 300);
	mt_session_connected(p->session);
	peer_take(p);
	assert_int_not_equal(mt_session_id(p->session), session);
	assert_int_equal(peer_count(p, TL_help_getConfig), 1);
	assert_int_equal(peer_count(p, TL_msgs_state_req), 0);
}

static void the_server_may_ask_too(void **state)
{
	const uint32_t update = TL_updatesTooLong;
	uint64_t seen = mt_ids_next_server(&p->ids, false), unseen = seen + 4;
	const int64_t ids[] = { (int64_t)seen, (int64_t)unseen };
	const struct peer_message *info;

	(void)state;
	p->ids.last = unseen;
	assert_ok(peer_say_as(p, seen, tobs_view(&update, 4), true));
	assert_ok(peer_say_tl(p, TL(msgs_state_req, .msg_ids = { 2, ids }), true));
	peer_take(p);
	info = peer_find(p, TL_msgs_state_info);
	assert_int_equal(info->seq_no & 1, 0);
	assert_int_equal(info->body.ptr[12], 2);
	assert_int_equal(info->body.ptr[13] & 7, 4);
	assert_int_equal(info->body.ptr[14] & 7, 2);
}

static void detailed_infos_fetch_the_answer(void **state)
{
	const uint32_t update = TL_updatesTooLong;
	uint64_t seen = mt_ids_next_server(&p->ids, false), unseen = seen + 4;

	(void)state;
	p->ids.last = unseen;
	send_queries(1);
	assert_ok(peer_say_as(p, seen, tobs_view(&update, 4), false));
	assert_ok(peer_say_tl(p,
		TL(msg_detailed_info, .msg_id = (int64_t)queries[0].msg_id,
			.answer_msg_id = (int64_t)unseen, .bytes = 10),
		false));
	assert_int_equal(queries[0].state, MT_QUERY_ACKED);
	assert_ok(peer_say_tl(
		p, TL(msg_new_detailed_info, .answer_msg_id = (int64_t)seen, .bytes = 10), false));
	peer_take(p);
	assert_int_equal(get_le64(peer_find(p, TL_msg_resend_req)->body.ptr + 12), unseen);
	assert_int_equal(get_le64(peer_find(p, TL_msgs_ack)->body.ptr + 12), seen);
}

static void acknowledged_and_asked_for_again(void **state)
{
	int64_t id;

	(void)state;
	send_queries(2);
	id = (int64_t)p->outer[0].msg_id;
	assert_ok(peer_say_tl(p, TL(msgs_ack, .msg_ids = { 1, &id }), false));
	assert_int_equal(queries[0].state, MT_QUERY_ACKED); /* by their container */
	assert_int_equal(queries[1].state, MT_QUERY_ACKED);
	id = (int64_t)queries[1].msg_id;
	assert_ok(peer_say_tl(p, TL(msg_resend_req, .msg_ids = { 1, &id }), false));
	peer_take(p);
	assert_int_equal(peer_count(p, TL_help_getConfig), 1);
	assert_int_equal(queries[1].state, MT_QUERY_SENT);
}

static void pings_and_silence(void **state)
{
	(void)state;
	peer_wait(p, MT_PING_EVERY_S - 1);
	assert_ok(mt_session_tick(p->session));
	assert_false(mt_session_has_output(p->session));
	peer_wait(p, 1);
	assert_int_equal(mt_session_due(p->session), p->clock.now);
	assert_ok(mt_session_tick(p->session));
	peer_take(p);
	assert_int_equal(peer_find(p, TL_ping_delay_disconnect)->body.len, 16);
	assert_int_equal(get_le32(p->got[0].body.ptr + 12), MT_DISCONNECT_DELAY_S);
	assert_ok(peer_say_tl(p, TL(pong, .ping_id = 1), false));
	peer_wait(p, MT_SILENCE_S);
	assert_ok(mt_session_tick(p->session));

	/* An answer is due and nothing comes: ask, then give up. */
	send_queries(1);
	peer_wait(p, MT_SILENCE_S);
	assert_ok(mt_session_tick(p->session));
	peer_take(p);
	assert_int_equal(peer_count(p, TL_ping_delay_disconnect), 1);
	peer_wait(p, MT_SILENCE_S - 1);
	assert_ok(mt_session_tick(p->session));
	peer_wait(p, 1);
	assert_code(mt_session_tick(p->session), TOBS_ETIMEDOUT);
}

static void salts_are_fetched_and_used_in_time(void **state)
{
	struct tobs_buf body;
	uint32_t now = PEER_START_S;

	(void)state;
	assert_ok(peer_say_tl(p, TL(pong, .ping_id = 1), false));
	assert_ok(mt_session_tick(p->session));
	peer_take(p);
	tobs_buf_init(&body, 1000);
	tl_put_u32(&body, TL_future_salts);
	tl_put_u64(&body, peer_find(p, TL_get_future_salts)->msg_id);
	tl_put_u32(&body, now);
	tl_put_u32(&body, 3);
	for (uint32_t i = 0; i < 3; i++) {
		tl_put_u32(&body, now + i * 1800);
		tl_put_u32(&body, now + i * 1800 + 3600);
		tl_put_u64(&body, 100 + i);
	}
	assert_ok(peer_say(p, tobs_buf_view(&body), false));
	tobs_buf_deinit(&body);
	assert_ok(mt_session_tick(p->session));
	send_queries(1);
	assert_int_equal(p->outer[0].salt, 100);
	assert_int_equal(peer_count(p, TL_get_future_salts), 0);
	peer_wait(p, 1799);
	mt_session_send(p->session, &queries[1]);
	peer_take(p);
	assert_int_equal(p->outer[0].salt, 100);
	peer_wait(p, 1);
	mt_session_send(p->session, &queries[2]);
	peer_take(p);
	assert_int_equal(p->outer[0].salt, 101);
	peer_wait(p, 4600);
	assert_ok(peer_say_tl(p, TL(pong, .ping_id = 1), false));
	assert_ok(mt_session_tick(p->session));
	peer_take(p);
	assert_int_equal(peer_count(p, TL_get_future_salts), 1);
	assert_int_equal(p->outer[0].salt, 102);
}

static void a_query_taken_back_is_dropped(void **state)
{
	uint64_t id;

	(void)state;
	send_queries(2);
	id = queries[0].msg_id;
	mt_session_forget(p->session, &queries[0], true);
	peer_take(p);
	assert_int_equal(get_le64(peer_find(p, TL_rpc_drop_answer)->body.ptr + 4), id);
	assert_ok(peer_answer(p, id, TL(pong, .ping_id = 1)));
	assert_int_equal(p->answers, 0);
	/* One that was never sent leaves no trace. */
	mt_session_send(p->session, &queries[5]);
	mt_session_forget(p->session, &queries[5], true);
	mt_session_forget(p->session, &queries[5], true);
	assert_false(mt_session_has_output(p->session));
}

static void long_queries_are_compressed(void **state)
{
	static uint32_t text[2000], noise[2000];
	struct mt_query q = { .body = tobs_view(text, sizeof text), .compress = true };
	struct mt_query n = { .body = tobs_view(noise, sizeof noise), .compress = true };
	struct tobs_buf plain;
	struct tl_reader r;
	struct tobs_view packed;
	uint32_t id;

	(void)state;
	rng_fill(&p->rng, noise, sizeof noise);
	noise[0] = text[0] = TL_help_getConfig;
	mt_session_send(p->session, &q);
	mt_session_send(p->session, &n);
	peer_take(p);
	assert_int_equal(p->got[0].id, 0x3072cfa1);
	assert_int_equal(p->got[0].seq_no & 1, 1);
	assert_true(p->got[0].body.len < 200);
	assert_int_equal(p->got[1].id, TL_help_getConfig); /* noise does not shrink */
	tl_reader_init(&r, p->got[0].body);
	tl_read_u32(&r, &id);
	assert_ok(tl_read_bytes(&r, &packed));
	tobs_buf_init(&plain, 100000);
	assert_ok(gzip_unpack(&plain, packed));
	assert_int_equal(plain.len, sizeof text);
	assert_memory_equal(plain.ptr, text, sizeof text);
	tobs_buf_deinit(&plain);
	mt_session_forget(p->session, &q, false);
	mt_session_forget(p->session, &n, false);
}

static void write_ids(struct mt_query *q, uint64_t session_id, uint64_t msg_id)
{
	uint32_t *w = q->user;

	w[1] = (uint32_t)session_id;
	w[2] = (uint32_t)msg_id;
	w[3] = (uint32_t)(msg_id >> 32);
}

static void a_query_can_carry_its_own_id(void **state)
{
	(void)state;
	queries[0].prepare = write_ids;
	queries[0].user = words[0];
	send_queries(1);
	assert_int_equal(get_le32(p->got[0].body.ptr + 4), (uint32_t)mt_session_id(p->session));
	assert_int_equal(get_le64(p->got[0].body.ptr + 8), p->got[0].msg_id);
	assert_ok(say_bad(p->got[0].msg_id, 20));
	peer_take(p);
	assert_int_equal(get_le64(p->got[0].body.ptr + 8), p->got[0].msg_id);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(one_query_one_answer),
		T(several_share_a_container),
		T(a_long_query_travels_alone),
		T(acknowledgements_wait_for_company),
		T(a_bad_salt_is_replaced),
		T(a_slow_clock_is_set),
		T(a_fast_clock_needs_a_new_session),
		T(a_wrong_number_needs_a_new_session),
		T(other_refusals_repeat_a_few_times),
		T(a_new_server_session_gets_the_old_queries_again),
		T(refusals_have_a_code_and_a_name),
		T(packed_answers_are_unpacked),
		T(packed_updates_too),
		T(repeats_are_acknowledged_not_handled),
		T(a_clock_that_jumped_is_set_by_fresh_messages),
		T(after_a_lost_connection_the_server_is_asked),
		T(acknowledgements_are_made_again),
		T(a_lost_connection_is_not_the_querys_fault),
		T(without_a_reply_everything_is_sent_again),
		T(an_inquiry_with_a_bad_salt_is_repeated),
		T(a_reply_of_the_wrong_length_is_an_error),
		T(after_a_long_absence_a_new_session_begins),
		T(the_server_may_ask_too),
		T(detailed_infos_fetch_the_answer),
		T(acknowledged_and_asked_for_again),
		T(pings_and_silence),
		T(salts_are_fetched_and_used_in_time),
		T(a_query_taken_back_is_dropped),
		T(long_queries_are_compressed),
		T(a_query_can_carry_its_own_id),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
