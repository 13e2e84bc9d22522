/* SPDX-License-Identifier: MIT */
/* Polls and to-do lists: a line for the question, one for each answer. */
#include "export/block_impl.h"

static void put_bold_line(struct block_writer *w, struct tobs_view s)
{
	if (!s.len)
		return;
	block_line(w);
	emit_str(w->out, "<small></small><b>");
	block_words(w);
	block_shorten(&w->words, s, BLOCK_HAND_QUOTE);
	block_text(w, tobs_buf_view(&w->words));
	emit_str(w->out, "</b>");
}

/* What is said of an answer: {"text":…,"voters":…,"chosen":…,"correct":…}, or its text alone. */
static void put_answer(struct block_writer *w, struct json_value answer, int64_t voters)
{
	struct tobs_view text = { 0 };
	bool object = json_is_object(answer), chosen = object && json_yes(answer, "chosen");
	int64_t n = object ? json_num(answer, "voters") : 0;

	if (object)
		text = json_str(answer, "text");
	else
		json_get_str(answer, &text);
	block_line(w);
	emit_str(w->out, chosen ? "<small></small>☑ " : "<small></small>☐ ");
	block_words(w);
	block_shorten(&w->words, text, BLOCK_HAND_QUOTE);
	block_text(w, tobs_buf_view(&w->words));
	if (object && voters > 0) {
		emit_char(w->out, ' ');
		block_say_item(w, WORD_VOTES, n, 0);
		block_item(w);
		tobs_buf_printf(w->out, "%d %%", (int)((n * 100 + voters / 2) / voters));
	}
	if (chosen) {
		if (!w->small)
			emit_char(w->out, ' ');
		block_say_item(w, WORD_POLL_CHOSEN, 0, 0);
	}
	if (object && json_yes(answer, "correct")) {
		if (!w->small)
			emit_char(w->out, ' ');
		block_say_item(w, WORD_POLL_CORRECT, 0, 0);
	}
	block_end_small(w);
}

static void put_poll_kind(struct block_writer *w, struct json_value media, int64_t voters)
{
	int64_t n;

	block_line(w);
	block_say_item(w,
		json_yes(media, "quiz")             ? WORD_QUIZ
			: json_yes(media, "public") ? WORD_POLL_PUBLIC
						    : WORD_POLL,
		0, 0);
	if (json_yes(media, "multiple"))
		block_say_item(w, WORD_POLL_MULTIPLE, 0, 0);
	if (voters > 0)
		block_say_item(w, WORD_VOTES, voters, 0);
	if ((w->m->has_poll && w->m->poll_closed) || json_yes(media, "closed")) {
		block_say_item(w, WORD_POLL_CLOSED, 0, 0);
	} else if ((n = json_num(media, "close_date"))) {
		block_arg_when(w, 0, n);
		block_say_item(w, WORD_POLL_CLOSES, 0, 1);
	}
	block_end_small(w);
}

void block_poll(struct block_writer *w, struct json_value media)
{
	struct json_value answers = json_field(media, "results");
	int64_t voters = w->m->has_poll ? w->m->poll_voters : json_num(media, "voters");
	struct tobs_view solution = json_str(media, "solution");

	if (w->m->has_poll && json_is_array(w->answers))
		answers = w->answers;
	if (!json_is_array(answers))
		answers = json_field(media, "answers");
	put_poll_kind(w, media, voters);
	put_bold_line(w, json_str(media, "question"));
	JSON_EACH (it, answers)
		put_answer(w, it.value, voters);
	if (solution.len) {
		block_words(w);
		block_shorten(&w->words, solution, BLOCK_HAND_QUOTE);
		block_line(w);
		block_arg_text(w, 0, tobs_buf_view(&w->words));
		block_say_item(w, WORD_POLL_SOLUTION, 0, 1);
		block_end_small(w);
	}
}

void block_todo(struct block_writer *w, struct json_value media)
{
	struct json_value items = json_field(media, "items");
	int64_t done = 0;

	JSON_EACH (it, items)
		done += json_num(it.value, "done") || json_num(it.value, "done_by");
	block_line(w);
	block_say_item(w, WORD_TODO, 0, 0);
	block_arg_number(w, 0, done);
	block_say_item(w, WORD_TODO_DONE, (int64_t)json_count(items), 1);
	block_end_small(w);
	put_bold_line(w, json_str(media, "title"));
	JSON_EACH (it, items) {
		int64_t by = json_num(it.value, "done_by"), when = json_num(it.value, "done");

		block_line(w);
		emit_str(w->out, by || when ? "<small></small>☑ " : "<small></small>☐ ");
		block_words(w);
		block_shorten(&w->words, json_str(it.value, "text"), BLOCK_HAND_QUOTE);
		block_text(w, tobs_buf_view(&w->words));
		if (by) {
			struct archive_name name;

			emit_char(w->out, ' ');
			block_text_item(w, block_name(w, by, &name));
			block_end_small(w);
		}
	}
}
