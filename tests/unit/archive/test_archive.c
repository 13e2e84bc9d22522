/* SPDX-License-Identifier: MIT */
/* Opening: new, older, newer, foreign, locked, read only, where nobody may write. */
#include "archive/archive.h"

#include "scene.h"
#include "support/child.h"
#include "support/failmem.h"

static const struct archive_options reading = { .read_only = true };

static char path[128];

static const char *file(void)
{
	snprintf(path, sizeof path, "%s/.tobs/archive.db", dir.path);
	return path;
}

static void a_new_archive_is_private(void **state)
{
	struct archive *a = scene_open(NULL);

	(void)state;
	assert_string_equal(archive_dir(a), dir.path);
	assert_int_equal(file_mode(tmpdir_file(&dir, ".tobs")), 0700);
	assert_int_equal(file_mode(file()), 0600);
	assert_int_equal(scene_number(a, "PRAGMA application_id"), 0x746f6261);
	assert_int_equal(scene_number(a, "PRAGMA user_version"), 2);
	assert_int_equal(scene_number(a, "SELECT count(*) FROM meta WHERE name = 'made_by'"), 1);
	archive_close(a);
	archive_close(NULL);
}

static void folders_are_made(void **state)
{
	struct archive *a = NULL;
	char deep[160];

	(void)state;
	snprintf(deep, sizeof deep, "%s/a/b//c/", dir.path);
	assert_ok(archive_open(&a, deep, NULL, NULL));
	archive_close(a);
	assert_int_equal(file_mode(tmpdir_file(&dir, "a/b/c/.tobs/archive.db")), 0600);
}

static void what_is_not_there(void **state)
{
	const struct archive_options existing = { .existing = true };
	struct tobs_err err = { 0 };
	struct archive *a = NULL;

	(void)state;
	assert_code(archive_open(&a, dir.path, &existing, &err), TOBS_ENOTFOUND);
	assert_non_null(strstr(err.message, "there is no archive in this folder"));
	assert_code(archive_open(&a, dir.path, &reading, &err), TOBS_ENOTFOUND);
	assert_code(archive_open(&a, tmpdir_file(&dir, "none"), &existing, &err), TOBS_ENOTFOUND);
	assert_int_equal(file_size(tmpdir_file(&dir, "none")), -1);
	assert_int_equal(file_size(tmpdir_file(&dir, ".tobs")), -1);
	archive_close(scene_open(NULL));
	archive_close(scene_open(&existing));
	archive_close(scene_open(&reading));
}

static void a_file_in_the_way(void **state)
{
	struct tobs_err err = { 0 };
	struct archive *a = NULL;

	(void)state;
	write_file(tmpdir_file(&dir, "out"), "x", 1);
	assert_code(archive_open(&a, tmpdir_file(&dir, "out"), NULL, &err), TOBS_ENOTFOUND);
	assert_non_null(strstr(err.message, "cannot make the folder"));
	write_file(tmpdir_file(&dir, ".tobs"), "x", 1);
	assert_code(archive_open(&a, dir.path, NULL, &err), TOBS_ENOTFOUND);
}

static void one_writer_at_a_time(void **state)
{
	struct archive *a = scene_open(NULL), *second = NULL;
	struct tobs_err err = { 0 };
	char pid[32];

	(void)state;
	snprintf(pid, sizeof pid, "process %ld", (long)getpid());
	assert_code(archive_open(&second, dir.path, NULL, &err), TOBS_ELOCKED);
	assert_non_null(strstr(err.message, pid));
	assert_ok(archive_open(&second, dir.path, &reading, NULL));
	archive_close(second);
	archive_close(a);
	archive_close(scene_open(NULL));
}

static void another_programs_database(void **state)
{
	struct tobs_err err = { 0 };
	struct archive *a = NULL;
	struct sqlite *db = NULL;

	(void)state;
	assert_int_equal(mkdir(tmpdir_file(&dir, ".tobs"), 0700), 0);
	assert_ok(sqlite_open(&db, file(), NULL, NULL));
	assert_ok(sqlite_exec(db, "CREATE TABLE theirs(a)", NULL));
	sqlite_close(db);
	assert_code(archive_open(&a, dir.path, NULL, &err), TOBS_EUNSUPPORTED);
	assert_non_null(strstr(err.message, "not a tobs archive"));
	assert_code(archive_open(&a, dir.path, &reading, &err), TOBS_EUNSUPPORTED);
	write_file(file(), "this is no database, but it is long enough to be looked at", 58);
	assert_code(archive_open(&a, dir.path, NULL, &err), TOBS_EDB);
}

static void a_newer_archive(void **state)
{
	struct tobs_err err = { 0 };
	struct archive *a = scene_open(NULL);

	(void)state;
	assert_ok(sqlite_exec(archive_db(a), "PRAGMA user_version=1000", NULL));
	archive_close(a);
	assert_code(archive_open(&a, dir.path, NULL, &err), TOBS_EUNSUPPORTED);
	assert_non_null(strstr(err.message, "made by a newer tobs"));
	assert_code(archive_open(&a, dir.path, &reading, &err), TOBS_EUNSUPPORTED);
}

