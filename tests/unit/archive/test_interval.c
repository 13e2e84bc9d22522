/* SPDX-License-Identifier: MIT */
/* Ranges of ids: merged, looked for, and always what a plain list of bits says. */
#include "archive/archive.h"
#include "base/rand.h"
#include "scene.h"
#include "support/failmem.h"

static struct archive *a;
static struct archive_batch b;
static struct tobs_arena arena;
static int32_t chat;

static int setup(void **state)
{
	scene_setup(state);
	a = scene_open(NULL);
	archive_batch_init(&b, 1 << 20);
	tobs_arena_init(&arena, 1 << 20);
	chat = scene_chat(a, -1001000000001, "Group");
	return 0;
}

static int teardown(void **state)
{
	archive_batch_deinit(&b);
	tobs_arena_deinit(&arena);
	archive_close(a);
	return scene_teardown(state);
}

static void add(int32_t topic, int32_t first, int32_t last)
{
	scene_interval(&b, chat, topic, first, last);
	scene_write(a, &b);
}

static const char *all(int32_t topic)
{
	char sql[128];

	snprintf(sql, sizeof sql,
		"SELECT first || '-' || last FROM intervals WHERE topic = %d ORDER BY first",
		topic);
	return scene_rows(a, sql, 1);
}

/* "3-5;9-9;" */
static const char *gaps(int32_t topic, int32_t first, int32_t last)
{
	static char out[1024];
	struct archive_interval *list;
	size_t n, at = 0;

	tobs_arena_reset(&arena);
	assert_ok(archive_gaps(a, chat, topic, first, last, &arena, &list, &n, NULL));
	out[0] = 0;
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(list[i].chat, chat);
		assert_int_equal(list[i].topic, topic);
		at += (size_t)snprintf(
			out + at, sizeof out - at, "%d-%d;", (int)list[i].first, (int)list[i].last);
	}
	return out;
}

static void what_touches_becomes_one(void **state)
{
	(void)state;
	add(0, 10, 20);
	assert_string_equal(all(0), "10-20;");
	add(0, 21, 30); /* behind */
	add(0, 5, 9);   /* before */
	assert_string_equal(all(0), "5-30;");
	add(0, 12, 13); /* inside */
	add(0, 5, 30);  /* the same */
	assert_string_equal(all(0), "5-30;");
	add(0, 32, 40); /* 31 is not known */
	assert_string_equal(all(0), "5-30;32-40;");
	add(0, 50, 60);
	add(0, 1, 1);
	assert_string_equal(all(0), "1-1;5-30;32-40;50-60;");
	add(0, 2, 49); /* everything between */
	assert_string_equal(all(0), "1-60;");
	add(0, 1, 100);
	assert_string_equal(all(0), "1-100;");
	add(0, INT32_MAX - 1, INT32_MAX);
	add(0, 0, 0);
	assert_string_equal(all(0), "0-100;2147483646-2147483647;");
	add(0, 101, INT32_MAX - 2);
	assert_string_equal(all(0), "0-2147483647;");
}

static void chats_and_topics_do_not_mix(void **state)
{
	int32_t second = scene_chat(a, -1001000000002, "Other");

	(void)state;
	add(0, 1, 10);
	add(7, 11, 20);
	scene_interval(&b, second, 0, 11, 20);
	scene_write(a, &b);
	add(0, 12, 12);
	assert_string_equal(
		scene_rows(a, "SELECT chat, topic, first, last FROM intervals ORDER BY 1, 2, 3", 4),
		"1|0|1|10;1|0|12|12;1|7|11|20;2|0|11|20;");
}

