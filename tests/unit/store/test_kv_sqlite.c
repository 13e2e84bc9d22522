/* SPDX-License-Identifier: MIT */
/* What the SQLite driver of the key-value store does with its file. */
#include <sys/stat.h>

#include "base/alloc.h"
#include "store/kv.h"
#include "store/sqlite.h"
#include "support/child.h"
#include "support/failmem.h"
#include "support/fibers.h"
#include "support/tmpdir.h"

static struct tmpdir dir;
static char path[200];
static struct kv *store;
static struct tobs_arena arena;
static struct tobs_err err;

static int setup(void **state)
{
	(void)state;
	tmpdir_init(&dir);
	snprintf(path, sizeof path, "%s", tmpdir_file(&dir, "store.db"));
	tobs_arena_init(&arena, 1 << 20);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	sqlite_set_gate(NULL, NULL);
	tobs_arena_deinit(&arena);
	tmpdir_deinit(&dir);
	return 0;
}

static int open_at(struct kv **ret, int busy_ms)
{
	const struct kv_sqlite_options opt = { .clock = &fiber_clock.clock, .busy_ms = busy_ms };
	struct kv_driver *d;
	int r = kv_sqlite_new(path, &opt, &d, &err);

	return r ? r : kv_open(d, ret, &err);
}

static int put(struct kv *s, const char *key, const char *value)
{
	return kv_put(s, tobs_str(key), tobs_str(value), 0, &err);
}

static void assert_value(struct kv *s, const char *key, const char *want)
{
	struct tobs_view value;
	int r = kv_get(s, tobs_str(key), &arena, &value, &err);

	assert_code(r, want ? TOBS_OK : TOBS_ENOTFOUND);
	if (want)
		assert_view(value, want);
}

FIBER_TEST(survives_being_closed)
{
	assert_ok(open_at(&store, 0));
	assert_ok(put(store, "a", "1"));
	assert_ok(kv_put(store, tobs_str("b"), tobs_str("2"), 1000, NULL));
	kv_close(store);
	assert_int_equal(file_mode(path), 0600);
	assert_int_equal(file_size(path) > 0, 1);
	assert_ok(tobs_sleep(500));
	assert_ok(open_at(&store, 0));
	assert_value(store, "a", "1");
	assert_value(store, "b", "2");
	kv_close(store);
	assert_ok(tobs_sleep(600));
	assert_ok(open_at(&store, 0));
	assert_value(store, "b", NULL);
	kv_close(store);
	return TOBS_OK;
}

/* Writes until it is killed; each number that was committed is told. */
static int told[2];

static int write_for_ever(void *arg)
{
	struct kv_driver *d;
	struct kv *s;
	int64_t n;

	(void)arg;
	if (kv_sqlite_new(path, NULL, &d, NULL) || kv_open(d, &s, NULL))
		return 1;
	for (;;)
		if (kv_add(s, tobs_str("n"), 1, 0, &n, NULL) ||
			write(told[1], &n, sizeof n) != sizeof n)
			return 1;
}

static int be_killed(void *user)
{
	(void)user;
	return tobs_run(write_for_ever, NULL);
}

static int64_t committed;

static int read_committed(void *arg)
{
	struct tobs_view value;

	(void)arg;
	assert_ok(open_at(&store, 0));
	assert_ok(kv_get(store, tobs_str("n"), &arena, &value, &err));
	assert_ok(tobs_view_int(value, 0, INT64_MAX, &committed));
	kv_close(store);
	return TOBS_OK;
}

static void survives_being_killed(void **state)
{
	(void)state;
	committed = 0;
	for (int round = 1; round <= 5; round++) {
		int64_t n = 0, stop = committed + round * 7;
		pid_t pid;

		assert_int_equal(pipe(told), 0);
		pid = child_start(be_killed, NULL);
		close(told[1]);
		while (n < stop && read(told[0], &n, sizeof n) == sizeof n)
			;
		kill(pid, SIGKILL);
		child_wait(pid);
		while (read(told[0], &n, sizeof n) == sizeof n)
			;
		close(told[0]);
		assert_true(n >= stop);
		fiber_test_run(read_committed);
		/* All that it told, and perhaps the one it could not tell any more. */
		assert_in_range(committed, n, n + 1);
	}
}

