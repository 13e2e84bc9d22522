/* SPDX-License-Identifier: MIT */
#include "base/clock.h"

#include "base/rand.h"
#include "support/test.h"

static void known_days(void **state)
{
	static const struct {
		int64_t unix_s;
		int offset;
		const char *iso;
	} cases[] = {
		{ 0, 0, "1970-01-01T00:00:00Z" },
		{ -1, 0, "1969-12-31T23:59:59Z" },
		{ 951782399, 0, "2000-02-28T23:59:59Z" },
		{ 951782400, 0, "2000-02-29T00:00:00Z" },
		{ 4107542400, 0, "2100-03-01T00:00:00Z" }, /* 2100 has no leap day */
		{ 1689611019, 8 * 3600, "2023-07-18T00:23:39+08:00" },
		{ 1689611019, -(3 * 3600 + 1800), "2023-07-17T12:53:39-03:30" },
		{ 2147483648, 0, "2038-01-19T03:14:08Z" },
	};
	char out[CIVIL_ISO_MAX];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct civil c = civil_from_unix(cases[i].unix_s, cases[i].offset);

		assert_string_equal(civil_iso(cases[i].unix_s, cases[i].offset, out), cases[i].iso);
		assert_int_equal(civil_to_unix(&c, cases[i].offset), cases[i].unix_s);
	}
}

static void there_and_back(void **state)
{
	struct prng p = { 7 };

	(void)state;
	for (int i = 0; i < 100000; i++) {
		int64_t t = (int64_t)prng_below(&p, 1ull << 38) - (1ll << 37);
		int offset = ((int)prng_below(&p, 57) - 28) * 1800;
		struct civil c = civil_from_unix(t, offset);

		assert_true(civil_valid(&c));
		assert_int_equal(civil_to_unix(&c, offset), t);
	}
}

static void impossible_days(void **state)
{
	static const struct civil bad[] = {
		{ 2023, 2, 29, 0, 0, 0 },
		{ 2100, 2, 29, 0, 0, 0 },
		{ 2023, 4, 31, 0, 0, 0 },
		{ 2023, 0, 1, 0, 0, 0 },
		{ 2023, 13, 1, 0, 0, 0 },
		{ 2023, 1, 0, 0, 0, 0 },
		{ 2023, 1, 1, 24, 0, 0 },
		{ 2023, 1, 1, 0, 60, 0 },
		{ 2023, 1, 1, 0, 0, 60 },
	};
	static const struct civil good = { 2000, 2, 29, 23, 59, 59 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(civil_valid(&bad[i]));
	assert_true(civil_valid(&good));
}

static void clocks_run_and_stand(void **state)
{
	const struct clock *c = clock_system();
	struct fake_clock f;
	int64_t before = clock_mono(c);

	(void)state;
	assert_true(clock_mono(c) >= before);
	assert_true(clock_wall(c) > 1700000000ll * 1000000);
	fake_clock_init(&f, 5);
	assert_int_equal(clock_wall(&f.clock), 5);
	f.now = 9;
	assert_int_equal(clock_mono(&f.clock), 9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_days),
		cmocka_unit_test(there_and_back),
		cmocka_unit_test(impossible_days),
		cmocka_unit_test(clocks_run_and_stand),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
