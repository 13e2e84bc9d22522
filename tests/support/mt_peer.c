/* SPDX-License-Identifier: MIT */
#include "support/mt_peer.h"

#include <tobs/tl.h>

#include "support/test.h"
#include "tl/wire.h"

static void on_answer(void *user, struct mt_query *q, struct tobs_view result)
{
	struct mt_peer *p = user;

	assert_true(p->answers < ARRAY_LEN(p->answered));
	p->answered[p->answers++] = q;
	tobs_buf_clear(&p->result);
	tobs_buf_putv(&p->result, result);
}

static void on_refusal(void *user, struct mt_query *q, int32_t code, struct tobs_view name)
{
	struct mt_peer *p = user;

	assert_true(p->refusals < ARRAY_LEN(p->refused));
	p->refused[p->refusals++] = q;
	p->refusal_code = code;
	snprintf(p->refusal, sizeof p->refusal, "%.*s", TOBS_VIEW_FMT(name));
}

static void on_update(void *user, struct tobs_view body)
{
	struct mt_peer *p = user;

	p->updates++;
	p->last_update = get_le32(body.ptr);
}

static void on_renewal(void *user)
{
	((struct mt_peer *)user)->renewals++;
}

static void on_lesson(void *user)
{
	((struct mt_peer *)user)->lessons++;
}

static const struct mt_session_events events = {
	.answered = on_answer,
	.refused = on_refusal,
	.update = on_update,
	.renewed = on_renewal,
	.learned = on_lesson,
};

void peer_init(struct mt_peer *p)
{
	const struct mt_link_options way = { .framing = MT_INTERMEDIATE };
	struct mt_session_options options = { .salt = PEER_SALT, .events = &events, .user = p };
	uint8_t bytes[AUTH_KEY_BYTES];

	memset(p, 0, sizeof *p);
	p->prng.state = 4711;
	p->rng = prng_rng(&p->prng);
	rng_fill(&p->rng, bytes, sizeof bytes);
	auth_key_set(&p->key, bytes);
	fake_clock_init(&p->clock, (int64_t)PEER_START_S * 1000000);
	mt_ids_init(&p->ids, &p->clock.clock, 0);
	tobs_buf_init(&p->wire, 1 << 26);
	tobs_buf_init(&p->bodies, 1 << 26);
	tobs_buf_init(&p->result, 1 << 26);
	assert_ok(mt_link_connect(&p->client_link, &way, &p->rng, &p->wire));
	mt_link_accept(&p->server_link, NULL);
	options.key = &p->key;
	options.clock = &p->clock.clock;
	options.rng = &p->rng;
	assert_ok(mt_session_new(&p->session, &options));
}

void peer_deinit(struct mt_peer *p)
{
	mt_session_free(p->session);
	mt_link_deinit(&p->client_link);
	mt_link_deinit(&p->server_link);
	tobs_buf_deinit(&p->wire);
	tobs_buf_deinit(&p->bodies);
	tobs_buf_deinit(&p->result);
}

void peer_wait(struct mt_peer *p, int64_t seconds)
{
	p->clock.now += seconds * 1000000;
}

static void note(struct mt_peer *p, uint64_t msg_id, uint32_t seq_no, struct tobs_view body)
{
	assert_true(p->count < PEER_MESSAGES_MAX && body.len >= 4);
	p->got[p->count++] = (struct peer_message){ msg_id, seq_no, get_le32(body.ptr), body };
}

/* msg_container#73f1f8dc: its messages instead of itself. */
static void take_apart(struct mt_peer *p, const struct mt_message *m)
{
	struct tl_reader r;
	uint32_t id, count;

	tl_reader_init(&r, m->body);
	assert_ok(tl_read_u32(&r, &id));
	if (id != 0x73f1f8dc) {
		note(p, m->msg_id, m->seq_no, m->body);
		return;
	}
	assert_ok(tl_read_u32(&r, &count));
	for (uint32_t i = 0; i < count; i++) {
		uint64_t msg_id;
		uint32_t seq_no, len;
		const uint8_t *body;

		tl_read_u64(&r, &msg_id);
		tl_read_u32(&r, &seq_no);
		tl_read_u32(&r, &len);
		assert_ok(tl_read_raw(&r, len, &body));
		assert_true(msg_id < m->msg_id);
		note(p, msg_id, seq_no, tobs_view(body, len));
	}
	assert_int_equal(tl_left(&r), 0);
}

