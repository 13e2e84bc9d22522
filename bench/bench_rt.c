/* SPDX-License-Identifier: MIT */
/*
 * Fibers: what a switch, a spawn, a channel, a timer and an offload cost, what a
 * waiting fiber weighs, and what sockets on loopback carry. Prints one line a
 * case: the best of some tries, because everything that disturbs a measurement
 * makes it longer. bench_rt_ucontext is the same with the portable switch.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tobs/rt.h>
#include <unistd.h>

#include "base/attr.h"
#include "base/clock.h"
#include "rt/context.h"
#include "rt/sock.h"
#include "rt/testing.h"
#include "rt/wait.h"

enum { TRIES = 5, SOME = 200000, FEW = 20000, MANY = 100000 };

static int failures;

static void check(int r)
{
	failures += r != 0;
}

/* A piece of work, done `times` times. */
typedef void (*work_fn)(int times);

static double ns_each(work_fn work, int times)
{
	double best = 1e18;

	for (int i = 0; i < TRIES; i++) {
		int64_t start = clock_mono(clock_system());
		double ns;

		work(times);
		ns = (double)(clock_mono(clock_system()) - start) * 1e3 / times;
		best = MIN(best, ns);
	}
	return best;
}

static void show(const char *what, work_fn work, int times)
{
	printf("%-52s %10.1f ns\n", what, ns_each(work, times));
}

/* -- switching -- */

static void *here, *there;
static _Alignas(64) char other_stack[64 << 10];

static void switch_back(void *arg)
{
	(void)arg;
	for (;;)
		context_switch(&there, here);
}

/* There and back is two. */
static void run_context(int times)
{
	for (int i = 0; i < times; i += 2)
		context_switch(&here, there);
}

static int yield_times(void *arg)
{
	for (int i = *(int *)arg; i > 0; i--)
		check(tobs_yield());
	return 0;
}

static void run_yield(int times)
{
	struct tobs_fiber *a, *b;
	int half = times / 2;

	check(tobs_spawn(&a, yield_times, &half, NULL));
	check(tobs_spawn(&b, yield_times, &half, NULL));
	check(tobs_join(a, NULL));
	check(tobs_join(b, NULL));
}

static int do_nothing(void *arg)
{
	(void)arg;
	return 0;
}

static void run_spawn(int times)
{
	struct tobs_fiber *f;

	while (times--) {
		check(tobs_spawn(&f, do_nothing, NULL, NULL));
		check(tobs_join(f, NULL));
	}
}

static void run_spawn_group(int times)
{
	struct tobs_group g;

	tobs_group_init(&g, 0);
	while (times > 0) {
		for (int i = 0; i < 100; i++, times--)
			check(tobs_group_spawn(&g, do_nothing, NULL, NULL));
		check(tobs_group_wait(&g));
	}
}

/* -- channels -- */

static struct tobs_chan *chan;
static size_t capacity;

static int send_times(void *arg)
{
	for (int64_t i = *(int *)arg; i > 0; i--)
		check(tobs_chan_send(chan, &i));
	tobs_chan_close(chan);
	return 0;
}

static void run_chan(int times)
{
	struct tobs_fiber *f;
	int64_t n;

	check(tobs_chan_new(sizeof n, capacity, &chan));
	check(tobs_spawn(&f, send_times, &times, NULL));
	while (tobs_chan_recv(chan, &n) == 0)
		;
	check(tobs_join(f, NULL));
	tobs_chan_free(chan);
}

static void run_select(int times)
{
	struct tobs_chan *other;
	struct tobs_fiber *f;
	int64_t n;
	size_t which;

	check(tobs_chan_new(sizeof n, 64, &chan));
	check(tobs_chan_new(sizeof n, 64, &other));
	check(tobs_spawn(&f, send_times, &times, NULL));
	for (;;) {
		struct tobs_case cases[] = { tobs_case_recv(other, &n), tobs_case_recv(chan, &n) };

		if (tobs_select(cases, 2, TOBS_FOREVER, &which) || cases[which].result)
			break;
	}
	check(tobs_join(f, NULL));
	tobs_chan_free(chan);
	tobs_chan_free(other);
}

/* -- time -- */

static void run_deadline(int times)
{
	struct tobs_deadline d;

	while (times--) {
		tobs_deadline_push(&d, 30000);
		tobs_deadline_pop(&d);
	}
}

