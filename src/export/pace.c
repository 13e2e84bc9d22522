/* SPDX-License-Identifier: MIT */
#include "export/pace.h"

#include "base/attr.h"

static const int64_t ONE_FLOOD_US = 1000000;

void pace_init(struct pace *p, int max)
{
	*p = (struct pace){ .max = MAX(max, 1) };
	p->window = (int64_t)MIN(PACE_START, p->max) * PACE_UNIT;
	tobs_sem_init(&p->permits, (size_t)pace_window(p));
}

int pace_window(const struct pace *p)
{
	return (int)(p->window / PACE_UNIT);
}

/* Permits follow the window: new ones at once, those too many as they come back. */
static void set_window(struct pace *p, int64_t window)
{
	int before = pace_window(p), change;

	p->window = MAX(PACE_UNIT, MIN(window, (int64_t)p->max * PACE_UNIT));
	change = pace_window(p) - before;
	for (; change < 0; change++)
		if (tobs_sem_try(&p->permits))
			p->owed++;
	for (; change > 0; change--) {
		if (p->owed)
			p->owed--;
		else
			tobs_sem_post(&p->permits);
	}
}

int pace_enter(struct pace *p)
{
	int r = tobs_sem_wait(&p->permits);

	if (!r)
		p->in_flight++;
	return r;
}

void pace_leave(struct pace *p, bool ok)
{
	p->in_flight--;
	if (p->owed)
		p->owed--;
	else
		tobs_sem_post(&p->permits);
	if (ok)
		set_window(p,
			p->window +
				(p->steady ? MAX(1, PACE_UNIT * PACE_UNIT / p->window)
					   : PACE_UNIT));
}

void pace_flood(struct pace *p)
{
	int64_t now = tobs_now();

	if (p->floods++ && now - p->flooded < ONE_FLOOD_US)
		return;
	p->flooded = now;
	p->steady = true;
	set_window(p, p->window / 2);
}
