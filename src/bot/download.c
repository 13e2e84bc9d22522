/* SPDX-License-Identifier: MIT */
/* Files of messages, from Telegram to us. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "bot/bot.h"
#include "botapi/scope.h"

static int fetch(
	struct tobs_bot *bot, const char *file_id, int64_t max, const struct http_sink *sink)
{
	const struct tobs_file *file;
	struct tobs_scope scope;
	struct tobs_err err;
	int r;

	tobs_scope_begin(&scope);
	r = tobs_get_file(bot, &(struct tobs_get_file){ .file_id = file_id }, &file);
	err = scope.err;
	if (!r && !file->file_path)
		r = tobs_fail(&err, TOBS_ENOTFOUND, "getFile: the server gives no path");
	else if (!r)
		r = api_download(bot->api, file->file_path, max, sink, &err);
	tobs_scope_end(&scope);
	if (r)
		scope_note(&err);
	return r;
}

/* ---- Into a buffer -------------------------------------------------------------- */

static int buf_write(void *user, struct tobs_view data, struct tobs_err *err)
{
	int r = tobs_buf_putv(user, data);

	return r ? tobs_fail(err, r, "the file does not fit") : TOBS_OK;
}

int tobs_bot_download_buf(struct tobs_bot *bot, const char *file_id, struct tobs_buf *out)
{
	const struct http_sink sink = { buf_write, out };

	return fetch(bot, file_id, TOBS_DOWNLOAD_MAX, &sink);
}

/* ---- Into a file ------------------------------------------------------------------ */

/* What the worker pool does, one step at a time. */
struct writing {
	const char *path;
	struct tobs_buf temp; /* the file beside it that becomes it */
	int fd;
	struct tobs_view data;
	int sys;
};

static int code_of(struct writing *w)
{
	w->sys = errno;
	return w->sys == ENOSPC || w->sys == EDQUOT                      ? TOBS_ENOSPC
		: w->sys == ENOENT                                       ? TOBS_ENOTFOUND
		: w->sys == EACCES || w->sys == EROFS || w->sys == EPERM ? TOBS_EPERM
									 : TOBS_EIO;
}

static int begin(void *arg)
{
	struct writing *w = arg;

	w->fd = mkostemp((char *)w->temp.ptr, O_CLOEXEC);
	return w->fd < 0 ? code_of(w) : TOBS_OK;
}

static int append(void *arg)
{
	struct writing *w = arg;

	while (w->data.len) {
		ssize_t n = write(w->fd, w->data.ptr, w->data.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return code_of(w);
		w->data = tobs_view_sub(w->data, (size_t)n, SIZE_MAX);
	}
	return TOBS_OK;
}

static int finish(void *arg)
{
	struct writing *w = arg;

	if (fsync(w->fd) || rename(tobs_buf_str(&w->temp), w->path))
		return code_of(w);
	return TOBS_OK;
}

static int discard(void *arg)
{
	struct writing *w = arg;

	close(w->fd);
	unlink(tobs_buf_str(&w->temp)); /* gone already when it was renamed */
	return TOBS_OK;
}

static int failed(struct writing *w, int r, struct tobs_err *err)
{
	return tobs_fail_sys(err, r, w->sys, "%s", w->path);
}

static int file_write(void *user, struct tobs_view data, struct tobs_err *err)
{
	struct writing *w = user;
	int r;

	w->data = data;
	r = tobs_offload(append, w);
	return r ? failed(w, r, err) : TOBS_OK;
}

int tobs_bot_download(struct tobs_bot *bot, const char *file_id, const char *path, int64_t max)
{
	struct writing w = { .path = path, .fd = -1 };
	const struct http_sink sink = { file_write, &w };
	struct tobs_shield shield;
	struct tobs_err err;
	int r;

	tobs_buf_init(&w.temp, 8192);
	r = tobs_buf_printf(&w.temp, "%s.XXXXXX", path);
	if (!r)
		r = tobs_offload(begin, &w);
	if (r) {
		failed(&w, r, &err);
		scope_note(&err);
		tobs_buf_deinit(&w.temp);
		return r;
	}
	r = fetch(bot, file_id, max > 0 ? max : TOBS_DOWNLOAD_MAX, &sink);
	if (!r) {
		r = tobs_offload(finish, &w);
		if (r) {
			failed(&w, r, &err);
			scope_note(&err);
		}
	}
	tobs_shield_begin(&shield);
	(void)tobs_offload(discard, &w);
	tobs_shield_end(&shield);
	tobs_buf_deinit(&w.temp);
	return r;
}
