/* SPDX-License-Identifier: MIT */
/* Dates as people write them, in a time zone. */
#ifndef CLI_ZONE_TIME_H
#define CLI_ZONE_TIME_H

#include "base/setting.h"
#include "base/zone.h"

/*
 * Seconds since 1970 of a date in the zone, unless it has a zone of its own. With
 * `end` a date without a time is the end of that day: the beginning of the next.
 * An hour that the zone skips or has twice is taken with one of its two offsets.
 */
int64_t zone_time(const struct zone *zone, const struct setting_date *date, bool end);

#endif
