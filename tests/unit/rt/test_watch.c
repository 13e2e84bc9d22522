/* SPDX-License-Identifier: MIT */
#include "rt/watch.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/failmem.h"
#include "support/fibers.h"

static int write_soon(void *arg)
{
	int r = tobs_yield();

	return !r && write(*(int *)arg, "x", 1) == 1 ? TOBS_OK : TOBS_EIO;
}

FIBER_TEST(waits_for_bytes_and_for_room)
{
	int fds[2], events = 0;
	char c;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	assert_ok(tobs_fd_wait(fds[0], TOBS_WRITABLE, &events));
	assert_int_equal(events, TOBS_WRITABLE);
	assert_ok(tobs_spawn(NULL, write_soon, &fds[1], NULL));
	assert_ok(tobs_fd_wait(fds[0], TOBS_READABLE, &events));
	assert_int_equal(events, TOBS_READABLE);
	assert_ok(tobs_fd_wait(fds[0], TOBS_READABLE | TOBS_WRITABLE, &events));
	assert_int_equal(events & TOBS_WRITABLE, TOBS_WRITABLE);
	assert_int_equal(read(fds[0], &c, 1), 1);
	close(fds[1]); /* the end counts as readable */
	assert_ok(tobs_fd_wait(fds[0], TOBS_READABLE, NULL));
	close(fds[0]);
	return TOBS_OK;
}

FIBER_TEST(not_every_descriptor)
{
	int fds[2], file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	struct fd_watch *w;

	assert_int_equal(pipe(fds), 0);
	assert_code(tobs_fd_wait(fds[0], 0, NULL), TOBS_EINVAL);
	assert_code(tobs_fd_wait(fds[0], 8, NULL), TOBS_EINVAL);
	assert_code(tobs_fd_wait(-1, TOBS_READABLE, NULL), TOBS_EINVAL);
	assert_code(tobs_fd_wait(file, TOBS_READABLE, NULL), TOBS_EINVAL);
	/* One watch at a time. */
	assert_ok(fd_watch_new(fds[0], NULL, NULL, &w));
	assert_ok(fd_watch_set(w, TOBS_READABLE));
	assert_code(tobs_fd_wait(fds[0], TOBS_READABLE, NULL), TOBS_EEXISTS);
	fd_watch_free(w);
	fd_watch_free(NULL);
	close(file);
	close(fds[0]);
	close(fds[1]);
	return TOBS_OK;
}

static struct {
	struct fd_watch *watch;
	int calls, events, off_after;
} seen;

static void note(void *arg, int events)
{
	(void)arg;
	seen.calls++;
	seen.events = events;
	if (seen.calls == seen.off_after)
		fd_watch_set(seen.watch, 0);
}

FIBER_TEST(a_watch_calls_as_long_as_it_is_ready)
{
	int fds[2];

	memset(&seen, 0, sizeof seen);
	assert_int_equal(pipe(fds), 0);
	assert_ok(fd_watch_new(fds[0], note, NULL, &seen.watch));
	assert_int_equal(fd_watch_get(seen.watch), 0);
	seen.off_after = 3;
	assert_ok(fd_watch_set(seen.watch, TOBS_READABLE));
	assert_ok(fd_watch_set(seen.watch, TOBS_READABLE));
	for (int i = 0; i < 300; i++)
		assert_ok(tobs_yield());
	assert_int_equal(seen.calls, 0);
	assert_int_equal(write(fds[1], "x", 1), 1);
	for (int i = 0; i < 3000; i++)
		assert_ok(tobs_yield());
	assert_int_equal(seen.calls, 3);
	assert_int_equal(seen.events, TOBS_READABLE);
	fd_watch_free(seen.watch);
	close(fds[0]);
	close(fds[1]);
	return TOBS_OK;
}

static int wait_readable(void *arg)
{
	return tobs_fd_wait(*(int *)arg, TOBS_READABLE, NULL);
}

/* A number may be used again at once, while libuv still lets go of it. */
FIBER_TEST(descriptors_come_and_go)
{
	int fds[2], first = -1;

	for (int i = 0; i < 50; i++) {
		struct tobs_fiber *f;
		int r = 1;

		assert_int_equal(pipe(fds), 0);
		if (first < 0)
			first = fds[0];
		assert_int_equal(fds[0], first);
		assert_ok(tobs_spawn(&f, wait_readable, &fds[0], NULL));
		assert_ok(tobs_yield());
		if (i % 2)
			tobs_cancel(f);
		else
			assert_int_equal(write(fds[1], "x", 1), 1);
		assert_ok(tobs_join(f, &r));
		assert_code(r, i % 2 ? TOBS_ECANCELED : TOBS_OK);
		close(fds[0]);
		close(fds[1]);
	}
	return TOBS_OK;
}

static int wait_once(void *arg)
{
	return tobs_fd_wait(*(int *)arg, TOBS_WRITABLE, NULL);
}

static int run_wait_once(void *user)
{
	return tobs_run(wait_once, user);
}

static void without_memory(void **state)
{
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	fail_each_allocation(run_wait_once, &fds[1]);
	close(fds[0]);
	close(fds[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fiber_unit_test(waits_for_bytes_and_for_room),
		fiber_unit_test(not_every_descriptor),
		fiber_unit_test(a_watch_calls_as_long_as_it_is_ready),
		fiber_unit_test(descriptors_come_and_go),
		cmocka_unit_test(without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
