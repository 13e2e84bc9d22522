/* SPDX-License-Identifier: MIT */
#include "base/setting.h"

#include "base/suggest.h"
#include "support/failmem.h"
#include "support/test.h"

static const struct setting text_row = { "text", .type = SETTING_STRING };
static const struct setting path_row = { "path", .type = SETTING_PATH };
static const struct setting any_int = { "n", .type = SETTING_INT };
static const struct setting small_int = { "n", .type = SETTING_INT, .min = 1, .max = 32 };
static const struct setting below_zero = { "n", .type = SETTING_INT, .min = -5, .max = 0 };
static const struct setting size_row = { "size", .type = SETTING_SIZE };
static const struct setting mega_row = { "size", .type = SETTING_SIZE, .unit = "M", .min = 1 << 20,
	.max = (int64_t)2 << 30 };
static const struct setting time_row = { "time", .type = SETTING_DURATION };
static const struct setting seconds_row = { "time", .type = SETTING_DURATION, .unit = "s",
	.min = 500, .max = 3600000 };
static const struct setting bool_row = { "switch", .type = SETTING_BOOL };
static const struct setting enum_row = { "profile", .type = SETTING_ENUM,
	.words = "slow balanced  fast" };
static const struct setting list_row = { "list", .type = SETTING_LIST };
static const struct setting media_row = { "media", .type = SETTING_LIST,
	.words = "all none photo video" };
static const struct setting date_row = { "since", .type = SETTING_DATE };

