/* SPDX-License-Identifier: MIT */
/*
 * A batch becomes rows. Most messages are new and stand behind all others of
 * their chat: these go in ROWS at a time. Others go in one by one; the insert
 * says whether the message was there already, and only then it is compared.
 */
#include "archive/impl.h"

enum outcome { ADDED, EDITED, SAME };

enum {
	MESSAGE_COLUMNS = 10,
	REACTION_COLUMNS = 5,
};

#define MESSAGE_ROW  "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
#define REACTION_ROW "(?, ?, ?, ?, ?)"

/* A reaction that waits for others to be written with. */
struct waiting {
	int64_t key;
	uint32_t position;
	const struct archive_reaction *reaction;
};

struct write {
	struct archive *a;
	int64_t seen;
	int64_t newest; /* date of a message */
	/* The chat whose messages are being written, and the smallest id that changed. */
	int32_t chat;
	int32_t from;
	int64_t last; /* its last key in the archive */
	struct waiting waiting[ROWS];
	int waiting_count;
	/* What became of the messages and the ranges of the batch. */
	uint8_t *outcomes;
	int64_t *deleted;
	struct tobs_err *err;
};

/* ---- what belongs to a message ---- */

static void bind_reaction(struct sqlite_stmt *s, int row, const struct waiting *it)
{
	int at = row * REACTION_COLUMNS;

	sqlite_bind_i64(s, at + 1, it->key);
	sqlite_bind_i64(s, at + 2, it->position);
	sqlite_bind_text(s, at + 3, it->reaction->reaction);
	sqlite_bind_i64(s, at + 4, it->reaction->count);
	sqlite_bind_i64(s, at + 5, it->reaction->chosen);
}

static int flush_reactions(struct write *w)
{
	static const char many[] = "INSERT INTO reactions VALUES" TIMES_16(REACTION_ROW);
	static const char one[] = "INSERT INTO reactions VALUES" REACTION_ROW;
	bool full = w->waiting_count == ROWS;
	struct sqlite_stmt *s;
	int r = sqlite_cached(w->a->db, full ? many : one, &s, w->err);

	if (r)
		return r;
	for (int i = 0; !r && i < w->waiting_count; i++) {
		bind_reaction(s, full ? i : 0, &w->waiting[i]);
		if (!full || i == ROWS - 1)
			r = sqlite_run(s, w->err);
	}
	w->waiting_count = 0;
	return r;
}

static int write_reactions(struct write *w, int64_t key, const struct archive_message *m)
{
	int r = TOBS_OK;

	for (uint32_t i = 0; !r && i < m->reaction_count; i++) {
		w->waiting[w->waiting_count++] = (struct waiting){ key, i, &m->reactions[i] };
		if (w->waiting_count == ROWS)
			r = flush_reactions(w);
	}
	return r;
}

static int write_poll(struct write *w, int64_t key, const struct archive_message *m)
{
	struct sqlite_stmt *s;
	int r = sqlite_cached(w->a->db, "INSERT INTO polls VALUES(?1, ?2, ?3, ?4)", &s, w->err);

	if (r)
		return r;
	sqlite_bind_i64(s, 1, key);
	sqlite_bind_i64(s, 2, m->poll_closed);
	sqlite_bind_i64(s, 3, m->poll_voters);
	sqlite_bind_text(s, 4, m->poll_answers);
	return sqlite_run(s, w->err);
}

static int write_action(struct write *w, int64_t key, const struct archive_message *m)
{
	struct sqlite_stmt *s;
	int r = sqlite_cached(w->a->db, "INSERT INTO actions VALUES(?1, ?2, ?3)", &s, w->err);

	if (r)
		return r;
	sqlite_bind_i64(s, 1, key);
	sqlite_bind_text(s, 2, m->action);
	sqlite_bind_text_or_null(s, 3, m->action_data);
	return sqlite_run(s, w->err);
}

static int write_satellites(struct write *w, int64_t key, const struct archive_message *m)
{
	int r = TOBS_OK;

	if (m->reaction_count)
		r = write_reactions(w, key, m);
	if (!r && m->has_poll)
		r = write_poll(w, key, m);
	if (!r && m->action.len)
		r = write_action(w, key, m);
	return r;
}

static int run_key(struct write *w, const char *sql, int64_t key)
{
	struct sqlite_stmt *s;
	int r = sqlite_cached(w->a->db, sql, &s, w->err);

	if (r)
		return r;
	sqlite_bind_i64(s, 1, key);
	return sqlite_run(s, w->err);
}

