/* SPDX-License-Identifier: MIT */
#include "store/sqlite.h"

#include <sys/resource.h>

#include "base/rand.h"
#include "support/child.h"
#include "support/failmem.h"
#include "support/tmpdir.h"

static struct tmpdir dir;

static int setup(void **state)
{
	(void)state;
	tmpdir_init(&dir);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	sqlite_set_gate(NULL, NULL);
	tmpdir_deinit(&dir);
	return 0;
}

static struct sqlite *open_db(const char *name, const struct sqlite_options *o)
{
	struct sqlite *db = NULL;

	assert_ok(sqlite_open(&db, name ? tmpdir_file(&dir, name) : NULL, o, NULL));
	return db;
}

static int64_t number(struct sqlite *db, const char *sql)
{
	int64_t n = INT64_MIN;

	assert_ok(sqlite_get_i64(db, sql, &n, NULL));
	return n;
}

static void values_go_in_and_out(void **state)
{
	struct sqlite *db = open_db(NULL, NULL);
	struct sqlite_stmt *s;
	bool row = false;

	(void)state;
	assert_ok(
		sqlite_exec(db, "CREATE TABLE t(a, b, c, d, e, f, g, h); SELECT 1; -- end", NULL));
	assert_ok(sqlite_prepare(db, "INSERT INTO t VALUES(?,?,?,?,?,?,?,?)", &s, NULL));
	sqlite_bind_i64(s, 1, INT64_MIN);
	sqlite_bind_double(s, 2, 0.5);
	sqlite_bind_text(s, 3, tobs_view("a\0b", 3));
	sqlite_bind_blob(s, 4, tobs_view("\0\xff", 2));
	sqlite_bind_null(s, 5);
	sqlite_bind_text(s, 6, (struct tobs_view){ 0 });
	sqlite_bind_i64_or_null(s, 7, 0);
	sqlite_bind_text_or_null(s, 8, (struct tobs_view){ 0 });
	assert_ok(sqlite_run(s, NULL));
	assert_int_equal(sqlite_changes(db), 1);
	assert_int_equal(sqlite_last_id(db), 1);
	sqlite_bind_i64_or_null(s, 7, 7);
	sqlite_bind_text_or_null(s, 8, tobs_str("x"));
	sqlite_bind_blob_or_null(s, 4, tobs_str("y"));
	sqlite_bind_blob_or_null(s, 3, (struct tobs_view){ 0 });
	sqlite_bind_blob(s, 1, (struct tobs_view){ 0 });
	assert_ok(sqlite_run(s, NULL));
	sqlite_finalize(s);

	assert_ok(sqlite_prepare(db, "SELECT * FROM t ORDER BY rowid", &s, NULL));
	assert_ok(sqlite_step(s, &row, NULL));
	assert_true(row);
	assert_int_equal(sqlite_col_i64(s, 0), INT64_MIN);
	assert_true(sqlite_col_double(s, 1) == 0.5);
	assert_true(tobs_view_eq(sqlite_col_text(s, 2), tobs_view("a\0b", 3)));
	assert_true(tobs_view_eq(sqlite_col_blob(s, 3), tobs_view("\0\xff", 2)));
	assert_true(sqlite_col_is_null(s, 4));
	assert_false(sqlite_col_is_null(s, 5));
	assert_int_equal(sqlite_col_text(s, 5).len, 0);
	assert_true(sqlite_col_is_null(s, 6));
	assert_true(sqlite_col_is_null(s, 7));
	assert_int_equal(sqlite_col_i64(s, 7), 0);
	assert_int_equal(sqlite_col_text(s, 7).len, 0);
	assert_view(sqlite_col_text(s, 0), "-9223372036854775808"); /* as SQLite writes a number */
	assert_ok(sqlite_step(s, &row, NULL));
	assert_true(row);
	assert_int_equal(sqlite_col_i64(s, 6), 7);
	assert_view(sqlite_col_text(s, 7), "x");
	assert_view(sqlite_col_blob(s, 3), "y");
	assert_true(sqlite_col_is_null(s, 2));
	assert_false(sqlite_col_is_null(s, 0));
	assert_ok(sqlite_step(s, &row, NULL));
	assert_false(row);
	/* The end reset it: it begins anew. */
	assert_ok(sqlite_step(s, &row, NULL));
	assert_true(row);
	sqlite_reset(s);
	sqlite_reset(s);
	sqlite_reset(NULL);
	sqlite_finalize(s);
	sqlite_finalize(NULL);
	sqlite_close(db);
	sqlite_close(NULL);
}

