/* SPDX-License-Identifier: MIT */
/* Chats and their topics, and the names their files have. */
#include "archive/filename.h"
#include "archive/impl.h"
#include "base/attr.h"
#include "base/fold.h"
#include "base/map.h"

enum {
	NAME_MAX_BYTES = 4096,
	NAME_ATTEMPTS_MAX = 1 << 20, /* more than there are rows */
};

#define CHAT_COLUMNS                                                                        \
	"c.no, c.peer, c.linked, c.migrated, c.members, c.top, c.count, c.synced, c.stale," \
	" c.version, p.kind, p.name, p.username, c.about, c.pinned, c.folder"

static void read_chat(struct sqlite_stmt *s, struct archive_chat *ret)
{
	*ret = (struct archive_chat){
		.no = (int32_t)sqlite_col_i64(s, 0),
		.id = sqlite_col_i64(s, 1),
		.linked = sqlite_col_i64(s, 2),
		.migrated = sqlite_col_i64(s, 3),
		.members = (int32_t)sqlite_col_i64(s, 4),
		.top = (int32_t)sqlite_col_i64(s, 5),
		.count = (int32_t)sqlite_col_i64(s, 6),
		.synced = sqlite_col_i64(s, 7),
		.stale = (int32_t)sqlite_col_i64(s, 8),
		.version = sqlite_col_i64(s, 9),
		.kind = peer_kind_of(sqlite_col_text(s, 10)),
		.title = sqlite_col_text(s, 11),
		.username = sqlite_col_text(s, 12),
		.about = sqlite_col_text(s, 13),
		.pinned = sqlite_col_text(s, 14),
		.folder = sqlite_col_text(s, 15),
	};
}

static int keep_chat(
	struct archive *a, struct tobs_arena *arena, struct archive_chat *c, struct tobs_err *err)
{
	struct tobs_view *const parts[] = { &c->title, &c->username, &c->about, &c->pinned,
		&c->folder };

	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		if (archive_keep(arena, *parts[i], parts[i]))
			return archive_no_memory(a, err);
	return TOBS_OK;
}

/* Stands on the chat's row, if there is one; the caller resets. */
static int find_chat(struct archive *a, int64_t id, struct sqlite_stmt **ret, bool *ret_row,
	struct tobs_err *err)
{
	int r = sqlite_cached(a->db,
		"SELECT " CHAT_COLUMNS
		" FROM chats c JOIN peers p ON p.id = c.peer WHERE c.peer = ?1",
		ret, err);

	if (r)
		return r;
	sqlite_bind_i64(*ret, 1, id);
	return sqlite_step(*ret, ret_row, err);
}

int archive_chat_get(struct archive *a, int64_t id, struct tobs_arena *arena,
	struct archive_chat *ret, struct tobs_err *err)
{
	struct archive_chat c;
	struct sqlite_stmt *s;
	bool row;
	int r = find_chat(a, id, &s, &row, err);

	if (r)
		return r;
	if (row) {
		read_chat(s, &c);
		r = keep_chat(a, arena, &c, err);
	} else {
		r = tobs_fail(
			err, TOBS_ENOTFOUND, "chat %lld is not in the archive", (long long)id);
	}
	sqlite_reset(s);
	if (!r)
		*ret = c;
	return r;
}

int archive_chats(struct archive *a, struct tobs_arena *arena, struct archive_chat **ret,
	size_t *ret_count, struct tobs_err *err)
{
	ARRAY_OF(struct archive_chat) list = { 0 };
	struct archive_chat c, *copy = NULL;
	struct sqlite_stmt *s;
	bool row;
	int r = sqlite_cached(a->db,
		"SELECT " CHAT_COLUMNS " FROM chats c JOIN peers p ON p.id = c.peer"
		" ORDER BY p.name, c.no",
		&s, err);

	if (r)
		return r;
	while (!(r = sqlite_step(s, &row, err)) && row) {
		read_chat(s, &c);
		r = keep_chat(a, arena, &c, err);
		if (!r && ARRAY_PUSH(&list, c))
			r = archive_no_memory(a, err);
		if (r)
			break;
	}
	sqlite_reset(s);
	if (!r && list.count) {
		copy = tobs_arena_dup(arena, list.items, list.count * sizeof *list.items);
		if (!copy)
			r = archive_no_memory(a, err);
	}
	if (!r) {
		*ret = copy;
		*ret_count = list.count;
	}
	ARRAY_DEINIT(&list);
	return r;
}

