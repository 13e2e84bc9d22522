/* SPDX-License-Identifier: MIT */
#include "store/lockfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <tobs/view.h>
#include <unistd.h>

enum { PID_MAX_CHARS = 24 };

static int code_of(int sys)
{
	switch (sys) {
	case EACCES:
	case EPERM:
	case EROFS: return TOBS_EPERM;
	case ENOENT:
	case ENOTDIR: return TOBS_ENOTFOUND;
	case ENOSPC:
	case EDQUOT: return TOBS_ENOSPC;
	default: return TOBS_EIO;
	}
}

static int held(const char *path, int fd, struct tobs_err *err)
{
	char pid[PID_MAX_CHARS] = { 0 };
	ssize_t n = pread(fd, pid, sizeof pid - 1, 0);
	struct tobs_view v = tobs_view_trim(tobs_view(pid, n > 0 ? (size_t)n : 0));
	int64_t number;

	if (tobs_view_int(v, 1, INT32_MAX, &number))
		return tobs_fail(err, TOBS_ELOCKED, "%s: another tobs is at work here", path);
	return tobs_fail(err, TOBS_ELOCKED, "%s: another tobs is at work here (process %lld)", path,
		(long long)number);
}

int lockfile_take(const char *path, int *ret_fd, struct tobs_err *err)
{
	char pid[PID_MAX_CHARS];
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600), len, r, sys;

	if (fd < 0)
		return tobs_fail_sys(err, code_of(errno), errno, "%s", path);
	if (flock(fd, LOCK_EX | LOCK_NB)) {
		sys = errno;
		r = sys == EWOULDBLOCK ? held(path, fd, err)
				       : tobs_fail_sys(err, code_of(sys), sys, "%s", path);
		close(fd);
		return r;
	}
	/* For the message only: a full disk is no reason to refuse the lock. */
	len = snprintf(pid, sizeof pid, "%ld\n", (long)getpid());
	if (!ftruncate(fd, 0))
		(void)!pwrite(fd, pid, (size_t)len, 0);
	*ret_fd = fd;
	return TOBS_OK;
}

void lockfile_release(int fd)
{
	if (fd >= 0)
		close(fd);
}
