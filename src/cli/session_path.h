/* SPDX-License-Identifier: MIT */
/*
 * Where sessions lie: the files that hold the keys of a login.
 *
 *     tobs             $XDG_STATE_HOME/tobs/tobs.session, else
 *                      ~/.local/state/tobs/tobs.session
 *     work/x.session   that file
 */
#ifndef CLI_SESSION_PATH_H
#define CLI_SESSION_PATH_H

#include <tobs/buf.h>
#include <tobs/err.h>

struct app;

enum { SESSION_PATH_MAX = 4096 };

/* Appends the folder. TOBS_ENOTFOUND when neither XDG_STATE_HOME nor HOME is set; TOBS_ETOOBIG. */
int session_folder(const struct app *app, struct tobs_buf *out, struct tobs_err *err);

/*
 * Appends the path of the session called `name`. TOBS_EINVAL when it is neither a
 * path nor a name of letters, digits, '.', '_' and '-'; else as session_folder().
 */
int session_path(
	const struct app *app, struct tobs_view name, struct tobs_buf *out, struct tobs_err *err);

/* Makes the folder of this path where it is missing, mode 0700. Errors of file_make_folder(). */
int session_make_folder(const char *path, struct tobs_err *err);

#endif
