/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "base/alloc.h"
#include "base/attr.h"
#include "store/kv_driver.h"
#include "store/migrate.h"
#include "store/sqlite.h"

enum {
	APPLICATION_ID = 0x746f626b, /* "tobk" */
	BUSY_MS = 5000,
	CACHE_BYTES = 4 << 20,
	/* Entries whose time is up are deleted with later groups, some at a time. */
	PURGE_ROWS = 200,
	PURGE_EVERY_S = 10,
	NUMBER_MAX = 24,
};

/*
 * ends: µs since 1970, the largest integer for ever. An entry is mostly small, so
 * it lives in the tree of the keys itself.
 */
static const struct migration steps[] = {
	{ 1,
		"CREATE TABLE kv (key BLOB PRIMARY KEY, value BLOB NOT NULL, ends INTEGER NOT NULL)"
		" WITHOUT ROWID;"
		"CREATE INDEX kv_ends ON kv (ends) WHERE ends < 9223372036854775807;",
		NULL },
};

static const char GET[] = "SELECT value FROM kv WHERE key = ?1 AND ends > ?2";
static const char PUT[] = "INSERT INTO kv (key, value, ends) VALUES (?1, ?2, ?3)"
			  " ON CONFLICT (key) DO UPDATE SET value = excluded.value,"
			  " ends = excluded.ends";
static const char SET[] = "UPDATE kv SET value = ?2 WHERE key = ?1";
static const char DELETE[] = "DELETE FROM kv WHERE key = ?1 AND ends > ?2";
static const char SCAN[] = "SELECT key, value FROM kv WHERE key >= ?1 AND key < ?2 AND ends > ?3"
			   " ORDER BY key LIMIT ?4";
static const char SCAN_UP[] = "SELECT key, value FROM kv WHERE key >= ?1 AND ends > ?3"
			      " ORDER BY key LIMIT ?4";
static const char PURGE[] = "DELETE FROM kv WHERE key IN"
			    " (SELECT key FROM kv WHERE ends <= ?1 AND"
			    " ends < 9223372036854775807 LIMIT ?2)";

struct kv_file {
	struct kv_driver driver;
	struct sqlite *db;
	const struct clock *clock;
	int64_t now; /* of the group */
	int64_t next_purge;
};

/* ---- Reading --------------------------------------------------------------- */

/* The value, a view into the statement, which must be reset; *ret_found false without. */
static int look_up(struct kv_file *f, struct tobs_view key, struct sqlite_stmt **ret,
	bool *ret_found, struct tobs_err *err)
{
	int r = sqlite_cached(f->db, GET, ret, err);

	if (r)
		return r;
	sqlite_bind_blob(*ret, 1, key);
	sqlite_bind_i64(*ret, 2, f->now);
	return sqlite_step(*ret, ret_found, err);
}

static int get(struct kv_file *f, struct kv_request *q)
{
	for (size_t i = 0; i < q->count; i++) {
		struct sqlite_stmt *s;
		bool found = false;
		int r = look_up(f, q->keys[i], &s, &found, &q->err);

		if (r)
			return r;
		q->found[i] = (struct kv_found){ .found = found };
		if (found)
			r = tobs_arena_view(q->arena, sqlite_col_blob(s, 0), &q->found[i].value);
		sqlite_reset(s);
		if (r)
			return tobs_fail(&q->err, r, "reading from the store");
	}
	return TOBS_OK;
}

/* The first key behind all that begin with `prefix`; its length, 0 when there is none. */
static size_t end_of(struct tobs_view prefix, uint8_t *ret)
{
	size_t n = prefix.len;

	while (n && prefix.ptr[n - 1] == 0xff)
		n--;
	if (n) {
		memcpy(ret, prefix.ptr, n);
		ret[n - 1]++;
	}
	return n;
}

static int read_page(struct kv_request *q, struct sqlite_stmt *s)
{
	struct kv_page *page = &q->page;
	bool row;

	for (;;) {
		struct kv_pair *pair = &page->pairs[page->count];
		int r = sqlite_step(s, &row, &q->err);

		if (r || !row)
			return r;
		if (page->count == q->limit) {
			page->more = true;
			return TOBS_OK;
		}
		if (tobs_arena_view(q->arena, sqlite_col_blob(s, 0), &pair->key) ||
			tobs_arena_view(q->arena, sqlite_col_blob(s, 1), &pair->value))
			return tobs_fail(&q->err, TOBS_ENOMEM, "reading from the store");
		page->count++;
	}
}

