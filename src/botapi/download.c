/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <tobs/rt.h>
#include <unistd.h>

#include "botapi/api_impl.h"
#include "botapi/upload.h"

enum { PIECE = 64 << 10, PATH_MAX_BYTES = 4096 };

/* What a sink was given is counted on its way. */
struct counted {
	const struct http_sink *sink;
	int64_t left;
	int64_t max;
};

static int count_write(void *user, struct tobs_view data, struct tobs_err *err)
{
	struct counted *c = user;

	if ((int64_t)data.len > c->left)
		return tobs_fail(
			err, TOBS_ETOOBIG, "the file is larger than %lld bytes", (long long)c->max);
	c->left -= (int64_t)data.len;
	return c->sink->write(c->sink->user, data, err);
}

/* Path of a URL: slashes stay. */
static int put_path(struct tobs_buf *out, struct tobs_view path)
{
	struct tobs_view part;
	bool first = true;
	int r = TOBS_OK;

	while (!r && tobs_view_split(&path, '/', &part)) {
		if (!first)
			tobs_buf_putc(out, '/');
		first = false;
		r = http_escape(out, part);
	}
	return r;
}

static int refused(const struct http_answer *a, struct tobs_err *err)
{
	int r = a->status == 404 || a->status == 400 ? TOBS_ENOTFOUND
		: a->status == 401                   ? TOBS_EAUTH
		: a->status == 403                   ? TOBS_EPERM
		: a->status == 429                   ? TOBS_EFLOOD
		: a->status >= 500                   ? TOBS_EAGAIN
						     : TOBS_EPROTO;

	tobs_fail(err, r, "the file: %d %s%s", a->status, http_status_text(a->status),
		r == TOBS_ENOTFOUND ? ": its path has expired, getFile gives a new one" : "");
	if (err)
		err->status = a->status;
	return r;
}

static int download_http(
	struct api *api, const char *path, const struct http_sink *sink, struct tobs_err *err)
{
	struct http_call call = { .sink = sink };
	struct http_answer answer;
	struct tobs_buf url;
	int r;

	http_answer_init(&answer, PIECE);
	tobs_buf_init(&url, PATH_MAX_BYTES);
	tobs_buf_putv(&url, tobs_buf_view(&api->files));
	r = put_path(&url, tobs_str(path));
	call.url = tobs_buf_view(&url);
	r = r ? tobs_fail(err, r, "the path of the file is too long")
	      : api_http(api, api->sending, &call, api->transfer_ms, &answer, err);
	if (!r && answer.status / 100 != 2)
		r = refused(&answer, err);
	http_answer_deinit(&answer);
	tobs_buf_wipe(&url);
	return r;
}

static int copy_local(const char *path, const struct http_sink *sink, struct tobs_err *err)
{
	const struct tobs_input_file file = tobs_file_path(path);
	struct upload u;
	void *buf = mem_alloc(PIECE);
	size_t n = 1;
	int r = buf ? upload_open(&u, &file, false, err)
		    : tobs_fail(err, TOBS_ENOMEM, "copying a file");

	if (!r) {
		while (!r && n) {
			r = u.source.read(u.source.user, buf, PIECE, &n, err);
			if (!r && n)
				r = sink->write(sink->user, tobs_view(buf, n), err);
		}
		upload_close(&u);
	}
	mem_free(buf);
	return r;
}

int api_download(struct api *api, const char *path, int64_t max, const struct http_sink *sink,
	struct tobs_err *err)
{
	struct counted c = { sink, max, max };
	const struct http_sink counting = { count_write, &c };

	if (path[0] == '/') {
		if (!(api->flags & BOTAPI_LOCAL))
			return tobs_fail(err, TOBS_EINVAL,
				"the server gives a path of its own machine: it runs with --local, "
				"which the bot has to be told");
		return copy_local(path, &counting, err);
	}
	return download_http(api, path, &counting, err);
}
