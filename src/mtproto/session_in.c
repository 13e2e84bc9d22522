/* SPDX-License-Identifier: MIT */
/*
 * Receiving: a packet is decrypted and judged as a whole, then its messages go
 * to handlers by constructor. What no handler knows is an update.
 */
#include <tobs/tl.h>

#include "base/gzip.h"
#include "base/log.h"
#include "mtproto/message.h"
#include "mtproto/session_priv.h"
#include "tl/wire.h"

enum {
	SECOND = 1000000,
	OLDEST_S = 300, /* a server's message may be so old … */
	NEWEST_S = 30,  /* … or so far ahead of the server's clock as we know it */
	MESSAGES_MAX = 1024,
	RPC_RESULT_ID = (int)0xf35c6d01,
	CONTAINER_ID = 0x73f1f8dc,
	COPY_ID = (int)0xe06046b2,
	GZIP_ID = 0x3072cfa1,

	/* msgs_state_info: the low three bits of a byte. */
	STATE_MASK = 7,
	STATE_RECEIVED = 4,

	BAD_ID_TOO_LOW = 16,
	BAD_ID_TOO_HIGH = 17,
	BAD_SEQ_TOO_LOW = 32,
	BAD_SEQ_TOO_HIGH = 33,
};

/* A message and where it stands, handed to its handler. */
struct incoming {
	uint64_t msg_id;
	struct tl_reader r; /* behind the constructor id */
	struct tobs_view body;
};

static int handle_body(struct mt_session *s, struct incoming *in);

static struct mt_query *find_query(struct mt_session *s, uint64_t msg_id)
{
	return map_get(&s->by_id, msg_id);
}

static void remember_ack(struct mt_session *s, uint64_t msg_id)
{
	if (s->acks.count == 0)
		s->acks_since = session_now(s);
	/* Without memory it stays unacknowledged, and the server sends it again. */
	(void)!ARRAY_PUSH(&s->acks, msg_id);
}

/* There was no memory for a message: as if it had not come, so that the server sends it again. */
static void unsee(struct mt_session *s, uint64_t msg_id)
{
	mt_seen_remove(&s->seen, msg_id);
	for (size_t i = s->acks.count; i-- > 0;)
		if (s->acks.items[i] == msg_id) {
			ARRAY_REMOVE(&s->acks, i);
			return;
		}
}

static void learned(struct mt_session *s)
{
	if (s->events->learned)
		s->events->learned(s->user);
}

/* Queries named by a refusal: one by its id, or all of a container. */
static void requeue_refused(struct mt_session *s, uint64_t bad_msg_id)
{
	struct mt_query *q = find_query(s, bad_msg_id);

	if (q) {
		session_repeat(s, q);
		return;
	}
	for (struct list *l = s->sent.prev, *older = l->prev; l != &s->sent;
		l = older, older = l->prev) {
		q = LIST_ITEM(l, struct mt_query, link);
		if (q->container_id == bad_msg_id)
			session_repeat(s, q);
	}
}

/* A refused packet may have held notes, which nobody keeps: what matters is made anew. */
static void repeat_notes(struct mt_session *s)
{
	s->next_salts = 0;
	s->next_ping = 0;
	s->inquiry_id = 0;
}

/*
 * gzip_packed#3072cfa1 packed_data:bytes = Object;
 * Not within another one: that lies where this would be unpacked to.
 */
static int unpack(struct mt_session *s, struct tl_reader *r, struct tobs_view *ret)
{
	struct tobs_view packed;
	int code = tl_read_bytes(r, &packed);

	if (!code && s->unpacking)
		code = TOBS_EPROTO;
	if (code)
		return code;
	tobs_buf_clear(&s->unpacked);
	code = gzip_unpack(&s->unpacked, packed);
	if (!code)
		*ret = tobs_buf_view(&s->unpacked);
	return code;
}

/* rpc_error#2144ca19 error_code:int error_message:string = RpcError; */
static int on_rpc_error(struct mt_session *s, struct mt_query *q, struct tobs_view body)
{
	struct tobs_view name;
	struct tl_reader r;
	int32_t code;

	tl_reader_init(&r, tobs_view_sub(body, 4, SIZE_MAX));
	tl_read_i32(&r, &code);
	if (tl_read_bytes(&r, &name))
		return r.err;
	session_detach(s, q);
	s->events->refused(s->user, q, code, name);
	return TOBS_OK;
}

