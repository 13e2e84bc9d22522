/* SPDX-License-Identifier: MIT */
#include "store/kv.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/attr.h"
#include "rt/wait.h"
#include "store/kv_driver.h"

enum {
	GROUP_MAX = 1000, /* requests in one commit; more wait for the next */
	/* Up to so many keys of a batch are compared each with each. */
	FEW_KEYS = 16,
};

struct kv {
	struct kv_driver *driver;
	struct tobs_group keeper; /* the fiber that makes groups, unless the driver is direct */
	struct tobs_waiters idle; /* where it waits */
	struct list queue;
	struct kv_request **group; /* GROUP_MAX */
	bool closing;
	uint64_t calls, groups;
	size_t waiting;
};

/* ---- Drivers --------------------------------------------------------------- */

struct running {
	struct kv_driver *driver;
	struct kv_request **requests;
	size_t count;
};

static int run_on_worker(void *arg)
{
	struct running *r = arg;

	r->driver->run(r->driver, r->requests, r->count);
	return TOBS_OK;
}

int kv_driver_run(struct kv_driver *d, struct kv_request **requests, size_t count)
{
	struct running r = { d, requests, count };

	if (d->mode == KV_MODE_WORKER)
		return tobs_offload(run_on_worker, &r);
	return run_on_worker(&r);
}

static int close_on_worker(void *arg)
{
	struct kv_driver *d = arg;

	d->close(d);
	return TOBS_OK;
}

void kv_driver_close(struct kv_driver *d)
{
	struct tobs_shield shield;
	int r = TOBS_ENOMEM;

	if (!d)
		return;
	tobs_shield_begin(&shield);
	if (d->mode == KV_MODE_WORKER)
		r = tobs_offload(close_on_worker, d);
	if (r) /* here, if need be: it must be closed */
		d->close(d);
	tobs_shield_end(&shield);
}

void kv_driver_free(struct kv_driver *d)
{
	kv_driver_close(d);
}

int kv_sum(struct tobs_view text, int64_t delta, int64_t *ret)
{
	int64_t n = 0;

	if (text.len && tobs_view_int(text, INT64_MIN, INT64_MAX, &n))
		return TOBS_EINVAL;
	return __builtin_add_overflow(n, delta, ret) ? TOBS_EINVAL : TOBS_OK;
}

int64_t kv_ends(int64_t now, int64_t ttl_ms)
{
	int64_t ends;

	if (!ttl_ms || __builtin_mul_overflow(ttl_ms, 1000, &ends) ||
		__builtin_add_overflow(ends, now, &ends))
		return INT64_MAX;
	return ends;
}

int kv_fail_unmet(struct kv_request *r, size_t i)
{
	r->result = tobs_fail(&r->err, TOBS_EAGAIN, "the store holds something else by now");
	r->err.offset = (int64_t)i;
	return r->result;
}

int kv_fail_sum(struct kv_request *r, size_t i)
{
	r->result = tobs_fail(&r->err, TOBS_EINVAL, "this cannot be added to what the store holds");
	r->err.offset = (int64_t)i;
	return r->result;
}

/* ---- Groups ---------------------------------------------------------------- */

static size_t take_group(struct kv *s)
{
	size_t n = 0;

	LIST_EACH (l, &s->queue) {
		struct kv_request *r = LIST_ITEM(l, struct kv_request, link);

		if (n == GROUP_MAX)
			break;
		list_remove(&r->link);
		r->running = true;
		s->group[n++] = r;
	}
	return n;
}

static void run_group(struct kv *s)
{
	size_t n = take_group(s);
	int r = kv_driver_run(s->driver, s->group, n);

	s->groups++;
	for (size_t i = 0; i < n; i++) {
		struct kv_request *q = s->group[i];

		if (r) /* the driver has not seen it */
			q->result = tobs_fail(&q->err, r, "asking the store");
		q->done = true;
		waiters_wake_all(&q->waiters, TOBS_OK);
	}
}

static int keep(void *arg)
{
	struct kv *s = arg;

	while (!s->closing || !list_empty(&s->queue)) {
		if (list_empty(&s->queue)) {
			waiters_wait(&s->idle, "something to store");
			continue;
		}
		tobs_yield(); /* who can run now may have something for this group too */
		run_group(s);
	}
	return TOBS_OK;
}

static void await(struct kv_request *q)
{
	while (!q->done) {
		struct tobs_shield shield;
		int r = waiters_wait(&q->waiters, "the store");

		if (!r || q->done)
			continue;
		if (!q->running) { /* its turn has not come: it is withdrawn */
			list_remove(&q->link);
			q->result = tobs_fail(&q->err, r, "waiting for the store");
			return;
		}
		tobs_shield_begin(&shield);
		while (!q->done)
			waiters_wait(&q->waiters, "the store");
		tobs_shield_end(&shield);
	}
}

