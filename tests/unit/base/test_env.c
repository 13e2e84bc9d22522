/* SPDX-License-Identifier: MIT */
#include "base/env.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/rand.h"
#include "support/failmem.h"
#include "support/test.h"

static struct env env;

static int parse(struct tobs_view text, struct tobs_err *err)
{
	uint8_t *exact = exact_copy(text.ptr, text.len);
	int r = env_parse(&env, tobs_view(exact, text.len), "test.env", err);

	free(exact);
	return r;
}

/* The entries as "key=value" with '|' between them. */
static void assert_entries(const char *text, const char *want)
{
	struct tobs_buf have;

	assert_ok(parse(tobs_str(text), NULL));
	tobs_buf_init(&have, 10000);
	ARRAY_EACH (it, &env.entries) {
		tobs_buf_printf(&have, "%s%s=%s", have.len ? "|" : "", (const char *)it->key.ptr,
			(const char *)it->value.ptr);
		assert_int_equal(it->value.len, strlen((const char *)it->value.ptr));
	}
	assert_string_equal(tobs_buf_str(&have), want);
	tobs_buf_deinit(&have);
	env_deinit(&env);
}

static void values(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "", "" },
		{ "\n\n  \n\t\n# only\n  # comments", "" },
		{ "A=1", "A=1" },
		{ "A=1\nB=2\n", "A=1|B=2" },
		{ "A=\nB=", "A=|B=" },
		{ "  A  =  1  ", "A=1" },
		{ "a_B.c-9=x", "a_B.c-9=x" },
		{ "_=x", "_=x" },
		{ "az=1\nAZ=2\nz09=3\nZ_=4", "az=1|AZ=2|z09=3|Z_=4" },
		{ "export A=1\n export\tB = 2", "A=1|B=2" },
		{ "export=1\nexport =2\nexported=3", "export=1|export=2|exported=3" },
		{ "A=a b  c", "A=a b  c" },
		{ "A=a=b=c", "A=a=b=c" },
		/* Comments behind a value want a blank before them. */
		{ "A=1 # one\nB=1# one\nC=#1\nD= #1\nE=a #b #c\nF=a\t# b",
			"A=1|B=1# one|C=#1|D=|E=a|F=a" },
		{ "A='x # y' # z\nB=\"x # y\"# z", "A=x # y|B=x # y" },
		/* Single quotes keep everything. */
		{ "A='a\\n\\'\nB='\"$X ${Y}'", "A=a\\n\\|B=\"$X ${Y}" },
		{ "A=''\nB=\"\"", "A=|B=" },
		/* Double quotes know six escapes; another backslash is one. */
		{ "A=\"a\\nb\\tc\\rd\\\"e\\\\f\\$g\"", "A=a\nb\tc\rd\"e\\f$g" },
		{ "A=\"\\x \\' \\a\"", "A=\\x \\' \\a" },
		{ "A=\"C:\\\\new\\dir\"", "A=C:\\new\\dir" },
		/* Nothing is expanded. */
		{ "A=$HOME\nB=\"${HOME}\"\nC=`id`$(id)", "A=$HOME|B=${HOME}|C=`id`$(id)" },
		/* Quotes inside a value are not special. */
		{ "A=it's\nB=say \"hi\"", "A=it's|B=say \"hi\"" },
		{ "A=back\\slash\\n", "A=back\\slash\\n" },
		/* Lines inside quotes. */
		{ "A=\"1\n2\n\n3\"\nB='x\n y '\nC=z", "A=1\n2\n\n3|B=x\n y |C=z" },
		{ "A=\"1\\\n2\"", "A=1\\\n2" },
		/* Other systems' files. */
		{ "\xef\xbb\xbf"
		  "A=1",
			"A=1" },
		{ "A=1\r\nB='2\r\n3'\r\n# c\r\n\r\nC=4\r\n", "A=1|B=2\n3|C=4" },
		{ "A=1\r", "A=1" },
		{ "A='x\ry'\nB=\"\r\"", "A=x\ry|B=\r" },
		{ "A=\"x\"\r\n", "A=x" },
		{ "A=\xd0\xbf\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82 \xf0\x9f\x98\x80",
			"A=\xd0\xbf\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82 \xf0\x9f\x98\x80" },
		{ "A=1\nA=2", "A=1|A=2" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_entries(rows[i].text, rows[i].want);
}