/* The server answers what we sent as `msg_id`: whatever we sent before has arrived, too. */
static void arrived(struct mt_session *s, uint64_t msg_id)
{
	if (msg_id > s->acked_by)
		s->acked_count = 0;
}

/* rpc_result#f35c6d01 req_msg_id:long result:Object = RpcResult; */
static int on_rpc_result(struct mt_session *s, struct incoming *in)
{
	struct tobs_view result;
	struct mt_query *q;
	uint64_t id;
	uint32_t ctor;
	int r;

	if (tl_read_u64(&in->r, &id))
		return in->r.err;
	result = tobs_view(in->r.pos, tl_left(&in->r));
	if (tl_read_u32(&in->r, &ctor))
		return in->r.err;
	arrived(s, id);
	q = find_query(s, id);
	if (!q)
		return TOBS_OK; /* taken back, or answered already */
	if (ctor == GZIP_ID) {
		r = unpack(s, &in->r, &result);
		if (r == TOBS_ENOMEM)
			return r;
		if (r || result.len < 4) {
			session_detach(s, q);
			s->events->refused(
				s->user, q, MT_LOCAL_FAILURE, tobs_str("RESPONSE_UNREADABLE"));
			return TOBS_OK;
		}
		ctor = get_le32(result.ptr);
	}
	if (ctor == TL_rpc_error)
		return on_rpc_error(s, q, result);
	session_detach(s, q);
	s->events->answered(s->user, q, result);
	return TOBS_OK;
}

/* msg_container#73f1f8dc messages:vector<%Message> = MessageContainer; */
static int on_container(struct mt_session *s, struct incoming *in)
{
	uint32_t count;

	if (tl_read_u32(&in->r, &count))
		return in->r.err;
	if (count > MESSAGES_MAX)
		return TOBS_EPROTO;
	for (uint32_t i = 0; i < count; i++) {
		uint64_t msg_id;
		uint32_t seq_no, len;
		const uint8_t *body;
		int r;

		tl_read_u64(&in->r, &msg_id);
		tl_read_u32(&in->r, &seq_no);
		tl_read_u32(&in->r, &len);
		if (in->r.err || len % 4 || tl_read_raw(&in->r, len, &body))
			return TOBS_EPROTO;
		r = session_message(s, msg_id, seq_no, tobs_view(body, len), true);
		if (r)
			return r;
	}
	return TOBS_OK;
}

/* msg_copy#e06046b2 orig_message:Message = MessageCopy; */
static int on_copy(struct mt_session *s, struct incoming *in)
{
	uint64_t msg_id;
	uint32_t seq_no, len;
	const uint8_t *body;

	tl_read_u64(&in->r, &msg_id);
	tl_read_u32(&in->r, &seq_no);
	tl_read_u32(&in->r, &len);
	if (in->r.err || len % 4 || tl_read_raw(&in->r, len, &body))
		return TOBS_EPROTO;
	/* A copy of a copy has no sense, and a packet has room for many. */
	if (len >= 4 && get_le32(body) == (uint32_t)COPY_ID)
		return TOBS_EPROTO;
	return session_message(s, msg_id, seq_no, tobs_view(body, len), true);
}

static int on_gzip(struct mt_session *s, struct incoming *in)
{
	struct incoming inner = { .msg_id = in->msg_id };
	int r = unpack(s, &in->r, &inner.body);

	if (r)
		return r;
	if (inner.body.len < 4 || get_le32(inner.body.ptr) == GZIP_ID ||
		get_le32(inner.body.ptr) == CONTAINER_ID)
		return TOBS_EPROTO;
	s->unpacking = true;
	r = handle_body(s, &inner);
	s->unpacking = false;
	return r;
}

/* new_session_created#9ec20908 first_msg_id:long unique_id:long server_salt:long = NewSession; */
static int on_new_session(struct mt_session *s, struct incoming *in)
{
	uint64_t first, unique, salt;

	tl_read_u64(&in->r, &first);
	tl_read_u64(&in->r, &unique);
	if (tl_read_u64(&in->r, &salt))
		return in->r.err;
	mt_salts_reset(&s->salts, salt);
	for (struct list *l = s->sent.prev, *older = l->prev; l != &s->sent;
		l = older, older = l->prev) {
		struct mt_query *q = LIST_ITEM(l, struct mt_query, link);
		uint64_t as_sent = q->container_id ? q->container_id : q->msg_id;

		/* A container counts as one message: what came in the first one is known. */
		if (q->msg_id < first && as_sent < first)
			session_requeue(s, q);
	}
	learned(s);
	s->events->renewed(s->user);
	return TOBS_OK;
}

