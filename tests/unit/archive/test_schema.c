/* SPDX-License-Identifier: MIT */
/*
 * Files of earlier versions. Their schemas are kept here as they were, so that
 * nobody edits a step that is out in the world, and what they held must be there
 * in the archive of today.
 */
#include "archive/schema.h"

#include "scene.h"

/* As released with version 1. */
static const char version_1[] =
	"CREATE TABLE meta("
	" name TEXT PRIMARY KEY, value) WITHOUT ROWID;"

	"CREATE TABLE accounts("
	" id INTEGER PRIMARY KEY, name TEXT NOT NULL, username TEXT, seen INTEGER NOT NULL);"

	"CREATE TABLE peers("
	" id INTEGER PRIMARY KEY, kind TEXT NOT NULL, flags INTEGER NOT NULL, name TEXT NOT NULL,"
	" first TEXT, last TEXT, username TEXT, seen INTEGER NOT NULL);"

	"CREATE TABLE names("
	" peer INTEGER NOT NULL, since INTEGER NOT NULL, name TEXT NOT NULL, username TEXT,"
	" PRIMARY KEY(peer, since)) WITHOUT ROWID;"

	"CREATE TABLE chats("
	" no INTEGER PRIMARY KEY, peer INTEGER NOT NULL UNIQUE, linked INTEGER, migrated INTEGER,"
	" about TEXT, members INTEGER NOT NULL, pinned TEXT, folder TEXT NOT NULL UNIQUE,"
	" top INTEGER NOT NULL, count INTEGER NOT NULL, synced INTEGER NOT NULL,"
	" stale INTEGER NOT NULL, version INTEGER NOT NULL);"

	"CREATE TABLE topics("
	" chat INTEGER NOT NULL, id INTEGER NOT NULL, title TEXT NOT NULL,"
	" icon_color INTEGER NOT NULL, icon_emoji INTEGER, flags INTEGER NOT NULL,"
	" position INTEGER NOT NULL, creator INTEGER, date INTEGER NOT NULL, file TEXT NOT NULL,"
	" PRIMARY KEY(chat, id)) WITHOUT ROWID;"

	"CREATE TABLE messages("
	" key INTEGER PRIMARY KEY, date INTEGER NOT NULL, edited INTEGER, sender INTEGER,"
	" topic INTEGER, album INTEGER, flags INTEGER NOT NULL, text TEXT NOT NULL,"
	" entities TEXT, data TEXT);"
	"CREATE INDEX messages_topic ON messages(topic) WHERE topic IS NOT NULL;"

	"CREATE TABLE reactions("
	" key INTEGER NOT NULL, position INTEGER NOT NULL, reaction TEXT NOT NULL,"
	" count INTEGER NOT NULL, chosen INTEGER NOT NULL,"
	" PRIMARY KEY(key, position)) WITHOUT ROWID;"

	"CREATE TABLE polls("
	" key INTEGER PRIMARY KEY, closed INTEGER NOT NULL, voters INTEGER NOT NULL,"
	" answers TEXT NOT NULL);"

	"CREATE TABLE actions("
	" key INTEGER PRIMARY KEY, name TEXT NOT NULL, data TEXT);"

	"CREATE TABLE edits("
	" key INTEGER NOT NULL, seen INTEGER NOT NULL, edited INTEGER, text TEXT NOT NULL,"
	" entities TEXT, data TEXT, PRIMARY KEY(key, seen)) WITHOUT ROWID;"

	"CREATE TABLE files("
	" photo INTEGER NOT NULL, id INTEGER NOT NULL, dc INTEGER NOT NULL,"
	" access_hash INTEGER NOT NULL, reference BLOB, letter TEXT, size INTEGER NOT NULL,"
	" mime TEXT, name TEXT, state INTEGER NOT NULL DEFAULT 0, path TEXT, sha256 BLOB,"
	" parts BLOB, error TEXT, PRIMARY KEY(photo, id)) WITHOUT ROWID;"

	"CREATE TABLE intervals("
	" chat INTEGER NOT NULL, topic INTEGER NOT NULL, first INTEGER NOT NULL,"
	" last INTEGER NOT NULL, PRIMARY KEY(chat, topic, first)) WITHOUT ROWID;"

	"CREATE TABLE renders("
	" path TEXT PRIMARY KEY, chat INTEGER NOT NULL, settings TEXT NOT NULL,"
	" size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, sha256 BLOB NOT NULL,"
	" checkpoints BLOB) WITHOUT ROWID;"

	"CREATE TABLE runs("
	" id INTEGER PRIMARY KEY, began INTEGER NOT NULL, ended INTEGER, arguments TEXT,"
	" result TEXT);"

	"CREATE TABLE failures("
	" run INTEGER NOT NULL, target TEXT NOT NULL, code INTEGER NOT NULL,"
	" message TEXT NOT NULL, PRIMARY KEY(run, target)) WITHOUT ROWID;";