static int remove_satellites(struct write *w, int64_t key)
{
	/* Some that wait may be this message's, when it is twice in the batch. */
	int r = flush_reactions(w);

	if (!r)
		r = run_key(w, "DELETE FROM reactions WHERE key = ?1", key);
	if (!r)
		r = run_key(w, "DELETE FROM polls WHERE key = ?1", key);
	if (!r)
		r = run_key(w, "DELETE FROM actions WHERE key = ?1", key);
	return r;
}

/* Steps a query for the key to its first row. */
static int look(struct write *w, const char *sql, int64_t key, struct sqlite_stmt **ret, bool *row)
{
	int r = sqlite_cached(w->a->db, sql, ret, w->err);

	if (r)
		return r;
	sqlite_bind_i64(*ret, 1, key);
	return sqlite_step(*ret, row, w->err);
}

static int same_reactions(
	struct write *w, int64_t key, const struct archive_message *m, bool *ret_same)
{
	struct sqlite_stmt *s;
	uint32_t i = 0;
	bool row = false, same = true;
	int r = flush_reactions(w);

	if (!r)
		r = look(w,
			"SELECT reaction, count, chosen FROM reactions WHERE key = ?1 ORDER BY position",
			key, &s, &row);

	while (!r && row && same) {
		const struct archive_reaction *it = &m->reactions[i];

		same = i++ < m->reaction_count &&
			tobs_view_eq(sqlite_col_text(s, 0), it->reaction) &&
			sqlite_col_i64(s, 1) == it->count && sqlite_col_i64(s, 2) == it->chosen;
		r = sqlite_step(s, &row, w->err);
	}
	if (r)
		return r;
	sqlite_reset(s);
	*ret_same = same && i == m->reaction_count;
	return TOBS_OK;
}

static int same_poll(struct write *w, int64_t key, const struct archive_message *m, bool *ret_same)
{
	struct sqlite_stmt *s;
	bool row;
	int r = look(w, "SELECT closed, voters, answers FROM polls WHERE key = ?1", key, &s, &row);

	if (r)
		return r;
	*ret_same = row == m->has_poll &&
		(!row ||
			(sqlite_col_i64(s, 0) == m->poll_closed &&
				sqlite_col_i64(s, 1) == m->poll_voters &&
				tobs_view_eq(sqlite_col_text(s, 2), m->poll_answers)));
	sqlite_reset(s);
	return TOBS_OK;
}

static int same_action(
	struct write *w, int64_t key, const struct archive_message *m, bool *ret_same)
{
	struct sqlite_stmt *s;
	bool row;
	int r = look(w, "SELECT name, data FROM actions WHERE key = ?1", key, &s, &row);

	if (r)
		return r;
	*ret_same = row == (m->action.len > 0) &&
		(!row ||
			(tobs_view_eq(sqlite_col_text(s, 0), m->action) &&
				tobs_view_eq(sqlite_col_text(s, 1), m->action_data)));
	sqlite_reset(s);
	return TOBS_OK;
}

static int same_satellites(
	struct write *w, int64_t key, const struct archive_message *m, bool *ret_same)
{
	int r = same_reactions(w, key, m, ret_same);

	if (!r && *ret_same)
		r = same_poll(w, key, m, ret_same);
	if (!r && *ret_same)
		r = same_action(w, key, m, ret_same);
	return r;
}

/* ---- the message itself ---- */

/* The order of columns in all statements about messages. `at` is that of the key. */
static void bind_message(
	struct sqlite_stmt *s, int at, int64_t key, const struct archive_message *m)
{
	sqlite_bind_i64(s, at, key);
	sqlite_bind_i64(s, at + 1, m->date);
	sqlite_bind_i64_or_null(s, at + 2, m->edited);
	sqlite_bind_i64_or_null(s, at + 3, m->sender);
	sqlite_bind_i64_or_null(s, at + 4, m->topic);
	sqlite_bind_i64_or_null(s, at + 5, m->album);
	sqlite_bind_i64(s, at + 6, m->flags);
	sqlite_bind_text(s, at + 7, m->text);
	sqlite_bind_text_or_null(s, at + 8, m->entities);
	sqlite_bind_text_or_null(s, at + 9, m->data);
}

