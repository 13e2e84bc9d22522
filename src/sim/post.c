/* SPDX-License-Identifier: MIT */
/* Posting: who gets a copy, and what each copy says. */
#include "base/alloc.h"
#include "base/attr.h"
#include "base/utf.h"
#include "sim/change.h"
#include "sim/copies.h"
#include "sim/inner.h"

enum { TEXT_MAX = 4096, CAPTION_MAX = 1024 }; /* UTF-16 units, as Telegram's app config has them */

struct posting {
	struct sim_world *world;
	const struct sim_post *post;
	struct sim_chat *chat;           /* NULL: a private chat */
	const union tl_Message *content; /* in memory of the world; without ids */
	ARRAY_OF(struct sim_copy) copies;
	int64_t answered; /* who wrote the message this one replies to; 0: nobody */
	bool answered_known;
	struct tobs_err *err;
};

/* ---- may they ---- */

static bool forbidden(const struct sim_chat *c, const struct sim_member *m)
{
	const struct tl_chatBannedRights *all = c->kind == SIM_CHAT_GROUP
		? c->tl.group->default_banned_rights
		: c->tl.channel->default_banned_rights;

	if (m->role == SIM_ADMIN || m->role == SIM_CREATOR)
		return false;
	if (all && all->send_messages)
		return true;
	return m->role == SIM_RESTRICTED && m->banned_rights && m->banned_rights->send_messages;
}

const char *sim_may_write(const struct sim_world *w, int64_t user, int64_t to)
{
	const struct sim_chat *c = sim_chat(w, to);
	const struct sim_account *other = sim_account(w, to);
	const struct sim_member *m;

	if (to > 0) {
		if (!sim_user(w, to))
			return "PEER_ID_INVALID";
		return other && sim_blocks(other, user) ? "USER_IS_BLOCKED" : NULL;
	}
	if (!c || c->successor)
		return "PEER_ID_INVALID";
	m = sim_member(c, user);
	if (c->kind == SIM_CHAT_CHANNEL)
		return m && (m->role == SIM_ADMIN || m->role == SIM_CREATOR)
			? NULL
			: "CHAT_WRITE_FORBIDDEN";
	/* Comments may be written by people who are not in the discussion group. */
	if (!sim_is_member(c, user) && !(c->linked && !c->tl.channel->join_to_send))
		return "CHAT_WRITE_FORBIDDEN";
	if (m && (m->role == SIM_BANNED || forbidden(c, m)))
		return "CHAT_WRITE_FORBIDDEN";
	return NULL;
}

static int check_topic(const struct posting *p)
{
	const union tl_MessageReplyHeader *r = p->post->draft ? p->post->draft->reply_to : NULL;
	const struct sim_topic *t;
	const struct sim_member *m;
	int32_t id;

	if (!p->chat || p->chat->kind != SIM_CHAT_SUPERGROUP || !p->chat->tl.channel->forum || !r ||
		r->ctor != TL_messageReplyHeader || !r->messageReplyHeader.forum_topic)
		return TOBS_OK;
	id = r->messageReplyHeader.reply_to_top_id ? r->messageReplyHeader.reply_to_top_id
						   : r->messageReplyHeader.reply_to_msg_id;
	t = sim_topic(p->chat, id);
	m = sim_member(p->chat, p->post->from);
	if (t && t->closed && !(m && (m->role == SIM_ADMIN || m->role == SIM_CREATOR)))
		return sim_refuse(p->err, 400, "TOPIC_CLOSED");
	return TOBS_OK;
}

static int check(const struct posting *p)
{
	const struct tl_message *d = p->post->draft;
	const char *why = sim_may_write(p->world, p->post->from, p->post->to);
	size_t units;

	if (!sim_user(p->world, p->post->from))
		return sim_refuse(p->err, 400, "PEER_ID_INVALID");
	/* Service messages follow from what was done, which was allowed. */
	if (p->post->action)
		return why && strcmp(why, "PEER_ID_INVALID") == 0 && !p->chat
			? sim_refuse(p->err, 400, why)
			: TOBS_OK;
	if (why)
		return sim_refuse(p->err, strcmp(why, "PEER_ID_INVALID") == 0 ? 400 : 403, why);
	if (p->post->as && p->post->as != p->post->to && p->post->as != p->post->from &&
		!sim_chat(p->world, p->post->as))
		return sim_refuse(p->err, 400, "SEND_AS_PEER_INVALID");
	units = utf16_len(d->message);
	if (!d->media && !d->rich_message && units == 0)
		return sim_refuse(p->err, 400, "MESSAGE_EMPTY");
	if (units > (d->media && d->media->ctor != TL_messageMediaWebPage ? CAPTION_MAX : TEXT_MAX))
		return sim_refuse(
			p->err, 400, d->media ? "MEDIA_CAPTION_TOO_LONG" : "MESSAGE_TOO_LONG");
	return check_topic(p);
}

