/* SPDX-License-Identifier: MIT */
/*
 * Changing the world while it runs: posting, editing, deleting, reacting,
 * voting, pinning, reading, joining …, done by any of its users, with or
 * without an account.
 *
 * Each change says what it did to whom in events. An event carries the Update
 * of the schema that tells about it, and belongs to one box: the account's whose
 * private chat or basic group it concerns (each member of a basic group gets an
 * event of its own, with the ids of its own copy), or the channel's, for all who
 * can read it. Events that count (pts, qts) are kept in the box's log for
 * getDifference; all are told to the listeners, in the order they happened,
 * after the change is complete.
 *
 *     sim_post() ──► copy in Ivy's box ──► event: updateNewMessage, Ivy's pts
 *                └─► copy in Bo's box  ──► event: updateNewMessage, Bo's pts
 *
 * What the rules of Telegram forbid fails with TOBS_ERPC and, in *err, the
 * status and name of the error as the server gives it (403
 * CHAT_WRITE_FORBIDDEN); nothing has changed then. Other failures: TOBS_ENOMEM,
 * which may leave a change half done.
 *
 * A message is named by its history and its id there. What is done to one copy
 * of a message is done to all copies of it.
 */
#ifndef SIM_CHANGE_H
#define SIM_CHANGE_H

#include "sim/history.h"
#include "sim/world.h"

/* ---- events ---- */

/* Calls fn(user, event) for each event from now on. TOBS_ENOMEM. Listeners may change the world. */
int sim_listen(struct sim_world *w, sim_listener_fn fn, void *user);
void sim_unlisten(struct sim_world *w, sim_listener_fn fn, void *user);

/*
 * The event as `viewer` sees it: messages as they are now (`out`, own
 * reactions). NULL when there is nothing left to tell (the message is gone, or
 * the viewer may not read the channel), or no memory.
 */
const union tl_Update *sim_event_view(
	const struct sim_event *e, struct sim_account *viewer, struct tobs_arena *arena);

/*
 * What happened in a box after pts and qts, from the first event that is newer
 * than either (later ones may be older than the other). *ret points into the
 * log, oldest first, and is valid until the next change. TOBS_ETOOBIG: so long
 * ago that the log does not know any more.
 */
int sim_events_since(const struct sim_box *box, int32_t pts, int32_t qts,
	const struct sim_event **ret, size_t *ret_count);

/*
 * Tells one account anything else: a pressed button, a payment, somebody typing.
 * `update` is in memory of the world. With `counts` it gets the account's next
 * qts, in the update and the log, as updates for bots do.
 */
int sim_push(struct sim_account *a, union tl_Update *update, bool counts);

/* Fills *err and returns TOBS_ERPC. */
int sim_refuse(struct tobs_err *err, int status, const char *name);

/* ---- messages ---- */

struct sim_post {
	int64_t from; /* the user who writes */
	int64_t to;   /* a user, basic group or channel; `from` itself: Saved Messages */
	int64_t as;   /* 0: as oneself; the chat itself (anonymous) or a channel of one's own */
	int32_t date; /* 0: now */
	/*
	 * What is said: message, entities, media, reply_markup, reply_to,
	 * fwd_from, via_bot_id, grouped_id, effect, ttl_period, silent,
	 * noforwards, invert_media …; id, date, from_id, peer_id, out, post are
	 * filled in. Ids in reply_to are those of the history of *ret.
	 */
	const struct tl_message *draft;
	/* Or a service message: what was done. */
	const union tl_MessageAction *action;
	const union tl_MessageReplyHeader *reply_to; /* of a service message */
	/*
	 * For loaders: nobody is told, nothing counts as unread, and nothing is
	 * checked; `from` may be 0 (a post of the channel itself), and `id`, if not
	 * 0, is the id in the history of *ret (TOBS_EEXISTS when it is taken).
	 */
	bool quietly;
	int32_t id;
};

