/* SPDX-License-Identifier: MIT */
/*
 * A store of keys and values for fibers, whatever keeps them.
 *
 *     struct kv_driver *driver;
 *     struct kv *store;
 *
 *     r = kv_sqlite_new("bot.db", NULL, &driver, err);
 *     if (!r)
 *             r = kv_open(driver, &store, err);
 *     if (!r)
 *             r = kv_put(store, tobs_str("chat/5/step"), tobs_str("name"), 0, err);
 *     kv_close(store);
 *
 * Keys are bytes and stand in the order of their bytes; slashes and the like are
 * up to the user. A value lives until it is replaced or deleted, or for the time
 * given with it, measured on the wall, so that it ends while nobody runs, too.
 * What has ended is not there, for every call.
 *
 * A write that returned 0 is committed, and survives the end of the process
 * (what a power failure leaves is the driver's matter). Writes from many fibers
 * are committed together: those of one turn of the loop, and while they are, the
 * next gather. So a fiber waits for one commit, and many of them cost little
 * more than one.
 *
 * Each call is atomic, kv_apply() with all its operations. Of calls that overlap
 * in time, any may seem to have been the first.
 *
 * A call whose fiber is cancelled or whose deadline passes is withdrawn, and has
 * done nothing, if its turn has not come; otherwise it is brought to its end and
 * returns what came of it. After TOBS_ENET, which only drivers for servers
 * return, nobody knows whether it was done.
 *
 * Errors of every call: TOBS_EINVAL for a key that is empty or too long, and
 * where it says so; TOBS_ETOOBIG for a value or a batch; TOBS_ENOMEM;
 * TOBS_ECANCELED, TOBS_ETIMEDOUT; TOBS_ENOSPC, TOBS_EIO, TOBS_ELOCKED, TOBS_EDB
 * as in store/sqlite.h; TOBS_ENET. All wait.
 */
#ifndef STORE_KV_H
#define STORE_KV_H

#include <stdbool.h>
#include <tobs/arena.h>
#include <tobs/err.h>
#include <tobs/view.h>

#include "base/clock.h"

struct kv;
struct kv_driver;

enum {
	KV_KEY_MAX = 512,          /* bytes; PostgreSQL's indexes end at 2,704 */
	KV_VALUE_MAX = 1 << 20,    /* bytes */
	KV_BATCH_MAX = 1000,       /* operations */
	KV_BATCH_BYTES = 16 << 20, /* of all keys and values */
	KV_SCAN_MAX = 1000,        /* entries a page */
};

/*
 * A store kept by `driver`, which it owns, also when it fails. Its user closes it
 * before the run ends. TOBS_EINVAL outside of fibers, TOBS_ENOMEM.
 */
int kv_open(struct kv_driver *driver, struct kv **ret, struct tobs_err *err);

/* Nobody may be in a call. NULL is fine. Waits, whatever the deadline. */
void kv_close(struct kv *s);

/* ---- Reading --------------------------------------------------------------- */

/* The value, in the arena. TOBS_ENOTFOUND. */
int kv_get(struct kv *s, struct tobs_view key, struct tobs_arena *arena, struct tobs_view *ret,
	struct tobs_err *err);

struct kv_found {
	bool found;
	struct tobs_view value; /* in the arena */
};

/* Several at once, as they stand at one moment; ret[] has an entry a key. */
int kv_get_many(struct kv *s, const struct tobs_view *keys, size_t count, struct tobs_arena *arena,
	struct kv_found *ret, struct tobs_err *err);

struct kv_pair {
	struct tobs_view key, value;
};

struct kv_page {
	struct kv_pair *pairs; /* in the arena, in the order of the keys */
	size_t count;
	bool more; /* entries may follow the last one */
};

/*
 * Up to `limit` entries (KV_SCAN_MAX at most) whose keys begin with `prefix` and
 * come behind `after` (empty: from the first). Each page is true at its moment;
 * what is written between two pages may be seen or not.
 *
 *     for (after = empty; ; after = page.pairs[page.count - 1].key) {
 *             r = kv_scan(store, prefix, after, 100, &arena, &page, err);
 *             …
 *             if (r || !page.more)
 *                     break;
 *     }
 */
int kv_scan(struct kv *s, struct tobs_view prefix, struct tobs_view after, size_t limit,
	struct tobs_arena *arena, struct kv_page *ret, struct tobs_err *err);

/* ---- Writing --------------------------------------------------------------- */

enum kv_kind {
	KV_PUT,    /* the value, for ttl_ms (0: for ever); an earlier time to live is forgotten */
	KV_DELETE, /* no-op without an entry */
	KV_ADD,    /* `delta` to the number there, 0 without; ttl_ms counts for a new entry only */
	KV_EXPECT, /* does nothing, but the batch only goes on if this is the value */
	KV_ABSENT, /* the same if there is none */
};

/* An operation of a batch. All of it is borrowed until the call returns. */
struct kv_op {
	enum kv_kind kind;
	struct tobs_view key;
	struct tobs_view value; /* KV_PUT, KV_EXPECT */
	int64_t ttl_ms;         /* KV_PUT, KV_ADD */
	int64_t delta;          /* KV_ADD */
	int64_t number;         /* of KV_ADD: what has become of it */
	bool was;               /* of KV_DELETE: there was an entry */
};

/*
 * All of them or nothing: what is expected is looked at first, then the rest is
 * done. TOBS_EAGAIN when a KV_EXPECT or KV_ABSENT does not hold (err->offset is
 * the operation's index). TOBS_EINVAL when a KV_ADD meets something that is no
 * number or leaves an int64_t, and for a batch that changes one key twice.
 */
int kv_apply(struct kv *s, struct kv_op *ops, size_t count, struct tobs_err *err);

/* The single operations. */
int kv_put(struct kv *s, struct tobs_view key, struct tobs_view value, int64_t ttl_ms,
	struct tobs_err *err);
int kv_delete(struct kv *s, struct tobs_view key, struct tobs_err *err);
int kv_add(struct kv *s, struct tobs_view key, int64_t delta, int64_t ttl_ms, int64_t *ret,
	struct tobs_err *err);

/*
 * Puts `value` in the place of `expected` (NULL: of nothing); TOBS_EAGAIN when
 * something else is there.
 */
int kv_swap(struct kv *s, struct tobs_view key, const struct tobs_view *expected,
	struct tobs_view value, int64_t ttl_ms, struct tobs_err *err);

/* ---- Drivers --------------------------------------------------------------- */

/* In memory, and gone with it. clock may be NULL. TOBS_ENOMEM. */
int kv_memory_new(const struct clock *clock, struct kv_driver **ret, struct tobs_err *err);

struct kv_sqlite_options {
	const struct clock *clock; /* NULL: the system's */
	bool durable;              /* a commit survives a power failure too, and takes an fsync */
	int busy_ms;               /* how long to wait for another process; 0: 5000 */
};

/*
 * In an SQLite file, created with mode 0600; opt may be NULL. Several processes
 * may share it. What sqlite_open() and migrate() return. On a fiber. Waits.
 */
int kv_sqlite_new(const char *path, const struct kv_sqlite_options *opt, struct kv_driver **ret,
	struct tobs_err *err);

/* Closes a driver that no store has taken. NULL is fine. */
void kv_driver_free(struct kv_driver *d);

/* What the store has done. */
struct kv_stats {
	uint64_t calls;
	uint64_t groups; /* commits and reads that served them */
	size_t waiting;  /* calls that have not returned */
};

void kv_stats(const struct kv *s, struct kv_stats *ret);

#endif
