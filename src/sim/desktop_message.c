/* SPDX-License-Identifier: MIT */
/* One message of an export as a TL struct. */
#include "base/attr.h"
#include "sim/desktop.h"

/* ---- who wrote it ---- */

/* In a private chat whoever is not the other one is who exported. */
static int64_t private_sender(struct desktop *d, int64_t from)
{
	if (!from || from == d->chat.peer)
		return from;
	if (!d->owner_id)
		d->owner_id = from;
	return d->owner_id;
}

static int read_sender(
	struct desktop *d, struct json_value v, const char *key, int64_t *ret, struct tobs_err *err)
{
	int r = desktop_peer_at(d, v, key, ret, err);

	if (!r && (d->chat.type == DESKTOP_PRIVATE || d->chat.type == DESKTOP_BOT))
		*ret = private_sender(d, *ret);
	/* Posts of a channel are nobody's. */
	if (!r && d->chat.type == DESKTOP_CHANNEL && *ret == d->chat.peer)
		*ret = 0;
	return r;
}

/* ---- replies and forwards ---- */

static int read_reply(struct desktop *d, struct json_value v, const char *key,
	const union tl_MessageReplyHeader **ret, struct tobs_err *err)
{
	struct json_value peer_id = json_field(v, "reply_to_peer_id"), none = { 0 };
	struct tl_messageReplyHeader *h;
	int32_t id = 0;
	int64_t peer = 0;
	int r = desktop_int32(v, key, &id, err);

	if (r || !id)
		return r;
	h = SIM_NEW(&d->w->arena, messageReplyHeader);
	if (!h)
		return desktop_no_memory(err);
	h->has_reply_to_msg_id = 1;
	h->reply_to_msg_id = id;
	if (!json_is_missing(peer_id) && !json_is_null(peer_id)) {
		r = desktop_peer(d, peer_id, none, &peer, err);
		if (r)
			return json_at_key(err, tobs_str("reply_to_peer_id"), r);
		if (peer != d->chat.peer)
			h->reply_to_peer_id = sim_tl_peer(d->w, peer);
	}
	*ret = (const void *)h;
	return TOBS_OK;
}

/* A peer that is only named: one that is known by that name. */
static int64_t known_by_name(const struct desktop *d, struct tobs_view name)
{
	ARRAY_EACH (c, &d->w->chat_list) {
		struct tobs_view title = (*c)->kind == SIM_CHAT_GROUP ? (*c)->tl.group->title
								      : (*c)->tl.channel->title;

		if (tobs_view_eq(title, name))
			return (*c)->peer;
	}
	return (int64_t)(intptr_t)smap_get(&d->names, name);
}

static int read_forward(
	struct desktop *d, struct json_value v, struct tl_message *m, struct tobs_err *err)
{
	struct json_value name = json_field(v, "forwarded_from");
	struct json_value id = json_field(v, "forwarded_from_id");
	struct tl_messageFwdHeader *f;
	struct tobs_view text = { 0 };
	int64_t from = 0;
	int r = desktop_str(v, "forwarded_from", &text, err);

	if (r || (json_is_missing(name) && json_is_missing(id)))
		return r;
	f = SIM_NEW(&d->w->arena, messageFwdHeader);
	if (!f)
		return desktop_no_memory(err);
	f->date = m->date;
	if (!json_is_missing(id) && !json_is_null(id)) {
		r = desktop_peer(d, id, name, &from, err);
		if (r)
			return json_at_key(err, tobs_str("forwarded_from_id"), r);
		f->from_id = sim_tl_peer(d->w, from);
	} else {
		/* Who does not want to be linked to is a name; who is gone has none. */
		f->from_name = text.len ? sim_keep(d->w, text) : tobs_str("Deleted Account");
	}
	m->fwd_from = f;
	text = (struct tobs_view){ 0 };
	r = desktop_str(v, "saved_from", &text, err);
	if (r || !text.len)
		return r;
	from = known_by_name(d, text);
	if (from)
		f->saved_from_id = sim_tl_peer(d->w, from);
	f->saved_from_name = sim_keep(d->w, text);
	return TOBS_OK;
}

static int read_via(struct desktop *d, struct json_value v, int64_t *ret, struct tobs_err *err)
{
	struct sim_user_args args = { .bot = true };
	struct sim_user *u;
	int64_t peer;
	int r = desktop_str(v, "via_bot", &args.first_name, err);

	if (r || !args.first_name.len)
		return r;
	if (args.first_name.ptr[0] == '@')
		args.first_name = tobs_view_sub(args.first_name, 1, args.first_name.len);
	args.username = args.first_name;
	peer = sim_peer_by_name(d->w, args.username);
	if (peer > 0) {
		*ret = peer;
		return TOBS_OK;
	}
	r = sim_user_add(d->w, &args, &u, err);
	if (r)
		return json_at_key(err, tobs_str("via_bot"), json_failed(err, r));
	*ret = u->peer;
	return TOBS_OK;
}

