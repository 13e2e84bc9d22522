/* SPDX-License-Identifier: MIT */
/* Reactions and votes. */
#include "base/array.h"
#include "base/attr.h"
#include "sim/change.h"
#include "sim/copies.h"
#include "sim/inner.h"
#include "sim/vote.h"

bool sim_same_reaction(const union tl_Reaction *a, const union tl_Reaction *b)
{
	if (a->ctor != b->ctor)
		return false;
	if (a->ctor == TL_reactionEmoji)
		return tobs_view_eq(a->reactionEmoji.emoticon, b->reactionEmoji.emoticon);
	if (a->ctor == TL_reactionCustomEmoji)
		return a->reactionCustomEmoji.document_id == b->reactionCustomEmoji.document_id;
	return true;
}

/* ---- reactions ---- */

struct reacting {
	struct sim_history *history;
	int64_t actor;
	struct tl_vec_Reaction old, now; /* of the actor */
	struct tobs_arena *arena;        /* the world's */
};

static bool allowed(const struct sim_chat *c, const union tl_Reaction *r)
{
	const union tl_ChatReactions *some = c ? c->reactions : NULL;

	if (r->ctor == TL_reactionEmpty)
		return false;
	if (!some)
		return true;
	if (some->ctor == TL_chatReactionsNone)
		return false;
	if (some->ctor == TL_chatReactionsAll)
		return r->ctor != TL_reactionCustomEmoji || some->chatReactionsAll.allow_custom;
	for (uint32_t i = 0; i < some->chatReactionsSome.reactions.count; i++)
		if (sim_same_reaction(some->chatReactionsSome.reactions.items[i], r))
			return true;
	return false;
}

static bool contains(const struct tl_vec_Reaction *list, const union tl_Reaction *r)
{
	for (uint32_t i = 0; i < list->count; i++)
		if (sim_same_reaction(list->items[i], r))
			return true;
	return false;
}

/* What the actor has given so far. */
static int find_old(struct reacting *a, const struct tl_messageReactions *all)
{
	uint32_t n = all ? all->recent_reactions.count : 0;
	const union tl_Reaction **items = TOBS_ARENA_ARRAY(
		a->arena, n + 1, const union tl_Reaction *);

	if (!items)
		return TOBS_ENOMEM;
	a->old = (struct tl_vec_Reaction){ 0, items };
	for (uint32_t i = 0; i < n; i++)
		if (sim_peer_of(all->recent_reactions.items[i]->peer_id) == a->actor)
			items[a->old.count++] = all->recent_reactions.items[i]->reaction;
	return TOBS_OK;
}

/* The counts without what is taken back and with what is new; what nobody gives any more is gone. */
static bool count_again(const struct reacting *a, const struct tl_messageReactions *before,
	struct tl_messageReactions *out)
{
	uint32_t have = before ? before->results.count : 0, n = 0;
	const struct tl_reactionCount **items = TOBS_ARENA_ARRAY(
		a->arena, have + a->now.count + 1, const struct tl_reactionCount *);

	if (!items)
		return false;
	for (uint32_t i = 0; i < have; i++) {
		const struct tl_reactionCount *c = before->results.items[i];
		int change = (int)contains(&a->now, c->reaction) -
			(int)contains(&a->old, c->reaction);
		struct tl_reactionCount *copy = SIM_COPY(a->arena, reactionCount, c);

		if (!copy)
			return false;
		copy->count += change;
		if (copy->count > 0)
			items[n++] = copy;
	}
	for (uint32_t i = 0; i < a->now.count; i++) {
		struct tl_reactionCount *c;
		bool known = false;

		for (uint32_t k = 0; k < n; k++)
			known |= sim_same_reaction(items[k]->reaction, a->now.items[i]);
		if (known)
			continue;
		c = SIM_NEW(a->arena, reactionCount);
		if (!c)
			return false;
		c->reaction = a->now.items[i];
		c->count = 1;
		items[n++] = c;
	}
	out->results = (struct tl_vec_ReactionCount){ n, items };
	return true;
}

/* Who reacted, newest first. */
static bool list_again(const struct reacting *a, const struct tl_messageReactions *before,
	struct tl_messageReactions *out)
{
	uint32_t have = before ? before->recent_reactions.count : 0, n = 0;
	const struct tl_messagePeerReaction **items = TOBS_ARENA_ARRAY(
		a->arena, have + a->now.count + 1, const struct tl_messagePeerReaction *);

