/* SPDX-License-Identifier: MIT */
/*
 * Fetching ranges of a chat's history, many pages at once.
 *
 *     slots (what to ask for) ─► fibers, as many as pace allows ─► in order ─► sink
 *
 * Telegram answers a page of 100 messages after a round trip, so one page at a
 * time spends its life waiting. Here each page is a fiber; what they bring is
 * handed on in ascending order of ids.
 */
#ifndef EXPORT_FETCH_H
#define EXPORT_FETCH_H

#include <tobs/client.h>

#include "export/pace.h"
#include "export/sink.h"
#include "export/slots.h"

struct fetch {
	struct tobs_client *client;
	struct pace *pace; /* shared by all that is fetched at once */
	struct sink *sink;
	struct tobs_peer peer;
	int32_t chat;                        /* its number in the archive */
	double density;                      /* a guess: messages an id; 0: none */
	bool again;                          /* the ranges were fetched before: see sink_page */
	int64_t takeout;                     /* id of a takeout session; 0: none */
	const struct tl_messageRange *split; /* within it; NULL: not split */
	struct archive_counts *counts;

	/* Called for each page that arrived; may be NULL. */
	void (*arrived)(void *user, uint32_t messages);
	void *user;
};

/* A page of up to SLOT_PAGE messages, and where it begins: as messages.getHistory counts. */
struct fetch_offset {
	int32_t id, date, add;
};

/*
 * One page. With `id` F and `add` -SLOT_PAGE it is the oldest messages from F on,
 * with 0, 0, 0 the newest. *ret lives in `reply`. Errors as tobs_call().
 */
int fetch_page(const struct fetch *f, const struct fetch_offset *offset, int32_t limit,
	struct tobs_reply *reply, const union tl_messages_Messages **ret, struct tobs_err *err);

/*
 * All messages of the ranges, which are ascending and disjoint. What was put into
 * the sink before a failure is good and will be committed. Errors as tobs_call()
 * and sink_put(). Waits.
 */
int fetch_ranges(
	const struct fetch *f, const struct slot_range *ranges, size_t count, struct tobs_err *err);

#endif
