/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "support/test.h"

static void every_code_has_a_name_and_a_text(void **state)
{
	(void)state;
	for (int code = 0; code >= TOBS_EINTERNAL; code--) {
		assert_string_not_equal(tobs_error_name(code), "TOBS_E?");
		assert_string_not_equal(tobs_error_text(code), "unknown error");
	}
	assert_string_equal(tobs_error_name(TOBS_ETIMEDOUT), "TOBS_ETIMEDOUT");
	assert_string_equal(tobs_error_name(-9999), "TOBS_E?");
	assert_string_equal(tobs_error_text(1), "unknown error");
}

static void fills_the_detail(void **state)
{
	struct tobs_err err = { .seconds = 9 };

	(void)state;
	assert_code(tobs_fail(&err, TOBS_EINVAL, "port %d", 70000), TOBS_EINVAL);
	assert_string_equal(err.message, "port 70000");
	assert_int_equal(err.code, TOBS_EINVAL);
	assert_int_equal(err.seconds, 0);
	assert_code(tobs_fail(NULL, TOBS_EINVAL, "nobody reads this"), TOBS_EINVAL);
	tobs_fail(&err, TOBS_EINVAL, "again: %s", err.message);
	assert_string_equal(err.message, "again: port 70000");
}

static void adds_errno_and_context(void **state)
{
	struct tobs_err err = { 0 };
	char long_text[400];

	(void)state;
	tobs_fail_sys(&err, TOBS_EIO, ENOENT, "cannot open %s", "x");
	assert_int_equal(err.sys, ENOENT);
	assert_non_null(strstr(err.message, "cannot open x: "));
	tobs_err_context(&err, "settings");
	assert_int_equal(strncmp(err.message, "settings: cannot open x: ", 25), 0);
	tobs_err_context(NULL, "nothing");
	memset(long_text, 'a', sizeof long_text);
	long_text[sizeof long_text - 1] = 0;
	tobs_err_context(&err, "%s", long_text);
	assert_int_equal(strlen(err.message), sizeof err.message - 1);
	err = (struct tobs_err){ .code = TOBS_EIO };
	tobs_err_context(&err, "p");
	assert_string_equal(err.message, "p: input/output error");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_code_has_a_name_and_a_text),
		cmocka_unit_test(fills_the_detail),
		cmocka_unit_test(adds_errno_and_context),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
