/* SPDX-License-Identifier: MIT */
#include "export/from_tl.h"

#include <math.h>

#include "base/hex.h"
#include "base/utf.h"
#include "export/from_tl_impl.h"

/* ---- JSON and the arena ---- */

void from_tl_begin(struct from_tl *f)
{
	/* What went wrong before stays known. */
	f->buf.len = 0;
	json_writer_init(&f->w, &f->buf, 0);
}

struct tobs_view from_tl_take(struct from_tl *f)
{
	struct tobs_view kept = { 0 };

	if (f->buf.len > 2 && tobs_arena_view(&f->b->arena, tobs_buf_view(&f->buf), &kept))
		f->err = TOBS_ENOMEM;
	return kept;
}

/* What is not UTF-8 comes from no honest server; mended, it can still be read. */
static ATTR_COLD struct tobs_view repaired(struct from_tl *f, struct tobs_view v)
{
	struct tobs_view kept = { 0 };
	struct tobs_buf b;

	tobs_buf_init(&b, FROM_TL_JSON_MAX);
	if (utf8_repair(&b, v) || tobs_arena_view(&f->b->arena, tobs_buf_view(&b), &kept))
		f->err = TOBS_ENOMEM;
	tobs_buf_deinit(&b);
	return kept;
}

struct tobs_view from_tl_text(struct from_tl *f, struct tobs_view v)
{
	struct tobs_view kept = { 0 };

	if (!v.len)
		return kept;
	if (!utf8_valid(v))
		return repaired(f, v);
	if (tobs_arena_view(&f->b->arena, v, &kept))
		f->err = TOBS_ENOMEM;
	return kept;
}

void put_double(struct from_tl *f, const char *key, double d)
{
	if (d == 0 || !isfinite(d))
		return;
	if (fabs(d) < 1e15 && d == floor(d)) {
		put_i64(f, key, (int64_t)d);
		return;
	}
	jsonw_key(&f->w, key);
	jsonw_double(&f->w, d);
}

void put_base64(struct from_tl *f, const char *key, struct tobs_view bytes)
{
	struct tobs_buf b;

	if (!bytes.len)
		return;
	tobs_buf_init(&b, FROM_TL_JSON_MAX);
	if (base64_encode(&b, bytes, BASE64_STD))
		f->err = tobs_buf_err(&b);
	else
		put_str(f, key, tobs_buf_view(&b));
	tobs_buf_deinit(&b);
}

void put_peers(struct from_tl *f, const char *key, const struct tl_vec_Peer *peers)
{
	if (!peers->count)
		return;
	jsonw_key(&f->w, key);
	jsonw_array(&f->w);
	for (uint32_t i = 0; i < peers->count; i++)
		jsonw_i64(&f->w, from_tl_peer(peers->items[i]));
	jsonw_end(&f->w);
}

void put_longs(struct from_tl *f, const char *key, const struct tl_vec_long *list)
{
	if (!list->count)
		return;
	jsonw_key(&f->w, key);
	jsonw_array(&f->w);
	for (uint32_t i = 0; i < list->count; i++)
		jsonw_i64(&f->w, list->items[i]);
	jsonw_end(&f->w);
}

void put_ints(struct from_tl *f, const char *key, const struct tl_vec_int *list)
{
	if (!list->count)
		return;
	jsonw_key(&f->w, key);
	jsonw_array(&f->w);
	for (uint32_t i = 0; i < list->count; i++)
		jsonw_i64(&f->w, list->items[i]);
	jsonw_end(&f->w);
}

void put_strings(struct from_tl *f, const char *key, const struct tl_vec_string *list)
{
	if (!list->count)
		return;
	jsonw_key(&f->w, key);
	jsonw_array(&f->w);
	for (uint32_t i = 0; i < list->count; i++)
		jsonw_str_v(&f->w, list->items[i]);
	jsonw_end(&f->w);
}

/* ---- what belongs to other tables ---- */

static struct tobs_view reaction_text(struct from_tl *f, const union tl_Reaction *r)
{
	static const struct tobs_view paid = TOBS_LIT("paid");
	char *custom;

