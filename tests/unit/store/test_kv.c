/* SPDX-License-Identifier: MIT */
/* The key-value store: the same tests over every driver, with time by hand. */
#include "store/kv.h"

#include "base/alloc.h"
#include "base/rand.h"
#include "store/kv_faulty.h"
#include "support/fibers.h"
#include "support/tmpdir.h"

enum driver { MEMORY, SQLITE, FAULTY_MEMORY, SLOW_SQLITE, DRIVERS };

static const char *const driver_names[] = { "memory", "sqlite", "faulty memory", "slow sqlite" };

static enum driver driver;
static struct kv_faults faults;
static struct tmpdir dir;
static struct kv *store;
static struct tobs_arena arena;
static struct tobs_err err;

static void make_driver(struct kv_driver **ret)
{
	const struct kv_sqlite_options opt = { .clock = &fiber_clock.clock };

	faults = (struct kv_faults){ .delay_ms = driver == SLOW_SQLITE };
	if (driver == MEMORY || driver == FAULTY_MEMORY)
		assert_ok(kv_memory_new(&fiber_clock.clock, ret, NULL));
	else
		assert_ok(kv_sqlite_new(tmpdir_file(&dir, "store.db"), &opt, ret, NULL));
	if (driver >= FAULTY_MEMORY)
		assert_ok(kv_faulty_new(*ret, &faults, ret, NULL));
}

static void open_store(void)
{
	struct kv_driver *d;

	tmpdir_init(&dir);
	tobs_arena_init(&arena, 64 << 20);
	make_driver(&d);
	assert_ok(kv_open(d, &store, NULL));
}

static void close_store(void)
{
	kv_close(store);
	tobs_arena_deinit(&arena);
	tmpdir_deinit(&dir);
}

static void kv_test_run(int (*fn)(void *arg))
{
	for (driver = 0; driver < DRIVERS; driver++) {
		int64_t before = mem_live();

		print_message("# %s\n", driver_names[driver]);
		fiber_test_run(fn);
		assert_int_equal(mem_live(), before);
	}
}

