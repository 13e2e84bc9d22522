/* SPDX-License-Identifier: MIT */
#include "client/target.h"

#include "support/test.h"

static void every_spelling(void **state)
{
	static const struct {
		const char *in;
		enum target_kind kind;
		const char *text;
		int64_t id;
		int32_t post, topic;
	} cases[] = {
		{ "me", TARGET_SELF, "me", 0, 0, 0 },
		{ " Me ", TARGET_SELF, "Me", 0, 0, 0 },
		{ "@durov", TARGET_USERNAME, "durov", 0, 0, 0 },
		{ "https://t.me/durov", TARGET_USERNAME, "durov", 0, 0, 0 },
		{ "http://www.t.me/durov/", TARGET_USERNAME, "durov", 0, 0, 0 },
		{ "T.ME/durov/123", TARGET_USERNAME, "durov", 0, 123, 0 },
		{ "t.me/durov/123?single", TARGET_USERNAME, "durov", 0, 123, 0 },
		{ "t.me/forum_x/7/123#x", TARGET_USERNAME, "forum_x", 0, 123, 7 },
		{ "telegram.me/s/durov", TARGET_USERNAME, "durov", 0, 0, 0 },
		{ "t.me/s/durov/5", TARGET_USERNAME, "durov", 0, 5, 0 },
		{ "https://t.me/c/1234567890/55", TARGET_CHANNEL, NULL, 1234567890, 55, 0 },
		{ "https://t.me/c/1234567890", TARGET_CHANNEL, NULL, 1234567890, 0, 0 },
		{ "t.me/c/1234567890/55/789", TARGET_CHANNEL, NULL, 1234567890, 789, 55 },
		{ "t.me/+AbCdEf0123", TARGET_INVITE, "AbCdEf0123", 0, 0, 0 },
		{ "https://t.me/joinchat/AbCd-_", TARGET_INVITE, "AbCd-_", 0, 0, 0 },
		{ "t.me/+99966123456", TARGET_PHONE, "99966123456", 0, 0, 0 },
		{ "+999 66 (123) 45-67", TARGET_PHONE, "+999 66 (123) 45-67", 0, 0, 0 },
		{ "-1001234567890", TARGET_ID, NULL, -1001234567890, 0, 0 },
		{ "1234567890", TARGET_ID, NULL, 1234567890, 0, 0 },
		{ "-55", TARGET_ID, NULL, -55, 0, 0 },
		{ "durov", TARGET_TITLE, "durov", 0, 0, 0 },
		{ "Family & friends", TARGET_TITLE, "Family & friends", 0, 0, 0 },
		{ "0", TARGET_TITLE, "0", 0, 0, 0 },
		{ "+12", TARGET_TITLE, "+12", 0, 0, 0 },
		{ "99999999999999999999", TARGET_TITLE, "99999999999999999999", 0, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct tobs_err err = { 0 };
		struct target t;

		if (target_parse(&t, tobs_str(cases[i].in), &err))
			fail_msg("%s: %s", cases[i].in, err.message);
		assert_int_equal(t.kind, cases[i].kind);
		if (cases[i].text)
			assert_view(t.text, cases[i].text);
		else
			assert_int_equal(t.id, cases[i].id);
		assert_int_equal(t.post, cases[i].post);
		assert_int_equal(t.topic, cases[i].topic);
	}
}

static void a_zero_byte_is_in_no_phone_number(void **state)
{
	struct target t;

	(void)state;
	assert_ok(target_parse(&t, tobs_view("+999661234\0005", 12), NULL));
	assert_int_equal(t.kind, TARGET_TITLE);
}

static void what_names_nobody(void **state)
{
	static const char *const bad[] = { "", "   ", "@", "@ab", "@1abc", "@with space",
		"@abcdefghijklmnopqrstuvwxyz_0123456", "https://t.me/", "t.me/ab", "t.me/c/",
		"t.me/c/x/5", "t.me/c/5/0", "t.me/durov/x", "t.me/durov/1/2/3",
		"t.me/durov/99999999999", "t.me//" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct tobs_err err = { 0 };
		struct target t;

		if (target_parse(&t, tobs_str(bad[i]), &err) != TOBS_EINVAL)
			fail_msg("\"%s\" should name nobody", bad[i]);
		assert_true(err.message[0]);
	}
}

static void no_byte_is_read_beyond_the_end(void **state)
{
	static const char *const texts[] = { "https://t.me/c/1234567890/55/789?x#y", "@username_1",
		"t.me/+abc", "telegram.dog/joinchat/x", "+999661234567" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		for (size_t n = 0; n <= strlen(texts[i]); n++) {
			uint8_t *exact = exact_copy(texts[i], n);
			struct target t;

			(void)target_parse(&t, tobs_view(exact, n), NULL);
			free(exact);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_spelling),
		cmocka_unit_test(a_zero_byte_is_in_no_phone_number),
		cmocka_unit_test(what_names_nobody),
		cmocka_unit_test(no_byte_is_read_beyond_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
