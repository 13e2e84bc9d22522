/* SPDX-License-Identifier: MIT */
/* A client made from the settings: where it connects, whose session it uses. */
#ifndef CLI_CONNECT_H
#define CLI_CONNECT_H

#include <tobs/client.h>

#include "cli/app.h"

enum connect_flags {
	CONNECT_LOGIN = 1,   /* a session may be made; otherwise it must be there and logged in */
	CONNECT_BRIEF = 2,   /* no waiting for floods: to look around */
	CONNECT_NOWHERE = 4, /* without a session file */
};

/*
 * Opens a client; nothing is connected yet. *ret is for tobs_client_free(). What
 * went wrong is said, and its status returned: STATUS_USAGE for settings,
 * STATUS_NO_LOGIN, STATUS_FAILED. `waiting` is told of waits that the server asks
 * for; NULL: they are said on standard error.
 */
enum status connect_open(const struct app *app, unsigned flags,
	void (*waiting)(void *user, const struct tobs_wait *wait), void *user,
	struct tobs_client **ret);

/* The same without a word: TOBS_EINVAL for settings, TOBS_EAUTH, else as tobs_client_new(). */
int connect_try(const struct app *app, unsigned flags,
	void (*waiting)(void *user, const struct tobs_wait *wait), void *user,
	struct tobs_client **ret, struct tobs_err *err);

#endif
