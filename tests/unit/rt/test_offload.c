/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>

#include "support/fibers.h"

enum { THREADS = 4 }; /* libuv's pool, when UV_THREADPOOL_SIZE does not say otherwise */

static pthread_t loop_thread;

static int run_elsewhere(void *arg)
{
	*(bool *)arg = !pthread_equal(pthread_self(), loop_thread);
	return -17;
}

FIBER_TEST(runs_on_another_thread)
{
	bool elsewhere = false;

	loop_thread = pthread_self();
	assert_int_equal(tobs_offload(run_elsewhere, &elsewhere), -17);
	assert_true(elsewhere);
	return TOBS_OK;
}

static int without_fibers(void *arg)
{
	(void)arg;
	if (tobs_self() || tobs_yield() != TOBS_EINVAL || tobs_sleep(1) != TOBS_EINVAL)
		return TOBS_EINTERNAL;
	return tobs_spawn(NULL, without_fibers, NULL, NULL);
}

FIBER_TEST(may_not_wait_there)
{
	assert_code(tobs_offload(without_fibers, NULL), TOBS_EINVAL);
	return TOBS_OK;
}

/* Jobs that hold their thread until they are let go. */
static sem_t begun, gate;
static atomic_int ended;

static int hold(void *arg)
{
	int *value = arg;

	sem_post(&begun);
	sem_wait(&gate);
	*value += 1; /* on the stack of a fiber, which must be there still */
	atomic_fetch_add(&ended, 1);
	return *value;
}

static int offload_hold(void *arg)
{
	int value = *(int *)arg;

	return tobs_offload(hold, &value);
}

static void setup_gate(void)
{
	sem_init(&begun, 0, 0);
	sem_init(&gate, 0, 0);
	atomic_store(&ended, 0);
}

static void wait_begun(int n)
{
	while (n--)
		while (sem_wait(&begun))
			;
}

FIBER_TEST(others_run_meanwhile)
{
	struct tobs_fiber *f;
	int value = 10, r = 0;

	setup_gate();
	assert_ok(tobs_spawn(&f, offload_hold, &value, NULL));
	settle();
	wait_begun(1);
	settle();
	assert_int_equal(atomic_load(&ended), 0);
	sem_post(&gate);
	assert_ok(tobs_join(f, &r));
	assert_int_equal(r, 11);
	assert_int_equal(elapsed(), 0); /* time by hand stands still for jobs */
	return TOBS_OK;
}

static void open_gate(void *arg)
{
	(void)arg;
	sem_post(&gate);
}

FIBER_TEST(is_awaited_when_cancelled)
{
	struct tobs_fiber *f;
	int value = 20, r = 0;

	setup_gate();
	assert_ok(tobs_spawn(&f, offload_hold, &value, NULL));
	settle();
	wait_begun(1);
	tobs_cancel(f);
	settle();
	assert_int_equal(atomic_load(&ended), 0);
	/* The join below waits; the loop opens the gate meanwhile. */
	assert_ok(tobs_post(open_gate, NULL));
	assert_ok(tobs_join(f, &r));
	assert_int_equal(r, 21); /* it was done, and says so */
	return TOBS_OK;
}

static int offload_with_deadline(void *arg)
{
	struct tobs_deadline d;
	int value = *(int *)arg, r;

	tobs_deadline_push(&d, 0);
	r = tobs_offload(hold, &value);
	tobs_deadline_pop(&d);
	return r;
}

FIBER_TEST(is_not_begun_too_late)
{
	int value = 1;

	setup_gate();
	assert_code(offload_with_deadline(&value), TOBS_ETIMEDOUT);
	assert_int_equal(sem_trywait(&begun), -1);
	return TOBS_OK;
}

FIBER_TEST(is_dropped_while_it_waits_for_a_thread)
{
	struct tobs_fiber *f[THREADS], *late;
	int value = 30, r = 0;

	setup_gate();
	for (int i = 0; i < THREADS; i++)
		assert_ok(tobs_spawn(&f[i], offload_hold, &value, NULL));
	settle();
	wait_begun(THREADS);
	assert_ok(tobs_spawn(&late, offload_hold, &value, NULL));
	settle();
	tobs_cancel(late);
	assert_ok(tobs_join(late, &r));
	assert_code(r, TOBS_ECANCELED);
	assert_int_equal(atomic_load(&ended), 0);
	for (int i = 0; i < THREADS; i++)
		sem_post(&gate);
	for (int i = 0; i < THREADS; i++) {
		assert_ok(tobs_join(f[i], &r));
		assert_int_equal(r, 31);
	}
	assert_int_equal(atomic_load(&ended), THREADS);
	return TOBS_OK;
}

static int count_up(void *arg)
{
	atomic_fetch_add((atomic_int *)arg, 1);
	return TOBS_OK;
}

static int offload_many(void *arg)
{
	for (int i = 0; i < 20; i++) {
		int r = tobs_offload(count_up, arg);

		if (r)
			return r;
	}
	return TOBS_OK;
}

FIBER_TEST(many_at_once)
{
	atomic_int count = 0;
	struct tobs_group g;

	tobs_group_init(&g, 0);
	for (int i = 0; i < 50; i++)
		assert_ok(tobs_group_spawn(&g, offload_many, &count, NULL));
	assert_ok(tobs_group_wait(&g));
	assert_int_equal(atomic_load(&count), 1000);
	return TOBS_OK;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fiber_unit_test(runs_on_another_thread),
		fiber_unit_test(may_not_wait_there),
		fiber_unit_test(others_run_meanwhile),
		fiber_unit_test(is_awaited_when_cancelled),
		fiber_unit_test(is_not_begun_too_late),
		fiber_unit_test(is_dropped_while_it_waits_for_a_thread),
		fiber_unit_test(many_at_once),
	};

	unsetenv("UV_THREADPOOL_SIZE");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
