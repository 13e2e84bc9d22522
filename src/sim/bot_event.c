/* SPDX-License-Identifier: MIT */
/*
 * What happened in the world becomes updates of the bots it concerns.
 *
 * An event belongs to an account, or to a channel for all who are in it. Which
 * update it is follows from the TL update it carries.
 */
#include "base/attr.h"
#include "sim/bot_server.h"
#include "sim/bot_show.h"
#include "sim/vote.h"

/* Lifetimes in seconds (S: Client.cpp, add_update). */
enum { INLINE_S = 30, QUERY_S = 150, CHOSEN_S = 600, ARENA_MAX = 64 << 20 };

struct telling {
	struct sim_bot *bot;
	const struct sim_event *event;
	struct bot_show show;
	struct tobs_arena arena;
};

static void tell(struct telling *t, enum tobs_update_kind kind, const void *object, int64_t order)
{
	bot_update(t->bot, kind, object, order, BOT_LIFE_S);
}

#define NEW(t, type) TOBS_ARENA_NEW(&(t)->arena, type)

/* ---- messages ---- */

/* Bots hear neither themselves nor each other. */
static bool from_bot(const struct telling *t, const union tl_Message *m)
{
	int64_t from = sim_message_from(m);
	const struct sim_user *u = from > 0 ? sim_user(t->show.world, from) : NULL;

	return from == t->bot->account->user->peer || (u && u->tl->bot) ||
		(m->ctor == TL_message ? m->message.out : m->messageService.out);
}

/* In a group with privacy mode only what is meant for it. */
static bool meant_for(const struct telling *t, struct sim_history *h, const union tl_Message *m)
{
	const union tl_MessageReplyHeader *r = sim_message_reply(m);
	const union tl_Message *to = NULL;

	if (!h->chat || h->chat->kind != SIM_CHAT_SUPERGROUP)
		return true;
	if (r && r->ctor == TL_messageReplyHeader && !r->messageReplyHeader.reply_to_peer_id)
		to = sim_history_get(h, r->messageReplyHeader.reply_to_msg_id, t->show.arena);
	return sim_bot_sees(t->bot->account, h->chat, m,
		to && sim_message_from(to) == t->bot->account->user->peer);
}

static void tell_message(struct telling *t, bool edited)
{
	struct sim_history *h = t->event->history;
	const union tl_Message *m = h ? sim_history_get(h, t->event->message_id, &t->arena) : NULL;
	bool post = h && h->chat && h->chat->kind == SIM_CHAT_CHANNEL;

	if (!m || m->ctor == TL_messageEmpty || from_bot(t, m) || !meant_for(t, h, m))
		return;
	/* What the bot itself posted in a channel has no author. */
	if (post && t->bot->quiet)
		return;
	/* Changed counts and reactions are no edits. */
	if (edited && (m->ctor != TL_message || !m->message.edit_date))
		return;
	tell(t,
		post ? (edited ? TOBS_UPDATE_EDITED_CHANNEL_POST : TOBS_UPDATE_CHANNEL_POST)
			: edited ? TOBS_UPDATE_EDITED_MESSAGE
				 : TOBS_UPDATE_MESSAGE,
		show_message(&t->show, h, m, true), h->peer);
}

/* ---- queries ---- */

static void tell_callback(struct telling *t, const struct tl_updateBotCallbackQuery *u)
{
	struct tobs_callback_query *q = NEW(t, struct tobs_callback_query);
	struct sim_history *h = sim_history(t->bot->account, sim_peer_of(u->peer));
	const union tl_Message *m = h ? sim_history_get(h, u->msg_id, &t->arena) : NULL;

	if (!q || !h)
		return;
	q->id = show_number(&t->show, u->query_id);
	q->from = show_user(&t->show, u->user_id);
	q->message = m ? show_message(&t->show, h, m, true)
		       : show_inaccessible(&t->show, h, u->msg_id);
	q->chat_instance = show_number(&t->show, u->chat_instance);
	if (u->has_data)
		q->data = show_text(&t->show, u->data);
	if (u->has_game_short_name)
		q->game_short_name = show_text(&t->show, u->game_short_name);
	bot_update(t->bot, TOBS_UPDATE_CALLBACK_QUERY, q, u->user_id, QUERY_S);
}

