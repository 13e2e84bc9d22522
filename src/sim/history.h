/* SPDX-License-Identifier: MIT */
/*
 * Messages: in histories, by id, in pages, found by a search.
 */
#ifndef SIM_HISTORY_H
#define SIM_HISTORY_H

#include "sim/world.h"

/* ---- what every kind of message has ---- */

int32_t sim_message_id(const union tl_Message *m);
int32_t sim_message_date(const union tl_Message *m); /* 0 for messageEmpty */
int64_t sim_message_from(const union tl_Message *m); /* marked peer, or 0 */
const union tl_MessageReplyHeader *sim_message_reply(const union tl_Message *m); /* or NULL */

/* What kinds of content a message has; the filters of messages.search, or'ed. */
enum sim_class {
	SIM_PHOTO = 1 << 0,
	SIM_VIDEO = 1 << 1,
	SIM_DOCUMENT = 1 << 2,
	SIM_URL = 1 << 3,
	SIM_GIF = 1 << 4,
	SIM_VOICE = 1 << 5,
	SIM_MUSIC = 1 << 6,
	SIM_CHAT_PHOTO = 1 << 7,
	SIM_PHONE_CALL = 1 << 8,
	SIM_MISSED_CALL = 1 << 9,
	SIM_ROUND = 1 << 10,
	SIM_MENTION = 1 << 11,
	SIM_GEO = 1 << 12,
	SIM_CONTACT = 1 << 13,
	SIM_PINNED = 1 << 14,
	SIM_POLL = 1 << 15,
	SIM_STICKER = 1 << 16,
};

uint32_t sim_message_classes(const union tl_Message *m);

/*
 * The classes a MessagesFilter asks for: one of them is enough. 0 for
 * inputMessagesFilterEmpty, and *ret_known false for one that is not known.
 */
uint32_t sim_filter_classes(const union tl_MessagesFilter *f, bool *ret_known);

/* ---- histories ---- */

/*
 * The history of `peer` as the account sees it: the channel's own, or the
 * account's of a private chat or basic group. NULL when there is none.
 */
struct sim_history *sim_history(const struct sim_account *a, int64_t peer);

/* The same, made when it is not there yet, with its dialog. TOBS_ENOTFOUND: no such peer. */
int sim_history_open(struct sim_account *a, int64_t peer, struct sim_history **ret);

struct sim_dialog *sim_dialog(const struct sim_account *a, int64_t peer);
int sim_dialog_open(struct sim_account *a, int64_t peer, struct sim_dialog **ret);

/* Gives a new, empty history a source; it must be owned by the world. */
int sim_history_source(struct sim_history *h, const struct sim_source *s);

int32_t sim_history_count(const struct sim_history *h);
int32_t sim_history_top(const struct sim_history *h); /* the newest id; 0 when empty */

/*
 * Adds a message: `m` and all it points to live as long as the world; its id
 * and date are set. Brings it into its thread, the pinned ones, the id space.
 * TOBS_EEXISTS for an id that is taken in the history, TOBS_EINVAL for one
 * within those of the source, TOBS_ENOMEM.
 */
int sim_history_add(struct sim_history *h, union tl_Message *m);

/* Takes a message out. TOBS_ENOTFOUND, TOBS_ENOMEM. */
int sim_history_remove(struct sim_history *h, int32_t id);

/* Puts `m` (in memory of the world) in the place of the message with its id. */
int sim_history_replace(struct sim_history *h, union tl_Message *m);

/*
 * The message as it is kept, or made into `arena` when it comes from a source;
 * NULL when there is none, or no memory for it.
 */
const union tl_Message *sim_history_get(
	const struct sim_history *h, int32_t id, struct tobs_arena *arena);

/* The same by its index in h->list, which must be one. NULL: no memory. */
const union tl_Message *sim_history_at(
	const struct sim_history *h, int32_t index, struct tobs_arena *arena);

/* A copy in the world's memory that can be changed and put back with sim_history_replace(). */
union tl_Message *sim_history_edit(struct sim_history *h, int32_t id);

/* The history that holds message `id` of an account's own id space, or NULL. */
struct sim_history *sim_box_find(struct sim_box *box, int32_t id);

/* The next free id of a box, at least `least`; TOBS_ETOOBIG when there are none left. */
int sim_box_next(struct sim_box *box, int32_t least, int32_t *ret);

/* Whether an id is given out in a box, to any history. */
bool sim_box_taken(struct sim_box *box, int32_t id);

