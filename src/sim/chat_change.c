/* SPDX-License-Identifier: MIT */
/* Changing chats: founding, titles, photos, topics, becoming a supergroup. */
#include "base/attr.h"
#include "sim/change.h"
#include "sim/inner.h"

static int no_memory(struct tobs_err *err)
{
	return tobs_fail(err, TOBS_ENOMEM, "no memory for a change");
}

static int post_action(struct sim_chat *c, int64_t actor, const void *action, struct sim_sent *ret,
	struct tobs_err *err)
{
	/* In a channel the channel speaks, whoever did it. */
	return sim_post(c->world,
		&(struct sim_post){ .from = actor, .to = c->peer, .action = action }, ret, err);
}

/* ---- founding ---- */

static int add_first(struct sim_chat *c, int64_t user, int64_t creator, struct tobs_err *err)
{
	struct sim_member m = { .user_id = user,
		.inviter_id = user == creator ? 0 : creator,
		.date = sim_now(c->world),
		.role = user == creator ? SIM_CREATOR : SIM_MEMBER };

	return sim_member_set(c, &m) ? no_memory(err) : TOBS_OK;
}

static int tell_founded(struct sim_chat *c, int64_t creator, const int64_t *users, size_t count,
	struct tobs_err *err)
{
	struct tl_messageActionChatCreate group = { .ctor = TL_messageActionChatCreate,
		.users = { (uint32_t)count, users } };
	struct tl_messageActionChannelCreate channel = { .ctor = TL_messageActionChannelCreate };

	if (c->kind == SIM_CHAT_GROUP) {
		group.title = c->tl.group->title;
		return post_action(c, creator, &group, NULL, err);
	}
	channel.title = c->tl.channel->title;
	return post_action(c, creator, &channel, NULL, err);
}

int sim_chat_found(struct sim_world *w, int64_t creator, const struct sim_chat_args *args,
	const int64_t *users, size_t count, struct sim_chat **ret, struct tobs_err *err)
{
	struct sim_chat_args with_date = *args;
	struct sim_chat *c;
	int r;

	if (!args->title.len)
		return sim_refuse(err, 400, "CHAT_TITLE_EMPTY");
	for (size_t i = 0; i < count; i++)
		if (!sim_user(w, users[i]))
			return sim_refuse(err, 400, "USER_ID_INVALID");
	if (!with_date.date)
		with_date.date = sim_now(w);
	r = sim_chat_add(w, &with_date, &c, err);
	if (!r)
		r = add_first(c, creator, creator, err);
	for (size_t i = 0; i < count && !r; i++)
		if (users[i] != creator)
			r = add_first(c, users[i], creator, err);
	if (!r && sim_tell_founded(c, creator))
		r = no_memory(err);
	if (!r)
		r = tell_founded(c, creator, users, count, err);
	if (!r && ret)
		*ret = c;
	return r;
}

/* ---- title, description, photo ---- */

int sim_set_title(struct sim_chat *c, int64_t actor, struct tobs_view title, struct tobs_err *err)
{
	struct tl_messageActionChatEditTitle action = { .ctor = TL_messageActionChatEditTitle,
		.title = title };
	struct tobs_view *field = c->kind == SIM_CHAT_GROUP ? &c->tl.group->title
							    : &c->tl.channel->title;

	if (!sim_is_admin(c, actor))
		return sim_refuse(err, 400, "CHAT_ADMIN_REQUIRED");
	if (!title.len)
		return sim_refuse(err, 400, "CHAT_TITLE_EMPTY");
	if (tobs_view_eq(*field, title))
		return sim_refuse(err, 400, "CHAT_NOT_MODIFIED");
	*field = sim_keep(c->world, title);
	if (c->kind == SIM_CHAT_GROUP)
		c->tl.group->version++;
	return post_action(c, actor, &action, NULL, err);
}

int sim_set_about(struct sim_chat *c, int64_t actor, struct tobs_view about, struct tobs_err *err)
{
	if (!sim_is_admin(c, actor))
		return sim_refuse(err, 400, "CHAT_ADMIN_REQUIRED");
	if (tobs_view_eq(c->about, about))
		return sim_refuse(err, 400, "CHAT_ABOUT_NOT_MODIFIED");
	c->about = sim_keep(c->world, about);
	return TOBS_OK;
}

int sim_set_photo(
	struct sim_chat *c, int64_t actor, const union tl_Photo *photo, struct tobs_err *err)
{
	struct tl_messageActionChatEditPhoto edit = { .ctor = TL_messageActionChatEditPhoto,
		.photo = photo };
	struct tl_messageActionChatDeletePhoto gone = { .ctor = TL_messageActionChatDeletePhoto };

	if (!sim_is_admin(c, actor))
		return sim_refuse(err, 400, "CHAT_ADMIN_REQUIRED");
	if (!photo && !c->photo)
		return sim_refuse(err, 400, "CHAT_NOT_MODIFIED");
	if (sim_chat_photo_set(c, photo))
		return no_memory(err);
	return post_action(c, actor, photo ? (const void *)&edit : (const void *)&gone, NULL, err);
}

/* ---- a basic group becomes a supergroup ---- */

