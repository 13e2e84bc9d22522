/* SPDX-License-Identifier: MIT */
#include "base/zone.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <tobs/buf.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/endian.h"
#include "base/zone_rule.h"

enum {
	FILE_MAX = 1 << 18,    /* bytes; the largest of the database has 4 KiB */
	CHANGES_MAX = 1 << 14, /* from RFC 8536 there is no limit */
	OFFSET_MAX = 86400 * 2,
	PATH_BYTES = 512,
};

/* From `at` on, `offset` holds. */
struct change {
	int64_t at;
	int32_t offset;
};

struct zone {
	int first_offset; /* before the first change */
	bool has_rule;    /* behind the last one */
	struct zone_rule rule;
	size_t count;
	struct change changes[]; /* ascending */
};

static struct zone *zone_new(size_t changes)
{
	struct zone *z = mem_zalloc(sizeof *z + changes * sizeof(struct change));

	if (z)
		z->count = changes;
	return z;
}

void zone_free(struct zone *z)
{
	mem_free(z);
}

/* ---- TZif (RFC 8536) --------------------------------------------------------- */

struct header {
	uint8_t version;
	uint32_t isutcnt, isstdcnt, leapcnt, timecnt, typecnt, charcnt;
};

enum { HEADER = 44, TYPE = 6 };

static bool read_header(struct tobs_view s, struct header *h)
{
	if (s.len < HEADER || memcmp(s.ptr, "TZif", 4) != 0)
		return false;
	*h = (struct header){ s.ptr[4], get_be32(s.ptr + 20), get_be32(s.ptr + 24),
		get_be32(s.ptr + 28), get_be32(s.ptr + 32), get_be32(s.ptr + 36),
		get_be32(s.ptr + 40) };
	return h->typecnt > 0 && h->typecnt <= 256 && h->timecnt <= CHANGES_MAX &&
		h->leapcnt <= CHANGES_MAX && h->charcnt <= FILE_MAX && h->isutcnt <= 256 &&
		h->isstdcnt <= 256;
}

/* Bytes of what follows the header, with times of `width` bytes. */
static size_t body_size(const struct header *h, size_t width)
{
	return h->timecnt * (width + 1) + (size_t)h->typecnt * TYPE + h->charcnt +
		h->leapcnt * (width + 4) + h->isstdcnt + h->isutcnt;
}

static int malformed(struct tobs_err *err)
{
	return tobs_fail(err, TOBS_EMALFORMED, "not a file of the time zone database");
}

static int32_t type_offset(const uint8_t *types, size_t i)
{
	return (int32_t)get_be32(types + i * TYPE);
}

static int read_body(struct tobs_view s, const struct header *h, size_t width, struct zone **ret,
	struct tobs_err *err)
{
	const uint8_t *times = s.ptr, *indices = times + h->timecnt * width;
	const uint8_t *types = indices + h->timecnt;
	struct zone *z;

	for (uint32_t i = 0; i < h->typecnt; i++)
		if (abs(type_offset(types, i) / 2) > OFFSET_MAX / 2)
			return malformed(err);
	z = zone_new(h->timecnt);
	if (!z)
		return tobs_fail(err, TOBS_ENOMEM, "out of memory");
	z->first_offset = type_offset(types, 0);
	for (uint32_t i = 0; i < h->timecnt; i++) {
		struct change *c = &z->changes[i];

		c->at = width == 8 ? (int64_t)get_be64(times + (size_t)i * 8)
				   : (int32_t)get_be32(times + (size_t)i * 4);
		if (indices[i] >= h->typecnt || (i && c->at <= c[-1].at)) {
			zone_free(z);
			return malformed(err);
		}
		c->offset = type_offset(types, indices[i]);
	}
	*ret = z;
	return TOBS_OK;
}

/* "\nrule\n" behind the data. An empty rule says that nothing is known of later times. */
static int read_footer(struct zone *z, struct tobs_view s)
{
	if (s.len < 2 || s.ptr[0] != '\n' || s.ptr[s.len - 1] != '\n')
		return TOBS_EMALFORMED;
	if (s.len == 2)
		return TOBS_OK;
	z->has_rule = true;
	return zone_rule_parse(tobs_view_sub(s, 1, s.len - 2), &z->rule);
}

