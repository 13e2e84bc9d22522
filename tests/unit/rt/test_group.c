/* SPDX-License-Identifier: MIT */
#include "support/fibers.h"

struct member {
	int64_t ms;
	int result;
	int ended; /* 0, or 1 + the code its sleep gave */
};

static int sleep_then(void *arg)
{
	struct member *m = arg;
	int r = tobs_sleep(m->ms);

	m->ended = 1 - r;
	return r ? r : m->result;
}

static void start(struct tobs_group *g, struct member *m, size_t n)
{
	for (size_t i = 0; i < n; i++)
		assert_ok(tobs_group_spawn(g, sleep_then, &m[i], NULL));
	assert_int_equal(tobs_group_count(g), n);
}

FIBER_TEST(waits_for_all)
{
	struct member m[] = { { .ms = 10 }, { .ms = 30 }, { .ms = 20 } };
	struct tobs_group g;

	tobs_group_init(&g, 0);
	assert_ok(tobs_group_wait(&g)); /* of nobody */
	start(&g, m, 3);
	assert_ok(tobs_group_wait(&g));
	assert_int_equal(elapsed(), 30);
	for (int i = 0; i < 3; i++)
		assert_int_equal(m[i].ended, 1);
	assert_int_equal(tobs_group_count(&g), 0);
	return TOBS_OK;
}

FIBER_TEST(the_first_error_counts)
{
	struct member m[] = { { .ms = 30, .result = TOBS_EIO }, { .ms = 20, .result = TOBS_EDB },
		{ .ms = 10 } };
	struct tobs_group g;

	tobs_group_init(&g, 0);
	start(&g, m, 3);
	assert_code(tobs_group_wait(&g), TOBS_EDB);
	assert_int_equal(elapsed(), 30);
	/* It can be used again, and has forgotten. */
	start(&g, &m[2], 1);
	assert_ok(tobs_group_wait(&g));
	/* Members that ended before anybody waited. */
	start(&g, m, 1);
	assert_ok(tobs_sleep(100));
	assert_int_equal(tobs_group_count(&g), 0);
	assert_code(tobs_group_wait(&g), TOBS_EIO);
	return TOBS_OK;
}

FIBER_TEST(fail_fast_cancels_the_others)
{
	struct member m[] = { { .ms = 1000 }, { .ms = 20, .result = TOBS_EDB }, { .ms = 10 } };
	struct tobs_group g;

	tobs_group_init(&g, TOBS_GROUP_FAIL_FAST);
	start(&g, m, 3);
	assert_code(tobs_group_wait(&g), TOBS_EDB);
	assert_int_equal(elapsed(), 20);
	assert_int_equal(m[0].ended, 1 - TOBS_ECANCELED);
	assert_int_equal(m[2].ended, 1);
	return TOBS_OK;
}

FIBER_TEST(cancelling_is_no_error)
{
	struct member m[] = { { .ms = 1000 }, { .ms = 2000 } };
	struct tobs_group g;

	tobs_group_init(&g, 0);
	start(&g, m, 2);
	settle();
	tobs_group_cancel(&g);
	assert_code(tobs_group_spawn(&g, sleep_then, &m[0], NULL), TOBS_ECANCELED);
	assert_ok(tobs_group_wait(&g));
	assert_int_equal(elapsed(), 0);
	assert_int_equal(m[0].ended, 1 - TOBS_ECANCELED);
	assert_int_equal(m[1].ended, 1 - TOBS_ECANCELED);
	start(&g, m, 2);
	assert_ok(tobs_group_wait(&g));
	return TOBS_OK;
}

static int cancelled_by_itself(void *arg)
{
	(void)arg;
	return TOBS_ECANCELED;
}

FIBER_TEST(cancelled_in_a_group_that_was_not_is_an_error)
{
	struct tobs_group g;

	tobs_group_init(&g, 0);
	assert_ok(tobs_group_spawn(&g, cancelled_by_itself, NULL, NULL));
	assert_code(tobs_group_wait(&g), TOBS_ECANCELED);
	return TOBS_OK;
}

