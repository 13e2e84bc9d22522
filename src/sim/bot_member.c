/* SPDX-License-Identifier: MIT */
/* Banning, restricting, promoting. */
#include "sim/bot_member.h"

#include "base/attr.h"
#include "base/utf.h"

enum { TITLE_MAX = 16, FOREVER_SHORT_S = 30, FOREVER_LONG_S = 366 * 86400 };

/* ---- may it ---- */

static bool has_right(const struct tl_chatAdminRights *r, enum bot_right right)
{
	switch (right) {
	case BOT_CHANGE_INFO: return r && r->change_info;
	case BOT_BAN_USERS: return r && r->ban_users;
	case BOT_INVITE_USERS: return r && r->invite_users;
	case BOT_PIN_MESSAGES: return r && r->pin_messages;
	case BOT_ADD_ADMINS: return r && r->add_admins;
	case BOT_MANAGE_TOPICS: return r && r->manage_topics;
	case BOT_NO_RIGHT: return true;
	default: return r != NULL;
	}
}

int bot_managed(struct bot_call *c, enum bot_right right, struct sim_chat **ret)
{
	static const char *const wants[] = {
		[BOT_ANY_RIGHT] = "",
		[BOT_CHANGE_INFO] = " to change chat info",
		[BOT_BAN_USERS] = " to restrict/unrestrict chat member",
		[BOT_INVITE_USERS] = " to manage chat invite link",
		[BOT_PIN_MESSAGES] = " to manage pinned messages in the chat",
		[BOT_ADD_ADMINS] = "",
		[BOT_MANAGE_TOPICS] = " to manage the topic",
	};
	int64_t me = c->bot->account->user->peer, peer;
	struct sim_chat *g;
	int r = bot_find_chat(c, bot_arg_int(c, "chat_id"), bot_arg_str(c, "chat_id"), &peer);

	if (r)
		return r;
	g = sim_chat(c->world, peer);
	if (!g)
		return bot_fail(c, 400, "method is available only for groups and channels");
	if (right != BOT_NO_RIGHT && !sim_is_member(g, me))
		return bot_fail(c, 403, "bot is not a member of the %s", bot_chat_noun(g));
	if (!has_right(sim_rights_of(g, sim_member(g, me)), right))
		return bot_fail(c, 400, "not enough rights%s", wants[right]);
	*ret = g;
	return TOBS_OK;
}

int bot_member_change(struct bot_call *c, struct sim_chat *g, const struct sim_member *m)
{
	struct tobs_err err;
	int r;

	c->bot->quiet = true;
	r = sim_member_change(g, c->bot->account->user->peer, m, &err);
	c->bot->quiet = false;
	return r ? bot_refused(c, r, &err) : TOBS_OK;
}

/* The member that is meant; somebody who was never there is one that has left. */
static int find_member(struct bot_call *c, const struct sim_chat *g, struct sim_member *ret)
{
	int64_t user = bot_arg_int(c, "user_id");
	const struct sim_member *have = sim_member(g, user);

	if (user <= 0)
		return bot_fail(c, 400, "invalid user_id specified");
	if (!sim_user(c->world, user))
		return bot_fail(c, 400, "PARTICIPANT_ID_INVALID");
	*ret = have ? *have : (struct sim_member){ .user_id = user };
	return TOBS_OK;
}

/* Neither the owner nor an admin, and not the bot itself. */
static int check_target(struct bot_call *c, const struct sim_member *m)
{
	if (m->user_id == c->bot->account->user->peer)
		return bot_fail(c, 400, "can't restrict self");
	if (m->role == SIM_CREATOR)
		return bot_fail(c, 400, "can't remove chat owner");
	if (m->role == SIM_ADMIN)
		return bot_fail(c, 400, "user is an administrator of the chat");
	return TOBS_OK;
}

/* Less than 30 seconds or more than 366 days from now is for ever (banChatMember). */
static int32_t until_of(struct bot_call *c)
{
	int64_t until = bot_arg_int(c, "until_date"), left = until - sim_now(c->world);

	return left < FOREVER_SHORT_S || left > FOREVER_LONG_S ? 0 : (int32_t)until;
}

/* ---- banning ---- */