static void numbers(void **state)
{
	static const struct {
		const struct setting *set;
		const char *text;
		int64_t want; /* INT64_MIN: refused */
	} rows[] = {
		{ &any_int, "0", 0 },
		{ &any_int, " -7 ", -7 },
		{ &any_int, "9223372036854775807", INT64_MAX },
		{ &any_int, "9223372036854775808", INT64_MIN },
		{ &any_int, "", INT64_MIN },
		{ &any_int, "1.5", INT64_MIN },
		{ &any_int, "+1", INT64_MIN },
		{ &any_int, "0x10", INT64_MIN },
		{ &any_int, "1 2", INT64_MIN },
		{ &small_int, "1", 1 },
		{ &small_int, "32", 32 },
		{ &small_int, "0", INT64_MIN },
		{ &small_int, "33", INT64_MIN },
		{ &below_zero, "0", 0 },
		{ &below_zero, "-5", -5 },
		{ &below_zero, "1", INT64_MIN },
		{ &below_zero, "-6", INT64_MIN },

		{ &size_row, "0", 0 },
		{ &size_row, "4096", 4096 },
		{ &size_row, "1K", 1024 },
		{ &size_row, "1k", 1024 },
		{ &size_row, "1KB", 1024 },
		{ &size_row, "1KiB", 1024 },
		{ &size_row, "3 MB", 3 << 20 },
		{ &size_row, "1.5G", (int64_t)3 << 29 },
		{ &size_row, "0.25t", (int64_t)1 << 38 },
		{ &size_row, "7b", 7 },
		{ &size_row, "0.5", 0 },
		{ &size_row, "0.000001T", 1099511 },
		{ &size_row, "8388607T", (int64_t)8388607 << 40 },
		{ &size_row, "8388608T", INT64_MIN },
		{ &size_row, "9223372036854775807", INT64_MAX },
		{ &size_row, "9223372036854775808", INT64_MIN },
		{ &size_row, "-1", INT64_MIN },
		{ &size_row, "1.G", INT64_MIN },
		{ &size_row, ".5G", INT64_MIN },
		{ &size_row, "1.0000001G", INT64_MIN },
		{ &size_row, "1iB", INT64_MIN },
		{ &size_row, "1X", INT64_MIN },
		{ &size_row, "1KK", INT64_MIN },
		{ &size_row, "K", INT64_MIN },
		{ &size_row, "", INT64_MIN },
		{ &size_row, "1e3", INT64_MIN },
		{ &mega_row, "20", 20 << 20 },
		{ &mega_row, "1.5", 3 << 19 },
		{ &mega_row, "1048576B", 1 << 20 },
		{ &mega_row, "1024K", 1 << 20 },
		{ &mega_row, "1023K", INT64_MIN },
		{ &mega_row, "2G", (int64_t)2 << 30 },
		{ &mega_row, "2.1G", INT64_MIN },

		{ &time_row, "0", 0 },
		{ &time_row, "250", 250 },
		{ &time_row, "250ms", 250 },
		{ &time_row, "30s", 30000 },
		{ &time_row, "5m", 300000 },
		{ &time_row, "5M", 300000 },
		{ &time_row, "2h", 7200000 },
		{ &time_row, "1d", 86400000 },
		{ &time_row, "1.5h", 5400000 },
		{ &time_row, "1h30m", 5400000 },
		{ &time_row, "1d12h30m15s250ms", 131415250 },
		{ &time_row, "0.25s", 250 },
		{ &time_row, "1h30", INT64_MIN },
		{ &time_row, "30 s", INT64_MIN },
		{ &time_row, "1w", INT64_MIN },
		{ &time_row, "s", INT64_MIN },
		{ &time_row, "", INT64_MIN },
		{ &time_row, "-1s", INT64_MIN },
		{ &time_row, "106751991167d", (int64_t)106751991167 * 86400000 },
		{ &time_row, "106751991168d", INT64_MIN },
		{ &time_row, "106751991167d9999999h", INT64_MIN },
		{ &seconds_row, "1", 1000 },
		{ &seconds_row, "0.5", 500 },
		{ &seconds_row, "500ms", 500 },
		{ &seconds_row, "499ms", INT64_MIN },
		{ &seconds_row, "60m", 3600000 },
		{ &seconds_row, "3601", INT64_MIN },

		{ &bool_row, "yes", 1 },
		{ &bool_row, "No", 0 },
		{ &bool_row, "TRUE", 1 },
		{ &bool_row, "false", 0 },
		{ &bool_row, "on", 1 },
		{ &bool_row, "off", 0 },
		{ &bool_row, "1", 1 },
		{ &bool_row, "0", 0 },
		{ &bool_row, "y", 1 },
		{ &bool_row, " n ", 0 },
		{ &bool_row, "2", INT64_MIN },
		{ &bool_row, "", INT64_MIN },
		{ &bool_row, "yes!", INT64_MIN },

		{ &enum_row, "slow", 0 },
		{ &enum_row, "Balanced", 1 },
		{ &enum_row, " fast ", 2 },
		{ &enum_row, "", INT64_MIN },
		{ &enum_row, "fas", INT64_MIN },
		{ &enum_row, "slow balanced", INT64_MIN },
		{ &text_row, " anything\n", 0 },
		{ &path_row, "", 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct setting_value v = { .number = 4711 };
		uint8_t *exact = exact_copy(rows[i].text, strlen(rows[i].text));
		int r = setting_parse(
			rows[i].set, tobs_view(exact, strlen(rows[i].text)), NULL, &v, NULL);

		free(exact);
		if (rows[i].want == INT64_MIN ? r != TOBS_EINVAL || v.number != 4711
					      : r || v.number != rows[i].want)
			fail_msg("%s: %s, %lld", rows[i].text, tobs_error_name(r),
				(long long)v.number);
	}
}

/* A key of old that counted megabytes. */
static void another_unit(void **state)
{
	struct setting_value v;

	(void)state;
	assert_ok(setting_parse(&size_row, tobs_str("2000"), "M", &v, NULL));
	assert_int_equal(v.number, (int64_t)2000 << 20);
	assert_ok(setting_parse(&size_row, tobs_str("2000K"), "M", &v, NULL));
	assert_int_equal(v.number, 2000 << 10);
	assert_ok(setting_parse(&seconds_row, tobs_str("2"), "m", &v, NULL));
	assert_int_equal(v.number, 120000);
}

static void lists(void **state)
{
	struct setting_value v;
	struct tobs_view rest = tobs_str(" a, b c ,,d ,"), element;

	(void)state;
	assert_true(setting_list_next(&rest, &element));
	assert_view(element, "a");
	assert_true(setting_list_next(&rest, &element));
	assert_view(element, "b c");
	assert_true(setting_list_next(&rest, &element));
	assert_view(element, "d");
	assert_false(setting_list_next(&rest, &element));
	assert_ok(setting_parse(&media_row, tobs_str("video, Photo"), NULL, &v, NULL));
	assert_int_equal(v.words, 12);
	assert_ok(setting_parse(&media_row, tobs_str(""), NULL, &v, NULL));
	assert_int_equal(v.words, 0);
	assert_code(
		setting_parse(&media_row, tobs_str("photo,audio"), NULL, &v, NULL), TOBS_EINVAL);
	assert_code(
		setting_parse(&media_row, tobs_str("photo video"), NULL, &v, NULL), TOBS_EINVAL);
	assert_ok(setting_parse(&list_row, tobs_str("anything,at all"), NULL, &v, NULL));
	assert_view(setting_word("a bc  d", 0), "a");
	assert_view(setting_word("a bc  d", 2), "d");
	assert_view(setting_word("a bc  d", 3), "");
}

static void dates(void **state)
{
	static const struct {
		const char *text;
		int64_t unix_s; /* -1: refused; without a zone at UTC+3 */
		bool has_time, has_zone;
	} rows[] = {
		{ "1970-01-01", -10800, false, false },
		{ "2024-05-01", 1714510800, false, false },
		{ "2024-02-29", 1709154000, false, false },
		{ "2024-05-01T12:30", 1714555800, true, false },
		{ "2024-05-01 12:30:15", 1714555815, true, false },
		{ "2024-05-01t12:30z", 1714566600, true, true },
		{ "2024-05-01T12:30:15Z", 1714566615, true, true },
		{ "2024-05-01T12:30:15+00:00", 1714566615, true, true },
		{ "2024-05-01T12:30:15+05:30", 1714546815, true, true },
		{ "2024-05-01T12:30:15-0800", 1714595415, true, true },
		{ "2024-05-01T12:30-03", 1714577400, true, true },
		{ "2024-05-01T18:30+18:00", 1714523400, true, true },
		{ "2023-02-29", -1, 0, 0 },
		{ "2024-13-01", -1, 0, 0 },
		{ "2024-00-01", -1, 0, 0 },
		{ "2024-05-32", -1, 0, 0 },
		{ "2024-5-1", -1, 0, 0 },
		{ "24-05-01", -1, 0, 0 },
		{ "2024/05/01", -1, 0, 0 },
		{ "20240501", -1, 0, 0 },
		{ "2024-05-01T", -1, 0, 0 },
		{ "2024-05-01T24:00", -1, 0, 0 },
		{ "2024-05-01T12", -1, 0, 0 },
		{ "2024-05-01T12:60", -1, 0, 0 },
		{ "2024-05-01T12:30:60", -1, 0, 0 },
		{ "2024-05-01T12:30:15.5", -1, 0, 0 },
		{ "2024-05-01T12:30+3", -1, 0, 0 },
		{ "2024-05-01T12:30+19:00", -1, 0, 0 },
		{ "2024-05-01T12:30+03:60", -1, 0, 0 },
		{ "2024-05-01T12:30+03:00x", -1, 0, 0 },
		{ "2024-05-01T12:30Zx", -1, 0, 0 },
		{ "2024-05-01Z", -1, 0, 0 },
		{ "2024-05-01T-1:30", -1, 0, 0 },
		{ "-024-05-01", -1, 0, 0 },
		{ "yesterday", -1, 0, 0 },
		{ "", -1, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct setting_value v = { 0 };
		uint8_t *exact = exact_copy(rows[i].text, strlen(rows[i].text));
		int r = setting_parse(
			&date_row, tobs_view(exact, strlen(rows[i].text)), NULL, &v, NULL);

		free(exact);
		if (r != (rows[i].unix_s == -1 ? TOBS_EINVAL : TOBS_OK))
			fail_msg("%s: %s", rows[i].text, tobs_error_name(r));
		if (r)
			continue;
		assert_int_equal(setting_date_unix(&v.date, 10800), rows[i].unix_s);
		assert_int_equal(v.date.has_time, rows[i].has_time);
		assert_int_equal(v.date.has_zone, rows[i].has_zone);
	}
}

static void what_is_allowed(void **state)
{
	static const struct setting from_on = { "n", .type = SETTING_INT, .min = 1,
		.max = INT64_MAX };
	static const struct {
		const struct setting *set;
		const char *want;
	} rows[] = {
		{ &any_int, "a number" },
		{ &small_int, "a number from 1 to 32" },
		{ &below_zero, "a number from -5 to 0" },
		{ &from_on, "a number from 1 on" },
		{ &size_row, "a size such as 500K, 20M or 1.5G" },
		{ &mega_row, "a size such as 500K, 20M or 1.5G from 1M to 2G" },
		{ &seconds_row, "a time such as 500ms, 30s, 5m or 1h30m from 500ms to 1h" },
		{ &bool_row, "yes or no" },
		{ &enum_row, "one of slow, balanced, fast" },
		{ &media_row, "any of all, none, photo, video, separated by commas" },
		{ &list_row, "a list separated by commas" },
		{ &date_row, "a date such as 2024-05-01 or 2024-05-01T18:30+03:00" },
		{ &text_row, "any text" },
		{ &path_row, "a path" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct setting_value v;
		struct tobs_err err;
		struct tobs_buf out;

		tobs_buf_init(&out, 1000);
		assert_ok(setting_allowed(rows[i].set, &out));
		assert_string_equal(tobs_buf_str(&out), rows[i].want);
		tobs_buf_deinit(&out);
		if (setting_parse(rows[i].set, tobs_str("?"), NULL, &v, &err))
			assert_string_equal(err.message, rows[i].want);
	}
}

static void keys(void **state)
{
	static const struct setting set = { "max-file-size2" };
	char key[2 * SETTING_NAME_MAX];

	(void)state;
	assert_string_equal(setting_key(&set, "TOBS_", key), "TOBS_MAX_FILE_SIZE2");
}

static void distances(void **state)
{
	static const struct {
		const char *a, *b;
		size_t want;
	} rows[] = {
		{ "", "", 0 },
		{ "", "abc", 3 },
		{ "abc", "", 3 },
		{ "abc", "abc", 0 },
		{ "ABC_d", "abc-D", 0 },
		{ "AZaz", "azAZ", 0 },
		{ "abc", "abd", 1 },
		{ "abc", "acb", 1 },
		{ "abc", "bca", 2 },
		{ "abcd", "abd", 1 },
		{ "abd", "abcd", 1 },
		{ "kitten", "sitting", 3 },
		{ "concurency", "concurrency", 1 },
		{ "meida", "media", 1 },
	};
	char longest[66];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		assert_int_equal(
			edit_distance(tobs_str(rows[i].a), tobs_str(rows[i].b)), rows[i].want);
		assert_int_equal(
			edit_distance(tobs_str(rows[i].b), tobs_str(rows[i].a)), rows[i].want);
	}
	memset(longest, 'x', sizeof longest);
	assert_int_equal(edit_distance(tobs_view(longest, 64), tobs_view(longest, 64)), 0);
	assert_int_equal(edit_distance(tobs_view(longest, 64), tobs_view(longest, 0)), 64);
	assert_true(edit_distance(tobs_view(longest, 65), tobs_view(longest, 64)) == SIZE_MAX);
	assert_true(edit_distance(tobs_view(longest, 64), tobs_view(longest, 65)) == SIZE_MAX);
}

static void suggestions(void **state)
{
	static const struct {
		const char *wanted, *want;
	} rows[] = {
		{ "meida", "media" },
		{ "medi", "media" },
		{ "medias", "media" },
		{ "x", NULL },
		{ "no", "on" },
		{ "mediun", "medium" },
		{ "mediu", "media" },
		{ "concurrencies", "concurrency" },
		{ "takeaway", NULL },
		{ "", NULL },
	};
	static const char *const words[] = { "takeout", "media", "concurrency", "medium", "on" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct suggest s = { .wanted = tobs_str(rows[i].wanted) };

		for (size_t k = 0; k < ARRAY_LEN(words); k++)
			suggest_try(&s, words[k]);
		if (rows[i].want)
			assert_string_equal(s.best ? s.best : "(none)", rows[i].want);
		else
			assert_null(s.best);
	}
}

static int refuse_it(void *user)
{
	struct setting_value v;
	int r = setting_parse(&small_int, tobs_str(user), NULL, &v, NULL);

	return r == TOBS_EINVAL ? TOBS_OK : TOBS_EINTERNAL;
}

static void survives_failing_memory(void **state)
{
	static char text[] = "33";

	(void)state;
	fail_each_allocation(refuse_it, text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers),
		cmocka_unit_test(another_unit),
		cmocka_unit_test(lists),
		cmocka_unit_test(dates),
		cmocka_unit_test(what_is_allowed),
		cmocka_unit_test(keys),
		cmocka_unit_test(distances),
		cmocka_unit_test(suggestions),
		cmocka_unit_test(survives_failing_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
