/* SPDX-License-Identifier: MIT */
#include "sim/question.h"

#include "base/clock.h"
#include "sim/inner.h"
#include "support/sim_world.h"
#include "support/test.h"

enum { SECOND = 1000000 };

static struct fake_clock now;
static struct sim_world *w;

static int setup(void **state)
{
	(void)state;
	fake_clock_init(&now, INT64_C(1714564800) * SECOND);
	assert_ok(sim_world_new(&(struct sim_world_options){ .clock = &now.clock }, &w, NULL));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	sim_world_free(w);
	return 0;
}

static void is_answered_once(void **state)
{
	struct sim_question *q = sim_question_new(w, SIM_QUESTION_INLINE, 5, 6, 30);

	(void)state;
	assert_non_null(q);
	assert_ptr_equal(sim_question_open(w, q->id, SIM_QUESTION_INLINE, 5), q);
	/* Another kind, another bot. */
	assert_null(sim_question_open(w, q->id, SIM_QUESTION_CALLBACK, 5));
	assert_null(sim_question_open(w, q->id, SIM_QUESTION_INLINE, 6));
	assert_null(sim_question_open(w, q->id + 1, SIM_QUESTION_INLINE, 5));
	assert_ok(sim_question_answer(w, q, tobs_str("{}")));
	assert_true(tobs_event_is_set(&q->answered));
	assert_view(q->answer, "{}");
	assert_null(sim_question_open(w, q->id, SIM_QUESTION_INLINE, 5));
	assert_ptr_equal(sim_question(w, q->id), q);
}

static void gets_too_old(void **state)
{
	struct sim_question *q = sim_question_new(w, SIM_QUESTION_INLINE, 5, 6, 30);

	(void)state;
	now.now += 29 * SECOND;
	assert_non_null(sim_question_open(w, q->id, SIM_QUESTION_INLINE, 5));
	now.now += SECOND;
	assert_null(sim_question_open(w, q->id, SIM_QUESTION_INLINE, 5));
}

static void messages_via_bots_have_names(void **state)
{
	struct sim_chat *c = test_chat(w, SIM_CHAT_SUPERGROUP, 7, "S");
	const union tl_InputBotInlineMessageID *one = sim_inline_id(w, c->history, 3);
	const union tl_InputBotInlineMessageID *again = sim_inline_id(w, c->history, 3);
	const union tl_InputBotInlineMessageID *two = sim_inline_id(w, c->history, 4);
	int32_t id;

	(void)state;
	assert_int_equal(one->inputBotInlineMessageID.id, again->inputBotInlineMessageID.id);
	assert_int_not_equal(one->inputBotInlineMessageID.id, two->inputBotInlineMessageID.id);
	assert_ptr_equal(sim_inline_message(w, two->inputBotInlineMessageID.id, &id), c->history);
	assert_int_equal(id, 4);
	assert_null(sim_inline_message(w, 12345, &id));
	assert_int_equal(id, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(is_answered_once, setup, teardown),
		cmocka_unit_test_setup_teardown(gets_too_old, setup, teardown),
		cmocka_unit_test_setup_teardown(messages_via_bots_have_names, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
