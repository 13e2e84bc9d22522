/* SPDX-License-Identifier: MIT */
#include "store/lockfile.h"

#include "support/child.h"
#include "support/tmpdir.h"

static struct tmpdir dir;

static int holds_until_killed(void *user)
{
	int fd;

	if (lockfile_take(user, &fd, NULL))
		return 1;
	write_file(tmpdir_file(&dir, "taken"), "", 0);
	pause();
	return 2;
}

static void one_at_a_time(void **state)
{
	struct tobs_err err;
	int fd = -1, other = -1;

	(void)state;
	assert_ok(lockfile_take(tmpdir_file(&dir, "lock"), &fd, NULL));
	assert_int_equal(file_mode(tmpdir_file(&dir, "lock")), 0600);
	assert_code(lockfile_take(tmpdir_file(&dir, "lock"), &other, &err), TOBS_ELOCKED);
	assert_int_equal(other, -1);
	lockfile_release(fd);
	lockfile_release(-1);
	assert_ok(lockfile_take(tmpdir_file(&dir, "lock"), &fd, NULL));
	lockfile_release(fd);
}

static void gone_with_its_process(void **state)
{
	char path[128], want[64];
	struct tobs_err err;
	pid_t pid;
	int fd;

	(void)state;
	snprintf(path, sizeof path, "%s", tmpdir_file(&dir, "lock"));
	pid = child_start(holds_until_killed, path);
	while (file_size(tmpdir_file(&dir, "taken")) < 0)
		usleep(1000);
	assert_code(lockfile_take(path, &fd, &err), TOBS_ELOCKED);
	snprintf(want, sizeof want, "(process %d)", (int)pid);
	assert_non_null(strstr(err.message, want));
	kill(pid, SIGKILL);
	assert_int_equal(child_wait(pid), 128 + SIGKILL);
	assert_ok(lockfile_take(path, &fd, NULL));
	lockfile_release(fd);
}

static int as_nobody(void *user)
{
	int fd;

	if (become_nobody())
		return 1;
	return lockfile_take(user, &fd, NULL) != TOBS_EPERM;
}

static void no_place_for_it(void **state)
{
	char path[128];
	int fd;

	(void)state;
	assert_code(lockfile_take(tmpdir_file(&dir, "no/lock"), &fd, NULL), TOBS_ENOTFOUND);
	assert_code(lockfile_take(dir.path, &fd, NULL), TOBS_EIO);
	snprintf(path, sizeof path, "%s", tmpdir_file(&dir, "lock"));
	chmod(dir.path, 0555);
	assert_child_ok(as_nobody, path);
	chmod(dir.path, 0755);
	/* An unreadable number gives the message without one. */
	write_file(path, "x", 1);
	assert_ok(lockfile_take(path, &fd, NULL));
	lockfile_release(fd);
}

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(one_at_a_time, setup, teardown),
		cmocka_unit_test_setup_teardown(gone_with_its_process, setup, teardown),
		cmocka_unit_test_setup_teardown(no_place_for_it, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
