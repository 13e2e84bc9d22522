/* SPDX-License-Identifier: MIT */
/*
 * Entries in memory: a treap, which is a search tree by key and a heap by a
 * random number, and so about balanced whatever the order of the writes.
 */
#include <stdio.h>

#include "base/alloc.h"
#include "base/attr.h"
#include "base/rand.h"
#include "store/kv_driver.h"

enum {
	/* Entries looked at by each write, whether their time is up. */
	SWEEP = 2,
	FEW = 8, /* operations of a batch that need no memory for themselves */
	NUMBER_MAX = 24,
};

struct entry {
	struct entry *left, *right;
	int64_t ends; /* µs since 1970 */
	uint32_t rank;
	uint32_t value_len;
	uint16_t key_len;
	uint8_t bytes[]; /* the key, then the value */
};

struct memory {
	struct kv_driver driver;
	const struct clock *clock;
	struct entry *root;
	struct prng ranks;
	uint8_t cursor[KV_KEY_MAX]; /* how far the sweep has come */
	size_t cursor_len;
};

static struct tobs_view key_of(const struct entry *e)
{
	return tobs_view(e->bytes, e->key_len);
}

static struct tobs_view value_of(const struct entry *e)
{
	return tobs_view(e->bytes + e->key_len, e->value_len);
}

/* ---- The tree -------------------------------------------------------------- */

/* Where the entry hangs, or would. */
static struct entry **place(struct memory *m, struct tobs_view key)
{
	struct entry **at = &m->root;

	while (*at) {
		int c = tobs_view_cmp(key, key_of(*at));

		if (!c)
			break;
		at = c < 0 ? &(*at)->left : &(*at)->right;
	}
	return at;
}

static struct entry *find(struct memory *m, struct tobs_view key, int64_t now)
{
	struct entry *e = *place(m, key);

	return e && e->ends > now ? e : NULL;
}

/* The first entry behind the key. */
static struct entry *successor(const struct memory *m, struct tobs_view key)
{
	struct entry *best = NULL;

	for (struct entry *e = m->root; e;) {
		if (tobs_view_cmp(key, key_of(e)) < 0) {
			best = e;
			e = e->left;
		} else {
			e = e->right;
		}
	}
	return best;
}

static void split(struct entry *e, struct tobs_view key, struct entry **less, struct entry **more)
{
	while (e) {
		if (tobs_view_cmp(key_of(e), key) < 0) {
			*less = e;
			less = &e->right;
			e = e->right;
		} else {
			*more = e;
			more = &e->left;
			e = e->left;
		}
	}
	*less = *more = NULL;
}

/* All of `a` comes before all of `b`. */
static struct entry *merge(struct entry *a, struct entry *b)
{
	struct entry *root = NULL, **at = &root;

	while (a && b) {
		if (a->rank > b->rank) {
			*at = a;
			at = &a->right;
			a = a->right;
		} else {
			*at = b;
			at = &b->left;
			b = b->left;
		}
	}
	*at = a ? a : b;
	return root;
}

/* Takes its place, or that of the one with its key. */
static void insert(struct memory *m, struct entry *e)
{
	struct entry **at = place(m, key_of(e)), *old = *at;

	if (old) {
		e->left = old->left;
		e->right = old->right;
		e->rank = old->rank;
		*at = e;
		mem_free(old);
		return;
	}
	e->rank = (uint32_t)prng_next(&m->ranks);
	at = &m->root;
	while (*at && (*at)->rank >= e->rank)
		at = tobs_view_cmp(key_of(e), key_of(*at)) < 0 ? &(*at)->left : &(*at)->right;
	split(*at, key_of(e), &e->left, &e->right);
	*at = e;
}

static void take_out(struct memory *m, struct tobs_view key)
{
	struct entry **at = place(m, key), *e = *at;

	if (!e)
		return;
	*at = merge(e->left, e->right);
	mem_free(e);
}

static struct entry *entry_new(struct tobs_view key, struct tobs_view value, int64_t ends)
{
	struct entry *e = mem_alloc(sizeof *e + key.len + value.len);

	if (!e)
		return NULL;
	e->left = e->right = NULL;
	e->ends = ends;
	e->rank = 0;
	e->key_len = (uint16_t)key.len;
	e->value_len = (uint32_t)value.len;
	memcpy(e->bytes, key.ptr, key.len);
	if (value.len)
		memcpy(e->bytes + key.len, value.ptr, value.len);
	return e;
}

/* ---- Reading --------------------------------------------------------------- */

static void get(struct memory *m, struct kv_request *r, int64_t now)
{
	for (size_t i = 0; i < r->count && !r->result; i++) {
		const struct entry *e = find(m, r->keys[i], now);

		r->found[i] = (struct kv_found){ .found = e };
		if (e && tobs_arena_view(r->arena, value_of(e), &r->found[i].value))
			r->result = tobs_fail(&r->err, TOBS_ENOMEM, "reading from the store");
	}
}

static bool begins(struct tobs_view key, struct tobs_view prefix)
{
	return tobs_view_eq(tobs_view_sub(key, 0, prefix.len), prefix);
}