int zone_parse(struct zone **ret, struct tobs_view tzif, struct tobs_err *err)
{
	struct header h;
	struct zone *z = NULL;
	size_t width = 4, size;
	int r;

	if (!read_header(tzif, &h))
		return malformed(err);
	size = body_size(&h, 4);
	if (h.version) {
		/* The same once more with 64-bit times, and a rule for what comes after them. */
		tzif = tobs_view_sub(tzif, HEADER + size, tzif.len);
		if (!read_header(tzif, &h))
			return malformed(err);
		width = 8;
		size = body_size(&h, 8);
	}
	if (tzif.len - HEADER < size)
		return malformed(err);
	r = read_body(tobs_view_sub(tzif, HEADER, size), &h, width, &z, err);
	if (r)
		return r;
	if (h.version && read_footer(z, tobs_view_sub(tzif, HEADER + size, tzif.len))) {
		zone_free(z);
		return malformed(err);
	}
	*ret = z;
	return TOBS_OK;
}

int zone_from_rule(struct zone **ret, struct tobs_view rule, struct tobs_err *err)
{
	struct zone_rule parsed;
	struct zone *z;

	if (zone_rule_parse(rule, &parsed))
		return tobs_fail(err, TOBS_EMALFORMED, "not a rule for a time zone");
	z = zone_new(0);
	if (!z)
		return tobs_fail(err, TOBS_ENOMEM, "out of memory");
	z->has_rule = true;
	z->rule = parsed;
	*ret = z;
	return TOBS_OK;
}

/* ---- names ------------------------------------------------------------------- */

static int fixed(struct zone **ret, int offset, struct tobs_err *err)
{
	struct zone *z = zone_new(0);

	if (!z)
		return tobs_fail(err, TOBS_ENOMEM, "out of memory");
	z->first_offset = offset;
	*ret = z;
	return TOBS_OK;
}

/* "+03:00", "+0300", "-3"; false for anything else. */
static bool parse_offset(const char *s, int *ret)
{
	bool colon = strlen(s) == 6 && s[3] == ':';
	char digits[5] = "0000";
	size_t n = 0;

	if (*s != '+' && *s != '-')
		return false;
	for (const char *p = s + 1; *p; p++) {
		if (colon && p == s + 3)
			continue;
		if (*p < '0' || *p > '9' || n == 4)
			return false;
		digits[n++] = *p;
	}
	if (n == 0 || n == 3)
		return false;
	if (n == 1) {
		digits[1] = digits[0];
		digits[0] = '0';
	}
	*ret = ((digits[0] - '0') * 10 + digits[1] - '0') * 3600 +
		((digits[2] - '0') * 10 + digits[3] - '0') * 60;
	if (*ret >= 86400 || digits[2] > '5')
		return false;
	if (*s == '-')
		*ret = -*ret;
	return true;
}

static int read_all(const char *path, struct tobs_buf *out, struct tobs_err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), r = TOBS_OK;
	struct stat st;

	if (fd < 0)
		return tobs_fail_sys(err,
			errno == ENOENT || errno == ENOTDIR ? TOBS_ENOTFOUND : TOBS_EIO, errno,
			"cannot read %s", path);
	if (fstat(fd, &st) || !S_ISREG(st.st_mode))
		r = tobs_fail(err, TOBS_ENOTFOUND, "%s is not a file", path);
	while (!r) {
		uint8_t block[4096];
		ssize_t n = read(fd, block, sizeof block);

		if (n == 0)
			break;
		if (n < 0)
			r = tobs_fail_sys(err, TOBS_EIO, errno, "cannot read %s", path);
		else if (tobs_buf_put(out, block, (size_t)n))
			r = tobs_fail(err, tobs_buf_err(out), "cannot read %s", path);
	}
	close(fd);
	return r;
}

static int load_file(struct zone **ret, const char *path, struct tobs_err *err)
{
	struct tobs_buf text;
	int r;

	tobs_buf_init(&text, FILE_MAX);
	r = read_all(path, &text, err);
	if (!r)
		r = zone_parse(ret, tobs_buf_view(&text), err);
	tobs_buf_deinit(&text);
	return r == TOBS_ETOOBIG ? TOBS_EMALFORMED : r;
}

