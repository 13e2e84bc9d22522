/* SPDX-License-Identifier: MIT */
/* Networks that may call us: "149.154.160.0/20 91.108.4.0/22 2001:67c:4e8::/48". */
#ifndef BOT_ALLOW_H
#define BOT_ALLOW_H

#include <tobs/err.h>

#include "base/array.h"
#include "rt/addr.h"

struct allow_net {
	uint8_t bytes[16]; /* IPv6; IPv4 as ::ffff:a.b.c.d */
	unsigned bits;     /* that count */
};

struct allow {
	ARRAY_OF(struct allow_net) nets; /* none: everybody may */
};

/* Adds the networks of a list, with spaces or commas between them. TOBS_EINVAL, TOBS_ENOMEM. */
int allow_parse(struct allow *a, struct tobs_view list, struct tobs_err *err);
void allow_deinit(struct allow *a);

/* Whether it may; who comes over a Unix socket always may. */
bool allow_has(const struct allow *a, const struct addr *peer);

#endif
