/* SPDX-License-Identifier: MIT */
/* Which files were written, and from what state of their chat. */
#include "archive/impl.h"

int archive_render_get(struct archive *a, struct tobs_view path, struct tobs_arena *arena,
	struct archive_render *ret, struct tobs_err *err)
{
	struct archive_render f;
	struct tobs_view sha256;
	struct sqlite_stmt *s;
	bool row;
	int r = sqlite_cached(a->db,
		"SELECT path, settings, size, mtime_ns, sha256, checkpoints FROM renders"
		" WHERE path = ?1",
		&s, err);

	if (r)
		return r;
	sqlite_bind_text(s, 1, path);
	r = sqlite_step(s, &row, err);
	if (r)
		return r;
	if (!row)
		return tobs_fail(err, TOBS_ENOTFOUND, "%.*s: this file was not written before",
			TOBS_VIEW_FMT(path));
	f = (struct archive_render){
		.path = sqlite_col_text(s, 0),
		.settings = sqlite_col_text(s, 1),
		.size = sqlite_col_i64(s, 2),
		.mtime_ns = sqlite_col_i64(s, 3),
		.checkpoints = sqlite_col_blob(s, 5),
	};
	sha256 = sqlite_col_blob(s, 4);
	if (sha256.len == sizeof f.sha256)
		memcpy(f.sha256, sha256.ptr, sha256.len);
	if (archive_keep(arena, f.path, &f.path) || archive_keep(arena, f.settings, &f.settings) ||
		archive_keep(arena, f.checkpoints, &f.checkpoints))
		r = archive_no_memory(a, err);
	sqlite_reset(s);
	if (!r)
		*ret = f;
	return r;
}

static int put_file(
	struct archive *a, int32_t chat, const struct archive_render *f, struct tobs_err *err)
{
	struct sqlite_stmt *s;
	int r = sqlite_cached(a->db,
		"INSERT OR REPLACE INTO renders(path, chat, settings, size, mtime_ns, sha256,"
		" checkpoints) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
		&s, err);

	if (r)
		return r;
	sqlite_bind_text(s, 1, f->path);
	sqlite_bind_i64(s, 2, chat);
	sqlite_bind_text(s, 3, f->settings);
	sqlite_bind_i64(s, 4, f->size);
	sqlite_bind_i64(s, 5, f->mtime_ns);
	sqlite_bind_blob(s, 6, tobs_view(f->sha256, sizeof f->sha256));
	sqlite_bind_blob_or_null(s, 7, f->checkpoints);
	return sqlite_run(s, err);
}

static int put_mention(struct archive *a, const struct archive_mention *m, struct tobs_err *err)
{
	struct sqlite_stmt *s;
	int r = sqlite_cached(a->db,
		"INSERT INTO mentions(peer, chat, first) VALUES(?1, ?2, ?3)"
		" ON CONFLICT(peer, chat) DO UPDATE SET first = min(first, excluded.first)",
		&s, err);

	if (r)
		return r;
	sqlite_bind_i64(s, 1, m->peer);
	sqlite_bind_i64(s, 2, m->chat);
	sqlite_bind_i64(s, 3, m->first);
	return sqlite_run(s, err);
}

int archive_mentions(
	struct archive *a, const struct archive_mention *list, size_t count, struct tobs_err *err)
{
	int r = count ? sqlite_begin(a->db, err) : TOBS_OK;

	if (r || !count)
		return r;
	for (size_t i = 0; !r && i < count; i++)
		r = put_mention(a, &list[i], err);
	return archive_end(a, r, err);
}

/* Writing goes up with the version, so what came meanwhile keeps its mark. */
static int settle(struct archive *a, const struct archive_chat *seen, struct tobs_err *err)
{
	struct sqlite_stmt *s;
	int r = sqlite_cached(
		a->db, "UPDATE chats SET stale = ?3 WHERE no = ?1 AND version = ?2", &s, err);

	if (r)
		return r;
	sqlite_bind_i64(s, 1, seen->no);
	sqlite_bind_i64(s, 2, seen->version);
	sqlite_bind_i64(s, 3, INT32_MAX);
	return sqlite_run(s, err);
}

int archive_rendered(struct archive *a, const struct archive_chat *seen,
	const struct archive_render *files, size_t count, struct tobs_err *err)
{
	int r = sqlite_begin(a->db, err);

	if (r)
		return r;
	for (size_t i = 0; !r && i < count; i++)
		r = put_file(a, seen ? seen->no : 0, &files[i], err);
	if (!r && seen)
		r = settle(a, seen, err);
	return archive_end(a, r, err);
}