static int submit(struct kv *s, struct kv_request *q, struct tobs_err *err)
{
	int r = fiber_checkpoint();

	if (r)
		return tobs_fail(err, r, "asking the store");
	s->calls++;
	if (s->driver->mode == KV_MODE_DIRECT) {
		s->driver->run(s->driver, &q, 1);
		s->groups++;
	} else {
		list_init(&q->link);
		waiters_init(&q->waiters);
		list_push(&s->queue, &q->link);
		waiters_wake_all(&s->idle, TOBS_OK);
		s->waiting++;
		await(q);
		s->waiting--;
	}
	if (q->result && err)
		*err = q->err;
	return q->result;
}

int kv_open(struct kv_driver *driver, struct kv **ret, struct tobs_err *err)
{
	static const struct tobs_fiber_options options = { .name = "store" };
	struct kv *s = tobs_self() ? MEM_NEW(struct kv) : NULL;
	int r = s ? TOBS_OK : tobs_self() ? TOBS_ENOMEM : TOBS_EINVAL;

	if (s) {
		s->driver = driver;
		list_init(&s->queue);
		waiters_init(&s->idle);
		tobs_group_init(&s->keeper, 0);
		s->group = MEM_ARRAY(GROUP_MAX, struct kv_request *);
		if (!s->group)
			r = TOBS_ENOMEM;
	}
	if (!r && driver->mode != KV_MODE_DIRECT)
		r = tobs_group_spawn(&s->keeper, keep, s, &options);
	if (r) {
		kv_driver_free(driver);
		if (s)
			mem_free(s->group);
		mem_free(s);
		return tobs_fail(err, r, "opening the store");
	}
	*ret = s;
	return TOBS_OK;
}

void kv_close(struct kv *s)
{
	struct tobs_shield shield;

	if (!s)
		return;
	assert(!s->waiting);
	s->closing = true;
	waiters_wake_all(&s->idle, TOBS_OK);
	tobs_shield_begin(&shield);
	tobs_group_wait(&s->keeper);
	tobs_shield_end(&shield);
	kv_driver_close(s->driver);
	mem_free(s->group);
	mem_free(s);
}

void kv_stats(const struct kv *s, struct kv_stats *ret)
{
	*ret = (struct kv_stats){ .calls = s->calls, .groups = s->groups, .waiting = s->waiting };
}

/* ---- Reading --------------------------------------------------------------- */

static int check_key(struct tobs_view key, struct tobs_err *err)
{
	if (key.len && key.len <= KV_KEY_MAX)
		return TOBS_OK;
	return tobs_fail(
		err, TOBS_EINVAL, "a key of %zu bytes: allowed are 1 to %d", key.len, KV_KEY_MAX);
}

int kv_get_many(struct kv *s, const struct tobs_view *keys, size_t count, struct tobs_arena *arena,
	struct kv_found *ret, struct tobs_err *err)
{
	struct kv_request q = {
		.kind = KV_REQUEST_GET, .keys = keys, .found = ret, .count = count, .arena = arena
	};

	if (count > KV_BATCH_MAX)
		return tobs_fail(err, TOBS_ETOOBIG, "%zu keys: at most %d", count, KV_BATCH_MAX);
	for (size_t i = 0; i < count; i++) {
		int r = check_key(keys[i], err);

		if (r)
			return r;
	}
	return count ? submit(s, &q, err) : TOBS_OK;
}

int kv_get(struct kv *s, struct tobs_view key, struct tobs_arena *arena, struct tobs_view *ret,
	struct tobs_err *err)
{
	struct kv_found found;
	int r = kv_get_many(s, &key, 1, arena, &found, err);

	if (r)
		return r;
	if (!found.found)
		return tobs_fail(err, TOBS_ENOTFOUND, "the store has no such entry");
	*ret = found.value;
	return TOBS_OK;
}

int kv_scan(struct kv *s, struct tobs_view prefix, struct tobs_view after, size_t limit,
	struct tobs_arena *arena, struct kv_page *ret, struct tobs_err *err)
{
	struct kv_request q = { .kind = KV_REQUEST_SCAN,
		.prefix = prefix,
		.after = after,
		.limit = limit,
		.arena = arena };
	int r;

	if (prefix.len > KV_KEY_MAX || after.len > KV_KEY_MAX)
		return tobs_fail(err, TOBS_EINVAL, "no key is as long as that");
	if (!limit || limit > KV_SCAN_MAX)
		return tobs_fail(err, TOBS_EINVAL, "a page has 1 to %d entries", KV_SCAN_MAX);
	r = submit(s, &q, err);
	if (!r)
		*ret = q.page;
	return r;
}

