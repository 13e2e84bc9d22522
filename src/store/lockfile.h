/* SPDX-License-Identifier: MIT */
/*
 * A file that one process holds while it works on what lies beside it. The
 * lock is the system's (flock): it goes when the process ends, however it ends;
 * the file stays and holds the number of the process that took it last.
 */
#ifndef STORE_LOCKFILE_H
#define STORE_LOCKFILE_H

#include <tobs/err.h>

/*
 * Creates the file (mode 0600) if need be and takes the lock; *ret_fd holds it
 * until lockfile_release(). TOBS_ELOCKED when it is held, also by this process;
 * the message names the holder. TOBS_EPERM, TOBS_ENOTFOUND (no directory),
 * TOBS_EIO.
 */
int lockfile_take(const char *path, int *ret_fd, struct tobs_err *err);

/* No-op for -1. */
void lockfile_release(int fd);

#endif
