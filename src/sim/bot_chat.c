/* SPDX-License-Identifier: MIT */
/* Chats: what they are, who is in them, what they are called. */
#include "base/attr.h"
#include "sim/bot_media.h"
#include "sim/bot_member.h"

enum { ACCENTS = 7, REACTIONS = 11 };

/* ---- getChat ---- */

static const struct tobs_chat_photo *show_chat_photo(
	const struct bot_show *s, const union tl_Photo *p)
{
	struct tobs_photo_size_array sizes = { NULL, 0 };
	struct tobs_chat_photo *out;

	if (!p || show_photo(s, p, &sizes) || !sizes.count)
		return NULL;
	out = TOBS_ARENA_NEW(s->arena, struct tobs_chat_photo);
	if (out)
		*out = (struct tobs_chat_photo){ sizes.items[0].file_id,
			sizes.items[0].file_unique_id, sizes.items[sizes.count - 1].file_id,
			sizes.items[sizes.count - 1].file_unique_id };
	return out;
}

static void fill_user(struct bot_call *c, const struct bot_show *s, const struct sim_user *u,
	struct tobs_chat_full_info *out)
{
	out->bio = show_opt(s, u->about);
	if (u->photos.count)
		out->photo = show_chat_photo(s, u->photos.items[0]);
	(void)c;
}

static const char *link_of(const struct bot_show *s, const struct sim_chat *g)
{
	if (!g->link.len)
		return NULL;
	return tobs_arena_printf(s->arena, "https://t.me/+%.*s", TOBS_VIEW_FMT(g->link));
}

static void fill_group(struct bot_call *c, const struct bot_show *s, const struct sim_chat *g,
	struct tobs_chat_full_info *out)
{
	struct tobs_chat_permissions *p = TOBS_ARENA_NEW(s->arena, struct tobs_chat_permissions);

	out->description = show_opt(s, g->about);
	out->photo = show_chat_photo(s, g->photo);
	if (sim_is_admin(g, c->bot->account->user->peer))
		out->invite_link = link_of(s, g);
	out->slow_mode_delay = g->slowmode;
	out->message_auto_delete_time = g->ttl_period;
	out->has_hidden_members = g->hidden_members;
	out->linked_chat_id = g->linked ? g->linked->peer : 0;
	if (g->kind != SIM_CHAT_GROUP) {
		out->is_forum = g->tl.channel->forum;
		out->has_protected_content = g->tl.channel->noforwards;
		out->join_to_send_messages = g->tl.channel->join_to_send;
		out->join_by_request = g->tl.channel->join_request;
	}
	if (p && g->kind != SIM_CHAT_CHANNEL) {
		show_permissions(g->kind == SIM_CHAT_GROUP ? g->tl.group->default_banned_rights
							   : g->tl.channel->default_banned_rights,
			p);
		out->permissions = p;
	}
}

static int run_get_chat(struct bot_call *c)
{
	const struct tobs_get_chat *a = c->args;
	struct tobs_accepted_gift_types gifts = { .unlimited_gifts = true,
		.limited_gifts = true,
		.unique_gifts = true,
		.premium_subscription = true };
	struct tobs_chat_full_info out = { .max_reaction_count = REACTIONS,
		.accepted_gift_types = &gifts };
	struct bot_show s = bot_show_of(c);
	const struct tobs_chat *chat;
	struct sim_history *h;
	int64_t peer;
	int r = bot_find_history(c, a->chat_id, a->chat_username, &peer, &h);

	if (r)
		return r;
	chat = show_chat(&s, peer);
	if (!chat)
		return bot_no_memory(c);
	out.id = chat->id;
	out.type = chat->type;
	out.title = chat->title;
	out.username = chat->username;
	out.first_name = chat->first_name;
	out.last_name = chat->last_name;
	if (chat->username)
		out.active_usernames = (struct tobs_string_array){ &chat->username, 1 };
	out.accent_color_id = sim_peer_id(peer) % ACCENTS;
	if (peer > 0)
		fill_user(c, &s, sim_user(c->world, peer), &out);
	else
		fill_group(c, &s, sim_chat(c->world, peer), &out);
	if (h && h->pinned.count) {
		const union tl_Message *m = sim_history_get(h, *ARRAY_LAST(&h->pinned), &c->arena);

		out.pinned_message = m ? show_message(&s, h, m, false) : NULL;
	}
	return bot_result(c, TOBS_TYPE_CHAT_FULL_INFO, &out);
}

/* ---- who is in it ---- */

static int run_admins(struct bot_call *c)
{
	struct bot_show s = bot_show_of(c);
	struct sim_chat *g;
	size_t n = 0;
	int r = bot_managed(c, BOT_NO_RIGHT, &g);

	if (r)
		return r;
	if (g->kind == SIM_CHAT_CHANNEL && !sim_is_admin(g, c->bot->account->user->peer))
		return bot_fail(c, 400, "member list is inaccessible");
	tobs_buf_putc(&c->out, '[');
	for (size_t i = 0; i < g->members.count && !r; i++) {
		const struct sim_member *m = &g->members.items[i];
		const struct sim_user *u = sim_user(c->world, m->user_id);

		/* Other bots are left out. */
		if ((m->role != SIM_ADMIN && m->role != SIM_CREATOR) || !u ||
			(u->tl->bot && u->peer != c->bot->account->user->peer))
			continue;
		if (n++)
			tobs_buf_putc(&c->out, ',');
		r = bot_result(c, TOBS_TYPE_CHAT_MEMBER, show_member(&s, g, m, m->user_id));
	}
	tobs_buf_putc(&c->out, ']');
	return r;
}

