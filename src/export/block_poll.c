/* SPDX-License-Identifier: MIT */
/* Polls and to-do lists: a line for the question, one for each answer. */
#include "export/block_impl.h"

/* One line of formatted text; offsets stay, so white space is replaced, not joined. */
static void put_formatted(
	struct block_writer *w, struct tobs_view s, struct json_value entities, bool bold)
{
	const struct md_options o = { .flavour = w->o.flavour, .mid_line = true };
	struct entity all = { .kind = ENTITY_BOLD, .length = INT32_MAX };
	size_t end = utf8_valid_prefix(tobs_view_sub(s, 0, BLOCK_HAND_QUOTE));
	int r = entities_read(&w->entities, entities);

	if (!s.len)
		return;
	block_words(w);
	for (size_t i = 0; i < end; i++)
		emit_char(&w->words, s.ptr[i] < ' ' ? ' ' : (char)s.ptr[i]);
	if (end < s.len)
		emit_str(&w->words, "…");
	ARRAY_EACH (e, &w->entities) {
		if (e->kind == ENTITY_PRE)
			e->kind = ENTITY_CODE;
		else if (e->kind == ENTITY_BLOCKQUOTE)
			e->kind = ENTITY_UNKNOWN;
	}
	if (!r && bold && ARRAY_PUSH(&w->entities, all))
		r = TOBS_ENOMEM;
	if (!r)
		r = md_write(
			w->out, &o, tobs_buf_view(&w->words), w->entities.items, w->entities.count);
	if (r && !w->err)
		w->err = r;
}

static void put_question(struct block_writer *w, struct tobs_view s, struct json_value entities)
{
	if (!s.len)
		return;
	block_line(w);
	emit_str(w->out, "<small></small>");
	put_formatted(w, s, entities, true);
}

/* What is said of an answer: {"text":…,"voters":…,"chosen":…,"correct":…}, or its text alone. */
static void put_answer(struct block_writer *w, struct json_value answer, int64_t voters)
{
	struct json_value none = { 0 };
	struct tobs_view text = { 0 };
	bool object = json_is_object(answer), chosen = object && json_yes(answer, "chosen");
	int64_t n = object ? json_num(answer, "voters") : 0;

	if (object)
		text = json_str(answer, "text");
	else
		json_get_str(answer, &text);
	block_line(w);
	emit_str(w->out, chosen ? "<small></small>☑ " : "<small></small>☐ ");
	put_formatted(w, text, object ? json_field(answer, "entities") : none, false);
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
	put_question(w, json_str(media, "question"), json_field(media, "entities"));
	if (json_is_object(json_field(media, "attached")))
		block_media(w, json_field(media, "attached"));
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
	put_question(w, json_str(media, "title"), json_field(media, "entities"));
	JSON_EACH (it, items) {
		int64_t by = json_num(it.value, "done_by"), when = json_num(it.value, "done");

		block_line(w);
		emit_str(w->out, by || when ? "<small></small>☑ " : "<small></small>☐ ");
		put_formatted(
			w, json_str(it.value, "text"), json_field(it.value, "entities"), false);
		if (by) {
			struct archive_name name;

			emit_char(w->out, ' ');
			block_text_item(w, block_name(w, by, &name));
			block_end_small(w);
		}
	}
}
