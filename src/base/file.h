/* SPDX-License-Identifier: MIT */
/*
 * Whole files: read at once, and replaced so that a reader sees the old content
 * or the new, whatever happens in between. Error texts name the path.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <tobs/buf.h>
#include <tobs/err.h>

/*
 * What an errno of a call on files is among our codes: TOBS_ENOTFOUND, TOBS_EPERM,
 * TOBS_ENOSPC (a quota, too), TOBS_ENOMEM, else TOBS_EIO.
 */
int file_code(int sys);

/*
 * Appends the file's content. TOBS_ENOTFOUND, TOBS_EPERM, TOBS_EIO; TOBS_ETOOBIG
 * when it does not fit the buffer's maximum, TOBS_ENOMEM; then the buffer is as
 * it was, but for its error.
 */
int file_read(const char *path, struct tobs_buf *out, struct tobs_err *err);

/*
 * Writes a new file beside `path`, with permissions `mode`, brings it to the
 * disk and puts it in the place of `path`. On failure nothing has changed.
 * TOBS_EPERM (a read-only folder too), TOBS_ENOTFOUND (no such folder),
 * TOBS_ENOSPC, TOBS_EIO, TOBS_ENOMEM.
 */
int file_replace(const char *path, struct tobs_view content, unsigned mode, struct tobs_err *err);

/* Makes a folder unless it is there, and those it lies in. Errors as for file_replace(). */
int file_make_folder(const char *path, unsigned mode, struct tobs_err *err);

#endif