	if (!items)
		return false;
	for (uint32_t i = 0; i < a->now.count; i++) {
		struct tl_messagePeerReaction *r = SIM_NEW(a->arena, messagePeerReaction);

		if (!r)
			return false;
		r->peer_id = sim_tl_peer(a->history->world, a->actor);
		r->date = sim_now(a->history->world);
		r->reaction = a->now.items[i];
		items[n++] = r;
	}
	for (uint32_t i = 0; i < have; i++)
		if (sim_peer_of(before->recent_reactions.items[i]->peer_id) != a->actor)
			items[n++] = before->recent_reactions.items[i];
	out->recent_reactions = (struct tl_vec_MessagePeerReaction){ n, items };
	out->has_recent_reactions = n > 0;
	return true;
}

static const struct tl_messageReactions *change(
	const struct reacting *a, const struct tl_messageReactions *before)
{
	struct tl_messageReactions *out = before ? SIM_COPY(a->arena, messageReactions, before)
						 : SIM_NEW(a->arena, messageReactions);

	if (!out)
		return NULL;
	out->can_see_list = !a->history->chat || a->history->chat->kind != SIM_CHAT_CHANNEL;
	/* Who reacts to a post stays unknown to others, but not to us: own reactions are shown. */
	return count_again(a, before, out) && list_again(a, before, out) ? out : NULL;
}

static const struct tl_messageReactions **field(union tl_Message *m)
{
	return m->ctor == TL_messageService ? &m->messageService.reactions : &m->message.reactions;
}

static int tell_reactions(const struct sim_copy *c, const struct tl_messageReactions *now)
{
	struct tl_updateMessageReactions *u = SIM_NEW(
		&c->history->world->arena, updateMessageReactions);

	if (u) {
		u->peer = c->history->tl_peer;
		u->msg_id = c->id;
		u->reactions = now;
	}
	return sim_tell(c->history->box, (void *)u, 0, c->history, c->id);
}

static int tell_bot(struct sim_account *bot, const struct reacting *a, const struct sim_copy *c,
	const struct tl_messageReactions *now)
{
	struct tobs_arena *arena = a->arena;
	struct tl_updateBotMessageReaction *u;
	struct tl_updateBotMessageReactions *v;

	/* In channels bots learn how many, elsewhere who. */
	if (c->history->chat && c->history->chat->kind == SIM_CHAT_CHANNEL) {
		v = SIM_NEW(arena, updateBotMessageReactions);
		if (v) {
			v->peer = c->history->tl_peer;
			v->msg_id = c->id;
			v->date = sim_now(a->history->world);
			v->reactions = now->results;
		}
		return sim_push(bot, (void *)v, true);
	}
	u = SIM_NEW(arena, updateBotMessageReaction);
	if (u) {
		u->peer = c->history->tl_peer;
		u->msg_id = c->id;
		u->date = sim_now(a->history->world);
		u->actor = sim_tl_peer(a->history->world, a->actor);
		u->old_reactions = a->old;
		u->new_reactions = a->now;
	}
	return sim_push(bot, (void *)u, true);
}

/* Bots are told in private chats, and where they are admins. */
static int tell_bots(
	const struct reacting *a, const struct sim_copy *c, const struct tl_messageReactions *now)
{
	struct sim_account *own = c->history->box->account;
	int r = TOBS_OK;

	if (own)
		return own->user->tl->bot && own->user->peer != a->actor &&
				(!c->history->chat ||
					sim_is_admin(c->history->chat, own->user->peer))
			? tell_bot(own, a, c, now)
			: TOBS_OK;
	ARRAY_EACH (bot, &a->history->world->accounts)
		if (!r && (*bot)->user->tl->bot && (*bot)->user->peer != a->actor &&
			sim_is_admin(c->history->chat, (*bot)->user->peer))
			r = tell_bot(*bot, a, c, now);
	return r;
}