/* Only names, no paths: one that leads out of the database is none. */
static bool is_name(const char *s)
{
	for (const char *p = s; *p; p++) {
		bool plain = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
			(*p >= '0' && *p <= '9') || strchr("/_+-", *p);

		if (!plain)
			return false;
	}
	return *s && *s != '/';
}

static int load_named(struct zone **ret, const char *name, struct tobs_err *err)
{
	const char *dir = getenv("TZDIR");
	char path[PATH_BYTES];
	int n;

	if (!is_name(name))
		return tobs_fail(err, TOBS_ENOTFOUND, "no time zone is called \"%s\"", name);
	n = snprintf(path, sizeof path, "%s/%s", dir && *dir ? dir : "/usr/share/zoneinfo", name);
	if (n < 0 || (size_t)n >= sizeof path)
		return tobs_fail(err, TOBS_ENOTFOUND, "no time zone is called \"%s\"", name);
	n = load_file(ret, path, err);
	if (n == TOBS_ENOTFOUND)
		return tobs_fail(err, n, "no time zone is called \"%s\"", name);
	return n;
}

static int load_any(struct zone **ret, const char *name, struct tobs_err *err)
{
	int offset;

	if (!strcmp(name, "UTC") || !strcmp(name, "Z"))
		return fixed(ret, 0, err);
	if (parse_offset(name, &offset))
		return fixed(ret, offset, err);
	return strchr(name, ',') ? zone_from_rule(ret, tobs_str(name), err)
				 : load_named(ret, name, err);
}

static int load_local(struct zone **ret, struct tobs_err *err)
{
	const char *tz = getenv("TZ");
	int r;

	if (!tz)
		r = load_file(ret, "/etc/localtime", NULL);
	else if (*tz == ':' && tz[1] == '/')
		r = load_file(ret, tz + 1, NULL);
	else if (*tz == '/')
		r = load_file(ret, tz, NULL);
	else
		r = load_any(ret, *tz == ':' ? tz + 1 : tz, NULL);
	/* A rule without daylight saving ("EST5") has no comma to be known by. */
	if (r && tz)
		r = zone_from_rule(ret, tobs_str(tz), NULL);
	return r ? fixed(ret, 0, err) : TOBS_OK;
}

int zone_load(struct zone **ret, const char *name, struct tobs_err *err)
{
	if (!name || !strcmp(name, "local"))
		return load_local(ret, err);
	return load_any(ret, name, err);
}

/* ---- times ------------------------------------------------------------------- */

struct zone_span zone_at(const struct zone *z, int64_t unix_s)
{
	size_t low = 0, high = z->count;
	struct zone_span s = { INT64_MIN, INT64_MAX, z->first_offset }, ruled;

	/* The number of changes up to unix_s. */
	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (z->changes[mid].at <= unix_s)
			low = mid + 1;
		else
			high = mid;
	}
	if (low) {
		s.from = z->changes[low - 1].at;
		s.offset = z->changes[low - 1].offset;
	}
	if (low < z->count) {
		s.until = z->changes[low].at;
		return s;
	}
	if (!z->has_rule)
		return s;
	ruled = zone_rule_at(&z->rule, unix_s);
	if (ruled.from < s.from)
		ruled.from = s.from;
	return ruled;
}

static uint64_t mix(uint64_t h, uint64_t n)
{
	h = (h ^ n) * 0x9e3779b97f4a7c15u;
	return h ^ h >> 29;
}

static uint64_t mix_change(uint64_t h, const struct zone_change *c)
{
	h = mix(h, (uint64_t)c->kind << 32 | (uint32_t)c->day);
	h = mix(h, (uint64_t)c->month << 32 | (uint32_t)c->week);
	return mix(h, (uint32_t)c->time);
}

uint64_t zone_fingerprint(const struct zone *z)
{
	uint64_t h = mix(1, (uint32_t)z->first_offset);

	for (size_t i = 0; i < z->count; i++)
		h = mix(mix(h, (uint64_t)z->changes[i].at), (uint32_t)z->changes[i].offset);
	if (!z->has_rule)
		return h;
	h = mix(h, (uint32_t)z->rule.offset);
	if (!z->rule.has_dst)
		return h;
	h = mix(h, (uint32_t)z->rule.dst_offset);
	return mix_change(mix_change(h, &z->rule.start), &z->rule.end);
}