static int run_ban(struct bot_call *c)
{
	struct tl_chatBannedRights *rights = SIM_NEW(&c->world->arena, chatBannedRights);
	struct sim_member m;
	struct sim_chat *g;
	int r = bot_managed(c, BOT_BAN_USERS, &g);

	if (!r)
		r = find_member(c, g, &m);
	if (!r)
		r = check_target(c, &m);
	if (!r && !rights)
		r = bot_no_memory(c);
	if (r)
		return r;
	m.role = SIM_BANNED;
	m.until = until_of(c);
	rights->view_messages = 1;
	rights->until_date = m.until;
	m.banned_rights = rights;
	r = bot_member_change(c, g, &m);
	return r ? r : bot_true(c);
}

/* Whoever is in the chat is removed by it, unless only_if_banned says otherwise. */
static int run_unban(struct bot_call *c)
{
	const struct tobs_unban_chat_member *a = c->args;
	struct sim_member m;
	struct sim_chat *g;
	int r = bot_managed(c, BOT_BAN_USERS, &g);

	if (!r && g->kind == SIM_CHAT_GROUP)
		r = bot_fail(c, 400, "method is available for supergroup and channel chats only");
	if (!r)
		r = find_member(c, g, &m);
	if (!r && sim_is_member(g, m.user_id) && !a->only_if_banned)
		r = check_target(c, &m);
	if (r)
		return r;
	if (m.role != SIM_BANNED && (a->only_if_banned || !sim_is_member(g, m.user_id)))
		return bot_true(c);
	m.role = SIM_LEFT;
	m.banned_rights = NULL;
	m.until = 0;
	r = bot_member_change(c, g, &m);
	return r ? r : bot_true(c);
}

/* ---- restricting ---- */

static void forbid(const struct tobs_chat_permissions *p, struct tl_chatBannedRights *out)
{
	bool any = p->can_send_messages || p->can_send_audios || p->can_send_documents ||
		p->can_send_photos || p->can_send_videos || p->can_send_video_notes ||
		p->can_send_voice_notes || p->can_send_polls || p->can_send_other_messages ||
		p->can_add_web_page_previews;

	out->send_messages = !any;
	out->send_plain = !p->can_send_messages;
	out->send_audios = !p->can_send_audios;
	out->send_docs = !p->can_send_documents;
	out->send_photos = !p->can_send_photos;
	out->send_videos = !p->can_send_videos;
	out->send_roundvideos = !p->can_send_video_notes;
	out->send_voices = !p->can_send_voice_notes;
	out->send_polls = !p->can_send_polls;
	out->send_stickers = out->send_gifs = out->send_games = out->send_inline =
		!p->can_send_other_messages;
	out->embed_links = !p->can_add_web_page_previews;
	out->send_reactions = !p->can_react_to_messages;
	out->edit_rank = !p->can_edit_tag;
	out->change_info = !p->can_change_info;
	out->invite_users = !p->can_invite_users;
	out->pin_messages = !p->can_pin_messages;
	out->manage_topics = !p->can_manage_topics;
}

static int run_restrict(struct bot_call *c)
{
	const struct tobs_restrict_chat_member *a = c->args;
	struct tl_chatBannedRights *rights = SIM_NEW(&c->world->arena, chatBannedRights);
	struct sim_member m;
	struct sim_chat *g;
	int r = bot_managed(c, BOT_BAN_USERS, &g);

	if (!r && g->kind != SIM_CHAT_SUPERGROUP)
		r = bot_fail(c, 400, "method is available only for supergroups");
	if (!r)
		r = find_member(c, g, &m);
	if (!r)
		r = check_target(c, &m);
	if (!r && !rights)
		r = bot_no_memory(c);
	if (r)
		return r;
	forbid(a->permissions, rights);
	m.until = rights->until_date = until_of(c);
	m.banned_rights = rights;
	m.role = SIM_RESTRICTED;
	/* To forbid nothing makes somebody a plain member again. */
	if (!rights->flags) {
		m.role = SIM_MEMBER;
		m.banned_rights = NULL;
	}
	if (!sim_is_member(g, m.user_id) && m.role == SIM_MEMBER)
		m.role = SIM_LEFT;
	r = bot_member_change(c, g, &m);
	return r ? r : bot_true(c);
}

static int run_permissions(struct bot_call *c)
{
	const struct tobs_set_chat_permissions *a = c->args;
	struct tl_chatBannedRights *rights = SIM_NEW(&c->world->arena, chatBannedRights);
	struct sim_chat *g;
	int r = bot_managed(c, BOT_BAN_USERS, &g);

	if (!r && g->kind == SIM_CHAT_CHANNEL)
		r = bot_fail(c, 400, "can't change default permissions in channels");
	if (!r && !rights)
		r = bot_no_memory(c);
	if (r)
		return r;
	forbid(a->permissions, rights);
	if (g->kind == SIM_CHAT_GROUP) {
		g->tl.group->default_banned_rights = rights;
		g->tl.group->has_default_banned_rights = 1;
	} else {
		g->tl.channel->default_banned_rights = rights;
		g->tl.channel->has_default_banned_rights = 1;
	}
	return bot_true(c);
}

