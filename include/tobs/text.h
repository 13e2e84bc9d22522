/* SPDX-License-Identifier: MIT */
/*
 * Formatted text: put together, read from HTML or MarkdownV2, and cut into pieces
 * that Telegram takes.
 *
 *     struct tobs_text_builder b;
 *
 *     tobs_text_init(&b, tobs_ctx_arena(ctx));
 *     tobs_text_add(&b, "Hello, ");
 *     tobs_text_bold(&b, "%s", tobs_sender(ctx)->first_name);
 *     tobs_text_add(&b, "! Here is ");
 *     tobs_text_link(&b, "https://example.org/", "the list");
 *     return tobs_reply_text(ctx, &b);
 *
 * Nothing has to be escaped: formatting goes beside the text, as entities, whose
 * offsets and lengths count UTF-16 code units, as everything here that is called
 * `units`. A text may be longer than a message; tobs_reply_text() and
 * tobs_reply_long() send it as several.
 *
 * What is made lies in the arena that is given, and lives as long.
 */
#ifndef TOBS_TEXT_H
#define TOBS_TEXT_H

#include <tobs/bot.h>

TOBS_BEGIN_DECLS

enum {
	TOBS_TEXT_UNITS = 4096,    /* of a message */
	TOBS_CAPTION_UNITS = 1024, /* of a caption */
	TOBS_TEXT_NESTED = 32,     /* pieces of formatting inside one another */
	TOBS_TEXT_BYTES = 16 << 20 /* of a text, at most */
};

/* A text and what is formatted in it; both fit into a struct tobs_send_message. */
struct tobs_formatted {
	const char *text;
	struct tobs_message_entity_array entities;
};

/* ---- Putting together --------------------------------------------------------- */

/*
 * Caller's memory; the fields are private. The first failure (no memory, too
 * long, ended without a beginning) sticks, and is what tobs_text_done() returns.
 */
struct tobs_text_builder {
	struct tobs_arena *arena;
	char *text;
	size_t len, cap;
	int64_t units;
	struct tobs_message_entity *entities;
	size_t count, room;
	size_t open[TOBS_TEXT_NESTED];
	size_t depth;
	int err;
};

/* An empty text. There is nothing to free but the arena. */
void tobs_text_init(struct tobs_text_builder *b, struct tobs_arena *arena);

/* More text. What is not UTF-8 in it becomes U+FFFD. */
void tobs_text_add(struct tobs_text_builder *b, const char *fmt, ...) TOBS_PRINTF(2, 3);
void tobs_text_addv(struct tobs_text_builder *b, struct tobs_view text);

/* More text, formatted. */
void tobs_text_bold(struct tobs_text_builder *b, const char *fmt, ...) TOBS_PRINTF(2, 3);
void tobs_text_italic(struct tobs_text_builder *b, const char *fmt, ...) TOBS_PRINTF(2, 3);
void tobs_text_underline(struct tobs_text_builder *b, const char *fmt, ...) TOBS_PRINTF(2, 3);
void tobs_text_strike(struct tobs_text_builder *b, const char *fmt, ...) TOBS_PRINTF(2, 3);
void tobs_text_spoiler(struct tobs_text_builder *b, const char *fmt, ...) TOBS_PRINTF(2, 3);
void tobs_text_code(struct tobs_text_builder *b, const char *fmt, ...) TOBS_PRINTF(2, 3);
void tobs_text_quote(struct tobs_text_builder *b, const char *fmt, ...) TOBS_PRINTF(2, 3);

/* language may be NULL. */
void tobs_text_pre(struct tobs_text_builder *b, const char *language, const char *fmt, ...)
	TOBS_PRINTF(3, 4);
void tobs_text_link(struct tobs_text_builder *b, const char *url, const char *fmt, ...)
	TOBS_PRINTF(3, 4);
/* A user, also one without @name. */
void tobs_text_mention(struct tobs_text_builder *b, int64_t user_id, const char *fmt, ...)
	TOBS_PRINTF(3, 4);
/* A custom emoji, and the ordinary one that stands in for it. */
void tobs_text_emoji(struct tobs_text_builder *b, const char *custom_emoji_id, const char *emoji);

