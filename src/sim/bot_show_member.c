/* SPDX-License-Identifier: MIT */
/* Members of chats and what they may do. */
#include "base/attr.h"
#include "sim/bot_show.h"
#include "sim/inner.h"

/* Bots that the server may let this one edit are not simulated: only the creator edits admins. */
static void fill_admin(const struct bot_show *s, const struct sim_chat *g,
	const struct sim_member *m, struct tobs_chat_member_administrator *out)
{
	const struct tl_chatAdminRights *r = sim_rights_of(g, m);
	const struct tobs_user *user = out->user;

	*out = (struct tobs_chat_member_administrator){
		.user = user,
		.custom_title = show_opt(s, m->rank),
		.can_manage_chat = true,
		.is_anonymous = r->anonymous,
		.can_delete_messages = r->delete_messages,
		.can_manage_video_chats = r->manage_call,
		.can_restrict_members = r->ban_users,
		.can_promote_members = r->add_admins,
		.can_change_info = r->change_info,
		.can_invite_users = r->invite_users,
		.can_post_stories = r->post_stories,
		.can_edit_stories = r->edit_stories,
		.can_delete_stories = r->delete_stories,
	};
	if (g->kind == SIM_CHAT_CHANNEL) {
		out->can_post_messages = r->post_messages;
		out->can_edit_messages = r->edit_messages;
		out->can_manage_direct_messages = r->manage_direct_messages;
		out->has_can_post_messages = out->has_can_edit_messages =
			out->has_can_manage_direct_messages = true;
	} else {
		out->can_pin_messages = r->pin_messages;
		out->can_manage_topics = r->manage_topics;
		out->has_can_pin_messages = true;
		out->has_can_manage_topics = g->kind == SIM_CHAT_SUPERGROUP;
	}
}

void show_permissions(const struct tl_chatBannedRights *b, struct tobs_chat_permissions *out)
{
	static const struct tl_chatBannedRights none = { .ctor = TL_chatBannedRights };

	b = b ? b : &none;
	*out = (struct tobs_chat_permissions){
		.can_send_messages = !b->send_messages && !b->send_plain,
		.can_send_audios = !b->send_messages && !b->send_audios,
		.can_send_documents = !b->send_messages && !b->send_docs,
		.can_send_photos = !b->send_messages && !b->send_photos,
		.can_send_videos = !b->send_messages && !b->send_videos,
		.can_send_video_notes = !b->send_messages && !b->send_roundvideos,
		.can_send_voice_notes = !b->send_messages && !b->send_voices,
		.can_send_polls = !b->send_messages && !b->send_polls,
		.can_send_other_messages = !b->send_messages && !b->send_stickers,
		.can_add_web_page_previews = !b->send_messages && !b->embed_links,
		.can_react_to_messages = !b->send_reactions,
		.can_edit_tag = !b->edit_rank,
		.can_change_info = !b->change_info,
		.can_invite_users = !b->invite_users,
		.can_pin_messages = !b->pin_messages,
		.can_manage_topics = !b->manage_topics,
		.has_can_send_messages = true,
		.has_can_send_audios = true,
		.has_can_send_documents = true,
		.has_can_send_photos = true,
		.has_can_send_videos = true,
		.has_can_send_video_notes = true,
		.has_can_send_voice_notes = true,
		.has_can_send_polls = true,
		.has_can_send_other_messages = true,
		.has_can_add_web_page_previews = true,
		.has_can_react_to_messages = true,
		.has_can_edit_tag = true,
		.has_can_change_info = true,
		.has_can_invite_users = true,
		.has_can_pin_messages = true,
		.has_can_manage_topics = true,
	};
}

static void fill_restricted(const struct bot_show *s, const struct sim_member *m,
	struct tobs_chat_member_restricted *out)
{
	struct tobs_chat_permissions p;

