/* SPDX-License-Identifier: MIT */
/*
 * What a character is to a Markdown parser that decides whether `*` next to it
 * opens or closes emphasis.
 *
 * Parsers of different age disagree about symbols and emoji, so the answer is
 * a set: whoever asks must be right for each member of it.
 */
#ifndef MD_CHAR_H
#define MD_CHAR_H

#include <stdbool.h>
#include <tobs/view.h>

enum char_class {
	CHAR_SPACE = 1, /* Unicode white space, or the edge of a line */
	CHAR_PUNCT = 2, /* Unicode punctuation */
	CHAR_WORD = 4,  /* anything else */
};

/* A set of char_class for one character. */
unsigned char_class(uint32_t cp);

/* The same for the character that starts at byte i < s.len, and for the one that ends before i > 0. */
unsigned char_class_at(struct tobs_view s, size_t i);
unsigned char_class_before(struct tobs_view s, size_t i);

/* White space that some parser strips at the ends of a line: all of Unicode's, and U+FEFF. */
bool char_is_stripped(uint32_t cp);

static inline bool char_is_ascii_punct(uint8_t c)
{
	return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') || (c >= '[' && c <= '`') ||
		(c >= '{' && c <= '~');
}

static inline bool char_is_alpha(uint8_t c)
{
	return (uint8_t)((c | 0x20) - 'a') < 26;
}

static inline bool char_is_digit(uint8_t c)
{
	return (uint8_t)(c - '0') < 10;
}

static inline bool char_is_alnum(uint8_t c)
{
	return char_is_alpha(c) || char_is_digit(c);
}

#endif
