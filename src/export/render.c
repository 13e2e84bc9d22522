/* SPDX-License-Identifier: MIT */
#include "export/render.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/file.h"
#include "export/block.h"
#include "export/card_page.h"
#include "export/outfile.h"
#include "export/render_impl.h"

enum {
	CHECK_EVERY = 1000, /* messages from one checkpoint to the next */
	CHECKS_MAX = 1 << 20,
	ALBUM_MAX = 10, /* messages; Telegram's limit */
	QUOTE_BYTES = 64,
	GENERAL = 1, /* id of the topic every forum has */
};

/* Ids of channels and supergroups lie below it, negated. */
static const int64_t CHANNEL_BASE = 1000000000000;

/* From here on a file can be written again: the first id not yet in it, and what came before. */
struct checkpoint {
	int32_t id;
	int32_t pad;
	int64_t offset;
	struct block_state state;
};

/* A file of a chat: all of it, or one topic of a forum. */
struct page_file {
	struct render_job *job;
	const struct archive_topic *topic; /* NULL: the whole chat */
	struct tobs_view path;             /* below DIR */
	struct outfile out;
	struct block_writer *writer;
	struct block_state state;
	ARRAY_OF(struct checkpoint) checks;
	int32_t until_check;
	int32_t writing;         /* id of the message */
	struct tobs_arena words; /* of a reply's target */
	struct tobs_buf quote, where;
};

/* ---- what blocks ask ---- */

static int on_name(
	void *user, int64_t peer, int64_t date, struct archive_name *ret, struct tobs_err *err)
{
	const struct page_file *f = user;

	return archive_name(f->job->archive, peer, date, ret, err);
}

static int on_file(
	void *user, bool photo, int64_t id, struct archive_file_state *ret, struct tobs_err *err)
{
	const struct page_file *f = user;

	return archive_file_get(f->job->archive, photo, id, ret, err);
}

static int on_topic(void *user, int32_t topic, struct tobs_view *ret, struct tobs_err *err)
{
	const struct page_file *f = user;
	const struct archive_topic *t = render_topic(f->job, topic);

	(void)err;
	if (!t)
		return TOBS_ENOTFOUND;
	*ret = t->title;
	return TOBS_OK;
}

/* Should the chat come one day, this file will have to say more. */
static int note_mention(struct page_file *f, int64_t chat, struct tobs_err *err)
{
	struct render_job *j = f->job;
	const struct archive_mention m = { chat, j->reading, f->writing };

	if (map_get(&j->mentioned, (uint64_t)chat))
		return TOBS_OK;
	if (map_put(&j->mentioned, (uint64_t)chat, j) || ARRAY_PUSH(&j->mentions, m))
		return tobs_fail(err, TOBS_ENOMEM, "out of memory");
	return TOBS_OK;
}

/* On t.me: of a chat without a name there only its members can follow the link. */
static int put_address(struct page_file *f, int64_t chat, int32_t id, struct tobs_err *err)
{
	struct archive_name name = { 0 };
	int r = archive_name(f->job->archive, chat, INT64_MAX, &name, err);

	if (r && r != TOBS_ENOTFOUND)
		return r;
	tobs_buf_puts(&f->where, "https://t.me/");
	if (r == TOBS_OK && name.username.len)
		tobs_buf_putv(&f->where, name.username);
	else
		tobs_buf_printf(&f->where, "c/%lld", (long long)(-chat - CHANNEL_BASE));
	tobs_buf_printf(&f->where, "/%d", (int)id);
	return TOBS_OK;
}

/* A message of another chat: in its file when the archive has that, else on t.me. */
static int target_elsewhere(struct page_file *f, int64_t chat, int32_t id, struct block_target *ret,
	struct tobs_err *err)
{
	struct archive_chat other;
	int r = archive_chat_get(f->job->archive, chat, &f->words, &other, err);

	if (r == TOBS_ENOTFOUND)
		r = note_mention(f, chat, err) ? TOBS_ENOMEM : TOBS_ENOTFOUND;
	if (r && r != TOBS_ENOTFOUND)
		return r;
	tobs_buf_clear(&f->where);
	if (r == TOBS_OK && other.kind != ARCHIVE_FORUM) {
		render_chat_path(&other, &f->where);
		*ret = (struct block_target){ .place = BLOCK_ELSEWHERE, .anchor = id };
	} else if (chat < -CHANNEL_BASE) {
		r = put_address(f, chat, id, err);
		if (r)
			return r;
		*ret = (struct block_target){ .place = BLOCK_TELEGRAM };
	} else {
		return TOBS_ENOTFOUND;
	}
	ret->path = tobs_buf_view(&f->where);
	return tobs_buf_err(&f->where);
}