	switch (r->ctor) {
	case TL_reactionEmoji: return from_tl_text(f, r->reactionEmoji.emoticon);
	case TL_reactionCustomEmoji:
		custom = tobs_arena_printf(
			&f->b->arena, "custom:%lld", (long long)r->reactionCustomEmoji.document_id);
		if (!custom)
			f->err = TOBS_ENOMEM;
		return tobs_str(custom);
	case TL_reactionPaid: return paid;
	default: return (struct tobs_view){ 0 };
	}
}

static void take_reactions(
	struct from_tl *f, const struct tl_messageReactions *all, struct archive_message *m)
{
	struct archive_reaction *list;
	uint32_t n = 0;

	if (!all || !all->results.count)
		return;
	list = TOBS_ARENA_ARRAY(&f->b->arena, all->results.count, struct archive_reaction);
	if (!list) {
		f->err = TOBS_ENOMEM;
		return;
	}
	for (uint32_t i = 0; i < all->results.count; i++) {
		const struct tl_reactionCount *c = all->results.items[i];

		list[n] = (struct archive_reaction){ reaction_text(f, c->reaction), c->count,
			c->has_chosen_order };
		n += list[n].reaction.len > 0;
	}
	m->reactions = list;
	m->reaction_count = n;
}

static void take_poll(
	struct from_tl *f, const struct tl_messageMediaPoll *media, struct archive_message *m)
{
	m->has_poll = true;
	m->poll_closed = media->poll->closed;
	m->poll_voters = media->results->total_voters;
	from_tl_begin(f);
	f->depth++; /* media of answers is inside */
	write_poll_results(f, media);
	f->depth--;
	m->poll_answers = f->buf.len > 2 ? from_tl_take(f) : (struct tobs_view)TOBS_LIT("[]");
}

/* ---- data ---- */

static void put_replies(struct from_tl *f, const struct tl_messageReplies *r)
{
	if (!r)
		return;
	if (!r->comments) {
		put_i64(f, "replies", r->replies);
		return;
	}
	jsonw_key(&f->w, "comments");
	jsonw_object(&f->w);
	put_number(f, "count", r->replies);
	if (r->channel_id)
		put_number(f, "chat", mark_channel(r->channel_id));
	jsonw_end(&f->w);
}

static void put_factcheck(struct from_tl *f, const struct tl_factCheck *check)
{
	/* Without a text it only says that there may be one. */
	if (!check || !check->text)
		return;
	jsonw_key(&f->w, "factcheck");
	jsonw_object(&f->w);
	put_formatted(f, "text", "entities", check->text);
	put_str(f, "country", check->country);
	jsonw_end(&f->w);
}

static void put_suggested(struct from_tl *f, const struct tl_message *t)
{
	const struct tl_suggestedPost *s = t->suggested_post;

	if (s) {
		jsonw_key(&f->w, "suggested");
		jsonw_object(&f->w);
		put_amount(f, "price", s->price);
		put_true(f, "accepted", s->accepted);
		put_true(f, "rejected", s->rejected);
		put_i64(f, "date", s->schedule_date);
		jsonw_end(&f->w);
	}
	if (t->paid_suggested_post_stars)
		put_cstr(f, "suggested_paid", "stars");
	else if (t->paid_suggested_post_ton)
		put_cstr(f, "suggested_paid", "ton");
}

static void put_restrictions(struct from_tl *f, const struct tl_vec_RestrictionReason *list)
{
	if (!list->count)
		return;
	jsonw_key(&f->w, "restricted");
	jsonw_array(&f->w);
	for (uint32_t i = 0; i < list->count; i++) {
		jsonw_object(&f->w);
		put_str(f, "platform", list->items[i]->platform);
		put_str(f, "reason", list->items[i]->reason);
		put_str(f, "text", list->items[i]->text);
		jsonw_end(&f->w);
	}
	jsonw_end(&f->w);
}

