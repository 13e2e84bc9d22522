/* SPDX-License-Identifier: MIT */
/* Users, chats and messages; what messages hold is in bot_show_media.c and bot_show_service.c. */
#include "sim/bot_show.h"

#include "base/attr.h"
#include "sim/inner.h"

const char *show_text(const struct bot_show *s, struct tobs_view v)
{
	return tobs_arena_dup(s->arena, v.len ? (const void *)v.ptr : "", v.len);
}

const char *show_opt(const struct bot_show *s, struct tobs_view v)
{
	return v.len ? show_text(s, v) : NULL;
}

const char *show_number(const struct bot_show *s, int64_t n)
{
	return tobs_arena_printf(s->arena, "%lld", (long long)n);
}

const struct tobs_user *show_user(const struct bot_show *s, int64_t id)
{
	struct tobs_user *out = TOBS_ARENA_NEW(s->arena, struct tobs_user);
	const struct sim_user *u = sim_user(s->world, id);

	if (!out)
		return NULL;
	out->id = id;
	out->first_name = "";
	if (!u)
		return out;
	out->is_bot = u->tl->bot;
	out->first_name = show_text(s, u->tl->first_name);
	out->last_name = show_opt(s, u->tl->last_name);
	out->username = show_opt(s, u->tl->username);
	if (!u->tl->bot)
		out->language_code = show_opt(s, u->tl->lang_code);
	out->is_premium = u->tl->premium;
	return out->first_name ? out : NULL;
}

static void fill_group(const struct bot_show *s, const struct sim_chat *g, struct tobs_chat *out)
{
	if (g->kind == SIM_CHAT_GROUP) {
		out->type = TOBS_CHAT_TYPE_GROUP;
		out->title = show_text(s, g->tl.group->title);
		return;
	}
	out->type = g->kind == SIM_CHAT_CHANNEL ? TOBS_CHAT_TYPE_CHANNEL
						: TOBS_CHAT_TYPE_SUPERGROUP;
	out->title = show_text(s, g->tl.channel->title);
	out->username = show_opt(s, g->tl.channel->username);
	out->is_forum = g->tl.channel->forum;
}

const struct tobs_chat *show_chat(const struct bot_show *s, int64_t peer)
{
	struct tobs_chat *out = TOBS_ARENA_NEW(s->arena, struct tobs_chat);
	const struct sim_chat *g = sim_chat(s->world, peer);
	const struct sim_user *u = peer > 0 ? sim_user(s->world, peer) : NULL;

	if (!out)
		return NULL;
	out->id = peer;
	out->type = TOBS_CHAT_TYPE_PRIVATE;
	if (g)
		fill_group(s, g, out);
	if (u) {
		out->first_name = show_opt(s, u->tl->first_name);
		out->last_name = show_opt(s, u->tl->last_name);
		out->username = show_opt(s, u->tl->username);
	}
	return out;
}

/* ---- where a message came from ---- */

static const struct tobs_message_origin *show_origin(
	const struct bot_show *s, const struct tl_messageFwdHeader *f)
{
	struct tobs_message_origin *out = TOBS_ARENA_NEW(s->arena, struct tobs_message_origin);
	int64_t from = sim_peer_of(f->from_id);
	const struct sim_chat *g = sim_chat(s->world, from);

	if (!out)
		return NULL;
	out->date = f->date;
	if (from > 0) {
		out->kind = TOBS_MESSAGE_ORIGIN_USER;
		out->user.sender_user = show_user(s, from);
	} else if (g && g->kind == SIM_CHAT_CHANNEL) {
		out->kind = TOBS_MESSAGE_ORIGIN_CHANNEL;
		out->channel.chat = show_chat(s, from);
		out->channel.message_id = f->channel_post;
		out->channel.author_signature = show_opt(s, f->post_author);
	} else if (from) {
		out->kind = TOBS_MESSAGE_ORIGIN_CHAT;
		out->chat.sender_chat = show_chat(s, from);
		out->chat.author_signature = show_opt(s, f->post_author);
	} else {
		out->kind = TOBS_MESSAGE_ORIGIN_HIDDEN_USER;
		out->hidden_user.sender_user_name = show_text(s, f->from_name);
	}
	return out;
}

/* Who it shows as its sender: people in `from`, chats beside a user that stands for them. */
static void show_sender(const struct bot_show *s, struct sim_history *h, int64_t from, bool out_,
	struct tobs_message *out)
{
	enum { GROUP_ANONYMOUS_BOT = 1087968824, CHANNEL_BOT = 136817688 };

	if (!from && !h->chat)
		from = out_ ? s->bot->user->peer : h->peer;
	if (from > 0) {
		out->from = show_user(s, from);
		return;
	}
	out->sender_chat = show_chat(s, from ? from : h->peer);
	if (h->chat && h->chat->kind != SIM_CHAT_CHANNEL) {
		struct tobs_user *u = TOBS_ARENA_NEW(s->arena, struct tobs_user);
		bool anonymous = from == h->peer;

		if (!u)
			return;
		u->id = anonymous ? GROUP_ANONYMOUS_BOT : CHANNEL_BOT;
		u->is_bot = true;
		u->first_name = anonymous ? "Group" : "Channel";
		u->username = anonymous ? "GroupAnonymousBot" : "Channel_Bot";
		out->from = u;
	}
}

/* ---- what it replies to ---- */

