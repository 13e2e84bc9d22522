/* SPDX-License-Identifier: MIT */
/* Texts of synthetic messages, put together from words of the scripts. */
#ifndef SIM_SYNTH_TEXT_H
#define SIM_SYNTH_TEXT_H

#include <tobs/arena.h>
#include <tobs/tl.h>

#include "base/rand.h"
#include "sim/synthetic.h"

enum {
	SYNTH_WORD_BYTES = 30,
	SYNTH_WORDS_MAX = 64,  /* of a script */
	SYNTH_TEXT_MAX = 4096, /* UTF-16 units */
	SYNTH_ENTITIES_MAX = 4,
	SYNTH_SPAN_NONE = -1,
};

struct synth_word {
	char bytes[SYNTH_WORD_BYTES];
	uint8_t len;   /* bytes */
	uint8_t units; /* UTF-16 */
};

struct synth_words {
	struct synth_word words[SIM_SCRIPTS][SYNTH_WORDS_MAX];
	uint32_t count[SIM_SCRIPTS];
	uint8_t scripts[SIM_SCRIPTS]; /* those that are used */
	uint32_t script_count;
	/* Where the text is put together before its length is known. */
	char scratch[SYNTH_TEXT_MAX * 3 + 128];
};

/* The words of the scripts in the bit set. */
void synth_words_init(struct synth_words *w, uint32_t scripts);

/*
 * Where entities of a text will be: before the text is made, `at` is the number
 * of the word each begins with, ascending; afterwards offset and length are
 * UTF-16 units. Words that the text does not have leave length 0.
 */
struct synth_spans {
	uint32_t count;
	struct {
		uint32_t at, words;
		int32_t offset, length;
	} items[SYNTH_ENTITIES_MAX];
};

/*
 * A text of about `units` UTF-16 units (at least one word, never more than
 * `units` and one word), in `arena`. False: no memory.
 */
bool synth_text(struct synth_words *w, struct prng *p, int32_t units, struct synth_spans *spans,
	struct tobs_arena *arena, struct tobs_view *ret);

/* A word, for names and titles. */
struct tobs_view synth_word(const struct synth_words *w, uint64_t n);

/* The names of synthetic people. */
struct tobs_view synth_first_name(uint64_t n);
struct tobs_view synth_last_name(uint64_t n);

#endif
