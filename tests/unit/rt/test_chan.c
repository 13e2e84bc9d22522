/* SPDX-License-Identifier: MIT */
#include "support/failmem.h"
#include "support/fibers.h"

struct pipe_job {
	struct tobs_chan *chan;
	int from, to; /* what is sent */
	int received;
	int64_t sum;
	int result;
};

static int send_range(void *arg)
{
	struct pipe_job *job = arg;

	for (int i = job->from; i < job->to; i++) {
		int r = tobs_chan_send(job->chan, &i);

		if (r)
			return r;
	}
	return TOBS_OK;
}

static int receive_all(void *arg)
{
	struct pipe_job *job = arg;
	int n, last = -1, r;

	while (!(r = tobs_chan_recv(job->chan, &n))) {
		if (job->from && n <= last)
			return TOBS_EINTERNAL; /* out of order */
		last = n;
		job->received++;
		job->sum += n;
	}
	return r;
}

FIBER_TEST(elements_come_out_as_they_went_in)
{
	static const size_t capacities[] = { 0, 1, 2, 7, 1000 };

	for (size_t i = 0; i < ARRAY_LEN(capacities); i++) {
		struct pipe_job job = { .from = 1, .to = 501 };
		struct tobs_fiber *sender, *receiver;
		int r = 1;

		assert_ok(tobs_chan_new(sizeof(int), capacities[i], &job.chan));
		assert_ok(tobs_spawn(&sender, send_range, &job, NULL));
		assert_ok(tobs_spawn(&receiver, receive_all, &job, NULL));
		assert_ok(tobs_join(sender, &r));
		assert_ok(r);
		tobs_chan_close(job.chan);
		assert_ok(tobs_join(receiver, &r));
		assert_code(r, TOBS_ECLOSED);
		assert_int_equal(job.received, 500);
		assert_int_equal(job.sum, 501 * 250);
		tobs_chan_free(job.chan);
	}
	return TOBS_OK;
}

FIBER_TEST(a_full_channel_holds_its_sender)
{
	struct pipe_job job = { .from = 0, .to = 10 };
	struct tobs_fiber *f;
	int n = -1, r = 1;

	assert_ok(tobs_chan_new(sizeof(int), 3, &job.chan));
	assert_ok(tobs_spawn(&f, send_range, &job, NULL));
	settle();
	assert_int_equal(tobs_chan_count(job.chan), 3);
	for (int i = 0; i < 10; i++) {
		assert_ok(tobs_chan_recv(job.chan, &n));
		assert_int_equal(n, i);
		settle();
		assert_int_equal(tobs_chan_count(job.chan), MIN(3, 10 - i - 1));
	}
	assert_ok(tobs_join(f, &r));
	assert_ok(r);
	tobs_chan_free(job.chan);
	return TOBS_OK;
}

FIBER_TEST(without_capacity_a_sender_meets_its_receiver)
{
	struct pipe_job job = { .from = 5, .to = 6 };
	struct tobs_fiber *f;
	int n = 0;

	assert_ok(tobs_chan_new(sizeof(int), 0, &job.chan));
	assert_code(tobs_chan_try_send(job.chan, &n), TOBS_EAGAIN);
	assert_code(tobs_chan_try_recv(job.chan, &n), TOBS_EAGAIN);
	assert_ok(tobs_spawn(&f, send_range, &job, NULL));
	settle();
	assert_int_equal(tobs_chan_count(job.chan), 0);
	assert_ok(tobs_chan_try_recv(job.chan, &n));
	assert_int_equal(n, 5);
	assert_ok(tobs_join(f, NULL));
	assert_ok(tobs_spawn(&f, receive_all, &job, NULL));
	settle();
	n = 6;
	assert_ok(tobs_chan_try_send(job.chan, &n));
	assert_code(tobs_chan_try_send(job.chan, &n), TOBS_EAGAIN); /* not met twice */
	tobs_chan_close(job.chan);
	assert_ok(tobs_join(f, NULL));
	assert_int_equal(job.sum, 6);
	tobs_chan_free(job.chan);
	return TOBS_OK;
}