static void cached_statements_come_clean(void **state)
{
	static const char sql[] = "SELECT a FROM t ORDER BY a";
	struct sqlite *db = open_db(NULL, NULL);
	struct sqlite_stmt *s, *again;
	struct tobs_err err;
	bool row;

	(void)state;
	assert_ok(sqlite_exec(db, "CREATE TABLE t(a); INSERT INTO t VALUES(1),(2)", NULL));
	assert_ok(sqlite_cached(db, sql, &s, NULL));
	assert_ok(sqlite_step(s, &row, NULL));
	assert_ok(sqlite_cached(db, sql, &again, NULL));
	assert_ptr_equal(s, again);
	assert_ok(sqlite_step(s, &row, NULL));
	assert_int_equal(sqlite_col_i64(s, 0), 1);
	assert_code(sqlite_cached(db, "SELECT nonsense", &s, &err), TOBS_EINTERNAL);
	assert_non_null(strstr(err.message, "nonsense"));
	assert_code(sqlite_exec(db, "nonsense", &err), TOBS_EINTERNAL);
	assert_code(sqlite_get_i64(db, "SELECT 1 WHERE 0", &(int64_t){ 0 }, NULL), TOBS_ENOTFOUND);
	sqlite_close(db);
}

static void constraints_have_codes(void **state)
{
	struct sqlite *db = open_db(NULL, NULL);

	(void)state;
	assert_ok(sqlite_exec(db,
		"CREATE TABLE t(a INTEGER PRIMARY KEY, b UNIQUE, c CHECK(c > 0));"
		"INSERT INTO t VALUES(1, 1, 1)",
		NULL));
	assert_code(sqlite_exec(db, "INSERT INTO t VALUES(1, 2, 1)", NULL), TOBS_EEXISTS);
	assert_code(sqlite_exec(db, "INSERT INTO t VALUES(2, 1, 1)", NULL), TOBS_EEXISTS);
	assert_code(sqlite_exec(db, "INSERT INTO t VALUES(2, 2, 0)", NULL), TOBS_EINVAL);
	assert_int_equal(number(db, "SELECT count(*) FROM t"), 1);
	sqlite_close(db);
}

static void transactions_nest(void **state)
{
	struct sqlite *db = open_db(NULL, NULL);

	(void)state;
	assert_ok(sqlite_exec(db, "CREATE TABLE t(a)", NULL));
	assert_ok(sqlite_begin(db, NULL));
	assert_ok(sqlite_exec(db, "INSERT INTO t VALUES(1)", NULL));
	assert_ok(sqlite_begin(db, NULL));
	assert_int_equal(sqlite_depth(db), 2);
	assert_ok(sqlite_exec(db, "INSERT INTO t VALUES(2)", NULL));
	sqlite_rollback(db);
	assert_ok(sqlite_begin(db, NULL));
	assert_ok(sqlite_begin(db, NULL));
	assert_ok(sqlite_exec(db, "INSERT INTO t VALUES(4)", NULL));
	assert_ok(sqlite_commit(db, NULL));
	assert_ok(sqlite_commit(db, NULL));
	assert_ok(sqlite_commit(db, NULL));
	assert_int_equal(number(db, "SELECT sum(a) FROM t"), 5);
	assert_ok(sqlite_begin(db, NULL));
	assert_ok(sqlite_exec(db, "DELETE FROM t", NULL));
	sqlite_rollback(db);
	assert_int_equal(sqlite_depth(db), 0);
	assert_int_equal(number(db, "SELECT sum(a) FROM t"), 5);
	sqlite_close(db);
}

