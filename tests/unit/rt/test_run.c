/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "base/alloc.h"
#include "rt/sched.h"
#include "support/fibers.h"

static int give_back(void *arg)
{
	return *(int *)arg;
}

static void one_after_the_other(void **state)
{
	int64_t live = mem_live();

	(void)state;
	for (int i = -3; i < 20; i++)
		assert_int_equal(tobs_run(give_back, &i), i);
	assert_int_equal(mem_live(), live);
}

static int run_again(void *arg)
{
	return tobs_run(give_back, arg);
}

static void *run_elsewhere(void *arg)
{
	int five = 5;

	*(int *)arg = tobs_run(give_back, &five);
	return NULL;
}

static int run_on_a_thread(void *arg)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, run_elsewhere, arg))
		return TOBS_EINTERNAL;
	pthread_join(thread, NULL);
	return *(int *)arg;
}

static void one_at_a_time(void **state)
{
	int n = 1;

	(void)state;
	assert_code(tobs_run(run_again, &n), TOBS_EINVAL);
	assert_code(tobs_run(run_on_a_thread, &n), TOBS_EINVAL);
	/* On another thread after all, while none runs here. */
	assert_int_equal(run_on_a_thread(&n), 5);
}

static int look_at_sigpipe(void *arg)
{
	struct sigaction now;

	(void)arg;
	sigaction(SIGPIPE, NULL, &now);
	return now.sa_handler == SIG_IGN ? TOBS_OK : TOBS_EINTERNAL;
}

static void sigpipe_is_ignored(void **state)
{
	struct sigaction before, after;

	(void)state;
	sigaction(SIGPIPE, NULL, &before);
	assert_ok(tobs_run(look_at_sigpipe, NULL));
	sigaction(SIGPIPE, NULL, &after);
	assert_ptr_equal(before.sa_handler, after.sa_handler);
}

static int wait_on(void *arg)
{
	return tobs_chan_recv(arg, &(int){ 0 });
}

static bool has(const struct tobs_buf *b, const char *s)
{
	return strstr(tobs_buf_str(b), s) != NULL;
}

FIBER_TEST(a_dump_names_everyone)
{
	const struct tobs_fiber_options reader = { .name = "reader" };
	struct tobs_deadline d;
	struct tobs_buf out;
	struct tobs_chan *c;
	struct tobs_fiber *f, *g;
	int zero = 0;

	tobs_buf_init(&out, 10000);
	assert_ok(tobs_chan_new(sizeof(int), 0, &c));
	assert_ok(tobs_spawn(&f, wait_on, c, &reader));
	assert_ok(tobs_spawn(&g, give_back, &zero, NULL));
	assert_ok(tobs_yield());
	assert_ok(tobs_rt_dump(&out));
	assert_true(has(&out, "2 fibers, 1 wait, 0 of them for a limited time; 0 jobs, 0 descr"));
	assert_true(has(&out, "main                     runs\n"));
	assert_true(has(&out, "reader                   waits for receiving on a channel 0x"));
	assert_false(has(&out, "only a posted call"));
	tobs_buf_clear(&out);
	tobs_cancel(f);
	tobs_deadline_push(&d, 50);
	assert_ok(tobs_rt_dump(&out));
	tobs_deadline_pop(&d);
	assert_true(has(&out, "reader                   can run, cancelled\n"));
	assert_ok(tobs_join(f, NULL));
	assert_ok(tobs_join(g, NULL));
	tobs_chan_free(c);
	tobs_buf_deinit(&out);
	tobs_buf_init(&out, 10);
	assert_code(tobs_rt_dump(&out), TOBS_ETOOBIG);
	tobs_buf_deinit(&out);
	return TOBS_OK;
}

static struct tobs_buf dumped;

static void dump(void *arg)
{
	(void)arg;
	tobs_rt_dump(&dumped);
}

static int sleep_long(void *arg)
{
	(void)arg;
	return tobs_sleep(50000);
}

/* From a posted call, when every fiber waits. */
FIBER_TEST(a_dump_tells_a_deadlock)
{
	struct tobs_deadline d;
	struct tobs_event e;
	struct tobs_fiber *f;

	tobs_buf_init(&dumped, 10000);
	tobs_event_init(&e);
	assert_ok(tobs_post(dump, NULL));
	tobs_deadline_push(&d, 2500);
	assert_code(tobs_event_wait(&e, NULL), TOBS_ETIMEDOUT);
	tobs_deadline_pop(&d);
	assert_true(has(&dumped, "1 fibers, 1 wait, 1 of them for a limited time;"));
	assert_true(has(&dumped, ", at most 2500 ms\n"));
	assert_false(has(&dumped, "only a posted call"));
	tobs_buf_clear(&dumped);
	assert_ok(tobs_spawn(&f, sleep_long, NULL, NULL));
	assert_ok(tobs_yield());
	tobs_cancel(f);
	assert_ok(tobs_join(f, NULL));
	tobs_buf_deinit(&dumped);
	return TOBS_OK;
}

