/* SPDX-License-Identifier: MIT */
#include "base/settings.h"

#include "base/log.h"
#include "support/failmem.h"
#include "support/test.h"

enum {
	SET_ID,
	SET_HASH,
	SET_OUT,
	SET_MEDIA,
	SET_EXCLUDE,
	SET_CONCURRENCY,
	SET_MAX_FILE,
	SET_WAIT,
	SET_TAKEOUT,
	SET_PROFILE,
	SET_SINCE,
	SET_FORCE,
	SET_COUNT,
};

static const struct setting rows[SET_COUNT] = {
	[SET_ID] = { "api-id", .type = SETTING_INT, .min = 1, .max = INT64_MAX,
		.aliases = { { "API_ID" } } },
	[SET_HASH] = { "api-hash", .flags = SETTING_SECRET,
		.aliases = { { "API_HASH" }, { "APP_HASH" }, { "TG_HASH" } } },
	[SET_OUT] = { "out", 'o', SETTING_PATH, .def = "export", .aliases = { { "EXPORT_PATH" } } },
	[SET_MEDIA] = { "media", .type = SETTING_LIST, .words = "all none photo video",
		.def = "all" },
	[SET_EXCLUDE] = { "exclude", .type = SETTING_LIST },
	[SET_CONCURRENCY] = { "concurrency", .type = SETTING_INT, .min = 1, .max = 32, .def = "4" },
	[SET_MAX_FILE] = { "max-file-size", .type = SETTING_SIZE,
		.aliases = { { "MAX_FILE_SIZE", NULL }, { "MAX_FILE_SIZE_MB", "M" } } },
	[SET_WAIT] = { "wait", .type = SETTING_DURATION, .unit = "s", .def = "30" },
	[SET_TAKEOUT] = { "takeout", .type = SETTING_BOOL, .def = "no" },
	[SET_PROFILE] = { "profile", .type = SETTING_ENUM, .words = "slow balanced fast",
		.def = "balanced",
		.aliases = { { "PACE", .words = "gentle=slow custom=balanced" } } },
	[SET_SINCE] = { "since", .type = SETTING_DATE },
	[SET_FORCE] = { "force", .type = SETTING_BOOL, .flags = SETTING_NO_ENV },
};
static const struct settings_table table = { rows, SET_COUNT, "TOBS_" };
static const struct setting_origin option = { SETTING_FROM_OPTION, .name = "--x" };

static struct settings s;
static struct tobs_err err;

static int setup(void **state)
{
	(void)state;
	assert_ok(settings_init(&s, &table, "/home/me", &err));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	settings_deinit(&s);
	tobs_log_forget();
	return 0;
}

static int take_environ(const char *a, const char *b, const char *c)
{
	const char *const environ[] = { "PATH=/bin", a, b, c, NULL };

	return settings_environ(&s, environ, &err);
}

/* Neither the list nor the name is there any more afterwards. */
static int take_file(const char *text, const char *name)
{
	char *copy = (char *)exact_copy(name, strlen(name) + 1);
	struct env env = { 0 };
	int r;

	assert_ok(env_parse(&env, tobs_str(text), copy, &err));
	r = settings_file(&s, &env, copy, &err);
	env_deinit(&env);
	free(copy);
	return r;
}

static void assert_shown(unsigned index, const char *value, const char *origin)
{
	struct tobs_buf out;

	tobs_buf_init(&out, 10000);
	assert_ok(settings_show(&s, index, &out));
	assert_string_equal(tobs_buf_str(&out), value);
	tobs_buf_clear(&out);
	assert_ok(settings_show_origin(&s, index, &out));
	assert_string_equal(tobs_buf_str(&out), origin);
	tobs_buf_deinit(&out);
}

