/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "base/alloc.h"
#include "support/failmem.h"
#include "support/fibers.h"

static char order[64];

static void note(char c)
{
	size_t n = strlen(order);

	assert(n + 1 < sizeof order);
	order[n] = c;
	order[n + 1] = 0;
}

static int note_steps(void *arg)
{
	for (int i = 0; i < 3; i++) {
		int r;

		note(*(char *)arg);
		r = tobs_yield();
		if (r)
			return r;
	}
	return *(char *)arg;
}

FIBER_TEST(take_turns_in_order)
{
	char names[] = "abc";
	struct tobs_fiber *f[3];

	order[0] = 0;
	for (int i = 0; i < 3; i++)
		assert_ok(tobs_spawn(&f[i], note_steps, &names[i], NULL));
	note('-'); /* nobody runs before we wait */
	for (int i = 0; i < 3; i++) {
		int r = 0;

		assert_ok(tobs_join(f[i], &r));
		assert_int_equal(r, names[i]);
	}
	assert_string_equal(order, "-abcabcabc");
	return TOBS_OK;
}

static int give_back(void *arg)
{
	return *(int *)arg;
}

static int minus_five = -5, nothing;

FIBER_TEST(join_one_that_has_ended)
{
	struct tobs_fiber *f;
	struct tobs_deadline d;
	int r = 0;

	assert_ok(tobs_spawn(&f, give_back, &minus_five, NULL));
	settle();
	tobs_cancel(f);
	/* Its result is there, so there is nothing to wait for. */
	tobs_deadline_push(&d, 0);
	assert_ok(tobs_join(f, &r));
	tobs_deadline_pop(&d);
	assert_int_equal(r, -5);
	assert_ok(tobs_spawn(&f, give_back, &minus_five, NULL));
	assert_ok(tobs_join(f, NULL));
	return TOBS_OK;
}

static int names(void *arg)
{
	*(const char **)arg = tobs_fiber_name(tobs_self());
	return strcmp(tobs_fiber_name(tobs_self()), "a name of more than thirty-one b");
}

FIBER_TEST(have_names)
{
	const struct tobs_fiber_options named = { .name = "a name of more than thirty-one bytes" };
	struct tobs_fiber *f;
	const char *name;
	int r;

	assert_string_equal(tobs_fiber_name(tobs_self()), "main");
	assert_ok(tobs_spawn(&f, names, &name, &named));
	assert_string_equal(tobs_fiber_name(f), "a name of more than thirty-one ");
	assert_ok(tobs_join(f, &r));
	assert_true(r < 0);
	assert_ok(tobs_spawn(&f, names, &name, NULL));
	assert_string_equal(tobs_fiber_name(f), "fiber");
	assert_ok(tobs_join(f, &r));
	assert_code(tobs_spawn(&f, names, &name,
			    &(struct tobs_fiber_options){ .stack_size = (64 << 20) + 1 }),
		TOBS_ETOOBIG);
	return TOBS_OK;
}

static int use_stack(void *arg)
{
	volatile char bytes[3 << 20];

	(void)arg;
	for (size_t i = 0; i < sizeof bytes; i += 1000)
		bytes[i] = 1;
	return bytes[1000];
}

FIBER_TEST(have_stacks_of_the_size_asked_for)
{
	const struct tobs_fiber_options big = { .stack_size = 4 << 20 };
	struct tobs_fiber *f;
	int r = 0;

	assert_ok(tobs_spawn(&f, use_stack, NULL, &big));
	assert_ok(tobs_join(f, &r));
	assert_int_equal(r, 1);
	return TOBS_OK;
}

static int keep_errno(void *arg)
{
	for (int i = 0; i < 5; i++) {
		errno = *(int *)arg;
		tobs_yield();
		if (errno != *(int *)arg)
			return TOBS_EINTERNAL;
		tobs_sleep(1);
		if (errno != *(int *)arg)
			return TOBS_EINTERNAL;
	}
	return TOBS_OK;
}

