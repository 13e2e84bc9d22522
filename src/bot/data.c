/* SPDX-License-Identifier: MIT */
/* Objects of users, chats and the bot: read when asked for, written at the end. */
#include "bot/data.h"

#include <inttypes.h>
#include <stdio.h>

#include "bot/bot.h"

enum { EMPTY_BYTES = 2 }; /* "{}" */

/* An object that some update has open. */
struct data_live {
	size_t refs;
	uint64_t version;     /* one more each time it is written */
	struct tobs_sem lock; /* whoever writes it has it until that is committed */
};

struct data_set {
	struct smap live; /* by key */
};

/* For when there is no memory even for a handle. */
static struct tobs_data no_memory = { .err = TOBS_ENOMEM };

static void make_key(enum tobs_data_of of, int64_t id, char *out)
{
	switch (of) {
	case TOBS_DATA_USER: snprintf(out, DATA_KEY_MAX, "data/user/%" PRId64, id); break;
	case TOBS_DATA_CHAT: snprintf(out, DATA_KEY_MAX, "data/chat/%" PRId64, id); break;
	default: snprintf(out, DATA_KEY_MAX, "data/bot"); break;
	}
}

/* ---- Who has what open -------------------------------------------------------- */

static struct data_live *take_live(struct data_set *set, const char *key)
{
	struct data_live *l = smap_get(&set->live, tobs_str(key));

	if (!l) {
		l = MEM_NEW(struct data_live);
		if (!l || smap_put(&set->live, tobs_str(key), l)) {
			mem_free(l);
			return NULL;
		}
		tobs_sem_init(&l->lock, 1);
	}
	l->refs++;
	return l;
}

static void give_live(struct data_set *set, struct tobs_data *d)
{
	struct data_live *l = d->live;

	d->live = NULL;
	if (l && --l->refs == 0) {
		(void)smap_remove(&set->live, tobs_str(d->key));
		mem_free(l);
	}
}

/* ---- Opening -------------------------------------------------------------------- */

/* What the store has now; an empty object when there is nothing. */
static int load(struct tobs_ctx *ctx, struct tobs_data *d, struct tree **ret)
{
	struct tobs_view json;
	struct tobs_err err;
	int r = kv_get(bot_store(ctx->bot), tobs_str(d->key), d->arena, &json, &err);

	if (!r) {
		r = tree_read(d->arena, json, TOBS_DATA_DEPTH, ret);
		if (!r && (*ret)->type != JSON_OBJECT)
			r = TOBS_EMALFORMED;
		return r;
	}
	if (r != TOBS_ENOTFOUND)
		return r;
	*ret = tree_new(d->arena);
	return *ret ? TOBS_OK : TOBS_ENOMEM;
}

struct tobs_data *tobs_data(struct tobs_ctx *ctx, enum tobs_data_of of, int64_t id)
{
	struct tobs_data *d, **at = &ctx->data;
	struct tree *root;
	char key[DATA_KEY_MAX];

	make_key(of, id, key);
	/* By key: the order in which they are locked. */
	while (*at && strcmp((*at)->key, key) < 0)
		at = &(*at)->next;
	if (*at && !strcmp((*at)->key, key))
		return *at;
	d = TOBS_ARENA_NEW(&ctx->scope->arena, struct tobs_data);
	if (!d) {
		ctx->data_failed = true;
		return &no_memory;
	}
	data_init(d, &ctx->scope->arena, tree_new(&ctx->scope->arena));
	memcpy(d->key, key, sizeof key);
	d->next = *at;
	*at = d;
	d->nobody = of != TOBS_DATA_BOT && !id;
	if (!d->root)
		d->err = TOBS_ENOMEM;
	if (d->nobody || d->err)
		return d;
	d->live = take_live(ctx->bot->data, key);
	if (!d->live) {
		d->err = TOBS_ENOMEM;
		return d;
	}
	/* Whatever is committed from here on may or may not be in what is read. */
	d->version = d->live->version;
	d->err = load(ctx, d, &root);
	if (!d->err)
		d->root = root;
	return d;
}

struct tobs_data *data_nobody(struct tobs_ctx *ctx)
{
	struct tobs_arena *arena = &ctx->scope->arena;
	struct tobs_data *d = TOBS_ARENA_NEW(arena, struct tobs_data);

	if (!d) {
		ctx->data_failed = true;
		return &no_memory;
	}
	data_init(d, arena, tree_new(arena));
	d->nobody = true;
	d->err = d->root ? TOBS_OK : TOBS_ENOMEM;
	d->next = ctx->data;
	ctx->data = d;
	return d;
}

