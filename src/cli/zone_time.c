/* SPDX-License-Identifier: MIT */
#include "cli/zone_time.h"

enum { DAY_S = 86400 };

int64_t zone_time(const struct zone *zone, const struct setting_date *date, bool end)
{
	/* As if it were UTC; what is missing is the offset, which depends on what we look for. */
	int64_t local = civil_to_unix(&date->civil, 0) + (end && !date->has_time ? DAY_S : 0);
	int64_t guess;

	if (date->has_zone)
		return local - date->offset;
	guess = local - zone_at(zone, local).offset;
	return local - zone_at(zone, guess).offset;
}
