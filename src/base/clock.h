/* SPDX-License-Identifier: MIT */
/*
 * Time. Protocol cores take a `struct clock`, so tests move it by hand.
 * All times are signed 64-bit microseconds (µs).
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct clock {
	int64_t (*wall)(void *user); /* µs since 1970-01-01 UTC; may jump */
	int64_t (*mono)(void *user); /* µs since some start; never goes back */
	void *user;
};

const struct clock *clock_system(void);

static inline int64_t clock_wall(const struct clock *c)
{
	return c->wall(c->user);
}

static inline int64_t clock_mono(const struct clock *c)
{
	return c->mono(c->user);
}

/* A clock that stands still until it is moved. Both readings come from `now`. */
struct fake_clock {
	int64_t now;
	struct clock clock; /* filled by fake_clock_init; its address is what cores take */
};

void fake_clock_init(struct fake_clock *f, int64_t now);

/* A day and time of day, without zone. month 1–12, day 1–31, sec 0–59. */
struct civil {
	int64_t year;
	int month, day, hour, min, sec;
};

/* Seconds since 1970 to a civil time at `offset` seconds east of UTC, and back. */
struct civil civil_from_unix(int64_t unix_s, int offset);
int64_t civil_to_unix(const struct civil *c, int offset);

/* Whether the fields are in range and the day exists in that month. */
bool civil_valid(const struct civil *c);

/*
 * "2024-05-01T12:00:00Z", or with "+03:00" for another offset, written to
 * `out` of at least CIVIL_ISO_MAX bytes; returns out.
 */
enum { CIVIL_ISO_MAX = 40 };
char *civil_iso(int64_t unix_s, int offset, char *out);

#endif
