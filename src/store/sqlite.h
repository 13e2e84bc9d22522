/* SPDX-License-Identifier: MIT */
/*
 * SQLite, the way the rest of tobs uses it: a connection, prepared statements
 * with views in and out, transactions that nest, and failures as TOBS_ codes
 * with words a person understands. Only src/store/ includes <sqlite3.h>.
 *
 *     struct sqlite *db;
 *     struct sqlite_stmt *s;
 *     bool row;
 *
 *     r = sqlite_open(&db, path, &(struct sqlite_options){ .what = "archive" }, err);
 *     r = sqlite_cached(db, "SELECT name FROM peers WHERE id = ?1", &s, err);
 *     sqlite_bind_i64(s, 1, id);
 *     r = sqlite_step(s, &row, err);
 *     if (!r && row)
 *             use(sqlite_col_text(s, 0));
 *     sqlite_reset(s);
 *     sqlite_close(db);
 *
 * Every call works at once and may wait for the disk: on a fiber, call from
 * the worker pool. A connection and its statements belong to one thread at a
 * time. Two connections to one file may be used by two threads.
 *
 * Codes, for everything below that takes an err: TOBS_ENOSPC the disk, the
 * quota, or the largest allowed file is full; TOBS_ELOCKED another connection
 * or process holds the file; TOBS_EPERM it may not be written or read;
 * TOBS_ENOTFOUND it does not exist; TOBS_EDB it is damaged or no SQLite
 * database; TOBS_EUNSUPPORTED it is another program's, or a newer tobs made it;
 * TOBS_EEXISTS a UNIQUE or PRIMARY KEY constraint; TOBS_EINVAL another
 * constraint; TOBS_ETOOBIG a value above SQLite's limit; TOBS_EIO; TOBS_ENOMEM;
 * TOBS_ECANCELED a read went on after its transaction was rolled back;
 * TOBS_EINTERNAL a mistake of ours (bad SQL). err->sys is SQLite's own extended
 * result code.
 */
#ifndef STORE_SQLITE_H
#define STORE_SQLITE_H

#include <stdbool.h>
#include <tobs/err.h>
#include <tobs/view.h>

struct sqlite;
struct sqlite_stmt;

struct sqlite_options {
	const char *
		what; /* what the file is called in messages: "archive", "session"; NULL: "database" */

	/*
	 * Written into a new file and demanded of an old one, so that another
	 * program's database is refused (TOBS_EUNSUPPORTED) and left as it is.
	 * A file without any table counts as new. 0: not looked at.
	 */
	uint32_t application_id;

	bool read_only;     /* nothing is ever written; the file must exist */
	bool existing;      /* the file must exist */
	bool private_file;  /* created with mode 0600, and set to it when others may read it */
	bool wal;           /* write-ahead log: readers go on while one writes */
	bool exclusive;     /* other connections and processes are refused while this one is open */
	bool durable;       /* a commit survives a power failure; without, a crash of tobs only */
	bool erase;         /* overwrite with zeros what is deleted */
	int busy_ms;        /* how long to wait for another connection before TOBS_ELOCKED */
	size_t page_bytes;  /* of a new file: a power of two, 512 … 65536; 0: SQLite's default */
	size_t cache_bytes; /* page cache, at most; 0: SQLite's default */
	size_t mmap_bytes;  /* of the file mapped into memory, at most */
	size_t wal_bytes; /* the log is worked into the file at this length; 0: SQLite's default */
};

/*
 * Opens or creates the file at `path`; NULL for a database in memory. Options
 * may be NULL. A file whose directory cannot be written and that has no log
 * beside it can still be opened read_only; it is then taken not to change
 * while it is open. A damaged file is noticed here if its head is damaged,
 * later otherwise.
 */
int sqlite_open(struct sqlite **ret, const char *path, const struct sqlite_options *options,
	struct tobs_err *err);

/*
 * Rolls back what was not committed and closes. Statements of sqlite_prepare()
 * must be gone; cached ones are freed. NULL is fine.
 */
void sqlite_close(struct sqlite *db);

/* Runs the statements of a script one after the other; rows are dropped. */
int sqlite_exec(struct sqlite *db, const char *sql, struct tobs_err *err);

/* The first column of the first row; TOBS_ENOTFOUND when there is no row. */
int sqlite_get_i64(struct sqlite *db, const char *sql, int64_t *ret, struct tobs_err *err);

/*
 * Transactions. The outermost takes the write lock at once (BEGIN IMMEDIATE),
 * so TOBS_ELOCKED comes from sqlite_begin() and not in the middle; inner ones
 * are savepoints. Each begin is ended by one commit or rollback. A failed
 * commit ended its transaction: what it held is rolled back. Some failures (a
 * full disk) make SQLite itself roll back everything; statements then fail with
 * the same code until the outermost transaction is ended. On a read-only
 * connection a transaction is a snapshot for reading.
 */
