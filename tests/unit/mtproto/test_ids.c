/* SPDX-License-Identifier: MIT */
#include "mtproto/ids.h"

#include "base/rand.h"
#include "mtproto/salts.h"
#include "support/test.h"

static void ids_grow_and_keep_their_parity(void **state)
{
	struct fake_clock clock;
	struct prng p = { 3 };
	struct mt_ids g;
	uint64_t last = 0;

	(void)state;
	fake_clock_init(&clock, 1700000000ll * 1000000 + 123456);
	mt_ids_init(&g, &clock.clock, 0);
	for (int i = 0; i < 20000; i++) {
		unsigned kind = (unsigned)prng_below(&p, 3);
		uint64_t id = kind == 0 ? mt_ids_next(&g) : mt_ids_next_server(&g, kind == 1);

		assert_true(id > last);
		assert_int_equal(id % 4, kind == 0 ? 0 : kind == 1 ? 1 : 3);
		last = id;
		/* Forwards, not at all, or back. */
		clock.now += (int64_t)prng_below(&p, 2000) - 800;
	}
}

static void ids_tell_the_time(void **state)
{
	struct fake_clock clock;
	struct mt_ids g;
	uint64_t id;

	(void)state;
	fake_clock_init(&clock, 1700000000ll * 1000000 + 750000);
	mt_ids_init(&g, &clock.clock, 10 * 1000000);
	id = mt_ids_next(&g);
	assert_int_equal(id >> 32, 1700000010);
	assert_int_equal((id & 0xffffffff) >> 30, 3); /* three quarters of a second */
	assert_in_range(mt_id_time(id), 1700000010749999ll, 1700000010750000ll);
	mt_ids_sync(&g, 1500000000ll * 1000000);
	assert_int_equal(mt_ids_server_time(&g), 1500000000ll * 1000000);
	assert_true(mt_ids_next(&g) > id);
	mt_ids_restart(&g);
	assert_int_equal(mt_ids_next(&g) >> 32, 1500000000);
}

static void what_was_seen_is_known_for_a_while(void **state)
{
	static struct mt_seen s;
	uint64_t n = 0;

	(void)state;
	for (; n < MT_SEEN_MAX; n++)
		assert_ok(mt_seen_add(&s, 1000 + 2 * n));
	assert_code(mt_seen_add(&s, 1000), TOBS_EEXISTS);
	assert_ok(mt_seen_add(&s, 1001)); /* late, between others: 1000 is forgotten now */
	assert_false(mt_seen_has(&s, 1000));
	assert_code(mt_seen_add(&s, 1000), TOBS_EEXISTS); /* too old to tell */
	assert_code(mt_seen_add(&s, 999), TOBS_EEXISTS);
	assert_code(mt_seen_add(&s, 1001), TOBS_EEXISTS);
	assert_int_equal(s.max, 1000 + 2 * (MT_SEEN_MAX - 1));
	for (; n < 10 * MT_SEEN_MAX; n++)
		assert_ok(mt_seen_add(&s, 1000 + 2 * n));
	assert_int_equal(s.set.count, MT_SEEN_MAX);
	mt_seen_clear(&s);
	assert_ok(mt_seen_add(&s, 1));
	assert_ok(mt_seen_add(&s, 3));
	mt_seen_remove(&s, 3);
	assert_false(mt_seen_has(&s, 3));
	assert_true(mt_seen_has(&s, 1));
	assert_ok(mt_seen_add(&s, 3));
	assert_code(mt_seen_add(&s, 3), TOBS_EEXISTS);
	mt_seen_deinit(&s);
}

static void salts_in_their_time(void **state)
{
	struct mt_salts s = { .current = 1 };

	(void)state;
	assert_int_equal(mt_salts_at(&s, 50), 1);
	mt_salts_add(&s, &(struct mt_salt){ 100, 200, 2 });
	mt_salts_add(&s, &(struct mt_salt){ 150, 250, 3 });
	mt_salts_add(&s, &(struct mt_salt){ 150, 260, 9 }); /* not after the last */
	mt_salts_add(&s, &(struct mt_salt){ 300, 300, 9 }); /* never valid */
	assert_int_equal(mt_salts_known_until(&s), 250);
	assert_int_equal(mt_salts_at(&s, 99), 1);
	assert_int_equal(mt_salts_at(&s, 100), 2);
	assert_int_equal(mt_salts_at(&s, 149), 2);
	assert_int_equal(mt_salts_at(&s, 150), 3);
	assert_int_equal(s.count, 1);
	assert_int_equal(mt_salts_at(&s, 999), 3); /* better than none */
	mt_salts_reset(&s, 7);
	assert_int_equal(mt_salts_at(&s, 999), 7);
	assert_int_equal(mt_salts_known_until(&s), 0);
	for (int64_t i = 0; i < 100; i++)
		mt_salts_add(&s, &(struct mt_salt){ i, i + 10, 1 });
	assert_int_equal(s.count, MT_SALTS_MAX);
	assert_int_equal(mt_salts_at(&s, 1000), 1);
	assert_int_equal(s.count, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_grow_and_keep_their_parity),
		cmocka_unit_test(ids_tell_the_time),
		cmocka_unit_test(what_was_seen_is_known_for_a_while),
		cmocka_unit_test(salts_in_their_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