static int slow_to_stop(void *arg)
{
	struct tobs_shield s;
	int r = tobs_sleep(TOBS_FOREVER);

	tobs_shield_begin(&s);
	tobs_sleep(500);
	tobs_shield_end(&s);
	*(bool *)arg = true;
	return r;
}

static int own_a_group(void *arg)
{
	struct tobs_group g;
	int r;

	tobs_group_init(&g, 0);
	r = tobs_group_spawn(&g, slow_to_stop, arg, NULL);
	return r ? r : tobs_group_wait(&g);
}

FIBER_TEST(a_wait_cut_short_cancels_and_still_waits)
{
	struct tobs_deadline d;
	struct tobs_fiber *f;
	bool done = false;
	int r = 1;

	assert_ok(tobs_spawn(&f, own_a_group, &done, NULL));
	settle();
	tobs_cancel(f);
	assert_ok(tobs_join(f, &r));
	assert_code(r, TOBS_ECANCELED);
	assert_true(done);
	assert_int_equal(elapsed(), 500);
	done = false;
	tobs_deadline_push(&d, 100);
	assert_code(own_a_group(&done), TOBS_ETIMEDOUT);
	tobs_deadline_pop(&d);
	assert_true(done);
	assert_int_equal(elapsed(), 1100);
	return TOBS_OK;
}

static struct tobs_group outer;

static int spawn_more(void *arg)
{
	int n = --*(int *)arg;

	for (int i = 0; i < 2 && n > 0; i++) {
		int r = tobs_group_spawn(&outer, spawn_more, arg, NULL);

		if (r)
			return r;
	}
	return TOBS_OK;
}

FIBER_TEST(members_may_add_members)
{
	int n = 100;

	tobs_group_init(&outer, 0);
	assert_ok(tobs_group_spawn(&outer, spawn_more, &n, NULL));
	assert_ok(tobs_group_wait(&outer));
	assert_true(n <= 0);
	return TOBS_OK;
}

static int use_other(void *arg)
{
	struct member *m = arg;
	int r = tobs_group_spawn(&outer, sleep_then, m, NULL);

	return r;
}

/* What a fiber put into somebody else's group outlives it. */
FIBER_TEST(members_belong_to_the_group_not_to_who_started_them)
{
	struct member m = { .ms = 50 };
	struct tobs_fiber *f;
	int r = 1;

	tobs_group_init(&outer, 0);
	assert_ok(tobs_spawn(&f, use_other, &m, NULL));
	assert_ok(tobs_join(f, &r));
	assert_ok(r);
	assert_int_equal(elapsed(), 0);
	assert_int_equal(tobs_group_count(&outer), 1);
	assert_ok(tobs_group_wait(&outer));
	assert_int_equal(elapsed(), 50);
	return TOBS_OK;
}

static struct member left_behind = { .ms = 70 };

static int leave_it(void *arg)
{
	(void)arg;
	tobs_group_init(&outer, 0);
	return tobs_group_spawn(&outer, sleep_then, &left_behind, NULL);
}

static void the_run_ends_after_every_member(void **state)
{
	(void)state;
	fiber_test_run(leave_it);
	assert_int_equal(left_behind.ended, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fiber_unit_test(waits_for_all),
		fiber_unit_test(the_first_error_counts),
		fiber_unit_test(fail_fast_cancels_the_others),
		fiber_unit_test(cancelling_is_no_error),
		fiber_unit_test(cancelled_in_a_group_that_was_not_is_an_error),
		fiber_unit_test(a_wait_cut_short_cancels_and_still_waits),
		fiber_unit_test(members_may_add_members),
		fiber_unit_test(members_belong_to_the_group_not_to_who_started_them),
		cmocka_unit_test(the_run_ends_after_every_member),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
