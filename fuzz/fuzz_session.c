/* SPDX-License-Identifier: MIT */
/*
 * A client's session. The input is a list of steps: a byte that says what
 * happens (low half) to which query (high half), a byte with a length in words,
 * and so many words. Bodies are encrypted with the right key, so that they get
 * behind the check of msg_key.
 */
#include <string.h>
#include <tobs/tl_types.h>

#include "base/endian.h"
#include "fuzz.h"
#include "mtproto/ids.h"
#include "mtproto/session.h"
#include "take.h"
#include "tl/wire.h"

enum {
	QUERIES = 4,
	STEPS = 64,
	START_S = 1700000000,
	BODY_MAX = 1 << 20,
	RESULT_ID = (int)0xf35c6d01,
};

enum step {
	RAW,       /* a packet as it is */
	INNER,     /* a message with its head, encrypted */
	SAY,       /* a body */
	SAY_QUIET, /* that wants no acknowledgement */
	ANSWER,    /* a body as the result of a query */
	ABOUT,     /* a body whose second and third word become the query's id */
	ABOUT_ALL, /* the same with the id of the container it was in */
	SEND,
	FORGET,
	FLUSH,
	WAIT, /* as many s as the length says */
	CONNECT,
	DISCONNECT,
	ANSWER_AGAIN, /* with the last id once more */
	STEP_KINDS,
};

struct world {
	struct fake_clock clock;
	struct prng prng;
	struct rng rng;
	struct auth_key key;
	struct mt_ids ids;
	struct mt_session *session;
	struct mt_link link;
	struct mt_query queries[QUERIES];
	uint32_t words[QUERIES][4];
	uint64_t last_id;
	struct tobs_buf out;
};

static void on_answer(void *user, struct mt_query *q, struct tobs_view result)
{
	(void)user;
	FUZZ_CHECK(q->state == MT_QUERY_IDLE && result.len >= 4);
	touch(result);
}

static void on_refusal(void *user, struct mt_query *q, int32_t code, struct tobs_view name)
{
	(void)user;
	(void)code;
	FUZZ_CHECK(q->state == MT_QUERY_IDLE);
	touch(name);
}

static void on_update(void *user, struct tobs_view body)
{
	(void)user;
	FUZZ_CHECK(body.len >= 4);
	touch(body);
}

static void on_event(void *user)
{
	(void)user;
}

static const struct mt_session_events events = {
	.answered = on_answer,
	.refused = on_refusal,
	.update = on_update,
	.renewed = on_event,
	.learned = on_event,
};

static void world_init(struct world *w)
{
	const struct mt_link_options way = { .framing = MT_INTERMEDIATE };
	struct mt_session_options options = {
		.salt = 777, .events = &events, .user = w, .clock = &w->clock.clock, .rng = &w->rng
	};
	uint8_t bytes[AUTH_KEY_BYTES];

	memset(w, 0, sizeof *w);
	w->prng.state = 4711;
	w->rng = prng_rng(&w->prng);
	rng_fill(&w->rng, bytes, sizeof bytes);
	auth_key_set(&w->key, bytes);
	options.key = &w->key;
	fake_clock_init(&w->clock, (int64_t)START_S * 1000000);
	mt_ids_init(&w->ids, &w->clock.clock, 0);
	tobs_buf_init(&w->out, 16 << 20);
	if (mt_session_new(&w->session, &options) ||
		mt_link_connect(&w->link, &way, &w->rng, &w->out))
		abort();
	for (size_t i = 0; i < QUERIES; i++) {
		w->words[i][0] = TL_help_getConfig;
		w->queries[i].body = tobs_view(w->words[i], sizeof w->words[i]);
	}
	mt_session_connected(w->session);
}

static void world_deinit(struct world *w)
{
	for (size_t i = 0; i < QUERIES; i++)
		mt_session_forget(w->session, &w->queries[i], false);
	FUZZ_CHECK(mt_session_pending(w->session) == 0);
	mt_session_free(w->session);
	mt_link_deinit(&w->link);
	tobs_buf_deinit(&w->out);
}

static void receive(struct world *w, uint8_t *packet, size_t len)
{
	int r = mt_session_receive(w->session, packet, len);

	FUZZ_CHECK(r == TOBS_OK || r == TOBS_ECRYPTO || r == TOBS_EPROTO);
}