static void defaults(void **state)
{
	(void)state;
	assert_int_equal(settings_int(&s, SET_ID), 0);
	assert_false(settings_given(&s, SET_ID));
	assert_view(settings_text(&s, SET_HASH), "");
	assert_int_equal(*settings_text(&s, SET_HASH).ptr, 0);
	assert_view(settings_text(&s, SET_OUT), "export");
	assert_true(settings_given(&s, SET_OUT));
	assert_int_equal(settings_words(&s, SET_MEDIA), 1);
	assert_int_equal(settings_int(&s, SET_CONCURRENCY), 4);
	assert_int_equal(settings_size(&s, SET_MAX_FILE), 0);
	assert_int_equal(settings_ms(&s, SET_WAIT), 30000);
	assert_false(settings_bool(&s, SET_TAKEOUT));
	assert_int_equal(settings_enum(&s, SET_PROFILE), 1);
	assert_int_equal(settings_date(&s, SET_SINCE).civil.year, 0);
	assert_string_equal(settings_problems(&s), "");
	assert_shown(SET_ID, "", "");
	assert_shown(SET_OUT, "export", "default");
}

static void the_stronger_layer_counts(void **state)
{
	static const struct setting_preset presets[] = { { SET_CONCURRENCY, "16" },
		{ SET_WAIT, "5s" }, { SET_TAKEOUT, "yes" }, { 0, NULL } };
	static const struct setting_profile fast = { "fast", presets };

	(void)state;
	/* In the order in which a program would not read them. */
	assert_ok(settings_set(&s, SET_CONCURRENCY, tobs_str("9"), &option, &err));
	assert_ok(settings_profile(&s, &fast, &err));
	assert_ok(take_environ("TOBS_CONCURRENCY=8", "TOBS_WAIT=1m", "TOBS_MEDIA=photo,video"));
	assert_ok(take_file(
		"TOBS_CONCURRENCY=7\n\nTOBS_WAIT=7s\nTOBS_SINCE=2024-05-01\nTOBS_OUT=a", ".env"));
	assert_ok(take_file("TOBS_OUT=b", "second.env"));
	assert_int_equal(settings_int(&s, SET_CONCURRENCY), 9);
	assert_int_equal(settings_ms(&s, SET_WAIT), 60000);
	assert_int_equal(settings_words(&s, SET_MEDIA), 12);
	assert_view(settings_text(&s, SET_MEDIA), "photo,video");
	assert_int_equal(settings_date(&s, SET_SINCE).civil.month, 5);
	assert_view(settings_text(&s, SET_OUT), "b");
	assert_true(settings_bool(&s, SET_TAKEOUT));
	assert_shown(SET_CONCURRENCY, "9", "--x");
	assert_shown(SET_WAIT, "1m", "environment");
	assert_shown(SET_SINCE, "2024-05-01", ".env:4");
	assert_shown(SET_OUT, "b", "second.env:1");
	assert_shown(SET_TAKEOUT, "yes", "profile fast");
	assert_int_equal(settings_origin(&s, SET_WAIT)->layer, SETTING_FROM_ENVIRON);
	/* In one layer the later value counts. */
	assert_ok(take_environ("TOBS_WAIT=2m", "TOBS_WAIT=3m", NULL));
	assert_int_equal(settings_ms(&s, SET_WAIT), 180000);
}

static void older_names(void **state)
{
	(void)state;
	assert_ok(take_file(
		"API_ID=1\nMAX_FILE_SIZE_MB=2000\nEXPORT_PATH=old\nTOBS_OUT=new", ".env"));
	assert_int_equal(settings_int(&s, SET_ID), 1);
	assert_int_equal(settings_size(&s, SET_MAX_FILE), (int64_t)2000 << 20);
	assert_shown(SET_ID, "1", ".env:1 (API_ID)");
	/* The key beats its older names, wherever it stands. */
	assert_view(settings_text(&s, SET_OUT), "new");
	assert_ok(take_file("TOBS_OUT=newer\nEXPORT_PATH=old", ".env"));
	assert_shown(SET_OUT, "newer", ".env:1");
	assert_ok(take_file("MAX_FILE_SIZE=5", ".env"));
	assert_int_equal(settings_size(&s, SET_MAX_FILE), 5);
	assert_ok(take_environ("EXPORT_PATH=stronger", NULL, NULL));
	assert_shown(SET_OUT, "stronger", "environment (EXPORT_PATH)");
	assert_ok(take_environ("TG_HASH=abcd", NULL, NULL));
	assert_view(settings_text(&s, SET_HASH), "abcd");
	assert_code(take_environ("API_ID=x", NULL, NULL), TOBS_EINVAL);
	assert_string_equal(err.message, "environment: API_ID=x: allowed is a number from 1 on");
}

