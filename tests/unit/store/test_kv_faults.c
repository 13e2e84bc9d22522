/* SPDX-License-Identifier: MIT */
/* The key-value store when things go wrong: failing drivers, fibers that give up, no memory. */
#include "base/alloc.h"
#include "store/kv.h"
#include "store/kv_faulty.h"
#include "support/failmem.h"
#include "support/fibers.h"

static struct kv_faults faults;
static struct kv *store;
static struct tobs_arena arena;
static struct tobs_err err;

static void open_store(void)
{
	struct kv_driver *d;

	faults = (struct kv_faults){ 0 };
	tobs_arena_init(&arena, 1 << 20);
	assert_ok(kv_memory_new(&fiber_clock.clock, &d, NULL));
	assert_ok(kv_faulty_new(d, &faults, &d, NULL));
	assert_ok(kv_open(d, &store, NULL));
}

static void close_store(void)
{
	kv_close(store);
	tobs_arena_deinit(&arena);
}

static int put(const char *key, const char *value)
{
	return kv_put(store, tobs_str(key), tobs_str(value), 0, &err);
}

static void assert_value(const char *key, const char *want)
{
	struct tobs_view value;
	int r = kv_get(store, tobs_str(key), &arena, &value, &err);

	assert_code(r, want ? TOBS_OK : TOBS_ENOTFOUND);
	if (want)
		assert_view(value, want);
}

/* ---- Drivers that fail ----------------------------------------------------------- */

FIBER_TEST(fails_and_recovers)
{
	open_store();
	assert_ok(put("a", "1"));
	faults.fail_at = faults.requests + 2;
	faults.fail_count = 2;
	faults.code = TOBS_ENOSPC;
	assert_ok(put("a", "2"));
	assert_code(put("a", "3"), TOBS_ENOSPC);
	assert_code(err.code, TOBS_ENOSPC);
	assert_string_equal(err.message, "the store was told to fail");
	assert_code(put("b", "3"), TOBS_ENOSPC);
	assert_value("a", "2");
	assert_value("b", NULL);
	assert_ok(put("b", "4"));
	assert_value("b", "4");
	assert_int_equal(faults.failed, 2);
	close_store();
	return TOBS_OK;
}

FIBER_TEST(loses_its_connection_after_the_work)
{
	open_store();
	faults.fail_at = 1;
	faults.fail_count = 1;
	faults.code = TOBS_ENET;
	faults.after = true;
	assert_code(put("a", "1"), TOBS_ENET);
	assert_value("a", "1");
	close_store();
	return TOBS_OK;
}

struct writer {
	const char *key;
	int result;
	int64_t took;
};

static int write_one(void *arg)
{
	struct writer *w = arg;
	int64_t start = elapsed();

	w->result = kv_put(store, tobs_str(w->key), tobs_str("x"), 0, NULL);
	w->took = elapsed() - start;
	return TOBS_OK;
}

/* In a group, a failure is of the one it hits. */
FIBER_TEST(fails_one_of_a_group)
{
	struct writer writers[5] = { { "a" }, { "b" }, { "c" }, { "d" }, { "e" } };
	struct tobs_group group;

	open_store();
	faults.fail_at = 3;
	faults.fail_count = 2;
	faults.code = TOBS_EIO;
	tobs_group_init(&group, 0);
	for (size_t i = 0; i < 5; i++)
		assert_ok(tobs_group_spawn(&group, write_one, &writers[i], NULL));
	assert_ok(tobs_group_wait(&group));
	assert_int_equal(faults.groups, 1);
	for (size_t i = 0; i < 5; i++) {
		assert_code(writers[i].result, i == 2 || i == 3 ? TOBS_EIO : TOBS_OK);
		assert_value(writers[i].key, i == 2 || i == 3 ? NULL : "x");
	}
	close_store();
	return TOBS_OK;
}

static int write_twice(void *arg)
{
	int r = write_one(arg);

	return r ? r : write_one(arg);
}

/* Those whose write has just returned have their next one in the group that gathered meanwhile. */
FIBER_TEST(gathers_groups)
{
	struct writer writers[10], late = { "late" };
	struct tobs_group group;

	open_store();
	faults.delay_ms = 10;
	tobs_group_init(&group, 0);
	for (size_t i = 0; i < 10; i++) {
		writers[i] = (struct writer){ "key" };
		assert_ok(tobs_group_spawn(&group, write_twice, &writers[i], NULL));
	}
	assert_ok(tobs_sleep(5));
	assert_ok(tobs_group_spawn(&group, write_one, &late, NULL));
	assert_ok(tobs_group_wait(&group));
	assert_int_equal(faults.requests, 21);
	assert_int_equal(faults.groups, 2);
	close_store();
	return TOBS_OK;
}

/* ---- Fibers that give up ----------------------------------------------------------- */

FIBER_TEST(withdraws_what_has_not_begun)
{
	struct writer first = { "first" }, second = { "second" };
	struct tobs_fiber *a, *b;

	open_store();
	faults.delay_ms = 1000;
	assert_ok(tobs_spawn(&a, write_one, &first, NULL));
	assert_ok(tobs_sleep(100));
	assert_ok(tobs_spawn(&b, write_one, &second, NULL));
	assert_ok(tobs_sleep(100));
	tobs_cancel(a);
	tobs_cancel(b);
	assert_ok(tobs_join(a, NULL));
	assert_ok(tobs_join(b, NULL));
	/* What was under way was brought to its end, and told as what it is. */
	assert_ok(first.result);
	assert_int_equal(first.took, 1000);
	assert_code(second.result, TOBS_ECANCELED);
	assert_int_equal(second.took, 100);
	faults.delay_ms = 0;
	assert_value("first", "x");
	assert_value("second", NULL);
	close_store();
	return TOBS_OK;
}

