/* SPDX-License-Identifier: MIT */
/*
 * An export run: chats of an account → archive → files.
 *
 *     targets ─► plan ─► fetch ─────────► sink ─────────► render
 *                 │       pages in flight  one writer      files of the chats
 *                 │       (fetch.h)        (sink.h)        that changed (render.h)
 *                 └─ what is missing: intervals the archive lacks
 *
 * A run is incremental and can be stopped at any instant, by a kill too: what was
 * committed is in the archive, and the next run fetches what is missing.
 *
 * Called on a fiber, with a client that is logged in. Cancelling the fiber stops
 * it in order: what is under way is parked, what was fetched is committed.
 */
#ifndef EXPORT_EXPORT_H
#define EXPORT_EXPORT_H

#include <tobs/client.h>
#include <tobs/err.h>

#include "base/array.h"

struct export_event;
struct render_options; /* render.h */

/* ---- what to export ---- */

enum export_type {
	EXPORT_PRIVATE = 1,
	EXPORT_BOT = 2,
	EXPORT_GROUP = 4, /* basic groups and supergroups */
	EXPORT_FORUM = 8,
	EXPORT_CHANNEL = 16,
	EXPORT_ALL_TYPES = 31,
};

struct export_options {
	const char *dir; /* the output folder; made when it is not there */

	/* What a person wrote to name chats, see tobs_resolve(). */
	const char *const *targets;
	size_t target_count;
	bool all;       /* every chat of the account's list, instead of or beside targets */
	unsigned types; /* of `all`: bits of enum export_type; 0: every type */
	const char *const *exclude; /* chats that `all` leaves out, as targets */
	size_t exclude_count;

	/* Which messages; {0} is everything. Ranges are jumped to, not scanned for. */
	int64_t since, until;   /* unix time: date >= since, date < until; 0: no limit */
	int32_t from_id, to_id; /* 0: no limit */
	int32_t last;           /* at most so many of the newest messages; 0: no limit */

	int refresh_days; /* looks so many days back for edits and deletions; -1: not at all */
	int concurrency;  /* pages in flight at most; 0: EXPORT_CONCURRENCY */
	bool takeout;     /* ask for a takeout session, go on without when it is refused */
	bool dry_run;     /* say how much there is, fetch nothing */
	const struct render_options *render; /* of the files; NULL: archive only */
	const char *arguments;               /* kept with the run; may be NULL */

	/* May be NULL. Called on the run's fibers; must not wait. */
	void (*event)(void *user, const struct export_event *e);
	void *user;
};

enum {
	EXPORT_CONCURRENCY = 24, /* see fetch.h */
	EXPORT_CONCURRENCY_MAX = 64,
	EXPORT_CHATS_AT_ONCE = 8,
	EXPORT_REFRESH_DAYS = 2,
};

/* ---- what it tells while it runs ---- */

enum export_event_kind {
	EXPORT_START,      /* the list of chats is known: `chats` */
	EXPORT_CHAT_START, /* `chat`; its `total` is how many messages are to be fetched, about */
	EXPORT_PROGRESS,   /* `chat` has more `fetched` */
	EXPORT_RENDERING,  /* files of `chat` are being written */
	EXPORT_CHAT_END,   /* `chat` is done or failed */
	EXPORT_NOTE,       /* `text`: something a person should know */
};

struct export_chat_report {
	const char *target; /* as it was named; the title with `all` */
	const char *title;  /* "" while not known */
	int64_t peer;       /* marked id; 0 while not known */
	const char *folder; /* below dir; "" while not known */
	int64_t total;      /* messages to fetch, as far as known; with dry_run, those there are */
	int64_t fetched;    /* that arrived */
	int64_t added, edited, deleted; /* in the archive */
	int64_t pages;                  /* calls for history */
	int64_t files;                  /* written anew */
	int code;                       /* TOBS_OK, or why it failed */
	char message[256];              /* in words */
	bool skipped; /* it cannot be read (private, banned, gone): not worth a retry */
	bool done;
};

struct export_event {
	enum export_event_kind kind;
	size_t index;                          /* of the chat */
	const struct export_chat_report *chat; /* NULL: it is about the whole run */
	size_t chats;
	const char *text;
};

/* ---- how it went ---- */

struct export_report {
	struct tobs_arena arena; /* of the strings */
	ARRAY_OF(struct export_chat_report *) chats;
	int64_t added, edited, deleted, fetched, pages;
	size_t failed; /* chats */
	int64_t wall_ms, wait_ms,
		cpu_ms; /* wait: for flood limits, of all fibers that waited at once */
	bool canceled;
};

void export_report_init(struct export_report *r);
void export_report_deinit(struct export_report *r);

/* The same as JSON, as in DIR/.tobs/last-run.json. */
int export_report_print(const struct export_report *r, struct tobs_buf *out);

/*
 * Runs an export. Returns TOBS_OK also when some chats failed: report->failed.
 *
 * TOBS_ECANCELED  it was stopped; what was fetched is kept
 * TOBS_EAUTH      not logged in (any more)
 * TOBS_ENOSPC, TOBS_EPERM, TOBS_ELOCKED, TOBS_EDB, TOBS_EIO  the output folder
 * TOBS_ENOTFOUND, TOBS_EINVAL  no target can be found at all; err names the first
 * TOBS_ENET, TOBS_ENOMEM, …
 *
 * The report is filled in either way.
 */
int export_run(struct tobs_client *client, const struct export_options *options,
	struct export_report *report, struct tobs_err *err);

#endif
