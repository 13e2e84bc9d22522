/* SPDX-License-Identifier: MIT */
/*
 * Queries to the simulated server, one after the other, over a small world: a
 * byte with the length in words, 255 for all that is left, and the query. The
 * first byte of all says who asks: 0 nobody, 1 a person, 2 a bot. Each gets an
 * answer that can be read.
 */
#include "base/endian.h"
#include "fuzz.h"
#include "sim/rpc.h"
#include "small_world.h"
#include "tl/tables.h"

enum { QUERIES = 16, TREE_MAX = 16 << 20, ANSWER_MAX = 16 << 20, DC = 2 };

struct stage {
	struct fake_clock clock;
	struct prng prng;
	struct rng rng;
	struct sim_world *world;
	struct sim_keys keys;
	struct sim_key *key;
	struct sim_session *session;
	struct sim_session_stats stats;
	struct sim_faults faults;
	struct sim_rpc rpc;
	struct tobs_arena arena;
	struct tobs_buf answer;
};

static void stage_init(struct stage *s, uint8_t who)
{
	uint8_t bytes[AUTH_KEY_BYTES];
	struct auth_key key;

	s->prng.state = 3;
	s->rng = prng_rng(&s->prng);
	s->world = small_world(&s->clock);
	rng_fill(&s->rng, bytes, sizeof bytes);
	auth_key_set(&key, bytes);
	sim_keys_init(&s->keys, &s->clock.clock, &s->rng);
	sim_faults_init(&s->faults, 1);
	sim_rpc_init(&s->rpc, s->world, &s->keys, &s->faults, &s->clock.clock, &s->rng);
	s->rpc.dc_count = 1;
	s->rpc.dcs[0] = (struct sim_dc){ .id = DC, .host = "127.0.0.1", .port = 5000 };
	if (sim_keys_add(&s->keys, &key, DC, 1, 0, &s->key) ||
		sim_session_get(&s->keys, s->key, 99, &s->stats, &s->session))
		abort();
	if (who % 3)
		s->key->login.account = s->world->accounts.items[who % 3 == 1 ? 0 : 2];
	tobs_arena_init(&s->arena, TREE_MAX);
	tobs_buf_init(&s->answer, ANSWER_MAX);
}

static void stage_deinit(struct stage *s)
{
	sim_rpc_deinit(&s->rpc);
	sim_faults_deinit(&s->faults);
	sim_keys_deinit(&s->keys);
	sim_world_free(s->world);
	tobs_arena_deinit(&s->arena);
	tobs_buf_deinit(&s->answer);
}

/* Either what the method gives, or rpc_error. Wrapped queries answer as what is in them. */
static void check_answer(struct stage *s, struct tobs_view query)
{
	struct tobs_view answer = tobs_buf_view(&s->answer);
	uint32_t id = query.len >= 4 ? get_le32(query.ptr) : 0;
	const struct tl_ctor *c = tl_find(id);
	union {
		struct tobs_view view;
		const void *object;
		int64_t number;
	} result;
	const void *object;

	FUZZ_CHECK(answer.len >= 4);
	if (get_le32(answer.ptr) == TL_rpc_error)
		FUZZ_CHECK(!tl_decode(answer, &s->arena, &object, NULL, NULL));
	else if (c && c->traits & TL_TRAIT_FUNCTION && c->result != TL_OBJECT)
		FUZZ_CHECK(!tl_decode_result(id, answer, &s->arena, &result, NULL));
}

static void ask(struct stage *s, uint64_t msg_id, struct tobs_view query)
{
	struct sim_call c = { .rpc = &s->rpc,
		.dc = DC,
		.key = s->key,
		.session = s->session,
		.msg_id = msg_id,
		.arena = &s->arena };
	int r;

	tobs_arena_reset(&s->arena);
	tobs_buf_clear(&s->answer);
	r = sim_rpc_run(&c, query, &s->answer);
	FUZZ_CHECK(r == TOBS_OK || r == TOBS_ENOMEM);
	if (r)
		return;
	tobs_arena_reset(&s->arena);
	check_answer(s, query);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tobs_view in = tobs_view(data, size);
	struct stage s = { 0 };

	stage_init(&s, take_byte(&in));
	for (int i = 0; in.len && i < QUERIES; i++) {
		size_t n = take_byte(&in);

		ask(&s, 0x1000u + 4u * (unsigned)i, take(&in, n == 255 ? SIZE_MAX : n * 4));
	}
	stage_deinit(&s);
	return 0;
}
