/* SPDX-License-Identifier: MIT */
/* Long text in pieces. */
#include "base/attr.h"
#include "base/utf.h"
#include "bot/text.h"

/* Places where a text may be cut, the best ones first. */
enum cut {
	CUT_PARAGRAPH,
	CUT_LINE,
	CUT_SENTENCE,
	CUT_WORD,
	CUT_LETTER, /* between what people see as characters */
	CUT_CODE,   /* between code points */
	CUTS,
};

/* What a cut must not go through. */
enum keep {
	KEEP_ALL,  /* any formatting that fits into a piece */
	KEEP_ONES, /* what is no longer itself in two: links, mentions, custom emoji, … */
	KEEP_NONE,
	KEEPS,
};

struct place {
	size_t byte;
	int64_t units;
};

struct splitter {
	struct tobs_view text;
	struct tobs_message_entity_array entities;
	int64_t max;
	struct tobs_arena *arena;
	int32_t *inside
		[KEEP_NONE]; /* of unit i of the piece: how many entities a cut there goes through */
	struct place at;     /* the piece begins */
	struct place best[KEEPS][CUTS]
			 [2]; /* the last ones in the first half, and in the second; byte 0: none */
	struct tobs_formatted *pieces;
	size_t count, room;
};

/* ---- Characters ---------------------------------------------------------------------- */

/* The character at byte i and its bytes; one byte that is no UTF-8 stands alone. */
static size_t char_at(struct tobs_view s, size_t i, uint32_t *cp)
{
	size_t n = utf8_decode(s.ptr + i, s.len - i, cp);

	if (n)
		return n;
	*cp = 0xfffd;
	return 1;
}

static int64_t units_of(uint32_t cp)
{
	return cp > 0xffff ? 2 : 1;
}

size_t tobs_text_units(struct tobs_view s)
{
	size_t units = 0;
	uint32_t cp;

	for (size_t i = 0; i < s.len;) {
		i += char_at(s, i, &cp);
		units += (size_t)units_of(cp);
	}
	return units;
}

static bool is_white(uint32_t cp)
{
	return cp == ' ' || cp == '\n' || cp == '\t' || cp == '\r' || cp == 0x3000;
}

static bool is_flag(uint32_t cp)
{
	return cp >= 0x1f1e6 && cp <= 0x1f1ff;
}

/*
 * Belongs to what is in front of it: accents and other marks, joiners, variation
 * selectors (no column wide), skin colours, the second halves of Hangul syllables.
 */
static bool continues(uint32_t cp, struct tobs_view bytes)
{
	if (cp < 0x300)
		return false;
	return (cp >= 0x1f3fb && cp <= 0x1f3ff) || (cp >= 0x1160 && cp <= 0x11ff) ||
		(cp != 0xfffd && utf8_width(bytes) == 0);
}

/* How a sentence ends, before white space; the second ones need none behind them. */
static bool ends_sentence(uint32_t cp)
{
	return cp == '.' || cp == '!' || cp == '?' || cp == 0x2026 || cp == ':' || cp == ';';
}

static bool ends_wide_sentence(uint32_t cp)
{
	return cp == 0x3002 || cp == 0xff01 || cp == 0xff1f;
}

/* What the white space at byte i makes of a cut in front of it. */
static enum cut cut_at_white(struct tobs_view s, size_t i, uint32_t before)
{
	int feeds = 0;

	while (i < s.len && is_white(s.ptr[i]))
		feeds += s.ptr[i++] == '\n';
	return feeds > 1                ? CUT_PARAGRAPH
		: feeds == 1            ? CUT_LINE
		: ends_sentence(before) ? CUT_SENTENCE
					: CUT_WORD;
}

/* ---- Where to cut ---------------------------------------------------------------------- */

/* These say something only as a whole. */
static bool is_one(enum tobs_message_entity_type type)
{
	switch (type) {
	case TOBS_MESSAGE_ENTITY_TYPE_BOLD:
	case TOBS_MESSAGE_ENTITY_TYPE_ITALIC:
	case TOBS_MESSAGE_ENTITY_TYPE_UNDERLINE:
	case TOBS_MESSAGE_ENTITY_TYPE_STRIKETHROUGH:
	case TOBS_MESSAGE_ENTITY_TYPE_SPOILER:
	case TOBS_MESSAGE_ENTITY_TYPE_BLOCKQUOTE:
	case TOBS_MESSAGE_ENTITY_TYPE_EXPANDABLE_BLOCKQUOTE:
	case TOBS_MESSAGE_ENTITY_TYPE_PRE: return false;
	default: return true;
	}
}

