/* SPDX-License-Identifier: MIT */
/*
 * Our own format of worlds (docs/simulator.md), for the files that load it.
 *
 *     loader.c          the document: its sections, other files it includes
 *     loader_things.c   what has a key: users, chats, files; dates and other values
 *     loader_people.c   users, accounts, what they have in their chat lists
 *     loader_chat.c     chats and who is in them
 *     loader_text.c     text with entities
 *     loader_message.c  messages; loader_poll.c polls
 *     loader_post.c     all messages, in the order of their dates, into the world
 *
 * Messages are collected while files are read and posted at the end in the order
 * of their dates, wherever they stand: so ids grow with dates in every chat and
 * account, as they do in Telegram, and what happened first can be referred to.
 */
#ifndef SIM_LOADER_H
#define SIM_LOADER_H

#include "base/json_path.h"
#include "base/json_stream.h"
#include "sim/change.h"
#include "sim/inner.h"
#include "sim/world.h"
#include "tl/json.h"

enum { LOADER_DEPTH = 8 }; /* files that include one another */

enum loader_kind { LOADER_USER, LOADER_CHAT, LOADER_PHOTO, LOADER_DOCUMENT };

/* Something with a key; the world keeps them, so that later commands can use them. */
struct loader_thing {
	enum loader_kind kind;
	int64_t id;     /* marked peer, or id of a file */
	const void *tl; /* of a file */
};

/* A message that was posted under a label. */
struct loader_label {
	struct sim_history *history;
	int32_t id;
};

/* What a message answers. */
struct loader_reply {
	struct tobs_view label;               /* empty: by id */
	int32_t id;                           /* 0 and no label: nothing */
	int64_t peer;                         /* in another chat; 0: in this one */
	struct tl_messageReplyHeader *header; /* with what else it says: a quote … */
};

/* A message that waits to be posted. */
struct loader_message {
	int32_t date;
	uint32_t number; /* in the order of reading */
	int64_t from, to, as;
	int32_t id;
	struct tobs_view label;
	struct tl_message *draft; /* one of the two */
	const union tl_MessageAction *action;
	const union tl_MessageReplyHeader *story; /* messageReplyStoryHeader */
	struct loader_reply reply;
	struct tobs_view topic;   /* label or number of its first message; empty: none */
	struct tobs_view comment; /* label or number of the channel's post */
	bool pinned;
	/* Where it stands, for errors while posting. */
	const char *file;
	uint32_t history, index;
};

/* What an account has in its chat list, set when all messages are there. */
enum loader_setting_kind {
	LOADER_PINNED,
	LOADER_ARCHIVED,
	LOADER_MUTED,
	LOADER_MARKED,
	LOADER_UNREAD,
	LOADER_DRAFT,
};

struct loader_setting {
	enum loader_setting_kind kind;
	struct sim_account *account;
	int64_t peer;
	int32_t number; /* LOADER_UNREAD */
	const union tl_DraftMessage *draft;
};

struct loader {
	struct sim_world *w;
	const char *folder; /* of the file being read; NULL: no media, no other files */
	const char *file;   /* its name, kept */
	int depth;
	bool live; /* a command while the world runs, not a file: what it says happens now */
	struct tl_json_hooks hooks;
	ARRAY_OF(struct loader_message) messages;
	ARRAY_OF(struct loader_setting) settings;
	uint32_t histories;
	/* Of the history being read: */
	struct sim_chat *chat; /* NULL: private */
	int64_t one, two;      /* who talks; equal: Saved Messages */
	int32_t date;          /* of the message before */
};

/*
 * Reads a document whose first member, "tobs_world", the stream stands before.
 * Errors as sim_load(); their messages begin with the name of the file.
 */
int loader_load(struct sim_world *w, struct json_stream *s, const char *folder, const char *name,
	struct json_item *first, struct tobs_err *err);

static inline int loader_no_memory(struct tobs_err *err)
{
	return json_fail(err, TOBS_ENOMEM, "no memory");
}

/* ---- values; those that are missing leave *ret alone ---- */

int loader_str(struct loader *l, struct json_value object, const char *key, struct tobs_view *ret,
	struct tobs_err *err); /* kept */
