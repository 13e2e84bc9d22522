/* SPDX-License-Identifier: MIT */
#include "rt/addr.h"

#include "support/test.h"

static void there_and_back(void **state)
{
	static const struct {
		const char *text;
		uint16_t port;
		const char *shown;
		bool local;
	} cases[] = {
		{ "127.0.0.1", 80, "127.0.0.1:80", true },
		{ "149.154.167.50", 443, "149.154.167.50:443", false },
		{ "::1", 65535, "[::1]:65535", true },
		{ "[::1]", 1, "[::1]:1", true },
		{ "2001:67c:4e8:f002::A", 443, "[2001:67c:4e8:f002::a]:443", false },
		{ "::ffff:127.0.0.1", 5, "[::ffff:127.0.0.1]:5", true },
		{ "fe80::1%lo", 7, "[fe80::1%lo]:7", false },
		{ "0.0.0.0", 0, "0.0.0.0:0", false },
		{ "unix:/run/tobs.sock", 9, "unix:/run/tobs.sock", true },
		{ "unix:@tobs", 0, "unix:@tobs", true },
	};
	char out[ADDR_TEXT_MAX];
	struct addr a, b;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_ok(addr_parse(tobs_str(cases[i].text), cases[i].port, &a));
		assert_string_equal(addr_format(&a, out), cases[i].shown);
		assert_int_equal(addr_is_local(&a), cases[i].local);
		assert_true(addr_eq(&a, &a));
		addr_set_port(&a, 1234);
		assert_int_equal(addr_port(&a), cases[i].text[0] == 'u' ? 0 : 1234);
		for (size_t k = 0; k < ARRAY_LEN(cases); k++) {
			assert_ok(addr_parse(tobs_str(cases[k].text), 1234, &b));
			/* Cases 2 and 3 are one address written in two ways. */
			assert_int_equal(addr_eq(&a, &b), i == k || (i + k == 5 && i * k == 6));
		}
	}
}

static void not_addresses(void **state)
{
	static const char *const bad[] = { "", "localhost", "1.2.3", "1.2.3.4.5", "256.1.1.1",
		"1.2.3.4 ", "[1.2.3.4]", "[]", "[::1", "::1]", ":::", "::1%no-such-interface",
		"12345678901234567890123456789012345678901234567890123456789012345678901234567890",
		"unix:" };
	char path[200] = "unix:/";
	struct addr a;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_code(addr_parse(tobs_str(bad[i]), 1, &a), TOBS_EMALFORMED);
	assert_code(addr_parse(tobs_view("1.2.3.4\0", 8), 1, &a), TOBS_EMALFORMED);
	assert_code(addr_parse(tobs_view("unix:a\0b", 8), 1, &a), TOBS_EMALFORMED);
	/* 107 bytes and a zero are what fits into sun_path. */
	memset(path + 6, 'x', 106);
	assert_ok(addr_parse(tobs_str(path), 1, &a));
	path[6 + 106] = 'x';
	assert_code(addr_parse(tobs_str(path), 1, &a), TOBS_ETOOBIG);
}

static void shown_when_odd(void **state)
{
	struct addr a = { .un.sun_family = AF_UNIX, .len = sizeof(sa_family_t) };
	char out[ADDR_TEXT_MAX];

	(void)state;
	assert_string_equal(addr_format(&a, out), "unix:"); /* a client has no name */
	a.len = 0;
	assert_string_equal(addr_format(&a, out), "unix:");
	memset(a.un.sun_path, 'x', sizeof a.un.sun_path);
	a.len = sizeof a.un; /* Linux may fill it to the end, without a zero */
	assert_int_equal(strlen(addr_format(&a, out)), 5 + sizeof a.un.sun_path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_and_back),
		cmocka_unit_test(not_addresses),
		cmocka_unit_test(shown_when_odd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
