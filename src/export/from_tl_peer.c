/* SPDX-License-Identifier: MIT */
/* Users and chats. */
#include "export/from_tl_impl.h"

int64_t from_tl_peer(const union tl_Peer *peer)
{
	if (!peer)
		return 0;
	switch (peer->ctor) {
	case TL_peerUser: return peer->peerUser.user_id;
	case TL_peerChat: return mark_chat(peer->peerChat.chat_id);
	case TL_peerChannel: return mark_channel(peer->peerChannel.channel_id);
	default: return 0;
	}
}

/* The main username; of several, the first one in use (core.telegram.org/constructor/username). */
static struct tobs_view username_of(struct tobs_view main, const struct tl_vec_Username *all)
{
	for (uint32_t i = 0; !main.len && i < all->count; i++)
		if (all->items[i]->active)
			main = all->items[i]->username;
	return main;
}

static int full_name(struct tobs_arena *arena, struct tobs_view first, struct tobs_view last,
	struct tobs_view *ret)
{
	uint8_t *name;

	if (!first.len || !last.len) {
		*ret = first.len ? first : last;
		return TOBS_OK;
	}
	name = tobs_arena_alloc(arena, first.len + 1 + last.len);
	if (!name)
		return TOBS_ENOMEM;
	memcpy(name, first.ptr, first.len);
	name[first.len] = ' ';
	memcpy(name + first.len + 1, last.ptr, last.len);
	*ret = tobs_view(name, first.len + 1 + last.len);
	return TOBS_OK;
}

int from_tl_user(const union tl_User *user, struct tobs_arena *arena, struct archive_peer *ret)
{
	const struct tl_user *u = &user->user;
	struct tobs_view name;

	if (user->ctor != TL_user)
		return TOBS_ENOTFOUND;
	if (full_name(arena, u->first_name, u->last_name, &name))
		return TOBS_ENOMEM;
	*ret = (struct archive_peer){
		.id = u->id,
		.kind = u->bot ? ARCHIVE_BOT : ARCHIVE_USER,
		.flags = (u->deleted ? ARCHIVE_PEER_DELETED : 0u) |
			(u->verified ? ARCHIVE_PEER_VERIFIED : 0u) |
			(u->premium ? ARCHIVE_PEER_PREMIUM : 0u) |
			(u->scam || u->fake ? ARCHIVE_PEER_SCAM : 0u) |
			(u->min ? ARCHIVE_PEER_MIN : 0u),
		.name = name,
		.first = u->first_name,
		.last = u->last_name,
		.username = username_of(u->username, &u->usernames),
	};
	return TOBS_OK;
}

static void from_channel(const struct tl_channel *c, struct archive_peer *ret)
{
	*ret = (struct archive_peer){
		.id = mark_channel(c->id),
		.kind = c->forum                       ? ARCHIVE_FORUM
			: c->megagroup || c->gigagroup ? ARCHIVE_SUPERGROUP
						       : ARCHIVE_CHANNEL,
		.flags = (c->verified ? ARCHIVE_PEER_VERIFIED : 0u) |
			(c->scam || c->fake ? ARCHIVE_PEER_SCAM : 0u) |
			(c->noforwards ? ARCHIVE_PEER_PROTECTED : 0u) |
			(c->min ? ARCHIVE_PEER_MIN : 0u),
		.name = c->title,
		.username = username_of(c->username, &c->usernames),
	};
}

int from_tl_chat(const union tl_Chat *chat, struct archive_peer *ret)
{
	switch (chat->ctor) {
	case TL_chat:
		*ret = (struct archive_peer){
			.id = mark_chat(chat->chat.id),
			.kind = ARCHIVE_GROUP,
			.flags = chat->chat.noforwards ? ARCHIVE_PEER_PROTECTED : 0u,
			.name = chat->chat.title,
		};
		return TOBS_OK;
	case TL_chatForbidden:
		*ret = (struct archive_peer){
			.id = mark_chat(chat->chatForbidden.id),
			.kind = ARCHIVE_GROUP,
			.name = chat->chatForbidden.title,
		};
		return TOBS_OK;
	case TL_channel: from_channel(&chat->channel, ret); return TOBS_OK;
	case TL_channelForbidden:
		*ret = (struct archive_peer){
			.id = mark_channel(chat->channelForbidden.id),
			.kind = chat->channelForbidden.megagroup ? ARCHIVE_SUPERGROUP
								 : ARCHIVE_CHANNEL,
			/* Its usernames and marks are not told any more. */
			.flags = ARCHIVE_PEER_MIN,
			.name = chat->channelForbidden.title,
		};
		return TOBS_OK;
	case TL_community:
		*ret = (struct archive_peer){
			.id = mark_channel(chat->community.id),
			.kind = ARCHIVE_SUPERGROUP,
			.flags = chat->community.min ? ARCHIVE_PEER_MIN : 0u,
			.name = chat->community.title,
		};
		return TOBS_OK;
	case TL_communityForbidden:
		*ret = (struct archive_peer){
			.id = mark_channel(chat->communityForbidden.id),
			.kind = ARCHIVE_SUPERGROUP,
			.flags = ARCHIVE_PEER_MIN,
			.name = chat->communityForbidden.title,
		};
		return TOBS_OK;
	default: return TOBS_ENOTFOUND;
	}
}

static int keep(struct from_tl *f, struct archive_peer *p)
{
	struct tobs_view *const parts[] = { &p->first, &p->last, &p->username };

	/* Most full names are one of the parts. */
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		struct tobs_view kept = from_tl_text(f, *parts[i]);

		if (parts[i]->len && p->name.ptr == parts[i]->ptr)
			p->name = kept;
		*parts[i] = kept;
	}
	if (!p->first.len || p->name.ptr != p->first.ptr)
		p->name = from_tl_text(f, p->name);
	return ARRAY_PUSH(&f->b->peers, *p);
}

void from_tl_add_peers(
	struct from_tl *f, const struct tl_vec_User *users, const struct tl_vec_Chat *chats)
{
	struct archive_peer p;
	int r = TOBS_OK;

	for (uint32_t i = 0; users && !r && i < users->count; i++) {
		r = from_tl_user(users->items[i], &f->b->arena, &p);
		if (!r)
			r = keep(f, &p);
		if (r == TOBS_ENOTFOUND)
			r = TOBS_OK;
	}
	for (uint32_t i = 0; chats && !r && i < chats->count; i++)
		if (!from_tl_chat(chats->items[i], &p))
			r = keep(f, &p);
	if (r && !f->err)
		f->err = r;
}

int from_tl_topic(const union tl_ForumTopic *topic, struct archive_topic *ret)
{
	const struct tl_forumTopic *t = &topic->forumTopic;

	if (topic->ctor != TL_forumTopic)
		return TOBS_ENOTFOUND;
	*ret = (struct archive_topic){
		.id = t->id,
		.creator = from_tl_peer(t->from_id),
		.date = t->date,
		.icon_emoji = t->icon_emoji_id,
		.icon_color = t->icon_color,
		.closed = t->closed,
		.hidden = t->hidden,
		.title = t->title,
	};
	return TOBS_OK;
}
