/* SPDX-License-Identifier: MIT */
#include "sim/bot_queue.h"

#include "support/test.h"

static void push(struct bot_queue *q, int32_t until)
{
	struct bot_queued u = { .until = until, .json = mem_strdup("{}"), .len = 2 };

	assert_ok(bot_queue_push(q, &u));
}

static int64_t first_id(const struct bot_queue *q)
{
	return q->head < q->items.count ? q->items.items[q->head].id : 0;
}

static void confirms(void **state)
{
	struct bot_queue q;

	(void)state;
	bot_queue_init(&q, 71);
	for (int i = 0; i < 4; i++)
		push(&q, 100);
	assert_int_equal(q.waiting, 4);
	bot_queue_confirm(&q, 71); /* nothing is older */
	assert_int_equal(first_id(&q), 71);
	bot_queue_confirm(&q, 73);
	assert_int_equal(first_id(&q), 73);
	assert_int_equal(q.waiting, 2);
	bot_queue_confirm(&q, 5); /* long ago */
	assert_int_equal(first_id(&q), 73);
	bot_queue_confirm(&q, 900);
	assert_int_equal(q.waiting, 0);
	push(&q, 100);
	assert_int_equal(first_id(&q), 75);
	bot_queue_deinit(&q);
}

static void keeps_the_newest(void **state)
{
	struct bot_queue q;

	(void)state;
	bot_queue_init(&q, 1);
	for (int i = 0; i < 5; i++)
		push(&q, 100);
	bot_queue_keep(&q, 7);
	assert_int_equal(q.waiting, 5);
	bot_queue_keep(&q, 2);
	assert_int_equal(first_id(&q), 4);
	bot_queue_keep(&q, 0);
	assert_int_equal(q.waiting, 0);
	bot_queue_deinit(&q);
}

static void ages(void **state)
{
	struct bot_queue q;

	(void)state;
	bot_queue_init(&q, 1);
	push(&q, 10);
	push(&q, 20);
	push(&q, 10);
	bot_queue_age(&q, 9);
	assert_int_equal(q.waiting, 3);
	bot_queue_age(&q, 10);
	assert_int_equal(first_id(&q), 2);
	bot_queue_age(&q, 20);
	assert_int_equal(q.waiting, 0);
	bot_queue_deinit(&q);
}

static void forgets_in_the_middle(void **state)
{
	struct bot_queue q;

	(void)state;
	bot_queue_init(&q, 1);
	for (int i = 0; i < 3; i++)
		push(&q, 100);
	bot_queue_done(&q, &q.items.items[1]);
	assert_int_equal(q.waiting, 2);
	assert_int_equal(first_id(&q), 1);
	bot_queue_done(&q, &q.items.items[0]);
	assert_int_equal(first_id(&q), 3);
	assert_int_equal(q.items.items[bot_queue_find(&q, 3)].id, 3);
	bot_queue_deinit(&q);
}

/* What was confirmed takes no memory in the long run, and ids are found all the same. */
static void stays_small(void **state)
{
	struct bot_queue q;

	(void)state;
	bot_queue_init(&q, 1);
	for (int i = 1; i <= 5000; i++) {
		push(&q, 100);
		push(&q, 100);
		bot_queue_confirm(&q, 2 * i);
		assert_int_equal(first_id(&q), 2 * i);
	}
	assert_true(q.items.count < 1000);
	assert_int_equal(q.waiting, 1);
	bot_queue_deinit(&q);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(confirms),
		cmocka_unit_test(keeps_the_newest),
		cmocka_unit_test(ages),
		cmocka_unit_test(forgets_in_the_middle),
		cmocka_unit_test(stays_small),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
