/* SPDX-License-Identifier: MIT */
#include "bot/order.h"

#include "support/failmem.h"
#include "support/fibers.h"

enum { JOBS = 200 };

struct job {
	struct order_job job;
	int number;
	int64_t ms; /* it takes; -1: until it is cancelled */
};

static struct order order;
static struct job jobs[JOBS];
static int ran[JOBS];
static size_t ran_count, now_running, most_running, dropped;

static void run(struct order_job *j)
{
	struct job *job = CONTAINER_OF(j, struct job, job);

	now_running++;
	if (now_running > most_running)
		most_running = now_running;
	if (job->ms)
		(void)tobs_sleep(job->ms);
	ran[ran_count++] = job->number;
	now_running--;
}

static void drop(struct order_job *j)
{
	(void)j;
	dropped++;
}

static void begin(size_t max_jobs, size_t max_running)
{
	order_init(&order, max_jobs, max_running);
	ran_count = now_running = most_running = dropped = 0;
}

static int submit(int number, int64_t key, int64_t ms, bool wait)
{
	struct job *job = &jobs[number];

	*job = (struct job){ .job = { .key = key, .run = run }, .number = number, .ms = ms };
	return order_submit(&order, &job->job, wait);
}

static void end(void)
{
	assert_true(order_drain(&order, 1000000, drop));
	order_deinit(&order);
}

/* Of each key in order, whatever the others do. */
FIBER_TEST(in_order_of_each_key)
{
	int last[10];

	begin(1000, 8);
	for (int i = 0; i < JOBS; i++)
		assert_ok(submit(i, 1 + i % 10, (i * 7919) % 13, true));
	end();
	assert_int_equal(ran_count, JOBS);
	assert_int_equal(most_running, 8);
	memset(last, -1, sizeof last);
	for (size_t i = 0; i < ran_count; i++) {
		assert_true(ran[i] > last[ran[i] % 10]);
		last[ran[i] % 10] = ran[i];
	}
	return TOBS_OK;
}

FIBER_TEST(a_slow_key_holds_nobody_up)
{
	begin(1000, 4);
	assert_ok(submit(0, 1, 10000, true));
	assert_ok(submit(1, 1, 0, true));
	for (int i = 2; i < 50; i++)
		assert_ok(submit(i, i, 10, true));
	assert_ok(tobs_sleep(1000));
	assert_int_equal(ran_count, 48);
	end();
	assert_int_equal(ran[48], 0);
	assert_int_equal(ran[49], 1);
	return TOBS_OK;
}

/* One that has no key waits for nobody. */
FIBER_TEST(without_a_key)
{
	begin(1000, 10);
	for (int i = 0; i < 5; i++)
		assert_ok(submit(i, 0, 100 - 10 * i, true));
	end();
	for (int i = 0; i < 5; i++)
		assert_int_equal(ran[i], 4 - i);
	return TOBS_OK;
}

/* A key with much to do lets the others have their turn. */
FIBER_TEST(in_turns)
{
	static const int want[] = { 0, 3, 1, 2 };

	begin(100, 1);
	for (int i = 0; i < 3; i++)
		assert_ok(submit(i, 5, 10, true));
	assert_ok(submit(3, 6, 10, true));
	end();
	assert_memory_equal(ran, want, sizeof want);
	return TOBS_OK;
}

FIBER_TEST(bounded)
{
	begin(3, 2);
	assert_int_equal(order_room(&order), 3);
	for (int i = 0; i < 3; i++)
		assert_ok(submit(i, 5, 100, true));
	assert_int_equal(order_room(&order), 0);
	assert_code(submit(3, 6, 0, false), TOBS_EAGAIN);
	assert_ok(submit(3, 6, 0, true)); /* there is room when the first is done */
	assert_true(elapsed() >= 100 && elapsed() < 200);
	assert_int_equal(most_running, 1);
	end();
	assert_int_equal(ran_count, 4);
	return TOBS_OK;
}

static int submit_one_more(void *arg)
{
	(void)arg;
	return submit(9, 9, 0, true);
}

FIBER_TEST(closed)
{
	struct tobs_fiber *waiting;
	int result = 0;

	begin(1, 1);
	assert_ok(submit(0, 5, 100, true));
	assert_ok(tobs_spawn(&waiting, submit_one_more, NULL, NULL));
	settle();
	order_close(&order);
	assert_ok(tobs_join(waiting, &result));
	assert_code(result, TOBS_ECLOSED);
	assert_int_equal(elapsed(), 0);
	assert_code(submit(1, 5, 0, true), TOBS_ECLOSED);
	end();
	assert_int_equal(ran_count, 1);
	return TOBS_OK;
}

/* Time is up: those that run are cancelled, those that have not begun are dropped. */
FIBER_TEST(cut_short)
{
	begin(100, 2);
	assert_ok(submit(0, 5, -1, true));
	assert_ok(submit(1, 5, 0, true));
	assert_ok(submit(2, 6, -1, true));
	assert_ok(submit(3, 7, 0, true));
	assert_ok(submit(4, 0, 0, true));
	settle();
	assert_false(order_drain(&order, 5000, drop));
	assert_int_equal(elapsed(), 5000);
	assert_int_equal(ran_count, 2);
	assert_int_equal(dropped, 3);
	order_deinit(&order);
	return TOBS_OK;
}

static int fill(void *arg)
{
	int r = TOBS_OK;

	(void)arg;
	begin(1000, 2);
	for (int i = 0; i < 20 && !r; i++)
		r = submit(i, 1 + i % 5, 0, true);
	(void)order_drain(&order, 1000, drop);
	order_deinit(&order);
	return r;
}

FIBER_TEST(without_memory)
{
	assert_ok(fill(NULL)); /* what the loop keeps for the next fibers is no leak */
	fail_each_allocation(fill, NULL);
	return TOBS_OK;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fiber_unit_test(in_order_of_each_key),
		fiber_unit_test(a_slow_key_holds_nobody_up),
		fiber_unit_test(without_a_key),
		fiber_unit_test(in_turns),
		fiber_unit_test(bounded),
		fiber_unit_test(closed),
		fiber_unit_test(cut_short),
		fiber_unit_test(without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
