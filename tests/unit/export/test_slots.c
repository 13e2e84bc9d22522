/* SPDX-License-Identifier: MIT */
#include "export/slots.h"

#include "base/alloc.h"
#include "base/rand.h"
#include "support/failmem.h"
#include "support/test.h"

enum { IDS = 20000, AT_ONCE = 12 };

/* A history with gaps, a server of pages, and what was delivered. */
struct world {
	bool exists[IDS + 1];
	bool wanted[IDS + 1];
	bool delivered[IDS + 1];
	int32_t last_delivered;
	int pages;
};

/* The page from `first` on: how many, and the highest. Pages may be short, as a server's may. */
static int page_from(const struct world *w, struct prng *p, int32_t first, int32_t *ret_highest)
{
	int count = 0,
	    limit = p && !prng_below(p, 7) ? 1 + (int)prng_below(p, SLOT_PAGE) : SLOT_PAGE;

	for (int32_t id = first; id <= IDS && count < limit; id++)
		if (w->exists[id]) {
			count++;
			*ret_highest = id;
		}
	return count;
}

static void deliver(struct world *w, struct slots *s)
{
	struct slot *head;

	while ((head = slots_head(s))) {
		assert_true(head->first > w->last_delivered);
		for (int32_t id = head->first; id <= head->last; id++) {
			assert_true(w->wanted[id]);
			assert_false(w->delivered[id]);
			w->delivered[id] = true;
		}
		w->last_delivered = head->last;
		slots_pop(s);
	}
}

/* Pages come in any order, as many as AT_ONCE are under way. */
static void fetch_all(struct world *w, struct slots *s, struct prng *p)
{
	struct slot *busy[AT_ONCE];
	size_t n = 0;

	while (!slots_finished(s)) {
		struct slot *slot;
		int32_t highest = 0;
		size_t i;
		int count;

		while (n < AT_ONCE) {
			assert_ok(slots_take(s, &slot));
			if (!slot)
				break;
			assert_int_equal(slot->state, SLOT_BUSY);
			busy[n++] = slot;
		}
		assert_true(n > 0);
		i = (size_t)prng_below(p, n);
		slot = busy[i];
		busy[i] = busy[--n];
		if (!prng_below(p, 20)) {
			slots_give_back(s, slot);
			continue;
		}
		count = page_from(w, p, slot->first, &highest);
		w->pages++;
		assert_ok(slots_done(s, slot, count, highest));
		deliver(w, s);
	}
}

static void everything_is_delivered_once_and_in_order(void **state)
{
	struct prng p = { 7 };

	(void)state;
	for (int round = 0; round < 60; round++) {
		struct world *w = calloc(1, sizeof *w);
		struct slot_range ranges[5];
		size_t count = 0;
		int32_t at = 1;
		struct slots s;

		/* Stretches of different density. */
		for (int32_t id = 1; id <= IDS;) {
			int32_t end = id + 1 + (int32_t)prng_below(&p, 5000);
			uint64_t one_in = 1 + prng_below(&p, 3) * prng_below(&p, 40);

			for (; id < end && id <= IDS; id++)
				w->exists[id] = !prng_below(&p, one_in);
		}
		while (count < ARRAY_LEN(ranges) && at < IDS) {
			ranges[count].first = at + (int32_t)prng_below(&p, 2000);
			ranges[count].last = ranges[count].first + (int32_t)prng_below(&p, 9000);
			if (ranges[count].last > IDS)
				break;
			for (int32_t id = ranges[count].first; id <= ranges[count].last; id++)
				w->wanted[id] = true;
			at = ranges[count].last + 1;
			count++;
		}
		slots_init(&s, ranges, count, prng_below(&p, 2) ? 0 : 0.3, AT_ONCE + 6);
		fetch_all(w, &s, &p);
		assert_memory_equal(w->wanted, w->delivered, sizeof w->wanted);
		slots_deinit(&s);
		free(w);
	}
}