/*
 * Formatting around whatever is added between the two, nested as one likes:
 *
 *     tobs_text_begin(&b, TOBS_MESSAGE_ENTITY_TYPE_BLOCKQUOTE);
 *     tobs_text_add(&b, "as ");
 *     tobs_text_bold(&b, "she");
 *     tobs_text_add(&b, " said");
 *     tobs_text_end(&b);
 */
void tobs_text_begin(struct tobs_text_builder *b, enum tobs_message_entity_type type);
void tobs_text_end(struct tobs_text_builder *b);

/* A text with its entities behind what is there. */
void tobs_text_append(struct tobs_text_builder *b, const struct tobs_formatted *text);

/*
 * What has been put together; the builder may go on afterwards. The first failure,
 * or TOBS_EINVAL when something begun was not ended.
 */
int tobs_text_done(struct tobs_text_builder *b, struct tobs_formatted *ret);

/* ---- HTML and MarkdownV2 -------------------------------------------------------- */

/* Appends `s` so that Telegram reads just that: in HTML, its attributes included. */
int tobs_html_escape(struct tobs_buf *out, struct tobs_view s);

/* The same in MarkdownV2: in text, in `code` and ```pre```, and in the (…) of a link. */
int tobs_markdown_escape(struct tobs_buf *out, struct tobs_view s);
int tobs_markdown_escape_code(struct tobs_buf *out, struct tobs_view s);
int tobs_markdown_escape_url(struct tobs_buf *out, struct tobs_view s);

/* The same as a string in the arena; NULL without memory. */
const char *tobs_html(struct tobs_arena *arena, const char *s);
const char *tobs_markdown(struct tobs_arena *arena, const char *s);

/*
 * Reads a text in TOBS_PARSE_MODE_HTML or TOBS_PARSE_MODE_MARKDOWN_V2 as Telegram
 * does (td/telegram/MessageEntity.cpp); TOBS_PARSE_MODE_NONE is the text itself.
 * What Telegram finds by itself (links, mentions, hashtags) is not looked for.
 * TOBS_EINVAL for what Telegram would refuse, err->offset being the byte, and for
 * the old Markdown; TOBS_ETOOBIG, TOBS_ENOMEM.
 */
int tobs_text_parse(enum tobs_parse_mode mode, struct tobs_view source, struct tobs_arena *arena,
	struct tobs_formatted *ret, struct tobs_err *err);

/* ---- Lengths and pieces --------------------------------------------------------- */

/* UTF-16 units of a text; each byte that is not UTF-8 counts one. */
size_t tobs_text_units(struct tobs_view text);

/*
 * Cuts a text into pieces of at most `max` units each (2 at least): between
 * paragraphs if that can be, else between lines, sentences, words, and in words at
 * last, though never inside a character, an emoji made of several, or a letter and
 * its accents. What is formatted as one stays together unless it is longer than a
 * piece; then each piece has its part of it. White space where a cut is made goes
 * away, and so do pieces of nothing else.
 *
 * *ret has *ret_count pieces, none for a text that is empty. Entities outside of
 * the text are left out. TOBS_EINVAL for a max below 2, TOBS_ENOMEM.
 */
int tobs_text_split(const struct tobs_formatted *text, size_t max, struct tobs_arena *arena,
	struct tobs_formatted **ret, size_t *ret_count);

/* ---- Sending -------------------------------------------------------------------- */

/*
 * Sends *m, as several messages when its text is too long for one, in order: what
 * it answers goes with the first, the keyboard with the last. Stops at the first
 * one that fails. *ret (may be NULL) is the last one sent. What
 * tobs_send_message() returns, and TOBS_EINVAL for a text with faulty markup. Waits.
 */
int tobs_send_long(
	struct tobs_bot *bot, const struct tobs_send_message *m, const struct tobs_message **ret);

/* The same into the chat of the update, as tobs_reply_with(). Waits. */
int tobs_reply_long(
	struct tobs_ctx *ctx, const struct tobs_send_message *m, const struct tobs_message **ret);

/* What was put together, into the chat of the update. Waits. */
int tobs_reply_text(struct tobs_ctx *ctx, struct tobs_text_builder *b);

TOBS_END_DECLS

#endif