/* bad_server_salt#edab447b bad_msg_id:long bad_msg_seqno:int error_code:int new_server_salt:long */
static int on_bad_salt(struct mt_session *s, struct incoming *in)
{
	uint64_t bad, salt;
	uint32_t seq_no, code;

	tl_read_u64(&in->r, &bad);
	tl_read_u32(&in->r, &seq_no);
	tl_read_u32(&in->r, &code);
	if (tl_read_u64(&in->r, &salt))
		return in->r.err;
	mt_salts_reset(&s->salts, salt);
	repeat_notes(s);
	requeue_refused(s, bad);
	learned(s);
	return TOBS_OK;
}

/* bad_msg_notification#a7eff811 bad_msg_id:long bad_msg_seqno:int error_code:int */
static int on_bad_msg(struct mt_session *s, struct incoming *in)
{
	uint32_t seq_no, code;
	uint64_t bad;

	tl_read_u64(&in->r, &bad);
	tl_read_u32(&in->r, &seq_no);
	if (tl_read_u32(&in->r, &code))
		return in->r.err;
	log_debug("mtproto", "message refused with code %u", code);
	repeat_notes(s);
	switch (code) {
	case BAD_ID_TOO_LOW:
		mt_ids_sync(&s->ids, mt_id_time(in->msg_id));
		requeue_refused(s, bad);
		learned(s);
		break;
	case BAD_ID_TOO_HIGH:
		/* Ids must grow within a session, and ours have run ahead of the clock. */
		mt_ids_sync(&s->ids, mt_id_time(in->msg_id));
		session_restart(s);
		learned(s);
		break;
	case BAD_SEQ_TOO_LOW:
	case BAD_SEQ_TOO_HIGH: session_restart(s); break;
	default: requeue_refused(s, bad); break;
	}
	return TOBS_OK;
}

/* future_salts#ae500895 req_msg_id:long now:int salts:vector<future_salt> = FutureSalts; */
static int on_future_salts(struct mt_session *s, struct incoming *in)
{
	uint64_t req;
	uint32_t now, count;

	tl_read_u64(&in->r, &req);
	tl_read_u32(&in->r, &now);
	if (tl_read_u32(&in->r, &count))
		return in->r.err;
	for (uint32_t i = 0; i < count; i++) {
		uint32_t since, until;
		struct mt_salt salt;

		tl_read_u32(&in->r, &since);
		tl_read_u32(&in->r, &until);
		if (tl_read_u64(&in->r, &salt.salt))
			return in->r.err;
		salt.since = since;
		salt.until = until;
		mt_salts_add(&s->salts, &salt);
	}
	learned(s);
	return TOBS_OK;
}

/* Reads a boxed vector of longs one by one through `each`. */
static int each_id(
	struct mt_session *s, struct tl_reader *r, void (*each)(struct mt_session *, uint64_t))
{
	uint32_t vector, count;

	tl_read_u32(r, &vector);
	if (tl_read_u32(r, &count))
		return r->err;
	if (vector != TL_VECTOR_ID || count > tl_left(r) / 8)
		return TOBS_EPROTO;
	for (uint32_t i = 0; i < count; i++) {
		uint64_t id;

		if (tl_read_u64(r, &id))
			return r->err;
		each(s, id);
	}
	return TOBS_OK;
}

static void ack_query(struct mt_session *s, uint64_t msg_id)
{
	struct mt_query *q = find_query(s, msg_id);

	if (q) {
		q->state = MT_QUERY_ACKED;
		return;
	}
	LIST_EACH (l, &s->sent) {
		q = LIST_ITEM(l, struct mt_query, link);
		if (q->container_id == msg_id)
			q->state = MT_QUERY_ACKED;
	}
}

static void resend_query(struct mt_session *s, uint64_t msg_id)
{
	requeue_refused(s, msg_id);
}