static void broken_lines(void **state)
{
	static const struct {
		const char *text;
		unsigned line;
		int offset;
		const char *what;
	} rows[] = {
		{ "A", 1, 1, "'=' should stand behind the name" },
		{ "A=1\nhunter2\n", 2, 11, "'=' should stand behind the name" },
		{ "A B=1", 1, 2, "'=' should stand behind the name" },
		{ "export A", 1, 8, "'=' should stand behind the name" },
		{ "\n\n=1", 3, 2, "a name should stand here" },
		{ "1A=2", 1, 0, "a name should stand here" },
		{ "-A=2", 1, 0, "a name should stand here" },
		{ "\xd0\x90=1", 1, 0, "a name should stand here" },
		{ "A=1\n B;=1", 2, 6, "'=' should stand behind the name" },
		{ "A='hunter2\nB=1\n", 1, 2, "the quote is never closed" },
		{ "X=\"\n\n\"\nA=\"hunter2\\\"\nB=1", 4, 9, "the quote is never closed" },
		{ "A=\"\\", 1, 2, "the quote is never closed" },
		{ "A='x' y", 1, 6, "nothing but a comment may stand behind the closing quote" },
		{ "A=\"x\"y", 1, 5, "nothing but a comment may stand behind the closing quote" },
		{ "A='a\nb'c", 2, 7, "nothing but a comment may stand behind the closing quote" },
		{ "A=1\nB=\xff", 2, 6, "not UTF-8" },
		{ "\xff\xfe"
		  "A",
			1, 0, "the file is UTF-16; save it as UTF-8" },
		{ "\xfe\xff", 1, 0, "the file is UTF-16; save it as UTF-8" },
	};
	struct tobs_err err;
	char want[128];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		assert_code(parse(tobs_str(rows[i].text), &err), TOBS_EMALFORMED);
		snprintf(want, sizeof want, "test.env:%u: %s", rows[i].line, rows[i].what);
		assert_string_equal(err.message, want);
		assert_int_equal(err.offset, rows[i].offset);
		assert_null(env.text);
		assert_code(parse(tobs_str(rows[i].text), NULL), TOBS_EMALFORMED);
	}
	assert_code(parse(tobs_view("A=1\nB=a\0b", 9), &err), TOBS_EMALFORMED);
	assert_string_equal(err.message, "test.env:2: a zero byte");
	assert_code(parse(tobs_view("\0\xff", 2), &err), TOBS_EMALFORMED);
	assert_string_equal(err.message, "test.env:1: a zero byte");
}

static void lookup(void **state)
{
	(void)state;
	assert_null(env_get(&env, "A"));
	assert_ok(parse(tobs_str("ONE=1"), NULL));
	assert_string_equal(env_get(&env, "ONE"), "1");
	env_deinit(&env);
	assert_ok(parse(tobs_str("A=1\nB=\"x\ny\"\nAB=3\nA=2"), NULL));
	assert_string_equal(env_get(&env, "A"), "2");
	assert_string_equal(env_get(&env, "AB"), "3");
	assert_null(env_get(&env, "a"));
	assert_null(env_get(&env, ""));
	assert_int_equal(env.entries.items[0].line, 1);
	assert_int_equal(env.entries.items[1].line, 2);
	assert_int_equal(env.entries.items[2].line, 4);
	assert_int_equal(env.entries.items[3].line, 5);
	env_deinit(&env);
	env_deinit(&env);
	env_deinit(NULL);
}

/* Whatever the bytes are, nothing is read or written outside, and keys are keys. */
static void soup(void **state)
{
	static const char *const pieces[] = { "A", "=", "'", "\"", "\\", "\n", "\r\n", "#", " ",
		"export ", "$X", "value", "\xd1\x8f", "\\n", "\t", "B=", "\xff", "KEY='", "\"x\"" };
	struct prng p = { 8 };
	struct tobs_buf text;
	int good = 0;

	(void)state;
	tobs_buf_init(&text, 1000);
	for (int round = 0; round < 30000; round++) {
		tobs_buf_clear(&text);
		for (uint64_t n = prng_below(&p, 10); n; n--)
			tobs_buf_puts(&text, pieces[prng_below(&p, ARRAY_LEN(pieces))]);
		if (parse(tobs_buf_view(&text), NULL) == TOBS_OK) {
			good++;
			ARRAY_EACH (it, &env.entries) {
				assert_true(it->key.len > 0);
				assert_int_equal(it->key.ptr[it->key.len], 0);
				assert_int_equal(it->value.ptr[it->value.len], 0);
				assert_true(
					it->value.ptr + it->value.len < env.text + env.text_len);
			}
		}
		env_deinit(&env);
	}
	assert_true(good > 1000);
	tobs_buf_deinit(&text);
}

