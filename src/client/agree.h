/* SPDX-License-Identifier: MIT */
/* A new authorization key: the key exchange over a line, its computing on a worker thread. */
#ifndef CLIENT_AGREE_H
#define CLIENT_AGREE_H

#include "client/line.h"
#include "mtproto/exchange.h"

/*
 * dc as mt_exchange_options wants it; expires_in is 0 for a permanent key.
 * Errors of the exchange and of the line; a transport error as line_refused().
 * Waits.
 */
int agree_on_key(struct line *l, const struct mt_exchange_options *options, struct mt_agreed *ret,
	struct tobs_err *err);

#endif
