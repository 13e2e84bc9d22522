/* SPDX-License-Identifier: MIT */
#include "base/options.h"

#include "base/log.h"
#include "support/failmem.h"
#include "support/test.h"

enum {
	SET_HELP,
	SET_OUT,
	SET_LAST,
	SET_MEDIA,
	SET_PROFILE,
	SET_FLAVOR,
	SET_COMMENTS,
	SET_QUIET,
	SET_NO_EXT,
	SET_EXT,
	SET_CODE,
	SET_WORLD,
	SET_SECRET,
	SET_LONG,
	SET_COUNT,
};

static const struct setting rows[SET_COUNT] = {
	[SET_HELP] = { "help", 'h', SETTING_BOOL, SETTING_NO_ENV, .help = "Shows this and ends." },
	[SET_OUT] = { "out", 'o', SETTING_PATH, .def = "export", .value = "DIR",
		.also = "output dir", .help = "Where the files go." },
	[SET_LAST] = { "last", .type = SETTING_INT, .min = 1, .max = 1000000,
		.help = "Only this many messages, the newest ones." },
	[SET_MEDIA] = { "media", 'm', SETTING_LIST, .words = "all none photo video audio",
		.def = "all", .help = "Which files to fetch." },
	[SET_PROFILE] = { "profile", .type = SETTING_ENUM,
		.words = "conservative balanced aggressive", .def = "balanced",
		.help = "How much to ask of the server at once." },
	[SET_FLAVOR] = { "flavor", .type = SETTING_ENUM, .words = "obsidian gfm", .def = "obsidian",
		.help = "Which Markdown." },
	[SET_COMMENTS] = { "comments", 'c', SETTING_BOOL, .def = "no",
		.help = "Comments as well." },
	[SET_QUIET] = { "quiet", 'q', SETTING_BOOL, .help = "Says nothing." },
	[SET_NO_EXT] = { "no-ext", .type = SETTING_LIST, .help = "No files with these endings." },
	[SET_EXT] = { "ext", .type = SETTING_LIST, .help = "Only files with these endings." },
	[SET_CODE] = { "code", .flags = SETTING_NO_OPTION },
	[SET_WORLD] = { "world", .help = "Of another command." },
	[SET_SECRET] = { "secret", .flags = SETTING_SECRET | SETTING_HIDDEN, .def = "hunter2" },
	[SET_LONG] = { "an-option-with-a-long-name", .type = SETTING_DURATION,
		.help = "\xd0\xa2\xd0\xb5\xd0\xba\xd1\x81\xd1\x82 in two scripts." },
};
static const struct settings_table table = { rows, SET_COUNT, "TOBS_" };
static const unsigned takes[] = { SET_OUT, SET_LAST, SET_MEDIA, SET_PROFILE, SET_FLAVOR,
	SET_COMMENTS, SET_QUIET, SET_NO_EXT, SET_EXT, SET_CODE, SET_SECRET, SET_LONG, SET_HELP };
static const struct option_scope scope = { takes, ARRAY_LEN(takes), "export" };

static struct settings s;
static struct tobs_err err;
static const char *args[16];
static unsigned arg_count;

static int setup(void **state)
{
	(void)state;
	assert_ok(settings_init(&s, &table, NULL, &err));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	settings_deinit(&s);
	return 0;
}

/* The command line split at blanks; '_' stands for an empty word. */
static int parse(const char *line, unsigned flags)
{
	static char copy[300];
	char *argv[16];
	int argc = 0;

	settings_deinit(&s);
	assert_ok(settings_init(&s, &table, NULL, &err));
	snprintf(copy, sizeof copy, "%s", line);
	for (char *at = copy; at && *at; argc++) {
		char *end = strchr(at, ' ');

		argv[argc] = *at == '_' ? at + 1 : at;
		if (end)
			*end = 0;
		at = end ? end + 1 : NULL;
	}
	arg_count = 99;
	return options_parse(&s, &scope, flags, argc, argv, args, &arg_count, &err);
}

