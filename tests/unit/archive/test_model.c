/* SPDX-License-Identifier: MIT */
/*
 * Random batches against a plain array, and a writer that is killed: whatever
 * happens, the archive holds what some prefix of the batches says, all of it.
 */
#include "archive/archive.h"

#include <sys/resource.h>

#include "base/rand.h"
#include "scene.h"
#include "support/child.h"

enum { CHATS = 2, IDS = 120, BATCHES = 60 };

/* What the archive should know of a message; version 0: it is not there. */
struct known {
	int version;
	bool deleted;
	int edits;
	bool covered; /* by an interval */
};

struct world {
	struct known m[CHATS][IDS + 1];
	struct archive_counts counts[CHATS];
};

static struct archive *a;
static struct archive_batch b;

static const char *text_of(int version)
{
	return tobs_arena_printf(&b.arena, "version %d", version);
}

/* Odd versions have a reaction more than the even ones before them, and no other text. */
static struct archive_message make(int32_t id, int version)
{
	static const struct archive_reaction two[] = { { TOBS_LIT("a"), 1, false },
		{ TOBS_LIT("b"), 2, true } };
	struct archive_message m = { .id = id, .date = 1000 + id, .reactions = two };

	m.text = tobs_str(text_of(version / 2));
	m.reaction_count = version % 2 ? 2 : 1;
	return m;
}

static void put(struct world *w, int32_t chat, int32_t id, int version)
{
	struct archive_batch_message it = {
		.chat = chat + 1, .m = make(id, version), .counts = &w->counts[chat]
	};

	assert_ok(ARRAY_PUSH(&b.messages, it));
}

static void learn(struct known *k, int version)
{
	/* Another text is an edit. */
	k->edits += k->version && (k->version - 2) / 2 != version / 2;
	k->version = version + 2;
	k->deleted = false;
}

/*
 * One of: ids behind the last, ids anywhere in any order, a range again with
 * what is left of it. Deterministic, so that a batch of a number is the same in
 * any process.
 */
static void add_some(struct world *w, struct prng *p, int32_t chat)
{
	int32_t first = 1 + (int32_t)prng_below(p, IDS), len = (int32_t)prng_below(p, 40);
	int32_t last = MIN(first + len, IDS);
	bool again = prng_below(p, 3) == 0, ascending = prng_below(p, 4) != 0;
	struct archive_batch_interval it = {
		.range = { chat + 1, 0, first, last }, .again = again, .counts = &w->counts[chat]
	};
	int32_t *ids = TOBS_ARENA_ARRAY(&b.arena, IDS + 1, int32_t);

	for (int32_t i = first; i <= last; i++) {
		struct known *k;
		int version;

		k = &w->m[chat][i];
		k->covered = true;
		if (again && prng_below(p, 4) == 0) {
			k->deleted = k->version != 0;
			continue;
		}
		ids[it.count++] = i;
		version = k->version && prng_below(p, 2) ? k->version - 2 : (int)prng_below(p, 6);
		put(w, chat, i, version);
		learn(k, version);
	}
	it.ids = ids;
	if (!ascending && b.messages.count > 1) {
		struct archive_batch_message *m = b.messages.items;
		size_t n = b.messages.count, x = prng_below(p, n), y = prng_below(p, n);
		struct archive_batch_message t = m[x];

		m[x] = m[y];
		m[y] = t;
	}
	assert_ok(ARRAY_PUSH(&b.intervals, it));
}

static void fill_batch(struct world *w, uint64_t seed, int number)
{
	struct prng p = { seed * 1000 + (uint64_t)number };
	int32_t chat = (int32_t)prng_below(&p, CHATS);

	archive_batch_clear(&b);
	b.seen = 5000 + number;
	add_some(w, &p, chat);
	if (prng_below(&p, 3) == 0)
		add_some(w, &p, (chat + 1) % CHATS);
}

static void check_message(const struct known *k, const struct archive_message *m)
{
	assert_true(k->version > 0);
	assert_view(m->text, text_of((k->version - 2) / 2));
	assert_int_equal(m->reaction_count, (k->version - 2) % 2 ? 2 : 1);
	assert_int_equal((m->flags & ARCHIVE_DELETED) != 0, k->deleted);
}