/* ---- the content ---- */

static const union tl_Message *content_of(struct sim_world *w, const struct sim_post *post)
{
	struct tl_message m = { .ctor = TL_message };
	struct tl_messageService s = { .ctor = TL_messageService };
	const void *copy = NULL, *object = &s;

	/* What has to be there is put in; everything it points to is copied. */
	if (post->action) {
		s.action = post->action;
		s.reply_to = post->reply_to;
		s.peer_id = sim_tl_peer(w, post->to);
	} else {
		m = *post->draft;
		m.ctor = TL_message;
		m.peer_id = sim_tl_peer(w, post->to);
		object = &m;
	}
	if (tl_copy(object, &w->arena, &copy, NULL))
		return NULL;
	return copy;
}

/* ---- who gets it ---- */

static bool wants_media_read(const union tl_Message *m)
{
	return (sim_message_classes(m) & (SIM_VOICE | SIM_ROUND)) != 0;
}

static bool names(const struct sim_account *a, const struct tl_message *m)
{
	for (uint32_t i = 0; i < m->entities.count; i++) {
		const union tl_MessageEntity *e = m->entities.items[i];
		size_t from, to;

		if (e->ctor == TL_messageEntityMentionName &&
			e->messageEntityMentionName.user_id == a->user->peer)
			return true;
		if (e->ctor != TL_messageEntityMention || !a->user->tl->username.len)
			continue;
		from = utf16_to_byte(m->message, 0, (size_t)e->messageEntityMention.offset) + 1;
		to = utf16_to_byte(m->message, 0,
			(size_t)(e->messageEntityMention.offset + e->messageEntityMention.length));
		if (from <= to &&
			tobs_view_eq_nocase(
				tobs_view_sub(m->message, from, to - from), a->user->tl->username))
			return true;
	}
	return false;
}

bool sim_bot_sees(const struct sim_account *bot, const struct sim_chat *chat,
	const union tl_Message *m, bool reply_to_bot)
{
	const struct sim_member *member = sim_member(chat, bot->user->peer);

	if (!bot->user->tl->bot || !bot->privacy || reply_to_bot || m->ctor != TL_message)
		return true;
	if (member && (member->role == SIM_ADMIN || member->role == SIM_CREATOR))
		return true;
	if (m->message.via_bot_id == bot->user->peer || names(bot, &m->message))
		return true;
	return tobs_view_starts(m->message.message, "/");
}

static int add_copy(struct posting *p, struct sim_account *a, int64_t peer)
{
	struct sim_copy c = { 0 };
	int r = sim_history_open(a, peer, &c.history);

	return r ? r : ARRAY_PUSH(&p->copies, c);
}

/* The writer's own copy is the first when it has one. */
static int find_private(struct posting *p)
{
	struct sim_account *writer = sim_account(p->world, p->post->from);
	struct sim_account *reader = sim_account(p->world, p->post->to);
	int r = TOBS_OK;

	if (writer)
		r = add_copy(p, writer, p->post->to);
	if (!r && reader && reader != writer)
		r = add_copy(p, reader, p->post->from);
	return r;
}

/* Whether this replies to what the account's user wrote. The first copy must be known. */
static bool answers(struct posting *p, const struct sim_account *a)
{
	const union tl_MessageReplyHeader *r = sim_message_reply(p->content);
	struct tobs_arena scratch;

	if (!p->answered_known && p->copies.count && r && r->ctor == TL_messageReplyHeader) {
		const union tl_Message *to;

		tobs_arena_init(&scratch, 1 << 20);
		to = sim_history_get(p->copies.items[0].history,
			r->messageReplyHeader.reply_to_msg_id, &scratch);
		p->answered = to ? sim_message_from(to) : 0;
		p->answered_known = true;
		tobs_arena_deinit(&scratch);
	}
	return p->answered == a->user->peer;
}

static int find_group(struct posting *p)
{
	struct sim_account *writer = sim_account(p->world, p->post->from);
	int r = TOBS_OK;

	if (writer && (sim_is_member(p->chat, p->post->from) || p->post->action))
		r = add_copy(p, writer, p->chat->peer);
	for (size_t i = 0; i < p->chat->members.count && !r; i++) {
		struct sim_account *a = sim_account(p->world, p->chat->members.items[i].user_id);

		if (!a || a == writer || !sim_is_member(p->chat, a->user->peer))
			continue;
		if (sim_bot_sees(a, p->chat, p->content, answers(p, a)))
			r = add_copy(p, a, p->chat->peer);
	}
	return r;
}

