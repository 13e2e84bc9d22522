/* SPDX-License-Identifier: MIT */
/*
 * A session as the simulated server has it. The input is a list of steps: a byte
 * that says what happens, a byte with a length in words, and so many words.
 */
#include <string.h>

#include "base/endian.h"
#include "fuzz.h"
#include "sim/session.h"
#include "take.h"

enum { STEPS = 64, START_S = 1700000000, BODY_MAX = 4 << 20, HELD_MAX = 64, SESSION = 7 };

enum step {
	SAY,       /* a body, with the number that content has */
	SAY_QUIET, /* with that of what is not acknowledged */
	INNER,     /* salt, msg_id, seq_no, then the body */
	ABOUT,     /* a body of which the fourth and fifth word become the id of an answer */
	ANSWER,    /* the oldest query */
	REFUSE,
	PUSH,
	TAKE,
	WAIT,
	RECONNECT,
	AGAIN, /* a body under the last id */
	STEP_KINDS,
};

struct world {
	struct fake_clock clock;
	struct prng prng;
	struct rng rng;
	struct sim_keys keys;
	struct sim_key *key;
	struct sim_session *session;
	struct sim_session_stats stats;
	struct mt_ids ids;
	uint32_t seq;
	uint64_t last_id, last_answer;
	uint64_t held[HELD_MAX];
	size_t held_count;
	struct tobs_buf body;
};

static void on_query(void *user, struct sim_session *s, uint64_t msg_id, struct tobs_view body)
{
	struct world *w = user;

	FUZZ_CHECK(body.len >= 4 && sim_session_is_running(s, msg_id));
	touch(body);
	if (w->held_count < HELD_MAX)
		w->held[w->held_count++] = msg_id;
}

static bool on_drop(void *user, struct sim_session *s, uint64_t msg_id)
{
	(void)user;
	FUZZ_CHECK(!sim_session_is_running(s, msg_id));
	return true;
}

static void world_init(struct world *w, const struct sim_session_events *events)
{
	uint8_t bytes[AUTH_KEY_BYTES];
	struct auth_key key;

	w->prng.state = 5;
	w->rng = prng_rng(&w->prng);
	fake_clock_init(&w->clock, (int64_t)START_S * 1000000);
	mt_ids_init(&w->ids, &w->clock.clock, 0);
	sim_keys_init(&w->keys, &w->clock.clock, &w->rng);
	rng_fill(&w->rng, bytes, sizeof bytes);
	auth_key_set(&key, bytes);
	tobs_buf_init(&w->body, BODY_MAX);
	if (sim_keys_add(&w->keys, &key, 2, 5, 0, &w->key) ||
		sim_session_get(&w->keys, w->key, SESSION, &w->stats, &w->session))
		abort();
	w->session->pack = true;
	sim_session_attached(w->session, w, events);
}

static void world_deinit(struct world *w)
{
	sim_keys_deinit(&w->keys);
	tobs_buf_deinit(&w->body);
}

static void say(struct world *w, const struct mt_message *m)
{
	int r = sim_session_receive(w->session, m);

	FUZZ_CHECK(r == TOBS_OK || r == TOBS_EPROTO);
}

static void say_body(struct world *w, enum step kind, struct tobs_view in)
{
	struct mt_message m = { .salt = sim_key_salt(&w->keys, w->key), .session_id = SESSION };
	uint8_t *copy = malloc(in.len + 1);

	if (!copy)
		abort();
	if (in.len)
		memcpy(copy, in.ptr, in.len);
	if (kind == ABOUT && in.len >= 20)
		put_le64(copy + 12, w->last_answer);
	if (kind != AGAIN || !w->last_id)
		w->last_id = mt_ids_next(&w->ids);
	m.msg_id = w->last_id;
	m.seq_no = 2 * w->seq + (kind == SAY || kind == AGAIN);
	w->seq += kind == SAY;
	m.body = tobs_view(copy, in.len);
	if (kind == INNER && in.len >= 20) {
		m.salt = get_le64(in.ptr) ? get_le64(in.ptr) : m.salt;
		m.msg_id = get_le64(in.ptr + 8);
		m.seq_no = get_le32(in.ptr + 16);
		m.body = tobs_view_sub(m.body, 20, SIZE_MAX);
	}
	say(w, &m);
	free(copy);
}

static void answer(struct world *w, enum step kind, struct tobs_view in)
{
	int r;

	if (!w->held_count)
		return;
	r = kind == ANSWER ? sim_session_answer(w->session, w->held[0], in)
			   : sim_session_refuse(w->session, w->held[0], 400, "NO_GOOD");
	FUZZ_CHECK(r == TOBS_OK);
	w->held_count--;
	memmove(w->held, w->held + 1, w->held_count * sizeof w->held[0]);
}

static void take_output(struct world *w)
{
	struct mt_message m;
	int r = sim_session_take(w->session, 1 << 16, &w->body, &m);

	FUZZ_CHECK(r == TOBS_OK || r == TOBS_EAGAIN);
	if (r)
		return;
	FUZZ_CHECK(m.body.len % 4 == 0 && m.body.len >= 4 && m.msg_id & 1);
	touch(m.body);
	/* Of a container the first message's. */
	w->last_answer = get_le32(m.body.ptr) == 0x73f1f8dc ? get_le64(m.body.ptr + 8) : m.msg_id;
}

static void step(struct world *w, enum step kind, struct tobs_view in, size_t n)
{
	const struct sim_session_events *events = w->session->events;

	switch (kind) {
	case ANSWER:
	case REFUSE: answer(w, kind, in); break;
	case PUSH: FUZZ_CHECK(in.len < 4 || !sim_session_push(w->session, in)); break;
	case TAKE: take_output(w); break;
	case WAIT: w->clock.now += (int64_t)n * 10000000; break;
	case RECONNECT:
		sim_session_detached(w->session);
		sim_session_attached(w->session, w, events);
		break;
	default: say_body(w, kind, in); break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct world w = { 0 };
	const struct sim_session_events events = { .query = on_query, .drop = on_drop, .user = &w };
	struct tobs_view in = tobs_view(data, size);

	world_init(&w, &events);
	for (int i = 0; in.len && i < STEPS; i++) {
		enum step kind = (enum step)(take_byte(&in) % STEP_KINDS);
		size_t n = take_byte(&in);
		bool bare = kind >= REFUSE && kind != PUSH && kind != AGAIN;
		struct tobs_view words = bare ? tobs_view(NULL, 0) : take(&in, n * 4);

		words.len &= ~(size_t)3;
		step(&w, kind, words, n);
	}
	while (sim_session_has_output(w.session))
		take_output(&w);
	world_deinit(&w);
	return 0;
}