FIBER_TEST(closing)
{
	struct pipe_job in = { .from = 1, .to = 5 }, out = { 0 };
	struct tobs_fiber *sender, *receiver;
	int n = 9, r = 1;

	assert_ok(tobs_chan_new(sizeof(int), 2, &in.chan));
	assert_ok(tobs_spawn(&sender, send_range, &in, NULL));
	settle(); /* two are in, the third waits */
	tobs_chan_close(in.chan);
	tobs_chan_close(in.chan);
	assert_ok(tobs_join(sender, &r));
	assert_code(r, TOBS_ECLOSED);
	assert_code(tobs_chan_send(in.chan, &n), TOBS_ECLOSED);
	assert_code(tobs_chan_try_send(in.chan, &n), TOBS_ECLOSED);
	assert_ok(tobs_chan_recv(in.chan, &n));
	assert_int_equal(n, 1);
	assert_ok(tobs_chan_try_recv(in.chan, &n));
	assert_int_equal(n, 2);
	assert_code(tobs_chan_recv(in.chan, &n), TOBS_ECLOSED);
	assert_code(tobs_chan_try_recv(in.chan, &n), TOBS_ECLOSED);
	assert_int_equal(n, 2);
	tobs_chan_free(in.chan);

	/* Receivers that wait already. */
	assert_ok(tobs_chan_new(sizeof(int), 2, &out.chan));
	assert_ok(tobs_spawn(&receiver, receive_all, &out, NULL));
	settle();
	tobs_chan_close(out.chan);
	tobs_chan_free(out.chan); /* they have let go of it */
	assert_ok(tobs_join(receiver, &r));
	assert_code(r, TOBS_ECLOSED);
	tobs_chan_free(NULL);
	return TOBS_OK;
}

FIBER_TEST(who_waits_first_is_served_first)
{
	struct pipe_job jobs[3];
	struct tobs_fiber *f[3];
	struct tobs_chan *c;

	assert_ok(tobs_chan_new(sizeof(int), 4, &c));
	for (int i = 0; i < 3; i++) {
		jobs[i] = (struct pipe_job){ .chan = c };
		assert_ok(tobs_spawn(&f[i], receive_all, &jobs[i], NULL));
	}
	settle();
	for (int i = 1; i <= 6; i++) {
		assert_ok(tobs_chan_send(c, &i));
		settle();
	}
	tobs_chan_close(c);
	for (int i = 0; i < 3; i++) {
		assert_ok(tobs_join(f[i], NULL));
		assert_int_equal(jobs[i].received, 2);
		assert_int_equal(jobs[i].sum, i + 1 + i + 4);
	}
	tobs_chan_free(c);
	return TOBS_OK;
}

FIBER_TEST(elements_of_any_size)
{
	struct big {
		char bytes[1000];
	} a, b;
	struct tobs_chan *c;

	assert_ok(tobs_chan_new(sizeof a, 3, &c));
	for (int i = 0; i < 10; i++) {
		memset(&a, i, sizeof a);
		memset(&b, 0xee, sizeof b);
		assert_ok(tobs_chan_send(c, &a));
		assert_ok(tobs_chan_recv(c, &b));
		assert_memory_equal(&a, &b, sizeof a);
	}
	tobs_chan_free(c);
	assert_ok(tobs_chan_new(0, 2, &c)); /* of nothing: only their number counts */
	assert_ok(tobs_chan_send(c, NULL));
	assert_ok(tobs_chan_send(c, NULL));
	assert_code(tobs_chan_try_send(c, NULL), TOBS_EAGAIN);
	assert_ok(tobs_chan_recv(c, NULL));
	tobs_chan_free(c);
	assert_code(tobs_chan_new(SIZE_MAX / 2, 3, &c), TOBS_ETOOBIG);
	assert_code(tobs_chan_new(SIZE_MAX, 1, &c), TOBS_ETOOBIG);
	return TOBS_OK;
}

/* ---- Select -------------------------------------------------------------- */

