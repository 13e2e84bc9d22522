/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/endian.h"
#include "net/proxy.h"

/* RFC 1928 and, for the user name, RFC 1929. */
enum {
	VERSION = 5,
	METHOD_NONE = 0,
	METHOD_PASSWORD = 2,
	METHOD_REFUSED = 0xff,
	PASSWORD_VERSION = 1,
	CMD_CONNECT = 1,
	ADDR_IPV4 = 1,
	ADDR_NAME = 3,
	ADDR_IPV6 = 4,
	REPLY_OK = 0,
	REPLY_FORBIDDEN = 2,
	NAME_MAX_BYTES = 255,
	REQUEST_MAX = 4 + 1 + NAME_MAX_BYTES + 2,
};

static int not_socks(struct tobs_err *err)
{
	return tobs_fail(err, TOBS_EPROTO, "this is not a SOCKS5 proxy");
}

/* The stream may end early: then it was not the proxy we took it for, or it had enough of us. */
static int read_reply(struct net_stream *s, uint8_t *buf, size_t len, struct tobs_err *err)
{
	int r = net_read_all(s, buf, len, err);

	return r == TOBS_ETRUNCATED ? tobs_fail(err, TOBS_ECLOSED, "it hung up") : r;
}

/* RFC 1929: 1, length, user name, length, password; the answer is 1 and 0 when they are right. */
static int log_in(struct net_stream *s, const struct proxy *p, struct tobs_err *err)
{
	size_t user_len = strlen(p->user);
	const uint8_t head[] = { PASSWORD_VERSION, (uint8_t)user_len };
	const uint8_t pass_len = (uint8_t)p->password.len;
	const struct tobs_view parts[] = {
		tobs_view(head, sizeof head),
		tobs_view(p->user, user_len),
		tobs_view(&pass_len, 1),
		secret_view(&p->password),
	};
	uint8_t reply[2];
	int r = net_write(s, parts, sizeof parts / sizeof parts[0], err);

	if (!r)
		r = read_reply(s, reply, sizeof reply, err);
	if (r)
		return r;
	if (reply[1] == 0)
		return TOBS_OK;
	tobs_fail(err, TOBS_EPERM, "wrong user name or password");
	if (err)
		err->status = reply[1];
	return TOBS_EPERM;
}

/* RFC 1928, section 3: what we can do, and what the proxy picks of it. */
static int agree(struct net_stream *s, const struct proxy *p, struct tobs_err *err)
{
	const uint8_t with[] = { VERSION, 2, METHOD_NONE, METHOD_PASSWORD };
	const uint8_t without[] = { VERSION, 1, METHOD_NONE };
	uint8_t reply[2];
	int r = p->user[0] ? net_write_all(s, with, sizeof with, err)
			   : net_write_all(s, without, sizeof without, err);

	if (!r)
		r = read_reply(s, reply, sizeof reply, err);
	if (r)
		return r;
	if (reply[0] != VERSION)
		return not_socks(err);
	if (reply[1] == METHOD_NONE)
		return TOBS_OK;
	if (reply[1] == METHOD_PASSWORD && p->user[0])
		return log_in(s, p, err);
	if (reply[1] == METHOD_REFUSED)
		return tobs_fail(err, TOBS_EPERM,
			p->user[0] ? "it wants another kind of login"
				   : "it wants a user name and a password");
	return not_socks(err);
}

/* Section 4: 5, command, 0, kind of address, address, port. */
static int put_request(
	uint8_t *out, size_t *ret_len, struct tobs_view host, uint16_t port, struct tobs_err *err)
{
	struct addr a;
	size_t n = 3;

	out[0] = VERSION;
	out[1] = CMD_CONNECT;
	out[2] = 0;
	if (tobs_view_starts(host, "unix:"))
		return tobs_fail(err, TOBS_EINVAL, "it cannot lead to a Unix socket");
	if (addr_parse(host, port, &a) == TOBS_OK && a.sa.sa_family == AF_INET) {
		out[n++] = ADDR_IPV4;
		memcpy(out + n, &a.in.sin_addr, 4);
		n += 4;
	} else if (addr_parse(host, port, &a) == TOBS_OK) {
		out[n++] = ADDR_IPV6;
		memcpy(out + n, &a.in6.sin6_addr, 16);
		n += 16;
	} else if (host.len && host.len <= NAME_MAX_BYTES) {
		out[n++] = ADDR_NAME;
		out[n++] = (uint8_t)host.len;
		memcpy(out + n, host.ptr, host.len);
		n += host.len;
	} else {
		return tobs_fail(err, TOBS_EINVAL, "this cannot be the name of a host");
	}
	out[n++] = (uint8_t)(port >> 8);
	out[n++] = (uint8_t)port;
	*ret_len = n;
	return TOBS_OK;
}

/* Section 6. */
static int refused(uint8_t code, struct tobs_err *err)
{
	static const char *const texts[] = {
		[1] = "it failed",
		[2] = "its rules forbid the connection",
		[3] = "it cannot reach the network",
		[4] = "it cannot reach the host",
		[5] = "the host refused the connection",
		[6] = "the host did not answer in time",
		[7] = "it does not know the command",
		[8] = "it does not know the kind of address",
	};
	bool known = code < sizeof texts / sizeof texts[0];

	tobs_fail(err, code == REPLY_FORBIDDEN ? TOBS_EPERM : TOBS_ENET, "%s",
		known ? texts[code] : "it failed for a reason of its own");
	if (err)
		err->status = code;
	return code == REPLY_FORBIDDEN ? TOBS_EPERM : TOBS_ENET;
}

/* The answer ends with the address the proxy uses, which nobody needs but which has to be read. */
static int skip_address(struct net_stream *s, uint8_t kind, struct tobs_err *err)
{
	uint8_t skipped[NAME_MAX_BYTES + 2];
	uint8_t len;
	int r;

	switch (kind) {
	case ADDR_IPV4: return read_reply(s, skipped, 4 + 2, err);
	case ADDR_IPV6: return read_reply(s, skipped, 16 + 2, err);
	case ADDR_NAME:
		r = read_reply(s, &len, 1, err);
		return r ? r : read_reply(s, skipped, (size_t)len + 2, err);
	default: return not_socks(err);
	}
}

int socks5_open(struct net_stream *s, const struct proxy *p, struct tobs_view host, uint16_t port,
	struct tobs_err *err)
{
	uint8_t request[REQUEST_MAX], reply[4];
	size_t len = 0;
	int r = put_request(request, &len, host, port, err);

	if (!r)
		r = agree(s, p, err);
	if (!r)
		r = net_write_all(s, request, len, err);
	if (!r)
		r = read_reply(s, reply, sizeof reply, err);
	if (r)
		return r;
	if (reply[0] != VERSION)
		return not_socks(err);
	if (reply[1] != REPLY_OK)
		return refused(reply[1], err);
	return skip_address(s, reply[3], err);
}
