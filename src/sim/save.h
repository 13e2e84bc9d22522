/* SPDX-License-Identifier: MIT */
/*
 * What clients rely on, in a file: the servers' private key, authorization keys
 * with their salts, and who is logged in under them. Written soon after it
 * changed, so that killing the simulator loses nothing.
 */
#ifndef SIM_SAVE_H
#define SIM_SAVE_H

#include <tobs/err.h>

#include "sim/server.h"

struct sim_saver;

/*
 * Reads the private key of the servers from the file: PEM into `ret_pem`, which
 * stays empty when there is no file. TOBS_EMALFORMED, TOBS_EPERM, TOBS_EIO,
 * TOBS_ENOMEM. The buffer wants tobs_buf_wipe().
 */
int sim_saved_key(const char *path, struct tobs_buf *ret_pem, struct tobs_err *err);

/*
 * Brings the keys from the file (if there is one) to the servers, and keeps the
 * file up to date from now on, by a fiber of its own. Keys of accounts the world
 * does not have any more are logged out. Errors as above, and of file_replace().
 */
int sim_saver_start(
	struct sim_saver **ret, struct sim_server *server, const char *path, struct tobs_err *err);

/* Writes the file a last time when something changed, and frees. NULL is fine. Waits. */
void sim_saver_stop(struct sim_saver *s);

#endif
