/* SPDX-License-Identifier: MIT */
/* From the messages of an export to a chat of the world. */
#include "base/attr.h"
#include "sim/desktop.h"
#include "sim/history.h"
#include "sim/vote.h"

static bool is_channel(enum desktop_type type)
{
	return type == DESKTOP_CHANNEL || type == DESKTOP_SUPERGROUP;
}

/* The chat itself, of the right kind, whether it was mentioned before or not. */
static int open_chat(struct desktop *d, struct sim_chat **ret, struct tobs_err *err)
{
	static const enum sim_chat_kind kinds[] = {
		[DESKTOP_GROUP] = SIM_CHAT_GROUP,
		[DESKTOP_SUPERGROUP] = SIM_CHAT_SUPERGROUP,
		[DESKTOP_CHANNEL] = SIM_CHAT_CHANNEL,
	};
	enum sim_chat_kind kind = kinds[d->chat.type];
	struct sim_chat *c = sim_chat(d->w, d->chat.peer);
	int r;

	if (!c) {
		r = sim_chat_add(d->w,
			&(struct sim_chat_args){
				.kind = kind, .id = d->chat.id, .title = d->chat.name },
			&c, err);
		if (r)
			return json_failed(err, r);
	}
	/* What was mentioned in another chat was taken for a channel. */
	c->kind = kind;
	if (kind == SIM_CHAT_GROUP) {
		c->tl.group->title = d->chat.name;
	} else {
		c->tl.channel->title = d->chat.name;
		c->tl.channel->broadcast = kind == SIM_CHAT_CHANNEL;
		c->tl.channel->megagroup = kind == SIM_CHAT_SUPERGROUP;
		c->open = d->chat.open;
	}
	*ret = c;
	return TOBS_OK;
}

int desktop_chat_begin(struct desktop *d, struct tobs_err *err)
{
	struct desktop_chat *chat = &d->chat;
	struct sim_chat *c;
	struct sim_user *u;
	int r;

	/* Other programs write the marked id of the Bot API. */
	if (chat->id < 0)
		chat->id = sim_peer_id(chat->id);
	switch (chat->type) {
	case DESKTOP_SAVED:
		if (!d->owner_id)
			d->owner_id = chat->id;
		chat->peer = d->owner_id;
		return desktop_user(d, d->owner_id, tobs_str(""), NULL, err);
	case DESKTOP_PRIVATE:
	case DESKTOP_BOT:
		chat->peer = chat->id;
		r = desktop_user(d, chat->id, chat->name, &u, err);
		if (!r && chat->type == DESKTOP_BOT) {
			u->tl->bot = 1;
			u->tl->bot_info_version = 1;
		}
		if (!r && !chat->name.len && !u->tl->first_name.len)
			u->tl->deleted = 1;
		return r;
	default: break;
	}
	chat->peer = is_channel(chat->type) ? sim_channel_peer(chat->id) : sim_group_peer(chat->id);
	return open_chat(d, &c, err);
}

/* ---- who is in it ---- */

static int set_member(struct sim_chat *c, int64_t user, enum sim_role role, int32_t date)
{
	const struct sim_member *have = sim_member(c, user);

	if (user <= 0 || !sim_user(c->world, user) || (have && have->role == SIM_CREATOR))
		return TOBS_OK;
	return sim_member_set(
		c, &(struct sim_member){ .user_id = user, .date = date, .role = role });
}

static int set_members(
	struct sim_chat *c, const struct tl_vec_long *users, enum sim_role role, int32_t date)
{
	int r = TOBS_OK;

	for (uint32_t i = 0; !r && i < users->count; i++)
		r = set_member(c, users->items[i], role, date);
	return r;
}