static int on_target(
	void *user, int64_t chat, int32_t id, struct block_target *ret, struct tobs_err *err)
{
	struct page_file *f = user;
	struct archive_message m;
	int r;

	tobs_arena_reset(&f->words);
	if (chat && chat != f->job->chat.id)
		return target_elsewhere(f, chat, id, ret, err);
	r = archive_message_glance(f->job->archive, f->job->reading, id, &f->words, &m, err);
	if (r)
		return r;
	tobs_buf_clear(&f->quote);
	r = block_quote(f->job->quoter, &f->quote, &m, QUOTE_BYTES);
	if (r)
		return r;
	*ret = (struct block_target){ .place = BLOCK_HERE,
		.anchor = id,
		.letter = f->job->letter,
		.sender = m.sender,
		.date = m.date,
		.words = tobs_buf_view(&f->quote),
		.data = m.data };
	tobs_buf_clear(&f->where);
	if (f->topic && !render_belongs(f->job, f->topic, m.topic)) {
		const struct archive_topic *t = render_topic(f->job, m.topic ? m.topic : GENERAL);

		if (t)
			render_topic_path(&f->job->chat, t, &f->where);
		ret->place = t ? BLOCK_ELSEWHERE : BLOCK_NOWHERE;
		ret->path = tobs_buf_view(&f->where);
	}
	return tobs_buf_err(&f->where);
}

/* ---- one file ---- */

static int put_head(struct page_file *f)
{
	const struct render_job *j = f->job;
	struct tobs_view title = f->topic ? f->topic->title : j->chat.title;

	card_page_head(&f->out.buf, j->options, &j->chat, title);
	f->state = (struct block_state){ 0 };
	return tobs_buf_err(&f->out.buf);
}

static int check(struct page_file *f, int32_t id)
{
	const struct checkpoint c = { .id = id, .offset = outfile_at(&f->out), .state = f->state };

	f->until_check = CHECK_EVERY;
	return f->checks.count < CHECKS_MAX && ARRAY_PUSH(&f->checks, c) ? TOBS_ENOMEM : TOBS_OK;
}

/* Albums are written together; strings of all but the last have to be kept. */
struct album {
	struct archive_message m[ALBUM_MAX];
	size_t count;
	struct tobs_arena arena;
};

static int put_album(struct page_file *f, struct album *a, struct tobs_err *err)
{
	int r = TOBS_OK;

	if (!a->count)
		return TOBS_OK;
	if (f->job->checks && f->job->reading == f->job->chat.no && f->until_check-- <= 0 &&
		check(f, a->m[0].id))
		r = tobs_fail(err, TOBS_ENOMEM, "out of memory");
	f->writing = a->m[0].id;
	if (!r)
		r = block_write(f->writer, &f->out.buf, &f->state, a->m, a->count, err);
	if (!r)
		r = outfile_push(&f->out, err);
	a->count = 0;
	tobs_arena_reset(&a->arena);
	return r;
}

static int add_to_album(struct album *a, const struct archive_message *m)
{
	struct archive_message *to = &a->m[a->count];

	*to = *m;
	if (tobs_arena_view(&a->arena, m->text, &to->text) ||
		tobs_arena_view(&a->arena, m->entities, &to->entities) ||
		tobs_arena_view(&a->arena, m->data, &to->data))
		return TOBS_ENOMEM;
	if (m->reaction_count) {
		struct archive_reaction *list = tobs_arena_dup(
			&a->arena, m->reactions, m->reaction_count * sizeof *m->reactions);

		if (!list)
			return TOBS_ENOMEM;
		for (uint32_t i = 0; i < m->reaction_count; i++)
			if (tobs_arena_view(&a->arena, list[i].reaction, &list[i].reaction))
				return TOBS_ENOMEM;
		to->reactions = list;
	}
	a->count++;
	return TOBS_OK;
}

static int put_messages(struct page_file *f, struct archive_cursor *c, struct tobs_err *err)
{
	struct album album = { .count = 0 };
	struct archive_message m;
	int r;

	tobs_arena_init(&album.arena, 64 << 20);
	while (!(r = archive_cursor_next(c, &m, err))) {
		if (f->topic && !render_belongs(f->job, f->topic, m.topic))
			continue;
		if (album.count &&
			(album.count == ALBUM_MAX ||
				!block_same_album(&album.m[album.count - 1], &m)))
			r = put_album(f, &album, err);
		if (r)
			break;
		if (m.album && !(m.flags & ARCHIVE_SERVICE)) {
			if (add_to_album(&album, &m))
				r = tobs_fail(err, TOBS_ENOMEM, "out of memory");
		} else {
			album.m[0] = m;
			album.count = 1;
			r = put_album(f, &album, err);
		}
		if (r)
			break;
	}
	if (r == TOBS_ENOTFOUND)
		r = put_album(f, &album, err);
	tobs_arena_deinit(&album.arena);
	return r;
}

static int put_chat(struct page_file *f, int32_t no, int64_t peer, char letter, int32_t first,
	struct tobs_err *err)
{
	struct render_job *j = f->job;
	const struct block_options options = {
		.flavour = j->options->flavour,
		.language = j->options->language,
		.zone = j->options->zone,
		.chat = peer,
		.kind = peer == j->chat.id ? j->chat.kind : ARCHIVE_GROUP,
		.topic = f->topic ? f->topic->id : 0,
		.path = f->path,
		.letter = letter,
	};
	const struct block_context context = { f, on_name, on_target, on_file, on_topic };
	struct archive_cursor cursor = { 0 };
	int r;

