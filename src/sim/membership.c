/* SPDX-License-Identifier: MIT */
/* Who is in a chat: coming, going, being promoted, restricted, banned. */
#include "base/attr.h"
#include "sim/change.h"
#include "sim/inner.h"
#include "sim/view.h"

/* ---- members as the schema says them ---- */

static const union tl_ChannelParticipant *banned_participant(
	const struct sim_chat *c, const struct sim_member *m, struct tobs_arena *arena)
{
	static const struct tl_chatBannedRights everything = {
		.ctor = TL_chatBannedRights, .view_messages = 1, .send_messages = 1
	};
	struct tl_channelParticipantBanned *b = SIM_NEW(arena, channelParticipantBanned);

	if (!b)
		return NULL;
	b->left = m->role == SIM_BANNED;
	b->peer = sim_tl_peer(c->world, m->user_id);
	b->kicked_by = m->inviter_id;
	b->date = m->date;
	b->banned_rights = m->banned_rights ? m->banned_rights : &everything;
	return (const void *)b;
}

static const union tl_ChannelParticipant *admin_participant(
	const struct sim_chat *c, const struct sim_member *m, struct tobs_arena *arena)
{
	struct tl_channelParticipantAdmin *a = SIM_NEW(arena, channelParticipantAdmin);
	struct tl_channelParticipantCreator *o = SIM_NEW(arena, channelParticipantCreator);
	const struct tl_chatAdminRights *rights = sim_rights_of(c, m);

	if (!a || !o)
		return NULL;
	if (m->role == SIM_CREATOR) {
		o->user_id = m->user_id;
		o->admin_rights = rights;
		o->rank = m->rank;
		return (const void *)o;
	}
	a->user_id = m->user_id;
	a->promoted_by = m->inviter_id ? m->inviter_id : m->user_id;
	a->date = m->date;
	a->admin_rights = rights;
	a->rank = m->rank;
	return (const void *)a;
}

const union tl_ChannelParticipant *sim_channel_participant(
	const struct sim_chat *c, const struct sim_member *m, struct tobs_arena *arena)
{
	struct tl_channelParticipant *p;
	struct tl_channelParticipantLeft *left;

	switch (m->role) {
	case SIM_BANNED:
	case SIM_RESTRICTED: return banned_participant(c, m, arena);
	case SIM_ADMIN:
	case SIM_CREATOR: return admin_participant(c, m, arena);
	case SIM_LEFT:
		left = SIM_NEW(arena, channelParticipantLeft);
		if (left)
			left->peer = sim_tl_peer(c->world, m->user_id);
		return (const void *)left;
	default:
		p = SIM_NEW(arena, channelParticipant);
		if (p) {
			p->user_id = m->user_id;
			p->date = m->date;
		}
		return (const void *)p;
	}
}

const union tl_ChatParticipant *sim_chat_participant(
	const struct sim_member *m, struct tobs_arena *arena)
{
	struct tl_chatParticipant *p = SIM_NEW(arena, chatParticipant);
	struct tl_chatParticipantCreator *o = SIM_NEW(arena, chatParticipantCreator);

	if (!p || !o)
		return NULL;
	if (m->role == SIM_CREATOR) {
		o->user_id = m->user_id;
		o->rank = m->rank;
		return (const void *)o;
	}
	p->ctor = m->role == SIM_ADMIN ? TL_chatParticipantAdmin : TL_chatParticipant;
	p->user_id = m->user_id;
	p->inviter_id = m->inviter_id ? m->inviter_id : m->user_id;
	p->date = m->date;
	p->rank = m->rank;
	return (const void *)p;
}

/* ---- telling ---- */

struct changing {
	struct sim_chat *chat;
	int64_t actor;
	struct sim_member before, after;
	struct tobs_err *err;
};

static bool was_in(const struct sim_member *m)
{
	return m->role != SIM_LEFT && m->role != SIM_BANNED;
}

static void *channel_update(const struct changing *c, struct tobs_arena *arena)
{
	struct tl_updateChannelParticipant *u = SIM_NEW(arena, updateChannelParticipant);

	if (!u)
		return NULL;
	u->channel_id = sim_peer_id(c->chat->peer);
	u->date = sim_now(c->chat->world);
	u->actor_id = c->actor;
	u->user_id = c->after.user_id;
	if (was_in(&c->before))
		u->prev_participant = sim_channel_participant(c->chat, &c->before, arena);
	if (c->after.role != SIM_LEFT)
		u->new_participant = sim_channel_participant(c->chat, &c->after, arena);
	return u;
}

