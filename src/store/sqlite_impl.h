/* SPDX-License-Identifier: MIT */
/* What sqlite.c, sqlite_stmt.c and sqlite_error.c share. */
#ifndef STORE_SQLITE_IMPL_H
#define STORE_SQLITE_IMPL_H

#include <sqlite3.h>

#include "base/attr.h"
#include "base/map.h"
#include "store/sqlite.h"

struct sqlite {
	sqlite3 *raw;
	char *path;
	const char *what;
	struct map cached; /* address of the SQL → struct sqlite_stmt */
	int depth;         /* open transactions */
	int lost; /* the failure on which SQLite itself rolled back; statements fail with it */
	bool read_only;
};

struct sqlite_stmt {
	sqlite3_stmt *raw;
	struct sqlite *db;
	int bind_rc;  /* the first failed binding since the last step */
	bool stepped; /* rows may be under way */
};

/*
 * The TOBS_ code for SQLite's result code `rc` of the connection's last call,
 * with its message in *err. `db->raw` may be NULL.
 */
int sqlite_fail(struct sqlite *db, int rc, struct tobs_err *err);

/*
 * Asked before a statement runs: the code a test wants, or the failure that
 * ended the transaction, or 0.
 */
int sqlite_admit(struct sqlite *db, struct tobs_err *err);

/* Called after a statement failed with `code`, which it returns: notices a lost transaction. */
int sqlite_failed(struct sqlite *db, int code);

#endif