static const char rows[] =
	"INSERT INTO meta VALUES('newest', 1700);"
	"INSERT INTO peers VALUES(-1001000000001, 'supergroup', 2, 'Group', NULL, NULL, 'group', 9);"
	"INSERT INTO peers VALUES(42, 'user', 0, 'Ann B', 'Ann', 'B', NULL, 9);"
	"INSERT INTO names VALUES(42, 0, 'Ann', NULL), (42, 1500, 'Ann B', NULL);"
	"INSERT INTO chats VALUES(1, -1001000000001, NULL, NULL, 'About', 5, '[1]', 'Group', 2, 2,"
	" 1800, 0, 3);"
	"INSERT INTO topics VALUES(1, 7, 'Bees', 255, NULL, 2, 0, 42, 1000, 'Bees');"
	"INSERT INTO messages VALUES(4294967297, 1600, NULL, 42, 7, NULL, 2, 'Hi', '[[\"bold\",0,2]]',"
	" '{\"views\":5}');"
	"INSERT INTO messages VALUES(4294967298, 1700, 1701, 42, NULL, NULL, 32, '', NULL, NULL);"
	"INSERT INTO reactions VALUES(4294967297, 0, 'x', 2, 1);"
	"INSERT INTO polls VALUES(4294967297, 1, 3, '[]');"
	"INSERT INTO actions VALUES(4294967298, 'pin_message', '{\"message_id\":1}');"
	"INSERT INTO files(photo, id, dc, access_hash, size, state, path)"
	" VALUES(1, 17, 2, -3, 1000, 2, 'Group/media/a.jpg');"
	"INSERT INTO intervals VALUES(1, 0, 1, 2);"
	"INSERT INTO renders VALUES('Group/Group.md', 1, 's', 10, 11, zeroblob(32), NULL);";

/* A file of that version, as that tobs left it. */
static void make_file(const char *name, const char *schema, int version)
{
	const struct sqlite_options o = { .application_id = ARCHIVE_APPLICATION_ID, .wal = true };
	struct sqlite *db = NULL;
	char sql[64];

	assert_ok(sqlite_open(&db, name, &o, NULL));
	assert_ok(sqlite_exec(db, schema, NULL));
	assert_ok(sqlite_exec(db, rows, NULL));
	snprintf(sql, sizeof sql, "PRAGMA user_version=%d", version);
	assert_ok(sqlite_exec(db, sql, NULL));
	sqlite_close(db);
}

