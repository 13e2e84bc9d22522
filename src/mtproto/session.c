/* SPDX-License-Identifier: MIT */
/* The session's life: queries, connections, time. Sending and receiving have files of their own. */
#include <tobs/tl.h>

#include "mtproto/session_priv.h"
#include "tl/wire.h"

enum {
	SECOND = 1000000,
	SALTS_WANTED = 32,
	SALTS_RETRY_S = 60,
	SALTS_SPARE_S = 15 * 60, /* ask for more when known salts end sooner */
	INQUIRY_S = 10,
	NOTES_MAX = 4096,
	NOTE_BYTES_MAX = 1 << 20,
	FOREVER_S = 1 << 20,
	STALE_S = 4 * 60, /* answers older than five minutes would be refused */
};

int64_t session_now(const struct mt_session *s)
{
	return clock_mono(s->clock);
}

int mt_session_new(struct mt_session **ret, const struct mt_session_options *o)
{
	struct mt_session *s = MEM_NEW(struct mt_session);

	if (!s)
		return TOBS_ENOMEM;
	s->key = *o->key;
	s->clock = o->clock;
	s->rng = o->rng;
	s->events = o->events;
	s->user = o->user;
	s->id = rng_u64(o->rng);
	mt_ids_init(&s->ids, o->clock, o->time_offset);
	mt_salts_reset(&s->salts, o->salt);
	list_init(&s->queued);
	list_init(&s->sent);
	tobs_buf_init(&s->note_bodies, NOTE_BYTES_MAX);
	tobs_buf_init(&s->unpacked, MT_UNPACKED_MAX);
	tobs_buf_init(&s->scratch, MT_PACKET_MAX);
	*ret = s;
	return TOBS_OK;
}

void mt_session_free(struct mt_session *s)
{
	if (!s)
		return;
	assert(s->pending == 0);
	auth_key_wipe(&s->key);
	mt_seen_deinit(&s->seen);
	map_deinit(&s->by_id);
	ARRAY_DEINIT(&s->acks);
	ARRAY_DEINIT(&s->notes);
	ARRAY_DEINIT(&s->inquired);
	tobs_buf_wipe(&s->note_bodies);
	tobs_buf_wipe(&s->unpacked);
	tobs_buf_wipe(&s->scratch);
	mem_free(s);
}

void mt_session_send(struct mt_session *s, struct mt_query *q)
{
	assert(q->state == MT_QUERY_IDLE && q->body.len % 4 == 0 && q->body.len >= 4);
	q->state = MT_QUERY_QUEUED;
	q->resends = 0;
	list_init(&q->link);
	list_push(&s->queued, &q->link);
	s->pending++;
}

void session_detach(struct mt_session *s, struct mt_query *q)
{
	list_remove(&q->link);
	if (q->state != MT_QUERY_QUEUED)
		map_remove(&s->by_id, q->msg_id);
	q->state = MT_QUERY_IDLE;
	s->pending--;
}

void mt_session_forget(struct mt_session *s, struct mt_query *q, bool drop)
{
	bool sent = q->state == MT_QUERY_SENT || q->state == MT_QUERY_ACKED;
	uint64_t msg_id = q->msg_id;

	if (q->state == MT_QUERY_IDLE)
		return;
	session_detach(s, q);
	if (sent && drop && s->connected) {
		uint8_t body[12];

		put_le32(body, TL_rpc_drop_answer);
		put_le64(body + 4, msg_id);
		session_note(s, tobs_view(body, sizeof body), true);
	}
}

void session_note(struct mt_session *s, struct tobs_view body, bool content)
{
	struct mt_note note = { s->note_bodies.len, body.len, content };

	if (s->notes.count == NOTES_MAX || tobs_buf_putv(&s->note_bodies, body)) {
		s->note_bodies.err = TOBS_OK;
		return;
	}
	if (ARRAY_PUSH(&s->notes, note))
		tobs_buf_truncate(&s->note_bodies, note.start);
}

void session_requeue(struct mt_session *s, struct mt_query *q)
{
	if (q->state == MT_QUERY_QUEUED)
		return;
	list_remove(&q->link);
	map_remove(&s->by_id, q->msg_id);
	q->state = MT_QUERY_QUEUED;
	q->container_id = 0;
	/* Older than anything that waits: it goes out first. */
	list_push_front(&s->queued, &q->link);
}

void session_repeat(struct mt_session *s, struct mt_query *q)
{
	if (q->state != MT_QUERY_QUEUED && ++q->resends > MT_RESENDS_MAX) {
		session_detach(s, q);
		s->events->refused(s->user, q, MT_LOCAL_FAILURE, tobs_str("MSG_RESEND_LIMIT"));
		return;
	}
	session_requeue(s, q);
}

static void repeat_all(struct mt_session *s)
{
	/* Backwards, as each goes to the front. */
	while (!list_empty(&s->sent))
		session_repeat(s, LIST_ITEM(s->sent.prev, struct mt_query, link));
}

