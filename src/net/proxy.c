/* SPDX-License-Identifier: MIT */
#include "net/proxy.h"

#include <stdio.h>
#include <string.h>
#include <tobs/log.h>

#include "base/attr.h"

static const struct {
	const char *scheme;
	enum proxy_kind kind;
	uint16_t port;
} schemes[] = {
	{ "socks5://", PROXY_SOCKS5, 1080 },
	{ "socks5h://", PROXY_SOCKS5, 1080 },
	{ "http://", PROXY_HTTP, 8080 },
};

static int hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Undoes percent-encoding; control characters have no business in any part of a URL. */
static int unescape(struct tobs_view in, char *out, size_t *ret_len)
{
	size_t n = 0;

	for (size_t i = 0; i < in.len; i++) {
		uint8_t c = in.ptr[i];

		if (c == '%') {
			int hi = i + 2 < in.len ? hex_digit(in.ptr[i + 1]) : -1;
			int lo = i + 2 < in.len ? hex_digit(in.ptr[i + 2]) : -1;

			if (hi < 0 || lo < 0)
				return TOBS_EMALFORMED;
			c = (uint8_t)(hi << 4 | lo);
			i += 2;
		}
		if (c < 0x20 || c == 0x7f)
			return TOBS_EMALFORMED;
		if (n + 1 >= PROXY_TEXT_MAX)
			return TOBS_ETOOBIG;
		out[n++] = (char)c;
	}
	out[n] = 0;
	*ret_len = n;
	return TOBS_OK;
}

static int parse_user(struct tobs_view text, struct proxy *p, struct tobs_err *err)
{
	size_t colon = tobs_view_find(text, 0, tobs_str(":")), len = 0;
	char password[PROXY_TEXT_MAX];
	int r;

	if (unescape(tobs_view_sub(text, 0, colon), p->user, &len) || !len)
		return tobs_fail(err, TOBS_EINVAL, "the proxy's user name cannot be one");
	if (colon == SIZE_MAX)
		return TOBS_OK;
	r = unescape(tobs_view_sub(text, colon + 1, SIZE_MAX), password, &len);
	if (!r)
		r = secret_set(&p->password, tobs_view(password, len));
	if (!r)
		r = tobs_log_secret(tobs_view(password, len));
	mem_wipe(password, sizeof password);
	if (r == TOBS_ENOMEM)
		return tobs_fail(err, r, "reading the proxy's password");
	return r ? tobs_fail(err, TOBS_EINVAL, "the proxy's password cannot be one") : TOBS_OK;
}

/* "host", "host:port", "[::1]:port" */
static int parse_host(struct tobs_view text, struct proxy *p, struct tobs_err *err)
{
	struct tobs_view host = text, port = { 0 };
	size_t end = tobs_view_starts(text, "[") ? tobs_view_find(text, 0, tobs_str("]")) : 0;
	size_t colon = end == SIZE_MAX ? end : tobs_view_find(text, end, tobs_str(":"));
	int64_t n = p->port;
	size_t len;

	if (colon != SIZE_MAX) {
		host = tobs_view_sub(text, 0, colon);
		port = tobs_view_sub(text, colon + 1, SIZE_MAX);
		if (tobs_view_int(port, 1, UINT16_MAX, &n))
			return tobs_fail(err, TOBS_EINVAL,
				"the proxy's port \"%.*s\" is not a number from 1 to 65535",
				TOBS_VIEW_FMT(port));
	}
	if (!host.len || tobs_view_find(host, 0, tobs_str(" ")) != SIZE_MAX ||
		unescape(host, p->host, &len))
		return tobs_fail(err, TOBS_EINVAL, "the proxy has no host");
	p->port = (uint16_t)n;
	return TOBS_OK;
}

/* The last '@', so that one in the password does no harm. */
static size_t find_at(struct tobs_view text)
{
	size_t i = text.len;

	while (i > 0)
		if (text.ptr[--i] == '@')
			return i;
	return SIZE_MAX;
}

int proxy_parse(struct tobs_view url, struct proxy *ret, struct tobs_err *err)
{
	struct proxy p = { 0 };
	size_t at;
	int r = TOBS_OK;

	for (size_t i = 0; url.len && i < ARRAY_LEN(schemes) && !p.kind; i++) {
		if (!tobs_view_starts(url, schemes[i].scheme))
			continue;
		p.kind = schemes[i].kind;
		p.port = schemes[i].port;
		url = tobs_view_sub(url, strlen(schemes[i].scheme), SIZE_MAX);
	}
	if (!p.kind) {
		if (url.len)
			return tobs_fail(err, TOBS_EINVAL,
				"a proxy is written socks5://host:port or http://host:port");
		*ret = p;
		return TOBS_OK;
	}
	if (tobs_view_ends(url, "/"))
		url.len--;
	at = find_at(url);
	if (at != SIZE_MAX) {
		r = parse_user(tobs_view_sub(url, 0, at), &p, err);
		url = tobs_view_sub(url, at + 1, SIZE_MAX);
	}
	if (!r)
		r = parse_host(url, &p, err);
	if (r)
		proxy_deinit(&p);
	else
		*ret = p;
	return r;
}

void proxy_deinit(struct proxy *p)
{
	if (!p)
		return;
	secret_deinit(&p->password);
	*p = (struct proxy){ 0 };
}

int proxy_connect(const struct proxy *p, struct tobs_view host, uint16_t port,
	const struct tcp_options *opt, struct net_stream **ret, struct tobs_err *err)
{
	struct net_stream *s = NULL;
	int r;

	if (!p || p->kind == PROXY_NONE)
		return tcp_connect(host, port, opt, ret, err);
	r = tcp_connect(tobs_str(p->host), p->port, opt, &s, err);
	if (!r)
		r = p->kind == PROXY_SOCKS5 ? socks5_open(s, p, host, port, err)
					    : http_connect_open(s, p, host, port, err);
	if (r) {
		net_close(s);
		tobs_err_context(err, "proxy %s:%u", p->host, p->port);
		return r;
	}
	*ret = s;
	return TOBS_OK;
}