/* A row being read when its transaction is rolled back. */
static void reading_over_a_rollback(void **state)
{
	struct sqlite *db = open_db(NULL, NULL);
	struct sqlite_stmt *s;
	bool row;

	(void)state;
	assert_ok(sqlite_exec(db, "CREATE TABLE t(a); INSERT INTO t VALUES(1),(2)", NULL));
	assert_ok(sqlite_prepare(db, "SELECT a FROM t", &s, NULL));
	assert_ok(sqlite_begin(db, NULL));
	assert_ok(sqlite_exec(db, "CREATE TABLE u(a)", NULL));
	assert_ok(sqlite_step(s, &row, NULL));
	sqlite_rollback(db);
	assert_code(sqlite_step(s, &row, NULL), TOBS_ECANCELED);
	sqlite_finalize(s);
	sqlite_close(db);
}

static void files_are_private(void **state)
{
	const struct sqlite_options open = { 0 }, closed = { .private_file = true, .wal = true };
	struct sqlite *db;
	mode_t mask = umask(022);

	(void)state;
	sqlite_close(open_db("a", &open));
	assert_int_equal(file_mode(tmpdir_file(&dir, "a")), 0644);
	db = open_db("a", &closed);
	assert_int_equal(file_mode(tmpdir_file(&dir, "a")), 0600);
	sqlite_close(db);
	db = open_db("b", &closed);
	assert_ok(sqlite_exec(db, "CREATE TABLE t(a)", NULL));
	assert_int_equal(file_mode(tmpdir_file(&dir, "b")), 0600);
	assert_int_equal(file_mode(tmpdir_file(&dir, "b-wal")), 0600);
	assert_int_equal(file_mode(tmpdir_file(&dir, "b-shm")), 0600);
	/* What others left open beside it is closed too. */
	chmod(tmpdir_file(&dir, "b"), 0640);
	chmod(tmpdir_file(&dir, "b-wal"), 0644);
	sqlite_close(open_db("b", &closed));
	assert_int_equal(file_mode(tmpdir_file(&dir, "b-wal")), 0600);
	sqlite_close(db);
	umask(mask);
}

static void options_arrive(void **state)
{
	const struct sqlite_options o = { .wal = true,
		.page_bytes = 8192,
		.cache_bytes = 3 << 20,
		.mmap_bytes = 1 << 20,
		.wal_bytes = 1 << 20,
		.erase = true,
		.durable = true };
	struct sqlite *db = open_db("a", &o);

	(void)state;
	assert_int_equal(number(db, "PRAGMA page_size"), 8192);
	assert_int_equal(number(db, "PRAGMA cache_size"), -3072);
	assert_int_equal(number(db, "PRAGMA mmap_size"), 1 << 20);
	assert_int_equal(number(db, "PRAGMA wal_autocheckpoint"), 128);
	assert_int_equal(number(db, "PRAGMA journal_size_limit"), 1 << 20);
	assert_int_equal(number(db, "PRAGMA secure_delete"), 1);
	assert_int_equal(number(db, "PRAGMA synchronous"), 2);
	assert_int_equal(number(db, "PRAGMA trusted_schema"), 0);
	assert_int_equal(
		number(db, "SELECT count(*) FROM pragma_journal_mode WHERE journal_mode='wal'"), 1);
	assert_string_equal(sqlite_path(db), tmpdir_file(&dir, "a"));
	assert_false(sqlite_is_read_only(db));
	sqlite_close(db);
	db = open_db("c", NULL);
	assert_int_equal(number(db, "PRAGMA secure_delete"), 0);
	assert_int_equal(number(db, "PRAGMA synchronous"), 1);
	assert_int_equal(number(db, "PRAGMA mmap_size"), 0);
	sqlite_close(db);
}

