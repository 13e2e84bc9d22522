/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>

#include "store/sqlite_impl.h"

static sqlite_gate_fn gate_fn;
static void *gate_user;
static uint64_t gate_count;

void sqlite_set_gate(sqlite_gate_fn gate, void *user)
{
	gate_count = 0;
	gate_user = user;
	gate_fn = gate;
}

int sqlite_admit(struct sqlite *db, struct tobs_err *err)
{
	int code;

	if (UNLIKELY(db->lost))
		return tobs_fail(err, db->lost, "%s: rolled back after an earlier failure (%s)",
			db->path, tobs_error_text(db->lost));
	if (LIKELY(!gate_fn))
		return TOBS_OK;
	code = gate_fn(gate_count++, gate_user);
	if (code)
		tobs_fail(err, code, "%s: %s", db->path, tobs_error_text(code));
	return code;
}

int sqlite_failed(struct sqlite *db, int code)
{
	if (db->depth && sqlite3_get_autocommit(db->raw))
		db->lost = code;
	return code;
}

/*
 * What the operating system said; 0 when the failure was SQLite's own. SQLite
 * does not note it when a commit fails; errno, cleared before, still has it.
 */
static int system_error(struct sqlite *db)
{
	int sys = db->raw ? sqlite3_system_errno(db->raw) : 0;

	return sys ? sys : errno;
}

static int from_errno(int sys)
{
	switch (sys) {
	case ENOSPC:
	case EDQUOT:
	case EFBIG: return TOBS_ENOSPC;
	case EACCES:
	case EPERM:
	case EROFS: return TOBS_EPERM;
	case ENOENT:
	case ENOTDIR: return TOBS_ENOTFOUND;
	case ENOMEM: return TOBS_ENOMEM;
	default: return TOBS_EIO;
	}
}

static int from_constraint(int rc)
{
	switch (rc) {
	case SQLITE_CONSTRAINT_UNIQUE:
	case SQLITE_CONSTRAINT_PRIMARYKEY:
	case SQLITE_CONSTRAINT_ROWID: return TOBS_EEXISTS;
	default: return TOBS_EINVAL;
	}
}

static int code_of(int rc, int sys)
{
	switch (rc & 0xff) {
	case SQLITE_OK: return TOBS_OK;
	case SQLITE_NOMEM: return TOBS_ENOMEM;
	case SQLITE_FULL: return TOBS_ENOSPC;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	case SQLITE_PROTOCOL: return TOBS_ELOCKED;
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_AUTH: return TOBS_EPERM;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_FORMAT: return TOBS_EDB;
	case SQLITE_IOERR: return rc == SQLITE_IOERR_NOMEM ? TOBS_ENOMEM : from_errno(sys);
	case SQLITE_CANTOPEN: return from_errno(sys);
	case SQLITE_CONSTRAINT: return from_constraint(rc);
	case SQLITE_TOOBIG: return TOBS_ETOOBIG;
	case SQLITE_INTERRUPT:
	case SQLITE_ABORT: return TOBS_ECANCELED;
	default: return TOBS_EINTERNAL;
	}
}

/* The sentence for a person; NULL where SQLite's own text says it best. */
static const char *words_of(int code, int rc)
{
	switch (code) {
	case TOBS_ENOMEM: return "out of memory";
	case TOBS_ENOSPC: return "the disk is full, or the file may not grow any further";
	case TOBS_ELOCKED: return "another program is using it";
	case TOBS_EPERM:
		return (rc & 0xff) == SQLITE_CANTOPEN ? "no permission to open it"
						      : "no permission to write to it";
	case TOBS_ENOTFOUND: return "there is no such file or directory";
	case TOBS_EDB:
		return (rc & 0xff) == SQLITE_NOTADB ? "this is not an SQLite database"
						    : "the file is damaged";
	default: return NULL;
	}
}

int sqlite_fail(struct sqlite *db, int rc, struct tobs_err *err)
{
	int sys = system_error(db), code = code_of(rc, sys);
	const char *words = words_of(code, rc);

	if (words)
		tobs_fail(err, code, "%s: %s", db->path, words);
	else if (code == TOBS_EIO && sys)
		tobs_fail_sys(err, code, sys, "%s", db->path);
	else
		tobs_fail(err, code, "%s: %s", db->path,
			db->raw ? sqlite3_errmsg(db->raw) : sqlite3_errstr(rc));
	if (err)
		err->sys = rc;
	return code;
}