static int scan(struct kv_file *f, struct kv_request *q)
{
	uint8_t from[KV_KEY_MAX + 1] = { 0 }, end[KV_KEY_MAX];
	bool behind = q->after.len && tobs_view_cmp(q->after, q->prefix) >= 0;
	struct tobs_view first = behind ? q->after : q->prefix;
	size_t end_len = end_of(q->prefix, end);
	struct sqlite_stmt *s;
	int r;

	q->page.pairs = TOBS_ARENA_ARRAY(q->arena, q->limit, struct kv_pair);
	if (!q->page.pairs)
		return tobs_fail(&q->err, TOBS_ENOMEM, "reading from the store");
	r = sqlite_cached(f->db, end_len ? SCAN : SCAN_UP, &s, &q->err);
	if (r)
		return r;
	if (first.len)
		memcpy(from, first.ptr, first.len);
	/* The next key behind `after` is the same with a zero byte. */
	sqlite_bind_blob(s, 1, tobs_view(from, first.len + behind));
	if (end_len)
		sqlite_bind_blob(s, 2, tobs_view(end, end_len));
	sqlite_bind_i64(s, 3, f->now);
	sqlite_bind_i64(s, 4, (int64_t)q->limit + 1);
	r = read_page(q, s);
	sqlite_reset(s);
	return r;
}

/* ---- Writing --------------------------------------------------------------- */

/* The number that a KV_ADD will leave; *ret_there: in the place of another. */
static int sum(struct kv_file *f, struct kv_request *q, size_t i, bool *ret_there)
{
	struct kv_op *op = &q->ops[i];
	struct sqlite_stmt *s;
	int r = look_up(f, op->key, &s, ret_there, &q->err);

	if (r)
		return r;
	r = kv_sum(*ret_there ? sqlite_col_blob(s, 0) : tobs_view(NULL, 0), op->delta, &op->number);
	sqlite_reset(s);
	return r ? kv_fail_sum(q, i) : TOBS_OK;
}

static int check_expected(struct kv_file *f, struct kv_request *q, size_t i)
{
	const struct kv_op *op = &q->ops[i];
	struct sqlite_stmt *s;
	bool there = false, holds;
	int r = look_up(f, op->key, &s, &there, &q->err);

	if (r)
		return r;
	holds = op->kind == KV_ABSENT ? !there
				      : there && tobs_view_eq(sqlite_col_blob(s, 0), op->value);
	sqlite_reset(s);
	return holds ? TOBS_OK : kv_fail_unmet(q, i);
}

/* Whether the batch can be done at all; nothing of it has been. */
static int check_batch(struct kv_file *f, struct kv_request *q)
{
	bool there;
	int r = TOBS_OK;

	for (size_t i = 0; i < q->count && !r; i++) {
		switch (q->ops[i].kind) {
		case KV_EXPECT:
		case KV_ABSENT: r = check_expected(f, q, i); break;
		case KV_ADD: r = sum(f, q, i, &there); break;
		case KV_PUT:
		case KV_DELETE: break;
		}
	}
	return r;
}

static int put(struct kv_file *f, struct tobs_view key, struct tobs_view value, int64_t ends,
	struct tobs_err *err)
{
	struct sqlite_stmt *s;
	int r = sqlite_cached(f->db, PUT, &s, err);

	if (r)
		return r;
	sqlite_bind_blob(s, 1, key);
	sqlite_bind_blob(s, 2, value);
	sqlite_bind_i64(s, 3, ends);
	return sqlite_run(s, err);
}

static int add(struct kv_file *f, struct kv_request *q, size_t i)
{
	const struct kv_op *op = &q->ops[i];
	char text[NUMBER_MAX];
	struct tobs_view value;
	struct sqlite_stmt *s;
	bool there;
	int r = sum(f, q, i, &there);

	if (r)
		return r;
	value = tobs_view(text, (size_t)snprintf(text, sizeof text, "%lld", (long long)op->number));
	if (!there)
		return put(f, op->key, value, kv_ends(f->now, op->ttl_ms), &q->err);
	r = sqlite_cached(f->db, SET, &s, &q->err);
	if (r)
		return r;
	sqlite_bind_blob(s, 1, op->key);
	sqlite_bind_blob(s, 2, value);
	return sqlite_run(s, &q->err);
}

static int delete (struct kv_file *f, struct kv_op *op, struct tobs_err *err)
{
	struct sqlite_stmt *s;
	int r = sqlite_cached(f->db, DELETE, &s, err);

	if (r)
		return r;
	sqlite_bind_blob(s, 1, op->key);
	sqlite_bind_i64(s, 2, f->now);
	r = sqlite_run(s, err);
	op->was = !r && sqlite_changes(f->db) > 0;
	return r;
}

static int do_batch(struct kv_file *f, struct kv_request *q)
{
	int r = TOBS_OK;

	for (size_t i = 0; i < q->count && !r; i++) {
		struct kv_op *op = &q->ops[i];

		if (op->kind == KV_PUT)
			r = put(f, op->key, op->value, kv_ends(f->now, op->ttl_ms), &q->err);
		else if (op->kind == KV_ADD)
			r = add(f, q, i);
		else if (op->kind == KV_DELETE)
			r = delete (f, op, &q->err);
	}
	return r;
}

static int purge(struct kv_file *f, struct tobs_err *err)
{
	struct sqlite_stmt *s;
	int r;

	if (f->now < f->next_purge)
		return TOBS_OK;
	r = sqlite_cached(f->db, PURGE, &s, err);
	if (r)
		return r;
	sqlite_bind_i64(s, 1, f->now);
	sqlite_bind_i64(s, 2, PURGE_ROWS);
	r = sqlite_run(s, err);
	if (!r && sqlite_changes(f->db) < PURGE_ROWS)
		f->next_purge = f->now + (int64_t)PURGE_EVERY_S * 1000000;
	return r;
}