int loader_int(struct json_value object, const char *key, int64_t min, int64_t max, int64_t *ret,
	struct tobs_err *err);
int loader_bool(struct json_value object, const char *key, bool *ret, struct tobs_err *err);

/* "2024-05-01", "2024-05-01 12:30", "…:15", "…Z", "+5m" (after l->date), or Unix time. */
int loader_date_value(struct loader *l, struct json_value v, int32_t *ret, struct tobs_err *err);
int loader_date(struct loader *l, struct json_value object, const char *key, int32_t *ret,
	struct tobs_err *err);

/* Refuses members that are not among `known`, a NULL-terminated list; the message names those. */
int loader_only(struct json_value object, const char *const *known, struct tobs_err *err);

/* Fails with "is of type …, must be …". */
int loader_wrong(struct json_value v, const char *wanted, struct tobs_err *err);

/* ---- things ---- */

int loader_add(struct loader *l, struct tobs_view key, enum loader_kind kind, int64_t id,
	const void *tl, struct tobs_err *err);
const struct loader_thing *loader_find(const struct loader *l, struct tobs_view key);

/* The marked peer of a key, an @username, or a number. TOBS_ENOTFOUND says what is missing. */
int loader_peer_value(struct loader *l, struct json_value v, int64_t *ret, struct tobs_err *err);
int loader_peer(struct loader *l, struct json_value object, const char *key, int64_t *ret,
	struct tobs_err *err);
int loader_chat_of(struct loader *l, struct json_value object, const char *key,
	struct sim_chat **ret, struct tobs_err *err);

/* A photo or document with that key. */
int loader_file_value(struct loader *l, struct json_value v, enum loader_kind kind,
	const struct loader_thing **ret, struct tobs_err *err);

/* Fills l->hooks. */
void loader_hooks(struct loader *l);

/* Sets a field of a TL object from JSON, or builds one. Errors as tl_from_json(). */
int loader_set(struct loader *l, void *object, struct tobs_view field, struct json_value v,
	struct tobs_err *err);
int loader_object(struct loader *l, struct json_value v, const char *type, const void **ret,
	struct tobs_err *err);

/* ---- sections: each reads one element ---- */

int loader_app(struct loader *l, struct json_value v, struct tobs_err *err);
int loader_user(struct loader *l, struct json_value v, struct tobs_err *err);
int loader_file(struct loader *l, struct json_value v, struct tobs_err *err);
int loader_read_chat(struct loader *l, struct json_value v, struct tobs_err *err);
int loader_account(struct loader *l, struct json_value v, struct tobs_err *err);
int loader_synthetic(struct loader *l, struct json_value v, struct tobs_err *err);
int loader_message(struct loader *l, struct json_value v, struct tobs_err *err);

/* ---- messages ---- */

/*
 * Text with entities: a string, or an array of strings and of objects, which
 * hold one kind of entity each and may be nested.
 */
int loader_text(struct loader *l, struct json_value v, struct tobs_view *ret,
	struct tl_vec_MessageEntity *ret_entities, struct tobs_err *err);
int loader_text_object(struct loader *l, struct json_value v,
	const struct tl_textWithEntities **ret, struct tobs_err *err);

int loader_reaction(struct loader *l, struct tobs_view name, const union tl_Reaction **ret,
	struct tobs_err *err);
int loader_reactions(struct loader *l, struct json_value v, const struct tl_messageReactions **ret,
	struct tobs_err *err);
int loader_poll(struct loader *l, struct json_value v, const union tl_MessageMedia **ret,
	struct tobs_err *err);

/* Posts one; *ret (may be NULL) is what was sent. Errors also as sim_post() when l->live. */
int loader_post(struct loader *l, const struct loader_message *m, struct sim_sent *ret,
	struct tobs_err *err);

/* The message that a label or id stands for in history `h`; 0 with the failure filled in. */
int32_t loader_message_id(
	struct loader *l, struct tobs_view name, struct sim_history *h, struct tobs_err *err);

/* Who is a member of what, and how; the same as among a chat's members. */
int loader_member(
	struct loader *l, struct json_value v, struct sim_member *ret, struct tobs_err *err);

/* Posts everything, then sets what accounts have in their chat lists. */
int loader_post_all(struct loader *l, struct tobs_err *err);

#endif
