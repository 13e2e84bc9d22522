/* SPDX-License-Identifier: MIT */
/* Every call that waits, and everything that can end its wait before its time. */
#include "rt/wait.h"

#include <signal.h>
#include <unistd.h>

#include "support/fibers.h"

static struct {
	struct tobs_chan *full, *empty, *direct;
	struct tobs_event event;
	struct tobs_sem sem;
	struct tobs_cond cond;
	struct tobs_group group;
	struct tobs_fiber *sleeper;
	int pipe[2];
	bool sleeper_joined;
} it;

static int sleep_on(void *arg)
{
	(void)arg;
	return tobs_sleep(TOBS_FOREVER);
}

static int in_sleep(void)
{
	return tobs_sleep(1000000);
}

static int in_sleep_without_end(void)
{
	return tobs_sleep(TOBS_FOREVER);
}

static int in_send(void)
{
	return tobs_chan_send(it.full, &(int){ 2 });
}

static int in_recv(void)
{
	return tobs_chan_recv(it.empty, &(int){ 0 });
}

static int in_direct_send(void)
{
	return tobs_chan_send(it.direct, &(int){ 3 });
}

static int in_direct_recv(void)
{
	return tobs_chan_recv(it.direct, &(int){ 0 });
}

static int in_select(void)
{
	int in = 0, out = 4;
	size_t which;
	struct tobs_case cases[] = {
		tobs_case_send(it.full, &out),
		tobs_case_recv(it.empty, &in),
		tobs_case_event(&it.event),
	};

	return tobs_select(cases, ARRAY_LEN(cases), TOBS_FOREVER, &which);
}

static int in_event(void)
{
	return tobs_event_wait(&it.event, NULL);
}

static int in_sem(void)
{
	return tobs_sem_wait(&it.sem);
}

static int in_cond(void)
{
	return tobs_cond_wait(&it.cond);
}

static int in_join(void)
{
	int r = tobs_join(it.sleeper, NULL);

	it.sleeper_joined = true;
	return r;
}

static int in_group(void)
{
	int r = tobs_group_spawn(&it.group, sleep_on, NULL, NULL);

	return r ? r : tobs_group_wait(&it.group);
}

static int in_fd(void)
{
	return tobs_fd_wait(it.pipe[0], TOBS_READABLE, NULL);
}

static int in_signal(void)
{
	return tobs_signal_wait(SIGUSR1);
}

static int in_yield(void)
{
	for (;;) {
		int r = tobs_yield();

		if (r)
			return r;
		if (tobs_deadline_left() < INT64_MAX)
			fiber_clock.now += MIN(1000, tobs_deadline_left()); /* it never waits */
	}
}

static int in_queue(void)
{
	struct tobs_waiters q;

	waiters_init(&q);
	return waiters_wait(&q, "nothing");
}

static const struct {
	const char *name;
	int (*wait)(void);
} waits[] = {
	{ "sleep", in_sleep },
	{ "sleep without end", in_sleep_without_end },
	{ "send", in_send },
	{ "recv", in_recv },
	{ "send without buffer", in_direct_send },
	{ "recv without buffer", in_direct_recv },
	{ "select", in_select },
	{ "event", in_event },
	{ "sem", in_sem },
	{ "cond", in_cond },
	{ "join", in_join },
	{ "group", in_group },
	{ "fd", in_fd },
	{ "signal", in_signal },
	{ "yield", in_yield },
	{ "queue", in_queue },
};

static void make_things(void)
{
	assert_ok(tobs_chan_new(sizeof(int), 1, &it.full));
	assert_ok(tobs_chan_new(sizeof(int), 1, &it.empty));
	assert_ok(tobs_chan_new(sizeof(int), 0, &it.direct));
	assert_ok(tobs_chan_send(it.full, &(int){ 1 }));
	tobs_event_init(&it.event);
	tobs_sem_init(&it.sem, 0);
	tobs_cond_init(&it.cond);
	tobs_group_init(&it.group, 0);
	assert_ok(tobs_spawn(&it.sleeper, sleep_on, NULL, NULL));
	it.sleeper_joined = false;
	assert_int_equal(pipe(it.pipe), 0);
}

