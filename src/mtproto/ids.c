/* SPDX-License-Identifier: MIT */
#include "mtproto/ids.h"

#include <tobs/err.h>

#include "base/attr.h"

void mt_ids_init(struct mt_ids *g, const struct clock *clock, int64_t offset)
{
	*g = (struct mt_ids){ .clock = clock, .offset = offset };
}

int64_t mt_ids_server_time(const struct mt_ids *g)
{
	return clock_wall(g->clock) + g->offset;
}

/* µs → unixtime * 2^32, the fraction scaled so that the low half is used up to its top. */
static uint64_t id_of_time(int64_t us)
{
	uint64_t seconds = (uint64_t)us / 1000000, rest = (uint64_t)us % 1000000;

	return seconds << 32 | (rest << 32) / 1000000;
}

static uint64_t next(struct mt_ids *g, uint64_t low_bits)
{
	uint64_t id = (id_of_time(mt_ids_server_time(g)) & ~3ull) | low_bits;

	/* Several in one tick of the clock, or a clock that went back. */
	if (id <= g->last)
		id = ((g->last & ~3ull) | low_bits) +
			(((g->last & ~3ull) | low_bits) <= g->last ? 4 : 0);
	return g->last = id;
}

uint64_t mt_ids_next(struct mt_ids *g)
{
	return next(g, 0);
}

uint64_t mt_ids_next_server(struct mt_ids *g, bool answer)
{
	return next(g, answer ? 1 : 3);
}

int64_t mt_id_time(uint64_t msg_id)
{
	return (int64_t)(msg_id >> 32) * 1000000 + (int64_t)((msg_id & 0xffffffff) * 1000000 >> 32);
}

void mt_ids_sync(struct mt_ids *g, int64_t server_time)
{
	g->offset = server_time - clock_wall(g->clock);
}

void mt_ids_restart(struct mt_ids *g)
{
	g->last = 0;
}

void mt_seen_clear(struct mt_seen *s)
{
	map_deinit(&s->set);
	s->count = 0;
	s->max = s->dropped = 0;
}

void mt_seen_deinit(struct mt_seen *s)
{
	map_deinit(&s->set);
}

bool mt_seen_has(const struct mt_seen *s, uint64_t id)
{
	return map_get(&s->set, id) != NULL;
}

int mt_seen_add(struct mt_seen *s, uint64_t id)
{
	size_t at = s->count % MT_SEEN_MAX;

	if (id <= s->dropped || mt_seen_has(s, id))
		return TOBS_EEXISTS;
	if (map_put(&s->set, id, s))
		return TOBS_ENOMEM;
	if (s->count >= MT_SEEN_MAX) {
		map_remove(&s->set, s->ring[at]);
		s->dropped = MAX(s->dropped, s->ring[at]);
	}
	s->ring[at] = id;
	s->count++;
	s->max = MAX(s->max, id);
	return TOBS_OK;
}

void mt_seen_remove(struct mt_seen *s, uint64_t id)
{
	map_remove(&s->set, id);
}
