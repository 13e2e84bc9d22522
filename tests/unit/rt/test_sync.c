/* SPDX-License-Identifier: MIT */
#include "support/fibers.h"

static char order[32];

static void note(char c)
{
	size_t n = strlen(order);

	assert(n + 1 < sizeof order);
	order[n] = c;
	order[n + 1] = 0;
}

static int wait_event(void *arg)
{
	int result = 0, r = tobs_event_wait(arg, &result);

	return r ? r : result;
}

FIBER_TEST(an_event_happens_once)
{
	struct tobs_event e;
	struct tobs_fiber *f[3];
	int r = 0;

	tobs_event_init(&e);
	assert_false(tobs_event_is_set(&e));
	for (int i = 0; i < 3; i++)
		assert_ok(tobs_spawn(&f[i], wait_event, &e, NULL));
	settle();
	tobs_event_set(&e, -7);
	tobs_event_set(&e, -8);
	assert_true(tobs_event_is_set(&e));
	for (int i = 0; i < 3; i++) {
		assert_ok(tobs_join(f[i], &r));
		assert_int_equal(r, -7);
	}
	assert_ok(tobs_event_wait(&e, &r));
	assert_int_equal(r, -7);
	assert_ok(tobs_event_wait(&e, NULL));
	return TOBS_OK;
}

/* The usual mutex: nobody else is inside between wait and post. */
struct work {
	struct tobs_sem sem;
	int inside, most, done;
};

static int work_inside(void *arg)
{
	struct work *w = arg;

	for (int i = 0; i < 5; i++) {
		int r = tobs_sem_wait(&w->sem);

		if (r)
			return r;
		w->inside++;
		w->most = MAX(w->most, w->inside);
		tobs_yield();
		tobs_sleep(1);
		w->inside--;
		w->done++;
		tobs_sem_post(&w->sem);
	}
	return TOBS_OK;
}

FIBER_TEST(a_semaphore_admits_so_many)
{
	for (int permits = 1; permits <= 3; permits++) {
		struct work w = { 0 };
		struct tobs_group g;

		tobs_sem_init(&w.sem, (size_t)permits);
		tobs_group_init(&g, 0);
		for (int i = 0; i < 7; i++)
			assert_ok(tobs_group_spawn(&g, work_inside, &w, NULL));
		assert_ok(tobs_group_wait(&g));
		assert_int_equal(w.most, permits);
		assert_int_equal(w.done, 35);
		assert_int_equal(w.sem.permits, permits);
	}
	return TOBS_OK;
}

static struct tobs_sem sem;

static int take_and_note(void *arg)
{
	int r = tobs_sem_wait(&sem);

	note(*(char *)arg);
	return r;
}

FIBER_TEST(a_permit_goes_to_who_waits_longest)
{
	char names[] = "abc";

	order[0] = 0;
	tobs_sem_init(&sem, 0);
	for (int i = 0; i < 3; i++)
		assert_ok(tobs_spawn(NULL, take_and_note, &names[i], NULL));
	settle();
	for (int i = 0; i < 3; i++) {
		tobs_sem_post(&sem);
		/* It is theirs already, though they have not run yet. */
		assert_code(tobs_sem_try(&sem), TOBS_EAGAIN);
	}
	settle();
	assert_string_equal(order, "abc");
	tobs_sem_post(&sem);
	assert_ok(tobs_sem_try(&sem));
	assert_code(tobs_sem_try(&sem), TOBS_EAGAIN);
	return TOBS_OK;
}

static struct tobs_cond cond;

static int wait_cond(void *arg)
{
	int r = tobs_cond_wait(&cond);

	note(*(char *)arg);
	return r;
}

FIBER_TEST(a_condition_wakes_one_or_all)
{
	char names[] = "abcd";

	order[0] = 0;
	tobs_cond_init(&cond);
	tobs_cond_signal(&cond); /* nothing is kept */
	tobs_cond_broadcast(&cond);
	for (int i = 0; i < 4; i++)
		assert_ok(tobs_spawn(NULL, wait_cond, &names[i], NULL));
	settle();
	assert_string_equal(order, "");
	tobs_cond_signal(&cond);
	settle();
	assert_string_equal(order, "a");
	tobs_cond_broadcast(&cond);
	settle();
	assert_string_equal(order, "abcd");
	return TOBS_OK;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fiber_unit_test(an_event_happens_once),
		fiber_unit_test(a_semaphore_admits_so_many),
		fiber_unit_test(a_permit_goes_to_who_waits_longest),
		fiber_unit_test(a_condition_wakes_one_or_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
