/* SPDX-License-Identifier: MIT */
#include "archive/archive.h"

#include <errno.h>
#include <sys/stat.h>
#include <tobs/buf.h>
#include <unistd.h>

#include "archive/impl.h"
#include "archive/schema.h"
#include "base/clock.h"
#include "base/file.h"
#include "store/lockfile.h"
#include "tobs_config.h"

enum {
	PATH_MAX_BYTES = 65536,
	BUSY_MS = 10000,       /* a reader that works the log in is done by then */
	PAGE_BYTES = 8192,     /* fewer pages to begin and to sum up than with 4096 */
	CACHE_BYTES = 6 << 20, /* of pages */
	LOG_BYTES = 16 << 20,  /* worked in once it is so long: about 80,000 messages */
	READ_CACHE_BYTES = 4 << 20,
};

/* ---- paths ---- */

static char *path_of(const char *dir, const char *name)
{
	struct tobs_buf b;
	char *path = NULL;

	tobs_buf_init(&b, PATH_MAX_BYTES);
	tobs_buf_puts(&b, dir);
	if (b.len && b.ptr[b.len - 1] != '/')
		tobs_buf_putc(&b, '/');
	if (!tobs_buf_puts(&b, name))
		path = mem_strdup(tobs_buf_str(&b));
	tobs_buf_deinit(&b);
	return path;
}

/* ---- opening ---- */

static int prepare_folder(struct archive *a, struct tobs_err *err)
{
	char *inner = path_of(a->dir, ".tobs"), *lock = path_of(a->dir, ".tobs/lock");
	int r;

	if (!inner || !lock)
		r = tobs_fail(err, TOBS_ENOMEM, "out of memory");
	else
		r = file_make_folder(a->dir, 0777, err);
	if (!r)
		r = file_make_folder(inner, 0700, err);
	if (!r)
		r = lockfile_take(lock, &a->lock, err);
	mem_free(inner);
	mem_free(lock);
	return r;
}

/* When and by what it was made; only the first to write says so. */
static int sign(struct archive *a, struct tobs_err *err)
{
	static const char sql[] = "INSERT OR IGNORE INTO meta(name, value)"
				  " VALUES('made', ?1), ('made_by', ?2), ('newest', 0)";
	struct sqlite_stmt *s;
	int r = sqlite_cached(a->db, sql, &s, err);

	if (r)
		return r;
	sqlite_bind_i64(s, 1, archive_now());
	sqlite_bind_text(s, 2, tobs_str("tobs " TOBS_VERSION));
	return sqlite_run(s, err);
}

static int open_file(struct archive *a, const char *path, bool existing, struct tobs_err *err)
{
	const struct sqlite_options options = { .what = "archive",
		.application_id = ARCHIVE_APPLICATION_ID,
		.read_only = a->read_only,
		.existing = existing,
		.private_file = true,
		.wal = true,
		.busy_ms = BUSY_MS,
		.page_bytes = PAGE_BYTES,
		.cache_bytes = a->read_only ? READ_CACHE_BYTES : CACHE_BYTES,
		.wal_bytes = LOG_BYTES };
	int r = sqlite_open(&a->db, path, &options, err);

	if (!r)
		r = schema_apply(a->db, err);
	if (!r && !a->read_only)
		r = sign(a, err);
	if (!r)
		r = sqlite_get_i64(
			a->db, "SELECT value FROM meta WHERE name = 'newest'", &a->newest, err);
	return r;
}

int archive_open(struct archive **ret, const char *dir, const struct archive_options *options,
	struct tobs_err *err)
{
	static const struct archive_options plain = { 0 };
	const struct archive_options *o = options ? options : &plain;
	struct archive *a = MEM_NEW(struct archive);
	bool existing = o->existing || o->read_only;
	char *path = path_of(dir, ".tobs/archive.db");
	struct stat st;
	int r = TOBS_OK;

	if (a)
		a->lock = -1;
	if (!a || !path || !(a->dir = mem_strdup(dir))) {
		r = tobs_fail(err, TOBS_ENOMEM, "out of memory");
		goto out;
	}
	a->read_only = o->read_only;
	if (existing && stat(path, &st) && (errno == ENOENT || errno == ENOTDIR))
		r = tobs_fail(err, TOBS_ENOTFOUND, "%s: there is no archive in this folder", dir);
	if (!r && !a->read_only)
		r = prepare_folder(a, err);
	if (!r)
		r = open_file(a, path, existing, err);
out:
	mem_free(path);
	if (r)
		archive_close(a);
	else
		*ret = a;
	return r;
}

void archive_close(struct archive *a)
{
	if (!a)
		return;
	names_forget(a, 0);
	mem_free(a->names);
	archive_cursor_close(a->single);
	mem_free(a->single);
	seen_deinit(&a->peers);
	seen_deinit(&a->files);
	sqlite_close(a->db);
	lockfile_release(a->lock);
	mem_free(a->dir);
	mem_free(a);
}

const char *archive_dir(const struct archive *a)
{
	return a->dir;
}

struct sqlite *archive_db(struct archive *a)
{
	return a->db;
}

/* ---- what the other files use ---- */

int64_t archive_now(void)
{
	return clock_wall(clock_system()) / 1000000;
}

int archive_end(struct archive *a, int r, struct tobs_err *err)
{
	if (!r)
		return sqlite_commit(a->db, err);
	sqlite_rollback(a->db);
	return r;
}

int archive_no_memory(struct archive *a, struct tobs_err *err)
{
	return tobs_fail(err, TOBS_ENOMEM, "%s: out of memory", sqlite_path(a->db));
}

int archive_keep(struct tobs_arena *arena, struct tobs_view v, struct tobs_view *ret)
{
	if (v.len)
		return tobs_arena_view(arena, v, ret);
	*ret = v;
	return TOBS_OK;
}
