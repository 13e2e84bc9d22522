/* SPDX-License-Identifier: MIT */
#include "judge.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/attr.h"
#include "base/file.h"
#include "base/json.h"
#include "export/entities.h"
#include "unit/md/survive.h"

enum { ALBUM = 10, GENERAL = 1, FILE_BYTES = 256 << 20 };

/* What a message must say. */
struct expected {
	int32_t id;
	bool has_text, above, addresses;
	struct cells text;
};

/* A file being judged. */
struct reading {
	struct judge *j;
	const struct archive_chat *chat; /* whose messages are read; its origin first */
	const struct archive_topic *topics;
	size_t topic_count;
	int32_t topic; /* of the file; 0: none */
	char letter;
	const char *path;
	struct tobs_buf markdown;
	struct page page;
	struct expected album[ALBUM];
	size_t count;
	int64_t album_id, sender;
	struct json_parser parser;
	struct json_doc doc;
	struct entity_list entities;
};

static TOBS_PRINTF(3, 4) void differs(struct reading *r, int32_t id, const char *fmt, ...)
{
	char *first = r->j->first;
	size_t room = sizeof r->j->first;
	va_list ap;
	int n;

	if (r->j->differences++)
		return;
	n = snprintf(first, room, "%s, message %d: ", r->path, (int)id);
	va_start(ap, fmt);
	if (n > 0 && (size_t)n < room)
		vsnprintf(first + n, room - (size_t)n, fmt, ap);
	va_end(ap);
}

/* The text of cells, with what cannot be seen as \xNN. */
static const char *show(const struct cells *c, char *out, size_t room)
{
	size_t n = 0;

	for (size_t i = 0; i < c->row.count && n + 5 < room; i++) {
		uint8_t b = c->row.items[i].byte;

		n += (size_t)(b < ' ' ? snprintf(out + n, room - n, "\\x%02x", b)
				      : snprintf(out + n, room - n, "%c", b));
	}
	out[n] = 0;
	return out;
}

static void compare(struct reading *r, int32_t id, struct cells *want, bool addresses)
{
	char a[700], b[700];
	struct cells have;
	const char *why = NULL;
	ptrdiff_t at;

	cells_init(&have);
	if (!page_take(&r->page, r->letter, id, &have)) {
		differs(r, id, "it is not there");
		cells_deinit(&have);
		return;
	}
	forget_strike(want);
	forget_strike(&have);
	at = cells_differ(want, &have, &why);
	for (size_t i = 0; addresses && at < 0 && i < want->row.count; i++)
		if (want->row.items[i].address && !have.row.items[i].address) {
			at = (ptrdiff_t)i;
			why = "an address is no link";
		}
	if (at >= 0)
		differs(r, id, "at byte %d: %s\nwant %s\nhave %s", (int)at, why,
			show(want, a, sizeof a), show(&have, b, sizeof b));
	cells_deinit(&have);
}

/* One caption for several files stands above the first or below the last of them. */
static void judge_group(struct reading *r)
{
	struct cells none;
	size_t texts = 0, holder = 0, caption = 0;

	for (size_t i = 0; i < r->count; i++)
		if (r->album[i].has_text) {
			texts++;
			caption = i;
		}
	holder = r->album[caption].above ? 0 : r->count - 1;
	for (size_t i = 0; i < r->count; i++) {
		struct expected *e = &r->album[i];

		cells_init(&none);
		if (texts != 1)
			compare(r, e->id, &e->text, e->addresses);
		else if (i == holder)
			compare(r, e->id, &r->album[caption].text, r->album[caption].addresses);
		else
			compare(r, e->id, &none, false);
		r->j->messages++;
		r->j->texts += e->has_text;
	}
	for (size_t i = 0; i < r->count; i++)
		cells_deinit(&r->album[i].text);
	r->count = 0;
}

/* What the archive says. */
static void expect(struct reading *r, const struct archive_message *m, struct expected *e)
{
	struct json_doc data = { 0 };
	struct tobs_view text = m->text;

	if (m->flags & ARCHIVE_SERVICE)
		return;
	if (r->j->original && r->j->original(r->j->user, r->chat, m->id, &e->text, &e->addresses))
		return;
	r->entities.count = 0;
	if (m->entities.len && json_parse(&r->parser, &r->doc, m->entities, NULL) == TOBS_OK &&
		entities_read(&r->entities, json_root(&r->doc)))
		abort();
	if (!text.len && m->data.len && json_parse(&r->parser, &data, m->data, NULL) == TOBS_OK) {
		json_get_str(json_field(json_root(&data), "rich"), &text);
		r->entities.count = 0;
	}
	cells_expected(&e->text, text, r->entities.items, r->entities.count, false);
	json_doc_deinit(&data);
}

static void add(struct reading *r, const struct archive_message *m)
{
	bool service = m->flags & ARCHIVE_SERVICE;
	struct expected *e;

	if (r->count &&
		(r->count == ALBUM || service || !m->album || m->album != r->album_id ||
			m->sender != r->sender))
		judge_group(r);
	e = &r->album[r->count++];
	*e = (struct expected){ .id = m->id, .above = m->flags & ARCHIVE_CAPTION_ABOVE };
	cells_init(&e->text);
	expect(r, m, e);
	e->has_text = m->text.len > 0;
	r->album_id = service ? 0 : m->album;
	r->sender = m->sender;
}