/* Names that SQLite would read as something else. */
static void odd_names(void **state)
{
	static const char *const names[] = { ":memory:", "file:x?mode=memory", ":x", "a b%20#?" };
	char before[4096];
	struct sqlite *db;

	(void)state;
	assert_non_null(getcwd(before, sizeof before));
	assert_int_equal(chdir(dir.path), 0);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		assert_ok(sqlite_open(&db, names[i], NULL, NULL));
		assert_ok(sqlite_exec(db, "CREATE TABLE t(a)", NULL));
		sqlite_close(db);
		assert_true(file_size(tmpdir_file(&dir, names[i])) > 0);
	}
	assert_int_equal(chdir(before), 0);
}

static void foreign_files_are_refused(void **state)
{
	const struct sqlite_options ours = { .what = "archive", .application_id = 0xfedcba98 };
	const struct sqlite_options other = { .application_id = 77 };
	struct sqlite *db = open_db("plain", NULL);
	struct tobs_err err;

	(void)state;
	assert_ok(sqlite_exec(db, "CREATE TABLE t(a)", NULL));
	sqlite_close(db);
	sqlite_close(open_db("other", &other));
	sqlite_close(open_db("ours", &ours));
	sqlite_close(open_db("ours", &ours));
	sqlite_close(open_db("ours", NULL));
	write_file(tmpdir_file(&dir, "empty"), "", 0);
	sqlite_close(open_db("empty", &ours));
	assert_code(sqlite_open(&db, tmpdir_file(&dir, "empty"), &other, NULL), TOBS_EUNSUPPORTED);
	assert_code(sqlite_open(&db, tmpdir_file(&dir, "plain"), &ours, &err), TOBS_EUNSUPPORTED);
	assert_non_null(strstr(err.message, "another program, not a tobs archive"));
	assert_code(sqlite_open(&db, tmpdir_file(&dir, "other"), &ours, NULL), TOBS_EUNSUPPORTED);
	db = open_db("plain", NULL);
	assert_int_equal(number(db, "PRAGMA application_id"), 0);
	sqlite_close(db);
}

static void what_cannot_be_opened(void **state)
{
	const struct sqlite_options existing = { .existing = true }, ro = { .read_only = true };
	struct sqlite *db;
	struct tobs_err err;
	char text[2000];

	(void)state;
	assert_code(sqlite_open(&db, tmpdir_file(&dir, "x"), &existing, NULL), TOBS_ENOTFOUND);
	assert_code(sqlite_open(&db, tmpdir_file(&dir, "x"), &ro, &err), TOBS_ENOTFOUND);
	assert_non_null(strstr(err.message, "/x: "));
	assert_int_equal(file_size(tmpdir_file(&dir, "x")), -1);
	assert_code(sqlite_open(&db, tmpdir_file(&dir, "no/x"), NULL, NULL), TOBS_ENOTFOUND);
	assert_code(sqlite_open(&db, dir.path, NULL, NULL), TOBS_EDB);
	memset(text, 'x', sizeof text);
	write_file(tmpdir_file(&dir, "text"), text, sizeof text);
	assert_code(sqlite_open(&db, tmpdir_file(&dir, "text"), NULL, &err), TOBS_EDB);
	assert_non_null(strstr(err.message, "not an SQLite database"));
	assert_true(err.sys != 0);
	assert_int_equal(file_size(tmpdir_file(&dir, "text")), (long)sizeof text);
}

static void fill(struct sqlite *db, int rows)
{
	char sql[200];

	snprintf(sql, sizeof sql,
		"CREATE TABLE t(a INTEGER PRIMARY KEY, b);"
		"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
		"INSERT INTO t SELECT i, printf('%%.200c', 'x') FROM n",
		rows);
	assert_ok(sqlite_exec(db, sql, NULL));
}

