/* SPDX-License-Identifier: MIT */
/* Reading: ranges, topics, what belongs to a message, several at once, beside a writer. */
#include "archive/archive.h"
#include "base/rand.h"
#include "scene.h"
#include "support/failmem.h"

enum { IDS = 300 };

static struct archive *a;
static struct archive_batch b;
static int32_t chat;

static int setup(void **state)
{
	scene_setup(state);
	a = scene_open(NULL);
	archive_batch_init(&b, 1 << 20);
	chat = scene_chat(a, -1001000000001, "Group");
	return 0;
}

static int teardown(void **state)
{
	archive_batch_deinit(&b);
	archive_close(a);
	return scene_teardown(state);
}

/* What message `id` is, made from its number alone. */
static struct archive_message model(struct tobs_arena *arena, int32_t id)
{
	struct prng p = { (uint64_t)id * 7919 };
	struct archive_message m = { .id = id, .date = 1000 + id, .sender = id % 5 };
	struct archive_reaction *r;

	m.topic = (int32_t)prng_below(&p, 4);
	m.text = tobs_str(tobs_arena_printf(arena, "text %d", (int)id));
	if (prng_below(&p, 3) == 0)
		m.data = tobs_str(tobs_arena_printf(arena, "{\"views\":%d}", (int)id));
	m.reaction_count = prng_below(&p, 3) ? 0 : (uint32_t)prng_below(&p, 6);
	r = TOBS_ARENA_ARRAY(arena, m.reaction_count + 1, struct archive_reaction);
	for (uint32_t i = 0; i < m.reaction_count; i++) {
		r[i].reaction = tobs_str(tobs_arena_printf(arena, "custom:%d-%u", (int)id, i));
		r[i].count = (int32_t)(i + 1);
		r[i].chosen = i == 1;
	}
	m.reactions = r;
	if (prng_below(&p, 20) == 0) {
		m.has_poll = true;
		m.poll_voters = id;
		m.poll_answers = tobs_str("[]");
	}
	if (prng_below(&p, 10) == 0) {
		m.action = tobs_str("pin_message");
		m.action_data = tobs_str(tobs_arena_printf(arena, "{\"message_id\":%d}", (int)id));
	}
	return m;
}

static void assert_message(const struct archive_message *m, int32_t id)
{
	struct archive_message want;
	struct tobs_arena arena;

	tobs_arena_init(&arena, 1 << 16);
	want = model(&arena, id);
	assert_int_equal(m->id, id);
	assert_int_equal(m->date, want.date);
	assert_int_equal(m->sender, want.sender);
	assert_int_equal(m->topic, want.topic);
	assert_true(tobs_view_eq(m->text, want.text));
	assert_true(tobs_view_eq(m->data, want.data));
	assert_int_equal(m->reaction_count, want.reaction_count);
	for (uint32_t i = 0; i < want.reaction_count; i++) {
		assert_true(tobs_view_eq(m->reactions[i].reaction, want.reactions[i].reaction));
		assert_int_equal(m->reactions[i].count, want.reactions[i].count);
		assert_int_equal(m->reactions[i].chosen, want.reactions[i].chosen);
	}
	assert_int_equal(m->has_poll, want.has_poll);
	assert_int_equal(m->poll_voters, want.poll_voters);
	assert_true(tobs_view_eq(m->poll_answers, want.poll_answers));
	assert_true(tobs_view_eq(m->action, want.action));
	assert_true(tobs_view_eq(m->action_data, want.action_data));
	tobs_arena_deinit(&arena);
}

/* Ids that are there: all but every seventh. */
static bool exists(int32_t id)
{
	return id >= 1 && id <= IDS && id % 7;
}

static int32_t topic_of(int32_t id)
{
	struct tobs_arena arena;
	int32_t topic;

	tobs_arena_init(&arena, 1 << 16);
	topic = model(&arena, id).topic;
	tobs_arena_deinit(&arena);
	return topic;
}

static void fill(void)
{
	int32_t other = scene_chat(a, -1001000000002, "Before and behind");

	for (int32_t id = 1; id <= IDS; id++) {
		struct archive_batch_message it = { .chat = chat, .m = model(&b.arena, id) };

		if (exists(id))
			assert_ok(ARRAY_PUSH(&b.messages, it));
		it.chat = other;
		if (id % 50 == 0)
			assert_ok(ARRAY_PUSH(&b.messages, it));
	}
	scene_write(a, &b);
}

static void check_range(int32_t first, int32_t last, int32_t topic)
{
	struct archive_cursor c = { 0 };
	struct archive_message m;

	assert_ok(archive_cursor_open(a, &c, chat, first, last, topic, NULL));
	for (int32_t id = MAX(first, 1); id <= MIN(last, IDS); id++) {
		if (!exists(id) || (topic && topic_of(id) != topic))
			continue;
		assert_ok(archive_cursor_next(&c, &m, NULL));
		assert_message(&m, id);
	}
	assert_code(archive_cursor_next(&c, &m, NULL), TOBS_ENOTFOUND);
	assert_code(archive_cursor_next(&c, &m, NULL), TOBS_ENOTFOUND);
	archive_cursor_close(&c);
	archive_cursor_close(&c);
}

static void ranges_and_topics(void **state)
{
	struct prng p = { 1 };

	(void)state;
	fill();
	for (int32_t topic = 0; topic <= 4; topic++) {
		check_range(1, INT32_MAX, topic);
		check_range(0, 0, topic);
		check_range(IDS + 1, INT32_MAX, topic);
		check_range(20, 10, topic);
		for (int i = 0; i < 20; i++)
			check_range(1 + (int32_t)prng_below(&p, IDS),
				1 + (int32_t)prng_below(&p, IDS), topic);
	}
}

