/* SPDX-License-Identifier: MIT */
/* Who is logged in. */
#ifndef CLI_ACCOUNT_H
#define CLI_ACCOUNT_H

#include <tobs/client.h>

/*
 * Asks the server who we are and appends "Robin Sample (@robin), id 5001".
 * TOBS_EAUTH when the session is not, or no longer, logged in; else as
 * tobs_call(). Waits.
 */
int account_describe(struct tobs_client *c, struct tobs_buf *out, struct tobs_err *err);

/* Appends a user's first and last name, "Deleted Account" for one that is gone. */
int account_name(const struct tl_user *user, struct tobs_buf *out);

#endif