static void check_chat(const struct world *w, int32_t chat)
{
	struct archive_interval *gaps;
	struct archive_cursor c = { 0 };
	struct archive_message m = { 0 };
	struct tobs_arena arena;
	size_t n, at = 0;
	int edits = 0;
	char sql[96];
	int r;

	tobs_arena_init(&arena, 1 << 16);
	assert_ok(archive_gaps(a, chat + 1, 0, 1, IDS, &arena, &gaps, &n, NULL));
	assert_ok(archive_cursor_open(a, &c, chat + 1, 1, INT32_MAX, 0, NULL));
	r = archive_cursor_next(&c, &m, NULL);
	for (int32_t id = 1; id <= IDS; id++) {
		const struct known *k = &w->m[chat][id];

		while (at < n && gaps[at].last < id)
			at++;
		assert_int_equal(k->covered, at == n || gaps[at].first > id);
		edits += k->edits;
		assert_int_equal(!r && m.id == id, k->version != 0);
		if (r || m.id != id)
			continue;
		check_message(k, &m);
		r = archive_cursor_next(&c, &m, NULL);
	}
	assert_code(r, TOBS_ENOTFOUND);
	archive_cursor_close(&c);
	snprintf(sql, sizeof sql, "SELECT count(*) FROM edits WHERE key >> 32 = %d", (int)chat + 1);
	assert_int_equal(scene_number(a, sql), edits);
	tobs_arena_deinit(&arena);
}

static void make_chats(void)
{
	for (int i = 0; i < CHATS; i++)
		assert_int_equal(scene_chat(a, -1001 - i, "Chat"), i + 1);
}

static void random_batches(void **state)
{
	for (uint64_t seed = 1; seed <= 4; seed++) {
		static struct world w;

		scene_setup(state);
		memset(&w, 0, sizeof w);
		a = scene_open(NULL);
		archive_batch_init(&b, 1 << 20);
		make_chats();
		for (int i = 0; i < BATCHES; i++) {
			fill_batch(&w, seed, i);
			assert_ok(archive_write(a, &b, NULL));
			if (i == BATCHES / 2) {
				archive_close(a);
				a = scene_open(NULL);
			}
			for (int32_t chat = 0; chat < CHATS; chat++)
				check_chat(&w, chat);
		}
		for (int32_t chat = 0; chat < CHATS; chat++) {
			int64_t live = 0;

			for (int32_t id = 1; id <= IDS; id++)
				live += w.m[chat][id].version > 0;
			assert_int_equal(w.counts[chat].added, live);
			assert_true(w.counts[chat].edited > 0 && w.counts[chat].deleted > 0);
		}
		archive_batch_deinit(&b);
		archive_close(a);
		scene_teardown(state);
	}
}

/* ---- killed ---- */

enum { KILLS = 25 };

static uint64_t run_seed;

/* Goes on from where the archive is: `runs` counts the batches, committed with them. */
static int write_on(void *user)
{
	static struct world w;
	struct archive *mine = NULL;
	int64_t done;
	int fd = *(int *)user;

	archive_batch_init(&b, 1 << 20);
	if (archive_open(&mine, dir.path, NULL, NULL) ||
		sqlite_get_i64(archive_db(mine), "SELECT count(*) FROM runs", &done, NULL))
		return 1;
	memset(&w, 0, sizeof w);
	for (int i = 0;; i++) {
		fill_batch(&w, run_seed, i);
		if (i < done)
			continue;
		if (sqlite_begin(archive_db(mine), NULL) || archive_write(mine, &b, NULL) ||
			sqlite_exec(archive_db(mine), "INSERT INTO runs(began) VALUES(0)", NULL) ||
			sqlite_commit(archive_db(mine), NULL))
			return 2;
		/* The parent kills after some of these, wherever we are then. */
		if (write(fd, ".", 1) != 1)
			return 3;
	}
}

static void read_dots(int fd, uint64_t n)
{
	char c;

	while (n-- && read(fd, &c, 1) == 1)
		;
}

