/* SPDX-License-Identifier: MIT */
/* Where conversations stand, in the store; and whose turn it is with one. */
#include <inttypes.h>
#include <stdio.h>

#include "base/json_write.h"
#include "bot/conv.h"

/* ---- Turns ---------------------------------------------------------------------------- */

static struct conv_lock *lock_of(struct conv_set *set, const char *key)
{
	struct conv_lock *l = smap_get(&set->locks, tobs_str(key));

	if (!l) {
		l = MEM_NEW(struct conv_lock);
		if (!l || smap_put(&set->locks, tobs_str(key), l)) {
			mem_free(l);
			return NULL;
		}
		tobs_sem_init(&l->sem, 1);
	}
	l->refs++;
	return l;
}

static void drop_lock(struct conv_set *set, const char *key, struct conv_lock *l)
{
	if (--l->refs)
		return;
	(void)smap_remove(&set->locks, tobs_str(key));
	mem_free(l);
}

void conv_leave(struct tobs_ctx *ctx, struct conv_run *run)
{
	struct conv_run **at = &ctx->convs;

	while (*at != run)
		at = &(*at)->next;
	*at = run->next;
	if (run->fire) {
		char key[CONV_STORE_MAX];

		(void)smap_remove(
			&run->set->flying, conv_due_key(key, run->fire->due, run->fire->key));
		mem_free(run->fire);
	}
	tobs_sem_post(&run->lock->sem);
	drop_lock(run->set, run->key, run->lock);
}

/* ---- Reading --------------------------------------------------------------------------- */

static struct tobs_view text_at(struct tree *t, const char *path)
{
	t = tree_find(t, path);
	return t && t->type == JSON_STRING ? t->str : tobs_view(NULL, 0);
}

static int64_t number_at(struct tree *t, const char *path)
{
	t = tree_find(t, path);
	return t && t->type == JSON_INT ? t->n : 0;
}

/* The stack is one that the program has. */
static bool read_stack(struct conv_run *run, struct tree *stack)
{
	struct tobs_conv *conv = run->conv;

	for (struct tree *t = stack ? stack->first : NULL; t; t = t->next) {
		struct conv_frame *f = &run->stack[run->depth];

		if (!conv || run->depth == TOBS_CONV_NESTED ||
			!tobs_view_is(text_at(t, "0"), conv->name))
			return false;
		f->conv = conv;
		f->state = conv_find_state(conv, text_at(t, "1"));
		if (!f->state)
			return false;
		run->depth++;
		conv = f->state->inner;
	}
	return run->depth > 0;
}

static int read_record(struct tobs_ctx *ctx, struct conv_run *run)
{
	struct tobs_arena *arena = tobs_ctx_arena(ctx);
	struct tobs_view json;
	struct tree *t = NULL, *data;
	struct tobs_err err;
	char key[CONV_STORE_MAX];
	int r;

	snprintf(key, sizeof key, CONV_AT "%s", run->key);
	r = kv_get(bot_store(ctx->bot), tobs_str(key), arena, &json, &err);
	if (r && r != TOBS_ENOTFOUND)
		return r;
	run->stored = !r;
	/* The data may be nested as deep as it likes. */
	if (!r)
		r = tree_read(arena, json, TOBS_DATA_DEPTH + 1, &t);
	/* What is no record of ours is a state that is not known. */
	if (r && r != TOBS_ENOTFOUND && r != TOBS_EMALFORMED)
		return r;
	data = t ? tree_find(t, "data") : NULL;
	if (!data || data->type != JSON_OBJECT)
		data = tree_new(arena);
	if (!data)
		return TOBS_ENOMEM;
	data_init(&run->data, arena, data);
	if (t) {
		run->due = number_at(t, "due");
		run->order = number_at(t, "order");
		run->chat = number_at(t, "chat");
		run->user = number_at(t, "user");
		run->known = read_stack(run, tree_find(t, "stack"));
	}
	if (!run->known)
		run->depth = 0;
	return TOBS_OK;
}

