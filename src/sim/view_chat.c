/* SPDX-License-Identifier: MIT */
/* Users, chats, dialogs and topics as one account sees them. */
#include "base/attr.h"
#include "sim/history.h"
#include "sim/inner.h"
#include "sim/view.h"

const union tl_User *sim_view_user(
	struct sim_account *viewer, const struct sim_user *u, struct tobs_arena *arena)
{
	const struct sim_contact *contact = NULL;
	struct tl_user *out;
	bool self = viewer && viewer->user == u;

	if (viewer)
		ARRAY_EACH (c, &viewer->contacts)
			if (c->user_id == u->peer)
				contact = c;
	if (!self && !contact)
		return (const void *)u->tl;
	out = SIM_COPY(arena, user, u->tl);
	if (!out)
		return NULL;
	out->self = self;
	out->contact = contact != NULL;
	out->mutual_contact = contact && contact->mutual;
	if (u->phone.len) {
		out->has_phone = 1;
		out->phone = u->phone;
	}
	return (const void *)out;
}

/* What a creator, and an admin of whom nothing else is said, may do. */
static const struct tl_chatAdminRights *all_rights(const struct sim_chat *c)
{
	static const struct tl_chatAdminRights group = {
		.ctor = TL_chatAdminRights,
		.change_info = 1,
		.delete_messages = 1,
		.ban_users = 1,
		.invite_users = 1,
		.pin_messages = 1,
		.add_admins = 1,
		.manage_call = 1,
		.other = 1,
		.manage_topics = 1,
	};
	static const struct tl_chatAdminRights channel = {
		.ctor = TL_chatAdminRights,
		.change_info = 1,
		.post_messages = 1,
		.edit_messages = 1,
		.delete_messages = 1,
		.ban_users = 1,
		.invite_users = 1,
		.add_admins = 1,
		.manage_call = 1,
		.other = 1,
	};

	return c->kind == SIM_CHAT_CHANNEL ? &channel : &group;
}

const struct tl_chatAdminRights *sim_rights_of(const struct sim_chat *c, const struct sim_member *m)
{
	if (!m || (m->role != SIM_ADMIN && m->role != SIM_CREATOR))
		return NULL;
	return m->admin_rights ? m->admin_rights : all_rights(c);
}

static const union tl_Chat *view_group(
	const struct sim_member *m, const struct sim_chat *c, struct tobs_arena *arena)
{
	struct tl_chat *out;

	if (m && m->role == SIM_BANNED) {
		struct tl_chatForbidden *f = SIM_NEW(arena, chatForbidden);

		if (!f)
			return NULL;
		f->id = c->tl.group->id;
		f->title = c->tl.group->title;
		return (const void *)f;
	}
	out = SIM_COPY(arena, chat, c->tl.group);
	if (!out)
		return NULL;
	out->participants_count = sim_member_count(c);
	out->creator = m && m->role == SIM_CREATOR;
	out->left = !m || m->role == SIM_LEFT;
	out->admin_rights = m && m->role == SIM_ADMIN ? sim_rights_of(c, m) : NULL;
	if (c->successor) {
		struct tl_inputChannel *to = SIM_NEW(arena, inputChannel);

		if (!to)
			return NULL;
		to->channel_id = sim_peer_id(c->successor->peer);
		to->access_hash = sim_access_hash(c->world, c->successor->peer);
		out->migrated_to = (const void *)to;
		out->deactivated = 1;
	}
	return (const void *)out;
}

static const union tl_Chat *forbidden_channel(
	const struct sim_member *m, const struct sim_chat *c, struct tobs_arena *arena)
{
	struct tl_channelForbidden *f = SIM_NEW(arena, channelForbidden);

	if (!f)
		return NULL;
	f->id = c->tl.channel->id;
	f->access_hash = c->tl.channel->access_hash;
	f->title = c->tl.channel->title;
	f->broadcast = c->tl.channel->broadcast;
	f->megagroup = c->tl.channel->megagroup;
	if (m && m->until) {
		f->has_until_date = 1;
		f->until_date = m->until;
	}
	return (const void *)f;
}