static int run_count(struct bot_call *c)
{
	struct sim_chat *g;
	int64_t peer;
	int r = bot_find_chat(c, bot_arg_int(c, "chat_id"), bot_arg_str(c, "chat_id"), &peer);

	if (r)
		return r;
	if (peer > 0)
		return bot_result_int(c, 2);
	g = sim_chat(c->world, peer);
	return bot_result_int(c, sim_member_count(g));
}

static int run_get_member(struct bot_call *c)
{
	const struct tobs_get_chat_member *a = c->args;
	struct bot_show s = bot_show_of(c);
	struct sim_member in = { .user_id = a->user_id, .role = SIM_MEMBER };
	const struct sim_member *m;
	struct sim_chat *g;
	int64_t peer;
	int r = bot_find_chat(c, a->chat_id, a->chat_username, &peer);

	if (r)
		return r;
	if (!sim_user(c->world, a->user_id))
		return bot_fail(c, 400, peer < 0 ? "PARTICIPANT_ID_INVALID" : "user not found");
	g = sim_chat(c->world, peer);
	if (!g && a->user_id != peer && a->user_id != c->bot->account->user->peer)
		return bot_fail(c, 400, "user not found");
	m = g ? sim_member(g, a->user_id) : &in;
	return bot_result(c, TOBS_TYPE_CHAT_MEMBER, show_member(&s, g, m, a->user_id));
}

static int run_leave(struct bot_call *c)
{
	struct sim_member m = { .user_id = c->bot->account->user->peer, .role = SIM_LEFT };
	struct sim_chat *g;
	int r = bot_managed(c, BOT_NO_RIGHT, &g);

	if (!r && !sim_is_member(g, m.user_id))
		r = bot_fail(c, 403, "bot is not a member of the %s", bot_chat_noun(g));
	if (!r)
		r = bot_member_change(c, g, &m);
	return r ? r : bot_true(c);
}

/* ---- what it is called ---- */

static int changed(struct bot_call *c, int r, const struct tobs_err *err)
{
	return r ? bot_refused(c, r, err) : bot_true(c);
}

static int run_title(struct bot_call *c)
{
	const struct tobs_set_chat_title *a = c->args;
	struct tobs_err err;
	struct sim_chat *g;
	int r = bot_managed(c, BOT_CHANGE_INFO, &g);

	if (!r && !a->title[0])
		r = bot_fail(c, 400, "title must be non-empty");
	if (r)
		return r;
	c->bot->quiet = true;
	r = sim_set_title(g, c->bot->account->user->peer, tobs_str(a->title), &err);
	c->bot->quiet = false;
	return changed(c, r, &err);
}

static int run_description(struct bot_call *c)
{
	const struct tobs_set_chat_description *a = c->args;
	struct tobs_err err;
	struct sim_chat *g;
	int r = bot_managed(c, BOT_CHANGE_INFO, &g);

	if (r)
		return r;
	r = sim_set_about(g, c->bot->account->user->peer, tobs_str(a->description), &err);
	return changed(c, r, &err);
}

static int run_photo(struct bot_call *c)
{
	const struct bot_media m = { .kind = BOT_FILE_PHOTO, .from = c->json, .field = "photo" };
	const union tl_Photo *photo = NULL;
	struct tobs_err err;
	struct sim_chat *g;
	int r = bot_managed(c, BOT_CHANGE_INFO, &g);

	if (!r && c->method == TOBS_METHOD_SET_CHAT_PHOTO && !c->uploads.count)
		r = bot_fail(c, 400, "photo must be uploaded as an InputFile");
	if (!r && c->method == TOBS_METHOD_SET_CHAT_PHOTO)
		r = bot_photo_make(c, &m, &photo);
	if (r)
		return r;
	c->bot->quiet = true;
	r = sim_set_photo(g, c->bot->account->user->peer, photo, &err);
	c->bot->quiet = false;
	return changed(c, r, &err);
}

const struct bot_row bot_rows_chat[] = {
	{ TOBS_METHOD_GET_CHAT, run_get_chat },
	{ TOBS_METHOD_GET_CHAT_ADMINISTRATORS, run_admins },
	{ TOBS_METHOD_GET_CHAT_MEMBER_COUNT, run_count },
	{ TOBS_METHOD_GET_CHAT_MEMBER, run_get_member },
	{ TOBS_METHOD_LEAVE_CHAT, run_leave },
	{ TOBS_METHOD_SET_CHAT_TITLE, run_title },
	{ TOBS_METHOD_SET_CHAT_DESCRIPTION, run_description },
	{ TOBS_METHOD_SET_CHAT_PHOTO, run_photo },
	{ TOBS_METHOD_DELETE_CHAT_PHOTO, run_photo },
	{ 0, NULL },
};