int conv_enter(struct tobs_ctx *ctx, struct conv_set *set, struct tobs_conv *conv, const char *key,
	struct conv_run **ret)
{
	struct conv_run *run = TOBS_ARENA_NEW(tobs_ctx_arena(ctx), struct conv_run);
	int r;

	if (!run)
		return TOBS_ENOMEM;
	run->set = set;
	run->conv = conv;
	snprintf(run->key, sizeof run->key, "%s", key);
	run->lock = lock_of(set, run->key);
	if (!run->lock)
		return TOBS_ENOMEM;
	r = tobs_sem_wait(&run->lock->sem);
	if (r) {
		drop_lock(set, run->key, run->lock);
		return r;
	}
	run->next = ctx->convs;
	ctx->convs = run;
	r = read_record(ctx, run);
	if (r) {
		conv_leave(ctx, run);
		return r;
	}
	*ret = run;
	return TOBS_OK;
}

/* ---- Writing --------------------------------------------------------------------------- */

struct tobs_view conv_due_key(char *out, int64_t due, const char *key)
{
	return tobs_view(out,
		(size_t)snprintf(out, CONV_STORE_MAX, CONV_DUE "%0*" PRIx64 "/%s", CONV_DUE_DIGITS,
			(uint64_t)due, key));
}

int conv_stage_due_gone(struct tobs_ctx *ctx, int64_t due, const char *key)
{
	char due_key[CONV_STORE_MAX];

	return ctx_stage(
		ctx, &(struct kv_op){ .kind = KV_DELETE, .key = conv_due_key(due_key, due, key) });
}

static void write_record(const struct conv_run *run, struct tobs_view data, struct tobs_buf *out)
{
	struct json_writer w;

	json_writer_init(&w, out, 0);
	jsonw_object(&w);
	jsonw_key(&w, "due");
	jsonw_i64(&w, run->new_due);
	jsonw_key(&w, "order");
	jsonw_i64(&w, run->order);
	jsonw_key(&w, "chat");
	jsonw_i64(&w, run->chat);
	jsonw_key(&w, "user");
	jsonw_i64(&w, run->user);
	jsonw_key(&w, "stack");
	jsonw_array(&w);
	for (size_t i = 0; i < run->depth; i++) {
		jsonw_array(&w);
		jsonw_str(&w, run->stack[i].conv->name);
		jsonw_str(&w, run->stack[i].state->name);
		jsonw_end(&w);
	}
	jsonw_end(&w);
	jsonw_key(&w, "data");
	jsonw_raw(&w, data);
	jsonw_end(&w);
}

static int stage_record(struct tobs_ctx *ctx, struct conv_run *run)
{
	struct kv_op op = { .kind = run->depth ? KV_PUT : KV_DELETE };
	struct tobs_buf data, json;
	char key[CONV_STORE_MAX];
	int r = TOBS_OK;

	snprintf(key, sizeof key, CONV_AT "%s", run->key);
	op.key = tobs_str(key);
	tobs_buf_init(&data, KV_VALUE_MAX);
	tobs_buf_init(&json, KV_VALUE_MAX);
	if (run->depth)
		r = tree_write(run->data.root, &data);
	if (run->depth && !r) {
		write_record(run, tobs_buf_view(&data), &json);
		r = tobs_buf_err(&json);
	}
	op.value = tobs_buf_view(&json);
	if (!r)
		r = ctx_stage(ctx, &op);
	tobs_buf_deinit(&json);
	tobs_buf_deinit(&data);
	return r;
}

static int stage_due(struct tobs_ctx *ctx, struct conv_run *run)
{
	char key[CONV_STORE_MAX], value[64];

	snprintf(value, sizeof value, "%" PRId64 " %" PRId64 " %" PRId64, run->order, run->chat,
		run->user);
	return ctx_stage(ctx,
		&(struct kv_op){ .kind = KV_PUT,
			.key = conv_due_key(key, run->new_due, run->key),
			.value = tobs_str(value) });
}

