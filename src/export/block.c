/* SPDX-License-Identifier: MIT */
#include "export/block.h"

#include "base/alloc.h"
#include "export/block_impl.h"

int block_writer_new(struct block_writer **ret, const struct block_options *options,
	const struct block_context *context, struct tobs_err *err)
{
	struct block_writer *w = MEM_NEW(struct block_writer);

	if (!w)
		return tobs_fail(err, TOBS_ENOMEM, "no memory for writing messages");
	w->o = *options;
	w->c = *context;
	when_init(&w->when, options->zone);
	json_parser_init(&w->parser, BLOCK_JSON_MAX, BLOCK_JSON_DEPTH);
	for (size_t i = 0; i < BLOCK_ARGUMENTS; i++)
		tobs_buf_init(&w->arguments[i], BLOCK_SCRATCH_MAX);
	tobs_buf_init(&w->words, BLOCK_SCRATCH_MAX);
	tobs_buf_init(&w->name, BLOCK_SCRATCH_MAX);
	*ret = w;
	return TOBS_OK;
}

void block_writer_free(struct block_writer *w)
{
	if (!w)
		return;
	json_parser_deinit(&w->parser);
	json_doc_deinit(&w->data_doc);
	json_doc_deinit(&w->action_doc);
	json_doc_deinit(&w->answers_doc);
	json_doc_deinit(&w->entities_doc);
	json_doc_deinit(&w->other_doc);
	json_doc_deinit(&w->list_doc);
	entities_deinit(&w->entities);
	for (size_t i = 0; i < BLOCK_ARGUMENTS; i++)
		tobs_buf_deinit(&w->arguments[i]);
	tobs_buf_deinit(&w->words);
	tobs_buf_deinit(&w->name);
	mem_free(w);
}

/* ---- headings ---- */

static void put_headings(struct block_writer *w, struct block_state *s)
{
	int64_t day = when_day(&w->when, w->m->date);

	if (s->started && day == s->day)
		return;
	if (!s->started || !when_same_month(s->day, day)) {
		emit_str(w->out, "## ");
		when_put_month(&w->when, w->out, w->m->date);
		emit_str(w->out, "\n\n");
	}
	emit_str(w->out, "### ");
	when_put_date(&w->when, w->out, w->m->date);
	emit_str(w->out, "\n\n");
	s->day = day;
	s->sender = 0;
}

/* ---- the head ---- */

static bool is_own_post(const struct block_writer *w)
{
	return (w->m->flags & ARCHIVE_POST) || w->o.kind == ARCHIVE_CHANNEL;
}

/* Whether the message goes on under the head of the last one. */
static bool goes_on(const struct block_writer *w, const struct block_state *s)
{
	const struct archive_message *m = w->m;

	return s->sender && s->sender == m->sender && m->date >= s->date &&
		m->date - s->date <= BLOCK_TOGETHER_S &&
		json_is_missing(json_field(w->data, "author"));
}

static bool is_group(enum archive_peer_kind kind)
{
	return kind == ARCHIVE_GROUP || kind == ARCHIVE_SUPERGROUP || kind == ARCHIVE_FORUM;
}

static void put_clock(struct block_writer *w, struct block_state *s)
{
	int offset = when_offset(&w->when, w->m->date);

	when_put_time(&w->when, w->out, w->m->date);
	if (s->started && s->offset == offset)
		return;
	emit_char(w->out, ' ');
	when_put_offset(w->out, offset);
	s->offset = offset;
}

/* **Anna** <small>14:03 · @anna: who it is from, the first time. */
static void put_sender(struct block_writer *w, struct block_state *s)
{
	struct archive_name name = { 0 };
	struct tobs_view text = block_name(w, w->m->sender, &name), author;

	emit_str(w->out, "**");
	block_text(w, text);
	emit_str(w->out, "** ");
	block_item(w);
	put_clock(w, s);
	if (is_group(w->o.kind) && name.username.len) {
		block_item(w);
		emit_char(w->out, '@');
		block_text(w, name.username);
	}
	if (w->m->sender == w->o.chat && is_group(w->o.kind))
		block_say_item(w, WORD_ANONYMOUS_ADMIN, 0, 0);
	else if (is_group(w->o.kind) && name.kind == ARCHIVE_CHANNEL)
		block_say_item(w, WORD_AS_CHANNEL, 0, 0);
	author = json_str(w->data, "author");
	if (author.len)
		block_text_item(w, author);
}

