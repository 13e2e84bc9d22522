/* SPDX-License-Identifier: MIT */
/* What the server sends in a session, and what it keeps until it is acknowledged. */
#include "sim/session.h"

#include <tobs/tl.h>

#include "base/gzip.h"
#include "base/log.h"
#include "sim/session_in.h"
#include "tl/wire.h"

enum {
	SECOND = 1000000,
	RPC_RESULT_ID = (int)0xf35c6d01,
	CONTAINER_ID = 0x73f1f8dc,
	GZIP_ID = 0x3072cfa1,
	CONTAINER_HEAD = 8,
	MESSAGE_HEAD = 16,
	MESSAGES_MAX = 100,   /* in a container we send */
	KEPT_MAX = 256 << 20, /* bytes not acknowledged; then the oldest are forgotten */
	ANSWERED_MAX = 4096,  /* queries remembered as answered */
	GZIP_FROM = 512,
	BODY_MAX = 64 << 20,
};

int sim_session_get(struct sim_keys *keys, struct sim_key *key, uint64_t id,
	struct sim_session_stats *stats, struct sim_session **ret)
{
	struct sim_session *s = map_get(&key->sessions, id);

	if (!s) {
		s = MEM_NEW(struct sim_session);
		if (!s)
			return TOBS_ENOMEM;
		s->id = id;
		s->keys = keys;
		s->key = key;
		s->stats = stats;
		mt_ids_init(&s->ids, keys->clock, 0);
		if (map_put(&key->sessions, id, s)) {
			mem_free(s);
			return TOBS_ENOMEM;
		}
	}
	*ret = s;
	return TOBS_OK;
}

void sim_session_free(struct sim_session *s)
{
	if (!s)
		return;
	ARRAY_EACH (o, &s->out)
		mem_free(o->body);
	ARRAY_DEINIT(&s->out);
	ARRAY_DEINIT(&s->acks);
	ARRAY_DEINIT(&s->answered_order);
	mt_seen_deinit(&s->seen);
	map_deinit(&s->answered);
	map_deinit(&s->running);
	mem_free(s);
}

/* Forgets the oldest of what nobody acknowledges; a real server does, too. */
static void bound_kept(struct sim_session *s)
{
	size_t n = 0;

	while (s->kept_bytes > KEPT_MAX && n < s->out.count && s->out.items[n].sent) {
		s->kept_bytes -= s->out.items[n].len;
		mem_free(s->out.items[n++].body);
	}
	if (n)
		ARRAY_SHIFT(&s->out, n);
}

int session_queue(struct sim_session *s, struct tobs_view body, bool content, uint64_t answers)
{
	struct sim_outgoing o = { .answers = answers, .content = content, .len = body.len };

	o.body = mem_dup(body.ptr, body.len);
	if (!o.body)
		return TOBS_ENOMEM;
	o.msg_id = mt_ids_next_server(&s->ids, answers != 0);
	o.seq_no = content ? 2 * s->seq + 1 : 2 * s->seq;
	if (ARRAY_PUSH(&s->out, o)) {
		mem_free(o.body);
		return TOBS_ENOMEM;
	}
	s->seq += content;
	s->kept_bytes += body.len;
	bound_kept(s);
	if (s->conn && s->events->ready)
		s->events->ready(s->events->user, s);
	return TOBS_OK;
}

int sim_session_push(struct sim_session *s, struct tobs_view body)
{
	return session_queue(s, body, true, 0);
}

bool sim_session_is_running(const struct sim_session *s, uint64_t msg_id)
{
	return map_get(&s->running, msg_id) != NULL;
}

static void remember_answered(struct sim_session *s, uint64_t msg_id)
{
	/* Without memory a repeated query would run again: harmless, and rare. */
	if (map_put(&s->answered, msg_id, s) || ARRAY_PUSH(&s->answered_order, msg_id))
		return;
	if (s->answered_order.count > ANSWERED_MAX) {
		map_remove(&s->answered, s->answered_order.items[0]);
		ARRAY_REMOVE(&s->answered_order, 0);
	}
}

/* gzip_packed in place of the result when the session packs and it gets shorter. */
static int put_result(struct sim_session *s, struct tobs_buf *out, struct tobs_view result)
{
	struct tobs_buf packed;
	bool shorter = false;
	int r = TOBS_OK;

	if (s->pack && result.len >= GZIP_FROM) {
		tobs_buf_init(&packed, result.len);
		shorter = gzip_pack(&packed, result) == TOBS_OK;
		if (shorter) {
			tl_put_u32(out, GZIP_ID);
			r = tl_put_bytes(out, tobs_buf_view(&packed));
		}
		tobs_buf_deinit(&packed);
	}
	return shorter ? r : tobs_buf_putv(out, result);
}

int sim_session_answer(struct sim_session *s, uint64_t msg_id, struct tobs_view result)
{
	struct tobs_buf body;
	int r;

	if (!map_remove(&s->running, msg_id))
		return TOBS_OK;
	remember_answered(s, msg_id);
	tobs_buf_init(&body, BODY_MAX);
	tobs_buf_reserve(&body, result.len + 16);
	tl_put_u32(&body, (uint32_t)RPC_RESULT_ID);
	tl_put_u64(&body, msg_id);
	r = put_result(s, &body, result);
	if (!r)
		r = session_queue(s, tobs_buf_view(&body), true, msg_id);
	tobs_buf_deinit(&body);
	return r;
}