/* What a service message says about who came and went. */
static int follow(struct sim_chat *c, const struct tl_messageService *m)
{
	const union tl_MessageAction *a = m->action;
	int64_t actor = sim_peer_of(m->from_id);
	int r;

	switch (a->ctor) {
	case TL_messageActionChatCreate:
		r = set_member(c, actor, SIM_CREATOR, m->date);
		return r ? r
			 : set_members(c, &a->messageActionChatCreate.users, SIM_MEMBER, m->date);
	case TL_messageActionChannelCreate: return set_member(c, actor, SIM_CREATOR, m->date);
	case TL_messageActionChatAddUser:
		return set_members(c, &a->messageActionChatAddUser.users, SIM_MEMBER, m->date);
	case TL_messageActionChatDeleteUser:
		return set_member(c, a->messageActionChatDeleteUser.user_id, SIM_LEFT, m->date);
	case TL_messageActionChatJoinedByLink:
	case TL_messageActionChatJoinedByRequest: return set_member(c, actor, SIM_MEMBER, m->date);
	default: return TOBS_OK;
	}
}

static int find_members(struct desktop *d, struct sim_chat *c)
{
	int r = TOBS_OK;

	ARRAY_EACH (at, &d->chat.messages) {
		const union tl_Message *m = *at;
		int64_t from = sim_message_from(m);

		if (m->ctor == TL_messageService)
			r = follow(c, &m->messageService);
		else if (c->kind != SIM_CHAT_CHANNEL && from > 0 && !sim_member(c, from))
			r = set_member(c, from, SIM_MEMBER, sim_message_date(m));
		if (r)
			return r;
	}
	if (d->chat.left)
		return set_member(c, d->owner_id, SIM_LEFT, 0);
	return sim_is_member(c, d->owner_id) ? TOBS_OK : set_member(c, d->owner_id, SIM_MEMBER, 0);
}

/* ---- topics ---- */

static int set_topic(struct sim_chat *c, const struct tl_messageService *m)
{
	const union tl_MessageReplyHeader *to = m->reply_to;
	struct sim_topic topic = {
		.id = m->id, .date = m->date, .creator = sim_peer_of(m->from_id)
	};
	struct sim_topic *have;

	if (m->action->ctor == TL_messageActionTopicCreate) {
		topic.title = m->action->messageActionTopicCreate.title;
		topic.icon_color = m->action->messageActionTopicCreate.icon_color;
		return sim_topic_set(c, &topic);
	}
	if (m->action->ctor != TL_messageActionTopicEdit || !to)
		return TOBS_OK;
	have = sim_topic(c, to->messageReplyHeader.reply_to_msg_id);
	if (have && m->action->messageActionTopicEdit.title.len)
		have->title = m->action->messageActionTopicEdit.title;
	return TOBS_OK;
}

/* A forum is told from other supergroups by its topics only. */
static int find_topics(struct desktop *d, struct sim_chat *c)
{
	struct sim_topic general = {
		.id = SIM_GENERAL_TOPIC, .icon_color = 0x6fb9f0, .title = TOBS_LIT("General")
	};
	int r = TOBS_OK;

	ARRAY_EACH (at, &d->chat.messages) {
		const union tl_Message *m = *at;

		if (m->ctor != TL_messageService || sim_message_id(m) < 0)
			continue;
		if (!c->tl.channel->forum &&
			m->messageService.action->ctor == TL_messageActionTopicCreate) {
			c->tl.channel->forum = 1;
			r = sim_topic_set(c, &general);
		}
		if (!r && c->tl.channel->forum)
			r = set_topic(c, &m->messageService);
		if (r)
			return r;
	}
	return r;
}

/* ---- messages ---- */

static void shift_reply(const union tl_MessageReplyHeader *to)
{
	union {
		const union tl_MessageReplyHeader *in;
		struct tl_messageReplyHeader *out;
	} u = { to };

	if (to && u.out->reply_to_msg_id < 0)
		u.out->reply_to_msg_id += DESKTOP_SHIFT;
}

static int add_one(struct desktop *d, struct sim_history *h, union tl_Message *m)
{
	bool own = h->box->account && sim_message_from(m) == d->owner_id;

	shift_reply(sim_message_reply(m));
	if (m->ctor == TL_messageService) {
		struct tl_messageService *s = &m->messageService;

		s->id += s->id < 0 ? DESKTOP_SHIFT : 0;
		s->peer_id = h->tl_peer;
		s->out = own;
	} else {
		struct tl_message *t = &m->message;

		t->id += t->id < 0 ? DESKTOP_SHIFT : 0;
		t->peer_id = h->tl_peer;
		t->out = own;
		if (h->peer == d->owner_id)
			t->saved_peer_id = h->tl_peer;
	}
	sim_message_thread(h, m);
	return sim_history_add(h, m);
}

