/* SPDX-License-Identifier: MIT */
/* All public headers in one program: no two of them use the same name. */
#include <tobs/bot.h>
#include <tobs/botapi_methods.h>
#include <tobs/client.h>
#include <tobs/log.h>
#include <tobs/methods.h>
#include <tobs/rt.h>

#include "support/test.h"

static void names(void **state)
{
	(void)state;
	assert_string_equal(tobs_method_name(TOBS_METHOD_SEND_MESSAGE), "sendMessage");
	assert_string_equal(tobs_method_name(TOBS_METHOD_GET_UPDATES), "getUpdates");
	assert_string_equal(tobs_method_name(TOBS_METHOD_API_LOG_OUT), "logOut");
	assert_string_equal(
		tobs_method_name((enum tobs_method)(TOBS_METHOD_END - 1)), "getGameHighScores");
	assert_null(tobs_method_name(TOBS_METHOD_END));
	assert_null(tobs_method_name((enum tobs_method)TOBS_TYPE_UPDATE));
	assert_string_equal(tobs_botapi_type_name(TOBS_TYPE_UPDATE), "Update");
	assert_string_equal(tobs_botapi_type_name(TOBS_TYPE_RICH_TEXT), "RichText");
	assert_null(tobs_botapi_type_name(TOBS_TYPE_COUNT));
}

static void found_by_name(void **state)
{
	(void)state;
	assert_int_equal(tobs_method_find(tobs_str("sendMessage")), TOBS_METHOD_SEND_MESSAGE);
	assert_int_equal(tobs_method_find(tobs_str("SENDMESSAGE")), TOBS_METHOD_SEND_MESSAGE);
	assert_int_equal(tobs_method_find(tobs_str("sendMessag")), TOBS_METHOD_END);
	assert_int_equal(tobs_method_find(tobs_str("")), TOBS_METHOD_END);
	assert_int_equal(tobs_method_find(tobs_str("Message")), TOBS_METHOD_END);
	for (int m = TOBS_TYPE_COUNT; m < TOBS_METHOD_END; m++)
		assert_int_equal(
			tobs_method_find(tobs_str(tobs_method_name((enum tobs_method)m))), m);
}

/* What the schema of 10.3 has. */
static void counts(void **state)
{
	(void)state;
	assert_int_equal(TOBS_METHOD_END - TOBS_TYPE_COUNT, 185);
	assert_int_equal(TOBS_UPDATE_STOPPED_MESSAGE_GENERATION, 27);
	assert_string_equal(TOBS_BOTAPI_VERSION, "10.3");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(found_by_name),
		cmocka_unit_test(counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
