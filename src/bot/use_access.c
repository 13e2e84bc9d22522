/* SPDX-License-Identifier: MIT */
/* Middleware that lets only some through: authorisation, roles, administrators, chat types. */
#include "base/alloc.h"
#include "base/map.h"
#include "bot/guard.h"

struct access {
	struct guard guard;
	bool (*may)(struct tobs_ctx *ctx, void *user);
	uint32_t (*roles)(struct tobs_ctx *ctx, void *user);
	void *user;
	uint32_t bits; /* roles of which one is needed, or types of chats */
};

static struct access *new_access(uint32_t bits, void *user)
{
	struct access *a = MEM_NEW(struct access);

	if (a) {
		a->bits = bits;
		a->user = user;
	}
	return a;
}

static int let(struct access *a, struct tobs_ctx *ctx, bool may)
{
	return may ? tobs_next(ctx) : guard_refuse(&a->guard, ctx);
}

static int check_auth(struct tobs_ctx *ctx, void *user)
{
	struct access *a = user;

	return let(a, ctx, guard_passes(&a->guard, ctx) || a->may(ctx, a->user));
}

int tobs_use_auth(struct tobs_bot *bot, struct tobs_filter *only,
	bool (*may)(struct tobs_ctx *ctx, void *user), void *user, const char *text)
{
	struct access *a = new_access(0, user);

	if (a)
		a->may = may;
	return guard_use(bot, a ? &a->guard : NULL, only, text, check_auth);
}

static int check_roles(struct tobs_ctx *ctx, void *user)
{
	struct access *a = user;

	return let(a, ctx, guard_passes(&a->guard, ctx) || (a->roles(ctx, a->user) & a->bits));
}

int tobs_use_roles(struct tobs_bot *bot, struct tobs_filter *only, uint32_t need,
	uint32_t (*roles)(struct tobs_ctx *ctx, void *user), void *user, const char *text)
{
	struct access *a = new_access(need, user);

	if (a)
		a->roles = roles;
	return guard_use(bot, a ? &a->guard : NULL, only, text, check_roles);
}

static int check_type(struct tobs_ctx *ctx, void *user)
{
	struct access *a = user;

	return let(
		a, ctx, guard_passes(&a->guard, ctx) || (a->bits >> tobs_ctx_chat(ctx)->type & 1));
}

int tobs_use_chat_types(
	struct tobs_bot *bot, struct tobs_filter *only, uint32_t types, const char *text)
{
	struct access *a = new_access(types, NULL);

	return guard_use(bot, a ? &a->guard : NULL, only, text, check_type);
}

/* ---- Administrators ------------------------------------------------------------ */

enum { BELIEVED_MS = 5 * 60000, KNOWN_MAX = 10000 };

/* What Telegram said of somebody in a chat. */
struct known {
	int64_t chat, user;
	int64_t until; /* µs */
	bool admin;
};

struct admins {
	struct guard guard;
	struct map known; /* by key_of() */
};

static uint64_t key_of(int64_t chat, int64_t user)
{
	return hash_u64((uint64_t)chat) ^ (uint64_t)user;
}

static void forget_all(struct admins *a)
{
	MAP_EACH (slot, &a->known)
		mem_free(slot->value);
	map_deinit(&a->known);
	a->known = (struct map){ NULL, 0, 0 };
}

static void admins_deinit(struct guard *g)
{
	forget_all((struct admins *)(void *)g);
}

static void note(struct admins *a, int64_t chat, int64_t user, bool admin)
{
	uint64_t key = key_of(chat, user);
	struct known *k = map_get(&a->known, key);

	if (!k) {
		/* Seldom, and then once: what is needed is asked for again. */
		if (a->known.count >= KNOWN_MAX)
			forget_all(a);
		k = MEM_NEW(struct known);
		if (!k || map_put(&a->known, key, k)) {
			mem_free(k); /* without memory we ask every time */
			return;
		}
	}
	*k = (struct known){ chat, user, tobs_now() + BELIEVED_MS * 1000, admin };
}

static bool is_admin_kind(enum tobs_chat_member_kind kind)
{
	return kind == TOBS_CHAT_MEMBER_OWNER || kind == TOBS_CHAT_MEMBER_ADMINISTRATOR;
}

static int ask(struct admins *a, struct tobs_ctx *ctx, bool *ret)
{
	int64_t chat = tobs_chat_id(ctx), user = tobs_sender(ctx)->id;
	struct known *k = map_get(&a->known, key_of(chat, user));
	const struct tobs_chat_member *m;
	int r;

	if (k && k->chat == chat && k->user == user && k->until > tobs_now()) {
		*ret = k->admin;
		return TOBS_OK;
	}
	r = tobs_get_chat_member(
		ctx->bot, &(struct tobs_get_chat_member){ .chat_id = chat, .user_id = user }, &m);
	if (r)
		return r;
	*ret = is_admin_kind(m->kind);
	note(a, chat, user, *ret);
	return TOBS_OK;
}

static int check_admin(struct tobs_ctx *ctx, void *user)
{
	struct admins *a = user;
	const struct tobs_message *m = tobs_ctx_message(ctx);
	const struct tobs_update *u = tobs_ctx_update(ctx);
	bool admin = false;
	int r;

	if (u->chat_member)
		note(a, u->chat_member->chat->id, u->chat_member->new_chat_member->user->id,
			is_admin_kind(u->chat_member->new_chat_member->kind));
	if (guard_passes(&a->guard, ctx) || !tobs_chat_id(ctx) ||
		tobs_ctx_chat(ctx)->type == TOBS_CHAT_TYPE_PRIVATE)
		return tobs_next(ctx);
	/* Who writes in the name of the group is one of its administrators. */
	if (m && m->sender_chat && m->sender_chat->id == tobs_chat_id(ctx))
		return tobs_next(ctx);
	r = ask(a, ctx, &admin);
	if (r)
		return r;
	return admin ? tobs_next(ctx) : guard_refuse(&a->guard, ctx);
}

int tobs_use_admins(struct tobs_bot *bot, struct tobs_filter *only, const char *text)
{
	struct admins *a = MEM_NEW(struct admins);

	if (a)
		a->guard.deinit = admins_deinit;
	return guard_use(bot, a ? &a->guard : NULL, only, text, check_admin);
}
