/* SPDX-License-Identifier: MIT */
/* What goes in comes out; what comes again changes what it should. */
#include "archive/archive.h"

#include "scene.h"
#include "support/failmem.h"

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

static struct archive_counts counts;

static void write_counted(void)
{
	counts = (struct archive_counts){ 0 };
	ARRAY_EACH (it, &b.messages)
		it->counts = &counts;
	ARRAY_EACH (it, &b.intervals)
		it->counts = &counts;
	assert_ok(archive_write(a, &b, NULL));
	archive_batch_clear(&b);
}

static void assert_counts(int64_t added, int64_t edited, int64_t same)
{
	assert_int_equal(counts.added, added);
	assert_int_equal(counts.edited, edited);
	assert_int_equal(counts.same, same);
}

static const struct archive_reaction two[] = {
	{ TOBS_LIT("👍"), 5, true },
	{ TOBS_LIT("custom:77"), 1, false },
};

static void fill_all(struct archive_message *m)
{
	m->flags = ARCHIVE_OUT | ARCHIVE_PINNED;
	m->date = 1700000000;
	m->edited = 1700000100;
	m->sender = 42;
	m->topic = 7;
	m->album = -9000000000000000000;
	m->text = tobs_str("héllo 😀");
	m->entities = tobs_str("[[\"bold\",0,5]]");
	m->data = tobs_str("{\"views\":5}");
	m->reactions = two;
	m->reaction_count = 2;
	m->has_poll = true;
	m->poll_closed = true;
	m->poll_voters = 3;
	m->poll_answers = tobs_str("[{\"text\":\"a\",\"voters\":3}]");
	m->action = tobs_str("pin_message");
	m->action_data = tobs_str("{\"message_id\":4}");
}

static void assert_all(const struct archive_message *m)
{
	assert_int_equal(m->id, 5);
	assert_int_equal(m->flags, ARCHIVE_OUT | ARCHIVE_PINNED);
	assert_int_equal(m->date, 1700000000);
	assert_int_equal(m->edited, 1700000100);
	assert_int_equal(m->sender, 42);
	assert_int_equal(m->topic, 7);
	assert_true(m->album == -9000000000000000000);
	assert_view(m->text, "héllo 😀");
	assert_view(m->entities, "[[\"bold\",0,5]]");
	assert_view(m->data, "{\"views\":5}");
	assert_int_equal(m->reaction_count, 2);
	assert_view(m->reactions[0].reaction, "👍");
	assert_int_equal(m->reactions[0].count, 5);
	assert_true(m->reactions[0].chosen);
	assert_view(m->reactions[1].reaction, "custom:77");
	assert_int_equal(m->reactions[1].count, 1);
	assert_false(m->reactions[1].chosen);
	assert_true(m->has_poll && m->poll_closed);
	assert_int_equal(m->poll_voters, 3);
	assert_view(m->poll_answers, "[{\"text\":\"a\",\"voters\":3}]");
	assert_view(m->action, "pin_message");
	assert_view(m->action_data, "{\"message_id\":4}");
}

static void everything_comes_out_again(void **state)
{
	struct archive_cursor c = { 0 };
	struct archive_message m;
	struct tobs_arena arena;

	(void)state;
	tobs_arena_init(&arena, 1 << 16);
	fill_all(scene_message(&b, chat, 5, ""));
	scene_message(&b, chat, 9, "plain");
	write_counted();
	assert_counts(2, 0, 0);
	assert_ok(archive_message_get(a, chat, 5, &arena, &m, NULL));
	assert_all(&m);
	assert_ok(archive_cursor_open(a, &c, chat, 1, INT32_MAX, 0, NULL));
	assert_ok(archive_cursor_next(&c, &m, NULL));
	assert_all(&m);
	assert_ok(archive_cursor_next(&c, &m, NULL));
	assert_int_equal(m.id, 9);
	assert_view(m.text, "plain");
	assert_int_equal(m.flags | m.edited | m.sender | m.topic | m.album, 0);
	assert_int_equal(m.entities.len + m.data.len + m.action.len + m.reaction_count, 0);
	assert_false(m.has_poll);
	assert_code(archive_cursor_next(&c, &m, NULL), TOBS_ENOTFOUND);
	assert_code(archive_cursor_next(&c, &m, NULL), TOBS_ENOTFOUND);
	archive_cursor_close(&c);
	assert_code(archive_message_get(a, chat, 6, &arena, &m, NULL), TOBS_ENOTFOUND);
	assert_code(archive_message_get(a, chat + 1, 5, &arena, &m, NULL), TOBS_ENOTFOUND);
	tobs_arena_deinit(&arena);
}

