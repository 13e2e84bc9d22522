/* SPDX-License-Identifier: MIT */
/* A run and its output folder. */
#include <stdio.h>

#include "base/file.h"
#include "export/run.h"

enum { STALE_BYTES = 64 << 20 };

struct open_job {
	const struct run *run;
	struct archive *archive;
	struct tobs_err err;
};

static int open_archive(void *arg)
{
	struct open_job *job = arg;
	const struct export_options *o = job->run->options;
	const struct archive_options options = { .read_only = o->dry_run, .existing = o->dry_run };
	int r = TOBS_OK;

	if (!o->dry_run)
		r = file_make_folder(o->dir, 0755, &job->err);
	if (!r)
		r = archive_open(&job->archive, o->dir, &options, &job->err);
	return o->dry_run && r == TOBS_ENOTFOUND ? TOBS_OK : r;
}

int run_open(const struct run *run, struct archive **ret, struct tobs_err *err)
{
	struct open_job job = { .run = run };
	int r = tobs_offload(open_archive, &job);

	if (r && err) {
		*err = job.err;
		if (!err->code)
			tobs_fail(err, r, "%s", tobs_error_text(r));
	}
	*ret = job.archive;
	return r;
}

static int close_archive(void *arg)
{
	archive_close(arg);
	return TOBS_OK;
}

void run_close(struct archive *a)
{
	struct tobs_shield shield;

	tobs_shield_begin(&shield);
	tobs_offload(close_archive, a);
	tobs_shield_end(&shield);
}

struct write_job {
	const char *dir;
	const struct tobs_buf *json;
	struct tobs_err err;
};

static int write_last(struct archive *a, void *arg)
{
	struct write_job *job = arg;
	char path[4096];

	(void)a;
	if (snprintf(path, sizeof path, "%s/.tobs/last-run.json", job->dir) >= (int)sizeof path)
		return tobs_fail(&job->err, TOBS_EINVAL, "the name of the folder is too long");
	return file_replace(path, tobs_buf_view(job->json), 0600, &job->err);
}

int run_write_last(struct run *run, const struct tobs_buf *json, struct tobs_err *err)
{
	struct write_job job = { .dir = run->options->dir, .json = json };
	int r = sink_use(run->sink, write_last, &job);

	if (r && err)
		*err = job.err;
	return r;
}

struct render_call {
	struct run *run;
	int64_t chat; /* 0: the list of all */
	struct render_result result;
	struct tobs_err err;
};

static int call_render(struct archive *a, void *arg)
{
	struct render_call *call = arg;
	const struct render_options *o = call->run->options->render;

	return call->chat ? render_chat(a, call->chat, o, &call->result, &call->err)
			  : render_index(a, o, &call->result, &call->err);
}

static int render(struct render_call *call, struct tobs_err *err)
{
	int r = sink_use(call->run->sink, call_render, call);

	if (r && err) {
		*err = call->err;
		if (!err->code)
			tobs_fail(err, r, "%s", tobs_error_text(r));
	}
	return r;
}

int run_render_chat(struct run *run, int64_t chat, struct render_result *ret, struct tobs_err *err)
{
	struct render_call call = { .run = run, .chat = chat };
	int r = render(&call, err);

	*ret = call.result;
	return r;
}

struct stale_call {
	struct run *run;
	struct tobs_arena arena;
	int64_t *chats;
	size_t count;
	struct tobs_err err;
};

static int list_stale(struct archive *a, void *arg)
{
	struct stale_call *call = arg;
	size_t n = call->run->report->chats.count;
	int64_t *mine = tobs_arena_alloc(&call->arena, (n + 1) * sizeof *mine);

	if (!mine)
		return tobs_fail(&call->err, TOBS_ENOMEM, "out of memory");
	for (size_t i = 0; i < n; i++)
		mine[i] = call->run->report->chats.items[i]->peer;
	return render_stale(a, mine, n, &call->arena, &call->chats, &call->count, &call->err);
}

int run_render_others(struct run *run, struct tobs_err *err)
{
	struct stale_call call = { .run = run };
	struct render_result result;
	int r;

	tobs_arena_init(&call.arena, STALE_BYTES);
	r = sink_use(run->sink, list_stale, &call);
	if (r && err)
		*err = call.err;
	for (size_t i = 0; !r && i < call.count; i++)
		r = run_render_chat(run, call.chats[i], &result, err);
	tobs_arena_deinit(&call.arena);
	return r;
}

int run_render_index(struct run *run, struct tobs_err *err)
{
	struct render_call call = { .run = run };
	int r = render(&call, err);

	if (call.result.kept)
		run_tell(run, EXPORT_NOTE, 0,
			"index.md was changed by hand, or yours: that version is kept beside, as "
			"\"(changed by hand)\"");
	return r;
}
