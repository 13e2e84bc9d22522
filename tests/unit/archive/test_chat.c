/* SPDX-License-Identifier: MIT */
/* Chats, topics, the names their files get, and what people were called when. */
#include "archive/archive.h"

#include "scene.h"
#include "support/failmem.h"

static struct archive *a;
static struct archive_batch b;
static struct tobs_arena arena;

static int setup(void **state)
{
	scene_setup(state);
	a = scene_open(NULL);
	archive_batch_init(&b, 1 << 20);
	tobs_arena_init(&arena, 1 << 20);
	return 0;
}

static int teardown(void **state)
{
	archive_batch_deinit(&b);
	tobs_arena_deinit(&arena);
	archive_close(a);
	return scene_teardown(state);
}

static struct archive_chat put(const struct archive_chat *c)
{
	struct archive_chat got;
	struct tobs_err err = { 0 };

	if (archive_chat_put(a, c, &arena, &got, &err))
		fail_msg("%s", err.message);
	return got;
}

static struct archive_chat full_chat(void)
{
	return (struct archive_chat){ .id = -1001000000001,
		.linked = -1001000000002,
		.migrated = -5,
		.members = 10,
		.top = 99,
		.count = 50,
		.synced = 1234,
		.kind = ARCHIVE_CHANNEL,
		.title = TOBS_LIT("News: daily"),
		.username = TOBS_LIT("news"),
		.about = TOBS_LIT("About"),
		.pinned = TOBS_LIT("[4,2]") };
}

static void assert_same(const struct archive_chat *x, const struct archive_chat *y)
{
	assert_int_equal(x->id, y->id);
	assert_int_equal(x->linked, y->linked);
	assert_int_equal(x->migrated, y->migrated);
	assert_int_equal(x->members, y->members);
	assert_int_equal(x->top, y->top);
	assert_int_equal(x->count, y->count);
	assert_int_equal(x->synced, y->synced);
	assert_int_equal(x->kind, y->kind);
	assert_true(tobs_view_eq(x->title, y->title));
	assert_true(tobs_view_eq(x->username, y->username));
	assert_true(tobs_view_eq(x->about, y->about));
	assert_true(tobs_view_eq(x->pinned, y->pinned));
}

static void a_chat_comes_back(void **state)
{
	struct archive_chat c = full_chat(), got = put(&c), empty = { .id = 42 };

	(void)state;
	assert_same(&got, &c);
	assert_int_equal(got.no, 1);
	assert_view(got.folder, "News daily");
	assert_int_equal(got.stale, 0);
	got = put(&empty);
	assert_same(&got, &empty);
	assert_int_equal(got.no, 2);
	assert_view(got.folder, "chat");
	c.members = c.top = c.count = 7;
	c.synced = c.linked = c.migrated = 0;
	c.about = c.pinned = c.username = (struct tobs_view){ 0 };
	got = put(&c);
	assert_same(&got, &c);
	assert_int_equal(got.no, 1);
	assert_code(archive_chat_get(a, 5, &arena, &got, NULL), TOBS_ENOTFOUND);
}

static void settle(void)
{
	struct archive_chat c = scene_chat_get(a, -1001000000001, &arena);

	assert_ok(archive_rendered(a, &c, NULL, 0, NULL));
	assert_int_equal(scene_chat_get(a, -1001000000001, &arena).stale, INT32_MAX);
}

/* What the files show makes them stale, what only counts does not. */
static void what_makes_files_stale(void **state)
{
	struct archive_chat c = full_chat();

	(void)state;
	put(&c);
	settle();
	c.members = c.top = c.count = 1;
	c.synced = 5;
	assert_int_equal(put(&c).stale, INT32_MAX);
	for (int i = 0; i < 6; i++) {
		switch (i) {
		case 0: c.title = tobs_str("Other"); break;
		case 1: c.username = tobs_str("other"); break;
		case 2: c.about = tobs_str("other"); break;
		case 3: c.pinned = tobs_str("[4]"); break;
		case 4: c.linked = 0; break;
		case 5: c.migrated = 0; break;
		}
		assert_int_equal(put(&c).stale, 0);
		settle();
		assert_int_equal(put(&c).stale, INT32_MAX);
	}
	assert_view(put(&c).folder, "News daily"); /* chosen once */
	/* A page may bring the new name first. */
	assert_ok(ARRAY_PUSH(&b.peers,
		(struct archive_peer){ .id = c.id, .kind = c.kind, .name = TOBS_LIT("Third") }));
	scene_write(a, &b);
	assert_int_equal(scene_chat_get(a, -1001000000001, &arena).stale, 0);
}

