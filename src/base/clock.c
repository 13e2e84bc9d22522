/* SPDX-License-Identifier: MIT */
#include "base/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static int64_t read_clock(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static int64_t system_wall(void *user)
{
	(void)user;
	return read_clock(CLOCK_REALTIME);
}

static int64_t system_mono(void *user)
{
	(void)user;
	return read_clock(CLOCK_MONOTONIC);
}

const struct clock *clock_system(void)
{
	static const struct clock system_clock = { system_wall, system_mono, NULL };

	return &system_clock;
}

static int64_t fake_now(void *user)
{
	return ((struct fake_clock *)user)->now;
}

void fake_clock_init(struct fake_clock *f, int64_t now)
{
	f->now = now;
	f->clock = (struct clock){ fake_now, fake_now, f };
}

/*
 * Days and civil dates by the 400-year cycle of the Gregorian calendar, with
 * years that begin on 1 March so that the leap day comes last.
 */
enum { DAYS_400Y = 146097, DAYS_TO_1970 = 719468, DAY_S = 86400 };

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

struct civil civil_from_unix(int64_t unix_s, int offset)
{
	int64_t local = unix_s + offset;
	int64_t days = floor_div(local, DAY_S);
	int secs = (int)(local - days * DAY_S);
	int64_t z = days + DAYS_TO_1970;
	int64_t era = floor_div(z, DAYS_400Y);
	int doe = (int)(z - era * DAYS_400Y);                            /* 0 … 146096 */
	int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365; /* 0 … 399 */
	int doy = doe - (365 * yoe + yoe / 4 - yoe / 100);               /* from 1 March */
	int mp = (5 * doy + 2) / 153;                                    /* 0 = March */
	struct civil c;

	c.day = doy - (153 * mp + 2) / 5 + 1;
	c.month = mp < 10 ? mp + 3 : mp - 9;
	c.year = yoe + era * 400 + (c.month <= 2);
	c.hour = secs / 3600;
	c.min = secs / 60 % 60;
	c.sec = secs % 60;
	return c;
}

int64_t civil_to_unix(const struct civil *c, int offset)
{
	int64_t y = c->year - (c->month <= 2);
	int64_t era = floor_div(y, 400);
	int yoe = (int)(y - era * 400);
	int doy = (153 * (c->month > 2 ? c->month - 3 : c->month + 9) + 2) / 5 + c->day - 1;
	int doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
	int64_t days = era * DAYS_400Y + doe - DAYS_TO_1970;

	return days * DAY_S + c->hour * 3600 + c->min * 60 + c->sec - offset;
}

bool civil_valid(const struct civil *c)
{
	static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = c->year % 4 == 0 && (c->year % 100 != 0 || c->year % 400 == 0);

	if (c->month < 1 || c->month > 12 || c->day < 1)
		return false;
	if (c->day > lengths[c->month - 1] + (c->month == 2 && leap))
		return false;
	return c->hour >= 0 && c->hour < 24 && c->min >= 0 && c->min < 60 && c->sec >= 0 &&
		c->sec < 60;
}

char *civil_iso(int64_t unix_s, int offset, char *out)
{
	struct civil c = civil_from_unix(unix_s, offset);
	int n = snprintf(out, CIVIL_ISO_MAX, "%04" PRId64 "-%02d-%02dT%02d:%02d:%02d", c.year,
		c.month, c.day, c.hour, c.min, c.sec);

	if (offset == 0)
		snprintf(out + n, (size_t)(CIVIL_ISO_MAX - n), "Z");
	else
		snprintf(out + n, (size_t)(CIVIL_ISO_MAX - n), "%c%02d:%02d",
			offset < 0 ? '-' : '+', abs(offset) / 3600, abs(offset) / 60 % 60);
	return out;
}