	show_permissions(m->banned_rights, &p);
	out->tag = show_opt(s, m->rank);
	out->until_date = m->until;
	out->is_member = true;
	out->can_send_messages = p.can_send_messages;
	out->can_send_audios = p.can_send_audios;
	out->can_send_documents = p.can_send_documents;
	out->can_send_photos = p.can_send_photos;
	out->can_send_videos = p.can_send_videos;
	out->can_send_video_notes = p.can_send_video_notes;
	out->can_send_voice_notes = p.can_send_voice_notes;
	out->can_send_polls = p.can_send_polls;
	out->can_send_other_messages = p.can_send_other_messages;
	out->can_add_web_page_previews = p.can_add_web_page_previews;
	out->can_react_to_messages = p.can_react_to_messages;
	out->can_edit_tag = p.can_edit_tag;
	out->can_change_info = p.can_change_info;
	out->can_invite_users = p.can_invite_users;
	out->can_pin_messages = p.can_pin_messages;
	out->can_manage_topics = p.can_manage_topics;
}

const struct tobs_chat_member *show_member(const struct bot_show *s, const struct sim_chat *g,
	const struct sim_member *m, int64_t user)
{
	struct tobs_chat_member *out = TOBS_ARENA_NEW(s->arena, struct tobs_chat_member);

	if (!out)
		return NULL;
	out->kind = TOBS_CHAT_MEMBER_LEFT;
	out->user = show_user(s, user);
	switch (m ? m->role : SIM_LEFT) {
	case SIM_CREATOR:
		out->kind = TOBS_CHAT_MEMBER_OWNER;
		out->owner.custom_title = show_opt(s, m->rank);
		out->owner.is_anonymous = m->admin_rights && m->admin_rights->anonymous;
		break;
	case SIM_ADMIN:
		out->kind = TOBS_CHAT_MEMBER_ADMINISTRATOR;
		fill_admin(s, g, m, &out->administrator);
		break;
	case SIM_MEMBER:
		out->kind = TOBS_CHAT_MEMBER_MEMBER;
		out->member.tag = show_opt(s, m->rank);
		break;
	case SIM_RESTRICTED:
		out->kind = TOBS_CHAT_MEMBER_RESTRICTED;
		fill_restricted(s, m, &out->restricted);
		break;
	case SIM_BANNED:
		out->kind = TOBS_CHAT_MEMBER_BANNED;
		out->banned.until_date = m->until;
		break;
	default: break;
	}
	return out->user ? out : NULL;
}

/* ---- participants, as updates tell them ---- */

static struct sim_member from_banned(const struct tl_channelParticipantBanned *p)
{
	struct sim_member m = { .role = SIM_RESTRICTED,
		.rank = p->rank,
		.banned_rights = p->banned_rights,
		.until = p->banned_rights ? p->banned_rights->until_date : 0 };

	if (p->banned_rights && p->banned_rights->view_messages)
		m.role = SIM_BANNED;
	return m;
}

const struct tobs_chat_member *show_participant(const struct bot_show *s, const struct sim_chat *g,
	const union tl_ChannelParticipant *p, int64_t user)
{
	struct sim_member m = { .role = SIM_LEFT };

	switch (p ? p->ctor : TL_channelParticipantLeft) {
	case TL_channelParticipant:
	case TL_channelParticipantSelf: m.role = SIM_MEMBER; break;
	case TL_channelParticipantCreator:
		m.role = SIM_CREATOR;
		m.rank = p->channelParticipantCreator.rank;
		break;
	case TL_channelParticipantAdmin:
		m.role = SIM_ADMIN;
		m.rank = p->channelParticipantAdmin.rank;
		m.admin_rights = p->channelParticipantAdmin.admin_rights;
		break;
	case TL_channelParticipantBanned: m = from_banned(&p->channelParticipantBanned); break;
	default: break;
	}
	m.user_id = user;
	return show_member(s, g, &m, user);
}

const struct tobs_chat_member *show_group_participant(const struct bot_show *s,
	const struct sim_chat *g, const union tl_ChatParticipant *p, int64_t user)
{
	struct sim_member m = { .user_id = user, .role = SIM_LEFT };

	if (p)
		m.role = p->ctor == TL_chatParticipantCreator ? SIM_CREATOR
			: p->ctor == TL_chatParticipantAdmin  ? SIM_ADMIN
							      : SIM_MEMBER;
	return show_member(s, g, &m, user);
}