/* Every page cut off or filled with noise in turn: a code, never a crash. */
static void damaged_files(void **state)
{
	struct prng p = { 5 };
	uint8_t good[16 * 4096], bad[sizeof good];
	int seen = 0;
	FILE *f;

	(void)state;
	{
		struct sqlite *db = open_db("a", NULL);

		fill(db, 250);
		sqlite_close(db);
	}
	assert_true(file_size(tmpdir_file(&dir, "a")) <= (long)sizeof good);
	f = fopen(tmpdir_file(&dir, "a"), "rb");
	assert_non_null(f);
	size_t len = fread(good, 1, sizeof good, f);
	fclose(f);
	for (size_t page = 0; page < len / 4096; page++) {
		for (int noise = 0; noise < 2; noise++) {
			struct sqlite *db = NULL;
			struct tobs_err err = { 0 };
			int64_t n;
			int r;

			memcpy(bad, good, len);
			for (size_t i = 0; noise && i < 4096; i++)
				bad[page * 4096 + i] = (uint8_t)prng_next(&p);
			write_file(tmpdir_file(&dir, "b"), bad, noise ? len : page * 4096 + 100);
			r = sqlite_open(&db, tmpdir_file(&dir, "b"), NULL, &err);
			if (!r)
				r = sqlite_get_i64(db, "SELECT sum(length(b)) FROM t", &n, &err);
			if (r && r != TOBS_EINTERNAL) /* "no such table" where the schema went */
				assert_code(r, TOBS_EDB);
			if (r == TOBS_EDB)
				seen++;
			sqlite_close(db);
		}
	}
	assert_true(seen > 10);
}

static void another_connection_in_the_way(void **state)
{
	const struct sqlite_options exclusive = { .exclusive = true, .wal = true },
				    wal = { .wal = true };
	struct sqlite *a = open_db("a", &wal), *b = open_db("a", &wal), *c = NULL;
	struct tobs_err err;

	(void)state;
	fill(a, 10);
	assert_ok(sqlite_begin(a, NULL));
	assert_code(sqlite_begin(b, &err), TOBS_ELOCKED);
	assert_non_null(strstr(err.message, "another program is using it"));
	assert_int_equal(sqlite_depth(b), 0);
	assert_ok(sqlite_exec(a, "DELETE FROM t", NULL));
	assert_int_equal(number(b, "SELECT count(*) FROM t"), 10);
	assert_ok(sqlite_commit(a, NULL));
	assert_int_equal(number(b, "SELECT count(*) FROM t"), 0);
	assert_code(sqlite_open(&c, tmpdir_file(&dir, "a"), &exclusive, NULL), TOBS_ELOCKED);
	sqlite_close(a);
	sqlite_close(b);
	c = open_db("a", &exclusive);
	assert_code(sqlite_open(&a, tmpdir_file(&dir, "a"), &wal, NULL), TOBS_ELOCKED);
	sqlite_close(c);
	c = open_db("d", &(struct sqlite_options){ .exclusive = true });
	assert_code(sqlite_open(&a, tmpdir_file(&dir, "d"), NULL, NULL), TOBS_ELOCKED);
	sqlite_close(c);
}

/* Processes that create the same file at once all get it. */
static int create_same(void *user)
{
	const struct sqlite_options o = { .application_id = 1, .wal = true, .busy_ms = 20000 };
	struct sqlite *db = NULL;
	int r = sqlite_open(&db, user, &o, NULL);

	if (!r)
		r = sqlite_exec(
			db, "CREATE TABLE IF NOT EXISTS t(a); INSERT INTO t VALUES(1)", NULL);
	sqlite_close(db);
	return r;
}