/* msgs_state_info#04deb57d req_msg_id:long info:bytes = MsgsStateInfo; */
static int on_state_info(struct mt_session *s, struct incoming *in)
{
	struct tobs_view info;
	uint64_t req;

	tl_read_u64(&in->r, &req);
	if (tl_read_bytes(&in->r, &info))
		return in->r.err;
	if (!s->inquiry_ends || req != s->inquiry_id)
		return TOBS_OK;
	if (info.len != s->inquired.count)
		return TOBS_EPROTO;
	for (size_t i = 0; i < info.len; i++) {
		struct mt_query *q = find_query(s, s->inquired.items[i]);

		/* Its answer comes, or came and is repeated. */
		if (q && (info.ptr[i] & STATE_MASK) == STATE_RECEIVED)
			q->state = MT_QUERY_ACKED;
	}
	session_end_inquiry(s);
	return TOBS_OK;
}

/* msgs_state_req#da69fb52: the server asks what we got of what it sent. */
static int on_state_req(struct mt_session *s, struct incoming *in)
{
	struct tobs_view ids = tobs_view(in->r.pos, tl_left(&in->r));
	struct tobs_buf info, body;
	int r;

	if (ids.len < 8 || get_le32(ids.ptr) != TL_VECTOR_ID ||
		get_le32(ids.ptr + 4) != (ids.len - 8) / 8)
		return TOBS_EPROTO;
	tobs_buf_init(&info, MT_PACKET_MAX);
	tobs_buf_init(&body, MT_PACKET_MAX);
	for (size_t at = 8; at + 8 <= ids.len; at += 8) {
		bool seen = mt_seen_has(&s->seen, get_le64(ids.ptr + at));

		tobs_buf_putc(&info, seen ? STATE_RECEIVED : 2);
	}
	tl_put_u32(&body, TL_msgs_state_info);
	tl_put_u64(&body, in->msg_id);
	r = tl_put_bytes(&body, tobs_buf_view(&info));
	if (!r)
		session_note(s, tobs_buf_view(&body), false);
	tobs_buf_deinit(&info);
	tobs_buf_deinit(&body);
	return r;
}

/* The answer `answer` exists: acknowledge it when it came already, else ask for it. */
static void want_answer(struct mt_session *s, uint64_t answer)
{
	uint8_t body[20];

	if (mt_seen_has(&s->seen, answer)) {
		remember_ack(s, answer);
		return;
	}
	put_le32(body, TL_msg_resend_req);
	put_le32(body + 4, TL_VECTOR_ID);
	put_le32(body + 8, 1);
	put_le64(body + 12, answer);
	session_note(s, tobs_view(body, sizeof body), true);
}

/* msg_detailed_info#276d3ec6 msg_id:long answer_msg_id:long bytes:int status:int */
static int on_detailed_info(struct mt_session *s, struct incoming *in)
{
	uint64_t msg_id, answer;

	tl_read_u64(&in->r, &msg_id);
	if (tl_read_u64(&in->r, &answer))
		return in->r.err;
	ack_query(s, msg_id);
	want_answer(s, answer);
	return TOBS_OK;
}

/* msg_new_detailed_info#809db6df answer_msg_id:long bytes:int status:int */
static int on_new_detailed_info(struct mt_session *s, struct incoming *in)
{
	uint64_t answer;

	if (tl_read_u64(&in->r, &answer))
		return in->r.err;
	want_answer(s, answer);
	return TOBS_OK;
}

static int on_acks(struct mt_session *s, struct incoming *in)
{
	return each_id(s, &in->r, ack_query);
}

static int on_resend_req(struct mt_session *s, struct incoming *in)
{
	return each_id(s, &in->r, resend_query);
}

/* pong#347773c5 msg_id:long ping_id:long = Pong; */
static int on_pong(struct mt_session *s, struct incoming *in)
{
	uint64_t ping;

	if (tl_read_u64(&in->r, &ping))
		return in->r.err;
	arrived(s, ping);
	return TOBS_OK;
}

/* Answers to notes that need nothing done: hearing anything at all was the point. */
static int on_nothing(struct mt_session *s, struct incoming *in)
{
	(void)s;
	(void)in;
	return TOBS_OK;
}

