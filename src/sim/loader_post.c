/* SPDX-License-Identifier: MIT */
/* All messages that were read, in the order of their dates, into the world. */
#include <stdio.h>
#include <stdlib.h>

#include "base/attr.h"
#include "sim/copies.h"
#include "sim/history.h"
#include "sim/loader.h"

static int by_date(const void *left, const void *right)
{
	const struct loader_message *a = left, *b = right;

	if (a->date != b->date)
		return a->date < b->date ? -1 : 1;
	return a->number < b->number ? -1 : a->number > b->number;
}

/* The history whose ids a message's reply is written in, that of its first copy; NULL: nobody's. */
static int home_of(struct loader *l, const struct loader_message *m, struct sim_history **ret)
{
	struct sim_chat *c = sim_chat(l->w, m->to);
	struct sim_account *a = sim_account(l->w, m->from);

	*ret = NULL;
	if (c && c->kind != SIM_CHAT_GROUP) {
		*ret = c->history;
		return TOBS_OK;
	}
	if (a)
		return sim_history_open(a, m->to, ret);
	if (!c) {
		a = sim_account(l->w, m->to);
		return a ? sim_history_open(a, m->from, ret) : TOBS_OK;
	}
	for (size_t i = 0; i < c->members.count; i++) {
		a = sim_account(l->w, c->members.items[i].user_id);
		if (a && sim_is_member(c, a->user->peer))
			return sim_history_open(a, c->peer, ret);
	}
	return TOBS_OK;
}

/*
 * The id that a label or number stands for, in history `h` (in its own chat when
 * `h` is NULL); 0 with the failure filled in.
 */
int32_t loader_message_id(
	struct loader *l, struct tobs_view name, struct sim_history *h, struct tobs_err *err)
{
	const struct loader_label *label = smap_get(&l->w->labels, name);
	int64_t n;
	int32_t id;

	if (!label) {
		if (!tobs_view_int(name, 1, INT32_MAX, &n))
			return (int32_t)n;
		json_fail(err, TOBS_ENOTFOUND, "there is no earlier message labelled \"%.*s\"",
			TOBS_VIEW_FMT(name));
		return 0;
	}
	if (!h || label->history == h)
		return label->id;
	id = sim_copy_in(label->history, label->id, h);
	if (!id)
		json_fail(err, TOBS_ENOTFOUND, "\"%.*s\" is not in this chat; name its \"chat\"",
			TOBS_VIEW_FMT(name));
	return id;
}

/* ---- what a message answers ---- */

static int set_reply(struct loader *l, const struct loader_message *m, struct sim_history *home,
	struct tl_messageReplyHeader *out, bool *any, struct tobs_err *err)
{
	const struct loader_reply *reply = &m->reply;
	int32_t id = reply->id;

	if (reply->label.len) {
		id = loader_message_id(l, reply->label, reply->peer ? NULL : home, err);
		if (!id)
			return json_at_key(err, tobs_str("reply_to"), TOBS_ENOTFOUND);
	}
	if (id) {
		out->has_reply_to_msg_id = 1;
		out->reply_to_msg_id = id;
	}
	if (reply->peer && reply->peer != m->to)
		out->reply_to_peer_id = sim_tl_peer(l->w, reply->peer);
	*any = id || reply->header;
	return TOBS_OK;
}

/* In a forum every message says its topic; the one of General is left out. */
static int set_topic(struct loader *l, const struct loader_message *m, struct sim_history *home,
	struct tl_messageReplyHeader *out, bool *any, struct tobs_err *err)
{
	int32_t top;

	if (!m->topic.len)
		return TOBS_OK;
	top = loader_message_id(l, m->topic, home, err);
	if (!top)
		return json_at_key(err, tobs_str("topic"), TOBS_ENOTFOUND);
	if (top == SIM_GENERAL_TOPIC)
		return TOBS_OK;
	out->forum_topic = 1;
	if (out->has_reply_to_msg_id && !out->reply_to_peer_id) {
		out->has_reply_to_top_id = 1;
		out->reply_to_top_id = top;
	} else {
		out->has_reply_to_msg_id = 1;
		out->reply_to_msg_id = top;
	}
	*any = true;
	return TOBS_OK;
}