static bool is_topic(const struct reading *r, int32_t id)
{
	for (size_t i = 0; i < r->topic_count; i++)
		if (r->topics[i].id == id)
			return true;
	return false;
}

static void judge_messages(struct reading *r, const struct archive_chat *chat, char letter)
{
	struct archive_cursor c = { 0 };
	struct archive_message m;
	int code;

	r->chat = chat;
	r->letter = letter;
	code = archive_cursor_open(r->j->archive, &c, chat->no, 0, INT32_MAX, 0, NULL);
	while (!code && !(code = archive_cursor_next(&c, &m, NULL)))
		if (!r->topic || m.topic == r->topic ||
			(r->topic == GENERAL && !is_topic(r, m.topic)))
			add(r, &m);
	if (code != TOBS_ENOTFOUND)
		differs(r, 0, "the archive: %s", tobs_error_text(code));
	archive_cursor_close(&c);
	if (r->count)
		judge_group(r);
}

/* The file is called what the chat or the topic is. */
static void judge_title(struct reading *r, struct tobs_view title)
{
	struct cells want;
	const char *why = NULL;
	char have[700];

	cells_init(&want);
	cells_expected(&want, title.len ? title : tobs_str("…"), NULL, 0, false);
	forget_strike(&want);
	forget_strike(&r->page.title);
	if (cells_differ(&want, &r->page.title, &why) >= 0)
		differs(r, 0, "the title (%s): %s", why, show(&r->page.title, have, sizeof have));
	cells_deinit(&want);
}

static struct tobs_view title_of(const struct reading *r, const struct archive_chat *chat)
{
	for (size_t i = 0; i < r->topic_count; i++)
		if (r->topics[i].id == r->topic)
			return r->topics[i].title;
	return chat->title;
}

static void judge_file(struct judge *j, const struct archive_chat *chat,
	const struct archive_chat *origin, const struct archive_topic *topics, size_t topic_count,
	const char *path, int32_t topic)
{
	struct reading *r = calloc(1, sizeof *r);

	if (!r)
		abort();
	r->j = j;
	r->topics = topics;
	r->topic_count = topic_count;
	r->topic = topic;
	r->path = path;
	tobs_buf_init(&r->markdown, FILE_BYTES);
	json_parser_init(&r->parser, 16 << 20, 64);
	if (file_read(path, &r->markdown, NULL)) {
		differs(r, 0, "the file is not there");
	} else {
		page_read(&r->page, tobs_buf_view(&r->markdown), j->flavour);
		if (r->page.error[0])
			differs(r, 0, "%s", r->page.error);
		judge_title(r, title_of(r, chat));
		if (origin)
			judge_messages(r, origin, 'g');
		judge_messages(r, chat, 'm');
		ARRAY_EACH (m, &r->page.messages)
			if (!m->taken)
				differs(r, m->id, "it is nowhere else");
		j->links += r->page.links;
		page_deinit(&r->page);
	}
	j->files++;
	tobs_buf_deinit(&r->markdown);
	json_parser_deinit(&r->parser);
	json_doc_deinit(&r->doc);
	entities_deinit(&r->entities);
	free(r);
}

void judge_chat(struct judge *j, const struct archive_chat *chat)
{
	struct archive_topic *topics = NULL;
	struct archive_chat origin = { 0 };
	struct tobs_arena arena;
	size_t n = 0;
	char path[4096];

	tobs_arena_init(&arena, 64 << 20);
	if (chat->kind == ARCHIVE_FORUM &&
		archive_topics(j->archive, chat->no, &arena, &topics, &n, NULL))
		abort();
	if (!chat->migrated || chat->kind == ARCHIVE_GROUP ||
		archive_chat_get(j->archive, chat->migrated, &arena, &origin, NULL))
		origin.no = 0;
	for (size_t i = 0; i < n; i++) {
		snprintf(path, sizeof path, "%s/%.*s/topics/%.*s.md", archive_dir(j->archive),
			TOBS_VIEW_FMT(chat->folder), TOBS_VIEW_FMT(topics[i].file));
		judge_file(j, chat, origin.no ? &origin : NULL, topics, n, path, topics[i].id);
	}
	snprintf(path, sizeof path, "%s/%.*s/%.*s.md", archive_dir(j->archive),
		TOBS_VIEW_FMT(chat->folder), TOBS_VIEW_FMT(chat->folder));
	if (!n)
		judge_file(j, chat, origin.no ? &origin : NULL, NULL, 0, path, 0);
	tobs_arena_deinit(&arena);
}

static bool is_origin(const struct archive_chat *chats, size_t n, int64_t id)
{
	for (size_t i = 0; i < n; i++)
		if (chats[i].kind != ARCHIVE_GROUP && chats[i].migrated == id)
			return true;
	return false;
}

void judge_all(struct judge *j)
{
	struct archive_chat *chats = NULL;
	struct tobs_arena arena;
	size_t n = 0;

	tobs_arena_init(&arena, 64 << 20);
	if (archive_chats(j->archive, &arena, &chats, &n, NULL))
		abort();
	for (size_t i = 0; i < n; i++)
		if (!is_origin(chats, n, chats[i].id))
			judge_chat(j, &chats[i]);
	tobs_arena_deinit(&arena);
}
