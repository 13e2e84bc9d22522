/* SPDX-License-Identifier: MIT */
#include "cli/check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/attr.h"
#include "cli/legacy.h"
#include "cli/session_path.h"
#include "cli/settings_table.h"
#include "cli/text.h"
#include "client/store.h"

enum { PATH_BYTES = 4096 };

struct finding *check_add(
	struct checkup *c, enum check_state state, const char *what, const char *fmt, ...)
{
	static struct finding nowhere;
	struct finding f = { .state = state, .what = what };
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(f.text, sizeof f.text, fmt, ap);
	va_end(ap);
	if (ARRAY_PUSH(&c->findings, f)) {
		c->no_memory = true;
		return &nowhere;
	}
	return ARRAY_LAST(&c->findings);
}

void check_mend(struct finding *f, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(f->mend, sizeof f->mend, fmt, ap);
	va_end(ap);
}

/* ---- settings ---- */

static bool has_secrets_from_file(const struct app *app)
{
	for (unsigned i = 0; i < SET_COUNT; i++)
		if (cli_settings.rows[i].flags & SETTING_SECRET &&
			settings_origin(&app->settings, i)->layer == SETTING_FROM_FILE)
			return true;
	return false;
}

static void check_env_file(struct checkup *c)
{
	const char *file = c->app->env_file;
	struct stat st;

	if (!file) {
		check_add(c, CHECK_OK, "settings", "no .env file in this folder");
		return;
	}
	check_add(c, CHECK_OK, "settings", "%s was read", file);
	if (stat(file, &st) == 0 && st.st_mode & 077 && has_secrets_from_file(c->app))
		check_mend(
			check_add(c, CHECK_NOTE, "settings",
				"%s holds secrets, and others on this computer can read it", file),
			"chmod 600 %s", file);
}

/* Somebody who brings the .env of the earlier program should know what it does here. */
static void check_legacy(struct checkup *c)
{
	struct env env = { 0 };

	if (!c->app->env_file || env_load(&env, c->app->env_file, NULL))
		return;
	ARRAY_EACH (it, &env.entries) {
		const char *key = (const char *)it->key.ptr, *now = legacy_key(key);

		if (now)
			check_add(c, CHECK_NOTE, "settings", "%s:%u: %s is not used: %s",
				c->app->env_file, it->line, key, now);
	}
	env_deinit(&env);
}

void check_settings(struct checkup *c)
{
	struct tobs_view rest = tobs_str(settings_problems(&c->app->settings)), line;

	if (!c->app->problem)
		check_env_file(c);
	while (tobs_view_split(&rest, '\n', &line))
		if (line.len)
			check_mend(check_add(c, CHECK_BAD, "settings", "%.*s", TOBS_VIEW_FMT(line)),
				"correct or delete it; tobs help settings lists what there is");
	check_legacy(c);
	if (!settings_given(&c->app->settings, SET_API_ID) ||
		!settings_given(&c->app->settings, SET_API_HASH))
		check_mend(
			check_add(c, CHECK_BAD, "settings", "API_ID and API_HASH are not both set"),
			"get them at https://my.telegram.org (API development tools) and write "
			"them to .env");
}

/* ---- session ---- */

static void check_opened(struct checkup *c, const char *path, const struct client_store *store)
{
	if (store->self)
		check_add(c, CHECK_OK, "session", "%s: logged in, user id %lld%s, DC %d", path,
			(long long)store->self, store->is_bot ? " (a bot)" : "", store->home);
	else
		check_mend(check_add(c, CHECK_NOTE, "session", "%s: not logged in", path),
			"tobs login");
}