static int show_quote(
	const struct bot_show *s, const struct tl_messageReplyHeader *r, struct tobs_message *out)
{
	struct tobs_text_quote *q;

	if (!r->quote_text.len)
		return TOBS_OK;
	q = TOBS_ARENA_NEW(s->arena, struct tobs_text_quote);
	if (!q)
		return TOBS_ENOMEM;
	q->text = show_text(s, r->quote_text);
	q->position = r->quote_offset;
	q->is_manual = r->quote;
	out->quote = q;
	return show_entities(s, &r->quote_entities, &q->entities);
}

/* In another chat: where, and what it was. */
static int show_external(
	const struct bot_show *s, const struct tl_messageReplyHeader *r, struct tobs_message *out)
{
	int64_t peer = sim_peer_of(r->reply_to_peer_id), from = peer;
	struct tobs_external_reply_info *info = TOBS_ARENA_NEW(
		s->arena, struct tobs_external_reply_info);
	struct tl_messageFwdHeader header = { .ctor = TL_messageFwdHeader };
	struct sim_history *h = sim_history(s->bot, peer);
	const union tl_Message *m = h ? sim_history_get(h, r->reply_to_msg_id, s->arena) : NULL;

	if (!info)
		return TOBS_ENOMEM;
	if (m && sim_message_from(m))
		from = sim_message_from(m);
	header.from_id = sim_tl_peer(s->world, from);
	header.date = m ? sim_message_date(m) : 0;
	header.channel_post = r->reply_to_msg_id;
	info->origin = show_origin(s, &header);
	if (peer < 0)
		info->chat = show_chat(s, peer);
	info->message_id = r->reply_to_msg_id;
	out->external_reply = info;
	return info->origin ? TOBS_OK : TOBS_ENOMEM;
}

static int show_reply(const struct bot_show *s, struct sim_history *h, const union tl_Message *m,
	bool deep, struct tobs_message *out)
{
	const union tl_MessageReplyHeader *header = sim_message_reply(m);
	const struct tl_messageReplyHeader *r;
	const union tl_Message *to;

	if (!header || header->ctor != TL_messageReplyHeader)
		return TOBS_OK;
	r = &header->messageReplyHeader;
	if (r->forum_topic) {
		out->is_topic_message = true;
		out->message_thread_id = r->reply_to_top_id ? r->reply_to_top_id
							    : r->reply_to_msg_id;
	} else if (h->chat && h->chat->kind == SIM_CHAT_SUPERGROUP) {
		out->message_thread_id = r->reply_to_top_id ? r->reply_to_top_id
							    : r->reply_to_msg_id;
	}
	if (deep && r->reply_to_peer_id && show_external(s, r, out))
		return TOBS_ENOMEM;
	if (!deep || r->reply_to_peer_id || !r->reply_to_msg_id)
		return show_quote(s, r, out);
	to = sim_history_get(h, r->reply_to_msg_id, s->arena);
	if (to)
		out->reply_to_message = show_message(s, h, to, false);
	return to && !out->reply_to_message ? TOBS_ENOMEM : show_quote(s, r, out);
}

/* ---- messages ---- */

static int show_content(const struct bot_show *s, struct sim_history *h, const struct tl_message *m,
	struct tobs_message *out)
{
	bool caption = m->media && m->media->ctor != TL_messageMediaWebPage;
	int r = TOBS_OK;

	out->has_protected_content = m->noforwards;
	out->edit_date = m->edit_date;
	out->media_group_id = m->grouped_id ? show_number(s, m->grouped_id) : NULL;
	out->author_signature = show_opt(s, m->post_author);
	if (m->via_bot_id)
		out->via_bot = show_user(s, m->via_bot_id);
	if (m->effect)
		out->effect_id = show_number(s, m->effect);
	if (m->fwd_from) {
		out->forward_origin = show_origin(s, m->fwd_from);
		out->is_automatic_forward = h->chat && h->chat->linked &&
			sim_peer_of(m->fwd_from->saved_from_peer) == h->chat->linked->peer &&
			m->fwd_from->has_saved_from_peer && h->chat->kind == SIM_CHAT_SUPERGROUP &&
			sim_peer_of(m->from_id) == h->chat->linked->peer;
	}
	if (m->reply_markup)
		out->reply_markup = show_markup(s, m->reply_markup);
	if (!caption) {
		out->text = show_text(s, m->message);
		return show_entities(s, &m->entities, &out->entities);
	}
	out->caption = show_opt(s, m->message);
	if (m->message.len)
		r = show_entities(s, &m->entities, &out->caption_entities);
	out->show_caption_above_media = m->invert_media;
	return r ? r : show_media(s, m->media, out);
}

const struct tobs_message *show_message(
	const struct bot_show *s, struct sim_history *h, const union tl_Message *m, bool deep)
{
	struct tobs_message *out = TOBS_ARENA_NEW(s->arena, struct tobs_message);
	bool mine = m->ctor == TL_message ? m->message.out : m->messageService.out;
	int r;

	if (!out)
		return NULL;
	out->message_id = sim_message_id(m);
	out->date = sim_message_date(m);
	out->chat = show_chat(s, h->peer);
	show_sender(s, h, sim_message_from(m), mine, out);
	r = show_reply(s, h, m, deep, out);
	if (!r)
		r = m->ctor == TL_message              ? show_content(s, h, &m->message, out)
			: m->ctor == TL_messageService ? show_action(s, h, &m->messageService, out)
						       : TOBS_OK;
	return r ? NULL : out;
}

const struct tobs_message *show_inaccessible(
	const struct bot_show *s, struct sim_history *h, int32_t id)
{
	struct tobs_message *out = TOBS_ARENA_NEW(s->arena, struct tobs_message);

	if (!out)
		return NULL;
	out->message_id = id;
	out->chat = show_chat(s, h->peer);
	return out;
}
