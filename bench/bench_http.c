/* SPDX-License-Identifier: MIT */
/*
 * HTTP: how many calls the client makes and requests the server answers a
 * second, and what each costs this process in CPU time (user and system, from
 * the operating system's accounting). The other side is a bare process on
 * loopback. What the kernel alone takes is the first line: the same exchange by
 * a loop of epoll, read and write.
 */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <tobs/rt.h>
#include <unistd.h>

#include "base/attr.h"
#include "base/clock.h"
#include "http_peer.h"
#include "net/http_client.h"
#include "net/http_server.h"
#include "net/tcp.h"

enum {
	TRIES = 3, /* of which the best counts: what disturbs makes it longer */
	CALLS = 50000,
	BIG_CALLS = 5000,
	SMALL = 120,
	BIG = 60 << 10,
	IDLE = 10000,
};

static const char update_json[] =
	"{\"chat_id\":123456789,\"text\":\"hello, this is the text of a message\"}";

static double cpu_us(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e6 +
		(double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

/* The best of some tries, in CPU time. */
struct meter {
	int64_t start;
	double cpu, best_cpu, best_rate;
};

static void begin(struct meter *m)
{
	m->start = clock_mono(clock_system());
	m->cpu = cpu_us();
}

static void end(struct meter *m, int count)
{
	double us = (double)(clock_mono(clock_system()) - m->start);
	double cpu = (cpu_us() - m->cpu) / count;

	if (m->best_cpu > 0 && cpu >= m->best_cpu)
		return;
	m->best_cpu = cpu;
	m->best_rate = count * 1e6 / us;
}

static void report(const char *what, const struct meter *m)
{
	printf("%-44s %9.0f /s %8.2f us CPU\n", what, m->best_rate, m->best_cpu);
	fflush(stdout);
}

/* ---- The client -------------------------------------------------------------- */

static char *big_answer;
static size_t answer_len;

static void make_answer(size_t body)
{
	int n;

	free(big_answer);
	big_answer = malloc(body + 512);
	if (!big_answer)
		abort();
	n = snprintf(big_answer, 512,
		"HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\n"
		"Date: Thu, 01 Jan 2026 00:00:00 GMT\r\nContent-Type: application/json\r\n"
		"Content-Length: %zu\r\nConnection: keep-alive\r\n\r\n",
		body);
	memset(big_answer + n, 'x', body);
	answer_len = (size_t)n + body;
}

struct calls {
	struct http_client *client;
	uint16_t port;
	int left;
	int failures;
};

static int make_calls(void *arg)
{
	static const struct http_header json[] = { HTTP_HEADER(
		"Content-Type", "application/json") };
	struct calls *c = arg;
	struct http_answer answer;
	char url[128];

	snprintf(url, sizeof url, "http://127.0.0.1:%u/bot1:abc/sendMessage", c->port);
	http_answer_init(&answer, 1 << 20);
	while (c->left > 0) {
		const struct http_call call = { .url = tobs_str(url),
			.headers = json,
			.header_count = 1,
			.body = tobs_view(update_json, sizeof update_json - 1) };

		c->left--;
		if (http_client_call(c->client, &call, &answer, NULL) || answer.status != 200)
			c->failures++;
	}
	http_answer_deinit(&answer);
	return 0;
}

static int bench_client(
	const char *what, enum http_engine engine, uint16_t port, int fibers, int count)
{
	const struct http_client_options opt = { .connections = (size_t)fibers, .engine = engine };
	struct calls c = { .port = port, .left = count / 10 };
	struct tobs_group group;
	struct meter m = { 0 };

	if (http_client_new(&opt, &c.client, NULL))
		return 1;
	tobs_group_init(&group, 0);
	for (int round = 0; round <= TRIES; round++) { /* the first warms up */
		begin(&m);
		for (int i = 0; i < fibers; i++)
			c.failures += tobs_group_spawn(&group, make_calls, &c, NULL) != 0;
		tobs_group_wait(&group);
		if (round)
			end(&m, count);
		c.left = count;
	}
	report(what, &m);
	http_client_free(c.client);
	return c.failures;
}

static int bench_clients(void *arg)
{
	uint16_t port = *(uint16_t *)arg;
	int failures = 0;

	failures += bench_client("client, 1 at once", HTTP_ENGINE_AUTO, port, 1, CALLS);
	failures += bench_client("client, 40 at once", HTTP_ENGINE_AUTO, port, 40, CALLS);
	failures += bench_client("client, 400 at once", HTTP_ENGINE_AUTO, port, 400, CALLS);
	failures += bench_client("client, libcurl, 1 at once", HTTP_ENGINE_CURL, port, 1, CALLS);
	failures += bench_client("client, libcurl, 40 at once", HTTP_ENGINE_CURL, port, 40, CALLS);
	return failures;
}

static int bench_big_clients(void *arg)
{
	uint16_t port = *(uint16_t *)arg;
	int failures = 0;

	failures += bench_client("client, 60 KiB answers", HTTP_ENGINE_AUTO, port, 1, BIG_CALLS);
	failures += bench_client(
		"client, libcurl, 60 KiB answers", HTTP_ENGINE_CURL, port, 1, BIG_CALLS);
	return failures;
}

static int with_peer(int (*fn)(void *arg), size_t body)
{
	uint16_t port;
	pid_t pid;
	int r;

	make_answer(body);
	pid = http_peer_serve(big_answer, answer_len, &port);
	r = tobs_run(fn, &port);
	http_peer_stop(pid, 1);
	return r;
}

/* ---- The server -------------------------------------------------------------- */

static int answer_at_once(struct http_request *req, void *user)
{
	(void)user;
	return http_respond_text(req, 200, "application/json", "{}");
}

static int answer_later(struct http_request *req, void *user)
{
	(void)user;
	for (int i = 0; i < 3; i++)
		tobs_yield();
	return http_respond_text(req, 200, "application/json", "{}");
}

struct load {
	const char *what;
	int (*handle)(struct http_request *req, void *user);
	size_t body;
	int connections, count;
};

/* What our server answers to `request`, in bytes, so that the other side can count. */
static size_t ask_once(uint16_t port, const char *request, size_t len)
{
	char in[4096];
	size_t n = 0;
	struct net_stream *s;

	if (tcp_connect(tobs_str("127.0.0.1"), port, NULL, &s, NULL))
		return 0;
	if (net_write_all(s, request, len, NULL) || net_read(s, in, sizeof in, &n, NULL))
		n = 0;
	net_close(s);
	return n;
}

static int wait_for_child(void *arg)
{
	return http_peer_stop(*(pid_t *)arg, 0);
}

/* A webhook's request with a body of that size; free() it. */
static char *make_request(size_t body, size_t *ret_len)
{
	char *request = malloc(body + 512);
	int n;

	if (!request)
		abort();
	n = snprintf(request, 512,
		"POST /hook HTTP/1.1\r\nHost: bot.example.org\r\nConnection: keep-alive\r\n"
		"Content-Type: application/json\r\nContent-Length: %zu\r\n"
		"X-Telegram-Bot-Api-Secret-Token: abcdefghijklmnop\r\n\r\n",
		body);
	memset(request + n, 'x', body);
	*ret_len = (size_t)n + body;
	return request;
}

static int bench_server(void *arg)
{
	const struct load *load = arg;
	const struct http_server_options opt = { .handle = load->handle };
	struct http_server *server;
	struct meter m = { 0 };
	size_t len, answer;
	char *request = make_request(load->body, &len);
	uint16_t port;
	int r = http_server_start(&opt, &server, NULL);

	if (r)
		return r;
	port = addr_port(http_server_addr(server));
	answer = ask_once(port, request, len);
	for (int i = 0; i < TRIES && !r; i++) {
		pid_t pid;

		begin(&m);
		pid = http_peer_load(port, request, len, answer, load->connections, load->count);
		r = tobs_offload(wait_for_child, &pid);
		end(&m, load->count);
	}
	report(load->what, &m);
	http_server_stop(server, 1000);
	free(request);
	return r;
}

/* KiB of memory this process uses. */
static long rss_kib(void)
{
	FILE *f = fopen("/proc/self/statm", "r");
	long all = 0, resident = 0;
	char line[128] = "", *end;

	if (f && fgets(line, sizeof line, f)) {
		all = strtol(line, &end, 10);
		resident = strtol(end, NULL, 10);
	}
	if (f)
		fclose(f);
	return all ? resident * (sysconf(_SC_PAGESIZE) / 1024) : 0;
}

/* What connections weigh that nobody uses: new ones, and ones that were used. */
static int bench_idle(void *arg)
{
	const struct http_server_options opt = { .handle = answer_at_once,
		.connections = 2 * IDLE };
	bool used = *(bool *)arg;
	struct http_server_stats stats;
	struct http_server *server;
	size_t len, answer;
	char *request = make_request(700, &len);
	uint16_t port;
	long before;
	int fd = -1, r = http_server_start(&opt, &server, NULL);
	pid_t pid;

	if (r)
		return r;
	port = addr_port(http_server_addr(server));
	answer = ask_once(port, request, len);
	malloc_trim(0); /* what an earlier run left */
	before = rss_kib();
	pid = http_peer_hold(port, used ? request : NULL, len, answer, IDLE, &fd);
	r = tobs_fd_wait(fd, TOBS_READABLE, NULL);
	tobs_sleep(100);
	http_server_stats(server, &stats);
	printf("%-44s %9zu open %6.1f KiB each\n",
		used ? "server, idle connections, used once" : "server, idle connections, new",
		stats.connections, (double)(rss_kib() - before) / IDLE);
	r = r || stats.connections < IDLE;
	http_peer_stop(pid, 1);
	close(fd);
	http_server_stop(server, 1000);
	free(request);
	return r;
}

static int bench_idles(void)
{
	struct rlimit files;
	bool used = false;
	int failures;

	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	failures = tobs_run(bench_idle, &used) != 0;
	used = true;
	return failures + (tobs_run(bench_idle, &used) != 0);
}

static int bench_servers(void)
{
	struct load loads[] = {
		{ "server, 1 connection", answer_at_once, 700, 1, CALLS },
		{ "server, 40 connections", answer_at_once, 700, 40, CALLS },
		{ "server, 400 connections", answer_at_once, 700, 400, CALLS },
		{ "server, handler waits, 40 connections", answer_later, 700, 40, CALLS },
		{ "server, 60 KiB bodies, 8 connections", answer_at_once, BIG, 8, BIG_CALLS },
	};
	int failures = 0;

	for (size_t i = 0; i < ARRAY_LEN(loads); i++)
		failures += tobs_run(bench_server, &loads[i]);
	return failures;
}

int main(void)
{
	int failures = 0;

	failures += bench_idles(); /* first, while memory is what it was */
	failures += bench_servers();
	failures += with_peer(bench_clients, SMALL);
	failures += with_peer(bench_big_clients, BIG);
	free(big_answer);
	if (failures)
		fprintf(stderr, "bench_http: %d calls failed\n", failures);
	return failures != 0;
}
