/* SPDX-License-Identifier: MIT */
/* Polls with their counts. */
#include "base/attr.h"
#include "sim/bot_show.h"

static const struct tl_pollAnswerVoters *counted(
	const struct tl_pollResults *r, struct tobs_view option)
{
	for (uint32_t i = 0; r && i < r->results.count; i++)
		if (tobs_view_eq(r->results.items[i]->option, option))
			return r->results.items[i];
	return NULL;
}

static int show_options(const struct bot_show *s, const struct tl_poll *p,
	const struct tl_pollResults *r, struct tobs_poll *out)
{
	struct tobs_poll_option *items = TOBS_ARENA_ARRAY(
		s->arena, p->answers.count + 1, struct tobs_poll_option);
	int64_t *correct = TOBS_ARENA_ARRAY(s->arena, p->answers.count + 1, int64_t);
	size_t n = 0;
	int e = items && correct ? TOBS_OK : TOBS_ENOMEM;

	for (uint32_t i = 0; i < p->answers.count && !e; i++) {
		const struct tl_pollAnswer *a = &p->answers.items[i]->pollAnswer;
		const struct tl_pollAnswerVoters *v = counted(r, a->option);

		items[i].persistent_id = show_text(s, a->option);
		items[i].text = show_text(s, a->text->text);
		items[i].voter_count = v ? v->voters : 0;
		e = show_entities(s, &a->text->entities, &items[i].text_entities);
		if (v && v->correct)
			correct[n++] = i;
	}
	out->options = (struct tobs_poll_option_array){ items, p->answers.count };
	if (n)
		out->correct_option_ids = (struct tobs_int_array){ correct, n };
	return e;
}

const struct tobs_poll *show_poll(
	const struct bot_show *s, const struct tl_poll *p, const struct tl_pollResults *r)
{
	struct tobs_poll *out = TOBS_ARENA_NEW(s->arena, struct tobs_poll);

	if (!out || show_options(s, p, r, out))
		return NULL;
	out->id = show_number(s, p->id);
	out->question = show_text(s, p->question->text);
	out->total_voter_count = r ? r->total_voters : 0;
	out->type = p->quiz ? TOBS_POLL_TYPE_QUIZ : TOBS_POLL_TYPE_REGULAR;
	out->is_closed = p->closed;
	out->is_anonymous = !p->public_voters;
	out->allows_multiple_answers = p->multiple_choice;
	out->allows_revoting = !p->revoting_disabled && !p->quiz;
	out->members_only = p->subscribers_only;
	out->open_period = p->close_period;
	out->close_date = p->close_date;
	if (r && r->solution.len) {
		out->explanation = show_text(s, r->solution);
		if (show_entities(s, &r->solution_entities, &out->explanation_entities))
			return NULL;
	}
	return show_entities(s, &p->question->entities, &out->question_entities) ? NULL : out;
}
