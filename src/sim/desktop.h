/* SPDX-License-Identifier: MIT */
/*
 * Telegram Desktop's JSON, for the files that load it.
 *
 *     desktop.c          the document: an account, its chats, one after the other
 *     desktop_people.c   who is who: ids, names, the account that exported
 *     desktop_message.c  a message: where from, what to; desktop_buttons.c what is below it
 *     desktop_text.c     text and entities
 *     desktop_media.c    polls, places, contacts …; desktop_file.c photos and documents
 *     desktop_action.c   service messages
 *     desktop_value.c    single numbers, strings, dates
 *     desktop_chat.c     a chat whose messages are all read becomes part of the world
 *
 * The format was written for people and not for this: who exported is often
 * known only after some messages, lists of members hold names and no ids. So the
 * messages of a chat are collected first, and what is not known yet is filled in
 * when the chat is complete.
 */
#ifndef SIM_DESKTOP_H
#define SIM_DESKTOP_H

#include "base/json_path.h"
#include "base/json_stream.h"
#include "sim/inner.h"
#include "sim/world.h"

enum desktop_type {
	DESKTOP_UNKNOWN,
	DESKTOP_SAVED,
	DESKTOP_PRIVATE,
	DESKTOP_BOT,
	DESKTOP_GROUP,
	DESKTOP_SUPERGROUP,
	DESKTOP_CHANNEL,
};

/* Somebody of whom only the name is known goes to *slot when the chat is complete. */
struct desktop_wanted {
	int64_t *slot;
	struct tobs_view name;
};

/* What the exporting account chose in a poll. */
struct desktop_vote {
	int64_t poll_id;
	uint64_t chosen;
	int32_t date;
};

struct desktop_chat {
	enum desktop_type type;
	bool open; /* public_… */
	bool left; /* in left_chats */
	struct tobs_view name;
	int64_t id;
	int64_t peer;      /* 0 until type and id are known */
	int64_t origin_id; /* of the basic group it was; 0: none, as far as is known */
	struct tobs_view origin_title;
	ARRAY_OF(union tl_Message *) messages; /* ids below 0: of that basic group */
	ARRAY_OF(struct desktop_wanted) wanted;
	ARRAY_OF(struct desktop_vote) votes;
	int32_t date; /* of the last message read */
};

struct desktop {
	struct sim_world *w;
	const char *folder; /* NULL: no media are there */
	int64_t owner_id;   /* who exported; 0: not known yet */
	struct sim_account *owner;
	struct tobs_view owner_phone; /* digits; empty: not said */
	struct smap names;            /* of people → id, as a pointer */
	struct smap files;            /* path → tl_photo or tl_document */
	struct json_parser parser;    /* for JSON inside strings */
	struct json_doc doc;
	struct desktop_chat chat;
	int32_t zone;       /* s that local time is ahead of UTC at the present message */
	uint64_t not_known; /* actions and entities this version does not know */
};

/* Reads a document whose first member the stream stands before. Errors as sim_load(). */
int desktop_load(struct sim_world *w, struct json_stream *s, const char *folder,
	struct json_item *first, struct tobs_err *err);

/* ---- values; one that is missing or null leaves *ret alone ---- */

int desktop_int(struct json_value object, const char *key, int64_t min, int64_t max, int64_t *ret,
	struct tobs_err *err);
int desktop_int32(struct json_value object, const char *key, int32_t *ret, struct tobs_err *err);
int desktop_str(
	struct json_value object, const char *key, struct tobs_view *ret, struct tobs_err *err);
int desktop_bool(struct json_value object, const char *key, bool *ret, struct tobs_err *err);

/* Unix time: `key_unixtime` if it is there, else the local time of `key`. */
int desktop_date(struct desktop *d, struct json_value object, const char *key, int32_t *ret,
	struct tobs_err *err);

/* An object or array that some versions wrote as a string with JSON in it. */
int desktop_unwrap(struct desktop *d, struct json_value *v, struct tobs_err *err);

static inline int desktop_no_memory(struct tobs_err *err)
{
	return json_fail(err, TOBS_ENOMEM, "no memory");
}

/* ---- people and chats ---- */

/*
 * The marked peer of an id such as "user5", "chat5", "channel5", or a number as
 * old versions have it; added to the world when it is not there, with the name
 * (which may be missing or null: deleted).
 */
int desktop_peer(struct desktop *d, struct json_value id, struct json_value name, int64_t *ret,
	struct tobs_err *err);

/* The same for members `key` and `key`_id of an object; *ret is 0 when there are none. */
int desktop_peer_at(struct desktop *d, struct json_value object, const char *key, int64_t *ret,
	struct tobs_err *err);

/* The id of somebody of that name goes to *slot when the chat is complete. */
int desktop_want(struct desktop *d, struct json_value name, int64_t *slot, struct tobs_err *err);
int desktop_resolve(struct desktop *d, struct tobs_err *err);

/* The user with this id, added when it is not there. */
int desktop_user(struct desktop *d, int64_t id, struct tobs_view name, struct sim_user **ret,
	struct tobs_err *err);

/* A user of that name, the first one met, or a new one. */
int desktop_named(struct desktop *d, struct tobs_view name, int64_t *ret, struct tobs_err *err);

/* The account that exported; made when it is not there yet. */
int desktop_owner(struct desktop *d, struct tobs_err *err);

/* ---- messages ---- */

/* Reads one and appends it to the chat's. */
int desktop_message(struct desktop *d, struct json_value v, struct tobs_err *err);

/* Text with entities: a string, or an array of strings and objects. */
int desktop_text(struct desktop *d, struct json_value v, struct tobs_view *ret,
	struct tl_vec_MessageEntity *ret_entities, struct tobs_err *err);
int desktop_text_object(struct desktop *d, struct json_value v,
	const struct tl_textWithEntities **ret, struct tobs_err *err);

/* *ret is NULL when the message has none. */
int desktop_media(struct desktop *d, struct json_value v, int32_t id,
	const union tl_MessageMedia **ret, struct tobs_err *err);
int desktop_todo_items(
	struct desktop *d, struct json_value v, struct tl_vec_TodoItem *ret, struct tobs_err *err);
int desktop_action(struct desktop *d, struct json_value v, int32_t id,
	const union tl_MessageAction **ret, struct tobs_err *err);

/* A photo that members photo, photo_file_size, width, height describe. */
int desktop_photo(
	struct desktop *d, struct json_value v, const union tl_Photo **ret, struct tobs_err *err);

/* A document that members file, file_name, file_size, media_type … describe. */
int desktop_document(struct desktop *d, struct json_value v, const union tl_Document **ret,
	struct tobs_err *err);

/* The document of a custom emoji: a path, or an id in digits; `alt` is the emoji it stands for. */
int desktop_emoji(struct desktop *d, struct tobs_view where, struct tobs_view alt, int64_t *ret_id,
	struct tobs_err *err);

int desktop_buttons(struct desktop *d, struct json_value v, const union tl_ReplyMarkup **ret,
	struct tobs_err *err);

/* ---- chats ---- */

/* Messages of the basic group a supergroup was stand before its own, with ids so much smaller. */
enum { DESKTOP_SHIFT = 1000000000 };

/* Sets d->chat.peer from its type and id. */
int desktop_chat_begin(struct desktop *d, struct tobs_err *err);

/* All messages are read: they become the history of a chat of the world. */
int desktop_chat_end(struct desktop *d, struct tobs_err *err);

#endif
