/* SPDX-License-Identifier: MIT */
#include "flow/backoff.h"

#include "base/attr.h"

const struct backoff_policy backoff_reconnect = {
	.base_ms = 500,
	.max_ms = 60000,
	.steady_ms = 60000,
};

void backoff_init(struct backoff *b, const struct backoff_policy *policy, const struct rng *rng)
{
	assert(policy->base_ms > 0 && policy->max_ms >= policy->base_ms);
	*b = (struct backoff){ .policy = *policy, .rng = rng };
}

int64_t backoff_next(struct backoff *b)
{
	int64_t delay = b->policy.base_ms;

	/* Doubled one by one, so that it cannot overflow whatever the number of failures. */
	for (unsigned i = 0; i < b->failures && delay < b->policy.max_ms; i++)
		delay = delay > b->policy.max_ms / 2 ? b->policy.max_ms : delay * 2;
	if (delay < b->policy.max_ms)
		b->failures++;
	/* The high half of the product is even enough, and takes one number. */
	return delay -
		(int64_t)((unsigned __int128)rng_u64(b->rng) * (uint64_t)(delay / 2 + 1) >> 64);
}

int64_t backoff_next_after(struct backoff *b, int64_t worked_ms)
{
	if (worked_ms >= b->policy.steady_ms)
		backoff_reset(b);
	return backoff_next(b);
}

void backoff_reset(struct backoff *b)
{
	b->failures = 0;
}
