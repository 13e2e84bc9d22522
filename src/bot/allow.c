/* SPDX-License-Identifier: MIT */
#include "bot/allow.h"

#include <string.h>

enum { V4_BITS = 96 }; /* in front of an IPv4 address that is written as IPv6 */

/* Sixteen bytes, whatever the family; false for a Unix socket. */
static bool bytes_of(const struct addr *a, uint8_t *out)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	if (a->sa.sa_family == AF_INET6) {
		memcpy(out, &a->in6.sin6_addr, 16);
		return true;
	}
	if (a->sa.sa_family != AF_INET)
		return false;
	memcpy(out, mapped, sizeof mapped);
	memcpy(out + sizeof mapped, &a->in.sin_addr, 4);
	return true;
}

static int add(struct allow *a, struct tobs_view text, struct tobs_err *err)
{
	struct tobs_view rest = text, host;
	struct allow_net net = { .bits = 128 };
	struct addr addr;
	int64_t bits, most;

	tobs_view_split(&rest, '/', &host);
	if (addr_parse(host, 0, &addr) || !bytes_of(&addr, net.bytes))
		return tobs_fail(err, TOBS_EINVAL, "\"%.*s\" is no network", TOBS_VIEW_FMT(text));
	most = addr.sa.sa_family == AF_INET ? 32 : 128;
	bits = most;
	if (rest.ptr && tobs_view_int(rest, 0, most, &bits))
		return tobs_fail(err, TOBS_EINVAL, "\"%.*s\": behind the slash stands 0 to %d",
			TOBS_VIEW_FMT(text), (int)most);
	net.bits = (unsigned)(most == 32 ? V4_BITS + bits : bits);
	return ARRAY_PUSH(&a->nets, net) ? tobs_fail(err, TOBS_ENOMEM, "no memory") : TOBS_OK;
}

int allow_parse(struct allow *a, struct tobs_view list, struct tobs_err *err)
{
	struct tobs_view part, word;

	while (tobs_view_split(&list, ' ', &part))
		while (tobs_view_split(&part, ',', &word)) {
			int r = word.len ? add(a, word, err) : TOBS_OK;

			if (r)
				return r;
		}
	return TOBS_OK;
}

void allow_deinit(struct allow *a)
{
	ARRAY_DEINIT(&a->nets);
}

static bool is_in(const struct allow_net *net, const uint8_t *bytes)
{
	unsigned whole = net->bits / 8, rest = net->bits % 8;

	if (memcmp(net->bytes, bytes, whole) != 0)
		return false;
	return !rest || !((net->bytes[whole] ^ bytes[whole]) >> (8 - rest));
}

bool allow_has(const struct allow *a, const struct addr *peer)
{
	uint8_t bytes[16];

	if (!a->nets.count || !bytes_of(peer, bytes))
		return true;
	ARRAY_EACH (net, &a->nets)
		if (is_in(net, bytes))
			return true;
	return false;
}
