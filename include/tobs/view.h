/* SPDX-License-Identifier: MIT */
/*
 * A borrowed range of bytes: a pointer and a length. It never owns what it
 * points to and is never freed; whoever made it says how long it lives.
 * Text in a view is UTF-8 without a terminating zero unless stated otherwise.
 */
#ifndef TOBS_VIEW_H
#define TOBS_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <tobs/attr.h>

TOBS_BEGIN_DECLS

struct tobs_view {
	const uint8_t *ptr; /* may be NULL when len is 0 */
	size_t len;         /* bytes */
};

/* printf("%.*s", TOBS_VIEW_FMT(v)) */
#define TOBS_VIEW_FMT(v) (int)(v).len, (const char *)((v).ptr ? (v).ptr : (const uint8_t *)"")

/* A view of a string literal, usable in static initialisers. */
#define TOBS_LIT(s)                                    \
	{                                              \
		(const uint8_t *)("" s), sizeof(s) - 1 \
	}

static inline struct tobs_view tobs_view(const void *ptr, size_t len)
{
	struct tobs_view v;

	v.ptr = (const uint8_t *)ptr;
	v.len = len;
	return v;
}

/* A view of a C string without its zero; the empty view for NULL. */
static inline struct tobs_view tobs_str(const char *s)
{
	return tobs_view(s, s ? strlen(s) : 0);
}

/* The same bytes. */
static inline bool tobs_view_eq(struct tobs_view a, struct tobs_view b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* The same bytes as a C string. */
static inline bool tobs_view_is(struct tobs_view v, const char *s)
{
	return tobs_view_eq(v, tobs_str(s));
}

/* The part from byte `from` on, at most `len` bytes; clipped to the view. */
static inline struct tobs_view tobs_view_sub(struct tobs_view v, size_t from, size_t len)
{
	if (from > v.len)
		from = v.len;
	if (len > v.len - from)
		len = v.len - from;
	return tobs_view(from ? v.ptr + from : v.ptr, len);
}

/* Begins with the C string. */
static inline bool tobs_view_starts(struct tobs_view v, const char *prefix)
{
	size_t n = strlen(prefix);

	return v.len >= n && memcmp(v.ptr, prefix, n) == 0;
}

/* Ends with it. */
static inline bool tobs_view_ends(struct tobs_view v, const char *suffix)
{
	size_t n = strlen(suffix);

	return v.len >= n && memcmp(v.ptr + v.len - n, suffix, n) == 0;
}

/* <0, 0, >0 by bytes, the shorter first when one is a prefix of the other. */
int tobs_view_cmp(struct tobs_view a, struct tobs_view b);

/* The offset of `needle` at or after `from`, or SIZE_MAX. */
size_t tobs_view_find(struct tobs_view v, size_t from, struct tobs_view needle);

/* Without ASCII spaces, tabs, CR and LF at both ends. */
struct tobs_view tobs_view_trim(struct tobs_view v);

/* Equal but for the case of ASCII letters. */
bool tobs_view_eq_nocase(struct tobs_view a, struct tobs_view b);

/*
 * Decimal with an optional '-' and nothing else, not even spaces.
 * TOBS_EMALFORMED for other text, TOBS_ETOOBIG outside [min, max].
 */
int tobs_view_int(struct tobs_view v, int64_t min, int64_t max, int64_t *ret);

/*
 * Cuts *rest at the first `sep`: what is before it goes to *ret_part, *rest
 * becomes what is after it. Without `sep` the whole rest is the part.
 * False when *rest was used up (its ptr is NULL).
 */
bool tobs_view_split(struct tobs_view *rest, char sep, struct tobs_view *ret_part);

TOBS_END_DECLS

#endif