/* **14:03** <small>#9 · Signature: a post of the channel itself. */
static void put_post(struct block_writer *w, struct block_state *s)
{
	struct tobs_view author = json_str(w->data, "author");

	emit_str(w->out, "**");
	put_clock(w, s);
	emit_str(w->out, "** ");
	block_item(w);
	emit_char(w->out, '#');
	tobs_buf_put_i64(w->out, w->m->id);
	if (author.len)
		block_text_item(w, author);
}

static void put_via(struct block_writer *w, const char *key)
{
	struct archive_name name;
	int64_t bot = json_num(w->data, key);
	struct tobs_buf *out;
	struct tobs_view text;

	if (!bot)
		return;
	text = block_name(w, bot, &name);
	out = block_argument(w, 0);
	if (name.username.len) {
		emit_char(out, '@');
		text = name.username;
	}
	md_escape(out, w->o.flavour, MD_TEXT, text);
	block_say_item(w, WORD_VIA, 0, 1);
}

static void put_suggested(struct block_writer *w)
{
	struct json_value s = json_field(w->data, "suggested");
	enum word word = WORD_SUGGESTED;

	if (!json_is_missing(json_field(w->data, "suggested_paid")))
		block_say_item(w, WORD_SUGGESTED_PAID, 0, 0);
	if (!json_is_object(s))
		return;
	if (json_yes(s, "accepted"))
		word = WORD_SUGGESTED_YES;
	else if (json_yes(s, "rejected"))
		word = WORD_SUGGESTED_NO;
	block_say_item(w, word, 0, 0);
	if (json_is_object(json_field(s, "price"))) {
		block_item(w);
		units_amount(w->out, w->o.language, json_field(s, "price"));
	}
}

static void put_topic(struct block_writer *w)
{
	struct tobs_view title;
	int r;

	if (!w->o.show_topic || !w->m->topic || !w->c.topic)
		return;
	r = w->c.topic(w->c.user, w->m->topic, &title, w->detail);
	if (r) {
		if (r != TOBS_ENOTFOUND && !w->err)
			w->err = r;
		return;
	}
	block_arg_text(w, 0, title);
	block_say_item(w, WORD_IN_TOPIC, 0, 1);
}

/* What else the head says of most messages: nothing. */
static void put_circumstances(struct block_writer *w)
{
	struct tobs_view rank = json_str(w->data, "rank");
	int64_t n;

	if (rank.len)
		block_text_item(w, rank);
	put_via(w, "via");
	put_via(w, "via_business");
	put_via(w, "via_guest");
	if ((n = json_num(w->data, "boosts")))
		block_say_item(w, WORD_BOOSTS, n, 0);
	if ((n = json_num(w->data, "stars")))
		block_say_item(w, WORD_PAID_TO_SEND, n, 0);
	if ((n = json_num(w->data, "ttl"))) {
		units_period(block_argument(w, 0), w->o.language, n);
		block_say_item(w, WORD_DELETES_ITSELF, 0, 1);
	}
	if ((n = json_num(w->data, "list")) && n != w->o.chat) {
		block_arg_peer(w, 0, n);
		block_say_item(w, WORD_LIST_OF, 0, 1);
	}
	put_suggested(w);
	put_topic(w);
	if (json_is_object(w->data)) {
		block_forward(w);
		block_reply(w);
	}
}

static void put_head(struct block_writer *w, struct block_state *s)
{
	size_t start;
	bool under;

	block_line(w);
	block_anchor(w, w->m->id);
	under = goes_on(w, s);
	if (!under && is_own_post(w) && (w->m->sender == w->o.chat || !w->m->sender)) {
		put_post(w, s);
	} else if (!under && w->m->sender) {
		put_sender(w, s);
	} else {
		block_item(w);
		put_clock(w, s);
	}
	start = w->out->len;
	put_circumstances(w);
	if (w->m->flags & ARCHIVE_PINNED)
		block_say_item(w, WORD_PINNED, 0, 0);
	if (w->m->flags & ARCHIVE_DELETED)
		block_say_item(w, WORD_DELETED, 0, 0);
	w->plain = under && w->out->len == start;
	block_end_small(w);
}

