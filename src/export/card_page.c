/* SPDX-License-Identifier: MIT */
#include "export/card_page.h"

#include <inttypes.h>

#include "base/json_write.h"
#include "export/link.h"
#include "export/render_impl.h"
#include "md/emit.h"
#include "md/escape.h"

/* A page for whose part there was no room is not whole. */
static void keep_failure(struct tobs_buf *out, const struct tobs_buf *part)
{
	if (part->err && !out->err)
		out->err = part->err;
}

static const char *const kinds[] = { [ARCHIVE_USER] = "private",
	[ARCHIVE_BOT] = "bot",
	[ARCHIVE_GROUP] = "group",
	[ARCHIVE_SUPERGROUP] = "supergroup",
	[ARCHIVE_FORUM] = "forum",
	[ARCHIVE_CHANNEL] = "channel" };

static enum word kind_word(enum archive_peer_kind kind)
{
	switch (kind) {
	case ARCHIVE_USER: return WORD_KIND_USER;
	case ARCHIVE_BOT: return WORD_KIND_BOT;
	case ARCHIVE_FORUM: return WORD_KIND_FORUM;
	case ARCHIVE_CHANNEL: return WORD_KIND_CHANNEL;
	default: return WORD_KIND_GROUP;
	}
}

/* A JSON string is a YAML string, whatever is in it (YAML 1.2, section 1.3). */
static void put_property(struct tobs_buf *out, const char *key, struct tobs_view value)
{
	struct json_writer w;

	emit_str(out, key);
	emit_str(out, ": ");
	json_writer_init(&w, out, 0);
	jsonw_str_v(&w, value);
	emit_char(out, '\n');
}

static void put_title(struct tobs_buf *out, const struct render_options *o, struct tobs_view title)
{
	emit_str(out, "# ");
	md_escape(out, o->flavour, MD_TEXT, title.len ? title : tobs_str("…"));
	emit_str(out, "\n\n");
}

void card_page_head(struct tobs_buf *out, const struct render_options *o,
	const struct archive_chat *chat, struct tobs_view title)
{
	if (o->flavour == MD_OBSIDIAN) {
		emit_str(out, "---\n");
		put_property(out, "title", title);
		put_property(out, "chat", chat->title);
		tobs_buf_printf(out, "telegram_id: %" PRId64 "\n", chat->id);
		put_property(out, "type", tobs_str(kinds[chat->kind]));
		if (chat->username.len)
			put_property(out, "username", chat->username);
		emit_str(out, "---\n\n");
	}
	put_title(out, o, title);
}

static void put_facts(
	struct tobs_buf *out, const struct render_options *o, const struct archive_chat *chat)
{
	words_put(out, o->language, kind_word(chat->kind), 0, NULL, 0);
	if (chat->username.len) {
		emit_str(out, " · @");
		md_escape(out, o->flavour, MD_TEXT, chat->username);
	}
	if (chat->members) {
		emit_str(out, " · 👥 ");
		words_number(out, o->language, chat->members);
	}
	if (chat->count) {
		emit_str(out, " · 💬 ");
		words_number(out, o->language, chat->count);
	}
}

void card_page(struct tobs_buf *out, const struct render_options *o,
	const struct archive_chat *chat, struct tobs_view path, const struct archive_topic *topics,
	size_t topic_count)
{
	struct tobs_buf file;

	card_page_head(out, o, chat, chat->title);
	put_facts(out, o, chat);
	emit_str(out, "\n\n");
	if (chat->about.len) {
		struct tobs_buf line;

		tobs_buf_init(&line, 64 << 10);
		for (size_t i = 0; i < chat->about.len; i++)
			emit_char(
				&line, (char)(chat->about.ptr[i] < ' ' ? ' ' : chat->about.ptr[i]));
		emit_str(out, "> ");
		md_escape(out, o->flavour, MD_TEXT, tobs_buf_view(&line));
		emit_str(out, "\n\n");
		keep_failure(out, &line);
		tobs_buf_deinit(&line);
	}
	tobs_buf_init(&file, 64 << 10);
	for (size_t i = 0; i < topic_count; i++) {
		tobs_buf_clear(&file);
		render_topic_path(chat, &topics[i], &file);
		emit_str(out, topics[i].position ? "- 📌 " : "- ");
		link_put(
			out, o->flavour, path, tobs_buf_view(&file), tobs_str(""), topics[i].title);
		keep_failure(out, &file);
		if (topics[i].closed)
			emit_str(out, " 🔒");
		emit_char(out, '\n');
	}
	if (!topic_count) {
		render_chat_path(chat, &file);
		emit_str(out, "- ");
		link_put(out, o->flavour, path, tobs_buf_view(&file), tobs_str(""), chat->title);
		keep_failure(out, &file);
		emit_char(out, '\n');
	}
	tobs_buf_deinit(&file);
}

void card_page_all(struct tobs_buf *out, const struct render_options *o,
	const struct archive_chat *chats, size_t count)
{
	struct tobs_buf file;

	put_title(out, o, tobs_str("Telegram"));
	tobs_buf_init(&file, 64 << 10);
	for (size_t i = 0; i < count; i++) {
		tobs_buf_clear(&file);
		tobs_buf_putv(&file, chats[i].folder);
		tobs_buf_puts(&file, "/index.md");
		emit_str(out, "- ");
		link_put(out, o->flavour, tobs_str("index.md"), tobs_buf_view(&file), tobs_str(""),
			chats[i].title.len ? chats[i].title : chats[i].folder);
		keep_failure(out, &file);
		emit_str(out, " — ");
		put_facts(out, o, &chats[i]);
		emit_char(out, '\n');
	}
	tobs_buf_deinit(&file);
}
