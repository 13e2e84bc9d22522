/* SPDX-License-Identifier: MIT */
#include "rt/stack.h"

#include <sys/mman.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/log.h"
#include "support/failmem.h"
#include "support/test.h"

static struct stack_pool pool;

/* Whether the kernel can mark guard pages without cutting the mapping. */
static bool have_markers(void)
{
	struct stack s;
	bool have;

	stack_pool_init(&pool, STACK_GUARD_AUTO);
	assert_ok(stack_take(&pool, 1, &s));
	have = pool.guard == STACK_GUARD_MARKER;
	stack_release(&pool, &s);
	stack_pool_deinit(&pool);
	return have;
}

static void sizes(void **state)
{
	static const struct {
		size_t ask, get;
	} cases[] = {
		{ 0, 16 << 10 },
		{ 16 << 10, 16 << 10 },
		{ (16 << 10) + 1, 32 << 10 },
		{ 64 << 10, 64 << 10 },
		{ 3 << 20, 4 << 20 },
		{ 64 << 20, 64 << 20 },
	};
	struct stack s;

	(void)state;
	stack_pool_init(&pool, STACK_GUARD_AUTO);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_ok(stack_take(&pool, cases[i].ask, &s));
		assert_int_equal(s.size, cases[i].get);
		assert_int_equal((uintptr_t)s.low % 4096, 0);
		s.low[0] = s.low[s.size - 1] = 1;
		stack_release(&pool, &s);
	}
	assert_code(stack_take(&pool, (64 << 20) + 1, &s), TOBS_ETOOBIG);
	assert_code(stack_take(&pool, SIZE_MAX, &s), TOBS_ETOOBIG);
	stack_pool_deinit(&pool);
	assert_int_equal(pool.mapped, 0);
}

static void the_last_freed_is_the_next_used(void **state)
{
	struct stack a, b, c;
	uint8_t *low;

	(void)state;
	stack_pool_init(&pool, STACK_GUARD_AUTO);
	assert_ok(stack_take(&pool, 1, &a));
	assert_ok(stack_take(&pool, 1, &b));
	assert_ok(stack_take(&pool, 1, &c));
	assert_true(a.low != b.low && b.low != c.low);
	low = b.low;
	stack_release(&pool, &a);
	stack_release(&pool, &b);
	assert_ok(stack_take(&pool, 1, &b));
	assert_ptr_equal(b.low, low);
	stack_release(&pool, &b);
	stack_release(&pool, &c);
	stack_pool_deinit(&pool);
}

/* Bytes of the stack that take up memory. */
static size_t resident(const uint8_t *low, size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), n = 0;
	unsigned char in_core[64];

	assert_true(size / page <= sizeof in_core);
	assert_int_equal(mincore((void *)(uintptr_t)low, size, in_core), 0);
	for (size_t i = 0; i < size / page; i++)
		n += (in_core[i] & 1) * page;
	return n;
}

static void pages_are_given_back(void **state)
{
	enum {
		SIZE = 64 << 10,
		A_SLAB = 64,
		WHOLE = STACK_WHOLE_MAX / SIZE,
		TOPS = STACK_TOPS_MAX / STACK_TOP,
		COUNT = WHOLE + TOPS + STACK_SLABS_FREE * A_SLAB,
	};
	static struct stack s[COUNT];
	static const uint8_t *low[COUNT];
	size_t mapped, kept = 0;

	(void)state;
	stack_pool_init(&pool, STACK_GUARD_AUTO);
	for (int i = 0; i < COUNT; i++) {
		assert_ok(stack_take(&pool, SIZE, &s[i]));
		memset(s[i].low, 1, SIZE);
		low[i] = s[i].low;
		assert_int_equal(resident(low[i], SIZE), SIZE);
	}
	mapped = pool.mapped;
	assert_int_equal(pool.in_use, COUNT);
	/* One of each slab stays in use, so that no slab goes. */
	for (int i = 0; i < COUNT; i++)
		if (i % A_SLAB)
			stack_release(&pool, &s[i]);
	assert_int_equal(pool.mapped, mapped);
	assert_int_equal(pool.whole, STACK_WHOLE_MAX);
	assert_int_equal(pool.tops, STACK_TOPS_MAX);
	for (int i = 0; i < COUNT; i++)
		if (i % A_SLAB) {
			size_t n = resident(low[i], SIZE);

			assert_true(n == SIZE || n == 0 ||
				(n == STACK_TOP &&
					resident(low[i] + SIZE - STACK_TOP, STACK_TOP) == n));
			kept += n;
		}
	assert_int_equal(kept, STACK_WHOLE_MAX + STACK_TOPS_MAX);
	for (int i = 0; i < COUNT; i += A_SLAB)
		stack_release(&pool, &s[i]);
	/* Some slabs are kept for the next fibers. */
	assert_true(mapped > STACK_SLABS_FREE * A_SLAB * (SIZE + STACK_GUARD));
	assert_int_equal(pool.mapped, STACK_SLABS_FREE * A_SLAB * (SIZE + STACK_GUARD));
	assert_int_equal(pool.in_use, 0);
	stack_pool_deinit(&pool);
	assert_int_equal(pool.whole, 0);
	assert_int_equal(pool.tops, 0);
	assert_int_equal(pool.mappings, 0);
	assert_int_equal(pool.mapped, 0);
}

/* The kernel is asked, so that nothing has to crash. */
static bool readable(const uint8_t *addr)
{
	static int fd[2] = { -1, -1 };
	char c;
	bool ok;

	if (fd[0] < 0)
		assert_int_equal(pipe(fd), 0);
	ok = write(fd[1], addr, 1) == 1;
	if (ok)
		assert_int_equal(read(fd[0], &c, 1), 1);
	return ok;
}

