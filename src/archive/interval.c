/* SPDX-License-Identifier: MIT */
/*
 * Ranges of message ids that were fetched completely. Those of a chat (and of a
 * topic) are disjoint and never adjacent:
 *
 *     [1 ———— 100]          [301 — 400]
 *          add    [101 ———— 300]
 *     [1 ————————————————————————— 400]
 */
#include "archive/impl.h"

/* The last interval that begins at `first` at the latest. */
static int find(struct archive *a, const struct archive_interval *at, int64_t first,
	struct archive_interval *ret, bool *ret_row, struct tobs_err *err)
{
	struct sqlite_stmt *s;
	int r = sqlite_cached(a->db,
		"SELECT first, last FROM intervals WHERE chat = ?1 AND topic = ?2 AND first <= ?3"
		" ORDER BY first DESC LIMIT 1",
		&s, err);

	if (r)
		return r;
	sqlite_bind_i64(s, 1, at->chat);
	sqlite_bind_i64(s, 2, at->topic);
	sqlite_bind_i64(s, 3, first);
	r = sqlite_step(s, ret_row, err);
	if (r || !*ret_row)
		return r;
	*ret = *at;
	ret->first = (int32_t)sqlite_col_i64(s, 0);
	ret->last = (int32_t)sqlite_col_i64(s, 1);
	sqlite_reset(s);
	return TOBS_OK;
}

static int run(
	struct archive *a, const char *sql, const struct archive_interval *i, struct tobs_err *err)
{
	struct sqlite_stmt *s;
	int r = sqlite_cached(a->db, sql, &s, err);

	if (r)
		return r;
	sqlite_bind_i64(s, 1, i->chat);
	sqlite_bind_i64(s, 2, i->topic);
	sqlite_bind_i64(s, 3, i->first);
	sqlite_bind_i64(s, 4, i->last);
	return sqlite_run(s, err);
}

int interval_add(struct archive *a, const struct archive_interval *interval, struct tobs_err *err)
{
	static const char remove[] =
		"DELETE FROM intervals WHERE chat = ?1 AND topic = ?2 AND first = ?3 AND last = ?4";
	static const char insert[] =
		"INSERT INTO intervals(chat, topic, first, last) VALUES(?1, ?2, ?3, ?4)"
		" ON CONFLICT DO UPDATE SET last = ?4";
	struct archive_interval all = *interval, old;
	bool row;
	int r;

	assert(all.chat > 0 && all.first >= 0 && all.first <= all.last);
	for (;;) {
		r = find(a, &all, (int64_t)all.last + 1, &old, &row, err);
		if (r)
			return r;
		if (!row || (int64_t)old.last + 1 < all.first)
			break;
		if (old.first <= all.first && old.last >= all.last)
			return TOBS_OK;
		all.last = MAX(all.last, old.last);
		if (old.first <= all.first) {
			/* The usual case: a page behind those that are there. */
			all.first = old.first;
			break;
		}
		r = run(a, remove, &old, err);
		if (r)
			return r;
	}
	return run(a, insert, &all, err);
}

int archive_gaps(struct archive *a, int32_t chat, int32_t topic, int32_t first, int32_t last,
	struct tobs_arena *arena, struct archive_interval **ret, size_t *ret_count,
	struct tobs_err *err)
{
	ARRAY_OF(struct archive_interval) gaps = { 0 };
	struct archive_interval *copy = NULL;
	struct sqlite_stmt *s;
	int64_t next = first; /* the first id that may be missing */
	bool row;
	int r = sqlite_cached(a->db,
		"SELECT first, last FROM intervals WHERE chat = ?1 AND topic IN (0, ?2)"
		" AND first <= ?4 AND last >= ?3 ORDER BY first",
		&s, err);

	if (r)
		return r;
	sqlite_bind_i64(s, 1, chat);
	sqlite_bind_i64(s, 2, topic);
	sqlite_bind_i64(s, 3, first);
	sqlite_bind_i64(s, 4, last);
	while (!(r = sqlite_step(s, &row, err)) && row) {
		int64_t from = sqlite_col_i64(s, 0), to = sqlite_col_i64(s, 1);

		if (from > next &&
			ARRAY_PUSH(&gaps,
				((struct archive_interval){
					chat, topic, (int32_t)next, (int32_t)from - 1 }))) {
			r = archive_no_memory(a, err);
			break;
		}
		next = MAX(next, to + 1);
	}
	sqlite_reset(s);
	if (!r && next <= last &&
		ARRAY_PUSH(&gaps, ((struct archive_interval){ chat, topic, (int32_t)next, last })))
		r = archive_no_memory(a, err);
	if (!r && gaps.count) {
		copy = tobs_arena_dup(arena, gaps.items, gaps.count * sizeof *gaps.items);
		if (!copy)
			r = archive_no_memory(a, err);
	}
	if (!r) {
		*ret = copy;
		*ret_count = gaps.count;
	}
	ARRAY_DEINIT(&gaps);
	return r;
}