static void created_by_several(void **state)
{
	char path[128];
	pid_t pids[6];
	struct sqlite *db;

	(void)state;
	snprintf(path, sizeof path, "%s", tmpdir_file(&dir, "a"));
	for (int round = 0; round < 5; round++) {
		for (size_t i = 0; i < ARRAY_LEN(pids); i++)
			pids[i] = child_start(create_same, path);
		for (size_t i = 0; i < ARRAY_LEN(pids); i++)
			assert_int_equal(child_wait(pids[i]), 0);
		db = open_db("a", NULL);
		assert_int_equal(number(db, "SELECT count(*) FROM t"), ARRAY_LEN(pids));
		sqlite_close(db);
		assert_int_equal(unlink(path), 0);
	}
}

static int full_at_100_pages(void *user)
{
	struct rlimit limit = { 100 * 4096, 100 * 4096 };
	struct tobs_err err = { 0 };
	struct sqlite *db = NULL;
	struct sqlite_stmt *s;
	int r = sqlite_open(&db, user, &(struct sqlite_options){ .wal = true }, NULL);

	if (r || setrlimit(RLIMIT_FSIZE, &limit) || signal(SIGXFSZ, SIG_IGN) == SIG_ERR)
		return 1;
	r = sqlite_prepare(db, "INSERT INTO t(b) VALUES(zeroblob(3000))", &s, NULL);
	for (int i = 0; !r && i < 1000; i++) {
		r = sqlite_begin(db, &err);
		for (int j = 0; !r && j < 7; j++)
			r = sqlite_run(s, &err);
		if (!r) {
			r = sqlite_commit(db, &err);
			continue;
		}
		if (sqlite_run(s, NULL) && sqlite_begin(db, NULL) == TOBS_OK)
			return 2; /* a lost transaction takes nothing more */
		sqlite_rollback(db);
	}
	sqlite_finalize(s);
	sqlite_close(db);
	return r == TOBS_ENOSPC && strstr(err.message, "full") ? 0 : 3;
}

static void a_full_disk(void **state)
{
	struct sqlite *db = open_db("a", &(struct sqlite_options){ .wal = true });
	struct tobs_err err;
	char path[128];
	int64_t rows;

	(void)state;
	fill(db, 7);
	sqlite_close(db);
	snprintf(path, sizeof path, "%s", tmpdir_file(&dir, "a"));
	assert_child_ok(full_at_100_pages, path);
	db = open_db("a", NULL);
	rows = number(db, "SELECT count(*) FROM t");
	assert_true(rows >= 7 && rows % 7 == 0);
	assert_int_equal(
		number(db,
			"SELECT count(*) FROM pragma_integrity_check WHERE integrity_check='ok'"),
		1);
	/* The same from SQLite's own limit, in the middle of a transaction that it ends itself. */
	assert_ok(sqlite_exec(db, "PRAGMA max_page_count=1", NULL));
	assert_ok(sqlite_begin(db, NULL));
	assert_ok(sqlite_begin(db, NULL));
	while (!sqlite_exec(db, "INSERT INTO t(b) VALUES(zeroblob(3000))", &err))
		;
	assert_int_equal(err.code, TOBS_ENOSPC);
	sqlite_rollback(db);
	sqlite_rollback(db);
	assert_int_equal(number(db, "SELECT count(*) FROM t"), rows);
	sqlite_close(db);
}

