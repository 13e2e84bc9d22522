/* SPDX-License-Identifier: MIT */
#include <tobs/rt.h>

#include "base/attr.h"
#include "cli/command.h"
#include "cli/rendering.h"

enum { CHATS_BYTES = 64 << 20 };

struct job {
	const struct app *app;
	const struct render_options *options;
	struct archive *archive;
	struct archive_chat *chats;
	size_t count;
	size_t at; /* the chat to be written */
	struct tobs_arena arena;
	struct render_result result;
	struct tobs_err err;
};

/* ---- on the worker pool ---- */

static int open_archive(void *arg)
{
	struct job *j = arg;
	const struct archive_options options = { .existing = true };
	int r = archive_open(&j->archive, app_text(j->app, SET_OUT), &options, &j->err);

	return r ? r : archive_chats(j->archive, &j->arena, &j->chats, &j->count, &j->err);
}

static int write_chat(void *arg)
{
	struct job *j = arg;

	return render_chat(j->archive, j->chats[j->at].id, j->options, &j->result, &j->err);
}

static int write_index(void *arg)
{
	struct job *j = arg;

	return render_index(j->archive, j->options, &j->result, &j->err);
}

static int close_archive(void *arg)
{
	archive_close(((struct job *)arg)->archive);
	return TOBS_OK;
}

/* ---- the command ---- */

/* The old group is in the file of the supergroup that it became. */
static bool is_part_of_another(const struct job *j, const struct archive_chat *chat)
{
	for (size_t i = 0; i < j->count; i++)
		if (j->chats[i].migrated == chat->id && j->chats[i].kind != ARCHIVE_GROUP)
			return true;
	return false;
}

static int write_all(struct job *j)
{
	int r = TOBS_OK;

	for (j->at = 0; !r && j->at < j->count; j->at++)
		if (!is_part_of_another(j, &j->chats[j->at]))
			r = tobs_shutdown_requested() ? TOBS_ECANCELED
						      : tobs_offload(write_chat, j);
	return r ? r : tobs_offload(write_index, j);
}

static enum status say_result(const struct job *j)
{
	struct tobs_buf out;

	tobs_buf_init(&out, 4096);
	if (j->result.written)
		tobs_buf_printf(&out, "%lld files written, %lld were right already\n",
			(long long)j->result.written, (long long)j->result.unchanged);
	else
		tobs_buf_printf(&out, "Nothing new: all %lld files are up to date.\n",
			(long long)j->result.unchanged);
	if (j->result.kept)
		tobs_buf_printf(&out,
			"%lld files were changed by hand: those versions are kept beside, as "
			"\"(changed by hand)\".\n",
			(long long)j->result.kept);
	return app_print(&out);
}

static enum status run(struct app *app)
{
	struct job j = { .app = app };
	struct tobs_shield shield;
	struct rendering how;
	enum status status = rendering_init(&how, app);
	int r;

	tobs_arena_init(&j.arena, CHATS_BYTES);
	if (!status) {
		j.options = &how.options;
		r = tobs_offload(open_archive, &j);
		if (!r)
			r = write_all(&j);
		if (r == TOBS_ECANCELED)
			status = STATUS_INTERRUPTED;
		else if (r)
			status = app_fail(app, r, &j.err);
		else
			status = say_result(&j);
		tobs_shield_begin(&shield);
		tobs_offload(close_archive, &j);
		tobs_shield_end(&shield);
	}
	tobs_arena_deinit(&j.arena);
	rendering_deinit(&how);
	return status;
}

static const unsigned how[] = { SET_OUT, SET_FLAVOR, SET_LANG, SET_TIMEZONE };
static const struct option_group own = OPTION_GROUP("How", how);

const struct command cmd_render = {
	.name = "render",
	.summary = "writes the files of the archive again, in another way",
	.about =
		"Writes the Markdown of every chat in the archive of the output folder, without the "
		"network: after another flavour, language or time zone was chosen, or files were "
		"lost. Files that are right already are not touched.",
	.examples = "tobs render --flavor gfm  # for GitHub instead of Obsidian",
	.flags = COMMAND_FIBER,
	.groups = { &own, &options_general },
	.run = run,
};
