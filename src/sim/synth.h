/* SPDX-License-Identifier: MIT */
/* The parts of a synthetic chat, for the files that make it. */
#ifndef SIM_SYNTH_H
#define SIM_SYNTH_H

#include "sim/file.h"
#include "sim/history.h"
#include "sim/inner.h"
#include "sim/synth_ids.h"
#include "sim/synth_text.h"
#include "sim/synthetic.h"

enum {
	SYNTH_REPLY_GROUP = 64, /* messages among which replies are dealt out (synth_thread.c) */
	SYNTH_NO_MEDIA = -1,
};

/* What the chats of one spec share. */
struct synth_common {
	struct sim_spec spec;
	struct sim_world *world;
	struct synth_words words;
	const union tl_Peer **senders; /* spec.senders of them */
};

enum synth_role { SYNTH_CHAT, SYNTH_DISCUSSION };

struct synth {
	struct sim_source base;
	struct synth_common *common;
	enum synth_role role;
	uint64_t seed;
	uint32_t serial; /* which source of the world: in the ids of its files */
	int64_t peer, owner;
	const union tl_Peer *tl_peer, *tl_owner;
	const char *title;
	int32_t start;
	int64_t span;  /* seconds from the first to the last message */
	int32_t reply; /* of SYNTH_REPLY_GROUP messages so many reply */
	struct synth_ids ids;
	/* A forum: topic t has the slots before[t] … before[t + 1] of each group of messages. */
	int32_t topics, group, *before, *topic_ids;
	/* A discussion group: of which channel, and comments below each post. */
	struct synth *posts;
	int32_t comments;
};

/* Everything about message `index` but what is in it; cheap. */
struct synth_plan {
	struct prng dice; /* for what follows */
	int32_t sender;   /* slot; private chats: 0 the owner, 1 the other */
	int32_t units;
	int32_t copy_of; /* index of the post it copies; -1 */
	int16_t media;   /* enum sim_media_kind, or SYNTH_NO_MEDIA */
	bool special;    /* the message that created the chat or a topic */
	bool service, reactions, edited, forwarded, entities;
};

void synth_plan(const struct synth *s, int32_t index, struct synth_plan *ret);
int32_t synth_date(const struct synth *s, int32_t index);
int64_t synth_sender(const struct synth *s, const struct synth_plan *plan); /* 0: the channel */
union tl_Message *synth_message(
	const struct sim_source *source, int32_t index, struct tobs_arena *arena);

static inline const struct synth *synth_of(const struct sim_source *s)
{
	return (const struct synth *)(const void *)s;
}

/* The cache in it is no part of what it means. */
static inline struct synth_ids *synth_ids_of(const struct synth *s)
{
	union {
		const struct synth_ids *in;
		struct synth_ids *out;
	} u = { &s->ids };

	return u.out;
}

/* ---- threads: synth_thread.c ---- */

int synth_topics_init(struct synth *s, struct tobs_arena *arena);
int32_t synth_topic_of(const struct synth *s, int32_t index);
int32_t synth_thread_count(const struct sim_source *source, int32_t top);
int32_t synth_thread_rank(const struct sim_source *source, int32_t top, int32_t id);
int32_t synth_thread_id(const struct sim_source *source, int32_t top, int32_t index);

/*
 * The message that message `index` answers, and the thread both are in. In a
 * forum also the topic a message merely belongs to. False: neither.
 */
struct synth_answer {
	int32_t to, top; /* ids; top 0: not said */
	bool in_topic;   /* of a forum, other than General */
};
bool synth_reply(const struct synth *s, int32_t index, const struct synth_plan *plan,
	struct synth_answer *ret);

/* ---- files: synth_media.c ---- */

const union tl_MessageMedia *synth_media(const struct synth *s, int32_t index,
	const struct synth_plan *plan, struct tobs_arena *arena);
bool synth_file(const struct sim_source *source, int64_t id, struct tobs_arena *arena,
	struct sim_file *ret);

#endif
