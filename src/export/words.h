/* SPDX-License-Identifier: MIT */
/*
 * The words that tobs adds to what people wrote: one table, a column a language.
 *
 * An entry is a phrase with places for arguments, {0} to {9}, in any order, and
 * {n} for a number. Where the number decides about the form, the forms stand
 * beside each other, parted by |, as many as the language has:
 *
 *     en   "{n} vote|{n} votes"                  1, other
 *     ru   "{n} голос|{n} голоса|{n} голосов"    1, 2–4, other (by the last digits)
 *
 * Rules for plurals: Unicode CLDR 44, integers only.
 *
 * Adding a language: a column in words_table.h, its rule in plural_form(), its
 * name in word_languages. A test sees to it that each phrase has the arguments
 * of the English one, and the right number of forms.
 */
#ifndef EXPORT_WORDS_H
#define EXPORT_WORDS_H

#include <tobs/buf.h>
#include <tobs/err.h>

#include "export/words_table.h"

enum word_language {
	WORDS_EN,
	WORDS_RU,
	WORD_LANGUAGES,
};

enum word {
#define WORD_ENUM(name, en, ru) WORD_##name,
	WORD_MAP(WORD_ENUM)
#undef WORD_ENUM
		WORDS,
};

/* "en", …; the code of a language. Static storage. */
const char *word_language_name(enum word_language language);

/* The language of that code; TOBS_ENOTFOUND. NULL and "" are English. */
int word_language_of(const char *name, enum word_language *ret);

/* The entry as it is in the table. Static storage. */
const char *word_raw(enum word_language language, enum word word);

/*
 * Appends a phrase: the form for `n`, with `n` and the arguments in their
 * places. Arguments are put in as they are; whoever writes Markdown has
 * escaped them. One that is not given leaves nothing.
 */
void words_put(struct tobs_buf *out, enum word_language language, enum word word, int64_t n,
	const struct tobs_view *arguments, size_t count);

/* A number with its digits in groups of three where there are five or more. */
void words_number(struct tobs_buf *out, enum word_language language, int64_t n);

#endif
