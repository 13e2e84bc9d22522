/* SPDX-License-Identifier: MIT */
/* Photos and documents: what they are, and whether they are here. */
#include "archive/impl.h"
#include "base/map.h"

enum {
	FILE_COMPLETE = 2, /* files.state: 0 known, 1 begun, 2 complete */
	FILE_COLUMNS = 9,  /* that are written here */
};

/*
 * The reference is not part of it: each message has a reference of its own for
 * the same sticker, and any fresh one will do.
 */
static uint64_t content_hash(const struct archive_file *f)
{
	const struct tobs_view parts[] = { f->size_letter, f->mime, f->name };
	uint64_t h = hash_u64((uint64_t)f->access_hash ^ hash_u64((uint64_t)f->size));

	h = hash_u64(h ^ (uint64_t)f->dc);
	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		h = hash_u64(h ^ hash_bytes(parts[i].ptr, parts[i].len));
	return h;
}

/* Whether the file has to be written; it counts as written from here on. */
static bool is_news(struct archive *a, const struct archive_file *f)
{
	uint64_t key = hash_u64((uint64_t)f->id ^ (f->photo ? 1ull << 63 : 0));
	uint64_t content = content_hash(f);

	if (seen_has(&a->files, key, content))
		return false;
	seen_put(&a->files, key, content);
	return true;
}

static void bind_file(struct sqlite_stmt *s, int at, const struct archive_file *f)
{
	sqlite_bind_i64(s, at, f->photo);
	sqlite_bind_i64(s, at + 1, f->id);
	sqlite_bind_i64(s, at + 2, f->dc);
	sqlite_bind_i64(s, at + 3, f->access_hash);
	sqlite_bind_blob_or_null(s, at + 4, f->reference);
	sqlite_bind_text_or_null(s, at + 5, f->size_letter);
	sqlite_bind_i64(s, at + 6, f->size);
	sqlite_bind_text_or_null(s, at + 7, f->mime);
	sqlite_bind_text_or_null(s, at + 8, f->name);
}

#define ROW "(?, ?, ?, ?, ?, ?, ?, ?, ?)"
#define INSERT(rows)                                                                         \
	"INSERT INTO files(photo, id, dc, access_hash, reference, letter, size, mime, name)" \
	" VALUES" rows " ON CONFLICT DO UPDATE SET dc = excluded.dc,"                        \
	" access_hash = excluded.access_hash, reference = excluded.reference,"               \
	" letter = excluded.letter, size = excluded.size, mime = excluded.mime,"             \
	" name = excluded.name"

/* `n` is ROWS, or anything below. */
static int write_files(
	struct archive *a, const struct archive_file *const *files, int n, struct tobs_err *err)
{
	static const char many[] = INSERT(TIMES_16(ROW)), one[] = INSERT(ROW);
	bool full = n == ROWS;
	struct sqlite_stmt *s;
	int r = sqlite_cached(a->db, full ? many : one, &s, err);

	if (r)
		return r;
	for (int i = 0; !r && i < n; i++) {
		bind_file(s, full ? i * FILE_COLUMNS + 1 : 1, files[i]);
		if (!full || i == ROWS - 1)
			r = sqlite_run(s, err);
	}
	return r;
}

int files_put(struct archive *a, const struct archive_file *files, size_t n, struct tobs_err *err)
{
	const struct archive_file *waiting[ROWS];
	int count = 0, r = TOBS_OK;

	for (size_t i = 0; !r && i < n; i++) {
		if (!is_news(a, &files[i]))
			continue;
		waiting[count++] = &files[i];
		if (count < ROWS)
			continue;
		r = write_files(a, waiting, count, err);
		count = 0;
	}
	return r ? r : write_files(a, waiting, count, err);
}

int archive_file_get(struct archive *a, bool photo, int64_t id, struct archive_file_state *ret,
	struct tobs_err *err)
{
	struct sqlite_stmt *s;
	bool row;
	int r = sqlite_cached(a->db,
		"SELECT dc, access_hash, reference, letter, size, mime, name, state, path, error"
		" FROM files WHERE photo = ?1 AND id = ?2",
		&s, err);

	if (r)
		return r;
	sqlite_bind_i64(s, 1, photo);
	sqlite_bind_i64(s, 2, id);
	r = sqlite_step(s, &row, err);
	if (r)
		return r;
	if (!row)
		return tobs_fail(err, TOBS_ENOTFOUND, "%s %lld is not in the archive",
			photo ? "photo" : "document", (long long)id);
	/* The statement stays on the row until it is used again. */
	*ret = (struct archive_file_state){
		.file = {
			.photo = photo,
			.id = id,
			.dc = (int)sqlite_col_i64(s, 0),
			.access_hash = sqlite_col_i64(s, 1),
			.reference = sqlite_col_blob(s, 2),
			.size_letter = sqlite_col_text(s, 3),
			.size = sqlite_col_i64(s, 4),
			.mime = sqlite_col_text(s, 5),
			.name = sqlite_col_text(s, 6),
		},
		.complete = sqlite_col_i64(s, 7) == FILE_COMPLETE,
		.path = sqlite_col_text(s, 8),
		.error = sqlite_col_text(s, 9),
	};
	return TOBS_OK;
}
