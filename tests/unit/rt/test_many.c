/* SPDX-License-Identifier: MIT */
/*
 * A hundred thousand fibers that wait at once, in the memory that is promised
 * for them. With ASan, whose shadows are larger than the stacks, a tenth of it.
 */
#include <unistd.h>

#include "rt/sched.h"
#include "support/fibers.h"

enum { MANY = RT_ASAN ? 10000 : 100000 };

static size_t resident_bytes(void)
{
	char text[128] = "";
	FILE *f = fopen("/proc/self/statm", "r");
	struct tobs_view rest, part;
	int64_t pages = 0;

	if (!f)
		return 0;
	if (fgets(text, sizeof text, f)) {
		rest = tobs_str(text);
		tobs_view_split(&rest, ' ', &part);
		tobs_view_split(&rest, ' ', &part);
		assert_ok(tobs_view_int(part, 0, INT64_MAX, &pages));
	}
	fclose(f);
	return (size_t)(pages * sysconf(_SC_PAGESIZE));
}

static int sleep_a_while(void *arg)
{
	return tobs_sleep(1 + *(int *)arg);
}

static int receive_one(void *arg)
{
	int n, r = tobs_chan_recv(arg, &n);

	return r ? r : n == 1 ? TOBS_OK : TOBS_EINTERNAL;
}

static void report(const char *what, size_t before)
{
	size_t each = (resident_bytes() - before) / MANY;

	printf("# %d fibers %s: %zu bytes of memory each\n", MANY, what, each);
	/* A page of stack, the fiber, and a share of the page tables; ASan keeps shadows. */
	if (!RT_ASAN)
		assert_true(each < 10000);
}

/* Where the kernel cuts mappings, the limit on them comes first; see test_stack. */
static bool enough_mappings(void)
{
	struct stack s;
	bool enough;

	if (stack_take(&rt_self->stacks, 1, &s))
		return false;
	enough = rt_self->stacks.guard == STACK_GUARD_MARKER ||
		rt_self->stacks.budget > 2 * (size_t)MANY;
	stack_release(&rt_self->stacks, &s);
	if (!enough)
		printf("# skipped: vm.max_map_count is too low on this kernel\n");
	return enough;
}

FIBER_TEST(sleep_at_once)
{
	struct tobs_group g;
	int more = 0;
	size_t before = resident_bytes();

	if (!enough_mappings())
		return TOBS_OK;
	tobs_group_init(&g, 0);
	for (int i = 0; i < MANY; i++)
		assert_ok(tobs_group_spawn(&g, sleep_a_while, &more, NULL));
	assert_ok(tobs_yield());
	assert_int_equal(tobs_group_count(&g), MANY);
	assert_int_equal(rt_self->timers.count, MANY);
	report("sleep", before);
	assert_ok(tobs_group_wait(&g));
	assert_int_equal(elapsed(), 1);
	/* Most of the address space is gone again. */
	assert_true(rt_self->stacks.mapped < 1u << 30);
	return TOBS_OK;
}

FIBER_TEST(wait_on_a_channel_at_once)
{
	struct tobs_group g;
	struct tobs_chan *c;
	int one = 1;
	size_t before = resident_bytes();

	if (!enough_mappings())
		return TOBS_OK;
	assert_ok(tobs_chan_new(sizeof(int), 1, &c));
	tobs_group_init(&g, 0);
	for (int i = 0; i < MANY; i++)
		assert_ok(tobs_group_spawn(&g, receive_one, c, NULL));
	assert_ok(tobs_yield());
	report("wait on a channel", before);
	for (int i = 0; i < MANY / 2; i++)
		assert_ok(tobs_chan_send(c, &one));
	assert_ok(tobs_yield());
	assert_int_equal(tobs_group_count(&g), MANY - MANY / 2);
	tobs_group_cancel(&g);
	assert_ok(tobs_group_wait(&g));
	tobs_chan_free(c);
	return TOBS_OK;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fiber_unit_test(sleep_at_once),
		fiber_unit_test(wait_on_a_channel_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
