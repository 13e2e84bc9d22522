/* SPDX-License-Identifier: MIT */
#include "base/nfc.h"

#include <tobs/err.h>

#include "base/attr.h"
#include "base/nfc_pairs.h"
#include "base/utf.h"

/* Unicode 15.0, 3.12: Hangul syllables are leading consonant × vowel × trailing consonant. */
enum {
	SYLLABLE = 0xac00,
	LEADING = 0x1100,
	VOWEL = 0x1161,
	TRAILING = 0x11a7,
	LEADINGS = 19,
	VOWELS = 21,
	TRAILINGS = 28,
	SYLLABLES = LEADINGS * VOWELS * TRAILINGS,
};

static uint32_t compose_hangul(uint32_t base, uint32_t mark)
{
	uint32_t l = base - LEADING, v = mark - VOWEL, s = base - SYLLABLE, t = mark - TRAILING;

	if (l < LEADINGS && v < VOWELS)
		return SYLLABLE + (l * VOWELS + v) * TRAILINGS;
	if (s < SYLLABLES && s % TRAILINGS == 0 && t > 0 && t < TRAILINGS)
		return base + t;
	return 0;
}

/* The two as one; 0 when there is no such character. */
static uint32_t compose(uint32_t base, uint32_t mark)
{
	size_t low = 0, high = ARRAY_LEN(nfc_pairs);

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct nfc_pair *p = &nfc_pairs[mid];

		if (p->mark == mark && p->base == base)
			return p->composed;
		if (p->mark < mark || (p->mark == mark && p->base < base))
			low = mid + 1;
		else
			high = mid;
	}
	return compose_hangul(base, mark);
}

int utf8_compose(struct tobs_buf *out, struct tobs_view s)
{
	uint32_t held =
		0; /* read and not yet written, since it may be composed with what follows */
	size_t i = 0;

	while (i < s.len) {
		uint32_t cp = 0, one;
		size_t n = utf8_decode(s.ptr + i, s.len - i, &cp);

		if (!n)
			return TOBS_EMALFORMED;
		i += n;
		/* Below U+0300 nothing is a mark. */
		one = held && cp >= 0x300 ? compose(held, cp) : 0;
		if (one) {
			held = one;
			continue;
		}
		if (held)
			utf8_put(out, held);
		held = cp;
		/* The text may have a zero in it, which cannot be held. */
		if (!cp)
			tobs_buf_putc(out, 0);
	}
	if (held)
		utf8_put(out, held);
	return tobs_buf_err(out);
}
