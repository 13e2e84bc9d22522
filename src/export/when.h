/* SPDX-License-Identifier: MIT */
/*
 * Times of a chat in its zone, one after the other: the offset is looked up once
 * for as long as it holds, the date once for a day.
 */
#ifndef EXPORT_WHEN_H
#define EXPORT_WHEN_H

#include <stdbool.h>
#include <tobs/buf.h>

#include "base/clock.h"
#include "base/zone.h"

struct when {
	const struct zone *zone;
	struct zone_span span;
	int64_t day;       /* the local day that `date` is: days since 1970 */
	struct civil date; /* its year, month, day */
};

void when_init(struct when *w, const struct zone *zone);

/* How far local time is ahead of UTC at that time, in seconds. */
int when_offset(struct when *w, int64_t unix_s);

/* The local day: days since 1970-01-01. */
int64_t when_day(struct when *w, int64_t unix_s);

/* Whether two days lie in the same month. */
bool when_same_month(int64_t a, int64_t b);

/* Append "14:03", "2024-05-01", "2024-05" and "2024-05-01 14:03". */
void when_put_time(struct when *w, struct tobs_buf *out, int64_t unix_s);
void when_put_date(struct when *w, struct tobs_buf *out, int64_t unix_s);
void when_put_month(struct when *w, struct tobs_buf *out, int64_t unix_s);
void when_put(struct when *w, struct tobs_buf *out, int64_t unix_s);

/* "2024-05-01T14:03:07", what Obsidian takes for a date with time. */
void when_put_iso(struct when *w, struct tobs_buf *out, int64_t unix_s);

/* "UTC+02:00" for an offset. */
void when_put_offset(struct tobs_buf *out, int offset);

#endif
