/* SPDX-License-Identifier: MIT */
/* A group has become a supergroup: its conversations go on there. */
#include <inttypes.h>
#include <stdio.h>

#include "bot/conv.h"

enum { PAGE = 100, ARENA_BYTES = 64 << 20 };

static int64_t number_at(struct tree *t, const char *path)
{
	t = tree_find(t, path);
	return t && t->type == JSON_INT ? t->n : 0;
}

static void set_number(struct tree *t, const char *path, int64_t from, int64_t to)
{
	t = tree_find(t, path);
	if (t && t->type == JSON_INT && t->n == from)
		t->n = to;
}

/* `was` and `is`: the keys behind CONV_AT. What is in the new chat already stays. */
static int move_one(struct kv *store, struct tobs_arena *arena, struct tobs_view json,
	const char *was, const char *is, int64_t from, int64_t to, struct tobs_err *err)
{
	char at_was[CONV_STORE_MAX], at_is[CONV_STORE_MAX], due_was[CONV_STORE_MAX],
		due_is[CONV_STORE_MAX], target[64];
	struct kv_op ops[5];
	struct tobs_buf out;
	struct tree *t;
	int64_t due;
	int r = tree_read(arena, json, TOBS_DATA_DEPTH + 1, &t);

	if (r)
		return r == TOBS_EMALFORMED ? TOBS_OK : r;
	set_number(t, "chat", from, to);
	set_number(t, "order", from, to);
	due = number_at(t, "due");
	tobs_buf_init(&out, KV_VALUE_MAX);
	r = tree_write(t, &out);
	snprintf(at_was, sizeof at_was, CONV_AT "%s", was);
	snprintf(at_is, sizeof at_is, CONV_AT "%s", is);
	snprintf(target, sizeof target, "%" PRId64 " %" PRId64 " %" PRId64, number_at(t, "order"),
		number_at(t, "chat"), number_at(t, "user"));
	ops[0] = (struct kv_op){ .kind = KV_ABSENT, .key = tobs_str(at_is) };
	ops[1] = (struct kv_op){
		.kind = KV_PUT, .key = tobs_str(at_is), .value = tobs_buf_view(&out)
	};
	ops[2] = (struct kv_op){ .kind = KV_DELETE, .key = tobs_str(at_was) };
	ops[3] = (struct kv_op){ .kind = KV_DELETE, .key = conv_due_key(due_was, due, was) };
	ops[4] = (struct kv_op){
		.kind = KV_PUT, .key = conv_due_key(due_is, due, is), .value = tobs_str(target)
	};
	if (!r)
		r = kv_apply(store, ops, due ? 5 : 3, err);
	tobs_buf_deinit(&out);
	return r == TOBS_EAGAIN ? TOBS_OK : r;
}

static int move_all(struct kv *store, const struct tobs_conv *c, int64_t from, int64_t to,
	struct tobs_arena *arena)
{
	struct tobs_view after = { NULL, 0 };
	struct kv_page page = { .more = true };
	char prefix[CONV_STORE_MAX], was[CONV_KEY_MAX], is[CONV_KEY_MAX];
	struct tobs_err err;
	int r = TOBS_OK;

	snprintf(prefix, sizeof prefix, CONV_AT "%s/%" PRId64 "/", c->name, from);
	while (!r && page.more) {
		r = kv_scan(store, tobs_str(prefix), after, PAGE, arena, &page, &err);
		for (size_t i = 0; i < page.count && !r; i++) {
			struct tobs_view key = page.pairs[i].key;

			snprintf(was, sizeof was, "%.*s",
				TOBS_VIEW_FMT(tobs_view_sub(key, strlen(CONV_AT), SIZE_MAX)));
			snprintf(is, sizeof is, "%s/%" PRId64 "/%.*s", c->name, to,
				TOBS_VIEW_FMT(tobs_view_sub(key, strlen(prefix), SIZE_MAX)));
			r = move_one(store, arena, page.pairs[i].value, was, is, from, to, &err);
			after = key;
		}
	}
	return r;
}

int conv_move(struct conv_set *set, int64_t from, int64_t to)
{
	struct tobs_arena arena;
	int r = TOBS_OK;

	tobs_arena_init(&arena, ARENA_BYTES);
	ARRAY_EACH (c, &set->convs)
		if (!r && !(*c)->outer && (*c)->opt.key != TOBS_CONV_USER)
			r = move_all(bot_store(set->bot), *c, from, to, &arena);
	tobs_arena_deinit(&arena);
	return r;
}
