/* SPDX-License-Identifier: MIT */
/* What the ways of logging in have in common. */
#ifndef CLIENT_LOGIN_H
#define CLIENT_LOGIN_H

#include "client/client.h"

enum { LOGIN_TRIES = 3 }; /* of a code or password */

/*
 * A call of the login: with updates, so that the server tells us when a QR code
 * was scanned. Errors as tobs_call().
 */
int login_call(struct tobs_client *c, uint32_t method, const void *query, struct tobs_reply *reply,
	void *ret, struct tobs_err *err);

/*
 * Takes the authorization over and writes the session. TOBS_EAUTH when the
 * account does not exist yet.
 */
int login_done(struct tobs_client *c, const union tl_auth_Authorization *a, struct tobs_err *err);

/*
 * Asks for the password of two-step verification and proves it (login_password.c).
 * TOBS_EAUTH when it was wrong three times or `ui` has no way to ask.
 */
int login_password(struct tobs_client *c, const struct tobs_login_ui *ui, struct tobs_err *err);

/* Whether the call failed with this name, as rpc-errors.tsv has it. */
bool login_refused(int r, const struct tobs_err *err, const char *name);

/* Turns refusals that end a login for good into TOBS_EAUTH. */
int login_failed(int r, struct tobs_err *err);

#endif
