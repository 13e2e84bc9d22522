/* SPDX-License-Identifier: MIT */
/*
 * Sending: everything that waits is packed into as few packets as the limits
 * allow.
 *
 *     one message    the packet is that message
 *     several        msg_container: count, then for each
 *                    msg_id 8 | seq_no 4 | length 4 | body
 */
#include <tobs/tl.h>

#include "base/gzip.h"
#include "mtproto/message.h"
#include "mtproto/session_priv.h"
#include "tl/wire.h"

enum {
	SECOND = 1000000,
	CONTAINER_ID = 0x73f1f8dc,
	GZIP_ID = 0x3072cfa1,
	CONTAINER_HEAD = 8,   /* id and count */
	MESSAGE_HEAD = 16,    /* msg_id, seq_no, length */
	MESSAGES_MAX = 1000,  /* in a container; the server takes 1020 */
	BYTES_MAX = 64 << 10, /* of a container, unless a single message is longer */
	ACKS_MAX = 8192,      /* in one msgs_ack */
	GZIP_FROM = 1024,     /* shorter queries are not worth it */
};

static bool acks_are_due(const struct mt_session *s)
{
	return s->acks.count >= MT_ACK_COUNT ||
		(s->acks.count &&
			session_now(s) - s->acks_since >= (int64_t)MT_ACK_WITHIN_S * SECOND);
}

static bool must_inquire(const struct mt_session *s)
{
	return s->inquiry_ends && !s->inquiry_id && s->inquired.count;
}

bool mt_session_has_output(const struct mt_session *s)
{
	return s->connected &&
		(!list_empty(&s->queued) || s->notes.count || acks_are_due(s) || must_inquire(s));
}

/* A packet under construction, in s->scratch behind room for the container's head. */
struct packet {
	struct mt_session *s;
	uint32_t count;
	uint64_t msg_id; /* of the last message */
	uint32_t seq_no;
};

static uint32_t next_seq(struct mt_session *s, bool content)
{
	return content ? 2 * s->seq++ + 1 : 2 * s->seq;
}

/* Starts a message of `len` bytes; the caller appends its body to s->scratch. */
static void add_head(struct packet *p, size_t len, bool content)
{
	struct tobs_buf *out = &p->s->scratch;

	p->msg_id = mt_ids_next(&p->s->ids);
	p->seq_no = next_seq(p->s, content);
	p->count++;
	tl_put_u64(out, p->msg_id);
	tl_put_u32(out, p->seq_no);
	tl_put_u32(out, (uint32_t)len);
}

static bool has_room(const struct packet *p, size_t len)
{
	return p->count == 0 ||
		(p->count < MESSAGES_MAX && p->s->scratch.len + MESSAGE_HEAD + len <= BYTES_MAX);
}

/* A vector of ids with constructor `id`: msgs_ack and msgs_state_req look alike. */
static void add_ids(struct packet *p, uint32_t id, const uint64_t *ids, size_t n)
{
	struct tobs_buf *out = &p->s->scratch;

	add_head(p, 12 + 8 * n, id != TL_msgs_ack);
	tl_put_u32(out, id);
	tl_put_u32(out, TL_VECTOR_ID);
	tl_put_u32(out, (uint32_t)n);
	for (size_t i = 0; i < n; i++)
		tl_put_u64(out, ids[i]);
}

static void add_acks(struct packet *p)
{
	struct mt_session *s = p->s;
	size_t n = MIN(s->acks.count, ACKS_MAX);

	if (n == 0 || !has_room(p, 12 + 8 * n))
		return;
	add_ids(p, TL_msgs_ack, s->acks.items, n);
	for (size_t i = 0; i < n; i++)
		s->acked[s->acked_count++ % MT_ACKED_KEPT] = s->acks.items[i];
	s->acked_by = p->msg_id;
	ARRAY_SHIFT(&s->acks, n);
}

static void add_notes(struct packet *p)
{
	struct mt_session *s = p->s;
	size_t done = 0;

	for (; done < s->notes.count; done++) {
		const struct mt_note *n = &s->notes.items[done];

		if (!has_room(p, n->len))
			break;
		add_head(p, n->len, n->content);
		tobs_buf_put(&s->scratch, s->note_bodies.ptr + n->start, n->len);
	}
	ARRAY_SHIFT(&s->notes, done);
	if (s->notes.count == 0)
		tobs_buf_clear(&s->note_bodies);
}

static void add_inquiry(struct packet *p)
{
	struct mt_session *s = p->s;
	size_t n = s->inquired.count = MIN(s->inquired.count, ACKS_MAX);

	if (!must_inquire(s) || !has_room(p, 12 + 8 * n))
		return;
	add_ids(p, TL_msgs_state_req, s->inquired.items, n);
	s->inquiry_id = p->msg_id;
}