static void a_writer_that_is_killed(void **state)
{
	struct prng p = { 77 };
	static struct world w;
	int64_t done = 0;

	(void)state;
	run_seed = 9;
	archive_batch_init(&b, 1 << 20);
	a = scene_open(NULL);
	make_chats();
	archive_close(a);
	for (int kill_no = 0; kill_no < KILLS; kill_no++) {
		int64_t before = done;
		int ends[2];
		pid_t pid;

		assert_int_equal(pipe(ends), 0);
		pid = child_start(write_on, &ends[1]);
		read_dots(ends[0], 1 + prng_below(&p, 6));
		/* A little further, to some point inside the next one. */
		for (volatile uint64_t spin = prng_below(&p, 300000); spin; spin--)
			;
		kill(pid, SIGKILL);
		assert_int_equal(child_wait(pid), 128 + SIGKILL);
		close(ends[0]);
		close(ends[1]);

		a = scene_open(NULL);
		done = scene_number(a, "SELECT count(*) FROM runs");
		assert_true(done > before);
		memset(&w, 0, sizeof w);
		for (int i = 0; i < done; i++)
			fill_batch(&w, run_seed, i);
		for (int32_t chat = 0; chat < CHATS; chat++)
			check_chat(&w, chat);
		assert_string_equal(scene_rows(a, "PRAGMA integrity_check", 1), "ok;");
		archive_close(a);
	}
	archive_batch_deinit(&b);
}

/* ---- a disk that fills ---- */

/* Writes until there is no room; a file that may not grow is as good as a full disk. */
static int write_until_full(void *user)
{
	const struct rlimit limit = { 600 << 10, 600 << 10 };
	static struct world w;
	struct archive *mine = NULL;
	struct tobs_err err = { 0 };
	int r = TOBS_OK;

	(void)user;
	signal(SIGXFSZ, SIG_IGN);
	archive_batch_init(&b, 1 << 20);
	if (setrlimit(RLIMIT_FSIZE, &limit) || archive_open(&mine, dir.path, NULL, NULL))
		return 1;
	for (int i = 0; !r && i < 10000; i++) {
		fill_batch(&w, run_seed, i);
		r = sqlite_begin(archive_db(mine), &err);
		if (r)
			break;
		r = archive_write(mine, &b, &err);
		if (!r)
			r = sqlite_exec(
				archive_db(mine), "INSERT INTO runs(began) VALUES(0)", &err);
		if (!r)
			r = sqlite_commit(archive_db(mine), &err);
		else
			sqlite_rollback(archive_db(mine));
	}
	archive_close(mine);
	archive_batch_deinit(&b);
	if (r != TOBS_ENOSPC)
		return 2;
	return strstr(err.message, "disk is full") ? 0 : 3;
}

static void a_disk_that_fills(void **state)
{
	static struct world w;
	int64_t done;

	(void)state;
	run_seed = 11;
	archive_batch_init(&b, 1 << 20);
	a = scene_open(NULL);
	make_chats();
	archive_close(a);
	assert_child_ok(write_until_full, NULL);
	a = scene_open(NULL);
	done = scene_number(a, "SELECT count(*) FROM runs");
	assert_true(done > 3);
	memset(&w, 0, sizeof w);
	for (int i = 0; i < done; i++)
		fill_batch(&w, run_seed, i);
	for (int32_t chat = 0; chat < CHATS; chat++)
		check_chat(&w, chat);
	/* With room again it goes on. */
	fill_batch(&w, run_seed, (int)done);
	assert_ok(archive_write(a, &b, NULL));
	for (int32_t chat = 0; chat < CHATS; chat++)
		check_chat(&w, chat);
	archive_close(a);
	archive_batch_deinit(&b);
}

/* ---- one step fails ---- */

/* The archive is never between two batches, whichever of its statements fails. */
static void a_statement_that_fails(void **state)
{
	static struct world before, after;
	struct prng p = { 5 };

	(void)state;
	archive_batch_init(&b, 1 << 20);
	a = scene_open(NULL);
	make_chats();
	memset(&before, 0, sizeof before);
	for (int i = 0; i < 150; i++) {
		struct scene_fault f = { .at = prng_below(&p, 120), .code = TOBS_EIO };
		int r;

		after = before;
		fill_batch(&after, 3, i);
		sqlite_set_gate(scene_gate, &f);
		r = archive_write(a, &b, NULL);
		sqlite_set_gate(NULL, NULL);
		assert_code(r, f.hit ? TOBS_EIO : TOBS_OK);
		for (int32_t chat = 0; chat < CHATS; chat++)
			check_chat(r ? &before : &after, chat);
		if (!r)
			before = after;
	}
	archive_close(a);
	archive_batch_deinit(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_batches),
		SCENE_TEST(a_writer_that_is_killed),
		SCENE_TEST(a_disk_that_fills),
		SCENE_TEST(a_statement_that_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
