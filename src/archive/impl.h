/* SPDX-License-Identifier: MIT */
/* What the files of the archive share. */
#ifndef ARCHIVE_IMPL_H
#define ARCHIVE_IMPL_H

#include "archive/archive.h"
#include "archive/seen.h"
#include "base/attr.h"
#include "store/sqlite.h"

/* A name that archive_name() looked up, and for which dates it holds. */
struct name_slot {
	int64_t peer;        /* 0: free */
	int64_t from, until; /* from <= date < until */
	bool known;
	enum archive_peer_kind kind;
	char *text; /* owned: name, then username */
	size_t name_len, username_len;
};

enum { NAME_SLOTS = 2048 };

struct archive {
	struct sqlite *db;
	char *dir;
	int lock; /* file; -1 when reading only */
	bool read_only;

	/* Writing: rows that are known to be as they should, see seen.h. */
	struct seen peers, files;
	int64_t newest; /* date of the newest message in it */

	/* Reading. */
	struct name_slot *names;       /* NAME_SLOTS, made when first needed */
	int64_t names_version;         /* PRAGMA data_version they were read at */
	struct archive_cursor *single; /* of archive_message_get(); made when first needed */
};

/* ---- keys ---- */

static inline int64_t message_key(int32_t chat, int32_t id)
{
	return (int64_t)chat << 32 | (uint32_t)id;
}

static inline int32_t key_id(int64_t key)
{
	return (int32_t)(uint32_t)key;
}

/* ---- small helpers ---- */

/* Rows of one insert: most of its cost is the statement around them; more are no faster. */
enum { ROWS = 16 };

#define TIMES_4(row)  row "," row "," row "," row
#define TIMES_16(row) TIMES_4(row) "," TIMES_4(row) "," TIMES_4(row) "," TIMES_4(row)

/* Now, s since 1970. */
int64_t archive_now(void);

/* Ends a transaction by what happened in it: commits after 0, rolls back otherwise. */
int archive_end(struct archive *a, int r, struct tobs_err *err);

/* A failure of ours, in words that name the file. */
int archive_no_memory(struct archive *a, struct tobs_err *err);

/* The view copied into `arena`; TOBS_ENOMEM. */
int archive_keep(struct tobs_arena *arena, struct tobs_view v, struct tobs_view *ret);

/* ---- within a transaction ---- */

/*
 * Something of the chat changed that shows in its files, from message `from` on.
 * TOBS_EINVAL when there is no such chat.
 */
int chat_changed(struct archive *a, int32_t chat, int32_t from, struct tobs_err *err);

/* Stores the person or chat and remembers its name when it is a new one. */
int peer_put(struct archive *a, const struct archive_peer *p, int64_t seen, struct tobs_err *err);

/* The same where only these parts are known; the others stay. */
int peer_retitle(struct archive *a, int64_t id, enum archive_peer_kind kind, struct tobs_view title,
	struct tobs_view username, struct tobs_err *err);

/*
 * Stores photos and documents. Like peers, these are taken for written at once:
 * if the transaction fails, what was seen is to be forgotten.
 */
int files_put(struct archive *a, const struct archive_file *files, size_t n, struct tobs_err *err);

/* Adds [first, last], joined with what it overlaps or touches. */
int interval_add(struct archive *a, const struct archive_interval *interval, struct tobs_err *err);

/* "user", "bot", …, as in peers.kind. */
struct tobs_view peer_kind_name(enum archive_peer_kind kind);
enum archive_peer_kind peer_kind_of(struct tobs_view name);

/* Forgets what names were read; of one peer, or (0) of all. */
void names_forget(struct archive *a, int64_t peer);

/* Forgets them when somebody else has written since they were read. */
int names_check(struct archive *a, struct tobs_err *err);

#endif