static void nothing_given_changes_nothing(void **state)
{
	(void)state;
	assert_ok(take_file("TOBS_CONCURRENCY=\nTOBS_OUT=''\nAPI_HASH=\n", ".env"));
	assert_ok(take_environ("TOBS_CONCURRENCY=", "TOBS_WAIT", "=x"));
	assert_shown(SET_CONCURRENCY, "4", "default");
	assert_shown(SET_OUT, "export", "default");
	assert_false(settings_given(&s, SET_HASH));
	/* On the command line an empty text is one. */
	assert_ok(settings_set(&s, SET_OUT, tobs_str(""), &option, &err));
	assert_view(settings_text(&s, SET_OUT), "");
}

static void bad_values(void **state)
{
	(void)state;
	assert_code(take_environ("TOBS_CONCURRENCY=0", NULL, NULL), TOBS_EINVAL);
	assert_string_equal(
		err.message, "environment: TOBS_CONCURRENCY=0: allowed is a number from 1 to 32");
	assert_code(take_file("A=1\nTOBS_PROFILE=quick", "my.env"), TOBS_EINVAL);
	assert_string_equal(err.message,
		"my.env:2: TOBS_PROFILE=quick: allowed is one of slow, balanced, fast");
	assert_code(settings_set(&s, SET_MEDIA, tobs_str("sound"), &option, &err), TOBS_EINVAL);
	assert_string_equal(err.message,
		"--x sound: allowed is any of all, none, photo, video, separated by commas");
	assert_code(settings_set(&s, SET_WAIT, tobs_str("x"),
			    &(struct setting_origin){ SETTING_FROM_OPTION, .name = NULL }, NULL),
		TOBS_EINVAL);
	/* The row keeps its value, and all that was wrong is remembered. */
	assert_shown(SET_CONCURRENCY, "4", "default");
	assert_string_equal(settings_problems(&s),
		"environment: TOBS_CONCURRENCY=0: allowed is a number from 1 to 32\n"
		"my.env:2: TOBS_PROFILE=quick: allowed is one of slow, balanced, fast\n"
		"--x sound: allowed is any of all, none, photo, video, separated by commas\n"
		"TOBS_WAIT x: allowed is a time such as 500ms, 30s, 5m or 1h30m\n");
	/* A value that does not count is checked as well. */
	assert_ok(settings_set(&s, SET_CONCURRENCY, tobs_str("9"), &option, &err));
	assert_code(take_environ("TOBS_CONCURRENCY=99", NULL, NULL), TOBS_EINVAL);
	assert_int_equal(settings_int(&s, SET_CONCURRENCY), 9);
	/* Foreign text is cleaned and cut. */
	assert_code(take_environ("TOBS_WAIT=\x1b[2J\n", NULL, NULL), TOBS_EINVAL);
	assert_non_null(strstr(err.message, "TOBS_WAIT=?[2J?: allowed"));
	assert_code(take_environ(
			    "TOBS_WAIT=123456789012345678901234567890123456789012345678901234567890"
			    "tail",
			    NULL, NULL),
		TOBS_EINVAL);
	assert_non_null(strstr(err.message, "567890...: allowed is a time"));
	assert_null(strstr(err.message, "tail"));
}

static void words_of_older_keys(void **state)
{
	(void)state;
	assert_ok(take_environ("PACE=Gentle", NULL, NULL));
	assert_shown(SET_PROFILE, "slow", "environment (PACE)");
	assert_ok(take_environ("PACE= fast ", NULL, NULL));
	assert_int_equal(settings_enum(&s, SET_PROFILE), 2);
	assert_code(take_environ("PACE=quick", NULL, NULL), TOBS_EINVAL);
	assert_string_equal(
		err.message, "environment: PACE=quick: allowed is one of slow, balanced, fast");
	/* The new key knows the new words only. */
	assert_code(take_environ("TOBS_PROFILE=gentle", NULL, NULL), TOBS_EINVAL);
}