/* ---- reactions ---- */

static int read_reaction(
	struct desktop *d, struct json_value v, const union tl_Reaction **ret, struct tobs_err *err)
{
	struct tl_reactionEmoji *emoji = SIM_NEW(&d->w->arena, reactionEmoji);
	struct tl_reactionCustomEmoji *custom = SIM_NEW(&d->w->arena, reactionCustomEmoji);
	struct tobs_view type = { 0 }, text = { 0 }, document = { 0 };
	int r = desktop_str(v, "type", &type, err);

	if (!r)
		r = desktop_str(v, "emoji", &text, err);
	if (!r)
		r = desktop_str(v, "document_id", &document, err);
	if (r)
		return r;
	if (!emoji || !custom)
		return desktop_no_memory(err);
	if (tobs_view_is(type, "paid")) {
		emoji->ctor = TL_reactionPaid;
		*ret = (const void *)emoji;
		return TOBS_OK;
	}
	if (tobs_view_is(type, "custom_emoji")) {
		*ret = (const void *)custom;
		return desktop_emoji(d, document, tobs_str("🙂"), &custom->document_id, err);
	}
	emoji->emoticon = sim_keep(d->w, text);
	*ret = (const void *)emoji;
	return TOBS_OK;
}

typedef ARRAY_OF(const struct tl_messagePeerReaction *) recent_list;

static int read_recent(struct desktop *d, struct json_value v, const union tl_Reaction *reaction,
	recent_list *list, struct tobs_err *err)
{
	size_t i = 0;

	JSON_EACH (it, v) {
		struct tl_messagePeerReaction *p = SIM_NEW(&d->w->arena, messagePeerReaction);
		int64_t from;
		int r = desktop_peer_at(d, it.value, "from", &from, err);

		if (!r && p)
			r = desktop_date(d, it.value, "date", &p->date, err);
		if (r)
			return json_at_index(err, i, r);
		i++;
		if (!from)
			continue;
		if (!p || ARRAY_PUSH(list, p))
			return desktop_no_memory(err);
		p->peer_id = sim_tl_peer(d->w, from);
		p->reaction = reaction;
	}
	return TOBS_OK;
}

static int read_count(struct desktop *d, struct json_value v, const struct tl_reactionCount **ret,
	recent_list *list, struct tobs_err *err)
{
	struct tl_reactionCount *c = SIM_NEW(&d->w->arena, reactionCount);
	int r = c ? desktop_int32(v, "count", &c->count, err) : desktop_no_memory(err);

	if (!r)
		r = read_reaction(d, v, &c->reaction, err);
	if (r)
		return r;
	*ret = c;
	r = read_recent(d, json_field(v, "recent"), c->reaction, list, err);
	return r ? json_at_key(err, tobs_str("recent"), r) : r;
}

static int set_recent(struct desktop *d, struct tl_messageReactions *m, const recent_list *list,
	struct tobs_err *err)
{
	if (!list->count)
		return TOBS_OK;
	m->recent_reactions.items = tobs_arena_dup(
		&d->w->arena, list->items, list->count * sizeof *list->items);
	m->recent_reactions.count = (uint32_t)list->count;
	m->can_see_list = d->chat.type != DESKTOP_CHANNEL;
	return m->recent_reactions.items ? TOBS_OK : desktop_no_memory(err);
}

static int read_reactions(struct desktop *d, struct json_value v,
	const struct tl_messageReactions **ret, struct tobs_err *err)
{
	struct tl_messageReactions *m = SIM_NEW(&d->w->arena, messageReactions);
	const struct tl_reactionCount **counts = TOBS_ARENA_ARRAY(
		&d->w->arena, json_count(v) + 1, const struct tl_reactionCount *);
	recent_list list = { 0 };
	uint32_t n = 0;
	int r = m && counts ? TOBS_OK : desktop_no_memory(err);

	JSON_EACH (it, v) {
		if (r)
			break;
		r = read_count(d, it.value, &counts[n], &list, err);
		if (r)
			json_at_index(err, n, r);
		n++;
	}
	if (!r) {
		m->results = (struct tl_vec_ReactionCount){ n, counts };
		r = set_recent(d, m, &list, err);
		*ret = m;
	}
	ARRAY_DEINIT(&list);
	return r;
}

