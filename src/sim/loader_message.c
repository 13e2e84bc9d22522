/* SPDX-License-Identifier: MIT */
/* One message as it is written in our format; it waits to be posted. */
#include "base/attr.h"
#include "sim/loader.h"

enum { USUAL_PAUSE = 60 /* s after the message before */ };

struct reading {
	struct loader *l;
	struct loader_message m;
	struct json_value v; /* of the member that is read */
	struct tobs_err *err;
};

/* ---- labels and numbers ---- */

/* A label, or a number written as one. */
static int read_name(struct reading *rd, struct json_value v, struct tobs_view *label, int32_t *id)
{
	struct tobs_view text;
	int64_t n;

	if (!json_get_i64(v, &n) && n > 0 && n <= INT32_MAX) {
		*id = (int32_t)n;
		return TOBS_OK;
	}
	if (json_get_str(v, &text) || !text.len)
		return json_fail(rd->err, TOBS_EMALFORMED, "must be the label or id of a message");
	*label = sim_keep(rd->l->w, text);
	return label->len ? TOBS_OK : loader_no_memory(rd->err);
}

/* The same where only text is kept. */
static int read_text_name(struct reading *rd, struct tobs_view *ret)
{
	int32_t id = 0;
	int r = read_name(rd, rd->v, ret, &id);

	if (!r && id)
		*ret = tobs_str(tobs_arena_printf(&rd->l->w->arena, "%d", (int)id));
	return r;
}

static int on_label(struct reading *rd)
{
	struct tobs_view text;

	if (json_get_str(rd->v, &text) || !text.len)
		return loader_wrong(rd->v, "a string", rd->err);
	rd->m.label = sim_keep(rd->l->w, text);
	return TOBS_OK;
}

static int on_id(struct reading *rd)
{
	int64_t n;

	if (json_get_i64(rd->v, &n) || n <= 0 || n > INT32_MAX)
		return loader_wrong(rd->v, "a positive integer", rd->err);
	rd->m.id = (int32_t)n;
	return TOBS_OK;
}

static int on_topic(struct reading *rd)
{
	return read_text_name(rd, &rd->m.topic);
}

static int on_comment(struct reading *rd)
{
	if (!rd->l->chat || !rd->l->chat->linked || rd->l->chat->kind != SIM_CHAT_SUPERGROUP)
		return json_fail(rd->err, TOBS_EINVAL,
			"comments are written in the discussion group of a channel");
	return read_text_name(rd, &rd->m.comment);
}

/* ---- replies ---- */

static int read_story(struct reading *rd)
{
	return loader_object(rd->l, json_field(rd->v, "story"), "MessageReplyHeader",
		(const void **)&rd->m.story, rd->err);
}

static int read_quote(struct reading *rd, struct json_value v)
{
	struct tl_messageReplyHeader *h = rd->m.reply.header;

	h->quote = 1;
	return loader_text(rd->l, v, &h->quote_text, &h->quote_entities, rd->err);
}

/* {"to": "label", "chat": "garden", "quote": "…", …}, the rest fields of messageReplyHeader. */
static int read_reply_member(struct reading *rd, struct tobs_view key, struct json_value v)
{
	struct loader_reply *reply = &rd->m.reply;

	if (tobs_view_is(key, "to"))
		return read_name(rd, v, &reply->label, &reply->id);
	if (tobs_view_is(key, "chat"))
		return loader_peer_value(rd->l, v, &reply->peer, rd->err);
	if (tobs_view_is(key, "quote"))
		return read_quote(rd, v);
	return TOBS_EUNSUPPORTED;
}

