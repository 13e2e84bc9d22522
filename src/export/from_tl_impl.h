/* SPDX-License-Identifier: MIT */
/*
 * What the files of from_tl share: where they write to, and how each kind of
 * value becomes JSON.
 *
 * A message's JSON is written into one buffer that is used for all messages of a
 * page; from_tl_take() moves what is in it to the batch's arena. Failures stick
 * (in the buffer, in `err`), so there is one look a message.
 */
#ifndef EXPORT_FROM_TL_IMPL_H
#define EXPORT_FROM_TL_IMPL_H

#include "base/attr.h"
#include "base/json_write.h"
#include "export/from_tl.h"

struct from_tl {
	struct archive_batch *b;
	struct tobs_buf buf;
	struct json_writer w;
	int err;      /* the first failure beside the buffer's */
	bool forum;   /* the chat is one: what names no topic is in General */
	int depth;    /* of media inside one another; 1 is the message's own */
	int64_t self; /* the account, where the page tells; else 0 */
};

enum {
	FROM_TL_JSON_MAX = 4 << 20, /* bytes of JSON of one message */
	GENERAL_TOPIC = 1,          /* core.telegram.org/api/forum */
};

/* Starts a JSON value in the empty buffer. */
void from_tl_begin(struct from_tl *f);

/* Moves it into the batch's arena; the empty view for {} and []. */
struct tobs_view from_tl_take(struct from_tl *f);

/* A copy in the batch's arena, made valid UTF-8. */
struct tobs_view from_tl_text(struct from_tl *f, struct tobs_view v);

/* ---- members of the object being written; nothing for what is empty ---- */

static inline void put_i64(struct from_tl *f, const char *key, int64_t n)
{
	if (!n)
		return;
	jsonw_key(&f->w, key);
	jsonw_i64(&f->w, n);
}

static inline void put_number(struct from_tl *f, const char *key, int64_t n) /* 0 as well */
{
	jsonw_key(&f->w, key);
	jsonw_i64(&f->w, n);
}

static inline void put_true(struct from_tl *f, const char *key, bool yes)
{
	if (!yes)
		return;
	jsonw_key(&f->w, key);
	jsonw_bool(&f->w, true);
}

static inline void put_bool(struct from_tl *f, const char *key, bool yes)
{
	jsonw_key(&f->w, key);
	jsonw_bool(&f->w, yes);
}

static inline void put_str(struct from_tl *f, const char *key, struct tobs_view v)
{
	if (!v.len)
		return;
	jsonw_key(&f->w, key);
	jsonw_str_v(&f->w, v);
}

static inline void put_cstr(struct from_tl *f, const char *key, const char *s)
{
	jsonw_key(&f->w, key);
	jsonw_str(&f->w, s);
}

void put_double(struct from_tl *f, const char *key, double d);
void put_base64(struct from_tl *f, const char *key, struct tobs_view bytes);

/* Marked ids (core.telegram.org/api/bots/ids); whatever the server sends, nothing overflows. */
static inline int64_t mark_chat(int64_t id)
{
	return (int64_t)(0 - (uint64_t)id);
}

static inline int64_t mark_channel(int64_t id)
{
	return (int64_t)(0 - (uint64_t)1000000000000 - (uint64_t)id);
}

static inline void put_peer(struct from_tl *f, const char *key, const union tl_Peer *peer)
{
	put_i64(f, key, from_tl_peer(peer));
}

void put_peers(struct from_tl *f, const char *key, const struct tl_vec_Peer *peers);
void put_longs(struct from_tl *f, const char *key, const struct tl_vec_long *list);
void put_ints(struct from_tl *f, const char *key, const struct tl_vec_int *list);
void put_strings(struct from_tl *f, const char *key, const struct tl_vec_string *list);

/* ---- peers: from_tl_peer.c ---- */

void from_tl_add_peers(
	struct from_tl *f, const struct tl_vec_User *users, const struct tl_vec_Chat *chats);

/* ---- texts: from_tl_text.c ---- */

/* [["bold",0,5],…] as a value; written also when there is none. */
void write_entities(struct from_tl *f, const struct tl_vec_MessageEntity *entities);
void put_entities(struct from_tl *f, const char *key, const struct tl_vec_MessageEntity *entities);

/* "text" and "entities" under names of one's own; NULL is fine. */
void put_formatted(struct from_tl *f, const char *text_key, const char *entities_key,
	const struct tl_textWithEntities *text);

/* The words of a rich message, paragraph by paragraph. */
void put_rich(struct from_tl *f, const struct tl_richMessage *rich);

/* ---- files: from_tl_file.c; each also goes into the batch ---- */

void put_photo(struct from_tl *f, const char *key, const union tl_Photo *photo);
void put_document(struct from_tl *f, const char *key, const union tl_Document *document);

/* As a value, in an array. */
void write_photo(struct from_tl *f, const union tl_Photo *photo);
void write_document(struct from_tl *f, const union tl_Document *document);

/* ---- media: from_tl_media.c ---- */

/* The object of docs/archive.md, as a value. */
void write_media(struct from_tl *f, const union tl_MessageMedia *media);
void put_media(struct from_tl *f, const char *key, const union tl_MessageMedia *media);

/* A to-do list's items, polls' answers: also in service messages. */
void write_todo_item(struct from_tl *f, const struct tl_todoItem *item,
	const struct tl_vec_TodoCompletion *completions);
void put_poll_answer(struct from_tl *f, const union tl_PollAnswer *answer);

/* polls.answers, as a value. */
void write_poll_results(struct from_tl *f, const struct tl_messageMediaPoll *media);

/* {"amount":5,"currency":"XTR"} */
void put_amount(struct from_tl *f, const char *key, const union tl_StarsAmount *amount);

/* ---- the rest of a message: from_tl_extra.c ---- */

void put_reply(struct from_tl *f, const union tl_MessageReplyHeader *header);
void put_forward(struct from_tl *f, const struct tl_messageFwdHeader *header);
void put_buttons(struct from_tl *f, const union tl_ReplyMarkup *markup);
void put_preview(struct from_tl *f, const union tl_WebPage *page);

/* ---- service messages: from_tl_action.c ---- */

/* Sets m->action and m->action_data; what is about media goes into the batch. */
void from_tl_action(
	struct from_tl *f, const struct tl_messageService *service, struct archive_message *m);

/* The message that a service message is about; 0: none. */
int32_t reply_id(const union tl_MessageReplyHeader *header);

#endif
