/* SPDX-License-Identifier: MIT */
#include "bot/ledger.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/alloc.h"

#define OFFSET_KEY "bot/offset"
#define DONE_KEY   "bot/done/"
#define INBOX_KEY  "bot/inbox/"
#define ALIVE_KEY  "bot/alive"

enum { OPS_ON_STACK = 8 };

#define DAY_MS ((int64_t)24 * 3600 * 1000)

void ledger_init(struct ledger *l)
{
	*l = (struct ledger){ NULL };
	list_init(&l->recent);
}

void ledger_deinit(struct ledger *l)
{
	LIST_EACH (it, &l->recent)
		mem_free(LIST_ITEM(it, struct ledger_block, link));
	list_init(&l->recent);
	map_deinit(&l->blocks);
}

/* Numbers stand in the order of their keys: sixteen digits each. */
static struct tobs_view make_key(char *out, const char *prefix, int64_t n)
{
	return tobs_view(
		out, (size_t)snprintf(out, LEDGER_KEY, "%s%016" PRIx64, prefix, (uint64_t)n));
}

static int64_t number_of(int64_t update_id)
{
	return update_id / LEDGER_BITS;
}

static struct ledger_block *find(const struct ledger *l, int64_t number)
{
	return map_get(&l->blocks, (uint64_t)number + 1);
}

/* The block, made if need be; the one that was not used for longest makes room. */
static struct ledger_block *block_of(struct ledger *l, int64_t number)
{
	struct ledger_block *b = find(l, number);

	if (b) {
		list_remove(&b->link);
		list_push_front(&l->recent, &b->link);
		return b;
	}
	if (l->count >= LEDGER_BLOCKS) {
		b = LIST_ITEM(l->recent.prev, struct ledger_block, link);
		list_remove(&b->link);
		map_remove(&l->blocks, (uint64_t)b->number + 1);
		l->count--;
		memset(b->done, 0, sizeof b->done);
		memset(b->taken, 0, sizeof b->taken);
	} else {
		b = MEM_NEW(struct ledger_block);
		if (!b)
			return NULL;
		list_init(&b->link);
	}
	b->number = number;
	if (map_put(&l->blocks, (uint64_t)number + 1, b)) {
		mem_free(b);
		return NULL;
	}
	list_push_front(&l->recent, &b->link);
	l->count++;
	return b;
}

bool ledger_has(const struct ledger *l, int64_t id)
{
	struct ledger_block *b = id >= 0 ? find(l, number_of(id)) : NULL;

	return b && (b->done[id % LEDGER_BITS / 8] >> id % 8 & 1);
}

int ledger_take(struct ledger *l, int64_t id)
{
	struct ledger_block *b;
	uint8_t *taken, bit;

	if (id < 0)
		return TOBS_OK;
	b = block_of(l, number_of(id));
	if (!b)
		return TOBS_ENOMEM;
	taken = &b->taken[id % LEDGER_BITS / 8];
	bit = (uint8_t)(1 << id % 8);
	if ((*taken | b->done[id % LEDGER_BITS / 8]) & bit)
		return TOBS_EEXISTS;
	*taken |= bit;
	return TOBS_OK;
}

void ledger_give_back(struct ledger *l, int64_t id)
{
	struct ledger_block *b = id >= 0 ? find(l, number_of(id)) : NULL;

	if (b)
		b->taken[id % LEDGER_BITS / 8] &= (uint8_t) ~(1 << id % 8);
}

/* ---- At the start ------------------------------------------------------------ */

static int load_block(struct ledger *l, const struct kv_pair *pair)
{
	struct tobs_view digits = tobs_view_sub(pair->key, strlen(DONE_KEY), SIZE_MAX);
	struct ledger_block *b;
	uint64_t n = 0;

	for (size_t i = 0; i < digits.len; i++) {
		uint8_t c = digits.ptr[i];
		int d = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;

		if (d < 0)
			return TOBS_OK; /* not ours */
		n = n << 4 | (uint64_t)d;
	}
	if (digits.len != 16 || pair->value.len != sizeof b->done || n > INT64_MAX / LEDGER_BITS)
		return TOBS_OK;
	b = block_of(l, (int64_t)n);
	if (!b)
		return TOBS_ENOMEM;
	memcpy(b->done, pair->value.ptr, sizeof b->done);
	return TOBS_OK;
}

static int load_blocks(struct ledger *l, struct tobs_err *err)
{
	struct tobs_view after = tobs_view(NULL, 0);
	struct tobs_arena arena;
	struct kv_page page = { .more = true };
	char last[LEDGER_KEY];
	int r = TOBS_OK;

	tobs_arena_init(&arena, 1 << 20);
	while (!r && page.more) {
		r = kv_scan(l->store, tobs_str(DONE_KEY), after, 100, &arena, &page, err);
		if (r || !page.count)
			break;
		for (size_t i = 0; i < page.count && !r; i++)
			r = load_block(l, &page.pairs[i]);
		after = page.pairs[page.count - 1].key;
		if (after.len > sizeof last)
			break;
		memcpy(last, after.ptr, after.len);
		after = tobs_view(last, after.len);
		tobs_arena_reset(&arena);
	}
	tobs_arena_deinit(&arena);
	return r;
}