/* A comment answers the copy of the post in the discussion group, at least. */
static int set_comment(struct loader *l, const struct loader_message *m, struct sim_history *home,
	struct tl_messageReplyHeader *out, bool *any, struct tobs_err *err)
{
	struct sim_chat *channel = home->chat ? home->chat->linked : NULL;
	int32_t post, copy;

	if (!m->comment.len || !channel)
		return TOBS_OK;
	post = loader_message_id(l, m->comment, channel->history, err);
	copy = post ? sim_discussion_of(channel, post) : 0;
	if (post && !copy)
		json_fail(err, TOBS_ENOTFOUND, "there is no earlier post %d", (int)post);
	if (!copy)
		return json_at_key(err, tobs_str("comment_on"), TOBS_ENOTFOUND);
	if (out->has_reply_to_msg_id) {
		out->has_reply_to_top_id = 1;
		out->reply_to_top_id = copy;
	} else {
		out->has_reply_to_msg_id = 1;
		out->reply_to_msg_id = copy;
	}
	*any = true;
	return TOBS_OK;
}

static int make_reply(struct loader *l, const struct loader_message *m, struct sim_history *home,
	const union tl_MessageReplyHeader **ret, struct tobs_err *err)
{
	struct tl_messageReplyHeader *out = m->reply.header
		? m->reply.header
		: SIM_NEW(&l->w->arena, messageReplyHeader);
	bool any = false;
	int r;

	*ret = m->story;
	if (m->story)
		return TOBS_OK;
	if (!out)
		return loader_no_memory(err);
	r = set_reply(l, m, home, out, &any, err);
	if (!r)
		r = set_comment(l, m, home, out, &any, err);
	if (!r)
		r = set_topic(l, m, home, out, &any, err);
	if (!r && any)
		*ret = (const void *)out;
	return r;
}

/* ---- what follows from a message ---- */

static int follow_topic(
	struct sim_chat *c, const struct loader_message *m, const struct sim_sent *sent)
{
	const union tl_MessageAction *a = m->action;
	const union tl_MessageReplyHeader *to = sim_message_reply(sent->message);
	struct sim_topic *have;

	if (a->ctor == TL_messageActionTopicCreate)
		return sim_topic_set(c,
			&(struct sim_topic){ .id = sent->id,
				.date = m->date,
				.creator = m->from,
				.title = a->messageActionTopicCreate.title,
				.icon_color = a->messageActionTopicCreate.icon_color,
				.icon_emoji_id = a->messageActionTopicCreate.icon_emoji_id });
	if (a->ctor != TL_messageActionTopicEdit)
		return TOBS_OK;
	/* Without a topic it is about General. */
	have = sim_topic(c,
		to && to->ctor == TL_messageReplyHeader ? to->messageReplyHeader.reply_to_msg_id
							: SIM_GENERAL_TOPIC);
	if (!have)
		return TOBS_OK;
	if (a->messageActionTopicEdit.title.len)
		have->title = a->messageActionTopicEdit.title;
	if (a->messageActionTopicEdit.has_icon_emoji_id)
		have->icon_emoji_id = a->messageActionTopicEdit.icon_emoji_id;
	if (a->messageActionTopicEdit.has_closed)
		have->closed = a->messageActionTopicEdit.closed;
	if (a->messageActionTopicEdit.has_hidden)
		have->hidden = a->messageActionTopicEdit.hidden;
	return TOBS_OK;
}

static int remember(struct loader *l, const struct loader_message *m, const struct sim_sent *sent,
	struct tobs_err *err)
{
	struct loader_label *label;

	if (!m->label.len)
		return TOBS_OK;
	if (smap_get(&l->w->labels, m->label))
		return json_at_key(err, tobs_str("label"),
			json_fail(err, TOBS_EEXISTS, "\"%.*s\" is taken", TOBS_VIEW_FMT(m->label)));
	label = TOBS_ARENA_NEW(&l->w->arena, struct loader_label);
	if (!label || smap_put(&l->w->labels, m->label, label))
		return loader_no_memory(err);
	*label = (struct loader_label){ sent->history, sent->id };
	return TOBS_OK;
}