/* What a kill between the creation of the file and its first table leaves. */
static void an_archive_that_was_just_begun(void **state)
{
	const struct sqlite_options o = { .application_id = 0x746f6261, .wal = true };
	struct tobs_err err = { 0 };
	struct archive *a = NULL;
	struct sqlite *db = NULL;

	(void)state;
	assert_int_equal(mkdir(tmpdir_file(&dir, ".tobs"), 0700), 0);
	write_file(file(), "", 0);
	assert_code(archive_open(&a, dir.path, &reading, &err), TOBS_EUNSUPPORTED);
	assert_ok(sqlite_open(&db, file(), &o, NULL));
	sqlite_close(db);
	assert_code(archive_open(&a, dir.path, &reading, &err), TOBS_EUNSUPPORTED);
	archive_close(scene_open(NULL));
	archive_close(scene_open(&reading));
}

static void reading_writes_nothing(void **state)
{
	struct archive *a = scene_open(NULL);
	struct archive_batch b;
	struct tobs_err err = { 0 };
	struct tobs_arena arena;
	struct archive_chat c;

	(void)state;
	tobs_arena_init(&arena, 1 << 16);
	archive_batch_init(&b, 1 << 16);
	scene_message(&b, scene_chat(a, -1001, "A"), 1, "x");
	archive_close(a);
	a = scene_open(&reading);
	assert_code(archive_write(a, &b, &err), TOBS_EPERM);
	assert_non_null(strstr(err.message, "no permission to write"));
	c = scene_chat_get(a, -1001, &arena);
	assert_code(archive_chat_put(a, &c, &arena, &c, NULL), TOBS_EPERM);
	assert_code(archive_rendered(a, &c, NULL, 0, NULL), TOBS_EPERM);
	assert_int_equal(scene_number(a, "SELECT count(*) FROM messages"), 0);
	archive_close(a);
	archive_batch_deinit(&b);
	tobs_arena_deinit(&arena);
}

static int in_a_folder_of_others(void *user)
{
	struct archive *a = NULL;
	struct tobs_err err = { 0 };

	if (become_nobody())
		return 1;
	if (archive_open(&a, user, NULL, &err) != TOBS_EPERM || !strstr(err.message, user))
		return 2;
	if (archive_open(&a, user, &reading, &err))
		return 3;
	archive_close(a);
	return 0;
}

static void a_folder_that_cannot_be_written(void **state)
{
	(void)state;
	archive_close(scene_open(NULL));
	assert_int_equal(chmod(dir.path, 0755), 0);
	assert_int_equal(chmod(tmpdir_file(&dir, ".tobs"), 0755), 0);
	assert_int_equal(chmod(file(), 0644), 0);
	assert_child_ok(in_a_folder_of_others, dir.path);
}

static int open_it(void *user)
{
	struct archive *a = NULL;
	int r = archive_open(&a, dir.path, user, NULL);

	if (!r)
		archive_close(a);
	return r;
}

static void every_allocation_fails_in_turn(void **state)
{
	struct archive_options r = reading;

	(void)state;
	fail_each_allocation(open_it, NULL);
	fail_each_allocation(open_it, &r);
}

/* Whatever fails while an archive is made, the next attempt makes it. */
static void every_statement_fails_in_turn(void **state)
{
	struct scene_fault f = { .code = TOBS_ENOSPC, .hit = true };

	(void)state;
	for (; f.hit; f.at++) {
		struct archive *a = NULL;
		int r;

		tmpdir_deinit(&dir);
		tmpdir_init(&dir);
		f.hit = false;
		sqlite_set_gate(scene_gate, &f);
		r = archive_open(&a, dir.path, NULL, NULL);
		sqlite_set_gate(NULL, NULL);
		assert_code(r, f.hit ? TOBS_ENOSPC : TOBS_OK);
		if (!r)
			archive_close(a);
		a = scene_open(NULL);
		assert_int_equal(scene_number(a, "SELECT count(*) FROM messages"), 0);
		archive_close(a);
	}
	assert_true(f.at > 30);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCENE_TEST(a_new_archive_is_private),
		SCENE_TEST(folders_are_made),
		SCENE_TEST(what_is_not_there),
		SCENE_TEST(a_file_in_the_way),
		SCENE_TEST(one_writer_at_a_time),
		SCENE_TEST(another_programs_database),
		SCENE_TEST(a_newer_archive),
		SCENE_TEST(an_archive_that_was_just_begun),
		SCENE_TEST(reading_writes_nothing),
		SCENE_TEST(a_folder_that_cannot_be_written),
		SCENE_TEST(every_allocation_fails_in_turn),
		SCENE_TEST(every_statement_fails_in_turn),
	};

	if (sqlite_use_mem())
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