static const union tl_Chat *view_channel(struct sim_account *viewer, const struct sim_member *m,
	const struct sim_chat *c, struct tobs_arena *arena)
{
	bool may_read = viewer ? sim_can_read(viewer, c) : c->open;
	struct tl_channel *out;

	if (!may_read)
		return forbidden_channel(m, c, arena);
	out = SIM_COPY(arena, channel, c->tl.channel);
	if (!out)
		return NULL;
	out->creator = m && m->role == SIM_CREATOR;
	out->left = !m || m->role == SIM_LEFT;
	out->admin_rights = sim_rights_of(c, m);
	if (m && m->role == SIM_RESTRICTED)
		out->banned_rights = m->banned_rights;
	out->has_participants_count = 1;
	out->participants_count = sim_member_count(c);
	return (const void *)out;
}

const union tl_Chat *sim_view_chat(
	struct sim_account *viewer, const struct sim_chat *c, struct tobs_arena *arena)
{
	const struct sim_member *m = viewer ? sim_member(c, viewer->user->peer) : NULL;

	return c->kind == SIM_CHAT_GROUP ? view_group(m, c, arena)
					 : view_channel(viewer, m, c, arena);
}

static const struct tl_peerNotifySettings *notify_settings(bool muted, struct tobs_arena *arena)
{
	struct tl_peerNotifySettings *s = SIM_NEW(arena, peerNotifySettings);

	if (s && muted) {
		s->has_mute_until = 1;
		s->mute_until = INT32_MAX;
	}
	return s;
}

const struct tl_dialog *sim_view_dialog(
	struct sim_account *viewer, const struct sim_dialog *d, struct tobs_arena *arena)
{
	struct tl_dialog *out = SIM_NEW(arena, dialog);

	(void)viewer;
	if (!out || !(out->notify_settings = notify_settings(d->muted, arena)))
		return NULL;
	out->peer = d->history->tl_peer;
	out->top_message = sim_history_top(d->history);
	out->read_inbox_max_id = d->read_inbox_max_id;
	out->read_outbox_max_id = d->read_outbox_max_id;
	out->unread_count = d->unread;
	out->unread_mentions_count = d->unread_mentions;
	out->unread_reactions_count = d->unread_reactions;
	out->unread_mark = d->unread_mark;
	out->pinned = d->pin > 0;
	out->draft = d->draft;
	if (d->folder) {
		out->has_folder_id = 1;
		out->folder_id = d->folder;
	}
	if (d->history->box->channel) {
		out->has_pts = 1;
		out->pts = d->history->box->pts;
	}
	if (d->history->chat && d->history->chat->ttl_period) {
		out->has_ttl_period = 1;
		out->ttl_period = d->history->chat->ttl_period;
	}
	return out;
}

const struct tl_forumTopic *sim_view_topic(struct sim_account *viewer, const struct sim_chat *c,
	const struct sim_topic *t, struct tobs_arena *arena)
{
	struct tl_forumTopic *out = SIM_NEW(arena, forumTopic);
	struct sim_list scratch;
	const struct sim_list *l = sim_thread(c->history, t->id, &scratch);
	const struct sim_dialog *d = viewer ? sim_dialog(viewer, c->peer) : NULL;
	int32_t n = l ? sim_list_count(l) : 0;
	int64_t creator = t->creator ? t->creator : c->peer;

	if (!out || !(out->notify_settings = notify_settings(false, arena)))
		return NULL;
	out->id = t->id;
	out->date = t->date;
	out->peer = c->history->tl_peer;
	out->title = t->title;
	out->icon_color = t->icon_color;
	if (t->icon_emoji_id) {
		out->has_icon_emoji_id = 1;
		out->icon_emoji_id = t->icon_emoji_id;
	}
	out->from_id = sim_tl_peer(c->world, creator);
	out->my = viewer && creator == viewer->user->peer;
	out->closed = t->closed;
	out->hidden = t->hidden;
	out->pinned = t->pin > 0;
	out->top_message = n ? sim_list_id(l, n - 1) : t->id;
	if (d) {
		/* What the chat has read, the topic has. */
		out->read_inbox_max_id = d->read_inbox_max_id;
		out->read_outbox_max_id = d->read_outbox_max_id;
		if (l)
			out->unread_count = n - sim_list_rank(l, d->read_inbox_max_id + 1);
	}
	return out->from_id ? out : NULL;
}
