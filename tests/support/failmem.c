/* SPDX-License-Identifier: MIT */
#include "support/failmem.h"

#include "base/alloc.h"
#include "support/test.h"

struct gate {
	uint64_t fail_at;
	bool hit;
};

static bool gate(uint64_t nth, void *user)
{
	struct gate *g = user;

	if (nth != g->fail_at)
		return true;
	g->hit = true;
	return false;
}

void fail_each_allocation(int (*fn)(void *user), void *user)
{
	struct gate g = { .fail_at = 0 };
	int64_t before = mem_live();

	for (;; g.fail_at++) {
		int r;

		g.hit = false;
		mem_set_gate(gate, &g);
		r = fn(user);
		mem_set_gate(NULL, NULL);
		if (mem_live() != before)
			fail_msg("failing allocation %d leaks %d blocks", (int)g.fail_at,
				(int)(mem_live() - before));
		if (!g.hit) {
			assert_ok(r);
			return;
		}
		if (r != TOBS_ENOMEM && r != TOBS_OK)
			fail_msg("failing allocation %d gives %s", (int)g.fail_at,
				tobs_error_name(r));
	}
}