static void tell_inline_callback(struct telling *t, const struct tl_updateInlineBotCallbackQuery *u)
{
	struct tobs_callback_query *q = NEW(t, struct tobs_callback_query);

	if (!q)
		return;
	q->id = show_number(&t->show, u->query_id);
	q->from = show_user(&t->show, u->user_id);
	q->inline_message_id = bot_inline_id(&t->arena, u->msg_id);
	q->chat_instance = show_number(&t->show, u->chat_instance);
	if (u->has_data)
		q->data = show_text(&t->show, u->data);
	if (u->has_game_short_name)
		q->game_short_name = show_text(&t->show, u->game_short_name);
	bot_update(t->bot, TOBS_UPDATE_CALLBACK_QUERY, q, u->user_id, QUERY_S);
}

static enum tobs_inline_query_chat_type chat_type_of(const union tl_InlineQueryPeerType *p)
{
	switch (p ? p->ctor : 0) {
	case TL_inlineQueryPeerTypeSameBotPM: return TOBS_INLINE_QUERY_CHAT_TYPE_SENDER;
	case TL_inlineQueryPeerTypeBotPM:
	case TL_inlineQueryPeerTypePM: return TOBS_INLINE_QUERY_CHAT_TYPE_PRIVATE;
	case TL_inlineQueryPeerTypeChat: return TOBS_INLINE_QUERY_CHAT_TYPE_GROUP;
	case TL_inlineQueryPeerTypeMegagroup: return TOBS_INLINE_QUERY_CHAT_TYPE_SUPERGROUP;
	case TL_inlineQueryPeerTypeBroadcast: return TOBS_INLINE_QUERY_CHAT_TYPE_CHANNEL;
	default: return TOBS_INLINE_QUERY_CHAT_TYPE_NONE;
	}
}

static const struct tobs_location *location_of(struct telling *t, const union tl_GeoPoint *geo)
{
	struct tobs_location *out = NULL;

	if (geo && geo->ctor == TL_geoPoint)
		out = NEW(t, struct tobs_location);
	if (out) {
		out->latitude = geo->geoPoint.lat;
		out->longitude = geo->geoPoint.long_;
	}
	return out;
}

static void tell_inline(struct telling *t, const struct tl_updateBotInlineQuery *u)
{
	struct tobs_inline_query *q = NEW(t, struct tobs_inline_query);

	if (!q)
		return;
	q->id = show_number(&t->show, u->query_id);
	q->from = show_user(&t->show, u->user_id);
	q->query = show_text(&t->show, u->query);
	q->offset = show_text(&t->show, u->offset);
	q->chat_type = chat_type_of(u->peer_type);
	q->location = location_of(t, u->geo);
	bot_update(t->bot, TOBS_UPDATE_INLINE_QUERY, q, u->user_id, INLINE_S);
}

static void tell_chosen(struct telling *t, const struct tl_updateBotInlineSend *u)
{
	struct tobs_chosen_inline_result *c = NEW(t, struct tobs_chosen_inline_result);

	if (!c)
		return;
	c->result_id = show_text(&t->show, u->id);
	c->from = show_user(&t->show, u->user_id);
	c->query = show_text(&t->show, u->query);
	c->location = location_of(t, u->geo);
	if (u->msg_id)
		c->inline_message_id = bot_inline_id(&t->arena, u->msg_id);
	bot_update(t->bot, TOBS_UPDATE_CHOSEN_INLINE_RESULT, c, u->user_id, CHOSEN_S);
}

static void tell_shipping(struct telling *t, const struct tl_updateBotShippingQuery *u)
{
	struct tobs_shipping_query *q = NEW(t, struct tobs_shipping_query);

	if (!q)
		return;
	q->id = show_number(&t->show, u->query_id);
	q->from = show_user(&t->show, u->user_id);
	q->invoice_payload = show_text(&t->show, u->payload);
	q->shipping_address = show_address(&t->show, u->shipping_address);
	bot_update(t->bot, TOBS_UPDATE_SHIPPING_QUERY, q, u->user_id, QUERY_S);
}

