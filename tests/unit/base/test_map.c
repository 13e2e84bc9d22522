/* SPDX-License-Identifier: MIT */
#include "base/map.h"

#include "base/array.h"
#include "base/list.h"
#include "base/rand.h"
#include "support/failmem.h"
#include "support/test.h"

enum { KEYS = 500 };

/* Against a plain table: random puts, removals and look-ups over few keys. */
static void behaves_like_a_table(void **state)
{
	struct map m = { 0 };
	struct prng p = { 11 };
	int values[16];
	void *table[KEYS] = { 0 };
	size_t count = 0;

	(void)state;
	for (int step = 0; step < 200000; step++) {
		uint64_t key = prng_below(&p, KEYS);
		void *value = &values[prng_below(&p, 16)];

		if (prng_below(&p, 2)) {
			assert_ok(map_put(&m, key << 32, value));
			count += !table[key];
			table[key] = value;
		} else {
			assert_ptr_equal(map_remove(&m, key << 32), table[key]);
			count -= table[key] != NULL;
			table[key] = NULL;
		}
		assert_int_equal(m.count, count);
		key = prng_below(&p, KEYS);
		assert_ptr_equal(map_get(&m, key << 32), table[key]);
	}
	count = 0;
	MAP_EACH (slot, &m) {
		assert_ptr_equal(slot->value, table[slot->key >> 32]);
		count++;
	}
	assert_int_equal(count, m.count);
	map_deinit(&m);
	assert_null(map_get(&m, 0));
	assert_null(map_remove(&m, 0));
}

static void strings_too(void **state)
{
	struct smap m = { 0 };
	struct prng p = { 12 };
	int value;
	void *table[KEYS] = { 0 };

	(void)state;
	for (int step = 0; step < 50000; step++) {
		int k = (int)prng_below(&p, KEYS);
		char key[64];
		int len = snprintf(key, sizeof key, "%*d", k % 30, k);
		struct tobs_view v = tobs_view(key, (size_t)len);

		if (prng_below(&p, 2)) {
			assert_ok(smap_put(&m, v, &value));
			table[k] = &value;
		} else {
			assert_ptr_equal(smap_remove(&m, v), table[k]);
			table[k] = NULL;
		}
		assert_ptr_equal(smap_get(&m, v), table[k]);
	}
	SMAP_EACH(slot, &m)
	assert_ptr_equal(table[strtol(slot->key, NULL, 10)], slot->value);
	smap_deinit(&m);
	assert_null(smap_get(&m, tobs_str("x")));
	assert_null(smap_remove(&m, tobs_str("x")));
}

static void keys_may_hold_zeros(void **state)
{
	struct smap m = { 0 };
	int a, b;

	(void)state;
	assert_ok(smap_put(&m, tobs_view("k\0a", 3), &a));
	assert_ok(smap_put(&m, tobs_view("k\0b", 3), &b));
	assert_ok(smap_put(&m, tobs_view("", 0), &b));
	assert_ptr_equal(smap_get(&m, tobs_view("k\0a", 3)), &a);
	assert_ptr_equal(smap_get(&m, tobs_view("k\0b", 3)), &b);
	assert_null(smap_get(&m, tobs_str("k")));
	smap_deinit(&m);
}

static int fill(void *user)
{
	struct map m = { 0 };
	struct smap s = { 0 };
	ARRAY_OF(int) numbers = { 0 };
	int r = TOBS_OK;

	(void)user;
	for (uint64_t i = 0; i < 100 && !r; i++) {
		r = map_put(&m, i, &m);
		if (!r)
			r = smap_put(&s, tobs_view(&i, sizeof i), &s);
		if (!r)
			r = ARRAY_PUSH(&numbers, (int)i);
	}
	map_deinit(&m);
	smap_deinit(&s);
	ARRAY_DEINIT(&numbers);
	return r;
}

static void survives_failing_memory(void **state)
{
	(void)state;
	fail_each_allocation(fill, NULL);
}

static void arrays_keep_order(void **state)
{
	ARRAY_OF(int) a = { 0 };
	int want = 0;

	(void)state;
	for (int i = 0; i < 100; i++)
		assert_ok(ARRAY_PUSH(&a, i));
	ARRAY_REMOVE(&a, 0);
	ARRAY_REMOVE(&a, 98);
	ARRAY_EACH (it, &a)
		assert_int_equal(*it, ++want);
	assert_int_equal(a.count, 98);
	assert_int_equal(*ARRAY_LAST(&a), 98);
	ARRAY_SHIFT(&a, 97);
	assert_int_equal(a.count, 1);
	assert_int_equal(a.items[0], 98);
	ARRAY_SHIFT(&a, 1);
	ARRAY_SHIFT(&a, 0);
	assert_int_equal(a.count, 0);
	ARRAY_DEINIT(&a);
	ARRAY_EACH (it, &a)
		fail();
}

static void lists_link_and_unlink(void **state)
{
	struct item {
		struct list link;
		int n;
	} items[4];
	struct list head;
	int seen = 0;

	(void)state;
	list_init(&head);
	assert_true(list_empty(&head));
	for (int i = 0; i < 4; i++) {
		items[i].n = i;
		list_init(&items[i].link);
		if (i == 3)
			list_push_front(&head, &items[i].link);
		else
			list_push(&head, &items[i].link);
	}
	list_remove(&items[1].link);
	list_remove(&items[1].link);
	LIST_EACH (l, &head) {
		seen = seen * 10 + LIST_ITEM(l, struct item, link)->n;
		list_remove(l);
	}
	assert_int_equal(seen, 302);
	assert_true(list_empty(&head));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(behaves_like_a_table),
		cmocka_unit_test(strings_too),
		cmocka_unit_test(keys_may_hold_zeros),
		cmocka_unit_test(survives_failing_memory),
		cmocka_unit_test(arrays_keep_order),
		cmocka_unit_test(lists_link_and_unlink),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