/* What few messages have: looked for only where a flag says that there is some of it. */
static void put_rare(struct from_tl *f, const struct tl_message *t)
{
	put_peer(f, "list", t->saved_peer_id);
	put_i64(f, "via", t->via_bot_id);
	put_i64(f, "via_business", t->via_business_bot_id);
	put_peer(f, "via_guest", t->guestchat_via_from);
	put_str(f, "author", t->post_author);
	put_str(f, "rank", t->from_rank);
	put_i64(f, "boosts", t->from_boosts_applied);
	put_buttons(f, t->reply_markup);
	put_i64(f, "effect", t->effect);
	put_i64(f, "stars", t->paid_message_stars);
	put_i64(f, "ttl", t->ttl_period);
	put_factcheck(f, t->factcheck);
	put_suggested(f, t);
	put_restrictions(f, &t->restriction_reason);
	if (t->rich_message)
		put_rich(f, t->rich_message);
}

static bool has_rare(const struct tl_message *t)
{
	return t->flags2 || t->saved_peer_id || t->has_via_bot_id || t->has_post_author ||
		t->has_from_boosts_applied || t->reply_markup || t->has_ttl_period ||
		t->restriction_reason.count;
}

static struct tobs_view data_of(struct from_tl *f, const struct tl_message *t)
{
	from_tl_begin(f);
	jsonw_object(&f->w);
	put_reply(f, t->reply_to);
	put_forward(f, t->fwd_from);
	if (t->has_views) {
		put_number(f, "views", t->views);
		put_i64(f, "forwards", t->forwards);
	}
	put_replies(f, t->replies);
	if (t->media && t->media->ctor == TL_messageMediaWebPage)
		put_preview(f, t->media->messageMediaWebPage.webpage);
	else
		put_media(f, "media", t->media);
	if (has_rare(t))
		put_rare(f, t);
	jsonw_end(&f->w);
	return from_tl_take(f);
}

/* ---- messages ---- */

static bool is_spoiler(const union tl_MessageMedia *media)
{
	return media &&
		((media->ctor == TL_messageMediaPhoto && media->messageMediaPhoto.spoiler) ||
			(media->ctor == TL_messageMediaDocument &&
				media->messageMediaDocument.spoiler));
}

static uint32_t flags_of(const struct tl_message *t)
{
	return (t->out ? ARCHIVE_OUT : 0u) | (t->pinned ? ARCHIVE_PINNED : 0u) |
		(t->silent ? ARCHIVE_SILENT : 0u) | (t->post ? ARCHIVE_POST : 0u) |
		(t->noforwards ? ARCHIVE_PROTECTED : 0u) |
		(is_spoiler(t->media) ? ARCHIVE_SPOILER : 0u) |
		(t->mentioned ? ARCHIVE_MENTIONED : 0u) |
		(t->invert_media ? ARCHIVE_CAPTION_ABOVE : 0u) |
		(t->from_scheduled ? ARCHIVE_SCHEDULED : 0u);
}

/*
 * In private chats only messages whose sender is not the other one may say who
 * sent them; posts are from their channel.
 */
static int64_t sender_of(
	const struct from_tl *f, const union tl_Peer *from, const union tl_Peer *chat, bool out)
{
	if (from)
		return from_tl_peer(from);
	if (out && chat && chat->ctor == TL_peerUser && f->self)
		return f->self;
	return from_tl_peer(chat);
}

static int32_t topic_of(const struct from_tl *f, const union tl_MessageReplyHeader *header)
{
	if (header && header->ctor == TL_messageReplyHeader) {
		const struct tl_messageReplyHeader *h = &header->messageReplyHeader;

		if (h->reply_to_top_id)
			return h->reply_to_top_id;
		if (h->forum_topic)
			return h->reply_to_msg_id;
	}
	return f->forum ? GENERAL_TOPIC : 0;
}

static void take_message(struct from_tl *f, const struct tl_message *t, struct archive_message *m)
{
	m->id = t->id;
	m->flags = flags_of(t);
	m->date = t->date;
	m->edited = t->edit_hide ? 0 : t->edit_date;
	m->sender = sender_of(f, t->from_id, t->peer_id, t->out);
	m->topic = topic_of(f, t->reply_to);
	m->album = t->grouped_id;
	m->text = from_tl_text(f, t->message);
	if (t->entities.count) {
		from_tl_begin(f);
		write_entities(f, &t->entities);
		m->entities = from_tl_take(f);
	}
	m->data = data_of(f, t);
	take_reactions(f, t->reactions, m);
	if (t->media && t->media->ctor == TL_messageMediaPoll)
		take_poll(f, &t->media->messageMediaPoll, m);
}

