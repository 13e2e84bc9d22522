/* SPDX-License-Identifier: MIT */
/* Who filled the archive, what each run did, and what failed. */
#include "archive/impl.h"

int archive_account_put(struct archive *a, int64_t id, struct tobs_view name,
	struct tobs_view username, struct tobs_err *err)
{
	struct sqlite_stmt *s;
	int r = sqlite_cached(
		a->db, "INSERT OR REPLACE INTO accounts VALUES(?1, ?2, ?3, ?4)", &s, err);

	if (r)
		return r;
	sqlite_bind_i64(s, 1, id);
	sqlite_bind_text(s, 2, name);
	sqlite_bind_text_or_null(s, 3, username);
	sqlite_bind_i64(s, 4, archive_now());
	return sqlite_run(s, err);
}

int archive_run_begin(struct archive *a, struct tobs_view arguments, int64_t now, int64_t *ret_run,
	struct tobs_err *err)
{
	struct sqlite_stmt *s;
	int r = sqlite_cached(a->db, "INSERT INTO runs(began, arguments) VALUES(?1, ?2)", &s, err);

	if (r)
		return r;
	sqlite_bind_i64(s, 1, now);
	sqlite_bind_text_or_null(s, 2, arguments);
	r = sqlite_run(s, err);
	if (!r)
		*ret_run = sqlite_last_id(a->db);
	return r;
}

int archive_run_end(struct archive *a, int64_t run, struct tobs_view result_json, int64_t now,
	struct tobs_err *err)
{
	struct sqlite_stmt *s;
	int r = sqlite_cached(
		a->db, "UPDATE runs SET ended = ?2, result = ?3 WHERE id = ?1", &s, err);

	if (r)
		return r;
	sqlite_bind_i64(s, 1, run);
	sqlite_bind_i64(s, 2, now);
	sqlite_bind_text_or_null(s, 3, result_json);
	return sqlite_run(s, err);
}

int archive_failure(struct archive *a, int64_t run, struct tobs_view target, int code,
	struct tobs_view message, struct tobs_err *err)
{
	struct sqlite_stmt *s;
	int r = sqlite_cached(a->db,
		code ? "INSERT OR REPLACE INTO failures VALUES(?1, ?2, ?3, ?4)"
		     : "DELETE FROM failures WHERE target = ?2",
		&s, err);

	if (r)
		return r;
	if (code) {
		sqlite_bind_i64(s, 1, run);
		sqlite_bind_i64(s, 3, code);
		sqlite_bind_text(s, 4, message);
	}
	sqlite_bind_text(s, 2, target);
	return sqlite_run(s, err);
}
