/* SPDX-License-Identifier: MIT */
#include "support/sim_world.h"

#include "sim/inner.h"
#include "support/test.h"

static struct fake_clock fake;

struct sim_world *test_world(void)
{
	struct sim_world *w = NULL;

	fake_clock_init(&fake, INT64_C(1714564800) * 1000000);
	assert_ok(sim_world_new(
		&(struct sim_world_options){ .clock = &fake.clock, .seed = 1 }, &w, NULL));
	return w;
}

struct sim_user *test_user(struct sim_world *w, int64_t id, const char *first)
{
	struct sim_user *u = NULL;

	assert_ok(sim_user_add(
		w, &(struct sim_user_args){ .id = id, .first_name = tobs_str(first) }, &u, NULL));
	return u;
}

struct sim_account *test_account(struct sim_world *w, int64_t id, const char *first)
{
	struct sim_account *a = NULL;

	assert_ok(sim_account_add(
		w, test_user(w, id, first), &(struct sim_account_args){ 0 }, &a, NULL));
	return a;
}

struct sim_chat *test_chat(
	struct sim_world *w, enum sim_chat_kind kind, int64_t id, const char *title)
{
	struct sim_chat *c = NULL;

	assert_ok(sim_chat_add(w,
		&(struct sim_chat_args){
			.kind = kind, .id = id, .title = tobs_str(title), .date = 1600000000 },
		&c, NULL));
	return c;
}

struct tl_message *test_message(
	struct sim_history *h, int32_t id, int32_t date, int64_t from, const char *text)
{
	struct tl_message *m = SIM_NEW(&h->world->arena, message);

	assert_non_null(m);
	m->id = id;
	m->date = date;
	m->from_id = sim_tl_peer(h->world, from);
	m->peer_id = h->tl_peer;
	m->message = sim_keep(h->world, tobs_str(text));
	return m;
}

void test_reply(struct sim_history *h, struct tl_message *m, int32_t to, int32_t top)
{
	struct tl_messageReplyHeader *r = SIM_NEW(&h->world->arena, messageReplyHeader);

	assert_non_null(r);
	r->has_reply_to_msg_id = 1;
	r->reply_to_msg_id = to;
	if (top) {
		r->has_reply_to_top_id = 1;
		r->reply_to_top_id = top;
	}
	r->forum_topic = h->chat && h->chat->kind == SIM_CHAT_SUPERGROUP &&
		h->chat->tl.channel->forum;
	m->reply_to = (const void *)r;
}

size_t assert_encodes(const void *object)
{
	static const int layers[] = { 228, 227 };
	struct tobs_err err = { 0 };
	struct tobs_arena arena;
	struct tobs_buf wire;
	const void *back;
	size_t size = 0;

	tobs_buf_init(&wire, 1 << 24);
	tobs_arena_init(&arena, 1 << 26);
	for (size_t i = 0; i < ARRAY_LEN(layers); i++) {
		tobs_buf_clear(&wire);
		if (tl_encode_layer(&wire, object, layers[i], &err))
			fail_msg("layer %d: %s", layers[i], err.message);
		if (tl_decode(tobs_buf_view(&wire), &arena, &back, NULL, &err))
			fail_msg("layer %d: %s at %d", layers[i], err.message, (int)err.offset);
		if (!size)
			size = wire.len;
	}
	tobs_arena_deinit(&arena);
	tobs_buf_deinit(&wire);
	return size;
}