/* Whoever left has left nothing behind, and taken nothing with him. */
static void check_things(void)
{
	int n = 0;

	assert_int_equal(tobs_chan_count(it.full), 1);
	assert_ok(tobs_chan_try_recv(it.full, &n));
	assert_int_equal(n, 1);
	assert_code(tobs_chan_try_recv(it.full, &n), TOBS_EAGAIN);
	assert_ok(tobs_chan_try_send(it.empty, &n));
	assert_int_equal(tobs_chan_count(it.empty), 1);
	assert_code(tobs_chan_try_send(it.direct, &n), TOBS_EAGAIN);
	assert_code(tobs_chan_try_recv(it.direct, &n), TOBS_EAGAIN);
	assert_false(tobs_event_is_set(&it.event));
	assert_code(tobs_sem_try(&it.sem), TOBS_EAGAIN);
	tobs_sem_post(&it.sem);
	assert_ok(tobs_sem_try(&it.sem));
	assert_int_equal(tobs_group_count(&it.group), 0);
	assert_true(waiters_empty(&it.event.waiters));
	assert_true(waiters_empty(&it.cond.waiters));
	assert_true(waiters_empty(&it.sem.waiters));
	tobs_chan_free(it.full);
	tobs_chan_free(it.empty);
	tobs_chan_free(it.direct);
	if (!it.sleeper_joined) {
		tobs_cancel(it.sleeper);
		assert_ok(tobs_join(it.sleeper, &n));
		assert_code(n, TOBS_ECANCELED);
	}
	close(it.pipe[0]);
	close(it.pipe[1]);
}

static int once(void *arg)
{
	return waits[*(size_t *)arg].wait();
}

static int twice(void *arg)
{
	int r = once(arg);

	/* It lasts; a join cannot be done twice. */
	return r && !it.sleeper_joined ? once(arg) : r;
}

static void check_result(size_t i, int have, int want)
{
	if (have != want)
		fail_msg("%s: %s", waits[i].name, tobs_error_name(have));
}

FIBER_TEST(cancelled_while_it_waits)
{
	for (size_t i = 0; i < ARRAY_LEN(waits); i++) {
		struct tobs_fiber *f;
		int r = 1;

		make_things();
		assert_ok(tobs_spawn(&f, twice, &i, NULL));
		settle();
		tobs_cancel(f);
		tobs_cancel(f);
		assert_ok(tobs_join(f, &r));
		check_result(i, r, TOBS_ECANCELED);
		check_things();
	}
	assert_int_equal(elapsed(), 0);
	return TOBS_OK;
}

FIBER_TEST(cancelled_before_it_waits)
{
	for (size_t i = 0; i < ARRAY_LEN(waits); i++) {
		struct tobs_fiber *f;
		int r = 1;

		make_things();
		assert_ok(tobs_spawn(&f, once, &i, NULL));
		tobs_cancel(f);
		assert_ok(tobs_join(f, &r));
		check_result(i, r, TOBS_ECANCELED);
		check_things();
	}
	assert_int_equal(elapsed(), 0);
	return TOBS_OK;
}

FIBER_TEST(deadline_while_it_waits)
{
	for (size_t i = 0; i < ARRAY_LEN(waits); i++) {
		struct tobs_deadline d;
		int64_t start = tobs_now();

		make_things();
		tobs_deadline_push(&d, 10);
		check_result(i, waits[i].wait(), TOBS_ETIMEDOUT);
		if (!it.sleeper_joined)
			check_result(i, waits[i].wait(), TOBS_ETIMEDOUT);
		assert_true(tobs_deadline_passed(&d));
		assert_int_equal(tobs_deadline_left(), 0);
		tobs_deadline_pop(&d);
		assert_int_equal(tobs_now() - start, 10000);
		check_things();
	}
	return TOBS_OK;
}

FIBER_TEST(deadline_before_it_waits)
{
	for (size_t i = 0; i < ARRAY_LEN(waits); i++) {
		struct tobs_deadline d;

		make_things();
		tobs_deadline_push(&d, 0);
		check_result(i, waits[i].wait(), TOBS_ETIMEDOUT);
		tobs_deadline_pop(&d);
		check_things();
	}
	assert_int_equal(elapsed(), 0);
	return TOBS_OK;
}

/* Cancelled and out of time, but shielded with a time of its own. */
static int shielded(void *arg)
{
	struct tobs_deadline outer, inner;
	struct tobs_shield shield;
	int64_t start = tobs_now();
	int r, after;

	tobs_deadline_push(&outer, 0);
	tobs_shield_begin(&shield);
	tobs_deadline_push(&inner, 20);
	r = once(arg);
	tobs_deadline_pop(&inner);
	tobs_shield_end(&shield);
	after = tobs_yield();
	tobs_deadline_pop(&outer);
	if (after != TOBS_ECANCELED || !tobs_cancelled() || tobs_now() - start != 20000)
		return TOBS_EINTERNAL;
	return r;
}