static void *group_update(const struct changing *c, struct tobs_arena *arena)
{
	struct tl_updateChatParticipant *u = SIM_NEW(arena, updateChatParticipant);

	if (!u)
		return NULL;
	u->chat_id = sim_peer_id(c->chat->peer);
	u->date = sim_now(c->chat->world);
	u->actor_id = c->actor;
	u->user_id = c->after.user_id;
	if (was_in(&c->before))
		u->prev_participant = sim_chat_participant(&c->before, arena);
	if (was_in(&c->after))
		u->new_participant = sim_chat_participant(&c->after, arena);
	return u;
}

/* Bots learn about themselves, and, where they are admins, about the others. */
static int tell_bots(const struct changing *c)
{
	struct tobs_arena *arena = &c->chat->world->arena;
	int r = TOBS_OK;

	ARRAY_EACH (a, &c->chat->world->accounts) {
		bool itself = (*a)->user->peer == c->after.user_id;

		if (r || !(*a)->user->tl->bot ||
			(!itself && !sim_is_admin(c->chat, (*a)->user->peer)))
			continue;
		r = sim_push(*a,
			c->chat->kind == SIM_CHAT_GROUP ? group_update(c, arena)
							: channel_update(c, arena),
			true);
	}
	return r;
}

int sim_tell_founded(struct sim_chat *c, int64_t creator)
{
	int r = TOBS_OK;

	for (size_t i = 0; i < c->members.count && !r; i++) {
		struct changing ch = { .chat = c, .actor = creator };
		const struct sim_user *u;

		ch.after = c->members.items[i];
		ch.before.user_id = ch.after.user_id;
		u = sim_user(c->world, ch.after.user_id);
		if (u && u->tl->bot)
			r = tell_bots(&ch);
	}
	return r;
}

/* Whoever it is about asks again what the chat is to them. */
static int tell_member(const struct changing *c)
{
	struct sim_account *a = sim_account(c->chat->world, c->after.user_id);
	struct tl_updateChannel *u;
	struct tl_updateChat *g;

	if (!a || a->user->tl->bot)
		return TOBS_OK;
	if (c->chat->kind == SIM_CHAT_GROUP) {
		g = SIM_NEW(&c->chat->world->arena, updateChat);
		if (g)
			g->chat_id = sim_peer_id(c->chat->peer);
		return sim_push(a, (void *)g, false);
	}
	u = SIM_NEW(&c->chat->world->arena, updateChannel);
	if (u)
		u->channel_id = sim_peer_id(c->chat->peer);
	return sim_push(a, (void *)u, false);
}

static int post_action(const struct changing *c, int64_t from, const void *action)
{
	return sim_post(c->chat->world,
		&(struct sim_post){ .from = from, .to = c->chat->peer, .action = action }, NULL,
		c->err);
}

/* ---- coming ---- */

static int tell_came(const struct changing *c, enum sim_way way)
{
	struct tl_messageActionChatAddUser add = { .ctor = TL_messageActionChatAddUser,
		.users = { 1, &c->after.user_id } };
	struct tl_messageActionChatJoinedByLink link = { .ctor = TL_messageActionChatJoinedByLink,
		.inviter_id = c->actor };
	struct tl_messageActionChatJoinedByRequest request = {
		.ctor = TL_messageActionChatJoinedByRequest
	};
	bool alone = c->actor == c->after.user_id;

	if (c->chat->kind == SIM_CHAT_CHANNEL)
		return TOBS_OK;
	if (way == SIM_BY_REQUEST)
		return post_action(c, c->after.user_id, &request);
	if (way == SIM_BY_LINK)
		return post_action(c, c->after.user_id, &link);
	return post_action(c, alone ? c->after.user_id : c->actor, &add);
}

static int apply(const struct changing *c)
{
	int r = sim_member_set(c->chat, &c->after);

	if (!r)
		r = tell_member(c);
	if (!r)
		r = tell_bots(c);
	return r;
}

int sim_join(
	struct sim_chat *c, int64_t actor, int64_t user, enum sim_way way, struct tobs_err *err)
{
	const struct sim_member *have = sim_member(c, user);
	struct changing ch = { .chat = c, .actor = actor, .err = err };
	int r;

