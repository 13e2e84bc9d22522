/* SPDX-License-Identifier: MIT */
/* Answers to queries: what was said goes to whoever asked. */
#include "base/attr.h"
#include "base/json_write.h"
#include "base/utf.h"
#include "sim/bot_send.h"
#include "sim/question.h"

enum { TEXT_MAX = 200, RESULTS_MAX = 50, ID_MAX = 64, OFFSET_MAX = 64 };

/* The query of that id, if it can be answered still. */
static int find_query(
	struct bot_call *c, const char *id, enum sim_question_kind kind, struct sim_question **ret)
{
	int64_t n;

	*ret = NULL;
	if (!tobs_view_int(tobs_str(id), INT64_MIN, INT64_MAX, &n))
		*ret = sim_question_open(c->world, n, kind, c->bot->account->user->peer);
	return *ret
		? TOBS_OK
		: bot_fail(c, 400,
			  "query is too old and response timeout expired or query ID is invalid");
}

static int give(struct bot_call *c, struct sim_question *q)
{
	struct json_writer w;
	int r;

	tobs_buf_clear(&c->scratch);
	json_writer_init(&w, &c->scratch, 0);
	jsonw_value(&w, c->json);
	r = tobs_buf_err(&c->scratch);
	if (!r)
		r = sim_question_answer(c->world, q, tobs_buf_view(&c->scratch));
	return r ? bot_no_memory(c) : bot_true(c);
}

static int run_callback(struct bot_call *c)
{
	const struct tobs_answer_callback_query *a = c->args;
	struct sim_question *q;
	int r = find_query(c, a->callback_query_id, SIM_QUESTION_CALLBACK, &q);

	if (!r && a->text && utf16_len(tobs_str(a->text)) > TEXT_MAX)
		r = bot_fail(c, 400, "MESSAGE_TOO_LONG");
	return r ? r : give(c, q);
}

/* ---- inline ---- */

static int check_result(struct bot_call *c, struct json_value v, struct tobs_view *ret_id)
{
	struct tobs_view id = { NULL, 0 };

	(void)json_get_str(json_field(v, "id"), &id);
	if (!id.len)
		return bot_fail(c, 400, "RESULT_ID_EMPTY");
	if (id.len > ID_MAX)
		return bot_fail(c, 400, "RESULT_ID_INVALID");
	*ret_id = id;
	return TOBS_OK;
}

static int run_inline(struct bot_call *c)
{
	const struct tobs_answer_inline_query *a = c->args;
	struct tobs_view *ids = TOBS_ARENA_ARRAY(&c->arena, RESULTS_MAX, struct tobs_view);
	struct sim_question *q;
	size_t n = 0;
	int r = find_query(c, a->inline_query_id, SIM_QUESTION_INLINE, &q);

	if (r)
		return r;
	if (!ids)
		return bot_no_memory(c);
	if (a->results.count > RESULTS_MAX)
		return bot_fail(c, 400, "RESULTS_TOO_MUCH");
	if (a->next_offset && strlen(a->next_offset) > OFFSET_MAX)
		return bot_fail(c, 400, "NEXT_OFFSET_INVALID");
	JSON_EACH (it, json_field(c->json, "results")) {
		r = check_result(c, it.value, &ids[n]);
		for (size_t i = 0; i < n && !r; i++)
			if (tobs_view_eq(ids[i], ids[n]))
				r = bot_fail(c, 400, "RESULT_ID_DUPLICATE");
		if (r)
			return r;
		n++;
	}
	return give(c, q);
}

/* ---- orders ---- */

static int run_shipping(struct bot_call *c)
{
	const struct tobs_answer_shipping_query *a = c->args;
	struct sim_question *q;
	int r = find_query(c, a->shipping_query_id, SIM_QUESTION_SHIPPING, &q);

	if (!r && a->ok && !a->shipping_options.count)
		r = bot_fail(c, 400, "there must be at least one shipping option");
	if (!r && !a->ok && !(a->error_message && a->error_message[0]))
		r = bot_fail(c, 400, "error_message can't be empty");
	return r ? r : give(c, q);
}

static int run_checkout(struct bot_call *c)
{
	const struct tobs_answer_pre_checkout_query *a = c->args;
	struct sim_question *q;
	int r = find_query(c, a->pre_checkout_query_id, SIM_QUESTION_CHECKOUT, &q);

	if (!r && !a->ok && !(a->error_message && a->error_message[0]))
		r = bot_fail(c, 400, "error_message can't be empty");
	return r ? r : give(c, q);
}

const struct bot_row bot_rows_answer[] = {
	{ TOBS_METHOD_ANSWER_CALLBACK_QUERY, run_callback },
	{ TOBS_METHOD_ANSWER_INLINE_QUERY, run_inline },
	{ TOBS_METHOD_ANSWER_SHIPPING_QUERY, run_shipping },
	{ TOBS_METHOD_ANSWER_PRE_CHECKOUT_QUERY, run_checkout },
	{ 0, NULL },
};