static void mark_inside(struct splitter *s)
{
	for (int k = 0; k < KEEP_NONE; k++)
		memset(s->inside[k], 0, (size_t)(s->max + 2) * sizeof *s->inside[k]);
	for (size_t i = 0; i < s->entities.count; i++) {
		const struct tobs_message_entity *e = &s->entities.items[i];
		int64_t from = e->offset - s->at.units, to = from + e->length;

		/* A cut at its first unit, or behind its last, leaves it whole. */
		if (e->length > s->max || to - 1 < 1 || from >= s->max)
			continue;
		from = from < 0 ? 0 : from;
		to = MIN(to, s->max + 1);
		for (int k = is_one(e->type) ? KEEP_ONES : KEEP_ALL; k >= KEEP_ALL; k--) {
			s->inside[k][from + 1]++;
			s->inside[k][to]--;
		}
	}
	for (int k = 0; k < KEEP_NONE; k++)
		for (int64_t u = 1; u <= s->max; u++)
			s->inside[k][u] += s->inside[k][u - 1];
}

static void note(struct splitter *s, enum cut cut, struct place p)
{
	int64_t units = p.units - s->at.units;
	bool late = units > s->max / 2;

	for (int k = 0; k < KEEPS; k++)
		if (k == KEEP_NONE || s->inside[k][units] == 0)
			s->best[k][cut][late] = p;
}

/* Looks at every place of the piece. True when the rest of the text fits into it; *end is its end. */
static bool look(struct splitter *s, struct place *end)
{
	struct place p = s->at;
	uint32_t before = 0, cp;
	unsigned flags = 0; /* regional indicators in a row */

	memset(s->best, 0, sizeof s->best);
	for (; p.byte < s->text.len;) {
		size_t n = char_at(s->text, p.byte, &cp);
		bool first = p.byte == s->at.byte;

		if (first)
			;
		else if (is_white(cp) && !is_white(before))
			note(s, cut_at_white(s->text, p.byte, before), p);
		else if (ends_wide_sentence(before) && !is_white(cp) && !ends_wide_sentence(cp))
			note(s, CUT_SENTENCE, p);
		else if (!continues(cp, tobs_view_sub(s->text, p.byte, n)) && before != 0x200d &&
			!(is_flag(cp) && flags % 2) && !(before == '\r' && cp == '\n'))
			note(s, CUT_LETTER, p);
		if (!first)
			note(s, CUT_CODE, p);
		if (p.units + units_of(cp) - s->at.units > s->max)
			return false;
		flags = is_flag(cp) ? flags + 1 : 0;
		before = cp;
		p.byte += n;
		p.units += units_of(cp);
	}
	*end = p;
	return true;
}

/* The last place of the best sort, rather in the second half of the piece. */
static struct place choose(const struct splitter *s)
{
	for (int k = 0; k < KEEPS; k++) {
		for (int late = 1; late >= 0; late--)
			for (int c = 0; c < CUT_LETTER; c++)
				if (s->best[k][c][late].byte)
					return s->best[k][c][late];
		for (int late = 1; late >= 0; late--)
			if (s->best[k][CUT_LETTER][late].byte)
				return s->best[k][CUT_LETTER][late];
	}
	return s->best[KEEP_NONE][CUT_CODE][s->best[KEEP_NONE][CUT_CODE][1].byte != 0];
}

/* ---- Pieces ------------------------------------------------------------------------------ */

/* The entities between the two, as those of a text of its own. */
static int take_entities(struct splitter *s, struct place from, struct place to,
	struct tobs_message_entity_array *ret)
{
	struct tobs_message_entity *items;
	size_t n = 0;