/* A quotation needs the text, and only without one what stands for it. */
static void a_glance_sees_what_a_quotation_needs(void **state)
{
	struct archive_message m;
	struct tobs_arena arena;

	(void)state;
	tobs_arena_init(&arena, 1 << 16);
	fill_all(scene_message(&b, chat, 5, ""));
	scene_message(&b, chat, 9, "")->action = tobs_str("pin_message");
	write_counted();
	assert_ok(archive_message_glance(a, chat, 5, &arena, &m, NULL));
	assert_true(m.text.len > 0);
	assert_int_equal(m.reaction_count, 0);
	assert_false(m.has_poll);
	assert_ok(archive_message_glance(a, chat, 9, &arena, &m, NULL));
	assert_view(m.action, "pin_message");
	assert_code(archive_message_glance(a, chat, 6, &arena, &m, NULL), TOBS_ENOTFOUND);
	/* And the one after it sees all again. */
	assert_ok(archive_message_get(a, chat, 5, &arena, &m, NULL));
	assert_all(&m);
	tobs_arena_deinit(&arena);
}

static void the_same_again_changes_nothing(void **state)
{
	struct tobs_arena arena;
	struct archive_chat c;

	(void)state;
	tobs_arena_init(&arena, 1 << 16);
	fill_all(scene_message(&b, chat, 5, ""));
	write_counted();
	c = scene_chat_get(a, -1001000000001, &arena);
	fill_all(scene_message(&b, chat, 5, ""));
	write_counted();
	assert_counts(0, 0, 1);
	assert_int_equal(scene_chat_get(a, -1001000000001, &arena).version, c.version);
	assert_int_equal(scene_number(a, "SELECT count(*) FROM edits"), 0);
	tobs_arena_deinit(&arena);
}

/* Each attribute, changed alone: what is there afterwards, and whether it is an edit. */
static void each_change_is_noticed(void **state)
{
	static const struct archive_reaction other = { TOBS_LIT("👍"), 6, true };
	struct archive_message *m;
	struct tobs_arena arena;
	struct archive_message got;
	int64_t edits = 0, version;

	(void)state;
	tobs_arena_init(&arena, 1 << 20);
	fill_all(scene_message(&b, chat, 5, ""));
	write_counted();
	for (int i = 0; i < 18; i++) {
		struct archive_chat before = scene_chat_get(a, -1001000000001, &arena);
		bool edit = i < 3;

		m = scene_message(&b, chat, 5, "");
		fill_all(m);
		switch (i) {
		case 0: m->text = tobs_str("other"); break;
		case 1: m->entities = (struct tobs_view){ 0 }; break;
		case 2:
			m->data = tobs_str("{\"views\":5,\"author\":\"x\"}");
			m->edited++;
			break;
		case 3: m->data = tobs_str("{\"views\":6}"); break;
		case 4: m->edited = 0; break;
		case 5: m->date++; break;
		case 6: m->sender = 0; break;
		case 7: m->topic = 8; break;
		case 8: m->album = 0; break;
		case 9: m->flags = 0; break;
		case 10: m->reaction_count = 1; break;
		case 11:
			m->reactions = &other;
			m->reaction_count = 1;
			break;
		case 12: m->has_poll = false; break;
		case 13: m->poll_voters++; break;
		case 14: m->poll_closed = false; break;
		case 15: m->poll_answers = tobs_str("[]"); break;
		case 16: m->action = tobs_str("custom"); break;
		case 17: m->action_data = (struct tobs_view){ 0 }; break;
		}
		got = *m;
		write_counted();
		edits += edit;
		assert_counts(0, edit, !edit);
		version = scene_chat_get(a, -1001000000001, &arena).version;
		assert_int_equal(version, before.version + 1);
		assert_int_equal(scene_number(a, "SELECT count(*) FROM edits"), edits);

		m = scene_message(&b, chat, 5, "");
		*m = got;
		write_counted();
		assert_counts(0, 0, 1);
		assert_int_equal(scene_chat_get(a, -1001000000001, &arena).version, version);

		fill_all(scene_message(&b, chat, 5, ""));
		write_counted();
		edits += edit;
		assert_ok(archive_message_get(a, chat, 5, &arena, &got, NULL));
		assert_all(&got);
	}
	tobs_arena_deinit(&arena);
}

