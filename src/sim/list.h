/* SPDX-License-Identifier: MIT */
/*
 * Ascending message ids with rank and select: what all paging stands on.
 *
 * A list has two parts, either of which may be empty. The first comes from a
 * source that makes messages on demand and keeps none; what was deleted from it
 * is remembered. The second, with larger ids, is stored.
 *
 *     index   0   1   2   3   4 │  5    6
 *     id      1   2   4   5   9 │ 10   12
 *             source, without 7 │ stored
 *             (gone = { 4 })    │
 *
 * rank(id) is the number of ids below `id`, so rank(id(i)) == i, and an id is in
 * the list when id(rank(id)) == id. Both take O(log n); neither depends on the
 * size of a source.
 */
#ifndef SIM_LIST_H
#define SIM_LIST_H

#include <stdbool.h>
#include <stdint.h>
#include <tobs/arena.h>
#include <tobs/tl.h>

#include "base/array.h"

struct sim_source;
struct sim_file;

/* What a search looks at without making the message. */
struct sim_facts {
	int64_t from;     /* marked peer id of the sender; 0 for none */
	int32_t date;     /* Unix time, s */
	uint32_t classes; /* enum sim_class, or'ed */
	bool service;
};

/*
 * What makes messages on demand. The same call gives the same answer in any
 * order of calls. `top` is 0 for the whole chat, otherwise the id of a thread's
 * or topic's first message. An index counts from the oldest.
 */
struct sim_source_ops {
	int32_t (*count)(const struct sim_source *s, int32_t top);
	int32_t (*rank)(const struct sim_source *s, int32_t top, int32_t id);
	int32_t (*id)(const struct sim_source *s, int32_t top, int32_t index);
	/* Of the message with that index in the whole chat: */
	int32_t (*date)(const struct sim_source *s, int32_t index);
	void (*facts)(const struct sim_source *s, int32_t index, struct sim_facts *ret);
	/* Of a discussion group: the message that copies a channel's post; 0: none. May be NULL. */
	int32_t (*copy_of)(const struct sim_source *s, int32_t post_id);
	/* From `arena`, and the caller's to change. NULL: no memory. */
	union tl_Message *(*message)(
		const struct sim_source *s, int32_t index, struct tobs_arena *arena);
	/* The file with this id into *ret; false: not one of this source. */
	bool (*file)(const struct sim_source *s, int64_t id, struct tobs_arena *arena,
		struct sim_file *ret);
	void (*free)(struct sim_source *s);
};

struct sim_source {
	const struct sim_source_ops *ops;
	int32_t count;   /* messages in all */
	int32_t last_id; /* no message has a larger one */
};

struct sim_list {
	const struct sim_source *source; /* borrowed; may be NULL */
	int32_t top;                     /* which of its threads */
	ARRAY_OF(int32_t) gone;          /* indices deleted from the source, ascending */
	ARRAY_OF(int32_t) ids;           /* stored */
};

void sim_list_deinit(struct sim_list *l);

int32_t sim_list_count(const struct sim_list *l);

/* How many ids are smaller. */
int32_t sim_list_rank(const struct sim_list *l, int32_t id);

/* The id at an index from 0 to count-1. */
int32_t sim_list_id(const struct sim_list *l, int32_t index);

bool sim_list_has(const struct sim_list *l, int32_t id);

/*
 * Adds an id that is not in the list. TOBS_EINVAL for one within the ids of the
 * source, TOBS_EEXISTS, TOBS_ENOMEM.
 */
int sim_list_add(struct sim_list *l, int32_t id);

/* TOBS_ENOTFOUND, TOBS_ENOMEM. */
int sim_list_remove(struct sim_list *l, int32_t id);

/* The stored ids below `id`: where it is, or would be, in l->ids. */
size_t sim_list_slot(const struct sim_list *l, int32_t id);

/* How many messages the source still has. */
int32_t sim_list_made(const struct sim_list *l);

/* The index in the source of the message at an index below sim_list_made(). */
int32_t sim_list_source_index(const struct sim_list *l, int32_t index);

#endif