static void take_service(
	struct from_tl *f, const struct tl_messageService *t, struct archive_message *m)
{
	m->id = t->id;
	m->flags = ARCHIVE_SERVICE | (t->out ? ARCHIVE_OUT : 0u) |
		(t->silent ? ARCHIVE_SILENT : 0u) | (t->post ? ARCHIVE_POST : 0u) |
		(t->mentioned ? ARCHIVE_MENTIONED : 0u);
	m->date = t->date;
	m->sender = sender_of(f, t->from_id, t->peer_id, t->out);
	m->topic = topic_of(f, t->reply_to);
	from_tl_begin(f);
	jsonw_object(&f->w);
	put_reply(f, t->reply_to);
	put_peer(f, "list", t->saved_peer_id);
	put_i64(f, "ttl", t->ttl_period);
	jsonw_end(&f->w);
	m->data = from_tl_take(f);
	from_tl_action(f, t, m);
	take_reactions(f, t->reactions, m);
}

/* ---- pages ---- */

static void look_around(struct from_tl *f, int64_t chat, const struct tl_vec_User *users,
	const struct tl_vec_Chat *chats)
{
	for (uint32_t i = 0; users && i < users->count && !f->self; i++)
		if (users->items[i]->ctor == TL_user && users->items[i]->user.self)
			f->self = users->items[i]->user.id;
	for (uint32_t i = 0; chats && i < chats->count; i++)
		if (chats->items[i]->ctor == TL_channel && chats->items[i]->channel.forum &&
			mark_channel(chats->items[i]->channel.id) == chat)
			f->forum = true;
}

static const union tl_Peer *chat_of(const union tl_Message *message)
{
	switch (message->ctor) {
	case TL_message: return message->message.peer_id;
	case TL_messageService: return message->messageService.peer_id;
	default: return NULL;
	}
}

static void take_page(struct from_tl *f, int32_t no, const struct tl_vec_Message *messages)
{
	for (uint32_t i = 0; i < messages->count && !f->err && !tobs_buf_err(&f->buf); i++) {
		const union tl_Message *t = messages->items[i];
		struct archive_batch_message it = { .chat = no };

		if (t->ctor == TL_message)
			take_message(f, &t->message, &it.m);
		else if (t->ctor == TL_messageService)
			take_service(f, &t->messageService, &it.m);
		if (it.m.id > 0 && it.m.id < INT32_MAX && ARRAY_PUSH(&f->b->messages, it))
			f->err = TOBS_ENOMEM;
	}
}

/* Takes back what was appended since. */
struct mark {
	size_t messages, peers, files;
};

static struct mark mark_of(const struct archive_batch *b)
{
	return (struct mark){ b->messages.count, b->peers.count, b->files.count };
}

static int finish(struct from_tl *f, struct mark before, struct tobs_err *err)
{
	int r = f->err ? f->err : tobs_buf_err(&f->buf);

	tobs_buf_deinit(&f->buf);
	if (!r)
		return TOBS_OK;
	f->b->messages.count = before.messages;
	f->b->peers.count = before.peers;
	f->b->files.count = before.files;
	return tobs_fail(err, r, "a page of messages: %s", tobs_error_text(r));
}

int from_tl_messages(struct archive_batch *b, int32_t no, const struct tl_vec_Message *messages,
	const struct tl_vec_User *users, const struct tl_vec_Chat *chats, struct tobs_err *err)
{
	struct from_tl f = { .b = b };
	struct mark before = mark_of(b);

	tobs_buf_init(&f.buf, FROM_TL_JSON_MAX);
	if (messages->count)
		look_around(&f, from_tl_peer(chat_of(messages->items[0])), users, chats);
	from_tl_add_peers(&f, users, chats);
	take_page(&f, no, messages);
	return finish(&f, before, err);
}

int from_tl_peers(struct archive_batch *b, const struct tl_vec_User *users,
	const struct tl_vec_Chat *chats, struct tobs_err *err)
{
	struct from_tl f = { .b = b };
	struct mark before = mark_of(b);

	tobs_buf_init(&f.buf, FROM_TL_JSON_MAX);
	from_tl_add_peers(&f, users, chats);
	return finish(&f, before, err);
}
