/* SPDX-License-Identifier: MIT */
#include "sim/view.h"

#include "base/attr.h"
#include "sim/history.h"
#include "sim/inner.h"
#include "sim/vote.h"

enum { RECENT_MAX = 3 }; /* reactions and commenters shown with a message */

/* ---- reactions ---- */

/* Marks the viewer's own among the counts, in the order they were given. */
static bool choose_own(struct sim_account *viewer, const struct tl_messageReactions *all,
	struct tl_messageReactions *out, struct tobs_arena *arena)
{
	const struct tl_reactionCount **counts = NULL;
	int32_t order = 0;

	for (uint32_t i = 0; i < all->recent_reactions.count; i++) {
		const struct tl_messagePeerReaction *given = all->recent_reactions.items[i];

		if (sim_peer_of(given->peer_id) != viewer->user->peer)
			continue;
		if (!counts) {
			counts = tobs_arena_dup(
				arena, all->results.items, all->results.count * sizeof *counts);
			if (!counts)
				return false;
			out->results.items = counts;
		}
		for (uint32_t k = 0; k < all->results.count; k++) {
			struct tl_reactionCount *mine;

			if (!sim_same_reaction(counts[k]->reaction, given->reaction))
				continue;
			mine = SIM_COPY(arena, reactionCount, counts[k]);
			if (!mine)
				return false;
			mine->has_chosen_order = 1;
			mine->chosen_order = order++;
			counts[k] = mine;
		}
	}
	return true;
}

static bool show_recent(struct sim_account *viewer, const struct tl_messageReactions *all,
	struct tl_messageReactions *out, struct tobs_arena *arena)
{
	uint32_t n = MIN(all->recent_reactions.count, (uint32_t)RECENT_MAX);
	const struct tl_messagePeerReaction **recent = TOBS_ARENA_ARRAY(
		arena, n + 1, const struct tl_messagePeerReaction *);

	if (!recent)
		return false;
	for (uint32_t i = 0; i < n; i++) {
		recent[i] = all->recent_reactions.items[i];
		if (sim_peer_of(recent[i]->peer_id) == viewer->user->peer) {
			struct tl_messagePeerReaction *mine = SIM_COPY(
				arena, messagePeerReaction, recent[i]);

			if (!mine)
				return false;
			mine->my = 1;
			recent[i] = mine;
		}
	}
	out->recent_reactions.items = recent;
	out->recent_reactions.count = n;
	return true;
}

/* `all` keeps everybody known to have reacted, newest first. */
static const struct tl_messageReactions *view_reactions(
	struct sim_account *viewer, const struct tl_messageReactions *all, struct tobs_arena *arena)
{
	struct tl_messageReactions *out;

	if (!viewer || !all->recent_reactions.count)
		return all;
	out = SIM_COPY(arena, messageReactions, all);
	if (!out || !choose_own(viewer, all, out, arena) || !show_recent(viewer, all, out, arena))
		return NULL;
	return out;
}

/* ---- polls ---- */

static const struct tl_pollResults *view_results(const struct tl_messageMediaPoll *p,
	const struct sim_vote *own, bool hide, struct tobs_arena *arena)
{
	struct tl_pollResults *out = SIM_COPY(arena, pollResults, p->results);
	const struct tl_pollAnswerVoters **rows;

	if (!out)
		return NULL;
	if (hide) {
		out->results = (struct tl_vec_PollAnswerVoters){ 0 };
		out->has_results = 0;
		return out;
	}
	rows = tobs_arena_dup(arena, out->results.items, out->results.count * sizeof *rows);
	if (!rows)
		return NULL;
	for (uint32_t i = 0; own && i < out->results.count && i < SIM_OPTIONS_MAX; i++) {
		struct tl_pollAnswerVoters *row;

		if (!(own->chosen >> i & 1))
			continue;
		row = SIM_COPY(arena, pollAnswerVoters, rows[i]);
		if (!row)
			return NULL;
		row->chosen = 1;
		rows[i] = row;
	}
	out->results.items = rows;
	return out;
}

/* Who could still vote does not see how others did; bots do, as they cannot. */
static const union tl_MessageMedia *view_poll(
	struct sim_account *viewer, const union tl_MessageMedia *media, struct tobs_arena *arena)
{
	const struct tl_messageMediaPoll *p = &media->messageMediaPoll;
	const struct sim_vote *own = sim_vote(viewer->world, p->poll->id, viewer->user->peer);
	bool hide = !own && !p->poll->closed && !viewer->user->tl->bot;
	struct tl_messageMediaPoll *out;

	if (!own && !hide)
		return media;
	out = SIM_COPY(arena, messageMediaPoll, p);
	if (!out)
		return NULL;
	out->results = view_results(p, own, hide, arena);
	return out->results ? (const void *)out : NULL;
}

/* ---- replies ---- */

