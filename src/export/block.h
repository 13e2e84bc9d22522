/* SPDX-License-Identifier: MIT */
/*
 * A message as a block of Markdown: docs/output.md shows each kind of message in
 * both flavours, and says how to find the text in a block.
 *
 *     struct archive_message ──► block_write() ──► **Anna** <small>14:03 · @anna</small>
 *                                  │   ▲             Hello!
 *                    block_context ┘   └ block_state
 *                    names, targets,     what came before: who, when
 *                    files
 *
 * Written is a function of the message, what the context answers, the options
 * and the state, and of nothing else: from a kept state it goes on as if it had
 * never stopped. A writer does no I/O of its own; whatever the context does, it
 * does. It keeps memory from message to message, at most a few times the size of
 * the largest.
 *
 * Nothing a message holds makes it fail: JSON that is none, or not what
 * docs/archive.md says, counts as absent.
 */
#ifndef EXPORT_BLOCK_H
#define EXPORT_BLOCK_H

#include "archive/archive.h"
#include "base/zone.h"
#include "export/words.h"
#include "md/flavour.h"

struct block_writer;

struct block_options {
	enum md_flavour flavour;
	enum word_language language;
	const struct zone *zone; /* outlives the writer */
	int64_t chat;            /* marked peer id of the chat */
	enum archive_peer_kind kind;
	int32_t topic;         /* the one the file is of; 0: none */
	struct tobs_view path; /* the file, below DIR; outlives the writer. "" for none */
	bool show_topic;       /* say in each head in which topic it was said */
	char letter;           /* of the anchors: m123; 0 is 'm' */
};

/* Where a link to a message leads. */
enum block_place {
	BLOCK_NOWHERE,   /* there is nothing to link to */
	BLOCK_HERE,      /* in this file */
	BLOCK_ELSEWHERE, /* in another file of the archive: `path` */
	BLOCK_TELEGRAM,  /* on t.me: `path` is the whole address */
};

struct block_target {
	enum block_place place;
	struct tobs_view path;  /* BLOCK_ELSEWHERE: below DIR, with .md */
	char letter;            /* of its anchor; 0 is 'm' */
	int32_t anchor;         /* the id in it: the first of an album, where that has the anchor */
	int64_t sender, date;   /* 0: not known */
	struct tobs_view words; /* its first words, plain text; see block_quote() */
	struct tobs_view data;  /* its `data`, as JSON; "" when not known */
};

/*
 * What a block needs to know of the rest of the world. Views live until the
 * next call of the same function. Every function may be NULL: then nothing is
 * known. TOBS_ENOTFOUND is an answer, other codes end the writing.
 */
struct block_context {
	void *user;
	/* The name a peer had at that date. */
	int (*name)(void *user, int64_t peer, int64_t date, struct archive_name *ret,
		struct tobs_err *err);
	/* A message of this chat (chat 0) or of another. */
	int (*target)(void *user, int64_t chat, int32_t id, struct block_target *ret,
		struct tobs_err *err);
	int (*file)(void *user, bool photo, int64_t id, struct archive_file_state *ret,
		struct tobs_err *err);
	int (*topic)(void *user, int32_t topic, struct tobs_view *ret_title, struct tobs_err *err);
};

/* What came before in the file; {0} at its start. Plain data: may be copied and kept. */
struct block_state {
	int64_t sender;  /* of the last block, when the next may go on under its head; else 0 */
	int64_t date;    /* of the last block */
	int64_t day;     /* whose heading was written: days since 1970 */
	int32_t offset;  /* from UTC, in seconds, that was said last */
	int32_t started; /* 0: nothing is written yet */
};

enum {
	BLOCK_TOGETHER_S = 600, /* a message so soon after the last goes on under its head */
	BLOCK_JSON_MAX = 16 << 20,
	BLOCK_JSON_DEPTH = 64,
};

/* Options and context are copied; what they point to outlives the writer. TOBS_ENOMEM. */
int block_writer_new(struct block_writer **ret, const struct block_options *options,
	const struct block_context *context, struct tobs_err *err);
void block_writer_free(struct block_writer *w);

/*
 * Appends a message with the headings of month and day where these begin, and
 * an empty line behind it. Several messages are one album, in order. TOBS_ENOMEM,
 * TOBS_ETOOBIG, and what the context returns; *state is then as it was.
 */
int block_write(struct block_writer *w, struct tobs_buf *out, struct block_state *state,
	const struct archive_message *messages, size_t count, struct tobs_err *err);

/* Whether b belongs to the album that a ends. */
static inline bool block_same_album(
	const struct archive_message *a, const struct archive_message *b)
{
	return a->album && a->album == b->album && a->sender == b->sender &&
		!((a->flags | b->flags) & ARCHIVE_SERVICE);
}

/*
 * Appends the first words of a message as plain text on one line, cut between
 * characters to `max` bytes with "…": its text, or else what it holds. TOBS_ENOMEM,
 * TOBS_ETOOBIG.
 */
int block_quote(
	struct block_writer *w, struct tobs_buf *out, const struct archive_message *m, size_t max);

#endif
