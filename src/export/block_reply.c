/* SPDX-License-Identifier: MIT */
/* Where a message comes from, and what it answers: items of its head. */
#include "export/block_impl.h"

#include <stdio.h>

#include <inttypes.h>

/* What is known of a message; false when nothing is. */
static bool find(struct block_writer *w, int64_t chat, int32_t id, struct block_target *ret)
{
	int r = TOBS_ENOTFOUND;

	*ret = (struct block_target){ 0 };
	if (w->c.target && id > 0)
		r = w->c.target(w->c.user, chat, id, ret, w->detail);
	if (r && r != TOBS_ENOTFOUND && !w->err)
		w->err = r;
	return r == TOBS_OK;
}

/* `label` with a link to the target, where there is one. */
static void put_link(struct block_writer *w, struct tobs_buf *out, const struct block_target *t,
	struct tobs_view label)
{
	char anchor[16];

	snprintf(anchor, sizeof anchor, "^%c%" PRId32, t->letter ? t->letter : 'm', t->anchor);
	switch (t->place) {
	case BLOCK_HERE:
		link_put(out, w->o.flavour, w->o.path, w->o.path, tobs_str(anchor), label);
		break;
	case BLOCK_ELSEWHERE:
		link_put(out, w->o.flavour, w->o.path, t->path, tobs_str(anchor), label);
		break;
	case BLOCK_TELEGRAM: link_put_url(out, w->o.flavour, t->path, label); break;
	case BLOCK_NOWHERE: md_escape(out, w->o.flavour, MD_TEXT, label); break;
	}
}

/* "Anna: Hello, this is…": who said what, as plain text in w->words. */
static void put_label(struct block_writer *w, int64_t sender, struct tobs_view name,
	struct tobs_view quote, struct tobs_view words)
{
	struct tobs_buf *out = block_words(w);
	struct archive_name known;

	if (!name.len && sender)
		name = block_name(w, sender, &known);
	block_shorten(out, name, BLOCK_QUOTE);
	if (quote.len || words.len)
		emit_str(out, out->len ? ": " : "");
	if (quote.len) {
		struct tobs_buf hand;
		struct tobs_view v;

		tobs_buf_init(&hand, BLOCK_SCRATCH_MAX);
		block_shorten(&hand, quote, BLOCK_HAND_QUOTE);
		v = tobs_buf_view(&hand);
		words_put(out, w->o.language, WORD_REPLY_QUOTE, 0, &v, 1);
		if (hand.err && !w->err)
			w->err = hand.err;
		tobs_buf_deinit(&hand);
	} else {
		block_shorten(out, words, BLOCK_QUOTE);
	}
	if (!out->len)
		emit_str(out, word_raw(w->o.language, WORD_MESSAGE));
}

bool block_arg_message(struct block_writer *w, size_t i, int64_t chat, int32_t id)
{
	struct tobs_view none = { 0 };
	struct block_target t;

	if (!find(w, chat, id, &t))
		return false;
	put_label(w, t.sender == w->o.chat ? 0 : t.sender, none, none, t.words);
	put_link(w, block_argument(w, i), &t, tobs_buf_view(&w->words));
	return true;
}

/* “Buy milk”, or "task 3" where the list is not known. */
static void put_task(
	struct block_writer *w, struct tobs_buf *out, struct json_value items, int64_t id)
{
	struct tobs_buf *argument = block_argument(w, BLOCK_ARGUMENTS - 1);
	struct tobs_view text = { 0 }, view;

	JSON_EACH (it, items)
		if (json_num(it.value, "id") == id)
			text = json_str(it.value, "text");
	if (text.len) {
		block_shorten(block_words(w), text, BLOCK_QUOTE);
		md_escape(argument, w->o.flavour, MD_TEXT, tobs_buf_view(&w->words));
	} else {
		tobs_buf_put_i64(argument, id);
	}
	view = tobs_buf_view(argument);
	words_put(out, w->o.language, text.len ? WORD_REASON : WORD_TASK_N, 0, &view, 1);
}

/* The items of the to-do list in a message; missing when it has none. */
static struct json_value items_of(struct block_writer *w, const struct block_target *t)
{
	struct json_value data = block_parse(w, &w->list_doc, t->data);

	return json_field(json_field(data, "media"), "items");
}

void block_arg_tasks(struct block_writer *w, size_t i, int64_t message, struct json_value ids)
{
	struct json_value items = { 0 };
	struct tobs_buf *out = block_argument(w, i);
	struct block_target t;
	size_t count = 0;

	if (find(w, 0, (int32_t)message, &t))
		items = items_of(w, &t);
	JSON_EACH (it, ids) {
		int64_t id = 0;

		if (count == BLOCK_NAMES) {
			emit_str(out, ", …");
			break;
		}
		json_get_i64(it.value, &id);
		if (count++)
			emit_str(out, ", ");
		put_task(w, out, items, id);
	}
}

/* ---- replies ---- */