int conv_stage(struct tobs_ctx *ctx, struct conv_run *run)
{
	int64_t due = run->depth ? run->new_due : 0;
	int r = run->depth ? run->data.err : TOBS_OK;

	if (r)
		return r;
	if (!run->changed || (!run->depth && !run->stored))
		return TOBS_OK;
	r = stage_record(ctx, run);
	if (!r && run->due && run->due != due)
		r = conv_stage_due_gone(ctx, run->due, run->key);
	if (!r && due)
		r = stage_due(ctx, run);
	return r;
}

/* ---- For people ------------------------------------------------------------------------- */

static void dump_left(struct tobs_buf *out, int64_t due)
{
	int64_t left = (due - conv_now()) / 1000;

	if (!due)
		return;
	if (left < 0)
		tobs_buf_puts(out, ", overdue");
	else if (left >= 3600)
		tobs_buf_printf(out, ", %lld h %lld m left", (long long)left / 3600,
			(long long)left / 60 % 60);
	else if (left >= 60)
		tobs_buf_printf(
			out, ", %lld m %lld s left", (long long)left / 60, (long long)left % 60);
	else
		tobs_buf_printf(out, ", %lld s left", (long long)left);
}

/* "register/5/7/0" */
static void dump_one(struct tobs_buf *out, struct tobs_view key, struct tree *t)
{
	static const char *const words[] = { "chat", "user", "message" };
	struct tree *stack = tree_find(t, "stack");
	struct tobs_view part;

	(void)tobs_view_split(&key, '/', &part);
	tobs_buf_putv(out, part);
	for (int i = 0; i < 3 && tobs_view_split(&key, '/', &part); i++)
		if (!tobs_view_is(part, "0"))
			tobs_buf_printf(out, " %s %.*s", words[i], TOBS_VIEW_FMT(part));
	tobs_buf_puts(out, ": ");
	for (struct tree *f = stack ? stack->first : NULL; f; f = f->next) {
		struct tobs_view name = text_at(f, "0");

		if (f != stack->first)
			tobs_buf_printf(out, " > %.*s ", TOBS_VIEW_FMT(name));
		tobs_buf_putv(out, text_at(f, "1"));
	}
	dump_left(out, number_at(t, "due"));
	tobs_buf_puts(out, ", ");
	tree_write(tree_find(t, "data"), out);
	tobs_buf_putc(out, '\n');
}

int tobs_conv_dump(struct tobs_bot *bot, struct tobs_buf *out)
{
	struct tobs_view prefix = tobs_str(CONV_AT), after = { NULL, 0 };
	struct kv_page page = { .more = true };
	struct tobs_arena arena;
	struct tree *t;
	char last[KV_KEY_MAX];
	int r = TOBS_OK;

	if (!bot || !bot_store(bot))
		return TOBS_EINVAL;
	while (!r && page.more) {
		tobs_arena_init(&arena, 256 << 20);
		r = kv_scan(bot_store(bot), prefix, after, 100, &arena, &page, NULL);
		for (size_t i = 0; i < page.count && !r; i++) {
			struct kv_pair *p = &page.pairs[i];

			r = tree_read(&arena, p->value, TOBS_DATA_DEPTH + 1, &t);
			if (!r)
				dump_one(out, tobs_view_sub(p->key, prefix.len, SIZE_MAX), t);
			else if (r == TOBS_EMALFORMED)
				r = tobs_buf_printf(out, "%.*s: damaged\n", TOBS_VIEW_FMT(p->key));
			after = tobs_view(last, p->key.len);
			memcpy(last, p->key.ptr, p->key.len);
		}
		if (r)
			page.more = false;
		tobs_arena_deinit(&arena);
	}
	return r ? r : tobs_buf_err(out);
}
