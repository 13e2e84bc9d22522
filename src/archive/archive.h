/* SPDX-License-Identifier: MIT */
/*
 * The archive: what was fetched, in one SQLite file below the output folder.
 * docs/archive.md describes its tables; this is how the program uses them.
 *
 *     fetch, import ──► archive_batch ──► archive_write() ──► DIR/.tobs/archive.db
 *                                                                     │
 *     render, search, stats ◄── cursors, names, lists ◄───────────────┘
 *
 * Everything goes in by batches: a page of messages, the people in it and the
 * interval of ids it completes are one transaction. Nothing else is needed to
 * make the archive correct at any instant: an id lies in an interval exactly
 * when its message, if there is one, is in the archive.
 *
 * Calls work at once and may wait for the disk, so on a fiber they belong on the
 * worker pool. An archive is used by one thread at a time: the fiber that owns
 * it waits for each call before it makes the next. For reading beside a writer
 * open a second one, read only.
 *
 * Peers are Bot API ids (tobs_peer_mark()), times are seconds since 1970, text
 * offsets are UTF-16 units. Strings are UTF-8 views; JSON is compact.
 */
#ifndef ARCHIVE_ARCHIVE_H
#define ARCHIVE_ARCHIVE_H

#include <stdbool.h>
#include <stdint.h>
#include <tobs/arena.h>
#include <tobs/err.h>
#include <tobs/view.h>

#include "base/array.h"

struct archive;
struct sqlite;

/* ---- records: the rows of docs/archive.md ---- */

enum archive_message_flag {
	ARCHIVE_OUT = 1,
	ARCHIVE_PINNED = 2,
	ARCHIVE_SILENT = 4,
	ARCHIVE_POST = 8,
	ARCHIVE_DELETED = 16,
	ARCHIVE_SERVICE = 32,
	ARCHIVE_PROTECTED = 64,
	ARCHIVE_SPOILER = 128,
	ARCHIVE_MENTIONED = 256,
	ARCHIVE_CAPTION_ABOVE = 512,
	ARCHIVE_SCHEDULED = 1024,
};

struct archive_reaction {
	struct tobs_view reaction; /* emoji, "custom:<id>", "paid" */
	int32_t count;
	bool chosen;
};

struct archive_message {
	int32_t id;
	uint32_t flags;
	int64_t date;
	int64_t edited; /* 0: never, or hidden */
	int64_t sender; /* 0: none */
	int32_t topic;  /* 0: none */
	int64_t album;  /* 0: none */
	struct tobs_view text;
	struct tobs_view entities; /* JSON array; empty without */
	struct tobs_view data;     /* JSON object; empty without */

	/* Rows of other tables that belong to it. */
	const struct archive_reaction *reactions;
	uint32_t reaction_count;
	bool has_poll, poll_closed;
	int32_t poll_voters;
	struct tobs_view poll_answers; /* JSON array */
	struct tobs_view action;       /* service message: its name; empty otherwise */
	struct tobs_view action_data;  /* JSON object */
};

enum archive_peer_kind {
	ARCHIVE_USER,
	ARCHIVE_BOT,
	ARCHIVE_GROUP,
	ARCHIVE_SUPERGROUP,
	ARCHIVE_FORUM,
	ARCHIVE_CHANNEL,
};

enum archive_peer_flag {
	ARCHIVE_PEER_DELETED = 1, /* account */
	ARCHIVE_PEER_VERIFIED = 2,
	ARCHIVE_PEER_PREMIUM = 4,
	ARCHIVE_PEER_SCAM = 8,
	ARCHIVE_PEER_PROTECTED = 16, /* forwarding and saving are forbidden */
	ARCHIVE_PEER_MIN = 32,       /* seen in passing: does not replace what is known */
};

struct archive_peer {
	int64_t id;
	enum archive_peer_kind kind;
	uint32_t flags;
	struct tobs_view name;        /* title, or first and last name */
	struct tobs_view first, last; /* of people */
	struct tobs_view username;
};

/* Photos and documents; identity is (photo, id). */
struct archive_file {
	bool photo;
	int64_t id;
	int64_t access_hash;
	struct tobs_view reference;   /* bytes */
	struct tobs_view size_letter; /* of a photo's largest size */
	int dc;
	int64_t size;
	struct tobs_view mime, name;
};

struct archive_topic {
	int32_t id;
	int64_t creator;
	int64_t date;
	int64_t icon_emoji; /* 0: none */
	int32_t icon_color;
	int32_t position; /* among pinned ones from 1; 0: not pinned */
	bool closed, hidden;
	struct tobs_view title;
	struct tobs_view file; /* its name below the chat's folder, without ending; chosen once */
};