static void free_them(void *arg)
{
	tobs_rt_dump(&dumped);
	tobs_event_set(arg, 0);
}

FIBER_TEST(a_dump_tells_when_only_a_call_can_help)
{
	struct tobs_event e;

	tobs_buf_init(&dumped, 10000);
	tobs_event_init(&e);
	assert_ok(tobs_post(free_them, &e));
	assert_ok(tobs_event_wait(&e, NULL));
	assert_true(has(&dumped, "only a posted call or a stop can wake any of them\n"));
	tobs_buf_deinit(&dumped);
	return TOBS_OK;
}

/* ---- Nobody starves ------------------------------------------------------ */

static bool stop;

static int never_wait(void *arg)
{
	(void)arg;
	while (!stop)
		if (tobs_yield())
			break;
	return TOBS_OK;
}

static int watch_pipe(void *arg)
{
	int r = tobs_fd_wait(*(int *)arg, TOBS_READABLE, NULL);

	stop = true;
	return r;
}

static int starve(void *arg)
{
	int *fds = arg;
	int r = TOBS_OK;

	for (int i = 0; i < 10 && !r; i++)
		r = tobs_spawn(NULL, never_wait, NULL, NULL);
	if (!r)
		r = tobs_spawn(NULL, watch_pipe, &fds[0], NULL);
	if (write(fds[1], "x", 1) != 1)
		r = TOBS_EIO;
	return r;
}

static void busy_fibers_do_not_starve_descriptors(void **state)
{
	int fds[2];

	(void)state;
	stop = false;
	assert_int_equal(pipe(fds), 0);
	assert_ok(tobs_run(starve, fds));
	assert_true(stop);
	close(fds[0]);
	close(fds[1]);
}

static int sleep_and_stop(void *arg)
{
	int r = tobs_sleep(1);

	(void)arg;
	stop = true;
	return r;
}

static int starve_sleep(void *arg)
{
	(void)arg;
	if (tobs_spawn(NULL, never_wait, NULL, NULL) || tobs_spawn(NULL, never_wait, NULL, NULL))
		return TOBS_ENOMEM;
	return tobs_spawn(NULL, sleep_and_stop, NULL, NULL);
}

static void busy_fibers_do_not_starve_sleepers(void **state)
{
	(void)state;
	stop = false;
	assert_ok(tobs_run(starve_sleep, NULL));
	assert_true(stop);
}

/* A fiber that always finds work lets the others run too. */
static int pump(void *arg)
{
	struct tobs_chan *c;
	int n = 0, rounds = 0, r = tobs_chan_new(sizeof n, 1, &c);

	(void)arg;
	while (!r && !stop && rounds++ < 10000000)
		r = tobs_chan_send(c, &n) || tobs_chan_recv(c, &n);
	tobs_chan_free(c);
	return r || !stop ? TOBS_EINTERNAL : TOBS_OK;
}

static int starve_by_work(void *arg)
{
	struct tobs_fiber *f;
	int r = tobs_spawn(&f, pump, NULL, NULL), result = 1;

	(void)arg;
	if (!r)
		r = tobs_spawn(NULL, sleep_and_stop, NULL, NULL);
	if (!r)
		r = tobs_join(f, &result);
	return r ? r : result;
}

static void work_without_waits_does_not_starve_others(void **state)
{
	(void)state;
	stop = false;
	assert_ok(tobs_run(starve_by_work, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_after_the_other),
		cmocka_unit_test(one_at_a_time),
		cmocka_unit_test(sigpipe_is_ignored),
		fiber_unit_test(a_dump_names_everyone),
		fiber_unit_test(a_dump_tells_a_deadlock),
		fiber_unit_test(a_dump_tells_when_only_a_call_can_help),
		cmocka_unit_test(busy_fibers_do_not_starve_descriptors),
		cmocka_unit_test(busy_fibers_do_not_starve_sleepers),
		cmocka_unit_test(work_without_waits_does_not_starve_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
