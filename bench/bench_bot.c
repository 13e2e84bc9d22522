/* SPDX-License-Identifier: MIT */
/*
 * Bots: an echo behind a router and five middlewares, over plain HTTP, with a Bot
 * API server in another process. Updates a second, CPU time of this process for
 * each (user and system), and the memory it has in the end.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <tobs/bot.h>
#include <unistd.h>

#include "base/clock.h"
#include "bot_peer.h"

enum { CHATS = 1000 };

struct run {
	int updates, warm, done;
	int64_t start, end;
	double cpu, rss;
	struct tobs_bot *bot;
};

static struct run run;

static double cpu_us(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e6 +
		(double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

static double rss_mib(void)
{
	long pages = 0, resident = 0;
	FILE *f = fopen("/proc/self/statm", "r");

	if (f && fscanf(f, "%ld %ld", &pages, &resident) != 2)
		resident = 0;
	if (f)
		fclose(f);
	return (double)resident * (double)sysconf(_SC_PAGESIZE) / (1 << 20);
}

static int count(struct tobs_ctx *ctx, void *user)
{
	(void)user;
	return tobs_next(ctx);
}

static int echo(struct tobs_ctx *ctx, void *user)
{
	int r = tobs_reply(ctx, "%s", tobs_text(ctx));

	(void)user;
	if (run.done == run.warm) {
		run.start = clock_mono(clock_system());
		run.cpu = cpu_us();
	}
	if (++run.done == run.updates) {
		run.end = clock_mono(clock_system());
		run.cpu = cpu_us() - run.cpu;
		run.rss = rss_mib();
		tobs_bot_stop(run.bot);
	}
	return r;
}

static int nothing(struct tobs_ctx *ctx, void *user)
{
	(void)ctx;
	(void)user;
	return 0;
}

static void measure(const char *what, int updates, int delay_ms, const char *store)
{
	const struct bot_peer_load load = { updates, CHATS, delay_ms };
	char url[64], name[16];
	uint16_t port;
	pid_t pid = bot_peer_serve(&load, &port);
	double us;

	snprintf(url, sizeof url, "http://127.0.0.1:%u", port);
	run = (struct run){ .updates = updates, .warm = updates / 10 };
	run.bot = tobs_bot_new(&(struct tobs_bot_options){
		.token = "777000:bench", .api_root = url, .store = store, .pace = TOBS_PACE_NONE });
	for (int i = 0; i < 5; i++)
		tobs_use(run.bot, count, NULL);
	for (int i = 0; i < 50; i++) {
		snprintf(name, sizeof name, "command%d", i);
		tobs_on_command(run.bot, name, nothing, NULL);
	}
	tobs_on_text(run.bot, echo, NULL);
	if (tobs_bot_run(run.bot))
		printf("%s: failed\n", what);
	us = (double)(run.end - run.start);
	printf("%-32s %9.0f /s %8.2f us CPU %6.1f MiB\n", what, (updates - run.warm) * 1e6 / us,
		run.cpu / (updates - run.warm), run.rss);
	fflush(stdout);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

int main(void)
{
	char file[] = "/tmp/tobs-bench-bot-XXXXXX";
	int fd;

	printf("at rest %38.1f MiB\n", rss_mib());
	measure("polling, instant", 200000, 0, "memory:");
	measure("polling, 50 ms", 20000, 50, "memory:");
	fd = mkstemp(file);
	if (fd >= 0)
		close(fd);
	unlink(file);
	measure("polling, instant, SQLite", 100000, 0, file);
	unlink(file);
	return 0;
}