static void scan(struct memory *m, struct kv_request *r, int64_t now)
{
	bool from_prefix = tobs_view_cmp(r->after, r->prefix) < 0;
	struct entry *e = from_prefix && r->prefix.len ? *place(m, r->prefix) : NULL;
	struct kv_page *page = &r->page;

	page->pairs = TOBS_ARENA_ARRAY(r->arena, r->limit, struct kv_pair);
	if (!page->pairs) {
		r->result = tobs_fail(&r->err, TOBS_ENOMEM, "reading from the store");
		return;
	}
	if (!e)
		e = successor(m, from_prefix ? r->prefix : r->after);
	for (; e && begins(key_of(e), r->prefix); e = successor(m, key_of(e))) {
		struct kv_pair *pair = &page->pairs[page->count];

		if (e->ends <= now)
			continue;
		if (page->count == r->limit) {
			page->more = true;
			break;
		}
		if (tobs_arena_view(r->arena, key_of(e), &pair->key) ||
			tobs_arena_view(r->arena, value_of(e), &pair->value)) {
			r->result = tobs_fail(&r->err, TOBS_ENOMEM, "reading from the store");
			return;
		}
		page->count++;
	}
}

/* ---- Writing --------------------------------------------------------------- */

static struct entry *sum(struct memory *m, struct kv_request *r, size_t i, int64_t now)
{
	struct kv_op *op = &r->ops[i];
	const struct entry *e = find(m, op->key, now);
	char text[NUMBER_MAX];
	int n;

	if (kv_sum(e ? value_of(e) : tobs_view(NULL, 0), op->delta, &op->number)) {
		kv_fail_sum(r, i);
		return NULL;
	}
	n = snprintf(text, sizeof text, "%lld", (long long)op->number);
	return entry_new(
		op->key, tobs_view(text, (size_t)n), e ? e->ends : kv_ends(now, op->ttl_ms));
}

/* Looks at what is expected, and makes all that will be put. */
static void prepare(struct memory *m, struct kv_request *r, struct entry **fresh, int64_t now)
{
	for (size_t i = 0; i < r->count && !r->result; i++) {
		const struct kv_op *op = &r->ops[i];
		const struct entry *e;

		fresh[i] = NULL;
		if (op->kind == KV_EXPECT || op->kind == KV_ABSENT) {
			e = find(m, op->key, now);
			if (op->kind == KV_ABSENT ? e != NULL
						  : !e || !tobs_view_eq(value_of(e), op->value))
				kv_fail_unmet(r, i);
		} else if (op->kind == KV_PUT || op->kind == KV_ADD) {
			fresh[i] = op->kind == KV_ADD
				? sum(m, r, i, now)
				: entry_new(op->key, op->value, kv_ends(now, op->ttl_ms));
			if (!fresh[i] && !r->result)
				r->result = tobs_fail(&r->err, TOBS_ENOMEM, "storing");
		}
		if (r->result) /* the others are not needed */
			for (size_t j = 0; j <= i; j++)
				mem_free(fresh[j]);
	}
}

static void commit(struct memory *m, struct kv_request *r, struct entry **fresh, int64_t now)
{
	for (size_t i = 0; i < r->count; i++) {
		struct kv_op *op = &r->ops[i];

		if (fresh[i])
			insert(m, fresh[i]);
		if (op->kind == KV_DELETE) {
			op->was = find(m, op->key, now) != NULL;
			take_out(m, op->key);
		}
	}
}

static void sweep(struct memory *m, int64_t now)
{
	for (int i = 0; i < SWEEP; i++) {
		struct entry *e = successor(m, tobs_view(m->cursor, m->cursor_len));

		if (!e) { /* once round */
			m->cursor_len = 0;
			return;
		}
		memcpy(m->cursor, e->bytes, e->key_len);
		m->cursor_len = e->key_len;
		if (e->ends <= now)
			take_out(m, tobs_view(m->cursor, m->cursor_len));
	}
}

static void write_batch(struct memory *m, struct kv_request *r, int64_t now)
{
	struct entry *few[FEW], **fresh = few;

	if (r->count > FEW)
		fresh = MEM_ARRAY(r->count, struct entry *);
	if (!fresh) {
		r->result = tobs_fail(&r->err, TOBS_ENOMEM, "storing");
		return;
	}
	prepare(m, r, fresh, now);
	if (!r->result)
		commit(m, r, fresh, now);
	if (fresh != few)
		mem_free(fresh);
	sweep(m, now);
}

static void memory_run(struct kv_driver *d, struct kv_request **requests, size_t count)
{
	struct memory *m = CONTAINER_OF(d, struct memory, driver);
	int64_t now = clock_wall(m->clock);

	for (size_t i = 0; i < count; i++) {
		struct kv_request *r = requests[i];

		if (r->kind == KV_REQUEST_GET)
			get(m, r, now);
		else if (r->kind == KV_REQUEST_SCAN)
			scan(m, r, now);
		else
			write_batch(m, r, now);
	}
}

static void memory_close(struct kv_driver *d)
{
	struct memory *m = CONTAINER_OF(d, struct memory, driver);

	while (m->root) { /* by rotations, so that no stack is needed */
		struct entry *e = m->root;

		if (e->left) {
			m->root = e->left;
			e->left = m->root->right;
			m->root->right = e;
		} else {
			m->root = e->right;
			mem_free(e);
		}
	}
	mem_free(m);
}

int kv_memory_new(const struct clock *clock, struct kv_driver **ret, struct tobs_err *err)
{
	struct memory *m = MEM_NEW(struct memory);

	if (!m)
		return tobs_fail(err, TOBS_ENOMEM, "opening the store");
	m->driver = (struct kv_driver){ "memory", KV_MODE_DIRECT, memory_run, memory_close };
	m->clock = clock ? clock : clock_system();
	m->ranks.state = rng_u64(rng_system()); /* so that nobody can choose keys to unbalance it */
	*ret = &m->driver;
	return TOBS_OK;
}