/* Files that spoke of a chat before it came are stale from there, and only these. */
static void a_chat_that_was_spoken_of(void **state)
{
	const struct archive_mention list[] = { { -1001000000009, 1, 70 },
		{ -1001000000009, 1, 50 }, { -1001000000009, 1, 60 }, { -1001000000008, 1, 10 } };
	struct archive_chat c = full_chat(),
			    other = { .id = -1001000000009,
				    .kind = ARCHIVE_CHANNEL,
				    .title = TOBS_LIT("Other") };
	int64_t version;

	(void)state;
	version = put(&c).version;
	settle();
	assert_ok(archive_mentions(a, list, ARRAY_LEN(list), NULL));
	assert_ok(archive_mentions(a, NULL, 0, NULL));
	assert_int_equal(scene_number(a, "SELECT count(*) FROM mentions"), 2);
	assert_int_equal(put(&other).stale, 0);
	assert_int_equal(scene_chat_get(a, c.id, &arena).stale, 50);
	assert_true(scene_chat_get(a, c.id, &arena).version > version);
	/* It is here now: nobody has to be told again. */
	settle();
	put(&other);
	assert_int_equal(scene_chat_get(a, c.id, &arena).stale, INT32_MAX);
	assert_int_equal(scene_number(a, "SELECT count(*) FROM mentions"), 1);
	/* What is stale from further up stays so. */
	assert_ok(archive_mentions(a, &(struct archive_mention){ -1001000000008, 1, 90 }, 1, NULL));
	c.about = tobs_str("changed");
	put(&c);
	other.id = -1001000000008;
	put(&other);
	assert_int_equal(scene_chat_get(a, c.id, &arena).stale, 0);
}