FIBER_TEST(each_has_its_errno)
{
	int codes[] = { EPERM, ENOENT, 12345 }, r = 1;
	struct tobs_fiber *f[3];

	for (int i = 0; i < 3; i++)
		assert_ok(tobs_spawn(&f[i], keep_errno, &codes[i], NULL));
	for (int i = 0; i < 3; i++) {
		assert_ok(tobs_join(f[i], &r));
		assert_ok(r);
	}
	return TOBS_OK;
}

/* ---- Parents and children ------------------------------------------------ */

static int note_when_done(void *arg)
{
	int r = tobs_sleep(10);

	note(r == TOBS_OK ? *(char *)arg : '!');
	return r;
}

static int parent_result;

static int leave_children(void *arg)
{
	struct tobs_fiber *f;
	int r;

	(void)arg;
	r = tobs_spawn(&f, note_when_done, (void *)(uintptr_t) "x", NULL);
	if (!r)
		r = tobs_spawn(NULL, note_when_done, (void *)(uintptr_t) "y", NULL);
	note('p');
	return r ? r : parent_result;
}

FIBER_TEST(a_parent_ends_after_its_children)
{
	struct tobs_fiber *f;
	int r = 1;

	order[0] = 0;
	parent_result = 0;
	assert_ok(tobs_spawn(&f, leave_children, NULL, NULL));
	assert_ok(tobs_join(f, &r));
	note('j');
	assert_int_equal(elapsed(), 10);
	assert_string_equal(order, "pxyj");
	assert_ok(r);
	return TOBS_OK;
}

FIBER_TEST(a_parent_that_fails_cancels_them)
{
	struct tobs_fiber *f;
	int r = 1;

	order[0] = 0;
	parent_result = TOBS_EIO;
	assert_ok(tobs_spawn(&f, leave_children, NULL, NULL));
	assert_ok(tobs_join(f, &r));
	assert_int_equal(elapsed(), 0);
	assert_string_equal(order, "p!!");
	assert_code(r, TOBS_EIO);
	return TOBS_OK;
}

FIBER_TEST(a_parent_cancelled_at_its_end_cancels_them)
{
	struct tobs_fiber *f;
	int r = 1;

	order[0] = 0;
	parent_result = 0;
	assert_ok(tobs_spawn(&f, leave_children, NULL, NULL));
	settle();
	assert_string_equal(order, "p");
	tobs_cancel(f);
	assert_ok(tobs_join(f, &r));
	assert_int_equal(elapsed(), 0);
	assert_string_equal(order, "p!!");
	assert_ok(r);
	return TOBS_OK;
}

static int start_and_leave(void *arg)
{
	return leave_children(arg);
}