/* What differs between the row that `s` stands on and a message. */
struct difference {
	bool any;
	bool edit; /* somebody changed what it says */
};

static struct difference compare(struct sqlite_stmt *s, const struct archive_message *m)
{
	bool said = !tobs_view_eq(sqlite_col_text(s, 6), m->text) ||
		!tobs_view_eq(sqlite_col_text(s, 7), m->entities);
	bool data = !tobs_view_eq(sqlite_col_text(s, 8), m->data);
	bool edited = sqlite_col_i64(s, 1) != m->edited;

	return (struct difference){
		.any = said || data || edited || sqlite_col_i64(s, 0) != m->date ||
			sqlite_col_i64(s, 2) != m->sender || sqlite_col_i64(s, 3) != m->topic ||
			sqlite_col_i64(s, 4) != m->album || sqlite_col_i64(s, 5) != m->flags,
		.edit = said || (data && edited),
	};
}

/* Keeps what the row that `old` stands on says. Two edits noticed at once get different times. */
static int keep_edit(struct write *w, int64_t key, struct sqlite_stmt *old)
{
	struct sqlite_stmt *s;
	int r = sqlite_cached(w->a->db,
		"INSERT INTO edits VALUES(?1, max(?2, ifnull((SELECT max(seen) + 1 FROM edits"
		" WHERE key = ?1), 0)), ?3, ?4, ?5, ?6)",
		&s, w->err);

	if (r)
		return r;
	sqlite_bind_i64(s, 1, key);
	sqlite_bind_i64(s, 2, w->seen);
	sqlite_bind_i64_or_null(s, 3, sqlite_col_i64(old, 1));
	sqlite_bind_text(s, 4, sqlite_col_text(old, 6));
	sqlite_bind_text_or_null(s, 5, sqlite_col_text(old, 7));
	sqlite_bind_text_or_null(s, 6, sqlite_col_text(old, 8));
	return sqlite_run(s, w->err);
}

static int replace(
	struct write *w, int64_t key, const struct archive_message *m, bool row, bool satellites)
{
	struct sqlite_stmt *s;
	int r = TOBS_OK;

	if (row) {
		r = sqlite_cached(w->a->db,
			"UPDATE messages SET date = ?2, edited = ?3, sender = ?4, topic = ?5, album = ?6,"
			" flags = ?7, text = ?8, entities = ?9, data = ?10 WHERE key = ?1",
			&s, w->err);
		if (r)
			return r;
		bind_message(s, 1, key, m);
		r = sqlite_run(s, w->err);
	}
	if (!r && satellites)
		r = remove_satellites(w, key);
	if (!r && satellites)
		r = write_satellites(w, key, m);
	if (!r)
		w->from = MIN(w->from, m->id);
	return r;
}

/* A message that is there already. */
static int update(
	struct write *w, int64_t key, const struct archive_message *m, uint8_t *ret_outcome)
{
	struct difference d = { 0 };
	struct sqlite_stmt *s;
	bool row, same = true;
	int r = look(w,
		"SELECT date, edited, sender, topic, album, flags, text, entities, data"
		" FROM messages WHERE key = ?1",
		key, &s, &row);

	if (r)
		return r;
	if (row)
		d = compare(s, m);
	if (d.edit)
		r = keep_edit(w, key, s);
	sqlite_reset(s);
	if (!r)
		r = same_satellites(w, key, m, &same);
	if (!r && (d.any || !same))
		r = replace(w, key, m, d.any, !same);
	if (!r)
		*ret_outcome = d.edit ? EDITED : SAME;
	return r;
}

/* One that is new. */
static int added(
	struct write *w, int64_t key, const struct archive_message *m, uint8_t *ret_outcome)
{
	*ret_outcome = ADDED;
	w->newest = MAX(w->newest, m->date);
	w->from = MIN(w->from, m->id);
	w->last = MAX(w->last, key);
	return write_satellites(w, key, m);
}

static int write_message(
	struct write *w, const struct archive_batch_message *it, uint8_t *ret_outcome)
{
	int64_t key = message_key(it->chat, it->m.id);
	struct sqlite_stmt *s;
	int r = sqlite_cached(
		w->a->db, "INSERT OR IGNORE INTO messages VALUES" MESSAGE_ROW, &s, w->err);