static int cannot_write(void *user)
{
	const struct sqlite_options ro = { .read_only = true };
	struct sqlite *db = NULL;
	struct tobs_err err = { 0 };
	int64_t n = 0;

	if (become_nobody() || chdir(user))
		return 1;
	if (sqlite_open(&db, "log", &(struct sqlite_options){ .private_file = true }, &err) !=
		TOBS_EPERM)
		return 2;
	if (sqlite_open(&db, "new", NULL, &err) != TOBS_EPERM && err.code != TOBS_ENOTFOUND)
		return 3;
	/* Without a log it is read as it lies there. */
	if (sqlite_open(&db, "clean", &ro, &err) ||
		sqlite_get_i64(db, "SELECT count(*) FROM t", &n, &err))
		return 4;
	if (n != 5 || sqlite_exec(db, "DELETE FROM t", &err) != TOBS_EPERM)
		return 5;
	sqlite_close(db);
	/* With a log that only a writer could work in, it is not. */
	if (sqlite_open(&db, "log", &ro, &err) == TOBS_OK)
		return 6;
	if (!strstr(err.message, "permission"))
		return 7;
	if (sqlite_open(&db, "secret", &ro, &err) != TOBS_EPERM)
		return 8;
	return 0;
}

static void a_directory_that_cannot_be_written(void **state)
{
	const struct sqlite_options wal = { .wal = true };
	struct sqlite *db = open_db("clean", &wal);
	uint8_t head[8192];
	FILE *f;

	(void)state;
	fill(db, 5);
	sqlite_close(db);
	db = open_db("log", &wal);
	fill(db, 5);
	f = fopen(tmpdir_file(&dir, "log-wal"), "rb");
	assert_non_null(f);
	assert_int_equal(fread(head, 1, sizeof head, f), sizeof head);
	fclose(f);
	sqlite_close(db);
	write_file(tmpdir_file(&dir, "log-wal"), head, sizeof head);
	sqlite_close(open_db("secret", &(struct sqlite_options){ .private_file = true }));
	assert_int_equal(chmod(tmpdir_file(&dir, "clean"), 0444), 0);
	assert_int_equal(chmod(tmpdir_file(&dir, "log"), 0444), 0);
	assert_int_equal(chmod(tmpdir_file(&dir, "log-wal"), 0444), 0);
	assert_int_equal(chmod(dir.path, 0555), 0);
	assert_child_ok(cannot_write, dir.path);
	assert_int_equal(chmod(dir.path, 0755), 0);
	db = open_db("clean", &(struct sqlite_options){ .read_only = true });
	assert_true(sqlite_is_read_only(db));
	assert_ok(sqlite_begin(db, NULL));
	assert_int_equal(number(db, "SELECT count(*) FROM t"), 5);
	assert_code(sqlite_exec(db, "DELETE FROM t", NULL), TOBS_EPERM);
	assert_ok(sqlite_commit(db, NULL));
	sqlite_close(db);
}

static void the_log_is_worked_in(void **state)
{
	struct sqlite *db = open_db("a", &(struct sqlite_options){ .wal = true });
	struct sqlite *reader = open_db("a", NULL);
	struct sqlite_stmt *s;
	bool row;

	(void)state;
	fill(db, 100);
	assert_true(file_size(tmpdir_file(&dir, "a-wal")) > 0);
	assert_ok(sqlite_checkpoint(db, NULL));
	assert_int_equal(file_size(tmpdir_file(&dir, "a-wal")), 0);
	assert_ok(sqlite_exec(db, "DELETE FROM t WHERE a < 50", NULL));
	assert_ok(sqlite_prepare(reader, "SELECT a FROM t", &s, NULL));
	assert_ok(sqlite_step(s, &row, NULL));
	assert_ok(sqlite_exec(db, "DELETE FROM t WHERE a < 90", NULL));
	assert_ok(sqlite_checkpoint(db, NULL)); /* as far as the reader permits */
	sqlite_finalize(s);
	sqlite_close(reader);
	sqlite_close(db);
	assert_int_equal(file_size(tmpdir_file(&dir, "a-wal")), -1);
}

struct fault {
	uint64_t at;
	int code;
	bool hit;
};

static int gate(uint64_t nth, void *user)
{
	struct fault *f = user;

	if (nth != f->at)
		return TOBS_OK;
	f->hit = true;
	return f->code;
}

