/* SPDX-License-Identifier: MIT */
#include "rt/addr.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <tobs/err.h>

#include "base/attr.h"

static int parse_unix(struct tobs_view path, struct addr *ret)
{
	struct addr a = { .un.sun_family = AF_UNIX };
	bool abstract = tobs_view_starts(path, "@");

	if (!path.len || memchr(path.ptr, 0, path.len))
		return TOBS_EMALFORMED;
	/* A path is kept with its zero; an abstract name has one in front instead. */
	if (path.len >= sizeof a.un.sun_path)
		return TOBS_ETOOBIG;
	memcpy(a.un.sun_path, path.ptr, path.len);
	if (abstract)
		a.un.sun_path[0] = 0;
	a.len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + path.len + !abstract);
	*ret = a;
	return TOBS_OK;
}

static int parse_ipv6(char *text, uint16_t port, struct addr *ret)
{
	struct addr a = { .in6 = { .sin6_family = AF_INET6, .sin6_port = htons(port) },
		.len = sizeof a.in6 };
	char *zone = strchr(text, '%');

	if (zone) {
		*zone++ = 0;
		a.in6.sin6_scope_id = if_nametoindex(zone);
		if (!a.in6.sin6_scope_id)
			return TOBS_EMALFORMED;
	}
	if (inet_pton(AF_INET6, text, &a.in6.sin6_addr) != 1)
		return TOBS_EMALFORMED;
	*ret = a;
	return TOBS_OK;
}

int addr_parse(struct tobs_view text, uint16_t port, struct addr *ret)
{
	struct addr a = { .in = { .sin_family = AF_INET, .sin_port = htons(port) },
		.len = sizeof a.in };
	char copy[INET6_ADDRSTRLEN + IF_NAMESIZE + 1];

	if (tobs_view_starts(text, "unix:"))
		return parse_unix(tobs_view_sub(text, 5, SIZE_MAX), ret);
	if (text.len > 2 && tobs_view_starts(text, "[") && tobs_view_ends(text, "]")) {
		text = tobs_view_sub(text, 1, text.len - 2);
		if (!memchr(text.ptr, ':', text.len)) /* brackets are for IPv6 */
			return TOBS_EMALFORMED;
	}
	if (!text.len || text.len >= sizeof copy || memchr(text.ptr, 0, text.len))
		return TOBS_EMALFORMED;
	memcpy(copy, text.ptr, text.len);
	copy[text.len] = 0;
	if (strchr(copy, ':'))
		return parse_ipv6(copy, port, ret);
	if (inet_pton(AF_INET, copy, &a.in.sin_addr) != 1)
		return TOBS_EMALFORMED;
	*ret = a;
	return TOBS_OK;
}

uint16_t addr_port(const struct addr *a)
{
	switch (a->sa.sa_family) {
	case AF_INET: return ntohs(a->in.sin_port);
	case AF_INET6: return ntohs(a->in6.sin6_port);
	default: return 0;
	}
}

void addr_set_port(struct addr *a, uint16_t port)
{
	if (a->sa.sa_family == AF_INET)
		a->in.sin_port = htons(port);
	else if (a->sa.sa_family == AF_INET6)
		a->in6.sin6_port = htons(port);
}

bool addr_eq(const struct addr *a, const struct addr *b)
{
	if (a->sa.sa_family != b->sa.sa_family)
		return false;
	switch (a->sa.sa_family) {
	case AF_INET:
		return a->in.sin_port == b->in.sin_port &&
			a->in.sin_addr.s_addr == b->in.sin_addr.s_addr;
	case AF_INET6:
		return a->in6.sin6_port == b->in6.sin6_port &&
			a->in6.sin6_scope_id == b->in6.sin6_scope_id &&
			memcmp(&a->in6.sin6_addr, &b->in6.sin6_addr, sizeof a->in6.sin6_addr) == 0;
	default: return a->len == b->len && memcmp(&a->un, &b->un, a->len) == 0;
	}
}

bool addr_is_local(const struct addr *a)
{
	switch (a->sa.sa_family) {
	case AF_INET: return ntohl(a->in.sin_addr.s_addr) >> 24 == 127;
	case AF_INET6:
		return IN6_IS_ADDR_LOOPBACK(&a->in6.sin6_addr) ||
			(IN6_IS_ADDR_V4MAPPED(&a->in6.sin6_addr) &&
				a->in6.sin6_addr.s6_addr[12] == 127);
	default: return true;
	}
}

static void format_unix(const struct addr *a, char *out)
{
	size_t n = a->len - MIN(a->len, offsetof(struct sockaddr_un, sun_path));
	bool abstract = n && !a->un.sun_path[0];
	const char *name = a->un.sun_path + abstract;

	n -= abstract;
	snprintf(out, ADDR_TEXT_MAX, "unix:%s%.*s", abstract ? "@" : "", (int)n, n ? name : "");
}

char *addr_format(const struct addr *a, char *out)
{
	char ip[INET6_ADDRSTRLEN] = "?", zone[IF_NAMESIZE + 1] = "";

	switch (a->sa.sa_family) {
	case AF_INET:
		inet_ntop(AF_INET, &a->in.sin_addr, ip, sizeof ip);
		snprintf(out, ADDR_TEXT_MAX, "%s:%u", ip, addr_port(a));
		break;
	case AF_INET6:
		inet_ntop(AF_INET6, &a->in6.sin6_addr, ip, sizeof ip);
		zone[0] = '%';
		if (!a->in6.sin6_scope_id || !if_indextoname(a->in6.sin6_scope_id, zone + 1))
			zone[0] = 0;
		snprintf(out, ADDR_TEXT_MAX, "[%s%s]:%u", ip, zone, addr_port(a));
		break;
	default: format_unix(a, out);
	}
	return out;
}