FIBER_TEST(shielded_while_it_waits)
{
	for (size_t i = 0; i < ARRAY_LEN(waits); i++) {
		struct tobs_fiber *f;
		int r = 1;

		make_things();
		assert_ok(tobs_spawn(&f, shielded, &i, NULL));
		settle();
		tobs_cancel(f);
		assert_ok(tobs_join(f, &r));
		check_result(i, r, TOBS_ETIMEDOUT);
		check_things();
	}
	return TOBS_OK;
}

static int results[ARRAY_LEN(waits)];
static bool waited;

static void wait_outside(void *arg)
{
	(void)arg;
	for (size_t i = 0; i < ARRAY_LEN(waits); i++)
		results[i] = waits[i].wait == in_group ? tobs_group_wait(&it.group)
						       : waits[i].wait();
	it.sleeper_joined = false;
	waited = true;
}

FIBER_TEST(outside_of_fibers)
{
	make_things();
	waited = false;
	assert_ok(tobs_post(wait_outside, NULL));
	while (!waited)
		assert_ok(tobs_yield());
	for (size_t i = 0; i < ARRAY_LEN(waits); i++)
		check_result(i, results[i], TOBS_EINVAL);
	check_things();
	return TOBS_OK;
}

static void without_a_loop(void **state)
{
	struct tobs_buf out;

	(void)state;
	wait_outside(NULL);
	for (size_t i = 0; i < ARRAY_LEN(waits); i++)
		check_result(i, results[i], TOBS_EINVAL);
	assert_code(tobs_spawn(NULL, sleep_on, NULL, NULL), TOBS_EINVAL);
	assert_code(tobs_group_spawn(&it.group, sleep_on, NULL, NULL), TOBS_EINVAL);
	assert_code(tobs_on_shutdown(&(struct tobs_hook){ 0 }, wait_outside, NULL), TOBS_EINVAL);
	assert_code(tobs_post(wait_outside, NULL), TOBS_ECLOSED);
	assert_null(tobs_self());
	assert_null(tobs_shutdown_event());
	assert_false(tobs_shutdown_requested());
	assert_false(tobs_cancelled());
	assert_true(tobs_now() > 0);
	tobs_shutdown();
	tobs_buf_init(&out, 1000);
	assert_ok(tobs_rt_dump(&out));
	assert_string_equal(tobs_buf_str(&out), "no loop runs on this thread\n");
	tobs_buf_deinit(&out);
}

static int wait_with_code(void *arg)
{
	return waiters_wait(arg, "a code");
}

/* A wake decides: what comes between it and the fiber's turn comes too late. */
FIBER_TEST(who_is_woken_is_not_reached_any_more)
{
	struct tobs_waiters q;
	struct tobs_fiber *a, *b, *c;
	int r = 1;

	waiters_init(&q);
	assert_false(waiters_wake_one(&q, 0));
	assert_ok(tobs_spawn(&a, wait_with_code, &q, NULL));
	assert_ok(tobs_spawn(&b, wait_with_code, &q, NULL));
	assert_ok(tobs_spawn(&c, wait_with_code, &q, NULL));
	settle();
	assert_true(waiters_wake_one(&q, 7));
	tobs_cancel(a); /* too late for this wait */
	fiber_wake(a, 9);
	tobs_cancel(b); /* in time: the next wake is for c */
	assert_true(waiters_wake_one(&q, 8));
	assert_false(waiters_wake_one(&q, 9));
	assert_ok(tobs_join(a, &r));
	assert_int_equal(r, 7);
	assert_ok(tobs_join(b, &r));
	assert_code(r, TOBS_ECANCELED);
	assert_ok(tobs_join(c, &r));
	assert_int_equal(r, 8);
	return TOBS_OK;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fiber_unit_test(cancelled_while_it_waits),
		fiber_unit_test(cancelled_before_it_waits),
		fiber_unit_test(deadline_while_it_waits),
		fiber_unit_test(deadline_before_it_waits),
		fiber_unit_test(shielded_while_it_waits),
		fiber_unit_test(outside_of_fibers),
		cmocka_unit_test(without_a_loop),
		fiber_unit_test(who_is_woken_is_not_reached_any_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