/* ---- promoting ---- */

static bool read_rights(const struct tobs_promote_chat_member *a, struct tl_chatAdminRights *out)
{
	out->anonymous = a->is_anonymous;
	out->other = a->can_manage_chat;
	out->delete_messages = a->can_delete_messages;
	out->manage_call = a->can_manage_video_chats;
	out->ban_users = a->can_restrict_members;
	out->add_admins = a->can_promote_members;
	out->change_info = a->can_change_info;
	out->invite_users = a->can_invite_users;
	out->post_stories = a->can_post_stories;
	out->edit_stories = a->can_edit_stories;
	out->delete_stories = a->can_delete_stories;
	out->post_messages = a->can_post_messages;
	out->edit_messages = a->can_edit_messages;
	out->pin_messages = a->can_pin_messages;
	out->manage_topics = a->can_manage_topics;
	out->manage_direct_messages = a->can_manage_direct_messages;
	return out->flags != 0;
}

static int run_promote(struct bot_call *c)
{
	struct tl_chatAdminRights *rights = SIM_NEW(&c->world->arena, chatAdminRights);
	const struct tl_chatAdminRights *own;
	struct sim_member m;
	struct sim_chat *g;
	int r = bot_managed(c, BOT_ADD_ADMINS, &g);

	if (!r)
		r = find_member(c, g, &m);
	if (!r && m.user_id == c->bot->account->user->peer)
		r = bot_fail(c, 400, "can't promote self");
	if (!r && m.role == SIM_CREATOR)
		r = bot_fail(c, 400, "can't remove chat owner");
	if (!r && !sim_is_member(g, m.user_id))
		r = bot_fail(c, 400, "user not found");
	if (!r && !rights)
		r = bot_no_memory(c);
	if (r)
		return r;
	own = sim_rights_of(g, sim_member(g, c->bot->account->user->peer));
	m.role = read_rights(c->args, rights) ? SIM_ADMIN : SIM_MEMBER;
	/* Nobody gives what they do not have. */
	if (rights->flags & ~own->flags)
		return bot_fail(c, 400, "RIGHT_FORBIDDEN");
	m.admin_rights = m.role == SIM_ADMIN ? rights : NULL;
	m.banned_rights = NULL;
	r = bot_member_change(c, g, &m);
	return r ? r : bot_true(c);
}

static int run_custom_title(struct bot_call *c)
{
	const struct tobs_set_chat_administrator_custom_title *a = c->args;
	struct sim_member m;
	struct sim_chat *g;
	int r = bot_managed(c, BOT_ADD_ADMINS, &g);

	if (!r && g->kind != SIM_CHAT_SUPERGROUP)
		r = bot_fail(c, 400, "method is available only for supergroups");
	if (!r)
		r = find_member(c, g, &m);
	if (!r && m.role == SIM_CREATOR)
		r = bot_fail(c, 400, "only creator can edit their custom title");
	if (!r && m.role != SIM_ADMIN)
		r = bot_fail(c, 400, "user is not an administrator");
	if (!r && utf16_len(tobs_str(a->custom_title)) > TITLE_MAX)
		r = bot_fail(c, 400, "ADMIN_RANK_INVALID");
	if (r)
		return r;
	m.rank = tobs_str(a->custom_title);
	r = bot_member_change(c, g, &m);
	return r ? r : bot_true(c);
}

const struct bot_row bot_rows_member[] = {
	{ TOBS_METHOD_BAN_CHAT_MEMBER, run_ban },
	{ TOBS_METHOD_UNBAN_CHAT_MEMBER, run_unban },
	{ TOBS_METHOD_RESTRICT_CHAT_MEMBER, run_restrict },
	{ TOBS_METHOD_SET_CHAT_PERMISSIONS, run_permissions },
	{ TOBS_METHOD_PROMOTE_CHAT_MEMBER, run_promote },
	{ TOBS_METHOD_SET_CHAT_ADMINISTRATOR_CUSTOM_TITLE, run_custom_title },
	{ 0, NULL },
};