	if (r)
		return r;
	bind_message(s, 1, key, &it->m);
	r = sqlite_run(s, w->err);
	if (r)
		return r;
	if (sqlite_changes(w->a->db))
		return added(w, key, &it->m, ret_outcome);
	w->newest = MAX(w->newest, it->m.date);
	return update(w, key, &it->m, ret_outcome);
}

/* Whether so many from `it` on are behind what the chat has, in order. */
static bool are_behind(const struct write *w, const struct archive_batch_message *it, size_t left)
{
	int64_t last = w->last;

	if (left < ROWS)
		return false;
	for (int i = 0; i < ROWS; i++) {
		int64_t key = message_key(it[i].chat, it[i].m.id);

		if (it[i].chat != w->chat || key <= last)
			return false;
		last = key;
	}
	return true;
}

static int write_behind(
	struct write *w, const struct archive_batch_message *it, uint8_t *ret_outcomes)
{
	struct sqlite_stmt *s;
	int r = sqlite_cached(
		w->a->db, "INSERT INTO messages VALUES" TIMES_16(MESSAGE_ROW), &s, w->err);

	if (r)
		return r;
	for (int i = 0; i < ROWS; i++)
		bind_message(
			s, i * MESSAGE_COLUMNS + 1, message_key(it[i].chat, it[i].m.id), &it[i].m);
	r = sqlite_run(s, w->err);
	for (int i = 0; !r && i < ROWS; i++)
		r = added(w, message_key(it[i].chat, it[i].m.id), &it[i].m, &ret_outcomes[i]);
	return r;
}

/* ---- deletions ---- */

enum { MARKS_AT_ONCE = 512 };

/*
 * Up to MARKS_AT_ONCE keys of the range from *from on that are not marked and
 * not among its ids; *from moves on behind them.
 */
static int find_deleted(struct write *w, const struct archive_batch_interval *it, int64_t *from,
	int64_t *ret, size_t *ret_count)
{
	struct sqlite_stmt *s;
	int64_t to = message_key(it->range.chat, it->range.last);
	uint32_t at = 0;
	bool row;
	int r = sqlite_cached(w->a->db,
		"SELECT key FROM messages WHERE key BETWEEN ?1 AND ?2 AND flags & 16 = 0"
		" AND (?3 = 0 OR topic = ?3) ORDER BY key",
		&s, w->err);

	*ret_count = 0;
	if (r)
		return r;
	sqlite_bind_i64(s, 1, *from);
	sqlite_bind_i64(s, 2, to);
	sqlite_bind_i64(s, 3, it->range.topic);
	*from = to + 1;
	while (!(r = sqlite_step(s, &row, w->err)) && row) {
		int64_t key = sqlite_col_i64(s, 0);

		while (at < it->count && it->ids[at] < key_id(key))
			at++;
		if (at < it->count && it->ids[at] == key_id(key))
			continue;
		if (*ret_count == MARKS_AT_ONCE) {
			*from = key;
			break;
		}
		ret[(*ret_count)++] = key;
	}
	sqlite_reset(s);
	return r;
}

static int mark_deleted(
	struct write *w, const struct archive_batch_interval *it, int64_t *ret_count)
{
	int64_t from = message_key(it->range.chat, it->range.first);
	int64_t keys[MARKS_AT_ONCE];

	while (from <= message_key(it->range.chat, it->range.last)) {
		size_t count;
		int r = find_deleted(w, it, &from, keys, &count);

		for (size_t i = 0; !r && i < count; i++) {
			r = run_key(w, "UPDATE messages SET flags = flags | 16 WHERE key = ?1",
				keys[i]);
			w->from = MIN(w->from, key_id(keys[i]));
		}
		if (r)
			return r;
		*ret_count += (int64_t)count;
	}
	return TOBS_OK;
}

/* ---- the batch ---- */

static int end_chat(struct write *w)
{
	return w->chat && w->from < INT32_MAX ? chat_changed(w->a, w->chat, w->from, w->err)
					      : TOBS_OK;
}

static int begin_chat(struct write *w, int32_t chat)
{
	struct sqlite_stmt *s;
	bool row = false;
	int r = end_chat(w);

	if (!r)
		r = sqlite_cached(w->a->db,
			"SELECT (SELECT max(key) FROM messages WHERE key BETWEEN ?2 AND ?3)"
			" FROM chats WHERE no = ?1",
			&s, w->err);
	if (r)
		return r;
	sqlite_bind_i64(s, 1, chat);
	sqlite_bind_i64(s, 2, message_key(chat, 0));
	sqlite_bind_i64(s, 3, message_key(chat, INT32_MAX));
	r = sqlite_step(s, &row, w->err);
	if (r)
		return r;
	if (!row)
		return tobs_fail(w->err, TOBS_EINVAL, "%s: there is no chat number %d",
			sqlite_path(w->a->db), (int)chat);
	w->last = sqlite_col_i64(s, 0);
	sqlite_reset(s);
	w->chat = chat;
	w->from = INT32_MAX;
	return TOBS_OK;
}

