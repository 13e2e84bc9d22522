/* SPDX-License-Identifier: MIT */
/* What a chat is, as the archive keeps it: title, kind, members, about, and the chats it belongs with. */
#ifndef EXPORT_CARD_H
#define EXPORT_CARD_H

#include <tobs/client.h>

#include "archive/archive.h"
#include "export/sink.h"

struct card {
	struct archive_chat chat; /* no, folder, stale, top, count and synced are not set */
	int32_t migrated_top;     /* the last message in the basic group it came from; 0: none */
};

/*
 * Asks for the chat's full information. Strings live in `arena`; the people and
 * chats that come along go into the sink. Errors as tobs_call(); TOBS_ENOTFOUND
 * when the server says nothing about the chat itself.
 */
int card_fetch(struct tobs_client *c, const struct tobs_peer *peer, struct sink *sink,
	struct tobs_arena *arena, struct card *ret, struct tobs_err *err);

/*
 * The topics of a forum, all of them, pinned ones first as clients show them.
 * Names live in `arena`. Errors as tobs_call().
 */
int card_topics(struct tobs_client *c, const struct tobs_peer *peer, struct sink *sink,
	struct tobs_arena *arena, struct archive_topic **ret, size_t *ret_count,
	struct tobs_err *err);

#endif
