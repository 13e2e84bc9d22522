/* SPDX-License-Identifier: MIT */
#include "cli/zone_time.h"

#include "support/test.h"

static int64_t at(const char *zone_name, const char *date, bool end)
{
	const struct setting set = { "since", .type = SETTING_DATE };
	struct setting_value value;
	struct zone *zone;
	int64_t t;

	assert_ok(setting_parse(&set, tobs_str(date), NULL, &value, NULL));
	assert_ok(zone_load(&zone, zone_name, NULL));
	t = zone_time(zone, &value.date, end);
	zone_free(zone);
	return t;
}

static void test_days_begin_and_end_in_the_zone(void **state)
{
	(void)state;
	assert_int_equal(at("UTC", "2024-05-01", false), 1714521600);
	assert_int_equal(at("UTC", "2024-05-01", true), 1714521600 + 86400);
	assert_int_equal(at("+03:00", "2024-05-01", false), 1714521600 - 3 * 3600);
	assert_int_equal(at("+03:00", "2024-05-01", true), 1714521600 + 21 * 3600);
}

static void test_a_time_is_a_time(void **state)
{
	(void)state;
	assert_int_equal(at("UTC", "2024-05-01T10:30", false), 1714521600 + 37800);
	assert_int_equal(at("UTC", "2024-05-01T10:30", true), 1714521600 + 37800);
}

static void test_a_zone_of_its_own_wins(void **state)
{
	(void)state;
	assert_int_equal(at("+03:00", "2024-05-01T00:00Z", false), 1714521600);
	assert_int_equal(at("UTC", "2024-05-01T02:00+02:00", true), 1714521600);
}

/* In Berlin, winter ended on 2024-03-31 at 2:00 (1711846800) and summer on 2024-10-27 at 3:00 (1729990800). */
static void test_days_on_which_clocks_change(void **state)
{
	static const char berlin[] = "CET-1CEST,M3.5.0,M10.5.0/3";

	(void)state;
	assert_int_equal(at(berlin, "2024-03-31", false), 1711846800 - 2 * 3600);
	assert_int_equal(at(berlin, "2024-03-31", true), 1711846800 + 21 * 3600);
	assert_int_equal(at(berlin, "2024-03-31T01:59", false), 1711846800 - 60);
	assert_int_equal(at(berlin, "2024-03-31T03:00", false), 1711846800);
	assert_int_equal(at(berlin, "2024-10-27", false), 1729990800 - 3 * 3600);
	assert_int_equal(at(berlin, "2024-10-27", true), 1729990800 + 22 * 3600);
	assert_int_equal(at(berlin, "2024-10-27T03:00", false), 1729990800 + 3600);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_days_begin_and_end_in_the_zone),
		cmocka_unit_test(test_a_time_is_a_time),
		cmocka_unit_test(test_a_zone_of_its_own_wins),
		cmocka_unit_test(test_days_on_which_clocks_change),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