static void edits_keep_what_was(void **state)
{
	(void)state;
	b.seen = 100;
	scene_message(&b, chat, 1, "one");
	write_counted();
	for (int i = 0; i < 3; i++) {
		struct archive_message *m = scene_message(&b, chat, 1,
			i == 0           ? "two"
				: i == 1 ? "three"
					 : "one");

		b.seen = i < 2 ? 200 : 300;
		m->edited = 50 + i;
		m->data = tobs_str("{\"author\":\"x\"}");
		write_counted();
		assert_counts(0, 1, 0);
	}
	assert_string_equal(
		scene_rows(a, "SELECT seen, edited, text, data FROM edits ORDER BY seen", 4),
		"200||one|;201|50|two|{\"author\":\"x\"};300|51|three|{\"author\":\"x\"};");
}

static void stale_marks(void **state)
{
	struct archive_render file = { .path = TOBS_LIT("Group/Group.md"),
		.settings = TOBS_LIT("s"),
		.size = 10,
		.mtime_ns = 77,
		.sha256 = { 1, 2, 3 },
		.checkpoints = TOBS_LIT("cp") };
	struct archive_render got;
	struct archive_chat c;
	struct tobs_arena arena;

	(void)state;
	tobs_arena_init(&arena, 1 << 16);
	c = scene_chat_get(a, -1001000000001, &arena);
	assert_int_equal(c.stale, 0);
	assert_code(archive_render_get(a, file.path, &arena, &got, NULL), TOBS_ENOTFOUND);
	assert_ok(archive_rendered(a, &c, &file, 1, NULL));
	assert_ok(archive_render_get(a, file.path, &arena, &got, NULL));
	assert_view(got.path, "Group/Group.md");
	assert_view(got.settings, "s");
	assert_view(got.checkpoints, "cp");
	assert_int_equal(got.size, 10);
	assert_int_equal(got.mtime_ns, 77);
	assert_memory_equal(got.sha256, file.sha256, 32);
	assert_int_equal(scene_chat_get(a, -1001000000001, &arena).stale, INT32_MAX);

	scene_message(&b, chat, 8, "x");
	scene_message(&b, chat, 6, "x");
	scene_message(&b, chat, 7, "x");
	write_counted();
	c = scene_chat_get(a, -1001000000001, &arena);
	assert_int_equal(c.stale, 6);
	/* Something comes while the files are written, with a larger id: the mark stays. */
	scene_message(&b, chat, 9, "x");
	write_counted();
	assert_ok(archive_rendered(a, &c, &file, 1, NULL));
	c = scene_chat_get(a, -1001000000001, &arena);
	assert_int_equal(c.stale, 6);
	assert_ok(archive_rendered(a, &c, &file, 1, NULL));
	assert_int_equal(scene_chat_get(a, -1001000000001, &arena).stale, INT32_MAX);
	tobs_arena_deinit(&arena);
}