static const struct handler {
	uint32_t id;
	int (*handle)(struct mt_session *s, struct incoming *in);
} handlers[] = {
	{ (uint32_t)RPC_RESULT_ID, on_rpc_result },
	{ CONTAINER_ID, on_container },
	{ (uint32_t)COPY_ID, on_copy },
	{ GZIP_ID, on_gzip },
	{ TL_msgs_ack, on_acks },
	{ TL_pong, on_pong },
	{ TL_new_session_created, on_new_session },
	{ TL_bad_server_salt, on_bad_salt },
	{ TL_bad_msg_notification, on_bad_msg },
	{ TL_future_salts, on_future_salts },
	{ TL_msgs_state_info, on_state_info },
	{ TL_msgs_state_req, on_state_req },
	{ TL_msgs_all_info, on_nothing },
	{ TL_msg_detailed_info, on_detailed_info },
	{ TL_msg_new_detailed_info, on_new_detailed_info },
	{ TL_msg_resend_req, on_resend_req },
	{ TL_destroy_session_ok, on_nothing },
	{ TL_destroy_session_none, on_nothing },
	{ TL_rpc_answer_unknown, on_nothing },
	{ TL_rpc_answer_dropped, on_nothing },
	{ TL_rpc_answer_dropped_running, on_nothing },
};

static int handle_body(struct mt_session *s, struct incoming *in)
{
	uint32_t id;

	tl_reader_init(&in->r, in->body);
	if (tl_read_u32(&in->r, &id))
		return in->r.err;
	for (size_t i = 0; i < ARRAY_LEN(handlers); i++)
		if (handlers[i].id == id)
			return handlers[i].handle(s, in);
	s->events->update(s->user, in->body);
	return TOBS_OK;
}

int session_message(struct mt_session *s, uint64_t msg_id, uint32_t seq_no, struct tobs_view body,
	bool in_container)
{
	struct incoming in = { .msg_id = msg_id, .body = body };
	int r;

	if (body.len < 4)
		return TOBS_EPROTO;
	if (in_container && get_le32(body.ptr) == CONTAINER_ID)
		return TOBS_EPROTO;
	if (seq_no & 1)
		remember_ack(s, msg_id);
	r = mt_seen_add(&s->seen, msg_id);
	if (r == TOBS_EEXISTS)
		return TOBS_OK; /* acknowledged again, as the server did not get the first one */
	if (!r)
		r = handle_body(s, &in);
	if (r == TOBS_ENOMEM)
		unsee(s, msg_id);
	if (r == TOBS_ENOMEM || r == TOBS_EPROTO || r == TOBS_OK)
		return r;
	log_warn("mtproto", "a message of the server cannot be read: %s", tobs_error_text(r));
	return TOBS_EPROTO;
}

/*
 * Whether the message's time is believable. With a known clock it must be near
 * it. When it is not, our clock has jumped (a laptop woke up) or this is an old
 * message played back; one newer than everything seen in this session can only
 * be the former, and the clock is set by it.
 */
static bool time_is_right(struct mt_session *s, uint64_t msg_id)
{
	int64_t age = mt_ids_server_time(&s->ids) - mt_id_time(msg_id);

	if (s->time_known && age <= (int64_t)OLDEST_S * SECOND &&
		-age <= (int64_t)NEWEST_S * SECOND)
		return true;
	if (msg_id <= s->seen.max)
		return false;
	mt_ids_sync(&s->ids, mt_id_time(msg_id));
	s->time_known = true;
	learned(s);
	return true;
}

int mt_session_decrypt(
	const struct mt_session *s, uint8_t *packet, size_t len, struct mt_message *ret)
{
	return mt_open(packet, len, &s->key, MSG_BY_SERVER, ret, NULL);
}

int mt_session_accept(struct mt_session *s, const struct mt_message *m)
{
	/* Left over from before session_restart(): authentic, but no longer ours. */
	if (m->session_id != s->id)
		return TOBS_OK;
	if (!(m->msg_id & 1))
		return TOBS_ECRYPTO;
	if (!mt_seen_has(&s->seen, m->msg_id) && !time_is_right(s, m->msg_id))
		return TOBS_OK; /* too old: as if it had not come */
	s->last_heard = session_now(s);
	s->probe_sent = 0;
	return session_message(s, m->msg_id, m->seq_no, m->body, false);
}

int mt_session_receive(struct mt_session *s, uint8_t *packet, size_t len)
{
	struct mt_message m;
	int r = mt_session_decrypt(s, packet, len, &m);

	return r ? r : mt_session_accept(s, &m);
}