static void assert_args(const char *want)
{
	char have[300] = "";

	for (unsigned i = 0; i < arg_count; i++)
		snprintf(have + strlen(have), sizeof have - strlen(have), "%s%s", i ? "|" : "",
			args[i]);
	assert_string_equal(have, want);
}

static void forms(void **state)
{
	(void)state;
	assert_ok(parse("", 0));
	assert_args("");
	assert_ok(parse("--out a --last=5 -m photo,video chat --media audio -c", 0));
	assert_view(settings_text(&s, SET_OUT), "a");
	assert_int_equal(settings_int(&s, SET_LAST), 5);
	assert_view(settings_text(&s, SET_MEDIA), "photo,video,audio");
	assert_int_equal(settings_words(&s, SET_MEDIA), 28);
	assert_true(settings_bool(&s, SET_COMMENTS));
	assert_args("chat");
	assert_int_equal(settings_origin(&s, SET_OUT)->layer, SETTING_FROM_OPTION);
	assert_string_equal(settings_origin(&s, SET_OUT)->name, "--out");
	assert_string_equal(settings_origin(&s, SET_COMMENTS)->name, "-c");
	assert_ok(parse("-oa", 0));
	assert_view(settings_text(&s, SET_OUT), "a");
	assert_ok(parse("-qco a b", 0));
	assert_view(settings_text(&s, SET_OUT), "a");
	assert_true(settings_bool(&s, SET_COMMENTS) && settings_bool(&s, SET_QUIET));
	assert_args("b");
	assert_ok(parse("-co--x=y", 0));
	assert_view(settings_text(&s, SET_OUT), "--x=y");
	/* Other spellings. */
	assert_ok(parse("--output=x", 0));
	assert_view(settings_text(&s, SET_OUT), "x");
	assert_ok(parse("--dir x=y=z", 0));
	assert_view(settings_text(&s, SET_OUT), "x=y=z");
	/* Empty values. */
	assert_ok(parse("--out=", 0));
	assert_view(settings_text(&s, SET_OUT), "");
	assert_ok(parse("--out _", 0));
	assert_view(settings_text(&s, SET_OUT), "");
	/* The later one counts. */
	assert_ok(parse("--last 1 --last 2", 0));
	assert_int_equal(settings_int(&s, SET_LAST), 2);
}

static void switches(void **state)
{
	(void)state;
	assert_ok(parse("--comments --no-comments", 0));
	assert_false(settings_bool(&s, SET_COMMENTS));
	assert_ok(parse("--no-comments --comments yes", 0));
	assert_true(settings_bool(&s, SET_COMMENTS));
	assert_args("yes");
	assert_ok(parse("--comments=no", 0));
	assert_false(settings_bool(&s, SET_COMMENTS));
	/* An option whose own name begins so. */
	assert_ok(parse("--no-ext jpg --ext png", 0));
	assert_view(settings_text(&s, SET_NO_EXT), "jpg");
	assert_view(settings_text(&s, SET_EXT), "png");
	/* The first row of all. */
	assert_ok(parse("--help", 0));
	assert_true(settings_bool(&s, SET_HELP));
	assert_ok(parse("-h", 0));
	assert_true(settings_bool(&s, SET_HELP));
	assert_ok(parse("-h --no-help", 0));
	assert_false(settings_bool(&s, SET_HELP));
	assert_code(parse("--no-help=yes", 0), TOBS_EINVAL);
	assert_code(parse("--no-comments=yes", 0), TOBS_EINVAL);
	assert_string_equal(err.message, "--no-comments takes no value");
	assert_code(parse("--no-out", 0), TOBS_EINVAL);
	assert_code(parse("--comments=perhaps", 0), TOBS_EINVAL);
	assert_string_equal(err.message, "--comments perhaps: allowed is yes or no");
}

