/* SPDX-License-Identifier: MIT */
/*
 * What Telegram sent, as rows of the archive.
 *
 *     messages.channelMessages ──► from_tl_messages() ──► archive_batch
 *          messages  ─────────────►  messages, files
 *          users, chats  ─────────►  peers
 *
 * docs/archive.md says what becomes of each field; these functions are that page
 * in C. Everything is copied into the batch's arena, so the reply can go at once.
 * Nothing a person sees in a message is dropped: constructors that have no form
 * of their own are kept by name (`unsupported`, an action's `tl`).
 *
 * Pure: no I/O, no waiting; well below a microsecond a message.
 */
#ifndef EXPORT_FROM_TL_H
#define EXPORT_FROM_TL_H

#include <tobs/tl.h>

#include "archive/archive.h"

/*
 * Appends the messages of chat `no` to b->messages, the photos and documents in
 * them to b->files, the users and chats to b->peers. Either vector may be NULL.
 * Empty messages (deleted, or not to be seen) are left out.
 *
 * TOBS_ENOMEM: no memory, or the maximum of the batch's arena is used up;
 * TOBS_ETOOBIG: a message beyond anything Telegram allows (4 MiB). Nothing is
 * appended then.
 */
int from_tl_messages(struct archive_batch *b, int32_t no, const struct tl_vec_Message *messages,
	const struct tl_vec_User *users, const struct tl_vec_Chat *chats, struct tobs_err *err);

/* The users and chats only. */
int from_tl_peers(struct archive_batch *b, const struct tl_vec_User *users,
	const struct tl_vec_Chat *chats, struct tobs_err *err);

/*
 * One of them. Names are views of the object, but for a user with both names,
 * whose full name is made in `arena`. TOBS_ENOTFOUND for empty ones, of which
 * nothing but the id is known.
 */
int from_tl_user(const union tl_User *user, struct tobs_arena *arena, struct archive_peer *ret);
int from_tl_chat(const union tl_Chat *chat, struct archive_peer *ret);

/* The marked id of a Peer; 0 for NULL. */
int64_t from_tl_peer(const union tl_Peer *peer);

/* A topic of a forum; TOBS_ENOTFOUND for a deleted one. `position` is the caller's. */
int from_tl_topic(const union tl_ForumTopic *topic, struct archive_topic *ret);

#endif
