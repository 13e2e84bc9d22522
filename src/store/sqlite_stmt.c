/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "base/alloc.h"
#include "store/sqlite_impl.h"

int sqlite_prepare(
	struct sqlite *db, const char *sql, struct sqlite_stmt **ret, struct tobs_err *err)
{
	struct sqlite_stmt *s = MEM_NEW(struct sqlite_stmt);
	int rc;

	if (!s)
		return tobs_fail(err, TOBS_ENOMEM, "%s: out of memory", db->path);
	s->db = db;
	rc = sqlite3_prepare_v3(db->raw, sql, -1, SQLITE_PREPARE_PERSISTENT, &s->raw, NULL);
	if (rc) {
		mem_free(s);
		return sqlite_fail(db, rc, err);
	}
	*ret = s;
	return TOBS_OK;
}

void sqlite_finalize(struct sqlite_stmt *s)
{
	if (!s)
		return;
	sqlite3_finalize(s->raw);
	mem_free(s);
}

int sqlite_cached(
	struct sqlite *db, const char *sql, struct sqlite_stmt **ret, struct tobs_err *err)
{
	struct sqlite_stmt *s = map_get(&db->cached, (uintptr_t)sql);
	int r;

	if (LIKELY(s)) {
		sqlite_reset(s);
		*ret = s;
		return TOBS_OK;
	}
	r = sqlite_prepare(db, sql, &s, err);
	if (r)
		return r;
	r = map_put(&db->cached, (uintptr_t)sql, s);
	if (r) {
		sqlite_finalize(s);
		return tobs_fail(err, r, "%s: out of memory", db->path);
	}
	*ret = s;
	return TOBS_OK;
}

static inline void bound(struct sqlite_stmt *s, int rc)
{
	/* Binding while rows are under way is a mistake of ours. */
	assert((rc & 0xff) != SQLITE_MISUSE && rc != SQLITE_RANGE);
	if (UNLIKELY(rc) && !s->bind_rc)
		s->bind_rc = rc;
}

void sqlite_bind_i64(struct sqlite_stmt *s, int i, int64_t value)
{
	bound(s, sqlite3_bind_int64(s->raw, i, value));
}

void sqlite_bind_double(struct sqlite_stmt *s, int i, double value)
{
	bound(s, sqlite3_bind_double(s->raw, i, value));
}

void sqlite_bind_text(struct sqlite_stmt *s, int i, struct tobs_view text)
{
	/* A NULL pointer would bind NULL. */
	const char *p = text.len ? (const char *)text.ptr : "";

	bound(s, sqlite3_bind_text64(s->raw, i, p, text.len, SQLITE_STATIC, SQLITE_UTF8));
}

void sqlite_bind_blob(struct sqlite_stmt *s, int i, struct tobs_view bytes)
{
	const void *p = bytes.len ? (const void *)bytes.ptr : "";

	bound(s, sqlite3_bind_blob64(s->raw, i, p, bytes.len, SQLITE_STATIC));
}

void sqlite_bind_null(struct sqlite_stmt *s, int i)
{
	bound(s, sqlite3_bind_null(s->raw, i));
}

void sqlite_bind_i64_or_null(struct sqlite_stmt *s, int i, int64_t value)
{
	if (value)
		sqlite_bind_i64(s, i, value);
	else
		sqlite_bind_null(s, i);
}

void sqlite_bind_text_or_null(struct sqlite_stmt *s, int i, struct tobs_view text)
{
	if (text.len)
		sqlite_bind_text(s, i, text);
	else
		sqlite_bind_null(s, i);
}

void sqlite_bind_blob_or_null(struct sqlite_stmt *s, int i, struct tobs_view bytes)
{
	if (bytes.len)
		sqlite_bind_blob(s, i, bytes);
	else
		sqlite_bind_null(s, i);
}

void sqlite_reset(struct sqlite_stmt *s)
{
	if (!s || !s->stepped)
		return;
	s->stepped = false;
	sqlite3_reset(s->raw);
}

int sqlite_step(struct sqlite_stmt *s, bool *ret_row, struct tobs_err *err)
{
	int rc = s->bind_rc, r = sqlite_admit(s->db, err);

	s->bind_rc = SQLITE_OK;
	if (UNLIKELY(r)) {
		sqlite_reset(s);
		return r;
	}
	if (UNLIKELY(rc)) {
		sqlite_reset(s);
		return sqlite_fail(s->db, rc, err);
	}
	s->stepped = true;
	errno = 0;
	rc = sqlite3_step(s->raw);
	if (LIKELY(rc == SQLITE_ROW)) {
		*ret_row = true;
		return TOBS_OK;
	}
	if (LIKELY(rc == SQLITE_DONE)) {
		sqlite_reset(s);
		*ret_row = false;
		return TOBS_OK;
	}
	r = sqlite_failed(s->db, sqlite_fail(s->db, rc, err));
	sqlite_reset(s);
	return r;
}

int sqlite_run(struct sqlite_stmt *s, struct tobs_err *err)
{
	bool row = true;
	int r = TOBS_OK;

	while (!r && row)
		r = sqlite_step(s, &row, err);
	return r;
}

int64_t sqlite_col_i64(struct sqlite_stmt *s, int i)
{
	return sqlite3_column_int64(s->raw, i);
}

double sqlite_col_double(struct sqlite_stmt *s, int i)
{
	return sqlite3_column_double(s->raw, i);
}

struct tobs_view sqlite_col_text(struct sqlite_stmt *s, int i)
{
	return sqlite_col_blob(s, i);
}

/*
 * For text as well: in a UTF-8 database its bytes are what sqlite3_column_text()
 * gives, without the detour over a terminating zero. The length is asked for
 * second, since the first call may convert a number.
 */
struct tobs_view sqlite_col_blob(struct sqlite_stmt *s, int i)
{
	const void *p = sqlite3_column_blob(s->raw, i);

	return tobs_view(p, p ? (size_t)sqlite3_column_bytes(s->raw, i) : 0);
}

bool sqlite_col_is_null(struct sqlite_stmt *s, int i)
{
	return sqlite3_column_type(s->raw, i) == SQLITE_NULL;
}
