/* SPDX-License-Identifier: MIT */
#include <tobs/bot.h>

#include "bot/command.h"
#include "support/test.h"

static struct tobs_arena arena;
static struct tobs_err err;

static int64_t n, ms;
static double d;
static const char *word, *rest;
static bool flag;
static int choice;

static int parse(const char *text, const struct tobs_arg *args, size_t count)
{
	int r;

	n = ms = -1;
	d = -1;
	word = rest = NULL;
	flag = false;
	choice = -1;
	tobs_arena_init(&arena, 1 << 16);
	err = (struct tobs_err){ 0 };
	r = tobs_args_parse(tobs_str(text), args, count, &arena, &err);
	return r;
}

#define PARSE(text, ...)                                \
	parse(text, (struct tobs_arg[]){ __VA_ARGS__ }, \
		sizeof((struct tobs_arg[]){ __VA_ARGS__ }) / sizeof(struct tobs_arg))

static void free_arena(void)
{
	tobs_arena_deinit(&arena);
}

static void of_all_kinds(void **state)
{
	(void)state;
	assert_ok(PARSE("  10 2.5 \"two words\" yes 1h30m auto the rest  of it ",
		{ "n", TOBS_ARG_INT, &n }, { "d", TOBS_ARG_NUMBER, &d },
		{ "word", TOBS_ARG_WORD, &word }, { "flag", TOBS_ARG_BOOL, &flag },
		{ "ms", TOBS_ARG_DURATION, &ms },
		{ "mode", TOBS_ARG_CHOICE, &choice, .words = "on off auto" },
		{ "rest", TOBS_ARG_REST, &rest }));
	assert_int_equal(n, 10);
	assert_true(d > 2.49 && d < 2.51);
	assert_string_equal(word, "two words");
	assert_true(flag);
	assert_int_equal(ms, 5400000);
	assert_int_equal(choice, 2);
	assert_string_equal(rest, "the rest  of it");
	free_arena();
}

static void durations(void **state)
{
	static const struct {
		const char *text;
		int64_t ms; /* -1: none */
	} cases[] = { { "90", 90000 }, { "90s", 90000 }, { "10m", 600000 }, { "2H", 7200000 },
		{ "1d", 86400000 }, { "1w", 604800000 }, { "1h30m15", 5415000 }, { "0", 0 },
		{ "m", -1 }, { "1x", -1 }, { "1h-3", -1 }, { "h1", -1 },
		{ "99999999999999999999", -1 }, { "9223372036854775807w", -1 },
		{ "9223372036854775s9223372036854775s", -1 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int r = PARSE(cases[i].text, { "ms", TOBS_ARG_DURATION, &ms });

		assert_code(r, cases[i].ms < 0 ? TOBS_EINVAL : TOBS_OK);
		assert_int_equal(ms, cases[i].ms);
		free_arena();
	}
}

static void refused(const char *text, struct tobs_arg arg, const char *message)
{
	assert_code(parse(text, &arg, 1), TOBS_EINVAL);
	assert_string_equal(err.message, message);
	free_arena();
}

static void what_is_wrong_is_said(void **state)
{
	(void)state;
	refused("", (struct tobs_arg){ "n", TOBS_ARG_INT, &n }, "n: missing");
	refused("x", (struct tobs_arg){ "n", TOBS_ARG_INT, &n }, "n: not a whole number");
	refused("1.5", (struct tobs_arg){ "n", TOBS_ARG_INT, &n }, "n: not a whole number");
	refused("5", (struct tobs_arg){ "n", TOBS_ARG_INT, &n, .min = 6, .max = 9 },
		"n: from 6 to 9");
	refused("10", (struct tobs_arg){ "n", TOBS_ARG_INT, &n, .min = 6, .max = 9 },
		"n: from 6 to 9");
	refused("2m", (struct tobs_arg){ "t", TOBS_ARG_DURATION, &ms, .min = 1000, .max = 60000 },
		"t: from 1 to 60 seconds");
	refused("0x10", (struct tobs_arg){ "d", TOBS_ARG_NUMBER, &d }, "d: not a number");
	refused("nan", (struct tobs_arg){ "d", TOBS_ARG_NUMBER, &d }, "d: not a number");
	refused("perhaps", (struct tobs_arg){ "f", TOBS_ARG_BOOL, &flag }, "f: neither yes nor no");
	refused("x", (struct tobs_arg){ "m", TOBS_ARG_CHOICE, &choice, .words = "on off" },
		"m: one of: on off");
	refused("a b", (struct tobs_arg){ "w", TOBS_ARG_WORD, &word }, "too much: \"b\"");
}

static void optional_ones(void **state)
{
	(void)state;
	assert_ok(PARSE("5", { "n", TOBS_ARG_INT, &n }, { "word", TOBS_ARG_WORD, &word, true }));
	assert_int_equal(n, 5);
	assert_null(word);
	free_arena();
	assert_ok(PARSE("", { "rest", TOBS_ARG_REST, &rest, true }));
	assert_null(rest);
	free_arena();
	/* A quote that nobody closes is a letter. */
	assert_ok(PARSE("\"a", { "word", TOBS_ARG_WORD, &word }));
	assert_string_equal(word, "\"a");
	free_arena();
}

static void usage(void **state)
{
	struct tobs_buf out;

	(void)state;
	tobs_buf_init(&out, 1000);
	assert_ok(tobs_args_usage(&out, "remind",
		(struct tobs_arg[]){ { "minutes", TOBS_ARG_INT, &n },
			{ "what", TOBS_ARG_REST, &rest }, { "who", TOBS_ARG_WORD, &word, true } },
		3));
	assert_string_equal(tobs_buf_str(&out), "/remind <minutes> <what\xe2\x80\xa6> [who]");
	tobs_buf_deinit(&out);
}

/* Any bytes are parsed or refused. */
static void hostile(void **state)
{
	static const char whole[] = "\"a b\" 10 1h x";

	(void)state;
	for (size_t i = 0; i < sizeof whole - 1; i++)
		for (int bit = 0; bit < 8; bit++) {
			uint8_t *text = exact_copy(whole, sizeof whole - 1);
			struct command c;
			struct tobs_arg args[] = { { "w", TOBS_ARG_WORD, &word },
				{ "n", TOBS_ARG_INT, &n }, { "t", TOBS_ARG_DURATION, &ms },
				{ "r", TOBS_ARG_REST, &rest } };

			text[i] = (uint8_t)(text[i] ^ 1 << bit);
			tobs_arena_init(&arena, 1 << 16);
			(void)tobs_args_parse(tobs_view(text, sizeof whole - 1), args,
				ARRAY_LEN(args), &arena, &err);
			(void)command_parse(tobs_view(text, i), &c);
			tobs_arena_deinit(&arena);
			free(text);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_all_kinds),
		cmocka_unit_test(durations),
		cmocka_unit_test(what_is_wrong_is_said),
		cmocka_unit_test(optional_ones),
		cmocka_unit_test(usage),
		cmocka_unit_test(hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