/* A chat that is exported. `no` numbers it within this archive. */
struct archive_chat {
	int32_t no;
	int64_t id;       /* marked peer */
	int64_t linked;   /* discussion group or its channel; 0: none */
	int64_t migrated; /* the basic group it came from; 0: none */
	int32_t members, top, count;
	int64_t synced;
	enum archive_peer_kind kind;
	struct tobs_view title, username, about;
	struct tobs_view pinned; /* JSON list of message ids */
	struct tobs_view folder; /* its directory below DIR; chosen once */
	/*
	 * The smallest message id whose rendering may differ from what was last
	 * written to files; INT32_MAX when the files are up to date, 0 when the
	 * chat itself is new or changed (title, username, about, pinned, linked,
	 * migrated), and less or more when a chat came that its files speak of.
	 * Lowered by whatever writes, reset by archive_rendered().
	 */
	int32_t stale;
	int64_t version; /* goes up with each change that concerns stale */
};

/* ---- opening ---- */

struct archive_options {
	bool read_only;
	bool existing; /* TOBS_ENOTFOUND instead of creating one */
};

/*
 * Opens DIR/.tobs/archive.db, creating folder and file (0700, 0600) when there
 * is none, and brings it up to today's schema. A writable archive is locked for
 * this process: TOBS_ELOCKED names the holder. What sqlite_open() returns
 * otherwise, in words that name the path.
 */
int archive_open(struct archive **ret, const char *dir, const struct archive_options *options,
	struct tobs_err *err);
void archive_close(struct archive *a); /* NULL is fine */
const char *archive_dir(const struct archive *a);

/* For what this header does not offer (search, stats). Read only, please. */
struct sqlite *archive_db(struct archive *a);

/* ---- writing ---- */

struct archive_interval {
	int32_t chat;  /* no */
	int32_t topic; /* 0: the whole chat */
	int32_t first, last;
};

/* What became of the messages of a batch. */
struct archive_counts {
	int64_t added, edited, same, deleted;
};

struct archive_batch_message {
	int32_t chat; /* no */
	struct archive_message m;
	struct archive_counts
		*counts; /* the caller's, added to once it is committed; may be NULL */
};

/*
 * Ids that the batch proves: all that exist among them are in it or in the
 * archive. With `again` they were fetched anew and `ids` (ascending) are all
 * that exist: what the archive has beside them gets ARCHIVE_DELETED.
 */
struct archive_batch_interval {
	struct archive_interval range;
	bool again;
	const int32_t *ids;
	uint32_t count;
	struct archive_counts *counts; /* as above */
};

/*
 * What goes into the archive together. What its records point to lives in
 * `arena`, and the arrays are its own (ARRAY_PUSH), so it can be filled on the
 * loop and written on a worker.
 */
struct archive_batch {
	struct tobs_arena arena;
	int64_t seen; /* when it was fetched; 0: when it is written */
	ARRAY_OF(struct archive_batch_message) messages;
	ARRAY_OF(struct archive_peer) peers;
	ARRAY_OF(struct archive_file) files;
	ARRAY_OF(struct archive_batch_interval) intervals;
};

void archive_batch_init(struct archive_batch *b, size_t max_bytes);
void archive_batch_clear(struct archive_batch *b); /* keeps memory for the next use */
void archive_batch_deinit(struct archive_batch *b);

/*
 * One transaction. A message that is there already is compared: unchanged ones
 * cost a look, others are replaced as a whole, also by less than they had. One
 * whose text or entities differ, or whose `data` differs and `edited` too,
 * leaves what it was in `edits`; all else that changes (views, reactions, votes,
 * flags, a preview that arrives late) is no edit. A message marked deleted that
 * comes again is no longer. Peers and files are updated, names remembered,
 * intervals merged. On failure nothing is written or counted, and the same
 * batch may be tried again.
 *
 * TOBS_EINVAL: a chat of which the archive has no row. Messages may come in any
 * order; ascending order of chat and id is the fast one.
 */
int archive_write(struct archive *a, const struct archive_batch *b, struct tobs_err *err);

/*
 * The smallest id of the chat whose message is of `date` or later, as far as the
 * archive has it; INT32_MAX when there is none. Looked for from the end, so a
 * recent date is quick; a message that stands a thousand places too early by its
 * date is not found.
 */
int archive_since(
	struct archive *a, int32_t chat, int64_t date, int32_t *ret_id, struct tobs_err *err);

/*
 * Finds or makes the chat of this peer; fields other than no, folder, stale and
 * version are taken over. A new chat's folder is made from its title and is
 * unique without regard to case. The views in *ret live as long as `arena`.
 */
int archive_chat_put(struct archive *a, const struct archive_chat *chat, struct tobs_arena *arena,
	struct archive_chat *ret, struct tobs_err *err);
/* The same for a topic of a chat; `file` is chosen when it is new. */
int archive_topic_put(
	struct archive *a, int32_t chat, const struct archive_topic *topic, struct tobs_err *err);

/*
 * The ranges within [first, last] that no interval covers, ascending, in
 * `arena`. Intervals of the whole chat cover its topics too.
 */
int archive_gaps(struct archive *a, int32_t chat, int32_t topic, int32_t first, int32_t last,
	struct tobs_arena *arena, struct archive_interval **ret, size_t *ret_count,
	struct tobs_err *err);

/* ---- runs and failures ---- */

int archive_run_begin(struct archive *a, struct tobs_view arguments, int64_t now, int64_t *ret_run,
	struct tobs_err *err);
