/* SPDX-License-Identifier: MIT */
#include "export/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/attr.h"
#include "base/file.h"

enum { KEPT_MAX = 1000 };

static int fail(struct tobs_err *err, const char *what, const char *path)
{
	int sys = errno, code = file_code(sys);

	/* To those who render, "not found" is a chat. */
	return tobs_fail_sys(
		err, code == TOBS_ENOTFOUND ? TOBS_EIO : code, sys, "%s cannot be %s", path, what);
}

bool outfile_look(const char *path, struct outfile_mark *ret)
{
	struct stat st;

	if (stat(path, &st) || !S_ISREG(st.st_mode))
		return false;
	ret->size = st.st_size;
	ret->mtime_ns = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
	return true;
}

int outfile_open(struct outfile *f, const char *path, struct tobs_err *err)
{
	f->fd = -1;
	f->written = 0;
	f->temporary[0] = 0;
	tobs_buf_init(&f->buf, 256 << 20);
	if (snprintf(f->path, sizeof f->path, "%s", path) >= (int)sizeof f->path - 8)
		return tobs_fail(err, TOBS_EINVAL, "the name of a file is too long: %.80s…", path);
	snprintf(f->temporary, sizeof f->temporary, "%.*s.tmp", OUTFILE_PATH - 8, path);
	f->fd = open(f->temporary, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (f->fd < 0) {
		f->temporary[0] = 0;
		return fail(err, "written", path);
	}
	return TOBS_OK;
}

static int write_all(struct outfile *f, const uint8_t *data, size_t len, struct tobs_err *err)
{
	while (len) {
		ssize_t n = write(f->fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail(err, "written", f->path);
		data += n;
		len -= (size_t)n;
		f->written += n;
	}
	return TOBS_OK;
}

static int flush(struct outfile *f, struct tobs_err *err)
{
	int r = tobs_buf_err(&f->buf);

	if (r)
		return tobs_fail(err, r, "%s: %s", f->path, tobs_error_text(r));
	r = write_all(f, f->buf.ptr, f->buf.len, err);
	tobs_buf_clear(&f->buf);
	return r;
}

int outfile_copy(struct outfile *f, int64_t bytes, struct tobs_err *err)
{
	int from = open(f->path, O_RDONLY | O_CLOEXEC), r = TOBS_OK;
	int64_t left = bytes;

	if (from < 0)
		return fail(err, "read", f->path);
	while (left > 0) {
		ssize_t n = copy_file_range(from, NULL, f->fd, NULL, (size_t)left, 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		left -= n;
		f->written += n;
	}
	/* Not every file system can; then by hand. */
	while (!r && left > 0) {
		uint8_t chunk[16384];
		ssize_t n = pread(from, chunk, MIN((size_t)left, sizeof chunk), bytes - left);

		if (n <= 0) {
			r = fail(err, "read", f->path);
			break;
		}
		r = write_all(f, chunk, (size_t)n, err);
		left -= n;
	}
	close(from);
	return r;
}

int64_t outfile_at(const struct outfile *f)
{
	return f->written + (int64_t)f->buf.len;
}

int outfile_push(struct outfile *f, struct tobs_err *err)
{
	return f->buf.len < OUTFILE_GATHER && !tobs_buf_err(&f->buf) ? TOBS_OK : flush(f, err);
}

/* Whether the file in place has the same bytes. */
static bool same_content(const struct outfile *f, int64_t size)
{
	uint8_t a[16384], b[16384];
	bool same = size == f->written;
	int other = same ? open(f->path, O_RDONLY | O_CLOEXEC) : -1;

	if (other < 0)
		return false;
	for (int64_t at = 0; same && at < size; at += (int64_t)sizeof a) {
		size_t want = MIN((size_t)(size - at), sizeof a);

		same = pread(f->fd, a, want, at) == (ssize_t)want &&
			pread(other, b, want, at) == (ssize_t)want && memcmp(a, b, want) == 0;
	}
	close(other);
	return same;
}

/* The version that somebody changed gets a name of its own. */
static int keep_other(const struct outfile *f, struct tobs_err *err)
{
	size_t stem = strlen(f->path);
	char name[OUTFILE_PATH + 64];
	struct stat st;

	if (stem > 3 && strcmp(f->path + stem - 3, ".md") == 0)
		stem -= 3;
	for (int i = 1; i < KEPT_MAX; i++) {
		if (i == 1)
			snprintf(
				name, sizeof name, "%.*s (changed by hand).md", (int)stem, f->path);
		else
			snprintf(name, sizeof name, "%.*s (changed by hand %d).md", (int)stem,
				f->path, i);
		if (lstat(name, &st) && errno == ENOENT)
			return rename(f->path, name) ? fail(err, "put aside", f->path) : TOBS_OK;
	}
	return tobs_fail(
		err, TOBS_EEXISTS, "%s was changed by hand too often: move some away", f->path);
}

static int bring_folder_to_disk(const char *path)
{
	const char *slash = strrchr(path, '/');
	char folder[OUTFILE_PATH];
	int fd, r;

	snprintf(
		folder, sizeof folder, "%.*s", slash ? (int)(slash - path) : 1, slash ? path : ".");
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	r = fsync(fd);
	close(fd);
	return r;
}

int outfile_finish(struct outfile *f, const struct outfile_mark *before,
	struct outfile_mark *ret_mark, enum outfile_end *ret_end, struct tobs_err *err)
{
	struct outfile_mark there = { -1, 0 };
	bool exists, foreign;
	int r = flush(f, err);

	if (r)
		return r;
	exists = outfile_look(f->path, &there);
	if (exists && same_content(f, there.size)) {
		*ret_mark = there;
		*ret_end = OUTFILE_SAME;
		return TOBS_OK;
	}
	if (fsync(f->fd))
		return fail(err, "written", f->path);
	foreign = exists && (there.size != before->size || there.mtime_ns != before->mtime_ns);
	if (foreign && (r = keep_other(f, err)))
		return r;
	if (rename(f->temporary, f->path))
		return fail(err, "written", f->path);
	f->temporary[0] = 0;
	if (bring_folder_to_disk(f->path) || !outfile_look(f->path, ret_mark))
		return fail(err, "written", f->path);
	*ret_end = foreign ? OUTFILE_KEPT_OTHER : OUTFILE_REPLACED;
	return TOBS_OK;
}

void outfile_close(struct outfile *f)
{
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
	if (f->temporary[0])
		unlink(f->temporary);
	f->temporary[0] = 0;
	tobs_buf_deinit(&f->buf);
}