FIBER_TEST(two_share_a_file)
{
	struct kv *other;
	int64_t n;

	assert_ok(open_at(&store, 0));
	assert_ok(open_at(&other, 0));
	for (int i = 0; i < 20; i++) {
		assert_ok(kv_add(i % 2 ? store : other, tobs_str("n"), 1, 0, &n, &err));
		assert_int_equal(n, i + 1);
	}
	assert_ok(put(store, "a", "1"));
	assert_value(other, "a", "1");
	kv_close(other);
	kv_close(store);
	return TOBS_OK;
}

FIBER_TEST(tells_that_another_holds_it)
{
	struct sqlite *db;

	assert_ok(open_at(&store, 1));
	assert_ok(put(store, "a", "1"));
	assert_ok(sqlite_open(&db, path, NULL, NULL));
	assert_ok(sqlite_begin(db, NULL));
	assert_code(put(store, "a", "2"), TOBS_ELOCKED);
	assert_code(err.code, TOBS_ELOCKED);
	assert_value(store, "a", "1"); /* reading goes on */
	sqlite_rollback(db);
	assert_ok(put(store, "a", "3"));
	assert_value(store, "a", "3");
	sqlite_close(db);
	kv_close(store);
	return TOBS_OK;
}

FIBER_TEST(opens_no_other_files)
{
	struct kv_driver *d = NULL;
	struct sqlite *db;

	assert_ok(sqlite_open(&db, path, &(struct sqlite_options){ .application_id = 5 }, NULL));
	assert_ok(sqlite_exec(db, "CREATE TABLE x (y)", NULL));
	sqlite_close(db);
	assert_code(kv_sqlite_new(path, NULL, &d, &err), TOBS_EUNSUPPORTED);
	assert_code(err.code, TOBS_EUNSUPPORTED);
	assert_code(kv_sqlite_new(dir.path, NULL, &d, &err), TOBS_EDB);
	assert_code(kv_sqlite_new("/no/such/place/store.db", NULL, &d, &err), TOBS_ENOTFOUND);
	assert_null(d);
	return TOBS_OK;
}

static int64_t rows(void)
{
	struct sqlite *db;
	int64_t n = -1;

	assert_ok(sqlite_open(&db, path, NULL, NULL));
	assert_ok(sqlite_get_i64(db, "SELECT count(*) FROM kv", &n, NULL));
	sqlite_close(db);
	return n;
}

FIBER_TEST(deletes_what_has_ended)
{
	struct kv_op ops[500];
	char keys[500][16];

	assert_ok(open_at(&store, 0));
	for (int i = 0; i < 500; i++) {
		snprintf(keys[i], sizeof keys[i], "%d", i);
		ops[i] = (struct kv_op){ KV_PUT, .key = tobs_str(keys[i]), .ttl_ms = 1000 };
	}
	assert_ok(kv_apply(store, ops, 500, &err));
	assert_ok(put(store, "long", "x"));
	assert_int_equal(rows(), 501);
	assert_ok(tobs_sleep(60000));
	for (int i = 0; i < 4; i++) /* some at a time */
		assert_ok(put(store, "long", "x"));
	assert_int_equal(rows(), 1);
	kv_close(store);
	return TOBS_OK;
}

/* ---- Statements that fail ----------------------------------------------------------- */

struct gate {
	uint64_t fail_at;
	bool hit;
	int code;
};

static int gate(uint64_t nth, void *user)
{
	struct gate *g = user;

	if (nth != g->fail_at)
		return TOBS_OK;
	g->hit = true;
	return g->code;
}

struct writer {
	char key[8];
	int result;
};

