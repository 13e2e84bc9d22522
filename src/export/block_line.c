/* SPDX-License-Identifier: MIT */
/* Lines and words of a block; see block_impl.h. */
#include "export/block_impl.h"

#include <inttypes.h>
#include <stdio.h>

/* ---- lines ---- */

void block_break(struct block_writer *w)
{
	emit_str(w->out, w->o.flavour == MD_OBSIDIAN ? "  \n" : "\\\n");
}

void block_line(struct block_writer *w)
{
	if (w->paragraph)
		block_break(w);
	w->paragraph = true;
}

void block_item(struct block_writer *w)
{
	emit_str(w->out, w->small ? " · " : "<small>");
	w->small = true;
}

void block_end_small(struct block_writer *w)
{
	if (w->small)
		emit_str(w->out, "</small>");
	w->small = false;
}

static char letter_of(const struct block_writer *w)
{
	return w->o.letter ? w->o.letter : 'm';
}

void block_anchor(struct block_writer *w, int32_t id)
{
	if (w->o.flavour == MD_OBSIDIAN) {
		w->anchor = id;
		return;
	}
	emit_str(w->out, "<a id=\"");
	emit_char(w->out, letter_of(w));
	tobs_buf_put_i64(w->out, id);
	emit_str(w->out, "\"></a>");
}

void block_end_paragraph(struct block_writer *w)
{
	if (w->anchor) {
		emit_str(w->out, " ^");
		emit_char(w->out, letter_of(w));
		tobs_buf_put_i64(w->out, w->anchor);
		w->anchor = 0;
	}
	emit_str(w->out, "\n\n");
	w->paragraph = false;
}

/* ---- words ---- */

void block_text(struct block_writer *w, struct tobs_view s)
{
	md_escape(w->out, w->o.flavour, MD_TEXT, s);
}

void block_text_item(struct block_writer *w, struct tobs_view s)
{
	block_item(w);
	block_text(w, s);
}

/* Clearing a buffer forgets its error, so it is noted first. */
static struct tobs_buf *reuse(struct block_writer *w, struct tobs_buf *b)
{
	if (b->err && !w->err)
		w->err = b->err;
	tobs_buf_clear(b);
	return b;
}

struct tobs_buf *block_argument(struct block_writer *w, size_t i)
{
	return reuse(w, &w->arguments[i]);
}

struct tobs_buf *block_words(struct block_writer *w)
{
	return reuse(w, &w->words);
}

void block_arg_text(struct block_writer *w, size_t i, struct tobs_view s)
{
	md_escape(block_argument(w, i), w->o.flavour, MD_TEXT, s);
}

struct tobs_view block_name(struct block_writer *w, int64_t peer, struct archive_name *ret)
{
	struct tobs_view id;
	char number[24];
	int r = w->c.name ? w->c.name(w->c.user, peer, w->m->date, ret, w->detail) : TOBS_ENOTFOUND;

	if (r == TOBS_OK && ret->name.len)
		return ret->name;
	if (r && r != TOBS_ENOTFOUND && !w->err)
		w->err = r;
	if (r)
		*ret = (struct archive_name){ 0 };
	reuse(w, &w->name);
	if (r == TOBS_OK && peer > 0) {
		words_put(&w->name, w->o.language, WORD_DELETED_ACCOUNT, 0, NULL, 0);
	} else {
		snprintf(number, sizeof number, "%" PRId64, peer);
		id = tobs_str(number);
		words_put(&w->name, w->o.language, peer > 0 ? WORD_USER_UNKNOWN : WORD_CHAT_UNKNOWN,
			0, &id, 1);
	}
	return tobs_buf_view(&w->name);
}

void block_arg_peer(struct block_writer *w, size_t i, int64_t peer)
{
	struct archive_name name;

	if (peer)
		block_arg_text(w, i, block_name(w, peer, &name));
	else
		block_arg_text(w, i, tobs_str(word_raw(w->o.language, WORD_SOMEBODY)));
}