static void tell_checkout(struct telling *t, const struct tl_updateBotPrecheckoutQuery *u)
{
	struct tobs_pre_checkout_query *q = NEW(t, struct tobs_pre_checkout_query);

	if (!q)
		return;
	q->id = show_number(&t->show, u->query_id);
	q->from = show_user(&t->show, u->user_id);
	q->currency = show_text(&t->show, u->currency);
	q->total_amount = u->total_amount;
	q->invoice_payload = show_text(&t->show, u->payload);
	q->shipping_option_id = show_opt(&t->show, u->shipping_option_id);
	q->order_info = show_order(&t->show, u->info);
	bot_update(t->bot, TOBS_UPDATE_PRE_CHECKOUT_QUERY, q, u->user_id, QUERY_S);
}

/* ---- members ---- */

static void tell_change(struct telling *t, int64_t chat, int64_t actor, int64_t user, int32_t date,
	const struct tobs_chat_member *before, const struct tobs_chat_member *after)
{
	struct tobs_chat_member_updated *u = NEW(t, struct tobs_chat_member_updated);

	if (!u || !before || !after)
		return;
	u->chat = show_chat(&t->show, chat);
	u->from = show_user(&t->show, actor);
	u->date = date;
	u->old_chat_member = before;
	u->new_chat_member = after;
	tell(t,
		user == t->bot->account->user->peer ? TOBS_UPDATE_MY_CHAT_MEMBER
						    : TOBS_UPDATE_CHAT_MEMBER,
		u, chat);
}

static void tell_channel_member(struct telling *t, const struct tl_updateChannelParticipant *u)
{
	int64_t peer = sim_channel_peer(u->channel_id);
	const struct sim_chat *g = sim_chat(t->show.world, peer);

	if (g)
		tell_change(t, peer, u->actor_id, u->user_id, u->date,
			show_participant(&t->show, g, u->prev_participant, u->user_id),
			show_participant(&t->show, g, u->new_participant, u->user_id));
}

static void tell_group_member(struct telling *t, const struct tl_updateChatParticipant *u)
{
	int64_t peer = sim_group_peer(u->chat_id);
	const struct sim_chat *g = sim_chat(t->show.world, peer);
	const struct sim_member *now = g ? sim_member(g, u->user_id) : NULL;

	if (!g)
		return;
	/* Who was banned is simply gone in basic groups. */
	tell_change(t, peer, u->actor_id, u->user_id, u->date,
		show_group_participant(&t->show, g, u->prev_participant, u->user_id),
		u->new_participant || !now || now->role != SIM_BANNED
			? show_group_participant(&t->show, g, u->new_participant, u->user_id)
			: show_member(&t->show, g, now, u->user_id));
}

/* Somebody stopped the bot, or started it again: it is a member of the chat with them. */
static void tell_stopped(struct telling *t, const struct tl_updateBotStopped *u)
{
	int64_t me = t->bot->account->user->peer;
	struct sim_member m = { .user_id = me, .role = SIM_MEMBER };
	struct sim_member banned = { .user_id = me, .role = SIM_BANNED };
	const struct tobs_chat_member *in = show_member(&t->show, NULL, &m, me);
	const struct tobs_chat_member *out = show_member(&t->show, NULL, &banned, me);

	tell_change(t, u->user_id, u->user_id, me, u->date, u->stopped ? in : out,
		u->stopped ? out : in);
}

static void tell_join_request(struct telling *t, const struct tl_updateBotChatInviteRequester *u)
{
	struct tobs_chat_join_request *q = NEW(t, struct tobs_chat_join_request);

	if (!q)
		return;
	q->chat = show_chat(&t->show, sim_peer_of(u->peer));
	q->from = show_user(&t->show, u->user_id);
	q->user_chat_id = u->user_id;
	q->date = u->date;
	q->bio = show_opt(&t->show, u->about);
	tell(t, TOBS_UPDATE_CHAT_JOIN_REQUEST, q, sim_peer_of(u->peer));
}

