/* SPDX-License-Identifier: MIT */
/*
 * A file being written beside the one it will replace: small pieces are
 * gathered, and in the end it takes the other's place or, being the same, goes.
 */
#ifndef EXPORT_OUTFILE_H
#define EXPORT_OUTFILE_H

#include <stdbool.h>
#include <tobs/buf.h>
#include <tobs/err.h>

enum { OUTFILE_PATH = 4096, OUTFILE_GATHER = 256 << 10 };

struct outfile {
	char path[OUTFILE_PATH], temporary[OUTFILE_PATH];
	int fd;
	int64_t written; /* bytes that left `buf` */
	struct tobs_buf buf;
};

/* How we left the file when it was last written; size -1: it was never ours. */
struct outfile_mark {
	int64_t size, mtime_ns;
};

enum outfile_end { OUTFILE_SAME, OUTFILE_REPLACED, OUTFILE_KEPT_OTHER };

/* TOBS_EPERM, TOBS_ENOSPC, TOBS_EIO, TOBS_EINVAL (the name is too long); the words name the path. */
int outfile_open(struct outfile *f, const char *path, struct tobs_err *err);

/* Takes over the first `bytes` bytes of the file that is there; before anything was written. */
int outfile_copy(struct outfile *f, int64_t bytes, struct tobs_err *err);

/* Bytes so far. */
int64_t outfile_at(const struct outfile *f);

/* Writes out what was gathered in f->buf when that has become much. */
int outfile_push(struct outfile *f, struct tobs_err *err);

/*
 * Puts it in place. `before` says how we left the file: when somebody changed it
 * since, or it was somebody else's all along, that version is kept beside.
 * *ret_mark is how it is now.
 */
int outfile_finish(struct outfile *f, const struct outfile_mark *before,
	struct outfile_mark *ret_mark, enum outfile_end *ret_end, struct tobs_err *err);

/* Removes what was not put in place; to be called in any case. */
void outfile_close(struct outfile *f);

/* Size and time of a file; false when there is none. */
bool outfile_look(const char *path, struct outfile_mark *ret);

#endif