static int find_copies(struct posting *p)
{
	struct sim_copy c = { 0 };
	int r;

	if (!p->chat)
		r = find_private(p);
	else if (p->chat->kind == SIM_CHAT_GROUP)
		r = find_group(p);
	else {
		c.history = p->chat->history;
		r = ARRAY_PUSH(&p->copies, c);
	}
	if (!r && !p->copies.count)
		return sim_refuse(p->err, 400, "PEER_ID_INVALID");
	return r;
}

/* ---- each copy ---- */

static const union tl_MessageReplyHeader *translate(
	struct posting *p, struct sim_history *h, const union tl_MessageReplyHeader *r)
{
	struct sim_history *first = p->copies.items[0].history;
	struct tl_messageReplyHeader *out;
	int32_t id;

	if (!r || r->ctor != TL_messageReplyHeader || h == first ||
		r->messageReplyHeader.reply_to_peer_id)
		return r;
	id = sim_copy_in(first, r->messageReplyHeader.reply_to_msg_id, h);
	out = id ? SIM_COPY(&p->world->arena, messageReplyHeader, &r->messageReplyHeader) : NULL;
	if (!out)
		return NULL;
	out->reply_to_msg_id = id;
	return (const void *)out;
}

static const union tl_Peer *shown_author(struct posting *p)
{
	int64_t as = p->post->as ? p->post->as : p->post->from;

	if (p->chat && p->chat->kind == SIM_CHAT_CHANNEL)
		return NULL;
	return sim_tl_peer(p->world, as);
}

static void sign(struct posting *p, struct tl_message *m)
{
	const struct sim_user *u = sim_user(p->world, p->post->from);

	m->post = 1;
	m->has_views = 1;
	m->views = MAX(m->views, 1);
	if (!u || !p->chat->tl.channel->signatures || m->post_author.len)
		return;
	m->post_author = u->tl->first_name;
	if (u->tl->last_name.len)
		m->post_author = tobs_str(tobs_arena_printf(&p->world->arena, "%.*s %.*s",
			TOBS_VIEW_FMT(u->tl->first_name), TOBS_VIEW_FMT(u->tl->last_name)));
}

static union tl_Message *make_copy(struct posting *p, struct sim_copy *c, bool out)
{
	struct sim_history *h = c->history;
	struct sim_account *owner = h->box->account;
	struct tl_messageService *s;
	struct tl_message *m;
	int32_t date = p->post->date ? p->post->date : sim_now(p->world);

	if (p->post->action) {
		s = SIM_COPY(&p->world->arena, messageService, &p->content->messageService);
		if (!s)
			return NULL;
		s->id = c->id;
		s->date = date;
		s->from_id = shown_author(p);
		s->peer_id = h->tl_peer;
		s->out = out;
		s->post = p->chat && p->chat->kind == SIM_CHAT_CHANNEL;
		s->reply_to = translate(p, h, s->reply_to);
		return (void *)s;
	}
	m = SIM_COPY(&p->world->arena, message, &p->content->message);
	if (!m)
		return NULL;
	m->id = c->id;
	m->date = date;
	m->from_id = shown_author(p);
	m->has_from_id = m->from_id != NULL;
	m->peer_id = h->tl_peer;
	m->out = out;
	m->reply_to = translate(p, h, m->reply_to);
	m->has_reply_to = m->reply_to != NULL;
	if (owner && !out) {
		m->mentioned = names(owner, m) || answers(p, owner);
		m->media_unread = wants_media_read((void *)m);
	}
	if (p->post->from == p->post->to && !m->saved_peer_id)
		m->saved_peer_id = h->tl_peer;
	if (p->chat && p->chat->kind == SIM_CHAT_CHANNEL)
		sign(p, m);
	return (void *)m;
}

static void count_unread(struct sim_account *a, const union tl_Message *m, int64_t peer)
{
	struct sim_dialog *d = sim_dialog(a, peer);

	if (!d)
		return;
	d->unread++;
	d->unread_mentions += m->ctor == TL_message &&
		(m->message.mentioned || names(a, &m->message));
}

static void count_unread_everywhere(
	struct posting *p, struct sim_history *h, const union tl_Message *m)
{
	if (h->box->account) {
		if (h->box->account->user->peer != p->post->from)
			count_unread(h->box->account, m, h->peer);
		return;
	}
	ARRAY_EACH (a, &p->world->accounts)
		if ((*a)->user->peer != p->post->from)
			count_unread(*a, m, h->peer);
}

