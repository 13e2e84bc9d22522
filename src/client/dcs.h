/* SPDX-License-Identifier: MIT */
/* Telegram's own data centres, for the first connection; the server's list replaces them. */
#ifndef CLIENT_DCS_H
#define CLIENT_DCS_H

#include "client/store.h"

bool dcs_builtin(int dc, bool test, bool ipv6, struct dc_address *ret);

#endif