static void several_chats_in_a_batch(void **state)
{
	int32_t second = scene_chat(a, -1001000000002, "Other");
	struct tobs_err err = { 0 };

	(void)state;
	scene_message(&b, chat, 1, "a");
	scene_message(&b, second, 1, "b");
	scene_message(&b, chat, 2, "c");
	scene_message(&b, chat, 1, "a");
	write_counted();
	assert_counts(3, 0, 1);
	assert_string_equal(
		scene_rows(a, "SELECT key >> 32, key & 0xffffffff, text FROM messages", 3),
		"1|1|a;1|2|c;2|1|b;");
	/* A chat that is not there takes all of the batch with it. */
	scene_message(&b, chat, 3, "d");
	scene_message(&b, 99, 1, "e");
	b.messages.items[0].counts = &counts;
	assert_code(archive_write(a, &b, &err), TOBS_EINVAL);
	assert_counts(3, 0, 1);
	archive_batch_clear(&b);
	scene_interval(&b, 99, 0, 1, 2);
	assert_code(archive_write(a, &b, &err), TOBS_EINVAL);
	assert_int_equal(scene_number(a, "SELECT count(*) FROM intervals"), 0);
	assert_int_equal(scene_number(a, "SELECT count(*) FROM messages"), 3);
}

/* A range fetched again, in which these are all that exist. */
static void refetched(int32_t topic, int32_t first, int32_t last, const int32_t *ids, uint32_t n)
{
	struct archive_batch_interval it = {
		.range = { chat, topic, first, last }, .again = true, .ids = ids, .count = n
	};

	assert_ok(ARRAY_PUSH(&b.intervals, it));
	write_counted();
}

static const char *alive(void)
{
	return scene_rows(
		a, "SELECT key & 0xffffffff FROM messages WHERE flags & 16 = 0 LIMIT 20", 1);
}

static void deleted_messages(void **state)
{
	static const int32_t left[] = { 2, 4, 5, 9, 700, 2000 };
	struct tobs_arena arena;
	struct archive_chat c;

	(void)state;
	tobs_arena_init(&arena, 1 << 16);
	for (int32_t i = 1; i <= 2000; i++)
		scene_message(&b, chat, i, "x");
	scene_message(&b, scene_chat(a, -1001000000002, "Other"), 1000, "x");
	write_counted();
	c = scene_chat_get(a, -1001000000001, &arena);
	assert_ok(archive_rendered(a, &c, NULL, 0, NULL));
	refetched(0, 3, 1999, left, 6);
	assert_int_equal(counts.deleted, 1997 - 4);
	assert_int_equal(scene_chat_get(a, -1001000000001, &arena).stale, 3);
	assert_string_equal(alive(), "1;2;4;5;9;700;2000;1000;");
	refetched(0, 1, 1999, left, 6);
	assert_int_equal(counts.deleted, 1);
	refetched(0, 1, INT32_MAX, left, 6);
	assert_int_equal(counts.deleted, 0);
	assert_string_equal(alive(), "2;4;5;9;700;2000;1000;");
	/* One that comes again was not deleted after all; and one may come and go at once. */
	scene_message(&b, chat, 3, "x");
	scene_message(&b, chat, 2001, "x");
	refetched(0, 2, 2001, left, 6);
	assert_counts(1, 0, 1);
	assert_int_equal(counts.deleted, 2);
	refetched(0, 1, 2001, NULL, 0);
	assert_int_equal(counts.deleted, 6);
	assert_string_equal(alive(), "1000;");
	tobs_arena_deinit(&arena);
}

static void deleted_messages_of_a_topic(void **state)
{
	static const int32_t left[] = { 4 };

	(void)state;
	for (int32_t i = 1; i <= 9; i++)
		scene_message(&b, chat, i, "x")->topic = i % 2 ? 0 : 7;
	write_counted();
	refetched(7, 1, 7, left, 1);
	assert_int_equal(counts.deleted, 2);
	assert_string_equal(alive(), "1;3;4;5;7;8;9;");
}