int sim_tell_message(struct sim_history *h, const union tl_Message *m, bool edited)
{
	static const uint32_t ctors[2][2] = {
		{ TL_updateNewMessage, TL_updateEditMessage },
		{ TL_updateNewChannelMessage, TL_updateEditChannelMessage },
	};
	/* The four have the same fields. */
	struct tl_updateNewMessage *u = SIM_NEW(&h->world->arena, updateNewMessage);

	if (!u)
		return TOBS_ENOMEM;
	u->ctor = ctors[h->box->channel != NULL][edited];
	u->message = m;
	return sim_tell(h->box, (void *)u, 1, h, sim_message_id(m));
}

/* The next free id, or for the first copy the one that was asked for. */
static int next_id(const struct posting *p, struct sim_copy *c)
{
	struct sim_box *box = c->history->box;

	/* A topic has the id of this message, and General is 1 whether it has one or not. */
	if (p->post->action && p->post->action->ctor == TL_messageActionTopicCreate)
		box->last_id = MAX(box->last_id, (int32_t)SIM_GENERAL_TOPIC);
	if (!p->post->id || c != p->copies.items)
		return sim_box_next(box, 0, &c->id);
	c->id = p->post->id;
	return sim_box_taken(box, c->id) ? TOBS_EEXISTS : TOBS_OK;
}

static int deliver(struct posting *p, struct sim_sent *ret)
{
	int r = TOBS_OK;

	for (size_t i = 0; i < p->copies.count && !r; i++) {
		struct sim_copy *c = &p->copies.items[i];
		struct sim_account *owner = c->history->box->account;
		union tl_Message *m;

		r = next_id(p, c);
		if (r)
			return r;
		m = make_copy(p, c, owner && owner->user->peer == p->post->from);
		if (!m)
			return TOBS_ENOMEM;
		sim_message_thread(c->history, m);
		r = sim_history_add(c->history, m);
		if (!p->post->quietly)
			count_unread_everywhere(p, c->history, m);
		if (i == 0)
			*ret = (struct sim_sent){ c->history, m, c->id, 0 };
	}
	return r ? r : sim_copies_set(p->world, p->copies.items, p->copies.count);
}

static int tell_all(struct posting *p, struct sim_sent *ret)
{
	for (size_t i = 0; i < p->copies.count; i++) {
		struct sim_history *h = p->copies.items[i].history;
		const union tl_Message *m = sim_history_get(
			h, p->copies.items[i].id, &p->world->arena);
		int r = m ? sim_tell_message(h, m, false) : TOBS_OK;

		if (r)
			return r;
		if (i == 0)
			ret->pts = h->box->pts;
	}
	return TOBS_OK;
}

/* ---- posts appear in the discussion group ---- */

static int copy_to_discussion(struct posting *p, const union tl_Message *post)
{
	struct sim_history *h = p->chat->linked->history;
	struct tl_message *m = SIM_COPY(&p->world->arena, message, &post->message);
	struct tl_messageFwdHeader *f = SIM_NEW(&p->world->arena, messageFwdHeader);
	int32_t id;
	int r = sim_box_next(h->box, 0, &id);

	if (r || !m || !f)
		return r ? r : TOBS_ENOMEM;
	f->from_id = f->saved_from_peer = m->peer_id;
	f->date = m->date;
	f->has_channel_post = 1;
	f->channel_post = f->saved_from_msg_id = m->id;
	f->post_author = m->post_author;
	m->fwd_from = f;
	m->from_id = m->peer_id;
	m->peer_id = h->tl_peer;
	m->id = id;
	m->post = 0;
	m->reply_to = NULL;
	m->has_reply_to = 0;
	m->has_views = 0;
	m->reactions = NULL;
	m->has_reactions = 0;
	r = sim_history_add(h, (void *)m);
	if (r || p->post->quietly)
		return r;
	count_unread_everywhere(p, h, (void *)m);
	return sim_tell_message(h, (void *)m, false);
}

int sim_post(struct sim_world *w, const struct sim_post *post, struct sim_sent *ret,
	struct tobs_err *err)
{
	struct posting p = { .world = w, .post = post, .chat = sim_chat(w, post->to), .err = err };
	struct sim_sent sent = { 0 };
	int r = post->quietly ? TOBS_OK : check(&p);

	if (r)
		return r;
	p.content = content_of(w, post);
	r = p.content ? find_copies(&p) : TOBS_ENOMEM;
	if (!r)
		r = deliver(&p, &sent);
	if (!r && !post->quietly)
		r = tell_all(&p, &sent);
	if (!r && p.chat && p.chat->kind == SIM_CHAT_CHANNEL && p.chat->linked && post->draft)
		r = copy_to_discussion(&p, sent.message);
	ARRAY_DEINIT(&p.copies);
	if (!r && ret)
		*ret = sent;
	return r == TOBS_ENOMEM ? tobs_fail(err, r, "no memory for a message") : r;
}