#define KV_TEST(name)                      \
	static int name##_body(void);      \
	static int name##_fiber(void *arg) \
	{                                  \
		int r;                     \
                                           \
		(void)arg;                 \
		open_store();              \
		r = name##_body();         \
		close_store();             \
		return r;                  \
	}                                  \
	static void name(void **state)     \
	{                                  \
		(void)state;               \
		kv_test_run(name##_fiber); \
	}                                  \
	static int name##_body(void)

static int put(const char *key, const char *value, int64_t ttl_ms)
{
	return kv_put(store, tobs_str(key), tobs_str(value), ttl_ms, &err);
}

/* The value is this; NULL: there is none. */
static void assert_value(const char *key, const char *want)
{
	struct tobs_view value;
	int r = kv_get(store, tobs_str(key), &arena, &value, &err);

	if (!want) {
		assert_code(r, TOBS_ENOTFOUND);
		return;
	}
	if (r)
		fail_msg("%s: %s", key, tobs_error_name(r));
	assert_view(value, want);
}

/* ---- One by one -------------------------------------------------------------- */

KV_TEST(keeps_values)
{
	const struct tobs_view zeros = tobs_view("a\0b", 3), zero = tobs_view("a\0c", 3);
	struct tobs_view value;

	assert_value("a", NULL);
	assert_ok(put("a", "one", 0));
	assert_ok(put("b", "", 0));
	assert_value("a", "one");
	assert_value("b", "");
	assert_ok(put("a", "another", 0));
	assert_value("a", "another");
	assert_ok(kv_put(store, zeros, zero, 0, NULL));
	assert_ok(kv_get(store, zeros, &arena, &value, NULL));
	assert_true(tobs_view_eq(value, zero));
	assert_code(kv_get(store, zero, &arena, &value, &err), TOBS_ENOTFOUND);
	assert_string_equal(err.message, "the store has no such entry");
	assert_value("a", "another");
	assert_ok(kv_delete(store, tobs_str("a"), NULL));
	assert_value("a", NULL);
	assert_ok(kv_delete(store, tobs_str("a"), NULL));
	assert_ok(put("a", "again", 0));
	assert_value("a", "again");
	return TOBS_OK;
}

KV_TEST(has_limits)
{
	static uint8_t big[KV_VALUE_MAX + 1];
	static struct kv_op ops[KV_BATCH_MAX + 1];
	const struct tobs_view key = tobs_view(big, KV_KEY_MAX),
			       key_long = tobs_view(big, KV_KEY_MAX + 1);
	struct tobs_view value;
	struct kv_page page;

	memset(big, 'k', sizeof big);
	assert_ok(kv_put(store, key, tobs_view(big, KV_VALUE_MAX), 0, &err));
	assert_ok(kv_get(store, key, &arena, &value, &err));
	assert_int_equal(value.len, KV_VALUE_MAX);
	assert_memory_equal(value.ptr, big, KV_VALUE_MAX);
	assert_code(put("", "x", 0), TOBS_EINVAL);
	assert_code(put("x", "x", -1), TOBS_EINVAL);
	assert_code(kv_put(store, key_long, key, 0, &err), TOBS_EINVAL);
	assert_string_equal(err.message, "a key of 513 bytes: allowed are 1 to 512");
	assert_code(kv_get(store, key_long, &arena, &value, &err), TOBS_EINVAL);
	assert_code(kv_put(store, key, tobs_view(big, sizeof big), 0, &err), TOBS_ETOOBIG);
	assert_code(kv_scan(store, key, key_long, 1, &arena, &page, &err), TOBS_EINVAL);
	assert_code(kv_scan(store, key, key, 0, &arena, &page, &err), TOBS_EINVAL);
	assert_code(kv_scan(store, key, key, KV_SCAN_MAX + 1, &arena, &page, &err), TOBS_EINVAL);
	assert_code(kv_apply(store, ops, KV_BATCH_MAX + 1, &err), TOBS_ETOOBIG);
	for (int i = 0; i < 17; i++)
		ops[i] = (struct kv_op){ KV_PUT, .key = tobs_view(big, (size_t)i + 1),
			.value = tobs_view(big, KV_VALUE_MAX) };
	assert_code(kv_apply(store, ops, 17, &err), TOBS_ETOOBIG);
	assert_value("k", NULL);
	assert_ok(kv_apply(store, ops, 0, &err));
	return TOBS_OK;
}

KV_TEST(reads_several_at_once)
{
	const struct tobs_view keys[] = { TOBS_LIT("b"), TOBS_LIT("none"), TOBS_LIT("a"),
		TOBS_LIT("b") };
	struct kv_found found[4];

	assert_ok(put("a", "1", 0));
	assert_ok(put("b", "2", 0));
	assert_ok(kv_get_many(store, keys, 4, &arena, found, &err));
	assert_true(found[0].found);
	assert_view(found[0].value, "2");
	assert_false(found[1].found);
	assert_view(found[2].value, "1");
	assert_view(found[3].value, "2");
	assert_ok(kv_get_many(store, keys, 0, &arena, found, &err));
	return TOBS_OK;
}

KV_TEST(ends_entries)
{
	struct kv_op gone = { KV_DELETE, .key = TOBS_LIT("a") };
	const struct tobs_view expected = TOBS_LIT("1");
	struct kv_page page;
	int64_t n;

	assert_ok(put("a", "1", 1000));
	assert_ok(put("b", "1", 1000));
	assert_ok(put("c", "1", 1000));
	assert_ok(put("d", "1", 1000));
	assert_ok(put("for ever", "1", 0));
	assert_ok(tobs_sleep(900));
	assert_value("a", "1");
	assert_ok(put("b", "2", 0));                              /* forgets it */
	assert_ok(put("c", "2", 1000));                           /* begins anew */
	assert_ok(kv_add(store, tobs_str("d"), 5, 99, &n, &err)); /* leaves it */
	assert_int_equal(n, 6);
	assert_ok(tobs_sleep(200));
	assert_value("a", NULL);
	assert_value("b", "2");
	assert_value("c", "2");
	assert_value("d", NULL);
	assert_ok(kv_scan(store, tobs_str(""), tobs_str(""), 10, &arena, &page, &err));
	assert_int_equal(page.count, 3);
	assert_view(page.pairs[0].key, "b");
	assert_ok(kv_apply(store, &gone, 1, &err));
	assert_false(gone.was);
	assert_ok(kv_add(store, tobs_str("d"), 5, 500, &n, &err));
	assert_int_equal(n, 5);
	assert_code(kv_swap(store, tobs_str("a"), &expected, tobs_str("2"), 0, &err), TOBS_EAGAIN);
	assert_ok(kv_swap(store, tobs_str("a"), NULL, tobs_str("3"), 100, &err));
	assert_value("a", "3");
	assert_ok(tobs_sleep(600));
	assert_value("a", NULL);
	assert_value("d", NULL);
	assert_ok(tobs_sleep(1000LL * 86400 * 365 * 100));
	assert_value("for ever", "1");
	assert_value("c", NULL);
	/* Too long to count is for ever. */
	assert_ok(put("a", "long", INT64_MAX));
	assert_value("a", "long");
	return TOBS_OK;
}

KV_TEST(swaps)
{
	const struct tobs_view one = TOBS_LIT("1"), two = TOBS_LIT("2");

	assert_code(kv_swap(store, tobs_str("a"), &one, two, 0, &err), TOBS_EAGAIN);
	assert_ok(kv_swap(store, tobs_str("a"), NULL, one, 0, &err));
	assert_code(kv_swap(store, tobs_str("a"), NULL, two, 0, &err), TOBS_EAGAIN);
	assert_string_equal(err.message, "the store holds something else by now");
	assert_value("a", "1");
	assert_ok(kv_swap(store, tobs_str("a"), &one, two, 0, &err));
	assert_code(kv_swap(store, tobs_str("a"), &one, one, 0, &err), TOBS_EAGAIN);
	assert_value("a", "2");
	return TOBS_OK;
}

KV_TEST(adds)
{
	int64_t n = 0;

	assert_ok(kv_add(store, tobs_str("n"), 5, 0, &n, &err));
	assert_int_equal(n, 5);
	assert_ok(kv_add(store, tobs_str("n"), -7, 0, &n, &err));
	assert_int_equal(n, -2);
	assert_value("n", "-2");
	assert_ok(kv_add(store, tobs_str("n"), 0, 0, NULL, &err));
	assert_ok(put("n", "9223372036854775806", 0));
	assert_ok(kv_add(store, tobs_str("n"), 1, 0, &n, &err));
	assert_true(n == INT64_MAX);
	assert_code(kv_add(store, tobs_str("n"), 1, 0, &n, &err), TOBS_EINVAL);
	assert_value("n", "9223372036854775807");
	assert_ok(put("n", "a word", 0));
	assert_code(kv_add(store, tobs_str("n"), 1, 0, &n, &err), TOBS_EINVAL);
	assert_string_equal(err.message, "this cannot be added to what the store holds");
	assert_value("n", "a word");
	return TOBS_OK;
}

/* ---- Batches ------------------------------------------------------------------- */

KV_TEST(does_all_or_nothing)
{
	struct kv_op ops[] = {
		{ KV_PUT, .key = TOBS_LIT("a"), .value = TOBS_LIT("1") },
		{ KV_ADD, .key = TOBS_LIT("n"), .delta = 3 },
		{ KV_DELETE, .key = TOBS_LIT("b") },
		{ KV_EXPECT, .key = TOBS_LIT("c"), .value = TOBS_LIT("old") },
		{ KV_PUT, .key = TOBS_LIT("c"), .value = TOBS_LIT("new") },
		{ KV_ABSENT, .key = TOBS_LIT("d") },
	};

	assert_ok(put("b", "there", 0));
	assert_ok(put("c", "old", 0));
	assert_ok(put("d", "in the way", 0));
	assert_code(kv_apply(store, ops, 6, &err), TOBS_EAGAIN);
	assert_int_equal(err.offset, 5);
	assert_value("a", NULL);
	assert_value("n", NULL);
	assert_value("b", "there");
	assert_value("c", "old");
	assert_ok(kv_delete(store, tobs_str("d"), &err));
	assert_ok(kv_apply(store, ops, 6, &err));
	assert_int_equal(ops[1].number, 3);
	assert_true(ops[2].was);
	assert_value("a", "1");
	assert_value("b", NULL);
	assert_value("c", "new");
	/* Once more: what is expected is not there any more. */
	assert_code(kv_apply(store, ops, 6, &err), TOBS_EAGAIN);
	assert_int_equal(err.offset, 3);
	assert_value("n", "3");
	/* A number that is none stops the rest as well. */
	ops[3].value = (struct tobs_view)TOBS_LIT("new");
	assert_ok(put("n", "x", 0));
	assert_ok(put("b", "there", 0));
	assert_code(kv_apply(store, ops, 6, &err), TOBS_EINVAL);
	assert_int_equal(err.offset, 1);
	assert_value("b", "there");
	return TOBS_OK;
}

KV_TEST(changes_a_key_once)
{
	struct kv_op ops[40];
	char keys[40][8];

	for (int i = 0; i < 40; i++) {
		snprintf(keys[i], sizeof keys[i], "key %d", i * 7 % 40);
		ops[i] = (struct kv_op){ KV_PUT, .key = tobs_str(keys[i]),
			.value = tobs_str(keys[i]) };
	}
	assert_ok(kv_apply(store, ops, 40, &err));
	for (int i = 0; i < 40; i++)
		assert_value(keys[i], keys[i]);
	ops[3].kind = KV_DELETE;
	ops[3].key = ops[39].key;
	assert_code(kv_apply(store, ops, 40, &err), TOBS_EINVAL);
	ops[1].key = ops[3].key;
	assert_code(kv_apply(store, ops, 4, &err), TOBS_EINVAL);
	assert_string_equal(err.message, "a batch changes one key twice");
	ops[1].kind = KV_EXPECT; /* which changes nothing */
	ops[1].value = tobs_str(keys[39]);
	assert_ok(kv_apply(store, ops, 4, &err));
	assert_value(keys[39], NULL);
	return TOBS_OK;
}

/* ---- Scans ---------------------------------------------------------------------- */

static void assert_scan(const char *prefix, const char *after, size_t limit, const char *want)
{
	struct kv_page page;
	struct tobs_buf have;

	tobs_buf_init(&have, 10000);
	assert_ok(kv_scan(store, tobs_str(prefix), tobs_str(after), limit, &arena, &page, &err));
	for (size_t i = 0; i < page.count; i++)
		tobs_buf_printf(&have, "%.*s=%.*s ", TOBS_VIEW_FMT(page.pairs[i].key),
			TOBS_VIEW_FMT(page.pairs[i].value));
	if (page.more)
		tobs_buf_puts(&have, "…");
	assert_string_equal(tobs_buf_str(&have), want);
	tobs_buf_deinit(&have);
}

KV_TEST(scans_in_order)
{
	static const char *const keys[] = { "b/2", "a", "b/10", "b", "b/", "c", "b/1", "b\xff",
		"b\xff\xff", "\xff", "\xff\xff" };

	assert_scan("", "", 10, "");
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		assert_ok(put(keys[i], "v", 0));
	assert_scan("b/", "", 10, "b/=v b/1=v b/10=v b/2=v ");
	assert_scan("b/", "b/1", 10, "b/10=v b/2=v ");
	assert_scan("b/", "b/1", 1, "b/10=v …");
	assert_scan("b/", "b/1", 2, "b/10=v b/2=v ");
	assert_scan("b/", "b/2", 10, "");
	assert_scan("b/", "a", 2, "b/=v b/1=v …");
	assert_scan("b/", "c", 10, "");
	assert_scan("b\xff", "", 10, "b\xff=v b\xff\xff=v ");
	assert_scan("\xff", "", 10, "\xff=v \xff\xff=v ");
	assert_scan("\xff\xff\xff", "", 10, "");
	assert_scan("", "", 2, "a=v b=v …");
	assert_scan("", "b\xff\xff", 10, "c=v \xff=v \xff\xff=v ");
	assert_scan("none", "", 10, "");
	/* What the last page ended with may be gone. */
	assert_ok(kv_delete(store, tobs_str("b/1"), NULL));
	assert_scan("b/", "b/1", 10, "b/10=v b/2=v ");
	return TOBS_OK;
}

/* ---- Against a model --------------------------------------------------------------- */

enum { MODEL_KEYS = 60 };

struct model {
	char value[MODEL_KEYS][16]; /* empty: no entry */
	int64_t ends[MODEL_KEYS];   /* ms; 0: never */
};

static bool model_has(const struct model *m, size_t i)
{
	return m->value[i][0] && (!m->ends[i] || m->ends[i] > elapsed());
}

static void model_key(size_t i, char *ret)
{
	snprintf(ret, 8, "%c%zu", (char)('a' + i % 7), i);
}

static void change(struct model *m, struct prng *p)
{
	size_t i = prng_below(p, MODEL_KEYS);
	int64_t ttl = prng_below(p, 3) ? 0 : 1 + (int64_t)prng_below(p, 50), n;
	char key[8], value[16];

	model_key(i, key);
	snprintf(value, sizeof value, "%d", (int)prng_below(p, 1000));
	switch (prng_below(p, 4)) {
	case 0:
		assert_ok(kv_delete(store, tobs_str(key), NULL));
		m->value[i][0] = 0;
		break;
	case 1:
		assert_ok(kv_add(store, tobs_str(key), 7, ttl, &n, NULL));
		if (!model_has(m, i)) {
			m->value[i][0] = 0;
			m->ends[i] = ttl ? elapsed() + ttl : 0;
		}
		snprintf(m->value[i], sizeof m->value[i], "%d",
			(m->value[i][0] ? (int)strtol(m->value[i], NULL, 10) : 0) + 7);
		assert_int_equal(n, strtol(m->value[i], NULL, 10));
		break;
	default:
		assert_ok(put(key, value, ttl));
		memcpy(m->value[i], value, sizeof value);
		m->ends[i] = ttl ? elapsed() + ttl : 0;
	}
}

static int by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void compare(const struct model *m, struct prng *p)
{
	char keys[MODEL_KEYS][8], after[8] = "";
	size_t count = 0, limit = 1 + prng_below(p, 70), seen = 0;
	struct kv_page page;

	for (size_t i = 0; i < MODEL_KEYS; i++) {
		char key[8];

		model_key(i, key);
		assert_value(key, model_has(m, i) ? m->value[i] : NULL);
		if (model_has(m, i))
			memcpy(keys[count++], key, sizeof key);
	}
	qsort(keys, count, sizeof keys[0], by_text);
	do {
		assert_ok(
			kv_scan(store, tobs_str(""), tobs_str(after), limit, &arena, &page, NULL));
		for (size_t i = 0; i < page.count; i++, seen++) {
			assert_true(seen < count);
			assert_view(page.pairs[i].key, keys[seen]);
			snprintf(after, sizeof after, "%.*s", TOBS_VIEW_FMT(page.pairs[i].key));
		}
	} while (page.more);
	assert_int_equal(seen, count);
}

KV_TEST(does_as_a_model_does)
{
	struct prng p = { 20240501 };
	struct model m = { 0 };

	for (int round = 0; round < 40; round++) {
		for (int i = 0; i < 25; i++)
			change(&m, &p);
		assert_ok(tobs_sleep((int64_t)prng_below(&p, 20)));
		/* The model reads the clock once, the store at each call. */
		faults.delay_ms = 0;
		compare(&m, &p);
		faults.delay_ms = driver == SLOW_SQLITE;
		tobs_arena_reset(&arena);
	}
	return TOBS_OK;
}

/* ---- Many fibers ---------------------------------------------------------------------- */

static int count_up(void *arg)
{
	int64_t n;
	int r = TOBS_OK;

	(void)arg;
	for (int i = 0; i < 10 && !r; i++)
		r = kv_add(store, tobs_str("n"), 1, 0, &n, NULL);
	return r;
}

KV_TEST(serves_many_fibers)
{
	struct tobs_group group;
	struct kv_stats stats;

	tobs_group_init(&group, 0);
	for (int i = 0; i < 100; i++)
		assert_ok(tobs_group_spawn(&group, count_up, NULL, NULL));
	assert_ok(tobs_group_wait(&group));
	assert_value("n", "1000");
	kv_stats(store, &stats);
	assert_int_equal(stats.calls, 1001);
	assert_int_equal(stats.waiting, 0);
	/* A hundred wait for one commit. */
	if (driver != MEMORY)
		assert_in_range(stats.groups, 10, 50);
	return TOBS_OK;
}

/* Exactly one of those that want the same wins. */
static int claim(void *arg)
{
	int *wins = arg;
	int r = kv_swap(store, tobs_str("lock"), NULL, tobs_str("mine"), 0, NULL);

	*wins += !r;
	return r == TOBS_EAGAIN ? TOBS_OK : r;
}

KV_TEST(lets_one_win)
{
	struct tobs_group group;
	int wins = 0;

	tobs_group_init(&group, 0);
	for (int i = 0; i < 50; i++)
		assert_ok(tobs_group_spawn(&group, claim, &wins, NULL));
	assert_ok(tobs_group_wait(&group));
	assert_int_equal(wins, 1);
	return TOBS_OK;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_values),
		cmocka_unit_test(has_limits),
		cmocka_unit_test(reads_several_at_once),
		cmocka_unit_test(ends_entries),
		cmocka_unit_test(swaps),
		cmocka_unit_test(adds),
		cmocka_unit_test(does_all_or_nothing),
		cmocka_unit_test(changes_a_key_once),
		cmocka_unit_test(scans_in_order),
		cmocka_unit_test(does_as_a_model_does),
		cmocka_unit_test(serves_many_fibers),
		cmocka_unit_test(lets_one_win),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