/*
 * The thread a message belongs to: in a forum its topic (SIM_GENERAL_TOPIC when
 * it says nothing), otherwise the message at the root of its replies; 0: none.
 */
int32_t sim_message_top(const struct sim_history *h, const union tl_Message *m);

/*
 * Replies to a message that starts no thread of its own belong to the thread of
 * that message: sets reply_to_top_id (and forum_topic) where the schema has
 * them. For messages that come without.
 */
void sim_message_thread(struct sim_history *h, union tl_Message *m);

/* The list of a thread or topic; NULL when it has no messages. */
const struct sim_list *sim_thread(
	const struct sim_history *h, int32_t top, struct sim_list *scratch);
int32_t sim_thread_count(const struct sim_history *h, int32_t top);

/* ---- comments ---- */

/* The message in the discussion group under which a channel's post is discussed; 0: none. */
int32_t sim_discussion_of(const struct sim_chat *channel, int32_t post_id);

/* ---- pages ---- */

/*
 * Telegram's arithmetic: of the messages, newest first, skip those with an id
 * of offset_id or more; without one (0) those of offset_date or later (0: none);
 * then add_offset more (fewer when negative), take `limit`; of these, leave out
 * the ids not below max_id and not above min_id (0: no bound). Clients page with
 * id and date of the last message, and many messages may have one date.
 *
 *     newest  9  8  7  6  5  4  3  2  1  oldest
 *                      ↑ offset_id 5: index of the first smaller id, 4
 *       add_offset -3, limit 4 →  index 2 … 5:  7 6 5 4 … from 4-3 on
 *
 * What would lie before the newest is not there: such a page is shorter.
 * first and last (0: no bound) confine everything to a range of ids beforehand,
 * as invokeWithMessagesRange does.
 */
struct sim_slice {
	int32_t offset_id, offset_date, add_offset, limit;
	int32_t max_id, min_id;
	int32_t first, last;
};

struct sim_page {
	struct tl_vec_Message messages; /* newest first, as the account sees them */
	int32_t total;                  /* in the chat, thread or result, whatever the slice */
	int32_t offset;                 /* messages newer than the first of the page */
};

/* What is searched for; the empty one finds everything. */
struct sim_query {
	struct tobs_view text;      /* its words, in any case, at the beginning of words */
	int64_t from;               /* marked peer; 0: anybody */
	uint32_t classes;           /* one of them is enough; 0: any */
	int32_t min_date, max_date; /* s; 0: no bound; both inclusive */
	int32_t top;                /* of a thread or topic; 0: the whole chat */
	int64_t saved_peer;         /* in Saved Messages; 0: any */
};

/*
 * Pages of a history, of a thread in it, and of what a query finds. `viewer`
 * may be NULL: as a stranger sees it. Memory from `arena`. TOBS_ENOMEM.
 *
 * The first two take O(log n + limit). A search looks at everything once; its
 * next pages use what was found, unless the chat changed in between.
 */
int sim_history_page(struct sim_account *viewer, struct sim_history *h,
	const struct sim_slice *slice, struct tobs_arena *arena, struct sim_page *ret);
int sim_thread_page(struct sim_account *viewer, struct sim_history *h, int32_t top,
	const struct sim_slice *slice, struct tobs_arena *arena, struct sim_page *ret);
int sim_search_page(struct sim_account *viewer, struct sim_history *h,
	const struct sim_query *query, const struct sim_slice *slice, struct tobs_arena *arena,
	struct sim_page *ret);

/* How many messages are of that date (s) or later. */
int32_t sim_history_since(const struct sim_history *h, int32_t date);

/* ---- dialogs ---- */

enum { SIM_EVERY_FOLDER = -1 };

struct sim_dialog_slice {
	int32_t folder; /* 0 or 1, or SIM_EVERY_FOLDER */
	bool skip_pinned;
	int32_t offset_date; /* 0: from the start */
	int32_t offset_id;
	int64_t offset_peer;
	int32_t limit;
};

/*
 * The dialogs of a folder: pinned ones in their order, then by the date of the
 * newest message, newest first; those without messages last. Into `ret`, from
 * `arena`; *ret_total counts all of the folder (of those not pinned, when they
 * are skipped). TOBS_ENOMEM.
 */
int sim_dialogs(const struct sim_account *a, const struct sim_dialog_slice *slice,
	struct tobs_arena *arena, struct sim_dialog ***ret, int32_t *ret_count, int32_t *ret_total);

/* ---- search cache; world.c frees it ---- */

void sim_search_free(struct sim_search *s);

#endif