	if (!sim_user(c->world, user))
		return sim_refuse(err, 400, "USER_ID_INVALID");
	if (sim_is_member(c, user))
		return sim_refuse(err, 400, "USER_ALREADY_PARTICIPANT");
	if (have && have->role == SIM_BANNED && !sim_is_admin(c, actor))
		return sim_refuse(err, 400, "USER_BANNED_IN_CHANNEL");
	if (actor != user && !sim_is_member(c, actor))
		return sim_refuse(err, 403, "CHAT_WRITE_FORBIDDEN");
	ch.before = have ? *have : (struct sim_member){ .user_id = user };
	ch.after = (struct sim_member){ .user_id = user,
		.inviter_id = actor != user ? actor : 0,
		.date = sim_now(c->world),
		.role = SIM_MEMBER };
	r = apply(&ch);
	if (!r)
		r = tell_came(&ch, way);
	return r == TOBS_ENOMEM ? tobs_fail(err, r, "no memory for a change") : r;
}

static int tell_asked(
	struct sim_account *bot, const struct sim_chat *c, int64_t user, struct tobs_view about)
{
	struct tobs_arena *arena = &c->world->arena;
	struct tl_updateBotChatInviteRequester *u = SIM_NEW(arena, updateBotChatInviteRequester);
	struct tl_chatInvitePublicJoinRequests *invite = SIM_NEW(
		arena, chatInvitePublicJoinRequests);

	if (u) {
		u->peer = sim_tl_peer(c->world, c->peer);
		u->date = sim_now(c->world);
		u->user_id = user;
		u->about = about;
		u->invite = (const void *)invite;
	}
	return sim_push(bot, invite ? (void *)u : NULL, true);
}

int sim_ask_in(struct sim_chat *c, int64_t user, struct tobs_view about, struct tobs_err *err)
{
	const struct sim_member *have = sim_member(c, user);
	int r;

	if (!sim_user(c->world, user))
		return sim_refuse(err, 400, "USER_ID_INVALID");
	if (sim_is_member(c, user))
		return sim_refuse(err, 400, "USER_ALREADY_PARTICIPANT");
	if (have && have->role == SIM_BANNED)
		return sim_refuse(err, 400, "USER_BANNED_IN_CHANNEL");
	ARRAY_EACH (asked, &c->requests)
		if (*asked == user)
			return sim_refuse(err, 400, "INVITE_REQUEST_SENT");
	r = ARRAY_PUSH(&c->requests, user);
	ARRAY_EACH (a, &c->world->accounts) {
		const struct tl_chatAdminRights *rights = sim_rights_of(
			c, sim_member(c, (*a)->user->peer));

		if (!r && (*a)->user->tl->bot && rights && rights->invite_users)
			r = tell_asked(*a, c, user, sim_keep(c->world, about));
	}
	return r ? tobs_fail(err, TOBS_ENOMEM, "no memory for a change") : TOBS_OK;
}

/* ---- everything else ---- */

static int tell_gone(const struct changing *c)
{
	struct tl_messageActionChatDeleteUser action = { .ctor = TL_messageActionChatDeleteUser,
		.user_id = c->after.user_id };

	if (c->chat->kind == SIM_CHAT_CHANNEL || !was_in(&c->before) || was_in(&c->after))
		return TOBS_OK;
	return post_action(c, c->actor, &action);
}

int sim_member_change(
	struct sim_chat *c, int64_t actor, const struct sim_member *member, struct tobs_err *err)
{
	const struct sim_member *have = sim_member(c, member->user_id);
	struct changing ch = { .chat = c, .actor = actor, .after = *member, .err = err };
	bool leaving = actor == member->user_id && member->role == SIM_LEFT;
	int r;

	if (!have && member->role != SIM_BANNED)
		return sim_refuse(err, 400, "USER_NOT_PARTICIPANT");
	if (!leaving && !sim_is_admin(c, actor))
		return sim_refuse(err, 400, "CHAT_ADMIN_REQUIRED");
	if (have && have->role == SIM_CREATOR && !leaving)
		return sim_refuse(err, 400, "USER_CREATOR");
	ch.before = have ? *have : (struct sim_member){ .user_id = member->user_id };
	if (!ch.after.date)
		ch.after.date = ch.before.date ? ch.before.date : sim_now(c->world);
	if (!ch.after.inviter_id)
		ch.after.inviter_id = ch.before.inviter_id;
	ch.after.rank = sim_keep(c->world, member->rank);
	/* Who is removed from a basic group still gets the message that says so. */
	r = c->kind == SIM_CHAT_GROUP ? tell_gone(&ch) : TOBS_OK;
	if (!r)
		r = apply(&ch);
	if (!r && c->kind != SIM_CHAT_GROUP)
		r = tell_gone(&ch);
	return r == TOBS_ENOMEM ? tobs_fail(err, r, "no memory for a change") : r;
}