static void check_guards(enum stack_guard kind)
{
	enum { COUNT = 130 }; /* more than two slabs */
	static struct stack s[COUNT];

	stack_pool_init(&pool, kind);
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < COUNT; i++)
			assert_ok(stack_take(&pool, 64 << 10, &s[i]));
		for (int i = 0; i < COUNT; i++) {
			assert_true(readable(s[i].low));
			assert_true(readable(s[i].low + s[i].size - 1));
			assert_false(readable(s[i].low - 1));
			assert_false(readable(s[i].low - STACK_GUARD));
			assert_true(stack_guards(&s[i], s[i].low - 1));
			assert_true(stack_guards(&s[i], s[i].low - STACK_GUARD));
			assert_false(stack_guards(&s[i], s[i].low));
			assert_false(stack_guards(&s[i], s[i].low - STACK_GUARD - 1));
		}
		assert_int_equal(pool.guard, kind);
		assert_int_equal(pool.mappings, kind == STACK_GUARD_PROTECT ? 2 * COUNT : 0);
		for (int i = 0; i < COUNT; i++)
			stack_release(&pool, &s[i]);
		assert_false(stack_guards(&s[0], NULL));
	}
	stack_pool_deinit(&pool);
	assert_int_equal(pool.mappings, 0);
}

static void guards_by_protection(void **state)
{
	(void)state;
	check_guards(STACK_GUARD_PROTECT);
}

static void guards_by_marker(void **state)
{
	(void)state;
	if (!have_markers())
		return;
	check_guards(STACK_GUARD_MARKER);
}

static struct tobs_buf log_text;

static void keep_log(const struct tobs_log_line *line, void *user)
{
	(void)user;
	tobs_buf_printf(&log_text, "%s\n", line->text);
}

static void the_limit_on_mappings_is_an_error(void **state)
{
	static struct stack s[8];

	(void)state;
	tobs_buf_init(&log_text, 10000);
	tobs_log_to(keep_log, NULL);
	stack_pool_init(&pool, STACK_GUARD_PROTECT);
	/* What the system says less what others need. */
	assert_true(pool.budget >= 40000 || pool.budget > 1000);
	pool.budget = 6;
	for (int i = 0; i < 3; i++)
		assert_ok(stack_take(&pool, 1, &s[i]));
	assert_code(stack_take(&pool, 1, &s[3]), TOBS_ENOMEM);
	assert_code(stack_take(&pool, 1 << 20, &s[3]), TOBS_ENOMEM);
	assert_int_equal(pool.in_use, 3);
	assert_string_equal(tobs_buf_str(&log_text),
		"3 fibers are all that the limit on mappings allows: raise the sysctl "
		"vm.max_map_count, or use Linux 6.13\n");
	/* Freed ones can be had again. */
	stack_release(&pool, &s[1]);
	assert_ok(stack_take(&pool, 1, &s[1]));
	for (int i = 0; i < 3; i++)
		stack_release(&pool, &s[i]);
	stack_pool_deinit(&pool);
	tobs_log_to(NULL, NULL);
	tobs_buf_deinit(&log_text);
}

static bool fail_at(void *user)
{
	return (*(int *)user)-- != 0;
}

/* Each call that maps or protects fails in turn: an error, nothing lost, and it goes on after. */
static void check_failures(enum stack_guard kind)
{
	struct stack s;

	for (int nth = 0; nth < 2; nth++) {
		int left = nth;
		int64_t live = mem_live();

		stack_pool_init(&pool, kind);
		stack_set_gate(fail_at, &left);
		assert_code(stack_take(&pool, 1, &s), TOBS_ENOMEM);
		stack_set_gate(NULL, NULL);
		assert_int_equal(pool.mapped, 0);
		assert_int_equal(mem_live(), live);
		assert_ok(stack_take(&pool, 1, &s));
		stack_release(&pool, &s);
		stack_pool_deinit(&pool);
	}
}

static void failing_maps(void **state)
{
	int left = 1;
	struct stack s;

	(void)state;
	check_failures(STACK_GUARD_PROTECT);
	if (!have_markers())
		return;
	check_failures(STACK_GUARD_MARKER);
	/* Left to choose, the pool takes protection when marking fails. */
	stack_pool_init(&pool, STACK_GUARD_AUTO);
	stack_set_gate(fail_at, &left);
	assert_ok(stack_take(&pool, 1, &s));
	stack_set_gate(NULL, NULL);
	assert_int_equal(pool.guard, STACK_GUARD_PROTECT);
	stack_release(&pool, &s);
	stack_pool_deinit(&pool);
}

static int take_some(void *user)
{
	struct stack s;
	int r;

	(void)user;
	stack_pool_init(&pool, STACK_GUARD_AUTO);
	r = stack_take(&pool, 1, &s);
	if (!r)
		stack_release(&pool, &s);
	stack_pool_deinit(&pool);
	return r;
}

static void without_memory(void **state)
{
	(void)state;
	fail_each_allocation(take_some, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes),
		cmocka_unit_test(the_last_freed_is_the_next_used),
		cmocka_unit_test(pages_are_given_back),
		cmocka_unit_test(guards_by_protection),
		cmocka_unit_test(guards_by_marker),
		cmocka_unit_test(the_limit_on_mappings_is_an_error),
		cmocka_unit_test(failing_maps),
		cmocka_unit_test(without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