/* Dense ids: a page a hundred, nothing asked for twice. */
static void full_histories_cost_no_page_too_many(void **state)
{
	struct world *w = calloc(1, sizeof *w);
	const struct slot_range all = { 1, IDS };
	struct slots s;

	(void)state;
	memset(w->exists, 1, sizeof w->exists);
	memset(w->wanted + 1, 1, IDS);
	slots_init(&s, &all, 1, 1, AT_ONCE);
	for (;;) {
		struct slot *slot;
		int32_t highest = 0;
		int count;

		assert_ok(slots_take(&s, &slot));
		if (!slot)
			break;
		count = page_from(w, NULL, slot->first, &highest);
		w->pages++;
		assert_ok(slots_done(&s, slot, count, highest));
		deliver(w, &s);
	}
	assert_true(slots_finished(&s));
	assert_int_equal(w->pages, IDS / SLOT_PAGE);
	slots_deinit(&s);
	free(w);
}

/* One in fifty exists: the density is learnt, and pages are still nearly full. */
static void sparse_histories_are_asked_in_wide_slots(void **state)
{
	struct world *w = calloc(1, sizeof *w);
	const struct slot_range all = { 1, IDS };
	struct prng p = { 3 };
	struct slots s;
	int messages = 0;

	(void)state;
	for (int32_t id = 1; id <= IDS; id++)
		messages += w->exists[id] = !prng_below(&p, 50);
	memset(w->wanted + 1, 1, IDS);
	slots_init(&s, &all, 1, 1.0 / 50, AT_ONCE);
	fetch_all(w, &s, &p);
	assert_true(w->pages <= messages / SLOT_PAGE * 2 + 6);
	slots_deinit(&s);
	free(w);
}

static void the_window_bounds_what_waits(void **state)
{
	enum { WINDOW = 5 };
	const struct slot_range all = { 1, IDS };
	struct slot *slots[WINDOW], *more;
	struct slots s;

	(void)state;
	slots_init(&s, &all, 1, 1, WINDOW);
	for (int i = 0; i < WINDOW; i++) {
		assert_ok(slots_take(&s, &slots[i]));
		assert_non_null(slots[i]);
	}
	/* All but the lowest come: nothing can be handed on, and no more may be asked for. */
	for (int i = 1; i < WINDOW; i++)
		assert_ok(slots_done(&s, slots[i], SLOT_PAGE, slots[i]->last));
	assert_null(slots_head(&s));
	assert_ok(slots_take(&s, &more));
	assert_null(more);
	/* The lowest ends early: its rest is to be had at once, window or not. */
	assert_ok(slots_done(&s, slots[0], 10, slots[0]->first + 9));
	assert_int_equal(slots[0]->last, 10);
	assert_ok(slots_take(&s, &more));
	assert_non_null(more);
	assert_int_equal(more->first, 11);
	while (slots_head(&s))
		slots_pop(&s);
	slots_deinit(&s);
}

static void ids_that_were_not_asked_for_are_refused(void **state)
{
	const struct slot_range all = { 100, 300 };
	struct slot *slot;
	struct slots s;

	(void)state;
	slots_init(&s, &all, 1, 1, 4);
	assert_ok(slots_take(&s, &slot));
	assert_code(slots_done(&s, slot, 5, 99), TOBS_EPROTO);
	assert_int_equal(slot->state, SLOT_BUSY);
	/* An empty page: there is nothing from there on, whatever was thought. */
	assert_ok(slots_done(&s, slot, 0, 0));
	assert_int_equal(slot->last, 199);
	slots_pop(&s);
	slots_deinit(&s);
}

static int scene(void *arg)
{
	const struct slot_range all = { 1, 5000 };
	struct slot *slot;
	struct slots s;
	int r = TOBS_OK;

	(void)arg;
	slots_init(&s, &all, 1, 0.01, 4);
	while (!r && !slots_finished(&s)) {
		r = slots_take(&s, &slot);
		if (!r)
			r = slots_done(&s, slot, SLOT_PAGE, MIN(slot->first + SLOT_PAGE - 1, 5000));
		while (slots_head(&s))
			slots_pop(&s);
	}
	slots_deinit(&s);
	return r;
}

static void survives_failing_memory(void **state)
{
	(void)state;
	fail_each_allocation(scene, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_is_delivered_once_and_in_order),
		cmocka_unit_test(full_histories_cost_no_page_too_many),
		cmocka_unit_test(sparse_histories_are_asked_in_wide_slots),
		cmocka_unit_test(the_window_bounds_what_waits),
		cmocka_unit_test(ids_that_were_not_asked_for_are_refused),
		cmocka_unit_test(survives_failing_memory),
	};

	return cmocka_run_group_tests_name("slots", tests, NULL, NULL);
}
