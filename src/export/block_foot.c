/* SPDX-License-Identifier: MIT */
/* What stands below the text: the link's preview, buttons, reactions, counters, later edits. */
#include "export/block_impl.h"

static void put_preview_line(struct block_writer *w)
{
	struct json_value preview = json_field(w->data, "preview");
	struct tobs_view url = json_str(preview, "url"), title = json_str(preview, "title");
	struct tobs_view site = json_str(preview, "site"), about = json_str(preview, "description");

	if (!url.len || (!title.len && !about.len && !site.len))
		return;
	block_line(w);
	block_item(w);
	emit_str(w->out, "🔗 ");
	link_put_url(w->out, w->o.flavour, url, title.len ? title : site.len ? site : url);
	if (site.len && title.len && !tobs_view_eq(site, title))
		block_text_item(w, site);
	if (about.len) {
		block_words(w);
		block_shorten(&w->words, about, BLOCK_DESCRIPTION);
		block_text_item(w, tobs_buf_view(&w->words));
	}
	block_end_small(w);
}

static void put_button(struct block_writer *w, struct json_value button, bool first)
{
	struct tobs_view text = json_str(button, "text"), url = json_str(button, "url");
	struct tobs_view copy = json_str(button, "copy"), query = json_str(button, "query");

	if (url.len)
		link_put_url(block_argument(w, 0), w->o.flavour, url, text.len ? text : url);
	else if (text.len)
		block_arg_text(w, 0, text);
	else
		block_arg_text(w, 0, tobs_str(word_raw(w->o.language, WORD_BUTTON)));
	block_arg_text(w, 1, copy.len ? copy : query);
	block_item(w);
	emit_str(w->out, first ? "▫ " : "");
	if (copy.len || query.len)
		block_say(w, copy.len ? WORD_BUTTON_COPY : WORD_BUTTON_QUERY, 0, 2);
	else
		emit_view(w->out, tobs_buf_view(&w->arguments[0]));
}

/* A row of buttons is a line. */
static void put_buttons(struct block_writer *w)
{
	JSON_EACH (row, json_field(w->data, "buttons")) {
		bool first = true;

		if (!json_count(row.value))
			continue;
		block_line(w);
		JSON_EACH (it, row.value) {
			put_button(w, it.value, first);
			first = false;
		}
		block_end_small(w);
	}
}

static void put_fact_check(struct block_writer *w)
{
	struct json_value check = json_field(w->data, "factcheck");
	struct tobs_view text = json_str(check, "text"), country = json_str(check, "country");

	if (!text.len)
		return;
	block_line(w);
	if (country.len) {
		block_arg_text(w, 0, country);
		block_say_item(w, WORD_FACT_CHECK_IN, 0, 1);
	} else {
		block_say_item(w, WORD_FACT_CHECK, 0, 0);
	}
	block_words(w);
	block_shorten(&w->words, text, BLOCK_HAND_QUOTE);
	block_text_item(w, tobs_buf_view(&w->words));
	block_end_small(w);
}

static void put_restrictions(struct block_writer *w)
{
	JSON_EACH (it, json_field(w->data, "restricted")) {
		struct tobs_view text = json_str(it.value, "text");

		if (!text.len)
			text = json_str(it.value, "reason");
		if (!text.len)
			continue;
		block_words(w);
		block_shorten(&w->words, text, BLOCK_DESCRIPTION);
		block_line(w);
		block_arg_text(w, 0, tobs_buf_view(&w->words));
		block_say_item(w, WORD_RESTRICTED, 0, 1);
		block_end_small(w);
	}
}

static void put_reaction(struct block_writer *w, const struct archive_reaction *r)
{
	struct tobs_buf *out = block_argument(w, 0);

	if (tobs_view_is(r->reaction, "paid"))
		emit_str(out, "⭐");
	else if (tobs_view_starts(r->reaction, "custom:"))
		words_put(out, w->o.language, WORD_CUSTOM_REACTION, 0, NULL, 0);
	else
		md_escape(out, w->o.flavour, MD_TEXT, r->reaction);
	emit_char(out, ' ');
	words_number(out, w->o.language, r->count);
	block_item(w);
	if (r->chosen)
		block_say(w, WORD_OWN, 0, 1);
	else
		emit_view(w->out, tobs_buf_view(out));
}

static void put_counters(struct block_writer *w)
{
	struct json_value comments = json_field(w->data, "comments");
	int64_t n;

	if ((n = json_num(w->data, "views")))
		block_say_item(w, WORD_VIEWS, n, 0);
	if ((n = json_num(w->data, "forwards")))
		block_say_item(w, WORD_FORWARDS, n, 0);
	if (json_is_object(comments) && (n = json_num(comments, "count")))
		block_say_item(w, WORD_COMMENTS, n, 0);
	if ((n = json_num(w->data, "replies")))
		block_say_item(w, WORD_REPLIES, n, 0);
	if (w->m->edited) {
		block_arg_when(w, 0, w->m->edited);
		block_say_item(w, WORD_EDITED, 0, 1);
	}
}

void block_foot(struct block_writer *w, const struct archive_message *messages, size_t count)
{
	bool line;

	put_preview_line(w);
	put_fact_check(w);
	put_restrictions(w);
	put_buttons(w);
	line = w->m->edited || json_num(w->data, "views") || json_num(w->data, "forwards") ||
		json_num(w->data, "replies") || json_num(json_field(w->data, "comments"), "count");
	for (size_t i = 0; i < count; i++)
		line |= messages[i].reaction_count > 0;
	if (!line)
		return;
	block_line(w);
	for (size_t i = 0; i < count; i++)
		for (uint32_t k = 0; k < messages[i].reaction_count; k++)
			put_reaction(w, &messages[i].reactions[k]);
	put_counters(w);
	block_end_small(w);
}