static void story(struct block_writer *w, struct json_value reply)
{
	int64_t chat = json_num(reply, "chat"), id = json_num(reply, "story");
	struct archive_name name = { 0 };
	struct tobs_view who = block_name(w, chat, &name);
	struct tobs_buf *out;

	if (!name.username.len) {
		block_arg_text(w, 0, who);
	} else {
		out = block_words(w);
		emit_str(out, "https://t.me/");
		emit_view(out, name.username);
		tobs_buf_printf(out, "/s/%" PRId64, id);
		link_put_url(block_argument(w, 0), w->o.flavour, tobs_buf_view(out), who);
	}
	block_say_item(w, WORD_REPLY_STORY, 0, 1);
}

/* The argument "… in Chat" of a reply that leads out of this chat. */
static void put_in_chat(struct block_writer *w, int64_t chat)
{
	struct tobs_view parts[2];

	if (!chat || chat == w->o.chat)
		return;
	block_arg_peer(w, 1, chat);
	parts[0] = tobs_buf_view(&w->arguments[0]);
	parts[1] = tobs_buf_view(&w->arguments[1]);
	words_put(block_argument(w, 2), w->o.language, WORD_IN_CHAT, 0, parts, 2);
	emit_view(block_argument(w, 0), tobs_buf_view(&w->arguments[2]));
}

static void missing(struct block_writer *w, struct json_value reply, int64_t id)
{
	struct json_value media = json_field(reply, "media");
	struct tobs_view quote = json_str(reply, "quote"), name = json_str(reply, "name"), words;
	int64_t from = json_num(reply, "from");
	struct tobs_buf kind;

	if (!from && !name.len && !quote.len && !json_is_object(media)) {
		tobs_buf_put_i64(block_argument(w, 0), id);
		block_say_item(w, id ? WORD_REPLY_MISSING : WORD_REPLY_HIDDEN, 0, 1);
		return;
	}
	tobs_buf_init(&kind, BLOCK_SCRATCH_MAX);
	if (json_is_object(media))
		block_media_words(w, &kind, media);
	words = tobs_buf_view(&kind);
	put_label(w, from, name, quote, words);
	if (kind.err && !w->err)
		w->err = kind.err;
	tobs_buf_deinit(&kind);
	block_arg_text(w, 0, tobs_buf_view(&w->words));
	put_in_chat(w, json_num(reply, "chat"));
	block_say_item(w, WORD_REPLY, 0, 1);
}

void block_reply(struct block_writer *w)
{
	struct json_value reply = json_field(w->data, "reply");
	int64_t id = json_num(reply, "id"), chat = json_num(reply, "chat"), task;
	struct tobs_view none = { 0 };
	struct block_target t;

	if (!json_is_object(reply))
		return;
	if (json_num(reply, "story")) {
		story(w, reply);
		return;
	}
	/* Whatever is said in a topic "replies" to the message that began it. */
	if (id && id == w->o.topic && !chat && !json_str(reply, "quote").len)
		return;
	if (!find(w, chat == w->o.chat ? 0 : chat, (int32_t)id, &t)) {
		missing(w, reply, id);
	} else {
		put_label(w, t.sender, none, json_str(reply, "quote"), t.words);
		put_link(w, block_argument(w, 0), &t, tobs_buf_view(&w->words));
		put_in_chat(w, chat);
		block_say_item(w, WORD_REPLY, 0, 1);
	}
	if ((task = json_num(reply, "task"))) {
		block_item(w);
		put_task(w, w->out, items_of(w, &t), task);
	}
}

/* ---- forwards ---- */

/* Whom it was taken from: a link where the post can be found, else a name. */
static void put_origin(struct block_writer *w, int64_t from, struct tobs_view hidden, int64_t post)
{
	struct archive_name name;
	struct tobs_view label;
	struct block_target t;

	if (!from) {
		block_arg_text(w, 0, hidden);
		return;
	}
	if (post && find(w, from, (int32_t)post, &t)) {
		label = block_name(w, from, &name);
		put_link(w, block_argument(w, 0), &t, label);
		return;
	}
	block_arg_peer(w, 0, from);
}

static void put_saved_from(struct block_writer *w, struct json_value forward)
{
	struct json_value saved = json_field(forward, "saved_from");
	int64_t chat = json_num(saved, "chat"), id = json_num(saved, "id");

	/* Of a channel's post it says nothing new. */
	if (!json_is_object(saved) || !chat ||
		(chat == json_num(forward, "from") && id == json_num(forward, "post")))
		return;
	put_origin(w, chat, json_str(saved, "name"), id);
	block_say_item(w, WORD_SAVED_FROM, 0, 1);
}

void block_forward(struct block_writer *w)
{
	struct json_value forward = json_field(w->data, "forward");
	int64_t from = json_num(forward, "from"), date = json_num(forward, "date");
	struct tobs_view name = json_str(forward, "name"), author = json_str(forward, "author");

	if (!json_is_object(forward))
		return;
	put_origin(w, from, name, json_num(forward, "post"));
	block_say_item(w, from || name.len ? WORD_FORWARDED_FROM : WORD_FORWARDED, 0, 1);
	if (author.len) {
		emit_str(w->out, " (");
		block_text(w, author);
		emit_char(w->out, ')');
	}
	if (date && date != w->m->date) {
		emit_str(w->out, ", ");
		when_put(&w->when, w->out, date);
	}
	if (json_yes(forward, "imported"))
		block_say_item(w, WORD_IMPORTED, 0, 0);
	put_saved_from(w, forward);
}
