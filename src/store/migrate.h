/* SPDX-License-Identifier: MIT */
/*
 * Schema migrations of an SQLite file. A table lists every step from the first
 * version on; a file's version is its PRAGMA user_version, 0 when new. Each
 * missing step runs in one transaction with the change of that number, so a
 * file is always of exactly one version, whatever happens in between.
 *
 * Steps are never edited once released: a new version is a new step.
 */
#ifndef STORE_MIGRATE_H
#define STORE_MIGRATE_H

#include "store/sqlite.h"

struct migration {
	int version;     /* after this step; ascending through the table, from 1 */
	const char *sql; /* a script, or NULL */
	int (*run)(struct sqlite *db, void *user, struct tobs_err *err); /* after it, or NULL */
};

/*
 * Brings the file up to the last version of the table. TOBS_EUNSUPPORTED when
 * it is of a later one ("made by a newer tobs") or, on a read-only connection,
 * of an earlier one; what the steps return otherwise.
 */
int migrate(struct sqlite *db, const struct migration *steps, size_t count, void *user,
	struct tobs_err *err);

#endif