static void raw(struct world *w, struct tobs_view bytes)
{
	uint8_t *packet = malloc(bytes.len + 1);

	if (!packet)
		abort();
	memcpy(packet, bytes.ptr, bytes.len);
	/* The right name of the key, or it ends there. */
	if (bytes.len >= 8 && bytes.ptr[0] & 1)
		put_le64(packet, w->key.id);
	receive(w, packet, bytes.len);
	free(packet);
}

static void say(struct world *w, const struct mt_message *m)
{
	struct tobs_buf packet;

	tobs_buf_init(&packet, 2 * BODY_MAX);
	FUZZ_CHECK(!mt_seal(&packet, &w->key, MSG_BY_SERVER, m, &w->rng, NULL));
	receive(w, packet.ptr, packet.len);
	tobs_buf_deinit(&packet);
}

/* salt, session_id, msg_id, seq_no, then the body. Zero is the right session. */
static void say_inner(struct world *w, struct tobs_view in)
{
	struct mt_message m = { 0 };

	if (in.len < 28)
		return;
	m.salt = get_le64(in.ptr);
	m.session_id = get_le64(in.ptr + 8);
	m.msg_id = get_le64(in.ptr + 16);
	m.seq_no = get_le32(in.ptr + 24);
	m.body = tobs_view_sub(in, 28, SIZE_MAX);
	if (!m.session_id)
		m.session_id = mt_session_id(w->session);
	say(w, &m);
}

static void say_body(struct world *w, enum step kind, const struct mt_query *q, struct tobs_view in)
{
	uint64_t id = kind == ABOUT_ALL && q->container_id ? q->container_id : q->msg_id;
	struct mt_message m = {
		.salt = 777, .session_id = mt_session_id(w->session), .seq_no = kind != SAY_QUIET
	};
	struct tobs_buf body;

	tobs_buf_init(&body, BODY_MAX);
	if (kind == ANSWER || kind == ANSWER_AGAIN) {
		tl_put_u32(&body, (uint32_t)RESULT_ID);
		tl_put_u64(&body, id);
	}
	tobs_buf_putv(&body, in);
	if ((kind == ABOUT || kind == ABOUT_ALL) && body.len >= 12)
		put_le64(body.ptr + 4, id);
	if (kind != ANSWER_AGAIN || !w->last_id)
		w->last_id = mt_ids_next_server(&w->ids, kind == ANSWER);
	m.msg_id = w->last_id;
	m.body = tobs_buf_view(&body);
	say(w, &m);
	tobs_buf_deinit(&body);
}

static void flush(struct world *w)
{
	tobs_buf_clear(&w->out);
	FUZZ_CHECK(!mt_session_flush(w->session, &w->link, &w->out));
	touch(tobs_buf_view(&w->out));
}

static void wait(struct world *w, size_t seconds)
{
	w->clock.now += (int64_t)seconds * 1000000;
	if (mt_session_due(w->session) <= clock_mono(&w->clock.clock) &&
		mt_session_tick(w->session) == TOBS_ETIMEDOUT)
		mt_session_disconnected(w->session);
}

static void step(struct world *w, uint8_t what, struct tobs_view in, size_t n)
{
	struct mt_query *q = &w->queries[(what >> 4) % QUERIES];
	enum step kind = (enum step)((what & 15) % STEP_KINDS);

	switch (kind) {
	case RAW: raw(w, in); break;
	case INNER: say_inner(w, in); break;
	case SEND:
		if (q->state == MT_QUERY_IDLE)
			mt_session_send(w->session, q);
		break;
	case FORGET: mt_session_forget(w->session, q, n & 1); break;
	case FLUSH: flush(w); break;
	case WAIT: wait(w, n); break;
	case CONNECT: mt_session_connected(w->session); break;
	case DISCONNECT: mt_session_disconnected(w->session); break;
	default: say_body(w, kind, q, in); break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tobs_view in = tobs_view(data, size);
	static struct world w;

	world_init(&w);
	for (int i = 0; in.len && i < STEPS; i++) {
		uint8_t what = take_byte(&in);
		size_t n = take_byte(&in);
		/* Those without bytes do not eat what belongs to the next. */
		bool bare = (what & 15) % STEP_KINDS >= SEND &&
			(what & 15) % STEP_KINDS != ANSWER_AGAIN;
		struct tobs_view words = bare ? tobs_view(NULL, 0) : take(&in, n * 4);

		words.len &= ~(size_t)3;
		step(&w, what, words, n);
	}
	world_deinit(&w);
	return 0;
}
