/* SPDX-License-Identifier: MIT */
/*
 * From the name of a host to its addresses.
 *
 * A lookup may hang for half a minute and cannot be interrupted, so each has a
 * thread of its own (RESOLVE_THREADS at most) that is left alone when its fiber
 * goes: neither a cancelled fiber nor the end of the process waits for a name
 * server, and lookups never take the threads of offloaded work.
 */
#ifndef RT_RESOLVE_H
#define RT_RESOLVE_H

#include <tobs/err.h>

#include "rt/addr.h"

enum { RESOLVE_THREADS = 8, RESOLVE_MAX = 16 };

/*
 * The addresses of `host` with `port`, at most RESOLVE_MAX, to ret[]. Numeric
 * ones and "unix:…" as in addr_parse() come back at once. Families take turns,
 * in the system's order of preference otherwise (RFC 8305, section 4).
 *
 * TOBS_ENOTFOUND: there is no such host. TOBS_ENET: nobody could say. TOBS_EINVAL
 * for a name longer than 255 bytes or with a zero in it. TOBS_ENOMEM. Waits.
 */
int resolve(struct tobs_view host, uint16_t port, struct addr *ret, size_t *ret_count,
	struct tobs_err *err);

/*
 * For tests: looks names up instead of getaddrinfo(), on the thread; returns an
 * EAI_… code. Ports do not matter. NULL: the system's again.
 */
typedef int (*resolve_fn)(const char *host, struct addr *ret, size_t *ret_count);
void resolve_use(resolve_fn fn);

#endif
