/* SPDX-License-Identifier: MIT */
#include "sample.h"

#include "base/attr.h"
#include "base/rand.h"

enum { SENDERS = 20, CHANNEL = 1234567 };

static const char *const words[] = { "the", "archive", "keeps", "every", "message", "and", "its",
	"media", "where", "people", "find", "them", "again", "after", "years", "привет", "שלום",
	"tomorrow", "ok", "yes" };

static struct tobs_view text(struct tobs_arena *a, struct prng *p, size_t bytes)
{
	struct tobs_buf b;
	struct tobs_view v = { 0 };

	tobs_buf_init(&b, 4096);
	while (b.len < bytes) {
		tobs_buf_puts(&b, words[prng_below(p, ARRAY_LEN(words))]);
		tobs_buf_putc(&b, prng_below(p, 12) ? ' ' : '\n');
	}
	(void)!tobs_arena_view(a, tobs_buf_view(&b), &v);
	tobs_buf_deinit(&b);
	return v;
}

static const union tl_Peer *user_peer(struct tobs_arena *a, int64_t id)
{
	struct tl_peerUser *u = TOBS_ARENA_NEW(a, struct tl_peerUser);

	u->ctor = TL_peerUser;
	u->user_id = id;
	return (const void *)u;
}

static const union tl_Peer *channel_peer(struct tobs_arena *a)
{
	struct tl_peerChannel *c = TOBS_ARENA_NEW(a, struct tl_peerChannel);

	c->ctor = TL_peerChannel;
	c->channel_id = CHANNEL;
	return (const void *)c;
}

static void add_entities(struct tobs_arena *a, struct tl_message *m, int n)
{
	const union tl_MessageEntity **items = TOBS_ARENA_ARRAY(
		a, (size_t)n, const union tl_MessageEntity *);

	for (int i = 0; i < n; i++) {
		struct tl_messageEntityBold *e = TOBS_ARENA_NEW(a, struct tl_messageEntityBold);

		e->ctor = i % 2 ? TL_messageEntityItalic : TL_messageEntityBold;
		e->offset = i * 10;
		e->length = 5;
		items[i] = (const void *)e;
	}
	m->entities = (struct tl_vec_MessageEntity){ (uint32_t)n, items };
}

static void add_reply(struct tobs_arena *a, struct tl_message *m)
{
	struct tl_messageReplyHeader *h = TOBS_ARENA_NEW(a, struct tl_messageReplyHeader);

	h->ctor = TL_messageReplyHeader;
	h->has_reply_to_msg_id = 1;
	h->reply_to_msg_id = m->id > 5 ? m->id - 5 : 1;
	m->reply_to = (const void *)h;
}

static void add_photo(struct tobs_arena *a, struct tl_message *m)
{
	struct tl_messageMediaPhoto *media = TOBS_ARENA_NEW(a, struct tl_messageMediaPhoto);
	struct tl_photo *photo = TOBS_ARENA_NEW(a, struct tl_photo);
	const union tl_PhotoSize **sizes = TOBS_ARENA_ARRAY(a, 2, const union tl_PhotoSize *);

	for (int i = 0; i < 2; i++) {
		struct tl_photoSize *s = TOBS_ARENA_NEW(a, struct tl_photoSize);

		s->ctor = TL_photoSize;
		s->type = tobs_str(i ? "x" : "m");
		s->w = i ? 800 : 320;
		s->h = i ? 600 : 240;
		s->size = i ? 98765 : 12345;
		sizes[i] = (const void *)s;
	}
	photo->ctor = TL_photo;
	photo->id = 5000000 + m->id;
	photo->access_hash = 77777;
	photo->file_reference = tobs_str("0123456789abcdef01234");
	photo->date = m->date;
	photo->sizes = (struct tl_vec_PhotoSize){ 2, sizes };
	photo->dc_id = 2;
	media->ctor = TL_messageMediaPhoto;
	media->photo = (const void *)photo;
	m->media = (const void *)media;
}

static void add_reactions(struct tobs_arena *a, struct tl_message *m)
{
	struct tl_messageReactions *all = TOBS_ARENA_NEW(a, struct tl_messageReactions);
	struct tl_reactionCount *count = TOBS_ARENA_NEW(a, struct tl_reactionCount);
	struct tl_reactionEmoji *emoji = TOBS_ARENA_NEW(a, struct tl_reactionEmoji);
	const struct tl_reactionCount **results = TOBS_ARENA_ARRAY(
		a, 1, const struct tl_reactionCount *);

	emoji->ctor = TL_reactionEmoji;
	emoji->emoticon = tobs_str("👍");
	count->ctor = TL_reactionCount;
	count->reaction = (const void *)emoji;
	count->count = 3;
	results[0] = count;
	all->ctor = TL_messageReactions;
	all->results = (struct tl_vec_ReactionCount){ 1, results };
	m->reactions = all;
}

static const union tl_Message *message(struct tobs_arena *a, struct prng *p, int id, bool mixed)
{
	struct tl_message *m = TOBS_ARENA_NEW(a, struct tl_message);

	m->ctor = TL_message;
	m->id = id;
	m->from_id = user_peer(a, 1000 + (int64_t)prng_below(p, SENDERS));
	m->peer_id = channel_peer(a);
	m->date = 1700000000 + id * 60;
	m->message = text(a, p, mixed ? 140 : 160);
	m->has_views = 1; /* and forwards, of the same bit */
	m->views = id * 3;
	if (!mixed)
		return (const void *)m;
	if (id % 3 == 0)
		add_entities(a, m, 2 + id % 3);
	if (id % 4 == 0)
		add_reply(a, m);
	if (id % 5 == 0)
		add_photo(a, m);
	if (id % 6 == 0)
		add_reactions(a, m);
	return (const void *)m;
}

static const union tl_User *user(struct tobs_arena *a, int64_t id)
{
	struct tl_user *u = TOBS_ARENA_NEW(a, struct tl_user);

	u->ctor = TL_user;
	u->id = id;
	u->has_access_hash = 1;
	u->access_hash = id * 7919;
	u->first_name = tobs_str("Somebody");
	u->last_name = tobs_str("Important");
	u->username = tobs_str("somebody");
	return (const void *)u;
}

const struct tl_messages_channelMessages *sample_page(
	struct tobs_arena *arena, int first_id, int count, bool mixed)
{
	struct tl_messages_channelMessages *page = TOBS_ARENA_NEW(
		arena, struct tl_messages_channelMessages);
	const union tl_Message **messages = TOBS_ARENA_ARRAY(
		arena, (size_t)count, const union tl_Message *);
	const union tl_User **users = TOBS_ARENA_ARRAY(arena, SENDERS, const union tl_User *);
	struct prng p = { (uint64_t)first_id };

	if (!page || !messages || !users)
		return NULL;
	for (int i = 0; i < count; i++)
		messages[i] = message(arena, &p, first_id + count - 1 - i, mixed);
	for (int i = 0; i < SENDERS; i++)
		users[i] = user(arena, 1000 + i);
	page->ctor = TL_messages_channelMessages;
	page->count = 1000000;
	page->messages = (struct tl_vec_Message){ (uint32_t)count, messages };
	page->users = (struct tl_vec_User){ SENDERS, users };
	return page;
}