static void all_problems_and_the_first(void **state)
{
	(void)state;
	assert_code(
		take_environ("TOBS_CONCURRENCY=0", "TOBS_WAIT=x", "TOBS_TAKEOUT=yes"), TOBS_EINVAL);
	assert_non_null(strstr(err.message, "TOBS_CONCURRENCY=0"));
	assert_non_null(strstr(settings_problems(&s), "TOBS_WAIT=x"));
	assert_true(settings_bool(&s, SET_TAKEOUT));
	assert_code(take_file("TOBS_WAIT=y\nTOBS_OUTT=1\nTOBS_OUT=z", "f"), TOBS_EINVAL);
	assert_non_null(strstr(err.message, "TOBS_WAIT=y"));
	assert_non_null(strstr(settings_problems(&s), "TOBS_OUTT"));
	assert_view(settings_text(&s, SET_OUT), "z");
	for (int i = 0; i < 1000; i++)
		assert_code(take_environ("TOBS_WAIT=y", NULL, NULL), TOBS_EINVAL);
	assert_true(strlen(settings_problems(&s)) <= SETTINGS_PROBLEMS_MAX);
}

static void unknown_keys(void **state)
{
	(void)state;
	assert_code(take_environ("TOBS_CONCURENCY=1", NULL, NULL), TOBS_EINVAL);
	assert_string_equal(err.message,
		"environment: TOBS_CONCURENCY: there is no such setting; did you mean TOBS_CONCURRENCY?");
	assert_code(take_environ("TOBS_API_IDS=1", NULL, NULL), TOBS_EINVAL);
	assert_non_null(strstr(err.message, "did you mean TOBS_API_ID?"));
	assert_code(take_file("\nTOBS_MAX_FILESIZE=1", ".env"), TOBS_EINVAL);
	assert_string_equal(err.message,
		".env:2: TOBS_MAX_FILESIZE: there is no such setting; did you mean TOBS_MAX_FILE_SIZE?");
	assert_code(take_environ("TOBS_COMPLETELY_DIFFERENT=hunter2", NULL, NULL), TOBS_EINVAL);
	assert_string_equal(
		err.message, "environment: TOBS_COMPLETELY_DIFFERENT: there is no such setting");
	/* An option only; and keys of others. */
	assert_code(take_environ("TOBS_FORCE=yes", NULL, NULL), TOBS_EINVAL);
	assert_ok(take_environ("TOBSX=1", "tobs_out=1", "OUT=1"));
	assert_null(strstr(settings_problems(&s), "hunter2"));
}

static char last_line[300];

static void sink(const struct tobs_log_line *line, void *user)
{
	(void)user;
	snprintf(last_line, sizeof last_line, "%s", line->text);
}

static void secrets(void **state)
{
	static const struct setting number[] = { { "pin", .type = SETTING_INT,
		.flags = SETTING_SECRET } };
	static const struct settings_table pins = { number, 1, "TOBS_" };

	(void)state;
	assert_ok(take_environ("API_HASH=0123456789abcdef", NULL, NULL));
	assert_view(settings_text(&s, SET_HASH), "0123456789abcdef");
	assert_shown(SET_HASH, "[hidden]", "environment (API_HASH)");
	tobs_log_to(sink, NULL);
	log_error("test", "hash is 0123456789abcdef");
	tobs_log_to(NULL, NULL);
	assert_string_equal(last_line, "hash is [hidden]");
	settings_deinit(&s);
	assert_ok(settings_init(&s, &pins, NULL, &err));
	assert_code(take_environ("TOBS_PIN=12x4", NULL, NULL), TOBS_EINVAL);
	assert_string_equal(err.message, "environment: TOBS_PIN=[hidden]: allowed is a number");
	assert_null(strstr(settings_problems(&s), "12x4"));
}

static void lists_grow_on_the_command_line(void **state)
{
	(void)state;
	assert_ok(take_environ("TOBS_EXCLUDE=z", NULL, NULL));
	assert_ok(settings_set(&s, SET_EXCLUDE, tobs_str("a,b"), &option, &err));
	assert_ok(settings_set(&s, SET_EXCLUDE, tobs_str("c"), &option, &err));
	assert_view(settings_text(&s, SET_EXCLUDE), "a,b,c");
	assert_ok(settings_set(&s, SET_MEDIA, tobs_str("photo"), &option, &err));
	assert_ok(settings_set(&s, SET_MEDIA, tobs_str("video"), &option, &err));
	assert_int_equal(settings_words(&s, SET_MEDIA), 12);
	/* Elsewhere the later one counts. */
	assert_ok(take_file("TOBS_EXCLUDE=x\nTOBS_EXCLUDE=y", "f"));
	assert_view(settings_text(&s, SET_EXCLUDE), "a,b,c");
}

