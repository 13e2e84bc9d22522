/* SPDX-License-Identifier: MIT */
/*
 * Text as bots send it: in HTML, MarkdownV2 or Markdown, or plain with entities.
 * What is wrong with it is said as the server says it (td/telegram/MessageEntity.cpp):
 *
 *     can't parse entities: Can't find end of Bold entity at byte offset 5
 *     can't parse entities: Unsupported start tag "h1" at byte offset 0
 *     can't parse entities: Character '.' is reserved and must be escaped with the preceding '\'
 */
#ifndef SIM_BOT_TEXT_H
#define SIM_BOT_TEXT_H

#include "sim/bot_call.h"

struct bot_text {
	struct tobs_view text;
	struct tl_vec_MessageEntity entities;
};

/*
 * Reads a text, whose spaces at both ends are cut off; what Telegram finds by
 * itself is found. NULL text: the empty one. Memory is the call's. Fails the
 * call.
 */
int bot_text_read(struct bot_call *c, const char *text, enum tobs_parse_mode mode,
	const struct tobs_message_entity_array *entities, struct bot_text *ret);

/* parse_mode of a JSON object, in any case of letters. */
enum tobs_parse_mode bot_mode_of(struct json_value from);

size_t bot_text_units(struct tobs_view text); /* UTF-16 */

/* Longer than 4096 UTF-16 units, a caption than 1024 (documentation of sendMessage, sendPhoto). */
bool bot_text_too_long(struct tobs_view text, bool caption);

/* ---- for the parsers ---- */

enum { BOT_NESTED_MAX = 128 };

/* A piece of markup that is open, or was closed: an entity. */
struct text_mark {
	uint32_t id;          /* of the entity's constructor */
	int32_t units;        /* UTF-16 in front of it */
	int32_t length;       /* when it is closed */
	size_t at;            /* byte in the source where it began; for errors */
	size_t text_at;       /* byte in the text */
	struct tobs_view arg; /* link, language */
	int64_t number;       /* user, custom emoji */
	bool collapsed;       /* a quote */
	char tag[16];         /* HTML */
};

struct text_parser {
	struct bot_call *c;
	struct tobs_view in;
	size_t pos;
	struct tobs_buf out;
	int32_t units; /* UTF-16 in it */
	struct text_mark open[BOT_NESTED_MAX];
	size_t depth;
	ARRAY_OF(struct text_mark) closed;
};

/* Appends; counts. TOBS_ERPC: no memory. */
int text_put(struct text_parser *p, struct tobs_view bytes);

/* Opens a mark; the caller fills in what it says. NULL with the call failed: nested too deeply. */
struct text_mark *text_open(struct text_parser *p, uint32_t id, size_t at);

/* Closes the innermost: an entity unless it is empty. */
int text_close(struct text_parser *p);

/* Gives a link its target: tg://user?id=… makes it a mention. */
void text_target(struct text_parser *p, struct text_mark *m, struct tobs_view url);

/* Each reads p->in to its end. Fails the call. */
int text_html(struct text_parser *p);      /* bot_html.c */
int text_markdown2(struct text_parser *p); /* bot_markdown2.c */
int text_markdown(struct text_parser *p);  /* bot_markdown.c */

#endif