static struct tobs_waiters queue;

static int wait_times(void *arg)
{
	for (int i = *(int *)arg; i > 0; i--) {
		struct tobs_deadline d;

		tobs_deadline_push(&d, 30000);
		check(waiters_wait(&queue, "a wake"));
		tobs_deadline_pop(&d);
	}
	return 0;
}

/* A wait with a deadline that ends before it, as nearly all do, with other timers around. */
static void run_timed_wait(int times)
{
	struct tobs_fiber *f;

	waiters_init(&queue);
	check(tobs_spawn(&f, wait_times, &times, NULL));
	check(tobs_yield());
	while (times--) {
		waiters_wake_one(&queue, 0);
		check(tobs_yield());
	}
	check(tobs_join(f, NULL));
}

static int sleep_times(void *arg)
{
	for (int i = *(int *)arg; i > 0; i--)
		check(tobs_sleep(1 + i % 3));
	return 0;
}

/* Timers that do go off, of a thousand sleepers; time by hand, so nobody really sleeps. */
static void run_sleep(int times)
{
	int each = times / 1000;
	struct tobs_group g;

	tobs_group_init(&g, 0);
	for (int i = 0; i < 1000; i++)
		check(tobs_group_spawn(&g, sleep_times, &each, NULL));
	check(tobs_group_wait(&g));
}

/* -- other threads -- */

static void run_offload(int times)
{
	while (times--)
		check(tobs_offload(do_nothing, NULL));
}

static int offload_times(void *arg)
{
	run_offload(*(int *)arg);
	return 0;
}

static void run_offload_many(int times)
{
	int each = times / 16;
	struct tobs_group g;

	tobs_group_init(&g, 0);
	for (int i = 0; i < 16; i++)
		check(tobs_group_spawn(&g, offload_times, &each, NULL));
	check(tobs_group_wait(&g));
}

static int posted;
static struct tobs_event all_posted;

static void count_post(void *arg)
{
	if (++posted == *(int *)arg)
		tobs_event_set(&all_posted, 0);
}

static void *post_times(void *arg)
{
	for (int i = *(int *)arg; i > 0; i--)
		while (tobs_post(count_post, arg))
			;
	return NULL;
}

static void run_post(int times)
{
	pthread_t thread;

	posted = 0;
	tobs_event_init(&all_posted);
	check(pthread_create(&thread, NULL, post_times, &times));
	check(tobs_event_wait(&all_posted, NULL));
	pthread_join(thread, NULL);
}

/* -- memory -- */

static size_t resident(void)
{
	char text[128] = "";
	FILE *f = fopen("/proc/self/statm", "r");
	struct tobs_view rest, part;
	int64_t pages = 0;

	if (f && fgets(text, sizeof text, f)) {
		rest = tobs_str(text);
		tobs_view_split(&rest, ' ', &part);
		tobs_view_split(&rest, ' ', &part);
		check(tobs_view_int(part, 0, INT64_MAX, &pages));
	}
	if (f)
		fclose(f);
	return (size_t)(pages * sysconf(_SC_PAGESIZE));
}

static int sleep_on(void *arg)
{
	(void)arg;
	return tobs_sleep(TOBS_FOREVER);
}

static void weigh(void)
{
	struct tobs_group g;
	size_t before = resident();

	tobs_group_init(&g, 0);
	for (int i = 0; i < MANY; i++)
		check(tobs_group_spawn(&g, sleep_on, NULL, NULL));
	check(tobs_yield());
	printf("%-52s %10zu bytes\n", "memory of a waiting fiber (of 100,000)",
		(resident() - before) / MANY);
	tobs_group_cancel(&g);
	check(tobs_group_wait(&g));
}

/* -- sockets -- */

enum { BIG = 64 << 10 };

static char big[BIG];
static struct sock *listener;
static struct addr at;
static size_t message;

static int echo(void *arg)
{
	struct sock *s = arg;
	char *buf = malloc(BIG);
	size_t n;
	int r = buf ? 0 : TOBS_ENOMEM;

	while (!r && !(r = sock_read(s, buf, BIG, &n, NULL)) && n) {
		const struct tobs_view part = tobs_view(buf, n);

		r = sock_write(s, &part, 1, NULL);
	}
	free(buf);
	sock_close(s);
	return r;
}

