/* SPDX-License-Identifier: MIT */
/*
 * Rules for daylight saving as in the TZ variable of POSIX.1-2017 (Base
 * Definitions, 8.3) with the signed hours of RFC 8536 (3.3.1):
 *
 *     CET-1CEST,M3.5.0,M10.5.0/3
 *     standard time 1 h east; from the last Sunday in March at 2:00 local time
 *     to the last Sunday in October at 3:00 one hour more
 */
#ifndef BASE_ZONE_RULE_H
#define BASE_ZONE_RULE_H

#include <stdbool.h>

#include "base/zone.h"

enum zone_day_kind {
	ZONE_JULIAN, /* Jn: 1–365, 29 February does not count */
	ZONE_DAY,    /* n: 0–365, it does */
	ZONE_WEEK,   /* Mm.w.d: week 5 is the last */
};

/* When in a year the clocks change. */
struct zone_change {
	enum zone_day_kind kind;
	int day; /* of the year, or of the week (0 Sunday) */
	int month, week;
	int time; /* s from local midnight, by the clock before the change */
};

struct zone_rule {
	int offset; /* s east of UTC, standard time */
	bool has_dst;
	int dst_offset;
	struct zone_change start, end; /* of daylight saving */
};

/* TOBS_EMALFORMED. All of `text` must be the rule. */
int zone_rule_parse(struct tobs_view text, struct zone_rule *ret);

struct zone_span zone_rule_at(const struct zone_rule *r, int64_t unix_s);

#endif
