/* SPDX-License-Identifier: MIT */
/* An archive in a folder of its own, and short ways to fill it. */
#ifndef ARCHIVE_SCENE_H
#define ARCHIVE_SCENE_H

#include "archive/archive.h"
#include "store/sqlite.h"
#include "support/tmpdir.h"

static struct tmpdir dir;

static inline int scene_setup(void **state)
{
	(void)state;
	tmpdir_init(&dir);
	return 0;
}

static inline int scene_teardown(void **state)
{
	(void)state;
	sqlite_set_gate(NULL, NULL);
	tmpdir_deinit(&dir);
	return 0;
}

#define SCENE_TEST(fn) cmocka_unit_test_setup_teardown(fn, scene_setup, scene_teardown)

static inline struct archive *scene_open(const struct archive_options *o)
{
	struct archive *a = NULL;
	struct tobs_err err = { 0 };

	if (archive_open(&a, dir.path, o, &err))
		fail_msg("%s", err.message);
	return a;
}

/* A group of this title; its number. */
static inline int32_t scene_chat(struct archive *a, int64_t id, const char *title)
{
	struct archive_chat c = { .id = id, .kind = ARCHIVE_SUPERGROUP, .title = tobs_str(title) };
	struct tobs_arena arena;

	tobs_arena_init(&arena, 1 << 16);
	assert_ok(archive_chat_put(a, &c, &arena, &c, NULL));
	tobs_arena_deinit(&arena);
	return c.no;
}

static inline struct archive_chat scene_chat_get(
	struct archive *a, int64_t id, struct tobs_arena *arena)
{
	struct archive_chat c;

	assert_ok(archive_chat_get(a, id, arena, &c, NULL));
	return c;
}

/* What the archive says to SQL that gives one number. */
static inline int64_t scene_number(struct archive *a, const char *sql)
{
	int64_t n = INT64_MIN;

	assert_ok(sqlite_get_i64(archive_db(a), sql, &n, NULL));
	return n;
}

/* The rows of a query as "a|b;c|d;"; valid until the next call. */
static inline const char *scene_rows(struct archive *a, const char *sql, int columns)
{
	static char out[4096];
	struct sqlite_stmt *s;
	size_t at = 0;
	bool row;

	assert_ok(sqlite_prepare(archive_db(a), sql, &s, NULL));
	out[0] = 0;
	for (;;) {
		assert_ok(sqlite_step(s, &row, NULL));
		if (!row)
			break;
		for (int i = 0; i < columns; i++)
			at += (size_t)snprintf(out + at, sizeof out - at, "%s%.*s", i ? "|" : "",
				TOBS_VIEW_FMT(sqlite_col_text(s, i)));
		at += (size_t)snprintf(out + at, sizeof out - at, ";");
		assert_true(at < sizeof out);
	}
	sqlite_finalize(s);
	return out;
}

/* For sqlite_set_gate(): the statement with number `at` fails. */
struct scene_fault {
	uint64_t at;
	int code;
	bool hit; /* there was one */
};

static inline int scene_gate(uint64_t nth, void *user)
{
	struct scene_fault *f = user;

	if (nth != f->at)
		return TOBS_OK;
	f->hit = true;
	return f->code;
}

/* One message with a text; what else it has is set through the pointer. */
static inline struct archive_message *scene_message(
	struct archive_batch *b, int32_t chat, int32_t id, const char *text)
{
	struct archive_batch_message it = { .chat = chat };

	it.m.id = id;
	it.m.date = 1000 + id;
	it.m.text = tobs_str(text);
	assert_ok(ARRAY_PUSH(&b->messages, it));
	return &ARRAY_LAST(&b->messages)->m;
}

static inline void scene_interval(
	struct archive_batch *b, int32_t chat, int32_t topic, int32_t first, int32_t last)
{
	struct archive_batch_interval it = { .range = { chat, topic, first, last } };

	assert_ok(ARRAY_PUSH(&b->intervals, it));
}

static inline void scene_write(struct archive *a, struct archive_batch *b)
{
	struct tobs_err err = { 0 };

	if (archive_write(a, b, &err))
		fail_msg("%s", err.message);
	archive_batch_clear(b);
}

#endif
