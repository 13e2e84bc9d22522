/* SPDX-License-Identifier: MIT */
#include "cli/session_path.h"

#include <string.h>

#include "base/file.h"
#include "cli/app.h"
#include "cli/settings_table.h"

int session_folder(const struct app *app, struct tobs_buf *out, struct tobs_err *err)
{
	const char *state = app_env(app, "XDG_STATE_HOME"), *home = app_env(app, "HOME");

	/* The specification: a path that is not absolute counts as not set. */
	if (state && *state == '/')
		tobs_buf_printf(out, "%s/tobs", state);
	else if (home)
		tobs_buf_printf(out, "%s/.local/state/tobs", home);
	else
		return tobs_fail(err, TOBS_ENOTFOUND,
			"neither HOME nor XDG_STATE_HOME is set; give --session a path");
	return tobs_buf_err(out) ? tobs_fail(err, TOBS_ETOOBIG, "session: the path is too long")
				 : TOBS_OK;
}

static bool is_name(struct tobs_view name)
{
	for (size_t i = 0; i < name.len; i++) {
		uint8_t c = name.ptr[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') &&
			(i == 0 || !strchr("._-", c)))
			return false;
	}
	return name.len > 0;
}

int session_path(
	const struct app *app, struct tobs_view name, struct tobs_buf *out, struct tobs_err *err)
{
	int r;

	if (tobs_view_find(name, 0, tobs_str("/")) != SIZE_MAX)
		r = tobs_buf_putv(out, name);
	else if (!is_name(name))
		return tobs_fail(err, TOBS_EINVAL,
			"session \"%.*s\": allowed is a name of letters, digits, '.', '_' and '-', "
			"or a path with a '/' in it",
			(int)(name.len < 60 ? name.len : 60), (const char *)name.ptr);
	else if ((r = session_folder(app, out, err)))
		return r;
	else
		r = tobs_buf_printf(out, "/%.*s.session", TOBS_VIEW_FMT(name));
	return r ? tobs_fail(err, TOBS_ETOOBIG, "session: the path is too long") : TOBS_OK;
}

int session_make_folder(const char *path, struct tobs_err *err)
{
	const char *slash = strrchr(path, '/');
	char folder[SESSION_PATH_MAX];

	if (!slash || slash == path || slash - path >= (ptrdiff_t)sizeof folder)
		return TOBS_OK;
	memcpy(folder, path, (size_t)(slash - path));
	folder[slash - path] = 0;
	return file_make_folder(folder, 0700, err);
}
