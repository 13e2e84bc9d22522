/* SPDX-License-Identifier: MIT */
/* Files on their way into a form: opened, read as they are sent, closed. */
#ifndef BOTAPI_UPLOAD_H
#define BOTAPI_UPLOAD_H

#include <tobs/input_file.h>

#include "net/http.h"

struct upload {
	const struct tobs_input_file *file;
	int fd;
	bool ours; /* the descriptor */
	struct http_file reader;
	struct http_source source; /* what goes into the form; read is NULL for memory */
};

/*
 * Gets the file ready to be read from its beginning; `again`: it has been read
 * before. TOBS_EINVAL for one that is no regular file, or a reader that cannot
 * begin anew; TOBS_ENOTFOUND, TOBS_EPERM, TOBS_EIO. Waits.
 */
int upload_open(
	struct upload *u, const struct tobs_input_file *file, bool again, struct tobs_err *err);
void upload_close(struct upload *u);

#endif
