/* SPDX-License-Identifier: MIT */
/*
 * Formatting of Telegram text: the entities as they arrive, and the tree of
 * spans that everything which writes formatted text walks.
 *
 * An entity says "these UTF-16 units are bold". Entities come in any order, may
 * repeat, nest, touch, overlap by halves, be empty, point outside the text, or
 * cut a surrogate pair. entity_spans() turns them into spans:
 *
 *     text      a b c d e f g           spans, in the order they open
 *     bold      |---------|             bold   [0,5)
 *     link          |---------|           …    splits at the link:
 *                                       bold   [0,2)
 *                                       link   [2,7)
 *                                         bold [2,5)
 *
 * The rules, each with its reason:
 *  - Bold, italic, underline, strikethrough, spoiler and code are properties of
 *    characters: overlapping and touching ones of a kind become one.
 *  - Line feeds have no visible formatting, so no span but a pre begins or ends
 *    with one; what is only line feeds is dropped.
 *  - A pre holds nothing and stands in nothing but a quote. Others are cut
 *    where it stands. It is never cut itself.
 *  - Quotes do not nest: the part of a quote inside an earlier one or inside a
 *    pre goes. Two quotes that touch stay two.
 *  - Links (text_link, mention_name) do not nest: of two the earlier, then the
 *    longer one keeps what both cover. Touching ones to the same target join.
 *  - A custom emoji is one thing: of two that overlap the earlier stays, and
 *    one that meets a code or a pre, or has the edge of a quote or a link in it,
 *    is dropped.
 *  - What Telegram finds by itself (mention, hashtag, url, …) is dropped where
 *    it overlaps a link, a code, a pre, another of its sort, or the edge of a
 *    quote: the text still says it. All of them but url and email are dropped
 *    also when other formatting begins or ends inside them and reaches out.
 *  - Where two overlap by halves the less important is split: styles at links
 *    and emoji, inner styles at outer ones, code at everything.
 *
 * Pure functions; no I/O, no global state.
 */
#ifndef MD_ENTITY_H
#define MD_ENTITY_H

#include <stdbool.h>
#include <stdint.h>
#include <tobs/view.h>

/*
 * The kinds, with the names Telegram Desktop's JSON gives them. In spans of
 * equal extent the one named first here is outside.
 */
#define ENTITY_KIND_MAP(X)                \
	X(UNKNOWN, "unknown")             \
	X(BLOCKQUOTE, "blockquote")       \
	X(PRE, "pre")                     \
	X(TEXT_LINK, "text_link")         \
	X(MENTION_NAME, "mention_name")   \
	X(URL, "link")                    \
	X(EMAIL, "email")                 \
	X(MENTION, "mention")             \
	X(HASHTAG, "hashtag")             \
	X(CASHTAG, "cashtag")             \
	X(BOT_COMMAND, "bot_command")     \
	X(PHONE, "phone")                 \
	X(BANK_CARD, "bank_card")         \
	X(BOLD, "bold")                   \
	X(ITALIC, "italic")               \
	X(STRIKETHROUGH, "strikethrough") \
	X(UNDERLINE, "underline")         \
	X(SPOILER, "spoiler")             \
	X(CUSTOM_EMOJI, "custom_emoji")   \
	X(CODE, "code")

enum entity_kind {
#define ENTITY_ENUM(name, text) ENTITY_##name,
	ENTITY_KIND_MAP(ENTITY_ENUM)
#undef ENTITY_ENUM
		ENTITY_KINDS
};

struct entity {
	uint32_t offset; /* UTF-16 code units */
	uint32_t length; /* UTF-16 code units; above INT32_MAX means none */
	enum entity_kind kind;
	bool collapsed; /* blockquote: shown folded */
	int64_t id;     /* mention_name: the user; custom_emoji: the document, 0 if not known */
	struct tobs_view
		arg; /* text_link: URL; pre: language, white space at its ends does not count; custom_emoji without id: its file */
};

/* A stretch of text with one property. Spans nest: two are apart, or one is inside the other. */
struct span {
	uint32_t start, end; /* bytes; start < end */
	uint32_t entity;     /* index of the (first) entity it came from */
	enum entity_kind kind;
};

enum {
	SPANS_INLINE = 24, /* that many need no allocation */
};

/* The spans of a text: sorted by start, outer before inner. Not to be copied by assignment. */
struct spans {
	struct span *items;
	size_t count;
	size_t cap;
	struct span first[SPANS_INLINE];
};

/* Styles (bold … spoiler) lose the white space at their edges: invisible, and nicer Markdown. */
#define ENTITY_TRIM 1u

/*
 * Fills *spans, which need not be initialised, from the entities of a text. On
 * success the caller calls spans_deinit(); on failure there is nothing to free.
 * Time is n log n in the entities plus one walk over the text; there are at
 * most 22 spans an entity. Offsets inside a surrogate pair take in the whole
 * character. TOBS_ENOMEM; TOBS_ETOOBIG when text or entities exceed 2³¹−1.
 */
int entity_spans(struct spans *spans, struct tobs_view text, const struct entity *entities,
	size_t count, unsigned flags);

void spans_deinit(struct spans *spans);

/* "bold", …; "unknown" for a number that is no kind. Static storage. */
const char *entity_kind_name(enum entity_kind kind);

/* The kind of that name; ENTITY_UNKNOWN for others. */
enum entity_kind entity_kind_of(struct tobs_view name);

/* Found by Telegram in the text itself, so the text alone is enough to find it again. */
static inline bool entity_is_automatic(enum entity_kind kind)
{
	return kind >= ENTITY_URL && kind <= ENTITY_BANK_CARD;
}

/* And plain text: all of those but url and email, which are links. */
static inline bool entity_is_tag(enum entity_kind kind)
{
	return kind >= ENTITY_MENTION && kind <= ENTITY_BANK_CARD;
}

#endif