/* ---- names of files ---- */

/* What is taken, folded. `s` gives the names in its first column. */
static int taken_names(
	struct archive *a, struct sqlite_stmt *s, struct smap *ret, struct tobs_err *err)
{
	static char taken;
	struct tobs_buf folded;
	bool row;
	int r;

	tobs_buf_init(&folded, NAME_MAX_BYTES);
	while (!(r = sqlite_step(s, &row, err)) && row) {
		tobs_buf_clear(&folded);
		r = utf8_fold(&folded, sqlite_col_text(s, 0));
		if (!r)
			r = smap_put(ret, tobs_buf_view(&folded), &taken);
		if (r) {
			archive_no_memory(a, err);
			break;
		}
	}
	sqlite_reset(s);
	tobs_buf_deinit(&folded);
	return r;
}

/* A name for `title` that none of those in `s` is equal to but for case. */
static int choose_name(struct archive *a, struct sqlite_stmt *s, struct tobs_view title,
	const char *fallback, struct tobs_buf *ret, struct tobs_err *err)
{
	struct smap taken = { 0 };
	struct tobs_buf folded;
	int r = taken_names(a, s, &taken, err);

	tobs_buf_init(&folded, NAME_MAX_BYTES);
	for (unsigned attempt = 0; !r && attempt < NAME_ATTEMPTS_MAX; attempt++) {
		r = filename_make(ret, title, fallback, attempt);
		tobs_buf_clear(&folded);
		if (!r)
			r = utf8_fold(&folded, tobs_buf_view(ret));
		if (r)
			tobs_fail(err, r, "%s: no name for a file", sqlite_path(a->db));
		else if (!smap_get(&taken, tobs_buf_view(&folded)))
			break;
	}
	tobs_buf_deinit(&folded);
	smap_deinit(&taken);
	return r;
}

/* ---- writing chats ---- */

int chat_changed(struct archive *a, int32_t chat, int32_t from, struct tobs_err *err)
{
	struct sqlite_stmt *s;
	int r = sqlite_cached(a->db,
		"UPDATE chats SET stale = min(stale, ?2), version = version + 1 WHERE no = ?1", &s,
		err);

	if (r)
		return r;
	sqlite_bind_i64(s, 1, chat);
	sqlite_bind_i64(s, 2, from);
	r = sqlite_run(s, err);
	if (!r && !sqlite_changes(a->db))
		r = tobs_fail(err, TOBS_EINVAL, "%s: there is no chat number %d",
			sqlite_path(a->db), (int)chat);
	return r;
}

static void bind_chat(struct sqlite_stmt *s, const struct archive_chat *c)
{
	sqlite_bind_i64(s, 1, c->id);
	sqlite_bind_i64_or_null(s, 2, c->linked);
	sqlite_bind_i64_or_null(s, 3, c->migrated);
	sqlite_bind_text_or_null(s, 4, c->about);
	sqlite_bind_i64(s, 5, c->members);
	sqlite_bind_text_or_null(s, 6, c->pinned);
	sqlite_bind_i64(s, 7, c->top);
	sqlite_bind_i64(s, 8, c->count);
	sqlite_bind_i64(s, 9, c->synced);
}

/* Files that speak of a chat can link to it now. */
static int tell_mentioning(struct archive *a, int64_t peer, struct tobs_err *err)
{
	static const char *const statements[] = {
		"UPDATE chats SET version = version + 1,"
		" stale = min(stale, (SELECT first FROM mentions WHERE peer = ?1 AND chat = no))"
		" WHERE no IN (SELECT chat FROM mentions WHERE peer = ?1)",
		"DELETE FROM mentions WHERE peer = ?1",
	};
	struct sqlite_stmt *s;
	int r = TOBS_OK;

	for (size_t i = 0; !r && i < ARRAY_LEN(statements); i++) {
		r = sqlite_cached(a->db, statements[i], &s, err);
		if (r)
			return r;
		sqlite_bind_i64(s, 1, peer);
		r = sqlite_run(s, err);
	}
	return r;
}