static void folders_are_told_apart(void **state)
{
	static const struct {
		const char *title, *folder;
	} cases[] = {
		{ "Chat", "Chat" },
		{ "chat", "chat (2)" },
		{ "CHAT", "CHAT (3)" },
		{ "Chat (2)", "Chat (2) (2)" },
		{ "", "chat (4)" },
		{ "ПРИВЕТ", "ПРИВЕТ" },
		{ "привет", "привет (2)" },
		{ "e\xcc\x81t\xc3\xa9", "été" },
		{ "ÉTÉ", "ÉTÉ (2)" },
		{ "a/b", "a-b" },
		{ "A:B", "A-B (2)" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct archive_chat c = { .id = 100 + (int64_t)i,
			.title = tobs_str(cases[i].title) };

		assert_view(put(&c).folder, cases[i].folder);
	}
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_view(scene_chat_get(a, 100 + (int64_t)i, &arena).folder, cases[i].folder);
}

static void all_chats_by_title(void **state)
{
	static const char *const titles[] = { "m", "a", "z", "a" };
	struct archive_chat *list;
	size_t n;

	(void)state;
	assert_ok(archive_chats(a, &arena, &list, &n, NULL));
	assert_int_equal(n, 0);
	for (size_t i = 0; i < ARRAY_LEN(titles); i++)
		put(&(struct archive_chat){ .id = 1 + (int64_t)i, .title = tobs_str(titles[i]) });
	assert_ok(archive_chats(a, &arena, &list, &n, NULL));
	assert_int_equal(n, 4);
	assert_int_equal(list[0].id, 2);
	assert_int_equal(list[1].id, 4);
	assert_int_equal(list[2].id, 1);
	assert_int_equal(list[3].id, 3);
	assert_view(list[3].title, "z");
	assert_view(list[1].folder, "a (2)");
}

static void topics(void **state)
{
	struct archive_topic t = { .id = 7,
		.creator = 42,
		.date = 1000,
		.icon_emoji = 5,
		.icon_color = 255,
		.position = 2,
		.closed = true,
		.title = TOBS_LIT("Bees?") };
	struct archive_topic *list;
	struct archive_chat c = full_chat();
	int32_t no = put(&c).no;
	size_t n;

	(void)state;
	settle();
	assert_ok(archive_topic_put(a, no, &t, NULL));
	assert_int_equal(scene_chat_get(a, c.id, &arena).stale, 0);
	settle();
	assert_ok(archive_topic_put(a, no, &t, NULL));
	assert_int_equal(scene_chat_get(a, c.id, &arena).stale, INT32_MAX);
	t = (struct archive_topic){ .id = 3, .hidden = true, .title = TOBS_LIT("BEES") };
	assert_ok(archive_topic_put(a, no, &t, NULL));
	t = (struct archive_topic){ .id = 9 };
	assert_ok(archive_topic_put(a, no, &t, NULL));
	assert_ok(archive_topics(a, no, &arena, &list, &n, NULL));
	assert_int_equal(n, 3);
	assert_int_equal(list[0].id, 3);
	assert_true(list[0].hidden && !list[0].closed);
	assert_view(list[0].file, "BEES (2)");
	assert_int_equal(list[1].id, 7);
	assert_int_equal(list[1].creator, 42);
	assert_int_equal(list[1].date, 1000);
	assert_int_equal(list[1].icon_emoji, 5);
	assert_int_equal(list[1].icon_color, 255);
	assert_int_equal(list[1].position, 2);
	assert_true(list[1].closed && !list[1].hidden);
	assert_view(list[1].title, "Bees?");
	assert_view(list[1].file, "Bees");
	assert_view(list[2].file, "topic");
	t = (struct archive_topic){ .id = 7, .title = TOBS_LIT("Wasps") };
	assert_ok(archive_topic_put(a, no, &t, NULL));
	assert_ok(archive_topics(a, no, &arena, &list, &n, NULL));
	assert_view(list[1].title, "Wasps");
	assert_view(list[1].file, "Bees");
	assert_false(list[1].closed);
	assert_int_equal(list[1].position, 0);
	/* Another chat has names of its own, and none without a chat. */
	c.id = -5;
	no = put(&c).no;
	t.title = tobs_str("Bees");
	assert_ok(archive_topic_put(a, no, &t, NULL));
	assert_ok(archive_topics(a, no, &arena, &list, &n, NULL));
	assert_int_equal(n, 1);
	assert_view(list[0].file, "Bees");
	assert_code(archive_topic_put(a, 99, &t, NULL), TOBS_EINVAL);
	assert_int_equal(scene_number(a, "SELECT count(*) FROM topics WHERE chat = 99"), 0);
}

/* ---- people ---- */

static void see(int64_t id, const char *name, const char *username, unsigned flags)
{
	struct archive_peer p = { .id = id,
		.kind = ARCHIVE_BOT,
		.flags = flags,
		.name = tobs_str(name),
		.first = tobs_str(name),
		.username = tobs_str(username) };

	assert_ok(ARRAY_PUSH(&b.peers, p));
	scene_write(a, &b);
}

static void message_of(int64_t date)
{
	static int32_t id;

	scene_message(&b, scene_chat(a, -1001, "G"), ++id, "x")->date = date;
	scene_write(a, &b);
}

static void assert_name(int64_t date, const char *name, const char *username)
{
	struct archive_name n;

	assert_ok(archive_name(a, 42, date, &n, NULL));
	assert_view(n.name, name);
	assert_view(n.username, username);
	assert_int_equal(n.kind, ARCHIVE_BOT);
}

/* Messages keep the names that people had when they were written. */
static void names_hold_from_a_date_on(void **state)
{
	struct archive_name n;

	(void)state;
	assert_code(archive_name(a, 42, 5, &n, NULL), TOBS_ENOTFOUND);
	message_of(1000);
	see(42, "Ann", "ann", 0);
	assert_name(1, "Ann", "ann");
	assert_name(INT64_MAX, "Ann", "ann");
	message_of(2000);
	see(42, "Ann B", "ann", 0);
	assert_name(0, "Ann", "ann");
	assert_name(2000, "Ann", "ann");
	assert_name(2001, "Ann B", "ann");
	/* Without a message in between, the last name counts. */
	see(42, "Ann C", "", 0);
	assert_name(2000, "Ann", "ann");
	assert_name(2001, "Ann C", "");
	message_of(3000);
	message_of(500); /* older ones move nothing */
	see(42, "", "", ARCHIVE_PEER_DELETED);
	assert_name(2000, "Ann", "ann");
	assert_name(3000, "Ann C", "");
	assert_name(3001, "", "");
	archive_close(a);
	a = scene_open(NULL);
	message_of(4000);
	see(42, "Back", "", 0);
	assert_name(1999, "Ann", "ann");
	assert_name(2500, "Ann C", "");
	assert_name(4000, "", "");
	assert_name(4001, "Back", "");
	assert_int_equal(scene_number(a, "SELECT count(*) FROM names WHERE peer = 42"), 4);
	assert_int_equal(scene_number(a, "SELECT count(*) FROM peers WHERE id = 42"), 1);
}

static void seen_in_passing(void **state)
{
	(void)state;
	message_of(1000);
	see(42, "Passing", "", ARCHIVE_PEER_MIN);
	assert_name(5, "Passing", "");
	message_of(1500);
	see(42, "Full", "full", 0);
	message_of(2000);
	see(42, "Passing again", "", ARCHIVE_PEER_MIN);
	assert_name(5, "Passing", "");
	assert_name(3000, "Full", "full");
	assert_int_equal(scene_number(a, "SELECT flags FROM peers WHERE id = 42"), 0);
}

/* A page of what is known writes nothing, and what a rollback took is written again. */
static void what_is_known_is_not_written(void **state)
{
	struct archive_peer p = { .id = 42, .name = TOBS_LIT("Ann"), .last = TOBS_LIT("B") };
	struct archive_batch_message bad = { .chat = 99, .m = { .id = 1 } };

	(void)state;
	b.seen = 100;
	assert_ok(ARRAY_PUSH(&b.peers, p));
	assert_ok(ARRAY_PUSH(&b.messages, bad));
	assert_code(archive_write(a, &b, NULL), TOBS_EINVAL);
	b.messages.count = 0;
	assert_ok(archive_write(a, &b, NULL));
	b.seen = 200;
	assert_ok(archive_write(a, &b, NULL));
	assert_int_equal(scene_number(a, "SELECT seen FROM peers WHERE id = 42"), 100);
	b.peers.items[0].last = tobs_str("C");
	assert_ok(archive_write(a, &b, NULL));
	assert_int_equal(scene_number(a, "SELECT seen FROM peers WHERE id = 42"), 200);
	assert_int_equal(scene_number(a, "SELECT count(*) FROM names"), 1);
	archive_close(a);
	a = scene_open(NULL);
	b.seen = 300;
	assert_ok(archive_write(a, &b, NULL));
	assert_int_equal(scene_number(a, "SELECT seen FROM peers WHERE id = 42"), 200);
}

/* More people than places in any table of what was seen. */
static void many_people(void **state)
{
	struct archive_name n;
	char name[32];

	(void)state;
	for (int round = 0; round < 2; round++) {
		for (int64_t id = 1; id <= 20000; id++) {
			struct archive_peer p = { .id = id };
			int len = snprintf(name, sizeof name, "P%d", (int)id);

			assert_ok(tobs_arena_view(&b.arena, tobs_view(name, (size_t)len), &p.name));
			assert_ok(ARRAY_PUSH(&b.peers, p));
		}
		scene_write(a, &b);
	}
	assert_int_equal(scene_number(a, "SELECT count(*) FROM names"), 20000);
	for (int64_t id = 1; id <= 20000; id += 7) {
		snprintf(name, sizeof name, "P%d", (int)id);
		assert_ok(archive_name(a, id, id, &n, NULL));
		assert_view(n.name, name);
	}
}

/* A reader sees what a writer beside it adds, at the latest with its next cursor. */
static void names_beside_a_writer(void **state)
{
	const struct archive_options reading = { .read_only = true };
	struct archive *writer = a;
	struct archive_cursor c;

	(void)state;
	message_of(1000);
	see(42, "Ann", "", 0);
	a = scene_open(&reading);
	assert_name(2000, "Ann", "");
	archive_close(a);
	a = scene_open(&reading);
	assert_name(2000, "Ann", "");
	{
		struct archive *reader = a;

		a = writer;
		see(42, "Bea", "", 0);
		a = reader;
	}
	assert_ok(archive_cursor_open(a, &c, 1, 1, INT32_MAX, 0, NULL));
	archive_cursor_close(&c);
	assert_name(2000, "Bea", "");
	archive_close(a);
	a = writer;
}

static void runs_failures_and_accounts(void **state)
{
	int64_t run = 0, second = 0;

	(void)state;
	assert_ok(archive_run_begin(a, tobs_str("export @x"), 100, &run, NULL));
	assert_ok(archive_failure(a, run, tobs_str("@x"), TOBS_ENET, tobs_str("no network"), NULL));
	assert_ok(archive_failure(a, run, tobs_str("@y"), TOBS_ENET, tobs_str("a"), NULL));
	assert_ok(archive_failure(a, run, tobs_str("@y"), TOBS_EPERM, tobs_str("private"), NULL));
	assert_ok(archive_run_end(a, run, tobs_str("{\"new\":1}"), 200, NULL));
	assert_ok(archive_run_begin(a, (struct tobs_view){ 0 }, 300, &second, NULL));
	assert_true(second != run);
	assert_ok(archive_failure(a, second, tobs_str("@x"), TOBS_OK, tobs_str(""), NULL));
	assert_string_equal(scene_rows(a, "SELECT began, ended, arguments, result FROM runs", 4),
		"100|200|export @x|{\"new\":1};300|||;");
	assert_string_equal(scene_rows(a, "SELECT run, target, code, message FROM failures", 4),
		"1|@y|-22|private;");
	assert_ok(archive_account_put(a, 7, tobs_str("Me"), tobs_str("me"), NULL));
	assert_ok(archive_account_put(a, 7, tobs_str("Me too"), (struct tobs_view){ 0 }, NULL));
	assert_string_equal(
		scene_rows(a, "SELECT id, name, username FROM accounts", 3), "7|Me too|;");
}

static int work(void *user)
{
	struct archive_chat c = full_chat(), *list;
	struct archive_topic t = { .id = 1, .title = TOBS_LIT("T") }, *topics_;
	struct archive *fresh = NULL;
	struct archive_name name;
	struct tobs_arena own;
	size_t n;
	int r = archive_open(&fresh, dir.path, NULL, NULL);

	(void)user;
	tobs_arena_init(&own, 1 << 16);
	if (!r)
		r = archive_chat_put(fresh, &c, &own, &c, NULL);
	if (!r)
		r = archive_topic_put(fresh, c.no, &t, NULL);
	if (!r)
		r = archive_chats(fresh, &own, &list, &n, NULL);
	if (!r)
		r = archive_topics(fresh, c.no, &own, &topics_, &n, NULL);
	if (!r)
		r = archive_name(fresh, c.id, 5, &name, NULL);
	tobs_arena_deinit(&own);
	archive_close(fresh);
	return r;
}

static void every_allocation_fails_in_turn(void **state)
{
	(void)state;
	archive_close(a);
	a = NULL;
	fail_each_allocation(work, NULL);
	a = scene_open(NULL);
	assert_int_equal(scene_number(a, "SELECT count(*) FROM chats"), 1);
}

/* Each statement of making a chat and renaming it fails; afterwards it goes as if nothing was. */
static void every_statement_fails_in_turn(void **state)
{
	struct scene_fault f = { .hit = true, .code = TOBS_ENOSPC };

	for (; f.hit; f.at++) {
		struct archive_chat c = full_chat(), got;
		int r;

		put(&c);
		c.title = tobs_str("Renamed");
		c.about = tobs_str("other");
		f.hit = false;
		sqlite_set_gate(scene_gate, &f);
		r = archive_chat_put(a, &c, &arena, &got, NULL);
		sqlite_set_gate(NULL, NULL);
		assert_code(r, f.hit ? TOBS_ENOSPC : TOBS_OK);
		got = put(&c);
		assert_same(&got, &c);
		assert_int_equal(scene_number(a, "SELECT count(*) FROM names"), 2);
		teardown(state);
		setup(state);
	}
	assert_true(f.at > 8);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_chat_comes_back),
		TEST(what_makes_files_stale),
		TEST(a_chat_that_was_spoken_of),
		TEST(folders_are_told_apart),
		TEST(all_chats_by_title),
		TEST(topics),
		TEST(names_hold_from_a_date_on),
		TEST(seen_in_passing),
		TEST(what_is_known_is_not_written),
		TEST(many_people),
		TEST(names_beside_a_writer),
		TEST(runs_failures_and_accounts),
		TEST(every_allocation_fails_in_turn),
		TEST(every_statement_fails_in_turn),
	};

	if (sqlite_use_mem())
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