static void check_messages(struct archive *a)
{
	struct archive_cursor c = { 0 };
	struct archive_message m;

	assert_ok(archive_cursor_open(a, &c, 1, 1, INT32_MAX, 0, NULL));
	assert_ok(archive_cursor_next(&c, &m, NULL));
	assert_view(m.text, "Hi");
	assert_view(m.entities, "[[\"bold\",0,2]]");
	assert_view(m.data, "{\"views\":5}");
	assert_int_equal(m.topic, 7);
	assert_int_equal(m.reaction_count, 1);
	assert_true(m.has_poll && m.poll_closed);
	assert_ok(archive_cursor_next(&c, &m, NULL));
	assert_view(m.action, "pin_message");
	assert_int_equal(m.edited, 1701);
	assert_code(archive_cursor_next(&c, &m, NULL), TOBS_ENOTFOUND);
	archive_cursor_close(&c);
}

static void check_rest(struct archive *a)
{
	struct archive_file_state file;
	struct archive_interval *gaps;
	struct archive_render render;
	struct archive_topic *topics;
	struct archive_name name;
	struct tobs_arena arena;
	struct archive_chat c;
	size_t n;

	tobs_arena_init(&arena, 1 << 16);
	c = scene_chat_get(a, -1001000000001, &arena);
	assert_view(c.title, "Group");
	assert_view(c.folder, "Group");
	assert_view(c.pinned, "[1]");
	assert_int_equal(c.version, 3);
	assert_ok(archive_topics(a, 1, &arena, &topics, &n, NULL));
	assert_int_equal(n, 1);
	assert_view(topics[0].file, "Bees");
	assert_ok(archive_name(a, 42, 1400, &name, NULL));
	assert_view(name.name, "Ann");
	assert_ok(archive_name(a, 42, 1500, &name, NULL));
	assert_view(name.name, "Ann B");
	assert_ok(archive_file_get(a, true, 17, &file, NULL));
	assert_true(file.complete);
	assert_view(file.path, "Group/media/a.jpg");
	assert_ok(archive_gaps(a, 1, 0, 1, 3, &arena, &gaps, &n, NULL));
	assert_int_equal(n, 1);
	assert_int_equal(gaps[0].first, 3);
	assert_ok(archive_render_get(a, tobs_str("Group/Group.md"), &arena, &render, NULL));
	assert_int_equal(render.size, 10);
	tobs_arena_deinit(&arena);
}

static void version_1_comes_along(void **state)
{
	struct archive *a;
	char path[128];

	(void)state;
	assert_int_equal(mkdir(tmpdir_file(&dir, ".tobs"), 0700), 0);
	snprintf(path, sizeof path, "%s/.tobs/archive.db", dir.path);
	make_file(path, version_1, 1);
	a = scene_open(NULL);
	check_messages(a);
	check_rest(a);
	archive_close(a);
}

/* Whatever way a file came to today's version, it looks the same. */
static void all_ways_lead_to_one_schema(void **state)
{
	static const char sql[] =
		"SELECT group_concat(type || name || ifnull(sql, ''), char(10)) FROM"
		" (SELECT * FROM sqlite_schema ORDER BY type, name)";
	struct archive *a = scene_open(NULL);
	struct sqlite_stmt *fresh, *old;
	struct sqlite *db = NULL;
	bool row;

	(void)state;
	make_file(tmpdir_file(&dir, "old.db"), version_1, 1);
	assert_ok(sqlite_open(&db, tmpdir_file(&dir, "old.db"), NULL, NULL));
	assert_ok(schema_apply(db, NULL));
	assert_ok(sqlite_prepare(archive_db(a), sql, &fresh, NULL));
	assert_ok(sqlite_prepare(db, sql, &old, NULL));
	assert_ok(sqlite_step(fresh, &row, NULL));
	assert_ok(sqlite_step(old, &row, NULL));
	assert_true(sqlite_col_text(fresh, 0).len > 1000);
	assert_true(tobs_view_eq(sqlite_col_text(fresh, 0), sqlite_col_text(old, 0)));
	sqlite_finalize(fresh);
	sqlite_finalize(old);
	sqlite_close(db);
	archive_close(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCENE_TEST(version_1_comes_along),
		SCENE_TEST(all_ways_lead_to_one_schema),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
