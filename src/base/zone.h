/* SPDX-License-Identifier: MIT */
/*
 * Time zones, from the system's database (TZif files, RFC 8536) and without
 * libc's global state: any number of zones at once, on any thread.
 *
 *     r = zone_load(&z, "Europe/Paris", err);
 *     s = zone_at(z, t);                       one offset holds for a while:
 *     … while s.from <= t && t < s.until …     civil_from_unix(t, s.offset)
 *     zone_free(z);
 *
 * A zone does not change once it is made.
 */
#ifndef BASE_ZONE_H
#define BASE_ZONE_H

#include <stdint.h>
#include <tobs/err.h>
#include <tobs/view.h>

struct zone;

/* From `from` on and before `until` (seconds since 1970 UTC), local time is `offset` seconds ahead. */
struct zone_span {
	int64_t from, until;
	int offset;
};

/*
 * The zone called `name`:
 *     "local", NULL      what the environment variable TZ names, else /etc/localtime, else UTC
 *     "UTC", "Z"
 *     "+03:00", "-0530"  a fixed offset of less than 24 hours
 *     "Europe/Paris"     a file of the database in $TZDIR or /usr/share/zoneinfo
 *     "CET-1CEST,M3.5.0,M10.5.0/3"   a rule, as POSIX has them
 *
 * TOBS_ENOTFOUND for none of these, TOBS_EMALFORMED for a file that is no zone,
 * TOBS_EIO, TOBS_ENOMEM. For "local", whatever cannot be used is UTC.
 */
int zone_load(struct zone **ret, const char *name, struct tobs_err *err);

/* A zone from the content of a TZif file; TOBS_EMALFORMED. */
int zone_parse(struct zone **ret, struct tobs_view tzif, struct tobs_err *err);

/* A zone from a POSIX rule alone; TOBS_EMALFORMED. */
int zone_from_rule(struct zone **ret, struct tobs_view rule, struct tobs_err *err);

/* NULL is fine. */
void zone_free(struct zone *z);

/* The stretch of time around `unix_s` in which its offset holds. */
struct zone_span zone_at(const struct zone *z, int64_t unix_s);

/* The same number for zones that agree about all times: to notice that a zone's rules changed. */
uint64_t zone_fingerprint(const struct zone *z);

#endif
