/* SPDX-License-Identifier: MIT */
/*
 * Tests that run on a fiber, with time by hand.
 *
 *     FIBER_TEST(sleeps)
 *     {
 *             assert_ok(tobs_sleep(1000));
 *             return TOBS_OK;
 *     }
 *
 *     fiber_unit_test(sleeps),
 *
 * The body is the main fiber of a run of its own, whose clock starts at 0 and
 * jumps (see rt/testing.h). Assertions belong in that fiber: cmocka leaves a
 * failed test by longjmp(), which from another stack ends the program.
 */
#ifndef SUPPORT_FIBERS_H
#define SUPPORT_FIBERS_H

#include <tobs/rt.h>

#include "rt/testing.h"
#include "support/test.h"

static struct fake_clock fiber_clock;

static inline void fiber_test_run(int (*fn)(void *arg))
{
	fake_clock_init(&fiber_clock, 0);
	rt_use_clock(&fiber_clock);
	assert_ok(tobs_run(fn, NULL));
	rt_use_clock(NULL);
}

#define FIBER_TEST(name)                         \
	static int name##_fiber(void *test_arg); \
	static void name(void **state)           \
	{                                        \
		(void)state;                     \
		fiber_test_run(name##_fiber);    \
	}                                        \
	static int name##_fiber(void *test_arg ATTR_UNUSED)

#define fiber_unit_test(name) cmocka_unit_test(name)

/* ms since the test began. */
static inline int64_t elapsed(void)
{
	return tobs_now() / 1000;
}

/* Lets every fiber that can run come to where it waits. */
static inline void settle(void)
{
	for (int i = 0; i < 10; i++)
		assert_ok(tobs_yield());
}

#endif