FIBER_TEST(keeps_to_deadlines)
{
	struct writer first = { "first" };
	struct tobs_deadline d;
	struct tobs_fiber *f;

	open_store();
	faults.delay_ms = 1000;
	assert_ok(tobs_spawn(&f, write_one, &first, NULL));
	assert_ok(tobs_sleep(10));
	tobs_deadline_push(&d, 100);
	assert_code(put("second", "x"), TOBS_ETIMEDOUT);
	assert_code(err.code, TOBS_ETIMEDOUT);
	tobs_deadline_pop(&d);
	tobs_deadline_push(&d, 0);
	assert_code(put("third", "x"), TOBS_ETIMEDOUT);
	tobs_deadline_pop(&d);
	assert_ok(tobs_join(f, NULL));
	/* Begun before its deadline. */
	tobs_deadline_push(&d, 100);
	assert_ok(put("fourth", "x"));
	tobs_deadline_pop(&d);
	faults.delay_ms = 0;
	assert_value("second", NULL);
	assert_value("third", NULL);
	assert_value("fourth", "x");
	close_store();
	return TOBS_OK;
}

/* Closing waits for nobody's sake but its own: what was given up is gone by then. */
FIBER_TEST(closes_after_a_withdrawal)
{
	struct tobs_fiber *f;
	struct writer w = { "a" };

	open_store();
	assert_ok(tobs_spawn(&f, write_one, &w, NULL));
	tobs_cancel(f);
	assert_ok(tobs_join(f, NULL));
	assert_code(w.result, TOBS_ECANCELED);
	close_store();
	kv_close(NULL);
	kv_driver_free(NULL);
	return TOBS_OK;
}

static void needs_a_fiber(void **state)
{
	struct kv_driver *d;
	struct kv *s = NULL;

	(void)state;
	assert_ok(kv_memory_new(NULL, &d, NULL));
	assert_code(kv_open(d, &s, NULL), TOBS_EINVAL);
	assert_null(s);
}

/* ---- Without memory ------------------------------------------------------------------ */

/* In both ways a memory store can be asked: at once, and in groups. */
static int use_store(void *arg)
{
	static const char letters[] = "abcdefghijkl";
	const bool *faulty = arg;
	struct kv_op ops[12];
	struct kv_driver *d;
	struct tobs_view value;
	struct kv_page page;
	struct kv *s = NULL;
	int r = kv_memory_new(NULL, &d, NULL);

	if (!r && *faulty)
		r = kv_faulty_new(d, &faults, &d, NULL);
	if (!r)
		r = kv_open(d, &s, NULL);
	if (r)
		return r;
	tobs_arena_init(&arena, 1 << 20);
	for (size_t i = 0; i < ARRAY_LEN(ops); i++)
		ops[i] = (struct kv_op){ i % 3 ? KV_PUT : KV_ADD, .key = tobs_view(&letters[i], 1),
			.value = TOBS_LIT("v"), .delta = 1 };
	r = kv_apply(s, ops, ARRAY_LEN(ops), NULL);
	/* All of it or nothing. */
	if (r == TOBS_ENOMEM && kv_get(s, tobs_str("a"), &arena, &value, NULL) == TOBS_OK)
		r = TOBS_EINTERNAL;
	if (!r)
		r = kv_get(s, tobs_str("b"), &arena, &value, NULL);
	if (!r)
		r = kv_scan(s, tobs_str(""), tobs_str(""), 20, &arena, &page, NULL);
	if (!r && page.count != ARRAY_LEN(ops))
		r = TOBS_EINTERNAL;
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
	bool faulty = false;

	(void)state;
	faults = (struct kv_faults){ 0 };
	fail_each_allocation(run_hungry, &faulty);
	faulty = true;
	fail_each_allocation(run_hungry, &faulty);
}

/* ---- Memory ------------------------------------------------------------------------------ */

/* What has ended gives its memory back, by and by, also when nobody asks for it. */
FIBER_TEST(forgets_what_has_ended)
{
	struct kv_driver *d;
	int64_t before, with;
	char key[32];

	assert_ok(kv_memory_new(&fiber_clock.clock, &d, NULL));
	assert_ok(kv_open(d, &store, NULL));
	before = mem_live();
	for (int i = 0; i < 1000; i++) {
		snprintf(key, sizeof key, "short %d", i);
		assert_ok(kv_put(store, tobs_str(key), tobs_str("x"), 1000, NULL));
	}
	with = mem_live();
	assert_int_equal(with - before, 1000);
	assert_ok(tobs_sleep(2000));
	for (int i = 0; i < 1000; i++)
		assert_ok(kv_put(store, tobs_str("long"), tobs_str("x"), 0, NULL));
	assert_int_equal(mem_live() - before, 1);
	kv_close(store);
	return TOBS_OK;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fiber_unit_test(fails_and_recovers),
		fiber_unit_test(loses_its_connection_after_the_work),
		fiber_unit_test(fails_one_of_a_group),
		fiber_unit_test(gathers_groups),
		fiber_unit_test(withdraws_what_has_not_begun),
		fiber_unit_test(keeps_to_deadlines),
		fiber_unit_test(closes_after_a_withdrawal),
		cmocka_unit_test(needs_a_fiber),
		cmocka_unit_test(survives_without_memory),
		fiber_unit_test(forgets_what_has_ended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
