/* SPDX-License-Identifier: MIT */
/*
 * The archive: pages of synthetic history mapped to rows, written in batches,
 * read in order, all as nanoseconds of processor time a message, and the most
 * memory a writer ever held. One line a case.
 *
 *     bench_archive [MESSAGES [FOLDER]]
 */
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <tobs/tl.h>
#include <unistd.h>

#include "archive/archive.h"
#include "base/attr.h"
#include "export/from_tl.h"
#include "sim/history.h"
#include "sim/synthetic.h"
#include "sim/view.h"

enum { PAGE = 100, PAGES = 200, BATCH_PAGES = 20, MAP_ROUNDS = 20 };

/* PAGES pages that follow one another, as they come off the wire. */
struct pages {
	struct tobs_arena arena;
	struct tl_vec_Message messages[PAGES];
	struct tl_vec_User users[PAGES];
	struct tl_vec_Chat chats[PAGES];
};

static int64_t cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int64_t wall_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int make_pages(struct pages *p, struct sim_world *world, int64_t peer)
{
	struct sim_account *me = sim_default_account(world);
	struct sim_history *history = sim_history(me, peer);

	for (int i = 0; i < PAGES; i++) {
		struct sim_slice slice = {
			.offset_id = sim_list_id(&history->list, 10000 + i * PAGE), .limit = PAGE
		};
		struct sim_page page;
		struct sim_refs refs;

		if (sim_history_page(me, history, &slice, &p->arena, &page))
			return -1;
		p->messages[i] = page.messages;
		sim_refs_begin(&refs, world, me, &p->arena);
		sim_refs_messages(&refs, &page.messages);
		if (sim_refs_end(&refs, &p->users[i], &p->chats[i]))
			return -1;
	}
	return 0;
}

static double map(const struct pages *p, struct archive_batch *b)
{
	double best = 1e18;

	for (int t = 0; t < MAP_ROUNDS; t++) {
		int64_t start = cpu_ns();
		size_t n = 0;

		for (int i = 0; i < PAGES; i++) {
			archive_batch_clear(b);
			if (from_tl_messages(
				    b, 1, &p->messages[i], &p->users[i], &p->chats[i], NULL))
				return -1;
			n += b->messages.count;
		}
		best = MIN(best, (double)(cpu_ns() - start) / (double)n);
	}
	return best;
}

/* Ids of the batch's messages: one after the other, from `first` on. */
static int32_t number(struct archive_batch *b, int32_t chat, int32_t first)
{
	struct archive_batch_interval range = { .range = { chat, 0, first, first } };

	ARRAY_EACH (it, &b->messages) {
		it->chat = chat;
		it->m.id = first++;
	}
	range.range.last = first - 1;
	b->intervals.count = 0;
	return ARRAY_PUSH(&b->intervals, range) ? -1 : first;
}

static int fill_batch(const struct pages *p, struct archive_batch *b, int at)
{
	archive_batch_clear(b);
	for (int i = 0; i < BATCH_PAGES; i++) {
		int k = (at + i) % PAGES;

		if (from_tl_messages(b, 1, &p->messages[k], &p->users[k], &p->chats[k], NULL))
			return -1;
	}
	return 0;
}

/* Writes until there are `count` messages; the mapping is not counted. */
static int fill(struct archive *a, const struct pages *p, int32_t chat, int32_t count,
	double *ret_cpu, double *ret_wall)
{
	int64_t cpu = 0, wall = 0;
	struct archive_batch b;
	int32_t next = 1;
	int r = 0;

	archive_batch_init(&b, 64 << 20);
	for (int at = 0; !r && next > 0 && next <= count; at += BATCH_PAGES) {
		int64_t c, w;

		r = fill_batch(p, &b, at);
		next = number(&b, chat, next);
		c = cpu_ns();
		w = wall_ns();
		if (!r)
			r = archive_write(a, &b, NULL);
		cpu += cpu_ns() - c;
		wall += wall_ns() - w;
	}
	archive_batch_deinit(&b);
	*ret_cpu = (double)cpu / (next - 1);
	*ret_wall = (double)wall / (next - 1);
	return r;
}

static double read_all(struct archive *a, int32_t chat)
{
	struct archive_cursor c = { 0 };
	struct archive_message m;
	int64_t start = cpu_ns();
	size_t n = 0, bytes = 0;

	if (archive_cursor_open(a, &c, chat, 1, INT32_MAX, 0, NULL))
		return -1;
	while (!archive_cursor_next(&c, &m, NULL)) {
		bytes += m.text.len + m.entities.len + m.data.len;
		n++;
	}
	archive_cursor_close(&c);
	return bytes ? (double)(cpu_ns() - start) / (double)n : -1;
}

/*
 * Single messages, near one another, as replies ask for what they answer, while
 * a cursor stands somewhere (it keeps the file's read lock).
 */