static void arguments(void **state)
{
	(void)state;
	assert_ok(parse("a -1001234567890 - -- -c --out", 0));
	assert_args("a|-1001234567890|-|-c|--out");
	assert_false(settings_bool(&s, SET_COMMENTS));
	assert_ok(parse("-- -- a", 0));
	assert_args("--|a");
	assert_ok(parse("_ x", 0));
	assert_args("|x");
	/* Values that look like numbers or a lone dash. */
	assert_ok(parse("--out - --ext -5", 0));
	assert_view(settings_text(&s, SET_OUT), "-");
	assert_view(settings_text(&s, SET_EXT), "-5");
	/* For a command behind the program's own options. */
	assert_ok(parse("-c export --out x", OPTIONS_STOP));
	assert_args("export|--out|x");
	assert_true(settings_bool(&s, SET_COMMENTS));
	assert_view(settings_text(&s, SET_OUT), "export");
	assert_ok(parse("-- export --out x", OPTIONS_STOP));
	assert_args("export|--out|x");
}

static void mistakes(void **state)
{
	static const struct {
		const char *line, *message;
	} bad[] = {
		{ "--outt x", "--outt: there is no such option; did you mean --out?" },
		{ "--coments", "--coments: there is no such option; did you mean --comments?" },
		{ "--Out", "--Out: there is no such option; did you mean --out?" },
		{ "--completely-else=x", "--completely-else: there is no such option" },
		{ "--secre x", "--secre: there is no such option" },
		{ "--no-quit", "--no-quit: there is no such option" },
		{ "--code x", "--code: there is no such option" },
		{ "--world x", "--world is not an option of export" },
		{ "--=x", "--: there is no such option" },
		{ "-x", "-x: there is no such option" },
		{ "-cx", "-x (in a row of letters): there is no such option" },
		{ "-c=yes", "-? (in a row of letters): there is no such option" },
		{ "--out", "--out: a value should stand behind it" },
		{ "--out --comments", "--out: a value should stand behind it" },
		{ "--out -c", "--out: a value should stand behind it" },
		{ "--out --", "--out: a value should stand behind it" },
		{ "-o", "-o: a value should stand behind it" },
		{ "-co", "-o: a value should stand behind it" },
		{ "--last 0", "--last 0: allowed is a number from 1 to 1000000" },
		{ "--last=x", "--last x: allowed is a number from 1 to 1000000" },
		{ "--last=", "--last : allowed is a number from 1 to 1000000" },
		{ "-m sound",
			"-m sound: allowed is any of all, none, photo, video, audio, separated by commas" },
		{ "a b --nope c", "--nope: there is no such option" },
		{ "--a-name-that-is-longer-than-any-of-ours-could-be",
			"--a-name-that-is-longer-than-any-of-ours-c: there is no such option" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_code(parse(bad[i].line, 0), TOBS_EINVAL);
		assert_string_equal(err.message, bad[i].message);
		assert_int_equal(arg_count, 99);
	}
}

static void another_scope(void **state)
{
	static const unsigned few[] = { SET_WORLD };
	static const struct option_scope whole = { few, 1, NULL };
	char help[] = "--help", world[] = "--world=x";
	char *argv[] = { world, help };

	(void)state;
	assert_code(options_parse(&s, &whole, 0, 2, argv, args, &arg_count, &err), TOBS_EINVAL);
	assert_string_equal(err.message, "--help is not an option of the program itself");
	assert_view(settings_text(&s, SET_WORLD), "x");
}

static void help(void **state)
{
	static const char wide[] =
		"  -o, --out DIR              Where the files go. Default: export.\n"
		"      --last N               Only this many messages, the newest ones.\n"
		"  -m, --media LIST           Which files to fetch. Any of all, none, photo,\n"
		"                             video, audio. Default: all.\n"
		"      --profile WORD         How much to ask of the server at once. One of\n"
		"                             conservative, balanced, aggressive. Default:\n"
		"                             balanced.\n"
		"      --flavor obsidian|gfm  Which Markdown. Default: obsidian.\n"
		"  -c, --[no-]comments        Comments as well. Default: no.\n"
		"  -q, --[no-]quiet           Says nothing.\n"
		"      --no-ext LIST          No files with these endings.\n"
		"      --ext LIST             Only files with these endings.\n"
		"      --an-option-with-a-long-name TIME\n"
		"                             \xd0\xa2\xd0\xb5\xd0\xba\xd1\x81\xd1\x82 in two scripts.\n"
		"  -h, --help                 Shows this and ends.\n";
	struct tobs_buf out;
	struct tobs_view lines, line;
	size_t narrowest = 0;

	(void)state;
	tobs_buf_init(&out, 10000);
	assert_ok(options_help(&table, &scope, 76, &out));
	if (strcmp(tobs_buf_str(&out), wide))
		print_error("%s", tobs_buf_str(&out));
	assert_string_equal(tobs_buf_str(&out), wide);
	for (unsigned width = 0; width < 120; width++) {
		tobs_buf_clear(&out);
		assert_ok(options_help(&table, &scope, width, &out));
		if (width == 0)
			narrowest = out.len;
		assert_true(width > 40 || out.len == narrowest);
		lines = tobs_buf_view(&out);
		while (tobs_view_split(&lines, '\n', &line))
			assert_true(line.len <= MAX(width, 40) + 10);
		assert_null(strstr(tobs_buf_str(&out), "hunter2"));
	}
	tobs_buf_deinit(&out);
}

static void wrapping(void **state)
{
	struct tobs_buf out;

	(void)state;
	tobs_buf_init(&out, 1000);
	assert_ok(options_wrap(&out, tobs_str("one two  three four"), 0, 2, 9));
	assert_string_equal(tobs_buf_str(&out), "one two\n  three\n  four\n");
	tobs_buf_clear(&out);
	assert_ok(options_wrap(&out, tobs_str("unbreakable x"), 5, 4, 10));
	assert_string_equal(tobs_buf_str(&out), "unbreakable\n    x\n");
	tobs_buf_clear(&out);
	assert_ok(options_wrap(&out, tobs_str(""), 5, 4, 10));
	assert_string_equal(tobs_buf_str(&out), "\n");
	/* Exactly as wide as there is room. */
	tobs_buf_clear(&out);
	assert_ok(options_wrap(&out, tobs_str("12345 78901 3"), 0, 0, 11));
	assert_string_equal(tobs_buf_str(&out), "12345 78901\n3\n");
	tobs_buf_deinit(&out);
}

/* How long the help is when nothing fails. */
static size_t full_help(unsigned width)
{
	static size_t len;
	struct tobs_buf out;

	if (!len) {
		tobs_buf_init(&out, 10000);
		assert_ok(options_help(&table, &scope, width, &out));
		len = out.len;
		tobs_buf_deinit(&out);
	}
	return len;
}

static int parse_and_help(void *user)
{
	char a[] = "--out", b[] = "dir", c[] = "-c";
	char *argv[] = { a, b, c };
	const char *rest[3];
	struct settings t;
	struct tobs_buf out;
	unsigned n;
	int r = settings_init(&t, &table, NULL, NULL);

	(void)user;
	if (r)
		return r;
	tobs_buf_init(&out, 10000);
	r = options_parse(&t, &scope, 0, 3, argv, rest, &n, NULL);
	if (!r)
		r = options_help(&table, &scope, 80, &out);
	if (!r) {
		/* Nothing is missing when it is said to have worked. */
		assert_non_null(
			strstr(tobs_buf_str(&out), "Where the files go. Default: export.\n"));
		assert_non_null(strstr(tobs_buf_str(&out), "  -h, --help "));
		assert_int_equal(out.len, full_help(80));
	}
	tobs_buf_deinit(&out);
	settings_deinit(&t);
	tobs_log_forget();
	return r;
}

static void survives_failing_memory(void **state)
{
	(void)state;
	teardown(NULL);
	tobs_log_forget();
	full_help(80);
	fail_each_allocation(parse_and_help, NULL);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(forms),
		TEST(switches),
		TEST(arguments),
		TEST(mistakes),
		TEST(another_scope),
		TEST(help),
		TEST(wrapping),
		TEST(survives_failing_memory),
	};
	int r = cmocka_run_group_tests(tests, NULL, NULL);

	tobs_log_forget();
	return r;
}
