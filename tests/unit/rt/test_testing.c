/* SPDX-License-Identifier: MIT */
/* Loops in two halves, and time that a test lets pass. */
#include <errno.h>
#include <setjmp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rt/sched.h"
#include "support/fibers.h"

static struct fake_clock hand;
static int64_t woken[8];
static size_t count;

static void begin(void)
{
	fake_clock_init(&hand, 5000000);
	rt_use_clock(&hand);
	count = 0;
	assert_ok(rt_begin(NULL));
}

static int end(int result)
{
	int r = rt_end(result);

	rt_use_clock(NULL);
	return r;
}

static int tick(void *arg)
{
	while (!tobs_sleep((int64_t)(intptr_t)arg) && count < ARRAY_LEN(woken))
		woken[count++] = tobs_now() / 1000;
	return TOBS_OK;
}

static struct tobs_fiber *start(int (*fn)(void *), void *arg)
{
	struct tobs_fiber *f;

	assert_ok(tobs_spawn(&f, fn, arg, NULL));
	return f;
}

static void stop(struct tobs_fiber *f)
{
	tobs_cancel(f);
	assert_ok(tobs_join(f, NULL));
}

/* ---- two halves ---- */

static void goes_on_where_it_was_called(void **state ATTR_UNUSED)
{
	assert_null(tobs_self());
	begin();
	assert_non_null(tobs_self());
	assert_code(rt_begin(NULL), TOBS_EINVAL);
	assert_ok(tobs_sleep(1000));
	assert_int_equal(hand.now, 6000000);
	assert_int_equal(end(-7), -7);
	assert_null(tobs_self());
	begin();
	assert_ok(end(TOBS_OK));
}

static jmp_buf out;

static void leave(void)
{
	volatile char frame[4096] = { 1 };

	assert_ok(tobs_sleep(1));
	longjmp(out, frame[0]);
}

/* As test frameworks leave a test that failed. */
static void may_be_left_by_longjmp(void **state ATTR_UNUSED)
{
	struct tobs_fiber *f;

	begin();
	f = start(tick, (void *)(intptr_t)1);
	if (!setjmp(out))
		leave();
	assert_ok(tobs_sleep(1));
	stop(f);
	assert_ok(end(TOBS_OK));
}

/* ---- until ---- */

static void time_stands_still_until_told(void **state ATTR_UNUSED)
{
	struct tobs_fiber *f;

	begin();
	f = start(tick, (void *)(intptr_t)1000);
	assert_ok(rt_run_until(hand.now, NULL, NULL));
	assert_int_equal(count, 0);
	assert_int_equal(hand.now, 5000000);
	assert_ok(rt_run_until(5999999, NULL, NULL));
	assert_int_equal(count, 0);
	assert_int_equal(hand.now, 5999999);
	assert_ok(rt_run_until(6000000, NULL, NULL));
	assert_int_equal(count, 1);
	assert_int_equal(woken[0], 6000);
	assert_ok(rt_run_until(9500000, NULL, NULL));
	assert_int_equal(count, 4);
	assert_int_equal(woken[3], 9000);
	assert_int_equal(hand.now, 9500000);
	assert_ok(rt_run_until(1, NULL, NULL)); /* time does not go back */
	assert_int_equal(hand.now, 9500000);
	stop(f);
	assert_ok(end(TOBS_OK));
}

static int chain(void *arg)
{
	int n = (int)(intptr_t)arg;
	struct tobs_fiber *f;

	for (int i = 0; i < 50; i++)
		assert_ok(tobs_yield());
	if (n) {
		assert_ok(tobs_spawn(&f, chain, (void *)(intptr_t)(n - 1), NULL));
		assert_ok(tobs_join(f, NULL));
	}
	count += !n;
	return TOBS_OK;
}

static int on_a_thread(void *arg)
{
	usleep(20000);
	*(bool *)arg = true;
	return TOBS_OK;
}

static int offload(void *arg)
{
	return tobs_offload(on_a_thread, arg);
}

static void everything_runs_that_can(void **state ATTR_UNUSED)
{
	struct tobs_fiber *f, *g;
	bool done = false;

	begin();
	f = start(chain, (void *)(intptr_t)5);
	g = start(offload, &done);
	assert_ok(rt_run_until(hand.now, NULL, NULL));
	assert_int_equal(count, 1);
	assert_true(done);
	assert_int_equal(hand.now, 5000000);
	assert_ok(tobs_join(f, NULL));
	assert_ok(tobs_join(g, NULL));
	assert_ok(end(TOBS_OK));
}

/* ---- what is on its way ---- */

static int ends[2];
static unsigned asked;

static int read_one(void *arg ATTR_UNUSED)
{
	char c;

	assert_ok(tobs_fd_wait(ends[0], TOBS_READABLE, NULL));
	assert_int_equal(read(ends[0], &c, 1), 1);
	count++;
	return TOBS_OK;
}

/* On its way for the time of 30 questions, then it arrives. */
static bool on_the_way(void *user ATTR_UNUSED)
{
	if (++asked == 30)
		assert_int_equal(write(ends[1], "x", 1), 1);
	return count == 0;
}

static void waits_for_what_is_on_its_way(void **state ATTR_UNUSED)
{
	struct tobs_fiber *f, *g;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
	asked = 0;
	begin();
	f = start(read_one, NULL);
	g = start(tick, (void *)(intptr_t)1000);
	assert_ok(rt_run_until(hand.now + 1500000, on_the_way, NULL));
	assert_int_equal(asked >= 30, 1);
	assert_int_equal(count, 2); /* one of each */
	assert_int_equal(woken[1], 6000);
	stop(g);
	assert_ok(tobs_join(f, NULL));
	assert_ok(end(TOBS_OK));
	close(ends[0]);
	close(ends[1]);
}

static bool never(void *user ATTR_UNUSED)
{
	return false;
}

/* Fibers that only sleep do not make time pass slowly: a million seconds. */
static void sleepers_cost_nothing(void **state ATTR_UNUSED)
{
	struct tobs_fiber *f, *g;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
	begin();
	f = start(read_one, NULL);
	g = start(tick, (void *)(intptr_t)100000);
	assert_ok(rt_run_until(hand.now + 700000000, never, NULL));
	assert_int_equal(count, 7);
	/* What came meanwhile is still seen. */
	assert_int_equal(write(ends[1], "x", 1), 1);
	assert_ok(rt_run_until(hand.now, never, NULL));
	assert_int_equal(count, 8);
	stop(g);
	assert_ok(tobs_join(f, NULL));
	assert_ok(end(TOBS_OK));
	close(ends[0]);
	close(ends[1]);
}

static void needs_a_clock_by_hand(void **state ATTR_UNUSED)
{
	assert_code(rt_run_until(1, NULL, NULL), TOBS_EINVAL);
	assert_ok(rt_begin(NULL));
	assert_code(rt_run_until(1, NULL, NULL), TOBS_EINVAL);
	assert_ok(rt_end(TOBS_OK));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(goes_on_where_it_was_called),
		cmocka_unit_test(may_be_left_by_longjmp),
		cmocka_unit_test(time_stands_still_until_told),
		cmocka_unit_test(everything_runs_that_can),
		cmocka_unit_test(waits_for_what_is_on_its_way),
		cmocka_unit_test(sleepers_cost_nothing),
		cmocka_unit_test(needs_a_clock_by_hand),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