static double get_some(struct archive *a, int32_t chat, int32_t count)
{
	enum { GETS = 100000, BACK = 50 };
	struct archive_cursor c = { 0 };
	struct archive_message m;
	struct tobs_arena arena;
	int64_t start;

	if (archive_cursor_open(a, &c, chat, 1, INT32_MAX, 0, NULL))
		return -1;
	tobs_arena_init(&arena, 1 << 20);
	start = cpu_ns();
	for (int32_t i = 0; i < GETS; i++) {
		tobs_arena_reset(&arena);
		if (archive_message_get(
			    a, chat, 1 + (i * 3 + i * 7 % BACK) % count, &arena, &m, NULL))
			return -1;
	}
	tobs_arena_deinit(&arena);
	archive_cursor_close(&c);
	return (double)(cpu_ns() - start) / GETS;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)st;
	(void)type;
	(void)where;
	return remove(path);
}

/* In a process of its own, so that its memory is the archive's and not the world's. */
static int archive(const struct pages *p, const char *name, int32_t count, const char *dir)
{
	struct archive_chat chat = {
		.id = -1001, .kind = ARCHIVE_SUPERGROUP, .title = TOBS_LIT("A")
	};
	struct tobs_arena arena;
	struct archive *a = NULL;
	struct rusage before, after;
	double cpu, wall, read, get;
	struct stat st;
	char path[512];

	tobs_arena_init(&arena, 1 << 20);
	getrusage(RUSAGE_SELF, &before);
	if (archive_open(&a, dir, NULL, NULL) || archive_chat_put(a, &chat, &arena, &chat, NULL) ||
		fill(a, p, chat.no, count, &cpu, &wall))
		return 1;
	getrusage(RUSAGE_SELF, &after);
	archive_close(a);
	if (archive_open(&a, dir, &(struct archive_options){ .read_only = true }, NULL))
		return 1;
	read = read_all(a, chat.no);
	read = MIN(read, read_all(a, chat.no));
	get = get_some(a, chat.no, count);
	archive_close(a);
	snprintf(path, sizeof path, "%s/.tobs/archive.db", dir);
	if (stat(path, &st))
		return 1;
	printf("archive %-6s write %6.0f ns/msg cpu %6.0f wall   read %5.0f ns/msg, %5.0f one"
	       "   %3lld bytes/msg"
	       "   +%.1f MiB\n",
		name, cpu, wall, read, get, (long long)st.st_size / count,
		(double)(after.ru_maxrss - before.ru_maxrss) / 1024);
	tobs_arena_deinit(&arena);
	return 0;
}

static int archive_apart(const struct pages *p, const char *name, int32_t count, const char *folder)
{
	char dir[256];
	int status = 1;
	pid_t pid;

	snprintf(dir, sizeof dir, "%s/bench-archive-XXXXXX", folder);
	if (!mkdtemp(dir))
		return 1;
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		status = archive(p, name, count, dir);
		fflush(stdout);
		_exit(status);
	}
	if (pid > 0)
		waitpid(pid, &status, 0);
	nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	return status;
}

static int bench(const char *name, const char *spec_text, int32_t count, const char *folder)
{
	struct pages *p = calloc(1, sizeof *p);
	struct sim_world *world = NULL;
	struct archive_batch b;
	struct sim_spec spec;
	const int64_t *peers;
	int r = 1;

	archive_batch_init(&b, 16 << 20);
	if (!p || sim_world_new(NULL, &world, NULL) ||
		sim_spec_parse(tobs_str(spec_text), &spec, NULL) ||
		sim_synthetic_add(world, NULL, &spec, &peers, NULL))
		goto out;
	tobs_arena_init(&p->arena, (size_t)1 << 30);
	if (make_pages(p, world, peers[0]))
		goto out;
	printf("archive %-6s map   %6.0f ns/msg\n", name, map(p, &b));
	r = archive_apart(p, name, count, folder);
out:
	archive_batch_deinit(&b);
	if (p)
		tobs_arena_deinit(&p->arena);
	free(p);
	sim_world_free(world);
	return r;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name, *spec;
	} cases[] = {
		{ "plain", "plain,messages=100000" },
		{ "mixed", "mixed,messages=100000" },
		{ "busy",
			"messages=100000,media=40%,reply=30%,reactions=30%,edits=10%,forwards=10%,"
			"entities=50%,service=2%,density=0.9,scripts=latin+cyrillic+hebrew+cjk+emoji" },
	};
	int32_t count = argc > 1 ? (int32_t)strtol(argv[1], NULL, 10) : 1000000;
	const char *folder = argc > 2 ? argv[2] : "/tmp";

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		if (bench(cases[i].name, cases[i].spec, count, folder))
			return 1;
	return 0;
}
