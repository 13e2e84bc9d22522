/* SPDX-License-Identifier: MIT */
/*
 * The key-value store under a bot's updates: 1,000 chats, each a fiber that
 * handles one update after the other. An update writes one batch and may read
 * two entries before. Prints updates a second and the CPU time each costs this
 * process, worker threads included (user and system, from the operating system's
 * accounting): the best of some tries.
 *
 *     bench_kv [FILE]     where the SQLite driver keeps its entries; /tmp
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <tobs/rt.h>
#include <unistd.h>

#include "base/attr.h"
#include "base/clock.h"
#include "store/kv.h"

enum { TRIES = 3, CHATS = 1000, UPDATES = 200000, VALUE = 150 };

static const char *path = "/tmp/tobs-bench-kv.db";
static char value[VALUE];

struct scene {
	const char *what;
	bool sqlite, durable;
	bool reads;
	int writes; /* operations in a batch, 1 to 3 */
	struct kv *store;
	int left;
	int failures;
};

static double cpu_us(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e6 +
		(double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

struct chat {
	struct scene *scene;
	int id;
};

/* The state of the conversation and the chat's data; then those, and what was handled. */
static int handle(const struct chat *c, struct tobs_arena *arena, int update)
{
	char keys[3][32];
	struct kv_op ops[3];
	struct tobs_view names[2];
	struct kv_found found[2];
	int r = TOBS_OK;

	snprintf(keys[0], sizeof keys[0], "data/chat/%d", c->id);
	snprintf(keys[1], sizeof keys[1], "talk/%d", c->id);
	snprintf(keys[2], sizeof keys[2], "seen/%d", update % 1000);
	for (int i = 0; i < 3; i++)
		ops[i] = (struct kv_op){ KV_PUT, .key = tobs_str(keys[i]),
			.value = tobs_view(value, i == 2 ? 8 : VALUE) };
	names[0] = ops[0].key;
	names[1] = ops[1].key;
	if (c->scene->reads)
		r = kv_get_many(c->scene->store, names, 2, arena, found, NULL);
	tobs_arena_reset(arena);
	return r ? r : kv_apply(c->scene->store, ops, (size_t)c->scene->writes, NULL);
}

static int run_chat(void *arg)
{
	const struct chat *c = arg;
	struct scene *s = c->scene;
	struct tobs_arena arena;

	tobs_arena_init(&arena, 1 << 20);
	while (s->left > 0)
		if (handle(c, &arena, s->left--))
			s->failures++;
	tobs_arena_deinit(&arena);
	return 0;
}

static int run_all(struct scene *s, int updates)
{
	static struct chat chats[CHATS];
	struct tobs_group group;
	int r = 0;

	s->left = updates;
	tobs_group_init(&group, 0);
	for (int i = 0; i < CHATS && !r; i++) {
		chats[i] = (struct chat){ s, i };
		r = tobs_group_spawn(&group, run_chat, &chats[i], NULL);
	}
	return tobs_group_wait(&group) || r;
}

static int bench(void *arg)
{
	struct scene *s = arg;
	const struct kv_sqlite_options opt = { .durable = s->durable };
	double best = 0, rate = 0;
	struct kv_driver *d;
	struct kv_stats before, after;
	int r = s->sqlite ? kv_sqlite_new(path, &opt, &d, NULL) : kv_memory_new(NULL, &d, NULL);

	if (!r)
		r = kv_open(d, &s->store, NULL);
	if (r || run_all(s, 20000))
		return 1;
	kv_stats(s->store, &before);
	for (int i = 0; i < TRIES; i++) {
		int64_t start = clock_mono(clock_system());
		double cpu = cpu_us();

		s->failures += run_all(s, UPDATES);
		cpu = (cpu_us() - cpu) / UPDATES;
		if (best > 0 && cpu >= best)
			continue;
		best = cpu;
		rate = UPDATES * 1e6 / (double)(clock_mono(clock_system()) - start);
	}
	kv_stats(s->store, &after);
	printf("%-46s %9.0f /s %7.2f us CPU %6.0f calls a group\n", s->what, rate, best,
		(double)(after.calls - before.calls) / (double)(after.groups - before.groups));
	fflush(stdout);
	kv_close(s->store);
	return s->failures;
}

static void remove_file(void)
{
	static const char *const suffixes[] = { "", "-wal", "-shm" };
	char name[4096];

	for (size_t i = 0; i < ARRAY_LEN(suffixes); i++) {
		snprintf(name, sizeof name, "%s%s", path, suffixes[i]);
		unlink(name);
	}
}

int main(int argc, char **argv)
{
	struct scene scenes[] = {
		{ "memory, 1 write an update", .writes = 1 },
		{ "memory, 3 writes an update", .writes = 3 },
		{ "memory, 2 reads and 3 writes an update", .reads = true, .writes = 3 },
		{ "sqlite, 1 write an update", .sqlite = true, .writes = 1 },
		{ "sqlite, 3 writes an update", .sqlite = true, .writes = 3 },
		{ "sqlite, 2 reads and 3 writes an update", .sqlite = true, .reads = true,
			.writes = 3 },
		{ "sqlite, durable, 1 write an update", .sqlite = true, .durable = true,
			.writes = 1 },
	};
	int failures = 0;

	if (argc > 1)
		path = argv[1];
	for (size_t i = 0; i < sizeof value; i++)
		value[i] = (char)('a' + i % 26);
	for (size_t i = 0; i < ARRAY_LEN(scenes); i++) {
		remove_file();
		failures += tobs_run(bench, &scenes[i]);
	}
	remove_file();
	if (failures)
		fprintf(stderr, "bench_kv: %d calls failed\n", failures);
	return failures != 0;
}
