/* SPDX-License-Identifier: MIT */
/* Which files of a chat there are, and which of them must be written. */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "export/card_page.h"
#include "export/outfile.h"
#include "export/render_impl.h"

enum {
	FORMAT =
		2, /* of the files; a change in how they look makes it grow, and them be written anew */
	GENERAL = 1,
	JOB_BYTES = 256 << 20,
};

const struct archive_topic *render_topic(const struct render_job *j, int32_t id)
{
	for (size_t i = 0; i < j->topic_count; i++)
		if (j->topics[i].id == id)
			return &j->topics[i];
	return NULL;
}

bool render_belongs(const struct render_job *j, const struct archive_topic *t, int32_t topic)
{
	if (topic == t->id)
		return true;
	return t->id == GENERAL && !render_topic(j, topic);
}

void render_chat_path(const struct archive_chat *chat, struct tobs_buf *out)
{
	tobs_buf_putv(out, chat->folder);
	tobs_buf_putc(out, '/');
	tobs_buf_putv(out, chat->folder);
	tobs_buf_puts(out, ".md");
}

void render_topic_path(
	const struct archive_chat *chat, const struct archive_topic *t, struct tobs_buf *out)
{
	tobs_buf_putv(out, chat->folder);
	tobs_buf_puts(out, "/topics/");
	tobs_buf_putv(out, t->file);
	tobs_buf_puts(out, ".md");
}

int render_full_path(struct archive *a, struct tobs_view path, char *out, struct tobs_err *err)
{
	const char *dir = archive_dir(a);
	char *slash;
	int n = snprintf(out, OUTFILE_PATH, "%s/%.*s", dir, TOBS_VIEW_FMT(path)), r;

	if (n < 0 || n >= OUTFILE_PATH)
		return tobs_fail(err, TOBS_EINVAL, "the name of a file in %s is too long", dir);
	slash = strrchr(out, '/');
	*slash = 0;
	r = file_make_folder(out, 0755, err);
	*slash = '/';
	return r;
}

int render_page(struct archive *a, struct tobs_view path, const struct tobs_buf *content,
	struct render_result *result, struct tobs_err *err)
{
	struct outfile_mark before = { -1, 0 }, after;
	struct archive_render row;
	enum outfile_end end;
	struct outfile f = { .fd = -1 };
	struct tobs_arena arena;
	char full[OUTFILE_PATH];
	int r;

	tobs_arena_init(&arena, JOB_BYTES);
	r = archive_render_get(a, path, &arena, &row, err);
	if (!r)
		before = (struct outfile_mark){ row.size, row.mtime_ns };
	if (!r || r == TOBS_ENOTFOUND)
		r = render_full_path(a, path, full, err);
	tobs_arena_deinit(&arena);
	if (!r)
		r = outfile_open(&f, full, err);
	if (!r && tobs_buf_putv(&f.buf, tobs_buf_view(content)))
		r = tobs_fail(err, TOBS_ENOMEM, "out of memory");
	if (!r)
		r = outfile_finish(&f, &before, &after, &end, err);
	if (!r) {
		result->written += end != OUTFILE_SAME;
		result->unchanged += end == OUTFILE_SAME;
		result->kept += end == OUTFILE_KEPT_OTHER;
		row = (struct archive_render){
			.path = path, .size = after.size, .mtime_ns = after.mtime_ns
		};
		if (after.size != before.size || after.mtime_ns != before.mtime_ns)
			r = archive_rendered(a, NULL, &row, 1, err);
	}
	outfile_close(&f);
	return r;
}

/* Whether the file is as we left it, and what it depends on has not changed. */
static bool is_right(struct render_job *j, struct tobs_view path)
{
	struct archive_render row;
	struct outfile_mark there;
	char full[OUTFILE_PATH];

	return archive_render_get(j->archive, path, &j->arena, &row, NULL) == TOBS_OK &&
		tobs_view_is(row.settings, j->settings) &&
		!render_full_path(j->archive, path, full, NULL) && outfile_look(full, &there) &&
		there.size == row.size && there.mtime_ns == row.mtime_ns;
}

static struct tobs_view kept_path(struct render_job *j, const struct archive_topic *t)
{
	struct tobs_view kept = { 0 };
	struct tobs_buf path;

	tobs_buf_init(&path, OUTFILE_PATH);
	if (t)
		render_topic_path(&j->chat, t, &path);
	else
		render_chat_path(&j->chat, &path);
	if (!tobs_buf_err(&path))
		tobs_arena_view(&j->arena, tobs_buf_view(&path), &kept);
	tobs_buf_deinit(&path);
	return kept;
}

/* The files of messages. */
static int write_files(struct render_job *j, struct tobs_err *err)
{
	bool fresh = j->chat.stale == INT32_MAX && (!j->has_origin || j->origin.stale == INT32_MAX);
	size_t n = j->topic_count ? j->topic_count : 1;
	int r = TOBS_OK;

	for (size_t i = 0; !r && i < n; i++) {
		const struct archive_topic *t = j->topic_count ? &j->topics[i] : NULL;
		struct tobs_view path = kept_path(j, t);

		if (!path.len)
			return tobs_fail(err, TOBS_ENOMEM, "out of memory");
		if (fresh && is_right(j, path))
			j->result->unchanged++;
		else
			r = render_file(j, t, path, err);
	}
	return r;
}