static void the_run_ends_after_the_children_of_main(void **state)
{
	(void)state;
	order[0] = 0;
	parent_result = 0;
	fiber_test_run(start_and_leave);
	assert_string_equal(order, "pxy");
	order[0] = 0;
	parent_result = TOBS_EPROTO;
	assert_code(tobs_run(start_and_leave, NULL), TOBS_EPROTO);
	assert_string_equal(order, "p!!");
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

static int join_slow(void *arg)
{
	struct tobs_fiber *f;
	bool done = false;
	int r, result = 77;

	r = tobs_spawn(&f, slow_to_stop, &done, NULL);
	if (r)
		return r;
	r = tobs_join(f, &result);
	*(bool *)arg = done && result == 77;
	return r;
}

FIBER_TEST(a_cancelled_join_still_waits)
{
	struct tobs_deadline d;
	struct tobs_fiber *f;
	bool right = false;
	int r;

	assert_ok(tobs_spawn(&f, join_slow, &right, NULL));
	settle();
	tobs_cancel(f);
	assert_ok(tobs_join(f, &r));
	assert_code(r, TOBS_ECANCELED);
	assert_true(right);
	assert_int_equal(elapsed(), 500);
	/* The same for one whose time is up. */
	right = false;
	tobs_deadline_push(&d, 100);
	assert_code(join_slow(&right), TOBS_ETIMEDOUT);
	tobs_deadline_pop(&d);
	assert_true(right);
	assert_int_equal(elapsed(), 1100);
	return TOBS_OK;
}

static int join_other(void *arg)
{
	int r, result = 0;

	r = tobs_join(arg, &result);
	return r ? r : result;
}

FIBER_TEST(somebody_else_may_join)
{
	struct tobs_fiber *a, *b;
	int r = 0;

	assert_ok(tobs_spawn(&a, note_when_done, (void *)(uintptr_t) "z", NULL));
	assert_ok(tobs_spawn(&b, join_other, a, NULL));
	assert_ok(tobs_join(b, &r));
	assert_ok(r);
	return TOBS_OK;
}

static int spawn_deep(void *arg)
{
	int depth = *(int *)arg - 1, r, result = 0;
	struct tobs_fiber *f;

	if (depth == 0)
		return 1;
	r = tobs_spawn(&f, spawn_deep, &depth, NULL);
	if (r)
		return r;
	r = tobs_join(f, &result);
	return r ? r : result + 1;
}

FIBER_TEST(spawn_from_within)
{
	assert_int_equal(spawn_deep(&(int){ 200 }), 200);
	return TOBS_OK;
}

FIBER_TEST(cancel_nobody)
{
	tobs_cancel(NULL);
	return TOBS_OK;
}

static int never_run(void *arg)
{
	*(bool *)arg = true;
	return tobs_cancelled() ? tobs_yield() : TOBS_EINTERNAL;
}

FIBER_TEST(cancelled_before_it_begins_it_still_runs)
{
	struct tobs_fiber *f;
	bool ran = false;
	int r = 0;

	assert_ok(tobs_spawn(&f, never_run, &ran, NULL));
	tobs_cancel(f);
	assert_ok(tobs_join(f, &r));
	assert_true(ran);
	assert_code(r, TOBS_ECANCELED);
	return TOBS_OK;
}

/* ---- Without memory ------------------------------------------------------ */

static int everything(void *arg)
{
	struct tobs_fiber *f = NULL;
	struct tobs_group g;
	int r;

	(void)arg;
	tobs_group_init(&g, 0);
	r = tobs_spawn(&f, give_back, &nothing, NULL);
	if (!r)
		r = tobs_group_spawn(&g, give_back, &nothing, NULL);
	for (int i = 0; i < 10 && !r; i++)
		r = tobs_spawn(NULL, give_back, &nothing, NULL);
	if (!r)
		r = tobs_yield();
	if (f)
		tobs_join(f, NULL);
	tobs_group_wait(&g);
	return r;
}

static int run_everything(void *user)
{
	(void)user;
	return tobs_run(everything, NULL);
}

static void without_memory(void **state)
{
	(void)state;
	fail_each_allocation(run_everything, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fiber_unit_test(take_turns_in_order),
		fiber_unit_test(join_one_that_has_ended),
		fiber_unit_test(have_names),
		fiber_unit_test(have_stacks_of_the_size_asked_for),
		fiber_unit_test(each_has_its_errno),
		fiber_unit_test(a_parent_ends_after_its_children),
		fiber_unit_test(a_parent_that_fails_cancels_them),
		fiber_unit_test(a_parent_cancelled_at_its_end_cancels_them),
		cmocka_unit_test(the_run_ends_after_the_children_of_main),
		fiber_unit_test(a_cancelled_join_still_waits),
		fiber_unit_test(somebody_else_may_join),
		fiber_unit_test(spawn_from_within),
		fiber_unit_test(cancel_nobody),
		fiber_unit_test(cancelled_before_it_begins_it_still_runs),
		cmocka_unit_test(without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
