/* SPDX-License-Identifier: MIT */
#include "rt/context.h"

#include <fenv.h>

#include "rt/sanitize.h"
#include "support/test.h"

enum { STACK = 64 << 10 };

/* Two contexts that hand over to each other: the test's own, and one more. */
static void *here, *there;
static void *here_fake, *there_fake;
static const void *here_low;
static size_t here_size;
static uint8_t *stack;

static void to_there(void)
{
	SANITIZE_LEAVE(&here_fake, stack, STACK);
	context_switch(&here, there);
	SANITIZE_ARRIVE(here_fake, NULL, NULL);
}

static void to_here(void)
{
	SANITIZE_LEAVE(&there_fake, here_low, here_size);
	context_switch(&there, here);
	SANITIZE_ARRIVE(there_fake, &here_low, &here_size);
}

static void begin(void)
{
	SANITIZE_ARRIVE(NULL, &here_low, &here_size);
}

static int setup(void **state)
{
	(void)state;
	stack = aligned_alloc(64, STACK);
	return stack ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	SANITIZE_CLEAN(stack, STACK);
	free(stack);
	return 0;
}

static int steps;

static void count_up(void *arg)
{
	begin();
	for (;;) {
		steps += *(int *)arg;
		to_here();
	}
}

static void goes_there_and_back(void **state)
{
	int by = 3;

	(void)state;
	there = context_make(stack, STACK, count_up, &by);
	steps = 0;
	for (int i = 1; i <= 1000; i++) {
		to_there();
		assert_int_equal(steps, 3 * i);
	}
}

static uint8_t *seen_low, *seen_high;
static uintptr_t misaligned;

static void look_around(void *arg)
{
	struct {
		_Alignas(16) char bytes[16];
	} local;

	begin();
	(void)arg;
	memset(&local, 1, sizeof local);
	misaligned = (uintptr_t)&local % 16;
	seen_low = stack;
	seen_high = (uint8_t *)__builtin_frame_address(0);
	for (;;)
		to_here();
}

static void stands_on_its_stack(void **state)
{
	(void)state;
	/* A stack that ends at an odd place is as good. */
	there = context_make(stack, STACK - 3, look_around, NULL);
	to_there();
	assert_true(seen_high > seen_low && seen_high <= stack + STACK);
	assert_true(stack + STACK - seen_high < STACK / 4);
	assert_int_equal(misaligned, 0);
}

/* As many values that live across a call as there are registers to keep them in. */
#define KEEP_MANY(seed)                                                                            \
	do {                                                                                       \
		uint64_t a = (seed), b = a * 3, c = a * 5, d = a * 7, e = a * 11, f = a * 13;      \
		uint64_t g = a * 17, h = a * 19, i = a * 23, j = a * 29, k = a * 31;               \
		double x = (double)a, y = x * 2, z = x * 3;                                        \
                                                                                                   \
		__asm__ volatile("" : "+r"(a), "+r"(b), "+r"(c), "+r"(d), "+r"(e), "+r"(f));       \
		__asm__ volatile("" : "+r"(g), "+r"(h), "+r"(i), "+r"(j), "+r"(k));                \
		SWITCH_AWAY();                                                                     \
		kept = kept && a == (seed) && b == a * 3 && c == a * 5 && d == a * 7 &&            \
			e == a * 11 && f == a * 13 && g == a * 17 && h == a * 19 && i == a * 23 && \
			j == a * 29 && k == a * 31 && x == (double)a && y == x * 2 && z == x * 3;  \
	} while (0)

static bool kept;

static void keep_there(void *arg)
{
	(void)arg;
	begin();
	for (uint64_t n = 1;; n++) {
#define SWITCH_AWAY to_here
		KEEP_MANY(n * 1000003);
#undef SWITCH_AWAY
	}
}

static void keeps_registers(void **state)
{
	(void)state;
	kept = true;
	there = context_make(stack, STACK, keep_there, NULL);
	for (uint64_t n = 1; n <= 100; n++) {
#define SWITCH_AWAY to_there
		KEEP_MANY(n * 7777777);
#undef SWITCH_AWAY
	}
	assert_true(kept);
}

static int rounding_there;

static void round_there(void *arg)
{
	(void)arg;
	begin();
	for (;;) {
		rounding_there = fegetround();
		fesetround(FE_DOWNWARD);
		to_here();
	}
}

/* The rounding mode stands for all control bits of the floating-point units. */
static void keeps_floating_point_modes(void **state)
{
	volatile double one = 1, three = 3, up, down;

	(void)state;
	fesetround(FE_UPWARD);
	there = context_make(stack, STACK, round_there, NULL);
	to_there();
	assert_int_equal(rounding_there, FE_UPWARD); /* taken over when it was made */
	assert_int_equal(fegetround(), FE_UPWARD);
	up = one / three;
	to_there();
	assert_int_equal(rounding_there, FE_DOWNWARD); /* its own */
	assert_int_equal(fegetround(), FE_UPWARD);
	fesetround(FE_DOWNWARD);
	down = one / three;
	fesetround(FE_TONEAREST);
	if (!RUNNING_ON_VALGRIND) /* it rounds to nearest always */
		assert_true(up > down);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(goes_there_and_back, setup, teardown),
		cmocka_unit_test_setup_teardown(stands_on_its_stack, setup, teardown),
		cmocka_unit_test_setup_teardown(keeps_registers, setup, teardown),
		cmocka_unit_test_setup_teardown(keeps_floating_point_modes, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