/* ---- reactions and polls ---- */

static bool fill_reaction(
	struct bot_show *s, const union tl_Reaction *from, struct tobs_reaction_type *out)
{
	switch (from->ctor) {
	case TL_reactionEmoji:
		out->kind = TOBS_REACTION_TYPE_EMOJI;
		out->emoji.emoji = show_text(s, from->reactionEmoji.emoticon);
		return true;
	case TL_reactionCustomEmoji:
		out->kind = TOBS_REACTION_TYPE_CUSTOM_EMOJI;
		out->custom_emoji.custom_emoji_id = show_number(
			s, from->reactionCustomEmoji.document_id);
		return true;
	case TL_reactionPaid: out->kind = TOBS_REACTION_TYPE_PAID; return true;
	default: return false;
	}
}

static struct tobs_reaction_type_array reactions_of(
	struct telling *t, const struct tl_vec_Reaction *list)
{
	struct tobs_reaction_type *items = TOBS_ARENA_ARRAY(
		&t->arena, list->count + 1, struct tobs_reaction_type);
	size_t n = 0;

	for (uint32_t i = 0; items && i < list->count; i++)
		n += fill_reaction(&t->show, list->items[i], &items[n]);
	return (struct tobs_reaction_type_array){ items, n };
}

static void tell_reaction(struct telling *t, const struct tl_updateBotMessageReaction *u)
{
	struct tobs_message_reaction_updated *r = NEW(t, struct tobs_message_reaction_updated);
	int64_t actor = sim_peer_of(u->actor), peer = sim_peer_of(u->peer);

	if (!r)
		return;
	r->chat = show_chat(&t->show, peer);
	r->message_id = u->msg_id;
	r->date = u->date;
	if (actor > 0)
		r->user = show_user(&t->show, actor);
	else
		r->actor_chat = show_chat(&t->show, actor);
	r->old_reaction = reactions_of(t, &u->old_reactions);
	r->new_reaction = reactions_of(t, &u->new_reactions);
	tell(t, TOBS_UPDATE_MESSAGE_REACTION, r, peer);
}

static void tell_reaction_counts(struct telling *t, const struct tl_updateBotMessageReactions *u)
{
	struct tobs_message_reaction_count_updated *r = NEW(
		t, struct tobs_message_reaction_count_updated);
	struct tobs_reaction_count *items = TOBS_ARENA_ARRAY(
		&t->arena, u->reactions.count + 1, struct tobs_reaction_count);
	int64_t peer = sim_peer_of(u->peer);
	size_t n = 0;

	if (!r || !items)
		return;
	r->chat = show_chat(&t->show, peer);
	r->message_id = u->msg_id;
	r->date = u->date;
	for (uint32_t i = 0; i < u->reactions.count; i++) {
		struct tobs_reaction_type *type = NEW(t, struct tobs_reaction_type);

		if (!type || !fill_reaction(&t->show, u->reactions.items[i]->reaction, type))
			continue;
		items[n++] = (struct tobs_reaction_count){ type, u->reactions.items[i]->count };
	}
	r->reactions = (struct tobs_reaction_count_array){ items, n };
	tell(t, TOBS_UPDATE_MESSAGE_REACTION_COUNT, r, peer);
}

/* A poll that this bot has sent. */
static void tell_poll(struct telling *t)
{
	struct sim_history *h = t->event->history;
	const union tl_Message *m = h ? sim_history_get(h, t->event->message_id, &t->arena) : NULL;
	const struct tl_messageMediaPoll *p;

	if (!m || m->ctor != TL_message || !m->message.media ||
		m->message.media->ctor != TL_messageMediaPoll ||
		sim_message_from(m) != t->bot->account->user->peer)
		return;
	p = &m->message.media->messageMediaPoll;
	tell(t, TOBS_UPDATE_POLL, show_poll(&t->show, p->poll, p->results), p->poll->id);
}