int sim_session_refuse(struct sim_session *s, uint64_t msg_id, int32_t code, const char *name)
{
	struct tobs_buf body;
	int r;

	tobs_buf_init(&body, 1024);
	r = tl_encode(
		&body, TL(rpc_error, .error_code = code, .error_message = tobs_str(name)), NULL);
	if (!r)
		r = sim_session_answer(s, msg_id, tobs_buf_view(&body));
	tobs_buf_deinit(&body);
	return r;
}

void session_acknowledged(struct sim_session *s, uint64_t msg_id)
{
	/* Ids ascend; acknowledgements are mostly for the oldest. */
	for (size_t i = 0; i < s->out.count && s->out.items[i].msg_id <= msg_id; i++) {
		struct sim_outgoing *o = &s->out.items[i];

		if (o->msg_id != msg_id || !o->known)
			continue;
		s->kept_bytes -= o->len;
		mem_free(o->body);
		ARRAY_REMOVE(&s->out, i);
		return;
	}
}

struct sim_outgoing *session_outgoing(struct sim_session *s, uint64_t msg_id)
{
	ARRAY_EACH (o, &s->out)
		if (o->msg_id == msg_id)
			return o;
	return NULL;
}

struct sim_outgoing *session_answer_to(struct sim_session *s, uint64_t query)
{
	ARRAY_EACH (o, &s->out)
		if (o->answers == query)
			return o;
	return NULL;
}

void sim_session_attached(
	struct sim_session *s, void *conn, const struct sim_session_events *events)
{
	s->conn = conn;
	s->events = events;
	s->disconnect_at = 0;
	ARRAY_EACH (o, &s->out) {
		s->stats->resent += o->sent;
		o->sent = false;
	}
}

void sim_session_detached(struct sim_session *s)
{
	s->conn = NULL;
	s->events = NULL;
}

bool sim_session_has_output(const struct sim_session *s)
{
	if (s->acks.count)
		return true;
	for (size_t i = s->out.count; i-- > 0;)
		if (!s->out.items[i].sent)
			return true;
	return false;
}

static void put_message(
	struct tobs_buf *out, uint64_t msg_id, uint32_t seq_no, struct tobs_view body)
{
	tl_put_u64(out, msg_id);
	tl_put_u32(out, seq_no);
	tl_put_u32(out, (uint32_t)body.len);
	tobs_buf_putv(out, body);
}

/* msgs_ack for everything received since the last one. */
static uint32_t put_acks(struct sim_session *s, struct tobs_buf *out)
{
	struct tobs_buf body;

	if (!s->acks.count)
		return 0;
	tobs_buf_init(&body, BODY_MAX);
	tl_put_u32(&body, TL_msgs_ack);
	tl_put_u32(&body, TL_VECTOR_ID);
	tl_put_u32(&body, (uint32_t)s->acks.count);
	ARRAY_EACH (id, &s->acks)
		tl_put_u64(&body, *id);
	put_message(out, mt_ids_next_server(&s->ids, false), 2 * s->seq, tobs_buf_view(&body));
	s->acks.count = 0;
	tobs_buf_deinit(&body);
	return 1;
}

/* Messages that need no acknowledgement are done with once they are sent. */
static void drop_sent(struct sim_session *s)
{
	size_t kept = 0;

	for (size_t i = 0; i < s->out.count; i++) {
		struct sim_outgoing *o = &s->out.items[i];

		if (o->sent && !o->content) {
			s->kept_bytes -= o->len;
			mem_free(o->body);
		} else {
			s->out.items[kept++] = *o;
		}
	}
	s->out.count = kept;
}

/* Messages that wait for their turn, behind `count` others; how many there are then. */
static uint32_t put_waiting(struct sim_session *s, size_t bytes_max, bool content, uint32_t count,
	struct tobs_buf *body)
{
	ARRAY_EACH (o, &s->out) {
		if (o->sent || o->content != content)
			continue;
		if (count &&
			(count >= MESSAGES_MAX || body->len + MESSAGE_HEAD + o->len > bytes_max))
			break;
		put_message(body, o->msg_id, o->seq_no, tobs_view(o->body, o->len));
		o->sent = o->known = true;
		count++;
	}
	return count;
}

int sim_session_take(
	struct sim_session *s, size_t bytes_max, struct tobs_buf *body, struct mt_message *ret)
{
	uint32_t count;
	uint64_t msg_id;
	uint32_t seq_no;

	tobs_buf_clear(body);
	tobs_buf_fill(body, 0, CONTAINER_HEAD);
	/* What is wrong with the client's messages comes before all that is repeated to it. */
	count = put_waiting(s, bytes_max, false, 0, body);
	count = put_waiting(s, bytes_max, true, count, body);
	count += put_acks(s, body);
	if (count == 0)
		return TOBS_EAGAIN;
	drop_sent(s);
	if (body->err)
		return body->err;
	if (count == 1) {
		msg_id = get_le64(body->ptr + CONTAINER_HEAD);
		seq_no = get_le32(body->ptr + CONTAINER_HEAD + 8);
		tobs_buf_consume(body, CONTAINER_HEAD + MESSAGE_HEAD);
	} else {
		put_le32(body->ptr, CONTAINER_ID);
		put_le32(body->ptr + 4, count);
		msg_id = mt_ids_next_server(&s->ids, false);
		seq_no = 2 * s->seq;
	}
	*ret = (struct mt_message){ .salt = sim_key_salt(s->keys, s->key),
		.session_id = s->id,
		.msg_id = msg_id,
		.seq_no = seq_no,
		.body = tobs_buf_view(body) };
	return TOBS_OK;
}