/* ---- Groups ---------------------------------------------------------------- */

static void read_all(struct kv_file *f, struct kv_request **requests, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct kv_request *q = requests[i];

		if (q->kind == KV_REQUEST_GET)
			q->result = get(f, q);
		else if (q->kind == KV_REQUEST_SCAN)
			q->result = scan(f, q);
	}
}

/* One that cannot be done leaves no trace; anything else that fails ends the transaction. */
static int write_all(
	struct kv_file *f, struct kv_request **requests, size_t count, struct tobs_err *err)
{
	int r = TOBS_OK;

	for (size_t i = 0; i < count && !r; i++) {
		struct kv_request *q = requests[i];

		if (q->kind != KV_REQUEST_WRITE)
			continue;
		q->result = check_batch(f, q);
		if (q->result == TOBS_EAGAIN || q->result == TOBS_EINVAL)
			continue;
		r = q->result ? q->result : do_batch(f, q);
		if (r)
			*err = q->err;
	}
	return r ? r : purge(f, err);
}

static void fail_writes(
	struct kv_request **requests, size_t count, int r, const struct tobs_err *err)
{
	for (size_t i = 0; i < count; i++) {
		if (requests[i]->kind != KV_REQUEST_WRITE)
			continue;
		requests[i]->result = r;
		requests[i]->err = *err;
	}
}

static void fail_all(struct kv_request **requests, size_t count, int r, const struct tobs_err *err)
{
	for (size_t i = 0; i < count; i++) {
		requests[i]->result = r;
		requests[i]->err = *err;
	}
}

/* Reads of several entries want them as of one moment, and another process may write. */
static bool wants_transaction(struct kv_request **requests, size_t count, bool *ret_writes)
{
	bool wants = false;

	*ret_writes = false;
	for (size_t i = 0; i < count; i++) {
		*ret_writes = *ret_writes || requests[i]->kind == KV_REQUEST_WRITE;
		wants = wants || *ret_writes ||
			(requests[i]->kind == KV_REQUEST_GET && requests[i]->count > 1);
	}
	return wants;
}

/* On a worker thread. */
static void file_run(struct kv_driver *d, struct kv_request **requests, size_t count)
{
	struct kv_file *f = CONTAINER_OF(d, struct kv_file, driver);
	struct tobs_err err = { 0 };
	bool writes;
	int r;

	f->now = clock_wall(f->clock);
	if (!wants_transaction(requests, count, &writes)) {
		read_all(f, requests, count);
		return;
	}
	r = sqlite_begin(f->db, &err);
	if (r) {
		fail_all(requests, count, r, &err);
		return;
	}
	read_all(f, requests, count);
	if (writes)
		r = write_all(f, requests, count, &err);
	if (r)
		sqlite_rollback(f->db);
	else
		r = sqlite_commit(f->db, &err);
	if (r)
		fail_writes(requests, count, r, &err);
}

/* ---- Its life -------------------------------------------------------------- */

static void file_close(struct kv_driver *d)
{
	struct kv_file *f = CONTAINER_OF(d, struct kv_file, driver);

	sqlite_close(f->db);
	mem_free(f);
}

struct opening {
	const char *path;
	struct kv_sqlite_options opt;
	struct kv_file *file;
	struct tobs_err *err;
};

static int open_file(void *arg)
{
	struct opening *o = arg;
	const struct sqlite_options options = {
		.what = "store",
		.application_id = APPLICATION_ID,
		.private_file = true,
		.wal = true,
		.durable = o->opt.durable,
		.busy_ms = o->opt.busy_ms ? o->opt.busy_ms : BUSY_MS,
		.cache_bytes = CACHE_BYTES,
	};
	int r = sqlite_open(&o->file->db, o->path, &options, o->err);

	return r ? r : migrate(o->file->db, steps, ARRAY_LEN(steps), NULL, o->err);
}

int kv_sqlite_new(const char *path, const struct kv_sqlite_options *opt, struct kv_driver **ret,
	struct tobs_err *err)
{
	struct opening o = { .path = path, .err = err };
	int r;

	if (opt)
		o.opt = *opt;
	if (err)
		err->code = TOBS_OK;
	o.file = MEM_NEW(struct kv_file);
	if (!o.file)
		return tobs_fail(err, TOBS_ENOMEM, "opening the store");
	o.file->driver = (struct kv_driver){ "sqlite", KV_MODE_WORKER, file_run, file_close };
	o.file->clock = o.opt.clock ? o.opt.clock : clock_system();
	r = tobs_offload(open_file, &o);
	if (r && err && err->code == TOBS_OK) /* it was not even tried */
		tobs_fail(err, r, "opening the store");
	if (r)
		kv_driver_free(&o.file->driver);
	else
		*ret = &o.file->driver;
	return r;
}