/* ---- the text ---- */

/* The message's text, or what stands for it. */
static struct tobs_view text_of(const struct block_writer *w)
{
	return w->m->text.len ? w->m->text : json_str(w->data, "rich");
}

/* Whether it is one paragraph, which can go on in the lines of the head. */
static bool is_one_paragraph(const struct block_writer *w, struct tobs_view text)
{
	if (text.ptr[0] == '\n' || text.ptr[text.len - 1] == '\n' ||
		tobs_view_find(text, 0, tobs_str("\n\n")) != SIZE_MAX)
		return false;
	for (size_t i = 0; i < w->entities.count; i++)
		if (w->entities.items[i].kind == ENTITY_PRE ||
			w->entities.items[i].kind == ENTITY_BLOCKQUOTE)
			return false;
	return true;
}

/* Whether lines of the message's media have formatting: those of polls, lists, places, people, … */
static bool has_formatted_media(const struct block_writer *w)
{
	struct json_value media = json_field(w->data, "media");

	return json_is_object(media) && !block_media_is_file(media);
}

static int put_text(struct block_writer *w, bool apart)
{
	struct md_options o = { .flavour = w->o.flavour, .shared = has_formatted_media(w) };
	struct tobs_view text = text_of(w);
	int r = entities_read(&w->entities, block_parse(w, &w->entities_doc, w->m->entities));

	if (r || !text.len)
		return r;
	if (!w->m->text.len)
		w->entities.count = 0;
	if (apart || !is_one_paragraph(w, text)) {
		if (w->paragraph)
			block_end_paragraph(w);
		r = md_write(w->out, &o, text, w->entities.items, w->entities.count);
		emit_str(w->out, "\n\n");
		return r;
	}
	if (w->plain) {
		emit_char(w->out, ' ');
		o.mid_line = true;
	} else {
		block_line(w);
	}
	return md_write(w->out, &o, text, w->entities.items, w->entities.count);
}

/* ---- one message ---- */

static void take(struct block_writer *w, const struct archive_message *m)
{
	w->m = m;
	w->data = block_parse(w, &w->data_doc, m->data);
	w->action = block_parse(w, &w->action_doc, m->action_data);
	w->answers = block_parse(w, &w->answers_doc, m->poll_answers);
}

static void put_attachments(struct block_writer *w)
{
	struct json_value media = json_field(w->data, "media");
	struct tobs_view name = json_str(w->data, "unsupported");
	size_t start = w->out->len;

	if (json_is_object(media))
		block_media(w, media);
	if (name.len) {
		block_line(w);
		block_arg_text(w, 0, name);
		block_say_item(w, WORD_UNSUPPORTED, 0, 1);
		block_end_small(w);
	}
	if (!w->m->text.len && json_str(w->data, "rich").len) {
		block_line(w);
		block_say_item(w, WORD_RICH, 0, 0);
		block_end_small(w);
	}
	JSON_EACH (it, json_field(w->data, "rich_files"))
		block_media(w, it.value);
	w->plain &= w->out->len == start;
}

static int put_message(struct block_writer *w, struct block_state *s)
{
	bool above = w->m->flags & ARCHIVE_CAPTION_ABOVE;
	int r;

	put_head(w, s);
	if (!above)
		put_attachments(w);
	r = put_text(w, false);
	if (above)
		put_attachments(w);
	block_foot(w, w->m, 1);
	if (w->paragraph)
		block_end_paragraph(w);
	return r;
}

static void put_service(struct block_writer *w, struct block_state *s)
{
	block_line(w);
	block_anchor(w, w->m->id);
	block_item(w);
	put_clock(w, s);
	block_action(w);
	if (w->m->flags & ARCHIVE_DELETED)
		block_say_item(w, WORD_DELETED, 0, 0);
	block_end_small(w);
	block_foot(w, w->m, 1);
	if (w->paragraph)
		block_end_paragraph(w);
}

