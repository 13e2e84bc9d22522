/* SPDX-License-Identifier: MIT */
#include "cli/summary.h"

#include "support/test.h"

static struct export_report report;
static struct export_chat_report chats[60];
static struct tobs_buf out;

static int setup(void **state)
{
	(void)state;
	memset(chats, 0, sizeof chats);
	export_report_init(&report);
	tobs_buf_init(&out, 1 << 20);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	export_report_deinit(&report);
	tobs_buf_deinit(&out);
	return 0;
}

static struct export_chat_report *add(const char *title)
{
	struct export_chat_report *c = &chats[report.chats.count];

	c->target = "@target";
	c->title = title;
	c->done = true;
	assert_int_equal(ARRAY_PUSH(&report.chats, c), 0);
	return c;
}

static const char *summary(bool dry_run, enum status status)
{
	tobs_buf_clear(&out);
	assert_ok(summary_put(&report, "export", dry_run, status, &out));
	return tobs_buf_str(&out);
}

static void failed(struct export_chat_report *c, const char *why)
{
	c->code = TOBS_ERPC;
	c->done = false;
	snprintf(c->message, sizeof c->message, "%s", why);
	report.failed++;
}

static void test_what_is_new(void **state)
{
	(void)state;
	add("One")->files = 2;
	add("Two")->files = 1;
	report.added = 1234;
	report.edited = 5;
	report.deleted = 1;
	report.wall_ms = 12345;
	report.wait_ms = 4000;
	assert_string_equal(summary(false, STATUS_DONE),
		"1,234 new messages, 5 edited, 1 deleted, from 2 chats; 3 files written in 12 s "
		"(4.0 s of it waiting because Telegram asked to).\n"
		"The files are in export\n");
}

static void test_one_of_each(void **state)
{
	(void)state;
	add("One")->files = 1;
	report.added = 1;
	report.wall_ms = 300;
	report.wait_ms = 999;
	assert_string_equal(summary(false, STATUS_DONE),
		"1 new message, from 1 chat; 1 file written in 0.3 s.\nThe files are in export\n");
}

static void test_nothing_new(void **state)
{
	(void)state;
	add("One");
	report.wall_ms = 300;
	assert_string_equal(summary(false, STATUS_DONE),
		"Nothing new in 1 chat in 0.3 s.\nThe files are in export\n");
}

static void test_failures_are_listed(void **state)
{
	(void)state;
	add("One");
	failed(add("\x1b[2JTwo"), "the channel\nis private");
	failed(add(""), "gone");
	assert_string_equal(summary(false, STATUS_PARTLY),
		"Nothing new in 1 chat in 0.0 s.\nThe files are in export\n"
		"2 chats failed:\n"
		"  ?[2JTwo: the channel is private\n"
		"  @target: gone\n");
}

static void test_many_failures(void **state)
{
	const char *text;

	(void)state;
	for (int i = 0; i < 53; i++)
		failed(add("Chat"), "no");
	text = summary(false, STATUS_PARTLY);
	assert_non_null(strstr(text, "53 chats failed:\n"));
	assert_non_null(strstr(text, "  Chat: no\n  and 3 more\n"));
}

static void test_interrupted(void **state)
{
	struct export_chat_report *c;

	(void)state;
	c = add("One");
	c->done = false;
	c->code = TOBS_ECANCELED;
	report.added = 7;
	report.canceled = true;
	assert_string_equal(summary(false, STATUS_INTERRUPTED),
		"Stopped after 7 new messages. The same command goes on from there.\n");
}

static void test_a_run_that_failed_says_nothing_of_its_own(void **state)
{
	(void)state;
	assert_string_equal(summary(false, STATUS_FAILED), "");
	assert_string_equal(summary(true, STATUS_NO_LOGIN), "");
}

static void test_dry_run(void **state)
{
	(void)state;
	add("One")->total = 1500;
	add("Two")->total = 1;
	failed(add("Three"), "private");
	assert_string_equal(summary(true, STATUS_PARTLY),
		"  One: 1,500 messages\n"
		"  Two: 1 message\n"
		"Nothing was fetched. There are 1,501 messages in 2 chats.\n"
		"1 chat failed:\n"
		"  Three: private\n");
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_what_is_new),
		TEST(test_one_of_each),
		TEST(test_nothing_new),
		TEST(test_failures_are_listed),
		TEST(test_many_failures),
		TEST(test_interrupted),
		TEST(test_a_run_that_failed_says_nothing_of_its_own),
		TEST(test_dry_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