static int write_pair(void *arg)
{
	struct writer *w = arg;
	char twin[16];
	struct kv_op ops[2];

	snprintf(twin, sizeof twin, "twin %s", w->key);
	ops[0] = (struct kv_op){ KV_ADD, .key = tobs_str(w->key), .delta = 1 };
	ops[1] = (struct kv_op){ KV_ADD, .key = tobs_str(twin), .delta = 1 };
	w->result = kv_apply(store, ops, 2, NULL);
	return TOBS_OK;
}

static void assert_twins(struct writer *w, int64_t *counts)
{
	struct tobs_view keys[2], value[2] = { TOBS_LIT("0"), TOBS_LIT("0") };
	struct kv_found found[2];
	char twin[16];
	int64_t n[2];

	snprintf(twin, sizeof twin, "twin %s", w->key);
	keys[0] = tobs_str(w->key);
	keys[1] = tobs_str(twin);
	assert_ok(kv_get_many(store, keys, 2, &arena, found, NULL));
	for (int i = 0; i < 2; i++) {
		if (found[i].found)
			value[i] = found[i].value;
		assert_ok(tobs_view_int(value[i], 0, 1000, &n[i]));
	}
	assert_int_equal(n[0], n[1]);
	/* Told as done: done. Told as failed: not done. */
	*counts += !w->result;
	assert_int_equal(n[0], *counts);
}

/* Each statement of a group fails in turn, with the disk full or the file broken. */
FIBER_TEST(is_never_half_done)
{
	struct writer writers[4] = { { "a" }, { "b" }, { "c" }, { "d" } };
	int64_t counts[4] = { 0 };
	struct gate g = { .hit = true };

	assert_ok(open_at(&store, 0));
	for (; g.hit; g.fail_at++) {
		struct tobs_group group;

		g.hit = false;
		g.code = g.fail_at % 2 ? TOBS_ENOSPC : TOBS_EIO;
		sqlite_set_gate(gate, &g);
		tobs_group_init(&group, 0);
		for (size_t i = 0; i < ARRAY_LEN(writers); i++)
			assert_ok(tobs_group_spawn(&group, write_pair, &writers[i], NULL));
		assert_ok(tobs_group_wait(&group));
		sqlite_set_gate(NULL, NULL);
		for (size_t i = 0; i < ARRAY_LEN(writers); i++) {
			if (g.hit && writers[i].result)
				assert_code(writers[i].result, g.code);
			assert_twins(&writers[i], &counts[i]);
		}
	}
	/* It did fail often, and the last time everything went well. */
	assert_true(g.fail_at > 20);
	assert_int_equal(counts[0], 1);
	kv_close(store);
	return TOBS_OK;
}

/* ---- Without memory --------------------------------------------------------------------- */

static int use_store(void *arg)
{
	struct tobs_view value;
	struct kv_driver *d;
	struct kv *s = NULL;
	int r = kv_sqlite_new(arg, NULL, &d, &err);

	if (!r)
		r = kv_open(d, &s, NULL);
	if (r)
		return r;
	r = kv_put(s, tobs_str("a"), tobs_str("1"), 0, NULL);
	if (!r)
		r = kv_add(s, tobs_str("a"), 1, 0, NULL, NULL);
	if (!r)
		r = kv_get(s, tobs_str("a"), &arena, &value, NULL);
	kv_close(s);
	tobs_arena_deinit(&arena);
	return r;
}

static int run_hungry(void *user)
{
	return tobs_run(use_store, user);
}

static void survives_without_memory(void **state)
{
	(void)state;
	fail_each_allocation(run_hungry, path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(survives_being_closed, setup, teardown),
		cmocka_unit_test_setup_teardown(survives_being_killed, setup, teardown),
		cmocka_unit_test_setup_teardown(two_share_a_file, setup, teardown),
		cmocka_unit_test_setup_teardown(tells_that_another_holds_it, setup, teardown),
		cmocka_unit_test_setup_teardown(opens_no_other_files, setup, teardown),
		cmocka_unit_test_setup_teardown(deletes_what_has_ended, setup, teardown),
		cmocka_unit_test_setup_teardown(is_never_half_done, setup, teardown),
		cmocka_unit_test_setup_teardown(survives_without_memory, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