/* Those of the basic group, or the others; they are taken from the list. */
static int add_messages(struct desktop *d, struct sim_history *h, bool old, struct tobs_err *err)
{
	ARRAY_EACH (at, &d->chat.messages) {
		int32_t id = *at ? sim_message_id(*at) : 0;
		int r;

		if (!*at || (id < 0) != old)
			continue;
		r = add_one(d, h, *at);
		*at = NULL;
		if (r == TOBS_EEXISTS)
			return json_fail(err, r, "there are two messages with the id %d", (int)id);
		if (r)
			return desktop_no_memory(err);
	}
	return TOBS_OK;
}

/* The basic group a supergroup was, with its messages. */
static int add_origin(struct desktop *d, struct sim_chat *c, struct tobs_err *err)
{
	struct sim_history *h;
	struct sim_chat *group;
	bool any = d->chat.origin_id != 0;
	int r;

	ARRAY_EACH (m, &d->chat.messages)
		any |= sim_message_id(*m) < 0;
	if (!any)
		return TOBS_OK;
	r = sim_chat_add(d->w,
		&(struct sim_chat_args){ .kind = SIM_CHAT_GROUP,
			.id = d->chat.origin_id,
			.title = d->chat.origin_title.len ? d->chat.origin_title : d->chat.name },
		&group, err);
	if (r)
		return json_failed(err, r);
	group->successor = c;
	c->origin = group;
	r = set_member(group, d->owner_id, SIM_MEMBER, 0);
	if (!r)
		r = sim_history_open(d->owner, group->peer, &h);
	if (r)
		return desktop_no_memory(err);
	r = add_messages(d, h, true, err);
	c->origin_max_id = sim_history_top(h);
	return r;
}

static int add_votes(struct desktop *d, struct tobs_err *err)
{
	ARRAY_EACH (v, &d->chat.votes)
		if (sim_vote_set(d->w, v->poll_id,
			    &(struct sim_vote){ d->owner_id, v->chosen, v->date }))
			return desktop_no_memory(err);
	return TOBS_OK;
}

/* Everything that was exported was read. */
static void mark_read(struct desktop *d, const struct sim_history *h)
{
	struct sim_dialog *dialog = sim_dialog(d->owner, d->chat.peer);

	if (dialog)
		dialog->read_inbox_max_id = dialog->read_outbox_max_id = sim_history_top(h);
}

static void set_date(struct sim_chat *c, int32_t date)
{
	if (c->kind == SIM_CHAT_GROUP)
		c->tl.group->date = date;
	else
		c->tl.channel->date = date;
}

static int fill_chat(struct desktop *d, struct sim_history **ret, struct tobs_err *err)
{
	struct sim_chat *c;
	int r = open_chat(d, &c, err);

	if (!r && find_members(d, c))
		r = desktop_no_memory(err);
	if (!r && c->kind == SIM_CHAT_SUPERGROUP && find_topics(d, c))
		r = desktop_no_memory(err);
	if (!r && d->chat.messages.count)
		set_date(c, sim_message_date(d->chat.messages.items[0]));
	if (!r && c->kind == SIM_CHAT_SUPERGROUP)
		r = add_origin(d, c, err);
	if (!r && c->kind == SIM_CHAT_GROUP && sim_history_open(d->owner, c->peer, ret))
		r = desktop_no_memory(err);
	else if (!r && c->kind != SIM_CHAT_GROUP)
		*ret = c->history;
	return r;
}

int desktop_chat_end(struct desktop *d, struct tobs_err *err)
{
	struct sim_history *h = NULL;
	int r = desktop_resolve(d, err);

	if (!r)
		r = desktop_owner(d, err);
	if (r)
		return r;
	if (d->chat.peer > 0)
		r = sim_history_open(d->owner, d->chat.peer, &h) ? desktop_no_memory(err) : TOBS_OK;
	else
		r = fill_chat(d, &h, err);
	if (!r)
		r = add_messages(d, h, false, err);
	if (!r)
		r = add_votes(d, err);
	if (!r)
		mark_read(d, h);
	return r;
}