static void what_is_missing(void **state)
{
	(void)state;
	assert_string_equal(gaps(0, 1, 100), "1-100;");
	add(0, 10, 20);
	add(0, 30, 30);
	assert_string_equal(gaps(0, 1, 100), "1-9;21-29;31-100;");
	assert_string_equal(gaps(0, 10, 20), "");
	assert_string_equal(gaps(0, 15, 25), "21-25;");
	assert_string_equal(gaps(0, 20, 21), "21-21;");
	assert_string_equal(gaps(0, 9, 30), "9-9;21-29;");
	assert_string_equal(gaps(0, 1, INT32_MAX), "1-9;21-29;31-2147483647;");
	add(7, 25, 40);
	/* What was fetched of the chat is known of its topics, not the other way round. */
	assert_string_equal(gaps(7, 1, 100), "1-9;21-24;41-100;");
	assert_string_equal(gaps(0, 1, 100), "1-9;21-29;31-100;");
	assert_string_equal(gaps(8, 1, 100), "1-9;21-29;31-100;");
	add(0, 31, INT32_MAX);
	assert_string_equal(gaps(0, 1, INT32_MAX), "1-9;21-29;");
}

enum { IDS = 64, TOPICS = 3, ROUNDS = 400 };

static void check_rows(const bool known[IDS + 2], int32_t topic)
{
	char want[1024] = "";
	size_t at = 0;

	for (int32_t i = 1, first = 0; i <= IDS + 1; i++) {
		bool have = i <= IDS && known[i];

		if (have && !first)
			first = i;
		if (have || !first)
			continue;
		at += (size_t)snprintf(
			want + at, sizeof want - at, "%d-%d;", (int)first, (int)i - 1);
		first = 0;
	}
	assert_string_equal(all(topic), want);
}

static void check_gaps(
	const bool whole[IDS + 2], const bool own[IDS + 2], int32_t topic, int32_t from, int32_t to)
{
	char want[1024] = "";
	size_t at = 0;

	for (int32_t i = from, first = 0; i <= to + 1; i++) {
		bool missing = i <= to && !whole[i] && !own[i];

		if (missing && !first)
			first = i;
		if (missing || !first)
			continue;
		at += (size_t)snprintf(
			want + at, sizeof want - at, "%d-%d;", (int)first, (int)i - 1);
		first = 0;
	}
	assert_string_equal(gaps(topic, from, to), want);
}

static void as_a_list_of_bits(void **state)
{
	for (uint64_t seed = 1; seed <= 6; seed++) {
		bool known[TOPICS][IDS + 2] = { { 0 } };
		struct prng p = { seed };

		for (int round = 0; round < ROUNDS / 4; round++) {
			for (uint64_t n = 1 + prng_below(&p, 3); n; n--) {
				int32_t topic = (int32_t)prng_below(&p, TOPICS);
				int32_t first = 1 + (int32_t)prng_below(&p, IDS);
				int32_t more = (int32_t)prng_below(&p, 6);
				int32_t last = MIN(first + more, IDS);

				scene_interval(&b, chat, topic, first, last);
				memset(&known[topic][first], 1, (size_t)(last - first + 1));
			}
			scene_write(a, &b);
			for (int32_t topic = 0; topic < TOPICS; topic++) {
				int32_t from = 1 + (int32_t)prng_below(&p, IDS);

				check_rows(known[topic], topic);
				check_gaps(known[0], known[topic], topic, from,
					from + (int32_t)prng_below(&p, (uint64_t)(IDS - from + 1)));
			}
		}
		teardown(state);
		setup(state);
	}
}

static int look(void *user)
{
	struct archive *fresh = NULL;
	struct archive_interval *list;
	struct tobs_arena own;
	size_t n;
	int r = archive_open(&fresh, dir.path, NULL, NULL);

	(void)user;
	tobs_arena_init(&own, 1 << 16);
	if (!r)
		r = archive_gaps(fresh, 1, 0, 1, 100, &own, &list, &n, NULL);
	tobs_arena_deinit(&own);
	archive_close(fresh);
	return r;
}

static void every_allocation_fails_in_turn(void **state)
{
	(void)state;
	add(0, 5, 6);
	add(0, 8, 9);
	archive_close(a);
	a = NULL;
	fail_each_allocation(look, NULL);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_touches_becomes_one),
		TEST(chats_and_topics_do_not_mix),
		TEST(what_is_missing),
		TEST(as_a_list_of_bits),
		TEST(every_allocation_fails_in_turn),
	};

	if (sqlite_use_mem())
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