/* A topic of few messages among many reactions: what is between is not walked through. */
static void a_small_topic(void **state)
{
	struct archive_cursor c = { 0 };
	struct archive_message m;

	(void)state;
	for (int32_t id = 1; id <= 3000; id++) {
		struct archive_batch_message it = { .chat = chat, .m = { .id = id, .date = 1 } };

		it.m.topic = id % 1000 ? 5 : 6;
		it.m.reactions = &(const struct archive_reaction){ TOBS_LIT("x"), 1, false };
		it.m.reaction_count = 1;
		assert_ok(ARRAY_PUSH(&b.messages, it));
		if (b.messages.count == 500)
			scene_write(a, &b);
	}
	scene_write(a, &b);
	assert_ok(archive_cursor_open(a, &c, chat, 1, INT32_MAX, 6, NULL));
	for (int32_t id = 1000; id <= 3000; id += 1000) {
		assert_ok(archive_cursor_next(&c, &m, NULL));
		assert_int_equal(m.id, id);
		assert_int_equal(m.reaction_count, 1);
		assert_view(m.reactions[0].reaction, "x");
	}
	assert_code(archive_cursor_next(&c, &m, NULL), TOBS_ENOTFOUND);
	archive_cursor_close(&c);
}

static void several_at_once(void **state)
{
	struct archive_cursor one = { 0 }, two = { 0 };
	struct archive_message x, y, z;
	struct tobs_arena arena;

	(void)state;
	fill();
	tobs_arena_init(&arena, 1 << 20);
	assert_ok(archive_cursor_open(a, &one, chat, 1, INT32_MAX, 0, NULL));
	assert_ok(archive_cursor_open(a, &two, chat, 200, INT32_MAX, 0, NULL));
	for (int32_t id = 1; id < 50; id++) {
		if (!exists(id))
			continue;
		assert_ok(archive_cursor_next(&one, &x, NULL));
		if (exists(id + 199))
			assert_ok(archive_cursor_next(&two, &y, NULL));
		if (exists(id + 100)) {
			assert_ok(archive_message_get(a, chat, id + 100, &arena, &z, NULL));
			assert_message(&z, id + 100);
		}
		assert_message(&x, id);
	}
	archive_cursor_close(&one);
	archive_cursor_close(&two);
	tobs_arena_deinit(&arena);
}

/* What was there when the reader began stays as it was, to the last reaction. */
static void beside_a_writer(void **state)
{
	const struct archive_options reading = { .read_only = true };
	struct archive *writer = a;
	struct archive_cursor c = { 0 };
	struct archive_message m;

	(void)state;
	fill();
	a = scene_open(&reading);
	assert_ok(archive_cursor_open(a, &c, chat, 1, INT32_MAX, 0, NULL));
	for (int32_t id = 1; id <= IDS; id++) {
		if (exists(id)) {
			assert_ok(archive_cursor_next(&c, &m, NULL));
			assert_message(&m, id);
		}
		if (id % 100)
			continue;
		/* All of them change: texts, reactions, polls, and new ones come behind. */
		for (int32_t k = 1; k <= IDS + id; k++)
			scene_message(&b, chat, k, "changed");
		scene_write(writer, &b);
	}
	assert_code(archive_cursor_next(&c, &m, NULL), TOBS_ENOTFOUND);
	archive_cursor_close(&c);
	assert_ok(archive_cursor_open(a, &c, chat, 1, INT32_MAX, 0, NULL));
	for (int32_t id = 1; id <= IDS + 300; id++) {
		assert_ok(archive_cursor_next(&c, &m, NULL));
		assert_int_equal(m.id, id);
		assert_view(m.text, "changed");
		assert_int_equal(m.reaction_count + m.action.len, 0);
		assert_false(m.has_poll);
	}
	archive_cursor_close(&c);
	archive_close(a);
	a = writer;
}

static int read_some(void *user)
{
	struct archive *fresh = NULL;
	struct archive_cursor c = { 0 };
	struct archive_message m;
	struct tobs_arena own;
	int32_t id;
	int r = archive_open(&fresh, dir.path, user, NULL);

	tobs_arena_init(&own, 1 << 16);
	if (!r)
		r = archive_cursor_open(fresh, &c, chat, 1, 40, 0, NULL);
	while (!r)
		r = archive_cursor_next(&c, &m, NULL);
	if (r == TOBS_ENOTFOUND)
		r = TOBS_OK;
	archive_cursor_close(&c);
	for (int32_t k = 1; !r && k < 7; k++)
		r = archive_message_get(fresh, chat, k, &own, &m, NULL);
	if (!r)
		r = archive_since(fresh, chat, 0, &id, NULL);
	tobs_arena_deinit(&own);
	archive_close(fresh);
	return r;
}

static void every_allocation_fails_in_turn(void **state)
{
	struct archive_options o = { .read_only = true };

	(void)state;
	fill();
	archive_close(a);
	a = NULL;
	fail_each_allocation(read_some, &o);
}

static void every_statement_fails_in_turn(void **state)
{
	struct archive_options o = { .read_only = true };
	struct scene_fault f = { .hit = true, .code = TOBS_EDB };

	(void)state;
	fill();
	for (; f.hit; f.at++) {
		int r;

		f.hit = false;
		sqlite_set_gate(scene_gate, &f);
		r = read_some(&o);
		sqlite_set_gate(NULL, NULL);
		assert_code(r, f.hit ? TOBS_EDB : TOBS_OK);
	}
	assert_true(f.at > 60);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(ranges_and_topics),
		TEST(a_small_topic),
		TEST(several_at_once),
		TEST(beside_a_writer),
		TEST(every_allocation_fails_in_turn),
		TEST(every_statement_fails_in_turn),
	};

	if (sqlite_use_mem())
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
