/* SPDX-License-Identifier: MIT */
/* A run's inside: what its chats share (export.c), and one chat from its plan to its files (chat.c). */
#ifndef EXPORT_RUN_H
#define EXPORT_RUN_H

#include "export/export.h"
#include "export/pace.h"
#include "export/plan.h"
#include "export/render.h"
#include "export/sink.h"

struct run {
	struct tobs_client *client;
	const struct export_options *options;
	struct export_report *report;
	struct plan plan;
	struct sink *sink;
	struct pace pace;
	size_t next; /* chat to be taken up */
	int64_t now; /* s since 1970 when it began */
	int64_t no;  /* of the run, in the archive */
	int64_t takeout;
	ARRAY_OF(const struct tl_messageRange *) splits; /* of the takeout */
	struct tobs_reply takeout_reply;
	int64_t waited_us, waits_until; /* tobs_now() */
	int failure;                    /* that ends the whole run */
	struct tobs_err err;
};

/* Fetches a chat into the archive. Failures are in its report, fatal ones returned. Waits. */
int run_chat(struct run *run, size_t index, struct tobs_err *err);

/*
 * Writes the files of a chat that was fetched. Only when all of them are: chats
 * link to one another, and name people that were first met elsewhere. Waits.
 */
int run_write_chat(struct run *run, size_t index, struct tobs_err *err);

/* ---- the output folder (files.c) ---- */

/* Makes the folder and opens its archive; in a dry run one that is not there is NULL. Waits. */
int run_open(const struct run *run, struct archive **ret, struct tobs_err *err);
void run_close(struct archive *a);

/* Writes DIR/.tobs/last-run.json. Waits. */
int run_write_last(struct run *run, const struct tobs_buf *json, struct tobs_err *err);

/* Write the files of a chat, and the list of all chats, from the archive. Wait. */
int run_render_chat(struct run *run, int64_t chat, struct render_result *ret, struct tobs_err *err);
int run_render_index(struct run *run, struct tobs_err *err);

/* The same for chats that are not of this run, but whose files can say more now: those that speak of its chats. */
int run_render_others(struct run *run, struct tobs_err *err);

void run_tell(const struct run *run, enum export_event_kind kind, size_t index, const char *text);

/*
 * Asks for a takeout session, if it is wanted: gentler limits for exports. When
 * it is refused the run goes on without, and says so. Waits.
 */
int run_begin_takeout(struct run *run, struct tobs_err *err);
void run_end_takeout(struct run *run, bool success);

#endif