/* The thread under a message: in the chat itself, or in a channel's discussion group. */
static const struct sim_list *thread_of(const struct sim_history *h, int32_t id,
	const struct sim_history **ret_where, struct sim_list *scratch)
{
	*ret_where = h;
	if (h->chat->kind == SIM_CHAT_SUPERGROUP)
		return sim_thread(h, id, scratch);
	id = sim_discussion_of(h->chat, id);
	if (!id)
		return NULL;
	*ret_where = h->chat->linked->history;
	*scratch = (struct sim_list){ 0 };
	return sim_thread(*ret_where, id, scratch) ? sim_thread(*ret_where, id, scratch) : scratch;
}

static bool recent_repliers(const struct sim_history *where, const struct sim_list *l,
	struct tl_messageReplies *out, struct tobs_arena *arena)
{
	const union tl_Peer **peers = TOBS_ARENA_ARRAY(arena, RECENT_MAX, const union tl_Peer *);
	uint32_t n = 0;

	if (!peers)
		return false;
	for (int32_t i = sim_list_count(l) - 1; i >= 0 && i >= sim_list_count(l) - 8; i--) {
		const union tl_Message *m = sim_history_get(where, sim_list_id(l, i), arena);
		const union tl_Peer *from = m && m->ctor == TL_message ? m->message.from_id : NULL;
		bool known = !from;

		for (uint32_t k = 0; k < n; k++)
			known |= sim_peer_of(peers[k]) == sim_peer_of(from);
		if (!known && n < RECENT_MAX)
			peers[n++] = from;
	}
	if (n)
		out->recent_repliers = (struct tl_vec_Peer){ n, peers };
	return true;
}

static const struct tl_messageReplies *count_replies(const struct sim_history *h, int32_t id,
	const struct tl_messageReplies *have, struct tobs_arena *arena)
{
	const struct sim_history *where;
	struct sim_list scratch;
	const struct sim_list *l = thread_of(h, id, &where, &scratch);
	struct tl_messageReplies *out;

	if (!l)
		return have;
	out = SIM_NEW(arena, messageReplies);
	if (!out)
		return NULL;
	out->replies = sim_list_count(l);
	out->replies_pts = where->box->pts;
	if (out->replies) {
		out->has_max_id = 1;
		out->max_id = sim_list_id(l, out->replies - 1);
	}
	if (h->chat->kind == SIM_CHAT_CHANNEL) {
		out->comments = 1;
		out->channel_id = sim_peer_id(where->peer);
		if (!recent_repliers(where, l, out, arena))
			return NULL;
	}
	return out;
}

/* ---- messages ---- */

static bool may_have_replies(const struct sim_history *h)
{
	return h->chat && h->chat->kind != SIM_CHAT_GROUP &&
		!(h->chat->kind == SIM_CHAT_CHANNEL && !h->chat->linked) &&
		!h->chat->tl.channel->forum;
}

/* What of a message is another for this viewer. */
struct differences {
	bool out;
	const struct tl_messageReactions *reactions;
	const union tl_MessageMedia *media;
	const struct tl_messageReplies *replies;
};

static const union tl_Message *apply(
	const union tl_Message *m, const struct differences *d, struct tobs_arena *arena)
{
	struct tl_message *copy;

	if (m->ctor == TL_messageService) {
		struct tl_messageService *s = SIM_COPY(arena, messageService, &m->messageService);

		if (!s)
			return NULL;
		s->out = d->out;
		s->reactions = d->reactions;
		return (const void *)s;
	}
	copy = SIM_COPY(arena, message, &m->message);
	if (!copy)
		return NULL;
	copy->out = d->out;
	copy->reactions = d->reactions;
	copy->media = d->media;
	copy->replies = d->replies;
	return (const void *)copy;
}

const union tl_Message *sim_view_message(struct sim_account *viewer, struct sim_history *h,
	const union tl_Message *m, struct tobs_arena *arena)
{
	bool service = m->ctor == TL_messageService;
	struct differences have, want;

	if (m->ctor == TL_messageEmpty)
		return m;
	have.out = service ? m->messageService.out : m->message.out;
	have.reactions = service ? m->messageService.reactions : m->message.reactions;
	have.media = service ? NULL : m->message.media;
	have.replies = service ? NULL : m->message.replies;
	want = have;
	if (h->box->channel)
		want.out = viewer && sim_message_from(m) == viewer->user->peer;
	if (have.reactions && !(want.reactions = view_reactions(viewer, have.reactions, arena)))
		return NULL;
	if (viewer && have.media && have.media->ctor == TL_messageMediaPoll &&
		!(want.media = view_poll(viewer, have.media, arena)))
		return NULL;
	if (!service && may_have_replies(h)) {
		want.replies = count_replies(h, m->message.id, have.replies, arena);
		if (!want.replies && have.replies)
			return NULL;
	}
	if (want.out == have.out && want.reactions == have.reactions && want.media == have.media &&
		want.replies == have.replies)
		return m;
	return apply(m, &want, arena);
}
