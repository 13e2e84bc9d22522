/* SPDX-License-Identifier: MIT */
/*
 * The client against the simulated Telegram over loopback: how long it takes to
 * connect, agree on a key and make a first call, and what fetching a history
 * costs. The server is a process of its own, so that each side's CPU is counted
 * apart, and makes each page once, so that it is not what is measured. Prints one
 * line a case: the best of some tries, because everything that disturbs a
 * measurement makes it longer. Both sides' CPU a message is shown: where the
 * server's is the larger, the messages a second are the server's.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <tobs/methods.h>
#include <tobs/rt.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/attr.h"
#include "base/clock.h"
#include "client/page.h"
#include "sim/server.h"
#include "sim/synthetic.h"

enum { PAGE = 100, PAGES = 1000, TRIES = 9, CONNECTS = 15, KEPT = 256 << 20 };

static const char hash[] = "0123456789abcdef0123456789abcdef";

/* What the server tells before it serves. */
struct hello {
	uint16_t port;
	int64_t peer, access_hash;
	char key[2048];
};

static int64_t cpu_us(int who)
{
	struct rusage u;

	getrusage(who, &u);
	return (u.ru_utime.tv_sec + u.ru_stime.tv_sec) * INT64_C(1000000) + u.ru_utime.tv_usec +
		u.ru_stime.tv_usec;
}

/* ---- the server's process ---- */

struct serving {
	const char *spec;
	int ask, answer; /* a byte in: CPU so far out; its end: stop */
};

static int start_server(const struct serving *v, struct sim_world *w, struct sim_server **ret)
{
	struct sim_server_options options = { .world = w, .keep_bytes = KEPT };
	struct hello hello = { 0 };
	struct sim_spec spec;
	const int64_t *peers;

	if (sim_spec_parse(tobs_str(v->spec), &spec, NULL) ||
		sim_synthetic_add(w, NULL, &spec, &peers, NULL) ||
		sim_server_start(ret, &options, NULL))
		return TOBS_EINTERNAL;
	hello.port = sim_server_port(*ret, 2);
	hello.peer = peers[0];
	hello.access_hash = sim_access_hash(w, peers[0]);
	snprintf(hello.key, sizeof hello.key, "%s", sim_server_public_key(*ret));
	return write(v->answer, &hello, sizeof hello) == sizeof hello ? TOBS_OK : TOBS_EIO;
}

static int serve(void *arg)
{
	struct serving *v = arg;
	struct sim_server *server = NULL;
	struct sim_world *w;
	char byte;

	if (sim_world_new(NULL, &w, NULL) || start_server(v, w, &server))
		return TOBS_EINTERNAL;
	while (tobs_fd_wait(v->ask, TOBS_READABLE, NULL) == 0 && read(v->ask, &byte, 1) == 1) {
		int64_t us = cpu_us(RUSAGE_SELF);

		if (write(v->answer, &us, sizeof us) != sizeof us)
			break;
	}
	sim_server_stop(server);
	sim_world_free(w);
	return TOBS_OK;
}

struct remote {
	pid_t pid;
	int ask, answer;
	struct hello hello;
};

static int remote_start(struct remote *r, const char *spec)
{
	int there[2], back[2];

	if (pipe(there) || pipe(back))
		return TOBS_EIO;
	fflush(stdout);
	r->pid = fork();
	if (r->pid == 0) {
		struct serving v = { spec, there[0], back[1] };

		close(there[1]);
		close(back[0]);
		_exit(tobs_run(serve, &v) != 0);
	}
	close(there[0]);
	close(back[1]);
	r->ask = there[1];
	r->answer = back[0];
	return read(r->answer, &r->hello, sizeof r->hello) == sizeof r->hello ? TOBS_OK : TOBS_EIO;
}

static int64_t remote_cpu(const struct remote *r)
{
	int64_t us = 0;

	if (write(r->ask, "?", 1) != 1 || read(r->answer, &us, sizeof us) != sizeof us)
		return 0;
	return us;
}

static void remote_stop(struct remote *r)
{
	close(r->ask);
	waitpid(r->pid, NULL, 0);
	close(r->answer);
}

/* ---- the client's process ---- */

struct bench {
	struct remote server;
	struct tobs_server at;
	struct tobs_client *c;
	struct tobs_peer peer;
	struct tobs_err err;
	int flight; /* pages at once */
	int next, messages;
};

static int code(void *user, const char *how, int length, struct tobs_buf *ret)
{
	(void)user;
	(void)how;
	(void)length;
	return tobs_buf_puts(ret, "22222");
}

static int open_client(struct bench *b, struct tobs_client **ret)
{
	const struct tobs_client_options options = {
		.api_id = 5, .api_hash = hash, .server = &b->at
	};

	return tobs_client_new(ret, &options, &b->err);
}

