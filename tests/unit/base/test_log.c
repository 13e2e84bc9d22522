/* SPDX-License-Identifier: MIT */
#include "base/log.h"

#include "support/test.h"

static struct tobs_buf seen;

static void keep(const struct tobs_log_line *line, void *user)
{
	(void)user;
	tobs_buf_printf(
		&seen, "%s %s: %s\n", tobs_log_level_name(line->level), line->module, line->text);
}

static int setup(void **state)
{
	(void)state;
	tobs_buf_init(&seen, 100000);
	tobs_log_to(keep, NULL);
	tobs_log_level(TOBS_LOG_INFO);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	tobs_log_to(NULL, NULL);
	tobs_log_forget();
	tobs_buf_deinit(&seen);
	return 0;
}

static void levels(void **state)
{
	(void)state;
	log_info("net", "up %d", 1);
	log_debug("net", "hidden");
	log_error("net", "down");
	assert_string_equal(tobs_buf_str(&seen), "info net: up 1\nerror net: down\n");
	tobs_log_to(NULL, NULL);
	assert_false(log_wants(TOBS_LOG_ERROR));
	log_error("net", "into the void");
}

static void hides_what_was_registered(void **state)
{
	(void)state;
	assert_ok(tobs_log_secret(tobs_str("hunter2!")));
	assert_ok(tobs_log_secret(tobs_str("hunter2!-longer")));
	assert_ok(tobs_log_secret(tobs_str("abc"))); /* too short to be hidden */
	log_info("x", "a hunter2! b hunter2!-longer c abc hunter2");
	assert_string_equal(tobs_buf_str(&seen), "info x: a [hidden] b [hidden] c abc hunter2\n");
	tobs_buf_clear(&seen);
	tobs_log_forget();
	log_info("x", "hunter2!");
	assert_string_equal(tobs_buf_str(&seen), "info x: hunter2!\n");
}

static void hides_tokens_and_phones(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{ "GET /bot110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw7/getMe",
			"info x: GET /bot[hidden]/getMe\n" },
		{ "call +442079460000 now", "info x: call [hidden] now\n" },
		{ "1 + 2 = 3, +1234567", "info x: 1 + 2 = 3, +1234567\n" },
		{ "12:30:45 and 123456:short", "info x: 12:30:45 and 123456:short\n" },
		{ "tab\there \033[31mred", "info x: tab?here ?[31mred\n" },
		{ "", "info x: \n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		tobs_buf_clear(&seen);
		log_info("x", "%s", cases[i].in);
		assert_string_equal(tobs_buf_str(&seen), cases[i].out);
	}
}

static void a_line_too_long_says_so(void **state)
{
	char text[9000];

	(void)state;
	memset(text, 'a', sizeof text);
	text[sizeof text - 1] = 0;
	log_info("x", "%s", text);
	assert_non_null(strstr(tobs_buf_str(&seen), "a log line was lost"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(levels, setup, teardown),
		cmocka_unit_test_setup_teardown(hides_what_was_registered, setup, teardown),
		cmocka_unit_test_setup_teardown(hides_tokens_and_phones, setup, teardown),
		cmocka_unit_test_setup_teardown(a_line_too_long_says_so, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