FIBER_TEST(select_takes_what_is_ready)
{
	struct tobs_chan *a, *b;
	struct tobs_event e;
	int in = 0, out = 8;
	size_t which = 99;

	assert_ok(tobs_chan_new(sizeof(int), 1, &a));
	assert_ok(tobs_chan_new(sizeof(int), 1, &b));
	tobs_event_init(&e);
	{
		struct tobs_case cases[] = {
			tobs_case_recv(a, &in),
			tobs_case_event(&e),
			tobs_case_recv(NULL, NULL),
			tobs_case_event(NULL),
		};

		assert_code(tobs_select(cases, 4, 0, &which), TOBS_EAGAIN);
		assert_code(tobs_select(cases, 4, 30, &which), TOBS_ETIMEDOUT);
		assert_code(tobs_select(NULL, 0, 20, &which), TOBS_ETIMEDOUT);
		assert_int_equal(which, 99);
		assert_int_equal(elapsed(), 50);
		assert_ok(tobs_chan_send(a, &out));
		assert_ok(tobs_select(cases, 4, TOBS_FOREVER, &which));
		assert_int_equal(which, 0);
		assert_int_equal(in, 8);
		assert_ok(cases[0].result);
		tobs_event_set(&e, TOBS_EIO);
		assert_ok(tobs_select(cases, 4, TOBS_FOREVER, &which));
		assert_int_equal(which, 1);
		assert_code(cases[1].result, TOBS_EIO);
	}
	{
		struct tobs_case cases[] = { tobs_case_send(a, &out), tobs_case_recv(b, &in) };

		assert_ok(tobs_select(cases, 2, 0, &which));
		assert_int_equal(which, 0);
		assert_int_equal(tobs_chan_count(a), 1);
		tobs_chan_close(b);
		assert_ok(tobs_select(cases, 2, 0, &which));
		assert_int_equal(which, 1);
		assert_code(cases[1].result, TOBS_ECLOSED);
	}
	tobs_chan_free(a);
	tobs_chan_free(b);
	return TOBS_OK;
}

struct selecting {
	struct tobs_chan *a, *b, *full;
	struct tobs_event event;
	size_t which;
	int result;
	int in_a, in_b;
};

static int select_once(void *arg)
{
	struct selecting *s = arg;
	int out = 5, r;
	struct tobs_case cases[] = {
		tobs_case_recv(s->a, &s->in_a),
		tobs_case_recv(s->b, &s->in_b),
		tobs_case_send(s->full, &out),
		tobs_case_event(&s->event),
	};

	r = tobs_select(cases, ARRAY_LEN(cases), 1000, &s->which);
	if (!r)
		s->result = cases[s->which].result;
	return r;
}

static void deliver(struct selecting *s, size_t which)
{
	int n = 40 + (int)which;

	switch (which) {
	case 0: assert_ok(tobs_chan_try_send(s->a, &n)); break;
	case 1: assert_ok(tobs_chan_try_send(s->b, &n)); break;
	case 2: assert_ok(tobs_chan_try_recv(s->full, &n)); break;
	case 3: tobs_event_set(&s->event, 43); break;
	default: tobs_chan_close(s->b);
	}
}

static void select_setup(struct selecting *s)
{
	*s = (struct selecting){ .which = 99, .result = 99 };
	assert_ok(tobs_chan_new(sizeof(int), 0, &s->a));
	assert_ok(tobs_chan_new(sizeof(int), 1, &s->b));
	assert_ok(tobs_chan_new(sizeof(int), 1, &s->full));
	assert_ok(tobs_chan_send(s->full, &(int){ 1 }));
	tobs_event_init(&s->event);
}

static void select_teardown(struct selecting *s)
{
	tobs_chan_free(s->a);
	tobs_chan_free(s->b);
	tobs_chan_free(s->full);
}

FIBER_TEST(select_waits_for_the_first)
{
	for (size_t i = 0; i < 5; i++) {
		struct selecting s;
		struct tobs_fiber *f;
		int r = 1, n = 0;

		select_setup(&s);
		assert_ok(tobs_spawn(&f, select_once, &s, NULL));
		settle();
		deliver(&s, i);
		assert_ok(tobs_join(f, &r));
		assert_ok(r);
		assert_int_equal(s.which, i == 4 ? 1 : i);
		assert_int_equal(s.result, i == 3 ? 43 : i == 4 ? TOBS_ECLOSED : 0);
		assert_int_equal(s.in_a, i == 0 ? 40 : 0);
		assert_int_equal(s.in_b, i == 1 ? 41 : 0);
		if (i == 2) {
			assert_ok(tobs_chan_try_recv(s.full, &n));
			assert_int_equal(n, 5);
		}
		select_teardown(&s);
	}
	assert_int_equal(elapsed(), 0);
	return TOBS_OK;
}