int loader_post(struct loader *l, const struct loader_message *m, struct sim_sent *ret,
	struct tobs_err *err)
{
	struct sim_chat *c = sim_chat(l->w, m->to);
	struct sim_post post = { .from = m->from,
		.to = m->to,
		.as = m->as,
		.date = m->date,
		.draft = m->draft,
		.action = m->action,
		.quietly = !l->live,
		.id = m->id };
	struct sim_history *home;
	const union tl_MessageReplyHeader *reply = NULL;
	struct sim_sent sent;
	int r;

	if (home_of(l, m, &home))
		return loader_no_memory(err);
	if (!home)
		return json_fail(err, TOBS_EINVAL, "nobody with an account would see it");
	r = make_reply(l, m, home, &reply, err);
	if (r)
		return r;
	post.reply_to = reply;
	if (m->draft)
		m->draft->reply_to = reply;
	r = sim_post(l->w, &post, &sent, err);
	if (r == TOBS_EEXISTS)
		return json_at_key(
			err, tobs_str("id"), json_fail(err, r, "%d is taken", (int)m->id));
	if (r)
		return json_failed(err, r);
	if (m->action && c && c->kind == SIM_CHAT_SUPERGROUP && c->tl.channel->forum &&
		follow_topic(c, m, &sent))
		return loader_no_memory(err);
	if (ret)
		*ret = sent;
	return remember(l, m, &sent, err);
}

/* ---- the chat lists ---- */

/* Everything is read, but for what settings say. */
static void read_all(struct loader *l)
{
	ARRAY_EACH (a, &l->w->accounts) {
		MAP_EACH (slot, &(*a)->dialogs) {
			struct sim_dialog *d = slot->value;

			d->read_inbox_max_id = d->read_outbox_max_id = sim_history_top(d->history);
		}
	}
}

static void set_unread(struct sim_dialog *d, int32_t n)
{
	int32_t count = sim_history_count(d->history);

	d->unread = MIN(n, count);
	d->read_inbox_max_id = d->unread < count
		? sim_list_id(&d->history->list, count - d->unread - 1)
		: 0;
}

static int apply(struct loader *l, const struct loader_setting *s)
{
	struct sim_dialog *d;
	int r = sim_dialog_open(s->account, s->peer, &d);

	if (r)
		return r;
	switch (s->kind) {
	case LOADER_PINNED:
		for (size_t i = 0; i < l->settings.count; i++) {
			const struct loader_setting *other = &l->settings.items[i];

			d->pin += other <= s && other->account == s->account &&
				other->kind == LOADER_PINNED;
		}
		break;
	case LOADER_ARCHIVED: d->folder = 1; break;
	case LOADER_MUTED: d->muted = true; break;
	case LOADER_MARKED: d->unread_mark = true; break;
	case LOADER_UNREAD: set_unread(d, s->number); break;
	case LOADER_DRAFT: d->draft = s->draft; break;
	}
	return TOBS_OK;
}

/* How far the old group went, for the supergroups that were one. */
static void end_origins(struct loader *l)
{
	ARRAY_EACH (at, &l->w->chat_list) {
		struct sim_chat *c = *at;

		if (!c->origin)
			continue;
		ARRAY_EACH (a, &l->w->accounts) {
			struct sim_history *h = sim_history(*a, c->origin->peer);

			if (h)
				c->origin_max_id = MAX(c->origin_max_id, sim_history_top(h));
		}
	}
}

static int at_message(const struct loader_message *m, int r, struct tobs_err *err)
{
	json_at_index(err, m->index, r);
	json_at_key(err, tobs_str("messages"), r);
	json_at_index(err, m->history, r);
	return json_at_key(err, tobs_str("histories"), r);
}

int loader_post_all(struct loader *l, struct tobs_err *err)
{
	if (l->messages.count)
		qsort(l->messages.items, l->messages.count, sizeof *l->messages.items, by_date);
	ARRAY_EACH (m, &l->messages) {
		int r = loader_post(l, m, NULL, err);

		if (r) {
			l->file = m->file;
			return at_message(m, r, err);
		}
	}
	read_all(l);
	end_origins(l);
	ARRAY_EACH (s, &l->settings)
		if (apply(l, s))
			return loader_no_memory(err);
	return TOBS_OK;
}
