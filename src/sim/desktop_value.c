/* SPDX-License-Identifier: MIT */
/* Single values of Desktop's JSON. */
#include <stdio.h>

#include "base/clock.h"
#include "sim/desktop.h"

static int wrong(struct json_value v, const char *key, const char *wanted, struct tobs_err *err)
{
	int r = json_fail(err, TOBS_EMALFORMED, "is of type %s, must be %s",
		json_type_name(json_type(v)), wanted);

	return json_at_key(err, tobs_str(key), r);
}

int desktop_int(struct json_value object, const char *key, int64_t min, int64_t max, int64_t *ret,
	struct tobs_err *err)
{
	struct json_value v = json_field(object, key);
	struct tobs_view text;
	int64_t n;
	int r;

	if (json_is_missing(v) || json_is_null(v))
		return TOBS_OK;
	/* Some numbers are written as strings. */
	if (!json_get_str(v, &text)) {
		if (tobs_view_int(text, INT64_MIN, INT64_MAX, &n))
			return wrong(v, key, "an integer", err);
	} else if (json_get_i64(v, &n)) {
		return wrong(v, key, "an integer", err);
	}
	if (n < min || n > max) {
		r = json_fail(err, TOBS_ETOOBIG, "%lld: allowed are %lld to %lld", (long long)n,
			(long long)min, (long long)max);
		return json_at_key(err, tobs_str(key), r);
	}
	*ret = n;
	return TOBS_OK;
}

int desktop_int32(struct json_value object, const char *key, int32_t *ret, struct tobs_err *err)
{
	int64_t n = *ret;
	int r = desktop_int(object, key, INT32_MIN, INT32_MAX, &n, err);

	if (!r)
		*ret = (int32_t)n;
	return r;
}

int desktop_str(
	struct json_value object, const char *key, struct tobs_view *ret, struct tobs_err *err)
{
	struct json_value v = json_field(object, key);

	if (json_is_missing(v) || json_is_null(v))
		return TOBS_OK;
	return json_get_str(v, ret) ? wrong(v, key, "a string", err) : TOBS_OK;
}

int desktop_bool(struct json_value object, const char *key, bool *ret, struct tobs_err *err)
{
	struct json_value v = json_field(object, key);

	if (json_is_missing(v) || json_is_null(v))
		return TOBS_OK;
	return json_get_bool(v, ret) ? wrong(v, key, "true or false", err) : TOBS_OK;
}

/* Digits of fixed length, as dates have them. */
static bool digits(struct tobs_view v, size_t from, size_t len, int *ret)
{
	int64_t n;

	if (tobs_view_int(tobs_view_sub(v, from, len), 0, 9999, &n))
		return false;
	*ret = (int)n;
	return true;
}

/* "2023-07-18T01:42:02" as seconds since 1970, as if it were UTC. */
static bool local_time(struct tobs_view v, int64_t *ret)
{
	struct civil c = { 0 };
	int year;

	if (v.len != 19 || v.ptr[4] != '-' || v.ptr[7] != '-' || v.ptr[10] != 'T' ||
		v.ptr[13] != ':' || v.ptr[16] != ':' || !digits(v, 0, 4, &year) ||
		!digits(v, 5, 2, &c.month) || !digits(v, 8, 2, &c.day) ||
		!digits(v, 11, 2, &c.hour) || !digits(v, 14, 2, &c.min) ||
		!digits(v, 17, 2, &c.sec))
		return false;
	c.year = year;
	if (!civil_valid(&c))
		return false;
	*ret = civil_to_unix(&c, 0);
	return true;
}

int desktop_date(struct desktop *d, struct json_value object, const char *key, int32_t *ret,
	struct tobs_err *err)
{
	char unix_key[64];
	struct tobs_view text = { 0 };
	int64_t local = 0, when = INT64_MIN;
	int r = desktop_str(object, key, &text, err);

	if (r)
		return r;
	if (text.len && !local_time(text, &local))
		return wrong(json_field(object, key), key, "a date like 2020-01-31T12:00:00", err);
	snprintf(unix_key, sizeof unix_key, "%s_unixtime", key);
	r = desktop_int(object, unix_key, 0, INT32_MAX, &when, err);
	if (r)
		return r;
	if (when != INT64_MIN) {
		if (text.len)
			d->zone = (int32_t)(local - when);
		*ret = (int32_t)when;
		return TOBS_OK;
	}
	if (!text.len)
		return TOBS_OK;
	/* As far ahead of UTC as the last date that came in both forms. */
	when = local - d->zone;
	if (when < 0 || when > INT32_MAX)
		return json_at_key(err, tobs_str(key),
			json_fail(err, TOBS_ETOOBIG, "is not between 1970 and 2038"));
	*ret = (int32_t)when;
	return TOBS_OK;
}

int desktop_unwrap(struct desktop *d, struct json_value *v, struct tobs_err *err)
{
	struct tobs_view text;
	int r;

	if (json_get_str(*v, &text))
		return TOBS_OK;
	r = json_parse(&d->parser, &d->doc, text, err);
	if (r)
		return json_failed(err, r);
	*v = json_root(&d->doc);
	return TOBS_OK;
}