/* The others must not be done as well, when several become ready before the fiber runs. */
FIBER_TEST(select_does_exactly_one)
{
	struct selecting s;
	struct tobs_fiber *f;
	int r = 1, n = 77;

	select_setup(&s);
	assert_ok(tobs_spawn(&f, select_once, &s, NULL));
	settle();
	deliver(&s, 1);
	assert_code(tobs_chan_try_send(s.a, &n), TOBS_EAGAIN);
	assert_ok(tobs_chan_try_send(s.b, &n)); /* into the buffer */
	tobs_event_set(&s.event, 1);
	assert_ok(tobs_join(f, &r));
	assert_ok(r);
	assert_int_equal(s.which, 1);
	assert_int_equal(s.in_b, 41);
	assert_int_equal(s.in_a, 0);
	assert_int_equal(tobs_chan_count(s.b), 1);
	assert_int_equal(tobs_chan_count(s.full), 1);
	select_teardown(&s);
	return TOBS_OK;
}

FIBER_TEST(select_is_fair)
{
	struct tobs_chan *c[3];
	int counts[3] = { 0 }, n = 0;
	struct tobs_case cases[3];
	size_t which;

	for (int i = 0; i < 3; i++) {
		assert_ok(tobs_chan_new(sizeof(int), 1, &c[i]));
		assert_ok(tobs_chan_send(c[i], &n));
		cases[i] = tobs_case_recv(c[i], &n);
	}
	for (int i = 0; i < 3000; i++) {
		assert_ok(tobs_select(cases, 3, 0, &which));
		counts[which]++;
		assert_ok(tobs_chan_send(c[which], &n));
	}
	for (int i = 0; i < 3; i++) {
		assert_in_range(counts[i], 900, 1100);
		tobs_chan_free(c[i]);
	}
	return TOBS_OK;
}

static int select_both(void *arg)
{
	struct selecting *s = arg;
	int in = 0, out = 3;
	struct tobs_case cases[] = { tobs_case_send(s->a, &out), tobs_case_recv(s->a, &in) };

	return tobs_select(cases, 2, 1000, &s->which);
}

FIBER_TEST(select_does_not_meet_itself)
{
	struct selecting s;
	struct tobs_fiber *f, *g;
	size_t first;
	int r = 1;

	select_setup(&s);
	assert_code(select_both(&s), TOBS_ETIMEDOUT);
	/* Two of them meet each other. */
	assert_ok(tobs_spawn(&f, select_both, &s, NULL));
	assert_ok(tobs_spawn(&g, select_both, &s, NULL));
	assert_ok(tobs_join(f, &r));
	assert_ok(r);
	first = s.which;
	assert_ok(tobs_join(g, &r));
	assert_ok(r);
	assert_true(first <= 1);
	assert_int_equal(elapsed(), 1000);
	select_teardown(&s);
	return TOBS_OK;
}

static int make(void *user)
{
	struct tobs_chan *c = NULL;
	int r = tobs_chan_new(8, 8, &c);

	(void)user;
	tobs_chan_free(c);
	return r;
}

static void without_memory(void **state)
{
	(void)state;
	fail_each_allocation(make, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fiber_unit_test(elements_come_out_as_they_went_in),
		fiber_unit_test(a_full_channel_holds_its_sender),
		fiber_unit_test(without_capacity_a_sender_meets_its_receiver),
		fiber_unit_test(closing),
		fiber_unit_test(who_waits_first_is_served_first),
		fiber_unit_test(elements_of_any_size),
		fiber_unit_test(select_takes_what_is_ready),
		fiber_unit_test(select_waits_for_the_first),
		fiber_unit_test(select_does_exactly_one),
		fiber_unit_test(select_is_fair),
		fiber_unit_test(select_does_not_meet_itself),
		cmocka_unit_test(without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
