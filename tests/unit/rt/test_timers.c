/* SPDX-License-Identifier: MIT */
#include "rt/timers.h"

#include "base/rand.h"
#include "support/failmem.h"
#include "support/test.h"

enum { MANY = 500 };

static struct timers timers;
static struct alarm alarms[MANY];

static int setup(void **state)
{
	(void)state;
	memset(alarms, 0, sizeof alarms);
	return timers_reserve(&timers, MANY);
}

static int teardown(void **state)
{
	(void)state;
	timers_deinit(&timers);
	return 0;
}

/* Takes them all out and checks that they come in order. */
static size_t drain(void)
{
	int64_t at = INT64_MIN;
	uint64_t ticket = 0;
	size_t n = 0;
	struct alarm *a;

	for (; (a = timers_first(&timers)); n++) {
		assert_true(a->at > at || (a->at == at && a->ticket > ticket));
		at = a->at;
		ticket = a->ticket;
		assert_true(alarm_is_set(a));
		timers_clear(&timers, a);
		assert_false(alarm_is_set(a));
	}
	return n;
}

static void come_in_order(void **state)
{
	struct prng p = { 1 };

	(void)state;
	assert_null(timers_first(&timers));
	for (size_t i = 0; i < MANY; i++)
		timers_set(&timers, &alarms[i], (int64_t)prng_below(&p, 100) - 50, i + 1);
	assert_int_equal(drain(), MANY);
}

static void move_and_go_away(void **state)
{
	struct prng p = { 2 };
	uint64_t ticket = 0;
	size_t set = 0;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		struct alarm *a = &alarms[prng_below(&p, MANY)];

		set -= alarm_is_set(a);
		if (prng_below(&p, 3) == 0) {
			timers_clear(&timers, a);
			timers_clear(&timers, a); /* harmless */
		} else {
			timers_set(&timers, a, (int64_t)prng_below(&p, 1000), ++ticket);
			set++;
		}
		assert_int_equal(timers.count, set);
	}
	for (size_t i = 0; i < timers.count; i++) {
		assert_int_equal(timers.heap[i]->slot, i + 1);
		if (i)
			assert_true(timers.heap[(i - 1) / 4]->at <= timers.heap[i]->at);
	}
	assert_int_equal(drain(), set);
}

static int reserve(void *user)
{
	struct timers t = { 0 };
	int r = timers_reserve(&t, 3);

	(void)user;
	if (!r)
		r = timers_reserve(&t, 1000);
	if (!r)
		r = timers_reserve(&t, 10);
	if (!r)
		assert_true(t.cap >= 1000);
	timers_deinit(&t);
	return r;
}

static void without_memory(void **state)
{
	(void)state;
	fail_each_allocation(reserve, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(come_in_order, setup, teardown),
		cmocka_unit_test_setup_teardown(move_and_go_away, setup, teardown),
		cmocka_unit_test(without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
