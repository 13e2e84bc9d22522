/* SPDX-License-Identifier: MIT */
#include "store/migrate.h"

#include "support/child.h"
#include "support/tmpdir.h"

static int fill_in(struct sqlite *db, void *user, struct tobs_err *err)
{
	++*(int *)user;
	return sqlite_exec(db, "INSERT INTO t VALUES(3)", err);
}

static int refuse(struct sqlite *db, void *user, struct tobs_err *err)
{
	(void)db;
	(void)user;
	return tobs_fail(err, TOBS_EMALFORMED, "no");
}

static const struct migration steps[] = {
	{ 1, "CREATE TABLE t(a); INSERT INTO t VALUES(1)", NULL },
	{ 2, NULL, fill_in },
	{ 5, "INSERT INTO t VALUES(5)", fill_in },
	{ 6, "INSERT INTO t VALUES(100)", refuse },
};

static int64_t number(struct sqlite *db, const char *sql)
{
	int64_t n = -1;

	assert_ok(sqlite_get_i64(db, sql, &n, NULL));
	return n;
}

static void each_step_once(void **state)
{
	struct sqlite *db;
	struct tobs_err err;
	int runs = 0;

	(void)state;
	assert_ok(sqlite_open(&db, NULL, NULL, NULL));
	assert_ok(migrate(db, NULL, 0, NULL, NULL));
	assert_ok(migrate(db, steps, 1, &runs, NULL));
	assert_int_equal(number(db, "SELECT sum(a) FROM t"), 1);
	assert_ok(migrate(db, steps, 3, &runs, NULL));
	assert_ok(migrate(db, steps, 3, &runs, NULL));
	assert_int_equal(number(db, "SELECT sum(a) FROM t"), 12);
	assert_int_equal(number(db, "PRAGMA user_version"), 5);
	assert_int_equal(runs, 2);
	/* A step that fails leaves the version before it. */
	assert_code(migrate(db, steps, 4, &runs, &err), TOBS_EMALFORMED);
	assert_string_equal(err.message, "bringing it to version 6: no");
	assert_int_equal(number(db, "SELECT sum(a) FROM t"), 12);
	assert_int_equal(number(db, "PRAGMA user_version"), 5);
	assert_code(migrate(db, steps, 2, &runs, &err), TOBS_EUNSUPPORTED);
	assert_non_null(
		strstr(err.message, "made by a newer tobs (its version is 5, this tobs knows 2)"));
	sqlite_close(db);
}

struct fault {
	uint64_t at;
	bool hit;
};

static int gate(uint64_t nth, void *user)
{
	struct fault *f = user;

	if (nth != f->at)
		return TOBS_OK;
	f->hit = true;
	return TOBS_EIO;
}

static void whatever_fails_it_goes_on_later(void **state)
{
	struct fault f = { .hit = true };

	(void)state;
	for (; f.hit; f.at++) {
		struct sqlite *db;
		int runs = 0, r;

		assert_ok(sqlite_open(&db, NULL, NULL, NULL));
		f.hit = false;
		sqlite_set_gate(gate, &f);
		r = migrate(db, steps, 3, &runs, NULL);
		sqlite_set_gate(NULL, NULL);
		assert_code(r, f.hit ? TOBS_EIO : TOBS_OK);
		assert_ok(migrate(db, steps, 3, &runs, NULL));
		assert_int_equal(number(db, "SELECT sum(a) FROM t"), 12);
		sqlite_close(db);
	}
	assert_true(f.at > 10);
}

static void reading_migrates_nothing(void **state)
{
	const struct sqlite_options ro = { .read_only = true };
	struct tmpdir dir;
	struct sqlite *db;
	struct tobs_err err;
	int runs = 0;

	(void)state;
	tmpdir_init(&dir);
	assert_ok(sqlite_open(&db, tmpdir_file(&dir, "a"), NULL, NULL));
	assert_ok(migrate(db, steps, 2, &runs, NULL));
	sqlite_close(db);
	assert_ok(sqlite_open(&db, tmpdir_file(&dir, "a"), &ro, NULL));
	assert_ok(migrate(db, steps, 2, &runs, NULL));
	assert_code(migrate(db, steps, 3, &runs, &err), TOBS_EUNSUPPORTED);
	assert_non_null(strstr(err.message, "older tobs"));
	sqlite_close(db);
	tmpdir_deinit(&dir);
}

static int migrate_same(void *user)
{
	const struct sqlite_options o = { .busy_ms = 20000, .wal = true };
	struct sqlite *db = NULL;
	int runs = 0, r = sqlite_open(&db, user, &o, NULL);

	if (!r)
		r = migrate(db, steps, 3, &runs, NULL);
	sqlite_close(db);
	return r;
}

static void by_several_processes_at_once(void **state)
{
	struct tmpdir dir;
	struct sqlite *db;
	pid_t pids[4];
	char path[128];

	(void)state;
	tmpdir_init(&dir);
	snprintf(path, sizeof path, "%s", tmpdir_file(&dir, "a"));
	for (size_t i = 0; i < ARRAY_LEN(pids); i++)
		pids[i] = child_start(migrate_same, path);
	for (size_t i = 0; i < ARRAY_LEN(pids); i++)
		assert_int_equal(child_wait(pids[i]), 0);
	assert_ok(sqlite_open(&db, path, NULL, NULL));
	assert_int_equal(number(db, "SELECT sum(a) FROM t"), 12);
	sqlite_close(db);
	tmpdir_deinit(&dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_step_once),
		cmocka_unit_test(whatever_fails_it_goes_on_later),
		cmocka_unit_test(reading_migrates_nothing),
		cmocka_unit_test(by_several_processes_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
