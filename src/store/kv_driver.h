/* SPDX-License-Identifier: MIT */
/*
 * What a driver of the key-value store does. It is handed requests in groups and
 * brings each to its end: those that read first, then those that write, all of
 * them in one transaction if it has such a thing. A request that fails leaves the
 * others alone, unless the transaction itself fails.
 *
 * A driver is used by one group at a time. kv.c has checked keys, values and
 * limits.
 */
#ifndef STORE_KV_DRIVER_H
#define STORE_KV_DRIVER_H

#include <tobs/rt.h>

#include "base/list.h"
#include "store/kv.h"

enum kv_request_kind {
	KV_REQUEST_GET,
	KV_REQUEST_SCAN,
	KV_REQUEST_WRITE,
};

/* One call. It lives on the stack of its fiber, which waits. */
struct kv_request {
	enum kv_request_kind kind;

	/* KV_REQUEST_GET */
	const struct tobs_view *keys;
	struct kv_found *found;
	size_t count; /* of keys, or of ops */

	/* KV_REQUEST_SCAN */
	struct tobs_view prefix, after;
	size_t limit;
	struct kv_page page;

	struct tobs_arena *arena; /* of those that read */

	/* KV_REQUEST_WRITE */
	struct kv_op *ops;

	/* What came of it; a driver fills in both, with tobs_fail(). */
	int result;
	struct tobs_err err;

	/* kv.c's. */
	struct list link;
	struct tobs_waiters waiters;
	bool running, done;
};

enum kv_mode {
	KV_MODE_DIRECT, /* run() works at once */
	KV_MODE_WORKER, /* run() may wait for a disk: it is called on the worker pool */
	KV_MODE_FIBER,  /* run() waits as fibers do, for a server */
};

/* The first member of each driver. */
struct kv_driver {
	const char *name;
	enum kv_mode mode;
	void (*run)(struct kv_driver *d, struct kv_request **requests, size_t count);
	void (*close)(struct kv_driver *d); /* frees it; called as run() is */
};

/* Calls run() or close() the way its mode wants it, on a fiber. */
int kv_driver_run(struct kv_driver *d, struct kv_request **requests, size_t count);
void kv_driver_close(struct kv_driver *d);

/* What a KV_ADD does to a value: TOBS_EINVAL. `text` is empty for an entry that is not there. */
int kv_sum(struct tobs_view text, int64_t delta, int64_t *ret);

/* When something put now for that time ends, µs since 1970; INT64_MAX for ever. */
int64_t kv_ends(int64_t now, int64_t ttl_ms);

/* Failures that each driver words alike. */
int kv_fail_unmet(struct kv_request *r, size_t i);
int kv_fail_sum(struct kv_request *r, size_t i);

#endif
