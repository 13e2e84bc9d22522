/* SPDX-License-Identifier: MIT */
/*
 * Watching a descriptor that something else owns (a socket of ours, of libcurl,
 * of libmicrohttpd, …).
 */
#ifndef RT_WATCH_H
#define RT_WATCH_H

#include <tobs/rt.h>

struct fd_watch;

/*
 * Called on the loop, outside of fibers, as long as the descriptor is ready for
 * something that is watched for, each time the loop looks: notes it, wakes
 * fibers, and changes what is watched for. An error or hang-up makes it ready
 * for everything, and the watch is then off until it is set again.
 */
typedef void (*fd_watch_fn)(void *arg, int events);

/*
 * A watch that is off. The descriptor becomes non-blocking. TOBS_EINVAL when it
 * cannot be polled, TOBS_EEXISTS when it is watched already, TOBS_ENOMEM.
 */
int fd_watch_new(int fd, fd_watch_fn fn, void *arg, struct fd_watch **ret);

/* What is watched for: TOBS_READABLE, TOBS_WRITABLE, both, or 0. Cheap if nothing changes. */
int fd_watch_set(struct fd_watch *w, int events);
int fd_watch_get(const struct fd_watch *w);

/* For a descriptor of the runtime itself, which counts for nobody waiting. */
void fd_watch_background(struct fd_watch *w);

/* Ends it; the descriptor may be closed right afterwards. NULL is fine. */
void fd_watch_free(struct fd_watch *w);

#endif