static int on_reply(struct reading *rd)
{
	struct loader_reply *reply = &rd->m.reply;

	if (!json_is_object(rd->v))
		return read_name(rd, rd->v, &reply->label, &reply->id);
	if (!json_is_missing(json_field(rd->v, "story")))
		return read_story(rd);
	reply->header = SIM_NEW(&rd->l->w->arena, messageReplyHeader);
	if (!reply->header)
		return loader_no_memory(rd->err);
	JSON_EACH (it, rd->v) {
		int r = read_reply_member(rd, it.key, it.value);

		if (r == TOBS_EUNSUPPORTED)
			r = loader_set(rd->l, reply->header, it.key, it.value, rd->err);
		else if (r)
			json_at_key(rd->err, it.key, r);
		if (r)
			return r;
	}
	return TOBS_OK;
}

/* ---- contents ---- */

static int on_text(struct reading *rd)
{
	return loader_text(rd->l, rd->v, &rd->m.draft->message, &rd->m.draft->entities, rd->err);
}

static int on_photo(struct reading *rd)
{
	struct tl_messageMediaPhoto *media = SIM_NEW(&rd->l->w->arena, messageMediaPhoto);
	const struct loader_thing *t;
	int r = loader_file_value(rd->l, rd->v, LOADER_PHOTO, &t, rd->err);

	if (r)
		return r;
	if (!media)
		return loader_no_memory(rd->err);
	media->photo = t->tl;
	rd->m.draft->media = (const void *)media;
	return TOBS_OK;
}

/* A document's flags say again what its attributes do. */
static void set_flags(struct tl_messageMediaDocument *media, const struct tl_document *d)
{
	for (uint32_t i = 0; i < d->attributes.count; i++) {
		const union tl_DocumentAttribute *a = d->attributes.items[i];

		if (a->ctor == TL_documentAttributeVideo) {
			media->round = a->documentAttributeVideo.round_message;
			media->video = !media->round;
		}
		if (a->ctor == TL_documentAttributeAudio)
			media->voice = a->documentAttributeAudio.voice;
		if (a->ctor == TL_documentAttributeAnimated ||
			a->ctor == TL_documentAttributeSticker)
			media->video = 0;
	}
}

static int on_file(struct reading *rd)
{
	struct tl_messageMediaDocument *media = SIM_NEW(&rd->l->w->arena, messageMediaDocument);
	const struct loader_thing *t;
	int r = loader_file_value(rd->l, rd->v, LOADER_DOCUMENT, &t, rd->err);

	if (r)
		return r;
	if (!media)
		return loader_no_memory(rd->err);
	media->document = t->tl;
	set_flags(media, t->tl);
	rd->m.draft->media = (const void *)media;
	return TOBS_OK;
}

static int on_poll(struct reading *rd)
{
	return loader_poll(rd->l, rd->v, &rd->m.draft->media, rd->err);
}

static int on_reactions(struct reading *rd)
{
	return loader_reactions(rd->l, rd->v, &rd->m.draft->reactions, rd->err);
}

/* Messages with the same name are one album. */
static int on_album(struct reading *rd)
{
	struct tobs_view name;
	uint64_t sum = (uint64_t)(rd->l->chat ? rd->l->chat->peer : rd->l->one ^ rd->l->two);

	if (json_get_str(rd->v, &name) || !name.len)
		return loader_wrong(rd->v, "a name", rd->err);
	for (size_t i = 0; i < name.len; i++)
		sum = sum * 31 + name.ptr[i];
	rd->m.draft->has_grouped_id = 1;
	rd->m.draft->grouped_id = sim_hash(rd->l->w, "album", (int64_t)sum);
	return TOBS_OK;
}

static int on_as(struct reading *rd)
{
	return loader_peer_value(rd->l, rd->v, &rd->m.as, rd->err);
}

static int on_action(struct reading *rd)
{
	return loader_object(rd->l, rd->v, "MessageAction", (const void **)&rd->m.action, rd->err);
}

/* Read before, as others need it. */
static int on_done(struct reading *rd)
{
	(void)rd;
	return TOBS_OK;
}

