/* SPDX-License-Identifier: MIT */
/*
 * "Did you mean …?": the word most like one that was mistyped.
 *
 *     struct suggest s = { .wanted = tobs_str("conservativ") };
 *     suggest_try(&s, "balanced");
 *     suggest_try(&s, "conservative");
 *     if (s.best)
 *             … "did you mean conservative?"
 */
#ifndef BASE_SUGGEST_H
#define BASE_SUGGEST_H

#include <tobs/view.h>

/*
 * How many letters must be added, dropped, replaced or swapped with their
 * neighbour to make one of the other; SIZE_MAX when either is longer than 64
 * bytes. The case of ASCII letters, and '-' against '_', make no difference.
 */
size_t edit_distance(struct tobs_view a, struct tobs_view b);

/* { .wanted = … } is the start. */
struct suggest {
	struct tobs_view wanted;
	const char *best; /* NULL: nothing is near enough */
	size_t distance;
};

/* Near enough is a third of the letters at most, and at least one. Of equals the first stays. */
void suggest_try(struct suggest *s, const char *word);

#endif
