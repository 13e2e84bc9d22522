/* SPDX-License-Identifier: MIT */
#include "sim/question.h"

#include "sim/copies.h"
#include "sim/inner.h"

struct sim_question *sim_question_new(struct sim_world *w, enum sim_question_kind kind, int64_t bot,
	int64_t user, int32_t seconds)
{
	struct sim_question *q = TOBS_ARENA_NEW(&w->arena, struct sim_question);

	if (!q)
		return NULL;
	q->id = sim_hash(w, "query", (int64_t)w->made_up++);
	q->kind = kind;
	q->bot = bot;
	q->user = user;
	q->until = sim_now(w) + seconds;
	tobs_event_init(&q->answered);
	return map_put(&w->queries, (uint64_t)q->id, q) ? NULL : q;
}

struct sim_question *sim_question(const struct sim_world *w, int64_t id)
{
	return map_get(&w->queries, (uint64_t)id);
}

struct sim_question *sim_question_open(
	const struct sim_world *w, int64_t id, enum sim_question_kind kind, int64_t bot)
{
	struct sim_question *q = sim_question(w, id);

	return q && q->kind == kind && q->bot == bot && q->until > sim_now(w) &&
			!tobs_event_is_set(&q->answered)
		? q
		: NULL;
}

int sim_question_answer(struct sim_world *w, struct sim_question *q, struct tobs_view answer)
{
	if (tobs_arena_view(&w->arena, answer, &q->answer))
		return TOBS_ENOMEM;
	tobs_event_set(&q->answered, TOBS_OK);
	return TOBS_OK;
}

/* ---- messages sent via bots ---- */

struct place {
	struct sim_history *history;
	int32_t message_id;
	int64_t id;
};

/* The same for all copies of a message: what it is called is that of the first. */
static int64_t id_of(const struct sim_world *w, struct sim_history *h, int32_t message_id,
	struct sim_copy *ret_first)
{
	struct sim_copy self;
	size_t n;
	const struct sim_copy *copies = sim_copies(h, message_id, &self, &n);
	const struct sim_box *box = copies[0].history->box;
	int64_t owner = box->account ? box->account->user->peer : box->channel->peer;

	*ret_first = copies[0];
	return sim_hash(w, "inline", owner * 31 + copies[0].id);
}

const union tl_InputBotInlineMessageID *sim_inline_id(
	struct sim_world *w, struct sim_history *h, int32_t message_id)
{
	struct tl_inputBotInlineMessageID *out = SIM_NEW(&w->arena, inputBotInlineMessageID);
	struct place *p = TOBS_ARENA_NEW(&w->arena, struct place);
	struct sim_copy first;

	if (!out || !p)
		return NULL;
	out->dc_id = w->options.home_dc;
	out->id = id_of(w, h, message_id, &first);
	out->access_hash = sim_access_hash(w, out->id);
	*p = (struct place){ first.history, first.id, out->id };
	return map_put(&w->inline_sent, (uint64_t)out->id, p) ? NULL : (const void *)out;
}

struct sim_history *sim_inline_message(const struct sim_world *w, int64_t id, int32_t *ret_id)
{
	const struct place *p = map_get(&w->inline_sent, (uint64_t)id);

	*ret_id = p ? p->message_id : 0;
	return p ? p->history : NULL;
}