/* ---- albums ---- */

/* The one message that has text; NULL when none has or several have. */
static const struct archive_message *only_caption(const struct archive_message *m, size_t count)
{
	const struct archive_message *found = NULL;

	for (size_t i = 0; i < count; i++) {
		if (m[i].text.len && found)
			return NULL;
		if (m[i].text.len)
			found = &m[i];
	}
	return found;
}

/* Each a paragraph with its own anchor; one caption for all stands below the last, or above the first. */
static int put_album(struct block_writer *w, struct block_state *s,
	const struct archive_message *messages, size_t count)
{
	const struct archive_message *caption = only_caption(messages, count);
	bool above = caption && (caption->flags & ARCHIVE_CAPTION_ABOVE);
	int r = TOBS_OK;

	put_head(w, s);
	if (above) {
		block_end_paragraph(w);
		take(w, caption);
		r = put_text(w, true);
	}
	for (size_t i = 0; !r && i < count; i++) {
		take(w, &messages[i]);
		if (i > 0)
			block_anchor(w, messages[i].id);
		put_attachments(w);
		if (!w->paragraph) {
			block_line(w);
			block_say_item(w, WORD_MEDIA, 0, 0);
			block_end_small(w);
		}
		w->plain = false;
		if (!caption)
			r = put_text(w, false);
		if (w->paragraph)
			block_end_paragraph(w);
	}
	if (!r && caption && !above) {
		take(w, caption);
		r = put_text(w, true);
	}
	take(w, &messages[0]);
	block_foot(w, messages, count);
	if (w->paragraph)
		block_end_paragraph(w);
	return r;
}

/* ---- all of it ---- */

static int first_error(const struct block_writer *w, int r)
{
	const struct tobs_buf *buffers[] = { w->out, &w->words, &w->name };

	if (!r)
		r = w->err;
	for (size_t i = 0; !r && i < ARRAY_LEN(buffers); i++)
		r = buffers[i]->err;
	for (size_t i = 0; !r && i < BLOCK_ARGUMENTS; i++)
		r = w->arguments[i].err;
	return r;
}

int block_write(struct block_writer *w, struct tobs_buf *out, struct block_state *state,
	const struct archive_message *messages, size_t count, struct tobs_err *err)
{
	struct block_state s = *state;
	bool service = messages[0].flags & ARCHIVE_SERVICE;
	int r = TOBS_OK;

	w->out = out;
	w->detail = err;
	w->err = TOBS_OK;
	w->paragraph = w->small = w->plain = false;
	w->anchor = 0;
	take(w, &messages[0]);
	put_headings(w, &s);
	if (service)
		put_service(w, &s);
	else if (count > 1)
		r = put_album(w, &s, messages, count);
	else
		r = put_message(w, &s);
	r = first_error(w, r);
	for (size_t i = 0; i < BLOCK_ARGUMENTS; i++)
		tobs_buf_clear(&w->arguments[i]);
	tobs_buf_clear(&w->words);
	tobs_buf_clear(&w->name);
	if (r == TOBS_ENOMEM)
		return tobs_fail(err, r, "no memory for message %d", (int)messages[0].id);
	if (r)
		return r;
	s.sender = service || is_own_post(w) ? 0 : messages[0].sender;
	s.date = messages[count - 1].date;
	s.started = 1;
	*state = s;
	return TOBS_OK;
}

/* ---- quotes ---- */

int block_quote(
	struct block_writer *w, struct tobs_buf *out, const struct archive_message *m, size_t max)
{
	struct json_value data, media;
	struct tobs_view rich;

	w->err = TOBS_OK;
	if (m->text.len) {
		block_shorten(out, m->text, max);
		return out->err;
	}
	data = block_parse(w, &w->other_doc, m->data);
	media = json_field(data, "media");
	rich = json_str(data, "rich");
	if (rich.len)
		block_shorten(out, rich, max);
	else if (json_is_object(media))
		block_media_words(w, out, media);
	return w->err ? w->err : out->err;
}