static int write_card(struct render_job *j, struct tobs_err *err)
{
	struct tobs_buf page, path;
	int r;

	tobs_buf_init(&page, 64 << 20);
	tobs_buf_init(&path, OUTFILE_PATH);
	tobs_buf_putv(&path, j->chat.folder);
	tobs_buf_puts(&path, "/index.md");
	card_page(&page, j->options, &j->chat, tobs_buf_view(&path), j->topics, j->topic_count);
	r = tobs_buf_err(&page) || tobs_buf_err(&path)
		? tobs_fail(err, TOBS_ENOMEM, "out of memory")
		: render_page(j->archive, tobs_buf_view(&path), &page, j->result, err);
	tobs_buf_deinit(&page);
	tobs_buf_deinit(&path);
	return r;
}

static int load(struct render_job *j, int64_t chat, struct tobs_err *err)
{
	int r = archive_chat_get(j->archive, chat, &j->arena, &j->chat, err);

	if (!r && j->chat.migrated) {
		r = archive_chat_get(j->archive, j->chat.migrated, &j->arena, &j->origin, err);
		j->has_origin = r == TOBS_OK && j->chat.kind != ARCHIVE_GROUP;
		r = r == TOBS_ENOTFOUND ? TOBS_OK : r;
	}
	if (!r && j->chat.kind == ARCHIVE_FORUM)
		r = archive_topics(
			j->archive, j->chat.no, &j->arena, &j->topics, &j->topic_count, err);
	j->checks = !j->topic_count && (!j->has_origin || j->origin.stale == INT32_MAX);
	snprintf(j->settings, sizeof j->settings, "%d %d %d %.80s", FORMAT,
		(int)j->options->flavour, (int)j->options->language,
		j->options->zone_name ? j->options->zone_name : "");
	return r;
}

int render_chat(struct archive *a, int64_t chat, const struct render_options *options,
	struct render_result *ret, struct tobs_err *err)
{
	struct render_job j = { .archive = a, .options = options, .result = ret };
	int r;

	tobs_arena_init(&j.arena, JOB_BYTES);
	r = load(&j, chat, err);
	if (!r)
		r = write_files(&j, err);
	if (!r)
		r = write_card(&j, err);
	if (!r)
		r = archive_mentions(a, j.mentions.items, j.mentions.count, err);
	if (!r && (j.rows.count || j.chat.stale != INT32_MAX))
		r = archive_rendered(a, &j.chat, j.rows.items, j.rows.count, err);
	if (!r && j.has_origin && j.origin.stale != INT32_MAX)
		r = archive_rendered(a, &j.origin, NULL, 0, err);
	ARRAY_DEINIT(&j.rows);
	ARRAY_DEINIT(&j.mentions);
	map_deinit(&j.mentioned);
	tobs_arena_deinit(&j.arena);
	return r;
}

/* The chat in whose file this one is: basic groups that became supergroups are part of those. */
static int64_t file_of(const struct archive_chat *chats, size_t n, const struct archive_chat *chat)
{
	for (size_t i = 0; i < n; i++)
		if (chats[i].kind != ARCHIVE_GROUP && chats[i].migrated == chat->id)
			return chats[i].id;
	return chat->id;
}

static bool is_among(const int64_t *list, size_t n, int64_t id)
{
	for (size_t i = 0; i < n; i++)
		if (list[i] == id)
			return true;
	return false;
}

int render_stale(struct archive *a, const int64_t *except, size_t except_count,
	struct tobs_arena *arena, int64_t **ret, size_t *ret_count, struct tobs_err *err)
{
	struct archive_chat *chats;
	size_t n = 0, count = 0;
	int64_t *list;
	int r = archive_chats(a, arena, &chats, &n, err);

	if (r)
		return r;
	list = tobs_arena_alloc(arena, (n + 1) * sizeof *list);
	if (!list)
		return tobs_fail(err, TOBS_ENOMEM, "out of memory");
	for (size_t i = 0; i < n; i++) {
		int64_t id = file_of(chats, n, &chats[i]);

		if (chats[i].stale != INT32_MAX && !is_among(except, except_count, id) &&
			!is_among(list, count, id))
			list[count++] = id;
	}
	*ret = list;
	*ret_count = count;
	return TOBS_OK;
}

int render_index(struct archive *a, const struct render_options *options, struct render_result *ret,
	struct tobs_err *err)
{
	struct archive_chat *chats;
	struct tobs_arena arena;
	struct tobs_buf page;
	size_t n = 0, shown = 0;
	int r;

	tobs_arena_init(&arena, JOB_BYTES);
	tobs_buf_init(&page, 64 << 20);
	r = archive_chats(a, &arena, &chats, &n, err);
	for (size_t i = 0; !r && i < n; i++)
		if (file_of(chats, n, &chats[i]) == chats[i].id)
			chats[shown++] = chats[i];
	if (!r) {
		card_page_all(&page, options, chats, shown);
		r = tobs_buf_err(&page) ? tobs_fail(err, TOBS_ENOMEM, "out of memory")
					: render_page(a, tobs_str("index.md"), &page, ret, err);
	}
	tobs_buf_deinit(&page);
	tobs_arena_deinit(&arena);
	return r;
}
