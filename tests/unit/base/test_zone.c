/* SPDX-License-Identifier: MIT */
#include "base/zone.h"

#include <dirent.h>
#include <time.h>

#include "base/clock.h"
#include "base/rand.h"
#include "support/failmem.h"
#include "support/test.h"
#include "support/tmpdir.h"

#define DATABASE "/usr/share/zoneinfo"

static bool have_database(void)
{
	return access(DATABASE "/Europe/Paris", R_OK) == 0;
}

static struct zone *zone(const char *name)
{
	struct zone *z = NULL;
	struct tobs_err err;

	if (zone_load(&z, name, &err))
		fail_msg("%s: %s", name, err.message);
	return z;
}

static int offset_of(const char *name, int64_t t)
{
	struct zone *z = zone(name);
	struct zone_span s = zone_at(z, t);

	assert_true(s.from <= t && t < s.until);
	zone_free(z);
	return s.offset;
}

static void fixed_offsets(void **state)
{
	static const struct {
		const char *name;
		int offset;
	} cases[] = { { "UTC", 0 }, { "Z", 0 }, { "+03:00", 10800 }, { "-05:30", -19800 },
		{ "+0545", 20700 }, { "-3", -10800 }, { "+14", 50400 }, { "+23:59", 86340 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		if (offset_of(cases[i].name, 1700000000) != cases[i].offset)
			fail_msg("%s", cases[i].name);
}

static void names_of_nothing(void **state)
{
	static const char *const names[] = { "", "Nowhere/Here", "/etc/localtime",
		"../../etc/passwd", "Europe", "+3:00:00", "+24:00", "+1:60", "+0160", "+123", "-",
		"+", "EST5", "Europe/Paris ", "Europe/\xc3\xa9" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct zone *z = NULL;
		struct tobs_err err;

		if (zone_load(&z, names[i], &err) != TOBS_ENOTFOUND || z)
			fail_msg("\"%s\"", names[i]);
	}
}

/* ---- rules -------------------------------------------------------------------- */

static struct zone *ruled(const char *rule)
{
	struct zone *z = NULL;

	if (zone_from_rule(&z, tobs_str(rule), NULL))
		fail_msg("%s", rule);
	return z;
}

static int64_t at(int year, int month, int day, int hour)
{
	return civil_to_unix(&(struct civil){ year, month, day, hour, 0, 0 }, 0);
}

static void rules(void **state)
{
	struct zone *paris = ruled("CET-1CEST,M3.5.0,M10.5.0/3");
	struct zone *sydney = ruled("AEST-10AEDT,M10.1.0,M4.1.0/3");
	struct zone *always = ruled("XXX3YYY,0/0,J365/25");
	struct zone *plain = ruled("<+0330>-3:30");
	struct zone_span s;

	(void)state;
	/* 31 March 2024, 1:00 UTC to 27 October, 1:00 UTC. */
	s = zone_at(paris, at(2024, 7, 1, 0));
	assert_true(s.offset == 7200);
	assert_true(s.from == at(2024, 3, 31, 1) && s.until == at(2024, 10, 27, 1));
	s = zone_at(paris, at(2024, 10, 27, 1));
	assert_true(s.offset == 3600);
	assert_true(s.from == at(2024, 10, 27, 1) && s.until == at(2025, 3, 30, 1));
	assert_true(zone_at(paris, at(2024, 3, 31, 1) - 1).offset == 3600);
	assert_true(zone_at(paris, at(2024, 3, 31, 1)).offset == 7200);
	/* The other half of the Earth: summer over New Year. */
	s = zone_at(sydney, at(2024, 12, 31, 23));
	assert_true(s.offset == 39600);
	assert_true(s.from == at(2024, 10, 5, 16) && s.until == at(2025, 4, 5, 16));
	assert_true(zone_at(sydney, at(2024, 6, 1, 0)).offset == 36000);
	/* A way to write daylight saving all year. */
	for (int m = 1; m <= 12; m++)
		assert_true(zone_at(always, at(2024, m, 1, 3)).offset == -7200);
	s = zone_at(plain, 0);
	assert_true(s.offset == 12600 && s.from == INT64_MIN && s.until == INT64_MAX);
	/* Days counted through the year: J60 is 1 March in any year, 59 only in leap years not. */
	zone_free(always);
	always = ruled("AAA0BBB,J60/0,J61/0");
	assert_true(zone_at(always, at(2023, 3, 1, 12)).offset == 3600);
	assert_true(zone_at(always, at(2024, 3, 1, 12)).offset == 3600);
	assert_true(zone_at(always, at(2024, 2, 29, 12)).offset == 0);
	zone_free(always);
	always = ruled("AAA0BBB,59/0,60/0");
	assert_true(zone_at(always, at(2023, 3, 1, 12)).offset == 3600);
	assert_true(zone_at(always, at(2024, 2, 29, 12)).offset == 3600);
	/* Times beyond all calendars. */
	assert_true(zone_at(paris, INT64_MAX).offset == 3600);
	assert_true(zone_at(paris, INT64_MIN).offset == 3600);
	zone_free(always);
	zone_free(paris);
	zone_free(sydney);
	zone_free(plain);
}

static void what_is_no_rule(void **state)
{
	static const char *const bad[] = { "", "CE-1", "CET", "CET-1CEST", "CET-1CEST,M3.5.0",
		"CET-1CEST,M3.5.0,M10.5.0/3x", "CET-1CEST,M13.5.0,M10.5.0",
		"CET-1CEST,M3.6.0,M10.5.0", "CET-1CEST,M3.0.0,M10.5.0", "CET-1CEST,M3.5.7,M10.5.0",
		"CET-1CEST,J0,J5", "CET-1CEST,366,5", "CET-1CEST,J366,5", "CET-25", "CET-1:60",
		"<CET-1", "<>1", "<A>1", "CET-1CEST,M3.5.0/168,M10.5.0", "CET-99999999999" };
	struct zone *z;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (zone_from_rule(&z, tobs_str(bad[i]), NULL) != TOBS_EMALFORMED)
			fail_msg("%s", bad[i]);
}

/* ---- the database ---------------------------------------------------------------- */

static void set_tz(const char *value)
{
	if (value)
		setenv("TZ", value, 1);
	else
		unsetenv("TZ");
	tzset();
}

static void same_as_libc(const char *name, struct prng *p)
{
	struct zone *z = zone(name);
	char tz[400];

	snprintf(tz, sizeof tz, ":%s", name);
	set_tz(tz);
	for (int i = 0; i < 60; i++) {
		/* From 1901 to 2100, what 32 bits hold and what only rules know. */
		time_t t = (time_t)prng_below(p, 6280000000) - 2170000000;
		struct zone_span s = zone_at(z, t);
		struct tm tm;

		assert_non_null(localtime_r(&t, &tm));
		if (s.offset != tm.tm_gmtoff || s.from > t || s.until <= t)
			fail_msg("%s at %lld: %d, libc %ld", name, (long long)t, s.offset,
				tm.tm_gmtoff);
		if (s.until < 4100000000) {
			t = (time_t)s.until;
			localtime_r(&t, &tm);
			assert_int_equal(zone_at(z, t).offset, tm.tm_gmtoff);
		}
	}
	zone_free(z);
	set_tz(NULL);
}

static void every_zone_of_a_continent(void **state)
{
	static const char *const continents[] = { "Europe", "Africa", "America", "Asia",
		"Australia", "Pacific", "Antarctica", "Etc" };
	struct prng p = { 1 };
	int zones = 0;

	(void)state;
	if (!have_database())
		return;
	for (size_t i = 0; i < ARRAY_LEN(continents); i++) {
		char path[300], name[300];
		struct dirent *e;
		DIR *d;

		snprintf(path, sizeof path, "%s/%s", DATABASE, continents[i]);
		d = opendir(path);
		while (d && (e = readdir(d))) {
			struct stat st;

			snprintf(path, sizeof path, "%s/%s/%.100s", DATABASE, continents[i],
				e->d_name);
			snprintf(name, sizeof name, "%s/%.100s", continents[i], e->d_name);
			if (*e->d_name == '.' || stat(path, &st) || !S_ISREG(st.st_mode))
				continue;
			same_as_libc(name, &p);
			zones++;
		}
		if (d)
			closedir(d);
	}
	assert_true(zones > 300);
}

static void the_local_zone(void **state)
{
	(void)state;
	set_tz("UTC");
	assert_int_equal(offset_of("local", 0), 0);
	set_tz("+05:00");
	assert_int_equal(offset_of(NULL, 0), 18000);
	set_tz("EST5");
	assert_int_equal(offset_of(NULL, 0), -18000);
	set_tz("CET-1CEST,M3.5.0,M10.5.0/3");
	assert_int_equal(offset_of(NULL, 1720000000), 7200);
	set_tz("Nowhere/Here");
	assert_int_equal(offset_of(NULL, 0), 0);
	set_tz("");
	assert_int_equal(offset_of(NULL, 0), 0);
	if (have_database()) {
		set_tz("Europe/Paris");
		assert_int_equal(offset_of(NULL, 1720000000), 7200);
		set_tz(":Europe/Paris");
		assert_int_equal(offset_of(NULL, 1720000000), 7200);
		set_tz(":" DATABASE "/Europe/Paris");
		assert_int_equal(offset_of(NULL, 1720000000), 7200);
		set_tz(DATABASE "/Europe/Paris");
		assert_int_equal(offset_of(NULL, 1720000000), 7200);
	}
	set_tz(NULL);
	zone_free(zone(NULL));
}

/* ---- hostile files ----------------------------------------------------------------- */

/* Version 1: 2 types, 2 changes; a second version of the same with a rule behind. */
static size_t sample(uint8_t *out, bool two)
{
	static const uint8_t head[44] = { 'T', 'Z', 'i', 'f', '2', [35] = 2, [39] = 2, [43] = 4 };
	static const uint8_t tail[] = { 0, 1, 0, 0, 0x0e, 0x10, 0, 0, 0, 0, 0x1c, 0x20, 1, 0, 'A',
		'B', 'C', 0 };
	static const uint8_t old_times[] = { 0, 0, 0, 100, 0, 0, 0, 200 };
	static const uint8_t times[] = { 0, 0, 0, 0, 0, 0, 0, 100, 0, 0, 0, 0, 0, 0, 0, 200 };
	static const char rule[] = "\nABC-1DEF,M3.5.0,M10.5.0/3\n";
	size_t n = 0;

	memcpy(out, head, 44);
	memcpy(out + 44, old_times, 8);
	memcpy(out + 52, tail, sizeof tail);
	n = 52 + sizeof tail;
	if (!two) {
		out[4] = 0;
		return n;
	}
	memcpy(out + n, head, 44);
	memcpy(out + n + 44, times, 16);
	memcpy(out + n + 60, tail, sizeof tail);
	n += 60 + sizeof tail;
	memcpy(out + n, rule, sizeof rule - 1);
	return n + sizeof rule - 1;
}

static void check_sample(const uint8_t *data, size_t len, bool two)
{
	struct zone *z = NULL;

	assert_ok(zone_parse(&z, tobs_view(data, len), NULL));
	assert_int_equal(zone_at(z, 99).offset, 3600);
	assert_int_equal(zone_at(z, 100).offset, 3600);
	assert_int_equal(zone_at(z, 199).until, 200);
	assert_int_equal(zone_at(z, 200).offset, two ? 3600 : 7200);
	assert_true(zone_at(z, 200).from == 200);
	assert_int_equal(zone_at(z, at(2024, 7, 1, 0)).offset, 7200);
	zone_free(z);
}

static void files_cut_short(void **state)
{
	(void)state;
	for (int two = 0; two < 2; two++) {
		uint8_t data[400];
		size_t len = sample(data, two);

		check_sample(data, len, two);
		for (size_t n = 0; n < len; n++) {
			uint8_t *copy = exact_copy(data, n);
			struct zone *z = NULL;

			if (zone_parse(&z, tobs_view(copy, n), NULL) != TOBS_EMALFORMED)
				fail_msg("%zu of %zu bytes", n, len);
			free(copy);
		}
	}
}

static void files_with_flipped_bits(void **state)
{
	(void)state;
	for (int two = 0; two < 2; two++) {
		uint8_t data[400];
		size_t len = sample(data, two);

		for (size_t bit = 0; bit < len * 8; bit++) {
			struct zone *z = NULL;
			uint8_t *copy = exact_copy(data, len);

			copy[bit / 8] ^= (uint8_t)(1 << bit % 8);
			if (!zone_parse(&z, tobs_view(copy, len), NULL)) {
				for (int64_t t = -1; t < 4000000000; t += 100000000)
					assert_true(zone_at(z, t).from <= t);
				zone_free(z);
			}
			free(copy);
		}
	}
}

static void changes_out_of_order(void **state)
{
	uint8_t data[400];
	size_t len = sample(data, false);
	struct zone *z;

	(void)state;
	data[47] = 200;
	assert_code(zone_parse(&z, tobs_view(data, len), NULL), TOBS_EMALFORMED);
}

static void a_file_that_is_no_zone(void **state)
{
	struct tmpdir dir;
	struct zone *z;
	struct tobs_err err;

	(void)state;
	tmpdir_init(&dir);
	write_file(tmpdir_file(&dir, "Zone"), "TZif?", 5);
	setenv("TZDIR", dir.path, 1);
	assert_code(zone_load(&z, "Zone", &err), TOBS_EMALFORMED);
	assert_code(zone_load(&z, "Other", &err), TOBS_ENOTFOUND);
	assert_string_equal(err.message, "no time zone is called \"Other\"");
	unsetenv("TZDIR");
	tmpdir_deinit(&dir);
}

static void fingerprints(void **state)
{
	struct zone *a = ruled("CET-1CEST,M3.5.0,M10.5.0/3");
	struct zone *b = ruled("MEZ-1MESZ,M3.5.0/2,M10.5.0/3");
	struct zone *c = ruled("CET-1CEST,M3.5.0,M10.5.0/2");
	struct zone *d = zone("+01:00");

	(void)state;
	assert_true(zone_fingerprint(a) == zone_fingerprint(b));
	assert_true(zone_fingerprint(a) != zone_fingerprint(c));
	assert_true(zone_fingerprint(a) != zone_fingerprint(d));
	zone_free(a);
	zone_free(b);
	zone_free(c);
	zone_free(d);
}

static int load_some(void *user)
{
	struct zone *z = NULL;
	int r = zone_load(&z, user, NULL);

	zone_free(z);
	return r;
}

static void no_memory(void **state)
{
	char utc[] = "UTC", rule[] = "AAA-1BBB,0,1", paris[] = "Europe/Paris";

	(void)state;
	fail_each_allocation(load_some, utc);
	fail_each_allocation(load_some, rule);
	if (have_database())
		fail_each_allocation(load_some, paris);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fixed_offsets),
		cmocka_unit_test(names_of_nothing),
		cmocka_unit_test(rules),
		cmocka_unit_test(what_is_no_rule),
		cmocka_unit_test(every_zone_of_a_continent),
		cmocka_unit_test(the_local_zone),
		cmocka_unit_test(files_cut_short),
		cmocka_unit_test(files_with_flipped_bits),
		cmocka_unit_test(changes_out_of_order),
		cmocka_unit_test(a_file_that_is_no_zone),
		cmocka_unit_test(fingerprints),
		cmocka_unit_test(no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