static int compare(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static int connecting(struct bench *b)
{
	double ms[CONNECTS];
	int64_t cpu = cpu_us(RUSAGE_SELF), theirs = remote_cpu(&b->server);

	for (int i = 0; i < CONNECTS; i++) {
		struct tobs_reply reply = TOBS_REPLY_INIT;
		const struct tl_config *config;
		struct tobs_client *c;
		int64_t start = clock_mono(clock_system());
		int r = open_client(b, &c);

		if (!r)
			r = tobs_help_getConfig(
				c, &(struct tl_help_getConfig){ 0 }, &reply, &config, &b->err);
		ms[i] = (double)(clock_mono(clock_system()) - start) / 1e3;
		tobs_reply_deinit(&reply);
		if (r)
			return r;
		tobs_client_free(c);
	}
	qsort(ms, CONNECTS, sizeof *ms, compare);
	cpu = cpu_us(RUSAGE_SELF) - cpu;
	theirs = remote_cpu(&b->server) - theirs;
	printf("connect + key + first call, median        %8.1f ms   CPU %5.1f ms, server %5.1f ms\n",
		ms[CONNECTS / 2], (double)cpu / 1e3 / CONNECTS, (double)theirs / 1e3 / CONNECTS);
	return TOBS_OK;
}

static int fetcher(void *arg)
{
	struct bench *b = arg;
	struct tobs_reply reply = TOBS_REPLY_INIT;
	int r = TOBS_OK;

	while (!r && b->next > 0) {
		struct tobs_peer_input room;
		const struct tl_messages_getHistory query = { .peer = tobs_peer_input(
								      &b->peer, &room),
			.offset_id = b->next-- * PAGE + 1,
			.limit = PAGE };
		const union tl_messages_Messages *answer;
		struct message_page page;

		r = tobs_messages_getHistory(b->c, &query, &reply, &answer, &b->err);
		if (!r && message_page_of(answer, &page))
			b->messages += (int)page.messages.count;
	}
	tobs_reply_deinit(&reply);
	return r;
}

static int fetch(struct bench *b, int pages)
{
	struct tobs_group g;

	b->next = pages;
	b->messages = 0;
	tobs_group_init(&g, TOBS_GROUP_FAIL_FAST);
	for (int i = 0; i < b->flight; i++)
		if (tobs_group_spawn(&g, fetcher, b, NULL))
			return TOBS_ENOMEM;
	return tobs_group_wait(&g);
}

static int history(struct bench *b, int flight, const char *what)
{
	double rate = 0, ours = 1e9, theirs = 1e9;

	b->flight = flight;
	for (int i = 0; i < TRIES; i++) {
		int64_t start = clock_mono(clock_system()), cpu = cpu_us(RUSAGE_SELF);
		int64_t server = remote_cpu(&b->server);
		int r = fetch(b, PAGES);

		if (r)
			return r;
		if (b->messages != PAGES * PAGE)
			return tobs_fail(&b->err, TOBS_EPROTO, "only %d messages", b->messages);
		rate = MAX(rate, b->messages * 1e6 / (double)(clock_mono(clock_system()) - start));
		ours = MIN(ours, (double)(cpu_us(RUSAGE_SELF) - cpu) / b->messages);
		theirs = MIN(theirs, (double)(remote_cpu(&b->server) - server) / b->messages);
	}
	printf("history, %-5s %2d in flight              %8.0f messages/s   CPU %5.2f us, server "
	       "%5.2f us a message\n",
		what, flight, rate, ours, theirs);
	return TOBS_OK;
}

static int log_in(struct bench *b)
{
	const struct tobs_login_ui ui = { .code = code };
	int r = open_client(b, &b->c);

	return r ? r : tobs_login_phone(b->c, "+9996620001", &ui, &b->err);
}

struct job {
	struct bench *b;
	const char *what;
};

static int run(void *arg)
{
	static const int flights[] = { 1, 4, 16 };
	struct job *job = arg;
	struct bench *b = job->b;
	int r = strcmp(job->what, "plain") == 0 ? connecting(b) : TOBS_OK;

	if (!r)
		r = log_in(b);
	for (size_t i = 0; !r && i < ARRAY_LEN(flights); i++)
		r = history(b, flights[i], job->what);
	tobs_client_free(b->c);
	if (r)
		fprintf(stderr, "bench_client: %s\n", b->err.message);
	return r;
}

static int bench(const char *what)
{
	struct bench b = { 0 };
	struct job job = { &b, what };
	char spec[64];
	int r;

	snprintf(spec, sizeof spec, "%s,messages=%d", what, PAGE * PAGES);
	r = remote_start(&b.server, spec);
	if (r)
		return r;
	b.at = (struct tobs_server){ "127.0.0.1", b.server.hello.port, 2, b.server.hello.key };
	b.peer = tobs_peer_unmark(b.server.hello.peer);
	b.peer.access_hash = b.server.hello.access_hash;
	r = tobs_run(run, &job);
	remote_stop(&b.server);
	return r;
}

int main(void)
{
	return bench("plain") || bench("mixed");
}
