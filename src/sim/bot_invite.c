/* SPDX-License-Identifier: MIT */
/* Links that lead into chats, and those who ask to be let in. */
#include <stdio.h>

#include "base/attr.h"
#include "sim/bot_member.h"

enum { HASH_BYTES = 17, NAME_MAX_CHARS = 32, LIMIT_MAX = 99999 };

static const char prefix[] = "https://t.me/+";

/* ---- links ---- */

static void make_hash(struct sim_world *w, char out[HASH_BYTES])
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
	int64_t n = (int64_t)w->made_up++;

	for (int i = 0; i < HASH_BYTES - 1; i++)
		out[i] = digits[sim_hash(w, "invite", n * HASH_BYTES + i) % 64];
	out[HASH_BYTES - 1] = 0;
}

static int show_link(struct bot_call *c, const struct bot_link *l)
{
	struct bot_show s = bot_show_of(c);
	const struct tobs_chat_invite_link out = {
		.invite_link = tobs_arena_printf(
			&c->arena, "%s%.*s", prefix, TOBS_VIEW_FMT(l->hash)),
		.creator = show_user(&s, c->bot->account->user->peer),
		.name = show_opt(&s, l->name),
		.expire_date = l->expire,
		.member_limit = l->limit,
		.creates_join_request = l->request,
		.is_primary = l->primary,
		.is_revoked = l->revoked,
	};

	return bot_result(c, TOBS_TYPE_CHAT_INVITE_LINK, &out);
}

static int add_link(struct bot_call *c, struct sim_chat *g, struct bot_link *l)
{
	char hash[HASH_BYTES];

	make_hash(c->world, hash);
	l->chat = g->peer;
	l->hash = sim_keep(c->world, tobs_str(hash));
	if (!l->hash.len || smap_put(&c->world->links, l->hash, g) ||
		ARRAY_PUSH(&c->bot->links, *l))
		return bot_no_memory(c);
	return TOBS_OK;
}

static int read_link(struct bot_call *c, struct bot_link *l)
{
	const char *name = bot_arg_str(c, "name");
	int64_t limit = bot_arg_int(c, "member_limit");

	l->name = sim_keep(c->world, tobs_str(name));
	l->expire = bot_arg_int(c, "expire_date");
	l->limit = limit;
	l->request = bot_arg_bool(c, "creates_join_request");
	if (limit < 0 || limit > LIMIT_MAX)
		return bot_fail(c, 400, "member limit must be between 1 and %d", (int)LIMIT_MAX);
	if (l->request && limit)
		return bot_fail(c, 400,
			"member limit can't be specified for links requiring administrator approval");
	return TOBS_OK;
}

static int run_export(struct bot_call *c)
{
	struct bot_link l = { .primary = true };
	struct sim_chat *g;
	int r = bot_managed(c, BOT_INVITE_USERS, &g);

	if (!r)
		r = add_link(c, g, &l);
	if (r)
		return r;
	/* The one before is good for nothing. */
	if (g->link.len)
		(void)smap_remove(&c->world->links, g->link);
	g->link = l.hash;
	return bot_result_str(
		c, tobs_arena_printf(&c->arena, "%s%.*s", prefix, TOBS_VIEW_FMT(l.hash)));
}

static int run_create(struct bot_call *c)
{
	struct bot_link l = { .primary = false };
	struct sim_chat *g;
	int r = bot_managed(c, BOT_INVITE_USERS, &g);

	if (!r)
		r = read_link(c, &l);
	if (!r)
		r = add_link(c, g, &l);
	return r ? r : show_link(c, &l);
}

static int find_link(struct bot_call *c, const struct sim_chat *g, struct bot_link **ret)
{
	struct tobs_view link = tobs_str(bot_arg_str(c, "invite_link"));

	if (tobs_view_starts(link, prefix))
		link = tobs_view_sub(link, strlen(prefix), SIZE_MAX);
	ARRAY_EACH (l, &c->bot->links)
		if (l->chat == g->peer && tobs_view_eq(l->hash, link)) {
			*ret = l;
			return TOBS_OK;
		}
	return bot_fail(c, 400, "INVITE_HASH_EXPIRED");
}

static int run_edit(struct bot_call *c)
{
	struct bot_link *l;
	struct sim_chat *g;
	int r = bot_managed(c, BOT_INVITE_USERS, &g);

	if (!r)
		r = find_link(c, g, &l);
	if (!r)
		r = read_link(c, l);
	return r ? r : show_link(c, l);
}

static int run_revoke(struct bot_call *c)
{
	struct bot_link *l;
	struct sim_chat *g;
	int r = bot_managed(c, BOT_INVITE_USERS, &g);

	if (!r)
		r = find_link(c, g, &l);
	if (r)
		return r;
	l->revoked = true;
	(void)smap_remove(&c->world->links, l->hash);
	return show_link(c, l);
}

/* ---- those who ask ---- */

static int take_request(struct bot_call *c, struct sim_chat **ret, int64_t *ret_user)
{
	int r = bot_managed(c, BOT_INVITE_USERS, ret);

	*ret_user = bot_arg_int(c, "user_id");
	if (r)
		return r;
	if (sim_is_member(*ret, *ret_user))
		return bot_fail(c, 400, "USER_ALREADY_PARTICIPANT");
	for (size_t i = 0; i < (*ret)->requests.count; i++)
		if ((*ret)->requests.items[i] == *ret_user) {
			ARRAY_REMOVE(&(*ret)->requests, i);
			return TOBS_OK;
		}
	return bot_fail(c, 400, "HIDE_REQUESTER_MISSING");
}

static int run_approve(struct bot_call *c)
{
	struct tobs_err err;
	struct sim_chat *g;
	int64_t user;
	int r = take_request(c, &g, &user);

	if (r)
		return r;
	r = sim_join(g, c->bot->account->user->peer, user, SIM_BY_REQUEST, &err);
	return r ? bot_refused(c, r, &err) : bot_true(c);
}

static int run_decline(struct bot_call *c)
{
	struct sim_chat *g;
	int64_t user;
	int r = take_request(c, &g, &user);

	return r ? r : bot_true(c);
}

const struct bot_row bot_rows_invite[] = {
	{ TOBS_METHOD_EXPORT_CHAT_INVITE_LINK, run_export },
	{ TOBS_METHOD_CREATE_CHAT_INVITE_LINK, run_create },
	{ TOBS_METHOD_EDIT_CHAT_INVITE_LINK, run_edit },
	{ TOBS_METHOD_REVOKE_CHAT_INVITE_LINK, run_revoke },
	{ TOBS_METHOD_APPROVE_CHAT_JOIN_REQUEST, run_approve },
	{ TOBS_METHOD_DECLINE_CHAT_JOIN_REQUEST, run_decline },
	{ 0, NULL },
};
