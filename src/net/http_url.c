/* SPDX-License-Identifier: MIT */
#include "net/http_url.h"

#include "base/attr.h"

enum { PORT_HTTP = 80, PORT_HTTPS = 443, HOST_MAX = 255 };

/* Where the part at `from` ends: at one of these characters, or with the text. */
static size_t span(struct tobs_view v, size_t from, const char *ends)
{
	size_t i = from;

	while (i < v.len && !strchr(ends, v.ptr[i]))
		i++;
	return i;
}

static bool is_clean(struct tobs_view v)
{
	for (size_t i = 0; i < v.len; i++)
		if (v.ptr[i] <= ' ' || v.ptr[i] == 0x7f || v.ptr[i] == '#')
			return false;
	return true;
}

/* "host", "host:port", "[::1]:port" */
static int parse_authority(struct http_url *u, struct tobs_err *err)
{
	struct tobs_view a = u->authority, port = { 0 };
	int64_t n = u->port;
	size_t colon;

	if (tobs_view_find(a, 0, tobs_str("@")) != SIZE_MAX)
		return tobs_fail(err, TOBS_EINVAL, "a user name does not belong into a URL");
	if (tobs_view_starts(a, "[")) {
		size_t end = tobs_view_find(a, 0, tobs_str("]"));

		if (end == SIZE_MAX || (end + 1 < a.len && a.ptr[end + 1] != ':'))
			return tobs_fail(err, TOBS_EINVAL, "the URL's address does not end");
		u->host = tobs_view_sub(a, 1, end - 1);
		colon = end + 1;
	} else {
		colon = MIN(tobs_view_find(a, 0, tobs_str(":")), a.len);
		u->host = tobs_view_sub(a, 0, colon);
	}
	port = tobs_view_sub(a, colon + 1, SIZE_MAX);
	if (!u->host.len || u->host.len > HOST_MAX)
		return tobs_fail(err, TOBS_EINVAL, "the URL has no host");
	if (colon < a.len && tobs_view_int(port, 1, UINT16_MAX, &n))
		return tobs_fail(
			err, TOBS_EINVAL, "the URL's port is not a number from 1 to 65535");
	u->port = (uint16_t)n;
	return TOBS_OK;
}

/* Behind "http://unix:": a path up to a colon, then the target. */
static int parse_unix(struct tobs_view url, size_t from, struct http_url *u, struct tobs_err *err)
{
	size_t end = span(url, from, ":");

	u->unix_path = tobs_view_sub(url, from, end - from);
	u->authority = (struct tobs_view)TOBS_LIT("localhost");
	u->origin = tobs_view_sub(url, 0, end);
	u->target = tobs_view_sub(url, end + 1, SIZE_MAX);
	if (u->unix_path.len < 2)
		return tobs_fail(err, TOBS_EINVAL,
			"a Unix socket is written http://unix:/path/of/socket:/target");
	return TOBS_OK;
}

int http_url_parse(struct tobs_view url, struct http_url *ret, struct tobs_err *err)
{
	struct http_url u = { .port = PORT_HTTP };
	size_t from = strlen("http://"), end;
	int r;

	if (tobs_view_starts(url, "https://")) {
		u.tls = true;
		u.port = PORT_HTTPS;
		from++;
	} else if (!tobs_view_starts(url, "http://")) {
		return tobs_fail(err, TOBS_EINVAL, "a URL begins with http:// or https://");
	}
	if (!is_clean(url))
		return tobs_fail(
			err, TOBS_EINVAL, "the URL has a character that must be written as %%XX");
	if (tobs_view_starts(tobs_view_sub(url, from, SIZE_MAX), "unix:")) {
		r = parse_unix(url, from + strlen("unix:"), &u, err);
	} else {
		end = span(url, from, "/?");
		u.authority = tobs_view_sub(url, from, end - from);
		u.origin = tobs_view_sub(url, 0, end);
		u.target = tobs_view_sub(url, end, SIZE_MAX);
		r = parse_authority(&u, err);
	}
	if (!r)
		*ret = u;
	return r;
}
