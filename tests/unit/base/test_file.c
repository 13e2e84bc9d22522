/* SPDX-License-Identifier: MIT */
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <sys/resource.h>

#include "support/failmem.h"
#include "support/test.h"
#include "support/tmpdir.h"

static struct tmpdir dir;

static int setup(void **state)
{
	(void)state;
	tmpdir_init(&dir);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	tmpdir_deinit(&dir);
	return 0;
}

static int entries(void)
{
	DIR *d = opendir(dir.path);
	int n = 0;

	assert_non_null(d);
	while (readdir(d))
		n++;
	closedir(d);
	return n - 2; /* "." and ".." */
}

static void test_read(void **state)
{
	const char *path = tmpdir_file(&dir, "a");
	struct tobs_err err;
	struct tobs_buf b;

	(void)state;
	write_file(path, "hello", 5);
	tobs_buf_init(&b, 7);
	tobs_buf_puts(&b, "> ");
	assert_ok(file_read(path, &b, NULL));
	assert_string_equal(tobs_buf_str(&b), "> hello");
	tobs_buf_deinit(&b);

	/* One byte too long. */
	tobs_buf_init(&b, 6);
	tobs_buf_puts(&b, "> ");
	assert_code(file_read(path, &b, &err), TOBS_ETOOBIG);
	assert_string_equal(tobs_buf_str(&b), "> ");
	assert_non_null(strstr(err.message, path));
	tobs_buf_deinit(&b);

	tobs_buf_init(&b, 100);
	assert_code(file_read(tmpdir_file(&dir, "none"), &b, &err), TOBS_ENOTFOUND);
	assert_int_equal(err.sys, ENOENT);
	assert_code(file_read(dir.path, &b, &err), TOBS_EIO);
	tobs_buf_deinit(&b);
}

static void test_read_large(void **state)
{
	const char *path = tmpdir_file(&dir, "large");
	struct tobs_buf in, out;

	(void)state;
	tobs_buf_init(&in, 1 << 20);
	for (int i = 0; i < 50000; i++)
		tobs_buf_put_i64(&in, i);
	write_file(path, in.ptr, in.len);
	tobs_buf_init(&out, in.len);
	assert_ok(file_read(path, &out, NULL));
	assert_true(tobs_view_eq(tobs_buf_view(&in), tobs_buf_view(&out)));
	tobs_buf_deinit(&in);
	tobs_buf_deinit(&out);
}

static void test_replace(void **state)
{
	int have;
	char path[128];
	struct tobs_err err;
	struct tobs_buf b;

	(void)state;
	snprintf(path, sizeof path, "%s", tmpdir_file(&dir, "b"));
	have = entries();
	assert_ok(file_replace(path, tobs_str("one"), 0600, NULL));
	assert_int_equal(file_mode(path), 0600);
	assert_ok(file_replace(path, tobs_str("two!"), 0644, NULL));
	assert_int_equal(file_mode(path), 0644);
	assert_int_equal(file_size(path), 4);
	assert_int_equal(entries(), have + 1);

	/* What cannot replace leaves nothing behind. */
	assert_int_equal(mkdir(tmpdir_file(&dir, "sub"), 0700), 0);
	assert_int_not_equal(file_replace(tmpdir_file(&dir, "sub"), tobs_str("x"), 0600, &err), 0);
	assert_int_equal(entries(), have + 2);
	assert_code(file_replace(tmpdir_file(&dir, "no/where"), tobs_str("x"), 0600, &err),
		TOBS_ENOTFOUND);
	tobs_buf_init(&b, 100);
	assert_ok(file_read(path, &b, NULL));
	assert_string_equal(tobs_buf_str(&b), "two!");
	tobs_buf_deinit(&b);
}

/* A write that gets half of it done, as on a full disk. */
static void test_write_fails(void **state)
{
	char path[128];
	struct rlimit before, small;
	struct tobs_err err;
	int have = entries();

	(void)state;
	snprintf(path, sizeof path, "%s", tmpdir_file(&dir, "c"));
	assert_ok(file_replace(path, tobs_str("abc"), 0600, NULL));
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small = before;
	small.rlim_cur = 2;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	assert_code(file_replace(path, tobs_str("hello"), 0600, &err), TOBS_EIO);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	signal(SIGXFSZ, SIG_DFL);
	assert_int_equal(err.sys, EFBIG);
	assert_int_equal(file_size(path), 3);
	assert_int_equal(entries(), have + 1);
}

static void test_make_folder(void **state)
{
	char path[128];
	struct tobs_err err;

	(void)state;
	snprintf(path, sizeof path, "%s", tmpdir_file(&dir, "x/y/z"));
	assert_ok(file_make_folder(path, 0700, NULL));
	assert_int_equal(file_mode(path), 0700);
	assert_ok(file_make_folder(path, 0700, NULL));
	write_file(tmpdir_file(&dir, "plain"), "", 0);
	assert_code(file_make_folder(tmpdir_file(&dir, "plain"), 0700, &err), TOBS_ENOTFOUND);
	assert_code(file_make_folder(tmpdir_file(&dir, "plain/in"), 0700, &err), TOBS_ENOTFOUND);
	assert_code(file_make_folder("", 0700, &err), TOBS_ENOTFOUND);
}

static int all(void *arg)
{
	const char *path = arg;
	struct tobs_buf b;
	int r = file_make_folder(dir.path, 0700, NULL);

	tobs_buf_init(&b, 100);
	if (!r)
		r = file_replace(path, tobs_str("hm"), 0600, NULL);
	if (!r)
		r = file_read(path, &b, NULL);
	tobs_buf_deinit(&b);
	return r;
}

static void test_no_memory(void **state)
{
	char path[128];

	(void)state;
	snprintf(path, sizeof path, "%s", tmpdir_file(&dir, "m"));
	fail_each_allocation(all, path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_read_large),
		cmocka_unit_test(test_replace),
		cmocka_unit_test(test_write_fails),
		cmocka_unit_test(test_make_folder),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