static int react_copy(const struct reacting *a, const struct sim_copy *c)
{
	union tl_Message *m = sim_history_edit(c->history, c->id);
	const struct tl_messageReactions *now;
	int r;

	if (!m)
		return TOBS_ENOMEM;
	now = change(a, *field(m));
	if (!now)
		return TOBS_ENOMEM;
	*field(m) = now->results.count ? now : NULL;
	if (m->ctor == TL_message)
		m->message.has_reactions = now->results.count > 0;
	else
		m->messageService.has_reactions = now->results.count > 0;
	r = sim_history_replace(c->history, m);
	if (!r)
		r = tell_reactions(c, now);
	return r ? r : tell_bots(a, c, now);
}

static bool equal_sets(const struct tl_vec_Reaction *a, const struct tl_vec_Reaction *b)
{
	for (uint32_t i = 0; i < a->count; i++)
		if (!contains(b, a->items[i]))
			return false;
	return a->count == b->count;
}

static int keep_reactions(
	struct reacting *a, const union tl_Reaction *const *reactions, size_t count)
{
	const union tl_Reaction **items = TOBS_ARENA_ARRAY(
		a->arena, count + 1, const union tl_Reaction *);

	if (!items)
		return TOBS_ENOMEM;
	for (size_t i = 0; i < count; i++) {
		const void *copy;

		if (tl_copy(reactions[i], a->arena, &copy, NULL))
			return TOBS_ENOMEM;
		items[i] = copy;
	}
	a->now = (struct tl_vec_Reaction){ (uint32_t)count, items };
	return TOBS_OK;
}

int sim_react(struct sim_history *h, int64_t actor, int32_t id,
	const union tl_Reaction *const *reactions, size_t count, struct tobs_err *err)
{
	struct reacting a = { .history = h, .actor = actor, .arena = &h->world->arena };
	struct sim_copy self;
	size_t n;
	const struct sim_copy *copies = sim_copies(h, id, &self, &n);
	union tl_Message *m = sim_history_edit(h, id);
	int r;

	if (!m)
		return sim_refuse(err, 400, "MESSAGE_ID_INVALID");
	for (size_t i = 0; i < count; i++)
		if (!allowed(h->chat, reactions[i]))
			return sim_refuse(err, 400, "REACTION_INVALID");
	r = find_old(&a, *field(m));
	if (!r)
		r = keep_reactions(&a, reactions, count);
	if (!r && equal_sets(&a.old, &a.now))
		return sim_refuse(err, 400, "MESSAGE_NOT_MODIFIED");
	for (size_t i = 0; i < n && !r; i++)
		r = react_copy(&a, &copies[i]);
	return r ? tobs_fail(err, r, "no memory for a reaction") : TOBS_OK;
}

/* ---- votes ---- */

static const struct tl_messageMediaPoll *poll_of(const union tl_Message *m)
{
	if (!m || m->ctor != TL_message || !m->message.media ||
		m->message.media->ctor != TL_messageMediaPoll)
		return NULL;
	return &m->message.media->messageMediaPoll;
}

/* The results with `from` taken back and `to` given. */
static const struct tl_pollResults *count_votes(
	const struct tl_messageMediaPoll *p, uint64_t from, uint64_t to, struct tobs_arena *arena)
{
	uint32_t n = p->poll->answers.count;
	struct tl_pollResults *out = SIM_COPY(arena, pollResults, p->results);
	const struct tl_pollAnswerVoters **rows = TOBS_ARENA_ARRAY(
		arena, n + 1, const struct tl_pollAnswerVoters *);

	if (!out || !rows)
		return NULL;
	for (uint32_t i = 0; i < n; i++) {
		bool have = i < out->results.count;
		struct tl_pollAnswerVoters *row = have
			? SIM_COPY(arena, pollAnswerVoters, out->results.items[i])
			: SIM_NEW(arena, pollAnswerVoters);

		if (!row)
			return NULL;
		if (!have && p->poll->answers.items[i]->ctor == TL_pollAnswer)
			row->option = p->poll->answers.items[i]->pollAnswer.option;
		row->has_voters = 1;
		row->voters += (int32_t)(to >> i & 1) - (int32_t)(from >> i & 1);
		rows[i] = row;
	}
	out->results = (struct tl_vec_PollAnswerVoters){ n, rows };
	out->has_total_voters = 1;
	out->total_voters += (to != 0) - (from != 0);
	return out;
}