struct sim_sent {
	struct sim_history *history; /* the writer's; when it has no account, the first reader's */
	const union tl_Message *message;
	int32_t id;
	int32_t pts;
};

/*
 * Posts. A post in a channel with a discussion group appears there, too. *ret
 * may be NULL.
 *
 * 400 PEER_ID_INVALID: nobody is there, or nobody who would see it.
 * 403 CHAT_WRITE_FORBIDDEN, 403 USER_IS_BLOCKED, 400 MESSAGE_EMPTY,
 * 400 MESSAGE_TOO_LONG, 400 SEND_AS_PEER_INVALID, 400 TOPIC_CLOSED.
 */
int sim_post(struct sim_world *w, const struct sim_post *post, struct sim_sent *ret,
	struct tobs_err *err);

/* Whether this user may write there: NULL, or the name of the error. */
const char *sim_may_write(const struct sim_world *w, int64_t user, int64_t to);

/* Whether a bot in a group sees a message there: all do that are admins or have no privacy mode. */
bool sim_bot_sees(const struct sim_account *bot, const struct sim_chat *chat,
	const union tl_Message *m, bool reply_to_bot);

struct sim_edit {
	int64_t actor;
	const struct tl_message *draft;
	bool text;    /* message and entities are replaced */
	bool media;   /* media is (NULL takes it away) */
	bool markup;  /* reply_markup is (NULL takes it away) */
	bool quietly; /* without edit_date */
};

/*
 * 400 MESSAGE_ID_INVALID, 403 MESSAGE_AUTHOR_REQUIRED, 400 MESSAGE_NOT_MODIFIED,
 * 400 MESSAGE_EMPTY.
 */
int sim_edit(struct sim_history *h, int32_t id, const struct sim_edit *edit, struct tobs_err *err);

/*
 * Deletes; ids that do not exist are passed over. `revoke` takes the messages
 * away from the others in private chats and basic groups, too; in channels that
 * is always so. *ret_deleted (may be NULL) counts. 403 MESSAGE_DELETE_FORBIDDEN.
 */
int sim_delete(struct sim_history *h, int64_t actor, const int32_t *ids, size_t count, bool revoke,
	size_t *ret_deleted, struct tobs_err *err);

/* Pins or unpins; `tell`: with the service message. 400 MESSAGE_ID_INVALID, 400 CHAT_ADMIN_REQUIRED. */
int sim_pin(
	struct sim_history *h, int64_t actor, int32_t id, bool on, bool tell, struct tobs_err *err);

/* Counts views of posts; TOBS_OK also for messages that have none. */
int sim_count_views(struct sim_history *h, const int32_t *ids, size_t count);

/* ---- reactions and votes ---- */

/*
 * Puts these in place of all the reactions `actor` gave the message.
 * 400 MESSAGE_ID_INVALID, 400 REACTION_INVALID (not allowed there), 400
 * MESSAGE_NOT_MODIFIED.
 */
int sim_react(struct sim_history *h, int64_t actor, int32_t id,
	const union tl_Reaction *const *reactions, size_t count, struct tobs_err *err);

/*
 * Votes for the answers whose bits are set, taking back an earlier vote.
 * 400 MESSAGE_ID_INVALID, 400 MESSAGE_POLL_CLOSED, 400 OPTION_INVALID, 400
 * OPTIONS_TOO_MUCH, 400 REVOTE_NOT_ALLOWED (a quiz).
 */
int sim_vote_for(
	struct sim_history *h, int64_t actor, int32_t id, uint64_t chosen, struct tobs_err *err);

/* ---- the chat list ---- */

/* Everything up to max_id is read. The others see it in private chats and basic groups. */
int sim_read(struct sim_account *a, int64_t peer, int32_t max_id);

