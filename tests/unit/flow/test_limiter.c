/* SPDX-License-Identifier: MIT */
#include "flow/limiter.h"

#include "base/rand.h"
#include "support/failmem.h"
#include "support/test.h"

#define S ((int64_t)1000000)

static struct limiter l;

static int setup(void **state)
{
	(void)state;
	limiter_init(&l);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	limiter_deinit(&l);
	return 0;
}

static int64_t turn(int64_t chat, enum limiter_lane lane, size_t weight, int64_t now)
{
	int64_t t = -1;

	assert_ok(limiter_chat(&l, chat, lane, weight, now, &t));
	assert_true(t >= now);
	return t;
}

static void one_a_second_after_a_burst(void **state)
{
	static const int64_t want[] = { 0, 0, 0, 1 * S, 2 * S, 3 * S };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(want); i++)
		assert_int_equal(turn(5, LIMITER_MESSAGES, 1, 0), want[i]);
	assert_int_equal(turn(6, LIMITER_MESSAGES, 1, 0), 0); /* another chat */
	/* Ten quiet seconds, and there is a burst again, no larger than before. */
	for (size_t i = 0; i < ARRAY_LEN(want); i++)
		assert_int_equal(turn(5, LIMITER_MESSAGES, 1, 20 * S), 20 * S + want[i]);
}

static void edits_of_private_chats_are_free(void **state)
{
	(void)state;
	for (int i = 0; i < 100; i++)
		assert_int_equal(turn(5, LIMITER_EDITS, 1, 7), 7);
}

/* In any 60 s there are at most 20, whatever is asked for and when. */
static void never_more_than_twenty_a_minute(void **state)
{
	enum { N = 400 };
	static int64_t at[N];
	struct prng p = { 11 };
	int64_t now = 0;
	size_t n = 0;

	(void)state;
	while (n + 5 < N) {
		size_t weight = 1 + prng_below(&p, 5);
		int64_t t = turn(-100, LIMITER_MESSAGES, weight, now);

		for (size_t i = 0; i < weight; i++)
			at[n++] = t;
		now = prng_below(&p, 3) ? t : t + (int64_t)prng_below(&p, 50) * S;
	}
	for (size_t i = 20; i < n; i++)
		assert_true(at[i] - at[i - 20] >= 60 * S);
	/* And no slower than that: twenty edits have turns of their own at once. */
	for (int i = 0; i < 20; i++)
		assert_int_equal(turn(-100, LIMITER_EDITS, 1, now), now);
	assert_int_equal(turn(-100, LIMITER_EDITS, 1, now), now + 60 * S);
}

static void never_more_than_thirty_a_second(void **state)
{
	enum { N = 500 };
	static int64_t at[N];
	struct prng p = { 5 };
	int64_t now = 0;

	(void)state;
	for (size_t i = 0; i < N; i++) {
		at[i] = limiter_all(&l, 1, now);
		assert_true(at[i] >= now);
		if (prng_below(&p, 4) == 0)
			now = at[i] + (int64_t)prng_below(&p, S / 3);
	}
	for (size_t i = LIMITER_BURST; i < N; i++)
		assert_true(at[i] - at[i - LIMITER_BURST] >= S);
	now = at[N - 1] + 10 * S;
	for (int i = 0; i < LIMITER_BURST; i++)
		assert_int_equal(limiter_all(&l, 1, now), now);
	assert_int_equal(limiter_all(&l, 1, now), now + S);
	/* More at once than there may be is a full second's worth. */
	assert_int_equal(limiter_all(&l, 1000, now), now + 2 * S);
}

static void quiet_chats_are_forgotten(void **state)
{
	(void)state;
	for (int64_t i = 1; i <= 1000; i++)
		turn(i, LIMITER_MESSAGES, 1, i);
	assert_int_equal(limiter_chats(&l), 1000);
	turn(5000, LIMITER_MESSAGES, 1, 70 * S);
	assert_int_equal(limiter_chats(&l), 1);
}

static int once(void *user)
{
	struct limiter x;
	int64_t t;
	int r;

	(void)user;
	limiter_init(&x);
	r = limiter_chat(&x, -5, LIMITER_MESSAGES, 1, 0, &t);
	limiter_deinit(&x);
	return r;
}

static void without_memory(void **state)
{
	(void)state;
	fail_each_allocation(once, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(one_a_second_after_a_burst, setup, teardown),
		cmocka_unit_test_setup_teardown(edits_of_private_chats_are_free, setup, teardown),
		cmocka_unit_test_setup_teardown(never_more_than_twenty_a_minute, setup, teardown),
		cmocka_unit_test_setup_teardown(never_more_than_thirty_a_second, setup, teardown),
		cmocka_unit_test_setup_teardown(quiet_chats_are_forgotten, setup, teardown),
		cmocka_unit_test(without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