static void tell_vote(struct telling *t, const struct tl_updateMessagePollVote *u)
{
	struct tobs_poll_answer *a = NEW(t, struct tobs_poll_answer);
	int64_t *ids = TOBS_ARENA_ARRAY(&t->arena, u->positions.count + 1, int64_t);
	const char **options = TOBS_ARENA_ARRAY(&t->arena, u->options.count + 1, const char *);
	int64_t peer = sim_peer_of(u->peer);

	if (!a || !ids || !options)
		return;
	a->poll_id = show_number(&t->show, u->poll_id);
	if (peer > 0)
		a->user = show_user(&t->show, peer);
	else
		a->voter_chat = show_chat(&t->show, peer);
	for (uint32_t i = 0; i < u->positions.count; i++)
		ids[i] = u->positions.items[i];
	for (uint32_t i = 0; i < u->options.count; i++)
		options[i] = show_text(&t->show, u->options.items[i]);
	a->option_ids = (struct tobs_int_array){ ids, u->positions.count };
	a->option_persistent_ids = (struct tobs_string_array){ options, u->options.count };
	tell(t, TOBS_UPDATE_POLL_ANSWER, a, u->poll_id);
}

/* ---- which it is ---- */

static void tell_update(struct telling *t)
{
	const union tl_Update *u = t->event->update;

	switch (u->ctor) {
	case TL_updateNewMessage:
	case TL_updateNewChannelMessage: tell_message(t, false); break;
	case TL_updateEditMessage:
	case TL_updateEditChannelMessage: tell_message(t, true); break;
	case TL_updateBotCallbackQuery: tell_callback(t, &u->updateBotCallbackQuery); break;
	case TL_updateInlineBotCallbackQuery:
		tell_inline_callback(t, &u->updateInlineBotCallbackQuery);
		break;
	case TL_updateBotInlineQuery: tell_inline(t, &u->updateBotInlineQuery); break;
	case TL_updateBotInlineSend: tell_chosen(t, &u->updateBotInlineSend); break;
	case TL_updateBotShippingQuery: tell_shipping(t, &u->updateBotShippingQuery); break;
	case TL_updateBotPrecheckoutQuery: tell_checkout(t, &u->updateBotPrecheckoutQuery); break;
	case TL_updateChannelParticipant:
		tell_channel_member(t, &u->updateChannelParticipant);
		break;
	case TL_updateChatParticipant: tell_group_member(t, &u->updateChatParticipant); break;
	case TL_updateBotStopped: tell_stopped(t, &u->updateBotStopped); break;
	case TL_updateBotChatInviteRequester:
		tell_join_request(t, &u->updateBotChatInviteRequester);
		break;
	case TL_updateBotMessageReaction: tell_reaction(t, &u->updateBotMessageReaction); break;
	case TL_updateBotMessageReactions:
		tell_reaction_counts(t, &u->updateBotMessageReactions);
		break;
	case TL_updateMessagePoll: tell_poll(t); break;
	case TL_updateMessagePollVote: tell_vote(t, &u->updateMessagePollVote); break;
	default: break;
	}
}

static void tell_bot(struct sim_bots *s, struct sim_bot *b, const struct sim_event *e)
{
	struct telling t = { .bot = b, .event = e };

	/* Arenas are kept: most updates fit into what the one before them took. */
	t.arena = s->arena;
	t.show = (struct bot_show){ s->world, b->account, &t.arena };
	tell_update(&t);
	tobs_arena_reset(&t.arena);
	s->arena = t.arena;
}

void bot_event(void *server, const struct sim_event *e)
{
	struct sim_bots *s = server;
	struct sim_bot *b;

	if (bot_sync(s))
		return;
	if (e->account) {
		b = bot_of(s, e->account);
		if (b)
			tell_bot(s, b, e);
		return;
	}
	ARRAY_EACH (it, &s->list)
		if (sim_is_member(e->channel, (*it)->account->user->peer))
			tell_bot(s, *it, e);
}