static int insert_chat(struct archive *a, const struct archive_chat *c, struct tobs_err *err)
{
	struct sqlite_stmt *s;
	struct tobs_buf folder;
	int r = sqlite_cached(a->db, "SELECT folder FROM chats", &s, err);

	if (r)
		return r;
	tobs_buf_init(&folder, NAME_MAX_BYTES);
	r = choose_name(a, s, c->title, "chat", &folder, err);
	if (!r)
		r = sqlite_cached(a->db,
			"INSERT INTO chats(peer, linked, migrated, about, members, pinned, top, count,"
			" synced, folder, stale, version)"
			" VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 0, 1)",
			&s, err);
	if (!r) {
		bind_chat(s, c);
		sqlite_bind_text(s, 10, tobs_buf_view(&folder));
		r = sqlite_run(s, err);
	}
	tobs_buf_deinit(&folder);
	return r ? r : tell_mentioning(a, c->id, err);
}

/* Whether something differs that its files show. */
static bool shows(const struct archive_chat *a, const struct archive_chat *b)
{
	return a->linked != b->linked || a->migrated != b->migrated ||
		!tobs_view_eq(a->about, b->about) || !tobs_view_eq(a->pinned, b->pinned);
}

static int update_chat(
	struct archive *a, const struct archive_chat *c, bool shown, struct tobs_err *err)
{
	struct sqlite_stmt *s;
	int r = sqlite_cached(a->db,
		"UPDATE chats SET linked = ?2, migrated = ?3, about = ?4, members = ?5, pinned = ?6,"
		" top = ?7, count = ?8, synced = ?9, stale = iif(?10, 0, stale),"
		" version = version + ?10 WHERE peer = ?1",
		&s, err);

	if (r)
		return r;
	bind_chat(s, c);
	sqlite_bind_i64(s, 10, shown);
	return sqlite_run(s, err);
}

static int put_chat(struct archive *a, const struct archive_chat *c, struct tobs_err *err)
{
	struct archive_chat old;
	struct sqlite_stmt *s;
	bool row, shown = false;
	int r = find_chat(a, c->id, &s, &row, err);

	if (r)
		return r;
	if (row) {
		read_chat(s, &old);
		shown = shows(&old, c);
	}
	sqlite_reset(s);
	r = peer_retitle(a, c->id, c->kind, c->title, c->username, err);
	if (r)
		return r;
	return row ? update_chat(a, c, shown, err) : insert_chat(a, c, err);
}

int archive_chat_put(struct archive *a, const struct archive_chat *chat, struct tobs_arena *arena,
	struct archive_chat *ret, struct tobs_err *err)
{
	int r = sqlite_begin(a->db, err);

	if (r)
		return r;
	r = archive_end(a, put_chat(a, chat, err), err);
	if (r) {
		/* What was not committed is not known. */
		seen_forget(&a->peers);
		names_forget(a, 0);
		return r;
	}
	return archive_chat_get(a, chat->id, arena, ret, err);
}

/* ---- topics ---- */

enum { TOPIC_PINNED = 1, TOPIC_CLOSED = 2, TOPIC_HIDDEN = 4 };

static const char select_topics[] =
	"SELECT id, creator, date, icon_emoji, icon_color, position, flags, title, file"
	" FROM topics WHERE chat = ?1 AND (?2 = 0 OR id = ?2) ORDER BY id";

static void read_topic(struct sqlite_stmt *s, struct archive_topic *ret)
{
	int64_t flags = sqlite_col_i64(s, 6);

	*ret = (struct archive_topic){
		.id = (int32_t)sqlite_col_i64(s, 0),
		.creator = sqlite_col_i64(s, 1),
		.date = sqlite_col_i64(s, 2),
		.icon_emoji = sqlite_col_i64(s, 3),
		.icon_color = (int32_t)sqlite_col_i64(s, 4),
		.position = (int32_t)sqlite_col_i64(s, 5),
		.closed = flags & TOPIC_CLOSED,
		.hidden = flags & TOPIC_HIDDEN,
		.title = sqlite_col_text(s, 7),
		.file = sqlite_col_text(s, 8),
	};
}

static bool same_topic(const struct archive_topic *a, const struct archive_topic *b)
{
	return a->creator == b->creator && a->date == b->date && a->icon_emoji == b->icon_emoji &&
		a->icon_color == b->icon_color && a->position == b->position &&
		a->closed == b->closed && a->hidden == b->hidden &&
		tobs_view_eq(a->title, b->title);
}