static void limits(void **state)
{
	struct tobs_buf text;
	struct tobs_err err;

	(void)state;
	tobs_buf_init(&text, 2 * ENV_SIZE_MAX);
	tobs_buf_puts(&text, "A=");
	tobs_buf_fill(&text, 'x', ENV_SIZE_MAX - 2);
	assert_ok(parse(tobs_buf_view(&text), &err));
	env_deinit(&env);
	tobs_buf_putc(&text, 'x');
	assert_code(parse(tobs_buf_view(&text), &err), TOBS_ETOOBIG);
	tobs_buf_clear(&text);
	for (int i = 0; i < ENV_KEYS_MAX; i++)
		tobs_buf_printf(&text, "K%d=%d\n", i, i);
	assert_ok(parse(tobs_buf_view(&text), &err));
	assert_string_equal(env_get(&env, "K4095"), "4095");
	env_deinit(&env);
	tobs_buf_puts(&text, "K=");
	assert_code(parse(tobs_buf_view(&text), &err), TOBS_ETOOBIG);
	tobs_buf_deinit(&text);
}

static void files(void **state)
{
	char path[] = "/tmp/tobs-test-env-XXXXXX";
	int fd = mkstemp(path), next = dup(fd);
	struct tobs_err err;
	char name[5000];

	(void)state;
	assert_true(fd >= 0 && next >= 0);
	close(next);
	assert_int_equal(write(fd, "A=1\nB=2\n", 8), 8);
	assert_ok(env_load(&env, path, &err));
	assert_string_equal(env_get(&env, "B"), "2");
	env_deinit(&env);
	assert_int_equal(ftruncate(fd, ENV_SIZE_MAX + 10), 0);
	assert_code(env_load(&env, path, &err), TOBS_ETOOBIG);
	assert_int_equal(ftruncate(fd, 0), 0);
	assert_ok(env_load(&env, path, &err));
	assert_int_equal(env.entries.count, 0);
	env_deinit(&env);
	close(fd);
	assert_int_equal(unlink(path), 0);
	assert_code(env_load(&env, path, &err), TOBS_ENOTFOUND);
	assert_non_null(strstr(err.message, path));
	assert_code(env_load(&env, "/dev/null/x", &err), TOBS_ENOTFOUND);
	assert_code(env_load(&env, "/tmp", &err), TOBS_EIO);
	memset(name, 'x', sizeof name - 1);
	name[sizeof name - 1] = 0;
	assert_code(env_load(&env, name, &err), TOBS_EIO);
	assert_null(env.text);
	/* Nothing was left open. */
	fd = open("/dev/null", O_RDONLY);
	assert_int_equal(close(fd), 0);
	assert_true(fd < next);
}

static int load_and_forget(void *user)
{
	struct env e = { 0 };
	struct tobs_err err = { 0 };
	int r = env_load(&e, user, &err);

	assert_true(r != TOBS_ENOMEM || strstr(err.message, "out of memory"));
	env_deinit(&e);
	return r;
}

static int parse_and_forget(void *user)
{
	struct env e = { 0 };
	int r = env_parse(&e, tobs_str(user), "x", NULL);

	env_deinit(&e);
	return r;
}

static void survives_failing_memory(void **state)
{
	static char text[] = "A=1\nB=2\nC=3\nD=4\nE=5\nF=6\nG=7\nH=8\nI=9\nJ=\"10\"\n";

	static char path[] = "/tmp/tobs-test-env-XXXXXX";
	int fd = mkstemp(path);

	(void)state;
	fail_each_allocation(parse_and_forget, text);
	assert_int_equal(write(fd, text, sizeof text - 1), sizeof text - 1);
	close(fd);
	fail_each_allocation(load_and_forget, path);
	assert_int_equal(unlink(path), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values),
		cmocka_unit_test(broken_lines),
		cmocka_unit_test(lookup),
		cmocka_unit_test(soup),
		cmocka_unit_test(limits),
		cmocka_unit_test(files),
		cmocka_unit_test(survives_failing_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
