/* SPDX-License-Identifier: MIT */
/* Unix sockets leave a file behind when their owner dies. */
#ifndef RT_UNIX_PATH_H
#define RT_UNIX_PATH_H

#include "rt/addr.h"

/*
 * bind(2), also for other families. The file of a Unix address that no process
 * listens on any more is removed first; any other file is left alone. -1 with
 * errno on failure.
 */
int unix_path_bind(int fd, const struct addr *at);

#endif
