/* SPDX-License-Identifier: MIT */
#include "botapi/upload.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <tobs/rt.h>
#include <unistd.h>

struct opening {
	const char *path;
	int fd, sys;
	struct stat st;
};

/* Where the disk may take its time. Not blocking on a pipe that has no writer. */
static int open_on_worker(void *arg)
{
	struct opening *o = arg;

	o->fd = open(o->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	o->sys = errno;
	if (o->fd < 0)
		return o->sys == ENOENT || o->sys == ENOTDIR  ? TOBS_ENOTFOUND
			: o->sys == EACCES || o->sys == EPERM ? TOBS_EPERM
							      : TOBS_EIO;
	return TOBS_OK;
}

static int stat_on_worker(void *arg)
{
	struct opening *o = arg;

	return fstat(o->fd, &o->st) ? (o->sys = errno, TOBS_EIO) : TOBS_OK;
}

static int open_file(struct upload *u, struct tobs_err *err)
{
	const char *name = u->file->kind == TOBS_INPUT_FILE_PATH ? u->file->from.path : "the file";
	struct opening o = { .path = u->file->from.path, .fd = u->file->fd };
	int r = TOBS_OK;

	if (u->file->kind == TOBS_INPUT_FILE_PATH) {
		r = tobs_offload(open_on_worker, &o);
		u->fd = r ? -1 : o.fd;
		u->ours = !r;
	}
	if (!r)
		r = tobs_offload(stat_on_worker, &o);
	if (r)
		return tobs_fail_sys(err, r, o.sys, "%s", name);
	if (!S_ISREG(o.st.st_mode))
		return tobs_fail(err, TOBS_EINVAL, "%s: not a regular file", name);
	u->source = http_file_source(&u->reader, o.fd, 0, o.st.st_size);
	return TOBS_OK;
}

static int read_reader(void *user, void *buf, size_t len, size_t *ret_n, struct tobs_err *err)
{
	const struct tobs_input_file *file = user;
	int r = file->from.read(file->user, buf, len, ret_n);

	return r ? tobs_fail(err, r, "reading what is to be sent: %s", tobs_error_text(r))
		 : TOBS_OK;
}

static int open_reader(struct upload *u, bool again, struct tobs_err *err)
{
	const struct tobs_input_file *file = u->file;
	union {
		const void *in;
		void *out;
	} user = { .in = file };
	int r;

	if (again && !file->rewind)
		return tobs_fail(
			err, TOBS_EINVAL, "what was read to be sent cannot be read once more");
	r = again ? file->rewind(file->user) : TOBS_OK;
	if (r)
		return tobs_fail(err, r, "going back to the beginning of what is to be sent");
	u->source = (struct http_source){ read_reader, user.out, file->size };
	return TOBS_OK;
}

int upload_open(
	struct upload *u, const struct tobs_input_file *file, bool again, struct tobs_err *err)
{
	*u = (struct upload){ .file = file, .fd = -1 };
	switch (file->kind) {
	case TOBS_INPUT_FILE_PATH:
	case TOBS_INPUT_FILE_FD: return open_file(u, err);
	case TOBS_INPUT_FILE_READER: return open_reader(u, again, err);
	default: return TOBS_OK;
	}
}

void upload_close(struct upload *u)
{
	if (u->ours)
		close(u->fd);
	u->ours = false;
}