	map_deinit(&j->mentioned);
	j->reading = no;
	j->letter = letter;
	r = block_writer_new(&f->writer, &options, &context, err);
	if (!r)
		r = block_writer_new(&j->quoter, &options, &(struct block_context){ 0 }, err);
	if (!r)
		r = archive_cursor_open(j->archive, &cursor, no, first, INT32_MAX,
			f->topic && f->topic->id != GENERAL ? f->topic->id : 0, err);
	if (!r)
		r = put_messages(f, &cursor, err);
	archive_cursor_close(&cursor);
	block_writer_free(f->writer);
	block_writer_free(j->quoter);
	f->writer = j->quoter = NULL;
	return r;
}

/* The beginning that is still right, if any: how much of it, and what comes after. */
static bool resume_at(struct page_file *f, const struct archive_render *row, struct checkpoint *ret)
{
	const struct render_job *j = f->job;
	struct outfile_mark there;
	size_t n = row->checkpoints.len / sizeof *ret;

	if (!j->checks || !j->chat.stale || !tobs_view_is(row->settings, j->settings) ||
		!outfile_look(f->out.path, &there) || there.size != row->size ||
		there.mtime_ns != row->mtime_ns)
		return false;
	ret->id = 0;
	for (size_t i = 0; i < n; i++) {
		struct checkpoint c;

		memcpy(&c, row->checkpoints.ptr + i * sizeof c, sizeof c);
		if (c.id > j->chat.stale || c.offset > there.size)
			break;
		*ret = c;
		if (ARRAY_PUSH(&f->checks, c))
			return false;
	}
	return ret->id > 0;
}

static int put_body(struct page_file *f, const struct archive_render *row, struct tobs_err *err)
{
	const struct render_job *j = f->job;
	struct checkpoint from = { 0 };
	int r;

	if (row && resume_at(f, row, &from)) {
		r = outfile_copy(&f->out, from.offset, err);
		f->state = from.state;
		f->until_check = CHECK_EVERY;
	} else {
		f->checks.count = 0;
		from.id = 0;
		f->until_check = CHECK_EVERY;
		r = put_head(f);
		if (!r && j->has_origin)
			r = put_chat(f, j->origin.no, j->origin.id, 'g', 0, err);
	}
	return r ? r : put_chat(f, j->chat.no, j->chat.id, 'm', from.id, err);
}

static int keep_row(struct page_file *f, const struct outfile_mark *mark, struct tobs_err *err)
{
	struct render_job *j = f->job;
	struct archive_render row = { .path = f->path,
		.settings = tobs_str(j->settings),
		.size = mark->size,
		.mtime_ns = mark->mtime_ns };
	size_t bytes = f->checks.count * sizeof *f->checks.items;

	if (bytes)
		row.checkpoints = tobs_view(
			tobs_arena_dup(&j->arena, f->checks.items, bytes), bytes);
	if ((bytes && !row.checkpoints.ptr) || ARRAY_PUSH(&j->rows, row))
		return tobs_fail(err, TOBS_ENOMEM, "out of memory");
	return TOBS_OK;
}

static int write_file(struct page_file *f, struct tobs_err *err)
{
	struct render_job *j = f->job;
	struct outfile_mark before = { -1, 0 }, after;
	struct archive_render row;
	enum outfile_end end;
	char path[OUTFILE_PATH];
	int r = archive_render_get(j->archive, f->path, &j->arena, &row, err);
	bool known = r == TOBS_OK;

	if (r && r != TOBS_ENOTFOUND)
		return r;
	if (known)
		before = (struct outfile_mark){ row.size, row.mtime_ns };
	r = render_full_path(j->archive, f->path, path, err);
	if (!r)
		r = outfile_open(&f->out, path, err);
	if (!r)
		r = put_body(f, known ? &row : NULL, err);
	if (!r)
		r = outfile_finish(&f->out, &before, &after, &end, err);
	if (!r) {
		j->result->written += end != OUTFILE_SAME;
		j->result->unchanged += end == OUTFILE_SAME;
		j->result->kept += end == OUTFILE_KEPT_OTHER;
		r = keep_row(f, &after, err);
	}
	return r;
}

int render_file(struct render_job *j, const struct archive_topic *topic, struct tobs_view path,
	struct tobs_err *err)
{
	struct page_file *f = MEM_NEW(struct page_file);
	int r;

	if (!f)
		return tobs_fail(err, TOBS_ENOMEM, "out of memory");
	f->job = j;
	f->topic = topic;
	f->path = path;
	f->out.fd = -1;
	tobs_arena_init(&f->words, 64 << 20);
	tobs_buf_init(&f->quote, 64 << 10);
	tobs_buf_init(&f->where, 64 << 10);
	r = write_file(f, err);
	outfile_close(&f->out);
	ARRAY_DEINIT(&f->checks);
	tobs_arena_deinit(&f->words);
	tobs_buf_deinit(&f->quote);
	tobs_buf_deinit(&f->where);
	mem_free(f);
	return r;
}
