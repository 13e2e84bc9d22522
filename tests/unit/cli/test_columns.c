/* SPDX-License-Identifier: MIT */
#include "cli/columns.h"

#include "support/failmem.h"
#include "support/test.h"

static struct columns c;
static struct tobs_buf out;

static int setup(void **state)
{
	(void)state;
	tobs_buf_init(&out, 10000);
	columns_init(&c, "ID> TITLE~ NAME");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	columns_deinit(&c);
	tobs_buf_deinit(&out);
	return 0;
}

static void put(int64_t id, const char *title, const char *name)
{
	columns_put_i64(&c, id);
	columns_put(&c, tobs_str(title));
	columns_put(&c, tobs_str(name));
}

static void test_columns_are_as_wide_as_needed(void **state)
{
	(void)state;
	put(1, "Chat", "@chat");
	put(-1001234567890, "A longer title", "");
	assert_ok(columns_print(&c, 80, &out));
	assert_string_equal(tobs_buf_str(&out),
		"            ID  TITLE           NAME\n"
		"             1  Chat            @chat\n"
		"-1001234567890  A longer title\n");
}

static void test_no_rows_no_table(void **state)
{
	(void)state;
	assert_ok(columns_print(&c, 80, &out));
	assert_string_equal(tobs_buf_str(&out), "");
}

static void test_wide_characters_take_two(void **state)
{
	(void)state;
	put(1, "家族", "a");
	put(2, "four", "b");
	put(3, "e\xcc\x81tat", "c");
	assert_ok(columns_print(&c, 80, &out));
	assert_string_equal(tobs_buf_str(&out),
		"ID  TITLE  NAME\n"
		" 1  家族   a\n"
		" 2  four   b\n"
		" 3  e\xcc\x81tat   c\n");
}

static void test_narrow_terminals_cut_what_may_shrink(void **state)
{
	(void)state;
	put(1, "A title that is much too long", "@name");
	assert_ok(columns_print(&c, 30, &out));
	assert_string_equal(tobs_buf_str(&out),
		"ID  TITLE                NAME\n"
		" 1  A title that is m..  @name\n");
}

static void test_nothing_shrinks_to_nothing(void **state)
{
	(void)state;
	put(1, "A title that is much too long", "@name");
	assert_ok(columns_print(&c, 5, &out));
	assert_string_equal(tobs_buf_str(&out),
		"ID  TITLE         NAME\n"
		" 1  A title th..  @name\n");
}

static void test_cells_are_cleaned(void **state)
{
	(void)state;
	put(1, "a\x1b[31mb\nc", "");
	assert_ok(columns_print(&c, 80, &out));
	/* Nobody has a name, so that column is not there. */
	assert_string_equal(tobs_buf_str(&out),
		"ID  TITLE\n"
		" 1  a?[31mb c\n");
}

static int print_all(void *user)
{
	struct columns t;
	struct tobs_buf text;
	int r;

	(void)user;
	tobs_buf_init(&text, 10000);
	columns_init(&t, "A B");
	columns_put(&t, tobs_str("one"));
	columns_put_i64(&t, 2);
	r = columns_print(&t, 80, &text);
	columns_deinit(&t);
	tobs_buf_deinit(&text);
	return r;
}

static void test_without_memory(void **state)
{
	(void)state;
	fail_each_allocation(print_all, NULL);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_columns_are_as_wide_as_needed),
		TEST(test_no_rows_no_table),
		TEST(test_wide_characters_take_two),
		TEST(test_narrow_terminals_cut_what_may_shrink),
		TEST(test_nothing_shrinks_to_nothing),
		TEST(test_cells_are_cleaned),
		cmocka_unit_test(test_without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