int sim_migrate(struct sim_chat *group, int64_t actor, struct sim_chat **ret, struct tobs_err *err)
{
	const struct sim_member *m = sim_member(group, actor);
	struct tl_messageActionChatMigrateTo to = { .ctor = TL_messageActionChatMigrateTo };
	struct tl_messageActionChannelMigrateFrom from = {
		.ctor = TL_messageActionChannelMigrateFrom
	};
	struct sim_chat_args args = { .kind = SIM_CHAT_SUPERGROUP };
	struct sim_sent sent;
	struct sim_chat *c;
	int r;

	if (group->kind != SIM_CHAT_GROUP || group->successor)
		return sim_refuse(err, 400, "CHAT_NOT_MODIFIED");
	if (!m || m->role != SIM_CREATOR)
		return sim_refuse(err, 400, "CHAT_ADMIN_REQUIRED");
	args.title = group->tl.group->title;
	args.about = group->about;
	args.date = sim_now(group->world);
	r = sim_chat_add(group->world, &args, &c, err);
	if (r)
		return r;
	ARRAY_EACH (each, &group->members)
		if (!r && each->role != SIM_LEFT)
			r = sim_member_set(c, each);
	if (!r && group->photo)
		r = sim_chat_photo_set(c, group->photo);
	if (r)
		return no_memory(err);
	to.channel_id = sim_peer_id(c->peer);
	r = post_action(group, actor, &to, &sent, err);
	if (r)
		return r;
	group->successor = c;
	c->origin = group;
	c->origin_max_id = sent.id;
	from.title = group->tl.group->title;
	from.chat_id = sim_peer_id(group->peer);
	r = post_action(c, actor, &from, NULL, err);
	if (!r && ret)
		*ret = c;
	return r;
}

/* ---- topics ---- */

static const char *may_manage_topics(const struct sim_chat *c, int64_t actor)
{
	if (c->kind != SIM_CHAT_SUPERGROUP || !c->tl.channel->forum)
		return "CHANNEL_FORUM_MISSING";
	return sim_is_admin(c, actor) ? NULL : "CHAT_ADMIN_REQUIRED";
}

int sim_topic_open(struct sim_chat *c, int64_t actor, const struct sim_topic *topic,
	int32_t *ret_id, struct tobs_err *err)
{
	/* The colours Telegram offers for topics without an icon of their own. */
	static const int32_t colours[] = { 0x6fb9f0, 0xffd67e, 0xcb86db, 0x8eee98, 0xff93b2,
		0xfb6f5f };
	struct tl_messageActionTopicCreate action = { .ctor = TL_messageActionTopicCreate,
		.title = topic->title,
		.icon_color = topic->icon_color,
		.icon_emoji_id = topic->icon_emoji_id,
		.has_icon_emoji_id = topic->icon_emoji_id != 0 };
	const char *why = may_manage_topics(c, actor);
	struct sim_topic made = *topic;
	struct sim_sent sent;
	int r;

	if (why)
		return sim_refuse(err, 400, why);
	if (!topic->title.len)
		return sim_refuse(err, 400, "TOPIC_TITLE_EMPTY");
	if (!action.icon_color)
		action.icon_color = colours[c->topics.count % ARRAY_LEN(colours)];
	r = post_action(c, actor, &action, &sent, err);
	if (r)
		return r;
	made.id = sent.id;
	made.date = sim_message_date(sent.message);
	made.creator = actor;
	made.icon_color = action.icon_color;
	if (sim_topic_set(c, &made))
		return no_memory(err);
	if (ret_id)
		*ret_id = made.id;
	return TOBS_OK;
}

int sim_topic_change(
	struct sim_chat *c, int64_t actor, const struct sim_topic *topic, struct tobs_err *err)
{
	struct tl_messageActionTopicEdit action = { .ctor = TL_messageActionTopicEdit };
	struct tl_messageReplyHeader in = { .ctor = TL_messageReplyHeader,
		.forum_topic = 1,
		.has_reply_to_msg_id = 1,
		.reply_to_msg_id = topic->id };
	const char *why = may_manage_topics(c, actor);
	const struct sim_topic *have = sim_topic(c, topic->id);
	struct sim_topic after = *topic;

	if (why)
		return sim_refuse(err, 400, why);
	if (!have)
		return sim_refuse(err, 400, "TOPIC_ID_INVALID");
	if (!tobs_view_eq(have->title, topic->title))
		action.title = topic->title;
	action.has_icon_emoji_id = have->icon_emoji_id != topic->icon_emoji_id;
	action.icon_emoji_id = topic->icon_emoji_id;
	action.has_closed = have->closed != topic->closed;
	action.closed = topic->closed;
	action.has_hidden = have->hidden != topic->hidden;
	action.hidden = topic->hidden;
	if (!action.flags && !action.title.len)
		return sim_refuse(err, 400, "TOPIC_NOT_MODIFIED");
	after.creator = have->creator;
	after.date = have->date;
	if (sim_topic_set(c, &after))
		return no_memory(err);
	return sim_post(c->world,
		&(struct sim_post){ .from = actor,
			.to = c->peer,
			.action = (const void *)&action,
			.reply_to = topic->id == SIM_GENERAL_TOPIC ? NULL : (const void *)&in },
		NULL, err);
}