/* The gzip_packed form of a long query when that is shorter by a tenth; else nothing. */
static bool pack_query(const struct mt_query *q, struct tobs_buf *packed)
{
	struct tobs_buf z;
	bool shorter;

	if (!q->compress || q->body.len < GZIP_FROM)
		return false;
	tobs_buf_init(&z, q->body.len - q->body.len / 10);
	shorter = gzip_pack(&z, q->body) == TOBS_OK;
	if (shorter) {
		tl_put_u32(packed, GZIP_ID);
		shorter = tl_put_bytes(packed, tobs_buf_view(&z)) == TOBS_OK;
	}
	tobs_buf_deinit(&z);
	return shorter;
}

static void add_query(struct packet *p, struct mt_query *q)
{
	struct mt_session *s = p->s;
	struct tobs_buf packed;

	tobs_buf_init(&packed, MT_PACKET_MAX);
	if (pack_query(q, &packed)) {
		add_head(p, packed.len, true);
		tobs_buf_putv(&s->scratch, tobs_buf_view(&packed));
	} else {
		add_head(p, q->body.len, true);
		if (q->prepare)
			q->prepare(q, s->id, p->msg_id);
		tobs_buf_putv(&s->scratch, q->body);
	}
	tobs_buf_deinit(&packed);
	q->msg_id = p->msg_id;
	q->seq_no = p->seq_no;
	q->container_id = 0;
	q->sent_at = session_now(s);
	q->state = MT_QUERY_SENT;
	list_remove(&q->link);
	list_push(&s->sent, &q->link);
}

/* Fills one packet; the queries in it are at the end of s->sent, *ret_first is the first of them. */
static int add_queries(struct packet *p, struct list **ret_first)
{
	struct mt_session *s = p->s;

	*ret_first = &s->sent;
	LIST_EACH (l, &s->queued) {
		struct mt_query *q = LIST_ITEM(l, struct mt_query, link);

		if (!has_room(p, q->body.len))
			break;
		add_query(p, q);
		if (*ret_first == &s->sent)
			*ret_first = &q->link;
		if (map_put(&s->by_id, q->msg_id, q))
			return TOBS_ENOMEM;
	}
	return TOBS_OK;
}

/* The container takes over: its own id and number, and the queries remember it. */
static void wrap(struct packet *p, struct list *first)
{
	struct mt_session *s = p->s;

	put_le32(s->scratch.ptr, CONTAINER_ID);
	put_le32(s->scratch.ptr + 4, p->count);
	p->msg_id = mt_ids_next(&s->ids);
	p->seq_no = next_seq(s, false);
	for (struct list *l = first; l != &s->sent; l = l->next)
		LIST_ITEM(l, struct mt_query, link)->container_id = p->msg_id;
}

static int seal(struct packet *p, struct mt_link *link, struct tobs_buf *out)
{
	struct mt_session *s = p->s;
	size_t skip = p->count > 1 ? 0 : CONTAINER_HEAD + MESSAGE_HEAD;
	struct mt_message m = { .salt = mt_salts_at(
					&s->salts, mt_ids_server_time(&s->ids) / SECOND),
		.session_id = s->id,
		.msg_id = p->msg_id,
		.seq_no = p->seq_no,
		.body = tobs_view_sub(tobs_buf_view(&s->scratch), skip, SIZE_MAX) };
	int r = mt_link_begin(link, mt_sealed_len(m.body.len), out);

	if (!r)
		r = mt_seal(out, &s->key, MSG_BY_CLIENT, &m, s->rng, NULL);
	if (!r)
		r = mt_link_end(link, s->rng, out);
	return r;
}

static int flush_packet(struct mt_session *s, struct mt_link *link, struct tobs_buf *out)
{
	struct packet p = { .s = s };
	struct list *first;
	int r;

	tobs_buf_clear(&s->scratch);
	tobs_buf_fill(&s->scratch, 0, CONTAINER_HEAD);
	add_notes(&p);
	add_inquiry(&p);
	r = add_queries(&p, &first);
	add_acks(&p);
	if (!r)
		r = s->scratch.err;
	if (r)
		return r;
	if (p.count > 1)
		wrap(&p, first);
	return seal(&p, link, out);
}

int mt_session_flush(struct mt_session *s, struct mt_link *link, struct tobs_buf *out)
{
	size_t before = out->len;

	while (mt_session_has_output(s)) {
		int r = flush_packet(s, link, out);

		if (r) {
			out->err = TOBS_OK;
			tobs_buf_truncate(out, before);
			return r;
		}
	}
	return TOBS_OK;
}
