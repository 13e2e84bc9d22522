/* SPDX-License-Identifier: MIT */
#include "export/words.h"

#include "base/attr.h"
#include "md/emit.h"

static const char *const table[WORD_LANGUAGES][WORDS] = {
#define WORD_EN(name, en, ru) [WORD_##name] = (en),
#define WORD_RU(name, en, ru) [WORD_##name] = (ru),
	[WORDS_EN] = { WORD_MAP(WORD_EN) },
	[WORDS_RU] = { WORD_MAP(WORD_RU) },
#undef WORD_EN
#undef WORD_RU
};

static const char *const word_languages[WORD_LANGUAGES] = {
	[WORDS_EN] = "en",
	[WORDS_RU] = "ru",
};

/* What parts digits into groups of three. */
static const char *const group_marks[WORD_LANGUAGES] = {
	[WORDS_EN] = ",",
	[WORDS_RU] = "\u00a0",
};

const char *word_language_name(enum word_language language)
{
	return word_languages[language];
}

int word_language_of(const char *name, enum word_language *ret)
{
	for (int i = 0; i < WORD_LANGUAGES; i++)
		if (!name || !*name || strcmp(name, word_languages[i]) == 0) {
			*ret = (enum word_language)i;
			return TOBS_OK;
		}
	return TOBS_ENOTFOUND;
}

const char *word_raw(enum word_language language, enum word word)
{
	return table[language][word];
}

/* Which of the forms, from 0. */
static unsigned plural_form(enum word_language language, int64_t n)
{
	uint64_t u = n < 0 ? -(uint64_t)n : (uint64_t)n;

	switch (language) {
	case WORDS_RU:
		if (u % 10 == 1 && u % 100 != 11)
			return 0;
		return u % 10 >= 2 && u % 10 <= 4 && (u % 100 < 12 || u % 100 > 14) ? 1 : 2;
	default: return u != 1;
	}
}

/* The form for `n`; the last one there is when there are fewer. */
static struct tobs_view form_of(const char *phrase, enum word_language language, int64_t n)
{
	struct tobs_view rest = tobs_str(phrase), form = { 0 };
	unsigned skip = 0;

	if (!memchr(rest.ptr, '|', rest.len))
		return rest;
	skip = plural_form(language, n);
	while (tobs_view_split(&rest, '|', &form) && skip > 0)
		skip--;
	return form;
}

void words_number(struct tobs_buf *out, enum word_language language, int64_t n)
{
	uint64_t u = n < 0 ? -(uint64_t)n : (uint64_t)n;
	char digits[20];
	int count = 0;

	do
		digits[count++] = (char)('0' + u % 10);
	while (u /= 10);
	if (n < 0)
		emit_char(out, '-');
	for (int i = count - 1; i >= 0; i--) {
		emit_char(out, digits[i]);
		if (count > 4 && i > 0 && i % 3 == 0)
			emit_str(out, group_marks[language]);
	}
}

void words_put(struct tobs_buf *out, enum word_language language, enum word word, int64_t n,
	const struct tobs_view *arguments, size_t count)
{
	struct tobs_view form = form_of(table[language][word], language, n);

	for (size_t i = 0; i < form.len; i++) {
		size_t place;

		if (form.ptr[i] != '{') {
			emit_char(out, (char)form.ptr[i]);
			continue;
		}
		place = (size_t)(form.ptr[i + 1] - '0');
		if (form.ptr[i + 1] == 'n')
			words_number(out, language, n);
		else if (place < count)
			emit_view(out, arguments[place]);
		i += 2;
	}
}