static const struct {
	const char *key;
	int (*read)(struct reading *rd);
	bool service; /* service messages have it, too */
} members[] = {
	{ "from", on_done, true },
	{ "date", on_done, true },
	{ "id", on_id, true },
	{ "label", on_label, true },
	{ "as", on_as, true },
	{ "reply_to", on_reply, true },
	{ "topic", on_topic, true },
	{ "action", on_action, true },
	{ "text", on_text, false },
	{ "photo", on_photo, false },
	{ "file", on_file, false },
	{ "poll", on_poll, false },
	{ "reactions", on_reactions, false },
	{ "album", on_album, false },
	{ "comment_on", on_comment, false },
};

static int read_member(struct reading *rd, struct tobs_view key, struct json_value v, bool service)
{
	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		int r;

		if (!tobs_view_is(key, members[i].key))
			continue;
		rd->v = v;
		r = service && !members[i].service
			? json_fail(rd->err, TOBS_EINVAL, "a service message has none")
			: members[i].read(rd);
		return r ? json_at_key(rd->err, key, r) : r;
	}
	if (service)
		return json_at_key(rd->err, key,
			json_fail(rd->err, TOBS_EUNKNOWN, "is not known in a service message"));
	/* Those of the schema that are said otherwise here. */
	if (tobs_view_is(key, "message") || tobs_view_is(key, "entities") ||
		tobs_view_is(key, "from_id") || tobs_view_is(key, "peer_id") ||
		tobs_view_is(key, "out"))
		return json_at_key(rd->err, key,
			json_fail(rd->err, TOBS_EUNKNOWN,
				"is not known here: write \"text\" and \"from\""));
	return loader_set(rd->l, rd->m.draft, key, v, rd->err);
}

/* ---- where and from whom ---- */

static int read_sender(struct reading *rd, struct json_value v)
{
	struct loader *l = rd->l;
	int r = loader_peer(l, v, "from", &rd->m.from, rd->err);

	if (r)
		return r;
	if (l->chat) {
		rd->m.to = l->chat->peer;
		if (rd->m.from <= 0 && l->chat->kind != SIM_CHAT_CHANNEL)
			return json_fail(rd->err, TOBS_EMALFORMED,
				"needs \"from\", a user; write \"as\" for who is shown instead");
		return TOBS_OK;
	}
	if (l->one == l->two)
		rd->m.from = l->one;
	if (rd->m.from != l->one && rd->m.from != l->two)
		return json_at_key(rd->err, tobs_str("from"),
			json_fail(rd->err, TOBS_EINVAL, "must be one of the two who talk"));
	rd->m.to = rd->m.from == l->one ? l->two : l->one;
	return TOBS_OK;
}

int loader_message(struct loader *l, struct json_value v, struct tobs_err *err)
{
	struct reading rd = { .l = l, .err = err };
	bool service = !json_is_missing(json_field(v, "action"));
	int r;

	if (!json_is_object(v))
		return loader_wrong(v, "an object", err);
	rd.m.draft = SIM_NEW(&l->w->arena, message);
	if (!rd.m.draft)
		return loader_no_memory(err);
	r = read_sender(&rd, v);
	rd.m.date = l->live ? sim_now(l->w) : l->date + USUAL_PAUSE;
	if (!r)
		r = loader_date(l, v, "date", &rd.m.date, err);
	if (r)
		return r;
	l->date = rd.m.date;
	JSON_EACH (it, v) {
		r = read_member(&rd, it.key, it.value, service);
		if (r)
			return r;
	}
	if (service)
		rd.m.draft = NULL;
	rd.m.number = (uint32_t)l->messages.count;
	rd.m.file = l->file;
	rd.m.history = l->histories;
	return ARRAY_PUSH(&l->messages, rd.m) ? loader_no_memory(err) : TOBS_OK;
}

/* ---- reactions ---- */