struct tobs_data *tobs_data_user(struct tobs_ctx *ctx)
{
	return tobs_data(ctx, TOBS_DATA_USER, tobs_sender(ctx)->id);
}

struct tobs_data *tobs_data_chat(struct tobs_ctx *ctx)
{
	return tobs_data(ctx, TOBS_DATA_CHAT, tobs_chat_id(ctx));
}

struct tobs_data *tobs_data_bot(struct tobs_ctx *ctx)
{
	return tobs_data(ctx, TOBS_DATA_BOT, 0);
}

/* ---- Writing --------------------------------------------------------------------- */

/* Others have written it since: our changes are made to what they left. */
static int merge(struct tobs_ctx *ctx, struct tobs_data *d)
{
	struct tree *root;
	int r = load(ctx, d, &root);

	for (struct data_op *op = d->ops; op && !r; op = op->next)
		r = data_apply(root, d->arena, op);
	if (!r)
		d->root = root;
	return r;
}

static int stage(struct tobs_ctx *ctx, struct tobs_data *d)
{
	struct kv_op op = { .kind = KV_PUT, .key = tobs_str(d->key) };
	struct tobs_buf json;
	int r;

	tobs_buf_init(&json, TOBS_DATA_BYTES);
	r = tree_write(d->root, &json);
	op.value = tobs_buf_view(&json);
	if (json.len == EMPTY_BYTES)
		op.kind = KV_DELETE;
	if (!r)
		r = ctx_stage(ctx, &op);
	tobs_buf_deinit(&json);
	return r;
}

/* A group has become a supergroup: what it was remembered by moves along, unless there is something. */
static int move_chat(struct tobs_ctx *ctx, int64_t from, int64_t to)
{
	char was[DATA_KEY_MAX], is[DATA_KEY_MAX];
	struct data_live *live;
	struct tobs_view json;
	struct tobs_err err;
	int r;

	make_key(TOBS_DATA_CHAT, from, was);
	make_key(TOBS_DATA_CHAT, to, is);
	r = kv_get(bot_store(ctx->bot), tobs_str(was), tobs_ctx_arena(ctx), &json, &err);
	if (r)
		return r == TOBS_ENOTFOUND ? TOBS_OK : r;

	struct kv_op ops[] = {
		{ .kind = KV_ABSENT, .key = tobs_str(is) },
		{ .kind = KV_PUT, .key = tobs_str(is), .value = json },
		{ .kind = KV_DELETE, .key = tobs_str(was) },
	};

	r = kv_apply(bot_store(ctx->bot), ops, ARRAY_LEN(ops), &err);
	live = smap_get(&ctx->bot->data->live, tobs_str(is));
	if (live)
		live->version++;
	return r == TOBS_EAGAIN ? TOBS_OK : r;
}

static int prepare(struct tobs_ctx *ctx, void *user)
{
	const struct tobs_message *m = ctx->update->message;

	(void)user;
	return m && m->migrate_from_chat_id
		? move_chat(ctx, m->migrate_from_chat_id, tobs_chat_id(ctx))
		: TOBS_OK;
}

static int commit(struct tobs_ctx *ctx, int result, void *user)
{
	int r = ctx->data_failed ? TOBS_ENOMEM : TOBS_OK;

	(void)user;
	if (result < 0)
		return TOBS_OK;
	for (struct tobs_data *d = ctx->data; d && !r; d = d->next) {
		r = d->err;
		if (r || !d->ops)
			continue;
		r = tobs_sem_wait(&d->live->lock);
		d->locked = !r;
		if (!r && d->version != d->live->version)
			r = merge(ctx, d);
		if (!r)
			r = stage(ctx, d);
	}
	return r;
}

static void done(struct tobs_ctx *ctx, int kept, void *user)
{
	(void)kept;
	for (struct tobs_data *d = ctx->data; d; d = d->next) {
		if (d->locked) {
			/* Also when it failed: nobody may know whether it was written. */
			d->live->version++;
			tobs_sem_post(&d->live->lock);
		}
		give_live(user, d);
	}
	ctx->data = NULL;
}

static void data_free(void *user)
{
	struct data_set *set = user;

	SMAP_EACH(slot, &set->live)
	{
		mem_free(slot->value);
	}
	smap_deinit(&set->live);
	mem_free(set);
}

int data_attach(struct tobs_bot *bot)
{
	static const struct bot_part part = { .name = "data",
		.prepare = prepare,
		.commit = commit,
		.done = done,
		.free = data_free };
	struct data_set *set = MEM_NEW(struct data_set);

	if (!set)
		return bot_misuse(bot, TOBS_ENOMEM, "no memory for a bot");
	bot->data = set;
	return bot_add_part(bot, &part, set);
}
