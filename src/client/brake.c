/* SPDX-License-Identifier: MIT */
#include "client/brake.h"

#include "base/alloc.h"

struct brake {
	int64_t until;
};

void brakes_deinit(struct brakes *b)
{
	MAP_EACH (slot, &b->by_method)
		mem_free(slot->value);
	map_deinit(&b->by_method);
}

bool brakes_set(struct brakes *b, uint32_t method, int64_t now, int64_t until)
{
	struct brake *k = map_get(&b->by_method, method);
	bool was_free;

	if (!k) {
		k = MEM_NEW(struct brake);
		if (!k)
			return true;
		if (map_put(&b->by_method, method, k)) {
			mem_free(k);
			return true;
		}
	}
	was_free = k->until <= now;
	if (until > k->until)
		k->until = until;
	return was_free;
}

int64_t brakes_until(const struct brakes *b, uint32_t method, int64_t now)
{
	const struct brake *k = map_get(&b->by_method, method);

	return k && k->until > now ? k->until : 0;
}
