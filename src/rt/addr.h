/* SPDX-License-Identifier: MIT */
/* Addresses of sockets: IPv4, IPv6, and Unix paths. Plain data. */
#ifndef RT_ADDR_H
#define RT_ADDR_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <tobs/view.h>

struct addr {
	union {
		struct sockaddr sa;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
		struct sockaddr_un un;
	};
	socklen_t len;
};

/*
 * A numeric address, "127.0.0.1", "::1", "[::1]", "fe80::1%eth0", with `port`;
 * or "unix:" and a path, of which a leading '@' stands for the abstract
 * namespace. TOBS_EMALFORMED for anything else, names of hosts included;
 * TOBS_ETOOBIG for a path.
 */
int addr_parse(struct tobs_view text, uint16_t port, struct addr *ret);

/* 0 for a Unix address. */
uint16_t addr_port(const struct addr *a);
void addr_set_port(struct addr *a, uint16_t port);

bool addr_eq(const struct addr *a, const struct addr *b);

/* Whether it is of this machine: 127.0.0.0/8, ::1, a Unix path. */
bool addr_is_local(const struct addr *a);

/*
 * "127.0.0.1:80", "[::1]:80", "unix:/run/x", "unix:@x", "unix:" for one without
 * a name; written to `out` of at least ADDR_TEXT_MAX bytes, which is returned.
 */
enum { ADDR_TEXT_MAX = 128 };
char *addr_format(const struct addr *a, char *out);

#endif