int sqlite_begin(struct sqlite *db, struct tobs_err *err);
int sqlite_commit(struct sqlite *db, struct tobs_err *err);
void sqlite_rollback(struct sqlite *db);

/* How many transactions are open inside one another. */
int sqlite_depth(const struct sqlite *db);

/* Works the log into the file and empties it, as far as readers permit. */
int sqlite_checkpoint(struct sqlite *db, struct tobs_err *err);

/* Rows changed by the statement that ran last, and the rowid it inserted. */
int64_t sqlite_changes(const struct sqlite *db);
int64_t sqlite_last_id(const struct sqlite *db);

/* The file's path as given; ":memory:" without. Lives as long as the connection. */
const char *sqlite_path(const struct sqlite *db);
bool sqlite_is_read_only(const struct sqlite *db);

/*
 * A statement of the caller's, freed with sqlite_finalize() before the
 * connection is closed. `sql` holds exactly one statement.
 */
int sqlite_prepare(
	struct sqlite *db, const char *sql, struct sqlite_stmt **ret, struct tobs_err *err);
void sqlite_finalize(struct sqlite_stmt *s); /* NULL is fine */

/*
 * A statement the connection keeps: prepared when `sql`, a string in static
 * storage, is seen for the first time, found by its address from then on. Comes
 * without rows under way; its bindings are those of its last use. Whoever gets
 * it resets it before anyone else may ask for the same one.
 */
int sqlite_cached(
	struct sqlite *db, const char *sql, struct sqlite_stmt **ret, struct tobs_err *err);

/*
 * Parameters are numbered from 1 and keep their values until they are bound
 * anew. Bytes are not copied: they must stay until the statement is stepped for
 * the last time. A failure to bind shows in the next step. Binding is allowed
 * before the first step and after a reset or the end of the rows.
 */
void sqlite_bind_i64(struct sqlite_stmt *s, int i, int64_t value);
void sqlite_bind_double(struct sqlite_stmt *s, int i, double value);
void sqlite_bind_text(
	struct sqlite_stmt *s, int i, struct tobs_view text); /* "" for the empty view */
void sqlite_bind_blob(struct sqlite_stmt *s, int i, struct tobs_view bytes);
void sqlite_bind_null(struct sqlite_stmt *s, int i);

/* NULL for 0 and for the empty view: for columns in which nothing means nothing. */
void sqlite_bind_i64_or_null(struct sqlite_stmt *s, int i, int64_t value);
void sqlite_bind_text_or_null(struct sqlite_stmt *s, int i, struct tobs_view text);
void sqlite_bind_blob_or_null(struct sqlite_stmt *s, int i, struct tobs_view bytes);

/*
 * Goes to the next row: *ret_row tells whether there is one. At the end and on
 * failure the statement is reset, and the next step begins anew.
 */
int sqlite_step(struct sqlite_stmt *s, bool *ret_row, struct tobs_err *err);

/* Runs a statement to its end and drops its rows. */
int sqlite_run(struct sqlite_stmt *s, struct tobs_err *err);

/* Ends the rows under way; cheap when there are none. NULL is fine. */
void sqlite_reset(struct sqlite_stmt *s);

/*
 * Columns of the present row, numbered from 0. NULL is 0, 0.0 and the empty
 * view. Views live until the statement is stepped, reset or finalized; they may
 * hold zero bytes.
 */
int64_t sqlite_col_i64(struct sqlite_stmt *s, int i);
double sqlite_col_double(struct sqlite_stmt *s, int i);
struct tobs_view sqlite_col_text(struct sqlite_stmt *s, int i);
struct tobs_view sqlite_col_blob(struct sqlite_stmt *s, int i);
bool sqlite_col_is_null(struct sqlite_stmt *s, int i);

/*
 * For tests: asked before every step and every script statement, commits
 * included, of every connection; a TOBS_ code other than TOBS_OK makes that one
 * fail with it. `nth` counts from 0 since the gate was set. NULL switches it
 * off. Set it only while one thread runs.
 */
typedef int (*sqlite_gate_fn)(uint64_t nth, void *user);
void sqlite_set_gate(sqlite_gate_fn gate, void *user);

/*
 * Makes SQLite take its memory through base/alloc.h. For the whole process and
 * before anything else uses SQLite, so it is for programs and tests, never for
 * the library. TOBS_EINVAL when SQLite runs already.
 */
int sqlite_use_mem(void);

#endif