void peer_take(struct mt_peer *p)
{
	struct mt_packet packet;
	uint8_t *at;
	size_t room;

	p->count = p->packets = 0;
	tobs_buf_clear(&p->bodies);
	tobs_buf_reserve(&p->bodies, 1 << 24); /* views into it must stay */
	assert_ok(mt_session_flush(p->session, &p->client_link, &p->wire));
	assert_ok(mt_link_room(&p->server_link, p->wire.len, &at, &room));
	memcpy(at, p->wire.ptr ? p->wire.ptr : at, p->wire.len);
	assert_ok(mt_link_received(&p->server_link, p->wire.len));
	tobs_buf_clear(&p->wire);
	while (mt_link_next(&p->server_link, &packet) == TOBS_OK) {
		struct mt_message m;
		size_t start = p->bodies.len;

		assert_ok(mt_open(packet.data, packet.len, &p->key, MSG_BY_CLIENT, &m, NULL));
		assert_ok(tobs_buf_putv(&p->bodies, m.body));
		m.body = tobs_view(p->bodies.ptr + start, m.body.len);
		assert_true(p->packets < ARRAY_LEN(p->outer));
		p->outer[p->packets++] = m;
		take_apart(p, &m);
	}
}

size_t peer_count(const struct mt_peer *p, uint32_t id)
{
	size_t n = 0;

	for (size_t i = 0; i < p->count; i++)
		n += p->got[i].id == id;
	return n;
}

const struct peer_message *peer_find(const struct mt_peer *p, uint32_t id)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->got[i].id == id)
			return &p->got[i];
	fail_msg("the client sent no %s", tl_name(id) ? tl_name(id) : "such message");
	return NULL;
}

int peer_say_as(struct mt_peer *p, uint64_t msg_id, struct tobs_view body, bool content)
{
	struct mt_message m = { .salt = PEER_SALT,
		.session_id = mt_session_id(p->session),
		.msg_id = msg_id,
		.seq_no = content ? 1 : 0,
		.body = body };
	struct tobs_buf packet;
	int r;

	tobs_buf_init(&packet, 1 << 25);
	assert_ok(mt_seal(&packet, &p->key, MSG_BY_SERVER, &m, &p->rng, NULL));
	r = mt_session_receive(p->session, packet.ptr, packet.len);
	tobs_buf_deinit(&packet);
	return r;
}

int peer_say(struct mt_peer *p, struct tobs_view body, bool content)
{
	return peer_say_as(p, mt_ids_next_server(&p->ids, false), body, content);
}

int peer_say_tl(struct mt_peer *p, const void *object, bool content)
{
	struct tobs_buf body;
	int r;

	tobs_buf_init(&body, 1 << 24);
	assert_ok(tl_encode(&body, object, NULL));
	r = peer_say(p, tobs_buf_view(&body), content);
	tobs_buf_deinit(&body);
	return r;
}

int peer_answer_raw(struct mt_peer *p, uint64_t req_msg_id, struct tobs_view result)
{
	struct tobs_buf body;
	int r;

	tobs_buf_init(&body, 1 << 25);
	tl_put_u32(&body, 0xf35c6d01);
	tl_put_u64(&body, req_msg_id);
	assert_ok(tobs_buf_putv(&body, result));
	r = peer_say_as(p, mt_ids_next_server(&p->ids, true), tobs_buf_view(&body), true);
	tobs_buf_deinit(&body);
	return r;
}

int peer_answer(struct mt_peer *p, uint64_t req_msg_id, const void *object)
{
	struct tobs_buf body;
	int r;

	tobs_buf_init(&body, 1 << 24);
	assert_ok(tl_encode(&body, object, NULL));
	r = peer_answer_raw(p, req_msg_id, tobs_buf_view(&body));
	tobs_buf_deinit(&body);
	return r;
}

void peer_query(struct mt_query *q, uint32_t *words, size_t extra)
{
	words[0] = TL_help_getConfig;
	for (size_t i = 1; i <= extra; i++)
		words[i] = (uint32_t)i;
	*q = (struct mt_query){ .body = tobs_view(words, (1 + extra) * 4) };
}