static void the_first_message_since_a_date(void **state)
{
	int32_t id = 0;

	(void)state;
	assert_ok(archive_since(a, chat, 0, &id, NULL));
	assert_int_equal(id, INT32_MAX);
	for (int32_t i = 1; i <= 3000; i++)
		scene_message(&b, chat, i * 10, "x")->date = i * 100;
	b.messages.items[2500].m.date = 1; /* imported */
	scene_message(&b, scene_chat(a, -1001000000002, "Other"), 5, "x")->date = 1;
	write_counted();
	assert_ok(archive_since(a, chat, 250000, &id, NULL));
	assert_int_equal(id, 25000);
	assert_ok(archive_since(a, chat, 300000, &id, NULL));
	assert_int_equal(id, 30000);
	assert_ok(archive_since(a, chat, 300001, &id, NULL));
	assert_int_equal(id, INT32_MAX);
	assert_ok(archive_since(a, chat, 0, &id, NULL));
	assert_int_equal(id, 10);
}

static void files_and_their_references(void **state)
{
	struct archive_file f = { .photo = true,
		.id = 17,
		.access_hash = -5,
		.reference = TOBS_LIT("ref"),
		.size_letter = TOBS_LIT("y"),
		.dc = 2,
		.size = 1000,
		.mime = TOBS_LIT("image/jpeg"),
		.name = TOBS_LIT("a.jpg") };
	struct archive_file_state s;

	(void)state;
	assert_code(archive_file_get(a, true, 17, &s, NULL), TOBS_ENOTFOUND);
	assert_ok(ARRAY_PUSH(&b.files, f));
	f.photo = false;
	f.size = 2000;
	assert_ok(ARRAY_PUSH(&b.files, f));
	write_counted();
	assert_ok(archive_file_get(a, true, 17, &s, NULL));
	assert_true(s.file.photo);
	assert_int_equal(s.file.id, 17);
	assert_int_equal(s.file.access_hash, -5);
	assert_int_equal(s.file.dc, 2);
	assert_int_equal(s.file.size, 1000);
	assert_view(s.file.reference, "ref");
	assert_view(s.file.size_letter, "y");
	assert_view(s.file.mime, "image/jpeg");
	assert_view(s.file.name, "a.jpg");
	assert_view(s.path, "");
	assert_view(s.error, "");
	assert_false(s.complete);
	assert_ok(archive_file_get(a, false, 17, &s, NULL));
	assert_int_equal(s.file.size, 2000);

	/* Another reference alone is not worth a write in the same run; a new run brings a fresh one. */
	f.reference = tobs_str("new");
	assert_ok(ARRAY_PUSH(&b.files, f));
	write_counted();
	assert_ok(archive_file_get(a, false, 17, &s, NULL));
	assert_view(s.file.reference, "ref");
	archive_close(a);
	a = scene_open(NULL);
	assert_ok(sqlite_exec(archive_db(a),
		"UPDATE files SET state = 2, path = 'm/a.jpg',"
		" error = 'gone'",
		NULL));
	assert_ok(ARRAY_PUSH(&b.files, f));
	write_counted();
	assert_ok(archive_file_get(a, false, 17, &s, NULL));
	assert_view(s.file.reference, "new");
	assert_view(s.path, "m/a.jpg");
	assert_view(s.error, "gone");
	assert_true(s.complete);
}

static const struct archive_peer somebody = { .id = 42, .name = TOBS_LIT("Anna") };
static const struct archive_file some_file = { .id = 17, .mime = TOBS_LIT("image/png") };

/* New, changed and unchanged messages, people, files, an interval. */
static void fill_batch(void)
{
	archive_batch_clear(&b);
	b.seen = 500;
	for (int32_t i = 1; i <= 6; i++) {
		struct archive_message *m = scene_message(&b, chat, i, i % 2 ? "old" : "new");

		fill_all(m);
		m->text = tobs_str(i % 2 ? "old" : "new");
		if (i % 3 == 0)
			m->reaction_count = 1;
	}
	assert_ok(ARRAY_PUSH(&b.peers, somebody));
	assert_ok(ARRAY_PUSH(&b.files, some_file));
	scene_interval(&b, chat, 0, 1, 6);
}

static const char *everything(void)
{
	return scene_rows(a,
		"SELECT (SELECT count(*) || ',' || sum(text = 'new') FROM messages),"
		" (SELECT count(*) FROM reactions), (SELECT count(*) FROM edits),"
		" (SELECT count(*) FROM names), (SELECT count(*) FROM files),"
		" (SELECT group_concat(first || '-' || last) FROM intervals),"
		" (SELECT version FROM chats), (SELECT value FROM meta WHERE name = 'newest')",
		8);
}

