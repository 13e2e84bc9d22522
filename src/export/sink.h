/* SPDX-License-Identifier: MIT */
/*
 * Where fetched pages go: gathered into batches, which one fiber writes to the
 * archive, each in one transaction.
 *
 *     pages ──► batch being filled ──► batch being written (on a worker thread)
 *
 * There are two batches. While one is written the other is filled; when both are
 * full whoever brings more waits, which is what slows fetching down to the speed
 * of the disk. A batch goes out when it has SINK_MESSAGES, or is SINK_MS old.
 *
 * The archive is used by one at a time; sink_use() is for everybody else.
 */
#ifndef EXPORT_SINK_H
#define EXPORT_SINK_H

#include <tobs/rt.h>
#include <tobs/tl.h>

#include "archive/archive.h"

enum {
	SINK_MESSAGES = 5000,
	SINK_MS = 200,
	SINK_BATCH_BYTES = 64 << 20, /* at most; a batch that is as full as that goes out */
};

struct sink;

/*
 * Starts the writing fiber. `a` stays the caller's. A dry one drops every page;
 * then the archive may be read only, or NULL when there is none. TOBS_ENOMEM.
 */
int sink_new(struct sink **ret, struct archive *a, bool dry);

/* Ends it, and drops what was not flushed. NULL is fine. Waits. */
void sink_free(struct sink *s);

struct sink_page {
	int32_t chat; /* no */
	const struct tl_vec_Message *messages;
	const struct tl_vec_User *users;
	const struct tl_vec_Chat *chats;
	int32_t first, last; /* ids it proves; messages outside are left out */
	/*
	 * These ids were fetched before: what is in the archive and not in the page was deleted.
	 */
	bool again;
	struct archive_counts *counts; /* the owner's, added to once it is committed; may be NULL */
};

/*
 * Copies a page into a batch. Returns once it has a place there, not when it is
 * written. A failed write is returned by every call from then on. Waits.
 */
int sink_put(struct sink *s, const struct sink_page *page, struct tobs_err *err);

/* Waits until all that was put so far is committed. Waits. */
int sink_flush(struct sink *s, struct tobs_err *err);

/*
 * Calls fn(archive, arg) on a worker thread while nothing else uses the archive,
 * and returns what it returned. TOBS_ECANCELED, TOBS_ETIMEDOUT: it was not called. Waits.
 */
int sink_use(struct sink *s, int (*fn)(struct archive *a, void *arg), void *arg);

#endif