void session_restart(struct mt_session *s)
{
	uint8_t body[12];

	put_le32(body, TL_destroy_session);
	put_le64(body + 4, s->id);
	s->id = rng_u64(s->rng);
	s->seq = 0;
	mt_ids_restart(&s->ids);
	mt_seen_clear(&s->seen);
	s->acks.count = 0;
	s->acked_count = 0;
	s->notes.count = 0;
	tobs_buf_clear(&s->note_bodies);
	s->inquiry_ends = 0;
	repeat_all(s);
	session_note(s, tobs_view(body, sizeof body), true);
}

static void note_ping(struct mt_session *s)
{
	uint8_t body[16];

	put_le32(body, TL_ping_delay_disconnect);
	put_le64(body + 4, rng_u64(s->rng));
	put_le32(body + 12, MT_DISCONNECT_DELAY_S);
	session_note(s, tobs_view(body, sizeof body), true);
	s->next_ping = session_now(s) + (int64_t)MT_PING_EVERY_S * SECOND;
}

/* Asks the server which of the queries under way it knows. */
static void inquire(struct mt_session *s)
{
	s->inquired.count = 0;
	LIST_EACH (l, &s->sent) {
		struct mt_query *q = LIST_ITEM(l, struct mt_query, link);

		q->state = MT_QUERY_UNSURE;
		/* What cannot be asked about is repeated when the inquiry ends. */
		(void)!ARRAY_PUSH(&s->inquired, q->msg_id);
	}
	if (list_empty(&s->sent))
		return;
	s->inquiry_ends = session_now(s) + (int64_t)INQUIRY_S * SECOND;
	s->inquiry_id = 0; /* flush writes the request and sets it */
}

void mt_session_connected(struct mt_session *s)
{
	int64_t now = session_now(s);

	s->connected = true;
	if (s->last_heard && now - s->last_heard > (int64_t)STALE_S * SECOND)
		session_restart(s);
	s->last_heard = now;
	s->probe_sent = 0;
	note_ping(s);
	inquire(s);
}

void mt_session_disconnected(struct mt_session *s)
{
	s->connected = false;
	/*
	 * Those that wait, and those that may have been lost, go out over the next
	 * connection, or the server would begin it by repeating what we have.
	 */
	for (size_t i = 0; i < MIN(s->acked_count, MT_ACKED_KEPT); i++)
		(void)!ARRAY_PUSH(&s->acks, s->acked[i]);
	s->acked_count = 0;
	s->notes.count = 0;
	tobs_buf_clear(&s->note_bodies);
}

static void want_salts(struct mt_session *s, int64_t now)
{
	int64_t server_s = mt_ids_server_time(&s->ids) / SECOND;
	uint8_t body[8];

	if (now < s->next_salts || mt_salts_known_until(&s->salts) - server_s > SALTS_SPARE_S)
		return;
	put_le32(body, TL_get_future_salts);
	put_le32(body + 4, SALTS_WANTED);
	session_note(s, tobs_view(body, sizeof body), true);
	s->next_salts = now + (int64_t)SALTS_RETRY_S * SECOND;
}

void session_end_inquiry(struct mt_session *s)
{
	s->inquiry_ends = 0;
	/* Backwards, so that what goes back to the front of the queue keeps its order. */
	for (struct list *l = s->sent.prev, *older = l->prev; l != &s->sent;
		l = older, older = l->prev) {
		struct mt_query *q = LIST_ITEM(l, struct mt_query, link);

		if (q->state == MT_QUERY_UNSURE)
			session_requeue(s, q);
	}
}

static bool waits_for_answers(const struct mt_session *s)
{
	return !list_empty(&s->sent);
}

int mt_session_tick(struct mt_session *s)
{
	const int64_t silence = (int64_t)MT_SILENCE_S * SECOND;
	int64_t now = session_now(s);

	if (!s->connected)
		return TOBS_OK;
	if (s->probe_sent && now - s->probe_sent >= silence)
		return TOBS_ETIMEDOUT;
	if (now >= s->next_ping) {
		note_ping(s);
		if (!s->probe_sent)
			s->probe_sent = now;
	} else if (waits_for_answers(s) && !s->probe_sent && now - s->last_heard >= silence) {
		note_ping(s);
		s->probe_sent = now;
	}
	if (s->inquiry_ends && now >= s->inquiry_ends)
		session_end_inquiry(s);
	if (s->time_known)
		want_salts(s, now);
	return TOBS_OK;
}

int64_t mt_session_due(const struct mt_session *s)
{
	int64_t due = s->next_ping;

	if (!s->connected)
		return session_now(s) + (int64_t)FOREVER_S * SECOND;
	if (s->probe_sent)
		due = MIN(due, s->probe_sent + (int64_t)MT_SILENCE_S * SECOND);
	else if (waits_for_answers(s))
		due = MIN(due, s->last_heard + (int64_t)MT_SILENCE_S * SECOND);
	if (s->inquiry_ends)
		due = MIN(due, s->inquiry_ends);
	if (s->acks.count)
		due = MIN(due, s->acks_since + (int64_t)MT_ACK_WITHIN_S * SECOND);
	return due;
}

uint64_t mt_session_id(const struct mt_session *s)
{
	return s->id;
}

uint64_t mt_session_salt(const struct mt_session *s)
{
	return s->salts.current;
}

int64_t mt_session_time_offset(const struct mt_session *s)
{
	return s->ids.offset;
}

size_t mt_session_pending(const struct mt_session *s)
{
	return s->pending;
}