/* "Anna, Bob and Carl"; a name instead of an id stands for itself. */
void block_arg_peers(struct block_writer *w, size_t i, struct json_value list)
{
	size_t count = json_count(list), at = 0, named = MIN(count, (size_t)BLOCK_NAMES), last = 0;
	struct tobs_view parts[2];
	struct archive_name name;
	struct tobs_buf all;

	tobs_buf_init(&all, BLOCK_SCRATCH_MAX);
	JSON_EACH (it, list) {
		struct tobs_view v = { 0 };
		int64_t peer;

		if (at == named)
			break;
		if (json_get_i64(it.value, &peer) == TOBS_OK)
			v = block_name(w, peer, &name);
		else
			json_get_str(it.value, &v);
		last = all.len;
		if (at > 0 && at + 1 < count)
			emit_str(&all, ", ");
		md_escape(&all, w->o.flavour, MD_TEXT, v);
		at++;
	}
	if (all.err && !w->err)
		w->err = all.err;
	parts[0] = tobs_buf_view(&all);
	if (count > named) {
		words_put(block_argument(w, i), w->o.language, WORD_AND_MORE,
			(int64_t)(count - named), parts, 1);
	} else if (count > 1) {
		parts[1] = tobs_view_sub(parts[0], last, parts[0].len);
		parts[0].len = last;
		words_put(block_argument(w, i), w->o.language, WORD_AND, 0, parts, 2);
	} else {
		emit_view(block_argument(w, i), parts[0]);
	}
	tobs_buf_deinit(&all);
}

void block_arg_number(struct block_writer *w, size_t i, int64_t n)
{
	words_number(block_argument(w, i), w->o.language, n);
}

void block_arg_when(struct block_writer *w, size_t i, int64_t unix_s)
{
	struct tobs_buf *out = block_argument(w, i);

	if (when_day(&w->when, unix_s) == when_day(&w->when, w->m->date))
		when_put_time(&w->when, out, unix_s);
	else
		when_put(&w->when, out, unix_s);
}

void block_say(struct block_writer *w, enum word word, int64_t n, size_t count)
{
	struct tobs_view views[BLOCK_ARGUMENTS];

	assert(count <= BLOCK_ARGUMENTS);
	for (size_t i = 0; i < count; i++)
		views[i] = tobs_buf_view(&w->arguments[i]);
	words_put(w->out, w->o.language, word, n, views, count);
}

void block_say_item(struct block_writer *w, enum word word, int64_t n, size_t count)
{
	block_item(w);
	block_say(w, word, n, count);
}

void block_say_quoted(struct block_writer *w, struct tobs_view s)
{
	if (!s.len)
		return;
	block_arg_text(w, 0, s);
	block_say_item(w, WORD_REASON, 0, 1);
}

/* Where the word that begins at `from` ends. */
static size_t word_end(struct tobs_view s, size_t from)
{
	while (from < s.len && s.ptr[from] > ' ')
		from++;
	return from;
}

/* Of s, what fits into `room` without cutting a character. */
static size_t whole_characters(struct tobs_view s, size_t room)
{
	size_t i = 0;

	while (i < s.len) {
		uint32_t cp;
		size_t n = utf8_decode(s.ptr + i, s.len - i, &cp);

		n = n ? n : 1;
		if (i + n > room)
			break;
		i += n;
	}
	return i;
}

void block_shorten(struct tobs_buf *out, struct tobs_view s, size_t max)
{
	size_t start = out->len;

	for (size_t i = 0; i < s.len; i++) {
		size_t end = word_end(s, i), gap = out->len > start, used = out->len - start + gap;
		struct tobs_view word = { s.ptr + i, end - i };

		if (!word.len)
			continue;
		if (used + word.len <= max) {
			if (gap)
				emit_char(out, ' ');
			emit_view(out, word);
		} else {
			word.len = used < max ? whole_characters(word, max - used) : 0;
			if (gap && word.len)
				emit_char(out, ' ');
			emit_view(out, word);
			emit_str(out, "…");
			return;
		}
		i = end;
	}
}

struct json_value block_parse(struct block_writer *w, struct json_doc *doc, struct tobs_view json)
{
	struct json_value none = { 0 };
	int r;

	if (!json.len)
		return none;
	r = json_parse(&w->parser, doc, json, NULL);
	if (r == TOBS_ENOMEM && !w->err)
		w->err = r;
	return r ? none : json_root(doc);
}