/* A failure at any statement leaves what was there, and the same batch goes in afterwards. */
static void every_statement_fails_in_turn(void **state)
{
	struct scene_fault f = { .code = TOBS_ENOSPC, .hit = true };
	char before[256];

	for (; f.hit; f.at++) {
		struct tobs_err err = { 0 };
		int r;

		for (int32_t i = 1; i <= 4; i++) {
			struct archive_message *m = scene_message(&b, chat, i, "old");

			fill_all(m);
			m->text = tobs_str("old");
		}
		scene_interval(&b, chat, 0, 1, 3);
		scene_write(a, &b);
		snprintf(before, sizeof before, "%s", everything());
		fill_batch();
		f.hit = false;
		sqlite_set_gate(scene_gate, &f);
		r = archive_write(a, &b, &err);
		sqlite_set_gate(NULL, NULL);
		assert_code(r, f.hit ? TOBS_ENOSPC : TOBS_OK);
		if (r) {
			assert_string_equal(everything(), before);
			assert_non_null(strstr(err.message, "no space"));
		}
		if (r)
			scene_write(a, &b);
		assert_string_equal(everything(), "6,3|10|2|2|1|1-6|3|1700000000;");
		teardown(state);
		setup(state);
	}
	assert_true(f.at > 40);
}

/* Opened and closed as well, since an open archive keeps what it may need again. */
static int open_and_write(void *user)
{
	struct archive *fresh = NULL;
	int r = archive_open(&fresh, dir.path, NULL, NULL);

	(void)user;
	if (!r)
		r = archive_write(fresh, &b, NULL);
	archive_close(fresh);
	return r;
}

static void every_allocation_fails_in_turn(void **state)
{
	(void)state;
	archive_close(a);
	a = NULL;
	fill_batch();
	fail_each_allocation(open_and_write, NULL);
	a = scene_open(NULL);
	assert_int_equal(scene_number(a, "SELECT count(*) FROM messages"), 6);
}

/* A file that may not grow: the batch is refused in words, and goes in once there is room. */
static void a_full_disk(void **state)
{
	struct tobs_err err = { 0 };
	char *text = malloc(100001);
	int64_t pages = scene_number(a, "PRAGMA page_count");
	char sql[64];

	(void)state;
	memset(text, 'x', 100000);
	text[100000] = 0;
	snprintf(sql, sizeof sql, "PRAGMA max_page_count=%lld", (long long)pages + 2);
	assert_true(scene_number(a, sql) == pages + 2);
	scene_message(&b, chat, 1, "fits");
	scene_message(&b, chat, 2, text);
	scene_interval(&b, chat, 0, 1, 2);
	assert_code(archive_write(a, &b, &err), TOBS_ENOSPC);
	assert_non_null(strstr(err.message, "disk is full"));
	assert_int_equal(scene_number(a, "SELECT count(*) FROM messages"), 0);
	assert_int_equal(scene_number(a, "SELECT count(*) FROM intervals"), 0);
	assert_true(scene_number(a, "PRAGMA max_page_count=1000000") == 1000000);
	scene_write(a, &b);
	assert_int_equal(scene_number(a, "SELECT count(*) FROM messages"), 2);
	free(text);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(everything_comes_out_again),
		TEST(a_glance_sees_what_a_quotation_needs),
		TEST(the_same_again_changes_nothing),
		TEST(each_change_is_noticed),
		TEST(edits_keep_what_was),
		TEST(stale_marks),
		TEST(several_chats_in_a_batch),
		TEST(deleted_messages),
		TEST(deleted_messages_of_a_topic),
		TEST(the_first_message_since_a_date),
		TEST(files_and_their_references),
		TEST(every_statement_fails_in_turn),
		TEST(every_allocation_fails_in_turn),
		TEST(a_full_disk),
	};

	if (sqlite_use_mem())
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