static int load_offset(struct ledger *l, struct tobs_err *err)
{
	struct tobs_arena arena;
	struct tobs_view value;
	int r;

	tobs_arena_init(&arena, 4096);
	r = kv_get(l->store, tobs_str(OFFSET_KEY), &arena, &value, err);
	if (!r)
		r = tobs_view_int(value, INT64_MIN, INT64_MAX, &l->offset)
			? tobs_fail(err, TOBS_EMALFORMED, "the store's offset is no number")
			: TOBS_OK;
	tobs_arena_deinit(&arena);
	return r == TOBS_ENOTFOUND ? TOBS_OK : r;
}

/* Whether somebody before us did not come to an orderly end; and we are alive. */
static int look_back(struct ledger *l, struct tobs_err *err)
{
	struct kv_op alive = { .kind = KV_PUT, .key = tobs_str(ALIVE_KEY), .value = tobs_str("1") };
	struct tobs_arena arena;
	struct tobs_view v;
	int r;

	tobs_arena_init(&arena, 4096);
	r = kv_get(l->store, tobs_str(ALIVE_KEY), &arena, &v, err);
	tobs_arena_deinit(&arena);
	if (r && r != TOBS_ENOTFOUND)
		return r;
	l->cut_short = !r;
	return l->cut_short ? TOBS_OK : kv_apply(l->store, &alive, 1, err);
}

int ledger_open(struct ledger *l, struct kv *store, bool durable, struct tobs_err *err)
{
	int r;

	l->store = store;
	l->durable = durable;
	l->cut_short = !durable;
	if (!durable)
		return TOBS_OK;
	r = load_offset(l, err);
	if (!r)
		r = load_blocks(l, err);
	return r ? r : look_back(l, err);
}

int ledger_close(struct ledger *l, struct tobs_err *err)
{
	struct kv_op gone = { .kind = KV_DELETE, .key = tobs_str(ALIVE_KEY) };

	/* What was cut short before us and is still not dealt with is for the next one. */
	if (!l->durable || l->cut_short)
		return TOBS_OK;
	return kv_apply(l->store, &gone, 1, err);
}

/* ---- On the way --------------------------------------------------------------- */

static int apply(struct ledger *l, const struct kv_op *ops, size_t count,
	const struct ledger_block *b, struct tobs_err *err)
{
	struct kv_op few[OPS_ON_STACK], *all = few;
	char key[LEDGER_KEY];
	int r;

	if (count + 1 > OPS_ON_STACK)
		all = mem_array(count + 1, sizeof *all);
	if (!all)
		return tobs_fail(err, TOBS_ENOMEM, "writing to the store");
	if (count)
		memcpy(all, ops, count * sizeof *all);
	if (b)
		all[count++] = (struct kv_op){
			.kind = KV_PUT,
			.key = make_key(key, DONE_KEY, b->number),
			.value = tobs_view(b->done, sizeof b->done),
			.ttl_ms = LEDGER_DAYS * DAY_MS,
		};
	r = kv_apply(l->store, all, count, err);
	if (all != few)
		mem_free(all);
	return r;
}

int ledger_finish(
	struct ledger *l, int64_t id, const struct kv_op *ops, size_t count, struct tobs_err *err)
{
	struct ledger_block *b = id >= 0 ? block_of(l, number_of(id)) : NULL, copy;

	if (id >= 0 && !b)
		return tobs_fail(err, TOBS_ENOMEM, "noting an update");
	if (b)
		b->done[id % LEDGER_BITS / 8] |= (uint8_t)(1 << id % 8);
	if (!l->durable)
		b = NULL;
	if (!count && !b)
		return TOBS_OK;
	/* The block may have to make room for another while this is written. */
	if (b)
		copy = *b;
	return apply(l, ops, count, b ? &copy : NULL, err);
}

int ledger_set_offset(struct ledger *l, int64_t offset, struct tobs_err *err)
{
	char text[24];

	if (l->offset == offset)
		return TOBS_OK;
	l->offset = offset;
	if (!l->durable)
		return TOBS_OK;
	return kv_put(l->store, tobs_str(OFFSET_KEY),
		tobs_view(text, (size_t)snprintf(text, sizeof text, "%" PRId64, offset)), 0, err);
}

int ledger_keep(
	struct ledger *l, int64_t id, struct tobs_view json, int64_t offset, struct tobs_err *err)
{
	char key[LEDGER_KEY], text[24];
	struct kv_op ops[2] = {
		{ .kind = KV_PUT, .key = make_key(key, INBOX_KEY, id), .value = json },
		{ .kind = KV_PUT, .key = tobs_str(OFFSET_KEY) },
	};

	if (offset)
		l->offset = offset;
	if (!l->durable)
		return TOBS_OK;
	ops[1].value = tobs_view(text, (size_t)snprintf(text, sizeof text, "%" PRId64, offset));
	return kv_apply(l->store, ops, offset ? 2 : 1, err);
}

int ledger_drop(struct ledger *l, int64_t id, struct tobs_err *err)
{
	char key[LEDGER_KEY];

	return l->durable ? kv_delete(l->store, make_key(key, INBOX_KEY, id), err) : TOBS_OK;
}

struct kv_op ledger_drop_op(int64_t id, char *key)
{
	return (struct kv_op){ .kind = KV_DELETE, .key = make_key(key, INBOX_KEY, id) };
}

int ledger_inbox(struct ledger *l, struct tobs_view after, size_t limit, struct tobs_arena *arena,
	struct kv_page *ret, struct tobs_err *err)
{
	*ret = (struct kv_page){ NULL };
	if (!l->durable)
		return TOBS_OK;
	return kv_scan(l->store, tobs_str(INBOX_KEY), after, limit, arena, ret, err);
}
