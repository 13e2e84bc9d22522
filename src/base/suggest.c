/* SPDX-License-Identifier: MIT */
#include "base/suggest.h"

#include "base/attr.h"

enum { LONGEST = 64 };

static uint8_t fold(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return (uint8_t)(c | 0x20);
	return c == '_' ? '-' : c;
}

size_t edit_distance(struct tobs_view a, struct tobs_view b)
{
	/* The rows of the table for the letter of `a` before last, the last, and this one. */
	uint8_t rows[3][LONGEST + 1], *before = rows[0], *last = rows[1], *row = rows[2];

	if (a.len > LONGEST || b.len > LONGEST)
		return SIZE_MAX;
	for (size_t k = 0; k <= b.len; k++)
		row[k] = (uint8_t)k;
	for (size_t i = 1; i <= a.len; i++) {
		uint8_t *oldest = before;

		before = last;
		last = row;
		row = oldest;
		row[0] = (uint8_t)i;
		for (size_t k = 1; k <= b.len; k++) {
			uint8_t x = fold(a.ptr[i - 1]), y = fold(b.ptr[k - 1]);
			uint8_t cost = (uint8_t)(last[k - 1] + (x != y));

			cost = (uint8_t)MIN(cost, MIN(last[k], row[k - 1]) + 1);
			if (i > 1 && k > 1 && x == fold(b.ptr[k - 2]) && y == fold(a.ptr[i - 2]))
				cost = (uint8_t)MIN(cost, before[k - 2] + 1);
			row[k] = cost;
		}
	}
	return row[b.len];
}

void suggest_try(struct suggest *s, const char *word)
{
	size_t distance = edit_distance(s->wanted, tobs_str(word));
	size_t near = MAX(s->wanted.len / 3, 1);

	if (distance > near || (s->best && distance >= s->distance))
		return;
	s->best = word;
	s->distance = distance;
}