/* `file` is the name of a new topic; one that is there keeps its own. */
static int write_topic(struct archive *a, int32_t chat, const struct archive_topic *t,
	struct tobs_view file, struct tobs_err *err)
{
	struct sqlite_stmt *s;
	int64_t flags = (t->position ? TOPIC_PINNED : 0) | (t->closed ? TOPIC_CLOSED : 0) |
		(t->hidden ? TOPIC_HIDDEN : 0);
	int r = sqlite_cached(a->db,
		"INSERT INTO topics(chat, id, title, icon_color, icon_emoji, flags, position, creator,"
		" date, file) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"
		" ON CONFLICT DO UPDATE SET title = ?3, icon_color = ?4, icon_emoji = ?5, flags = ?6,"
		" position = ?7, creator = ?8, date = ?9",
		&s, err);

	if (r)
		return r;
	sqlite_bind_i64(s, 1, chat);
	sqlite_bind_i64(s, 2, t->id);
	sqlite_bind_text(s, 3, t->title);
	sqlite_bind_i64(s, 4, t->icon_color);
	sqlite_bind_i64_or_null(s, 5, t->icon_emoji);
	sqlite_bind_i64(s, 6, flags);
	sqlite_bind_i64(s, 7, t->position);
	sqlite_bind_i64_or_null(s, 8, t->creator);
	sqlite_bind_i64(s, 9, t->date);
	sqlite_bind_text(s, 10, file);
	r = sqlite_run(s, err);
	return r ? r : chat_changed(a, chat, 0, err);
}

static int insert_topic(
	struct archive *a, int32_t chat, const struct archive_topic *t, struct tobs_err *err)
{
	struct sqlite_stmt *s;
	struct tobs_buf file;
	int r = sqlite_cached(a->db, "SELECT file FROM topics WHERE chat = ?1", &s, err);

	if (r)
		return r;
	sqlite_bind_i64(s, 1, chat);
	tobs_buf_init(&file, NAME_MAX_BYTES);
	r = choose_name(a, s, t->title, "topic", &file, err);
	if (!r)
		r = write_topic(a, chat, t, tobs_buf_view(&file), err);
	tobs_buf_deinit(&file);
	return r;
}

static int put_topic(
	struct archive *a, int32_t chat, const struct archive_topic *t, struct tobs_err *err)
{
	struct archive_topic old;
	struct sqlite_stmt *s;
	bool row, same = false;
	int r = sqlite_cached(a->db, select_topics, &s, err);

	if (r)
		return r;
	sqlite_bind_i64(s, 1, chat);
	sqlite_bind_i64(s, 2, t->id);
	r = sqlite_step(s, &row, err);
	if (r)
		return r;
	if (row) {
		read_topic(s, &old);
		same = same_topic(&old, t);
	}
	sqlite_reset(s);
	if (same)
		return TOBS_OK;
	/* The name is not looked at in an update. */
	return row ? write_topic(a, chat, t, t->title, err) : insert_topic(a, chat, t, err);
}

int archive_topic_put(
	struct archive *a, int32_t chat, const struct archive_topic *topic, struct tobs_err *err)
{
	int r = sqlite_begin(a->db, err);

	return r ? r : archive_end(a, put_topic(a, chat, topic, err), err);
}

int archive_topics(struct archive *a, int32_t chat, struct tobs_arena *arena,
	struct archive_topic **ret, size_t *ret_count, struct tobs_err *err)
{
	ARRAY_OF(struct archive_topic) list = { 0 };
	struct archive_topic t, *copy = NULL;
	struct sqlite_stmt *s;
	bool row;
	int r = sqlite_cached(a->db, select_topics, &s, err);

	if (r)
		return r;
	sqlite_bind_i64(s, 1, chat);
	sqlite_bind_i64(s, 2, 0);
	while (!(r = sqlite_step(s, &row, err)) && row) {
		read_topic(s, &t);
		if (archive_keep(arena, t.title, &t.title) ||
			archive_keep(arena, t.file, &t.file) || ARRAY_PUSH(&list, t)) {
			r = archive_no_memory(a, err);
			break;
		}
	}
	sqlite_reset(s);
	if (!r && list.count) {
		copy = tobs_arena_dup(arena, list.items, list.count * sizeof *list.items);
		if (!copy)
			r = archive_no_memory(a, err);
	}
	if (!r) {
		*ret = copy;
		*ret_count = list.count;
	}
	ARRAY_DEINIT(&list);
	return r;
}