static int serve(void *arg)
{
	struct sock *s;

	(void)arg;
	while (sock_accept(listener, &s, NULL, NULL) == 0)
		check(tobs_spawn(NULL, echo, s, NULL));
	return 0;
}

static int ask_times(void *arg)
{
	char *buf = malloc(BIG);
	struct sock *s;

	check(sock_connect(&at, &s, NULL));
	for (int i = *(int *)arg; i > 0; i--) {
		const struct tobs_view part = tobs_view(big, message);
		size_t n;

		check(sock_write(s, &part, 1, NULL));
		for (size_t have = 0; have < message; have += n)
			if (sock_read(s, buf, BIG, &n, NULL) || !n) {
				failures++;
				break;
			}
	}
	sock_close(s);
	free(buf);
	return 0;
}

static int connections;

static void run_echo(int times)
{
	int each = times / connections;
	struct tobs_group g;

	tobs_group_init(&g, 0);
	for (int i = 0; i < connections; i++)
		check(tobs_group_spawn(&g, ask_times, &each, NULL));
	check(tobs_group_wait(&g));
}

static int drain(void *arg)
{
	struct sock *s = arg;
	char *buf = malloc(BIG);
	size_t n;

	while (sock_read(s, buf, BIG, &n, NULL) == 0 && n)
		;
	free(buf);
	sock_close(s);
	return 0;
}

/* One way, in pieces of `message` bytes. */
static void run_stream(int times)
{
	const struct tobs_view part = tobs_view(big, message);
	struct tobs_fiber *f;
	struct sock *a, *b;

	check(sock_connect(&at, &a, NULL));
	check(sock_accept(listener, &b, NULL, NULL));
	check(tobs_spawn(&f, drain, b, NULL));
	while (times--)
		check(sock_write(a, &part, 1, NULL));
	sock_close(a);
	check(tobs_join(f, NULL));
}

static void bench_sockets(void)
{
	static const int counts[] = { 1, 100 };
	struct tobs_fiber *server;
	char what[80];

	message = BIG;
	printf("%-52s %10.0f MiB/s\n", "loopback TCP, one way, 64 KiB writes",
		BIG / ns_each(run_stream, 5000) * 1e9 / (1 << 20));
	check(tobs_spawn(&server, serve, NULL, NULL));
	message = 100;
	for (size_t i = 0; i < ARRAY_LEN(counts); i++) {
		connections = counts[i];
		snprintf(what, sizeof what, "echo of 100 bytes over %d connections, both ends here",
			connections);
		printf("%-52s %10.0f /s\n", what, 1e9 / ns_each(run_echo, FEW));
	}
	tobs_cancel(server);
	check(tobs_join(server, NULL));
}

static int bench(void *arg)
{
	(void)arg;
	there = context_make(other_stack, sizeof other_stack, switch_back, NULL);
	show("switch of contexts alone", run_context, SOME * 10);
	show("switch from fiber to fiber (yield)", run_yield, SOME * 10);
	show("spawn + join", run_spawn, SOME);
	show("spawn into a group, a hundred at a time", run_spawn_group, SOME);
	show("channel without buffer, an element", run_chan, SOME);
	capacity = 64;
	show("channel of 64, an element", run_chan, SOME * 5);
	show("select of two channels of 64, an element", run_select, SOME * 5);
	show("deadline push + pop", run_deadline, SOME * 10);
	show("wake + wait under a deadline", run_timed_wait, SOME);
	show("offload, one after the other", run_offload, 2000);
	show("offload, 16 fibers at once", run_offload_many, FEW);
	show("post from another thread", run_post, SOME);
	weigh();
	check(addr_parse(tobs_str("127.0.0.1"), 0, &at));
	check(sock_listen(&at, NULL, &listener, NULL));
	check(sock_local(listener, &at));
	bench_sockets();
	sock_close(listener);
	return failures;
}

static int bench_by_hand(void *arg)
{
	(void)arg;
	show("sleep, by one of a thousand fibers", run_sleep, SOME);
	return failures;
}

int main(void)
{
	struct fake_clock clock;
	int r = tobs_run(bench, NULL);

	fake_clock_init(&clock, 0);
	rt_use_clock(&clock);
	if (!r)
		r = tobs_run(bench_by_hand, NULL);
	if (r)
		fprintf(stderr, "bench_rt: %d calls failed\n", r);
	return r != 0;
}
