/* SPDX-License-Identifier: MIT */
#include "flow/breaker.h"

#include "base/attr.h"

enum { TRIAL_MS = 100 }; /* between two looks at whether the one trial has come back */

const struct breaker_policy breaker_server = { .failures = 5, .first_ms = 1000, .max_ms = 60000 };

void breaker_init(struct breaker *b, const struct breaker_policy *policy)
{
	*b = (struct breaker){ .policy = *policy, .open_ms = policy->first_ms };
}

bool breaker_may(struct breaker *b, int64_t now, int64_t *ret_wait)
{
	if (b->state == BREAKER_CLOSED)
		return true;
	if (b->state == BREAKER_OPEN && now >= b->until) {
		b->state = BREAKER_HALF_OPEN;
		return true;
	}
	if (ret_wait)
		*ret_wait = b->state == BREAKER_HALF_OPEN ? TRIAL_MS : (b->until - now) / 1000 + 1;
	return false;
}

void breaker_worked(struct breaker *b)
{
	b->state = BREAKER_CLOSED;
	b->failures = 0;
	b->open_ms = b->policy.first_ms;
}

static void open_it(struct breaker *b, int64_t now)
{
	b->state = BREAKER_OPEN;
	b->until = now + b->open_ms * 1000;
}

void breaker_failed(struct breaker *b, int64_t now)
{
	switch (b->state) {
	case BREAKER_CLOSED:
		if (++b->failures >= b->policy.failures)
			open_it(b, now);
		break;
	case BREAKER_HALF_OPEN:
		b->open_ms = MIN(2 * b->open_ms, b->policy.max_ms);
		open_it(b, now);
		break;
	/* One that was under way when it opened says nothing new. */
	case BREAKER_OPEN: break;
	}
}

void breaker_unknown(struct breaker *b, int64_t now)
{
	if (b->state != BREAKER_HALF_OPEN)
		return;
	/* The next one may try at once. */
	b->state = BREAKER_OPEN;
	b->until = now;
}
