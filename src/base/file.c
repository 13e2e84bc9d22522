/* SPDX-License-Identifier: MIT */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"

enum { READ_BYTES = 64 << 10 };

int file_code(int sys)
{
	switch (sys) {
	case ENOENT:
	case ENOTDIR: return TOBS_ENOTFOUND;
	case EACCES:
	case EPERM:
	case EROFS: return TOBS_EPERM;
	case ENOSPC:
	case EDQUOT: return TOBS_ENOSPC;
	case ENOMEM: return TOBS_ENOMEM;
	default: return TOBS_EIO;
	}
}

static int failed(struct tobs_err *err, const char *what, const char *path)
{
	int sys = errno;

	return tobs_fail_sys(err, file_code(sys), sys, "%s %s", what, path);
}

static int read_all(int fd, const char *path, struct tobs_buf *out, struct tobs_err *err)
{
	for (;;) {
		size_t room = out->max - out->len;
		ssize_t n;

		/* One byte more than fits shows that there is more. */
		if (room == 0) {
			uint8_t more;

			n = read(fd, &more, 1);
			if (n == 0)
				return TOBS_OK;
			if (n > 0)
				return tobs_fail(err, TOBS_ETOOBIG, "%s is larger than %zu bytes",
					path, out->max);
		} else {
			room = room < READ_BYTES ? room : READ_BYTES;
			if (tobs_buf_reserve(out, room))
				return tobs_fail(err, out->err, "no memory for %s", path);
			n = read(fd, out->ptr + out->len, room);
		}
		if (n == 0)
			return TOBS_OK;
		if (n > 0)
			(void)tobs_buf_extend(out, (size_t)n);
		else if (errno != EINTR)
			return failed(err, "cannot read", path);
	}
}

int file_read(const char *path, struct tobs_buf *out, struct tobs_err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY), r;
	size_t before = out->len;

	if (fd < 0)
		return failed(err, "cannot open", path);
	r = read_all(fd, path, out, err);
	if (r)
		tobs_buf_truncate(out, before);
	close(fd);
	return r;
}

static int write_all(int fd, struct tobs_view rest)
{
	while (rest.len) {
		ssize_t n = write(fd, rest.ptr, rest.len);

		if (n > 0)
			rest = tobs_view_sub(rest, (size_t)n, rest.len);
		else if (errno != EINTR)
			return -1;
	}
	return fsync(fd);
}

int file_replace(const char *path, struct tobs_view content, unsigned mode, struct tobs_err *err)
{
	size_t size = strlen(path) + sizeof ".XXXXXX";
	char *temp = mem_alloc(size);
	int fd, r = TOBS_OK;

	if (!temp)
		return tobs_fail(err, TOBS_ENOMEM, "no memory for the name of %s", path);
	snprintf(temp, size, "%s.XXXXXX", path);
	fd = mkostemp(temp, O_CLOEXEC);
	if (fd < 0) {
		r = failed(err, "cannot make a file beside", path);
		goto out;
	}
	if (write_all(fd, content) || fchmod(fd, mode))
		r = failed(err, "cannot write", path);
	if (close(fd) && !r)
		r = failed(err, "cannot write", path);
	if (!r && rename(temp, path))
		r = failed(err, "cannot replace", path);
	if (r)
		unlink(temp);
out:
	mem_free(temp);
	return r;
}

static int make_one(const char *path, unsigned mode)
{
	struct stat st;

	if (mkdir(path, mode) == 0)
		return 0;
	if (errno == EEXIST && stat(path, &st) == 0 && !S_ISDIR(st.st_mode))
		errno = ENOTDIR;
	return errno == EEXIST ? 0 : -1;
}

int file_make_folder(const char *path, unsigned mode, struct tobs_err *err)
{
	char *part = mem_strdup(path);
	int r = TOBS_OK;

	if (!part)
		return tobs_fail(err, TOBS_ENOMEM, "no memory for the name of %s", path);
	for (char *slash = part[0] ? strchr(part + 1, '/') : NULL; slash;
		slash = strchr(slash + 1, '/')) {
		*slash = 0;
		/* Folders that cannot be made are there, or the last one says why not. */
		(void)make_one(part, mode);
		*slash = '/';
	}
	if (make_one(part, mode))
		r = failed(err, "cannot make the folder", path);
	mem_free(part);
	return r;
}