/* ---- Writing --------------------------------------------------------------- */

static bool changes(const struct kv_op *op)
{
	return op->kind != KV_EXPECT && op->kind != KV_ABSENT;
}

static int by_key(const void *a, const void *b)
{
	const struct kv_op *const *x = a, *const *y = b;

	return tobs_view_cmp((*x)->key, (*y)->key);
}

static int check_many_keys(const struct kv_op *ops, size_t count, bool *ret_twice)
{
	const struct kv_op **sorted = MEM_ARRAY(count, const struct kv_op *);
	size_t n = 0;

	if (!sorted)
		return TOBS_ENOMEM;
	for (size_t i = 0; i < count; i++)
		if (changes(&ops[i]))
			sorted[n++] = &ops[i];
	qsort(sorted, n, sizeof *sorted, by_key);
	for (size_t i = 1; i < n && !*ret_twice; i++)
		*ret_twice = tobs_view_eq(sorted[i - 1]->key, sorted[i]->key);
	mem_free(sorted);
	return TOBS_OK;
}

/* Drivers rely on it: what a batch does to a key does not depend on the rest of it. */
static int check_twice(const struct kv_op *ops, size_t count, struct tobs_err *err)
{
	bool twice = false;
	int r = TOBS_OK;

	if (count > FEW_KEYS)
		r = check_many_keys(ops, count, &twice);
	else
		for (size_t i = 1; i < count; i++)
			for (size_t j = 0; j < i && changes(&ops[i]); j++)
				twice = twice ||
					(changes(&ops[j]) && tobs_view_eq(ops[i].key, ops[j].key));
	if (r)
		return tobs_fail(err, r, "checking a batch");
	return twice ? tobs_fail(err, TOBS_EINVAL, "a batch changes one key twice") : TOBS_OK;
}

static int check_ops(const struct kv_op *ops, size_t count, struct tobs_err *err)
{
	size_t bytes = 0;

	if (count > KV_BATCH_MAX)
		return tobs_fail(err, TOBS_ETOOBIG, "a batch of %zu operations: at most %d", count,
			KV_BATCH_MAX);
	for (size_t i = 0; i < count; i++) {
		int r = check_key(ops[i].key, err);

		if (r)
			return r;
		if (ops[i].value.len > KV_VALUE_MAX)
			return tobs_fail(err, TOBS_ETOOBIG, "a value of %zu bytes: at most %d",
				ops[i].value.len, KV_VALUE_MAX);
		if (ops[i].ttl_ms < 0)
			return tobs_fail(err, TOBS_EINVAL, "a time to live below 0");
		bytes += ops[i].key.len + ops[i].value.len;
	}
	if (bytes > KV_BATCH_BYTES)
		return tobs_fail(err, TOBS_ETOOBIG, "a batch of %zu bytes: at most %d", bytes,
			KV_BATCH_BYTES);
	return check_twice(ops, count, err);
}

int kv_apply(struct kv *s, struct kv_op *ops, size_t count, struct tobs_err *err)
{
	struct kv_request q = { .kind = KV_REQUEST_WRITE, .ops = ops, .count = count };
	int r = check_ops(ops, count, err);

	if (r || !count)
		return r;
	return submit(s, &q, err);
}

int kv_put(struct kv *s, struct tobs_view key, struct tobs_view value, int64_t ttl_ms,
	struct tobs_err *err)
{
	struct kv_op op = { KV_PUT, .key = key, .value = value, .ttl_ms = ttl_ms };

	return kv_apply(s, &op, 1, err);
}

int kv_delete(struct kv *s, struct tobs_view key, struct tobs_err *err)
{
	struct kv_op op = { KV_DELETE, .key = key };

	return kv_apply(s, &op, 1, err);
}

int kv_add(struct kv *s, struct tobs_view key, int64_t delta, int64_t ttl_ms, int64_t *ret,
	struct tobs_err *err)
{
	struct kv_op op = { KV_ADD, .key = key, .delta = delta, .ttl_ms = ttl_ms };
	int r = kv_apply(s, &op, 1, err);

	if (!r && ret)
		*ret = op.number;
	return r;
}

int kv_swap(struct kv *s, struct tobs_view key, const struct tobs_view *expected,
	struct tobs_view value, int64_t ttl_ms, struct tobs_err *err)
{
	struct kv_op ops[] = {
		{ expected ? KV_EXPECT : KV_ABSENT, .key = key },
		{ KV_PUT, .key = key, .value = value, .ttl_ms = ttl_ms },
	};

	if (expected)
		ops[0].value = *expected;
	return kv_apply(s, ops, ARRAY_LEN(ops), err);
}
