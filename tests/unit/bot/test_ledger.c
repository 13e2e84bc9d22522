/* SPDX-License-Identifier: MIT */
#include "bot/ledger.h"

#include "store/kv_faulty.h"
#include "support/fibers.h"

static struct kv *store;
static struct kv_faults faults;
static struct ledger ledger;
static struct tobs_err err;

static void begin(bool durable)
{
	struct kv_driver *memory, *driver;

	faults = (struct kv_faults){ 0 };
	assert_ok(kv_memory_new(NULL, &memory, NULL));
	assert_ok(kv_faulty_new(memory, &faults, &driver, NULL));
	assert_ok(kv_open(driver, &store, NULL));
	ledger_init(&ledger);
	assert_ok(ledger_open(&ledger, store, durable, NULL));
}

/* As after a kill: nothing but the store is left. */
static void again(void)
{
	ledger_deinit(&ledger);
	ledger_init(&ledger);
	assert_ok(ledger_open(&ledger, store, true, NULL));
}

static void end(void)
{
	ledger_deinit(&ledger);
	kv_close(store);
}

static void finish(int64_t id)
{
	assert_ok(ledger_finish(&ledger, id, NULL, 0, &err));
}

FIBER_TEST(remembers)
{
	begin(true);
	assert_false(ledger_has(&ledger, 5));
	assert_ok(ledger_take(&ledger, 5));
	assert_false(ledger_has(&ledger, 5));
	assert_code(ledger_take(&ledger, 5), TOBS_EEXISTS);
	finish(5);
	finish(1023);
	finish(1024);
	finish(987654321);
	again();
	assert_true(ledger_has(&ledger, 5));
	assert_true(ledger_has(&ledger, 1023));
	assert_true(ledger_has(&ledger, 1024));
	assert_true(ledger_has(&ledger, 987654321));
	assert_false(ledger_has(&ledger, 4));
	assert_false(ledger_has(&ledger, 6));
	assert_false(ledger_has(&ledger, 1025));
	assert_code(ledger_take(&ledger, 5), TOBS_EEXISTS);
	/* One that was only taken has been forgotten: it comes again. */
	assert_ok(ledger_take(&ledger, 7));
	again();
	assert_ok(ledger_take(&ledger, 7));
	ledger_give_back(&ledger, 7);
	assert_ok(ledger_take(&ledger, 7));
	end();
	return TOBS_OK;
}

/* A life that did not come to an orderly end is known to the next, until somebody has dealt with it. */
FIBER_TEST(a_life_that_is_cut_short)
{
	begin(true);
	assert_false(ledger.cut_short);
	again();
	assert_true(ledger.cut_short);
	assert_ok(ledger_close(&ledger, &err));
	again();
	assert_true(ledger.cut_short); /* nobody has */
	ledger.cut_short = false;
	assert_ok(ledger_close(&ledger, &err));
	again();
	assert_false(ledger.cut_short);
	end();
	begin(false);
	assert_true(ledger.cut_short); /* nobody knows */
	assert_ok(ledger_close(&ledger, &err));
	end();
	return TOBS_OK;
}

/* The window moves on; what is in it is known. */
FIBER_TEST(a_window)
{
	enum { N = (LEDGER_BLOCKS + 27) * LEDGER_BITS, STEP = 97 };

	begin(true);
	for (int64_t id = 0; id < LEDGER_BITS; id++)
		assert_ok(ledger_take(&ledger, id));
	for (int64_t id = 0; id < N; id += STEP) {
		finish(id);
		assert_true(ledger_has(&ledger, id));
	}
	for (int64_t id = N - (LEDGER_BLOCKS - 1) * LEDGER_BITS; id < N; id++)
		assert_int_equal(ledger_has(&ledger, id), id % STEP == 0);
	/* Memory that is used again has forgotten who took what. */
	for (int64_t id = N - LEDGER_BLOCKS * LEDGER_BITS; id < N; id++)
		assert_code(ledger_take(&ledger, id), id % STEP ? TOBS_OK : TOBS_EEXISTS);
	for (int64_t id = 0; id < N - LEDGER_BLOCKS * LEDGER_BITS; id++)
		assert_false(ledger_has(&ledger, id));
	end();
	return TOBS_OK;
}