int loader_reaction(struct loader *l, struct tobs_view name, const union tl_Reaction **ret,
	struct tobs_err *err)
{
	const struct loader_thing *t = loader_find(l, name);
	struct tl_reactionEmoji *emoji = SIM_NEW(&l->w->arena, reactionEmoji);
	struct tl_reactionCustomEmoji *custom = SIM_NEW(&l->w->arena, reactionCustomEmoji);

	if (!emoji || !custom)
		return loader_no_memory(err);
	*ret = (const void *)emoji;
	if (tobs_view_is(name, "paid")) {
		emoji->ctor = TL_reactionPaid;
	} else if (t && t->kind == LOADER_DOCUMENT) {
		custom->document_id = t->id;
		*ret = (const void *)custom;
	} else {
		emoji->emoticon = sim_keep(l->w, name);
	}
	return TOBS_OK;
}

typedef ARRAY_OF(const struct tl_messagePeerReaction *) recent_list;

static int read_givers(struct loader *l, struct json_value v, const union tl_Reaction *reaction,
	recent_list *list, struct tobs_err *err)
{
	size_t i = 0;

	JSON_EACH (it, v) {
		struct tl_messagePeerReaction *p = SIM_NEW(&l->w->arena, messagePeerReaction);
		int64_t peer;
		int r = loader_peer_value(l, it.value, &peer, err);

		if (r)
			return json_at_index(err, i, r);
		if (!p || ARRAY_PUSH(list, p))
			return loader_no_memory(err);
		p->peer_id = sim_tl_peer(l->w, peer);
		p->date = l->date;
		p->reaction = reaction;
		i++;
	}
	return TOBS_OK;
}

/* 5, ["ivy", "bo"], or {"count": 5, "by": ["ivy"]} */
static int read_count(struct loader *l, struct json_value v, struct tl_reactionCount *c,
	recent_list *list, struct tobs_err *err)
{
	struct json_value by = json_is_array(v) ? v : json_field(v, "by");
	int64_t n = (int64_t)json_count(by);
	int r = json_is_object(v) ? loader_int(v, "count", 1, INT32_MAX, &n, err) : TOBS_OK;

	if (!r && !json_is_object(v) && !json_is_array(v) && json_get_i64(v, &n))
		r = loader_wrong(v, "a number, people, or both", err);
	if (r)
		return r;
	c->count = (int32_t)n;
	return read_givers(l, by, c->reaction, list, err);
}

int loader_reactions(struct loader *l, struct json_value v, const struct tl_messageReactions **ret,
	struct tobs_err *err)
{
	struct tl_messageReactions *m = SIM_NEW(&l->w->arena, messageReactions);
	const struct tl_reactionCount **counts = TOBS_ARENA_ARRAY(
		&l->w->arena, json_count(v) + 1, const struct tl_reactionCount *);
	recent_list list = { 0 };
	uint32_t n = 0;
	int r = m && counts ? TOBS_OK : loader_no_memory(err);

	if (!json_is_missing(json_field(v, "_")))
		return loader_object(l, v, "MessageReactions", (const void **)ret, err);
	JSON_EACH (it, v) {
		struct tl_reactionCount *c = SIM_NEW(&l->w->arena, reactionCount);

		if (r)
			break;
		r = c ? loader_reaction(l, it.key, &c->reaction, err) : loader_no_memory(err);
		if (!r)
			r = read_count(l, it.value, c, &list, err);
		if (r)
			json_at_key(err, it.key, r);
		else
			counts[n++] = c;
	}
	if (!r) {
		m->results = (struct tl_vec_ReactionCount){ n, counts };
		m->can_see_list = !l->chat || l->chat->kind != SIM_CHAT_CHANNEL;
		m->recent_reactions.count = (uint32_t)list.count;
		if (list.count)
			m->recent_reactions.items = tobs_arena_dup(
				&l->w->arena, list.items, list.count * sizeof *list.items);
		if (list.count && !m->recent_reactions.items)
			r = loader_no_memory(err);
		*ret = m;
	}
	ARRAY_DEINIT(&list);
	return r;
}
