/* SPDX-License-Identifier: MIT */
/*
 * What the files of block share: the message being written and how its lines
 * are put together.
 *
 * A message is paragraphs, a paragraph is lines that end in hard breaks. What
 * tobs has to say stands in <small>…</small> at the end of a line, in items:
 *
 *     block_line()  block_item() … block_item() …  block_end_small()
 *         │             │              │               │
 *         ▼             ▼              ▼               ▼
 *     (break)       <small>14:03    · @anna        </small>
 *
 * Message text never has a <small>, so it can be told from everything else.
 *
 * Failures stick: in the buffers, or in w->err; block_write() looks at the end.
 */
#ifndef EXPORT_BLOCK_IMPL_H
#define EXPORT_BLOCK_IMPL_H

#include "base/attr.h"
#include "base/utf.h"
#include "export/block.h"
#include "export/entities.h"
#include "export/link.h"
#include "export/units.h"
#include "export/when.h"
#include "md/emit.h"
#include "md/escape.h"
#include "md/markdown.h"

enum {
	BLOCK_ARGUMENTS = 4,
	BLOCK_SCRATCH_MAX = 64 << 20,
	BLOCK_QUOTE = 64,        /* bytes of the words quoted from a message */
	BLOCK_HAND_QUOTE = 1024, /* of words quoted by hand; Telegram allows 1024 characters */
	BLOCK_DESCRIPTION = 200, /* of a description of a linked page */
	BLOCK_NAMES = 20,        /* people named in one line */
};

struct block_writer {
	struct block_options o;
	struct block_context c;
	struct when when;
	struct json_parser parser;
	struct json_doc data_doc, action_doc, answers_doc, entities_doc, other_doc, list_doc;
	struct entity_list entities;
	struct tobs_buf arguments[BLOCK_ARGUMENTS]; /* of the phrase to be said next, as Markdown */
	struct tobs_buf words;                      /* plain text being put together */
	struct tobs_buf name;                       /* of a peer that has none */

	/* The message being written. */
	struct tobs_buf *out;
	const struct archive_message *m;
	struct json_value data, action, answers;
	bool paragraph; /* something of a paragraph is written */
	bool small;     /* <small> is open */
	bool plain;     /* the head says no more than when and who */
	int32_t anchor; /* the block id still to be written, obsidian; 0: none */
	int err;
	struct tobs_err *detail;
};

/* ---- JSON ---- */

static inline struct tobs_view json_str(struct json_value object, const char *key)
{
	struct tobs_view v = { 0 };

	json_get_str(json_field(object, key), &v);
	return v;
}

static inline int64_t json_num(struct json_value object, const char *key)
{
	int64_t n = 0;

	json_get_i64(json_field(object, key), &n);
	return n;
}

static inline bool json_yes(struct json_value object, const char *key)
{
	bool yes = false;

	json_get_bool(json_field(object, key), &yes);
	return yes;
}

/* ---- lines ---- */

/* A hard break in the paragraph. */
void block_break(struct block_writer *w);

/* Stands at the start of a line: of the first of a paragraph, or of the next in it. */
void block_line(struct block_writer *w);

/* Opens <small>, or parts the next item in it from the last. */
void block_item(struct block_writer *w);
void block_end_small(struct block_writer *w);

/* Ends the paragraph, with the block id when that is still to come. */
void block_end_paragraph(struct block_writer *w);

/* The anchor of a message at the start of its paragraph. */
void block_anchor(struct block_writer *w, int32_t id);

/* ---- words ---- */

/* Plain text, escaped. */
void block_text(struct block_writer *w, struct tobs_view s);

/* w->words, empty: for plain text being put together. Only so, as clearing it forgets failures. */
struct tobs_buf *block_words(struct block_writer *w);

/* An argument of the next phrase: an empty buffer for Markdown. */
struct tobs_buf *block_argument(struct block_writer *w, size_t i);

/* The same, filled: with text, a peer's name, names from a JSON list of peers, a number, a time. */
void block_arg_text(struct block_writer *w, size_t i, struct tobs_view s);
void block_arg_peer(struct block_writer *w, size_t i, int64_t peer);
void block_arg_peers(struct block_writer *w, size_t i, struct json_value list);
void block_arg_number(struct block_writer *w, size_t i, int64_t n);
void block_arg_when(struct block_writer *w, size_t i, int64_t unix_s);

/* Appends a phrase with its first `count` arguments. */
void block_say(struct block_writer *w, enum word word, int64_t n, size_t count);

/* block_item() and block_say(). */
void block_say_item(struct block_writer *w, enum word word, int64_t n, size_t count);

/* An item of text. */
void block_text_item(struct block_writer *w, struct tobs_view s);

/* The name of a peer when this message was written; good until the next name is looked up. */
struct tobs_view block_name(struct block_writer *w, int64_t peer, struct archive_name *ret);

/* Appends to a plain buffer: one line of at most `max` bytes, white space as single spaces. */
void block_shorten(struct tobs_buf *out, struct tobs_view s, size_t max);

/* Parses into *doc; a missing value when it is no JSON. */
struct json_value block_parse(struct block_writer *w, struct json_doc *doc, struct tobs_view json);

/* ---- the parts of a message ---- */

/* Items of the head: where it was forwarded from, what it replies to. */
void block_forward(struct block_writer *w);
void block_reply(struct block_writer *w);

/* A link to a message with its first words, as argument i of the next phrase; false when nothing is known of it. */
bool block_arg_message(struct block_writer *w, size_t i, int64_t chat, int32_t id);

/* The same with tasks of its to-do list, by their ids: what they say, or their numbers. */
void block_arg_tasks(struct block_writer *w, size_t i, int64_t message, struct json_value ids);

/* Lines: what is attached. */
void block_media(struct block_writer *w, struct json_value media);
void block_poll(struct block_writer *w, struct json_value media);
void block_todo(struct block_writer *w, struct json_value media);

/* Whether media is a file, of whose line nothing is formatted. */
bool block_media_is_file(struct json_value media);

/* Appends what media is, in plain words: "Photo", "Voice message". */
void block_media_words(struct block_writer *w, struct tobs_buf *out, struct json_value media);

/* Lines below the text. */
void block_foot(struct block_writer *w, const struct archive_message *messages, size_t count);

/* Items: a service message in words. */
void block_action(struct block_writer *w);

/* A note: text with formatting as plain text, in quotes. */
void block_say_quoted(struct block_writer *w, struct tobs_view s);

#endif
