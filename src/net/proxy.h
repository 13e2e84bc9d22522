/* SPDX-License-Identifier: MIT */
/*
 * Connections through a proxy: SOCKS5 (RFC 1928, with user name and password by
 * RFC 1929) and HTTP CONNECT (RFC 9110, section 9.3.6). The proxy looks the
 * target's name up. (MTProxy is another thing: see mtproto/.)
 */
#ifndef NET_PROXY_H
#define NET_PROXY_H

#include <stdint.h>

#include "base/wipe.h"
#include "net/stream.h"
#include "net/tcp.h"

enum proxy_kind { PROXY_NONE, PROXY_SOCKS5, PROXY_HTTP };

enum { PROXY_TEXT_MAX = 256 }; /* host, user and password: 255 bytes, RFC 1929 */

/* {0} is none. Plain data but for the password. */
struct proxy {
	enum proxy_kind kind;
	char host[PROXY_TEXT_MAX];
	uint16_t port;
	char user[PROXY_TEXT_MAX]; /* empty: the proxy asks for nobody */
	struct secret password;
};

/*
 * "socks5://host:port", "http://user:password@host:port", "socks5://[::1]:1080";
 * "socks5h" is the same as "socks5", without a port 1080 and 8080 are taken.
 * User and password may be percent-encoded. The password is registered with
 * tobs_log_secret(). The empty text is PROXY_NONE. TOBS_EINVAL with what is
 * wrong, which never shows the password; TOBS_ENOMEM. Free with proxy_deinit().
 */
int proxy_parse(struct tobs_view url, struct proxy *ret, struct tobs_err *err);
void proxy_deinit(struct proxy *p);

/*
 * A connection to host:port through the proxy, or straight to it when p is NULL
 * or PROXY_NONE. As tcp_connect(), and: TOBS_EPERM when the proxy does not know
 * the user or forbids the target, TOBS_ENET when it cannot reach the target,
 * TOBS_EPROTO when what answers is no such proxy. err->status is its code
 * (SOCKS5 reply, HTTP status). Waits.
 */
int proxy_connect(const struct proxy *p, struct tobs_view host, uint16_t port,
	const struct tcp_options *opt, struct net_stream **ret, struct tobs_err *err);

/* The two handshakes, on a stream to the proxy; afterwards it leads to the target. Wait. */
int socks5_open(struct net_stream *s, const struct proxy *p, struct tobs_view host, uint16_t port,
	struct tobs_err *err);
int http_connect_open(struct net_stream *s, const struct proxy *p, struct tobs_view host,
	uint16_t port, struct tobs_err *err);

#endif
