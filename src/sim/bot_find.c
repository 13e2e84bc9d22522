/* SPDX-License-Identifier: MIT */
/* Which chat a call means, and whether the bot may have to do with it. */
#include "base/attr.h"
#include "sim/bot_call.h"
#include "sim/history.h"

const char *bot_chat_noun(const struct sim_chat *g)
{
	return g->kind == SIM_CHAT_GROUP         ? "group chat"
		: g->kind == SIM_CHAT_SUPERGROUP ? "supergroup chat"
						 : "channel chat";
}

/* Somebody the bot has met: who wrote to it, or is where it is. */
static bool met(const struct sim_bot *b, int64_t user)
{
	const struct sim_world *w = b->account->world;

	if (user == b->account->user->peer || sim_history(b->account, user))
		return true;
	ARRAY_EACH (chat, &w->chat_list)
		if (sim_is_member(*chat, user) && sim_is_member(*chat, b->account->user->peer))
			return true;
	return false;
}

static int find_group(struct bot_call *c, struct sim_chat *g)
{
	const struct sim_member *m = sim_member(g, c->bot->account->user->peer);

	if (g->successor) {
		c->migrate_to = g->successor->peer;
		return bot_fail(c, 400, "group chat was upgraded to a supergroup chat");
	}
	if (m && m->role == SIM_BANNED)
		return bot_fail(c, 403, "bot was kicked from the %s", bot_chat_noun(g));
	if (sim_is_member(g, c->bot->account->user->peer) || g->open)
		return TOBS_OK;
	/* One that it has been in, it knows. */
	if (m)
		return bot_fail(c, 403, "bot is not a member of the %s", bot_chat_noun(g));
	return bot_fail(c, 400, "chat not found");
}

int bot_find_chat(struct bot_call *c, int64_t id, const char *name, int64_t *ret_peer)
{
	struct sim_chat *g;

	if (name && *name)
		id = name[0] == '@' ? sim_peer_by_name(c->world, tobs_str(name)) : 0;
	else if (name)
		return bot_fail(c, 400, "chat_id is empty");
	/* Only chats are found by name, and not people. */
	if (name && id > 0)
		id = 0;
	g = sim_chat(c->world, id);
	*ret_peer = id;
	if (g)
		return find_group(c, g);
	if (id <= 0 || !sim_user(c->world, id) || !met(c->bot, id))
		return bot_fail(c, 400, "chat not found");
	return TOBS_OK;
}

int bot_find_history(struct bot_call *c, int64_t id, const char *name, int64_t *ret_peer,
	struct sim_history **ret)
{
	int r = bot_find_chat(c, id, name, ret_peer);

	if (!r)
		*ret = sim_history(c->bot->account, *ret_peer);
	return r;
}

int bot_find_writable(struct bot_call *c, int64_t id, const char *name, int64_t *ret_peer)
{
	int64_t me = c->bot->account->user->peer;
	const struct sim_account *other;
	const struct sim_member *m;
	const struct sim_chat *g;
	int r = bot_find_chat(c, id, name, ret_peer);

	if (r)
		return r;
	g = sim_chat(c->world, *ret_peer);
	if (!g) {
		other = sim_account(c->world, *ret_peer);
		if (other && sim_blocks(other, me))
			return bot_fail(c, 403, "bot was blocked by the user");
		if (sim_user(c->world, *ret_peer)->tl->deleted)
			return bot_fail(c, 403, "user is deactivated");
		if (*ret_peer != me && sim_user(c->world, *ret_peer)->tl->bot)
			return bot_fail(c, 403, "bot can't send messages to bots");
		if (!sim_history(c->bot->account, *ret_peer))
			return bot_fail(c, 403, "bot can't initiate conversation with a user");
		return TOBS_OK;
	}
	if (!sim_is_member(g, me))
		return bot_fail(c, 403, "bot is not a member of the %s", bot_chat_noun(g));
	m = sim_member(g, me);
	if (g->kind == SIM_CHAT_CHANNEL && m->role != SIM_ADMIN && m->role != SIM_CREATOR)
		return bot_fail(c, 400, "need administrator rights in the channel chat");
	return TOBS_OK;
}