static int vote_copy(const struct sim_copy *c, uint64_t from, uint64_t to)
{
	struct tobs_arena *arena = &c->history->world->arena;
	union tl_Message *m = sim_history_edit(c->history, c->id);
	struct tl_messageMediaPoll *media;
	struct tl_updateMessagePoll *u = SIM_NEW(arena, updateMessagePoll);
	int r;

	if (!m || !u)
		return TOBS_ENOMEM;
	media = SIM_COPY(arena, messageMediaPoll, &m->message.media->messageMediaPoll);
	if (!media)
		return TOBS_ENOMEM;
	media->results = count_votes(media, from, to, arena);
	if (!media->results)
		return TOBS_ENOMEM;
	m->message.media = (const void *)media;
	r = sim_history_replace(c->history, m);
	u->poll_id = media->poll->id;
	u->results = media->results;
	return r ? r : sim_tell(c->history->box, (void *)u, 0, c->history, c->id);
}

/* The bot that made a poll whose voters are public is told who voted. */
static int tell_author(
	struct sim_history *h, const union tl_Message *m, const struct sim_vote *vote)
{
	const struct tl_poll *poll = poll_of(m)->poll;
	struct sim_account *bot = sim_account(h->world, sim_message_from(m));
	struct tl_updateMessagePollVote *u;
	struct tobs_view *options;
	int32_t *positions;
	uint32_t n = 0;

	if (!bot || !bot->user->tl->bot || !poll->public_voters)
		return TOBS_OK;
	u = SIM_NEW(&h->world->arena, updateMessagePollVote);
	options = TOBS_ARENA_ARRAY(&h->world->arena, poll->answers.count + 1, struct tobs_view);
	positions = TOBS_ARENA_ARRAY(&h->world->arena, poll->answers.count + 1, int32_t);
	if (!u || !options || !positions)
		return TOBS_ENOMEM;
	for (uint32_t i = 0; i < poll->answers.count; i++)
		if (vote->chosen >> i & 1 && poll->answers.items[i]->ctor == TL_pollAnswer) {
			positions[n] = (int32_t)i;
			options[n++] = poll->answers.items[i]->pollAnswer.option;
		}
	u->poll_id = poll->id;
	u->peer = sim_tl_peer(h->world, vote->peer);
	u->options = (struct tl_vec_string){ n, options };
	u->positions = (struct tl_vec_int){ n, positions };
	return sim_push(bot, (void *)u, true);
}

static int check_vote(const struct tl_messageMediaPoll *p, uint64_t chosen,
	const struct sim_vote *have, struct tobs_err *err)
{
	uint32_t answers = p ? p->poll->answers.count : 0;

	if (!p)
		return sim_refuse(err, 400, "MESSAGE_ID_INVALID");
	if (p->poll->closed)
		return sim_refuse(err, 400, "MESSAGE_POLL_CLOSED");
	if (answers < SIM_OPTIONS_MAX && chosen >> answers)
		return sim_refuse(err, 400, "OPTION_INVALID");
	if (!p->poll->multiple_choice && __builtin_popcountll(chosen) > 1)
		return sim_refuse(err, 400, "OPTIONS_TOO_MUCH");
	if (have && (p->poll->quiz || p->poll->revoting_disabled))
		return sim_refuse(err, 400, "REVOTE_NOT_ALLOWED");
	return TOBS_OK;
}

int sim_vote_for(
	struct sim_history *h, int64_t actor, int32_t id, uint64_t chosen, struct tobs_err *err)
{
	const union tl_Message *m = sim_history_edit(h, id);
	const struct tl_messageMediaPoll *p = poll_of(m);
	const struct sim_vote *have = p ? sim_vote(h->world, p->poll->id, actor) : NULL;
	struct sim_vote vote = { actor, chosen, sim_now(h->world) };
	uint64_t before = have ? have->chosen : 0;
	struct sim_copy self;
	size_t n;
	const struct sim_copy *copies = sim_copies(h, id, &self, &n);
	int r = check_vote(p, chosen, have, err);

	if (r)
		return r;
	r = sim_vote_set(h->world, p->poll->id, &vote);
	for (size_t i = 0; i < n && !r; i++)
		r = vote_copy(&copies[i], before, chosen);
	if (!r)
		r = tell_author(h, m, &vote);
	return r ? tobs_fail(err, r, "no memory for a vote") : TOBS_OK;
}