static void check_existing(struct checkup *c, const char *path, const struct stat *st)
{
	struct client_store store;
	struct tobs_err err;
	int r;

	if (st->st_mode & 077)
		check_mend(
			check_add(c, CHECK_BAD, "session",
				"%s: others on this computer can read it, and so use the account",
				path),
			"chmod 600 %s", path);
	r = client_store_open(&store, path, &err);
	if (r == TOBS_ELOCKED)
		check_add(c, CHECK_NOTE, "session", "%s", err.message);
	else if (r)
		check_mend(check_add(c, CHECK_BAD, "session", "%s", err.message),
			"move the file away and log in again: tobs login");
	if (r)
		return;
	check_opened(c, path, &store);
	client_store_close(&store, NULL);
}

void check_session(struct checkup *c)
{
	struct tobs_buf path;
	struct tobs_err err;
	struct stat st;

	tobs_buf_init(&path, SESSION_PATH_MAX);
	if (session_path(c->app, settings_text(&c->app->settings, SET_SESSION), &path, &err))
		check_mend(check_add(c, CHECK_BAD, "session", "%s", err.message),
			"set TOBS_SESSION or --session");
	else if (stat(tobs_buf_str(&path), &st) == 0)
		check_existing(c, tobs_buf_str(&path), &st);
	else if (errno == ENOENT || errno == ENOTDIR)
		check_mend(check_add(c, CHECK_NOTE, "session", "%s: not there, so not logged in",
				   tobs_buf_str(&path)),
			"tobs login");
	else
		check_add(c, CHECK_BAD, "session", "%s: %s", tobs_buf_str(&path), strerror(errno));
	tobs_buf_deinit(&path);
}

/* ---- folders ---- */

/* The folder itself, or the nearest one above it that exists. */
static void existing_part(const char *folder, char out[PATH_BYTES])
{
	struct stat st;

	snprintf(out, PATH_BYTES, "%s", folder);
	while (stat(out, &st) && (errno == ENOENT || errno == ENOTDIR)) {
		char *slash = strrchr(out, '/');

		if (!slash) {
			snprintf(out, PATH_BYTES, ".");
			return;
		}
		slash[slash == out] = 0;
		if (slash == out)
			return;
	}
}

static bool is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static int try_to_write(const char *folder)
{
	char name[PATH_BYTES + 32];
	int fd, sys = 0;

	snprintf(name, sizeof name, "%s/.tobs-doctor-XXXXXX", folder);
	fd = mkstemp(name);
	if (fd < 0)
		return errno;
	if (write(fd, "x", 1) != 1)
		sys = errno;
	close(fd);
	unlink(name);
	return sys;
}

/* `nearest` is the folder itself, or the one it will be made in. */
static void check_room(struct checkup *c, const char *what, const char *folder, const char *nearest)
{
	enum { LITTLE = 100 << 20, SOME = 1 << 30 }; /* bytes; text is small, media are not */
	struct statvfs fs;
	struct tobs_buf room;
	int64_t left;

	if (statvfs(nearest, &fs))
		return;
	left = (int64_t)(fs.f_bavail * fs.f_frsize);
	tobs_buf_init(&room, 64);
	text_bytes(&room, left);
	if (left >= SOME)
		check_add(c, CHECK_OK, what, "%s can be %s; %s free", folder,
			strcmp(nearest, folder) == 0 ? "written" : "made", tobs_buf_str(&room));
	else
		check_mend(check_add(c, left < LITTLE ? CHECK_BAD : CHECK_NOTE, what,
				   "%s: only %s free", folder, tobs_buf_str(&room)),
			"make room on that disk, or choose another one with --out");
	tobs_buf_deinit(&room);
}

void check_folder(struct checkup *c, const char *what, const char *folder)
{
	char nearest[PATH_BYTES];
	int sys;

	existing_part(folder, nearest);
	sys = is_folder(nearest) ? try_to_write(nearest) : ENOTDIR;
	if (sys)
		check_mend(check_add(c, CHECK_BAD, what, "%s: cannot be written: %s", nearest,
				   strerror(sys)),
			sys == ENOSPC ? "make room on that disk"
				      : "choose another folder, or get the right to write there");
	else
		check_room(c, what, folder, nearest);
}
