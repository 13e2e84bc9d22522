/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <stdatomic.h>

#include "support/failmem.h"
#include "support/fibers.h"

static char order[32];

static void note(void *arg)
{
	size_t n = strlen(order);

	assert(n + 1 < sizeof order);
	order[n] = *(const char *)arg;
	order[n + 1] = 0;
}

static void *letter(const char *s)
{
	return (void *)(uintptr_t)s;
}

FIBER_TEST(calls_are_made_in_order)
{
	order[0] = 0;
	assert_ok(tobs_post(note, letter("a")));
	assert_ok(tobs_post(note, letter("b")));
	note(letter("-"));
	while (!strchr(order, 'b'))
		assert_ok(tobs_yield());
	assert_string_equal(order, "-ab");
	return TOBS_OK;
}

static struct tobs_event event;
static struct tobs_chan *chan;
static struct tobs_group group;

static int sleep_and_set(void *arg)
{
	int r = tobs_sleep(10);

	tobs_event_set(&event, *(int *)arg);
	return r;
}

static int three = 3;

static void spawn_there(void *arg)
{
	int r = tobs_spawn(NULL, sleep_and_set, &three, NULL);

	if (!r)
		r = tobs_group_spawn(&group, sleep_and_set, &three, NULL);
	*(int *)arg = r;
}

FIBER_TEST(a_call_may_spawn)
{
	int r = 1, result = 0;

	tobs_event_init(&event);
	tobs_group_init(&group, 0);
	assert_ok(tobs_post(spawn_there, &r));
	assert_ok(tobs_event_wait(&event, &result));
	assert_ok(r);
	assert_int_equal(result, 3);
	assert_ok(tobs_group_wait(&group));
	return TOBS_OK;
}

static void post_again(void *arg)
{
	int *left = arg;

	if (--*left)
		assert_ok(tobs_post(post_again, left));
}

static int left;

static int post_and_end(void *arg)
{
	(void)arg;
	left = 100;
	return tobs_post(post_again, &left);
}

static void what_was_accepted_is_called(void **state)
{
	(void)state;
	for (int i = 0; i < 20; i++) {
		fiber_test_run(post_and_end);
		assert_int_equal(left, 0);
	}
	assert_code(tobs_post(post_again, &left), TOBS_ECLOSED);
}

static void spawn_a_child(void *arg)
{
	struct tobs_fiber *f;

	(void)arg;
	/* Of the main fiber, which has returned; nobody joins it. */
	assert_ok(tobs_spawn(&f, sleep_and_set, &three, NULL));
}

static int post_spawn_and_end(void *arg)
{
	(void)arg;
	tobs_event_init(&event);
	return tobs_post(spawn_a_child, NULL);
}

static void spawned_by_the_last_call(void **state)
{
	(void)state;
	fiber_test_run(post_spawn_and_end);
	assert_true(tobs_event_is_set(&event));
}

enum { THREADS = 4, EACH = 20000 };

static int received[THREADS];
static int total;
static bool in_order;

struct from {
	int thread;
	int nth;
};

static struct from posts[THREADS][EACH];

static void receive(void *arg)
{
	struct from *p = arg;

	in_order = in_order && received[p->thread] == p->nth;
	received[p->thread]++;
	total++;
	/* Full at times; then the count above is all that is left of it. */
	tobs_chan_try_send(chan, &p->nth);
}

static void *post_many(void *arg)
{
	int thread = *(int *)arg;

	for (int i = 0; i < EACH; i++) {
		int r;

		posts[thread][i] = (struct from){ thread, i };
		do
			r = tobs_post(receive, &posts[thread][i]);
		while (r == TOBS_EAGAIN);
		if (r)
			return arg;
	}
	return NULL;
}

/* With fibers that never rest, and others that wait, beside it. */
static int spin(void *arg)
{
	while (!*(bool *)arg)
		if (tobs_yield())
			break;
	return TOBS_OK;
}

FIBER_TEST(from_several_threads)
{
	pthread_t threads[THREADS];
	struct tobs_fiber *spinner;
	int names[THREADS], n;
	bool stop = false;

	in_order = true;
	assert_ok(tobs_chan_new(sizeof n, 100, &chan));
	assert_ok(tobs_spawn(&spinner, spin, &stop, NULL));
	for (int i = 0; i < THREADS; i++) {
		names[i] = i;
		received[i] = 0;
		assert_int_equal(pthread_create(&threads[i], NULL, post_many, &names[i]), 0);
	}
	while (total < THREADS * EACH)
		assert_ok(total % 2 ? tobs_chan_recv(chan, &n) : tobs_yield());
	for (int i = 0; i < THREADS; i++) {
		void *failed;

		pthread_join(threads[i], &failed);
		assert_null(failed);
		assert_int_equal(received[i], EACH);
	}
	assert_true(in_order);
	stop = true;
	assert_ok(tobs_join(spinner, NULL));
	tobs_chan_free(chan);
	return TOBS_OK;
}

static void count_down(void *arg)
{
	--*(int *)arg;
}

FIBER_TEST(a_queue_has_an_end)
{
	int r;

	/* Nothing is taken out while this fiber does not wait. */
	left = 0;
	while (!(r = tobs_post(count_down, &left)))
		assert_true(++left <= 1000000);
	assert_code(r, TOBS_EAGAIN);
	assert_int_equal(left, 1000000);
	while (left)
		assert_ok(tobs_yield());
	return TOBS_OK;
}

static int post_one(void *arg)
{
	(void)arg;
	left = 1;
	return tobs_post(post_again, &left);
}

static int run_post_one(void *user)
{
	(void)user;
	return tobs_run(post_one, NULL);
}

static void without_memory(void **state)
{
	(void)state;
	fail_each_allocation(run_post_one, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fiber_unit_test(calls_are_made_in_order),
		fiber_unit_test(a_call_may_spawn),
		cmocka_unit_test(what_was_accepted_is_called),
		cmocka_unit_test(spawned_by_the_last_call),
		fiber_unit_test(from_several_threads),
		fiber_unit_test(a_queue_has_an_end),
		cmocka_unit_test(without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