/* ---- messages ---- */

/* What stands in other members than the text, each read by a function of its own. */
static int read_parts(
	struct desktop *d, struct json_value v, struct tl_message *m, struct tobs_err *err)
{
	struct json_value entities = json_field(v, "text_entities"), text = json_field(v, "text");
	struct json_value buttons = json_field(v, "inline_bot_buttons");
	struct json_value reactions = json_field(v, "reactions");
	const char *key = "text";
	int r;

	if (json_count(entities)) {
		text = entities;
		key = "text_entities";
	}
	r = desktop_text(d, text, &m->message, &m->entities, err);
	if (!r && json_count(buttons)) {
		key = "inline_bot_buttons";
		r = desktop_buttons(d, buttons, &m->reply_markup, err);
	}
	if (!r && json_count(reactions)) {
		key = "reactions";
		r = read_reactions(d, reactions, &m->reactions, err);
	}
	return r ? json_at_key(err, tobs_str(key), r) : r;
}

static int read_message(
	struct desktop *d, struct json_value v, struct tl_message *m, struct tobs_err *err)
{
	struct tobs_view author = { 0 };
	int64_t from = 0;
	int r = read_sender(d, v, "from", &from, err);

	if (!r)
		r = desktop_date(d, v, "edited", &m->edit_date, err);
	if (!r)
		r = desktop_str(v, "author", &author, err);
	if (!r)
		r = read_reply(d, v, "reply_to_message_id", &m->reply_to, err);
	if (!r)
		r = read_forward(d, v, m, err);
	if (!r)
		r = read_via(d, v, &m->via_bot_id, err);
	if (!r)
		r = desktop_media(d, v, m->id, &m->media, err);
	if (!r)
		r = read_parts(d, v, m, err);
	m->from_id = sim_tl_peer(d->w, from);
	m->post = d->chat.type == DESKTOP_CHANNEL;
	m->post_author = sim_keep(d->w, author);
	m->has_edit_date = m->edit_date != 0;
	m->has_via_bot_id = m->via_bot_id != 0;
	return r;
}

static int read_service(
	struct desktop *d, struct json_value v, struct tl_messageService *m, struct tobs_err *err)
{
	static const char *const about[] = { "message_id", "game_message_id",
		"invoice_message_id" };
	int64_t from = 0;
	int r = read_sender(d, v, "actor", &from, err);

	if (!r)
		r = desktop_action(d, v, m->id, &m->action, err);
	for (size_t i = 0; !r && i < ARRAY_LEN(about); i++)
		r = read_reply(d, v, about[i], &m->reply_to, err);
	m->from_id = sim_tl_peer(d->w, from);
	m->post = d->chat.type == DESKTOP_CHANNEL;
	return r;
}

/* What Desktop could not read has an id only. */
static void *unsupported(struct desktop *d, int32_t id)
{
	static const struct tl_messageMediaUnsupported media = {
		.ctor = TL_messageMediaUnsupported
	};
	struct tl_message *m = SIM_NEW(&d->w->arena, message);

	if (m) {
		m->id = id;
		m->date = d->chat.date;
		m->media = (const void *)&media;
		m->post = d->chat.type == DESKTOP_CHANNEL;
	}
	return m;
}

int desktop_message(struct desktop *d, struct json_value v, struct tobs_err *err)
{
	struct tl_messageService *service;
	struct tl_message *m;
	struct tobs_view type = { 0 };
	int64_t id = 0;
	void *made = NULL;
	int r = desktop_int(v, "id", -DESKTOP_SHIFT, INT32_MAX, &id, err);

	if (!r && !id)
		r = json_fail(err, TOBS_EMALFORMED, "a message without an id");
	if (!r)
		r = desktop_str(v, "type", &type, err);
	if (!r)
		r = desktop_date(d, v, "date", &d->chat.date, err);
	if (r)
		return r;
	if (tobs_view_is(type, "unsupported")) {
		made = unsupported(d, (int32_t)id);
	} else if (tobs_view_is(type, "service")) {
		made = service = SIM_NEW(&d->w->arena, messageService);
		if (service) {
			service->id = (int32_t)id;
			service->date = d->chat.date;
			r = read_service(d, v, service, err);
		}
	} else {
		made = m = SIM_NEW(&d->w->arena, message);
		if (m) {
			m->id = (int32_t)id;
			m->date = d->chat.date;
			r = read_message(d, v, m, err);
		}
	}
	if (r)
		return r;
	if (!made || ARRAY_PUSH(&d->chat.messages, made))
		return desktop_no_memory(err);
	return TOBS_OK;
}
