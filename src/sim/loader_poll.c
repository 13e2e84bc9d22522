/* SPDX-License-Identifier: MIT */
/*
 * Polls and quizzes:
 *
 *     {"question": "When?", "answers": ["now", {"text": "later", "voters": 3, "by": ["ivy"]}],
 *      "quiz": true, "correct": 1, "solution": "…", "closed": true, …}
 *
 * What else it has are fields of poll.
 */
#include "base/attr.h"
#include "sim/loader.h"
#include "sim/vote.h"

struct poll_reader {
	struct loader *l;
	struct tl_poll *poll;
	struct tl_pollResults *results;
	int64_t correct; /* index; -1: no quiz */
	int32_t voters;  /* of all answers */
	struct tobs_err *err;
};

/* One more choice for somebody; several answers add up. */
static int add_vote(struct poll_reader *rd, int64_t peer, size_t answer)
{
	const struct sim_vote *have = sim_vote(rd->l->w, rd->poll->id, peer);
	struct sim_vote vote = { .peer = peer, .date = rd->l->date };

	vote.chosen = (have ? have->chosen : 0) | UINT64_C(1) << answer;
	return sim_vote_set(rd->l->w, rd->poll->id, &vote) ? loader_no_memory(rd->err) : TOBS_OK;
}

static int read_voters(
	struct poll_reader *rd, struct json_value v, size_t answer, struct tl_pollAnswerVoters *row)
{
	int64_t n = (int64_t)json_count(json_field(v, "by"));
	size_t i = 0;
	int r = loader_int(v, "voters", 0, INT32_MAX / SIM_OPTIONS_MAX, &n, rd->err);

	if (r)
		return r;
	row->has_voters = 1;
	row->voters = (int32_t)n;
	rd->voters += row->voters;
	JSON_EACH (it, json_field(v, "by")) {
		int64_t peer;

		r = loader_peer_value(rd->l, it.value, &peer, rd->err);
		if (!r)
			r = add_vote(rd, peer, answer);
		if (r)
			return json_at_key(rd->err, tobs_str("by"), json_at_index(rd->err, i, r));
		i++;
	}
	return TOBS_OK;
}

static int read_answer(struct poll_reader *rd, struct json_value v, size_t i,
	struct tl_pollAnswer *answer, struct tl_pollAnswerVoters *row)
{
	static const char *const known[] = { "text", "voters", "by", "media", NULL };
	uint8_t option = (uint8_t)('0' + i);
	struct json_value text = v, media = json_field(v, "media");
	int r = TOBS_OK;

	answer->option = row->option = sim_keep(rd->l->w, tobs_view(&option, 1));
	row->correct = (int64_t)i == rd->correct;
	row->has_voters = 1;
	if (json_is_object(v) && !json_is_missing(json_field(v, "text"))) {
		text = json_field(v, "text");
		r = loader_only(v, known, rd->err);
		if (!r)
			r = read_voters(rd, v, i, row);
		if (!r && !json_is_missing(media))
			r = loader_object(rd->l, media, "MessageMedia",
				(const void **)&answer->media, rd->err);
	}
	return r ? r : loader_text_object(rd->l, text, &answer->text, rd->err);
}

static int read_answers(struct poll_reader *rd, struct json_value v)
{
	struct tobs_arena *arena = &rd->l->w->arena;
	size_t n = json_count(v), i = 0;
	const union tl_PollAnswer **answers = TOBS_ARENA_ARRAY(
		arena, n + 1, const union tl_PollAnswer *);
	const struct tl_pollAnswerVoters **rows = TOBS_ARENA_ARRAY(
		arena, n + 1, const struct tl_pollAnswerVoters *);

	if (!answers || !rows)
		return loader_no_memory(rd->err);
	if (!json_is_array(v) || n < 1 || n > SIM_OPTIONS_MAX)
		return json_fail(rd->err, TOBS_EMALFORMED, "must be an array of 1 to %d answers",
			(int)SIM_OPTIONS_MAX);
	JSON_EACH (it, v) {
		struct tl_pollAnswer *answer = SIM_NEW(arena, pollAnswer);
		struct tl_pollAnswerVoters *row = SIM_NEW(arena, pollAnswerVoters);
		int r = answer && row ? read_answer(rd, it.value, i, answer, row)
				      : loader_no_memory(rd->err);

		if (r)
			return json_at_index(rd->err, i, r);
		answers[i] = (const void *)answer;
		rows[i++] = row;
	}
	rd->poll->answers = (struct tl_vec_PollAnswer){ (uint32_t)n, answers };
	rd->results->results = (struct tl_vec_PollAnswerVoters){ (uint32_t)n, rows };
	return TOBS_OK;
}

/* What the poll's own fields do not hold. */
static int poll_member(struct poll_reader *rd, struct tobs_view key, struct json_value v)
{
	int64_t n;

	if (tobs_view_is(key, "correct"))
		return TOBS_OK;
	if (tobs_view_is(key, "answers"))
		return read_answers(rd, v);
	if (tobs_view_is(key, "solution"))
		return loader_text(
			rd->l, v, &rd->results->solution, &rd->results->solution_entities, rd->err);
	if (!tobs_view_is(key, "total_voters"))
		return TOBS_EUNSUPPORTED;
	if (json_get_i64(v, &n) || n < 0 || n > INT32_MAX)
		return loader_wrong(v, "a number of people", rd->err);
	rd->results->has_total_voters = 1;
	rd->results->total_voters = (int32_t)n;
	return TOBS_OK;
}

int loader_poll(struct loader *l, struct json_value v, const union tl_MessageMedia **ret,
	struct tobs_err *err)
{
	struct poll_reader rd = { .l = l, .correct = -1, .err = err };
	struct tl_messageMediaPoll *m = SIM_NEW(&l->w->arena, messageMediaPoll);
	int r;

	rd.poll = SIM_NEW(&l->w->arena, poll);
	rd.results = SIM_NEW(&l->w->arena, pollResults);
	if (!m || !rd.poll || !rd.results)
		return loader_no_memory(err);
	rd.poll->id = sim_hash(l->w, "poll", (int64_t)l->w->made_up++);
	r = loader_int(v, "correct", 0, SIM_OPTIONS_MAX - 1, &rd.correct, err);
	if (r)
		return r;
	rd.poll->quiz = rd.correct >= 0;
	JSON_EACH (it, v) {
		r = poll_member(&rd, it.key, it.value);
		if (r == TOBS_EUNSUPPORTED)
			r = loader_set(l, rd.poll, it.key, it.value, err);
		else if (r)
			json_at_key(err, it.key, r);
		if (r)
			return r;
	}
	if (!rd.poll->question || !rd.poll->answers.count)
		return json_fail(err, TOBS_EMALFORMED, "needs a question and answers");
	if (!rd.results->has_total_voters) {
		rd.results->has_total_voters = 1;
		rd.results->total_voters = rd.voters;
	}
	m->poll = rd.poll;
	m->results = rd.results;
	*ret = (const void *)m;
	return TOBS_OK;
}
