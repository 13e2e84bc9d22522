/* SPDX-License-Identifier: MIT */
/* What bots do with messages that are there: react, pin; and that they are busy. */
#include "base/attr.h"
#include "sim/bot_send.h"

enum { REACTIONS_MAX = 16 };

static int run_action(struct bot_call *c)
{
	const struct tobs_send_chat_action *a = c->args;
	struct tl_updateUserTyping *u;
	struct sim_account *other;
	int64_t peer;
	int r = bot_find_writable(c, a->chat_id, a->chat_username, &peer);

	if (r)
		return r;
	other = sim_account(c->world, peer);
	u = other ? SIM_NEW(&c->world->arena, updateUserTyping) : NULL;
	if (u) {
		u->user_id = c->bot->account->user->peer;
		u->action = TL0(sendMessageTypingAction);
		u->action = tobs_arena_dup(
			&c->world->arena, u->action, sizeof(struct tl_sendMessageTypingAction));
		r = sim_push(other, (void *)u, false);
	}
	return r ? bot_no_memory(c) : bot_true(c);
}

static const union tl_Reaction *reaction(struct bot_call *c, const struct tobs_reaction_type *from)
{
	struct tl_reactionEmoji *e;
	struct tl_reactionCustomEmoji *custom;

	if (from->kind == TOBS_REACTION_TYPE_EMOJI) {
		e = SIM_NEW(&c->world->arena, reactionEmoji);
		if (e)
			e->emoticon = sim_keep(c->world, tobs_str(from->emoji.emoji));
		return (const void *)e;
	}
	custom = SIM_NEW(&c->world->arena, reactionCustomEmoji);
	if (custom)
		(void)tobs_view_int(tobs_str(from->custom_emoji.custom_emoji_id), INT64_MIN,
			INT64_MAX, &custom->document_id);
	return (const void *)custom;
}

static int run_react(struct bot_call *c)
{
	const struct tobs_set_message_reaction *a = c->args;
	const union tl_Reaction *list[REACTIONS_MAX];
	struct bot_edited e;
	struct tobs_err err;
	int r = bot_edited_find(c, "react", &e);

	if (r)
		return r;
	/* A bot is no premium user (documentation of setMessageReaction). */
	if (a->reaction.count > 1)
		return bot_fail(c, 400, "REACTIONS_TOO_MANY");
	for (size_t i = 0; i < a->reaction.count; i++) {
		if (a->reaction.items[i].kind == TOBS_REACTION_TYPE_PAID)
			return bot_fail(c, 400, "REACTION_INVALID");
		list[i] = reaction(c, &a->reaction.items[i]);
		if (!list[i])
			return bot_no_memory(c);
	}
	r = sim_react(e.history, c->bot->account->user->peer, e.id, list, a->reaction.count, &err);
	/* To say the same again is fine. */
	if (r == TOBS_ERPC && strcmp(err.name, "MESSAGE_NOT_MODIFIED") == 0)
		r = TOBS_OK;
	return r ? bot_refused(c, r, &err) : bot_true(c);
}

/* ---- pinning ---- */

static int run_pin(struct bot_call *c)
{
	const struct tobs_pin_chat_message *a = c->args;
	struct bot_edited e;
	struct tobs_err err;
	int r = bot_edited_find(c, "pin", &e);

	if (r)
		return r;
	c->bot->quiet = true;
	r = sim_pin(
		e.history, c->bot->account->user->peer, e.id, true, !a->disable_notification, &err);
	c->bot->quiet = false;
	return r ? bot_refused(c, r, &err) : bot_true(c);
}

static int unpin(struct bot_call *c, struct sim_history *h, int32_t id)
{
	struct tobs_err err;
	int r = sim_pin(h, c->bot->account->user->peer, id, false, false, &err);

	return r ? bot_refused(c, r, &err) : TOBS_OK;
}

static int run_unpin(struct bot_call *c)
{
	const struct tobs_unpin_chat_message *a = c->args;
	struct sim_history *h;
	int64_t peer;
	int32_t id = (int32_t)a->message_id;
	int r = bot_find_history(c, a->chat_id, a->chat_username, &peer, &h);

	if (r)
		return r;
	if (!a->message_id && h && h->pinned.count)
		id = *ARRAY_LAST(&h->pinned);
	if (!h || !id || !sim_history_get(h, id, &c->arena))
		return bot_fail(c, 400, "message to unpin not found");
	r = unpin(c, h, id);
	return r ? r : bot_true(c);
}

static int run_unpin_all(struct bot_call *c)
{
	struct sim_history *h;
	int64_t peer;
	int r = bot_find_history(
		c, bot_arg_int(c, "chat_id"), bot_arg_str(c, "chat_id"), &peer, &h);

	/* Each takes itself out of the list. */
	while (!r && h && h->pinned.count) {
		size_t before = h->pinned.count;

		r = unpin(c, h, *ARRAY_LAST(&h->pinned));
		if (h->pinned.count == before)
			break;
	}
	return r ? r : bot_true(c);
}

const struct bot_row bot_rows_act[] = {
	{ TOBS_METHOD_SEND_CHAT_ACTION, run_action },
	{ TOBS_METHOD_SET_MESSAGE_REACTION, run_react },
	{ TOBS_METHOD_PIN_CHAT_MESSAGE, run_pin },
	{ TOBS_METHOD_UNPIN_CHAT_MESSAGE, run_unpin },
	{ TOBS_METHOD_UNPIN_ALL_CHAT_MESSAGES, run_unpin_all },
	{ 0, NULL },
};