FIBER_TEST(nothing_is_written_for_a_store_in_memory)
{
	begin(false);
	finish(5);
	assert_true(ledger_has(&ledger, 5));
	assert_ok(ledger_set_offset(&ledger, 6, NULL));
	assert_ok(ledger_keep(&ledger, 5, tobs_str("{}"), 7, NULL));
	assert_int_equal(ledger.offset, 7);
	assert_int_equal(faults.requests, 0);
	end();
	return TOBS_OK;
}

static void assert_inbox(size_t want)
{
	struct tobs_arena arena;
	struct kv_page page;

	tobs_arena_init(&arena, 1 << 16);
	assert_ok(ledger_inbox(&ledger, tobs_view(NULL, 0), 10, &arena, &page, NULL));
	assert_int_equal(page.count, want);
	if (want)
		assert_view(page.pairs[0].value, "[1]");
	tobs_arena_deinit(&arena);
}

FIBER_TEST(the_inbox)
{
	begin(true);
	assert_inbox(0);
	assert_ok(ledger_keep(&ledger, 5, tobs_str("[1]"), 9, NULL));
	assert_ok(ledger_keep(&ledger, 12345678901234, tobs_str("[2]"), 0, NULL));
	again();
	assert_int_equal(ledger.offset, 9);
	assert_inbox(2);
	assert_ok(ledger_drop(&ledger, 12345678901234, NULL));
	assert_inbox(1);
	assert_ok(ledger_drop(&ledger, 5, NULL));
	assert_inbox(0);
	end();
	return TOBS_OK;
}

/* What is staged is written with the bit, or not at all. */
FIBER_TEST(one_transaction)
{
	struct kv_op op = { .kind = KV_PUT, .key = tobs_str("k"), .value = tobs_str("v") };
	struct tobs_arena arena;
	struct tobs_view value;

	begin(true);
	tobs_arena_init(&arena, 1 << 12);
	faults.fail_at = faults.requests + 1;
	faults.fail_count = 1;
	faults.code = TOBS_EIO;
	assert_code(ledger_finish(&ledger, 5, &op, 1, &err), TOBS_EIO);
	assert_code(kv_get(store, tobs_str("k"), &arena, &value, NULL), TOBS_ENOTFOUND);
	again();
	assert_false(ledger_has(&ledger, 5));
	assert_ok(ledger_finish(&ledger, 5, &op, 1, &err));
	assert_ok(kv_get(store, tobs_str("k"), &arena, &value, NULL));
	again();
	assert_true(ledger_has(&ledger, 5));
	tobs_arena_deinit(&arena);
	end();
	return TOBS_OK;
}

FIBER_TEST(a_store_that_holds_nonsense)
{
	begin(true);
	assert_ok(kv_put(store, tobs_str("bot/done/xyz"), tobs_str("v"), 0, NULL));
	assert_ok(kv_put(store, tobs_str("bot/done/ffffffffffffffff"), tobs_str("v"), 0, NULL));
	again();
	assert_ok(kv_put(store, tobs_str("bot/offset"), tobs_str("many"), 0, NULL));
	ledger_deinit(&ledger);
	ledger_init(&ledger);
	assert_code(ledger_open(&ledger, store, true, &err), TOBS_EMALFORMED);
	end();
	return TOBS_OK;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fiber_unit_test(remembers),
		fiber_unit_test(a_life_that_is_cut_short),
		fiber_unit_test(a_window),
		fiber_unit_test(nothing_is_written_for_a_store_in_memory),
		fiber_unit_test(the_inbox),
		fiber_unit_test(one_transaction),
		fiber_unit_test(a_store_that_holds_nonsense),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