	for (int pass = 0; pass < 2; pass++) {
		if (pass) {
			items = tobs_arena_array(s->arena, n, sizeof *items);
			if (!items)
				return TOBS_ENOMEM;
			ret->items = items;
			ret->count = n;
			n = 0;
		}
		for (size_t i = 0; i < s->entities.count; i++) {
			const struct tobs_message_entity *e = &s->entities.items[i];
			int64_t start = MAX(e->offset, from.units);
			int64_t end = MIN(e->offset + e->length, to.units);

			if (end <= start)
				continue;
			if (pass) {
				items[n] = *e;
				items[n].offset = start - from.units;
				items[n].length = end - start;
			}
			n++;
		}
		if (!n)
			break;
	}
	return TOBS_OK;
}

/* The text up to `to`, without white space at its end: a piece, if there is something left. */
static int add_piece(struct splitter *s, struct place to)
{
	struct place from = s->at;
	struct tobs_formatted *piece;

	/* ASCII: one byte is one unit. */
	while (to.byte > from.byte && strchr(" \n\t\r", s->text.ptr[to.byte - 1]) &&
		s->text.ptr[to.byte - 1]) {
		to.byte--;
		to.units--;
	}
	if (to.byte == from.byte)
		return TOBS_OK;
	if (s->count == s->room) {
		size_t room = s->room ? 2 * s->room : 4;
		struct tobs_formatted *all = tobs_arena_array(s->arena, room, sizeof *all);

		if (!all)
			return TOBS_ENOMEM;
		if (s->count)
			memcpy(all, s->pieces, s->count * sizeof *all);
		s->pieces = all;
		s->room = room;
	}
	piece = &s->pieces[s->count];
	piece->text = tobs_arena_dup(s->arena, s->text.ptr + from.byte, to.byte - from.byte);
	if (!piece->text)
		return TOBS_ENOMEM;
	s->count++;
	return take_entities(s, from, to, &piece->entities);
}

/* Goes on behind `p` and the white space there; what indents the next line stays. */
static void go_on(struct splitter *s, struct place p)
{
	struct place next = p;
	bool feed = false;

	while (p.byte < s->text.len && is_white(s->text.ptr[p.byte])) {
		bool is_feed = s->text.ptr[p.byte] == '\n';

		p.byte++;
		p.units++;
		feed = feed || is_feed;
		if (is_feed || !feed)
			next = p;
	}
	s->at = next;
}

static int split(struct splitter *s)
{
	int r = TOBS_OK;

	go_on(s, (struct place){ 0 });
	while (!r && s->at.byte < s->text.len) {
		struct place p;

		mark_inside(s);
		if (look(s, &p))
			return add_piece(s, p);
		p = choose(s);
		r = add_piece(s, p);
		go_on(s, p);
	}
	return r;
}

/* Those that say something about the text, as far as they do. */
static int keep_inside(struct splitter *s, const struct tobs_message_entity_array *all)
{
	int64_t whole = (int64_t)tobs_text_units(s->text);
	struct tobs_message_entity *items = tobs_arena_array(s->arena, all->count, sizeof *items);
	size_t n = 0;

	if (!items && all->count)
		return TOBS_ENOMEM;
	for (size_t i = 0; i < all->count; i++) {
		const struct tobs_message_entity *e = &all->items[i];

		if (e->offset < 0 || e->offset >= whole || e->length <= 0)
			continue;
		items[n] = *e;
		items[n++].length = MIN(e->length, whole - e->offset);
	}
	s->entities.items = items;
	s->entities.count = n;
	return TOBS_OK;
}

int tobs_text_split(const struct tobs_formatted *text, size_t max, struct tobs_arena *arena,
	struct tobs_formatted **ret, size_t *ret_count)
{
	struct splitter s = {
		.text = tobs_str(text->text),
		.max = (int64_t)max,
		.arena = arena,
	};
	int r = TOBS_OK;

	if (max < 2 || max > TOBS_TEXT_BYTES)
		return TOBS_EINVAL;
	for (int k = 0; k < KEEP_NONE; k++) {
		s.inside[k] = tobs_arena_array(arena, max + 2, sizeof *s.inside[k]);
		if (!s.inside[k])
			return TOBS_ENOMEM;
	}
	r = keep_inside(&s, &text->entities);
	if (!r)
		r = split(&s);
	if (r)
		return r;
	*ret = s.pieces;
	*ret_count = s.count;
	return TOBS_OK;
}