static int write_messages(struct write *w, const struct archive_batch *b)
{
	size_t n = b->messages.count;
	int r = TOBS_OK;

	for (size_t i = 0; !r && i < n;) {
		const struct archive_batch_message *it = &b->messages.items[i];

		assert(it->m.id > 0 && it->m.id < INT32_MAX);
		if (it->chat != w->chat)
			r = begin_chat(w, it->chat);
		if (r)
			break;
		if (are_behind(w, it, n - i)) {
			r = write_behind(w, it, &w->outcomes[i]);
			i += ROWS;
		} else {
			r = write_message(w, it, &w->outcomes[i]);
			i++;
		}
	}
	return r ? r : flush_reactions(w);
}

static int write_intervals(struct write *w, const struct archive_batch *b)
{
	int r = TOBS_OK;

	for (size_t i = 0; !r && i < b->intervals.count; i++) {
		const struct archive_batch_interval *it = &b->intervals.items[i];

		if (it->range.chat != w->chat)
			r = begin_chat(w, it->range.chat);
		if (!r)
			r = interval_add(w->a, &it->range, w->err);
		if (!r && it->again)
			r = mark_deleted(w, it, &w->deleted[i]);
	}
	return r;
}

static int write_newest(struct write *w)
{
	struct sqlite_stmt *s;
	int r;

	if (w->newest <= w->a->newest)
		return TOBS_OK;
	r = sqlite_cached(w->a->db, "UPDATE meta SET value = ?1 WHERE name = 'newest'", &s, w->err);
	if (r)
		return r;
	sqlite_bind_i64(s, 1, w->newest);
	return sqlite_run(s, w->err);
}

static int write_batch(struct write *w, const struct archive_batch *b)
{
	int r = TOBS_OK;

	for (size_t i = 0; !r && i < b->peers.count; i++)
		r = peer_put(w->a, &b->peers.items[i], w->seen, w->err);
	if (!r)
		r = files_put(w->a, b->files.items, b->files.count, w->err);
	if (!r && b->messages.count)
		r = write_messages(w, b);
	if (!r)
		r = write_intervals(w, b);
	if (!r)
		r = end_chat(w);
	return r ? r : write_newest(w);
}

/* Only what was committed is counted. */
static void count(const struct write *w, const struct archive_batch *b)
{
	for (size_t i = 0; i < b->messages.count; i++) {
		struct archive_counts *c = b->messages.items[i].counts;

		if (!c)
			continue;
		c->added += w->outcomes[i] == ADDED;
		c->edited += w->outcomes[i] == EDITED;
		c->same += w->outcomes[i] == SAME;
	}
	for (size_t i = 0; i < b->intervals.count; i++)
		if (b->intervals.items[i].counts)
			b->intervals.items[i].counts->deleted += w->deleted[i];
}

static int write_all(struct write *w, const struct archive_batch *b)
{
	struct archive *a = w->a;
	int r = sqlite_begin(a->db, w->err);

	if (r)
		return r;
	r = archive_end(a, write_batch(w, b), w->err);
	if (r) {
		/* What was not committed is not known. */
		seen_forget(&a->peers);
		seen_forget(&a->files);
		names_forget(a, 0);
		return r;
	}
	a->newest = w->newest;
	count(w, b);
	return TOBS_OK;
}

int archive_write(struct archive *a, const struct archive_batch *b, struct tobs_err *err)
{
	struct write w = { .a = a,
		.seen = b->seen ? b->seen : archive_now(),
		.newest = a->newest,
		.from = INT32_MAX,
		.err = err };
	int r;

	w.outcomes = mem_alloc(b->messages.count);
	w.deleted = mem_zalloc(b->intervals.count * sizeof *w.deleted);
	r = w.outcomes && w.deleted ? write_all(&w, b) : archive_no_memory(a, err);
	mem_free(w.outcomes);
	mem_free(w.deleted);
	return r;
}