/* What a user of transactions does, with each statement failing in turn. */
static void every_statement_fails_in_turn(void **state)
{
	struct sqlite *db = open_db(NULL, NULL);
	struct fault f = { .code = TOBS_ENOSPC };
	int64_t want = 0;

	(void)state;
	assert_ok(sqlite_exec(db, "CREATE TABLE t(a)", NULL));
	for (f.hit = true; f.hit; f.at++) {
		struct tobs_err err = { 0 };
		int r;

		f.hit = false;
		sqlite_set_gate(gate, &f);
		r = sqlite_begin(db, &err);
		if (!r) {
			r = sqlite_exec(
				db, "INSERT INTO t VALUES(1); INSERT INTO t VALUES(2)", &err);
			if (!r)
				r = sqlite_begin(db, &err);
			if (!r)
				r = sqlite_commit(db, &err);
			if (!r)
				r = sqlite_commit(db, &err);
			else
				sqlite_rollback(db);
		}
		sqlite_set_gate(NULL, NULL);
		assert_code(r, f.hit ? TOBS_ENOSPC : TOBS_OK);
		assert_int_equal(err.code, r);
		want += f.hit ? 0 : 2;
		assert_int_equal(sqlite_depth(db), 0);
		assert_int_equal(number(db, "SELECT count(*) FROM t"), want);
	}
	assert_true(f.at > 6);
	sqlite_close(db);
}

static int open_and_use(void *user)
{
	const struct sqlite_options o = { .application_id = 9, .private_file = true, .wal = true };
	struct sqlite *db = NULL;
	struct sqlite_stmt *s = NULL;
	bool row;
	int r = sqlite_open(&db, user, &o, NULL);

	if (!r)
		r = sqlite_begin(db, NULL);
	if (!r) {
		r = sqlite_exec(
			db, "CREATE TABLE t(a, b); INSERT INTO t VALUES(1, zeroblob(9000))", NULL);
		if (!r)
			r = sqlite_cached(db, "SELECT * FROM t ORDER BY b DESC", &s, NULL);
		if (!r)
			r = sqlite_step(s, &row, NULL);
		sqlite_reset(s);
		sqlite_rollback(db);
	}
	sqlite_close(db);
	return r;
}

static void every_allocation_fails_in_turn(void **state)
{
	char path[128];

	(void)state;
	snprintf(path, sizeof path, "%s", tmpdir_file(&dir, "a"));
	assert_ok(open_and_use(path));
	fail_each_allocation(open_and_use, path);
	fail_each_allocation(open_and_use, NULL);
	assert_code(sqlite_use_mem(), TOBS_EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_go_in_and_out),
		cmocka_unit_test(cached_statements_come_clean),
		cmocka_unit_test(constraints_have_codes),
		cmocka_unit_test(transactions_nest),
		cmocka_unit_test(reading_over_a_rollback),
		cmocka_unit_test_setup_teardown(files_are_private, setup, teardown),
		cmocka_unit_test_setup_teardown(options_arrive, setup, teardown),
		cmocka_unit_test_setup_teardown(odd_names, setup, teardown),
		cmocka_unit_test_setup_teardown(foreign_files_are_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(what_cannot_be_opened, setup, teardown),
		cmocka_unit_test_setup_teardown(damaged_files, setup, teardown),
		cmocka_unit_test_setup_teardown(another_connection_in_the_way, setup, teardown),
		cmocka_unit_test_setup_teardown(created_by_several, setup, teardown),
		cmocka_unit_test_setup_teardown(a_full_disk, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_directory_that_cannot_be_written, setup, teardown),
		cmocka_unit_test_setup_teardown(the_log_is_worked_in, setup, teardown),
		cmocka_unit_test_setup_teardown(every_statement_fails_in_turn, setup, teardown),
		cmocka_unit_test_setup_teardown(every_allocation_fails_in_turn, setup, teardown),
	};

	if (sqlite_use_mem())
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
