/* SPDX-License-Identifier: MIT */
/*
 * The archive as Markdown files.
 *
 *     DIR/index.md                         every chat
 *     DIR/<Chat>/index.md                  its card
 *     DIR/<Chat>/<Chat>.md                 its messages
 *     DIR/<Chat>/topics/<Topic>.md         of a forum, instead
 *
 * Files are a function of the archive and the options, and are put in place as a
 * whole: written beside, brought to the disk, renamed. One whose content is the
 * same already is not touched. Where only the end of a chat changed, the
 * beginning is taken over from the file that is there.
 *
 * A file that somebody changed by hand is not lost: it is kept under a name that
 * ends in "(changed by hand)" before ours takes its place.
 *
 * Calls work at once: on a fiber they belong on the worker pool.
 */
#ifndef EXPORT_RENDER_H
#define EXPORT_RENDER_H

#include "archive/archive.h"
#include "base/zone.h"
#include "export/words.h"
#include "md/flavour.h"

struct render_options {
	enum md_flavour flavour;
	enum word_language language;
	const struct zone *zone; /* of the times shown */
	const char
		*zone_name; /* what it was asked for by: files are written anew when it changes */
};

struct render_result {
	int64_t written;   /* files whose content is new */
	int64_t unchanged; /* files that were right already */
	int64_t kept;      /* files changed by hand that were put aside */
};

/*
 * The files of one chat, by its marked peer id; *ret is added to. TOBS_ENOTFOUND
 * for a chat that is not in the archive, TOBS_EPERM, TOBS_ENOSPC, TOBS_EIO,
 * TOBS_ENOMEM, and what the archive returns; the old files are then as they were.
 */
int render_chat(struct archive *a, int64_t chat, const struct render_options *options,
	struct render_result *ret, struct tobs_err *err);

/*
 * The chats whose files are not what the archive says, but for those with an id
 * in `except`: of a chat that became a supergroup, that. In `arena`. What the
 * archive returns; TOBS_ENOMEM.
 */
int render_stale(struct archive *a, const int64_t *except, size_t except_count,
	struct tobs_arena *arena, int64_t **ret, size_t *ret_count, struct tobs_err *err);

/* DIR/index.md. Errors as above. */
int render_index(struct archive *a, const struct render_options *options, struct render_result *ret,
	struct tobs_err *err);

#endif