static void home(void **state)
{
	(void)state;
	assert_ok(take_environ("TOBS_OUT=~/chats", NULL, NULL));
	assert_view(settings_text(&s, SET_OUT), "/home/me/chats");
	assert_ok(take_environ("TOBS_OUT=~", NULL, NULL));
	assert_view(settings_text(&s, SET_OUT), "/home/me");
	assert_ok(take_environ("TOBS_OUT=~you/x", NULL, NULL));
	assert_view(settings_text(&s, SET_OUT), "~you/x");
	assert_ok(take_environ("API_HASH=~/x", NULL, NULL));
	assert_view(settings_text(&s, SET_HASH), "~/x");
	settings_deinit(&s);
	assert_ok(settings_init(&s, &table, NULL, &err));
	assert_code(take_environ("TOBS_OUT=~/chats", NULL, NULL), TOBS_EINVAL);
	assert_string_equal(err.message,
		"environment: TOBS_OUT=~/chats: allowed is a path without ~, for HOME is not set");
	assert_ok(take_environ("TOBS_OUT=./~", NULL, NULL));
}

static int use_all(void *user)
{
	static const struct setting_preset presets[] = { { SET_CONCURRENCY, "16" }, { 0, NULL } };
	static const struct setting_profile fast = { "fast", presets };
	const char *const environ[] = { "TOBS_OUT=~/x", "API_HASH=abcdef", NULL };
	struct settings t;
	struct env env = { 0 };
	struct tobs_buf out;
	int r;

	(void)user;
	tobs_buf_init(&out, 1000);
	r = settings_init(&t, &table, "/home", NULL);
	if (r)
		return r;
	r = settings_environ(&t, environ, NULL);
	if (!r)
		r = env_parse(&env, tobs_str("TOBS_WAIT=1"), "f", NULL);
	if (!r)
		r = settings_file(&t, &env, "f", NULL);
	if (!r)
		r = settings_profile(&t, &fast, NULL);
	if (!r)
		r = settings_set(&t, SET_EXCLUDE, tobs_str("a"), &option, NULL);
	if (!r)
		r = settings_set(&t, SET_EXCLUDE, tobs_str("b"), &option, NULL);
	if (!r && settings_set(&t, SET_WAIT, tobs_str("b"), &option, NULL) != TOBS_EINVAL)
		r = TOBS_EINTERNAL;
	if (!r)
		r = settings_show(&t, SET_EXCLUDE, &out);
	if (!r)
		r = settings_show_origin(&t, SET_WAIT, &out);
	if (!r) {
		/* It is said to have worked: then it has. */
		assert_string_equal(tobs_buf_str(&out), "a,bf:1");
		assert_view(settings_text(&t, SET_OUT), "/home/x");
		assert_view(settings_text(&t, SET_HASH), "abcdef");
		assert_int_equal(settings_int(&t, SET_CONCURRENCY), 16);
		assert_int_equal(settings_ms(&t, SET_WAIT), 1000);
		assert_string_equal(settings_origin(&t, SET_EXCLUDE)->name, "--x");
	}
	tobs_buf_deinit(&out);
	env_deinit(&env);
	settings_deinit(&t);
	tobs_log_forget();
	return r;
}

static void survives_failing_memory(void **state)
{
	(void)state;
	teardown(NULL);
	fail_each_allocation(use_all, NULL);
	settings_deinit(NULL);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(defaults),
		TEST(the_stronger_layer_counts),
		TEST(older_names),
		TEST(nothing_given_changes_nothing),
		TEST(bad_values),
		TEST(words_of_older_keys),
		TEST(all_problems_and_the_first),
		TEST(unknown_keys),
		TEST(secrets),
		TEST(lists_grow_on_the_command_line),
		TEST(home),
		TEST(survives_failing_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
