/* SPDX-License-Identifier: MIT */
#include "store/sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <tobs/buf.h>
#include <unistd.h>

#include "base/alloc.h"
#include "store/sqlite_impl.h"

enum { PRAGMA_MAX = 96 };

/* The statements a transaction cannot do without are prepared before it begins. */
static const char BEGIN[] = "BEGIN IMMEDIATE", COMMIT[] = "COMMIT", ROLLBACK[] = "ROLLBACK";
static const char SAVE[] = "SAVEPOINT t", RELEASE[] = "RELEASE t", BACK[] = "ROLLBACK TO t";

/* Steps one of the statements prepared at the start; past the gate. */
static int step_raw(struct sqlite *db, const char *sql)
{
	struct sqlite_stmt *s = map_get(&db->cached, (uintptr_t)sql);
	int rc;

	errno = 0;
	rc = sqlite3_step(s->raw);
	sqlite3_reset(s->raw);
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

static int pragma_i64(struct sqlite *db, const char *name, int64_t value, struct tobs_err *err)
{
	char sql[PRAGMA_MAX];

	snprintf(sql, sizeof sql, "PRAGMA %s=%lld", name, (long long)value);
	return sqlite_exec(db, sql, err);
}

static int chmod_private(const char *path, const char *suffix)
{
	struct tobs_buf name;
	int r;

	tobs_buf_init(&name, 65536);
	tobs_buf_puts(&name, path);
	r = tobs_buf_puts(&name, suffix);
	if (!r && chmod(tobs_buf_str(&name), 0600) && errno != ENOENT)
		r = TOBS_EPERM;
	tobs_buf_deinit(&name);
	return r;
}

/*
 * Creates the file with its mode, or tightens the mode of one that is there.
 * An existing file is not opened for that: closing it would drop the locks
 * that other connections of this process hold on it.
 */
static int make_file(const char *path, const struct sqlite_options *o, struct tobs_err *err)
{
	static const char *const suffixes[] = { "", "-wal", "-shm", "-journal" };
	struct stat st;
	int fd = -1, r;

	if (!o->existing && !o->read_only)
		fd = open(
			path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, o->private_file ? 0600 : 0666);
	if (fd >= 0)
		close(fd);
	if (stat(path, &st)) {
		int code = errno == ENOENT || errno == ENOTDIR ? TOBS_ENOTFOUND : TOBS_EPERM;

		return tobs_fail_sys(err, code, errno, "%s", path);
	}
	if (!S_ISREG(st.st_mode))
		return tobs_fail(err, TOBS_EDB, "%s: this is not a file", path);
	if (!o->private_file || o->read_only || !(st.st_mode & 077))
		return TOBS_OK;
	for (size_t i = 0; i < ARRAY_LEN(suffixes); i++) {
		r = chmod_private(path, suffixes[i]);
		if (r)
			return tobs_fail(
				err, r, "%s: others may read it, and that cannot be changed", path);
	}
	return TOBS_OK;
}

/* "file:…?immutable=1": a name by which SQLite reads a file without locks or a log. */
static char *immutable_uri(const char *path)
{
	struct tobs_buf uri;
	char *copy = NULL;

	tobs_buf_init(&uri, 65536);
	tobs_buf_puts(&uri, "file:");
	for (; *path; path++) {
		if (*path == '%' || *path == '?' || *path == '#')
			tobs_buf_printf(&uri, "%%%02x", (unsigned char)*path);
		else
			tobs_buf_putc(&uri, *path);
	}
	if (!tobs_buf_puts(&uri, "?immutable=1"))
		copy = mem_strdup(tobs_buf_str(&uri));
	tobs_buf_deinit(&uri);
	return copy;
}

static bool has_log(const char *path)
{
	struct tobs_buf name;
	struct stat st;
	bool has;

	tobs_buf_init(&name, 65536);
	tobs_buf_puts(&name, path);
	has = tobs_buf_puts(&name, "-wal") || (stat(tobs_buf_str(&name), &st) == 0 && st.st_size);
	tobs_buf_deinit(&name);
	return has;
}

static int open_raw(struct sqlite *db, bool immutable, struct tobs_err *err)
{
	/* What SQLite would take for a URI or for memory is the name of a file to us. */
	const char *prefix = db->path[0] == ':' || strncmp(db->path, "file:", 5) == 0 ? "./" : "";
	int flags = (db->read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE) |
		SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
	struct tobs_buf name;
	char *uri = NULL;
	int rc = SQLITE_NOMEM;

	tobs_buf_init(&name, 65536);
	tobs_buf_puts(&name, prefix);
	if (tobs_buf_puts(&name, db->path))
		goto out;
	if (immutable) {
		uri = immutable_uri(tobs_buf_str(&name));
		if (!uri)
			goto out;
		flags |= SQLITE_OPEN_URI;
	}
	rc = sqlite3_open_v2(uri ? uri : tobs_buf_str(&name), &db->raw, flags, NULL);
out:
	mem_free(uri);
	tobs_buf_deinit(&name);
	return rc ? sqlite_fail(db, rc, err) : TOBS_OK;
}

static int open_memory(struct sqlite *db, struct tobs_err *err)
{
	int rc = sqlite3_open_v2(":memory:", &db->raw,
		SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);

	return rc ? sqlite_fail(db, rc, err) : TOBS_OK;
}

/* *ret_new: there is no table and no id in it yet. The first read of the file happens here. */
static int identify(struct sqlite *db, uint32_t wanted, bool *ret_new, struct tobs_err *err)
{
	int64_t id, tables = 0;
	int r, rc = step_raw(db, SAVE); /* both from one snapshot */

	if (rc)
		return sqlite_fail(db, rc, err);
	r = sqlite_get_i64(db, "PRAGMA application_id", &id, err);
	if (!r)
		r = sqlite_get_i64(db, "SELECT count(*) FROM sqlite_schema", &tables, err);
	rc = step_raw(db, RELEASE);
	if (!r && rc)
		r = sqlite_fail(db, rc, err);
	if (r)
		return r;
	*ret_new = id == 0 && tables == 0;
	if (wanted && !*ret_new && (uint32_t)id != wanted)
		return tobs_fail(err, TOBS_EUNSUPPORTED,
			"%s: this is an SQLite database of another program, not a tobs %s",
			db->path, db->what);
	return TOBS_OK;
}

/* Looks again under the write lock: two programs may be creating the file at once. */
static int claim(struct sqlite *db, uint32_t id, struct tobs_err *err)
{
	bool fresh;
	int r = sqlite_begin(db, err);

	if (r)
		return r;
	r = identify(db, id, &fresh, err);
	if (!r && fresh)
		r = pragma_i64(db, "application_id", (int32_t)id, err);
	if (!r)
		return sqlite_commit(db, err);
	sqlite_rollback(db);
	return r;
}

static int set_caches(struct sqlite *db, const struct sqlite_options *o, struct tobs_err *err)
{
	int r = TOBS_OK;

	if (o->cache_bytes)
		r = pragma_i64(db, "cache_size", -(int64_t)(o->cache_bytes / 1024), err);
	if (!r)
		r = pragma_i64(db, "mmap_size", (int64_t)o->mmap_bytes, err);
	if (!r)
		r = pragma_i64(db, "secure_delete", o->erase, err);
	/* The file may come from anywhere: its schema calls no functions, its pages are looked at. */
	if (!r)
		r = sqlite_exec(db, "PRAGMA trusted_schema=0; PRAGMA cell_size_check=1", err);
	return r;
}

/* SQLite does not wait for others by itself when the kind of log is changed. */
static int switch_to_log(struct sqlite *db, int busy_ms, struct tobs_err *err)
{
	enum { NAP_MS = 10 };
	int r = sqlite_exec(db, "PRAGMA journal_mode=WAL", err);

	for (int waited = 0; r == TOBS_ELOCKED && waited < busy_ms; waited += NAP_MS) {
		sqlite3_sleep(NAP_MS);
		r = sqlite_exec(db, "PRAGMA journal_mode=WAL", err);
	}
	return r;
}

static int set_log(struct sqlite *db, const struct sqlite_options *o, struct tobs_err *err)
{
	int64_t page = 4096;
	int r = sqlite_get_i64(db, "PRAGMA page_size", &page, err);

	if (!r && o->wal)
		r = switch_to_log(db, o->busy_ms, err);
	if (!r && o->wal_bytes)
		r = pragma_i64(db, "wal_autocheckpoint", (int64_t)o->wal_bytes / page, err);
	if (!r)
		r = sqlite_exec(db,
			o->durable ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL", err);
	/* The log's file shrinks to this after a burst. */
	if (!r && o->wal_bytes)
		r = pragma_i64(db, "journal_size_limit", (int64_t)o->wal_bytes, err);
	return r;
}

static int prepare_transactions(struct sqlite *db, struct tobs_err *err)
{
	const char *const needed[] = { BEGIN, COMMIT, ROLLBACK, SAVE, RELEASE, BACK };
	struct sqlite_stmt *s;
	int r = TOBS_OK;

	for (size_t i = 0; !r && i < ARRAY_LEN(needed); i++)
		r = sqlite_cached(db, needed[i], &s, err);
	return r;
}

static int set_up(struct sqlite *db, const struct sqlite_options *o, struct tobs_err *err)
{
	bool fresh = false;
	int r;

	sqlite3_busy_timeout(db->raw, o->busy_ms);
	r = prepare_transactions(db, err);
	if (!r && o->exclusive && !db->read_only)
		r = sqlite_exec(db, "PRAGMA locking_mode=EXCLUSIVE", err);
	if (!r && o->page_bytes)
		r = pragma_i64(db, "page_size", (int64_t)o->page_bytes, err);
	if (!r)
		r = set_caches(db, o, err);
	if (!r)
		r = identify(db, o->application_id, &fresh, err);
	if (r || db->read_only)
		return r;
	if (fresh && o->application_id)
		r = claim(db, o->application_id, err);
	if (!r)
		r = set_log(db, o, err);
	/* Otherwise the lock would be taken by the first write only. */
	if (!r && o->exclusive)
		r = sqlite_exec(db, "BEGIN EXCLUSIVE; COMMIT", err);
	return r;
}

static void close_raw(struct sqlite *db)
{
	int rc;

	MAP_EACH (slot, &db->cached)
		sqlite_finalize(slot->value);
	map_deinit(&db->cached);
	rc = sqlite3_close(db->raw);
	assert(rc == SQLITE_OK); /* a statement was not finalized */
	(void)rc;
	db->raw = NULL;
}

/*
 * The file is there, but what belongs beside it cannot be: without a log the
 * file is all there is to read.
 */
static int open_immutable(struct sqlite *db, const struct sqlite_options *o, struct tobs_err *err)
{
	int r;

	if (has_log(db->path))
		return tobs_fail(err, TOBS_EPERM,
			"%s: no permission to write to its directory, without which its log "
			"cannot be read",
			db->path);
	close_raw(db);
	r = open_raw(db, true, err);
	return r ? r : set_up(db, o, err);
}

int sqlite_open(struct sqlite **ret, const char *path, const struct sqlite_options *options,
	struct tobs_err *err)
{
	static const struct sqlite_options plain = { 0 };
	const struct sqlite_options *o = options ? options : &plain;
	struct sqlite *db = MEM_NEW(struct sqlite);
	bool opened;
	int r;

	if (!db)
		return tobs_fail(err, TOBS_ENOMEM, "out of memory");
	db->what = o->what ? o->what : "database";
	db->read_only = o->read_only;
	db->path = mem_strdup(path ? path : ":memory:");
	if (!db->path) {
		mem_free(db);
		return tobs_fail(err, TOBS_ENOMEM, "out of memory");
	}
	r = path ? make_file(path, o, err) : TOBS_OK;
	if (!r)
		r = path ? open_raw(db, false, err) : open_memory(db, err);
	opened = path && !r;
	if (!r)
		r = set_up(db, o, err);
	if (opened && db->read_only && (r == TOBS_EPERM || r == TOBS_ENOTFOUND || r == TOBS_EIO))
		r = open_immutable(db, o, err);
	if (r)
		sqlite_close(db);
	else
		*ret = db;
	return r;
}

void sqlite_close(struct sqlite *db)
{
	if (!db)
		return;
	close_raw(db);
	mem_free(db->path);
	mem_free(db);
}

int sqlite_exec(struct sqlite *db, const char *sql, struct tobs_err *err)
{
	while (*sql) {
		sqlite3_stmt *s = NULL;
		int r = sqlite_admit(db, err), rc;

		if (r)
			return r;
		rc = sqlite3_prepare_v2(db->raw, sql, -1, &s, &sql);
		if (rc)
			return sqlite_fail(db, rc, err);
		errno = 0;
		while (s && (rc = sqlite3_step(s)) == SQLITE_ROW)
			;
		if (s && rc != SQLITE_DONE)
			r = sqlite_failed(db, sqlite_fail(db, rc, err));
		sqlite3_finalize(s);
		if (r)
			return r;
	}
	return TOBS_OK;
}

int sqlite_get_i64(struct sqlite *db, const char *sql, int64_t *ret, struct tobs_err *err)
{
	struct sqlite_stmt *s;
	bool row = false;
	int r = sqlite_prepare(db, sql, &s, err);

	if (r)
		return r;
	r = sqlite_step(s, &row, err);
	if (!r && !row)
		r = tobs_fail(err, TOBS_ENOTFOUND, "%s: no row", db->path);
	if (!r)
		*ret = sqlite_col_i64(s, 0);
	sqlite_finalize(s);
	return r;
}

int sqlite_begin(struct sqlite *db, struct tobs_err *err)
{
	int r = sqlite_admit(db, err), rc;

	if (r)
		return r;
	rc = step_raw(db, db->depth ? SAVE : BEGIN);
	if (rc)
		return sqlite_failed(db, sqlite_fail(db, rc, err));
	db->depth++;
	return TOBS_OK;
}

int sqlite_commit(struct sqlite *db, struct tobs_err *err)
{
	int r = sqlite_admit(db, err), rc;

	assert(db->depth > 0);
	if (!r) {
		rc = step_raw(db, db->depth > 1 ? RELEASE : COMMIT);
		if (!rc) {
			db->depth--;
			return TOBS_OK;
		}
		r = sqlite_failed(db, sqlite_fail(db, rc, err));
	}
	sqlite_rollback(db);
	return r;
}

void sqlite_rollback(struct sqlite *db)
{
	assert(db->depth > 0);
	db->depth--;
	if (db->depth) {
		if (!db->lost && (step_raw(db, BACK) || step_raw(db, RELEASE)))
			db->lost = TOBS_ENOMEM;
		return;
	}
	if (!sqlite3_get_autocommit(db->raw))
		step_raw(db, ROLLBACK);
	/* Without memory even this can fail. What is left open then goes when the file is closed. */
	db->lost = sqlite3_get_autocommit(db->raw) ? TOBS_OK : TOBS_ENOMEM;
}

int sqlite_depth(const struct sqlite *db)
{
	return db->depth;
}

int sqlite_checkpoint(struct sqlite *db, struct tobs_err *err)
{
	int r = sqlite_admit(db, err), rc;

	if (r)
		return r;
	rc = sqlite3_wal_checkpoint_v2(db->raw, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	/* Readers in the way are no failure: the rest is done later. */
	if (rc && (rc & 0xff) != SQLITE_BUSY && (rc & 0xff) != SQLITE_LOCKED)
		return sqlite_fail(db, rc, err);
	return TOBS_OK;
}

int64_t sqlite_changes(const struct sqlite *db)
{
	return sqlite3_changes64(db->raw);
}

int64_t sqlite_last_id(const struct sqlite *db)
{
	return sqlite3_last_insert_rowid(db->raw);
}

const char *sqlite_path(const struct sqlite *db)
{
	return db->path;
}

bool sqlite_is_read_only(const struct sqlite *db)
{
	return db->read_only;
}

/* SQLite asks for the size of its allocations, so each one begins with it. */
enum { HEAD = 16 };

static void *heap_alloc(int n)
{
	int64_t *p = mem_alloc((size_t)n + HEAD);

	if (!p)
		return NULL;
	*p = n;
	return (uint8_t *)p + HEAD;
}

static void heap_free(void *p)
{
	mem_free(p ? (uint8_t *)p - HEAD : NULL);
}

static int heap_size(void *p)
{
	return p ? (int)*(int64_t *)(void *)((uint8_t *)p - HEAD) : 0;
}

static void *heap_realloc(void *p, int n)
{
	int64_t *grown = mem_realloc((uint8_t *)p - HEAD, (size_t)n + HEAD);

	if (!grown)
		return NULL;
	*grown = n;
	return (uint8_t *)grown + HEAD;
}

static int heap_round(int n)
{
	return (n + 7) & ~7;
}

static int heap_init(void *user)
{
	(void)user;
	return SQLITE_OK;
}

static void heap_shutdown(void *user)
{
	(void)user;
}

int sqlite_use_mem(void)
{
	static const sqlite3_mem_methods methods = { heap_alloc, heap_free, heap_realloc, heap_size,
		heap_round, heap_init, heap_shutdown, NULL };

	if (sqlite3_config(SQLITE_CONFIG_MALLOC, &methods))
		return TOBS_EINVAL;
	return sqlite3_initialize() ? TOBS_ENOMEM : TOBS_OK;
}
