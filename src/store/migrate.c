/* SPDX-License-Identifier: MIT */
#include "store/migrate.h"

#include <stdio.h>

static int version_of(struct sqlite *db, int64_t *ret, struct tobs_err *err)
{
	return sqlite_get_i64(db, "PRAGMA user_version", ret, err);
}

/* Inside the transaction: another process may have taken the step meanwhile. */
static int take(struct sqlite *db, const struct migration *step, void *user, struct tobs_err *err)
{
	char sql[64];
	int64_t have;
	int r = version_of(db, &have, err);

	if (r || have >= step->version)
		return r;
	if (step->sql)
		r = sqlite_exec(db, step->sql, err);
	if (!r && step->run)
		r = step->run(db, user, err);
	if (r)
		return r;
	snprintf(sql, sizeof sql, "PRAGMA user_version=%d", step->version);
	return sqlite_exec(db, sql, err);
}

int migrate(struct sqlite *db, const struct migration *steps, size_t count, void *user,
	struct tobs_err *err)
{
	int64_t have;
	int known = count ? steps[count - 1].version : 0, r = version_of(db, &have, err);

	if (r)
		return r;
	if (have > known)
		return tobs_fail(err, TOBS_EUNSUPPORTED,
			"%s: made by a newer tobs (its version is %lld, this tobs knows %d)",
			sqlite_path(db), (long long)have, known);
	if (have < known && sqlite_is_read_only(db))
		return tobs_fail(err, TOBS_EUNSUPPORTED,
			"%s: made by an older tobs; it must be opened for writing once",
			sqlite_path(db));
	for (size_t i = 0; i < count; i++) {
		if (steps[i].version <= have)
			continue;
		r = sqlite_begin(db, err);
		if (r)
			return r;
		r = take(db, &steps[i], user, err);
		if (!r) {
			r = sqlite_commit(db, err);
			if (r)
				return r;
			continue;
		}
		sqlite_rollback(db);
		tobs_err_context(err, "bringing it to version %d", steps[i].version);
		return r;
	}
	return TOBS_OK;
}