int archive_run_end(struct archive *a, int64_t run, struct tobs_view result_json, int64_t now,
	struct tobs_err *err);
/* Why a target failed; with TOBS_OK it succeeded, and its earlier failures are forgotten. */
int archive_failure(struct archive *a, int64_t run, struct tobs_view target, int code,
	struct tobs_view message, struct tobs_err *err);
/* An account that fills the archive. */
int archive_account_put(struct archive *a, int64_t id, struct tobs_view name,
	struct tobs_view username, struct tobs_err *err);

/* ---- reading ---- */

/* All chats, by title; in `arena`. */
int archive_chats(struct archive *a, struct tobs_arena *arena, struct archive_chat **ret,
	size_t *ret_count, struct tobs_err *err);
/* By marked peer id; TOBS_ENOTFOUND. */
int archive_chat_get(struct archive *a, int64_t id, struct tobs_arena *arena,
	struct archive_chat *ret, struct tobs_err *err);
int archive_topics(struct archive *a, int32_t chat, struct tobs_arena *arena,
	struct archive_topic **ret, size_t *ret_count, struct tobs_err *err);

/* Messages of a chat in ascending order of ids. Caller's memory; {0}, then _open. */
struct archive_cursor {
	struct archive *archive;
	struct sqlite_stmt *messages, *reactions, *polls, *actions;
	int64_t end;                                   /* the last key wanted */
	int64_t next_reaction, next_poll, next_action; /* keys of the rows they stand on */
	struct tobs_arena arena;                       /* strings of the message's reactions */
	ARRAY_OF(struct archive_reaction) list;
	bool ahead; /* it stands on a message that was not given yet */
	bool ended;
};

/*
 * From id `first` on, up to `last`; of one topic only, unless `topic` is 0. Other
 * cursors may be open at the same time; nothing may be written meanwhile.
 */
int archive_cursor_open(struct archive *a, struct archive_cursor *c, int32_t chat, int32_t first,
	int32_t last, int32_t topic, struct tobs_err *err);
/* TOBS_ENOTFOUND after the last. The message is valid until the next call. */
int archive_cursor_next(
	struct archive_cursor *c, struct archive_message *ret, struct tobs_err *err);
void archive_cursor_close(struct archive_cursor *c);

/* One message; TOBS_ENOTFOUND. Its strings are in `arena`. */
int archive_message_get(struct archive *a, int32_t chat, int32_t id, struct tobs_arena *arena,
	struct archive_message *ret, struct tobs_err *err);

/*
 * The same for a quotation of it, in a third of the time: without its reactions,
 * and of its poll or action it knows only when it has no text.
 */
int archive_message_glance(struct archive *a, int32_t chat, int32_t id, struct tobs_arena *arena,
	struct archive_message *ret, struct tobs_err *err);

/*
 * The name and username a peer had at `date`, as far as known (the first one
 * we saw for anything earlier), so that later renames do not change what was
 * written before. Cached; views live until the next call. TOBS_ENOTFOUND.
 */
struct archive_name {
	struct tobs_view name, username;
	enum archive_peer_kind kind;
};
int archive_name(struct archive *a, int64_t peer, int64_t date, struct archive_name *ret,
	struct tobs_err *err);

struct archive_file_state {
	struct archive_file file;
	struct tobs_view path; /* below DIR; empty: not downloaded */
	bool complete;
	struct tobs_view error; /* why not, in words; empty: not tried */
};
/* TOBS_ENOTFOUND. Views live until the next call. */
int archive_file_get(struct archive *a, bool photo, int64_t id, struct archive_file_state *ret,
	struct tobs_err *err);

/* ---- what was rendered ---- */

/* A file that was written: enough to write only what changed the next time. */
struct archive_render {
	struct tobs_view path; /* below DIR */
	struct tobs_view
		settings; /* what else its content depends on: layout, flavour, zone, version */
	int64_t size, mtime_ns; /* as left on disk: a file changed by hand is written anew */
	uint8_t sha256[32];
	struct tobs_view checkpoints; /* the renderer's own, opaque */
};

int archive_render_get(struct archive *a, struct tobs_view path, struct tobs_arena *arena,
	struct archive_render *ret, struct tobs_err *err); /* TOBS_ENOTFOUND */

/*
 * A file says something of a message of `peer`, a chat that is not in the
 * archive. When that comes, archive_chat_put() makes `chat` (its number) stale
 * from message `first` on.
 */
struct archive_mention {
	int64_t peer;
	int32_t chat, first;
};

/* Remembers them, in one transaction; before archive_rendered(). */
int archive_mentions(
	struct archive *a, const struct archive_mention *list, size_t count, struct tobs_err *err);

/*
 * The files of a chat are on disk: stores their rows and, unless something was
 * written to the chat since `seen` was read, sets its stale mark to INT32_MAX;
 * in one transaction. Of *seen only no and version count: take it as
 * archive_chats() or archive_chat_get() gave it before the first message was read.
 * With NULL the files are of no chat, and only their rows are stored.
 */
int archive_rendered(struct archive *a, const struct archive_chat *seen,
	const struct archive_render *files, size_t count, struct tobs_err *err);

#endif