int sim_dialog_pin(struct sim_account *a, int64_t peer, bool on);
int sim_dialog_move(struct sim_account *a, int64_t peer, int32_t folder);
int sim_dialog_mark(struct sim_account *a, int64_t peer, bool unread);
int sim_dialog_draft(struct sim_account *a, int64_t peer, const union tl_DraftMessage *draft);

/* 400 PEER_ID_INVALID. A bot is told that it was stopped or started again. */
int sim_block(struct sim_account *a, int64_t peer, bool on, struct tobs_err *err);
bool sim_blocks(const struct sim_account *a, int64_t peer);

/* ---- chats and who is in them ---- */

enum sim_way { SIM_CAME, SIM_BY_LINK, SIM_BY_REQUEST };

/*
 * `user` comes in: added by `actor`, or alone (actor == user) in one of the ways.
 * 400 USER_ALREADY_PARTICIPANT, 403 CHAT_WRITE_FORBIDDEN (the actor may not
 * add), 400 CHANNELS_TOO_MUCH is not simulated, 400 USER_BANNED_IN_CHANNEL.
 */
int sim_join(
	struct sim_chat *c, int64_t actor, int64_t user, enum sim_way way, struct tobs_err *err);

/*
 * Somebody asks to be let in; bots that may let them in are told. 400
 * USER_ALREADY_PARTICIPANT, 400 USER_BANNED_IN_CHANNEL, 400 INVITE_REQUEST_SENT.
 */
int sim_ask_in(struct sim_chat *c, int64_t user, struct tobs_view about, struct tobs_err *err);

/*
 * Sets what a member is: promoted, restricted, banned, left (actor == user),
 * removed. 400 USER_NOT_PARTICIPANT, 400 CHAT_ADMIN_REQUIRED, 400
 * USER_CREATOR (nobody changes the creator).
 */
int sim_member_change(
	struct sim_chat *c, int64_t actor, const struct sim_member *member, struct tobs_err *err);

/*
 * A new chat with its first service message, made by `creator`, with others in
 * it. Errors as sim_chat_add().
 */
int sim_chat_found(struct sim_world *w, int64_t creator, const struct sim_chat_args *args,
	const int64_t *users, size_t count, struct sim_chat **ret, struct tobs_err *err);

/* 400 CHAT_ADMIN_REQUIRED, 400 CHAT_NOT_MODIFIED, 400 CHAT_TITLE_EMPTY. */
int sim_set_title(struct sim_chat *c, int64_t actor, struct tobs_view title, struct tobs_err *err);
int sim_set_about(struct sim_chat *c, int64_t actor, struct tobs_view about, struct tobs_err *err);

/* NULL takes the photo away. */
int sim_set_photo(
	struct sim_chat *c, int64_t actor, const union tl_Photo *photo, struct tobs_err *err);

/* Makes a basic group a supergroup. 400 CHAT_ADMIN_REQUIRED, 400 CHAT_NOT_MODIFIED (it is one). */
int sim_migrate(struct sim_chat *group, int64_t actor, struct sim_chat **ret, struct tobs_err *err);

/*
 * A new topic; *ret_id is its id. icon_color 0: one of Telegram's.
 * 400 CHANNEL_FORUM_MISSING, 400 CHAT_ADMIN_REQUIRED.
 */
int sim_topic_open(struct sim_chat *c, int64_t actor, const struct sim_topic *topic,
	int32_t *ret_id, struct tobs_err *err);

/* Title, icon, closed, hidden as in *topic; tells what is different. 400 TOPIC_ID_INVALID. */
int sim_topic_change(
	struct sim_chat *c, int64_t actor, const struct sim_topic *topic, struct tobs_err *err);

/* A member as the schema says it, for channels and basic groups. NULL: no memory. */
const union tl_ChannelParticipant *sim_channel_participant(
	const struct sim_chat *c, const struct sim_member *m, struct tobs_arena *arena);
const union tl_ChatParticipant *sim_chat_participant(
	const struct sim_member *m, struct tobs_arena *arena);

#endif
